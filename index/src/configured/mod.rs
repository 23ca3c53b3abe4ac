//! Which files of a tree a configuration has: built, perhaps built, or not; headers through
//! the files that include them. The result is kept in the cache, with all that it depends on,
//! and believed as long as that says the same.

mod inputs;
mod kept;

use std::path::Path;

use crate::kbuild::{Configuration, Included, Knowledge, State, Truth, built, with_includes};
use crate::{Fresh, Index, Tree};

use self::inputs::{Recorder, hashed};
use self::kept::Kept;

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
pub struct Configured(kept::Files);

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
    /// evaluated now.
    pub fn of(
        around: &Around<'_>,
        config: &Configuration,
        bytes: &[u8],
        knowledge: &Knowledge,
    ) -> Configured {
        let arch = config.architecture().unwrap_or_default().as_bytes();
        let root = around.tree.root();
        let key =
            hashed(&[arch, b"\n", env!("CARGO_PKG_VERSION").as_bytes(), b"\n", bytes].concat());
        let generation = around.index.map_or(0, |(index, _)| index.generation());
        let kept = Kept::open(around.cache, root, key);
        if let Some(kept) = kept {
            let same_index = generation != 0 && kept.generation == generation;
            let suspects = around.index.filter(|_| same_index);
            let suspects = suspects.map(|(index, fresh)| index.suspects(fresh));
            if kept.inputs.are_current(root, suspects.as_deref()) {
                let files = kept.files.clone();
                if !same_index && generation != 0 {
                    Kept { generation, ..kept }.watched(around).keep(around.cache, root, key);
                }
                return Configured(files);
            }
        }
        let recorder = Recorder::new(root);
        let files = evaluated(&recorder, config, knowledge);
        let kept = Kept { generation, inputs: recorder.inputs(), files };
        let kept = kept.watched(around);
        kept.keep(around.cache, root, key);
        Configured(kept.files)
    }

    /// The same, evaluated now and not kept.
    pub fn evaluated(root: &Path, config: &Configuration, knowledge: &Knowledge) -> Configured {
        Configured(evaluated(&crate::kbuild::Disk::new(root.to_owned()), config, knowledge))
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
            Some(kept::Built::Module(_)) => Truth::True,
            Some(kept::Built::In) => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// The sources that are built, in path order, each with its module's name if it is one's.
    pub fn built(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.0.built().filter(|(path, _)| is_source(path))
    }
}

impl Kept {
    /// Marks the inputs whose changes the index doesn't tell.
    fn watched(mut self, around: &Around<'_>) -> Kept {
        if let Some((index, fresh)) = around.index {
            let suspects: std::collections::HashSet<Vec<u8>> =
                index.suspects(fresh).into_iter().collect();
            let unseen =
                |path: &[u8], is_folder| suspects.contains(path) || !index.sees(path, is_folder);
            self.inputs.watch(unseen);
        }
        self
    }
}

fn evaluated(
    files: &dyn crate::kbuild::Files,
    config: &Configuration,
    knowledge: &Knowledge,
) -> kept::Files {
    let built = built(files, config, knowledge);
    let built = with_includes(built, Included::All, files, config, knowledge);
    let mut states: Vec<(&[u8], State)> =
        built.sources().map(|source| (source, built.state(source))).collect();
    states.sort_unstable();
    kept::Files::of(&states)
}

fn presence_of(state: Option<kept::Built>, path: &[u8]) -> Presence {
    match state {
        Some(kept::Built::No) | None if is_compiled(path) => Presence::Out,
        Some(kept::Built::Unknown) => Presence::Unknown,
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
