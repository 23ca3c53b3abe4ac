//! What the faces add to the engine's questions about code ([`kgrep_engine::code`]): the
//! current folder, the settings in force, the user's idioms, and notes told on standard error.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use kgrep_engine::configuration::Kernel;
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
/// When the current folder is gone, or the architecture is none of the tree's.
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
    Code::around(&here, setup(session, trust)).map_err(|error| with_origin(error, session))
}

/// The code of the tree that `path` is in, seen from its root, with its own recipes if `trust`.
///
/// # Errors
/// When it is not there, or the architecture is none of the tree's.
pub(crate) fn of_tree(path: &Path, session: &Session, trust: bool) -> Result<Code> {
    Code::of_tree(path, setup(session, trust)).map_err(|error| with_origin(error, session))
}

/// The kernel that the configuration in force describes.
///
/// # Errors
/// If none is named, or it is no configuration.
pub(crate) fn kernel(code: &Code, session: &Session) -> Result<Kernel> {
    let setting = &session.settings.kconfig;
    if setting.value == "none" {
        bail!(
            "no configuration is named; --kconfig FILE names one (or KCONFIG_CONFIG, or kconfig in the configuration file)"
        );
    }
    // As kbuild has it: what is no flag is relative to the tree.
    let named = Path::new(&setting.value);
    let path = match setting.origin {
        Origin::Flag(_) => named.to_owned(),
        _ => code.tree().root().join(named),
    };
    let arch = &session.settings.arch;
    let arch = (arch.origin != Origin::Default).then(|| folder_name(&arch.value));
    Ok(Kernel::read(code.tree(), &path, arch.filter(|name| *name != "all"))?)
}

fn setup(session: &Session, trust: bool) -> Setup {
    let settings = &session.settings;
    let arch = ArchChoice {
        name: settings.arch.value.clone(),
        named: settings.arch.origin != Origin::Default,
    };
    let recipes = RecipeFolders {
        user: folders::queries(),
        trusted: settings.trusted_trees.value.clone(),
        trust_all: trust,
    };
    let workspace = Workspace::new(&session.cache, idioms(), request::rules(settings));
    let workspace = workspace.with_recipes(recipes);
    let cache = session.cache.clone();
    let progress = reading::sink(move |tree| slow_without_index(tree, &cache));
    Setup { arch, workspace, notes: notes::sink(), progress }
}

/// An error about the architecture says where its name came from.
fn with_origin(error: Error, session: &Session) -> anyhow::Error {
    match error {
        Error::UnknownArch { name, there } => anyhow!(
            "no architecture here is called {name} ({}); there are {}, and all",
            session.settings.arch.origin,
            there.join(", ")
        ),
        error => error.into(),
    }
}

/// The built-in idioms and those of the user's `*.toml` files in his queries' folder that are no recipes, in
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
