//! The rows of fields that structures declare, as their files' texts have them.

use kgrep_index::outline::{Flags, Kind, Language};

use crate::answer::{Cell, DefinitionKind, Row};
use crate::code::members::members_of;
use crate::code::{Code, in_parallel};
use crate::trace::InFile;

/// The fields called `name` of the structures in files that have the word; none of those that can't be read.
pub(super) fn declared(code: &Code, name: &str, found: &[InFile]) -> Vec<Row> {
    let paths: Vec<&[u8]> =
        found.iter().map(|file| &*file.path).filter(|path| is_c(path)).collect();
    let rows = in_parallel(&paths, |path| {
        code.with_text(path, |bytes| in_text(path, bytes, name)).unwrap_or_default()
    });
    rows.into_iter().flatten().collect()
}

/// Those of the file at `path`, which has `bytes`.
pub(super) fn in_text(path: &[u8], bytes: &[u8], name: &str) -> Vec<Row> {
    if !is_c(path) {
        return Vec::new();
    }
    let members = members_of(bytes, name.as_bytes()).into_iter();
    let row = members.map(|member| {
        let (kind, flags) = (Kind::Member, Flags::default());
        let kind = DefinitionKind { kind, flags, member_of: Some(member.structure) };
        Row {
            path: path.to_vec(),
            line: member.line,
            extent: Some((member.first, member.last)),
            name: name.as_bytes().to_vec(),
            cells: vec![Cell::Kind(kind)],
            ..Row::default()
        }
    });
    row.collect()
}

fn is_c(path: &[u8]) -> bool {
    Language::of(path) == Some(Language::C)
}
