//! From the engine's places to the protocol's: lines from 0, columns as was agreed, addresses.

use std::sync::Arc;

use kgrep_engine::Sources;
use kgrep_engine::spot::{Part, Target};
use serde::Serialize;
use serde_json::{Value, json};

use super::position::{Encoding, Position, position};
use super::state::Folder;
use crate::code::Code;

/// A part of a line.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Range {
    start: Position,
    end: Position,
}

/// A part of a line with its file.
#[derive(Serialize)]
pub(super) struct Location {
    uri: String,
    range: Range,
}

/// Lays out places of one tree; a file is read once for those in it that come together.
pub(super) struct Places<'c> {
    pub(super) code: &'c Code,
    folder: Arc<Folder>,
    encoding: Encoding,
    sources: Sources,
}

impl<'c> Places<'c> {
    pub(super) fn new(code: &'c Code, folder: &Arc<Folder>, encoding: Encoding) -> Places<'c> {
        Places { code, folder: Arc::clone(folder), encoding, sources: Sources::default() }
    }

    /// The address of a file by its path below the root.
    pub(super) fn uri(&self, path: &[u8]) -> String {
        self.folder.uri(path)
    }

    fn column(&mut self, path: &[u8], line: u32, byte: u32) -> usize {
        if self.encoding == Encoding::Utf8 {
            return byte as usize;
        }
        let encoding = self.encoding;
        encoding.column(self.line(path, line), byte as usize)
    }

    /// The text of a line; nothing where there is none.
    fn line(&mut self, path: &[u8], line: u32) -> &[u8] {
        self.sources.get(self.code, path).line(u64::from(line)).unwrap_or_default()
    }

    /// A part of a line as a range.
    pub(super) fn range(&mut self, part: &Part) -> Range {
        let line = part.line.saturating_sub(1);
        let start = self.column(&part.path, part.line, part.start);
        let end = self.column(&part.path, part.line, part.end);
        Range { start: position(line, start), end: position(line, end) }
    }

    /// Whole lines, with the part that must be in them.
    pub(super) fn lines(&mut self, (first, last): (u32, u32), part: &Part) -> Range {
        let (first, last) = (first.min(part.line), last.max(part.line));
        let end = self.column(&part.path, last, u32::MAX);
        let end = if self.encoding == Encoding::Utf8 { self.width(&part.path, last) } else { end };
        Range {
            start: position(first.saturating_sub(1), 0),
            end: position(last.saturating_sub(1), end),
        }
    }

    /// How many bytes a line has.
    fn width(&mut self, path: &[u8], line: u32) -> usize {
        self.line(path, line).trim_ascii_end().len()
    }

    /// A part of a line with its file.
    pub(super) fn location(&mut self, part: &Part) -> Location {
        Location { uri: self.uri(&part.path), range: self.range(part) }
    }

    /// A target, as a link with its extent where the client knows such.
    pub(super) fn target(&mut self, target: &Target, links: bool) -> Value {
        if !links {
            return json!(self.location(&target.name));
        }
        let lines = self.lines(target.extent, &target.name);
        json!({
            "targetUri": self.uri(&target.name.path),
            "targetRange": lines,
            "targetSelectionRange": self.range(&target.name),
        })
    }
}
