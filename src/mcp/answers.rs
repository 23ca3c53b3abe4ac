//! From a tool's arguments to the engine's requests, and from its answers to a page.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::PathBuf;

use kgrep_engine::compare::{self, BuiltSides};
use kgrep_engine::request::{
    self, LogPart, Request, access_kinds, definition_kinds, reference_kinds, step_kinds,
};
use kgrep_engine::search::{FileRules, SearchRequest, TypeChoice};
use kgrep_engine::{Answer, Note, Sources, Standing, Title, Verdict};
use serde_json::{Value, json};

use super::arguments::{self as take, Common};
use super::context::{Context, Hearing, error_line, sentence, text, with_arguments};
use super::cursor;
use super::page::{Line, Page, Part, Window};
use crate::code::{Code, documented};
use crate::{cells, coverage, verdicts};

/// A longer line is cut.
const WIDEST: usize = 400;

/// Of a longer definition the first lines are shown.
const TALLEST: u64 = 400;

/// The most definitions of a page that are shown whole.
const WHOLE: usize = 10;

/// The most answers of `find` that are counted.
const FOUND: usize = 1000;

/// Of a search, more lines than this are not counted.
const COUNTED: u64 = 100_000;

/// A call of a tool.
struct Call<'a> {
    /// The tree that is asked about: a revision's, where one is named.
    context: &'a Context,
    /// The tree that is served. Patches and configurations are files of it.
    here: &'a Context,
    hearing: &'a Hearing,
    common: Common,
    window: Window,
    page: Page,
    /// How many more definitions are shown whole.
    whole: usize,
}

/// The page that tool `name` answers.
///
/// # Errors
/// What is wrong with the arguments, or why there is no answer.
pub(super) fn page(
    context: &Context,
    hearing: &Hearing,
    name: &str,
    arguments: Value,
) -> Result<Page, String> {
    let (common, own) = take::split(arguments)?;
    let digest = cursor::digest(name, &json!([own, common.arch, common.kconfig, common.at]));
    let skip = common.cursor.as_deref().map_or(Ok(0), |cursor| cursor::read(cursor, digest))?;
    let window = Window::new(skip, common.limit);
    let end = skip.saturating_add(common.limit);
    let (here, at) = (context, common.at.as_deref());
    let revision = at.map(|name| here.at(name, hearing)).transpose()?;
    let context = revision.as_deref().unwrap_or(here);
    let page = Page::default();
    let mut call = Call { context, here, hearing, common, window, page, whole: WHOLE };
    call.answer(name, own)?;
    let mut page = call.page;
    if let Some(asked) = context.revision() {
        page.parts.iter_mut().for_each(|part| part.asked += &format!(" at {}", asked.name));
        page.coverage.insert("revision".to_owned(), json!(asked.name));
        page.coverage.insert("commit".to_owned(), json!(asked.commit));
    }
    if let Some(part) = page.parts.first_mut() {
        part.notes.splice(..0, hearing.take_notes());
    }
    let total: u64 = page.parts.iter().map(|part| part.total).sum();
    if (end as u64) < total {
        page.next = Some(cursor::write(end, digest));
        page.coverage.insert("complete".to_owned(), json!(false));
    }
    Ok(page)
}

impl Call<'_> {
    fn answer(&mut self, name: &str, own: Value) -> Result<(), String> {
        match name {
            "search" => self.search(own),
            "define" => self.define(own),
            "exists" => self.exists(own),
            "references" => self.references(own),
            "callers" => self.callers(own),
            "callees" => {
                let take::Callees { names, kinds, depth, all } = take::own(own)?;
                self.steps(&names, &kinds, (depth, all), "callees of", Request::Callees)
            }
            "functions_with" => self.functions(own),
            "chain" => {
                let take::Chain { from, to, number, through, avoid, max_depth, all } =
                    take::own(own)?;
                let asked = format!("chains from {from} to {to}");
                let (from, to, indirect) = (from, to, true);
                let chain =
                    request::Chain { from, to, number, through, avoid, max_depth, indirect, all };
                self.one(asked, &Request::Chain(chain))
            }
            "trace" => {
                let take::Trace { names, kind, all } = take::own(own)?;
                self.each(&names, "trace of", |name| {
                    let (kind, depth, body, seen_from) = (kind.clone(), 1, false, Vec::new());
                    Request::Trace(request::Trace { name, kind, depth, body, all, seen_from })
                })
            }
            "find" => self.find(own),
            "list" => {
                let take::List { what, glob } = take::own(own)?;
                let asked = what.clone();
                self.one(asked, &Request::List(request::List { what, glob }))
            }
            "diff" => self.diff(own),
            "touched" => self.touched(own),
            "built" => self.built(own),
            "log" => self.log(own),
            "maintainers" => {
                let take::Maintainers { paths } = take::own(own)?;
                let files = paths.iter().map(|path| self.context.bytes(path));
                let files = files.collect::<Result<_, _>>()?;
                let request = Request::Maintainers(request::Maintainers { files });
                self.one("maintainers".to_owned(), &request)
            }
            _ => self.read(take::own(own)?),
        }
    }

    fn code(&self) -> Result<Code, String> {
        let kconfig = self.here.kconfig(&self.common)?;
        self.context.code(&self.common, kconfig, self.hearing)
    }

    fn ask(&self, code: &Code, request: &Request) -> Result<Answer, String> {
        code.answer(request).map_err(|error| self.context.wrong(error))
    }

    /// A patch, or a folder of patches: a file of the tree that is served, whatever is asked about.
    fn patch(&self, path: &str) -> Result<PathBuf, String> {
        Ok(self.here.tree().root().join(self.here.below(path)?))
    }

    /// Asks for each of several names.
    fn each(
        &mut self,
        names: &[String],
        asked: &str,
        request: impl Fn(String) -> Request,
    ) -> Result<(), String> {
        let code = self.code()?;
        for name in some(names)? {
            let answer = self.ask(&code, &request(name.clone()))?;
            self.part(&code, format!("{asked} {name}"), &answer, false);
        }
        Ok(())
    }

    fn one(&mut self, asked: String, request: &Request) -> Result<(), String> {
        let code = self.code()?;
        let answer = self.ask(&code, request)?;
        self.part(&code, asked, &answer, false);
        Ok(())
    }

    fn references(&mut self, own: Value) -> Result<(), String> {
        let take::References { names, kinds, access } = take::own(own)?;
        let kinds = reference_kinds(&kinds).map_err(wrong)?;
        let access = access_kinds(&access).map_err(wrong)?;
        self.each(&names, "uses of", |name| match access.is_empty() {
            true => {
                let (kinds, seen_from) = (kinds.clone(), Vec::new());
                Request::References(request::References { name, kinds, seen_from })
            }
            false => Request::Accesses(request::Accesses { name, kinds: access.clone() }),
        })
    }

    fn callers(&mut self, own: Value) -> Result<(), String> {
        let take::Callers { names, kinds, depth, args, arg, all } = take::own(own)?;
        let wanted = arg.iter().map(|arg| arg.parse()).collect::<Result<Vec<_>, _>>()?;
        let is_plain = !args && wanted.is_empty();
        self.steps(&names, &kinds, (depth, all), "callers of", |steps| match is_plain {
            true => Request::Callers(request::Steps { macros: true, ..steps }),
            false => Request::Calls(request::Calls::of(steps, wanted.clone())),
        })
    }

    fn functions(&mut self, own: Value) -> Result<(), String> {
        let take::Functions { with, without, paths } = take::own(own)?;
        let within = paths.iter().map(|path| self.context.bytes(path));
        let within = within.collect::<Result<_, _>>()?;
        let asked = format!("functions with {}", with.join(", "));
        self.one(asked, &Request::Functions(request::Functions { with, without, within }))
    }

    fn touched(&mut self, own: Value) -> Result<(), String> {
        let take::Touched { patch } = take::own(own)?;
        let on = Some(self.context.tree().root().to_owned());
        let (path, strip) = (self.patch(&patch)?, None);
        let sides = crate::diff::Sides::Patches { path, on, strip };
        self.one(format!("touched by {patch}"), &Request::Touched(request::Touched { sides }))
    }

    fn steps(
        &mut self,
        names: &[String],
        kinds: &[String],
        (depth, all): (usize, bool),
        asked: &str,
        request: impl Fn(request::Steps) -> Request,
    ) -> Result<(), String> {
        let kinds = step_kinds(kinds).map_err(wrong)?;
        if depth == 0 {
            return Err("depth is how many steps are followed, from 1".to_owned());
        }
        self.each(names, asked, |name| {
            let kinds = kinds.clone();
            request(request::Steps { name, depth, kinds, all, ..request::Steps::default() })
        })
    }

    fn search(&mut self, own: Value) -> Result<(), String> {
        let take::Search { pattern, fixed, word, ignore_case, paths, globs, types } =
            take::own(own)?;
        let paths = paths.iter().map(|path| Ok(self.context.below(path)?.into_os_string()));
        let search = SearchRequest {
            pattern: Some(pattern.clone().into()),
            fixed_strings: fixed,
            word_regexp: word,
            ignore_case,
            paths: paths.collect::<Result<_, String>>()?,
            glob: globs,
            types: types.into_iter().map(TypeChoice::Only).collect(),
            rules: FileRules::default(),
            ..SearchRequest::default()
        };
        let number = self.window.reach();
        let request = request::Search { search, functions: true, number, most: Some(COUNTED) };
        self.one(format!("`{pattern}`"), &Request::Search(Box::new(request)))
    }

    fn define(&mut self, own: Value) -> Result<(), String> {
        let take::Define { names, kinds, body } = take::own(own)?;
        let kinds = definition_kinds(kinds.iter().map(String::as_str)).map_err(wrong)?;
        let code = self.code()?;
        for name in some(&names)? {
            let define =
                request::Define { name: name.clone(), kinds: kinds.clone(), seen_from: Vec::new() };
            let answer = self.ask(&code, &Request::Define(define))?;
            self.part(&code, format!("definitions of {name}"), &answer, body);
        }
        Ok(())
    }

    fn find(&mut self, own: Value) -> Result<(), String> {
        let take::Find { words, kinds, paths } = take::own(own)?;
        let within = paths.iter().map(|path| self.context.bytes(path));
        let number = self.window.reach().max(FOUND);
        let request = Request::Find(request::Find {
            words: words.clone(),
            kinds: catalog_kinds(&kinds)?,
            within: within.collect::<Result<_, _>>()?,
            path: None,
            arch_is_named: self.common.arch.is_some(),
            number,
        });
        self.one(format!("about {}", words.join(" ")), &request)?;
        if let Some(part) = self.page.parts.last_mut().filter(|part| part.total >= number as u64) {
            part.notes.push(format!("there are more than {number}, which are less about it"));
        }
        Ok(())
    }

    fn diff(&mut self, own: Value) -> Result<(), String> {
        let take::Diff { old, new, pattern, globs } = take::own(own)?;
        let (asked, sides) = match new {
            Some(new) => {
                let old = self.context.below(&old)?;
                let asked = format!("{} against {new}", old.display());
                let new = self.context.below(&new)?;
                (asked, crate::diff::Sides::Folders { old, new })
            }
            None => {
                let path = self.here.below(&old)?;
                let asked = format!("changes of {}", path.display());
                // Of a tree's own patches, paths are shown from its top.
                let is_own = self.context.revision().is_none();
                let path = if is_own { path } else { self.patch(&old)? };
                let (on, strip) = (Some(PathBuf::from(".")), None);
                (asked, crate::diff::Sides::Patches { path, on, strip })
            }
        };
        let differ = request::Differ {
            sides,
            search: SearchRequest {
                pattern: pattern.map(Into::into),
                glob: globs,
                ..SearchRequest::default()
            },
            within: crate::diff::filter::Within::Changes,
            patches: None,
            applied: false,
            of_names: false,
        };
        let root = self.context.tree().root();
        let built = match self.here.kconfig(&self.common)? {
            Some(choice) => {
                let arch = self.common.arch.as_deref();
                BuiltSides::new(&differ.sides, root, &choice, arch, self.context.cache())
                    .map_err(wrong)?
            }
            None => BuiltSides::default(),
        };
        let mut part = Part { asked, ..Part::default() };
        // How many rows there are is known at the end.
        let range = self.window.of(usize::MAX);
        part.start = range.start;
        let (notes, cancel) = (self.hearing.sink(), self.hearing.cancel());
        let columns = compare::rows(&differ, root, built, &notes, cancel, &mut |row| {
            let at = usize::try_from(part.total).unwrap_or(usize::MAX);
            part.total += 1;
            if range.contains(&at) {
                part.rows.push(hunk(&row));
            }
            ControlFlow::Continue(())
        })
        .map_err(wrong)?;
        part.columns = columns.into_iter().map(|column| column.title).collect();
        let complete = !self.hearing.has_problems();
        self.page.coverage.insert("complete".to_owned(), json!(complete));
        self.page.parts.push(part);
        Ok(())
    }

    fn built(&mut self, own: Value) -> Result<(), String> {
        let take::Built { names } = take::own(own)?;
        // What names a file must be in the tree; other words are names and globs.
        let asked = some(&names)?.iter().map(|name| {
            let is_file = self.context.tree().root().join(name).exists();
            if is_file { self.context.bytes(name) } else { Ok(name.as_bytes().to_vec().into()) }
        });
        let asked = asked.collect::<Result<_, String>>()?;
        self.one("what is built".to_owned(), &Request::Built(request::Built { asked }))
    }

    fn log(&mut self, own: Value) -> Result<(), String> {
        let take::Log { text, only } = take::own(own)?;
        let only = match only.as_deref() {
            None => None,
            Some("frames") => Some(LogPart::Frames),
            Some("messages") => Some(LogPart::Messages),
            Some("reports") => Some(LogPart::Reports),
            Some(other) => {
                return Err(format!("only is frames, messages or reports, not {other:?}"));
            }
        };
        let request = Request::Log(request::Log { text: text.into_bytes().into(), only });
        self.one("log".to_owned(), &request)
    }

    /// Whether names are there, a part for each.
    fn exists(&mut self, own: Value) -> Result<(), String> {
        let take::Exists { names, patches } = take::own(own)?;
        let names = some(&names)?.to_vec();
        let patches = patches.map(|path| self.patch(&path)).transpose()?;
        let code = self.code()?;
        let request = Request::Exists(request::Exists { names, patches });
        let mut answer = self.ask(&code, &request)?;
        let is_nothing = |verdict: &Verdict| verdict.standing == Standing::Nothing;
        let is_any = answer.verdicts().iter().any(|(verdict, _)| is_nothing(verdict));
        if is_any && !code.has_source().map_err(wrong)? {
            let root = self.context.tree().root().display();
            return Err(format!("{root} has no source file: give a source tree"));
        }
        let mut rows: Vec<Vec<_>> = answer.sections.iter().map(|_| Vec::new()).collect();
        for mut row in std::mem::take(&mut answer.rows) {
            let part = row.section.take().and_then(|at| rows.get_mut(at as usize));
            part.into_iter().for_each(|part| part.push(row.clone()));
        }
        for (title, rows) in std::mem::take(&mut answer.sections).into_iter().zip(rows) {
            let Title::Verdict(verdict) = title else { continue };
            answer.rows = rows;
            self.part(&code, verdict.name.clone(), &answer, false);
            answer.notes.clear();
            if let Some(part) = self.page.parts.last_mut() {
                part.verdict = Some(verdicts::sentence(&verdict));
                part.data = Some(verdicts::json(&verdict));
            }
        }
        Ok(())
    }

    fn read(&mut self, own: take::Read) -> Result<(), String> {
        let take::Read { path, first, last } = own;
        let below = self.context.below(&path)?;
        let full = self.context.tree().root().join(&below);
        if !full.is_file() {
            return Err(format!("{path} is no file; `search` looks through folders"));
        }
        let bytes = crate::code::read(&full)
            .map_err(|error| format!("{path}: {}", crate::message::plain(&error)))?;
        let source = crate::list::SourceFile::from_bytes(bytes);
        let lines = source.line_count();
        let first = first.max(1);
        let last = last.unwrap_or(lines).min(lines);
        let total = (last + 1).saturating_sub(first);
        let range = self.window.of(usize::try_from(total).unwrap_or(usize::MAX));
        let line = |at: usize| {
            let line = first + at as u64;
            let bytes = source.line(line).unwrap_or_default();
            let text = shortened(&String::from_utf8_lossy(bytes.trim_ascii_end()));
            Line { path: below.display().to_string(), line, text, ..Line::default() }
        };
        self.page.parts.push(Part {
            asked: format!("{}, {lines} lines", below.display()),
            total,
            start: range.start,
            rows: range.map(line).collect(),
            ..Part::default()
        });
        Ok(())
    }

    /// Adds what was answered to `asked`; with `body`, whole definitions.
    fn part(&mut self, code: &Code, asked: String, answer: &Answer, body: bool) {
        let total = answer.coverage.total.unwrap_or(answer.rows.len() as u64);
        let range = self.window.of(usize::try_from(total).unwrap_or(usize::MAX));
        let mut sources = Sources::default();
        let mut said = self.hearing.take_notes();
        said.extend(answer.notes.iter().map(sentence));
        let start = range.start;
        let shown = start.min(answer.rows.len())..range.end.min(answer.rows.len());
        let whole = shown.start..shown.start + self.whole.min(shown.len());
        let is_whole = |at: &usize| body && whole.contains(at);
        let rows = shown.clone().map(|at| row(code, answer, at, &mut sources, is_whole(&at)));
        let rows = rows.collect();
        if body {
            self.whole -= whole.len();
            if whole.len() < shown.len() {
                said.push(format!("{WHOLE} definitions are shown whole; ask for others by name"));
            }
        }
        said.extend(sources.notes.iter().map(sentence));
        self.context.freshen(answer.coverage.changes);
        self.page.cover(coverage::json(&answer.coverage, true));
        let columns = answer.columns.iter().map(|column| column.title.clone()).collect();
        let notes = said;
        let at_least = answer.notes.iter().any(|note| matches!(note, Note::CountedTo(_)));
        let part = Part { asked, total, at_least, start, columns, rows, notes, ..Part::default() };
        self.page.parts.push(part);
    }
}

/// A row of an answer, with its source.
fn row(code: &Code, answer: &Answer, at: usize, sources: &mut Sources, body: bool) -> Line {
    let row = &answer.rows[at];
    let mut line = Line {
        path: text(&row.path),
        line: row.line.into(),
        depth: row.depth,
        section: cells::title(answer, at).map(|title| with_arguments(&title)),
        cells: cells::texts(code, row).into_iter().map(Cow::into_owned).collect(),
        ..Line::default()
    };
    if row.path.is_empty() {
        return line;
    }
    if let (true, Some((first, last))) = (body, row.extent) {
        let source = sources.get(code, &row.path);
        let (first, last) = (documented(source, first.into()), u64::from(last));
        let end = last.min(first + TALLEST);
        let lines = (first..=end).filter_map(|line| source.line(line));
        let whole: Vec<u8> = lines.flatten().copied().collect();
        line.text = String::from_utf8_lossy(whole.trim_ascii_end()).into_owned();
        if end < last {
            line.text += &format!("\n… read {} {} to {last} has the rest", line.path, end + 1);
        }
        (line.line, line.last) = (first, Some(last));
        return line;
    }
    let (_, bytes) = sources.line(code, &row.path, line.line);
    line.text = shortened(&String::from_utf8_lossy(bytes.trim_ascii()));
    line
}

/// A row of a comparison.
fn hunk(row: &compare::Row) -> Line {
    let mut line = Line {
        path: text(&row.path),
        line: row.line,
        cells: row.cells.clone(),
        text: shortened(&String::from_utf8_lossy(row.text.trim_ascii())),
        ..Line::default()
    };
    let sign = match row.side {
        Some(crate::diff::model::Origin::Added) => "+",
        Some(crate::diff::model::Origin::Removed) => "-",
        _ => "",
    };
    // A line that is not the file's own has its sign.
    if !row.foreign {
        line.text.insert_str(0, sign);
    }
    line
}

/// The catalog's kinds that words mean.
fn catalog_kinds(words: &[String]) -> Result<Vec<String>, String> {
    use clap::ValueEnum;

    let mut kinds = Vec::new();
    for word in words {
        let kind: crate::cli::FindKind = crate::cli::kind(word).ok_or_else(|| {
            let there = crate::cli::FindKind::value_variants().iter();
            let there =
                there.filter_map(|kind| Some(kind.to_possible_value()?.get_name().to_owned()));
            let there = there.collect::<Vec<_>>().join(", ");
            format!("unknown kind `{word}`; use one of {there}")
        })?;
        kinds.extend(kind.names().iter().map(ToString::to_string));
    }
    Ok(kinds)
}

fn wrong(error: kgrep_engine::Error) -> String {
    error_line(&error.into())
}

/// Names, which there must be.
fn some(names: &[String]) -> Result<&[String], String> {
    match names.iter().any(|name| name.trim().is_empty()) || names.is_empty() {
        true => Err("names: give at least one, and none that is empty".to_owned()),
        false => Ok(names),
    }
}

/// At most so many characters of a line.
fn shortened(line: &str) -> String {
    match line.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}
