//! System calls of a whole difference: each has one entry, with the architectures, whatever the number of
//! tables that have it. A table that was rewritten, or whose entries another one took over, changes no call.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, How, Kind, Mention, Mentions, file_of, leave_same, paired};
use crate::diff::context::identifier;
use crate::diff::model::DiffSet;

/// What tables say that aren't an architecture's own.
const SHARED: &str = "generic";

/// The numbers that a call has in the tables of each architecture; none where that is no number.
type Numbers = BTreeMap<String, BTreeSet<u32>>;

/// What both sides have of all calls, as far as the tables that differ tell.
pub(super) struct Tables {
    before: BTreeSet<String>,
    after: BTreeSet<String>,
}

impl Tables {
    /// Those that these mentions are in.
    pub(super) fn of<'m>(all: impl Iterator<Item = &'m Mentions>, set: &DiffSet) -> Tables {
        let mut tables = Tables { before: BTreeSet::new(), after: BTreeSet::new() };
        for Mentions { old, new, both, .. } in all {
            tables.before.extend(numbers(old.iter().chain(both), set).into_keys());
            tables.after.extend(numbers(new.iter().chain(both), set).into_keys());
        }
        tables
    }

    /// What became of a call; nothing where only its tables did change.
    pub(super) fn change(&self, name: &[u8], own: Mentions, set: &DiffSet) -> Option<Change> {
        let Mentions { mut old, mut new, both, .. } = own;
        let before = numbers(old.iter().chain(&both), set);
        let after = numbers(new.iter().chain(&both), set);
        // Of an architecture that is new or gone as a whole, that is told of all its calls.
        let is_told = |arch: &&String| self.before.contains(*arch) && self.after.contains(*arch);
        let gained = after.keys().filter(|arch| !before.contains_key(*arch)).filter(is_told);
        let lost = before.keys().filter(|arch| !after.contains_key(*arch)).filter(is_told);
        let moved = after.iter().filter(|(arch, now)| {
            let was = before.get(*arch).filter(|was| !was.is_empty() && !now.is_empty());
            was.is_some_and(|was| was != *now)
        });
        let differing: BTreeSet<String> =
            gained.chain(lost).chain(moved.map(|(arch, _)| arch)).cloned().collect();
        let is_defined = |all: &[Mention]| all.iter().any(|mention| !is_entry(mention));
        let was_there = !before.is_empty() || is_defined(&old);
        let is_there = !after.is_empty() || is_defined(&new);
        let (how, at) = match (was_there, is_there) {
            (false, true) => (How::Added, after.into_keys().collect()),
            (true, false) => (How::Removed, before.into_keys().collect()),
            _ => (How::Changed, differing),
        };
        defined_first(&mut old);
        defined_first(&mut new);
        let (old, new) = match how {
            How::Changed => return changed(name, (old, new), at, set),
            _ => (old.into_iter().next(), new.into_iter().next()),
        };
        Some(entry(name, how, (old, new), at))
    }
}

/// What changed of a call that both sides have.
fn changed(
    name: &[u8],
    (mut old, mut new): (Vec<Mention>, Vec<Mention>),
    mut at: BTreeSet<String>,
    set: &DiffSet,
) -> Option<Change> {
    leave_same(&mut old, &mut new, set);
    let (pairs, rest) = paired(old, new, set);
    let is_in_place = |(before, after): &&(Mention, Option<Mention>)| {
        after.as_ref().is_some_and(|after| {
            let is_same_file = file_of(before, set) == file_of(after, set);
            (is_same_file || !is_entry(before) && !is_entry(after)) && before.text != after.text
        })
    };
    let first = pairs.iter().find(is_in_place).cloned();
    let texts = pairs.iter().filter(is_in_place).map(|(before, _)| before);
    at.extend(texts.filter(|before| is_entry(before)).map(|before| arch(before, set)));
    if let Some((before, after)) = first {
        return Some(entry(name, How::Changed, (Some(before), after), at));
    }
    let mut defined = pairs.iter().filter(|(before, _)| !is_entry(before));
    if let Some((before, Some(after))) = defined.next().filter(|(_, after)| after.is_some()) {
        return Some(entry(name, How::Moved, (Some(before.clone()), Some(after.clone())), at));
    }
    if at.is_empty() {
        return None;
    }
    let is_told = |mention: &&Mention| at.contains(&arch(mention, set));
    let after = rest.iter().chain(pairs.iter().filter_map(|(_, after)| after.as_ref()));
    let after = after.clone().find(is_told).cloned();
    let before = pairs.iter().map(|(before, _)| before).find(is_told).cloned();
    // Two tables' lines are no text that changed.
    let (before, after) = if after.is_some() { (None, after) } else { (before, None) };
    Some(entry(name, How::Changed, (before, after), at))
}

fn entry(
    name: &[u8],
    how: How,
    (before, after): (Option<Mention>, Option<Mention>),
    at: BTreeSet<String>,
) -> Change {
    let at = at.into_iter().collect();
    Change { kind: Kind::Syscalls, how, name: name.to_vec(), part: Vec::new(), before, after, at }
}

/// What defines a call tells more than a table's line.
fn defined_first(mentions: &mut [Mention]) {
    mentions.sort_by_key(is_entry);
}

/// The numbers in tables, by architecture.
fn numbers<'m>(mentions: impl Iterator<Item = &'m Mention>, set: &DiffSet) -> Numbers {
    let mut numbers = Numbers::new();
    for mention in mentions.filter(|mention| is_entry(mention)) {
        let known = numbers.entry(arch(mention, set)).or_default();
        known.extend(number(&mention.text));
    }
    numbers
}

/// Whether a line is a table's or a header's: `450 common lamp sys_lamp`, `#define __NR_lamp 450`.
pub(super) fn is_entry(mention: &Mention) -> bool {
    mention.text.first().is_some_and(|first| first.is_ascii_digit() || *first == b'#')
}

/// The number on such a line.
fn number(text: &[u8]) -> Option<u32> {
    let digits = |text: &[u8]| std::str::from_utf8(text).ok()?.parse().ok();
    let mut words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let first = words.next()?;
    if first.starts_with(b"#") { digits(words.nth(1)?) } else { digits(first) }
}

/// The architecture whose table a line is in.
fn arch(mention: &Mention, set: &DiffSet) -> String {
    let file = file_of(mention, set).unwrap_or_default();
    let name = file.strip_prefix(b"arch/").and_then(identifier);
    name.map_or_else(|| SHARED.to_owned(), |name| String::from_utf8_lossy(name).into_owned())
}
