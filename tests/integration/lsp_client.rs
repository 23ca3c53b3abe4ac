//! A client of `kgrep lsp` for tests: it starts a server, asks, and writes places as people do.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, ExitStatus};

use serde_json::{Value, json};

use crate::util::Dir;

/// A client that has a server running.
pub(crate) struct Client<'d> {
    dir: &'d Dir,
    server: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    last: u64,
    /// What came besides answers.
    pub(crate) told: Vec<Value>,
}

impl<'d> Client<'d> {
    /// Starts a server and says nothing yet.
    pub(crate) fn new(dir: &'d Dir, args: &[&str]) -> Client<'d> {
        let (server, to, from) = dir.serve("/".as_ref(), &[&["lsp"], args].concat());
        Client { dir, server, to, from, last: 0, told: Vec::new() }
    }

    /// Starts a server for the tree of `dir`, with columns in bytes.
    pub(crate) fn start(dir: &'d Dir) -> Client<'d> {
        let mut client = Client::new(dir, &[]);
        client.begin(&json!({ "general": { "positionEncodings": ["utf-8"] } }));
        client
    }

    /// Says that it is there; the server's answer.
    pub(crate) fn begin(&mut self, capabilities: &Value) -> Value {
        let folder = json!({ "uri": self.uri(""), "name": "tree" });
        let params = json!({ "processId": null, "rootUri": self.uri(""),
            "workspaceFolders": [folder], "capabilities": capabilities });
        let answer = self.ask("initialize", &params);
        self.notify("initialized", &json!({}));
        answer
    }

    /// The address of a file of the tree.
    pub(crate) fn uri(&self, path: &str) -> String {
        format!("file://{}", self.dir.path(path).display()).trim_end_matches('/').to_owned()
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        let to = self.to.as_mut().expect("the input is open");
        to.write_all(bytes).and_then(|()| to.flush()).expect("the server reads");
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.bytes(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub(crate) fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request; its number.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> u64 {
        self.last += 1;
        let id = self.last;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The next message, whatever it is; none at the end.
    pub(crate) fn next(&mut self) -> Option<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.from.read_line(&mut line).expect("the server writes") == 0 {
                return None;
            }
            if line == "\r\n" {
                break;
            }
            let value = line.strip_prefix("Content-Length: ").expect("a header");
            length = value.trim().parse().expect("a length");
        }
        let mut body = vec![0; length];
        self.from.read_exact(&mut body).expect("the message is whole");
        Some(serde_json::from_slice(&body).expect("JSON"))
    }

    /// The answer to the request of this number; what comes besides is kept.
    pub(crate) fn answer(&mut self, id: u64) -> Value {
        loop {
            let message = self.next().expect("the server answers");
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
            self.told.push(message);
        }
    }

    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.request(method, params);
        self.answer(id)
    }

    /// The result of a request about a file's text: `text` has a `|` where it is asked.
    #[track_caller]
    pub(crate) fn at(&mut self, method: &str, path: &str, text: &str) -> Value {
        let file = std::fs::read(self.dir.path(path)).expect("a file of the tree");
        let position = position(&String::from_utf8_lossy(&file), text);
        self.here(method, path, &position)
    }

    /// The result of a request about a position in a file.
    #[track_caller]
    pub(crate) fn here(&mut self, method: &str, path: &str, position: &Value) -> Value {
        let params = json!({ "textDocument": { "uri": self.uri(path) }, "position": position,
            "context": { "includeDeclaration": true } });
        let answer = self.ask(method, &params);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    /// The places of the answer to `textDocument/METHOD`, in one line.
    #[track_caller]
    pub(crate) fn found(&mut self, method: &str, path: &str, text: &str) -> String {
        let found = self.at(&format!("textDocument/{method}"), path, text);
        self.places(&found).join(" ")
    }

    /// The places of an answer, as people write them.
    pub(crate) fn places(&self, found: &Value) -> Vec<String> {
        let found = found.as_array().map_or(&[][..], Vec::as_slice);
        found.iter().map(|place| self.place(place)).collect()
    }

    /// `path:line:first-last`, from 1.
    pub(crate) fn place(&self, place: &Value) -> String {
        let uri = place["uri"].as_str().expect("a place has a file");
        let below = uri.strip_prefix(&self.uri("")).expect("it is in the tree");
        format!("{}:{}", below.trim_start_matches('/'), range(&place["range"]))
    }

    /// Opens a file with this text.
    pub(crate) fn open(&mut self, path: &str, text: &str) {
        let document =
            json!({ "uri": self.uri(path), "languageId": "c", "version": 1, "text": text });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    /// Ends the session as the protocol has it.
    pub(crate) fn end(mut self) -> ExitStatus {
        assert_eq!(self.ask("shutdown", &Value::Null)["result"], Value::Null);
        self.notify("exit", &Value::Null);
        self.wait()
    }

    /// Waits until the server is gone.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.server.wait().expect("it ends")
    }

    /// Ends the input.
    pub(crate) fn close(&mut self) {
        self.to = None;
    }
}

impl Drop for Client<'_> {
    fn drop(&mut self) {
        self.to = None;
        let _ = self.server.wait();
    }
}

/// `line:first-last`, from 1; more than one line as `line-line`.
pub(crate) fn range(range: &Value) -> String {
    let number = |path: &str| range.pointer(path).and_then(Value::as_u64).expect("a number");
    let (first, last) = (number("/start/line") + 1, number("/end/line") + 1);
    if first != last {
        return format!("{first}-{last}");
    }
    format!("{first}:{}-{}", number("/start/character") + 1, number("/end/character"))
}

/// Where the `|` of `marked` stands in `text`, which has the rest of it once; in bytes.
#[track_caller]
pub(crate) fn position(text: &str, marked: &str) -> Value {
    let bar = marked.find('|').expect("a mark");
    let plain = marked.replacen('|', "", 1);
    let at = text.find(&plain).unwrap_or_else(|| panic!("{plain:?} is not there")) + bar;
    let line = text[..at].matches('\n').count();
    let column = at - text[..at].rfind('\n').map_or(0, |end| end + 1);
    json!({ "line": line, "character": column })
}
