//! What a change touches: the functions, types, macros and variables that its lines are in, each with
//! its head before and after, how many call it, and whose it is. What is in a file that the tree lacks
//! is told too: of a range of revisions as git has the file, of a patch where the patch has it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use kgrep_index::graph::Graph;

use super::{Sources, maintainers};
use crate::answer::{Answer, Cell, Column, Role, Row, Title};
use crate::code::{Code, is_export, named, read};
use crate::compare::problem_text;
use crate::diff::context::{Around, Enclosing, Thing, around, enclosing, of_each_change};
use crate::diff::locate::Lines;
use crate::diff::maintainers::{Maintainers, asks};
use crate::diff::model::{FileChange, Hunk, Origin};
use crate::diff::{Sides, strip};
use crate::relocate::SourceFile;
use crate::request::Touched;
use crate::revision::{Repository, Revision};
use crate::{Note, Result};

const MAINTAINERS: &[u8] = b"MAINTAINERS";

/// What the change touches, in the order of its files and lines.
///
/// # Errors
/// When the change or the tree can't be read.
pub(super) fn answer(code: &Code, touched: &Touched) -> Result<Answer> {
    let root = code.tree().root();
    let set = touched.sides.load(root, &|_| !code.cancel().is_set())?;
    let mut answer = Answer::default();
    let problems = set.notes.iter().chain(&set.problems);
    answer.notes.extend(problems.map(|problem| Note::Problem(problem_text(problem, root))));
    let mut sources = Sources::default();
    let has_list = code.path(MAINTAINERS).is_file();
    let list = has_list.then(|| Maintainers::parse(sources.get(code, MAINTAINERS).bytes()));
    let mut all = Vec::new();
    let range = Range::of(&touched.sides, root);
    for file in &set.files {
        let patch = set.patches.get(file.patch).and_then(|patch| patch.path.as_ref());
        let other =
            Other { patch: patch.map(|patch| patch.as_os_str().as_bytes()), range: range.as_ref() };
        let Some(things) = in_file(code, file, &other) else {
            answer.notes.push(Note::Problem(format!(
                "{}: not in this tree",
                String::from_utf8_lossy(file.name())
            )));
            continue;
        };
        let whose = list.as_ref().and_then(|list| list.subsystem(file.name()));
        let whose = String::from_utf8_lossy(whose.unwrap_or_default()).into_owned();
        all.extend(things.into_iter().map(|(thing, row)| (thing, row, whose.clone())));
    }
    answer.rows = code.ask(|graph| {
        let rows = all.iter().map(|(thing, row, whose)| thing.row(code, graph, row, whose));
        Ok::<_, crate::Error>(rows.collect())
    })?;
    if answer.rows.is_empty() {
        answer.notes.push(Note::TouchesNothing);
        return Ok(answer);
    }
    if let Some(list) = &list {
        let files = set.files.iter().map(FileChange::name);
        let people = people(list, files, sources.get(code, MAINTAINERS));
        let section = u32::try_from(answer.sections.len()).ok();
        answer.sections.push(Title::Text("Maintainers".to_owned()));
        answer.rows.extend(people.into_iter().map(|line| Row {
            path: MAINTAINERS.to_vec(),
            line,
            section,
            cells: vec![Cell::Text(String::new()); COLUMNS.len()],
            ..Row::default()
        }));
    }
    answer.columns = Column::all(&COLUMNS);
    Ok(answer)
}

/// Where a file is that the tree lacks.
struct Other<'a> {
    /// The patch that it is in.
    patch: Option<&'a [u8]>,
    range: Option<&'a Range>,
}

/// The revisions that are compared, the new one first.
struct Range {
    repository: Repository,
    sides: Vec<Revision>,
}

impl Range {
    fn of(sides: &Sides, root: &Path) -> Option<Range> {
        let Sides::Git { range, .. } = sides else { return None };
        let repository = Repository::around(root).ok()?;
        let (old, new) = range.split_once("..").unwrap_or((range, ""));
        // The new side of a single one is the tree itself, or HEAD.
        let sides = [new.trim_start_matches('.'), old].map(|name| match name {
            "" => repository.revision("HEAD"),
            name => repository.revision(name),
        });
        let sides = sides.into_iter().flatten().collect();
        Some(Range { repository, sides })
    }

    /// A file as the newest side has it that has it.
    fn file(&self, path: &[u8]) -> Option<Vec<u8>> {
        let path = Path::new(OsStr::from_bytes(path));
        let mut sides = self.sides.iter();
        sides.find_map(|side| self.repository.file(side, path).ok().flatten())
    }
}

/// What the change touches in one file, each with a row at its place: in the tree or a revision, or
/// where the file is in neither, in the patch; `None` where that is no file either.
fn in_file(code: &Code, file: &FileChange, other: &Other<'_>) -> Option<Vec<(Touch, Row)>> {
    let there = strip::inside(code.tree().root(), file.name());
    let own = there.as_ref().and_then(|path| read(path).ok());
    let old = match own {
        Some(_) => None,
        None => other.range.and_then(|range| range.file(file.name())),
    };
    let text = own.as_deref().or(old.as_deref());
    let lines = text.map(Lines::of);
    let place = if text.is_some() { file.name() } else { other.patch? };
    let mut things: Vec<Touch> = Vec::new();
    for hunk in &file.hunks {
        for side in [Origin::Removed, Origin::Added] {
            add(&mut things, file, hunk, side, lines.as_ref());
        }
    }
    let line = |thing: &Touch| {
        let line = if text.is_some() { thing.line() } else { file.line };
        line.max(1)
    };
    if let Some(old) = &old {
        let last = things.iter().map(line).max().unwrap_or(1);
        code.hold(place, old, 1..=u64::from(last));
    }
    let row = |line| Row { path: place.to_vec(), line, ..Row::default() };
    let placed = things.into_iter().map(|thing| {
        let row = row(line(&thing));
        (thing, row)
    });
    Some(placed.collect())
}

/// The columns of what is touched.
const COLUMNS: [(&str, Role); 6] = [
    ("Name", Role::Text),
    ("What", Role::Text),
    ("Was", Role::Text),
    ("Is", Role::Text),
    ("Callers", Role::Count),
    ("Of", Role::Text),
];

/// The lines of MAINTAINERS that say who is to be asked about files: of each section its title, those
/// who maintain or review it, and its lists.
fn people<'f>(
    list: &Maintainers,
    files: impl Iterator<Item = &'f [u8]>,
    source: &SourceFile,
) -> Vec<u32> {
    let text = |line| maintainers::text(source, line);
    let mut all: Vec<u32> = Vec::new();
    for line in files.flat_map(|file| list.lines_of(file, text)) {
        // Fields are a letter and a colon; a title is none.
        let text = text(line);
        let is_title = text.get(1) != Some(&b':');
        if (is_title || asks(&text)) && !all.contains(&line) {
            all.push(line);
        }
    }
    all
}

/// Something that a change touches.
struct Touch {
    name: Vec<u8>,
    thing: Thing,
    /// Head and line on the old side, then on the new one; none where it is not there.
    sides: [Option<(String, u32)>; 2],
}

impl Touch {
    fn line(&self) -> u32 {
        let [old, new] = &self.sides;
        new.as_ref().or(old.as_ref()).map_or(0, |(_, line)| *line)
    }

    fn row(&self, code: &Code, graph: &Graph<'_>, at: &Row, whose: &str) -> Row {
        let name = String::from_utf8_lossy(&self.name).into_owned();
        let what = match self.thing {
            Thing::Function | Thing::Label => "function",
            Thing::Type => "type",
            Thing::Macro => "macro",
            _ => "variable",
        };
        let [was, is] = match &self.sides {
            [Some((old, _)), Some((new, _))] if old == new => Default::default(),
            sides => sides.each_ref().map(|side| side.as_ref().map(|(head, _)| head.clone())),
        };
        // Of one that is only on one side its lines are all that is known of the other.
        let callers = self.callers(code, graph, &name).map(|number| number.to_string());
        let cells = [Some(name), Some(what.to_owned()), was, is, callers, Some(whose.to_owned())];
        Row {
            name: self.name.clone(),
            cells: cells.map(|cell| Cell::Text(cell.unwrap_or_default())).into(),
            ..at.clone()
        }
    }

    /// How many places call or use it, where that can be.
    fn callers(&self, code: &Code, graph: &Graph<'_>, name: &str) -> Option<usize> {
        if !matches!(self.thing, Thing::Function | Thing::Label | Thing::Macro) {
            return None;
        }
        let found = graph.definitions_of(named(graph, name)?);
        let mut places: Vec<_> = found
            .iter()
            .flat_map(|definition| graph.callers(definition, code.arch, false))
            .filter(|caller| !is_export(&graph.name(caller.definition.name)))
            .map(|caller| (caller.definition.id, caller.link.line))
            .collect();
        places.sort_unstable();
        places.dedup();
        Some(places.len())
    }
}

/// Adds what the changed lines of one side of a hunk are in.
fn add(
    things: &mut Vec<Touch>,
    file: &FileChange,
    hunk: &Hunk,
    side: Origin,
    tree: Option<&Lines<'_>>,
) {
    let around = around(hunk, side, tree);
    for found in of_each_change(file, hunk, side, &around) {
        let counts = matches!(
            found.thing,
            Thing::Function | Thing::Label | Thing::Type | Thing::Macro | Thing::Variable
        );
        if !counts {
            continue;
        }
        let which = usize::from(side == Origin::Added);
        let known = things.iter().position(|t| t.name == found.name && t.thing == found.thing);
        let known = known.unwrap_or_else(|| {
            // What it is on the other side, the same lines tell where they are not changed.
            let sides = [None, None];
            things.push(Touch { name: found.name.clone(), thing: found.thing, sides });
            things.len() - 1
        });
        let both = heads(file, hunk, &around, &found, side, tree);
        if let Some(touch) = things.get_mut(known) {
            let [own, across] = both;
            touch.sides[which].get_or_insert(own.unwrap_or_default());
            if touch.sides[1 - which].is_none() {
                touch.sides[1 - which] = across;
            }
        }
    }
}

/// The head of what was found on its own side, and that of the same name on the other.
fn heads(
    file: &FileChange,
    hunk: &Hunk,
    here: &Around<'_>,
    found: &Enclosing,
    side: Origin,
    tree: Option<&Lines<'_>>,
) -> [Option<(String, u32)>; 2] {
    let own = head(here, found);
    let there = around(hunk, side.other(), tree);
    // Where it begins above the hunk, it begins there on the other side too.
    let from = usize::try_from(found.line).unwrap_or(0).max(1) - 1;
    let last = there.lines.len().saturating_sub(1);
    let near = [from, there.start, here.start].into_iter().map(|at| at.min(last));
    let across = near.chain((there.start..there.lines.len()).take(hunk.lines().count()));
    let across = across
        .filter_map(|at| enclosing(file.name(), &there.lines, at..at + 1))
        .find(|other| other.name == found.name && other.thing == found.thing);
    [own, across.and_then(|found| head(&there, &found))]
}

/// The head of a definition as it is written, in one line, and the line that it begins on.
fn head(around: &Around<'_>, found: &Enclosing) -> Option<(String, u32)> {
    /// A head has no more lines.
    const LINES: usize = 8;
    let first = usize::try_from(found.line).ok()?.checked_sub(1)?;
    let mut head = String::new();
    for line in around.lines.iter().skip(first).take(LINES) {
        let text = String::from_utf8_lossy(line);
        let end = text.find(['{', ';']).unwrap_or(text.len());
        let words = text[..end].split_whitespace().collect::<Vec<_>>().join(" ");
        if !head.is_empty() && !words.is_empty() {
            head.push(' ');
        }
        head += &words;
        if end < text.len() || found.thing == Thing::Macro {
            break;
        }
    }
    Some((head, around.number(found.line)))
}
