//! Which entries of a difference a pattern is about: `--in added|removed|context|message`.
//!
//! The pattern itself is the command's, made by the search libraries; here it is only
//! asked line by line.

use super::model::{Entry, Line, Origin, file_lines};
use serde::{Deserialize, Serialize};

/// Where a pattern is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Within {
    /// In added and removed lines.
    #[default]
    Changes,
    /// In added lines.
    Added,
    /// In removed lines.
    Removed,
    /// In the unchanged lines around them.
    Context,
    /// In the patch's message.
    Message,
    /// In all of these, and in file names.
    Any,
}

/// A line that matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit<'a> {
    /// A line of the hunk.
    Line(Line<'a>),
    /// A line of the patch's message, with its number in the patch file.
    Message(u32, &'a [u8]),
    /// The file's name.
    Name(&'a [u8]),
}

/// The lines of an entry that match, top to bottom. `is_match` gets a line without its
/// ending.
pub fn hits<'a>(
    entry: &Entry<'a>,
    within: Within,
    mut is_match: impl FnMut(&[u8]) -> bool,
) -> Vec<Hit<'a>> {
    let mut hits = Vec::new();
    if let Some(patch) = entry.patch.filter(|_| matches!(within, Within::Message | Within::Any)) {
        for (number, line) in (patch.line..).zip(file_lines(&patch.message)) {
            if is_match(line.trim_ascii_end()) {
                hits.push(Hit::Message(number, line));
            }
        }
    }
    if within == Within::Any && is_match(entry.file.name()) {
        hits.push(Hit::Name(entry.file.name()));
    }
    let wanted = |origin| match within {
        Within::Changes => origin != Origin::Context,
        Within::Added => origin == Origin::Added,
        Within::Removed => origin == Origin::Removed,
        Within::Context => origin == Origin::Context,
        Within::Message => false,
        Within::Any => true,
    };
    let lines = entry.hunk.into_iter().flat_map(super::model::Hunk::lines);
    for line in lines.filter(|line| wanted(line.origin)) {
        let text = line.text.strip_suffix(b"\n").unwrap_or(line.text);
        if is_match(text.strip_suffix(b"\r").unwrap_or(text)) {
            hits.push(Hit::Line(line));
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::model::DiffSet;
    use crate::diff::parse;
    use std::path::Path;

    #[test]
    fn each_place_has_its_lines() {
        let text = b"auto: the subject\n\n--- a/auto.c\n+++ b/auto.c\n@@ -1,2 +1,2 @@\n \
            auto ctx\n-auto old\n+auto new\n";
        let mut set = DiffSet::default();
        parse::read(&mut set, text, b"", Path::new("x"));
        let entry = set.entries().next().unwrap();
        let count = |within| hits(&entry, within, |line| line.starts_with(b"auto")).len();
        let all = [Within::Changes, Within::Added, Within::Removed, Within::Context];
        assert_eq!(all.map(count), [2, 1, 1, 1]);
        assert_eq!([Within::Message, Within::Any].map(count), [1, 5]);
        let ends = hits(&entry, Within::Added, |line| line.ends_with(b"new"));
        let [Hit::Line(line)] = ends.as_slice() else { panic!("{ends:?}") };
        assert_eq!((line.new, line.text), (2, &b"auto new\n"[..]));
    }
}
