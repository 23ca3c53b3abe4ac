//! The tree that is asked about, and what is in force for one question.

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use kgrep_engine::configuration::KconfigChoice;
use kgrep_engine::{Cancel, Error, Note, NoteSink, Progress, ProgressSink};
use kgrep_index::Tree;
use serde_bytes::ByteBuf;

use super::arguments::Common;
use super::revisions::{Asked, Revisions};
use crate::code::Code;
use crate::message;
use crate::notes;
use crate::room;
use crate::served::{About, Served};
use crate::session::Session;

/// What all questions about a tree share.
pub(super) struct Context {
    served: Served,
    /// The git revision whose files these are; none: those that are checked out.
    revision: Option<Asked>,
    revisions: Revisions,
}

/// Hears how many files were dealt with, of how many where that is known, and how.
type Told = Arc<dyn Fn(u64, Option<u64>, &str) + Send + Sync>;

/// One question: what is said of it, who hears how far it is, and who ends it.
pub(super) struct Hearing {
    notes: Arc<Mutex<Vec<Note>>>,
    told: Told,
    /// How many files were laid out before any was read.
    before: Arc<AtomicU64>,
    cancel: Cancel,
}

impl Context {
    /// The tree around `folder`, with the settings in force.
    ///
    /// # Errors
    /// When it is not there.
    pub(super) fn new(session: &Session, folder: &Path) -> Result<Context> {
        Ok(Context::of(Served::new(session, folder)?, None))
    }

    pub(super) fn of(served: Served, revision: Option<Asked>) -> Context {
        Context { served, revision, revisions: Revisions::default() }
    }

    /// The tree that `name` means, a git revision of this one.
    ///
    /// # Errors
    /// If there is no such revision, or its files can't be laid out.
    pub(super) fn at(&self, name: &str, hearing: &Hearing) -> Result<Arc<Context>, String> {
        self.revisions.get(&self.served, name, hearing).map_err(|error| match error {
            Error::NoRepository(_) => {
                "at: the tree is not in a git repository; ask without it".to_owned()
            }
            error => format!("at: {}", error_line(&error.into())),
        })
    }

    /// Gives back the pages of the index that were read.
    pub(super) fn release(&self) {
        self.served.release();
    }

    /// Gives back what memory no question needs now, if that is much.
    pub(super) fn give_back(&self) {
        let revisions = self.revisions.at_hand();
        room::give_back(revisions.iter().map(|context| &context.served).chain([&self.served]));
    }

    /// The revision that it is, as it was asked.
    pub(super) fn revision(&self) -> Option<&Asked> {
        self.revision.as_ref()
    }

    /// The tree.
    pub(super) fn tree(&self) -> &Tree {
        self.served.tree()
    }

    /// The code that a question with these arguments is about.
    ///
    /// # Errors
    /// If this tree lacks the architecture.
    pub(super) fn code(
        &self,
        common: &Common,
        kconfig: Option<KconfigChoice>,
        hearing: &Hearing,
    ) -> Result<Code, String> {
        let (arch, cancel) = (common.arch.as_deref(), hearing.cancel.clone());
        let about = About { arch, kconfig: Some(kconfig), cancel, ..About::default() };
        let code = self.served.code(about, hearing.sink(), hearing.progress(&self.command()));
        code.map_err(|error| error_line(&error.into()))
    }

    /// What makes the index of this tree.
    fn command(&self) -> String {
        match &self.revision {
            Some(asked) => format!("kgrep index --at {}", asked.name),
            None if self.tree().looks_like_source() => "kgrep index".to_owned(),
            None => "kgrep index .".to_owned(),
        }
    }

    /// Why the engine has no answer, in one line that says what helps.
    pub(super) fn wrong(&self, error: Error) -> String {
        match (error, &self.revision) {
            (Error::NoConfiguration, _) => {
                "no configuration is named: give kconfig, the path of one in the tree".to_owned()
            }
            (Error::NoIndex(_) | Error::NoIndexOfFolder(_), Some(asked)) => {
                let (name, command) = (&asked.name, self.command());
                format!("{name} has no index to find words in; `{command}` in the tree makes it")
            }
            (error, _) => error_line(&error.into()),
        }
    }

    /// The configuration that is in force.
    ///
    /// # Errors
    /// When the one that is named is not below the tree.
    pub(super) fn kconfig(&self, common: &Common) -> Result<Option<KconfigChoice>, String> {
        Ok(match common.kconfig.as_deref() {
            None => self.served.kconfig(),
            Some("none") => None,
            Some(path) => {
                let path = self.tree().root().join(self.below(path)?);
                Some(KconfigChoice { path, named: true, if_there: false })
            }
        })
    }

    /// Leaves to the index what an answer showed to be needed.
    pub(super) fn freshen(&self, changes: Option<u64>) {
        self.served.freshen(changes);
    }

    /// The folder of the indexes.
    pub(super) fn cache(&self) -> &Path {
        self.served.cache()
    }

    /// What is there at `path`, from the tree's root: nothing else is read.
    ///
    /// # Errors
    /// When it is not below the tree, or not there.
    pub(super) fn below(&self, path: &str) -> Result<PathBuf, String> {
        let root = self.tree().root();
        let full = root.join(path);
        let real = full.canonicalize().map_err(|error| {
            format!("{path}: {}; paths are relative to the tree's top", message::plain(&error))
        })?;
        let below = real.strip_prefix(root).map_err(|_| {
            format!("{path} is outside of the tree, and only the tree is read; give a path in it")
        })?;
        Ok(below.to_owned())
    }

    /// The same, as bytes.
    ///
    /// # Errors
    /// As [`Context::below`].
    pub(super) fn bytes(&self, path: &str) -> Result<ByteBuf, String> {
        Ok(self.below(path)?.into_os_string().into_vec().into())
    }
}

impl Hearing {
    /// `told` hears how far it is.
    pub(super) fn new(
        cancel: Cancel,
        told: impl Fn(u64, Option<u64>, &str) + Send + Sync + 'static,
    ) -> Hearing {
        Hearing { notes: Arc::default(), told: Arc::new(told), before: Arc::default(), cancel }
    }

    /// Hears of files that are read, where `command` would make an index of them.
    fn progress(&self, command: &str) -> ProgressSink {
        let (said, told, before) =
            (Arc::clone(&self.notes), Arc::clone(&self.told), Arc::clone(&self.before));
        let (read, slow) =
            (AtomicU64::new(0), format!("{SLOW} `{command}` in the tree{IMMEDIATE}"));
        Arc::new(move |_: &Tree, step| match step {
            Progress::Read => {
                let read = read.fetch_add(1, Ordering::Relaxed) + 1;
                if read.is_multiple_of(EVERY) {
                    // It never goes back.
                    told(before.load(Ordering::Relaxed) + read, None, "read");
                }
            }
            Progress::Many => {
                let note = Note::Problem(slow.clone());
                said.lock().unwrap_or_else(PoisonError::into_inner).push(note);
            }
            _ => {}
        })
    }

    /// So many of a revision's files are laid out; whether to go on.
    pub(super) fn laid_out(&self, files: u64, of: u64) -> bool {
        let before = self.before.fetch_max(files, Ordering::Relaxed);
        if before / EVERY < files / EVERY {
            (self.told)(files, Some(of), "laid out");
        }
        !self.cancel.is_set()
    }

    /// Whether something could not be read or understood.
    pub(super) fn has_problems(&self) -> bool {
        let notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.iter().any(|note| matches!(note, Note::Problem(_) | Note::Unreadable { .. }))
    }

    /// Tells whether the answer is still waited for.
    pub(super) fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// Takes notes.
    pub(super) fn sink(&self) -> NoteSink {
        let notes = Arc::clone(&self.notes);
        Arc::new(move |note| notes.lock().unwrap_or_else(PoisonError::into_inner).push(note))
    }

    /// What was said so far, in words, once.
    pub(super) fn take_notes(&self) -> Vec<String> {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sentences: Vec<String> = notes.drain(..).map(|note| sentence(&note)).collect();
        sentences.dedup();
        sentences
    }
}

/// Said where a large tree was read for one answer, with what makes its index in between.
const SLOW: &str = "all of the tree was read for this, and will be for the next question;";
const IMMEDIATE: &str = " makes answers immediate";

/// The number of files after which progress is reported again.
const EVERY: u64 = 2000;

/// A note in words, which names a tool's arguments where the command line's says options.
pub(super) fn sentence(note: &Note) -> String {
    if let Note::ThereAsPlainText(patterns) = note {
        let patterns = patterns.join("`, `");
        return format!(
            "nothing matches `{patterns}` as a regular expression, but the plain text is there: \
             give `fixed`"
        );
    }
    let said = notes::sentence(note);
    with_arguments(said.strip_prefix("note: ").unwrap_or(&said))
}

/// A text with `` `max_depth` `` where it has `--max-depth`, besides in a command line in backticks.
pub(super) fn with_arguments(said: &str) -> String {
    let mut told = String::with_capacity(said.len());
    for (part, text) in said.split('`').enumerate() {
        if part > 0 {
            told.push('`');
        }
        if part % 2 == 1 {
            told += text;
            continue;
        }
        let mut parts = text.split("--");
        told += parts.next().unwrap_or_default();
        for option in parts {
            let is_name = |c: char| c.is_ascii_lowercase() || c == '-';
            let end = option.find(|c| !is_name(c)).unwrap_or(option.len());
            let (name, rest) = option.split_at(end);
            let name = match name {
                "as" => "kind".to_owned(),
                "in" => "paths".to_owned(),
                "kind" => "kinds".to_owned(),
                name => name.replace('-', "_"),
            };
            told += &if name.is_empty() { "--".to_owned() } else { format!("`{name}`") };
            told += rest;
        }
    }
    told
}

/// An error in one line, which names a tool's arguments where the command line's says options.
pub(super) fn error_line(error: &anyhow::Error) -> String {
    match error.downcast_ref::<Error>() {
        Some(Error::NoPattern) => "no pattern given: give `pattern`".to_owned(),
        Some(Error::NotRegex(mistake)) => {
            format!("pattern {mistake}; `fixed` searches for plain text")
        }
        Some(Error::UnknownFileType(name)) => {
            format!(
                "no such file type: {name}; `types` are ripgrep's, such as c, h, asm, make, rust"
            )
        }
        Some(Error::FileGlob { glob, source, .. }) => format!("`globs` {glob}: {source}"),
        Some(Error::NoRepository(folder)) => {
            format!("{}: not in a git repository", folder.display())
        }
        _ => with_arguments(&message::chain(error)),
    }
}

/// Bytes as text.
pub(super) fn text(bytes: &[u8]) -> String {
    Path::new(OsStr::from_bytes(bytes)).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::with_arguments;

    #[test]
    fn options_become_arguments_and_commands_stay() {
        let said = "gave up; --max-depth NUM looks further, --in DIR elsewhere -- `kgrep def --kind x` lists";
        assert_eq!(
            with_arguments(said),
            "gave up; `max_depth` NUM looks further, `paths` DIR elsewhere -- `kgrep def --kind x` lists"
        );
        assert_eq!(with_arguments("12 more possible: --all"), "12 more possible: `all`");
        assert_eq!(with_arguments("an odd ` --all"), "an odd ` --all");
    }
}
