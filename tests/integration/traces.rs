//! `kgrep log` with more than the source at hand: a distribution's patches, and a kernel and
//! modules with debug information, built here from a few lines of C.

use std::process::Command;

use crate::log::{matches, row};
use crate::util::Dir;

const LAMP: &str = "\
static inline __attribute__((always_inline)) int lamp_mark(int *lamp)
{
\treturn *lamp + 1;
}

__attribute__((noinline)) int lamp_note(int *lamp)
{
\treturn lamp_mark(lamp);
}

__attribute__((noinline, noreturn)) void lamp_stop(int *lamp)
{
\twhile (1)
\t\t*(volatile int *)lamp = 1;
}

void lamp_all(int *lamp)
{
\tlamp[1] = 7;

\tlamp_stop(lamp);
}
";

const DIM: &str = "\
Subject: dim all lamps

--- a/drivers/lamp/lamp.c
+++ b/drivers/lamp/lamp.c
@@ -17,6 +17,6 @@
 void lamp_all(int *lamp)
 {
-\tlamp[1] = 7;
+\tlamp[1] = 3;
 
 \tlamp_stop(lamp);
 }
";

fn tree() -> Dir {
    let dir = Dir::new();
    dir.create("Makefile", "VERSION = 6\n");
    dir.create("Kconfig", "\n");
    dir.create("MAINTAINERS", "LAMPS\nF:\tdrivers/lamp/\n");
    dir.create("drivers/lamp/lamp.c", LAMP);
    dir
}

/// The rows of the log's frames, as `log line: path:line function, how`.
fn rows(dir: &Dir, args: &[&str], log: &str) -> Vec<String> {
    let all: Vec<&str> = ["--only", "frames"].iter().chain(args).copied().collect();
    matches(dir, &all, log).iter().map(|value| row(value, &["function", "how"])).collect()
}

const TRACE: &str = "Call Trace:\n lamp_stop+0x1/0x10\n lamp_all+0x8/0x10\n";

#[test]
fn functions_that_patches_touch_are_marked() {
    let dir = tree();
    dir.create("debian/patches/series", "dim.patch\n");
    dir.create("debian/patches/dim.patch", DIM);
    let want = [
        "2: drivers/lamp/lamp.c:11 lamp_stop, function",
        "3: drivers/lamp/lamp.c:21 lamp_all, call, changed by dim.patch",
    ];
    for args in [&["--patches", "debian/patches/series"][..], &["--on", "."]] {
        assert_eq!(rows(&dir, args, TRACE), want, "{args:?}");
    }
    let json = dir.kgrep(&["log", "--format", "json", "--on", "."]).input(TRACE).stdout();
    assert!(json.contains("\"patches\":[\"dim.patch\"]"), "{json}");
    let told = dir.kgrep(&["log", "--on", ".", "--only", "reports"]).input(TRACE).stdout();
    assert!(told.contains("changed: lamp_all, by dim.patch"), "{told}");
    // As it is after the patch, too.
    dir.create("drivers/lamp/lamp.c", LAMP.replace("= 7", "= 3"));
    assert_eq!(rows(&dir, &["--on", "."], TRACE), want);
    assert!(rows(&dir, &[], TRACE).iter().all(|row| !row.contains("dim.patch")));
    dir.kgrep(&["log", "--on", "drivers/lamp"])
        .input(TRACE)
        .run()
        .expect_error(&["debian/patches"]);
    dir.kgrep(&["log", "--on", "gone"]).input(TRACE).run().expect_error(&["gone"]);
    dir.kgrep(&["log", "--patches", "gone"]).input(TRACE).run().expect_error(&["gone"]);
}

/// Builds a kernel and a module; false where there is no compiler.
fn built(dir: &Dir) -> bool {
    let gcc = |args: &[&str]| {
        let args = ["-g", "-O1", "drivers/lamp/lamp.c"].iter().chain(args);
        Command::new("gcc").args(args).current_dir(dir.tree()).status().is_ok_and(|s| s.success())
    };
    let linked = ["-nostdlib", "-static", "-Wl,--build-id=sha1", "-Wl,-e,lamp_all"];
    gcc(&[&linked[..], &["-o", "vmlinux"]].concat()) && gcc(&["-c", "-o", "mods/lamp.ko"])
}

/// A function's address and size, in hexadecimal digits, as `nm` says.
fn function(dir: &Dir, file: &str, name: &str) -> (u64, u64) {
    let said = Command::new("nm").args(["-S", file]).current_dir(dir.tree()).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let line = said.lines().find(|line| line.ends_with(&format!(" {name}"))).unwrap();
    let mut words = line.split(' ').map(|word| u64::from_str_radix(word, 16).unwrap_or(0));
    (words.next().unwrap(), words.next().unwrap())
}

#[test]
fn debug_information_gives_lines_and_what_was_inlined() {
    let dir = tree();
    dir.create("mods/readme", "");
    if !built(&dir) {
        return;
    }
    for (file, args, module) in [
        ("vmlinux", &["--vmlinux", "vmlinux"][..], ""),
        ("mods/lamp.ko", &["--modules", "mods"][..], " [lamp]"),
    ] {
        // The call of what doesn't return is the last thing in it.
        let (_, size) = function(&dir, file, "lamp_all");
        let log = format!(
            "RIP: 0010:lamp_note+0x0{module}\nCall Trace:\n lamp_stop+0x1/0x9999\n \
             lamp_all+{size:#x}/{size:#x}{module}\n"
        );
        let got = rows(&dir, args, &log);
        let want = [
            "1: drivers/lamp/lamp.c:8 lamp_note, by debug information",
            "1: drivers/lamp/lamp.c:3 lamp_mark, inlined, by debug information",
            // Its size is another: a function of another build, known by its text.
            "3: drivers/lamp/lamp.c:11 lamp_stop, function",
            "4: drivers/lamp/lamp.c:21 lamp_all, by debug information",
        ];
        assert_eq!(got, want, "{file}: {got:#?}");
        let told = dir.kgrep(&[&["log"], args].concat()).input(log).stdout();
        assert!(told.contains("lamp_mark [inline]"), "{told}");
    }
    kernel_was_moved(&dir);
    last_address(&dir);
    another_build(&dir);
    packed_modules(&dir);
    packed_sections(&dir);
    broken_files(&dir);
}

/// A file that was cut anywhere is told, or is no help; a trace is read all the same.
fn broken_files(dir: &Dir) {
    let whole = std::fs::read(dir.path("mods/lamp.ko")).unwrap();
    let read = |bytes: &[u8]| {
        dir.create("cut/lamp.ko", bytes);
        let args = ["log", "--only", "frames", "--modules", "cut"];
        let done = dir.kgrep(&args).input("RIP: 0010:lamp_note+0x0 [lamp]\n").run().expect_code(0);
        assert!(done.stdout().contains("drivers/lamp/lamp.c"), "{}", done.stdout());
    };
    for part in (1..8).step_by(2) {
        let at = whole.len() * part / 8;
        read(&whole[..at]);
        // And one in which something else stands.
        let mut bytes = whole.clone();
        bytes[at..at + 64].fill(0xff);
        read(&bytes);
    }
}

/// Modules are installed packed, mostly.
fn packed_modules(dir: &Dir) {
    let tools: [(&str, &[&str], &str); 3] = [
        ("gzip", &["-c"], "gz"),
        ("xz", &["--check=crc32", "--lzma2=dict=1MiB", "-c"], "xz"),
        ("zstd", &["-q", "-c"], "zst"),
    ];
    for (tool, args, end) in tools {
        let packed = Command::new(tool).args(args).arg(dir.path("mods/lamp.ko")).output();
        let Some(packed) = packed.ok().filter(|done| done.status.success()) else { continue };
        dir.create(&format!("{tool}/lamp.ko.{end}"), &packed.stdout);
        has_lines(dir, tool);
        dir.create(&format!("{tool}/lamp.ko.{end}"), &packed.stdout[..packed.stdout.len() / 2]);
        let half = dir.kgrep(&["log", "--modules", tool]).input("RIP: 0010:lamp_note+0x0 [lamp]\n");
        half.run().expect_code(0);
    }
}

/// Linkers pack sections by themselves.
fn packed_sections(dir: &Dir) {
    for packing in ["zlib", "zstd"] {
        let to = format!("{packing}-sections/lamp.ko");
        dir.create(&to, "");
        let mut objcopy = Command::new("objcopy");
        objcopy.arg(format!("--compress-debug-sections={packing}"));
        objcopy.args([dir.path("mods/lamp.ko"), dir.path(&to)]);
        let done = objcopy.stderr(std::process::Stdio::null()).status();
        if done.is_ok_and(|done| done.success()) {
            has_lines(dir, &format!("{packing}-sections"));
        }
    }
}

/// The module in this folder has exact lines.
fn has_lines(dir: &Dir, folder: &str) {
    let got = rows(dir, &["--modules", folder], "RIP: 0010:lamp_note+0x0 [lamp]\n");
    let want = "1: drivers/lamp/lamp.c:8 lamp_note, by debug information";
    assert_eq!(got.first().map(String::as_str), Some(want), "{folder}: {got:#?}");
}

/// A kernel without symbols prints addresses, and at the end how far it was moved.
fn kernel_was_moved(dir: &Dir) {
    let (address, _) = function(dir, "vmlinux", "lamp_note");
    let moved = 0x1000;
    let log = format!(
        "RIP: 0010:0x{:016x}\nKernel Offset: {moved:#x} from 0x400000 (relocation range: 0)\n",
        address + moved
    );
    let got = rows(dir, &["--vmlinux", "vmlinux"], &log);
    assert_eq!(got[0], "1: drivers/lamp/lamp.c:8 lamp_note, by debug information", "{got:#?}");
}

/// Found by fuzzing: behind the last address is none, and the sum was too large.
fn last_address(dir: &Dir) {
    let args = ["log", "--only", "frames", "--vmlinux", "vmlinux"];
    let log = "RIP: 0010:0xffffffffffffffff\nRIP: 0010:lamp_note+0x0\n";
    let done = dir.kgrep(&args).input(log).run().expect_code(0);
    assert!(done.stdout().contains("drivers/lamp/lamp.c"), "{}", done.stdout());
}

/// What another build's file says would be wrong.
fn another_build(dir: &Dir) {
    let id = "0123456789abcdef0123456789abcdef01234567";
    let log = format!("CPU: 0 PID: 1 Comm: init 6.1.0 #1 {id}\nRIP: 0010:lamp_note+0x0\n");
    let args = ["log", "--only", "frames", "--vmlinux", "vmlinux"];
    let out = dir.kgrep(&args).input(log.as_str()).run();
    assert!(!out.stdout().contains("debug information"), "{}", out.stdout());
    assert!(out.stderr().contains("vmlinux: not the log's build"), "{}", out.stderr());
}

#[test]
fn files_without_debug_information_are_told() {
    let dir = tree();
    dir.create("text", "no kernel\n");
    dir.create("mods/readme", "");
    let error = |args: &[&str], words: &[&str]| {
        dir.kgrep(&[&["log"], args].concat()).input(TRACE).run().expect_error(words);
    };
    error(&["--vmlinux", "text"], &["text"]);
    error(&["--vmlinux", "gone"], &["gone"]);
    error(&["--modules", "gone"], &["gone"]);
    error(&["--modules", "mods"], &["mods", "no module"]);
}
