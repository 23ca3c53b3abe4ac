//! All names of a tree, sorted, so that a name is found by halving and a pattern by its
//! start. Each stores only what differs from the name before; every sixteenth is whole.

use std::ops::Range;

use rayon::prelude::*;

use super::bytes::{Cursor, Words, parts, put, put_words, section_of};
use super::guard::Guarded;

/// Names between two whole ones.
const BLOCK: usize = 16;

/// Blocks that are worth a task.
const PORTION: usize = BLOCK << 12;

/// The section that holds the names of `ids`, which must be sorted by name and distinct.
pub(super) fn write<'n, T: Sync>(ids: &[T], name: impl Fn(&T) -> &'n [u8] + Sync) -> Vec<u8> {
    let portions: Vec<(Vec<u32>, Vec<u8>)> =
        ids.par_chunks(PORTION).map(|ids| write_blocks(ids.iter().map(&name))).collect();
    let count = (ids.len() as u32).to_le_bytes();
    let offsets: usize = portions.iter().map(|(offsets, _)| offsets.len()).sum();
    let text = portions.iter().map(|(_, text)| text.len()).sum();
    let mut section = section_of(&[count.len(), offsets * 4, text]);
    section.extend_from_slice(&count);
    let mut start = 0;
    for (offsets, text) in &portions {
        let offsets: Vec<u32> = offsets.iter().map(|offset| start + offset).collect();
        put_words(&mut section, &offsets);
        start += text.len() as u32;
    }
    portions.into_iter().for_each(|(_, text)| section.extend_from_slice(&text));
    section
}

/// Blocks with these names, and where each begins.
fn write_blocks<'n>(names: impl Iterator<Item = &'n [u8]>) -> (Vec<u32>, Vec<u8>) {
    let (mut offsets, mut text) = (Vec::new(), Vec::new());
    let mut before: &[u8] = b"";
    for (count, name) in names.enumerate() {
        if count % BLOCK == 0 {
            offsets.push(text.len() as u32);
            before = b"";
        }
        let shared = before.iter().zip(name).take_while(|(a, b)| a == b).count();
        put(&mut text, shared as u32);
        put(&mut text, (name.len() - shared) as u32);
        text.extend_from_slice(&name[shared..]);
        before = name;
    }
    (offsets, text)
}

/// The names in a section.
#[derive(Clone, Copy)]
pub(super) struct NameTable<'a> {
    count: u32,
    offsets: Words<'a>,
    text: Guarded<'a>,
}

impl<'a> NameTable<'a> {
    pub(super) fn read(section: Guarded<'a>) -> Option<Self> {
        let [count, offsets, text] = parts(section)?;
        let count = u32::from_le_bytes(count.all()?.try_into().ok()?);
        let offsets = Words::new(offsets);
        (offsets.len() == (count as usize).div_ceil(BLOCK)).then_some(NameTable {
            count,
            offsets,
            text,
        })
    }

    /// How many names there are.
    pub(super) fn len(&self) -> u32 {
        self.count
    }

    /// A block's bytes.
    fn block(&self, block: usize) -> Option<&'a [u8]> {
        let start = self.offsets.get(block)? as usize;
        let end = self.offsets.get(block + 1).map_or(self.text.len(), |end| end as usize);
        self.text.get(start..end)
    }

    /// Calls `each` with the names of a block, until it says stop.
    fn scan(&self, block: usize, name: &mut Vec<u8>, mut each: impl FnMut(u32, &[u8]) -> bool) {
        name.clear();
        let Some(text) = self.block(block) else { return };
        let mut cursor = Cursor::new(text, 0);
        let first = (block * BLOCK) as u32;
        for id in first..(first + BLOCK as u32).min(self.count) {
            let (Some(shared), Some(length)) = (cursor.number(), cursor.number()) else { return };
            let Some(rest) = cursor.take(length as usize) else { return };
            name.truncate(shared as usize);
            name.extend_from_slice(rest);
            if !each(id, name) {
                return;
            }
        }
    }

    /// The name with this number, or nothing.
    pub(super) fn get(&self, id: u32) -> Vec<u8> {
        let mut name = Vec::new();
        let mut found = false;
        self.scan(id as usize / BLOCK, &mut name, |at, _| {
            found = at == id;
            !found
        });
        if found { name } else { Vec::new() }
    }

    /// Calls `each` with the names of these numbers, of which the first begins a block.
    pub(super) fn each_of(&self, numbers: Range<u32>, mut each: impl FnMut(u32, &[u8])) {
        let mut name = Vec::new();
        for block in numbers.start as usize / BLOCK..(numbers.end as usize).div_ceil(BLOCK) {
            self.scan(block, &mut name, |id, name| {
                each(id, name);
                true
            });
        }
    }

    /// The number of the first name that is not below `wanted`.
    pub(super) fn lower_bound(&self, wanted: &[u8]) -> u32 {
        self.search(wanted).unwrap_or_else(|place| place)
    }

    /// The number of `wanted`, or of the name before which it would come.
    fn search(&self, wanted: &[u8]) -> Result<u32, u32> {
        self.search_from(&mut 0, wanted)
    }

    /// The same of one after another, which rise: each is looked for from the block `from` on, which is
    /// 0 at first.
    pub(super) fn search_from(&self, from: &mut usize, wanted: &[u8]) -> Result<u32, u32> {
        let begins_before = |block: usize| self.first_of(block).is_some_and(|name| name < wanted);
        let (mut low, mut high, mut step) = (*from, *from, 1);
        while high < self.offsets.len() && begins_before(high) {
            (low, high, step) = (high + 1, high + step, step * 2);
        }
        high = high.min(self.offsets.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if begins_before(middle) { low = middle + 1 } else { high = middle }
        }
        *from = low;
        let next = ((low * BLOCK) as u32).min(self.count);
        let mut found = if self.first_of(low) == Some(wanted) { Ok(next) } else { Err(next) };
        if let Some(block) = low.checked_sub(1) {
            self.scan(block, &mut Vec::new(), |id, name| {
                if name >= wanted {
                    found = if name == wanted { Ok(id) } else { Err(id) };
                }
                name < wanted
            });
        }
        found
    }

    /// A block's first name, which is whole.
    fn first_of(&self, block: usize) -> Option<&'a [u8]> {
        let mut cursor = Cursor::new(self.block(block)?, 0);
        cursor.number()?;
        let length = cursor.number()?;
        cursor.take(length as usize)
    }

    /// The number of `wanted`.
    pub(super) fn find(&self, wanted: &[u8]) -> Option<u32> {
        self.search(wanted).ok()
    }

    /// The names that begin with `start`, in order.
    pub(super) fn starting_with(&self, start: &[u8], mut each: impl FnMut(u32, &[u8])) {
        let first = self.lower_bound(start);
        let mut name = Vec::new();
        let mut more = true;
        for block in first as usize / BLOCK..self.offsets.len() {
            self.scan(block, &mut name, |id, name| {
                if id >= first {
                    more = name.starts_with(start);
                    if more {
                        each(id, name);
                    }
                }
                more
            });
            if !more {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Guarded, NameTable, write};

    #[test]
    fn names_are_found_by_themselves_by_number_and_by_their_start() {
        let mut names: Vec<String> = (0..100).map(|n| format!("name_{n:03}_{}", n % 7)).collect();
        names.push("zebra".to_owned());
        let texts: Vec<&[u8]> = names.iter().map(String::as_bytes).collect();
        let section = write(&texts, |name| name);
        let table = NameTable::read(Guarded::new(&section, None)).expect("a section");
        let mut from = 0;
        for (id, name) in names.iter().enumerate() {
            assert_eq!(table.search_from(&mut from, name.as_bytes()), Ok(id as u32));
            let after = [name.as_bytes(), b"+"].concat();
            assert_eq!(table.search_from(&mut from, &after), Err(id as u32 + 1));
            assert_eq!(table.find(name.as_bytes()), Some(id as u32));
            assert_eq!(table.get(id as u32), name.as_bytes());
        }
        assert_eq!(table.find(b"name_0"), None);
        assert_eq!(table.find(b"zebra2"), None);
        assert_eq!(table.find(b""), None);
        let mut found = Vec::new();
        table.starting_with(b"name_01", |id, _| found.push(id));
        assert_eq!(found, (10..20).collect::<Vec<u32>>());
    }
}
