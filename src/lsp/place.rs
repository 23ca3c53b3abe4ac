//! From the engine's places to the protocol's: lines from 0, columns as was agreed, addresses.

use std::collections::HashMap;
use std::sync::Arc;

use kgrep_engine::relocate::SourceFile;
use kgrep_engine::spot::{Part, Target};
use serde_json::{Value, json};

use super::position::{Encoding, position};
use super::state::Folder;
use crate::code::Code;

/// Lays out places of one tree; each file is read once an answer.
pub(super) struct Places<'c> {
    pub(super) code: &'c Code,
    folder: Arc<Folder>,
    encoding: Encoding,
    files: HashMap<Vec<u8>, SourceFile>,
}

impl<'c> Places<'c> {
    pub(super) fn new(code: &'c Code, folder: &Arc<Folder>, encoding: Encoding) -> Places<'c> {
        Places { code, folder: Arc::clone(folder), encoding, files: HashMap::new() }
    }

    /// The address of a file by its path below the root.
    pub(super) fn uri(&self, path: &[u8]) -> String {
        self.folder.uri(path)
    }

    fn column(&mut self, path: &[u8], line: u32, byte: u32) -> usize {
        if self.encoding == Encoding::Utf8 {
            return byte as usize;
        }
        let code = self.code;
        let file = self.files.entry(path.to_vec());
        let file = file.or_insert_with(|| code.lines(path).unwrap_or_default());
        let text = file.line(u64::from(line)).unwrap_or_default();
        self.encoding.column(text, byte as usize)
    }

    /// A part of a line as a range.
    pub(super) fn range(&mut self, part: &Part) -> Value {
        let line = part.line.saturating_sub(1);
        let start = self.column(&part.path, part.line, part.start);
        let end = self.column(&part.path, part.line, part.end);
        json!({ "start": position(line, start), "end": position(line, end) })
    }

    /// Whole lines, with the part that must be in them.
    pub(super) fn lines(&mut self, (first, last): (u32, u32), part: &Part) -> Value {
        let (first, last) = (first.min(part.line), last.max(part.line));
        let end = self.column(&part.path, last, u32::MAX);
        let end = if self.encoding == Encoding::Utf8 { self.width(&part.path, last) } else { end };
        json!({
            "start": position(first.saturating_sub(1), 0),
            "end": position(last.saturating_sub(1), end),
        })
    }

    /// How many bytes a line has.
    fn width(&mut self, path: &[u8], line: u32) -> usize {
        let code = self.code;
        let file = self.files.entry(path.to_vec());
        let file = file.or_insert_with(|| code.lines(path).unwrap_or_default());
        file.line(u64::from(line)).unwrap_or_default().trim_ascii_end().len()
    }

    /// A part of a line with its file.
    pub(super) fn location(&mut self, part: &Part) -> Value {
        json!({ "uri": self.uri(&part.path), "range": self.range(part) })
    }

    /// A target, as a link with its extent where the client knows such.
    pub(super) fn target(&mut self, target: &Target, links: bool) -> Value {
        if !links {
            return self.location(&target.name);
        }
        let lines = self.lines(target.extent, &target.name);
        json!({
            "targetUri": self.uri(&target.name.path),
            "targetRange": lines,
            "targetSelectionRange": self.range(&target.name),
        })
    }
}
