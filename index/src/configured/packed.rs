//! Names in order, packed into one run of bytes, with something about each.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// Names, each with a `T`, in the order in which they were added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Packed<T> {
    /// Where each name ends, and what is said of it.
    all: Vec<(u32, T)>,
    #[serde(with = "serde_bytes")]
    names: Vec<u8>,
}

impl<T> Default for Packed<T> {
    fn default() -> Packed<T> {
        Packed { all: Vec::new(), names: Vec::new() }
    }
}

impl<T: Copy> Packed<T> {
    pub(super) fn push(&mut self, name: &[u8], said: T) {
        self.names.extend_from_slice(name);
        self.all.push((self.names.len() as u32, said));
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The name of this number, with what is said of it.
    pub(super) fn get(&self, at: usize) -> Option<(&[u8], T)> {
        let (end, said) = *self.all.get(at)?;
        let before = at.checked_sub(1).and_then(|before| self.all.get(before));
        let start = before.map_or(0, |(end, _)| *end as usize);
        Some((self.names.get(start..end as usize)?, said))
    }

    /// What is said of the name of this number, to be changed.
    pub(super) fn said_mut(&mut self, at: usize) -> Option<&mut T> {
        self.all.get_mut(at).map(|(_, said)| said)
    }

    /// The number of the first name that `is_past`, which all names behind it are, too.
    pub(super) fn first(&self, is_past: impl Fn(&[u8], T) -> bool) -> usize {
        let (mut low, mut high) = (0, self.all.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.get(middle) {
                Some((name, said)) if !is_past(name, said) => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }

    /// The number of the one that `order` says is equal to what is looked for.
    pub(super) fn find(&self, order: impl Fn(&[u8], T) -> Ordering) -> Option<usize> {
        let at = self.first(|name, said| order(name, said).is_ge());
        self.get(at).filter(|(name, said)| order(name, *said).is_eq()).map(|_| at)
    }
}

#[cfg(test)]
mod tests {
    use super::Packed;

    #[test]
    fn what_was_put_in_is_found() {
        let mut packed = Packed::default();
        for (number, name) in (0u32..).zip(["", "a", "ab", "b/c"]) {
            packed.push(name.as_bytes(), number);
        }
        let find = |name: &str| packed.find(|there, _| there.cmp(name.as_bytes()));
        assert_eq!(find("").and_then(|at| packed.get(at)), Some((&b""[..], 0)));
        assert_eq!(find("ab").and_then(|at| packed.get(at)), Some((&b"ab"[..], 2)));
        assert_eq!(find("b"), None);
        assert_eq!(packed.first(|name, _| name >= &b"aa"[..]), 2);
        assert_eq!(packed.first(|name, _| name >= &b"c"[..]), 4);
        assert_eq!(Packed::<u8>::default().find(|_, _| std::cmp::Ordering::Equal), None);
    }
}
