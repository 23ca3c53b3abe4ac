//! Names that begin as the word that is being written.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use serde_json::{Value, json};

use super::answers::Ask;
use super::{Refusal, kinds};

/// The most names that are offered at once.
const OFFERED: usize = 200;

pub(super) fn completion(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let Some((asked, spot)) = ask.spot()? else { return Ok(Value::Null) };
    let Some((part, found, more)) = asked.code.completions_at(&spot, OFFERED)? else {
        return Ok(Value::Null);
    };
    let range = asked.places(ask).range(&part);
    let items = found.iter().enumerate().map(|(at, found)| {
        let mut item = json!({
            "label": found.name,
            "kind": kinds::completion(found.kind),
            // Clients sort by this, not by the order that names are sent in.
            "sortText": format!("{at:04}"),
            "textEdit": { "range": range, "newText": found.name },
        });
        if !found.path.is_empty() {
            item["detail"] = json!(OsStr::from_bytes(&found.path).display().to_string());
        }
        item
    });
    let items: Vec<Value> = items.collect();
    Ok(json!({ "isIncomplete": more, "items": items }))
}
