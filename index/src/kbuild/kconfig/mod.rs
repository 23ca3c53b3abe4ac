//! The symbols of a tree's Kconfig files: what each depends on, selects and defaults to, what
//! keeps one off in a configuration, and which others need it.

mod expression;
mod parse;

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

pub use expression::{Expression, Tristate, symbol_value};
use parse::Parser;

use super::{Configuration, Files};

/// The type of a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Yes or no.
    Bool,
    /// Yes, module or no.
    Tristate,
    /// A decimal number.
    Int,
    /// A hexadecimal number.
    Hex,
    /// A text.
    Text,
    /// Another entry of the same symbol tells.
    Unknown,
}

/// A condition and its line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What must hold.
    pub expression: Expression,
    /// The Kconfig file.
    pub file: Vec<u8>,
    /// The line, from 1.
    pub line: u32,
}

/// How one symbol uses another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Relation {
    /// It turns the other one on.
    Select,
    /// It turns the other one on unless somebody says no.
    Imply,
    /// It needs the other one.
    DependsOn,
    /// Its value, if nobody says another, is made of the other one's.
    Default,
}

/// `select X if Y`, `imply X`, `default X`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Which of them.
    pub relation: Relation,
    /// What is selected, or the default's value.
    pub value: Expression,
    /// After `if`.
    pub condition: Option<Condition>,
    /// The line, from 1, in the definition's file.
    pub line: u32,
}

/// One entry of a symbol; a symbol may have several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// The symbol, without `CONFIG_`.
    pub name: Vec<u8>,
    /// The Kconfig file.
    pub file: Vec<u8>,
    /// The line of its `config`, from 1.
    pub line: u32,
    /// Its type.
    pub kind: Kind,
    /// What a user is asked, and when; without one only others turn the symbol on.
    pub prompt: Option<(Vec<u8>, Option<Condition>)>,
    /// What must hold: of the `if`s and menus around it from the outside in, then its own.
    pub depends: Vec<Condition>,
    /// `visible if` of the menus around it.
    pub visible: Vec<Condition>,
    /// What it selects, implies and defaults to.
    pub relations: Vec<Attribute>,
    /// Whether it is one of a choice.
    pub in_choice: bool,
    /// The titles of the menus around it, from the outside in.
    pub menus: Vec<Vec<u8>>,
}

/// All entries of a tree.
#[derive(Clone, Debug, Default)]
pub struct Kconfig {
    definitions: Vec<Definition>,
    by_name: HashMap<Vec<u8>, Vec<u32>>,
    users: HashMap<Vec<u8>, Vec<User>>,
    read: Vec<Vec<u8>>,
}

/// A use of a symbol by the entry of this number.
#[derive(Clone, Debug)]
struct User {
    relation: Relation,
    definition: u32,
    file: Vec<u8>,
    line: u32,
}

/// A line by which one symbol needs or turns on another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependent<'a> {
    /// How.
    pub relation: Relation,
    /// The symbol that does.
    pub by: &'a Definition,
    /// The file of the line.
    pub file: &'a [u8],
    /// The line, from 1.
    pub line: u32,
}

/// A part of what a symbol depends on, with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need<'a> {
    /// The part: of `a && b`, one of both.
    pub expression: &'a Expression,
    /// Its value; `None` if it is unknown.
    pub value: Option<Tristate>,
    /// Where it stands.
    pub condition: &'a Condition,
}

impl Kconfig {
    /// Reads the top Kconfig file and all that it sources.
    pub fn read(files: &dyn Files, config: &Configuration) -> Kconfig {
        let architecture = config.architecture().unwrap_or_default();
        let variables = vec![
            ("SRCARCH", architecture.to_string()),
            ("HEADER_ARCH", architecture.to_string()),
            ("ARCH", architecture.to_string()),
            ("srctree", String::new()),
        ];
        let mut parser = Parser::new(files, variables);
        parser.file(b"Kconfig");
        let mut read =
            Kconfig { definitions: parser.definitions, read: parser.read, ..Kconfig::default() };
        for (number, definition) in (0..).zip(&read.definitions) {
            read.by_name.entry(definition.name.clone()).or_default().push(number);
            for (relation, symbol, file, line) in uses(definition) {
                let user = User { relation, definition: number, file: file.to_vec(), line };
                read.users.entry(symbol.to_vec()).or_default().push(user);
            }
        }
        read
    }

    /// The entries of a symbol, in the order they are read.
    pub fn definitions(&self, symbol: &[u8]) -> impl Iterator<Item = &Definition> {
        let numbers = self.by_name.get(symbol).map(Vec::as_slice).unwrap_or_default();
        numbers.iter().filter_map(|number| self.definitions.get(*number as usize))
    }

    /// The symbols, in no order.
    pub fn symbols(&self) -> impl Iterator<Item = &[u8]> {
        self.by_name.keys().map(Vec::as_slice)
    }

    /// The files that were read.
    pub fn files(&self) -> &[Vec<u8>] {
        &self.read
    }

    /// Who selects, implies, needs or defaults to a symbol, in the order they are read.
    pub fn dependents(&self, symbol: &[u8]) -> Vec<Dependent<'_>> {
        let users = self.users.get(symbol).map(Vec::as_slice).unwrap_or_default();
        let dependent = |user: &'_ User| self.definitions.get(user.definition as usize);
        users
            .iter()
            .filter_map(|user| {
                let by = dependent(user)?;
                Some(Dependent { relation: user.relation, by, file: &user.file, line: user.line })
            })
            .collect()
    }
}

/// The symbols that an entry uses, each with how and where.
fn uses(definition: &Definition) -> Vec<(Relation, &[u8], &[u8], u32)> {
    let mut uses = Vec::new();
    for condition in &definition.depends {
        for symbol in condition.expression.symbols() {
            uses.push((Relation::DependsOn, symbol, &condition.file[..], condition.line));
        }
    }
    for attribute in &definition.relations {
        for symbol in attribute.value.symbols() {
            uses.push((attribute.relation, symbol, &definition.file[..], attribute.line));
        }
    }
    uses
}

impl Definition {
    /// Each part of what it depends on with its value, from the outside in. Those that are
    /// [`Tristate::No`] keep it off.
    pub fn needs(&self, config: &Configuration) -> Vec<Need<'_>> {
        let parts = |condition: &'_ Condition| condition.expression.conjuncts().len();
        let mut needs = Vec::with_capacity(self.depends.iter().map(parts).sum());
        for condition in &self.depends {
            for expression in condition.expression.conjuncts() {
                needs.push(Need { expression, value: expression.value(config), condition });
            }
        }
        needs
    }

    /// What keeps it off; nothing if it could be turned on.
    pub fn obstacles(&self, config: &Configuration) -> Vec<Need<'_>> {
        let needs = self.needs(config).into_iter();
        needs.filter(|need| need.value == Some(Tristate::No)).collect()
    }
}
