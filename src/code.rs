//! The idioms in force: those that come with the program, and the user's.

use std::fs;

use kgrep_index::idiom::Idioms;

use crate::folders;
use crate::message::tell;

/// The built-in idioms and those of the user's `*.toml` files in his queries' folder that are no recipes, in
/// the order of their names. What is wrong with one is told in one line, and the rest is in
/// force.
pub(crate) fn idioms() -> Idioms {
    let mut idioms = Idioms::built_in();
    let entries = folders::queries().and_then(|folder| fs::read_dir(folder).ok());
    let entries = entries.into_iter().flatten();
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort_unstable();
    for path in paths {
        match fs::read_to_string(&path) {
            Ok(text) if crate::trace::is_recipe(&text) => {}
            Ok(text) => {
                for problem in idioms.add(&path.to_string_lossy(), &text) {
                    tell(problem.to_string());
                }
            }
            Err(error) => tell(format!("{}: {error}", path.display())),
        }
    }
    idioms
}
