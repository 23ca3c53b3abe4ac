//! The edges of the protocol that `kgrep lsp` speaks: its beginning and end, what is no message,
//! requests nobody waits for, folders that come and go.

use serde_json::{Value, json};

use crate::lsp_client::Client;
use crate::util::Dir;

#[test]
fn a_session_begins_and_ends_as_the_protocol_has_it() {
    let dir = Dir::kernel();
    let mut client = Client::new(&dir, &["--stdio"]);
    let early = client.ask("textDocument/hover", &json!({}));
    assert_eq!(early["error"]["code"], -32002, "{early}");
    client.notify("textDocument/didOpen", &json!({}));
    let begun = client.begin(&json!({}));
    assert_eq!(begun["result"]["serverInfo"]["name"], "kgrep");
    assert_eq!(client.ask("initialize", &json!({}))["error"]["code"], -32600);
    assert_eq!(client.ask("no/such", &json!({}))["error"]["code"], -32601);
    assert_eq!(client.ask("textDocument/hover", &json!({}))["error"]["code"], -32602);
    assert_eq!(client.ask("shutdown", &Value::Null)["result"], Value::Null);
    assert_eq!(client.ask("textDocument/hover", &json!({}))["error"]["code"], -32600);
    client.notify("exit", &Value::Null);
    assert!(client.wait().success());
}

#[test]
fn who_goes_without_a_word_is_an_error_and_who_closes_the_input_is_not() {
    let dir = Dir::new();
    let mut client = Client::start(&dir);
    client.notify("exit", &Value::Null);
    assert_eq!(client.wait().code(), Some(1));
    let mut client = Client::start(&dir);
    client.close();
    assert_eq!(client.wait().code(), Some(0));
}

#[test]
fn what_is_no_message_is_answered_and_the_session_goes_on() {
    let dir = Dir::kernel();
    let mut client = Client::start(&dir);
    for (bytes, code) in [
        (&b"Content-Length: 9\r\n\r\nno json}{"[..], -32700),
        (b"Content-Length: 2\r\n\r\n[]", -32600),
        (b"Content-Length: 2\r\n\r\n{}", -32600),
        (b"X-Other: 1\r\n\r\n", -32600),
        (b"Content-Length: 4\r\n\r\n\xff\xfe\x00{", -32700),
        (b"Content-Length: -1\r\n\r\n", -32600),
    ] {
        client.bytes(bytes);
        let answer = client.next().expect("an answer");
        assert_eq!(answer["error"]["code"], code, "{answer}");
        assert_eq!(answer["id"], Value::Null);
    }
    // Any identifier comes back as it was; answers to nothing are passed over.
    client.send(&json!({ "jsonrpc": "2.0", "id": "7", "result": null }));
    client.send(&json!({ "jsonrpc": "2.0", "id": "a b", "method": "workspace/symbol",
        "params": { "query": "kfree" } }));
    let answer = client.next().expect("an answer");
    assert_eq!((&answer["id"], &answer["result"][0]["name"]), (&json!("a b"), &json!("kfree")));
    // Parameters of any kind.
    for params in
        [json!(null), json!([1]), json!("x"), json!({ "textDocument": 1, "position": [] })]
    {
        let answer = client.ask("textDocument/definition", &params);
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
    let far = json!({ "textDocument": { "uri": client.uri("fs/open.c") },
        "position": { "line": 4_000_000_000_u64, "character": 4_000_000_000_u64 } });
    assert_eq!(client.ask("textDocument/hover", &far)["result"], Value::Null);
    let other = json!({ "textDocument": { "uri": "untitled:1" },
        "position": { "line": 0, "character": 0 } });
    assert_eq!(client.ask("textDocument/definition", &other)["result"], Value::Null);
    let gone = json!({ "textDocument": { "uri": client.uri("fs/gone.c") },
        "position": { "line": 0, "character": 0 } });
    let answer = client.ask("textDocument/definition", &gone);
    assert_eq!(answer["error"]["code"], -32803, "{answer}");
    assert!(client.end().success());
}

#[test]
fn a_request_that_nobody_waits_for_is_answered_so() {
    let dir = Dir::kernel();
    let mut client = Client::start(&dir);
    let cancelled: Vec<u64> = (0..20)
        .map(|_| {
            let id = client.request("workspace/symbol", &json!({ "query": "kmem" }));
            client.notify("$/cancelRequest", &json!({ "id": id }));
            id
        })
        .collect();
    client.notify("$/cancelRequest", &json!({ "id": 99_999 }));
    let mut refused = 0;
    for id in &cancelled {
        // Answers come in any order, and each request has one.
        let known = client.told.iter().position(|told| told["id"] == *id);
        let answer = known.map(|at| client.told.remove(at)).unwrap_or_else(|| client.answer(*id));
        refused += usize::from(answer["error"]["code"] == -32800);
    }
    assert!(refused >= 10, "{refused} of {}", cancelled.len());
    let found = client.ask("workspace/symbol", &json!({ "query": "kfree" }));
    assert_eq!(found["result"][0]["name"], "kfree");
}

#[test]
fn a_source_tree_without_an_index_gets_one_and_requests_wait_for_it() {
    let dir = Dir::kernel();
    let mut client = Client::new(&dir, &[]);
    client.begin(&json!({ "window": { "workDoneProgress": true } }));
    let found = client.ask("workspace/symbol", &json!({ "query": "kfree" }));
    assert_eq!(found["result"][0]["name"], "kfree", "{found}");
    let kinds: Vec<&str> = client
        .told
        .iter()
        .filter_map(|told| told.pointer("/params/value/kind").and_then(Value::as_str))
        .collect();
    assert_eq!((kinds.first(), kinds.last()), (Some(&"begin"), Some(&"end")), "{:?}", client.told);
    assert_eq!(client.told[0]["method"], "window/workDoneProgress/create");
    assert!(dir.kgrep(&["index", "--status"]).stdout().contains("index"));
}

#[test]
fn folders_come_and_go_and_need_be_no_kernel() {
    let dir = Dir::new();
    dir.create("one/.git/HEAD", "");
    dir.create("one/a.c", "int lamp_on(void)\n{\n\treturn 1;\n}\n");
    dir.create("two/b.c", "int hall(void)\n{\n\treturn 2;\n}\n");
    dir.create("two/notes.txt", "hall\n");
    let mut client = Client::new(&dir, &[]);
    let folder = |client: &Client<'_>, name: &str| json!({ "uri": client.uri(name), "name": name });
    let first = folder(&client, "one");
    let missing = folder(&client, "missing");
    let params = json!({ "capabilities": {}, "workspaceFolders": [first, missing] });
    client.ask("initialize", &params);
    client.notify("initialized", &json!({}));
    let names = |client: &mut Client<'_>, query: &str| {
        let found = client.ask("workspace/symbol", &json!({ "query": query }));
        found["result"].as_array().map(Vec::len).unwrap_or_default()
    };
    assert_eq!((names(&mut client, "lamp_on"), names(&mut client, "hall")), (1, 0));
    let event = json!({ "added": [folder(&client, "two")], "removed": [folder(&client, "one")] });
    client.notify("workspace/didChangeWorkspaceFolders", &json!({ "event": event }));
    assert_eq!((names(&mut client, "lamp_on"), names(&mut client, "hall")), (0, 1));
    let found = client.at("textDocument/definition", "two/notes.txt", "ha|ll");
    assert_eq!(client.places(&found), ["two/b.c:1:5-8"]);
    // A file of no folder has the tree that it is in.
    let found = client.at("textDocument/definition", "one/a.c", "lamp|_on");
    assert_eq!(client.places(&found), ["one/a.c:1:5-11"]);
}

#[test]
fn one_architecture_or_a_configuration_can_be_served() {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_ok();
    let place = |args: &[&str]| {
        let mut client = Client::new(&dir, args);
        client.begin(&json!({}));
        let found = client.ask("workspace/symbol", &json!({ "query": "setup_arch" }));
        client.place(&found["result"][0]["location"])
    };
    assert!(place(&["--arch", "arm64"]).starts_with("arch/arm64/kernel/setup.c:"));
    assert!(place(&["--arch", "x86"]).starts_with("arch/x86/kernel/setup.c:"));
}
