//! The search: from patterns and paths to hits in path order.
//!
//! `request` is what a search is asked, `pattern`, `basic` and `line` build matchers, `walk`
//! finds files, `objects` those of a revision that lie in no folder, `scan` deals them out to
//! threads, `file` and `sink` search one file, `hits` is what comes out. `function` says
//! which function a line is in, `around` adds that to hits.

mod around;
mod basic;
mod file;
mod function;
mod hits;
mod line;
mod narrow;
mod objects;
mod pattern;
mod request;
mod scan;
mod sink;
mod walk;

pub use file::SearchOptions;
pub use function::enclosing;
pub use hits::{Binary, FileHits};
pub use line::LineMatcher;
pub use narrow::{Advice, Filter, advise, advise_knowing};
pub use objects::Objects;
pub use pattern::{Patterns, Query};
pub use request::{FileRules, SearchRequest, TypeChoice};
pub use scan::{Event, Search, Totals, scan};
pub use sink::Want;
pub use walk::{Haystack, Scope, all_types, overrides, types};
