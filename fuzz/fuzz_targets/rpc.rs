//! What clients send: lines, as MCP has them (`l…`), or headers and contents, as editors do (`h…`); of a
//! tool's call its arguments, of an editor's message its addresses, positions and edits.
#![no_main]
#![allow(dead_code, unused_imports, reason = "the program's own modules, of which this asks little")]

#[path = "../../src/lsp/wire.rs"]
mod lsp_wire;
#[path = "../../src/mcp/arguments.rs"]
mod arguments;
#[path = "../../src/mcp/cursor.rs"]
mod cursor;
#[path = "../../src/mcp/roots.rs"]
mod roots;
#[path = "../../src/mcp/wire.rs"]
mod mcp_wire;
#[path = "../../src/percent.rs"]
mod percent;
#[path = "../../src/lsp/position.rs"]
mod position;
#[path = "../../src/rpc.rs"]
mod rpc;
#[path = "../../src/lsp/text.rs"]
mod text;
#[path = "../../src/lsp/uri.rs"]
mod uri;

use libfuzzer_sys::fuzz_target;
use position::Encoding;
use rpc::Message;
use serde_json::Value;

/// A file that an editor has open.
const OPEN: &[u8] = "int \u{1F600};\r\nint \u{fc};\n\nint b;".as_bytes();

/// Takes the arguments of a tool's call apart.
fn call(params: &Value) {
    let name = params.get("name").and_then(Value::as_str).unwrap_or_default();
    let Ok((common, own)) = arguments::split(params.get("arguments").cloned().unwrap_or_default()) else {
        return;
    };
    let digest = cursor::digest(name, &own);
    if let Some(rows) = common.cursor.and_then(|given| cursor::read(&given, digest).ok()) {
        assert_eq!(cursor::read(&cursor::write(rows, digest), digest), Ok(rows));
    }
    macro_rules! take {
        ($($tool:literal: $own:ident),*) => {
            match name {
                $($tool => drop(arguments::own::<arguments::$own>(own)),)*
                _ => {}
            }
        };
    }
    take!(
        "search": Search, "define": Define, "exists": Exists, "references": References, "callers": Callers,
        "callees": Callees, "chain": Chain, "functions_with": Functions, "trace": Trace, "find": Find,
        "list": List, "diff": Diff, "touched": Touched, "built": Built, "log": Log,
        "maintainers": Maintainers, "read": Read
    );
}

/// What an editor's message says of files and places in them.
fn edit(params: &Value) {
    let named = params.pointer("/textDocument/uri").and_then(Value::as_str);
    if let Some(path) = named.and_then(uri::path) {
        assert_eq!(uri::path(&uri::of(&path)).as_ref(), Some(&path));
    }
    let offered = params.pointer("/capabilities/general/positionEncodings");
    let asked = params.get("position").and_then(position::read);
    for encoding in [Encoding::of(offered), Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
        if let Some((_, column)) = asked {
            let line = OPEN.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let byte = encoding.byte(line, column);
            assert_eq!(encoding.byte(line, encoding.column(line, byte)), byte);
        }
        let changes = params.get("contentChanges").and_then(Value::as_array);
        if let Some(edited) = changes.and_then(|changes| text::changed(OPEN, changes, encoding)) {
            assert!(std::str::from_utf8(&edited).is_ok(), "no letter is cut apart");
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, mut from)) = data.split_first() else { return };
    let mut before = from.len();
    loop {
        let next = match kind {
            b'l' => mcp_wire::next(&mut from),
            _ => lsp_wire::next(&mut from),
        };
        let Ok(Some(message)) = next else { break };
        assert!(from.len() < before, "a message takes something");
        before = from.len();
        match message {
            Message::Request { params, .. } | Message::Notification { params, .. } => {
                call(&params);
                edit(&params);
                roots::Roots::of(&params);
            }
            Message::Answer { result, .. } => drop(result.as_ref().and_then(roots::folder)),
            Message::Wrong { .. } => {}
        }
    }
});
