//! The rows of a log, as they are kept and printed.

use std::collections::HashMap;
use std::rc::Rc;

use anyhow::Result;
use kgrep_engine::Sources;
use kgrep_engine::log::{
    About, Entry, FrameKind, How, Piece, Place, Remark, Report, Touched, What,
};

use crate::cli::Only;
use crate::code::{Code, word_in};
use crate::commands::Session;
use crate::commands::diff::lister::meta;
use crate::list::{
    Column, FileEntry, List, ListWriter, Logged, LoggedAs, LoggedPlace, LoggedRemark, Match,
    Pushed, Role,
};
use crate::message::tell;

const COLUMNS: [(&str, Role); 4] =
    [("Log", Role::Count), ("Text", Role::Name), ("Function", Role::Function), ("How", Role::How)];

/// More rows than this are not made of one line.
const PLACES: usize = 12;

/// More calls that could have printed a line are no help on a screen.
const CALLS: usize = 3;

/// Lines of the tree that are kept at hand.
const SHOWN: usize = 20_000;

/// Rows of the answer, on their way into the list.
pub(super) struct Rows<'a> {
    code: &'a Code,
    session: &'a Session,
    only: Option<Only>,
    touched: Option<&'a Touched>,
    writer: ListWriter,
    sources: Sources,
    files: HashMap<Vec<u8>, u32>,
    paths: HashMap<Vec<u8>, String>,
    /// Lines of files: logs repeat themselves.
    shown: HashMap<(u32, u32), Rc<Shown>>,
    log: u32,
    /// Whether the list takes no more.
    pub(super) full: bool,
}

/// A line of a file.
struct Shown {
    before: u64,
    text: Vec<u8>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(
        code: &'a Code,
        session: &'a Session,
        only: Option<Only>,
        touched: Option<&'a Touched>,
    ) -> Result<Rows<'a>> {
        let meta = meta(session, Column::all(&COLUMNS), None)?;
        Ok(Rows {
            code,
            session,
            only,
            touched,
            writer: session.shelf.begin(meta, session.settings.max_list.value),
            sources: Sources::default(),
            files: HashMap::new(),
            paths: HashMap::new(),
            shown: HashMap::new(),
            log: 0,
            full: false,
        })
    }

    /// What follows is of this log.
    pub(super) fn begin(&mut self, name: &[u8], stdin: bool) {
        self.log = self.writer.push_file(&FileEntry { path: name.to_vec(), stdin });
    }

    pub(super) fn finish(self) -> Result<Option<List>> {
        if self.writer.len() == 0 {
            return Ok(None);
        }
        Ok(Some(self.session.keep(self.writer.finish()?)))
    }

    pub(super) fn piece(&mut self, piece: Piece) -> Result<()> {
        match piece {
            Piece::Line(entry) => self.entry(&entry, "Messages"),
            Piece::Report(report) => self.report(&report),
        }
        Ok(())
    }

    fn report(&mut self, report: &Report) {
        let title = format!("{}: {} (line {})", report.title.kind, report.title.text, report.line);
        if matches!(self.only, None | Some(Only::Reports)) {
            for remark in &report.head {
                self.remark(remark, report.line, &title);
            }
            self.changed(report, &title);
        }
        for entry in &report.entries {
            self.entry(entry, &title);
        }
    }

    /// Says in a report's head which functions of its traces patches touch.
    fn changed(&mut self, report: &Report, title: &str) {
        let mut known: Vec<(&[u8], &[u8])> = Vec::new();
        for place in report.entries.iter().filter_map(frame_place) {
            let function = (place.path.as_slice(), place.function.as_slice());
            let patches = self.patches(place);
            if patches.is_empty() || known.contains(&function) {
                continue;
            }
            known.push(function);
            let name = String::from_utf8_lossy(&place.function);
            let text = format!("{name}, by {}", patches.join(", "));
            let at = At { path: &place.path, line: place.line, name: &place.function };
            self.said(&at, "changed", &text, report.line, title);
        }
    }

    /// The names of the patches that touch a place's function.
    fn patches(&self, place: &Place) -> Vec<String> {
        let Some(touched) = self.touched else { return Vec::new() };
        let patches = touched.patches(&place.path, &place.function).into_iter();
        patches.map(|patch| String::from_utf8_lossy(&patch.name).into_owned()).collect()
    }

    fn remark(&mut self, remark: &Remark, line: u64, section: &str) {
        let about = match remark.about {
            About::Where => "where",
            About::Subsystem => "subsystem",
            About::Maintainer => "maintainer",
            About::MailingList => "list",
            About::Taint => "taint",
            About::Built => "built as",
            About::Version => "version",
            About::Document => "document",
        };
        let at = At { path: &remark.path, line: remark.line, name: b"" };
        self.said(&at, about, &remark.text, line, section);
    }

    /// A row of what is said of the report that begins at `line` of the log.
    fn said(&mut self, at: &At<'_>, about: &str, text: &str, line: u64, section: &str) {
        let remark = LoggedRemark { about: about.to_owned(), text: text.to_owned() };
        let (what, places) = (LoggedAs::Report, Vec::new());
        let logged = Logged { line, what, places, remark: Some(remark) };
        let shown = format!("{about}: {text}");
        self.push(at, ["", &shown, "", ""], section, Some(logged));
    }

    fn entry(&mut self, entry: &Entry, section: &str) {
        let wanted = match self.only {
            None => true,
            Some(Only::Frames) => entry.what != What::Message,
            Some(Only::Messages) => entry.what == What::Message && !entry.places.is_empty(),
            Some(Only::Reports) => section != "Messages",
        };
        if !wanted {
            return;
        }
        let text = String::from_utf8_lossy(entry.text.trim_ascii()).into_owned();
        let is_frame = entry.what == What::Frame;
        let places = entry.places.iter();
        let places: Vec<LoggedPlace> =
            places.map(|place| self.logged_place(place, entry.kind, is_frame)).collect();
        let what = match entry.what {
            What::Message => LoggedAs::Message,
            What::Frame => LoggedAs::Frame,
            What::Stamp => LoggedAs::Stamp,
        };
        let mut logged = Some(Logged { line: entry.line, what, places, remark: None });
        let number = entry.line.to_string();
        if entry.places.is_empty() {
            self.nowhere(entry, [&number, &text, "", "nothing here"], section, logged);
            return;
        }
        let most = if entry.what == What::Message { CALLS } else { PLACES };
        for (nth, place) in entry.places.iter().take(most).enumerate() {
            let mut how = how(place, entry.kind);
            let patches = if is_frame { self.patches(place) } else { Vec::new() };
            if !patches.is_empty() {
                how = format!("{how}, changed by {}", patches.join(", "));
            }
            let function = String::from_utf8_lossy(&place.function).into_owned();
            let at = At { path: &place.path, line: place.line, name: &place.function };
            let shown = if nth == 0 { text.as_str() } else { "" };
            self.push(&at, [&number, shown, &function, &how], section, logged.take());
        }
    }

    fn logged_place(
        &mut self,
        place: &Place,
        kind: Option<FrameKind>,
        is_frame: bool,
    ) -> LoggedPlace {
        let string = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        LoggedPlace {
            path: self.shown_path(&place.path),
            line: place.first,
            last: place.last,
            function: string(&place.function),
            sure: place.sure.name().to_owned(),
            how: how(place, kind),
            patches: if is_frame { self.patches(place) } else { Vec::new() },
        }
    }

    /// A file's path as it is shown, which takes a while to find out.
    fn shown_path(&mut self, path: &[u8]) -> String {
        if let Some(known) = self.paths.get(path) {
            return known.clone();
        }
        let shown = String::from_utf8_lossy(&self.code.shown(path)).into_owned();
        self.paths.insert(path.to_vec(), shown.clone());
        shown
    }

    /// A row at a place of the tree.
    fn push(&mut self, at: &At<'_>, cells: [&str; 4], section: &str, logged: Option<Logged>) {
        let file = match self.files.get(at.path) {
            Some(file) => *file,
            None => {
                let path = self.code.shown(at.path);
                let file = self.writer.push_file(&FileEntry { path, stdin: false });
                self.files.insert(at.path.to_vec(), file);
                file
            }
        };
        let shown = self.shown(file, at);
        let entry = Match {
            file,
            line: u64::from(at.line),
            offset: shown.before,
            text: &shown.text,
            spans: word_in(&shown.text, at.name).into_iter().collect(),
            cells: cells.to_vec(),
            section: Some(section),
            logged: logged.map(Box::new),
            ..Match::default()
        };
        let pushed = self.writer.push(&entry);
        self.pushed(&pushed);
    }

    /// The line of a file that is shown.
    fn shown(&mut self, file: u32, at: &At<'_>) -> Rc<Shown> {
        if let Some(known) = self.shown.get(&(file, at.line)) {
            return Rc::clone(known);
        }
        let source = self.sources.get(self.code, at.path);
        let line = u64::from(at.line);
        let text = source.line(line).unwrap_or_default().to_vec();
        let shown = Rc::new(Shown { before: source.before(line).len() as u64, text });
        if self.shown.len() >= SHOWN {
            self.shown.clear();
        }
        self.shown.insert((file, at.line), Rc::clone(&shown));
        shown
    }

    /// A row for a line that the tree has no place for: it is in the log alone.
    fn nowhere(&mut self, entry: &Entry, cells: [&str; 4], section: &str, logged: Option<Logged>) {
        let row = Match {
            file: self.log,
            line: entry.line,
            cells: cells.to_vec(),
            section: Some(section),
            foreign: true,
            logged: logged.map(Box::new),
            ..Match::default()
        };
        let pushed = self.writer.push(&row);
        self.pushed(&pushed);
    }

    fn pushed(&mut self, pushed: &Pushed) {
        if *pushed == Pushed::Full && !self.full {
            self.full = true;
            tell(format!(
                "more than {} rows: the others are left out (--max-list)",
                self.session.settings.max_list.value
            ));
        }
    }
}

/// The first place of a frame.
fn frame_place(entry: &Entry) -> Option<&Place> {
    entry.places.first().filter(|_| entry.what == What::Frame)
}

/// A place of the tree, and the name that stands out there.
struct At<'p> {
    path: &'p [u8],
    line: u32,
    name: &'p [u8],
}

/// How a place is known, in words.
fn how(place: &Place, kind: Option<FrameKind>) -> String {
    let name = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let how = match &place.how {
        How::Call => "call".to_owned(),
        How::Through(through) => format!("through {}", name(through)),
        How::Field(field) => format!("through the field {}", name(field)),
        How::Pointer => "through a pointer".to_owned(),
        How::Compiler => "put there by the compiler".to_owned(),
        How::Function => "function".to_owned(),
        How::Said => "as it says".to_owned(),
        How::Moved => "the file has changed: its function".to_owned(),
        How::Access => "accesses memory".to_owned(),
        How::Prints => "prints it".to_owned(),
        How::Debug => "by debug information".to_owned(),
        How::Inlined => "inlined, by debug information".to_owned(),
    };
    let several = place.sure == kgrep_engine::log::Sure::Several;
    let how = if several && place.how != How::Access {
        format!("{how}, one of several places")
    } else {
        how
    };
    if kind == Some(FrameKind::Maybe) { format!("{how}, perhaps left over") } else { how }
}
