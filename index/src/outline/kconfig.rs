//! Reads Kconfig files: the symbols, and which others each selects, implies or depends on.

use super::names::Interner;
use super::{Definition, FileOutline, Flags, Kind, NO_NAME, NOWHERE, Use, UseKind};

/// Reads a Kconfig file into `out`.
pub(super) fn read(bytes: &[u8], out: &mut FileOutline) {
    let mut reader = Reader { out, interner: Interner::default(), open: NOWHERE, last: 0 };
    // The column where a help text begins; 0 until its first line.
    let mut help: Option<usize> = None;
    for (index, line) in bytes.split(|b| *b == b'\n').enumerate() {
        let number = index as u32 + 1;
        let mut words =
            line.split(|b| !(b.is_ascii_alphanumeric() || *b == b'_')).filter(|w| !w.is_empty());
        let Some(first) = words.next() else { continue };
        let column = column(line);
        match help {
            // It ends where a line is less indented than its first.
            Some(start) if start == 0 && column > 0 => {
                (help, reader.last) = (Some(column), number);
                continue;
            }
            Some(start) if start > 0 && column >= start => {
                reader.last = number;
                continue;
            }
            _ => help = None,
        }
        let in_column_0 = line.first().is_some_and(|b| b.is_ascii_alphabetic());
        if in_column_0 {
            reader.close();
        }
        reader.last = number;
        match first {
            b"config" | b"menuconfig" => {
                if let Some(name) = words.next() {
                    reader.open(name);
                }
            }
            // `help`, and before Linux 5.4 `---help---`.
            b"help" if words.next().is_none() => help = Some(0),
            b"select" | b"imply" | b"depends" | b"default" => reader.add_uses(words),
            _ => {}
        }
    }
    reader.close();
}

/// A file that is read, line by line.
struct Reader<'f> {
    out: &'f mut FileOutline,
    interner: Interner,
    /// The number of the symbol whose entry is open; [`NOWHERE`] for none.
    open: u32,
    /// The last line that says something.
    last: u32,
}

impl Reader<'_> {
    /// The entry of the symbol `name` begins.
    fn open(&mut self, name: &[u8]) {
        let name = self.interner.intern(&mut self.out.names, name);
        self.open = self.out.definitions.len() as u32;
        self.out.definitions.push(Definition {
            name,
            kind: Kind::Kconfig,
            flags: Flags::default(),
            first: self.last,
            last: self.last,
            doc: 0,
            guard: NO_NAME,
            params: NO_NAME,
        });
    }

    /// The open entry has ended.
    fn close(&mut self) {
        if let Some(definition) = self.out.definitions.get_mut(self.open as usize) {
            definition.last = self.last;
        }
        self.open = NOWHERE;
    }

    /// The open entry names the symbols among these words.
    fn add_uses<'w>(&mut self, words: impl Iterator<Item = &'w [u8]>) {
        if self.open == NOWHERE {
            return;
        }
        for word in words.filter(|w| w.first().is_some_and(u8::is_ascii_uppercase)) {
            let name = self.interner.intern(&mut self.out.names, word);
            self.out.uses.push(Use {
                name,
                kind: UseKind::Ref,
                runs: false,
                line: self.last,
                within: self.open,
                via: NO_NAME,
            });
        }
    }
}

/// The columns before a line's text; a tab leads to the next eighth.
fn column(line: &[u8]) -> usize {
    let blanks = line.iter().take_while(|b| matches!(b, b' ' | b'\t'));
    blanks.fold(0, |column, b| if *b == b'\t' { (column / 8 + 1) * 8 } else { column + 1 })
}
