//! The tables that are handed to certain functions, or put into certain members: who calls through what was
//! handed there calls what these tables have (`debugfs_create_file()`, `miscdevice.fops`).
//!
//! What a file hands there without saying which (`entry->fops`, a name that a macro pastes) may be any
//! table of the file; what a function hands on that was given to it, any of a caller's file.

use std::collections::HashSet;

use crate::outline::{Flags, Kind, UseKind};
use crate::paths::split;

use super::base::{DefInfo, Edge, Graph};
use super::ids::{DefId, FileId, NameRef};

/// Tables that are handed on.
#[derive(Default)]
pub(super) struct Handed {
    /// By name, and where.
    named: HashSet<(NameRef, FileId)>,
    /// All their names.
    names: HashSet<NameRef>,
    /// The files of which any table may be.
    files: HashSet<FileId>,
    /// Their folders.
    folders: HashSet<Vec<u8>>,
}

impl Handed {
    /// Those that are handed to one of these slots.
    pub(super) fn to(graph: &Graph<'_>, slots: &[String]) -> Self {
        let mut handed = Handed::default();
        // A function of these hands on what it was handed.
        let takers = slots.iter().filter_map(|slot| slot.split('(').next());
        let takers = takers.filter_map(|name| graph.find_name(name.as_bytes()));
        let takers: HashSet<NameRef> = takers.collect();
        for slot in slots.iter().filter_map(|slot| graph.find_name(slot.as_bytes())) {
            let same = graph.same_slots(slot);
            let users: HashSet<DefId> = same.iter().flat_map(|to| graph.users_of(*to)).collect();
            let users = users.into_iter().filter_map(|id| graph.definition(id));
            for user in users.filter(|user| !takers.contains(&user.name)) {
                let is_its = |edge: &Edge| {
                    edge.kind == UseKind::Pass && edge.via.is_some_and(|via| same.contains(&via))
                };
                for edge in graph.edges_of(&user).into_iter().filter(is_its) {
                    handed.add(graph, &user, edge.name);
                }
            }
        }
        let folder = |file: &FileId| split(graph.path(*file)).0.to_vec();
        handed.folders = handed.files.iter().map(folder).collect();
        handed
    }

    fn add(&mut self, graph: &Graph<'_>, user: &DefInfo, table: NameRef) {
        let text = graph.name(table);
        let is_given = &text[..] == b"*()";
        if !is_given && &text[..] != b"*" {
            self.names.insert(table);
            self.named.insert((table, user.file));
            return;
        }
        self.files.insert(user.file);
        if is_given || user.kind == Kind::Macro {
            let users = graph.users_of(user.name).into_iter();
            self.files.extend(users.filter_map(|id| Some(graph.definition(id)?.file)));
        }
    }

    /// Whether a table, or what a function puts into one, is among them. What is put there piece by piece may be
    /// handed on by another file beside it.
    pub(super) fn has(&self, graph: &Graph<'_>, user: &DefInfo) -> bool {
        let is_shared = user.kind == Kind::Variable
            && !user.flags.has(Flags::STATIC)
            && self.names.contains(&user.name);
        is_shared
            || self.files.contains(&user.file)
            || user.kind != Kind::Variable && self.folders.contains(split(graph.path(user.file)).0)
            || self.named.contains(&(user.name, user.file))
    }
}
