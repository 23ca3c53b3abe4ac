//! Everything about one name: recipes say what to look up, this module looks it up.
//!
//! `recipe` is what a recipe says, `load` reads them, `case` finds out what a name is and
//! `look` has one file for each group of look-ups. Commands print what comes out.

mod case;
mod check;
mod list;
mod load;
mod look;
mod mentions;
mod near;
mod pattern;
mod recipe;
mod statement;
mod template;
mod tracer;
mod wanted;

pub use case::cases;
pub use check::{CheckResult, Checked, check_recipes};
pub use list::{Item, items};
pub use load::{Recipes, is_recipe};
pub use look::answer;
pub use near::near_names;
pub use recipe::{Look, Recipe};
pub use tracer::{Options, Row, Tracer};
