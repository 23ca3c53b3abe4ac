//! Calls through a pointer of which the text before them tells what it was set to: `read@buf.ops:leaf_ops#1f`
//! calls what `leaf_ops` has there. Behind the `:` stand names of tables, of variables or of
//! functions; a number behind one is its file's, whose own is meant where it has one.

use crate::name_hash::hash;
use crate::outline::{Flags, Kind, UseKind};
use crate::program::Program;

use super::base::{DefInfo, Edge, Graph};
use super::basis::Basis;
use super::ids::{FileId, NameRef};
use super::resolve::Arch;
use super::slots::Fill;

impl Graph<'_> {
    /// What a slot holds of which the text tells that, and what the claim stands on; none where it does not, or
    /// where one of the names may be anything.
    pub(super) fn told_fills(
        &self,
        slot: NameRef,
        program: Program,
        arch: Arch,
    ) -> Option<(Vec<Fill>, Basis)> {
        let text = self.name(slot);
        let names = pointee_names(&text)?;
        let mut fills: Vec<Fill> = Vec::new();
        for name in names.split(|byte| *byte == b',') {
            for fill in self.fills_told_by(name, slot, program, arch)? {
                match fills.iter_mut().find(|known| known.name == fill.name) {
                    Some(known) => known.tables.extend(fill.tables),
                    None => fills.push(fill),
                }
            }
        }
        fills.sort_by_cached_key(|fill| self.name_key(fill.name));
        let basis = if fills.len() == 1 { Basis::Named } else { Basis::Typed };
        (!fills.is_empty()).then_some((fills, basis))
    }

    /// What one of the names behind a slot puts there.
    fn fills_told_by(
        &self,
        name: &[u8],
        slot: NameRef,
        program: Program,
        arch: Arch,
    ) -> Option<Vec<Fill>> {
        let mut found = self.pointee_definitions(name, program, arch);
        let is_function = found.first().is_some_and(|d| d.kind.is_callable());
        found.retain(|d| d.kind.is_callable() == is_function);
        let first = *found.first()?;
        if is_function {
            let definitions = self.resolve(first.name, first.file, arch).functions;
            let fill = Fill { name: first.name, definitions, tables: Vec::new() };
            return (!fill.definitions.is_empty()).then(|| vec![fill]);
        }
        let same = self.same_slots(slot);
        let mut fills = Vec::new();
        for table in &found {
            let edges = self.edges_of(table).into_iter().filter(|e| e.kind == UseKind::Init);
            let entries = edges.filter(|edge| edge.via.is_some_and(|via| same.contains(&via)));
            for entry in entries {
                let definitions = self.resolve(entry.name, table.file, arch).functions;
                if !definitions.is_empty() {
                    fills.push(Fill { name: entry.name, definitions, tables: vec![table.file] });
                }
            }
        }
        if fills.is_empty() || found.iter().all(|table| table.flags.has(Flags::TABLE)) {
            return (!fills.is_empty()).then_some(fills);
        }
        // What may be written has what its file's functions put into that field, too; others don't see it.
        if !first.flags.has(Flags::STATIC) {
            return None;
        }
        let stored = self.stored_by_code(&same, first.file);
        // What is handed to its functions may be anybody's.
        if stored.iter().any(|edge| edge.kind == UseKind::Pass && self.is_slot(edge.name)) {
            return None;
        }
        if !stored.is_empty() {
            fills = self.fills_in(&same, program, arch);
            fills.retain(|fill| fill.tables.contains(&first.file));
        }
        Some(fills)
    }

    /// What functions of `file` put into these slots.
    fn stored_by_code(&self, slots: &[NameRef], file: FileId) -> Vec<Edge> {
        let users = slots.iter().flat_map(|slot| self.users_of(*slot));
        let users = users.filter_map(|id| self.definition(id));
        let own = users.filter(|user| user.file == file && user.kind.is_callable());
        let mut edges: Vec<Edge> = own.flat_map(|user| self.edges_of(&user)).collect();
        edges.retain(|edge| {
            edge.kind != UseKind::Indirect && edge.via.is_some_and(|via| slots.contains(&via))
        });
        edges
    }

    /// What a name behind a slot means: its file's own, or what all see.
    fn pointee_definitions(&self, name: &[u8], program: Program, arch: Arch) -> Vec<DefInfo> {
        let mark = memchr::memchr(b'#', name).unwrap_or(name.len());
        let (name, number) = (&name[..mark], name.get(mark + 1..).unwrap_or_default());
        let number = std::str::from_utf8(number).ok();
        let number = number.and_then(|number| u32::from_str_radix(number, 16).ok());
        let Some(name) = self.find_name(name) else { return Vec::new() };
        let mut found = self.definitions_of(name);
        found.retain(|d| {
            let place = self.place(d.file);
            (d.kind == Kind::Variable || d.kind.is_callable())
                && place.program == program
                && arch.has(place)
        });
        let is_own = |d: &DefInfo| {
            d.flags.has(Flags::STATIC) && Some(hash(self.path(d.file)).max(1)) == number
        };
        let has_own = found.iter().any(is_own);
        found.retain(|d| if has_own { is_own(d) } else { !d.flags.has(Flags::STATIC) });
        found
    }
}

/// What the text tells of a slot's pointer, which stands behind its structure.
fn pointee_names(slot: &[u8]) -> Option<&[u8]> {
    memchr::memchr(b':', slot).map(|at| &slot[at + 1..])
}

/// A slot without what the text tells of its pointer.
pub(super) fn without_pointees(slot: &[u8]) -> &[u8] {
    &slot[..memchr::memchr(b':', slot).unwrap_or(slot.len())]
}

/// Whether the text tells what a slot's pointer was set to.
pub(super) fn has_pointees(slot: &[u8]) -> bool {
    pointee_names(slot).is_some()
}

#[cfg(test)]
mod tests {
    use super::{has_pointees, pointee_names, without_pointees};

    #[test]
    fn what_is_told_stands_behind_the_structure() {
        let slot = b"read@buf.ops:leaf_ops#1f,node_ops#1f";
        assert_eq!(pointee_names(slot), Some(&b"leaf_ops#1f,node_ops#1f"[..]));
        assert_eq!(without_pointees(slot), b"read@buf.ops");
        assert_eq!(without_pointees(b"read@buf.ops"), b"read@buf.ops");
        assert!(has_pointees(slot) && !has_pointees(b"read@") && !has_pointees(b"read"));
    }
}
