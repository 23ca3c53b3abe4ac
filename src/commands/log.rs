//! `kgrep log`: where the lines of a kernel log come from, as one list in the log's order.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use anyhow::{Context, Result};
use kgrep_engine::log::message::{LogWords, Messages};
use kgrep_engine::log::{Follower, MessageSource, NoMessages, Piece, Tools};
use kgrep_engine::request::LogPart;
use kgrep_engine::{LOG_COLUMNS, LogRow, LogRows, Sources};

use super::answer::print;
use super::lister::{self, Lister};
use super::printer::PrintError;
use super::{Outcome, Session, freshen};
use crate::cli::{LogArgs, Only};
use crate::code::{self, Code, word_in};
use crate::list::{Column, FileEntry, List, Match};
use crate::message::tell;
use crate::render::Totals;

/// A longer line is cut: no logger writes one.
const LONGEST: u64 = 1 << 16;

/// How much of standard input is kept to be read again, should the index turn out damaged.
const AGAIN: usize = 64 << 20;

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
        let mut rows = Rows::new(&code, session, args.only.map(part))?;
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

fn part(only: Only) -> LogPart {
    match only {
        Only::Frames => LogPart::Frames,
        Only::Messages => LogPart::Messages,
        Only::Reports => LogPart::Reports,
    }
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
    only: Option<LogPart>,
    lister: Lister<'a>,
    sources: Sources,
    files: std::collections::HashMap<Vec<u8>, u32>,
    log: u32,
    full: bool,
}

impl<'a> Rows<'a> {
    fn new(code: &'a Code, session: &'a Session, only: Option<LogPart>) -> Result<Rows<'a>> {
        let meta = lister::meta(session, Column::all(&LOG_COLUMNS), None)?;
        Ok(Rows {
            code,
            session,
            only,
            lister: Lister::new(session, meta, None),
            sources: Sources::default(),
            files: std::collections::HashMap::new(),
            log: 0,
            full: false,
        })
    }

    /// What follows is of this log.
    fn begin(&mut self, name: &[u8], stdin: bool) {
        self.log = self.lister.file(&FileEntry { path: name.to_vec(), stdin });
    }

    fn finish(self) -> Result<Option<List>> {
        Ok(self.lister.finish(b"", Totals::default())?)
    }

    fn piece(&mut self, piece: Piece) -> Result<()> {
        let rows = LogRows::new(self.code, self.only);
        let mut done = Ok(());
        rows.piece(piece, &mut |row| {
            if done.is_ok() {
                done = self.row(row);
            }
        });
        Ok(done?)
    }

    fn row(&mut self, row: LogRow<'_>) -> Result<(), PrintError> {
        let LogRow { path, line, name, cells, section, logged } = row;
        let entry = Match {
            line: u64::from(line),
            cells: cells.to_vec(),
            section: Some(section),
            logged: logged.map(Box::new),
            ..Match::default()
        };
        match path {
            // It is in the log alone.
            None => {
                let entry = Match { file: self.log, foreign: true, ..entry };
                self.lister.push(b"", &entry)?;
            }
            Some(path) => {
                let file = self.file(path);
                let source = self.sources.get(self.code, path);
                let text = source.line(entry.line).unwrap_or_default();
                let entry = Match {
                    file,
                    offset: source.before(entry.line).len() as u64,
                    text,
                    spans: word_in(text, name).into_iter().collect(),
                    ..entry
                };
                self.lister.push(path, &entry)?;
            }
        }
        if self.lister.is_full() && !self.full {
            self.full = true;
            tell(format!(
                "more than {} rows: the others are left out (--max-list)",
                self.session.settings.max_list.value
            ));
        }
        Ok(())
    }

    /// The number of a file of the tree.
    fn file(&mut self, path: &[u8]) -> u32 {
        if let Some(file) = self.files.get(path) {
            return *file;
        }
        let entry = FileEntry { path: self.code.shown(path), stdin: false };
        let file = self.lister.file(&entry);
        self.files.insert(path.to_vec(), file);
        file
    }
}
