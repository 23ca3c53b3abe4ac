//! Answers that list: what a file holds, folds and links to, and names of the whole tree.

use kgrep_engine::spot::{FoldKind, Symbol};
use serde_json::{Value, json};

use super::answers::Ask;
use super::place::Places;
use super::{Refusal, kinds};

/// The most names of an answer: a list that a person chooses from.
const NAMES: usize = 128;

pub(super) fn document_symbols(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let Some(asked) = ask.file()? else { return Ok(Value::Null) };
    let found = asked.code.symbols_in(&asked.path)?;
    let mut places = asked.places(ask);
    Ok(found.iter().map(|found| symbol(found, &mut places)).collect())
}

fn symbol(found: &Symbol, places: &mut Places<'_>) -> Value {
    let inside: Vec<Value> = found.inside.iter().map(|inner| symbol(inner, places)).collect();
    json!({
        "name": found.name,
        "detail": found.words,
        "kind": kinds::symbol(found.kind),
        "range": places.lines(found.extent, &found.part),
        "selectionRange": places.range(&found.part),
        "children": inside,
    })
}

pub(super) fn workspace_symbols(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let asked = ask.param("/query").and_then(Value::as_str).unwrap_or_default();
    let mut all: Vec<Value> = Vec::new();
    for folder in ask.job.state.folders().iter().filter(|folder| !folder.is_loose) {
        let code = ask.code(folder)?;
        let found = code.named_like(asked, NAMES)?;
        let mut places = Places::new(&code, folder, ask.job.state.encoding);
        all.extend(found.iter().map(|found| {
            json!({
                "name": found.name,
                "kind": kinds::symbol(found.kind),
                "location": places.location(&found.target.name),
                "containerName": String::from_utf8_lossy(&found.target.name.path),
            })
        }));
    }
    Ok(Value::Array(all))
}

pub(super) fn folds(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let Some(asked) = ask.file()? else { return Ok(Value::Null) };
    let found = asked.code.folds_in(&asked.path)?.into_iter();
    let fold = |fold: kgrep_engine::spot::Fold| {
        let mut value = json!({ "startLine": fold.first - 1, "endLine": fold.last - 1 });
        match fold.kind {
            FoldKind::Comment => value["kind"] = json!("comment"),
            FoldKind::Includes => value["kind"] = json!("imports"),
            FoldKind::Region => {}
        }
        value
    };
    Ok(found.map(fold).collect())
}

pub(super) fn links(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let Some(asked) = ask.file()? else { return Ok(Value::Null) };
    let found = asked.code.links_in(&asked.path)?;
    let mut places = asked.places(ask);
    let link = |link: &kgrep_engine::spot::Link| json!({ "range": places.range(&link.part), "target": places.uri(&link.target) });
    Ok(found.iter().map(link).collect())
}
