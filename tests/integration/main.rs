//! The integration tests: each runs the built program as a user would, on a small
//! tree. One file a theme; `util` and `pty` are the harness.

#![allow(clippy::panic, clippy::unwrap_used, reason = "that is how a test fails")]

#[path = "../../index/tests/history/mod.rs"]
mod history;
mod pty;
mod util;

mod absence;
mod accesses;
mod arguments;
mod background;
mod browse;
mod code;
mod compared;
mod complete;
mod config;
mod configuration;
mod configured;
mod diff;
mod documents;
mod editor;
mod existence;
mod find;
mod fleets;
mod followups;
mod formats;
mod freshness;
mod growth;
mod habits;
mod handed_on;
mod hostile;
mod index;
mod index_command;
mod index_update;
mod index_walk;
mod indirect;
mod known_calls;
mod layers;
mod limits;
mod lists;
mod log;
mod lsp;
mod lsp_client;
mod lsp_configured;
mod lsp_edits;
mod lsp_protocol;
mod macros;
mod mcp;
mod messages;
mod output;
mod pasted;
mod patches;
mod patterns;
mod pictures;
mod readme;
mod receivers;
mod review;
mod revisions;
mod ripgrep;
mod screens;
mod search;
mod several;
mod shapes;
mod shell;
mod sides;
mod stopped;
mod streams;
mod sureness;
mod terminal;
mod tidy;
mod trace;
mod traces;
mod trusted;
mod waiting;
mod walks;
