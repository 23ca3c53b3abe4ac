//! The tools that a client is told of: names, when to use each, and what each takes.

use serde_json::{Map, Value, json};

/// What a tool is.
struct Tool {
    name: &'static str,
    about: &'static str,
    /// Its own arguments: name, type, and what it is; `*` behind a name says that it must be given.
    takes: &'static [(&'static str, Type, &'static str)],
}

#[derive(Clone, Copy)]
enum Type {
    Word,
    Words,
    Number,
    Flag,
}

use Type::{Flag, Number, Word, Words};

/// Told to a client once.
pub(super) const INSTRUCTIONS: &str = "Questions about one tree of Linux kernel source, answered \
from its files as they are now. Paths are relative to the tree's top. Ask for many names in one \
call. Every part of an answer gives its total; where rows are left out, `more: cursor …` says how \
to go on: the same call with that cursor. Take `exists` before saying that something does not \
exist. For a file whose path you know, `read` is cheaper than any search.";

const KINDS: &str = "function, macro, constant, struct, union, enum, typedef, variable, …";

/// All tools.
const TOOLS: [Tool; 15] = [
    Tool {
        name: "search",
        about: "Lines that match a regular expression (ripgrep's syntax), in path order. For text; \
                for definitions, uses and calls of a name the other tools know more.",
        takes: &[
            ("pattern*", Word, ""),
            ("fixed", Flag, "plain text"),
            ("word", Flag, "whole words"),
            ("ignore_case", Flag, ""),
            ("paths", Words, "folders or files"),
            ("globs", Words, "as *.h or !*.c"),
            ("types", Words, "ripgrep's file types: c, h, dts, …"),
        ],
    },
    Tool {
        name: "define",
        about: "Definitions of names, best first, with their whole text and the comment above. \
                Globs list names: ext4_*_inode.",
        takes: &[
            ("names*", Words, ""),
            ("kinds", Words, KINDS),
            ("body", Flag, "false: the line of the name only"),
        ],
    },
    Tool {
        name: "exists",
        about: "Whether names are defined, only declared, only in text, or nowhere in the whole \
                tree, with places and near names.",
        takes: &[("names*", Words, "functions, types, macros, variables, CONFIG_…, files")],
    },
    Tool {
        name: "references",
        about: "Every use of names with its kind and the function it is in.",
        takes: &[("names*", Words, ""), ("kinds", Words, "call, macro, ref, init, indirect, use")],
    },
    Tool {
        name: "callers",
        about: "Who calls functions, also through tables of functions, as a tree.",
        takes: &[("names*", Words, ""), ("depth", Number, "steps, 1"), ("kinds", Words, STEPS)],
    },
    Tool {
        name: "callees",
        about: "What functions call, and where that is defined, as a tree.",
        takes: &[("names*", Words, ""), ("depth", Number, "steps, 1"), ("kinds", Words, STEPS)],
    },
    Tool {
        name: "chain",
        about: "The shortest call chains from one function to another.",
        takes: &[
            ("from*", Word, ""),
            ("to*", Word, ""),
            ("number", Number, "of chains, 3"),
            ("through", Words, "functions each must pass"),
            ("avoid", Words, "functions none may pass"),
            ("max_depth", Number, "steps, 12"),
        ],
    },
    Tool {
        name: "trace",
        about: "All about names, in sections: a system call's entry and checks, a boot parameter's \
                handler and document, a struct's users, a config's code, a file's maintainers.",
        takes: &[
            ("names*", Words, ""),
            ("kind", Word, "what the name is, if it is several things"),
        ],
    },
    Tool {
        name: "find",
        about: "Symbols, documents, options and parameters by a few words of plain English, best \
                first. For what you have no name of; needs an index.",
        takes: &[
            ("words*", Words, ""),
            ("kinds", Words, "symbol, doc, config, param, maintainer, file, function, …"),
            ("paths", Words, "folders"),
        ],
    },
    Tool {
        name: "list",
        about: "All names of a kind: syscalls, boot-params, initcalls, configs, exports, modules, …",
        takes: &[("what*", Word, "a wrong one names all"), ("glob", Word, "for the names")],
    },
    Tool {
        name: "diff",
        about: "Hunks by which two folders differ, or that a patch changes, each with its function \
                and its place in the tree.",
        takes: &[
            ("old*", Word, "a folder, or a patch, mbox or folder of patches"),
            ("new", Word, "the other folder"),
            ("pattern", Word, "which hunks: a regular expression"),
            ("globs", Words, "which files"),
        ],
    },
    Tool {
        name: "built",
        about: "Whether a configuration builds files or the files that define names, and which \
                Makefile lines decide.",
        takes: &[("names*", Words, "paths, globs of paths, or names")],
    },
    Tool {
        name: "log",
        about: "Where the lines of a kernel log come from: messages, stack frames, reports. Paste \
                the log as it is.",
        takes: &[("text*", Word, ""), ("only", Word, "frames, messages or reports")],
    },
    Tool {
        name: "maintainers",
        about: "Who maintains files or folders, by MAINTAINERS.",
        takes: &[("paths*", Words, "")],
    },
    Tool {
        name: "read",
        about: "Lines of a file of the tree.",
        takes: &[("path*", Word, ""), ("first", Number, "line, 1"), ("last", Number, "line")],
    },
];

const STEPS: &str = "call, macro, ref, init, indirect, export";

/// Whether there is a tool of this name.
pub(super) fn is_one(name: &str) -> bool {
    TOOLS.iter().any(|tool| tool.name == name)
}

/// The names of all tools.
pub(super) fn names() -> Vec<&'static str> {
    TOOLS.iter().map(|tool| tool.name).collect()
}

/// The tools as a client is told of them.
pub(super) fn list() -> Value {
    TOOLS.iter().map(Tool::json).collect()
}

impl Tool {
    fn json(&self) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        let common = [
            ("limit", Number, ""),
            ("cursor", Word, ""),
            ("arch", Word, ""),
            ("kconfig", Word, ""),
        ];
        for (name, kind, about) in self.takes.iter().chain(&common) {
            let plain = name.trim_end_matches('*');
            if plain != *name {
                required.push(plain);
            }
            properties.insert(plain.to_owned(), kind.json(about));
        }
        json!({
            "name": self.name,
            "description": self.about,
            "inputSchema": {
                "type": "object", "properties": properties, "required": required,
                "additionalProperties": false,
            },
            "outputSchema": {
                "type": "object",
                "properties": {
                    "answers": { "type": "array", "items": { "type": "object" } },
                    "coverage": { "type": "object" },
                    "next": { "type": "string" },
                },
                "required": ["answers", "coverage"],
            },
            "annotations": { "readOnlyHint": true, "openWorldHint": false },
        })
    }
}

impl Type {
    fn json(self, about: &str) -> Value {
        let mut schema = match self {
            Word => json!({ "type": "string" }),
            Words => json!({ "type": "array", "items": { "type": "string" } }),
            Number => json!({ "type": "integer" }),
            Flag => json!({ "type": "boolean" }),
        };
        if let (false, Some(parts)) = (about.is_empty(), schema.as_object_mut()) {
            parts.insert("description".to_owned(), json!(about));
        }
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_tools_is_short() {
        // Words and punctuation are about the tokens that a model's tokenizer makes of JSON;
        // counted by tiktoken, the list has fewer.
        let text = list().to_string();
        assert!(text.len() < 13_000, "{} bytes", text.len());
    }

    #[test]
    fn every_tool_says_what_it_takes() {
        let list = list();
        for tool in list.as_array().unwrap() {
            assert!(is_one(tool["name"].as_str().unwrap()));
            let schema = &tool["inputSchema"];
            for name in schema["required"].as_array().unwrap() {
                assert!(schema["properties"].get(name.as_str().unwrap()).is_some(), "{tool}");
            }
        }
    }
}
