//! What macros make in files that changed since the sections were written, and which further
//! files count as changed because a macro that they use did.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::idiom::Idioms;
use crate::outline::{Definition, FileOutline, Kind, NO_NAME, Template, expand};

use super::base::{DefInfo, Graph};
use super::builder::{IncludeRecord, is_plain};
use super::ids::{FileId, NameRef};
use super::made::{self, Known, Made, Origin};
use super::regain::Laying;
use super::stored::Read;

/// A file's macros, and what it includes.
struct Offer {
    includes: Vec<IncludeRecord>,
    makers: Vec<(Vec<u8>, Arc<Template>)>,
}

impl Offer {
    fn of(outline: &FileOutline) -> Offer {
        Offer { includes: IncludeRecord::of(outline), makers: made::makers(outline) }
    }
}

/// What is offered to files that use macros.
struct Offers<'r> {
    read: &'r Read<'r>,
    known: Mutex<HashMap<Vec<u8>, Option<Arc<Offer>>>>,
    /// Of the macros of changed files, where they are.
    changed: HashMap<Vec<u8>, Vec<Vec<u8>>>,
}

impl<'r> Offers<'r> {
    /// Those of the files that are laid over the sections, and with `read`, of others.
    fn new(laid: &[Laying], read: &'r Read<'r>) -> Offers<'r> {
        let offer = |laying: &Laying| {
            (laying.path.clone(), laying.now.as_ref().map(|outline| Arc::new(Offer::of(outline))))
        };
        let known: HashMap<_, _> = laid.par_iter().map(offer).collect();
        let mut changed: HashMap<Vec<u8>, Vec<Vec<u8>>> = HashMap::new();
        for (path, offer) in &known {
            for (name, _) in offer.iter().flat_map(|offer| &offer.makers) {
                changed.entry(name.clone()).or_default().push(path.clone());
            }
        }
        Offers { read, known: Mutex::new(known), changed }
    }

    /// Whether there is a file at `path`, as far as it is known here.
    fn has(&self, path: &[u8]) -> Option<bool> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(path).map(Option::is_some)
    }

    fn of_file(&self, path: &[u8]) -> Option<Arc<Offer>> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(path) {
            return known.clone();
        }
        let offer = (self.read)(path).map(|outline| Arc::new(Offer::of(&outline)));
        known().insert(path.to_vec(), offer.clone());
        offer
    }
}

impl Graph<'_> {
    /// Adds to the outlines `laid`, which are to be laid over the sections, what other files'
    /// macros make in them; of those that were read again what was read stays beside it, where it
    /// `is_kept`. `read` gives the outline of a file that did not change.
    ///
    /// What is made in a file says the tree alone, and not what lies over the sections already.
    pub(super) fn complete(
        &self,
        laid: &mut [Laying],
        idioms: &Idioms,
        is_kept: bool,
        read: &Read,
    ) {
        let is_open = |now: &FileOutline| !now.invocations.is_empty();
        if !laid.iter().any(|laying| laying.now.as_ref().is_some_and(is_open)) {
            return;
        }
        let offers = Offers::new(laid, read);
        laid.par_iter_mut().with_max_len(1 << 4).for_each(|laying| {
            let Some(outline) = laying.now.as_mut().filter(|now| is_open(now)) else { return };
            laying.as_read = (laying.again && is_kept).then(|| outline.clone());
            self.complete_file(&laying.path, outline, idioms, &offers);
        });
    }

    fn complete_file(
        &self,
        path: &[u8],
        outline: &mut FileOutline,
        idioms: &Idioms,
        offers: &Offers,
    ) {
        let own = Offer::of(outline);
        let exists = |path: &[u8]| self.exists_with(path, offers);
        let from = Origin::new(path, &own.includes, &exists);
        // One macro is used many times in a file.
        let meant: RefCell<HashMap<Vec<u8>, Vec<Arc<Template>>>> = RefCell::default();
        let lookup = |name: &[u8]| {
            if let Some(known) = meant.borrow().get(name) {
                return known.clone();
            }
            let word = name.strip_prefix(b"=");
            let (asked, name, is_word) = (name, word.unwrap_or(name), word.is_some());
            let mut paths = self.paths_with_macro(name, from);
            paths.extend(offers.changed.get(name).into_iter().flatten().cloned());
            paths.sort_unstable();
            paths.dedup();
            let found: Vec<(Vec<u8>, Arc<Offer>)> =
                paths.into_iter().filter_map(|p| Some((p.clone(), offers.of_file(&p)?))).collect();
            let makers = found.iter().flat_map(|(path, offer)| {
                let is_it = |(own, template): &&(Vec<u8>, Arc<Template>)| {
                    own == name && template.is_word() == is_word
                };
                let maker = Origin::new(path, &offer.includes, &exists);
                let may = !is_word || from.may_have_word_of(maker);
                let named = offer.makers.iter().filter(move |maker| may && is_it(maker));
                named.map(move |(_, template)| (maker, template))
            });
            let chosen = made::chosen(from, makers);
            meant.borrow_mut().insert(asked.to_vec(), chosen.clone());
            chosen
        };
        let made = made_in(outline, idioms, &lookup);
        put(outline, made);
    }

    /// Whether there is a file at `path` in the sections with what is laid over them.
    fn exists_with(&self, path: &[u8], offers: &Offers) -> bool {
        offers.has(path).unwrap_or_else(|| self.base_file(path).is_some())
    }

    /// The files of the sections whose macros of this name `from` may mean.
    fn paths_with_macro(&self, name: &[u8], from: Origin) -> Vec<Vec<u8>> {
        let definitions = self.find_name(name).map(|n| self.definitions_of(n)).unwrap_or_default();
        let is_header = from.place.is_header;
        let may = |file: FileId| {
            is_header || self.place(file).is_header || from.has_include_of(self.path(file))
        };
        let is_macro = |kind: Kind| matches!(kind, Kind::Macro | Kind::Constant);
        let macros = definitions.iter().filter(|d| is_macro(d.kind) && may(d.file));
        macros.map(|d| self.path(d.file).to_vec()).collect()
    }

    /// The files of the sections, besides those in `laid`, that use a macro which a file in `laid` has, had
    /// or has otherwise.
    pub(super) fn users_of_changed_macros(&self, laid: &[Laying]) -> Vec<Vec<u8>> {
        let changed_in = |laying: &Laying| {
            let before = self.base_file(&laying.path).map(|file| self.makers_of(file));
            let mut now = made::hashes(laying.now.as_ref());
            let mut names: Vec<NameRef> = Vec::new();
            for (name, hash) in before.unwrap_or_default() {
                if now.remove(&self.name(name)) != Some(hash) {
                    names.push(name);
                }
            }
            names.extend(now.keys().filter_map(|name| self.find_name(name)));
            names
        };
        let changed = laid.par_iter().filter(|laying| !laying.again);
        self.users_besides(changed.flat_map_iter(changed_in).collect(), laid)
    }

    /// The paths of the files of the sections, besides those in `laid`, that use macros of these `names`.
    pub(super) fn users_besides(&self, mut names: Vec<NameRef>, laid: &[Laying]) -> Vec<Vec<u8>> {
        names.sort_unstable();
        names.dedup();
        let known = laid.iter().filter_map(|laying| self.base_file(&laying.path));
        let known: HashSet<FileId> = known.collect();
        let files = self.users_of_macros(names, &|file| !known.contains(&file)).into_iter();
        files.map(|file| self.base_path(file).to_vec()).collect()
    }

    /// The files of the sections, not laid over and among those that `may`, that use one of these
    /// macros at their top level, directly or through other macros; those too that used it when that
    /// was an edge.
    pub(super) fn users_of_macros(
        &self,
        mut names: Vec<NameRef>,
        may: &dyn Fn(FileId) -> bool,
    ) -> HashSet<FileId> {
        let mut found = HashSet::new();
        let mut known: HashSet<NameRef> = names.iter().copied().collect();
        while let Some(name) = names.pop() {
            let mut add = |user: DefInfo| {
                if known.insert(user.name) {
                    names.push(user.name);
                }
            };
            for id in self.base_users_of(name) {
                let Some(record) = self.record(id) else { continue };
                let file = FileId(record.file);
                if self.overlay.replaces(file) {
                    continue;
                }
                if record.kind == Kind::Macro {
                    self.definition(id).into_iter().for_each(&mut add);
                } else if !found.contains(&file)
                    && may(file)
                    && self.definition(id).is_some_and(|user| self.uses_at_top(&user, name))
                {
                    found.insert(file);
                }
            }
            let own = self.overlay.users_of(name).into_iter();
            let own = own.filter_map(|index| self.overlay.definition(index));
            own.filter(|user| user.kind == Kind::Macro).for_each(add);
        }
        found
    }

    /// Whether `user` uses `name` outside a body: on its own first line, or as the file.
    fn uses_at_top(&self, user: &DefInfo, name: NameRef) -> bool {
        user.kind == Kind::File
            || self.all_uses_of(user).iter().any(|e| e.name == name && e.line == user.first)
    }
}

/// What the uses that `outline` leaves open make.
fn made_in(outline: &FileOutline, idioms: &Idioms, lookup: expand::Others) -> Made {
    let find = |name: &[u8], first: u32| {
        let same = |d: &Definition| d.first == first && outline.name(d.name) == name;
        outline.definitions.iter().position(same).map(|at| at as u32)
    };
    let is_file = |d: &Definition| d.kind == Kind::File;
    let own_makers = made::makers(outline);
    let own_words = made::OwnWords::of(&own_makers);
    let known = Known {
        count: outline.definitions.len() as u32,
        find: &find,
        file: outline.definitions.iter().position(is_file).map(|at| at as u32),
        definition: &|number| outline.definitions.get(number as usize).copied(),
        own_word: &|name| own_words.get(name),
        uses: &|number| {
            let text = |name: u32| outline.name(name).to_vec();
            let uses = outline.uses.iter().filter(|used| used.within == number);
            let uses = uses.filter(|used| !is_plain(outline, used));
            uses.map(|u| (text(u.name), (u.via != NO_NAME).then(|| text(u.via)), *u)).collect()
        },
    };
    Made::of(&made::invoked(outline), &known, idioms, lookup)
}

fn put(outline: &mut FileOutline, made: Made) {
    outline.invocations.clear();
    for (number, name, flags) in made.renamed {
        let name = outline.add_name(&name);
        if let Some(definition) = outline.definitions.get_mut(number as usize) {
            definition.name = name;
            definition.flags.set(flags);
        }
    }
    for (name, mut definition) in made.definitions {
        definition.name = outline.add_name(&name);
        outline.definitions.push(definition);
    }
    for (name, via, mut used) in made.uses {
        used.name = outline.add_name(&name);
        used.via = via.map_or(NO_NAME, |via| outline.add_name(&via));
        outline.uses.push(used);
    }
}
