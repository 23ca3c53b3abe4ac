//! What macros of other files make where they are used at the top level.
//!
//! An outline says only what was used, and which macros of its own may make definitions.
//! Here, where all files are known, each use finds its macro, and what that writes is read
//! and added to the file that uses it: the same way for a whole tree and for files that
//! changed since, so that both say the same.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Arc;

use rayon::prelude::*;

use crate::idiom::Idioms;
use crate::outline::{
    Definition, FileOutline, Flags, InvocationKind, Kind, NO_NAME, NOWHERE, Template, Use, expand,
};
use crate::paths::{after_ups, before, beside};
use crate::scratch::Scratch;

use super::builder::{FileRecord, IncludeRecord, UseRecord};
use super::interner::Interner;
use super::place::Place;
use super::record::DefRecord;

/// Includers of one header whose macros are tried at most.
const INCLUDERS: usize = 16;

/// A use of another file's macro, with its own texts.
pub(super) struct Invoked {
    pub(super) name: Vec<u8>,
    pub(super) arguments: Vec<u8>,
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) flags: Flags,
    pub(super) kind: InvocationKind,
    pub(super) heads: u32,
    pub(super) functions: bool,
}

/// The uses that `outline` leaves open.
pub(super) fn invoked(outline: &FileOutline) -> Vec<Invoked> {
    let text = |id| outline.name(id).to_vec();
    let invocations = outline.invocations.iter();
    invocations
        .map(|i| Invoked {
            name: text(i.name),
            arguments: text(i.arguments),
            first: i.first,
            last: i.last,
            flags: i.flags,
            kind: i.kind,
            heads: i.heads,
            functions: i.functions,
        })
        .collect()
}

/// The macros that `outline` offers.
pub(super) fn makers(outline: &FileOutline) -> Vec<(Vec<u8>, Arc<Template>)> {
    let text = |id| outline.name(id);
    let makers = outline.makers.iter();
    makers
        .map(|m| {
            let template = match m.params {
                NO_NAME => Template::word(text(m.body)),
                params => Template::new(text(params), text(m.body)),
            };
            (text(m.name).to_vec(), Arc::new(template))
        })
        .collect()
}

/// The macros that `outline` offers, with a number that changes with what they are.
pub(super) fn hashes(outline: Option<&FileOutline>) -> HashMap<Vec<u8>, u32> {
    let mut found = HashMap::new();
    for maker in outline.map_or(&[][..], |o| &o.makers) {
        let Some(outline) = outline else { break };
        let name = outline.name(maker.name).to_vec();
        let hash = hash_of(outline.name(maker.params), outline.name(maker.body));
        // Those of several arms count together.
        found
            .entry(name)
            .and_modify(|known: &mut u32| *known = known.rotate_left(1) ^ hash)
            .or_insert(hash);
    }
    found
}

/// A file's macros without arguments, by their names: of several the last. Files have thousands, and are asked for
/// each word of what their macros make.
pub(super) struct OwnWords<'f> {
    makers: &'f [(Vec<u8>, Arc<Template>)],
    by_name: OnceCell<HashMap<&'f [u8], &'f Arc<Template>>>,
}

impl<'f> OwnWords<'f> {
    pub(super) fn of(makers: &'f [(Vec<u8>, Arc<Template>)]) -> OwnWords<'f> {
        OwnWords { makers, by_name: OnceCell::new() }
    }

    /// The one of this name.
    pub(super) fn get(&self, name: &[u8]) -> Option<Arc<Template>> {
        let by_name = self.by_name.get_or_init(|| {
            let words = self.makers.iter().filter(|(_, template)| template.is_word());
            words.map(|(name, template)| (name.as_slice(), template)).collect()
        });
        by_name.get(name).map(|template| Arc::clone(template))
    }
}

fn hash_of(params: &[u8], body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(crc32fast::hash(params));
    hasher.update(body);
    hasher.finalize()
}

/// A file as far as it matters for which macro it means.
#[derive(Clone, Copy)]
pub(super) struct Origin<'a> {
    path: &'a [u8],
    includes: &'a [IncludeRecord],
    /// Whether the tree has a file at a path.
    exists: &'a (dyn Fn(&[u8]) -> bool + Sync),
    /// What its path says.
    pub(super) place: Place,
}

/// How near a macro's file is to one that uses the macro.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    /// In a folder above.
    Above(usize),
    /// In a folder that all include from.
    Public,
    /// The same, for the same architecture.
    OwnArch,
    /// Included by name.
    Included,
    /// It includes the file, as `lsm_hook_defs.h` is, after it has defined the macro.
    Includer,
    /// The file itself.
    Itself,
}

impl<'a> Origin<'a> {
    pub(super) fn new(
        path: &'a [u8],
        includes: &'a [IncludeRecord],
        exists: &'a (dyn Fn(&[u8]) -> bool + Sync),
    ) -> Origin<'a> {
        Origin { path, includes, exists, place: Place::of(path) }
    }

    /// Whether it includes the file at `path`: beside it, or where its folder has no such file, one that is called so.
    pub(super) fn has_include_of(self, path: &[u8]) -> bool {
        self.includes.iter().filter(|i| before(path, after_ups(&i.path)).is_some()).any(|include| {
            let beside = beside(self.path, &include.path);
            beside == path || !(self.exists)(&beside)
        })
    }

    /// Whether a word that `maker` defines may be a part of a name here: none of one architecture's in code of all.
    pub(super) fn may_have_word_of(self, maker: Origin) -> bool {
        self.place.arch != 0 || maker.place.arch == 0
    }

    /// How near the macros of `maker` are; `None` when this file can't mean them.
    fn nearness(self, maker: Origin) -> Option<Nearness> {
        if self.path == maker.path {
            return Some(Nearness::Itself);
        }
        let (from, to) = (self.place, maker.place);
        let arch = to.arch == 0 || from.arch == 0 || from.arch == to.arch;
        if from.program != to.program || !arch {
            return None;
        }
        if from.is_header && maker.has_include_of(self.path) {
            return Some(Nearness::Includer);
        }
        if self.has_include_of(maker.path) {
            return Some(Nearness::Included);
        }
        let folder = |path: &[u8]| path.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
        let above = &maker.path[..folder(maker.path)];
        match to {
            Place { is_header: false, .. } => None,
            Place { is_public: true, arch, .. } if arch != 0 && arch == from.arch => {
                Some(Nearness::OwnArch)
            }
            Place { is_public: true, .. } => Some(Nearness::Public),
            _ => self.path.starts_with(above).then_some(Nearness::Above(above.len())),
        }
    }
}

/// The macros of a name that `from` means: of the nearest file, or of all that include it.
pub(super) fn chosen<'m>(
    from: Origin,
    makers: impl Iterator<Item = (Origin<'m>, &'m Arc<Template>)>,
) -> Vec<Arc<Template>> {
    let mut best: Option<(Nearness, &[u8], usize)> = None;
    let mut found = Vec::new();
    for (maker, template) in makers {
        let Some(near) = from.nearness(maker) else { continue };
        let (better, same) = match best {
            None => (true, false),
            Some((known, path, files)) => {
                let all = near == Nearness::Includer && files < INCLUDERS;
                (near > known, near == known && (all || path == maker.path))
            }
        };
        if better {
            found.clear();
            best = Some((near, maker.path, 1));
        } else if !same {
            continue;
        } else if let Some((_, path, files)) = best.as_mut().filter(|b| b.1 != maker.path) {
            (*path, *files) = (maker.path, *files + 1);
        }
        found.push(Arc::clone(template));
    }
    found
}

/// What macros make in one file, with names of its own.
#[derive(Default)]
pub(super) struct Made {
    /// New definitions; they follow the file's own.
    pub(super) definitions: Vec<(Vec<u8>, Definition)>,
    /// Uses, with the names used and, where there is one, the receiver's.
    pub(super) uses: Vec<NamedUse>,
    /// Names of definitions that the file has already.
    pub(super) renamed: Vec<(u32, Vec<u8>, Flags)>,
}

/// What a file knows of its own definitions.
pub(super) struct Known<'a> {
    /// How many it has.
    pub(super) count: u32,
    /// The number of the one with this name that begins on this line.
    pub(super) find: &'a dyn Fn(&[u8], u32) -> Option<u32>,
    /// The number of the one that stands for the file.
    pub(super) file: Option<u32>,
    /// The one with this number, but for its name.
    pub(super) definition: &'a dyn Fn(u32) -> Option<Definition>,
    /// The file's own macro of this name without arguments.
    pub(super) own_word: &'a dyn Fn(&[u8]) -> Option<Arc<Template>>,
    /// The uses in the one with this number, with the names used and the receivers'.
    pub(super) uses: &'a dyn Fn(u32) -> Vec<NamedUse>,
}

impl Known<'_> {
    /// The macros that `lookup` knows of a name; of those without arguments, `=NAME`, the file's own one if there is one.
    fn or_own_word(&self, asked: &[u8], lookup: expand::Others) -> Vec<Arc<Template>> {
        let own = asked.strip_prefix(b"=").and_then(|name| (self.own_word)(name));
        own.map_or_else(|| lookup(asked), |own| vec![own])
    }
}

/// A use, with the name used and, where there is one, the receiver's.
pub(super) type NamedUse = (Vec<u8>, Option<Vec<u8>>, Use);

impl Made {
    /// What the uses `invoked` make, with the macros that `lookup` knows.
    pub(super) fn of(
        invoked: &[Invoked],
        known: &Known,
        idioms: &Idioms,
        lookup: expand::Others,
    ) -> Made {
        let mut made = Made::default();
        let (mut file, mut written) = (known.file, 0);
        for invocation in invoked {
            if invocation.kind == InvocationKind::Each {
                made.add_each(invocation, known, lookup);
                continue;
            }
            let lookup: expand::Others = &|asked: &[u8]| known.or_own_word(asked, lookup);
            let templates = lookup(&invocation.name);
            if invocation.kind == InvocationKind::Name {
                made.add_names(invocation, templates.first(), known, lookup);
                continue;
            }
            for template in templates {
                if invocation.functions && !template.may_define_functions() {
                    continue;
                }
                let (arguments, kind) = (&invocation.arguments, invocation.kind);
                let outline =
                    expand::made_by(&template, arguments, kind, idioms, lookup, &mut written);
                made.add(&outline, invocation, known, &mut file);
            }
        }
        made
    }

    /// Renames the definition whose name the macro `template` makes, and adds one more for each further name, where
    /// several files that include this one say what a part of it is.
    fn add_names(
        &mut self,
        invocation: &Invoked,
        template: Option<&Arc<Template>>,
        known: &Known,
        lookup: expand::Others,
    ) {
        let Some(template) = template else { return };
        let mut names = names_by(template, &invocation.arguments, lookup).into_iter();
        let Some(first) = names.next() else { return };
        self.renamed.push((invocation.heads, first, Flags::default()));
        let Some(definition) = (known.definition)(invocation.heads) else { return };
        let uses = (known.uses)(invocation.heads);
        for name in names {
            let within = self.push(known, name, definition);
            let copied = uses.iter().cloned();
            self.uses.extend(copied.map(|(name, via, used)| (name, via, Use { within, ..used })));
        }
    }

    /// Adds a definition for each name that the files make that include this one, with what it uses by
    /// their names.
    fn add_each(&mut self, invocation: &Invoked, known: &Known, lookup: expand::Others) {
        let Some(definition) = (known.definition)(invocation.heads) else { return };
        let arguments = &invocation.arguments[..];
        let mut parts = arguments.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        let is_upper = |part: &&[u8]| {
            !part.is_empty() && !part.iter().any(|b| b.is_ascii_lowercase() || *b == b'(')
        };
        let Some(part) = parts.find(is_upper).map(|part| [b"=", part].concat()) else { return };
        let uses = (known.uses)(invocation.heads);
        let mut known_names: Vec<Vec<u8>> = Vec::new();
        for word in lookup(&part) {
            let with_word = |asked: &[u8]| match asked == part {
                true => vec![Arc::clone(&word)],
                false => known.or_own_word(asked, lookup),
            };
            let name_of = |text: Vec<u8>| expand::name_of(text, &with_word);
            let own = name_of([&invocation.name[..], b"(", arguments, b")"].concat());
            let Some(own) = own.filter(|own| !known_names.contains(own)) else { continue };
            known_names.push(own.clone());
            let within = self.push(known, own, definition);
            let renamed = |name: &[u8]| name_of((known.own_word)(name)?.body().to_vec());
            self.uses.extend(uses.iter().map(|(name, via, used)| {
                let name = renamed(name).unwrap_or_else(|| name.clone());
                (name, via.clone(), Use { within, ..*used })
            }));
        }
    }

    fn add(
        &mut self,
        outline: &FileOutline,
        invocation: &Invoked,
        known: &Known,
        file: &mut Option<u32>,
    ) {
        let heads = invocation.kind == InvocationKind::Head && !invocation.functions;
        let is_function = |d: &Definition| d.kind == Kind::Function;
        let headed = outline.definitions.iter().rposition(is_function).filter(|_| heads);
        let mut numbers = Vec::with_capacity(outline.definitions.len());
        for (at, definition) in outline.definitions.iter().enumerate() {
            let name = outline.name(definition.name).to_vec();
            let wanted = definition.kind.is_callable()
                || definition.kind == Kind::Variable && !invocation.functions;
            numbers.push(if definition.kind == Kind::File {
                *file.get_or_insert_with(|| self.push(known, name, *definition))
            } else if headed == Some(at) {
                self.renamed.push((invocation.heads, name, definition.flags));
                invocation.heads
            } else if !wanted {
                NOWHERE
            } else if let Some(number) = self.find(known, &name, invocation.first) {
                // Known by idiom, which does not tell whether it is inline.
                let flags = Flags(definition.flags.0 & Flags::INLINE.0);
                self.renamed.push((number, name, flags));
                number
            } else {
                let mut definition =
                    Definition { first: invocation.first, last: invocation.last, ..*definition };
                definition.flags.set(invocation.flags);
                self.push(known, name, definition)
            });
        }
        for used in &outline.uses {
            let within = numbers.get(used.within as usize).copied().unwrap_or(NOWHERE);
            if within != NOWHERE {
                let via = (used.via != NO_NAME).then(|| outline.name(used.via).to_vec());
                let used_here = Use { within, line: invocation.first, ..*used };
                self.uses.push((outline.name(used.name).to_vec(), via, used_here));
            }
        }
    }

    fn find(&self, known: &Known, name: &[u8], first: u32) -> Option<u32> {
        let own = self.definitions.iter().rev().take_while(|(_, d)| d.first == first);
        let at = own.into_iter().position(|(own, _)| own == name);
        let made = at.map(|back| known.count + (self.definitions.len() - 1 - back) as u32);
        made.or_else(|| (known.find)(name, first))
    }

    fn push(&mut self, known: &Known, name: Vec<u8>, definition: Definition) -> u32 {
        self.definitions
            .push((name, Definition { doc: 0, guard: NO_NAME, params: NO_NAME, ..definition }));
        known.count + self.definitions.len() as u32 - 1
    }
}

/// The names that the macro makes of `arguments`: several where several files say what a word in it stands for. Of
/// two such words nothing tells which go together: then it is the first name alone.
fn names_by(template: &Template, arguments: &[u8], lookup: expand::Others) -> Vec<Vec<u8>> {
    let open: RefCell<Vec<Vec<u8>>> = RefCell::default();
    let noting = |asked: &[u8]| {
        let found = lookup(asked);
        let mut open = open.borrow_mut();
        if asked.starts_with(b"=") && found.len() > 1 && !open.iter().any(|known| known == asked) {
            open.push(asked.to_vec());
        }
        found
    };
    let first = expand::name_by(template, arguments, &noting);
    let open = open.take();
    let [part] = &open[..] else { return first.into_iter().collect() };
    let mut names: Vec<Vec<u8>> = Vec::new();
    for word in lookup(part).into_iter().take(INCLUDERS) {
        let with_word = |asked: &[u8]| match asked == part {
            true => vec![Arc::clone(&word)],
            false => lookup(asked),
        };
        let name = expand::name_by(template, arguments, &with_word);
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names
}

/// Macros by their names, with their files' numbers.
type ByName<'f> = HashMap<&'f [u8], Vec<(u32, &'f Arc<Template>)>>;

/// Adds to all files what other files' macros make in them.
///
/// # Errors
/// When what `scratch` keeps of them can't be read.
pub(super) fn add(
    files: &mut [FileRecord],
    names: &Interner,
    idioms: &Idioms,
    scratch: &Scratch,
) -> io::Result<()> {
    let (mut makers, mut words) = (ByName::new(), ByName::new());
    for (number, file) in files.iter().enumerate() {
        for (name, template) in &file.makers {
            let makers = if template.is_word() { &mut words } else { &mut makers };
            makers.entry(name).or_default().push((number as u32, template));
        }
    }
    let paths: HashSet<&[u8]> = files.iter().map(|file| file.path.as_slice()).collect();
    let exists = |path: &[u8]| paths.contains(path);
    let origins: Vec<Origin> =
        files.par_iter().map(|f| Origin::new(&f.path, &f.includes, &exists)).collect();
    let made: io::Result<Vec<Made>> = files
        .par_iter()
        .zip(&origins)
        .map(|(file, from)| {
            if file.invoked.is_empty() {
                return Ok(Made::default());
            }
            // One macro is used many times in a file.
            let meant: RefCell<HashMap<&[u8], Vec<Arc<Template>>>> = RefCell::default();
            let lookup = |name: &[u8]| {
                let of = |(number, template): &(u32, _)| (origins[*number as usize], *template);
                if let Some(name) = name.strip_prefix(b"=") {
                    let known = words.get(name).into_iter().flatten().map(of);
                    return chosen(*from, known.filter(|(maker, _)| from.may_have_word_of(*maker)));
                }
                let Some((name, known)) = makers.get_key_value(name) else { return Vec::new() };
                let found = || chosen(*from, known.iter().map(of));
                meant.borrow_mut().entry(name).or_insert_with(found).clone()
            };
            let by_place: HashMap<(u32, u32), u32> = (0u32..)
                .zip(&file.definitions)
                .map(|(number, d)| ((d.name, d.first()), number))
                .collect();
            let find = |name: &[u8], first| by_place.get(&(names.find(name)?, first)).copied();
            let is_file = |d: &DefRecord| d.kind() == Kind::File;
            let uses = UsesWithin::of(file, scratch)?;
            let own_words = OwnWords::of(&file.makers);
            let known = Known {
                count: file.definitions.len() as u32,
                find: &find,
                file: file.definitions.iter().position(is_file).map(|at| at as u32),
                definition: &|number| file.definitions.get(number as usize)?.definition(),
                own_word: &|name| own_words.get(name),
                uses: &|number| uses.of_definition(number, names),
            };
            Ok(Made::of(&file.invoked, &known, idioms, &lookup))
        })
        .collect();
    files.par_iter_mut().zip(made?).for_each(|(file, made)| put(file, made, names));
    Ok(())
}

/// The uses in those definitions of a file that are made again for each file that includes it.
struct UsesWithin {
    /// By the definitions' numbers.
    uses: Vec<UseRecord>,
}

impl UsesWithin {
    fn of(file: &FileRecord, scratch: &Scratch) -> io::Result<UsesWithin> {
        let is_again = |i: &&Invoked| matches!(i.kind, InvocationKind::Each | InvocationKind::Name);
        let made = file.invoked.iter().filter(is_again);
        let mut heads: Vec<u32> = made.map(|invoked| invoked.heads).collect();
        if heads.is_empty() {
            return Ok(UsesWithin { uses: Vec::new() });
        }
        heads.sort_unstable();
        let others = file.packed.others(scratch)?;
        let all = file.packed.in_constants().chain(others.numbered());
        let is_wanted = |used: &UseRecord| heads.binary_search(&used.within).is_ok();
        let mut uses: Vec<UseRecord> = all.filter(is_wanted).collect();
        uses.sort_by_key(|used| used.within);
        Ok(UsesWithin { uses })
    }

    fn of_definition(&self, number: u32, names: &Interner) -> Vec<NamedUse> {
        let start = self.uses.partition_point(|used| used.within < number);
        let own = self.uses[start..].iter().take_while(|used| used.within == number);
        own.map(|used| used.named(names)).collect()
    }
}

fn put(file: &mut FileRecord, made: Made, names: &Interner) {
    (file.makers, file.invoked) = (Vec::new(), Vec::new());
    for (number, name, flags) in made.renamed {
        if let Some(definition) = file.definitions.get_mut(number as usize) {
            definition.rename(names.intern(&name), flags);
        }
    }
    for (name, definition) in made.definitions {
        file.definitions.push(DefRecord::new(names.intern(&name), &definition));
    }
    for (name, via, mut used) in made.uses {
        used.name = names.intern(&name);
        used.via = via.map_or(NO_NAME, |via| names.intern(&via));
        file.uses.push(UseRecord::new(&used));
    }
}
