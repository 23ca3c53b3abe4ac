//! Slots: the fields through which functions are called. `open@file_operations` is one;
//! `open@inode.i_fop` is the same, once the member `i_fop` of `struct inode` is looked up;
//! `open@` is one whose struct the text does not tell.

use std::collections::BTreeMap;

use crate::outline::{Kind, UseKind};

use super::base::{DefInfo, Graph, NameRef};
use super::order::NameKey;
use super::place::Program;
use super::resolve::Arch;

/// The functions that fill a slot, by name; where its struct is not known, how many functions
/// fill fields of that name.
pub(super) type Fills = Result<Vec<(NameRef, Vec<DefInfo>)>, usize>;

impl Graph<'_> {
    /// Whether a name is a slot's.
    pub(super) fn is_slot(&self, name: NameRef) -> bool {
        self.name(name).contains(&b'@')
    }

    /// The struct of a slot, as far as the tree tells.
    fn slot_struct(&self, slot: &[u8]) -> Option<Vec<u8>> {
        let at = memchr::memchr(b'@', slot)?;
        let (field, tag) = (&slot[..at], &slot[at + 1..]);
        if tag.is_empty() {
            return self.only_struct_with(field);
        }
        let Some(dot) = memchr::memchr(b'.', tag) else { return Some(tag.to_vec()) };
        let member = [&tag[dot + 1..], b"@", &tag[..dot]].concat();
        let members = self.definitions_of(self.find_name(&member)?);
        let holds = members.iter().find_map(|member| self.member_type(member));
        holds.map(|name| self.name(name))
    }

    /// The one struct that has a member of this name that holds functions.
    fn only_struct_with(&self, field: &[u8]) -> Option<Vec<u8>> {
        let start = [field, b"@"].concat();
        let mut tags = Vec::new();
        let mut members = Vec::new();
        self.names_starting_with(&start, |name, text| {
            members.push((name, text[start.len()..].to_vec()))
        });
        for (name, tag) in
            members.into_iter().filter(|(_, tag)| !tag.is_empty() && !tag.contains(&b'.'))
        {
            let found = self.definitions_of(name);
            if found.iter().any(|d| d.kind == Kind::Member && self.member_type(d).is_none()) {
                tags.push(tag);
            }
        }
        if tags.len() == 1 { tags.pop() } else { None }
    }

    /// All names of the slot that `slot` is.
    pub(super) fn same_slots(&self, slot: NameRef) -> Vec<NameRef> {
        let text = self.name(slot);
        let Some(tag) = self.slot_struct(&text) else { return Vec::new() };
        let end = memchr::memchr(b'@', &text).map_or(text.len(), |at| at + 1);
        let mut names = Vec::new();
        self.names_starting_with(&text[..end], |name, text| names.push((name, text.to_vec())));
        names.retain(|(_, text)| self.slot_struct(text).as_ref() == Some(&tag));
        names.into_iter().map(|(name, _)| name).collect()
    }

    /// What fills a slot that code of `program` calls through.
    pub(super) fn slot_fills(&self, slot: NameRef, program: Program, arch: Arch) -> Fills {
        let same = self.same_slots(slot);
        let mut found: BTreeMap<NameKey, (NameRef, Vec<DefInfo>)> = BTreeMap::new();
        let known = !same.is_empty();
        let slots = if known { same } else { self.slots_of_field(slot) };
        for slot in slots {
            for id in self.users_of(slot) {
                let Some(user) = self.definition(id) else { continue };
                let place = self.place(user.file);
                if place.program != program || !arch.has(place) {
                    continue;
                }
                for edge in self
                    .edges_of(&user)
                    .iter()
                    .filter(|e| e.via == Some(slot) && e.kind != UseKind::Indirect)
                {
                    let functions = self.resolve(edge.name, user.file, arch).functions;
                    let key = self.name_key(edge.name);
                    let (_, known) = found.entry(key).or_insert((edge.name, Vec::new()));
                    for function in functions {
                        if !known.iter().any(|k| k.id == function.id) {
                            known.push(function);
                        }
                    }
                }
            }
        }
        found.retain(|_, (_, definitions)| !definitions.is_empty());
        if known { Ok(found.into_values().collect()) } else { Err(found.len()) }
    }

    fn slots_of_field(&self, slot: NameRef) -> Vec<NameRef> {
        let text = self.name(slot);
        let end = memchr::memchr(b'@', &text).map_or(text.len(), |at| at + 1);
        let mut names = Vec::new();
        self.names_starting_with(&text[..end], |name, _| names.push(name));
        names
    }
}
