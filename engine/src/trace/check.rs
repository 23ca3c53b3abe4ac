//! Whether recipes work in a tree: their examples, asked.

use kgrep_index::graph::Graph;

use super::case::cases;
use super::look::answer;
use super::tracer::{Options, Tracer};
use crate::Result;
use crate::code::Code;
use crate::recipes::recipe::Recipe;

/// What became of an example of a recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The recipe's name.
    pub recipe: String,
    /// What its example found.
    pub result: CheckResult,
}

/// What an example found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckResult {
    /// The recipe is for trees that have this path.
    NotForThisTree {
        /// The path.
        needs: String,
    },
    /// So much.
    Found {
        /// The name.
        example: String,
        /// How many sections have rows.
        sections: usize,
        /// Of how many.
        of: usize,
        /// How many rows there are.
        rows: usize,
    },
}

impl Checked {
    /// Whether it should have found something, and didn't.
    pub fn failed(&self) -> bool {
        matches!(self.result, CheckResult::Found { rows: 0, .. })
    }
}

/// Asks the examples of `recipes` in the tree of `code`.
///
/// # Errors
/// When the tree can't be read.
pub fn check_recipes(code: &Code, graph: &Graph<'_>, recipes: &[&Recipe]) -> Result<Vec<Checked>> {
    let options = Options { depth: 1, body: false, all: false };
    let mut tracer = Tracer::new(code, graph, options);
    let mut checked = Vec::new();
    for recipe in recipes {
        let mut add = |result| checked.push(Checked { recipe: recipe.name.clone(), result });
        let needs = recipe.needs.as_ref();
        if let Some(path) = needs.filter(|path| !code.path(path.as_bytes()).exists()) {
            add(CheckResult::NotForThisTree { needs: path.clone() });
            continue;
        }
        for example in &recipe.examples {
            let cases = cases(&mut tracer, std::iter::once(*recipe), example, true)?;
            let (mut sections, mut rows) = (0, 0);
            for case in &cases {
                let answer = answer(&mut tracer, case, false)?;
                sections += answer.len();
                rows += answer.iter().map(|(_, rows)| rows.len()).sum::<usize>();
            }
            let (example, of) = (example.clone(), recipe.sections.len());
            add(CheckResult::Found { example, sections, of, rows });
        }
    }
    Ok(checked)
}
