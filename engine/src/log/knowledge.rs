//! What is known of kernel logs as data: `queries/log.toml`, read once.

use std::sync::OnceLock;

use serde::Deserialize;

/// All of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Knowledge {
    /// How names of a trace are spelled in the source.
    #[serde(rename = "symbol")]
    pub(super) symbols: Vec<Symbol>,
    /// Functions that macros make.
    pub(super) generated: Vec<Generated>,
    /// Calls that the compiler makes.
    pub(super) made: Vec<Made>,
    /// What stands above a trace's first frame; the first that fits counts.
    pub(super) first: Vec<First>,
    /// Through which functions system calls are entered.
    pub(super) dispatch: Dispatch,
    /// Programs that are built beside the kernel.
    pub(super) apart: Apart,
    /// What only one architecture prints.
    #[serde(rename = "machine")]
    pub(super) machines: Vec<Machine>,
    /// How reports begin, in the order in which they are tried.
    #[serde(rename = "report")]
    pub(super) reports: Vec<Begin>,
    /// The lines of a report that is open.
    pub(super) parts: Parts,
    /// Functions that report what others did.
    pub(super) machinery: Vec<Machinery>,
    /// Functions in which whatever waits or spins is found, of no interest where something hangs.
    pub(super) waiting: Vec<Machinery>,
    /// Messages that name their place in a way of their own.
    pub(super) stamped: Vec<Stamped>,
    /// How messages name the function that prints them.
    pub(super) printer: Named,
}

/// An expression for a name in a text, and for its module behind it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    pub(super) text: String,
}

/// A text that names a file without its folder, and a line: `(20240827/psargs-330)`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stamped {
    /// An expression for it, with the file's name and the line as its groups.
    pub(super) text: String,
    /// The folder of the file.
    pub(super) folder: String,
    /// What the file's name ends with.
    pub(super) ends: String,
}

/// What only one architecture prints.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Machine {
    pub(super) arch: String,
    #[serde(default)]
    pub(super) starts: Vec<String>,
    #[serde(default)]
    pub(super) has: Vec<String>,
    /// Beginnings of the compilers' names.
    #[serde(default)]
    pub(super) compiler: Vec<String>,
}

/// Folders of programs that are built beside the kernel, and are not in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Apart {
    pub(super) folders: Vec<String>,
}

/// How a kind of report begins.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Begin {
    pub(super) kind: String,
    #[serde(default)]
    pub(super) starts: Vec<String>,
    #[serde(default)]
    pub(super) has: Vec<String>,
    /// What the whole line is like; a `*` stands for any letters.
    #[serde(default)]
    pub(super) like: Vec<String>,
    #[serde(default)]
    pub(super) document: String,
    /// Whether memory was accessed that isn't there.
    #[serde(default)]
    pub(super) accesses: bool,
    /// Whether something hangs, or waits for what never comes.
    #[serde(default)]
    pub(super) hangs: bool,
}

/// How lines of an open report begin, and those that end it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parts {
    pub(super) starts: Vec<String>,
    pub(super) last: Vec<String>,
}

/// A function that reports what others did; a `*` in its name stands for any letters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Machinery {
    pub(super) function: String,
}

/// A start of names, and what the source has in its place.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Symbol {
    pub(super) prefix: String,
    #[serde(rename = "as")]
    pub(super) spelled: String,
    /// The header that declares it by that name, and makes it.
    #[serde(default)]
    pub(super) made_in: String,
}

/// A start of names of functions that macros make, and the macros that call them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Generated {
    pub(super) prefix: String,
    pub(super) calls: Vec<String>,
}

/// A call that the compiler makes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Made {
    pub(super) function: String,
    pub(super) at: Where,
}

/// Where in a function the compiler puts a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Where {
    /// At its closing brace.
    End,
}

/// What a trace's first frame may have been calling.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct First {
    /// The frame's function; empty for any.
    #[serde(default)]
    pub(super) function: String,
    pub(super) calls: Vec<String>,
}

/// Functions and tables between an architecture's entry and a system call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dispatch {
    pub(super) calls: Vec<String>,
}

/// What is known.
pub(super) fn knowledge() -> &'static Knowledge {
    static READ: OnceLock<Knowledge> = OnceLock::new();
    READ.get_or_init(|| {
        toml::from_str(include_str!("../../queries/log.toml"))
            .expect("the built-in queries/log.toml is valid: a test reads it")
    })
}

impl Knowledge {
    /// Whether a file is of a program that is built beside the kernel.
    pub(super) fn is_apart(&self, path: &[u8]) -> bool {
        let mut folders = self.apart.folders.iter().map(String::as_bytes);
        folders.any(|folder| memchr::memmem::find(path, folder).is_some())
    }

    /// The names that the source may have for a trace's `symbol`, the most likely first.
    pub(super) fn names_of(&self, symbol: &[u8]) -> Vec<Vec<u8>> {
        // No name of C has a dot: what is behind it is the compiler's.
        let end = memchr::memchr(b'.', symbol).filter(|at| *at > 0).unwrap_or(symbol.len());
        let bare = &symbol[..end];
        let mut names = vec![bare.to_vec()];
        for Symbol { prefix, spelled, .. } in &self.symbols {
            if let Some(rest) = bare.strip_prefix(prefix.as_bytes()).filter(|rest| !rest.is_empty())
            {
                names.push([spelled.as_bytes(), rest].concat());
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_trace_are_spelled_as_in_the_source() {
        let names = |symbol: &str| {
            let names = knowledge().names_of(symbol.as_bytes());
            names.into_iter().map(|name| String::from_utf8(name).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(names("lamp_on.isra.0.cold"), ["lamp_on"]);
        assert_eq!(names("__pfx_lamp_on")[..2], ["__pfx_lamp_on", "lamp_on"]);
        assert!(names("__x64_sys_read").contains(&"sys_read".to_owned()));
        assert!(names("__do_sys_mremap").contains(&"sys_mremap".to_owned()));
        assert_eq!(names(".hidden"), [".hidden"]);
    }
}
