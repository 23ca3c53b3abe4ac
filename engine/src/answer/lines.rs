//! The lines of rows' places, cut out of their files while those are at hand: who shows the rows need
//! not read the files again.

/// Where line ends are counted at once.
const BLOCK: usize = 1024;

/// The lines of some rows' places, one for each, as their files are now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    text: Vec<u8>,
    places: Vec<Place>,
}

/// Where a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// In its file, in bytes.
    offset: usize,
    /// Where its text ends in that of all.
    end: usize,
}

impl Lines {
    /// The line of the row at `at`: where it begins in its file, and its text with the line end. Of a
    /// file that can't be read, and of a line that it doesn't have, the text is empty.
    pub fn get(&self, at: usize) -> Option<(u64, &[u8])> {
        let place = self.places.get(at)?;
        let start = match at.checked_sub(1) {
            Some(before) => self.places.get(before)?.end,
            None => 0,
        };
        Some((place.offset as u64, self.text.get(start..place.end)?))
    }

    /// Adds the lines of a file that has `bytes`, by their numbers from 1. In their order it is read
    /// once.
    pub(crate) fn add(&mut self, bytes: &[u8], numbers: impl Iterator<Item = u32>) {
        self.add_at(bytes, numbers.map(|number| (number, None)));
    }

    /// The same, of lines of which a place may be known, so that nothing need be counted.
    pub(crate) fn add_at(
        &mut self,
        bytes: &[u8],
        places: impl Iterator<Item = (u32, Option<usize>)>,
    ) {
        let (mut line, mut at) = (1, 0);
        for (number, place) in places {
            let before = place.and_then(|place| bytes.get(..place));
            if let Some(before) = before {
                at = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
            } else {
                if number < line {
                    (line, at) = (1, 0);
                }
                at = below(bytes, at, number.saturating_sub(line).into());
            }
            line = number.max(1);
            let rest = bytes.get(at..).filter(|_| number > 0).unwrap_or_default();
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            self.text.extend_from_slice(&rest[..end]);
            self.places.push(Place { offset: at, end: self.text.len() });
        }
    }

    /// Adds so many lines of a file that can't be read.
    pub(crate) fn add_unread(&mut self, count: usize) {
        let place = Place { offset: 0, end: self.text.len() };
        self.places.extend(std::iter::repeat_n(place, count));
    }

    /// Those of the rows whose places `is_kept` holds for.
    pub(crate) fn only(&self, is_kept: impl Fn(usize) -> bool) -> Lines {
        let mut kept = Lines::default();
        for at in (0..self.places.len()).filter(|at| is_kept(*at)) {
            if let Some((offset, text)) = self.get(at) {
                kept.text.extend_from_slice(text);
                kept.places.push(Place { offset: offset as usize, end: kept.text.len() });
            }
        }
        kept
    }
}

/// Where the line begins that is `count` lines below the one that begins at `at`; the end of the
/// text if it has no such line.
pub(crate) fn below(bytes: &[u8], mut at: usize, mut count: u64) -> usize {
    while count > 0 {
        let rest = bytes.get(at..).unwrap_or_default();
        let block = rest.get(..BLOCK).unwrap_or(rest);
        let ends = memchr::memchr_iter(b'\n', block).count() as u64;
        if ends >= count {
            let last = memchr::memchr_iter(b'\n', block).nth(count as usize - 1);
            return last.map_or(bytes.len(), |end| at + end + 1);
        }
        if block.is_empty() {
            return bytes.len();
        }
        (at, count) = (at + block.len(), count - ends);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Lines};
    use crate::relocate::SourceFile;

    /// The lines, and what is before each, as they are cut out of the whole file.
    fn whole(bytes: &[u8], numbers: &[u32]) -> Vec<(u64, Vec<u8>)> {
        let source = SourceFile::from_bytes(bytes.to_vec());
        let line = |number: &u32| {
            let text = source.line(u64::from(*number)).unwrap_or_default().to_vec();
            (source.before(u64::from(*number)).len() as u64, text)
        };
        numbers.iter().map(line).collect()
    }

    fn contents(lines: &Lines) -> Vec<(u64, Vec<u8>)> {
        let all = (0..).map_while(|at| lines.get(at));
        all.map(|(offset, text)| (offset, text.to_vec())).collect()
    }

    #[test]
    fn lines_are_those_of_the_whole_file() {
        let long: String = (0..400).map(|n| format!("{}\n", "x".repeat(n % 23))).collect();
        let tail = format!("{long}{}", "y".repeat(3 * BLOCK));
        for text in ["", "\n", "a", "a\nb", "a\nb\n\n", &long, &tail] {
            let numbers = [1, 1, 2, 3, 7, 390, 390, 401, 402, 9000, 2, 1, 0];
            let mut lines = Lines::default();
            lines.add(text.as_bytes(), numbers.into_iter());
            assert_eq!(contents(&lines), whole(text.as_bytes(), &numbers), "{text:?}");
        }
    }

    #[test]
    fn lines_whose_places_are_known_are_the_same() {
        let text = "a dev\n\n  dev\nb\nc dev d";
        let places =
            [(1, Some(2)), (3, Some(9)), (4, None), (5, Some(17)), (3, None), (3, Some(7))];
        let mut lines = Lines::default();
        lines.add_at(text.as_bytes(), places.into_iter());
        assert_eq!(contents(&lines), whole(text.as_bytes(), &[1, 3, 4, 5, 3, 3]));
    }

    #[test]
    fn lines_of_several_files_stand_one_after_the_other() {
        let mut all = Lines::default();
        all.add(b"a\nb\n", [2].into_iter());
        all.add_unread(2);
        all.add(b"c\n\nd", [1, 3].into_iter());
        let expected: [(u64, &[u8]); 5] = [(2, b"b\n"), (0, b""), (0, b""), (0, b"c\n"), (3, b"d")];
        let expected = expected.map(|(at, text)| (at, text.to_vec()));
        assert_eq!(contents(&all), expected);
        assert_eq!(
            contents(&all.only(|at| at != 3))[..],
            [&expected[..3], &expected[4..]].concat()
        );
        assert_eq!(Lines::default().get(0), None);
    }
}
