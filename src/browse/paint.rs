//! From what the renderers draw, bytes with their colours in escape sequences, to what a screen
//! of cells wants: pieces of text with a style. In as many colours as the terminal has.

use anstyle::{Ansi256Color, AnsiColor, RgbColor};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use crate::render::{Background, Look, of_256};

/// How many colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// None, or none are wanted.
    None,
    /// The sixteen with names.
    Sixteen,
    /// 256, or 24 bits: what is drawn is in these already.
    Many,
}

impl Depth {
    /// Of the terminal that `look` was decided for.
    pub(super) fn of(look: &Look) -> Depth {
        match (look.color, look.few_colors) {
            (false, _) => Depth::None,
            (true, true) => Depth::Sixteen,
            (true, false) => Depth::Many,
        }
    }
}

/// How the screen itself is painted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    depth: Depth,
    background: Background,
}

impl Paint {
    pub(super) fn new(depth: Depth, background: Background) -> Paint {
        Paint { depth, background }
    }

    /// Whether the terminal has sixteen colours.
    pub(super) fn has_few_colors(self) -> bool {
        self.depth == Depth::Sixteen
    }

    /// The row under the cursor, in the pane that has the keys or in the other one.
    pub(super) fn selected(self, has_keys: bool) -> Style {
        let grey = match (self.depth, self.background) {
            (Depth::Many, Background::Dark) => Some(if has_keys { 238 } else { 235 }),
            (Depth::Many, Background::Light) => Some(if has_keys { 252 } else { 255 }),
            _ => None,
        };
        match grey {
            Some(grey) => Style::new().bg(Color::Indexed(grey)),
            None if has_keys => Style::new().add_modifier(Modifier::REVERSED),
            None => Style::new().add_modifier(Modifier::BOLD),
        }
    }

    /// What stands back.
    pub(super) fn dim() -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// What stands out.
    pub(super) fn bold() -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// In this colour, if there are any, as the renderers show it.
    pub(super) fn colored(self, color: AnsiColor) -> Style {
        let shown = match self.depth {
            Depth::None => return Style::new(),
            Depth::Sixteen => color.into(),
            Depth::Many => self.background.shade(color),
        };
        let number = match shown {
            anstyle::Color::Ansi256(number) => number.0,
            _ => Ansi256Color::from_ansi(color).0,
        };
        Style::new().fg(Color::Indexed(number))
    }

    /// The pieces of a line that a renderer drew.
    pub(super) fn line(self, bytes: &[u8]) -> Line<'static> {
        let text = String::from_utf8_lossy(bytes);
        let mut spans: Vec<Span<'static>> = Vec::new();
        let mut style = Style::new();
        let mut rest = &*text;
        while let Some(at) = rest.find('\x1b') {
            push(&mut spans, style, &rest[..at]);
            rest = &rest[at + 1..];
            if let Some(sequence) = rest.strip_prefix('[') {
                let end = sequence.find(|c: char| ('@'..='~').contains(&c));
                let Some(end) = end else { break };
                if sequence[end..].starts_with('m') {
                    style = self.applied(style, &sequence[..end]);
                }
                rest = &sequence[end + 1..];
            } else if rest.starts_with(']') {
                // A link: it ends with ESC \ or BEL.
                let end = rest.find(['\x07', '\x1b']).unwrap_or(rest.len());
                let tail = &rest[end..];
                rest = tail.strip_prefix("\x1b\\").or(tail.strip_prefix('\x07')).unwrap_or("");
            }
        }
        push(&mut spans, style, rest);
        Line::from(spans)
    }

    /// `style` after a sequence with these parameters.
    fn applied(self, style: Style, parameters: &str) -> Style {
        let mut style = style;
        let mut numbers = parameters.split([';', ':']).map(|part| part.parse::<u8>().unwrap_or(0));
        while let Some(number) = numbers.next() {
            style = match number {
                0 => Style::new(),
                1 => style.add_modifier(Modifier::BOLD),
                2 => style.add_modifier(Modifier::DIM),
                3 => style.add_modifier(Modifier::ITALIC),
                4 => style.add_modifier(Modifier::UNDERLINED),
                7 => style.add_modifier(Modifier::REVERSED),
                30..=37 => style.fg(Color::Indexed(number - 30)),
                90..=97 => style.fg(Color::Indexed(number - 90 + 8)),
                38 => match numbers.next() {
                    Some(5) => style.fg(self.indexed(numbers.next().unwrap_or(7))),
                    Some(2) => {
                        let mut next = || numbers.next().unwrap_or(0);
                        style.fg(self.rgb(RgbColor(next(), next(), next())))
                    }
                    _ => style,
                },
                39 => Style { fg: None, ..style },
                _ => style,
            };
        }
        style
    }

    fn indexed(self, number: u8) -> Color {
        match (self.depth, Ansi256Color(number).into_ansi()) {
            (Depth::Many, _) | (_, Some(_)) => Color::Indexed(number),
            _ => nearest(of_256(number)),
        }
    }

    fn rgb(self, color: RgbColor) -> Color {
        match self.depth {
            Depth::Many => Color::Rgb(color.0, color.1, color.2),
            _ => nearest(color),
        }
    }
}

fn push(spans: &mut Vec<Span<'static>>, style: Style, text: &str) {
    if !text.is_empty() {
        spans.push(Span::styled(text.to_owned(), style));
    }
}

/// The one of the sixteen colours that is nearest, but neither black nor white: one of these is
/// the background.
fn nearest(color: RgbColor) -> Color {
    let RgbColor(red, green, blue) = color;
    let most = red.max(green).max(blue);
    let least = red.min(green).min(blue);
    if most - least < 40 {
        return Color::Reset;
    }
    let is_on = |part: u8| u8::from(u16::from(part) * 2 > u16::from(most) + u16::from(least));
    let number = is_on(red) | is_on(green) << 1 | is_on(blue) << 2;
    // Their numbers are such bits.
    Color::Indexed(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(depth: Depth, text: &str) -> Vec<(String, Style)> {
        let line = Paint::new(depth, Background::Dark).line(text.as_bytes());
        line.spans.into_iter().map(|span| (span.content.into_owned(), span.style)).collect()
    }

    #[test]
    fn colours_become_styles_and_links_go() {
        let drawn = pieces(Depth::Many, "a\x1b[1m\x1b[31mb\x1b[0m\x1b]8;;file:///x\x1b\\c");
        let red = Style::new().add_modifier(Modifier::BOLD).fg(Color::Indexed(1));
        assert_eq!(
            drawn,
            [("a".into(), Style::new()), ("b".into(), red), ("c".into(), Style::new())]
        );
        let drawn = pieces(Depth::Many, "\x1b[38;2;1;2;3mx");
        assert_eq!(drawn[0].1.fg, Some(Color::Rgb(1, 2, 3)));
    }

    #[test]
    fn sixteen_colours_are_not_left() {
        for sequence in ["38;2;163;190;140", "38;5;108", "38;2;200;30;40", "31", "97"] {
            let drawn = pieces(Depth::Sixteen, &format!("\x1b[{sequence}mx"));
            let is_few = match drawn[0].1.fg {
                Some(Color::Indexed(number)) => number < 16,
                Some(Color::Reset) => true,
                _ => false,
            };
            assert!(is_few, "{sequence}: {drawn:?}");
        }
    }

    #[test]
    fn what_is_no_sequence_is_no_panic() {
        for text in
            ["\x1b", "\x1b[", "\x1b[38m", "\x1b[38;5m", "\x1b]8;;", "\x1b[999;999m", "é\x1bé"]
        {
            pieces(Depth::Many, text);
        }
    }
}
