//! `kgrep queries`: which recipes there are, what one says, and whether they work.

use std::io::Write;

use anyhow::{Context, Result, bail};

use super::{Outcome, Session, freshen, recipes};
use crate::cli::QueriesArgs;
use crate::code::{self, Code};
use crate::trace::{Look, Options, Recipe, Recipes, Tracer, answer, cases};

/// Lists the recipes, explains one, or runs their examples.
///
/// # Errors
/// When the kind is none, a tree can't be read or the output not be written.
pub(crate) fn run(args: &QueriesArgs, session: &Session) -> Result<Outcome> {
    let code = match &args.check {
        None => code::around(session)?,
        Some(tree) => code::of_tree(tree, session).with_context(|| tree.display().to_string())?,
    };
    let recipes = recipes::load(&code, session, args.trust_tree);
    let mut chosen: Vec<&Recipe> = recipes.all.iter().collect();
    if let Some(kind) = &args.kind {
        chosen.retain(|recipe| recipe.name == *kind);
        if chosen.is_empty() {
            bail!("no recipe is for names of the kind {kind:?}; `kgrep queries` lists them");
        }
    }
    if args.check.is_some() {
        return check(&code, session, &recipes, &chosen);
    }
    chosen.sort_by(|one, other| one.name.cmp(&other.name));
    let mut out = std::io::stdout().lock();
    if args.kind.is_some() {
        for recipe in chosen {
            explain(&mut out, recipe)?;
        }
        return Ok(Outcome::Found);
    }
    let width = chosen.iter().map(|recipe| recipe.name.len()).max().unwrap_or(0);
    for recipe in chosen {
        writeln!(out, "{:width$}  {}", recipe.name, recipe.summary)?;
        if let Some(example) = recipe.examples.first() {
            writeln!(out, "{:width$}    kgrep trace {}", "", shell(example))?;
        }
    }
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
        Look::Registered {} => "who registers it or puts it into a table".to_owned(),
        Look::Sets {} => "the variables it sets, and who uses them".to_owned(),
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
fn check(code: &Code, session: &Session, recipes: &Recipes, chosen: &[&Recipe]) -> Result<Outcome> {
    let report = freshen::ask(code, session, |graph| {
        let options = Options { depth: 1, body: false, all: false };
        let mut tracer = Tracer::new(code, graph, options);
        let (mut lines, mut well) = (Vec::new(), true);
        for recipe in chosen {
            let needs = recipe.needs.as_ref();
            if let Some(path) = needs.filter(|path| !code.path(path.as_bytes()).exists()) {
                lines.push(format!("-    {}: for trees with {path}", recipe.name));
                continue;
            }
            for example in &recipe.examples {
                let cases = cases(&mut tracer, std::iter::once(*recipe), example, true)?;
                let (mut sections, mut rows) = (0, 0);
                for case in &cases {
                    let answer = answer(&mut tracer, case, false)?;
                    sections += answer.len();
                    rows += answer.iter().map(|(_, rows)| rows.len()).sum::<usize>();
                }
                well &= rows > 0;
                let word = if rows > 0 { "ok  " } else { "none" };
                let of = recipe.sections.len();
                lines.push(format!(
                    "{word} {}: {example}: {sections} of {of} sections, {rows} lines",
                    recipe.name
                ));
            }
        }
        Ok((lines, well))
    })?;
    let (lines, well) = report;
    let mut out = std::io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(if well && recipes.problems.is_empty() { Outcome::Found } else { Outcome::Nothing })
}
