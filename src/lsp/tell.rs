//! What is told of a word: under the mouse, and while a call is written.

use std::ffi::OsStr;
use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;

use kgrep_engine::spot::Hover;
use serde_json::{Value, json};

use super::Refusal;
use super::answers::Ask;
use super::place::Places;

pub(super) fn hover(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let Some((asked, spot)) = ask.spot()? else { return Ok(Value::Null) };
    let Some(found) = asked.code.hover_at(&spot)? else { return Ok(Value::Null) };
    let mut places = asked.places(ask);
    let page = page(&found, &asked.path, &places);
    let mut value = json!({ "contents": { "kind": "markdown", "value": page } });
    if let Some(part) = &found.part {
        value["range"] = json!(places.range(part));
    }
    Ok(value)
}

/// A hover as Markdown.
fn page(found: &Hover, here: &[u8], places: &Places<'_>) -> String {
    let mut page = format!("{}\n", fenced(&found.head, found.place.as_ref()));
    if !found.comment.is_empty() {
        let _ = write!(page, "\n{}\n\n---\n", found.comment);
    }
    let mut lines = Vec::new();
    if let Some((path, line)) = found.place.as_ref().filter(|(path, _)| path != here) {
        let more = match found.more {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        lines.push(format!("{}{more}", link(path, *line, places)));
    } else if found.more > 0 {
        lines.push(format!("defined here, and {} more", found.more));
    }
    let mut facts = Vec::new();
    facts.extend((!found.words.is_empty()).then(|| found.words.clone()));
    facts.extend((!found.guard.is_empty()).then(|| format!("`#if {}`", found.guard)));
    if let Some((object, symbol)) = &found.built {
        facts.push(match symbol {
            Some(symbol) => format!("built into `{object}` by `{symbol}`"),
            None => format!("built into `{object}`"),
        });
    }
    facts.extend(found.users.map(|users| match users {
        0 => "not used by name".to_owned(),
        1 => "used by 1 function or table".to_owned(),
        users => format!("used by {users} functions and tables"),
    }));
    lines.extend((!facts.is_empty()).then(|| facts.join(" · ")));
    let documents = found.documents.iter().map(|(path, line)| link(path, *line, places));
    let documents: Vec<String> = documents.collect();
    lines.extend((!documents.is_empty()).then(|| format!("See {}", documents.join(", "))));
    if !lines.is_empty() {
        let _ = write!(page, "\n{}\n", lines.join("  \n"));
    }
    page
}

/// Text in a fence that it doesn't end itself.
fn fenced(text: &str, place: Option<&(Vec<u8>, u32)>) -> String {
    let language = match place.map(|(path, _)| path.as_slice()) {
        Some(path) if path.ends_with(b".rs") => "rust",
        Some(path) if path.ends_with(b".c") || path.ends_with(b".h") => "c",
        _ => "",
    };
    let fence = if text.contains("```") { "````````" } else { "```" };
    format!("{fence}{language}\n{text}\n{fence}")
}

/// A place as a link with its path.
fn link(path: &[u8], line: u32, places: &Places<'_>) -> String {
    let shown = OsStr::from_bytes(path).display();
    format!("[{shown}:{line}]({}#L{line})", places.uri(path))
}

pub(super) fn signature(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let Some((asked, spot)) = ask.spot()? else { return Ok(Value::Null) };
    let Some(found) = asked.code.signature_at(&spot)? else { return Ok(Value::Null) };
    let text = |(start, end): &(u32, u32)| {
        found.head.get(*start as usize..*end as usize).unwrap_or_default().to_owned()
    };
    let parameters: Vec<Value> =
        found.parameters.iter().map(|part| json!({ "label": text(part) })).collect();
    // The last parameter of a function with any number of them takes all the others.
    let last = parameters.len().saturating_sub(1) as u32;
    let mut signature = json!({ "label": found.head, "parameters": parameters });
    if !found.comment.is_empty() {
        signature["documentation"] = json!({ "kind": "markdown", "value": found.comment });
    }
    let active = found.active.min(last);
    Ok(json!({ "signatures": [signature], "activeSignature": 0, "activeParameter": active }))
}
