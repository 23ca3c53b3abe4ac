//! Answers requests: one file for each question, each a function from the graph and the
//! parameters to an [`Answer`]. What a search finds may be
//! handed on while it is found ([`Sink`](crate::sink::Sink)), as the hunks of a comparison.

mod accesses;
mod around;
mod as_found;
mod built;
mod callers;
mod calls;
mod candidates;
mod chain;
mod complete;
mod define;
mod exists;
mod explained;
pub(crate) mod export;
mod fields;
mod find;
mod functions;
mod known;
mod list;
mod log;
mod maintainers;
mod messages;
mod names;
mod parameters;
mod pointer_uses;
mod pointers;
mod references;
mod rust_items;
mod search;
mod several;
mod sources;
mod steps;
mod symbol;
mod text;
mod touched;
mod trace;
mod used_field;
mod written;

pub use complete::complete;
pub use export::Words;
pub use log::{LOG_COLUMNS, LogRow, LogRows};
pub use search::{Around, Seeker, Sought};
pub use sources::Sources;

use kgrep_index::configured::Presence;
use kgrep_index::graph::Arch;

use crate::code::Code;
use crate::request::{Accesses, Request};
use crate::sink::Sink;
use crate::{Answer, Coverage, Error, Found, Note, Result};

/// Hands on all rows of an answer; gives it back without them.
fn at_once(mut answer: Answer, sink: &mut dyn Sink<Found>) -> Answer {
    let rows = std::mem::take(&mut answer.rows);
    if !rows.is_empty() {
        // There is no more to hand on, whatever is said to that.
        let _ = sink.take(Found { columns: answer.columns.clone(), rows, ..Found::default() });
    }
    answer
}

impl Code {
    /// Whether the configuration in force, if there is one, may build a file.
    fn may_build(&self, path: &[u8]) -> bool {
        self.configured().is_none_or(|configured| configured.presence(path) != Presence::Out)
    }

    /// What every answer of now rests on.
    pub fn coverage(&self) -> Coverage {
        let mut answer = Answer::default();
        self.cover(&mut answer);
        answer.coverage
    }

    /// Says what an answer rests on.
    fn cover(&self, answer: &mut Answer) {
        self.hear(&answer.notes);
        let coverage = &mut answer.coverage;
        if let Some((index, fresh)) = self.asked() {
            coverage.indexed = true;
            coverage.changes = Some(fresh.changes());
            coverage.files.get_or_insert_with(|| index.files(fresh));
        }
        coverage.files = coverage.files.or(self.files_read());
        coverage.arch = (self.arch != Arch::All).then(|| self.arch_name().to_owned());
        coverage.configured = self.kernel().is_some();
        for note in &answer.notes {
            if let Note::NotBuilt { hidden, .. } = note {
                coverage.left_out += hidden;
            }
        }
        coverage.unread.extend(self.unread().into_iter().map(Into::into));
        coverage.unread.sort_unstable();
        coverage.unread.dedup();
    }

    /// As [`Code::answer`], whose rows go to `sink`: where that can be, while others are looked
    /// for. The answer that is given back has none, and doesn't tell who uses whom.
    ///
    /// # Errors
    /// As [`Code::answer`]; rows may have been handed on then.
    pub fn answer_to(&self, request: &Request, sink: &mut dyn Sink<Found>) -> Result<Answer> {
        let mut answer = match request {
            // What a configuration leaves out is counted over all rows.
            request if self.kernel().is_some() => return Ok(at_once(self.answer(request)?, sink)),
            Request::References(asked)
                if !accesses::is_field(&asked.name) && asked.seen_from.is_empty() =>
            {
                as_found::handed_on(self, asked, sink)?
            }
            Request::Callers(steps) => callers::handed_on(self, steps, sink)?,
            request => return Ok(at_once(self.answer(request)?, sink)),
        };
        self.cancel().check()?;
        self.cover(&mut answer);
        Ok(answer)
    }

    /// What there is to say to `request`, of the files as they are now. Where a part of the
    /// index turns out to be damaged, the files themselves are read.
    ///
    /// # Errors
    /// If a name, a glob or a kind of the request is not valid, the tree can't be read, or the answer is
    /// no longer wanted.
    pub fn answer(&self, request: &Request) -> Result<Answer> {
        let mut answer = match request {
            Request::Search(search) => search::answer(self, search),
            Request::Define(define) => self.ask(|graph| define::answer(self, graph, define)),
            Request::References(asked) if accesses::is_field(&asked.name) => {
                let accesses = Accesses { name: asked.name.clone(), kinds: Vec::new() };
                accesses::answer(self, &accesses)
            }
            Request::Accesses(accesses) => accesses::answer(self, accesses),
            Request::References(references) => references::answer(self, references),
            Request::Callers(steps) => self.ask(|graph| steps::callers(self, graph, steps)),
            Request::Calls(calls) => self.ask(|graph| calls::answer(self, graph, calls)),
            Request::Pointers(asked) => self.ask(|graph| pointer_uses::answer(self, graph, asked)),
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
            Request::Exists(exists) => exists::answer(self, exists),
            Request::Functions(functions) => functions::answer(self, functions),
            Request::Touched(touched) => touched::answer(self, touched),
            Request::Several(requests) => return several::answer(self, requests),
            Request::Differ(_) => return Err(Error::NotOfOneTree),
        }?;
        // What was cut short is no answer.
        self.cancel().check()?;
        // Of steps and chains the graph itself leaves out what isn't built, and `find` before the
        // best are cut off.
        if matches!(
            request,
            Request::Define(_)
                | Request::References(_)
                | Request::Functions(_)
                | Request::Accesses(_)
                | Request::Trace(_)
                | Request::List(_)
        ) {
            let of_code = matches!(
                request,
                Request::Define(_) | Request::References(_) | Request::Accesses(_)
            );
            let notes = self.leave_out(&mut answer.rows, usize::MAX, |row| {
                (&row.path, of_code.then_some((row.line, &row.name)))
            });
            answer.notes.extend(notes);
            answer.arrows.retain(|arrow| self.may_build(&arrow.from.path));
        }
        self.cover(&mut answer);
        Ok(answer)
    }
}
