//! The rows of fields that structures declare, as their files' texts have them.

use kgrep_index::outline::{Flags, Kind, Language};

use super::exists::row_of_text;
use crate::answer::{DefinitionKind, Row};
use crate::code::members::members_of;
use crate::trace::{InFile, Tracer};

/// Of `found`, which has the word, where structures declare a field of this name.
pub(super) fn declared(tracer: &mut Tracer<'_, '_>, name: &str, found: &[InFile]) -> Vec<Row> {
    let mut rows = Vec::new();
    for file in found.iter().filter(|file| Language::of(&file.path) == Some(Language::C)) {
        for member in members_of(tracer.file(&file.path).bytes(), name.as_bytes()) {
            let (kind, flags) = (Kind::Member, Flags::default());
            let kind = DefinitionKind { kind, flags, member_of: Some(member.structure) };
            let row = row_of_text(name, &file.path, member.line, kind);
            rows.push(Row { extent: Some((member.first, member.last)), ..row });
        }
    }
    rows
}
