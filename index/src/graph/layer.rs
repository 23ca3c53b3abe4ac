//! Makes the overlay of changed files' outlines: numbers what they name, and lays out their
//! definitions and uses as the build does those of all files.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use rayon::prelude::*;

use crate::bits::Bits;
use crate::idiom::{Idioms, Instantiate};
use crate::outline::{Definition, FileOutline, Flags, Kind, NO_NAME, Use, UseKind};

use super::base::{DefInfo, Edge, Graph};
use super::ids::{DefId, FileId, NameRef};
use super::include::{base_name, nearest};
use super::known::KnownNames;
use super::numbers::{Numbered, UNKNOWN};
use super::overlay::{EdgeRange, Overlay, Users};
use super::regain::may_instantiate;
use super::units::Units;
use crate::paths::relative;

/// An outline that is laid over, with what including makes of it.
pub(super) struct Layer<'o> {
    pub(super) path: &'o [u8],
    pub(super) outline: &'o FileOutline,
    pub(super) tables: Vec<Table>,
    /// The numbers of the outline's names, as far as the graph wants them.
    pub(super) numbers: Vec<NameRef>,
}

/// A table that an idiom makes: its name and then the functions in it, their numbers, and the
/// include's line.
pub(super) struct Table {
    pub(super) names: Vec<Vec<u8>>,
    numbers: Vec<NameRef>,
    line: u32,
}

/// What was laid, whose uses are still to be.
pub(super) struct Layers<'o> {
    pub(super) layers: Vec<Layer<'o>>,
    /// For each the numbers of its definitions.
    own: Vec<Vec<u32>>,
}

/// The uses in one file's definitions, as the build leaves them.
struct LaidUses {
    edges: Vec<Edge>,
    /// Where those of each definition are, by its number in the file.
    ranges: Vec<(u32, u32)>,
    /// Each name with each definition that uses it, as [`Users`] takes them.
    users: Vec<u64>,
}

/// Which uses are laid: of those of a name, in a definition of a kind.
type Wanted<'w> = dyn Fn(&Use, NameRef, Kind) -> bool + Sync + 'w;

impl Layer<'_> {
    /// The number of one of the outline's names.
    fn number(&self, name: u32) -> NameRef {
        self.numbers.get(name as usize).copied().unwrap_or(UNKNOWN)
    }

    /// How many definitions it has, with the tables.
    fn count(&self) -> usize {
        self.outline.definitions.len() + self.tables.len()
    }

    /// A definition by its number here, with its name's.
    fn definition(&self, number: usize) -> (NameRef, Definition) {
        match self.outline.definitions.get(number) {
            Some(definition) => (self.number(definition.name), *definition),
            None => {
                let table = &self.tables[number - self.outline.definitions.len()];
                let name = table.numbers.first().copied().unwrap_or(UNKNOWN);
                (name, table_definition(table.line))
            }
        }
    }

    /// The outline's names that the graph wants.
    pub(super) fn wanted(&self) -> Vec<u32> {
        let outline = self.outline;
        let mut wanted = Bits::empty(outline.names.len());
        for definition in &outline.definitions {
            wanted.set(definition.name as usize);
            if definition.kind == Kind::Member {
                wanted.set(definition.params as usize);
            }
        }
        for (_, held) in &outline.holds {
            wanted.set(*held as usize);
        }
        for used in &outline.uses {
            wanted.set(used.name as usize);
            wanted.set(used.via as usize);
        }
        wanted.members(0..outline.names.len()).map(|name| name as u32).collect()
    }

    /// Takes the numbers of the names that are `wanted`, and then of those of its tables.
    pub(super) fn take(&mut self, wanted: &[u32], mut numbers: impl Iterator<Item = NameRef>) {
        self.numbers.resize(self.outline.names.len(), UNKNOWN);
        for (name, number) in wanted.iter().zip(&mut numbers) {
            self.numbers[*name as usize] = number;
        }
        for table in &mut self.tables {
            table.numbers = numbers.by_ref().take(table.names.len()).collect();
        }
    }
}

impl Graph<'_> {
    /// Takes away what lies over the sections.
    pub(super) fn lay_nothing(&mut self) {
        self.overlay = Overlay::default();
        self.units = Units::default();
        self.asked = Mutex::default();
        self.known = Mutex::default();
        self.classes = Mutex::default();
        self.filled = Mutex::default();
    }

    /// Lays these files, sorted by path, over the sections, but for most uses: only those that what
    /// follows from these files depends on. [`Graph::lay_uses`] lays all. Of files that were laid `before`,
    /// the names are numbered.
    pub(super) fn lay<'o>(
        &mut self,
        files: &[(&'o [u8], Option<&'o FileOutline>)],
        idioms: &Idioms,
        before: Numbered,
    ) -> Layers<'o> {
        self.lay_nothing();
        self.overlay.is_replaced = Bits::empty(self.base_files() as usize);
        for (path, outline) in files {
            let index = outline.map(|_| self.overlay.paths.len() as u32);
            if let Some(base) = self.base_file(path) {
                self.overlay.is_replaced.set(base.at());
                self.overlay.replaced.push((base, index));
            }
            if let Some(outline) = outline {
                self.overlay.formats.push(outline.formats.clone());
                self.overlay.paths.push(path.to_vec());
            }
        }
        let present = files.iter().filter_map(|(path, outline)| Some((*path, (*outline)?)));
        let layer = |(path, outline)| Layer { path, outline, tables: vec![], numbers: vec![] };
        let mut layers: Vec<Layer> = present.map(layer).collect();
        self.lay_includes(&layers);
        self.add_tables(&mut layers, idioms);
        self.number_names(&mut layers, before);
        let own = self.lay_definitions(&layers, idioms);
        let layers = Layers { layers, own };
        let decides = |kind| matches!(kind, Kind::Constant | Kind::Macro);
        let uses = self.uses_in_all(&layers, &|_, _, within| decides(within));
        self.put_uses(&layers, uses);
        self.lay_includers();
        layers
    }

    /// Lays all uses of what [`Graph::lay`] laid last; of what is kept those that are edges, which
    /// nothing decides otherwise any more.
    pub(super) fn lay_uses(&mut self, layers: &Layers, is_kept: bool) {
        let uses = if is_kept {
            let names = KnownNames::of(self);
            self.uses_in_all(layers, &|used, name, within| names.is_edge(used, name, within))
        } else {
            self.uses_in_all(layers, &|_, _, _| true)
        };
        self.put_uses(layers, uses);
        self.known = Mutex::default();
    }

    fn lay_includes(&mut self, layers: &[Layer]) {
        let wanted: Vec<Vec<(Vec<u8>, u32)>> = layers
            .par_iter()
            .map(|layer| {
                let includes = layer.outline.includes.iter();
                includes.map(|i| (relative(layer.outline.name(i.path)), i.line)).collect()
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
        let meant = |(layer, wanted): (&Layer, &Vec<(Vec<u8>, u32)>)| {
            let target = |path: &[u8]| {
                let candidates = candidates.get(base_name(path))?;
                let paths = candidates.iter().map(|file| (*file, self.path(*file)));
                nearest(layer.path, path, paths)
            };
            let found = wanted.iter().filter_map(|(path, line)| Some((target(path)?, *line)));
            found.collect::<Vec<_>>()
        };
        let all_includes: Vec<_> = layers.par_iter().zip(&wanted).map(meant).collect();
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
            let functions = idiom.functions.iter().filter_map(|t| t.fill(&[argument]));
            let names = std::iter::once(name).chain(functions).collect();
            Some(Table { names, numbers: Vec::new(), line })
        };
        made.into_iter().filter_map(table).collect()
    }

    /// Lays the definitions out by name, path and place; for each layer the numbers of its own.
    fn lay_definitions(&mut self, layers: &[Layer], idioms: &Idioms) -> Vec<Vec<u32>> {
        let keys = |(index, layer): (usize, &Layer)| {
            let key = |number| self.order_of(layer.definition(number).0);
            let keys = (0..layer.count()).map(|number| (key(number), index as u32, number as u32));
            keys.collect::<Vec<_>>()
        };
        let mut order: Vec<_> = layers.par_iter().enumerate().flat_map_iter(keys).collect();
        order.par_sort_unstable();
        let (base_files, base_definitions) = (self.base_files(), self.base_definitions());
        let place = |(at, (_, index, number)): (usize, &(u64, u32, u32))| {
            let (name, definition) = layers[*index as usize].definition(*number as usize);
            DefInfo {
                id: DefId(base_definitions + at as u32),
                name,
                file: FileId(base_files + index),
                first: definition.first,
                last: definition.last,
                kind: definition.kind,
                flags: definition.flags,
            }
        };
        let definitions: Vec<DefInfo> = order.par_iter().enumerate().map(place).collect();
        let mut own: Vec<Vec<u32>> = layers.iter().map(|layer| vec![0; layer.count()]).collect();
        for (at, (_, index, number)) in order.iter().enumerate() {
            own[*index as usize][*number as usize] = at as u32;
        }
        self.overlay.types = held(layers, &order);
        let mut start = 0;
        for same in definitions.chunk_by(|one, other| one.name == other.name) {
            let end = start + same.len() as u32;
            self.overlay.by_name.push((same[0].name, start..end));
            start = end;
        }
        self.overlay.by_name.par_sort_unstable_by_key(|(name, _)| *name);
        self.overlay.definitions = definitions;
        let instantiated = |layer: &Layer| {
            let definitions = layer.outline.definitions.iter().map(|d| (d.kind, d.name));
            let named = definitions.map(|(kind, n)| (kind, layer.outline.name(n), layer.number(n)));
            let variable = table_definition(0).kind;
            let tables = layer.tables.iter().filter_map(|table| {
                Some((variable, table.names.first()?.as_slice(), *table.numbers.first()?))
            });
            let all = named.chain(tables);
            let may = all.filter(|(kind, text, _)| may_instantiate(idioms, *kind, text));
            let mut found: Vec<(Kind, NameRef)> = may.map(|(kind, _, name)| (kind, name)).collect();
            found.sort_unstable_by_key(|(kind, name)| (*name, *kind));
            found
        };
        self.overlay.instantiated = layers.par_iter().map(instantiated).collect();
        own
    }

    /// A name's place among all, as one number.
    fn order_of(&self, name: NameRef) -> u64 {
        let (place, index) = self.name_key(name);
        u64::from(place) << 32 | u64::from(index)
    }

    /// The uses in each layer's definitions that are `wanted`.
    fn uses_in_all(&self, layers: &Layers, wanted: &Wanted) -> Vec<LaidUses> {
        let Layers { layers, own } = layers;
        let uses = |(layer, own): (&Layer, &Vec<u32>)| self.uses_in(layer, own, wanted);
        layers.par_iter().zip(own).map(uses).collect()
    }

    fn put_uses(&mut self, layers: &Layers, all: Vec<LaidUses>) {
        let mut users: Vec<u64> =
            all.par_iter().flat_map_iter(|uses| &uses.users).copied().collect();
        users.par_sort_unstable();
        let mut ranges = vec![EdgeRange::default(); self.overlay.definitions.len()];
        for ((file, uses), own) in (0..).zip(&all).zip(&layers.own) {
            for ((start, end), at) in uses.ranges.iter().zip(own) {
                ranges[*at as usize] = EdgeRange { file, start: *start, end: *end };
            }
        }
        self.overlay.users = Users::of(&users);
        self.overlay.edge_ranges = ranges;
        self.overlay.edges = all.into_iter().map(|uses| uses.edges).collect();
    }

    /// The `wanted` uses in a layer's definitions, whose numbers are its `own`.
    fn uses_in(&self, layer: &Layer, own: &[u32], wanted: &Wanted) -> LaidUses {
        let outline = layer.outline;
        let (count, mut users) = (outline.definitions.len(), Vec::new());
        let mut edges: Vec<(u32, u64, Edge)> = Vec::new();
        let mut user = |name: NameRef, within: u32| {
            users.push(u64::from(name.0) << 32 | u64::from(own[within as usize]));
        };
        for used in &outline.uses {
            let Use { name, kind, runs, line, within, via } = *used;
            let Some(definition) = outline.definitions.get(within as usize) else { continue };
            let name = layer.number(name);
            if !wanted(used, name, definition.kind) {
                continue;
            }
            user(name, within);
            if outline.name(via).contains(&b'@') {
                user(layer.number(via), within);
            }
            let via = (via != NO_NAME).then(|| layer.number(via));
            edges.push((within, self.order_of(name), Edge { name, kind, line, via, runs }));
        }
        for (within, table) in (count as u32..).zip(&layer.tables) {
            for name in table.numbers.iter().skip(1).copied() {
                user(name, within);
                let (kind, line) = (UseKind::Init, table.line);
                let edge = Edge { name, kind, line, via: None, runs: true };
                edges.push((within, self.order_of(name), edge));
            }
        }
        users.sort_unstable();
        users.dedup();
        // As the build leaves them.
        let via = |via: Option<NameRef>| (via.is_none(), via.map(|via| self.order_of(via)));
        let rest = |e: &Edge| (e.kind, via(e.via), !e.runs, e.line);
        edges.sort_unstable_by(|(within, order, one), (other_within, other_order, other)| {
            let places = (within, order).cmp(&(other_within, other_order));
            places.then_with(|| rest(one).cmp(&rest(other)))
        });
        edges.dedup_by_key(|(within, _, e)| (*within, e.name, e.kind, e.via));
        let mut ranges = vec![(0, 0); own.len()];
        let mut start = 0;
        for same in edges.chunk_by(|(one, ..), (other, ..)| one == other) {
            let end = start + same.len() as u32;
            ranges[same[0].0 as usize] = (start, end);
            start = end;
        }
        LaidUses { edges: edges.into_iter().map(|(.., edge)| edge).collect(), ranges, users }
    }
}

/// The structs that definitions hold, by their numbers; `order` has their layers, and what they are there.
fn held(layers: &[Layer], order: &[(u64, u32, u32)]) -> Vec<(u32, NameRef)> {
    let told: Vec<HashMap<u32, u32>> =
        layers.par_iter().map(|layer| layer.outline.holds.iter().copied().collect()).collect();
    let holds = |(at, (_, index, number)): (usize, &(u64, u32, u32))| {
        let layer = &layers[*index as usize];
        let definition = layer.outline.definitions.get(*number as usize)?;
        let holds = match definition.kind {
            Kind::Member => definition.params,
            _ => *told[*index as usize].get(number)?,
        };
        Some((at as u32, Some(layer.number(holds)).filter(|holds| *holds != UNKNOWN)?))
    };
    order.par_iter().enumerate().filter_map(holds).collect()
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
