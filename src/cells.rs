//! The words for what an answer's types say: cells, titles, nodes. One place for all commands.

use std::borrow::Cow;

use kgrep_engine::{Answer, Cell, How, Label, Row, Sureness, Title};

use crate::code::{Code, Elsewhere};
use crate::message::counted;
use crate::verdicts;

/// The cells of a row.
pub(crate) fn texts<'r>(code: &Code, row: &'r Row) -> Vec<Cow<'r, str>> {
    row.cells.iter().map(|cell| text(code, cell, row.sure)).collect()
}

fn text<'c>(code: &Code, cell: &'c Cell, sure: Sureness) -> Cow<'c, str> {
    match cell {
        Cell::Text(text) | Cell::Name(text) => Cow::Borrowed(text),
        Cell::How(how) => use_in_words(how, sure),
        cell => Cow::Owned(made(code, cell)),
    }
}

/// The words of a cell that holds none.
fn made(code: &Code, cell: &Cell) -> String {
    match cell {
        Cell::Node { label, elsewhere } => self::label(label) + place_of_steps(*elsewhere),
        Cell::Kind(kind) => kind.to_string(),
        Cell::Is(standing) => standing.name().to_owned(),
        Cell::Defined(None) => String::new(),
        Cell::Defined(Some(defined)) => {
            let path = code.path_from_here(&defined.path);
            let place = format!("{}:{}", String::from_utf8_lossy(&path), defined.line);
            match defined.more {
                0 => place,
                more => format!("{place} and {more} more"),
            }
        }
        // A cell that came later than these words still says what it is.
        cell => format!("{cell:?}"),
    }
}

/// How a use is made, and how sure that is.
pub(crate) fn use_made(how: &How, sure: Sureness) -> String {
    use_in_words(how, sure).into_owned()
}

fn use_in_words(how: &How, sure: Sureness) -> Cow<'static, str> {
    Cow::Owned(match (sure, sure.word()) {
        (Sureness::Candidates(number), _) => {
            format!("{how}, {}", counted(u64::from(number), "candidate"))
        }
        (_, Some(word)) => format!("{how}, {word}"),
        (_, None) => match how.word() {
            Some(word) => return Cow::Borrowed(word),
            None => how.to_string(),
        },
    })
}

/// What a node is called.
pub(crate) fn label(label: &Label) -> String {
    match label {
        Label::Name(name) => name.clone(),
        Label::Slot(slot) => slot.to_string(),
        Label::File => "(file)".to_owned(),
        Label::Modules => "(modules)".to_owned(),
    }
}

/// Where a node's own steps are shown, if not here.
fn place_of_steps(elsewhere: Option<Elsewhere>) -> &'static str {
    match elsewhere {
        Some(Elsewhere::Above) => " (above)",
        Some(Elsewhere::Below) => " (below)",
        None => "",
    }
}

/// The title above a row: that of its part of the answer. A chain's stands above its first step
/// alone, since two chains may be called the same.
pub(crate) fn title(answer: &Answer, at: usize) -> Option<String> {
    let row = answer.rows.get(at)?;
    let section = row.section?;
    let begins = at
        .checked_sub(1)
        .and_then(|before| answer.rows.get(before))
        .is_none_or(|before| before.section != Some(section));
    titled(answer.sections.get(usize::try_from(section).ok()?)?, begins)
}

/// A title; a chain's only where it begins.
fn titled(title: &Title, begins: bool) -> Option<String> {
    match title {
        Title::Text(title) => Some(title.clone()),
        Title::OfKind { kind, title } => Some(format!("{kind}: {title}")),
        Title::Chain(names) => begins.then(|| names.join(" → ")),
        Title::Verdict(verdict) => {
            Some(format!("{}: {}", verdict.name, verdicts::sentence(verdict)))
        }
        Title::Of { name, title: None } => Some(name.clone()),
        Title::Of { name, title: Some(own) } => {
            titled(own, begins).map(|own| format!("{name}: {own}"))
        }
        title => Some(format!("{title:?}")),
    }
}
