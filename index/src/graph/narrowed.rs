//! Which tables a call through a field is of, as far as the text around it tells: those that have another
//! field, too, or lack it (`if (ops->start && ops->stop) ops->stop()`), and, where the function that calls
//! is itself nothing but a field of such tables (`file->f_op->write(file)` in what is `.splice_write`), those
//! that it is in. What only others have is not called there.
//!
//! Only what tables say counts, and only against functions that nothing but tables have.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::outline::{Flags, Kind, UseKind};
use crate::paths::split;

use super::ask::LinkKind;
use super::base::{DefInfo, Edge, Graph};
use super::basis::{calls_for_others, structure};
use super::handed::Handed;
use super::ids::{DefId, NameRef};
use super::resolve::{Arch, is_macro};

/// A field with fewer functions is not looked at: there is next to nothing to tell apart.
const FEWEST: usize = 2;

/// The most calls by which functions are followed to the tables that they are in.
const DEEPEST: usize = 4;

/// A structure, and a member of it by which a table is reached.
type Way = (Vec<u8>, Vec<u8>);

/// The tables that a function is in.
struct Own<'t> {
    /// The field that it calls, of which structure, and by which way.
    called: &'t [u8],
    structure: &'t [u8],
    way: Way,
    tables: HashSet<DefId>,
    /// The functions that were looked at.
    seen: HashSet<DefId>,
}

/// The functions that are not called at a place.
pub(super) type Others = Option<Rc<HashSet<NameRef>>>;

/// Who puts what into a slot.
#[derive(Default)]
struct Filling {
    /// For each function who puts it there, and by which name of the slot.
    users: HashMap<NameRef, Vec<(DefInfo, NameRef)>>,
    /// How many functions each table has there.
    tables: HashMap<DefId, usize>,
    /// The folders whose code puts functions there, and whether a file of these does so for others.
    stores: (HashSet<Vec<u8>>, bool),
}

/// What the text tells of the tables, as an outline writes it.
struct Told<'t> {
    /// Whether it is the table of what the function is given.
    is_own: bool,
    /// Fields that are set, or not.
    fields: Vec<(&'t [u8], bool)>,
}

impl<'t> Told<'t> {
    fn read(text: &'t [u8]) -> Option<Self> {
        let text = text.strip_prefix(b"?")?;
        let first = text.iter().position(|b| matches!(b, b'+' | b'-')).unwrap_or(text.len());
        let mut fields = Vec::new();
        let mut rest = &text[first..];
        while let Some((sign, behind)) = rest.split_first() {
            let end = behind.iter().position(|b| matches!(b, b'+' | b'-')).unwrap_or(behind.len());
            fields.push((&behind[..end], *sign == b'+'));
            rest = &behind[end..];
        }
        Some(Told { is_own: first > 0, fields })
    }
}

/// Tells tables apart, for one question.
pub(super) struct Narrowing<'g, 'a> {
    graph: &'g Graph<'a>,
    fillings: HashMap<NameRef, Rc<Filling>>,
    others: HashMap<(Option<DefId>, NameRef, Option<NameRef>), Others>,
    handed: HashMap<(&'static [String], NameRef), Rc<HashSet<NameRef>>>,
}

impl<'g, 'a> Narrowing<'g, 'a> {
    pub(super) fn new(graph: &'g Graph<'a>) -> Self {
        Narrowing {
            graph,
            fillings: HashMap::new(),
            others: HashMap::new(),
            handed: HashMap::new(),
        }
    }

    /// The functions in the slot that `caller` calls through, `slot`, of which it calls none there, by what
    /// is `told` of the call.
    pub(super) fn others(
        &mut self,
        caller: &DefInfo,
        slot: NameRef,
        told: Option<NameRef>,
    ) -> Others {
        // What nothing is told of means the same wherever it is.
        let key = (told.map(|_| caller.id), slot, told);
        if let Some(others) = self.others.get(&key) {
            return others.clone();
        }
        let mut others = self.in_other_structs(slot);
        if let Some(told) = told {
            others.extend(self.find_others(caller, slot, told));
        }
        let others = Some(others).filter(|others| !others.is_empty()).map(Rc::new);
        self.others.insert(key, others.clone());
        others
    }

    /// Where the table that is called is a part of a structure, the functions that only tables inside of
    /// other structures have: `packet->callbacks.receive()` calls none of `struct net_offload`.
    fn in_other_structs(&mut self, slot: NameRef) -> HashSet<NameRef> {
        let graph = self.graph;
        let mut others = HashSet::new();
        let Some(around) = struct_around(graph, slot) else { return others };
        let filling = self.filling(slot);
        let vias: HashSet<NameRef> =
            filling.users.values().flatten().map(|(_, via)| *via).collect();
        let is_other = |via: &NameRef| struct_around(graph, *via).is_some_and(|own| own != around);
        let elsewhere: HashSet<NameRef> = vias.into_iter().filter(is_other).collect();
        let all = filling.users.iter();
        let all = all.filter(|(_, users)| users.iter().all(|(_, via)| elsewhere.contains(via)));
        others.extend(all.map(|(name, _)| *name));
        others
    }

    fn find_others(&mut self, caller: &DefInfo, slot: NameRef, told: NameRef) -> HashSet<NameRef> {
        let graph = self.graph;
        let (text, told) = (graph.name(slot), graph.name(told));
        let mut others = HashSet::new();
        let Some(told) = Told::read(&told) else { return others };
        let Some(structure) = graph.slot_struct(&text) else { return others };
        let filling = self.filling(slot);
        if filling.users.len() < FEWEST {
            return others;
        }
        let mut add = |is_other: &dyn Fn(&DefInfo) -> bool| {
            let all = filling.users.iter();
            let all = all.filter(|(_, users)| users.iter().all(|(user, _)| is_other(user)));
            others.extend(all.map(|(name, _)| *name));
        };
        for (field, is_set) in told.fields {
            let Some(beside) = self.function_field(field, &structure) else { continue };
            match is_set {
                true => add(&|user| is_table(user) && !beside.may_have(graph, user)),
                false => add(&|user| {
                    let is_one = filling.tables.get(&user.id).is_some_and(|count| *count < 2);
                    is_one && beside.tables.contains_key(&user.id)
                }),
            }
        }
        let own = told.is_own.then(|| self.own_tables(caller, &text, &structure)).flatten();
        if let Some(own) = own {
            add(&|user| is_table(user) && !own.contains(&user.id));
        }
        others
    }

    /// The functions in the slot `slot` of tables that are handed to one of these; none where nothing is.
    pub(super) fn handed(&mut self, to: &'static [String], slot: NameRef) -> Rc<HashSet<NameRef>> {
        let key = (to, slot);
        if let Some(handed) = self.handed.get(&key) {
            return Rc::clone(handed);
        }
        let graph = self.graph;
        let (tables, filling) = (Handed::to(graph, to), self.filling(slot));
        let has =
            |users: &[(DefInfo, NameRef)]| users.iter().any(|(user, _)| tables.has(graph, user));
        let handed = filling.users.iter().filter(|(_, users)| has(users));
        let handed: Rc<HashSet<NameRef>> = Rc::new(handed.map(|(name, _)| *name).collect());
        self.handed.insert(key, Rc::clone(&handed));
        handed
    }

    /// What fills the field of a structure, where it holds functions.
    fn function_field(&mut self, field: &[u8], structure: &[u8]) -> Option<Rc<Filling>> {
        let graph = self.graph;
        let slot = graph.find_name(&[field, b"@", structure].concat())?;
        let members = graph.definitions_of(slot);
        members.iter().any(|d| graph.holds_functions(d)).then(|| self.filling(slot))
    }

    /// The tables that a function is in, where it is nothing else than a field of them, and other fields of
    /// them are called as this one is called in it.
    fn own_tables(
        &mut self,
        caller: &DefInfo,
        slot: &[u8],
        structure: &[u8],
    ) -> Option<HashSet<DefId>> {
        let at = memchr::memchr(b'@', slot)?;
        let way = way_to(self.graph, slot)?;
        let mut own = Own {
            called: &slot[..at],
            structure,
            way,
            tables: HashSet::new(),
            seen: HashSet::new(),
        };
        self.add_own(caller, &mut own, DEEPEST)?;
        Some(own.tables).filter(|tables| !tables.is_empty())
    }

    /// Adds the tables that a function is in; none where it is anything else.
    fn add_own(&mut self, function: &DefInfo, own: &mut Own<'_>, left: usize) -> Option<()> {
        let (graph, left) = (self.graph, left.checked_sub(1)?);
        if !own.seen.insert(function.id) {
            return Some(());
        }
        for user in graph.callers(function, Arch::All, false) {
            let definition = &user.definition;
            // That it is exported says nothing.
            let is_slot = user.link.via.is_some_and(|via| graph.is_slot(via));
            let is_entry = user.link.kind == LinkKind::Init && !is_slot && is_table(definition);
            if is_macro(definition) || is_entry {
                continue;
            }
            if user.link.kind != LinkKind::Init {
                // A part of a function of the same file.
                let is_part = function.flags.has(Flags::STATIC)
                    && definition.kind.is_callable()
                    && matches!(user.link.kind, LinkKind::Call | LinkKind::Macro);
                is_part.then(|| self.add_own(definition, own, left))??;
                continue;
            }
            let via = user.link.via.filter(|_| is_table(definition))?;
            let text = graph.name(via);
            if graph.slot_struct(&text)? == own.structure {
                let field = &text[..memchr::memchr(b'@', &text)?];
                (field != own.called && self.is_called(via, &own.way)).then_some(())?;
                own.tables.insert(definition.id);
            } else {
                // What calls fields of another structure may be one of these tables.
                for user in self.callers_through(via) {
                    self.add_own(&user, own, left)?;
                }
            }
        }
        Some(())
    }

    /// Who calls through a slot, by any of its names.
    fn callers_through(&self, slot: NameRef) -> Vec<DefInfo> {
        let graph = self.graph;
        let same = graph.same_slots(slot);
        let users: HashSet<DefId> = same.iter().flat_map(|slot| graph.users_of(*slot)).collect();
        let mut users: Vec<DefInfo> =
            users.into_iter().filter_map(|id| graph.definition(id)).collect();
        let is_call = |e: &Edge| e.kind == UseKind::Indirect && same.contains(&e.name);
        users.retain(|user| graph.edges_of(user).iter().any(is_call));
        users
    }

    /// Whether there is a call through a slot by this way to its table.
    fn is_called(&self, slot: NameRef, way: &Way) -> bool {
        let graph = self.graph;
        let same = graph.same_slots(slot);
        let mut same =
            same.iter().filter(|slot| way_to(graph, &graph.name(**slot)).as_ref() == Some(way));
        same.any(|slot| {
            let users = graph.users_of(*slot).into_iter().filter_map(|id| graph.definition(id));
            let is_call = |edge: &Edge| edge.name == *slot && edge.kind == UseKind::Indirect;
            users.into_iter().any(|user| graph.edges_of(&user).iter().any(is_call))
        })
    }

    /// Who fills the slot.
    fn filling(&mut self, slot: NameRef) -> Rc<Filling> {
        let graph = self.graph;
        let same = graph.same_slots(slot);
        let first = same.first().copied().unwrap_or(slot);
        if let Some(filling) = self.fillings.get(&first) {
            return Rc::clone(filling);
        }
        let mut filling = Filling::default();
        let users: HashSet<DefId> = same.iter().flat_map(|slot| graph.users_of(*slot)).collect();
        for user in users.into_iter().filter_map(|id| graph.definition(id)) {
            for edge in graph.edges_of(&user) {
                let via = edge.via.filter(|_| edge.kind != UseKind::Indirect);
                let Some(via) = via.filter(|via| same.contains(via)) else { continue };
                filling.users.entry(edge.name).or_default().push((user, via));
                if is_table(&user) {
                    *filling.tables.entry(user.id).or_default() += 1;
                } else if !is_macro(&user) {
                    let path = graph.path(user.file);
                    filling.stores.0.insert(split(path).0.to_vec());
                    filling.stores.1 |= calls_for_others(path);
                }
            }
        }
        let filling = Rc::new(filling);
        self.fillings.insert(first, Rc::clone(&filling));
        filling
    }
}

impl Filling {
    /// Whether a table may have a function in this field.
    fn may_have(&self, graph: &Graph<'_>, table: &DefInfo) -> bool {
        let here = split(graph.path(table.file)).0;
        let is_stored = || self.stores.1 || self.stores.0.contains(here);
        self.tables.contains_key(&table.id) || is_stored() || has_macros(graph, table)
    }
}

/// The structure that a slot's table is reached from, and the member there.
fn way_to(graph: &Graph<'_>, slot: &[u8]) -> Option<Way> {
    let path = structure(slot);
    let (from, member) = path.split_at(memchr::memrchr(b'.', path)?);
    Some((graph.struct_at(from)?, member.to_vec()))
}

/// The structure around the one that a slot is a field of, where that is a part of it.
fn struct_around(graph: &Graph<'_>, slot: NameRef) -> Option<Vec<u8>> {
    let text = graph.name(slot);
    let path = structure(&text);
    let (around, member) = path.split_at(memchr::memrchr(b'.', path)?);
    let around = graph.struct_at(around)?;
    let member = graph.find_name(&[&member[1..], b"@", &around].concat())?;
    let members = graph.definitions_of(member);
    let is_part = !members.is_empty() && members.iter().all(|d| d.flags.has(Flags::EMBEDDED));
    is_part.then_some(around)
}

/// Whether it is a variable with a value.
fn is_table(user: &DefInfo) -> bool {
    user.kind == Kind::Variable
}

/// Whether a macro writes fields of a table.
fn has_macros(graph: &Graph<'_>, table: &DefInfo) -> bool {
    let edges = graph.edges_of(table).into_iter().filter(|edge| edge.via.is_none());
    let mut names = edges.map(|edge| edge.name);
    names.any(|name| graph.definitions_of(name).iter().any(is_macro))
}

#[cfg(test)]
mod tests {
    use super::Told;

    #[test]
    fn what_is_told_is_read() {
        let told = Told::read(b"?2+start-stop").unwrap();
        assert!(told.is_own);
        assert_eq!(told.fields, [(&b"start"[..], true), (&b"stop"[..], false)]);
        let told = Told::read(b"?-stop").unwrap();
        assert!(!told.is_own && told.fields.len() == 1);
        assert!(Told::read(b"request_irq").is_none());
    }
}
