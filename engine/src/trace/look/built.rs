//! What builds a file: the lines of Makefiles that name its object, the object's module
//! and their folders, up to the root.

use std::collections::{HashMap, HashSet};

use regex::bytes::Regex;

use crate::trace::case::Case;
use crate::trace::tracer::{Row, Tracer};

/// The Makefile lines for the files that the answer is about.
pub(super) fn built(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Vec<Row> {
    let mut paths: Vec<Vec<u8>> =
        tracer.for_arch(&case.subjects).iter().map(|d| tracer.path(d)).collect();
    paths.extend(case.found.iter().map(|row| row.path.clone()));
    // A folder is built by who names it.
    let is_built =
        |path: &Vec<u8>| [&b".c"[..], b".S", b".rs", b"/"].iter().any(|e| path.ends_with(e));
    paths.retain(is_built);
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

/// A module, by the names that are asked for.
pub(super) struct Modules {
    names: Vec<String>,
    /// What a part's text says.
    says: Option<Regex>,
    /// What the Makefiles of folders name; nothing where they don't have the module's name at all.
    folders: HashMap<String, Option<Naming>>,
}

/// How sure it is that a file is a part of a module.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Its folder is called so.
    Folder,
    /// Its own text, its name or a Makefile says so.
    Told,
}

/// Folders above a file whose Makefiles may name it.
const FOLDERS: usize = 4;

impl Modules {
    /// The module of these names; one whose text `says` so is a part of it.
    pub(super) fn new(names: Vec<String>, says: Option<Regex>) -> Modules {
        let names = names.iter().map(|name| plain(name)).collect();
        Modules { names, says, folders: HashMap::new() }
    }

    /// Whether the file at `path` is a part of it.
    pub(super) fn has(&mut self, tracer: &mut Tracer<'_, '_>, path: &[u8]) -> Option<Part> {
        let file = tracer.file(path);
        let text = String::from_utf8_lossy(path);
        let (folder, name) = text.rsplit_once('/').unwrap_or(("", &text));
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let says = self.says.as_ref().is_some_and(|says| says.is_match(file.bytes()));
        if says || self.is_one(stem) || self.is_built_of(tracer, folder, stem) {
            return Some(Part::Told);
        }
        if let Some(includer) = includer(tracer, folder, name)
            && self.has(tracer, &includer) == Some(Part::Told)
        {
            return Some(Part::Told);
        }
        let root = || tracer.code.tree().root().file_name().map(|name| name.to_string_lossy());
        let above = match folder.rsplit('/').next().filter(|name| !name.is_empty()) {
            Some(name) => self.is_one(name),
            None => root().is_some_and(|name| self.is_one(&name)),
        };
        above.then_some(Part::Folder)
    }

    fn is_one(&self, name: &str) -> bool {
        self.names.contains(&plain(name))
    }

    /// Whether a folder's Makefiles have its name at all: most don't, and need not be read.
    fn is_named_in(&self, tracer: &mut Tracer<'_, '_>, folder: &str) -> bool {
        MAKEFILES.iter().any(|file| {
            let file = tracer.file(makefile(folder, file).as_bytes());
            let has = |name: &str| memchr::memmem::find(file.bytes(), name.as_bytes()).is_some();
            self.names.iter().any(|name| has(name) || has(&name.replace('_', "-")))
        })
    }

    /// Whether a Makefile makes the module of what `stem` in `folder` is compiled to.
    fn is_built_of(&mut self, tracer: &mut Tracer<'_, '_>, folder: &str, stem: &str) -> bool {
        let (mut folder, mut object) = (folder, format!("{stem}.o"));
        for _ in 0..FOLDERS {
            if !self.folders.contains_key(folder) {
                let is_named = self.is_named_in(tracer, folder);
                let naming = is_named.then(|| Naming::read(tracer, folder));
                self.folders.insert(folder.to_owned(), naming);
            }
            let naming = self.folders.get(folder).and_then(Option::as_ref);
            let made = naming.map(|naming| made_of(naming, object.clone())).unwrap_or_default();
            if made.iter().any(|made| self.is_one(made.strip_suffix(".o").unwrap_or(made))) {
                return true;
            }
            let up = folder.rsplit_once('/').or((!folder.is_empty()).then_some(("", folder)));
            let Some((parent, own)) = up else { break };
            object = format!("{own}/{object}");
            folder = parent;
        }
        false
    }
}

/// The file beside a header that includes it, where one alone does: the header is a part of that.
fn includer(tracer: &mut Tracer<'_, '_>, folder: &str, header: &str) -> Option<Vec<u8>> {
    if !header.ends_with(".h") {
        return None;
    }
    let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let is_beside = |path: &&[u8]| {
        let rest = path.strip_prefix(start.as_bytes());
        rest.is_some_and(|rest| rest.ends_with(b".c") && !rest.contains(&b'/'))
    };
    let beside: Vec<Vec<u8>> = tracer.graph.paths().filter(is_beside).map(<[u8]>::to_vec).collect();
    let include = format!("#include \"{header}\"");
    let includes = |tracer: &mut Tracer<'_, '_>, path: &[u8]| {
        memchr::memmem::find(tracer.file(path).bytes(), include.as_bytes()).is_some()
    };
    let mut found = beside.into_iter().filter(|path| includes(tracer, path));
    found.next().filter(|_| found.next().is_none())
}

/// What `object` is made a part of, and what that is, and so on.
fn made_of(naming: &Naming, object: String) -> Vec<String> {
    let mut made = vec![object];
    let mut at = 0;
    while let Some(object) = made.get(at) {
        let targets = naming.of(object).iter().filter_map(|(_, target)| target.clone());
        for target in targets.collect::<Vec<_>>() {
            if !made.contains(&target) {
                made.push(target);
            }
        }
        at += 1;
    }
    made.remove(0);
    made
}

const MAKEFILES: [&str; 2] = ["Kbuild", "Makefile"];

fn makefile(folder: &str, file: &str) -> String {
    if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") }
}

/// A module's name as the kernel compares it.
fn plain(name: &str) -> String {
    name.replace('-', "_")
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
        for file in MAKEFILES {
            let path = makefile(folder, file);
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
