//! Whether a configuration builds a file, and every line from the top Makefile down that decides;
//! for the first that keeps it out, what the symbol depends on. For a name, its definitions, each
//! with what becomes of its file; for a glob or a folder, the files; of each that is not built, what
//! the line needs that keeps it out.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use globset::GlobBuilder;
use kgrep_index::configured::Presence;
use kgrep_index::graph::{DefInfo, Place};
use kgrep_index::kbuild::kconfig::{Tristate, symbol_value};
use kgrep_index::kbuild::{State, Step, Truth, symbols_in};
use kgrep_index::outline::{self, Kind};

use super::Sources;
use super::names::unknown;
use crate::answer::{Answer, Cell, Column, Role, Row, Title};
use crate::code::{Code, Ranking};
use crate::configuration::{Kernel, Needed};
use crate::request::Built;
use crate::{Error, Note, Result};

const COLUMNS: [(&str, Role); 2] = [("Holds", Role::Text), ("Symbols", Role::Text)];

/// The lines that decide for each of what is asked.
///
/// # Errors
/// If no configuration is in force, or nothing that is asked about is there but a path that names no
/// file.
pub(super) fn answer(code: &Code, built: &Built) -> Result<Answer> {
    let kernel = code.kernel().ok_or(Error::NoConfiguration)?;
    let mut sources = Sources::default();
    let mut answer = Answer { columns: Column::all(&COLUMNS), ..Answer::default() };
    let mut missing = Vec::new();
    for asked in &built.asked {
        let text = String::from_utf8_lossy(asked);
        let folder = Path::new(OsStr::from_bytes(asked));
        let is_folder = || code.path(asked).is_dir();
        if code.path(asked).is_file() {
            explain(code, kernel, asked, &mut sources, &mut answer);
        } else if text.contains('/') && is_folder() {
            below(code, folder, &mut sources, &mut answer)?;
        } else if text.contains(['*', '?', '[']) {
            matching(code, &text, &mut sources, &mut answer)?;
        } else if text.contains('/') {
            missing.push(text.into_owned());
        } else if !defining(code, &text, &mut sources, &mut answer)? {
            match is_folder() {
                true => below(code, folder, &mut sources, &mut answer)?,
                false => answer.notes.push(code.ask(|graph| unknown(code, graph, &text))?),
            }
        }
    }
    let mut missing = missing.into_iter().map(Error::NotHere);
    if answer.rows.is_empty()
        && let Some(error) = missing.next()
    {
        return Err(error);
    }
    answer.notes.extend(missing.map(|error| Note::Problem(error.to_string())));
    Ok(answer)
}

/// Adds the lines that decide for one file.
fn explain(code: &Code, kernel: &Kernel, path: &[u8], sources: &mut Sources, answer: &mut Answer) {
    let Some(found) = code.explain(path) else { return };
    let text = match path.ends_with(b".h") {
        true => outcome_of(path, &found.state),
        false => fate(kernel, path, &found.state, &found.steps),
    };
    let section = section(answer, path, &text);
    if found.steps.is_empty() {
        let cells = cells("-", Vec::new());
        answer.rows.push(Row { path: path.to_vec(), line: 1, cells, section, ..Row::default() });
        return;
    }
    let mut asker = Asker { code, kernel, sources, section, explained: false };
    for step in &found.steps {
        asker.add(step, &mut answer.rows);
    }
}

/// What becomes of the file at `path`.
fn state(code: &Code, path: &[u8]) -> State {
    code.built().map_or(State::No, |built| built.state(path))
}

/// Begins the part of the answer that is about `what`.
fn section(answer: &mut Answer, what: &[u8], said: &str) -> Option<u32> {
    answer.sections.push(Title::Text(format!("{}: {said}", String::from_utf8_lossy(what))));
    u32::try_from(answer.sections.len() - 1).ok()
}

/// Adds the sources below a folder.
fn below(code: &Code, folder: &Path, sources: &mut Sources, answer: &mut Answer) -> Result<()> {
    let is_name = |part: &Component<'_>| matches!(part, Component::Normal(_));
    let folder: PathBuf = folder.components().filter(is_name).collect();
    let is_below = |path: &[u8]| Path::new(OsStr::from_bytes(path)).starts_with(&folder);
    let asked = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
    of_sources(code, asked.as_os_str().as_bytes(), &is_below, sources, answer)
}

/// Adds the sources whose path a glob matches.
fn matching(code: &Code, glob: &str, sources: &mut Sources, answer: &mut Answer) -> Result<()> {
    let matcher = GlobBuilder::new(glob).literal_separator(true).build()?.compile_matcher();
    let on = |path: &[u8]| matcher.is_match(OsStr::from_bytes(path));
    let is_wanted = |path: &[u8]| on(path) || on(&code.path_from_here(path));
    of_sources(code, glob.as_bytes(), &is_wanted, sources, answer)
}

/// Adds the sources that are wanted, each with what becomes of it.
fn of_sources(
    code: &Code,
    asked: &[u8],
    is_wanted: &dyn Fn(&[u8]) -> bool,
    sources: &mut Sources,
    answer: &mut Answer,
) -> Result<()> {
    let is_source =
        |path: &[u8]| [&b".c"[..], b".S", b".rs"].iter().any(|suffix| path.ends_with(suffix));
    let paths = code.all_files(|path| is_source(path) && is_wanted(path))?;
    let states: Vec<State> = paths.iter().map(|path| state(code, path)).collect();
    let built = states.iter().filter(|state| is_built(state)).count();
    let section = section(answer, asked, &format!("{built} of {} built", paths.len()));
    let outcomes = outcomes(code, sources, &paths, &states);
    for ((path, state), outcome) in paths.into_iter().zip(&states).zip(outcomes) {
        push(answer, (path, 1), b"", (state, outcome), section);
    }
    Ok(())
}

/// What becomes of files; of those that are not built, what keeps them out.
fn outcomes(
    code: &Code,
    sources: &mut Sources,
    paths: &[Vec<u8>],
    states: &[State],
) -> Vec<String> {
    let is_out = |path: &[u8], state: &State| *state == State::No && !path.ends_with(b".h");
    let with_states = || paths.iter().zip(states);
    let out = with_states().filter(|(path, state)| is_out(path, state)).map(|(path, _)| &path[..]);
    let (mut reasons, mut asked) = (Vec::new(), out.clone());
    if let (Some(kernel), Some(built)) = (code.kernel(), code.built()) {
        kernel.explain_all(built, &mut { out }, &mut |found| {
            let path = asked.next().unwrap_or_default();
            reasons.push(reason(code, kernel, sources, (path, &found.steps)));
        });
    }
    let mut reasons = reasons.into_iter();
    let outcome = |(path, state): (&Vec<u8>, &State)| match is_out(path, state) {
        true => reasons.next().unwrap_or_else(|| outcome_of(path, state)),
        false => outcome_of(path, state),
    };
    with_states().map(outcome).collect()
}

/// What the first line that does not hold needs, or where it is; or that no line names the file.
fn reason(
    code: &Code,
    kernel: &Kernel,
    sources: &mut Sources,
    (path, steps): (&[u8], &[Step]),
) -> String {
    let Some(step) = steps.iter().find(|step| step.holds == Truth::False) else {
        return fate(kernel, path, &State::No, steps);
    };
    let source = sources.get(code, &step.file);
    let text = source.line(u64::from(step.line)).unwrap_or_default();
    let values = symbols_in(text).into_iter().map(|symbol| kernel.value_text(symbol));
    let values: Vec<String> = values.collect();
    match values.is_empty() {
        true => format!("not built: {}:{}", String::from_utf8_lossy(&step.file), step.line),
        false => values.join(", "),
    }
}

/// Adds the definitions of a name, each with what becomes of its file. Whether there are any.
fn defining(code: &Code, name: &str, sources: &mut Sources, answer: &mut Answer) -> Result<bool> {
    let found = code.ask(|graph| {
        let definitions = graph.find_name(name.as_bytes()).map(|name| graph.definitions_of(name));
        let mut definitions = definitions.unwrap_or_default();
        definitions.retain(|definition| !matches!(definition.kind, Kind::File | Kind::Declaration));
        definitions.sort_by_cached_key(|definition| Ranking::of(graph, definition, code.arch));
        let place = |d: &DefInfo| (graph.path(d.file).to_vec(), d.first);
        Ok::<_, Error>(definitions.iter().map(place).collect::<Vec<_>>())
    })?;
    let configured = code.configured();
    let states: Vec<State> = found
        .iter()
        .map(|(path, _)| match configured.map(|configured| configured.presence(path)) {
            // A header is built where a file that includes it is.
            Some(Presence::In) if path.ends_with(b".h") => State::BuiltIn,
            Some(Presence::Unknown) => State::Unknown,
            _ => state(code, path),
        })
        .collect();
    if found.is_empty() {
        return Ok(false);
    }
    let is_on = |(path, line): &(Vec<u8>, u32)| code.compiles(path, *line);
    let on: Vec<bool> = found.iter().map(is_on).collect();
    let built = states.iter().zip(&on).filter(|(state, on)| is_built(state) && **on).count();
    let section = section(answer, name.as_bytes(), &format!("{built} of {} built", found.len()));
    let paths: Vec<Vec<u8>> = found.iter().map(|(path, _)| path.clone()).collect();
    let outcomes = outcomes(code, sources, &paths, &states);
    for ((((path, line), state), on), outcome) in
        found.into_iter().zip(&states).zip(on).zip(outcomes)
    {
        let guard = outline::guards(&path, sources.get(code, &path).bytes(), &[line]).concat();
        push(answer, (path, line), name.as_bytes(), (state, outcome.clone()), section);
        if let Some(row) = answer.rows.last_mut()
            && !guard.is_empty()
        {
            let guard = String::from_utf8_lossy(&guard);
            let outcome = match on {
                true => format!("{outcome}, #if {guard}"),
                false => format!("#if {guard} is off"),
            };
            row.cells = cells(if on { holds(state) } else { "no" }, vec![outcome]);
        }
    }
    Ok(true)
}

fn is_built(state: &State) -> bool {
    matches!(state, State::BuiltIn | State::Module(_))
}

/// Adds a place with what becomes of its file.
fn push(
    answer: &mut Answer,
    (path, line): (Vec<u8>, u32),
    name: &[u8],
    (state, outcome): (&State, String),
    section: Option<u32>,
) {
    let cells = cells(holds(state), vec![outcome]);
    answer.rows.push(Row { path, line, name: name.to_vec(), cells, section, ..Row::default() });
}

fn holds(state: &State) -> &'static str {
    match state {
        State::BuiltIn | State::Module(_) => "yes",
        State::Unknown => "unknown",
        State::No | State::Program(_) => "no",
    }
}

/// What becomes of a file, where its lines are not told.
fn outcome_of(path: &[u8], state: &State) -> String {
    match state {
        State::BuiltIn | State::Module(_) if path.ends_with(b".h") => {
            "included by what is built".to_owned()
        }
        State::No if path.ends_with(b".h") => "nothing that is built includes it".to_owned(),
        _ => state_text(state, &[]),
    }
}

/// What becomes of a file, by the lines that decide. Of another architecture no Makefile is read.
fn fate(kernel: &Kernel, path: &[u8], state: &State, steps: &[Step]) -> String {
    let own = kernel.config.architecture().map(str::as_bytes);
    match Place::architecture(path).filter(|folder| own.is_some_and(|own| own != *folder)) {
        Some(folder) if *state == State::No => {
            format!("not built: of another architecture, {}", String::from_utf8_lossy(folder))
        }
        _ => state_text(state, steps),
    }
}

fn state_text(state: &State, steps: &[Step]) -> String {
    match state {
        State::BuiltIn => "built in".into(),
        State::Module(name) => format!("module {}", String::from_utf8_lossy(name)),
        State::Unknown => "unknown: only a shell or a compiler could tell".into(),
        State::Program(folder) => {
            format!("part of a program of its own, made in {}", String::from_utf8_lossy(folder))
        }
        State::No if steps.iter().any(|step| step.holds == Truth::False) => "not built".into(),
        State::No => "not built: no Makefile names it".into(),
    }
}

struct Asker<'a> {
    code: &'a Code,
    kernel: &'a Kernel,
    sources: &'a mut Sources,
    /// The number of the file's part of the answer.
    section: Option<u32>,
    /// Whether a line that does not hold was met.
    explained: bool,
}

impl Asker<'_> {
    /// Adds the line of a Makefile; after the first that fails, what keeps its symbols off.
    fn add(&mut self, step: &Step, rows: &mut Vec<Row>) {
        let source = self.sources.get(self.code, &step.file);
        let text = source.line(u64::from(step.line)).unwrap_or_default().to_vec();
        let symbols = symbols_in(&text);
        let values: Vec<String> =
            symbols.iter().map(|symbol| self.kernel.value_text(symbol)).collect();
        let holds = match step.holds {
            Truth::True => "yes",
            Truth::Unknown => "unknown",
            Truth::False => "no",
        };
        let name = symbols.first().map(|symbol| [b"CONFIG_", *symbol].concat());
        rows.push(Row {
            path: step.file.clone(),
            line: step.line,
            name: name.unwrap_or_default(),
            cells: cells(holds, values),
            section: self.section,
            ..Row::default()
        });
        if step.holds == Truth::False && !self.explained {
            self.explained = true;
            let off = |symbol: &&&[u8]| symbol_value(&self.kernel.config, symbol) == Tristate::No;
            for symbol in symbols.iter().filter(off) {
                self.needs(symbol, rows);
            }
        }
    }

    /// The Kconfig entries of a symbol, and each part of what they depend on.
    fn needs(&self, symbol: &[u8], rows: &mut Vec<Row>) {
        for definition in self.kernel.kconfig().definitions(symbol) {
            rows.push(Row {
                path: definition.file.clone(),
                line: definition.line,
                name: symbol.to_vec(),
                cells: cells("-", vec![self.kernel.value_text(symbol)]),
                section: self.section,
                depth: 1,
                ..Row::default()
            });
            for need in definition.needs(&self.kernel.config) {
                let Needed { holds, symbol, values } = self.kernel.needed(&need);
                rows.push(Row {
                    path: need.condition.file.clone(),
                    line: need.condition.line,
                    name: symbol,
                    cells: cells(holds, values),
                    section: self.section,
                    depth: 2,
                    ..Row::default()
                });
            }
        }
    }
}

/// Whether a line holds, and the values of its symbols; no cell is empty.
fn cells(holds: &str, values: Vec<String>) -> Vec<Cell> {
    let values = if values.is_empty() { "-".to_owned() } else { values.join(", ") };
    vec![Cell::Text(holds.to_owned()), Cell::Text(values)]
}
