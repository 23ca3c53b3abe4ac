//! The mouse: a click puts the cursor where it is, the wheel scrolls the pane under it.

use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::app::{App, Mode, Pane};

/// Rows or lines that one notch of the wheel scrolls.
const NOTCH: i64 = 3;

impl App {
    /// Takes what the mouse did.
    pub(super) fn mouse(&mut self, event: MouseEvent) {
        let by = match event.kind {
            MouseEventKind::ScrollDown => NOTCH,
            MouseEventKind::ScrollUp => -NOTCH,
            _ => 0,
        };
        if let Mode::Text { lines, top, .. } = &mut self.mode {
            let height = usize::from(self.areas.list.height.max(self.areas.source.height));
            let most = lines.len().saturating_sub(height.max(1));
            *top = top.saturating_add_signed(by as isize).min(most);
            return;
        }
        let at = Position { x: event.column, y: event.row };
        let is_click = event.kind == MouseEventKind::Down(MouseButton::Left);
        let (list, source) = (self.areas.list, self.areas.source);
        if !matches!(self.mode, Mode::Panes) {
            return;
        }
        let row = self.areas.rows.get(usize::from(at.y.saturating_sub(list.y))).copied().flatten();
        let text = self.areas.text;
        let Some(page) = self.pages.get_mut(self.at) else { return };
        if list.contains(at) {
            page.go(by);
            if is_click {
                row.into_iter().for_each(|row| page.go_to(row));
                self.pane = Pane::List;
            }
        } else if source.contains(at) {
            let height = u64::from(source.height);
            if by != 0 {
                page.source.scroll(by, height);
            }
            if is_click {
                let line = page.source.top(height) + u64::from(at.y - source.y);
                page.source.click(line, usize::from(at.x.saturating_sub(text)));
                self.pane = Pane::Source;
            }
        }
    }
}
