//! Who uses a function, or what it uses, as a tree.
//!
//! The function asked for comes first, at depth 0, once for each of its definitions; then
//! its callers or callees with the line of the call, indented by depth. One is followed
//! once, where it is nearest to the function asked for; elsewhere the row says so.

use std::cell::{Cell as Counter, RefCell};
use std::collections::HashSet;

use kgrep_index::graph::{
    Arch, Callee, Caller, DefId, DefInfo, Edge, FileId, Graph, Link, LinkKind, NameRef,
    leave_possible,
};
use kgrep_index::outline::{Kind, UseKind};
use serde_bytes::ByteBuf;

use super::names::{called_elsewhere, entry_name, not_callable, unknown};
use super::{Sources, pointer_uses, pointers};
use crate::answer::{
    Answer, Arrow, Cell, Column, Defined, DefinitionKind, How, Label, Node, Role, Row, Sureness,
    Via,
};
use crate::code::{
    Code, Elsewhere, Ranking, Step, Tree, is_export, leave_seen, name_line, named, one_name,
    says_nothing,
};
use crate::relocate::SourceFile;
use crate::request::Steps;
use crate::{Note, Result};

/// Who calls the function, or what a field of a structure holds.
///
/// # Errors
/// If the text is not one name, or the tree can't be read.
pub(super) fn callers(code: &Code, graph: &Graph<'_>, steps: &Steps) -> Result<Answer> {
    match pointer_uses::callers_of_field(code, graph, one_name(&steps.name)?)? {
        Some(answer) => Ok(answer),
        None => answer(code, graph, steps, Direction::Callers),
    }
}

/// What the function calls.
///
/// # Errors
/// As for [`callers`].
pub(super) fn callees(code: &Code, graph: &Graph<'_>, steps: &Steps) -> Result<Answer> {
    answer(code, graph, steps, Direction::Callees)
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Callers,
    Callees,
}

impl Direction {
    pub(super) fn columns(self) -> Vec<Column> {
        match self {
            Direction::Callers => Column::all(&[("Caller", Role::Node), ("How", Role::How)]),
            Direction::Callees => {
                Column::all(&[("Callee", Role::Node), ("How", Role::How), ("Defined", Role::Place)])
            }
        }
    }

    fn calls(self) -> Vec<LinkKind> {
        match self {
            Direction::Callers => CALLS[..3].to_vec(),
            Direction::Callees => CALLS.to_vec(),
        }
    }
}

/// The kinds of steps that a reader means by a call; of what a function calls also those through
/// fields, a row each.
const CALLS: [LinkKind; 4] = [LinkKind::Call, LinkKind::Macro, LinkKind::Ref, LinkKind::Indirect];

fn answer(code: &Code, graph: &Graph<'_>, steps: &Steps, direction: Direction) -> Result<Answer> {
    let mut notes = Vec::new();
    let asked = entry_name(graph, one_name(&steps.name)?, &mut notes);
    let note = |mut notes: Vec<Note>, note| {
        notes.push(note);
        Ok(Answer { notes, ..Answer::default() })
    };
    let Some(name) = named(graph, &asked) else {
        let unknown = unknown(code, graph, &asked)?;
        return note(notes, unknown);
    };
    let mut tree = Growing::new(code, graph, steps, direction);
    let (roots, others) = tree.roots(name);
    notes.extend(others);
    if direction == Direction::Callers {
        notes.extend(called_elsewhere(code, graph, steps, (name, &roots)));
    }
    if roots.len() > 1 {
        tree.called = RefCell::new(Some(HashSet::new()));
    }
    if roots.is_empty() {
        let mut others = graph.definitions_of(name);
        others.sort_by_cached_key(|other| Ranking::of(graph, other, code.arch));
        if others.iter().all(|d| matches!(d.kind, Kind::Declaration | Kind::File))
            && direction == Direction::Callers
        {
            tree.users_by_name(name);
        } else if let Some(other) = others.first() {
            return note(notes, not_callable(&asked, other, graph, code));
        }
    }
    match direction {
        Direction::Callers => tree.callers(&roots),
        Direction::Callees => tree.callees(&roots),
    }
    notes.append(&mut tree.sources.notes);
    let Direct { total, hidden, arms } = *tree.direct.borrow();
    if hidden > 0 {
        notes.push(Note::NotBuilt { hidden, total, arms });
    }
    if tree.possible.get() > 0 {
        notes.push(Note::MorePossible(tree.possible.get()));
    }
    notes.extend(tree.field.take().map(Note::BehindField));
    if tree.arrows.is_empty() && hidden > 0 {
        return Ok(Answer { notes, ..Answer::default() });
    }
    if tree.arrows.is_empty() {
        return note(notes, nothing(&asked, steps, direction));
    }
    if direction == Direction::Callers && tree.only_exports && tree.any_kind {
        notes.push(Note::OnlyExported(asked.into_owned()));
    }
    let Growing { rows, arrows, .. } = tree;
    Ok(Answer { columns: direction.columns(), rows, arrows, notes, ..Answer::default() })
}

pub(super) fn nothing(name: &str, steps: &Steps, direction: Direction) -> Note {
    let name = name.to_owned();
    match direction {
        _ if !steps.kinds.is_empty() => Note::NoSteps { name, kinds: steps.kinds.clone() },
        Direction::Callers => Note::NoCallers(name),
        Direction::Callees => Note::NoCallees(name),
    }
}

/// Leaves out what is said better beside it: that a list entry holds a function, where it
/// is known which macro registers it there; and that, where it is known which field it goes to.
pub(super) fn said_once(graph: &Graph<'_>, found: &mut Vec<Caller>) {
    let key = |c: &Caller| (c.definition.id, c.link.line, c.link.kind);
    // 0: only that, 1: which macro does it, 2: which field it goes to.
    let told = |caller: &Caller| match caller.link.via {
        None => 0,
        Some(via) => 1 + u8::from(caller.link.kind == LinkKind::Init && graph.is_slot(via)),
    };
    // What is said of one line stands together.
    let mut better = Vec::with_capacity(found.len());
    for same in found.chunk_by(|one, other| key(one) == key(other)) {
        match same {
            [only] => better.push(*only),
            _ => {
                let best = same.iter().map(told).max();
                better.extend(same.iter().filter(|caller| Some(told(caller)) == best));
            }
        }
    }
    *found = better;
}

/// An answer that grows, row by row.
pub(super) struct Growing<'g, 'a> {
    graph: &'g Graph<'a>,
    code: &'g Code,
    pub(super) kinds: Vec<LinkKind>,
    /// Whether a function that nothing calls has those that name it in a table instead.
    pub(super) any_kind: bool,
    /// Whether calls through pointers that are only possible are shown.
    all: bool,
    /// Whether macros are shown that say nothing of what is done.
    macros: bool,
    /// How many calls were left out as only possible.
    pub(super) possible: Counter<u64>,
    /// A field that is called, behind which may be many functions.
    field: RefCell<Option<String>>,
    depth: usize,
    /// The calls of the name that was asked for, where it has several definitions: each may mean more
    /// than one, a stub and the real one, and is shown once.
    called: RefCell<Option<HashSet<(DefId, u32, LinkKind)>>>,
    /// The files that a definition must be seen from, if some are said.
    seen_from: Vec<ByteBuf>,
    sources: Sources,
    rows: Vec<Row>,
    arrows: Vec<Arrow>,
    /// Whether all callers found so far are exports.
    only_exports: bool,
    /// How many direct callers there are, and how many of them aren't built.
    direct: RefCell<Direct>,
}

/// What is counted of direct callers under a configuration.
#[derive(Debug, Default, Clone, Copy)]
struct Direct {
    total: u64,
    hidden: u64,
    /// Whether some are hidden in files that are built.
    arms: bool,
}

impl<'g, 'a> Growing<'g, 'a> {
    pub(super) fn new(
        code: &'g Code,
        graph: &'g Graph<'a>,
        steps: &Steps,
        direction: Direction,
    ) -> Self {
        let any_kind = steps.kinds.is_empty();
        Growing {
            graph,
            code,
            kinds: if any_kind { direction.calls() } else { steps.kinds.clone() },
            any_kind,
            all: steps.all,
            macros: steps.macros || !any_kind,
            possible: Counter::new(0),
            field: RefCell::default(),
            depth: steps.depth,
            called: RefCell::default(),
            seen_from: steps.seen_from.clone(),
            sources: Sources::default(),
            rows: Vec::new(),
            arrows: Vec::new(),
            only_exports: true,
            direct: RefCell::default(),
        }
    }

    /// What can be called under this name, best first, and what there is to say of what else can.
    pub(super) fn roots(&self, name: NameRef) -> (Vec<DefInfo>, Option<Note>) {
        let mut roots = self.graph.definitions_of(name);
        roots.retain(|definition| {
            (definition.kind.is_callable() || is_macro(definition))
                && self.code.arch.has(self.graph.place(definition.file))
                && self.compiles(definition.file, definition.first)
        });
        roots.sort_by_cached_key(|root| Ranking::of(self.graph, root, self.code.arch));
        let others = leave_seen(self.graph, self.code.arch, &self.seen_from, &mut roots);
        (roots, Note::others(&self.text(name), others))
    }

    fn text(&self, name: NameRef) -> String {
        String::from_utf8_lossy(&self.graph.name(name)).into_owned()
    }

    /// What a definition is called; a file's uses outside of definitions are the file's.
    fn label(&self, definition: &DefInfo) -> Label {
        match definition.kind {
            Kind::File => Label::File,
            _ if is_export(&self.graph.name(definition.name)) => Label::Modules,
            _ => Label::Name(self.text(definition.name)),
        }
    }

    fn node(&self, definition: &DefInfo) -> Node {
        let path = self.path(definition);
        let (line, is_macro) = (definition.first, is_macro(definition));
        Node { label: self.label(definition), path, line, is_macro }
    }

    fn root(&mut self, root: &DefInfo) {
        let path = self.path(root);
        let mut sources = std::mem::take(&mut self.sources);
        let row = self.root_row(root, sources.get(self.code, &path));
        self.sources = sources;
        self.rows.push(row);
    }

    /// The path of a definition's file.
    pub(super) fn path(&self, definition: &DefInfo) -> Vec<u8> {
        self.graph.path(definition.file).to_vec()
    }

    /// The row of a function that is asked for, whose file is `source`.
    pub(super) fn root_row(&self, root: &DefInfo, source: &SourceFile) -> Row {
        let (path, name) = (self.path(root), self.graph.name(root.name));
        let line = name_line(source, &name, root.first, root.last);
        let label = Label::Name(self.text(root.name));
        let kind = DefinitionKind { kind: root.kind, flags: root.flags, member_of: None };
        let cells = vec![Cell::Node { label, elsewhere: None }, Cell::Kind(kind)];
        Row { path, line, name, cells, ..Row::default() }
    }

    /// Adds a row for a step; `within` is the definition that the step's line is in.
    fn step(&mut self, depth: usize, within: &DefInfo, line: u32, name: NameRef, cells: Vec<Cell>) {
        let row = self.step_row(depth, within, (line, name), cells);
        self.rows.push(row);
    }

    /// The row for a step, at a name on a line of the definition `within`.
    fn step_row(
        &self,
        depth: usize,
        within: &DefInfo,
        (line, name): (u32, NameRef),
        cells: Vec<Cell>,
    ) -> Row {
        Row {
            path: self.path(within),
            line,
            name: self.graph.name(name),
            cells,
            extent: (within.kind != Kind::File).then_some(within.lines()),
            depth: u16::try_from(depth).unwrap_or(u16::MAX),
            ..Row::default()
        }
    }

    /// Whether a line is in no arm that the configuration in force turns off.
    fn compiles(&self, file: FileId, line: u32) -> bool {
        self.code.kernel().is_none() || self.code.compiles(self.graph.path(file), line)
    }

    /// Whether the configuration in force has a link to `name`; on which line, the link tells then.
    fn has(&self, within: &DefInfo, link: &mut Link, name: NameRef) -> bool {
        if self.code.kernel().is_none() {
            return true;
        }
        let used = self.graph.name(self.name_at(link, name));
        let found = self.code.line_with(self.graph, within, link.line, &used);
        link.line = found.unwrap_or(link.line);
        found.is_some()
    }

    fn callers_by(&self, target: &DefInfo, kinds: &[LinkKind]) -> Vec<Caller> {
        let mut found = self.callers_in(target, kinds, self.code.arch);
        let path = |caller: &Caller| self.graph.path(caller.definition.file);
        self.code.expect_compiled(found.iter().map(path));
        found.retain_mut(|caller| self.has(&caller.definition, &mut caller.link, target.name));
        found
    }

    fn callers_in(&self, target: &DefInfo, kinds: &[LinkKind], arch: Arch) -> Vec<Caller> {
        let indirect = kinds.contains(&LinkKind::Indirect);
        let mut found = self.graph.callers(target, arch, indirect);
        found.retain(|caller| kinds.contains(&caller.link.kind));
        said_once(self.graph, &mut found);
        found
    }

    /// Counts the direct callers that a configuration leaves out.
    fn count_direct(&self, target: &DefInfo) {
        let whole = self.code.arch.whole();
        if whole == self.code.arch {
            return;
        }
        let mut direct = self.direct.borrow_mut();
        for mut caller in self.callers_in(target, &self.kinds, whole) {
            let isnt_built = self.graph.place(caller.definition.file).left_out;
            let is_off =
                !isnt_built && !self.has(&caller.definition, &mut caller.link, target.name);
            direct.total += 1;
            direct.hidden += u64::from(isnt_built || is_off);
            direct.arms |= is_off;
        }
    }

    pub(super) fn callers_of(&self, target: &DefInfo, depth: usize) -> Vec<Step<Caller>> {
        if self.code.cancel().is_set() {
            return Vec::new();
        }
        let mut found = self.callers_by(target, &self.kinds);
        if found.is_empty() && self.any_kind {
            // Who registers it, or names it in a table; of the one that was asked for also who
            // calls through that.
            let kinds = [LinkKind::Init, LinkKind::Indirect];
            found = self.callers_by(target, if depth == 1 { &kinds } else { &kinds[..1] });
        }
        if !self.all {
            self.leave_out(leave_possible(&mut found, |caller| caller.basis));
        }
        found.sort_by_key(|caller| caller.basis);
        if depth == 1 {
            self.count_direct(target);
            if let Some(called) = self.called.borrow_mut().as_mut() {
                found.retain(|c| called.insert((c.definition.id, c.link.line, c.link.kind)));
            }
        }
        let follows = depth < self.depth;
        let step = |caller: Caller| Step {
            leads: follows.then_some(caller.definition).into_iter().collect(),
            what: caller,
        };
        found.into_iter().map(step).collect()
    }

    /// Counts what is left out as only possible.
    fn leave_out(&self, number: usize) {
        self.possible.set(self.possible.get() + number as u64);
    }

    fn callers(&mut self, roots: &[DefInfo]) {
        let mut tree = Tree::grow(roots, |target, depth| self.callers_of(target, depth));
        for root in roots {
            self.root(root);
            tree.walk(root.id, |depth, target, step, elsewhere| {
                let (row, how) = self.caller_row(depth, target, &step.what, elsewhere);
                let Caller { definition, link, basis } = &step.what;
                self.only_exports &= how == How::Exported;
                let (from, to) = (self.node(definition), self.node(target));
                let (sure, line) = ((*basis).into(), link.line);
                self.arrows.push(Arrow { from, to, how, sure, line });
                self.rows.push(row);
            });
        }
    }

    /// The row of a caller of `target`, and how it calls.
    pub(super) fn caller_row(
        &self,
        depth: usize,
        target: &DefInfo,
        caller: &Caller,
        elsewhere: Option<Elsewhere>,
    ) -> (Row, How) {
        let Caller { definition, link, basis } = caller;
        let is_export = is_export(&self.graph.name(definition.name));
        let how = if is_export { How::Exported } else { How::of(self.graph, link) };
        let node = Cell::Node { label: self.label(definition), elsewhere };
        let place = (link.line, self.name_at(link, target.name));
        let row = self.step_row(depth, definition, place, vec![node, Cell::How(how.clone())]);
        (Row { sure: (*basis).into(), ..row }, how)
    }

    /// The name that stands at a link's line: a call through a slot names the slot.
    fn name_at(&self, link: &Link, name: NameRef) -> NameRef {
        if link.kind == LinkKind::Indirect { link.via.unwrap_or(name) } else { name }
    }

    fn callees_of(&self, source: &DefInfo, depth: usize) -> Vec<Step<Callee>> {
        if self.code.cancel().is_set() {
            return Vec::new();
        }
        let indirect = self.kinds.contains(&LinkKind::Indirect);
        let mut found = self.graph.callees(source, self.code.arch, indirect);
        found.retain_mut(|callee| {
            self.kinds.contains(&callee.link.kind)
                && self.has(source, &mut callee.link, callee.name)
                && (self.macros || !self.says_nothing(callee))
        });
        let mut found = self.through_pointers(found);
        for callee in &mut found {
            let built = |d: &DefInfo| self.compiles(d.file, d.first);
            // Where all are off, the call is off in a way that can't be seen: it stays.
            if callee.definitions.iter().any(built) {
                callee.definitions.retain(built);
            }
        }
        let step = |mut callee: Callee| {
            let ranking = |d: &DefInfo| Ranking::of(self.graph, d, self.code.arch);
            callee.definitions.sort_by_cached_key(ranking);
            let follows = depth < self.depth;
            let leads = if follows { callee.definitions.clone() } else { Vec::new() };
            Step { what: callee, leads }
        };
        found.into_iter().map(step).collect()
    }

    /// Whether what is used is a macro that says nothing of what the function does.
    fn says_nothing(&self, callee: &Callee) -> bool {
        let is_constant = |d: &DefInfo| d.kind == Kind::Constant;
        let (is_macro, is_unknown) =
            (callee.link.kind == LinkKind::Macro, callee.definitions.is_empty());
        is_macro && !is_unknown && callee.definitions.iter().all(is_constant)
            || (is_macro || is_unknown) && says_nothing(&self.graph.name(callee.name))
    }

    /// The callees with a row for each call through a pointer that may lead to many.
    fn through_pointers(&self, found: Vec<Callee>) -> Vec<Callee> {
        let options = pointers::Shown { whole: !self.any_kind, all: self.all };
        let joined = pointers::joined(self.graph, found, options);
        self.leave_out(joined.left_out);
        if let Some(slot) = joined.field.filter(|_| self.any_kind) {
            let field = Via::of(&self.graph.name(slot));
            if matches!(&field, Via::Slot { structure, .. } if !structure.is_empty()) {
                self.field.borrow_mut().get_or_insert_with(|| field.to_string());
            }
        }
        joined.callees
    }

    fn callees(&mut self, roots: &[DefInfo]) {
        let mut tree = Tree::grow(roots, |source, depth| self.callees_of(source, depth));
        for root in roots {
            self.root(root);
            tree.walk(root.id, |depth, source, step, elsewhere| {
                self.callee(depth, source, &step.what, elsewhere);
            });
        }
    }

    fn callee(
        &mut self,
        depth: usize,
        source: &DefInfo,
        callee: &Callee,
        elsewhere: Option<Elsewhere>,
    ) {
        let Callee { name, definitions, link, candidates, basis } = callee;
        let how = How::of(self.graph, link);
        let sure = match u32::try_from(*candidates) {
            Ok(0) => (*basis).into(),
            candidates => Sureness::Candidates(candidates.unwrap_or(u32::MAX)),
        };
        let text = self.graph.name(*name);
        let label = match text.contains(&b'@') {
            true => Label::Slot(Via::of(&text)),
            false => Label::Name(self.text(*name)),
        };
        let to = match definitions.first() {
            Some(definition) => self.node(definition),
            None => Node { label: label.clone(), path: Vec::new(), line: 0, is_macro: false },
        };
        self.arrows.push(Arrow {
            from: self.node(source),
            to,
            how: how.clone(),
            sure,
            line: link.line,
        });
        let defined = definitions.first().map(|first| Defined {
            path: self.graph.path(first.file).to_vec(),
            line: first.first,
            more: definitions.len() - 1,
        });
        let cells = vec![Cell::Node { label, elsewhere }, Cell::How(how), Cell::Defined(defined)];
        self.step(depth, source, link.line, self.name_at(link, *name), cells);
        if let Some(row) = self.rows.last_mut() {
            row.sure = sure;
        }
    }

    /// The users of a name that the text defines nowhere: a macro pastes it together, or
    /// it comes from elsewhere.
    fn users_by_name(&mut self, name: NameRef) {
        let graph = self.graph;
        let mut users: Vec<(DefInfo, Edge)> = Vec::new();
        for user in graph.users_of(name).into_iter().filter_map(|id| graph.definition(id)) {
            if self.code.arch.has(graph.place(user.file)) {
                let edges = graph.edges_of(&user).into_iter().filter(|edge| edge.name == name);
                users.extend(edges.map(|edge| (user, edge)));
            }
        }
        users.sort_by_cached_key(|(user, edge)| (graph.path(user.file).to_vec(), edge.line));
        for (user, edge) in users {
            self.only_exports &= is_export(&graph.name(user.name));
            let kind = match edge.kind {
                UseKind::Call => LinkKind::Call,
                UseKind::Ref => LinkKind::Ref,
                UseKind::Init => LinkKind::Init,
                UseKind::Indirect | UseKind::Deref | UseKind::Pass => continue,
            };
            let via = edge.via.map(|via| graph.name(via));
            let how = How::by(kind, via.as_deref());
            let to = Node {
                label: Label::Name(self.text(name)),
                path: Vec::new(),
                line: 0,
                is_macro: false,
            };
            let from = self.node(&user);
            self.arrows.push(Arrow {
                from,
                to,
                how: how.clone(),
                sure: Sureness::Certain,
                line: edge.line,
            });
            let node = Cell::Node { label: self.label(&user), elsewhere: None };
            self.step(0, &user, edge.line, name, vec![node, Cell::How(how)]);
        }
    }
}

/// Whether a definition is expanded rather than called.
pub(super) fn is_macro(definition: &DefInfo) -> bool {
    matches!(definition.kind, Kind::Macro | Kind::Constant)
}
