//! Finds an entry's place in its file as the file is now.
//!
//! A list says what was found where; the file may have been edited since. A
//! [`SourceFile`] is read once for all entries that point into it, and says of each
//! whether its line is where it was, is elsewhere now, or is gone.

use std::fs::{File, Metadata};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::OnceLock;

use rustix::fs::OFlags;

use crate::decode::decoded;
use crate::place::Match;

/// A larger file is not read to show some lines of it.
const MAX_SIZE: u64 = 1 << 29;

/// A line that is this many lines away is taken for the one that was found.
const NEAR: usize = 200;

/// A line further away must be the only one of its text, and have this many characters
/// that are not blank: `return 0;` says little about where it came from.
const TELLING: usize = 8;

/// Where an entry is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Where it was found.
    Same,
    /// On another line with the same text: the nearest one, or the only one.
    Moved {
        /// The line it was found on.
        from: u64,
        /// The line it is on now.
        to: u64,
    },
    /// Its text is nowhere in the file.
    Changed,
}

/// A file's lines as they are now.
#[derive(Debug, Default)]
pub struct SourceFile {
    bytes: Vec<u8>,
    /// Where each line starts, and one past the end of the last.
    starts: Vec<usize>,
    /// Hash and number (from 0) of each line, sorted; made when a line was not where
    /// it had been.
    by_text: OnceLock<Vec<(u64, usize)>>,
}

/// Bytes of a line, mostly more: room for all is made once.
const USUAL: usize = 24;

impl SourceFile {
    /// Reads the file at `path`. UTF-16 with a byte order mark becomes UTF-8, as it
    /// does when it is searched.
    ///
    /// # Errors
    /// If it can't be read, is not a regular file, or is larger than half a gigabyte.
    pub fn read(path: &Path) -> io::Result<SourceFile> {
        let mut bytes = Vec::new();
        read_regular(path, &mut bytes)?;
        Ok(SourceFile::from_bytes(decoded(bytes)))
    }

    /// The lines of `bytes`.
    pub fn from_bytes(bytes: Vec<u8>) -> SourceFile {
        let mut starts = Vec::with_capacity(bytes.len() / USUAL + 2);
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', &bytes).map(|at| at + 1));
        if starts.last().is_some_and(|start| *start < bytes.len()) {
            starts.push(bytes.len());
        }
        SourceFile { bytes, starts, by_text: OnceLock::new() }
    }

    /// All of it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many lines there are.
    pub fn line_count(&self) -> u64 {
        self.starts.len().saturating_sub(1) as u64
    }

    /// Line `number`, from 1, with its terminator.
    pub fn line(&self, number: u64) -> Option<&[u8]> {
        self.range(usize::try_from(number.checked_sub(1)?).ok()?).map(|range| &self.bytes[range])
    }

    /// Everything before line `number`, from 1.
    pub fn before(&self, number: u64) -> &[u8] {
        let line = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        &self.bytes[..self.starts.get(line).copied().unwrap_or(self.bytes.len())]
    }

    /// Where `entry` is now. An entry that is a whole file is where its first match is;
    /// without one, or when its text is another file's, where it was.
    pub fn place(&self, entry: &Match<'_>) -> Place {
        if entry.foreign {
            return Place::Same;
        }
        let Some(old) = entry.target().checked_sub(1) else { return Place::Same };
        if entry.line == 0 && entry.text.is_empty() {
            return Place::Same;
        }
        let old = usize::try_from(old).unwrap_or(usize::MAX);
        if self.is_at(entry, old) {
            return Place::Same;
        }
        match self.nearest(entry, old) {
            Some(line) => Place::Moved { from: entry.target(), to: line as u64 + 1 },
            None => Place::Changed,
        }
    }

    /// The bytes of line `line`, from 0.
    fn range(&self, line: usize) -> Option<Range<usize>> {
        Some(*self.starts.get(line)?..*self.starts.get(line.checked_add(1)?)?)
    }

    fn text(&self, line: usize) -> Option<&[u8]> {
        self.range(line).map(|range| without_terminator(&self.bytes[range]))
    }

    /// True when the entry's text starts on `line`, from 0. Of a line that was kept in
    /// part, the part must be where it was in it, and the line be as long; of several
    /// lines that were kept in part, the kept ones must be there.
    fn is_at(&self, entry: &Match<'_>, line: usize) -> bool {
        if is_part_of_line(entry) {
            let whole = self.range(line).map(|range| &self.bytes[range]);
            let skipped = usize::try_from(entry.skipped).unwrap_or(usize::MAX);
            return whole.is_some_and(|whole| {
                whole.len() as u64 == entry.text.len() as u64 + entry.cut
                    && whole.get(skipped..).is_some_and(|rest| rest.starts_with(entry.text))
            });
        }
        lines(entry.text)
            .zip(line..)
            .all(|(text, number)| self.text(number).is_some_and(|now| now == text))
    }

    /// The line where the entry is: the nearest to `old`, of two as near the earlier;
    /// one that is far away only if there is no doubt about it.
    fn nearest(&self, entry: &Match<'_>, old: usize) -> Option<usize> {
        let near = |line: &usize| line.abs_diff(old);
        let telling = || entry.text.iter().filter(|byte| !byte.is_ascii_whitespace()).count();
        if is_part_of_line(entry) {
            let all = 0..self.starts.len().saturating_sub(1);
            let found: Vec<usize> = all.filter(|line| self.is_at(entry, *line)).collect();
            let line = found.iter().copied().min_by_key(near)?;
            return (near(&line) <= NEAR || found.len() == 1).then_some(line);
        }
        let by_text = self.by_text.get_or_init(|| {
            let lines = self.starts.windows(2).map(|ends| &self.bytes[ends[0]..ends[1]]);
            let mut by_text: Vec<(u64, usize)> =
                lines.map(without_terminator).map(hash).zip(0..).collect();
            by_text.sort_unstable();
            by_text
        });
        let first = hash(lines(entry.text).next().unwrap_or_default());
        let begin = by_text.partition_point(|(hash, _)| *hash < first);
        let end = by_text.partition_point(|(hash, _)| *hash <= first);
        // Outwards from the old line, so that a line which occurs a thousand times
        // is compared once or twice.
        let middle = begin + by_text[begin..end].partition_point(|(_, line)| *line < old);
        let (before, after) = (&by_text[begin..middle], &by_text[middle..end]);
        let holds = |(_, line): &&(u64, usize)| self.is_at(entry, *line);
        let mut before = before.iter().rev().filter(holds).map(|(_, line)| *line);
        let mut after = after.iter().filter(holds).map(|(_, line)| *line);
        let found = [before.next(), after.next()];
        let line = found.into_iter().flatten().min_by_key(near)?;
        let alone = || found.into_iter().flatten().chain(before).chain(after).nth(1).is_none();
        (near(&line) <= NEAR || (telling() >= TELLING && alone())).then_some(line)
    }
}

/// Reads the file at `path` into `memory`, in the place of what is there.
///
/// # Errors
/// If it can't be read, is not a regular file, or is larger than half a gigabyte.
pub(crate) fn read_regular(path: &Path, memory: &mut Vec<u8>) -> io::Result<()> {
    memory.clear();
    let is_file = |meta: &Metadata| {
        if meta.is_dir() {
            Err(io::Error::from(io::ErrorKind::IsADirectory))
        } else if meta.is_file() {
            Ok(())
        } else {
            Err(io::Error::other("not a regular file"))
        }
    };
    // Opening a device may do something, and opening a pipe waits for a writer.
    is_file(&path.metadata()?)?;
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0);
    let file = File::options().read(true).custom_flags(flags).open(path)?;
    let meta = file.metadata()?;
    is_file(&meta)?;
    memory.reserve_exact(usize::try_from(meta.len().min(MAX_SIZE)).unwrap_or(0));
    file.take(MAX_SIZE + 1).read_to_end(memory)?;
    if memory.len() as u64 > MAX_SIZE {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "larger than 512 MiB, not read to show lines of it",
        ));
    }
    Ok(())
}

/// True when the entry's text is a part of one line.
fn is_part_of_line(entry: &Match<'_>) -> bool {
    entry.cut > 0 && !entry.text.ends_with(b"\n")
}

/// The lines of an entry's text, without terminators; at least one.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.split(|byte| *byte == b'\n').map(without_terminator)
}

/// A line without what ends it.
pub fn without_terminator(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn hash(text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(line: u64, text: &str) -> Match<'_> {
        Match { line, text: text.as_bytes(), ..Match::default() }
    }

    fn file(text: &str) -> SourceFile {
        SourceFile::from_bytes(text.as_bytes().to_vec())
    }

    #[test]
    fn an_untouched_line_is_where_it_was() {
        let file = file("one\ntwo\r\nthree");
        assert_eq!(file.line_count(), 3);
        assert_eq!(file.place(&entry(2, "two\n")), Place::Same, "terminators don't count");
        assert_eq!(file.place(&entry(3, "three")), Place::Same);
        assert_eq!(file.place(&entry(0, "")), Place::Same, "a whole file");
    }

    #[test]
    fn the_nearest_line_with_the_text_is_meant() {
        let file = file("x\na\nb\nx\nc\nd\nx\n");
        assert_eq!(file.place(&entry(6, "x")), Place::Moved { from: 6, to: 7 });
        assert_eq!(file.place(&entry(3, "x")), Place::Moved { from: 3, to: 4 });
        assert_eq!(file.place(&entry(2, "x")), Place::Moved { from: 2, to: 1 });
        assert_eq!(file.place(&entry(900, "x\n")), Place::Changed, "too far for so little");
        assert_eq!(file.place(&entry(2, "gone")), Place::Changed);
    }

    #[test]
    fn far_away_only_a_line_that_cannot_be_another_is_meant() {
        let text = "kmem_cache_alloc(a);\nreturn x;\n";
        let file = file(text);
        let far = Place::Moved { from: 900, to: 1 };
        assert_eq!(file.place(&entry(900, "kmem_cache_alloc(a);\n")), far);
        assert_eq!(file.place(&entry(900, "return x;\n")), Place::Moved { from: 900, to: 2 });
        let twice = super::SourceFile::from_bytes(text.repeat(2).into_bytes());
        assert_eq!(twice.place(&entry(900, "kmem_cache_alloc(a);\n")), Place::Changed);
        assert_eq!(
            twice.place(&entry(100, "kmem_cache_alloc(a);\n")),
            Place::Moved { from: 100, to: 3 }
        );
    }

    #[test]
    fn of_several_lines_the_kept_ones_count() {
        let file = file("new\nf(a,\n  b,\n  c)\n");
        let kept = Match { cut: 5, ..entry(1, "f(a,\n  b,\n") };
        assert_eq!(file.place(&kept), Place::Moved { from: 1, to: 2 });
    }

    #[test]
    fn only_regular_files_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        let error = SourceFile::read(&pipe).unwrap_err();
        assert_eq!(error.to_string(), "not a regular file");
        assert!(SourceFile::read(Path::new("/dev/zero")).is_err());
        assert!(SourceFile::read(folder.path()).is_err());
    }

    #[test]
    fn several_lines_move_together() {
        let file = file("f(a,\n  z)\n\nf(a,\n  b)\n");
        assert_eq!(file.place(&entry(1, "f(a,\n  b)\n")), Place::Moved { from: 1, to: 4 });
        assert_eq!(file.place(&entry(5, "  b)\nmore\n")), Place::Changed);
    }

    #[test]
    fn of_a_cut_line_the_kept_part_counts() {
        let file = file("new\nstart MIDDLE end\n");
        let mut kept = entry(1, "MIDDLE");
        kept.cut = "start  end\n".len() as u64;
        kept.skipped = "start ".len() as u64;
        assert_eq!(file.place(&kept), Place::Moved { from: 1, to: 2 });
        kept.cut += 1;
        assert_eq!(file.place(&kept), Place::Changed, "the line has another length now");
    }

    #[test]
    fn an_empty_file_has_no_lines() {
        let file = file("");
        assert_eq!((file.line_count(), file.line(0), file.line(1)), (0, None, None));
        assert_eq!(file.place(&entry(1, "x")), Place::Changed);
    }

    proptest! {
        #[test]
        fn a_line_that_moved_is_found_where_it_is(
            lines in prop::collection::vec("[ab]{0,2}", 1..30),
            at in 0usize..30,
            old in 1u64..40,
        ) {
            let text = &lines[at % lines.len()];
            let file = file(&format!("{}\n", lines.join("\n")));
            let nearest = (1..)
                .zip(&lines)
                .filter(|(_, line)| *line == text)
                .map(|(number, _): (u64, _)| number.abs_diff(old))
                .min();
            let found = match file.place(&entry(old, text)) {
                Place::Same => Some(0),
                Place::Moved { from, to } => {
                    let line = lines.get(usize::try_from(to - 1).unwrap());
                    prop_assert_eq!(line, Some(text));
                    Some(from.abs_diff(to))
                }
                Place::Changed => None,
            };
            prop_assert_eq!(found, nearest);
        }
    }
}
