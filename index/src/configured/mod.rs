//! Which files of a tree a configuration has: built, perhaps built, or not; headers through
//! the files that include them. The result is kept in the cache, with all that it depends on,
//! and believed as long as that says the same.

mod digest;
mod inputs;
mod kept;
mod packed;
mod states;
mod symbols;

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::kbuild::kconfig::Kconfig;
use crate::kbuild::{Built, Configuration, Defines, Knowledge, Truth, built, with_includes};
use crate::{Fresh, Index, Tree};

use self::inputs::{Input, Inputs, Recorder, hashed};
use self::kept::Kept;
use self::states::{Becomes, States};
use self::symbols::Symbols;
pub use self::symbols::{Symbol, Use};

/// Whether a configuration has a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is built, is part of what is, or is no file that is ever compiled.
    In,
    /// Only a shell or a compiler could tell.
    Unknown,
    /// It isn't built.
    Out,
}

/// The files that a configuration has, sorted by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configured(States);

/// Where a tree's kept results are, and what is known of changes in it.
pub struct Around<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// kgrep's cache folder.
    pub cache: &'a Path,
    /// The tree's index, and what changed since, if it has one.
    pub index: Option<(&'a Index, &'a Fresh)>,
}

impl Configured {
    /// What the configuration that was read from `bytes` has of the tree: as it was kept, or
    /// evaluated now; then what it builds, with the lines that decide, comes with it, and is kept
    /// for [`Configured::lines`].
    pub fn of(
        around: &Around<'_>,
        config: &Configuration,
        bytes: &[u8],
        knowledge: &Knowledge,
    ) -> (Configured, Option<Built>) {
        let mut found = None;
        let make = |recorder: &Recorder| {
            let (states, built) = evaluated(recorder, config, knowledge);
            found = Some(built);
            states
        };
        let states = around.kept(key(b"files", config, bytes), |_| true, make);
        if let Some(built) = &found {
            // Of what it depends on, that is believed which the states depend on.
            let lines = (states.evaluation, built);
            let generation = around.index.map_or(0, |(index, _)| index.generation());
            let kept = Kept { generation, inputs: Inputs::default(), found: lines };
            kept.keep(around.cache, around.tree.root(), key(b"lines", config, bytes));
        }
        (Configured(states), found)
    }

    /// What the tree says of a Kconfig symbol, without `CONFIG_`; `None` if no Kconfig file has
    /// it. As it was kept, or evaluated now; `built` says what the configuration builds.
    pub fn symbol<'b>(
        &self,
        around: &Around<'_>,
        (config, bytes): (&Configuration, &[u8]),
        built: impl FnOnce() -> &'b Built,
        name: &[u8],
    ) -> Option<Symbol> {
        // What is built depends on far more, of which `self` was found to be as it is now.
        let evaluation = self.0.evaluation;
        let make = |recorder: &Recorder| {
            let kconfig = Kconfig::read(recorder, config);
            let files = crate::kbuild::Disk::new(around.tree.root().to_owned());
            Symbols::of(evaluation, &kconfig, built(), &files)
        };
        let is_of_it = |symbols: &Symbols| symbols.evaluation == evaluation;
        around.kept(key(b"symbols", config, bytes), is_of_it, make).get(name)
    }

    /// What the configuration builds, with the lines that decide: as it was kept, or as `make`
    /// finds it now.
    pub fn lines(
        &self,
        around: &Around<'_>,
        (config, bytes): (&Configuration, &[u8]),
        make: impl FnOnce() -> Built,
    ) -> Built {
        // It depends on what `self` does, which was found to be as it is now.
        let evaluation = self.0.evaluation;
        let key = key(b"lines", config, bytes);
        let is_of_it = |(kept, _): &(u64, Built)| *kept == evaluation;
        around.kept(key, is_of_it, |_| (evaluation, make())).1.restored()
    }

    /// The same, evaluated now and not kept.
    pub fn evaluated(root: &Path, config: &Configuration, knowledge: &Knowledge) -> Configured {
        Configured(evaluated(&crate::kbuild::Disk::new(root.to_owned()), config, knowledge).0)
    }

    /// Whether the configuration has the file at `path`, below the tree's root.
    pub fn presence(&self, path: &[u8]) -> Presence {
        presence_of(self.0.state(path), path)
    }

    /// As [`Configured::presence`], quick for paths that are asked for in order.
    pub fn in_order(&self) -> impl FnMut(&[u8]) -> Presence {
        let mut at = 0;
        move |path| presence_of(self.0.state_from(&mut at, path), path)
    }

    /// Whether a file is a part of a module.
    pub fn is_of_module(&self, path: &[u8]) -> Truth {
        match self.0.state(path) {
            _ if path.ends_with(b".h") => Truth::Unknown,
            Some(Becomes::Module(_)) => Truth::True,
            Some(Becomes::BuiltIn) => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// What Makefiles define for the preprocessor.
    pub fn defines(&self) -> &Defines {
        &self.0.defines
    }

    /// The sources that are built, in path order, each with its module's name if it is one's.
    pub fn built(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.0.built().filter(|(path, _)| is_source(path))
    }
}

/// What a result is kept under: what it is, and of which configuration.
fn key(what: &[u8], config: &Configuration, bytes: &[u8]) -> u64 {
    let arch = config.architecture().unwrap_or_default().as_bytes();
    let version = env!("CARGO_PKG_VERSION").as_bytes();
    hashed(&[what, b"\n", arch, b"\n", version, b"\n", bytes].concat())
}

impl Around<'_> {
    /// What is kept under `key`, where `is_meant` and all that it depends on says the same as
    /// then; else what `make` finds now, which is kept.
    fn kept<T: Serialize + DeserializeOwned>(
        &self,
        key: u64,
        is_meant: impl Fn(&T) -> bool,
        make: impl FnOnce(&Recorder) -> T,
    ) -> T {
        let root = self.tree.root();
        let generation = self.index.map_or(0, |(index, _)| index.generation());
        let kept = Kept::open(self.cache, root, key).filter(|kept| is_meant(&kept.found));
        if let Some(mut kept) = kept {
            let same_index = generation != 0 && kept.generation == generation;
            let suspects = self.index.filter(|_| same_index);
            let suspects = suspects.map(|(index, fresh)| index.suspects(fresh));
            if kept.inputs.are_current(root, suspects.as_deref()) {
                if !same_index && generation != 0 {
                    kept.generation = generation;
                    self.watch(&mut kept.inputs);
                    kept.keep(self.cache, root, key);
                }
                return kept.found;
            }
        }
        let recorder = Recorder::new(root);
        let found = make(&recorder);
        let mut kept = Kept { generation, inputs: recorder.inputs(), found };
        self.watch(&mut kept.inputs);
        kept.keep(self.cache, root, key);
        kept.found
    }

    /// Marks the inputs whose changes the index doesn't tell.
    fn watch(&self, inputs: &mut Inputs) {
        if let Some((index, fresh)) = self.index {
            let suspects: std::collections::HashSet<Vec<u8>> =
                index.suspects(fresh).into_iter().collect();
            // The index may lack what is there: what rules leave out, or a link.
            let sees = |path: &[u8], input: Input| {
                index.sees(path, input.is_folder) || input.digest == 0 && index.lacks(path)
            };
            inputs.watch(|path, input| suspects.contains(path) || !sees(path, input));
        }
    }
}

/// A number that no other evaluation has.
fn evaluation() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.map_or(0, |now| now.as_nanos());
    hashed(&[&now.to_le_bytes()[..], &std::process::id().to_le_bytes()].concat())
}

fn evaluated(
    files: &dyn crate::kbuild::Files,
    config: &Configuration,
    knowledge: &Knowledge,
) -> (States, Built) {
    let built = built(files, config, knowledge);
    let built = with_includes(built, files, config, knowledge);
    (States::of(evaluation(), &built), built)
}

fn presence_of(state: Option<Becomes>, path: &[u8]) -> Presence {
    match state {
        Some(Becomes::No) | None if is_compiled(path) => Presence::Out,
        Some(Becomes::Unknown) => Presence::Unknown,
        _ => Presence::In,
    }
}

/// Whether a file is one that a configuration may leave out.
fn is_compiled(path: &[u8]) -> bool {
    is_source(path) || [&b".h"[..], b".dtsi"].iter().any(|suffix| path.ends_with(suffix))
}

/// Whether a file is compiled by itself.
fn is_source(path: &[u8]) -> bool {
    [&b".c"[..], b".S", b".s", b".rs", b".dts", b".dtso"]
        .iter()
        .any(|suffix| path.ends_with(suffix))
}
