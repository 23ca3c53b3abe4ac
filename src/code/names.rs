//! Finds names: those of the graph that a glob matches, and those near a wrong one, in the
//! graph by their letters and in the catalog by their words.

use globset::{GlobBuilder, GlobMatcher};
use kgrep_index::catalog::{Query, Wanted};
use kgrep_index::graph::{Graph, NameRef};
use kgrep_index::outline::Kind;

use super::Code;

/// A name as the user writes it, or a glob.
pub(crate) struct Pattern {
    text: String,
    glob: Option<GlobMatcher>,
}

impl Pattern {
    /// Reads `text`: a glob where it has a `*`, a `?` or a `[`.
    ///
    /// # Errors
    /// When the glob is none.
    pub(crate) fn parse(text: &str) -> Result<Pattern, globset::Error> {
        let glob = text
            .contains(META)
            .then(|| GlobBuilder::new(text).build().map(|glob| glob.compile_matcher()))
            .transpose()?;
        Ok(Pattern { text: text.to_owned(), glob })
    }

    /// Whether it can match several names.
    pub(crate) fn is_glob(&self) -> bool {
        self.glob.is_some()
    }

    /// The names of the graph that it means.
    pub(crate) fn names(&self, graph: &Graph<'_>) -> Vec<NameRef> {
        let Some(glob) = &self.glob else {
            return graph.find_name(self.text.as_bytes()).into_iter().collect();
        };
        let start = &self.text[..self.text.find(META).unwrap_or(0)];
        let mut names = Vec::new();
        graph.names_starting_with(start.as_bytes(), |name, text| {
            // Slots are names of the graph's own.
            if !text.contains(&b'@')
                && std::str::from_utf8(text).is_ok_and(|text| glob.is_match(text))
            {
                names.push(name);
            }
        });
        names
    }
}

const META: [char; 3] = ['*', '?', '['];

/// A name further away than this is another name.
const FAR: usize = 2;

/// How many near names are told.
const TOLD: usize = 5;

/// The defined names nearest to `wanted`: a few wrong letters, or a longer name that
/// begins so; the nearest first.
pub(crate) fn near(graph: &Graph<'_>, wanted: &str) -> Vec<String> {
    let wanted = wanted.as_bytes();
    let mut found: Vec<(usize, Vec<u8>, NameRef)> = Vec::new();
    let begins = &wanted[..wanted.len().min(1)];
    graph.names_starting_with(begins, |name, text| {
        let longer = text.starts_with(wanted) && wanted.len() > 3;
        let distance = match distance(wanted, text) {
            Some(distance) if distance * 3 <= wanted.len() => distance,
            _ if longer => FAR + 1,
            _ => return,
        };
        if text != wanted && !text.contains(&b'@') {
            found.push((distance, text.to_vec(), name));
        }
    });
    found.sort_unstable();
    let is_defined = |name: NameRef| {
        graph.definitions_of(name).iter().any(|definition| definition.kind != Kind::File)
    };
    let defined = found.into_iter().filter(|(_, _, name)| is_defined(*name)).take(TOLD);
    defined.map(|(_, text, _)| String::from_utf8_lossy(&text).into_owned()).collect()
}

/// `near`, filled up with names of the catalog that have all words of `wanted` or their
/// beginnings, in any order. What can't be asked has no names to add.
pub(crate) fn filled_up(code: &Code, mut near: Vec<String>, wanted: &str) -> Vec<String> {
    let Some((index, fresh)) = code.asked().filter(|_| near.len() < TOLD) else { return near };
    let (query, _) = Query::parse(&wanted.replace(|c: char| !c.is_alphanumeric(), " "));
    let wanted = Wanted { classes: vec!["symbol".into()], number: 2 * TOLD, ..Wanted::default() };
    let found = match query.is_empty() {
        true => None,
        false => index.find(fresh, &code.idioms, &query, &wanted, &|_| 0).ok().flatten(),
    };
    let found = found.map(|(found, _)| found).unwrap_or_default();
    for name in found.into_iter().filter(|found| found.named).map(|found| found.name) {
        if !near.contains(&name) && near.len() < TOLD {
            near.push(name);
        }
    }
    near
}

/// How many letters must be changed, added, left out or swapped with the next to make one
/// of the other; none for more than [`FAR`]. (Optimal string alignment.)
fn distance(one: &[u8], other: &[u8]) -> Option<usize> {
    if one.len().abs_diff(other.len()) > FAR {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, byte) in one.iter().enumerate() {
        let mut next = vec![at + 1];
        for (column, other_byte) in other.iter().enumerate() {
            let changed = row[column] + usize::from(byte != other_byte);
            let mut least = changed.min(row[column + 1] + 1).min(next[column] + 1);
            if at > 0 && column > 0 && one[at - 1] == *other_byte && other[column - 1] == *byte {
                least = least.min(before[column - 1] + 1);
            }
            next.push(least);
        }
        if next.iter().all(|distance| *distance > FAR) {
            return None;
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().filter(|distance| *distance <= FAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let far = |one: &str, other: &str| distance(one.as_bytes(), other.as_bytes());
        assert_eq!(far("kfree", "kfree"), Some(0));
        assert_eq!(far("kmem_cache_aloc", "kmem_cache_alloc"), Some(1));
        assert_eq!(far("strat_kernel", "start_kernel"), Some(1));
        assert_eq!(far("kfree", "vfree"), Some(1));
        assert_eq!(far("kfree", "kstrdup"), None);
        assert_eq!(far("", "ab"), Some(2));
    }

    #[test]
    fn a_glob_is_told_by_its_letters() {
        assert!(!Pattern::parse("ext4_inode").unwrap().is_glob());
        assert!(Pattern::parse("ext4_*_inode").unwrap().is_glob());
        assert!(Pattern::parse("ext4_[").is_err());
    }
}
