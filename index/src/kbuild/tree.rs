//! From the top Makefile down: runs each folder's Makefile that a line of another one leads
//! to, all of one depth at the same time.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::folder::{Folder, Listings, Next, Outcome, Reach};
use super::make::words::{is_uncertain, words};
use super::make::{Inherited, Make, NO_CONDITION, Origin, Shared};
use super::result::{Built, Object, State, Visited};
use super::{Configuration, Files, Knowledge};

/// Folders that are run at most, so that links in a circle end.
const FOLDERS: usize = 1 << 16;

/// The top Makefile, run.
pub(super) struct Top {
    pub(super) inherited: Inherited,
    /// Where to go from there.
    pub(super) next: Vec<Next>,
    /// Folders whose `lib.a` the kernel is linked with.
    pub(super) linked: Vec<Vec<u8>>,
    pub(super) visited: Visited,
}

/// What `config` builds of the tree. Without a top Makefile that leads to other folders, the
/// tree's own `Kbuild` or `Makefile` is taken for the kernel's.
pub fn built(files: &dyn Files, config: &Configuration, knowledge: &Knowledge) -> Built {
    let shared = Shared { files, config, knowledge };
    let listings = Listings::default();
    let top = run_top(shared);
    let mut built = Built::default();
    let mut found = Found::default();
    built.folders.push(top.visited);
    let mut level: Vec<(u32, Next)> = top.next.into_iter().map(|next| (0, next)).collect();
    while !level.is_empty() && built.folders.len() < FOLDERS {
        let outcomes: Vec<(u32, Origin, Option<Outcome>)> = level
            .par_iter()
            .map(|(from, Next { folder, reach, origin })| {
                let run = Folder::run(shared, &top.inherited, &listings, folder, *reach, false);
                let outcome = run.map(|f| f.outcome(Some((*from, *origin)), &top.linked));
                (*from, *origin, outcome)
            })
            .collect();
        level.clear();
        for outcome in outcomes.into_iter().filter_map(|(_, _, outcome)| outcome) {
            let number = built.folders.len() as u32;
            let path = outcome.visited.path.clone();
            built.folders.push(outcome.visited);
            built.defines.add(outcome.defines);
            if !outcome.include.is_empty() {
                built.flags.entry(path).or_insert(outcome.include);
            }
            for compiled in outcome.compiled {
                let (source, state, origins) = (compiled.source, compiled.state, compiled.origins);
                if found.is_new(&source, &state) {
                    built.add(Object { source, state, folder: number, origins, included_by: None });
                }
            }
            let new = outcome.next.into_iter().filter(|next| found.is_further(next));
            level.extend(new.map(|next| (number, next)));
        }
        // What is for the kernel covers what makes a program in the same folder.
        level.sort_by_key(|(_, next)| (next.reach.is_program, next.reach.maybe));
    }
    add_module_sources(&mut built, shared, &listings);
    built.defines.finish();
    built
}

/// What was found already, so that no source or folder is told twice.
#[derive(Default)]
struct Found {
    objects: HashSet<(Vec<u8>, State)>,
    folders: HashMap<Vec<u8>, Vec<Reach>>,
}

impl Found {
    fn is_new(&mut self, source: &[u8], state: &State) -> bool {
        self.objects.insert((source.to_vec(), state.clone()))
    }

    fn is_further(&mut self, next: &Next) -> bool {
        let reached = self.folders.entry(next.folder.clone()).or_default();
        if reached.iter().any(|known| known.covers(next.reach)) {
            return false;
        }
        reached.push(next.reach);
        true
    }
}

/// Runs the top Makefile with the variables that a plain `make` has.
pub(super) fn run_top(shared: Shared) -> Top {
    let mut make = Make::new(shared, None);
    for (name, text) in &shared.knowledge.variables {
        make.set(name.as_bytes(), text.as_bytes());
    }
    make.set(b"ARCH", shared.config.architecture().unwrap_or_default().as_bytes());
    make.export(b"ARCH");
    make.run_file(b"Makefile");
    let mut kernel: HashSet<Vec<u8>> = HashSet::new();
    // Before 5.3 the folders of the kernel are known by these names only.
    for name in [&b"vmlinux-dirs"[..], b"build-dirs", b"build-dir"] {
        kernel.extend(words(&make.text(name)).map(super::files::normal));
    }
    let mut next: Vec<Next> = Vec::new();
    for made in std::mem::take(&mut make.sub_makes) {
        let is_kernel = made.is_kernel || kernel.contains(&made.folder);
        if made.folder.is_empty() && !is_kernel {
            continue;
        }
        let reach = Reach { is_program: !is_kernel, is_built_in: is_kernel, maybe: false };
        next.push(Next { folder: made.folder, reach, origin: made.origin });
    }
    if !next.iter().any(|next| next.reach.is_built_in) {
        let reach = Reach { is_program: false, is_built_in: true, maybe: false };
        // No line leads there.
        let origin = Origin { file: 0, line: 0, condition: NO_CONDITION };
        next.insert(0, Next { folder: Vec::new(), reach, origin });
    }
    next.sort_by_key(|next| next.reach.is_program);
    let mut linked = Vec::new();
    for name in [&b"KBUILD_VMLINUX_LIBS"[..], b"libs-y"] {
        let text = make.text(name);
        let libraries = words(&text).filter(|word| !is_uncertain(word));
        linked.extend(libraries.filter_map(|w| w.strip_suffix(b"lib.a")).map(super::files::normal));
    }
    let inherited = make.inherited();
    let visited = Visited {
        path: Vec::new(),
        from: None,
        read: std::mem::take(&mut make.read),
        conditions: std::mem::take(&mut make.conditions),
    };
    Top { inherited, next, linked, visited }
}

/// Sources that every module is linked with.
fn add_module_sources(built: &mut Built, shared: Shared, listings: &Listings) {
    let modules: HashSet<State> = built
        .sources()
        .flat_map(|source| built.objects(source))
        .map(|object| object.state.clone())
        .filter(|state| matches!(state, State::Module(_)))
        .collect();
    let Some(first) = modules.into_iter().min() else { return };
    for source in shared.knowledge.module_sources() {
        if listings.has(shared, source) {
            let (source, state) = (source.to_vec(), first.clone());
            let origins = [None, None];
            built.add(Object { source, state, folder: 0, origins, included_by: None });
        }
    }
}
