//! `kgrep mcp`: the questions of the command line as tools for agents, by the Model Context
//! Protocol on standard input and output. No question is answered here: `arguments` and `answers`
//! make requests for the engine, `page` lays out what it answers; `wire` reads messages, `tools` is
//! what a client is told. Both lifecycles are served: a client either says `initialize` first (up to
//! 2025-11-25), or every request says which protocol it is of (2026-07-28).

mod answers;
mod arguments;
mod context;
mod cursor;
mod page;
mod revisions;
mod roots;
mod tools;
mod wire;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use anyhow::{Context as _, Result};
use kgrep_engine::Cancel;
use serde_json::{Value, json};

use self::context::{Context, Hearing};
use self::roots::Roots;
use crate::room::Watch;
use crate::rpc::{self, Calls, Fault, Framing, Message, Out};
use crate::session::Session;

/// The protocol without a handshake.
const STATELESS: &str = "2026-07-28";

/// Those with one, the newest first.
const WITH_HANDSHAKE: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/// Where a request says which protocol it is of, and what its client can.
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// The most questions that are answered side by side.
const WORKERS: usize = 4;

/// A call of a tool that waits for a worker.
struct Job {
    id: Value,
    params: Value,
    stateless: bool,
    cancel: Cancel,
    context: Arc<Context>,
}

/// Serves the tree around `tree`, or the client's first root, or the current folder, until the input
/// ends.
///
/// # Errors
/// When the tree is not there, or the input can't be read.
pub(crate) fn serve(session: &Session, here: &Path, tree: Option<&Path>) -> Result<()> {
    let context = Arc::new(Context::new(session, tree.unwrap_or(here))?);
    let out = Out::new(io::stdout(), Framing::Lines);
    let (jobs, waiting) = mpsc::channel::<Job>();
    let waiting = Mutex::new(waiting);
    let open = Calls::default();
    let all = open.clone();
    // It waits until the process ends, at most.
    thread::spawn(move || {
        if rpc::is_left() {
            all.cancel_all();
        }
    });
    let watch = Watch::new();
    thread::scope(|scope| {
        let watch = &watch;
        scope.spawn(move || watch.look_after(|context: &Arc<Context>| context.release()));
        for _ in 0..WORKERS {
            let (waiting, out, open) = (&waiting, out.clone(), open.clone());
            scope.spawn(move || {
                loop {
                    let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(job) = job else { break };
                    let during = watch.during(Arc::clone(&job.context));
                    work(&job.context, &out, &job);
                    drop(during);
                    open.end(&job.id);
                    job.context.give_back();
                }
            });
        }
        let (names_tree, roots, held) = (tree.is_some(), Roots::Unasked, Vec::new());
        let mut server = Server { session, context, out, jobs, open, names_tree, roots, held };
        let read = server.read();
        watch.end();
        read
    })
}

/// What the reader of the input works with.
struct Server<'s> {
    session: &'s Session,
    /// The tree that is asked about.
    context: Arc<Context>,
    out: Out,
    jobs: mpsc::Sender<Job>,
    open: Calls,
    /// Whether the user has named the tree, so that the client's roots don't count.
    names_tree: bool,
    roots: Roots,
    /// Calls that wait until it is known which tree is asked about.
    held: Vec<Job>,
}

impl Server<'_> {
    /// Takes all that is said, until the input ends; the workers end when they have answered that.
    fn read(&mut self) -> Result<()> {
        let mut input = io::stdin().lock();
        while let Some(message) = wire::next(&mut input).context("standard input")? {
            self.take(message);
        }
        self.go_on();
        Ok(())
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Answer { id, result } if id == roots::ID && self.roots == Roots::Awaited => {
                self.settle(&result.unwrap_or_default());
            }
            Message::Answer { .. } => {}
            Message::Wrong { id, fault, what } => self.out.fault(&id, fault, &what, None),
            Message::Notification { method, params } => self.note(&method, &params),
            Message::Request { id, method, params } => self.ask(id, &method, params),
        }
    }

    fn note(&mut self, method: &str, params: &Value) {
        match method {
            "notifications/cancelled" => {
                if let Some(id) = params.get("requestId") {
                    self.open.cancel(id);
                }
            }
            "notifications/initialized" | "notifications/roots/list_changed"
                if self.roots == Roots::Offered =>
            {
                self.roots = Roots::Awaited;
                self.out.request(roots::ID, "roots/list", &Value::Null);
            }
            _ => {}
        }
    }

    /// Takes the client's roots, and goes on with what waited for them.
    fn settle(&mut self, result: &Value) {
        if let Some(context) =
            roots::folder(result).and_then(|folder| Context::new(self.session, &folder).ok())
        {
            self.context = Arc::new(context);
        }
        // They may change, which the client says.
        self.roots = Roots::Offered;
        self.go_on();
    }

    /// Hands on the calls that waited.
    fn go_on(&mut self) {
        for job in std::mem::take(&mut self.held) {
            // The workers are there as long as the input is read.
            let _ = self.jobs.send(Job { context: self.context.clone(), ..job });
        }
    }

    fn ask(&mut self, id: Value, method: &str, params: Value) {
        let stateless = match protocol(&params) {
            Ok(stateless) => stateless,
            Err((fault, what, data)) => return self.out.fault(&id, fault, &what, data),
        };
        if method == "tools/call" {
            let cancel = self.open.begin(&id);
            let context = self.context.clone();
            self.held.push(Job { id, params, stateless, cancel, context });
            if self.roots != Roots::Awaited {
                self.go_on();
            }
            return;
        }
        if method == "initialize" && !self.names_tree {
            self.roots = Roots::of(&params);
        }
        match simple(method, &params, stateless) {
            Some(result) => self.out.result(&id, &result),
            None => {
                let what = format!("no method {method}; there are tools/list and tools/call");
                self.out.fault(&id, Fault::Method, &what, None);
            }
        }
    }
}

/// Whether a request is one of the protocol without a handshake.
fn protocol(params: &Value) -> Result<bool, (Fault, String, Option<Value>)> {
    let meta = params.get("_meta");
    let Some(version) = meta.and_then(|meta| meta.get(VERSION)) else { return Ok(false) };
    match version.as_str() {
        Some(STATELESS) if meta.and_then(|meta| meta.get(CAPABILITIES)).is_none() => {
            Err((Fault::Params, format!("_meta has no {CAPABILITIES}"), None))
        }
        Some(STATELESS) => Ok(true),
        Some(version) if WITH_HANDSHAKE.contains(&version) => Ok(false),
        _ => {
            let data = json!({ "requested": version, "supported": versions() });
            Err((Fault::Version, "Unsupported protocol version".to_owned(), Some(data)))
        }
    }
}

fn versions() -> Vec<&'static str> {
    [STATELESS].into_iter().chain(WITH_HANDSHAKE).collect()
}

/// The answer to what needs no tree.
fn simple(method: &str, params: &Value, stateless: bool) -> Option<Value> {
    let server = json!({ "name": "kgrep", "version": env!("CARGO_PKG_VERSION") });
    let capabilities = json!({ "tools": {} });
    let result = match method {
        "initialize" => {
            let asked = params.get("protocolVersion").and_then(Value::as_str).unwrap_or_default();
            let version = WITH_HANDSHAKE.iter().find(|version| **version == asked);
            json!({
                "protocolVersion": version.unwrap_or(&WITH_HANDSHAKE[0]),
                "capabilities": capabilities,
                "serverInfo": server,
                "instructions": tools::INSTRUCTIONS,
            })
        }
        "ping" => json!({}),
        "server/discover" => json!({
            "resultType": "complete",
            "supportedVersions": versions(),
            "capabilities": capabilities,
            "instructions": tools::INSTRUCTIONS,
            "ttlMs": 3_600_000,
            "cacheScope": "public",
            "_meta": { "io.modelcontextprotocol/serverInfo": server },
        }),
        "tools/list" if stateless => json!({
            "resultType": "complete",
            "tools": tools::list(),
            "ttlMs": 3_600_000,
            "cacheScope": "public",
        }),
        "tools/list" => json!({ "tools": tools::list() }),
        _ => return None,
    };
    Some(result)
}

/// Answers a call.
fn work(context: &Context, out: &Out, job: &Job) {
    if job.cancel.is_set() {
        return;
    }
    let name = job.params.get("name").and_then(Value::as_str).unwrap_or_default();
    if !tools::is_one(name) {
        let what = format!("no tool {name:?}; there are {}", tools::names().join(", "));
        return out.fault(&job.id, Fault::Params, &what, None);
    }
    let arguments = job.params.get("arguments").cloned().unwrap_or_default();
    let token = job.params.get("_meta").and_then(|meta| meta.get("progressToken")).cloned();
    let told = out.clone();
    let hearing = Hearing::new(job.cancel.clone(), move |files, of, done| {
        if let Some(token) = &token {
            let said = format!("{files} files {done}");
            let mut params = json!({ "progressToken": token, "progress": files, "message": said });
            if let Some(of) = of {
                params["total"] = json!(of);
            }
            told.notify("notifications/progress", &params);
        }
    });
    // A fault of one answer must not be the end of all.
    let page = catch_unwind(AssertUnwindSafe(|| answers::page(context, &hearing, name, arguments)));
    if job.cancel.is_set() {
        return;
    }
    let mut result = match page {
        Ok(Ok(page)) => json!({
            "content": [{ "type": "text", "text": page.text() }],
            "structuredContent": page.json(),
        }),
        // The model reads this, and can ask better.
        Ok(Err(what)) => json!({
            "content": [{ "type": "text", "text": format!("kgrep: {what}") }],
            "isError": true,
        }),
        Err(_) => {
            let what = "kgrep failed at this question; others go on";
            return out.fault(&job.id, Fault::Internal, what, None);
        }
    };
    if let (true, Some(parts)) = (job.stateless, result.as_object_mut()) {
        parts.insert("resultType".to_owned(), json!("complete"));
    }
    out.result(&job.id, &result);
}
