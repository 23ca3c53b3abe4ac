//! Where the lines of a kernel log come from, as rows in the log's order.

use crate::answer::{Answer, Cell, Column, Role, Row, Title};
use crate::code::{Code, read};
use crate::log::message::{LogWords, Messages};
use crate::log::{
    About, Entry, Follower, FrameKind, How, MessageSource, NoMessages, Piece, Place, Remark,
    Report, Sure, Tools, What,
};
use crate::place::{Logged, LoggedAs, LoggedPlace};
use crate::request::{Log, LogPart};
use crate::{Error, Result};

/// More rows than this are not made of one line.
const PLACES: usize = 12;

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
}

impl<'c> LogRows<'c> {
    /// For logs of what `code` has; of some kinds of rows only.
    pub fn new(code: &'c Code, only: Option<LogPart>) -> LogRows<'c> {
        LogRows { code, only }
    }

    /// The rows of a part of the log.
    pub fn piece(&self, piece: Piece, each: &mut dyn FnMut(LogRow<'_>)) {
        match piece {
            Piece::Line(entry) => self.entry(&entry, "Messages", each),
            Piece::Report(report) => self.report(&report, each),
        }
    }

    fn report(&self, report: &Report, each: &mut dyn FnMut(LogRow<'_>)) {
        let title = format!("{}: {} (line {})", report.title.kind, report.title.text, report.line);
        if matches!(self.only, None | Some(LogPart::Reports)) {
            for remark in &report.head {
                each(head(remark, report.line, &title));
            }
        }
        for entry in &report.entries {
            self.entry(entry, &title, each);
        }
    }

    fn entry(&self, entry: &Entry, section: &str, each: &mut dyn FnMut(LogRow<'_>)) {
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
        let places = entry.places.iter().map(|place| self.place(place, entry.kind));
        let what = match entry.what {
            What::Message => LoggedAs::Message,
            What::Frame => LoggedAs::Frame,
            What::Stamp => LoggedAs::Stamp,
        };
        let mut logged = Some(Logged { line: entry.line, what, places: places.collect() });
        let number = entry.line.to_string();
        if entry.places.is_empty() {
            let line = u32::try_from(entry.line).unwrap_or(u32::MAX);
            let cells = [number.as_str(), &text, "", "nothing here"];
            each(LogRow { path: None, line, name: b"", cells, section, logged: logged.take() });
            return;
        }
        for (nth, place) in entry.places.iter().take(PLACES).enumerate() {
            let how = how(place, entry.kind);
            let function = String::from_utf8_lossy(&place.function);
            let shown = if nth == 0 { text.as_str() } else { "" };
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

    fn place(&self, place: &Place, kind: Option<FrameKind>) -> LoggedPlace {
        let string = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        LoggedPlace {
            path: string(&self.code.shown(&place.path)),
            line: place.first,
            last: place.last,
            function: string(&place.function),
            sure: place.sure.name().to_owned(),
            how: how(place, kind),
        }
    }
}

/// What is said of a whole report.
fn head<'a>(remark: &'a Remark, line: u64, section: &'a str) -> LogRow<'a> {
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
    LogRow {
        path: Some(&remark.path),
        line: remark.line,
        name: b"",
        cells: ["", about, &remark.text, ""],
        section,
        logged: Some(Logged { line, what: LoggedAs::Report, places: Vec::new() }),
    }
}

/// The rows of a whole log.
///
/// # Errors
/// When the tree can't be read.
pub(super) fn answer(code: &Code, log: &Log) -> Result<Answer> {
    let mut words = LogWords::default();
    let lines = || log.text.split_inclusive(|byte| *byte == b'\n');
    lines().for_each(|line| words.line(line));
    code.ask(|graph| {
        let read = |path: &[u8]| read(&code.path(path)).ok();
        let messages: Box<dyn MessageSource> = match log.only {
            Some(LogPart::Frames) => Box::new(NoMessages),
            _ => Box::new(Messages::of_log(graph, &read, &words)),
        };
        let tools = Tools { graph, arch: code.arch, read: &read, messages: &*messages };
        let rows = LogRows::new(code, log.only);
        let mut answer = Answer { columns: Column::all(&LOG_COLUMNS), ..Answer::default() };
        let mut follower = Follower::new(tools);
        for (number, line) in (1..).zip(lines()) {
            follower.line(number, line, &mut |piece| {
                rows.piece(piece, &mut |row| push(&mut answer, &row));
                Ok::<(), Error>(())
            })?;
        }
        follower.end(&mut |piece| {
            rows.piece(piece, &mut |row| push(&mut answer, &row));
            Ok::<(), Error>(())
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
        How::Compiler => "put there by the compiler".to_owned(),
        How::Function => "function".to_owned(),
        How::Said => "as it says".to_owned(),
        How::Moved => "the file has changed: its function".to_owned(),
        How::Access => "accesses memory".to_owned(),
        How::Prints => "prints it".to_owned(),
    };
    let several = place.sure == Sure::Several;
    let how = if several && place.how != How::Access {
        format!("{how}, one of several places")
    } else {
        how
    };
    if kind == Some(FrameKind::Maybe) { format!("{how}, perhaps left over") } else { how }
}
