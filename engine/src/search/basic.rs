//! Basic regular expressions (`-G`, grep's own), written as the extended ones that the
//! regex library reads.
//!
//! The rules are those of POSIX with GNU's additions: a backslash makes an operator of
//! `( ) { } | + ?`, which are text without it; `*` is text where nothing is before it, `^`
//! and `$` are text except at an end. Elements of several letters (`[[.space.]]`) belong to
//! locales, of which kgrep has none.

use std::iter::Peekable;
use std::str::Chars;

use crate::{Error, Result};

/// The extended expression that means the same as the basic one.
///
/// # Errors
/// If a bracket expression has an element of several letters.
pub(super) fn to_extended(basic: &str) -> Result<String> {
    let mut out = String::new();
    let mut rest = basic.chars().peekable();
    // True where an expression begins: at the very start, and behind `\(` and `\|`.
    let mut begins = true;
    while let Some(letter) = rest.next() {
        let was_begin = std::mem::replace(&mut begins, false);
        match letter {
            '\\' => match rest.next() {
                Some(operator @ ('(' | '|')) => {
                    out.push(operator);
                    begins = true;
                }
                Some(operator @ (')' | '{' | '}' | '+' | '?')) => out.push(operator),
                Some(escaped) => out.extend(['\\', escaped]),
                None => out.push('\\'),
            },
            '[' => bracket(&mut rest, &mut out).ok_or_else(|| {
                let what = "only one letter can stand in `[. .]` and `[= =]`";
                Error::Pattern(format!("{basic}: {what}"))
            })?,
            '(' | ')' | '{' | '}' | '|' | '+' | '?' => out.extend(['\\', letter]),
            '*' if was_begin => out.push_str("\\*"),
            '^' if was_begin => {
                out.push('^');
                begins = true;
            }
            '^' => out.push_str("\\^"),
            '$' if !ends(rest.clone()) => out.push_str("\\$"),
            letter => out.push(letter),
        }
    }
    Ok(out)
}

/// Whether an expression ends here: at the very end, or before `\)` and `\|`.
fn ends(mut rest: impl Iterator<Item = char>) -> bool {
    match rest.next() {
        None => true,
        Some('\\') => matches!(rest.next(), Some(')' | '|')),
        Some(_) => false,
    }
}

/// Copies a bracket expression, in which a basic expression has no escapes and the regex
/// library has escapes and operators of its own; none where it has what can't be said there.
fn bracket(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    out.push('[');
    out.extend(rest.next_if_eq(&'^'));
    let mut first = true;
    while let Some(letter) = rest.next() {
        if letter == ']' && !first {
            out.push(']');
            return Some(());
        }
        first = false;
        if letter == '[' && rest.peek() == Some(&':') {
            out.push('[');
            for letter in rest.by_ref() {
                out.push(letter);
                if letter == ']' {
                    break;
                }
            }
            continue;
        }
        push_letter(element(letter, rest)?, out);
        // A dash is a range's but at the end: `[+--]` is one, too.
        let mut ahead = rest.clone();
        if ahead.next() == Some('-') && ahead.next().is_some_and(|end| end != ']') {
            rest.next();
            let end = rest.next()?;
            out.push('-');
            push_letter(element(end, rest)?, out);
        }
    }
    Some(())
}

/// The letter that an element of a bracket expression stands for, which begins with `letter`:
/// itself, or `[.x.]` or `[=x=]`.
fn element(letter: char, rest: &mut Peekable<Chars<'_>>) -> Option<char> {
    let Some(mark) = rest.peek().copied().filter(|mark| letter == '[' && ".=".contains(*mark))
    else {
        return Some(letter);
    };
    rest.next();
    let only = rest.next()?;
    (rest.next()? == mark && rest.next()? == ']').then_some(only)
}

/// Writes a letter of a bracket expression as the regex library takes it for itself.
fn push_letter(letter: char, out: &mut String) {
    if "[]\\&~-^".contains(letter) {
        out.push('\\');
    }
    out.push(letter);
}

#[cfg(test)]
mod tests {
    use super::to_extended;

    #[test]
    fn operators_and_text_change_places() {
        for (basic, extended) in [
            ("foo\\|bar", "foo|bar"),
            ("kmalloc(", "kmalloc\\("),
            ("\\(a\\|b\\)\\{2\\}", "(a|b){2}"),
            ("a+b?{1}|c", "a\\+b\\?\\{1\\}\\|c"),
            ("ab*", "ab*"),
            ("*ptr", "\\*ptr"),
            ("^*ptr", "^\\*ptr"),
            ("\\(*p\\)", "(\\*p)"),
            ("a^b$c", "a\\^b\\$c"),
            ("^a$\\|^b$", "^a$|^b$"),
            ("\\<kfree\\>\\.", "\\<kfree\\>\\."),
            ("[]a\\[&&]", "[\\]a\\\\\\[\\&\\&]"),
            ("[^[:space:](]*", "[^[:space:](]*"),
            ("\\", "\\"),
            ("[+--]", "[+-\\-]"),
            ("[a-f-]", "[a-f\\-]"),
            ("[-a--]", "[\\-a-\\-]"),
            ("[!--0^]", "[!-\\-0\\^]"),
            ("[]-a]", "[\\]-a]"),
            ("[%--%&&a]", "[%-\\-%\\&\\&a]"),
            ("[[.-.]a[=b=]]", "[\\-ab]"),
            ("[[.a.]-[.f.]]", "[a-f]"),
        ] {
            assert_eq!(to_extended(basic).unwrap(), extended, "{basic}");
        }
    }

    #[test]
    fn any_text_is_answered() {
        for basic in ["[", "[^", "[[:", "[]", "\\(", "[a", "[[.", "[[.a", "[[.a.", "[a-"] {
            let _ = to_extended(basic);
        }
        assert!(to_extended("[[.space.]]").is_err());
    }
}
