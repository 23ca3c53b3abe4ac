//! Where output goes: standard output, or a pager in front of it, and on a terminal
//! through the gate. Nothing else in the program writes to standard output.
//!
//! A pager that quits early shows as a broken pipe, which `main` takes for a
//! success, as it does in any pipe. A pager that can't be started is left out
//! quietly. While one runs, Ctrl-C is the pager's: kgrep must not die and leave the
//! terminal to two programs.

use std::ffi::OsStr;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

use super::gate::{Content, Gate};
use crate::interrupts::Left;

/// Output gathers to this many bytes before it is written.
const BUFFER: usize = 1 << 16;

/// Standard output or a pager's standard input.
pub(crate) struct Output {
    target: Target,
    /// On a terminal.
    gate: Option<Gate>,
}

enum Target {
    /// A full screen has the terminal, and shows it.
    Taken,
    Stdout(BufWriter<StdoutLock<'static>>),
    Pager(Pager),
}

impl Output {
    /// Standard output itself.
    pub(crate) fn stdout() -> Output {
        crate::waiting::end();
        if crate::taken::is_set() {
            return Output { target: Target::Taken, gate: None };
        }
        let target = Target::Stdout(BufWriter::with_capacity(BUFFER, io::stdout().lock()));
        Output { target, gate: None }.holding(Content::Styled)
    }

    /// The pager of this command line, split as a shell would; standard output when
    /// it is empty or can't be started. The caller decides whether paging is wanted.
    pub(crate) fn paged(command: &str) -> Output {
        // A terminal that can't move its cursor can't be paged on.
        let is_dumb = || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if crate::taken::is_set() || is_dumb() {
            return Output::stdout();
        }
        let set = |name: &str| std::env::var_os(name).is_some();
        match Pager::start(command, set) {
            Some(pager) => {
                Output { target: Target::Pager(pager), gate: None }.holding(Content::Styled)
            }
            None => Output::stdout(),
        }
    }

    /// The same, for this content. Without a call it is [`Content::Styled`].
    pub(crate) fn holding(mut self, content: Content) -> Output {
        let is_shown = !matches!(self.target, Target::Taken) && io::stdout().is_terminal();
        self.gate = is_shown.then(|| Gate::new(content));
        self
    }

    /// Writes what is left and waits until the user has left the pager.
    ///
    /// # Errors
    /// When the rest can't be written; a broken pipe among them.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if let Some(mut gate) = self.gate.take() {
            let rest = gate.pass(b"", true);
            self.target.write_all(&rest)?;
        }
        self.target.flush()
        // Dropping a pager waits for it.
    }
}

/// Writes a page that is there as a whole to standard output, at once.
///
/// # Errors
/// When it can't be written; a broken pipe among them.
pub(crate) fn print_page(text: &str, content: Content) -> io::Result<()> {
    let mut out = Output::stdout().holding(content);
    out.write_all(text.as_bytes())?;
    out.finish()
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(gate) = &mut self.gate else { return self.target.write(bytes) };
        let passed = gate.pass(bytes, false);
        self.target.write_all(&passed)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.target.flush()
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::Taken => {
                crate::taken::print(bytes);
                Ok(bytes.len())
            }
            Target::Stdout(stdout) => stdout.write(bytes),
            Target::Pager(pager) => pager.input()?.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::Taken => Ok(()),
            Target::Stdout(stdout) => stdout.flush(),
            Target::Pager(pager) => pager.input()?.flush(),
        }
    }
}

/// A running pager. Dropping it closes its input and waits for its end.
struct Pager {
    child: Child,
    /// None once it was closed.
    input: Option<BufWriter<ChildStdin>>,
    /// Dropped last, when the pager has ended.
    _interrupts: Left,
}

impl Pager {
    fn start(command: &str, is_set: impl Fn(&str) -> bool) -> Option<Pager> {
        let words = shlex::split(command)?;
        let (program, arguments) = words.split_first()?;
        let mut command = Command::new(OsStr::new(program));
        command.args(arguments).stdin(Stdio::piped());
        // Quit when all fits a screen, pass colours, don't wrap, leave the text there.
        for (name, value) in [("LESS", "FRSX"), ("LESSCHARSET", "utf-8")] {
            if !is_set(name) {
                command.env(name, value);
            }
        }
        let interrupts = Left::to_another_program();
        let mut child = command.spawn().ok()?;
        let input = child.stdin.take().map(|input| BufWriter::with_capacity(BUFFER, input));
        Some(Pager { child, input, _interrupts: interrupts })
    }

    fn input(&mut self) -> io::Result<&mut BufWriter<ChildStdin>> {
        self.input.as_mut().ok_or_else(|| io::ErrorKind::BrokenPipe.into())
    }
}

impl Drop for Pager {
    fn drop(&mut self) {
        // Closing is what tells the pager that this was all. What it didn't take
        // before it quit is not wanted.
        drop(self.input.take());
        // Nobody is left to be told that waiting failed.
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pager(command: &str) -> Option<Pager> {
        Pager::start(command, |_| false)
    }

    #[test]
    fn no_pager_no_words_or_bad_quotes() {
        assert!(pager("").is_none());
        assert!(pager("less 'unclosed").is_none());
        assert!(pager("/nonexistent/pager").is_none());
    }

    #[test]
    fn the_pager_gets_the_output_and_its_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("shown");
        let command = format!("sh -c 'echo $LESS $LESSCHARSET >{0}; cat >>{0}'", file.display());
        let mut output = Output { target: Target::Pager(pager(&command).unwrap()), gate: None };
        output.write_all(b"hello\n").unwrap();
        output.finish().unwrap();
        assert_eq!(std::fs::read_to_string(file).unwrap(), "FRSX utf-8\nhello\n");
    }

    #[test]
    fn a_pager_that_quits_early_is_a_broken_pipe() {
        let mut output = Output { target: Target::Pager(pager("true").unwrap()), gate: None };
        let line = [b'x'; 1000];
        let error = (0..10_000).find_map(|_| output.write_all(&line).err()).unwrap();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
