//! What becomes of each file of a tree under a configuration, as it is kept.

use serde::{Deserialize, Serialize};

use super::packed::Packed;
use crate::kbuild::{Built, Defines, State};

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Becomes {
    No,
    Unknown,
    Program,
    /// A part of the module of this number.
    Module(u32),
    BuiltIn,
}

/// Each file's state, sorted by path.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct States {
    /// The evaluation's number: what else is kept of it says so.
    pub(super) evaluation: u64,
    all: Packed<Becomes>,
    modules: Vec<serde_bytes::ByteBuf>,
    /// What Makefiles define for the preprocessor.
    pub(super) defines: Defines,
}

/// Two evaluations may find the same.
impl PartialEq for States {
    fn eq(&self, other: &States) -> bool {
        self.all == other.all && self.modules == other.modules && self.defines == other.defines
    }
}

impl Eq for States {}

impl States {
    /// Of what is built, by the evaluation of this number.
    pub(super) fn of(evaluation: u64, built: &Built) -> States {
        let mut states: Vec<(&[u8], State)> =
            built.sources().map(|source| (source, built.state(source))).collect();
        states.sort_unstable();
        let defines = built.defines.clone();
        let mut found = States { evaluation, defines, ..States::default() };
        let mut numbers = std::collections::HashMap::new();
        for (path, state) in states {
            let becomes = match state {
                State::No => Becomes::No,
                State::Unknown => Becomes::Unknown,
                State::Program(_) => Becomes::Program,
                State::BuiltIn => Becomes::BuiltIn,
                State::Module(name) => {
                    let next = found.modules.len() as u32;
                    let number = *numbers.entry(name.clone()).or_insert(next);
                    if number == next {
                        found.modules.push(name.into());
                    }
                    Becomes::Module(number)
                }
            };
            found.all.push(path, becomes);
        }
        found
    }

    /// What becomes of the file at `path`.
    pub(super) fn state(&self, path: &[u8]) -> Option<Becomes> {
        let at = self.all.find(|there, _| there.cmp(path))?;
        self.all.get(at).map(|(_, becomes)| becomes)
    }

    /// The same, looked for from `at` on, where the path before was found or would be.
    pub(super) fn state_from(&self, at: &mut usize, path: &[u8]) -> Option<Becomes> {
        let behind = at.checked_sub(1).and_then(|before| self.all.get(before));
        if behind.is_some_and(|(there, _)| there >= path) {
            return self.state(path);
        }
        while let Some((there, becomes)) = self.all.get(*at).filter(|(there, _)| *there <= path) {
            *at += 1;
            if there == path {
                return Some(becomes);
            }
        }
        None
    }

    /// The files that become part of the kernel, with the module's name if it is one's.
    pub(super) fn built(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        (0..self.all.len()).filter_map(|at| match self.all.get(at)? {
            (path, Becomes::BuiltIn) => Some((path, None)),
            (path, Becomes::Module(number)) => {
                Some((path, Some(self.modules.get(number as usize)?.as_slice())))
            }
            _ => None,
        })
    }
}
