//! Names that are near one that is nothing: a few wrong letters, or the same words.

use kgrep_index::graph::Graph;
use kgrep_index::outline::Kind;

use crate::code::near;

/// How many are told.
const TOLD: usize = 3;

/// The defined names nearest to `name`; those that differ in a few letters first, then those
/// that share most of its words.
pub(crate) fn near_names(graph: &Graph<'_>, name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for variant in [name.to_owned(), format!("sys_{name}")] {
        found.extend(near(graph, &variant));
    }
    for near in &mut found {
        if let Some(short) = near.strip_prefix("sys_") {
            *near = short.to_owned();
        }
    }
    found.dedup();
    if found.len() < TOLD {
        let more = sharing_words(graph, name);
        found.extend(more);
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|near| seen.insert(near.clone()));
    found.truncate(TOLD);
    found
}

/// The names that have most words in common with `name`, shortest first.
fn sharing_words(graph: &Graph<'_>, name: &str) -> Vec<String> {
    let words: Vec<&[u8]> = words(name.as_bytes()).collect();
    let mut found: Vec<(usize, usize, Vec<u8>, u32)> = Vec::new();
    graph.names_starting_with(b"", |number, text| {
        if text.contains(&b'@') || text.contains(&b'/') {
            return;
        }
        let own: Vec<&[u8]> = self::words(text).collect();
        let shared = words.iter().filter(|word| own.contains(word)).count();
        if shared > 0 && shared * 2 >= words.len() {
            found.push((own.len() + words.len() - 2 * shared, text.len(), text.to_vec(), number));
        }
    });
    found.sort_unstable();
    let is_defined = |number: u32| {
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
