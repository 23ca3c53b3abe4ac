//! The interactive shell: reads lines and hands each to a callback, knowing nothing of
//! what the lines mean.
//!
//! On a terminal lines are edited, kept in a history and completed; otherwise they are
//! read from standard input, with the prompt printed all the same, because scripts
//! written for vgrep look for it.

use std::borrow::Cow;
use std::fs::DirBuilder;
use std::io::{self, BufRead, IsTerminal, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Context, Editor};

use crate::interrupts;

/// What is printed before each line is read.
pub(crate) const PROMPT: &str = "Enter a kgrep command: ";

/// How many lines the history keeps.
const HISTORY_SIZE: usize = 1000;

/// Whether the shell reads on after a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Read the next line.
    Continue,
    /// Leave the shell.
    Quit,
}

/// What the shell is started with.
#[derive(Clone, Default)]
pub(crate) struct Options<'a> {
    /// The words that Tab completes at the beginning of a command.
    pub(crate) words: &'a [&'a str],
    /// Where the history is kept; `None` for nowhere.
    pub(crate) history: Option<PathBuf>,
    /// True when the prompt may be printed bold.
    pub(crate) bold: bool,
    /// What stands before each line that is typed, where it is not [`PROMPT`].
    pub(crate) prompt: Option<&'a dyn Fn() -> Option<String>>,
}

/// Reads lines until `each` says [`Flow::Quit`] or the input ends, from the terminal if
/// standard input is one.
///
/// # Errors
/// When reading or writing fails, or `each` does.
pub(crate) fn run(
    options: &Options<'_>,
    mut each: impl FnMut(&str) -> io::Result<Flow>,
) -> io::Result<()> {
    if io::stdin().is_terminal() {
        on_terminal(options, &mut each)
    } else {
        from_pipe(&mut io::stdin().lock(), &mut io::stdout(), &mut each)
    }
}

/// The shell for lines that nobody types: the prompt, the line, and so on; at the end
/// of the input a last line break, so that what follows starts on its own line.
fn from_pipe(
    input: &mut dyn BufRead,
    out: &mut dyn Write,
    each: &mut dyn FnMut(&str) -> io::Result<Flow>,
) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        out.write_all(PROMPT.as_bytes())?;
        out.flush()?;
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            out.write_all(b"\n")?;
            return out.flush();
        }
        let text = String::from_utf8_lossy(&line);
        if each(text.trim_end_matches(['\n', '\r']))? == Flow::Quit {
            return Ok(());
        }
    }
}

fn on_terminal(
    options: &Options<'_>,
    each: &mut dyn FnMut(&str) -> io::Result<Flow>,
) -> io::Result<()> {
    interrupts::restore_terminal_when_killed();
    let mut editor = line_editor(options).map_err(io_error)?;
    if let Some(path) = &options.history {
        // No history yet, or one that can't be read, is an empty one.
        let _ = editor.load_history(path);
    }
    loop {
        let own = options.prompt.and_then(|prompt| prompt());
        let prompt = own.unwrap_or_else(|| PROMPT.to_owned());
        let styled = if options.bold { format!("\x1b[1m{prompt}\x1b[0m") } else { prompt.clone() };
        let line = match editor.readline(&(prompt.as_str(), styled.as_str())) {
            Ok(line) => line,
            // Ctrl-C clears the line.
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return Ok(()),
            Err(error) => return Err(io_error(error)),
        };
        // A line that could not be remembered is still a line to be run.
        let remembered = !line.trim().is_empty() && editor.add_history_entry(&line).is_ok();
        if let Some(path) = options.history.as_deref().filter(|_| remembered) {
            remember(&mut editor, path);
        }
        if each(&line)? == Flow::Quit {
            return Ok(());
        }
    }
}

type LineEditor<'a> = Editor<Words<'a>, FileHistory>;

fn line_editor<'a>(options: &Options<'a>) -> rustyline::Result<LineEditor<'a>> {
    let config = Config::builder()
        .max_history_size(HISTORY_SIZE)?
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(Words { words: options.words }));
    Ok(editor)
}

/// Adds the new line to the history file at once, so that another shell finds it and
/// a killed one has not lost it. A history that can't be written is no reason to stop.
fn remember(editor: &mut LineEditor<'_>, path: &Path) {
    let folder = path.parent().unwrap_or(Path::new("."));
    if DirBuilder::new().recursive(true).mode(0o700).create(folder).is_ok() {
        let _ = editor.append_history(path);
    }
}

fn io_error(error: ReadlineError) -> io::Error {
    match error {
        ReadlineError::Io(error) => error,
        ReadlineError::Errno(error) => error.into(),
        other => io::Error::other(other),
    }
}

/// Completes the first word of each command.
struct Words<'a> {
    words: &'a [&'a str],
}

impl Words<'_> {
    /// Where the word at the end of `line` begins, and what it may become.
    fn candidates(&self, line: &str) -> (usize, Vec<String>) {
        let command = line.rfind(';').map_or(0, |at| at + 1);
        let begun = line[command..].trim_start();
        let matching = self.words.iter().filter(|word| word.starts_with(begun));
        (line.len() - begun.len(), matching.map(|word| (*word).to_owned()).collect())
    }
}

impl Completer for Words<'_> {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(self.candidates(&line[..pos]))
    }
}

impl rustyline::hint::Hinter for Words<'_> {
    type Hint = String;
}

impl rustyline::highlight::Highlighter for Words<'_> {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Borrowed(hint)
    }
}

impl rustyline::validate::Validator for Words<'_> {}

impl rustyline::Helper for Words<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is printed when `input` is piped in and each line is answered in brackets.
    fn session(input: &str) -> String {
        let out = std::cell::RefCell::new(Vec::new());
        struct Shared<'a>(&'a std::cell::RefCell<Vec<u8>>);
        impl Write for Shared<'_> {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.borrow_mut().write(bytes)
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut each = |line: &str| {
            writeln!(out.borrow_mut(), "[{line}]")?;
            Ok(if line == "q" { Flow::Quit } else { Flow::Continue })
        };
        from_pipe(&mut input.as_bytes(), &mut Shared(&out), &mut each).unwrap();
        String::from_utf8(out.into_inner()).unwrap()
    }

    #[test]
    fn the_prompt_is_printed_before_each_line_that_is_read() {
        assert_eq!(session("p\nq\nnever"), format!("{PROMPT}[p]\n{PROMPT}[q]\n"));
    }

    #[test]
    fn the_end_of_the_input_ends_the_shell() {
        assert_eq!(session(""), format!("{PROMPT}\n"));
        assert_eq!(
            session("p\r\n\nt"),
            format!("{PROMPT}[p]\n{PROMPT}[]\n{PROMPT}[t]\n{PROMPT}\n")
        );
    }

    #[test]
    fn tab_completes_the_first_word_of_each_command() {
        let words = Words { words: &["print", "show", "context", "refine"] };
        assert_eq!(words.candidates("pr"), (0, vec!["print".to_owned()]));
        assert_eq!(words.candidates("k 3-9; co"), (7, vec!["context".to_owned()]));
        assert_eq!(words.candidates("print 3").1, Vec::<String>::new());
        assert_eq!(words.candidates("").1.len(), 4);
    }
}
