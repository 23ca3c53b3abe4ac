//! The tools that a client is told of: names, when to use each, and what each takes.

use serde_json::{Map, Value, json};

use super::arguments::{self as take, Argument, Takes, Type};

/// What a tool is.
struct Tool {
    name: &'static str,
    about: &'static str,
    /// Its own arguments.
    takes: &'static [Argument],
}

/// Told to a client once.
pub(super) const INSTRUCTIONS: &str = "Questions about one tree of Linux kernel source, answered \
from its files as they are now. Paths are relative to the tree's top. Ask for many names in one \
call. Every part of an answer gives its total; where rows are left out, `more: cursor …` says how \
to go on: the same call with that cursor. Take `exists` before saying that something does not \
exist. `at` asks a git revision (v6.1, HEAD~3) in place of the files. For a file whose path you \
know, `read` is cheaper than any search.";

/// All tools.
const TOOLS: &[Tool] = &[
    Tool {
        name: "search",
        about: "Lines that match a regular expression (ripgrep's syntax), in path order. For text; \
                for definitions, uses and calls of a name the other tools know more.",
        takes: take::Search::ALL,
    },
    Tool {
        name: "define",
        about: "Definitions of names, best first, with their whole text and the comment above. \
                Globs list names: ext4_*_inode.",
        takes: take::Define::ALL,
    },
    Tool {
        name: "exists",
        about: "Whether names are defined, exported, only declared, fields, parameters, files, only \
                elsewhere, only in text, or proven to be nothing in the whole tree. Ask it before \
                saying that something is missing.",
        takes: take::Exists::ALL,
    },
    Tool {
        name: "references",
        about: "Every use of names with its kind and the function it is in; who reads and who writes \
                a variable or a field.",
        takes: take::References::ALL,
    },
    Tool {
        name: "callers",
        about: "Who calls functions, also through tables of functions, as a tree.",
        takes: take::Callers::ALL,
    },
    Tool {
        name: "callees",
        about: "What functions call, and where that is defined, as a tree.",
        takes: take::Callees::ALL,
    },
    Tool {
        name: "chain",
        about: "The shortest call chains from one function to another.",
        takes: take::Chain::ALL,
    },
    Tool {
        name: "functions_with",
        about: "Functions whose bodies have all of some texts, with the lines: who takes this lock \
                and touches that field.",
        takes: take::Functions::ALL,
    },
    Tool {
        name: "trace",
        about: "All about names, in sections: a system call's entry and checks, a boot parameter's \
                handler and document, a struct's users, a config's code, a file's maintainers.",
        takes: take::Trace::ALL,
    },
    Tool {
        name: "find",
        about: "Symbols, documents, options and parameters by a few words of plain English, best \
                first. For what you have no name of; needs an index.",
        takes: take::Find::ALL,
    },
    Tool {
        name: "list",
        about: "All names of a kind: syscalls, boot-params, initcalls, configs, exports, modules, …",
        takes: take::List::ALL,
    },
    Tool {
        name: "diff",
        about: "Hunks by which two folders differ, or that a patch changes, each with its function \
                and its place in the tree.",
        takes: take::Diff::ALL,
    },
    Tool {
        name: "touched",
        about: "Functions, types and macros that a patch touches, with their heads before and after, \
                how many call them, and whose they are.",
        takes: take::Touched::ALL,
    },
    Tool {
        name: "built",
        about: "Whether a configuration builds files or the files that define names, and which \
                Makefile lines decide.",
        takes: take::Built::ALL,
    },
    Tool {
        name: "log",
        about: "Where the lines of a kernel log come from: messages, stack frames, reports. Paste \
                the log as it is.",
        takes: take::Log::ALL,
    },
    Tool {
        name: "maintainers",
        about: "Who maintains files or folders, by MAINTAINERS.",
        takes: take::Maintainers::ALL,
    },
    Tool { name: "read", about: "Lines of a file of the tree.", takes: take::Read::ALL },
];

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
        for Argument { name, kind, about, required: must } in self.takes {
            if *must {
                required.push(*name);
            }
            properties.insert((*name).to_owned(), kind.json(about));
        }
        for (name, kind) in [
            ("limit", Type::Number),
            ("cursor", Type::Word),
            ("arch", Type::Word),
            ("kconfig", Type::Word),
            ("at", Type::Word),
        ] {
            properties.insert(name.to_owned(), kind.json(""));
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
                    "answers": { "type": "array" },
                    "coverage": { "type": "object" },
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
            Type::Word => json!({ "type": "string" }),
            Type::Words => json!({ "type": "array", "items": { "type": "string" } }),
            Type::Number => json!({ "type": "integer" }),
            Type::Flag => json!({ "type": "boolean" }),
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
        // It may have 4,000 tokens. By the encoding o200k_base, each is of 4.2 bytes.
        let text = list().to_string();
        assert!(text.len() < 4 * 3_500, "{} bytes", text.len());
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
