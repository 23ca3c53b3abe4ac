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
        let is_extern = definition.flags.has(Flags::EXTERN) && program == 0 && is_common(&path);
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
