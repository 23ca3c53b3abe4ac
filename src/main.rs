//! The program: read the command line, run one command, say how it went.

mod browse;
mod cells;
mod cli;
mod closed;
mod code;
mod commands;
mod coverage;
mod editor;
mod folders;
mod freshen;
mod in_force;
mod interrupts;
mod list;
mod lsp;
mod mcp;
mod message;
mod notes;
mod percent;
mod reading;
mod render;
mod request;
mod room;
mod rpc;
mod served;
mod session;
mod settings;
mod shell;
mod taken;
mod typed;
mod verdicts;
mod waiting;

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use cli::Stop;
use commands::Outcome;
use kgrep_engine::{diff, plain, search, trace};

/// musl's own allocator has all threads wait for each other.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    room::keep_little();
    if closed::stdout_was_closed() {
        message::tell(
            "standard output is closed: answers need somewhere to go (> /dev/null drops them)",
        );
        return exit_code(2);
    }
    let args: Vec<OsString> = std::env::args_os().collect();
    let cli = match cli::parse(&args) {
        Ok(cli) if cli.root.short_help => return page(&cli::short_help()),
        Ok(cli) => cli,
        Err(Stop::Page(text)) => return page(&text),
        Err(wrong) => {
            message::tell(wrong.to_string());
            return exit_code(2);
        }
    };
    match commands::run(&cli, &args) {
        Ok(Outcome::Found) => exit_code(0),
        Ok(Outcome::Nothing) => exit_code(1),
        Ok(Outcome::Problems) => exit_code(2),
        Err(error) if commands::is_broken_pipe(&error) => exit_code(0),
        Err(error) => {
            message::tell(message::chain(&error));
            exit_code(2)
        }
    }
}

/// Prints a page of help. A reader who closes the pipe has seen enough.
fn page(text: &str) -> ExitCode {
    match render::print_page(text, render::Content::Styled) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            message::tell(format!("standard output: {}", message::plain(&error)));
            exit_code(2)
        }
        _ => exit_code(0),
    }
}

/// Exit status: 0 something found, 1 nothing found, 2 an error.
fn exit_code(code: u8) -> ExitCode {
    ExitCode::from(code)
}
