//! The screen that follow-ups appear on: standard output, through a pager on a terminal,
//! and the editor.

use std::ffi::OsString;
use std::path::PathBuf;

use kgrep_engine::revision::Kept;

use super::printer::{PrintError, Printer};
use super::show::{CountBy, Searched, Stage};
use super::{diff, draw};
use crate::editor::{self, LineFlag};
use crate::list::{Indices, ListError, Match, NAMES, Place, SourceFile, View};
use crate::message::tell;
use crate::render::{Content, Facts, Highlighter, Look, Output, Totals, print_page};
use crate::settings::{Format, Origin, Settings};
use crate::{browse, folders};

/// When more matches than this are opened, how many is said.
const MANY: u64 = 10;

/// What a follow-up asks for that makes another list.
pub(crate) enum Asked<'a> {
    /// A search with these arguments, in this folder; in the current one where none is said.
    Search(&'a [u8], &'a [OsString]),
    /// Another command, in this folder.
    Command(&'a [u8], &'a [OsString]),
    /// The list on the whole screen.
    Browse(Box<View>),
}

/// What answers that, and prints what it finds.
pub(crate) type Search<'a> = dyn FnMut(Asked<'_>) -> anyhow::Result<Searched> + 'a;

/// Draws on standard output and opens the user's editor.
pub(crate) struct Screen<'a> {
    settings: &'a Settings,
    facts: Facts,
    search: &'a mut Search<'a>,
    failed: bool,
    /// Rows of a list of `kgrep diff` are printed as the hunks they stand for.
    hunks: bool,
}

impl<'a> Screen<'a> {
    /// A stage that looks as `settings` and `facts` say, and searches with `search`. With
    /// `hunks`, it prints the hunks that a list's entries stand for.
    pub(crate) fn new(
        settings: &'a Settings,
        facts: Facts,
        search: &'a mut Search<'a>,
        hunks: bool,
    ) -> Screen<'a> {
        let hunks = hunks || settings.format.value == Format::Patch;
        Screen { settings, facts, search, failed: false, hunks }
    }

    /// True when something was left out and noted, so that the exit status says so.
    pub(crate) fn failed(&self) -> bool {
        self.failed
    }

    fn look(&self, view: &View) -> Look {
        Look::new(self.settings, self.facts, &view.list().meta().folder)
    }

    /// Draws one output to its end.
    fn output(
        &self,
        draw: impl FnOnce(&mut Output) -> Result<(), PrintError>,
    ) -> anyhow::Result<()> {
        let mut output = if self.facts.terminal {
            Output::paged(&self.settings.pager.value)
        } else {
            Output::stdout()
        };
        draw(&mut output)?;
        Ok(output.finish()?)
    }

    /// The line to open an entry on: where its text is now.
    fn line_now(&mut self, position: u64, source: &SourceFile, entry: &Match<'_>) -> u64 {
        match source.place(entry) {
            Place::Same => entry.target(),
            Place::Moved { from, to } => {
                self.note(&format!("match {position} moved from line {from} to line {to}"));
                to
            }
            Place::Changed => {
                self.note(&format!("match {position} has changed since the search"));
                entry.target()
            }
        }
    }
}

impl Stage for Screen<'_> {
    fn print(&mut self, view: &View, positions: &Indices) -> anyhow::Result<()> {
        let look = self.look(view);
        let json = self.settings.format.value == Format::Json;
        if self.hunks || (json && diff::lists_hunks(view.list().meta())) {
            return diff::print_hunks(view, positions, self.settings, &look);
        }
        let mut printer = Printer::new(&look, self.settings, view.list().meta());
        if printer.measures_first() {
            view.for_each(positions, |position, file, entry| {
                printer.note(position, &file.path, entry);
                Ok::<_, ListError>(true)
            })?;
        }
        printer.begin();
        view.for_each(positions, |position, file, entry| {
            printer.row(Some(position), &file.path, entry)?;
            Ok::<_, PrintError>(true)
        })?;
        Ok(printer.finish(Totals::default())?)
    }

    fn context(
        &mut self,
        view: &View,
        positions: &Indices,
        lines: Option<usize>,
    ) -> anyhow::Result<()> {
        let look = self.look(view);
        let around = lines.unwrap_or(self.settings.context.value);
        let highlighter = Highlighter::of(&look)?;
        let mut unreadable = Vec::new();
        let drawn = self.output(|out| {
            let mut leave_out = |path: &[u8], error: &std::io::Error| {
                unreadable.push(format!("{}: {error}", String::from_utf8_lossy(path)));
            };
            let highlighter = highlighter.as_ref();
            draw::blocks(out, &look, highlighter, view, positions, around, &mut leave_out)
        });
        // After the pager, so that they don't disturb its screen.
        for message in unreadable {
            self.failed = true;
            self.note(&message);
        }
        drawn
    }

    fn counts(
        &mut self,
        view: &View,
        positions: &Indices,
        by: CountBy,
        levels: Option<usize>,
    ) -> anyhow::Result<()> {
        let look = self.look(view);
        let format = self.settings.format.value;
        self.output(|out| draw::counts(out, &look, view, positions, (by, levels), format))
    }

    fn open(&mut self, view: &View, positions: &Indices) -> anyhow::Result<()> {
        let search_path = std::env::var_os("PATH");
        let editor = editor::chosen(&self.settings.editor.value, search_path.as_deref())?;
        let flag = LineFlag::from_env();
        let origin = editor_origin(&self.settings.editor.origin);
        if positions.len() > MANY {
            self.note(&format!("opening {} matches, one after the other", positions.len()));
        }
        let several = positions.len() > 1;
        view.for_each(positions, |position, file, entry| {
            anyhow::ensure!(
                !file.stdin,
                "match {position} came from standard input; there is no file to open"
            );
            let path = named(draw::absolute(view, file));
            let line = match SourceFile::read(&path) {
                Ok(source) => self.line_now(position, &source, entry),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    let told = format!("can't open match {position}: {}: {error}", path.display());
                    anyhow::ensure!(several, told);
                    self.failed = true;
                    self.note(&told);
                    return Ok(true);
                }
                // The editor may know better what to do with such a file.
                Err(_) => entry.target(),
            };
            editor::open(&editor::command_for(&editor, &flag, &path, line)?, &origin)?;
            Ok(true)
        })
    }

    fn search(&mut self, view: &View, args: &[OsString]) -> anyhow::Result<Searched> {
        let meta = view.list().meta();
        let folder = if meta.revision.is_some() { &meta.folder[..] } else { b"" };
        (self.search)(Asked::Search(folder, args))
    }

    fn command(&mut self, folder: &[u8], words: &[OsString]) -> anyhow::Result<Searched> {
        (self.search)(Asked::Command(folder, words))
    }

    fn browse(&mut self, view: &mut View) -> anyhow::Result<()> {
        if !browse::has_screen(&self.look(view)) {
            return self.print(view, &Indices::all(view.len()));
        }
        if let Searched::Found(left) = (self.search)(Asked::Browse(Box::new(view.again()?)))? {
            view.replace(*left);
        }
        Ok(())
    }

    fn say(&mut self, line: &str) -> anyhow::Result<()> {
        Ok(print_page(&format!("{line}\n"), Content::Text)?)
    }

    fn help(&mut self) -> anyhow::Result<()> {
        let color = Look::new(self.settings, self.facts, b"").color;
        Ok(print_page(&help(color), Content::Styled)?)
    }

    fn note(&mut self, message: &str) {
        tell(message);
    }
}

/// Opens a file in the editor, at a line.
///
/// # Errors
/// When there is no editor, or it fails.
pub(super) fn open_in_editor(
    settings: &Settings,
    path: &std::path::Path,
    line: u64,
) -> anyhow::Result<()> {
    let search_path = std::env::var_os("PATH");
    let editor = editor::chosen(&settings.editor.value, search_path.as_deref())?;
    let path = named(path.to_owned());
    let command = editor::command_for(&editor, &LineFlag::from_env(), &path, line)?;
    Ok(editor::open(&command, &editor_origin(&settings.editor.origin))?)
}

/// The path by which an editor shows a file: that of a revision says of which it is.
fn named(path: PathBuf) -> PathBuf {
    let named = folders::cache().ok().and_then(|cache| Kept::new(&cache).named(&path));
    named.unwrap_or(path)
}

/// Where the editor's name came from, as an error says it.
fn editor_origin(origin: &Origin) -> String {
    match origin {
        Origin::Default => String::new(),
        Origin::Environment(name) => (*name).to_owned(),
        other => other.to_string(),
    }
}

/// What each command does, in a line each; the order is that of the names.
const COMMANDS: [&str; 11] = [
    "p, print     print the rows",
    "s, show      open in the editor; bare numbers do too: 27, 3,5-8",
    "c, context   show lines around each, as the file is now; c3: three lines",
    "t, tree      count by folder; t2: two levels of them",
    "d, delete    take entries out of the list",
    "k, keep      take all others out of the list",
    "r, refine    r REGEX: keep the entries whose line, or one of whose columns, matches",
    "f, files     count by file",
    "g, grep      g ARGS: search again, with the arguments of a search",
    "q, quit      leave the shell, or the chain",
    "?            this help",
];

/// The help of the follow-ups: vgrep's three lines, which scripts look for, then a line
/// a command. The one-letter forms stand out when `bold`.
fn help(bold: bool) -> String {
    let (on, off) = if bold { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    let bright = |name: &str| format!("{on}{}{off}{}", &name[..1], &name[1..]);
    let names = NAMES.map(bright).join(", ");
    let mut page = format!(
        "kgrep command help: command[context lines] [selectors]\n         \
         selectors: '3' (single), '1,2,6' (multi), '1-8' (range), 'all'\n          \
         commands: {names}\n\n"
    );
    for line in COMMANDS {
        page += &format!("  {}\n", bright(line));
    }
    page + "  def 27       the definition of what row 27 names; so refs, callers, callees, trace, body\n  \
            u, undo      take the last change back\n  \
            b, browse    the list on the whole screen, with the source beside it\n  \
            other commands of kgrep work, too: chain, find, list, diff, exists\n\n\
            Sections are selected by their titles: k Errors. Commands are chained with `;`: k 3-9; c2. Changes by d, k and r last for the chain,\n\
            or until the shell ends; the kept list stays as it is. In the shell, Tab completes.\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_begins_with_vgreps() {
        let page = help(false);
        assert!(
            page.starts_with(
                "\
kgrep command help: command[context lines] [selectors]
         selectors: '3' (single), '1,2,6' (multi), '1-8' (range), 'all'
          commands: print, show, context, tree, delete, keep, refine, files, grep, quit, ?
"
            ),
            "{page}"
        );
        assert!(help(true).contains("\x1b[1mc\x1b[0montext"));
    }

    #[test]
    fn the_help_has_a_line_for_each_command() {
        let page = help(false);
        for name in NAMES.into_iter().filter(|name| *name != "?") {
            let line = format!("  {}, {name} ", &name[..1]);
            assert!(page.contains(&line), "{line:?} in {page}");
        }
        for word in ["27, 3,5-8", "c3", "r REGEX", "g ARGS", "`;`"] {
            assert!(page.contains(word), "{word} in {page}");
        }
    }
}
