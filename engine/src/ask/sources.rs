//! Files of a tree at hand while an answer is made.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use crate::Note;
use crate::code::{Code, in_parallel};
use crate::excerpt::{ByLine, Excerpt, WHOLE};
use crate::relocate::SourceFile;

/// Files whose text is kept at hand.
const AT_HAND: usize = 256;

/// The most files that are read at once, on all processors, where it is known which come next.
const AHEAD: usize = 64;

/// What was read of a file, and what is to be said if it could not be.
type Read = (Excerpt, Option<Note>);

/// The lines that are wanted of a file, by its path below the root.
type Part = (Vec<u8>, RangeInclusive<u64>);

/// Files of a tree, read once for many places in them.
#[derive(Default)]
pub struct Sources {
    read: HashMap<Vec<u8>, Read>,
    /// What will be asked for, in this order.
    expected: Vec<Part>,
    /// How much of it was read.
    begun: usize,
    /// Where those are read that come next, if another thread does.
    coming: Option<Receiver<Vec<Read>>>,
    /// Those that can't be read.
    pub notes: Vec<Note>,
}

impl Sources {
    /// The parts of files that places are in, each with its first and last line, in the order of the places.
    pub fn parts<'p>(places: impl Iterator<Item = (&'p [u8], u32, u32)>) -> Vec<Part> {
        let mut numbers: HashMap<&[u8], usize> = HashMap::new();
        let mut parts: Vec<Part> = Vec::new();
        for (path, first, last) in places {
            let (first, last) = (u64::from(first), u64::from(last));
            let number = *numbers.entry(path).or_insert(parts.len());
            match parts.get_mut(number) {
                Some((_, lines)) => *lines = first.min(*lines.start())..=last.max(*lines.end()),
                None => parts.push((path.to_vec(), first..=last)),
            }
        }
        parts
    }

    /// What `work` makes of parts of files that it asks for, each for the first time in the order of
    /// `expected`: others are read while it works with one.
    pub fn ahead<R>(
        &mut self,
        code: &Code,
        expected: Vec<Part>,
        work: impl FnOnce(&mut Sources) -> R,
    ) -> R {
        if expected.len() < AHEAD {
            (self.expected, self.begun) = (expected, 0);
            return work(self);
        }
        thread::scope(|scope| {
            let (ready, coming) = mpsc::sync_channel(1);
            let parts: Vec<Vec<Part>> = expected.chunks(AHEAD).map(<[_]>::to_vec).collect();
            scope.spawn(move || {
                // Nobody takes it where the work has ended early.
                parts.iter().all(|part| ready.send(read_all(code, part)).is_ok())
            });
            (self.expected, self.begun, self.coming) = (expected, 0, Some(coming));
            let made = work(self);
            self.coming = None;
            made
        })
    }

    /// The file at `path` below the tree's root; an empty one, with a note, when it can't be
    /// read.
    pub fn get(&mut self, code: &Code, path: &[u8]) -> &SourceFile {
        self.part(code, path, &WHOLE).text()
    }

    /// Where line `number` of the file at `path` begins in it, and its text with the terminator: an
    /// empty one where the file has no such line, or can't be read, which is noted.
    pub fn line(&mut self, code: &Code, path: &[u8], number: u64) -> (u64, &[u8]) {
        let excerpt = self.part(code, path, &(number..=number));
        (excerpt.offset(number), excerpt.line(number).unwrap_or_default())
    }

    /// Whether it has these lines of the file at `path`.
    pub fn has(&self, path: &[u8], lines: &RangeInclusive<u64>) -> bool {
        self.read.get(path).is_some_and(|(excerpt, _)| excerpt.covers(lines))
    }

    /// These lines of the file at `path`, if not more of it.
    pub(crate) fn part(
        &mut self,
        code: &Code,
        path: &[u8],
        lines: &RangeInclusive<u64>,
    ) -> &Excerpt {
        if !self.has(path, lines) {
            if self.read.len() >= AT_HAND {
                self.read.clear();
            }
            self.read_from(code, path, lines);
        }
        let (excerpt, note) = self.read.entry(path.to_vec()).or_default();
        self.notes.extend(note.take());
        excerpt
    }

    /// Reads these lines of the file at `path`, and what is expected after it.
    fn read_from(&mut self, code: &Code, path: &[u8], lines: &RangeInclusive<u64>) {
        let rest = self.expected.get(self.begun..).unwrap_or_default();
        if rest.first().is_some_and(|(expected, _)| expected == path) {
            let next = &rest[..rest.len().min(AHEAD)];
            let coming = self.coming.as_ref().and_then(|coming| coming.recv().ok());
            let read = coming.unwrap_or_else(|| read_all(code, next));
            self.read.extend(next.iter().map(|(path, _)| path.clone()).zip(read));
            self.begun += next.len();
        }
        if !self.has(path, lines) {
            // Others of its lines may be asked for, one after the other: it is not read for each.
            let read = match code.excerpt_at_hand(path, lines) {
                Some(excerpt) => (excerpt, None),
                None => read(code, &(path.to_vec(), WHOLE)),
            };
            self.read.insert(path.to_vec(), read);
        }
    }
}

/// Reads parts of files on all processors.
fn read_all(code: &Code, parts: &[Part]) -> Vec<Read> {
    in_parallel(parts, |part| read(code, part))
}

fn read(code: &Code, (path, lines): &Part) -> Read {
    match code.excerpt(path, lines) {
        Ok(excerpt) => (excerpt, None),
        Err(error) => (Excerpt::default(), Some(code.unreadable(path, &error))),
    }
}
