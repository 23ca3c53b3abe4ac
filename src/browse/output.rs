//! Where the screen's bytes go: standard output, a picture at once. crossterm numbers all colours as
//! one of 256; a terminal of sixteen would take that number for something else, so it gets the old
//! sequences.

use std::io::{self, Write};

/// Gathers what is drawn until it is flushed.
pub(super) struct Pictures {
    pending: Vec<u8>,
    /// The terminal has sixteen colours.
    few_colors: bool,
}

impl Pictures {
    /// Pictures on standard output.
    pub(super) fn new(few_colors: bool) -> Pictures {
        Pictures { pending: Vec::new(), few_colors }
    }
}

impl Write for Pictures {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let picture = std::mem::take(&mut self.pending);
        let picture = if self.few_colors { with_few_colors(&picture) } else { picture };
        let mut out = io::stdout();
        out.write_all(&picture)?;
        out.flush()
    }
}

/// The same picture in the sequences for sixteen colours.
fn with_few_colors(picture: &[u8]) -> Vec<u8> {
    const BEGIN: &[u8] = b"\x1b[";
    let mut out = Vec::with_capacity(picture.len());
    let mut rest = picture;
    while let Some(at) = memchr::memmem::find(rest, BEGIN) {
        out.extend_from_slice(&rest[..at + BEGIN.len()]);
        rest = &rest[at + BEGIN.len()..];
        let is_parameter = |byte: &u8| byte.is_ascii_digit() || *byte == b';';
        let end = rest.iter().position(|byte| !is_parameter(byte)).unwrap_or(rest.len());
        let (parameters, tail) = rest.split_at(end);
        if tail.first() == Some(&b'm') {
            out.extend_from_slice(old_colors(&String::from_utf8_lossy(parameters)).as_bytes());
        } else {
            out.extend_from_slice(parameters);
        }
        rest = tail;
    }
    out.extend_from_slice(rest);
    out
}

/// `38;5;N` is 30 and more, or for light colours 90 and more; `48;5;N` is ten more.
fn old_colors(parameters: &str) -> String {
    let mut old: Vec<String> = Vec::new();
    let mut numbers = parameters.split(';');
    while let Some(number) = numbers.next() {
        let is_color = matches!(number, "38" | "48") && numbers.clone().next() == Some("5");
        if !is_color {
            old.push(number.to_owned());
            continue;
        }
        numbers.next();
        let color: u32 = numbers.next().and_then(|color| color.parse().ok()).unwrap_or(0);
        let base = if number == "38" { 30 } else { 40 };
        old.push((if color < 8 { base + color } else { base + 60 + color % 8 }).to_string());
    }
    old.join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_sixteen_have_their_old_sequences() {
        for (new, old) in [
            ("\x1b[38;5;1mx\x1b[0m", "\x1b[31mx\x1b[0m"),
            ("\x1b[38;5;9;48;5;2;1mx", "\x1b[91;42;1mx"),
            ("\x1b[39;49m\x1b[2;5Hx\x1b[38;5", "\x1b[39;49m\x1b[2;5Hx\x1b[38;5"),
        ] {
            assert_eq!(String::from_utf8(with_few_colors(new.as_bytes())).unwrap(), old);
        }
    }
}
