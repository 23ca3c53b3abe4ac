//! Writes the sections: numbers names and definitions in sorted order, and lays the edges
//! out both ways. On every core, as far as the order of the bytes allows.

use std::io;

use rayon::prelude::*;

use crate::outline::NO_NAME;
use crate::scratch::Scratch;

use super::builder::{FileRecord, UseRecord};
use super::bytes::{join, put, put_words};
use super::edges;
use super::include::Includes;
use super::interner::Frozen;
use super::place::Place;
use super::{Sections, definitions, formats, names, undecided};

/// The sections of these files, sorted by path. `freed` is called whenever much memory was freed.
///
/// # Errors
/// When what `scratch` keeps of them can't be read.
pub(super) fn sections(
    mut files: Vec<FileRecord>,
    includes: &Includes,
    frozen: Frozen,
    (scratch, freed): (&Scratch, &(dyn Fn() + Sync)),
) -> io::Result<Sections> {
    let formats = formats::write(&mut files);
    files.par_iter_mut().for_each(|file| file.renumber(|id| frozen.dense(id)));
    let undecided = edges::keep(&mut files, &frozen, scratch)?;
    freed();
    let (sorted, rank) = rank_names(&files, &frozen);
    files.par_iter_mut().for_each(|file| file.renumber(|dense| rank[dense as usize]));
    drop(rank);
    let name = |dense: &u32| frozen.get(*dense);
    let (names, is_slot) = (names::write(&sorted, name), slots(&sorted, name));
    let count = sorted.len();
    // The names of a tree take more than anything else here.
    drop((sorted, frozen));
    freed();
    let (definitions, numbers) = definitions::write(&files, count);
    freed();
    files.par_iter_mut().for_each(order_edges);
    let (runs, users) = gather(&files, &numbers, &is_slot);
    drop(numbers);
    let ((users, undecided), (edges, files)) = rayon::join(
        || (write_users(users), undecided::write(&undecided)),
        || (write_runs(&files, runs), write_files(&files, includes)),
    );
    Ok(Sections { names, definitions, edges, users, files, undecided, formats })
}

/// Leaves each use once a definition, on the first line it is on: of those that are run, if
/// any is, as these are edges whatever their name is.
fn order_edges(file: &mut FileRecord) {
    file.uses.sort_unstable_by_key(|u| (u.within, u.name, u.kind(), u.via, !u.runs(), u.line()));
    file.uses.dedup_by_key(|u| (u.within, u.name, u.kind(), u.via));
}

/// The names worth keeping in sorted order, and each name's place there.
fn rank_names(files: &[FileRecord], frozen: &Frozen) -> (Vec<u32>, Vec<u32>) {
    let wanted = edges::marked(files, frozen.len(), |file, wanted| {
        file.definitions.iter().for_each(|d| wanted[d.name as usize] = 1);
        file.types.iter().for_each(|(_, holds)| wanted[*holds as usize] = 1);
        file.offered.iter().for_each(|(name, _)| wanted[*name as usize] = 1);
        for used in &file.uses {
            wanted[used.name as usize] = 1;
            if used.via != NO_NAME {
                wanted[used.via as usize] = 1;
            }
        }
    });
    let sorted = frozen.sorted(&wanted);
    let mut rank = vec![NO_NAME; frozen.len()];
    for (place, dense) in sorted.iter().enumerate() {
        rank[*dense as usize] = place as u32;
    }
    (sorted, rank)
}

/// For each name whether it is a slot's, `field@struct`.
fn slots<'n>(sorted: &[u32], name: impl Fn(&u32) -> &'n [u8] + Sync) -> Vec<bool> {
    sorted.par_iter().map(|dense| memchr::memchr(b'@', name(dense)).is_some()).collect()
}

/// A definition's uses: its number, its file, and where they are in the file's.
type Run = (u32, u32, u32, u32);

/// The runs of uses, and who uses what: the name in the upper half, the user in the lower.
fn gather(files: &[FileRecord], numbers: &[Vec<u32>], is_slot: &[bool]) -> (Vec<Run>, Vec<u64>) {
    let total = files.iter().map(|file| file.uses.len()).sum();
    let (mut runs, mut users) = (Vec::new(), Vec::with_capacity(total));
    for (file, record) in files.iter().enumerate() {
        let mut start = 0;
        for group in record.uses.chunk_by(|a, b| a.within == b.within) {
            let end = start + group.len();
            let number = numbers[file][group[0].within as usize];
            runs.push((number, file as u32, start as u32, end as u32));
            start = end;
            for used in group {
                users.push(u64::from(used.name) << 32 | u64::from(number));
                if used.via != NO_NAME && is_slot[used.via as usize] {
                    users.push(u64::from(used.via) << 32 | u64::from(number));
                }
            }
        }
    }
    (runs, users)
}

/// The edges from each definition.
fn write_runs(files: &[FileRecord], mut runs: Vec<Run>) -> Vec<u8> {
    runs.par_sort_unstable();
    let (mut sources, mut offsets, mut data) = (Vec::new(), Vec::new(), Vec::new());
    for (number, file, start, end) in &runs {
        let record = &files[*file as usize];
        let group = &record.uses[*start as usize..*end as usize];
        let first = record.definitions[group[0].within as usize].first();
        sources.push(*number);
        offsets.push(data.len() as u32);
        for used in group {
            put_use(&mut data, *used, first);
        }
    }
    offsets.push(data.len() as u32);
    let (mut source_bytes, mut offset_bytes) = (Vec::new(), Vec::new());
    put_words(&mut source_bytes, &sources);
    put_words(&mut offset_bytes, &offsets);
    join(&[&source_bytes, &offset_bytes, &data])
}

fn put_use(data: &mut Vec<u8>, used: UseRecord, first: u32) {
    let via = used.via != NO_NAME;
    data.push(used.kind() as u8 | u8::from(via) << 3 | u8::from(used.runs()) << 4);
    put(data, used.name);
    put(data, used.line().wrapping_sub(first));
    if via {
        put(data, used.via);
    }
}

/// For each name the definitions that use it.
fn write_users(mut users: Vec<u64>) -> Vec<u8> {
    users.par_sort_unstable();
    users.dedup();
    let (mut names, mut offsets, mut data) = (Vec::new(), Vec::new(), Vec::new());
    for group in users.chunk_by(|a, b| a >> 32 == b >> 32) {
        names.push((group[0] >> 32) as u32);
        offsets.push(data.len() as u32);
        let mut before = 0;
        for pair in group {
            let number = *pair as u32;
            put(&mut data, number - before);
            before = number;
        }
    }
    offsets.push(data.len() as u32);
    let (mut name_bytes, mut offset_bytes) = (Vec::new(), Vec::new());
    put_words(&mut name_bytes, &names);
    put_words(&mut offset_bytes, &offsets);
    join(&[&name_bytes, &offset_bytes, &data])
}

/// The paths, which files each file includes, private ones and public ones, the files that
/// make tables of what they include, what each path says, and which files are included.
fn write_files(files: &[FileRecord], includes: &Includes) -> Vec<u8> {
    let (mut paths, mut ends) = (Vec::new(), Vec::new());
    let (mut private, mut public) = (Targets::default(), Targets::default());
    let (mut making, mut places, mut including) = (Vec::new(), Vec::new(), Vec::new());
    let mut included = vec![0u8; files.len().div_ceil(8)];
    for (number, (file, lines)) in files.iter().zip(includes).enumerate() {
        paths.extend_from_slice(&file.path);
        ends.push(paths.len() as u32);
        if !file.instances.is_empty() {
            making.push(number as u32);
        }
        places.push(Place::of(&file.path).to_word());
        private.begin();
        public.begin();
        for (target, _) in lines {
            let path = &files[*target as usize].path;
            let is_public = Place::of(path).is_public;
            put(if is_public { &mut public.data } else { &mut private.data }, *target);
            if !is_public {
                included[*target as usize / 8] |= 1 << (*target % 8);
                if path.ends_with(b".c") {
                    including.extend([*target, number as u32]);
                }
            }
        }
    }
    let words = |words: &[u32]| {
        let mut bytes = Vec::new();
        put_words(&mut bytes, words);
        bytes
    };
    let ([private, private_data], [public, public_data]) = (private.finish(), public.finish());
    join(&[
        &paths,
        &words(&ends),
        &private,
        &private_data,
        &public,
        &public_data,
        &words(&making),
        &makers(files),
        &words(&places),
        &included,
        &words(&including),
    ])
}

/// Numbers of files, for each file some.
#[derive(Default)]
struct Targets {
    offsets: Vec<u32>,
    data: Vec<u8>,
}

impl Targets {
    /// What is put into the data from now on is the next file's.
    fn begin(&mut self) {
        self.offsets.push(self.data.len() as u32);
    }

    fn finish(mut self) -> [Vec<u8>; 2] {
        self.begin();
        let mut offsets = Vec::new();
        put_words(&mut offsets, &self.offsets);
        [offsets, self.data]
    }
}

/// For each file the macros of it that may make definitions in others: the file, the name, and
/// a number that changes with what the macro is.
fn makers(files: &[FileRecord]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (number, file) in (0u32..).zip(files) {
        let mut offered = file.offered.clone();
        offered.sort_unstable();
        for (name, hash) in offered {
            put_words(&mut bytes, &[number, name, hash]);
        }
    }
    bytes
}
