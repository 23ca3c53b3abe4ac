//! Everything about one name: recipes say what to look up, this module looks it up.
//!
//! `recipes` beside it reads them, `case` finds out what a name is and
//! `look` has one file for each group of look-ups. Commands print what comes out.

mod apart;
mod case;
mod check;
mod list;
mod look;
mod macro_parameter;
mod mentions;
mod near;
mod statement;
mod tracer;
mod wanted;

pub use crate::recipes::{Look, Recipe, Recipes, is_recipe};
pub(crate) use case::look_ahead;
pub use case::{Case, cases};
pub use check::{CheckResult, Checked, check_recipes};
pub use list::{Item, items};
pub use look::answer;
pub(crate) use mentions::{InFile, Mentions};
pub use near::near_names;
pub use tracer::{Options, Row, Tracer};
pub(crate) use wanted::Wanted;
