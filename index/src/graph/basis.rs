//! What a step from one definition to another stands on. Of a call through a slot it is weighed which
//! of the functions that fill the slot are meant: what is near, what a file calls for, how many there
//! are. What each reason is worth is data, `queries/sureness.toml`.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::LazyLock;

use serde::Deserialize;

use super::base::{DefInfo, Edge, Graph};
use super::ids::{DefId, FileId, NameRef};
use super::narrowed::{Narrowing, Others};
use super::pointees::without_pointees;
use super::resolve::Arch;
use super::slots::Fill;
use crate::outline::UseKind;
use crate::path_glob::matches;
use crate::paths::split;

/// What a step stands on, the surest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum Basis {
    /// The text names what is meant.
    Named,
    /// A call through a slot whose structure the text tells, and reasons enough that this function
    /// is called there.
    Typed,
    /// The same, with weaker reasons.
    Likely,
    /// The same, with next to none.
    Possible,
    /// A call through a field of which only the name is known.
    ByName,
}

/// Leaves out what is only possible where there is something surer among the calls through
/// pointers; how much that is.
pub fn leave_possible<T>(found: &mut Vec<T>, basis: impl Fn(&T) -> Basis) -> usize {
    if !found.iter().any(|one| matches!(basis(one), Basis::Typed | Basis::Likely)) {
        return 0;
    }
    let before = found.len();
    found.retain(|one| basis(one) < Basis::Possible);
    before - found.len()
}

/// `queries/sureness.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    bars: Bars,
    points: Points,
    limits: Limits,
    names: Names,
    kept: Vec<Kept>,
    own: Vec<Own>,
    beside: Vec<Beside>,
    handed: Vec<Handed>,
    files: Files,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bars {
    typed: u32,
    likely: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Points {
    same_file: u32,
    same_folder: u32,
    below: u32,
    same_arch: u32,
    shared_folder: u32,
    core: u32,
    subsystem: u32,
    home: u32,
    default: u32,
    few: u32,
    some: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    few: usize,
    some: usize,
    home_calls: usize,
    home_percent: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    single: Vec<String>,
    inner: Vec<String>,
    swaps: Vec<String>,
}

/// A member that keeps a table of one of these files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    member: String,
    files: Vec<String>,
}

/// A structure whose functions these files call for all, and others their own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    structure: String,
    callers: Vec<String>,
    /// Whether the others leave where it is what the kernel's core puts there.
    #[serde(default)]
    default: bool,
}

/// Callers of a structure's functions who mean those of files that fill one of these slots, too.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Beside {
    structure: String,
    callers: Vec<String>,
    slots: Vec<String>,
}

/// Callers of a structure's functions who call those of the tables that were handed to one of these.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Handed {
    structure: String,
    callers: Vec<String>,
    to: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Files {
    core: Vec<String>,
    subsystems: Vec<String>,
}

const WEIGHTS: &str = include_str!("../../queries/sureness.toml");

/// The weights, read once.
static KNOWN: LazyLock<Weights> = LazyLock::new(|| {
    toml::from_str(WEIGHTS)
        .expect("queries/sureness.toml is a part of the program; a test reads it")
});

/// For whom a file calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Calls {
    Itself,
    Subsystem,
    All,
}

/// Where a call through a slot is made.
pub(super) struct Site {
    file: FileId,
    /// The folder whose drivers it calls for.
    folder: Vec<u8>,
    calls: Calls,
    /// Whether another table was put in the place of the one that was there.
    swaps: bool,
}

/// What of a site decides: sites with the same one call the same functions.
pub(super) type Standpoint =
    (Option<(FileId, bool)>, Option<(Option<DefId>, NameRef, Option<NameRef>)>);

/// A slot that is called through, and what the text tells of the call.
pub(super) type Through = (NameRef, Option<NameRef>);

/// A slot that is called through.
pub(super) struct Called<'s> {
    /// All names of the slot.
    pub(super) names: &'s [NameRef],
    /// What fills it.
    pub(super) fills: &'s [Fill],
    /// What is claimed of it where the text names what is in it.
    pub(super) named: Option<Basis>,
    /// The files that have what it may hold, where that is known.
    pub(super) kept: Option<&'static [String]>,
    /// The functions that are not called at the site, by what the text tells of the call.
    pub(super) others: Others,
    /// For whom it is called at the site that it is asked for first.
    pub(super) scope: OnceCell<Scope>,
}

/// Which of the functions that fill a slot a site means.
#[derive(Clone)]
pub(super) enum Scope {
    /// Those that its reasons speak for.
    Weighed,
    /// Those near it, and what the kernel's core puts there if so.
    Near { default: bool },
    /// Those of its own file.
    File,
    /// Those of these files.
    Files(Rc<HashSet<FileId>>),
    /// These.
    Named(Rc<HashSet<NameRef>>),
}

/// Weighs calls through slots, for one question.
pub(super) struct Judge<'g, 'a> {
    graph: &'g Graph<'a>,
    swaps: Vec<NameRef>,
    files: HashMap<FileId, (Vec<u8>, Calls)>,
    sites: HashMap<DefId, Rc<Site>>,
    /// For each slot the folders that have most of the calls through it.
    homes: HashMap<NameRef, Rc<Vec<Vec<u8>>>>,
    /// The files that fill slots which stand beside others.
    beside: HashMap<&'static [String], Rc<HashSet<FileId>>>,
    /// Whether it counts for a slot in which file it is called.
    apart: HashMap<NameRef, bool>,
    narrowing: Narrowing<'g, 'a>,
}

impl<'g, 'a> Judge<'g, 'a> {
    pub(super) fn new(graph: &'g Graph<'a>) -> Self {
        let swaps = KNOWN.names.swaps.iter();
        Judge {
            graph,
            swaps: swaps.filter_map(|name| graph.find_name(name.as_bytes())).collect(),
            files: HashMap::new(),
            sites: HashMap::new(),
            homes: HashMap::new(),
            beside: HashMap::new(),
            apart: HashMap::new(),
            narrowing: Narrowing::new(graph),
        }
    }

    /// What is to be known of a definition that calls through slots.
    pub(super) fn site(&mut self, caller: &DefInfo) -> Rc<Site> {
        if let Some(site) = self.sites.get(&caller.id) {
            return Rc::clone(site);
        }
        let (folder, calls) = self.file(caller.file).clone();
        let swaps = !self.swaps.is_empty()
            && self.graph.edges_of(caller).iter().any(|edge| self.swaps.contains(&edge.name));
        let site = Rc::new(Site { file: caller.file, folder, calls, swaps });
        self.sites.insert(caller.id, Rc::clone(&site));
        site
    }

    /// The functions that a caller does not call through a slot, by what is told of the call.
    pub(super) fn others(&mut self, caller: &DefInfo, (slot, told): Through) -> Others {
        self.narrowing.others(caller, slot, told)
    }

    /// What of the caller decides what it calls through a slot.
    pub(super) fn standpoint(&mut self, caller: &DefInfo, (slot, told): Through) -> Standpoint {
        let graph = self.graph;
        let is_told_apart = *self.apart.entry(slot).or_insert_with(|| {
            let name = graph.name(graph.slot_by_structure(slot));
            let structure = structure(&name);
            let mut own = KNOWN.own.iter().map(|own| &own.structure);
            let mut beside = KNOWN.beside.iter().map(|beside| &beside.structure);
            let mut handed = KNOWN.handed.iter().map(|handed| &handed.structure);
            let is_it = |one: &String| one.as_bytes() == structure;
            own.any(is_it) || beside.any(is_it) || handed.any(is_it)
        });
        let site = self.site(caller);
        let decides = is_told_apart || site.calls != Calls::All || site.swaps;
        let is_narrowed = self.others(caller, (slot, told)).is_some();
        (
            decides.then_some((site.file, site.swaps)),
            is_narrowed.then_some((told.map(|_| caller.id), slot, told)),
        )
    }

    fn file(&mut self, file: FileId) -> &(Vec<u8>, Calls) {
        let graph = self.graph;
        self.files.entry(file).or_insert_with(|| {
            let path = graph.path(file);
            (outer(split(path).0).to_vec(), calls_for(path))
        })
    }

    /// What a call at `site` stands on, of the function `function` that is defined or put into tables in
    /// `places`.
    pub(super) fn basis(
        &mut self,
        site: &Site,
        slot: &Called<'_>,
        (function, places): (NameRef, &[FileId]),
    ) -> Basis {
        let Weights { bars, points, limits, .. } = &*KNOWN;
        if let Some(basis) = slot.named {
            return basis;
        }
        if slot.others.as_ref().is_some_and(|others| others.contains(&function))
            || slot.kept.is_some_and(|files| !self.is_in(places, files))
        {
            return Basis::Possible;
        }
        if slot.names.first().is_some_and(|name| is_single(&self.graph.name(*name))) {
            return Basis::Typed;
        }
        let (calls, has_default) = match slot.scope.get_or_init(|| self.scope(site, slot)) {
            Scope::Weighed => (site.calls, true),
            Scope::Near { default } => (Calls::Itself, *default),
            Scope::File if places.contains(&site.file) => (Calls::Itself, false),
            Scope::Files(files) if places.iter().any(|place| files.contains(place)) => {
                (site.calls, true)
            }
            Scope::Named(names) if names.contains(&function) => return Basis::Typed,
            Scope::File | Scope::Files(_) | Scope::Named(_) => return Basis::Possible,
        };
        let of_place = |place: &FileId| self.nearness(site, calls, *place);
        let mut sum = places.iter().map(of_place).max().unwrap_or(0);
        sum += match (calls, site.swaps) {
            (Calls::All, false) => points.core,
            (Calls::Subsystem, false) => points.subsystem,
            _ => 0,
        };
        sum += match slot.fills.len() {
            n if n <= limits.few => points.few,
            n if n <= limits.some => points.some,
            _ => 0,
        };
        if sum < bars.likely && !site.swaps && self.homes(slot).contains(&site.folder) {
            sum += points.home;
        }
        // What the kernel's core puts there, others leave there.
        let is_far = sum < bars.likely && !site.swaps && has_default;
        if is_far && places.iter().any(|place| self.file(*place).1 == Calls::All) {
            sum += points.default;
        }
        match sum {
            sum if sum >= bars.typed => Basis::Typed,
            sum if sum >= bars.likely => Basis::Likely,
            _ => Basis::Possible,
        }
    }

    fn is_in(&self, places: &[FileId], files: &[String]) -> bool {
        let is_in = |path: &[u8]| files.iter().any(|glob| matches(glob, path));
        places.iter().any(|place| is_in(self.graph.path(*place)))
    }

    /// Which functions a site means, of those in a slot of this structure.
    fn scope(&mut self, site: &Site, slot: &Called<'_>) -> Scope {
        let graph = self.graph;
        let Some(first) = slot.names.first() else { return Scope::Weighed };
        let name = graph.name(graph.slot_by_structure(*first));
        let structure = structure(&name);
        let path = graph.path(site.file);
        let is_one_of = |globs: &[String]| globs.iter().any(|glob| matches(glob, path));
        let mut handed = KNOWN.handed.iter().filter(|h| h.structure.as_bytes() == structure);
        if let Some(handed) = handed.find(|handed| is_one_of(&handed.callers)) {
            let handed = self.narrowing.handed(&handed.to, *first);
            if !handed.is_empty() {
                return Scope::Named(handed);
            }
        }
        let mut own = KNOWN.own.iter().filter(|own| own.structure.as_bytes() == structure);
        if let Some(own) = own.next().filter(|own| !is_one_of(&own.callers)) {
            let is_here = |fill: &Fill| fill.places().contains(&site.file);
            let in_file = !own.default && slot.fills.iter().any(is_here);
            return if in_file { Scope::File } else { Scope::Near { default: own.default } };
        }
        let mut beside = KNOWN.beside.iter().filter(|b| b.structure.as_bytes() == structure);
        match beside.find(|beside| is_one_of(&beside.callers)) {
            Some(beside) => Scope::Files(self.files_beside(beside, site.file)),
            None => Scope::Weighed,
        }
    }

    /// The files that fill the slots which stand beside others, for code in `file`.
    fn files_beside(&mut self, beside: &'static Beside, file: FileId) -> Rc<HashSet<FileId>> {
        let graph = self.graph;
        let found = self.beside.entry(&beside.slots[..]).or_insert_with(|| {
            let program = graph.place(file).program;
            let slots = beside.slots.iter().filter_map(|slot| graph.find_name(slot.as_bytes()));
            let filled: Vec<_> = slots.map(|slot| graph.filled(slot, program, Arch::All)).collect();
            let fills = filled.iter().flat_map(|filled| &filled.fills);
            Rc::new(fills.flat_map(Fill::places).collect())
        });
        Rc::clone(found)
    }

    /// The points for how near a site that calls for these is to a place.
    fn nearness(&self, site: &Site, calls: Calls, place: FileId) -> u32 {
        let points = &KNOWN.points;
        if place == site.file {
            return points.same_file;
        }
        let (from, to) = (split(self.graph.path(site.file)).0, split(self.graph.path(place)).0);
        if from == to {
            return points.same_folder;
        }
        // All is below a file that calls for all, or nothing.
        if calls != Calls::All && is_below(to, &site.folder) {
            return points.below;
        }
        let (here, there) = (self.graph.place(site.file), self.graph.place(place));
        if here.arch != 0 && here.arch == there.arch {
            return points.same_arch;
        }
        if calls == Calls::All {
            return 0;
        }
        let parts = |path: &'_ [u8]| path.split(|b| *b == b'/').map(<[u8]>::to_vec).collect();
        let (from, to): (Vec<Vec<u8>>, Vec<Vec<u8>>) = (parts(from), parts(to));
        let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
        points.shared_folder * u32::try_from(shared.saturating_sub(1)).unwrap_or(0)
    }

    /// The folders that have most of the calls through a slot; none where a core file has one.
    fn homes(&mut self, slot: &Called<'_>) -> Rc<Vec<Vec<u8>>> {
        let Some(first) = slot.names.first().copied() else { return Rc::default() };
        if let Some(homes) = self.homes.get(&first) {
            return Rc::clone(homes);
        }
        let graph = self.graph;
        let (mut folders, mut all, mut core) = (HashMap::<Vec<u8>, usize>::new(), 0, false);
        for name in slot.names {
            let users = graph.users_of(*name);
            for user in users.into_iter().filter_map(|id| graph.definition(id)) {
                let edges = graph.edges_of(&user);
                let is_call = |e: &&Edge| e.name == *name && e.kind == UseKind::Indirect;
                let calls = edges.iter().filter(is_call).count();
                if calls > 0 {
                    let (folder, who) = self.file(user.file);
                    core |= *who == Calls::All;
                    *folders.entry(folder.clone()).or_default() += calls;
                    all += calls;
                }
            }
        }
        let limits = &KNOWN.limits;
        let is_home = |calls: &usize| {
            *calls >= limits.home_calls && *calls * 100 >= all * limits.home_percent
        };
        let homes = folders.into_iter().filter(|(_, calls)| !core && is_home(calls));
        let homes: Rc<Vec<Vec<u8>>> = Rc::new(homes.map(|(folder, _)| folder).collect());
        self.homes.insert(first, Rc::clone(&homes));
        homes
    }
}

/// For whom a file calls.
fn calls_for(path: &[u8]) -> Calls {
    let is_one_of = |globs: &[String]| globs.iter().any(|glob| matches(glob, path));
    match () {
        () if is_one_of(&KNOWN.files.core) => Calls::All,
        () if is_one_of(&KNOWN.files.subsystems) => Calls::Subsystem,
        () => Calls::Itself,
    }
}

/// Whether a file calls, or does other things, for others than itself.
pub(super) fn calls_for_others(path: &[u8]) -> bool {
    calls_for(path) != Calls::Itself
}

/// Whether a slot is one place: what is put there is called there.
fn is_single(slot: &[u8]) -> bool {
    let structure = structure(slot);
    KNOWN.names.single.iter().any(|tag| tag.as_bytes() == structure)
}

/// The files that have what a slot may hold, where its structure is what a member keeps.
pub(super) fn kept(slot: &[u8]) -> Option<&'static [String]> {
    let structure = structure(slot);
    let kept = KNOWN.kept.iter().find(|kept| kept.member.as_bytes() == structure)?;
    Some(&kept.files)
}

/// What stands behind the `@` of a slot: its structure, or the way to it.
pub(super) fn structure(slot: &[u8]) -> &[u8] {
    memchr::memchr(b'@', slot).map_or(&[], |at| without_pointees(&slot[at + 1..]))
}

/// A folder, or the one around it where it stands for that: `drivers/usb` for `drivers/usb/core`.
fn outer(folder: &[u8]) -> &[u8] {
    let Some(at) = memchr::memrchr(b'/', folder) else { return folder };
    let is_inner = KNOWN.names.inner.iter().any(|name| name.as_bytes() == &folder[at + 1..]);
    if is_inner { &folder[..at] } else { folder }
}

/// Whether `folder` is in `above`, however deep.
fn is_below(folder: &[u8], above: &[u8]) -> bool {
    let rest = folder.strip_prefix(above);
    !above.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_are_read_and_in_order() {
        let known: Weights = toml::from_str(WEIGHTS).unwrap();
        assert!(known.bars.typed > known.bars.likely && known.bars.likely > 0);
        assert!(
            known
                .files
                .core
                .iter()
                .chain(&known.files.subsystems)
                .all(|glob| { !glob.trim_end_matches("**").contains("**") })
        );
    }

    #[test]
    fn what_is_only_possible_stays_where_there_is_nothing_else() {
        let leave = |mut all: Vec<Basis>| (leave_possible(&mut all, |basis| *basis), all);
        assert_eq!(
            leave(vec![Basis::Named, Basis::Possible]),
            (0, vec![Basis::Named, Basis::Possible])
        );
        assert_eq!(leave(vec![Basis::Possible, Basis::Likely]), (1, vec![Basis::Likely]));
    }

    #[test]
    fn an_inner_folder_stands_for_the_one_around_it() {
        assert_eq!(outer(b"drivers/usb/core"), b"drivers/usb");
        assert_eq!(outer(b"net/core"), b"net");
        assert_eq!(outer(b"fs/ext4"), b"fs/ext4");
        assert!(is_below(b"fs/ext4", b"fs") && !is_below(b"fsx", b"fs") && !is_below(b"fs", b""));
    }
}
