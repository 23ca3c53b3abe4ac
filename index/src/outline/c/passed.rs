//! Where a file is read for one name, functions' bodies and tables that don't have it are passed over:
//! most of the text is in them, and nothing in them is asked for. So are bodies in which it is nothing but
//! a local or a member, where only the name's uses are asked for.
//!
//! Only what tells by its lines where it ends is passed over: what a brace in column 0 ends, without
//! directives, code in column 0, or a comment that might hold that brace. All others are read.

use crate::lex::{Token, places_of_word};

use super::Reader;

impl Reader<'_> {
    /// Goes on at the end of the function's body that `brace` begins, if the name that is asked about
    /// isn't in it.
    pub(super) fn pass_over_body(&mut self, brace: Token) {
        if self.in_column_0(brace) {
            self.pass_over(|behind| behind != Some(b';'));
        }
    }

    /// Goes on at the end of the variable's value that was just begun, likewise.
    pub(super) fn pass_over_value(&mut self) {
        self.pass_over(|behind| behind == Some(b';'));
    }

    /// Goes on at the closing brace behind which is what `ends` holds for.
    fn pass_over(&mut self, ends: impl Fn(Option<u8>) -> bool) {
        let Some(name) = self.about.as_ref().map(|about| about.name) else { return };
        let (start, line) = self.lexer.position();
        let inside = self.bytes.get(start..).and_then(|rest| plain_inside(rest, ends));
        let Some(inside) = inside else { return };
        if places_of_word(inside, name).next().is_some() {
            let Some(lines) = self.lines_of_local(inside, line) else { return };
            self.about.iter_mut().for_each(|about| about.lines.extend(&lines));
        }
        let lines = memchr::memchr_iter(b'\n', inside).count() as u32;
        self.lexer.resume_at(start + inside.len(), line + lines);
    }
}

/// What `rest`, which begins behind a `{`, has up to the `}` in column 0 that closes it, behind which is
/// what `ends` holds for; none where only reading tells which one that is.
fn plain_inside(rest: &[u8], ends: impl Fn(Option<u8>) -> bool) -> Option<&[u8]> {
    let mut at = 0;
    loop {
        if rest.get(at) != Some(&b'\n') {
            return None;
        }
        let line = &rest[at + 1..];
        if line.first() == Some(&b'}') {
            break;
        }
        let length = memchr::memchr(b'\n', line)?;
        if !is_inside(&line[..length]) {
            return None;
        }
        at += 1 + length;
    }
    let (inside, end) = (&rest[..at + 1], &rest[at + 1..]);
    let goes_on = !ends(end.get(1).copied()) || at > 0 && rest[at - 1] == b'\\';
    (!goes_on && !is_in_comment(inside)).then_some(inside)
}

/// Whether a line can only be inside of a body, and is no directive.
fn is_inside(line: &[u8]) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    match line.first() {
        None | Some(b'\r') => true,
        Some(b' ' | b'\t') => line.trim_ascii_start().first() != Some(&b'#'),
        Some(byte) if is_word(byte) => {
            let word = line.iter().take_while(|byte| is_word(byte)).count();
            line[word..].trim_ascii_start().first() == Some(&b':')
        }
        // A comment, or a part of one.
        Some(byte) => matches!(byte, b'/' | b'*'),
    }
}

/// Whether a text may end within a comment.
fn is_in_comment(text: &[u8]) -> bool {
    let Some(open) = memchr::memmem::rfind(text, b"/*") else { return false };
    memchr::memmem::rfind(text, b"*/").is_none_or(|close| close < open + 2)
}

#[cfg(test)]
mod tests {
    use super::plain_inside;
    use crate::idiom::Idioms;
    use crate::outline::{Definition, Owner, mentions, outline};

    #[test]
    fn a_body_ends_where_its_lines_say_so() {
        let ends = |behind| behind != Some(b';');
        let body = |text: &str| plain_inside(text.as_bytes(), ends).map(<[u8]>::len);
        assert_eq!(body("\n\treturn 1;\n}\nint x;\n"), Some(12));
        assert_eq!(body("\n\tgoto out;\nout:\n\treturn;\n}\n"), Some(26));
        assert_eq!(body("\n\t/* } */\n/* a */\n}\n"), Some(18));
        for text in [
            " return 1; }\n",
            "\n\tf();\n",
            "\n#if 1\n}\n",
            "\n\t# define A\n}\n",
            "\nf();\n}\n",
            "\n\t/* here:\n}\n*/\n}\n",
            "\n\tputs(\"\\\n}\");\n}\n",
            "\n\tint a[] = {\n};\n}\n",
            "\n\t/*/\n}\n*/\n}\n",
            "",
        ] {
            assert_eq!(body(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_passed_over_changes_no_answer() {
        let (idioms, name) = (Idioms::built_in(), b"watts");
        let other = "static int other(int a)\n{\n\tif (a)\n\t\treturn 1;\nout:\n\treturn 2;\n}\n\n";
        let texts = [
            "int f(struct lamp *l)\n{\n\treturn l->watts;\n}\n",
            "int f(void)\n{\n#ifdef A\n\treturn 1;\n}\n#else\n\treturn watts;\n}\n#endif\n",
            "int f(void)\n{\n\t/* watts\n}\n*/\n\treturn watts;\n}\n",
            "int f(int watts)\n{\n\treturn 1;\n}\n",
            "int f(void) { return 1; }\nint watts(void)\n{\n\treturn f();\n}\n",
        ];
        for text in texts {
            let text = [other, text, other].concat();
            let whole = outline(b"a.c", text.as_bytes(), &idioms);
            let about = mentions(b"a.c", text.as_bytes(), &idioms, name);
            let own = text.lines().zip(1..).filter(|(line, _)| line.contains("watts"));
            let own: Vec<u32> = own.map(|(_, number)| number).collect();
            // Of what doesn't have the name, nothing is told.
            let extents = |found: &crate::outline::FileOutline| -> Vec<_> {
                let has =
                    |d: &&Definition| own.iter().any(|line| (d.first..=d.last).contains(line));
                let named = found.definitions.iter().filter(has);
                named.map(|d| (found.name(d.name).to_vec(), d.kind, d.first, d.last)).collect()
            };
            assert_eq!(extents(&about.outline), extents(&whole), "{text}");
            assert_eq!(extents(&about.outline).len(), about.outline.definitions.len(), "{text}");
            assert!(about.lines.iter().all(|line| own.contains(line)), "{text}");
            assert!(!about.lines.is_empty(), "{text}");
        }
    }

    #[test]
    fn a_value_ends_where_its_lines_say_so() {
        let ends = |behind| behind == Some(b';');
        let value = |text: &str| plain_inside(text.as_bytes(), ends).map(<[u8]>::len);
        assert_eq!(value("\n\t.a = 1,\n};\n"), Some(10));
        for text in [
            "\n\t.a = 1,\n}, b = {\n};\n",
            "\n\t.a = 1,\n}\n",
            "\n#if 1\n};\n",
            " 1 };\n",
            "\n{ 1 },\n};\n",
        ] {
            assert_eq!(value(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_behind_a_value_that_is_passed_over_is_read() {
        let table =
            "static struct lamp lamps[] = {\n\t{ .volts = 1 },\n\t{ .volts = other },\n};\n";
        let code = "int f(int at)\n{\n\tlamps[at].watts = 1;\n\treturn 0;\n}\n";
        let own = "static struct lamp own = {\n\t.watts = 1,\n};\n";
        let text = [table, code, own].concat();
        let about = mentions(b"a.c", text.as_bytes(), &Idioms::built_in(), b"watts");
        let tag = |tag: &[u8]| Owner::Struct(tag.to_vec());
        let accesses: Vec<_> = about.accesses.iter().map(|a| (a.line, a.owner.clone())).collect();
        assert_eq!(accesses, [(7, tag(b"lamp")), (11, tag(b"lamp"))]);
        let found = &about.outline.definitions;
        let found: Vec<_> =
            found.iter().map(|d| (about.outline.name(d.name), d.first, d.last)).collect();
        let expected: [(&[u8], u32, u32); 3] = [(b"lamps", 1, 4), (b"f", 5, 9), (b"own", 10, 12)];
        assert_eq!(found, expected);
    }
}
