//! Every use of a name, with what kind of use it is and the function it is in.
//!
//! The search finds the files that hold the name, by the index where there is one; what
//! each use is, their outlines tell, read now.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::sync::Arc;

use kgrep_index::graph::{LinkKind, Place, Program};
use kgrep_index::outline::{
    self, Access, AccessKind, Definition, FileOutline, Kind, Mentioned, NO_NAME, Owner, Use,
    UseKind,
};
use serde_bytes::ByteBuf;

use super::around::Around;
use super::candidates;
use super::known::{Asked, Known, KnownUse};
use super::names::unknown;
use crate::answer::{Answer, Arrow, Cell, Column, How, Label, Node, Role, Row, Sureness};
use crate::code::{Code, SameMeaning, Scratch, in_parallel, is_export, named, one_name, word_in};
use crate::request::{ReferenceKind, References};
use crate::search::SearchRequest;
use crate::{Error, Note, Result};

/// A use, found in one file.
pub(super) struct InLine {
    line: u32,
    /// Where on its line the name is, in bytes from the file's start, if that was found out.
    at: Option<usize>,
    kind: Option<UseKind>,
    via: Option<Vec<u8>>,
    /// The definition it is in; empty outside of all.
    within: Arc<str>,
    /// How it gets at a variable of that name, and whether the text is sure of that.
    access: Option<(AccessKind, bool)>,
}

/// What one file has to do with the name.
#[derive(Default)]
pub(super) struct InFile {
    pub(super) path: Vec<u8>,
    pub(super) uses: Vec<InLine>,
    pub(super) defines: Vec<Kind>,
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
/// If the text is not one name, or the tree can't be read.
pub(super) fn answer(code: &Code, references: &References) -> Result<Answer> {
    let mut answer = Answer::default();
    let paths = paths(one_name(&references.name)?, code, &mut answer)?;
    let known = Known::of(code, &references.name, paths.len());
    whole(code, references, paths, &known, answer)
}

/// The columns of the answer.
pub(super) fn columns() -> Vec<Column> {
    Column::all(&[("Function", Role::Function), ("How", Role::How)])
}

/// What a name is, as far as that says how it is used.
#[derive(Clone, Copy, Default)]
pub(super) struct Meaning {
    is_macro: bool,
    pub(super) is_variable: bool,
}

impl Meaning {
    /// Of a name with definitions of these kinds.
    pub(super) fn of(kinds: &[Kind]) -> Meaning {
        let is_callable = kinds.iter().any(|kind| kind.is_callable());
        let is_macro = kinds.iter().any(|kind| matches!(kind, Kind::Macro | Kind::Constant));
        Meaning {
            is_macro: is_macro && !is_callable,
            is_variable: kinds.contains(&Kind::Variable) && !is_callable,
        }
    }
}

/// The answer of these files, all at once.
pub(super) fn whole(
    code: &Code,
    references: &References,
    paths: Vec<Vec<u8>>,
    known: &Known,
    mut answer: Answer,
) -> Result<Answer> {
    let mut name = one_name(&references.name)?.to_owned();
    let mut files = files(&name, &paths, code, known, &mut answer);
    if !files.iter().any(InFile::knows) {
        // Users know a system call by its name without `sys_`.
        let entry = format!("sys_{name}");
        // The head of its definition has the name, and is no use of it.
        if files.iter().flat_map(|file| &file.uses).any(|used| *used.within == *entry) {
            let asked = std::mem::replace(&mut name, entry.clone());
            answer.notes.push(Note::SystemCall { asked, entry });
            let paths = self::paths(&name, code, &mut answer)?;
            let known = Known::of(code, &name, paths.len());
            files = self::files(&name, &paths, code, &known, &mut answer);
        }
    }
    let kinds: Vec<Kind> = files.iter().flat_map(|file| file.defines.iter().copied()).collect();
    let meaning = Meaning::of(&kinds);
    let is_used = files.iter().any(|file| !file.uses.is_empty());
    let (files, foreign): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| code.arch.has(Place::of(&file.path)));
    // Of a file that is named, others mean something else.
    let is_elsewhere = references.seen_from.is_empty()
        && foreign
            .into_iter()
            .any(|file| rows_of(file, &name, references, meaning).next().is_some());
    for file in files {
        let rows = rows_of(file, &name, references, meaning);
        answer.rows.extend(rows);
    }
    if !references.seen_from.is_empty() {
        leave_meant(code, &name, &references.seen_from, &mut answer)?;
    }
    answer.arrows = answer.rows.iter().filter_map(arrow).collect();
    let is_found = !answer.rows.is_empty();
    conclude(&mut answer, code, &name, is_found, (is_used, &kinds))?;
    answer.notes.extend((is_found && is_elsewhere).then_some(Note::InOtherArchitectures));
    Ok(answer)
}

/// Leaves the uses by which a file may mean what the files `from` do: a `static` of this name in
/// another file is another thing.
fn leave_meant(code: &Code, name: &str, from: &[ByteBuf], answer: &mut Answer) -> Result<()> {
    let rows = &answer.rows;
    let found = code.ask(|graph| {
        let same = SameMeaning::of(graph, code.arch.whole(), from, name);
        let kept = |mut same: SameMeaning<'_, '_>| {
            let kept: Vec<bool> = rows.iter().map(|row| same.is_in(&row.path)).collect();
            (kept, same.others())
        };
        Ok::<_, Error>(same.map(kept))
    })?;
    if let Some((kept, others)) = found {
        let mut kept = kept.into_iter();
        answer.rows.retain(|_| kept.next() == Some(true));
        answer.notes.extend(Note::others(name, others));
    }
    Ok(())
}

/// Says what belongs to rows that were found; or why there are none, where the name may be used otherwise and
/// has definitions of these kinds.
pub(super) fn conclude(
    answer: &mut Answer,
    code: &Code,
    name: &str,
    is_found: bool,
    (is_used, kinds): (bool, &[Kind]),
) -> Result<()> {
    if !is_found {
        answer.notes.push(nothing(code, name, is_used, kinds)?);
        return Ok(());
    }
    answer.columns = columns();
    if name.starts_with("CONFIG_") {
        answer.notes.push(Note::SymbolInCode { name: name.to_owned(), used: true });
    }
    Ok(())
}

/// What there is to say where no use was asked for.
fn nothing(code: &Code, name: &str, is_used: bool, kinds: &[Kind]) -> Result<Note> {
    if is_used {
        Ok(Note::NoSuchUse(name.to_owned()))
    } else if kinds.is_empty() {
        let symbol = name.strip_prefix("CONFIG_");
        code.ask(|graph| {
            let of_symbol = symbol.and_then(|symbol| named(graph, symbol));
            let mut definitions = of_symbol.into_iter().flat_map(|id| graph.definitions_of(id));
            match definitions.any(|definition| definition.kind == Kind::Kconfig) {
                true => Ok(Note::SymbolInCode { name: name.to_owned(), used: false }),
                false => unknown(code, graph, name),
            }
        })
    } else {
        Ok(Note::Unused(name.to_owned()))
    }
}

/// A use that is asked for.
pub(super) struct Wanted {
    used: InLine,
    kind: ReferenceKind,
}

/// The uses of a file that `references` asks for.
pub(super) fn wanted_of(
    uses: Vec<InLine>,
    references: &References,
    meaning: Meaning,
) -> impl Iterator<Item = Wanted> {
    uses.into_iter().filter_map(move |used| {
        let kind = used.kind(meaning.is_macro);
        let used = InLine { access: used.access.filter(|_| meaning.is_variable), ..used };
        let is_wanted = references.kinds.is_empty() || references.kinds.contains(&kind);
        is_wanted.then_some(Wanted { used, kind })
    })
}

/// The rows of a file's uses that `references` asks for.
fn rows_of(
    file: InFile,
    name: &str,
    references: &References,
    meaning: Meaning,
) -> impl Iterator<Item = Row> {
    let InFile { path, uses, .. } = file;
    wanted_of(uses, references, meaning).map(move |wanted| wanted.row(&path, name))
}

impl Wanted {
    /// Its line, and where on that the name is, if that was found out.
    pub(super) fn place(&self) -> (u32, Option<usize>) {
        (self.used.line, self.used.at)
    }

    /// Whether the row of another use in the same file says the same, but for its line.
    pub(super) fn is_like(&self, other: &Wanted) -> bool {
        let (one, two) = (&self.used, &other.used);
        self.kind == other.kind
            && one.within == two.within
            && one.via == two.via
            && one.access == two.access
    }

    /// Its row, in the file at `path`.
    pub(super) fn row(&self, path: &[u8], name: &str) -> Row {
        let (mut within, mut how) = (self.used.within.to_string(), How::Use);
        let mut sure = Sureness::Certain;
        // Of a variable it says more how it is got at than that it is named.
        let is_plain = self.used.via.is_none() && self.kind != ReferenceKind::Link(LinkKind::Init);
        if let Some((kind, is_sure)) = self.used.access.filter(|_| is_plain) {
            how = How::Access(kind);
            sure = if is_sure { Sureness::Certain } else { Sureness::Unsure };
        } else if let ReferenceKind::Link(kind) = self.kind {
            how = How::by(kind, self.used.via.as_deref());
        }
        if is_export(within.as_bytes()) {
            (within, how) = (String::new(), How::Exported);
        }
        Row {
            path: path.to_vec(),
            line: self.used.line,
            name: name.as_bytes().to_vec(),
            cells: vec![Cell::Name(within), Cell::How(how)],
            sure,
            ..Row::default()
        }
    }
}

/// What a row says of who uses whom.
fn arrow(row: &Row) -> Option<Arrow> {
    let [Cell::Name(within), Cell::How(how)] = &row.cells[..] else { return None };
    let node = |name: String, path: &[u8]| Node {
        label: Label::Name(name),
        path: path.to_vec(),
        line: 0,
        is_macro: false,
    };
    Some(Arrow {
        from: node(within.clone(), &row.path),
        to: node(String::from_utf8_lossy(&row.name).into_owned(), b""),
        how: how.clone(),
        sure: row.sure,
        line: row.line,
    })
}

impl InLine {
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

/// The files that may have the name.
pub(super) fn paths(name: &str, code: &Code, answer: &mut Answer) -> Result<Vec<Vec<u8>>> {
    let request = SearchRequest {
        pattern: Some(OsString::from(name)),
        fixed_strings: true,
        word_regexp: true,
        ..SearchRequest::default()
    };
    candidates::unread(code, request, answer)
}

/// What each of these files has to do with the name.
fn files(
    name: &str,
    paths: &[Vec<u8>],
    code: &Code,
    known: &Known,
    answer: &mut Answer,
) -> Vec<InFile> {
    known.expect(paths);
    let scratch = Scratch::default();
    let read = |path: &Vec<u8>| {
        let file = known.ask(|asked| {
            let read = |bytes: &[u8]| in_file(name, path, bytes, code, asked);
            scratch.lent(|memory| code.read_with(path, memory, read))
        });
        file.map_err(|error| code.unreadable(path, &error))
    };
    let mut files = Vec::with_capacity(paths.len());
    for file in in_parallel(paths, read) {
        file.map_or_else(|note| answer.notes.push(note), |file| files.push(file));
    }
    files
}

/// What the file at `path`, which has `bytes`, has to do with the name.
pub(super) fn in_file(
    name: &str,
    path: &[u8],
    bytes: &[u8],
    code: &Code,
    asked: Option<&Asked<'_, '_, '_>>,
) -> InFile {
    let name = name.as_bytes();
    if let Some(known) = asked.and_then(|asked| asked.in_file(path, bytes, name)) {
        let uses = known.into_iter().map(|KnownUse { line, at, kind, within }| InLine {
            line,
            at,
            kind,
            via: None,
            within,
            access: None,
        });
        return InFile { path: path.to_vec(), uses: uses.collect(), defines: Vec::new() };
    }
    if word_in(bytes, name).is_none() {
        return InFile::default();
    }
    let Mentioned { outline, lines, mut accesses } =
        outline::uses(path, bytes, code.idioms(), name);
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
    accesses.sort_by_key(|access| access.line);
    let mut around = Around::new(&outline, name);
    let uses = lines.into_iter().map(|line| InLine {
        access: strongest(&accesses, line),
        ..found(&outline, uses.get(&line), &mut around, line)
    });
    let uses = uses.collect();
    let defines = outline.definitions.iter().filter(of_name).map(|d| d.kind).collect();
    InFile { path: path.to_vec(), uses, defines }
}

/// Of the ways in which a line gets at a variable the one that matters most: a write before a read.
/// The accesses are sorted by their lines.
fn strongest(accesses: &[Access], line: u32) -> Option<(AccessKind, bool)> {
    let first = accesses.partition_point(|access| access.line < line);
    let here = accesses[first..].iter().take_while(|access| access.line == line);
    let here = here.filter(|access| access.owner == Owner::Global);
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

/// What the use on `line` is, and what it is in.
fn found(outline: &FileOutline, used: Option<&&Use>, around: &mut Around<'_>, line: u32) -> InLine {
    let owner = used.and_then(|used| outline.definitions.get(used.within as usize));
    let owner = owner.filter(|d| d.kind != Kind::File).or_else(|| around.line(line));
    let within = owner.map(|d| String::from_utf8_lossy(outline.name(d.name)).into_owned());
    let via = used.and_then(|used| match used.kind {
        UseKind::Indirect => Some(used.name),
        _ => (used.via != NO_NAME).then_some(used.via),
    });
    InLine {
        line,
        at: None,
        kind: used.map(|used| used.kind),
        via: via.map(|via| outline.name(via).to_vec()),
        within: within.unwrap_or_default().into(),
        access: None,
    }
}
