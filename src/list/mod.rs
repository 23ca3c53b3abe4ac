//! The one list that every command shares: places in files, numbered from 0, kept
//! on disk so that a follow-up (`-s 27`) can go on from it.
//!
//! What an entry is, the engine says ([`kgrep_engine::place`]). `writer` and `reader` how a list lies on disk,
//! `shelf` which lists are kept and which one is meant, `selector` and `followup`
//! how the user names entries and what is to be done with them, `line` how that is typed, `named`
//! what a row is about, `asked` how a question about that is put. Drawing is `render`'s work; nothing here prints.

pub(crate) mod asked;
mod followup;
mod indices;
mod layout;
mod line;
pub(crate) mod named;
mod reader;
mod selector;
mod shelf;
#[cfg(test)]
pub(crate) mod testing;
mod view;
mod writer;

pub(crate) use followup::{ASKS, COMMANDS, FollowUp, FollowUpError, NAMES, Step};
pub(crate) use indices::Indices;
pub(crate) use kgrep_engine::place::{
    ContextLine, FileEntry, Logged, LoggedAs, LoggedPlace, Match, Span,
};
pub(crate) use kgrep_engine::relocate::{Place, SourceFile};
pub(crate) use kgrep_engine::{Column, Role};
pub(crate) use layout::{AtRevision, ListError, Meta};
pub(crate) use line::{ends_with_grep, parse, parse_args};
pub(crate) use reader::List;
pub(crate) use selector::Selectors;
pub(crate) use shelf::{LeftOut, Shelf, Shelved, Terminal};
pub(crate) use view::{Case, RefineError, Test, View};
pub(crate) use writer::{Finished, ListWriter, Pushed};
