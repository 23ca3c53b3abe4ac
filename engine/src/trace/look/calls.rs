//! Who calls whom: callees in order, callers by folder, tables and registrations.

use std::collections::{BTreeMap, HashSet};

use crate::Result;
use crate::answer::{How, Sureness, Via};
use globset::GlobSet;
use kgrep_index::graph::{Callee, Caller, DefId, DefInfo, Edge, LinkKind, leave_possible};
use kgrep_index::outline::{Flags, Kind, UseKind};

use super::definitions::lines;
use super::expansion;
use crate::code::{Step, Tree, how, says_nothing};
use crate::trace::case::Case;
use crate::trace::tracer::{Row, Tracer, globs};

/// Words for names of some form.
type Marks = Vec<(String, GlobSet)>;

/// What the subjects call, in order, to the depth that is asked for.
///
/// # Errors
/// If a mark's pattern is not valid.
pub(super) fn callees(
    tracer: &mut Tracer<'_, '_>,
    case: &Case<'_>,
    marks: &BTreeMap<String, Vec<String>>,
) -> Result<Vec<Row>> {
    let marks: Marks = marks
        .iter()
        .map(|(word, names)| Ok((word.clone(), globs(names)?)))
        .collect::<Result<_>>()?;
    let mut rows = Vec::new();
    let subjects = tracer.for_arch(&case.subjects);
    let is_macro = |d: &DefInfo| matches!(d.kind, Kind::Macro | Kind::Constant);
    let roots: Vec<DefInfo> = subjects.iter().copied().filter(|d| !is_macro(d)).collect();
    let mut tree = Tree::grow(&roots, |from, depth| steps(tracer, from, depth));
    for subject in subjects {
        if is_macro(&subject) {
            expansion::rows(tracer, &subject, &mut rows);
            continue;
        }
        tree.walk(subject.id, |depth, from, step, _| {
            let Called { name, line, definition } = &step.what;
            let mut note = "  ".repeat(depth - 1) + name;
            for (word, set) in &marks {
                if set.is_match(name) {
                    note += &format!(" [{word}]");
                }
            }
            let defined = definition.as_ref().map_or_else(String::new, |d| tracer.place(d));
            let path = tracer.path(from);
            rows.push(Row { path, line: *line, name: name.clone(), note, defined });
        });
    }
    Ok(rows)
}

/// A call: of what, on which line, and what that means.
struct Called {
    name: String,
    line: u32,
    definition: Option<DefInfo>,
}

/// What a function calls, and whether that is followed.
fn steps(tracer: &Tracer<'_, '_>, from: &DefInfo, depth: usize) -> Vec<Step<Called>> {
    let callees = telling(tracer, from);
    // What only hands on to another function is told with that one.
    let follows = depth < tracer.options.depth || depth < WRAPPERS && is_wrapper(from, &callees);
    let step = |(name, callee): (String, Callee)| {
        let definition = definition_of(tracer, &name, &callee);
        let leads = definition.filter(|d| follows && d.kind.is_callable()).into_iter().collect();
        Step { what: Called { name, line: callee.link.line, definition }, leads }
    };
    callees.into_iter().map(step).collect()
}

/// Wrappers around wrappers are followed to this depth.
pub(super) const WRAPPERS: usize = 4;

/// A function of more lines does something of its own.
const WRAPPER_LINES: u32 = 12;

/// Whether a function only hands on to another one.
fn is_wrapper(from: &DefInfo, callees: &[(String, Callee)]) -> bool {
    from.kind.is_callable()
        && from.last - from.first <= WRAPPER_LINES
        && callees.iter().filter(|(_, callee)| callee.link.kind == LinkKind::Call).count() == 1
}

/// A function and those behind it that it only hands on to, the last of which does the work.
pub(super) fn to_the_work(tracer: &Tracer<'_, '_>, from: DefInfo) -> Vec<DefInfo> {
    let mut all = vec![from];
    while let Some(from) = all.last().filter(|_| all.len() <= WRAPPERS) {
        let callees = telling(tracer, from);
        let is_call = |(_, callee): &&(String, Callee)| callee.link.kind == LinkKind::Call;
        let next = callees.iter().find(is_call).filter(|_| is_wrapper(from, &callees));
        match next.and_then(|(name, callee)| definition_of(tracer, name, callee)) {
            Some(next) if all.iter().all(|known| known.id != next.id) => all.push(next),
            _ => break,
        }
    }
    all
}

/// What a definition calls, with the names, but for what says nothing of it: macros of
/// every function, and constants.
fn telling(tracer: &Tracer<'_, '_>, from: &DefInfo) -> Vec<(String, Callee)> {
    let all = tracer.graph.callees(from, tracer.arch(), false);
    let named = all
        .into_iter()
        .map(|c| (String::from_utf8_lossy(&tracer.graph.name(c.name)).into_owned(), c));
    named.filter(|(name, _)| !is_noise(name)).collect()
}

/// The definition that a call means: the real one, where headers have an empty one for
/// kernels without it.
fn definition_of(tracer: &Tracer<'_, '_>, name: &str, callee: &Callee) -> Option<DefInfo> {
    let first = callee.definitions.first().copied()?;
    let is_stub = |d: &DefInfo| {
        d.kind == Kind::Function
            && d.flags.has(Flags::STATIC)
            && tracer.graph.path(d.file).ends_with(b".h")
    };
    if !is_stub(&first) {
        return Some(first);
    }
    let all = tracer.for_arch(&tracer.definitions(&[name.to_owned()], &[Kind::Function]));
    let real = all.into_iter().find(|d| !d.flags.has(Flags::STATIC) && !is_stub(d));
    real.or(Some(first))
}

/// Macros that every function uses, and that say nothing of it.
pub(super) fn is_noise(name: &str) -> bool {
    says_nothing(name.as_bytes())
        || name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// The names of all that the subjects and their static helpers call.
pub(super) fn called_names(tracer: &Tracer<'_, '_>, case: &Case<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for definition in with_helpers(tracer, case) {
        names.extend(telling(tracer, &definition).into_iter().map(|(name, _)| name));
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// The subjects, and the static functions of the same file that they call, to the depth
/// that is asked for; those behind a wrapper count as called by its callers.
pub(super) fn with_helpers(tracer: &Tracer<'_, '_>, case: &Case<'_>) -> Vec<DefInfo> {
    let mut found: Vec<(DefInfo, usize)> =
        tracer.for_arch(&case.subjects).into_iter().map(|subject| (subject, 0)).collect();
    found.retain(|(definition, _)| definition.kind.is_callable());
    let mut seen: HashSet<DefId> = found.iter().map(|(definition, _)| definition.id).collect();
    let mut at = 0;
    while let Some((definition, depth)) = found.get(at).copied() {
        at += 1;
        let callees = telling(tracer, &definition);
        let next = depth + usize::from(!is_wrapper(&definition, &callees));
        if next > tracer.options.depth {
            continue;
        }
        for helper in callees.into_iter().flat_map(|(_, callee)| callee.definitions) {
            let is_own = helper.file == definition.file
                && helper.kind == Kind::Function
                && helper.flags.has(Flags::STATIC);
            if is_own && seen.insert(helper.id) {
                found.push((helper, next));
            }
        }
    }
    found.into_iter().map(|(definition, _)| definition).collect()
}

/// The subjects and their static helpers in full.
pub(super) fn bodies(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for definition in with_helpers(tracer, case) {
        let path = tracer.path(&definition);
        let name = tracer.name(&definition);
        let mut own: Vec<Row> = lines(&path, definition.first, definition.last).collect();
        if let Some(first) = own.first_mut() {
            first.note = name;
        }
        rows.extend(own);
    }
    rows
}

/// Who calls the subjects, one row per folder with its number of callers, the folder with
/// most first; where they are few, or all are wanted, one row each.
pub(super) fn callers(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Vec<Row> {
    let mut found = used_by(tracer, case);
    found.retain(|c| matches!(c.link.kind, LinkKind::Call | LinkKind::Macro));
    if found.len() <= FEW || tracer.options.all {
        return found.iter().map(|caller| row(tracer, case, caller, None)).collect();
    }
    let mut folders: BTreeMap<Vec<u8>, Vec<Caller>> = BTreeMap::new();
    for caller in found {
        let folder = folder(tracer.graph.path(caller.definition.file)).to_vec();
        folders.entry(folder).or_default().push(caller);
    }
    let mut folders: Vec<_> = folders.into_iter().collect();
    folders.sort_by_key(|(_, callers)| std::cmp::Reverse(callers.len()));
    let row = |(folder, callers): (Vec<u8>, Vec<Caller>)| {
        let note = format!("{} in {}", callers.len(), String::from_utf8_lossy(&folder));
        row(tracer, case, &callers[0], Some(note))
    };
    folders.into_iter().map(row).collect()
}

/// The most callers that are shown one by one.
pub(super) const FEW: usize = 12;

/// The first two folders of a path.
pub(super) fn folder(path: &[u8]) -> &[u8] {
    let end = memchr::memchr_iter(b'/', path).nth(1).or_else(|| memchr::memchr(b'/', path));
    &path[..end.unwrap_or(0)]
}

fn used_by(tracer: &Tracer<'_, '_>, case: &Case<'_>) -> Vec<Caller> {
    let subjects = tracer.for_arch(&case.subjects);
    subjects
        .iter()
        .flat_map(|subject| tracer.graph.callers(subject, tracer.arch(), false))
        .collect()
}

fn row(tracer: &Tracer<'_, '_>, case: &Case<'_>, caller: &Caller, note: Option<String>) -> Row {
    let name = case.subjects.first().map(|subject| tracer.name(subject)).unwrap_or_default();
    let user = tracer.name(&caller.definition);
    Row {
        path: tracer.path(&caller.definition),
        line: caller.link.line,
        name,
        note: note.map_or(user.clone(), |note| format!("{note}, {user}")),
        ..Row::default()
    }
}

/// Who registers the subjects, passes them on, or puts them into a table.
pub(super) fn registered(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Vec<Row> {
    let mut found = used_by(tracer, case);
    found.retain(|c| matches!(c.link.kind, LinkKind::Init | LinkKind::Ref));
    found
        .iter()
        .map(|caller| Row { note: used_in(tracer, caller), ..row(tracer, case, caller, None) })
        .collect()
}

/// How a caller uses the subject, and who that is.
fn used_in(tracer: &Tracer<'_, '_>, caller: &Caller) -> String {
    format!("{} in {}", how(tracer.graph, &caller.link), tracer.name(&caller.definition))
}

/// Who calls the subjects through pointers, the surest first, and how many more are possible.
pub(super) fn through_pointers(tracer: &Tracer<'_, '_>, case: &Case<'_>) -> (Vec<Row>, usize) {
    let subjects = tracer.for_arch(&case.subjects);
    let callers = |subject: &DefInfo| tracer.graph.callers(subject, tracer.arch(), true);
    let mut found: Vec<Caller> = subjects.iter().flat_map(callers).collect();
    found.retain(|caller| caller.link.kind == LinkKind::Indirect);
    found.sort_by_key(|caller| caller.basis);
    let left_out = match tracer.options.all {
        true => 0,
        false => leave_possible(&mut found, |caller| caller.basis),
    };
    let rows = found.iter().map(|caller| {
        let mut note = used_in(tracer, caller);
        if let Some(word) = Sureness::from(caller.basis).word() {
            note = format!("{note}, {word}");
        }
        // What stands there is the field.
        let slot = caller.link.via.map(|via| tracer.graph.name(via)).unwrap_or_default();
        Row { note, name: filler(&slot).0, ..row(tracer, case, caller, None) }
    });
    (rows.collect(), left_out)
}

/// Who calls through the field of a structure.
pub(super) fn dispatches(tracer: &Tracer<'_, '_>, case: &Case<'_>, slot: &str) -> Vec<Row> {
    let slots = case.facts.fill(slot);
    let slots = slots.iter().filter_map(|slot| tracer.graph.find_name(slot.as_bytes()));
    let uses = slots.flat_map(|slot| tracer.graph.slot_uses(slot, tracer.arch()));
    let calls = uses.filter(|(_, edge)| edge.kind == UseKind::Indirect);
    let row = |(within, edge): (DefInfo, Edge)| {
        let how = How::by(LinkKind::Indirect, Some(&tracer.graph.name(edge.name)));
        Row {
            path: tracer.path(&within),
            line: edge.line,
            name: filler(&tracer.graph.name(edge.name)).0,
            note: format!("{how} in {}", tracer.name(&within)),
            ..Row::default()
        }
    };
    calls.map(row).collect()
}

/// The name of what fills a field, and how it is told: a function, or what another pointer holds.
fn filler(name: &[u8]) -> (String, String) {
    match Via::of(name) {
        Via::Function(name) | Via::Variable(name) => (name.clone(), name),
        Via::Parameter { function, number } => {
            let what = format!("argument {number} of {function}()");
            (function, what)
        }
        Via::Slot { structure, field } => {
            let what = format!("what {structure}.{field} holds");
            (field, what)
        }
    }
}

/// The functions that tables put into a field.
pub(super) fn fills(tracer: &mut Tracer<'_, '_>, case: &Case<'_>, slot: &str) -> Vec<Row> {
    let slots = case.facts.fill(slot);
    let slots = slots.iter().filter_map(|slot| tracer.graph.find_name(slot.as_bytes()));
    let uses = slots.flat_map(|slot| tracer.graph.slot_uses(slot, tracer.arch()));
    let puts = uses.filter(|(_, edge)| edge.kind != UseKind::Indirect);
    let row = |(table, edge): (DefInfo, Edge)| {
        let (name, what) = filler(&tracer.graph.name(edge.name));
        Row {
            path: tracer.path(&table),
            line: edge.line,
            name,
            note: format!("{what} in {}", tracer.name(&table)),
            ..Row::default()
        }
    };
    let mut rows: Vec<Row> = puts.map(row).collect();
    rows.sort_by(|one, other| (&one.path, one.line).cmp(&(&other.path, other.line)));
    rows
}
