//! What an answer rests on ([`Coverage`]), as data and as one line.

use kgrep_engine::Coverage;
use serde_json::{Map, Value, json};

use crate::message::counted;
use crate::settings::Settings;

/// What is known of it, by name. `complete` says that no row was left out for its number.
pub(crate) fn json(coverage: &Coverage, complete: bool) -> Map<String, Value> {
    let unread: Vec<_> =
        coverage.unread.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect();
    let known = [
        ("files", json!(coverage.files)),
        ("indexed", json!(coverage.indexed)),
        ("changed", json!(coverage.changes)),
        ("searched", json!(coverage.searched)),
        ("arch", json!(coverage.arch)),
        ("configured", Some(true).filter(|_| coverage.configured).into()),
        ("left_out", Some(coverage.left_out).filter(|rows| *rows > 0).into()),
        ("unread", Some(unread).filter(|unread| !unread.is_empty()).into()),
        ("complete", json!(complete && coverage.unread.is_empty())),
    ];
    let known = known.into_iter().filter(|(_, value)| !value.is_null());
    known.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What an answer rests on that is of several trees: of each its own.
pub(crate) fn of_trees(trees: &[(&str, Coverage)]) -> Value {
    let complete = trees.iter().all(|(_, coverage)| coverage.unread.is_empty());
    let of_one = |(name, coverage): &(&str, Coverage)| ((*name).to_owned(), json(coverage, true));
    let trees: Map<String, Value> =
        trees.iter().map(of_one).map(|(name, known)| (name, Value::Object(known))).collect();
    json!({ "complete": complete, "trees": trees })
}

/// Adds which files' rules were in force: whether hidden files, and those that ignore rules leave
/// out, were looked at too.
pub(crate) fn add_rules(known: &mut Map<String, Value>, settings: &Settings) {
    known.insert("hidden".to_owned(), settings.hidden.value.into());
    known.insert("ignored".to_owned(), (!settings.ignore.value).into());
}

/// It in one line, said where nothing was found.
pub(crate) fn sentence(coverage: &Coverage) -> Option<String> {
    let files = coverage.files.or(coverage.searched)?;
    let mut said = format!("looked at {} as they are now", counted(files, "file"));
    if let Some(changes) = coverage.changes.filter(|changes| *changes > 0) {
        said += &format!(" ({} since the index)", counted(changes, "change"));
    }
    if let Some(arch) = &coverage.arch {
        said += &format!("; of architectures, {arch}");
    }
    if coverage.configured {
        said += "; only what the configuration builds";
    }
    if !coverage.unread.is_empty() {
        said += &format!("; {} could not be read", counted(coverage.unread.len() as u64, "file"));
    }
    Some(said)
}
