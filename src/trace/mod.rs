//! Everything about one name: recipes say what to look up, this module looks it up.
//!
//! `recipe` is what a recipe says, `load` reads them, `case` finds out what a name is and
//! `look` has one file for each group of look-ups. Commands print what comes out.

mod case;
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

pub(crate) use case::cases;
pub(crate) use list::items;
pub(crate) use load::{Recipes, is_recipe};
pub(crate) use look::answer;
pub(crate) use near::near_names;
pub(crate) use recipe::{Look, Recipe};
pub(crate) use tracer::{Options, Row, Tracer};
