//! Words for definitions and for the ways in which one uses another.

use kgrep_index::graph::{Graph, Link, LinkKind};
use kgrep_index::outline::{Flags, Kind};

/// What a definition is: `static inline function`.
pub fn kind_of_definition(kind: Kind, flags: Flags) -> String {
    let mut words = String::new();
    for (flag, word) in
        [(Flags::STATIC, "static "), (Flags::INLINE, "inline "), (Flags::WEAK, "weak ")]
    {
        if flags.has(flag) && matches!(kind, Kind::Function | Kind::Variable | Kind::Asm) {
            words += word;
        }
    }
    words + kind.name()
}

/// How a link uses what it leads to: `call`, `passed to kthread_run()`.
pub fn how(graph: &Graph<'_>, link: &Link) -> String {
    let via = link.via.map(|via| graph.name(via));
    receiver(link.kind, via.as_deref())
}

/// Whether a definition is what `EXPORT_SYMBOL` makes (`include/linux/export.h`): an entry of
/// the table by which modules find a function, and nobody who calls it.
pub fn is_export(name: &[u8]) -> bool {
    name.starts_with(b"__ksymtab_")
}

/// How an export uses what it is of.
pub const EXPORTED: &str = "exported";

/// How something is used, by the kind of use and who receives it: a function's name, or a
/// slot's as the outline writes it (`open@file_operations`).
pub fn receiver(kind: LinkKind, via: Option<&[u8]>) -> String {
    let via = via.map(|via| {
        let text = String::from_utf8_lossy(via).into_owned();
        text.split_once('@').map_or((format!("{text}()"), false), |(field, tag)| {
            (if tag.is_empty() { format!(".{field}") } else { format!("{tag}.{field}") }, true)
        })
    });
    match (kind, via) {
        (LinkKind::Call, _) => "call".to_owned(),
        (LinkKind::Macro, _) => "macro".to_owned(),
        (LinkKind::Ref, None) => "ref".to_owned(),
        (LinkKind::Ref, Some((function, false))) => format!("passed to {function}"),
        (LinkKind::Ref, Some((slot, true))) => format!("put into {slot}"),
        (LinkKind::Init, Some((slot, true))) => format!("init of {slot}"),
        (LinkKind::Init, Some((function, false))) => format!("registered by {function}"),
        (LinkKind::Init, None) => "init".to_owned(),
        (LinkKind::Indirect, None) => "indirect".to_owned(),
        (LinkKind::Indirect, Some((slot, _))) => format!("indirect, through {slot}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_in_words() {
        let said = |kind, via: &str| receiver(kind, Some(via.as_bytes()));
        assert_eq!(receiver(LinkKind::Call, None), "call");
        assert_eq!(said(LinkKind::Ref, "user_mode_thread"), "passed to user_mode_thread()");
        assert_eq!(said(LinkKind::Init, "open@file_operations"), "init of file_operations.open");
        assert_eq!(said(LinkKind::Ref, "fn@"), "put into .fn");
        assert_eq!(said(LinkKind::Indirect, "open@"), "indirect, through .open");
    }

    #[test]
    fn definitions_in_words() {
        let mut flags = Flags::STATIC;
        flags.set(Flags::INLINE);
        assert_eq!(kind_of_definition(Kind::Function, flags), "static inline function");
        assert_eq!(kind_of_definition(Kind::Struct, flags), "struct");
    }
}
