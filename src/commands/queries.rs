//! `kgrep queries`: which recipes there are, what one says, and whether they work.

use std::io::Write;

use anyhow::{Context, Result, bail};

use super::{Outcome, Session, freshen};
use crate::cli::QueriesArgs;
use crate::code::{self, Code};
use crate::render::{Content, Output};
use crate::trace::{CheckResult, Checked, Look, Recipe, check_recipes};

/// Lists the recipes, explains one, or runs their examples.
///
/// # Errors
/// If there is no such kind, a tree can't be read or the output can't be written.
pub(crate) fn run(args: &QueriesArgs, session: &Session) -> Result<Outcome> {
    let code = match &args.check {
        None => code::trusting(session, args.trust_tree)?,
        Some(tree) => code::of_tree(tree, session, args.trust_tree)
            .with_context(|| tree.display().to_string())?,
    };
    let recipes = code.recipes();
    let mut chosen: Vec<&Recipe> = recipes.all.iter().collect();
    if let Some(kind) = &args.kind {
        let meant = recipes.get(kind).map(|recipe| &recipe.name);
        chosen.retain(|recipe| Some(&recipe.name) == meant);
        if chosen.is_empty() {
            bail!("no recipe for names of the kind {kind:?}; `kgrep queries` lists the recipes");
        }
    }
    if args.check.is_some() {
        return check(&code, session, &chosen);
    }
    chosen.sort_by(|one, other| one.name.cmp(&other.name));
    let mut out = Output::stdout().holding(Content::Text);
    if args.kind.is_some() {
        for recipe in chosen {
            explain(&mut out, recipe)?;
        }
        out.finish()?;
        return Ok(Outcome::Found);
    }
    let width = chosen.iter().map(|recipe| recipe.name.len()).max().unwrap_or(0);
    for recipe in chosen {
        writeln!(out, "{:width$}  {}", recipe.name, recipe.summary)?;
        if let Some(example) = recipe.examples.first() {
            writeln!(out, "{:width$}    kgrep trace {}", "", shell(example))?;
        }
    }
    out.finish()?;
    Ok(Outcome::Found)
}

fn shell(example: &str) -> String {
    let words: Vec<_> = example.split(' ').collect();
    shlex::try_join(words).unwrap_or_else(|_| example.to_owned())
}

fn explain(out: &mut impl Write, recipe: &Recipe) -> Result<()> {
    writeln!(out, "{}: {}", recipe.name, recipe.summary)?;
    writeln!(out, "from {}", recipe.origin)?;
    writeln!(out, "names like {}", recipe.pattern)?;
    for example in &recipe.examples {
        writeln!(out, "  kgrep trace --as {} {}", recipe.name, shell(example))?;
    }
    if let Some(list) = &recipe.list {
        writeln!(out, "  kgrep list {}", list.name)?;
    }
    writeln!(out, "sections:")?;
    for section in &recipe.sections {
        writeln!(out, "  {}: {}", section.title, in_words(&section.look))?;
    }
    Ok(())
}

fn in_words(look: &Look) -> String {
    match look {
        Look::Definitions { names, .. } if names.is_empty() => "where it is defined".to_owned(),
        Look::Definitions { names, .. } => format!("where {} is defined", names.join(", ")),
        Look::Comment {} => "the comment above the definition".to_owned(),
        Look::Source {} => "the definition, whole".to_owned(),
        Look::Body {} => "with --body: it and its static helpers, whole".to_owned(),
        Look::Fields {} => "the members".to_owned(),
        Look::Callees { .. } => "what it calls, in order".to_owned(),
        Look::Allocations {} => "where it is allocated".to_owned(),
        Look::Errors {} => "which errors it sets, and when".to_owned(),
        Look::Callers {} => "who calls it".to_owned(),
        Look::Dispatch { slot: Some(slot) } => format!("who calls through {slot}"),
        Look::Dispatch { slot: None } => "who calls it through pointers".to_owned(),
        Look::Registered {} => "who registers it or puts it into a table".to_owned(),
        Look::Sets {} => "the variables it sets, and who uses them".to_owned(),
        Look::Found {} => "the lines by which the name was found".to_owned(),
        Look::Text(text) if text.files.is_empty() => format!("lines like {}", text.pattern),
        Look::Text(text) => format!("lines like {} in {}", text.pattern, text.files.join(", ")),
        Look::Kconfig {} => "the Kconfig entry".to_owned(),
        Look::KconfigUsers {} => "Kconfig entries that name it".to_owned(),
        Look::Built {} => "the Makefile lines that build it".to_owned(),
        Look::Maintainers {} => "its entry in MAINTAINERS".to_owned(),
        Look::Fills { slot } => format!("the functions that tables put into {slot}"),
        Look::IncludePath { from, to } => format!("the shortest way from {from} to {to}"),
    }
}

/// Runs the examples and says of each how much it found.
fn check(code: &Code, session: &Session, chosen: &[&Recipe]) -> Result<Outcome> {
    let checked = freshen::ask(code, session, |graph| Ok(check_recipes(code, graph, chosen)?))?;
    let mut out = Output::stdout().holding(Content::Text);
    for Checked { recipe, result } in &checked {
        match result {
            CheckResult::NotForThisTree { needs } => {
                writeln!(out, "-    {recipe}: for trees with {needs}")?;
            }
            CheckResult::Found { example, sections, of, rows } => {
                let word = if *rows > 0 { "ok  " } else { "none" };
                writeln!(
                    out,
                    "{word} {recipe}: {example}: {sections} of {of} sections, {rows} lines"
                )?;
            }
        }
    }
    out.finish()?;
    let well = checked.iter().all(|checked| !checked.failed());
    Ok(if well && code.recipes().problems.is_empty() { Outcome::Found } else { Outcome::Nothing })
}
