//! Every use of a name, with what kind of use it is and the function it is in.
//!
//! The search finds the files that hold the name, by the index where there is one; what
//! each use is, their outlines tell, read now.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::ffi::OsString;

use kgrep_index::graph::{LinkKind, Place, Program};
use kgrep_index::outline::{
    Access, AccessKind, Definition, FileOutline, Kind, Mentioned, NO_NAME, Owner, Use, UseKind,
    mentions,
};

use super::candidates::candidates;
use super::names::unknown;
use crate::answer::{Answer, Arrow, Cell, Column, How, Label, Node, Role, Row, Sureness};
use crate::code::{Code, in_parallel, is_export, one_name};
use crate::request::{ReferenceKind, References};
use crate::search::SearchRequest;
use crate::{Note, Result};

/// A use, found in one file.
struct Found {
    line: u32,
    kind: Option<UseKind>,
    via: Option<Vec<u8>>,
    /// The definition it is in; empty outside of all.
    within: String,
    /// How it gets at a variable of that name, and whether the text is sure of that.
    access: Option<(AccessKind, bool)>,
}

/// What one file has to do with the name.
#[derive(Default)]
struct InFile {
    path: Vec<u8>,
    uses: Vec<Found>,
    defines: Vec<Kind>,
}

impl InFile {
    /// Whether the file is the kernel's, and its outline knows the name: as a definition, or by
    /// how it is used.
    fn knows(&self) -> bool {
        Place::of(&self.path).program == Program::Kernel
            && (!self.defines.is_empty() || self.uses.iter().any(|used| used.kind.is_some()))
    }
}

/// The uses of the name that `references` has.
///
/// # Errors
/// When the name is none, or the tree can't be read.
pub(super) fn answer(code: &Code, references: &References) -> Result<Answer> {
    let mut name = one_name(&references.name)?.to_owned();
    let mut answer = Answer::default();
    let mut files = files(&name, code, &mut answer)?;
    if !files.iter().any(InFile::knows) {
        // Users know a system call by its name without `sys_`.
        let entry = format!("sys_{name}");
        // The head of its definition has the name, and is no use of it.
        if files.iter().flat_map(|file| &file.uses).any(|used| used.within == entry) {
            let asked = std::mem::replace(&mut name, entry.clone());
            answer.notes.push(Note::SystemCall { asked, entry });
            files = self::files(&name, code, &mut answer)?;
        }
    }
    let kinds: Vec<Kind> = files.iter().flat_map(|file| file.defines.iter().copied()).collect();
    let is_macro = kinds.iter().any(|kind| matches!(kind, Kind::Macro | Kind::Constant))
        && !kinds.iter().any(|kind| kind.is_callable());
    let is_variable =
        kinds.contains(&Kind::Variable) && !kinds.iter().any(|kind| kind.is_callable());
    let is_used = files.iter().any(|file| !file.uses.is_empty());
    files.retain(|file| code.arch.has(Place::of(&file.path)));
    for file in files {
        for found in file.uses {
            let kind = found.kind(is_macro);
            let found = Found { access: found.access.filter(|_| is_variable), ..found };
            if references.kinds.is_empty() || references.kinds.contains(&kind) {
                add(&mut answer, &file.path, found, kind, &name);
            }
        }
    }
    if !answer.rows.is_empty() {
        answer.columns = Column::all(&[("Function", Role::Function), ("How", Role::How)]);
    } else if is_used {
        answer.notes.push(Note::NoSuchUse(name));
    } else if kinds.is_empty() {
        answer.notes.push(code.ask(|graph| unknown(code, graph, &name))?);
    } else {
        answer.notes.push(Note::Unused(name));
    }
    Ok(answer)
}

/// Adds a use to the answer.
fn add(answer: &mut Answer, path: &[u8], found: Found, kind: ReferenceKind, name: &str) {
    let (mut within, mut how) = (found.within, How::Use);
    let mut sure = Sureness::Certain;
    // Of a variable it says more how it is got at than that it is named.
    let is_plain = found.via.is_none() && kind != ReferenceKind::Link(LinkKind::Init);
    if let Some((kind, is_sure)) = found.access.filter(|_| is_plain) {
        how = How::Access(kind);
        sure = if is_sure { Sureness::Certain } else { Sureness::Unsure };
    } else if let ReferenceKind::Link(kind) = kind {
        how = How::by(kind, found.via.as_deref());
    }
    if is_export(within.as_bytes()) {
        (within, how) = (String::new(), How::Exported);
    }
    let node = |name: &str, path: &[u8]| Node {
        label: Label::Name(name.to_owned()),
        path: path.to_vec(),
        line: 0,
        is_macro: false,
    };
    answer.arrows.push(Arrow {
        from: node(&within, path),
        to: node(name, b""),
        how: how.clone(),
        sure,
        line: found.line,
    });
    answer.rows.push(Row {
        path: path.to_vec(),
        line: found.line,
        name: name.as_bytes().to_vec(),
        cells: vec![Cell::Name(within), Cell::How(how)],
        sure,
        ..Row::default()
    });
}

impl Found {
    /// The kind of use that it is.
    fn kind(&self, is_macro: bool) -> ReferenceKind {
        ReferenceKind::Link(match self.kind {
            Some(UseKind::Call | UseKind::Ref | UseKind::Deref) if is_macro => LinkKind::Macro,
            Some(UseKind::Call) => LinkKind::Call,
            Some(UseKind::Ref) => LinkKind::Ref,
            Some(UseKind::Init) => LinkKind::Init,
            Some(UseKind::Indirect) => LinkKind::Indirect,
            Some(UseKind::Deref | UseKind::Pass) | None => return ReferenceKind::Use,
        })
    }
}

/// What each file of the tree has to do with the name.
fn files(name: &str, code: &Code, answer: &mut Answer) -> Result<Vec<InFile>> {
    let request = SearchRequest {
        pattern: Some(OsString::from(name)),
        fixed_strings: true,
        word_regexp: true,
        ..SearchRequest::default()
    };
    let paths = candidates(code, request, answer)?;
    let mut files = Vec::with_capacity(paths.len());
    for file in in_parallel(&paths, |path| in_file(name, path, code)) {
        file.map_or_else(|note| answer.notes.push(note), |file| files.push(file));
    }
    Ok(files)
}

fn in_file(name: &str, path: &[u8], code: &Code) -> Result<InFile, Note> {
    let bytes = code.bytes(path).map_err(|error| code.unreadable(path, &error))?;
    let name = name.as_bytes();
    let Mentioned { outline, lines, accesses } = mentions(path, &bytes, code.idioms(), name);
    let mut lines: BTreeSet<u32> = lines.into_iter().collect();
    let uses = by_line(&outline, name);
    let of_name = |d: &&Definition| outline.name(d.name) == name && d.kind != Kind::File;
    for definition in outline.definitions.iter().filter(of_name) {
        // The first time the name stands in its definition is no use of it.
        let extent = definition.first..=definition.last.max(definition.first);
        if let Some(line) = lines.range(extent).next().copied().filter(|l| !uses.contains_key(l)) {
            lines.remove(&line);
        }
    }
    let mut around = Around::new(&outline, name);
    let uses = lines.into_iter().map(|line| Found {
        access: strongest(&accesses, line),
        ..found(&outline, uses.get(&line), &mut around, line)
    });
    let uses = uses.collect();
    let defines = outline.definitions.iter().filter(of_name).map(|d| d.kind).collect();
    Ok(InFile { path: path.to_vec(), uses, defines })
}

/// Of the ways in which a line gets at a variable the one that matters most: a write before a read.
fn strongest(accesses: &[Access], line: u32) -> Option<(AccessKind, bool)> {
    let here = accesses.iter().filter(|a| a.line == line && a.owner == Owner::Global);
    let rank = |kind| match kind {
        AccessKind::ReadWrite => 3,
        AccessKind::Write | AccessKind::Initialised => 2,
        AccessKind::Address => 1,
        AccessKind::Read | AccessKind::Declared => 0,
    };
    here.filter_map(|access| Some((access.kind?, access.sure))).max_by_key(|(kind, _)| rank(*kind))
}

/// The outline's uses of a name, calls through fields of that name among them.
fn used<'o>(outline: &'o FileOutline, name: &'o [u8]) -> impl Iterator<Item = &'o Use> {
    outline.uses.iter().filter(move |used| {
        let text = outline.name(used.name);
        // `field@struct`, or `array@*`, which may have its file's number: `array#1f@*`.
        let is_slot = |rest: &[u8]| rest.starts_with(b"@") || rest.starts_with(b"#");
        text == name || text.strip_prefix(name).is_some_and(is_slot)
    })
}

/// The use on each line: of two ways to say it, the one that names who receives it.
fn by_line<'o>(outline: &'o FileOutline, name: &'o [u8]) -> HashMap<u32, &'o Use> {
    let mut found: HashMap<u32, &Use> = HashMap::new();
    for used in used(outline, name) {
        let known = found.entry(used.line).or_insert(used);
        if known.via == NO_NAME && used.via != NO_NAME {
            *known = used;
        }
    }
    found
}

/// Length, place and last line of a definition.
type Begun = Reverse<(u32, usize, u32)>;

/// Finds the definition around a line, for lines in order: the smallest that holds it.
pub(super) struct Around<'o> {
    /// First lines and places of those that begin further down, the next one last.
    below: Vec<(u32, usize)>,
    /// Those that began, the smallest first; they may have ended.
    begun: BinaryHeap<Begun>,
    definitions: &'o [Definition],
}

impl<'o> Around<'o> {
    /// Around lines of this file, leaving out definitions of `name` itself.
    pub(super) fn new(outline: &'o FileOutline, name: &[u8]) -> Self {
        let may_hold = |(_, d): &(usize, &Definition)| {
            !matches!(d.kind, Kind::File | Kind::Member | Kind::Enumerator)
                && outline.name(d.name) != name
        };
        let holding = outline.definitions.iter().enumerate().filter(may_hold);
        let mut below: Vec<(u32, usize)> = holding.map(|(at, d)| (d.first, at)).collect();
        below.sort_unstable_by_key(|next| Reverse(*next));
        Around { below, begun: BinaryHeap::new(), definitions: &outline.definitions }
    }

    pub(super) fn line(&mut self, line: u32) -> Option<&'o Definition> {
        while let Some((_, at)) = self.below.pop_if(|(first, _)| *first <= line) {
            let Some(next) = self.definitions.get(at) else { continue };
            self.begun.push(Reverse((next.last.saturating_sub(next.first), at, next.last)));
        }
        while self.begun.peek().is_some_and(|Reverse((_, _, last))| *last < line) {
            self.begun.pop();
        }
        self.begun.peek().and_then(|Reverse((_, at, _))| self.definitions.get(*at))
    }
}

/// What the use on `line` is, and what it is in.
fn found(outline: &FileOutline, used: Option<&&Use>, around: &mut Around<'_>, line: u32) -> Found {
    let owner = used.and_then(|used| outline.definitions.get(used.within as usize));
    let owner = owner.filter(|d| d.kind != Kind::File).or_else(|| around.line(line));
    let within = owner.map(|d| String::from_utf8_lossy(outline.name(d.name)).into_owned());
    let via = used.and_then(|used| match used.kind {
        UseKind::Indirect => Some(used.name),
        _ => (used.via != NO_NAME).then_some(used.via),
    });
    Found {
        line,
        kind: used.map(|used| used.kind),
        via: via.map(|via| outline.name(via).to_vec()),
        within: within.unwrap_or_default(),
        access: None,
    }
}
