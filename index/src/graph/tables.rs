//! Calls through one table that the text names: `inet_dgram_ops.ioctl(…)` calls what this table has
//! there, and not what others have in their fields of that name.

use crate::outline::{Flags, Kind, UseKind};
use crate::program::Program;

use super::base::{DefInfo, Graph};
use super::basis::kept;
use super::ids::NameRef;
use super::pointees::{has_pointees, without_pointees};
use super::resolve::Arch;
use super::slots::Fill;

impl Graph<'_> {
    /// What a slot holds that is a field of one table that is never written; none where it is not such a
    /// slot, or nothing is known to be there.
    pub(super) fn table_fills(
        &self,
        slot: NameRef,
        program: Program,
        arch: Arch,
    ) -> Option<Vec<Fill>> {
        let text = self.name(slot);
        let (field, table) = named_table(&text)?;
        let may_be = |d: &DefInfo| {
            let place = self.place(d.file);
            d.kind == Kind::Variable
                && !d.flags.has(Flags::STATIC)
                && place.program == program
                && arch.has(place)
        };
        let mut tables = self.definitions_of(self.find_name(table)?);
        tables.retain(may_be);
        if !tables.iter().all(|table| table.flags.has(Flags::TABLE)) {
            return None;
        }
        let mut fills: Vec<Fill> = Vec::new();
        for table in &tables {
            let edges = self.edges_of(table).into_iter().filter(|e| e.kind == UseKind::Init);
            let is_it = |via: NameRef| self.name(via).strip_prefix(field).is_some();
            for edge in edges.filter(|edge| edge.via.is_some_and(is_it)) {
                let definitions = self.resolve(edge.name, table.file, arch).functions;
                if !definitions.is_empty() && fills.iter().all(|fill| fill.name != edge.name) {
                    fills.push(Fill { name: edge.name, definitions, tables: vec![table.file] });
                }
            }
        }
        fills.sort_by_cached_key(|fill| self.name_key(fill.name));
        (!fills.is_empty()).then_some(fills)
    }

    /// Whether what is called through a slot may be other than through those of the same structure.
    pub(super) fn is_like_no_other(&self, slot: NameRef) -> bool {
        let text = self.name(slot);
        has_pointees(&text) || named_table(&text).is_some() || kept(&text).is_some()
    }
}

/// The field, up to its `@`, and the variable of a slot that names nothing else: `ioctl@=inet_dgram_ops`.
fn named_table(slot: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b'@', slot)?;
    let table = without_pointees(&slot[at + 1..]).strip_prefix(b"=")?;
    (!table.contains(&b'.')).then(|| (&slot[..=at], table))
}

#[cfg(test)]
mod tests {
    use super::named_table;

    #[test]
    fn a_table_is_named_alone() {
        assert_eq!(named_table(b"on@=lamps"), Some((&b"on@"[..], &b"lamps"[..])));
        for slot in [&b"on@lamps"[..], b"on@=lamps.ops", b"on@", b"on@*", b"on"] {
            assert_eq!(named_table(slot), None);
        }
    }
}
