//! The shapes an outline is made of, and their compact form on disk.

use serde::{Deserialize, Serialize};

use super::names::{NO_NAME, NameId, Names};
use crate::kind::Kind;

/// Stands for "in no definition" where a definition's number is asked for.
pub const NOWHERE: u32 = u32::MAX;

/// What is said of a definition besides its kind, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags(pub u8);

impl Flags {
    /// `static`.
    pub const STATIC: Flags = Flags(1);
    /// `inline`, under any of its names.
    pub const INLINE: Flags = Flags(2);
    /// Of a variable: a structure that is never written, `const struct lamp_ops ops = {…}`.
    pub const TABLE: Flags = Flags::INLINE;
    /// Of a member: a structure itself, not a pointer to one.
    pub const EMBEDDED: Flags = Flags::INLINE;
    /// `extern`.
    pub const EXTERN: Flags = Flags(4);
    /// `__init` and its kin: gone after boot.
    pub const INIT: Flags = Flags(8);
    /// `__exit`.
    pub const EXIT: Flags = Flags(16);
    /// `__weak`: another definition wins. Of a macro: it is in an `#else` alone, and what the other arm
    /// declares may be meant, or under a condition that holds in no kernel.
    pub const WEAK: Flags = Flags(32);
    /// Its name is another one of the definition before it.
    pub const ALIAS: Flags = Flags(64);

    /// Whether all bits of `other` are set.
    pub fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Sets the bits of `other`.
    pub fn set(&mut self, other: Flags) {
        self.0 |= other.0;
    }

    /// Takes the bits of `other` away.
    pub(crate) fn clear(&mut self, other: Flags) {
        self.0 &= !other.0;
    }
}

/// Something a file defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Its name.
    pub name: NameId,
    /// What it is.
    pub kind: Kind,
    /// `static` and the like.
    pub flags: Flags,
    /// First line, from 1.
    pub first: u32,
    /// Last line.
    pub last: u32,
    /// First line of the comment right above it; 0 when there is none.
    pub doc: u32,
    /// The `#if` conditions around it, joined by ` && `.
    pub guard: NameId,
    /// A function's or macro's parameters as written; a member's or variable's type.
    pub params: NameId,
}

/// How a name is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum UseKind {
    /// `name(…)`: a call, or a macro used.
    Call,
    /// `name` where a value stands: a function's address, or a macro without brackets.
    Ref,
    /// `name` in a variable's initializer, or handed to a macro that registers it.
    Init,
    /// `x->name(…)`: a call through a field; the name is a slot, `field@struct`.
    Indirect,
    /// `name->x`, `name[…]`: not an address, but maybe a macro without brackets.
    Deref,
    /// What is in the slot `name` is handed on to the slot that receives it.
    Pass,
}

/// One use of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// What is used.
    pub name: NameId,
    /// How.
    pub kind: UseKind,
    /// Whether the receiver runs it, as `kthread_run(name)` does.
    pub runs: bool,
    /// On which line, from 1.
    pub line: u32,
    /// In which definition of the outline, or [`NOWHERE`].
    pub within: u32,
    /// Who receives it: the function it is passed to, or the slot (`field@struct`) it fills.
    pub via: NameId,
}

/// An `#include`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Include {
    /// The path as written.
    pub path: NameId,
    /// On which line, from 1.
    pub line: u32,
    /// `"…"`: looked for beside the file first.
    pub local: bool,
}

/// A macro that makes the includes after it into tables (`CREATE_TRACE_POINTS`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// The macro.
    pub name: NameId,
    /// On which line it is defined.
    pub line: u32,
}

/// A macro whose body may define things where it is used at the top level of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maker {
    /// Its name.
    pub name: NameId,
    /// Its parameters as written; none: it takes no arguments.
    pub params: NameId,
    /// Its body as written.
    pub body: NameId,
}

/// Where a macro that makes definitions stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvocationKind {
    /// `MACRO(…);`
    Item,
    /// `MACRO(…) { … }`: what it ends in is the head of a function.
    Head,
    /// `int MACRO(…)(int a) { … }`: a function's name.
    Name,
    /// A name that the header itself makes of what the files that include it define: `#define mtype_add
    /// TOKEN(MTYPE, _add)`. There is one for each of them.
    Each,
}

/// A macro used at the top level that this file does not define: what it makes is known once
/// the file with the macro is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invocation {
    /// The macro.
    pub name: NameId,
    /// What stands between its brackets.
    pub arguments: NameId,
    /// First line.
    pub first: u32,
    /// Last line.
    pub last: u32,
    /// The words before it.
    pub flags: Flags,
    /// Where it stands.
    pub kind: InvocationKind,
    /// The definition that it is the head or the name of; else [`NOWHERE`].
    pub heads: u32,
    /// Whether only functions are wanted of it: the rest is known by idiom.
    pub functions: bool,
}

/// What one file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileOutline {
    /// All names.
    pub names: Names,
    /// Definitions, in the order of their first lines' reading.
    pub definitions: Vec<Definition>,
    /// Uses, in the order of reading.
    pub uses: Vec<Use>,
    /// Includes, in order.
    pub includes: Vec<Include>,
    /// Where includes begin to be tables.
    pub instances: Vec<Instance>,
    /// Macros that others may use to define things.
    pub makers: Vec<Maker>,
    /// Uses of such macros that are not resolved.
    pub invocations: Vec<Invocation>,
    /// Of what other files see: the definition's number, and the structure that a variable holds, a
    /// function or a macro gives a pointer to, or a type's name stands for.
    pub holds: Vec<(u32, NameId)>,
    /// What it says of printing: [`Formats::read`](super::formats::Formats::read) reads it.
    #[serde(with = "serde_bytes")]
    pub formats: Vec<u8>,
}

/// An encoded outline that does not make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the outline of a file is damaged")]
pub struct Damaged;

impl FileOutline {
    /// A name's bytes.
    pub fn name(&self, id: NameId) -> &[u8] {
        self.names.get(id)
    }

    /// A number for a name that is added.
    pub(crate) fn add_name(&mut self, name: &[u8]) -> NameId {
        self.names.push(name)
    }

    /// The outline as bytes, for [`FileOutline::decode`].
    pub fn encode(&self) -> Vec<u8> {
        postcard::to_allocvec(self).expect("writing plain data to memory can't fail")
    }

    /// An outline from its bytes; an error when they are not one's.
    pub fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        let outline: FileOutline = postcard::from_bytes(bytes).map_err(|_| Damaged)?;
        if outline.is_sound() { Ok(outline) } else { Err(Damaged) }
    }

    /// Whether every number leads to what is there: checks what was decoded.
    pub(crate) fn is_sound(&self) -> bool {
        let name = |id: NameId| id == NO_NAME || (id as usize) < self.names.len();
        let count = self.definitions.len() as u32;
        self.names.sound()
            && self.definitions.iter().all(|d| name(d.name) && name(d.guard) && name(d.params))
            && self
                .uses
                .iter()
                .all(|u| name(u.name) && name(u.via) && (u.within == NOWHERE || u.within < count))
            && self.includes.iter().all(|i| name(i.path))
            && self.instances.iter().all(|i| name(i.name))
            && self.holds.iter().all(|(number, held)| *number < count && name(*held))
            && self.makers.iter().all(|m| name(m.name) && name(m.params) && name(m.body))
            && self.invocations.iter().all(|i| {
                name(i.name) && name(i.arguments) && (i.heads == NOWHERE || i.heads < count)
            })
    }
}
