//! Basic regular expressions (`-G`, grep's own), written as the extended ones that the
//! regex library reads.
//!
//! The rules are those of POSIX with GNU's additions: a backslash makes an operator of
//! `( ) { } | + ?`, which are text without it; `*` is text where nothing is before it, `^`
//! and `$` are text except at an end.

/// The extended expression that means the same as the basic one.
pub(super) fn to_extended(basic: &str) -> String {
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
            '[' => bracket(&mut rest, &mut out),
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
    out
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
/// library has escapes and operators of its own.
fn bracket(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) {
    out.push('[');
    out.extend(rest.next_if_eq(&'^'));
    let mut first = true;
    while let Some(letter) = rest.next() {
        match letter {
            ']' if !first => {
                out.push(']');
                return;
            }
            '[' if rest.peek() == Some(&':') => {
                out.push('[');
                for letter in rest.by_ref() {
                    out.push(letter);
                    if letter == ']' {
                        break;
                    }
                }
            }
            ']' | '[' | '\\' | '&' | '~' => out.extend(['\\', letter]),
            letter => out.push(letter),
        }
        first = false;
    }
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
        ] {
            assert_eq!(to_extended(basic), extended, "{basic}");
        }
    }

    #[test]
    fn any_text_is_answered() {
        for basic in ["[", "[^", "[[:", "[]", "\\(", "[a"] {
            let _ = to_extended(basic);
        }
    }
}
