//! The section with all definitions, by name, file and line: a counting sort, on every core.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rayon::prelude::*;

use super::builder::FileRecord;
use super::bytes::{put_words, section_of};

/// Portions that are sorted at the same time: each has a counter for every name.
const PORTIONS: usize = 4;

/// What a portion of the files adds besides the records.
#[derive(Default)]
struct Beside {
    /// The last lines of long definitions, by number.
    long: Vec<(u32, u32)>,
    /// The structs that members hold, by number.
    types: Vec<(u32, u32)>,
    /// For each file the numbers of its definitions.
    numbers: Vec<Vec<u32>>,
}

/// The section, and for each file the numbers of its definitions. Names are below `count`.
pub(super) fn write(files: &[FileRecord], count: usize) -> (Vec<u8>, Vec<Vec<u32>>) {
    let threads = rayon::current_num_threads().min(PORTIONS);
    let portion = files.len().div_ceil(threads).max(1);
    let mut counts: Vec<Vec<u32>> = files
        .par_chunks(portion)
        .map(|files| {
            let mut counts = vec![0; count];
            for definition in files.iter().flat_map(|file| &file.definitions) {
                counts[definition.name as usize] += 1;
            }
            counts
        })
        .collect();
    // From how many there are to where they begin: a name's of one portion after the other's.
    let mut starts = Vec::with_capacity(count + 1);
    let mut sum = 0;
    for name in 0..count {
        starts.push(sum);
        for counts in &mut counts {
            sum += std::mem::replace(&mut counts[name], sum);
        }
    }
    starts.push(sum);
    let records: Vec<AtomicU64> = (0..sum).map(|_| AtomicU64::new(0)).collect();
    let beside: Vec<Beside> = files
        .par_chunks(portion)
        .zip(counts)
        .enumerate()
        .map(|(at, (files, next))| place(files, (at * portion) as u32, next, &records))
        .collect();
    let (mut long, mut types, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for part in beside {
        long.extend(part.long);
        types.extend(part.types);
        numbers.extend(part.numbers);
    }
    let ([long_keys, long_values], [type_keys, type_values]) = (pairs(long), pairs(types));
    let beside = [long_keys, long_values, type_keys, type_values];
    let [one, two, three, four] = beside.each_ref().map(Vec::len);
    let mut section = section_of(&[starts.len() * 4, records.len() * 8, one, two, three, four]);
    put_words(&mut section, &starts);
    drop(starts);
    for record in records {
        section.extend_from_slice(&record.into_inner().to_le_bytes());
    }
    beside.iter().for_each(|part| section.extend_from_slice(part));
    (section, numbers)
}

/// Puts the definitions of some files, the first of which is number `first`, to the places
/// that `next` has for their names.
fn place(files: &[FileRecord], first: u32, mut next: Vec<u32>, records: &[AtomicU64]) -> Beside {
    let mut beside = Beside::default();
    for (file, record) in (first..).zip(files) {
        let mut own = Vec::with_capacity(record.definitions.len());
        for definition in &record.definitions {
            let number = &mut next[definition.name as usize];
            own.push(*number);
            records[*number as usize].store(definition.in_file(file), Relaxed);
            *number += 1;
        }
        beside.long.extend(record.long.iter().map(|(at, last)| (own[*at as usize], *last)));
        beside.types.extend(record.types.iter().map(|(at, holds)| (own[*at as usize], *holds)));
        beside.numbers.push(own);
    }
    beside
}

/// The keys, sorted, and their values.
fn pairs(mut pairs: Vec<(u32, u32)>) -> [Vec<u8>; 2] {
    pairs.sort_unstable();
    let (keys, values): (Vec<u32>, Vec<u32>) = pairs.into_iter().unzip();
    let (mut key_bytes, mut value_bytes) = (Vec::new(), Vec::new());
    put_words(&mut key_bytes, &keys);
    put_words(&mut value_bytes, &values);
    [key_bytes, value_bytes]
}
