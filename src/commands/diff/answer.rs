//! What goes above the list when a pattern was given: on which side the text is, who
//! handles it, where it is documented, which patch brings it, and whether the parameter
//! it sets is known at all.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use kgrep_engine::compare::{Pick, Row};
use kgrep_engine::{Standing, Verdict};

use super::Asked;
use super::sides::Sides;
use crate::commands::trees;
use crate::diff::context::Thing;
use crate::diff::model::Origin;
use crate::message::tell;
use crate::notes;
use crate::render::{Look, visible};
use crate::request;
use crate::search::{
    Event, FileRules, Patterns, Scope, Search, SearchOptions, SearchRequest, scan,
};

/// The most places of each kind that are named; the list has the rest.
const MOST: usize = 3;

/// What the rows of a list have shown so far.
#[derive(Default)]
pub(super) struct Answer {
    added: u64,
    removed: u64,
    files: BTreeSet<Vec<u8>>,
    functions: Places,
    documents: Places,
    options: Places,
    patches: Places,
}

/// Names and where each is, the first of each name.
#[derive(Default)]
struct Places(Vec<(String, String)>);

impl Places {
    fn add(&mut self, name: String, place: String) {
        if !name.is_empty() && !self.0.iter().any(|(known, _)| *known == name) {
            self.0.push((name, place));
        }
    }

    /// How wide the names of those with a place are.
    fn width(&self) -> usize {
        let placed = self.0.iter().take(MOST).filter(|(_, place)| !place.is_empty());
        placed.map(|(name, _)| name.chars().count()).max().unwrap_or(0)
    }

    fn write(&self, text: &mut String, title: &str, width: usize) {
        for (n, (name, place)) in self.0.iter().take(MOST).enumerate() {
            let title = if n == 0 { title } else { "" };
            let line = format!("  {title:<11} {name:<width$}  {place}");
            *text += line.trim_end();
            *text += "\n";
        }
        if self.0.len() > MOST {
            *text += &format!("  {:<11} and {} more\n", "", self.0.len() - MOST);
        }
    }
}

impl Answer {
    /// Takes note of a row of the file `name`.
    pub(super) fn note(&mut self, name: &[u8], row: &Row) {
        match row.side {
            Some(Origin::Added) => self.added += 1,
            Some(Origin::Removed) => self.removed += 1,
            _ => {}
        }
        if row.spans.is_empty() {
            return;
        }
        self.files.insert(name.to_vec());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        // A doubtful place is none: what the change is in is where it is defined now, if it is.
        let line = match &row.home {
            Some((_, line)) => *line,
            None => Some(row.line).filter(|_| !row.guessed),
        };
        let place = line.map(|line| format!("{}:{line}", text(&row.path))).unwrap_or_default();
        if let Some(around) = &row.around {
            let base = name.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
            let places = match around.thing {
                _ if name.starts_with(b"Documentation/") => Some(&mut self.documents),
                _ if base.starts_with(b"Kconfig") => Some(&mut self.options),
                Thing::Function => Some(&mut self.functions),
                _ => None,
            };
            if let Some(places) = places {
                let home = row.home.as_ref().map(|(name, _)| name);
                places.add(text(home.unwrap_or(&around.name)), place);
            }
        }
        if let Some(patch) = &row.patch {
            let subject = text(&patch.subject);
            let gap = if subject.is_empty() { "" } else { ": " };
            self.patches.add(format!("{}{gap}{subject}", text(&patch.name)), String::new());
        }
    }

    /// The answer about a pattern that `rows` rows matched.
    ///
    /// # Errors
    /// When a tree can't be searched.
    pub(super) fn text(
        &self,
        asked: &Asked<'_>,
        pick: &Pick,
        look: &Look,
        rows: u64,
    ) -> Result<Vec<u8>> {
        if rows == 0 || self.files.is_empty() {
            return Ok(Vec::new());
        }
        let plural = |n: u64, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let count =
            format!("{} in {}", plural(rows, "hunk"), plural(self.files.len() as u64, "file"));
        let first = format!("`{}` {}: {count}", pick.text, self.side(asked, pick)?);
        let mut text = String::new();
        let placed = [&self.functions, &self.documents, &self.options];
        let width = placed.iter().map(|places| places.width()).max().unwrap_or(0);
        self.functions.write(&mut text, "handled by", width);
        self.documents.write(&mut text, "documented", width);
        self.options.write(&mut text, "configured", width);
        self.patches.write(&mut text, "brought by", 0);
        if self.patches.0.is_empty() && matches!(asked.sides, Sides::Folders { .. }) {
            text += "  brought by  no patch is known (--patches names the distribution's)\n";
        }
        if let Some(said) = known(asked, pick)? {
            text += &format!("  {:<11} {said}\n", "parameter");
        }
        let mut out = Vec::new();
        look.palette.section.paint(&mut out, &visible(first.as_bytes()));
        out.push(b'\n');
        for line in text.lines() {
            out.extend_from_slice(&visible(line.as_bytes()));
            out.push(b'\n');
        }
        out.push(b'\n');
        Ok(out)
    }

    /// On which side the text is: also in what the two have in common.
    fn side(&self, asked: &Asked<'_>, pick: &Pick) -> Result<String> {
        if let Sides::Folders { old, new } = asked.sides {
            let (lacking, having) = match (self.added > 0, self.removed > 0) {
                (true, false) => (old, new),
                (false, true) => (new, old),
                _ => return Ok("differs, and is on both sides".to_owned()),
            };
            let having = having.display();
            return Ok(match elsewhere(asked, pick, lacking)? {
                None => format!("is in {having} only"),
                Some(path) => format!(
                    "is in these hunks only in {having}; {} has it too, as in {path}",
                    lacking.display()
                ),
            });
        }
        let change = match (self.added > 0, self.removed > 0) {
            (true, false) => "is added by the patches",
            (false, true) => "is removed by the patches",
            _ => "is in the patches",
        };
        let Some(tree) = asked.sides.trees().first().copied() else {
            return Ok(change.to_owned());
        };
        let tree_has = match elsewhere(asked, pick, tree)? {
            None => format!("is nowhere in {}", tree.display()),
            Some(path) => has(tree, &path),
        };
        Ok(format!("{change}, {tree_has}"))
    }
}

/// Says where the pattern is that no difference has; nothing goes above the empty list.
///
/// # Errors
/// As [`Answer::text`].
pub(super) fn tell_nothing(asked: &Asked<'_>, pick: &Pick) -> Result<Vec<u8>> {
    let text = &pick.text;
    let mut told = match (asked.sides, &asked.sides.trees()[..]) {
        (Sides::Folders { old, new }, _) => {
            let names = (old.display(), new.display());
            match (elsewhere(asked, pick, old)?, elsewhere(asked, pick, new)?) {
                (None, None) => format!("`{text}` is in neither {} nor {}", names.0, names.1),
                (Some(path), Some(_)) => {
                    format!("no difference has `{text}`; both have it, as in {path}")
                }
                (Some(path), None) => format!("no difference has `{text}`; {}", has(old, &path)),
                (None, Some(path)) => format!("no difference has `{text}`; {}", has(new, &path)),
            }
        }
        (_, [tree, ..]) => match elsewhere(asked, pick, tree)? {
            Some(path) => format!("no patch has `{text}`; {}", has(tree, &path)),
            None => format!("no patch has `{text}`, and it is nowhere in {}", tree.display()),
        },
        (_, []) => format!("no patch has `{text}`"),
    };
    if let Some(known) = known(asked, pick)? {
        told += &format!("; {known}");
    }
    tell(told);
    Ok(Vec::new())
}

/// Where a tree has the pattern.
fn has(tree: &Path, path: &str) -> String {
    format!("{} has it, as in {path}", tree.display())
}

/// The first file of a tree that the pattern is in.
fn elsewhere(asked: &Asked<'_>, pick: &Pick, tree: &Path) -> Result<Option<String>> {
    let word = (!asked.args.pattern.has_pattern()).then(|| pick.text.clone().into());
    // Nothing of a tree is left out here, as in the comparison.
    let args = SearchRequest {
        rules: FileRules { hidden: true, ignore: false, ..request::rules(&asked.session.settings) },
        ..request::search(&asked.args.pattern.to_search(word.as_ref()), &asked.session.settings)?
    };
    let (patterns, _) = Patterns::collect(&args)?;
    let query = patterns.compile(&args)?;
    let scope = Scope::new(vec![asked.base.join(tree).into()], false);
    let (options, notes) = (SearchOptions::whether(), notes::sink());
    let search = Search {
        scope: &scope,
        query: &query,
        args: &args,
        filter: None,
        objects: None,
        options: &options,
        notes: &notes,
        cancel: &asked.session.cancel,
    };
    let mut found: Option<PathBuf> = None;
    scan(&search, |event| {
        if let Event::Hits(hits) = event {
            let path = String::from_utf8_lossy(&hits.file.path).into_owned();
            found = Some(PathBuf::from(path));
        }
        found.is_none()
    })?;
    let shorter = |path: PathBuf| {
        let below = path.strip_prefix(asked.base).map(Path::to_path_buf).unwrap_or(path);
        below.display().to_string()
    };
    Ok(found.map(shorter))
}

/// The parameter that a pattern such as `crashkernel=auto` sets.
fn parameter(pattern: &str) -> Option<&str> {
    let (name, _) = pattern.split_once('=')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (name.bytes().all(is_name) && name.bytes().next()?.is_ascii_alphabetic()).then_some(name)
}

/// Where the parameter itself is known that the pattern sets, if it sets one.
fn known(asked: &Asked<'_>, pick: &Pick) -> Result<Option<String>> {
    let Some(name) = parameter(&pick.text) else { return Ok(None) };
    let trees = trees::ask(&[format!("{name}=")], &asked.sides.trees(), asked.base, asked.session)?;
    if trees.is_empty() {
        return Ok(None);
    }
    let (mut there, mut lacking) = (Vec::new(), Vec::new());
    for tree in &trees {
        let is_parameter = |v: &Verdict| v.standing == Standing::Parameter;
        let verdicts = tree.answer.verdicts().into_iter();
        match verdicts.filter(|(verdict, _)| is_parameter(verdict)).find_map(|(_, r)| r.first()) {
            Some(row) => there.push(format!("{}:{}", tree.path(&row.path).display(), row.line)),
            None => lacking.push(tree.folder.display().to_string()),
        }
    }
    let (there, lacking) = (there.join(", "), lacking.join(" or "));
    Ok(Some(match (trees.len(), there.as_str(), lacking.as_str()) {
        (2, there, "") => format!("{name} exists on both sides: {there}"),
        (_, there, "") => format!("{name} exists: {there}"),
        (_, "", _) => format!("{name} is not registered in {lacking}"),
        (_, there, lacking) => format!("{name} exists in {there}, but not in {lacking}"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_what_stands_before_the_equals_sign() {
        assert_eq!(parameter("crashkernel=auto"), Some("crashkernel"));
        assert_eq!(parameter("lamp.level="), Some("lamp.level"));
        assert_eq!(parameter("crashkernel"), None);
        assert_eq!(parameter("a = b"), None);
        assert_eq!(parameter("=x"), None);
    }
}
