//! The recipes in force: the program's, the user's, and those of a trusted tree.

use crate::code::Code;
use crate::folders;
use crate::message::tell;
use crate::trace::Recipes;

use super::Session;

/// Reads them. What is wrong with one is told in a line, and the rest is in force. A
/// tree's own recipes count only where the user trusts them.
pub(super) fn load(code: &Code, session: &Session, trust: bool) -> Recipes {
    let mut recipes = Recipes::built_in();
    if let Some(folder) = folders::queries() {
        recipes.add_folder(&folder);
    }
    let own = code.tree().root().join(".kgrep/queries");
    let trusted =
        trust || session.settings.trusted_trees.value.iter().any(|tree| tree == code.tree().root());
    if trusted {
        recipes.add_folder(&own);
    }
    for problem in &recipes.problems {
        tell(problem.to_string());
    }
    recipes
}
