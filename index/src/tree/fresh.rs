//! What changed in a tree since it was indexed, asked of the disk on every search: one
//! `stat` for every file and folder of the table, on all cores, and the names again of those
//! folders whose own stamp moved.

use std::path::Path;

use rayon::prelude::*;
use rustix::io::Errno;

use super::{
    raw::{Folder, Kind},
    rules::{has_global_rules, inner_rules, is_rule, outer_rules, repositories},
    scope::Scope,
};
use crate::{
    Error,
    bits::Bits,
    paths::{join, split},
    store::table::{self, LINKS, OPAQUE, RACY, State, View},
};

/// What was found changed. What is outside of the scope that was asked for counts as
/// unchanged.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// Files with another stamp than the index's.
    pub(crate) changed_files: Bits,
    /// Folders with something in them that the index doesn't know, or that can't be read.
    pub(crate) entered_folders: Bits,
    /// Folders with a symbolic link in them.
    pub(crate) link_folders: Bits,
    /// Files that are gone.
    pub(crate) removed_files: Bits,
    /// Whether only a walk can say what there is: something is new, or can't be read.
    pub(crate) needs_walk: bool,
    /// Whether the ignore rules may say something else of the files that were left out.
    pub(crate) rules_changed: bool,
    /// Whether there is something wrong in a rule file, which a walk says.
    pub(crate) rules_broken: bool,
    /// How many files are no longer what was indexed.
    pub changed: u64,
    /// How many files look unchanged, but were too new when they were indexed for that to
    /// mean anything; they are read by every search.
    pub racy: u64,
    /// How many files are new in the folders that the index knows.
    pub added: u64,
    /// How many files are gone.
    pub removed: u64,
    /// How many folders are new; their files are not counted.
    pub folders_added: u64,
}

impl Fresh {
    /// Whether nothing is seen to have changed.
    pub fn is_current(&self) -> bool {
        self.changes() == 0 && !self.rules_changed
    }

    /// How much changed: files changed, added and removed, and new folders.
    pub fn changes(&self) -> u64 {
        self.changed + self.added + self.removed + self.folders_added
    }
}

/// That nothing changed, of a tree that never does; `None` where its table has places that only a
/// look can tell: they were written while it was indexed.
pub(crate) fn settled(view: View) -> Option<Fresh> {
    let mut link_folders = Bits::empty(view.folders());
    for at in 0..view.folders() {
        let folder = view.folder(at);
        if folder.has(RACY) {
            return None;
        }
        if folder.has(LINKS) && !folder.has(OPAQUE) {
            link_folders.set(at);
        }
    }
    if (0..view.files()).any(|number| view.record(number).state == State::Racy) {
        return None;
    }
    Some(Fresh {
        changed_files: Bits::empty(view.files()),
        entered_folders: Bits::empty(view.folders()),
        link_folders,
        removed_files: Bits::empty(view.files()),
        needs_walk: has_global_rules(),
        rules_changed: false,
        rules_broken: false,
        changed: 0,
        racy: 0,
        added: 0,
        removed: 0,
        folders_added: 0,
    })
}

/// What one folder, or a number of them, has changed.
#[derive(Debug, Default)]
struct Found {
    changed_files: Vec<usize>,
    entered_folders: Vec<usize>,
    link_folders: Vec<usize>,
    removed_files: Vec<usize>,
    needs_walk: bool,
    rules_changed: bool,
    racy: u64,
    added: u64,
    folders_added: u64,
}

impl Found {
    fn join(mut self, other: Found) -> Found {
        self.changed_files.extend(other.changed_files);
        self.entered_folders.extend(other.entered_folders);
        self.link_folders.extend(other.link_folders);
        self.rules_changed |= other.rules_changed;
        self.added += other.added;
        self.racy += other.racy;
        self.removed_files.extend(other.removed_files);
        self.needs_walk |= other.needs_walk;
        self.folders_added += other.folders_added;
        self
    }
}

/// Compares the table with the disk. `rules` are the outer rules at the time of indexing.
pub(crate) fn refresh(
    root: &Path,
    view: View,
    rules: &[u8],
    scope: &Scope,
) -> Result<Fresh, Error> {
    let top = Folder::root(root)?;
    let (found, rules_now) = rayon::join(|| compare(&top, view, scope), || rules_now(root, view));
    let as_bits = |numbers: &[usize], len| {
        let mut bits = Bits::empty(len);
        for &at in numbers {
            bits.set(at);
        }
        bits
    };
    Ok(Fresh {
        changed_files: as_bits(&found.changed_files, view.files()),
        entered_folders: as_bits(&found.entered_folders, view.folders()),
        link_folders: as_bits(&found.link_folders, view.folders()),
        removed_files: as_bits(&found.removed_files, view.files()),
        needs_walk: found.needs_walk || !found.entered_folders.is_empty() || has_global_rules(),
        rules_changed: found.rules_changed || rules_now != rules,
        rules_broken: false,
        changed: found.changed_files.len() as u64 - found.racy,
        racy: found.racy,
        added: found.added,
        removed: found.removed_files.len() as u64,
        folders_added: found.folders_added,
    })
}

/// Looks at all folders of the scope.
fn compare(top: &Folder, view: View, scope: &Scope) -> Found {
    (0..view.folders())
        .into_par_iter()
        .fold(Found::default, |mut found, at| {
            let folder = view.folder(at);
            let path = folder.path().to_bytes();
            if folder.has(OPAQUE) {
                // Only a repository's edge matters, as rules end there.
                if split(path).1 == b".git" && top.stat_of(folder.path()).is_err() {
                    found.rules_changed = true;
                }
            } else if scope.holds(path) {
                look(top, view, at, &mut found);
            } else if scope.passes(path) {
                look_at_rules(top, view, at, &mut found);
            }
            found
        })
        .reduce(Found::default, Found::join)
}

/// The state of the ignore rules that are no files of the table.
fn rules_now(root: &Path, view: View) -> Vec<u8> {
    let folders = (0..view.folders()).map(|at| {
        let folder = view.folder(at);
        (folder.path().to_bytes(), view.find_file(&folder, b".git").is_some())
    });
    let mut rules = outer_rules(root);
    rules.extend(inner_rules(root, repositories(folders), None));
    rules
}

/// Looks at a folder, its files, and if it changed, at its names.
fn look(top: &Folder, view: View, at: usize, found: &mut Found) {
    let known = view.folder(at);
    if known.has(LINKS) {
        found.link_folders.push(at);
    }
    // Its files were taken without a verdict of the ignore rules, and a rule file that went
    // away meanwhile left verdicts everywhere below.
    found.needs_walk |= known.has(RACY);
    found.rules_changed |= known.has(RACY);
    let folder = match top.open(known.path()) {
        Ok(folder) => folder,
        Err(error @ (Errno::NOENT | Errno::NOTDIR | Errno::LOOP)) => {
            // A link in its place may be followed, to names that mean other files here.
            if error != Errno::NOENT {
                found.entered_folders.push(at);
            }
            found.removed_files.extend(known.file_range());
            found.rules_changed |= has_rules(view, &known);
            return;
        }
        Err(_) => return unreadable(&known, at, found),
    };
    let unmoved = match folder.stat() {
        Ok(stat) => known.stamp.is_of(&stat) && !known.has(RACY),
        Err(_) => return unreadable(&known, at, found),
    };
    look_at_files(&folder, view, &known, found);
    if !unmoved {
        look_at_names(&folder, view, at, found);
    }
}

/// Looks at the files that a folder is known to have.
fn look_at_files(folder: &Folder, view: View, known: &table::Folder, found: &mut Found) {
    for number in known.file_range() {
        let file = view.file(known, number);
        // Of what isn't listed, only the rules' names matter.
        let name = file.name.to_bytes();
        if file.state == State::Ignored && !is_rule(name) {
            continue;
        }
        match folder.stat_of(file.name) {
            Ok(stat) => {
                let is_file = Kind::of(&stat) == Kind::File;
                let same = file.stamp.is_of(&stat) && is_file;
                found.needs_walk |= !is_file;
                if !same || file.state == State::Racy {
                    found.changed_files.push(number);
                    found.racy += u64::from(same);
                    found.rules_changed |= is_rule(name);
                }
            }
            Err(Errno::NOENT) => {
                found.removed_files.push(number);
                found.rules_changed |= is_rule(name);
            }
            Err(_) => found.changed_files.push(number),
        }
    }
}

/// Looks for names in a folder that it isn't known to have.
fn look_at_names(folder: &Folder, view: View, at: usize, found: &mut Found) {
    let known = view.folder(at);
    let (added, folders_added) = (found.added, found.folders_added);
    let mut linked = false;
    let read = folder.read(|name, kind| {
        let bytes = name.to_bytes();
        match kind {
            Kind::File if view.find_file(&known, bytes).is_none() => {
                found.added += 1;
                found.rules_changed |= is_rule(bytes);
            }
            Kind::Folder if view.find_folder(&join(known.path().to_bytes(), bytes)).is_none() => {
                found.folders_added += 1;
                found.rules_changed |= is_rule(bytes);
            }
            // A rule file may be a link as well.
            Kind::Link => {
                linked = true;
                found.rules_changed |= is_rule(bytes);
            }
            _ => {}
        }
    });
    if linked && !known.has(LINKS) {
        found.link_folders.push(at);
    }
    if read.is_err() || (added, folders_added) != (found.added, found.folders_added) {
        found.entered_folders.push(at);
    }
}

/// A folder that the walk shall enter to say why it can't be read.
fn unreadable(known: &table::Folder, at: usize, found: &mut Found) {
    found.entered_folders.push(at);
    found.changed_files.extend(known.file_range());
}

/// Looks only at the rule files of a folder above the scope.
fn look_at_rules(top: &Folder, view: View, at: usize, found: &mut Found) {
    let known = view.folder(at);
    found.rules_changed |= known.has(RACY);
    let Ok(folder) = top.open(known.path()) else {
        found.rules_changed = true;
        return;
    };
    for name in [c".gitignore", c".ignore", c".rgignore", c".git"] {
        let now = folder.stat_of(name).ok();
        let file = view.find_file(&known, name.to_bytes());
        let then = file.map(|number| view.file(&known, number));
        let same = match (now, then) {
            (None, None) => true,
            (Some(now), Some(then)) => then.stamp.is_of(&now) && then.state != State::Racy,
            (Some(now), None) => {
                let path = join(known.path().to_bytes(), name.to_bytes());
                Kind::of(&now) == Kind::Folder && view.find_folder(&path).is_some()
            }
            (None, Some(_)) => false,
        };
        found.rules_changed |= !same;
    }
}

/// Whether a folder that is gone had ignore rules in it.
fn has_rules(view: View, folder: &table::Folder) -> bool {
    folder.file_range().any(|number| is_rule(view.file(folder, number).name.to_bytes()))
}
