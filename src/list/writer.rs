//! Writes a list while it is being found, and publishes it by rename.
//!
//! Where the cache can't be written (read-only, full), the list goes on in memory:
//! what the user asked for is still printed, and only the follow-up is lost.

use std::io::{self, Write};
use std::os::unix::fs::FileExt;

use tempfile::NamedTempFile;

use super::layout::{ListError, MAGIC, Meta, Slot, Trailer};
use super::reader::{List, SoFar, Source};
use super::{FileEntry, Match, Span};

/// How much of one line a list keeps, in bytes: generous for reading, small enough
/// that lines of a megabyte don't fill the cache.
pub(crate) const KEPT_TEXT: usize = 4096;

/// How much of the line is kept before its first match, when it must be cut.
const KEPT_LEAD: usize = 256;

/// How many lines a list keeps before an entry, and after it.
const KEPT_CONTEXT: usize = 1000;

/// How much of one cell a list keeps, in bytes.
const KEPT_CELL: usize = 1024;

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// It is in the list, under this number.
    Kept(u64),
    /// The list is full (`--max-list`): it can be printed, not followed up.
    Full,
}

/// A list being written.
pub(crate) struct ListWriter {
    target: Target,
    /// Bytes written so far, which is the next payload's offset.
    len: u64,
    entries: Vec<Slot>,
    files: Vec<Slot>,
    max_entries: u64,
    scratch: Vec<u8>,
    meta: Meta,
    /// Why the list can't be kept, once that is known.
    failure: Option<io::Error>,
}

enum Target {
    Disk { file: NamedTempFile, pending: Vec<u8> },
    Memory(Vec<u8>),
}

/// Payloads gather to this many bytes before they are written.
const WRITE_SIZE: usize = 1 << 18;

impl ListWriter {
    /// A list that will be published from `file`, or, where there is none to be
    /// had (`Err`), one that lives in memory.
    pub(super) fn new(
        file: Result<NamedTempFile, io::Error>,
        meta: Meta,
        max_entries: u64,
    ) -> ListWriter {
        let (target, failure) = match file {
            Ok(file) => (Target::Disk { file, pending: Vec::with_capacity(WRITE_SIZE) }, None),
            Err(error) => (Target::Memory(Vec::new()), Some(error)),
        };
        let mut writer = ListWriter {
            target,
            len: 0,
            entries: Vec::new(),
            files: Vec::new(),
            max_entries,
            scratch: Vec::new(),
            meta,
            failure,
        };
        writer.append(&MAGIC);
        writer
    }

    /// Adds a file; entries that follow may name it by the number returned.
    pub(crate) fn push_file(&mut self, file: &FileEntry) -> u32 {
        let number = u32::try_from(self.files.len()).expect("fewer files than entries");
        let slot = self.append_payload(file);
        self.files.push(slot);
        number
    }

    /// Adds an entry, unless the list is full.
    pub(crate) fn push(&mut self, entry: &Match<'_>) -> Pushed {
        let number = self.entries.len() as u64;
        if number >= self.max_entries {
            return Pushed::Full;
        }
        let slot = if is_short(entry) {
            self.append_payload(entry)
        } else {
            self.append_payload(&shortened(entry))
        };
        self.entries.push(slot);
        Pushed::Kept(number)
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    /// What there is until now, for somebody who reads along; none where that can't be read.
    pub(crate) fn so_far(&mut self) -> Option<List> {
        self.flush();
        let source = match &self.target {
            Target::Disk { file, .. } => Source::File(file.reopen().ok()?),
            Target::Memory(bytes) => Source::Memory(bytes.clone()),
        };
        let (entries, files) = (self.entries.clone(), self.files.clone());
        Some(List::so_far(source, SoFar { entries, files, len: self.len }, self.meta.clone()))
    }

    /// Ends the list, still unpublished, and opens it for reading.
    ///
    /// # Errors
    /// When what was just written can't be read back.
    pub(crate) fn finish(mut self) -> Result<Finished, ListError> {
        let entries = std::mem::take(&mut self.entries);
        let files = std::mem::take(&mut self.files);
        let entry_slots = self.append_slots(&entries);
        let file_slots = self.append_slots(&files);
        let meta = self.meta.clone();
        let meta = self.append_payload(&meta);
        let trailer = Trailer {
            entries: entries.len() as u64,
            entry_slots,
            files: files.len() as u64,
            file_slots,
            meta,
        };
        self.append(&trailer.to_bytes());
        self.flush();
        let (file, source) = match self.target {
            Target::Disk { file, .. } => {
                let reopened = file.reopen()?;
                (Some(file), Source::File(reopened))
            }
            Target::Memory(bytes) => (None, Source::Memory(bytes)),
        };
        Ok(Finished { list: List::open(source)?, file, failure: self.failure })
    }

    fn append_payload(&mut self, value: &impl serde::Serialize) -> Slot {
        let mut payload = std::mem::take(&mut self.scratch);
        payload.clear();
        payload = postcard::to_extend(value, payload)
            .expect("writing plain data to memory does not fail");
        let slot = Slot::of(self.len, &payload);
        self.append(&payload);
        self.scratch = payload;
        slot
    }

    /// Writes a table of slots and says where it begins.
    fn append_slots(&mut self, slots: &[Slot]) -> u64 {
        let at = self.len;
        for slot in slots {
            self.append(&slot.to_bytes());
        }
        at
    }

    fn append(&mut self, bytes: &[u8]) {
        self.len += bytes.len() as u64;
        match &mut self.target {
            Target::Memory(memory) => memory.extend_from_slice(bytes),
            Target::Disk { pending, .. } => {
                pending.extend_from_slice(bytes);
                if pending.len() >= WRITE_SIZE {
                    self.flush();
                }
            }
        }
    }

    /// Writes what is pending; when that fails, brings everything into memory.
    fn flush(&mut self) {
        let Target::Disk { file, pending } = &mut self.target else { return };
        let Err(error) = file.write_all(pending) else {
            pending.clear();
            return;
        };
        let written = self.len - pending.len() as u64;
        let mut memory = vec![0; usize::try_from(written).unwrap_or(0)];
        match file.as_file().read_exact_at(&mut memory, 0) {
            Ok(()) => memory.append(pending),
            // Not even readable: what is gone is gone; `finish` will say so.
            Err(_) => memory.clear(),
        }
        self.failure = Some(error);
        self.target = Target::Memory(memory);
    }
}

/// A list that is complete and readable, but not yet on the shelf.
pub(crate) struct Finished {
    /// The list.
    pub(crate) list: List,
    /// Its file, to be published; none when it lives in memory.
    pub(super) file: Option<NamedTempFile>,
    /// Why it lives in memory.
    pub(super) failure: Option<io::Error>,
}

/// True when an entry is kept whole.
fn is_short(entry: &Match<'_>) -> bool {
    entry.text.len() <= KEPT_TEXT
        && [&entry.before, &entry.after].into_iter().all(|lines| {
            lines.len() <= KEPT_CONTEXT && lines.iter().all(|line| line.text.len() <= KEPT_TEXT)
        })
        && entry.cells.iter().all(|cell| cell.len() <= KEPT_CELL)
}

/// An entry cut to what is kept: a long line around its first match, of several lines
/// the first ones, and of many lines beside it those that are near.
fn shortened<'a>(entry: &Match<'a>) -> Match<'a> {
    let mut short = entry.clone();
    if entry.text.len() > KEPT_TEXT {
        let (from, to) = kept_part(entry);
        short.text = &entry.text[from..to];
        short.skipped = entry.skipped + from as u64;
        let first_line = line_end(entry.text);
        // Where not even the first of several lines is kept whole, the entry is that
        // line.
        let whole = if to < first_line { first_line } else { entry.text.len() };
        short.cut = entry.cut + (whole - short.text.len()) as u64;
        short.spans = entry
            .spans
            .iter()
            .filter(|span| (span.start as usize) < to && (span.end as usize) > from)
            .map(|span| Span {
                start: ((span.start as usize).max(from) - from) as u32,
                end: ((span.end as usize).min(to) - from) as u32,
            })
            .collect();
    }
    let far = short.before.len().saturating_sub(KEPT_CONTEXT);
    short.before.drain(..far);
    short.after.truncate(KEPT_CONTEXT);
    for line in short.before.iter_mut().chain(&mut short.after) {
        let kept = line.text.len().min(KEPT_TEXT);
        line.cut += (line.text.len() - kept) as u64;
        line.text = &line.text[..kept];
    }
    for cell in &mut short.cells {
        let end = (0..=cell.len().min(KEPT_CELL)).rev().find(|end| cell.is_char_boundary(*end));
        *cell = &cell[..end.unwrap_or(0)];
    }
    short
}

/// Which part of a text of more than [`KEPT_TEXT`] bytes is kept.
fn kept_part(entry: &Match<'_>) -> (usize, usize) {
    let line = line_end(entry.text);
    if line <= KEPT_TEXT {
        // Several lines: those that fit.
        let end = memchr::memrchr(b'\n', &entry.text[..KEPT_TEXT]).map_or(line, |at| at + 1);
        return (0, end);
    }
    let first = entry.spans.first().map_or(0, |span| span.start as usize);
    let start = first.saturating_sub(KEPT_LEAD).min(line - KEPT_TEXT);
    (start, start + KEPT_TEXT)
}

/// Where the first line of `text` ends, its terminator included.
fn line_end(text: &[u8]) -> usize {
    memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{ContextLine, testing};

    #[test]
    fn what_is_written_so_far_can_be_read_and_goes_on() {
        let cache = tempfile::tempdir().unwrap();
        let shelf = crate::list::Shelf::new(cache.path());
        let mut writer = shelf.begin(testing::meta("/", &[]), 9);
        let file = writer.push_file(&FileEntry { path: b"a.c".to_vec(), stdin: false });
        let push = |writer: &mut ListWriter, line| {
            writer.push(&Match { file, line, text: b"x\n", ..Match::default() });
        };
        push(&mut writer, 7);
        let early = writer.so_far().unwrap();
        push(&mut writer, 8);
        let lines = |list: &List| {
            let mut lines = Vec::new();
            list.for_each(0..list.len(), |_, file, entry| {
                lines.push((file.path.clone(), entry.line));
                Ok::<_, ListError>(true)
            })
            .unwrap();
            lines.into_iter().map(|(_, line)| line).collect::<Vec<_>>()
        };
        assert_eq!((lines(&early), lines(&writer.so_far().unwrap())), (vec![7], vec![7, 8]));
        assert_eq!(lines(&writer.finish().unwrap().list), [7, 8]);
        assert_eq!(lines(&early), [7], "also when the list is over");
    }

    #[test]
    fn of_a_long_line_the_part_around_the_match_is_kept() {
        let text = format!("{}MATCH{}\n", "a".repeat(5000), "b".repeat(5000));
        let spans = vec![Span { start: 5000, end: 5005 }];
        let entry = Match { text: text.as_bytes(), spans, ..Match::default() };
        let short = shortened(&entry);
        assert_eq!(short.text.len(), KEPT_TEXT);
        assert_eq!(short.text.len() as u64 + short.cut, text.len() as u64);
        let start = short.spans[0].start as usize;
        assert_eq!(&short.text[start..start + 5], b"MATCH");
        assert_eq!(short.skipped + start as u64, 5000);
    }

    #[test]
    fn of_several_lines_the_first_ones_are_kept_whole() {
        let text = "a line of text\n".repeat(1000);
        let short = shortened(&Match { text: text.as_bytes(), ..Match::default() });
        assert!(short.text.ends_with(b"text\n") && short.text.len() > KEPT_TEXT - 20);
        assert_eq!((short.text.len() as u64 + short.cut, short.skipped), (15_000, 0));
        // A first line that is longer than that is kept alone.
        let text = format!("{}\nsecond\n", "a".repeat(5000));
        let short = shortened(&Match { text: text.as_bytes(), ..Match::default() });
        assert_eq!((short.text.len(), short.cut), (KEPT_TEXT, 5001 - KEPT_TEXT as u64));
    }

    #[test]
    fn neighbours_and_cells_are_bounded() {
        let long = "x".repeat(KEPT_TEXT + 7);
        let line = |line| ContextLine { line, offset: 0, text: long.as_bytes(), cut: 0 };
        let cell = "é".repeat(KEPT_CELL);
        let entry = Match {
            before: (1..=3000).map(line).collect(),
            after: (3002..=9000).map(line).collect(),
            cells: vec![&cell],
            ..Match::default()
        };
        assert!(!is_short(&entry));
        let short = shortened(&entry);
        assert_eq!((short.before[0].line, short.before.len()), (2001, KEPT_CONTEXT));
        assert_eq!((short.after[0].line, short.after.len()), (3002, KEPT_CONTEXT));
        assert_eq!((short.after[0].text.len(), short.after[0].cut), (KEPT_TEXT, 7));
        assert_eq!(short.cells[0].len(), KEPT_CELL);
        assert!(is_short(&short));
    }
}
