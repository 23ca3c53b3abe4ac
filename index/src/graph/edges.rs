//! Which uses are edges, once the whole tree is known: a name that is passed on is one only
//! where it is a function somewhere, or a macro that stands for a call.

use rayon::prelude::*;

use crate::outline::{Kind, UseKind};

use super::builder::FileRecord;
use super::interner::Frozen;
use super::maybe::Filter;

/// What is known of a name, as bits.
const CALLABLE: u8 = 1;
const MACRO: u8 = 2;
const KCONFIG: u8 = 4;
/// A macro without brackets whose body calls something.
const BEARING: u8 = 8;

/// What a plain use of a name can be an edge to.
const EDGES: u8 = CALLABLE | KCONFIG | BEARING;

/// Constants that stand for constants are followed so far.
const ROUNDS: usize = 4;

/// Leaves in the files, whose names are numbered densely, the uses that can be edges.
pub(super) fn keep(files: &mut [FileRecord], frozen: &Frozen) {
    let known = summaries(files, frozen.len());
    let filter = Filter::new(frozen.hashes(&|dense| known[dense as usize] & EDGES != 0));
    files.par_iter_mut().for_each(|file| {
        file.uses.extend(std::mem::take(&mut file.maybe).known(frozen, &filter));
        keep_edges(file, &known);
        file.uses.shrink_to_fit();
    });
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
        for definition in &file.definitions {
            known[definition.name as usize] |= match definition.kind() {
                kind if kind.is_callable() => CALLABLE,
                Kind::Macro => MACRO,
                Kind::Kconfig => KCONFIG,
                _ => 0,
            };
        }
    });
    // A constant may stand for another that stands for a call.
    let in_constants: Vec<(u32, u32, UseKind)> = files
        .par_iter()
        .flat_map_iter(|file| {
            file.uses.iter().filter_map(|used| {
                let within = file.definitions.get(used.within as usize)?;
                (within.kind() == Kind::Constant).then_some((within.name, used.name, used.kind()))
            })
        })
        .collect();
    for _ in 0..ROUNDS {
        let mut changed = false;
        for (within, name, kind) in &in_constants {
            let bears = matches!(kind, UseKind::Call | UseKind::Indirect)
                || known[*name as usize] & (CALLABLE | MACRO | BEARING) != 0;
            if bears && known[*within as usize] & BEARING == 0 {
                known[*within as usize] |= BEARING;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    known
}

fn keep_edges(file: &mut FileRecord, known: &[u8]) {
    let definitions = &file.definitions;
    file.uses.retain(|used| {
        let Some(within) = definitions.get(used.within as usize) else { return false };
        let name = known[used.name as usize];
        match used.kind() {
            UseKind::Call | UseKind::Indirect => true,
            UseKind::Ref if within.kind() == Kind::Kconfig => name & KCONFIG != 0,
            UseKind::Deref => name & BEARING != 0,
            UseKind::Init if used.runs() => true,
            UseKind::Ref | UseKind::Init => {
                name & (CALLABLE | BEARING) != 0
                    || within.kind() == Kind::Constant && name & MACRO != 0
            }
        }
    });
}
