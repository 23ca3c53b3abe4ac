//! Where the lines of a kernel log come from, as rows in the log's order.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::Result;
use crate::answer::{Answer, Cell, Column, Role, Row, Title};
use crate::code::Code;
use crate::log::message::LogWords;
use crate::log::{
    About, Entry, Follower, FrameKind, How, LogArch, Piece, Place, Reading, Report, Sure, Touched,
    What, machine,
};
use crate::place::{Logged, LoggedAs, LoggedPlace, LoggedRemark};
use crate::request::{Log, LogPart};

/// More rows than this are not made of one line.
const PLACES: usize = 12;

/// More calls that could have printed a line are no help on a screen.
const CALLS: usize = 3;

/// What stands in place of a line's text in its other rows.
const AGAIN: &str = "(the same line)";

/// The columns of these rows.
pub const LOG_COLUMNS: [(&str, Role); 4] =
    [("Log", Role::Count), ("Text", Role::Name), ("Function", Role::Function), ("How", Role::How)];

/// A row about a line of a log.
pub struct LogRow<'a> {
    /// The file below the tree's root; none: the tree has no place for it, and the row is the
    /// log's own line.
    pub path: Option<&'a [u8]>,
    /// The line, from 1.
    pub line: u32,
    /// The name that stands out in the line.
    pub name: &'a [u8],
    /// The log's line, its text, the function, and how the place is known.
    pub cells: [&'a str; 4],
    /// The title of its part of the answer.
    pub section: &'a str,
    /// All that is known of the log's line, with the first of its rows.
    pub logged: Option<Logged>,
}

/// Makes rows of what the follower of a log finds.
pub struct LogRows<'c> {
    code: &'c Code,
    only: Option<LogPart>,
    touched: Option<&'c Touched>,
    /// Files' paths as they are shown, which take a while to find out.
    paths: RefCell<HashMap<Vec<u8>, String>>,
}

/// Takes rows.
type Each<'e> = dyn FnMut(LogRow<'_>) + 'e;

impl<'c> LogRows<'c> {
    /// For logs of what `code` has; of some kinds of rows only. Functions that patches touch are
    /// marked.
    pub fn new(code: &'c Code, only: Option<LogPart>, touched: Option<&'c Touched>) -> LogRows<'c> {
        LogRows { code, only, touched, paths: RefCell::default() }
    }

    /// The rows of a part of the log.
    pub fn piece(&self, piece: Piece, each: &mut Each<'_>) {
        match piece {
            Piece::Line(entry) => self.entry(&entry, "Messages", each),
            Piece::Report(report) => self.report(&report, each),
        }
    }

    fn report(&self, report: &Report, each: &mut Each<'_>) {
        let title = format!("{}: {} (line {})", report.title.kind, report.title.text, report.line);
        if matches!(self.only, None | Some(LogPart::Reports)) {
            for remark in &report.head {
                let at = (remark.path.as_slice(), remark.line, &b""[..]);
                emit_remark(at, subject(remark.about), &remark.text, report.line, &title, each);
            }
            self.changed(report, &title, each);
        }
        for entry in &report.entries {
            self.entry(entry, &title, each);
        }
    }

    /// Says in a report's head which functions of its traces patches touch.
    fn changed(&self, report: &Report, title: &str, each: &mut Each<'_>) {
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
            let at = (place.path.as_slice(), place.line, place.function.as_slice());
            emit_remark(at, "changed", &text, report.line, title, each);
        }
    }

    /// The names of the patches that touch a place's function.
    fn patches(&self, place: &Place) -> Vec<String> {
        let Some(touched) = self.touched else { return Vec::new() };
        let patches = touched.patches(&place.path, &place.function).into_iter();
        patches.map(|patch| String::from_utf8_lossy(&patch.name).into_owned()).collect()
    }

    fn entry(&self, entry: &Entry, section: &str, each: &mut Each<'_>) {
        let wanted = match self.only {
            None => true,
            Some(LogPart::Frames) => entry.what != What::Message,
            Some(LogPart::Messages) => entry.what == What::Message && !entry.places.is_empty(),
            Some(LogPart::Reports) => section != "Messages",
        };
        if !wanted {
            return;
        }
        let text = String::from_utf8_lossy(entry.text.trim_ascii()).into_owned();
        let is_frame = entry.what == What::Frame;
        let places = entry.places.iter().map(|place| self.place(place, entry.kind, is_frame));
        let what = match entry.what {
            What::Message => LoggedAs::Message,
            What::Frame => LoggedAs::Frame,
            What::Stamp => LoggedAs::Stamp,
        };
        let (line, places) = (entry.line, places.collect());
        let mut logged = Some(Logged { line, what, places, remark: None });
        let number = entry.line.to_string();
        if entry.places.is_empty() {
            let line = u32::try_from(entry.line).unwrap_or(u32::MAX);
            let cells = [number.as_str(), &text, "", "nothing here"];
            each(LogRow { path: None, line, name: b"", cells, section, logged: logged.take() });
            return;
        }
        let most = if entry.what == What::Message { CALLS } else { PLACES };
        for (nth, place) in entry.places.iter().take(most).enumerate() {
            let mut how = how(place, entry.kind);
            let patches = if is_frame { self.patches(place) } else { Vec::new() };
            if !patches.is_empty() {
                how = format!("{how}, changed by {}", patches.join(", "));
            }
            let function = String::from_utf8_lossy(&place.function);
            let shown = if nth == 0 { text.as_str() } else { AGAIN };
            each(LogRow {
                path: Some(&place.path),
                line: place.line,
                name: &place.function,
                cells: [&number, shown, &function, &how],
                section,
                logged: logged.take(),
            });
        }
    }

    fn place(&self, place: &Place, kind: Option<FrameKind>, is_frame: bool) -> LoggedPlace {
        LoggedPlace {
            path: self.path(&place.path),
            line: place.first,
            last: place.last,
            function: String::from_utf8_lossy(&place.function).into_owned(),
            sure: place.sure.name().to_owned(),
            how: how(place, kind),
            patches: if is_frame { self.patches(place) } else { Vec::new() },
        }
    }

    /// A file's path as it is shown.
    fn path(&self, path: &[u8]) -> String {
        let mut paths = self.paths.borrow_mut();
        if let Some(known) = paths.get(path) {
            return known.clone();
        }
        let shown = String::from_utf8_lossy(&self.code.path_from_here(path)).into_owned();
        paths.insert(path.to_vec(), shown.clone());
        shown
    }
}

/// The first place of a frame.
fn frame_place(entry: &Entry) -> Option<&Place> {
    entry.places.first().filter(|_| entry.what == What::Frame)
}

/// What a remark is about, in words.
fn subject(about: About) -> &'static str {
    match about {
        About::Where => "where",
        About::Subsystem => "subsystem",
        About::Maintainer => "maintainer",
        About::MailingList => "list",
        About::Taint => "taint",
        About::Built => "built as",
        About::Version => "version",
        About::Document => "document",
    }
}

/// A row of what is said of the report that begins at `line` of the log: at a file's line, where
/// a name stands out.
fn emit_remark(
    (path, at, name): (&[u8], u32, &[u8]),
    about: &str,
    text: &str,
    line: u64,
    section: &str,
    each: &mut Each<'_>,
) {
    let remark = LoggedRemark { about: about.to_owned(), text: text.to_owned() };
    let (what, places) = (LoggedAs::Report, Vec::new());
    let logged = Some(Logged { line, what, places, remark: Some(remark) });
    let shown = format!("{about}: {text}");
    let cells = ["", shown.as_str(), "", ""];
    each(LogRow { path: Some(path), line: at, name, cells, section, logged });
}

/// The rows of a whole log.
///
/// # Errors
/// When the tree can't be read.
pub(super) fn answer(code: &Code, log: &Log) -> Result<Answer> {
    let lines: Vec<Vec<u8>> =
        log.text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let words = LogWords::default();
    words.lines(&lines);
    code.ask(|graph| {
        let rows = LogRows::new(code, log.only, None);
        let mut answer = Answer { columns: Column::all(&LOG_COLUMNS), ..Answer::default() };
        let mut take = |piece| {
            rows.piece(piece, &mut |row| push(&mut answer, &row));
            code.cancel().check()
        };
        let messages = log.only != Some(LogPart::Frames);
        let machine = || -> Result<_> { Ok(lines.iter().find_map(|line| machine(line))) };
        let arch = LogArch::of(code, machine)?;
        let reading = Reading { arch, debug: None, messages, words: Some(&words) };
        reading.with(code, graph, |tools| {
            let mut follower = Follower::new(tools);
            follower.lines(1, &lines, &mut take)?;
            follower.end(&mut take)
        })?;
        Ok(answer)
    })
}

fn push(answer: &mut Answer, row: &LogRow<'_>) {
    if !matches!(answer.sections.last(), Some(Title::Text(title)) if title == row.section) {
        answer.sections.push(Title::Text(row.section.to_owned()));
    }
    answer.rows.push(Row {
        path: row.path.unwrap_or_default().to_vec(),
        line: row.line,
        name: row.name.to_vec(),
        section: u32::try_from(answer.sections.len() - 1).ok(),
        cells: row.cells.iter().map(|cell| Cell::Text((*cell).to_owned())).collect(),
        ..Row::default()
    });
}

/// How a place is known, in words.
fn how(place: &Place, kind: Option<FrameKind>) -> String {
    let name = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let how = match &place.how {
        How::Call => "call".to_owned(),
        How::Through(through) => format!("through {}", name(through)),
        How::Field(field) => format!("through the field {}", name(field)),
        How::Pointer => "through a pointer".to_owned(),
        How::Parameter(function) => format!("through a parameter of {}", name(function)),
        How::Compiler => "put there by the compiler".to_owned(),
        How::Function => "function".to_owned(),
        How::Said => "as it says".to_owned(),
        How::Moved => "the file has changed: its function".to_owned(),
        How::Access => "accesses memory".to_owned(),
        How::Prints if place.sure == Sure::Likely => "likely prints it".to_owned(),
        How::Prints => "prints it".to_owned(),
        How::Debug => "by debug information".to_owned(),
        How::Inlined => "inlined, by debug information".to_owned(),
    };
    let several = place.sure == Sure::Several;
    let how = if several && place.how != How::Access {
        format!("{how}, one of several places")
    } else {
        how
    };
    if kind == Some(FrameKind::Maybe) { format!("{how}, perhaps left over") } else { how }
}
