//! A reader of Makefiles that executes nothing: variables, conditionals and functions as GNU
//! make has them; what a shell or a compiler would say is [`words::UNKNOWN`].
//!
//! Every part of a variable knows the line that set it and the conditions around that line,
//! so that "why is this built?" has an answer. Which variables mean what is `folder`'s.

mod expand;
mod functions;
mod parse;
mod run;
pub(super) mod words;

use std::{collections::HashMap, sync::Arc};

pub(super) use parse::LineNumber;

use serde::{Deserialize, Serialize};

use super::{Configuration, Files, Knowledge, Truth};

/// The number of a condition in [`Make::conditions`]; [`NO_CONDITION`] for none.
pub(super) type ConditionNumber = u32;

/// A line outside every conditional.
pub(super) const NO_CONDITION: ConditionNumber = u32::MAX;

/// Where a part of a variable was set: the file's number in [`Make::read`], the line, and the
/// innermost condition around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Origin {
    pub(super) file: u32,
    pub(super) line: LineNumber,
    pub(super) condition: ConditionNumber,
}

/// A conditional's arm that a line is in.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Condition {
    /// The condition around it.
    pub(super) outer: ConditionNumber,
    pub(super) file: u32,
    /// The line of `ifdef`, or of the `else` of this arm.
    pub(super) line: LineNumber,
    pub(super) value: Truth,
}

/// What one assignment gave a variable.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) text: Vec<u8>,
    pub(super) origin: Origin,
    /// Whether an unknown condition decides if it is there.
    maybe: bool,
}

#[derive(Clone, Debug, Default)]
struct Variable {
    /// Whether the text is expanded each time it is used.
    recursive: bool,
    parts: Vec<Part>,
}

/// A rule that says what a file is made of.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) target: Vec<u8>,
    pub(super) prerequisites: Vec<Vec<u8>>,
}

/// A recipe's call of kbuild for another folder.
#[derive(Clone, Debug)]
pub(super) struct SubMake {
    pub(super) folder: Vec<u8>,
    /// Whether the folder's objects are for the kernel itself.
    pub(super) is_kernel: bool,
    pub(super) origin: Origin,
}

/// An assignment in an arm that does not hold.
#[derive(Clone, Debug)]
pub(super) struct Skipped {
    pub(super) name: Vec<u8>,
    pub(super) value: Vec<u8>,
    pub(super) origin: Origin,
}

/// What all Makefiles of one evaluation share.
#[derive(Clone, Copy)]
pub(super) struct Shared<'a> {
    pub(super) files: &'a dyn Files,
    pub(super) config: &'a Configuration,
    pub(super) knowledge: &'a Knowledge,
}

/// Variables that a folder's Makefile finds set: exported ones and kbuild's own functions.
#[derive(Default)]
pub(super) struct Inherited {
    variables: HashMap<Vec<u8>, Variable>,
}

/// One Makefile with all that it includes, run once.
pub(super) struct Make<'a> {
    shared: Shared<'a>,
    inherited: Option<&'a Inherited>,
    variables: HashMap<Vec<u8>, Variable>,
    exported: Vec<Vec<u8>>,
    /// Arguments of the functions that are being called, innermost last.
    arguments: Vec<Vec<Vec<u8>>>,
    /// Variables that are being expanded, against those that name themselves.
    expanding: Vec<Vec<u8>>,
    condition: ConditionNumber,
    maybe: u32,
    here: Origin,
    targets: Vec<Vec<u8>>,
    includes: u32,
    budget: u64,
    pub(super) read: Vec<Arc<[u8]>>,
    pub(super) conditions: Vec<Condition>,
    pub(super) rules: Vec<Rule>,
    pub(super) sub_makes: Vec<SubMake>,
    /// Assignments that were left out; kept only on request.
    pub(super) skipped: Option<Vec<Skipped>>,
}

/// Bytes that expanding one Makefile may produce, so that nothing of a stranger's blows up.
const BUDGET: u64 = 16 << 20;

impl<'a> Make<'a> {
    pub(super) fn new(shared: Shared<'a>, inherited: Option<&'a Inherited>) -> Make<'a> {
        Make {
            shared,
            inherited,
            variables: HashMap::new(),
            exported: Vec::new(),
            arguments: Vec::new(),
            expanding: Vec::new(),
            condition: NO_CONDITION,
            maybe: 0,
            here: Origin { file: 0, line: 0, condition: NO_CONDITION },
            targets: Vec::new(),
            includes: 0,
            budget: BUDGET,
            read: Vec::new(),
            conditions: Vec::new(),
            rules: Vec::new(),
            sub_makes: Vec::new(),
            skipped: None,
        }
    }

    /// Sets a variable as the command line would.
    pub(super) fn set(&mut self, name: &[u8], text: &[u8]) {
        let part = Part { text: text.to_vec(), origin: self.here, maybe: false };
        self.variables.insert(name.to_vec(), Variable { recursive: false, parts: vec![part] });
    }

    /// Gives a variable to the folders' Makefiles, as make does with those of its command line.
    pub(super) fn export(&mut self, name: &[u8]) {
        self.exported.push(name.to_vec());
    }

    /// Each part of a variable, expanded, with the line that set it.
    pub(super) fn parts(&mut self, name: &[u8]) -> Vec<(Vec<u8>, Origin)> {
        let Some(variable) = self.variables.get(name).cloned() else { return Vec::new() };
        let mut parts = Vec::with_capacity(variable.parts.len());
        for part in &variable.parts {
            parts.push((self.part_text(part, variable.recursive, name), part.origin));
        }
        parts
    }

    /// A variable's whole text.
    pub(super) fn text(&mut self, name: &[u8]) -> Vec<u8> {
        self.variable_text(name)
    }

    /// A text with everything expanded.
    pub(super) fn expanded(&mut self, text: &[u8]) -> Vec<u8> {
        self.expand(text)
    }

    /// The names of the variables that this Makefile set.
    pub(super) fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.variables.keys().map(Vec::as_slice)
    }

    /// What the folders' Makefiles find set after this one ran: the exported variables with
    /// the text they have now, and what files under `scripts/` defined.
    pub(super) fn inherited(&mut self) -> Inherited {
        let mut inherited = Inherited::default();
        let from_scripts = |part: &Part| {
            self.read.get(part.origin.file as usize).is_some_and(|f| f.starts_with(b"scripts/"))
        };
        for (name, variable) in &self.variables {
            if !variable.parts.is_empty() && variable.parts.iter().all(from_scripts) {
                inherited.variables.insert(name.clone(), variable.clone());
            }
        }
        for name in std::mem::take(&mut self.exported) {
            let part = Part { text: self.variable_text(&name), origin: self.here, maybe: false };
            let variable = Variable { recursive: false, parts: vec![part] };
            inherited.variables.insert(name, variable);
        }
        let fixed = &self.shared.knowledge.variables;
        for (name, text) in fixed {
            let text = text.as_bytes().to_vec();
            let part = Part { text, origin: self.here, maybe: false };
            let variable = Variable { recursive: false, parts: vec![part] };
            inherited.variables.insert(name.clone().into_bytes(), variable);
        }
        inherited
    }
}
