//! What the tree's files say of printing, file by file: as the index has it, and for changed
//! files as they are now. What it means, with the whole tree before them, is for who asks.

use crate::bytes::{put_u32, u32_at};

use super::base::Graph;
use super::builder::FileRecord;
use super::ids::FileId;

/// Bytes before what a file says: its number and the length.
const HEAD: usize = 8;

/// The section of these files, sorted by path.
pub(super) fn write(files: &[FileRecord]) -> Vec<u8> {
    let all: usize = files.iter().map(|file| file.formats.len() + HEAD).sum();
    let mut out = Vec::with_capacity(all);
    for (number, file) in files.iter().enumerate().filter(|(_, file)| !file.formats.is_empty()) {
        put_u32(&mut out, number as u32);
        put_u32(&mut out, file.formats.len() as u32);
        out.extend_from_slice(&file.formats);
    }
    out
}

impl Graph<'_> {
    /// What each file says of printing, for
    /// [`Formats::read`](crate::outline::formats::Formats::read), with its path: of those that
    /// say something, in the order of the sections and then of the changed ones.
    pub fn formats(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut rest = self.formats.all().unwrap_or_default();
        let base = std::iter::from_fn(move || {
            let head = rest.get(..HEAD)?;
            let (number, length) = (u32_at(head, 0), u32_at(head, 4) as usize);
            let (said, after) = rest[HEAD..].split_at_checked(length)?;
            rest = after;
            Some((FileId(number), said))
        });
        let base = base.filter(|(file, _)| !self.overlay.replaces(*file));
        let base = base.map(|(file, said)| (self.path(file), said));
        let changed =
            (0..self.overlay.files()).map(|at| (self.overlay.path(at), self.overlay.said(at)));
        base.chain(changed).filter(|(_, said)| !said.is_empty())
    }
}
