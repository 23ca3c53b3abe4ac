//! Would a patch apply to a tree? Decided hunk by hunk as `patch --dry-run` would, by
//! reading only.
//!
//! A series is played through in memory: each patch sees what the earlier ones leave.
//! With a fuzz of 0 the answers are those of `git apply --check`, except that git lets a
//! hunk stand above an earlier one of its file (`find_pos` in its `apply.c`), and `patch`
//! never does (`last_frozen_line` in its `patch.c`).

use super::locate::{Lines, Pattern};
use super::model::{DiffSet, FileChange, FileOp, Hunk, Origin};
use super::strip;
use crate::files::read;
use bstr::ByteSlice;
use std::collections::HashMap;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

/// The fuzz GNU `patch` allows unless told otherwise.
pub const PATCH_FUZZ: u32 = 2;

/// What would happen to one entry of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It applies.
    Applies {
        /// Line, from 1, of the hunk's first line in the file; 0 for a whole file.
        line: u32,
        /// By how many lines it has moved from where the patch says.
        offset: i64,
        /// How many context lines had to be left out.
        fuzz: u32,
    },
    /// The tree has it already.
    AlreadyIn {
        /// Line, from 1, where it stands; 0 for a whole file.
        line: u32,
    },
    /// It does not apply.
    Conflicts {
        /// The line, from 1, that is in the way; 0 where there is none.
        line: u32,
        /// What is in the way.
        why: String,
    },
    /// Nothing can be said, such as of a binary file.
    Unknown {
        /// Why not.
        why: String,
    },
}

impl Verdict {
    const WHOLE: Self = Self::Applies { line: 0, offset: 0, fuzz: 0 };

    fn conflict(why: &str) -> Self {
        Self::Conflicts { line: 0, why: why.to_owned() }
    }
}

/// Judges every entry of `set` against `tree`, in the order of its files and of their
/// [entries](FileChange::entries).
pub fn check(set: &DiffSet, tree: &Path, max_fuzz: u32) -> Vec<Verdict> {
    applied(set, tree, Files::new(), max_fuzz).0
}

/// Files that differ from a tree's, by their names; `None` of one that is gone.
pub type Files = HashMap<Vec<u8>, Option<Vec<u8>>>;

/// As [`check`], of a tree of which some files are these already; with all that differ then. What
/// does not apply is left out.
pub fn applied(set: &DiffSet, tree: &Path, changed: Files, max_fuzz: u32) -> (Vec<Verdict>, Files) {
    let mut session = Session { tree, changed, max_fuzz };
    let verdicts = set.files.iter().flat_map(|file| session.file(file)).collect();
    (verdicts, session.changed)
}

/// A tree and what the patches so far have made of it.
struct Session<'a> {
    tree: &'a Path,
    changed: Files,
    max_fuzz: u32,
}

impl Session<'_> {
    fn read(&self, name: &[u8]) -> Option<Vec<u8>> {
        if let Some(known) = self.changed.get(name) {
            return known.clone();
        }
        // Names come from strangers: nothing outside the tree is looked at.
        let path = strip::inside(self.tree, name)?;
        if fs::symlink_metadata(&path).ok()?.is_symlink() {
            return Some(fs::read_link(&path).ok()?.into_os_string().into_vec());
        }
        read(&path).ok()
    }

    /// One verdict per hunk, or one for a file without hunks.
    fn file(&mut self, file: &FileChange) -> Vec<Verdict> {
        let all = |verdict: Verdict| vec![verdict; file.hunks.len().max(1)];
        if file.binary {
            return all(Verdict::Unknown { why: "a binary change is not looked into".into() });
        }
        let target = file.new.as_deref().and_then(|name| self.read(name));
        if file.op == FileOp::Create {
            return all(self.create(file, target));
        }
        let Some(source) = file.old.as_deref().and_then(|name| self.read(name)) else {
            return match (file.op, target) {
                (FileOp::Delete, _) => all(Verdict::AlreadyIn { line: 0 }),
                (FileOp::Rename, Some(text))
                    if file.hunks.is_empty() || self.is_in(file, &text) =>
                {
                    all(Verdict::AlreadyIn { line: 0 })
                }
                _ => all(Verdict::conflict("the tree has no such file")),
            };
        };
        if matches!(file.op, FileOp::Rename | FileOp::Copy) && target.is_some() {
            return all(Verdict::conflict("a file of the new name exists already"));
        }
        let (verdicts, result) = self.hunks(file, &source);
        if file.op == FileOp::Delete {
            if !result.is_empty() {
                let left = |verdict| match verdict {
                    Verdict::Applies { line, .. } => Verdict::Conflicts {
                        line,
                        why: "the file to delete holds more than the patch knows".into(),
                    },
                    other => other,
                };
                return verdicts.into_iter().map(left).collect();
            }
            self.set(file.old.as_deref(), None);
            return verdicts;
        }
        if file.op == FileOp::Rename {
            self.set(file.old.as_deref(), None);
        }
        self.set(file.new.as_deref(), Some(result));
        verdicts
    }

    fn set(&mut self, name: Option<&[u8]>, text: Option<Vec<u8>>) {
        if let Some(name) = name {
            self.changed.insert(name.to_vec(), text);
        }
    }

    fn create(&mut self, file: &FileChange, target: Option<Vec<u8>>) -> Verdict {
        let lines = file.hunks.iter().flat_map(|hunk| hunk.side(Origin::Added));
        let text: Vec<u8> = lines.flat_map(|line| strip_cr(line, file.crlf).into_iter()).collect();
        match target {
            Some(there) if there == text => Verdict::AlreadyIn { line: 0 },
            Some(there) if !there.is_empty() => {
                Verdict::conflict("the file to create exists already, with other content")
            }
            _ => {
                self.set(file.new.as_deref(), Some(text));
                Verdict::WHOLE
            }
        }
    }

    /// Every hunk's new side stands in `text`.
    fn is_in(&self, file: &FileChange, text: &[u8]) -> bool {
        let lines = Lines::of(text);
        let found = |hunk| Pattern::new(hunk, Origin::Added, file.crlf).find(&lines, 0, 0, 0);
        file.hunks.iter().all(|hunk| found(hunk).is_some())
    }

    /// Judges the hunks of one file, and makes the text that those which apply result in.
    fn hunks(&self, file: &FileChange, source: &[u8]) -> (Vec<Verdict>, Vec<u8>) {
        let lines = Lines::of(source);
        let mut result = Vec::with_capacity(source.len());
        // As in patch: `offset` is how far hunks have moved so far, `frozen` the last
        // line that is used up, both in the numbers of the file as it was.
        let (mut offset, mut frozen) = (0, 0);
        let mut verdicts = Vec::with_capacity(file.hunks.len().max(1));
        for (n, hunk) in file.hunks.iter().enumerate() {
            let wanted = Pattern::new(hunk, Origin::Removed, file.crlf);
            let left = Pattern::new(hunk, Origin::Added, file.crlf);
            let max_fuzz = wanted.max_fuzz().min(self.max_fuzz.into());
            let mut found = None;
            let mut already = None;
            for fuzz in 0..=max_fuzz {
                found = wanted.find(&lines, fuzz, offset, frozen).map(|place| (place, fuzz));
                // patch tries a file's first hunk in reverse before it allows more fuzz.
                if found.is_none() && n == 0 && left.len() > 0 {
                    already = left.find(&lines, fuzz, offset, frozen);
                }
                if found.is_some() || already.is_some() {
                    break;
                }
            }
            if found.is_none() && already.is_none() && left.len() > 0 {
                already = left.find(&lines, 0, 0, 0);
            }
            let line = |place: i64| u32::try_from(place).unwrap_or(0);
            verdicts.push(match (found, already) {
                (Some((place, fuzz)), _) => {
                    let says = i64::from(hunk.old.first());
                    offset = place - says;
                    frozen = splice(&mut result, &lines, hunk, place, frozen, file.crlf);
                    let fuzz = u32::try_from(fuzz).unwrap_or(0);
                    Verdict::Applies { line: line(place), offset, fuzz }
                }
                (None, Some(place)) => Verdict::AlreadyIn { line: line(place) },
                (None, None) => conflict(&wanted, &lines),
            });
        }
        if file.hunks.is_empty() {
            verdicts.push(Verdict::WHOLE);
        }
        let rest = usize::try_from(frozen).unwrap_or(0);
        lines
            .get(rest..)
            .unwrap_or_default()
            .iter()
            .for_each(|line| result.extend_from_slice(line));
        (verdicts, result)
    }
}

/// Writes the file's lines up to and with a hunk that stands at `place`; returns the last
/// line used up. Context is taken from the file, which fuzz lets differ from the patch.
fn splice(
    result: &mut Vec<u8>,
    lines: &[&[u8]],
    hunk: &Hunk,
    place: i64,
    frozen: i64,
    crlf: bool,
) -> i64 {
    let mut used = frozen;
    let mut next = place;
    let copy = |result: &mut Vec<u8>, used: &mut i64, to: i64| {
        let range = usize::try_from(*used).ok().zip(usize::try_from(to).ok());
        for line in range.and_then(|(from, to)| lines.get(from..to)).unwrap_or_default() {
            result.extend_from_slice(line);
        }
        *used = to.max(*used);
    };
    for line in hunk.lines() {
        match line.origin {
            Origin::Context => next += 1,
            Origin::Removed => {
                copy(result, &mut used, next - 1);
                used = used.max(next);
                next += 1;
            }
            Origin::Added => {
                copy(result, &mut used, next - 1);
                result.extend(strip_cr(line.text, crlf));
            }
        }
    }
    used
}

fn strip_cr(line: &[u8], crlf: bool) -> Vec<u8> {
    match line.strip_suffix(b"\r\n").filter(|_| crlf) {
        Some(line) => [line, b"\n"].concat(),
        None => line.to_vec(),
    }
}

/// Says what stands where the hunk should.
fn conflict(wanted: &Pattern<'_>, lines: &Lines<'_>) -> Verdict {
    let Some((line, expected)) = wanted.nearest(lines) else {
        return Verdict::conflict("the file is empty");
    };
    let show = |line: &[u8]| line.trim_ascii().to_str_lossy().into_owned();
    let expected = show(expected);
    let why = match lines.get(line - 1) {
        Some(there) => format!("`{}` where `{expected}` is expected", show(there)),
        None => format!("the file ends where `{expected}` is expected"),
    };
    Verdict::Conflicts { line: u32::try_from(line).unwrap_or(u32::MAX), why }
}

#[cfg(test)]
mod tests;
