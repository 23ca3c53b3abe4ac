//! Which files need not be laid over the sections, though a macro that they use changed: it makes in them
//! what it made. Hundreds use most macros that change, and next to none of them is another file then.

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use crate::outline::{Definition, FileOutline, Kind, NO_NAME, Use, UseKind};

use super::base::{DefInfo, Graph};
use super::edges::needed;
use super::ids::{FileId, NameRef};
use super::regain::Laying;
use super::undecided::{hash, key};
use super::verdicts::Verdicts;

/// Files that are as the sections have them.
#[derive(Default)]
pub(super) struct Spared(Vec<SparedFile>);

struct SparedFile {
    path: Vec<u8>,
    /// As it was read; nothing where an earlier verdict holds.
    laying: Option<Laying>,
    /// The keys of what macros make in it and is no edge, as the sections have those of what is written
    /// there: where one of these names is something else, it is another file after all.
    keys: Vec<u32>,
}

impl Spared {
    pub(super) fn paths(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|spared| spared.path.as_slice())
    }

    /// Takes a file that an earlier update spared.
    pub(super) fn add_known(&mut self, path: Vec<u8>, keys: Vec<u32>) {
        self.0.push(SparedFile { path, laying: None, keys });
    }

    /// Puts its files among the users that are asked for.
    pub(super) fn tell(self, verdicts: &mut Verdicts) {
        verdicts.users.extend(self.0.into_iter().map(|spared| (spared.path, Some(spared.keys))));
    }

    /// The files in which something else holds, where what has these `keys` is decided otherwise.
    pub(super) fn with_any_of(&self, keys: &HashSet<u32>) -> impl Iterator<Item = &[u8]> {
        let is_met = |spared: &&SparedFile| spared.keys.iter().any(|key| keys.contains(key));
        let met = self.0.iter().filter(move |spared| is_met(spared));
        met.map(|spared| spared.path.as_slice())
    }

    /// Takes those at `paths` back to be laid, and leaves the other paths, and those of what is to be read.
    pub(super) fn give_back(&mut self, paths: &mut Vec<Vec<u8>>, laid: &mut Vec<Laying>) {
        let wanted: HashSet<Vec<u8>> = paths.drain(..).collect();
        let back = self.0.extract_if(.., |spared| wanted.contains(&spared.path));
        let back: Vec<Laying> = back.filter_map(|spared| spared.laying).collect();
        let known: HashSet<&[u8]> = back.iter().map(|laying| laying.path.as_slice()).collect();
        paths.extend(wanted.iter().filter(|path| !known.contains(path.as_slice())).cloned());
        laid.extend(back);
    }
}

/// What a definition is, but for its uses: name, lines, kind and flags, and the struct that it holds.
type Head = (u32, (u32, u32), (u8, u8), u32);

/// What a use is of, how, and by whom it is received, in a definition.
type Key = (u32, UseKind, u32);

/// Of the uses with one key the one that counts: whether nobody runs it, and its line.
type Best = (bool, u32);

/// A file's outline, whose names go by one number each.
struct Numbered<'o> {
    outline: &'o FileOutline,
    ids: HashMap<&'o [u8], u32>,
    /// For each name the number of the first one like it.
    first: Vec<u32>,
    /// The structs that definitions hold that are no members, by the definitions' numbers.
    holds: HashMap<u32, u32>,
}

impl<'o> Numbered<'o> {
    fn of(outline: &'o FileOutline) -> Self {
        let mut ids = HashMap::with_capacity(outline.names.len());
        let all = 0..outline.names.len() as u32;
        let first = all.map(|id| *ids.entry(outline.name(id)).or_insert(id)).collect();
        let holds = outline.holds.iter().copied().collect();
        Numbered { outline, ids, first, holds }
    }

    fn id(&self, name: u32) -> u32 {
        self.first.get(name as usize).copied().unwrap_or(NO_NAME)
    }

    fn head(&self, number: usize, definition: &Definition) -> Head {
        let Definition { name, kind, flags, first, last, params, .. } = *definition;
        let holds = match kind {
            Kind::Member => Some(params),
            _ => self.holds.get(&(number as u32)).copied(),
        };
        let holds = holds.map_or(NO_NAME, |holds| self.id(holds));
        (self.id(name), (first, last), (kind as u8, flags.0), holds)
    }

    /// For each definition its uses, by their keys: the best of each, and whether a macro makes one.
    fn uses(&self, own: usize) -> Vec<BTreeMap<Key, (Best, bool)>> {
        let mut uses = vec![BTreeMap::new(); self.outline.definitions.len()];
        for (at, used) in self.outline.uses.iter().enumerate() {
            let Use { name, kind, runs, line, within, via } = *used;
            let Some(uses) = uses.get_mut(within as usize) else { continue };
            let (best, made) = ((!runs, line), at >= own);
            let known = uses.entry((self.id(name), kind, self.id(via))).or_insert((best, made));
            *known = (known.0.min(best), known.1 || made);
        }
        uses
    }
}

impl Graph<'_> {
    /// Takes those out of `laid` in which a macro that changed makes what it made.
    pub(super) fn spare(&self, laid: &mut Vec<Laying>, spared: &mut Spared) {
        let may = |laying: &Laying| laying.uses_changed && laying.now.is_some();
        let files = laid.iter().enumerate().filter(|(_, laying)| may(laying));
        let files: HashMap<FileId, usize> =
            files.filter_map(|(at, laying)| Some((self.base_file(&laying.path)?, at))).collect();
        let mut before: HashMap<usize, Vec<DefInfo>> =
            files.values().map(|at| (*at, vec![])).collect();
        for (at, definition) in self.base_definitions_in(&files) {
            before.entry(at).or_default().push(definition);
        }
        let keys = |(at, before): (&usize, &Vec<DefInfo>)| {
            Some((*at, self.as_it_was(&laid[*at], before)?))
        };
        let mut same: HashMap<usize, Vec<u32>> = before.par_iter().filter_map(keys).collect();
        let all = std::mem::take(laid).into_iter().enumerate();
        for (at, mut laying) in all {
            laying.uses_changed = false;
            match same.remove(&at) {
                Some(keys) => {
                    let path = laying.path.clone();
                    spared.0.push(SparedFile { path, laying: Some(laying), keys });
                }
                None => laid.push(laying),
            }
        }
    }

    /// Whether a file whose text is as it was is what the sections say, which have these definitions of
    /// it: the keys of what macros make and is no edge. Where it is hard to say, it is not.
    fn as_it_was(&self, laying: &Laying, before: &[DefInfo]) -> Option<Vec<u32>> {
        let outline = laying.now.as_ref()?;
        if !outline.instances.is_empty() || outline.definitions.len() != before.len() {
            return None;
        }
        let names = Numbered::of(outline);
        let mut known: HashMap<NameRef, Option<u32>> = HashMap::new();
        let mut id_of = |name: NameRef| {
            let found = || names.ids.get(self.name(name).as_slice()).copied();
            *known.entry(name).or_insert_with(found)
        };
        let mut were = Vec::with_capacity(before.len());
        for definition in before {
            let holds = self.type_of(definition).map_or(Some(NO_NAME), &mut id_of)?;
            let DefInfo { first, last, kind, flags, .. } = *definition;
            let head = (id_of(definition.name)?, (first, last), (kind as u8, flags.0), holds);
            were.push((head, definition));
        }
        were.sort_unstable_by_key(|(head, definition)| (*head, definition.id));
        let heads = outline.definitions.iter().enumerate();
        let mut are: Vec<(Head, usize)> = heads.map(|(at, d)| (names.head(at, d), at)).collect();
        are.sort_unstable();
        let uses = names.uses(laying.own_uses);
        let mut keys = Vec::new();
        for ((was, definition), (is, at)) in were.into_iter().zip(are) {
            let mut edges = HashMap::new();
            for edge in self.all_uses_of(definition) {
                let via = edge.via.map_or(Some(NO_NAME), &mut id_of)?;
                edges.insert((id_of(edge.name)?, edge.kind, via), (!edge.runs, edge.line));
            }
            if was != is || !self.has_these(edges, &uses[at], (definition.kind, outline), &mut keys)
            {
                return None;
            }
        }
        Some(keys)
    }

    /// Whether these `edges` are those among the `uses` in a definition of this kind; the keys of what is
    /// made and is none.
    fn has_these(
        &self,
        mut edges: HashMap<Key, Best>,
        uses: &BTreeMap<Key, (Best, bool)>,
        (within, outline): (Kind, &FileOutline),
        keys: &mut Vec<u32>,
    ) -> bool {
        for (of, (best, is_made)) in uses {
            match edges.remove(of) {
                Some(edge) if edge == *best => {}
                Some(_) => return false,
                // What is written there was decided as it was.
                None if !is_made => {}
                None => {
                    let (name, needed) = (outline.name(of.0), needed(of.1, !best.0, within));
                    let known = || self.find_name(name).map_or(0, |name| self.known_before(name));
                    if needed == 0 || known() & needed != 0 {
                        return false;
                    }
                    keys.push(key(hash(name), needed));
                }
            }
        }
        edges.is_empty()
    }
}
