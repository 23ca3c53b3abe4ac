//! What is kept of outlines, as bytes: the numbers of one kind together, as differences where these are
//! small, so that deflating them leaves little.

use crate::outline::{
    Definition, FileOutline, Flags, Include, Instance, Invocation, InvocationKind, Kind, Maker,
    NO_NAME, NameId, Use, UseKind,
};

use super::bytes::{Cursor, put};
use super::deflate::{deflated_better, inflated};
use super::kept::Kept;

/// What is kept of no outline has more bytes.
const LONGEST: u64 = 1 << 30;

/// A difference as a number that is small where the difference is, above or below.
pub(super) fn folded(difference: u32) -> u32 {
    difference << 1 ^ ((difference as i32) >> 31) as u32
}

/// The difference that [`folded`] made a number of.
pub(super) fn unfolded(number: u32) -> u32 {
    number >> 1 ^ (number & 1).wrapping_neg()
}

/// Numbers, each by how it differs from the one before.
fn put_near(out: &mut Vec<u8>, numbers: impl Iterator<Item = u32>) {
    let mut before = 0u32;
    for number in numbers {
        put(out, folded(number.wrapping_sub(before)));
        before = number;
    }
}

/// Numbers of names, and of definitions: 0 for none.
fn put_numbers(out: &mut Vec<u8>, numbers: impl Iterator<Item = u32>) {
    numbers.for_each(|number| put(out, number.wrapping_add(1)));
}

impl Kept {
    /// Its bytes behind those in `out`, for [`Kept::decode`], but for what it says of printing.
    pub(crate) fn encode(&self, out: Vec<u8>) -> Vec<u8> {
        let Kept { outline, left_out } = self;
        let mut bytes = Vec::new();
        let packed = &mut bytes;
        let names = || (0..outline.names.len() as u32).map(|name| outline.name(name));
        put(packed, outline.names.len() as u32);
        names().for_each(|name| put(packed, name.len() as u32));
        names().for_each(|name| packed.extend_from_slice(name));
        put_definitions(packed, &outline.definitions);
        put_uses(packed, &outline.uses);
        put_rest(packed, outline);
        put(packed, left_out.len() as u32);
        put_near(packed, left_out.iter().copied());
        deflated_better(out, &bytes)
    }

    /// What [`Kept::encode`] made these bytes of; nothing where they are not such.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Kept> {
        let bytes = inflated(Vec::new(), bytes, LONGEST)?;
        let mut reader = Numbers { cursor: Cursor::new(&bytes, 0), rest: bytes.len() };
        let mut outline = FileOutline::default();
        let lengths = reader.count().and_then(|count| reader.numbers(count))?;
        for length in lengths {
            outline.add_name(reader.cursor.take(length as usize)?);
        }
        outline.definitions = definitions(&mut reader)?;
        outline.uses = uses(&mut reader)?;
        read_rest(&mut reader, &mut outline)?;
        let count = reader.count()?;
        let left_out = reader.near(count)?;
        outline.is_sound().then_some(Kept { outline, left_out })
    }
}

fn put_definitions(out: &mut Vec<u8>, definitions: &[Definition]) {
    let all = || definitions.iter();
    put(out, definitions.len() as u32);
    put_near(out, all().map(|d| d.name));
    out.extend(all().map(|d| d.kind as u8));
    out.extend(all().map(|d| d.flags.0));
    put_near(out, all().map(|d| d.first));
    all().for_each(|d| put(out, d.last.wrapping_sub(d.first)));
    put_numbers(out, all().map(|d| d.params));
}

fn definitions(reader: &mut Numbers) -> Option<Vec<Definition>> {
    let count = reader.count()?;
    let names = reader.near(count)?;
    let kinds = reader.cursor.take(count)?;
    let flags = reader.cursor.take(count)?;
    let firsts = reader.near(count)?;
    let lengths = reader.numbers(count)?;
    let params = reader.numbers(count)?;
    let definition = |at: usize| {
        Some(Definition {
            name: names[at],
            kind: Kind::from_number(kinds[at])?,
            flags: Flags(flags[at]),
            first: firsts[at],
            last: firsts[at].wrapping_add(lengths[at]),
            doc: 0,
            guard: NO_NAME,
            params: params[at].wrapping_sub(1),
        })
    };
    (0..count).map(definition).collect()
}

fn put_uses(out: &mut Vec<u8>, uses: &[Use]) {
    let all = || uses.iter();
    put(out, uses.len() as u32);
    put_near(out, all().map(|u| u.within));
    put_near(out, all().map(|u| u.line));
    out.extend(all().map(|u| (u.kind as u8) << 1 | u8::from(u.runs)));
    put_numbers(out, all().map(|u| u.name));
    put_numbers(out, all().map(|u| u.via));
}

fn uses(reader: &mut Numbers) -> Option<Vec<Use>> {
    let count = reader.count()?;
    let withins = reader.near(count)?;
    let lines = reader.near(count)?;
    let kinds = reader.cursor.take(count)?;
    let names = reader.numbers(count)?;
    let vias = reader.numbers(count)?;
    let used = |at: usize| {
        Some(Use {
            name: names[at].wrapping_sub(1),
            kind: use_kind(kinds[at] >> 1)?,
            runs: kinds[at] & 1 == 1,
            line: lines[at],
            within: withins[at],
            via: vias[at].wrapping_sub(1),
        })
    };
    (0..count).map(used).collect()
}

fn use_kind(number: u8) -> Option<UseKind> {
    use UseKind::{Call, Deref, Indirect, Init, Pass, Ref};
    [Call, Ref, Init, Indirect, Deref, Pass].get(usize::from(number)).copied()
}

fn put_rest(out: &mut Vec<u8>, outline: &FileOutline) {
    put(out, outline.includes.len() as u32);
    for Include { path, line, local } in &outline.includes {
        put_numbers(out, [*path, *line, u32::from(*local)].into_iter());
    }
    put(out, outline.holds.len() as u32);
    for (number, held) in &outline.holds {
        put_numbers(out, [*number, *held].into_iter());
    }
    put(out, outline.instances.len() as u32);
    for Instance { name, line } in &outline.instances {
        put_numbers(out, [*name, *line].into_iter());
    }
    put(out, outline.makers.len() as u32);
    for Maker { name, params, body } in &outline.makers {
        put_numbers(out, [*name, *params, *body].into_iter());
    }
    put(out, outline.invocations.len() as u32);
    for invocation in &outline.invocations {
        let Invocation { name, arguments, first, last, flags, kind, heads, functions } =
            *invocation;
        let kind = match kind {
            InvocationKind::Item => 0,
            InvocationKind::Head => 1,
            InvocationKind::Name => 2,
            InvocationKind::Each => 3,
        };
        let flags = u32::from(flags.0) << 3 | kind << 1 | u32::from(functions);
        put_numbers(out, [name, arguments, first, last, flags, heads].into_iter());
    }
}

fn read_rest(reader: &mut Numbers, outline: &mut FileOutline) -> Option<()> {
    for [path, line, local] in reader.rows()? {
        outline.includes.push(Include { path, line, local: local != 0 });
    }
    for [number, held] in reader.rows()? {
        outline.holds.push((number, held));
    }
    for [name, line] in reader.rows()? {
        outline.instances.push(Instance { name, line });
    }
    for [name, params, body] in reader.rows()? {
        outline.makers.push(Maker { name, params, body });
    }
    for [name, arguments, first, last, flags, heads] in reader.rows()? {
        let kind = match flags >> 1 & 3 {
            0 => InvocationKind::Item,
            1 => InvocationKind::Head,
            2 => InvocationKind::Name,
            _ => InvocationKind::Each,
        };
        let (functions, flags) = (flags & 1 == 1, Flags((flags >> 3) as u8));
        let one = Invocation { name, arguments, first, last, flags, kind, heads, functions };
        outline.invocations.push(one);
    }
    Some(())
}

/// Reads numbers.
struct Numbers<'b> {
    cursor: Cursor<'b>,
    /// There can be no more of anything than there are bytes.
    rest: usize,
}

impl Numbers<'_> {
    fn count(&mut self) -> Option<usize> {
        let count = self.cursor.number()? as usize;
        (count <= self.rest).then_some(count)
    }

    fn numbers(&mut self, count: usize) -> Option<Vec<u32>> {
        (0..count).map(|_| self.cursor.number()).collect()
    }

    fn near(&mut self, count: usize) -> Option<Vec<u32>> {
        let mut before = 0u32;
        let mut next = || {
            before = before.wrapping_add(unfolded(self.cursor.number()?));
            Some(before)
        };
        (0..count).map(|_| next()).collect()
    }

    /// Rows of names and of other numbers, after how many there are.
    fn rows<const N: usize>(&mut self) -> Option<Vec<[NameId; N]>> {
        let count = self.count()?;
        let mut row = || {
            let mut row = [0; N];
            for number in &mut row {
                *number = self.cursor.number()?.wrapping_sub(1);
            }
            Some(row)
        };
        (0..count).map(|_| row()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, folded, unfolded};
    use crate::idiom::Idioms;
    use crate::outline::outline;

    #[test]
    fn differences_are_small_either_way() {
        assert_eq!([0, u32::MAX, 1, u32::MAX - 1].map(folded), [0, 1, 2, 3]);
        for difference in [0, 1, 70_000, i32::MAX as u32, i32::MIN as u32, u32::MAX] {
            assert_eq!(unfolded(folded(difference)), difference);
        }
    }

    #[test]
    fn what_is_kept_is_read_as_it_was() {
        let text = b"#include <linux/a.h>\n#include \"b.h\"\n#define CREATE_TRACE_POINTS\n\
            #define MAKE(name) int name##_show(void) { return name(1); }\n\
            struct ops { int (*open)(int); struct dev *dev; };\n\
            static int my_open(int x) { call(x, other, &mine); pr_info(\"%d\\n\", x); return x; }\n\
            static const struct ops my_ops = { .open = my_open };\nDEFINE_OTHER(x, y);\n";
        let outline = outline(b"drivers/a.c", text, &Idioms::built_in());
        let kept = Kept { left_out: vec![3, 70_000, u32::MAX], ..Kept::from(outline) };
        let encoded = kept.encode(Vec::new());
        let mut read = Kept::decode(&encoded).expect("what was encoded");
        assert_eq!(read.left_out, kept.left_out);
        read.outline.formats.clone_from(&kept.outline.formats);
        for (read, was) in read.outline.definitions.iter_mut().zip(&kept.outline.definitions) {
            (read.doc, read.guard) = (was.doc, was.guard);
        }
        assert_eq!(read, kept);
        let none = Kept::default();
        assert_eq!(Kept::decode(&none.encode(Vec::new())), Some(none));
        for end in 0..encoded.len() {
            assert_eq!(Kept::decode(&encoded[..end]), None, "cut at {end}");
        }
    }
}
