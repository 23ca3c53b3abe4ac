//! One folder's Makefile: which objects its lists name, of which sources those are compiled,
//! and which folders come next. The rules are `scripts/Makefile.build`'s and `Makefile.lib`'s.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, RwLock},
};

use super::defines::{Define, Scope, definition};
use super::files::{below, normal, split};
use super::make::words::{UNKNOWN, filled, is_uncertain, stem, unmarked, words};
use super::make::{Inherited, Make, Origin, Shared};
use super::result::{State, Visited};

/// How a folder is reached, which decides what its lists mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    /// It makes a program of its own, not parts of the kernel.
    pub(super) is_program: bool,
    /// Its `obj-y` goes into the kernel's image.
    pub(super) is_built_in: bool,
    /// An unknown condition decides whether it is reached.
    pub(super) maybe: bool,
}

impl Reach {
    /// Whether what `other` finds is found by this as well.
    pub(super) fn covers(self, other: Reach) -> bool {
        self.is_program <= other.is_program
            && self.is_built_in >= other.is_built_in
            && self.maybe <= other.maybe
    }
}

/// A folder that a Makefile leads to.
#[derive(Clone, Debug)]
pub(super) struct Next {
    pub(super) folder: Vec<u8>,
    pub(super) reach: Reach,
    pub(super) origin: Origin,
}

/// A source that a Makefile names.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    pub(super) source: Vec<u8>,
    pub(super) state: State,
    pub(super) origins: [Option<Origin>; 2],
}

/// What running one folder's Makefile gave.
pub(super) struct Outcome {
    pub(super) visited: Visited,
    pub(super) next: Vec<Next>,
    pub(super) compiled: Vec<Compiled>,
    /// The Makefile's `-I` folders.
    pub(super) include: Vec<Vec<u8>>,
    /// Its `-D`s.
    pub(super) defines: Vec<Define>,
}

/// The names in one folder.
type Names = Arc<HashSet<Vec<u8>>>;

/// The names in folders, each folder listed once.
#[derive(Default)]
pub(super) struct Listings {
    folders: RwLock<HashMap<Vec<u8>, Names>>,
}

impl Listings {
    pub(super) fn has(&self, shared: Shared, path: &[u8]) -> bool {
        let (folder, name) = split(path);
        let known = self.folders.read().ok().and_then(|folders| folders.get(folder).cloned());
        let names = known.unwrap_or_else(|| {
            let names: HashSet<_> = shared.files.names(folder).into_iter().collect();
            let names = Arc::new(names);
            if let Ok(mut folders) = self.folders.write() {
                folders.insert(folder.to_vec(), names.clone());
            }
            names
        });
        names.contains(name)
    }
}

/// Suffixes of sources, in the order that `scripts/Makefile.build` has its rules.
pub(super) const SOURCES: [&[u8]; 3] = [b".c", b".rs", b".S"];
/// Steps from an object to its source over rules.
const STEPS: usize = 6;

/// What a list names: a word, whether it is uncertain, and the line.
type Word = (Vec<u8>, bool, Origin);

/// One folder being looked at.
pub(super) struct Folder<'a> {
    pub(super) make: Make<'a>,
    shared: Shared<'a>,
    listings: &'a Listings,
    path: Vec<u8>,
    reach: Reach,
    next: Vec<Next>,
    compiled: Vec<Compiled>,
}

impl<'a> Folder<'a> {
    /// Runs the folder's `Kbuild` or `Makefile`; `None` if it has neither.
    pub(super) fn run(
        shared: Shared<'a>,
        inherited: &'a Inherited,
        listings: &'a Listings,
        path: &[u8],
        reach: Reach,
        keep_skipped: bool,
    ) -> Option<Folder<'a>> {
        let mut make = Make::new(shared, Some(inherited));
        if keep_skipped {
            make.skipped = Some(Vec::new());
        }
        let named = if path.is_empty() { b"." } else { path };
        make.set(b"obj", named);
        make.set(b"src", named);
        make.set(b"need-builtin", if reach.is_built_in { b"1" } else { b"" });
        let found = [&b"Kbuild"[..], b"Makefile"].iter().any(|file| {
            let file = below(path, file);
            listings.has(shared, &file) && make.run_file(&file)
        });
        found.then(|| Folder {
            make,
            shared,
            listings,
            path: path.to_vec(),
            reach,
            next: Vec::new(),
            compiled: Vec::new(),
        })
    }

    /// What the lists name. `linked` are the folders whose `lib.a` the kernel is linked with.
    pub(super) fn outcome(mut self, from: Option<(u32, Origin)>, linked: &[Vec<u8>]) -> Outcome {
        self.objects();
        self.folders(linked);
        self.special();
        self.programs();
        self.device_trees();
        let (include, defines) = self.flags();
        let visited = Visited {
            path: self.path,
            from,
            read: std::mem::take(&mut self.make.read),
            conditions: std::mem::take(&mut self.make.conditions),
        };
        Outcome { visited, next: self.next, compiled: self.compiled, include, defines }
    }

    /// The words of a list, those that are certainly there first.
    pub(super) fn list(&mut self, name: &[u8]) -> Vec<Word> {
        let mut list = Vec::new();
        for (text, origin) in self.make.parts(name) {
            for word in words(&text).filter(|word| *word != [UNKNOWN]) {
                let (word, maybe) = unmarked(word);
                list.push((word, maybe, origin));
            }
        }
        list
    }

    /// `obj-y`, `obj-m`, `lib-y`: into the image, into modules, or to other folders.
    fn objects(&mut self) {
        let built_in = self.list(b"obj-y");
        let sure: HashSet<Vec<u8>> =
            built_in.iter().filter(|(_, maybe, _)| !maybe).map(|(word, ..)| word.clone()).collect();
        let modules = self.list(b"obj-m");
        let modules = modules.into_iter().filter(|(word, ..)| !sure.contains(word));
        let tagged = built_in.into_iter().map(|w| (w, false)).chain(modules.map(|w| (w, true)));
        for ((word, maybe, origin), is_module) in tagged.collect::<Vec<_>>() {
            if word.ends_with(b"/") {
                let is_built_in = self.reach.is_built_in && !is_module;
                self.lead(&word, Reach { is_built_in, ..self.reach }, maybe, origin);
            } else if let Some(name) = word.strip_suffix(b".o") {
                let state = if is_module {
                    State::Module(split(name).1.to_vec())
                } else if self.reach.is_built_in || self.reach.is_program {
                    State::BuiltIn
                } else {
                    continue;
                };
                self.object(&word, state, maybe, origin);
            }
        }
        for name in [&b"lib-y"[..], b"lib-m"] {
            for (word, maybe, origin) in self.list(name) {
                self.object(&word, State::BuiltIn, maybe, origin);
            }
        }
    }

    fn lead(&mut self, word: &[u8], reach: Reach, maybe: bool, origin: Origin) {
        let folder = below(&self.path, word);
        if folder != self.path {
            let reach = Reach { maybe: reach.maybe || maybe, ..reach };
            self.next.push(Next { folder, reach, origin });
        }
    }

    /// `subdir-y` and what recipes build elsewhere: programs of their own.
    fn folders(&mut self, linked: &[Vec<u8>]) {
        for name in [&b"subdir-y"[..], b"subdir-m"] {
            for (word, maybe, origin) in self.list(name) {
                let is_linked = linked.contains(&below(&self.path, &word));
                let is_program = self.reach.is_program || !is_linked;
                let reach = Reach { is_program, is_built_in: false, ..self.reach };
                self.lead(&word, reach, maybe, origin);
            }
        }
        for made in std::mem::take(&mut self.make.sub_makes) {
            if !made.folder.is_empty() && made.folder != self.path {
                let reach = Reach { is_program: true, is_built_in: false, ..self.reach };
                self.next.push(Next { folder: made.folder, reach, origin: made.origin });
            }
        }
    }

    /// `extra-y`, `always-y` and `targets`: what rules of the Makefile itself make use of.
    fn special(&mut self) {
        let embedded = self.shared.knowledge.is_embedded(&self.path);
        let program = || State::Program(self.path.clone());
        let carried = if embedded { State::BuiltIn } else { program() };
        let program = program();
        let lists = [
            (&b"extra-y"[..], State::BuiltIn),
            (b"always-y", State::BuiltIn),
            (b"targets", carried),
        ];
        for (name, state) in lists {
            for (word, maybe, origin) in self.list(name) {
                if word.ends_with(b".o") {
                    self.object(&word, state.clone(), maybe, origin);
                } else if let Some(base) = word.strip_suffix(b".s") {
                    self.source(&[base, b".c"].concat(), &program, maybe, [Some(origin), None]);
                } else if word.ends_with(b".lds") {
                    self.source(
                        &[&word[..], b".S"].concat(),
                        &program,
                        maybe,
                        [Some(origin), None],
                    );
                }
            }
        }
    }

    /// Programs that run on the machine that builds, or in user space.
    fn programs(&mut self) {
        let lists: [&[u8]; 6] = [
            b"hostprogs",
            b"hostprogs-y",
            b"hostprogs-always-y",
            b"userprogs",
            b"userprogs-y",
            b"userprogs-always-y",
        ];
        let state = State::Program(self.path.clone());
        for (word, maybe, origin) in lists.iter().flat_map(|l| self.list(l)).collect::<Vec<_>>() {
            let parts = self.list(&[&word[..], b"-objs"].concat());
            for (part, unsure, line) in &parts {
                if let Some(base) = part.strip_suffix(b".o") {
                    let origins = [Some(origin), Some(*line)];
                    self.source(&[base, b".c"].concat(), &state, maybe || *unsure, origins);
                }
            }
            if parts.is_empty() {
                self.source(&[&word[..], b".c"].concat(), &state, maybe, [Some(origin), None]);
            }
        }
    }

    fn device_trees(&mut self) {
        for (word, maybe, origin) in self.list(b"dtb-y") {
            let Some(base) = word.strip_suffix(b".dtb").or_else(|| word.strip_suffix(b".dtbo"))
            else {
                continue;
            };
            let mut parts = self.list(&[base, b"-dtbs"].concat());
            if parts.is_empty() {
                parts = vec![(word.clone(), false, origin)];
            }
            for (part, unsure, line) in parts {
                let Some(source) = device_tree_source(&part) else { continue };
                let origins = [Some(origin), (line != origin).then_some(line)];
                self.source(&source, &State::BuiltIn, maybe || unsure, origins);
            }
        }
    }

    /// An object, or the parts that a composite one is linked from.
    fn object(&mut self, word: &[u8], state: State, maybe: bool, origin: Origin) {
        let Some(name) = word.strip_suffix(b".o") else { return };
        let mut parts = Vec::new();
        let mut is_composite = false;
        for suffix in [&b"-objs"[..], b"-y", b"-m", b"-"] {
            let of_list = self.list(&[name, suffix].concat());
            is_composite |= !of_list.is_empty();
            if suffix != b"-" && (suffix != b"-m" || matches!(state, State::Module(_))) {
                parts.extend(of_list);
            }
        }
        if !is_composite {
            self.compile(word, &state, maybe, [Some(origin), None]);
        }
        for (part, unsure, line) in parts {
            if part.ends_with(b".o") {
                self.compile(&part, &state, maybe || unsure, [Some(origin), Some(line)]);
            }
        }
    }

    fn compile(&mut self, word: &[u8], state: &State, maybe: bool, origins: [Option<Origin>; 2]) {
        let object = below(&self.path, word);
        if let Some(source) = self.source_of(&object, STEPS) {
            self.add(source, state, maybe, origins);
        }
    }

    /// A source that is named itself; only if there is such a file.
    fn source(&mut self, word: &[u8], state: &State, maybe: bool, origins: [Option<Origin>; 2]) {
        let source = below(&self.path, word);
        if self.listings.has(self.shared, &source) {
            self.add(source, state, maybe, origins);
        }
    }

    fn add(&mut self, source: Vec<u8>, state: &State, maybe: bool, origins: [Option<Origin>; 2]) {
        let is_embedded = || self.shared.knowledge.is_embedded(&self.path);
        let state = match state {
            State::Program(_) => state.clone(),
            _ if maybe || self.reach.maybe => State::Unknown,
            _ if self.reach.is_program && !source.ends_with(b".dts") && !is_embedded() => {
                State::Program(self.path.clone())
            }
            _ => state.clone(),
        };
        self.compiled.push(Compiled { source, state, origins });
    }

    /// The source that an object is compiled from, by the Makefile's own rules and kbuild's.
    pub(super) fn source_of(&self, object: &[u8], steps: usize) -> Option<Vec<u8>> {
        if steps == 0 {
            return None;
        }
        let is_source = |path: &[u8]| SOURCES.iter().any(|suffix| path.ends_with(suffix));
        let from = |made_of: &[u8]| {
            if is_source(made_of) {
                return self.listings.has(self.shared, made_of).then(|| made_of.to_vec());
            }
            let is_other_object = made_of.ends_with(b".o") && made_of != object;
            if is_other_object { self.source_of(made_of, steps - 1) } else { None }
        };
        let explicit = self.make.rules.iter().filter(|rule| rule.target == object);
        for rule in explicit {
            if let Some(source) = rule.prerequisites.first().and_then(|first| from(first)) {
                return Some(source);
            }
        }
        let base = object.strip_suffix(b".o")?;
        for suffix in SOURCES {
            let source = [base, suffix].concat();
            if self.listings.has(self.shared, &source) {
                return Some(source);
            }
        }
        if let Some(base) = base.strip_suffix(b".dtb").or_else(|| base.strip_suffix(b".dtbo")) {
            let source = [base, b".dts"].concat();
            return self.listings.has(self.shared, &source).then_some(source);
        }
        let patterns = self.make.rules.iter().filter(|rule| rule.target.contains(&b'%'));
        patterns.into_iter().find_map(|rule| {
            let stem = stem(&rule.target, object).filter(|stem| !stem.is_empty())?;
            from(&filled(rule.prerequisites.first()?, stem))
        })
    }

    /// The folders that the Makefile's flags add for `#include`, and what they define.
    fn flags(&mut self) -> (Vec<Vec<u8>>, Vec<Define>) {
        let (mut folders, mut defines) = (Vec::new(), Vec::new());
        let names: Vec<Vec<u8>> = self.make.names().map(<[u8]>::to_vec).collect();
        for name in names {
            let own = name.strip_prefix(b"CFLAGS_").or_else(|| name.strip_prefix(b"AFLAGS_"));
            let own = own.filter(|object| object.ends_with(b".o"));
            let (place, scope) = match (&name[..], own) {
                (b"ccflags-y" | b"asflags-y" | b"EXTRA_CFLAGS", _) => {
                    (self.path.clone(), Scope::Folder)
                }
                (b"subdir-ccflags-y", _) => (self.path.clone(), Scope::Below),
                (_, Some(object)) => {
                    (below(&self.path, &object[..object.len() - 2]), Scope::Source)
                }
                _ => continue,
            };
            let text = self.make.text(&name);
            let mut all = words(&text);
            while let Some(word) = all.next() {
                if let Some(folder) = word.strip_prefix(b"-I") {
                    let folder =
                        if folder.is_empty() { all.next().unwrap_or_default() } else { folder };
                    if !is_uncertain(folder) {
                        folders.push(normal(folder));
                    }
                } else if let Some((name, value)) = definition(word).filter(|_| !is_uncertain(word))
                {
                    let (name, value) = (name.to_vec(), value.to_vec());
                    defines.push(Define { place: place.clone(), scope, name, value });
                }
            }
        }
        folders.sort_unstable();
        folders.dedup();
        (folders, defines)
    }
}

fn device_tree_source(word: &[u8]) -> Option<Vec<u8>> {
    let (base, suffix) = match word.strip_suffix(b".dtbo") {
        Some(base) => (base, &b".dtso"[..]),
        None => (word.strip_suffix(b".dtb")?, &b".dts"[..]),
    };
    Some([base, suffix].concat())
}
