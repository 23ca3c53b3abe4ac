//! Reads the recipes: those that come with the program, the user's, and a trusted tree's.
//! A bad one is one problem, with file, line and reason; all others work.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::{Spanned, Table};

use super::pattern;
use super::recipe::{Listing, Look, Recipe, Section, Subject, Text};
use super::template::{Facts, keys};
use crate::kinds;

/// The recipes that come with the program, in the order in which an answer has them: what
/// is meant most often first.
const BUILT_IN: [(&str, &str); 23] = [
    ("syscall.toml", include_str!("../../queries/syscall.toml")),
    ("removed-syscall.toml", include_str!("../../queries/removed-syscall.toml")),
    ("initcall.toml", include_str!("../../queries/initcall.toml")),
    ("function.toml", include_str!("../../queries/function.toml")),
    ("macro.toml", include_str!("../../queries/macro.toml")),
    ("struct.toml", include_str!("../../queries/struct.toml")),
    ("typedef.toml", include_str!("../../queries/typedef.toml")),
    ("ops.toml", include_str!("../../queries/ops.toml")),
    ("ops-field.toml", include_str!("../../queries/ops-field.toml")),
    ("config.toml", include_str!("../../queries/config.toml")),
    ("boot-param.toml", include_str!("../../queries/boot-param.toml")),
    ("documented-param.toml", include_str!("../../queries/documented-param.toml")),
    ("sysctl.toml", include_str!("../../queries/sysctl.toml")),
    ("cgroup-file.toml", include_str!("../../queries/cgroup-file.toml")),
    ("tracepoint.toml", include_str!("../../queries/tracepoint.toml")),
    ("export.toml", include_str!("../../queries/export.toml")),
    ("module.toml", include_str!("../../queries/module.toml")),
    ("dt-compatible.toml", include_str!("../../queries/dt-compatible.toml")),
    ("file.toml", include_str!("../../queries/file.toml")),
    ("folder.toml", include_str!("../../queries/folder.toml")),
    ("include.toml", include_str!("../../queries/include.toml")),
    ("applet.toml", include_str!("../../queries/applet.toml")),
    ("rust-function.toml", include_str!("../../queries/rust-function.toml")),
];

/// Rows that a section shows unless it says how many.
const ROWS: usize = 12;

/// A recipe, or a part of one, that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

/// All recipes in force, in the order in which an answer has them: the program's, then the
/// user's others by name.
#[derive(Debug, Clone, Default)]
pub struct Recipes {
    /// The recipes.
    pub all: Vec<Recipe>,
    /// What could not be used.
    pub problems: Vec<Problem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Spanned<String>,
    summary: String,
    examples: Vec<String>,
    needs: Option<String>,
    pattern: Option<Spanned<String>>,
    #[serde(default)]
    dotted: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    found: Vec<Spanned<Table>>,
    #[serde(default)]
    path: Vec<String>,
    #[serde(default)]
    folder: Vec<String>,
    subject: Option<Spanned<Table>>,
    #[serde(default)]
    section: Vec<Spanned<Table>>,
    list: Option<Spanned<Table>>,
}

impl Recipes {
    /// The recipes that come with the program. That they are sound is tested.
    pub fn built_in() -> Recipes {
        let mut recipes = Recipes::default();
        for (file, text) in BUILT_IN {
            recipes.add_checked(file, text, false);
        }
        recipes
    }

    /// Adds the `*.toml` files of `folder`, which need not exist, by name. One of the same
    /// kind as an earlier one takes its place.
    pub fn add_folder(&mut self, folder: &Path) {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        paths.sort_unstable();
        for path in paths {
            let file = path.to_string_lossy().into_owned();
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            match fs::read_to_string(&path) {
                Ok(text) if !is_recipe(&text) => {}
                Ok(text) => self.add(&file, &text),
                Err(error) => {
                    self.problems.push(Problem { file, line: 1, reason: error.to_string() });
                }
            }
        }
    }

    /// Adds the recipe that `text` is.
    pub fn add(&mut self, file: &str, text: &str) {
        self.add_checked(file, text, true);
    }

    /// Adds a recipe, with its regular expressions checked or taken for granted.
    fn add_checked(&mut self, file: &str, text: &str, check: bool) {
        let wrong = |(at, reason): Wrong| {
            let before = text.as_bytes().get(..at).unwrap_or_default();
            let line = 1 + memchr::memchr_iter(b'\n', before).count();
            Problem { file: file.to_owned(), line, reason }
        };
        match read(file, text, check) {
            Ok((recipe, problems)) => {
                self.problems.extend(problems.into_iter().map(wrong));
                match self.all.iter_mut().find(|known| known.name == recipe.name) {
                    Some(known) => *known = recipe,
                    None => self.all.push(recipe),
                }
            }
            Err(error) => self.problems.push(wrong(error)),
        }
    }

    /// The recipe for names of this kind, whatever it is called.
    pub fn get(&self, name: &str) -> Option<&Recipe> {
        let names = self.all.iter().map(|recipe| recipe.name.as_str());
        let name = kinds::synonym(name, names)?;
        self.all.iter().find(|recipe| recipe.name == name)
    }
}

/// Whether a file's text is a recipe, even half-written: a recipe has a `name`, and a file
/// that tells what macros mean has none.
pub fn is_recipe(text: &str) -> bool {
    let is_name = |line: &str| {
        line.strip_prefix("name").is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    text.lines().any(is_name)
}

/// Where something is wrong, as an offset, and what.
type Wrong = (usize, String);

fn read(origin: &str, text: &str, check: bool) -> Result<(Recipe, Vec<Wrong>), Wrong> {
    let file: File = toml::from_str(text)
        .map_err(|error| (error.span().map_or(0, |span| span.start), one_line(error.message())))?;
    let sound = |text: Text| if check { sound(text) } else { Ok(text) };
    let name = match file.pattern {
        None => "^(?<name>[A-Za-z_][A-Za-z0-9_]*)$".to_owned(),
        Some(name) => {
            if check && let Err(error) = pattern::check(name.get_ref()) {
                return Err((name.span().start, one_line(&error)));
            }
            name.into_inner()
        }
    };
    let mut problems = Vec::new();
    let of_text = |table| part::<Text>(table).and_then(sound);
    let found = each(file.found, of_text, &mut problems);
    let sections = each(file.section, |table| section(table, sound), &mut problems);
    let subject = one(file.subject, part::<Subject>)?;
    let list = one(file.list, |table| {
        part::<Listing>(table).and_then(|list| if check { listing(list) } else { Ok(list) })
    })?;
    let of_paths = !file.path.is_empty() || !file.folder.is_empty();
    if found.is_empty() && !of_paths && subject.as_ref().is_none_or(|s| !s.required) {
        let reason = "nothing says what names it is for: `subject`, `found`, `path` or `folder`";
        let reason = reason.to_owned();
        return Err((file.name.span().start, reason));
    }
    let recipe = Recipe {
        name: file.name.into_inner(),
        summary: file.summary,
        examples: file.examples,
        needs: file.needs,
        pattern: name,
        dotted: file.dotted,
        unless: file.unless,
        found,
        path: file.path,
        folder: file.folder,
        subject,
        sections,
        list,
        origin: origin.to_owned(),
    };
    Ok((recipe, problems))
}

/// What `read` makes of these tables; where it can't is a problem each.
fn each<T>(
    tables: Vec<Spanned<Table>>,
    read: impl Fn(Table) -> Result<T, String>,
    problems: &mut Vec<Wrong>,
) -> Vec<T> {
    let mut made = Vec::new();
    for table in tables {
        let at = table.span().start;
        match read(table.into_inner()) {
            Ok(part) => made.push(part),
            Err(reason) => problems.push((at, reason)),
        }
    }
    made
}

/// What `read` makes of the table, if there is one.
fn one<T>(
    table: Option<Spanned<Table>>,
    read: impl FnOnce(Table) -> Result<T, String>,
) -> Result<Option<T>, Wrong> {
    let Some(table) = table else { return Ok(None) };
    let at = table.span().start;
    read(table.into_inner()).map(Some).map_err(|reason| (at, reason))
}

fn section(
    mut table: Table,
    sound: impl Fn(Text) -> Result<Text, String>,
) -> Result<Section, String> {
    let title = match table.remove("title") {
        Some(toml::Value::String(title)) => title,
        _ => return Err("a section needs a `title`".to_owned()),
    };
    let mut flag = |key: &str| match table.remove(key) {
        None => Ok(false),
        Some(value) => value.as_bool().ok_or_else(|| format!("`{key}` is true or false")),
    };
    let (brief, work) = (flag("brief")?, flag("work")?);
    let max = match table.remove("max") {
        None => ROWS,
        Some(value) => {
            let max = value.as_integer().and_then(|max| usize::try_from(max).ok());
            max.ok_or("`max` is a number of rows")?
        }
    };
    let look = match part::<Look>(table)? {
        Look::Text(_) if work => {
            return Err(
                "`work = true` can't be used with `look = \"text\"`: leave it out".to_owned()
            );
        }
        Look::Text(text) => Look::Text(Box::new(sound(*text)?)),
        other => other,
    };
    Ok(Section { title, brief, max, work, look })
}

fn part<T: DeserializeOwned>(table: Table) -> Result<T, String> {
    T::deserialize(table).map_err(|error| one_line(error.message()))
}

/// A look-up whose regular expression is one, whatever fills it.
fn sound(text: Text) -> Result<Text, String> {
    let mut facts = Facts::default();
    keys(&text.pattern).for_each(|key| facts.add(key, "x"));
    let pattern = facts.fill_regex(&text.pattern).unwrap_or_default();
    let but = text.not_pattern.as_ref().and_then(|but| {
        keys(but).for_each(|key| facts.add(key, "x"));
        facts.fill_regex(but)
    });
    let mut says = Vec::new();
    for template in &text.says {
        keys(template).for_each(|key| facts.add(key, "x"));
        says.extend(facts.fill_regex(template.trim_start_matches('!')));
    }
    for pattern in text.callees.iter().chain(&but).chain(&says).chain([&pattern]) {
        pattern::check(pattern).map_err(|error| one_line(&error))?;
    }
    Ok(text)
}

fn listing(list: Listing) -> Result<Listing, String> {
    pattern::check(&list.pattern).map_err(|error| one_line(&error))?;
    if list.pattern.contains("(?<name>") {
        Ok(list)
    } else {
        Err("`pattern` needs a group called `name`".to_owned())
    }
}

fn one_line(message: &str) -> String {
    let last = message.lines().last().unwrap_or(message);
    if message.starts_with("regex parse error") {
        last.to_owned()
    } else {
        message.lines().collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_recipes_are_sound_and_have_examples() {
        let mut recipes = Recipes::default();
        for (file, text) in BUILT_IN {
            recipes.add(file, text);
        }
        assert_eq!(recipes.problems, []);
        assert!(recipes.all.len() >= 14, "{}", recipes.all.len());
        for recipe in &recipes.all {
            assert!(!recipe.examples.is_empty(), "{} has no example", recipe.name);
            assert!(recipe.sections.iter().any(|s| s.brief), "{} has no brief part", recipe.name);
            for other in &recipe.unless {
                assert!(recipes.get(other).is_some(), "{} names {other}", recipe.name);
            }
        }
    }

    fn problems(text: &str) -> Vec<String> {
        let mut recipes = Recipes::default();
        recipes.add("mine.toml", text);
        recipes.problems.iter().map(ToString::to_string).collect()
    }

    const HEAD: &str = "name = 'mine'\nsummary = 's'\nexamples = ['x']\n";

    #[test]
    fn what_is_wrong_is_told_with_file_and_line() {
        assert_eq!(problems("name = 'a'\nsummary = \n")[0].split(':').nth(1), Some("2"));
        let none = problems(HEAD);
        assert!(none[0].starts_with("mine.toml:1: nothing says"), "{none:?}");
        let unknown = problems(&format!("{HEAD}colour = 1\n"));
        assert!(unknown[0].starts_with("mine.toml:4: unknown field `colour`"), "{unknown:?}");
        let kind = problems(&format!("{HEAD}[subject]\nnames = ['{{name}}']\nkinds = ['thing']\n"));
        assert!(kind[0].contains("unknown kind `thing`"), "{kind:?}");
    }

    #[test]
    fn a_bad_section_leaves_the_others() {
        let text = format!(
            "{HEAD}[subject]\nnames = ['{{name}}']\n[[section]]\ntitle = 'A'\nlook = 'comment'\n\
             [[section]]\ntitle = 'B'\nlook = 'run'\n[[section]]\ntitle = 'C'\nlook = 'text'\npattern = '(x'\n\
             [[section]]\ntitle = 'D'\nwork = true\nlook = 'text'\npattern = 'x'\n"
        );
        let mut recipes = Recipes::default();
        recipes.add("mine.toml", &text);
        let lines: Vec<usize> = recipes.problems.iter().map(|p| p.line).collect();
        assert_eq!(lines, [9, 12, 16], "{:?}", recipes.problems);
        assert_eq!(recipes.get("mine").map(|r| r.sections.len()), Some(1));
    }
}
