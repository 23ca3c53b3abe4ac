//! What a configuration builds, as lists: all sources, or the modules with the files of each.

use globset::GlobMatcher;

use crate::answer::{Answer, Cell, Column, Role, Row, Title};
use crate::code::Code;
use crate::request::List;
use crate::{Error, Note, Result};

/// What is built in, in the column of modules.
const BUILT_IN: &str = "built in";

/// The list that `list` asks for, where it is one of a configuration's.
///
/// # Errors
/// When no configuration is in force.
pub(super) fn answer(
    code: &Code,
    list: &List,
    glob: Option<&GlobMatcher>,
) -> Option<Result<Answer>> {
    match (list.what.as_str(), code.kernel()) {
        ("built", None) => Some(Err(Error::NoConfiguration)),
        ("built", Some(_)) => Some(Ok(filled(sources(code, glob), list))),
        ("modules", Some(_)) => Some(Ok(filled(modules(code, glob), list))),
        _ => None,
    }
}

fn filled(answer: Answer, list: &List) -> Answer {
    if answer.rows.is_empty() {
        return Answer::note(Note::NoItems { what: list.what.clone(), glob: list.glob.clone() });
    }
    answer
}

/// Every source that is built, in path order; the glob is for its path or its module.
fn sources(code: &Code, glob: Option<&GlobMatcher>) -> Answer {
    let built = code.configured().into_iter().flat_map(|configured| configured.built());
    let rows = built.filter_map(|(path, module)| {
        let module = module.map_or(BUILT_IN.into(), String::from_utf8_lossy);
        let text = String::from_utf8_lossy(path);
        let wanted = glob.is_none_or(|g| g.is_match(&*text) || g.is_match(&*module));
        wanted.then(|| row(path, vec![Cell::Text(module.into_owned())]))
    });
    Answer {
        columns: Column::all(&[("Module", Role::Text)]),
        rows: rows.collect(),
        of_files: true,
        ..Answer::default()
    }
}

/// The files of every module, by its name.
fn modules(code: &Code, glob: Option<&GlobMatcher>) -> Answer {
    let built = code.configured().into_iter().flat_map(|configured| configured.built());
    let mut files: Vec<(String, &[u8])> = built
        .filter_map(|(path, module)| Some((String::from_utf8_lossy(module?).into_owned(), path)))
        .filter(|(module, _)| glob.is_none_or(|glob| glob.is_match(module)))
        .collect();
    files.sort_unstable();
    let mut answer = Answer { of_files: true, ..Answer::default() };
    for (module, path) in files {
        let last = answer.sections.last();
        if !matches!(last, Some(Title::Text(last)) if *last == module) {
            answer.sections.push(Title::Text(module));
        }
        let section = u32::try_from(answer.sections.len() - 1).ok();
        answer.rows.push(Row { section, ..row(path, Vec::new()) });
    }
    answer
}

fn row(path: &[u8], cells: Vec<Cell>) -> Row {
    Row { path: path.to_vec(), line: 1, cells, ..Row::default() }
}
