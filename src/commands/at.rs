//! `--at REV`: a question is asked where a git revision's files are laid out, so that every command
//! answers it as it answers one about the files that are checked out.
//!
//! What the user names besides, such as a log or a file of names, is found from the folder that
//! kgrep was started in; paths in the tree are the revision's.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use kgrep_engine::revision::{Kept, Repository, Revision, Unlaid, bare, stays_below};

use super::follow;
use crate::cli::{Cli, Commands, CommonArgs, NamesArgs};
use crate::list::Meta;
use crate::{folders, waiting};

/// Runs `ask` in the files of the revision that `--at` names; where it names none, as things are. With
/// `reads_objects`, the first search of a revision may be left to its objects ([`Unlaid`]).
///
/// # Errors
/// If there is no such revision, its files can't be laid out, or the question has no revision.
pub(super) fn within<T>(
    cli: &Cli,
    reads_objects: bool,
    cache: impl FnOnce() -> Result<PathBuf>,
    ask: impl FnOnce(&Cli) -> Result<T>,
) -> Result<T> {
    let common = &cli.root.common;
    let takes_many = match &cli.command {
        Some(Commands::Index(_)) => true,
        Some(Commands::Export(args)) => args.out.is_some(),
        _ => false,
    };
    if common.at.is_empty() || takes_many {
        // Comparisons name revisions in other ways.
        ensure!(
            common.git.is_none() || cli.command.is_some(),
            "--git names the repository for --at REV, which is missing"
        );
        return ask(cli);
    }
    let [name] = &common.at[..] else {
        bail!("--at is given more than once; a question is about one revision");
    };
    refuse(cli)?;
    let here = folders::current()?;
    let kept = Kept::new(&cache()?);
    let place = Place::of(&here, common, &kept)?;
    let (name, inner) = match bare(name).split_once(':') {
        Some((name, inner)) => (name, Some(Path::new(inner))),
        None => (bare(name), None),
    };
    let revision = place.repository.revision(name)?;
    let below = inner.unwrap_or(&place.below);
    ensure!(stays_below(below), "{}: outside of the repository", below.display());
    let mut cli = cli.clone();
    from_outside(&mut cli, &here);
    let is_search = reads_objects && cli.command.is_none() && inner.is_none();
    let root = kept.root(&revision.tree);
    if is_search && !root.is_dir() && !kept.was_asked(&revision.tree) {
        in_tree(&cli, below)?;
        let (root, below) = (kept.real_root(&revision.tree), below.to_owned());
        let unlaid = Unlaid { repository: place.repository, revision, root, below };
        cli.root.search.unlaid = Some(Arc::new(unlaid));
        return ask(&cli);
    }
    let root = laid_out(&place.repository, &revision, &kept)?;
    // `v6.1:fs/namespace.c` is that file, for a search that names no other.
    let is_file = inner.is_some() && root.join(below).is_file() && cli.command.is_none();
    let below = match (is_file, below.file_name(), below.parent()) {
        (true, Some(file), Some(above)) if cli.root.search.paths.is_empty() => {
            cli.root.search.paths.push(file.to_owned());
            above
        }
        _ => below,
    };
    in_tree(&cli, below)?;
    in_revision(&root, below, name, || ask(&cli))
}

/// Asks in a folder of a revision that is laid out.
fn in_revision<T>(
    root: &Path,
    below: &Path,
    name: &str,
    ask: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let folder = root.join(below);
    ensure!(folder.is_dir(), "{}: {name} has no such folder", below.display());
    follow::in_folder(folder.as_os_str().as_encoded_bytes(), ask)?
}

/// Asks in the files of a revision that was not laid out.
///
/// # Errors
/// If they can't be laid out, or there is no such folder.
pub(super) fn in_files<T>(
    unlaid: &Unlaid,
    cache: &Path,
    ask: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let root = laid_out(&unlaid.repository, &unlaid.revision, &Kept::new(cache))?;
    in_revision(&root, &unlaid.below, &unlaid.revision.name, ask)
}

/// Lays the revision out that a list is of, if it isn't: then its rows lead to files.
///
/// # Errors
/// If that can't be done.
pub(super) fn laid_out_again(meta: &Meta, cache: &Path) -> Result<()> {
    let kept = Kept::new(cache);
    let folder = Path::new(OsStr::from_bytes(&meta.folder));
    let Some(revision) = meta.revision.as_ref().filter(|_| !folder.is_dir()) else { return Ok(()) };
    let repository = Repository::open(Path::new(OsStr::from_bytes(&revision.repository)))?;
    let mut found = repository.revision(&revision.commit)?;
    found.name.clone_from(&revision.name);
    laid_out(&repository, &found, &kept).map(drop)
}

/// Which repository is meant, and where in its tree the question is asked.
pub(super) struct Place {
    pub(super) repository: Repository,
    below: PathBuf,
}

impl Place {
    /// The one around `here`, or that of `--git`.
    ///
    /// # Errors
    /// If there is no repository there.
    pub(super) fn of(here: &Path, common: &CommonArgs, kept: &Kept) -> Result<Place> {
        let here = here.canonicalize().unwrap_or_else(|_| here.to_owned());
        // A question about another revision, asked of a list of one.
        if let Some(revision) = kept.holding(&here)
            && let Some(label) = &revision.label
            && common.git.is_none()
        {
            let repository = Repository::open(&label.repository)?;
            let below = here.strip_prefix(&revision.root).unwrap_or(Path::new("")).to_owned();
            return Ok(Place { repository, below });
        }
        let repository = match &common.git {
            Some(folder) => Repository::open(&here.join(folder))?,
            None => Repository::around(&here)?,
        };
        let top = repository.work_tree();
        let below = top.and_then(|top| here.strip_prefix(top).ok().map(Path::to_owned));
        Ok(Place { repository, below: below.unwrap_or_default() })
    }
}

/// What revisions are taken from: the repository is looked for when one is named.
pub(super) struct RevisionSource<'a> {
    here: PathBuf,
    kept: Kept,
    common: &'a CommonArgs,
    place: Option<Place>,
}

impl<'a> RevisionSource<'a> {
    /// Nothing is looked for yet.
    ///
    /// # Errors
    /// If the current folder is gone.
    pub(super) fn new(cache: &Path, common: &'a CommonArgs) -> Result<RevisionSource<'a>> {
        let (here, kept) = (folders::current()?, Kept::new(cache));
        Ok(RevisionSource { here, kept, common, place: None })
    }

    /// The repository.
    ///
    /// # Errors
    /// If there is no repository there.
    pub(super) fn repository(&mut self) -> Result<&Repository> {
        let place = match self.place.take() {
            Some(place) => place,
            None => Place::of(&self.here, self.common, &self.kept)?,
        };
        Ok(&self.place.insert(place).repository)
    }

    /// A revision, and the folder with its files.
    ///
    /// # Errors
    /// If there is no such revision, or it can't be laid out.
    pub(super) fn laid_out(&mut self, name: &str) -> Result<(Revision, PathBuf)> {
        let kept = self.kept.clone();
        let repository = self.repository()?;
        let revision = repository.revision(name)?;
        let root = laid_out(repository, &revision, &kept)?;
        Ok((revision, root))
    }
}

/// The tags that `glob` matches, in the order of their versions.
///
/// # Errors
/// If no tag matches.
pub(super) fn tags(repository: &Repository, glob: &str) -> Result<Vec<String>> {
    let tags = repository.tags(glob)?;
    ensure!(!tags.is_empty(), "--tags {glob}: no tag matches");
    Ok(tags)
}

/// The folder with a revision's files, laid out where they aren't yet.
///
/// # Errors
/// If an object is missing, or the cache can't be written.
pub(super) fn laid_out(
    repository: &Repository,
    revision: &Revision,
    kept: &Kept,
) -> Result<PathBuf> {
    waiting::begin("laying out the revision");
    let root = repository.lay_out(revision, kept, &|_, _| true);
    waiting::end();
    Ok(root?)
}

/// Refuses what no revision is asked for.
fn refuse(cli: &Cli) -> Result<()> {
    let name = match &cli.command {
        None if follow::is_meant(&cli.root) && !follow::names_a_pattern(&cli.root.search) => {
            bail!(
                "--at is for questions; a follow-up is about its list's revision already (`-s 'g …'` \
                 searches there)"
            )
        }
        None
        | Some(
            Commands::Find(_)
            | Commands::Def(_)
            | Commands::Refs(_)
            | Commands::Callers(_)
            | Commands::Callees(_)
            | Commands::Functions(_)
            | Commands::Chain(_)
            | Commands::Trace(_)
            | Commands::Built(_)
            | Commands::Log(_)
            | Commands::Messages(_)
            | Commands::List(_)
            | Commands::Export(_)
            | Commands::Exists(_),
        ) => return Ok(()),
        Some(Commands::Diff(_) | Commands::Touched(_) | Commands::History(_)) => {
            "what compares revisions (git:REV)"
        }
        Some(_) => "this command",
    };
    bail!("--at doesn't go with {name}; it goes with a search or a question about code")
}

/// Makes a file that was named from `here` absolute; `-` is standard input.
pub(super) fn from(here: &Path, path: &mut PathBuf) {
    if path.as_os_str() != "-" {
        *path = here.join(&*path);
    }
}

/// Makes the files that the user names beside the tree absolute.
fn from_outside(cli: &mut Cli, here: &Path) {
    let absolute = |path: &mut PathBuf| from(here, path);
    let names = |names: &mut NamesArgs| names.names_from.iter_mut().for_each(absolute);
    if let Some(file) = cli.root.common.kconfig.as_mut().filter(|file| *file != "none") {
        *file = here.join(&*file).to_string_lossy().into_owned();
    }
    cli.root.search.pattern_files.iter_mut().for_each(absolute);
    match &mut cli.command {
        Some(Commands::Def(args)) => names(&mut args.names),
        Some(Commands::Refs(args)) => {
            names(&mut args.names);
            args.picture.svg.iter_mut().for_each(absolute);
        }
        Some(Commands::Callers(args)) => {
            names(&mut args.steps.names);
            args.steps.picture.svg.iter_mut().for_each(absolute);
        }
        Some(Commands::Callees(args)) => {
            names(&mut args.names);
            args.picture.svg.iter_mut().for_each(absolute);
        }
        Some(Commands::Chain(args)) => args.picture.svg.iter_mut().for_each(absolute),
        Some(Commands::Trace(args)) => names(&mut args.names),
        Some(Commands::Exists(args)) => {
            names(&mut args.names);
            args.patches.iter_mut().chain(&mut args.trees).for_each(absolute);
        }
        Some(Commands::Log(args)) => {
            let more = [&mut args.patches, &mut args.vmlinux, &mut args.modules];
            args.files.iter_mut().chain(more.into_iter().flatten()).for_each(absolute);
            args.on.iter_mut().for_each(absolute);
        }
        _ => {}
    }
}

/// Refuses paths that would lead out of the revision's tree, in which `below` is asked.
fn in_tree(cli: &Cli, below: &Path) -> Result<()> {
    let check = |path: &OsStr| {
        ensure!(
            path == "-" || stays_below(&below.join(path)) && !Path::new(path).is_absolute(),
            "{}: outside of the revision; with --at, paths are relative and in the tree",
            path.display()
        );
        Ok(())
    };
    let each = |paths: &[PathBuf]| paths.iter().try_for_each(|path| check(path.as_os_str()));
    match &cli.command {
        None => cli.root.search.paths.iter().try_for_each(|path| check(path)),
        Some(Commands::Find(args)) => each(&args.within),
        Some(Commands::Functions(args)) => each(&args.paths),
        Some(Commands::Built(args)) => each(&args.files),
        _ => Ok(()),
    }
}
