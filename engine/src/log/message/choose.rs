//! Which of the formats that fit a line is meant: the one with the most literal text; what the
//! line's context and the lines before it say, breaks ties.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};

use kgrep_index::graph::Place;
use rayon::prelude::*;

use super::evidence::{
    Evidence, SURE_LETTERS, device_len, driver_in, heads, is_kin, is_of_driver, names_device,
};
use super::pattern::{Fit, find, fit, fit_cut, split_name};
use super::texts::{UNKNOWN, module_of, shared_folders};
use super::words::{FormatLine, from_start, lines, starts_in};
use super::{Candidate, LineContext, Messages, format_text};
use crate::log::Sure;
use crate::log::knowledge::knowledge;

/// Candidates beyond are not worth reading.
const MOST: usize = 8;
/// The letters that a format's own name before a colon has at least.
const SHORTEST_NAME: u32 = 3;
/// What letters weigh at least, twice as much as signs, where the line begins with what may be anything:
/// they have to make up for the name that the format lacks.
const SURE_BEHIND: u32 = 2 * (SURE_LETTERS + SHORTEST_NAME);
/// Words before a message that may be a name.
const MOST_NAMES: usize = 3;
/// A file's name with fewer letters is in a line by chance.
const LEAST_NAME: usize = 4;
/// What it is worth that a format begins with a name and a colon.
const NAMED: u32 = 8;
/// The most lines before a line that count as its neighbours.
const NEIGHBOURS: usize = 16;

/// Lines whose formats are remembered: logs repeat themselves.
const REMEMBERED: usize = 20_000;

/// What is remembered of the lines before.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) neighbours: Neighbours,
    /// The formats that fit a text.
    fitting: HashMap<Vec<u8>, Vec<Fitting>>,
}

/// Where the lines before came from.
#[derive(Default)]
pub(super) struct Neighbours {
    files: VecDeque<u32>,
    /// How many lines came from each architecture's folder.
    archs: HashMap<Vec<u8>, u32>,
}

impl Neighbours {
    fn note(&mut self, file: u32, path: &[u8]) {
        if self.files.len() >= NEIGHBOURS {
            self.files.pop_front();
        }
        self.files.push_back(file);
        if let Some(arch) = Place::architecture(path) {
            *self.archs.entry(arch.to_vec()).or_default() += 1;
        }
    }
}

/// A format that fits.
#[derive(Clone, Copy)]
struct Fitting {
    format: u32,
    fit: Fit,
    /// Whether only its end or its beginning is in the line, or only a part of the line is in it.
    part: bool,
    /// Whether it goes on behind the line's end.
    cut: bool,
    /// Whether the line has the name of the format's file.
    named: bool,
    /// Whether the line's first word, a driver's name, is that of the format's file or of a folder around it.
    driver: bool,
    /// Whether the line names a driver which is not that of the format's file.
    foreign: bool,
    /// Whether the line lacks the name of the device that is printed before the format.
    headless: bool,
    /// Whether another call printed the line's beginning.
    goes_on: bool,
}

impl Fitting {
    fn new(format: u32, fit: Fit) -> Fitting {
        Fitting {
            format,
            fit,
            part: false,
            cut: false,
            named: false,
            driver: false,
            foreign: false,
            headless: false,
            goes_on: false,
        }
    }

    /// What it says of the line, twice as much by letters as by signs.
    fn says(&self) -> u32 {
        self.fit.letters * 2 + self.fit.signs
    }
}

/// The calls that could have printed `text`, the best first.
pub(super) fn candidates(
    messages: &Messages,
    text: &[u8],
    context: &LineContext<'_>,
    memory: &mut Memory,
) -> Vec<Candidate> {
    let text = text.trim_ascii_end();
    let fitting = memory.fitting(messages, text);
    listed(messages, fitting, text, context, &mut memory.neighbours)
}

/// The calls whose format has `text` from one of its words on, the best first: what a person asks for
/// may lack the name that the message begins with.
pub(super) fn from_a_word(
    messages: &Messages,
    text: &[u8],
    context: &LineContext<'_>,
) -> Vec<Candidate> {
    let text = text.trim_ascii_end();
    let numbers = 0..messages.formats.len() as u32;
    let fitting = numbers.into_par_iter().filter_map(|number| {
        let format = messages.text(&messages.stored_at(number).exact);
        let (cut, fit) = lines(format, number)
            .flat_map(|line| words_in(&format[line.range()]).map(move |word| (word, !line.ends)))
            .filter_map(|(words, open)| {
                let whole = fit(words, text, open).map(|fit| (false, fit));
                whole.or_else(|| Some((true, fit_cut(words, text)?)))
            })
            .min_by_key(|(cut, fit)| (*cut, Reverse(fit.letters)))?;
        let enough = fit.letters >= SURE_LETTERS && fit.letters >= fit.free;
        enough.then_some(Fitting { part: true, cut, ..Fitting::new(number, fit) })
    });
    listed(messages, fitting.collect(), text, context, &mut Neighbours::default())
}

/// A format's line from each of its words on but the first.
fn words_in(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memchr_iter(b' ', line).map(|at| &line[at + 1..])
}

/// The calls of those that fit, the best first.
fn listed(
    messages: &Messages,
    mut fitting: Vec<Fitting>,
    text: &[u8],
    context: &LineContext<'_>,
    neighbours: &mut Neighbours,
) -> Vec<Candidate> {
    // What another driver says in nearly as many words as code that is for all is not meant.
    let shared = fitting.iter().filter(|one| !one.foreign).map(Fitting::says).max().unwrap_or(0);
    fitting.retain(|one| !one.foreign || one.says() * 2 > shared * 3);
    fitting.sort_by_cached_key(|one| rank(messages, one, context, neighbours));
    leave_worth(messages, &mut fitting, context);
    let Some(best) = fitting.first() else { return Vec::new() };
    let sure = sureness(messages, &fitting, text, context);
    if sure == Sure::Certain {
        let best = messages.stored_at(best.format);
        neighbours.note(best.file, messages.message(best).path);
        // Nothing else fits as well, and what fits worse is no answer then.
        fitting.truncate(1);
    }
    let mut out: Vec<Candidate> = Vec::new();
    for one in &fitting {
        let message = messages.message(messages.stored_at(one.format));
        let known =
            out.iter().any(|known| known.path == message.path && known.line == message.line);
        if known || out.len() >= MOST {
            continue;
        }
        out.push(Candidate {
            path: message.path.to_vec(),
            line: message.line,
            last: message.last,
            function: message.function.to_vec(),
            sure,
            format: [format_text(message.head), message.format()].concat(),
        });
    }
    out
}

/// Leaves out, of sorted ones, what can't be meant beside the others: what only another architecture
/// prints, where the log's is known; and beside a best that fits whole, what fits in part and says no
/// more, or whole and says less than half (`CPU: %s`).
fn leave_worth(messages: &Messages, fitting: &mut Vec<Fitting>, context: &LineContext<'_>) {
    let path = |one: &Fitting| messages.message(messages.stored_at(one.format)).path;
    if context.arch_is_told && fitting.iter().any(|one| !is_elsewhere(path(one), context)) {
        fitting.retain(|one| !is_elsewhere(path(one), context));
    }
    let Some(best) = fitting.first().copied().filter(|best| !best.part) else { return };
    let most = best.says();
    fitting.retain(|one| if one.part { one.says() > most } else { one.says() * 2 >= most });
}

impl Memory {
    /// Finds the formats that fit these texts, on all processors.
    pub(super) fn expect(&mut self, messages: &Messages, texts: &[&[u8]]) {
        let mut open: Vec<&[u8]> = texts.iter().map(|text| text.trim_ascii_end()).collect();
        open.retain(|text| !self.fitting.contains_key(*text));
        open.par_sort_unstable();
        open.dedup();
        if self.fitting.len() + open.len() > REMEMBERED {
            // All of these may be known but for some that are asked for next, too.
            self.fitting.clear();
        }
        open.truncate(REMEMBERED);
        let found: Vec<Vec<Fitting>> =
            open.par_iter().map(|text| fitting(messages, text)).collect();
        self.fitting.extend(open.into_iter().map(<[u8]>::to_vec).zip(found));
    }

    /// The formats that fit `text`.
    fn fitting(&mut self, messages: &Messages, text: &[u8]) -> Vec<Fitting> {
        if let Some(known) = self.fitting.get(text) {
            return known.clone();
        }
        let found = fitting(messages, text);
        if self.fitting.len() >= REMEMBERED {
            self.fitting.clear();
        }
        self.fitting.insert(text.to_vec(), found.clone());
        found
    }
}

/// The formats that fit `text`.
fn fitting(messages: &Messages, text: &[u8]) -> Vec<Fitting> {
    let mut fitting: Vec<Fitting> = Vec::new();
    messages.by_word.candidates(text, |line| consider(messages, line, text, &mut fitting));
    if fitting.is_empty() {
        let wordless = messages.by_word.wordless(text).iter();
        wordless.for_each(|line| consider(messages, *line, text, &mut fitting));
    }
    if !fitting.iter().any(explains_all) {
        let before = fitting.len();
        messages.by_word.candidates(text, |line| consider_end(messages, line, text, &mut fitting));
        if fitting.len() == before {
            with_cut(messages, text, &mut fitting);
        }
    }
    // Where a device's message begins.
    let (driver, _) = split_name(text);
    for one in &mut fitting {
        let format = messages.stored_at(one.format);
        let path = messages.message(format).path;
        let stem = module_of(path);
        one.named = stem.len() >= LEAST_NAME && memchr::memmem::find(text, &stem).is_some();
        one.driver = is_of_driver(path, driver);
        let other = driver_in(messages.text(&format.head), text).filter(|name| !is_kin(path, name));
        one.foreign = other.is_some() && !format.others && !messages.is_shared(format.file);
    }
    fitting.retain(|one| evidence(messages, one).is_enough());
    if fitting.is_empty() && is_between_signs(text) {
        by_signs(messages, text, &mut fitting);
    }
    fitting
}

/// What speaks for a format, and what against it.
fn evidence(messages: &Messages, one: &Fitting) -> Evidence {
    let format = messages.stored_at(one.format);
    let Fitting { fit, foreign, headless, goes_on, .. } = *one;
    let (usual, hands_on) = (format.usual, format.hands_on);
    Evidence { fit, usual, hands_on, foreign, headless, goes_on }
}

/// Adds the formats that have no letter in common with a line of signs, but all of its signs.
fn by_signs(messages: &Messages, text: &[u8], fitting: &mut Vec<Fitting>) {
    let (signs, wordless) = (messages.by_word.signs(text), messages.by_word.wordless(text));
    signs.iter().chain(wordless).for_each(|line| consider(messages, *line, text, fitting));
    let most = fitting.iter().map(|one| one.fit.signs).max();
    let is_best = |one: &Fitting| Some(one.fit.signs) == most;
    fitting.retain(|one| explains_all(one) && is_best(one));
}

/// Whether a line is one word that begins and ends with a sign, as what names the stack of a trace: ` <TASK>`.
fn is_between_signs(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let is_sign = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_punctuation);
    is_sign(text.first()) && is_sign(text.last()) && !text.contains(&b' ')
}

/// Whether a format has all of the line, to its end.
fn explains_all(one: &Fitting) -> bool {
    !one.part && one.fit.free_end == 0
}

/// Adds the formats whose beginning fits the line, as it may have been cut. Those that fit it whole only
/// because they end in what may be anything are taken for a part of it where one says more.
fn with_cut(messages: &Messages, text: &[u8], fitting: &mut Vec<Fitting>) {
    let mut cut = cut(messages, text);
    cut.retain(|one| !fitting.iter().any(|whole| whole.format == one.format));
    let more = cut.iter().map(|one| one.fit.letters).max().unwrap_or(0);
    for one in fitting.iter_mut().filter(|one| one.fit.letters < more) {
        one.part = true;
    }
    fitting.extend(cut);
}

/// The formats whose beginning fits a line that was cut.
fn cut(messages: &Messages, text: &[u8]) -> Vec<Fitting> {
    // A pager's mark of what is beyond the screen.
    let text = text.strip_suffix(b">").unwrap_or(text);
    let mut fitting: Vec<Fitting> = Vec::new();
    for (at, _) in starts_in(text) {
        for line in messages.by_word.beginning(&text[at..]) {
            let format = messages.stored_at(line.format);
            let pattern = messages.text(&format.exact).get(line.range());
            let Some(pattern) = pattern else { continue };
            let own = from_start(pattern).and_then(|own| fit_cut(own, &text[at..]));
            let Some(own) = own else { continue };
            let known = fitting.iter().any(|known| known.format == line.format);
            if own.letters < SURE_LETTERS || own.letters < own.free || known {
                continue;
            }
            // What stands before it counts, too, where another format is only that.
            let head = messages.text(&format.head);
            let head = if line.start == 0 { head } else { b"" };
            let whole = fit_cut(&[head, pattern].concat(), text);
            let fit = whole.filter(|whole| whole.letters > own.letters).unwrap_or(own);
            fitting.push(Fitting { part: true, cut: true, ..Fitting::new(line.format, fit) });
        }
    }
    fitting
}

/// Adds the format, if it fits; of several of its lines the best.
fn consider(messages: &Messages, line: FormatLine, text: &[u8], fitting: &mut Vec<Fitting>) {
    let Some(found) = fits(messages, line, text) else { return };
    match fitting.iter_mut().find(|known| known.format == found.format) {
        Some(known) if known.fit.letters < found.fit.letters => *known = found,
        Some(_) => {}
        None => fitting.push(found),
    }
}

/// Adds the format, if it fits behind a name: another kernel's macros may put another one there.
fn consider_end(messages: &Messages, line: FormatLine, text: &[u8], fitting: &mut Vec<Fitting>) {
    let format = messages.stored_at(line.format);
    let Some(pattern) = messages.text(&format.exact).get(line.range()) else { return };
    if line.start > 0 || fitting.iter().any(|known| known.format == line.format) {
        return;
    }
    let behind_names = |text: &'_ [u8], most: usize| -> Vec<usize> {
        let ends = memchr::memmem::find_iter(text, b": ").map(|at| at + 2);
        std::iter::once(0).chain(ends.take(most)).collect()
    };
    let words = memchr::memchr_iter(b' ', text).map(|at| at + 1).take(MOST_NAMES);
    for at in words {
        for start in behind_names(pattern, 1) {
            let Some(found) = fit(&pattern[start..], &text[at..], !line.ends) else { continue };
            if found.letters * 2 >= SURE_BEHIND && found.letters >= found.free && !found.free_start
            {
                fitting.push(Fitting { part: true, ..Fitting::new(line.format, found) });
                return;
            }
        }
    }
}

/// How sure the best is.
fn sureness(
    messages: &Messages,
    fitting: &[Fitting],
    text: &[u8],
    context: &LineContext<'_>,
) -> Sure {
    let best = &fitting[0];
    let elsewhere = |one: &Fitting| {
        is_elsewhere(messages.message(messages.stored_at(one.format)).path, context)
    };
    let here = !elsewhere(best);
    let place = |one: &Fitting| {
        let format = messages.stored_at(one.format);
        (format.file, format.line)
    };
    let weight = |one: &Fitting| (one.part, one.cut, one.driver, one.fit.letters + one.fit.signs);
    let alike = fitting[1..]
        .iter()
        .filter(|other| !here || !elsewhere(other))
        .any(|other| weight(other) == weight(best) && place(other) != place(best));
    if alike {
        return Sure::Several;
    }
    let Fit { signs, free, free_start, free_end, other_module, .. } = best.fit;
    let letters = evidence(messages, best).own();
    // Whoever says that `a driver was loaded` says it in few words.
    let says_much = letters >= SURE_LETTERS && (!free_start || letters * 2 + signs >= SURE_BEHIND);
    let is_own = !other_module || best.named;
    // A text that is the caller's says nothing of where it is, if no caller's format has it.
    let is_callers = free_end > 0 && messages.stored_at(best.format).hands_on;
    let fits_well = letters * 2 >= free && letters >= free_end && !is_callers;
    let enough = says_much && fits_well && is_own;
    // What a program writes to `/dev/kmsg` has its name and number, as few formats do.
    let format = messages.text(&messages.stored_at(best.format).exact);
    let program = is_tagged(text) && memchr::memmem::find(format, b"]:").is_none();
    // The log is another architecture's.
    let is_foreign = !here && context.arch_is_told;
    if enough && !best.part && !program && !is_foreign { Sure::Certain } else { Sure::Likely }
}

/// Whether a line begins as programs' do: `systemd[1]: `.
fn is_tagged(text: &[u8]) -> bool {
    let Some(open) = memchr::memchr(b'[', text) else { return false };
    let name = &text[..open];
    let sign = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./()@:".contains(byte);
    let digits = text[open + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let end = text.get(open + 1 + digits..).unwrap_or_default();
    !name.is_empty() && name.iter().all(sign) && digits > 0 && end.starts_with(b"]: ")
}

/// How the text fits this line of a format.
fn fits(messages: &Messages, line: FormatLine, text: &[u8]) -> Option<Fitting> {
    let format = messages.stored_at(line.format);
    let number = line.format;
    let pattern = messages.text(&format.exact).get(line.range())?;
    find(text, line.literal(messages.text(&format.exact)))?;
    let open = !line.ends;
    let first = line.start == 0;
    let head = messages.text(&format.head);
    let before = heads(head).filter(|head| first && !head.is_empty());
    if let Some(found) = { before }.find_map(|head| fit_with(head, pattern, text, open)) {
        return Some(Fitting { part: found.more, ..Fitting::new(number, found) });
    }
    if let Some(found) = fit(pattern, text, open) {
        // Without its head it is only likely: another call's text may be the same.
        let headless = first && names_device(head);
        let part = found.more || headless;
        return Some(Fitting { part, headless, ..Fitting::new(number, found) });
    }
    // A line that goes on: its beginning was printed by another call.
    if format.level == b'c' && first {
        let after = [&[UNKNOWN], pattern].concat();
        let found = fit(&after, text, open)?;
        return Some(Fitting { part: true, goes_on: true, ..Fitting::new(number, found) });
    }
    None
}

/// How the text fits with what stands before it.
fn fit_with(head: &[u8], pattern: &[u8], text: &[u8], open: bool) -> Option<Fit> {
    let mut found = fit(&[head, pattern].concat(), text, open)?;
    // What every driver's messages begin with says nothing against one.
    let usual = memchr::memchr_iter(b'%', head).count() as u32;
    found.holes = found.holes.saturating_sub(usual);
    if names_device(head) {
        // The colon, as a sign and as a text.
        found.usual = 2;
        match device_len(head, text) {
            Some(len) => found.free = found.free.saturating_sub(len),
            // Few names of drivers have blanks in them.
            None if found.letters < SURE_LETTERS => return None,
            None => {}
        }
    }
    Some(found)
}

/// Whether a file is of another architecture than the one that counts, or of another program.
fn is_elsewhere(path: &[u8], context: &LineContext<'_>) -> bool {
    context.arch.is_some_and(|arch| !arch.has(Place::of(path)) || knowledge().is_apart(path))
}

/// What sorts the best first.
type Rank = (bool, bool, Reverse<u32>, bool, bool, bool, bool, u32, Reverse<u32>, u32, u32, u32);

fn rank(
    messages: &Messages,
    one: &Fitting,
    context: &LineContext<'_>,
    neighbours: &Neighbours,
) -> Rank {
    let format = messages.stored_at(one.format);
    let message = messages.message(format);
    let mut bonus = 0;
    if context.function.is_some_and(|function| function == message.function) {
        bonus += 8;
    }
    if let Some(path) = context.path {
        bonus +=
            if path == message.path { 6 } else { shared_folders(path, message.path).min(3) as u32 };
    }
    if context.module.is_some_and(|module| module == module_of(message.path)) {
        bonus += 4;
    }
    if context.level.is_some_and(|level| message.level == Some(level + b'0')) {
        bonus += 2;
    }
    bonus += u32::from(one.fit.module) * 2;
    bonus += u32::from(one.named) * 3;
    let arch = Place::architecture(message.path)
        .map_or(0, |arch| neighbours.archs.get(arch).copied().unwrap_or(0));
    let most = neighbours.archs.values().copied().max().unwrap_or(0);
    let foreign = message.path.starts_with(b"arch/") && arch < most.max(1);
    bonus += u32::from(!foreign) * 4;
    bonus += u32::from(neighbours.files.contains(&format.file)) * 2;
    // What says whose message it is, is worth more than the same letters elsewhere.
    let start = message.exact.iter().take_while(|byte| **byte >= 8 && **byte != b'%');
    let named = start.take_while(|byte| **byte != b':').count() >= SHORTEST_NAME as usize
        && memchr::memchr(b':', message.exact).is_some();
    let (letters, signs) = (one.fit.letters, one.fit.signs);
    (
        one.part,
        foreign && most > 0,
        Reverse(letters * 2 + signs + if named { NAMED } else { 0 }),
        one.cut,
        is_elsewhere(message.path, context),
        !one.driver,
        !messages.is_shared(format.file),
        one.fit.holes,
        Reverse(bonus),
        one.fit.free,
        format.file,
        format.line,
    )
}
