//! What the user should hear besides the answer, as data: faces make sentences of it.

use std::sync::Arc;

use kgrep_index::graph::LinkKind;
use kgrep_index::outline::Kind;
use serde::{Deserialize, Serialize};

use crate::plain::Plain;

/// Takes notes while a question is answered, from any thread.
pub type NoteSink = Arc<dyn Fn(Note) + Send + Sync>;

/// What it rests on that a name is nothing: all text was searched for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// How many files there are.
    pub files: u64,
    /// How many lines have the name as a word.
    pub lines: u64,
    /// How many of the files could not be read.
    pub unread: u64,
}

/// Something to say besides the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Note {
    /// The name is a system call's, for which the code has another.
    SystemCall {
        /// What was asked for: `openat`.
        asked: String,
        /// What the code calls it: `sys_openat`.
        entry: String,
    },
    /// The name leads to a field of another structure, which is meant.
    FieldOf {
        /// What was asked for: `task_struct.se.vruntime`.
        asked: String,
        /// The field, with the structure that declares it: `sched_entity.vruntime`.
        field: String,
    },
    /// The field is one pointer with others of a union, which are told by their own names.
    TwinFields {
        /// The field, with its structure: `i2c_algorithm.xfer`.
        field: String,
        /// The others, with theirs.
        others: Vec<String>,
    },
    /// The uses of a Kconfig symbol are those of the code; Makefiles and Kconfig files have others.
    SymbolInCode {
        /// The symbol, with its prefix: `CONFIG_SMP`.
        name: String,
        /// Whether the code has any.
        used: bool,
    },
    /// Files of other architectures use the name, too.
    InOtherArchitectures,
    /// A pattern is searched as plain text, since it is no regular expression.
    TakenAsPlain {
        /// The pattern as it was written.
        pattern: String,
        /// Why it is no regular expression.
        why: Plain,
    },
    /// These patterns match nothing as regular expressions, and are there as plain text.
    ThereAsPlainText(Vec<String>),
    /// The index can't be used, and the search goes on without it.
    SearchedWithoutIndex {
        /// What is wrong with the index, and which file of it.
        reason: String,
    },
    /// The index can't be used, and all files are read instead.
    ReadWithoutIndex {
        /// What is wrong with the index, and which file of it.
        reason: String,
    },
    /// The index was made with other idioms than those in force, and is not used.
    OtherIdioms,
    /// A file can't be read, and is left out.
    Unreadable {
        /// Its path, below the tree's root or as it was given.
        #[serde(with = "serde_bytes")]
        path: Vec<u8>,
        /// The system's reason.
        reason: String,
    },
    /// The index is another user's: it is read, and not updated.
    OthersIndex {
        /// The user's number.
        user: u32,
    },
    /// There is no such name.
    NoSuchName {
        /// What was asked for.
        asked: String,
        /// What is called nearly so.
        near: Vec<String>,
        /// What that rests on.
        proof: Option<Proof>,
    },
    /// The code defines nothing of this name, which is a boot parameter's.
    BootParameter {
        /// What was asked for.
        asked: String,
        /// The parameter, with its `=`.
        parameter: String,
        /// Whether the code has the name all the same.
        used: bool,
    },
    /// The code defines nothing of this name, which is one of a kind that has no definitions.
    TracedOnly {
        /// What was asked for.
        asked: String,
        /// The kind, as `--as` takes it: `folder`.
        kind: String,
    },
    /// The structure has no field of this name; others have.
    NoSuchField {
        /// What was asked for: `STRUCT.FIELD`.
        asked: String,
        /// Structures that have such a field, those that are meant most often first.
        of: Vec<String>,
    },
    /// It is a structure's field, `STRUCT.FIELD`, about which other questions tell.
    Field(String),
    /// No definition of this name is of the kinds that count.
    OtherKinds {
        /// What was asked for.
        asked: String,
        /// The kinds that there are.
        kinds: Vec<Kind>,
    },
    /// No name matches the glob.
    NoNameLike(String),
    /// The code uses the name, and defines it nowhere.
    NotDefined(String),
    /// Nothing uses the name in the way asked for, or here.
    NoSuchUse(String),
    /// Nothing uses the name, which is defined.
    Unused(String),
    /// The function is one of an architecture that doesn't count.
    OtherArchitecture {
        /// Its name.
        name: String,
        /// Its file, below the tree's root.
        #[serde(with = "serde_bytes")]
        path: Vec<u8>,
    },
    /// What is no function can't be called.
    NotCallable {
        /// Its name.
        name: String,
        /// What it is.
        kind: Kind,
    },
    /// The function has no steps of the kinds that count.
    NoSteps {
        /// Its name.
        name: String,
        /// The kinds.
        kinds: Vec<LinkKind>,
    },
    /// The name is a folder's, too.
    AlsoFolder(String),
    /// So many definitions of the name are others than those that the files mean from which it is
    /// asked.
    OthersLeftOut {
        /// The name.
        name: String,
        /// How many there are.
        others: u64,
    },
    /// Nothing is known to use the function.
    NoCallers(String),
    /// No call of the function has such arguments.
    NoSuchCall(String),
    /// So many uses have no arguments in the text, and may be what was asked for.
    WithoutArguments(u64),
    /// Of so many uses of a field the text doesn't tell the structure.
    UnsureStructures {
        /// How many they are.
        unsure: u64,
        /// Of how many.
        total: u64,
    },
    /// The change is in no function, type or macro.
    TouchesNothing,
    /// No function has all of the texts.
    NoSuchFunction,
    /// The function uses nothing.
    NoCallees(String),
    /// Nothing uses the function but that it is offered to modules.
    OnlyExported(String),
    /// There is no chain, or none was found.
    NoChain {
        /// Where it would start.
        from: String,
        /// Where it would end.
        to: String,
        /// The functions that it must pass.
        through: Vec<String>,
        /// The functions that it may not pass.
        avoid: Vec<String>,
        /// How many steps it may have.
        max_depth: usize,
        /// Whether calls through fields count.
        indirect: bool,
        /// How the search ended.
        end: ChainEnd,
    },
    /// So many calls through pointers are only possible, and left out.
    MorePossible(u64),
    /// So many chains are shorter than those told, by calls that are only possible.
    ShorterChains(u64),
    /// Many functions may be behind a field that is called, such as this one.
    BehindField(String),
    /// The name is several things, and of each is told only the most important.
    SeveralThings {
        /// The name.
        name: String,
        /// The recipes that know it.
        kinds: Vec<String>,
    },
    /// The name is defined, and no recipe is about such a thing.
    NothingToTell {
        /// The name.
        name: String,
        /// The kind that was asked for.
        kind: Option<String>,
    },
    /// No recipe knows the name, and the code doesn't define it.
    NothingCalled {
        /// The name.
        name: String,
        /// The kind that was asked for.
        kind: Option<String>,
        /// Whether it is no name, but a text that was looked for among what is printed.
        is_text: bool,
        /// What is called nearly so.
        near: Vec<String>,
        /// What that rests on, where any kind would do.
        proof: Option<Proof>,
    },
    /// There are no items of a list.
    NoItems {
        /// The list.
        what: String,
        /// The glob that they must match.
        glob: Option<String>,
    },
    /// Words are searched as they stand, since the question is not well formed.
    PlainWords(String),
    /// Nothing has some of the words.
    NothingHas(Vec<String>),
    /// Nothing was found by words.
    NothingAbout {
        /// The question.
        asked: String,
        /// Which of several words nothing has.
        missing: Vec<String>,
        /// Whether it was only looked for in a part of the tree, or things of a kind.
        narrowed: bool,
        /// What the text of a file may have.
        text: Option<String>,
    },
    /// Some of the answer is in files that the configuration in force doesn't build, and is left
    /// out.
    NotBuilt {
        /// How much.
        hidden: u64,
        /// Of how much.
        total: u64,
        /// Whether some of it is in files that are built, in `#if` arms that are off.
        arms: bool,
    },
    /// Some of the files that differ aren't built by the configuration in force, and are left out.
    FilesNotBuilt {
        /// How many.
        hidden: u64,
        /// Of how many.
        total: u64,
    },
    /// The configuration in force is a defconfig or a fragment: what it leaves out counts as not set.
    PartOfConfiguration {
        /// The file.
        #[serde(with = "crate::paths")]
        path: std::path::PathBuf,
    },
    /// Some of the answer is in files of which only a shell or a compiler could tell whether the
    /// configuration in force builds them.
    MaybeBuilt {
        /// How much.
        number: u64,
        /// The files, below the tree's root.
        files: Vec<serde_bytes::ByteBuf>,
    },
    /// All definitions of the name are in files that the configuration in force doesn't build.
    OnlyNotBuilt {
        /// The name.
        name: String,
        /// The best definition's file, below the tree's root.
        #[serde(with = "serde_bytes")]
        path: Vec<u8>,
    },
    /// Only what the configuration in force builds was looked at.
    OnlyBuilt,
    /// A recipe, or a part of one, can't be used: where, and what is wrong.
    BadRecipe(String),
    /// What went wrong with a file of a search, in words.
    Problem(String),
    /// So many lines matched before the search ended early; there may be more.
    CountedTo(u64),
    /// How a search is done, for those who asked to be told
    /// ([`SearchRequest::explain`](crate::search::SearchRequest::explain)).
    Explanation(String),
}

/// How the search for a chain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChainEnd {
    /// All was looked at.
    Complete,
    /// There may be longer ones.
    Depth,
    /// It was given up, after so many steps.
    Work(usize),
}

impl Note {
    /// Whose the index is, where it is another user's.
    pub fn of_owner(index: &kgrep_index::Index) -> Option<Note> {
        index.other_owner().map(|user| Note::OthersIndex { user })
    }

    /// How many definitions of `name` are others than those that are meant, if there are some.
    pub(crate) fn others(name: &str, others: usize) -> Option<Note> {
        let name = name.to_owned();
        (others > 0).then_some(Note::OthersLeftOut { name, others: others as u64 })
    }
}

/// Hears how far the reading of a tree is, from any thread.
pub type ProgressSink = Arc<dyn Fn(&kgrep_index::Tree, Progress) + Send + Sync>;

/// A step of a tree's reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Another file was listed.
    Listed,
    /// All files are listed; now they are read.
    Reading,
    /// They are so many that it takes a while.
    Many,
    /// Another file was read.
    Read,
    /// All files were read.
    Done,
}
