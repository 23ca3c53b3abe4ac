//! What a tool is called with: those of every tool (`limit`, `cursor`, `arch`, `kconfig`, `at`), taken off
//! first, and its own: one declaration makes of them plain structs and what a client is told. What
//! is none of them is refused by name.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The most rows of an answer, unless the question says otherwise.
const LIMIT: usize = 50;

/// More are in none.
const MOST: usize = 1000;

/// Said where a tool has no argument of a name.
const OF_ALL: &str = ", or what every tool takes: `limit`, `cursor`, `arch`, `kconfig`, `at`";

/// What every tool takes.
pub(super) struct Common {
    pub(super) limit: usize,
    pub(super) cursor: Option<String>,
    pub(super) arch: Option<String>,
    pub(super) kconfig: Option<String>,
    /// A git revision.
    pub(super) at: Option<String>,
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
    let at = word("at")?;
    own.retain(|_, value| !value.is_null());
    Ok((Common { limit, cursor, arch, kconfig, at }, Value::Object(own)))
}

/// A tool's own arguments.
///
/// # Errors
/// What is wrong with them.
pub(super) fn own<T: DeserializeOwned + Takes>(mut arguments: Value) -> Result<T, String> {
    let missing =
        T::ALL.iter().find(|argument| argument.required && arguments.get(argument.name).is_none());
    for argument in T::ALL.iter().filter(|argument| matches!(argument.kind, Type::Words)) {
        // A list of one may be given as a word.
        if let Some(value) = arguments.get_mut(argument.name).filter(|value| value.is_string()) {
            *value = Value::Array(vec![value.take()]);
        }
    }
    let own = serde_json::from_value(arguments).map_err(|error| {
        let of_all = if error.to_string().starts_with("unknown field") { OF_ALL } else { "" };
        format!("{error}{of_all}")
    })?;
    match missing {
        Some(argument) => Err(format!("missing field `{}`", argument.name)),
        None => Ok(own),
    }
}

/// What an argument is, for a client.
#[derive(Clone, Copy)]
pub(super) enum Type {
    Word,
    Words,
    Number,
    Flag,
}

/// An argument of a tool.
pub(super) struct Argument {
    pub(super) name: &'static str,
    pub(super) kind: Type,
    /// What it is, in a few words.
    pub(super) about: &'static str,
    pub(super) required: bool,
}

/// Which type of argument a field takes.
trait Taken {
    const TYPE: Type;
}

macro_rules! taken {
    ($($field:ty: $kind:ident),*) => {
        $(impl Taken for $field {
            const TYPE: Type = Type::$kind;
        })*
    };
}

taken!(String: Word, Option<String>: Word, Vec<String>: Words, bool: Flag, usize: Number);
taken!(u64: Number, Option<u64>: Number);

/// Makes of each tool's arguments a struct, and the table that a client is told. What has no default
/// must be given.
macro_rules! arguments {
    ($($tool:ident { $($name:ident: $field:ty $(= $default:expr)?, $about:expr;)* })*) => {
        $(
            #[derive(Deserialize)]
            #[serde(default, deny_unknown_fields)]
            pub(super) struct $tool {
                $(pub(super) $name: $field,)*
            }

            impl Default for $tool {
                fn default() -> $tool {
                    $tool { $($name: arguments!(@default $($default)?),)* }
                }
            }

            impl Takes for $tool {
                const ALL: &[Argument] = &[
                    $(Argument {
                        name: stringify!($name),
                        kind: <$field as Taken>::TYPE,
                        about: $about,
                        required: arguments!(@required $($default)?),
                    },)*
                ];
            }

        )*
    };
    (@default) => { Default::default() };
    (@default $default:expr) => { $default };
    (@required) => { true };
    (@required $default:expr) => { false };
}

/// The arguments of a tool.
pub(super) trait Takes {
    const ALL: &[Argument];
}

const KINDS: &str = "function, macro, constant, struct, union, enum, typedef, variable, …";

const STEPS: &str = "call, macro, ref, init, indirect, use";

const ALL: &str = "also calls that are only possible";

arguments! {
    Search {
        pattern: String, "";
        fixed: bool = false, "plain text";
        word: bool = false, "whole words";
        ignore_case: bool = false, "";
        paths: Vec<String> = Vec::new(), "folders or files";
        globs: Vec<String> = Vec::new(), "as *.h or !*.c";
        types: Vec<String> = Vec::new(), "ripgrep's file types: c, h, dts, …";
    }
    Define {
        names: Vec<String>, "";
        kinds: Vec<String> = Vec::new(), KINDS;
        body: bool = true, "false: the line of the name only";
    }
    Exists {
        names: Vec<String>, "functions, types, macros, variables, CONFIG_…, files";
        patches: Option<String> = None, "patches that may bring it";
    }
    References {
        names: Vec<String>, "also STRUCT.FIELD";
        kinds: Vec<String> = Vec::new(), STEPS;
        access: Vec<String> = Vec::new(), "of variables and fields: read, write, address, …";
    }
    Callers {
        names: Vec<String>, "";
        depth: usize = 1, "steps, 1";
        kinds: Vec<String> = Vec::new(), STEPS;
        args: bool = false, "with the arguments of each call";
        arg: Vec<String> = Vec::new(), "N=PATTERN: what argument N must match";
        all: bool = false, ALL;
    }
    Callees {
        names: Vec<String>, "";
        depth: usize = 1, "steps, 1";
        kinds: Vec<String> = Vec::new(), STEPS;
        all: bool = false, ALL;
    }
    Chain {
        from: String, "";
        to: String, "";
        number: usize = 3, "of chains, 3";
        through: Vec<String> = Vec::new(), "functions each must pass";
        avoid: Vec<String> = Vec::new(), "functions none may pass";
        max_depth: usize = 12, "steps, 12";
        all: bool = false, ALL;
    }
    Functions {
        with: Vec<String>, "regular expressions; with an open bracket plain text";
        without: Vec<String> = Vec::new(), "none of these";
        paths: Vec<String> = Vec::new(), "folders or files";
    }
    Trace {
        names: Vec<String>, "";
        kind: Option<String> = None, "what the name is, if it is several things";
        all: bool = false, ALL;
    }
    Find {
        words: Vec<String>, "";
        kinds: Vec<String> = Vec::new(), "symbol, doc, config, param, maintainer, file, function, …";
        paths: Vec<String> = Vec::new(), "folders";
    }
    List {
        what: String, "a wrong one names all";
        glob: Option<String> = None, "for the names";
    }
    Diff {
        old: String, "a folder, or a patch, mbox or folder of patches";
        new: Option<String> = None, "the other folder";
        pattern: Option<String> = None, "which hunks: a regular expression";
        globs: Vec<String> = Vec::new(), "which files";
    }
    Touched {
        patch: String, "a patch, mbox or folder of patches in the tree";
    }
    Built {
        names: Vec<String>, "paths, globs of paths, or names";
    }
    Log {
        text: String, "";
        only: Option<String> = None, "frames, messages or reports";
    }
    Maintainers {
        paths: Vec<String>, "";
    }
    Read {
        path: String, "";
        first: u64 = 1, "line, 1";
        last: Option<u64> = None, "line";
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_word_is_a_list_of_one() {
        let (common, rest) = split(json!({ "names": "kfree", "limit": 3 })).unwrap();
        assert_eq!(common.limit, 3);
        assert_eq!(own::<Exists>(rest).unwrap().names, ["kfree"]);
    }

    #[test]
    fn what_is_no_argument_is_named() {
        let wrong = |value: Value| match split(value).and_then(|(_, rest)| own::<Exists>(rest)) {
            Ok(_) => String::new(),
            Err(error) => error,
        };
        assert!(wrong(json!({ "name": "x" })).contains(
            "unknown field `name`, expected `names` or `patches`, or what every tool takes: `limit`"
        ));
        assert!(wrong(json!({})).contains("missing field `names`"));
        assert!(wrong(json!({ "names": ["x"], "limit": 0 })).contains("from 1 to 1000"));
        assert!(wrong(json!({ "names": ["x"], "cursor": 7 })).contains("cursor is a string"));
        assert!(wrong(json!(["x"])).contains("a JSON object"));
    }
}
