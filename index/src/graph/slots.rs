//! Slots: the fields through which functions are called. `open@file_operations` is one;
//! `open@inode.i_fop` is the same, once the member `i_fop` of `struct inode` is looked up;
//! `open@` is one whose struct the text does not tell.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, PoisonError};

use crate::outline::UseKind;

use super::base::{DefInfo, Edge, Graph};
use super::basis::{self, Basis, Called};
use super::ids::{DefId, FileId, NameRef};
use super::narrowed::Others;
use super::order::NameKey;
use super::pointees::without_pointees;
use super::resolve::Arch;
use crate::program::Program;

/// What fills a slot.
pub(super) struct Fill {
    pub(super) name: NameRef,
    pub(super) definitions: Vec<DefInfo>,
    /// The files that put it there.
    pub(super) tables: Vec<FileId>,
}

impl Filled {
    /// The slot, which code calls `slot`, as what is called through it is weighed by where `others` are not
    /// called.
    pub(super) fn called(&self, slot: &[u8], others: Others) -> Called<'_> {
        let names = self.names.as_deref().map_or(&[][..], Vec::as_slice);
        let (fills, kept) = (&self.fills[..], basis::kept(slot));
        Called { names, fills, named: self.named, kept, others, scope: OnceCell::new() }
    }

    /// Whether a function is in it, where the text names what is in it.
    pub(super) fn may_hold(&self, function: NameRef) -> bool {
        self.named.is_none() || self.fills.iter().any(|fill| fill.name == function)
    }
}

impl Fill {
    /// Where it is at home: the files that have it, and those that put it there.
    pub(super) fn places(&self) -> Vec<FileId> {
        self.definitions.iter().map(|d| d.file).chain(self.tables.iter().copied()).collect()
    }
}

/// A slot with what fills it.
pub(super) struct Filled {
    /// All names of the slot; none where its structure is not known, and any field of that name
    /// is meant.
    pub(super) names: Option<Arc<Vec<NameRef>>>,
    pub(super) fills: Vec<Fill>,
    /// What is claimed of it where the text names what is in it.
    pub(super) named: Option<Basis>,
}

/// A slot, and for code of which program and architecture.
type Asked = (NameRef, Program, Arch);

/// What fills slots: looked up once.
#[derive(Default)]
pub(super) struct FilledSlots {
    /// By the first of their names.
    by_structure: HashMap<Asked, Arc<Filled>>,
    /// Of which the text may name what is in them, where it does.
    named: HashMap<Asked, Option<Arc<Filled>>>,
}

/// The functions that fill a slot, by name; where its struct is not known, how many functions
/// fill fields of that name.
pub(super) type Fills = Result<Vec<(NameRef, Vec<DefInfo>)>, usize>;

/// The most slots that hand functions on to each other and are followed.
const MOST_PASSED: usize = 1 << 10;

/// The most files that are remembered as putting a function into a slot.
const MOST_TABLES: usize = 64;

/// Whether the struct that a path leads to is told by nothing else: where it begins with what another file
/// says, others may begin so, too.
fn is_path(tag: &[u8]) -> bool {
    tag.contains(&b'.')
        && !tag.starts_with(b"()")
        && !tag.starts_with(b"=")
        && !tag.starts_with(b"~")
}

/// The slots of each field by their structures, of the fields that were asked for.
pub(super) type Classes = HashMap<Vec<u8>, HashMap<NameRef, Arc<Vec<NameRef>>>>;

impl Graph<'_> {
    /// Whether a name is a slot's.
    pub fn is_slot(&self, name: NameRef) -> bool {
        self.name(name).contains(&b'@')
    }

    /// The slot by its structure, as the tree tells it: `open@file_operations` for `open@file.f_op`.
    pub fn slot_by_structure(&self, slot: NameRef) -> NameRef {
        let text = self.name(slot);
        let Some(at) = memchr::memchr(b'@', &text) else { return slot };
        let named = self.slot_struct(&text).map(|tag| [&text[..=at], &tag[..]].concat());
        named.and_then(|name| self.find_name(&name)).unwrap_or(slot)
    }

    /// The struct of a slot, as far as the tree tells.
    pub(super) fn slot_struct(&self, slot: &[u8]) -> Option<Vec<u8>> {
        let at = memchr::memchr(b'@', slot)?;
        let (field, tag) = (&slot[..at], without_pointees(&slot[at + 1..]));
        if tag.is_empty() {
            return self.only_struct_with(field);
        }
        let known = self.struct_at(tag).or_else(|| self.only_struct_with(field));
        // A member without a tag of its own is known by its path alone.
        known.or_else(|| is_path(tag).then(|| tag.to_vec()))
    }

    /// Whether a slot's struct is known by its path alone.
    fn is_by_path(&self, slot: NameRef) -> bool {
        self.slot_struct(&self.name(slot)).is_some_and(|tag| is_path(&tag))
    }

    /// All names of the slot that `slot` is; none where its structure is not known.
    pub(super) fn same_slots(&self, slot: NameRef) -> Arc<Vec<NameRef>> {
        let text = self.name(slot);
        let Some(at) = memchr::memchr(b'@', &text) else { return Arc::default() };
        let field = &text[..=at];
        let known = || self.classes.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |slots: &HashMap<NameRef, Arc<Vec<NameRef>>>| slots.get(&slot).cloned();
        if let Some(slots) = known().get(field) {
            return same(slots).unwrap_or_default();
        }
        let slots = self.slots_by_structure(field);
        let found = same(&slots).unwrap_or_default();
        known().insert(field.to_vec(), slots);
        found
    }

    /// For each slot of a field, whose name ends in `@`, all that are of the same structure; those of
    /// its twins among them.
    fn slots_by_structure(&self, field: &[u8]) -> HashMap<NameRef, Arc<Vec<NameRef>>> {
        let mut known = HashMap::new();
        for (tag, mut slots) in self.slots_by_tag(field) {
            if let Some(twins) = self.twins(field, &tag) {
                let all = twins.iter().filter_map(|twin| self.slots_by_tag(twin).remove(&tag));
                slots = all.flatten().collect();
            }
            let slots = Arc::new(slots);
            known.extend(slots.iter().map(|slot| (*slot, Arc::clone(&slots))));
        }
        known
    }

    /// The slots of a field, whose name ends in `@`, by their structures.
    fn slots_by_tag(&self, field: &[u8]) -> HashMap<Vec<u8>, Vec<NameRef>> {
        let mut names = Vec::new();
        self.names_starting_with(field, |name, text| names.push((name, text.to_vec())));
        let mut slots: HashMap<Vec<u8>, Vec<NameRef>> = HashMap::new();
        for (name, text) in names {
            if let Some(tag) = self.slot_struct(&text) {
                slots.entry(tag).or_default().push(name);
            }
        }
        slots
    }

    /// The fields that hold the same pointer to a function as the field `field` of a structure, itself
    /// among them; none where it goes by that name alone. A union without a name has them.
    pub fn twins_of(&self, structure: &str, field: &str) -> Vec<String> {
        let twins = self.twins(&[field.as_bytes(), b"@"].concat(), structure.as_bytes());
        let name = |twin: &Vec<u8>| String::from_utf8_lossy(&twin[..twin.len() - 1]).into_owned();
        twins.unwrap_or_default().iter().map(name).collect()
    }

    /// What fills a slot that code of `program` calls through, by name; where the structure is not
    /// known, how many functions could be meant.
    ///
    /// # Errors
    /// Then.
    pub fn slot_fills(&self, slot: NameRef, program: Program, arch: Arch) -> Fills {
        let filled = self.filled(slot, program, arch);
        let named = |fill: &Fill| (fill.name, fill.definitions.clone());
        match filled.names {
            Some(_) => Ok(filled.fills.iter().map(named).collect()),
            None => Err(filled.fills.len()),
        }
    }

    /// A slot of which the text names what is in it, with that; none where it does not.
    fn named_filled(&self, slot: NameRef, program: Program, arch: Arch) -> Option<Arc<Filled>> {
        if !self.is_like_no_other(slot) {
            return None;
        }
        let known = || self.filled.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (slot, program, arch);
        if let Some(filled) = known().named.get(&key) {
            return filled.clone();
        }
        let table = || Some((self.table_fills(slot, program, arch)?, Basis::Named));
        let found = self.told_fills(slot, program, arch).or_else(table).map(|(fills, basis)| {
            let names = Some(Arc::new(vec![slot]));
            Arc::new(Filled { fills, names, named: Some(basis) })
        });
        known().named.insert(key, found.clone());
        found
    }

    /// A slot with what fills it where code of `program` calls through it.
    pub(super) fn filled(&self, slot: NameRef, program: Program, arch: Arch) -> Arc<Filled> {
        if let Some(filled) = self.named_filled(slot, program, arch) {
            return filled;
        }
        let known = || self.filled.lock().unwrap_or_else(PoisonError::into_inner);
        let same = self.same_slots(slot);
        // Several names are one slot.
        let key = (same.first().copied().unwrap_or(slot), program, arch);
        if let Some(filled) = known().by_structure.get(&key) {
            return Arc::clone(filled);
        }
        let names = (!same.is_empty()).then_some(same);
        let by_name = if names.is_none() { self.slots_of_field(slot) } else { Vec::new() };
        let slots = names.as_deref().unwrap_or(&by_name);
        let fills = self.fills_in(slots, program, arch);
        let mut filled = Filled { fills, names, named: None };
        if filled.fills.is_empty() && self.is_by_path(slot) {
            let fills = self.fills_in(&self.slots_of_field(slot), program, arch);
            filled = Filled { names: None, fills, named: None };
        }
        let filled = Arc::new(filled);
        known().by_structure.insert(key, Arc::clone(&filled));
        filled
    }

    /// What fills any of these slots, by name.
    pub(super) fn fills_in(&self, slots: &[NameRef], program: Program, arch: Arch) -> Vec<Fill> {
        let mut found: BTreeMap<NameKey, Fill> = BTreeMap::new();
        let mut all: Vec<NameRef> = slots.to_vec();
        let mut known: HashSet<NameRef> = all.iter().copied().collect();
        let mut at = 0;
        while let Some(&slot) = all.get(at) {
            at += 1;
            for id in self.users_of(slot) {
                let Some(user) = self.definition(id) else { continue };
                let place = self.place(user.file);
                if place.program != program || !arch.has(place) {
                    continue;
                }
                for edge in self
                    .edges_of(&user)
                    .iter()
                    .filter(|e| e.via == Some(slot) && e.kind != UseKind::Indirect)
                {
                    // A function's own name is passed where its definition registers it.
                    if edge.kind == UseKind::Pass && self.is_slot(edge.name) {
                        // What fills that slot comes here, too.
                        if known.len() < MOST_PASSED && !known.contains(&edge.name) {
                            let same = self.same_slots(edge.name);
                            all.extend(same.iter().filter(|slot| known.insert(**slot)));
                        }
                        continue;
                    }
                    let functions = self.resolve(edge.name, user.file, arch).functions;
                    let key = self.name_key(edge.name);
                    let fill = found.entry(key).or_insert_with(|| Fill {
                        name: edge.name,
                        definitions: Vec::new(),
                        tables: Vec::new(),
                    });
                    for function in functions {
                        if !fill.definitions.iter().any(|k| k.id == function.id) {
                            fill.definitions.push(function);
                        }
                    }
                    if fill.tables.last() != Some(&user.file) && fill.tables.len() < MOST_TABLES {
                        fill.tables.push(user.file);
                    }
                }
            }
        }
        found.retain(|_, fill| !fill.definitions.is_empty());
        found.into_values().collect()
    }

    /// Adds the slots that what is in one of `slots` is handed on to.
    pub(super) fn slots_passed_to(&self, slots: &mut Vec<NameRef>) {
        let mut known: HashSet<NameRef> = slots.iter().copied().collect();
        let mut at = 0;
        while let Some(&slot) = slots.get(at) {
            at += 1;
            for via in self.passed_from(slot) {
                if known.len() >= MOST_PASSED {
                    return;
                }
                let same = self.same_slots(via);
                slots.extend(same.iter().filter(|slot| known.insert(**slot)));
            }
        }
    }

    /// The slots that some function hands on to what is in this one.
    pub(super) fn passed_from(&self, slot: NameRef) -> Vec<NameRef> {
        let users = self.users_of(slot).into_iter().filter_map(|id| self.definition(id));
        let edges = users.flat_map(|user| self.edges_of(&user));
        let passed = edges.filter(|edge| edge.name == slot && edge.kind == UseKind::Pass);
        let mut found: Vec<NameRef> = passed.filter_map(|edge| edge.via).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Every use of the slot that `slot` is, with the definition that it is in: calls through it, and
    /// what puts functions there. In path and line order.
    pub fn slot_uses(&self, slot: NameRef, arch: Arch) -> Vec<(DefInfo, Edge)> {
        let same = self.same_slots(slot);
        let same: HashSet<NameRef> = same.iter().copied().chain([slot]).collect();
        let users: HashSet<DefId> = same.iter().flat_map(|slot| self.users_of(*slot)).collect();
        let mut found = Vec::new();
        for user in users.into_iter().filter_map(|id| self.definition(id)) {
            if !arch.has(self.place(user.file)) {
                continue;
            }
            let is_its = |edge: &Edge| match edge.kind {
                UseKind::Indirect => same.contains(&edge.name),
                _ => edge.via.is_some_and(|via| same.contains(&via)),
            };
            found.extend(self.edges_of(&user).into_iter().filter(is_its).map(|edge| (user, edge)));
        }
        found.sort_by(|(one, here), (other, there)| {
            let files = self.compare_files(one.file, other.file);
            let key = |edge: &Edge| (edge.line, edge.kind as u8, self.name_key(edge.name));
            files.then_with(|| key(here).cmp(&key(there)))
        });
        found
    }

    /// All slots of a field of this name, whatever their structures.
    pub(super) fn slots_of_field(&self, slot: NameRef) -> Vec<NameRef> {
        let text = self.name(slot);
        let end = memchr::memchr(b'@', &text).map_or(text.len(), |at| at + 1);
        let mut names = Vec::new();
        self.names_starting_with(&text[..end], |name, _| names.push(name));
        names
    }
}
