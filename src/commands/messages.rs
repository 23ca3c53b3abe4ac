//! `kgrep messages`: the formats of all calls that print into the kernel's log; and for
//! `kgrep trace 'text of a message'`, those that could have printed it.

use anyhow::{Context, Result};
use kgrep_engine::log::message::{Message, Messages};
use kgrep_engine::log::{LineContext, MessageSource};
use kgrep_index::graph::Graph;

use super::answer::{Place, show};
use super::{Outcome, Session, freshen};
use crate::cli::{MessagesArgs, level_name};
use crate::code;
use crate::list::Role;
use crate::message::tell;

const COLUMNS: [(&str, Role); 3] =
    [("Level", Role::Text), ("Message", Role::Name), ("Function", Role::Function)];

/// Prints and keeps the list.
///
/// # Errors
/// When the pattern is none, or the tree can't be read.
pub(crate) fn run(args: &MessagesArgs, session: &Session) -> Result<Outcome> {
    let pattern = args.pattern.as_deref().map(pattern).transpose()?;
    let code = code::around(session)?;
    let under =
        args.under.as_deref().map(|path| path.trim_start_matches("./").trim_end_matches('/'));
    let is_under = |path: &[u8]| {
        let Some(under) = under else { return true };
        let rest = path.strip_prefix(under.as_bytes());
        rest.is_some_and(|rest| under.is_empty() || rest.is_empty() || rest[0] == b'/')
    };
    let places = freshen::ask(&code, session, |graph| {
        let messages = Messages::of(graph);
        let wanted = messages.all().filter(|message| {
            let level = args.level.is_none_or(|level| message.level == Some(level));
            let fits =
                || pattern.as_ref().is_none_or(|pattern| pattern.is_match(&message.format()));
            level && is_under(message.path) && fits()
        });
        Ok::<_, anyhow::Error>(wanted.map(|message| place(&message)).collect::<Vec<_>>())
    })?;
    if places.is_empty() {
        tell("no such message; without arguments, all are listed");
    }
    show(&code, session, &COLUMNS, &places)
}

/// The expression that formats are to match: what is none is meant as it stands.
fn pattern(text: &str) -> Result<regex::bytes::Regex> {
    let insensitive = !text.chars().any(char::is_uppercase);
    let build = |text: &str| {
        regex::bytes::RegexBuilder::new(text).case_insensitive(insensitive).unicode(false).build()
    };
    build(text).or_else(|_| build(&regex::escape(text))).context("the pattern can't be used")
}

fn place(message: &Message<'_>) -> Place {
    let format = readable(&message.format());
    Place {
        path: message.path.to_vec(),
        line: message.line,
        name: Vec::new(),
        cells: vec![
            level_name(message.level).to_owned(),
            format,
            String::from_utf8_lossy(message.function).into_owned(),
        ],
        ..Place::default()
    }
}

/// A format on one line: line ends as the source has them, but for the last.
fn readable(format: &[u8]) -> String {
    let text = String::from_utf8_lossy(format.strip_suffix(b"\n").unwrap_or(format)).into_owned();
    text.replace('\n', "\\n").replace('\t', "\\t")
}

/// The calls that could have printed `text`, with how sure that is.
pub(super) fn printed(graph: &Graph<'_>, text: &str) -> Vec<Place> {
    let found = Messages::of(graph).printed(text.as_bytes(), &LineContext::default());
    let place = |found: kgrep_engine::log::Candidate| Place {
        path: found.path,
        line: found.line,
        name: Vec::new(),
        cells: vec![
            found.sure.name().to_owned(),
            readable(&found.format),
            String::from_utf8_lossy(&found.function).into_owned(),
        ],
        ..Place::default()
    };
    found.into_iter().map(place).collect()
}

/// The columns of [`printed`].
pub(super) const PRINTED: [(&str, Role); 3] =
    [("Sure", Role::Text), ("Message", Role::Name), ("Function", Role::Function)];
