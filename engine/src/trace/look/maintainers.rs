//! The sections of MAINTAINERS for a file, in the order of `scripts/get_maintainer.pl`.

use super::definitions::lines;
use crate::diff::maintainers::{Entry, Maintainers};
use crate::trace::case::Case;
use crate::trace::tracer::{Row, Tracer};

/// Of the sections after the first, who is asked and where.
const PEOPLE: [&str; 3] = ["M:", "R:", "L:"];

/// The closest section, without its lists of files, then of each other one who is asked; of
/// all of them the pattern that names the file.
pub(super) fn entries(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Vec<Row> {
    let path = case.subjects.first().map(|subject| tracer.path(subject));
    let path = path.or_else(|| case.found.first().map(|row| row.path.clone()));
    let Some(path) = path else { return Vec::new() };
    let file = tracer.file(b"MAINTAINERS");
    let maintainers = Maintainers::parse(file.bytes());
    let mut rows = Vec::new();
    for (place, Entry { section, by }) in maintainers.entries(&path).into_iter().enumerate() {
        rows.extend(lines(b"MAINTAINERS", section.first, section.last).filter(|row| {
            let text = tracer.text(b"MAINTAINERS", row.line);
            let is_pattern = ["F:", "X:", "N:", "K:"].iter().any(|field| text.starts_with(field));
            let is_person = || PEOPLE.iter().any(|field| text.starts_with(field));
            let is_told = if place == 0 { !is_pattern } else { is_person() };
            row.line == by || row.line == section.first || is_told && !text.is_empty()
        }));
    }
    rows
}
