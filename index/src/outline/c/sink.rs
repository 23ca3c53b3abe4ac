//! Where the readers of C put what they find: names, definitions, uses.

use super::super::names::Interner;
use super::super::{Definition, FileOutline, Kind, NO_NAME, NOWHERE, NameId, Use, UseKind};

/// The outline that grows, and what is known of its names while the file is read.
pub(super) struct Sink<'a> {
    pub(super) out: &'a mut FileOutline,
    interner: Interner,
    scopes: Vec<Scope>,
    scope: u32,
    file: Option<u32>,
}

/// What a name is in the function that is read, and in the file.
#[derive(Clone, Copy)]
struct Scope {
    /// The function in which it is local.
    local: u32,
    /// Its struct there.
    local_type: NameId,
    /// Its struct as a variable of the file.
    global_type: NameId,
    /// The definition in which it was last noted as a plain reference.
    noted: u32,
    /// Where its value there comes from.
    origin: Origin,
    /// Whether it points to functions there.
    callable: bool,
    /// Whether it does as a variable of the file.
    pointer: bool,
    /// Whether no other file can see it.
    own: bool,
}

/// Where a local's value comes from.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// From this slot; none is known.
    Slot(NameId),
    /// It is a parameter, counted from 1, that isn't known to point to functions.
    Parameter { function: NameId, number: u32 },
    /// From the field that this token of the body names.
    Token(u32),
}

const NO_SCOPE: Scope = Scope {
    local: 0,
    local_type: NO_NAME,
    global_type: NO_NAME,
    noted: NOWHERE,
    origin: Origin::Slot(NO_NAME),
    callable: false,
    pointer: false,
    own: false,
};

impl<'a> Sink<'a> {
    /// A sink for what a text of `bytes` bytes says.
    pub(super) fn new(out: &'a mut FileOutline, bytes: usize) -> Self {
        Sink { out, interner: Interner::for_text(bytes), scopes: Vec::new(), scope: 0, file: None }
    }

    /// The number of a name.
    #[inline]
    pub(super) fn intern(&mut self, name: &[u8]) -> NameId {
        let id = self.interner.intern(&mut self.out.names, name);
        if self.scopes.len() <= id as usize {
            self.scopes.resize(id as usize + 1, NO_SCOPE);
        }
        id
    }

    /// A number for a name that is defined here and hardly ever used in the same file: not
    /// looked for among the others, so that it may have two.
    pub(super) fn new_name(&mut self, name: &[u8]) -> NameId {
        self.out.names.push(name)
    }

    /// Begins a function or macro: the names local to the one before are forgotten.
    pub(super) fn enter(&mut self) {
        self.scope += 1;
    }

    /// Makes a name local to the function, with the struct it points to or holds.
    pub(super) fn set_local(&mut self, name: NameId, tag: NameId) {
        let scope = &mut self.scopes[name as usize];
        (scope.local, scope.local_type) = (self.scope, tag);
        (scope.origin, scope.callable) = (Origin::Slot(NO_NAME), false);
    }

    /// Notes that a local name points to functions.
    pub(super) fn set_callable(&mut self, name: NameId) {
        self.scopes[name as usize].callable = true;
    }

    /// Whether a local name points to functions.
    pub(super) fn is_callable(&self, name: NameId) -> bool {
        self.scopes[name as usize].callable
    }

    /// Notes the slot that the value of a local name comes from.
    pub(super) fn set_source(&mut self, name: NameId, slot: NameId) {
        self.set_origin(name, Origin::Slot(slot));
    }

    /// Notes where the value of a local name comes from.
    pub(super) fn set_origin(&mut self, name: NameId, origin: Origin) {
        self.scopes[name as usize].origin = origin;
    }

    /// Where the value of a local name comes from.
    pub(super) fn origin(&self, name: NameId) -> Origin {
        self.scopes[name as usize].origin
    }

    /// The slot that the value of a local name comes from, where that is known.
    pub(super) fn source(&self, name: NameId) -> NameId {
        match self.origin(name) {
            Origin::Slot(slot) => slot,
            Origin::Parameter { .. } | Origin::Token(_) => NO_NAME,
        }
    }

    /// Notes that a variable of the file points to functions.
    pub(super) fn set_pointer(&mut self, name: NameId) {
        self.scopes[name as usize].pointer = true;
    }

    /// Whether a variable of the file points to functions.
    pub(super) fn is_pointer(&self, name: NameId) -> bool {
        self.scopes[name as usize].pointer
    }

    /// Notes that no other file can see a name.
    pub(super) fn set_own(&mut self, name: NameId) {
        self.scopes[name as usize].own = true;
    }

    /// Whether no other file can see a name.
    pub(super) fn is_own(&self, name: NameId) -> bool {
        self.scopes[name as usize].own
    }

    /// Notes the struct of a variable of the file.
    pub(super) fn set_global(&mut self, name: NameId, tag: NameId) {
        self.scopes[name as usize].global_type = tag;
    }

    /// Whether a name is local to the function.
    #[inline]
    pub(super) fn is_local(&self, name: NameId) -> bool {
        self.scopes[name as usize].local == self.scope && self.scope > 0
    }

    /// The struct a variable points to or holds, if the file says so.
    pub(super) fn tag_of(&self, name: NameId) -> NameId {
        let scope = self.scopes[name as usize];
        if self.is_local(name) { scope.local_type } else { scope.global_type }
    }

    /// Adds a definition and returns its number.
    pub(super) fn define(&mut self, definition: Definition) -> u32 {
        self.out.definitions.push(definition);
        self.out.definitions.len() as u32 - 1
    }

    /// Adds a use.
    pub(super) fn add_use(
        &mut self,
        within: u32,
        name: NameId,
        kind: UseKind,
        line: u32,
        via: NameId,
    ) {
        if via == NO_NAME && kind != UseKind::Call {
            let noted = &mut self.scopes[name as usize].noted;
            if *noted == within && kind == UseKind::Deref {
                return;
            }
            *noted = within;
        }
        self.out.uses.push(Use { name, kind, runs: false, line, within, via });
    }

    /// Says of the last use added that its receiver runs it.
    pub(super) fn last_use_runs(&mut self) {
        if let Some(last) = self.out.uses.last_mut() {
            last.runs = true;
        }
    }

    /// The definition that stands for the file itself, for uses outside all others.
    pub(super) fn file_scope(&mut self) -> u32 {
        if let Some(file) = self.file {
            return file;
        }
        let name = self.intern(b"(file)");
        let file = self.define(Definition {
            name,
            kind: Kind::File,
            flags: Default::default(),
            first: 1,
            last: 1,
            doc: 0,
            guard: NO_NAME,
            params: NO_NAME,
        });
        self.file = Some(file);
        file
    }
}
