//! The sections of MAINTAINERS for a file, in the order of `scripts/get_maintainer.pl`.

use crate::diff::maintainers::Maintainers;
use crate::trace::case::Case;
use crate::trace::tracer::{Row, Tracer};

/// The lines that tell who maintains the file that the case is about.
pub(super) fn entries(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Vec<Row> {
    let path = case.subjects.first().map(|subject| tracer.path(subject));
    let path = path.or_else(|| case.found.first().map(|row| row.path.clone()));
    let Some(path) = path else { return Vec::new() };
    let maintainers = Maintainers::parse(tracer.file(b"MAINTAINERS").bytes());
    let lines = maintainers.lines_of(&path, |line| tracer.text(b"MAINTAINERS", line).into());
    lines
        .into_iter()
        .flat_map(|line| super::definitions::lines(b"MAINTAINERS", line, line))
        .collect()
}
