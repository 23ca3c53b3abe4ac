//! Opens a place in the user's editor: which program, with which arguments, and how a
//! line number is told to it.
//!
//! The rules are vgrep's: `editor path +line`, with `EDITORLINEFLAG` in place of `+`,
//! and the line before the path for emacs, emacsclient, nano, or whenever
//! `EDITORLINEFLAGREVERSED` is set. Editors that want `path:line` get it, unless
//! `EDITORLINEFLAG` says otherwise. Which of `KGREP_EDITOR`, `VISUAL` and `EDITOR`
//! counts is decided in `settings`.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use crate::interrupts::Left;

/// What is tried when nobody has named an editor.
const FALLBACKS: [&str; 2] = ["vim", "vi"];

/// Editors that want the line before the path.
const LINE_FIRST: [&str; 3] = ["emacs", "emacsclient", "nano"];

/// Editors that want `--goto path:line`.
const GOTO: [&str; 3] = ["code", "codium", "code-insiders"];

/// Editors that want `path:line`.
const PATH_AND_LINE: [&str; 3] = ["subl", "zed", "hx"];

/// Why a place could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum EditorError {
    /// The command line has a quote that is not closed, or is blank.
    #[error("the editor command {0:?} can't be split into words")]
    Unreadable(String),
    /// Nothing was named, and no fallback is installed.
    #[error("no editor found: set EDITOR (neither vim nor vi is installed)")]
    NoneInstalled,
    /// The program is not there, or can't be run.
    #[error("can't start the editor {program:?}{}: {error}", named_by(.origin))]
    CantStart {
        /// The program.
        program: OsString,
        /// Where its name came from; empty where nobody gave one.
        origin: String,
        /// Why not.
        error: io::Error,
    },
    /// It ran and reported a failure.
    #[error("the editor {program:?} ended with {status}")]
    Failed {
        /// The program.
        program: OsString,
        /// Its exit status, or the signal.
        status: ExitStatus,
    },
}

/// What the environment says about line numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LineFlag {
    /// `EDITORLINEFLAG`, when it is set and not empty.
    pub(crate) flag: Option<OsString>,
    /// True when `EDITORLINEFLAGREVERSED` is set and not empty.
    pub(crate) reversed: bool,
}

impl LineFlag {
    /// From this process's environment.
    pub(crate) fn from_env() -> LineFlag {
        let var = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        LineFlag { flag: var("EDITORLINEFLAG"), reversed: var("EDITORLINEFLAGREVERSED").is_some() }
    }
}

/// A program and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommandLine {
    /// The program, by name or path.
    pub(crate) program: OsString,
    /// Its arguments.
    pub(crate) args: Vec<OsString>,
}

/// The command that opens `path` at `line` (from 1; 0 for none) with the editor
/// command `editor`, which is split as a shell would.
///
/// # Errors
/// [`EditorError::Unreadable`].
pub(crate) fn command_for(
    editor: &str,
    flag: &LineFlag,
    path: &Path,
    line: u64,
) -> Result<CommandLine, EditorError> {
    let unreadable = || EditorError::Unreadable(editor.to_owned());
    let mut words = shlex::split(editor).ok_or_else(unreadable)?.into_iter().map(OsString::from);
    let program = words.next().filter(|word| !word.is_empty()).ok_or_else(unreadable)?;
    let mut args: Vec<OsString> = words.collect();
    let name = Path::new(&program).file_name().and_then(OsStr::to_str).unwrap_or_default();
    let with_line = |before: &OsStr, between: &str| {
        let mut arg = before.to_owned();
        arg.push(between);
        arg.push(line.to_string());
        arg
    };
    if line == 0 {
        args.push(path.into());
    } else if flag.flag.is_none() && GOTO.contains(&name) {
        args.extend(["--goto".into(), with_line(path.as_os_str(), ":")]);
    } else if flag.flag.is_none() && PATH_AND_LINE.contains(&name) {
        args.push(with_line(path.as_os_str(), ":"));
    } else {
        let number = with_line(flag.flag.as_deref().unwrap_or(OsStr::new("+")), "");
        if flag.reversed || LINE_FIRST.contains(&name) {
            args.extend([number, path.into()]);
        } else {
            args.extend([path.into(), number]);
        }
    }
    Ok(CommandLine { program, args })
}

/// `configured`, or when that is blank, vim or vi, whichever is on the `PATH`.
///
/// # Errors
/// [`EditorError::NoneInstalled`].
pub(crate) fn chosen(configured: &str, search: Option<&OsStr>) -> Result<String, EditorError> {
    if !configured.trim().is_empty() {
        return Ok(configured.to_owned());
    }
    let folders: Vec<PathBuf> =
        search.map(|search| std::env::split_paths(search).collect()).unwrap_or_default();
    FALLBACKS
        .into_iter()
        .find(|name| folders.iter().any(|folder| is_program(&folder.join(name))))
        .map(str::to_owned)
        .ok_or(EditorError::NoneInstalled)
}

/// Runs `command` on the terminal and waits for its end.
///
/// When standard input is not the terminal (commands for the shell come from there),
/// the editor is given the terminal itself, or nothing to read if there is none.
/// Ctrl-C is the editor's while it runs. `origin` is where its name came from, for errors.
///
/// # Errors
/// When the program can't be started or reports a failure.
pub(crate) fn open(command: &CommandLine, origin: &str) -> Result<(), EditorError> {
    let stdin = if io::stdin().is_terminal() {
        Stdio::inherit()
    } else {
        File::open("/dev/tty").map_or_else(|_| Stdio::null(), Stdio::from)
    };
    let program = || command.program.clone();
    let _interrupts = Left::to_another_program();
    let status = Command::new(&command.program).args(&command.args).stdin(stdin).status().map_err(
        |error| EditorError::CantStart { program: program(), origin: origin.to_owned(), error },
    )?;
    if status.success() {
        return Ok(());
    }
    Err(EditorError::Failed { program: program(), status })
}

fn named_by(origin: &str) -> String {
    if origin.is_empty() { String::new() } else { format!(", named by {origin}") }
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::{OsStrExt, OsStringExt};

    /// The command line as a shell would read it.
    fn command_line(editor: &str, flag: &str, reversed: bool, line: u64) -> String {
        let flag = Some(flag).filter(|flag| !flag.is_empty()).map(OsString::from);
        let command =
            command_for(editor, &LineFlag { flag, reversed }, Path::new("/tree/mm/slab.c"), line)
                .unwrap();
        let words = std::iter::once(&command.program).chain(&command.args);
        shlex::try_join(words.map(|word| word.to_str().unwrap())).unwrap()
    }

    #[test]
    fn each_editor_is_told_the_line_in_its_own_way() {
        for (editor, flag, reversed, expected) in [
            ("vim", "", false, "vim /tree/mm/slab.c +27"),
            ("vim -R", "", false, "vim -R /tree/mm/slab.c +27"),
            (
                "'/snap/my editor/vi' -u 'a b'",
                "",
                false,
                "'/snap/my editor/vi' -u 'a b' /tree/mm/slab.c +27",
            ),
            ("vim", "", true, "vim +27 /tree/mm/slab.c"),
            ("kate", "-l", false, "kate /tree/mm/slab.c -l27"),
            ("kate", "-l", true, "kate -l27 /tree/mm/slab.c"),
            ("emacs -nw", "", false, "emacs -nw +27 /tree/mm/slab.c"),
            ("/usr/bin/emacsclient", "", false, "/usr/bin/emacsclient +27 /tree/mm/slab.c"),
            ("nano", "-L", false, "nano -L27 /tree/mm/slab.c"),
            ("code", "", false, "code --goto /tree/mm/slab.c:27"),
            ("/snap/bin/code --wait", "", true, "/snap/bin/code --wait --goto /tree/mm/slab.c:27"),
            ("codium", "", false, "codium --goto /tree/mm/slab.c:27"),
            ("subl", "", false, "subl /tree/mm/slab.c:27"),
            ("zed", "", false, "zed /tree/mm/slab.c:27"),
            ("hx", "", false, "hx /tree/mm/slab.c:27"),
            ("hx", "+", false, "hx /tree/mm/slab.c +27"),
            ("code", "-l", true, "code -l27 /tree/mm/slab.c"),
        ] {
            assert_eq!(command_line(editor, flag, reversed, 27), expected, "{editor:?} {flag:?}");
        }
    }

    #[test]
    fn a_whole_file_has_no_line() {
        assert_eq!(command_line("vim", "", false, 0), "vim /tree/mm/slab.c");
        assert_eq!(command_line("code", "", false, 0), "code /tree/mm/slab.c");
    }

    #[test]
    fn paths_that_are_not_utf_8_stay_as_they_are() {
        let path = Path::new(OsStr::from_bytes(b"/tree/\xff.c"));
        let args = |editor| {
            command_for(editor, &LineFlag::default(), path, 3).unwrap().args.pop().unwrap()
        };
        assert_eq!(args("hx").into_vec(), b"/tree/\xff.c:3");
        assert_eq!(args("nano").into_vec(), b"/tree/\xff.c");
    }

    #[test]
    fn a_command_that_is_none_is_reported() {
        for editor in ["vim 'open", "''", " "] {
            let error = command_for(editor, &LineFlag::default(), Path::new("/x"), 1).unwrap_err();
            assert!(error.to_string().contains("can't be split"), "{error}");
        }
        let gone = CommandLine { program: "/nonexistent/editor".into(), args: vec![] };
        let error = open(&gone, "EDITOR").unwrap_err().to_string();
        let expected = "can't start the editor \"/nonexistent/editor\", named by EDITOR: ";
        assert!(error.starts_with(expected), "{error}");
        let failing = CommandLine { program: "false".into(), args: vec![] };
        let error = open(&failing, "").unwrap_err().to_string();
        assert_eq!(error, "the editor \"false\" ended with exit status: 1");
    }

    #[test]
    fn without_a_name_vim_or_vi_is_taken_from_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let search = Some(folder.path().as_os_str());
        assert!(matches!(chosen("", search), Err(EditorError::NoneInstalled)));
        let vi = folder.path().join("vi");
        std::fs::write(&vi, "").unwrap();
        assert!(chosen(" ", search).is_err(), "not a program");
        std::fs::set_permissions(&vi, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(chosen("", search).unwrap(), "vi");
        assert_eq!(chosen("ed", search).unwrap(), "ed");
    }
}
