//! Every command line in README, guides and the pages of the questions is run, on the trees that
//! the demo has; and what a page shows of the answer is what kgrep prints. Every link leads
//! somewhere, those of the site to a page of the site.

use std::fs;
use std::path::Path;

use crate::util::Dir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The pages whose command lines are run.
const PAGES: [&str; 8] = [
    "README.md",
    "docs/guide.md",
    "docs/ja/guide.md",
    "docs/code.md",
    "docs/trace.md",
    "docs/find.md",
    "docs/log.md",
    "docs/diff.md",
];

/// Stands for lines that a page leaves out.
const LEFT_OUT: &str = "…";

/// The demo's trees: the kernel's, a pair beside it with names for its two sides, and patches.
fn demo() -> Dir {
    let dir = Dir::kernel();
    let pair = dir.beside("pair");
    for (name, to) in [("pair", &pair), ("patches", &dir.beside("patches"))] {
        let from = Path::new(ROOT).join("tests/trees").join(name);
        let copied = std::process::Command::new("cp").arg("-r").arg(from).arg(to).status();
        assert!(copied.expect("cp runs").success());
    }
    for (name, side) in [("linux-6.1", "upstream"), ("debian-6.1", "distro")] {
        std::os::unix::fs::symlink(pair.join(side), pair.join(name)).expect("link");
    }
    dir
}

/// Runs a line of shell where it belongs: beside the pair if it names a side, else in the tree.
fn run(dir: &Dir, line: &str) -> crate::util::Done {
    let command = dir.shell(line).env("KGREP_ARCH", "x86");
    match ["linux-6.1", "diff upstream distro"].iter().any(|names| line.contains(names)) {
        true => command.folder(&dir.beside("pair")).run(),
        false => command.run(),
    }
}

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(name)).expect("the page is there")
}

/// The command lines in a page's examples, each with the lines that are shown of its answer.
fn examples(page: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            found.push((command.to_owned(), Vec::new()));
        } else if let Some((_, shown)) = found.last_mut().filter(|_| inside) {
            shown.push(line.to_owned());
        }
    }
    found
}

/// Words that stand for others.
const PLACEHOLDERS: [&str; 12] = [
    "NAME", "PATTERN", "TREE", "N", "COMMAND", "ARGS", "WORDS", "WHAT", "PATCH", "STRUCT", "FROM",
    "TO",
];

/// The command lines in a page's running text that are whole: no word of them stands for
/// another.
fn mentioned(page: &str) -> Vec<String> {
    let spans = page.split('`').skip(1).step_by(2).map(str::to_owned);
    let indented = page.lines().filter_map(|line| line.strip_prefix("    ").map(str::to_owned));
    let is_whole = |line: &String| {
        let stands_for = |word: &str| {
            let mut parts = word.split(|c: char| "|.:".contains(c));
            parts.any(|part| {
                let letters = part.trim_matches(|c: char| !c.is_ascii_alphanumeric());
                PLACEHOLDERS.contains(&letters)
            })
        };
        line.starts_with("kgrep ")
            && !line.contains(LEFT_OUT)
            && !line.split_whitespace().any(stands_for)
    };
    let line = |line: String| line.replace("\\|", "|").trim().to_owned();
    spans.filter(|span| !span.contains('\n')).chain(indented).map(line).filter(is_whole).collect()
}

#[test]
fn what_the_pages_show_is_what_kgrep_prints() {
    for name in PAGES {
        let dir = demo();
        let examples = examples(&page(name));
        assert!(!examples.is_empty(), "{name}");
        for (line, shown) in examples {
            let done = run(&dir, &line);
            let printed = done.stdout() + &done.stderr();
            assert!(done.code() < 2, "{name}: {done}");
            let mut rest = printed.lines().map(str::trim_end);
            for wanted in shown.iter().map(|line| line.trim_end()) {
                let found =
                    wanted == LEFT_OUT || wanted.is_empty() || rest.any(|line| line == wanted);
                assert!(found, "{name}: {line}\nshows: {wanted}\nprinted:\n{printed}");
            }
        }
    }
}

#[test]
fn the_commands_that_the_pages_mention_work() {
    let mut seen = 0;
    for name in PAGES {
        let dir = demo();
        dir.kgrep(&["index"]).run().expect_code(0);
        let lines = mentioned(&page(name));
        assert!(lines.len() > 1, "{name}: {lines:?}");
        seen += lines.len();
        for line in lines {
            run(&dir, "kgrep GFP_KERNEL").expect_code(0);
            let done = run(&dir, &line);
            assert!(done.code() < 2, "{name}: {done}");
        }
    }
    assert!(seen > 65, "{seen} commands");
}

/// The words in backquotes of a text.
fn code_words(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// A page's part below a heading, up to the next one.
fn below<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("\n## {heading}\n")).expect("the heading is there");
    rest.split("\n## ").next().expect("text below it")
}

#[test]
fn the_japanese_guide_has_all_of_the_readmes_follow_ups() {
    let (readme, guide) = (page("README.md"), page("docs/ja/guide.md"));
    let theirs = code_words(below(&guide, "リストへの操作"));
    let table = below(&readme, "Follow-ups").lines().filter(|line| line.starts_with('|'));
    let words: Vec<&str> = table.flat_map(code_words).collect();
    assert!(words.len() > 30, "{words:?}");
    for word in words {
        assert!(theirs.contains(&word), "{word}");
    }
}

#[test]
fn the_japanese_guide_has_the_commands_of_the_readmes_first_screen() {
    let (readme, guide) = (page("README.md"), page("docs/ja/guide.md"));
    let first = readme.split("\n## ").next().expect("a first part");
    let command = |line: &str| line.split('#').next().expect("one part").trim().to_owned();
    let commands = |page: &str| -> Vec<String> {
        examples(page).iter().map(|(line, _)| command(line)).collect()
    };
    let theirs = commands(&guide);
    let wanted = commands(first);
    assert!(wanted.len() > 3, "{wanted:?}");
    for line in wanted {
        assert!(theirs.contains(&line), "{line}");
    }
}

/// The pages below `docs/`, by their names from there.
fn below_docs() -> Vec<String> {
    let docs = Path::new(ROOT).join("docs");
    let mut pages = Vec::new();
    for folder in ["", "ja/"] {
        for entry in fs::read_dir(docs.join(folder)).expect("a folder") {
            let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
            if name.ends_with(".md") {
                pages.push(format!("{folder}{name}"));
            }
        }
    }
    pages.sort();
    pages
}

/// What the links of a page lead to in this project.
fn links(page: &str) -> Vec<&str> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    targets.filter(|target| !target.contains("://") && !target.is_empty()).collect()
}

/// The anchor of a heading, as GitHub and mdBook make it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn every_link_leads_somewhere() {
    let mut pages: Vec<String> = below_docs().iter().map(|name| format!("docs/{name}")).collect();
    let own = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "AGENTS.md", "CHANGELOG.md"];
    pages.extend(own.map(str::to_owned));
    let docs = Path::new(ROOT).join("docs").canonicalize().expect("a folder");
    let mut seen = 0;
    for name in &pages {
        let text = page(name);
        for link in links(&text) {
            let (path, part) = link.split_once('#').unwrap_or((link, ""));
            let target = match path {
                "" => Path::new(ROOT).join(name),
                _ => Path::new(ROOT).join(name).parent().expect("a folder").join(path),
            };
            assert!(target.exists(), "{name}: {link}");
            if name.starts_with("docs/") {
                // The site has nothing but these pages.
                let target = target.canonicalize().expect("it is there");
                assert!(target.starts_with(&docs), "{name}: {link} leads out of docs/");
            }
            if !part.is_empty() {
                let text = fs::read_to_string(&target).expect("a page");
                let headings = text.lines().filter_map(|line| line.strip_prefix('#'));
                let mut anchors = headings.map(|line| anchor(line.trim_start_matches('#')));
                assert!(anchors.any(|anchor| anchor == part), "{name}: {link}");
            }
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen} links");
}

#[test]
fn the_site_has_every_page() {
    let summary = page("docs/SUMMARY.md");
    let mut listed: Vec<&str> = links(&summary);
    listed.sort_unstable();
    let mut pages = below_docs();
    pages.retain(|name| name != "SUMMARY.md");
    assert_eq!(listed, pages);
}
