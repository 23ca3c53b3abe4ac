//! All names of a kind, as a recipe lists them.

use globset::Glob;

use super::text::tracer;
use crate::answer::{Answer, Cell, Column, Role, Row};
use crate::code::Code;
use crate::request::List;
use crate::trace::items;
use crate::{Error, Note, Result, kinds};

/// A row for each item.
///
/// # Errors
/// If no recipe lists this, the glob is not valid, or the tree can't be read.
pub(super) fn answer(code: &Code, list: &List) -> Result<Answer> {
    let glob = list.glob.as_deref().map(Glob::new).transpose().map_err(Error::ListGlob)?;
    let glob = glob.map(|glob| glob.compile_matcher());
    if let Some(answer) = super::built::answer(code, list, glob.as_ref()) {
        return answer;
    }
    let recipes = code.recipes();
    let mut lists = recipes.all.iter().filter_map(|recipe| recipe.list.as_ref());
    let what = list.what.as_str();
    let begins =
        |name: &str| !what.is_empty() && (name.starts_with(what) || what.starts_with(name));
    let names = lists.clone().map(|listing| listing.name.as_str());
    // Half a list's name is a slip, and is shown the whole one.
    let meant = match names.clone().any(begins) {
        true => Some(what),
        false => kinds::synonym(what, names),
    };
    let Some(listing) = lists.clone().find(|listing| Some(&*listing.name) == meant) else {
        let mut names: Vec<String> = lists.by_ref().map(|listing| listing.name.clone()).collect();
        names.push("built".to_owned());
        let near = names.iter().find(|name| begins(name)).cloned();
        return Err(Error::UnknownList { what: what.to_owned(), near, there: names });
    };
    let (titles, found) = code.ask(|graph| {
        let mut tracer = tracer(code, graph);
        let wanted = |name: &str| {
            glob.as_ref().is_none_or(|glob| {
                glob.is_match(name) || glob.is_match(other_spelling(&listing.name, name))
            })
        };
        items(&mut tracer, listing, wanted)
    })?;
    if found.is_empty() {
        return Ok(Answer::note(Note::NoItems {
            what: list.what.clone(),
            glob: list.glob.clone(),
        }));
    }
    let row = |item: crate::trace::Item| Row {
        path: item.row.path,
        line: item.row.line,
        name: item.row.name.into_bytes(),
        cells: item.cells.into_iter().map(Cell::Text).collect(),
        ..Row::default()
    };
    let rows = found.into_iter().map(row).collect();
    let columns = titles.iter().map(|title| Column::new(title, role(title))).collect();
    Ok(Answer { columns, rows, ..Answer::default() })
}

/// How else a name of this list is written: a Kconfig symbol as code has it, a boot parameter with or
/// without its `=`. Of others, the name.
fn other_spelling(list: &str, name: &str) -> String {
    match list {
        "configs" => format!("CONFIG_{name}"),
        "boot-params" => match name.strip_suffix('=') {
            Some(bare) => bare.to_owned(),
            None => format!("{name}="),
        },
        _ => name.to_owned(),
    }
}

/// What a list's column of this title holds; the first names the item.
fn role(title: &str) -> Role {
    if title == "Defined" { Role::Place } else { Role::Name }
}
