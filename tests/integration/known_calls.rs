//! `kgrep refs` of a common name reads only the functions that the index knows to call it. What it says
//! is what a reading of all files says.

use crate::util::{Dir, eqnice};

/// Bodies of functions, each with `@` for the file's number.
const FILES: [&str; 19] = [
    "int f@(int a)\n{\n\tlamp(a);\n\tif (!lamp(1))\n\t\treturn lamp(2) + lamp(3);\n\treturn 0;\n}\n",
    "/*\n * lamp() is on.\n */\nint f@(void)\n{\n\t/* lamp() */\n\tlog(\"lamp(1)\");\n\treturn lamp(1); // lamp\n}\n",
    "int f@(struct desk *d)\n{\n\td->lamp(1);\n\treturn lamp(1);\n}\n",
    "int f@(int lamp)\n{\n\treturn lamp;\n}\n\nint g@(void)\n{\n\treturn lamp(1);\n}\n",
    "struct ops ops@ = {\n\t.on = lamp,\n};\n\nint g@(void)\n{\n\treturn lamp(1);\n}\n",
    "#define on(x) lamp(x)\n\nint g@(void)\n{\n\treturn lamp(1) + on(2);\n}\n",
    "int f@(void)\n{\n#ifdef CONFIG_LAMP\n\tlamp(1);\n#else\n\tlamp(2);\n#endif\n\treturn 0;\n}\n",
    "int f@(void)\n{\n\tint lamp(int);\n\n\treturn lamp(1);\n}\n",
    "SYSCALL_DEFINE1(desk@, int, a)\n{\n\treturn lamp(a);\n}\n",
    "static int lamp(int a)\n{\n\treturn a;\n}\n\nint f@(void)\n{\n\treturn lamp(1);\n}\n",
    "#if 0\nint e@(void)\n{\n\treturn lamp(0);\n}\n#endif\n\nint f@(void)\n{\n\treturn lamp(1);\n}\n",
    "int f@(void)\n{\n\tset(lamp);\n\tlamp(1);\n\tgoto lamp;\nlamp:\n\treturn 0;\n}\n",
    "int f@(void)\n{\n\ttypeof(lamp(1)) a = lamp(2);\n\n\treturn a;\n}\n",
    "extern int lamp(int a);\n\nint f@(void) { return lamp(1); } int g@(void) { return lamp(2); }\n",
    "char *text@ = \"/*\"; int (*on@)(int) = lamp; /* lamp */\n\nint f@(void)\n{\n\treturn lamp(1);\n}\n",
    "int f@(void)\n{\n\tint a = 1, b = lamp(1);\n\n\tfor (a = lamp(2); a; lamp(3))\n\t\tdo lamp(4); while (b);\n\treturn 0;\n}\n",
    "static int f@(int a)\n{\n\treturn a;\n}\n\nstatic const struct desk_ops ops@ = {\n\t.lamp = f@,\n};\n",
    "int f@(struct desk_ops *ops)\n{\n\treturn ops->lamp(1);\n}\n",
    "void f@(struct desk_ops *to, struct desk_ops *ops)\n{\n\tto->lamp = ops->lamp;\n\tset(ops->lamp);\n}\n",
];

fn tree() -> Dir {
    let dir = Dir::new();
    for number in 0..160 {
        let text = FILES[number % FILES.len()].replace('@', &number.to_string());
        dir.create(&format!("drivers/desk{number:03}.c"), text);
    }
    dir.create("lib/lamp.c", "int lamp(int a)\n{\n\treturn a ? lamp(a - 1) : 0;\n}\n");
    dir
}

/// The rows that `kgrep refs lamp` tells.
fn rows(dir: &Dir) -> String {
    let json = dir.kgrep(&["--format", "json", "refs", "lamp"]).run().expect_ok().stdout();
    let is_row = |line: &&str| line.contains("\"type\":\"match\"");
    json.lines().filter(is_row).map(|line| format!("{line}\n")).collect()
}

#[test]
fn what_is_known_of_calls_changes_no_answer() {
    let dir = tree();
    let read = rows(&dir);
    assert!(read.lines().count() > 300, "{read}");
    dir.kgrep(&["index", "."]).run().expect_ok();
    eqnice!(read, rows(&dir));
    // What changed since the index was made is as it is now.
    dir.create("drivers/desk000.c", "\nint h0(void)\n{\n\treturn lamp(9);\n}\n");
    let now = rows(&dir);
    assert!(now.contains("lamp(9)"), "{now}");
    dir.kgrep(&["index", "."]).run().expect_ok();
    eqnice!(now, rows(&dir));
}

#[test]
fn uses_in_files_of_other_architectures_are_told_of_only_where_there_are_no_others() {
    let dir = Dir::new();
    for number in 0..80 {
        let text = format!("int f{number}(void)\n{{\n\treturn lamp(1) + hum(2);\n}}\n");
        dir.create(&format!("arch/arm/desk{number:02}.c"), text);
    }
    dir.create("arch/x86/desk.c", "int f(void)\n{\n\treturn lamp(3);\n}\n");
    dir.create("lib/lamp.c", "int lamp(int a)\n{\n\treturn a;\n}\n");
    let told = |name: &str| {
        let ran = dir.kgrep(&["--format", "grep", "refs", name, "--arch", "x86"]).run();
        (ran.stdout(), ran.stderr())
    };
    let (lamp, hum) = (told("lamp"), told("hum"));
    eqnice!("arch/x86/desk.c:3:\treturn lamp(3);\n", lamp.0);
    eqnice!("", hum.0);
    eqnice!("kgrep: no such use of hum; --arch all searches all architectures\n", hum.1);
    dir.kgrep(&["index", "."]).run().expect_ok();
    eqnice!(lamp.0, told("lamp").0);
    let now = told("hum");
    eqnice!(hum.0, now.0);
    eqnice!(hum.1, now.1);
}

#[test]
fn places_of_what_nothing_uses_are_those_of_a_reading() {
    let dir = Dir::new();
    for number in 0..90 {
        let mark = if number % 7 == 0 { "\u{feff}" } else { "" };
        let text = format!(
            "{mark}/* watt */\n#define on{number}(watt) \\\n\tset(watt)\n\nint f{number}(int watt)\n{{\n\t\
             /* watt */ use(watt); use(watt);\n\n\treturn watt;\n}}\n"
        );
        dir.create(&format!("drivers/desk{number:02}.c"), text);
    }
    dir.create("lib/watt.c", "int watt(int a)\n{\n\treturn a;\n}\n");
    let rows = || {
        let json = dir.kgrep(&["--format", "json", "refs", "watt"]).run().expect_ok().stdout();
        let is_row = |line: &&str| line.contains("\"type\":\"match\"");
        json.lines().filter(is_row).map(|line| format!("{line}\n")).collect::<String>()
    };
    let read = rows();
    assert!(read.lines().count() >= 90 * 4, "{read}");
    dir.kgrep(&["index", "."]).run().expect_ok();
    eqnice!(read, rows());
}
