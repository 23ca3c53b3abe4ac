//! The index: with it, a search prints what it prints without it, whatever happened to
//! the tree or to the index since.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::pty::Terminal;
use crate::util::{Dir, eqnice};

/// Searches in every manner that the index has a say in.
const SEARCHES: [&[&str]; 19] = [
    &["pivot_root"],
    &["kmem_cache_alloc("],
    &["-i", "PIVOT_root"],
    &["-S", "pivot"],
    &["-w", "open"],
    &["-x", "{"],
    &["-F", "a->b"],
    &["-v", "pivot_root", "fs"],
    &["-e", "crashkernel", "-e", "bootconfig"],
    &["(pivot|put)_[a-z]+", "fs"],
    &["-U", "\\{\\n\\tint"],
    &["^static .*void", "-g", "*.c"],
    &["--no-ignore", "object"],
    &["--hidden", "secret"],
    &["-L", "pivot_root"],
    &["-c", "return"],
    &["-l", "struct", "-th"],
    &["-d", "1", "config"],
    &["--file-has", "module_init", "static"],
];

/// An indexed kernel-like tree, with something for every rule of the walk.
pub(crate) fn indexed() -> Dir {
    let dir = Dir::kernel();
    dir.create(".gitignore", "*.o\nbuilt/\n");
    dir.create("fs/namespace.o", "object pivot_root\n");
    dir.create("built/generated.c", "object pivot_root\n");
    dir.create(".hidden/file.c", "secret pivot_root\n");
    fs::create_dir(dir.path(".git")).unwrap();
    std::os::unix::fs::symlink("fs", dir.path("link")).unwrap();
    settle();
    dir.kgrep(&["index"]).run().expect_ok();
    dir
}

/// Lets the clock go on, so that what was written is older than what comes next.
pub(crate) fn settle() {
    thread::sleep(Duration::from_millis(30));
}

/// Compares all searches with the same ones without the index.
#[track_caller]
fn assert_same(dir: &Dir) {
    for search in SEARCHES {
        assert_same_search(dir, search);
    }
}

#[track_caller]
fn assert_same_search(dir: &Dir, search: &[&str]) {
    let with = [&["--format", "grep"], search].concat();
    let without = [&["--no-index"], with.as_slice()].concat();
    let (with, without) = (dir.kgrep(&with).run(), dir.kgrep(&without).run());
    eqnice!(without.stdout(), with.stdout());
    assert_eq!(without.code(), with.code(), "{search:?}");
}

#[test]
fn a_search_prints_the_same_with_the_index() {
    let dir = indexed();
    assert_same(&dir);
    let narrowed = dir.kgrep(&["--debug", "pivot_root"]).run();
    assert!(narrowed.stderr().contains("plan: narrow"), "{}", narrowed.stderr());
}

#[test]
fn a_search_from_a_sub_folder_or_by_another_path_uses_it_too() {
    let dir = indexed();
    for (folder, args) in [
        ("fs", &["--debug", "--format", "grep", "pivot_root"][..]),
        ("fs", &["--debug", "--format", "grep", "pivot_root", ".."]),
        ("", &["--debug", "--format", "grep", "pivot_root", "fs", "./kernel"]),
    ] {
        let with = dir.kgrep(args).folder(&dir.path(folder)).run();
        let without = dir.kgrep(args).arg("--no-index").folder(&dir.path(folder)).run();
        eqnice!(without.stdout(), with.stdout());
        assert!(with.stderr().contains("plan: narrow"), "{args:?}: {}", with.stderr());
    }
}

#[test]
fn every_kind_of_change_is_seen_at_once() {
    let dir = indexed();
    let (path, edited) = (|name| dir.path(name), "fs/open.c");
    dir.create(edited, "edited pivot_root\n");
    assert_same(&dir);
    dir.create("fs/new.c", "new pivot_root\n");
    dir.create("new_folder/deep/new.c", "new kmem_cache_alloc( pivot_root\n");
    assert_same(&dir);
    fs::rename(path("fs/new.c"), path("mm/renamed.c")).unwrap();
    assert_same(&dir);
    fs::remove_file(path("fs/namespace.c")).unwrap();
    assert_same(&dir);
    fs::remove_dir_all(path("kernel")).unwrap();
    fs::write(path("kernel"), "pivot_root is a file now\n").unwrap();
    assert_same(&dir);
    dir.create(".gitignore", "*.o\n");
    dir.create("mm/.ignore", "*.c\n");
    dir.create(".rgignore", "new_folder\n");
    assert_same(&dir);
    dir.kgrep(&["index"]).run().expect_ok();
    assert_same(&dir);
}

#[test]
fn an_edit_that_puts_size_and_time_back_is_seen() {
    let dir = indexed();
    let path = dir.path("fs/open.c");
    let text = fs::read_to_string(&path).unwrap();
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    let changed = text.replacen("open", "OpEn", 1);
    assert_ne!(changed, text);
    fs::write(&path, &changed).unwrap();
    File::options().append(true).open(&path).unwrap().set_modified(modified).unwrap();
    assert_same_search(&dir, &["OpEn"]);
    assert!(dir.kgrep(&["OpEn"]).stdout().contains("fs/open.c"));
}

#[test]
fn a_file_written_in_the_tick_of_the_index_is_seen() {
    let dir = Dir::kernel();
    for round in 0..20 {
        dir.create("fs/racy.c", format!("before {round}\n"));
        dir.kgrep(&["index"]).run().expect_ok();
        dir.create("fs/racy.c", format!("behind {round}\n"));
        assert!(dir.kgrep(&[&format!("behind {round}")]).stdout().contains("fs/racy.c"));
    }
}

#[test]
fn a_file_written_right_before_the_index_is_in_it() {
    let dir = Dir::kernel();
    for round in 0..20 {
        dir.create("fs/fresh.c", format!("int fresh_{round}(void)\n{{\n\treturn 0;\n}}\n"));
        dir.kgrep(&["index"]).run().expect_ok();
        let status = dir.kgrep(&["index", "--status", "--format", "json"]).stdout();
        let status: serde_json::Value = serde_json::from_str(&status).expect("JSON");
        assert_eq!(status["racy"], 0, "{status}");
        let name = format!("fresh_{round}");
        assert_eq!(dir.kgrep(&["__complete", &name]).stdout(), format!("{name}\n"));
    }
}

/// A small generator (xorshift), so that a failing round can be run again.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// A word that about one file in sixty has, so that the index has something to narrow.
fn rare_word(random: &mut Random) -> String {
    const PARTS: [&str; 12] = [
        "alloc", "kfree", "mutex", "pivot", "vfs", "init", "sched", "rcu", "page", "node", "irq",
        "timer",
    ];
    let mut part = || PARTS[random.below(PARTS.len())];
    format!("{}_{}_{}", part(), part(), part())
}

#[test]
fn random_edits_and_searches_agree_with_a_scan() {
    let dir = Dir::new();
    let mut random = Random(0x006b_6772_6570);
    let text = |random: &mut Random| {
        let words = (0..30).map(|_| rare_word(random));
        words.collect::<Vec<_>>().join("\n")
    };
    let name = |random: &mut Random| {
        format!("d{}/e{}/f{}.c", random.below(12), random.below(12), random.below(20))
    };
    for _ in 0..6000 {
        dir.create(&name(&mut random), text(&mut random));
    }
    dir.kgrep(&["index", "."]).run().expect_ok();
    let mut narrowed = 0;
    for round in 0..200 {
        for _ in 0..random.below(6) {
            let (from, to) = (dir.path(&name(&mut random)), name(&mut random));
            match random.below(7) {
                0 => drop(fs::remove_file(from)),
                1 if from.exists() => {
                    fs::create_dir_all(dir.path(&to).parent().unwrap()).unwrap();
                    fs::rename(from, dir.path(&to)).unwrap();
                }
                2 => dir.create(&format!("d{}/.ignore", random.below(12)), "f1*.c\n"),
                3 if from.exists() => {
                    // An edit that puts back size and time.
                    let modified = fs::metadata(&from).unwrap().modified().unwrap();
                    let backwards: Vec<u8> = fs::read(&from).unwrap().into_iter().rev().collect();
                    fs::write(&from, backwards).unwrap();
                    File::options()
                        .append(true)
                        .open(&from)
                        .unwrap()
                        .set_modified(modified)
                        .unwrap();
                }
                4 if from.exists() => {
                    // As most editors save: another file in its place.
                    dir.create("saved~", text(&mut random));
                    fs::rename(dir.path("saved~"), from).unwrap();
                }
                _ => dir.create(&to, text(&mut random)),
            }
        }
        if random.below(10) == 0 {
            dir.kgrep(&["index"]).run().expect_ok();
        }
        let word = rare_word(&mut random);
        let args: &[&str] = match random.below(5) {
            0 => &["-l", &word[1..]],
            1 => &["-i", &word.to_uppercase()],
            2 => &["-w", &word, "d1", "d2"],
            3 => &["--hidden", "-e", &word, "-e", &word[2..]],
            _ => &[&word],
        };
        eprintln!("round {round}: {args:?}");
        assert_same_search(&dir, args);
        let plan = dir.kgrep(&[&["--debug"], args].concat()).run().stderr();
        narrowed += usize::from(plan.contains("plan: narrow"));
    }
    assert!(narrowed > 150, "the index narrowed {narrowed} of 200 searches only");
}

#[test]
fn a_damaged_index_is_noted_once_also_where_plain_text_is_tried() {
    let dir = indexed();
    fs::write(parts(&dir).iter().find(|part| part.ends_with("index")).unwrap(), "cut").unwrap();
    let notes = dir.kgrep(&["kmem_cache_alloc(nothing|here)"]).run().stderr().to_owned();
    assert_eq!(notes.matches("damaged").count(), 1, "{notes}");
}

/// The files that hold the index.
fn parts(dir: &Dir) -> Vec<PathBuf> {
    let home = fs::read_dir(dir.cache().join("index")).unwrap().next().unwrap().unwrap().path();
    let mut parts: Vec<PathBuf> =
        fs::read_dir(home).unwrap().map(|entry| entry.unwrap().path()).collect();
    parts.sort();
    parts
}

#[test]
fn a_damaged_index_gives_the_right_lines_and_one_note() {
    let dir = indexed();
    let expected = dir.kgrep(&["--no-index", "pivot_root"]).stdout();
    let mut random = Random(99);
    for part in parts(&dir) {
        let whole = fs::read(&part).unwrap();
        for round in 0..40 {
            let mut bytes = whole.clone();
            if bytes.is_empty() {
                continue;
            }
            let at = random.below(bytes.len());
            if round % 4 == 0 {
                bytes.truncate(at)
            } else {
                bytes[at] ^= 1 << random.below(8)
            }
            fs::write(&part, &bytes).unwrap();
            let done = dir.kgrep(&["pivot_root"]).run().expect_code(0);
            eqnice!(expected, done.stdout());
            assert!(done.stderr().lines().count() <= 1, "{}", done.stderr());
        }
        fs::write(&part, &whole).unwrap();
    }
    for part in parts(&dir) {
        fs::write(part, "not an index").unwrap();
    }
    let done = dir.kgrep(&["pivot_root"]).run().expect_code(0);
    assert!(done.stderr().contains("kgrep index"), "{}", done.stderr());
    dir.kgrep(&["index"]).run().expect_code(0);
    eqnice!("", dir.kgrep(&["pivot_root"]).run().expect_code(0).stderr());
}

#[test]
fn a_cache_that_cannot_be_written_is_no_obstacle() {
    let dir = indexed();
    let expected = dir.kgrep(&["--no-index", "pivot_root"]).stdout();
    let below_a_file = dir.path("fs/open.c").join("cache");
    let done = dir.kgrep(&["pivot_root"]).env("KGREP_CACHE_DIR", &below_a_file).run();
    eqnice!(expected, done.stdout());
    assert_eq!(done.code(), 0);
    let done = dir.kgrep(&["index"]).env("KGREP_CACHE_DIR", &below_a_file).run();
    let error = done.expect_code(2).stderr();
    assert_eq!(error.lines().count(), 1, "{error}");
    assert_eq!(error.matches("Not a directory").count(), 1, "said once: {error}");
}

#[test]
fn a_killed_build_leaves_the_old_index_or_the_new_one() {
    let dir = indexed();
    let expected = dir.kgrep(&["--no-index", "pivot_root"]).stdout();
    let mut random = Random(7);
    for _ in 0..25 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kgrep"))
            .args(["index", "--rebuild"])
            .current_dir(dir.tree())
            .envs(dir.environment())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_micros(random.below(30_000) as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        let done = dir.kgrep(&["pivot_root"]).run().expect_ok();
        eqnice!(expected, done.stdout());
    }
    dir.kgrep(&["index", "--rebuild"]).run().expect_ok();
    assert!(dir.kgrep(&["index", "--check"]).stdout().contains("intact"));
}

#[test]
fn two_builders_at_once_and_readers_between_them_all_end_well() {
    let dir = indexed();
    let expected = dir.kgrep(&["--no-index", "pivot_root"]).stdout();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| dir.kgrep(&["index", "--rebuild"]).run().expect_code(0));
        }
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    eqnice!(expected, dir.kgrep(&["pivot_root"]).stdout());
                }
            });
        }
    });
}

#[test]
fn status_tells_where_when_what_and_what_changed() {
    let dir = Dir::kernel();
    assert_eq!(dir.kgrep(&["index", "--status"]).run().code(), 1);
    settle();
    dir.kgrep(&["index"]).run().expect_ok();
    let status = dir.kgrep(&["index", "--status"]).stdout();
    assert!(status.contains(dir.tree().to_str().unwrap()), "{status}");
    assert!(status.contains("nothing changed"), "{status}");
    dir.create("fs/open.c", "changed\n");
    dir.create("fs/added.c", "added\n");
    let status: serde_json::Value =
        serde_json::from_str(&dir.kgrep(&["index", "--status", "--json"]).stdout()).unwrap();
    assert_eq!((&status["changed"], &status["added"]), (&1.into(), &1.into()), "{status}");
    assert_eq!(status["current"], false);
}

#[test]
fn list_prune_and_remove() {
    let dir = indexed();
    let other = dir.beside("gone");
    fs::create_dir_all(other.join(".git")).unwrap();
    fs::write(other.join("a.c"), "int a;\n").unwrap();
    dir.kgrep(&["index"]).arg(&other).run().expect_ok();
    assert_eq!(dir.kgrep(&["index", "--list"]).stdout().lines().count(), 2);
    fs::remove_dir_all(&other).unwrap();
    dir.kgrep(&["index", "--prune"]).run().expect_code(0);
    let left = dir.kgrep(&["index", "--list"]).stdout();
    assert_eq!(left.lines().count(), 1);
    assert!(left.contains(dir.tree().to_str().unwrap()), "{left}");
    dir.kgrep(&["index", "--remove"]).run().expect_code(0);
    assert_eq!(dir.kgrep(&["index", "--list"]).run().code(), 1);
}

#[test]
fn the_cache_is_the_owners_alone() {
    let dir = indexed();
    for part in parts(&dir) {
        assert_eq!(fs::metadata(&part).unwrap().permissions().mode() & 0o077, 0, "{part:?}");
    }
}

/// Waits until `done` says so; false after ten seconds.
#[test]
fn without_an_index_a_terminal_hears_of_it_once() {
    let dir = Dir::kernel();
    for number in 0..2100 {
        dir.create(&format!("many/{number}.c"), "int x;\n");
    }
    let first = Terminal::kgrep(&dir, &["--no-less", "pivot_root"], &[]).finish();
    let second = Terminal::kgrep(&dir, &["--no-less", "pivot_root"], &[]).finish();
    assert!(first.1.contains("kgrep index"), "{}", first.1);
    assert!(!second.1.contains("kgrep index"), "{}", second.1);
    dir.kgrep(&["index"]).run().expect_ok();
    dir.kgrep(&["index", "--remove"]).run().expect_code(0);
    let third = Terminal::kgrep(&dir, &["--no-less", "pivot_root"], &[]).finish();
    assert!(third.1.contains("kgrep index"), "forgotten with the index: {}", third.1);
}

/// The one file of the index whose name begins so.
fn part(dir: &Dir, name: &str) -> PathBuf {
    let is_it = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with(name);
    parts(dir).into_iter().find(is_it).unwrap()
}

#[test]
fn an_update_mends_what_a_search_found_damaged() {
    let dir = indexed();
    let path = part(&dir, "text-");
    let mut bytes = fs::read(&path).unwrap();
    // Its place stands in the section table.
    let entry = bytes.windows(8).position(|name| name == b"postings").unwrap() + 8;
    let place = u64::from_le_bytes(bytes[entry..entry + 8].try_into().unwrap()) as usize;
    bytes[place..].iter_mut().for_each(|byte| *byte ^= 1);
    fs::write(&path, bytes).unwrap();
    let expected = dir.kgrep(&["--no-index", "pivot_root"]).stdout();
    let damaged = dir.kgrep(&["pivot_root"]).run();
    eqnice!(expected, damaged.stdout());
    assert!(damaged.stderr().contains("damaged"), "{}", damaged.stderr());
    let update = dir.kgrep(&["index"]).run().expect_code(0).stderr();
    assert!(update.contains("built again"), "{update}");
    let mended = dir.kgrep(&["pivot_root"]).run();
    eqnice!(expected, mended.stdout());
    eqnice!("", mended.stderr());
}

#[test]
fn a_tree_without_marks_is_found_from_below() {
    let dir = Dir::new();
    for number in 0..20 {
        dir.create(&format!("a/b/{number}.c"), format!("number_{number}_\n"));
    }
    settle();
    dir.kgrep(&["index", "."]).run().expect_ok();
    let below = dir.path("a/b");
    let found = dir.kgrep(&["--debug", "number_7_"]).folder(&below).run().expect_code(0);
    assert!(found.stderr().contains("plan: narrow"), "{}", found.stderr());
    let status = dir.kgrep(&["index", "--status"]).folder(&below).stdout();
    assert!(status.contains("20 indexed"), "{status}");
}

#[test]
fn files_from_the_future_are_read_but_start_no_update() {
    let dir = Dir::kernel();
    let future = std::time::SystemTime::now() + Duration::from_secs(24 * 3600);
    for number in 0..400 {
        let name = format!("new/{number}.c");
        dir.create(&name, "pivot_root\n");
        let file = File::options().append(true).open(dir.path(&name)).unwrap();
        file.set_modified(future).unwrap();
    }
    settle();
    dir.kgrep(&["index"]).run().expect_ok();
    let status: serde_json::Value =
        serde_json::from_str(&dir.kgrep(&["index", "--status", "--json"]).stdout()).unwrap();
    assert_eq!((&status["changed"], &status["racy"]), (&0.into(), &400.into()), "{status}");
    let before = fs::metadata(part(&dir, "index")).unwrap().modified().unwrap();
    let search = dir.kgrep(&["--debug", "crashkernel"]).run();
    assert!(search.stderr().contains("plan: scan"), "they must be read: {}", search.stderr());
    thread::sleep(Duration::from_millis(300));
    assert_eq!(fs::metadata(part(&dir, "index")).unwrap().modified().unwrap(), before);
}

#[test]
fn a_writer_that_waited_in_vain_does_the_work_itself() {
    let dir = indexed();
    dir.create("fs/added.c", "added\n");
    settle();
    let lock = File::options().write(true).open(part(&dir, "lock")).unwrap();
    lock.lock().unwrap();
    let root = dir.tree().to_str().unwrap();
    let begun = Instant::now();
    dir.kgrep(&["index", "--background", "--", root]).run().expect_code(0);
    assert!(begun.elapsed() < Duration::from_secs(5), "it waits for nobody");
    let said = thread::scope(|scope| {
        let waits = scope.spawn(|| dir.kgrep(&["index"]).run().expect_code(0).stderr());
        thread::sleep(Duration::from_millis(500));
        lock.unlock().unwrap();
        waits.join().unwrap()
    });
    assert!(said.contains("waiting") && !said.contains("its index is used"), "{said}");
    let status = dir.kgrep(&["index", "--status"]).stdout();
    assert!(status.contains("nothing changed"), "{status}");
}

#[test]
fn a_pipe_in_the_place_of_the_index_keeps_nobody_waiting() {
    let dir = indexed();
    let expected = dir.kgrep(&["--no-index", "pivot_root"]).stdout();
    fs::remove_file(part(&dir, "index")).unwrap();
    let home = part(&dir, "lock");
    let made = Command::new("mkfifo").arg(home.with_file_name("index")).status().unwrap();
    assert!(made.success());
    let done = dir.kgrep(&["pivot_root"]).run().expect_code(0);
    eqnice!(expected, done.stdout());
    assert_eq!(done.stderr().lines().count(), 1, "{}", done.stderr());
}

#[test]
fn prune_leaves_what_another_kgrep_may_read() {
    let dir = indexed();
    let path = part(&dir, "index");
    let mut bytes = fs::read(&path).unwrap();
    bytes[16] = 99;
    fs::write(&path, &bytes).unwrap();
    let said = dir.kgrep(&["index", "--prune"]).run().stderr();
    assert!(said.contains("kept") && said.contains("format 99"), "{said}");
    assert!(dir.kgrep(&["index", "--list"]).stdout().contains("format 99"));
    fs::write(&path, "cut").unwrap();
    let said = dir.kgrep(&["index", "--prune"]).run().stderr();
    assert!(said.contains("removed") && said.contains("can't be read"), "{said}");
}

#[test]
fn a_full_disk_is_said_and_searched_around() {
    let dir = Dir::kernel();
    dir.create("fs/large.c", (0..40_000).map(|n| format!("{n:x}\n")).collect::<String>());
    fs::create_dir_all(dir.cache()).unwrap();
    let kgrep = env!("CARGO_BIN_EXE_kgrep");
    let script = format!(
        "mount -t tmpfs -o size=64k tmpfs \"$KGREP_CACHE_DIR\" || exit 99\n\
         {kgrep} index; test $? = 2 || exit 98\n\
         {kgrep} --format grep pivot_root || exit 97"
    );
    let mut shell = Command::new("unshare");
    shell.args(["-rm", "sh", "-c", &script]).current_dir(dir.tree()).envs(dir.environment());
    let done = shell.stdin(Stdio::null()).output();
    let Some(done) = done.ok().filter(|done| !matches!(done.status.code(), Some(1 | 99))) else {
        eprintln!("SKIPPED: no file system can be mounted here, so no disk was full");
        return;
    };
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(0), "{said}");
    assert_eq!(said.matches("No space left").count(), 1, "{said}");
    let expected = dir.kgrep(&["--no-index", "--format", "grep", "pivot_root", "./"]).stdout();
    let found = String::from_utf8_lossy(&done.stdout).replace("./", "");
    eqnice!(expected.replace("./", ""), found);
}
