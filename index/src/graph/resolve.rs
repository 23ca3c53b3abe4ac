//! Which definitions a name means where it is used.
//!
//! The rule: a definition in the same file, unless it is weak; else what included headers and the
//! program's other files offer to everyone. Never another file's `static` (a header's, or that of a
//! `.c` included into the same unit, is not another's), never another architecture's,
//! never another program's. Several may remain: the configuration chooses, not kgrep.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};

use crate::outline::{Flags, Kind};

use super::base::{DefInfo, Graph};
use super::ids::{FileId, NameRef};
use super::place::Place;

/// Which architectures count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arch {
    /// All of them; code of one still never reaches into another.
    All,
    /// Code for this one (a number of [`Place::arch_number`]), and code for all.
    One(u16),
    /// The same, of a kernel: without the files that its configuration doesn't build.
    Built(u16),
}

impl Arch {
    /// The architecture of this name, as its folder in `arch/` is called.
    pub fn named(name: &str) -> Self {
        Arch::One(Place::arch_number(name.as_bytes()))
    }

    /// The same, with only what the configuration in force builds.
    pub fn built(name: &str) -> Self {
        Arch::Built(Place::arch_number(name.as_bytes()))
    }

    /// The same, whatever is built.
    #[must_use]
    pub fn whole(self) -> Self {
        match self {
            Arch::Built(number) => Arch::One(number),
            other => other,
        }
    }

    /// Whether a file counts.
    pub fn has(self, place: Place) -> bool {
        !self.leaves_out(place) && (place.arch == 0 || self.is_of(place.arch))
    }

    /// Whether a file doesn't count since it isn't built.
    pub fn leaves_out(self, place: Place) -> bool {
        place.left_out && matches!(self, Arch::Built(_))
    }

    fn is_of(self, arch: u16) -> bool {
        match self {
            Arch::All => true,
            Arch::One(number) | Arch::Built(number) => number == arch,
        }
    }
}

/// What a used name can mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meaning {
    /// Functions and assembler symbols.
    pub functions: Vec<DefInfo>,
    /// Macros.
    pub macros: Vec<DefInfo>,
    /// Whether the tree defines it, but nowhere this file can mean.
    pub is_elsewhere: bool,
}

impl Meaning {
    /// Whether it means nothing that is known.
    pub fn is_empty(&self) -> bool {
        self.functions.is_empty() && self.macros.is_empty()
    }
}

impl Graph<'_> {
    /// What `name`, used in `file`, can mean.
    pub fn resolve(&self, name: NameRef, file: FileId, arch: Arch) -> Meaning {
        self.choose(&self.definitions_of(name), file, arch)
    }

    /// Which of these definitions of one name `file` can mean.
    pub(super) fn choose(&self, definitions: &[DefInfo], file: FileId, arch: Arch) -> Meaning {
        let mut meaning = Meaning::default();
        let mut declared = false;
        let own = definitions.iter().any(|d| d.file == file && hides(d));
        for definition in definitions.iter().filter(|d| !own || d.file == file) {
            let is_macro = is_macro(definition);
            if definition.kind == Kind::Declaration {
                declared |= self.place(definition.file).is_header;
            }
            if !is_macro && !definition.kind.is_callable() {
                continue;
            }
            if !self.sees(file, definition, arch) {
                meaning.is_elsewhere = true;
                continue;
            }
            if is_macro { &mut meaning.macros } else { &mut meaning.functions }.push(*definition);
        }
        // Declared for all and defined by a macro's paste: not another file's after all.
        meaning.is_elsewhere &= !declared;
        meaning
    }

    /// Whether code in `file` can mean `definition`.
    pub fn sees(&self, file: FileId, definition: &DefInfo, arch: Arch) -> bool {
        if definition.file == file {
            return true;
        }
        let (from, to) = (self.place(file), self.place(definition.file));
        let same_arch =
            to.arch == 0 || if from.arch == 0 { arch.has(to) } else { from.arch == to.arch };
        // Rust and C meet only through bindings, which are made when the kernel is built, and
        // in Rust functions that go by their name alone.
        let rust = definition.kind == Kind::RustFunction
            && !definition.flags.has(Flags::EXTERN)
            && !self.path(file).ends_with(b".rs");
        if from.program != to.program || !same_arch || rust || arch.leaves_out(to) {
            return false;
        }
        let private = definition.flags.has(Flags::STATIC) || is_macro(definition);
        if to.is_header {
            // A header that is a part of one `.c` file (`kernel/rcu/tasks.h`) defines functions for
            // all.
            let linked = !private && definition.kind == Kind::Function;
            return to.is_public || linked || self.includes_privately(file, definition.file);
        }
        !private
            || self.includes_privately(file, definition.file)
            || self.includes_privately(definition.file, file)
    }

    /// The `.c` files that include this `.c` file.
    pub fn includers_of(&self, file: FileId) -> Vec<FileId> {
        if !self.path(file).ends_with(b".c") {
            return Vec::new();
        }
        self.includers.get(&file).cloned().unwrap_or_default()
    }

    /// Whether `file` includes `wanted`, directly or through other private files.
    fn includes_privately(&self, file: FileId, wanted: FileId) -> bool {
        // Nearly all are `.c` files that nobody includes.
        let included = !self.is_base(wanted) || self.included.get(wanted.at());
        included && self.private_includes(file).binary_search(&wanted).is_ok()
    }

    /// The private files that `file` includes, directly or through others of them, sorted.
    pub fn private_includes(&self, file: FileId) -> Arc<Vec<FileId>> {
        let mut known = self.private.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.entry(file).or_insert_with(|| {
            let mut seen: HashSet<FileId> = HashSet::new();
            let mut open = vec![file];
            while let Some(next) = open.pop() {
                open.extend(
                    self.includes_of(next).into_iter().filter(|target| seen.insert(*target)),
                );
            }
            let mut all: Vec<FileId> = seen.into_iter().collect();
            all.sort_unstable();
            Arc::new(all)
        });
        Arc::clone(found)
    }
}

/// Whether a file's own definition hides all others: not a weak one, which the linker replaces.
pub(super) fn hides(definition: &DefInfo) -> bool {
    let callable = definition.kind.is_callable() || is_macro(definition);
    callable && !definition.flags.has(Flags::WEAK)
}

/// Whether the preprocessor puts something else in the name's place.
pub(super) fn is_macro(definition: &DefInfo) -> bool {
    matches!(definition.kind, Kind::Macro | Kind::Constant)
}
