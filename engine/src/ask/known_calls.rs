//! What the index knows of the calls of a name: of most files that have it, only the functions
//! that call it are read then.

use std::collections::HashMap;

use kgrep_index::graph::{DefId, DefInfo, Graph, NameRef, Program};
use kgrep_index::outline::{Flags, Kind, KnownCaller, Language, UseKind, calls};

use super::references::Meaning;
use crate::code::{Code, in_parallel, named};

/// So many users are looked up at once, by one of the threads.
const AT_ONCE: usize = 1024;

/// Fewer files are read sooner than the graph is opened.
const FEW: usize = 64;

/// What the index knows of a name; nothing where it isn't asked.
#[derive(Default)]
pub(super) struct KnownCalls {
    /// The functions that call it and use it in no other way, by their files.
    callers: HashMap<Vec<u8>, Vec<KnownCaller>>,
    /// What its definitions say it is.
    pub(super) meaning: Meaning,
    /// Whether the kernel's own code defines or uses it.
    pub(super) is_of_kernel: bool,
}

/// A call: its line, and the name of the function that it is in.
pub(super) type Call = (u32, String);

impl KnownCalls {
    /// What is known of `name`, which is in so many files. Of a variable no callers: of each of
    /// its uses more is told than where it is.
    pub(super) fn of(code: &Code, name: &str, files: usize) -> KnownCalls {
        if files < FEW {
            return KnownCalls::default();
        }
        let known = code.ask_known(|graph| {
            let name = named(graph, name)?;
            let definitions = graph.definitions_of(name);
            let kinds: Vec<Kind> = definitions.iter().map(|d| d.kind).collect();
            let meaning = Meaning::of(&kinds);
            let users = graph.users_of(name);
            let is_kernels = |d: &DefInfo| graph.place(d.file).program == Program::Kernel;
            let is_of_kernel = definitions.iter().any(is_kernels)
                || users.iter().filter_map(|id| graph.definition(*id)).any(|d| is_kernels(&d));
            let callers = match meaning.is_variable {
                true => HashMap::new(),
                false => callers(graph, name, &users),
            };
            Some(KnownCalls { callers, meaning, is_of_kernel })
        });
        known.flatten().unwrap_or_default()
    }

    /// The calls of `name` in the file at `path`, which has `bytes`, in line order; none where that
    /// can't be told without reading all of it.
    pub(super) fn in_file(&self, path: &[u8], bytes: &[u8], name: &[u8]) -> Option<Vec<Call>> {
        let known = self.callers.get(path).filter(|_| Language::of(path) == Some(Language::C))?;
        let calls = calls(bytes, name, known)?;
        let named = |(line, at): (u32, usize)| {
            Some((line, String::from_utf8_lossy(&known.get(at)?.name).into_owned()))
        };
        calls.into_iter().map(named).collect()
    }
}

fn callers(
    graph: &Graph<'_>,
    name: NameRef,
    users: &[DefId],
) -> HashMap<Vec<u8>, Vec<KnownCaller>> {
    let parts: Vec<&[DefId]> = users.chunks(AT_ONCE).collect();
    let found = in_parallel(&parts, |ids| {
        let users = ids.iter().filter_map(|id| graph.definition(*id));
        let calling = users.filter(|user| only_calls(graph, user, name));
        calling.map(|user| (user.file, known(graph, &user))).collect::<Vec<_>>()
    });
    let mut by_file: HashMap<_, Vec<KnownCaller>> = HashMap::new();
    for (file, caller) in found.into_iter().flatten() {
        by_file.entry(file).or_default().push(caller);
    }
    let sorted = by_file.into_iter().map(|(file, mut callers)| {
        callers.sort_unstable_by_key(|caller| (caller.first, caller.last));
        (graph.path(file).to_vec(), callers)
    });
    sorted.collect()
}

fn only_calls(graph: &Graph<'_>, user: &DefInfo, name: NameRef) -> bool {
    if user.kind != Kind::Function || user.flags.has(Flags::ALIAS) {
        return false;
    }
    let edges = graph.edges_of(user);
    let mut own = edges.iter().filter(|edge| edge.name == name).peekable();
    own.peek().is_some() && own.all(|edge| edge.kind == UseKind::Call && edge.via.is_none())
}

fn known(graph: &Graph<'_>, user: &DefInfo) -> KnownCaller {
    KnownCaller { name: graph.name(user.name), first: user.first, last: user.last }
}
