//! Who calls a definition, and whom it calls: one step in either direction.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::outline::{Flags, UseKind};

use super::base::{DefInfo, Edge, Graph};
use super::basis::{Basis, Judge};
use super::export::kind_of;
use super::ids::{FileId, NameRef};
use super::resolve::{Arch, Meaning};

/// The users of a name that are looked at by one processor at a time.
const AT_ONCE: usize = 512;

/// How one definition uses another.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum LinkKind {
    /// It calls the function.
    Call,
    /// It uses the macro.
    Macro,
    /// It takes the function's address.
    Ref,
    /// It is a table, or a list's entry, that holds the function.
    Init,
    /// It calls through a field that tables fill with the function.
    Indirect,
}

impl LinkKind {
    /// All kinds, with the words users know them by.
    pub const ALL: [(LinkKind, &'static str); 5] = [
        (LinkKind::Call, "call"),
        (LinkKind::Macro, "macro"),
        (LinkKind::Ref, "ref"),
        (LinkKind::Init, "init"),
        (LinkKind::Indirect, "indirect"),
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

/// A use, as it is shown: where, how, and who receives what is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// How.
    pub kind: LinkKind,
    /// On which line of the using definition's file.
    pub line: u32,
    /// The function it is passed to, or the slot (`field@struct`) it goes to or through.
    pub via: Option<NameRef>,
    /// Whether the receiver runs it.
    pub runs: bool,
}

/// A definition that uses the one asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The user.
    pub definition: DefInfo,
    /// How it does.
    pub link: Link,
    /// What that stands on.
    pub basis: Basis,
}

/// Something that the definition asked for uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callee {
    /// Its name.
    pub name: NameRef,
    /// What the name can mean there; empty when the text defines no such thing.
    pub definitions: Vec<DefInfo>,
    /// How it is used.
    pub link: Link,
    /// For an indirect call that could go anywhere: how many functions could be meant.
    pub candidates: usize,
    /// What that it is used stands on.
    pub basis: Basis,
}

/// What has been looked up once in a longer question.
#[derive(Default)]
pub(super) struct Memo {
    definitions: HashMap<NameRef, Vec<DefInfo>>,
}

impl Graph<'_> {
    /// What `definition` uses, in the order of lines; indirect calls only where asked for.
    pub fn callees(&self, definition: &DefInfo, arch: Arch, indirect: bool) -> Vec<Callee> {
        let mut found = self.callees_with(definition, arch, &mut Memo::default());
        if indirect {
            self.indirect_callees(definition, arch, &mut found);
            found.sort_by_key(|callee| (callee.link.line, self.name_key(callee.name)));
        }
        found
    }

    /// As [`Graph::callees`], without indirect calls.
    pub(super) fn callees_with(
        &self,
        definition: &DefInfo,
        arch: Arch,
        memo: &mut Memo,
    ) -> Vec<Callee> {
        let definition = &self.named_by(definition);
        let mut found = Vec::new();
        for edge in self.edges_of(definition) {
            if matches!(edge.kind, UseKind::Indirect | UseKind::Pass) {
                continue;
            }
            let definitions =
                memo.definitions.entry(edge.name).or_insert_with(|| self.definitions_of(edge.name));
            let meaning = self.choose(definitions, definition.file, arch);
            if let Some(kind) = kind_of(definition, edge.kind, edge.runs, &meaning, definitions) {
                let link = Link { kind, line: edge.line, via: edge.via, runs: edge.runs };
                let Meaning { mut functions, macros, .. } = meaning;
                functions.extend(macros);
                found.push(Callee {
                    name: edge.name,
                    definitions: functions,
                    link,
                    candidates: 0,
                    basis: Basis::Named,
                });
            }
        }
        found.sort_by_key(|callee| (callee.link.line, self.name_key(callee.name)));
        found
    }

    /// The definition itself, or for another name of one that one.
    pub(super) fn named_by(&self, definition: &DefInfo) -> DefInfo {
        let is_first = |d: &DefInfo| {
            (d.file, d.first) == (definition.file, definition.first) && !d.flags.has(Flags::ALIAS)
        };
        let names =
            if definition.flags.has(Flags::ALIAS) { self.edges_of(definition) } else { Vec::new() };
        let first =
            names.iter().find_map(|e| self.definitions_of(e.name).into_iter().find(is_first));
        first.unwrap_or(*definition)
    }

    /// The definitions that use `target`, in path and line order.
    ///
    /// With `indirect`, also those that call through a field that a table fills with it.
    pub fn callers(&self, target: &DefInfo, arch: Arch, indirect: bool) -> Vec<Caller> {
        let uses = self.uses_of(target.name);
        let users: Vec<DefInfo> = self.possible_users(&uses, target).copied().collect();
        let mut found = self.callers_among(&users, target, arch);
        if indirect {
            self.indirect_callers(target, arch, &mut found);
        }
        self.sort_callers(&mut found);
        found
    }

    /// Who may use `target`, in path order: each is a part of [`Graph::callers`] without the others,
    /// of one file or of many.
    pub fn possible_callers(&self, target: &DefInfo) -> Vec<DefInfo> {
        let uses = self.uses_of(target.name);
        let mut users: Vec<DefInfo> = self.possible_users(&uses, target).copied().collect();
        users.sort_by(|one, other| self.compare_files(one.file, other.file));
        users
    }

    /// Those of these users who call `target`, as [`Graph::callers`] has them.
    pub fn callers_of_users(&self, users: &[DefInfo], target: &DefInfo, arch: Arch) -> Vec<Caller> {
        let mut found = self.callers_among(users, target, arch);
        self.sort_callers(&mut found);
        found
    }

    /// Those of these users who call `target`, in their order. Of many, on all processors.
    fn callers_among(&self, users: &[DefInfo], target: &DefInfo, arch: Arch) -> Vec<Caller> {
        let uses = self.uses_of(target.name);
        let callers_in = |users| self.callers_in(users, target, &uses.definitions, arch);
        if users.len() <= AT_ONCE {
            return callers_in(users);
        }
        users.par_chunks(AT_ONCE).flat_map_iter(callers_in).collect()
    }

    /// Those of these users who call `target`, a name that has these definitions.
    fn callers_in(
        &self,
        users: &[DefInfo],
        target: &DefInfo,
        definitions: &[DefInfo],
        arch: Arch,
    ) -> Vec<Caller> {
        let mut found = Vec::new();
        // Those of a file stand together, and mean the same.
        let mut meant: Option<(FileId, Option<Meaning>)> = None;
        for &user in users {
            if user.flags.has(Flags::ALIAS) && user.file == target.file {
                continue;
            }
            let (_, meaning) = match meant.take().filter(|(file, _)| *file == user.file) {
                Some(known) => meant.insert(known),
                None => {
                    let sees =
                        arch.has(self.place(user.file)) && self.sees(user.file, target, arch);
                    let meaning = sees.then(|| self.choose(definitions, user.file, arch));
                    let means = |meaning: &Meaning| {
                        meaning.functions.iter().chain(&meaning.macros).any(|d| d.id == target.id)
                    };
                    meant.insert((user.file, meaning.filter(means)))
                }
            };
            let Some(meaning) = meaning else { continue };
            for edge in self.edges_of(&user).iter().filter(|e| e.name == target.name) {
                if let Some(kind) = kind_of(&user, edge.kind, edge.runs, meaning, definitions) {
                    let link = Link { kind, line: edge.line, via: edge.via, runs: edge.runs };
                    found.push(Caller { definition: user, link, basis: Basis::Named });
                }
            }
        }
        found
    }

    fn sort_callers(&self, found: &mut [Caller]) {
        let via = |c: &Caller| c.link.via.map(|via| self.name_key(via));
        let key = |c: &Caller| (c.link.line, c.definition.id, c.link.kind, via(c));
        let order = |a: &Caller, b: &Caller| {
            self.compare_files(a.definition.file, b.definition.file).then(key(a).cmp(&key(b)))
        };
        match found.len() <= AT_ONCE {
            true => found.sort_by(order),
            false => found.par_sort_by(order),
        }
    }

    /// The slots (`field@struct`) that `target` is put into, by all names that code has for
    /// them, sorted.
    pub fn slots_of(&self, target: &DefInfo, arch: Arch) -> Vec<NameRef> {
        self.slots_in(target, &self.callers(target, arch, false))
    }

    fn slots_in(&self, target: &DefInfo, users: &[Caller]) -> Vec<NameRef> {
        let mut slots: Vec<NameRef> =
            users.iter().filter_map(|c| c.link.via).filter(|via| self.is_slot(*via)).collect();
        slots.extend(self.passed_from(target.name));
        slots.sort_unstable();
        slots.dedup();
        let mut same: Vec<NameRef> =
            slots.into_iter().flat_map(|slot| self.same_slots(slot).to_vec()).collect();
        same.sort_unstable();
        same.dedup();
        self.slots_passed_to(&mut same);
        same
    }

    /// Who calls through a slot that `target` fills, with what speaks for that it is called there.
    fn indirect_callers(&self, target: &DefInfo, arch: Arch, found: &mut Vec<Caller>) {
        let program = self.place(target.file).program;
        let mut judge = Judge::new(self);
        let tables = found.iter().filter(|user| user.link.via.is_some());
        let mut places: Vec<FileId> = tables.map(|user| user.definition.file).collect();
        places.push(target.file);
        places.sort_unstable();
        places.dedup();
        for slot in self.slots_in(target, found) {
            let mut filled = None;
            for id in self.users_of(slot) {
                let Some(user) = self.definition(id).filter(|d| arch.has(self.place(d.file)))
                else {
                    continue;
                };
                if self.place(user.file).program != program {
                    continue;
                }
                for edge in self
                    .edges_of(&user)
                    .iter()
                    .filter(|e| e.name == slot && e.kind == UseKind::Indirect)
                {
                    let filled = filled.get_or_insert_with(|| self.filled(slot, program, arch));
                    if !filled.may_hold(target.name) {
                        continue;
                    }
                    let site = judge.site(&user);
                    let others = judge.others(&user, (slot, edge.via));
                    let called = filled.called(&self.name(slot), others);
                    let basis = judge.basis(&site, &called, (target.name, &places));
                    let link = link_through(edge);
                    found.push(Caller { definition: user, link, basis });
                }
            }
        }
    }

    /// What fills the slots that a definition calls through; of a slot whose structure is not known
    /// only how many functions could be meant.
    fn indirect_callees(&self, definition: &DefInfo, arch: Arch, found: &mut Vec<Callee>) {
        let program = self.place(definition.file).program;
        let mut judge = Judge::new(self);
        for edge in self.edges_of(definition).iter().filter(|e| e.kind == UseKind::Indirect) {
            let filled = self.filled(edge.name, program, arch);
            let link = link_through(edge);
            if filled.names.is_none() {
                found.push(Callee {
                    name: edge.name,
                    definitions: Vec::new(),
                    link,
                    candidates: filled.fills.len(),
                    basis: Basis::ByName,
                });
                continue;
            }
            let others = judge.others(definition, (edge.name, edge.via));
            let text = self.name(edge.name);
            let called = filled.called(&text, others);
            let site = judge.site(definition);
            found.extend(filled.fills.iter().map(|fill| Callee {
                name: fill.name,
                definitions: fill.definitions.clone(),
                link,
                candidates: 0,
                basis: judge.basis(&site, &called, (fill.name, &fill.places())),
            }));
        }
    }
}

fn link_through(edge: &Edge) -> Link {
    Link { kind: LinkKind::Indirect, line: edge.line, via: Some(edge.name), runs: true }
}
