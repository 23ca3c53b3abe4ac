//! Chains forward: what a definition leads to, remembered for the length of one question, and
//! the walk that finds all chains of a length.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::outline::UseKind;

use super::ask::{Link, LinkKind, Memo};
use super::base::{DefInfo, Graph};
use super::basis::{Basis, Judge, Standpoint};
use super::chain::{Arrivals, ChainOptions, Hop, State};
use super::ids::{DefId, NameRef};
use super::nearness::Nearness;
use crate::program::Program;

/// A step to a definition.
#[derive(Clone, Copy)]
struct Step {
    to: DefInfo,
    link: Link,
    is_uncertain: bool,
    basis: Basis,
}

/// A slot, as code of one program calls through it.
type Slot = (NameRef, Program);

/// What the text tells of a call through a slot.
type Told = Option<NameRef>;

/// The functions that a call through a slot may lead to, and what that stands on: those that are only
/// possible, too.
type Targets = Rc<Vec<(DefInfo, Basis)>>;

/// What a definition leads to: by name, and through slots, each with its line.
struct Steps {
    direct: Vec<Step>,
    slots: Vec<(Slot, Told, u32)>,
}

/// How a walk ended.
pub(super) enum Walk {
    /// At these states, reached so.
    Found(Vec<State>, Arrivals),
    /// Nowhere; a chain has at least so many hops.
    Longer(usize),
    /// There is no chain at all.
    Nothing,
    /// It took too many steps.
    GaveUp,
}

/// A search forward.
pub(super) struct Forward<'g, 'a> {
    graph: &'g Graph<'a>,
    options: &'g ChainOptions,
    avoid: HashSet<NameRef>,
    memo: Memo,
    steps: HashMap<DefId, Rc<Steps>>,
    targets: HashMap<(Slot, Standpoint), Targets>,
    /// Whether calls that are only possible are hops.
    possible: bool,
    judge: Judge<'g, 'a>,
    /// On which level each definition was reached first.
    reached: HashMap<DefId, usize>,
    spent: HashSet<(Slot, Standpoint)>,
    frontier: Vec<DefInfo>,
    /// How many steps may be looked at.
    pub(super) most: usize,
    /// How many levels were walked.
    pub(super) level: usize,
    /// How many steps were looked at.
    pub(super) work: usize,
}

impl<'g, 'a> Forward<'g, 'a> {
    /// From `starts`. It gives up after `most` steps.
    pub(super) fn new(
        graph: &'g Graph<'a>,
        options: &'g ChainOptions,
        starts: &[DefInfo],
        most: usize,
    ) -> Self {
        Forward {
            graph,
            options,
            avoid: options.avoid.iter().copied().collect(),
            memo: Memo::default(),
            steps: HashMap::new(),
            targets: HashMap::new(),
            possible: false,
            judge: Judge::new(graph),
            reached: starts.iter().map(|start| (start.id, 0)).collect(),
            spent: HashSet::new(),
            frontier: starts.to_vec(),
            most,
            level: 0,
            work: 0,
        }
    }

    /// Begins anew, with what is known of definitions and slots, and goes also by calls that are only
    /// possible.
    pub(super) fn also_by_possible(&mut self, starts: &[DefInfo]) {
        self.possible = true;
        self.reached = starts.iter().map(|start| (start.id, 0)).collect();
        self.spent.clear();
        self.frontier = starts.to_vec();
        self.level = 0;
    }

    /// Whether what stands on this is a hop.
    fn counts(&self, basis: Basis) -> bool {
        self.possible || basis < Basis::Possible
    }

    /// Whether all is reached that can be.
    pub(super) fn is_done(&self) -> bool {
        self.frontier.is_empty()
    }

    /// What another level costs, about.
    pub(super) fn cost(&self) -> usize {
        self.work + self.frontier.len()
    }

    /// The hops of the shortest chain that may be, where the way back meets this one.
    pub(super) fn meets(&self, near: &Nearness<'_, '_>) -> Option<usize> {
        // They met nowhere before, so that one of both is new.
        let here = self.frontier.iter().map(|to| to.id);
        let here = here.filter_map(|id| Some(self.reached.get(&id)? + near.known(id)?));
        let there = near.newest().filter_map(|(id, more)| Some(self.reached.get(&id)? + more));
        here.chain(there).min()
    }

    /// Walks a level further; false where it gave up within the level.
    #[must_use]
    pub(super) fn grow(&mut self) -> bool {
        self.level += 1;
        for from in std::mem::take(&mut self.frontier) {
            if self.work > self.most {
                return false;
            }
            let steps = self.steps_of(&from);
            for step in &steps.direct {
                self.reach(&step.to);
            }
            for (slot, told, _) in &steps.slots {
                let standpoint = self.judge.standpoint(&from, (slot.0, *told));
                if self.spent.insert((*slot, standpoint)) {
                    for (to, basis) in self.targets_of(&from, *slot, *told).iter() {
                        if self.counts(*basis) {
                            self.reach(to);
                        }
                    }
                }
            }
        }
        true
    }

    fn reach(&mut self, to: &DefInfo) {
        if !self.reached.contains_key(&to.id) {
            self.reached.insert(to.id, self.level);
            self.frontier.push(*to);
        }
    }

    fn steps_of(&mut self, from: &DefInfo) -> Rc<Steps> {
        if let Some(steps) = self.steps.get(&from.id) {
            return Rc::clone(steps);
        }
        let (graph, kinds) = (self.graph, &self.options.kinds);
        let mut direct = Vec::new();
        for callee in graph.callees_with(from, self.options.arch, &mut self.memo) {
            if !kinds.contains(&callee.link.kind) || self.avoid.contains(&callee.name) {
                continue;
            }
            let (link, is_uncertain) = (callee.link, callee.definitions.len() > 1);
            let basis = callee.basis;
            let step = |to: &DefInfo| Step { to: *to, link, is_uncertain, basis };
            direct.extend(callee.definitions.iter().map(step));
        }
        let mut slots = Vec::new();
        if kinds.contains(&LinkKind::Indirect) {
            let program = graph.place(from.file).program;
            let edges = graph.edges_of(from).into_iter();
            let through = edges.filter(|edge| edge.kind == UseKind::Indirect);
            slots.extend(through.map(|edge| ((edge.name, program), edge.via, edge.line)));
            slots.sort_unstable_by_key(|((name, _), _, line)| (*line, graph.name_key(*name)));
        }
        self.work += direct.len() + slots.len() + 1;
        let steps = Rc::new(Steps { direct, slots });
        self.steps.insert(from.id, Rc::clone(&steps));
        steps
    }

    /// The functions that `from` may call through a slot; none where its structure is not known. Of a
    /// field that is known by its path alone these are possible at most, and of all fields of its name.
    fn targets_of(&mut self, from: &DefInfo, slot: Slot, told: Told) -> Targets {
        let through = (slot.0, told);
        // Several names are one slot.
        let same = self.graph.same_slots(slot.0).first().copied();
        let Some(first) = same else { return Rc::default() };
        let first = if self.graph.is_like_no_other(slot.0) { slot.0 } else { first };
        let slot = (first, slot.1);
        let site = self.judge.site(from);
        let standpoint = self.judge.standpoint(from, through);
        if let Some(targets) = self.targets.get(&(slot, standpoint)) {
            return Rc::clone(targets);
        }
        let filled = self.graph.filled(slot.0, slot.1, self.options.arch);
        self.work += filled.fills.len() + 1;
        let others = self.judge.others(from, through);
        let called = filled.called(&self.graph.name(slot.0), others);
        let mut targets = Vec::new();
        for fill in filled.fills.iter().filter(|fill| !self.avoid.contains(&fill.name)) {
            let basis = self.judge.basis(&site, &called, (fill.name, &fill.places()));
            targets.extend(fill.definitions.iter().map(|to| (*to, basis)));
        }
        let targets = Rc::new(targets);
        self.targets.insert((slot, standpoint), Rc::clone(&targets));
        targets
    }

    /// Finds all chains of the shortest length, if that is at most `bound`. What is too far
    /// from the end for it is left out.
    pub(super) fn walk(
        &mut self,
        starts: &[DefInfo],
        to: &[NameRef],
        near: &Nearness<'_, '_>,
        bound: usize,
    ) -> Walk {
        let mut walked = Walked::from(starts, to, self.options, (near, bound));
        let any_way = walked.through.is_empty() && walked.without.is_empty();
        let mut filled: HashMap<(Slot, Standpoint), (usize, Targets)> = HashMap::new();
        while !walked.next.is_empty() && walked.goals.is_empty() {
            let level = std::mem::take(&mut walked.next);
            walked.distance += 1;
            for (from, passed) in &level {
                let steps = self.steps_of(from);
                self.work += steps.direct.len() + 1;
                if self.work > self.most {
                    return Walk::GaveUp;
                }
                for step in &steps.direct {
                    walked.hop(from, *passed, step);
                }
                for (slot, told, line) in &steps.slots {
                    let key = (*slot, self.judge.standpoint(from, (slot.0, *told)));
                    let known = filled.get(&key).filter(|(at, _)| {
                        // What a slot leads to is reached then: no later hop is shorter.
                        *at == walked.distance || any_way
                    });
                    let fills = match known {
                        Some((at, _)) if *at != walked.distance => continue,
                        Some((_, fills)) => Rc::clone(fills),
                        None => {
                            let all = self.targets_of(from, *slot, *told);
                            self.work += all.len();
                            let may = all
                                .iter()
                                .copied()
                                .filter(|(to, basis)| self.counts(*basis) && walked.is_useful(to));
                            let may: Targets = Rc::new(may.collect());
                            filled.insert(key, (walked.distance, Rc::clone(&may)));
                            may
                        }
                    };
                    let link = Link {
                        kind: LinkKind::Indirect,
                        line: *line,
                        via: Some(slot.0),
                        runs: true,
                    };
                    self.work += fills.len();
                    for (to, basis) in fills.iter() {
                        let step = Step { to: *to, link, is_uncertain: true, basis: *basis };
                        walked.hop(from, *passed, &step);
                    }
                }
            }
        }
        walked.end()
    }
}

/// A walk under way.
struct Walked<'w> {
    near: &'w Nearness<'w, 'w>,
    through: &'w [NameRef],
    /// Hops that aren't taken.
    without: &'w HashSet<(DefId, DefId)>,
    bound: usize,
    distance: usize,
    goal: (&'w [NameRef], usize),
    /// The fewest hops of what was left out for being too far.
    longer: Option<usize>,
    reached: HashMap<State, usize>,
    into: Arrivals,
    next: Vec<(DefInfo, usize)>,
    goals: Vec<State>,
}

impl<'w> Walked<'w> {
    /// Begins at `starts`, on the way to a definition called `to`.
    fn from(
        starts: &[DefInfo],
        to: &'w [NameRef],
        options: &'w ChainOptions,
        (near, bound): (&'w Nearness<'w, 'w>, usize),
    ) -> Self {
        let (through, without) = (&options.through, &options.without);
        let mut walked = Walked {
            near,
            through,
            without,
            bound,
            distance: 0,
            goal: (to, through.len()),
            longer: None,
            reached: HashMap::new(),
            into: HashMap::new(),
            next: Vec::new(),
            goals: Vec::new(),
        };
        for start in starts {
            walked.start(start);
        }
        walked
    }

    /// How many of the names to pass are behind a path that comes to `name`.
    fn passed(&self, passed: usize, name: NameRef) -> usize {
        passed + usize::from(self.through.get(passed) == Some(&name))
    }

    fn start(&mut self, start: &DefInfo) {
        if self.may_pass(start.id) {
            let passed = self.passed(0, start.name);
            self.reached.insert((start.id, passed), 0);
            self.next.push((*start, passed));
        }
    }

    /// Whether a path within the bound may be there now; notes by how much it is too long.
    fn may_pass(&mut self, id: DefId) -> bool {
        let Some(more) = self.near.at_least(id) else { return false };
        let hops = self.distance + more;
        if hops > self.bound {
            self.longer = Some(self.longer.map_or(hops, |longer| longer.min(hops)));
        }
        hops <= self.bound
    }

    /// Whether a hop to `to` may be a part of what is found. Where names must be passed, that
    /// depends on the path.
    fn is_useful(&mut self, to: &DefInfo) -> bool {
        if !self.through.is_empty() {
            return true;
        }
        match self.reached.get(&(to.id, 0)).copied() {
            Some(known) => known == self.distance,
            None => self.may_pass(to.id),
        }
    }

    fn hop(&mut self, from: &DefInfo, passed: usize, step: &Step) {
        if self.without.contains(&(from.id, step.to.id)) {
            return;
        }
        let now = self.passed(passed, step.to.name);
        let state = (step.to.id, now);
        let known = match self.reached.get(&state).copied() {
            Some(known) => known,
            None if self.may_pass(step.to.id) => {
                self.reached.insert(state, self.distance);
                let (ends, passed_all) = self.goal;
                if now == passed_all && ends.contains(&step.to.name) {
                    self.goals.push(state);
                }
                self.next.push((step.to, now));
                self.distance
            }
            None => return,
        };
        if known != self.distance {
            return;
        }
        let hops = self.into.entry(state).or_default();
        // Of several ways from one definition to another the first is told.
        if !hops.last().is_some_and(|(hop, before)| hop.from.id == from.id && *before == passed) {
            let Step { to, link, is_uncertain, basis } = *step;
            hops.push((Hop { from: *from, to, link, is_uncertain, basis }, passed));
        }
    }

    fn end(self) -> Walk {
        match self.longer {
            _ if !self.goals.is_empty() => Walk::Found(self.goals, self.into),
            Some(hops) => Walk::Longer(hops),
            None => Walk::Nothing,
        }
    }
}
