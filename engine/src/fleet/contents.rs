//! What definitions are by their text: a hash of it, the same wherever the same text stands, so that
//! kernels can be compared without their sources.

use std::hash::Hasher;

use kgrep_index::graph::{DefId, DefInfo, FileId, Graph};
use kgrep_index::outline::Kind;
use rayon::prelude::*;
use twox_hash::XxHash64;

use crate::code::Code;
use crate::{Error, Result};

/// A text's hash.
pub(super) fn of_text(text: &[u8]) -> u64 {
    XxHash64::oneshot(0, text)
}

/// The hash of what identifies something: its parts, each with its end.
pub(super) fn of_parts(parts: &[&[u8]]) -> u64 {
    let mut hasher = XxHash64::with_seed(0);
    for part in parts {
        hasher.write(part);
        hasher.write(b"\0");
    }
    hasher.finish()
}

/// The hash of what identifies a file: where it is, and what it holds.
pub(super) fn of_file(path: &[u8], content: u64) -> u64 {
    of_parts(&[path, &content.to_le_bytes()])
}

/// The hash of each definition's text.
pub(super) struct Contents {
    /// By the definitions' numbers.
    hashes: Vec<Option<u64>>,
}

/// Where a definition's text is.
struct Span {
    file: FileId,
    first: u32,
    last: u32,
    definition: DefId,
}

impl Contents {
    /// Reads what every definition of the architecture that counts says. Each file is read once.
    ///
    /// # Errors
    /// If a file can't be read any more, or the result is no longer wanted.
    pub(super) fn of(code: &Code, graph: &Graph<'_>) -> Result<Contents> {
        let mut spans = Vec::new();
        graph.names_starting_with(b"", |name, _| {
            spans.extend(graph.definitions_of(name).iter().filter_map(|d| {
                let (first, last) = d.lines();
                let span = Span { file: d.file, first, last, definition: d.id };
                code.arch.has(graph.place(d.file)).then_some(span)
            }));
        });
        spans.par_sort_unstable_by_key(|span| (span.file, span.first));
        let files: Vec<(&[u8], &[Span])> = spans
            .chunk_by(|one, other| one.file == other.file)
            .filter_map(|spans| Some((graph.path(spans.first()?.file), spans)))
            .collect();
        let hashed: Vec<Vec<u64>> = files
            .par_iter()
            .map(|(path, spans)| of_spans(code, path, spans))
            .collect::<Result<_>>()?;
        let length = spans.iter().map(|span| span.definition.at() + 1).max().unwrap_or(0);
        let mut hashes = vec![None; length];
        for ((_, spans), found) in files.iter().zip(hashed) {
            for (span, hash) in spans.iter().zip(found) {
                if let Some(place) = hashes.get_mut(span.definition.at()) {
                    *place = Some(hash);
                }
            }
        }
        Ok(Contents { hashes })
    }

    /// The hash of a definition's text: its lines from the first to the last.
    pub(super) fn get(&self, definition: &DefInfo) -> Option<u64> {
        self.hashes.get(definition.id.at()).copied().flatten()
    }

    /// What identifies a definition in every tree: where it is, what it is, its name and its text; what
    /// is in none is its file's.
    pub(super) fn id(&self, graph: &Graph<'_>, name: &[u8], definition: &DefInfo) -> Option<u64> {
        let content = self.get(definition)?;
        let path = graph.path(definition.file);
        if definition.kind == Kind::File {
            return Some(of_file(path, content));
        }
        let content = content.to_le_bytes();
        Some(of_parts(&[path, definition.kind.name().as_bytes(), name, &content]))
    }
}

/// The hashes of some lines of a file.
fn of_spans(code: &Code, path: &[u8], spans: &[Span]) -> Result<Vec<u64>> {
    let bytes = code.bytes(path).map_err(Error::read(&code.path(path)))?;
    let ends = memchr::memchr_iter(b'\n', &bytes).map(|at| at + 1);
    let starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
    let start = |line: u32| starts.get(line as usize).copied().unwrap_or(bytes.len());
    let text = |span: &Span| {
        // Lines count from 1.
        let (from, to) = (start(span.first.saturating_sub(1)), start(span.last));
        bytes.get(from..to).unwrap_or_default()
    };
    Ok(spans.iter().map(|span| of_text(text(span))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(of_parts(&[b"ab", b"c"]), of_parts(&[b"a", b"bc"]));
        assert_eq!(of_text(b""), 0xef46_db37_51d8_e999);
    }
}
