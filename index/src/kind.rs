//! What a definition can be, and what users call it.

use serde::{Deserialize, Serialize};

/// What a definition defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
#[non_exhaustive]
pub enum Kind {
    /// A function with its body.
    Function,
    /// A function that a system call macro defines.
    Syscall,
    /// A tracepoint: `trace_NAME()` calls its probes.
    Tracepoint,
    /// A class of tracepoints.
    EventClass,
    /// A macro with parameters.
    Macro,
    /// A macro without parameters.
    Constant,
    /// An assembler symbol that can be called or read.
    Asm,
    /// A variable outside functions; also the list entry a registering macro makes.
    Variable,
    /// A structure.
    Struct,
    /// A union.
    Union,
    /// An enumeration.
    Enum,
    /// One constant of an enumeration.
    Enumerator,
    /// A type's other name.
    Typedef,
    /// A declaration without a definition: a prototype, an `extern` variable.
    Declaration,
    /// A member that holds functions or structures; named `field@struct`.
    Member,
    /// A Kconfig symbol, without `CONFIG_`.
    Kconfig,
    /// A devicetree `compatible` that a driver's table names.
    Compatible,
    /// A Rust function.
    RustFunction,
    /// The file itself, for uses that are in no other definition.
    File,
}

const KINDS: [(Kind, &str); 19] = [
    (Kind::Function, "function"),
    (Kind::Syscall, "syscall"),
    (Kind::Tracepoint, "tracepoint"),
    (Kind::EventClass, "event-class"),
    (Kind::Macro, "macro"),
    (Kind::Constant, "constant"),
    (Kind::Asm, "asm"),
    (Kind::Variable, "variable"),
    (Kind::Struct, "struct"),
    (Kind::Union, "union"),
    (Kind::Enum, "enum"),
    (Kind::Enumerator, "enumerator"),
    (Kind::Typedef, "typedef"),
    (Kind::Declaration, "declaration"),
    (Kind::Member, "member"),
    (Kind::Kconfig, "kconfig"),
    (Kind::Compatible, "compatible"),
    (Kind::RustFunction, "rust-function"),
    (Kind::File, "file"),
];

impl Kind {
    /// The kind's name, as users write it.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind a user's word names.
    pub fn from_name(name: &str) -> Option<Self> {
        KINDS.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// The kind of a number read from disk.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        KINDS.get(usize::from(number)).map(|(kind, _)| *kind)
    }

    /// Whether it can be called: what `foo(x)` may mean besides a macro.
    pub fn is_callable(self) -> bool {
        matches!(
            self,
            Kind::Function | Kind::Syscall | Kind::Tracepoint | Kind::Asm | Kind::RustFunction
        )
    }
}
