//! The numbers that the protocol has for kinds of things.

use kgrep_index::outline::Kind;

/// The `SymbolKind` of a definition.
pub(super) fn symbol(kind: Kind) -> u32 {
    match kind {
        Kind::Function | Kind::Syscall | Kind::Asm | Kind::RustFunction | Kind::Macro => 12,
        Kind::Tracepoint | Kind::EventClass => 24,
        Kind::Constant => 14,
        Kind::Struct | Kind::Union => 23,
        Kind::Enum => 10,
        Kind::Enumerator => 22,
        Kind::Typedef => 5,
        Kind::Declaration => 11,
        Kind::Member => 8,
        Kind::Kconfig => 20,
        Kind::Compatible => 15,
        Kind::File => 1,
        _ => 13,
    }
}

/// The `CompletionItemKind` of a definition; of a local or a member without one.
pub(super) fn completion(kind: Option<Kind>) -> u32 {
    match kind {
        None => 6,
        Some(kind) => match kind {
            Kind::Function | Kind::Syscall | Kind::Asm | Kind::RustFunction | Kind::Macro => 3,
            Kind::Tracepoint | Kind::EventClass => 23,
            Kind::Constant => 21,
            Kind::Struct | Kind::Union => 22,
            Kind::Enum => 13,
            Kind::Enumerator => 20,
            Kind::Typedef => 7,
            Kind::Member => 5,
            Kind::Kconfig => 10,
            Kind::Compatible => 12,
            Kind::File => 17,
            _ => 6,
        },
    }
}
