//! The hierarchy of calls: who calls, and what is called, one step at a time.

use std::os::unix::ffi::OsStrExt;

use kgrep_engine::spot::{Call, Callable};
use serde_json::{Value, json};

use super::answers::{Ask, Asked};
use super::place::{Places, Range};
use super::{Refusal, kinds};

pub(super) fn prepare(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let Some((asked, spot)) = ask.spot()? else { return Ok(Value::Null) };
    let found = asked.code.callables_at(&spot)?;
    let mut places = asked.places(ask);
    Ok(found.iter().map(|found| item(found, None, &mut places)).collect())
}

pub(super) fn incoming(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let Some((asked, name, first)) = of_item(ask)? else { return Ok(Value::Null) };
    let found = asked.code.calls_to(&name, &asked.path, first)?;
    let mut places = asked.places(ask);
    Ok(found.iter().map(|call| step(call, "from", &mut places)).collect())
}

pub(super) fn outgoing(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let Some((asked, name, first)) = of_item(ask)? else { return Ok(Value::Null) };
    let found = asked.code.calls_from(&name, &asked.path, first)?;
    let mut places = asked.places(ask);
    Ok(found.iter().map(|call| step(call, "to", &mut places)).collect())
}

/// The definition that an item of ours names: its file, its name and its first line.
fn of_item(ask: &Ask<'_>) -> Result<Option<(Asked, String, u32)>, Refusal> {
    let part = |path: &str| ask.param(path).ok_or_else(|| ask.wrong("no item of this server"));
    let uri = part("/item/uri")?.as_str().unwrap_or_default();
    let name = part("/item/data/name")?.as_str().unwrap_or_default().to_owned();
    let first = part("/item/data/first")?.as_u64().and_then(|first| u32::try_from(first).ok());
    let Some(asked) = ask.asked(uri)? else { return Ok(None) };
    Ok(Some((asked, name, first.unwrap_or(1))))
}

fn item(found: &Callable, how: Option<&[String]>, places: &mut Places<'_>) -> Value {
    let part = &found.target.name;
    // Where it is says more than what it is, and how it is reached most.
    let path = std::ffi::OsStr::from_bytes(&part.path).display().to_string();
    let detail = how.map_or(found.words.clone(), |how| how.join(", "));
    json!({
        "name": found.name,
        "kind": kinds::symbol(found.kind),
        "detail": format!("{detail} · {path}"),
        "uri": places.uri(&part.path),
        "range": places.lines(found.target.extent, part),
        "selectionRange": places.range(part),
        "data": { "name": found.name, "first": found.target.extent.0 },
    })
}

fn step(call: &Call, end: &str, places: &mut Places<'_>) -> Value {
    let ranges: Vec<Range> = call.parts.iter().map(|part| places.range(part)).collect();
    json!({ end: item(&call.other, Some(&call.how), places), "fromRanges": ranges })
}
