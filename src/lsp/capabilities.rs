//! What a client is told that the server can.

use serde_json::{Value, json};

use super::position::Encoding;

/// The answer to `initialize`.
pub(super) fn of(encoding: Encoding) -> Value {
    let renamed = json!({ "filters": [{ "pattern": { "glob": "**" } }] });
    json!({
        "capabilities": {
            "positionEncoding": encoding.name(),
            // Edits are told as such, and what is saved is on the disk.
            "textDocumentSync": { "openClose": true, "change": 2, "save": { "includeText": false } },
            "definitionProvider": true,
            "declarationProvider": true,
            "typeDefinitionProvider": true,
            "implementationProvider": true,
            "referencesProvider": true,
            "documentHighlightProvider": true,
            "hoverProvider": true,
            "signatureHelpProvider": { "triggerCharacters": ["(", ","] },
            "documentSymbolProvider": { "label": "kgrep" },
            "workspaceSymbolProvider": true,
            "callHierarchyProvider": true,
            "foldingRangeProvider": true,
            "completionProvider": { "triggerCharacters": [">", "."] },
            "documentLinkProvider": { "resolveProvider": false },
            "workspace": {
                "workspaceFolders": { "supported": true, "changeNotifications": true },
                "fileOperations": { "didCreate": renamed, "didRename": renamed, "didDelete": renamed },
            },
        },
        "serverInfo": { "name": "kgrep", "version": env!("CARGO_PKG_VERSION") },
    })
}
