//! Draws the state on a screen of cells: crumbs above, the two panes, and a line below.

use anstyle::AnsiColor;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::app::{App, Mode, Pane};
use super::paint::Paint;
use super::pane;
use crate::message::counted;
use crate::render::{display_width, visible};

/// A smaller screen has no room for two panes.
pub(super) const LEAST: (u16, u16) = (40, 10);

/// From this width on the panes stand beside each other.
const BESIDE: u16 = 100;

/// How much of the screen the list has, in percent: beside the source, and above it.
const LIST_SHARE: (u16, u16) = (45, 40);

/// What the line below says while nothing else does.
const HINT: &str = "? keys  / narrow  : ask  Enter edit  D def  C callers  R refs  q quit";

/// And below a page of text.
const TEXT_HINT: &str = "j k C-f C-b scroll; any other key goes back to the list";

/// Draws the whole screen; where the terminal's cursor belongs, if anything is typed.
pub(super) fn draw(app: &mut App, buffer: &mut Buffer) -> Option<(u16, u16)> {
    let area = buffer.area;
    if area.width < LEAST.0 || area.height < LEAST.1 {
        too_small(area, buffer);
        return None;
    }
    crumbs(app, Rect { height: 1, ..area }, buffer);
    let body = Rect { y: area.y + 1, height: area.height - 2, ..area };
    let is_text = matches!(app.mode, Mode::Text { .. });
    match (is_text, app.pages.is_empty()) {
        (true, _) => text(app, body, buffer),
        (false, true) => waiting(app, body, buffer),
        (false, false) => panes(app, body, buffer),
    }
    below(app, Rect { y: area.bottom() - 1, height: 1, ..area }, buffer)
}

fn too_small(area: Rect, buffer: &mut Buffer) {
    let told = format!(
        "browse needs {} columns and {} lines; here are {} and {}",
        LEAST.0, LEAST.1, area.width, area.height
    );
    let mut rest = told.as_str();
    for y in area.top()..area.bottom() {
        // Where even a word is wider than the screen, it is cut.
        let room = usize::from(area.width).min(rest.len());
        let end = if room == rest.len() { room } else { rest[..room].rfind(' ').unwrap_or(room) };
        buffer.set_stringn(area.x, y, &rest[..end], usize::from(area.width), Style::new());
        rest = rest[end..].trim_start();
    }
}

/// The way here, and where in the list the cursor is.
fn crumbs(app: &mut App, area: Rect, buffer: &mut Buffer) {
    let right = position(app);
    let room = usize::from(area.width).saturating_sub(display_width(right.as_bytes()) + 2);
    let shown = |title: &str| String::from_utf8_lossy(&visible(title.as_bytes())).into_owned();
    let mut titles: Vec<String> = app.pages.iter().map(|page| shown(&page.title)).collect();
    if let Some(asked) = app.asked.as_ref().filter(|asked| !asked.grows) {
        titles.truncate(app.at + usize::from(!titles.is_empty()));
        titles.push(shown(&asked.what));
    }
    let current = if app.asked.as_ref().is_some_and(|asked| !asked.grows) {
        titles.len() - 1
    } else {
        app.at
    };
    // The list on the screen is always named, then those before it, as far as there is room.
    let width = |titles: &[String]| -> usize {
        titles.iter().map(|title| display_width(title.as_bytes()) + 3).sum()
    };
    let mut first = current.min(titles.len());
    while first > 0 && width(&titles[first - 1..=current.min(titles.len() - 1)]) + 2 <= room {
        first -= 1;
    }
    let mut spans = vec![Span::styled(if first > 0 { "… › " } else { "" }, Paint::dim())];
    for (at, title) in titles.iter().enumerate().skip(first) {
        let style = if at == current { Paint::bold() } else { Paint::dim() };
        if at > first {
            spans.push(Span::styled(" › ", Paint::dim()));
        }
        spans.push(Span::styled(title.clone(), style));
    }
    let room = u16::try_from(room).unwrap_or(u16::MAX);
    pane::put(buffer, (area.x, area.y), room, &Line::from(spans));
    let x =
        area.right().saturating_sub(u16::try_from(display_width(right.as_bytes())).unwrap_or(0));
    buffer.set_stringn(x, area.y, &right, usize::from(area.width), Paint::dim());
}

fn position(app: &mut App) -> String {
    let grows = app.asked.as_ref().is_some_and(|asked| asked.grows);
    let Some(page) = app.pages.get(app.at) else { return String::new() };
    let (len, all) = (page.view.len(), page.view.list().len());
    let row = if len == 0 { 0 } else { page.cursor };
    let mut said = format!("{row} of {}", counted(len, "row"));
    if !grows && len < all {
        said += &format!(" (of {})", counted(all, "row").trim_end_matches(" rows"));
    }
    if grows {
        said += ", searching…";
    }
    match page.marks.len() {
        0 => said,
        marks => format!("{marks} marked, {said}"),
    }
}

fn waiting(app: &App, area: Rect, buffer: &mut Buffer) {
    let Some(asked) = &app.asked else { return };
    let told = format!("{}: {} s; Esc stops", asked.what, asked.since.elapsed().as_secs());
    let told = String::from_utf8_lossy(&visible(told.as_bytes())).into_owned();
    let y = area.y + area.height / 2;
    buffer.set_stringn(area.x + 2, y, told, usize::from(area.width) - 2, Paint::dim());
}

fn text(app: &mut App, area: Rect, buffer: &mut Buffer) {
    app.areas.list = area;
    let Mode::Text { title, lines, top } = &app.mode else { return };
    let paint = app.paint;
    buffer.set_stringn(area.x, area.y, title, usize::from(area.width), Paint::bold());
    for (y, line) in (area.y + 1..area.bottom()).zip(lines.iter().skip(*top)) {
        pane::put(buffer, (area.x, y), area.width, &paint.line(line));
    }
    app.areas.list = Rect { y: area.y + 1, height: area.height - 1, ..area };
}

fn panes(app: &mut App, area: Rect, buffer: &mut Buffer) {
    let (list, source) = if area.width >= BESIDE {
        let width = area.width * LIST_SHARE.0 / 100;
        for y in area.top()..area.bottom() {
            buffer.set_string(area.x + width, y, "│", Paint::dim());
        }
        let list = Rect { width, ..area };
        (list, Rect { x: area.x + width + 1, width: area.width - width - 1, ..area })
    } else {
        let height = (area.height * LIST_SHARE.1 / 100).max(3);
        let list = Rect { height, ..area };
        (list, Rect { y: area.y + height, height: area.height - height, ..area })
    };
    if let Some(Err(error)) = app.page().map(super::page::Page::show_source) {
        app.message = Some(error.to_string());
    }
    if let Err(error) = pane::list(app, list, buffer) {
        app.message = Some(error.to_string());
    }
    pane::source(app, source, buffer);
}

/// The last line: what is typed, what is told, or which keys there are.
fn below(app: &mut App, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
    let paint = app.paint;
    let (lead, prompt) = match &app.mode {
        Mode::Ask(prompt) => (":", prompt),
        Mode::Narrow(prompt, _) | Mode::Find(prompt, _) => ("/", prompt),
        _ => {
            let is_text = matches!(app.mode, Mode::Text { .. });
            let told = app.message.as_ref().map(|told| visible(told.as_bytes()).into_owned());
            let told = told.map(|told| String::from_utf8_lossy(&told).into_owned());
            let style = if told.is_some() { Style::new() } else { Paint::dim() };
            let busy = app.asked.as_ref().filter(|asked| !asked.grows && !app.pages.is_empty());
            let busy = busy.map(|asked| {
                format!("{}: {} s; Esc stops", asked.what, asked.since.elapsed().as_secs())
            });
            let told = told.or(busy).unwrap_or_else(|| match app.pages.is_empty() {
                _ if is_text => TEXT_HINT.to_owned(),
                // Most keys have nothing to act on yet.
                true => String::new(),
                false => HINT.to_owned(),
            });
            buffer.set_stringn(area.x, area.y, told, usize::from(area.width), style);
            return None;
        }
    };
    candidates(&prompt.candidates, area, buffer);
    // The end of a long line is seen, up to the cursor.
    let room = usize::from(area.width).saturating_sub(2);
    let mut before = prompt.before();
    while display_width(before.as_bytes()) > room {
        let mut letters = before.chars();
        letters.next();
        before = letters.as_str();
    }
    let after = &prompt.text()[prompt.before().len()..];
    let (x, _) = buffer.set_stringn(area.x, area.y, lead, 1, paint.colored(AnsiColor::Magenta));
    let (cursor, _) = buffer.set_stringn(x, area.y, before, room, Style::new());
    let left = usize::from(area.right().saturating_sub(cursor));
    let (end, _) = buffer.set_stringn(cursor, area.y, after, left, Style::new());
    let progress = match (&app.mode, app.pages.get(app.at)) {
        (Mode::Narrow(_, narrowing), Some(page)) => narrowing.progress(&page.view),
        _ => None,
    };
    let said = app.message.clone().or(progress.map(|seen| counted(seen, "row") + " looked at"));
    if let Some(said) = said {
        let said = String::from_utf8_lossy(&visible(said.as_bytes())).into_owned();
        let left = usize::from(area.right().saturating_sub(end + 2));
        buffer.set_stringn(end + 2, area.y, said, left, Paint::dim());
    }
    Some((cursor.min(area.right() - 1), area.y))
}

/// What a word may become, above the line it is typed in.
fn candidates(all: &[String], area: Rect, buffer: &mut Buffer) {
    const MOST: usize = 8;
    if all.is_empty() {
        return;
    }
    let shown = all.len().min(MOST);
    let more = (all.len() > MOST).then(|| format!("… {} in all", all.len()));
    let lines: Vec<&str> = all[..shown].iter().map(String::as_str).chain(more.as_deref()).collect();
    let width = lines.iter().map(|line| display_width(line.as_bytes())).max().unwrap_or(0) + 2;
    let width = width.min(usize::from(area.width));
    let top = area.y.saturating_sub(u16::try_from(lines.len()).unwrap_or(0));
    for (y, line) in (top..area.y).zip(lines) {
        let line = format!(" {line:<width$}", width = width.saturating_sub(1));
        buffer.set_stringn(area.x, y, line, width, Style::new().reversed());
    }
}

/// The pane that has the keys is told by its cursor.
pub(super) fn has_keys(app: &App, pane: Pane) -> bool {
    app.pane == pane && !matches!(app.mode, Mode::Text { .. })
}
