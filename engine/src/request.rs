//! What can be asked: a question is a variant, and its parameters are a plain struct. They are
//! data, and can be kept and sent: a kept list has the request that it answers. The words of a
//! command line are no part of it; faces say what they meant.

use std::path::PathBuf;

use kgrep_index::graph::LinkKind;
use kgrep_index::outline::{AccessKind, Kind};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::diff::Sides;
use crate::diff::filter::Within;
use crate::search::SearchRequest;
use crate::{Error, Result, kinds};

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Request {
    /// Where a name is defined.
    Define(Define),
    /// Where a name is used.
    References(References),
    /// Who uses a function.
    Callers(Steps),
    /// What a function uses.
    Callees(Steps),
    /// How one function leads to another.
    Chain(Chain),
    /// All about a name.
    Trace(Trace),
    /// All names of a kind.
    List(List),
    /// What there is about some words.
    Find(Find),
    /// What differs, hunk by hunk.
    Differ(Box<Differ>),
    // Kept lists tell requests by their place here: new ones come last.
    /// Which lines match.
    Search(Box<Search>),
    /// What a configuration makes of files and names.
    Built(Built),
    /// The tree as a table.
    Export(Export),
    /// Names that begin so.
    Complete(Complete),
    /// Where a log's lines come from.
    Log(Log),
    /// Who maintains files.
    Maintainers(Maintainers),
    /// What the kernel can print.
    Messages(Messages),
    /// Whether there is such a name, and what it is.
    Exists(Exists),
    /// Several questions of one kind, of one look at the tree.
    Several(Vec<Request>),
    /// Who calls a function, and with what.
    Calls(Calls),
    /// Which functions have all of several texts.
    Functions(Functions),
    /// What a change touches.
    Touched(Touched),
    /// How code gets at a variable or a field.
    Accesses(Accesses),
    /// How a function is put behind pointers and called through them.
    Pointers(Pointers),
}

/// Which lines match, in path order?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// What is searched for; its paths and globs are those of the tree, from its root.
    pub search: SearchRequest,
    /// Whether the function around each line is named.
    pub functions: bool,
    /// How many lines are wanted; how many there are is counted all the same.
    pub number: usize,
    /// The search ends after more lines than this and than are wanted; none: all are counted.
    pub most: Option<u64>,
}

/// Where is a name defined, best first?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Define {
    /// The name or a glob, as a user types it: `kfree`, `kfree(p)`, `struct file`, `ext4_*`.
    pub name: String,
    /// The kinds that count, as [`definition_kinds`] has them; none: all.
    pub kinds: Vec<Kind>,
    /// The files, below the tree's root, from which it is asked: of several definitions those count
    /// that one of them can mean. None: all count.
    pub seen_from: Vec<ByteBuf>,
}

/// Where is a name used, and how?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct References {
    /// The name.
    pub name: String,
    /// The kinds of uses that count; none: all.
    pub kinds: Vec<ReferenceKind>,
    /// The files, below the tree's root, from which it is asked: of several definitions those count
    /// that one of them can mean. None: all count.
    pub seen_from: Vec<ByteBuf>,
}

/// A kind of use, as [`References`] tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReferenceKind {
    /// As the graph has it.
    Link(LinkKind),
    /// In another way.
    Use,
}

/// Who uses a function, or what does it use, how many steps far?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    /// The function's name.
    pub name: String,
    /// How many steps, from 1.
    pub depth: usize,
    /// The kinds of steps that count; none: those that a reader means by a call.
    pub kinds: Vec<LinkKind>,
    /// Whether calls through pointers that are only possible count.
    pub all: bool,
    /// Whether macros count that are constants, casts and checks.
    pub macros: bool,
    /// The files, below the tree's root, from which it is asked: of several definitions those count
    /// that one of them can mean. None: all count.
    pub seen_from: Vec<ByteBuf>,
}

/// Who calls a function, how many steps far, and with which arguments?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// The function's name.
    pub name: String,
    /// How many steps, from 1.
    pub depth: usize,
    /// The kinds of steps that count; none: those that a reader means by a call.
    pub kinds: Vec<LinkKind>,
    /// What arguments of a call must be; none: whatever they are.
    pub wanted: Vec<WantedArgument>,
    /// Whether calls through pointers that are only possible count.
    pub all: bool,
    /// The files, below the tree's root, from which it is asked: of several definitions those count
    /// that one of them can mean. None: all count.
    pub seen_from: Vec<ByteBuf>,
}

impl Calls {
    /// These steps, each with arguments that are as `wanted`.
    pub fn of(steps: Steps, wanted: Vec<WantedArgument>) -> Calls {
        let Steps { name, depth, kinds, all, seen_from, .. } = steps;
        Calls { name, depth, kinds, wanted, all, seen_from }
    }
}

/// What an argument of a call must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedArgument {
    /// Its number, from 1.
    pub number: usize,
    /// A regular expression that it has somewhere.
    pub pattern: String,
}

impl std::str::FromStr for WantedArgument {
    type Err = String;

    /// `2=GFP_ATOMIC`.
    fn from_str(text: &str) -> Result<WantedArgument, String> {
        let wrong = || format!("`{text}` is no N=PATTERN, such as 2=GFP_ATOMIC");
        let (number, pattern) = text.split_once('=').ok_or_else(wrong)?;
        let number = number.trim().parse().ok().filter(|number| *number > 0).ok_or_else(wrong)?;
        Ok(WantedArgument { number, pattern: pattern.to_owned() })
    }
}

/// Which functions have all of some texts in their bodies, and none of others?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Functions {
    /// Patterns, each of which a line of the function matches.
    pub with: Vec<String>,
    /// Patterns that no line of it matches.
    pub without: Vec<String>,
    /// The folders and files that count, below the tree's root; none: all.
    pub within: Vec<ByteBuf>,
}

/// How does code get at a variable, or at a field of a structure?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accesses {
    /// The variable, or the field as `STRUCT.FIELD`.
    pub name: String,
    /// The kinds that count; none: all.
    pub kinds: Vec<AccessKind>,
}

/// Which functions, types and macros does a change touch?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// The change: patches, or two revisions.
    pub sides: Sides,
}

/// What are the shortest ways from one function to another?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// Where they start.
    pub from: String,
    /// Where they end.
    pub to: String,
    /// How many are wanted.
    pub number: usize,
    /// Functions that each must pass.
    pub through: Vec<String>,
    /// Functions that none may pass.
    pub avoid: Vec<String>,
    /// How many steps one may have.
    pub max_depth: usize,
    /// Whether calls through fields count.
    pub indirect: bool,
    /// Whether calls through pointers that are only possible are steps like any other; else they
    /// are where there is no chain without them.
    pub all: bool,
}

/// What is a name, and what is there to know about it?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The name.
    pub name: String,
    /// What it is, by a recipe's name; none: whatever it may be.
    pub kind: Option<String>,
    /// How many steps of calls are followed.
    pub depth: usize,
    /// Whether whole functions are shown.
    pub body: bool,
    /// Whether sections are shown to their last row.
    pub all: bool,
    /// The files, below the tree's root, from which it is asked: of several definitions those count
    /// that one of them can mean. None: all count.
    pub seen_from: Vec<ByteBuf>,
}

/// Which names of a kind are there?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// The kind, as a recipe calls its list: `syscalls`.
    pub what: String,
    /// A glob for the names; none: all.
    pub glob: Option<String>,
}

/// Who calls a function, or a field of functions, through pointers, and who puts it there?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pointers {
    /// The function's name, or `struct.field`.
    pub name: String,
    /// What counts; none: all.
    pub roles: Vec<PointerRole>,
}

/// What a use has to do with pointers to functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PointerRole {
    /// It calls through one.
    Dispatch,
    /// It is a table, such as one of operations.
    Table,
    /// It hands the function to who registers it, or stores it.
    Registration,
}

impl PointerRole {
    /// All, with the words users know them by.
    pub const ALL: [(PointerRole, &'static str); 3] = [
        (PointerRole::Dispatch, "dispatch"),
        (PointerRole::Table, "table"),
        (PointerRole::Registration, "registration"),
    ];
}

/// What is there about some words, best first?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Find {
    /// The words, as the catalog's query language has them.
    pub words: Vec<String>,
    /// The kinds that count, by the catalog's names for them; none: all.
    pub kinds: Vec<String>,
    /// The folders and files that count, below the tree's root; none: all.
    pub within: Vec<ByteBuf>,
    /// The file of the tree that the words are the path of.
    pub path: Option<ByteBuf>,
    /// Whether nothing of other architectures is wanted.
    pub arch_is_named: bool,
    /// How many answers are wanted.
    pub number: usize,
}

/// Does a configuration build these, and which lines decide?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Built {
    /// Files, by their paths below the tree's root; globs of such; names that the code defines.
    pub asked: Vec<ByteBuf>,
}

/// All of a tree, as rows of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Export {
    /// Who uses whom: file, user, used, how.
    Edges,
    /// Every definition: name, kind, file, first line, last line, scope.
    Symbols,
    /// Every source with what the configuration makes of it: file, state, module.
    Files,
    /// Every printing call: file, first line, last line, function, level, format.
    Formats,
}

/// Which names begin so?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complete {
    /// The beginning.
    pub start: String,
    /// Whether names of the things that [`Trace`] knows besides definitions count.
    pub traced: bool,
}

/// Where do the lines of a kernel log come from?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// The log.
    pub text: ByteBuf,
    /// Rows of one kind only.
    pub only: Option<LogPart>,
}

/// A kind of rows about a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogPart {
    /// Stack frames, and places that lines name themselves.
    Frames,
    /// Lines that a call printed.
    Messages,
    /// Reports, with their heads.
    Reports,
}

/// Who maintains these files?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maintainers {
    /// The files or folders, below the tree's root.
    pub files: Vec<ByteBuf>,
}

/// Which messages can be printed, by path and line?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    /// A regular expression for their formats, or what stands in one; without a capital letter,
    /// any case does. None: all.
    pub pattern: Option<String>,
    /// The level, as the character that is printed for it (`b'3'`: `KERN_ERR`); none: all.
    pub level: Option<u8>,
    /// The folder or file that they are in, below the tree's root; none: all.
    pub within: Option<ByteBuf>,
}

/// Is there such a name, and what is it?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exists {
    /// The names: of functions, types, macros, variables, fields, parameters, Kconfig symbols with
    /// `CONFIG_`, files.
    pub names: Vec<String>,
    /// Patches that may bring what isn't there.
    #[serde(with = "crate::paths::optional")]
    pub patches: Option<PathBuf>,
}

/// In what do two trees differ, or what do patches change?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differ {
    /// What is compared.
    pub sides: Sides,
    /// The pattern that hunks must have, if there is one, and the globs and types of their
    /// files.
    pub search: SearchRequest,
    /// Where the pattern is looked for.
    pub within: Within,
    /// The distribution's patches, by which a hunk of two folders is explained.
    #[serde(with = "crate::paths::optional")]
    pub patches: Option<PathBuf>,
    /// Whether it is judged how each hunk applies.
    pub applied: bool,
    /// Whether the answer is of names that changed, and not of hunks.
    pub of_names: bool,
}

impl Differ {
    /// Whether there is a pattern.
    pub fn has_pattern(&self) -> bool {
        let SearchRequest { pattern, regexp, pattern_files, .. } = &self.search;
        pattern.is_some() || !regexp.is_empty() || !pattern_files.is_empty()
    }
}

/// The words for kinds of definitions.
pub const DEFINITION_KINDS: [&str; 17] = [
    "function",
    "syscall",
    "macro",
    "constant",
    "struct",
    "union",
    "enum",
    "enumerator",
    "typedef",
    "variable",
    "declaration",
    "member",
    "tracepoint",
    "asm",
    "kconfig",
    "compatible",
    "rust-function",
];

/// The words for kinds of uses.
pub const REFERENCE_KINDS: [&str; 6] = ["call", "macro", "ref", "init", "indirect", "use"];

/// The kinds that a user's words mean, where some do: a function is one that a macro or
/// assembler defines, too.
///
/// # Errors
/// If a word is not a kind of definition.
pub fn definition_kinds<'w>(words: impl IntoIterator<Item = &'w str>) -> Result<Vec<Kind>> {
    let mut kinds = Vec::new();
    for word in words {
        let unknown = || unknown_kind(word, "definition", &DEFINITION_KINDS);
        let kind = kinds::synonym(word, DEFINITION_KINDS).and_then(Kind::from_name);
        let kind = kind.ok_or_else(unknown)?;
        kinds.push(kind);
        match kind {
            Kind::Function => {
                kinds.extend([Kind::Syscall, Kind::Asm, Kind::RustFunction, Kind::Tracepoint]);
            }
            Kind::Macro => kinds.push(Kind::Constant),
            Kind::Constant => kinds.push(Kind::Enumerator),
            _ => {}
        }
    }
    Ok(kinds)
}

/// The kinds of uses that a user's words mean.
///
/// # Errors
/// If a word is not a kind of use.
pub fn reference_kinds(words: &[String]) -> Result<Vec<ReferenceKind>> {
    let kind = |word: &String| match link_kind(word) {
        Some(kind) => Ok(ReferenceKind::Link(kind)),
        None if word == "use" => Ok(ReferenceKind::Use),
        None => Err(unknown_kind(word, "use", &REFERENCE_KINDS)),
    };
    words.iter().map(kind).collect()
}

/// The kinds of access that a user's words mean: what both reads and writes is among either.
///
/// # Errors
/// If a word is not a kind of access.
pub fn access_kinds(words: &[String]) -> Result<Vec<AccessKind>> {
    let there = AccessKind::ALL.map(|(_, name)| name);
    let kind = |word: &String| AccessKind::ALL.iter().find(|(_, name)| name == word);
    let mut kinds = Vec::new();
    for word in words {
        let (kind, _) = kind(word).ok_or_else(|| unknown_kind(word, "access", &there))?;
        kinds.push(*kind);
        if matches!(kind, AccessKind::Read | AccessKind::Write) {
            kinds.push(AccessKind::ReadWrite);
        }
    }
    Ok(kinds)
}

/// The roles that a user's words mean.
///
/// # Errors
/// If a word is not a role.
pub fn pointer_roles(words: &[String]) -> Result<Vec<PointerRole>> {
    let there = PointerRole::ALL.map(|(_, name)| name);
    let role = |word: &String| PointerRole::ALL.iter().find(|(_, name)| name == word);
    let known = |word| role(word).map(|(role, _)| *role);
    let unknown = |word: &String| unknown_kind(word, "use of pointers", &there);
    words.iter().map(|word| known(word).ok_or_else(|| unknown(word))).collect()
}

/// The kinds of steps that a user's words mean.
///
/// # Errors
/// If a word is not a kind of step.
pub fn step_kinds(words: &[String]) -> Result<Vec<LinkKind>> {
    let unknown = |word| unknown_kind(word, "step", &LinkKind::ALL.map(|(_, name)| name));
    words.iter().map(|word| link_kind(word).ok_or_else(|| unknown(word))).collect()
}

fn link_kind(word: &str) -> Option<LinkKind> {
    LinkKind::ALL.iter().find(|(_, name)| *name == word).map(|(kind, _)| *kind)
}

fn unknown_kind(word: &str, of: &'static str, there: &[&str]) -> Error {
    let there = there.iter().map(|word| (*word).to_owned()).collect();
    Error::UnknownKind { word: word.to_owned(), of, there }
}
