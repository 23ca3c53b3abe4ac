//! Makes the overlay of changed files' outlines: numbers what they name, and lays out their
//! definitions and uses as the build does those of all files.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use crate::idiom::{Idioms, Instantiate};
use crate::outline::{Definition, FileOutline, Flags, Kind, NO_NAME, Use, UseKind};

use super::base::{DefInfo, Edge, Graph};
use super::ids::{DefId, FileId, NameRef};
use super::include::{base_name, nearest};
use super::overlay::Overlay;
use super::regain::may_instantiate;
use crate::paths::normal;

/// An outline that is laid over, with what including makes of it.
struct Layer<'o> {
    path: &'o [u8],
    outline: &'o FileOutline,
    tables: Vec<Table>,
}

/// A table that an idiom makes: its name, the functions in it, and the include's line.
struct Table {
    name: Vec<u8>,
    functions: Vec<Vec<u8>>,
    line: u32,
}

/// Numbers of names by their text.
type Numbers<'t> = HashMap<&'t [u8], NameRef>;

/// What stands for a name that has no number.
const UNKNOWN: NameRef = NameRef(NO_NAME);

impl Graph<'_> {
    /// Lays these files, sorted by path, over the sections.
    pub(super) fn lay(&mut self, files: &[(&[u8], Option<&FileOutline>)], idioms: &Idioms) {
        self.overlay = Overlay::default();
        self.private = Mutex::default();
        self.asked = Mutex::default();
        self.known = Mutex::default();
        self.classes = Mutex::default();
        self.filled = Mutex::default();
        for (path, outline) in files {
            let index = outline.map(|_| self.overlay.paths.len() as u32);
            if let Some(base) = self.base_file(path) {
                self.overlay.replaced.insert(base, index);
            }
            if let Some(outline) = outline {
                self.overlay.formats.push(outline.formats.clone());
                self.overlay.paths.push(path.to_vec());
            }
        }
        let present = files.iter().filter_map(|(path, outline)| Some((*path, (*outline)?)));
        let mut layers: Vec<Layer> =
            present.map(|(path, outline)| Layer { path, outline, tables: Vec::new() }).collect();
        self.lay_includes(&layers);
        self.add_tables(&mut layers, idioms);
        let numbers = self.number_names(&layers);
        let own = self.lay_definitions(&layers, &numbers, idioms);
        self.lay_uses(&layers, &numbers, &own);
        self.lay_includers();
    }

    fn lay_includes(&mut self, layers: &[Layer]) {
        let wanted: Vec<Vec<(Vec<u8>, u32)>> = layers
            .iter()
            .map(|layer| {
                let includes = layer.outline.includes.iter();
                includes.map(|i| (normal(layer.outline.name(i.path)), i.line)).collect()
            })
            .collect();
        let mut candidates: HashMap<&[u8], Vec<FileId>> = HashMap::new();
        for (path, _) in wanted.iter().flatten() {
            candidates.entry(base_name(path)).or_default();
        }
        let files = match candidates.is_empty() {
            true => 0,
            false => self.base_files() + self.overlay.paths.len() as u32,
        };
        for file in (0..files).map(FileId).filter(|file| !self.overlay.replaces(*file)) {
            if let Some(found) = candidates.get_mut(base_name(self.path(file))) {
                found.push(file);
            }
        }
        candidates.values_mut().for_each(|c| c.sort_by(|a, b| self.compare_files(*a, *b)));
        let mut all_includes = Vec::with_capacity(layers.len());
        for (layer, wanted) in layers.iter().zip(&wanted) {
            let target = |path: &[u8]| {
                let candidates = candidates.get(base_name(path))?;
                let paths = candidates.iter().map(|file| (*file, self.path(*file)));
                nearest(layer.path, path, paths)
            };
            let found = wanted.iter().filter_map(|(path, line)| Some((target(path)?, *line)));
            all_includes.push(found.collect::<Vec<_>>());
        }
        for targets in &all_includes {
            let private: Vec<FileId> = targets
                .iter()
                .map(|(target, _)| *target)
                .filter(|target| !self.place(*target).is_public)
                .collect();
            for target in &private {
                self.included.set(target.at());
            }
            self.overlay.includes.push(private);
        }
        self.overlay.all_includes = all_includes;
    }

    /// Which `.c` files include which others, now.
    pub(super) fn lay_includers(&mut self) {
        let mut includers: HashMap<FileId, Vec<FileId>> = HashMap::new();
        for (target, files) in &self.base_includers {
            let live = files.iter().copied().filter(|file| !self.overlay.replaces(*file));
            let target = self.overlay.current(*target, self.base_files());
            includers.entry(target).or_default().extend(live);
        }
        for index in 0..self.overlay.files() {
            for target in self.overlay.includes(index) {
                if self.path(target).ends_with(b".c") {
                    includers.entry(target).or_default().push(FileId(self.base_files() + index));
                }
            }
        }
        includers.values_mut().for_each(|files| files.sort_by(|a, b| self.compare_files(*a, *b)));
        self.includers = includers;
    }

    /// Adds the tables that files make by including, as the build does (`instances`).
    fn add_tables(&self, layers: &mut [Layer], idioms: &Idioms) {
        if layers.iter().all(|layer| layer.outline.instances.is_empty()) {
            return;
        }
        let mut defined: HashMap<FileId, Vec<(Kind, Vec<u8>)>> = HashMap::new();
        for (file, names) in self.base_instantiated(idioms) {
            if !self.overlay.replaces(file) {
                let names = names.into_iter().map(|(kind, name)| (kind, self.name(name)));
                defined.insert(file, names.collect());
            }
        }
        for (index, layer) in layers.iter().enumerate() {
            let definitions = layer.outline.definitions.iter();
            let named = definitions.map(|d| (d.kind, layer.outline.name(d.name).to_vec()));
            let own = named.filter(|(kind, name)| may_instantiate(idioms, *kind, name));
            defined.insert(FileId(self.base_files() + index as u32), own.collect());
        }
        for (index, layer) in layers.iter_mut().enumerate() {
            let includes = self.overlay.all_includes(index as u32);
            for instance in &layer.outline.instances {
                let name = layer.outline.name(instance.name);
                for idiom in idioms.instantiates().iter().filter(|i| i.when.as_bytes() == name) {
                    layer.tables.extend(self.tables(includes, instance.line, idiom, &defined));
                }
            }
        }
    }

    /// The tables that including these files makes after the line `from`.
    fn tables(
        &self,
        includes: &[(FileId, u32)],
        from: u32,
        idiom: &Instantiate,
        defined: &HashMap<FileId, Vec<(Kind, Vec<u8>)>>,
    ) -> Vec<Table> {
        let mut seen = HashSet::new();
        let mut made: Vec<(u32, &[u8])> = Vec::new();
        // What came before the macro is guarded against being included again.
        for (header, _) in includes.iter().filter(|(_, line)| *line <= from) {
            self.reach(*header, &mut seen, |_| {});
        }
        // But for headers of tracepoints, which are made to be read several times.
        let of_kind = |file: &FileId| {
            let names = defined.get(file).map_or(&[][..], Vec::as_slice);
            names.iter().any(|(kind, _)| *kind == idiom.kind)
        };
        seen.retain(|header| !of_kind(header));
        for (header, line) in includes.iter().filter(|(_, line)| *line > from) {
            self.reach(*header, &mut seen, |file| {
                let names = defined.get(&file).map_or(&[][..], Vec::as_slice).iter();
                let of_kind = names.filter(|(kind, _)| *kind == idiom.kind);
                made.extend(of_kind.map(|(_, name)| (*line, name.as_slice())));
            });
        }
        made.sort_unstable();
        let table = |(line, name): (u32, &[u8])| {
            let argument = name.strip_prefix(idiom.strip.as_bytes())?;
            let name = idiom.table.fill(&[argument])?;
            let functions = idiom.functions.iter().filter_map(|t| t.fill(&[argument])).collect();
            Some(Table { name, functions, line })
        };
        made.into_iter().filter_map(table).collect()
    }

    /// The numbers of all names that the layers have, new ones in order.
    fn number_names<'t>(&mut self, layers: &'t [Layer]) -> Numbers<'t> {
        let mut numbers: Numbers = HashMap::new();
        let mut new: Vec<&[u8]> = Vec::new();
        let mut add = |name: &'t [u8]| {
            numbers.entry(name).or_insert_with(|| {
                self.names.find(name).map(NameRef).unwrap_or_else(|| {
                    new.push(name);
                    UNKNOWN
                })
            });
        };
        for layer in layers {
            let outline = layer.outline;
            let mut wanted = vec![false; outline.names.len()];
            let mut want = |name: u32| {
                if let Some(wanted) = wanted.get_mut(name as usize) {
                    *wanted = true;
                }
            };
            for definition in &outline.definitions {
                want(definition.name);
                if definition.kind == Kind::Member {
                    want(definition.params);
                }
            }
            outline.holds.iter().for_each(|(_, held)| want(*held));
            for used in &outline.uses {
                want(used.name);
                want(used.via);
            }
            let wanted = wanted.iter().enumerate().filter(|(_, wanted)| **wanted);
            wanted.for_each(|(name, _)| add(outline.name(name as u32)));
            for table in &layer.tables {
                add(&table.name);
                table.functions.iter().for_each(|function| add(function));
            }
        }
        new.sort_unstable();
        for (index, name) in new.iter().enumerate() {
            numbers.insert(name, NameRef(self.names.len() + index as u32));
        }
        self.overlay.name_places = new.iter().map(|name| self.names.lower_bound(name)).collect();
        self.overlay.names = new.into_iter().map(<[u8]>::to_vec).collect();
        numbers
    }

    /// Lays the definitions out by name, path and place; for each layer the numbers of its own.
    fn lay_definitions(
        &mut self,
        layers: &[Layer],
        numbers: &Numbers,
        idioms: &Idioms,
    ) -> Vec<Vec<u32>> {
        let number = |name: &[u8]| numbers.get(name).copied().unwrap_or(UNKNOWN);
        let mut all: Vec<(NameRef, usize, usize, Definition, NameRef)> = Vec::new();
        for (index, layer) in layers.iter().enumerate() {
            let outline = layer.outline;
            let mut instantiated = Vec::new();
            let told: HashMap<u32, u32> = outline.holds.iter().copied().collect();
            let definitions = outline.definitions.iter().map(|d| (outline.name(d.name), *d));
            let tables = layer.tables.iter().map(|t| (t.name.as_slice(), table_definition(t.line)));
            for (ordinal, (text, definition)) in definitions.chain(tables).enumerate() {
                let name = number(text);
                let holds = match definition.kind {
                    Kind::Member if definition.params != NO_NAME => {
                        number(outline.name(definition.params))
                    }
                    _ => told
                        .get(&(ordinal as u32))
                        .map_or(UNKNOWN, |held| number(outline.name(*held))),
                };
                all.push((name, index, ordinal, definition, holds));
                if may_instantiate(idioms, definition.kind, text) {
                    instantiated.push((definition.kind, name));
                }
            }
            instantiated.sort_unstable_by_key(|(kind, name)| (*name, *kind));
            self.overlay.instantiated.push(instantiated);
        }
        all.sort_unstable_by_key(|(name, index, ordinal, ..)| {
            (self.name_key(*name), *index, *ordinal)
        });
        let count = |layer: &Layer| layer.outline.definitions.len() + layer.tables.len();
        let mut own: Vec<Vec<u32>> = layers.iter().map(|layer| vec![0; count(layer)]).collect();
        for (at, (name, index, ordinal, definition, holds)) in all.into_iter().enumerate() {
            let at = at as u32;
            own[index][ordinal] = at;
            self.overlay.definitions.push(DefInfo {
                id: DefId(self.base_definitions() + at),
                name,
                file: FileId(self.base_files() + index as u32),
                first: definition.first,
                last: definition.last,
                kind: definition.kind,
                flags: definition.flags,
            });
            self.overlay.by_name.entry(name).or_insert(at..at).end = at + 1;
            if holds != UNKNOWN {
                self.overlay.types.insert(at, holds);
            }
        }
        own
    }

    fn lay_uses(&mut self, layers: &[Layer], numbers: &Numbers, own: &[Vec<u32>]) {
        let number = |name: &[u8]| numbers.get(name).copied().unwrap_or(UNKNOWN);
        let mut edges: Vec<Vec<Edge>> = vec![Vec::new(); self.overlay.definitions.len()];
        for (layer, own) in layers.iter().zip(own) {
            let outline = layer.outline;
            let ids: Vec<NameRef> =
                (0..outline.names.len() as u32).map(|name| number(outline.name(name))).collect();
            let id = |name: u32| ids.get(name as usize).copied().unwrap_or(UNKNOWN);
            let uses =
                outline.uses.iter().filter(|u| (u.within as usize) < outline.definitions.len());
            for used in uses {
                let Use { name, kind, runs, line, within, via } = *used;
                let via = (via != NO_NAME).then(|| id(via));
                let edge = Edge { name: id(name), kind, line, via, runs };
                edges[own[within as usize] as usize].push(edge);
            }
            for (table, at) in layer.tables.iter().zip(&own[outline.definitions.len()..]) {
                edges[*at as usize].extend(table.functions.iter().map(|function| {
                    let name = number(function);
                    Edge { name, kind: UseKind::Init, line: table.line, via: None, runs: true }
                }));
            }
        }
        // As the build leaves them.
        for edges in &mut edges {
            let via = |via: Option<NameRef>| (via.is_none(), via.map(|via| self.name_key(via)));
            edges.sort_unstable_by_key(|e| {
                (self.name_key(e.name), e.kind, via(e.via), !e.runs, e.line)
            });
            edges.dedup_by_key(|e| (e.name, e.kind, e.via));
        }
        let mut users: HashMap<NameRef, Vec<u32>> = HashMap::new();
        for (at, edges) in edges.iter().enumerate() {
            for edge in edges {
                let slot = edge.via.filter(|via| self.is_slot(*via));
                for used in std::iter::once(edge.name).chain(slot) {
                    let users = users.entry(used).or_default();
                    if users.last() != Some(&(at as u32)) {
                        users.push(at as u32);
                    }
                }
            }
        }
        self.overlay.edges = edges;
        self.overlay.users = users;
    }
}

/// What defines a table that an include on `line` makes.
fn table_definition(line: u32) -> Definition {
    Definition {
        name: NO_NAME,
        kind: Kind::Variable,
        flags: Flags::default(),
        first: line,
        last: line,
        doc: 0,
        guard: NO_NAME,
        params: NO_NAME,
    }
}
