//! What a file says of printing: calls with a text among their arguments, and the macros and
//! functions that such texts go through, as compact bytes.
//!
//! Whether a call prints is not known here: `printk` may be five macros of other files away.
//! So every call is kept whose text could be a message, and who asks decides, with the whole
//! tree before them; what is kept of a file depends on this file alone.
//!
//! A text is a [`Template`]: literal bytes, with marks where a name stands.

mod arguments;
mod buffer;
mod gather;
mod head;
mod level;
mod marked;
mod template;

pub(super) use gather::Gather;
pub(super) use head::Head;
pub use level::{LEVELS, Level};
pub use template::{Part, Template};

/// No parameter of a function is a format.
const NO_FORMAT: u32 = 0;

/// A function or a macro in which texts are handed on or printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Printing<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// Whether it is a macro.
    pub is_macro: bool,
    /// Which parameter is the format, from 1, where it has a variable number of arguments
    /// (or takes them as a list); 0: none.
    pub format: u32,
}

/// A call with a text as one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintCall<'a> {
    /// In which of the file's [`Printing`]s.
    pub within: u32,
    /// Which of the file's callees.
    pub callee: u32,
    /// The line of the callee's name, from 1.
    pub line: u32,
    /// The line of the closing bracket.
    pub last: u32,
    /// Which argument the text is, from 1; 0: none is, but the callee may print by itself, and
    /// the text is the source of the first argument.
    pub argument: u32,
    /// The level that another argument names (`KERN_ERR`: `b'3'`); 0: none does.
    pub level: u8,
    /// The text.
    pub text: Template<'a>,
    /// What is known of its arguments.
    known: &'a [u8],
}

impl PrintCall<'_> {
    /// The texts that it is with those of its arguments that are texts themselves, as templates; none
    /// where it has no such argument.
    pub fn with_arguments(&self) -> Vec<Vec<u8>> {
        if self.known.is_empty() {
            Vec::new()
        } else {
            arguments::with_known(self.text.0, self.known)
        }
    }
}

/// A macro that stands for a text, or a variable that is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextMacro<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// Where it is defined.
    pub line: u32,
    /// Whether it is a variable that other files can name, too.
    pub shared: bool,
    /// The text.
    pub text: Template<'a>,
}

/// A function that is declared to take a format (`__printf(n, m)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marked<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// Which argument is the format, from 1.
    pub format: u32,
    /// Whether it gives nothing back.
    pub gives_nothing: bool,
}

/// What a file says of printing, read from its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formats<'a> {
    /// The functions and macros around the calls.
    pub printings: Vec<Printing<'a>>,
    /// The names that are called.
    pub callees: Vec<&'a [u8]>,
    /// The calls, in the order of reading.
    pub calls: Vec<PrintCall<'a>>,
    /// Macros for texts.
    pub macros: Vec<TextMacro<'a>>,
    /// Functions that are declared to take a format.
    pub marked: Vec<Marked<'a>>,
    /// What the file includes with `"…"`.
    pub includes: Vec<&'a [u8]>,
}

impl<'a> Formats<'a> {
    /// What `bytes` say; `None` when they were not written by this module.
    pub fn read(bytes: &'a [u8]) -> Option<Formats<'a>> {
        Formats::read_where(bytes, |_, _| true)
    }

    /// The same with those calls only that `keep` says, which is given what is around each: of all
    /// files of a tree they are a million.
    pub fn read_where(
        bytes: &'a [u8],
        keep: impl Fn(&Printing<'a>, &PrintCall<'a>) -> bool,
    ) -> Option<Formats<'a>> {
        let mut at = Cursor(bytes);
        let mut formats = Formats::default();
        if bytes.is_empty() {
            return Some(formats);
        }
        for _ in 0..at.count()? {
            let name = at.text()?;
            let packed = at.number()?;
            formats.printings.push(Printing {
                name,
                is_macro: packed & 1 == 1,
                format: packed >> 1,
            });
        }
        for _ in 0..at.count()? {
            formats.callees.push(at.text()?);
        }
        let mut line = 0u32;
        for _ in 0..at.count()? {
            let (within, callee) = (at.number()?, at.number()?);
            // Bodies come in order, but for macros in the midst of one.
            let delta = at.number()?;
            line = line.wrapping_add((delta >> 1) ^ (delta & 1).wrapping_neg());
            let (last, argument) = (line.wrapping_add(at.number()?), at.number()?);
            let level = at.number()? as u8;
            let text = Template(at.text()?);
            let known = at.text()?;
            let call = PrintCall { within, callee, line, last, argument, level, text, known };
            let around = formats.printings.get(within as usize)?;
            if callee as usize >= formats.callees.len() {
                return None;
            }
            if keep(around, &call) {
                formats.calls.push(call);
            }
        }
        for _ in 0..at.count()? {
            let (name, packed) = (at.text()?, at.number()?);
            let (line, shared) = (packed >> 1, packed & 1 == 1);
            formats.macros.push(TextMacro { name, line, shared, text: Template(at.text()?) });
        }
        for _ in 0..at.count()? {
            let (name, packed) = (at.text()?, at.number()?);
            let (format, gives_nothing) = (packed >> 1, packed & 1 == 1);
            formats.marked.push(Marked { name, format, gives_nothing });
        }
        for _ in 0..at.count()? {
            formats.includes.push(at.text()?);
        }
        Some(formats)
    }
}

/// Reads the numbers and texts that [`put`] and [`put_text`] wrote.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn number(&mut self) -> Option<u32> {
        let (mut value, mut shift) = (0u32, 0);
        loop {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u32::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(value);
            }
            shift += 7;
        }
    }

    /// A number of things, each of which takes a byte at least.
    fn count(&mut self) -> Option<u32> {
        self.number().filter(|count| *count as usize <= self.0.len())
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let len = self.number()? as usize;
        let (text, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(text)
    }
}

/// Appends a number, seven bits a byte.
fn put(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a text after its length.
fn put_text(out: &mut Vec<u8>, text: &[u8]) {
    put(out, text.len() as u32);
    out.extend_from_slice(text);
}

#[cfg(test)]
mod tests;
