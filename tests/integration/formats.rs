//! A format is how an answer looks, and no part of what it is: every command gives the same
//! exit status and the same places in all of them, with headers and without.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::util::Dir;

/// How each command is printed.
const FORMATS: [&[&str]; 6] = [
    &["--format", "table"],
    &["--format", "table", "--no-header"],
    &["--format", "grep"],
    &["--format", "vimgrep", "--no-header"],
    &["--format", "json"],
    &["--format", "json", "--no-header"],
];

/// On the kernel-like tree: commands, and their exit status.
const KERNEL: &[(i32, &[&str])] = &[
    (0, &["-w", "kfree"]),
    (1, &["no_such_thing"]),
    (0, &["def", "kfree"]),
    (0, &["def", "pivot_root"]),
    (1, &["def", "no_such_thing"]),
    (1, &["def", "--kind", "struct", "kfree"]),
    (0, &["refs", "kfree"]),
    (1, &["refs", "no_such_thing"]),
    (0, &["callers", "kfree", "-d", "2"]),
    (1, &["callers", "no_such_thing"]),
    (0, &["callees", "start_kernel"]),
    (0, &["chain", "start_kernel", "run_init_process"]),
    (1, &["chain", "run_init_process", "start_kernel"]),
    (0, &["trace", "pivot_root"]),
    (0, &["trace", "rdinit="]),
    (1, &["trace", "no_such_thing"]),
    (0, &["list", "syscalls"]),
    (1, &["list", "syscalls", "no_such*"]),
    (0, &["find", "reserve", "memory"]),
    (1, &["find", "nosuchthing"]),
    (0, &["exists", "kfree", "no_such_thing"]),
    (1, &["exists", "no_such_thing"]),
    (0, &["def", "kfree", "may_mount"]),
    (0, &["callers", "kmalloc", "--args"]),
    (1, &["callers", "kmalloc", "--arg", "2=NOTHING"]),
    (0, &["refs", "file.private_data"]),
    (0, &["functions", "--with", "kmalloc(", "--with", "memcpy("]),
    (1, &["functions", "--with", "kmalloc(", "--with", "nowhere"]),
    (0, &["touched", "0001.patch"]),
    (0, &["messages"]),
    (0, &["browse", "callers", "kfree"]),
    (1, &["messages", "no such text"]),
    (0, &["log", "panic.txt"]),
    (0, &["built", "mm/slab.c", "--kconfig", "boot.config"]),
    (0, &["built", "kfree", "--kconfig", "boot.config"]),
    (1, &["built", "no_such_thing", "--kconfig", "boot.config"]),
    (0, &["-s", "p"]),
];

/// Commands whose answers are no places.
const WITHOUT_PLACES: [&str; 9] =
    ["lists", "demo", "index", "config", "queries", "export", "configs", "lsp", "mcp"];

/// On the pair of trees.
const PAIR: &[(i32, &[&str])] = &[
    (0, &["diff", "upstream", "distro"]),
    (0, &["diff", "upstream", "distro", "crashkernel=auto"]),
    (1, &["diff", "upstream", "distro", "no_such_thing"]),
    (0, &["diff", "upstream", "distro", "--kind", "all"]),
    (0, &["diff", "upstream", "distro", "--kind", "functions", SAME]),
    (1, &["diff", "upstream", "distro", "--kind", "functions", "no_such_thing"]),
    (0, &["history", "lamp_switch", "upstream", "distro"]),
    (0, &["exists", "lamp_switch", "--in", "upstream", "distro"]),
    (0, &["-s", "p"]),
];

/// A change of a function.
const PATCH: &str = "\
--- a/mm/util.c
+++ b/mm/util.c
@@ -11,5 +11,5 @@
 	size_t len = strlen(s) + 1;
 	char *buf = kmalloc(len, gfp);
 
-	if (buf)
+	if (buf && len)
 		memcpy(buf, s, len);
";

/// A function of both trees that does not change.
const SAME: &str = "lamp_switch";

/// The places that an output names, as `path:line`.
fn places(format: &[&str], text: &str) -> BTreeSet<String> {
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    let place = |line: &str| match format[1] {
        "json" => {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let data = &value["data"];
            let kind = &value["type"];
            let path = data["path"]["text"].as_str().map(str::to_owned);
            path.filter(|_| kind == "match" || kind == "change").map(|path| {
                // A file as such has no line.
                format!("{path}:{}", data["line_number"].as_u64().unwrap_or_default())
            })
        }
        "table" => {
            let words: Vec<&str> = line.split_whitespace().collect();
            let is_row = words.len() > 2 && is_number(words[0]) && is_number(words[2]);
            is_row.then(|| format!("{}:{}", words[1], words[2]))
        }
        _ => {
            let mut parts = line.splitn(3, ':');
            let (path, number) = (parts.next()?, parts.next()?);
            is_number(number).then(|| format!("{path}:{number}"))
        }
    };
    text.lines().filter_map(place).collect()
}

fn same_in_every_format(dir: &Dir, runs: &[(i32, &[&str])]) {
    for (status, args) in runs {
        let mut first = None;
        for format in FORMATS {
            let done = dir.kgrep(&[*args, format].concat()).run();
            assert_eq!(done.code(), *status, "{args:?} {format:?}: {}", done.stderr());
            let places = places(format, &done.stdout());
            assert!(places.is_empty() || *status == 0, "{args:?} {format:?}");
            let known = first.get_or_insert_with(|| places.clone());
            assert_eq!(*known, places, "{args:?} {format:?}");
        }
        let shows = *status == 0 && !args.contains(&SAME);
        assert!(!shows || first.is_some_and(|places| !places.is_empty()), "{args:?} has no rows");
    }
}

#[test]
fn status_and_places_are_the_same_in_every_format() {
    let dir = Dir::kernel();
    dir.create("boot.config", "# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_X86_64=y\n");
    dir.create("panic.txt", "Call Trace:\n start_kernel+0x1/0x2\n");
    dir.create("0001.patch", PATCH);
    dir.kgrep(&["index"]).run().expect_ok();
    same_in_every_format(&dir, KERNEL);
}

#[test]
fn every_command_is_asked_in_every_format() {
    for command in crate::arguments::COMMANDS {
        let asked = KERNEL.iter().chain(PAIR).any(|(_, words)| words[0] == command);
        assert!(asked || WITHOUT_PLACES.contains(&command), "{command}");
    }
}

#[test]
fn status_and_places_of_a_diff_are_the_same_in_every_format() {
    let dir = Dir::new();
    for side in ["upstream", "distro"] {
        let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trees/pair").join(side);
        let copied = Command::new("cp").arg("-r").arg(tree).arg(dir.tree()).status();
        assert!(copied.unwrap().success());
    }
    same_in_every_format(&dir, PAIR);
}

#[test]
fn hunks_are_asked_again_where_a_path_is_not_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let dir = Dir::new();
    let old = OsStr::from_bytes(b"old-\xff");
    for (folder, text) in [(old, "int lamp;\n"), (OsStr::new("new"), "int lamps;\n")] {
        let folder = dir.tree().join(folder);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("Makefile"), "").unwrap();
        std::fs::write(folder.join("lamp.c"), text).unwrap();
    }
    dir.kgrep(&["diff"]).arg(old).arg("new").run().expect_code(0);
    let patch = dir.kgrep(&["-s", "p", "--patch"]).stdout();
    assert!(patch.contains("-int lamp;\n+int lamps;\n"), "{patch}");
}
