//! Stack frames in a line of text, `f+0x1c/0x90 [mod]`, as all architectures print them.

use std::sync::OnceLock;

use regex::bytes::{Captures, Regex};

use super::knowledge::knowledge;

/// How a line speaks of the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FrameKind {
    /// A return address that the unwinder is sure of.
    Return,
    /// `?`: found on the stack, perhaps left over.
    Maybe,
    /// The instruction that was being executed: `RIP:`, `pc :`.
    Pointer,
    /// A link register.
    Link,
    /// Named by a message.
    Mention,
}

/// A frame as it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// How sure it is.
    pub kind: FrameKind,
    /// The symbol, with what the compiler added.
    pub symbol: &'a [u8],
    /// How far into the function.
    pub offset: u64,
    /// How long the function's code is; 0 where it isn't said.
    pub size: u64,
    /// The loadable module that the symbol is in.
    pub module: Option<&'a [u8]>,
    /// What a decoded trace says: file and line.
    pub decoded: Option<(&'a [u8], u32)>,
    /// A decoded trace's row of a function that was inlined.
    pub inlined: bool,
    /// The address, where the trace names no function.
    pub address: Option<u64>,
    /// The module's build id, if it is printed.
    pub build_id: Option<&'a [u8]>,
    /// Whether it names the function that prints the line, not an address: `[drm:lamp_on [lamp]]`.
    pub names_printer: bool,
}

/// The first frame in `text`, if there is one; a trace's lines have one alone.
pub fn frame(text: &[u8]) -> Option<Frame<'_>> {
    if memchr::memmem::find(text, b"+0x").is_some() {
        return symbol_frame(text);
    }
    let found = if names_place(text) { decoded_frame(text) } else { bare_frame(text) };
    found.or_else(|| printer(text))
}

/// The function that a message says it is printed by.
fn printer(text: &[u8]) -> Option<Frame<'_>> {
    static PRINTER: OnceLock<Regex> = OnceLock::new();
    // Cheaper to see than an expression.
    memchr::memmem::find(text, b"[")?;
    let printer = compiled(&PRINTER, &knowledge().printer.text)?;
    let found = printer.captures(text)?;
    Some(Frame {
        kind: FrameKind::Mention,
        symbol: found.get(1)?.as_bytes(),
        offset: 0,
        size: 0,
        module: found.get(2).map(|module| module.as_bytes()),
        decoded: None,
        inlined: false,
        address: None,
        build_id: None,
        names_printer: true,
    })
}

/// An address alone: a kernel without its symbols (`CONFIG_KALLSYMS`) prints no more.
fn bare_frame(text: &[u8]) -> Option<Frame<'_>> {
    static BARE: OnceLock<Regex> = OnceLock::new();
    memchr::memmem::find(text, b"0x")?;
    let bare = compiled(
        &BARE,
        r"^(?:(RIP: [0-9a-f]+:)|\s+)(?:\[<[0-9a-f]+>\] *)?(\? )?(0x([0-9a-f]{8,16}))(?:/0x[0-9a-f]+)?\s*$",
    )?;
    let found = bare.captures(text)?;
    let address = hexadecimal(found.get(4)?.as_bytes())?;
    // A program's address is none of the kernel's.
    if found.get(1).is_some() && address < 1 << 63 && address > u64::from(u32::MAX) {
        return None;
    }
    Some(Frame {
        kind: match (found.get(1), found.get(2)) {
            (Some(_), _) => FrameKind::Pointer,
            (None, Some(_)) => FrameKind::Maybe,
            (None, None) => FrameKind::Return,
        },
        symbol: found.get(3)?.as_bytes(),
        offset: 0,
        size: 0,
        module: None,
        decoded: None,
        inlined: false,
        address: Some(address),
        build_id: None,
        names_printer: false,
    })
}

/// The kernel's build id, which is behind its version in a trace's `CPU:` line.
pub(super) fn build_id(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.trim_ascii();
    let last = text.rsplit(|byte| *byte == b' ').next()?;
    let is_id = last.len() == ID && last.iter().all(u8::is_ascii_hexdigit);
    (text.starts_with(b"CPU: ") && is_id).then(|| last.to_ascii_lowercase())
}

/// Digits of a build id: a SHA-1.
const ID: usize = 40;

/// How far the kernel was moved: `Kernel Offset: 0x2e00000 from 0xffffffff81000000 (…)`.
pub(super) fn kernel_offset(text: &[u8]) -> Option<u64> {
    let rest = text.trim_ascii_start().strip_prefix(b"Kernel Offset: 0x")?;
    let end = rest.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(rest.len());
    hexadecimal(&rest[..end])
}

/// Whether a file of code with a line's number may be in `text`.
pub(super) fn names_place(text: &[u8]) -> bool {
    memchr::memchr_iter(b':', text).any(|at| {
        let (before, after) = (&text[..at], text.get(at + 1));
        after.is_some_and(u8::is_ascii_digit) && ENDS.iter().any(|end| before.ends_with(end))
    })
}

/// How files of code end.
const ENDS: [&[u8]; 4] = [b".c", b".h", b".S", b".rs"];

fn symbol_frame(text: &[u8]) -> Option<Frame<'_>> {
    static SYMBOL: OnceLock<Regex> = OnceLock::new();
    let symbol = compiled(
        &SYMBOL,
        r"([A-Za-z_$.][\w.$]*)\+0x([0-9a-f]+)(?:/0x([0-9a-f]+))?\)?(?: \[([\w-]+)(?: ([0-9a-f]+))?\])?",
    )?;
    let found = symbol.captures(text)?;
    // A symbol's own text is what is behind a register's or a bracket's.
    let start = found.get(1)?.start();
    let end = found.get(0)?.end();
    let before = text.get(..start).unwrap_or_default();
    let size = found.get(3).and_then(|size| hexadecimal(size.as_bytes()));
    let kind = kind_of(before)?;
    if size.is_none() && kind == FrameKind::Mention {
        return None;
    }
    Some(Frame {
        kind,
        symbol: found.get(1)?.as_bytes(),
        offset: hexadecimal(found.get(2)?.as_bytes())?,
        size: size.unwrap_or(0),
        module: found.get(4).map(|module| module.as_bytes()),
        decoded: decoded(text.get(end..).unwrap_or_default()),
        inlined: false,
        address: None,
        build_id: found.get(5).map(|id| id.as_bytes()),
        names_printer: false,
    })
}

/// What stands before a symbol says what it is; none of a number that is no address.
fn kind_of(before: &[u8]) -> Option<FrameKind> {
    static TRACE: OnceLock<Regex> = OnceLock::new();
    static POINTER: OnceLock<Regex> = OnceLock::new();
    static LINK: OnceLock<Regex> = OnceLock::new();
    // Addresses in brackets; arm's `(called) from [<address>] (`; s390's `([<address>] `.
    let trace = compiled(
        &TRACE,
        r"^\s*(?:\(?\[?<?[0-9a-fx]{4,}>?\]?\)?,?\s*|#\d+\s+|(?:\(\w[\w.]*\)|\w[\w.]*) from\s+|\(|\? |\[)*$",
    )?;
    let pointer = compiled(
        &POINTER,
        r"(?:\bRIP|\bEIP|^\s*IP|PC is at|EIP is at|RIP is at|^\s*pc\s*:|^\s*PC:?|\bNIP|^\s*epc\s*:|^\s*era\s*:|Krnl PSW|IAOQ\[0\]|\bTPC|<CPU#?\d*>PC)[^a-z]*(?:[0-9a-f\[\]<>(): ]|\bis at\b)*$",
    )?;
    let link = compiled(
        &LINK,
        r"(?:LR is at|^\s*lr\s*:|^\s*LR|^\s*ra\s*:)[^a-z]*(?:[0-9a-f\[\]<>(): ])*$",
    )?;
    Some(if trace.is_match(before) {
        if memchr::memmem::find(before, b"? ").is_some() {
            FrameKind::Maybe
        } else {
            FrameKind::Return
        }
    } else if pointer.is_match(before) {
        FrameKind::Pointer
    } else if link.is_match(before) {
        FrameKind::Link
    } else {
        FrameKind::Mention
    })
}

/// A frame whose address was turned into a place: `f (fs/a.c:12)`, syzbot's
/// `f fs/a.c:12 [inline]`.
fn decoded_frame(text: &[u8]) -> Option<Frame<'_>> {
    static DECODED: OnceLock<Regex> = OnceLock::new();
    let place = compiled(
        &DECODED,
        r"^\s*(?:RIP: \d+:)?(\? )?([A-Za-z_]\w*(?:\.\w+)*) (\(?)((?:\./)?[\w.+-]+(?:/[\w.+-]+)+\.[chSr]s?):(\d+)(?:[ )]|$)",
    )?;
    let found = place.captures(text)?;
    let bracket = found.get(3)?.as_bytes() == b"(";
    let rest = text.get(found.get(5)?.end()..).unwrap_or_default();
    let inlined = memchr::memmem::find(rest, b"[inline]").is_some();
    if !bracket && !inlined && !text.starts_with(b"RIP") && !rest.trim_ascii().is_empty() {
        return None;
    }
    Some(Frame {
        kind: match text.starts_with(b"RIP") {
            true => FrameKind::Pointer,
            false if found.get(1).is_some() => FrameKind::Maybe,
            false => FrameKind::Return,
        },
        symbol: found.get(2)?.as_bytes(),
        offset: 0,
        size: 0,
        module: None,
        decoded: Some((path(&found, 4), number(found.get(5)?.as_bytes()))),
        inlined,
        address: None,
        build_id: None,
        names_printer: false,
    })
}

/// The place behind a decoded frame.
fn decoded(rest: &[u8]) -> Option<(&[u8], u32)> {
    static PLACE: OnceLock<Regex> = OnceLock::new();
    let place = compiled(&PLACE, r"^\s*\(?((?:\./)?[\w.+-]+(?:/[\w.+-]+)+\.[chSr]s?):(\d+)")?;
    let found = place.captures(rest)?;
    let line = number(found.get(2)?.as_bytes());
    Some((path(&found, 1), line))
}

fn path<'t>(found: &Captures<'t>, group: usize) -> &'t [u8] {
    let path = found.get(group).map_or(&b""[..], |path| path.as_bytes());
    path.strip_prefix(b"./").unwrap_or(path)
}

fn number(digits: &[u8]) -> u32 {
    std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

fn hexadecimal(digits: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// A pattern of this module, compiled once.
pub(super) fn compiled<'r>(cell: &'r OnceLock<Regex>, pattern: &str) -> Option<&'r Regex> {
    if let Some(regex) = cell.get() {
        return Some(regex);
    }
    // Bytes of a log are ASCII where they matter.
    let regex = regex::bytes::RegexBuilder::new(pattern).unicode(false).build().ok()?;
    Some(cell.get_or_init(|| regex))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(FrameKind, String, Option<String>)> {
        let frame = frame(text.as_bytes())?;
        let string = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Some((frame.kind, string(frame.symbol), frame.module.map(string)))
    }

    #[test]
    fn a_message_may_name_the_function_that_prints_it() {
        let printer = |text: &str| frame(text.as_bytes()).map(|frame| frame.names_printer);
        assert_eq!(printer("[drm:lamp_on [lamp]] *ERROR* no light"), Some(true));
        assert_eq!(printer("lamp 0000:01:00.0: [drm:lamp_on] dim"), Some(true));
        assert_eq!(printer("[drm] lamp is on"), None);
    }

    #[test]
    fn every_architecture_prints_frames_in_its_way() {
        use FrameKind::{Link, Maybe, Mention, Pointer, Return};
        let cases: [(&str, FrameKind, &str, Option<&str>); 22] = [
            (" lamp_on+0x1c/0x90 [lamp]", Return, "lamp_on", Some("lamp")),
            (" ? lamp_on.isra.0+0x1c/0x90", Maybe, "lamp_on.isra.0", None),
            (" [<ffffffff8113f5a1>] ? lamp_on+0x1c/0x90", Maybe, "lamp_on", None),
            (
                " [<c010b1f4>] (lamp_on) from [<c010e9a8>] (lamp_all+0x10/0x14)",
                Return,
                "lamp_all",
                None,
            ),
            (" lamp_on from lamp_all+0x10/0x14", Return, "lamp_all", None),
            (
                "[c000000003a5bc10] [c0000000008d1f74] lamp_on+0x54/0x90 [lamp] (unreliable)",
                Return,
                "lamp_on",
                Some("lamp"),
            ),
            (" [<0000000000123456>] lamp_on+0x1c/0x90 ", Return, "lamp_on", None),
            ("([<0000000000123456>] lamp_on+0x1c/0x90)", Return, "lamp_on", None),
            ("RIP: 0010:lamp_on+0x5/0x20 [lamp]", Pointer, "lamp_on", Some("lamp")),
            (
                "RIP: 0010:[<ffffffff8113f5a1>]  [<ffffffff8113f5a1>] lamp_on+0x5/0x20",
                Pointer,
                "lamp_on",
                None,
            ),
            ("EIP: lamp_on+0x5/0x20", Pointer, "lamp_on", None),
            ("PC is at lamp_on+0x5/0x20", Pointer, "lamp_on", None),
            ("LR is at lamp_on+0x5/0x20", Link, "lamp_on", None),
            ("pc : lamp_on+0x5/0x20 [lamp]", Pointer, "lamp_on", Some("lamp")),
            ("lr : lamp_on+0x5/0x20", Link, "lamp_on", None),
            ("NIP [c0000000008d1f74] lamp_on+0x54/0x90", Pointer, "lamp_on", None),
            ("LR [c0000000008d1f74] lamp_on+0x54/0x90", Link, "lamp_on", None),
            ("epc : lamp_on+0x5/0x20", Pointer, "lamp_on", None),
            (" ra : lamp_on+0x5/0x20", Link, "lamp_on", None),
            ("epc   : 80123456 lamp_on+0x10/0x20", Pointer, "lamp_on", None),
            (
                "Krnl PSW : 0704c00180000000 0000000000123456 (lamp_on+0x5/0x20)",
                Pointer,
                "lamp_on",
                None,
            ),
            (
                "WARNING: CPU: 1 PID: 1 at drivers/lamp.c:7 lamp_on+0x5/0x20 [lamp]",
                Mention,
                "lamp_on",
                Some("lamp"),
            ),
        ];
        for (text, kind, symbol, module) in cases {
            let want = Some((kind, symbol.to_owned(), module.map(str::to_owned)));
            assert_eq!(read(text), want, "{text}");
        }
        for text in
            ["RIP: 0033:0x7f5047b7a000", "no frame", "x+0xzz/0x1", "RSP: 0018:ffffd34b00493c30"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_alone_are_frames() {
        let address = |text: &'static str| frame(text.as_bytes()).map(|f| (f.kind, f.address));
        let at = Some(0xffff_ffff_8113_f5a1);
        assert_eq!(address(" 0xffffffff8113f5a1"), Some((FrameKind::Return, at)));
        assert_eq!(
            address(" [<ffffffff8113f5a1>] ? 0xffffffff8113f5a1"),
            Some((FrameKind::Maybe, at))
        );
        assert_eq!(address("RIP: 0010:0xffffffff8113f5a1"), Some((FrameKind::Pointer, at)));
        assert_eq!(address("base 0xffffffff8113f5a1"), None);
        let line = b"Kernel Offset: 0x2e00000 from 0xffffffff81000000 (relocation range)";
        assert_eq!(kernel_offset(line), Some(0x2e0_0000));
        let id = "0123456789abcdef0123456789abcdef01234567";
        let line = format!("CPU: 0 UID: 0 PID: 1 Comm: init Not tainted 6.12.0 #1 {id}");
        assert_eq!(build_id(line.as_bytes()), Some(id.as_bytes().to_vec()));
        let frame = frame(b" lamp_on+0x1/0x2 [lamp 0123456789abcdef]").unwrap();
        assert_eq!(frame.build_id, Some(&b"0123456789abcdef"[..]));
    }

    #[test]
    fn decoded_frames_keep_their_place() {
        let places = [
            (" lamp_on+0x1c/0x90 drivers/lamp.c:12", 12, false),
            (" lamp_on (drivers/lamp.c:12 (discriminator 2) include/linux/x.h:3)", 12, false),
            (" lamp_on drivers/lamp.c:12 [inline]", 12, true),
            (" lamp_on (./drivers/lamp.c:12)", 12, false),
        ];
        for (text, line, inlined) in places {
            let frame = frame(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(frame.decoded, Some((&b"drivers/lamp.c"[..], line)), "{text}");
            assert_eq!(frame.inlined, inlined, "{text}");
        }
    }
}
