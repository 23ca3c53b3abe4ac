//! What a tree says of each Kconfig symbol under a configuration, as it is kept: its entries, the
//! others that have to do with it, and the sources that it builds. A question is about one symbol,
//! so each can be read without the others.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::packed::Packed;
use crate::kbuild::kconfig::{Definition, Kconfig, Relation};
use crate::kbuild::{Built, Files, State, symbols_in};

/// A line by which one symbol needs or turns on another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// How.
    pub relation: Relation,
    /// The symbol that does, without `CONFIG_`.
    #[serde(with = "serde_bytes")]
    pub by: Vec<u8>,
    /// The file of the line.
    #[serde(with = "serde_bytes")]
    pub file: Vec<u8>,
    /// The line, from 1.
    pub line: u32,
}

/// All that is told of one symbol.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symbol {
    /// Its entries, in the order they are read.
    pub definitions: Vec<Definition>,
    /// Who selects, implies, needs or defaults to it, in the order they are read.
    pub uses: Vec<Use>,
    /// The sources that are built by way of a Makefile's line with it, in path order.
    pub builds: Vec<(serde_bytes::ByteBuf, State)>,
}

/// All symbols of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Symbols {
    /// The number of the evaluation that told what is built.
    pub(super) evaluation: u64,
    /// Each symbol, and where what is told of it ends.
    names: Packed<u32>,
    #[serde(with = "serde_bytes")]
    told: Vec<u8>,
}

impl Symbols {
    /// Of a tree's Kconfig files, and of what the evaluation of this number builds.
    pub(super) fn of(
        evaluation: u64,
        kconfig: &Kconfig,
        built: &Built,
        files: &dyn Files,
    ) -> Symbols {
        let mut builds = builds(built, files);
        let mut names: Vec<&[u8]> = kconfig.symbols().collect();
        names.sort_unstable();
        let mut symbols = Symbols { evaluation, ..Symbols::default() };
        for name in names {
            let used = kconfig.dependents(name).into_iter().map(|dependent| Use {
                relation: dependent.relation,
                by: dependent.by.name.clone(),
                file: dependent.file.to_vec(),
                line: dependent.line,
            });
            let symbol = Symbol {
                definitions: kconfig.definitions(name).cloned().collect(),
                uses: used.collect(),
                builds: builds.remove(name).unwrap_or_default(),
            };
            // What can't be written is not told.
            symbols.told.extend(postcard::to_allocvec(&symbol).unwrap_or_default());
            symbols.names.push(name, symbols.told.len() as u32);
        }
        symbols
    }

    /// What is told of a symbol; `None` if no Kconfig file has it.
    pub(super) fn get(&self, name: &[u8]) -> Option<Symbol> {
        let at = self.names.find(|there, _| there.cmp(name))?;
        let (_, end) = self.names.get(at)?;
        let before = at.checked_sub(1).and_then(|before| self.names.get(before));
        let start = before.map_or(0, |(_, end)| end as usize);
        postcard::from_bytes(self.told.get(start..end as usize)?).ok()
    }
}

/// The sources that are built, or may be, by way of a Makefile's line with each symbol.
fn builds(
    built: &Built,
    files: &dyn Files,
) -> HashMap<Vec<u8>, Vec<(serde_bytes::ByteBuf, State)>> {
    let mut sources: Vec<(&[u8], State)> =
        built.sources().map(|source| (source, built.state(source))).collect();
    sources.retain(|(path, state)| {
        super::is_source(path) && !matches!(state, State::No | State::Program(_))
    });
    sources.sort_unstable();
    let mut lines: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    let mut found: HashMap<Vec<u8>, Vec<(serde_bytes::ByteBuf, State)>> = HashMap::new();
    // What a line names, by its file and number.
    let mut known: BTreeMap<(Vec<u8>, u32), Vec<Vec<u8>>> = BTreeMap::new();
    for (source, state) in sources {
        let Some(object) = built.objects(source).find(|object| object.state == state) else {
            continue;
        };
        let mut named: Vec<Vec<u8>> = Vec::new();
        for step in built.steps(object) {
            let symbols = known.entry((step.file, step.line)).or_insert_with_key(|(file, line)| {
                let text = lines
                    .entry(file.clone())
                    .or_insert_with(|| files.read(file).unwrap_or_default());
                let at = (*line as usize).saturating_sub(1);
                let line = text.split(|b| *b == b'\n').nth(at).unwrap_or_default();
                symbols_in(line).into_iter().map(<[u8]>::to_vec).collect()
            });
            named.extend(symbols.iter().cloned());
        }
        named.sort_unstable();
        named.dedup();
        for symbol in named {
            let source = serde_bytes::ByteBuf::from(source.to_vec());
            found.entry(symbol).or_default().push((source, state.clone()));
        }
    }
    found
}
