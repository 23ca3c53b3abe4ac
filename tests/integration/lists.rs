//! Stored lists: which are kept, whose they are, how many, how large, and damage.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::util::{Dir, KGREP, eqnice};

/// All files of the cache.
fn cached(dir: &Dir) -> Vec<PathBuf> {
    let mut folders = vec![dir.cache()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

#[test]
fn lists_shows_number_time_place_command_and_count() {
    let dir = Dir::kernel();
    dir.kgrep(&["pivot_root"]).stdout();
    dir.kgrep(&["-w", "open flags", "fs"]).run();
    dir.kgrep(&["-w", "crashkernel", "kernel"]).stdout();
    let lists = dir.kgrep(&["lists"]).stdout();
    let newest = lists.lines().nth(1).unwrap();
    assert!(newest.contains("-w crashkernel kernel"), "{lists}");
    assert!(newest.contains(dir.tree().to_str().unwrap()), "{lists}");
    assert!(newest.split_whitespace().any(|word| word == "7"), "{lists}");
    assert!(lists.contains("pivot_root"), "{lists}");
}

#[test]
fn there_may_be_no_lists() {
    let done = Dir::new().kgrep(&["lists"]).run().expect_code(1);
    eqnice!("", done.stdout());
}

#[test]
fn an_older_list_is_meant_by_its_number() {
    let dir = Dir::kernel();
    let first = dir.kgrep(&["pivot_root"]).stdout();
    dir.kgrep(&["crashkernel"]).stdout();
    eqnice!(first, dir.kgrep(&["--list", "1", "-s", "p"]).stdout());
    eqnice!(first, dir.kgrep(&["--list", "1"]).stdout());
}

#[test]
fn a_search_that_finds_nothing_leaves_the_newest_list() {
    let dir = Dir::kernel();
    let first = dir.kgrep(&["pivot_root"]).stdout();
    dir.kgrep(&["no_such_word"]).run().expect_code(1);
    eqnice!(first, dir.kgrep(&[]).stdout());
}

#[test]
fn fifty_lists_are_kept() {
    let dir = Dir::new();
    dir.create("a.c", "needle\n");
    for _ in 0..55 {
        dir.kgrep(&["needle"]).stdout();
    }
    assert_eq!(dir.kgrep(&["--no-header", "lists"]).stdout().lines().count(), 50);
    dir.kgrep(&["--list", "5", "-s", "p"]).run().expect_error(&["5"]);
    dir.kgrep(&["--list", "6", "-s", "p"]).stdout();
}

#[test]
fn lists_are_for_their_owner_only() {
    let dir = Dir::kernel();
    dir.kgrep(&["pivot_root"]).stdout();
    let files = cached(&dir);
    assert!(!files.is_empty());
    for file in files {
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}: {mode:o}", file.display());
    }
    let mode = fs::metadata(dir.cache()).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "the cache folder: {mode:o}");
}

#[test]
fn many_kgreps_at_once_each_keep_their_list() {
    let dir = Dir::kernel();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..6 {
                    dir.kgrep(&["kmem_cache_alloc\\("]).stdout();
                }
            });
        }
    });
    let lists = dir.kgrep(&["--no-header", "lists"]).stdout();
    assert_eq!(lists.lines().count(), 24, "{lists}");
    for number in 1..=24 {
        let rows = dir.kgrep(&["--no-header", "--list", &number.to_string()]).stdout();
        assert_eq!(rows.lines().count(), 8);
    }
}

#[test]
fn what_a_full_list_has_no_room_for_is_printed_with_a_note() {
    let dir = Dir::new();
    dir.create("a.c", "needle\n".repeat(10));
    let done = dir.kgrep(&["--no-header", "--max-list", "4", "needle"]).run().expect_code(0);
    assert_eq!(done.stdout().lines().count(), 10, "{done}");
    assert_eq!(done.stderr().lines().count(), 1, "{done}");
    assert!(done.stderr().contains('4'), "{done}");
    assert_eq!(dir.kgrep(&["--no-header", "-s", "p"]).stdout().lines().count(), 4);
}

#[test]
fn a_damaged_list_is_one_line_and_left_out() {
    let dir = Dir::kernel();
    let older = dir.kgrep(&["pivot_root"]).stdout();
    dir.kgrep(&["crashkernel"]).stdout();
    let newest = dir.cache().join("lists/000002.list");
    let whole = fs::read(&newest).unwrap();
    let middle = whole.len() / 2;
    let mut flipped = whole.clone();
    flipped[middle] ^= 0xff;
    for damaged in [&whole[..middle], &[], &b"not a list at all"[..], &vec![0xff; 4096]] {
        fs::write(&newest, damaged).unwrap();
        let done = dir.kgrep(&["-s", "p"]).run().expect_code(0);
        eqnice!(older, done.stdout());
        assert_eq!(done.stderr().lines().count(), 1, "{done}");
        assert!(done.stderr().contains("000002.list: the list is damaged"), "{done}");
        // It is said once.
        eqnice!(older, dir.kgrep(&["-s", "p"]).stdout());
        let lists = dir.kgrep(&["--no-header", "lists"]).run().expect_ok();
        assert_eq!(lists.stdout().lines().count(), 1, "{lists}");
    }
    // One byte of one entry: the rest of the list is as good as before.
    fs::write(&newest, flipped).unwrap();
    let done = dir.kgrep(&["-s", "p"]).run().expect_code(2);
    assert_eq!(done.stderr().lines().count(), 1, "{done}");
    assert!(done.stderr().contains("an entry has a wrong checksum"), "{done}");
}

#[test]
fn lists_of_another_version_are_one_line() {
    let dir = Dir::kernel();
    for _ in 0..3 {
        dir.kgrep(&["pivot_root"]).stdout();
    }
    for number in 1..=3 {
        let path = dir.cache().join(format!("lists/{number:06}.list"));
        let mut bytes = fs::read(&path).unwrap();
        bytes[7] ^= 0x40;
        fs::write(path, bytes).unwrap();
    }
    let done = dir.kgrep(&["lists"]).run().expect_code(2);
    eqnice!("kgrep: 3 lists of another version left out\n", done.stderr());
}

#[test]
fn a_cache_that_cannot_be_read_is_named() {
    let dir = Dir::kernel();
    dir.create("file", "in the way\n");
    let blocked = dir.path("file/cache");
    let done = dir.kgrep(&["-s", "p"]).env("KGREP_CACHE_DIR", &blocked).run();
    done.expect_error(&[blocked.to_str().unwrap()]);
    dir.kgrep(&["lists"]).env("KGREP_CACHE_DIR", &blocked).run().expect_error(&["file/cache"]);
}

#[test]
fn a_killed_search_leaves_no_temporary_file() {
    let dir = Dir::new();
    dir.create("a.c", "needle\n");
    for signal in ["-INT", "-TERM", "-HUP"] {
        let mut child = Command::new(KGREP)
            .args(["--format", "grep", "needle", "a.c", "-"])
            .current_dir(dir.tree())
            .env_clear()
            .envs(dir.environment())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Waiting would close it, and so end the search.
        let _stdin = child.stdin.take();
        let folder = dir.cache().join("lists");
        let temporaries = || {
            let names = fs::read_dir(&folder).into_iter().flatten().map(|entry| entry.unwrap());
            names.filter(|entry| entry.file_name().to_str().unwrap().starts_with("new-")).count()
        };
        let begun = Instant::now();
        while temporaries() == 0 {
            assert!(begun.elapsed() < Duration::from_secs(20), "no list was begun");
            thread::sleep(Duration::from_millis(5));
        }
        // The handlers are set right after the file is made.
        thread::sleep(Duration::from_millis(100));
        Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if begun.elapsed() > Duration::from_secs(20) {
                child.kill().unwrap();
                panic!("{signal} ended nothing: it may be ignored where the tests were begun");
            }
            thread::sleep(Duration::from_millis(5));
        };
        assert!(status.signal().is_some(), "{signal}: {status}");
        assert_eq!(temporaries(), 0, "{signal}");
    }
}

#[test]
fn a_list_that_was_seen_in_part_can_be_gone_on_from() {
    let dir = Dir::new();
    dir.create("a.c", "needle and hay\n".repeat(200_000));
    dir.create("b.c", "other\n");
    dir.kgrep(&["other"]).stdout();
    for format in ["json", "grep"] {
        let mut child = Command::new(KGREP)
            .args(["--format", format, "needle"])
            .current_dir(dir.tree())
            .env_clear()
            .envs(dir.environment())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0));
        let row = dir.kgrep(&["--no-header", "-s", "p 0"]).stdout();
        assert!(row.contains("needle and hay"), "{format}: {row}");
    }
}

#[test]
fn a_list_of_no_matches_is_refused() {
    Dir::kernel().kgrep(&["--max-list", "0", "pivot_root"]).run().expect_error(&["--max-list 0"]);
}

#[test]
fn every_way_to_cut_a_list_short_is_survived() {
    let dir = Dir::new();
    dir.create("a.c", "needle one\nneedle two\n");
    dir.kgrep(&["needle"]).stdout();
    let file = cached(&dir).into_iter().max_by_key(|path| fs::metadata(path).unwrap().len());
    let file = file.unwrap();
    let whole = fs::read(&file).unwrap();
    for length in (0..whole.len()).step_by(7) {
        fs::write(&file, &whole[..length]).unwrap();
        let done = dir.kgrep(&["-s", "p 1"]).run().expect_code(2);
        assert!(done.stderr().starts_with("kgrep: "), "{done}");
    }
}

#[test]
fn a_cache_that_cannot_be_written_does_not_stop_a_search() {
    let dir = Dir::kernel();
    dir.create("file", "in the way\n");
    let blocked = dir.path("file/cache");
    let done =
        dir.kgrep(&["--no-header", "pivot_root", "fs"]).env("KGREP_CACHE_DIR", blocked).run();
    assert_eq!(done.stdout().lines().count(), 2, "{done}");
    assert_eq!(done.stderr().lines().count(), 1, "{done}");
    assert!(done.stderr().contains("set KGREP_CACHE_DIR to a folder that you can write to"));
}

/// As in a container whose user is in no /etc/passwd.
#[test]
fn without_a_home_folder_nothing_is_kept_and_all_else_works() {
    let dir = Dir::kernel();
    let done = dir
        .shell(
            "unset HOME KGREP_CACHE_DIR; unshare --user --map-user=61234 sh -c '\
             kgrep --no-header -c pivot_root fs; echo $?; kgrep --format grep def kfree; echo $?; \
             kgrep -s 1; echo $?; kgrep lists; echo $?; kgrep index; echo $?; kgrep index --status; echo $?'",
        )
        .run();
    if done.stderr().starts_with("unshare: ") {
        eprintln!("not tested: this system lets nobody make a name space of users");
        return;
    }
    let stdout = "fs/namespace.c:2\n0\n\
                  mm/slab.c:72:void kfree(const void *object)\n\
                  tools/lib/string.c:11:void kfree(void *p)\n\
                  include/linux/slab.h:15:void kfree(const void *object);\n0\n2\n2\n2\n1\n";
    assert_eq!(done.stdout(), stdout);
    let tree = dir.tree().display();
    let why = "there is no home folder for the cache; set KGREP_CACHE_DIR to a folder of your own";
    let stderr = format!(
        "kgrep: the list can't be kept for follow-ups: {why}\n\
         kgrep: the list can't be kept for follow-ups: {why}\n\
         kgrep: {why}\n\
         kgrep: {why}\n\
         kgrep: the index of {tree} can't be built: {why}\n\
         kgrep: {tree} has no index; `kgrep index` builds it\n"
    );
    assert_eq!(done.stderr(), stderr);
}

/// An entry of an older list was opened, without a word.
#[test]
fn a_follow_up_says_where_newer_lists_are_not_kept() {
    let dir = Dir::kernel();
    dir.kgrep(&["-w", "pivot_root"]).stdout();
    let done = dir
        .shell(
            "unshare --user --map-root-user --mount sh -c '\
             mount --bind \"$KGREP_CACHE_DIR\" \"$KGREP_CACHE_DIR\" || exit 99\n\
             mount -o remount,bind,ro \"$KGREP_CACHE_DIR\" || exit 99\n\
             kgrep --no-header crashkernel >/dev/null; kgrep --no-header -s p 0'",
        )
        .run();
    if done.code() != 0 {
        eprintln!("not tested: this system lets nobody make a mount namespace");
        return;
    }
    let said = done.stderr();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(lines[0].contains("set KGREP_CACHE_DIR") && lines[0].contains("/lists"), "{said}");
    assert!(!lines[0].contains("new-"), "the folder, not the file: {said}");
    assert!(lines[1].contains("this is list 1, of `kgrep -w pivot_root`"), "{said}");
}

#[test]
fn no_list_is_told() {
    let done = Dir::kernel().kgrep(&["lists"]).run().expect_code(1);
    assert!(done.stderr().contains("there is no list yet"), "{done}");
}

#[test]
fn a_refine_that_finds_nothing_says_what_it_looked_for() {
    let dir = Dir::kernel();
    dir.kgrep(&["pivot_root"]).stdout();
    let done = dir.kgrep(&["-s", "r (("]).run().expect_code(1);
    assert!(done.stderr().contains("plain text"), "{done}");
    assert!(done.stderr().contains("no entry matches"), "{done}");
}

#[test]
fn a_list_is_shown_again_and_removed_by_its_number() {
    let dir = Dir::kernel();
    let first = dir.kgrep(&["pivot_root"]).stdout();
    dir.kgrep(&["crashkernel"]).stdout();
    eqnice!(first, dir.kgrep(&["lists", "1"]).stdout());
    let done = dir.kgrep(&["lists", "--remove", "1"]).run().expect_code(0);
    assert!(done.stderr().contains("removed 1 list, "), "{done}");
    dir.kgrep(&["lists", "1"]).run().expect_error(&["no list 1"]);
    dir.kgrep(&["lists", "--remove", "1"]).run().expect_error(&["no list 1"]);
    dir.kgrep(&["lists", "--remove", "some"]).run().expect_error(&["some", "all"]);
    dir.kgrep(&["lists", "--remove", "all"]).run().expect_code(0);
    dir.kgrep(&["lists"]).run().expect_code(1);
}

#[test]
fn lists_say_how_large_they_are() {
    let dir = Dir::kernel();
    dir.kgrep(&["pivot_root"]).stdout();
    let lists = dir.kgrep(&["lists"]).stdout();
    assert!(lists.contains(" Size ") && lists.contains(" B "), "{lists}");
    for flags in [&["lists", "--json"][..], &["lists", "--format", "json"]] {
        let object: serde_json::Value = serde_json::from_str(&dir.kgrep(flags).stdout()).unwrap();
        assert!(object["bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{object}");
        assert!(object["created"].as_str().is_some_and(|time| time.ends_with('Z')), "{object}");
    }
}

/// In a container the session may have begun outside, where its number can't be seen: it is 0.
#[test]
fn a_session_from_outside_the_container_is_one_too() {
    let dir = Dir::kernel();
    let unshare = |args: &[&str]| {
        Command::new("unshare")
            .args(["--user", "--map-root-user", "--pid", "--fork"])
            .args(args)
            .current_dir(dir.tree())
            .envs(dir.environment())
            .stdin(Stdio::null())
            .output()
    };
    if !unshare(&["true"]).is_ok_and(|output| output.status.success()) {
        eprintln!("not tested: this system lets nobody make a PID namespace");
        return;
    }
    let found = unshare(&[KGREP, "pivot_root"]).unwrap();
    assert!(found.status.success(), "{found:?}");
    let shown = unshare(&[KGREP]).unwrap();
    eqnice!(String::from_utf8(found.stdout).unwrap(), String::from_utf8(shown.stdout).unwrap());
}
