//! Which request is answered where, and what all answers need: the tree, the file, the spot.

use std::path::Path;
use std::sync::Arc;

use kgrep_engine::spot::Spot;
use kgrep_engine::{Note, NoteSink, Progress, ProgressSink};
use serde::Serialize;
use serde_json::{Value, json};

use super::place::{Location, Places};
use super::position;
use super::progress::Shown;
use super::state::Folder;
use super::{Job, Refusal, Server, calls, complete, lists, places, tell, uri};
use crate::code::Code;
use crate::notes;
use crate::rpc::Fault;
use crate::served::About;

/// What a request is answered by.
enum Answer {
    /// A few values, of any form.
    Few(fn(&Ask<'_>) -> Result<Value, Refusal>),
    /// Places, of which there may be tens of thousands.
    Many(fn(&Ask<'_>) -> Result<Option<Vec<Location>>, Refusal>),
}

/// An answer, to be written.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Reply {
    Few(Value),
    Many(Option<Vec<Location>>),
}

use Answer::{Few, Many};

/// The requests, and whether one is answered by its file alone.
const ANSWERS: [(&str, bool, Answer); 16] = [
    ("textDocument/definition", false, Few(places::definition)),
    ("textDocument/declaration", false, Few(places::declaration)),
    ("textDocument/typeDefinition", false, Few(places::type_definition)),
    ("textDocument/implementation", false, Few(places::implementation)),
    ("textDocument/references", false, Many(places::references)),
    ("textDocument/documentHighlight", true, Few(places::highlights)),
    ("textDocument/hover", false, Few(tell::hover)),
    ("textDocument/signatureHelp", false, Few(tell::signature)),
    ("textDocument/documentSymbol", true, Few(lists::document_symbols)),
    ("workspace/symbol", false, Few(lists::workspace_symbols)),
    ("textDocument/foldingRange", true, Few(lists::folds)),
    ("textDocument/documentLink", false, Few(lists::links)),
    ("textDocument/prepareCallHierarchy", false, Few(calls::prepare)),
    ("callHierarchy/incomingCalls", false, Few(calls::incoming)),
    ("callHierarchy/outgoingCalls", false, Few(calls::outgoing)),
    ("textDocument/completion", false, Few(complete::completion)),
];

/// Whether a request of this name is answered.
pub(super) fn is_one(method: &str) -> bool {
    ANSWERS.iter().any(|(name, ..)| *name == method)
}

/// A request at work.
pub(super) struct Ask<'a> {
    pub(super) server: &'a Server,
    pub(super) job: &'a Job,
    /// Whether the file alone answers it.
    by_file: bool,
}

/// The answer to a request.
///
/// # Errors
/// Why the request can't be answered.
pub(super) fn answer(server: &Server, job: &Job) -> Result<Reply, Refusal> {
    let known = ANSWERS.iter().find(|(name, ..)| *name == job.method);
    let Some((_, by_file, answer)) = known else {
        return Err(Refusal::Fault(Fault::Method, format!("no method {}", job.method)));
    };
    let ask = Ask { server, job, by_file: *by_file };
    match answer {
        Few(answer) => answer(&ask).map(Reply::Few),
        Many(answer) => answer(&ask).map(Reply::Many),
    }
}

/// A file that is asked about.
pub(super) struct Asked {
    pub(super) folder: Arc<Folder>,
    pub(super) code: Code,
    /// The file, below the tree's root.
    pub(super) path: Vec<u8>,
}

impl Drop for Asked {
    fn drop(&mut self) {
        if let Some((_, fresh)) = self.code.asked() {
            self.folder.freshen(fresh.changes());
        }
    }
}

impl Asked {
    pub(super) fn places(&self, ask: &Ask<'_>) -> Places<'_> {
        Places::new(&self.code, &self.folder, ask.job.state.encoding)
    }
}

impl Ask<'_> {
    pub(super) fn param(&self, path: &str) -> Option<&Value> {
        self.job.params.pointer(path)
    }

    pub(super) fn wrong(&self, what: &str) -> Refusal {
        Refusal::Fault(Fault::Params, format!("{}: {what}", self.job.method))
    }

    /// The file of the request; none where its tree is not to be read.
    ///
    /// # Errors
    /// If the address does not name a file, or its tree is not ready.
    pub(super) fn file(&self) -> Result<Option<Asked>, Refusal> {
        let named = self.param("/textDocument/uri").and_then(Value::as_str);
        self.asked(named.ok_or_else(|| self.wrong("textDocument.uri is missing"))?)
    }

    /// The file at an address.
    ///
    /// # Errors
    /// As [`Ask::file`].
    pub(super) fn asked(&self, named: &str) -> Result<Option<Asked>, Refusal> {
        // Unnamed buffers and other schemes are no files.
        let Some(path) = uri::path(named) else { return Ok(None) };
        let state = &self.job.state;
        let found = state.file(&self.server.session, Path::new(&path));
        let (folder, path) = found.map_err(|error| failed(&error))?;
        if folder.is_loose && !self.by_file {
            return Ok(None);
        }
        let code = self.code(&folder)?;
        Ok(Some(Asked { folder, code, path }))
    }

    /// The code of a folder.
    ///
    /// # Errors
    /// If it is not ready, this tree lacks the architecture, or the configuration is not valid.
    pub(super) fn code(&self, folder: &Arc<Folder>) -> Result<Code, Refusal> {
        if folder.waits() && !self.by_file {
            return Err(Refusal::Waits(Arc::clone(folder)));
        }
        let (buffers, cancel) = (self.job.state.buffers.clone(), self.job.cancel.clone());
        let about = About { buffers, cancel, ..About::default() };
        let code = folder.served.code(about, self.notes(), self.progress());
        code.map_err(|error| failed(&error.into()))
    }

    /// The file and the spot in it that the request is about.
    ///
    /// # Errors
    /// As [`Ask::file`], and if the request has no position.
    pub(super) fn spot(&self) -> Result<Option<(Asked, Spot)>, Refusal> {
        let at = self.param("/position").and_then(position::read);
        let (line, column) = at.ok_or_else(|| self.wrong("position is missing"))?;
        let Some(asked) = self.file()? else { return Ok(None) };
        let source = asked.code.lines(&asked.path);
        let source = source.map_err(|error| {
            let path = asked.code.path(&asked.path);
            let what = format!("{}: {}", path.display(), crate::message::plain(&error));
            Refusal::Fault(Fault::Failed, what)
        })?;
        let line = line.saturating_add(1);
        let text = source.line(u64::from(line)).unwrap_or_default();
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        let byte = self.job.state.encoding.byte(text, column);
        let column = u32::try_from(byte).unwrap_or(u32::MAX);
        let spot = Spot { path: asked.path.clone(), line, column };
        Ok(Some((asked, spot)))
    }

    fn notes(&self) -> NoteSink {
        let out = self.server.out.clone();
        Arc::new(move |note: Note| {
            let info = 3;
            let said = notes::sentence(&note);
            out.notify("window/logMessage", &json!({ "type": info, "message": said }));
        })
    }

    /// Tells how far the reading of a tree without an index is, where the client wants to know.
    fn progress(&self) -> ProgressSink {
        let token = self.param("/workDoneToken").cloned();
        let out = self.server.out.clone();
        let shown = token.map(|token| Shown::new(out, token, "Reading the tree".to_owned()));
        Arc::new(move |_, step| {
            let Some(shown) = &shown else { return };
            match step {
                Progress::Many => shown.begin(0),
                Progress::Read => shown.go_on(1),
                _ => {}
            }
        })
    }
}

/// An error in one line, as a refusal.
pub(super) fn failed(error: &anyhow::Error) -> Refusal {
    Refusal::Fault(Fault::Failed, format!("kgrep: {}", crate::message::chain(error)))
}

impl From<kgrep_engine::Error> for Refusal {
    fn from(error: kgrep_engine::Error) -> Refusal {
        failed(&error.into())
    }
}
