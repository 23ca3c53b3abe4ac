//! Adds to a file's hits what is around them: the function's name (`-p`) and all its
//! lines (`-W`), as `git grep` shows them.

use super::function::{Extents, Functions, Rule};
use super::hits::FileHits;

/// A title is cut after this many characters.
const TITLE: usize = 80;

/// A function's line as a column shows it: on one line, with single blanks, and short.
fn title(line: &[u8]) -> String {
    // No more is looked at of a line than could be shown: four bytes a character,
    // and as much again for runs of blanks.
    let line = String::from_utf8_lossy(&line[..line.len().min(8 * TITLE)]);
    let mut words = line.split_whitespace();
    let mut title = words.next().unwrap_or_default().to_owned();
    for word in words {
        title.push(' ');
        title.push_str(word);
    }
    if let Some((at, _)) = title.char_indices().nth(TITLE) {
        title.truncate(at);
        title.push('…');
    }
    title
}

impl FileHits {
    /// Names the function around each hit, and makes the whole of it the hit's
    /// context. `text` is the whole file; the hits are not split into parts.
    pub(super) fn add_functions(&mut self, text: &[u8], names: bool, whole: bool) {
        let rule = Rule::for_path(&self.file.path);
        let lines = self.lines();
        if names {
            let mut functions = Functions::new(text, rule);
            for (hit, (line, _)) in lines.iter().enumerate() {
                let found = functions.enclosing(*line).map_or(&b""[..], |(_, title)| title);
                self.name_function(hit, &title(found));
            }
        }
        if whole {
            self.add_whole(text, rule, &lines);
        }
    }

    fn add_whole(&mut self, text: &[u8], rule: Rule, lines: &[(u64, u64)]) {
        let mut numbered = Vec::new();
        let mut offset = 0;
        for (number, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
            numbered.push((number, offset, line));
            offset += line.len() as u64;
        }
        // Lines `from..=to`, as far as there are any.
        let slice = |from: u64, to: u64| {
            let from = (from.max(1) - 1) as usize;
            let to = (to as usize).min(numbered.len());
            numbered[from.min(to)..to].iter().copied()
        };
        let extents = Extents::new(text, rule);
        let mut shown_to = 0;
        let mut function = 0..=0;
        for (hit, (first, last)) in lines.iter().copied().enumerate() {
            if !function.contains(&first) {
                function = extents.of(first);
            }
            let start = (*function.start()).min(first).max(shown_to + 1);
            let end = match lines.get(hit + 1) {
                // What lies between two hits in one function stands before the second.
                Some((next, _)) if function.contains(next) => last,
                _ => (*function.end()).max(last),
            };
            let gap = shown_to > 0 && start > shown_to + 1;
            let before = slice(start, first.saturating_sub(1));
            self.set_context(hit, before, slice(last + 1, end), gap);
            shown_to = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_short_and_have_single_blanks() {
        assert_eq!(title(b"static int\t  open_it(int a) "), "static int open_it(int a)");
        let long = title("é".repeat(1_000_000).as_bytes());
        assert_eq!(long, "é".repeat(80) + "…");
        assert_eq!(title(b""), "");
    }
}
