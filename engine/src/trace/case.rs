//! Finds out what a name is: which recipes know it, and with which facts.

use std::collections::HashSet;

use crate::Result;
use kgrep_index::graph::{Arch, DefInfo, Place, Program};
use kgrep_index::outline::Kind;

use super::look::{self, text};
use super::tracer::{Row, Tracer};
use super::wanted::Wanted;
use crate::recipes::pattern::{group, regex};
use crate::recipes::recipe::{Recipe, Subject};
use crate::recipes::template::Facts;

/// A name, as one recipe sees it.
pub struct Case<'r> {
    /// The recipe.
    pub recipe: &'r Recipe,
    /// What is known.
    pub facts: Facts,
    /// The definitions it is about, best first.
    pub subjects: Vec<DefInfo>,
    /// The lines by which it was found.
    pub found: Vec<Row>,
}

/// What `name` is, by these recipes. Those that leave it to others are among it only where
/// `all` of them are wanted.
///
/// # Errors
/// If the tree can't be walked, or a recipe's glob is not valid.
pub fn cases<'r>(
    tracer: &mut Tracer<'_, '_>,
    recipes: impl Iterator<Item = &'r Recipe>,
    name: &str,
    all: bool,
) -> Result<Vec<Case<'r>>> {
    let possible = possible(tracer, recipes, name)?;
    let arch = tracer.arch();
    let mut found = known(tracer, possible)?;
    if !all {
        // A helper of tools/ or samples/ is not what is meant where the kernel has the name.
        let is_kernel = |tracer: &Tracer<'_, '_>, case: &Case<'_>| {
            let mut subjects = case.subjects.iter();
            case.subjects.is_empty()
                || subjects.any(|d| tracer.graph.place(d.file).program == Program::Kernel)
        };
        if found.iter().any(|case| is_kernel(tracer, case)) {
            found.retain(|case| is_kernel(tracer, case));
        }
        // Nor is another architecture's stub, where the name is something here.
        let is_here = |tracer: &Tracer<'_, '_>, case: &Case<'_>| {
            case.subjects.iter().any(|d| arch.has(tracer.graph.place(d.file)))
        };
        if found.iter().any(|case| is_here(tracer, case)) {
            found.retain(|case| case.subjects.is_empty() || is_here(tracer, case));
        }
        let known: Vec<String> = found.iter().map(|case| case.recipe.name.clone()).collect();
        found.retain(|case| !case.recipe.unless.iter().any(|other| known.contains(other)));
    }
    Ok(found)
}

/// The cases among what is possible. Those that the graph alone tells come first, so that their sections' texts are
/// looked for together with those by which others are found: each file is read once.
fn known<'r>(
    tracer: &mut Tracer<'_, '_>,
    possible: Vec<(&'r Recipe, Facts)>,
) -> Result<Vec<Case<'r>>> {
    let mut wanted = texts(&possible, tracer.arch());
    let mut found: Vec<Option<Case<'r>>> = Vec::new();
    let mut open = Vec::new();
    for (recipe, facts) in possible {
        if recipe.found.iter().all(|rule| rule.optional) {
            found.push(case(tracer, recipe, facts)?);
        } else {
            open.push((found.len(), recipe, facts));
            found.push(None);
        }
    }
    if !wanted.is_empty() {
        let brief = found.iter().flatten().count() > 1;
        for case in found.iter().flatten() {
            wanted.extend(look::ahead(tracer, case, brief));
        }
        tracer.look_for(&wanted)?;
    }
    for (at, recipe, facts) in open {
        found[at] = case(tracer, recipe, facts)?;
    }
    Ok(found.into_iter().flatten().collect())
}

/// Looks for the lines by which these recipes find names that will be asked for, all at once.
///
/// # Errors
/// As for [`cases`].
pub(crate) fn look_ahead(
    tracer: &mut Tracer<'_, '_>,
    recipes: &[&Recipe],
    names: &[String],
) -> Result<()> {
    let mut all = Vec::new();
    for name in names {
        all.extend(possible(tracer, recipes.iter().copied(), name)?);
    }
    let arch = tracer.arch();
    tracer.look_for(&texts(&all, arch))
}

/// The recipes that `name` looks like one of, with what it tells.
fn possible<'r>(
    tracer: &Tracer<'_, '_>,
    recipes: impl Iterator<Item = &'r Recipe>,
    name: &str,
) -> Result<Vec<(&'r Recipe, Facts)>> {
    let mut possible = Vec::new();
    for recipe in recipes {
        if let Some(facts) = facts_of(tracer, recipe, name)? {
            possible.push((recipe, facts));
        }
    }
    Ok(possible)
}

/// What these recipes want of the tree's text.
fn texts(possible: &[(&Recipe, Facts)], arch: Arch) -> Vec<Wanted> {
    let of_one = |(recipe, facts): &(&Recipe, Facts)| {
        let of_rule = |rule| text::wanted(rule, facts, arch, usize::MAX);
        recipe.found.iter().flat_map(of_rule).collect::<Vec<_>>()
    };
    possible.iter().flat_map(of_one).collect()
}

/// What the name alone tells; none where it does not look like one of the recipe's, or the
/// tree is of another kind.
///
/// # Errors
/// If the recipe's pattern is not valid.
fn facts_of(tracer: &Tracer<'_, '_>, recipe: &Recipe, name: &str) -> Result<Option<Facts>> {
    let needed = recipe.needs.as_ref();
    if needed.is_some_and(|path| !tracer.code.path(path.as_bytes()).exists()) {
        return Ok(None);
    }
    let pattern = regex(&recipe.pattern)?;
    let Some(captures) = pattern.captures(name.as_bytes()) else { return Ok(None) };
    let mut facts = Facts::default();
    for key in pattern.capture_names().flatten() {
        if let Some(value) = group(&captures, key) {
            facts.add(key, &value);
            if recipe.dotted.iter().any(|dotted| dotted == key) {
                facts.add(key, &value.replace('.', "/"));
                facts.add(key, &value.replace('/', "."));
            }
        }
    }
    if facts.get("name").is_empty() {
        facts.add("name", name);
    }
    Ok(Some(facts))
}

fn case<'r>(
    tracer: &mut Tracer<'_, '_>,
    recipe: &'r Recipe,
    mut facts: Facts,
) -> Result<Option<Case<'r>>> {
    let mut found = Vec::new();
    for rule in &recipe.found {
        let is_here = |row: &Row| tracer.arch().has(Place::of(&row.path));
        if rule.unless_found && found.iter().any(is_here) {
            continue;
        }
        let (rows, more) = text::matches(tracer, rule, &facts)?;
        for row in &rows {
            facts.add("at", &String::from_utf8_lossy(&row.path));
        }
        found.extend(rows);
        for (key, value) in more {
            facts.add(&key, &value);
        }
    }
    if found.is_empty() && !recipe.found.iter().all(|rule| rule.optional) {
        return Ok(None);
    }
    if !recipe.path.is_empty() {
        let Some(row) = file_of(tracer, recipe, &mut facts) else { return Ok(None) };
        found.push(row);
    }
    if !recipe.folder.is_empty() {
        let Some(row) = folder_of(tracer, recipe, &mut facts) else { return Ok(None) };
        found.push(row);
    }
    let mut subjects = Vec::new();
    if let Some(subject) = &recipe.subject {
        subjects = subjects_of(tracer, subject, &facts)?;
        if !recipe.found.is_empty() {
            // A handler is beside its registration: another file's function of that name
            // is another one.
            let files: HashSet<&[u8]> = found.iter().map(|row| row.path.as_slice()).collect();
            let beside = |d: &DefInfo| files.contains(tracer.graph.path(d.file));
            if subjects.iter().any(beside) {
                subjects.retain(beside);
            }
        }
        if subject.required && subjects.is_empty() {
            return Ok(None);
        }
    }
    Ok(Some(Case { recipe, facts, subjects, found }))
}

/// The file that a recipe is about, with what its path tells; `None` when none is there.
fn file_of(tracer: &Tracer<'_, '_>, recipe: &Recipe, facts: &mut Facts) -> Option<Row> {
    let is_there = |path: &String| tracer.code.path(path.as_bytes()).is_file();
    let path = recipe.path.iter().flat_map(|path| facts.fill(path)).find(is_there)?;
    facts.add("path", &path);
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", &path));
    facts.add("folder", folder);
    facts.add("file", file);
    facts.add("stem", file.rsplit_once('.').map_or(file, |(stem, _)| stem));
    Some(Row { path: path.into_bytes(), line: 1, ..Row::default() })
}

/// The same of a folder.
fn folder_of(tracer: &Tracer<'_, '_>, recipe: &Recipe, facts: &mut Facts) -> Option<Row> {
    let is_there = |path: &String| tracer.code.path(path.as_bytes()).is_dir();
    let path = recipe.folder.iter().flat_map(|path| facts.fill(path)).find(is_there)?;
    facts.add("folder", &path);
    let path = format!("{path}/");
    facts.add("path", &path);
    Some(Row { path: path.into_bytes(), ..Row::default() })
}

/// The definitions that a recipe is about.
///
/// # Errors
/// If the pattern of the definitions is not valid.
fn subjects_of(
    tracer: &mut Tracer<'_, '_>,
    subject: &Subject,
    facts: &Facts,
) -> Result<Vec<DefInfo>> {
    let names: Vec<String> = subject.names.iter().flat_map(|name| facts.fill(name)).collect();
    let kinds: Vec<Kind> = subject.kinds.iter().map(|word| word.0).collect();
    let mut subjects = tracer.definitions(&names, &kinds);
    tracer.leave_seen(&mut subjects);
    if subject.functions {
        subjects.retain(|d| d.kind != Kind::Member || tracer.graph.holds_functions(d));
    }
    if let Some(like) = &subject.like {
        let like = regex(like)?;
        subjects.retain(|definition| {
            let path = tracer.path(definition);
            let file = tracer.file(&path);
            let lines = definition.first..=definition.last.min(definition.first + 2);
            lines.filter_map(|line| file.line(u64::from(line))).any(|text| like.is_match(text))
        });
    }
    Ok(subjects)
}
