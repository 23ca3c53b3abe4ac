//! The promise "ripgrep's lines": trees, patterns and flags by chance, searched by `rg` and by
//! kgrep, with an index and without. The lines, their order and the exit status are the same.
//! A failure names its seed: `KGREP_SEED=N KGREP_ROUNDS=1` runs that tree again.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use crate::history::{Chance, rounds};
use crate::util::{Dir, TestCommand, has_ripgrep};

/// What lines are made of: words that share beginnings, signs that patterns must quote, and
/// bytes that editors leave behind.
const WORDS: [&str; 20] = [
    "kfree",
    "kfree_rcu",
    "Kfree",
    "free",
    "static",
    "int",
    "(",
    ");",
    "{",
    "}",
    "->",
    "a.b",
    "[0]",
    "\\n",
    "*p",
    "=",
    "\u{e9}tat",
    "\u{1f600}",
    "\t",
    "x",
];

const PATHS: [&str; 14] = [
    "a.c",
    "a.h",
    "b/a.c",
    "b/c/d.c",
    "b/Makefile",
    "b c/e f.c",
    "\u{fc}.rst",
    ".hidden.c",
    "out/gen.c",
    "b/out/kept.c",
    "c.S",
    "Kconfig",
    "z.txt",
    "b/-dash.c",
];

fn line(chance: &mut Chance) -> String {
    let count = chance.below(8);
    (0..count).fold(String::new(), |mut line, n| {
        let gap = ["", " ", "\t"][chance.below(3)];
        let _ = write!(line, "{}{}", if n == 0 { "" } else { gap }, WORDS[chance.below(20)]);
        line
    })
}

fn text(chance: &mut Chance) -> Vec<u8> {
    let mut text = Vec::new();
    match chance.below(12) {
        0 => text.extend(b"\xef\xbb\xbf"),
        1 => text.extend("kfree ".repeat(1500).as_bytes()),
        2 => return Vec::new(),
        _ => {}
    }
    let end: &[u8] = if chance.below(6) == 0 { b"\r\n" } else { b"\n" };
    for _ in 0..chance.below(40) {
        text.extend(line(chance).as_bytes());
        if chance.below(40) == 0 {
            text.extend(b"\xff\xfe kfree \x80");
        }
        text.extend(end);
    }
    if chance.below(4) == 0 {
        text.extend(b"kfree(x) without an end");
    }
    text
}

/// A tree, with files that are ignored, hidden or beside the point.
fn tree(chance: &mut Chance) -> Dir {
    let dir = Dir::new();
    dir.create(".git/HEAD", "ref: refs/heads/main\n");
    dir.create(".gitignore", "/out\n*.txt\n!z.txt\n");
    for path in PATHS {
        if chance.below(5) != 0 {
            dir.create(path, text(chance));
        }
    }
    dir
}

fn quote(text: &str) -> String {
    let special = |c: char| r"\.+*?()|[]{}^$".contains(c);
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

/// Flags, a pattern and a place to search.
fn question(chance: &mut Chance) -> Vec<String> {
    let own = line(chance);
    let word = WORDS[chance.below(20)];
    let other = WORDS[chance.below(20)];
    let (mut args, pattern) = match chance.below(13) {
        0 => (vec![], quote(&own)),
        1 => (vec!["-F"], own),
        2 => (vec!["-w"], quote(word)),
        3 => (vec!["-i"], quote(&word.to_uppercase())),
        4 => (vec![], format!("{}|{}", quote(word), quote(other))),
        5 => (vec![], format!(r"^\s*{}.*[;{{)]$", quote(word))),
        6 => (vec![], format!(r"{}\w*_\w+", &quote("kfree")[..3])),
        7 => (vec![], format!(r"\b{}\b", quote(word))),
        8 => (vec!["-S"], quote(word)),
        9 => (vec!["-x", "-F"], own),
        10 => (vec![], format!("{}.{{0,6}}{}", quote(word), quote(other))),
        11 => (vec!["-v", "-F"], word.to_owned()),
        _ => (vec!["-F", "-e", other], word.to_owned()),
    };
    match chance.below(18) {
        0 => args.extend(["-g", "*.c"]),
        1 => args.extend(["-g", "!*.h"]),
        2 => args.push("--hidden"),
        3 => args.push("--no-ignore"),
        4 => args.extend(["-m", "2"]),
        5 => args.extend(["-t", "c"]),
        6 => args.extend(["-T", "c"]),
        7 => args.push("-a"),
        8 => args.push("-o"),
        9 => args.push("-l"),
        10 => args.push("-c"),
        11 => args.push("--files-without-match"),
        12 => args.extend(["--max-depth", "2"]),
        13 => args.extend(["-A", "1", "-B", "2"]),
        14 => args.push("-L"),
        _ => {}
    }
    let mut args: Vec<String> = args.into_iter().map(str::to_owned).collect();
    args.extend(["-e".into(), pattern, [".", "b"][chance.below(2)].to_owned()]);
    args
}

/// The lines without `./`, and the exit status.
fn lines_and_status(output: &[u8], code: i32) -> (Vec<String>, i32) {
    let lines = output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let lines =
        lines.map(|line| line.strip_prefix(b"./").unwrap_or(line).escape_ascii().to_string());
    (lines.collect(), code)
}

fn one_tree(seed: u64) {
    let mut chance = Chance::new(seed);
    let dir = tree(&mut chance);
    for n in 0..24 {
        if n == 12 {
            dir.kgrep(&["index", "--no-code"]).run().expect_ok();
        }
        let args = question(&mut chance);
        let mut rg = Command::new("rg");
        rg.args(["--no-config", "-n", "--no-heading", "--with-filename", "--sort", "path"]);
        rg.args(["--color", "never"]).args(&args).current_dir(dir.tree()).stdin(Stdio::null());
        let theirs = rg.output().expect("rg was there a moment ago");
        let expected = lines_and_status(&theirs.stdout, theirs.status.code().expect("no signal"));
        let ours = args.iter().fold(dir.kgrep(&["--format", "grep"]), TestCommand::arg);
        let done = ours.run();
        let got = lines_and_status(done.bytes(), done.code());
        assert_eq!(got, expected, "seed {seed}: {args:?}");
    }
}

#[test]
fn searches_by_chance_print_what_ripgrep_prints() {
    if !has_ripgrep() {
        return;
    }
    let first: u64 = std::env::var("KGREP_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(0);
    for seed in first..first + rounds(20) {
        one_tree(seed);
    }
}
