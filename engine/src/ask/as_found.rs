//! The uses of a name, handed on file by file while others are looked for, with the lines that they
//! are on.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use kgrep_index::graph::Place;
use kgrep_index::outline::Kind;

use super::at_once;
use super::known::{Asked, Known};
use super::references::{Meaning, Wanted, columns, conclude, in_file, paths, wanted_of, whole};
use crate::answer::{Answer, Lines, Row};
use crate::code::{Code, Scratch, in_order, one_name};
use crate::decode::as_shown;
use crate::request::References;
use crate::sink::Sink;
use crate::{Found, Note, Result};

/// The most files that are read before their rows are handed on.
const AT_ONCE: usize = 16;

/// The number of parts after which what they read of the index is given back.
const BEFORE_RELEASE: usize = 256;

/// The number of files at the beginning that are read one by one: somebody waits for the first row.
const FIRST: usize = 512;

/// What some files have to do with the name.
#[derive(Default)]
struct InFiles {
    /// Rows, and further lines with others like them.
    rows: Vec<Row>,
    further: Vec<(usize, u32)>,
    lines: Lines,
    notes: Vec<Note>,
    defines: Vec<Kind>,
    is_used: bool,
}

impl InFiles {
    /// Adds what is said of others but for their rows, which it gives back with their lines.
    fn add(&mut self, others: InFiles) -> Found {
        self.notes.extend(others.notes);
        self.defines.extend(others.defines);
        self.is_used |= others.is_used;
        let InFiles { rows, further, lines, .. } = others;
        Found { columns: columns(), rows, further, lines, notes: Vec::new() }
    }

    /// Adds a row of the file at `path`, which the one before it says but for its line where it is like
    /// `last`.
    fn put(&mut self, wanted: &Wanted, last: Option<&Wanted>, path: &[u8], name: &str) {
        match last.filter(|last| last.is_like(wanted)) {
            Some(_) => self.further.push((self.rows.len() - 1, wanted.place().0)),
            None => self.rows.push(wanted.row(path, name)),
        }
    }
}

/// As [`answer`](super::references::answer), whose rows are handed on while others are looked for,
/// where the index knows the name. Who uses whom is not told then: the rows say it.
///
/// # Errors
/// As `answer`.
pub(super) fn handed_on(
    code: &Code,
    references: &References,
    sink: &mut dyn Sink<Found>,
) -> Result<Answer> {
    let name = one_name(&references.name)?;
    let mut answer = Answer::default();
    let paths = paths(name, code, &mut answer)?;
    let known = Known::of(code, name, paths.len());
    if !known.is_of_kernel {
        return Ok(at_once(whole(code, references, paths, &known, answer)?, sink));
    }
    // Files of other architectures have no rows.
    let (paths, foreign): (Vec<_>, Vec<_>) =
        paths.into_iter().partition(|path| code.arch.has(Place::of(path)));
    let (first, others) = paths.split_at(paths.len().min(FIRST));
    let parts: Vec<&[Vec<u8>]> = first.chunks(1).chain(others.chunks(AT_ONCE)).collect();
    let (of, scratch) = (Of { code, name, references, meaning: known.meaning }, Scratch::default());
    let (mut is_found, mut all) = (false, InFiles::default());
    let mut parts_taken = 0_usize;
    let has_rows = AtomicBool::new(false);
    let work = |part: &&[Vec<u8>]| {
        // The first row doesn't wait for what makes the others faster.
        if part.len() > 1 || has_rows.load(Relaxed) {
            known.expect(&paths);
        }
        let found = known.ask(|asked| in_files(part, &of, &scratch, asked));
        has_rows.fetch_or(!found.rows.is_empty(), Relaxed);
        found
    };
    in_order(&parts, work, |part| {
        let found = all.add(part);
        parts_taken += 1;
        if parts_taken.is_multiple_of(BEFORE_RELEASE) {
            known.release();
        }
        if found.rows.is_empty() {
            return ControlFlow::Continue(());
        }
        is_found = true;
        sink.take(found)
    });
    if !is_found && !all.is_used {
        // What there is to say then is said of the whole tree.
        let parts: Vec<&[Vec<u8>]> = foreign.chunks(AT_ONCE).collect();
        let work = |part: &&[Vec<u8>]| known.ask(|asked| in_files(part, &of, &scratch, asked));
        in_order(&parts, work, |part| {
            all.add(part);
            ControlFlow::Continue(())
        });
    }
    code.cancel().check()?;
    answer.notes.append(&mut all.notes);
    conclude(&mut answer, code, name, is_found, (all.is_used, &all.defines))?;
    if is_found && known.ask(|asked| of.is_used_in_any(&foreign, asked)) {
        answer.notes.push(Note::InOtherArchitectures);
    }
    Ok(answer)
}

/// What is looked for.
struct Of<'q> {
    code: &'q Code,
    name: &'q str,
    references: &'q References,
    meaning: Meaning,
}

impl Of<'_> {
    /// Whether one of these files has a use that is asked for.
    fn is_used_in_any(&self, paths: &[Vec<u8>], asked: Option<&Asked<'_, '_, '_>>) -> bool {
        let &Of { code, name, references, meaning } = self;
        let mut paths = paths.iter().take_while(|_| !code.cancel().is_set());
        paths.any(|path| {
            let uses = |bytes: &[u8]| in_file(name, path, bytes, code, asked).uses;
            let uses = code.with_text(path, uses).unwrap_or_default();
            wanted_of(uses, references, meaning).next().is_some()
        })
    }
}

fn in_files(
    paths: &[Vec<u8>],
    of: &Of<'_>,
    scratch: &Scratch,
    asked: Option<&Asked<'_, '_, '_>>,
) -> InFiles {
    let Of { code, name, references, meaning } = *of;
    let mut found = InFiles::default();
    scratch.lent(|memory| {
        for path in paths {
            let read = code.read_with(path, memory, |bytes| {
                let file = in_file(name, path, bytes, code, asked);
                found.is_used |= !file.uses.is_empty();
                found.defines.extend(file.defines.iter().copied());
                if code.arch.has(Place::of(path)) {
                    let shown = as_shown(bytes);
                    // What is shown otherwise than it is written has other places.
                    let is_as_written = matches!(shown, Cow::Borrowed(_));
                    let mut lines = std::mem::take(&mut found.lines);
                    let mut last: Option<Wanted> = None;
                    let places = wanted_of(file.uses, references, meaning).map(|wanted| {
                        found.put(&wanted, last.as_ref(), path, name);
                        let (line, at) = wanted.place();
                        last = Some(wanted);
                        (line, at.filter(|_| is_as_written))
                    });
                    lines.add_at(&shown, places);
                    found.lines = lines;
                }
            });
            if let Err(error) = read {
                found.notes.push(code.unreadable(path, &error));
            }
        }
    });
    found
}
