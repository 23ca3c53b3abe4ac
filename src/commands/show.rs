//! Follow-ups: runs a chain such as `k 3-9; c2` on a list, given with `-s` or typed
//! into the shell.
//!
//! Here is what changes the list and in which order things happen; a [`Stage`] does
//! what can be seen: drawing, opening, searching. Delete, keep and refine change the
//! view for the commands after them, in the shell until it ends. A chain that ends
//! with one of them would show nothing, so with `-s` the rows that are left are
//! printed, and in the shell how many they are.

use std::cell::Cell;
use std::ffi::OsString;
use std::io;

use super::is_broken_pipe;
use crate::folders;
use crate::list::{
    ASKS, COMMANDS, FollowUp, FollowUpError, Indices, ListError, NAMES, RefineError, Selectors,
    Step, View, asked::AskedOf, named, parse,
};
use crate::shell::{self, Flow};
use crate::{message, plain};

/// What a follow-up does that can be seen.
pub(crate) trait Stage {
    /// Draws the rows at `positions`.
    ///
    /// # Errors
    /// When the list can't be read, or nothing can be written.
    fn print(&mut self, view: &View, positions: &Indices) -> anyhow::Result<()>;

    /// Draws `lines` lines around each entry at `positions`; `None`: as many as are set.
    ///
    /// # Errors
    /// As for `print`. A file that can't be read is noted, and the rest still drawn.
    fn context(
        &mut self,
        view: &View,
        positions: &Indices,
        lines: Option<usize>,
    ) -> anyhow::Result<()>;

    /// Draws how many of the entries at `positions` each folder, or each file, holds; of
    /// folders as many levels as are said.
    ///
    /// # Errors
    /// As for `print`.
    fn counts(
        &mut self,
        view: &View,
        positions: &Indices,
        by: CountBy,
        levels: Option<usize>,
    ) -> anyhow::Result<()>;

    /// Opens the entries at `positions` in the editor, one after the other.
    ///
    /// # Errors
    /// When one can't be opened; those after it are not.
    fn open(&mut self, view: &View, positions: &Indices) -> anyhow::Result<()>;

    /// Searches and prints; on a list of a revision, in that.
    ///
    /// # Errors
    /// When the arguments are wrong or the search fails.
    fn search(&mut self, view: &View, args: &[OsString]) -> anyhow::Result<Searched>;

    /// Runs one of kgrep's commands in a folder, and prints its answer.
    ///
    /// # Errors
    /// When the words are no command, or it fails.
    fn command(&mut self, folder: &[u8], words: &[OsString]) -> anyhow::Result<Searched>;

    /// Shows the list on the whole screen, where it may be changed, and another take its place.
    ///
    /// # Errors
    /// When the list can't be read, or the terminal not be used.
    fn browse(&mut self, view: &mut View) -> anyhow::Result<()>;

    /// Prints a line about what was done.
    ///
    /// # Errors
    /// When nothing can be written.
    fn say(&mut self, line: &str) -> anyhow::Result<()>;

    /// Prints the help of the commands.
    ///
    /// # Errors
    /// When nothing can be written.
    fn help(&mut self) -> anyhow::Result<()>;

    /// Tells the user something beside the output.
    fn note(&mut self, message: &str);
}

/// What a search asked for by a follow-up came to.
pub(crate) enum Searched {
    /// A list, which the commands after it are about.
    Found(Box<View>),
    /// Nothing was found; the list stays as it is.
    Nothing,
    /// It only told something, such as its help.
    Told,
}

/// What a chain that ends by changing the list shows of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changed {
    /// The rows that are left.
    Printed,
    /// How many rows are left: in the shell, `p` shows them.
    Counted,
}

/// What matches are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CountBy {
    /// Folders, each with all that is below it.
    Folder,
    /// Files.
    File,
}

/// How a chain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// All of it was run.
    Done,
    /// At `quit`.
    Quit,
    /// At a refine or a search that found nothing, or when nothing was left.
    Nothing,
}

/// Runs `steps` on `view`; `changed` says what a chain that ends by changing the list
/// shows.
///
/// # Errors
/// When an index is out of range, or a step fails; the steps after it are not run.
pub(crate) fn run(
    view: &mut View,
    stage: &mut dyn Stage,
    steps: &[Step],
    changed: Changed,
) -> anyhow::Result<Ended> {
    for step in steps {
        match run_step(view, stage, step)? {
            Ended::Done => {}
            ended => return Ok(ended),
        }
    }
    if steps.last().is_some_and(|step| step.command.changes_the_list()) {
        match changed {
            Changed::Printed => stage.print(view, &view.resolve(&Selectors::Unsaid)?)?,
            Changed::Counted => {
                stage.say(&format!("{} of {} left", view.len(), view.list().len()))?;
            }
        }
    }
    Ok(Ended::Done)
}

/// Steps, or why a line is not a follow-up.
pub(crate) type Parsed = Result<Vec<Step>, FollowUpError>;

/// Runs `first`, if there is one, then the shell on `view` until it is left. A line
/// that fails is noted, and the shell goes on. Its prompt may be bold, and count the rows.
///
/// # Errors
/// When the terminal can't be read or written.
pub(crate) fn interactive(
    view: &mut View,
    stage: &mut dyn Stage,
    first: Option<Parsed>,
    (bold, counts): (bool, bool),
) -> io::Result<()> {
    if first.is_some_and(|steps| run_in_shell(view, stage, steps) == Flow::Quit) {
        return Ok(());
    }
    let words: Vec<&str> =
        NAMES.iter().chain(&["undo", "browse"]).chain(&ASKS).chain(&COMMANDS).copied().collect();
    let rows = Cell::new(view.len());
    let prompt = || counts.then(|| format!("kgrep[{}]> ", rows.get()));
    let options = shell::Options {
        words: &words,
        history: folders::history_file(),
        bold,
        prompt: Some(&prompt),
    };
    shell::run(&options, |line| {
        let flow = run_in_shell(view, stage, parse(line));
        rows.set(view.len());
        Ok(flow)
    })
}

fn run_in_shell(view: &mut View, stage: &mut dyn Stage, steps: Parsed) -> Flow {
    let ended = steps
        .map_err(anyhow::Error::new)
        .and_then(|steps| run(view, stage, &steps, Changed::Counted));
    match ended {
        Ok(Ended::Done | Ended::Nothing) => Flow::Continue,
        Ok(Ended::Quit) => Flow::Quit,
        // The user has left the pager before its end: nothing to tell.
        Err(error) if is_broken_pipe(&error) => Flow::Continue,
        Err(error) => {
            stage.note(&message::chain(&error));
            Flow::Continue
        }
    }
}

fn run_step(view: &mut View, stage: &mut dyn Stage, step: &Step) -> anyhow::Result<Ended> {
    let positions = view.resolve(&step.selectors)?;
    match &step.command {
        FollowUp::Print => stage.print(view, &positions)?,
        FollowUp::Show => stage.open(view, &positions)?,
        FollowUp::Context(lines) => stage.context(view, &positions, *lines)?,
        FollowUp::Tree(levels) => stage.counts(view, &positions, CountBy::Folder, *levels)?,
        FollowUp::Files => stage.counts(view, &positions, CountBy::File, None)?,
        FollowUp::Delete | FollowUp::Keep => {
            if step.command == FollowUp::Delete {
                view.delete(&positions);
            } else {
                view.keep(&positions);
            }
            if view.len() == 0 {
                stage.note("nothing is left of the list");
                return Ok(Ended::Nothing);
            }
        }
        FollowUp::Refine(regex) => return refine(view, stage, regex),
        FollowUp::Grep(args) => {
            let found = stage.search(view, args)?;
            return Ok(took(view, found));
        }
        FollowUp::Command(words) => {
            let folder = view.list().meta().folder.clone();
            let found = stage.command(&folder, words)?;
            return Ok(took(view, found));
        }
        FollowUp::Ask(question) => return ask(view, stage, question, &positions),
        FollowUp::Browse => stage.browse(view)?,
        FollowUp::Undo => {
            if !view.undo() {
                stage.note("nothing was changed");
            }
        }
        FollowUp::Quit => return Ok(Ended::Quit),
        FollowUp::Help => stage.help()?,
    }
    Ok(Ended::Done)
}

/// Keeps the rows that match, and tells what is to be known of that.
fn refine(view: &mut View, stage: &mut dyn Stage, regex: &str) -> anyhow::Result<Ended> {
    match view.refine(regex) {
        Ok(refined) => {
            if let Some(why) = refined.plain {
                stage.note(&plain::note(regex, why));
            }
            if refined.in_doubt > 0 {
                stage.note(&format!(
                    "note: {} long lines were looked at in part: a list keeps 4096 bytes of a line",
                    refined.in_doubt
                ));
            }
            Ok(Ended::Done)
        }
        Err(nothing @ RefineError::NothingLeft(_, why)) => {
            if let Some(why) = why {
                stage.note(&plain::note(regex, why));
            }
            stage.note(&nothing.to_string());
            Ok(Ended::Nothing)
        }
        Err(error) => Err(error.into()),
    }
}

/// Goes on with what was found.
fn took(view: &mut View, found: Searched) -> Ended {
    match found {
        Searched::Found(found) => view.replace(*found),
        Searched::Nothing => return Ended::Nothing,
        Searched::Told => {}
    }
    Ended::Done
}

/// Asks `question` about the name in each of these rows, each name once, as their files mean
/// it; the last answer is the list for what follows.
fn ask(
    view: &mut View,
    stage: &mut dyn Stage,
    question: &str,
    positions: &Indices,
) -> anyhow::Result<Ended> {
    let mut asked = AskedOf::default();
    let meta = view.list().meta().clone();
    let mut nameless = None;
    view.for_each(positions, |position, file, entry| {
        let path: &[u8] = if file.stdin { b"" } else { &file.path };
        match named::of(&meta.columns, entry) {
            Some(name) => asked.add(name, &meta.folder, path),
            None => nameless = nameless.or(Some(position)),
        }
        Ok::<_, ListError>(true)
    })?;
    if let Some(position) = nameless {
        stage
            .note(&format!("row {position} is not about a name that {question} could be asked of"));
    }
    let mut last = Searched::Nothing;
    for (folder, words) in asked.questions(question) {
        match stage.command(&folder, &words)? {
            Searched::Nothing => {}
            found => last = found,
        }
    }
    Ok(took(view, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::testing;

    const NOTHING_LEFT: &str = "note nothing is left of the list";

    /// Writes down what it is asked to do.
    #[derive(Default)]
    struct Notebook {
        lines: Vec<String>,
        found: Option<View>,
    }

    impl Notebook {
        fn entry(&mut self, what: &str, view: &View, positions: &Indices) -> anyhow::Result<()> {
            let mut line = what.to_owned();
            view.for_each(positions, |position, _, entry| {
                line += &format!(" {position}:{}", String::from_utf8_lossy(entry.text));
                Ok::<_, ListError>(true)
            })?;
            self.lines.push(line);
            Ok(())
        }
    }

    impl Stage for Notebook {
        fn print(&mut self, view: &View, positions: &Indices) -> anyhow::Result<()> {
            self.entry("print", view, positions)
        }

        fn context(
            &mut self,
            view: &View,
            positions: &Indices,
            lines: Option<usize>,
        ) -> anyhow::Result<()> {
            self.entry(&format!("context {lines:?}"), view, positions)
        }

        fn counts(
            &mut self,
            view: &View,
            positions: &Indices,
            by: CountBy,
            _: Option<usize>,
        ) -> anyhow::Result<()> {
            self.entry(&format!("{by:?}"), view, positions)
        }

        fn open(&mut self, view: &View, positions: &Indices) -> anyhow::Result<()> {
            self.entry("open", view, positions)
        }

        fn search(&mut self, _: &View, args: &[OsString]) -> anyhow::Result<Searched> {
            self.lines.push(format!("search {args:?}"));
            Ok(self
                .found
                .take()
                .map_or(Searched::Nothing, |found| Searched::Found(Box::new(found))))
        }

        fn command(&mut self, _: &[u8], words: &[OsString]) -> anyhow::Result<Searched> {
            self.lines.push(format!("command {words:?}"));
            Ok(self
                .found
                .take()
                .map_or(Searched::Nothing, |found| Searched::Found(Box::new(found))))
        }

        fn browse(&mut self, view: &mut View) -> anyhow::Result<()> {
            self.lines.push(format!("browse {}", view.len()));
            Ok(())
        }

        fn say(&mut self, line: &str) -> anyhow::Result<()> {
            self.lines.push(format!("say {line}"));
            Ok(())
        }

        fn help(&mut self) -> anyhow::Result<()> {
            self.lines.push("help".to_owned());
            Ok(())
        }

        fn note(&mut self, message: &str) {
            self.lines.push(format!("note {message}"));
        }
    }

    fn view(texts: &[&str]) -> View {
        let entries: Vec<(&str, u64, &str)> = texts.iter().map(|text| ("a.c", 1, *text)).collect();
        View::new(testing::list(&entries))
    }

    /// What `line` does to a list of the entries a, b, c and d.
    fn done(line: &str, changed: Changed) -> (anyhow::Result<Ended>, Vec<String>) {
        let mut notebook = Notebook { found: Some(view(&["x", "y"])), ..Notebook::default() };
        let steps = parse(line).unwrap_or_else(|error| panic!("{line:?}: {error}"));
        let ended = run(&mut view(&["a", "b", "c", "d"]), &mut notebook, &steps, changed);
        (ended, notebook.lines)
    }

    #[test]
    fn each_command_does_its_part() {
        for (line, expected) in [
            ("p", "print 0:a 1:b 2:c 3:d"),
            ("p 2,0", "print 0:a 2:c"),
            ("c3 1", "context Some(3) 1:b"),
            ("c 3", "context None 3:d"),
            ("t", "Folder 0:a 1:b 2:c 3:d"),
            ("f 1-2", "File 1:b 2:c"),
            ("3-2", "open 2:c 3:d"),
            ("", "help"),
        ] {
            let (ended, lines) = done(line, Changed::Printed);
            assert_eq!(ended.unwrap(), Ended::Done, "{line:?}");
            assert_eq!(lines, [expected], "{line:?}");
        }
    }

    #[test]
    fn a_changed_list_is_what_the_next_command_sees() {
        let (_, lines) = done("d 0; p 0; k 1-2; c2; r d; t", Changed::Printed);
        assert_eq!(lines, ["print 0:b", "context Some(2) 0:c 1:d", "Folder 0:d"]);
    }

    #[test]
    fn a_chain_that_only_changes_the_list_shows_what_is_left() {
        assert_eq!(done("k 1-2; d 0", Changed::Printed).1, ["print 0:c"]);
        assert_eq!(done("k 1-2; d 0", Changed::Counted).1, ["say 1 of 4 left"]);
        let (ended, lines) = done("d all; p", Changed::Printed);
        assert_eq!((ended.unwrap(), lines), (Ended::Nothing, vec![NOTHING_LEFT.to_owned()]));
        assert_eq!(done("k 1; d 0", Changed::Counted).1, [NOTHING_LEFT]);
    }

    #[test]
    fn a_search_gives_the_list_for_what_follows() {
        assert_eq!(
            done("g -w foo; p 1", Changed::Printed).1,
            ["search [\"-w\", \"foo\"]", "print 1:y"]
        );
    }

    #[test]
    fn a_row_leads_to_what_it_names_and_undo_comes_back() {
        let (_, lines) = done("def 1; p; u; p", Changed::Printed);
        assert_eq!(
            lines,
            ["command [\"def\", \"--\", \"b\"]", "print 0:x 1:y", "print 0:a 1:b 2:c 3:d"]
        );
        let (_, lines) = done("k 1-2; d 0; u; p; u; p; u", Changed::Printed);
        assert_eq!(lines, ["print 0:b 1:c", "print 0:a 1:b 2:c 3:d", "note nothing was changed"]);
    }

    #[test]
    fn a_refine_that_finds_nothing_ends_the_chain() {
        let (ended, lines) = done("r nowhere; p", Changed::Printed);
        assert_eq!(ended.unwrap(), Ended::Nothing);
        assert_eq!(lines, ["note no entry matches \"nowhere\"; the list stays as it is"]);
    }

    #[test]
    fn nothing_is_run_after_an_index_that_is_none() {
        let (ended, lines) = done("k 0; p 1; t", Changed::Printed);
        assert_eq!(ended.unwrap_err().to_string(), "index 1 out of range (0, 0)");
        assert!(lines.is_empty());
    }

    #[test]
    fn the_shell_goes_on_after_an_error_and_remembers_changes() {
        let mut view = view(&["a", "b", "c"]);
        let mut notebook = Notebook::default();
        for line in ["p 9; p", "d 1", "p", "r z("] {
            assert_eq!(run_in_shell(&mut view, &mut notebook, parse(line)), Flow::Continue);
        }
        assert_eq!(run_in_shell(&mut view, &mut notebook, parse("p 0; q; p")), Flow::Quit);
        assert_eq!(
            notebook.lines,
            [
                "note index 9 out of range (0, 2)",
                "say 2 of 3 left",
                "print 0:a 1:c",
                "note note: `z(` has an open bracket: searched as plain text",
                "note no entry matches \"z(\"; the list stays as it is",
                "print 0:a",
            ]
        );
    }
}
