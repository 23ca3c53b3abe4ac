//! Names that are near one that is nothing: a few wrong letters, or the same words.

use std::cell::RefCell;

use crate::Result;
use kgrep_index::graph::{Graph, NameRef};
use kgrep_index::outline::Kind;

use super::list::items;
use super::tracer::Tracer;
use crate::code::{near, nearest};
use crate::recipes::load::Recipes;

/// How many are told.
const TOLD: usize = 3;

/// The names nearest to `name`: definitions, files or boot parameters that differ in a few
/// letters, and where there are none, definitions that share most of its words.
///
/// # Errors
/// When the tree can't be walked.
pub fn near_names(
    tracer: &mut Tracer<'_, '_>,
    recipes: &Recipes,
    name: &str,
) -> Result<Vec<String>> {
    let graph = tracer.graph;
    let mut found = match name.contains('/') {
        true => nearest(graph.paths(), name),
        false => near(graph, name),
    };
    if found.is_empty() && !name.contains('/') {
        found = near_parameters(tracer, recipes, name)?;
    }
    // Every option shares a word with every other, and every file with its neighbours.
    if found.is_empty() && !name.starts_with("CONFIG_") && !name.contains('/') {
        found = sharing_words(graph, name);
    }
    found.truncate(TOLD);
    Ok(found)
}

/// The boot parameters that are spelled nearly so, each with its `=` where `name` has one.
fn near_parameters(
    tracer: &mut Tracer<'_, '_>,
    recipes: &Recipes,
    name: &str,
) -> Result<Vec<String>> {
    let mut lists = recipes.all.iter().filter_map(|recipe| recipe.list.as_ref());
    let Some(list) = lists.find(|list| list.name == "boot-params") else { return Ok(Vec::new()) };
    let (bare, end) = name.strip_suffix('=').map_or((name, ""), |bare| (bare, "="));
    let names = RefCell::new(Vec::new());
    items(tracer, list, |name| {
        names.borrow_mut().push(name.trim_end_matches('=').to_owned());
        false
    })?;
    let names = names.into_inner();
    let near = nearest(names.iter().map(String::as_bytes), bare);
    Ok(near.into_iter().map(|name| name + end).collect())
}

/// The names that have most words in common with `name`, shortest first.
fn sharing_words(graph: &Graph<'_>, name: &str) -> Vec<String> {
    let words: Vec<&[u8]> = words(name.as_bytes()).collect();
    let mut found: Vec<(usize, usize, Vec<u8>, NameRef)> = Vec::new();
    graph.names_starting_with(b"", |number, text| {
        if text == name.as_bytes() || text.contains(&b'@') || text.contains(&b'/') {
            return;
        }
        let own: Vec<&[u8]> = self::words(text).collect();
        let shared = words.iter().filter(|word| own.contains(word)).count();
        if shared > 0 && shared * 2 >= words.len() {
            found.push((own.len() + words.len() - 2 * shared, text.len(), text.to_vec(), number));
        }
    });
    found.sort_unstable();
    let is_defined = |number: NameRef| {
        graph
            .definitions_of(number)
            .iter()
            .any(|d| !matches!(d.kind, Kind::File | Kind::Declaration))
    };
    let defined = found.into_iter().filter(|(.., number)| is_defined(*number)).take(TOLD);
    defined.map(|(_, _, text, _)| String::from_utf8_lossy(&text).into_owned()).collect()
}

fn words(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    name.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| word.len() > 1)
}
