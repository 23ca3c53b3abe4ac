//! `kgrep diff` and `kgrep exists` on the hand-written pair of trees and its patches.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::util::{Dir, TestCommand, eqnice};

const TREES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/trees");

/// A folder whose `upstream`, `distro` and `patches` are the hand-written ones.
pub(crate) fn pair() -> Dir {
    let dir = Dir::new();
    for (name, from) in
        [("upstream", "pair/upstream"), ("distro", "pair/distro"), ("patches", "patches")]
    {
        let status = Command::new("cp")
            .arg("-r")
            .arg(Path::new(TREES).join(from))
            .arg(dir.path(name))
            .status();
        assert!(status.expect("cp runs").success());
    }
    // One patch of the series is missing on purpose; most tests are about the rest.
    let series = fs::read_to_string(dir.path("patches/series")).expect("series");
    let there: Vec<&str> = series.lines().filter(|line| !line.contains("gone")).collect();
    fs::write(dir.path("patches/series"), there.join("\n") + "\n").expect("series");
    dir
}

pub(crate) fn diff(dir: &Dir, args: &[&str]) -> TestCommand {
    dir.kgrep(&[&["diff"], args].concat())
}

/// The rows of a table without its header, their blanks made single.
fn rows(table: &str) -> Vec<String> {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    table.lines().filter(|line| !line.is_empty()).map(words).collect()
}

#[test]
fn the_users_question_is_answered_first() {
    let dir = pair();
    let answer = diff(&dir, &["upstream", "distro", "crashkernel=auto"]).stdout();
    let lines: Vec<&str> = answer.lines().collect();
    assert_eq!(lines[0], "`crashkernel=auto` is in distro only: 4 hunks in 4 files");
    let line = |title: &str| {
        let found = lines.iter().take(10).find(|line| line.trim_start().starts_with(title));
        *found.unwrap_or_else(|| panic!("no {title}: {answer}"))
    };
    assert!(line("handled by").contains("parse_reservation  distro/kernel/crash_reserve.c:54"));
    assert!(line("documented").contains("distro/Documentation/admin-guide/crash.rst:11"));
    assert!(line("parameter").contains("crashkernel exists on both sides: upstream/kernel/crash_"));
    assert!(line("brought by").contains("no patch is known"));
    let named = ["upstream", "distro", "crashkernel=auto", "--patches", "patches"];
    let named = diff(&dir, &named).stdout();
    assert!(named.contains("crash-auto.patch: crash: understand crashkernel=auto"), "{named}");
}

#[test]
fn the_patch_is_found_beside_the_tree_as_a_source_package_has_it() {
    let dir = pair();
    fs::create_dir(dir.path("debian")).unwrap();
    fs::rename(dir.path("patches"), dir.path("debian/patches")).unwrap();
    let found = diff(&dir, &["upstream", "distro", "/* crashkernel=auto"]).stdout();
    assert!(found.contains("brought by  crash-auto.patch"), "{found}");
}

#[test]
fn text_that_upstream_has_too_is_not_said_to_be_new() {
    let dir = pair();
    let found = diff(&dir, &["upstream", "distro", "strncmp(", "--in", "added"]).run();
    assert!(found.stdout().starts_with("`strncmp(` is in distro only"), "{found}");
    assert!(found.stderr().contains("searched as plain text"), "{found}");
    let both = diff(&dir, &["upstream", "distro", "unsigned"]).stdout();
    let first = both.lines().next().unwrap();
    assert!(first.contains("upstream has it too, as in upstream/"), "{both}");
}

#[test]
fn hunks_are_numbered_rows_with_function_counts_and_patch() {
    let dir = pair();
    let table = diff(&dir, &["patches", "--on", "upstream"]).stdout();
    eqnice!(
        [
            "Index File Line Function Lines Patch Subject Content",
            "0 upstream/include/linux/lamp.h 9 lamp +1 -0 0001-lamp-dim \
             lamp: count the hours and let others ask for the… + unsigned int hours;",
            "1 upstream/drivers/lamp/old-bulb.c +0 -0 0001-lamp-dim \
             lamp: count the hours and let others ask for the… \
             renamed from drivers/lamp/old-bulb.c",
            "2 upstream/kernel/crash_reserve.c 52 parse_reservation +4 -0 crash-auto \
             crash: understand crashkernel=auto + /* crashkernel=auto */",
        ]
        .to_vec(),
        rows(&table)
    );
}

#[test]
fn lines_that_moved_are_found_by_the_hunks_text() {
    let dir = pair();
    let file = "upstream/kernel/crash_reserve.c";
    let text = fs::read_to_string(dir.path(file)).unwrap();
    dir.create(file, format!("{}{text}", "/* more */\n".repeat(100)));
    let table = diff(&dir, &["patches/crash-auto.patch", "--on", "upstream", "--no-header"]);
    let table = table.stdout();
    assert!(table.contains("crash_reserve.c 152 parse_reservation"), "{table}");
}

#[test]
fn a_line_that_is_only_guessed_says_so() {
    let dir = pair();
    dir.create("upstream/kernel/crash_reserve.c", "int other;\n".repeat(90));
    let patch = ["patches/crash-auto.patch", "auto", "--on", "upstream"];
    let table = diff(&dir, &[&patch[..], &["--no-header"]].concat()).stdout();
    assert!(table.contains("(line guessed) +\t/* crashkernel=auto */"), "{table}");
    let json = diff(&dir, &[&patch[..], &["--format", "json"]].concat()).stdout();
    let data = first_data(&json);
    assert_eq!(data["hunk"]["guessed"], true);
    assert_eq!(data["hunk"]["in_tree"], false);
    let (text, found) = (&data["lines"]["text"], &data["submatches"][0]);
    let place = |end: &str| usize::try_from(found[end].as_u64().unwrap()).unwrap();
    assert_eq!(&text.as_str().unwrap()[place("start")..place("end")], "auto");
    let pair = pair_json(&pair());
    assert!(pair.iter().all(|data| data["hunk"]["guessed"] == false));
}

/// The `data` of a JSON answer's first line.
pub(crate) fn first_data(json: &str) -> serde_json::Value {
    let line: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    line["data"].clone()
}

/// All of the patches on upstream, as JSON.
fn pair_json(dir: &Dir) -> Vec<serde_json::Value> {
    let json = diff(dir, &["patches", "--on", "upstream", "--format", "json"]).stdout();
    without_summary(&json).lines().map(first_data).collect()
}

/// A JSON answer without its last line, which says what was looked at.
pub(crate) fn without_summary(json: &str) -> &str {
    let last = json.trim_end().rfind('\n').map_or(0, |at| at + 1);
    assert!(json[last..].ends_with("\"type\":\"summary\"}\n"), "{json}");
    &json[..last]
}

/// The row of a new link that leads nowhere once had no file, and one that leads somewhere
/// was looked for in the file behind it.
#[test]
fn links_are_shown_as_links() {
    let dir = pair();
    for (target, link) in [("../nowhere", "distro/loose"), ("kernel/Kconfig.crash", "distro/tied")]
    {
        std::os::unix::fs::symlink(target, dir.path(link)).unwrap();
    }
    std::os::unix::fs::symlink("kernel", dir.path("upstream/gone")).unwrap();
    let args = ["upstream", "distro", "-g", "loose", "-g", "tied", "-g", "gone", "--no-header"];
    let table = rows(&diff(&dir, &args).stdout());
    let want = [
        "0 upstream/gone 1 gone +0 -1 kernel",
        "1 distro/loose 1 loose +1 -0 ../nowhere",
        "2 distro/tied 1 tied +1 -0 kernel/Kconfig.crash",
    ];
    eqnice!(want.to_vec(), table);
}

#[test]
fn without_a_tree_the_patch_is_opened() {
    let dir = pair();
    let editor = dir.script("editor", "echo \"$@\"\n");
    diff(&dir, &["patches", "strncmp", "-w"]).run();
    let opened = dir.kgrep(&["-s", "0"]).env("EDITOR", &editor).stdout();
    assert!(opened.contains("patches/crash-auto.patch"), "{opened}");
    let shown = dir.kgrep(&["-s", "c0 0"]).stdout();
    assert!(shown.contains("+\tif (!strncmp(option, \"auto\", 4))"), "{shown}");
}

#[test]
fn follow_ups_work_on_hunks() {
    let dir = pair();
    diff(&dir, &["upstream", "distro"]).stdout();
    let editor = dir.script("editor", "echo \"$@\"\n");
    let opened = dir.kgrep(&["-s", "9"]).env("EDITOR", &editor).run();
    assert!(opened.stdout().contains("distro/kernel/crash_reserve.c"), "{opened}");
    assert_eq!(opened.stderr(), "", "the line is where the list says");
    let context = dir.kgrep(&["-s", "c5 9"]).stdout();
    assert!(context.contains("crashkernel=auto: a sixteenth"), "{context}");
    assert!(dir.kgrep(&["-s", "tree"]).stdout().contains("distro/drivers/lamp"));
    assert!(dir.kgrep(&["-s", "files"]).stdout().contains("2 distro/kernel/crash_reserve.c"));
    let kept = dir.kgrep(&["--no-header", "-s", "k 2-9; r CRASH_AUTO; p"]).stdout();
    assert_eq!(kept.lines().count(), 2, "{kept}");
}

#[test]
fn a_line_that_is_gone_is_shown_where_it_was() {
    let dir = pair();
    let table = diff(&dir, &["upstream", "distro", "lamp_flicker", "--no-header"]).stdout();
    assert!(table.contains("0 upstream/drivers/lamp/core.c"), "{table}");
    let context = dir.kgrep(&["-s", "c0 0"]).stdout();
    assert!(!context.contains("changed") && !context.contains("moved"), "{context}");
}

#[test]
fn patch_prints_the_hunk_itself() {
    let dir = pair();
    diff(&dir, &["upstream", "distro"]).stdout();
    let hunk = dir.kgrep(&["-s", "p 2", "--patch"]).stdout();
    assert!(hunk.starts_with("diff --git a/drivers/lamp/Kconfig b/drivers/lamp/Kconfig\n"));
    assert!(hunk.contains("\n-\tdefault n\n+\tdefault m\n"), "{hunk}");
    let colored = dir.kgrep(&["-s", "p 2", "--patch", "--color", "always"]).stdout();
    assert!(colored.contains("\u{1b}[32m+"), "{colored:?}");
    // From another folder, and of a file that was renamed.
    let elsewhere = dir.kgrep(&["-s", "p 4", "--patch"]).folder(&dir.path("patches")).stdout();
    assert!(elsewhere.contains("rename from drivers/lamp/old-bulb.c"), "{elsewhere}");
    // With a pattern, with patches, and with verdicts.
    for args in [
        &["upstream", "distro", "crashkernel=auto"][..],
        &["patches", "hours"],
        &["patches", "hours", "--on", "distro", "--applied"],
    ] {
        diff(&dir, args).stdout();
        let hunk = dir.kgrep(&["-s", "p 0", "--patch"]).stdout();
        assert!(hunk.contains("\n@@ -"), "{args:?}: {hunk}");
    }
    diff(&dir, &["upstream", "distro", "--patch"]).stdout();
    dir.kgrep(&["kmem"]).run();
    dir.kgrep(&["lamp_switch", "upstream"]).stdout();
    dir.kgrep(&["-s", "p 0", "--patch"]).run().expect_error(&["kgrep diff"]);
}

#[test]
fn a_hunk_that_is_no_longer_there_is_told() {
    let dir = pair();
    diff(&dir, &["upstream", "distro"]).stdout();
    let text = fs::read(dir.path("upstream/drivers/lamp/Kconfig")).unwrap();
    dir.create("distro/drivers/lamp/Kconfig", text);
    dir.kgrep(&["-s", "p 2", "--patch"]).run().expect_error(&["match 2", "run the command again"]);
}

#[test]
fn in_says_where_the_pattern_must_match() {
    let dir = pair();
    let count = |args: &[&str]| {
        let args = [&["upstream", "distro", "--no-header", "--format", "grep"], args].concat();
        let done = diff(&dir, &args).run();
        assert!(done.code() < 2, "{done}");
        done.stdout().lines().count()
    };
    assert_eq!(count(&["default m"]), 1);
    assert_eq!(count(&["default m", "--in", "added"]), 1);
    assert_eq!(count(&["default m", "--in", "removed"]), 0);
    assert_eq!(count(&["default n", "--in", "removed"]), 1);
    assert_eq!(count(&["tristate", "--in", "context"]), 1);
    assert_eq!(count(&["tristate"]), 0);
    assert_eq!(count(&["Kconfig.crash", "--in", "any"]), 1);
    assert_eq!(count(&["DEFAULT M"]), 0);
    assert_eq!(count(&["DEFAULT M", "-i"]), 1);
    assert_eq!(count(&["defaul", "-w"]), 0);
    assert_eq!(count(&["-e", "default m", "-e", "CRASH_AUTO"]), 3);
    assert_eq!(count(&["default", "--not", "default m"]), 2);
    assert_eq!(count(&["-g", "*.c", "auto"]), 1);
    assert_eq!(count(&["-t", "c", "-v", "e"]), 0);
    let message = diff(&dir, &["patches", "let others ask", "--in", "message", "--no-header"]);
    assert_eq!(message.stdout().lines().count(), 2);
}

#[test]
fn the_match_is_highlighted() {
    let dir = pair();
    let args = ["upstream", "distro", "default m", "--color", "always"];
    let table = diff(&dir, &args).stdout();
    assert!(table.contains("\u{1b}[1m\u{1b}[31mdefault m\u{1b}[0m"), "{table:?}");
}

#[test]
fn counts_by_patch_file_function_folder_and_subsystem() {
    let dir = pair();
    let by = |what: &str| {
        rows(&diff(&dir, &["upstream", "distro", "--by", what, "--no-header"]).stdout())
    };
    assert_eq!(by("subsystem")[0], "5 5 11 13 LAMP DRIVERS");
    assert_eq!(by("folder")[0], "4 4 9 12 drivers/lamp");
    assert_eq!(by("file")[0], "2 1 10 0 kernel/crash_reserve.c");
    assert!(by("function").contains(&"1 1 9 0 kernel/crash_reserve.c: parse_reservation".into()));
    let patches = diff(&dir, &["patches", "--by", "patch", "--no-header"]).stdout();
    assert_eq!(rows(&patches), ["2 2 1 0 lamp/0001-lamp-dim.patch", "1 1 4 0 crash-auto.patch"]);
    let json = diff(&dir, &["patches", "--by", "patch", "--format", "json"]).stdout();
    assert!(json.lines().all(|line| line.starts_with("{\"data\":")), "{json}");
    diff(&dir, &["patches", "--by", "subsystem"]).run().expect_error(&["MAINTAINERS", "--on"]);
}

#[test]
fn changes_in_kernel_terms() {
    let dir = pair();
    let of = |kind: &str| {
        rows(&diff(&dir, &["upstream", "distro", "--kind", kind, "--no-header"]).stdout())
    };
    eqnice!(
        [
            "0 distro/drivers/lamp/Kconfig 4 changed LAMP:default default n → default m",
            "1 distro/kernel/Kconfig.crash 1 new CRASH_AUTO config CRASH_AUTO",
        ]
        .to_vec(),
        of("configs")
    );
    assert!(of("exports")[0].contains("lamp_switch EXPORT_SYMBOL → EXPORT_SYMBOL_GPL"));
    assert!(of("structs")[0].contains("new lamp:hours"));
    assert!(of("ids")[0].contains("PCI_DEVICE(0x1d0f, 0x00ff)"));
    assert!(of("params")[0].contains("changed crashkernel"));
    assert_eq!(of("docs").len(), 2);
    assert_eq!(diff(&dir, &["upstream", "distro", "--kind", "syscalls"]).run().code(), 1);
    let all = diff(&dir, &["upstream", "distro", "--kind", "all"]).stdout();
    assert!(all.contains("\nDevice IDs\n") && all.contains("\nFunctions\n"), "{all}");
}

#[test]
fn a_name_says_where_it_went() {
    let dir = pair();
    let of = |name: &str| diff(&dir, &["upstream", "distro", "--kind", "functions", name]).run();
    let gone = of("lamp_flicker").expect_ok().stdout();
    assert!(gone.contains("lamp_flicker in distro: nowhere"), "{gone}");
    assert!(gone.contains("gone   lamp_flicker"), "{gone}");
    let same = of("last_option").expect_ok().stdout();
    assert!(same.contains("its definition is the same"), "{same}");
    let none = of("never_heard_of").expect_code(1).stdout();
    assert!(none.contains("nowhere"), "{none}");
}

#[test]
fn exists_prints_which_tree_defines_what() {
    let dir = pair();
    let table = dir.kgrep(&["exists", "lamp_flicker", "crashkernel", "bulb.c", "--in", "upstream"]);
    let table = table.arg("distro").stdout();
    let table = rows(&table);
    assert_eq!(table[0], "Name upstream distro");
    assert_eq!(table[1], "lamp_flicker static function -");
    assert_eq!(table[3], "bulb.c - file");
    assert!(table.iter().any(|row| row.contains("upstream/drivers/lamp/core.c 16 lamp_flicker")));
    let editor = dir.script("editor", "echo \"$@\"\n");
    let opened = dir.kgrep(&["-s", "0"]).env("EDITOR", &editor).stdout();
    assert!(opened.contains("upstream/drivers/lamp/core.c"), "{opened}");
    dir.kgrep(&["exists", "never_heard_of", "--in", "upstream"]).run().expect_code(1);
}

#[test]
fn applied_decides_as_patch_would() {
    let dir = pair();
    let judged = |tree: &str| {
        let args = ["patches", "--applied", "--on", tree, "--no-header"];
        rows(&diff(&dir, &args).stdout())
    };
    let upstream = judged("upstream");
    assert!(upstream.iter().all(|row| row.contains(" applies")), "{upstream:?}");
    let distro = judged("distro");
    assert!(distro[0].contains("already in") && distro[1].contains("already in"), "{distro:?}");
    assert!(distro[2].contains("applies, moved by +12, fuzz 2"), "{distro:?}");
    let strict = ["patches", "distro", "--applied", "--fuzz", "0"];
    let strict = diff(&dir, &strict).stdout();
    assert!(strict.contains("conflicts: `") && strict.contains("1 conflict"), "{strict}");
    diff(&dir, &["patches", "--applied"]).run().expect_error(&["--on TREE"]);
    let before = fs::read(dir.path("upstream/kernel/crash_reserve.c")).unwrap();
    judged("upstream");
    assert_eq!(before, fs::read(dir.path("upstream/kernel/crash_reserve.c")).unwrap());
}

#[test]
fn format_patch_applied_to_upstream_gives_distro() {
    let dir = pair();
    let patch = diff(&dir, &["upstream", "distro", "--format", "patch"]).run().expect_ok();
    dir.create("all.patch", patch.bytes());
    let status = Command::new("patch")
        .args(["-p1", "-s", "-i", "../all.patch", "-d"])
        .arg(dir.path("upstream"))
        .status();
    assert!(status.unwrap().success());
    diff(&dir, &["upstream", "distro"]).run().expect_code(1);
}

#[test]
fn format_patch_writes_exactly_the_hunks_chosen() {
    let dir = pair();
    let args = ["upstream", "distro", "-g", "kernel/*.c", "auto", "--format", "patch"];
    let patch = diff(&dir, &args).stdout();
    assert_eq!(patch.matches("\n@@ -").count(), 1, "{patch}");
    diff(&dir, &["upstream", "distro"]).stdout();
    let kept = dir.kgrep(&["-s", "k 2,9; p", "--format", "patch"]).stdout();
    assert_eq!(kept.matches("\n@@ -").count(), 2, "{kept}");
    dir.create("some.patch", &kept);
    let apply = Command::new("git")
        .args(["apply", "--check", "../some.patch"])
        .current_dir(dir.path("upstream"))
        .output()
        .unwrap();
    assert!(apply.status.success(), "{}", String::from_utf8_lossy(&apply.stderr));
    dir.kgrep(&["--format", "patch", "x"]).run().expect_error(&["kgrep diff"]);
}

#[test]
fn json_has_all_fields() {
    let dir = pair();
    let json = diff(&dir, &["patches", "auto", "--format", "json"]).stdout();
    let line: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    let data = &line["data"];
    assert_eq!(data["path"]["text"], "patches/crash-auto.patch");
    assert_eq!(data["hunk"]["new_path"]["text"], "kernel/crash_reserve.c");
    assert_eq!(data["hunk"]["enclosing"]["name"]["text"], "parse_reservation");
    assert_eq!(data["hunk"]["added"], 4);
    assert_eq!(data["patch"]["subject"]["text"], "crash: understand crashkernel=auto");
    assert_eq!(data["submatches"][0]["match"]["text"], "auto");
    let text = fs::read(dir.path("patches/crash-auto.patch")).unwrap();
    let offset = usize::try_from(data["absolute_offset"].as_u64().unwrap()).unwrap();
    assert!(text[offset..].starts_with(b"+\t/* crashkernel=auto */"));
}

/// A list keeps places only: its JSON once lacked all that is known of a hunk.
#[test]
fn json_of_a_kept_list_has_all_fields_too() {
    let dir = pair();
    for args in [
        &["upstream", "distro", "--patches", "patches"][..],
        &["patches", "auto", "--in", "any"],
        &["patches", "--applied", "--on", "distro"],
    ] {
        let fresh = diff(&dir, &[args, &["--format", "json"]].concat()).stdout();
        let again = dir.kgrep(&["-s", "p", "--format", "json"]).stdout();
        // What was looked at is not kept.
        let fresh = without_summary(&fresh);
        eqnice!(fresh, again);
        let last = fresh.lines().count() - 1;
        let one = dir.kgrep(&["-s", &format!("p {last}"), "--format", "json"]).stdout();
        assert_eq!(first_data(&one), first_data(fresh.lines().last().unwrap()));
    }
    // What is a list of names is printed as such.
    diff(&dir, &["upstream", "distro", "--kind", "functions"]).stdout();
    let names = dir.kgrep(&["-s", "p 0", "--format", "json"]).stdout();
    assert!(names.contains("\"columns\":{\"change\":\"gone\""), "{names}");
}

#[test]
fn a_hunk_that_is_gone_is_told_and_the_others_are_shown() {
    let dir = pair();
    diff(&dir, &["upstream", "distro", "-g", "*.c"]).stdout();
    let same = fs::read(dir.path("distro/kernel/crash_reserve.c")).unwrap();
    fs::write(dir.path("upstream/kernel/crash_reserve.c"), same).unwrap();
    let done = dir.kgrep(&["-s", "p", "--patch"]).run().expect_code(2);
    assert!(done.stderr().contains("is not in the difference any more"), "{done}");
    assert!(done.stdout().contains("+++ b/drivers/lamp/core.c"), "{done}");
}

#[test]
fn stat_is_like_gits() {
    let dir = pair();
    let stat = diff(&dir, &["upstream", "distro", "--stat"]).stdout();
    assert!(stat.contains(" drivers/lamp/{old-bulb.c => bulb.c}             |  2 +-\n"), "{stat}");
    assert!(stat.ends_with(" 9 files changed, 32 insertions(+), 13 deletions(-)\n"), "{stat}");
}

#[test]
fn a_git_range_is_a_difference_too() {
    let dir = Dir::new();
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
        let done = Command::new("git").args(identity).args(args).current_dir(dir.tree()).output();
        assert!(done.unwrap().status.success(), "{args:?}");
    };
    git(&["init", "-q"]);
    for text in ["int a;\n", "int a;\nint b;\n"] {
        dir.create("x.c", text);
        git(&["add", "x.c"]);
        git(&["commit", "-q", "-m", text]);
    }
    let table = diff(&dir, &["git:HEAD~1..HEAD", "--no-header"]).stdout();
    assert_eq!(rows(&table)[0].split(' ').take(3).collect::<Vec<_>>(), ["0", "x.c", "2"]);
    assert!(dir.kgrep(&["-s", "p 0", "--patch"]).stdout().contains("\n+int b;\n"));
    diff(&dir, &["git:nope..HEAD"]).run().expect_error(&["nope"]);
}

#[test]
fn what_is_wrong_in_a_patch_is_told_with_file_and_line_and_the_rest_is_shown() {
    let dir = Dir::new();
    let text = "Subject: one\n\n--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n-a\n+b\n\
                --- a/y\n+++ b/y\n@@ -1 +1 @@\n-c\n+d\n";
    dir.create("one.patch", text);
    let done = diff(&dir, &["one.patch"]).run().expect_code(2);
    assert!(done.stderr().starts_with("kgrep: one.patch:5: "), "{done}");
    assert!(done.stdout().contains("one.patch    7 x"), "{done}");
    assert!(done.stdout().contains(" y "), "{done}");
}

#[test]
fn names_that_leave_the_tree_are_not_followed() {
    let dir = Dir::new();
    dir.create("tree/x", "a\n");
    dir.create("secret", "a\n");
    dir.create("evil.patch", "--- a/../secret\n+++ b/../secret\n@@ -1 +1 @@\n-a\n+b\n");
    let done = diff(&dir, &["evil.patch", "--on", "tree", "--no-header"]).run();
    assert!(done.stdout().contains("evil.patch"), "{done}");
    let judged = diff(&dir, &["evil.patch", "--on", "tree", "--applied"]).run().stdout();
    assert!(judged.contains("no such file"), "{judged}");
}

#[test]
fn words_that_make_no_sense_are_refused_in_a_line() {
    let dir = pair();
    diff(&dir, &["upstream"]).run().expect_error(&["upstream", "folder to compare"]);
    diff(&dir, &["upstream", "crashkernel"]).run().expect_error(&["crashkernel", "not a folder"]);
    diff(&dir, &["nowhere", "distro"]).run().expect_error(&["nowhere"]);
    diff(&dir, &["patches", "x", "y"]).run().expect_error(&["one pattern"]);
    diff(&dir, &["patches", "--on", "nowhere"]).run().expect_error(&["nowhere"]);
    diff(&dir, &["upstream", "distro", "[z-a]"]).run().expect_error(&["[z-a]"]);
    diff(&dir, &["upstream", "upstream"]).run().expect_code(1);
}

#[test]
fn a_whole_difference_begins_with_a_summary() {
    let dir = pair();
    let answer = diff(&dir, &["upstream", "distro"]).stdout();
    let (lead, table) = answer.split_once("\n\n").expect("a summary and a table");
    let expected = "\
upstream → distro: 9 files differ, 1 new; +32 -13 in 10 hunks
  options       1 new: CRASH_AUTO
  mostly in     LAMP DRIVERS (5 files), CRASH RESERVATION (2 files), THE REST (2 files)";
    similar_asserts::assert_eq!(lead, expected);
    assert!(table.starts_with("Index File") && table.lines().count() == 11, "{table}");
    // New ones are gone seen from the other side.
    let back = diff(&dir, &["distro", "upstream"]).stdout();
    assert!(back.contains("options       1 gone: CRASH_AUTO\n"), "{back}");
    assert!(back.starts_with("distro → upstream: 9 files differ, 1 gone; +13 -32"), "{back}");
    // It is no part of the table, nor of other answers.
    let bare = diff(&dir, &["upstream", "distro", "--no-header"]).stdout();
    assert_eq!(bare.lines().count(), 10, "{bare}");
    let grep = diff(&dir, &["upstream", "distro", "--format", "grep"]).stdout();
    assert_eq!(grep.lines().count(), 10, "{grep}");
}

#[test]
fn a_guessed_place_never_stands_in_the_summary() {
    let dir = Dir::new();
    let patch = "\
--- a/x.c
+++ b/x.c
@@ -2,3 +2,4 @@ int lamp_on(void)
 \tolder();
 \tlines();
+\tcrash_it();
 \tare_gone();
";
    dir.create("p.patch", patch);
    let above = "/* another file by now */\n".repeat(6);
    dir.create("tree/x.c", format!("{above}int lamp_on(void)\n{{\n\treturn 1;\n}}\n"));
    let answer = diff(&dir, &["p.patch", "crash_it", "--on", "tree"]).stdout();
    assert!(answer.contains("(line guessed)"), "{answer}");
    assert!(answer.contains("handled by  lamp_on  tree/x.c:7\n"), "{answer}");
    // Where the function is gone, it is named without a place.
    dir.create("tree/x.c", above);
    let answer = diff(&dir, &["p.patch", "crash_it", "--on", "tree"]).stdout();
    assert!(answer.contains("handled by  lamp_on\n"), "{answer}");
}

#[test]
fn applied_by_patch_is_the_maintainers_table() {
    let dir = pair();
    let judged = |tree: &str, more: &[&str]| {
        let args = [&["patches", "--applied", "--by", "patch", "--on", tree][..], more].concat();
        diff(&dir, &args).stdout()
    };
    let upstream = judged("upstream", &[]);
    assert!(upstream.starts_with("Verdict"), "{upstream}");
    assert!(rows(&upstream)[1..].iter().all(|row| row.starts_with("applies ")), "{upstream}");
    let distro = judged("distro", &["--fuzz", "0"]);
    let found = rows(&distro);
    assert!(found.iter().any(|row| row.starts_with("in already 0001-lamp-dim lamp: ")), "{distro}");
    assert!(found.iter().any(|row| row.starts_with("1 of 1 conflict crash-auto ")), "{distro}");
    let json = judged("distro", &["--fuzz", "0", "--format", "json"]);
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(first["data"]["verdict"], "in already", "{json}");
    diff(&dir, &["patches", "--applied", "--by", "file", "--on", "distro"])
        .run()
        .expect_error(&["--by patch"]);
}
