//! Runs the statements of a Makefile: assignments, conditionals, includes, and of rules what
//! says which source a file is made of and which other folders a recipe builds.

use std::sync::Arc;

use super::parse::{Arm, Op, Statement, Test, What, parse};
use super::words::{UNKNOWN, is_uncertain, marked, stem, unmarked, words};
use super::{Condition, Make, Origin, Part, Rule, Skipped, SubMake, Variable};
use crate::kbuild::Truth;
use crate::kbuild::files::normal;

/// Files that one Makefile may include, each counted as often as it is read.
const INCLUDES: u32 = 1000;
/// Prerequisites that are kept of a rule: the source is the first.
const PREREQUISITES: usize = 4;
/// Targets that are kept of a Makefile's rules.
const TARGETS: usize = 1 << 14;

impl Make<'_> {
    /// Reads and runs a file; false if there is no such file.
    pub(in crate::kbuild) fn run_file(&mut self, path: &[u8]) -> bool {
        self.includes += 1;
        if self.includes > INCLUDES {
            return false;
        }
        let Some(bytes) = self.shared.files.read(path) else { return false };
        let outer = self.here;
        self.here.file = self.read.len() as u32;
        self.read.push(Arc::from(path));
        self.run(&parse(&bytes));
        self.here = outer;
        true
    }

    /// Runs text that an `eval` made, as if it stood on the present line.
    pub(super) fn run_text(&mut self, text: &[u8]) {
        self.includes += 1;
        if self.includes > INCLUDES {
            return;
        }
        let line = self.here.line;
        let mut statements = parse(text);
        for statement in &mut statements {
            statement.line = line;
        }
        self.run(&statements);
    }

    fn run(&mut self, statements: &[Statement]) {
        for statement in statements {
            self.here.line = statement.line;
            self.here.condition = self.condition;
            match &statement.what {
                What::Assign { name, op, value, export } => self.assign(name, *op, value, *export),
                What::If(arms) => self.run_if(arms),
                What::Include(files) => {
                    let files = self.expand(files);
                    for file in words(&files).filter(|f| !is_uncertain(f)) {
                        self.run_file(&normal(file));
                    }
                }
                What::Export(names) => {
                    let names = self.expand(names);
                    self.exported.extend(words(&names).map(<[u8]>::to_vec));
                }
                What::Rule { targets, pattern, prerequisites } => {
                    self.rule(targets, pattern.as_deref(), prerequisites);
                }
                What::Recipe(text) => self.recipe(text),
                What::Expand(text) => {
                    self.expand(text);
                }
            }
        }
    }

    fn run_if(&mut self, arms: &[Arm]) {
        let outer = self.condition;
        let mut left = Truth::True;
        for arm in arms {
            self.here.line = arm.line;
            let value = left.and(if left == Truth::False { left } else { self.test(&arm.test) });
            if value == Truth::False && self.skipped.is_none() {
                continue;
            }
            self.condition = self.conditions.len() as u32;
            let (file, line) = (self.here.file, arm.line);
            self.conditions.push(Condition { outer, file, line, value });
            match value {
                Truth::True => self.run(&arm.body),
                Truth::Unknown => {
                    self.maybe += 1;
                    self.run(&arm.body);
                    self.maybe -= 1;
                }
                Truth::False => self.skip(&arm.body),
            }
            self.condition = outer;
            left = left.and(!value);
        }
    }

    /// Keeps the assignments of an arm that does not hold.
    fn skip(&mut self, statements: &[Statement]) {
        for Statement { line, what } in statements {
            let origin = Origin { file: self.here.file, line: *line, condition: self.condition };
            match what {
                What::Assign { name, value, .. } => {
                    let (name, value) = (name.clone(), value.clone());
                    self.skipped.get_or_insert_default().push(Skipped { name, value, origin });
                }
                What::If(arms) => arms.iter().for_each(|arm| self.skip(&arm.body)),
                _ => {}
            }
        }
    }

    fn test(&mut self, test: &Test) -> Truth {
        match test {
            Test::Otherwise => Truth::True,
            Test::Equal { left, right, negated } => {
                let (left, right) = (self.expand(left), self.expand(right));
                let (left, right) = (left.trim_ascii(), right.trim_ascii());
                let equal = if is_uncertain(left) || is_uncertain(right) {
                    Truth::Unknown
                } else {
                    Truth::from(left == right)
                };
                if *negated { !equal } else { equal }
            }
            Test::Defined { name, negated } => {
                let name = self.expand(name);
                let defined = self.is_defined(name.trim_ascii());
                if *negated { !defined } else { defined }
            }
        }
    }

    /// Whether a variable has a text, which need not expand to anything.
    fn is_defined(&self, name: &[u8]) -> Truth {
        if is_uncertain(name) {
            return Truth::Unknown;
        }
        if let Some(symbol) = name.strip_prefix(b"CONFIG_")
            && !self.variables.contains_key(name)
        {
            return Truth::from(!self.shared.config.text(symbol).is_empty());
        }
        let Some(variable) = self.variable(name) else { return Truth::False };
        let mut truth = Truth::False;
        for part in variable.parts.iter().filter(|part| !part.text.is_empty()) {
            let maybe = part.maybe || words(&part.text).all(|w| w.first() == Some(&UNKNOWN));
            truth = truth.or(if maybe { Truth::Unknown } else { Truth::True });
        }
        truth
    }

    fn assign(&mut self, name: &[u8], op: Op, value: &[u8], export: bool) {
        let mut name = self.expand(name);
        let mut maybe = self.maybe > 0;
        if is_uncertain(&name) {
            // `obj-$(what only a compiler knows) += x.o`: perhaps `obj-y`.
            let Some(list) = name.strip_suffix(&[UNKNOWN]) else { return };
            let (list, _) = unmarked(list);
            name = [&list[..], b"y"].concat();
            maybe = true;
        }
        if export {
            self.exported.push(name.clone());
        }
        let is_fixed = std::str::from_utf8(&name)
            .is_ok_and(|name| self.shared.knowledge.variables.contains_key(name));
        if is_fixed || (op == Op::Default && self.variable(&name).is_some()) {
            return;
        }
        let recursive = match op {
            Op::Recursive | Op::Default => true,
            Op::Simple | Op::Shell => false,
            Op::Append => self.variable(&name).is_none_or(|variable| variable.recursive),
        };
        let text = match op {
            Op::Shell => vec![UNKNOWN],
            _ if recursive => value.to_vec(),
            _ => self.expand(value),
        };
        let origin = Origin { condition: self.condition, ..self.here };
        let part = Part { text, origin, maybe };
        if op == Op::Append && !self.variables.contains_key(&name) {
            let inherited = self.variable(&name).cloned().unwrap_or_default();
            self.variables.insert(name.clone(), inherited);
        }
        let variable = self.variables.entry(name).or_default();
        variable.recursive = recursive;
        if op != Op::Append {
            if maybe {
                for part in &mut variable.parts {
                    part.maybe = true;
                }
            } else {
                variable.parts.clear();
            }
        }
        variable.parts.push(part);
    }

    fn rule(&mut self, targets: &[u8], pattern: Option<&[u8]>, prerequisites: &[u8]) {
        let expanded = self.expand(targets);
        self.targets = words(&expanded).map(|word| unmarked(word).0).collect();
        if self.rules.len() > TARGETS {
            return;
        }
        let prerequisites = self.expand(prerequisites);
        let prerequisites: Vec<_> =
            words(&prerequisites).take(PREREQUISITES).map(|word| unmarked(word).0).collect();
        if prerequisites.is_empty() {
            return;
        }
        let pattern = pattern.map(|pattern| self.expand(pattern));
        for target in &self.targets {
            let filled = |name: &Vec<u8>| match &pattern {
                Some(pattern) => {
                    let stem = stem(pattern.trim_ascii(), target)?;
                    Some(normal(&super::words::filled(name, stem)))
                }
                None => Some(normal(name)),
            };
            let prerequisites = prerequisites.iter().filter_map(filled).collect();
            let rule = Rule { target: normal(target), prerequisites };
            self.rules.push(rule);
        }
    }

    /// Finds `$(MAKE) $(build)=folder` in a line of a recipe.
    fn recipe(&mut self, text: &[u8]) {
        for at in memchr::memmem::find_iter(text, b"$(build)=") {
            let rest = &text[at + b"$(build)=".len()..];
            let end = rest.iter().position(|b| b.is_ascii_whitespace()).unwrap_or(rest.len());
            let is_kernel = memchr::memmem::find(text, b"need-builtin=1").is_some();
            for target in self.targets.clone() {
                self.arguments.push(vec![target]);
                let folder = self.expand(&rest[..end]);
                self.arguments.pop();
                if self.sub_makes.len() < TARGETS && !is_uncertain(&folder) {
                    let folder = normal(folder.split(|b| *b == b')').next().unwrap_or_default());
                    let origin = Origin { condition: self.condition, ..self.here };
                    self.sub_makes.push(SubMake { folder, is_kernel, origin });
                }
            }
        }
    }

    /// A text that may or may not be there, where an unknown condition says so.
    pub(super) fn part_text(&mut self, part: &Part, recursive: bool, name: &[u8]) -> Vec<u8> {
        let text = if recursive { self.expand_within(name, &part.text) } else { part.text.clone() };
        if part.maybe { marked(&text) } else { text }
    }

    pub(super) fn variable(&self, name: &[u8]) -> Option<&Variable> {
        let inherited = || self.inherited.and_then(|i| i.variables.get(name));
        self.variables.get(name).or_else(inherited)
    }
}
