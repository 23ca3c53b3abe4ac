//! `kgrep def --body`: whole definitions, with line numbers, highlighted on a terminal.

use std::io::Write;

use anyhow::Result;

use super::answer::{Place, Sources, keep, word_in};
use super::def::Found;
use super::printer::Printer;
use super::{Outcome, Session};
use crate::code::Code;
use crate::list::{Match, Role, Span};
use crate::render::{Block, Facts, Highlighter, Look, Output, Totals, draw_block};
use crate::settings::Format;

/// Keeps the definitions as the newest list and prints each from its first line to its
/// last.
///
/// # Errors
/// When the list can't be kept in order or the output not be written.
pub(super) fn show(
    code: &Code,
    session: &Session,
    columns: &[(&str, Role)],
    found: &[Found],
) -> Result<Outcome> {
    let places: Vec<Place> = found.iter().map(|found| found.place.clone()).collect();
    let list = keep(code, session, columns, &places)?;
    let look = Look::new(&session.settings, Facts::of_stdout(), &list.meta().folder);
    if session.settings.format.value == Format::Table {
        blocks(code, session, &look, found)?;
        return Ok(Outcome::Found);
    }
    let mut printer = Printer::new(&look, &session.settings, list.meta());
    let mut sources = Sources::default();
    for (index, found) in (0..).zip(found) {
        let place = &found.place;
        let source = sources.get(code, &place.path);
        let lines: Vec<&[u8]> =
            (found.first..=found.last).filter_map(|line| source.line(u64::from(line))).collect();
        let text = lines.concat();
        let path = code.shown(&place.path);
        let entry = Match {
            line: u64::from(found.first),
            offset: source.before(u64::from(found.first)).len() as u64,
            text: &text,
            spans: word_in(&text, &place.name).into_iter().collect(),
            cells: place.cells.iter().map(String::as_str).collect(),
            ..Match::default()
        };
        printer.row(Some(index), &path, &entry)?;
    }
    printer.finish(Totals::default())?;
    Ok(Outcome::Found)
}

fn blocks(code: &Code, session: &Session, look: &Look, found: &[Found]) -> Result<()> {
    let highlighter = Highlighter::of(look)?;
    let mut out =
        if look.terminal { Output::paged(&session.settings.pager.value) } else { Output::stdout() };
    let mut sources = Sources::default();
    let mut buffer = Vec::new();
    for (index, found) in (0..).zip(found) {
        let place = &found.place;
        let source = sources.get(code, &place.path);
        let first = u64::from(found.first);
        let lines: Vec<(u64, &[u8])> = (first..=u64::from(found.last))
            .filter_map(|line| Some((line, source.line(line)?)))
            .collect();
        let matched = u64::from(place.line);
        let name = source.line(matched).and_then(|text| word_in(text, &place.name));
        let spans: Vec<Span> = name.into_iter().collect();
        let block = Block {
            index,
            path: &code.shown(&place.path),
            note: None,
            lead: source.before(first),
            file_size: source.bytes().len() as u64,
            lines: &lines,
            matched,
            spans: &spans,
            more: &[],
        };
        draw_block(&mut buffer, look, highlighter.as_ref(), &block);
        out.write_all(&buffer)?;
        buffer.clear();
    }
    Ok(out.finish()?)
}
