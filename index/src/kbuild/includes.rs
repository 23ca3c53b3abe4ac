//! Headers, and sources that are included by others: they are built where a file that includes
//! them is, in an arm that holds.

use std::collections::HashMap;

use rayon::prelude::*;

use super::condition::{Context, Macro};
use super::files::{below, normal, split};
use super::folder::Listings;
use super::make::Shared;
use super::preprocess::{Inclusion, inclusions, rust_modules};
use super::result::{Built, Object, State};
use super::{Configuration, Files, Knowledge, Truth};

/// A file to look at, and for whom.
struct Unit {
    path: Vec<u8>,
    state: State,
    /// The folder whose Makefile's flags hold.
    folder: Vec<u8>,
}

/// Adds to `built` the files that its sources include, directly or not: each once, with the
/// best state of those that include it; an include in an unknown arm makes it unknown.
pub fn with_includes(
    mut built: Built,
    files: &dyn Files,
    config: &Configuration,
    knowledge: &Knowledge,
) -> Built {
    let shared = Shared { files, config, knowledge };
    let search = Search::new(shared, &built);
    let mut level: Vec<Unit> = Vec::new();
    let mut states: HashMap<Vec<u8>, State> = HashMap::new();
    for source in built.sources() {
        let state = built.state(source);
        states.insert(source.to_vec(), state.clone());
        level.push(Unit { path: source.to_vec(), state, folder: split(source).0.to_vec() });
    }
    let first = level.iter().map(|unit| unit.folder.clone()).min().unwrap_or_default();
    for path in &knowledge.include.always {
        let (path, folder) = (path.clone().into_bytes(), first.clone());
        level.push(Unit { path, state: State::BuiltIn, folder });
    }
    // The best state first, so that few files are looked at twice.
    while !level.is_empty() {
        level.sort_by(|a, b| b.state.cmp(&a.state).then_with(|| a.path.cmp(&b.path)));
        let found: Vec<Vec<Unit>> = level.par_iter().map(|unit| search.included(unit)).collect();
        level.clear();
        for unit in found.into_iter().flatten() {
            let known = states.get(&unit.path);
            if known.is_none_or(|known| rank(known) < rank(&unit.state)) {
                states.insert(unit.path.clone(), unit.state.clone());
                level.push(unit);
            }
        }
        let mut seen = std::collections::HashSet::new();
        level.sort_by(|a, b| b.state.cmp(&a.state).then_with(|| a.path.cmp(&b.path)));
        level.retain(|unit| seen.insert(unit.path.clone()));
    }
    let mut new: Vec<(Vec<u8>, State)> =
        states.into_iter().filter(|(path, state)| built.state(path) != *state).collect();
    new.sort_unstable();
    for (source, state) in new {
        built.add(Object { source, state, folder: 0, origins: [None, None] });
    }
    built
}

/// How much a state says, whichever module it names.
fn rank(state: &State) -> u8 {
    match state {
        State::No => 0,
        State::Program(_) => 1,
        State::Unknown => 2,
        State::Module(_) => 3,
        State::BuiltIn => 4,
    }
}

struct Search<'a> {
    shared: Shared<'a>,
    listings: Listings,
    /// Folders for every file, then those for `asm/`.
    common: Vec<Vec<u8>>,
    asm: Vec<Vec<u8>>,
    flags: HashMap<Vec<u8>, Vec<Vec<u8>>>,
}

impl<'a> Search<'a> {
    fn new(shared: Shared<'a>, built: &Built) -> Search<'a> {
        let architecture = shared.config.architecture().unwrap_or_default();
        let folder = |text: &String| text.replace("{arch}", architecture).into_bytes();
        let include = &shared.knowledge.include;
        Search {
            shared,
            listings: Listings::default(),
            common: include.folders.iter().map(folder).collect(),
            asm: include.asm.iter().map(folder).collect(),
            flags: built.flags.clone(),
        }
    }

    /// The files that a unit includes.
    fn included(&self, unit: &Unit) -> Vec<Unit> {
        let is_rust = unit.path.ends_with(b".rs");
        let is_c = [&b".c"[..], b".h", b".S"].iter().any(|suffix| unit.path.ends_with(suffix));
        if !is_c && !is_rust {
            return Vec::new();
        }
        let Some(bytes) = self.shared.files.read(&unit.path) else { return Vec::new() };
        if is_rust {
            return self.modules(unit, &bytes);
        }
        let is_header = unit.path.ends_with(b".h");
        let module = match &unit.state {
            _ if is_header => Truth::Unknown,
            State::Module(_) => Truth::True,
            State::BuiltIn => Truth::False,
            _ => Truth::Unknown,
        };
        let context = Context {
            config: self.shared.config,
            knowledge: self.shared.knowledge,
            module,
            assembly: if is_header { Truth::Unknown } else { unit.path.ends_with(b".S").into() },
            version: None,
            defined: &|_| Macro::Unknown,
        };
        let found = inclusions(&bytes, &context);
        let found = found.iter().filter_map(|inclusion| self.resolved(unit, inclusion));
        found.collect()
    }

    fn resolved(&self, unit: &Unit, inclusion: &Inclusion) -> Option<Unit> {
        let path = self.find(unit, inclusion)?;
        let state = match (&unit.state, inclusion.holds) {
            (State::Program(_) | State::No, _) | (_, Truth::True) => unit.state.clone(),
            _ => State::Unknown,
        };
        Some(Unit { path, state, folder: unit.folder.clone() })
    }

    fn find(&self, unit: &Unit, inclusion: &Inclusion) -> Option<Vec<u8>> {
        let has = |path: Vec<u8>| self.listings.has(self.shared, &path).then_some(path);
        if inclusion.quoted
            && let Some(path) = has(below(split(&unit.path).0, &inclusion.path))
        {
            return Some(path);
        }
        let mut folder = &unit.folder[..];
        loop {
            for flag in self.flags.get(folder).into_iter().flatten() {
                if let Some(path) = has(below(flag, &inclusion.path)) {
                    return Some(path);
                }
            }
            if folder.is_empty() {
                break;
            }
            folder = split(folder).0;
        }
        for folder in &self.common {
            if let Some(path) = has(below(folder, &inclusion.path)) {
                return Some(path);
            }
        }
        let name = inclusion.path.strip_prefix(b"asm/")?;
        self.asm.iter().find_map(|folder| has(below(folder, name)))
    }

    /// The files of a Rust file's modules.
    fn modules(&self, unit: &Unit, bytes: &[u8]) -> Vec<Unit> {
        let (folder, file) = split(&unit.path);
        let base = file.strip_suffix(b".rs").unwrap_or(file);
        let is_root = matches!(file, b"lib.rs" | b"mod.rs");
        let within = if is_root { folder.to_vec() } else { below(folder, base) };
        let mut found = Vec::new();
        for name in rust_modules(bytes) {
            let candidates = [[&name[..], b".rs"].concat(), [&name[..], b"/mod.rs"].concat()];
            let path = candidates.iter().map(|name| normal(&below(&within, name)));
            let path = path.into_iter().find(|path| self.listings.has(self.shared, path));
            if let Some(path) = path {
                let state = unit.state.clone();
                found.push(Unit { path, state, folder: unit.folder.clone() });
            }
        }
        found
    }
}
