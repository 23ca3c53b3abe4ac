//! How good an answer is: the formula, and all its weights.
//!
//! A question is a number of words. For each word *w* and each document *d* there is a **hit**
//! between 0 and 1. A document has three fields: its name, its head (a prompt, a heading, the
//! summary of a kernel-doc comment) and its text. Each field that has the word adds
//!
//! ```text
//! part(field) = FIELD weight × quality × density
//! hit(w, d)   = 1 - Π over fields (1 - part)
//! ```
//!
//! where *quality* says how the word was met (itself, another form of its stem, its short
//! form, its beginning, a typo), and *density* is less for long names and texts that hold much else:
//!
//! ```text
//! density(name), density(head) = 1 / (1 + LENGTH × words that the question does not have)
//! density(text)                = tf / (tf + TEXT_HALF + length / TEXT_LENGTH)
//! ```
//!
//! Rare words say more: `idf(w) = ln(1 + N / (1 + documents with w))`. A document that lacks
//! a word loses more than that word's part:
//!
//! ```text
//! match(d)    = Σ idf(w) hit(w, d) / Σ idf(w)
//! coverage(d) = Σ idf(w) of the words that d has / Σ idf(w)
//! score(d)    = match × coverage² × KIND weight × PLACE weight
//! ```
//!
//! A word that is a name of the document's kind (`struct file`) counts as a hit of
//! [`KIND_WORD`]. A word that only the path of the file has counts as a hit of [`PATH`] and covers
//! [`PATH_COVERAGE`] of itself, where another word is in the document.
//!
//! The best [`CANDIDATES`] by that are looked at closely: their score is multiplied by what
//! their name is to the question ([`name_factor`]), by how much the code uses it
//! ([`use_factor`]), and by [`AGAIN`] for each better answer of the same name and kind, and for
//! each better section of the same text. Ties are in path and line order.

use serde::Deserialize;

use super::document::Kind;
use super::knowledge::means_kind;
use super::layout;
use crate::outline;

/// How many documents are looked at closely.
pub(crate) const CANDIDATES: usize = 400;

/// The weights of name, head and text.
pub(crate) const FIELDS: [f32; 3] = [0.9, 0.7, 0.5];
/// What each other word of a name and of a head takes from its density.
pub(crate) const LENGTH: [f32; 2] = [0.12, 0.05];
/// How often a text has a word for half of its weight, in a short text.
pub(crate) const TEXT_HALF: f32 = 0.6;
/// The number of words of a text that make the divisor of its density larger by one.
pub(crate) const TEXT_LENGTH: f32 = 150.0;

/// The word itself.
pub(crate) const EXACT: f32 = 1.0;
/// Two words of the question, written as one.
pub(crate) const JOINED: f32 = 0.95;
/// Two words of a name that the question writes as one.
pub(crate) const SPLIT: f32 = 0.85;
/// The fewest letters of such words, both together and each.
pub(crate) const SPLIT_LETTERS: [usize; 2] = [6, 3];
/// Another word of the same stem, in a name.
pub(crate) const STEM: f32 = 0.75;
/// The short form of the word, or the long one, in a name.
pub(crate) const OTHER_FORM: f32 = 0.7;
/// A word that begins so; times how much of it was given.
pub(crate) const PREFIX: f32 = 0.7;
/// A word with one typo, and with two.
pub(crate) const TYPO: [f32; 2] = [0.6, 0.35];

/// The fewest letters of half a word.
pub(crate) const PREFIX_LETTERS: usize = 3;
/// The most words that half a word stands for, the shortest first.
pub(crate) const PREFIX_WORDS: usize = 64;
/// The fewest letters of words that may have one typo, or two.
pub(crate) const TYPO_LETTERS: [usize; 2] = [4, 8];
/// A word that fewer documents have is taken for a typo, too.
pub(crate) const FEW: usize = 8;

/// What a word is worth that is only in the path of a document's file, and how much of its
/// lack is made good by that.
pub(crate) const PATH: f32 = 0.25;
/// See [`PATH`].
pub(crate) const PATH_COVERAGE: f32 = 0.7;

/// What a word is worth that is a name of the document's kind.
pub(crate) const KIND_WORD: f32 = 0.5;

/// The answer of a name that a better answer had, and that in the same text.
pub(crate) const AGAIN: [f32; 2] = [0.75, 0.85];

/// Whether a word of a question is a name of this kind.
pub(crate) fn is_kind_word(word: &str, kind: Kind) -> bool {
    means_kind(word, kind.name())
}

/// The weight of a kind.
pub(crate) fn kind(kind: Kind) -> f32 {
    use outline::Kind as Symbol;
    match kind {
        Kind::Symbol(symbol) => match symbol {
            Symbol::Syscall => 1.1,
            Symbol::Function | Symbol::Struct => 1.0,
            Symbol::Macro | Symbol::Union | Symbol::Enum => 0.92,
            Symbol::RustFunction | Symbol::Asm | Symbol::Tracepoint => 0.85,
            Symbol::Typedef => 0.9,
            Symbol::Variable => 0.8,
            Symbol::Enumerator | Symbol::Constant => 0.75,
            Symbol::Compatible | Symbol::EventClass => 0.6,
            _ => 0.5,
        },
        Kind::Section => 1.0,
        Kind::Param => 1.05,
        Kind::Config => 0.95,
        Kind::Maintainer => 0.75,
        Kind::File => 0.65,
    }
}

/// Where a file is: what most questions mean comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub(crate) enum Place {
    /// What all of the kernel is built on.
    Core = 0,
    /// File systems, networks, sound, and whatever else has its own folder.
    Subsystem = 1,
    /// Code of one architecture.
    Arch = 2,
    /// Drivers.
    Driver = 3,
    /// Drivers that are not ready.
    Staging = 4,
    /// Programs beside the kernel.
    Tools = 5,
    /// Tests, in the kernel or beside it.
    Test = 6,
    /// Documentation.
    Documentation = 7,
    /// Documentation in other languages.
    Translation = 8,
}

/// The weights of the places, in the order of their numbers.
const PLACES: [f32; 9] = [1.0, 0.9, 0.8, 0.8, 0.5, 0.45, 0.45, 0.95, 0.35];
/// The weight of the architecture that is meant, and of each other one.
pub(crate) const OWN_ARCH: f32 = 1.12;
/// See [`OWN_ARCH`].
pub(crate) const OTHER_ARCH: f32 = 0.75;
/// Each other one's where the question names the one that is meant: they come last.
pub(crate) const UNWANTED_ARCH: f32 = 0.001;

impl Place {
    /// The place of a file, by its path from the tree's top.
    pub(crate) fn of(path: &[u8]) -> Place {
        layout::place(path).unwrap_or(Place::Subsystem)
    }

    /// The weight of a place by its number.
    pub(crate) fn weight(number: u8) -> f32 {
        PLACES.get(usize::from(number)).copied().unwrap_or(0.5)
    }
}

/// What a candidate's name is to the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// The whole question is this name.
    Question,
    /// It is, but for half words and endings.
    Nearly,
    /// It has the words of the question in another order, and no others.
    Mixed,
    /// One word of the question is this name.
    Word,
    /// It has all words of the question one after the other.
    InOrder,
    /// It has all words of the question.
    All,
    /// All of its own words, two at least, are of the question.
    Part,
    /// None of these.
    Other,
}

/// What that is worth.
pub(crate) fn name_factor(name: Name) -> f32 {
    match name {
        Name::Question => 2.5,
        Name::Nearly => 2.0,
        Name::Mixed | Name::Word => 1.6,
        Name::InOrder => 1.4,
        Name::All | Name::Part => 1.2,
        Name::Other => 1.0,
    }
}

/// What so many users of a symbol are worth.
pub(crate) fn use_factor(users: usize) -> f32 {
    1.0 + 0.06 * (1.0 + users as f32).ln()
}

/// How much a word says that so many of all documents have.
pub(crate) fn idf(all: usize, with: usize) -> f32 {
    (1.0 + all as f32 / (1.0 + with as f32)).ln()
}

/// How dense a word is in a name (0) or a head (1) of so many words, for a question of so many.
pub(crate) fn density(field: usize, length: u32, asked: usize) -> f32 {
    1.0 / (1.0 + LENGTH[field] * (length as f32 - asked as f32).max(0.0))
}

/// How dense a word is that a text of so many words has so often.
pub(crate) fn text_density(length: u32, often: u32) -> f32 {
    let often = often as f32;
    often / (often + TEXT_HALF + length as f32 / TEXT_LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_comes_before_what_is_beside_it() {
        let weight = |path: &str| Place::weight(Place::of(path.as_bytes()) as u8);
        assert!(weight("mm/slab_common.c") > weight("fs/ext4/inode.c"));
        assert!(weight("fs/ext4/inode.c") > weight("drivers/net/dummy.c"));
        assert!(weight("drivers/net/dummy.c") > weight("drivers/staging/x/y.c"));
        assert!(weight("drivers/net/dummy.c") > weight("tools/perf/perf.c"));
        assert!(weight("lib/string.c") > weight("lib/test_string.c"));
        assert!(
            weight("Documentation/mm/slab.rst")
                > weight("Documentation/translations/zh_CN/mm/slab.rst")
        );
    }
}
