//! Names of the whole tree by a few letters or words, and the documents about a name.

use std::collections::HashSet;

use kgrep_index::catalog::{self, Query, Wanted};
use kgrep_index::configured::Presence;
use kgrep_index::graph::{Arch, DefInfo, Graph, NameRef};
use kgrep_index::outline::Kind;

use super::define::target;
use super::open::Open;
use super::{Part, Target};
use crate::Result;
use crate::code::{Code, Ranking, near};

/// A name that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Where.
    pub target: Target,
}

/// The most names with the same beginning that are looked through.
const BEGINNINGS: usize = 5000;
/// As many documents are told of a name.
const DOCUMENTS: usize = 3;

impl Code {
    /// The best `number` names for `asked`: the name itself, what `find` finds, and those that begin
    /// so; where there are none, those that are spelled nearly so.
    ///
    /// # Errors
    /// When the tree can't be read.
    pub fn named_like(&self, asked: &str, number: usize) -> Result<Vec<Named>> {
        let asked = asked.trim();
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        self.ask(|graph| {
            let mut found: Vec<DefInfo> = Vec::new();
            let exact = graph.find_name(asked.as_bytes());
            found.extend(exact.into_iter().flat_map(|name| self.shown_of(graph, name, number)));
            for name in self.about(graph, asked, number) {
                found.extend(name);
            }
            let mut names = Vec::new();
            graph.names_starting_with(asked.as_bytes(), |name, text| {
                if names.len() < BEGINNINGS && !text.contains(&b'@') && Some(name) != exact {
                    names.push((text.len(), text.to_vec(), name));
                }
            });
            names.sort_unstable();
            for (.., name) in names {
                if found.len() >= 2 * number {
                    break;
                }
                found.extend(self.shown_of(graph, name, 1));
            }
            if found.is_empty() && !asked.contains(char::is_whitespace) {
                let meant = near(graph, asked);
                let bare = meant.iter().map(|name| name.strip_prefix("CONFIG_").unwrap_or(name));
                let names = bare.filter_map(|name| graph.find_name(name.as_bytes()));
                found.extend(names.flat_map(|name| self.shown_of(graph, name, 1)));
            }
            if let Some(configured) = self.configured() {
                found.retain(|d| configured.presence(graph.path(d.file)) != Presence::Out);
            }
            let mut seen = HashSet::new();
            found.retain(|d| seen.insert((d.file, d.first, d.name)));
            found.truncate(number);
            let mut all = Vec::new();
            let mut last: Option<Open<'_>> = None;
            for definition in found {
                let path = graph.path(definition.file);
                if last.as_ref().is_none_or(|file| file.path != path) {
                    last = Open::new(self, path).ok();
                }
                let Some(file) = last.as_ref().filter(|file| file.path == path) else { continue };
                let name = String::from_utf8_lossy(&graph.name(definition.name)).into_owned();
                let target = target(graph, file, &definition);
                all.push(Named { name, kind: definition.kind, target });
            }
            Ok(all)
        })
    }

    /// The best definitions of a name.
    fn shown_of(&self, graph: &Graph<'_>, name: NameRef, number: usize) -> Vec<DefInfo> {
        let mut found = graph.definitions_of(name);
        found.retain(|d| !matches!(d.kind, Kind::File | Kind::Declaration));
        found.sort_by_cached_key(|d| Ranking::of(graph, d, self.arch));
        found.truncate(number);
        found
    }

    /// What the catalog has for these words, as the graph has it.
    fn about(&self, graph: &Graph<'_>, asked: &str, number: usize) -> Vec<Option<DefInfo>> {
        let Some((index, fresh)) = self.asked().filter(|(index, _)| index.has_catalog()) else {
            return Vec::new();
        };
        let (query, _) = Query::parse(asked);
        if query.is_empty() {
            return Vec::new();
        }
        let wanted = Wanted {
            classes: vec!["symbol".into(), "config".into()],
            arch: (self.arch != Arch::All).then(|| self.arch_name().to_owned()),
            number,
            ..Wanted::default()
        };
        let uses = |name: &[u8]| graph.find_name(name).map_or(0, |name| graph.users_of(name).len());
        let found = index.find(fresh, self.idioms(), &query, &wanted, &uses);
        let found = found.ok().flatten().map(|(found, _)| found).unwrap_or_default();
        let definition = |found: catalog::Found| {
            let bare = found.kind.bare_name(&found.name).to_owned();
            let name = graph.find_name(found.name.as_bytes());
            let name = name.or_else(|| graph.find_name(bare.as_bytes()))?;
            let all = graph.definitions_of(name).into_iter();
            let here = all.filter(|d| graph.path(d.file) == found.path);
            here.min_by_key(|d| d.first.abs_diff(found.line))
        };
        // A name is not meant for what is about some of its words.
        let several = asked.contains(char::is_whitespace);
        found.into_iter().filter(|found| several || found.named).map(definition).collect()
    }

    /// The documents that are about a name: paths and lines.
    pub(super) fn documents_on(&self, name: &str) -> Vec<(Vec<u8>, u32)> {
        let Some((index, fresh)) = self.asked().filter(|(index, _)| index.has_catalog()) else {
            return Vec::new();
        };
        let (query, _) = Query::parse(name);
        // Words of a sentence are in all documents.
        if query.is_empty() || !name.contains('_') {
            return Vec::new();
        }
        let wanted =
            Wanted { classes: vec!["doc".into()], number: 4 * DOCUMENTS, ..Wanted::default() };
        let found = index.find(fresh, self.idioms(), &query, &wanted, &|_| 0);
        let found = found.ok().flatten().map(|(found, _)| found).unwrap_or_default();
        let has_name = |found: &catalog::Found| {
            let file = Open::new(self, &found.path).ok()?;
            let (first, last) = found.extent;
            let text =
                |line: &u32| crate::code::word_in(file.line(*line), name.as_bytes()).is_some();
            (first..=last.min(first.saturating_add(2000))).find(text)
        };
        let told = found.iter().filter_map(|found| Some((found.path.clone(), has_name(found)?)));
        told.take(DOCUMENTS).collect()
    }
}

impl Target {
    /// Where the name stands.
    pub fn part(&self) -> &Part {
        &self.name
    }
}
