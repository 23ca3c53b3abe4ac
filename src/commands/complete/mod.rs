//! `kgrep __complete START`: the names that begin so, for the completions of bash, zsh and
//! fish. A key was pressed and somebody waits: nothing is read but the index, and whatever goes
//! wrong is no message.

pub(super) mod scripts;

use std::collections::BTreeSet;

use kgrep_index::graph::Graph;
use kgrep_index::outline::Kind;
use kgrep_index::store::Cache;
use kgrep_index::{Index, Tree};

use super::Outcome;
use crate::cli::CompleteArgs;
use crate::folders;
use crate::render::{Content, print_page};

/// Shorter beginnings are those of too many names to be of help.
const SHORTEST: usize = 2;
/// More names than this are shown as their beginnings, each to its next `_`.
const MANY: usize = 400;

/// Prints the names, each in a line.
pub(crate) fn run(args: &CompleteArgs) -> Outcome {
    match names(&args.start) {
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

fn names(start: &str) -> Option<BTreeSet<Vec<u8>>> {
    if start.len() < SHORTEST {
        return None;
    }
    let cache = Cache::new(&folders::cache().ok()?);
    let here = folders::current().ok()?.canonicalize().ok()?;
    let index = Index::open(&cache, &Tree::locate(&here).ok()?).ok()??;
    let graph = index.graph().ok().filter(|_| index.has_code())?;
    let found = begin_with(&graph, start.as_bytes());
    index.graph_soundness().ok().map(|()| found)
}

/// The defined names that begin with `start`.
fn begin_with(graph: &Graph<'_>, start: &[u8]) -> BTreeSet<Vec<u8>> {
    let mut all = Vec::new();
    graph.names_starting_with(start, |name, text| {
        if text.iter().all(is_harmless) {
            all.push((name, text.to_vec()));
        }
    });
    let is_defined = |name| graph.definitions_of(name).iter().any(|found| found.kind != Kind::File);
    if all.len() > MANY {
        // A shell completes what all have in common, so none may be left out.
        return all.into_iter().map(|(_, name)| beginning(&name, start.len())).collect();
    }
    all.into_iter().filter(|(name, _)| is_defined(*name)).map(|(_, text)| text).collect()
}

/// Whether a shell takes the byte as it stands: bash types a completion into the command line
/// without quotes, and what a source tree calls `x;rm` (a devicetree's compatible may be any text)
/// would be a command. The graph's own names, which have an `@`, are left out as well.
fn is_harmless(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.,+-/".contains(byte)
}

/// A name as far as the first `_` behind what was given.
fn beginning(name: &[u8], given: usize) -> Vec<u8> {
    let next = name[given..].iter().position(|byte| *byte == b'_');
    name[..next.map_or(name.len(), |at| given + at + 1)].to_vec()
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn a_beginning_ends_behind_an_underscore() {
        assert_eq!(beginning(b"kmem_cache_alloc", 2), b"kmem_");
        assert_eq!(beginning(b"kmem_cache_alloc", 5), b"kmem_cache_");
        assert_eq!(beginning(b"kfree", 2), b"kfree");
        assert_eq!(beginning(b"kfree", 5), b"kfree");
    }
}
