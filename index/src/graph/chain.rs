//! The shortest paths from one name to another: what is searched and what comes out. How near
//! a name is to the end `nearness` says, the steps forward come from `forward`.

use std::collections::{HashMap, HashSet};

use crate::outline::{Flags, Kind};

use super::ask::{Link, LinkKind};
use super::base::{DefInfo, Graph};
use super::basis::Basis;
use super::forward::{Forward, Walk};
use super::ids::{DefId, NameRef};
use super::nearness::Nearness;
use super::resolve::Arch;

/// What a path may do.
#[derive(Clone, Debug)]
pub struct ChainOptions {
    /// Which architectures count.
    pub arch: Arch,
    /// How many paths at most.
    pub count: usize,
    /// How many hops at most.
    pub max_depth: usize,
    /// The kinds of hops allowed.
    pub kinds: Vec<LinkKind>,
    /// Names that the path must pass, in this order.
    pub through: Vec<NameRef>,
    /// Names that it must not pass.
    pub avoid: Vec<NameRef>,
    /// Hops that it must not take.
    pub without: HashSet<(DefId, DefId)>,
    /// What is made of calls that are only possible.
    pub possible: Possible,
}

/// What is made of calls through slots that are only possible ([`Basis::Possible`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Possible {
    /// They are hops where there is no chain without them.
    Last,
    /// They are hops like any other.
    Alike,
}

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The definition that is left.
    pub from: DefInfo,
    /// The definition that is reached.
    pub to: DefInfo,
    /// How.
    pub link: Link,
    /// Whether the name could mean another definition too, or the call is indirect.
    pub is_uncertain: bool,
    /// What it stands on.
    pub basis: Basis,
}

/// A path, hop by hop.
pub type Chain = Vec<Hop>;

/// What a search for chains found.
#[derive(Clone, Debug)]
pub struct Chains {
    /// The chains, the best first.
    pub found: Vec<Chain>,
    /// How far was looked.
    pub end: SearchEnd,
}

/// Why a search for chains ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchEnd {
    /// All was seen that had to be: where nothing is found, there is no chain.
    Complete,
    /// Longer chains than the question allows were not looked for.
    Depth,
    /// So many steps were looked at that it gave up.
    Work(usize),
}

/// Chains compared before the best are chosen, so that ties stay cheap.
const ENUMERATED: usize = 512;

/// Hops of all chains compared: long ones are fewer.
const HOPS: usize = 1 << 18;

/// Steps looked at before a search gives up: about a second.
const WORK: usize = 800_000;

impl Graph<'_> {
    /// The shortest paths from `from` to `to`: fewest uncertain hops first, then path order. Those
    /// with hops that are only possible are told where there are no others, unless these are alike.
    pub fn chains(&self, from: NameRef, to: NameRef, options: &ChainOptions) -> Chains {
        self.chains_within(from, to, options, WORK)
    }

    /// The same, for which at most `work` steps are looked at.
    pub(super) fn chains_within(
        &self,
        from: NameRef,
        to: NameRef,
        options: &ChainOptions,
        work: usize,
    ) -> Chains {
        let indirect = options.kinds.contains(&LinkKind::Indirect);
        let twice = indirect && options.possible == Possible::Last;
        let first = if twice { work / 2 } else { work };
        let to = self.same_by_name(to);
        let starts = self.starts(from, options.arch);
        let mut search = Search {
            near: Nearness::new(self, &to, &starts, options.arch, indirect, first),
            forward: Forward::new(self, options, &starts, first),
            starts,
            to,
            max_depth: options.max_depth,
            most: first,
        };
        if !twice {
            search.also_by_possible(work);
        }
        let mut chains = search.shortest();
        if twice && chains.found.is_empty() {
            search.also_by_possible(work);
            chains = search.shortest();
        }
        chains.found.sort_by_cached_key(|chain| {
            let unsure = |basis| chain.iter().filter(|hop| hop.basis == basis).count();
            let uncertain = chain.iter().filter(|hop| hop.is_uncertain).count();
            let uncertain = (unsure(Basis::Possible), unsure(Basis::Likely), uncertain);
            let places: Vec<(Vec<u8>, u32)> =
                chain.iter().map(|h| (self.path(h.from.file).to_vec(), h.link.line)).collect();
            (uncertain, places)
        });
        chains.found.truncate(options.count);
        chains
    }

    /// The names of what is called `name`, this first: a system call has several, by which one or the
    /// other is called.
    pub fn same_by_name(&self, name: NameRef) -> Vec<NameRef> {
        let mut names = vec![name];
        let calls = self.definitions_of(name).into_iter().filter(|d| d.kind == Kind::Syscall);
        for call in calls {
            let is_same = |other: &DefInfo| other.file == call.file && other.first == call.first;
            let edges = || self.edges_of(&call).into_iter().map(|edge| edge.name);
            let own: Vec<NameRef> = match call.flags.has(Flags::ALIAS) {
                true => edges().filter(|n| self.definitions_of(*n).iter().any(is_same)).collect(),
                false => vec![name],
            };
            let users = own.iter().flat_map(|own| self.users_of(*own));
            let aliases = users.filter_map(|id| self.definition(id));
            let aliases = aliases.filter(|d| d.flags.has(Flags::ALIAS) && is_same(d));
            let all: Vec<NameRef> = own.iter().copied().chain(aliases.map(|d| d.name)).collect();
            names.extend(all);
        }
        let mut seen = HashSet::new();
        names.retain(|name| seen.insert(*name));
        names
    }

    /// The definitions of `name` that a chain can begin at.
    pub fn starts(&self, name: NameRef, arch: Arch) -> Vec<DefInfo> {
        let mut starts = self.definitions_of(name);
        starts.retain(|d| {
            (d.kind.is_callable() || d.kind == Kind::Macro) && arch.has(self.place(d.file))
        });
        starts
    }
}

/// A search under way.
struct Search<'g, 'a> {
    near: Nearness<'g, 'a>,
    forward: Forward<'g, 'a>,
    starts: Vec<DefInfo>,
    to: Vec<NameRef>,
    max_depth: usize,
    /// How many steps may be looked at.
    most: usize,
}

impl Search<'_, '_> {
    /// Calls that are only possible are hops from now on, and `most` steps in all may be looked at.
    fn also_by_possible(&mut self, most: usize) {
        self.forward.also_by_possible(&self.starts);
        (self.most, self.near.most, self.forward.most) = (most, most, most);
    }

    /// All shortest paths, as far as they are enumerated.
    ///
    /// From both ends at once, until they meet: a function that few reach, or that reaches
    /// few, answers at once. Then a walk forward that leaves out what can't be on a path of
    /// that length; the way back is an estimate (by names), so that it may have to be longer.
    fn shortest(&mut self) -> Chains {
        let ended = |end| Chains { found: Vec::new(), end };
        if self.near.is_within() && !self.near.grow() {
            return ended(self.gave_up());
        }
        let mut bound = loop {
            if self.work() > self.most {
                return ended(self.gave_up());
            }
            let Search { near, forward, .. } = self;
            if let Some(least) = forward.meets(near) {
                break least;
            }
            if forward.is_done() || near.is_done() {
                return ended(SearchEnd::Complete);
            }
            if forward.level + near.radius >= self.max_depth {
                return ended(SearchEnd::Depth);
            }
            let grown = if near.cost() <= forward.cost() { near.grow() } else { forward.grow() };
            if !grown {
                return ended(self.gave_up());
            }
        };
        loop {
            if bound > self.max_depth {
                return ended(SearchEnd::Depth);
            }
            match self.forward.walk(&self.starts, &self.to, &self.near, bound) {
                Walk::Found(goals, into) => {
                    return Chains { found: unwind(&goals, &into), end: SearchEnd::Complete };
                }
                Walk::Longer(next) => bound = next,
                Walk::Nothing => return ended(SearchEnd::Complete),
                Walk::GaveUp => return ended(self.gave_up()),
            }
            if self.work() > self.most {
                return ended(self.gave_up());
            }
            while !self.near.is_done() && self.near.work <= self.forward.work {
                // Half a level is no estimate: what it lacks would look further than it is.
                if !self.near.grow() {
                    return ended(self.gave_up());
                }
            }
        }
    }

    fn work(&self) -> usize {
        self.forward.work + self.near.work
    }

    fn gave_up(&self) -> SearchEnd {
        SearchEnd::Work(self.work())
    }
}

/// Where a path stands: at which definition, and how many of the names that it must pass are
/// behind it.
pub(super) type State = (DefId, usize);

/// The hops by which a state is reached, each with what was passed before it; none of where
/// a path begins.
pub(super) type Arrivals = HashMap<State, Vec<(Hop, usize)>>;

/// The paths that end at `goals`, read backwards from there, on one stack: a path may be long.
fn unwind(goals: &[State], into: &Arrivals) -> Vec<Chain> {
    let mut found: Vec<Chain> = Vec::new();
    let mut hops = 0;
    for goal in goals {
        // The hops taken so far, and for each state on the way which arrival is next.
        let mut path: Vec<Hop> = Vec::new();
        let mut open: Vec<(State, usize)> = vec![(*goal, 0)];
        while let Some((state, next)) = open.last_mut() {
            let arrivals = into.get(state).map_or(&[][..], Vec::as_slice);
            match arrivals.get(*next).filter(|_| *next < ENUMERATED) {
                Some((hop, passed)) => {
                    *next += 1;
                    path.push(*hop);
                    open.push(((hop.from.id, *passed), 0));
                }
                None => {
                    if arrivals.is_empty() {
                        found.push(path.iter().rev().copied().collect());
                        hops += path.len();
                        if found.len() >= ENUMERATED || hops >= HOPS {
                            return found;
                        }
                    }
                    open.pop();
                    path.pop();
                }
            }
        }
    }
    found
}
