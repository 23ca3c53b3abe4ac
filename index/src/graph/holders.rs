//! Which structure a path of names leads to: `inode.i_op` by the member `i_op` of `struct inode`, and so on,
//! across files. A path may begin with what another file says: `=lamp`, a variable, `()lamp_of`, what a
//! function or a macro gives, `~lamp_t`, a type's name. Nothing is guessed: where definitions
//! disagree, there is no answer.

use crate::outline::{Kind, TWINS};
use crate::program::Program;

use super::base::{DefInfo, Graph};

/// The most steps of a path that begins with what other files say.
const DEEPEST: usize = 6;

impl Graph<'_> {
    /// The struct that a path leads to: `inode.i_op` to what the member `i_op` of `struct inode`
    /// holds or points to.
    pub fn struct_at(&self, path: &[u8]) -> Option<Vec<u8>> {
        self.followed(path, DEEPEST)
    }

    fn followed(&self, path: &[u8], left: usize) -> Option<Vec<u8>> {
        let mut parts = path.split(|byte| *byte == b'.');
        let mut held = self.beginning(parts.next().unwrap_or_default(), left)?;
        for part in parts {
            held = self.held_by(part, &held, left)?;
        }
        Some(held)
    }

    /// The struct that the member `field` of the struct `tag` holds or points to.
    fn held_by(&self, field: &[u8], tag: &[u8], left: usize) -> Option<Vec<u8>> {
        let members = self.definitions_of(self.find_name(&[field, b"@", tag].concat())?);
        let holds = members.iter().find_map(|member| self.struct_in(member))?;
        // A struct inside is of the one around it.
        if holds == tag { Some(holds) } else { self.beginning(&holds, left) }
    }

    /// The struct that a member holds or points to; none of one that holds functions.
    fn struct_in(&self, member: &DefInfo) -> Option<Vec<u8>> {
        let name = self.name(self.type_of(member)?);
        (name.first() != Some(&TWINS)).then(|| name.to_vec())
    }

    /// Whether a definition is a member that holds functions.
    pub fn holds_functions(&self, definition: &DefInfo) -> bool {
        definition.kind == Kind::Member && self.struct_in(definition).is_none()
    }

    /// All names of a field of a struct that goes by several, each with an `@`; else none.
    pub(super) fn twins(&self, field: &[u8], tag: &[u8]) -> Option<Vec<Vec<u8>>> {
        let members = self.definitions_of(self.find_name(&[field, tag].concat())?);
        let members = members.iter().filter(|d| d.kind == Kind::Member);
        let types = members.filter_map(|member| Some(self.name(self.type_of(member)?)));
        let told =
            types.into_iter().find_map(|name| Some(name.strip_prefix(&[TWINS])?.to_vec()))?;
        Some(told.split(|byte| *byte == b',').map(|name| [name, b"@"].concat()).collect())
    }

    /// The struct that the first part of a path is, or leads to.
    fn beginning(&self, part: &[u8], left: usize) -> Option<Vec<u8>> {
        match part {
            [b'~', name @ ..] => self.agreed(name, |kind| kind == Kind::Typedef, left),
            [b'=', name @ ..] => {
                let is_variable = |kind| matches!(kind, Kind::Variable | Kind::Declaration);
                self.agreed(name, is_variable, left)
            }
            [b'(', b')', name @ ..] => {
                let gives = |kind: Kind| {
                    kind.is_callable() || matches!(kind, Kind::Macro | Kind::Declaration)
                };
                self.agreed(name, gives, left)
            }
            tag => Some(tag.to_vec()),
        }
    }

    /// What all definitions of a name say that say something, those of the kernel where it has any.
    fn agreed(
        &self,
        name: &[u8],
        is_wanted: impl Fn(Kind) -> bool,
        left: usize,
    ) -> Option<Vec<u8>> {
        let left = left.checked_sub(1)?;
        let definitions = self.definitions_of(self.find_name(name)?);
        let told = |d: &DefInfo| is_wanted(d.kind).then(|| self.type_of(d)).flatten();
        let told = definitions.iter().filter_map(|d| Some((self.place(d.file).program, told(d)?)));
        let mut told: Vec<_> = told.collect();
        if told.iter().any(|(program, _)| *program == Program::Kernel) {
            told.retain(|(program, _)| *program == Program::Kernel);
        }
        told.sort_unstable_by_key(|(_, held)| *held);
        told.dedup_by_key(|(_, held)| *held);
        let mut agreed: Option<Vec<u8>> = None;
        for (_, held) in told {
            let held = self.followed(&self.name(held), left)?;
            if agreed.as_ref().is_some_and(|agreed| *agreed != held) {
                return None;
            }
            agreed = Some(held);
        }
        agreed
    }

    /// The one struct that has a member of this name that holds functions.
    pub(super) fn only_struct_with(&self, field: &[u8]) -> Option<Vec<u8>> {
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
            if found.iter().any(|d| self.holds_functions(d)) {
                tags.push(tag);
            }
        }
        if tags.len() == 1 { tags.pop() } else { None }
    }
}
