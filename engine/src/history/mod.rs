//! What a name is in revisions, folders and trees with patches, stretch by stretch: sides in a row on which nothing
//! changed, what changed between them, and the commit behind it.
//!
//! What it is on a side, that side's tree is asked as by `exists`; the definition itself is read by
//! the outline of its file.

mod change;
mod commit;
mod definition;
mod patched;

use kgrep_index::idiom::Idioms;

pub use change::Change;
pub use commit::{Commit, Range};
pub use patched::Patched;

use crate::Result;
use crate::answer::{Cell, Coverage, How, Row, Standing, Verdict};
use crate::code::{Code, maker};
use crate::request::{Exists, Request};

/// What a name is on one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// What it comes to there.
    pub standing: Standing,
    /// The macro that offers it to modules, if one does: `EXPORT_SYMBOL_GPL`; empty where its line
    /// can't be read.
    pub exported: Option<String>,
    /// What kind of thing it is, in a word.
    pub kind: String,
    /// Where it is defined, relative to the side; empty if nothing defines it.
    pub path: Vec<u8>,
    /// The line there, from 1.
    pub line: u32,
    /// The text of that line.
    pub text: Vec<u8>,
    /// The definition up to its body, in one line.
    pub head: String,
    /// The condition of the preprocessor that it stands under.
    pub guard: String,
    /// The whole definition.
    body: Vec<u8>,
}

impl State {
    /// Whether something defines or declares the name.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !self.path.is_empty()
    }
}

/// Sides in a row on which nothing changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The first side, counted from 0.
    pub first: usize,
    /// The last one.
    pub last: usize,
    /// What the name is on the last of them; on the others its line may differ.
    pub state: State,
    /// What changed since the stretch before.
    pub changes: Vec<Change>,
    /// The commit that changed it, where one is known.
    pub commit: Option<Commit>,
}

/// What each name is in a tree, in their order, and what that rests on.
///
/// # Errors
/// If the tree can't be read, or a name can't be asked for.
pub fn states(code: &Code, names: &[String], idioms: &Idioms) -> Result<(Vec<State>, Coverage)> {
    let request = Request::Exists(Exists { names: names.to_vec(), patches: None });
    let answer = code.answer(&request)?;
    let verdicts = answer.verdicts().into_iter();
    let states = verdicts.map(|(verdict, rows)| state(code, verdict, rows, idioms)).collect();
    Ok((states, answer.coverage))
}

fn state(code: &Code, verdict: &Verdict, rows: &[Row], idioms: &Idioms) -> State {
    let is_export = |row: &&Row| row.cells.first() == Some(&Cell::How(How::Exported));
    let mut state = State {
        standing: verdict.standing,
        exported: rows.iter().find(is_export).map(|row| exporter(code, row)),
        kind: verdict.standing.name().to_owned(),
        path: Vec::new(),
        line: 0,
        text: Vec::new(),
        head: String::new(),
        guard: String::new(),
        body: Vec::new(),
    };
    // Text that only has the name defines nothing.
    let defines = !matches!(verdict.standing, Standing::Text | Standing::Patch);
    let Some(row) = rows.first().filter(|_| defines) else { return state };
    let source = code.at_hand(&row.path).unwrap_or_default();
    if let Some(Cell::Kind(kind)) = row.cells.first() {
        state.kind = kind.to_string();
    }
    state.path.clone_from(&row.path);
    state.line = row.line;
    state.text = source.line(u64::from(row.line)).unwrap_or_default().to_vec();
    if let Some(found) = definition::of(&row.path, source.bytes(), idioms, &verdict.name, row.line)
    {
        (state.head, state.body, state.guard) = (found.head, found.body, found.guard);
    }
    state
}

/// The macro that offers a name to modules on the line of `row`; nothing if it can't be read.
fn exporter(code: &Code, row: &Row) -> String {
    let source = code.at_hand(&row.path).unwrap_or_default();
    maker(&*source, row.line, u32::MAX, &row.name).unwrap_or_default()
}

/// The stretches of what a name is on all sides; `body` says that another body is a change.
#[must_use]
pub fn stretches(states: &[State], body: bool) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    for (at, state) in states.iter().enumerate() {
        let changes = all.last().map(|before| change::between(&before.state, state, body));
        match (changes, all.last_mut()) {
            (Some(changes), Some(last)) if changes.is_empty() => {
                (last.last, last.state) = (at, state.clone());
            }
            (changes, _) => all.push(Stretch {
                first: at,
                last: at,
                state: state.clone(),
                changes: changes.unwrap_or_default(),
                commit: None,
            }),
        }
    }
    all
}
