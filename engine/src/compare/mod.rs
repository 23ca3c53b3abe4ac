//! A comparison gone through: `pass` reads it file by file, `pick` leaves the hunks that are asked
//! for and `built` those that a configuration builds, `place` says where each of them is, `behind`
//! which patch it came with; `changes` tells what they mean in kernel terms, `counts` how many there
//! are of what, `judged` whether they apply. The difference itself is [`crate::diff`]'s.

mod behind;
mod built;
mod changes;
mod counts;
mod judged;
mod pass;
mod pick;
mod place;

use std::path::Path;

pub use behind::{Behind, series_of};
pub use built::BuiltSides;
pub use changes::{ChangeRows, Wanted, change_rows, changes, full_name};
pub use counts::{counts, maintainers};
pub use judged::{Sums, judged_rows, sums_of_patches};
pub use pass::Pass;
pub use pick::{Names, Pick};
pub use place::{Placer, Row};

use crate::answer::Column;
use crate::diff::Sides;
use crate::diff::model::Problem;
use crate::request::Differ;
use crate::sink::Sink;
use crate::{Cancel, Error, Note, NoteSink, Result};

/// Hands on a row for each hunk that `differ` asks for, in order. Paths are read from the folder
/// `base`, and are shown as they were named. Gives back what the cells of the rows are.
///
/// # Errors
/// If a side can't be read, the pattern can't be used, or the rows are no longer wanted.
pub fn rows(
    differ: &Differ,
    base: &Path,
    built: BuiltSides,
    notes: &NoteSink,
    cancel: &Cancel,
    sink: &mut dyn Sink<Row>,
) -> Result<Vec<Column>> {
    let names = Names::new(differ, built)?;
    let pick = Pick::new(differ, notes)?;
    let mut set = differ.sides.load(base, &|_| !cancel.is_set())?;
    for problem in set.notes.iter().chain(&set.problems) {
        notes(Note::Problem(problem_text(problem, base)));
    }
    let behind = behind(differ, base)?;
    names.narrow(&mut set).into_iter().for_each(|note| notes(note));
    let placer = Placer::new(base, &differ.sides, pick.as_ref(), behind.as_ref());
    let pass = Pass::new(&set, &differ.sides, base, pick.as_ref(), cancel);
    pass.each::<_, Error>(
        |_, file| placer.rows(&set, &file),
        |rows| {
            let enough = rows.into_iter().map(|row| sink.take(row)).any(|flow| flow.is_break());
            Ok(!enough)
        },
    )?;
    for problem in pass.problems() {
        notes(Note::Problem(problem_text(&problem, base)));
    }
    Ok(placer.columns())
}

/// The distribution's patches, named or found.
///
/// # Errors
/// If there are no patches where some are named.
pub fn behind(differ: &Differ, base: &Path) -> Result<Option<Behind>> {
    Ok(match (&differ.patches, &differ.sides) {
        (Some(path), _) => Some(Behind::load(&base.join(path))?),
        (None, Sides::Folders { new, .. }) => Behind::found(&base.join(new)),
        _ => None,
    })
}

/// What is wrong with a patch or a file, with its place.
pub fn problem_text(problem: &Problem, base: &Path) -> String {
    let path = problem.path.strip_prefix(base).unwrap_or(&problem.path);
    let (path, is_base) = (path.display(), path.as_os_str().is_empty());
    match problem.line {
        0 if is_base => problem.what.clone(),
        0 => format!("{path}: {}", problem.what),
        line => format!("{path}:{line}: {}", problem.what),
    }
}
