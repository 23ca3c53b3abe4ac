//! What a path says: which program a file belongs to, which architecture, and whether
//! others include it.

use crate::program::Program;

/// What a file's path says of the names in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The program: names never reach from one to another.
    pub program: Program,
    /// The folder in `arch/`, as a number of [`Place::arch_number`]; 0 for none.
    pub arch: u16,
    /// Whether other files include it: its `static` definitions are theirs too.
    pub is_header: bool,
    /// Whether it is in a folder that all of the program includes from.
    pub is_public: bool,
    /// Whether the configuration in force doesn't build it, where the graph was told
    /// ([`Graph::leave_out`](super::Graph::leave_out)).
    pub left_out: bool,
}

impl Place {
    /// What the path, relative to the tree, says.
    pub fn of(path: &[u8]) -> Self {
        let top = top(path);
        let [first, second, third] = top;
        let program = Program::of(path);
        let arch = architecture_in(top).map_or(0, Self::arch_number);
        let is_header = path.ends_with(b".h") || path.ends_with(b".inc");
        let is_public = first == b"include"
            || first == b"arch" && third == b"include"
            || first == b"tools"
                && (second == b"include" || memchr::memmem::find(path, b"/include/").is_some());
        Place { program, arch, is_header, is_public, left_out: false }
    }

    /// The architecture whose files are in the folder of this path. User-mode Linux is one that has files in those of
    /// its hosts, too.
    pub fn architecture(path: &[u8]) -> Option<&[u8]> {
        architecture_in(top(path))
    }

    /// All but `left_out` in a number, as the index keeps it: a change of what is in it, or of what
    /// [`Place::of`] says, needs a new version of the index.
    pub(super) fn to_word(self) -> u32 {
        u32::from(self.arch)
            | (self.program as u32) << 16
            | u32::from(self.is_header) << 24
            | u32::from(self.is_public) << 25
    }

    /// What [`Place::to_word`] packed; a program that is none is the kernel.
    pub(super) fn from_word(word: u32) -> Self {
        let program = match word >> 16 & 0xff {
            1 => Program::Tools,
            2 => Program::Samples,
            3 => Program::Scripts,
            4 => Program::Other,
            _ => Program::Kernel,
        };
        Place {
            program,
            arch: word as u16,
            is_header: word >> 24 & 1 == 1,
            is_public: word >> 25 & 1 == 1,
            left_out: false,
        }
    }

    /// A number for an architecture's name, never 0.
    pub fn arch_number(name: &[u8]) -> u16 {
        let sum =
            name.iter().fold(7u32, |sum, b| sum.wrapping_mul(131).wrapping_add(u32::from(*b)));
        (sum % 65_521) as u16 + 1
    }
}

/// The first three components of a path; empty where it has no more.
fn top(path: &[u8]) -> [&[u8]; 3] {
    let mut parts = path.split(|byte| *byte == b'/');
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// The architecture that these folders are of.
fn architecture_in(top: [&[u8]; 3]) -> Option<&[u8]> {
    match top {
        [_, _, b""] => None,
        [b"arch", _, b"um"] | [b"tools", b"arch", _] => Some(top[2]),
        [b"arch", second, _] => Some(second),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Program};

    #[test]
    fn a_path_says_program_and_architecture() {
        let place = Place::of(b"arch/x86/include/asm/current.h");
        assert_eq!(place.arch, Place::arch_number(b"x86"));
        assert!(place.is_header && place.is_public && place.program == Program::Kernel);
        for path in [
            "arch/x86/a.c",
            "arch/arm64/include/b.h",
            "tools/x.c",
            "samples/y.inc",
            "scripts/z.c",
            "usr/i.c",
            "include/linux/k.h",
            "mm/m.c",
        ] {
            let place = Place::of(path.as_bytes());
            assert_eq!(Place::from_word(place.to_word()), place, "{path}");
        }
        assert_eq!(Place::of(b"arch/Kconfig").arch, 0);
        assert_eq!(Place::of(b"tools/arch/x86/a.h").arch, place.arch);
        for path in ["arch/um/kernel/a.c", "arch/x86/um/a.c"] {
            assert_eq!(Place::of(path.as_bytes()).arch, Place::arch_number(b"um"), "{path}");
        }
        assert_eq!(Place::of(b"tools/perf/a.c").program, Program::Tools);
        assert!(!Place::of(b"drivers/net/a.h").is_public);
    }

    #[test]
    fn the_architectures_have_numbers_of_their_own() {
        let names = [
            "alpha",
            "arc",
            "arm",
            "arm64",
            "csky",
            "hexagon",
            "loongarch",
            "m68k",
            "microblaze",
            "mips",
            "nios2",
            "openrisc",
            "parisc",
            "powerpc",
            "riscv",
            "s390",
            "sh",
            "sparc",
            "um",
            "x86",
            "xtensa",
        ];
        let numbers: std::collections::HashSet<u16> =
            names.iter().map(|n| Place::arch_number(n.as_bytes())).collect();
        assert_eq!(numbers.len(), names.len());
    }
}
