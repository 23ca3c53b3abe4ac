//! JSON-RPC, as the faces for programs have it: messages, what is wrong with them, answers.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use kgrep_engine::Cancel;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use serde::Serialize;
use serde_json::{Value, json};

/// The numbers of JSON-RPC, of the Language Server Protocol and of MCP for what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Parse = -32700,
    Request = -32600,
    Method = -32601,
    Params = -32602,
    Internal = -32603,
    NotInitialized = -32002,
    Cancelled = -32800,
    Failed = -32803,
    Version = -32022,
}

/// What a client sent.
pub(crate) enum Message {
    /// It waits for an answer with this identifier.
    Request { id: Value, method: String, params: Value },
    /// It waits for none.
    Notification { method: String, params: Value },
    /// An answer to what was asked of the client; without a result where it refused.
    Answer { id: Value, result: Option<Value> },
    /// It is no message: what to answer.
    Wrong { id: Value, fault: Fault, what: String },
}

/// The message that some bytes are.
pub(crate) fn message(bytes: &[u8]) -> Message {
    let wrong = |id, fault, what: &str| Message::Wrong { id, fault, what: what.to_owned() };
    let value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => return wrong(Value::Null, Fault::Parse, &format!("no JSON: {error}")),
    };
    let Value::Object(mut parts) = value else {
        return wrong(Value::Null, Fault::Request, "a message is one JSON object");
    };
    let id = parts.remove("id");
    let is_id = |id: &Value| id.is_string() || id.is_i64() || id.is_u64();
    if id.as_ref().is_some_and(|id| !is_id(id)) {
        return wrong(Value::Null, Fault::Request, "an id is a string or a whole number");
    }
    if parts.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        let id = id.unwrap_or_default();
        return wrong(id, Fault::Request, "not JSON-RPC 2.0: \"jsonrpc\":\"2.0\" is missing");
    }
    let params = parts.remove("params").unwrap_or_default();
    match (parts.remove("method"), id) {
        (Some(Value::String(method)), Some(id)) => Message::Request { id, method, params },
        (Some(Value::String(method)), None) => Message::Notification { method, params },
        (None, Some(id)) if parts.contains_key("result") || parts.contains_key("error") => {
            Message::Answer { id, result: parts.remove("result") }
        }
        (_, id) => wrong(id.unwrap_or_default(), Fault::Request, "the method is missing"),
    }
}

/// How messages are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Each is a line.
    Lines,
    /// Each has a header with its length.
    Headers,
}

/// Where answers go, from any thread.
#[derive(Clone)]
pub(crate) struct Out {
    to: Arc<Mutex<Box<dyn Write + Send>>>,
    framing: Framing,
}

impl Out {
    /// Answers are written to `to`.
    pub(crate) fn new(to: impl Write + Send + 'static, framing: Framing) -> Out {
        Out { to: Arc::new(Mutex::new(Box::new(to))), framing }
    }

    /// Answers a request.
    pub(crate) fn result(&self, id: &Value, result: &impl Serialize) {
        #[derive(Serialize)]
        struct Response<'r, R> {
            id: &'r Value,
            jsonrpc: &'static str,
            result: &'r R,
        }
        self.write(&Response { id, jsonrpc: "2.0", result });
    }

    /// Refuses a request.
    pub(crate) fn fault(&self, id: &Value, fault: Fault, what: &str, data: Option<Value>) {
        let mut error = json!({ "code": fault as i32, "message": what });
        if let (Some(data), Some(parts)) = (data, error.as_object_mut()) {
            parts.insert("data".to_owned(), data);
        }
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "error": error }));
    }

    /// Says something that is no answer.
    pub(crate) fn notify(&self, method: &str, params: &Value) {
        self.write(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Asks the client something, with parameters unless they are null.
    pub(crate) fn request(&self, id: &str, method: &str, params: &Value) {
        let mut message = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        if let Some(parts) = message.as_object_mut().filter(|_| !params.is_null()) {
            parts.insert("params".to_owned(), params.clone());
        }
        self.write(&message);
    }

    /// A client that listens no more has closed the input, too, and that ends the server.
    fn write(&self, message: &impl Serialize) {
        // What is said has keys that are strings, and no floating numbers.
        let Ok(mut text) = serde_json::to_string(message) else { return };
        let head = match self.framing {
            Framing::Lines => String::new(),
            Framing::Headers => format!("Content-Length: {}\r\n\r\n", text.len()),
        };
        if self.framing == Framing::Lines {
            text.push('\n');
        }
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        let written = to.write_all(head.as_bytes()).and_then(|()| to.write_all(text.as_bytes()));
        let _ = written.and_then(|()| to.flush());
    }
}

/// Waits until nobody reads standard output any more; false where that can't be told.
pub(crate) fn is_left() -> bool {
    let output = io::stdout();
    let mut polled = [PollFd::new(&output, PollFlags::empty())];
    loop {
        match poll(&mut polled, None) {
            Err(Errno::INTR) => {}
            Err(_) => return false,
            Ok(_) => return polled[0].revents().intersects(PollFlags::ERR | PollFlags::HUP),
        }
    }
}

/// The requests that are not answered yet, each with what ends the work for it.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<HashMap<String, Cancel>>>);

impl Calls {
    /// A request has come; what tells whether it was cancelled.
    pub(crate) fn begin(&self, id: &Value) -> Cancel {
        let cancel = Cancel::default();
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(id.to_string(), cancel.clone());
        cancel
    }

    /// It is answered.
    pub(crate) fn end(&self, id: &Value) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id.to_string());
    }

    /// Nobody waits for its answer.
    pub(crate) fn cancel(&self, id: &Value) {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&id.to_string()).into_iter().for_each(Cancel::cancel);
    }

    /// Nobody waits for any answer.
    pub(crate) fn cancel_all(&self) {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.values().for_each(Cancel::cancel);
    }
}
