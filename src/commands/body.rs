//! `kgrep def --body`: whole definitions, with line numbers, highlighted on a terminal.

use std::io::Write;

use anyhow::Result;
use kgrep_engine::{Answer, Request, Row, Sources};

use super::answer::keep;
use super::printer::Printer;
use super::{Outcome, Session};
use crate::cells;
use crate::code::{Code, word_in};
use crate::list::{Match, Span};
use crate::render::{Block, Facts, Highlighter, Look, Output, Totals, draw_block, push_shown};
use crate::settings::Format;

/// Keeps the definitions as the newest list and prints each from its first line to its
/// last. With `expand`, a table also has what macros write that make them.
///
/// # Errors
/// When the list can't be kept in order or the output not be written.
pub(super) fn show(
    code: &Code,
    session: &Session,
    request: &Request,
    answer: &Answer,
    expand: bool,
) -> Result<Outcome> {
    if answer.rows.is_empty() {
        return Ok(Outcome::Nothing);
    }
    let list = keep(code, session, Some(request), answer)?;
    let look = Look::new(&session.settings, Facts::of_stdout(), &list.meta().folder);
    if session.settings.format.value == Format::Table {
        blocks(code, session, &look, &answer.rows, expand)?;
        return Ok(Outcome::Found);
    }
    let mut printer = Printer::new(&look, &session.settings, list.meta());
    let mut sources = Sources::default();
    for (index, row) in (0..).zip(&answer.rows) {
        let source = sources.get(code, &row.path);
        let (first, last) = extent(row);
        let lines: Vec<&[u8]> = (first..=last).filter_map(|line| source.line(line)).collect();
        let text = lines.concat();
        let path = code.path_from_here(&row.path);
        let cells = cells::texts(code, row);
        let entry = Match {
            line: first,
            offset: source.before(first).len() as u64,
            text: &text,
            spans: word_in(&text, &row.name).into_iter().collect(),
            cells: cells.iter().map(|cell| &**cell).collect(),
            ..Match::default()
        };
        printer.row(Some(index), &path, &entry)?;
    }
    printer.finish(Totals::default())?;
    Ok(Outcome::Found)
}

/// First and last line of a definition.
fn extent(row: &Row) -> (u64, u64) {
    let (first, last) = row.extent.unwrap_or((row.line, row.line));
    (u64::from(first), u64::from(last))
}

fn blocks(code: &Code, session: &Session, look: &Look, rows: &[Row], expand: bool) -> Result<()> {
    let highlighter = Highlighter::of(look)?;
    let mut out =
        if look.terminal { Output::paged(&session.settings.pager.value) } else { Output::stdout() };
    let mut sources = Sources::default();
    let mut buffer = Vec::new();
    for (index, row) in (0..).zip(rows) {
        let source = sources.get(code, &row.path);
        let (first, last) = extent(row);
        let lines: Vec<(u64, &[u8])> =
            (first..=last).filter_map(|line| Some((line, source.line(line)?))).collect();
        let matched = u64::from(row.line);
        let name = source.line(matched).and_then(|text| word_in(text, &row.name));
        let spans: Vec<Span> = name.into_iter().collect();
        let block = Block {
            index,
            path: &code.path_from_here(&row.path),
            note: None,
            lead: source.before(first),
            file_size: source.bytes().len() as u64,
            lines: &lines,
            matched,
            spans: &spans,
            more: &[],
        };
        draw_block(&mut buffer, look, highlighter.as_ref(), &block);
        if expand {
            expansion(&mut buffer, code, look, row)?;
        }
        out.write_all(&buffer)?;
        buffer.clear();
    }
    Ok(out.finish()?)
}

/// Appends what the macro writes that makes a row's definition, if one does.
fn expansion(out: &mut Vec<u8>, code: &Code, look: &Look, row: &Row) -> Result<()> {
    let extent = row.extent.unwrap_or((row.line, row.line));
    let Some(expansion) = code.expansion(&row.path, extent, &row.name)? else { return Ok(()) };
    let place = String::from_utf8_lossy(&code.path_from_here(&expansion.path)).into_owned();
    let title = format!("what {}() writes ({place}:{})", expansion.by, expansion.line);
    push_shown(out, title.as_bytes(), look);
    out.push(b'\n');
    for line in expansion.text.trim_ascii_end().split(|byte| *byte == b'\n') {
        out.extend_from_slice(b"   ");
        push_shown(out, line, look);
        out.push(b'\n');
    }
    Ok(())
}
