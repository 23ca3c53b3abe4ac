//! Several trees beside each other, revisions among them: a folder with a link to each, by the name
//! that the user gave it, so that what compares trees reads revisions as folders, and its rows can
//! be followed up.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use kgrep_engine::Error;
use kgrep_engine::history::Patched;
use kgrep_engine::revision::{Kept, Repository, Revision, link};
use kgrep_index::Tree;
use kgrep_index::store::trust::make_folder;

use super::at::{self, RevisionSource};
use super::follow;
use crate::cli::{Cli, Commands, CommonArgs};
use crate::folders;

/// A tree that is compared.
pub(super) struct Side {
    /// What it is called: `v6.1`, `linux-6.1`.
    pub(super) label: String,
    /// Its top folder.
    pub(super) root: PathBuf,
    /// The revision, if it is one.
    pub(super) revision: Option<Revision>,
    /// The patches that are applied to it, and where they are.
    pub(super) patched: Option<(Patched, PathBuf)>,
}

/// What a word means that names a revision's tree: `git:v6.1`.
pub(super) fn revision(word: &OsStr) -> Option<&str> {
    let name = word.to_str()?.strip_prefix("git:")?;
    (!name.is_empty() && !name.contains("..")).then_some(name)
}

/// Sides being found, in their order.
pub(super) struct Finder<'a> {
    here: PathBuf,
    source: RevisionSource<'a>,
    pub(super) sides: Vec<Side>,
}

impl<'a> Finder<'a> {
    /// Nothing is found yet.
    ///
    /// # Errors
    /// If the current folder is gone.
    pub(super) fn new(cache: &Path, common: &'a CommonArgs) -> Result<Finder<'a>> {
        let source = RevisionSource::new(cache, common)?;
        Ok(Finder { here: folders::current()?, source, sides: Vec::new() })
    }

    /// The repository that revisions are of.
    ///
    /// # Errors
    /// If there is no repository there.
    pub(super) fn repository(&mut self) -> Result<&Repository> {
        self.source.repository()
    }

    /// Whether a word is what a file, a folder or a revision is called here.
    pub(super) fn knows(&mut self, word: &OsStr) -> bool {
        self.here.join(word).exists() || self.is_revision(word)
    }

    /// Whether a word is what a revision is called, or says that it is one.
    fn is_revision(&mut self, word: &OsStr) -> bool {
        if revision(word).is_some() {
            return true;
        }
        let (Some(name), Ok(repository)) = (word.to_str(), self.repository()) else { return false };
        // What is missing of a revision is told where it is laid out.
        !matches!(repository.revision(name), Err(Error::Revision { .. }))
    }

    /// Adds a revision.
    ///
    /// # Errors
    /// If there is no such revision, or it can't be laid out.
    pub(super) fn revision(&mut self, name: &str) -> Result<Revision> {
        let (revision, root) = self.source.laid_out(name)?;
        self.add(&revision.name, root, Some(revision.clone()));
        Ok(revision)
    }

    /// Adds a folder.
    ///
    /// # Errors
    /// If there is no such folder.
    pub(super) fn folder(&mut self, folder: &Path) -> Result<()> {
        let root = self.here.join(folder);
        ensure!(root.is_dir(), "{}: no such folder, and no such revision here", folder.display());
        let root = root.canonicalize().with_context(|| folder.display().to_string())?;
        let named = folder.file_name().or(root.file_name()).unwrap_or(OsStr::new("root"));
        let named = named.to_string_lossy().into_owned();
        self.add(&named, root, None);
        Ok(())
    }

    fn add(&mut self, name: &str, root: PathBuf, revision: Option<Revision>) {
        let name = link::file_name(name);
        let mut label = name.clone();
        let mut number = 1;
        while label.starts_with('.') || self.sides.iter().any(|side| side.label == label) {
            number += 1;
            label = format!("{}~{number}", name.trim_start_matches('.'));
        }
        self.sides.push(Side { label, root, revision, patched: None });
    }

    /// Adds what patches make of the side before: a series, a folder of patches, a patch, a spec.
    ///
    /// # Errors
    /// If there is no side before, or there are no patches.
    pub(super) fn patches(&mut self, named: &Path) -> Result<()> {
        let path = self.here.join(named);
        let Some(before) = self.sides.last() else {
            bail!(
                "{}: name the tree that the patches belong to before them: kgrep history NAME TREE {}",
                named.display(),
                named.display()
            );
        };
        let tree = Tree::at(&before.root)?;
        let over = before.patched.as_ref().map(|(patched, _)| patched);
        let shown = Path::new(&before.label);
        let patched = Patched::on((tree.root(), shown), &path, over)?;
        // What a series is called tells nothing; its folder does.
        let is_list = path.file_name() == Some(OsStr::new("series"));
        let called = if is_list { path.parent() } else { Some(&*path) };
        let name = called.and_then(Path::file_name).unwrap_or(OsStr::new("patches"));
        let name = name.to_string_lossy().into_owned();
        self.add(&name, tree.root().to_owned(), None);
        if let Some(side) = self.sides.last_mut() {
            side.patched = Some((patched, path));
        }
        Ok(())
    }

    /// The folder with a link to each side.
    ///
    /// # Errors
    /// If the cache can't be written.
    pub(super) fn gathered(&self, cache: &Path) -> Result<PathBuf> {
        let mut key = crc32fast::Hasher::new();
        for side in &self.sides {
            key.update(side.label.as_bytes());
            key.update(b"\0");
            key.update(side.root.as_os_str().as_bytes());
            key.update(b"\0");
            if let Some((_, path)) = &side.patched {
                key.update(path.as_os_str().as_bytes());
                key.update(b"\0");
            }
        }
        let folder = Kept::new(cache).sides().join(format!("{:08x}", key.finalize()));
        make_folder(cache, &folder)?;
        for side in &self.sides {
            let named = folder.join(&side.label);
            if side.patched.is_some() {
                // Of such a tree only the files are there that rows lead to.
                make_folder(cache, &named)?;
                continue;
            }
            link::point(&named, &side.root).with_context(|| named.display().to_string())?;
        }
        Ok(folder)
    }
}

/// Runs a comparison whose trees are revisions, where they are folders beside each other; any other
/// command as it is.
///
/// # Errors
/// If a side is not valid.
pub(super) fn beside<T>(
    cli: &Cli,
    cache: impl FnOnce() -> Result<PathBuf>,
    ask: impl FnOnce(&Cli) -> Result<T>,
) -> Result<T> {
    let words: Vec<OsString> = match &cli.command {
        Some(Commands::Exists(args)) => args.trees.iter().map(|tree| tree.clone().into()).collect(),
        // One alone is compared with the files, by git.
        Some(Commands::Diff(args)) => args.words.iter().take(2).cloned().collect(),
        _ => return ask(cli),
    };
    let is_diff = matches!(cli.command, Some(Commands::Diff(_)));
    let here = folders::current()?;
    // What is there is no revision, unless it is called one.
    let may_be = |word: &OsString| revision(word).is_some() || !here.join(word).exists();
    if !words.iter().any(may_be) || (is_diff && words.len() < 2) {
        return ask(cli);
    }
    let cache = cache()?;
    let mut finder = Finder::new(&cache, &cli.root.common)?;
    let is_revision: Vec<bool> =
        words.iter().map(|word| may_be(word) && finder.is_revision(word)).collect();
    let are_sides =
        words.iter().zip(&is_revision).all(|(word, is)| *is || here.join(word).is_dir());
    if !is_revision.contains(&true) || is_diff && !are_sides {
        return ask(cli);
    }
    for (word, is_revision) in words.iter().zip(is_revision) {
        match word.to_str().filter(|_| is_revision) {
            Some(name) => drop(finder.revision(name)?),
            None => finder.folder(Path::new(word))?,
        }
    }
    let folder = finder.gathered(&cache)?;
    let mut cli = cli.clone();
    let labels = finder.sides.iter().map(|side| &side.label);
    match &mut cli.command {
        Some(Commands::Exists(args)) => {
            args.trees = labels.map(PathBuf::from).collect();
            args.names.names_from.iter_mut().for_each(|path| at::from(&here, path));
        }
        Some(Commands::Diff(args)) => {
            args.words.iter_mut().zip(labels).for_each(|(word, label)| *word = label.into());
            args.patches.iter_mut().for_each(|path| *path = here.join(&*path));
        }
        _ => {}
    }
    follow::in_folder(folder.as_os_str().as_bytes(), || ask(&cli))?
}
