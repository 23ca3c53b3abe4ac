//! A difference, gone through once: file by file, in order, with the hunks of only a few
//! files in memory.
//!
//! Two kernels differ by hundreds of megabytes. So the files that differ are found first
//! (or read from patches, which have their hunks with them), and the hunks of each when
//! its turn comes: many threads read, narrow and place, one takes what they made.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::pick::Pick;
use crate::diff::Sides;
use crate::diff::folder::Folders;
use crate::diff::model::{DiffSet, FileChange, Problem};
use crate::files::in_order;
use crate::{Cancel, Error, Result};

/// A difference to be gone through.
pub struct Pass<'a> {
    /// What differs; of two folders without hunks.
    pub set: &'a DiffSet,
    /// Where the hunks are read from, of two folders.
    folders: Option<Folders>,
    /// Which hunks are wanted; all without one.
    pub pick: Option<&'a Pick>,
    problems: Mutex<Vec<Problem>>,
    cancel: &'a Cancel,
}

impl<'a> Pass<'a> {
    /// A pass through `set`, which was loaded from `sides`.
    pub fn new(
        set: &'a DiffSet,
        sides: &Sides,
        base: &Path,
        pick: Option<&'a Pick>,
        cancel: &'a Cancel,
    ) -> Pass<'a> {
        Pass { set, folders: sides.folders(base), pick, problems: Mutex::default(), cancel }
    }

    /// Goes through all files. `work` gets each with the hunks that are wanted, and its
    /// place in the set, from any thread; what it makes is given to `take` in order, until
    /// that says `false`. Files without a wanted hunk are left out.
    ///
    /// # Errors
    /// Those of `take`, and if the result is no longer wanted.
    pub fn each<T: Send, E: From<Error>>(
        &self,
        work: impl Fn(usize, Cow<'a, FileChange>) -> T + Sync,
        take: impl FnMut(T) -> Result<bool, E>,
    ) -> Result<(), E> {
        let all: Vec<usize> = (0..self.set.files.len()).collect();
        self.each_of(&all, work, take)
    }

    /// As [`Pass::each`], but only through the files at these places.
    ///
    /// # Errors
    /// Those of `take`, and if the result is no longer wanted.
    pub fn each_of<T: Send, E: From<Error>>(
        &self,
        places: &[usize],
        work: impl Fn(usize, Cow<'a, FileChange>) -> T + Sync,
        take: impl FnMut(T) -> Result<bool, E>,
    ) -> Result<(), E> {
        self.each_made(places, |at| self.file(at).map(|file| work(at, file)), take)
    }

    /// The folders of which all hunks are wanted, if there are such.
    pub(super) fn whole_folders(&self) -> Option<&Folders> {
        self.folders.as_ref().filter(|_| self.pick.is_none())
    }

    /// Hands what `make` makes of the files at these places, from any thread, to `take` in order.
    ///
    /// # Errors
    /// As [`Pass::each`].
    pub(super) fn each_made<T: Send, E: From<Error>>(
        &self,
        places: &[usize],
        make: impl Fn(usize) -> Option<T> + Sync,
        mut take: impl FnMut(T) -> Result<bool, E>,
    ) -> Result<(), E> {
        let made = |at: &usize| if self.cancel.is_set() { None } else { make(*at) };
        let mut ended = None;
        in_order(places, made, |made| match made.map(&mut take) {
            None | Some(Ok(true)) => ControlFlow::Continue(()),
            Some(taken) => {
                ended = Some(taken.map(|_| ()));
                ControlFlow::Break(())
            }
        });
        ended.unwrap_or_else(|| Ok(self.cancel.check()?))
    }

    /// One file with the hunks that are wanted.
    fn file(&self, at: usize) -> Option<Cow<'a, FileChange>> {
        let file = self.set.files.get(at)?;
        let file = match &self.folders {
            None => Cow::Borrowed(file),
            Some(folders) => Cow::Owned(self.noted(folders.hunks(file))?),
        };
        let Some(pick) = self.pick else { return Some(file) };
        pick.narrowed(self.set.patches.get(file.patch), file)
    }

    /// What was read; why it could not be is kept for [`Pass::problems`].
    pub(super) fn noted<T>(&self, read: Result<T, Problem>) -> Option<T> {
        let keep = |problem| {
            self.problems.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
        };
        read.map_err(keep).ok()
    }

    /// What could not be read so far.
    pub fn so_far(&self) -> Vec<Problem> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What could not be read on the way.
    pub fn problems(self) -> Vec<Problem> {
        self.problems.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
