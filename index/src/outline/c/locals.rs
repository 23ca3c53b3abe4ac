//! Tells of a function's body, by its text, that a name is nothing but a parameter, a local or a member
//! in it. Then nothing in there uses the name, and only the lines are of interest that it stands on.
//!
//! Whatever might be something else is left to a reading of the body: a call, what macros make of the
//! name, a declaration that isn't plain.

use crate::lex::{CodePlace, TokenKind, places_in_code, places_of_word};

use super::Reader;
use super::head::Shape;
use super::words::{Word, word};

/// A statement before a place has no more lines.
const LINES: usize = 16;

impl Reader<'_> {
    /// The lines of a body, whose text `inside` begins on line `first` of the file, that the name stands
    /// on; none where that it is used there can't be ruled out.
    pub(super) fn lines_of_local(&self, inside: &[u8], first: u32) -> Option<Vec<u32>> {
        let about = self.about.as_ref().filter(|about| about.only_global)?;
        let name = about.name;
        let is_plain = word(name) == Word::Name
            && !name.starts_with(b"__")
            && !self.idioms.is_callback(name)
            && memchr::memmem::find(inside, b"//").is_none()
            && is_balanced(inside);
        let mut is_local = is_plain.then(|| self.has_parameter(name))??;
        let places = places_in_code(inside, name)?;
        for place in &places {
            let end = place.at + name.len();
            let (before, behind) = (inside[..place.at].trim_ascii_end(), &inside[end..]);
            let behind = behind.trim_ascii_start();
            if is_unclear(before, behind) {
                return None;
            }
            let start = statement(inside, place.at)?;
            if before.ends_with(b"->") || before.ends_with(b".") {
                let text = &inside[start..place.at];
                if is_called(behind) || is_copied(text, behind) || is_origin(inside, text, behind) {
                    return None;
                }
            } else if !is_local {
                is_local = declares(inside, place, behind);
                is_local.then_some(())?;
            }
            if self.has_macro(&inside[start..place.at], name) {
                return None;
            }
        }
        Some(places.into_iter().map(|place| first + place.line - 1).collect())
    }

    /// Whether the function that begins has a parameter of that name; none where its head says no such
    /// thing, or it has that name itself.
    fn has_parameter(&self, name: &[u8]) -> Option<bool> {
        let item = &self.item;
        let Some((_, Shape::Function { name: own, params, typed: true })) = item.body else {
            return None;
        };
        let makes_name = item.groups.iter().any(|group| group.open == params.close + 1);
        if makes_name || item.tokens.get(own)?.text(self.bytes) == name {
            return None;
        }
        let (mut depth, mut is_plain) = (0_u32, true);
        let tokens = item.inside(params);
        for (at, token) in tokens.iter().enumerate() {
            if token.is(b'(') || token.is(b'[') {
                (depth, is_plain) = (depth + 1, false);
            } else if token.is(b')') || token.is(b']') {
                depth = depth.saturating_sub(1);
            } else if token.is(b',') && depth == 0 {
                is_plain = true;
            } else if token.kind == TokenKind::Ident
                && depth == 0
                && is_plain
                && token.text(self.bytes) == name
                && tokens.get(at + 1).is_none_or(|next| next.is(b','))
            {
                return Some(true);
            }
        }
        Some(false)
    }

    /// Whether `text`, which begins a statement, calls what may make a use of the name behind it.
    fn has_macro(&self, text: &[u8], name: &[u8]) -> bool {
        memchr::memchr_iter(b'(', text).any(|open| {
            let before = text[..open].trim_ascii_end();
            let length = before.iter().rev().take_while(|byte| is_word(**byte)).count();
            let called = &before[before.len() - length..];
            let hides = || {
                let hidden = self.idioms.hidden(called);
                let mut made = hidden.iter().flat_map(|hidden| &hidden.calls);
                made.any(|made| made.fill(&[name]).as_deref() == Some(name))
            };
            length > 0
                && (self.idioms.slot(called).is_some()
                    || self.idioms.run(called).is_some()
                    || self.idioms.entry(called).is_some()
                    || self.makers.has(called)
                    || self.makers.entry(called).is_some()
                    || self.makers.pasting(called).is_some()
                    || hides())
        })
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 || byte == b'$'
}

/// Whether each brace in a body has its other one: else the body may end before its last line.
fn is_balanced(inside: &[u8]) -> bool {
    let step = |open: u32, at: usize| match inside[at] {
        b'{' => open.checked_add(1),
        _ => open.checked_sub(1),
    };
    memchr::memchr2_iter(b'{', b'}', inside).try_fold(0, step) == Some(0)
}

/// Whether what is around a place says that the name may be called or pasted there, or hides it.
fn is_unclear(before: &[u8], behind: &[u8]) -> bool {
    before.ends_with(b"*/")
        || before.ends_with(b"\\")
        || before.ends_with(b"##")
        || matches!(behind, [b'(' | b'\\', ..] | [b'#', b'#', ..] | [b'/', b'*', ..])
}

/// Where the statement begins, or one before it, that `at` is in; none where it is long.
fn statement(inside: &[u8], at: usize) -> Option<usize> {
    let mut start = at;
    for _ in 0..LINES {
        let Some(end) = memchr::memrchr(b'\n', &inside[..start]) else { return Some(0) };
        match inside[..end].trim_ascii_end() {
            [] | [.., b';' | b'{' | b'}'] => return Some(end + 1),
            _ => start = end,
        }
    }
    None
}

/// Whether a member behind which is `behind` may be called there: `(*lamp->on)(1)`, `lamp->on[0](1)`. The
/// reader of code takes an element of an element for a call, too.
fn is_called(behind: &[u8]) -> bool {
    match behind {
        [b'[', ..] => true,
        [b')', rest @ ..] => matches!(rest.trim_ascii_start(), [b'(' | b'[', ..]),
        _ => false,
    }
}

/// Whether a local that is called, or stands in brackets or before some, may be set to what has the member
/// at the end of the statement `text`.
fn is_origin(inside: &[u8], text: &[u8], behind: &[u8]) -> bool {
    if behind.starts_with(b"->") || behind.starts_with(b".") {
        return false;
    }
    memchr::memchr_iter(b'=', text).any(|at| {
        let before = text[..at].trim_ascii_end();
        let length = before.iter().rev().take_while(|byte| is_word(**byte)).count();
        let name = &before[before.len() - length..];
        let is_called = |at: usize| {
            let behind = inside[at + name.len()..].trim_ascii_start();
            matches!(behind, [b'(' | b'[' | b'/' | b'\\', ..]) || is_called(behind)
        };
        length > 0 && places_of_word(inside, name).any(is_called)
    })
}

/// Whether something may be set to the member alone whose statement up to it is `text`.
fn is_copied(text: &[u8], behind: &[u8]) -> bool {
    let is_part = |byte: &u8| is_word(*byte) || byte.is_ascii_whitespace() || b".->".contains(byte);
    let length = text.iter().rev().take_while(|byte| is_part(byte)).count();
    matches!(behind, [b';' | b',' | b'}', ..])
        && matches!(text[..text.len() - length], [.., b'=' | b']'])
}

/// Whether the place, the first one of the name, is where a plain declaration has it.
fn declares(inside: &[u8], place: &CodePlace, behind: &[u8]) -> bool {
    let line = memchr::memrchr(b'\n', &inside[..place.at]).map_or(0, |end| end + 1);
    // What a brace before it opens may be a value for the reader of code.
    let begins = matches!(inside[..line].trim_ascii_end(), [] | [.., b';']) && line > 0;
    let ends = matches!(behind, [b';' | b',' | b'=', ..]) && !behind.starts_with(b"==");
    let text = &inside[line..place.at];
    let is_plain = |byte: &u8| is_word(*byte) || matches!(byte, b' ' | b'\t' | b'*');
    if !begins || !ends || !text.iter().all(is_plain) {
        return false;
    }
    let words = text.split(|byte| !is_word(*byte)).filter(|text| !text.is_empty());
    let mut words = words.map(word).skip_while(|word| *word == Word::Qualifier);
    matches!(
        (words.next(), words.next(), words.next()),
        (Some(Word::Tag), Some(Word::Name), None)
            | (Some(Word::Type | Word::Name), None, None)
            | (Some(Word::Type), Some(Word::Type), None)
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::idiom::Idioms;
    use crate::outline::{Mentioned, UseKind, mentions, uses};

    /// The lines of `lamp`, and what is told of its uses on them.
    fn lines_and_uses(found: &Mentioned) -> (Vec<u32>, Vec<String>) {
        let (outline, mut lines) = (&found.outline, found.lines.clone());
        lines.sort_unstable();
        lines.dedup();
        let is_named = |name: &[u8]| {
            name.strip_prefix(b"lamp").is_some_and(|rest| matches!(rest, [] | [b'@' | b'#', ..]))
        };
        let mut all = Vec::new();
        for used in &outline.uses {
            let name = outline.name(used.name);
            // What is handed on from one field to another is no use of it.
            if is_named(name) && lines.contains(&used.line) && used.kind != UseKind::Pass {
                let within = &outline.definitions[used.within as usize];
                let names = [name, outline.name(used.via), outline.name(within.name)];
                let names = names.map(String::from_utf8_lossy);
                all.push(format!("{} {:?} {names:?}", used.line, used.kind));
            }
        }
        (lines, all)
    }

    /// What is told where all is read, and where that is left out which is no use, which must be the same;
    /// and whether so many uses of others were left out.
    fn both(text: &str) -> ((Vec<u32>, Vec<String>), bool) {
        let idioms = Idioms::built_in();
        let whole = mentions(b"a.c", text.as_bytes(), &idioms, b"lamp");
        let part = uses(b"a.c", text.as_bytes(), &idioms, b"lamp");
        assert_eq!(lines_and_uses(&part), lines_and_uses(&whole), "{text}");
        (lines_and_uses(&part), part.outline.uses.len() < whole.outline.uses.len())
    }

    #[test]
    fn a_body_with_a_local_or_a_member_is_not_read() {
        for text in [
            "int f(struct desk *lamp, int a)\n{\n\ton(lamp);\n\treturn lamp->a + lamp[1];\n}\n",
            "int f(void)\n{\n\tstruct desk *lamp = find(1);\n\n\treturn off(lamp);\n}\n",
            "int f(int a)\n{\n\tu32 lamp;\n\tconst struct a *b;\n\treturn on(&lamp, b);\n}\n",
            "int f(struct desk *d)\n{\n\td->lamp = on(1);\n\treturn off(&d->lamp, d->lamp->a);\n}\n",
        ] {
            let ((lines, all), is_shorter) = both(text);
            assert!(!lines.is_empty() && all.is_empty() && is_shorter, "{text}");
        }
    }

    #[test]
    fn what_may_be_a_use_is_read() {
        for text in [
            "int f(struct desk *d)\n{\n\td->lamp(1);\n}\n",
            "int f(struct desk *d)\n{\n\t(*d->lamp)(1);\n\tx = d->lamp[1][2];\n}\n",
            "int f(int a)\n{\n\ton(lamp);\n\treturn lamp(1);\n}\n",
            "int f(int (*lamp)(int))\n{\n\ton(lamp);\n\tlamp(1);\n}\n",
            "int f(int a)\n{\n\tif (a) {\n\t\tstruct desk *lamp = b;\n\t\ton(lamp);\n\t}\n}\n",
            "int f(struct desk *d)\n{\n\ton = of(&d->lamp);\n\tif (on)\n\t\tx = on(&d->lamp);\n}\n",
            "#define ON(x) x##_on\nint f(int lamp)\n{\n\ton(lamp);\n\tON(lamp)(1);\n}\n",
            "int f(int lamp)\n{\n\tstatic_call(lamp)(1);\n}\n",
            "int f(int lamp)\n{\n\t}\n\t{\n\ton(lamp);\n}\n",
        ] {
            both(text);
        }
    }

    proptest! {
        #[test]
        fn what_is_left_out_is_no_use(
            head in prop::sample::select(vec![
                "int f(int a)", "int f(struct desk *lamp)", "int f(struct lamp *a, int lamp)",
                "static int lamp(int a)", "int f(int (*on)(int lamp))", "LAMP(f, lamp)",
            ]),
            parts in prop::collection::vec(prop::sample::select(vec![
                "lamp", "lamp", "d->lamp", ".lamp", "->lamp", " = ", ";\n\t", ";\n\t", "(", ")",
                ", ", "{\n\t", "}\n\t", "[1]", "struct desk *", "u32 ", "on", "on(", "return ", "\"a\"",
                "struct a d = ", "/* a */", "\n\t", "&", "static_call(", "if (", "else ", "*",
            ]), 0..30)
        ) {
            both(&format!("{head}\n{{\n\t{};\n}}\n", parts.concat()));
        }
    }
}
