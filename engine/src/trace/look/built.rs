//! What builds a file: the lines of Makefiles that name its object, the object's module
//! and their folders, up to the root.

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
    for path in paths.iter().take(FILES) {
        for row in lines_for(tracer, &String::from_utf8_lossy(path)) {
            if !rows.contains(&row) {
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
        let mut at = 0;
        while let Some(object) = wanted.get(at).cloned() {
            at += 1;
            for (row, target) in naming(tracer, folder, &object) {
                // `ext4-y := file.o` makes it a part of `ext4.o`.
                if let Some(module) = target
                    && !wanted.contains(&module)
                {
                    wanted.push(module);
                }
                rows.push(row);
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

/// The lines of a folder's Makefile that name an object, with the object each is a part
/// of where that is another.
fn naming(tracer: &mut Tracer<'_, '_>, folder: &str, object: &str) -> Vec<(Row, Option<String>)> {
    let mut found = Vec::new();
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
            let words = text.split(|c: char| c.is_whitespace() || c == '=');
            if text.starts_with('#') || !words.into_iter().any(|word| word == object) {
                continue;
            }
            let line = u32::try_from(number).unwrap_or(u32::MAX);
            let config = target.split_once("$(").and_then(|(_, rest)| rest.split(')').next());
            let row = Row {
                path: path.clone().into_bytes(),
                line,
                name: object.to_owned(),
                note: config.map_or_else(|| target.clone(), str::to_owned),
                ..Row::default()
            };
            found.push((row, module(&target)));
        }
    }
    found
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
