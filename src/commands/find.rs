//! `kgrep find WORDS…`: finding by a few words, best first, from the index's catalog.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use anyhow::{Result, bail};
use kgrep_engine::Request;
use kgrep_engine::request::Find;

use super::{Outcome, Session, answer};
use crate::cli::FindArgs;
use crate::code::{self, Code};
use crate::settings::Origin;

/// Prints and keeps the best answers.
///
/// # Errors
/// When there is no catalog, it is damaged, or a path is not of the tree.
pub(crate) fn run(args: &FindArgs, session: &Session) -> Result<Outcome> {
    let code = code::around(session)?;
    let request = Request::Find(Find {
        words: args.words.clone(),
        kinds: args.kind.iter().flat_map(|kind| kind.names()).map(ToString::to_string).collect(),
        within: within(&args.within, &code)?.into_iter().map(Into::into).collect(),
        path: asked_path(&args.words, &code).map(Into::into),
        arch_is_named: matches!(session.settings.arch.origin, Origin::Flag(_)),
        number: args.number,
    });
    answer::run(&code, session, &request)
}

/// The file of the tree that the question is the path of, from here or from the top.
fn asked_path(words: &[String], code: &Code) -> Option<Vec<u8>> {
    let [word] = words else { return None };
    let root = code.tree().root();
    let from_here = crate::folders::current().ok().map(|here| here.join(word));
    [from_here, Some(root.join(word))].into_iter().flatten().find_map(|path| {
        let full = plain(&path).canonicalize().ok().filter(|full| full.is_file())?;
        Some(full.strip_prefix(root).ok()?.as_os_str().as_bytes().to_vec())
    })
}

/// The folders that are meant, from the tree's root.
pub(super) fn within(paths: &[PathBuf], code: &Code) -> Result<Vec<Vec<u8>>> {
    let root = code.tree().root();
    let mut found = Vec::new();
    for path in paths {
        let full = plain(&crate::folders::current()?.join(path));
        let full = full.canonicalize().unwrap_or(full);
        let Ok(below) = full.strip_prefix(root) else {
            bail!("{} is not in {}", path.display(), root.display());
        };
        if !full.exists() {
            bail!("{}: no such file or folder in {}", path.display(), root.display());
        }
        found.push(below.as_os_str().as_bytes().to_vec());
    }
    Ok(found)
}

/// A path without `.` and `..`, as far as its letters tell.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(Path::new::<OsStr>(part.as_os_str())),
        }
    }
    plain
}
