//! What a tool is called with: those of every tool (`limit`, `cursor`, `arch`, `kconfig`), taken off
//! first, and its own, which are plain structs. What is none of them is refused by name.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// So many rows are in an answer that says nothing of it.
const LIMIT: usize = 50;

/// More are in none.
const MOST: usize = 1000;

/// Arguments that are lists, and may be given as one word.
const LISTS: [&str; 9] =
    ["names", "paths", "kinds", "files", "globs", "types", "through", "avoid", "words"];

/// What every tool takes.
pub(super) struct Common {
    pub(super) limit: usize,
    pub(super) cursor: Option<String>,
    pub(super) arch: Option<String>,
    pub(super) kconfig: Option<String>,
}

/// Takes apart what a tool was called with: what every tool takes, and the rest.
///
/// # Errors
/// What is wrong with it.
pub(super) fn split(arguments: Value) -> Result<(Common, Value), String> {
    let mut own = match arguments {
        Value::Object(own) => own,
        Value::Null => Map::new(),
        _ => return Err("arguments are a JSON object".to_owned()),
    };
    let limit = match own.remove("limit") {
        None | Some(Value::Null) => LIMIT,
        Some(limit) => limit
            .as_u64()
            .and_then(|limit| usize::try_from(limit).ok())
            .filter(|limit| (1..=MOST).contains(limit))
            .ok_or_else(|| format!("limit is a whole number from 1 to {MOST}, not {limit}"))?,
    };
    let mut word = |name: &str| match own.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(word)) => Ok(Some(word)),
        Some(other) => Err(format!("{name} is a string, not {other}")),
    };
    let (cursor, arch, kconfig) = (word("cursor")?, word("arch")?, word("kconfig")?);
    for name in LISTS {
        if let Some(value) = own.get_mut(name).filter(|value| value.is_string()) {
            *value = Value::Array(vec![value.take()]);
        }
    }
    own.retain(|_, value| !value.is_null());
    Ok((Common { limit, cursor, arch, kconfig }, Value::Object(own)))
}

/// A tool's own arguments.
///
/// # Errors
/// What is wrong with them.
pub(super) fn own<T: DeserializeOwned>(arguments: Value) -> Result<T, String> {
    serde_json::from_value(arguments).map_err(|error| error.to_string())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    pub(super) pattern: String,
    #[serde(default)]
    pub(super) fixed: bool,
    #[serde(default)]
    pub(super) word: bool,
    #[serde(default)]
    pub(super) ignore_case: bool,
    #[serde(default)]
    pub(super) paths: Vec<String>,
    #[serde(default)]
    pub(super) globs: Vec<String>,
    #[serde(default)]
    pub(super) types: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Define {
    pub(super) names: Vec<String>,
    #[serde(default)]
    pub(super) kinds: Vec<String>,
    #[serde(default = "yes")]
    pub(super) body: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    pub(super) names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct References {
    pub(super) names: Vec<String>,
    #[serde(default)]
    pub(super) kinds: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Steps {
    pub(super) names: Vec<String>,
    #[serde(default)]
    pub(super) kinds: Vec<String>,
    #[serde(default = "one")]
    pub(super) depth: usize,
}

fn one() -> usize {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chain {
    pub(super) from: String,
    pub(super) to: String,
    #[serde(default = "three")]
    pub(super) number: usize,
    #[serde(default)]
    pub(super) through: Vec<String>,
    #[serde(default)]
    pub(super) avoid: Vec<String>,
    #[serde(default = "twelve")]
    pub(super) max_depth: usize,
}

fn three() -> usize {
    3
}

fn twelve() -> usize {
    12
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trace {
    pub(super) names: Vec<String>,
    #[serde(default)]
    pub(super) kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Find {
    pub(super) words: Vec<String>,
    #[serde(default)]
    pub(super) kinds: Vec<String>,
    #[serde(default)]
    pub(super) paths: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    pub(super) what: String,
    #[serde(default)]
    pub(super) glob: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Diff {
    pub(super) old: String,
    #[serde(default)]
    pub(super) new: Option<String>,
    #[serde(default)]
    pub(super) pattern: Option<String>,
    #[serde(default)]
    pub(super) globs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Built {
    pub(super) names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Log {
    pub(super) text: String,
    #[serde(default)]
    pub(super) only: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Maintainers {
    pub(super) paths: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Read {
    pub(super) path: String,
    #[serde(default = "first")]
    pub(super) first: u64,
    #[serde(default)]
    pub(super) last: Option<u64>,
}

fn first() -> u64 {
    1
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_word_is_a_list_of_one() {
        let (common, rest) = split(json!({ "names": "kfree", "limit": 3 })).unwrap();
        assert_eq!(common.limit, 3);
        assert_eq!(own::<Names>(rest).unwrap().names, ["kfree"]);
    }

    #[test]
    fn what_is_no_argument_is_named() {
        let wrong = |value: Value| match split(value).and_then(|(_, rest)| own::<Names>(rest)) {
            Ok(_) => String::new(),
            Err(error) => error,
        };
        assert!(wrong(json!({ "name": "x" })).contains("unknown field `name`, expected `names`"));
        assert!(wrong(json!({})).contains("missing field `names`"));
        assert!(wrong(json!({ "names": ["x"], "limit": 0 })).contains("from 1 to 1000"));
        assert!(wrong(json!({ "names": ["x"], "cursor": 7 })).contains("cursor is a string"));
        assert!(wrong(json!(["x"])).contains("a JSON object"));
    }
}
