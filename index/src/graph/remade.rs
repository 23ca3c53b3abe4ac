//! What macros make in files that changed since the sections were written, and which further
//! files count as changed because a macro that they use did.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::idiom::Idioms;
use crate::outline::{Definition, FileOutline, Kind, NO_NAME, Template, expand};

use super::base::{DefInfo, Graph};
use super::builder::{IncludeRecord, is_plain};
use super::ids::{FileId, NameRef};
use super::made::{self, Known, Made, Origin};
use super::regain::Overlaid;

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

impl Graph<'_> {
    /// Adds to the outlines `laid`, which are to be laid over the sections, what other files'
    /// macros make in them. `read` gives the outline of a file that did not change.
    pub(super) fn complete(
        &self,
        laid: &mut [Overlaid],
        idioms: &Idioms,
        read: &dyn Fn(&[u8]) -> Option<FileOutline>,
    ) {
        let offers: HashMap<Vec<u8>, Option<Rc<Offer>>> = laid
            .iter()
            .map(|(path, outline)| (path.clone(), outline.as_ref().map(|o| Rc::new(Offer::of(o)))))
            .collect();
        let mut changed: HashMap<Vec<u8>, Vec<Vec<u8>>> = HashMap::new();
        for (path, offer) in &offers {
            for (name, _) in offer.iter().flat_map(|offer| &offer.makers) {
                changed.entry(name.clone()).or_default().push(path.clone());
            }
        }
        let offers = RefCell::new(offers);
        let offer = |path: &[u8]| -> Option<Rc<Offer>> {
            if let Some(known) = offers.borrow().get(path) {
                return known.clone();
            }
            let offer = read(path).map(|outline| Rc::new(Offer::of(&outline)));
            offers.borrow_mut().insert(path.to_vec(), offer.clone());
            offer
        };
        for (path, outline) in laid.iter_mut() {
            let Some(outline) = outline.as_mut().filter(|o| !o.invocations.is_empty()) else {
                continue;
            };
            let own = Offer::of(outline);
            let from = Origin::new(path, &own.includes);
            let lookup = |name: &[u8]| {
                let word = name.strip_prefix(b"=");
                let (name, is_word) = (word.unwrap_or(name), word.is_some());
                let mut paths = self.paths_with_macro(name, from);
                paths.extend(changed.get(name).into_iter().flatten().cloned());
                paths.sort_unstable();
                paths.dedup();
                let found: Vec<(Vec<u8>, Rc<Offer>)> =
                    paths.into_iter().filter_map(|p| Some((p.clone(), offer(&p)?))).collect();
                let makers = found.iter().flat_map(|(path, offer)| {
                    let is_it = |(own, template): &&(Vec<u8>, Arc<Template>)| {
                        own == name && template.is_word() == is_word
                    };
                    let named = offer.makers.iter().filter(is_it);
                    named.map(|(_, t)| (Origin::new(path, &offer.includes), t))
                });
                made::chosen(from, makers)
            };
            let made = made_in(outline, idioms, &lookup);
            put(outline, made);
        }
    }

    /// The files of the sections whose macros of this name `from` may mean.
    fn paths_with_macro(&self, name: &[u8], from: Origin) -> Vec<Vec<u8>> {
        let definitions = self.find_name(name).map(|n| self.definitions_of(n)).unwrap_or_default();
        let is_header = from.place.is_header;
        let may = |file: FileId| is_header || self.place(file).is_header;
        let is_macro = |kind: Kind| matches!(kind, Kind::Macro | Kind::Constant);
        let macros = definitions.iter().filter(|d| is_macro(d.kind) && may(d.file));
        macros.map(|d| self.path(d.file).to_vec()).collect()
    }

    /// The files of the sections, besides those in `laid`, that use a macro which a file in
    /// `laid` has, had or has otherwise.
    pub(super) fn users_of_changed_macros(&self, laid: &[(Overlaid, bool)]) -> Vec<Vec<u8>> {
        let mut names: Vec<NameRef> = Vec::new();
        for ((path, outline), _) in laid {
            let before = self.base_file(path).map(|file| self.makers_of(file)).unwrap_or_default();
            let mut now = made::hashes(outline.as_ref());
            for (name, hash) in before {
                if now.remove(&self.name(name)) != Some(hash) {
                    names.push(name);
                }
            }
            names.extend(now.keys().filter_map(|name| self.find_name(name)));
        }
        let known: HashSet<&[u8]> = laid.iter().map(|((path, _), _)| path.as_slice()).collect();
        let files = self.users_of_macros(names).into_iter();
        files.map(|file| self.path(file).to_vec()).filter(|p| !known.contains(&p[..])).collect()
    }

    /// The files of the sections, not laid over, that use one of these macros at their top
    /// level, directly or through other macros.
    pub(super) fn users_of_macros(&self, mut names: Vec<NameRef>) -> HashSet<FileId> {
        let mut found = HashSet::new();
        let mut known: HashSet<NameRef> = names.iter().copied().collect();
        while let Some(name) = names.pop() {
            for user in self.users_of(name).into_iter().filter_map(|id| self.definition(id)) {
                if user.kind == Kind::Macro {
                    if known.insert(user.name) {
                        names.push(user.name);
                    }
                } else if self.is_base(user.file) && self.uses_at_top(&user, name) {
                    found.insert(user.file);
                }
            }
        }
        found
    }

    /// Whether `user` uses `name` outside a body: on its own first line, or as the file.
    fn uses_at_top(&self, user: &DefInfo, name: NameRef) -> bool {
        user.kind == Kind::File
            || self.edges_of(user).iter().any(|e| e.name == name && e.line == user.first)
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
    let known = Known {
        count: outline.definitions.len() as u32,
        find: &find,
        file: outline.definitions.iter().position(is_file).map(|at| at as u32),
        definition: &|number| outline.definitions.get(number as usize).copied(),
        own_word: &|name| made::word_of(&own_makers, name),
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
