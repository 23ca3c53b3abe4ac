//! What builds a file: the lines of Makefiles that name its object, the object's module
//! and their folders, up to the root.

use std::collections::{HashMap, HashSet};

use crate::trace::case::Case;
use crate::trace::tracer::{Row, Tracer};

/// The Makefile lines for the files that the answer is about.
pub(super) fn built(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Vec<Row> {
    let mut paths: Vec<Vec<u8>> =
        tracer.for_arch(&case.subjects).iter().map(|d| tracer.path(d)).collect();
    paths.extend(case.found.iter().map(|row| row.path.clone()));
    paths.retain(|path| path.ends_with(b".c") || path.ends_with(b".S") || path.ends_with(b".rs"));
    paths.sort();
    paths.dedup();
    let mut rows: Vec<Row> = Vec::new();
    let mut seen = HashSet::new();
    for path in paths.iter().take(FILES) {
        for row in lines_for(tracer, &String::from_utf8_lossy(path)) {
            if seen.insert((row.path.clone(), row.line, row.name.clone())) {
                rows.push(row);
            }
        }
    }
    rows
}

/// More files than these have no one Makefile line that says something.
const FILES: usize = 3;

fn lines_for(tracer: &mut Tracer<'_, '_>, path: &str) -> Vec<Row> {
    let (mut folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let mut wanted = vec![format!("{stem}.o")];
    let mut rows = Vec::new();
    loop {
        let naming = Naming::read(tracer, folder);
        let mut seen: HashSet<String> = wanted.iter().cloned().collect();
        let mut at = 0;
        while let Some(object) = wanted.get(at).cloned() {
            at += 1;
            for (row, target) in naming.of(&object) {
                // `ext4-y := file.o` makes it a part of `ext4.o`.
                if let Some(module) = target.clone()
                    && seen.insert(module.clone())
                {
                    wanted.push(module);
                }
                rows.push(row.clone());
            }
        }
        let Some((parent, own)) =
            folder.rsplit_once('/').or((!folder.is_empty()).then_some(("", folder)))
        else {
            return rows;
        };
        wanted = vec![format!("{own}/")];
        folder = parent;
    }
}

/// The lines of a folder's Makefiles by the objects that they name, each with the object that
/// it makes where that is another.
#[derive(Default)]
struct Naming(HashMap<String, Vec<(Row, Option<String>)>>);

impl Naming {
    fn of(&self, object: &str) -> &[(Row, Option<String>)] {
        self.0.get(object).map_or(&[], Vec::as_slice)
    }

    fn read(tracer: &mut Tracer<'_, '_>, folder: &str) -> Naming {
        let mut naming = Naming::default();
        for file in ["Kbuild", "Makefile"] {
            let path = if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
            let source = tracer.file(path.as_bytes());
            let mut target = String::new();
            for number in 1..=source.line_count() {
                let text =
                    String::from_utf8_lossy(source.line(number).unwrap_or_default()).into_owned();
                if let Some((left, _)) = text.split_once('=')
                    && !text.starts_with(['\t', ' ', '#'])
                {
                    target = left.trim_end_matches(['+', ':', ' ', '\t']).to_owned();
                }
                if !text.starts_with('#') {
                    naming.line(path.as_bytes(), number, &text, &target);
                }
            }
        }
        naming
    }

    fn line(&mut self, path: &[u8], number: u64, text: &str, target: &str) {
        let line = u32::try_from(number).unwrap_or(u32::MAX);
        let config = target.split_once("$(").and_then(|(_, rest)| rest.split(')').next());
        for object in text.split(|c: char| c.is_whitespace() || c == '=') {
            if !object.ends_with(".o") && !object.ends_with('/') {
                continue;
            }
            let known = self.0.entry(object.to_owned()).or_default();
            // A line that names it twice is one line.
            if known.last().is_some_and(|(row, _)| row.line == line && row.path == path) {
                continue;
            }
            let row = Row {
                path: path.to_vec(),
                line,
                name: object.to_owned(),
                note: config.map_or_else(|| target.to_owned(), str::to_owned),
                ..Row::default()
            };
            known.push((row, module(target)));
        }
    }
}

/// The object that a list of objects makes: `ext4.o` for `ext4-y`, `ext4-objs` and
/// `ext4-$(CONFIG_…)`; none for `obj-y` and its kin.
fn module(target: &str) -> Option<String> {
    let (name, end) = target.rsplit_once("-$(").or_else(|| target.rsplit_once('-'))?;
    let list = end.ends_with(')') || matches!(end, "y" | "m" | "objs");
    (list && !matches!(name, "obj" | "lib" | "core" | "drivers" | "head"))
        .then(|| format!("{name}.o"))
}

#[cfg(test)]
mod tests {
    use super::module;

    #[test]
    fn objects_of_lists() {
        assert_eq!(module("ext4-y").as_deref(), Some("ext4.o"));
        assert_eq!(module("ext4-$(CONFIG_X)").as_deref(), Some("ext4.o"));
        assert_eq!(module("obj-$(CONFIG_X)"), None);
        assert_eq!(module("obj-y"), None);
        assert_eq!(module("CFLAGS_x.o"), None);
    }
}
