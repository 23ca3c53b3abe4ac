//! The code of the tree around a folder: its graph, from the index or, where
//! there is none, from reading every file now.

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use kgrep_index::configured::{Configured, Presence, Symbol};
use kgrep_index::graph::{Arch, DefInfo, Graph};
use kgrep_index::idiom::Idioms;
use kgrep_index::kbuild::{Built, Compiled, Explanation};
use kgrep_index::outline::LARGEST;
use kgrep_index::store::Cache;
use kgrep_index::{Fresh, Index, Tree};

use super::arch;
use super::at_hand::AtHand;
use super::holes::Holes;
use crate::configuration::{KconfigChoice, Kernel};
use crate::decode::as_shown;
use crate::files::{TOO_LARGE, read, read_into};
use crate::left_out::LeftOut;
use crate::recipes::Recipes;
use crate::relocate::{SourceFile, read_regular};
use crate::snapshot::{Indexed, Snapshot, Workspace, path_in};
use crate::{Cancel, Error, Note, NoteSink, ProgressSink, Result};

/// What a face gives for every question about code.
pub struct Setup {
    /// The architecture that counts.
    pub arch: arch::ArchChoice,
    /// The kernel configuration that questions are about, if there is one.
    pub kconfig: Option<KconfigChoice>,
    /// The cache folder, and what macros mean.
    pub workspace: Workspace,
    /// Takes what is to be said besides the answer.
    pub notes: NoteSink,
    /// Hears how far the reading of a tree without an index is.
    pub progress: ProgressSink,
    /// Tells whether the answer is still waited for.
    pub cancel: Cancel,
}

/// A tree of code, and what a question about it is about.
pub struct Code {
    tree: Tree,
    /// The folder that paths are shown from, without symbolic links.
    here: PathBuf,
    /// The architecture that counts.
    pub arch: Arch,
    /// Whether the user, or the configuration in force, names it.
    pub arch_is_named: bool,
    /// The folder's name that was chosen for it.
    arch_name: String,
    workspace: Workspace,
    /// What questions are asked of, where the tree has an index of its code.
    snapshot: OnceLock<Snapshot>,
    /// An index that is not asked, since it was made with other idioms.
    other: OnceLock<(Index, Fresh)>,
    notes: NoteSink,
    /// What `notes` heard of files that could not be read.
    holes: Holes,
    progress: ProgressSink,
    cancel: Cancel,
    recipes: OnceLock<Recipes>,
    kernel: Option<Kernel>,
    /// The index, where no question has asked it yet.
    seen: OnceLock<Option<(Index, Fresh)>>,
    /// How many files were read for it, where there is no index to ask.
    read: OnceLock<u64>,
    /// Files that were read for places in them.
    pub(super) held: AtHand,
}

impl Code {
    /// The code around the folder `here`, which has no symbolic links in its path.
    ///
    /// # Errors
    /// If the folder does not exist, or this tree lacks the architecture.
    pub fn around(here: &Path, setup: Setup) -> Result<Code> {
        let tree = Tree::locate(here)?;
        Code::seen_from(here.to_owned(), tree, setup)
    }

    /// The code of the tree that `path` is in, seen from its root.
    ///
    /// # Errors
    /// If the path does not exist, or this tree lacks the architecture.
    pub fn of_tree(path: &Path, setup: Setup) -> Result<Code> {
        let tree = Tree::locate(path)?;
        Code::seen_from(tree.root().to_owned(), tree, setup)
    }

    /// The code of a folder as a tree of its own, be it inside of another.
    ///
    /// # Errors
    /// If the folder does not exist, or this tree lacks the architecture.
    pub fn of_folder(folder: &Path, setup: Setup) -> Result<Code> {
        let tree = Tree::at(folder)?;
        Code::seen_from(tree.root().to_owned(), tree, setup)
    }

    fn seen_from(here: PathBuf, tree: Tree, setup: Setup) -> Result<Code> {
        let Setup { workspace, notes, progress, cancel, kconfig, arch: mut choice } = setup;
        let named = Some(arch::folder_name(&choice.name)).filter(|n| choice.named && *n != "all");
        let chosen = kconfig.map(|choice| Kernel::chosen(&tree, &choice, named)).transpose()?;
        let kernel = chosen.flatten();
        if let Some(name) = kernel.as_ref().and_then(|kernel| kernel.config.architecture()) {
            choice = arch::ArchChoice { name: name.to_owned(), named: true };
        }
        let arch_name = arch::folder_name(&choice.name).to_owned();
        let arch = match (arch::chosen(&choice, tree.root())?, &kernel) {
            (_, Some(_)) => Arch::built(&arch_name),
            (arch, None) => arch,
        };
        let (snapshot, other, recipes) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        let holes = Holes::default();
        let notes = holes.hearing(tree.root(), notes);
        kernel.iter().filter_map(Kernel::note).for_each(|note| notes(note));
        Ok(Code {
            tree,
            here,
            arch,
            arch_is_named: choice.named,
            arch_name,
            workspace,
            snapshot,
            other,
            notes,
            holes,
            progress,
            cancel,
            recipes,
            kernel,
            seen: OnceLock::new(),
            read: OnceLock::new(),
            held: AtHand::default(),
        })
    }

    /// The kernel that questions are about, where a configuration is in force.
    pub fn kernel(&self) -> Option<&Kernel> {
        self.kernel.as_ref()
    }

    /// Tells what a question saw of the index and of changes in the whole tree, so that it need
    /// not be looked at again for the configuration in force, or by the next question.
    pub(crate) fn saw(&self, index: &Index, fresh: &Fresh) {
        self.seen.get_or_init(|| Some((index.clone(), fresh.clone())));
    }

    /// The index and what changed since, where a question has looked at the whole tree already, or
    /// what another saw of it a moment ago is believed.
    pub(crate) fn known(&self) -> Option<(&Index, &Fresh)> {
        if self.workspace.believes() && self.asked().is_none() {
            // The question itself will say what is wrong with the index.
            self.indexed().ok();
        }
        let known = self.asked().or_else(|| self.seen.get().and_then(Option::as_ref));
        known.map(|(index, fresh)| (index, fresh))
    }

    /// The files that the configuration in force has, if there is one.
    pub fn configured(&self) -> Option<&Configured> {
        let kernel = self.kernel.as_ref()?;
        Some(kernel.configured(self.workspace.cache(), self.seen()))
    }

    /// What the configuration in force builds, with the lines that decide, if there is one.
    pub fn built(&self) -> Option<&Built> {
        Some(self.kernel.as_ref()?.built(self.workspace.cache(), self.seen()))
    }

    /// Why a file, by its path below the tree's root, is built or not under the configuration in
    /// force.
    pub fn explain(&self, path: &[u8]) -> Option<Explanation> {
        Some(self.kernel.as_ref()?.explain(self.built()?, path))
    }

    /// What the tree says of a Kconfig symbol, without `CONFIG_`, under the configuration in force.
    pub fn symbol(&self, name: &[u8]) -> Option<Symbol> {
        self.kernel.as_ref()?.symbol(self.workspace.cache(), self.seen(), name)
    }

    /// The index, and what changed since.
    fn seen(&self) -> Option<(&Index, &Fresh)> {
        let seen = || {
            let cache = Cache::new(self.workspace.cache());
            let index = Index::open(&cache, &self.tree).ok().flatten()?;
            let fresh = index.refresh(&kgrep_index::Scope::whole()).ok()?;
            Some((index, fresh))
        };
        let index = self.asked().or_else(|| self.seen.get_or_init(seen).as_ref());
        index.map(|(index, fresh)| (index, fresh))
    }

    /// Leaves in `parts` those in files that the configuration in force may build, and says how
    /// many others there were among the first `number`. Of these, those whose line is given must
    /// not be in an arm of an `#if` that is off.
    pub fn leave_out<T>(
        &self,
        parts: &mut Vec<T>,
        number: usize,
        place: impl Fn(&T) -> (&[u8], Option<(u32, &[u8])>),
    ) -> Vec<Note> {
        let Some(configured) = self.configured() else { return Vec::new() };
        let used = parts.iter().take(number).filter_map(|part| {
            let (path, used) = place(part);
            used.map(|_| path)
        });
        self.expect_compiled(used);
        let mut left_out = LeftOut::new(configured);
        let mut at = 0;
        parts.retain(|part| {
            at += 1;
            let (path, used) = place(part);
            if at > number {
                return configured.presence(path) != Presence::Out;
            }
            let built = left_out.keeps(path, 1);
            let stays = built && used.is_none_or(|(line, name)| self.uses(path, line, name));
            if built && !stays {
                left_out.takes_back();
            }
            stays
        });
        left_out.notes()
    }

    /// Whether a line of a file is in no arm of an `#if` that the configuration in force turns
    /// off.
    pub fn compiles(&self, path: &[u8], line: u32) -> bool {
        self.compiled(path).is_none_or(|compiled| compiled.has(line))
    }

    /// Whether the use of `name` on a line of a file is in no arm of an `#if`, and in no branch of
    /// a function, that the configuration in force turns off.
    pub fn uses(&self, path: &[u8], line: u32, name: &[u8]) -> bool {
        self.compiled(path).is_none_or(|compiled| compiled.uses(line, name))
    }

    /// The line by which a definition uses `name`: `line`, unless the configuration in force turns
    /// that off; then another one of the definition's, if there is one.
    pub fn line_with(
        &self,
        graph: &Graph<'_>,
        within: &DefInfo,
        line: u32,
        name: &[u8],
    ) -> Option<u32> {
        self.line_among(graph.path(within.file), within.lines(), line, name)
    }

    /// The same of a definition that has these lines in the file at `path`.
    pub fn line_among(
        &self,
        path: &[u8],
        lines: (u32, u32),
        line: u32,
        name: &[u8],
    ) -> Option<u32> {
        match (&self.kernel, self.configured()) {
            (Some(kernel), Some(configured)) => {
                kernel.line_with(configured, path, lines, line, name)
            }
            _ => Some(line),
        }
    }

    /// Finds out, for many files at once, what of them the configuration in force compiles: they
    /// are asked about next.
    pub fn expect_compiled<'p>(&self, paths: impl Iterator<Item = &'p [u8]>) {
        if let (Some(kernel), Some(configured)) = (&self.kernel, self.configured()) {
            kernel.expect_compiled(configured, paths);
        }
    }

    /// What of a file the configuration in force compiles, where that is not all.
    fn compiled(&self, path: &[u8]) -> Option<std::sync::Arc<Compiled>> {
        self.kernel.as_ref()?.compiled(self.configured()?, path)
    }

    /// The tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// A file of the tree, by its path below the root.
    pub fn path(&self, below_root: &[u8]) -> PathBuf {
        path_in(&self.tree, below_root)
    }

    /// What is in a file of code, by its path below the root: as an editor has it, where it is
    /// open.
    ///
    /// # Errors
    /// As [`read`](crate::files::read), and when the answer is waited for no more.
    pub fn bytes(&self, below_root: &[u8]) -> io::Result<Vec<u8>> {
        self.cancel.check_reading()?;
        let full = self.path(below_root);
        match self.workspace.buffers().get(&full) {
            Some(bytes) => Ok(bytes.to_vec()),
            None => read(&full),
        }
    }

    /// What `work` makes of what is in a file of code, as [`Code::bytes`] has it, which is read into
    /// `memory`.
    ///
    /// # Errors
    /// As [`Code::bytes`].
    pub(crate) fn read_with<R>(
        &self,
        below_root: &[u8],
        memory: &mut Vec<u8>,
        work: impl FnOnce(&[u8]) -> R,
    ) -> io::Result<R> {
        self.cancel.check_reading()?;
        let full = self.path(below_root);
        match self.workspace.buffers().get(&full) {
            Some(bytes) => Ok(work(bytes)),
            None => read_into(&full, memory).map(work),
        }
    }

    /// What there is to say of a file, by its path below the root, that can't be read.
    pub(crate) fn unreadable(&self, below_root: &[u8], error: &io::Error) -> Note {
        let path = self.path(below_root).into_os_string().into_encoded_bytes();
        Note::Unreadable { path, reason: error.to_string() }
    }

    /// The lines of a file, by its path below the root: as an editor has them, where it is open.
    ///
    /// # Errors
    /// As [`SourceFile::read`], and when the answer is waited for no more.
    pub fn lines(&self, below_root: &[u8]) -> io::Result<SourceFile> {
        self.cancel.check_reading()?;
        let full = self.path(below_root);
        match self.workspace.buffers().get(&full) {
            Some(bytes) => Ok(SourceFile::from_bytes(bytes.to_vec())),
            None => SourceFile::read(&full),
        }
    }

    /// What `work` makes of the text of a file, as [`Code::lines`] has it, which is not kept.
    ///
    /// # Errors
    /// As [`Code::lines`].
    pub(crate) fn with_text<R>(
        &self,
        below_root: &[u8],
        work: impl FnOnce(&[u8]) -> R,
    ) -> io::Result<R> {
        self.cancel.check_reading()?;
        let full = self.path(below_root);
        if let Some(bytes) = self.workspace.buffers().get(&full) {
            return Ok(work(bytes));
        }
        self.held.scratch.lent(|memory| {
            read_regular(&full, memory)?;
            Ok(work(&as_shown(memory)))
        })
    }

    /// A file's path as it is shown: relative to the folder it is seen from, as a search there
    /// would name it.
    pub fn path_from_here(&self, below_root: &[u8]) -> Vec<u8> {
        let here = self.here.strip_prefix(self.tree.root()).unwrap_or(Path::new(""));
        let path = Path::new(std::ffi::OsStr::from_bytes(below_root));
        let common = here
            .components()
            .zip(path.components())
            .take_while(|(one, other)| one == other)
            .count();
        let up = here.components().count() - common;
        let mut shown: PathBuf = std::iter::repeat_n("..", up).collect();
        shown.extend(path.components().skip(common));
        shown.into_os_string().into_encoded_bytes()
    }

    /// What `ask` finds in the tree's graph as the files are now. Where a part of the index
    /// turns out to be damaged, it is asked again, of the files themselves; so it says
    /// nothing itself.
    ///
    /// # Errors
    /// `ask`'s, and those of reading the tree.
    pub fn ask<R, E: From<Error>>(&self, ask: impl Fn(&Graph<'_>) -> Result<R, E>) -> Result<R, E> {
        let ask = |graph: &Graph<'_>| {
            if let Some(configured) = self.configured() {
                let mut presence = configured.in_order();
                graph.leave_out(|path| presence(path) == Presence::Out);
            }
            ask(graph)
        };
        match self.indexed().and_then(|snapshot| snapshot.map(|s| s.ask(ask)).transpose()) {
            Ok(Some(found)) => return found,
            Ok(None) => {}
            Err(error) => (self.notes)(Note::ReadWithoutIndex { reason: error.to_string() }),
        }
        self.cancel.check()?;
        let read = self.workspace.read(&self.tree, &self.notes, &self.progress, &self.cancel)?;
        read.ask(|graph| {
            self.read.get_or_init(|| graph.paths().count() as u64);
            ask(graph)
        })?
    }

    /// The graph of the index that was looked at already; none where there is none, or it can't be
    /// asked. It says nothing.
    pub(crate) fn known_snapshot(&self) -> Option<Snapshot> {
        if let Some(snapshot) = self.snapshot.get() {
            return Some(snapshot.clone());
        }
        let (index, fresh) = self.seen.get()?.as_ref()?;
        self.workspace.snapshot_of(&self.tree, index, fresh).ok().flatten()
    }

    /// Gives the memory of what was read of the index back: what comes next asks it no more.
    pub fn release(&self) {
        self.asked().into_iter().for_each(|(index, _)| index.release());
    }

    /// The tree's code as its index has it, the same for all questions.
    fn indexed(&self) -> Result<Option<Snapshot>> {
        if let Some(snapshot) = self.snapshot.get() {
            return Ok(Some(snapshot.clone()));
        }
        match self.workspace.indexed(&self.tree)? {
            Indexed::Snapshot(snapshot) => {
                if let Some((index, _)) = snapshot.index() {
                    self.note_limits(index);
                }
                Ok(Some(self.snapshot.get_or_init(|| snapshot).clone()))
            }
            Indexed::OtherIdioms(index, fresh) => {
                if self.other.set((index, fresh)).is_ok() {
                    (self.notes)(Note::OtherIdioms);
                }
                Ok(None)
            }
            Indexed::Nothing => Ok(None),
        }
    }

    /// Says whose the index is, and which files it leaves out.
    fn note_limits(&self, index: &Index) {
        Note::of_owner(index).into_iter().for_each(|note| (self.notes)(note));
        for path in index.not_outlined() {
            let path = self.path(&path);
            // It may be gone, or be smaller now.
            if !path.metadata().is_ok_and(|file| file.len() > LARGEST) {
                continue;
            }
            let path = path.into_os_string().into_encoded_bytes();
            (self.notes)(Note::Unreadable { path, reason: TOO_LARGE.to_owned() });
        }
    }

    /// The index that the question at hand is asked of, and what changed since it was made.
    pub fn asked(&self) -> Option<&(Index, Fresh)> {
        self.snapshot.get().and_then(Snapshot::index).or_else(|| self.other.get())
    }

    /// Tells whether the answer is still waited for.
    pub fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// The files below the root that `wanted` wants, by a search's rules, in its order.
    ///
    /// # Errors
    /// When the tree can't be walked.
    pub fn all_files(&self, wanted: impl Fn(&[u8]) -> bool) -> Result<Vec<Vec<u8>>> {
        self.workspace.files(&self.tree, &self.notes, wanted)
    }

    /// What it shares with other trees.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Takes notes that need not wait for the answer.
    pub(crate) fn notes(&self) -> &NoteSink {
        &self.notes
    }

    /// The files, below the root, that could not be read for what was asked until now.
    pub fn unread(&self) -> Vec<Vec<u8>> {
        self.holes.paths()
    }

    /// How many files were read for the graph, where there was no index to ask.
    pub(crate) fn files_read(&self) -> Option<u64> {
        self.read.get().copied()
    }

    /// Remembers the files that these notes of an answer say could not be read.
    pub(crate) fn hear(&self, notes: &[Note]) {
        notes.iter().for_each(|note| self.holes.hear(self.tree.root(), note));
    }

    /// The recipes for questions about it; of those that can't be used, a note says so once.
    pub fn recipes(&self) -> &Recipes {
        self.recipes.get_or_init(|| {
            let recipes = self.workspace.recipes(&self.tree);
            for problem in &recipes.problems {
                (self.notes)(Note::BadRecipe(problem.to_string()));
            }
            recipes
        })
    }

    /// The name of the architecture that counts, as its folder is called.
    pub fn arch_name(&self) -> &str {
        &self.arch_name
    }

    /// What macros mean.
    pub fn idioms(&self) -> &Idioms {
        self.workspace.idioms()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::FileRules;

    #[test]
    fn paths_are_shown_from_the_current_folder() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        let code = |here: &str| Code {
            tree: Tree::locate(&root).unwrap(),
            here: root.join(here),
            arch: Arch::All,
            arch_is_named: false,
            arch_name: String::new(),
            workspace: Workspace::new(&root, Idioms::default(), FileRules::default()),
            snapshot: OnceLock::new(),
            other: OnceLock::new(),
            recipes: OnceLock::new(),
            kernel: None,
            seen: OnceLock::new(),
            read: OnceLock::new(),
            held: AtHand::default(),
            holes: Holes::default(),
            notes: std::sync::Arc::new(|_| ()),
            progress: std::sync::Arc::new(|_, _| ()),
            cancel: Cancel::default(),
        };
        assert_eq!(code("").path_from_here(b"fs/open.c"), b"fs/open.c");
        assert_eq!(code("fs").path_from_here(b"fs/open.c"), b"open.c");
        assert_eq!(
            code("fs/ext4").path_from_here(b"include/linux/fs.h"),
            b"../../include/linux/fs.h"
        );
        assert_eq!(code("fs/ext4").path_from_here(b"fs/open.c"), b"../open.c");
    }
}
