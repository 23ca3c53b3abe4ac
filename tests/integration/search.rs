//! What a search finds: ripgrep's lines in path order, from files of all kinds.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use crate::util::{Dir, KERNEL, KGREP, eqnice, has_ripgrep};

/// What ripgrep prints.
fn ripgrep(args: &[&str]) -> String {
    let done = Command::new("rg")
        .args(["--no-config", "-n", "--no-heading", "--with-filename", "--sort", "path"])
        .args(args)
        .arg("./")
        .current_dir(KERNEL)
        .stdin(Stdio::null())
        .output()
        .expect("rg was there a moment ago");
    String::from_utf8(done.stdout).expect("the tree is UTF-8").replace("./", "")
}

#[test]
fn a_search_prints_what_ripgrep_prints() {
    if !has_ripgrep() {
        return;
    }
    let dir = Dir::new();
    for args in [
        &["kmem_cache_alloc\\("][..],
        &["-i", "CRASHKERNEL"],
        &["-S", "crashkernel"],
        &["-S", "Crash"],
        &["-w", "open"],
        &["-x", "\\}"],
        &["-F", "kmalloc("],
        &["-e", "kfree", "-e", "kstrdup"],
        &["-v", "e"],
        &["-v", "-w", "int", "-tc"],
        &["-g", "*.h", "struct"],
        &["-g", "!*.c", "struct"],
        &["-t", "make", "obj"],
        &["-T", "c", "kernel"],
        &["-T", "cpp", "-t", "c", "struct"],
        &["-t", "c", "-T", "cpp", "struct"],
        &["-m", "1", "return"],
        &["-A1", "-B2", "panic\\("],
        &["-C", "1", "module_init"],
        &["-U", "bool.*\\n\\tdepends"],
        &["-a", "int"],
        &["--max-depth", "2", "obj"],
    ] {
        let expected = ripgrep(args);
        assert!(!expected.is_empty(), "{args:?} should find something");
        let ours = dir.kgrep(&["--format", "grep"]);
        let got = args.iter().fold(ours, |command, arg| command.arg(arg));
        eqnice!(expected, got.folder(KERNEL.as_ref()).stdout());
    }
}

#[test]
fn matches_come_in_path_order_with_any_number_of_threads() {
    let dir = Dir::new();
    for folder in 0..40 {
        for file in 0..25 {
            // Large and small files, so that threads finish out of order.
            let filler = "x\n".repeat((folder * 7 + file * 131) % 3000);
            dir.create(&format!("d{folder}/f{file}.c"), format!("{filler}needle\n"));
        }
    }
    let one = dir.kgrep(&["--format", "grep", "-j1", "needle"]).stdout();
    assert_eq!(one.lines().count(), 1000);
    for threads in ["2", "3", "8"] {
        eqnice!(one, dir.kgrep(&["--format", "grep", "-j", threads, "needle"]).stdout());
    }
}

#[test]
fn ignored_hidden_and_binary_files_are_left_out_as_by_ripgrep() {
    let dir = Dir::new();
    dir.create(".ignore", "ignored.c\n");
    dir.create(".hidden.c", "needle\n");
    dir.create("ignored.c", "needle\n");
    dir.create("plain.c", "needle\n");
    let files = |args: &[&str]| {
        let command = dir.kgrep(&["-l", "--no-header", "--format", "grep", "needle"]);
        args.iter().fold(command, |command, arg| command.arg(arg)).stdout()
    };
    eqnice!("plain.c\n", files(&[]));
    eqnice!(".hidden.c\nplain.c\n", files(&["--hidden"]));
    eqnice!("ignored.c\nplain.c\n", files(&["--no-ignore"]));
}

#[test]
fn a_binary_file_is_searched_only_when_asked() {
    let dir = Dir::new();
    dir.create("image.bin", b"needle before\n\0\0\0\nneedle after\n");
    assert_eq!(dir.kgrep(&["--format", "grep", "needle"]).run().bytes(), b"");
    let text = dir.kgrep(&["-a", "--format", "grep", "needle"]).stdout();
    eqnice!("image.bin:1:needle before\nimage.bin:3:needle after\n", text);
}

#[test]
fn a_path_that_was_named_is_searched_whatever_its_name() {
    let dir = Dir::new();
    dir.create(".hidden.c", "needle\n");
    eqnice!(
        ".hidden.c:1:needle\n",
        dir.kgrep(&["--format", "grep", "needle", ".hidden.c"]).stdout()
    );
}

#[test]
fn standard_input_is_searched_when_it_is_a_pipe_and_no_path_is_given() {
    let dir = Dir::new();
    dir.create("file.c", "needle in a file\n");
    let found = dir.kgrep(&["--format", "grep", "needle"]).input("one\nneedle two\n").stdout();
    assert!(found.contains("needle two") && !found.contains("in a file"), "{found}");
    let found = dir.kgrep(&["--format", "grep", "needle", "."]).input("needle two\n").stdout();
    eqnice!("./file.c:1:needle in a file\n", found);
}

#[test]
fn line_ends_of_all_kinds() {
    let dir = Dir::new();
    dir.create("crlf.c", "first\r\nneedle\r\n");
    dir.create("last.c", "first\nneedle");
    let table = dir.kgrep(&["--no-header", "needle"]).stdout();
    eqnice!("0 crlf.c 2 needle\n1 last.c 2 needle\n", table);
    eqnice!("0 last.c 2 needle\n", dir.kgrep(&["--no-header", "needle$"]).stdout());
    let both = dir.kgrep(&["--no-header", "--crlf", "needle$"]).stdout();
    eqnice!("0 crlf.c 2 needle\n1 last.c 2 needle\n", both);
}

#[test]
fn utf_16_with_a_mark_is_read_as_text() {
    let dir = Dir::new();
    let little: Vec<u8> =
        "\u{feff}a needle\n".encode_utf16().flat_map(|unit| unit.to_le_bytes()).collect();
    dir.create("wide.txt", little);
    eqnice!("0 wide.txt 1 a needle\n", dir.kgrep(&["--no-header", "needle"]).stdout());
}

#[test]
fn paths_and_lines_that_are_not_utf_8() {
    let dir = Dir::new();
    let name = OsStr::from_bytes(b"caf\xe9.c");
    fs::write(dir.tree().join(name), b"needle \xff\n").unwrap();
    let done = dir.kgrep(&["--format", "grep", "needle"]).run().expect_ok();
    assert_eq!(done.bytes(), b"caf\xe9.c:1:needle \xff\n");
    let named = dir.kgrep(&["--format", "grep", "needle"]).arg(name).run().expect_ok();
    assert_eq!(named.bytes(), b"caf\xe9.c:1:needle \xff\n");
    // A follow-up finds the file by its bytes.
    let context = dir.kgrep(&["-s", "c0 0"]).run().expect_ok();
    assert!(context.bytes().windows(8).any(|part| part == b"needle \xff"), "{context}");
}

#[test]
fn a_line_of_a_megabyte_is_shown_cut_with_a_mark() {
    let dir = Dir::new();
    dir.create("long.c", format!("needle {}\n", "x".repeat(1 << 20)));
    let table = dir.kgrep(&["--no-header", "needle"]).stdout();
    assert!(table.len() < 100_000, "{} bytes are too many to read", table.len());
    assert!(table.contains('…') || table.contains("..."), "no mark: {}", &table[..100]);
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_rest_is_shown() {
    let dir = Dir::new();
    dir.create("good.c", "needle\n");
    let done = dir.kgrep(&["--format", "grep", "needle", "good.c", "gone.c"]).run();
    eqnice!("good.c:1:needle\n", done.stdout());
    done.expect_error(&["gone.c"]);
    let done = dir.kgrep(&["--no-messages", "--format", "grep", "needle", "good.c", "gone.c"]);
    let done = done.run().expect_code(2);
    eqnice!("", done.stderr());
}

#[test]
fn a_path_that_is_not_there_is_named_once() {
    let dir = Dir::new();
    dir.create("good.c", "needle\n");
    let done = dir.kgrep(&["needle", "gone.c"]).run().expect_code(2);
    eqnice!("kgrep: gone.c: No such file or directory\n", done.stderr());
    let done = dir.kgrep(&["-m0", "needle", "gone.c"]).run().expect_code(2);
    eqnice!("kgrep: gone.c: No such file or directory\n", done.stderr());
    dir.kgrep(&["-m0", "-tnosuch", "needle"]).run().expect_error(&["nosuch"]);
    dir.kgrep(&["-m0", "needle", "good.c"]).run().expect_code(1);
}

#[test]
fn any_number_of_threads_can_be_asked_for() {
    let dir = Dir::kernel();
    eqnice!(
        dir.kgrep(&["-j1", "pivot_root"]).stdout(),
        dir.kgrep(&["-j", "100000", "pivot_root"]).stdout()
    );
}

#[test]
fn files_that_vanish_during_the_search_are_named_and_the_rest_is_shown() {
    let dir = Dir::new();
    dir.create("a.c", "needle\n");
    dir.create("b.c", "needle\n");
    dir.create("c.c", "needle\n");
    // One thread waits in the pipe `a`, which is searched first; the walk has long
    // dealt out the others.
    let pipe = dir.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let child = Command::new(KGREP)
        .args(["-j1", "--format", "grep", "needle", "pipe", "a.c", "b.c", "c.c"])
        .current_dir(dir.tree())
        .env_clear()
        .envs(dir.environment())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Opening the pipe for writing waits until kgrep reads from it.
    let writer = fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    fs::remove_file(dir.path("b.c")).unwrap();
    drop(writer);
    let done = child.wait_with_output().unwrap();
    eqnice!("a.c:1:needle\nc.c:1:needle\n", String::from_utf8_lossy(&done.stdout));
    eqnice!("kgrep: b.c: No such file or directory\n", String::from_utf8_lossy(&done.stderr));
    assert_eq!(done.status.code(), Some(2));
}

#[test]
fn functions_in_utf_16_are_those_of_the_decoded_text() {
    let dir = Dir::new();
    let text = "\u{feff}int first(void)\n{\n}\n\nint ऀ_second(void)\n{\n\tneedle;\n}\n";
    let wide: Vec<u8> = text.encode_utf16().flat_map(|unit| unit.to_le_bytes()).collect();
    dir.create("wide.c", wide);
    let table = dir.kgrep(&["--no-header", "-p", "needle"]).stdout();
    eqnice!("0 wide.c 7 int ऀ_second(void) needle;\n", table);
    let whole = dir.kgrep(&["--format", "grep", "-W", "needle"]).stdout();
    assert!(whole.starts_with("wide.c-5-int "), "{whole}");
    eqnice!("1\n", {
        let found = dir.kgrep(&["--no-header", "--file-has", "first", "needle"]).stdout();
        format!("{}\n", found.lines().count())
    });
}

#[test]
fn whole_functions_of_many_are_one_pass() {
    let dir = Dir::new();
    let text: String = (0..60_000).map(|at| format!("int f{at}(void) {{ needle; }}\n")).collect();
    dir.create("many.c", text);
    let begun = std::time::Instant::now();
    let found = dir.kgrep(&["-W", "--format", "grep", "needle"]).stdout();
    assert_eq!(found.lines().count(), 60_000);
    // Function by function from the file's start, it was most of a minute.
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn a_long_line_is_no_functions_title() {
    let dir = Dir::new();
    dir.create("long.c", format!("int {}\n\tneedle\n", "x".repeat(1 << 20)));
    let found = dir.kgrep(&["--no-header", "-p", "needle"]).stdout();
    assert!(found.len() < 300 && found.contains('…'), "{} bytes", found.len());
}

#[test]
fn a_source_without_end_is_refused_where_all_of_it_is_needed() {
    let dir = Dir::new();
    let done = dir.kgrep(&["-p", "needle", "/dev/zero"]).run();
    done.expect_error(&["/dev/zero: larger than 512 MiB"]);
}

#[test]
fn a_folder_that_cannot_be_read_is_named_and_the_rest_is_shown() {
    let dir = Dir::new();
    dir.create("good.c", "needle\n");
    dir.create("locked/bad.c", "needle\n");
    let locked = dir.path("locked");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    // Nothing is locked for root: there the same is shown by a link to nowhere.
    let is_root = fs::read_dir(&locked).is_ok();
    if is_root {
        fs::remove_dir_all(&locked).unwrap();
        std::os::unix::fs::symlink("nowhere", &locked).unwrap();
    }
    let args: &[&str] = if is_root { &["-L"] } else { &[] };
    let done = dir.kgrep(&["--format", "grep", "needle"]);
    let done = args.iter().fold(done, |command, arg| command.arg(arg)).run();
    if !is_root {
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
    }
    assert!(done.stdout().starts_with("good.c:1:needle\n"), "{done}");
    done.expect_error(&["locked"]);
}

#[test]
fn exit_status_is_0_found_1_nothing_2_error() {
    let dir = Dir::kernel();
    dir.kgrep(&["pivot_root"]).run().expect_code(0);
    dir.kgrep(&["no_such_word_anywhere"]).run().expect_code(1);
    dir.kgrep(&["-t", "nosuchtype", "x"]).run().expect_error(&["nosuchtype"]);
    dir.kgrep(&["--no-such-flag"]).run().expect_code(2);
    let quiet = dir.kgrep(&["-q", "pivot_root"]).run().expect_ok();
    eqnice!("", quiet.stdout());
}

#[test]
fn vgreps_flags_for_other_tools_are_accepted() {
    let dir = Dir::kernel();
    let plain = dir.kgrep(&["pivot_root"]).stdout();
    eqnice!(plain, dir.kgrep(&["--no-git", "--no-ripgrep", "--no-less", "pivot_root"]).stdout());
}

#[test]
fn symbolic_links_are_followed_only_when_asked() {
    let dir = Dir::new();
    dir.create("real/file.c", "needle\n");
    std::os::unix::fs::symlink("real", dir.path("link")).unwrap();
    let plain = dir.kgrep(&["--format", "grep", "needle"]).stdout();
    eqnice!("real/file.c:1:needle\n", plain);
    let followed = dir.kgrep(&["-L", "--format", "grep", "needle"]).stdout();
    eqnice!("link/file.c:1:needle\nreal/file.c:1:needle\n", followed);
}

#[test]
fn types_are_listed() {
    let types = Dir::new().kgrep(&["--type-list"]).stdout();
    assert!(
        types.lines().any(|line| line.starts_with("c: ") && line.contains("*.[chH]")
            || line.starts_with("c: ") && line.contains("*.c")),
        "{types}"
    );
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let dir = Dir::new();
    dir.create("many.c", "needle and hay\n".repeat(200_000));
    let mut child = Command::new(KGREP)
        .args(["needle"])
        .current_dir(dir.tree())
        .env_clear()
        .envs(dir.environment())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
    assert_eq!(done.status.code(), Some(0));
}
