//! Byte strings by number or by name, as what lies over the sections keeps them: in blocks, of which
//! it is known where each begins, and within one each after its length. A look-up goes past a block's
//! first ones, and a few bits say for each where it is, in the place of four bytes.

use std::ops::Range;

use super::bytes::{Cursor, Words, put};
use super::guard::Guarded;
use super::ids::NameRef;
use super::overlay::partition;

/// Byte strings in a block.
const BLOCK: u32 = 16;

/// Defined names in a block.
const NAMES: usize = 32;

/// Byte strings by number.
pub(super) struct Texts<'a> {
    count: u32,
    starts: Words<'a>,
    bytes: &'a [u8],
}

impl<'a> Texts<'a> {
    /// So many, by where each block begins.
    pub(super) fn open(count: u32, starts: Guarded<'a>, bytes: Guarded<'a>) -> Option<Texts<'a>> {
        let texts = Texts { count, starts: Words::new(starts), bytes: bytes.all()? };
        (texts.starts.len() == count.div_ceil(BLOCK) as usize).then_some(texts)
    }

    pub(super) fn len(&self) -> u32 {
        self.count
    }

    pub(super) fn get(&self, index: u32) -> &'a [u8] {
        self.find(index).unwrap_or_default()
    }

    fn find(&self, index: u32) -> Option<&'a [u8]> {
        let start = self.starts.get((index / BLOCK) as usize)?;
        let mut cursor = Cursor::new(self.bytes, start as usize);
        for _ in 0..index % BLOCK {
            let length = cursor.number()?;
            cursor.take(length as usize)?;
        }
        let length = cursor.number()?;
        cursor.take(length as usize)
    }
}

/// Byte strings being written as [`Texts`] reads them.
#[derive(Default)]
pub(super) struct TextsWriter {
    pub(super) starts: Vec<u32>,
    pub(super) bytes: Vec<u8>,
    count: u32,
}

impl TextsWriter {
    pub(super) fn of(each: impl Iterator<Item = impl AsRef<[u8]>>) -> TextsWriter {
        let mut texts = TextsWriter::default();
        for text in each {
            if texts.count.is_multiple_of(BLOCK) {
                texts.starts.push(texts.bytes.len() as u32);
            }
            texts.count += 1;
            put(&mut texts.bytes, text.as_ref().len() as u32);
            texts.bytes.extend_from_slice(text.as_ref());
        }
        texts
    }
}

/// Byte strings by names, which rise.
pub(super) struct ByName<'a> {
    /// For each block the number of its first name, and where it begins.
    marks: Words<'a>,
    bytes: &'a [u8],
}

impl<'a> ByName<'a> {
    pub(super) fn open(marks: Guarded<'a>, bytes: Guarded<'a>) -> Option<ByName<'a>> {
        Some(ByName { marks: Words::new(marks), bytes: bytes.all()? })
    }

    pub(super) fn get(&self, name: NameRef) -> &'a [u8] {
        self.find(name).unwrap_or_default()
    }

    fn find(&self, name: NameRef) -> Option<&'a [u8]> {
        let first = |block: u32| self.marks.get(block as usize * 2);
        let blocks = self.marks.len() as u32 / 2;
        let block = partition(blocks, |block| first(block) <= Some(name.0)).checked_sub(1)?;
        let start = self.marks.get(block as usize * 2 + 1)?;
        let (mut cursor, mut number) = (Cursor::new(self.bytes, start as usize), first(block)?);
        for _ in 0..BLOCK {
            number = number.checked_add(cursor.number()?)?;
            let length = cursor.number()?;
            let text = cursor.take(length as usize)?;
            if number >= name.0 {
                return (number == name.0).then_some(text);
            }
        }
        None
    }

    /// The marks and the bytes of these.
    pub(super) fn write(
        each: impl Iterator<Item = (NameRef, impl AsRef<[u8]>)>,
    ) -> (Vec<u32>, Vec<u8>) {
        let (mut marks, mut bytes, mut before) = (Vec::new(), Vec::new(), 0);
        for (at, (name, text)) in (0..).zip(each) {
            if u32::is_multiple_of(at, BLOCK) {
                marks.extend([name.0, bytes.len() as u32]);
                before = name.0;
            }
            put(&mut bytes, name.0.wrapping_sub(before));
            before = name.0;
            put(&mut bytes, text.as_ref().len() as u32);
            bytes.extend_from_slice(text.as_ref());
        }
        (marks, bytes)
    }
}

/// The names that are defined, by their texts, and how many definitions each has: they are numbered
/// in this order. Of the sections' names and of the new ones, each rise.
pub(super) struct Defined<'a> {
    base_names: u32,
    /// For each block the numbers of the first name of the sections and of the first new one that can
    /// be in it, that of the first definition, and where it begins.
    marks: Words<'a>,
    bytes: &'a [u8],
}

impl<'a> Defined<'a> {
    pub(super) fn open(
        base_names: u32,
        marks: Guarded<'a>,
        bytes: Guarded<'a>,
    ) -> Option<Defined<'a>> {
        Some(Defined { base_names, marks: Words::new(marks), bytes: bytes.all()? })
    }

    fn mark(&self, block: u32, which: usize) -> Option<u32> {
        self.marks.get(block as usize * 4 + which)
    }

    /// The last block whose mark is not above `wanted`.
    fn block(&self, which: usize, wanted: u32) -> Option<u32> {
        let blocks = self.marks.len() as u32 / 4;
        partition(blocks, |block| self.mark(block, which) <= Some(wanted)).checked_sub(1)
    }

    /// The first name of a block, and its definitions, that `is_it` holds for.
    fn find(
        &self,
        block: u32,
        is_it: impl Fn(NameRef, &Range<u32>) -> bool,
    ) -> Option<(NameRef, Range<u32>)> {
        let (mut base, mut new) = (self.mark(block, 0)?, self.mark(block, 1)?);
        let (mut first, start) = (self.mark(block, 2)?, self.mark(block, 3)?);
        let mut cursor = Cursor::new(self.bytes, start as usize);
        for _ in 0..NAMES {
            let more = cursor.number()?;
            let (next, past) =
                if more & 1 == 0 { (&mut base, 0) } else { (&mut new, self.base_names) };
            let number = next.checked_add(more >> 1)?;
            *next = number.checked_add(1)?;
            let name = NameRef(number.checked_add(past)?);
            let definitions = first..first.checked_add(cursor.number()?)?;
            if is_it(name, &definitions) {
                return Some((name, definitions));
            }
            first = definitions.end;
        }
        None
    }

    /// The name of a definition.
    pub(super) fn name_of(&self, definition: u32) -> Option<NameRef> {
        let is_it = |_, definitions: &Range<u32>| definitions.contains(&definition);
        Some(self.find(self.block(2, definition)?, is_it)?.0)
    }

    /// The definitions of a name.
    pub(super) fn definitions_of(&self, name: NameRef) -> Range<u32> {
        let block = match name.past(self.base_names) {
            None => self.block(0, name.0),
            Some(new) => self.block(1, new),
        };
        let found = block.and_then(|block| self.find(block, |known, _| known == name));
        found.map_or(0..0, |(_, definitions)| definitions)
    }

    /// The marks and the bytes of these names, each with how many definitions it has.
    pub(super) fn write(
        base_names: u32,
        each: impl Iterator<Item = (NameRef, u32)>,
    ) -> (Vec<u32>, Vec<u8>) {
        let (mut marks, mut bytes) = (Vec::new(), Vec::new());
        let (mut base, mut new, mut first) = (0u32, 0u32, 0u32);
        for (at, (name, count)) in each.enumerate() {
            if at.is_multiple_of(NAMES) {
                marks.extend([base, new, first, bytes.len() as u32]);
            }
            let (next, number, bit) = match name.past(base_names) {
                None => (&mut base, name.0, 0),
                Some(number) => (&mut new, number, 1),
            };
            put(&mut bytes, number.wrapping_sub(*next) << 1 | bit);
            *next = number.wrapping_add(1);
            put(&mut bytes, count);
            first += count;
        }
        (marks, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::bytes::put_words;

    fn bytes(words: &[u32]) -> Vec<u8> {
        let mut bytes = Vec::new();
        put_words(&mut bytes, words);
        bytes
    }

    fn plain(bytes: &[u8]) -> Guarded<'_> {
        Guarded::new(bytes, None)
    }

    #[test]
    fn texts_are_found_by_number() {
        let all: Vec<Vec<u8>> = (0..100usize).map(|n| vec![n as u8; n * 7 % 200]).collect();
        let written = TextsWriter::of(all.iter());
        let starts = bytes(&written.starts);
        let texts = Texts::open(100, plain(&starts), plain(&written.bytes)).expect("as written");
        assert!((0..100).all(|at| texts.get(at) == all[at as usize]));
        assert_eq!((texts.len(), texts.get(100), texts.get(u32::MAX)), (100, &[][..], &[][..]));
        assert!(Texts::open(200, plain(&starts), plain(&written.bytes)).is_none());
    }

    #[test]
    fn texts_are_found_by_name() {
        let all: Vec<(NameRef, Vec<u8>)> =
            (1..100u32).map(|n| (NameRef(n * n), vec![n as u8; n as usize % 5])).collect();
        let (marks, text) = ByName::write(all.iter().map(|(name, text)| (*name, text)));
        let marks = bytes(&marks);
        let texts = ByName::open(plain(&marks), plain(&text)).expect("as written");
        assert!(all.iter().all(|(name, text)| texts.get(*name) == text));
        for none in [0, 2, 3, 99 * 99 + 1, u32::MAX] {
            assert_eq!(texts.find(NameRef(none)), None);
        }
    }

    #[test]
    fn names_have_their_definitions_and_definitions_their_names() {
        // New names, from 1000 on, among the sections'; at the end of them no block has any other.
        let names: Vec<NameRef> = (0..90u32)
            .flat_map(|n| [(n % 3 > 0 && n < 40).then_some(n * 5), (n % 2 > 0).then_some(1000 + n)])
            .flatten()
            .map(NameRef)
            .collect();
        let counted = names.iter().enumerate().map(|(at, name)| (*name, at as u32 % 4 + 1));
        let (marks, text) = Defined::write(1000, counted.clone());
        let marks = bytes(&marks);
        let defined = Defined::open(1000, plain(&marks), plain(&text)).expect("as written");
        let mut first = 0;
        for (name, count) in counted {
            assert_eq!(defined.definitions_of(name), first..first + count, "{name:?}");
            assert!((first..first + count).all(|at| defined.name_of(at) == Some(name)));
            first += count;
        }
        assert_eq!(defined.name_of(first), None);
        for none in [0, 6, 500, 1000, 1002, 5000, u32::MAX] {
            assert_eq!(defined.definitions_of(NameRef(none)), 0..0, "{none}");
        }
    }
}
