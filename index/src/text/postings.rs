//! One trigram's list of documents as bytes: the gaps between them as variable-length
//! numbers, or, where that is shorter, one bit for each document of the segment.

use super::super::bits::Bits;

/// Which of the two ways a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Gaps,
    Bitmap,
}

/// Appends `documents` (ascending, below `total`) to `out` in the shorter form.
pub(crate) fn encode(documents: &[u32], total: usize, out: &mut Vec<u8>) -> Form {
    let start = out.len();
    let bitmap_len = total.div_ceil(8);
    let mut next = 0;
    for &document in documents {
        let mut gap = document - next;
        next = document + 1;
        while gap >= 0x80 {
            out.push(gap as u8 | 0x80);
            gap >>= 7;
        }
        out.push(gap as u8);
        if out.len() - start > bitmap_len {
            out.truncate(start);
            out.resize(start + bitmap_len, 0);
            for &document in documents {
                out[start + document as usize / 8] |= 1 << (document % 8);
            }
            return Form::Bitmap;
        }
    }
    Form::Gaps
}

/// Reads a list of `count` documents below `total` from the front of `bytes`: the documents,
/// and how many bytes they took. `None` when the bytes are no such list.
pub(crate) fn decode(
    bytes: &[u8],
    form: Form,
    count: usize,
    total: usize,
) -> Option<(Bits, usize)> {
    if form == Form::Bitmap {
        let len = total.div_ceil(8);
        let bits = Bits::from_bytes(bytes.get(..len)?, total);
        return (bits.count() == count).then_some((bits, len));
    }
    let mut bits = Bits::empty(total);
    let (mut at, mut next) = (0, 0u64);
    for _ in 0..count {
        let (mut gap, mut shift) = (0u64, 0);
        loop {
            let byte = *bytes.get(at)?;
            at += 1;
            gap |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
            shift += 7;
            if shift > 28 {
                return None;
            }
        }
        let document = next + gap;
        if !bits.set(usize::try_from(document).ok()?) {
            return None;
        }
        next = document + 1;
    }
    Some((bits, at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lists_come_back_as_written(
            documents in proptest::collection::btree_set(0u32..3000, 0..400),
            spare in 0usize..5000,
        ) {
            let documents: Vec<u32> = documents.into_iter().collect();
            let total = documents.last().map_or(0, |&d| d as usize + 1) + spare;
            let mut bytes = Vec::new();
            let form = encode(&documents, total, &mut bytes);
            prop_assert!(bytes.len() <= total.div_ceil(8));
            let len = bytes.len();
            bytes.extend_from_slice(b"next list");
            let (bits, used) = decode(&bytes, form, documents.len(), total).unwrap();
            prop_assert_eq!(used, len);
            let found: Vec<u32> = (0..total as u32).filter(|&d| bits.get(d as usize)).collect();
            prop_assert_eq!(found, documents);
        }

        #[test]
        fn any_bytes_are_a_list_or_none(
            bytes in proptest::collection::vec(any::<u8>(), 0..60),
            count in 0usize..50,
            total in 0usize..300,
            bitmap: bool,
        ) {
            let form = if bitmap { Form::Bitmap } else { Form::Gaps };
            if let Some((bits, used)) = decode(&bytes, form, count, total) {
                prop_assert_eq!(bits.count(), count);
                prop_assert!(used <= bytes.len());
            }
        }
    }
}
