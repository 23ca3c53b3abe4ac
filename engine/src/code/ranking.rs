//! Which of several definitions of a name is most likely meant.

use kgrep_index::graph::{Arch, DefInfo, Graph, Program};
use kgrep_index::outline::{Flags, Kind};

/// Orders definitions, best first: a definition before a declaration, the kernel before
/// its tools, the architecture that is meant before others, what others can use before the
/// macro of a single `.c` file, then by path and line.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ranking {
    declares: bool,
    program: u8,
    elsewhere: bool,
    is_private_macro: bool,
    is_weak: bool,
    path: Vec<u8>,
    line: u32,
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
        let is_macro = matches!(definition.kind, Kind::Macro | Kind::Constant);
        Ranking {
            declares: definition.kind == Kind::Declaration,
            program,
            elsewhere: !arch.has(place),
            is_private_macro: is_macro && path.ends_with(b".c"),
            is_weak: definition.flags.has(Flags::WEAK),
            path,
            line: definition.first,
        }
    }
}
