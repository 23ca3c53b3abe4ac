//! Where a name is declared, and nothing else of it.

use kgrep_index::graph::Graph;
use kgrep_index::outline::Kind;

use super::define;
use crate::Result;
use crate::answer::Answer;
use crate::code::Code;
use crate::request::{Declared, Define};

/// The declarations of a name, the best first.
///
/// # Errors
/// When it is no name.
pub(super) fn answer(code: &Code, graph: &Graph<'_>, asked: &Declared) -> Result<Answer> {
    let define = Define { name: asked.name.clone(), kinds: vec![Kind::Declaration] };
    define::answer(code, graph, &define)
}
