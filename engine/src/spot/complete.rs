//! Names that begin as the word at a spot: what is nearest to it first.

use std::collections::HashSet;

use kgrep_index::graph::{FileId, Graph};
use kgrep_index::outline::{Include, Kind};

use super::links::file_meant;
use super::open::{Open, Text};
use super::word::Role;
use super::{Part, Spot};
use crate::Result;
use crate::code::declared::TypeName;
use crate::code::{Code, Ranking};

/// How near a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// A local, a parameter, or a member of what stands before.
    Here,
    /// Of the same file.
    File,
    /// Of a file that this one includes.
    Included,
    /// Of a file that is read because another include needs it.
    Reached,
    /// Of the rest of the tree.
    Tree,
}

/// A name that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The name as it is written.
    pub name: String,
    /// What it is; none for a local or a member.
    pub kind: Option<Kind>,
    /// How near it is.
    pub tier: Tier,
    /// The file that has it, below the tree's root; empty for a local.
    pub path: Vec<u8>,
}

/// Shorter beginnings are those of too many names of the whole tree.
const SHORTEST: usize = 3;
/// The most names of the tree that are looked through.
const MOST: usize = 4000;

impl Code {
    /// At most `number` names that begin as the word before `spot`, with the part that they
    /// replace; whether there are more.
    ///
    /// # Errors
    /// When the file or the tree can't be read.
    pub fn completions_at(
        &self,
        spot: &Spot,
        number: usize,
    ) -> Result<Option<(Part, Vec<Completion>, bool)>> {
        let file = Open::new(self, &spot.path)?;
        let text = file.line(spot.line);
        let column = (spot.column as usize).min(text.len());
        let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        let start = text[..column].iter().rposition(|b| !is_word(b)).map_or(0, |at| at + 1);
        let begins = file.start_of(spot.line);
        let part = file.part(spot.line, begins + start, begins + column);
        let start_text = String::from_utf8_lossy(&text[start..column]).into_owned();
        let word = file.word(spot.line, part.start);
        if word.as_ref().is_some_and(|word| matches!(word.role, Role::Said | Role::File(..)))
            && file.text() == Text::Code
        {
            return Ok(None);
        }
        let before = text[..start].trim_ascii_end();
        let operator = before.ends_with(b"->") || before.ends_with(b".");
        let symbol = start_text.strip_prefix("CONFIG_").map(str::to_owned);
        let symbol = symbol.or_else(|| (file.text() == Text::Kconfig).then(|| start_text.clone()));
        let (mut found, more) = self.ask(|graph| {
            let mut all = Names { found: Vec::new(), seen: HashSet::new(), more: false };
            if let Some(symbol) = &symbol {
                let prefix = start_text.len() - symbol.len();
                symbols(graph, symbol, &start_text[..prefix], &mut all);
            } else if operator {
                if let Some(of) = file.type_at(graph, begins + before.len())? {
                    members(graph, &file, &of, &start_text, &mut all)?;
                }
            } else {
                near(self, graph, &file, spot, &start_text, &mut all);
            }
            Ok::<_, crate::Error>((all.found, all.more))
        })?;
        found.sort_by(|one, other| {
            let key = |c: &Completion| (c.tier, c.name.len(), c.name.clone());
            key(one).cmp(&key(other))
        });
        let more = more || found.len() > number || start_text.len() < SHORTEST;
        found.truncate(number);
        Ok(Some((part, found, more)))
    }
}

struct Names {
    found: Vec<Completion>,
    seen: HashSet<String>,
    more: bool,
}

impl Names {
    fn add(&mut self, name: &str, kind: Option<Kind>, tier: Tier, path: &[u8]) {
        if self.seen.insert(name.to_owned()) {
            let (name, path) = (name.to_owned(), path.to_vec());
            self.found.push(Completion { name, kind, tier, path });
        }
    }
}

/// Kconfig symbols that begin so, with what stands before them in code.
fn symbols(graph: &Graph<'_>, start: &str, prefix: &str, all: &mut Names) {
    graph.names_starting_with(start.as_bytes(), |name, text| {
        if all.found.len() >= MOST {
            all.more = true;
            return;
        }
        let definitions = graph.definitions_of(name);
        if let Some(symbol) = definitions.iter().find(|d| d.kind == Kind::Kconfig) {
            let name = format!("{prefix}{}", String::from_utf8_lossy(text));
            all.add(&name, Some(Kind::Kconfig), Tier::Tree, graph.path(symbol.file));
        }
    });
}

fn members(
    graph: &Graph<'_>,
    file: &Open<'_>,
    of: &TypeName,
    start: &str,
    all: &mut Names,
) -> Result<()> {
    if let Some((other, members)) = file.members(graph, of)? {
        for member in members.iter().filter(|member| member.name.starts_with(start)) {
            all.add(&member.name, Some(Kind::Member), Tier::Here, &other.path);
        }
    }
    Ok(())
}

/// Locals, the file's own names, those of what it includes, and the tree's.
fn near(
    code: &Code,
    graph: &Graph<'_>,
    file: &Open<'_>,
    spot: &Spot,
    start: &str,
    all: &mut Names,
) {
    let at = file.offset(spot.line, spot.column);
    for local in file.locals(spot.line, at) {
        if local.name.starts_with(start) {
            all.add(&local.name, None, Tier::Here, b"");
        }
    }
    let outline = file.outline();
    for definition in outline.definitions.iter().filter(|d| is_offered(d.kind)) {
        let name = String::from_utf8_lossy(outline.name(definition.name)).into_owned();
        if name.starts_with(start) && !name.contains('@') {
            all.add(&name, Some(definition.kind), Tier::File, &file.path);
        }
    }
    if start.len() >= SHORTEST {
        of_others(code, graph, file, start, all);
    }
}

/// The names of what the file includes, and the tree's.
fn of_others(code: &Code, graph: &Graph<'_>, file: &Open<'_>, start: &str, all: &mut Names) {
    let outline = file.outline();
    let meant = |include: &Include| {
        let path = String::from_utf8_lossy(outline.name(include.path)).into_owned();
        graph.file(&file_meant(file, &path, include.local)?)
    };
    let included: HashSet<FileId> = outline.includes.iter().filter_map(meant).collect();
    let reached = graph.reached(included.iter().copied());
    let mut names = Vec::new();
    graph.names_starting_with(start.as_bytes(), |name, text| {
        if names.len() >= MOST {
            all.more = true;
        } else if !text.contains(&b'@') {
            names.push((name, text.to_vec()));
        }
    });
    let own = graph.file(&file.path);
    for (name, text) in names {
        let mut definitions = graph.definitions_of(name);
        definitions.retain(|d| is_offered(d.kind) && code.arch.has(graph.place(d.file)));
        let text = String::from_utf8_lossy(&text).into_owned();
        let of = |files: &HashSet<FileId>| definitions.iter().find(|d| files.contains(&d.file));
        let direct = of(&included).map(|near| (near, Tier::Included));
        let in_scope = direct.or_else(|| Some((of(&reached)?, Tier::Reached)));
        if let Some((near, tier)) = in_scope {
            all.add(&text, Some(near.kind), tier, graph.path(near.file));
            continue;
        }
        // What another file keeps for itself can't be meant.
        let best = definitions.into_iter().min_by_key(|d| Ranking::of(graph, d, code.arch));
        let Some(best) = best else { continue };
        let reaches = own.is_none_or(|own| {
            let meaning = graph.resolve(name, own, code.arch);
            !meaning.is_empty() || !meaning.is_elsewhere
        });
        if reaches {
            all.add(&text, Some(best.kind), Tier::Tree, graph.path(best.file));
        }
    }
}

fn is_offered(kind: Kind) -> bool {
    !matches!(kind, Kind::File | Kind::Kconfig | Kind::Compatible | Kind::Member)
}
