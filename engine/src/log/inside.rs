//! The line inside a frame, without a binary: the frame above it is what it was calling.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kgrep_index::graph::{Arch, DefId, DefInfo, Graph, NameRef};
use kgrep_index::outline::Flags;

use super::Sure;
use super::body::{Body, Written};
use super::frame::Frame;
use super::knowledge::{First, Where, knowledge};
use super::module::Modules;
use super::symbol;
use super::ways::{Way, Ways};
use crate::relocate::SourceFile;

/// How a place in a frame's function is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// The frame above is called there.
    Call,
    /// It is called by this macro or function, which has no frame of its own.
    Through(Vec<u8>),
    /// It is called through this field of a structure that tables fill with it.
    Field(Vec<u8>),
    /// Something is called through a pointer there, which may be it.
    Pointer,
    /// Through a parameter of this function, which is given it.
    Parameter(Vec<u8>),
    /// A call that the compiler puts there.
    Compiler,
    /// Only the function is known.
    Function,
    /// A decoded trace, or a stamp, says so.
    Said,
    /// As it is said, but the file has changed: by the function's name.
    Moved,
    /// Memory is accessed there, which may be what failed.
    Access,
    /// This call prints the line.
    Prints,
    /// Debug information says so.
    Debug,
    /// Debug information says that it was inlined into the frame's function.
    Inlined,
}

/// A place that a log's line leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, below the tree's root.
    pub path: Vec<u8>,
    /// The line to go to, from 1.
    pub line: u32,
    /// The first line of the statement around it.
    pub first: u32,
    /// The last line of that.
    pub last: u32,
    /// The function.
    pub function: Vec<u8>,
    /// How it is known.
    pub how: How,
    /// How sure.
    pub sure: Sure,
}

/// Answers for frames, and remembers.
pub(super) struct Inside<'g, 'a> {
    graph: &'g Graph<'a>,
    arch: Arch,
    read: &'g dyn Fn(&[u8]) -> Option<Vec<u8>>,
    modules: Modules<'g>,
    sources: RefCell<HashMap<Vec<u8>, Rc<SourceFile>>>,
    bodies: RefCell<HashMap<DefId, Rc<Body>>>,
}

/// What was being called: its names, and what they define.
#[derive(Clone, Debug, Default)]
pub(super) struct Called {
    symbol: Vec<u8>,
    names: Vec<NameRef>,
    definitions: Vec<DefInfo>,
}

/// More places where memory is accessed are no help.
const MOST_ACCESSES: usize = 4;

/// Files and bodies that are kept at hand.
const AT_HAND: usize = 512;

impl<'g, 'a> Inside<'g, 'a> {
    /// Answers by `graph` for the architecture `arch`; files are read by `read`.
    pub(super) fn new(
        graph: &'g Graph<'a>,
        arch: Arch,
        read: &'g dyn Fn(&[u8]) -> Option<Vec<u8>>,
    ) -> Inside<'g, 'a> {
        Inside {
            graph,
            arch,
            read,
            modules: Modules::new(read),
            sources: RefCell::default(),
            bodies: RefCell::default(),
        }
    }

    /// The definitions that a frame's symbol may be.
    pub(super) fn definitions(&self, frame: &Frame<'_>) -> Vec<DefInfo> {
        symbol::definitions(self.graph, self.arch, &self.modules, frame.symbol, frame.module)
    }

    /// What the frame `above` is, for the one below it.
    pub(super) fn called(&self, above: &Frame<'_>) -> Called {
        let is_made =
            |made: &&super::knowledge::Generated| above.symbol.starts_with(made.prefix.as_bytes());
        if let Some(made) = knowledge().generated.iter().find(is_made) {
            return self.named(&made.calls);
        }
        let definitions = self.definitions(above);
        let mut names: Vec<NameRef> = definitions.iter().map(|d| d.name).collect();
        let spelled = knowledge().names_of(above.symbol);
        names.extend(spelled.iter().filter_map(|name| self.graph.find_name(name)));
        names.sort_unstable();
        names.dedup();
        let symbol = spelled.into_iter().next().unwrap_or_default();
        Called { symbol, names, definitions }
    }

    /// What the first frame of a trace may have been calling.
    pub(super) fn first_called(&self, symbol: &[u8]) -> Called {
        let fits =
            |first: &&First| first.function.is_empty() || first.function.as_bytes() == symbol;
        let first = knowledge().first.iter().find(fits);
        self.named(first.map(|first| first.calls.as_slice()).unwrap_or_default())
    }

    /// The slots that it is put into. Who uses `kfree` is a long list: asked for only where no
    /// name leads to the call.
    fn slots(&self, called: &Called) -> Vec<NameRef> {
        let definitions = called.definitions.iter();
        let mut slots: Vec<NameRef> =
            definitions.flat_map(|d| self.graph.slots_of(d, self.arch)).collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    fn named(&self, names: &[String]) -> Called {
        let names = names.iter().filter_map(|name| self.graph.find_name(name.as_bytes()));
        Called { names: names.collect(), ..Called::default() }
    }

    /// Where a header declares a function and makes it at once: an exception's entry.
    fn made(&self, frame: &Frame<'_>) -> Option<Place> {
        knowledge().symbols.iter().filter(|symbol| !symbol.made_in.is_empty()).find_map(|symbol| {
            let name = frame.symbol.strip_prefix(symbol.prefix.as_bytes())?;
            if self.graph.find_name(frame.symbol).is_some_and(|name| {
                self.graph.definitions_of(name).iter().any(|d| d.kind.is_callable())
            }) {
                return None;
            }
            let path = symbol.made_in.as_bytes();
            let source = self.source(path);
            let line = (1..=source.line_count()).find(|line| {
                let text = source.line(*line).unwrap_or_default();
                text.starts_with(b"DECLARE_") && crate::code::word_in(text, name).is_some()
            })?;
            let line = u32::try_from(line).ok()?;
            Some(Place {
                path: path.to_vec(),
                line,
                first: line,
                last: line,
                function: frame.symbol.to_vec(),
                how: How::Function,
                sure: Sure::Certain,
            })
        })
    }

    /// The places that `frame` may be at, while it was calling `called`; the best first.
    pub(super) fn places(&self, frame: &Frame<'_>, called: Option<&Called>) -> Vec<Place> {
        if let Some(place) = self.made(frame) {
            return vec![place];
        }
        let definitions = self.definitions(frame);
        let mut by_call: Vec<Place> = definitions
            .iter()
            .flat_map(|d| called.map(|called| self.calls_in(d, frame, called)).unwrap_or_default())
            .collect();
        // What calls it by name is better than what could call anything.
        if by_call.iter().any(|place| place.how != How::Pointer) {
            by_call.retain(|place| place.how != How::Pointer);
        }
        if !by_call.is_empty() {
            return settled(by_call);
        }
        settled(definitions.iter().map(|d| self.function(d)).collect())
    }

    /// The statements of a frame's function that access memory, the nearest to its address first.
    pub(super) fn accesses(&self, frame: &Frame<'_>) -> Vec<Place> {
        let definitions = self.definitions(frame);
        let [definition] = definitions.as_slice() else { return Vec::new() };
        let body = self.body(definition);
        let mut statements: Vec<(u32, u32, u32)> = Vec::new();
        for line in &body.accesses {
            let (first, last) = body.statement(*line);
            if statements.last().is_none_or(|(_, known, _)| *known != first) {
                statements.push((*line, first, last));
            }
        }
        let at = frame.offset as f32 / frame.size.max(1) as f32;
        let away = |line: u32| (body.progress(line) - at).abs();
        statements.sort_by(|one, other| away(one.0).total_cmp(&away(other.0)));
        statements.truncate(MOST_ACCESSES);
        let place = |(line, first, last): (u32, u32, u32)| Place {
            line,
            first,
            last,
            how: How::Access,
            sure: Sure::Several,
            ..self.function(definition)
        };
        statements.into_iter().map(place).collect()
    }

    /// Whether the tree has a file at `path`.
    pub(super) fn has(&self, path: &[u8]) -> bool {
        self.graph.file(path).is_some()
    }

    /// The path of a definition's file.
    pub(super) fn path(&self, definition: &DefInfo) -> &[u8] {
        self.graph.path(definition.file)
    }

    /// A definition's name.
    pub(super) fn name(&self, definition: &DefInfo) -> Vec<u8> {
        self.graph.name(definition.name)
    }

    /// The function itself.
    pub(super) fn function(&self, definition: &DefInfo) -> Place {
        Place {
            path: self.graph.path(definition.file).to_vec(),
            line: definition.first,
            first: definition.first,
            last: definition.first,
            function: self.graph.name(definition.name),
            how: How::Function,
            sure: Sure::Certain,
        }
    }

    fn calls_in(&self, definition: &DefInfo, frame: &Frame<'_>, called: &Called) -> Vec<Place> {
        let body = self.body(definition);
        let is_made = |made: &&super::knowledge::Made| made.function.as_bytes() == called.symbol;
        let place = |line: u32, how: How| {
            let (first, last) = body.statement(line);
            Place { line, first, last, how, ..self.function(definition) }
        };
        if let Some(made) = knowledge().made.iter().find(is_made) {
            return match made.at {
                Where::End => vec![place(definition.last, How::Compiler)],
            };
        }
        let ways = |slots: &[NameRef]| {
            Ways::new(self.graph, self.arch, definition.file, &called.names, slots)
        };
        let mut uses = ways(&[]).sure_uses(definition);
        let mut ways = ways(&if uses.is_empty() { self.slots(called) } else { Vec::new() });
        if uses.is_empty() {
            uses = ways.sure_uses(definition);
        }
        if uses.is_empty() {
            let dispatch = self.named(&knowledge().dispatch.calls);
            let file = definition.file;
            uses =
                Ways::new(self.graph, self.arch, file, &dispatch.names, &[]).sure_uses(definition);
        }
        if uses.is_empty() {
            uses = ways.uses(definition);
        }
        if uses.is_empty() {
            let pointers = self.pointers(definition, &body).into_iter();
            return best_first(pointers.map(|l| (l, 0, How::Pointer)), &body, frame, &place);
        }
        let guess = ways.is_guess();
        // Each with its number among the body's sites, so that the first of a line stays the first.
        let mut lines: Vec<(usize, (u32, u8, How))> = Vec::new();
        for (edge, way) in uses {
            let how = if guess { How::Pointer } else { self.how(way) };
            let name = self.graph.name(edge.name);
            let field = name.split(|byte| *byte == b'@').next().unwrap_or_default();
            let before = lines.len();
            let same = body.sites.iter().enumerate().filter(|(_, site)| site.name == field);
            lines.extend(same.map(|(at, site)| (at, (site.line, way.hops, how.clone()))));
            if lines.len() == before {
                lines.push((usize::MAX, (edge.line, way.hops, how)));
            }
        }
        lines.sort_by_key(|(at, (line, ..))| (*line, *at));
        best_first(lines.into_iter().map(|(_, line)| line), &body, frame, &place)
    }

    /// The lines of calls through pointers, in the body and in what it calls that has no frame
    /// of its own.
    fn pointers(&self, definition: &DefInfo, body: &Body) -> Vec<u32> {
        let calls_pointer = |name: &[u8]| {
            let Some(name) = self.graph.find_name(name) else { return false };
            let meaning = self.graph.resolve(name, definition.file, self.arch);
            meaning.functions.iter().any(|d| {
                d.flags.has(Flags::STATIC) && {
                    let inner = self.body(d);
                    inner.sites.iter().any(|site| self.is_pointer(d, site))
                }
            })
        };
        let sites = body.sites.iter().filter(|site| {
            self.is_pointer(definition, site)
                || site.written == Written::Name && calls_pointer(&site.name)
        });
        sites.map(|site| site.line).collect()
    }

    fn how(&self, way: Way) -> How {
        // A name that only one file knows has the file's number behind it: `lamp_on#1f`.
        let first = |text: &[u8], ends: &[u8]| {
            text.split(|byte| ends.contains(byte)).next().unwrap_or_default().to_vec()
        };
        match (way.slot.map(|slot| self.graph.name(slot)), way.through) {
            // The second parameter of a function: `lamp_on(2)@*`.
            (Some(slot), _) if slot.ends_with(b")@*") => How::Parameter(first(&slot, b"#(")),
            (Some(slot), _) => How::Field(first(&slot, b"#@")),
            (None, Some(through)) => How::Through(first(&self.graph.name(through), b"@")),
            (None, None) => How::Call,
        }
    }

    /// Whether a call is through a pointer: a field, a parameter or a local variable.
    fn is_pointer(&self, definition: &DefInfo, site: &super::body::Site) -> bool {
        site.written == Written::Field
            || match self.graph.find_name(&site.name) {
                None => true,
                Some(name) => self.graph.resolve(name, definition.file, self.arch).is_empty(),
            }
    }

    fn body(&self, definition: &DefInfo) -> Rc<Body> {
        let mut bodies = self.bodies.borrow_mut();
        if bodies.len() >= AT_HAND {
            bodies.clear();
        }
        Rc::clone(bodies.entry(definition.id).or_insert_with(|| {
            let source = self.source(self.graph.path(definition.file));
            Rc::new(Body::read(&source, definition.first, definition.last))
        }))
    }

    /// A file's lines as they are now.
    pub(super) fn source(&self, path: &[u8]) -> Rc<SourceFile> {
        let mut sources = self.sources.borrow_mut();
        if sources.len() >= AT_HAND {
            sources.clear();
        }
        Rc::clone(sources.entry(path.to_vec()).or_insert_with(|| {
            Rc::new(SourceFile::from_bytes((self.read)(path).unwrap_or_default()))
        }))
    }
}

/// Of lines with the number of definitions in between: the places, the best first. Which of
/// several it was, the address in the function's code tells roughly: code is mostly in the
/// order of its text.
fn best_first(
    lines: impl Iterator<Item = (u32, u8, How)>,
    body: &Body,
    frame: &Frame<'_>,
    place: &dyn Fn(u32, How) -> Place,
) -> Vec<Place> {
    let wanted = (frame.size > 0).then(|| frame.offset as f32 / frame.size as f32);
    let mut found: Vec<(f32, Place)> = lines
        .map(|(line, hops, how)| {
            let off = wanted.map_or(0.0, |wanted| (body.progress(line) - wanted).abs());
            (off + f32::from(hops) * HOP, place(line, how))
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let mut places: Vec<Place> = Vec::new();
    for (_, place) in found {
        if !places.iter().any(|known| (known.first, known.last) == (place.first, place.last)) {
            places.push(place);
        }
    }
    places
}

/// How much a definition in between weighs against a share of the function's text.
const HOP: f32 = 0.2;

/// Says of one place that it is certain, and of several that they are several.
fn settled(mut places: Vec<Place>) -> Vec<Place> {
    let several = places.len() > 1;
    for place in &mut places {
        place.sure = match place.how {
            _ if several => Sure::Several,
            How::Pointer | How::Field(_) | How::Parameter(_) => Sure::Likely,
            _ => Sure::Certain,
        };
    }
    places
}
