//! What the walk over a body's tokens knows where it stands: the open brackets, who receives the
//! argument that is read, which local is declared or assigned to.

use std::cell::Cell;

use super::super::{NO_NAME, NameId};
use crate::lex::Token;

/// Where the tokens stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) within: u32,
    pub(super) kind: PlaceKind,
    /// The struct that an initializer fills, or the macro whose arguments are read.
    pub(super) owner: NameId,
    /// The slot that an initializer's values go to, where no struct is filled.
    pub(super) elements: NameId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlaceKind {
    Body,
    Values,
    Macro,
    Arguments,
}

impl Place {
    /// The body of the function `within`.
    pub(super) fn body(within: u32) -> Self {
        Place { within, kind: PlaceKind::Body, owner: NO_NAME, elements: NO_NAME }
    }

    /// The value of the variable `within`, a struct `tag`, or functions for the slot `elements`.
    pub(super) fn values(within: u32, tag: NameId, elements: NameId) -> Self {
        Place { within, kind: PlaceKind::Values, owner: tag, elements }
    }

    /// The body of the macro `within`.
    pub(super) fn macro_body(within: u32) -> Self {
        Place { within, kind: PlaceKind::Macro, owner: NO_NAME, elements: NO_NAME }
    }

    /// The arguments of `macro_name` used at the top level.
    pub(super) fn arguments(within: u32, macro_name: NameId) -> Self {
        Place { within, kind: PlaceKind::Arguments, owner: macro_name, elements: NO_NAME }
    }
}

/// An open bracket.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    /// `(` after a name: who is called.
    pub(super) callee: NameId,
    /// Which argument is being read, from 1.
    pub(super) argument: u32,
    /// `{`: the struct being filled, as a path.
    pub(super) tag: NameId,
    /// The slot that the value being read goes to.
    pub(super) slot: NameId,
    /// Whether it is a `{` that holds values, not statements.
    pub(super) values: bool,
    /// The slot that one of the arguments fills, and which.
    pub(super) fills: (NameId, u32),
}

pub(super) const FRAME: Frame = Frame {
    callee: NO_NAME,
    argument: 1,
    tag: NO_NAME,
    slot: NO_NAME,
    values: false,
    fills: (NO_NAME, 0),
};

/// Brackets nested deeper than this are not told apart.
const DEEPEST: usize = 512;

/// A declaration whose names are being read.
#[derive(Clone, Copy)]
pub(super) struct Declaring {
    /// How many brackets are open around it.
    pub(super) depth: usize,
    pub(super) tag: NameId,
    pub(super) is_static: bool,
    /// Whether they point to functions.
    pub(super) callable: bool,
}

/// What the walk knows at a token.
pub(super) struct Walk<'t> {
    pub(super) tokens: &'t [Token],
    pub(super) place: Place,
    pub(super) frames: Vec<Frame>,
    /// Brackets beyond [`DEEPEST`].
    pub(super) deeper: usize,
    pub(super) declaring: Option<Declaring>,
    /// The callee whose `(` comes next, and the slot that one of its arguments fills.
    pub(super) pending: NameId,
    pub(super) fills: (NameId, u32),
    /// The local pointer to functions that was declared last, at which depth.
    pub(super) declared: (NameId, usize),
    /// The one that is assigned to.
    pub(super) target: (NameId, usize),
    /// A local that is assigned to and is not known to point to functions, at which depth.
    pub(super) unknown: (NameId, usize),
    /// The struct of a cast or declaration before a `{`.
    pub(super) cast: NameId,
    /// Whether a statement begins here.
    pub(super) fresh: bool,
    /// Tokens before this one are not read: they make a name.
    pub(super) skipped: usize,
    /// The `=` that set pointers to what has a name.
    pub(super) stores: Vec<usize>,
    /// How many tokens were looked at for these.
    pub(super) looks: Cell<usize>,
}

impl<'t> Walk<'t> {
    /// A walk that begins at the first of `tokens`, in the bracket that `frames` has.
    pub(super) fn new(tokens: &'t [Token], place: Place, frames: Vec<Frame>) -> Self {
        Walk {
            tokens,
            place,
            frames,
            deeper: 0,
            declaring: None,
            pending: NO_NAME,
            fills: (NO_NAME, 0),
            declared: (NO_NAME, 0),
            target: (NO_NAME, 0),
            unknown: (NO_NAME, 0),
            cast: NO_NAME,
            fresh: false,
            skipped: 0,
            stores: Vec::new(),
            looks: Cell::new(0),
        }
    }

    /// The definition that is read.
    pub(super) fn within(&self) -> u32 {
        self.place.within
    }

    /// The slot that the argument being read fills, by what it is an argument of.
    pub(super) fn filled(&self) -> Option<NameId> {
        let frame = self.frames.iter().rev().find(|f| f.callee != NO_NAME)?;
        let (slot, argument) = frame.fills;
        (slot != NO_NAME && argument == frame.argument).then_some(slot)
    }

    /// The struct that the values read fill.
    pub(super) fn tag(&self) -> NameId {
        self.top().tag
    }

    /// The local pointer to functions that is assigned to.
    pub(super) fn target(&self) -> Option<NameId> {
        Some(self.target.0).filter(|name| *name != NO_NAME)
    }

    /// Notes that a local pointer to functions is declared.
    pub(super) fn declare_pointer(&mut self, name: NameId) {
        self.declared = (name, self.frames.len());
    }

    /// Notes that a local is declared at `at` that is not known to point to functions.
    pub(super) fn declare_unknown(&mut self, name: NameId, at: usize) {
        let is_set = self.tokens.get(at + 1).is_some_and(|t| t.is(b'='));
        self.unknown = if is_set { (name, self.frames.len()) } else { (NO_NAME, 0) };
    }

    pub(super) fn top(&self) -> &Frame {
        self.frames.last().unwrap_or(&FRAME)
    }

    pub(super) fn top_mut(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(FRAME);
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    pub(super) fn open(&mut self, frame: Frame) {
        if self.frames.len() < DEEPEST {
            self.frames.push(frame);
        } else {
            self.deeper += 1;
        }
    }

    pub(super) fn close(&mut self) {
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if self.frames.len() > 1 {
            self.frames.pop();
        }
    }
}
