//! Work that nobody waits for any more stops: a named pipe in the place of a configuration holds a
//! question until it was cancelled, and then the tree is not read.

use std::fs::OpenOptions;
use std::io::Write;
use std::process::Command;

use serde_json::{Value, json};

use crate::util::Dir;
use crate::{lsp_client, mcp};

/// A folder of more files than are read in silence, with a pipe in the place of a configuration.
fn held() -> Dir {
    let dir = Dir::new();
    dir.create("arch/x86/lamp.c", "int lamp(void)\n{\n\treturn 1;\n}\n");
    for number in 0..2000 {
        dir.create(&format!("lib/{number}.c"), "int hall;\n");
    }
    assert!(Command::new("mkfifo").arg(dir.path("pipe")).status().unwrap().success());
    dir
}

/// The pipe, once a question waits for it.
fn pipe(dir: &Dir) -> std::fs::File {
    OpenOptions::new().write(true).open(dir.path("pipe")).unwrap()
}

const CONFIGURATION: &[u8] = b"CONFIG_X86=y\n";

#[test]
fn what_an_agent_cancels_is_not_worked_on() {
    let dir = held();
    let mut client = mcp::Client::start(&dir);
    let params = json!({ "name": "callers", "_meta": { "progressToken": "t" },
        "arguments": { "names": ["lamp"], "kconfig": "pipe" } });
    let id = client.send("tools/call", &params);
    pipe(&dir).write_all(CONFIGURATION).unwrap();
    assert_eq!(client.next()["method"], "notifications/progress");
    assert_eq!(client.next()["id"], id);

    let id = client.send("tools/call", &params);
    let mut pipe = pipe(&dir);
    client.line(
        &json!({ "jsonrpc": "2.0", "method": "notifications/cancelled",
            "params": { "requestId": id } })
        .to_string(),
    );
    client.ask("ping", &json!({}));
    pipe.write_all(CONFIGURATION).unwrap();
    drop(pipe);
    assert_eq!(client.end(), [] as [Value; 0]);
}

#[test]
fn what_an_editor_cancels_is_not_worked_on() {
    let dir = held();
    let config = dir.path("pipe");
    let args = ["--kconfig", config.to_str().unwrap()];
    let mut client = lsp_client::Client::new(&dir, &args);
    client.begin(&json!({}));
    let params = json!({ "query": "lamp", "workDoneToken": "t" });
    let id = client.request("workspace/symbol", &params);
    pipe(&dir).write_all(CONFIGURATION).unwrap();
    client.answer(id);
    let is_progress = |told: &Value| told["method"] == "$/progress";
    assert!(client.told.iter().any(is_progress), "{:?}", client.told);

    client.told.clear();
    let id = client.request("workspace/symbol", &params);
    let mut pipe = pipe(&dir);
    client.notify("$/cancelRequest", &json!({ "id": id }));
    // Notifications are taken in their order: what is asked next is answered after them.
    assert_eq!(client.ask("no/method", &json!({}))["error"]["code"], -32601);
    pipe.write_all(CONFIGURATION).unwrap();
    drop(pipe);
    assert_eq!(client.answer(id)["error"]["code"], -32800);
    assert!(!client.told.iter().any(is_progress), "{:?}", client.told);
}
