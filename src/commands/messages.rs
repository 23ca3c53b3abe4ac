//! `kgrep messages`: the formats of all calls that print into the kernel's log.

use anyhow::{Context, Result};
use kgrep_engine::log::message::Message;
use kgrep_engine::messages;

use super::answer::show;
use super::find::within;
use super::{Outcome, Session};
use crate::cli::{MessagesArgs, level_name};
use crate::code;
use crate::message::tell;

/// Prints and keeps the list.
///
/// # Errors
/// When the pattern is none, or the tree can't be read.
pub(crate) fn run(args: &MessagesArgs, session: &Session) -> Result<Outcome> {
    let pattern = args.pattern.as_deref().map(pattern).transpose()?;
    let code = code::around(session)?;
    let under = within(args.under.as_slice(), &code)?;
    let is_under = |path: &[u8]| {
        let Some(under) = under.first() else { return true };
        let rest = path.strip_prefix(under.as_slice());
        rest.is_some_and(|rest| under.is_empty() || rest.is_empty() || rest[0] == b'/')
    };
    let answer = code.ask(|graph| {
        let wanted = |message: &Message<'_>| {
            let level = args.level.is_none_or(|level| message.level == Some(level));
            let fits =
                || pattern.as_ref().is_none_or(|pattern| pattern.is_match(&message.format()));
            level && is_under(message.path) && fits()
        };
        Ok::<_, anyhow::Error>(messages(&code, graph, wanted, level_name))
    })?;
    if answer.rows.is_empty() {
        tell("no such message; without arguments, all are listed");
    }
    show(&code, session, None, &answer)
}

/// The expression that formats are to match: what is none is meant as it stands.
fn pattern(text: &str) -> Result<regex::bytes::Regex> {
    let insensitive = !text.chars().any(char::is_uppercase);
    let build = |text: &str| {
        regex::bytes::RegexBuilder::new(text).case_insensitive(insensitive).unicode(false).build()
    };
    build(text).or_else(|_| build(&regex::escape(text))).context("the pattern can't be used")
}
