//! Which definitions a name means where it is used.
//!
//! The rule: a definition in the same file, unless it is weak; else what included headers and the
//! program's other files offer to everyone; else what a file has that may be compiled together with it. Never another
//! file's `static` (a header's, or that of a `.c` included into the same unit, is not another's), never another
//! architecture's, never another program's. Several may remain: the configuration chooses, not kgrep.

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

/// How code can mean a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sight {
    /// It is the file's, or that of a private file which includes it or is included.
    Near,
    /// It is for all.
    All,
    /// All that include the file include what has it.
    Unit,
    /// Some that include the file do.
    Lent,
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
    fn add(&mut self, definition: DefInfo) {
        let known = if is_macro(&definition) { &mut self.macros } else { &mut self.functions };
        known.push(definition);
    }

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
        let (mut declared, mut near) = (false, false);
        let mut further: Vec<(Sight, DefInfo)> = Vec::new();
        let own = definitions.iter().any(|d| d.file == file && hides(d));
        for definition in definitions.iter().filter(|d| !own || d.file == file) {
            if definition.kind == Kind::Declaration {
                declared |= self.place(definition.file).is_header;
            }
            if !is_macro(definition) && !definition.kind.is_callable() {
                continue;
            }
            match self.sight(file, definition, arch) {
                None => meaning.is_elsewhere = true,
                Some(sight @ (Sight::Near | Sight::All)) => {
                    near |= sight == Sight::Near;
                    meaning.add(*definition);
                }
                Some(sight) => further.push((sight, *definition)),
            }
        }
        let in_unit = !near && further.iter().any(|(sight, _)| *sight == Sight::Unit);
        let is_open = meaning.is_empty() && !in_unit;
        for (sight, definition) in further {
            match sight {
                Sight::Unit if in_unit => meaning.add(definition),
                Sight::Lent if is_open => meaning.add(definition),
                _ => meaning.is_elsewhere = true,
            }
        }
        // Declared for all and defined by a macro's paste: not another file's after all.
        meaning.is_elsewhere &= !declared;
        meaning
    }

    /// Whether code in `file` can mean `definition`.
    pub fn sees(&self, file: FileId, definition: &DefInfo, arch: Arch) -> bool {
        self.sight(file, definition, arch).is_some()
    }

    /// How code in `file` can mean `definition`; `None` when it can't.
    fn sight(&self, file: FileId, definition: &DefInfo, arch: Arch) -> Option<Sight> {
        if definition.file == file {
            return Some(Sight::Near);
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
            return None;
        }
        let private = definition.flags.has(Flags::STATIC) || is_macro(definition);
        // A header that is a part of one `.c` file (`kernel/rcu/tasks.h`) defines functions for
        // all.
        let linked = !private && (definition.kind == Kind::Function || !to.is_header);
        if linked || to.is_public && to.is_header {
            return Some(Sight::All);
        }
        let is_includer = !to.is_header && self.includes_privately(definition.file, file);
        if is_includer || self.includes_privately(file, definition.file) {
            return Some(Sight::Near);
        }
        let is_always = self.is_read_with(file, definition.file)?;
        Some(if is_always { Sight::Unit } else { Sight::Lent })
    }

    /// The `.c` files that include this `.c` file.
    pub fn includers_of(&self, file: FileId) -> Vec<FileId> {
        if !self.path(file).ends_with(b".c") {
            return Vec::new();
        }
        self.includers.get(&file).cloned().unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::tests::sections;

    /// What `lamp` can mean in the file `from`: the files of functions, those of macros, and whether it is
    /// elsewhere.
    fn meaning_of(graph: &Graph, from: &str, arch: Arch) -> (String, String, bool) {
        let name = graph.find_name(b"lamp").unwrap();
        let meaning = graph.resolve(name, graph.file(from.as_bytes()).unwrap(), arch);
        let files = |found: &[DefInfo]| {
            let path = |d: &DefInfo| String::from_utf8_lossy(graph.path(d.file)).into_owned();
            found.iter().map(path).collect::<Vec<_>>().join(" ")
        };
        (files(&meaning.functions), files(&meaning.macros), meaning.is_elsewhere)
    }

    /// Asserts what `lamp` means in each of some files of a tree: functions, macros, and `elsewhere`.
    fn check(files: &[(&str, &str)], expected: &[(&str, &str)]) {
        let sections = sections(files);
        let graph = Graph::from_sections(&sections).unwrap();
        for (from, meaning) in expected {
            let (functions, macros, is_elsewhere) = meaning_of(&graph, from, Arch::All);
            let elsewhere = if is_elsewhere { "elsewhere" } else { "" };
            let told = [functions.as_str(), &macros, elsewhere].join(" ");
            assert_eq!(told.trim(), *meaning, "{from}");
        }
    }

    const STATIC: &str = "static int lamp(void)\n{\n\treturn 0;\n}\n";
    const GLOBAL: &str = "int lamp(void)\n{\n\treturn 0;\n}\n";
    const USER: (&str, &str) = ("kernel/user.c", "int on(void)\n{\n\treturn lamp();\n}\n");

    #[test]
    fn a_files_own_hides_others_unless_it_is_weak() {
        let weak = "int __weak lamp(void)\n{\n\treturn 0;\n}\n";
        check(
            &[("kernel/a.c", STATIC), ("kernel/b.c", GLOBAL), ("kernel/c.c", weak), USER],
            &[
                ("kernel/a.c", "kernel/a.c"),
                ("kernel/b.c", "kernel/b.c"),
                ("kernel/c.c", "kernel/b.c kernel/c.c  elsewhere"),
                ("kernel/user.c", "kernel/b.c kernel/c.c  elsewhere"),
            ],
        );
    }

    #[test]
    fn what_a_header_declares_is_not_only_elsewhere() {
        let declared = "int lamp(void);\n";
        check(&[("kernel/a.c", STATIC), USER], &[("kernel/user.c", "elsewhere")]);
        check(
            &[("include/linux/lamp.h", declared), ("kernel/a.c", STATIC), USER],
            &[("kernel/user.c", "")],
        );
        check(
            &[("kernel/a.c", STATIC), ("kernel/declares.c", declared), USER],
            &[("kernel/user.c", "elsewhere")],
        );
    }

    #[test]
    fn architectures_and_programs_do_not_see_each_other() {
        check(
            &[
                ("arch/arm/a.c", GLOBAL),
                ("arch/arm/user.c", USER.1),
                ("arch/x86/b.c", GLOBAL),
                ("tools/c.c", GLOBAL),
                ("tools/user.c", USER.1),
                USER,
            ],
            &[
                ("arch/arm/user.c", "arch/arm/a.c  elsewhere"),
                ("kernel/user.c", "arch/arm/a.c arch/x86/b.c  elsewhere"),
                ("tools/user.c", "tools/c.c  elsewhere"),
            ],
        );
    }

    #[test]
    fn rust_and_c_meet_where_rust_gives_a_name_away() {
        let given = "#[no_mangle]\npub extern \"C\" fn lamp() {\n}\n";
        check(
            &[("rust/a.rs", "pub fn lamp() {\n}\n"), ("rust/user.rs", "fn on() {\n}\n"), USER],
            &[("kernel/user.c", "elsewhere"), ("rust/user.rs", "rust/a.rs")],
        );
        check(&[("rust/a.rs", given), USER], &[("kernel/user.c", "rust/a.rs")]);
    }

    #[test]
    fn private_files_are_seen_by_who_includes_them() {
        let including = "#include \"part.h\"\nint on(void)\n{\n\treturn lamp();\n}\n";
        check(
            &[("drivers/a.c", including), ("drivers/part.h", STATIC), USER],
            &[("drivers/a.c", "drivers/part.h"), ("kernel/user.c", "elsewhere")],
        );
        // A part of one `.c` file, whose function is linked, and what a header for all has.
        check(
            &[("drivers/a.c", including), ("drivers/part.h", GLOBAL), USER],
            &[("kernel/user.c", "drivers/part.h")],
        );
        check(
            &[("drivers/a.c", including), ("drivers/part.h", "#define lamp() 1\n"), USER],
            &[("drivers/a.c", "drivers/part.h"), ("kernel/user.c", "elsewhere")],
        );
        check(&[("include/a.h", STATIC), USER], &[("kernel/user.c", "include/a.h")]);
    }

    #[test]
    fn source_files_that_are_included_are_one_with_their_includers() {
        let files = [
            ("drivers/a.c", "#include \"b.c\"\nint on(void)\n{\n\treturn lamp();\n}\n"),
            ("drivers/b.c", STATIC),
            ("drivers/c.c", "#include \"d.c\"\nstatic int lamp(void)\n{\n\treturn 0;\n}\n"),
            ("drivers/d.c", "int off(void)\n{\n\treturn lamp();\n}\n"),
            USER,
        ];
        check(
            &files,
            &[
                ("drivers/a.c", "drivers/b.c  elsewhere"),
                ("drivers/d.c", "drivers/c.c  elsewhere"),
                ("kernel/user.c", "elsewhere"),
            ],
        );
        let sections = sections(&files);
        let graph = Graph::from_sections(&sections).unwrap();
        let file = |path: &str| graph.file(path.as_bytes()).unwrap();
        assert_eq!(graph.includers_of(file("drivers/b.c")), [file("drivers/a.c")]);
        assert_eq!(graph.includers_of(file("drivers/a.c")), []);
    }

    #[test]
    fn files_that_a_third_one_includes_see_each_other() {
        let part = "int off(void)\n{\n\treturn lamp();\n}\n";
        let own = format!("{STATIC}{part}");
        check(
            &[
                (
                    "drivers/a.c",
                    "#include \"own.h\"\n#include \"part.h\"\n#include \"part.c\"\n#include \"near.h\"\n",
                ),
                ("drivers/b.h", STATIC),
                ("drivers/near.h", "#include \"b.h\"\nint near(void);\n"),
                ("drivers/other.c", "#include \"near.h\"\n"),
                ("drivers/own.h", &own),
                ("drivers/part.c", part),
                ("drivers/part.h", part),
                USER,
            ],
            &[
                ("drivers/part.h", "drivers/b.h drivers/own.h"),
                ("drivers/part.c", "drivers/b.h drivers/own.h"),
                // What it includes itself is nearer than what others do.
                ("drivers/near.h", "drivers/b.h  elsewhere"),
                ("drivers/own.h", "drivers/own.h"),
                ("kernel/user.c", "elsewhere"),
            ],
        );
    }

    #[test]
    fn what_all_includers_of_a_part_include_counts_beside_what_is_for_all() {
        let part = "int off(void)\n{\n\treturn lamp();\n}\n";
        check(
            &[
                ("include/trace/lamp.h", "#define lamp() 1\n"),
                ("kernel/one.c", "#include \"lamp.h\"\n#include \"part.h\"\n#include \"both.h\"\n"),
                ("kernel/two.c", "#include \"both.h\"\n"),
                ("kernel/lamp.h", "#define lamp() 2\n"),
                ("kernel/part.h", part),
                ("kernel/both.h", part),
            ],
            &[
                ("kernel/part.h", "include/trace/lamp.h kernel/lamp.h"),
                ("kernel/both.h", "include/trace/lamp.h elsewhere"),
            ],
        );
    }

    #[test]
    fn what_is_not_built_counts_only_where_that_does_not_matter() {
        let sections = sections(&[("kernel/a.c", GLOBAL), ("kernel/b.c", GLOBAL), USER]);
        let graph = Graph::from_sections(&sections).unwrap();
        graph.leave_out(|path| path == b"kernel/b.c");
        let functions = |arch: Arch| meaning_of(&graph, "kernel/user.c", arch).0;
        assert_eq!(functions(Arch::built("x86")), "kernel/a.c");
        assert_eq!(functions(Arch::named("x86")), "kernel/a.c kernel/b.c");
        assert_eq!(functions(Arch::built("x86").whole()), "kernel/a.c kernel/b.c");
    }

    #[test]
    fn files_count_for_their_architecture() {
        let (x86, arm) = (Place::of(b"arch/x86/a.c"), Place::of(b"arch/arm/a.c"));
        let all = Place::of(b"kernel/a.c");
        for arch in [Arch::named("x86"), Arch::built("x86")] {
            assert!(arch.has(x86) && arch.has(all) && !arch.has(arm), "{arch:?}");
        }
        assert!(Arch::All.has(x86) && Arch::All.has(arm) && Arch::All.has(all));
    }

    #[test]
    fn a_meaning_of_anything_is_not_empty() {
        let sections = sections(&[("kernel/a.c", GLOBAL)]);
        let graph = Graph::from_sections(&sections).unwrap();
        let found = graph.definitions_of(graph.find_name(b"lamp").unwrap());
        let of = |functions: &[DefInfo], macros: &[DefInfo]| Meaning {
            functions: functions.to_vec(),
            macros: macros.to_vec(),
            is_elsewhere: true,
        };
        assert!(of(&[], &[]).is_empty());
        assert!(!of(&found, &[]).is_empty() && !of(&[], &found).is_empty());
    }
}
