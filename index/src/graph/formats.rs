//! What the tree's files say of printing, file by file: as the index has it, packed, and for changed
//! files as they are now. What it means, with the whole tree before them, is for who asks.

use std::borrow::Cow;
use std::collections::HashMap;

use rayon::prelude::*;

use crate::bytes::{put_u32, u32_at};

use super::base::Graph;
use super::builder::FileRecord;
use super::deflate::{deflated, inflated};
use super::ids::FileId;

/// Bytes before what a file says: its number and the length. Before a block: its length, packed and
/// not.
const HEAD: usize = 8;

/// The fewest bytes of files that are packed together: what a question needs of this is all
/// of it, which was a seventeenth of the index.
const BLOCK: usize = 1 << 18;

/// No block is longer, but for what one file says: a cache may be a stranger's.
const LONGEST: usize = 1 << 28;

/// The section of these files, sorted by path, which no longer say anything then.
pub(super) fn write(files: &mut [FileRecord]) -> Vec<u8> {
    packed_files((0..).zip(files.iter_mut().map(|file| std::mem::take(&mut file.formats))))
}

/// What files say, by their numbers.
pub(super) fn packed_files<T: AsRef<[u8]>>(files: impl Iterator<Item = (u32, T)>) -> Vec<u8> {
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    for (number, said) in files.filter(|(_, said)| !said.as_ref().is_empty()) {
        if blocks.last().is_none_or(|block| block.len() >= BLOCK) {
            blocks.push(Vec::with_capacity(BLOCK + BLOCK / 8));
        }
        if let Some(block) = blocks.last_mut() {
            let said = said.as_ref();
            put_u32(block, number);
            put_u32(block, said.len() as u32);
            block.extend_from_slice(said);
        }
    }
    let packed = |block: &Vec<u8>| deflated(Vec::with_capacity(block.len() / 2), block);
    let packed: Vec<Vec<u8>> = blocks.par_iter().map(packed).collect();
    let mut out = Vec::with_capacity(packed.iter().map(|block| block.len() + HEAD).sum());
    for (block, packed) in blocks.iter().zip(&packed) {
        put_u32(&mut out, packed.len() as u32);
        put_u32(&mut out, block.len() as u32);
        out.extend_from_slice(packed);
    }
    out
}

/// The files of a block, and what each says; none where it isn't as long as it says, or not so packed.
fn unpacked(packed: &[u8], length: usize) -> Option<Vec<(FileId, Vec<u8>)>> {
    let room = Vec::with_capacity(length.min(2 * BLOCK));
    let block = inflated(room, packed, length.min(LONGEST) as u64 + 1)?;
    if block.len() != length {
        return None;
    }
    let (mut rest, mut files) = (&block[..], Vec::new());
    while !rest.is_empty() {
        let (head, after) = rest.split_at_checked(HEAD)?;
        let (said, after) = after.split_at_checked(u32_at(head, 4) as usize)?;
        files.push((FileId(u32_at(head, 0)), said.to_vec()));
        rest = after;
    }
    Some(files)
}

/// The blocks of a section, packed, each with its length.
fn blocks(section: &[u8]) -> Option<Vec<(&[u8], usize)>> {
    let (mut rest, mut blocks) = (section, Vec::new());
    while !rest.is_empty() {
        let (head, after) = rest.split_at_checked(HEAD)?;
        let (packed, after) = after.split_at_checked(u32_at(head, 0) as usize)?;
        blocks.push((packed, u32_at(head, 4) as usize));
        rest = after;
    }
    Some(blocks)
}

/// What the files of a section say.
fn unpacked_files(section: &[u8]) -> Option<Vec<(FileId, Vec<u8>)>> {
    let blocks = blocks(section)?;
    let files = blocks.par_iter().map(|(packed, length)| unpacked(packed, *length));
    Some(files.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
}

impl Graph<'_> {
    /// What the changed files say of printing, by their paths, where an update has laid them.
    pub(super) fn stored_formats(&self) -> Option<HashMap<&[u8], Vec<u8>>> {
        let all = unpacked_files(self.overlay.packed()?)?.into_iter();
        Some(all.map(|(file, said)| (self.overlay.path(file.0), said)).collect())
    }

    /// What each file says of printing, for
    /// [`Formats::read`](crate::outline::formats::Formats::read), with its path: of those that
    /// say something, in the order of the sections and then of the changed ones.
    pub fn formats(&self) -> Vec<(&[u8], Cow<'_, [u8]>)> {
        let (base, stored) = (self.formats.all().and_then(unpacked_files), self.overlay.packed());
        let stored = stored.map_or(Some(Vec::new()), unpacked_files);
        if base.is_none() || stored.is_none() {
            self.formats.distrust();
        }
        let base = base.into_iter().flatten();
        let base = base.filter(|(file, _)| !self.overlay.replaces(*file));
        let base = base.map(|(file, said)| (self.path(file), Cow::Owned(said)));
        let stored = stored.into_iter().flatten();
        let stored = stored.map(|(file, said)| (self.overlay.path(file.0), Cow::Owned(said)));
        let changed = self.overlay.formats_by_path().map(|(path, own)| (path, Cow::Borrowed(own)));
        base.chain(stored).chain(changed).filter(|(_, said)| !said.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(formats: Vec<u8>) -> FileRecord {
        FileRecord { formats, ..FileRecord::default() }
    }

    #[test]
    fn what_files_say_comes_back_whatever_its_length() {
        let long = |number: u8| (0..BLOCK).map(|at| (at % 97) as u8 ^ number).collect();
        let all = [vec![1], long(2), Vec::new(), vec![3, 4], long(5), long(6)];
        let section = write(&mut all.iter().cloned().map(record).collect::<Vec<_>>());
        let blocks = blocks(&section).expect("as it was written");
        assert_eq!(blocks.len(), 3);
        assert!(section.len() < BLOCK, "{} bytes", section.len());
        let files = blocks
            .into_iter()
            .flat_map(|(packed, length)| unpacked(packed, length).expect("as it was written"));
        let expected = (0..).map(FileId).zip(all).filter(|(_, said)| !said.is_empty());
        assert_eq!(files.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }

    #[test]
    fn a_block_of_another_length_is_none() {
        let section = write(&mut [record(vec![7; 5000])]);
        let (packed, length) = blocks(&section).expect("as it was written")[0];
        assert!(unpacked(packed, length).is_some());
        for wrong in [0, length - 1, length + 1, u32::MAX as usize] {
            assert!(unpacked(packed, wrong).is_none(), "{wrong}");
        }
        assert!(unpacked(&packed[..packed.len() / 2], length).is_none());
        assert!(blocks(&section[..section.len() - 1]).is_none());
        assert!(blocks(&section[..HEAD - 1]).is_none());
    }
}
