//! Which crate may do what: only the program knows a terminal, an environment and a command
//! line, so that every other face can ask the same engine.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The libraries.
const LIBRARIES: [&str; 2] = ["engine", "index"];

/// What a library's code may not name.
const FORBIDDEN: [&str; 15] = [
    "print!",
    "println!",
    "eprint!",
    "eprintln!",
    "std::env",
    "env::var",
    "current_dir()",
    "current_exe",
    "args_os",
    "io::stderr",
    "io::stdout",
    "stderr()",
    "stdout()",
    "clap::",
    "anyhow",
];

/// All files of Rust below a folder, without those that only hold tests.
fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_name().is_some_and(|name| name != "tests.rs")
        {
            into.push(path);
        }
    }
}

/// A file's lines of code with their numbers: without comments, and without the tests at its
/// end.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .zip(1..)
        .take_while(|(line, _)| *line != "mod tests {")
        .map(|(line, number)| (number, line.trim_start()))
        .filter(|(_, line)| !line.starts_with("//"))
}

/// Whether a line names `word`, and not a longer word that ends so.
fn names(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with(is_part))
}

#[test]
fn no_library_knows_a_terminal_an_environment_or_a_command_line() {
    let mut looked_at = 0;
    for library in LIBRARIES {
        let mut paths = Vec::new();
        sources(&Path::new(ROOT).join(library).join("src"), &mut paths);
        looked_at += paths.len();
        for path in paths {
            let text = fs::read_to_string(&path).expect("Rust files are UTF-8");
            for (number, line) in code(&text) {
                for word in FORBIDDEN {
                    let place = format!("{}:{number}", path.display());
                    assert!(!names(line, word), "{place} names {word}: that is a face's business");
                }
            }
        }
    }
    assert!(looked_at > 150, "only {looked_at} files of the libraries were looked at");
}

#[test]
fn no_library_depends_on_what_makes_a_program() {
    for library in LIBRARIES {
        let path = Path::new(ROOT).join(library).join("Cargo.toml");
        let text = fs::read_to_string(&path).expect("a package");
        let dependencies = text.split("[dev-dependencies]").next().unwrap_or_default();
        for line in dependencies.lines() {
            for package in ["anyhow", "clap", "indicatif", "rustyline", "anstream", "kgrep "] {
                assert!(!line.starts_with(package), "{} depends on {package}", path.display());
            }
            assert!(
                library != "index" || !line.starts_with("kgrep-engine"),
                "the index is below the engine"
            );
        }
    }
}

#[test]
fn a_forbidden_word_is_seen() {
    assert!(names("    println!(\"x\");", "println!"));
    assert!(names("let x = std::env::var(\"HOME\");", "std::env"));
    assert!(names("io::stdout().lock()", "stdout()"));
    assert!(!names(".current_dir(&args.folder)", "current_dir()"));
    assert!(!names("builder.skip_stdout(true)", "io::stdout"));
    assert_eq!(code("a\n// b\nmod tests {\nc\n").count(), 1);
}

/// A crate's modules from top to bottom: each may import those that stand after it, and no other.
type Order = &'static [&'static str];

const PROGRAM: Order = &[
    "commands",
    "lsp",
    "mcp",
    "browse",
    "rpc",
    "room",
    "served",
    "cells",
    "code",
    "freshen",
    "session",
    "request",
    "notes",
    "verdicts",
    "coverage",
    "reading",
    "typed",
    "in_force",
    "cli",
    "message",
    "render",
    "settings",
    "shell",
    "editor",
    "list",
    "folders",
    "closed",
    "interrupts",
    "percent",
    "waiting",
    "taken",
];

const ENGINE: Order = &[
    "spot",
    "history",
    "fleet",
    "ask",
    "log",
    "trace",
    "compare",
    "code",
    "configuration",
    "left_out",
    "snapshot",
    "buffers",
    "request",
    "excerpt",
    "answer",
    "search",
    "diff",
    "revision",
    "sink",
    "note",
    "recipes",
    "relocate",
    "files",
    "decode",
    "paths",
    "place",
    "plain",
    "kinds",
    "cancel",
    "error",
];

const INDEX: Order = &[
    "build",
    "configured",
    "narrow",
    "now",
    "shared",
    "index",
    "text",
    "tree",
    "catalog",
    "graph",
    "outline",
    "idiom",
    "store",
    "top",
    "kbuild",
    "lex",
    "kind",
    "name_hash",
    "path_glob",
    "program",
    "versions",
    "paths",
    "bounded",
    "page_buffer",
    "scratch",
    "stamp",
    "bytes",
    "bits",
    "error",
];

/// What the crate's root hands on of its modules: the names, and behind each its module. Who imports
/// the name imports the module.
fn handed_on(root: &str, order: Order) -> HashMap<&str, &str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = HashMap::new();
    for (at, word) in root.match_indices("use ") {
        let rest = &root[at + word.len()..];
        let statement = &rest[..rest.find(';').unwrap_or(rest.len())];
        let mut words = statement.split(|c| !is_word(c)).filter(|word| !word.is_empty());
        let Some(module) = words.next().filter(|module| order.contains(module)) else { continue };
        found.extend(words.map(|name| (name, module)));
    }
    found
}

/// The modules that code imports by `crate::name` or `crate::{name, …}`.
fn imports(code: &str) -> Vec<&str> {
    let first_word = |text: &'_ str| {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        end.unwrap_or(text.len())
    };
    let mut found = Vec::new();
    for (at, word) in code.match_indices("crate::") {
        let rest = &code[at + word.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.push(&rest[..first_word(rest)]);
            continue;
        };
        let mut depth = 0;
        let mut begins = true;
        for (at, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                letter if begins && !letter.is_whitespace() => {
                    found.push(&group[at..][..first_word(&group[at..])]);
                    begins = false;
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn modules_import_downwards_only() {
    for (library, order) in [(".", PROGRAM), ("engine", ENGINE), ("index", INDEX)] {
        let root = Path::new(ROOT).join(library).join("src");
        let place = |name: &str| order.iter().position(|module| *module == name);
        let top = ["lib.rs", "main.rs"].map(|name| root.join(name));
        let top = top.iter().find_map(|path| fs::read_to_string(path).ok()).expect("a root");
        let top: Vec<&str> = code(&top).map(|(_, line)| line).collect();
        let top = top.join("\n");
        let handed_on = handed_on(&top, order);
        let mut paths = Vec::new();
        sources(&root, &mut paths);
        let mut seen = 0;
        for path in paths {
            let below = path.strip_prefix(&root).expect("it is below");
            let first = below.iter().next().expect("a name").to_string_lossy();
            let module = first.trim_end_matches(".rs");
            if matches!(module, "lib" | "main") {
                continue;
            }
            let at = place(module).unwrap_or_else(|| panic!("{library}: no place for {module}"));
            let text = fs::read_to_string(&path).expect("Rust files are UTF-8");
            let code: Vec<&str> = code(&text).map(|(_, line)| line).collect();
            for name in imports(&code.join("\n")) {
                let of = handed_on.get(name).copied().unwrap_or(name);
                let Some(other) = place(of) else { continue };
                seen += 1;
                assert!(other >= at, "{}: {module} imports {name} of {of}", path.display());
            }
        }
        assert!(seen > 10, "{library}: only {seen} imports were seen");
    }
}

#[test]
fn an_import_is_seen() {
    assert_eq!(imports("use crate::list::{List, Row};"), ["list"]);
    assert_eq!(
        imports("use crate::{Error,\nnotes::{self, tell}, cells};"),
        ["Error", "notes", "cells"]
    );
    assert_eq!(imports("crate::folders::current()"), ["folders"]);
    let names = handed_on("use std::io;\npub use list::{List, row::Row};\n", &["list", "io"]);
    assert_eq!((names.get("Row"), names.get("io")), (Some(&"list"), None));
}

/// The paths that code includes at build time.
fn included(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for word in ["include_str!(", "include_bytes!(", "include_dir!("] {
        for (at, _) in code.match_indices(word) {
            let rest = &code[at + word.len()..];
            let path = rest.split('"').nth(1).expect("what is included is named by a literal");
            found.push(path);
        }
    }
    found
}

#[test]
fn what_a_crate_includes_lies_in_it() {
    let mut seen = 0;
    for library in ["", "engine", "index"] {
        let root = Path::new(ROOT).join(library);
        let mut paths = Vec::new();
        sources(&root.join("src"), &mut paths);
        for path in &paths {
            let text = fs::read_to_string(path).expect("Rust files are UTF-8");
            for included in included(&text) {
                seen += 1;
                let from = match included.strip_prefix("$CARGO_MANIFEST_DIR/") {
                    Some(below) => root.join(below),
                    None => path.parent().expect("a folder").join(included),
                };
                let mut depth = from.strip_prefix(&root).expect("below").components();
                let lowest = depth.try_fold(0_i32, |depth, part| {
                    let depth = if part.as_os_str() == ".." { depth - 1 } else { depth + 1 };
                    (depth >= 0).then_some(depth)
                });
                let place = path.display();
                assert!(lowest.is_some(), "{place} includes {included}, which no package has");
                assert!(from.exists(), "{place} includes {included}, which is not there");
            }
        }
    }
    assert!(seen > 20, "only {seen} were seen");
}

/// Words of the kernel that are data (`queries/`): no code of Rust may have them in a text. Behind
/// each stand the files that have it all the same, which may not become more.
const KERNEL_WORDS: &[(&str, &[&str])] = &[
    ("SYSCALL_DEFINE", &["index/src/outline/c/words.rs"]),
    ("EXPORT_SYMBOL", &["index/src/outline/c/words.rs"]),
    ("MODULE_", &["index/src/outline/c/words.rs", "index/src/outline/c/macros.rs"]),
    ("module_param", &[]),
    ("core_param", &[]),
    ("early_param", &[]),
    ("__setup(", &[]),
    ("TRACE_EVENT", &[]),
    ("DEFINE_EVENT", &[]),
    ("module_init", &["index/src/outline/c/words.rs"]),
    ("list_for_each", &[]),
    ("kmalloc", &[]),
    ("kzalloc", &[]),
    ("pr_fmt", &[]),
    ("printk", &[]),
    ("drivers/", &[]),
    ("fs/", &[]),
    ("net/", &[]),
    ("Documentation/translations", &[]),
    ("__initcall", &["index/src/catalog/read/code.rs"]),
];

/// What a line of code has between quotes.
fn texts(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

#[test]
fn what_the_kernel_calls_things_is_data() {
    let mut seen = 0;
    for library in ["", "engine", "index"] {
        let mut paths = Vec::new();
        sources(&Path::new(ROOT).join(library).join("src"), &mut paths);
        for path in paths {
            let below = path.strip_prefix(ROOT).expect("below").to_string_lossy().into_owned();
            // Examples in a help are examples.
            if below.starts_with("src/cli/") || below.ends_with("/demo.rs") {
                continue;
            }
            let text = fs::read_to_string(&path).expect("Rust files are UTF-8");
            for (number, line) in code(&text) {
                for (word, known) in KERNEL_WORDS {
                    // A path begins with its folder.
                    let has = |text: &str| match word.ends_with('/') {
                        true => text.starts_with(word),
                        false => text.contains(word),
                    };
                    if texts(line).any(has) {
                        seen += 1;
                        let place = format!("{below}:{number}");
                        assert!(known.contains(&&*below), "{place} has {word}: that is data");
                    }
                }
            }
        }
    }
    assert!(seen > 3, "only {seen} were seen");
}
