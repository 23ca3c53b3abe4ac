//! The line inside a frame, without a binary: the frame above it is what it was calling.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use kgrep_index::graph::{Arch, DefInfo, Graph, NameRef};

use super::Sure;
use super::body::{Body, Written};
use super::frame::Frame;
use super::knowledge::{Where, knowledge};
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
    /// A call that the compiler puts there.
    Compiler,
    /// Only the function is known.
    Function,
    /// A decoded trace, or a stamp, says so.
    Said,
    /// As it is said, but the file has changed: by the function's name.
    Moved,
    /// This call prints the line.
    Prints,
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
    sources: RefCell<HashMap<Vec<u8>, Arc<SourceFile>>>,
    bodies: RefCell<HashMap<u32, Arc<Body>>>,
}

/// What was being called: the names and the slots that its definitions have.
#[derive(Clone, Debug, Default)]
pub(super) struct Called {
    symbol: Vec<u8>,
    names: Vec<NameRef>,
    slots: Vec<NameRef>,
}

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
        let definitions = self.definitions(above);
        let mut names: Vec<NameRef> = definitions.iter().map(|d| d.name).collect();
        let spelled = knowledge().names_of(above.symbol);
        names.extend(spelled.iter().filter_map(|name| self.graph.find_name(name)));
        names.sort_unstable();
        names.dedup();
        let mut slots: Vec<NameRef> =
            definitions.iter().flat_map(|d| self.graph.slots_of(d, self.arch)).collect();
        slots.sort_unstable();
        slots.dedup();
        let symbol = spelled.into_iter().next().unwrap_or_default();
        Called { symbol, names, slots }
    }

    /// What the first frame of a trace may have been calling.
    pub(super) fn first_called(&self) -> Called {
        let calls = knowledge().first.calls.iter();
        let names = calls.filter_map(|name| self.graph.find_name(name.as_bytes())).collect();
        Called { names, ..Called::default() }
    }

    /// The places that `frame` may be at, while it was calling `called`; the best first.
    pub(super) fn places(&self, frame: &Frame<'_>, called: Option<&Called>) -> Vec<Place> {
        let definitions = self.definitions(frame);
        let by_call: Vec<(&DefInfo, Vec<Place>)> = definitions
            .iter()
            .filter_map(|d| {
                let places = self.calls_in(d, frame, called?);
                (!places.is_empty()).then_some((d, places))
            })
            .collect();
        if let [first, others @ ..] = by_call.as_slice() {
            let mut places = first.1.clone();
            for (_, other) in others {
                places.extend(other.iter().cloned());
            }
            return settled(places);
        }
        settled(definitions.iter().map(|d| self.function(d)).collect())
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
        let mut ways =
            Ways::new(self.graph, self.arch, definition.file, &called.names, &called.slots);
        let mut lines = ways.lines(definition);
        if lines.is_empty() {
            let pointers = body.sites.iter().filter(|site| self.is_pointer(definition, site));
            return best_first(pointers.map(|s| (s.line, 0, How::Pointer)), &body, frame, &place);
        }
        lines.dedup_by_key(|(line, _)| *line);
        let guess = ways.is_guess();
        let how = |way| if guess { How::Pointer } else { self.how(way) };
        let found = lines.into_iter().map(|(line, way)| (line, way.hops, how(way)));
        best_first(found, &body, frame, &place)
    }

    fn how(&self, way: Way) -> How {
        let name = |name: NameRef| {
            let name = self.graph.name(name);
            name.split(|byte| *byte == b'@').next().unwrap_or_default().to_vec()
        };
        match (way.slot, way.through) {
            (Some(slot), _) => How::Field(name(slot)),
            (None, Some(through)) => How::Through(name(through)),
            (None, None) => How::Call,
        }
    }

    /// Whether a call is through a pointer: a field, a parameter or a local variable.
    fn is_pointer(&self, definition: &DefInfo, site: &super::body::Site) -> bool {
        site.written == Written::Field
            || match self.graph.find_name(&site.name) {
                None => true,
                Some(name) => {
                    let meaning = self.graph.resolve(name, definition.file, self.arch);
                    meaning.is_empty() && !meaning.is_elsewhere
                }
            }
    }

    fn body(&self, definition: &DefInfo) -> Arc<Body> {
        let mut bodies = self.bodies.borrow_mut();
        if bodies.len() >= AT_HAND {
            bodies.clear();
        }
        Arc::clone(bodies.entry(definition.id).or_insert_with(|| {
            let source = self.source(self.graph.path(definition.file));
            Arc::new(Body::read(&source, definition.first, definition.last))
        }))
    }

    /// A file's lines as they are now.
    pub(super) fn source(&self, path: &[u8]) -> Arc<SourceFile> {
        let mut sources = self.sources.borrow_mut();
        if sources.len() >= AT_HAND {
            sources.clear();
        }
        Arc::clone(sources.entry(path.to_vec()).or_insert_with(|| {
            Arc::new(SourceFile::from_bytes((self.read)(path).unwrap_or_default()))
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
const HOP: f32 = 0.05;

/// Says of one place that it is certain, and of several that they are several.
fn settled(mut places: Vec<Place>) -> Vec<Place> {
    let several = places.len() > 1;
    for place in &mut places {
        place.sure = match place.how {
            _ if several => Sure::Several,
            How::Pointer | How::Field(_) => Sure::Likely,
            _ => Sure::Certain,
        };
    }
    places
}
