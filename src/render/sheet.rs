//! Source under headings: a path is said once, above its rows, and a section's title on a
//! rule. Rows have their number, the line and the source as it is indented; what is said of
//! a row stands to its right where there is room, else below it.

use std::sync::Arc;

use super::annotations::{aligned, annotations, joined};
use super::cell::path_in;
use super::fit::{push_fitted, wrapped};
use super::highlight::{Highlighter, Running, Styled};
use super::hyperlink::linked;
use super::line::lines;
use super::look::Look;
use super::measure::{Measure, begins};
use super::prose::{prose_lines, push_prose};
use super::sanitize::{display_text, display_width};
use crate::list::{Column, Match, Meta};

/// Blanks between the parts of a row.
const GAP: usize = 2;

/// How wide what is said of rows may be for it to stand beside the source.
const MOST_SAID: usize = 60;

/// Rows under headings, being drawn.
#[derive(Clone)]
pub(super) struct Sheet<'l> {
    look: &'l Look,
    columns: Vec<Column>,
    begun: bool,
    /// The title that is in force.
    section: String,
    last_section: Option<String>,
    /// The path that was said last.
    path: Option<Vec<u8>>,
    /// What source is highlighted with, and where that has got to.
    highlighter: Option<Arc<Highlighter>>,
    running: Running,
}

impl<'l> Sheet<'l> {
    /// The rows of a list that `meta` describes, with highlighted source if that is wanted.
    pub(super) fn new(look: &'l Look, meta: &Meta, highlights: bool) -> Sheet<'l> {
        // A theme that there is not is told by who draws nothing else.
        let highlighter =
            if highlights { Highlighter::of(look).ok().flatten().map(Arc::new) } else { None };
        Sheet {
            highlighter,
            running: Running::default(),
            look,
            columns: meta.columns.clone(),
            begun: false,
            section: String::new(),
            last_section: None,
            path: None,
        }
    }

    /// Goes on as after `entry`, which somebody else draws.
    pub(super) fn go_on_after(&mut self, path: &[u8], entry: &Match<'_>) {
        self.begun = true;
        if let Some(section) = entry.section.filter(|_| begins(self.last_section.as_deref(), entry))
        {
            section.clone_into(&mut self.section);
        }
        self.last_section = entry.section.map(str::to_owned);
        self.path = Some(path.to_vec());
    }

    /// Appends one entry: the headings that it begins, its context and its line or lines.
    pub(super) fn row(
        &mut self,
        out: &mut Vec<u8>,
        measure: &Measure,
        index: Option<u64>,
        path: &[u8],
        entry: &Match<'_>,
    ) {
        let titled = begins(self.last_section.as_deref(), entry);
        let before = (self.begun, self.path.take());
        self.go_on_after(path, entry);
        self.headings(out, measure, titled, before, path, entry);
        let margins = Margins { index: measure.index_width(), line: measure.line_width() };
        for line in &entry.before {
            self.beside(out, margins, path, (line.line, line.text));
        }
        let body = entry.text.strip_suffix(b"\n").unwrap_or(entry.text);
        for (number, (at, text)) in (entry.line..).zip(lines(body)) {
            let is_first = number == entry.line;
            let room = self.margin(out, margins, index.filter(|_| is_first), path, number);
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            let cut = is_first && entry.skipped > 0;
            let styled = self.styled(path, number, text);
            let spans = (at, entry.spans.as_slice());
            // In an answer prose is read to its end; in a search's rows the match is enough.
            let lines = match entry.section {
                Some(_) if !cut => prose_lines(path, text, room),
                _ => Vec::new(),
            };
            let width = if lines.is_empty() {
                push_fitted(out, self.look, text, spans, room, cut, styled.as_ref())
            } else {
                let margin = margins.width();
                push_prose(out, self.look, (text, &lines), spans, (margin, room), styled.as_ref())
            };
            let annotations =
                if is_first { annotations(&self.columns, entry, self.look) } else { Vec::new() };
            self.say(out, measure, margins, &annotations, (width, room));
        }
        for line in &entry.after {
            self.beside(out, margins, path, (line.line, line.text));
        }
    }

    fn headings(
        &self,
        out: &mut Vec<u8>,
        measure: &Measure,
        titled: bool,
        (begun, last_path): (bool, Option<Vec<u8>>),
        path: &[u8],
        entry: &Match<'_>,
    ) {
        let moved = last_path.as_deref() != Some(path);
        let part = measure.part(&self.section);
        let beside = titled && part.is_some_and(|part| !part.has_files);
        if titled {
            if begun {
                out.push(b'\n');
            }
            let rows = part.map_or(0, |part| part.rows);
            rule(out, self.look, &self.section, rows, beside.then_some((path, entry.line)));
        } else if entry.gap && begun && !moved {
            self.look.palette.mark.paint(out, b"--");
            out.push(b'\n');
        }
        if (moved || titled) && !beside {
            linked(out, self.look, path, entry.line, |out| {
                let name = path_in(path, self.look, self.look.width);
                self.look.palette.file.paint(out, &name);
            });
            out.push(b'\n');
        }
    }

    /// Appends index and line number; how many columns are left.
    fn margin(
        &self,
        out: &mut Vec<u8>,
        margins: Margins,
        index: Option<u64>,
        path: &[u8],
        line: u64,
    ) -> usize {
        let palette = &self.look.palette;
        let mut number = itoa::Buffer::new();
        let text = index.map_or("", |index| number.format(index)).as_bytes();
        pad(out, margins.index.saturating_sub(text.len()));
        palette.index.paint(out, text);
        pad(out, GAP);
        let text = if line == 0 { "" } else { number.format(line) }.as_bytes();
        pad(out, margins.line.saturating_sub(text.len()));
        linked(out, self.look, path, line, |out| palette.line.paint(out, text));
        pad(out, GAP);
        self.look.width.saturating_sub(margins.width()).max(1)
    }

    /// How to draw the line, where source is highlighted.
    fn styled(&mut self, path: &[u8], line: u64, text: &[u8]) -> Option<Styled> {
        let highlighter = self.highlighter.clone()?;
        let styled = highlighter.next(&mut self.running, path, line, text);
        (!styled.is_empty()).then_some(styled)
    }

    /// A line around a match: it stands back, or is source like any other where that has its
    /// own colours.
    fn beside(
        &mut self,
        out: &mut Vec<u8>,
        margins: Margins,
        path: &[u8],
        (line, text): (u64, &[u8]),
    ) {
        let styled = self.styled(path, line, text);
        let palette = &self.look.palette;
        let mut number = itoa::Buffer::new();
        let digits = number.format(line).as_bytes();
        // A dot in place of the index, so that the line's number is not taken for one.
        pad(out, margins.index - 1);
        palette.mark.paint(out, "·".as_bytes());
        pad(out, GAP + margins.line.saturating_sub(digits.len()));
        palette.line.paint(out, digits);
        pad(out, GAP);
        let room = self.look.width.saturating_sub(margins.width()).max(1);
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        if styled.is_some() {
            push_fitted(out, self.look, text, (0, &[]), room, false, styled.as_ref());
        } else {
            palette.mark.around(out, |out| {
                let plain = Look { color: false, palette: Default::default(), ..self.look.clone() };
                push_fitted(out, &plain, text, (0, &[]), room, false, None);
            });
        }
        out.push(b'\n');
    }

    /// Ends a row of source that took `width` of `room` columns with what is said of it.
    fn say(
        &self,
        out: &mut Vec<u8>,
        measure: &Measure,
        margins: Margins,
        annotations: &[String],
        (width, room): (usize, usize),
    ) {
        let part = measure.part(&self.section);
        let beside = room.saturating_sub(width + GAP).min(MOST_SAID);
        let below_each_other = part.map(|part| aligned(annotations, &part.annotations, room / 2));
        let fits = |line: &String| display_width(line.as_bytes()) <= beside;
        let plain = joined(annotations);
        let line = below_each_other.into_iter().chain([plain.clone()]).find(fits);
        if plain.is_empty() {
            out.push(b'\n');
        } else if let Some(line) = line {
            let source = part.map_or(0, |part| part.source.most(room / 2));
            let column = source.max(width) + GAP;
            pad(out, column.min(room - display_width(line.as_bytes())) - width);
            self.look.palette.extra.paint(out, line.as_bytes());
            out.push(b'\n');
        } else {
            out.push(b'\n');
            for line in wrapped(&plain, room.saturating_sub(GAP)) {
                pad(out, margins.width() + GAP);
                self.look.palette.mark.paint(out, line.as_bytes());
                out.push(b'\n');
            }
        }
    }
}

/// The columns left of the source.
#[derive(Clone, Copy)]
struct Margins {
    index: usize,
    line: usize,
}

impl Margins {
    fn width(self) -> usize {
        self.index + self.line + 2 * GAP
    }
}

/// Appends `── Title (3) ── path ─────`, as wide as the screen.
pub(super) fn rule(
    out: &mut Vec<u8>,
    look: &Look,
    title: &str,
    rows: u64,
    place: Option<(&[u8], u64)>,
) {
    const RULE: &str = "─";
    let palette = &look.palette;
    let mut title = String::from_utf8_lossy(&display_text(title.as_bytes(), look)).into_owned();
    if rows > 1 && !title.ends_with(')') && !title.contains(" → ") {
        title += &format!(" ({rows})");
    }
    let dashes = |out: &mut Vec<u8>, count: usize| {
        palette.mark.paint(out, RULE.repeat(count).as_bytes());
    };
    let room = look.width.saturating_sub(4).max(1);
    let mut title = wrapped(&title, room).into_iter();
    let first = title.next().unwrap_or_default();
    dashes(out, 2);
    out.push(b' ');
    palette.section.paint(out, first.as_bytes());
    let mut width = 3 + display_width(first.as_bytes());
    for line in title {
        out.extend_from_slice(b"\n   ");
        palette.section.paint(out, line.as_bytes());
        width = 3 + display_width(line.as_bytes());
    }
    let place = place.map(|(path, line)| (path, line, path_in(path, look, look.width)));
    let beside =
        place.as_ref().filter(|place| width + 4 + display_width(&place.2) + 2 <= look.width);
    if let Some((path, line, name)) = beside {
        out.push(b' ');
        dashes(out, 2);
        out.push(b' ');
        linked(out, look, path, *line, |out| palette.file.paint(out, name));
        width += 4 + display_width(name);
    }
    out.push(b' ');
    dashes(out, look.width.saturating_sub(width + 1));
    out.push(b'\n');
    if let (Some((path, line, name)), None) = (&place, beside) {
        linked(out, look, path, *line, |out| palette.file.paint(out, name));
        out.push(b'\n');
    }
}

/// Appends `count` blanks.
pub(super) fn pad(out: &mut Vec<u8>, count: usize) {
    out.resize(out.len() + count, b' ');
}
