//! The names that begin so. A key was pressed and somebody waits: nothing is read but the index,
//! as it is, and what goes wrong is no answer.

use std::collections::BTreeSet;
use std::path::Path;

use kgrep_index::catalog::{Query, Wanted};
use kgrep_index::graph::{DefInfo, Graph};
use kgrep_index::idiom::Idioms;
use kgrep_index::outline::Kind;
use kgrep_index::store::Cache;
use kgrep_index::{Index, Scope, Tree};

use crate::answer::{Answer, Cell, Column, Role, Row};
use crate::code::Code;
use crate::request::Complete;

/// Shorter beginnings are those of too many names to be of help.
const SHORTEST: usize = 2;
/// More names than this are shown as their beginnings, each to its next `_`.
const MANY: usize = 400;

/// The names in `tree`, whose index is in the folder `cache`; none where that can't tell.
pub fn complete(cache: &Path, tree: &Tree, complete: &Complete) -> Option<BTreeSet<Vec<u8>>> {
    let Complete { start, traced } = complete;
    let (start, traced) = (start.as_str(), *traced);
    if start.len() < SHORTEST {
        return None;
    }
    let index = Index::open(&Cache::new(cache), tree).ok()??;
    if !index.has_code() {
        return None;
    }
    let named = |graph: &Graph<'_>| {
        let mut found = match start.split_once('.') {
            Some((structure, field)) if traced => members(graph, structure, field),
            _ => begin_with(graph, start.as_bytes(), is_defined),
        };
        let symbol = start.strip_prefix("CONFIG_").filter(|symbol| !symbol.is_empty());
        if let Some(symbol) = symbol.filter(|_| traced) {
            let symbols = begin_with(graph, symbol.as_bytes(), is_symbol);
            found.extend(symbols.into_iter().map(|name| [b"CONFIG_", &name[..]].concat()));
        }
        found
    };
    let mut found = index.ask(named).ok()?;
    if traced {
        found.extend(parameters(&index, start).unwrap_or_default());
    }
    Some(found)
}

impl Code {
    /// The names as rows without a place.
    pub(super) fn names(&self, asked: &Complete) -> Answer {
        let names = complete(self.workspace().cache(), self.tree(), asked).unwrap_or_default();
        let row = |name: Vec<u8>| Row {
            cells: vec![Cell::Name(String::from_utf8_lossy(&name).into_owned())],
            ..Row::default()
        };
        let columns = Column::all(&[("Name", Role::Name)]);
        Answer { columns, rows: names.into_iter().map(row).collect(), ..Answer::default() }
    }
}

/// Whether it is something that the code defines.
fn is_defined(definition: &DefInfo) -> bool {
    definition.kind != Kind::File
}

/// Whether it is a Kconfig symbol.
fn is_symbol(definition: &DefInfo) -> bool {
    definition.kind == Kind::Kconfig
}

/// The fields of a structure, as `STRUCT.FIELD`.
fn members(graph: &Graph<'_>, structure: &str, field: &str) -> BTreeSet<Vec<u8>> {
    let mut found = BTreeSet::new();
    let tag = format!("@{structure}");
    graph.names_starting_with(field.as_bytes(), |_, text| {
        if let Some(field) = text.strip_suffix(tag.as_bytes())
            && field.iter().all(is_harmless)
        {
            found.insert([structure.as_bytes(), b".", field].concat());
        }
    });
    found
}

/// The documented boot parameters that begin with `start`.
fn parameters(index: &Index, start: &str) -> Option<Vec<Vec<u8>>> {
    let (query, _) = Query::parse(&format!("name:{start}*"));
    // Of no folder: what changed since is not looked for.
    let fresh = index.refresh(&Scope::below(<[Vec<u8>; 0]>::default())).ok()?;
    let wanted = Wanted { classes: vec!["param".into()], number: MANY, ..Wanted::default() };
    let (found, _) = index.find(&fresh, &Idioms::built_in(), &query, &wanted, &|_| 0).ok()??;
    let names = found.into_iter().map(|found| found.name.into_bytes());
    let is_one = |name: &Vec<u8>| {
        name.starts_with(start.as_bytes()) && name.iter().all(|b| *b == b'=' || is_harmless(b))
    };
    Some(names.filter(is_one).collect())
}

/// The names that begin with `start` and have a definition that `is_wanted`.
fn begin_with(
    graph: &Graph<'_>,
    start: &[u8],
    is_wanted: fn(&DefInfo) -> bool,
) -> BTreeSet<Vec<u8>> {
    let mut all = Vec::new();
    graph.names_starting_with(start, |name, text| {
        if text.iter().all(is_harmless) {
            all.push((name, text.to_vec()));
        }
    });
    let has_one = |name| graph.definitions_of(name).iter().any(is_wanted);
    let wanted = all.iter().filter(|(name, _)| has_one(*name)).map(|(_, text)| text);
    let names: BTreeSet<Vec<u8>> = wanted.take(MANY + 1).cloned().collect();
    if names.len() <= MANY {
        return names;
    }
    // A shell completes what all have in common, so no beginning may be left out.
    let mut beginnings = BTreeSet::new();
    for (name, text) in &all {
        let beginning = beginning(text, start.len());
        if !beginnings.contains(&beginning) && has_one(*name) {
            beginnings.insert(beginning);
        }
    }
    beginnings
}

/// Whether a shell takes the byte as it stands: bash types a completion into the command line
/// without quotes, and what a source tree calls `x;rm` (a devicetree's compatible may be any text)
/// would be a command. The graph's own names, which have an `@`, are left out as well.
fn is_harmless(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.,+-/".contains(byte)
}

/// A name as far as the first `_` behind what was given.
fn beginning(name: &[u8], given: usize) -> Vec<u8> {
    let next = name[given..].iter().position(|byte| *byte == b'_');
    name[..next.map_or(name.len(), |at| given + at + 1)].to_vec()
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn a_beginning_ends_behind_an_underscore() {
        assert_eq!(beginning(b"kmem_cache_alloc", 2), b"kmem_");
        assert_eq!(beginning(b"kmem_cache_alloc", 5), b"kmem_cache_");
        assert_eq!(beginning(b"kfree", 2), b"kfree");
        assert_eq!(beginning(b"kfree", 5), b"kfree");
    }
}
