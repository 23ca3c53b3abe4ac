//! JSON-RPC on standard input and output, as MCP has it: a message a line, and nothing else on
//! standard output.

use std::io::{self, BufRead, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

/// A longer message is refused: a pasted log is shorter.
const LONGEST: u64 = 16 << 20;

/// JSON-RPC's and MCP's numbers for what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Parse = -32700,
    Request = -32600,
    Method = -32601,
    Params = -32602,
    Internal = -32603,
    Version = -32022,
}

/// What a client sent.
pub(super) enum Message {
    /// It waits for an answer with this identifier.
    Request { id: Value, method: String, params: Value },
    /// It waits for none.
    Notification { method: String, params: Value },
    /// An answer to what was asked of the client; without a result where it refused.
    Answer { id: Value, result: Option<Value> },
    /// It is no message: what to answer.
    Wrong { id: Value, fault: Fault, what: String },
}

/// The next message; none at the end of the input.
///
/// # Errors
/// When the input can't be read.
pub(super) fn next(from: &mut impl BufRead) -> io::Result<Option<Message>> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if from.by_ref().take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.len() as u64 == LONGEST && line.last() != Some(&b'\n') {
            io::copy(&mut Rest(from), &mut io::sink())?;
            let what = format!("a message of more than {} MiB is not read", LONGEST >> 20);
            return Ok(Some(Message::Wrong { id: Value::Null, fault: Fault::Request, what }));
        }
        if !line.trim_ascii().is_empty() {
            return Ok(Some(message(&line)));
        }
    }
}

/// What is left of a line.
struct Rest<'r, R>(&'r mut R);

impl<R: BufRead> Read for Rest<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let there = self.0.fill_buf()?;
        let end = memchr::memchr(b'\n', there);
        let some = end.unwrap_or(there.len()).min(into.len());
        into[..some].copy_from_slice(&there[..some]);
        // The line's end is the end: it goes with the last part, which is empty.
        let at_end = some == 0 && end == Some(0);
        self.0.consume(some + usize::from(at_end));
        Ok(some)
    }
}

fn message(line: &[u8]) -> Message {
    let wrong = |id, fault, what: &str| Message::Wrong { id, fault, what: what.to_owned() };
    let value: Value = match serde_json::from_slice(line) {
        Ok(value) => value,
        Err(error) => return wrong(Value::Null, Fault::Parse, &format!("no JSON: {error}")),
    };
    let Value::Object(mut parts) = value else {
        return wrong(Value::Null, Fault::Request, "a message is a JSON object, one a line");
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

/// Where answers go, from any thread.
#[derive(Clone)]
pub(super) struct Out(Arc<Mutex<Box<dyn Write + Send>>>);

impl Out {
    /// Answers are written to `to`.
    pub(super) fn new(to: impl Write + Send + 'static) -> Out {
        Out(Arc::new(Mutex::new(Box::new(to))))
    }

    /// Answers a request.
    pub(super) fn result(&self, id: &Value, result: &Value) {
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
    }

    /// Refuses a request.
    pub(super) fn fault(&self, id: &Value, fault: Fault, what: &str, data: Option<Value>) {
        let mut error = json!({ "code": fault as i32, "message": what });
        if let (Some(data), Some(parts)) = (data, error.as_object_mut()) {
            parts.insert("data".to_owned(), data);
        }
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "error": error }));
    }

    /// Asks the client.
    pub(super) fn ask(&self, id: &str, method: &str) {
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "method": method }));
    }

    /// Says something that is no answer.
    pub(super) fn notify(&self, method: &str, params: &Value) {
        self.write(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// A client that listens no more has closed the input, too, and that ends the server.
    fn write(&self, message: &Value) {
        let mut line = message.to_string();
        line.push('\n');
        let mut to = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = to.write_all(line.as_bytes()).and_then(|()| to.flush());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &[u8]) -> Vec<Message> {
        let mut from = text;
        std::iter::from_fn(|| next(&mut from).unwrap()).collect()
    }

    #[test]
    fn requests_and_notifications_are_told_apart() {
        let found = all(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n\n\
            {\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n\
            {\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}\n");
        assert!(
            matches!(&found[0], Message::Request { id, method, .. } if *id == 1 && method == "ping")
        );
        assert!(matches!(&found[1], Message::Notification { .. }));
        assert!(matches!(&found[2], Message::Answer { id, .. } if *id == 7));
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn what_is_no_message_is_answered() {
        for (line, expected) in [
            ("{", Fault::Parse),
            ("[]", Fault::Request),
            ("{\"id\":1,\"method\":\"ping\"}", Fault::Request),
            ("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}", Fault::Request),
            ("{\"jsonrpc\":\"2.0\",\"id\":1}", Fault::Request),
        ] {
            let found = all(line.as_bytes());
            assert!(
                matches!(&found[..], [Message::Wrong { fault, .. }] if *fault == expected),
                "{line}"
            );
        }
    }

    #[test]
    fn a_message_that_is_too_long_is_skipped() {
        let mut text = vec![b'x'; usize::try_from(LONGEST).unwrap() + 5];
        text.extend_from_slice(b"\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n");
        let found = all(&text);
        assert!(matches!(&found[..], [Message::Wrong { .. }, Message::Request { .. }]));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            all(&bytes);
        }
    }
}
