//! What the faces add to the engine's questions about code ([`kgrep_engine::code`]): the
//! current folder, the settings in force, the user's idioms, and notes told on standard error.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use kgrep_engine::configuration::{KconfigChoice, Kernel};
use kgrep_engine::history::Patched;
use kgrep_engine::{Error, RecipeFolders, Workspace};
use kgrep_index::idiom::Idioms;

pub(crate) use kgrep_engine::code::*;

use crate::freshen::slow_without_index;
use crate::message::tell;
use crate::session::Session;
use crate::settings::Origin;
use crate::{folders, notes, reading, request};

/// The code around the current folder.
///
/// # Errors
/// If the current folder is gone, or this tree lacks the architecture.
pub(crate) fn around(session: &Session) -> Result<Code> {
    trusting(session, false)
}

/// As [`around`], with the tree's own recipes if the user trusts it.
///
/// # Errors
/// As [`around`].
pub(crate) fn trusting(session: &Session, trust: bool) -> Result<Code> {
    let here = folders::current()?;
    let here = here.canonicalize().context("the current folder")?;
    Code::around(&here, setup(session, trust)?).map_err(|error| with_origin(error, session))
}

/// The code of the tree that `path` is in, seen from its root, with its own recipes if `trust`.
///
/// # Errors
/// If the path does not exist, or this tree lacks the architecture.
pub(crate) fn of_tree(path: &Path, session: &Session, trust: bool) -> Result<Code> {
    Code::of_tree(path, setup(session, trust)?).map_err(|error| with_origin(error, session))
}

/// The code of a folder as a tree of its own, be it inside of another.
///
/// # Errors
/// As [`of_tree`].
pub(crate) fn of_folder(folder: &Path, session: &Session) -> Result<Code> {
    Code::of_folder(folder, setup(session, false)?).map_err(|error| with_origin(error, session))
}

/// The same, where some files are what patches make of them.
///
/// # Errors
/// As [`of_tree`].
pub(crate) fn of_patched(folder: &Path, patched: &Patched, session: &Session) -> Result<Code> {
    let setup = setup(session, false)?;
    let workspace = setup.workspace.with_buffers(patched.buffers());
    let setup = Setup { workspace, ..setup };
    Code::of_folder(folder, setup).map_err(|error| with_origin(error, session))
}

/// The kernel that the configuration in force describes.
///
/// # Errors
/// If no configuration is in force.
pub(crate) fn kernel(code: &Code) -> Result<&Kernel> {
    Ok(code.kernel().ok_or(Error::NoConfiguration)?)
}

/// The kernel that a search below the first of `paths` is about, if a configuration is in force.
///
/// # Errors
/// If the configuration is not valid.
pub(crate) fn searched_kernel(session: &Session, paths: &[PathBuf]) -> Result<Option<Kernel>> {
    let Some(choice) = kconfig(session)? else { return Ok(None) };
    let first = folders::current()?.join(paths.first().map_or(Path::new("."), PathBuf::as_path));
    let kernel = Kernel::around(&first, &choice, named_arch(session))?;
    kernel.iter().filter_map(Kernel::note).for_each(|note| notes::tell(&note));
    Ok(kernel)
}

/// The configuration in force. As kbuild has it, what is no flag is relative to the tree.
pub(crate) fn kconfig(session: &Session) -> Result<Option<KconfigChoice>> {
    let setting = &session.settings.kconfig;
    if setting.value == "none" {
        return Ok(None);
    }
    let (path, named) = (PathBuf::from(&setting.value), matches!(setting.origin, Origin::Flag(_)));
    let if_there = path.is_relative() && matches!(setting.origin, Origin::File);
    let path = if named { folders::current()?.join(path) } else { path };
    Ok(Some(KconfigChoice { path, named, if_there }))
}

/// The architecture's folder, where the user has named one.
pub(crate) fn named_arch(session: &Session) -> Option<&str> {
    let arch = &session.settings.arch;
    let name = (arch.origin != Origin::Default).then(|| folder_name(&arch.value));
    name.filter(|name| *name != "all")
}

fn setup(session: &Session, trust: bool) -> Result<Setup> {
    let settings = &session.settings;
    let arch = ArchChoice {
        name: settings.arch.value.clone(),
        named: settings.arch.origin != Origin::Default,
    };
    let workspace = workspace(session, trust);
    let cache = session.cache.clone();
    let progress = reading::sink(move |tree| slow_without_index(tree, &cache));
    let kconfig = kconfig(session)?;
    let cancel = session.cancel.clone();
    Ok(Setup { arch, kconfig, workspace, notes: notes::sink(), progress, cancel })
}

/// The cache folder, and what macros and recipes mean for this user.
pub(crate) fn workspace(session: &Session, trust: bool) -> Workspace {
    let settings = &session.settings;
    let recipes = RecipeFolders {
        user: folders::queries(),
        trusted: settings.trusted_trees.value.clone(),
        trust_all: trust,
    };
    let workspace = Workspace::new(&session.cache, idioms(), request::rules(settings));
    workspace.with_recipes(recipes)
}

/// An error about the architecture says where its name came from.
fn with_origin(error: Error, session: &Session) -> anyhow::Error {
    match error {
        Error::UnknownArch { name, there } => {
            let from = match &session.settings.arch.origin {
                Origin::Flag(flag) => format!("--{flag}"),
                Origin::Environment(variable) => (*variable).to_owned(),
                origin => origin.to_string(),
            };
            let there = there.join(", ");
            anyhow!("no such architecture: {name} ({from}); use one of {there}, all")
        }
        error => error.into(),
    }
}

/// The built-in idioms and those of the user's `*.toml` files in the queries' folder that are no recipes, in
/// the order of their names. What is wrong with one is told in one line, and the rest is in
/// force.
pub(crate) fn idioms() -> Idioms {
    let mut idioms = Idioms::built_in();
    let entries = folders::queries().and_then(|folder| fs::read_dir(folder).ok());
    let entries = entries.into_iter().flatten();
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort_unstable();
    for path in paths {
        match fs::read_to_string(&path) {
            Ok(text) if crate::trace::is_recipe(&text) => {}
            Ok(text) => {
                for problem in idioms.add(&path.to_string_lossy(), &text) {
                    tell(problem.to_string());
                }
            }
            Err(error) => tell(format!("{}: {error}", path.display())),
        }
    }
    idioms
}
