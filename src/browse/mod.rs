//! `kgrep browse`: the list and the source beside it, on the whole screen.
//!
//! No question is answered here. `app` is the state and what each key does to it (`keys` has the
//! table, `typing` the line at the bottom, `mouse` the mouse), `page` one list on the stack with
//! its `source`; `draw` and `pane` make a screen of it, with the rows that the renderers draw
//! (`rows`, `paint`). `run` is the loop, `terminal` what it has of the terminal, `output` where bytes go. Who answers
//! questions is a [`Host`], which a command is.

mod app;
mod draw;
mod keys;
mod mouse;
mod narrow;
mod output;
mod page;
mod paint;
mod pane;
mod prompt;
mod rows;
mod run;
mod source;
mod terminal;
#[cfg(test)]
mod tests;
mod typing;

use anyhow::Result;

use crate::render::{Highlighter, Look};
pub(crate) use run::{Ended, First, Host, News};

/// Shows the screen until it is left.
///
/// # Errors
/// When the terminal can't be used, or the first question can't be answered.
pub(crate) fn run(look: Look, first: First, host: &mut dyn Host) -> Result<Ended> {
    let highlighter = Highlighter::of(&look)?;
    let paint = paint::Paint::new(paint::Depth::of(&look), look.background);
    run::run(app::App::new(look, paint, highlighter), first, host)
}

/// Whether standard output is a terminal that a screen can be drawn on.
pub(crate) fn has_screen(look: &Look) -> bool {
    look.terminal && std::env::var_os("TERM").is_some_and(|term| term != "dumb" && !term.is_empty())
}
