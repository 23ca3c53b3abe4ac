//! The shortest paths from one name to another, breadth first.

use std::collections::{HashMap, HashSet};

use crate::outline::Kind;

use super::ask::{Link, LinkKind, Memo};
use super::base::{DefId, DefInfo, Graph, NameRef};
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
}

/// A path, hop by hop.
pub type Chain = Vec<Hop>;

/// Paths looked at before the best are chosen, so that ties stay cheap.
const ENUMERATED: usize = 512;

impl Graph<'_> {
    /// The shortest paths from `from` to `to`: fewest uncertain hops first, then path order.
    pub fn chains(&self, from: NameRef, to: NameRef, options: &ChainOptions) -> Vec<Chain> {
        let mut found = self.shortest(from, to, options);
        found.sort_by_cached_key(|chain| {
            let uncertain = chain.iter().filter(|hop| hop.is_uncertain).count();
            let places: Vec<(Vec<u8>, u32)> =
                chain.iter().map(|h| (self.path(h.from.file).to_vec(), h.link.line)).collect();
            (uncertain, places)
        });
        found.truncate(options.count);
        found
    }

    /// The definitions of `name` that a chain can begin at.
    pub fn starts(&self, name: NameRef, arch: Arch) -> Vec<DefInfo> {
        let mut starts = self.definitions_of(name);
        starts.retain(|d| {
            (d.kind.is_callable() || d.kind == Kind::Macro) && arch.has(self.place(d.file))
        });
        starts
    }

    /// All shortest paths, as far as they are enumerated.
    fn shortest(&self, from: NameRef, to: NameRef, options: &ChainOptions) -> Vec<Chain> {
        let through = &options.through;
        let pass = |passed: usize, name| passed + usize::from(through.get(passed) == Some(&name));
        let starts = self.starts(from, options.arch);
        let mut level: Vec<(DefInfo, usize)> =
            starts.into_iter().map(|d| (d, pass(0, d.name))).collect();
        let avoid: HashSet<NameRef> = options.avoid.iter().copied().collect();
        let indirect = options.kinds.contains(&LinkKind::Indirect);
        let mut memo = Memo::default();
        let mut reached: HashMap<State, usize> =
            level.iter().map(|(d, passed)| ((d.id, *passed), 0)).collect();
        let mut into: Arrivals = HashMap::new();
        for distance in 1..=options.max_depth {
            let mut next: Vec<(DefInfo, usize)> = Vec::new();
            let mut goals: Vec<State> = Vec::new();
            for (from, passed) in &level {
                for callee in self.callees_with(from, options.arch, indirect, &mut memo) {
                    if !options.kinds.contains(&callee.link.kind) || avoid.contains(&callee.name) {
                        continue;
                    }
                    let is_uncertain =
                        callee.definitions.len() > 1 || callee.link.kind == LinkKind::Indirect;
                    for to_here in callee.definitions {
                        let now = pass(*passed, to_here.name);
                        let state = (to_here.id, now);
                        let known = *reached.entry(state).or_insert_with(|| {
                            if to_here.name == to && now == through.len() {
                                goals.push(state);
                            }
                            next.push((to_here, now));
                            distance
                        });
                        let hops = into.entry(state).or_default();
                        let again =
                            hops.last().is_some_and(|(h, p)| h.from.id == from.id && p == passed);
                        if known == distance && !again {
                            let link = callee.link;
                            hops.push((
                                Hop { from: *from, to: to_here, link, is_uncertain },
                                *passed,
                            ));
                        }
                    }
                }
            }
            if !goals.is_empty() {
                return unwind(&goals, &into);
            }
            if next.is_empty() {
                break;
            }
            if through.is_empty() {
                // What a slot leads to is reached now: no later hop through it is shorter.
                memo.spend_slots();
            }
            level = next;
        }
        Vec::new()
    }
}

/// Where a path stands: at which definition, and how many of the names that it must pass are
/// behind it.
type State = (DefId, usize);

/// The hops by which a state is reached, each with what was passed before it.
type Arrivals = HashMap<State, Vec<(Hop, usize)>>;

/// The paths that end at `goals`, read backwards from there.
fn unwind(goals: &[State], into: &Arrivals) -> Vec<Chain> {
    let mut found = Vec::new();
    let mut open: Vec<(Chain, usize)> = goals
        .iter()
        .rev()
        .filter_map(|goal| into.get(goal))
        .flatten()
        .map(|(hop, passed)| (vec![*hop], *passed))
        .collect();
    while let Some((path, passed)) = open.pop() {
        let hops = path.last().and_then(|hop| into.get(&(hop.from.id, passed)));
        match hops {
            Some(hops) => {
                for (hop, passed) in hops.iter().rev().take(ENUMERATED) {
                    let mut longer = path.clone();
                    longer.push(*hop);
                    open.push((longer, *passed));
                }
            }
            None => found.push(path.into_iter().rev().collect()),
        }
        if found.len() >= ENUMERATED {
            break;
        }
    }
    found
}
