//! A file's uses while other files are read, packed: what each means is known once all are, and until
//! then they are the most that a build remembers.
//!
//! Uses of names that are mostly local variables have numbers of the file's own: `x` in `f(x)` is an edge
//! only when `x` is a function somewhere. To number these for the whole tree would be the dearest part
//! of a build.

use std::borrow::Cow;
use std::io;

use super::builder::UseRecord;
use super::bytes::{Cursor, put};
use crate::outline::NO_NAME;
use crate::scratch::{Kept, Scratch};

/// The uses of one file.
#[derive(Default)]
pub(super) struct PackedUses {
    /// Those in constants, which tell what other names are.
    in_constants: Box<[u8]>,
    others: Kept,
    /// Where, of the others, those end whose names have the tree's numbers, and where the names of
    /// those that may be edges.
    ends: [u32; 2],
}

impl PackedUses {
    /// Packs uses in constants, other uses, and those that may be edges; with what is to be kept for
    /// [`PackedUses::keep`].
    pub(super) fn new(
        in_constants: impl Iterator<Item = UseRecord>,
        others: impl Iterator<Item = UseRecord>,
        maybe: &Maybe,
    ) -> (PackedUses, Vec<u8>) {
        let in_constants = UsesWriter::of(in_constants).bytes.into_boxed_slice();
        let mut others = UsesWriter::of(others).bytes;
        let end = others.len() as u32;
        let ends = [end, end + maybe.names.len() as u32];
        others.extend_from_slice(&maybe.names);
        others.extend_from_slice(&maybe.uses.bytes);
        (PackedUses { in_constants, others: Kept::default(), ends }, others)
    }

    /// Takes where the rest is kept.
    pub(super) fn keep(&mut self, others: Kept) {
        self.others = others;
    }

    /// The uses in constants.
    pub(super) fn in_constants(&self) -> Uses<'_> {
        Uses::new(&self.in_constants)
    }

    /// The others, from where they are kept.
    pub(super) fn others(&self, scratch: &Scratch) -> io::Result<Others<'_>> {
        Ok(Others { bytes: scratch.read(&self.others)?, ends: self.ends })
    }
}

/// The uses that are in no constants.
pub(super) struct Others<'a> {
    bytes: Cow<'a, [u8]>,
    ends: [u32; 2],
}

impl Others<'_> {
    fn part(&self, start: Option<u32>, end: Option<u32>) -> &[u8] {
        let end = end.map_or(self.bytes.len(), |end| end as usize);
        self.bytes.get(start.unwrap_or(0) as usize..end).unwrap_or_default()
    }

    /// Those whose names have the tree's numbers.
    pub(super) fn numbered(&self) -> Uses<'_> {
        Uses::new(self.part(None, Some(self.ends[0])))
    }

    /// The names of those that may be edges, by their numbers in the file.
    pub(super) fn names(&self) -> impl Iterator<Item = &[u8]> {
        let mut cursor = Cursor::new(self.part(Some(self.ends[0]), Some(self.ends[1])), 0);
        std::iter::from_fn(move || {
            let length = cursor.number()?;
            cursor.take(length as usize)
        })
    }

    /// The uses of these names.
    pub(super) fn maybe(&self) -> Uses<'_> {
        Uses::new(self.part(Some(self.ends[1]), None))
    }
}

/// A file's uses that may be edges, with their names, which have numbers of its own.
#[derive(Default)]
pub(super) struct Maybe {
    names: Vec<u8>,
    uses: UsesWriter,
}

/// Collects them.
pub(super) struct MaybeWriter {
    maybe: Maybe,
    count: u32,
    numbers: Vec<u32>,
}

impl MaybeWriter {
    /// For an outline with `names` names.
    pub(super) fn new(names: usize) -> Self {
        MaybeWriter { maybe: Maybe::default(), count: 0, numbers: vec![NO_NAME; names] }
    }

    /// Takes a use, its name still the outline's, which is called `name`.
    pub(super) fn add(&mut self, mut used: UseRecord, name: &[u8]) {
        let Some(number) = self.numbers.get_mut(used.name as usize) else { return };
        if *number == NO_NAME {
            *number = self.count;
            self.count += 1;
            put(&mut self.maybe.names, name.len() as u32);
            self.maybe.names.extend_from_slice(name);
        }
        used.name = *number;
        self.maybe.uses.add(used);
    }

    pub(super) fn finish(self) -> Maybe {
        self.maybe
    }
}

/// The most lines that a use which is near the one before stands after it.
const NEAR: u32 = 2;

/// Packs uses: each says what it has else than the one before.
#[derive(Default)]
struct UsesWriter {
    bytes: Vec<u8>,
    line: u32,
    within: u32,
}

impl UsesWriter {
    fn of(uses: impl Iterator<Item = UseRecord>) -> UsesWriter {
        let mut writer = UsesWriter::default();
        uses.for_each(|used| writer.add(used));
        writer
    }

    /// First a byte: from the lowest bit, the use's low bits 4, whether it is in another definition 1,
    /// whether it has a receiver 1, how many lines after the one before it is 2.
    fn add(&mut self, used: UseRecord) {
        let lines = used.line().wrapping_sub(self.line);
        let near = lines.min(NEAR + 1);
        let (moved, received) = (used.within != self.within, used.via != NO_NAME);
        let flags = u8::from(moved) << 4 | u8::from(received) << 5 | (near as u8) << 6;
        self.bytes.push(used.low() | flags);
        put(&mut self.bytes, used.name);
        if near > NEAR {
            put(&mut self.bytes, signed(lines));
        }
        if moved {
            put(&mut self.bytes, signed(used.within.wrapping_sub(self.within)));
        }
        if received {
            put(&mut self.bytes, used.via);
        }
        (self.line, self.within) = (used.line(), used.within);
    }
}

/// A difference as a number that is small where it is near zero, be it above or below.
fn signed(difference: u32) -> u32 {
    let difference = difference as i32;
    (difference << 1 ^ difference >> 31) as u32
}

fn difference(signed: u32) -> u32 {
    signed >> 1 ^ (signed & 1).wrapping_neg()
}

/// Packed uses, one after the other.
pub(super) struct Uses<'a> {
    cursor: Cursor<'a>,
    line: u32,
    within: u32,
}

impl<'a> Uses<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Uses { cursor: Cursor::new(bytes, 0), line: 0, within: 0 }
    }
}

impl Iterator for Uses<'_> {
    type Item = UseRecord;

    fn next(&mut self) -> Option<UseRecord> {
        let flags = *self.cursor.take(1)?.first()?;
        let name = self.cursor.number()?;
        let near = u32::from(flags >> 6);
        let lines = if near > NEAR { difference(self.cursor.number()?) } else { near };
        self.line = self.line.wrapping_add(lines);
        if flags >> 4 & 1 == 1 {
            self.within = self.within.wrapping_add(difference(self.cursor.number()?));
        }
        let via = if flags >> 5 & 1 == 1 { self.cursor.number()? } else { NO_NAME };
        Some(UseRecord::from_low(self.within, name, via, (self.line, flags & 0xf)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::outline::{NOWHERE, Use, UseKind};

    fn used(name: u32, via: u32, within: u32, line: u32) -> UseRecord {
        let kinds = [UseKind::Call, UseKind::Ref, UseKind::Init, UseKind::Indirect, UseKind::Pass];
        let kind = kinds[(name % 5) as usize];
        UseRecord::new(&Use { name, kind, runs: name.is_multiple_of(3), line, within, via })
    }

    fn packed(one: &[UseRecord], other: &[UseRecord], maybe: &Maybe) -> PackedUses {
        let (one, other) = (one.iter().copied(), other.iter().copied());
        let (mut packed, rest) = PackedUses::new(one, other, maybe);
        packed.keep(Scratch::default().keep(&[&rest]).remove(0));
        packed
    }

    fn any_use() -> impl Strategy<Value = UseRecord> {
        let number = || prop_oneof![0u32..300, any::<u32>()];
        (number(), prop_oneof![Just(NO_NAME), number()], number(), number())
            .prop_map(|(name, via, within, line)| used(name, via, within, line))
    }

    proptest! {
        #[test]
        fn uses_come_back_as_they_were(
            one in proptest::collection::vec(any_use(), 0..40),
            other in proptest::collection::vec(any_use(), 0..40),
        ) {
            let packed = packed(&one, &other, &Maybe::default());
            let others = packed.others(&Scratch::default()).unwrap();
            prop_assert!(packed.in_constants().eq(one));
            prop_assert!(others.numbered().eq(other));
            prop_assert_eq!((others.names().count(), others.maybe().count()), (0, 0));
        }
    }

    #[test]
    fn names_have_numbers_of_the_file() {
        let mut maybe = MaybeWriter::new(3);
        for (number, name) in [(2, &b""[..]), (1, b"x"), (2, b""), (3, b"no such number")] {
            maybe.add(used(number, NO_NAME, NOWHERE, 7), name);
        }
        let few = packed(&[], &[], &maybe.finish());
        let few = few.others(&Scratch::default()).unwrap();
        assert_eq!(few.names().collect::<Vec<_>>(), [&b""[..], b"x"]);
        assert_eq!(few.maybe().map(|used| used.name).collect::<Vec<_>>(), [0, 1, 0]);
        assert!(few.maybe().all(|used| (used.within, used.line()) == (NOWHERE, 7)));
        assert!(few.numbered().next().is_none());
    }
}
