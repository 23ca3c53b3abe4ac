//! `kgrep built FILE|FOLDER|NAME|GLOB…`: whether a configuration builds a file, and which lines decide.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use anyhow::{Result, bail};
use kgrep_engine::Request;
use kgrep_engine::request::Built;
use serde_bytes::ByteBuf;

use super::{Outcome, Session, answer};
use crate::cli::BuiltArgs;
use crate::code::{self, Code};

/// Prints and keeps the lines that decide for each file.
///
/// # Errors
/// If no configuration is in force, a file is outside of the tree, or the list can't be kept.
pub(crate) fn run(args: &BuiltArgs, session: &Session) -> Result<Outcome> {
    let code = code::around(session)?;
    code::kernel(&code)?;
    let asked = |path: &std::path::PathBuf| -> Result<ByteBuf> {
        let text = || path.as_os_str().as_bytes().to_vec();
        Ok(ByteBuf::from(file(path, &code)?.unwrap_or_else(text)))
    };
    let asked = args.files.iter().map(asked).collect::<Result<_>>()?;
    answer::run(&code, session, &Request::Built(Built { asked }))
}

/// The file or folder that is meant, below the tree's root: from here, or from the top. A folder is
/// named with a slash; a word without one may be a name of the code.
fn file(asked: &Path, code: &Code) -> Result<Option<Vec<u8>>> {
    let root = code.tree().root();
    let there = [crate::folders::current()?.join(asked), root.join(asked)];
    let Some(found) = there.iter().find_map(|path| path.canonicalize().ok()) else {
        return Ok(None);
    };
    let Ok(path) = found.strip_prefix(root) else {
        bail!("{}: not in {}", asked.display(), root.display());
    };
    let path = path.as_os_str().as_bytes();
    let is_path = asked.as_os_str().as_bytes().contains(&b'/') || asked.file_name().is_none();
    Ok(match found.is_dir() {
        true if path.is_empty() => Some(b"./".to_vec()),
        true => is_path.then(|| [path, b"/"].concat()),
        false => found.is_file().then(|| path.to_vec()),
    })
}
