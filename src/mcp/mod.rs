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
mod tools;
mod wire;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use self::context::{Context, Hearing};
use crate::rpc::{Calls, Fault, Framing, Message, Out};
use crate::session::Session;

/// The protocol without a handshake.
const STATELESS: &str = "2026-07-28";

/// Those with one, the newest first.
const WITH_HANDSHAKE: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/// Where a request says which protocol it is of, and what its client can.
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// So many questions are answered side by side.
const WORKERS: usize = 4;

/// A call of a tool that waits for a worker.
struct Job {
    id: Value,
    params: Value,
    stateless: bool,
    cancelled: Arc<AtomicBool>,
}

/// Serves the tree around `folder` until the input ends.
///
/// # Errors
/// When the tree is not there, or the input can't be read.
pub(crate) fn serve(session: &Session, folder: &Path) -> Result<()> {
    let context = Context::new(session, folder)?;
    let out = Out::new(io::stdout(), Framing::Lines);
    let (jobs, waiting) = mpsc::channel::<Job>();
    let waiting = Mutex::new(waiting);
    let open = Calls::default();
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            let (context, waiting, out, open) = (&context, &waiting, out.clone(), open.clone());
            scope.spawn(move || {
                loop {
                    let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(job) = job else { break };
                    work(context, &out, &job);
                    open.end(&job.id);
                }
            });
        }
        let mut input = io::stdin().lock();
        while let Some(message) = wire::next(&mut input).context("standard input")? {
            take(message, &out, &jobs, &open);
        }
        // The workers end when they have answered what was asked.
        drop(jobs);
        Ok(())
    })
}

fn take(message: Message, out: &Out, jobs: &mpsc::Sender<Job>, open: &Calls) {
    match message {
        Message::Answer => {}
        Message::Wrong { id, fault, what } => out.fault(&id, fault, &what, None),
        Message::Notification { method, params } => {
            if method == "notifications/cancelled"
                && let Some(id) = params.get("requestId")
            {
                open.cancel(id);
            }
        }
        Message::Request { id, method, params } => {
            let stateless = match protocol(&params) {
                Ok(stateless) => stateless,
                Err((fault, what, data)) => return out.fault(&id, fault, &what, data),
            };
            if method == "tools/call" {
                let cancelled = open.begin(&id);
                // The workers are there as long as the input is read.
                let _ = jobs.send(Job { id, params, stateless, cancelled });
                return;
            }
            match simple(&method, &params, stateless) {
                Some(result) => out.result(&id, &result),
                None => {
                    let what = format!("no method {method}; there are tools/list and tools/call");
                    out.fault(&id, Fault::Method, &what, None);
                }
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
    if job.cancelled.load(Ordering::Relaxed) {
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
    let hearing = Hearing::new(move |read| {
        if let Some(token) = &token {
            let said = format!("{read} files read");
            let params = json!({ "progressToken": token, "progress": read, "message": said });
            told.notify("notifications/progress", &params);
        }
    });
    // A fault of one answer must not be the end of all.
    let page = catch_unwind(AssertUnwindSafe(|| answers::page(context, &hearing, name, arguments)));
    if job.cancelled.load(Ordering::Relaxed) {
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
