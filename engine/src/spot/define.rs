//! What the word at a spot means: its definitions, declarations, or its type's definition, best
//! first.

use kgrep_index::catalog;
use kgrep_index::graph::{DefId, DefInfo, Graph};
use kgrep_index::outline::Kind;

use super::links::file_meant;
use super::open::{Open, Text};
use super::word::{Role, Word};
use super::{Part, Spot, Target};
use crate::code::declared::Declared;
use crate::code::{Code, Ranking, system_call, word_in};
use crate::{Error, Result};

/// More definitions are of no use to anybody who chooses one by hand.
const MANY: usize = 200;

impl Code {
    /// Where the word at `spot` is defined, best first: what its file can mean, where the graph
    /// tells; else all of the name.
    ///
    /// # Errors
    /// When the file or the tree can't be read.
    pub fn definitions_at(&self, spot: &Spot) -> Result<Vec<Target>> {
        let file = Open::new(self, &spot.path)?;
        let Some(word) = file.word(spot.line, spot.column) else { return Ok(Vec::new()) };
        if let Role::File(path, local) = &word.role {
            return Ok(file_meant(&file, path, *local).map(Target::whole).into_iter().collect());
        }
        let built = file.built_from(&word);
        if !built.is_empty() {
            return Ok(built);
        }
        if let Some(local) = file.local(&word).filter(|_| word.role == Role::Plain) {
            return Ok(vec![file.target_of(&local)]);
        }
        if let Some(label) = file.label(&word).filter(|_| word.role == Role::Plain) {
            let name = file.part(label.line, label.start as usize, label.end as usize);
            return Ok(vec![Target { extent: (name.line, name.line), name }]);
        }
        self.ask(|graph| {
            if let Some(member) = file.member(graph, &word)? {
                return Ok(vec![member.file.target_of(&member.declared)]);
            }
            let mut found = definitions_of_word(graph, &file, &word);
            if matches!(word.role, Role::Member(_) | Role::Designator)
                && found.iter().all(|d| d.kind == Kind::Member)
            {
                let near = file.members_near(&word.name);
                let mut near: Vec<Target> =
                    near.iter().map(|(file, member)| file.target_of(member)).collect();
                near.dedup();
                if !near.is_empty() {
                    return Ok(near);
                }
            }
            if found.iter().any(|d| d.kind != Kind::Declaration) {
                found.retain(|d| d.kind != Kind::Declaration);
            }
            targets(self, graph, &found)
        })
    }

    /// Where the word at `spot` is declared; where that is nowhere, its definitions.
    ///
    /// # Errors
    /// As [`Code::definitions_at`].
    pub fn declarations_at(&self, spot: &Spot) -> Result<Vec<Target>> {
        let file = Open::new(self, &spot.path)?;
        let word = file.word(spot.line, spot.column);
        let Some(word) = word.filter(|word| file.local(word).is_none()) else {
            return self.definitions_at(spot);
        };
        let found = self.ask(|graph| {
            let mut found = match graph.find_name(word.name.as_bytes()) {
                Some(name) => graph.definitions_of(name),
                None => Vec::new(),
            };
            found.retain(|d| d.kind == Kind::Declaration);
            found.sort_by_cached_key(|d| Ranking::of(graph, d, self.arch));
            targets(self, graph, &found)
        })?;
        if found.is_empty() { self.definitions_at(spot) } else { Ok(found) }
    }

    /// Where the type of what is at `spot` is defined, where text tells it.
    ///
    /// # Errors
    /// As [`Code::definitions_at`].
    pub fn types_at(&self, spot: &Spot) -> Result<Vec<Target>> {
        let file = Open::new(self, &spot.path)?;
        let Some(word) = file.word(spot.line, spot.column) else { return Ok(Vec::new()) };
        let local = file.local(&word).filter(|_| word.role == Role::Plain);
        self.ask(|graph| {
            let of = match &local {
                Some(local) => local.of.clone(),
                None => match file.member(graph, &word)? {
                    Some(member) => member.declared.of,
                    None => {
                        let kinds = [Kind::Variable, Kind::Function, Kind::Declaration];
                        file.type_of_name(graph, &word.name, &kinds)?
                    }
                },
            };
            let Some(of) = of else { return Ok(Vec::new()) };
            let is_type = |d: &DefInfo| {
                matches!(d.kind, Kind::Struct | Kind::Union | Kind::Enum)
                    || d.kind == Kind::Typedef && !of.tagged
            };
            let found: Vec<DefInfo> = file.best(graph, &of.name, is_type).into_iter().collect();
            targets(self, graph, &found)
        })
    }
}

impl Target {
    /// A file as a whole.
    pub(super) fn whole(path: Vec<u8>) -> Target {
        Target { name: Part { path, line: 1, start: 0, end: 0 }, extent: (1, 1) }
    }
}

impl Open<'_> {
    /// A local or a member as a target.
    pub(super) fn target_of(&self, declared: &Declared) -> Target {
        let token = declared.token;
        let name = self.part(token.line, token.start as usize, token.end as usize);
        Target { extent: (name.line, name.line), name }
    }

    /// The source that a Makefile's object or folder is made of.
    fn built_from(&self, word: &Word) -> Vec<Target> {
        if self.text() != Text::Makefile || word.role == Role::Symbol {
            return Vec::new();
        }
        let line = self.line(word.part.line);
        let is_path = |b: &u8| b.is_ascii_alphanumeric() || b"_-./".contains(b);
        let at = word.part.start as usize;
        let start = line[..at].iter().rposition(|b| !is_path(b)).map_or(0, |before| before + 1);
        let end = line[at..].iter().position(|b| !is_path(b)).map_or(line.len(), |end| at + end);
        let named = String::from_utf8_lossy(&line[start..end]).into_owned();
        let candidates = match (named.strip_suffix(".o"), named.strip_suffix('/')) {
            (Some(stem), _) => ["c", "S", "rs"].map(|end| format!("{stem}.{end}")).to_vec(),
            (_, Some(folder)) => ["Kbuild", "Makefile"].map(|f| format!("{folder}/{f}")).to_vec(),
            _ => Vec::new(),
        };
        let meant = candidates.iter().find_map(|path| file_meant(self, path, true));
        meant.map(Target::whole).into_iter().collect()
    }
}

/// The definitions that a word may mean in its file, best first.
pub(super) fn definitions_of_word(graph: &Graph<'_>, file: &Open<'_>, word: &Word) -> Vec<DefInfo> {
    let arch = file.code.arch;
    let is_member = matches!(word.role, Role::Member(_) | Role::Designator);
    if is_member && !is_macro_near(graph, file, &word.name) {
        return members(graph, file, &word.name);
    }
    let Some(name) = graph.find_name(word.name.as_bytes()) else {
        return Vec::new();
    };
    let mut found = graph.definitions_of(name);
    found.retain(|d| match word.role {
        Role::Symbol => d.kind == Kind::Kconfig,
        Role::Compatible => d.kind == Kind::Compatible,
        Role::Tag => {
            matches!(d.kind, Kind::Struct | Kind::Union | Kind::Enum)
        }
        _ => !matches!(d.kind, Kind::File | Kind::Kconfig),
    });
    let is_tag = |d: &DefInfo| matches!(d.kind, Kind::Struct | Kind::Union | Kind::Enum);
    let is_named = |d: &DefInfo| !is_tag(d) && d.kind != Kind::Declaration;
    // Without its tag a structure is not meant by its name.
    if word.role == Role::Plain && found.iter().any(is_named) {
        found.retain(|d| !is_tag(d));
    }
    if matches!(word.role, Role::Plain | Role::Said | Role::Member(_) | Role::Designator)
        && let Some(number) = graph.file(&file.path)
    {
        let meaning = graph.resolve(name, number, arch);
        let visible: Vec<DefId> =
            meaning.functions.iter().chain(&meaning.macros).map(|d| d.id).collect();
        if !visible.is_empty() {
            let own = |d: &DefInfo| d.kind == Kind::Declaration || visible.contains(&d.id);
            found.retain(own);
        }
    }
    // Of types and variables, too, those that the file can mean, where there are some.
    if let Some(nearest) = found.iter().map(|d| file.distance(graph, d)).min()
        && nearest < 2
    {
        found.retain(|d| file.distance(graph, d) < 2 || d.kind == Kind::Declaration);
    }
    // Under a configuration those that it has.
    let compiles = |d: &DefInfo| file.code.compiles(graph.path(d.file), d.first);
    if file.code.kernel().is_some() && found.iter().any(compiles) {
        found.retain(compiles);
    }
    found.sort_by_cached_key(|d| file.order(graph, d));
    if found.is_empty()
        && let Some(entry) = system_call(graph, &word.name)
        && let Some(name) = graph.find_name(entry.as_bytes())
    {
        found = graph.definitions_of(name);
        found.retain(|d| d.kind == Kind::Syscall);
    }
    found
}

/// Whether a name behind `->` is a macro for members that the file can mean.
fn is_macro_near(graph: &Graph<'_>, file: &Open<'_>, name: &str) -> bool {
    let named = graph.find_name(name.as_bytes()).map(|name| graph.definitions_of(name));
    named.into_iter().flatten().any(|d| {
        matches!(d.kind, Kind::Macro | Kind::Constant)
            && file.distance(graph, &d) < 2
            && !graph.path(d.file).starts_with(b"include/")
    })
}

/// The members of this name of any structure, where the text doesn't tell which.
fn members(graph: &Graph<'_>, file: &Open<'_>, name: &str) -> Vec<DefInfo> {
    let mut names = Vec::new();
    graph.names_starting_with(format!("{name}@").as_bytes(), |name, _| names.push(name));
    let mut found: Vec<DefInfo> =
        names.into_iter().flat_map(|name| graph.definitions_of(name)).collect();
    found.retain(|d| d.kind == Kind::Member);
    found.sort_by_cached_key(|d| Ranking::of(graph, d, file.code.arch));
    found
}

/// Where these definitions' names stand.
pub(super) fn targets(code: &Code, graph: &Graph<'_>, found: &[DefInfo]) -> Result<Vec<Target>> {
    let mut files: Vec<Open<'_>> = Vec::new();
    let mut targets: Vec<Target> = Vec::new();
    for definition in found.iter().take(MANY) {
        let path = graph.path(definition.file);
        if !files.iter().any(|file| file.path == path) {
            match Open::new(code, path) {
                Ok(file) => files.push(file),
                // It is gone since it was indexed.
                Err(Error::Read { .. }) => continue,
                Err(error) => return Err(error),
            }
        }
        let Some(file) = files.iter().find(|file| file.path == path) else { continue };
        let target = target(graph, file, definition);
        // One place may have several names.
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    Ok(targets)
}

/// Where a definition's name stands in its file.
pub(super) fn target(graph: &Graph<'_>, file: &Open<'_>, definition: &DefInfo) -> Target {
    let name = bare(&graph.name(definition.name), definition.kind);
    let (first, last) = (definition.first, definition.last);
    // `typedef struct lamp { … } lamp;` has its name at its end.
    let ends =
        definition.kind == Kind::Typedef && word_in(file.line(last), name.as_bytes()).is_some();
    let begins = if ends { last } else { first };
    Target { name: file.named(name.as_bytes(), begins, last), extent: (first, last) }
}

/// A name as its file has it: of a member without its structure, of a system call or a tracepoint
/// without what the macro adds.
pub(super) fn bare(name: &[u8], kind: Kind) -> String {
    let end = memchr::memchr(b'@', name).unwrap_or(name.len());
    let name = String::from_utf8_lossy(&name[..end]).into_owned();
    catalog::Kind::Symbol(kind).bare_name(&name).to_owned()
}
