//! Which uses are edges: a name that is passed on is one only where it is a function somewhere,
//! or a macro that stands for a call. That depends on the whole tree, so it is decided by one
//! rule for the build ([`keep`]) and for the tree as it is now (`known`), and of each use that
//! the build drops its file and its name's hash are kept (`undecided`).

use std::io;

use rayon::prelude::*;

use crate::outline::{Kind, NO_NAME, UseKind};
use crate::scratch::Scratch;

use super::builder::{FileRecord, UseRecord};
use super::filter::Filter;
use super::interner::Frozen;
use super::packed::{Others, Uses};
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

/// Unpacks, in the files, whose names are numbered densely, the uses that are edges. For each
/// file the keys of the others.
///
/// # Errors
/// When what `scratch` keeps of them can't be read.
pub(super) fn keep(
    files: &mut [FileRecord],
    frozen: &Frozen,
    scratch: &Scratch,
) -> io::Result<Vec<Vec<u32>>> {
    let known = summaries(files, frozen);
    let filter = Filter::new(frozen.hashes(&|dense| known[dense as usize] & EDGES != 0));
    let whole = Whole { frozen, filter, known };
    let keep = |file: &mut FileRecord| -> io::Result<Vec<u32>> {
        let packed = std::mem::take(&mut file.packed);
        let others = packed.others(scratch)?;
        Ok(keep_edges(file, packed.in_constants(), &others, &whole))
    };
    files.par_iter_mut().map(keep).collect()
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
fn summaries(files: &[FileRecord], frozen: &Frozen) -> Vec<u8> {
    let mut known = marked(files, frozen.len(), |file, known| {
        file.definitions.iter().for_each(|d| known[d.name as usize] |= says(d.kind()));
    });
    // A constant may stand for another that stands for a call: `inside` that it names.
    let mut pairs: Vec<(u32, u32, bool)> = files
        .par_iter()
        .flat_map_iter(|file| {
            let packed = file.packed.in_constants().map(|used| dense(used, frozen));
            file.uses.iter().copied().chain(packed).filter_map(|used| {
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

/// A use that was packed, its names numbered densely.
fn dense(mut used: UseRecord, frozen: &Frozen) -> UseRecord {
    for name in [&mut used.name, &mut used.via] {
        if *name != NO_NAME {
            *name = frozen.dense(*name);
        }
    }
    used
}

/// What is known of the whole tree's names.
struct Whole<'a> {
    frozen: &'a Frozen,
    /// Those that can be edges.
    filter: Filter,
    known: Vec<u8>,
}

impl Whole<'_> {
    /// The names that `others` may want with their hashes, and the tree's numbers for them as far as
    /// they can be edges.
    fn numbers(&self, others: &Others) -> Vec<(u32, Option<u32>)> {
        let number = |name: &[u8]| {
            let hash = undecided::hash(name);
            (hash, self.filter.may_have(hash).then(|| self.frozen.find(hash, name)).flatten())
        };
        others.names().map(number).collect()
    }

    /// Whether a name has one of the `needed` bits.
    fn has(&self, name: u32, needed: u8) -> bool {
        self.known[name as usize] & needed != 0
    }
}

/// Leaves a file's edges, and returns the keys of what was dropped, sorted.
fn keep_edges(
    file: &mut FileRecord,
    in_constants: Uses,
    others: &Others,
    whole: &Whole,
) -> Vec<u32> {
    let numbers = whole.numbers(others);
    let mut keys = undecided::Keys::new(numbers.len());
    let definitions = &file.definitions;
    let mut kept = Vec::new();
    for mut used in others.maybe() {
        let Some(within) = definitions.get(used.within as usize) else { continue };
        let needed = needed(used.kind(), used.runs(), within.kind());
        let number = numbers.get(used.name as usize).and_then(|(_, number)| *number);
        match number.filter(|number| whole.has(*number, needed)) {
            Some(number) => {
                used.name = number;
                kept.push(used);
            }
            None => keys.drop_local(used.name, needed),
        }
    }
    for (local, (hash, _)) in numbers.iter().enumerate() {
        keys.add_local(local, *hash);
    }
    let sure = in_constants.chain(others.numbered()).map(|used| dense(used, whole.frozen));
    for used in file.uses.drain(..).chain(sure) {
        let Some(within) = definitions.get(used.within as usize) else { continue };
        let needed = needed(used.kind(), used.runs(), within.kind());
        if needed == 0 || whole.has(used.name, needed) {
            kept.push(used);
        } else {
            keys.add(undecided::hash(whole.frozen.get(used.name)), needed);
        }
    }
    kept.shrink_to_fit();
    file.uses = kept;
    file.includes.iter().for_each(|include| keys.add_include(&include.path));
    keys.finish()
}
