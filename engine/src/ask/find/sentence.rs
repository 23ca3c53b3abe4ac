//! The sentence of a definition's comment that has most of the words that were asked for:
//! the line with its name says seldom why it was found.

use kgrep_index::catalog::{Found, Marks};

use crate::relocate::SourceFile;

/// The most characters of a sentence; a longer one is cut.
const LONGEST: usize = 240;

/// The sentence, in one line; empty where none has a word that the line itself lacks.
pub(super) fn of(found: &Found, line: u32, source: &SourceFile, marks: &Marks) -> String {
    if found.kind.class() != "symbol" {
        return String::new();
    }
    let own = source.line(u64::from(line)).map(String::from_utf8_lossy).unwrap_or_default();
    let comment: Vec<String> = (found.extent.0..line)
        .filter_map(|line| source.line(u64::from(line)))
        .map(|line| bare(&String::from_utf8_lossy(line)).to_owned())
        .collect();
    let mut best: (usize, &str) = (0, "");
    let text = comment.join("\n");
    for sentence in sentences(&text) {
        let count = marks.count(sentence);
        if count > best.0 {
            best = (count, sentence);
        }
    }
    if best.0 == 0 || best.0 <= marks.count(&own) && best.1.len() < own.trim().len() / 2 {
        return String::new();
    }
    // Kernel-doc begins with the name, which stands before it already.
    let own_name = found.kind.bare_name(&found.name);
    let said = best.1.trim_start().strip_prefix(own_name).unwrap_or(best.1);
    let said = said.trim_start_matches("()").trim_start_matches([' ', '-', ':']);
    let mut sentence = said.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = sentence.char_indices().nth(LONGEST) {
        sentence.truncate(end);
        sentence.push('…');
    }
    sentence
}

/// A comment's line without what makes it one.
fn bare(line: &str) -> &str {
    let line = line.trim().trim_start_matches("/**").trim_start_matches("/*");
    line.trim_end_matches("*/").trim_start_matches(['*', '/']).trim()
}

/// The sentences of a text: each ends with a full stop before a blank, or an empty line.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let paragraphs = text.split("\n\n").flat_map(|paragraph| paragraph.split("\n@"));
    paragraphs.flat_map(|paragraph| {
        paragraph.split_inclusive(". ").flat_map(|part| part.split_inclusive(".\n"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_split_into_sentences() {
        let text = "kills a process. Then it\nwaits.\n\nReturns 0";
        let found: Vec<&str> = sentences(text).map(str::trim).collect();
        assert_eq!(found, ["kills a process.", "Then it\nwaits.", "Returns 0"]);
        let text = "f - kills\n@a: whom\n@b: why";
        assert_eq!(sentences(text).collect::<Vec<_>>(), ["f - kills", "a: whom", "b: why"]);
        assert_eq!(bare(" * kills a process */"), "kills a process");
        assert_eq!(bare("/** one line */"), "one line");
    }
}
