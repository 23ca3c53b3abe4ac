//! How near definitions are to those that a chain ends at: a walk backwards over the users of
//! their names, a level at a time.
//!
//! It asks who can mean the definition by its name, not in which way it is used, so that a
//! definition may look nearer than it is, and never further.

use std::collections::{HashMap, HashSet};

use crate::bits::Bits;
use crate::outline::{Kind, UseKind};

use super::base::{DefInfo, Graph};
use super::ids::{DefId, FileId, NameRef};
use super::resolve::{Arch, hides};
use crate::program::Program;

/// The definitions that are at most `radius` steps away from an end.
pub(super) struct Nearness<'g, 'a> {
    graph: &'g Graph<'a>,
    arch: Arch,
    indirect: bool,
    /// The programs that a chain can be in.
    programs: Vec<Program>,
    steps: HashMap<DefId, usize>,
    frontier: Vec<DefInfo>,
    /// What is left of a level in which it gave up.
    rest: Vec<DefInfo>,
    /// The users that there is nothing more to be learned of: they are known to be near, with all
    /// that they put into slots, or no chain comes to them.
    settled: Bits,
    /// The slots that those near put functions into, by the functions' names, and in which files.
    fills: HashMap<NameRef, Vec<(NameRef, FileId)>>,
    slots: HashSet<NameRef>,
    /// How many users, and edges of theirs, may be looked at.
    pub(super) most: usize,
    /// How many steps back were walked.
    pub(super) radius: usize,
    /// How many users, and edges of theirs, were looked at.
    pub(super) work: usize,
}

/// The number of users that may be settled in the time that looking at another one takes. What is counted does not
/// depend on the order in which names come, which an update changes.
const SETTLED: usize = 16;

impl<'g, 'a> Nearness<'g, 'a> {
    /// Nearness to what is called one of `to`, of what `starts` can lead to; with `indirect`, also through
    /// slots. It gives up after `most` users.
    pub(super) fn new(
        graph: &'g Graph<'a>,
        to: &[NameRef],
        starts: &[DefInfo],
        arch: Arch,
        indirect: bool,
        most: usize,
    ) -> Self {
        let ends: Vec<DefInfo> = to.iter().flat_map(|to| graph.definitions_of(*to)).collect();
        Nearness {
            graph,
            arch,
            indirect,
            programs: starts.iter().map(|start| graph.place(start.file).program).collect(),
            steps: ends.iter().map(|end| (end.id, 0)).collect(),
            frontier: ends,
            rest: Vec::new(),
            settled: Bits::empty(graph.definitions()),
            fills: HashMap::new(),
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

    /// Walks a level further back, or on in one in which it gave up; false where it gives up within
    /// the level, before whose end the estimate can't be used.
    #[must_use]
    pub(super) fn grow(&mut self) -> bool {
        let mut level = std::mem::take(&mut self.rest);
        if level.is_empty() {
            self.radius += 1;
            level = std::mem::take(&mut self.frontier);
            level.sort_unstable_by_key(|definition| (definition.name, definition.id));
        }
        let mut done = 0;
        for ends in level.chunk_by(|one, other| one.name == other.name) {
            if self.work > self.most {
                self.rest = level.split_off(done);
                return false;
            }
            self.name(ends);
            done += ends.len();
        }
        true
    }

    /// Whether it gave up within a level.
    pub(super) fn is_within(&self) -> bool {
        !self.rest.is_empty()
    }

    /// Adds who can mean one of these definitions, which have one name.
    fn name(&mut self, ends: &[DefInfo]) {
        let Some(name) = ends.first().map(|end| end.name) else { return };
        // A file's own definition hides all others of the name.
        let all = self.graph.definitions_of(name);
        let own: HashSet<FileId> = all.iter().filter(|d| hides(d)).map(|d| d.file).collect();
        let (graph, arch) = (self.graph, self.arch);
        let may_mean = |file: FileId| {
            let sees = |end: &DefInfo| {
                end.file == file || !own.contains(&file) && graph.sees(file, end, arch)
            };
            ends.iter().any(sees)
        };
        for user in self.users(name, ends.len()) {
            if may_mean(user.file) {
                self.add(&user);
            }
        }
        let filled = self.fills.get(&name).map_or(&[][..], Vec::as_slice);
        let filled = filled.iter().filter(|(_, file)| may_mean(*file));
        let mut through: Vec<NameRef> = filled.map(|(slot, _)| *slot).collect();
        self.work += through.len();
        through.sort_unstable();
        through.dedup();
        for slot in through {
            self.add_callers_through(slot);
        }
    }

    /// The definitions that have the name and are not settled, as far as a chain can come there; they
    /// are compared with so many ends.
    fn users(&mut self, name: NameRef, ends: usize) -> Vec<DefInfo> {
        let mut ids = self.graph.users_of(name);
        self.work += ids.len() * ends / SETTLED + 1;
        ids.retain(|id| !self.settled.get(id.at()));
        let mut users: Vec<DefInfo> =
            ids.into_iter().filter_map(|id| self.graph.definition(id)).collect();
        users.retain(|user| {
            let place = self.graph.place(user.file);
            let counts = self.arch.has(place) && self.programs.contains(&place.program);
            if !counts {
                self.settled.set(user.id.at());
            }
            counts
        });
        users
    }

    /// A call through a slot reaches what fills it.
    fn add_callers_through(&mut self, slot: NameRef) {
        if self.slots.contains(&slot) || !self.graph.is_slot(slot) {
            return;
        }
        let mut open = vec![slot];
        while let Some(slot) = open.pop() {
            self.slots.insert(slot);
            for &same in self.graph.same_slots(slot).iter() {
                self.slots.insert(same);
                for user in self.users(same, 1) {
                    self.add(&user);
                }
                let passed = self.graph.passed_from(same);
                open.extend(passed.into_iter().filter(|slot| !self.slots.contains(slot)));
            }
        }
    }

    fn add(&mut self, user: &DefInfo) {
        self.settled.set(user.id.at());
        self.work += 1;
        let leads = user.kind.is_callable() || matches!(user.kind, Kind::Macro | Kind::Constant);
        if leads && !self.steps.contains_key(&user.id) {
            self.steps.insert(user.id, self.radius);
            self.frontier.push(*user);
        }
        if self.indirect {
            let edges = self.graph.edges_of(user);
            self.work += edges.len();
            for edge in edges.iter().filter(|edge| edge.kind != UseKind::Indirect) {
                if let Some(slot) = edge.via {
                    self.fills.entry(edge.name).or_default().push((slot, user.file));
                }
            }
        }
    }
}
