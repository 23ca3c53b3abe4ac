//! What the letters behind `Tainted:` mean, as the tree's own document says.

use super::head::{About, Remark};

/// The letters that the document explains.
pub(super) struct Taints {
    rows: Vec<(u8, u32, String)>,
}

const DOCUMENT: &[u8] = b"Documentation/admin-guide/tainted-kernels.rst";

impl Taints {
    /// Reads the document's table: `  1  G/P  2  proprietary module was loaded`.
    pub(super) fn read(read: &dyn Fn(&[u8]) -> Option<Vec<u8>>) -> Taints {
        let text = read(DOCUMENT).unwrap_or_default();
        let mut rows = Vec::new();
        for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
            let line = String::from_utf8_lossy(line);
            let mut words = line.split_whitespace();
            let bit = words.next().and_then(|bit| bit.parse::<u32>().ok());
            let letters = words.next().and_then(|letters| letters.split_once('/'));
            let value = words.next().and_then(|value| value.parse::<u32>().ok());
            if let (Some(_), Some((_, set)), Some(_)) = (bit, letters, value)
                && let [letter] = set.as_bytes()
            {
                rows.push((*letter, number, words.collect::<Vec<_>>().join(" ")));
            }
        }
        Taints { rows }
    }

    /// What a letter means.
    pub(super) fn remark(&self, letter: u8) -> Option<Remark> {
        let (_, line, said) = self.rows.iter().find(|(known, ..)| *known == letter)?;
        Some(Remark {
            about: About::Taint,
            text: format!("{}: {said}", char::from(letter)),
            path: DOCUMENT.to_vec(),
            line: *line,
        })
    }
}

/// The letters that `text` has behind `Tainted: `; `G` says only that all modules are free.
pub(super) fn letters(text: &[u8]) -> Vec<u8> {
    let Some(at) = memchr::memmem::find(text, b"Tainted: ") else { return Vec::new() };
    let rest = &text[at + 9..];
    // `[O]=OOT_MODULE, [E]=UNSIGNED_MODULE`, since 6.12, says the same again.
    let shown = rest.iter().take_while(|byte| byte.is_ascii_uppercase() || **byte == b' ');
    shown.copied().filter(|byte| !matches!(byte, b' ' | b'G')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_explained_by_the_trees_document() {
        let read = |path: &[u8]| {
            (path == DOCUMENT).then(|| {
                b"Bit  Log  Number  Reason\n 12  _/O    4096  externally-built module\n".to_vec()
            })
        };
        let line = b"CPU: 0 UID: 0 PID: 1 Comm: init Tainted: G      D    OE      6.12.1 #1";
        assert_eq!(letters(line), b"DOE");
        assert_eq!(letters(b"Not tainted 6.12"), b"");
        let remark = Taints::read(&read).remark(b'O').unwrap();
        assert_eq!((remark.line, remark.text.as_str()), (2, "O: externally-built module"));
        assert!(Taints::read(&read).remark(b'D').is_none());
    }
}
