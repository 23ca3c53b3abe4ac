//! The uses of a name, and which of them can mean one of its definitions.
//!
//! Thousands of files define a macro `pr_fmt`, and more use one: that no file's uses are
//! compared with every other file's definition is what makes `callers` of such a name end.

use std::sync::{Arc, PoisonError};

use crate::outline::Flags;

use super::base::{DefInfo, Graph};
use super::ids::{FileId, NameRef};
use super::resolve::{hides, is_macro};

/// All definitions of a name, and all that use it.
pub(super) struct Uses {
    pub(super) definitions: Vec<DefInfo>,
    /// The files that define something to be called by the name, sorted: theirs hides others.
    own: Vec<FileId>,
    /// The users, by file.
    users: Vec<DefInfo>,
}

impl Graph<'_> {
    /// The uses of `name`.
    pub(super) fn uses_of(&self, name: NameRef) -> Arc<Uses> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, uses)) = asked.as_ref().filter(|(known, _)| *known == name) {
            return Arc::clone(uses);
        }
        let definitions = self.definitions_of(name);
        let mut own: Vec<FileId> =
            definitions.iter().filter(|d| hides(d)).map(|d| d.file).collect();
        own.sort_unstable();
        own.dedup();
        let mut users: Vec<DefInfo> =
            self.users_of(name).into_iter().filter_map(|id| self.definition(id)).collect();
        users.sort_unstable_by_key(|user| (user.file, user.id));
        let uses = Arc::new(Uses { definitions, own, users });
        *asked = Some((name, Arc::clone(&uses)));
        uses
    }

    /// The users of `target`'s name whose files can mean `target` by it, from what is known
    /// of the files alone.
    pub(super) fn possible_users<'u>(
        &self,
        uses: &'u Uses,
        target: &DefInfo,
    ) -> impl Iterator<Item = &'u DefInfo> {
        let files = self.files_that_see(target);
        let all = if files.is_none() { &uses.users[..] } else { &[] };
        let some = files.unwrap_or_default().into_iter().flat_map(|file| {
            let start = uses.users.partition_point(|user| user.file < file);
            let end = uses.users.partition_point(|user| user.file <= file);
            &uses.users[start..end]
        });
        let hidden =
            |user: &DefInfo| user.file != target.file && uses.own.binary_search(&user.file).is_ok();
        some.chain(all).filter(move |user| !hidden(user))
    }

    /// The files that can see a definition private to a file that nobody includes: the file,
    /// and its private headers. `None` when more may.
    fn files_that_see(&self, target: &DefInfo) -> Option<Vec<FileId>> {
        let private = target.flags.has(Flags::STATIC) || is_macro(target);
        if !private || self.may_be_included(target.file) || self.place(target.file).is_header {
            return None;
        }
        let mut files = self.private_includes(target.file).to_vec();
        files.push(target.file);
        files.sort_unstable();
        files.dedup();
        Some(files)
    }
}
