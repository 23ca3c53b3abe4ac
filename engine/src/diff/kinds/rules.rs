//! What a changed line mentions, by kind: one function each, over text.
//!
//! `lines` is the file (or as much of it as the hunk shows) on the line's side, so that a
//! rule can look above and below.

use super::{Kind, Subject, calls};
use crate::diff::context::c::{self, Above};
use crate::diff::context::{Thing, enclosing, enclosing_line, identifier, parameter_name};
use crate::diff::macros::{IDIOMS, MACROS};
use bstr::ByteSlice;
use kgrep_index::graph::{Place, Program};
use kgrep_index::outline::{self, FileOutline, outline};
use regex::bytes::Regex;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Whether files of this name can hold things of this kind.
pub(super) fn reads(kind: Kind, name: &[u8]) -> bool {
    let base = base(name);
    let code = [b".c", b".h"].iter().any(|end| base.ends_with(*end));
    match kind {
        Kind::Params => code || base == b"kernel-parameters.txt",
        Kind::Configs => base.starts_with(b"Kconfig"),
        // What other programs have of it is copies.
        Kind::Syscalls => {
            (code || base.ends_with(b".tbl")) && Place::of(name).program != Program::Tools
        }
        Kind::Exports => code || base.ends_with(b".S"),
        Kind::Functions => code || base.ends_with(b".S"),
        Kind::Structs | Kind::Ids => code,
        Kind::Docs => {
            name.starts_with(b"Documentation/") || base.ends_with(b".rst") || base.ends_with(b".md")
        }
    }
}

/// Whether the text of a line alone does not tell that it mentions nothing. To look around in
/// its file costs more: of a header with 100,000 `#define`s each would be looked up from.
pub(super) fn may_say(kind: Kind, line: &[u8]) -> bool {
    kind != Kind::Structs || !line.starts_with(b"#")
}

/// What line `at` mentions. `above` is what was found out by the lines before it.
pub(super) fn say(
    kind: Kind,
    file: &[u8],
    lines: &[&[u8]],
    at: usize,
    above: &mut Above,
) -> Option<Subject> {
    match kind {
        Kind::Params => parameter(file, lines, at),
        Kind::Configs => config(file, lines, at),
        Kind::Syscalls => calls::say(file, lines, at),
        Kind::Exports => export(lines.get(at)?),
        Kind::Structs => field(file, lines, at, above),
        Kind::Functions if !base(file).ends_with(b".S") => function(lines, at),
        // Nothing has a head there: see [`made`].
        Kind::Functions => None,
        Kind::Ids => id(file, lines, at),
        Kind::Docs => document(file, lines, at),
    }
}

pub(super) fn base(name: &[u8]) -> &[u8] {
    name.rsplit(|&b| b == b'/').next().unwrap_or_default()
}

pub(super) fn subject(name: &[u8], text: &[u8]) -> Subject {
    let text = text.trim_ascii().to_vec();
    Subject { name: name.to_vec(), part: Vec::new(), text, touched: false }
}

/// The macro called at the start of a line and its arguments.
pub(super) fn call(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let line = line.trim_ascii();
    let name = identifier(line)?;
    let rest = line.get(name.len()..)?.trim_ascii_start();
    Some((name, rest.strip_prefix(b"(")?))
}

/// The first argument, unquoted; `=` at the end of a `__setup` name taken off.
pub(super) fn argument(arguments: &[u8]) -> Option<&[u8]> {
    let end = arguments.iter().position(|b| matches!(b, b',' | b')'))?;
    let argument = arguments.get(..end)?.trim_ascii();
    let argument = argument.strip_prefix(b"\"").unwrap_or(argument);
    let argument = argument.strip_suffix(b"\"").unwrap_or(argument);
    let argument = argument.strip_suffix(b"=").unwrap_or(argument);
    (!argument.is_empty()).then_some(argument)
}

/// What registers a parameter of the kernel or of a module; the entries of
/// kernel-parameters.txt.
fn parameter(file: &[u8], lines: &[&[u8]], at: usize) -> Option<Subject> {
    let line = *lines.get(at)?;
    if base(file) == b"kernel-parameters.txt" {
        if let Some(name) = parameter_name(line) {
            return Some(subject(name, line));
        }
        let entry = enclosing(file, lines, at..at + 1)?;
        return Some(Subject { touched: true, ..subject(&entry.name, line) });
    }
    let (call, arguments) = call(line)?;
    let name = argument(arguments)?;
    // A macro's `#param`: which one, each use of the macro says.
    if name.starts_with(b"#") {
        return None;
    }
    if MACROS.parameters.has(call) {
        return Some(subject(name, line));
    }
    MACROS.module_parameters.has(call).then(|| {
        // As on the command line: the module's name, a dot, the parameter's.
        let stem = base(file).split(|&b| b == b'.').next().unwrap_or_default();
        let stem: Vec<u8> = stem.iter().map(|&b| if b == b'-' { b'_' } else { b }).collect();
        subject(&[&stem, &b"."[..], name].concat(), line)
    })
}

/// What a Kconfig entry can say of itself, apart from its help.
const ATTRIBUTES: [&[u8]; 13] = [
    b"default",
    b"def_bool",
    b"def_tristate",
    b"depends on",
    b"select",
    b"imply",
    b"bool",
    b"tristate",
    b"int",
    b"hex",
    b"string",
    b"range",
    b"visible if",
];

fn config(file: &[u8], lines: &[&[u8]], at: usize) -> Option<Subject> {
    let line = *lines.get(at)?;
    let entry = enclosing(file, lines, at..at + 1)?;
    let text = line.trim_ascii();
    if text.starts_with(b"config ") || text.starts_with(b"menuconfig ") {
        return (entry.line as usize == at + 1).then(|| subject(&entry.name, line));
    }
    // A help text's indentation is deeper than a tab.
    if line.starts_with(b"\t ") || line.starts_with(b"\t\t") {
        return None;
    }
    let attribute = ATTRIBUTES.iter().find(|attribute| {
        let rest = text.strip_prefix(**attribute);
        rest.is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
    })?;
    // Several `select`s are several facts; of a `default` there is mostly one.
    let part = match *attribute {
        b"select" | b"imply" | b"depends on" => text.to_vec(),
        b"bool" | b"tristate" | b"int" | b"hex" | b"string" => b"type".to_vec(),
        other => other.to_vec(),
    };
    Some(Subject { part, ..subject(&entry.name, line) })
}

fn export(line: &[u8]) -> Option<Subject> {
    let (call, arguments) = call(line)?;
    // The macro is what is said, so that a new GPL mark is a change; and a name space.
    let what = if call.contains_str("_NS") { line } else { call };
    MACROS.exports.has(call).then(|| argument(arguments).map(|name| subject(name, what))).flatten()
}

fn field(file: &[u8], lines: &[&[u8]], at: usize, above: &mut Above) -> Option<Subject> {
    let line = *lines.get(at)?;
    if !may_say(Kind::Structs, line) {
        return None;
    }
    let text = line.trim_ascii();
    let code = text.split(|&b| b == b'/').next().unwrap_or_default().trim_ascii_end();
    let member = code.strip_suffix(b";").or_else(|| code.strip_suffix(b","));
    let opens = text.ends_with(b"{");
    // What is around it costs more to find out.
    if member.is_none() && !opens {
        return None;
    }
    let around = enclosing_line(file, lines, at, above)?;
    if around.thing != Thing::Type {
        return None;
    }
    if around.line as usize == at + 1 {
        return opens.then(|| subject(&around.name, line));
    }
    let code = member?;
    // `int (*f)(void)`, `int a[4]`, `int b:3`, `struct x *y`, `FIRST = 1`.
    let name = match memchr::memmem::find(code, b"(*") {
        Some(open) => identifier(code.get(open + 2..)?)?,
        None => {
            let code = code.split(|b| matches!(b, b'[' | b':' | b'=' | b'(')).next()?;
            let code = code.trim_ascii_end();
            let last = code.rsplit(|b| !b.is_ascii_alphanumeric() && *b != b'_').next()?;
            identifier(last)?
        }
    };
    Some(Subject { part: name.to_vec(), ..subject(&around.name, line) })
}

/// A function's definition, when its first lines (up to the brace) change.
fn function(lines: &[&[u8]], at: usize) -> Option<Subject> {
    let is_head =
        |n: usize| lines.get(n).is_some_and(|line| c::is_header(line) && line.contains(&b'('));
    // Most changed lines are in a body, and say nothing.
    let ends_head = |line: &[u8]| {
        let text = line.trim_ascii();
        let is_over = text.ends_with(b";") || text.ends_with(b"{") || text.ends_with(b"}");
        text.is_empty() || is_over || text.starts_with(b"{") || line.starts_with(b"}")
    };
    let mut first = at;
    while !is_head(first) {
        first = first.checked_sub(1).filter(|above| at - above < 12)?;
        if ends_head(lines.get(first)?) {
            return None;
        }
    }
    let head = *lines.get(first)?;
    let found = c::describe(head, first).filter(|f| f.thing == Thing::Function)?;
    let name = written_out(head).unwrap_or(found.name);
    // A return type on a line of its own belongs to it.
    let alone = |line: &&[u8]| c::is_header(line) && !line.iter().any(|b| b"(;={}".contains(b));
    let above = first.checked_sub(1).and_then(|n| lines.get(n)).filter(|line| alone(line));
    let mut signature = above.map(|line| line.trim_ascii().to_vec()).unwrap_or_default();
    for (n, line) in lines.iter().enumerate().skip(first).take(12) {
        let text = line.trim_ascii();
        if text.is_empty() || line.starts_with(b"}") {
            return None;
        }
        let body = text.starts_with(b"{") || text.ends_with(b"{");
        if !body || text.len() > 1 {
            if !signature.is_empty() {
                signature.push(b' ');
            }
            signature.extend_from_slice(text.strip_suffix(b"{").unwrap_or(text).trim_ascii_end());
        }
        if text.ends_with(b";") {
            return None;
        }
        // `static inline void f(void) { }`, and the brace of everything else.
        if body || text.ends_with(b"}") {
            let reached = n >= at || text == b"{";
            return (reached && at <= n).then(|| subject(&name, &signature));
        }
    }
    None
}

/// The function whose head is a macro's call, as idioms name it: `sys_open` of `SYSCALL_DEFINE3(open, …)`.
fn written_out(head: &[u8]) -> Option<Vec<u8>> {
    let (name, arguments) = call(head)?;
    let idiom = IDIOMS.define(name).filter(|idiom| is_function(idiom.kind))?;
    idiom.names.first()?.fill(&[argument(arguments)?])
}

/// What is known of the functions that macros make in some lines, once it is asked for.
#[derive(Default)]
pub(super) struct Making<'l> {
    /// The macros that the lines define.
    defined: Option<HashSet<&'l [u8]>>,
    outline: Option<FileOutline>,
}

/// The functions that a macro makes on line `at`, as the outline of the file has them: by idioms, and by
/// macros of the file itself.
pub(super) fn made<'l>(
    file: &[u8],
    lines: &[&'l [u8]],
    at: usize,
    known: &mut Making<'l>,
) -> Vec<Subject> {
    let line = lines.get(at).copied().unwrap_or_default();
    let Some(name) = maker(line) else { return Vec::new() };
    let defined = || lines.iter().filter_map(|line| c::define(line)).collect();
    if !makes(name, || known.defined.get_or_insert_with(defined).contains(name)) {
        return Vec::new();
    }
    let outline = known.outline.get_or_insert_with(|| {
        let whole = |line: &&[u8]| [line.strip_suffix(b"\n").unwrap_or(line), b"\n"].concat();
        outline(file, &lines.iter().flat_map(whole).collect::<Vec<u8>>(), &IDIOMS)
    });
    let here = outline.definitions.iter().filter(|d| d.first as usize == at + 1);
    let made = here.filter(|d| is_function(d.kind));
    made.map(|d| subject(outline.name(d.name), line)).collect()
}

/// Whether a line calls a macro that may make functions.
pub(super) fn may_make(line: &[u8]) -> bool {
    maker(line).is_some()
}

/// The macro that a line calls, unless it is known to make other things.
fn maker(line: &[u8]) -> Option<&[u8]> {
    let (name, _) = call(line).filter(|_| c::is_header(line))?;
    let others = [&MACROS.exports, &MACROS.module_facts, &MACROS.parameters];
    let mut others = others.into_iter().chain([&MACROS.module_parameters, &MACROS.assembler_data]);
    (!others.any(|names| names.has(name))).then_some(name)
}

fn is_function(kind: outline::Kind) -> bool {
    matches!(kind, outline::Kind::Function | outline::Kind::Syscall | outline::Kind::Asm)
}

/// Whether a macro makes functions: by idioms, or where it is the file's own perhaps.
fn makes(name: &[u8], is_own: impl FnOnce() -> bool) -> bool {
    IDIOMS.define(name).is_some_and(|idiom| is_function(idiom.kind)) || is_own()
}

/// Macros that make a device ID (`linux/pci.h`, `linux/usb.h`, `linux/acpi.h`, …).
const IDS: [&[u8]; 14] = [
    b"PCI_DEVICE",
    b"PCI_VDEVICE",
    b"USB_DEVICE",
    b"USB_INTERFACE_INFO",
    b"HID_USB_DEVICE",
    b"HID_BLUETOOTH_DEVICE",
    b"HID_I2C_DEVICE",
    b"SDIO_DEVICE",
    b"PCMCIA_DEVICE",
    b"HDA_CODEC_ENTRY",
    b".compatible",
    b"X86_MATCH",
    b"SND_PCI_QUIRK",
    b"DMI_MATCH",
];

/// One of [`IDS`], looked for at once: most lines of a difference have none.
static AN_ID: LazyLock<Regex> = LazyLock::new(|| {
    let names = IDS.map(|id| regex::escape(&String::from_utf8_lossy(id)));
    Regex::new(&names.join("|")).expect("names that are escaped are a pattern")
});

thread_local! {
    /// The same, for one thread: threads that share a pattern wait for its memory.
    static OWN: Regex = AN_ID.clone();
}

fn id(file: &[u8], lines: &[&[u8]], at: usize) -> Option<Subject> {
    let text = lines.get(at)?.trim_ascii();
    let code = text.split(|&b| b == b'/').next().unwrap_or_default().trim_ascii();
    if !OWN.with(|an_id| an_id.is_match(code)) {
        // A bare `{ 0x1234, 0x5678, … }` counts inside a table of IDs.
        if !code.starts_with(b"{") || code.len() < 8 {
            return None;
        }
        let table = enclosing(file, lines, at..at + 1)?;
        let first = lines.get((table.line as usize).checked_sub(1)?)?;
        memchr::memmem::find(first, b"_id ")?;
    }
    let code = code.strip_suffix(b",").unwrap_or(code);
    Some(subject(code, code))
}

fn document(file: &[u8], lines: &[&[u8]], at: usize) -> Option<Subject> {
    let line = *lines.get(at)?;
    if line.trim_ascii().is_empty() {
        return None;
    }
    let part = enclosing(file, lines, at..at + 1).map(|section| section.name).unwrap_or_default();
    Some(Subject { part, touched: true, ..subject(file, line) })
}
