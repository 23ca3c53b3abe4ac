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
        let mut starts: Vec<DefInfo> = self.starts(from, options.arch);
        let mut memo = Memo::default();
        let mut found: Vec<Chain> = vec![Vec::new()];
        let mut depth = options.max_depth;
        for goal in options.through.iter().copied().chain([to]) {
            let segments = self.shortest(&starts, goal, depth, options, &mut memo);
            let Some(length) = segments.first().map(Vec::len) else { return Vec::new() };
            depth -= length;
            let mut joined = Vec::new();
            for before in &found {
                for segment in &segments {
                    let fits = match (before.last(), segment.first()) {
                        (Some(last), Some(first)) => last.to.id == first.from.id,
                        _ => true,
                    };
                    if fits && joined.len() < ENUMERATED {
                        joined.push(before.iter().chain(segment).copied().collect());
                    }
                }
            }
            found = joined;
            starts = found.iter().filter_map(|c| c.last()).map(|hop| hop.to).collect();
            starts.sort_by_key(|d| d.id);
            starts.dedup_by_key(|d| d.id);
        }
        found.sort_by_cached_key(|chain| {
            let uncertain = chain.iter().filter(|hop| hop.is_uncertain).count();
            let places: Vec<(Vec<u8>, u32)> =
                chain.iter().map(|h| (self.path(h.from.file).to_vec(), h.link.line)).collect();
            (uncertain, places)
        });
        found.truncate(options.count);
        found
    }

    fn starts(&self, name: NameRef, arch: Arch) -> Vec<DefInfo> {
        let mut starts = self.definitions_of(name);
        starts.retain(|d| {
            (d.kind.is_callable() || d.kind == Kind::Macro) && arch.has(self.place(d.file))
        });
        starts
    }

    /// All shortest paths from any of `starts` to a definition of `goal`.
    fn shortest(
        &self,
        starts: &[DefInfo],
        goal: NameRef,
        depth: usize,
        options: &ChainOptions,
        memo: &mut Memo,
    ) -> Vec<Chain> {
        let avoid: HashSet<NameRef> = options.avoid.iter().copied().collect();
        let indirect = options.kinds.contains(&LinkKind::Indirect);
        let mut reached: HashMap<DefId, usize> = starts.iter().map(|d| (d.id, 0)).collect();
        let mut into: HashMap<DefId, Vec<Hop>> = HashMap::new();
        let mut level: Vec<DefInfo> = starts.to_vec();
        memo.begin();
        for distance in 1..=depth {
            let mut next: Vec<DefInfo> = Vec::new();
            let mut goals: Vec<DefInfo> = Vec::new();
            for from in &level {
                for callee in self.callees_with(from, options.arch, indirect, memo) {
                    if !options.kinds.contains(&callee.link.kind) || avoid.contains(&callee.name) {
                        continue;
                    }
                    let is_uncertain =
                        callee.definitions.len() > 1 || callee.link.kind == LinkKind::Indirect;
                    for to in callee.definitions {
                        let known = *reached.entry(to.id).or_insert_with(|| {
                            if to.name == goal {
                                goals.push(to);
                            }
                            next.push(to);
                            distance
                        });
                        let hops = into.entry(to.id).or_default();
                        let again = hops.last().is_some_and(|h: &Hop| h.from.id == from.id);
                        if known == distance && !again {
                            hops.push(Hop { from: *from, to, link: callee.link, is_uncertain });
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
            // What a slot leads to is reached now: no later hop through it is a shortest one.
            memo.spend_slots();
            level = next;
        }
        Vec::new()
    }
}

/// The paths that end at `goals`, read backwards from there.
fn unwind(goals: &[DefInfo], into: &HashMap<DefId, Vec<Hop>>) -> Vec<Chain> {
    let mut found = Vec::new();
    let mut open: Vec<Chain> = goals
        .iter()
        .rev()
        .filter_map(|g| into.get(&g.id))
        .flatten()
        .map(|hop| vec![*hop])
        .collect();
    while let Some(path) = open.pop() {
        let hops = path.last().and_then(|hop| into.get(&hop.from.id));
        match hops {
            Some(hops) => {
                for hop in hops.iter().rev().take(ENUMERATED) {
                    let mut longer = path.clone();
                    longer.push(*hop);
                    open.push(longer);
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
