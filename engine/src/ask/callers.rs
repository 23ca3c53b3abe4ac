//! Who calls a function, one step up, handed on file by file while other files are looked at, with the
//! lines of the calls. Of what is called by few, and of more steps, the whole answer is made first.

use std::cell::Cell;
use std::collections::HashSet;
use std::ops::ControlFlow;

use kgrep_index::graph::{Caller, DefId, DefInfo, Graph, LinkKind};

use super::steps::{self, Direction, Growing, nothing, said_once};
use super::{at_once, names};
use crate::answer::{Answer, How, Lines, Row};
use crate::code::{Code, Scratch, in_order, named, one_name};
use crate::decode::as_shown;
use crate::relocate::SourceFile;
use crate::request::Steps;
use crate::sink::Sink;
use crate::snapshot::Snapshot;
use crate::{Error, Found, Note, Result};

/// Fewer uses are answered at once.
const MANY: usize = 1000;

/// The number of uses, of several files, that are read before their rows are handed on.
const AT_ONCE: usize = 64;

/// The number of files at the beginning whose uses are handed on file by file: somebody waits for them.
const FIRST: usize = 32;

/// What a call is, so that one is shown once.
type Call = (DefId, u32, LinkKind);

/// How an answer begins.
enum Begun {
    /// It is all there.
    Whole(Answer),
    /// The definitions of the name, whose callers are many.
    Roots { asked: String, notes: Vec<Note>, roots: Vec<DefInfo> },
}

/// Who calls the function; rows go to `sink`, and nothing tells who uses whom.
///
/// # Errors
/// If the text is not one name, or the tree can't be read.
pub(super) fn handed_on(code: &Code, steps: &Steps, sink: &mut dyn Sink<Found>) -> Result<Answer> {
    let (asked, notes, roots) = match code.ask(|graph| begun(code, graph, steps))? {
        Begun::Whole(answer) => return Ok(at_once(answer, sink)),
        Begun::Roots { asked, notes, roots } => (asked, notes, roots),
    };
    let mut sent = Sent { sink, waiting: Vec::new(), rows: 0, ended: false };
    match code.known_snapshot().map(|snapshot| of_roots(code, &snapshot, steps, &roots, &mut sent))
    {
        Some(Ok(called)) => {
            code.cancel().check()?;
            let mut answer = Answer { notes, ..Answer::default() };
            answer.notes.extend(called.notes);
            if called.possible > 0 {
                answer.notes.push(Note::MorePossible(called.possible));
            }
            if sent.rows == 0 {
                answer.notes.push(nothing(&asked, steps, Direction::Callers));
                return Ok(answer);
            }
            if called.only_exports && steps.kinds.is_empty() {
                answer.notes.push(Note::OnlyExported(asked));
            }
            answer.columns = Direction::Callers.columns();
            Ok(answer)
        }
        Some(Err(error @ Error::Cancelled)) => Err(error),
        // A part of the index is damaged: the files say the same.
        Some(Err(_)) | None => {
            let mut answer = code.ask(|graph| steps::callers(code, graph, steps))?;
            answer.rows.drain(..sent.rows.min(answer.rows.len()));
            match sent.ended {
                true => answer.rows.clear(),
                false => answer = at_once(answer, sent.sink),
            }
            Ok(answer)
        }
    }
}

fn begun(code: &Code, graph: &Graph<'_>, steps: &Steps) -> Result<Begun> {
    let mut notes = Vec::new();
    let asked = names::entry_name(graph, one_name(&steps.name)?, &mut notes).into_owned();
    let is_near = steps.depth == 1 && !steps.kinds.contains(&LinkKind::Indirect);
    let name = named(graph, &asked).filter(|_| is_near && code.known_snapshot().is_some());
    let many = name.filter(|name| graph.users_of(*name).len() >= MANY);
    let roots = many.map(|name| Growing::new(code, graph, steps, Direction::Callers).roots(name));
    match roots.filter(|(roots, _)| !roots.is_empty()) {
        Some((roots, others)) => {
            notes.extend(others);
            let elsewhere = |name| names::called_elsewhere(code, graph, steps, (name, &roots));
            notes.extend(name.and_then(elsewhere));
            Ok(Begun::Roots { asked, notes, roots })
        }
        None => Ok(Begun::Whole(steps::callers(code, graph, steps)?)),
    }
}

/// What is known of the callers besides their rows.
struct Called {
    notes: Vec<Note>,
    possible: u64,
    only_exports: bool,
}

/// Where rows go.
struct Sent<'s> {
    sink: &'s mut dyn Sink<Found>,
    /// The functions themselves, which are shown once it is known that something calls one.
    waiting: Vec<Found>,
    /// How many rows were handed on.
    rows: usize,
    /// Whether there is no need to go on.
    ended: bool,
}

impl Sent<'_> {
    fn take(&mut self, found: Found) -> ControlFlow<()> {
        if found.rows.is_empty() {
            return ControlFlow::Continue(());
        }
        self.waiting.push(found);
        self.hand_on()
    }

    /// Hands on what waits.
    fn hand_on(&mut self) -> ControlFlow<()> {
        for found in std::mem::take(&mut self.waiting) {
            self.rows += found.rows.len();
            if self.sink.take(found).is_break() {
                self.ended = true;
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }
}

/// Callers of one definition in some files.
struct Part {
    calls: Vec<Call>,
    found: Found,
    only_exports: bool,
    /// How many calls were left out as only possible.
    possible: u64,
}

fn of_roots(
    code: &Code,
    snapshot: &Snapshot,
    steps: &Steps,
    roots: &[DefInfo],
    sent: &mut Sent<'_>,
) -> Result<Called> {
    let scratch = Scratch::default();
    let mut called = Called { notes: Vec::new(), possible: 0, only_exports: true };
    // Each may mean more than one of several definitions, a stub and the real one.
    let mut seen: Option<HashSet<Call>> = (roots.len() > 1).then(HashSet::new);
    for root in roots {
        let users = snapshot.ask(|graph| {
            let (found, notes) = itself(code, &growing(code, graph, steps), root);
            called.notes.extend(notes);
            sent.waiting.push(found);
            graph.possible_callers(root)
        })?;
        // Of all users of the name, only the edges are read after this.
        snapshot.release();
        let (mut failed, is_found) = (None, Cell::new(false));
        let mut take = |part: Result<Part>| {
            let part = match part {
                Ok(part) => part,
                Err(error) => {
                    failed = Some(error);
                    return ControlFlow::Break(());
                }
            };
            is_found.set(is_found.get() || !part.calls.is_empty());
            called.only_exports &= part.only_exports;
            called.possible += part.possible;
            sent.take(match &mut seen {
                None => part.found,
                Some(seen) => unseen(seen, part.calls, part.found),
            })
        };
        let work = |part: &&[DefInfo]| {
            snapshot.ask(|graph| {
                of_users(&growing(code, graph, steps), graph, (code, root), part, &scratch)
            })
        };
        in_order(&parts(&users), work, &mut take);
        if !is_found.get() && steps.kinds.is_empty() {
            let _ = take(by_tables(code, snapshot, steps, root, &scratch));
        }
        code.cancel().check()?;
        if let Some(error) = failed {
            return Err(error);
        }
        if sent.ended {
            return Ok(called);
        }
    }
    if sent.rows > 0 {
        // Functions that nothing calls, beside one that is called.
        let _ = sent.hand_on();
    }
    Ok(called)
}

/// Who registers a function that nothing calls, or names it in a table.
fn by_tables(
    code: &Code,
    snapshot: &Snapshot,
    steps: &Steps,
    root: &DefInfo,
    scratch: &Scratch,
) -> Result<Part> {
    snapshot.ask(|graph| {
        let growing = growing(code, graph, steps);
        let found = growing.callers_of(root, 1);
        let callers: Vec<Caller> = found.into_iter().map(|step| step.what).collect();
        let part = part(&growing, (code, root), &callers, scratch);
        Part { possible: growing.possible.get(), ..part }
    })
}

fn growing<'g, 'a>(code: &'g Code, graph: &'g Graph<'a>, steps: &Steps) -> Growing<'g, 'a> {
    Growing::new(code, graph, steps, Direction::Callers)
}

/// The row of a function that is asked for, with its line, and what there is to say where its file can't
/// be read.
fn itself(code: &Code, growing: &Growing<'_, '_>, root: &DefInfo) -> (Found, Vec<Note>) {
    let path = growing.path(root);
    let (source, notes) = match code.lines(&path) {
        Ok(source) => (source, Vec::new()),
        Err(error) => (SourceFile::default(), vec![code.unreadable(&path, &error)]),
    };
    let (row, mut lines) = (growing.root_row(root, &source), Lines::default());
    lines.add(source.bytes(), [row.line].into_iter());
    let columns = Direction::Callers.columns();
    (Found { columns, rows: vec![row], lines, notes: notes.clone(), ..Found::default() }, notes)
}

/// What was found, without the calls that were seen before.
fn unseen(seen: &mut HashSet<Call>, calls: Vec<Call>, found: Found) -> Found {
    let is_new: Vec<bool> = calls.into_iter().map(|call| seen.insert(call)).collect();
    if is_new.iter().all(|is_new| *is_new) {
        return found;
    }
    let lines = found.lines.only(|at| is_new.get(at) == Some(&true));
    let rows = found.rows.into_iter().zip(is_new);
    let rows = rows.filter_map(|(row, is_new)| is_new.then_some(row)).collect();
    Found { rows, lines, ..found }
}

/// The users in parts of whole files: the first ones are small.
fn parts(users: &[DefInfo]) -> Vec<&[DefInfo]> {
    let mut parts: Vec<&[DefInfo]> = Vec::new();
    let (mut start, mut end) = (0, 0);
    for of_file in users.chunk_by(|one, other| one.file == other.file) {
        end += of_file.len();
        if parts.len() < FIRST || end - start >= AT_ONCE {
            parts.push(&users[start..end]);
            start = end;
        }
    }
    if start < end {
        parts.push(&users[start..end]);
    }
    parts
}

/// Those of these users who call `root`.
fn of_users(
    growing: &Growing<'_, '_>,
    graph: &Graph<'_>,
    (code, root): (&Code, &DefInfo),
    users: &[DefInfo],
    scratch: &Scratch,
) -> Part {
    let mut callers = graph.callers_of_users(users, root, code.arch);
    callers.retain(|caller| growing.kinds.contains(&caller.link.kind));
    said_once(graph, &mut callers);
    part(growing, (code, root), &callers, scratch)
}

/// The rows of callers of `root`, with the lines of the calls.
fn part(
    growing: &Growing<'_, '_>,
    (code, root): (&Code, &DefInfo),
    callers: &[Caller],
    scratch: &Scratch,
) -> Part {
    let (mut calls, mut rows, mut only_exports) = (Vec::new(), Vec::new(), true);
    for caller in callers {
        let (row, how) = growing.caller_row(1, root, caller, None);
        only_exports &= how == How::Exported;
        calls.push((caller.definition.id, caller.link.line, caller.link.kind));
        rows.push(row);
    }
    let (mut lines, mut notes) = (Lines::default(), Vec::new());
    scratch.lent(|memory| {
        for rows in rows.chunk_by(|one: &Row, other| one.path == other.path) {
            let numbers = rows.iter().map(|row| row.line);
            let read = |bytes: &[u8]| lines.add(&as_shown(bytes), numbers);
            if let Err(error) = code.read_with(&rows[0].path, memory, read) {
                lines.add_unread(rows.len());
                notes.push(code.unreadable(&rows[0].path, &error));
            }
        }
    });
    let columns = Direction::Callers.columns();
    let found = Found { columns, rows, lines, notes, ..Found::default() };
    Part { calls, found, only_exports, possible: 0 }
}
