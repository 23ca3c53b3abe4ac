//! Answers requests: one file for each question, each a function from the graph and the
//! parameters to an [`Answer`]. What a search finds may be
//! handed on while it is found ([`Sink`](crate::sink::Sink)), as the hunks of a comparison.

mod built;
mod chain;
mod complete;
mod define;
mod explained;
mod export;
mod find;
mod list;
mod log;
mod maintainers;
mod messages;
mod names;
mod references;
mod search;
mod sources;
mod steps;
mod symbol;
mod trace;

pub use complete::complete;
pub use export::Words;
pub use log::{LOG_COLUMNS, LogRow, LogRows};
pub use search::{Around, Seeker, Sought};
pub use sources::Sources;

use kgrep_index::configured::Presence;

use crate::code::Code;
use crate::request::Request;
use crate::{Answer, Error, Result};

impl Code {
    /// Whether the configuration in force, if there is one, may build a file.
    fn may_build(&self, path: &[u8]) -> bool {
        self.configured().is_none_or(|configured| configured.presence(path) != Presence::Out)
    }

    /// What there is to say to `request`, of the files as they are now. Where a part of the
    /// index turns out to be damaged, the files themselves are read.
    ///
    /// # Errors
    /// When a name, a glob or a kind of the request is none, or the tree can't be read.
    pub fn answer(&self, request: &Request) -> Result<Answer> {
        let mut answer = match request {
            Request::Search(search) => return search::answer(self, search),
            Request::Define(define) => self.ask(|graph| define::answer(self, graph, define)),
            Request::References(references) => references::answer(self, references),
            Request::Callers(steps) => self.ask(|graph| steps::callers(self, graph, steps)),
            Request::Callees(steps) => self.ask(|graph| steps::callees(self, graph, steps)),
            Request::Chain(chain) => self.ask(|graph| chain::answer(self, graph, chain)),
            Request::Trace(trace) => trace::answer(self, trace),
            Request::List(list) => list::answer(self, list),
            Request::Find(find) => find::answer(self, find),
            Request::Built(built) => explained::answer(self, built),
            Request::Export(what) => self.table(*what),
            Request::Complete(complete) => Ok(self.names(complete)),
            Request::Log(log) => log::answer(self, log),
            Request::Maintainers(asked) => maintainers::answer(self, asked),
            Request::Messages(asked) => messages::answer(self, asked),
            Request::Differ(_) => return Err(Error::NotOfOneTree),
        }?;
        // Of steps and chains the graph itself leaves out what isn't built, and `find` before the
        // best are cut off.
        if matches!(
            request,
            Request::Define(_) | Request::References(_) | Request::Trace(_) | Request::List(_)
        ) {
            let of_code = matches!(request, Request::Define(_) | Request::References(_));
            let notes = self.leave_out(&mut answer.rows, usize::MAX, |row| {
                (&row.path, of_code.then_some((row.line, &row.name)))
            });
            answer.notes.extend(notes);
            answer.arrows.retain(|arrow| self.may_build(&arrow.from.path));
        }
        if let Some((_, fresh)) = self.asked() {
            answer.coverage.indexed = true;
            answer.coverage.changes = Some(fresh.changes());
        }
        Ok(answer)
    }
}
