//! Several names in one question, calls with their arguments, functions that have several texts,
//! and what a change touches.

use crate::revisions::{commit, git};
use crate::util::{Dir, eqnice};

#[test]
fn several_names_have_a_part_each() {
    let dir = Dir::kernel();
    let table = dir.kgrep(&["def", "kfree", "struct", "file", "may_mount"]).stdout();
    for title in ["\nkfree\n", "\nstruct file\n", "\nmay_mount\n"] {
        assert!(table.contains(title), "{title}: {table}");
    }
    assert!(table.contains("struct file {") && table.contains("static inline function"), "{table}");
    let done = dir.kgrep(&["def", "kfree", "no_such_thing"]).run().expect_code(0);
    assert!(done.stderr().contains("no such name: no_such_thing"), "{}", done.stderr());
    dir.kgrep(&["def", "no_such_thing", "nor_this"]).run().expect_code(1);
    for command in ["refs", "callers", "callees", "trace"] {
        let table = dir.kgrep(&[command, "kfree", "vfs_open"]).run().expect_code(0).stdout();
        let titles = [table.contains("\nkfree"), table.contains("\nvfs_open")];
        assert_eq!(titles, [true, true], "{command}: {table}");
        // Each row is there that a question of one name has.
        let count = |names: &[&str]| {
            let args = [&["--format", "grep", command][..], names].concat();
            dir.kgrep(&args).run().stdout().lines().count()
        };
        assert_eq!(count(&["kfree", "vfs_open"]), count(&["kfree"]) + count(&["vfs_open"]));
    }
}

#[test]
fn names_come_from_a_file_too() {
    let dir = Dir::kernel();
    dir.create("names", "kfree\n\n  vfs_open\n");
    let expected = dir.kgrep(&["def", "start_kernel", "kfree", "vfs_open"]).stdout();
    let args = ["def", "start_kernel", "--names-from"];
    eqnice!(expected, dir.kgrep(&args).arg("names").stdout());
    let piped = dir.kgrep(&args).arg("-").input("kfree\nvfs_open\n");
    eqnice!(expected, piped.stdout());
    let one = dir.kgrep(&["callers", "kfree"]).stdout();
    eqnice!(one, dir.kgrep(&["callers", "--names-from", "-"]).input("kfree\n").stdout());
    dir.kgrep(&["def", "--names-from", "none"]).run().expect_error(&["none"]);
    dir.kgrep(&["def", "--names-from", "-"]).input("\n").run().expect_error(&["no name in it"]);
    dir.kgrep(&["exists", "--names-from", "names"]).run().expect_code(0);
}

/// Calls with one and several lines.
fn calls() -> Dir {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "void *get(int size, int how);\n\nvoid *get(int size, int how)\n{\n\treturn 0;\n}\n\nvoid \
         one(void)\n{\n\tget(sizeof(int),\n\t    HOW_ATOMIC | /* , */ HOW_ZERO);\n\tget(1, HOW_KERNEL); \
         get(2, HOW_ATOMIC);\n}\n",
    );
    dir
}

#[test]
fn callers_show_the_arguments_of_each_call() {
    let dir = calls();
    let table = dir.kgrep(&["--no-header", "callers", "--args", "get"]).stdout();
    eqnice!(
        "0 a.c  3 get   function                                    void *get(int size, int how)\n\
         1 a.c 10   one call     sizeof(int), HOW_ATOMIC | HOW_ZERO get(sizeof(int),\n\
         2 a.c 12   one call     1, HOW_KERNEL                      get(1, HOW_KERNEL); get(2, HOW_ATOMIC);\n\
         3 a.c 12   one call     2, HOW_ATOMIC                      get(1, HOW_KERNEL); get(2, HOW_ATOMIC);\n",
        table
    );
    let rows = |args: &[&str]| {
        let json = dir.kgrep(&[&["--format", "json", "callers", "get"][..], args].concat()).run();
        let rows = json.stdout();
        let rows = rows.lines().map(|line| serde_json::from_str(line).unwrap());
        rows.filter_map(|row: serde_json::Value| {
            row["data"]["columns"]["arguments"].as_str().map(str::to_owned)
        })
        .filter(|arguments| !arguments.is_empty())
        .collect::<Vec<_>>()
    };
    assert_eq!(
        rows(&["--arg", "2=ATOMIC"]),
        ["sizeof(int), HOW_ATOMIC | HOW_ZERO", "2, HOW_ATOMIC"]
    );
    assert_eq!(rows(&["--arg", "2=ATOMIC", "--arg", "1=^2$"]), ["2, HOW_ATOMIC"]);
    let none = dir.kgrep(&["callers", "get", "--arg", "3=x"]).run().expect_code(1).stderr();
    assert!(none.contains("no call of get has such arguments"), "{none}");
    for (wrong, said) in [("ATOMIC", "ATOMIC"), ("0=x", "0=x"), ("x=y", "x=y"), ("1=[", "`[`")] {
        dir.kgrep(&["callers", "get", "--arg", wrong]).run().expect_error(&[said]);
    }
}

/// The head of a function that calls itself is no call, and a macro's body is one.
#[test]
fn arguments_of_calls_within_itself_and_in_macros_are_shown() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "int again(int n)\n{\n\t/* again(7) */\n\treturn n ? again(n - 1) : 0;\n}\n\n#define AGAIN(x) \\\n\t\
         again(x)\n\nint once(void)\n{\n\tputs(\"again(8)\");\n\t/* again(9) */\n\treturn again(1) + \
         again(2);\n}\n",
    );
    eqnice!(
        "0 a.c  1 again   function       int again(int n)\n\
         1 a.c  4   again call     n - 1 return n ? again(n - 1) : 0;\n\
         2 a.c  8   AGAIN call     x     again(x)\n\
         3 a.c 14   once  call     1     return again(1) + again(2);\n\
         4 a.c 14   once  call     2     return again(1) + again(2);\n",
        dir.kgrep(&["--no-header", "callers", "--args", "again"]).stdout()
    );
}

#[test]
fn functions_are_found_by_all_that_they_have() {
    let dir = Dir::new();
    let function = |name: &str, body: &str| format!("void {name}(void)\n{{\n{body}}}\n");
    let both = function("both", "\tmutex_lock(&lamp_lock);\n\tlamp->count++;\n");
    let freed = function("freed", "\tmutex_lock(&lamp_lock);\n\tlamp->count--;\n\tfree(lamp);\n");
    let lock = function("lock", "\tmutex_lock(&lamp_lock);\n");
    dir.create("lib/a.c", [both.as_str(), &lock].concat());
    dir.create("fs/b.c", [function("count", "\tlamp->count = 0;\n").as_str(), &freed].concat());
    let with = ["--no-header", "functions", "--with", "mutex_lock(&lamp", "--with", r"\bcount\b"];
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index", "."]).run().expect_ok();
        }
        eqnice!(
            "0 fs/b.c  7 freed mutex_lock(&lamp_lock);\n1 fs/b.c  8 freed lamp->count--;\n2 lib/a.c 3 \
             both  mutex_lock(&lamp_lock);\n3 lib/a.c 4 both  lamp->count++;\n",
            dir.kgrep(&with).run().expect_code(0).stdout()
        );
    }
    let without = dir.kgrep(&with).args(&["--without", "free(", "--format", "grep"]).run().stdout();
    eqnice!("lib/a.c:3:\tmutex_lock(&lamp_lock);\nlib/a.c:4:\tlamp->count++;\n", without);
    let below = dir.kgrep(&with).args(&["--format", "grep", "fs"]).run().stdout();
    assert!(below.starts_with("fs/b.c:7:") && !below.contains("lib/"), "{below}");
    let none = dir.kgrep(&["functions", "--with", "mutex_lock", "--with", "nowhere"]).run();
    assert!(none.expect_code(1).stderr().contains("no function has all of these"));
    dir.kgrep(&["functions", "--with", "[z-a]"]).run().expect_error(&["[z-a]"]);
    dir.kgrep(&["functions", "--with", "x", "no/such"]).run().expect_error(&["no/such"]);
}

#[test]
fn a_patch_touches_functions_and_types() {
    let dir = Dir::kernel();
    dir.create(
        "0001-x.patch",
        "--- a/mm/slab.c\n+++ b/mm/slab.c\n@@ -69,7 +69,7 @@\n }\n EXPORT_SYMBOL(__kmalloc);\n \n-void \
         kfree(const void *object)\n+void kfree(const void *object, int how)\n {\n-\tif (!object)\n+\tif \
         (!object || how)\n \t\treturn;\n",
    );
    let shown = std::fs::read_to_string(dir.path("mm/slab.c")).unwrap();
    assert!(shown.lines().nth(71).unwrap().starts_with("void kfree("), "the tree changed");
    let json = dir.kgrep(&["--format", "json", "touched", "0001-x.patch"]).stdout();
    let row: serde_json::Value = serde_json::from_str(json.lines().nth(1).unwrap()).unwrap();
    let columns = &row["data"]["columns"];
    assert_eq!(columns["name"], "kfree", "{json}");
    assert_eq!(columns["what"], "function");
    assert_eq!(columns["was"], "void kfree(const void *object)");
    assert_eq!(columns["is"], "void kfree(const void *object, int how)");
    assert_eq!(columns["of"], "SLAB ALLOCATOR");
    assert!(columns["callers"].as_str().unwrap().parse::<u32>().unwrap() > 0, "{json}");
    assert_eq!(row["data"]["line_number"], 72);
    let table = dir.kgrep(&["touched", "0001-x.patch", "--no-header"]).stdout();
    assert!(table.contains("\n\nMaintainers\n1 MAINTAINERS 29 "), "{table}");
    eqnice!(
        "mm/slab.c:72:void kfree(const void *object)\nMAINTAINERS:29:SLAB ALLOCATOR\n\
         MAINTAINERS:30:M:\tSal Lab <sal@example.org>\nMAINTAINERS:36:THE REST\n\
         MAINTAINERS:37:M:\tEverybody <all@example.org>\n",
        dir.kgrep(&["touched", "0001-x.patch", "--format", "grep"]).stdout()
    );
    dir.kgrep(&["touched", "none.patch"]).run().expect_error(&["none.patch"]);
}

/// The rows of `touched`, without whose files they are, and what was said.
fn touched(dir: &Dir, change: &str) -> (String, String) {
    let done = dir.kgrep(&["--format", "json", "touched", change]).run();
    let text = done.stdout();
    let rows = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let rows = rows.filter(|row| row["type"] == "match" && row["data"]["section"].is_null());
    let row = |row: serde_json::Value| {
        let data = &row["data"];
        let cell = |name: &str| data["columns"][name].as_str().unwrap_or_default().to_owned();
        format!(
            "{}:{} {} {} [{}] [{}] {} {:?}\n",
            data["path"]["text"].as_str().unwrap_or_default(),
            data["line_number"],
            cell("what"),
            cell("name"),
            cell("was"),
            cell("is"),
            cell("callers"),
            data["lines"]["text"].as_str().unwrap_or_default(),
        )
    };
    (rows.map(row).collect(), done.stderr())
}

/// What is in a file that the range deletes, or that only its newer side has, was left out; and an
/// export was counted as a caller.
#[test]
fn a_range_touches_what_is_in_files_that_the_tree_lacks() {
    let dir = Dir::new();
    git(dir.tree(), &["init", "-q", "-b", "main"]);
    for name in ["Kbuild", "Kconfig", "MAINTAINERS", "Makefile"] {
        dir.create(name, "");
    }
    let lamp =
        "/* Lamps. */\nint lamp_on(int lamp)\n{\n\treturn lamp;\n}\nEXPORT_SYMBOL(lamp_on);\n";
    dir.create("lib/lamp.c", lamp);
    dir.create("lib/old.c", "/* Old. */\n\nint old_on(void)\n{\n\treturn 0;\n}\n");
    dir.create("lib/user.c", "int user(void)\n{\n\treturn lamp_on(1);\n}\n");
    commit(&dir, "v1");
    dir.create("lib/lamp.c", lamp.replace("return lamp", "return !lamp"));
    std::fs::remove_file(dir.path("lib/old.c")).unwrap();
    dir.create("lib/later.c", "/* Later. */\nint later(int a)\n{\n\treturn a;\n}\n");
    commit(&dir, "v2");
    dir.create("lib/later.c", "/* Later. */\nint later(int a)\n{\n\treturn -a;\n}\n");
    commit(&dir, "v3");
    let (rows, said) = touched(&dir, "git:v1..v2");
    insta::assert_snapshot!(rows);
    assert_eq!(said, "");
    git(dir.tree(), &["checkout", "-q", "v1"]);
    let (rows, said) = touched(&dir, "v2..v3");
    eqnice!("lib/later.c:2 function later [] []  \"int later(int a)\\n\"\n", rows);
    assert_eq!(said, "");
    // A patch has no revisions: it tells where it has such a file, and names the file.
    dir.create("fix.patch", git(dir.tree(), &["diff", "v2..v3"]) + "\n");
    let (rows, said) = touched(&dir, "fix.patch");
    assert!(rows.contains("/fix.patch:1 function later [] [] "), "{rows}");
    eqnice!(
        "kgrep: no such file: lib/later.c; their hunks are shown as the patch has them (`--strip N` takes N \
         leading folders off)\n",
        said
    );
}
