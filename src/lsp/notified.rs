//! What a client tells: edits, files that come and go, requests it no longer waits for.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::state::{State, real};
use super::{Server, indexing, text, uri};

/// Takes a notification. What is no part of the protocol, or not meant for us, is passed over.
pub(super) fn take(method: &str, params: &Value, state: &mut State, server: &Arc<Server>) {
    match method {
        "initialized" => {
            for folder in state.folders() {
                indexing::begin(&folder, state.client.progress, server);
            }
        }
        "$/cancelRequest" => {
            if let Some(id) = params.get("id") {
                server.cancel(id);
            }
        }
        "textDocument/didOpen" => {
            let text = params.pointer("/textDocument/text").and_then(Value::as_str);
            if let (Some(path), Some(text)) = (document(params), text) {
                state.buffers = state.buffers.with(&path, text.as_bytes().to_vec());
            }
        }
        "textDocument/didChange" => edit(params, state, server),
        "textDocument/didClose" => {
            if let Some(path) = document(params) {
                state.buffers = state.buffers.without(&path);
            }
        }
        "workspace/didChangeWorkspaceFolders" => folders(params, state, server),
        // What the disk has was changed by somebody who tells.
        "textDocument/didSave"
        | "workspace/didChangeWatchedFiles"
        | "workspace/didCreateFiles"
        | "workspace/didRenameFiles"
        | "workspace/didDeleteFiles" => {
            state.folders().iter().for_each(|folder| folder.served.doubt());
        }
        _ => {}
    }
}

/// The path of the file that a notification is about.
fn document(params: &Value) -> Option<PathBuf> {
    let named = params.pointer("/textDocument/uri").and_then(Value::as_str);
    named.and_then(uri::path).map(|path| real(&path))
}

fn edit(params: &Value, state: &mut State, server: &Server) {
    let changes = params.get("contentChanges").and_then(Value::as_array);
    let (Some(path), Some(changes)) = (document(params), changes) else { return };
    let edited =
        state.buffers.get(&path).and_then(|before| text::changed(before, changes, state.encoding));
    match edited {
        Some(edited) => {
            state.buffers = state.buffers.with(&path, edited);
            if let Ok((folder, _)) = state.file(&server.session, &path) {
                server.edited(state, folder);
            }
        }
        None => {
            // What is open here is not what the editor has: the disk is nearer to it.
            state.buffers = state.buffers.without(&path);
            let path = path.display();
            server.log(&format!("kgrep: an edit of {path} can't be followed; open it again"));
        }
    }
}

fn folders(params: &Value, state: &State, server: &Arc<Server>) {
    let named = |list: &str| {
        let listed = params.pointer(list).and_then(Value::as_array).into_iter().flatten();
        let uri = |folder: &Value| folder.get("uri").and_then(Value::as_str).and_then(uri::path);
        listed.filter_map(uri).collect::<Vec<PathBuf>>()
    };
    for path in named("/event/removed") {
        state.remove(&path);
    }
    for path in named("/event/added") {
        if let Some(folder) = server.folder(&path) {
            state.add(Arc::clone(&folder));
            indexing::begin(&folder, state.client.progress, server);
        }
    }
}
