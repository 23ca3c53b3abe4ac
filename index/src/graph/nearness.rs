//! How near names are to the one that a chain ends at: a walk backwards over the users of
//! names, a level at a time.
//!
//! It asks only who has the name in its text, not what the name means there, so that a name
//! may look nearer than it is, and never further.

use std::collections::{HashMap, HashSet};

use crate::outline::{Kind, UseKind};

use super::base::{DefInfo, Edge, Graph, NameRef};
use super::chain::WORK;

/// The names that are at most `radius` steps away from an end.
pub(super) struct Nearness<'g, 'a> {
    graph: &'g Graph<'a>,
    indirect: bool,
    steps: HashMap<NameRef, usize>,
    frontier: Vec<NameRef>,
    slots: HashSet<NameRef>,
    /// How many steps back were walked.
    pub(super) radius: usize,
    /// How many users were looked at.
    pub(super) work: usize,
}

impl<'g, 'a> Nearness<'g, 'a> {
    /// Nearness to `to`; with `indirect`, also through slots.
    pub(super) fn new(graph: &'g Graph<'a>, to: NameRef, indirect: bool) -> Self {
        Nearness {
            graph,
            indirect,
            steps: HashMap::from([(to, 0)]),
            frontier: vec![to],
            slots: HashSet::new(),
            radius: 0,
            work: 0,
        }
    }

    /// Whether all names are known that lead to the end.
    pub(super) fn is_done(&self) -> bool {
        self.frontier.is_empty()
    }

    /// What another level costs, about.
    pub(super) fn cost(&self) -> usize {
        self.work + self.frontier.len()
    }

    /// The names that the last level added, with how many steps from the end they are.
    pub(super) fn newest(&self) -> impl Iterator<Item = (NameRef, usize)> + '_ {
        self.frontier.iter().map(|name| (*name, self.radius))
    }

    /// How many steps from the end the name is known to be.
    pub(super) fn known(&self, name: NameRef) -> Option<usize> {
        self.steps.get(&name).copied()
    }

    /// How many steps from the end the name is at least; none where it does not lead there.
    pub(super) fn at_least(&self, name: NameRef) -> Option<usize> {
        self.known(name).or_else(|| (!self.is_done()).then_some(self.radius + 1))
    }

    /// Walks a level further back.
    pub(super) fn grow(&mut self) {
        self.radius += 1;
        for name in std::mem::take(&mut self.frontier) {
            if self.work > WORK {
                return;
            }
            let mut through: Vec<NameRef> = Vec::new();
            for user in self.users(name) {
                self.add(&user);
                if self.indirect {
                    let edges = self.graph.edges_of(&user);
                    self.work += edges.len();
                    let fills = |e: &&Edge| e.name == name && e.kind != UseKind::Indirect;
                    through.extend(edges.iter().filter(fills).filter_map(|edge| edge.via));
                }
            }
            through.sort_unstable();
            through.dedup();
            for slot in through {
                self.add_callers_through(slot);
            }
        }
    }

    /// The definitions that have the name.
    fn users(&mut self, name: NameRef) -> Vec<DefInfo> {
        let ids = self.graph.users_of(name);
        self.work += ids.len() + 1;
        ids.into_iter().filter_map(|id| self.graph.definition(id)).collect()
    }

    /// Whoever calls through a slot reaches what fills it.
    fn add_callers_through(&mut self, slot: NameRef) {
        if self.slots.contains(&slot) || !self.graph.is_slot(slot) {
            return;
        }
        self.slots.insert(slot);
        for same in self.graph.same_slots(slot) {
            self.slots.insert(same);
            for user in self.users(same) {
                self.add(&user);
            }
        }
    }

    fn add(&mut self, user: &DefInfo) {
        let leads = user.kind.is_callable() || matches!(user.kind, Kind::Macro | Kind::Constant);
        if leads && !self.steps.contains_key(&user.name) {
            self.steps.insert(user.name, self.radius);
            self.frontier.push(user.name);
        }
    }
}
