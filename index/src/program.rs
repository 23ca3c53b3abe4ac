//! The programs that a kernel tree holds, told by a file's path.

/// The programs that a kernel tree holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Program {
    /// The kernel and its modules.
    Kernel,
    /// `tools/`.
    Tools,
    /// `samples/`.
    Samples,
    /// `scripts/`.
    Scripts,
    /// `Documentation/` and `usr/`.
    Other,
}

impl Program {
    /// Which one the file is part of; the path is relative to the tree.
    pub fn of(path: &[u8]) -> Program {
        match path.split(|b| *b == b'/').next().unwrap_or_default() {
            b"tools" => Program::Tools,
            b"samples" => Program::Samples,
            b"scripts" => Program::Scripts,
            b"Documentation" | b"usr" => Program::Other,
            _ => Program::Kernel,
        }
    }
}
