//! What strangers wrote never reaches a terminal as they wrote it: every command is run at
//! one, on a tree whose names and contents are made to take it over.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::background::QUESTION;
use crate::pty::{Terminal, settled};
use crate::util::{Dir, KGREP};

/// A window title, red and blinking text, a bell, a C1 sequence, reordered text, a link to
/// elsewhere, hidden text, and a way back to the line's start.
const EVIL: &str = "\x1b]0;PWNED\x07\x1b[5;41m\u{9b}41m\u{202e}\u{85}\
    \x1b]8;;evil:x\x1b\\\x1b[8m\rX";

/// A tree in a folder of that name, with a second one beside it for `diff`.
struct Hostile {
    dir: Dir,
    tree: PathBuf,
    path: String,
}

impl Hostile {
    fn new() -> Hostile {
        let dir = Dir::new();
        let path = dir.beside("path").join(EVIL).into_os_string().into_string().unwrap();
        let tree = PathBuf::from(&path);
        for (name, text) in [
            ("MAINTAINERS", format!("EVIL {EVIL}\nM:\tEve {EVIL} <e@x>\nS:\tOdd\nF:\tfs/\n")),
            ("Kbuild", String::new()),
            (".config", format!("CONFIG_EVIL=y\nCONFIG_TEXT=\"{EVIL}\"\n")),
            ("other.config", format!("CONFIG_OTHER=\"{EVIL}\"\n# {EVIL}\n")),
            ("Kconfig", format!("config EVIL\n\tbool \"evil {EVIL}\"\n\thelp\n\t  evil {EVIL}\n")),
            ("Makefile", format!("obj-y += evil.o # {EVIL}\n")),
            (&format!("fs/{EVIL}.c"), code("needle")),
            ("fs/plain.c", code("other")),
        ] {
            fs::create_dir_all(tree.join(name).parent().unwrap()).unwrap();
            fs::write(tree.join(name), text).unwrap();
        }
        let mut copy = Command::new("cp");
        copy.arg("-r").arg(&tree).arg(dir.beside("b"));
        assert!(copy.status().unwrap().success());
        let changed = dir.beside("b").join(format!("fs/{EVIL}.c"));
        let text = fs::read_to_string(&changed).unwrap();
        fs::write(&changed, text.replace("evil text", "eviler text") + "// needle\n").unwrap();
        let patch = format!(
            "From: Eve {EVIL} <e@x>\nSubject: [PATCH] evil {EVIL}\n\n{EVIL}\n---\n\
             --- a/fs/plain.c\n+++ b/fs/plain.c\n@@ -1 +1,2 @@ {EVIL}\n /* evil */\n+// {EVIL}\n"
        );
        fs::write(dir.beside("evil.patch"), patch).unwrap();
        Hostile { dir, tree, path }
    }

    /// All that a terminal gets of one run.
    fn screen(&self, args: &[&str]) -> String {
        let script = "cd \"$HOSTILE\" && exec \"$0\" \"$@\"";
        let args = [&["-c", script, KGREP][..], args].concat();
        let cache = format!("{}/cache", self.path);
        let env = [
            ("HOSTILE", self.path.as_str()),
            ("KGREP_CACHE_DIR", &cache),
            ("KGREP_PAGER", ""),
            ("FORCE_HYPERLINK", "1"),
        ];
        let mut terminal = Terminal::program(&self.dir, "sh", &args, &env, 40, 400);
        if !args.contains(&"browse") {
            return terminal.finish().1;
        }
        // Its source, its help and its marks, too.
        terminal.wait_for("q quit");
        terminal.send("\t G y?x:\x1b[5;41m\x03");
        terminal.send("q");
        without_moves(&terminal.finish().1)
    }
}

/// A screen's bytes without what moves the cursor, clears, and switches modes.
fn without_moves(screen: &str) -> String {
    let mut parts = screen.split("\x1b[");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(part.len());
        if part[end..].starts_with(['H', 'J', 'K', 'h', 'l']) {
            kept.push_str(&part[end + 1..]);
        } else {
            kept += &format!("\x1b[{part}");
        }
    }
    // What was copied, in letters and digits.
    let mut parts = kept.split("\x1b]52;c;");
    let before = parts.next().unwrap_or_default().to_owned();
    parts.fold(before, |kept, part| kept + part.split_once('\x07').map_or(part, |(_, rest)| rest))
}

fn code(name: &str) -> String {
    format!(
        "/* evil text {EVIL} */\n#include <linux/evil.h>\nint helper(void);\n\
         int {name}(int a)\n{{\n\tprintk(\"{EVIL}\");\n\treturn helper(); // {EVIL}\n}}\n\
         SYSCALL_DEFINE1({name}_call, int, a)\n{{\n\treturn {name}(a); /* {EVIL} */\n}}\n\
         __setup(\"{name}=\", {name}); // {EVIL}\n"
    )
}

/// `screen` without what kgrep itself sends: colours, links, and a progress bar's line.
fn without_own(screen: &str) -> String {
    let own = without_colours_and_links(screen);
    own.replace("\x1b[2K", "").replace("\r\n", "\n").replace("\r", "")
}

/// Takes SGR and OSC 8 sequences out.
fn without_colours_and_links(screen: &str) -> String {
    let mut rest = screen;
    let mut kept = String::new();
    while let Some(at) = rest.find('\x1b') {
        kept.push_str(&rest[..at]);
        let tail = &rest[at..];
        let digits =
            tail[1..].trim_start_matches(|c: char| c == '[' || c == ';' || c.is_ascii_digit());
        let sgr = tail.starts_with("\x1b[") && digits.starts_with('m');
        let link = tail.strip_prefix("\x1b]8;;").and_then(|link| link.find("\x1b\\"));
        rest = match link {
            _ if sgr => &digits[1..],
            Some(end) => &tail["\x1b]8;;".len() + end + 2..],
            None => {
                kept.push('\x1b');
                &tail[1..]
            }
        };
    }
    kept + rest
}

#[track_caller]
fn assert_harmless(args: &[&str], screen: &str) {
    let told = || format!("kgrep {args:?}: {}", screen.escape_debug());
    // Sequences that kgrep itself could send, and never does.
    for own in ["\x1b[5;41m", "\x1b[8m", "\x1b]8;;evil", "\rX"] {
        assert!(!screen.contains(own), "{}", told());
    }
    let left = without_own(screen);
    let bad = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!left.contains(bad), "{}", told());
}

const PATCH: &str = "../../evil.patch";

/// Each command in the ways it prints.
const RUNS: &[&[&str]] = &[
    &["index"],
    &["index", "-v", "--rebuild"],
    &["index", "--status"],
    &["index", "--status", "--json"],
    &["index", "--list"],
    &["index", "--list", "--json"],
    &["index", "--check"],
    &["needle|evil"],
    &["--no-header", "evil"],
    &["--format", "grep", "evil"],
    &["--format", "vimgrep", "evil"],
    &["--format", "json", "evil"],
    &["-c", "evil"],
    &["-l", "evil"],
    &["-p", "evil"],
    &["-W", "helper"],
    &["--debug", "evil"],
    &["--type-list"],
    &["evil[", "\x1b[5;41m"],
    &["--theme", "\x1b[5;41m", "evil"],
    &["evil", "\x1b[5;41mmissing"],
    &["-s", "p"],
    &["-s", "c"],
    &["-s", "t"],
    &["-s", "f"],
    &["-s", "?"],
    &["-s", "r \x1b[5;41m("],
    &["find", "evil"],
    &["find", "evil", "--format", "json"],
    &["def", "needle"],
    &["def", "needle", "--body"],
    &["def", "needle", "--format", "json"],
    &["def", "\x1b[5;41mneedle"],
    &["refs", "helper"],
    &["refs", "helper", "--dot"],
    &["callers", "helper"],
    &["callers", "helper", "--dot"],
    &["callees", "needle"],
    &["chain", "needle", "helper"],
    &["messages"],
    &["lsp"],
    &["mcp"],
    &["browse", "evil"],
    &["browse", "callers", "helper"],
    &["trace", "needle"],
    &["trace", "needle_call"],
    &["trace", "needle=", "--format", "json"],
    &["trace", "CONFIG_EVIL"],
    &["log", "evil.c"],
    &["log", "evil.c", "--format", "json"],
    &["log", "evil.c", "--patches", PATCH],
    &["log", "evil.c", "--vmlinux", "evil.c"],
    &["list", "syscalls"],
    &["list", "parameters"],
    &["queries"],
    &["queries", "syscall"],
    &["queries", "--check", "."],
    &["export", "edges"],
    &["export", "symbols"],
    &["--kconfig", ".config", "--arch", "x86", "evil"],
    &["built", "--kconfig", ".config", "--arch", "x86", "*"],
    &["built", "--kconfig", ".config", "--arch", "x86", "needle"],
    &["--kconfig", ".config", "--arch", "x86", "list", "built"],
    &["--kconfig", ".config", "--arch", "x86", "list", "modules"],
    &["--kconfig", ".config", "--arch", "x86", "trace", "CONFIG_EVIL"],
    &["--kconfig", "\x1b[5;41m", "evil"],
    &["configs", "--arch", "x86", ".config", "other.config"],
    &["exists", "needle", ".", "../../b"],
    &["history", "needle", ".", "../../b"],
    &["history", "needle", ".", "../../b", "--body", "--format", "json"],
    &["exists", "needle", "--in", ".", "../../b"],
    &["exists", "needle", "evil", "--patches", PATCH],
    &["exists", "needle", "--names-from", "evil.c", "--format", "json"],
    &["callers", "needle", "evil", "--args", "--arg", "1=."],
    &["functions", "--with", "needle", "--without", "evil"],
    &["touched", PATCH],
    &["touched", PATCH, "--format", "json"],
    &["diff", ".", "../../b"],
    &["diff", ".", "../../b", "--format", "patch"],
    &["diff", ".", "../../b", "--format", "patch", "--color", "never"],
    &["diff", ".", "../../b", "--format", "json"],
    &["diff", ".", "../../b", "--stat"],
    &["diff", ".", "../../b", "--by", "file"],
    &["diff", ".", "../../b", "--by", "function"],
    &["diff", ".", "../../b", "--by", "folder"],
    &["diff", ".", "../../b", "--by", "subsystem"],
    &["diff", ".", "../../b", "--by", "file", "--format", "json"],
    &["diff", PATCH],
    &["diff", PATCH, "--on", "."],
    &["diff", PATCH, "--by", "patch"],
    &["diff", PATCH, "--format", "json"],
    &["-s", "p", "--patch"],
    &["-s", "p", "--format", "patch"],
    &["lists"],
    &["lists", "--json"],
    &["config"],
    &["demo"],
    &["__complete", "need"],
    &["__generate", "man"],
    &["__generate", "man", "trace"],
    &["-h"],
    &["lists", "--remove", "all"],
    &["index", "--remove"],
];

#[test]
fn no_command_hands_a_stranger_the_terminal() {
    let hostile = Hostile::new();
    let mut spoke = 0;
    for args in RUNS {
        let screen = hostile.screen(args);
        // Before the answer, the terminal may be asked for its background.
        let screen = settled(&screen);
        let screen = screen.replacen(QUESTION, "", 1);
        assert_harmless(args, &screen);
        spoke += usize::from(screen.contains("PWNED") || screen.contains("5;41m"));
    }
    // Else the test would be about nothing.
    assert!(spoke > RUNS.len() / 2, "{spoke} of {} runs showed the names", RUNS.len());
    assert!(hostile.tree.is_dir());
}

#[test]
fn every_command_is_among_the_runs() {
    for command in crate::arguments::COMMANDS {
        assert!(RUNS.iter().any(|run| run[0] == command), "{command}");
    }
}

#[test]
fn the_shell_shows_hostile_lists_safely() {
    let hostile = Hostile::new();
    hostile.screen(&["evil"]);
    let script = "cd \"$HOSTILE\" && printf 'p\\nc\\nt\\nf\\nq\\n' | \"$0\" --interactive";
    let cache = format!("{}/cache", hostile.path);
    let env =
        [("HOSTILE", hostile.path.as_str()), ("KGREP_CACHE_DIR", &cache), ("KGREP_PAGER", "")];
    let args = ["-c", script, KGREP];
    let screen = Terminal::program(&hostile.dir, "sh", &args, &env, 40, 400).finish().1;
    assert!(screen.contains("PWNED"), "{screen}");
    assert_harmless(&["--interactive"], &screen);
}
