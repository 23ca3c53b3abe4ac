//! Finds the functions and macros of a tree that print what they are given: they hand a format
//! on to a call that prints, or print it as `%pV`. Through several levels, and each as it is
//! where the call stands: many files have a `dbg()` of their own.

use std::collections::{HashMap, HashSet};

use kgrep_index::outline::formats::{LEVELS, Part, PrintCall, Template};

use super::printing::{Printer, Printing};
use super::texts::{FORMAT, FileTexts, Of, Site, Texts, UNKNOWN, fill, quote};

/// Levels of macros and functions that are followed.
const DEEPEST: usize = 8;
/// Ways to print of one function that are told apart.
const MOST_WAYS: usize = 6;

/// Definitions of one name that are tried where the nearest prints nothing.
const MOST_CHOICES: usize = 4;

/// Folders, from the tree's top, that a file has in common with those that may mean its macros:
/// `drivers/target/`, `fs/afs/`.
const NEIGHBOURS: usize = 2;

/// A function or macro of one file that hands something on: the file, and its calls that do.
struct Wrapper {
    file: u32,
    is_macro: bool,
    calls: Vec<u32>,
}

/// All that prints in a tree.
pub(super) struct Wrappers<'p, 'f, 'a> {
    printing: &'p Printing,
    files: &'f [FileTexts<'a>],
    texts: &'p Texts<'f, 'a>,
    candidates: HashMap<&'a [u8], Vec<Wrapper>>,
    /// Functions that are declared to take a format and give nothing back, of which the tree has no
    /// body as text: a macro makes it.
    marked: HashMap<&'a [u8], Vec<Printer>>,
    /// What was found of a candidate: none, or how it prints.
    known: HashMap<(&'a [u8], u32), Vec<Printer>>,
    /// Those that are being looked at: what calls itself hands nothing on.
    open: HashSet<(&'a [u8], u32)>,
}

impl<'p, 'f, 'a> Wrappers<'p, 'f, 'a> {
    /// All, or those of the names `called`, with what these call.
    pub(super) fn new(
        printing: &'p Printing,
        files: &'f [FileTexts<'a>],
        texts: &'p Texts<'f, 'a>,
        called: Option<&HashSet<&'a [u8]>>,
    ) -> Self {
        let mut candidates: HashMap<&[u8], Vec<Wrapper>> = HashMap::new();
        for (number, file) in files.iter().enumerate() {
            for (at, call) in file.formats.calls.iter().enumerate() {
                let Some(printing) = file.formats.printings.get(call.within as usize) else {
                    continue;
                };
                // Most functions hand nothing on, which needs no look at their texts.
                let may = printing.is_macro || printing.format != 0;
                if !may || !printing.is_macro && handed_on(call, printing.format).is_none() {
                    continue;
                }
                let all = candidates.entry(printing.name).or_default();
                match all.last_mut().filter(|last| last.file == number as u32) {
                    Some(last) => last.calls.push(at as u32),
                    None => all.push(Wrapper {
                        file: number as u32,
                        is_macro: printing.is_macro,
                        calls: vec![at as u32],
                    }),
                }
            }
        }
        let (known, open) = (HashMap::new(), HashSet::new());
        let marked = marked(files, &candidates);
        let mut wrappers = Wrappers { printing, files, texts, candidates, marked, known, open };
        let mut all: Vec<(&[u8], u32)> = wrappers
            .candidates
            .iter()
            .filter(|(name, _)| called.is_none_or(|called| called.contains(*name)))
            .flat_map(|(name, all)| all.iter().map(|wrapper| (*name, wrapper.file)))
            .collect();
        // Which is learned first must not matter, but for those that call each other it could.
        all.sort_unstable();
        for (name, file) in all {
            wrappers.learn(name, file, 0);
        }
        wrappers
    }

    /// How a call of `name` in `file` prints.
    pub(super) fn printers(&self, name: &'a [u8], file: u32) -> &[Printer] {
        if let Some(known) = self.printing.printers(name) {
            return known;
        }
        let found = self.chosen(name, file).and_then(|chosen| self.known.get(&(name, chosen)));
        found.or_else(|| self.marked.get(name)).map_or(&[], Vec::as_slice)
    }

    /// In which file the `name` that is called in `file` is defined. Where the nearest is one that
    /// prints nothing (the other arm of an `#ifdef`), the next counts.
    fn chosen(&self, name: &[u8], file: u32) -> Option<u32> {
        let all = self.candidates.get(name)?;
        if let Some(own) = all.iter().find(|wrapper| wrapper.file == file) {
            return Some(own.file);
        }
        // A `.c` file's macro or static is its own affair, but that can't be told from a
        // function for all: the nearest is right for both.
        let possible = all.iter().filter_map(|wrapper| {
            let seen = self.is_in_reach(wrapper, file);
            (seen || self.is_bare(name, wrapper)).then_some((wrapper, seen))
        });
        let (best, _) = possible.max_by_key(|(wrapper, seen)| {
            let header = self.files[wrapper.file as usize].path.ends_with(b".h");
            let near = self.texts.nearness(file, wrapper.file);
            let prints = self.known.get(&(name, wrapper.file)).is_none_or(|ways| !ways.is_empty());
            (prints, *seen, near, header, std::cmp::Reverse(wrapper.file))
        })?;
        Some(best.file)
    }

    /// Whether `file` can see this one. A macro that is in no `include/` is its neighbours' alone: many
    /// file systems have an `ASSERT()`, and one that prints nothing is no candidate.
    fn is_in_reach(&self, wrapper: &Wrapper, file: u32) -> bool {
        let path = self.files[wrapper.file as usize].path;
        let folders = path.iter().filter(|byte| **byte == b'/').count();
        let (included, shared) = self.texts.nearness(file, wrapper.file);
        !wrapper.is_macro
            || memchr::memmem::find(path, b"include/").is_some()
            || included
            || shared >= folders.min(NEIGHBOURS)
    }

    /// Whether it prints the format and no text of its own. What can't be followed, as `#define DEBUGP printk`, is
    /// mostly what such a macro of another folder is.
    fn is_bare(&self, name: &[u8], wrapper: &Wrapper) -> bool {
        let bare = |way: &Printer| way.argument != 0 && way.text == FORMAT && way.head.is_empty();
        self.known.get(&(name, wrapper.file)).is_none_or(|ways| ways.iter().all(bare))
    }

    /// Learns how what `file` calls `name` prints: of the one that is chosen, and of the next if
    /// that prints nothing.
    fn learn_called(&mut self, name: &'a [u8], file: u32, depth: usize) {
        for _ in 0..MOST_CHOICES {
            let Some(chosen) = self.chosen(name, file) else { return };
            if self.known.contains_key(&(name, chosen)) || self.open.contains(&(name, chosen)) {
                return;
            }
            self.learn(name, chosen, depth);
        }
    }

    /// What a wrapper prints by a printer's text, to which it hands on `template` as this argument.
    fn whole(
        &self,
        (text, template): (&[u8], &[u8]),
        (argument, is_macro): (u32, bool),
        site: Site<'_>,
    ) -> Vec<u8> {
        let text = match argument {
            0 => quote(text, &[UNKNOWN]),
            _ => fill(text, template),
        };
        let of = if is_macro { Of::Macro } else { Of::Function };
        let mut text = self.texts.expand(&text, site, of);
        if text.starts_with(b"%c%c") {
            // The level, made by hand.
            text.drain(..4);
        }
        text
    }

    fn learn(&mut self, name: &'a [u8], file: u32, depth: usize) {
        if depth > DEEPEST
            || self.known.contains_key(&(name, file))
            || !self.open.insert((name, file))
        {
            return;
        }
        let files = self.files;
        let formats = &files[file as usize].formats;
        let calls: Vec<u32> = self
            .candidates
            .get(name)
            .and_then(|all| all.iter().find(|wrapper| wrapper.file == file))
            .map(|wrapper| wrapper.calls.clone())
            .unwrap_or_default();
        let mut found: Vec<Printer> = Vec::new();
        for call in calls.iter().filter_map(|at| formats.calls.get(*at as usize)) {
            let Some(callee) = formats.callees.get(call.callee as usize).copied() else { continue };
            if callee == name {
                continue;
            }
            if self.printing.printers(callee).is_none() {
                self.learn_called(callee, file, depth + 1);
            }
            let own = formats.printings[call.within as usize];
            // A macro may print a text of its own: then no argument is the format.
            let argument = handed_on(call, own.format).unwrap_or(0);
            let template = renamed(call.text, argument, own.is_macro);
            // Of several texts none is what every caller prints.
            let exact = match call.with_arguments().as_slice() {
                [one] => renamed(Template(one), argument, own.is_macro),
                _ => template.clone(),
            };
            let site = Site { file, line: call.line, function: own.name };
            for printer in self.printers(callee, file) {
                if printer.argument != call.argument {
                    continue;
                }
                let level = if call.level != 0 { call.level } else { printer.level };
                let of = (call.argument, own.is_macro);
                let text = self.whole((&printer.text, &template), of, site);
                let exact = self.whole((&printer.exact, &exact), of, site);
                let printer = Printer { argument, level, text, exact, ..printer.clone() };
                if found.len() < MOST_WAYS && !found.contains(&printer) {
                    found.push(printer);
                }
            }
        }
        self.open.remove(&(name, file));
        self.known.insert((name, file), found);
    }
}

/// The functions that print by what they are declared to be alone: `__printf(n, m)`, nothing given
/// back, and no body that could be read.
fn marked<'a>(
    files: &[FileTexts<'a>],
    candidates: &HashMap<&'a [u8], Vec<Wrapper>>,
) -> HashMap<&'a [u8], Vec<Printer>> {
    let all = files.iter().flat_map(|file| &file.formats.marked);
    let only = all.filter(|one| one.gives_nothing && !candidates.contains_key(one.name));
    let printer = |argument, name| Printer {
        argument,
        level: level_in(name),
        text: FORMAT.to_vec(),
        exact: FORMAT.to_vec(),
        // What the body puts before the format can't be read either.
        head: b"%s".to_vec(),
        usual: 0,
        others: false,
        apart: false,
    };
    only.map(|one| (one.name, vec![printer(one.format, one.name)])).collect()
}

/// The level that a function's name speaks of, as the digit that is printed; 0: none.
fn level_in(name: &[u8]) -> u8 {
    let is_of = |word: &[u8]| {
        LEVELS.iter().find(|level| {
            let names = [Some(level.name), level.alias].into_iter().flatten();
            { names }.any(|name| name.as_bytes() == word)
        })
    };
    name.split(|byte| *byte == b'_').find_map(is_of).map_or(0, |level| level.digit)
}

/// Which parameter of the function or macro around it the call hands on, from 1.
fn handed_on(call: &PrintCall<'_>, format: u32) -> Option<u32> {
    let through = |part: Part<'_>| match part {
        Part::Param(number) => Some(number),
        Part::Literal(text) if format != 0 && memchr::memmem::find(text, b"%pV").is_some() => {
            Some(format)
        }
        _ => None,
    };
    // `printk(level "…" fmt)`: the format is the last.
    call.text.parts().filter_map(through).last()
}

/// A call's text with the format as parameter 1.
fn renamed(text: Template<'_>, argument: u32, is_macro: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for part in text.parts() {
        match part {
            Part::Literal(text) => match memchr::memmem::find(text, b"%pV") {
                Some(at) => {
                    out.extend(&text[..at]);
                    out.extend(FORMAT);
                    out.extend(&text[at + 3..]);
                }
                None => out.extend(text),
            },
            Part::Param(number) if number == argument => out.extend(FORMAT),
            Part::Name(name) => {
                out.push(1);
                out.extend(name);
                out.push(2);
            }
            Part::Open(name) => {
                out.push(6);
                out.extend(name);
                out.push(2);
            }
            Part::Close => out.push(7),
            Part::Quoted(number) => out.extend([4, 32 + number.min(200) as u8]),
            // `printk(level "text " fmt)`: what a macro is given to stand before a text is a level.
            Part::Param(_) if out.is_empty() && is_macro => {}
            Part::Param(_) | Part::Unknown => out.push(UNKNOWN),
        }
    }
    out
}
