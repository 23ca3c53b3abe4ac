//! The gate of standard output: the last thing that bytes pass on their way to a terminal.
//!
//! Renderers make bytes from files and paths visible themselves (`sanitize`), because they
//! measure what they draw. The gate does not trust that: on a terminal it shows as escapes
//! whatever could move the cursor, change the terminal or answer for the user. So a command that
//! forgets to, or one that prints bytes as they are (a patch, JSON), can't hand a stranger the
//! terminal. In styled text it can't tell a stranger's colours and links from kgrep's own: those
//! only the renderers keep out, which is why a command writes plain text unless it draws.

use super::sanitize::{is_obeyed_or_hidden, push_byte};

/// What a command writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Text with kgrep's own colours and links: SGR and OSC 8 sequences pass.
    Styled,
    /// Text, where no sequence is kgrep's.
    Text,
    /// JSON Lines: what would be obeyed or hidden becomes a `\u` escape, which JSON's
    /// readers take for the same text.
    Json,
}

/// A link's address is cut off by the gate when it doesn't end within this many bytes.
const LONGEST_SEQUENCE: usize = 1 << 14;
/// So are a colour's numbers: the longest of kgrep's are two colours of three numbers.
const LONGEST_COLOUR: usize = 64;

/// Bytes on their way, with an end that may be half a character or half a sequence.
#[derive(Debug)]
pub(super) struct Gate {
    content: Content,
    waiting: Vec<u8>,
}

impl Gate {
    /// A gate for this content.
    pub(super) fn new(content: Content) -> Gate {
        Gate { content, waiting: Vec::new() }
    }

    /// What may be sent of `bytes` and of what waits. What may be half of something stays,
    /// unless this is the `end`.
    pub(super) fn pass(&mut self, bytes: &[u8], end: bool) -> Vec<u8> {
        self.waiting.extend_from_slice(bytes);
        let waiting = std::mem::take(&mut self.waiting);
        let mut out = Vec::with_capacity(waiting.len() + 16);
        let mut rest = &waiting[..];
        while let Some(first) = rest.first() {
            let plain = rest.iter().take_while(|byte| is_plain(**byte)).count();
            if plain > 0 {
                out.extend_from_slice(&rest[..plain]);
                rest = &rest[plain..];
                continue;
            }
            let passed = match first {
                0x1b => self.sequence(&mut out, rest),
                _ => self.character(&mut out, rest),
            };
            match passed {
                Some(length) => rest = &rest[length..],
                None if end => {
                    self.push_byte(&mut out, *first);
                    rest = &rest[1..];
                }
                None => break,
            }
        }
        self.waiting = rest.to_vec();
        out
    }

    /// Passes the sequence at the start of `text`, or shows its first byte; `None` where
    /// its end is missing.
    fn sequence(&self, out: &mut Vec<u8>, text: &[u8]) -> Option<usize> {
        let length = match self.content {
            Content::Styled => own_sequence(text)?,
            Content::Text | Content::Json => 0,
        };
        if length == 0 {
            self.push_byte(out, 0x1b);
            return Some(1);
        }
        out.extend_from_slice(&text[..length]);
        Some(length)
    }

    /// Passes or shows the character at the start of `text`, which is no plain ASCII;
    /// `None` where its end is missing.
    fn character(&self, out: &mut Vec<u8>, text: &[u8]) -> Option<usize> {
        let start = &text[..text.len().min(4)];
        let valid = match std::str::from_utf8(start) {
            Ok(valid) => valid,
            Err(error) if error.valid_up_to() == 0 => {
                // An error without a length is a beginning.
                let length = error.error_len()?;
                text[..length].iter().for_each(|byte| self.push_byte(out, *byte));
                return Some(length);
            }
            Err(error) => std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default(),
        };
        let c = valid.chars().next()?;
        match c {
            c if !is_obeyed_or_hidden(c) => out.extend_from_slice(&text[..c.len_utf8()]),
            c if self.content == Content::Json => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                }
            }
            c if c.is_ascii() => self.push_byte(out, c as u8),
            c => out.extend_from_slice(c.escape_unicode().to_string().as_bytes()),
        }
        Some(c.len_utf8())
    }

    fn push_byte(&self, out: &mut Vec<u8>, byte: u8) {
        match self.content {
            Content::Json => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            Content::Styled | Content::Text => push_byte(out, byte),
        }
    }
}

/// What no terminal obeys, and what ends a line or moves to the next column.
fn is_plain(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte) || matches!(byte, b'\n' | b'\t')
}

/// How long the sequence at the start of `text` is when it is one that kgrep writes, else 0:
/// colours (`ESC [ digits and ; m`) and links (`ESC ] 8 ; … ESC \`). `None` when its end is
/// missing.
fn own_sequence(text: &[u8]) -> Option<usize> {
    match text.get(1)? {
        b'[' => {
            let parameters =
                text[2..].iter().take_while(|b| b.is_ascii_digit() || **b == b';').count();
            if parameters > LONGEST_COLOUR {
                return Some(0);
            }
            let length = 2 + parameters + 1;
            Some(if *text.get(length - 1)? == b'm' { length } else { 0 })
        }
        b']' => {
            let head = text.get(2..4)?;
            let address = text[4..].iter().take_while(|byte| (0x20..0x7f).contains(*byte)).count();
            let end = 4 + address;
            if head != b"8;" || address > LONGEST_SEQUENCE {
                return Some(0);
            }
            Some(if text.get(end..end + 2)? == b"\x1b\\" { end + 2 } else { 0 })
        }
        _ => Some(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(content: Content, text: &[u8]) -> String {
        String::from_utf8(Gate::new(content).pass(text, true)).unwrap()
    }

    #[test]
    fn only_what_kgrep_writes_passes() {
        let styled = "\x1b[1m\x1b[38;5;12mx\x1b[0m\x1b]8;;file:///a\x1b\\a\x1b]8;;\x1b\\\tü\n";
        assert_eq!(passed(Content::Styled, styled.as_bytes()), styled);
        for (bad, shown) in [
            ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
            ("\x1b[2J", "\\x1b[2J"),
            ("\x1b[?1049h", "\\x1b[?1049h"),
            ("\x1bc\r\x08\x7f", "\\x1bc\\x0d\\x08\\x7f"),
            ("\x1b]8;;x\x07", "\\x1b]8;;x\\x07"),
            ("\u{9b}31m\u{202e}", "\\u{9b}31m\\u{202e}"),
            ("\x1b", "\\x1b"),
            ("\x1b[1", "\\x1b[1"),
        ] {
            assert_eq!(passed(Content::Styled, bad.as_bytes()), shown);
        }
        assert_eq!(passed(Content::Text, b"\x1b[1mx\xff\xc3"), "\\x1b[1mx\\xff\\xc3");
    }

    #[test]
    fn a_sequence_without_an_end_does_not_wait_for_one() {
        let mut gate = Gate::new(Content::Styled);
        let long = format!("\x1b[{}", "1;".repeat(100));
        let out = gate.pass(long.as_bytes(), false);
        assert_eq!(String::from_utf8(out).unwrap(), format!("\\x1b{}", &long[1..]));
    }

    #[test]
    fn json_stays_json() {
        let json = passed(Content::Json, "{\"a\":\"\u{9b}\u{202e}\u{e0001}\x7fü\"}\n".as_bytes());
        assert_eq!(json, "{\"a\":\"\\u009b\\u202e\\udb40\\udc01\\u007fü\"}\n");
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["a"], "\u{9b}\u{202e}\u{e0001}\x7fü");
    }

    #[test]
    fn it_does_not_matter_where_the_writes_are_cut() {
        let text = "a\x1b[1mü\u{9b}\x1b]8;;f\x1b\\日\x1b]0;x\n\x1b[".as_bytes();
        let whole = passed(Content::Styled, text);
        for cut in 0..text.len() {
            let mut gate = Gate::new(Content::Styled);
            let mut out = gate.pass(&text[..cut], false);
            out.extend(gate.pass(&text[cut..], true));
            assert_eq!(String::from_utf8(out).unwrap(), whole, "cut at {cut}");
        }
    }
}
