//! Where kgrep keeps its files: the XDG folders, or what the environment says.

use std::env;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use etcetera::BaseStrategy;
use kgrep_index::store::trust::NO_HOME;

/// The cache folder: `KGREP_CACHE_DIR`, else `kgrep` below `$XDG_CACHE_HOME` or
/// `~/.cache`. It need not exist; without a home folder nothing can be kept, and it is [`NO_HOME`].
///
/// # Errors
/// When `KGREP_CACHE_DIR` is relative, and the current folder is gone.
pub(crate) fn cache() -> Result<PathBuf> {
    if let Some(folder) = variable("KGREP_CACHE_DIR") {
        // Who works for this process may do so in another folder.
        return std::path::absolute(folder).context("KGREP_CACHE_DIR");
    }
    let base = etcetera::choose_base_strategy();
    Ok(base.map_or_else(|_| PathBuf::from(NO_HOME), |base| base.cache_dir().join("kgrep")))
}

/// The configuration file: `kgrep/config.toml` below `$XDG_CONFIG_HOME` or `~/.config`.
pub(crate) fn config_file() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.config_dir().join("kgrep/config.toml"))
}

/// The folder of the user's own idioms: `kgrep/queries` below `$XDG_CONFIG_HOME` or
/// `~/.config`.
pub(crate) fn queries() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.config_dir().join("kgrep/queries"))
}

/// The shell's history: `history` below `KGREP_STATE_DIR`, else below `kgrep` in
/// `$XDG_STATE_HOME` or `~/.local/state`.
pub(crate) fn history_file() -> Option<PathBuf> {
    let state = || Some(etcetera::choose_base_strategy().ok()?.state_dir()?.join("kgrep"));
    Some(variable("KGREP_STATE_DIR").or_else(state)?.join("history"))
}

/// The folder that relative paths start from, as bytes that stay valid when links
/// on the way to it change.
///
/// # Errors
/// When the current folder is gone.
pub(crate) fn current() -> Result<PathBuf> {
    env::current_dir().map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow!("the current folder is gone: cd to one that is there"),
        _ => anyhow!(error).context("the current folder"),
    })
}

/// kgrep's own program file. Where no `/proc` tells it, the one that was called by a path.
///
/// # Errors
/// If neither does.
pub(crate) fn program() -> Result<PathBuf> {
    let called = || {
        let called = PathBuf::from(env::args_os().next()?);
        let path = std::path::absolute(&called).ok()?;
        (called.components().count() > 1 && path.is_file()).then_some(path)
    };
    let program = env::current_exe().or_else(|error| called().ok_or(error));
    program.context("can't find kgrep's own program file")
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(|value| Path::new(&value).to_owned())
}
