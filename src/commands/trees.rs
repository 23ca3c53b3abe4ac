//! What names are in several trees, each asked as by `kgrep exists` in its top folder: for `exists
//! --in`, and for what `diff` says of where a name is defined.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use kgrep_engine::code::in_parallel;
use kgrep_engine::request::Exists;
use kgrep_engine::{Answer, Cell, Request, Row, Standing};
use kgrep_index::outline::Kind;

use super::Session;
use crate::code::{self, Code};
use crate::diff::below;

/// A tree that was asked.
pub(super) struct AskedTree<'t> {
    /// Its folder, as the user named it.
    pub(super) folder: &'t Path,
    pub(super) code: Code,
    /// What each name comes to there, in their order.
    pub(super) answer: Answer,
}

impl AskedTree<'_> {
    /// A file of the tree as it is shown: behind the folder's name.
    pub(super) fn path(&self, path: &[u8]) -> PathBuf {
        below(self.folder, Path::new(OsStr::from_bytes(path)))
    }

    /// `function fs/lamp.c:3` for a row.
    pub(super) fn row_text(&self, row: &Row) -> String {
        format!("{} {}:{}", what(&self.code, row), self.path(&row.path).display(), row.line)
    }
}

/// What `names` are in trees that are named from the folder `base`.
///
/// # Errors
/// If a tree can't be read, or a name can't be asked for.
pub(super) fn ask<'t>(
    names: &[String],
    trees: &[&'t Path],
    base: &Path,
    session: &Session,
) -> Result<Vec<AskedTree<'t>>> {
    let request = Request::Exists(Exists { names: names.to_vec(), patches: None });
    let asked = in_parallel(trees, |folder| {
        let root = base.join(folder);
        ensure!(root.is_dir(), "{}: no such folder, and no such revision here", folder.display());
        let root = root.canonicalize().with_context(|| folder.display().to_string())?;
        let code = code::of_folder(&root, session)?;
        let answer = code.answer(&request)?;
        code.release();
        Ok(AskedTree { folder, code, answer })
    });
    asked.into_iter().collect()
}

/// The rows that say what a name is, without the lines that only have it.
pub(super) fn telling(rows: &[Row]) -> impl Iterator<Item = &Row> {
    rows.iter().filter(|row| row.cells.first() != Some(&Cell::Is(Standing::Text)))
}

/// The rows that define a name, of those about it.
pub(super) fn defining(rows: &[Row]) -> impl Iterator<Item = &Row> {
    let defines = |row: &&Row| match row.cells.first() {
        Some(Cell::Kind(kind)) => kind.kind != Kind::Declaration,
        _ => false,
    };
    rows.iter().filter(defines)
}

/// What a row says that its name is.
pub(super) fn what(code: &Code, row: &Row) -> String {
    crate::cells::texts(code, row).into_iter().next().unwrap_or_default().into_owned()
}
