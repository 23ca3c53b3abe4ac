//! What a changed file changes in others. A name that becomes a function, a macro or a symbol
//! makes uses edges that were none, in files that did not change; a new file may be the one that
//! an include means; a tracepoint in a header is a table in the files that include it. The
//! graph does not keep what such files would need, so they are read again and laid over it too,
//! until nothing more follows.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use crate::idiom::Idioms;
use crate::outline::{FileOutline, Kind};

use super::base::Graph;
use super::edges::CONDITIONS;
use super::ids::{FileId, NameRef};
use super::include::base_name;
use super::kept::Kept;
use super::numbers::Numbered;
use super::spared::Spared;
use super::undecided::{hash, include_key, key};
use super::verdicts::Verdicts;

/// A file that is not what the graph says of it: its path, and its outline; none: it is gone.
pub type Overlaid = (Vec<u8>, Option<FileOutline>);

/// The same of what is kept of an outline.
pub(crate) type Changed = (Vec<u8>, Option<Kept>);

/// More files would be laid over the graph than were allowed: it is better built again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too much of the tree changed for the graph to follow")]
pub struct TooMany;

/// The most rounds of files that follow from files; after them it is better built again: each lays all
/// of them anew.
const ROUNDS: usize = 16;

/// If at most one file in this many lies there in vain, laying all again is not worth it.
const VAIN: usize = 8;

/// A file that is laid over the sections.
pub(super) struct Laying {
    pub(super) path: Vec<u8>,
    /// Its outline with what other files' macros make in it; none: it is gone.
    pub(super) now: Option<FileOutline>,
    /// Its outline without that, where it was kept and is another.
    pub(super) as_read: Option<FileOutline>,
    /// It did not change, and was read because others did.
    pub(super) again: bool,
    /// Because it uses macros of others, and nothing else is known of it yet.
    pub(super) uses_changed: bool,
    /// How many uses its text has; behind them are those that macros make.
    pub(super) own_uses: usize,
    /// The keys of uses of its text that its outline doesn't have.
    left_out: Vec<u32>,
}

impl Laying {
    fn new(path: Vec<u8>, now: Option<FileOutline>, again: bool) -> Laying {
        let own_uses = now.as_ref().map_or(0, |outline| outline.uses.len());
        let (as_read, left_out) = (None, Vec::new());
        Laying { path, now, as_read, again, uses_changed: false, own_uses, left_out }
    }

    /// Whether one of these keys is of a use that its outline doesn't have.
    fn lacks_any_of(&self, keys: &HashSet<u32>) -> bool {
        self.left_out.iter().any(|key| keys.contains(key))
    }

    fn changed((path, kept): Changed) -> Laying {
        let (now, left_out) = kept.map(|kept| (kept.outline, kept.left_out)).unzip();
        Laying { left_out: left_out.unwrap_or_default(), ..Laying::new(path, now, false) }
    }
}

impl Graph<'_> {
    /// Lays changed files over the sections, and what follows from them; afterwards every
    /// answer is that of a graph built from nothing. Replaces what was laid over before; of
    /// several outlines of one path the last counts. `outline` reads a file that did not change.
    /// Returns those outlines.
    ///
    /// # Errors
    /// When more than `most` files would lie over the graph, or they go on following from each
    /// other.
    pub fn overlay(
        &mut self,
        changed: Vec<Overlaid>,
        idioms: &Idioms,
        most: usize,
        outline: &(dyn Fn(&[u8]) -> Option<FileOutline> + Sync),
    ) -> Result<Vec<Overlaid>, TooMany> {
        let changed = changed.into_iter().map(|(path, now)| (path, now.map(Kept::from)));
        self.lay_over(changed.collect(), idioms, (most, None), outline)
    }

    /// As [`Graph::overlay`]; where it is to be kept, with verdicts in the place of those of the tree that
    /// it begins as, files that were read again in vain don't stay. That takes a look at all definitions.
    ///
    /// # Errors
    /// As [`Graph::overlay`].
    pub(crate) fn lay_over(
        &mut self,
        changed: Vec<Changed>,
        idioms: &Idioms,
        (most, mut verdicts): (usize, Option<&mut Verdicts>),
        outline: &(dyn Fn(&[u8]) -> Option<FileOutline> + Sync),
    ) -> Result<Vec<Overlaid>, TooMany> {
        let to_keep = verdicts.is_some();
        self.lay_nothing();
        let latest: HashMap<Vec<u8>, Option<Kept>> = changed.into_iter().collect();
        let mut laid: Vec<Laying> = latest.into_iter().map(Laying::changed).collect();
        let (mut spared, mut numbered) = (Spared::default(), Numbered::default());
        let mut asked = verdicts.as_deref_mut().map(|before| self.ask(before, &laid, &mut spared));
        for _ in 0..ROUNDS {
            // What is to be kept asks for all at once.
            let users = match &mut asked {
                Some(asked) => std::mem::take(asked),
                None => self.users_of_changed_macros(&laid),
            };
            let others = laid.len();
            add(&mut laid, users, most, outline)?;
            laid[others..].iter_mut().for_each(|laying| laying.uses_changed = to_keep);
            laid.sort_unstable_by(|one, other| one.path.cmp(&other.path));
            self.complete(&mut laid, idioms, !to_keep, outline);
            if to_keep {
                self.spare(&mut laid, &mut spared);
            }
            let layers = self.lay(&outlines_of(&laid), idioms, numbered);
            let keys = self.decided_keys();
            let mut more = self.files_to_read_again(idioms, &spared, &keys);
            let lacking = laid.par_iter().filter(|laying| laying.lacks_any_of(&keys));
            let lacking: HashSet<Vec<u8>> = lacking.map(|laying| laying.path.clone()).collect();
            if more.is_empty() && lacking.is_empty() {
                self.lay_uses(&layers, to_keep);
                if let Some(verdicts) = verdicts {
                    spared.tell(verdicts);
                    self.lay_without_vain(&mut laid, idioms);
                }
                let again = laid.into_iter().filter(|laying| laying.again);
                return Ok(again
                    .map(|laying| (laying.path, laying.as_read.or(laying.now)))
                    .collect());
            }
            numbered = self.take_numbers(layers.layers, &|path| lacking.contains(path));
            read_whole(&mut laid, &lacking, outline);
            spared.give_back(&mut more, &mut laid);
            add(&mut laid, more, most, outline)?;
        }
        Err(TooMany)
    }

    /// The files that are to be read because of macros that changed. `verdicts` are then those of the tree
    /// as it is now, but for files that are spared; those of which it is known that they are go there.
    fn ask(&self, verdicts: &mut Verdicts, laid: &[Laying], spared: &mut Spared) -> Vec<Vec<u8>> {
        let macros = self.changed_macros(laid);
        let mut asked = self.users_since(verdicts, &macros, laid);
        let changed: HashSet<&[u8]> = laid.iter().map(|laying| laying.path.as_slice()).collect();
        for (path, keys) in std::mem::take(&mut verdicts.users) {
            let is_known = !changed.contains(path.as_slice()) && !asked.contains(&path);
            match keys.filter(|_| is_known) {
                Some(keys) => spared.add_known(path, keys),
                None if is_known => _ = asked.insert(path),
                None => {}
            }
        }
        verdicts.macros = macros;
        let all = asked.iter().map(Vec::as_slice).chain(spared.paths());
        verdicts.users = all.map(|path| (path.to_vec(), None)).collect();
        asked.into_iter().collect()
    }

    /// Lays all again but what was laid in vain, where that is much.
    fn lay_without_vain(&mut self, laid: &mut Vec<Laying>, idioms: &Idioms) {
        let again = laid.iter().filter(|laying| laying.again && laying.now.is_some());
        let again: HashSet<u32> =
            again.filter_map(|laying| self.overlay.file(&laying.path)).collect();
        let is_much = |files: &HashSet<u32>| files.len() > laid.len() / VAIN;
        if !is_much(&again) {
            return;
        }
        let vain = self.laid_in_vain(&again);
        if !is_much(&vain) {
            return;
        }
        let is_vain = |path: &[u8]| self.overlay.file(path).is_some_and(|at| vain.contains(&at));
        laid.retain(|laying| !is_vain(&laying.path));
        let layers = self.lay(&outlines_of(laid), idioms, Numbered::default());
        self.lay_uses(&layers, true);
    }

    /// The paths of the files of the sections, not laid over yet, of which something else holds now.
    fn files_to_read_again(
        &self,
        idioms: &Idioms,
        spared: &Spared,
        keys: &HashSet<u32>,
    ) -> Vec<Vec<u8>> {
        if self.overlay.is_empty() {
            return Vec::new();
        }
        let mut found = HashSet::new();
        found.extend(spared.with_any_of(keys).filter_map(|path| self.base_file(path)));
        for key in keys {
            self.undecided.files_with(*key, |file| {
                let file = FileId(file);
                if !self.overlay.replaces(file) && self.is_base(file) {
                    found.insert(file);
                }
            });
        }
        self.includers_of_gone(&mut found);
        self.makers_to_read_again(idioms, &mut found);
        self.users_of_moved_macros(&mut found);
        found.into_iter().map(|file| self.base_path(file).to_vec()).collect()
    }

    /// The keys of what was undecided and is decided otherwise now.
    fn decided_keys(&self) -> HashSet<u32> {
        let mut keys = HashSet::new();
        if self.overlay.is_empty() {
            return keys;
        }
        for (name, before, gained) in self.gained() {
            let hash = hash(&self.name(name));
            let met = |needed: &&u8| **needed & gained != 0 && **needed & before == 0;
            keys.extend(CONDITIONS.iter().filter(met).map(|needed| key(hash, *needed)));
        }
        // A new file may be nearer than the one that was meant.
        for path in self.overlay.live_paths().filter(|path| self.base_file(path).is_none()) {
            keys.insert(include_key(path));
        }
        keys
    }

    /// The files that included one that is gone: another may be meant now.
    fn includers_of_gone(&self, found: &mut HashSet<FileId>) {
        for gone in self.overlay.gone_files() {
            self.undecided.files_with(include_key(self.base_path(gone)), |file| {
                let file = FileId(file);
                if !self.overlay.replaces(file)
                    && self.is_base(file)
                    && self.base_includes(file).any(|target| target == gone)
                {
                    found.insert(file);
                }
            });
        }
    }

    /// The files that make tables of what they include, where that changed.
    fn makers_to_read_again(&self, idioms: &Idioms, found: &mut HashSet<FileId>) {
        let makers: Vec<FileId> =
            self.table_makers().filter(|file| !self.overlay.replaces(*file)).collect();
        if makers.is_empty() || self.overlay.replaced_files().next().is_none() {
            return;
        }
        let before = self.base_instantiated(idioms);
        let changed: HashSet<FileId> = self
            .overlay
            .replaced_files()
            .filter(|(file, now)| {
                let own = now.map_or(&[][..], |index| self.overlay.instantiated(index));
                own != before.get(file).map_or(&[][..], Vec::as_slice)
                    || self.includes_otherwise(*file, *now)
            })
            .map(|(file, _)| file)
            .collect();
        if changed.is_empty() {
            return;
        }
        let mut seen = vec![None; self.base_files() as usize];
        for maker in makers {
            let mut open = vec![maker];
            while let Some(next) = open.pop() {
                match seen.get_mut(next.at()) {
                    Some(by) if *by != Some(maker) => *by = Some(maker),
                    _ => continue,
                }
                if changed.contains(&next) {
                    found.insert(maker);
                    break;
                }
                open.extend(self.base_includes(next));
            }
        }
    }

    /// Whether a file of the sections, of which layer `now` is what it is now, includes other
    /// files than it did.
    pub(super) fn includes_otherwise(&self, file: FileId, now: Option<u32>) -> bool {
        let targets = now.map_or(&[][..], |index| self.overlay.all_includes(index));
        let mut now: Vec<FileId> = targets.iter().map(|(target, _)| *target).collect();
        let mut before = self.included_before(file);
        for targets in [&mut now, &mut before] {
            targets.sort_unstable();
            targets.dedup();
        }
        now != before
    }

    /// The files that a file of the sections included, by their numbers now: of one that is gone, its
    /// own.
    fn included_before(&self, file: FileId) -> Vec<FileId> {
        let targets = self.base_includes(file);
        targets.map(|target| self.overlay.current(target, self.base_files())).collect()
    }

    /// The headers that use a macro of a file which includes them now and didn't, or the other way
    /// round: which macro a header means depends on who includes it (`Origin`).
    fn users_of_moved_macros(&self, found: &mut HashSet<FileId>) {
        let moved: Vec<(FileId, Option<u32>)> = self
            .overlay
            .replaced_files()
            .filter(|(file, now)| {
                !self.makers_of(*file).is_empty() && self.includes_otherwise(*file, *now)
            })
            .collect();
        let mut called: HashSet<&[u8]> = HashSet::new();
        for (file, now) in &moved {
            let targets = now.map_or(&[][..], |index| self.overlay.all_includes(index)).iter();
            let now: HashSet<FileId> = targets.map(|(target, _)| *target).collect();
            let before: HashSet<FileId> = self.included_before(*file).into_iter().collect();
            called.extend(now.symmetric_difference(&before).map(|f| base_name(self.path(*f))));
        }
        if called.is_empty() {
            return;
        }
        // By the path that is written there several files may be meant.
        let may = |file: FileId| {
            self.place(file).is_header && called.contains(base_name(self.base_path(file)))
        };
        let names = moved.iter().flat_map(|(file, _)| self.makers_of(*file));
        found.extend(self.users_of_macros(names.map(|(name, _)| name).collect(), &may));
    }

    /// For each file of the sections its definitions that including may make tables of, by name.
    pub(super) fn base_instantiated(
        &self,
        idioms: &Idioms,
    ) -> HashMap<FileId, Vec<(Kind, NameRef)>> {
        let mut found: HashMap<FileId, Vec<(Kind, NameRef)>> = HashMap::new();
        let mut starts: Vec<&str> =
            idioms.instantiates().iter().map(|i| i.strip.as_str()).collect();
        starts.sort_unstable();
        starts.dedup();
        for start in starts {
            self.names.starting_with(start.as_bytes(), |name, _| {
                let name = NameRef(name);
                for definition in self.base_definitions_of(name) {
                    if is_instantiated(idioms, definition.kind) {
                        found.entry(definition.file).or_default().push((definition.kind, name));
                    }
                }
            });
        }
        for names in found.values_mut() {
            names.sort_unstable_by_key(|(kind, name)| (*name, *kind));
        }
        found
    }
}

fn outlines_of(laid: &[Laying]) -> Vec<(&[u8], Option<&FileOutline>)> {
    laid.iter().map(|laying| (laying.path.as_slice(), laying.now.as_ref())).collect()
}

/// Reads the files at `paths` again, besides those in `laid`.
fn add(
    laid: &mut Vec<Laying>,
    paths: Vec<Vec<u8>>,
    most: usize,
    outline: &(dyn Fn(&[u8]) -> Option<FileOutline> + Sync),
) -> Result<(), TooMany> {
    if laid.len() + paths.len() > most && !paths.is_empty() {
        return Err(TooMany);
    }
    laid.par_extend(paths.into_par_iter().map(|path| {
        let now = outline(&path);
        Laying::new(path, now, true)
    }));
    Ok(())
}

/// Reads those whole of which uses were left out that may be edges after all.
fn read_whole(
    laid: &mut [Laying],
    lacking: &HashSet<Vec<u8>>,
    outline: &(dyn Fn(&[u8]) -> Option<FileOutline> + Sync),
) {
    let lack = laid.par_iter_mut().filter(|laying| lacking.contains(&laying.path));
    lack.for_each(|laying| {
        let path = std::mem::take(&mut laying.path);
        let now = outline(&path);
        *laying = Laying::new(path, now, false);
    });
}

/// Whether including a definition of this kind may make a table.
pub(super) fn is_instantiated(idioms: &Idioms, kind: Kind) -> bool {
    idioms.instantiates().iter().any(|idiom| idiom.kind == kind)
}

/// Whether including a definition of this kind and name may make a table.
pub(super) fn may_instantiate(idioms: &Idioms, kind: Kind, name: &[u8]) -> bool {
    is_instantiated(idioms, kind)
        && idioms.instantiates().iter().any(|idiom| name.starts_with(idiom.strip.as_bytes()))
}
