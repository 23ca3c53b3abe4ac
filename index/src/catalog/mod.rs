//! The catalog: what one would look for by an idea rather than by name. Symbols with the
//! comments above them, sections of the documentation, Kconfig entries, boot parameters,
//! maintainers and files, each a document; a question's answer is the best of them, ranked.
//!
//! Tantivy keeps dictionaries, postings and positions. What is read into documents is `read`'s,
//! how a question is understood `query`'s, how good an answer is `weights`'. The catalog is one
//! file of the index, made when the code is indexed, and published with the rest.

mod candidates;
mod document;
mod hits;
mod knowledge;
mod layout;
mod naming;
mod now;
mod query;
mod read;
pub(crate) mod recent;
mod search;
pub(crate) mod stored;
mod table;
mod weights;
mod words;
mod write;

pub use document::Kind;
pub use layout::{Reach, reach};
pub use query::{Query, Wanted};
pub use search::{Found, Marks};

pub(crate) use now::{Catalog, Since};
pub(crate) use read::{documents, wants};
pub(crate) use write::Builder;
