//! Some lines of a file that come one after the other: who shows a line of each of hundreds of files
//! need not keep the files.

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::answer::below;
use crate::relocate::SourceFile;

/// The lines of a whole file.
pub(crate) const WHOLE: RangeInclusive<u64> = 1..=u64::MAX;

/// What has lines: a file, or some of it.
pub trait ByLine {
    /// Line `number` of the file, from 1, with its terminator.
    fn line(&self, number: u64) -> Option<&[u8]>;
}

impl ByLine for SourceFile {
    fn line(&self, number: u64) -> Option<&[u8]> {
        SourceFile::line(self, number)
    }
}

/// Lines of a file as they were when it was read.
#[derive(Debug, Clone)]
pub(crate) struct Excerpt {
    /// Their numbers, of which the file may not have the last ones.
    lines: RangeInclusive<u64>,
    /// Where the first begins in the file.
    offset: u64,
    /// What they are.
    text: Arc<SourceFile>,
}

impl Default for Excerpt {
    fn default() -> Excerpt {
        Excerpt::whole(SourceFile::default())
    }
}

impl Excerpt {
    /// All of a file.
    pub(crate) fn whole(file: impl Into<Arc<SourceFile>>) -> Excerpt {
        Excerpt { lines: WHOLE, offset: 0, text: file.into() }
    }

    /// These lines of a file that has `bytes`.
    pub(crate) fn of(bytes: &[u8], lines: RangeInclusive<u64>) -> Excerpt {
        let lines = (*lines.start()).max(1)..=*lines.end();
        let start = below(bytes, 0, lines.start() - 1);
        let count = lines.end().saturating_sub(*lines.start()).saturating_add(1);
        let end = below(bytes, start, count);
        let text = SourceFile::from_bytes(bytes[start..end].to_vec());
        Excerpt { lines, offset: start as u64, text: Arc::new(text) }
    }

    /// Whether it has all that the file has of these lines.
    pub(crate) fn covers(&self, lines: &RangeInclusive<u64>) -> bool {
        *self.lines.start() <= (*lines.start()).max(1) && lines.end() <= self.lines.end()
    }

    /// What it has, which is the file where it covers that.
    pub(crate) fn text(&self) -> &Arc<SourceFile> {
        &self.text
    }

    /// Where line `number` begins in the file, if it is one of these; where the file ends, if it has
    /// less lines.
    pub(crate) fn offset(&self, number: u64) -> u64 {
        self.offset + self.text.before(self.inner(number).unwrap_or(1)).len() as u64
    }

    /// The number that a line has among these, from 1.
    fn inner(&self, number: u64) -> Option<u64> {
        number.checked_sub(self.lines.start() - 1).filter(|inner| *inner > 0)
    }
}

impl ByLine for Excerpt {
    fn line(&self, number: u64) -> Option<&[u8]> {
        self.text.line(self.inner(number)?)
    }
}

#[cfg(test)]
mod tests {
    use super::{ByLine, Excerpt, WHOLE};
    use crate::relocate::SourceFile;

    #[test]
    fn lines_of_a_part_are_those_of_the_whole_file() {
        for text in
            ["", "\n", "one", "one\ntwo\n", "one\n\nthree\nfour\nfive", "a\nb\nc\nd\ne\nf\n"]
        {
            let file = SourceFile::from_bytes(text.as_bytes().to_vec());
            for first in 0..8 {
                for last in first..8 {
                    let part = Excerpt::of(text.as_bytes(), first..=last);
                    assert!(part.covers(&(first..=last)));
                    assert!(!part.covers(&(first..=last + 1)) && !part.covers(&WHOLE));
                    for number in first..=last {
                        assert_eq!(part.line(number), file.line(number), "{text:?} {number}");
                        let before = file.before(number).len() as u64;
                        assert_eq!(part.offset(number), before, "{text:?} {number}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_whole_file_covers_each_part() {
        let whole = Excerpt::whole(SourceFile::from_bytes(b"one\ntwo\n".to_vec()));
        assert!(whole.covers(&WHOLE) && whole.covers(&(0..=9)));
        assert_eq!((whole.line(2), whole.offset(2), whole.offset(9)), (Some(&b"two\n"[..]), 4, 8));
    }
}
