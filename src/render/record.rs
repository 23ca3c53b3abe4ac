//! Rows that are about a name rather than a line: the name comes first, as a node of a tree
//! with guide lines, as a step of a chain, or as the item of a list; then where it is, and
//! the line itself as far as there is room for it.

use super::fit::{drawn_width, push_fitted, wrapped};
use super::hyperlink::linked;
use super::look::{Ink, Look};
use super::measure::{Measure, begins, digits, short_place};
use super::sanitize::{display_text, display_width};
use super::sheet::{pad, rule};
use crate::list::{Column, Match, Meta, Role};

/// Blanks between the parts of a row.
pub(super) const GAP: usize = 2;

/// Less of a line than this says nothing, unless it is all: 24 columns, and two marks of what
/// was left out.
const LEAST_SOURCE: usize = 26;

/// A place is cut for the sake of the line, but not shorter than this.
const LEAST_PLACE: usize = 24;

/// How much of the width names and places take at most, in percent.
pub(super) const MOST: usize = 40;

/// Ways of which nothing is said: most are so.
const PLAIN: [&str; 2] = ["call", "prints it"];

/// What is drawn of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A tree, with guide lines.
    Tree,
    /// A chain, a hop on each row.
    Chain,
    /// Items; the line stands to the right or below.
    Items,
    /// Lines of a log.
    Logged,
}

/// Rows about names, being drawn.
#[derive(Clone)]
pub(super) struct Record<'l> {
    pub(super) look: &'l Look,
    pub(super) columns: Vec<Column>,
    shape: Shape,
    last_section: Option<String>,
    section: String,
    begun: bool,
    /// How many rows were drawn.
    drawn: usize,
}

impl<'l> Record<'l> {
    /// The rows of a list that `meta` describes, if they are about names.
    pub(super) fn new(look: &'l Look, meta: &Meta) -> Option<Record<'l>> {
        let has = |role: Role| meta.columns.iter().any(|column| column.role == role);
        let shape = if has(Role::Node) {
            Shape::Tree
        } else if has(Role::Step) {
            Shape::Chain
        } else if has(Role::Name) && has(Role::How) {
            Shape::Logged
        } else if has(Role::Name) {
            Shape::Items
        } else {
            return None;
        };
        Some(Record {
            look,
            columns: meta.columns.clone(),
            shape,
            last_section: None,
            section: String::new(),
            begun: false,
            drawn: 0,
        })
    }

    /// Goes on as after `entry`, the last of `drawn`.
    pub(super) fn go_on_after(&mut self, drawn: usize, entry: &Match<'_>) {
        self.begun = true;
        self.drawn = drawn;
        if let Some(section) = entry.section.filter(|_| begins(self.last_section.as_deref(), entry))
        {
            section.clone_into(&mut self.section);
        }
        self.last_section = entry.section.map(str::to_owned);
    }

    /// Appends one entry.
    pub(super) fn row(
        &mut self,
        out: &mut Vec<u8>,
        measure: &Measure,
        index: Option<u64>,
        path: &[u8],
        entry: &Match<'_>,
    ) {
        let titled = begins(self.last_section.as_deref(), entry);
        let begun = self.begun;
        let ordinal = self.drawn;
        self.go_on_after(ordinal + 1, entry);
        if titled {
            if begun {
                out.push(b'\n');
            }
            self.title(out, measure, entry);
        }
        let mut row = Row { out, look: self.look, at: 0 };
        row.index(index, measure.index_width());
        if self.shape == Shape::Logged {
            self.logged(row, measure.part(&self.section), path, entry);
            return;
        }
        let guides = measure.guides(ordinal);
        self.names(&mut row, measure, entry, guides.as_deref().unwrap_or_default());
        self.place(&mut row, measure, path, entry);
        self.rest(row, measure, entry);
    }

    /// The title of a section; a chain's is what it starts from.
    fn title(&self, out: &mut Vec<u8>, measure: &Measure, entry: &Match<'_>) {
        if self.shape != Shape::Chain {
            let rows = measure.part(&self.section).map_or(0, |part| part.rows);
            rule(out, self.look, &self.section, rows, None);
            return;
        }
        let from = self.cell(entry, Role::Origin);
        pad(out, measure.index_width() + GAP);
        self.look.palette.section.paint(out, from.as_bytes());
        let start = self.cell(entry, Role::Start);
        let at = measure.index_width() + GAP + display_width(from.as_bytes()) + GAP;
        let room = self.look.width.saturating_sub(at);
        if !start.is_empty() && room >= LEAST_PLACE.min(display_width(start.as_bytes())) {
            pad(out, GAP);
            self.look.palette.file.paint(out, cut_before(&start, room).as_bytes());
        }
        out.push(b'\n');
    }

    /// The entry's value in the first column of this role, as it is shown.
    pub(super) fn cell(&self, entry: &Match<'_>, role: Role) -> String {
        let cells = self.columns.iter().zip(&entry.cells);
        let cell = cells.filter(|(column, _)| column.role == role).map(|(_, cell)| *cell).next();
        self.cell_text(cell.unwrap_or_default())
    }

    fn cell_text(&self, cell: &str) -> String {
        String::from_utf8_lossy(&display_text(cell.as_bytes(), self.look)).replace('\t', " ")
    }

    fn names(&self, row: &mut Row<'_>, measure: &Measure, entry: &Match<'_>, guides: &str) {
        let palette = &self.look.palette;
        let limit = self.look.width * MOST / 100;
        let start = row.at;
        let mut end = start;
        match self.shape {
            Shape::Tree => row.text(&palette.mark, guides),
            Shape::Chain => {
                let arrow = if self.cell(entry, Role::How) == "call" { "→ " } else { "⇢ " };
                row.text(&palette.mark, arrow);
                end += 2;
            }
            Shape::Items | Shape::Logged => {}
        }
        let part = measure.part(&self.section);
        let mut is_first = true;
        let columns = || self.columns.iter().enumerate();
        // The name comes before what is said of it.
        let names = columns().filter(|(_, column)| column.role != Role::Text);
        for (at, column) in names.chain(columns().filter(|(_, c)| c.role == Role::Text)) {
            let ink = match column.role {
                Role::Node | Role::Step => &palette.name,
                Role::Name if is_first => &palette.name,
                Role::Name | Role::Count => &palette.plain,
                Role::Text if self.shape == Shape::Items => &palette.extra,
                _ => continue,
            };
            let cell = self.cell_text(entry.cells.get(at).copied().unwrap_or_default());
            let cell = if self.shape == Shape::Items { last_titles(cell, limit) } else { cell };
            if !is_first {
                row.to(end + GAP);
                end = row.at;
            }
            is_first = false;
            row.wrapped(ink, &cell);
            end += part.and_then(|part| part.cells.get(at)).map_or(0, |cells| cells.most(limit));
        }
        row.to(end + GAP);
    }

    fn place(&self, row: &mut Row<'_>, measure: &Measure, path: &[u8], entry: &Match<'_>) {
        let at = self.columns.iter().position(|column| column.role == Role::Place);
        let part = measure.part(&self.section);
        let said = at.and_then(|at| entry.cells.get(at));
        // Of the one that was asked for, where it is itself.
        let said = said.filter(|cell| !cell.is_empty() || entry.depth > 0);
        let said = said.map(|cell| short_place(&self.cell_text(cell)).into_owned());
        let own = match &said {
            Some(text) => display_width(text.as_bytes()),
            None => display_width(&display_text(path, self.look)) + 1 + digits(entry.line),
        };
        let limit = self.place_limit(row.at, entry);
        row.make_room(own.min(limit), measure.index_width() + 2 * GAP);
        let start = row.at;
        match said {
            Some(text) => {
                let room = self.look.width.saturating_sub(row.at).clamp(1, limit);
                row.text(&self.look.palette.file, &cut_before(&text, room));
            }
            _ => row.path(path, entry.line),
        }
        let width = match at {
            Some(at) => part.and_then(|part| part.cells.get(at)).map(|cells| cells.most(limit)),
            None => part.map(|part| part.place.most(limit)),
        };
        // A place that is shorter than most others leaves the line room all the same.
        let column = start + width.unwrap_or(0) + GAP;
        row.to(column.min(self.look.width.saturating_sub(LEAST_SOURCE)));
    }

    /// How wide a place may be that begins at column `at`: in trees and chains the line has room
    /// beside it, where the screen is wide enough for both.
    fn place_limit(&self, at: usize, entry: &Match<'_>) -> usize {
        let most = self.look.width * MOST / 100;
        let beside = self.look.width.saturating_sub(at + GAP + LEAST_SOURCE);
        let shares = self.shape != Shape::Items && !entry.text.is_empty();
        if shares && beside >= LEAST_PLACE { beside.min(most) } else { self.look.width.max(1) }
    }

    /// How the step is made; of a call, of what prints a line for certain, and of what was asked for itself, nothing.
    pub(super) fn how(&self, entry: &Match<'_>) -> String {
        let how = self.cell(entry, Role::How);
        let is_root = self.shape == Shape::Tree && entry.depth == 0;
        if PLAIN.contains(&how.as_str()) || is_root { String::new() } else { how }
    }

    /// Whether a line has a word that the columns don't have.
    pub(super) fn says_more(&self, entry: &Match<'_>, line: &[u8]) -> bool {
        let text = String::from_utf8_lossy(line);
        let has = |word: &str| entry.cells.iter().any(|cell| cell.split(' ').any(|c| c == word));
        text.split_whitespace().any(|word| word != "-" && !has(word))
    }

    /// Of a call whose arguments are told, what stands for its line, of which there may be several.
    fn arguments(&self, entry: &Match<'_>) -> Option<Vec<u8>> {
        let told = self.cell(entry, Role::Text);
        let is_told = self.shape == Shape::Tree && !told.is_empty();
        is_told.then(|| format!("({told})").into_bytes())
    }

    /// Appends the line, and how the step is made.
    fn rest(&self, mut row: Row<'_>, measure: &Measure, entry: &Match<'_>) {
        let palette = &self.look.palette;
        let how = self.how(entry);
        let (mut lead, mut line) = super::line::first_trimmed(entry.text);
        let mut spans = entry.spans.as_slice();
        let arguments = self.arguments(entry);
        if let Some(arguments) = &arguments {
            (lead, line, spans) = (0, arguments, &[]);
        }
        let says_more = self.shape != Shape::Items || self.says_more(entry, line);
        let source_width = if says_more { drawn_width(line) } else { 0 };
        let how_width = display_width(how.as_bytes());
        let room = self.look.width.saturating_sub(row.at);
        // Arguments are what is asked for: they are all there, if need be below.
        let is_below = arguments.is_some() && room < source_width;
        let fits = source_width > 0 && room >= source_width.min(LEAST_SOURCE) && !is_below;
        // The line comes before how it is reached, where both don't fit.
        let beside = if fits { source_width.min(LEAST_SOURCE) + GAP } else { 0 };
        let how_fits = how_width > 0 && room >= beside + how_width;
        if fits {
            let room = if how_fits { room - GAP - how_width } else { room };
            row.at += push_fitted(row.out, self.look, line, (lead, spans), room, false, None);
        }
        if how_fits {
            if fits {
                row.to(row.at + GAP);
            }
            row.text(&palette.extra, &how);
        }
        row.end();
        // What kind of thing it is needs no row of its own, unlike the way to it.
        let below = (!how_fits && how.contains(' ')).then_some(how);
        let margin = measure.index_width() + 2 * GAP;
        let room = self.look.width.saturating_sub(margin).max(1);
        let place = (margin, room);
        push_below(row.out, &palette.plain, &self.cell(entry, Role::Sentence), place);
        if let Some(text) = below {
            push_below(row.out, &palette.extra, &text, place);
        }
        if is_below {
            push_below(row.out, &palette.plain, &String::from_utf8_lossy(line), place);
        }
        if !fits && source_width > 0 && self.shape == Shape::Items {
            pad(row.out, margin);
            push_fitted(row.out, self.look, line, (lead, &entry.spans), room, false, None);
            row.out.push(b'\n');
        }
    }
}

/// Appends `text` in lines of their own, as wide as there is room.
fn push_below(out: &mut Vec<u8>, ink: &Ink, text: &str, (margin, room): (usize, usize)) {
    for text in wrapped(text, room) {
        pad(out, margin);
        ink.paint(out, text.as_bytes());
        out.push(b'\n');
    }
}

/// The end of `text` in at most `room` columns.
fn cut_before(text: &str, room: usize) -> String {
    if display_width(text.as_bytes()) <= room {
        return text.to_owned();
    }
    let mut rest = text;
    while display_width(rest.as_bytes()) + 1 > room {
        let mut letters = rest.chars();
        if letters.next().is_none() {
            break;
        }
        rest = letters.as_str();
    }
    format!("…{rest}")
}

/// `title`, or where that is too wide, the last of the titles that it is made of.
fn last_titles(title: String, limit: usize) -> String {
    if display_width(title.as_bytes()) <= limit {
        return title;
    }
    match title.rsplit_once(" > ") {
        Some((_, last)) => format!("… › {last}"),
        None => title,
    }
}

/// One row, with the column that is drawn next.
pub(super) struct Row<'o> {
    pub(super) out: &'o mut Vec<u8>,
    look: &'o Look,
    pub(super) at: usize,
}

impl Row<'_> {
    fn index(&mut self, index: Option<u64>, width: usize) {
        let mut number = itoa::Buffer::new();
        let text = index.map_or("", |index| number.format(index)).as_bytes();
        pad(self.out, width.saturating_sub(text.len()));
        self.look.palette.index.paint(self.out, text);
        pad(self.out, GAP);
        self.at = width.max(text.len()) + GAP;
    }

    pub(super) fn text(&mut self, ink: &super::look::Ink, text: &str) {
        ink.paint(self.out, text.as_bytes());
        self.at += display_width(text.as_bytes());
    }

    /// As [`Row::text`], on as many lines as it needs.
    pub(super) fn wrapped(&mut self, ink: &super::look::Ink, text: &str) {
        let start = self.at;
        let room = self.look.width.saturating_sub(start).max(1);
        for (n, line) in wrapped(text, room).iter().enumerate() {
            if n > 0 {
                self.next_line(start);
            }
            self.text(ink, line);
        }
    }

    /// Goes on at column `margin` of the next line, unless `width` columns are left here.
    fn make_room(&mut self, width: usize, margin: usize) {
        if self.at + width > self.look.width {
            self.next_line(margin);
        }
    }

    pub(super) fn next_line(&mut self, margin: usize) {
        self.end();
        pad(self.out, margin);
        self.at = margin;
    }

    pub(super) fn path(&mut self, path: &[u8], line: u64) {
        let room = self.look.width.saturating_sub(self.at + 1 + digits(line)).max(1);
        let name = super::cell::path_in(path, self.look, room);
        self.at += display_width(&name);
        let (out, look) = (&mut *self.out, self.look);
        linked(out, look, path, line, |out| {
            look.palette.file.paint(out, &name);
            if line > 0 {
                out.push(b':');
                look.palette.line.paint(out, itoa::Buffer::new().format(line).as_bytes());
            }
        });
        self.at += if line > 0 { 1 + digits(line) } else { 0 };
    }

    /// Goes on at `column`, or one blank further where it is behind that.
    pub(super) fn to(&mut self, column: usize) {
        let blanks = column.saturating_sub(self.at).max(1);
        pad(self.out, blanks);
        self.at += blanks;
    }

    /// Goes on at `column`, unless it is there or behind it.
    pub(super) fn up_to(&mut self, column: usize) {
        if self.at < column {
            self.to(column);
        }
    }

    /// Ends the row; blanks at its end are left out.
    pub(super) fn end(&mut self) {
        while self.out.last() == Some(&b' ') {
            self.out.pop();
        }
        self.out.push(b'\n');
    }
}
