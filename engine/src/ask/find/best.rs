//! What comes first among answers that the catalog can't tell apart: definitions of one name,
//! entries of one parameter, maintainers of a part and of the whole, and what a path names.

use std::collections::HashMap;

use kgrep_index::catalog::{Found, Kind, Query};
use kgrep_index::graph::{Arch, Graph, Program};
use kgrep_index::outline::Flags;

use super::super::Sources;
use crate::code::{Code, Ranking};

/// Orders the definitions of a name that the question asks for as `def` does, but with what a
/// header has for want of the definition (a stub) behind it wherever that is, and the entries of
/// a parameter as they are listed: the first is about the plain one. Only what is among the
/// first `shown` counts, and what goes with it.
pub(super) fn definitions(found: &mut [Found], graph: &Graph<'_>, arch: Arch, shown: usize) {
    let mut same: HashMap<(Kind, &str), Vec<usize>> = HashMap::new();
    for (at, found) in found.iter().enumerate() {
        let counts = found.by_name && matches!(found.kind, Kind::Symbol(_) | Kind::Param);
        if counts && (at < shown || same.contains_key(&(found.kind, found.name.as_str()))) {
            same.entry((found.kind, &found.name)).or_default().push(at);
        }
    }
    let groups: Vec<Vec<usize>> = same.into_values().filter(|places| places.len() > 1).collect();
    for places in groups {
        let ranking = |found: &Found| {
            let name = graph.find_name(found.name.as_bytes())?;
            let definitions = graph.definitions_of(name);
            let definition = definitions.iter().find(|definition| {
                definition.first == found.line && graph.path(definition.file) == found.path
            });
            definition.map(|definition| {
                let place = graph.place(definition.file);
                let is_stub = definition.flags.has(Flags::STATIC) && found.path.ends_with(b".h");
                let beside = place.program != Program::Kernel || !arch.has(place);
                (beside, is_stub, Ranking::of(graph, definition, arch))
            })
        };
        arrange(found, &places, |found| match found.kind {
            Kind::Symbol(_) => {
                let ranking = ranking(found);
                (ranking.is_none(), ranking, Vec::new(), 0)
            }
            _ => (true, None, found.path.clone(), found.line),
        });
    }
}

/// What a folder that an entry of MAINTAINERS lists is worth, to a file of it.
const FOLDER: u16 = 4;

/// Orders the entries of MAINTAINERS: who has the folders and files that are called as it is asked
/// for has the matter.
pub(super) fn maintainers(found: &mut [Found], query: &Query, code: &Code, files: &mut Sources) {
    let is_maintainer = |at: &usize| found[*at].kind == Kind::Maintainer;
    let places: Vec<usize> = (0..found.len()).filter(is_maintainer).collect();
    let Some(first) = places.first() else { return };
    let source = files.get(code, &found[*first].path);
    arrange(found, &places, |found| {
        let (first, last) = found.extent;
        let lines = (first..=last).filter_map(|line| source.line(u64::from(line)));
        let files = lines.filter_map(|line| line.strip_prefix(b"F:"));
        let worth = |file: &[u8]| {
            let file = String::from_utf8_lossy(file.trim_ascii());
            let whole = query.is_whole_in(&file, found.kind);
            if whole { if file.ends_with('/') { FOLDER } else { 1 } } else { 0 }
        };
        let covered: u16 = files.map(worth).fold(0, u16::saturating_add);
        let score = found.score * (1.0 + f32::from(covered));
        std::cmp::Reverse((score * 1e4) as u64)
    });
}

/// A file without a comment of its own says what it is in its first lines.
const TOP_LINES: u32 = 20;

/// Puts what is `at` a path first: the file, or the document as a whole, of all that is `there`.
/// A file of which the catalog has nothing is one too, if any kind will do.
pub(super) fn at_path(found: &mut Vec<Found>, path: &[u8], there: Vec<Found>, any_kind: bool) {
    let is_whole = |found: &&Found| matches!(found.kind, Kind::File | Kind::Section);
    let whole = there.iter().filter(is_whole).min_by_key(|found| found.line).cloned();
    let file = || Found {
        path: path.to_vec(),
        kind: Kind::File,
        name: String::from_utf8_lossy(path).into_owned(),
        line: 1,
        extent: (1, TOP_LINES),
        named: true,
        by_name: true,
        score: 0.0,
    };
    let Some(whole) = whole.or_else(|| any_kind.then(file)) else { return };
    found.retain(|found| (&found.path, found.line) != (&whole.path, whole.line));
    found.insert(0, whole);
}

/// Orders the answers at `places` by `key` among themselves; of equals none moves.
fn arrange<K: Ord>(found: &mut [Found], places: &[usize], key: impl Fn(&Found) -> K) {
    let mut own: Vec<Found> = places.iter().map(|at| found[*at].clone()).collect();
    own.sort_by_cached_key(key);
    for (at, own) in places.iter().zip(own) {
        found[*at] = own;
    }
}
