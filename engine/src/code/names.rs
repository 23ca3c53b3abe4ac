//! Finds names: those of the graph that a glob matches, and those near a wrong one, in the
//! graph by their letters and in the catalog by their words.

use globset::{GlobBuilder, GlobMatcher};
use kgrep_index::catalog::{Query, Wanted};
use kgrep_index::graph::{DefInfo, Graph, NameRef, Program};
use kgrep_index::outline::Kind;

use super::Code;
use crate::{Error, Result};

/// A name as the user writes it, or a glob.
pub struct Pattern {
    text: String,
    glob: Option<GlobMatcher>,
}

impl Pattern {
    /// Reads `text`: a glob where it has a `*`, a `?` or a `[`.
    ///
    /// # Errors
    /// If the glob is not valid.
    pub fn parse(text: &str) -> std::result::Result<Pattern, globset::Error> {
        let glob = text
            .contains(META)
            .then(|| GlobBuilder::new(text).build().map(|glob| glob.compile_matcher()))
            .transpose()?;
        Ok(Pattern { text: text.to_owned(), glob })
    }

    /// Whether it can match several names.
    pub fn is_glob(&self) -> bool {
        self.glob.is_some()
    }

    /// The names of the graph that it means.
    pub fn names(&self, graph: &Graph<'_>) -> Vec<NameRef> {
        let Some(glob) = &self.glob else {
            return named(graph, &self.text).into_iter().collect();
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

/// The name that is asked for, as far as it is clear from what was typed: of `kfree()` or
/// `kfree(p)` what is called.
///
/// # Errors
/// If no name is left.
pub fn bare_name(text: &str) -> Result<&str> {
    let text = text.trim();
    let is_word = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let name = match text.split_once('(') {
        Some((name, rest)) if is_word(name.trim()) && (rest.is_empty() || rest.ends_with(')')) => {
            name.trim()
        }
        _ => text,
    };
    // `kernel::error::to_result`
    let name = name.rsplit("::").next().unwrap_or(name);
    if name.is_empty() { Err(Error::NoName) } else { Ok(name) }
}

/// As [`bare_name`], of a command that takes one name: `struct file` is `file`.
///
/// # Errors
/// If no name is left, or it is a glob.
pub fn one_name(text: &str) -> Result<&str> {
    let (_, name) = tagged(bare_name(text)?);
    if name.contains(META) {
        return Err(Error::OneName(name.to_owned()));
    }
    Ok(name)
}

/// `struct file` taken apart, and what else has its kind before it.
pub fn tagged(text: &str) -> (Option<&str>, &str) {
    match text.split_once(char::is_whitespace) {
        Some((kind @ ("struct" | "union" | "enum"), name)) if !name.trim().is_empty() => {
            (Some(kind), name.trim())
        }
        _ => (None, text),
    }
}

/// The graph's name for `text`, where the tree as it is now has it.
pub fn named(graph: &Graph<'_>, text: &str) -> Option<NameRef> {
    graph.find_name(text.as_bytes()).filter(|name| graph.is_live(*name))
}

/// What the code calls the system call `name`, where it defines nothing else of that name:
/// users know it by the name without `sys_`. What a tool or a sample calls so is another thing.
pub fn system_call(graph: &Graph<'_>, name: &str) -> Option<String> {
    let is_own =
        |d: &DefInfo| d.kind != Kind::File && graph.place(d.file).program == Program::Kernel;
    let defines = |name: NameRef| graph.definitions_of(name).iter().any(is_own);
    if graph.find_name(name.as_bytes()).is_some_and(defines) {
        return None;
    }
    let mut is_member = false;
    graph.names_starting_with(format!("{name}@").as_bytes(), |name, _| {
        is_member |= graph.definitions_of(name).iter().any(|d| d.kind == Kind::Member);
    });
    let entry = format!("sys_{name}");
    let is_call =
        |name: NameRef| graph.definitions_of(name).iter().any(|d| d.kind == Kind::Syscall);
    let found = !is_member && graph.find_name(entry.as_bytes()).is_some_and(is_call);
    found.then_some(entry)
}

/// A name further away than this is another name.
const FAR: usize = 2;

/// How many near names are told.
const TOLD: usize = 5;

/// What a name as it is shown is in the graph: its start there, the kind that it must be of,
/// and its start in what is shown.
struct Spelling {
    hidden: &'static str,
    kind: Option<Kind>,
    shown: &'static str,
}

const SPELLINGS: [Spelling; 3] = [
    Spelling { hidden: "", kind: None, shown: "" },
    Spelling { hidden: "sys_", kind: Some(Kind::Syscall), shown: "" },
    Spelling { hidden: "", kind: Some(Kind::Kconfig), shown: "CONFIG_" },
];

/// The defined names nearest to `wanted`: a few wrong letters, or a longer name that
/// begins so; the nearest first. System calls and Kconfig symbols go by the names that users
/// have for them.
pub fn near(graph: &Graph<'_>, wanted: &str) -> Vec<String> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for Spelling { hidden, kind, shown } in SPELLINGS {
        let Some(rest) = wanted.strip_prefix(shown) else { continue };
        for (distance, text, name) in spelled_nearly(graph, &format!("{hidden}{rest}")) {
            let is_it = |definition: DefInfo| match kind {
                Some(kind) => definition.kind == kind,
                None => definition.kind != Kind::File,
            };
            if found.iter().filter(|(known, _)| *known <= distance).count() < 2 * TOLD
                && graph.definitions_of(name).into_iter().any(is_it)
            {
                // `sys32_open` is spelled nearly as `sys_open`, and is no `2_open`.
                let text = String::from_utf8_lossy(&text);
                let name = match text.strip_prefix(hidden) {
                    Some(rest) => format!("{shown}{rest}"),
                    None => text.into_owned(),
                };
                found.push((distance, name));
            }
        }
    }
    found.sort();
    found.dedup();
    found.into_iter().map(|(_, name)| name).take(TOLD).collect()
}

/// The graph's names that are spelled nearly as `wanted`, with their distances, the nearest
/// first.
fn spelled_nearly(graph: &Graph<'_>, wanted: &str) -> Vec<(usize, Vec<u8>, NameRef)> {
    let wanted = wanted.as_bytes();
    let mut found: Vec<(usize, Vec<u8>, NameRef)> = Vec::new();
    let mut look = |begins: &[u8]| {
        graph.names_starting_with(begins, |name, text| {
            let longer = text.starts_with(wanted) && wanted.len() > 3;
            let distance = match distance(wanted, text) {
                _ if text.eq_ignore_ascii_case(wanted) => 1,
                Some(distance) if distance * 3 <= wanted.len() => distance,
                _ if longer => FAR + 1,
                _ => return,
            };
            if text != wanted && !text.contains(&b'@') {
                found.push((distance, text.to_vec(), name));
            }
        });
    };
    let Some(first) = wanted.first() else { return found };
    look(&[*first]);
    if first.is_ascii_alphabetic() {
        look(&[first ^ 0x20]);
    }
    found.sort_unstable();
    found
}

/// Those of `names` that are spelled nearly as `wanted`, the nearest first.
pub fn nearest<'n>(names: impl Iterator<Item = &'n [u8]>, wanted: &str) -> Vec<String> {
    let near = |name: &'n [u8]| {
        let distance = distance(wanted.as_bytes(), name)?;
        (distance * 3 <= wanted.len() && distance > 0).then_some((distance, name))
    };
    let mut found: Vec<(usize, &[u8])> = names.filter_map(near).collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(TOLD).map(|(_, n)| String::from_utf8_lossy(n).into_owned()).collect()
}

/// `near`, filled up with names of the catalog that have all words of `wanted` or their
/// beginnings, in any order; never `wanted` itself, which is said not to be there. What can't be asked has no names to add.
pub fn filled_up(code: &Code, mut near: Vec<String>, wanted: &str) -> Vec<String> {
    near.retain(|name| name != wanted);
    let Some((index, fresh)) = code.asked().filter(|_| near.len() < TOLD) else { return near };
    let asked = wanted;
    let (query, _) = Query::parse(&wanted.replace(|c: char| !c.is_alphanumeric(), " "));
    let wanted = Wanted { classes: vec!["symbol".into()], number: 2 * TOLD, ..Wanted::default() };
    let found = match query.is_empty() {
        true => None,
        false => index.find(fresh, code.idioms(), &query, &wanted, &|_| 0).ok().flatten(),
    };
    let found = found.map(|(found, _)| found).unwrap_or_default();
    for name in found.into_iter().filter(|found| found.named).map(|found| found.name) {
        let said = |name: &str| name == asked || near.iter().any(|near| near == name);
        // One that has a short word of it alone says nothing.
        let is_near = name.len() * 2 > asked.len();
        if is_near
            && !said(&name)
            && !name.strip_prefix("sys_").is_some_and(said)
            && near.len() < TOLD
        {
            near.push(name);
        }
    }
    near
}

/// How many letters must be changed, added, left out or swapped with the next to make one
/// of the other; none for more than [`FAR`]. (Optimal string alignment.)
fn distance(one: &[u8], other: &[u8]) -> Option<usize> {
    // Of each row of the table only what is so near to its diagonal can be near enough; nothing is
    // allocated, as a question compares with all names that begin so.
    const WIDTH: usize = 2 * FAR + 1;
    if one.len().abs_diff(other.len()) > FAR {
        return None;
    }
    let mut before = [FAR + 1; WIDTH];
    let mut row = [FAR + 1; WIDTH];
    for (place, distance) in row[FAR..].iter_mut().enumerate() {
        *distance = place;
    }
    for (at, byte) in one.iter().enumerate() {
        let mut next = [FAR + 1; WIDTH];
        for place in 0..WIDTH {
            // How many letters of the other are in this column.
            let Some(column) = (at + 1 + place).checked_sub(FAR).filter(|c| *c <= other.len())
            else {
                continue;
            };
            let Some(last) = column.checked_sub(1) else {
                next[place] = at + 1;
                continue;
            };
            let mut least = row[place] + usize::from(*byte != other[last]);
            if let Some(left_out) = row.get(place + 1) {
                least = least.min(left_out + 1);
            }
            if place > 0 {
                least = least.min(next[place - 1] + 1);
            }
            if at > 0 && last > 0 && one[at - 1] == other[last] && other[last - 1] == *byte {
                least = least.min(before[place] + 1);
            }
            next[place] = least;
        }
        if next.iter().all(|distance| *distance > FAR) {
            return None;
        }
        before = std::mem::replace(&mut row, next);
    }
    let end = (other.len() + FAR).checked_sub(one.len())?;
    row.get(end).copied().filter(|distance| *distance <= FAR)
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
    fn a_call_and_a_structure_are_names() {
        for text in ["kfree", "kfree()", "kfree(", "kfree (p)", " kfree "] {
            assert_eq!(bare_name(text).unwrap(), "kfree", "{text}");
        }
        assert!(bare_name("").is_err() && bare_name("()").is_err());
        assert_eq!(bare_name("vendor,chip (rev").unwrap(), "vendor,chip (rev");
        assert_eq!(tagged("struct file"), (Some("struct"), "file"));
        assert_eq!(tagged("static file"), (None, "static file"));
        assert_eq!(one_name("enum pid_type").unwrap(), "pid_type");
        assert!(one_name("kmem_*").is_err());
    }

    #[test]
    fn a_glob_is_told_by_its_letters() {
        assert!(!Pattern::parse("ext4_inode").unwrap().is_glob());
        assert!(Pattern::parse("ext4_*_inode").unwrap().is_glob());
        assert!(Pattern::parse("ext4_[").is_err());
    }
}
