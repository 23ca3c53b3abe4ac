//! The rules of the house that a program can check.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A file outgrows its purpose here.
const TOO_LONG: usize = 600;

/// A function with more lines than this has parts that want names of their own.
const TOO_TALL: usize = 60;

/// Trees to be searched: data, not code.
const TREES: [&str; 2] = ["tests/trees", "index/tests/trees"];

/// Every file of the checkout that git does not ignore, or nothing outside a
/// checkout (a published package has no git folder).
fn files() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(ROOT)
        .output();
    let Ok(listed) = listed else { return Vec::new() };
    let names = String::from_utf8_lossy(&listed.stdout).into_owned();
    names
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(|name| Path::new(ROOT).join(name))
        .filter(|path| path.is_file())
        .collect()
}

fn rust_files() -> Vec<(PathBuf, String)> {
    files()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter(|path| TREES.iter().all(|trees| !path.starts_with(Path::new(ROOT).join(trees))))
        .map(|path| (path.clone(), fs::read_to_string(path).expect("Rust files are UTF-8")))
        .collect()
}

#[test]
fn every_file_says_first_why_it_exists() {
    for (path, text) in rust_files() {
        assert!(text.starts_with("//! "), "{} has no `//!` header", path.display());
    }
}

#[test]
fn no_file_outgrows_its_purpose() {
    for (path, text) in rust_files() {
        let lines = text.lines().count();
        assert!(lines <= TOO_LONG, "{} has {lines} lines: split it", path.display());
    }
}

/// Whether a function begins with this line.
fn is_function(line: &str) -> bool {
    let before = ["const", "async", "unsafe", "extern", "\"C\""];
    let mut words = line.split_whitespace();
    words.find(|word| !word.starts_with("pub") && !before.contains(word)) == Some("fn")
}

/// The functions of a file: the first line's number and how many lines there are. Tests are left
/// out. As rustfmt lays it out, something ends at a closing brace in the column that it began in.
fn functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let column = &line[..line.len() - line.trim_start().len()];
        let ends = |line: &&str| {
            let rest = line.strip_prefix(column).unwrap_or_default();
            rest.starts_with('}') || rest.starts_with(')') && rest.ends_with(';')
        };
        let lines_of = |at: usize| {
            let more = lines[at..].iter().skip(1).position(ends);
            more.map_or(lines.len() - at, |more| more + 2)
        };
        if line.trim_start() == "#[cfg(test)]" {
            let more = lines[at..].iter().position(|line| !line.trim_start().starts_with("#["));
            at += more.unwrap_or(lines.len());
            if lines.get(at).is_some_and(|line| line.ends_with('{')) {
                at += lines_of(at);
            }
            continue;
        }
        if is_function(line) {
            let is_one_line = line.ends_with([';', '}']);
            found.push((at + 1, if is_one_line { 1 } else { lines_of(at) }));
        }
        at += 1;
    }
    found
}

#[test]
fn no_function_outgrows_the_eye() {
    let mut seen = 0;
    for (path, text) in rust_files() {
        let below = path.strip_prefix(ROOT).expect("it is below");
        let is_test = below.iter().any(|folder| folder == "tests")
            || below.file_name().is_some_and(|name| name.to_string_lossy().ends_with("tests.rs"));
        if is_test {
            continue;
        }
        for (line, lines) in functions(&text) {
            seen += 1;
            let place = format!("{}:{line}", below.display());
            assert!(lines <= TOO_TALL, "{place} has {lines} lines: find its parts");
        }
    }
    // A published package has no list of its files.
    assert!(seen > 1000 || files().is_empty(), "only {seen} were seen");
}

#[test]
fn a_function_that_is_too_long_is_seen() {
    let body = "        step();\n".repeat(TOO_TALL);
    let long = format!("    pub(crate) async fn long(\n        &self,\n    ) {{\n{body}    }}\n");
    let trait_has = "    fn open(\n        &self,\n    ) -> bool;\n\n    fn close(&self);\n";
    let tests = format!("#[cfg(test)]\nmod tests {{\n{long}}}\n");
    let text = format!("//! Why.\n\nimpl Lamp {{\n{trait_has}{long}}}\n\n{tests}fn main() {{}}\n");
    let last = text.lines().count();
    assert_eq!(functions(&text), [(4, 3), (8, 1), (9, TOO_TALL + 4), (last, 1)]);
}

#[test]
fn nothing_is_left_for_later() {
    for (path, text) in rust_files() {
        for word in [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")] {
            assert!(!text.contains(word), "{} has a {word}", path.display());
        }
    }
}

#[test]
fn no_file_knows_a_machines_folders() {
    let machine = [concat!("/home", "/"), concat!("/opt", "/kt"), concat!("/work", "/wt")];
    for path in files() {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for folder in machine {
            assert!(!text.contains(folder), "{} names {folder}…", path.display());
        }
    }
}

#[test]
fn the_architecture_page_names_only_what_is_there() {
    let page = fs::read_to_string(Path::new(ROOT).join("docs/architecture.md"))
        .expect("docs/architecture.md");
    let mut named = 0;
    for word in page.split('`').skip(1).step_by(2) {
        let is_path = word.contains('/')
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
        if is_path {
            named += 1;
            assert!(Path::new(ROOT).join(word).exists(), "docs/architecture.md names {word}");
        }
    }
    assert!(named >= 20, "the page should name the places in the code, and names {named}");
}

/// The README leads to its pages, and shows its picture.
#[test]
fn both_packages_bring_the_documentation() {
    let manifest = fs::read_to_string(Path::new(ROOT).join("Cargo.toml")).expect("Cargo.toml");
    let assets = |section: &str| {
        let (_, rest) = manifest.split_once(section).expect("the package's section");
        rest.split_once("\n]").expect("the end of its assets").0
    };
    let packages = [assets("[package.metadata.deb]"), assets("[package.metadata.generate-rpm]")];
    for path in files() {
        let below = path.strip_prefix(ROOT).expect("it is below");
        if !below.starts_with("docs") {
            continue;
        }
        let extension = below.extension().expect("a page or a picture").to_string_lossy();
        let folder = below.parent().expect("a folder").display();
        let pattern = format!("\"{folder}/*.{extension}\"");
        let have_it = packages.iter().all(|assets| assets.contains(&pattern));
        assert!(have_it, "a package leaves out {}: {pattern}", below.display());
    }
}

#[test]
fn man_pages_completions_and_the_reference_are_current() {
    let dir = crate::util::Dir::new();
    let is_current = |file: &str, args: &[&str]| {
        let printed = dir.kgrep(&["__generate"]).args(args).stdout();
        let kept = fs::read_to_string(Path::new(ROOT).join("completions").join(file))
            .unwrap_or_else(|error| panic!("completions/{file}: {error}"));
        assert!(kept == printed, "completions/{file} is old: run `completions/update`");
    };
    for (file, what) in [("kgrep.bash", "bash"), ("_kgrep", "zsh"), ("kgrep.fish", "fish")] {
        is_current(file, &[what]);
    }
    is_current("../docs/commands.md", &["reference"]);
    is_current("man/kgrep.1", &["man"]);
    let commands = dir.kgrep(&["__generate", "commands"]).stdout();
    for command in commands.lines() {
        is_current(&format!("man/kgrep-{command}.1"), &["man", command]);
    }
    let pages = fs::read_dir(Path::new(ROOT).join("completions/man")).expect("the pages");
    assert_eq!(pages.count(), commands.lines().count() + 1, "pages of commands that are gone");
}

#[test]
fn man_pages_are_without_faults() {
    let pages = Path::new(ROOT).join("completions/man");
    // groff comes with man-db: where that is not installed, nobody reads a man page.
    let line = "command -v groff >/dev/null || exit 0; groff -man -ww -z -Tutf8 -K utf8 *.1";
    let checked = std::process::Command::new("sh").args(["-c", line]).current_dir(pages).output();
    let checked = checked.expect("sh runs");
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success() && said.is_empty(), "{said}");
}

/// What is written past the gate reaches a terminal as a stranger wrote it.
#[test]
fn standard_output_has_one_gate() {
    let gate = Path::new(ROOT).join("src/render/pager.rs");
    let past = ["println!(", "print!(", "stdout().lock()", "stdout().write"];
    for (path, text) in rust_files() {
        let is_program = path.starts_with(Path::new(ROOT).join("src"));
        if !is_program || path == gate {
            continue;
        }
        let text = text.replace("eprintln!", "");
        for call in past {
            assert!(!text.contains(call), "{} writes past the gate: {call}", path.display());
        }
    }
}
