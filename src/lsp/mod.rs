//! `kgrep lsp`: the tree's answers in an editor, by the Language Server Protocol on standard input
//! and output. No question is answered here: `answers` and its parts make requests for the engine of
//! what a client asks, and lay out what it says; `state` is what is open, `wire` reads messages.
//! The main thread reads and keeps the order of edits; a pool answers, each request by the state
//! that it came to.

mod answers;
mod calls;
mod capabilities;
mod complete;
mod indexing;
mod kinds;
mod lists;
mod notified;
mod place;
mod places;
mod position;
mod progress;
mod state;
mod tell;
mod text;
mod uri;
mod wire;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use anyhow::{Context as _, Result};
use kgrep_engine::Cancel;
use serde_json::{Value, json};

use self::position::Encoding;
use self::state::{Client, Folder, State};
use crate::rpc::{Calls, Fault, Framing, Message, Out};
use crate::session::Session;

/// The most requests that are answered side by side.
const WORKERS: usize = 2;

/// The number of answers after which the memory of what was read of indexes is given back.
const RELEASE: usize = 128;

/// What all threads share.
struct Server {
    session: Session,
    out: Out,
    calls: Calls,
    jobs: mpsc::Sender<Task>,
    answered: AtomicUsize,
    /// What an edit made of the state, until a worker takes it.
    edited: Mutex<Option<(State, Arc<Folder>)>>,
    /// Requests about a tree whose index is being made.
    parked: Mutex<Vec<Job>>,
}

/// What a worker does next.
enum Task {
    /// It answers.
    Answer(Job),
    /// It makes ready what the request after an edit will need.
    Prepare,
}

/// A request that waits for a worker.
struct Job {
    id: Value,
    method: String,
    params: Value,
    state: State,
    cancel: Cancel,
}

/// Why a request has no result.
enum Refusal {
    /// The index of its tree is being made.
    Waits(Arc<Folder>),
    /// It is wrong, or it failed.
    Fault(Fault, String),
}

/// How the client ended the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// By the protocol, or by closing the input.
    Clean,
    /// Without saying so before.
    Abrupt,
}

/// Serves until the client says that it goes, or the input ends.
///
/// # Errors
/// When the input can't be read.
pub(crate) fn serve(session: Session) -> Result<End> {
    let (jobs, waiting) = mpsc::channel::<Task>();
    let waiting = Arc::new(Mutex::new(waiting));
    let out = Out::new(io::stdout(), Framing::Headers);
    let (calls, answered) = (Calls::default(), AtomicUsize::new(0));
    let (edited, parked) = (Mutex::default(), Mutex::default());
    let server = Arc::new(Server { session, out, calls, jobs, answered, edited, parked });
    // Nobody waits for them at the end: a client that goes wants no more answers.
    for _ in 0..WORKERS {
        let (server, waiting) = (Arc::clone(&server), Arc::clone(&waiting));
        thread::spawn(move || {
            loop {
                let task = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                match task {
                    Ok(Task::Answer(job)) => server.work(job),
                    Ok(Task::Prepare) => server.prepare(),
                    Err(_) => break,
                }
            }
        });
    }
    let mut life = Life { state: None, shut_down: false };
    let mut input = io::stdin().lock();
    while let Some(message) = wire::next(&mut input).context("standard input")? {
        if let Some(end) = life.take(message, &server) {
            return Ok(end);
        }
    }
    Ok(End::Clean)
}

/// Where a session is between its first message and its last.
struct Life {
    /// There once the client has said `initialize`.
    state: Option<State>,
    shut_down: bool,
}

impl Life {
    fn take(&mut self, message: Message, server: &Arc<Server>) -> Option<End> {
        match message {
            // What the client says to requests of ours decides nothing.
            Message::Answer { .. } => {}
            Message::Wrong { id, fault, what } => server.out.fault(&id, fault, &what, None),
            Message::Notification { method, .. } if method == "exit" => {
                return Some(if self.shut_down { End::Clean } else { End::Abrupt });
            }
            Message::Notification { method, params } => {
                if let Some(state) = self.state.as_mut().filter(|_| !self.shut_down) {
                    notified::take(&method, &params, state, server);
                }
            }
            Message::Request { id, method, params } => self.request(id, method, params, server),
        }
        None
    }

    fn request(&mut self, id: Value, method: String, params: Value, server: &Server) {
        let refuse = |fault, what: &str| server.out.fault(&id, fault, what, None);
        match (&mut self.state, method.as_str()) {
            _ if self.shut_down => refuse(Fault::Request, "the server was shut down"),
            (None, "initialize") => {
                let state = begin(&params, server);
                server.out.result(&id, &capabilities::of(state.encoding));
                self.state = Some(state);
            }
            (None, _) => refuse(Fault::NotInitialized, "say `initialize` first"),
            (Some(_), "initialize") => refuse(Fault::Request, "`initialize` is said once"),
            (Some(_), "shutdown") => {
                self.shut_down = true;
                server.out.result(&id, &Value::Null);
            }
            (Some(state), _) if answers::is_one(&method) => {
                let cancel = server.calls.begin(&id);
                let job = Job { id, method, params, state: state.clone(), cancel };
                // The workers are there as long as the input is read.
                let _ = server.jobs.send(Task::Answer(job));
            }
            (Some(_), _) => refuse(Fault::Method, &format!("no method {method}")),
        }
    }
}

/// The state that `initialize` begins with.
fn begin(params: &Value, server: &Server) -> State {
    let of = |path: &str| params.pointer(path);
    let encoding = Encoding::of(of("/capabilities/general/positionEncodings"));
    let is = |path: &str| of(path).and_then(Value::as_bool) == Some(true);
    let client = Client {
        progress: is("/capabilities/window/workDoneProgress"),
        links: is("/capabilities/textDocument/definition/linkSupport"),
    };
    let named = |value: &Value| value.get("uri").and_then(Value::as_str).and_then(uri::path);
    let folders = of("/workspaceFolders").and_then(Value::as_array);
    let mut paths: Vec<_> = folders.into_iter().flatten().filter_map(named).collect();
    if paths.is_empty() {
        let root = of("/rootUri").and_then(Value::as_str).and_then(uri::path);
        let root = root.or_else(|| of("/rootPath").and_then(Value::as_str).map(Into::into));
        paths.extend(root);
    }
    let folders = paths.iter().filter_map(|path| server.folder(path)).collect();
    State::new(encoding, client, folders)
}

impl Server {
    /// The folder that a client names; told where it can't be worked in.
    fn folder(&self, path: &Path) -> Option<Arc<Folder>> {
        match Folder::new(&self.session, path, false) {
            Ok(folder) => Some(Arc::new(folder)),
            Err(error) => {
                self.log(&format!("kgrep: {}", crate::message::chain(&error)));
                None
            }
        }
    }

    /// Tells something that is no answer.
    fn log(&self, what: &str) {
        let warning = 2;
        self.out.notify("window/logMessage", &json!({ "type": warning, "message": what }));
    }

    fn work(self: &Arc<Server>, job: Job) {
        if job.cancel.is_set() {
            return self.cancelled(&job.id);
        }
        // A fault of one answer must not be the end of all.
        let answer = catch_unwind(AssertUnwindSafe(|| answers::answer(self, &job)));
        if job.cancel.is_set() {
            return self.cancelled(&job.id);
        }
        let fault = |fault, what: &str| self.out.fault(&job.id, fault, what, None);
        match answer {
            Ok(Ok(result)) => self.out.result(&job.id, &result),
            Ok(Err(Refusal::Waits(folder))) => return self.park(job, &folder),
            Ok(Err(Refusal::Fault(number, what))) => fault(number, &what),
            Err(_) => fault(Fault::Internal, "kgrep failed at this request; others go on"),
        }
        self.calls.end(&job.id);
        // A search through all of a tree reads all of its index; an editor is open all day.
        let count = self.answered.fetch_add(1, Ordering::Relaxed);
        if job.method == "textDocument/references" || count % RELEASE == RELEASE - 1 {
            job.state.folders().iter().for_each(|folder| folder.served.release());
        }
    }

    /// A file of this folder was edited: who edits will ask.
    fn edited(&self, state: &State, folder: Arc<Folder>) {
        let mut edited = self.edited.lock().unwrap_or_else(PoisonError::into_inner);
        // One is enough for many edits: the last counts.
        if edited.replace((state.clone(), folder)).is_none() {
            let _ = self.jobs.send(Task::Prepare);
        }
    }

    /// Makes the snapshot of the last edit, unless a request did already.
    fn prepare(&self) {
        let edited = self.edited.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((state, folder)) = edited {
            let made = catch_unwind(AssertUnwindSafe(|| folder.prepare(state.buffers)));
            if made.is_err() {
                self.log("kgrep failed at an edit; the next request tries again");
            }
        }
    }

    fn cancelled(&self, id: &Value) {
        self.out.fault(id, Fault::Cancelled, "cancelled", None);
        self.calls.end(id);
    }

    /// Keeps a request until the index of its tree is there.
    fn park(&self, job: Job, folder: &Folder) {
        let mut parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        if folder.waits() {
            parked.push(job);
        } else {
            let _ = self.jobs.send(Task::Answer(job));
        }
    }

    /// Goes on with the requests that waited.
    fn unpark(&self) {
        let mut parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        for job in parked.drain(..) {
            let _ = self.jobs.send(Task::Answer(job));
        }
    }

    /// Nobody waits for the answer to a request.
    fn cancel(&self, id: &Value) {
        self.calls.cancel(id);
        let mut parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = parked.iter().position(|job| job.id == *id) {
            let job = parked.remove(at);
            self.cancelled(&job.id);
        }
    }
}
