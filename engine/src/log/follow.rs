//! Follows a log line by line: what each is, which report it belongs to, what a trace's frames
//! were calling. What a line leads to is looked up once for each of its kind.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use kgrep_index::graph::{DefInfo, Graph};

use super::debug::{Debug, Exact};
use super::frame::{Frame, FrameKind};
use super::head::{Heads, Remark};
use super::inside::{Called, How, Inside, Place};
use super::line::{Line, Writer};
use super::ready::{Ready, clean, ready};
use super::report::{Belongs, Title};
use super::stamp::Stamp;
use super::{LineContext, LogArch, MessageSource, Sure};

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A line that something printed.
    Message,
    /// A stack frame.
    Frame,
    /// A place that the line itself names.
    Stamp,
}

/// A line of the log, or a part of one, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The log's line, from 1.
    pub line: u64,
    /// What was printed.
    pub text: Vec<u8>,
    /// What the row is about.
    pub what: What,
    /// How the line speaks of a frame.
    pub kind: Option<FrameKind>,
    /// The places, the best first; none where the tree has none.
    pub places: Rc<Vec<Place>>,
}

/// A report: what belongs together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What happened.
    pub title: Title,
    /// The log's line that it begins at.
    pub line: u64,
    /// What is to be said of it all.
    pub head: Vec<Remark>,
    /// Its lines.
    pub entries: Vec<Entry>,
}

/// A part of a log, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A line outside of reports.
    Line(Entry),
    /// A report.
    Report(Report),
}

/// What a log is followed with.
#[derive(Clone, Copy)]
pub struct Tools<'g, 'a> {
    /// The tree's graph.
    pub graph: &'g Graph<'a>,
    /// The architecture that counts.
    pub arch: LogArch,
    /// Reads a file of the tree, by its path below the root.
    pub read: &'g dyn Fn(&[u8]) -> Option<Vec<u8>>,
    /// Knows which call printed a line.
    pub messages: &'g dyn MessageSource,
    /// The kernel's debug information, if it is at hand.
    pub debug: Option<&'g Debug>,
}

/// Follows one log.
pub struct Follower<'g, 'a> {
    inside: Inside<'g, 'a>,
    debug: Option<&'g Debug>,
    heads: Heads<'g>,
    messages: &'g dyn MessageSource,
    arch: LogArch,
    open: Option<Open>,
    /// What the next frame was calling.
    above: Option<Above>,
    /// The instruction pointer's frame, until a trace begins.
    pointer: Option<Key>,
    known: HashMap<(Key, Option<Above>), Rc<Vec<Place>>>,
}

/// A frame as a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    kind: FrameKind,
    symbol: Vec<u8>,
    offset: u64,
    size: u64,
    module: Option<Vec<u8>>,
}

/// What a frame was calling.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Above {
    /// Whatever prints traces.
    Printer,
    /// The function of this frame.
    Frame(Vec<u8>, Option<Vec<u8>>),
}

/// A report that is being read.
struct Open {
    report: Report,
    traced: bool,
    /// How many of its entries belong to it for sure: what follows may be another's.
    own: usize,
    /// Lines behind them that nothing says belong to it.
    strays: usize,
    /// Whether its last line was read.
    ended: bool,
    /// Who prints it, where the log tells.
    caller: Option<Vec<u8>>,
    /// What programs wrote meanwhile, and others than the caller.
    aside: Vec<Entry>,
    /// The first place that a line of it names itself.
    stamp: Option<Place>,
}

impl Open {
    fn new(title: Title, one: &Ready<'_>) -> Open {
        let (line, head, entries) = (one.number, Vec::new(), Vec::new());
        Open {
            report: Report { title, line, head, entries },
            traced: false,
            own: 0,
            strays: 0,
            ended: false,
            caller: one.line.caller.map(<[u8]>::to_vec),
            aside: Vec::new(),
            stamp: None,
        }
    }

    /// Whether another than the one that prints the report printed a line.
    fn is_anothers(&self, one: &Ready<'_>) -> bool {
        let known = self.caller.as_deref().zip(one.line.caller);
        let is_stray = one.title.is_none() && one.belongs == Belongs::Unknown && !one.is_frame();
        is_stray && known.is_some_and(|(own, caller)| own != caller)
    }

    /// Takes a line's entries: with one that belongs to the report, what stands before it does.
    fn take(&mut self, entries: Vec<Entry>, is_own: bool) {
        self.report.entries.extend(entries);
        if is_own {
            (self.own, self.strays) = (self.report.entries.len(), 0);
        }
    }

    /// The report, and the lines that turned out to stand behind it, in the log's order.
    fn apart(self) -> (Report, Vec<Entry>) {
        let Open { mut report, own, mut aside, .. } = self;
        aside.extend(report.entries.drain(own..));
        aside.sort_by_key(|entry| entry.line);
        (report, aside)
    }
}

/// Lines that may stand between a report's first line and its trace.
const STRAYS: usize = 12;

/// Lines that may stand in the midst of a trace: another processor's.
const STRAYS_IN_TRACE: usize = 3;

/// A report with more lines than this ends; what follows stands by itself.
const LINES: usize = 4096;

/// Frames whose places are remembered.
const KNOWN: usize = 50_000;

impl<'g, 'a> Follower<'g, 'a> {
    /// Follows a log with these tools.
    pub fn new(tools: Tools<'g, 'a>) -> Follower<'g, 'a> {
        let Tools { graph, arch, read, messages, debug } = tools;
        Follower {
            debug,
            inside: Inside::new(graph, arch.arch, read),
            heads: Heads::new(read),
            messages,
            arch,
            open: None,
            above: None,
            pointer: None,
            known: HashMap::new(),
        }
    }

    /// Takes the log's next lines, of which the first has the number `first`; what is finished
    /// with them goes to `out`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn lines<E>(
        &mut self,
        first: u64,
        lines: &[Vec<u8>],
        out: &mut impl FnMut(Piece) -> Result<(), E>,
    ) -> Result<(), E> {
        let clean = clean(lines);
        let ready = ready(&clean, first);
        if let Some(debug) = self.debug {
            ready.iter().for_each(|one| debug.note(one.line.text));
        }
        self.expect(&ready);
        let is_message = |one: &&Ready<'_>| {
            one.line.writer != Writer::Program
                && one.frame.as_ref().is_none_or(|frame| frame.kind == FrameKind::Mention)
        };
        let texts: Vec<&[u8]> = ready.iter().filter(is_message).map(|one| one.line.text).collect();
        self.messages.expect(&texts);
        ready.iter().try_for_each(|one| self.part(one, out))
    }

    /// Looks up the frames of lines that come next, for what prints messages may still be
    /// being found meanwhile.
    fn expect(&mut self, lines: &[Ready<'_>]) {
        let before = (self.above.clone(), self.pointer.clone());
        for one in lines.iter().filter(|one| one.line.writer != Writer::Program) {
            if let Some(frame) = &one.frame {
                self.frame(frame);
            } else {
                self.between(one);
            }
        }
        (self.above, self.pointer) = before;
    }

    /// The log is at its end.
    pub fn end<E>(&mut self, out: &mut impl FnMut(Piece) -> Result<(), E>) -> Result<(), E> {
        self.close(out)
    }

    fn part<E>(
        &mut self,
        one: &Ready<'_>,
        out: &mut impl FnMut(Piece) -> Result<(), E>,
    ) -> Result<(), E> {
        let text = one.line.text;
        let entry = |what, places| entry_of(one, what, places);
        let is_programs = one.line.writer == Writer::Program;
        if is_programs || self.open.as_ref().is_some_and(|open| open.is_anothers(one)) {
            let places = if is_programs { Vec::new() } else { self.printed(one.line) };
            let entry = entry(What::Message, Rc::new(places));
            match &mut self.open {
                Some(open) => open.aside.push(entry),
                None => return out(Piece::Line(entry)),
            }
            return self.close_where_long(out);
        }
        let mut frame = one.frame.as_ref();
        let is_frame = one.is_frame();
        self.report_at(one, is_frame, out)?;
        self.heads.version(text);
        if let Some(open) = &mut self.open {
            open.traced |= is_frame;
            self.heads.note(text, &mut open.report.head);
        }
        let mut entries = Vec::new();
        if !is_frame {
            let own = self.said(one, frame);
            // Who printed it may be named as well: that helps where the call isn't known.
            let named = frame.filter(|frame| frame.names_printer);
            if named.is_none_or(|named| !own.places.is_empty() || self.frame(named).is_empty()) {
                frame = frame.filter(|_| named.is_none());
                entries.push(own);
            }
        }
        if let Some(frame) = frame {
            let places = self.frame(frame);
            // What was inlined has a row of its own, as a frame has.
            let rows = by_function(self.pointed(frame, places));
            let row = |places: Rc<Vec<Place>>| {
                let inlined = places.first().filter(|place| place.how == How::Inlined);
                let name = inlined.map(|place| [place.function.as_slice(), b" [inline]"].concat());
                let whole = entry(What::Frame, places);
                Entry { kind: Some(frame.kind), text: name.unwrap_or(whole.text), ..whole }
            };
            entries.extend(rows.into_iter().map(row));
        } else {
            self.between(one);
        }
        match &mut self.open {
            Some(open) => {
                let is_own = is_frame || one.title.is_some() || one.belongs != Belongs::Unknown;
                open.take(entries, is_own);
                Ok(())
            }
            None => entries.into_iter().map(Piece::Line).try_for_each(out),
        }
    }

    /// Where a line that is no frame comes from: the place that it names, or the call that prints it.
    fn said(&mut self, one: &Ready<'_>, frame: Option<&Frame<'_>>) -> Entry {
        let stamp = one.stamp.as_ref();
        let named = stamp.map(|stamp| self.stamped(stamp, frame)).unwrap_or_default();
        if let (Some(open), Some(place)) = (&mut self.open, named.first()) {
            open.stamp.get_or_insert_with(|| place.clone());
        }
        // A text is found in another version, too, where a line's number is another one.
        let printed = match named.first() {
            Some(place) if place.sure == Sure::Certain => Vec::new(),
            _ => self.printed(one.line),
        };
        let same = |place: &Place| named.first().is_none_or(|named| named.path == place.path);
        match named.is_empty() || printed.first().is_some_and(same) {
            true => entry_of(one, What::Message, Rc::new(printed)),
            false => entry_of(one, What::Stamp, Rc::new(named)),
        }
    }

    /// What a line that is no frame says of the next frame.
    fn between(&mut self, one: &Ready<'_>) {
        let text = one.line.text;
        if is_trace_begin(text) {
            self.above = Some(match self.pointer.take() {
                Some(pointer) => Above::Frame(pointer.symbol, pointer.module),
                None => Above::Printer,
            });
        } else if one.belongs == Belongs::Unknown && !text.trim_ascii().is_empty() {
            self.above = None;
        }
    }

    /// The places of an instruction pointer: where the report says it was, if that is in its
    /// function, and what accesses memory, if that failed.
    fn pointed(&self, frame: &Frame<'_>, places: Rc<Vec<Place>>) -> Rc<Vec<Place>> {
        let Some(open) = self.open.as_ref().filter(|_| frame.kind == FrameKind::Pointer) else {
            return places;
        };
        let mut all: Vec<Place> = places.to_vec();
        let stamp = open.stamp.as_ref().filter(|stamp| {
            let has = |d: &DefInfo| d.first <= stamp.line && stamp.line <= d.last;
            let mut own = self.inside.definitions(frame).into_iter();
            own.any(|d| has(&d) && self.inside.path(&d) == stamp.path)
        });
        if let Some(stamp) = stamp.filter(|_| places.iter().all(|place| place.how != How::Debug)) {
            let function = places.first().map(|place| place.function.clone()).unwrap_or_default();
            all.insert(0, Place { function, ..stamp.clone() });
        }
        if open.report.title.accesses {
            all.extend(self.inside.accesses(frame));
        }
        Rc::new(all)
    }

    /// Opens and closes reports at a line.
    fn report_at<E>(
        &mut self,
        one: &Ready<'_>,
        is_frame: bool,
        out: &mut impl FnMut(Piece) -> Result<(), E>,
    ) -> Result<(), E> {
        let title = if is_frame { None } else { one.title.clone() };
        if let Some(title) = title {
            let is_new = self.open.as_ref().is_none_or(|open| begins_another(open, &title, one));
            if is_new {
                self.close(out)?;
                self.open = Some(Open::new(title, one));
            } else if let Some(open) = &mut self.open
                && !open.traced
            {
                open.caller = one.line.caller.map(<[u8]>::to_vec);
                if is_vague(&open.report.title) && open.report.title.kind != title.kind {
                    open.report.title = title;
                }
            }
            return Ok(());
        }
        let Some(open) = &mut self.open else { return Ok(()) };
        open.ended |= one.belongs == Belongs::Last;
        let is_blank = one.line.text.trim_ascii().is_empty();
        if !is_frame && one.belongs == Belongs::Unknown && !is_blank {
            open.strays += 1;
            let most = if open.traced { STRAYS_IN_TRACE } else { STRAYS };
            if open.ended || open.strays > most {
                return self.close(out);
            }
        }
        self.close_where_long(out)
    }

    /// Closes a report that has too many lines to be held.
    fn close_where_long<E>(
        &mut self,
        out: &mut impl FnMut(Piece) -> Result<(), E>,
    ) -> Result<(), E> {
        let held = |open: &Open| open.report.entries.len().max(open.aside.len());
        if self.open.as_ref().is_some_and(|open| held(open) >= LINES) {
            self.close(out)
        } else {
            Ok(())
        }
    }

    fn close<E>(&mut self, out: &mut impl FnMut(Piece) -> Result<(), E>) -> Result<(), E> {
        self.pointer = None;
        let Some(open) = self.open.take() else { return Ok(()) };
        let (mut report, behind) = open.apart();
        self.heads.finish(&mut report);
        out(Piece::Report(report))?;
        behind.into_iter().map(Piece::Line).try_for_each(out)
    }

    fn printed(&self, part: Line<'_>) -> Vec<Place> {
        let innermost =
            self.open.iter().flat_map(|open| &open.report.entries).find_map(|entry| {
                (entry.what == What::Frame).then(|| entry.places.first()).flatten()
            });
        let context = LineContext {
            level: part.level,
            module: None,
            function: innermost.map(|place| place.function.as_slice()),
            path: innermost.map(|place| place.path.as_slice()),
            arch: Some(self.arch.arch),
            arch_is_told: self.arch.is_told,
        };
        let candidates = self.messages.printed(part.text, &context);
        let places = candidates.into_iter().map(|found| Place {
            path: found.path,
            line: found.line,
            first: found.line,
            last: found.last,
            function: found.function,
            how: How::Prints,
            sure: found.sure,
        });
        places.collect()
    }

    /// The place that a line names, as the tree has it.
    fn stamped(&self, stamp: &Stamp<'_>, frame: Option<&Frame<'_>>) -> Vec<Place> {
        let function = frame.map(|frame| self.inside.definitions(frame)).unwrap_or_default();
        let Some(path) = stamp.paths().find(|path| self.inside.has(path)) else {
            return Vec::new();
        };
        let place = Place {
            path: path.to_vec(),
            line: stamp.line,
            first: stamp.line,
            last: stamp.line,
            function: Vec::new(),
            how: How::Said,
            sure: if stamp.is_whole() { Sure::Certain } else { Sure::Likely },
        };
        let lines = self.inside.source(path).line_count();
        let around = function.iter().find(|d| self.inside.path(d) == path);
        match around {
            Some(d) if d.first <= stamp.line && stamp.line <= d.last => {
                vec![Place { function: self.inside.name(d), ..place }]
            }
            // The file has changed: the function is where it was.
            Some(d) => {
                vec![Place { how: How::Moved, sure: Sure::Likely, ..self.inside.function(d) }]
            }
            None if u64::from(stamp.line) <= lines => vec![place],
            None => Vec::new(),
        }
    }

    /// The places of a frame, which is then what the next one was calling.
    fn frame(&mut self, frame: &Frame<'_>) -> Rc<Vec<Place>> {
        let key = Key {
            kind: frame.kind,
            symbol: frame.symbol.to_vec(),
            offset: frame.offset,
            size: frame.size,
            module: frame.module.map(<[u8]>::to_vec),
        };
        // Some architectures begin a trace with the instruction pointer's frame.
        let above = match (&self.above, frame.kind) {
            (Some(Above::Frame(symbol, _)), FrameKind::Return) if *symbol == key.symbol => None,
            (above, FrameKind::Return) => above.clone(),
            _ => None,
        };
        let next = || Some(Above::Frame(key.symbol.clone(), key.module.clone()));
        match frame.kind {
            FrameKind::Return if !frame.inlined => self.above = next(),
            FrameKind::Pointer => {
                self.pointer = Some(key.clone());
                self.above = next();
            }
            _ => {}
        }
        let known = (key, above);
        if let Some(places) = self.known.get(&known) {
            return Rc::clone(places);
        }
        let places = Rc::new(self.looked_up(frame, known.1.as_ref()));
        if self.known.len() >= KNOWN {
            self.known.clear();
        }
        self.known.insert(known, Rc::clone(&places));
        places
    }

    /// The places by debug information, what was inlined last; none where it doesn't say, or
    /// names files that this tree hasn't.
    fn exact(&self, frame: &Frame<'_>) -> Vec<Place> {
        let Some(debug) = self.debug else { return Vec::new() };
        let place = |(nth, exact): (usize, Exact)| {
            let stamp = Stamp { path: Cow::Borrowed(&exact.path[..]), line: exact.line };
            let path = stamp.paths().find(|path| self.inside.has(path))?.to_vec();
            let how = if nth == 0 { How::Debug } else { How::Inlined };
            let (line, function) = (exact.line, exact.function);
            let sure = Sure::Certain;
            Some(Place { path, line, first: line, last: line, function, how, sure })
        };
        debug.frames(frame).into_iter().enumerate().map_while(place).collect()
    }

    fn looked_up(&self, frame: &Frame<'_>, above: Option<&Above>) -> Vec<Place> {
        let exact = self.exact(frame);
        if !exact.is_empty() {
            return exact;
        }
        if let Some((path, line)) = frame.decoded
            && self.inside.has(path)
        {
            let stamp = Stamp { path: Cow::Borrowed(path), line };
            let places = self.stamped(&stamp, Some(frame));
            if !places.is_empty() {
                return places;
            }
        }
        let called: Option<Called> = above.map(|above| match above {
            Above::Printer => self.inside.first_called(frame.symbol),
            Above::Frame(symbol, module) => self.inside.called(&Frame {
                kind: FrameKind::Return,
                symbol,
                offset: 0,
                size: 0,
                module: module.as_deref(),
                decoded: None,
                inlined: false,
                address: None,
                build_id: None,
                names_printer: false,
            }),
        });
        self.inside.places(frame, called.as_ref())
    }
}

/// The places of a frame, and each that was inlined there apart.
fn by_function(places: Rc<Vec<Place>>) -> Vec<Rc<Vec<Place>>> {
    if !places.iter().any(|place| place.how == How::Inlined) {
        return vec![places];
    }
    let (inlined, own): (Vec<Place>, Vec<Place>) =
        places.iter().cloned().partition(|place| place.how == How::Inlined);
    let apart = inlined.into_iter().map(|place| Rc::new(vec![place]));
    std::iter::once(Rc::new(own)).chain(apart).collect()
}

/// A line's entry that is no frame.
fn entry_of(one: &Ready<'_>, what: What, places: Rc<Vec<Place>>) -> Entry {
    Entry { line: one.number, text: one.line.text.to_vec(), what, kind: None, places }
}

/// Whether a line with this title begins another report than the one that is open.
fn begins_another(open: &Open, title: &Title, one: &Ready<'_>) -> bool {
    // Its last line was there, even if a trace never came; or another task hangs.
    if open.ended || title.hangs && title.kind == open.report.title.kind {
        return true;
    }
    if open.traced {
        // A second trace of the same report.
        return !(title.kind == "backtrace" && is_trace_begin(one.line.text));
    }
    // What stands between was another's, unless it is a part that reports have anyway.
    open.strays > 0 && one.belongs == Belongs::Unknown
}

/// Whether a report's title says nothing of what happened: a better line may follow.
fn is_vague(title: &Title) -> bool {
    matches!(title.kind, "backtrace" | "cut")
}

fn is_trace_begin(text: &[u8]) -> bool {
    let text = text.trim_ascii().to_ascii_lowercase();
    [&b"call trace:"[..], b"backtrace:", b"stack trace:", b"stack:"].contains(&text.as_slice())
        || text.ends_with(b"call trace:")
}
