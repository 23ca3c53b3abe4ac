//! Lines of the tree that match: the index says in which files, which are read now, each once
//! for all look-ups of a batch. What is kept is what matches, not what may: a name of one
//! letter stands in most lines of the tree.

use std::collections::{HashMap, HashSet};
use std::io::ErrorKind;
use std::rc::Rc;

use crate::{Note, Result};
use kgrep_index::outline::Language;
use kgrep_index::paths::{in_order, split};
use kgrep_index::{Flags, Listing, Narrow, Plan, Query, Scope};

use super::wanted::{Ready, Wanted};
use crate::code::{Code, Scratch, in_parallel};

/// A line that matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: u32,
    /// It, without its end.
    pub text: Vec<u8>,
}

/// The lines of a file that match.
#[derive(Debug, Clone)]
pub struct InFile {
    /// The file, below the root.
    pub path: Rc<[u8]>,
    /// The first of them, as many as were asked for.
    pub lines: Vec<Line>,
    /// How many there are.
    pub count: usize,
}

/// What one file has of what is wanted.
enum InOne<T> {
    /// This.
    Some(T),
    /// Nothing.
    Nothing,
    /// Something, but it is no text.
    Binary,
    /// It can't be read.
    Unread,
}

impl<T> InOne<T> {
    /// What `work` makes of the file at `path`.
    fn of(
        code: &Code,
        path: &[u8],
        memory: &mut Vec<u8>,
        work: impl FnOnce(&[u8]) -> Option<T>,
    ) -> InOne<T> {
        let read = |bytes: &[u8]| match work(bytes) {
            Some(_) if is_binary(path, bytes) => InOne::Binary,
            Some(found) => InOne::Some(found),
            None => InOne::Nothing,
        };
        match code.read_with(path, memory, read) {
            Ok(found) => found,
            // What is gone says nothing.
            Err(error) if error.kind() == ErrorKind::NotFound => InOne::Nothing,
            Err(_) => InOne::Unread,
        }
    }
}

/// What a file has of the look-ups that are among `bits`: for each that it has lines for its number, the
/// lines, and how many there are.
fn lines_of(bytes: &[u8], bits: u64, ready: &[Ready]) -> Option<Vec<(usize, Vec<Line>, usize)>> {
    let mut found = Vec::new();
    for (at, ready) in ready.iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0) {
        let (lines, count) = ready.lines(bytes);
        if count > 0 {
            found.push((at, lines, count));
        }
    }
    (!found.is_empty()).then_some(found)
}

/// Files, in path order.
type Paths = Rc<Vec<Vec<u8>>>;

/// What the index is asked for: texts or patterns, and whether they are texts.
type Key = (Vec<String>, bool);

/// The texts of which a line has one, if it is wanted.
fn text_of(wanted: &Wanted) -> Key {
    (wanted.find.clone(), true)
}

/// The pattern that a wanted line matches, where the index can be asked for it.
fn pattern_of(wanted: &Wanted) -> Option<Key> {
    wanted.pattern_is_raw().then(|| (vec![wanted.pattern.clone()], false))
}

/// Finds lines, and keeps them for the next look-up of the same.
pub(crate) struct Mentions<'a> {
    code: &'a Code,
    all: Option<Paths>,
    /// The files that can match a text or pattern; none where all can.
    narrowed: HashMap<Key, Option<Paths>>,
    known: HashMap<Wanted, Rc<Vec<InFile>>>,
    /// The binary files that were told of.
    binary: HashSet<Vec<u8>>,
    /// The files that are there and could not be read.
    unread: Vec<Vec<u8>>,
}

/// The most files that are read as they are: asking the index for fewer would take longer.
const FEW: usize = 256;

/// Look-ups that are done in one reading of the files, at most.
const BATCH: usize = 64;

impl<'a> Mentions<'a> {
    /// For the tree of `code`; with the index that the question is asked of.
    pub(crate) fn new(code: &'a Code) -> Mentions<'a> {
        let (narrowed, known) = (HashMap::new(), HashMap::new());
        let unread = Vec::new();
        Mentions { code, all: None, narrowed, known, binary: HashSet::new(), unread }
    }

    /// The lines that are wanted, in path and line order.
    ///
    /// # Errors
    /// If the tree can't be walked, or a pattern or glob is not valid.
    pub(crate) fn of(&mut self, wanted: &Wanted) -> Result<Rc<Vec<InFile>>> {
        self.look_for(std::slice::from_ref(wanted))?;
        Ok(self.known.get(wanted).cloned().unwrap_or_default())
    }

    /// Looks for several at once, those that are not known yet.
    ///
    /// # Errors
    /// As for [`Mentions::of`].
    pub(crate) fn look_for(&mut self, wanted: &[Wanted]) -> Result<()> {
        let mut new: Vec<&Wanted> = Vec::new();
        for one in wanted {
            if !self.known.contains_key(one) && !new.contains(&one) {
                new.push(one);
            }
        }
        for batch in new.chunks(BATCH) {
            self.look(batch)?;
        }
        Ok(())
    }

    /// The files that may have lines that are wanted, in path order: they are not read.
    ///
    /// # Errors
    /// When the tree can't be walked.
    pub(crate) fn paths(&mut self, wanted: &Wanted) -> Result<Paths> {
        self.narrow(&[wanted]);
        self.candidates(wanted)
    }

    fn look(&mut self, wanted: &[&Wanted]) -> Result<()> {
        let ready: Vec<Ready> = wanted.iter().map(|w| w.ready()).collect::<Result<_>>()?;
        self.narrow(wanted);
        // For each file a bit for each look-up that it is read for.
        let mut files: HashMap<Vec<u8>, u64> = HashMap::new();
        for (at, (wanted, ready)) in wanted.iter().zip(&ready).enumerate() {
            for path in self.candidates(wanted)?.iter().filter(|path| ready.wants(path)) {
                match files.get_mut(path) {
                    Some(bits) => *bits |= 1 << at,
                    None => _ = files.insert(path.clone(), 1 << at),
                }
            }
        }
        let mut files: Vec<(Vec<u8>, u64)> = files.into_iter().collect();
        files.sort_unstable_by(|(one, _), (other, _)| in_order(one, other));
        let code = self.code;
        let scratch = Scratch::default();
        let found = in_parallel(&files, |(path, bits)| {
            let lines = |bytes: &[u8]| lines_of(bytes, *bits, &ready);
            scratch.lent(|memory| InOne::of(code, path, memory, lines))
        });
        let mut all: Vec<Vec<InFile>> = vec![Vec::new(); wanted.len()];
        for ((path, _), found) in files.iter().zip(found) {
            let Some(found) = self.tell_of(path, found) else { continue };
            let path: Rc<[u8]> = path.as_slice().into();
            for (which, lines, count) in found {
                all[which].push(InFile { path: path.clone(), lines, count });
            }
        }
        for (wanted, files) in wanted.iter().zip(all) {
            self.known.insert((*wanted).clone(), Rc::new(files));
        }
        Ok(())
    }

    /// What `work` makes of each file with wanted lines, in path order, with those lines.
    ///
    /// # Errors
    /// As for [`Mentions::of`].
    pub(crate) fn in_files<R: Send>(
        &mut self,
        wanted: &Wanted,
        work: impl Fn(&[u8], Vec<u8>, Vec<Line>) -> R + Sync,
    ) -> Result<Vec<R>> {
        let ready = wanted.ready()?;
        self.narrow(&[wanted]);
        let paths = self.candidates(wanted)?;
        let paths: Vec<&Vec<u8>> = paths.iter().filter(|path| ready.wants(path)).collect();
        let scratch = Scratch::default();
        let made = in_parallel(&paths, |path| {
            let made = |bytes: &[u8]| {
                let (lines, count) = ready.lines(bytes);
                (count > 0).then(|| work(path, bytes.to_vec(), lines))
            };
            scratch.lent(|memory| InOne::of(self.code, path, memory, made))
        });
        let made = paths.iter().zip(made).filter_map(|(path, made)| self.tell_of(path, made));
        Ok(made.collect())
    }

    /// What was found in the file at `path`, if it could be told; else that is noted.
    fn tell_of<T>(&mut self, path: &[u8], found: InOne<T>) -> Option<T> {
        match found {
            InOne::Some(found) => return Some(found),
            InOne::Nothing => {}
            InOne::Binary if is_picture(path) => {}
            InOne::Binary => self.tell_of_binary(path),
            InOne::Unread if self.unread.iter().any(|unread| unread == path) => {}
            InOne::Unread => self.unread.push(path.to_vec()),
        }
        None
    }

    /// The files that are there and could not be read.
    pub(crate) fn unread(&self) -> &[Vec<u8>] {
        &self.unread
    }

    /// Says once of a file that its lines are left out.
    fn tell_of_binary(&mut self, path: &[u8]) {
        if self.binary.insert(path.to_vec()) {
            let path = self.code.path(path).into_os_string().into_encoded_bytes();
            let reason = "has zero bytes, so that its matches are left out".to_owned();
            (self.code.notes())(Note::Unreadable { path, reason });
        }
    }

    /// The files that can hold what is wanted, in path order: by its text or, where that leaves
    /// many, by its pattern, whichever leaves fewer. [`Mentions::narrow`] has asked the index.
    ///
    /// # Errors
    /// When the tree can't be walked.
    fn candidates(&mut self, wanted: &Wanted) -> Result<Paths> {
        let known = |key: &Key| self.narrowed.get(key).cloned().flatten();
        let by_text = known(&text_of(wanted));
        let fewest = match pattern_of(wanted) {
            Some(key) => [by_text, known(&key)].into_iter().flatten().min_by_key(|p| p.len()),
            None => by_text,
        };
        match fewest {
            Some(paths) => Ok(paths),
            None => self.all(),
        }
    }

    /// Asks the index for the files of each, on all processors: first by their texts, then those
    /// that are left with many by their patterns.
    fn narrow(&mut self, wanted: &[&Wanted]) {
        self.narrow_by(wanted.iter().map(|wanted| text_of(wanted)).collect());
        let is_few = |wanted: &Wanted| {
            let by_text = self.narrowed.get(&text_of(wanted)).and_then(Option::as_ref);
            by_text.is_some_and(|paths| paths.len() <= FEW)
        };
        let many = wanted.iter().filter(|wanted| !is_few(wanted));
        self.narrow_by(many.filter_map(|wanted| pattern_of(wanted)).collect());
    }

    fn narrow_by(&mut self, mut keys: Vec<Key>) {
        let mut seen = HashSet::new();
        keys.retain(|key| !self.narrowed.contains_key(key) && seen.insert(key.clone()));
        let code = self.code;
        let found = in_parallel(&keys, |(patterns, fixed_strings)| {
            if patterns.is_empty() || patterns.iter().any(String::is_empty) {
                return None;
            }
            let (index, fresh) = code.asked()?;
            let fixed_strings = *fixed_strings;
            let flags = Flags { fixed_strings, unicode: fixed_strings, ..Flags::default() };
            let query = Query::from_patterns(patterns, &flags);
            let Ok(Plan::Narrow(candidates)) = index.plan(&query, &Scope::whole()) else {
                return None;
            };
            let listing = Listing { ignored: false, links: false };
            let narrow = Narrow::new(index, &candidates, fresh, listing);
            Some(narrow.list(b"", false).ok_or(narrow))
        });
        for (key, found) in keys.into_iter().zip(found) {
            let paths = found.and_then(|listed| match listed {
                Ok(paths) => Some(paths),
                // Something is new: what there is only a walk can tell.
                Err(narrow) => {
                    let all = self.all().ok()?;
                    Some(all.iter().filter(|path| narrow.file(path)).cloned().collect())
                }
            });
            self.narrowed.insert(key, paths.map(Rc::new));
        }
    }

    /// All files, in path order.
    ///
    /// # Errors
    /// When the tree can't be walked.
    pub(crate) fn all(&mut self) -> Result<Paths> {
        if let Some(all) = &self.all {
            return Ok(all.clone());
        }
        let all = match self.everything().and_then(|narrow| narrow.list(b"", false)) {
            Some(paths) => paths,
            None => self.code.all_files(|_| true)?,
        };
        let all = Rc::new(all);
        self.all = Some(all.clone());
        Ok(all)
    }

    /// How many files there are, and in path order those whose name is `wanted`.
    ///
    /// # Errors
    /// When the tree can't be walked.
    pub(crate) fn pick(
        &mut self,
        wanted: impl Fn(&[u8]) -> bool + Sync,
    ) -> Result<(usize, Vec<Vec<u8>>)> {
        if let Some(picked) = self.everything().and_then(|narrow| narrow.pick(false, &wanted)) {
            return Ok(picked);
        }
        let all = self.all()?;
        let is_wanted = |path: &&Vec<u8>| wanted(split(path).1);
        Ok((all.len(), all.iter().filter(is_wanted).cloned().collect()))
    }

    /// The index's own list of files, where it can be asked.
    fn everything(&self) -> Option<Narrow> {
        let (index, fresh) = self.code.asked()?;
        let listing = Listing { ignored: false, links: false };
        Some(Narrow::new(index, &index.everything(), fresh, listing))
    }
}

/// Whether a file's lines are no text. Code is read whatever bytes are in it, as by every other
/// question.
fn is_binary(path: &[u8], bytes: &[u8]) -> bool {
    Language::of(path).is_none() && memchr::memchr(0, bytes).is_some()
}

/// Whether a file is a picture, in whose bytes a short name stands by chance.
fn is_picture(path: &[u8]) -> bool {
    let name = split(path).1;
    let ending = name.rsplit(|byte| *byte == b'.').next().unwrap_or(name);
    matches!(ending, b"gif" | b"ico" | b"jpeg" | b"jpg" | b"png")
}
