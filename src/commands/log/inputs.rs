//! The logs that are read: files, standard input, the running kernel's; many lines at once.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use anyhow::{Context, Result};
use kgrep_engine::log::machine;
use kgrep_engine::log::message::LogWords;

use crate::cli::LogArgs;

/// A longer line is cut: no logger writes one.
const LONGEST: u64 = 1 << 16;

/// How much of standard input is kept to be read again, should the index turn out damaged.
const AGAIN: usize = 64 << 20;

/// A log that doesn't tell its architecture up to this line is taken for the user's.
const TOLD_BY: u64 = 50_000;

/// Lines that are read at once.
const AT_ONCE: usize = 4096;

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
pub(super) struct Inputs {
    pub(super) all: Vec<Input>,
}

/// A log.
pub(super) struct Input {
    pub(super) name: Vec<u8>,
    from: From,
}

enum From {
    File(std::path::PathBuf),
    /// The start of standard input; what is behind it is read once.
    Stdin(Vec<u8>),
}

impl Inputs {
    pub(super) fn of(args: &LogArgs) -> Result<Inputs> {
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
    /// The architecture that the logs tell, as far as they can be read twice.
    pub(super) fn machine(&self) -> Result<Option<&'static str>> {
        let mut found = None;
        for input in self.all.iter().filter(|input| input.is_whole()) {
            input.each(|first, lines| {
                found = lines.iter().find_map(|line| machine(line));
                Ok(found.is_none() && first < TOLD_BY)
            })?;
            if found.is_some() {
                break;
            }
        }
        Ok(found)
    }

    /// The words of all logs; none where one can't be read twice.
    pub(super) fn words(&self) -> Result<Option<LogWords>> {
        if !self.all.iter().all(Input::is_whole) {
            return Ok(None);
        }
        let words = LogWords::default();
        for input in &self.all {
            input.each(|_, lines| {
                words.lines(lines);
                Ok(true)
            })?;
        }
        Ok(Some(words))
    }
}

impl Input {
    /// Calls `each` with the number of a line, from 1, and so many lines from there on; until
    /// it wants no more.
    pub(super) fn each(&self, mut each: impl FnMut(u64, &[Vec<u8>]) -> Result<bool>) -> Result<()> {
        let mut from = self.open()?;
        let mut lines: Vec<Vec<u8>> = vec![Vec::new(); AT_ONCE];
        let mut first = 1;
        loop {
            let mut read = 0;
            while read < AT_ONCE
                && next_line(&mut from, &mut lines[read])
                    .with_context(|| String::from_utf8_lossy(&self.name).into_owned())?
            {
                read += 1;
            }
            if read == 0 || !each(first, &lines[..read])? {
                return Ok(());
            }
            first += read as u64;
        }
    }

    /// Whether reading it again gives the same.
    fn is_whole(&self) -> bool {
        match &self.from {
            From::Stdin(start) => start.len() < AGAIN,
            From::File(path) => path.metadata().is_ok_and(|file| file.is_file()),
        }
    }

    pub(super) fn is_stdin(&self) -> bool {
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
