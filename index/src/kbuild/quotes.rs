//! Texts in quotes, as Kconfig and `.config` files have them: of either kind, and a backslash takes
//! the next byte as it is (`scripts/kconfig/lexer.l`, `STRING`; `scripts/kconfig/confdata.c`).

/// A text that was in quotes.
pub(super) struct Quoted {
    /// What is between them.
    pub(super) text: Vec<u8>,
    /// How many bytes it takes with its quotes.
    pub(super) length: usize,
    /// Whether a quote closes it; else it goes on to the end.
    pub(super) is_closed: bool,
}

/// The text in the quotes that `written` begins with; none where it begins with no quote.
pub(super) fn read(written: &[u8]) -> Option<Quoted> {
    let quote = *written.first().filter(|byte| is_quote(**byte))?;
    let (mut text, mut at) = (Vec::new(), 1);
    while let Some(byte) = written.get(at) {
        at += 1;
        match byte {
            b'\\' => {
                text.extend(written.get(at));
                at += 1;
            }
            byte if *byte == quote => return Some(Quoted { text, length: at, is_closed: true }),
            byte => text.push(*byte),
        }
    }
    Some(Quoted { text, length: written.len(), is_closed: false })
}

/// A text with quotes around it, from which [`read`] has it again.
pub(super) fn write(text: &[u8]) -> Vec<u8> {
    let mut written = vec![b'"'];
    for byte in text {
        if matches!(byte, b'"' | b'\\') {
            written.push(b'\\');
        }
        written.push(*byte);
    }
    written.push(b'"');
    written
}

/// The bytes that are outside of quotes, with their places.
pub(super) fn outside(line: &[u8]) -> impl Iterator<Item = (usize, u8)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(quoted) = read(line.get(at..)?) {
            at += quoted.length;
        }
        let byte = *line.get(at)?;
        at += 1;
        Some((at - 1, byte))
    })
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'')
}

#[cfg(test)]
mod tests {
    use super::{outside, read, write};

    #[test]
    fn a_text_is_read_up_to_its_own_quote() {
        let cases: [(&[u8], &[u8], usize, bool); 6] = [
            (br#""a b" if C"#, b"a b", 5, true),
            (br#"'say "yes"' x"#, br#"say "yes""#, 11, true),
            (br#""say \"yes\"" x"#, br#"say "yes""#, 13, true),
            (br#""\\""#, br"\", 4, true),
            (br#""open"#, b"open", 5, false),
            (br#""open\"#, b"open", 6, false),
        ];
        for (written, text, length, is_closed) in cases {
            let quoted = read(written).unwrap();
            assert_eq!((&quoted.text[..], quoted.is_closed), (text, is_closed));
            assert_eq!(quoted.length, length);
        }
        assert!(read(b"a \"b\"").is_none() && read(b"").is_none());
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in [&b""[..], b"a", br#"a "b" \ 'c'"#, br"\", b"\0\xff\""] {
            let written = write(text);
            let quoted = read(&written).unwrap();
            assert_eq!((&quoted.text[..], quoted.length), (text, written.len()));
        }
    }

    #[test]
    fn what_is_in_quotes_is_passed_over() {
        let seen = |line: &[u8]| outside(line).map(|(_, byte)| byte).collect::<Vec<u8>>();
        assert_eq!(seen(br#"a "b\" # c" d 'e' f"#), b"a  d  f");
        assert_eq!(seen(br#"a "b"#), b"a ");
    }
}
