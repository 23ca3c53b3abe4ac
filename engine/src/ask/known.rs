//! What the index knows of the uses of a name: most files that have it need not be read whole then. Where
//! nothing uses it, whatever has the name is a local's or a member's; and of functions that call it and
//! use it in no other way, only these are read.

use std::sync::{Arc, OnceLock};

use kgrep_index::graph::{
    DefInfo, Extent, FileDefinitions, FileId, Graph, KnownUses, NameRef, Program,
};
use kgrep_index::lex::{CodePlace, places_in_code};
use kgrep_index::outline::{Flags, Kind, KnownCaller, Language, UseKind, calls};
use rayon::prelude::*;

use super::around::Extents;
use super::references::Meaning;
use super::written::is_written;
use crate::code::{Code, named};
use crate::snapshot::Snapshot;

/// Fewer files are read sooner than the graph is opened.
const FEW: usize = 64;

/// What the index knows of a name; nothing where it isn't asked.
#[derive(Default)]
pub(super) struct Known {
    asked: Option<(Snapshot, KnownUses)>,
    /// What its definitions say it is.
    pub(super) meaning: Meaning,
    /// Whether the kernel's own code defines or uses it.
    pub(super) is_of_kernel: bool,
    /// The definitions of the files that have it, once they are needed.
    definitions: OnceLock<FileDefinitions>,
}

/// A use that is known.
pub(super) struct KnownUse {
    pub(super) line: u32,
    /// Where on its line it is, in bytes from the file's start, if that was found out.
    pub(super) at: Option<usize>,
    /// Whether it is a call.
    pub(super) kind: Option<UseKind>,
    /// What it is in.
    pub(super) within: Arc<str>,
}

/// The graph, and what it knows of the name.
pub(super) struct Asked<'k, 'g, 'a> {
    known: &'k Known,
    uses: &'k KnownUses,
    graph: &'g Graph<'a>,
}

impl Known {
    /// What is known of `name`, which is in so many files. Of each use of a variable more is told than
    /// where it is, for which its file is read.
    pub(super) fn of(code: &Code, name: &str, files: usize) -> Known {
        if files < FEW {
            return Known::default();
        }
        let Some(snapshot) = code.known_snapshot() else { return Known::default() };
        let found = snapshot.ask(|graph| {
            let name = named(graph, name)?;
            let definitions = graph.definitions_of(name);
            let kinds: Vec<Kind> = definitions.iter().map(|d| d.kind).collect();
            let is_kernels = |d: &DefInfo| graph.place(d.file).program == Program::Kernel;
            let users = || graph.users_of(name).into_iter().filter_map(|id| graph.definition(id));
            let is_of_kernel =
                definitions.iter().any(is_kernels) || users().any(|user| is_kernels(&user));
            Some((Meaning::of(&kinds), is_of_kernel, graph.known_uses(name)))
        });
        let Ok(Some((meaning, is_of_kernel, uses))) = found else { return Known::default() };
        snapshot.release();
        let asked = (!meaning.is_variable).then_some((snapshot, uses));
        Known { asked, meaning, is_of_kernel, definitions: OnceLock::new() }
    }

    /// What `work` makes with what is known; should that turn out to be damaged, what it makes without.
    pub(super) fn ask<R>(&self, work: impl Fn(Option<&Asked<'_, '_, '_>>) -> R) -> R {
        let asked = self.asked.as_ref().and_then(|(snapshot, uses)| {
            snapshot.ask(|graph| work(Some(&Asked { known: self, uses, graph }))).ok()
        });
        asked.unwrap_or_else(|| work(None))
    }

    /// Gives the memory of what was read of the index back: most of it is not needed again.
    pub(super) fn release(&self) {
        self.asked.iter().for_each(|(snapshot, _)| snapshot.release());
    }

    /// Finds out what is around the places in these files, where most of them use the name nowhere.
    pub(super) fn expect(&self, paths: &[Vec<u8>]) {
        let Some((snapshot, uses)) = &self.asked else { return };
        if uses.users() >= paths.len() {
            return;
        }
        self.definitions.get_or_init(|| {
            let found = snapshot.ask(|graph| {
                let files = paths.par_iter().filter_map(|path| graph.file(path));
                let files: Vec<FileId> = files.collect();
                graph.definitions_in(&files)
            });
            // All definitions of the tree were looked at, and few are needed again.
            snapshot.release();
            // What is damaged says nothing of any file, whatever the question.
            found.unwrap_or_default()
        });
    }
}

impl Asked<'_, '_, '_> {
    /// The uses of `name` in the file at `path`, which has `bytes`, in line order; none where they can't
    /// be told without reading all of it.
    pub(super) fn in_file(&self, path: &[u8], bytes: &[u8], name: &[u8]) -> Option<Vec<KnownUse>> {
        let file = self.graph.file(path).filter(|_| Language::of(path) == Some(Language::C))?;
        if self.graph.has_no_use(self.uses, file) {
            return self.mentions(file, bytes, name);
        }
        let callers = self.callers(file, self.graph.find_name(name)?);
        let calls = calls(bytes, name, &callers)?;
        let named = |(line, at): (u32, usize)| {
            let within = String::from_utf8_lossy(&callers.get(at)?.name).into();
            Some(KnownUse { line, at: None, kind: Some(UseKind::Call), within })
        };
        calls.into_iter().map(named).collect()
    }

    /// The functions of `file` that call the name and use it in no other way.
    fn callers(&self, file: FileId, name: NameRef) -> Vec<KnownCaller> {
        let mut users = self.graph.known_users(self.uses, file);
        users.retain(|user| only_calls(self.graph, user, name));
        users.sort_unstable_by_key(|user| (user.first, user.last));
        let caller = |user: DefInfo| KnownCaller {
            name: self.graph.name(user.name),
            first: user.first,
            last: user.last,
        };
        users.into_iter().map(caller).collect()
    }

    /// Where `name` stands in the code of a file in which nothing uses it.
    fn mentions(&self, file: FileId, bytes: &[u8], name: &[u8]) -> Option<Vec<KnownUse>> {
        let mut places = places_in_code(bytes, name)?;
        places.dedup_by_key(|place| place.line);
        if places.is_empty() {
            return Some(Vec::new());
        }
        let own = self.known.definitions.get()?.of(file);
        let mut around =
            Extents::new(own.iter().enumerate().map(|(at, own)| (at, own.first, own.last)));
        let mut last: Option<(usize, Kind, Arc<str>)> = None;
        let mut found = Vec::with_capacity(places.len());
        for place in places {
            let at = around.line(place.line)?;
            if around.is_one_of_several(place.line) {
                return None;
            }
            let (kind, within) = match last.take().filter(|(known, ..)| *known == at) {
                Some((_, kind, within)) => (kind, within),
                None => self.written(bytes, &place, *own.get(at)?)?,
            };
            if place.in_directive != (kind == Kind::Macro) {
                return None;
            }
            let (line, at_byte) = (place.line, Some(place.at));
            found.push(KnownUse { line, at: at_byte, kind: None, within: Arc::clone(&within) });
            last = Some((at, kind, within));
        }
        Some(found)
    }

    /// Kind and name of the definition with these lines, which `place` is in, if it stands there as it is:
    /// what another file's macro makes is known to the graph alone.
    fn written(
        &self,
        bytes: &[u8],
        place: &CodePlace,
        Extent { first, name, kind, .. }: Extent,
    ) -> Option<(Kind, Arc<str>)> {
        let name = self.graph.name(name);
        let mut start = place.at;
        for _ in 0..=place.line.checked_sub(first)? {
            start = memchr::memrchr(b'\n', bytes.get(..start)?).unwrap_or(0);
        }
        let head = if start == 0 { bytes } else { bytes.get(start + 1..)? };
        let is_written = is_written(kind, &name, head);
        is_written.then(|| (kind, String::from_utf8_lossy(&name).into()))
    }
}

fn only_calls(graph: &Graph<'_>, user: &DefInfo, name: NameRef) -> bool {
    if user.kind != Kind::Function || user.flags.has(Flags::ALIAS) {
        return false;
    }
    let edges = graph.edges_of(user);
    let mut own = edges.iter().filter(|edge| edge.name == name).peekable();
    own.peek().is_some() && own.all(|edge| edge.kind == UseKind::Call && edge.via.is_none())
}
