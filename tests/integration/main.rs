//! The integration tests: each runs the built program as a user would, on a small
//! tree. One file a theme; `util` and `pty` are the harness.

#![allow(clippy::panic, clippy::unwrap_used, reason = "that is how a test fails")]

mod pty;
mod util;

mod arguments;
mod code;
mod complete;
mod config;
mod diff;
mod documents;
mod editor;
mod find;
mod followups;
mod index;
mod index_command;
mod index_update;
mod index_walk;
mod lists;
mod macros;
mod output;
mod patterns;
mod search;
mod shapes;
mod shell;
mod terminal;
mod tidy;
mod trace;
