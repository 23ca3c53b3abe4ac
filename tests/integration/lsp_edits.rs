//! `kgrep lsp` while somebody edits: what is open counts in the next answer, saved or not, in any
//! encoding of columns.

use serde_json::{Value, json};

use crate::lsp_client::{Client, position};
use crate::util::Dir;

fn edit(client: &mut Client<'_>, path: &str, from: &Value, to: &Value, text: &str) {
    let change = json!({ "range": { "start": from, "end": to }, "text": text });
    client.notify(
        "textDocument/didChange",
        &json!({ "textDocument": { "uri": client.uri(path), "version": 2 },
            "contentChanges": [change] }),
    );
}

const LAMP: &str = "int lamp_on(int watts)\n{\n\treturn watts;\n}\n";
const HALL: &str = "int lamp_on(int watts);\n\nint hall(void)\n{\n\treturn lamp_on(60);\n}\n";

fn callers(client: &mut Client<'_>, path: &str, text: &str) -> Vec<String> {
    let at = position(text, text.lines().next().unwrap().replacen("(", "|(", 1).as_str());
    let items = client.here("textDocument/prepareCallHierarchy", path, &at);
    let found = client.ask("callHierarchy/incomingCalls", &json!({ "item": items[0] }));
    let found = found["result"].as_array().expect("calls").iter();
    found.map(|call| call["from"]["name"].as_str().unwrap().to_owned()).collect()
}

fn an_edit_counts(indexed: bool) {
    let dir = Dir::new();
    dir.create("lamp.c", LAMP);
    dir.create("hall.c", HALL);
    if indexed {
        dir.kgrep(&["index", "."]).run().expect_ok();
    }
    let mut client = Client::start(&dir);
    assert_eq!(callers(&mut client, "lamp.c", LAMP), ["hall"]);
    // A new caller in a file that is open, and in one that is nowhere yet.
    client.open("hall.c", HALL);
    let end = json!({ "line": 6, "character": 0 });
    edit(&mut client, "hall.c", &end, &end, "int kitchen(void)\n{\n\treturn lamp_on(40);\n}\n");
    client.open("new.c", "int cellar(void)\n{\n\treturn lamp_on(20);\n}\n");
    assert_eq!(callers(&mut client, "lamp.c", LAMP), ["hall", "kitchen", "cellar"]);
    let uses = client.at("textDocument/references", "lamp.c", "lamp_|on");
    let uses = client.places(&uses);
    assert!(uses.contains(&"hall.c:9:9-15".to_owned()), "{uses:?}");
    assert!(uses.contains(&"new.c:3:9-15".to_owned()), "{uses:?}");
    // Lines that move, move at once.
    client.open("lamp.c", LAMP);
    let top = json!({ "line": 0, "character": 0 });
    edit(&mut client, "lamp.c", &top, &top, "int first;\n\n");
    let found = client.at("textDocument/definition", "hall.c", "return lamp_|on(");
    assert_eq!(client.places(&found), ["lamp.c:3:5-11"]);
    // What isn't saved and is closed is what the disk has.
    client.notify(
        "textDocument/didClose",
        &json!({ "textDocument": { "uri": client.uri("hall.c") } }),
    );
    client.notify(
        "textDocument/didClose",
        &json!({ "textDocument": { "uri": client.uri("lamp.c") } }),
    );
    assert_eq!(callers(&mut client, "lamp.c", LAMP), ["hall", "cellar"]);
    // Files that come and go on the disk are seen when the client says so.
    dir.create("attic.c", "int attic(void)\n{\n\treturn lamp_on(5);\n}\n");
    std::fs::rename(dir.path("hall.c"), dir.path("lobby.c")).unwrap();
    client.notify("workspace/didChangeWatchedFiles", &json!({ "changes": [] }));
    assert_eq!(callers(&mut client, "lamp.c", LAMP), ["attic", "hall", "cellar"]);
    std::fs::remove_file(dir.path("attic.c")).unwrap();
    client.notify("workspace/didDeleteFiles", &json!({ "files": [] }));
    assert_eq!(callers(&mut client, "lamp.c", LAMP), ["hall", "cellar"]);
    assert!(client.end().success());
}

#[test]
fn an_edit_counts_in_the_next_answer_with_an_index() {
    an_edit_counts(true);
}

#[test]
fn an_edit_counts_in_the_next_answer_without_an_index() {
    an_edit_counts(false);
}

#[test]
fn columns_are_counted_as_was_agreed() {
    let dir = Dir::new();
    dir.create("wide.c", "int lamp_on(void);\nint x = /* \u{1F600}\u{fc} */ lamp_on();\r\nint lamp_on(void)\n{\n\treturn 1;\n}\n");
    for (offered, name, column) in [
        (json!(["utf-8"]), "utf-8", 21),
        (json!(["utf-16", "utf-32"]), "utf-16", 18),
        (json!(["utf-32"]), "utf-32", 17),
        (Value::Null, "utf-16", 18),
    ] {
        let mut client = Client::new(&dir, &[]);
        let answer = client.begin(&json!({ "general": { "positionEncodings": offered } }));
        assert_eq!(answer["result"]["capabilities"]["positionEncoding"], name);
        let at = json!({ "line": 1, "character": column });
        let found = client.here("textDocument/references", "wide.c", &at);
        let uses = client.places(&found);
        let expected = format!("wide.c:2:{}-{}", column + 1, column + 7);
        assert!(uses.contains(&expected), "{name}: {uses:?}");
    }
}

#[test]
fn files_that_are_no_utf_8_and_crlf_are_read() {
    let dir = Dir::new();
    dir.create("old.c", b"/* \xfc\xe4 */ int lamp_on(void)\r\n{\r\n\treturn 1;\r\n}\r\nint x(void)\r\n{\r\n\treturn lamp_on();\r\n}\r\n");
    let mut client = Client::new(&dir, &[]);
    client.begin(&json!({}));
    let at = json!({ "line": 6, "character": 10 });
    let found = client.here("textDocument/definition", "old.c", &at);
    assert_eq!(client.places(&found), ["old.c:1:14-20"]);
    // The editor has it as UTF-8, with lines that end as they did.
    client.open("old.c", "/* \u{fc}\u{e4} */ int lamp_on(void)\r\n{\r\n\treturn 1;\r\n}\r\nint x(void)\r\n{\r\n\treturn lamp_on();\r\n}\r\n");
    let end = json!({ "line": 6, "character": 99 });
    edit(&mut client, "old.c", &end, &end, "\r\n\treturn lamp_on();");
    let found = client.here("textDocument/references", "old.c", &at);
    assert_eq!(client.places(&found), ["old.c:1:14-20", "old.c:7:9-15", "old.c:8:9-15"]);
}

#[test]
fn an_edit_that_makes_no_sense_is_told() {
    let dir = Dir::new();
    dir.create("lamp.c", LAMP);
    let mut client = Client::start(&dir);
    client.open("lamp.c", LAMP);
    let change = json!({ "range": { "start": {}, "end": 3 }, "text": "x" });
    client.notify(
        "textDocument/didChange",
        &json!({ "textDocument": { "uri": client.uri("lamp.c") }, "contentChanges": [change] }),
    );
    let found = client.at("textDocument/definition", "lamp.c", "lamp_|on");
    assert_eq!(client.places(&found), ["lamp.c:1:5-11"]);
    let told = client.told.iter().any(|told| told["method"] == "window/logMessage");
    assert!(told, "{:?}", client.told);
}
