//! What a recipe says: what names it is for, and the look-ups that answer.
//!
//! These are the shapes of `queries/*.toml`; `docs/queries.md` explains each key to those
//! who write one. A recipe only names look-ups of the engine's: it can't run anything.

use std::collections::BTreeMap;

use kgrep_index::outline::Kind;
use serde::Deserialize;

/// A recipe, checked.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The kind of name it is for, as `--as` takes it.
    pub name: String,
    /// What it tells, in one line.
    pub summary: String,
    /// Names to try it with.
    pub examples: Vec<String>,
    /// A path that a tree must have for the recipe to make sense.
    pub needs: Option<String>,
    /// The regular expression that the name must match; its groups are facts.
    pub pattern: String,
    /// Groups of the pattern in which a dot and a slash stand for one another.
    pub dotted: Vec<String>,
    /// It is left to these recipes where one of them knows the name.
    pub unless: Vec<String>,
    /// It must stand in the tree's text like this; the groups are facts.
    pub found: Vec<Text>,
    /// The file of this path must be there.
    pub path: Vec<String>,
    /// The folder of this path must be there.
    pub folder: Vec<String>,
    /// The definitions it is about.
    pub subject: Option<Subject>,
    /// What is told, in order.
    pub sections: Vec<Section>,
    /// How all names of its kind are listed.
    pub list: Option<Listing>,
    /// The file it comes from.
    pub origin: String,
}

/// The definitions that a recipe is about.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Templates of their names.
    pub names: Vec<String>,
    /// Kinds of definitions, by the outline's words; none: all.
    #[serde(default)]
    pub kinds: Vec<Word>,
    /// Whether the recipe is for the name only if there is one.
    #[serde(default = "yes")]
    pub required: bool,
    /// A regular expression that the definition's first lines must match.
    pub like: Option<String>,
    /// Of members, only those that hold pointers to functions.
    #[serde(default)]
    pub functions: bool,
}

fn yes() -> bool {
    true
}

/// A kind of definition, read from its name.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub struct Word(pub(crate) Kind);

impl TryFrom<String> for Word {
    type Error = String;

    fn try_from(word: String) -> Result<Word, String> {
        let kind = Kind::from_name(&word);
        kind.map(Word).ok_or_else(|| format!("unknown kind `{word}`"))
    }
}

/// One titled part of the answer.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its title.
    pub title: String,
    /// Whether it is part of the short answer, when a name is of several kinds.
    pub brief: bool,
    /// Rows shown without `--all`.
    pub max: usize,
    /// Whether it is about the functions that the subject, a macro, hands its work on to.
    pub work: bool,
    /// What is looked up.
    pub look: Look,
}

/// The look-ups that there are.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "look", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Look {
    /// Where names are defined, with the whole head of each: the subject's, or others.
    Definitions {
        /// Templates of names; none: the subject's.
        #[serde(default)]
        names: Vec<String>,
        /// Kinds of definitions.
        #[serde(default)]
        kinds: Vec<Word>,
    },
    /// The comment above the definitions, in full.
    Comment {},
    /// The definitions from their first line to their last.
    Source {},
    /// With `--body`: the definitions and the static helpers they call, in full.
    Body {},
    /// The members of a structure, a line each.
    Fields {},
    /// What the definitions call, in order, and where that is defined.
    Callees {
        /// Words for names like these, such as `lock = ["mutex_lock*"]`.
        #[serde(default)]
        marks: BTreeMap<String, Vec<String>>,
    },
    /// Where the subject, a structure, is allocated.
    Allocations {},
    /// Error codes that the definitions and their static helpers set, and when.
    Errors {},
    /// Who calls the definitions, by folder.
    Callers {},
    /// Who registers the definitions or puts them into tables.
    Registered {},
    /// Who calls through a field; without one, who calls the definitions through pointers.
    Dispatch {
        /// Template of the slot, `{field}@{struct}`.
        slot: Option<String>,
    },
    /// The variables that the definitions set, and who else uses them.
    Sets {},
    /// The lines by which the name was found.
    Found {},
    /// Lines of the tree that match.
    Text(Box<Text>),
    /// The Kconfig entry, in full.
    Kconfig {},
    /// Kconfig entries that depend on the symbol, select it or take it as default.
    KconfigUsers {},
    /// The Makefile lines that build the files the answer is in so far.
    Built {},
    /// The entry of MAINTAINERS for these files.
    Maintainers {},
    /// The functions that tables put into a field.
    Fills {
        /// Template of the slot, `{field}@{struct}`.
        slot: String,
    },
    /// The shortest way from one file to another by `#include`.
    IncludePath {
        /// Template of where it begins.
        from: String,
        /// Template of where it ends.
        to: String,
    },
}

/// A search of the tree's text.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Text {
    /// Template of the regular expression that a line must match.
    pub pattern: String,
    /// Template of plain text that is in every such line: the index finds its files.
    #[serde(default = "name")]
    pub find: String,
    /// Template of a regular expression of lines that don't count all the same.
    pub not_pattern: Option<String>,
    /// Globs of files; none: all.
    #[serde(default)]
    pub files: Vec<String>,
    /// Globs of files that are left out.
    #[serde(default)]
    pub not_files: Vec<String>,
    /// Template of the note beside it; the pattern's groups are facts.
    pub note: Option<String>,
    /// Template of what a line of another architecture is told as: they share one row, unless
    /// all are asked for. `{arch}` is the folder's name.
    pub elsewhere: Option<String>,
    /// Whether what is indented more, below the line, belongs to it.
    #[serde(default)]
    pub entry: bool,
    /// Whether the kernel's core and the architecture that is asked about come first, drivers and
    /// other architectures last.
    #[serde(default)]
    pub core_first: bool,
    /// Whether it is looked for only where the rules above it find nothing of the architecture that
    /// is asked about.
    #[serde(default)]
    pub unless_found: bool,
    /// Whether the name is one of the recipe's without such a line, too: the line only tells facts.
    #[serde(default)]
    pub optional: bool,
    /// Whether all lines of the statement that begins on the line belong to it.
    #[serde(default)]
    pub whole: bool,
    /// Whether only the first line of each file is shown, with how many more there are.
    #[serde(default)]
    pub per_file: bool,
    /// Whether many lines are shown as one of each folder, with how many there are.
    #[serde(default)]
    pub by_folder: bool,
    /// Whether the function or table that a line is in is noted.
    #[serde(default)]
    pub within: bool,
    /// A regular expression of names that the subject or its static helpers call; its groups
    /// are facts for this look-up.
    pub callees: Option<String>,
    /// Whether the pattern is matched against the whole statement that begins on the line,
    /// to its last bracket, with its lines put together.
    #[serde(default)]
    pub statement: bool,
    /// Whether the pattern is matched against all to the end of the braces that the line is in, or
    /// opens, with its lines put together.
    #[serde(default)]
    pub braces: bool,
    /// Templates of regular expressions of which the file's text must match one; those lines count for
    /// which the first one does; one with `!` before it says that a line is not wanted. `{within}` is what
    /// the line is in.
    #[serde(default)]
    pub says: Vec<String>,
    /// Whether only files of the architecture that is asked about count.
    #[serde(default)]
    pub arch: bool,
    /// Template of a module's name: only files that are a part of it count.
    pub module: Option<String>,
    /// Template of a regular expression by which a file's text says that it is.
    pub module_says: Option<String>,
}

fn name() -> String {
    "{name}".to_owned()
}

/// How all names of a kind are listed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Listing {
    /// The word for it: `kgrep list WORD`.
    pub name: String,
    /// Plain texts, one of which is in every line.
    pub find: Vec<String>,
    /// The regular expression of a line, or of a statement; the group `name` is the name.
    pub pattern: String,
    /// Globs of files; none: all.
    #[serde(default)]
    pub files: Vec<String>,
    /// Globs of files that are left out.
    #[serde(default)]
    pub not_files: Vec<String>,
    /// Columns: title, and template of the value.
    pub columns: Vec<(String, String)>,
    /// Whether the pattern is matched against whole statements.
    #[serde(default)]
    pub statement: bool,
    /// Whether an architecture's own files count alone where it has some.
    #[serde(default)]
    pub own_arch: bool,
    /// How a name is joined to its definition.
    pub resolve: Option<Resolve>,
}

/// How a listed name is joined to its definition, in a last column, `Defined`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// Templates of names, the first that is defined counts.
    pub names: Vec<String>,
    /// What is said of names without a definition: name, and why.
    #[serde(default)]
    pub reasons: BTreeMap<String, String>,
    /// Text that makes such a name where nothing defines it: macros of assembler.
    #[serde(default)]
    pub text: Vec<Text>,
}
