//! System calls of a whole difference: each has one entry, with the architectures, whatever the number of
//! tables that have it. A table that was rewritten, or whose entries another one took over, changes no call;
//! nor does another definition of a call that stays in the tables.

use std::collections::{BTreeMap, BTreeSet};

use super::calls::{SHARED, Said, abi, arch, is_entry, macro_stem, parameters, said};
use super::{Change, How, Kind, Mention, Mentions, file_of, leave_same};
use crate::diff::model::DiffSet;

/// What the tables of one architecture say of a call on one side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Listed {
    numbers: BTreeSet<u32>,
    /// A table has a row with an entry point.
    in_table: bool,
    /// A header has a number.
    in_header: bool,
    /// A header says that there is no such call.
    is_unset: bool,
}

impl Listed {
    fn is_there(&self) -> bool {
        self.in_table || self.in_header && !self.is_unset
    }
}

/// Of each architecture that has a call, what its tables say.
type Numbers = BTreeMap<String, Listed>;

/// What both sides have of all calls, as far as the tables that differ tell.
pub(super) struct Tables {
    before: BTreeSet<String>,
    after: BTreeSet<String>,
    /// Calls that are new and calls that are gone, with their numbers.
    came: Vec<(Numbers, Vec<u8>)>,
    went: Vec<(Numbers, Vec<u8>)>,
}

impl Tables {
    /// Those that these mentions are in.
    pub(super) fn of<'m>(all: impl Iterator<Item = &'m Mentions>, set: &DiffSet) -> Tables {
        let (mut before, mut after) = (BTreeSet::new(), BTreeSet::new());
        for Mentions { old, new, both, .. } in all {
            before.extend(listed(old.iter().chain(both), set).into_keys());
            after.extend(listed(new.iter().chain(both), set).into_keys());
        }
        Tables { before, after, came: Vec::new(), went: Vec::new() }
    }

    /// What became of a call; nothing where only its tables did change.
    pub(super) fn change(&mut self, name: &[u8], own: Mentions, set: &DiffSet) -> Option<Change> {
        let Mentions { mut old, mut new, both, .. } = own;
        let before = numbers(old.iter().chain(&both), set);
        let after = numbers(new.iter().chain(&both), set);
        let is_defined = |all: &[Mention]| all.iter().any(|mention| !is_entry(mention));
        let was_there = !before.is_empty() || is_defined(&old);
        let is_there = !after.is_empty() || is_defined(&new);
        old.sort_by_key(is_entry);
        new.sort_by_key(is_entry);
        let (how, side, at) = match (was_there, is_there) {
            (false, false) => return None,
            (true, true) => {
                let differing = self.differing(&before, &after);
                return changed(name, (old, new), differing, set);
            }
            (false, true) => (How::Added, (None, new.into_iter().next()), &after),
            (true, false) => (How::Removed, (old.into_iter().next(), None), &before),
        };
        let change = entry(name, how, side, at.keys().cloned().collect());
        let list = if how == How::Added { &mut self.came } else { &mut self.went };
        list.push((if how == How::Added { after } else { before }, name.to_vec()));
        Some(change)
    }

    /// Where a call that both sides have came, went, or got another number. Of an architecture that is new
    /// or gone as a whole, that is told of all its calls; and a header of its own that repeats what all
    /// have is no news.
    fn differing(&self, before: &Numbers, after: &Numbers) -> BTreeSet<String> {
        let is_told = |arch: &&String| self.before.contains(*arch) && self.after.contains(*arch);
        let is_own = |one: &Listed, other: &Numbers| one.in_table || !other.contains_key(SHARED);
        let only_in = |one: &Numbers, other: &Numbers| -> Vec<String> {
            let only =
                one.iter().filter(|(arch, own)| !other.contains_key(*arch) && is_own(own, other));
            only.map(|(arch, _)| arch).filter(is_told).cloned().collect()
        };
        let moved = after.iter().filter(|(arch, now)| {
            let was = before.get(*arch).map(|was| &was.numbers);
            was.is_some_and(|was| !was.is_empty() && !now.numbers.is_empty() && *was != now.numbers)
        });
        let both = only_in(after, before).into_iter().chain(only_in(before, after));
        both.chain(moved.map(|(arch, _)| arch.clone())).collect()
    }

    /// Makes one change of a call that is gone and a new one that has its number wherever it had one.
    pub(super) fn join_renamed(&self, changes: &mut Vec<Change>) {
        for (numbers, old) in self.went.iter().filter(|(numbers, _)| !numbers.is_empty()) {
            let same = |(_, (others, _)): &(usize, &(Numbers, Vec<u8>))| {
                let is_same = |(arch, was): (&String, &Listed)| {
                    others
                        .get(arch)
                        .is_some_and(|now| !was.numbers.is_empty() && was.numbers == now.numbers)
                };
                numbers.len() == others.len() && numbers.iter().all(is_same)
            };
            let Some((_, (_, new))) = self.came.iter().enumerate().find(same) else { continue };
            let place = |how, name: &[u8]| {
                changes.iter().position(|change| change.how == how && change.name == name)
            };
            let Some((gone, came)) = place(How::Removed, old).zip(place(How::Added, new)) else {
                continue;
            };
            let before = changes.get(gone).and_then(|change| change.before.clone());
            if let Some(change) = changes.get_mut(came) {
                (change.how, change.before, change.was) = (How::Renamed, before, old.clone());
            }
            changes.remove(gone);
        }
    }
}

/// What changed of a call that both sides have; those that define it stand first.
fn changed(
    name: &[u8],
    (mut old, mut new): (Vec<Mention>, Vec<Mention>),
    mut at: BTreeSet<String>,
    set: &DiffSet,
) -> Option<Change> {
    leave_same(&mut old, &mut new, set);
    let defined = definitions(&old, &new, set);
    let rows = rows(&old, &new, set);
    let is_other =
        |(before, after): &&(&Mention, &Mention)| parameters(before) != parameters(after);
    let signatures = defined.iter().filter(is_other);
    let texts: Vec<_> = signatures.chain(&rows).copied().collect();
    let own = |(_, after): &(&Mention, &Mention)| Some(arch(after, set)).filter(|a| a != SHARED);
    at.extend(texts.iter().filter_map(own));
    at.extend(rows.iter().map(|(_, after)| arch(after, set)));
    let sides = |(before, after): (&Mention, &Mention)| (Some(before.clone()), Some(after.clone()));
    if let Some(first) = texts.first() {
        return Some(entry(name, How::Changed, sides(*first), at));
    }
    if at.is_empty() {
        let (mut moved, mut all) = (defined.iter(), defined.iter());
        let first = moved.next()?;
        return Some(entry(
            name,
            How::Moved,
            sides(*first),
            all.by_ref().filter_map(own).collect(),
        ));
    }
    // A definition for all of them tells more than one table's line.
    let is_told = |mention: &&Mention| {
        let arch = arch(mention, set);
        at.contains(&arch) || arch == SHARED && !is_entry(mention)
    };
    let after = new.iter().find(is_told).cloned();
    let before = old.iter().find(is_told).cloned();
    Some(entry(name, How::Changed, (before, after), at))
}

/// Whether a definition is what became of another one.
type IsPair<'a> = dyn Fn(&Mention, &Mention) -> bool + 'a;

/// Definitions of both sides that are of each other: never those of two architectures.
fn definitions<'m>(
    old: &'m [Mention],
    new: &'m [Mention],
    set: &DiffSet,
) -> Vec<(&'m Mention, &'m Mention)> {
    let of = |all: &'m [Mention]| all.iter().filter(|mention| !is_entry(mention)).collect();
    let (mut old, mut new): (Vec<&Mention>, Vec<&Mention>) = (of(old), of(new));
    let mut pairs = Vec::new();
    let is_file = |a: &Mention, b: &Mention| file_of(a, set) == file_of(b, set);
    let is_arch = |a: &Mention, b: &Mention| arch(a, set) == arch(b, set);
    let is_macro = |a: &Mention, b: &Mention| macro_stem(a) == macro_stem(b);
    let is_alike = |a: &Mention, b: &Mention| parameters(a) == parameters(b);
    let closest_first: [&IsPair<'_>; 4] = [
        &|a, b| is_file(a, b) && is_macro(a, b),
        &|a, b| is_arch(a, b) && is_macro(a, b),
        &is_file,
        &|a, b| is_arch(a, b) && is_alike(a, b),
    ];
    for is_pair in closest_first {
        old.retain(|before| match new.iter().position(|after| is_pair(before, after)) {
            Some(place) => {
                pairs.push((*before, new.remove(place)));
                false
            }
            None => true,
        });
    }
    pairs
}

/// Lines of tables, or numbers of headers, that both sides have and that say another thing.
fn rows<'m>(
    old: &'m [Mention],
    new: &'m [Mention],
    set: &DiffSet,
) -> Vec<(&'m Mention, &'m Mention)> {
    let is_row = |a: &Mention, b: &Mention| match (said(a), said(b)) {
        (Said::Row { has_entry: true, .. }, Said::Row { has_entry: true, .. }) => abi(a) == abi(b),
        (Said::Number(Some(was)), Said::Number(Some(is))) => was != is,
        _ => false,
    };
    let pair = |before: &'m Mention| {
        let is_now = |after: &&Mention| {
            is_row(before, after)
                && file_of(before, set) == file_of(after, set)
                && before.text != after.text
        };
        new.iter().find(is_now).map(|after| (before, after))
    };
    old.iter().filter_map(pair).collect()
}

fn entry(
    name: &[u8],
    how: How,
    (before, after): (Option<Mention>, Option<Mention>),
    at: BTreeSet<String>,
) -> Change {
    let at = at.into_iter().collect();
    let (name, part, was) = (name.to_vec(), Vec::new(), Vec::new());
    Change { kind: Kind::Syscalls, how, name, part, was, before, after, at }
}

/// What tables say, by architecture, of those that have the call.
fn numbers<'m>(mentions: impl Iterator<Item = &'m Mention>, set: &DiffSet) -> Numbers {
    let mut all = listed(mentions, set);
    all.retain(|_, listed| listed.is_there());
    all
}

/// What tables say, by architecture.
fn listed<'m>(mentions: impl Iterator<Item = &'m Mention>, set: &DiffSet) -> Numbers {
    let mut all = Numbers::new();
    for mention in mentions.filter(|mention| is_entry(mention)) {
        let listed = all.entry(arch(mention, set)).or_default();
        match said(mention) {
            Said::Row { number, has_entry: true } => {
                listed.in_table = true;
                listed.numbers.extend(number);
            }
            Said::Number(number) => {
                listed.in_header = true;
                listed.numbers.extend(number);
            }
            Said::NoEntry => listed.is_unset = true,
            Said::Row { .. } | Said::Definition => {}
        }
    }
    all
}

#[cfg(test)]
mod tests;
