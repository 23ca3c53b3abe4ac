//! `kgrep built FILE…`: whether a configuration builds a file, and every line from the top
//! Makefile down that decides; for the first that keeps it out, what the symbol depends on.

use std::os::unix::ffi::OsStrExt;

use anyhow::{Result, bail};
use kgrep_engine::configuration::Kernel;
use kgrep_engine::{Answer, Cell, Column, Row, Sources, Title};
use kgrep_index::kbuild::kconfig::{Tristate, symbol_value};
use kgrep_index::kbuild::{State, Step, Truth, Value, symbols_in};

use super::answer::show;
use super::{Outcome, Session};
use crate::cli::BuiltArgs;
use crate::code::{self, Code};
use crate::list::Role;

const COLUMNS: [(&str, Role); 2] = [("Holds", Role::Text), ("Symbols", Role::Text)];

/// Prints and keeps the lines that decide for each file.
///
/// # Errors
/// If no configuration is in force, a file is outside of the tree, or the list can't be kept.
pub(crate) fn run(args: &BuiltArgs, session: &Session) -> Result<Outcome> {
    let code = code::around(session)?;
    let kernel = code::kernel(&code)?;
    let mut sources = Sources::default();
    let mut answer = Answer { columns: Column::all(&COLUMNS), ..Answer::default() };
    for file in &args.files {
        let Ok(absolute) = file.canonicalize() else {
            bail!("{}: there is no such file", file.display());
        };
        let Ok(path) = absolute.strip_prefix(code.tree().root()) else {
            bail!("{}: not in {}", file.display(), code.tree().root().display());
        };
        let path = path.as_os_str().as_bytes();
        let found = kernel.explain(path);
        let title = format!(
            "{}: {}",
            String::from_utf8_lossy(path),
            state_text(&found.state, &found.steps)
        );
        let section = u32::try_from(answer.sections.len()).ok();
        answer.sections.push(Title::Text(title));
        if found.steps.is_empty() {
            let cells = cells("-", Vec::new());
            answer.rows.push(Row {
                path: path.to_vec(),
                line: 1,
                cells,
                section,
                ..Row::default()
            });
            continue;
        }
        let mut asker =
            Asker { code: &code, kernel, sources: &mut sources, section, explained: false };
        for step in &found.steps {
            asker.add(step, &mut answer.rows);
        }
    }
    show(&code, session, None, &answer)
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
        let values: Vec<String> = symbols.iter().map(|symbol| self.value(symbol)).collect();
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
                cells: cells("-", vec![self.value(symbol)]),
                section: self.section,
                depth: 1,
                ..Row::default()
            });
            for need in definition.needs(&self.kernel.config) {
                let holds = match need.value {
                    Some(Tristate::No) => "no",
                    Some(_) => "yes",
                    None => "unknown",
                };
                let symbols = need.expression.symbols();
                let values: Vec<String> = symbols.iter().map(|name| self.value(name)).collect();
                rows.push(Row {
                    path: need.condition.file.clone(),
                    line: need.condition.line,
                    name: symbols.first().map(|name| name.to_vec()).unwrap_or_default(),
                    cells: cells(holds, values),
                    section: self.section,
                    depth: 2,
                    ..Row::default()
                });
            }
        }
    }

    /// `CONFIG_X=y`, or that it is not set.
    fn value(&self, symbol: &[u8]) -> String {
        let name = String::from_utf8_lossy(symbol);
        match self.kernel.config.value(symbol) {
            None => format!("CONFIG_{name} is not set"),
            Some(Value::Text(text)) => {
                format!("CONFIG_{name}=\"{}\"", String::from_utf8_lossy(text))
            }
            Some(_) => {
                let written = self.kernel.config.text(symbol);
                format!("CONFIG_{name}={}", String::from_utf8_lossy(written))
            }
        }
    }
}

/// Whether a line holds, and the values of its symbols; no cell is empty.
fn cells(holds: &str, values: Vec<String>) -> Vec<Cell> {
    let values = if values.is_empty() { "-".to_owned() } else { values.join(", ") };
    vec![Cell::Text(holds.to_owned()), Cell::Text(values)]
}
