//! The two panes: rows of the list, and lines of the source.

use anstyle::AnsiColor;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use super::app::{App, Pane};
use super::draw::has_keys;
use super::paint::Paint;
use crate::list::{ListError, Span};
use crate::render::{Ink, Look, display_width, push_among_others, visible};
use crate::settings::Layout;

/// Columns left of a row: whether it is under the cursor, whether it is marked.
const GUTTER: u16 = 2;

/// Puts a line of pieces on the screen, in at most so many columns.
pub(super) fn put(buffer: &mut Buffer, (x, y): (u16, u16), room: u16, line: &Line<'_>) {
    buffer.set_line(x, y, line, room);
}

/// Draws the rows.
///
/// # Errors
/// When the list can't be read.
pub(super) fn list(app: &mut App, area: Rect, buffer: &mut Buffer) -> Result<(), ListError> {
    app.areas.list = area;
    app.areas.rows = vec![None; usize::from(area.height)];
    let width = area.width.saturating_sub(GUTTER);
    let look = Look {
        width: usize::from(width),
        layout: Layout::Sections,
        header: false,
        hyperlinks: false,
        ide_paths: false,
        theme: None,
        ..app.look.clone()
    };
    let (paint, selected) = (app.paint, app.paint.selected(has_keys(app, Pane::List)));
    let Some(page) = app.pages.get_mut(app.at) else { return Ok(()) };
    if page.view.len() == 0 {
        buffer.set_stringn(area.x + GUTTER, area.y, "no row matches", width.into(), Paint::dim());
        return Ok(());
    }
    let blocks = page.rows(&look, u64::from(area.height))?;
    let mut y = area.y;
    for block in &blocks {
        for (at, line) in block.lines.iter().enumerate() {
            if y >= area.bottom() {
                return Ok(());
            }
            let is_own = at >= block.headings;
            let (x, own) = (area.x + GUTTER, block.position);
            put(buffer, (x, y), width, &paint.line(line));
            if is_own {
                app.areas.rows[usize::from(y - area.y)] = Some(own);
                if page.marks.contains(&own) && at == block.headings {
                    buffer.set_string(area.x + 1, y, "*", paint.colored(AnsiColor::Yellow));
                }
                if own == page.cursor {
                    buffer.set_string(area.x, y, "▌", paint.colored(AnsiColor::Magenta));
                    let row = Rect { x: area.x + 1, y, width: area.width - 1, height: 1 };
                    buffer.set_style(row, selected);
                }
            }
            y += 1;
        }
    }
    Ok(())
}

/// Draws the source: a heading with the file and the function around the cursor, then lines.
pub(super) fn source(app: &mut App, area: Rect, buffer: &mut Buffer) {
    let has_keys = has_keys(app, Pane::Source);
    heading(app, Rect { height: 1, ..area }, buffer);
    let area = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    app.areas.source = area;
    let (paint, selected) = (app.paint, app.paint.selected(has_keys));
    let look = Look { hyperlinks: false, terminal: true, ..app.look.clone() };
    let cursor_look = under_cursor(&look, has_keys);
    let Some(page) = app.pages.get_mut(app.at) else { return };
    let source = &mut page.source;
    if let Some(error) = source.error() {
        buffer.set_stringn(area.x + 1, area.y, error, area.width.into(), Style::new());
        return;
    }
    let top = source.top(u64::from(area.height));
    let digits = source.last().max(1).ilog10() as usize + 1;
    let width = digits.max(4);
    let margin = u16::try_from(width + 3).unwrap_or(u16::MAX).min(area.width);
    app.areas.text = area.x + margin;
    let room = area.width - margin;
    let (row, spans) = (source.row().0.clone(), source.row().1.to_vec());
    let mut out = Vec::new();
    for (line, y) in (top..=source.last()).zip(area.top()..area.bottom()) {
        let Some(text) = source.text(line) else { break };
        let is_row = row.contains(&line);
        let number = format!("{line:>width$}");
        let style = if is_row { Paint::bold() } else { paint.colored(AnsiColor::Green) };
        let style = if is_row { style.patch(paint.colored(AnsiColor::Yellow)) } else { style };
        buffer.set_stringn(area.x + 1, y, number, width, style);
        out.clear();
        let cursor = line == source.line();
        let own = source.cursor();
        let span = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let cursor_span = [Span { start: span(own.start), end: span(own.end) }];
        let (look, marked): (&Look, &[Span]) = match (cursor && has_keys, line == row.start) {
            (true, _) => (&cursor_look, &cursor_span),
            (false, true) => (&look, &spans),
            _ => (&look, &[]),
        };
        push_among_others(&mut out, look, text, marked, room.into(), source.styled(line));
        put(buffer, (area.x + margin, y), room, &paint.line(&out));
        if cursor {
            buffer.set_style(Rect { y, height: 1, ..area }, selected);
            buffer.set_string(area.x, y, "▌", paint.colored(AnsiColor::Magenta));
        }
    }
}

/// The look of the line under the cursor: what the cursor is on stands out.
fn under_cursor(look: &Look, has_keys: bool) -> Look {
    let mut look = look.clone();
    if has_keys {
        look.palette.matched = Ink { on: "\x1b[1;4;7m".to_owned(), off: "\x1b[0m".to_owned() };
    }
    look
}

/// `── kernel/fork.c:27 ── copy_process() ──`
fn heading(app: &mut App, area: Rect, buffer: &mut Buffer) {
    let paint = app.paint;
    let Some(page) = app.pages.get_mut(app.at) else { return };
    let rule = "─".repeat(usize::from(area.width));
    buffer.set_stringn(area.x, area.y, rule, area.width.into(), Paint::dim());
    let (path, note) = page.source.title();
    let path = String::from_utf8_lossy(&visible(path)).into_owned();
    let note = note.map(|note| format!(" ({note})")).unwrap_or_default();
    let place = format!(" {path}:{}{note} ", page.source.line());
    let function = page.source.function().map(|(_, text)| text.replace('\t', " "));
    let function =
        function.map(|text| String::from_utf8_lossy(&visible(text.as_bytes())).into_owned());
    let room = usize::from(area.width).saturating_sub(2);
    // Of a long path the end is seen.
    let mut place = place.as_str();
    while display_width(place.as_bytes()) > room {
        let mut letters = place.chars();
        letters.next();
        place = letters.as_str();
    }
    let style = paint.colored(AnsiColor::Blue);
    let (x, _) = buffer.set_stringn(area.x + 1, area.y, place, room, style);
    let left = usize::from(area.right().saturating_sub(x + 2));
    if let Some(function) = function.filter(|_| left > 12) {
        let shown = crate::render::cut(&function, left - 2);
        buffer.set_stringn(x + 1, area.y, format!(" {shown} "), left, Paint::bold());
    }
}
