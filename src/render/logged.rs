//! Rows about lines of a log: the text in a column of its own, beside it the place; what a row has
//! no room for stands below, in the same two columns, so that all line up whatever their texts are.

use super::fit::{drawn_width, push_fitted};
use super::measure::{Part, digits};
use super::record::{GAP, MOST, Record, Row};
use super::sanitize::{display_text, display_width};
use crate::list::{Match, Role};

/// So much of a line of source is enough where the rest of it has no room.
const ENOUGH_SOURCE: usize = 40;

/// The same in a row that has two lines already.
const LEAST_SOURCE: usize = 20;

/// A wider text has a line of its own, however wide the screen is: frames are narrower.
const MOST_TEXT: usize = 48;

/// How a line is said to be a message's.
const PRINTS: &str = "prints it";

/// The columns that a row's parts begin at.
#[derive(Clone, Copy)]
struct Columns {
    /// The log's text.
    text: usize,
    /// The place.
    place: usize,
    /// The line of source.
    source: usize,
}

impl Record<'_> {
    /// Appends a row behind its index: the log's line, where it leads, how that is known, and the
    /// line there.
    pub(super) fn logged(
        &self,
        mut row: Row<'_>,
        part: Option<&Part>,
        path: &[u8],
        entry: &Match<'_>,
    ) {
        let palette = &self.look.palette;
        let columns = self.columns_of(row.at, part);
        let number = self.cell(entry, Role::Count);
        row.up_to(columns.text.saturating_sub(GAP + number.len()));
        row.text(&palette.plain, &number);
        row.up_to(columns.text);
        row.wrapped(&palette.name, &self.cell(entry, Role::Name));
        let is_wide = row.at + GAP > columns.place;
        let mut how = self.how(entry);
        if entry.foreign {
            // The log's own line is no place.
            let width = display_width(how.as_bytes());
            if (row.at + GAP).max(columns.place) + width > self.look.width {
                row.next_line(columns.text);
            } else {
                row.to(columns.place);
            }
            row.text(&palette.mark, &how);
            row.end();
            return;
        }
        let width = display_width(&display_text(path, self.look)) + 1 + digits(entry.line);
        let fits = columns.place + width <= self.look.width;
        if is_wide || !fits {
            row.next_line(columns.text);
            let below = columns.text + display_width(how.as_bytes()) + GAP <= columns.place;
            if fits && below {
                row.text(&palette.extra, &std::mem::take(&mut how));
            }
        }
        if fits {
            row.to(columns.place);
        }
        row.path(path, entry.line);
        let enough = if is_wide { LEAST_SOURCE } else { ENOUGH_SOURCE };
        self.source(row, columns, (how, enough), entry);
    }

    /// The columns of a section's rows, of which the first free one is `at`.
    fn columns_of(&self, at: usize, part: Option<&Part>) -> Columns {
        let most = self.look.width * MOST / 100;
        let width = |role: Role| {
            let column = self.columns.iter().position(|column| column.role == role);
            let widths = column.and_then(|at| part?.cells.get(at));
            widths.map_or(0, |widths| widths.most(most))
        };
        let text = at + width(Role::Count) + GAP;
        let place = text + width(Role::Name).min(MOST_TEXT) + GAP;
        let source = place + part.map_or(0, |part| part.place.most(most)) + GAP;
        Columns { text, place, source }
    }

    /// Appends the line of source and how it is known: beside the place where there is room for all,
    /// or for `enough` of the source where nothing more is said; else below.
    fn source(
        &self,
        mut row: Row<'_>,
        columns: Columns,
        (how, enough): (String, usize),
        entry: &Match<'_>,
    ) {
        let palette = &self.look.palette;
        let (lead, line) = super::line::first_trimmed(entry.text);
        let source_width = if self.says_more(entry, line) { drawn_width(line) } else { 0 };
        let how_width = display_width(how.as_bytes());
        if source_width + how_width == 0 {
            row.end();
            return;
        }
        let between = if how_width > 0 && source_width > 0 { GAP } else { 0 };
        let screen = self.look.width;
        let column = columns.source.max(row.at + GAP);
        if column + source_width + between + how_width <= screen {
            if source_width > 0 {
                row.to(column);
                self.push_source(&mut row, (lead, line), screen, entry);
            }
            if how_width > 0 {
                row.to(if source_width > 0 { row.at + GAP } else { column });
                row.text(&palette.extra, &how);
            }
            self.push_function(&mut row, entry);
            row.end();
            return;
        }
        if how_width == 0 && column + enough <= screen {
            row.to(column);
        } else {
            row.next_line(columns.text);
            row.text(&palette.extra, &how);
            let behind = row.at + between;
            let mut places = [columns.place.max(behind), behind].into_iter();
            match places.find(|at| at + source_width <= screen) {
                Some(at) => row.up_to(at),
                None if how_width > 0 => row.next_line(columns.text),
                None => {}
            }
        }
        if source_width > 0 {
            self.push_source(&mut row, (lead, line), screen, entry);
        }
        self.push_function(&mut row, entry);
        row.end();
    }

    /// Appends the function that prints a line, by which one goes on, if there is room for it: unless the
    /// log names it, as it does a frame's.
    fn push_function(&self, row: &mut Row<'_>, entry: &Match<'_>) {
        let function = self.cell(entry, Role::Function);
        let prints = self.cell(entry, Role::How).contains(PRINTS);
        if function.is_empty() || !prints || self.cell(entry, Role::Name).contains(&function) {
            return;
        }
        let text = format!("in {function}");
        let at = row.at + GAP;
        if at + display_width(text.as_bytes()) <= self.look.width {
            row.to(at);
            row.text(&self.look.palette.extra, &text);
        }
    }

    fn push_source(
        &self,
        row: &mut Row<'_>,
        (lead, line): (usize, &[u8]),
        end: usize,
        entry: &Match<'_>,
    ) {
        let room = end.saturating_sub(row.at).max(1);
        row.at += push_fitted(row.out, self.look, line, (lead, &entry.spans), room, false, None);
    }
}
