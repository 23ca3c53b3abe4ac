//! Which files use macros that changed, and whether these make in them what they made: what an update of a
//! revision found out stays, so that the next one asks of macros that are not what they were then only.

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use crate::outline::{FileOutline, Kind};

use super::base::Graph;
use super::builder::IncludeRecord;
use super::bytes::{Cursor, put};
use super::deflate::{deflated, inflated};
use super::made;
use super::regain::Laying;

/// No verdicts have more bytes.
const LONGEST: u64 = 1 << 30;

/// What was found out of a tree over sections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdicts {
    /// The macros that are not what the sections have, each with a number that changes with what it is
    /// and in which files.
    pub(super) macros: HashMap<Vec<u8>, u32>,
    /// The files that use one of them and did not change themselves. Of those in which they make what they
    /// made, the keys of what they make and is no edge (`spared`).
    pub(super) users: BTreeMap<Vec<u8>, Option<Vec<u32>>>,
}

impl Verdicts {
    /// Its bytes, for [`Verdicts::decode`].
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let text = |bytes: &mut Vec<u8>, text: &[u8]| {
            put(bytes, text.len() as u32);
            bytes.extend_from_slice(text);
        };
        let macros: BTreeMap<&[u8], u32> =
            self.macros.iter().map(|(name, state)| (name.as_slice(), *state)).collect();
        put(&mut bytes, macros.len() as u32);
        for (name, state) in macros {
            text(&mut bytes, name);
            put(&mut bytes, state);
        }
        for (path, keys) in &self.users {
            text(&mut bytes, path);
            put(&mut bytes, keys.as_ref().map_or(0, |keys| keys.len() as u32 + 1));
            keys.iter().flatten().for_each(|key| put(&mut bytes, *key));
        }
        deflated(Vec::new(), &bytes)
    }

    /// What [`Verdicts::encode`] made these bytes of; nothing where they are not such.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Verdicts> {
        let bytes = inflated(Vec::new(), bytes, LONGEST)?;
        let mut cursor = Cursor::new(&bytes, 0);
        let mut verdicts = Verdicts::default();
        for _ in 0..cursor.number()? {
            let length = cursor.number()? as usize;
            let name = cursor.take(length)?.to_vec();
            verdicts.macros.insert(name, cursor.number()?);
        }
        while let Some(length) = cursor.number() {
            let path = cursor.take(length as usize)?.to_vec();
            let keys = match cursor.number()?.checked_sub(1) {
                Some(count) => Some((0..count).map(|_| cursor.number()).collect::<Option<_>>()?),
                None => None,
            };
            verdicts.users.insert(path, keys);
        }
        Some(verdicts)
    }
}

impl Graph<'_> {
    /// The macros that the files in `laid`, which changed, have otherwise than the sections.
    pub(super) fn changed_macros(&self, laid: &[Laying]) -> HashMap<Vec<u8>, u32> {
        let changed_in = |laying: &Laying| {
            let mut now = made::hashes(laying.now.as_ref());
            let file = file_hash(&laying.path, laying.now.as_ref());
            let mut states: Vec<(Vec<u8>, u32)> = Vec::new();
            let state = |before: Option<u32>, now: Option<u32>| {
                let mut hasher = file.clone();
                for hash in [before, now] {
                    hasher.update(&hash.map_or([0; 5], |hash| {
                        let [a, b, c, d] = hash.to_le_bytes();
                        [1, a, b, c, d]
                    }));
                }
                hasher.finalize()
            };
            let before = self.base_file(&laying.path).map(|file| self.makers_of(file));
            for (name, hash) in before.unwrap_or_default() {
                let name = self.name(name);
                let own = now.remove(&name);
                if own != Some(hash) {
                    states.push((name, state(Some(hash), own)));
                }
            }
            states.extend(now.into_iter().map(|(name, hash)| (name, state(None, Some(hash)))));
            states
        };
        let changed = laid.par_iter().filter(|laying| !laying.again);
        let mut all: HashMap<Vec<u8>, u32> = HashMap::new();
        for (name, state) in changed.flat_map_iter(changed_in).collect::<Vec<_>>() {
            let known = all.entry(name).or_default();
            *known = known.wrapping_add(state);
        }
        all
    }

    /// The paths of the files of the sections, not among those in `laid`, that use a macro which is not what
    /// it was when these `verdicts` were found, given what the macros are `now`.
    pub(super) fn users_since(
        &self,
        verdicts: &Verdicts,
        now: &HashMap<Vec<u8>, u32>,
        laid: &[Laying],
    ) -> HashSet<Vec<u8>> {
        let before = &verdicts.macros;
        let gone = before.keys().filter(|name| !now.contains_key(*name));
        let other = now.iter().filter(|(name, state)| before.get(*name) != Some(state));
        let differing: Vec<&[u8]> =
            gone.chain(other.map(|(name, _)| name)).map(Vec::as_slice).collect();
        let outlines = || laid.iter().filter(|l| !l.again).filter_map(|l| l.now.as_ref());
        let differing = with_users_among(differing, &outlines().collect::<Vec<_>>(), now);
        let names = differing.iter().filter_map(|name| self.find_name(name)).collect();
        self.users_besides(names, laid).into_iter().collect()
    }
}

/// What tells a changed file's macros from those of others, and from the same ones where others include it.
fn file_hash(path: &[u8], outline: Option<&FileOutline>) -> crc32fast::Hasher {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(path);
    for include in outline.map(IncludeRecord::of).unwrap_or_default() {
        hasher.update(&[0]);
        hasher.update(&include.path);
    }
    hasher
}

/// These macros and, of those that the outlines have, the ones that use one of them, directly or through
/// others, or of which a part of its name may be written out (of those that are `changed`).
fn with_users_among<'o>(
    names: Vec<&'o [u8]>,
    outlines: &[&'o FileOutline],
    changed: &HashMap<Vec<u8>, u32>,
) -> HashSet<&'o [u8]> {
    let uses = |outline: &&'o FileOutline| {
        let outline: &'o FileOutline = outline;
        let within = |within: u32| outline.definitions.get(within as usize);
        let of_macro = outline.uses.iter().filter_map(move |used| {
            let within = within(used.within).filter(|within| within.kind == Kind::Macro)?;
            Some((outline.name(used.name), outline.name(within.name)))
        });
        of_macro.collect::<Vec<_>>()
    };
    let mut users: HashMap<&[u8], Vec<&[u8]>> = HashMap::new();
    for (used, user) in outlines.par_iter().flat_map_iter(uses).collect::<Vec<_>>() {
        users.entry(used).or_default().push(user);
    }
    let makers = outlines.iter().flat_map(|outline| {
        let all = outline.makers.iter().map(|m| (outline.name(m.name), outline.name(m.body)));
        all.filter(|(name, _)| changed.contains_key(*name))
    });
    let pasting: Vec<(&[u8], Vec<&[u8]>)> =
        makers.map(|(name, body)| (name, pasted(body))).filter(|(_, p)| !p.is_empty()).collect();
    let mut found: HashSet<&[u8]> = names.iter().copied().collect();
    let mut open = names;
    while let Some(name) = open.pop() {
        let is_part = |part: &&[u8]| name.starts_with(part) || name.ends_with(part);
        let by_part = pasting.iter().filter(|(_, parts)| parts.iter().any(is_part));
        let users = users.get(name).into_iter().flatten().copied();
        for user in users.chain(by_part.map(|(user, _)| *user)) {
            if found.insert(user) {
                open.push(user);
            }
        }
    }
    found
}

/// The words in a macro's body that are a part of another word there.
fn pasted(body: &[u8]) -> Vec<&[u8]> {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let mut words = Vec::new();
    for at in memchr::memmem::find_iter(body, b"##") {
        let before = body[..at].trim_ascii_end();
        let start = before.iter().rposition(|b| !is_word(b)).map_or(0, |at| at + 1);
        let after = body[at + 2..].trim_ascii_start();
        let end = after.iter().position(|b| !is_word(b)).unwrap_or(after.len());
        words.extend([&before[start..], &after[..end]].into_iter().filter(|word| word.len() > 2));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{Verdicts, pasted};

    #[test]
    fn verdicts_are_read_as_they_were() {
        let mut verdicts = Verdicts::default();
        assert_eq!(Verdicts::decode(&verdicts.encode()), Some(verdicts.clone()));
        verdicts.macros.insert(b"DEFINE_IT".to_vec(), u32::MAX);
        verdicts.macros.insert(b"OTHER".to_vec(), 7);
        verdicts.users.insert(b"a.c".to_vec(), None);
        verdicts.users.insert(b"b.c".to_vec(), Some(vec![]));
        verdicts.users.insert(b"c.c".to_vec(), Some(vec![1, u32::MAX]));
        assert_eq!(Verdicts::decode(&verdicts.encode()), Some(verdicts));
    }

    #[test]
    fn parts_of_words_are_found() {
        let body = b"int name ## _show(void) { return DEFINE_##kind(x##y); }";
        assert_eq!(pasted(body), [&b"name"[..], b"_show", b"DEFINE_", b"kind"]);
    }
}
