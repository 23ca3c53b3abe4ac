//! `kgrep __complete START [FOR]`: the names that begin so, for the completions of bash, zsh and
//! fish; FOR is the command, or the flag, that takes one. Whatever goes wrong is no message: a key
//! was pressed, and somebody waits.

pub(super) mod scripts;

use std::collections::BTreeSet;
use std::path::Path;

use kgrep_engine::request::Complete;
use kgrep_index::Tree;

use super::Outcome;
use crate::cli::CompleteArgs;
use crate::code::architectures;
use crate::folders;
use crate::render::{Content, print_page};
use crate::settings::THEMES;

/// Prints the names, each in a line.
pub(crate) fn run(args: &CompleteArgs) -> Outcome {
    let wanted_by = args.wanted_by.as_deref().unwrap_or_default();
    match names(&args.start, wanted_by) {
        Some(names) if !names.is_empty() => {
            let mut page = Vec::new();
            for name in &names {
                page.extend_from_slice(name);
                page.push(b'\n');
            }
            // A shell that doesn't listen has what it wanted.
            let _ = print_page(&String::from_utf8_lossy(&page), Content::Text);
            Outcome::Found
        }
        _ => Outcome::Nothing,
    }
}

fn names(start: &str, wanted_by: &str) -> Option<BTreeSet<Vec<u8>>> {
    names_in(&folders::current().ok()?, start, wanted_by)
}

/// The names of the tree around a folder that begin so; none where there is no tree.
pub(in crate::commands) fn names_in(
    folder: &Path,
    start: &str,
    wanted_by: &str,
) -> Option<BTreeSet<Vec<u8>>> {
    let here = folder.canonicalize().ok()?;
    let tree = Tree::locate(&here).ok()?;
    // fish hands `--arch=ar` over as one word.
    let (start, wanted_by) = match start.split_once('=') {
        Some((flag @ ("--theme" | "--arch"), value)) => (value, flag),
        _ => (start, wanted_by),
    };
    let words: Vec<String> = match wanted_by {
        "--theme" => THEMES.map(str::to_owned).to_vec(),
        "--arch" => {
            let mut all = architectures(tree.root());
            all.push("all".to_owned());
            all
        }
        _ => {
            let complete = Complete { start: start.to_owned(), traced: wanted_by == "trace" };
            return kgrep_engine::complete(&folders::cache().ok()?, &tree, &complete);
        }
    };
    let words = words.into_iter().filter(|word| word.starts_with(start));
    Some(words.map(String::into_bytes).collect())
}
