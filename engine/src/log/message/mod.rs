//! From a printed line to the call that printed it: the formats of all printing calls of a
//! tree, and the rarest words of each to find it by.
//!
//! Made anew for each process of what the index has of each file (so that it is never stale), and
//! for a log only of the calls that could have printed one of its lines (`seen`):
//! `wrappers` finds what prints, `texts` makes the formats' texts, `pattern` compares a line
//! with one, and `choose` says which of those that fit is meant.

mod choose;
mod evidence;
mod pattern;
mod printing;
mod seen;
mod texts;
mod words;
mod wrappers;

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use kgrep_index::graph::Graph;
use kgrep_index::outline::formats::{
    Formats, Level, Part, PrintCall, Printing as Around, Template,
};
use rayon::prelude::*;

use super::built::Makefiles;
use super::{Candidate, LineContext, MessageSource};
use choose::Memory;
use printing::{Printer, Printing};
pub use seen::LogWords;
use texts::{END, FileTexts, MODULE, Of, Site, Texts, fill, module_of, quote};
use words::ByWord;
use wrappers::Wrappers;

/// Reads a file of the tree, by its path below the root.
pub type Read<'r> = &'r (dyn Fn(&[u8]) -> Option<Vec<u8>> + Sync);

/// A printing call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'m> {
    /// The file, below the tree's root.
    pub path: &'m [u8],
    /// The call's first line, from 1.
    pub line: u32,
    /// Its last line.
    pub last: u32,
    /// The function or macro around it.
    pub function: &'m [u8],
    /// The level as the digit that is printed, `c` for a line that goes on; none: it is the
    /// default, or known only when it runs.
    pub level: Option<u8>,
    /// What the macros and functions that print put before the call's own text, but for what
    /// is in `text`.
    pub head: &'m [u8],
    /// The format. What is not a literal in the source stands as `%s`.
    text: &'m [u8],
    /// The format with those of its arguments that are texts themselves.
    exact: &'m [u8],
}

impl Message<'_> {
    /// The format with its prefix; what is known only when it runs, as `%s`.
    pub fn format(&self) -> Vec<u8> {
        format_text(self.text)
    }
}

/// A text with its marks made readable.
fn format_text(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        match *byte {
            texts::MODULE | texts::END => {}
            0..8 => out.extend(b"%s"),
            other => out.push(other),
        }
    }
    out
}

/// One format, its texts in the arena.
struct Stored {
    file: u32,
    line: u32,
    last: u32,
    level: u8,
    function: Range<u32>,
    head: Range<u32>,
    text: Range<u32>,
    /// The text that lines are compared with: with those of its arguments that are texts themselves.
    exact: Range<u32>,
    /// Whether it is the same call's format again, with another argument.
    again: bool,
    /// Letters of it that are no call's own.
    usual: u32,
    /// Whether the driver that is named before it need not be the one that prints.
    others: bool,
    /// Whether the function around it is given a format itself.
    hands_on: bool,
}

/// The formats of all printing calls of a tree.
pub struct Messages {
    paths: Vec<Vec<u8>>,
    arena: Vec<u8>,
    formats: Vec<Stored>,
    by_word: ByWord,
    /// For each file whether what it prints may be said for any driver.
    shared: Vec<bool>,
    memory: std::sync::Mutex<Memory>,
}

/// What the files of a tree say of printing: of this messages are made, on any thread.
pub struct Said<'g> {
    printing: Printing,
    /// Each file that can print to the log, and what the graph has of it.
    files: Vec<(&'g [u8], Cow<'g, [u8]>)>,
    /// The files that offer something to modules.
    exporters: HashSet<&'g [u8]>,
}

impl<'g> Said<'g> {
    /// As the graph says.
    pub fn by(graph: &'g Graph<'_>) -> Said<'g> {
        let printing = Printing::built_in();
        let mut files = graph.formats();
        files.retain(|(path, _)| printing.reaches_the_log(path));
        Said { printing, files, exporters: evidence::exporters(graph) }
    }
}

/// A format that was found in a file.
struct Found<'a> {
    line: u32,
    last: u32,
    level: u8,
    function: &'a [u8],
    head: Vec<u8>,
    text: Vec<u8>,
    /// The text that lines are compared with, where it is another one.
    exact: Option<Vec<u8>>,
    again: bool,
    usual: u32,
    others: bool,
    hands_on: bool,
}

impl Messages {
    /// The messages of the tree whose graph this is, as its files are now.
    pub fn of(graph: &Graph<'_>, read: Read<'_>) -> Messages {
        Messages::made(&Said::by(graph), read, None)
    }

    /// Of those the ones that could have printed a line with these words (all, where they aren't
    /// known): asked for such a line, they answer as all would.
    pub fn of_log(said: &Said<'_>, read: Read<'_>, seen: Option<&LogWords>) -> Messages {
        Messages::made(said, read, seen)
    }

    fn made(said: &Said<'_>, read: Read<'_>, seen: Option<&LogWords>) -> Messages {
        let printing = &said.printing;
        // What hands a format on is needed whatever the log has.
        let hands_on = |around: &Around<'_>| around.is_macro || around.format != 0;
        let keep = |around: &Around<'_>, call: &PrintCall<'_>| {
            hands_on(around) || may_have_printed(call, seen)
        };
        let read_formats = |bytes| Formats::read_where(bytes, keep).unwrap_or_default();
        let mut files: Vec<FileTexts<'_>> = said
            .files
            .par_iter()
            .map(|(path, bytes)| FileTexts { path, formats: read_formats(bytes) })
            .collect();
        // Changed files come last; no answer may depend on that.
        files.par_sort_by_key(|file| file.path);
        let texts = Texts::new(&files);
        let called = seen.map(|_| called(&files, seen));
        let wrappers = Wrappers::new(printing, &files, &texts, called.as_ref());
        let mut found: Vec<Vec<Found<'_>>> = (0..files.len())
            .into_par_iter()
            .map(|file| found_in(file as u32, &files, &texts, &wrappers, seen))
            .collect();
        name_modules(&files, &mut found, read);
        Messages::stored(&files, found, &said.exporters)
    }

    fn stored(
        files: &[FileTexts<'_>],
        found: Vec<Vec<Found<'_>>>,
        exporters: &HashSet<&[u8]>,
    ) -> Messages {
        let mut arena = Vec::new();
        let mut formats = Vec::with_capacity(found.iter().map(Vec::len).sum());
        let mut put = |text: &[u8]| {
            let start = arena.len() as u32;
            arena.extend_from_slice(text);
            start..arena.len() as u32
        };
        for (file, found) in found.iter().enumerate() {
            let mut function: (&[u8], Range<u32>) = (b"", 0..0);
            for one in found {
                if function.0 != one.function {
                    function = (one.function, put(one.function));
                }
                let text = put(&one.text);
                formats.push(Stored {
                    file: file as u32,
                    line: one.line,
                    last: one.last,
                    level: one.level,
                    function: function.1.clone(),
                    head: put(&one.head),
                    exact: one.exact.as_deref().map_or_else(|| text.clone(), &mut put),
                    text,
                    again: one.again,
                    usual: one.usual,
                    others: one.others,
                    hands_on: one.hands_on,
                });
            }
        }
        let text = |range: &Range<u32>| &arena[range.start as usize..range.end as usize];
        let by_word = ByWord::of(formats.iter().map(|format| text(&format.exact)));
        let paths = files.iter().map(|file| file.path.to_vec()).collect();
        let shared = files.iter().map(|file| exporters.contains(file.path)).collect();
        Messages { paths, arena, formats, by_word, shared, memory: Default::default() }
    }

    /// All messages, by file and line.
    pub fn all(&self) -> impl Iterator<Item = Message<'_>> {
        self.formats.iter().filter(|format| !format.again).map(|format| self.message(format))
    }

    /// The calls whose format has `text` from one of its words on, the best first.
    pub fn from_a_word(&self, text: &[u8], context: &LineContext<'_>) -> Vec<Candidate> {
        choose::from_a_word(self, text, context)
    }

    /// Whether what a file prints may be said for any driver.
    fn is_shared(&self, file: u32) -> bool {
        self.shared.get(file as usize).copied().unwrap_or(false)
    }

    fn stored_at(&self, number: u32) -> &Stored {
        &self.formats[number as usize]
    }

    fn message(&self, format: &Stored) -> Message<'_> {
        let level = (format.level != 0).then_some(format.level);
        Message {
            path: self.paths.get(format.file as usize).map_or(&[], Vec::as_slice),
            line: format.line,
            last: format.last,
            function: self.text(&format.function),
            level,
            head: self.text(&format.head),
            text: self.text(&format.text),
            exact: self.text(&format.exact),
        }
    }

    fn text(&self, range: &Range<u32>) -> &[u8] {
        self.arena.get(range.start as usize..range.end as usize).unwrap_or_default()
    }
}

impl MessageSource for Messages {
    fn printed(&self, text: &[u8], context: &LineContext<'_>) -> Vec<Candidate> {
        let mut memory = self.memory.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        choose::candidates(self, text, context, &mut memory)
    }

    fn expect(&self, texts: &[&[u8]]) {
        let mut memory = self.memory.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        memory.expect(self, texts);
    }
}

/// Puts the names that modules have by their Makefiles in the place of their files' names.
fn name_modules(files: &[FileTexts<'_>], found: &mut [Vec<Found<'_>>], read: Read<'_>) {
    let mut makefiles = Makefiles::new(read);
    for (file, found) in files.iter().zip(found) {
        let named =
            |one: &Found<'_>| [&one.head, &one.text].iter().any(|text| text.contains(&MODULE));
        if !found.iter().any(named) {
            continue;
        }
        let Some(built) = makefiles.built(file.path) else { continue };
        let own = [&[MODULE][..], &module_of(file.path), &[END]].concat();
        let module = [&[MODULE][..], &built.module, &[END]].concat();
        if own == module {
            continue;
        }
        for one in found.iter_mut() {
            let texts = [Some(&mut one.head), Some(&mut one.text), one.exact.as_mut()];
            for text in texts.into_iter().flatten() {
                if let Some(at) = memchr::memmem::find(text, &own) {
                    text.splice(at..at + own.len(), module.iter().copied());
                }
            }
        }
    }
}

/// Whether a call may have printed a line of the log that `seen` has the words of.
fn may_have_printed(call: &PrintCall<'_>, seen: Option<&LogWords>) -> bool {
    call.argument == 0 || seen.is_none_or(|seen| seen.may_have(call.text))
}

/// The names that are called where a line of the log may have been printed.
fn called<'a>(files: &[FileTexts<'a>], seen: Option<&LogWords>) -> HashSet<&'a [u8]> {
    let of_file = |file: &FileTexts<'a>| -> Vec<&'a [u8]> {
        let calls = file.formats.calls.iter().filter(|call| may_have_printed(call, seen));
        let mut numbers: Vec<u32> = calls.map(|call| call.callee).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| file.formats.callees[number as usize]).collect()
    };
    files.par_iter().flat_map_iter(of_file).collect()
}

/// The formats of the calls in one file.
fn found_in<'a>(
    number: u32,
    files: &[FileTexts<'a>],
    texts: &Texts<'_, 'a>,
    wrappers: &Wrappers<'_, '_, 'a>,
    seen: Option<&LogWords>,
) -> Vec<Found<'a>> {
    let formats = &files[number as usize].formats;
    let mut printers: Vec<Option<&[Printer]>> = vec![None; formats.callees.len()];
    let mut found: Vec<Found<'_>> = Vec::new();
    for call in formats.calls.iter().filter(|call| may_have_printed(call, seen)) {
        let callee = call.callee as usize;
        let printers = *printers[callee]
            .get_or_insert_with(|| wrappers.printers(formats.callees[callee], number));
        if printers.is_empty() {
            continue;
        }
        if call.argument != 0 && call.text.parts().any(|part| matches!(part, Part::Param(_))) {
            continue;
        }
        let printing = formats.printings[call.within as usize];
        let function: &[u8] = if printing.is_macro { b"" } else { printing.name };
        let site = Site { file: number, line: call.line, function };
        for printer in printers.iter().filter(|printer| printer.argument == call.argument) {
            let (head, text) = printed((call, call.text), (printer, &printer.text), texts, site);
            let mut exact = call.with_arguments();
            if exact.is_empty() {
                exact.push(call.text.0.to_vec());
            }
            for (nth, exact) in exact.iter().enumerate() {
                let template = (call, Template(exact));
                let exact = printed(template, (printer, &printer.exact), texts, site).1;
                let is_other = exact != text;
                let is_same = |one: &&Found<'_>| one.line == call.line && one.text == text;
                let is_known = |one: &Found<'_>| {
                    *one.exact.as_ref().unwrap_or(&one.text) == exact && one.head == head
                };
                let before = found.last().filter(is_same);
                let again = nth > 0 || before.is_some();
                if !before.is_some_and(is_known) {
                    found.push(Found {
                        line: call.line,
                        last: call.last,
                        level: level_of(call, printer),
                        function: printing.name,
                        head: head.clone(),
                        text: text.clone(),
                        exact: is_other.then_some(exact),
                        again,
                        usual: printer.usual,
                        others: printer.others,
                        hands_on: printing.format != 0,
                    });
                }
            }
        }
    }
    found.sort_by_key(|one| one.line);
    found
}

/// What a call with this text prints by a printer with that: what stands before its text, and the text.
fn printed(
    (call, own): (&PrintCall<'_>, Template<'_>),
    (printer, around): (&Printer, &[u8]),
    texts: &Texts<'_, '_>,
    site: Site<'_>,
) -> (Vec<u8>, Vec<u8>) {
    let mut text = match call.argument {
        0 => quote(&texts.expand(around, site, Of::Macro), own.0),
        _ => texts.expand(&fill(around, own.0), site, Of::Call),
    };
    if call.argument == 0 {
        text = texts.expand(&text, site, Of::Call);
    }
    let mut head = printer.head.clone();
    if printer.apart {
        let own = texts.expand(own.0, site, Of::Call);
        if let Some(before) = text.strip_suffix(own.as_slice()) {
            head.extend(before);
            text = own;
        }
    }
    (head, text)
}

/// The level of what a call prints: the one in its text, else its own, else the printer's.
fn level_of(call: &PrintCall<'_>, printer: &Printer) -> u8 {
    let own = call.text.parts().find_map(|part| match part {
        Part::Name(name) => level(name),
        _ => None,
    });
    match (own, call.level) {
        (Some(own), _) => own,
        (None, 0) => printer.level,
        (None, level) => level,
    }
}

/// The level that `KERN_…` stands for, as the digit that is printed.
fn level(name: &[u8]) -> Option<u8> {
    Level::of_macro(name).map(|level| level.digit)
}

#[cfg(test)]
mod tests;
