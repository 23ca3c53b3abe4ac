//! The columns of an answer: a title, and a role that tells a face where their values belong
//! without reading them.

use serde::{Deserialize, Serialize};

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// A node of a tree, which the entry's depth indents.
    Node,
    /// What a step of a chain leads to.
    Step,
    /// Where a step of a chain comes from: what the one before it leads to.
    Origin,
    /// The name that an entry is about, which comes before its source.
    Name,
    /// The function around the source.
    Function,
    /// Another place, as `path:line`.
    Place,
    /// Where that which a step comes from is defined: a table leaves it out.
    Start,
    /// A number.
    Count,
    /// How a step is made; a plain call goes without saying.
    How,
    /// What is said about the source.
    Text,
    /// The sentence that an entry was found by, where its own line is another: a table
    /// leaves it out.
    Sentence,
}

/// A column of an answer, and of the list that is made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// What a table's header calls it.
    pub title: String,
    /// What its values are.
    pub role: Role,
}

impl Column {
    /// A column of this title and role.
    pub fn new(title: &str, role: Role) -> Column {
        Column { title: title.to_owned(), role }
    }

    /// Columns of these titles and roles.
    pub fn all(columns: &[(&str, Role)]) -> Vec<Column> {
        columns.iter().map(|(title, role)| Column::new(title, *role)).collect()
    }
}
