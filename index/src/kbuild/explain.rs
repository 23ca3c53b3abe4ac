//! Why one file is built, or is not: each line of a Makefile that decides, from the top down.
//!
//! Lines that hold are known from [`Built`]. For a file that isn't built, the Makefiles on the
//! way to it are run again with the arms that do not hold kept, to find the line that would
//! have named it; for many files each of these Makefiles once.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::files::{below, split};
use super::folder::{Folder, Listings, Reach};
use super::make::{Origin, Shared};
use super::result::{Built, State, Step, steps_of};
use super::tree::{Top, run_top};
use super::{Configuration, Files, Knowledge, Truth};

/// What was found about one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What becomes of it.
    pub state: State,
    /// Every line that decides, from the top Makefile down; for an included file, those of the
    /// file that includes it and then the `#include`'s. The first that does not hold is why it
    /// isn't built; where all hold, no line names the file.
    pub steps: Vec<Step>,
}

/// Folders below one that is not reached that are still looked at.
const FOLDERS: usize = 32;
/// Composite objects in each other.
const COMPOSITES: usize = 4;

/// Why `path` is built or not.
pub fn explain(
    built: &Built,
    files: &dyn Files,
    config: &Configuration,
    knowledge: &Knowledge,
    path: &[u8],
) -> Explanation {
    let mut found = None;
    explain_all(built, files, config, knowledge, &mut std::iter::once(path), &mut |explanation| {
        found = Some(explanation);
    });
    found.unwrap_or(Explanation { state: State::No, steps: Vec::new() })
}

/// Why each of `paths` is built or not, handed on in their order.
pub fn explain_all(
    built: &Built,
    files: &dyn Files,
    config: &Configuration,
    knowledge: &Knowledge,
    paths: &mut dyn Iterator<Item = &[u8]>,
    found: &mut dyn FnMut(Explanation),
) {
    let shared = Shared { files, config, knowledge };
    let listings = Listings::default();
    let top = OnceCell::new();
    let mut asker = None;
    for path in paths {
        let state = built.state(path);
        if let Some(object) = built.objects(path).find(|object| object.state == state) {
            found(Explanation { state, steps: built.steps(object) });
            continue;
        }
        let asker = asker.get_or_insert_with(|| {
            let top = top.get_or_init(|| run_top(shared));
            Asker::new(built, shared, &listings, top)
        });
        found(Explanation { state, steps: asker.way_to(path) });
    }
}

struct Asker<'a> {
    built: &'a Built,
    shared: Shared<'a>,
    listings: &'a Listings,
    top: &'a Top,
    /// The first visit of each folder, by its path.
    visited: HashMap<&'a [u8], u32>,
    /// The Makefiles that were run, by folder.
    read: RefCell<HashMap<Vec<u8>, Option<Rc<Reading<'a>>>>>,
}

/// One folder's Makefile, run with the arms that do not hold kept.
struct Reading<'a> {
    run: Folder<'a>,
    mentions: Vec<Mention>,
}

/// A line that names a word in a list.
struct Mention {
    /// The list without its `-y`: `obj`, or the name of a composite object.
    list: Vec<u8>,
    word: Vec<u8>,
    /// What the object of this name is compiled from.
    source: Option<Vec<u8>>,
    holds: Truth,
    origin: Origin,
}

impl<'a> Asker<'a> {
    fn new(built: &'a Built, shared: Shared<'a>, listings: &'a Listings, top: &'a Top) -> Self {
        let mut visited = HashMap::new();
        for (number, folder) in built.folders.iter().enumerate().skip(1) {
            visited.entry(&folder.path[..]).or_insert(number as u32);
        }
        Asker { built, shared, listings, top, visited, read: RefCell::default() }
    }

    fn way_to(&self, path: &[u8]) -> Vec<Step> {
        let mut folder = split(path).0;
        let mut nearest = None;
        loop {
            if let Some(number) = self.visited.get(folder) {
                let before = self.built.steps_to(*number);
                let further = self.below(folder, path);
                if !further.is_empty() {
                    return [before, further].concat();
                }
                nearest.get_or_insert(before);
            }
            if folder.is_empty() {
                return nearest.unwrap_or_default();
            }
            folder = split(folder).0;
        }
    }

    /// A folder's Makefile; none if there is none.
    fn reading(&self, folder: &[u8]) -> Option<Rc<Reading<'a>>> {
        if let Some(known) = self.read.borrow().get(folder) {
            return known.clone();
        }
        let reach = Reach { is_program: false, is_built_in: true, maybe: false };
        let inherited = &self.top.inherited;
        let run = Folder::run(self.shared, inherited, self.listings, folder, reach, true);
        let reading = run.map(|mut run| {
            let mut mentions = mentions(&mut run);
            for mention in mentions.iter_mut().filter(|mention| mention.word.ends_with(b".o")) {
                mention.source = run.source_of(&below(folder, &mention.word), COMPOSITES);
            }
            Rc::new(Reading { run, mentions })
        });
        self.read.borrow_mut().insert(folder.to_vec(), reading.clone());
        reading
    }

    /// The lines from `folder`'s Makefile down to `path`.
    fn below(&self, folder: &[u8], path: &[u8]) -> Vec<Step> {
        let mut folder = folder.to_vec();
        let mut steps = Vec::new();
        for _ in 0..FOLDERS {
            let Some((found, next)) = self.in_folder(&folder, path) else { break };
            steps.extend(found);
            match next {
                Some(next) => folder = next,
                None => break,
            }
        }
        steps
    }

    /// The lines of one Makefile that name `path`, or the folder on the way to it.
    fn in_folder(&self, folder: &[u8], path: &[u8]) -> Option<(Vec<Step>, Option<Vec<u8>>)> {
        let reading = self.reading(folder)?;
        let Reading { run, mentions } = &*reading;
        let steps = |mention: &Mention| {
            steps_of(&run.make.read, &run.make.conditions, mention.origin, mention.holds)
        };
        let mut found: Vec<Vec<Step>> = Vec::new();
        for mention in mentions.iter().filter(|mention| mention.source.as_deref() == Some(path)) {
            let mut way = steps(mention);
            let mut list = mention.list.clone();
            for _ in 0..COMPOSITES {
                let object = [&list[..], b".o"].concat();
                let Some(outer) = mentions.iter().find(|m| m.word == object) else { break };
                way.extend(steps(outer));
                list = outer.list.clone();
            }
            way.reverse();
            way.dedup();
            found.push(way);
        }
        let failing = |way: &Vec<Step>| way.iter().filter(|s| s.holds == Truth::False).count();
        if let Some(way) = found.into_iter().min_by_key(failing) {
            return Some((way, None));
        }
        let on_the_way = |mention: &&Mention| {
            let inner = below(folder, &mention.word);
            mention.word.ends_with(b"/") && path.starts_with(&[&inner[..], b"/"].concat())
        };
        let mention = mentions.iter().find(on_the_way)?;
        let mut way = steps(mention);
        way.reverse();
        let next = below(folder, &mention.word);
        (next != folder).then_some((way, Some(next)))
    }
}

/// All that the lists of a Makefile name, in arms that hold and in others.
fn mentions(folder: &mut Folder) -> Vec<Mention> {
    let mut mentions = Vec::new();
    let names: Vec<Vec<u8>> = folder.make.names().map(<[u8]>::to_vec).collect();
    for name in names {
        let Some((list, holds)) = list_of(&name) else { continue };
        for (word, maybe, origin) in folder.list(&name) {
            let holds = if maybe { holds.and(Truth::Unknown) } else { holds };
            mentions.push(Mention { list: list.to_vec(), word, source: None, holds, origin });
        }
    }
    for skipped in folder.make.skipped.take().unwrap_or_default() {
        let (name, text) =
            (folder.make.expanded(&skipped.name), folder.make.expanded(&skipped.value));
        let Some((list, holds)) = list_of(&name) else { continue };
        for word in super::make::words::words(&text) {
            let (list, word) = (list.to_vec(), word.to_vec());
            mentions.push(Mention { list, word, source: None, holds, origin: skipped.origin });
        }
    }
    mentions.sort_by_key(|m| (std::cmp::Reverse(m.holds), m.origin.line));
    mentions
}

/// The list that a variable is, and whether what it names is built.
fn list_of(name: &[u8]) -> Option<(&[u8], Truth)> {
    let dash = name.iter().rposition(|b| *b == b'-')?;
    let holds = match &name[dash + 1..] {
        b"y" | b"m" | b"objs" => Truth::True,
        b"" | b"n" => Truth::False,
        _ => return None,
    };
    let is_flags = name.windows(5).any(|part| part == b"flags");
    (!is_flags).then_some((&name[..dash], holds))
}

/// The symbols that a line names, without `CONFIG_`, each once.
pub fn symbols_in(line: &[u8]) -> Vec<&[u8]> {
    let mut symbols = Vec::new();
    for at in memchr::memmem::find_iter(line, b"CONFIG_") {
        let rest = &line[at + b"CONFIG_".len()..];
        let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        let end = rest.iter().position(|b| !is_name(b)).unwrap_or(rest.len());
        if end > 0 && !symbols.contains(&&rest[..end]) {
            symbols.push(&rest[..end]);
        }
    }
    symbols
}
