//! `kgrep callers` and `kgrep callees`: who uses a function, or what it uses, as a tree.
//!
//! The function asked for comes first, at depth 0, once for each of its definitions; then
//! its callers or callees with the line of the call, indented by depth. One is followed
//! once, where it is nearest to the function asked for; elsewhere the row says so.

use std::collections::HashSet;

use anyhow::Result;
use kgrep_index::graph::{Callee, Caller, DefId, DefInfo, Edge, Graph, Link, LinkKind, NameRef};
use kgrep_index::outline::{Kind, UseKind};

use super::answer::{Place, Sources, name_line, show, unknown, unknown_kind};
use super::{Outcome, Session, freshen, picture};
use crate::cli::StepArgs;
use crate::code::{
    self, Code, EXPORTED, Elsewhere, Ranking, Step, Tree, how, is_export, kind_of_definition,
    meant, named, one_name, receiver,
};
use crate::list::Role;
use crate::message::{counted, tell};
use crate::render::{Arrow, Node};

const CALLERS: [(&str, Role); 2] = [("Caller", Role::Node), ("How", Role::How)];

const CALLEES: [(&str, Role); 3] =
    [("Callee", Role::Node), ("How", Role::How), ("Defined", Role::Place)];

/// Prints and keeps who calls a function.
///
/// # Errors
/// When a kind is none, the tree can't be read or the output not be written.
pub(crate) fn callers(args: &StepArgs, session: &Session) -> Result<Outcome> {
    run(args, session, Direction::Callers)
}

/// Prints and keeps what a function calls.
///
/// # Errors
/// As for [`callers`].
pub(crate) fn callees(args: &StepArgs, session: &Session) -> Result<Outcome> {
    run(args, session, Direction::Callees)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Callers,
    Callees,
}

fn run(args: &StepArgs, session: &Session, direction: Direction) -> Result<Outcome> {
    let kinds = kinds(&args.kinds)?;
    let asked = one_name(&args.name)?;
    let code = code::around(session)?;
    let tree = freshen::ask(&code, session, |graph| {
        let asked = meant(graph, asked);
        let Some(name) = named(graph, &asked) else {
            return unknown(&code, graph, session, &asked).map(Err);
        };
        let mut tree = Answer {
            graph,
            code: &code,
            kinds: kinds.clone(),
            any_kind: args.kinds.is_empty(),
            depth: args.depth,
            sources: Sources::default(),
            places: Vec::new(),
            arrows: Vec::new(),
            only_exports: true,
        };
        let roots = tree.roots(name);
        if roots.is_empty() {
            let mut others = graph.definitions_of(name);
            others.sort_by_cached_key(|other| Ranking::of(graph, other, code.arch));
            if others.iter().all(|d| matches!(d.kind, Kind::Declaration | Kind::File))
                && direction == Direction::Callers
            {
                tree.users_by_name(name);
            } else if let Some(other) = others.first() {
                tell(not_callable(&asked, other, graph, &code));
                return Ok(Err(Outcome::Nothing));
            }
        }
        match direction {
            Direction::Callers => tree.callers(&roots),
            Direction::Callees => tree.callees(&roots),
        }
        if tree.arrows.is_empty() {
            tell(nothing(&asked, args, direction));
            return Ok(Err(Outcome::Nothing));
        }
        if direction == Direction::Callers && tree.only_exports && args.kinds.is_empty() {
            tell(format!("nothing here calls {asked}; it is exported, so that modules can"));
        }
        Ok(Ok((tree.places, tree.arrows)))
    })?;
    let (places, arrows) = match tree {
        Ok(found) => found,
        Err(outcome) => return Ok(outcome),
    };
    if let Some(outcome) = picture::draw(&args.picture, &arrows)? {
        return Ok(outcome);
    }
    match direction {
        Direction::Callers => show(&code, session, &CALLERS, &places),
        Direction::Callees => show(&code, session, &CALLEES, &places),
    }
}

fn kinds(words: &[String]) -> Result<Vec<LinkKind>> {
    if words.is_empty() {
        return Ok(vec![LinkKind::Call, LinkKind::Macro, LinkKind::Ref]);
    }
    let kind = |word: &String| match LinkKind::ALL.iter().find(|(_, name)| name == word) {
        Some((kind, _)) => Ok(*kind),
        None => Err(unknown_kind(word, &LinkKind::ALL.map(|(_, name)| name))),
    };
    words.iter().map(kind).collect()
}

/// Why nothing calls `name`, which is `other` and no function of this architecture.
pub(super) fn not_callable(name: &str, other: &DefInfo, graph: &Graph<'_>, code: &Code) -> String {
    let elsewhere = (other.kind.is_callable() || other.kind == Kind::Macro)
        && !code.arch.has(graph.place(other.file));
    if elsewhere {
        let path = String::from_utf8_lossy(graph.path(other.file)).into_owned();
        return format!("{name} is another architecture's ({path}); --arch all asks about all");
    }
    format!(
        "{name} is no function, but a {}; `kgrep refs {name}` lists its uses",
        other.kind.name()
    )
}

fn nothing(name: &str, args: &StepArgs, direction: Direction) -> String {
    match direction {
        _ if !args.kinds.is_empty() => {
            format!("no such steps at {name}: {}", args.kinds.join(", "))
        }
        Direction::Callers => format!(
            "nothing is known to call {name}, pass it on or name it in a table; `kgrep refs {name}` \
             lists its uses, --arch all looks at all architectures"
        ),
        Direction::Callees => format!("{name} calls nothing"),
    }
}

/// Where a function's own steps are shown, if not here.
fn in_words(elsewhere: Option<Elsewhere>) -> &'static str {
    match elsewhere {
        Some(Elsewhere::Above) => " (above)",
        Some(Elsewhere::Below) => " (below)",
        None => "",
    }
}

/// Leaves out what is said better beside it: that a list entry holds a function, where it
/// is known which macro registers it there.
fn said_once(found: &mut Vec<Caller>) {
    let better: HashSet<(DefId, u32, LinkKind)> = found
        .iter()
        .filter(|caller| caller.link.via.is_some())
        .map(|caller| (caller.definition.id, caller.link.line, caller.link.kind))
        .collect();
    found.retain(|caller| {
        let key = (caller.definition.id, caller.link.line, caller.link.kind);
        caller.link.via.is_some() || !better.contains(&key)
    });
}

/// An answer that grows, row by row.
struct Answer<'g, 'a> {
    graph: &'g Graph<'a>,
    code: &'g Code,
    kinds: Vec<LinkKind>,
    /// Whether a function that nothing calls has those that name it in a table instead.
    any_kind: bool,
    depth: usize,
    sources: Sources,
    places: Vec<Place>,
    arrows: Vec<Arrow>,
    /// Whether all callers found so far are exports.
    only_exports: bool,
}

impl Answer<'_, '_> {
    /// What can be called under this name, best first.
    fn roots(&self, name: NameRef) -> Vec<DefInfo> {
        let mut roots = self.graph.definitions_of(name);
        roots.retain(|definition| {
            (definition.kind.is_callable()
                || matches!(definition.kind, Kind::Macro | Kind::Constant))
                && self.code.arch.has(self.graph.place(definition.file))
        });
        roots.sort_by_cached_key(|root| Ranking::of(self.graph, root, self.code.arch));
        roots
    }

    fn text(&self, name: NameRef) -> String {
        String::from_utf8_lossy(&self.graph.name(name)).into_owned()
    }

    /// What a definition is called; a file's uses outside of definitions are the file's.
    fn label(&self, definition: &DefInfo) -> String {
        match definition.kind {
            Kind::File => "(file)".to_owned(),
            _ if is_export(&self.graph.name(definition.name)) => "(modules)".to_owned(),
            _ => self.text(definition.name),
        }
    }

    fn node(&self, definition: &DefInfo) -> Node {
        let file = String::from_utf8_lossy(self.graph.path(definition.file)).into_owned();
        Node { name: self.label(definition), file }
    }

    fn root(&mut self, root: &DefInfo) {
        let (path, name) = (self.graph.path(root.file).to_vec(), self.graph.name(root.name));
        let source = self.sources.get(self.code, &path);
        let place = Place {
            line: name_line(source, &name, root.first, root.last),
            path,
            name,
            cells: vec![self.text(root.name), kind_of_definition(root.kind, root.flags)],
            ..Place::default()
        };
        self.places.push(place);
    }

    /// Adds a row for a step; `within` is the definition that the step's line is in.
    fn step(
        &mut self,
        depth: usize,
        within: &DefInfo,
        line: u32,
        name: NameRef,
        cells: [String; 2],
    ) {
        let [label, how] = cells;
        self.places.push(Place {
            path: self.graph.path(within.file).to_vec(),
            line,
            name: self.graph.name(name),
            cells: vec![label, how],
            depth: u16::try_from(depth).unwrap_or(u16::MAX),
            section: None,
        });
    }

    fn callers_by(&self, target: &DefInfo, kinds: &[LinkKind]) -> Vec<Caller> {
        let indirect = kinds.contains(&LinkKind::Indirect);
        let mut found = self.graph.callers(target, self.code.arch, indirect);
        found.retain(|caller| kinds.contains(&caller.link.kind));
        said_once(&mut found);
        found
    }

    fn callers_of(&self, target: &DefInfo, depth: usize) -> Vec<Step<Caller>> {
        let mut found = self.callers_by(target, &self.kinds);
        if found.is_empty() && self.any_kind {
            // Who registers it, or names it in a table; of the one that was asked for also who
            // calls through that.
            let kinds = [LinkKind::Init, LinkKind::Indirect];
            found = self.callers_by(target, if depth == 1 { &kinds } else { &kinds[..1] });
        }
        let follows = depth < self.depth;
        let step = |caller: Caller| Step {
            leads: follows.then_some(caller.definition).into_iter().collect(),
            what: caller,
        };
        found.into_iter().map(step).collect()
    }

    fn callers(&mut self, roots: &[DefInfo]) {
        let mut tree = Tree::grow(roots, |target, depth| self.callers_of(target, depth));
        for root in roots {
            self.root(root);
            tree.walk(root.id, |depth, target, step, elsewhere| {
                let Caller { definition, link } = &step.what;
                let is_export = is_export(&self.graph.name(definition.name));
                let how = if is_export { EXPORTED.to_owned() } else { how(self.graph, link) };
                self.only_exports &= is_export;
                let (from, to) = (self.node(definition), self.node(target));
                self.arrows.push(Arrow { from, to, how: how.clone() });
                let label = self.label(definition) + in_words(elsewhere);
                let name = self.name_at(link, target.name);
                self.step(depth, definition, link.line, name, [label, how]);
            });
        }
    }

    /// The name that stands at a link's line: a call through a slot names the slot.
    fn name_at(&self, link: &Link, name: NameRef) -> NameRef {
        if link.kind == LinkKind::Indirect { link.via.unwrap_or(name) } else { name }
    }

    fn callees_of(&self, source: &DefInfo, depth: usize) -> Vec<Step<Callee>> {
        let indirect = self.kinds.contains(&LinkKind::Indirect);
        let mut found = self.graph.callees(source, self.code.arch, indirect);
        found.retain(|callee| self.kinds.contains(&callee.link.kind));
        let step = |mut callee: Callee| {
            let ranking = |d: &DefInfo| Ranking::of(self.graph, d, self.code.arch);
            callee.definitions.sort_by_cached_key(ranking);
            let follows = depth < self.depth;
            let leads = if follows { callee.definitions.clone() } else { Vec::new() };
            Step { what: callee, leads }
        };
        found.into_iter().map(step).collect()
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
        let Callee { name, definitions, link, candidates } = callee;
        let mut how = how(self.graph, link);
        if *candidates > 0 {
            how += &format!(", {}", counted(*candidates as u64, "candidate"));
        }
        let label = if self.graph.name(*name).contains(&b'@') {
            let slot = receiver(LinkKind::Indirect, Some(&self.graph.name(*name)));
            slot.trim_start_matches("indirect, through ").to_owned()
        } else {
            self.text(*name)
        };
        let to = match definitions.first() {
            Some(definition) => self.node(definition),
            None => Node { name: label.clone(), file: String::new() },
        };
        self.arrows.push(Arrow { from: self.node(source), to, how: how.clone() });
        let label = label + in_words(elsewhere);
        self.step(depth, source, link.line, self.name_at(link, *name), [label, how]);
        let defined = self.defined(definitions);
        if let Some(place) = self.places.last_mut() {
            place.cells.push(defined);
        }
    }

    /// Where something is defined, as far as it fits a column.
    fn defined(&self, definitions: &[DefInfo]) -> String {
        let Some(first) = definitions.first() else { return String::new() };
        let path = self.code.shown(self.graph.path(first.file));
        let place = format!("{}:{}", String::from_utf8_lossy(&path), first.first);
        match definitions.len() {
            1 => place,
            more => format!("{place} and {} more", more - 1),
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
                UseKind::Indirect | UseKind::Deref => continue,
            };
            let via = edge.via.map(|via| graph.name(via));
            let how = receiver(kind, via.as_deref());
            let to = Node { name: self.text(name), file: String::new() };
            self.arrows.push(Arrow { from: self.node(&user), to, how: how.clone() });
            self.step(0, &user, edge.line, name, [self.label(&user), how]);
        }
    }
}
