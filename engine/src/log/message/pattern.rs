//! Whether a line can have been printed by a format: literal text must be there, and what
//! stands where a conversion was must look like it. Read straight from the format, as most
//! are never compared with any line.

use super::texts::{END, MODULE, UNKNOWN};

/// How much is tried before a format is given up: what many `%s` in a row can cost.
const MOST_STEPS: u32 = 2000;

/// How well a line fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fit {
    /// Letters and digits of the format that the line has.
    pub(super) letters: u32,
    /// Other bytes of it but blanks, and what numbers say: that they are some.
    pub(super) signs: u32,
    /// Texts of the format, between its conversions, that the line has; blanks alone are none.
    pub(super) texts: u32,
    /// What of its signs and texts every device's message has.
    pub(super) usual: u32,
    /// Bytes of the line that stand for conversions that may be anything.
    pub(super) free: u32,
    /// Conversions that may be anything.
    pub(super) holes: u32,
    /// Whether the line goes on after the format.
    pub(super) more: bool,
    /// Whether the module's name is the one that the file has.
    pub(super) module: bool,
    /// Whether it is another one.
    pub(super) other_module: bool,
    /// Whether the line begins with what may be anything.
    pub(super) free_start: bool,
    /// Bytes at the line's end that may be anything.
    pub(super) free_end: u32,
    /// Names with a colon in what may be anything: `CPU: 0 PID: 7 Comm: lampd` has two behind `CPU: `.
    pub(super) labels: u32,
}

impl Fit {
    fn literal(&mut self, text: &[u8]) {
        self.texts += u32::from(!text.trim_ascii().is_empty());
        for byte in text {
            if byte.is_ascii_alphanumeric() {
                self.letters += 1;
            } else if !byte.is_ascii_whitespace() {
                self.signs += 1;
            }
        }
    }
}

/// What stands in a format at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'f> {
    Literal(&'f [u8]),
    Signed,
    Unsigned,
    /// With as many digits, where the format says how many at least; 0: it doesn't.
    Hex(usize),
    Pointer,
    /// `[mem 0xfe000000-0xfe0000ff]`.
    Resource,
    Char,
    Module(&'f [u8]),
    Any,
}

/// The first piece of a format, and the rest.
fn piece(format: &[u8]) -> Option<(Piece<'_>, &[u8])> {
    let first = *format.first()?;
    match first {
        MODULE => {
            let end = memchr::memchr(END, format).unwrap_or(format.len());
            let rest = format.get(end + 1..).unwrap_or_default();
            Some((Piece::Module(&format[1..end]), rest))
        }
        0..8 => Some((Piece::Any, &format[1..])),
        b'%' if format.get(1) == Some(&b'%') => Some((Piece::Literal(&format[..1]), &format[2..])),
        b'%' => Some(conversion(format)),
        _ => {
            let end = format.iter().position(|byte| *byte < 8 || *byte == b'%');
            let (text, rest) = format.split_at(end.unwrap_or(format.len()));
            Some((Piece::Literal(text), rest))
        }
    }
}

/// The end of the conversion that begins at `at`.
pub(super) fn past_conversion(format: &[u8], at: usize) -> usize {
    format.len() - conversion(&format[at..]).1.len()
}

fn conversion(format: &[u8]) -> (Piece<'_>, &[u8]) {
    let mut at = 1;
    while let Some(byte) = format.get(at) {
        match byte {
            b'-'
            | b'+'
            | b' '
            | b'#'
            | b'0'..=b'9'
            | b'.'
            | b'*'
            | b'l'
            | b'h'
            | b'L'
            | b'z'
            | b'Z'
            | b't'
            | b'q'
            | b'j' => at += 1,
            // `"%" __stringify(LEN) "ph"`
            &UNKNOWN if is_width(&format[at + 1..]) => at += 1,
            _ => break,
        }
    }
    let rest = format.get(at + 1..).unwrap_or_default();
    let piece = match format.get(at) {
        Some(b'd' | b'i') => Piece::Signed,
        Some(b'u') => Piece::Unsigned,
        Some(b'x' | b'X' | b'o') => Piece::Hex(digits(&format[1..at])),
        Some(b'c') => Piece::Char,
        Some(b's') => Piece::Any,
        Some(b'p') => {
            let end = rest.iter().position(|byte| !byte.is_ascii_alphanumeric());
            let extension = &rest[..end.unwrap_or(rest.len())];
            let taken = extension_len(extension);
            let piece = match extension.first().filter(|_| taken > 0) {
                None | Some(b'K' | b'x') => Piece::Pointer,
                Some(b'R' | b'r') => Piece::Resource,
                _ => Piece::Any,
            };
            return (piece, &rest[taken..]);
        }
        _ => Piece::Any,
    };
    (piece, rest)
}

/// How many digits a number has at least, by what stands before its letter: `8.8`, `02`.
fn digits(flags: &[u8]) -> usize {
    let last = flags.split(|byte| !byte.is_ascii_digit()).next_back().unwrap_or_default();
    let exact = flags.contains(&b'.') || last.starts_with(b"0");
    let text = std::str::from_utf8(last).ok().filter(|_| exact);
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Whether a format begins with a number.
fn begins_with_number(format: &[u8]) -> bool {
    matches!(piece(format), Some((Piece::Hex(_) | Piece::Signed | Piece::Unsigned, _)))
}

/// Whether what a macro stands for before this text is a conversion's width: the text goes on as a
/// conversion does.
fn is_width(rest: &[u8]) -> bool {
    match rest {
        [b'p', b'h', ..] => true,
        [b'd' | b'i' | b'u' | b'x' | b'X' | b's', rest @ ..] => {
            !rest.first().is_some_and(u8::is_ascii_alphanumeric)
        }
        _ => false,
    }
}

/// How many letters after `%p` belong to it (`lib/vsprintf.c`, `pointer()`): those that begin
/// an extension, and the letters that it takes.
fn extension_len(letters: &[u8]) -> usize {
    let run = |set: &[u8]| 1 + letters[1..].iter().take_while(|b| set.contains(b)).count();
    match letters.first() {
        None => 0,
        Some(b'S' | b's' | b'B') => run(b"Rb"),
        Some(b'R' | b'r' | b'V' | b'K' | b'e' | b'x' | b'A') => 1,
        Some(b'h' | b'E') => run(b"CDNanhcps"),
        Some(b'b') => run(b"l"),
        Some(b'M' | b'm') => run(b"FR"),
        Some(b'I' | b'i') => run(b"46Schnblpfs"),
        Some(b'U') => run(b"bBlL"),
        Some(b'a') => run(b"dp"),
        Some(b'd' | b'D') => run(b"234"),
        Some(b't') => run(b"RTrdts"),
        Some(b'C') => run(b"nr"),
        Some(b'g') => 1,
        Some(b'G') => run(b"gpft"),
        Some(b'O') => run(b"FfnpPcC"),
        Some(b'f') => run(b"wfnpPcC"),
        Some(b'4') => run(b"cc"),
        Some(b'F') => run(b"B"),
        Some(b'N') => run(b"F"),
        Some(_) => 0,
    }
}

/// How the line fits the format; `open` says that the line may go on after it.
pub(super) fn fit(format: &[u8], line: &[u8], open: bool) -> Option<Fit> {
    let mut steps = 0;
    matched(format, line, open, Fit::default(), &mut steps)
}

/// How a line fits the format's beginning, if it was cut there: by a terminal's width, a pager, a
/// photograph's edge.
pub(super) fn fit_cut(mut format: &[u8], mut line: &[u8]) -> Option<Fit> {
    let mut fit = Fit { more: true, ..Fit::default() };
    while !line.is_empty() {
        let (piece, rest) = piece(format)?;
        format = rest;
        line = match piece {
            Piece::Literal(text) if line.len() < text.len() && text.starts_with(line) => {
                fit.literal(line);
                return Some(fit);
            }
            Piece::Literal(text) => {
                fit.literal(text);
                line.strip_prefix(text)?
            }
            Piece::Signed | Piece::Unsigned => number(line, true, |byte| byte.is_ascii_digit())?,
            Piece::Hex(_) | Piece::Pointer => pointer(line)?,
            Piece::Resource if line.starts_with(b"[") && !line.contains(&b']') => &[],
            Piece::Resource => resource(line)?,
            Piece::Char => &line[1..],
            Piece::Module(_) | Piece::Any => {
                fit.holes += 1;
                let text = match self::piece(format) {
                    Some((Piece::Literal(text), _)) => text,
                    _ => &[],
                };
                let next = if text.is_empty() { None } else { find(line, text) };
                let Some(at) = next else {
                    // The end may be the next text's beginning.
                    let most = text.len().min(line.len());
                    let own = (0..=most).rev().find(|own| line.ends_with(&text[..*own]));
                    let own = own.unwrap_or(0);
                    fit.literal(&text[..own]);
                    fit.free += (line.len() - own) as u32;
                    return Some(fit);
                };
                fit.free += at as u32;
                &line[at..]
            }
        };
    }
    Some(fit)
}

fn matched(
    mut format: &[u8],
    mut line: &[u8],
    open: bool,
    mut fit: Fit,
    steps: &mut u32,
) -> Option<Fit> {
    loop {
        *steps += 1;
        if *steps > MOST_STEPS {
            return None;
        }
        let Some((piece, rest)) = piece(format) else {
            let left = line.trim_ascii_end();
            fit.more = !left.is_empty();
            fit.labels += labels(left);
            return (left.is_empty() || open).then_some(fit);
        };
        format = rest;
        match piece {
            Piece::Literal(text) => {
                // Blanks at a line's end are often lost.
                line = match line.strip_prefix(text) {
                    Some(after) => after,
                    None if line == text.trim_ascii_end() => &[],
                    None => return None,
                };
                fit.literal(text);
            }
            Piece::Signed => {
                line = number(line, true, |byte| byte.is_ascii_digit())?;
                fit.signs += 1;
            }
            Piece::Unsigned => {
                line = number(line, false, |byte| byte.is_ascii_digit())?;
                fit.signs += 1;
            }
            Piece::Hex(digits) => line = hex(line, digits, format, &mut fit)?,
            Piece::Pointer => line = pointer(line)?,
            Piece::Resource => {
                line = resource(line)?;
                fit.signs += 2;
            }
            Piece::Char => line = line.get(1..)?,
            Piece::Module(name) => line = module(line, name, &mut fit)?,
            Piece::Any => return any(format, line, open, fit, steps),
        }
    }
}

/// The rest of a line after a number of these digits, where the format goes on with `rest`.
fn hex<'l>(line: &'l [u8], digits: usize, rest: &[u8], fit: &mut Fit) -> Option<&'l [u8]> {
    fit.signs += 1;
    // `%8.8X%8.8X`: the next number begins where this one has its digits.
    if digits > 0 && begins_with_number(rest) {
        let (own, after) = line.split_at_checked(digits)?;
        return own.iter().all(u8::is_ascii_hexdigit).then_some(after);
    }
    let padded = line.trim_ascii_start();
    let bare = padded.strip_prefix(b"0x").or_else(|| padded.strip_prefix(b"0X"));
    fit.signs += if bare.is_some() { 2 } else { 0 };
    number(bare.unwrap_or(line), false, |byte| byte.is_ascii_hexdigit())
}

/// The rest of a line after a module's name, which may be any; `name` is the one that fits best.
fn module<'l>(line: &'l [u8], name: &[u8], fit: &mut Fit) -> Option<&'l [u8]> {
    let (word, after) = split_name(line);
    if word.is_empty() {
        return None;
    }
    fit.other_module = word != name;
    if word == name {
        fit.module = true;
        fit.literal(word);
    }
    Some(after)
}

/// The rest of a line after what may be anything, tried from the shortest on.
fn any(mut format: &[u8], line: &[u8], open: bool, mut fit: Fit, steps: &mut u32) -> Option<Fit> {
    fit.holes += 1;
    // Where the one ends and the next begins, nothing tells.
    while let Some((Piece::Any, rest)) = piece(format) {
        format = rest;
        fit.holes += 1;
    }
    let text = match piece(format) {
        None => {
            fit.free += line.len() as u32;
            fit.labels += labels(line);
            fit.free_end = line.iter().filter(|byte| !byte.is_ascii_whitespace()).count() as u32;
            return Some(fit);
        }
        Some((Piece::Literal(text), _)) => text,
        Some(_) => &[],
    };
    let is_start = fit.letters + fit.signs == 0;
    let mut best: Option<Fit> = None;
    let mut at = 0;
    while let Some(found) = line.get(at..).and_then(|left| find(left, text)) {
        at += found;
        let free_start = fit.free_start || is_start && at > 0;
        let labels = fit.labels + labels(&line[..at]);
        let with = Fit { free: fit.free + at as u32, free_start, labels, ..fit };
        let found = matched(format, &line[at..], open, with, steps);
        if let Some(found) = found {
            if !found.more {
                return Some(found);
            }
            best = best.or(Some(found));
        }
        if *steps > MOST_STEPS {
            break;
        }
        at += 1;
    }
    // A literal at the end whose blanks are lost.
    let trimmed = text.trim_ascii_end();
    if best.is_none() && trimmed.len() < text.len() && line.ends_with(trimmed) {
        let at = line.len() - trimmed.len();
        let free_start = fit.free_start || is_start && at > 0;
        let labels = fit.labels + labels(&line[..at]);
        let with = Fit { free: fit.free + at as u32, free_start, labels, ..fit };
        best = matched(format, &line[at..], open, with, steps);
    }
    best
}

/// How many names are in a text that a colon and a blank follow.
fn labels(text: &[u8]) -> u32 {
    memchr::memchr_iter(b':', text).filter(|at| text.get(at + 1) == Some(&b' ')).count() as u32
}

/// A text without its conversions.
pub(super) fn literals(format: &[u8]) -> Vec<u8> {
    let mut rest = format;
    let mut out = Vec::new();
    while let Some((piece, after)) = piece(rest) {
        if let Piece::Literal(text) = piece {
            out.extend(text);
        }
        rest = after;
    }
    out
}

/// Where `text` begins in a line, which is short: nothing is prepared for it.
pub(super) fn find(line: &[u8], text: &[u8]) -> Option<usize> {
    let Some((&first, rest)) = text.split_first() else { return Some(0) };
    let mut starts = memchr::memchr_iter(first, line);
    starts.find(|at| line[at + 1..].starts_with(rest))
}

/// What follows a number, which may be padded.
fn number(line: &[u8], signed: bool, digit: impl Fn(u8) -> bool) -> Option<&[u8]> {
    let line = line.trim_ascii_start();
    let line = match line.first() {
        Some(b'-' | b'+') if signed => &line[1..],
        _ => line,
    };
    let end = line.iter().position(|byte| !digit(*byte)).unwrap_or(line.len());
    let rest = &line[end..];
    // Padding on the right.
    (end > 0).then_some(rest)
}

/// A line's beginning that may be the name of a module or a driver, and the rest.
pub(super) fn split_name(line: &[u8]) -> (&[u8], &[u8]) {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    line.split_at(line.iter().position(|byte| !is_name(byte)).unwrap_or(line.len()))
}

/// What follows a resource, which is in brackets (`lib/vsprintf.c`, `resource_string()`), or what
/// stands in the place of a missing one.
fn resource(line: &[u8]) -> Option<&[u8]> {
    match line.strip_prefix(b"[") {
        Some(inside) => memchr::memchr(b']', inside).map(|end| &inside[end + 1..]),
        None => pointer(line),
    }
}

fn pointer(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii_start();
    for word in [&b"(null)"[..], b"(____ptrval____)", b"(efault)", b"(einval)"] {
        if let Some(rest) = line.strip_prefix(word) {
            return Some(rest);
        }
    }
    number(line.strip_prefix(b"0x").unwrap_or(line), false, |byte| byte.is_ascii_hexdigit())
}

/// The words of a format that a line must have whole, each with the bytes around it known.
pub(super) fn words(format: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = format;
    let mut bounded = true;
    let mut inside: &[u8] = &[];
    std::iter::from_fn(move || {
        loop {
            if inside.is_empty() {
                let (next, after) = piece(rest)?;
                rest = after;
                let Piece::Literal(text) = next else {
                    bounded = false;
                    continue;
                };
                inside = text;
            }
            let start = inside.iter().position(|byte| is_word(*byte));
            let Some(start) = start else {
                bounded = true;
                inside = &[];
                continue;
            };
            let whole_before = bounded || start > 0;
            let text = &inside[start..];
            let end = text.iter().position(|byte| !is_word(*byte)).unwrap_or(text.len());
            let word = &text[..end];
            inside = &text[end..];
            // At a conversion a word may go on; after a text's end it can't.
            let whole_after = end < text.len() || rest.is_empty();
            bounded = end < text.len();
            if whole_before && whole_after && word.len() > 1 {
                return Some(word);
            }
        }
    })
}

/// Whether `byte` is part of a word.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(format: &str, line: &str) -> bool {
        fit(format.as_bytes(), line.as_bytes(), false).is_some()
    }

    #[test]
    fn conversions_take_what_they_print() {
        assert!(fits("lamp%d: %s, level %u of %#x", "lamp3: on, level 7 of 0x10"));
        assert!(fits("%5d|%-5s|", "   12|a    |"));
        assert!(fits("%pOF: bad", "/soc/lamp@1: bad"));
        assert!(fits("at %pS", "at lamp_on+0x1c/0x90"));
        assert!(fits("%02x%02x", "0aff") || !fits("%02x-%02x", "0a"));
        assert!(fits("%s %pR: kept", "BAR 0 [mem 0xfe000000-0xfe0000ff 64bit]: kept"));
        assert!(!fits("%s %pR: kept", "BAR 0 {it}: kept"));
        assert!(fits("mac %pM on", "mac 00:11:22:33:44:55 on"));
        assert!(fits("100%% of %s", "100% of it"));
        assert!(!fits("level %d", "level high"));
        assert!(!fits("lamp on", "lamp on fire"));
        let ports = "at 0x60,0x64 irq 1,12";
        let line = format!("PS/2 Controller [PNP0303:KBD,PNP0f13:MOU] {ports}");
        assert!(fits("PS/2 Controller [%s%s%s] at %#x,%#x irq %s%s%s", &line));
    }

    #[test]
    fn a_cut_line_fits_a_formats_beginning() {
        let format = b"lamp %s: no light in room %d, nor in %s\n";
        let letters = |line: &str| fit_cut(format, line.as_bytes()).map(|fit| fit.letters);
        assert_eq!(letters("lamp sda: no li"), Some(8));
        assert_eq!(letters("lamp sda: no light in room 7, nor in the"), Some(22));
        assert_eq!(letters("lamp sda: no dark"), Some(4));
        assert_eq!(letters("bulb sda: no li"), None);
        let window = b"lamp window claimed %pR for the hall\n";
        let fit = fit_cut(window, b"lamp window claimed [mem 0xfe0000");
        assert_eq!(fit.map(|fit| fit.letters), Some(17));
    }

    #[test]
    fn many_strings_in_a_row_end() {
        let format = "%s".repeat(60) + "x";
        assert!(!fits(&format, &"y".repeat(4000)));
    }

    #[test]
    fn words_are_those_that_stand_alone() {
        let found: Vec<&[u8]> = words(b"lamp%d: no such level %smore, it").collect();
        assert_eq!(found, [&b"no"[..], b"such", b"level", b"it"]);
    }
}
