//! Rows that are handed on while others are looked for are those that are told all at once, where the
//! index knows much of a name and where it doesn't.

use crate::util::{Dir, eqnice};

/// Files with `@` for their number, in which nearly nothing that is called `lamp` is the function.
const FILES: [&str; 18] = [
    "#include <linux/lamp.h>\nint f@(struct lamp *lamp)\n{\n\t/* lamp */\n\treturn lamp->lamp + on(lamp, \"lamp\");\n}\n",
    "struct desk@ {\n\tstruct lamp *lamp;\n\tint size;\n};\n\nint f@(struct desk@ *d)\n{\n\treturn d->lamp ? 1 : '\"';\n}\n",
    "#define near@(lamp) \\\n\ton(lamp, \\\n\t   (lamp)->next)\n#define NEAR@ near@(lamp)\n#include \"lamp.h\"\n",
    "static int f@(void)\n{\n\tstruct lamp *lamp = first();\n\n#ifdef CONFIG_LAMP\n\treturn on(lamp);\n#else\n\treturn off(lamp);\n#endif\n}\n",
    "static struct ops ops@ = {\n\t.lamp = on@,\n\t.size = 1,\n};\n",
    "int on@(struct lamp *lamp);\nextern struct lamp *lamp@;\ntypedef int (*turn@)(struct lamp *lamp);\n",
    "MAKE_LAMP(desk@, lamp);\n\nint g@(void)\n{\n\treturn desk@_lamp();\n}\n",
    "LAMP_CALL(desk@)\n{\n\treturn on(lamp);\n}\n",
    "SYSCALL_DEFINE1(lamp@, int, lamp)\n{\n\treturn lamp;\n}\n",
    "int f@(int lamp)\n{\n\treturn lamp;\n} int g@(int lamp)\n{\n\treturn lamp;\n}\n",
    "#if 0\nint f@(int lamp)\n{\n\treturn lamp;\n}\n#endif\n/* none:\n * lamp\n */ int lamp@;\n",
    "int f@(struct desk *d)\n{\n\treturn d->lamp(1);\n}\n",
    "int f@(struct desk *d)\n{\n\td->lamp = other;\n\treturn lamp(1);\n}\n",
    "int f@(int a)\n{\n\treturn lamp(a) + lamp[a];\n}\n",
    "struct a@ { struct lamp *lamp; } b@;\nunion c@ {\n\tint lamp;\n};\nenum d@ {\n\tON@ = sizeof(lamp),\n};\n",
    "static inline int\nf@(struct lamp *lamp,\n   int a)\n{\n\tint b;\n\n\tfor (b = 0; b < a; b++)\n\t\ton(lamp);\n\treturn 0; // lamp \\\n\tlamp\n}\n",
    "static int f@(char *text)\n{\n\tint lamp\u{e9} = 0, $lamp = 1.lamp;\n\n\treturn is(text, \"a \\\n lamp\") + lamp@;\n}\n",
    "#error it's a lamp\n#if defined(lamp) /* and\n lamp */ || lamp\nint f@;\n#endif\nint g@(int n) { return lamp(n); }\n",
];

fn tree() -> Dir {
    let dir = Dir::new();
    for number in 0..180 {
        let text = FILES[number % FILES.len()].replace('@', &number.to_string());
        dir.create(&format!("drivers/desk{number:03}.c"), text);
    }
    dir.create(
        "include/linux/make.h",
        "#define MAKE_LAMP(n, l) int n##_lamp(void) { return l(1); }\n\
         #define LAMP_CALL(n) static int n##_lamp(int lamp)\n",
    );
    dir.create("include/linux/lamp.h", "struct lamp {\n\tint lamp;\n};\nint lamp(int a);\n");
    dir.create("kernel/lamp.c", "int lamp(int a)\n{\n\treturn a ? lamp(a - 1) : 0;\n}\n");
    dir
}

/// A tree in which many call a function.
fn called() -> Dir {
    let dir = Dir::new();
    for number in 0..130 {
        let mut text = String::new();
        for function in 0..9 {
            let call =
                ["on(1);", "set(on);", "on(2); on(3);", "to(on, 1);"][(number + function) % 4];
            text += &format!("int f{number}_{function}(void)\n{{\n\t{call}\n\treturn 0;\n}}\n\n");
        }
        dir.create(&format!("drivers/desk{number:03}.c"), text);
    }
    dir.create("kernel/on.c", "int on(int a)\n{\n\treturn a;\n}\nEXPORT_SYMBOL(on);\n");
    dir.create("lib/on.c", "int __weak on(int a)\n{\n\treturn 0;\n}\n");
    dir.create(
        "drivers/own.c",
        "static int on(int a)\n{\n\treturn a;\n}\n\nint f(void)\n{\n\treturn on(1);\n}\n",
    );
    dir.create("drivers/table.c", "struct ops ops = {\n\t.on = on,\n};\n");
    dir
}

/// What a question prints.
fn rows_of(dir: &Dir, args: &[&str]) -> String {
    let json = dir.kgrep(args).run().expect_ok().stdout();
    // What it rests on is another thing with an index.
    let is_row = |line: &&str| !line.contains("\"type\":\"summary\"");
    json.lines().filter(is_row).map(|line| format!("{line}\n")).collect()
}

#[test]
fn uses_are_those_that_are_read_without_an_index() {
    let dir = tree();
    let questions: [&[&str]; 3] = [
        &["--format", "json", "refs", "lamp"],
        &["refs", "lamp"],
        &["--format", "grep", "refs", "lamp", "--kinds", "call,use"],
    ];
    let read = questions.map(|args| rows_of(&dir, args));
    assert!(read[0].lines().count() > 300, "{}", read[0]);
    dir.kgrep(&["index", "."]).run().expect_ok();
    for (args, read) in questions.into_iter().zip(&read) {
        eqnice!(*read, rows_of(&dir, args));
    }
    // What changed since is as it is now, and a name may mean something else.
    dir.create("drivers/desk002.c", "\nint h(struct lamp *lamp)\n{\n\treturn near(lamp);\n}\n");
    dir.create("kernel/lamp.c", "struct lamp *lamp;\n");
    let now = questions.map(|args| rows_of(&dir, args));
    assert!(now[0].contains("near(lamp)"), "{}", now[0]);
    dir.kgrep(&["index", "."]).run().expect_ok();
    for (args, now) in questions.into_iter().zip(&now) {
        eqnice!(*now, rows_of(&dir, args));
    }
}

#[test]
fn callers_are_those_that_are_read_without_an_index() {
    let dir = called();
    let questions: [&[&str]; 5] = [
        &["--format", "json", "callers", "on"],
        &["callers", "on"],
        &["--format", "grep", "callers", "on", "--kinds", "ref,init"],
        &["callers", "on", "--kinds", "macro"],
        &["callers", "on", "-d", "2"],
    ];
    let told = |args: &[&str]| dir.kgrep(args).run().stdout();
    let rows = |text: String| -> String {
        let is_row = |line: &&str| !line.contains("\"type\":\"summary\"");
        text.lines().filter(is_row).map(|line| format!("{line}\n")).collect()
    };
    let read = questions.map(|args| rows(told(args)));
    assert!(read[0].lines().count() > 1000, "{}", read[0]);
    dir.kgrep(&["index", "."]).run().expect_ok();
    for (args, read) in questions.into_iter().zip(&read) {
        eqnice!(*read, rows(told(args)));
    }
    // A file that went away since is no caller's.
    std::fs::remove_file(dir.path("drivers/desk001.c")).unwrap();
    let now = rows(told(questions[0]));
    assert!(!now.contains("desk001.c"), "{now}");
    dir.kgrep(&["index", "."]).run().expect_ok();
    eqnice!(now, rows(told(questions[0])));
}
