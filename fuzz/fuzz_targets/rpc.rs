//! What clients send: lines, as MCP has them (`l…`), or headers and contents, as editors do (`h…`).
#![no_main]
#![allow(dead_code, unused_imports, reason = "the program's own modules, of which this asks little")]

#[path = "../../src/lsp/wire.rs"]
mod lsp_wire;
#[path = "../../src/mcp/wire.rs"]
mod mcp_wire;
#[path = "../../src/rpc.rs"]
mod rpc;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((kind, mut from)) = data.split_first() else { return };
    let mut before = from.len();
    loop {
        let next = match kind {
            b'l' => mcp_wire::next(&mut from),
            _ => lsp_wire::next(&mut from),
        };
        let Ok(Some(_)) = next else { break };
        assert!(from.len() < before, "a message takes something");
        before = from.len();
    }
});
