//! Reads Kconfig files: the symbols, and which others each selects, implies or depends on.

use super::names::Interner;
use super::{Definition, FileOutline, Flags, Kind, NO_NAME, NOWHERE, Use, UseKind};

/// Reads a Kconfig file into `out`.
pub(super) fn read(bytes: &[u8], out: &mut FileOutline) {
    let mut interner = Interner::default();
    let mut open = NOWHERE;
    let mut last = 0;
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
                (help, last) = (Some(column), number);
                continue;
            }
            Some(start) if start > 0 && column >= start => {
                last = number;
                continue;
            }
            _ => help = None,
        }
        let in_column_0 = line.first().is_some_and(|b| b.is_ascii_alphabetic());
        if in_column_0 {
            if let Some(definition) = out.definitions.get_mut(open as usize) {
                definition.last = last;
            }
            open = NOWHERE;
        }
        last = number;
        match first {
            b"config" | b"menuconfig" => {
                let Some(name) = words.next() else { continue };
                let name = interner.intern(&mut out.names, name);
                open = out.definitions.len() as u32;
                out.definitions.push(Definition {
                    name,
                    kind: Kind::Kconfig,
                    flags: Flags::default(),
                    first: number,
                    last: number,
                    doc: 0,
                    guard: NO_NAME,
                    params: NO_NAME,
                });
            }
            // `help`, and before Linux 5.4 `---help---`.
            b"help" if words.next().is_none() => help = Some(0),
            b"select" | b"imply" | b"depends" | b"default" if open != NOWHERE => {
                for word in words.filter(|w| w.first().is_some_and(u8::is_ascii_uppercase)) {
                    let name = interner.intern(&mut out.names, word);
                    out.uses.push(Use {
                        name,
                        kind: UseKind::Ref,
                        runs: false,
                        line: number,
                        within: open,
                        via: NO_NAME,
                    });
                }
            }
            _ => {}
        }
    }
    if let Some(definition) = out.definitions.get_mut(open as usize) {
        definition.last = last;
    }
}

/// The columns before a line's text; a tab leads to the next eighth.
fn column(line: &[u8]) -> usize {
    let blanks = line.iter().take_while(|b| matches!(b, b' ' | b'\t'));
    blanks.fold(0, |column, b| if *b == b'\t' { (column / 8 + 1) * 8 } else { column + 1 })
}
