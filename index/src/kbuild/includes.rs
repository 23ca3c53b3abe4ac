//! Headers, and sources that are included by others: they are built where a file that includes
//! them is, in an arm that holds.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use rayon::prelude::*;

use super::condition::{Context, defined};
use super::defines::Defines;
use super::files::{below, normal, split};
use super::folder::Listings;
use super::make::Shared;
use super::preprocess::{Inclusion, inclusions, rust_modules};
use super::result::{Built, Object, State};
use super::{Configuration, Files, Knowledge, Truth};

/// The file that includes another, and the line.
type Includer = Option<(Vec<u8>, u32)>;

/// A file to look at, and for whom.
struct Unit {
    path: Vec<u8>,
    state: State,
    /// The folder whose Makefile's flags hold.
    folder: Arc<[u8]>,
    included_by: Includer,
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
    let mut states: States = HashMap::new();
    let mut open: Open = Open::default();
    let mut folders: HashMap<&[u8], Arc<[u8]>> = HashMap::new();
    for source in built.sources() {
        let (path, state) = (source.to_vec(), built.state(source));
        let folder = split(source).0;
        let folder = Arc::clone(folders.entry(folder).or_insert_with(|| folder.into()));
        states.insert(path.clone(), (state.clone(), None));
        open[rank(&state)].push(Unit { path, state, folder, included_by: None });
    }
    let first: Arc<[u8]> = folders.keys().min().copied().unwrap_or_default().into();
    for path in &knowledge.include.always {
        let (path, folder) = (path.clone().into_bytes(), Arc::clone(&first));
        let state = State::BuiltIn;
        open[rank(&state)].push(Unit { path, state, folder, included_by: None });
    }
    // What a file includes is worth no more than the file: with the best first, each is looked at
    // once.
    while let Some(level) = open.iter_mut().rev().find(|level| !level.is_empty()) {
        let mut level = std::mem::take(level);
        level.retain(|unit| {
            states.get(&unit.path).is_none_or(|(known, _)| rank(known) <= rank(&unit.state))
        });
        let found: Vec<Vec<Unit>> =
            level.par_iter().map(|unit| search.included(unit, &states)).collect();
        let mut found: Vec<Unit> = found.into_iter().flatten().collect();
        found.sort_by(|a, b| b.state.cmp(&a.state).then_with(|| a.path.cmp(&b.path)));
        for unit in found {
            if is_better(&states, &unit.path, &unit.state) {
                let known = (unit.state.clone(), unit.included_by.clone());
                states.insert(unit.path.clone(), known);
                open[rank(&unit.state)].push(unit);
            }
        }
    }
    let mut new: Vec<_> =
        states.into_iter().filter(|(_, (_, included_by))| included_by.is_some()).collect();
    new.sort_unstable();
    for (source, (state, included_by)) in new {
        built.add(Object { source, state, folder: 0, origins: [None, None], included_by });
    }
    built
}

/// What is known of each file: its state, and by which file it is included.
type States = HashMap<Vec<u8>, (State, Includer)>;

/// Files to look at, by the rank of their state.
type Open = [Vec<Unit>; 5];

/// Whether the state is better than what is known of the file at `path`.
fn is_better(states: &States, path: &[u8], state: &State) -> bool {
    states.get(path).is_none_or(|(known, _)| rank(known) < rank(state))
}

/// How much a state says, whichever module it names.
fn rank(state: &State) -> usize {
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
    /// What the common folders have for a path that was asked for before.
    known: RwLock<HashMap<Vec<u8>, Option<Vec<u8>>>>,
    /// Folders for every file, then those for `asm/`.
    common: Vec<Vec<u8>>,
    asm: Vec<Vec<u8>>,
    flags: HashMap<Vec<u8>, Vec<Vec<u8>>>,
    defines: Defines,
}

impl<'a> Search<'a> {
    fn new(shared: Shared<'a>, built: &Built) -> Search<'a> {
        let architecture = shared.config.architecture().unwrap_or_default();
        let folder = |text: &String| text.replace("{arch}", architecture).into_bytes();
        let include = &shared.knowledge.include;
        Search {
            shared,
            listings: Listings::default(),
            known: RwLock::default(),
            common: include.folders.iter().map(folder).collect(),
            asm: include.asm.iter().map(folder).collect(),
            flags: built.flags.clone(),
            defines: built.defines.clone(),
        }
    }

    /// The files that a unit includes, of which not as much is known yet.
    fn included(&self, unit: &Unit, states: &States) -> Vec<Unit> {
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
        let defines = self.defines.of(&unit.path);
        let context = Context {
            config: self.shared.config,
            knowledge: self.shared.knowledge,
            module,
            assembly: if is_header { Truth::Unknown } else { unit.path.ends_with(b".S").into() },
            version: self.shared.config.version(),
            defined: &|name| defined(&defines, name),
        };
        let found = inclusions(&bytes, &context);
        found.iter().filter_map(|i| self.resolved(unit, i, states)).collect()
    }

    fn resolved(&self, unit: &Unit, inclusion: &Inclusion, states: &States) -> Option<Unit> {
        let path = self.find(unit, inclusion)?;
        let state = match (&unit.state, inclusion.holds) {
            (State::Program(_) | State::No, _) | (_, Truth::True) => &unit.state,
            _ => &State::Unknown,
        };
        if !is_better(states, &path, state) {
            return None;
        }
        let state = state.clone();
        let included_by = Some((unit.path.clone(), inclusion.line));
        Some(Unit { path, state, folder: Arc::clone(&unit.folder), included_by })
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
        self.common(&inclusion.path)
    }

    /// The file in the folders that every file's includes are looked for in.
    fn common(&self, name: &[u8]) -> Option<Vec<u8>> {
        if let Some(known) = self.known.read().ok().and_then(|known| known.get(name).cloned()) {
            return known;
        }
        let has = |path: Vec<u8>| self.listings.has(self.shared, &path).then_some(path);
        let found = self.common.iter().find_map(|folder| has(below(folder, name)));
        let found = found.or_else(|| {
            let generic = name.strip_prefix(b"asm/")?;
            self.asm.iter().find_map(|folder| has(below(folder, generic)))
        });
        if let Ok(mut known) = self.known.write() {
            known.insert(name.to_vec(), found.clone());
        }
        found
    }

    /// The files of a Rust file's modules.
    fn modules(&self, unit: &Unit, bytes: &[u8]) -> Vec<Unit> {
        let (folder, file) = split(&unit.path);
        let base = file.strip_suffix(b".rs").unwrap_or(file);
        let is_root = matches!(file, b"lib.rs" | b"mod.rs");
        let within = if is_root { folder.to_vec() } else { below(folder, base) };
        let mut found = Vec::new();
        for (name, line) in rust_modules(bytes) {
            let candidates = [[&name[..], b".rs"].concat(), [&name[..], b"/mod.rs"].concat()];
            let path = candidates.iter().map(|name| normal(&below(&within, name)));
            let path = path.into_iter().find(|path| self.listings.has(self.shared, path));
            if let Some(path) = path {
                let state = unit.state.clone();
                let included_by = Some((unit.path.clone(), line));
                found.push(Unit { path, state, folder: Arc::clone(&unit.folder), included_by });
            }
        }
        found
    }
}
