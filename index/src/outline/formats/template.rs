//! A text with names in it, as bytes: literal bytes stand for themselves, and bytes below 8,
//! which no message has, are marks.

/// `NAME` follows, to [`END`]: a macro for a text, or a variable.
pub(super) const NAME: u8 = 1;
/// Ends a name.
pub(super) const END: u8 = 2;
/// The number of a parameter follows, plus 32 and in one byte.
pub(super) const PARAM: u8 = 3;
/// The same, but as the source has it (`#param`).
pub(super) const QUOTED: u8 = 4;
/// Something that is known only when it runs.
pub(super) const UNKNOWN: u8 = 5;
/// A macro with a text as its argument: its name to [`END`], the argument, [`CLOSE`].
pub(super) const OPEN: u8 = 6;
/// Ends the argument.
pub(super) const CLOSE: u8 = 7;
/// Added to a parameter's number, so that it is no mark.
const SHIFT: u8 = 32;
/// Parameters beyond are not told apart from unknown things.
const MOST: u32 = 200;

/// A text with marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Template<'a>(pub &'a [u8]);

/// A part of a [`Template`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Bytes that stand for themselves.
    Literal(&'a [u8]),
    /// A name.
    Name(&'a [u8]),
    /// A parameter of the macro or function, from 1.
    Param(u32),
    /// A parameter's source text, from 1.
    Quoted(u32),
    /// Known only when it runs.
    Unknown,
    /// The argument of the macro `name` begins.
    Open(&'a [u8]),
    /// It ends.
    Close,
}

impl<'a> Template<'a> {
    /// Its parts, in order.
    pub fn parts(self) -> impl Iterator<Item = Part<'a>> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let (&first, after) = rest.split_first()?;
            let (part, left) = match first {
                NAME | OPEN => {
                    let end = memchr::memchr(END, after).unwrap_or(after.len());
                    let name = &after[..end];
                    let part = if first == NAME { Part::Name(name) } else { Part::Open(name) };
                    (part, after.get(end + 1..).unwrap_or_default())
                }
                PARAM | QUOTED => {
                    let number = u32::from(after.first().copied().unwrap_or(SHIFT));
                    let number = number.saturating_sub(u32::from(SHIFT));
                    let part =
                        if first == PARAM { Part::Param(number) } else { Part::Quoted(number) };
                    (part, after.get(1..).unwrap_or_default())
                }
                CLOSE => (Part::Close, after),
                0..8 => (Part::Unknown, after),
                _ => {
                    let end = rest.iter().position(|byte| *byte < 8).unwrap_or(rest.len());
                    (Part::Literal(&rest[..end]), &rest[end..])
                }
            };
            rest = left;
            Some(part)
        })
    }

    /// The parameter that it hands on, from 1.
    pub fn param(self) -> Option<u32> {
        self.parts().find_map(|part| match part {
            Part::Param(number) => Some(number),
            _ => None,
        })
    }
}

/// Appends a parameter.
pub(super) fn put_param(out: &mut Vec<u8>, mark: u8, number: u32) {
    match u8::try_from(number) {
        Ok(small) if number < MOST => out.extend([mark, small + SHIFT]),
        _ => out.push(UNKNOWN),
    }
}

/// Appends a name with a mark before it.
pub(super) fn put_name(out: &mut Vec<u8>, mark: u8, name: &[u8]) {
    out.push(mark);
    out.extend(name);
    out.push(END);
}

/// Appends what stands between the quotes of a string constant, its escapes resolved.
pub(super) fn put_literal(out: &mut Vec<u8>, quoted: &[u8]) {
    let inner = quoted.strip_prefix(b"\"").unwrap_or(quoted);
    let inner = inner.strip_suffix(b"\"").unwrap_or(inner);
    let mut rest = inner;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend(&rest[..at]);
        rest = &rest[at + 1..];
        let Some((&escape, after)) = rest.split_first() else { return };
        rest = after;
        let digits = |radix: u32, most: usize, text: &[u8]| {
            let count = text.iter().take(most);
            count.take_while(|byte| char::from(**byte).is_digit(radix)).count()
        };
        let value = match escape {
            b'n' => u32::from(b'\n'),
            b't' => u32::from(b'\t'),
            b'r' => u32::from(b'\r'),
            b'0'..=b'7' => {
                let more = digits(8, 2, rest);
                let text = &rest[..more];
                rest = &rest[more..];
                text.iter()
                    .fold(u32::from(escape - b'0'), |n, digit| n * 8 + u32::from(digit - b'0'))
            }
            b'x' => {
                let count = digits(16, 2, rest);
                let text = std::str::from_utf8(&rest[..count]).unwrap_or_default();
                rest = &rest[count..];
                u32::from_str_radix(text, 16).unwrap_or(0)
            }
            // A line that goes on.
            b'\n' => continue,
            b'\r' => continue,
            other => u32::from(other),
        };
        // No message has the marks' bytes, but for the one that begins a level.
        if (8..=255).contains(&value) {
            out.push(value as u8);
        }
    }
    out.extend(rest);
}
