//! Growth: for twice the input the program may do at most two and a half times the work, in
//! whatever reads what strangers wrote.
//!
//! Work is counted in instructions, by valgrind's callgrind, which is the same on every run
//! and however busy the machine is; what the program does without any input is taken off.
//!
//! They are ignored unless asked for, because valgrind makes a debug program too slow to wait
//! for: `KGREP_PROGRAM=$PWD/target/release/kgrep cargo test --test integration growth:: --
//! --ignored`. Without valgrind they fail.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::util::{Dir, KGREP};

/// How many times as much twice the input may take.
const MOST: f64 = 2.5;

/// The program under test, without debug information, which valgrind would read on every run.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, program) = PROGRAM.get_or_init(|| {
        let built = std::env::var_os("KGREP_PROGRAM").unwrap_or_else(|| KGREP.into());
        let place = tempfile::tempdir().expect("temporary folder");
        let copy = place.path().join("kgrep");
        let mut strip = Command::new("strip");
        strip.args(["-g", "-o"]).args([copy.as_os_str(), &built]).stdout(Stdio::null());
        if !strip.status().is_ok_and(|status| status.success()) {
            std::fs::copy(built, &copy).expect("a copy");
        }
        (place, copy)
    });
    program
}

/// How many instructions a run takes.
fn instructions(program: &Path, dir: &Dir, args: &[&str]) -> f64 {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program).args(args);
    command.current_dir(dir.tree()).env_clear().envs(dir.environment());
    // One thread: others would count their waiting.
    command.env("RAYON_NUM_THREADS", "1").stdin(Stdio::null());
    let done = command.output().expect("valgrind runs: install it");
    let said = String::from_utf8_lossy(&done.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected : "));
    let count = collected.and_then(|(_, count)| count.trim().parse().ok());
    // An answer without rows says why, and is an answer; a limit is told beside one with rows.
    let failed = match done.status.code() {
        Some(0) => said.contains("kgrep: "),
        code => code != Some(1),
    };
    match count {
        Some(count) if !failed => count,
        _ => panic!("{args:?}: {said}"),
    }
}

/// Counts a question to a tree that `make` makes of a size, after `before` was asked.
fn grows(size: usize, make: impl Fn(&Dir, usize), before: &[&str], args: &[&str]) {
    let program = program();
    let run = |size: usize| {
        let dir = Dir::new();
        make(&dir, size);
        if !before.is_empty() {
            dir.kgrep(before).run();
        }
        instructions(program, &dir, args)
    };
    let [least, once, twice] = [1, size, 2 * size].map(run);
    let (once, twice) = (once - least, twice - least);
    assert!(once > least / 50.0, "{args:?}: {size} is too small to tell: {once} over {least}");
    let ratio = twice / once;
    assert!(ratio <= MOST, "{args:?}: {ratio:.2} times as many instructions for twice the input");
}

/// `line` as often as is asked for, `@` being the number.
fn lines(size: usize, line: &str) -> String {
    (0..size).fold(String::new(), |text, n| text + &line.replace('@', &n.to_string()) + "\n")
}

/// A tree of one C file.
fn c_file(text: impl Fn(usize) -> String) -> impl Fn(&Dir, usize) {
    move |dir, size| dir.create("a.c", text(size))
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn the_outline_of_functions() {
    let text = |size| lines(size, "/* one */ static int f@(int a)\n{\n\treturn g(a, \"s\");\n}");
    grows(600, c_file(text), &[], &["export", "edges"]);
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn the_outline_of_what_never_ends() {
    let text = |size| lines(size, "int f@(struct s { ( \\\n#define A@(x) \"{ x [\n = {");
    grows(1500, c_file(text), &[], &["export", "symbols"]);
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn arms_of_a_condition() {
    let text = |size| format!("#if A\n{}#endif\n", lines(size, "#elif B@\nint x(void){"));
    grows(1500, c_file(text), &[], &["export", "symbols"]);
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn conditions_in_conditions() {
    let text = |size| lines(size, "#if A@ || B\nint x@;") + &lines(size, "#endif");
    grows(1500, c_file(text), &[], &["export", "symbols"]);
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn entries_of_kconfig() {
    let make = |dir: &Dir, size| {
        dir.create("Kconfig", lines(size, "config X@\n\tbool \"x\"\n\tdepends on X0 && Y@"));
    };
    grows(1000, make, &[], &["export", "symbols"]);
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn an_option_with_many_entries() {
    let make = |dir: &Dir, size| {
        dir.create("Kconfig", lines(size, "config X\n\tbool \"x\"\n\nconfig Y@\n\tdepends on X\n"));
    };
    grows(400, make, &[], &["trace", "CONFIG_X"]);
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn makefiles_of_parts_of_parts() {
    let make = |dir: &Dir, size| {
        let parts = (0..size).fold("obj-y += a0.o\n".to_owned(), |mut text, n| {
            let _ = writeln!(text, "a{}-y := a{n}.o", n + 1);
            text
        });
        dir.create("fs/Makefile", parts);
        dir.create("fs/a0.c", "int f(void)\n{\n\treturn 0;\n}\n");
    };
    grows(500, make, &[], &["trace", "f", "--all"]);
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn error_codes_of_a_function() {
    let body = |size| lines(size, "\tif (a == @)\n\t\treturn -EINVAL; // /* no\n\terr = -EIO;");
    let text = move |size| format!("int f(int a)\n{{\n{}\treturn 0;\n}}\n", body(size));
    grows(400, c_file(text), &[], &["trace", "f"]);
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn uses_of_a_name_in_one_file() {
    let text = |size| lines(size, "static int same(void) { return needle(@); }");
    grows(800, c_file(text), &[], &["refs", "needle"]);
    let text = |size| lines(size, "static int f@(void) { return @; }\nint needle;");
    grows(800, c_file(text), &[], &["refs", "needle"]);
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn long_chains_and_trees() {
    let text = |size| "void f0(void) { }\n".to_owned() + &lines(size, "void f@(void) { g(); }");
    grows(600, c_file(text), &[], &["callers", "g"]);
    let text = |size: usize| {
        let steps = (0..size).fold(String::new(), |mut text, n| {
            let _ = writeln!(text, "void f{}(void) {{ f{n}(); }}", n + 1);
            text
        });
        format!("void f0(void) {{ }}\n{steps}void top(void) {{ f{size}(); }}\n")
    };
    grows(600, c_file(text), &[], &["chain", "--max-depth", "9999", "top", "f0"]);
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn a_chain_that_there_is_not() {
    // All that leads to the end is used by the same few functions, which use nothing else.
    let text = |size| {
        let calls = lines(size, "\tg@();");
        let users = (0..8).map(|n| format!("void user{n}(void)\n{{\n{calls}}}\n"));
        let near = lines(size, "void g@(void) { goal(); }") + &users.collect::<String>();
        let far =
            lines(size, "void c@(void) { }\nvoid b@(void) { c@(); }\nvoid a@(void) { b@(); }");
        let from = format!("void from(void)\n{{\n{}}}\n", lines(size, "\ta@();"));
        near + &far + &from + "void goal(void) { }\n"
    };
    grows(800, c_file(text), &[], &["chain", "--indirect", "from", "goal"]);
}

/// A patch with hunks for lines that its file doesn't have.
fn patch(size: usize, file_too: bool) -> impl Fn(&Dir, usize) {
    move |dir, grown| {
        let hunks = if file_too { grown } else { size };
        let hunks = (0..hunks).fold(String::new(), |mut text, n| {
            let line = 1_000_000_000 + n * 10;
            let _ = writeln!(
                text,
                "@@ -{line},3 +{line},3 @@\n int a{n};\n-int b{n};\n+int c{n};\n int d{n};"
            );
            text
        });
        dir.create("tree/a.c", lines(200, "int x@;"));
        dir.create("p.patch", format!("--- a/a.c\n+++ b/a.c\n{hunks}"));
    }
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn hunks_of_a_patch() {
    grows(300, patch(300, true), &[], &["diff", "p.patch"]);
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn tables_of_which_one_text_is_nowhere() {
    let text =
        |size| lines(size, "static int set@(char *s) { return 0; }\n__setup(\"p@=\", set@);");
    grows(400, c_file(text), &[], &["list", "boot-params"]);
}

/// A patch with hunks that belong nowhere in a file as long as it, each naming a line of it.
fn patch_of_a_long_file(dir: &Dir, size: usize) {
    let hunks = (0..size).fold(String::new(), |mut text, n| {
        let line = n + 1;
        let _ =
            writeln!(text, "@@ -{line},3 +{line},3 @@\n int x;\n-int y{n};\n+int z{n};\n int x;");
        text
    });
    dir.create("tree/a.c", lines(size * 10, "int x;"));
    dir.create("p.patch", format!("--- a/a.c\n+++ b/a.c\n{hunks}"));
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn hunks_that_belong_nowhere_in_a_long_file() {
    grows(60, patch_of_a_long_file, &[], &["diff", "p.patch", "--on", "tree"]);
    grows(60, patch_of_a_long_file, &[], &["diff", "p.patch", "--applied", "--on", "tree"]);
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn hunks_far_outside_of_their_file() {
    grows(100, patch(100, true), &[], &["diff", "p.patch", "--on", "tree"]);
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn entries_of_a_list_and_selectors() {
    let text = |size| lines(size, "int needle@;");
    grows(1500, c_file(text), &[], &["needle"]);
    let numbers = |size: usize| (1..=size).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let program = program();
    let dir = Dir::new();
    dir.create("a.c", lines(2000, "int needle@;"));
    dir.kgrep(&["needle"]).stdout();
    let count = |size| instructions(program, &dir, &["-s", &format!("c0 {}", numbers(size))]);
    let [least, once, twice] = [1, 500, 1000].map(count);
    let ratio = (twice - least) / (once - least);
    assert!(ratio <= MOST, "{ratio:.2} times as many instructions for twice the numbers");
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn sections_of_a_recipe() {
    let make = |dir: &Dir, size| {
        let section = "[[section]]\ntitle = \"T@\"\nlook = \"text\"\npattern = '\\b{name}\\b@'\n";
        let head = "name = \"mine\"\nsummary = \"mine\"\nexamples = [\"x\"]\n\n[subject]\nnames = [\"{name}\"]\n\n";
        let path = dir.beside("config/kgrep/queries/mine.toml");
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
        std::fs::write(path, format!("{head}{}", lines(size, section))).expect("recipe");
        dir.create("a.c", "int x;\n");
    };
    grows(100, make, &[], &["queries"]);
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn a_name_in_many_places_of_one_file() {
    let make = |dir: &Dir, size| dir.create("tree/a.c", lines(size, "#define needle @"));
    grows(600, make, &[], &["exists", "needle", "--in", "tree"]);
}

#[test]
#[ignore = "wants valgrind and the release program: see .ci/run"]
fn things_of_a_new_file() {
    let make = |dir: &Dir, size| {
        let text = lines(size, "struct s@ {\n\tint a;\n};\n\nint f@(void)\n{\n\treturn @;\n}\n");
        for (path, text) in
            [("old/b.c", "int x;\n"), ("new/b.c", "int x;\n"), ("new/a.c", text.as_str())]
        {
            dir.create(path, text);
        }
    };
    grows(200, make, &[], &["diff", "old", "new", "--kind", "all"]);
}
