//! The comment above a definition, which belongs to it for a reader.

use crate::relocate::SourceFile;

/// More lines are no comment on what is below.
const MOST: u64 = 300;

/// The first line of what is told of the definition that begins on line `first`: of the comment
/// right above it, if there is one.
pub fn documented(source: &SourceFile, first: u64) -> u64 {
    let text = |line: u64| source.line(line).unwrap_or_default().trim_ascii();
    let above = first.saturating_sub(1);
    if !text(above).ends_with(b"*/") {
        let is_comment = |line: &u64| text(*line).starts_with(b"//");
        return (1..first).rev().take_while(is_comment).last().unwrap_or(first);
    }
    let lowest = above.saturating_sub(MOST).max(1);
    let begins = (lowest..=above).rev().find(|line| text(*line).starts_with(b"/*"));
    begins.unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_right_above_belongs_to_what_is_below() {
        let text =
            b"int x; /* a */\n/**\n * f - does\n */\nint f(void)\n{\n}\n\n// g\n// is\nint g;\n";
        let source = SourceFile::from_bytes(text.to_vec());
        assert_eq!(documented(&source, 5), 2);
        assert_eq!(documented(&source, 11), 9);
        assert_eq!(documented(&source, 6), 6);
        assert_eq!(documented(&source, 2), 2);
        assert_eq!(documented(&source, 1), 1);
    }
}
