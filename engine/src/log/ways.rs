//! How a function's body leads to a call of another, by text: directly, through what the
//! compiler takes apart (macros, inline functions, a file's own), or through a table's field.

use std::collections::HashMap;

use kgrep_index::graph::{Arch, DefId, DefInfo, Edge, FileId, Graph, NameRef};
use kgrep_index::outline::{Flags, Kind, UseKind};

/// A way from a line of a body to the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// How many definitions stand between; more for those less likely taken apart.
    pub(super) hops: u8,
    /// The first of them.
    pub(super) through: Option<NameRef>,
    /// The call goes through this slot (`field@struct`).
    pub(super) slot: Option<NameRef>,
}

/// More definitions than this don't stand between two frames.
const DEPTH: u8 = 8;

/// How many definitions are looked at for one frame.
const WORK: usize = 20_000;

/// A function that another file could call is rarely taken apart; one that tail-calls leaves
/// no frame of its own either.
const UNLIKELY: u8 = 3;

/// Whom a frame was calling, and what is known of the ways there.
pub(super) struct Ways<'g, 'a> {
    graph: &'g Graph<'a>,
    arch: Arch,
    /// The names that the call may have in the source.
    targets: Vec<NameRef>,
    /// The slots that the called function is put into.
    slots: Vec<NameRef>,
    /// The file of the function whose body is read: what its names mean is decided there.
    file: FileId,
    /// For a definition: to which depth it was looked at, and the way from there.
    known: HashMap<DefId, (u8, Option<Way>)>,
    beyond: Beyond,
    work: usize,
}

/// What is believed besides what the text says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beyond {
    /// Nothing.
    Nothing,
    /// Other files' functions may stand between, too.
    Far,
    /// Any call through a field will do.
    AnySlot,
}

impl<'g, 'a> Ways<'g, 'a> {
    /// The ways to `targets`, or through `slots`, from a body in `file`.
    pub(super) fn new(
        graph: &'g Graph<'a>,
        arch: Arch,
        file: FileId,
        targets: &[NameRef],
        slots: &[NameRef],
    ) -> Ways<'g, 'a> {
        Ways {
            graph,
            arch,
            targets: targets.to_vec(),
            slots: slots.to_vec(),
            file,
            known: HashMap::new(),
            beyond: Beyond::Nothing,
            work: 0,
        }
    }

    /// The uses in `body` from which there is a way, each with the shortest; in the order of
    /// lines. The graph keeps the first use of a name alone.
    pub(super) fn uses(&mut self, body: &DefInfo) -> Vec<(Edge, Way)> {
        let found = self.uses_within(body, DEPTH);
        if !found.is_empty() {
            return found;
        }
        // What is in no field is called through one more function, which ends in that call (`dump_stack()`),
        // sooner than through a pointer.
        if self.slots.is_empty() {
            let found = self.uses_anew(body, UNLIKELY, Beyond::Far);
            if !found.is_empty() {
                return found;
            }
        }
        // Tables fill fields in ways that no text tells.
        let found = self.uses_anew(body, DEPTH / 2, Beyond::AnySlot);
        if !found.is_empty() || self.targets.is_empty() {
            return found;
        }
        // A function that ends in a call of another leaves no frame (a tail call).
        self.uses_anew(body, 4, Beyond::Far)
    }

    /// As [`Ways::uses_within`], where something else is believed than before.
    fn uses_anew(&mut self, body: &DefInfo, depth: u8, beyond: Beyond) -> Vec<(Edge, Way)> {
        self.beyond = beyond;
        self.known.clear();
        self.uses_within(body, depth)
    }

    /// As [`Ways::uses`], without guesses.
    pub(super) fn sure_uses(&mut self, body: &DefInfo) -> Vec<(Edge, Way)> {
        self.uses_within(body, DEPTH)
    }

    fn uses_within(&mut self, body: &DefInfo, depth: u8) -> Vec<(Edge, Way)> {
        self.known.insert(body.id, (u8::MAX, None));
        let mut found: Vec<(Edge, Way)> = Vec::new();
        for edge in self.graph.edges_of(body) {
            found.extend(self.way(&edge, depth).map(|way| (edge, way)));
        }
        found.sort_by_key(|(edge, _)| edge.line);
        found
    }

    /// Whether what was found are calls through fields that may go anywhere.
    pub(super) fn is_guess(&self) -> bool {
        self.beyond == Beyond::AnySlot
    }

    /// The shortest way by one use.
    fn way(&mut self, edge: &Edge, depth: u8) -> Option<Way> {
        let direct = Way { hops: 0, through: None, slot: None };
        match edge.kind {
            UseKind::Indirect => {
                let fits = self.is_guess() || self.slots.binary_search(&edge.name).is_ok();
                return fits.then_some(Way { slot: Some(edge.name), ..direct });
            }
            UseKind::Call if self.targets.contains(&edge.name) => return Some(direct),
            UseKind::Ref | UseKind::Deref if self.targets.contains(&edge.name) => {
                // Its address, for somebody to call.
                return Some(Way { hops: UNLIKELY, ..direct });
            }
            _ => {}
        }
        let depth = depth.checked_sub(1)?;
        let meaning = self.graph.resolve(edge.name, self.file, self.arch);
        let is_call = edge.kind == UseKind::Call;
        let functions = meaning.functions.iter().filter(|_| is_call);
        let mut best: Option<Way> = None;
        for next in meaning.macros.iter().chain(functions) {
            let Some(cost) = self.cost(next) else { continue };
            let Some(left) = depth.checked_sub(cost - 1) else { continue };
            let Some(way) = self.from(next, left) else { continue };
            let hops = way.hops.saturating_add(cost);
            if best.is_none_or(|best| hops < best.hops) {
                best = Some(Way { hops, through: Some(edge.name), slot: way.slot });
            }
        }
        best
    }

    /// What it costs to believe that `next` has no frame of its own; none where it must have.
    fn cost(&self, next: &DefInfo) -> Option<u8> {
        let is_private = next.flags.has(Flags::STATIC) || next.flags.has(Flags::INLINE);
        match next.kind {
            Kind::Macro | Kind::Constant => Some(1),
            Kind::Function if self.graph.place(next.file).is_header || is_private => Some(1),
            Kind::Function | Kind::Syscall if next.file == self.file => Some(2),
            Kind::Tracepoint => Some(1),
            Kind::Function | Kind::Syscall | Kind::Asm if self.beyond == Beyond::Far => {
                Some(UNLIKELY)
            }
            _ => None,
        }
    }

    /// The shortest way from inside `definition`.
    fn from(&mut self, definition: &DefInfo, depth: u8) -> Option<Way> {
        if let Some((looked, way)) = self.known.get(&definition.id)
            && (*looked >= depth || way.is_some())
        {
            return *way;
        }
        self.work += 1;
        if self.work > WORK {
            return None;
        }
        // What leads to itself is no shorter way.
        self.known.insert(definition.id, (u8::MAX, None));
        let mut best: Option<Way> = None;
        for edge in self.graph.edges_of(definition) {
            if let Some(way) = self.way(&edge, depth)
                && best.is_none_or(|best| way.hops < best.hops)
            {
                best = Some(way);
                if way.hops == 0 {
                    break;
                }
            }
        }
        self.known.insert(definition.id, (depth, best));
        best
    }
}
