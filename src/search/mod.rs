//! The search: from patterns and paths to hits in path order.
//!
//! `pattern`, `basic` and `line` build matchers, `walk` finds files, `scan` deals them out to
//! threads, `file` and `sink` search one file, `hits` is what comes out. `function` says
//! which function a line is in, `around` adds that to hits.

mod around;
mod basic;
mod file;
mod function;
mod hits;
mod line;
mod narrow;
mod pattern;
mod scan;
mod sink;
mod walk;

pub(crate) use file::SearchOptions;
pub(crate) use hits::{Binary, FileHits};
pub(crate) use line::LineMatcher;
pub(crate) use narrow::{Advice, advise};
pub(crate) use pattern::Patterns;
pub(crate) use scan::{Event, Search, scan};
pub(crate) use sink::Want;
pub(crate) use walk::{Scope, all_types, overrides, stdin_is_readable, types};
