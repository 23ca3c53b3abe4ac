//! Which uses are edges: a name that is passed on is one only where it is a function somewhere,
//! or a macro that stands for a call. That depends on the whole tree, so it is decided by one
//! rule for the build ([`keep`]) and for the tree as it is now (`known`), and of each use that
//! the build drops its file and its name's hash are kept (`undecided`).

use rayon::prelude::*;

use crate::outline::{Kind, UseKind};

use super::builder::FileRecord;
use super::interner::Frozen;
use super::maybe::Filter;
use super::undecided;

/// What is known of a name, as bits.
pub(super) const CALLABLE: u8 = 1;
/// A macro with brackets.
pub(super) const MACRO: u8 = 2;
/// A Kconfig symbol.
pub(super) const KCONFIG: u8 = 4;
/// A macro without brackets whose body calls something.
pub(super) const BEARING: u8 = 8;

/// What a plain use of a name can be an edge to.
const EDGES: u8 = CALLABLE | KCONFIG | BEARING | MACRO;

/// What makes a constant bear when its body has such a name, and what a macro's body hands on: a
/// macro too, which another one puts brackets behind.
pub(super) const BORNE: u8 = CALLABLE | MACRO | BEARING;

/// The answers of [`needed`] that are conditions.
pub(super) const CONDITIONS: [u8; 4] = [KCONFIG, BEARING, CALLABLE | BEARING, BORNE];

/// What must be known of a name, one bit of it at least, for a use of it to be an edge; 0 where
/// it is one in any case.
pub(super) fn needed(used: UseKind, runs: bool, within: Kind) -> u8 {
    match used {
        UseKind::Call | UseKind::Indirect | UseKind::Pass => 0,
        UseKind::Ref if within == Kind::Kconfig => KCONFIG,
        UseKind::Init if runs => 0,
        _ if within == Kind::Constant => BORNE,
        UseKind::Ref if within == Kind::Macro => BORNE,
        UseKind::Deref => BEARING,
        UseKind::Ref | UseKind::Init => CALLABLE | BEARING,
    }
}

/// What a definition of this kind says of its name.
pub(super) fn says(kind: Kind) -> u8 {
    match kind {
        kind if kind.is_callable() => CALLABLE,
        Kind::Macro => MACRO,
        Kind::Kconfig => KCONFIG,
        _ => 0,
    }
}

/// Leaves in the files, whose names are numbered densely, the uses that are edges. For each
/// file the keys of the others.
pub(super) fn keep(files: &mut [FileRecord], frozen: &Frozen) -> Vec<Vec<u32>> {
    let known = summaries(files, frozen.len());
    let filter = Filter::new(frozen.hashes(&|dense| known[dense as usize] & EDGES != 0));
    files.par_iter_mut().map(|file| keep_edges(file, frozen, &filter, &known)).collect()
}

/// An array of `count` bytes that `mark` fills for some of the files at a time, on every
/// core, and that are put together with "or".
pub(super) fn marked(
    files: &[FileRecord],
    count: usize,
    mark: impl Fn(&FileRecord, &mut [u8]) + Sync,
) -> Vec<u8> {
    let portion = files.len().div_ceil(rayon::current_num_threads()).max(1);
    let parts = files.par_chunks(portion).map(|files| {
        let mut marks = vec![0u8; count];
        files.iter().for_each(|file| mark(file, &mut marks));
        marks
    });
    let join = |mut all: Vec<u8>, part: Vec<u8>| {
        all.iter_mut().zip(part).for_each(|(all, part)| *all |= part);
        all
    };
    parts.reduce_with(join).unwrap_or_else(|| vec![0; count])
}

/// What each name is in the whole tree.
fn summaries(files: &[FileRecord], count: usize) -> Vec<u8> {
    let mut known = marked(files, count, |file, known| {
        file.definitions.iter().for_each(|d| known[d.name as usize] |= says(d.kind()));
    });
    // A constant may stand for another that stands for a call: `inside` that it names.
    let mut pairs: Vec<(u32, u32, bool)> = files
        .par_iter()
        .flat_map_iter(|file| {
            file.uses.iter().filter_map(|used| {
                let within = file.definitions.get(used.within as usize)?;
                let always = needed(used.kind(), used.runs(), Kind::Constant) == 0;
                (within.kind() == Kind::Constant).then_some((used.name, within.name, always))
            })
        })
        .collect();
    let mut open: Vec<u32> = Vec::new();
    let bear = |known: &mut [u8], open: &mut Vec<u32>, constant: u32| {
        let bits = &mut known[constant as usize];
        if *bits & BEARING == 0 {
            *bits |= BEARING;
            open.push(constant);
        }
    };
    for (inside, constant, always) in &pairs {
        if *always || known[*inside as usize] & BORNE != 0 {
            bear(&mut known, &mut open, *constant);
        }
    }
    pairs.retain(|(_, constant, _)| known[*constant as usize] & BEARING == 0);
    pairs.par_sort_unstable();
    while let Some(next) = open.pop() {
        let start = pairs.partition_point(|(inside, ..)| *inside < next);
        for (_, constant, _) in pairs[start..].iter().take_while(|(inside, ..)| *inside == next) {
            bear(&mut known, &mut open, *constant);
        }
    }
    known
}

/// Leaves a file's edges, and returns the keys of what was dropped, sorted.
fn keep_edges(file: &mut FileRecord, frozen: &Frozen, filter: &Filter, known: &[u8]) -> Vec<u32> {
    let maybe = std::mem::take(&mut file.maybe);
    let numbers = maybe.numbers(frozen, filter);
    let mut keys = undecided::Keys::new(numbers.len());
    let mut gained = Vec::new();
    let definitions = &file.definitions;
    for mut used in maybe.uses {
        let Some(within) = definitions.get(used.within as usize) else { continue };
        let needed = needed(used.kind(), used.runs(), within.kind());
        let number = numbers.get(used.name as usize).copied().flatten();
        match number.filter(|number| known[*number as usize] & needed != 0) {
            Some(number) => {
                used.name = number;
                gained.push(used);
            }
            None => keys.drop_local(used.name, needed),
        }
    }
    for (local, (hash, _)) in maybe.names.iter().enumerate() {
        keys.add_local(local, hash);
    }
    file.uses.extend(gained);
    file.uses.retain(|used| {
        let Some(within) = definitions.get(used.within as usize) else { return false };
        let needed = needed(used.kind(), used.runs(), within.kind());
        let kept = needed == 0 || known[used.name as usize] & needed != 0;
        if !kept {
            keys.add(undecided::hash(frozen.get(used.name)), needed);
        }
        kept
    });
    file.uses.shrink_to_fit();
    file.includes.iter().for_each(|include| keys.add_include(&include.path));
    keys.finish()
}
