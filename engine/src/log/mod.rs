//! From a line in a log to the line in the source, by the source alone.
//!
//! ```text
//! bytes ─► read (lines, whatever wrote them) ─► frames · stamps · messages ─► places
//!                                            └► report (what belongs together, its head)
//! ```
//!
//! What is known here comes from text: which call a frame was in, its caller's body says;
//! the exact instruction only a binary knows. Which printing call a message came from is
//! another's: what implements [`MessageSource`].

mod body;
mod built;
pub mod debug;
mod follow;
mod frame;
mod head;
mod inside;
mod knowledge;
mod line;
mod machine;
pub mod message;
mod module;
mod read;
mod ready;
mod report;
mod stamp;
mod symbol;
mod taint;
mod touched;
mod version;
mod ways;

use kgrep_index::graph::Arch;

pub(crate) use built::made_by;
pub use follow::{Entry, Follower, Piece, Report, Tools, What};
pub use frame::{Frame, FrameKind, frame};
pub use head::{About, Remark};
pub use inside::{How, Place};
pub use line::{Line, Writer, cleaned, parts};
pub use machine::{LogArch, machine};
pub use read::Reading;
pub use report::Title;
pub use stamp::{Stamp, stamp};
pub use touched::Touched;

/// What else is known of a printed line, to choose among calls that could have printed it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineContext<'a> {
    /// The loadable module, or the program, that the line names (`[ext4]`), if it does.
    pub module: Option<&'a [u8]>,
    /// A function of the report that the line stands in: the innermost known one.
    pub function: Option<&'a [u8]>,
    /// The file of that function, below the tree's root.
    pub path: Option<&'a [u8]>,
    /// The level that the line has (`<6>`: 6), if it was kept.
    pub level: Option<u8>,
    /// The architecture that counts, if that is known.
    pub arch: Option<Arch>,
    /// Whether that is more than a guess: what another architecture prints is no candidate then,
    /// where something else could have printed the line.
    pub arch_is_told: bool,
}

/// How sure a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sure {
    /// Nothing else fits.
    Certain,
    /// It fits best.
    Likely,
    /// One of several that fit alike.
    Several,
}

impl Sure {
    /// The word for it, as it is printed.
    pub fn name(self) -> &'static str {
        match self {
            Sure::Certain => "certain",
            Sure::Likely => "likely",
            Sure::Several => "several",
        }
    }
}

/// A call that could have printed a line: the statement from `line` to `last`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The file, below the tree's root.
    pub path: Vec<u8>,
    /// The statement's first line, from 1.
    pub line: u32,
    /// Its last line; the first again where it has one.
    pub last: u32,
    /// The function around it; empty outside of all.
    pub function: Vec<u8>,
    /// How sure.
    pub sure: Sure,
    /// The format that it prints, as it stands in the source with its prefix.
    pub format: Vec<u8>,
}

/// Knows which printing call printed a line.
pub trait MessageSource {
    /// The calls that could have printed `text` (a line without what the logger put before
    /// it), the best first; none where no call of the tree could have.
    fn printed(&self, text: &[u8], context: &LineContext<'_>) -> Vec<Candidate>;

    /// These lines will be asked for next: what does not depend on their context can be found
    /// for all of them at once.
    fn expect(&self, _: &[&[u8]]) {}
}

/// Knows no messages: for a log of which only frames are wanted.
pub struct NoMessages;

impl MessageSource for NoMessages {
    fn printed(&self, _: &[u8], _: &LineContext<'_>) -> Vec<Candidate> {
        Vec::new()
    }
}
