//! Which of some names a source tree defines, and where: functions, types, macros,
//! variables, parameters, configuration entries, system calls and files.
//!
//! Every file is read that may hold a name, without an index, so that it works on a tree
//! just unpacked. Where an index is there it knows more, and faster.

use super::context::{Thing, c};
use super::kinds::{self, Kind};
use super::model::file_lines;
use super::sides::below;
use crate::Error;
use memchr::memmem::Finder;
use rayon::prelude::*;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A function.
    Function,
    /// A struct, union, enum or typedef.
    Type,
    /// A `#define`.
    Macro,
    /// A variable or table.
    Variable,
    /// A boot or module parameter.
    Parameter,
    /// A Kconfig entry.
    Config,
    /// A system call.
    Syscall,
    /// A file, by its whole name or its last part.
    File,
}

impl What {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            What::Function => "function",
            What::Type => "type",
            What::Macro => "macro",
            What::Variable => "variable",
            What::Parameter => "parameter",
            What::Config => "config",
            What::Syscall => "syscall",
            What::File => "file",
        }
    }
}

/// One place that defines a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Which of the names.
    pub name: usize,
    /// Which of the trees.
    pub tree: usize,
    /// The file, from the tree's top.
    pub file: PathBuf,
    /// The line, from 1; 0 of a file itself.
    pub line: u32,
    /// What the name is there.
    pub what: What,
}

/// What was looked at of a tree.
pub struct Looked {
    /// How many files it has.
    pub files: u64,
    /// Those that could not be read.
    pub unread: Vec<PathBuf>,
}

/// A place where a name is defined.
pub struct There {
    /// Which of the names.
    pub name: usize,
    /// Which of the trees.
    pub tree: usize,
    /// What it is there.
    pub what: What,
    /// The file, with its tree, as it is shown.
    pub path: PathBuf,
    /// Its line, from 1; 0 of a file.
    pub line: u32,
}

impl There {
    /// `function fs/lamp.c:3`.
    pub fn told(&self) -> String {
        format!("{} {}", self.what.name(), self.place())
    }

    /// `fs/lamp.c:3`.
    pub fn place(&self) -> String {
        match self.line {
            0 => self.path.display().to_string(),
            line => format!("{}:{line}", self.path.display()),
        }
    }
}

/// Looks for names in trees that are relative to `base`, in the order of names, trees,
/// files and lines; and what was looked at of each tree.
///
/// # Errors
/// When a tree can't be read.
pub fn places(
    base: &Path,
    names: &[&str],
    trees: &[PathBuf],
) -> Result<(Vec<There>, Vec<Looked>), Error> {
    let roots: Vec<PathBuf> = trees.iter().map(|tree| base.join(tree)).collect();
    let names: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
    let (found, looked) = find(&names, &roots)?;
    let there = found.into_iter().map(|found| There {
        path: below(
            trees.get(found.tree).map(PathBuf::as_path).unwrap_or(Path::new("")),
            &found.file,
        ),
        name: found.name,
        tree: found.tree,
        what: found.what,
        line: found.line,
    });
    Ok((there.collect(), looked))
}

/// Looks for the names in the trees. The answer is sorted by name, tree, file and line; with it comes
/// what was looked at of each tree.
///
/// # Errors
///
/// If a tree can't be read at all.
pub fn find(names: &[&[u8]], trees: &[PathBuf]) -> Result<(Vec<Found>, Vec<Looked>), Error> {
    let (mut found, mut looked) = (Vec::new(), Vec::new());
    for (tree, root) in trees.iter().enumerate() {
        fs::read_dir(root).map_err(Error::read(root))?;
        let walk = ignore::WalkBuilder::new(root).standard_filters(false).hidden(true).build();
        let files = walk.flatten().filter(|e| e.file_type().is_some_and(|kind| kind.is_file()));
        let files: Vec<PathBuf> = files.map(ignore::DirEntry::into_path).collect();
        // A parameter's last part is what stands in the code: `lamp.level` is `level`.
        let needles: Vec<Finder<'_>> = names.iter().map(|name| Finder::new(needle(name))).collect();
        let one = |path: &PathBuf| in_file(names, &needles, tree, root, path);
        let made: Vec<_> = files.par_iter().map(one).collect();
        let mut seen = Looked { files: files.len() as u64, unread: Vec::new() };
        for (path, made) in files.iter().zip(made) {
            match made {
                Some(made) => found.extend(made),
                None => seen.unread.push(path.clone()),
            }
        }
        looked.push(seen);
    }
    found.sort();
    Ok((found, looked))
}

/// The part of a name to search a file's bytes for.
fn needle(name: &[u8]) -> &[u8] {
    let name = name.strip_prefix(b"CONFIG_").unwrap_or(name);
    // `core.c` is a file's name.
    name.rsplit(|&b| b == b'.').next().filter(|part| part.len() > 1).unwrap_or(name)
}

/// What one file has of the names; none where it can't be read.
fn in_file(
    names: &[&[u8]],
    needles: &[Finder<'_>],
    tree: usize,
    root: &Path,
    path: &Path,
) -> Option<Vec<Found>> {
    let file = path.strip_prefix(root).unwrap_or(path);
    let bytes = file.as_os_str().as_bytes();
    let mut found = Vec::new();
    let mut add = |name: usize, line: usize, what: What| {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        found.push(Found { name, tree, file: file.to_path_buf(), line, what });
    };
    let base = file.file_name().unwrap_or_default().as_bytes();
    for (n, _) in names.iter().enumerate().filter(|(_, name)| [bytes, base].contains(name)) {
        add(n, 0, What::File);
    }
    let readable = [&b".c"[..], b".h", b".tbl", b"kernel-parameters.txt"];
    if !base.starts_with(b"Kconfig") && !readable.iter().any(|end| base.ends_with(end)) {
        return Some(found);
    }
    let text = fs::read(path).ok()?;
    let held: Vec<usize> = (0..names.len())
        .filter(|n| needles.get(*n).is_some_and(|f| f.find(&text).is_some()))
        .collect();
    if held.is_empty() {
        return Some(found);
    }
    let lines = file_lines(&text);
    for (at, line) in lines.iter().enumerate() {
        let here = held.iter().filter(|n| needles.get(**n).is_some_and(|f| f.find(line).is_some()));
        for &n in here {
            let name = names.get(n).copied().unwrap_or_default();
            if let Some(what) = definition(bytes, &lines, at, name) {
                add(n, at + 1, what);
            }
        }
    }
    Some(found)
}

/// What line `at` defines under this name.
fn definition(file: &[u8], lines: &[&[u8]], at: usize, name: &[u8]) -> Option<What> {
    let own = |kind| kinds::defined(kind, file, lines, at);
    if own(Kind::Params).as_deref() == Some(name) {
        return Some(What::Parameter);
    }
    if own(Kind::Syscalls).as_deref() == Some(name) {
        return Some(What::Syscall);
    }
    let config = name.strip_prefix(b"CONFIG_").unwrap_or(name);
    if own(Kind::Configs).as_deref() == Some(config) {
        return Some(What::Config);
    }
    if !(file.ends_with(b".c") || file.ends_with(b".h")) {
        return None;
    }
    let line = *lines.get(at)?;
    if c::define(line) == Some(name) {
        return Some(What::Macro);
    }
    if c::closes_typedef(lines, at) == Some(name) {
        return Some(What::Type);
    }
    let thing = c::describe(line, at).filter(|found| c::is_header(line) && found.name == name)?;
    // `struct x` alone on its line is mostly what the function on the next line returns.
    let next = || lines.get(at + 1).is_some_and(|next| next.starts_with(b"{"));
    let body = line.contains(&b'{') || next();
    // A declaration ends in a semicolon before any brace.
    let ends = |line: &&[u8]| line.iter().copied().find(|b| matches!(b, b'{' | b';'));
    let brace = lines.get(at..)?.iter().take(12).find_map(ends) == Some(b'{');
    match thing.thing {
        Thing::Function => brace.then_some(What::Function),
        Thing::Type => (body || line.starts_with(b"typedef")).then_some(What::Type),
        Thing::Variable => (!line.starts_with(b"extern")).then_some(What::Variable),
        _ => None,
    }
}
