//! Recipes: what to look up about a name of each kind, as data (`queries/*.toml`).
//!
//! `recipe` is what a recipe says, `load` reads them; [`crate::trace`] does what they say.

pub(crate) mod load;
pub(crate) mod pattern;
pub(crate) mod recipe;
pub(crate) mod template;

pub use load::{Recipes, is_recipe};
pub use recipe::{Look, Recipe};
