//! A name in all of the tree's text.

use kgrep_index::graph::Graph;

use crate::code::Code;
use crate::trace::{Options, Tracer, Wanted};
use crate::{Proof, Result};

/// Looks for a name in all text, where nothing is called so.
///
/// # Errors
/// When the tree can't be walked.
pub(super) fn proof(code: &Code, graph: &Graph<'_>, name: &str) -> Result<Proof> {
    let mut tracer = tracer(code, graph);
    let found = tracer.lines(&word(name))?;
    let lines = found.iter().map(|file| file.count as u64).sum();
    let files = tracer.pick_files(|_| false)?.0 as u64;
    Ok(Proof { files, lines, unread: tracer.unread().len() as u64 })
}

/// What reads the tree's text for the questions here.
pub(super) fn tracer<'a, 'g>(code: &'a Code, graph: &'a Graph<'g>) -> Tracer<'a, 'g> {
    Tracer::new(code, graph, Options { depth: 1, body: false, all: true })
}

/// Lines that have `name` as a word.
pub(super) fn word(name: &str) -> Wanted {
    let is_word = |letter: Option<char>| letter.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let edge = |letter| if is_word(letter) { r"\b" } else { "" };
    let (start, end) = (edge(name.chars().next()), edge(name.chars().next_back()));
    let pattern = format!("{start}(?:{}){end}", regex::escape(name));
    Wanted::new(vec![name.to_owned()], pattern)
}
