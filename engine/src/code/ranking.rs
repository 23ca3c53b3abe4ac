//! Which of several definitions of a name is most likely meant.
//!
//! How many files a definition can be used from decides: what the linker or a header of
//! `include/` gives to all comes before what a single file keeps for itself.

use kgrep_index::graph::{Arch, DefInfo, Graph, Program};
use kgrep_index::outline::{Flags, Kind};

/// Folders of an architecture whose files are other programs: the boot loader's part, what
/// kexec jumps to, what is mapped into processes, host tools.
const OTHER_PROGRAMS: [&[u8]; 4] = [b"/boot/", b"/purgatory/", b"/vdso/", b"/tools/"];

/// Orders definitions, best first: a definition before a declaration, the kernel before its
/// tools, the architecture that is meant before others, what others can use before what is
/// private to a file, then by path and line.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ranking {
    declares: bool,
    program: u8,
    elsewhere: bool,
    /// One `.c` file's own: nothing else can mean it.
    is_private: bool,
    reach: Reach,
    /// A variable or an enumerator, beside functions and types of that name.
    is_minor: bool,
    is_weak: bool,
    path: Vec<u8>,
    line: u32,
}

/// From where a definition can be used, the widest first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// From everywhere: what is linked, and types of the headers that all include.
    Everywhere,
    /// An inline function or a macro of a header for all: a stub where there is a body.
    Header,
    /// What a header beside the code, or another language, has.
    Beside,
    /// A declaration: the definition is in no text, or of another kind.
    Declared,
    /// A macro of a header that few include.
    Corner,
}

impl Ranking {
    /// The rank of `definition` in a question about `arch`.
    pub fn of(graph: &Graph<'_>, definition: &DefInfo, arch: Arch) -> Ranking {
        let place = graph.place(definition.file);
        let program = match place.program {
            Program::Kernel => 0,
            Program::Tools => 1,
            Program::Samples => 2,
            Program::Scripts => 3,
            Program::Other => 4,
        };
        let path = graph.path(definition.file).to_vec();
        let kind = definition.kind;
        let is_file_own = match kind {
            Kind::Function | Kind::Variable => definition.flags.has(Flags::STATIC),
            Kind::Macro
            | Kind::Constant
            | Kind::Enumerator
            | Kind::Typedef
            | Kind::Struct
            | Kind::Union
            | Kind::Enum => true,
            _ => false,
        };
        let is_source = [&b".c"[..], b".S"].iter().any(|end| path.ends_with(end));
        // A variable that the linker makes (`jiffies`) has no other definition.
        let is_extern = definition.flags.has(Flags::EXTERN) && is_common(&path);
        Ranking {
            declares: kind == Kind::Declaration && !is_extern,
            program,
            elsewhere: !arch.has(place) || is_other_program(&path),
            is_private: is_file_own && is_source,
            reach: reach(definition, &path, place.is_header),
            is_minor: matches!(kind, Kind::Variable | Kind::Enumerator),
            is_weak: definition.flags.has(Flags::WEAK),
            path,
            line: definition.first,
        }
    }
}

fn reach(definition: &DefInfo, path: &[u8], is_header: bool) -> Reach {
    let is_macro = matches!(definition.kind, Kind::Macro | Kind::Constant);
    let is_inline = definition.flags.has(Flags::STATIC);
    match definition.kind {
        Kind::Declaration => Reach::Declared,
        Kind::RustFunction => Reach::Beside,
        _ if !is_header => Reach::Everywhere,
        _ if is_common(path) && (is_macro || is_inline) => Reach::Header,
        _ if is_common(path) => Reach::Everywhere,
        _ if is_macro => Reach::Corner,
        _ => Reach::Beside,
    }
}

/// The file is a header that most of the kernel includes: directly in `include/linux`, or
/// what an architecture has in its place.
fn is_common(path: &[u8]) -> bool {
    let mut folders: Vec<&[u8]> = path.split(|b| *b == b'/').collect();
    folders.pop();
    matches!(
        folders.as_slice(),
        [b"include", b"linux" | b"asm-generic" | b"net"]
            | [b"include", b"uapi", b"linux" | b"asm-generic"]
            | [b"arch", _, b"include", b"asm"]
            | [b"arch", _, b"include", b"uapi", b"asm"]
    )
}

fn is_other_program(path: &[u8]) -> bool {
    let below = path.starts_with(b"arch/");
    below && OTHER_PROGRAMS.iter().any(|folder| memchr::memmem::find(path, folder).is_some())
}

#[cfg(test)]
mod tests {
    use kgrep_index::graph::Builder;
    use kgrep_index::idiom::Idioms;
    use kgrep_index::outline::outline;

    use super::*;

    /// Files that say something of `lamp`, in the order in which it is likely meant on x86.
    const FILES: [(&str, &str); 26] = [
        ("include/asm-generic/table.h", "struct lamp {\n\tint on;\n};\n"),
        ("include/linux/inlined.h", "extern inline int lamp(int on)\n{\n\treturn on;\n}\n"),
        (
            "kernel/desk.c",
            "int lamp(int on)\n{\n\treturn on;\n}\n\nint\nlamp(int on)\n{\n\treturn 0;\n}\n",
        ),
        ("lib/lamp.S", "SYM_FUNC_START(lamp)\n\tret\nSYM_FUNC_END(lamp)\n"),
        ("kernel/weak.c", "int __weak lamp(int on)\n{\n\treturn on;\n}\n"),
        ("arch/x86/kernel/desk.c", "int lamp;\n"),
        ("arch/x86/include/asm/stub.h", "static inline int lamp(int on)\n{\n\treturn 0;\n}\n"),
        ("include/linux/macro.h", "#define lamp(on) (on)\n"),
        ("include/uapi/linux/constant.h", "#define lamp 1\n"),
        ("drivers/desk/inlined.h", "static inline int lamp(int on)\n{\n\treturn on;\n}\n"),
        ("include/drm/table.h", "struct lamp {\n\tint on;\n};\n"),
        ("rust/kernel/lamp.rs", "pub fn lamp() {\n}\n"),
        ("include/linux/jiffies.h", "extern unsigned long lamp;\n"),
        ("drivers/desk/macro.h", "#define lamp(on) (on)\n"),
        ("include/drm/constant.h", "#define lamp 1\n"),
        ("drivers/desk/own.c", "static int lamp(int on)\n{\n\treturn on;\n}\n"),
        ("drivers/desk/own_macro.c", "#define lamp(on) (on)\n"),
        ("drivers/desk/kinds.c", "enum { lamp };\n"),
        ("arch/arm/kernel/desk.c", "int lamp(int on)\n{\n\treturn on;\n}\n"),
        ("arch/x86/boot/desk.c", "int lamp(int on)\n{\n\treturn on;\n}\n"),
        ("tools/lib/desk.c", "int lamp(int on)\n{\n\treturn on;\n}\n"),
        ("samples/desk.c", "int lamp(int on)\n{\n\treturn on;\n}\n"),
        ("scripts/desk.c", "int lamp(int on)\n{\n\treturn on;\n}\n"),
        ("drivers/desk/extern.h", "extern unsigned long lamp;\n"),
        ("include/linux/declared.h", "int lamp(int on);\n"),
        ("kernel/declares.c", "extern int lamp;\n"),
    ];

    /// Where `lamp` is defined and declared, best first.
    fn ranked() -> Vec<(String, u32)> {
        let (idioms, builder) = (Idioms::built_in(), Builder::new());
        for (path, text) in FILES {
            builder.add(path.as_bytes(), &outline(path.as_bytes(), text.as_bytes(), &idioms));
        }
        let sections = builder.finish(&idioms);
        let graph = Graph::from_sections(&sections).unwrap();
        let mut found = graph.definitions_of(graph.find_name(b"lamp").unwrap());
        found.sort_by_key(|definition| Ranking::of(&graph, definition, Arch::named("x86")));
        let told = found.iter().map(|definition| {
            (String::from_utf8_lossy(graph.path(definition.file)).into_owned(), definition.first)
        });
        told.collect()
    }

    #[test]
    fn what_more_can_use_comes_first() {
        let mut expected: Vec<(String, u32)> =
            FILES.iter().map(|(path, _)| ((*path).to_owned(), 1)).collect();
        // Of two in one file the upper one comes first.
        expected.insert(3, ("kernel/desk.c".to_owned(), 6));
        assert_eq!(ranked(), expected);
    }

    #[test]
    fn headers_that_most_of_the_kernel_includes_are_common() {
        for path in [
            "include/linux/lamp.h",
            "include/net/lamp.h",
            "include/asm-generic/lamp.h",
            "include/uapi/linux/lamp.h",
            "include/uapi/asm-generic/lamp.h",
            "arch/arm/include/asm/lamp.h",
            "arch/arm/include/uapi/asm/lamp.h",
        ] {
            assert!(is_common(path.as_bytes()), "{path}");
        }
        for path in [
            "lamp.h",
            "include/lamp.h",
            "include/drm/lamp.h",
            "include/linux/desk/lamp.h",
            "include/uapi/drm/lamp.h",
            "arch/arm/mm/asm/lamp.h",
            "tools/include/linux/lamp.h",
        ] {
            assert!(!is_common(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn the_boot_loaders_part_of_an_architecture_is_another_program() {
        assert!(is_other_program(b"arch/x86/boot/main.c"));
        assert!(is_other_program(b"arch/arm64/kernel/vdso/note.S"));
        assert!(!is_other_program(b"arch/x86/kernel/boot.c"));
        assert!(!is_other_program(b"drivers/desk/boot/main.c"));
    }
}
