//! How one thing uses another, and what a definition is, as types; the words for both are here,
//! in one place.

use std::fmt;

use kgrep_index::graph::{Graph, Link, LinkKind};
use kgrep_index::outline::{AccessKind, Flags, Kind};
use serde::{Deserialize, Serialize};

/// How a definition uses another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum How {
    /// By a link of the graph.
    Link {
        /// Its kind.
        kind: LinkKind,
        /// Who receives what is used.
        via: Option<Via>,
    },
    /// It offers it to modules (`EXPORT_SYMBOL`).
    Exported,
    /// It names it, in a way that says no more.
    Use,
    /// It gets at a variable or a field.
    Access(AccessKind),
}

/// Who receives a function that isn't called where it is named.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Via {
    /// A function or a macro.
    Function(String),
    /// A field of a structure that holds functions.
    Slot {
        /// The structure; empty where the text doesn't tell.
        structure: String,
        /// The field.
        field: String,
    },
    /// A variable or an array that holds functions.
    Variable(String),
    /// A function's parameter.
    Parameter {
        /// The function.
        function: String,
        /// Its number, from 1.
        number: u32,
    },
}

impl How {
    /// By a link of this kind; `via` as the outline writes it: a function's name, or a slot's
    /// (`open@file_operations`).
    pub fn by(kind: LinkKind, via: Option<&[u8]>) -> How {
        How::Link { kind, via: via.map(Via::of) }
    }

    /// As a link of `graph` does.
    pub fn of(graph: &Graph<'_>, link: &Link) -> How {
        How::by(link.kind, link.via.map(|via| graph.name(via)).as_deref())
    }

    /// What is said of it, where nothing need be made for that.
    pub fn word(&self) -> Option<&'static str> {
        match self {
            How::Exported => Some("exported"),
            How::Use => Some("use"),
            How::Access(kind) => Some(kind.name()),
            How::Link { kind: kind @ (LinkKind::Call | LinkKind::Macro), .. }
            | How::Link { kind, via: None } => Some(kind.name()),
            How::Link { .. } => None,
        }
    }

    /// A plain call.
    pub fn is_call(&self) -> bool {
        matches!(self, How::Link { kind: LinkKind::Call, .. })
    }
}

impl Via {
    /// What a name of the outline means.
    pub fn of(name: &[u8]) -> Via {
        let text = String::from_utf8_lossy(name);
        match text.split_once('@') {
            Some((name, "*")) => Via::of_pointer(name),
            Some((field, structure)) => {
                Via::Slot { structure: structure_name(structure), field: field.to_owned() }
            }
            None => Via::Function(text.into_owned()),
        }
    }

    /// A slot of a variable, `handlers`, or of a parameter, `register_lamp(2)`, where the name may
    /// have its file's number: `handlers#1f`.
    fn of_pointer(slot: &str) -> Via {
        let parameter = slot.strip_suffix(')').and_then(|slot| slot.rsplit_once('('));
        let name = |text: &str| text.split('#').next().unwrap_or_default().to_owned();
        match parameter.and_then(|(function, number)| Some((function, number.parse().ok()?))) {
            Some((function, number)) => Via::Parameter { function: name(function), number },
            None => Via::Variable(name(slot)),
        }
    }
}

/// A structure as the source writes what leads to it: `lamp_of().ops` for `()lamp_of.ops`, a variable
/// `lamp` for `=lamp`, a type `lamp_t` for `~lamp_t`.
fn structure_name(structure: &str) -> String {
    // What the text tells of the pointer stands behind it.
    let structure = structure.split(':').next().unwrap_or_default();
    if let Some(given) = structure.strip_prefix("()") {
        let end = given.find('.').unwrap_or(given.len());
        return format!("{}(){}", &given[..end], &given[end..]);
    }
    structure.trim_start_matches(['=', '~']).to_owned()
}

/// `file_operations.open`, or `kthread_run()`.
impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Via::Function(name) => write!(f, "{name}()"),
            Via::Slot { structure, field } => write!(f, "{structure}.{field}"),
            Via::Variable(name) => f.write_str(name),
            Via::Parameter { function, .. } => write!(f, "{function}()"),
        }
    }
}

/// `call`, `passed to kthread_run()`, `init of file_operations.open`.
impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let How::Link { kind, via: Some(via) } = self else {
            return f.write_str(self.word().unwrap_or_default());
        };
        match (kind, via) {
            (LinkKind::Call | LinkKind::Macro, _) => f.write_str(kind.name()),
            (LinkKind::Ref, Via::Function(_) | Via::Parameter { .. }) => {
                write!(f, "passed to {via}")
            }
            (LinkKind::Ref, via) => write!(f, "put into {via}"),
            (LinkKind::Init, Via::Slot { .. } | Via::Variable(_)) => write!(f, "init of {via}"),
            (LinkKind::Init, via) => write!(f, "registered by {via}"),
            (LinkKind::Indirect, Via::Parameter { number, .. }) => {
                write!(f, "indirect, through parameter {number} of {via}")
            }
            (LinkKind::Indirect, via) => write!(f, "indirect, through {via}"),
        }
    }
}

/// What a definition is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionKind {
    /// Its kind.
    pub kind: Kind,
    /// What is said of it besides.
    pub flags: Flags,
    /// The structure that it is a member of.
    pub member_of: Option<String>,
}

/// `static inline function`, or `member of file`.
impl fmt::Display for DefinitionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(structure) = &self.member_of {
            return write!(f, "member of {structure}");
        }
        for (flag, word) in
            [(Flags::STATIC, "static "), (Flags::INLINE, "inline "), (Flags::WEAK, "weak ")]
        {
            // The bit of `inline` says something else of a variable.
            let is_said = match self.kind {
                Kind::Function | Kind::Asm => true,
                Kind::Variable => flag != Flags::INLINE,
                _ => false,
            };
            if is_said && self.flags.has(flag) {
                f.write_str(word)?;
            }
        }
        f.write_str(self.kind.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_in_words() {
        let said = |kind, via: &str| How::by(kind, Some(via.as_bytes())).to_string();
        assert_eq!(How::by(LinkKind::Call, None).to_string(), "call");
        assert_eq!(said(LinkKind::Ref, "user_mode_thread"), "passed to user_mode_thread()");
        assert_eq!(said(LinkKind::Init, "open@file_operations"), "init of file_operations.open");
        assert_eq!(said(LinkKind::Ref, "fn@"), "put into .fn");
        assert_eq!(said(LinkKind::Indirect, "open@"), "indirect, through .open");
        assert_eq!(said(LinkKind::Ref, "request_irq#1f(2)@*"), "passed to request_irq()");
        assert_eq!(said(LinkKind::Init, "handlers#1f@*"), "init of handlers");
        assert_eq!(
            said(LinkKind::Indirect, "walk_lamps(2)@*"),
            "indirect, through parameter 2 of walk_lamps()"
        );
    }

    #[test]
    fn definitions_in_words() {
        let mut flags = Flags::STATIC;
        flags.set(Flags::INLINE);
        let said = |kind| DefinitionKind { kind, flags, member_of: None }.to_string();
        assert_eq!(said(Kind::Function), "static inline function");
        assert_eq!(said(Kind::Struct), "struct");
    }
}
