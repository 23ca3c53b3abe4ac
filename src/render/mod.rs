//! Draws what commands found: tables, grep lines, JSON, source blocks, counts.
//!
//! `look` holds the decisions about an output; every renderer appends bytes to a
//! buffer and never asks the environment; `pager` is where the bytes go. Nothing
//! here searches, reads files or keeps lists.

mod annotations;
mod arranged;
mod background;
mod cell;
mod context;
mod contrast;
mod counts;
mod dot;
mod fit;
mod gate;
mod grep;
mod highlight;
mod hunk;
mod hyperlink;
mod json;
mod line;
mod logged;
mod look;
mod measure;
mod pager;
mod prose;
mod record;
mod sanitize;
mod sheet;
mod svg;
mod table;

pub(crate) use arranged::Rows;
pub(crate) use cell::cut;
pub(crate) use context::{Block, Marked, Note, draw_block, merges_blocks};
pub(crate) use contrast::{Background, of_256};
pub(crate) use counts::Counts;
pub(crate) use dot::{Arrow, Node, draw_dot};
pub(crate) use fit::{push_among_others, wrapped};
pub(crate) use gate::Content;
pub(crate) use grep::{Grep, GrepStyle};
pub(crate) use highlight::{Highlighter, MAX_HIGHLIGHTED, Running, Styled};
pub(crate) use hunk::{HunkBlock, draw_hunk};
pub(crate) use json::{Json, Totals};
pub(crate) use look::{Facts, Ink, Look};
pub(crate) use measure::Measure;
pub(crate) use pager::{Output, print_page};
pub(crate) use sanitize::{display_width, push as push_shown, visible};
pub(crate) use svg::{Shown, Use, draw_picture, drawn_uses, nodes_of, with_dark_page};
