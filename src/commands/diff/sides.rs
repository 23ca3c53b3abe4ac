//! From the words of the command line to the two sides of a difference.
//!
//! Paths are kept as they were typed, for showing, and read from the folder that the
//! list's relative paths start from, so that a kept list can be gone back to.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use kgrep_engine::Cancel;

use crate::cli::DiffArgs;
pub(super) use crate::diff::Sides;
use crate::diff::model::DiffSet;
use crate::diff::{git, set};

/// Reads the words, relative to the folder `base`. The second value is the word that
/// is the pattern.
///
/// # Errors
/// When they name no two folders and no patches.
pub(super) fn sides<'a>(args: &'a DiffArgs, base: &Path) -> Result<(Sides, Option<&'a OsString>)> {
    let Some((first, mut rest)) = args.words.split_first() else {
        bail!("name what to compare: a patch, or two folders")
    };
    let is_there = base.join(first).exists();
    let range = first.to_str().and_then(git::revisions).filter(|_| !is_there);
    let sides = if let Some(range) = range {
        let on = args.on.clone().map_or_else(|| top(base), Ok)?;
        Sides::Git { range: range.to_owned(), on }
    } else {
        let path = PathBuf::from(first);
        let there = base.join(&path);
        let what = || path.display().to_string();
        let is_folder = std::fs::metadata(&there).with_context(what)?.is_dir();
        let second_is_folder = rest.first().is_some_and(|word| base.join(word).is_dir());
        // Patches may also lie deeper in a folder that is no source tree.
        let is_side = || second_is_folder || is_tree(&there);
        if is_folder && !set::holds_patches(&there) && is_side() {
            let Some((new, after)) = rest.split_first() else {
                bail!("{}: no patch in it; name the folder to compare it with", what());
            };
            rest = after;
            let new = PathBuf::from(new);
            if !base.join(&new).is_dir() {
                let (old, new) = (what(), new.display());
                bail!("{old} is a source tree, and `{new}` is not a folder to compare it with");
            }
            if args.on.is_some() {
                bail!("--on is for patches: two folders are trees themselves");
            }
            Sides::Folders { old: path, new }
        } else {
            let mut on = args.on.clone();
            // `PATCHES TREE --applied` can mean nothing else.
            if args.applied && on.is_none() {
                let tree = rest.split_first().filter(|(tree, _)| base.join(tree).is_dir());
                if let Some((tree, after)) = tree {
                    on = Some(PathBuf::from(tree));
                    rest = after;
                }
            }
            Sides::Patches { path, on, strip: args.strip }
        }
    };
    if let Some(on) = &args.on
        && !base.join(on).is_dir()
    {
        bail!("--on {}: no such folder", on.display());
    }
    if args.strip.is_some() && !matches!(sides, Sides::Patches { .. }) {
        bail!("--strip is for patches: names in two trees have no folders to strip");
    }
    match rest {
        [] => Ok((sides, None)),
        [word] if !args.pattern.has_pattern() => Ok((sides, Some(word))),
        [word, ..] => bail!("`{}`: only one pattern is allowed", word.display()),
    }
}

/// Reads or makes the difference (of two folders, which files differ), with a progress bar where
/// that takes long.
///
/// # Errors
/// When a side can't be read.
pub(super) fn load(sides: &Sides, base: &Path, cancel: &Cancel) -> Result<DiffSet> {
    counted(sides, base, cancel).map(|(set, _)| set)
}

/// As [`load`], with how many files of two folders were compared.
///
/// # Errors
/// As [`load`].
pub(super) fn counted(
    sides: &Sides,
    base: &Path,
    cancel: &Cancel,
) -> Result<(DiffSet, Option<u64>)> {
    if !matches!(sides, Sides::Folders { .. }) {
        return Ok((sides.load(base, &|_| true)?, None));
    }
    let bar = bar();
    let compared = AtomicU64::new(0);
    let set = sides.load(base, &|files| {
        bar.inc(files);
        compared.fetch_add(files, Ordering::Relaxed);
        !cancel.is_set()
    });
    bar.finish_and_clear();
    Ok((set?, Some(compared.into_inner())))
}

/// True of a folder that is the top of a source tree.
fn is_tree(folder: &Path) -> bool {
    ["Kbuild", "MAINTAINERS", "Makefile", ".git"].iter().any(|name| folder.join(name).exists())
}

/// The top of the repository around `base`, `.` where it is `base` itself.
fn top(base: &Path) -> Result<PathBuf> {
    let git =
        Command::new("git").arg("-C").arg(base).args(["rev-parse", "--show-toplevel"]).output();
    let output = git.context("git can't be run")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{}", said.lines().next().unwrap_or("git knows no repository here"));
    }
    let top = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end());
    Ok(if top == base { PathBuf::from(".") } else { top })
}

/// How many files were compared, on a terminal.
fn bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    crate::waiting::is_drawn_by(&bar);
    if let Ok(style) =
        ProgressStyle::with_template("{spinner} {human_pos} files compared, {per_sec}")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
