//! A difference in kernel terms: parameters, configuration entries, system calls,
//! exports, structs, functions, device IDs and documents that are new, gone or changed.
//!
//! One rule per kind reads changed lines and says what they mention (`rules`); here the
//! mentions of both sides are set against each other. The rules read text; the functions that a
//! macro makes are those of the file's outline.

mod calls;
mod rules;
mod syscalls;
mod whole;

use self::syscalls::Tables;
use self::whole::{Places, Whole};
use super::context::{self, c::Above};
use super::locate::Lines;
use super::model::{DiffSet, FileChange, Origin};
use std::collections::{HashMap, HashSet, VecDeque};

/// What to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Boot and module parameters, and their descriptions.
    Params,
    /// Kconfig entries, their defaults and dependencies.
    Configs,
    /// System calls.
    Syscalls,
    /// Exported symbols and their GPL marks.
    Exports,
    /// Structs, unions and their fields.
    Structs,
    /// Functions and their signatures.
    Functions,
    /// Entries of device ID tables.
    Ids,
    /// Sections of documents.
    Docs,
}

impl Kind {
    /// Every kind, in the order in which a summary shows them.
    pub const ALL: [Self; 8] = [
        Self::Params,
        Self::Configs,
        Self::Syscalls,
        Self::Exports,
        Self::Structs,
        Self::Functions,
        Self::Ids,
        Self::Docs,
    ];
}

/// What happened to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another, or its surroundings changed.
    Changed,
    /// It is the same in another file.
    Moved,
    /// It is what another one was: a system call of its number.
    Renamed,
}

/// Where a thing is mentioned, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Its file (place in [`DiffSet::files`]).
    pub file: usize,
    /// Its hunk in that file.
    pub hunk: usize,
    /// Its line, from 1, on its side.
    pub line: u32,
    /// What is said of it: a signature, a default, a line.
    pub text: Vec<u8>,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind of thing.
    pub kind: Kind,
    /// What happened to it.
    pub how: How,
    /// What it is called.
    pub name: Vec<u8>,
    /// The part of it that is meant: a field, `default`; empty for the whole.
    pub part: Vec<u8>,
    /// What it was called, where it has another name now.
    pub was: Vec<u8>,
    /// How it was.
    pub before: Option<Mention>,
    /// How it is.
    pub after: Option<Mention>,
    /// The architectures that it is about, where that is told: of a system call.
    pub at: Vec<String>,
}

/// What a rule says of one changed line.
struct Subject {
    name: Vec<u8>,
    part: Vec<u8>,
    text: Vec<u8>,
    /// The line only belongs to the thing, which is there before and after.
    touched: bool,
}

/// A thing that a changed line mentions, the line's side, and where.
pub struct Mentioned {
    subject: Subject,
    side: Origin,
    mention: Mention,
}

/// What the changed lines of the file at place `at` of its set mention of each of some kinds, in their
/// order. `tree` has the file's lines on whichever side is at hand, to look around in.
pub fn mentioned(
    kinds: &[Kind],
    at: usize,
    file: &FileChange,
    tree: Option<&Lines<'_>>,
) -> Vec<Vec<Mentioned>> {
    let mut found: Vec<Vec<Mentioned>> = kinds.iter().map(|_| Vec::new()).collect();
    let mut reading: Vec<(Kind, &mut Vec<Mentioned>)> =
        kinds.iter().copied().zip(&mut found).collect();
    reading.retain(|(kind, _)| rules::reads(*kind, file.name()));
    let (mut places, mut wholes) = (Places::of(file, tree), [None, None]);
    for (n, hunk) in file.hunks.iter().enumerate() {
        for side in [Origin::Removed, Origin::Added] {
            let may_say = |text: &[u8]| reading.iter().any(|(kind, _)| rules::may_say(*kind, text));
            if !hunk.lines().any(|line| line.origin == side && may_say(line.text)) {
                continue;
            }
            // To find the place costs more than what most lines say.
            let around = context::around_place(hunk, side, tree, places.get(n));
            let (mut above, mut making) = (Above::default(), rules::Making::default());
            let lines =
                hunk.lines().filter(|line| line.origin == side || line.origin == Origin::Context);
            for (offset, line) in lines.enumerate().filter(|(_, line)| line.origin == side) {
                let index = around.start + offset;
                let number = if side == Origin::Added { line.new } else { line.old };
                for (kind, found) in &mut reading {
                    let (name, lines) = (file.name(), &around.lines);
                    let subject = rules::say(*kind, name, lines, index, &mut above);
                    let is_call = *kind == Kind::Functions && rules::may_make(line.text);
                    let made = if subject.is_none() && is_call {
                        let whole = wholes[usize::from(side == Origin::Added)]
                            .get_or_insert_with(|| Whole::of(side, &mut places));
                        match whole.start(n) {
                            Some(start) => whole.made(name, start + offset),
                            None => rules::made(name, lines, index, &mut making),
                        }
                    } else {
                        Vec::new()
                    };
                    found.extend(subject.into_iter().chain(made).map(|subject| {
                        let text = subject.text.clone();
                        let mention = Mention { file: at, hunk: n, line: number, text };
                        Mentioned { subject, side, mention }
                    }));
                }
            }
        }
    }
    if let Some((_, calls)) = reading.iter_mut().find(|(kind, _)| *kind == Kind::Syscalls) {
        unchanged(at, file, tree, calls);
    }
    found
}

/// Adds the calls of a table that differs which the difference leaves as they are: whether another
/// table's are new depends on them.
fn unchanged(at: usize, file: &FileChange, tree: Option<&Lines<'_>>, calls: &mut Vec<Mentioned>) {
    if !calls.iter().any(|call| calls::is_entry(&call.mention)) {
        return;
    }
    let lines = || file.hunks.iter().flat_map(|hunk| hunk.lines());
    let changed: HashSet<&[u8]> = lines()
        .filter(|line| line.origin != Origin::Context)
        .map(|line| line.text.trim_ascii())
        .collect();
    let context: Vec<&[u8]> = match tree {
        Some(tree) => tree.to_vec(),
        None => lines().map(|line| line.text).collect(),
    };
    let mut above = Above::default();
    for (index, line) in context.iter().enumerate() {
        if changed.contains(line.trim_ascii()) {
            continue;
        }
        let subject = rules::say(Kind::Syscalls, file.name(), &context, index, &mut above);
        calls.extend(subject.map(|subject| {
            let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
            let mention = Mention { file: at, hunk: 0, line, text: subject.text.clone() };
            Mentioned { subject, side: Origin::Context, mention }
        }));
    }
}

/// Whether files of this name can mention things of this kind.
pub fn reads(kind: Kind, name: &[u8]) -> bool {
    rules::reads(kind, name)
}

/// What a whole difference means for things of one kind.
#[cfg(test)]
pub fn changes(
    set: &DiffSet,
    kind: Kind,
    read: &dyn Fn(&FileChange) -> Option<Vec<u8>>,
) -> Vec<Change> {
    let mut joined = Joined::default();
    for (at, file) in set.files.iter().enumerate() {
        let text = read(file);
        let tree = text.as_deref().map(Lines::of);
        let found = mentioned(&[kind], at, file, tree.as_ref());
        found.into_iter().flatten().for_each(|found| joined.add(found));
    }
    joined.settle(kind, set)
}

/// The parameter, configuration entry or system call that line `at` of a file defines.
pub fn defined(kind: Kind, file: &[u8], lines: &[&[u8]], at: usize) -> Option<Vec<u8>> {
    if !rules::reads(kind, file) {
        return None;
    }
    let subject = rules::say(kind, file, lines, at, &mut Above::default())?;
    (!subject.touched && subject.part.is_empty()).then_some(subject.name)
}

/// Name and part, to what is mentioned on the old and on the new side.
type Key = (Vec<u8>, Vec<u8>);

/// The mentions of each thing in a whole difference, to be set against each other.
#[derive(Default)]
pub struct Joined {
    order: Vec<Key>,
    sides: HashMap<Key, Mentions>,
}

/// Where a thing is mentioned.
#[derive(Default)]
struct Mentions {
    /// On lines that are gone.
    old: Vec<Mention>,
    /// On new ones.
    new: Vec<Mention>,
    /// On those that are as they were.
    both: Vec<Mention>,
    /// The lines only belong to the thing.
    touched: bool,
}

impl Joined {
    /// Takes a mention; they come in the order of files and lines.
    pub fn add(&mut self, found: Mentioned) {
        let Mentioned { subject, side, mention } = found;
        let key = (subject.name, subject.part);
        let entry = self.sides.entry(key).or_insert_with_key(|key| {
            self.order.push(key.clone());
            Default::default()
        });
        entry.touched |= subject.touched;
        let list = match side {
            Origin::Added => &mut entry.new,
            Origin::Removed => &mut entry.old,
            Origin::Context => &mut entry.both,
        };
        // A signature of three changed lines is mentioned three times; of a thing that is
        // only touched, the first place on each side is enough.
        if entry.touched && !list.is_empty() {
            return;
        }
        // Those of the same file are the last ones.
        let mut own = list.iter().rev().take_while(|m| m.file == mention.file);
        if !own.any(|m| m.text == mention.text) {
            list.push(mention);
        }
    }

    /// Pairs what is gone with what is new.
    pub fn settle(mut self, kind: Kind, set: &DiffSet) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut tables = (kind == Kind::Syscalls).then(|| Tables::of(self.sides.values(), set));
        for key in self.order {
            let Some(mentions) = self.sides.remove(&key) else { continue };
            let (name, part) = key;
            if let Some(tables) = &mut tables {
                changes.extend(tables.change(&name, mentions, set));
                continue;
            }
            let Mentions { mut old, mut new, touched, .. } = mentions;
            let mut push = |how, before, after| {
                let (name, part, was, at) = (name.clone(), part.clone(), Vec::new(), Vec::new());
                changes.push(Change { kind, how, name, part, was, before, after, at });
            };
            if touched {
                // One entry a thing, however many of its lines changed.
                push(How::Changed, old.into_iter().next(), new.into_iter().next());
                continue;
            }
            leave_same(&mut old, &mut new, set);
            let (pairs, rest) = paired(old, new, set);
            for (before, after) in pairs {
                match after {
                    Some(after) if after.text == before.text => {
                        push(How::Moved, Some(before), Some(after));
                    }
                    Some(after) => push(How::Changed, Some(before), Some(after)),
                    None => push(How::Removed, Some(before), None),
                }
            }
            rest.into_iter().for_each(|after| push(How::Added, None, Some(after)));
        }
        if let Some(tables) = tables {
            tables.join_renamed(&mut changes);
        }
        whole_speaks_for_parts(&mut changes);
        changes
    }
}

/// The name of the file that a mention is in.
fn file_of<'s>(mention: &Mention, set: &'s DiffSet) -> Option<&'s [u8]> {
    set.files.get(mention.file).map(FileChange::name)
}

/// Takes out what both sides of a file have: it is only a line that moved.
fn leave_same(old: &mut Vec<Mention>, new: &mut Vec<Mention>, set: &DiffSet) {
    if old.is_empty() || new.is_empty() {
        return;
    }
    let same = |mention: &Mention| (file_of(mention, set), mention.text.clone());
    let (olds, news): (HashSet<_>, HashSet<_>) =
        (old.iter().map(same).collect(), new.iter().map(same).collect());
    old.retain(|mention| !news.contains(&same(mention)));
    new.retain(|mention| !olds.contains(&same(mention)));
}

/// What was, each with what it is now, and what is new besides: what is still in its file changed
/// there; the rest went elsewhere.
type Paired = (Vec<(Mention, Option<Mention>)>, Vec<Mention>);

fn paired(old: Vec<Mention>, new: Vec<Mention>, set: &DiffSet) -> Paired {
    let mut new: Vec<Option<Mention>> = new.into_iter().map(Some).collect();
    let mut by_file: HashMap<Option<&[u8]>, VecDeque<usize>> = HashMap::new();
    for (at, mention) in new.iter().flatten().enumerate() {
        by_file.entry(file_of(mention, set)).or_default().push_back(at);
    }
    let mut pairs = Vec::with_capacity(old.len());
    for before in old {
        let own = by_file.get_mut(&file_of(&before, set)).and_then(VecDeque::pop_front);
        let after = own.and_then(|at| new.get_mut(at)?.take());
        pairs.push((before, after));
    }
    let mut rest = new.into_iter().flatten();
    for (_, after) in pairs.iter_mut().filter(|(_, after)| after.is_none()) {
        *after = rest.next();
    }
    (pairs, rest.collect())
}

/// Of a struct that is new or gone, its fields need no mention of their own.
fn whole_speaks_for_parts(changes: &mut Vec<Change>) {
    let wholes: HashSet<Vec<u8>> = changes
        .iter()
        .filter(|c| c.part.is_empty() && matches!(c.how, How::Added | How::Removed | How::Moved))
        .map(|c| c.name.clone())
        .collect();
    changes.retain(|c| c.part.is_empty() || !wholes.contains(&c.name));
}

#[cfg(test)]
mod tests;
