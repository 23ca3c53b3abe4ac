//! What a definition is and how one uses another, in the words that recipes' notes have; the
//! words are those of [`crate::answer`].

use kgrep_index::graph::{Graph, Link};
use kgrep_index::outline::{Flags, Kind};

use crate::answer::{DefinitionKind, How};

/// What a definition is: `static inline function`.
pub fn kind_of_definition(kind: Kind, flags: Flags) -> String {
    DefinitionKind { kind, flags, member_of: None }.to_string()
}

/// How a link uses what it leads to: `call`, `passed to kthread_run()`.
pub fn how(graph: &Graph<'_>, link: &Link) -> String {
    How::of(graph, link).to_string()
}

/// Whether a definition is what `EXPORT_SYMBOL` makes (`include/linux/export.h`): an entry of
/// the table by which modules find a function, and nobody who calls it.
pub fn is_export(name: &[u8]) -> bool {
    name.starts_with(EXPORT.as_bytes())
}

/// The name of the definition by which `name` is exported.
pub fn export_of(name: &str) -> String {
    format!("{EXPORT}{name}")
}

const EXPORT: &str = "__ksymtab_";
