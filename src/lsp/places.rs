//! Answers that are places: definitions, what implements them, uses.

use kgrep_engine::Result as Found;
use kgrep_engine::spot::{Access, Spot, Target};
use serde_json::{Value, json};

use super::Refusal;
use super::answers::Ask;
use super::place::Location;
use crate::code::Code;

type Targets = fn(&Code, &Spot) -> Found<Vec<Target>>;

pub(super) fn definition(ask: &Ask<'_>) -> Result<Value, Refusal> {
    targets(ask, Code::definitions_at)
}

pub(super) fn declaration(ask: &Ask<'_>) -> Result<Value, Refusal> {
    targets(ask, Code::declarations_at)
}

pub(super) fn type_definition(ask: &Ask<'_>) -> Result<Value, Refusal> {
    targets(ask, Code::types_at)
}

pub(super) fn implementation(ask: &Ask<'_>) -> Result<Value, Refusal> {
    targets(ask, Code::implementations_at)
}

fn targets(ask: &Ask<'_>, question: Targets) -> Result<Value, Refusal> {
    let Some((asked, spot)) = ask.spot()? else { return Ok(Value::Null) };
    let found = question(&asked.code, &spot)?;
    let mut places = asked.places(ask);
    let links = ask.job.state.client.links;
    Ok(found.iter().map(|target| places.target(target, links)).collect())
}

pub(super) fn references(ask: &Ask<'_>) -> Result<Option<Vec<Location>>, Refusal> {
    let declared = ask.param("/context/includeDeclaration").and_then(Value::as_bool);
    let Some((asked, spot)) = ask.spot()? else { return Ok(None) };
    let found = asked.code.uses_at(&spot, declared.unwrap_or(true))?;
    let mut places = asked.places(ask);
    Ok(Some(found.iter().map(|part| places.location(part)).collect()))
}

pub(super) fn highlights(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let Some((asked, spot)) = ask.spot()? else { return Ok(Value::Null) };
    let found = asked.code.mentions_at(&spot)?;
    let mut places = asked.places(ask);
    let highlight = |mention: &kgrep_engine::spot::Mention| {
        let kind = match mention.access {
            Access::Text => 1,
            Access::Read => 2,
            Access::Write => 3,
        };
        json!({ "range": places.range(&mention.part), "kind": kind })
    };
    Ok(found.iter().map(highlight).collect())
}
