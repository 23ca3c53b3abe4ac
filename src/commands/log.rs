//! `kgrep log`: where the lines of a kernel log come from, as one list in the log's order.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use anyhow::{Context, Result};
use kgrep_engine::log::message::{LogWords, Messages};
use kgrep_engine::log::{
    About, Entry, Follower, FrameKind, How, MessageSource, NoMessages, Piece, Place, Remark,
    Report, Tools, What,
};

use kgrep_engine::Sources;

use super::answer::print;
use super::diff::lister::meta;
use super::{Outcome, Session, freshen};
use crate::cli::{LogArgs, Only};
use crate::code::{self, Code, word_in};
use crate::list::{
    Column, FileEntry, List, ListWriter, Logged, LoggedAs, LoggedPlace, Match, Pushed, Role,
};
use crate::message::tell;

const COLUMNS: [(&str, Role); 4] =
    [("Log", Role::Count), ("Text", Role::Name), ("Function", Role::Function), ("How", Role::How)];

/// A longer line is cut: no logger writes one.
const LONGEST: u64 = 1 << 16;

/// How much of standard input is kept to be read again, should the index turn out damaged.
const AGAIN: usize = 64 << 20;

/// More rows than this are not made of one line.
const PLACES: usize = 12;

/// Prints and keeps the answer.
///
/// # Errors
/// When a log or the tree can't be read, or the output not be written.
pub(crate) fn run(args: &LogArgs, session: &Session) -> Result<Outcome> {
    let code = code::around(session)?;
    let inputs = Inputs::of(args)?;
    let words = if args.only == Some(Only::Frames) { None } else { inputs.words()? };
    let list = freshen::ask(&code, session, |graph| {
        let read = |path: &[u8]| code::read(&code.path(path)).ok();
        let messages: Box<dyn MessageSource> = match (args.only, &words) {
            (Some(Only::Frames), _) => Box::new(NoMessages),
            (_, Some(words)) => Box::new(Messages::of_log(graph, &read, words)),
            (_, None) => Box::new(Messages::of(graph, &read)),
        };
        let tools = || Tools { graph, arch: code.arch, read: &read, messages: &*messages };
        let mut rows = Rows::new(&code, session, args.only)?;
        for input in &inputs.all {
            rows.begin(&input.name, input.is_stdin());
            let mut follower = Follower::new(tools());
            let mut lines = input.open()?;
            let mut line = Vec::new();
            let mut number = 0;
            while next_line(&mut lines, &mut line)
                .with_context(|| String::from_utf8_lossy(&input.name).into_owned())?
            {
                number += 1;
                follower.line(number, &line, &mut |piece| rows.piece(piece))?;
                if rows.full {
                    break;
                }
            }
            follower.end(&mut |piece| rows.piece(piece))?;
        }
        rows.finish()
    })?;
    let Some(list) = list else { return Ok(Outcome::Nothing) };
    print(session, &list)
}

/// Reads a line, as much of it as counts; false at the end.
fn next_line(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let read = from.by_ref().take(LONGEST).read_until(b'\n', line)?;
    if read as u64 == LONGEST && line.last() != Some(&b'\n') {
        skip_line(from)?;
    }
    Ok(read > 0)
}

fn skip_line(from: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = from.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        match memchr::memchr(b'\n', buffer) {
            Some(end) => {
                from.consume(end + 1);
                return Ok(());
            }
            None => {
                let all = buffer.len();
                from.consume(all);
            }
        }
    }
}

/// The logs that were asked for.
struct Inputs {
    all: Vec<Input>,
}

/// A log.
struct Input {
    name: Vec<u8>,
    from: From,
}

enum From {
    File(std::path::PathBuf),
    /// The start of standard input; what is behind it is read once.
    Stdin(Vec<u8>),
}

impl Inputs {
    fn of(args: &LogArgs) -> Result<Inputs> {
        let mut files = args.files.clone();
        if args.dmesg {
            files = vec!["/dev/kmsg".into()];
        } else if files.is_empty() {
            files.push("-".into());
        }
        let input = |path: std::path::PathBuf| -> Result<Input> {
            if path == Path::new("-") {
                let mut start = Vec::new();
                io::stdin().lock().take(AGAIN as u64).read_to_end(&mut start).context("-")?;
                return Ok(Input { name: b"<stdin>".to_vec(), from: From::Stdin(start) });
            }
            // What is wrong with one is said before the tree is read.
            File::open(&path).with_context(|| path.display().to_string())?;
            Ok(Input { name: path.as_os_str().as_bytes().to_vec(), from: From::File(path) })
        };
        Ok(Inputs { all: files.into_iter().map(input).collect::<Result<_>>()? })
    }
}

impl Inputs {
    /// The words of all logs; none where one can't be read twice.
    fn words(&self) -> Result<Option<LogWords>> {
        if !self.all.iter().all(Input::is_whole) {
            return Ok(None);
        }
        let mut words = LogWords::default();
        let mut line = Vec::new();
        for input in &self.all {
            let mut lines = input.open()?;
            while next_line(&mut lines, &mut line)
                .with_context(|| String::from_utf8_lossy(&input.name).into_owned())?
            {
                words.line(&line);
            }
        }
        Ok(Some(words))
    }
}

impl Input {
    /// Whether reading it again gives the same.
    fn is_whole(&self) -> bool {
        match &self.from {
            From::Stdin(start) => start.len() < AGAIN,
            From::File(path) => path.metadata().is_ok_and(|file| file.is_file()),
        }
    }

    fn is_stdin(&self) -> bool {
        matches!(self.from, From::Stdin(_))
    }

    fn open(&self) -> Result<Box<dyn BufRead + '_>> {
        Ok(match &self.from {
            From::Stdin(start) if start.len() < AGAIN => Box::new(start.as_slice()),
            From::Stdin(start) => Box::new(start.as_slice().chain(io::stdin().lock())),
            From::File(path) if path == Path::new("/dev/kmsg") => {
                Box::new(BufReader::new(Kmsg(kmsg().with_context(|| path.display().to_string())?)))
            }
            From::File(path) => Box::new(BufReader::new(
                File::open(path).with_context(|| path.display().to_string())?,
            )),
        })
    }
}

/// The kernel's log, opened so that its end is one.
fn kmsg() -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    let nonblock = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
    std::fs::OpenOptions::new().read(true).custom_flags(nonblock).open("/dev/kmsg")
}

/// Its records: what was overwritten meanwhile is passed over, and waiting is the end.
struct Kmsg(File);

impl Read for Kmsg {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(0),
                other => return other,
            }
        }
    }
}

/// Rows of the answer, on their way into the list.
struct Rows<'a> {
    code: &'a Code,
    session: &'a Session,
    only: Option<Only>,
    writer: ListWriter,
    sources: Sources,
    files: std::collections::HashMap<Vec<u8>, u32>,
    log: u32,
    full: bool,
}

impl<'a> Rows<'a> {
    fn new(code: &'a Code, session: &'a Session, only: Option<Only>) -> Result<Rows<'a>> {
        let meta = meta(session, Column::all(&COLUMNS), None)?;
        Ok(Rows {
            code,
            session,
            only,
            writer: session.shelf.begin(meta, session.settings.max_list.value),
            sources: Sources::default(),
            files: std::collections::HashMap::new(),
            log: 0,
            full: false,
        })
    }

    /// What follows is of this log.
    fn begin(&mut self, name: &[u8], stdin: bool) {
        self.log = self.writer.push_file(&FileEntry { path: name.to_vec(), stdin });
    }

    fn finish(self) -> Result<Option<List>> {
        if self.writer.len() == 0 {
            return Ok(None);
        }
        Ok(Some(self.session.keep(self.writer.finish()?)))
    }

    fn piece(&mut self, piece: Piece) -> Result<()> {
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
        }
        for entry in &report.entries {
            self.entry(entry, &title);
        }
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
        let logged = Logged { line, what: LoggedAs::Report, places: Vec::new() };
        let place = At { path: &remark.path, line: remark.line, name: b"" };
        self.push(&place, ["", about, &remark.text, ""], section, Some(logged));
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
        let places = entry.places.iter().map(|place| self.logged_place(place, entry.kind));
        let what = match entry.what {
            What::Message => LoggedAs::Message,
            What::Frame => LoggedAs::Frame,
            What::Stamp => LoggedAs::Stamp,
        };
        let mut logged = Some(Logged { line: entry.line, what, places: places.collect() });
        let number = entry.line.to_string();
        if entry.places.is_empty() {
            self.nowhere(entry, [&number, &text, "", "nothing here"], section, logged);
            return;
        }
        for (nth, place) in entry.places.iter().take(PLACES).enumerate() {
            let how = how(place, entry.kind);
            let function = String::from_utf8_lossy(&place.function).into_owned();
            let at = At { path: &place.path, line: place.line, name: &place.function };
            let shown = if nth == 0 { text.as_str() } else { "" };
            self.push(&at, [&number, shown, &function, &how], section, logged.take());
        }
    }

    fn logged_place(&self, place: &Place, kind: Option<FrameKind>) -> LoggedPlace {
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
        let source = self.sources.get(self.code, at.path);
        let line = u64::from(at.line);
        let text = source.line(line).unwrap_or_default();
        let entry = Match {
            file,
            line,
            offset: source.before(line).len() as u64,
            text,
            spans: word_in(text, at.name).into_iter().collect(),
            cells: cells.to_vec(),
            section: Some(section),
            logged: logged.map(Box::new),
            ..Match::default()
        };
        let pushed = self.writer.push(&entry);
        self.pushed(&pushed);
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
    };
    let several = place.sure == kgrep_engine::log::Sure::Several;
    let how = if several && place.how != How::Access {
        format!("{how}, one of several places")
    } else {
        how
    };
    if kind == Some(FrameKind::Maybe) { format!("{how}, perhaps left over") } else { how }
}
