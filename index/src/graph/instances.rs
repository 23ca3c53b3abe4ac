//! Tables that including a header makes, by idiom: a file that defines
//! `CREATE_TRACE_POINTS` turns each `TRACE_EVENT` it includes into tables of functions.

use std::collections::HashSet;

use crate::idiom::{Idioms, Instantiate};
use crate::outline::{Definition, Flags, Kind, NO_NAME, Use, UseKind};

use super::builder::{FileRecord, UseRecord};
use super::include::Includes;
use super::interner::Interner;
use super::record::DefRecord;

/// Adds the tables to the files that make them.
pub(super) fn add(
    files: &mut [FileRecord],
    includes: &Includes,
    names: &Interner,
    idioms: &Idioms,
) {
    for file in 0..files.len() {
        let starts: Vec<(u32, &Instantiate)> = files[file]
            .instances
            .iter()
            .flat_map(|(line, name)| {
                idioms
                    .instantiates()
                    .iter()
                    .filter(|i| i.when.as_bytes() == &name[..])
                    .map(|i| (*line, i))
            })
            .collect();
        let mut made = Vec::new();
        for (start, (from, idiom)) in starts.into_iter().enumerate() {
            let mut seen = HashSet::new();
            // What came before the macro is guarded against being included again.
            for (header, _) in includes[file].iter().filter(|(_, line)| *line <= from) {
                reach(*header, includes, &mut seen);
            }
            // But for headers of tracepoints, which are made to be read several times.
            let is_table = |header: &u32| {
                files[*header as usize].definitions.iter().any(|d| d.kind() == idiom.kind)
            };
            seen.retain(|header| !is_table(header));
            for (header, line) in includes[file].iter().filter(|(_, line)| *line > from) {
                for header in reach(*header, includes, &mut seen) {
                    for definition in
                        files[header as usize].definitions.iter().filter(|d| d.kind() == idiom.kind)
                    {
                        made.push(((start, *line), idiom, names.text(definition.name)));
                    }
                }
            }
        }
        made.sort_by(|one, other| (one.0, &one.2).cmp(&(other.0, &other.2)));
        for ((_, line), idiom, name) in made {
            add_table(&mut files[file], line, idiom, &name, names);
        }
    }
}

/// The files that including `header` reads for the first time.
fn reach(header: u32, includes: &Includes, seen: &mut HashSet<u32>) -> Vec<u32> {
    let mut found = Vec::new();
    let mut open = vec![header];
    while let Some(next) = open.pop() {
        if seen.insert(next) {
            found.push(next);
            open.extend(includes[next as usize].iter().rev().map(|(target, _)| *target));
        }
    }
    found
}

fn add_table(file: &mut FileRecord, line: u32, idiom: &Instantiate, name: &[u8], names: &Interner) {
    let Some(argument) = name.strip_prefix(idiom.strip.as_bytes()) else { return };
    let Some(table) = idiom.table.fill(&[argument]) else { return };
    let within = file.definitions.len() as u32;
    let table = Definition {
        name: names.intern(&table),
        kind: Kind::Variable,
        flags: Flags::default(),
        first: line,
        last: line,
        doc: 0,
        guard: NO_NAME,
        params: NO_NAME,
    };
    file.definitions.push(DefRecord::new(table.name, &table));
    for function in idiom.functions.iter().filter_map(|t| t.fill(&[argument])) {
        let name = names.intern(&function);
        let init = Use { within, name, kind: UseKind::Init, via: NO_NAME, line, runs: true };
        file.uses.push(UseRecord::new(&init));
    }
}
