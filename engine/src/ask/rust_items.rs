//! Where Rust's types and traits are defined, as the text of their lines has it: the graph has functions
//! alone.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::Result;
use crate::answer::{Cell, Row};
use crate::trace::{Tracer, Wanted};

/// What begins an item, behind its visibility (the reference's `Item` grammar).
const ITEMS: &str =
    r"^\s*(?:pub(?:\([^)]*\))?\s+)?(?:unsafe\s+)?(?<item>struct|enum|union|trait|type)\s+";

static ITEM: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(ITEMS).ok());

/// The definitions of a type called so, in path and line order. Of other names than those that types have, `ArcBorrow`,
/// nothing is looked for.
///
/// # Errors
/// If the tree can't be walked.
pub(super) fn defined(tracer: &mut Tracer<'_, '_>, name: &str) -> Result<Vec<Row>> {
    if !is_type(name) {
        return Ok(Vec::new());
    }
    let wanted = Wanted {
        files: vec!["*.rs".to_owned()],
        ..Wanted::new(vec![name.to_owned()], format!(r"{ITEMS}{name}\b"))
    };
    let found = tracer.lines(&wanted)?;
    let lines = found.iter().flat_map(|file| file.lines.iter().map(move |line| (&file.path, line)));
    let rows = lines.map(|(path, line)| {
        let item = ITEM.as_ref().and_then(|item| item.captures(&line.text));
        let item = item.and_then(|found| {
            Some(String::from_utf8_lossy(found.name("item")?.as_bytes()).into_owned())
        });
        Row {
            path: path.to_vec(),
            line: line.number,
            extent: Some((line.number, line.number)),
            name: name.as_bytes().to_vec(),
            cells: vec![Cell::Text(format!("Rust {}", item.unwrap_or_default()))],
            ..Row::default()
        }
    });
    Ok(rows.collect())
}

/// Whether a name is written as those of Rust's types are: `Arc`, `KVec`.
fn is_type(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.contains(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::is_type;

    #[test]
    fn types_are_written_in_camel_case() {
        for name in ["Arc", "KVec", "ArcBorrow", "Vec3"] {
            assert!(is_type(name), "{name}");
        }
        for name in ["arc", "PAGE", "Page_size", "", "A", "9p"] {
            assert!(!is_type(name), "{name}");
        }
    }
}
