//! A line of a log without what loggers put before it: times, levels, hosts, quotes, colours.

use std::borrow::Cow;
use std::sync::OnceLock;

use kgrep_index::outline::formats::LEVELS;
use regex::bytes::Regex;

use super::frame::compiled;

/// Who wrote a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Writer {
    /// The kernel: the line has its time, its level or its name.
    Kernel,
    /// Another program, which the line names.
    Program,
    /// Nothing says.
    #[default]
    Unknown,
}

/// A line, without what was put before its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line<'t> {
    /// What was printed.
    pub text: &'t [u8],
    /// Who did.
    pub writer: Writer,
    /// `<6>`: 6.
    pub level: Option<u8>,
    /// The task or the processor that printed it: `T42`, `C1`.
    pub caller: Option<&'t [u8]>,
}

/// Takes out what no message has: colours and other sequences for a terminal, NULs.
pub fn cleaned(line: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr3(0x1b, 0, 0x08, line).is_none() {
        return Cow::Borrowed(line);
    }
    static SEQUENCE: OnceLock<Regex> = OnceLock::new();
    let sequence = compiled(
        &SEQUENCE,
        r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\^_()][0-9A-Za-z]?|[\x00\x08]",
    );
    match sequence {
        Some(sequence) => sequence.replace_all(line, &b""[..]),
        None => Cow::Borrowed(line),
    }
}

/// The messages in a line of a file: a carriage return goes back to a line's start, and a
/// time in the middle begins what another processor, or the kernel after a program, printed.
pub fn parts(line: &[u8]) -> Vec<Line<'_>> {
    static TIME: OnceLock<Regex> = OnceLock::new();
    let time = compiled(
        &TIME,
        r"[^\[\]<>\s,;|]\s*(?:<\d{1,3}>)?(\[ *\d{1,7}\.\d{6}\](?:\[ *[TC]\d+\])? )",
    );
    let mut found = Vec::new();
    for part in line.split(|byte| *byte == b'\r') {
        if part.trim_ascii().is_empty() {
            continue;
        }
        let mut rest = part;
        let mut before = Line::default();
        while let Some(at) = time
            .filter(|_| has_bracket(rest))
            .and_then(|time| time.captures(rest))
            .and_then(|found| found.get(1))
            .map(|time| time.start())
        {
            // `systemd[1]: [  12.345678] x`: the time belongs to what is before it.
            let head = stripped(&rest[..at]);
            if !head.text.trim_ascii().is_empty() {
                found.push(head);
            } else {
                before = head;
            }
            rest = &rest[at..];
        }
        let line = stripped(rest);
        let writer = if before.writer == Writer::Program { before.writer } else { line.writer };
        found.push(Line { writer, level: line.level.or(before.level), ..line });
    }
    found
}

/// Whether a time may stand in the midst of a line: cheaper to see than a time.
fn has_bracket(line: &[u8]) -> bool {
    let mut brackets = memchr::memchr_iter(b'[', line);
    brackets.any(|at| at > 0 && line.get(at + 1).is_some_and(|b| *b == b' ' || b.is_ascii_digit()))
}

/// The line without what stands before its text.
fn stripped(line: &[u8]) -> Line<'_> {
    let mut line = Line { text: line, ..Line::default() };
    // Quoted mail, a byte order mark.
    line.text = line.text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line.text);
    while let Some(rest) = line.text.strip_prefix(b">").or_else(|| line.text.strip_prefix(b"| ")) {
        line.text = rest.strip_prefix(b" ").unwrap_or(rest);
    }
    record(&mut line);
    for _ in 0..STEPS {
        if !step(&mut line) {
            break;
        }
    }
    while let [rest @ .., b'\n' | b'\r'] = line.text {
        line.text = rest;
    }
    line
}

/// A level, two times, a host and a caller are five.
const STEPS: usize = 8;

/// `/dev/kmsg` and the extended netconsole: `6,1234,5678901,-,caller=T1;text`.
fn record(line: &mut Line<'_>) {
    static RECORD: OnceLock<Regex> = OnceLock::new();
    if !line.text.first().is_some_and(u8::is_ascii_digit) {
        return;
    }
    let Some(record) =
        compiled(&RECORD, r"^(\d{1,4}),\d+,\d+,[-c+](?:,(?:caller=([TC]\d+)|[\w=./-]+))*;")
    else {
        return;
    };
    if let Some(found) = record.captures(line.text) {
        (line.level, line.writer) = found.get(1).map_or((None, Writer::Kernel), numbered);
        line.caller = found.get(2).map(|caller| caller.as_bytes());
        line.text = &line.text[found.get(0).map_or(0, |all| all.end())..];
    }
}

/// Takes one thing off the line's start.
fn step(line: &mut Line<'_>) -> bool {
    static LEVEL: OnceLock<Regex> = OnceLock::new();
    static FACILITY: OnceLock<Regex> = OnceLock::new();
    static TIME: OnceLock<Regex> = OnceLock::new();
    let text = line.text;
    let found = |cell, pattern| compiled(cell, pattern).and_then(|regex| regex.captures(text));
    if text.first() == Some(&b'<')
        && let Some(found) = found(&LEVEL, r"^<(\d{1,3})>")
    {
        (line.level, line.writer) = found.get(1).map_or((None, Writer::Kernel), numbered);
        line.text = &text[found.get(0).map_or(0, |all| all.end())..];
        return true;
    }
    // `dmesg -x`: `kern  :info  : `, `daemon:warn  : `.
    if text.get(..8).is_some_and(|start| start.contains(&b':'))
        && let Some(found) =
            found(&FACILITY, r"^(\w+) *:(emerg|alert|crit|err|warn|notice|info|debug) *: ")
    {
        let name = found.get(2).map_or(&b""[..], |name| name.as_bytes());
        let mut names = (0..).zip(LEVELS.iter().map(|level| level.name.as_bytes()));
        line.level = names.find(|(_, known)| *known == name).map(|(level, _)| level);
        let is_kernel = found.get(1).is_some_and(|facility| facility.as_bytes() == b"kern");
        line.writer = if is_kernel { Writer::Kernel } else { Writer::Program };
        line.text = &text[found.get(0).map_or(0, |all| all.end())..];
        return true;
    }
    // The kernel's time, `dmesg -T`'s, `-d`'s and `-H`'s; then the caller.
    let bare = text.trim_ascii_start();
    if bare.first() == Some(&b'[')
        && let Some(found) = found(
            &TIME,
            r"^\s*\[(?: *\+?\d{1,7}\.\d{1,9}(?: <[^>]*>)?|< *\d+\.\d+>|\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \d{4}|\w{3}[ \d]\d \d\d:\d\d| *([TC]\d+)|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\]]*)\] ?",
        )
    {
        if line.writer == Writer::Unknown {
            line.writer = Writer::Kernel;
        }
        line.caller = found.get(1).map(|caller| caller.as_bytes()).or(line.caller);
        line.text = &text[found.get(0).map_or(0, |all| all.end())..];
        return true;
    }
    dated(line)
}

/// Takes a date off the line's start, with the host and the program that syslog and journald name.
fn dated(line: &mut Line<'_>) -> bool {
    static STAMP: OnceLock<Regex> = OnceLock::new();
    let text = line.text;
    let bare = text.trim_ascii_start();
    let is_date = |at: usize, sign: u8| bare.get(at) == Some(&sign);
    if !is_date(3, b' ') && !is_date(4, b'-') {
        return host(line);
    }
    let Some(stamp) = compiled(
        &STAMP,
        r"^\s*(\w{3} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[0-9.,:+Z-]*) (?:([\w.-]+) ([\w./@-]+)(?:\[\d+\])?: ?)?",
    ) else {
        return host(line);
    };
    let Some(found) = stamp.captures(text) else { return host(line) };
    // `dmesg --time-format iso` alone has a comma, and names no host.
    let date = found.get(1).map_or(0, |date| date.end());
    if memchr::memchr(b',', &text[..date]).is_some() {
        let rest = &text[date..];
        line.text = rest.strip_prefix(b" ").unwrap_or(rest);
        return true;
    }
    line.writer = match found.get(3).map(|program| program.as_bytes()) {
        Some(b"kernel") => Writer::Kernel,
        Some(_) => Writer::Program,
        None => line.writer,
    };
    line.text = &text[found.get(0).map_or(0, |all| all.end())..];
    true
}

/// `host kernel: `, behind journald's own time, and `kernel: ` alone.
fn host(line: &mut Line<'_>) -> bool {
    static HOST: OnceLock<Regex> = OnceLock::new();
    let found = compiled(&HOST, r"^(?:[\w.-]+ )?kernel: ").and_then(|host| host.find(line.text));
    let Some(found) = found else { return false };
    line.writer = Writer::Kernel;
    line.text = &line.text[found.end()..];
    true
}

/// The level in a number that may have a facility, too: all but the kernel's own, 0, are programs'.
fn numbered(digits: regex::bytes::Match<'_>) -> (Option<u8>, Writer) {
    let text = std::str::from_utf8(digits.as_bytes()).ok();
    let Some(number) = text.and_then(|text| text.parse::<u16>().ok()) else {
        return (None, Writer::Kernel);
    };
    let writer = if number < 8 { Writer::Kernel } else { Writer::Program };
    (Some((number % 8) as u8), writer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<String> {
        let line = cleaned(line.as_bytes()).into_owned();
        parts(&line).iter().map(|p| String::from_utf8_lossy(p.text).into_owned()).collect()
    }

    #[test]
    fn loggers_prefixes_fall_away() {
        let lines = [
            "lamp: ready",
            "[    1.234567] lamp: ready",
            "[    1.234567][  T42] lamp: ready",
            "[    1.234567] [  T42] lamp: ready",
            "<6>[    1.234567] lamp: ready",
            "<6>lamp: ready",
            "kern  :info  : [    1.234567] lamp: ready",
            "[Mon Jan  2 03:04:05 2026] lamp: ready",
            "[    1.234567 <    0.000012>] lamp: ready",
            "2026-01-02T03:04:05,123456+00:00 lamp: ready",
            "kern  :info  : 2026-01-02T03:04:05,123456+00:00 lamp: ready",
            "[Jan 2 03:04] lamp: ready",
            "[  +0.000012] lamp: ready",
            "[<    0.000012>] lamp: ready",
            "Jan  2 03:04:05 host kernel: lamp: ready",
            "Jan  2 03:04:05 host kernel: [    1.234567] lamp: ready",
            "2026-01-02T03:04:05.123456+01:00 host kernel: [    1.234567] lamp: ready",
            "[    1.234567] host kernel: lamp: ready",
            "6,1234,1234567,-;lamp: ready",
            "6,1234,1234567,-,caller=T42;lamp: ready",
            "> > [    1.234567] lamp: ready",
            "\u{1b}[32m[    1.234567] \u{1b}[0mlamp: ready",
            "[    1.234567] lamp: \0ready\r",
            "\u{feff}[    1.234567] lamp: ready\r\n",
        ];
        for line in lines {
            assert_eq!(texts(line), ["lamp: ready"], "{line:?}");
        }
    }

    /// An address may be of decimal digits alone.
    #[test]
    fn an_address_is_no_time() {
        for line in ["[<80112308>] (lamp_on) from [<8011230a>]", "[<8011230a>] lamp_on"] {
            assert_eq!(texts(line), [line]);
        }
    }

    /// The first two words stood where a host and a program stand.
    #[test]
    fn a_date_of_dmesg_names_no_host() {
        assert_eq!(texts("2026-01-02T03:04:05,123456+00:00 usb 1-1: new"), ["usb 1-1: new"]);
        assert_eq!(texts("2026-01-02T03:04:05,123456+00:00 Call Trace:"), ["Call Trace:"]);
    }

    #[test]
    fn a_line_says_who_called() {
        let caller = |line: &str| {
            let caller = parts(line.as_bytes())[0].caller;
            caller.map(|caller| String::from_utf8_lossy(caller).into_owned())
        };
        for line in ["[    1.234567][  T42] x", "[    1.234567] [  T42] x", "6,1,2,-,caller=T42;x"]
        {
            assert_eq!(caller(line).as_deref(), Some("T42"), "{line}");
        }
        assert_eq!(caller("[    1.234567][    C1] x").as_deref(), Some("C1"));
        assert_eq!(caller("[    1.234567] x"), None);
    }

    #[test]
    fn a_line_may_hold_several_messages() {
        assert_eq!(texts("login: [    1.234567] lamp: ready"), ["login: ", "lamp: ready"]);
        assert_eq!(texts("password:\r[    1.234567] lamp: on\r"), ["password:", "lamp: on"]);
        assert_eq!(
            texts("[    1.234567] lamp: on[    1.234570] lamp: off"),
            ["lamp: on", "lamp: off"]
        );
        assert_eq!(texts("[    1.234567] at [    2.345678] s"), ["at ", "s"]);
    }

    #[test]
    fn a_line_says_who_wrote_it() {
        let writer = |line: &str| parts(line.as_bytes())[0].writer;
        assert_eq!(writer("Jan  2 03:04:05 host systemd[1]: Started."), Writer::Program);
        assert_eq!(writer("Jan  2 03:04:05 host kernel: x"), Writer::Kernel);
        assert_eq!(writer("Killed"), Writer::Unknown);
        // What programs write to the kernel's log has their facility.
        assert_eq!(writer("<30>[    1.234567] systemd[1]: Started."), Writer::Program);
        assert_eq!(writer("30,5,6,-;systemd[1]: Started."), Writer::Program);
        assert_eq!(writer("daemon:info  : [    1.234567] systemd[1]: x"), Writer::Program);
        assert_eq!(writer("kern  :info  : [    1.234567] x"), Writer::Kernel);
        assert_eq!(parts(b"<4>[    1.234567] x")[0].level, Some(4));
        assert_eq!(parts(b"12,5,6,-;x")[0].level, Some(4));
        assert_eq!(parts(b"kern  :err   : x")[0].level, Some(3));
    }
}
