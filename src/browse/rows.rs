//! The rows of a list as the list pane shows them, drawn by the same renderers as everywhere,
//! under headings that the first row on the screen has, too.

use std::ops::Range;
use std::sync::Arc;

use crate::list::{Indices, List, ListError, Match, Meta, Role, View};
use crate::render::{Look, Measure, Rows};

/// Lists up to this long are measured whole, so that columns stay where they are.
const MEASURED: u64 = 5_000;

/// Trees have lines that lead far: longer ones are measured whole, too.
const MEASURED_TREE: u64 = 200_000;

/// One row, drawn.
pub(super) struct Block {
    /// Its number.
    pub(super) position: u64,
    /// What is drawn of it, headings first.
    pub(super) lines: Vec<Vec<u8>>,
    /// How many of these are headings.
    pub(super) headings: usize,
}

/// What is known of a list at one width.
pub(super) struct Widths {
    width: usize,
    len: u64,
    measure: Arc<Measure>,
}

/// What the renderers must know of a list besides its rows.
pub(super) fn slim(list: &List) -> Meta {
    Meta { request: None, ..list.meta().clone() }
}

/// Draws the rows at `range`.
///
/// # Errors
/// When the list can't be read.
pub(super) fn blocks(
    view: &View,
    meta: &Meta,
    look: &Look,
    known: &mut Option<Widths>,
    range: Range<u64>,
) -> Result<Vec<Block>, ListError> {
    let is_tree = meta.columns.iter().any(|column| column.role == Role::Node);
    let most = if is_tree { MEASURED_TREE } else { MEASURED };
    let is_whole = view.len() <= most && !meta.files_only;
    let mut scratch = Vec::new();
    let mut rows = if is_whole {
        let is_known = |widths: &Widths| (widths.width, widths.len) == (look.width, view.len());
        if !known.as_ref().is_some_and(is_known) {
            let all = Indices::all(view.len());
            let mut rows = noted(view, meta, look, &all)?;
            rows.begin(&mut scratch);
            *known = Some(Widths { width: look.width, len: view.len(), measure: rows.measure() });
        }
        let measure = known.as_ref().map(|widths| Arc::clone(&widths.measure));
        Rows::measured(look, meta, measure.unwrap_or_default())
    } else {
        // The last row has the widest number.
        let last = view.len().saturating_sub(1);
        let mut rows =
            noted(view, meta, look, &Indices::union(vec![range.clone(), last..last + 1]))?;
        rows.begin(&mut scratch);
        rows
    };
    draw(view, &mut rows, is_tree, is_whole, range)
}

fn noted<'l>(
    view: &View,
    meta: &Meta,
    look: &'l Look,
    positions: &Indices,
) -> Result<Rows<'l>, ListError> {
    let mut rows = Rows::new(look, meta);
    view.for_each(positions, |position, file, entry| {
        rows.note(position, &file.path, entry);
        Ok::<_, ListError>(true)
    })?;
    Ok(rows)
}

fn draw(
    view: &View,
    rows: &mut Rows<'_>,
    is_tree: bool,
    is_whole: bool,
    range: Range<u64>,
) -> Result<Vec<Block>, ListError> {
    let mut blocks = Vec::new();
    let first = range.start;
    // A tree's lines depend on what is above; other rows begin anew, with their headings.
    let before = if is_tree { first.saturating_sub(1) } else { first };
    let positions = Indices::only(before..range.end);
    let mut out = Vec::new();
    view.for_each(&positions, |position, file, entry: &Match<'_>| {
        if position < first {
            rows.go_on_after(if is_whole { position + 1 } else { 0 }, &file.path, entry);
            return Ok::<_, ListError>(true);
        }
        out.clear();
        rows.row(&mut out, Some(position), &file.path, &without_indentation(entry));
        let text = out.strip_suffix(b"\n").unwrap_or(&out);
        let lines: Vec<Vec<u8>> = text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let headings = lines.iter().position(|line| has_number(line, position)).unwrap_or(0);
        blocks.push(Block { position, lines, headings });
        Ok(true)
    })?;
    Ok(blocks)
}

/// The entry without the blanks that its line begins with: the source beside it has them, and the
/// pane is narrow.
fn without_indentation<'e>(entry: &Match<'e>) -> Match<'e> {
    let mut bare = entry.clone();
    let lead = entry.text.len() - entry.text.trim_ascii_start().len();
    let text = entry.text.trim_ascii();
    if text.contains(&b'\n')
        || entry.skipped > 0
        || !(entry.before.is_empty() && entry.after.is_empty())
    {
        return bare;
    }
    bare.text = text;
    for span in &mut bare.spans {
        let moved = |at: u32| (at as usize).saturating_sub(lead).min(text.len()) as u32;
        (span.start, span.end) = (moved(span.start), moved(span.end));
    }
    bare
}

/// Whether a drawn line begins with the row's number.
fn has_number(line: &[u8], number: u64) -> bool {
    let mut text = Vec::with_capacity(24);
    let mut at = 0;
    while at < line.len() && text.len() < 24 {
        if line[at] == 0x1b {
            let end = line[at..].iter().position(u8::is_ascii_alphabetic);
            at += end.map_or(line.len(), |end| end + 1);
        } else {
            text.push(line[at]);
            at += 1;
        }
    }
    let text = text.trim_ascii_start();
    let mut digits = itoa::Buffer::new();
    let rest = text.strip_prefix(digits.format(number).as_bytes());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b" "))
}
