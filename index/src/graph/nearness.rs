//! How near definitions are to those that a chain ends at: a walk backwards over the users of
//! their names, a level at a time.
//!
//! It asks who can mean the definition by its name, not in which way it is used, so that a
//! definition may look nearer than it is, and never further.

use std::collections::{HashMap, HashSet};

use crate::outline::{Kind, UseKind};

use super::base::{DefInfo, Graph};
use super::ids::{DefId, FileId, NameRef};
use super::place::Program;
use super::resolve::{Arch, hides};

/// The definitions that are at most `radius` steps away from an end.
pub(super) struct Nearness<'g, 'a> {
    graph: &'g Graph<'a>,
    arch: Arch,
    indirect: bool,
    /// The programs that a chain can be in.
    programs: Vec<Program>,
    steps: HashMap<DefId, usize>,
    frontier: Vec<DefInfo>,
    slots: HashSet<NameRef>,
    /// How many users may be looked at.
    most: usize,
    /// How many steps back were walked.
    pub(super) radius: usize,
    /// How many users were looked at.
    pub(super) work: usize,
}

impl<'g, 'a> Nearness<'g, 'a> {
    /// Nearness to `to`, of what `starts` can lead to; with `indirect`, also through
    /// slots. It gives up after `most` users.
    pub(super) fn new(
        graph: &'g Graph<'a>,
        to: NameRef,
        starts: &[DefInfo],
        arch: Arch,
        indirect: bool,
        most: usize,
    ) -> Self {
        let ends = graph.definitions_of(to);
        Nearness {
            graph,
            arch,
            indirect,
            programs: starts.iter().map(|start| graph.place(start.file).program).collect(),
            steps: ends.iter().map(|end| (end.id, 0)).collect(),
            frontier: ends,
            slots: HashSet::new(),
            most,
            radius: 0,
            work: 0,
        }
    }

    /// Whether all is known that leads to the end.
    pub(super) fn is_done(&self) -> bool {
        self.frontier.is_empty()
    }

    /// What another level costs, about.
    pub(super) fn cost(&self) -> usize {
        self.work + self.frontier.len()
    }

    /// The definitions that the last level added, with how many steps from the end they are.
    pub(super) fn newest(&self) -> impl Iterator<Item = (DefId, usize)> + '_ {
        self.frontier.iter().map(|definition| (definition.id, self.radius))
    }

    /// How many steps from the end a definition is known to be.
    pub(super) fn known(&self, id: DefId) -> Option<usize> {
        self.steps.get(&id).copied()
    }

    /// How many steps from the end it is at least; none where it does not lead there.
    pub(super) fn at_least(&self, id: DefId) -> Option<usize> {
        self.known(id).or_else(|| (!self.is_done()).then_some(self.radius + 1))
    }

    /// Walks a level further back; false where it gave up within the level, after which the
    /// estimate can't be used any more.
    #[must_use]
    pub(super) fn grow(&mut self) -> bool {
        self.radius += 1;
        let mut level = std::mem::take(&mut self.frontier);
        level.sort_unstable_by_key(|definition| (definition.name, definition.id));
        for ends in level.chunk_by(|one, other| one.name == other.name) {
            if self.work > self.most {
                return false;
            }
            self.name(ends);
        }
        true
    }

    /// Adds who can mean one of these definitions, which have one name.
    fn name(&mut self, ends: &[DefInfo]) {
        let Some(name) = ends.first().map(|end| end.name) else { return };
        // A file's own definition hides all others of the name.
        let all = self.graph.definitions_of(name);
        let own: HashSet<FileId> = all.iter().filter(|d| hides(d)).map(|d| d.file).collect();
        let mut through: Vec<NameRef> = Vec::new();
        for user in self.users(name) {
            let may_mean = |end: &DefInfo| {
                end.file == user.file
                    || !own.contains(&user.file) && self.graph.sees(user.file, end, self.arch)
            };
            self.work += ends.len();
            if !ends.iter().any(may_mean) {
                continue;
            }
            self.add(&user);
            if self.indirect {
                let edges = self.graph.edges_of(&user);
                self.work += edges.len();
                let fills = edges.iter().filter(|e| e.name == name && e.kind != UseKind::Indirect);
                through.extend(fills.filter_map(|edge| edge.via));
            }
        }
        through.sort_unstable();
        through.dedup();
        for slot in through {
            self.add_callers_through(slot);
        }
    }

    /// The definitions that have the name, as far as a chain can come there.
    fn users(&mut self, name: NameRef) -> Vec<DefInfo> {
        let ids = self.graph.users_of(name);
        self.work += ids.len() + 1;
        let mut users: Vec<DefInfo> =
            ids.into_iter().filter_map(|id| self.graph.definition(id)).collect();
        users.retain(|user| {
            let place = self.graph.place(user.file);
            self.arch.has(place) && self.programs.contains(&place.program)
        });
        users
    }

    /// Whoever calls through a slot reaches what fills it.
    fn add_callers_through(&mut self, slot: NameRef) {
        if self.slots.contains(&slot) || !self.graph.is_slot(slot) {
            return;
        }
        let mut open = vec![slot];
        while let Some(slot) = open.pop() {
            self.slots.insert(slot);
            for &same in self.graph.same_slots(slot).iter() {
                self.slots.insert(same);
                for user in self.users(same) {
                    self.add(&user);
                }
                let passed = self.graph.passed_from(same);
                open.extend(passed.into_iter().filter(|slot| !self.slots.contains(slot)));
            }
        }
    }

    fn add(&mut self, user: &DefInfo) {
        let leads = user.kind.is_callable() || matches!(user.kind, Kind::Macro | Kind::Constant);
        if leads && !self.steps.contains_key(&user.id) {
            self.steps.insert(user.id, self.radius);
            self.frontier.push(*user);
        }
    }
}
