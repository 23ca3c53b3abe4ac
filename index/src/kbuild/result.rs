//! What a configuration builds, as data: each object of each source, with the lines of the
//! Makefiles that decided.

use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};

use super::Truth;
use super::defines::Defines;
use super::make::{Condition, NO_CONDITION, Origin};

/// What becomes of a source; later ones outrank earlier ones.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum State {
    /// No line of a Makefile that holds names it.
    No,
    /// A part of another program (boot loader, purgatory, host tool) that is made in this folder.
    Program(Vec<u8>),
    /// Only a shell or a compiler could tell.
    Unknown,
    /// A part of the module of this name.
    Module(Vec<u8>),
    /// A part of the kernel's image.
    BuiltIn,
}

/// One object that a source is compiled into.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Object {
    /// The source, from the top of the tree.
    #[serde(with = "serde_bytes")]
    pub source: Vec<u8>,
    /// What it becomes a part of.
    pub state: State,
    pub(super) folder: u32,
    /// The line that names the object, and for a part of a composite one, that names the part.
    pub(super) origins: [Option<Origin>; 2],
    /// For a file that is included: by which file, and on which line.
    pub included_by: Option<(Vec<u8>, u32)>,
}

/// A folder whose Makefile was run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Visited {
    pub(super) path: Vec<u8>,
    /// The folder whose Makefile led here, and its line.
    pub(super) from: Option<(u32, Origin)>,
    #[serde(with = "shared")]
    pub(super) read: Vec<Arc<[u8]>>,
    pub(super) conditions: Vec<Condition>,
}

/// A line that decides whether something is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The Makefile.
    pub file: Vec<u8>,
    /// The line, from 1: of the assignment, or of the `ifdef` or `else` around it.
    pub line: u32,
    /// Whether it lets the source be built.
    pub holds: Truth,
}

/// What a configuration builds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Built {
    pub(super) folders: Vec<Visited>,
    objects: Vec<Object>,
    #[serde(skip)]
    by_source: HashMap<Vec<u8>, Vec<u32>>,
    pub(super) flags: HashMap<Vec<u8>, Vec<Vec<u8>>>,
    /// What Makefiles define for the preprocessor.
    pub defines: Defines,
}

/// Files that include each other on the way to a source.
const INCLUDES: usize = 100;

impl Built {
    pub(super) fn add(&mut self, object: Object) {
        let number = self.objects.len() as u32;
        self.by_source.entry(object.source.clone()).or_default().push(number);
        self.objects.push(object);
    }

    /// The same as it was kept, which leaves out what the objects say by themselves.
    #[must_use]
    pub(crate) fn restored(mut self) -> Built {
        for object in std::mem::take(&mut self.objects) {
            self.add(object);
        }
        self
    }

    /// The objects of one source, in the order that the Makefiles name them.
    pub fn objects(&self, source: &[u8]) -> impl Iterator<Item = &Object> {
        let numbers = self.by_source.get(source).map(Vec::as_slice).unwrap_or_default();
        numbers.iter().filter_map(|number| self.objects.get(*number as usize))
    }

    /// What becomes of a source: the most that any of its objects says.
    pub fn state(&self, source: &[u8]) -> State {
        self.objects(source).map(|object| &object.state).max().cloned().unwrap_or(State::No)
    }

    /// All sources that some Makefile names, in no order.
    pub fn sources(&self) -> impl Iterator<Item = &[u8]> {
        self.by_source.keys().map(Vec::as_slice)
    }

    /// The Makefiles that were read, sorted: with the configuration, all that the result
    /// depends on, but for which files there are.
    pub fn read(&self) -> Vec<&[u8]> {
        let mut read: Vec<&[u8]> =
            self.folders.iter().flat_map(|folder| folder.read.iter().map(|f| &f[..])).collect();
        read.sort_unstable();
        read.dedup();
        read
    }

    /// The folders whose Makefiles were run, sorted.
    pub fn folders(&self) -> Vec<&[u8]> {
        let mut paths: Vec<&[u8]> = self.folders.iter().map(|f| f.path.as_slice()).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    /// The lines that led to an object, from the top Makefile down.
    pub fn steps(&self, object: &Object) -> Vec<Step> {
        self.steps_within(object, INCLUDES)
    }

    fn steps_within(&self, object: &Object, includes: usize) -> Vec<Step> {
        if let Some((file, line)) = object.included_by.clone() {
            let state = self.state(&file);
            let outer = self.objects(&file).find(|o| o.state == state).filter(|_| includes > 0);
            let mut steps = outer.map(|o| self.steps_within(o, includes - 1)).unwrap_or_default();
            let unsure = object.state == State::Unknown && state != State::Unknown;
            let holds = if unsure { Truth::Unknown } else { Truth::True };
            steps.push(Step { file, line, holds });
            return steps;
        }
        let mut steps = Vec::new();
        let origins = object.origins.iter().flatten().rev();
        origins.for_each(|origin| self.add_steps(&mut steps, object.folder, *origin));
        steps.extend(self.steps_to(object.folder).into_iter().rev());
        steps.reverse();
        steps.dedup();
        steps
    }

    /// The lines that led to a folder, from the top Makefile down.
    pub(super) fn steps_to(&self, folder: u32) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = self.folders.get(folder as usize);
        while let Some((from, origin)) = at.and_then(|folder| folder.from) {
            self.add_steps(&mut steps, from, origin);
            at = self.folders.get(from as usize);
        }
        steps.reverse();
        steps
    }

    /// Adds a line and the conditions around it, innermost first.
    fn add_steps(&self, steps: &mut Vec<Step>, folder: u32, origin: Origin) {
        let folder = self.folders.get(folder as usize).filter(|_| origin.line > 0);
        let Some(folder) = folder else { return };
        steps.extend(steps_of(&folder.read, &folder.conditions, origin, Truth::True));
    }
}

/// Names of files that much shares, as they are kept: each by itself.
mod shared {
    use std::sync::Arc;

    use serde::de::Deserializer;
    use serde::ser::Serializer;
    use serde::{Deserialize, Serialize};
    use serde_bytes::{ByteBuf, Bytes};

    pub(super) fn serialize<S: Serializer>(names: &[Arc<[u8]>], to: S) -> Result<S::Ok, S::Error> {
        let names: Vec<&Bytes> = names.iter().map(|name| Bytes::new(name)).collect();
        names.serialize(to)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(
        from: D,
    ) -> Result<Vec<Arc<[u8]>>, D::Error> {
        let names = Vec::<ByteBuf>::deserialize(from)?;
        Ok(names.into_iter().map(|name| Arc::from(name.into_vec())).collect())
    }
}

/// A line and the conditions around it, innermost first.
pub(super) fn steps_of(
    read: &[Arc<[u8]>],
    conditions: &[Condition],
    origin: Origin,
    holds: Truth,
) -> Vec<Step> {
    let file = |number: u32| read.get(number as usize).map(|f| f.to_vec()).unwrap_or_default();
    let mut steps = vec![Step { file: file(origin.file), line: origin.line, holds }];
    let mut next = origin.condition;
    while next != NO_CONDITION {
        let Some(condition) = conditions.get(next as usize) else { break };
        let (file, line) = (file(condition.file), condition.line);
        steps.push(Step { file, line, holds: condition.value });
        next = condition.outer;
    }
    steps
}
