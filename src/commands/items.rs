//! `kgrep list WHAT`: all names of a kind, as a list.

use anyhow::{Context, Result, bail};
use globset::Glob;

use super::answer::{Place, show};
use super::{Outcome, Session, freshen, recipes};
use crate::cli::ItemsArgs;
use crate::code;
use crate::list::Role;
use crate::message::tell;
use crate::trace::{Options, Tracer, items};

/// Prints and keeps the list.
///
/// # Errors
/// When no recipe lists this, the glob is none, or the tree can't be read.
pub(crate) fn run(args: &ItemsArgs, session: &Session) -> Result<Outcome> {
    let code = code::around(session)?;
    let recipes = recipes::load(&code, session, args.trust_tree);
    let mut lists = recipes.all.iter().filter_map(|recipe| recipe.list.as_ref());
    let Some(list) = lists.clone().find(|list| list.name == args.what) else {
        let names: Vec<&str> = lists.by_ref().map(|list| list.name.as_str()).collect();
        let begins = |name: &&&str| name.starts_with(&*args.what) || args.what.starts_with(**name);
        if let Some(name) = names.iter().find(begins).filter(|_| !args.what.is_empty()) {
            bail!("there is no list of {:?}; did you mean {name}?", args.what);
        }
        bail!("there is no list of {:?}; there are {}", args.what, names.join(", "));
    };
    let glob = args.glob.as_deref().map(Glob::new).transpose().context("the glob")?;
    let glob = glob.map(|glob| glob.compile_matcher());
    let (titles, found) = freshen::ask(&code, session, |graph| {
        let options = Options { depth: 1, body: false, all: true };
        let mut tracer = Tracer::new(&code, graph, options);
        let wanted = |name: &str| glob.as_ref().is_none_or(|glob| glob.is_match(name));
        Ok(items(&mut tracer, list, wanted)?)
    })?;
    if found.is_empty() {
        tell(format!(
            "no {} here{}",
            args.what,
            args.glob.as_ref().map_or_else(String::new, |g| format!(" like {g}"))
        ));
    }
    let places: Vec<Place> = found
        .into_iter()
        .map(|item| Place {
            path: item.row.path,
            line: item.row.line,
            name: item.row.name.into_bytes(),
            cells: item.cells,
            ..Place::default()
        })
        .collect();
    let columns: Vec<(&str, Role)> =
        titles.iter().map(|title| (title.as_str(), role(title))).collect();
    show(&code, session, &columns, &places)
}

/// What a list's column of this title holds; the first names the item.
fn role(title: &str) -> Role {
    if title == "Defined" { Role::Place } else { Role::Name }
}
