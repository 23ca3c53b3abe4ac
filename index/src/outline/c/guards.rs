//! The conditions around some lines of a file, told from its preprocessor's lines alone: what a
//! definition's guard says, where nothing else of its file is needed.

use super::Depth;
use super::conditions::Conditions;
use super::directive::condition_text;
use crate::lex::Directives;

/// The `#if`s around each of `lines`, as one condition; empty where there are none.
pub(in crate::outline) fn guards(bytes: &[u8], lines: &[u32]) -> Vec<Vec<u8>> {
    let mut wanted: Vec<(u32, usize)> = lines.iter().copied().zip(0..).collect();
    wanted.sort_unstable();
    let mut wanted = wanted.into_iter().peekable();
    let mut found = vec![Vec::new(); lines.len()];
    let mut conditions = Conditions::default();
    let mut directives = Directives::new(bytes);
    let mut is_first = true;
    let none = Depth::default();
    while let Some((word, rest)) = directives.next() {
        let line = directives.line();
        while let Some((_, at)) = wanted.next_if(|(wanted, _)| *wanted <= line) {
            found[at] = conditions.text();
        }
        if wanted.peek().is_none() {
            return found;
        }
        match word {
            b"if" | b"ifdef" | b"ifndef" => conditions.open(condition_text(word, rest), none),
            b"elif" | b"elifdef" | b"elifndef" | b"else" => {
                let text = Some(condition_text(word, rest)).filter(|text| !text.is_empty());
                conditions.turn(text.as_deref(), none, false);
            }
            b"endif" => drop(conditions.close(none)),
            b"define" if is_first => {
                let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
                let end = rest.iter().position(|b| !is_name(b)).unwrap_or(rest.len());
                if conditions.last_is_absence_of(&rest[..end]) {
                    conditions.mark_include_guard();
                }
                is_first = false;
            }
            _ => {}
        }
    }
    wanted.for_each(|(_, at)| found[at] = conditions.text());
    found
}

#[cfg(test)]
mod tests {
    use super::guards;

    #[test]
    fn guards_are_those_of_the_arms_around() {
        let text =
            b"#ifndef H\n#define H\nint a;\n#ifdef CONFIG_A\n#define FOO() \\\n  bar()\nint b;\n\
            #elif defined(CONFIG_B) || C\nint c;\n#else\nint d;\n#endif\nint e;\n#endif\n";
        let told = guards(text, &[3, 5, 6, 9, 11, 13, 99, 1]);
        let told: Vec<String> =
            told.into_iter().map(|guard| String::from_utf8(guard).unwrap()).collect();
        let expected = [
            "",
            "defined(CONFIG_A)",
            "defined(CONFIG_A)",
            "(!defined(CONFIG_A) && (defined(CONFIG_B) || C))",
            "(!defined(CONFIG_A) && !(!defined(CONFIG_A) && (defined(CONFIG_B) || C)))",
            "",
            "",
            "",
        ];
        assert_eq!(told, expected);
    }
}
