//! The documents that are among the best, by the formula of `weights`: by what their words, kinds,
//! paths and places say, of all documents. What a name says needs a look at it, and is `search`'s.

use std::cmp::Ordering;

use memchr::memmem::Finder;
use rayon::prelude::*;
use tantivy::SegmentReader;

use super::{
    document::Kind,
    hits::{Hits, WHOLE},
    query::{Asked, Need, Query, Wanted},
    table::{self, BLOCK, Table},
    weights::{
        self, CANDIDATES, KIND_WORD, OTHER_ARCH, OWN_ARCH, PATH, PATH_COVERAGE, Place,
        UNWANTED_ARCH,
    },
};
use crate::paths::is_below;

/// A number of documents that are asked together with others.
pub(super) struct Source<'a> {
    pub(super) table: Table<'a>,
    /// Place and path of each file.
    pub(super) files: Vec<(u8, &'a [u8])>,
    pub(super) segments: Vec<(usize, SegmentReader)>,
    /// Files that are no longer what these documents say.
    pub(super) stale: Vec<bool>,
}

impl<'a> Source<'a> {
    /// The path of a document's file.
    pub(super) fn path(&self, document: usize) -> &'a [u8] {
        self.files.get(self.table.record(document).0 as usize).map_or(&[], |(_, path)| path)
    }
}

/// The question's words with what was found, and their weight.
pub(super) struct Scored {
    pub(super) hits: Hits,
    pub(super) idf: f32,
    pub(super) need: Need,
    /// Whether a document that lacks it is worse for it.
    pub(super) counts: bool,
}

/// The documents of `source` that are among the best, with their scores.
pub(super) fn candidates(
    source: &Source,
    first: usize,
    query: &Query,
    wanted: &Wanted,
    scored: &[Scored],
) -> Vec<(f32, usize)> {
    let formula = Formula::new(source, first, (query, wanted), scored);
    let mut best: Vec<(f32, usize)> = (0..source.table.len().div_ceil(BLOCK))
        .into_par_iter()
        .with_min_len((1 << 14) / BLOCK)
        .fold(Vec::new, |mut best, block| {
            let documents = block * BLOCK..source.table.len().min((block + 1) * BLOCK);
            let known = best.len();
            best.extend(
                documents.filter_map(|document| Some((formula.score(document)?, document))),
            );
            if !query.names.is_empty() && best.len() > known {
                let scored = best.split_off(known);
                best.extend(named_so(&source.table, block, &scored, query));
            }
            best
        })
        .reduce(Vec::new, |mut one, mut other| {
            one.append(&mut other);
            one
        });
    let by_score = |one: &(f32, usize), other: &(f32, usize)| {
        best_first(*one, *other, |document| source.path(document))
    };
    if best.len() > CANDIDATES {
        best.select_nth_unstable_by(CANDIDATES, by_score);
        best.truncate(CANDIDATES);
    }
    best.into_iter().map(|(score, document)| (score, first + document)).collect()
}

/// The best score first; of equals the one that comes first in the tree, whatever number its
/// document has.
pub(super) fn best_first<'p>(
    one: (f32, usize),
    other: (f32, usize),
    path: impl Fn(usize) -> &'p [u8],
) -> Ordering {
    let by_path = || path(one.1).cmp(path(other.1));
    other.0.total_cmp(&one.0).then_with(by_path).then(one.1.cmp(&other.1))
}

/// What all documents of a file have in common.
#[derive(Clone, Copy)]
struct OfFile {
    allowed: bool,
    /// Which of the question's words are in the path, as bits.
    words: u32,
    /// What its architecture is worth.
    arch: f32,
}

/// What all documents of a kind have in common.
#[derive(Clone, Copy)]
struct OfKind {
    weight: f32,
    /// Which of the question's words mean the kind, as bits.
    words: u32,
}

/// How good a document of a source is, with all that is the same for many worked out before.
struct Formula<'a, 's> {
    source: &'a Source<'s>,
    /// The number of the source's first document among all sources'.
    first: usize,
    scored: &'a [Scored],
    /// What the question's words weigh together.
    total: f32,
    /// The question has no words, only names.
    by_name_only: bool,
    files: Vec<OfFile>,
    /// By number; those that aren't wanted have none.
    kinds: Vec<Option<OfKind>>,
}

impl<'a, 's> Formula<'a, 's> {
    fn new(
        source: &'a Source<'s>,
        first: usize,
        (query, wanted): (&Query, &Wanted),
        scored: &'a [Scored],
    ) -> Self {
        let total = positive(scored).map(|word| word.idf).sum();
        let by_name_only = positive(scored).next().is_none();
        let paths = PathWords::new(query);
        let files = source.files.iter().enumerate().map(|(number, (_, path))| {
            let allowed = !source.stale.get(number).copied().unwrap_or(false)
                && (wanted.within.is_empty()
                    || wanted.within.iter().any(|within| is_below(path, within)));
            let words = if allowed { paths.in_path(path) } else { 0 };
            OfFile { allowed, words, arch: arch_factor(path, wanted) }
        });
        let kinds = (0..Kind::NUMBERS as u8).map(|number| {
            let kind = table::kind(number)?;
            let allowed = wanted.classes.is_empty()
                || wanted.classes.iter().any(|class| class == kind.class() || class == kind.name());
            let is_word = |word: &Asked| word.alone && weights::is_kind_word(&word.text, kind);
            allowed
                .then(|| OfKind { weight: weights::kind(kind), words: words_that(query, is_word) })
        });
        let (files, kinds) = (files.collect(), kinds.collect());
        Formula { source, first, scored, total, by_name_only, files, kinds }
    }

    /// The score of the document with this number in the source; `None` when it is no answer.
    #[inline]
    fn score(&self, document: usize) -> Option<f32> {
        let hit = |word: &Scored| word.hits.of.get(self.first + document).copied().unwrap_or(0);
        // Most documents end here.
        if !self.by_name_only && positive(self.scored).all(|word| hit(word) == 0) {
            return None;
        }
        let is_refused = |word: &Scored| match word.need {
            Need::Should => false,
            Need::Must => hit(word) == 0,
            Need::MustNot => hit(word) > 0,
        };
        if self.scored.iter().any(is_refused) {
            return None;
        }
        let (file, kind) = self.source.table.record(document);
        let kind = (*self.kinds.get(usize::from(kind))?)?;
        let of_file = *self.files.get(file as usize).filter(|file| file.allowed)?;
        let place = Place::weight(self.source.files[file as usize].0) * of_file.arch;
        if self.by_name_only {
            return Some(kind.weight * place);
        }
        let (sum, covered) = self.words(hit, kind.words, of_file.words);
        let coverage = covered / self.total;
        Some(sum / self.total * coverage * coverage * kind.weight * place)
    }

    /// What the question's words weigh that a document has, or its kind or path instead of it, and
    /// how much of the question that covers.
    #[inline]
    fn words(&self, hit: impl Fn(&Scored) -> u16, in_kind: u32, in_path: u32) -> (f32, f32) {
        let (mut sum, mut covered) = (0.0, 0.0);
        for (number, word) in positive(self.scored).enumerate() {
            let mut hit = f32::from(hit(word)) / WHOLE;
            if number < 32 && in_kind >> number & 1 == 1 {
                hit = hit.max(KIND_WORD);
            }
            if hit > 0.0 {
                sum += word.idf * hit;
                covered += word.idf;
            } else if number < 32 && in_path >> number & 1 == 1 {
                sum += word.idf * PATH;
                covered += word.idf * PATH_COVERAGE;
            } else if !word.counts {
                covered += word.idf;
            }
        }
        (sum, covered)
    }
}

/// Those of a block's documents that have a name as the question wants it. All of the block's
/// names are read one after the other, as each builds on the one before.
fn named_so(
    table: &Table,
    block: usize,
    scored: &[(f32, usize)],
    query: &Query,
) -> Vec<(f32, usize)> {
    let mut found = Vec::new();
    let Some(mut entries) = table.entries_of(block) else { return found };
    let mut read = block * BLOCK;
    for &(score, document) in scored {
        while read <= document {
            if entries.advance().is_none() {
                return found;
            }
            read += 1;
        }
        let name = String::from_utf8_lossy(&entries.entry.name);
        let kind = table::kind(table.record(document).1);
        if kind.is_some_and(|kind| query.names.iter().all(|named| named.allows(&name, kind))) {
            found.push((score, document));
        }
    }
    found
}

fn positive(scored: &[Scored]) -> impl Iterator<Item = &Scored> {
    scored.iter().filter(|word| word.need != Need::MustNot)
}

/// What a file's architecture is worth.
fn arch_factor(path: &[u8], wanted: &Wanted) -> f32 {
    let below = path.strip_prefix(b"Documentation/").unwrap_or(path).strip_prefix(b"arch/");
    let folder = below.and_then(|below| below.split(|byte| *byte == b'/').next());
    match (folder, &wanted.arch) {
        (Some(arch), Some(own)) if own.as_bytes() == arch => OWN_ARCH,
        (Some(b"Kconfig" | b"index.rst"), _) => 1.0,
        (Some(_), Some(_)) if wanted.arch_is_named => UNWANTED_ARCH,
        (Some(_), Some(_)) => OTHER_ARCH,
        _ => 1.0,
    }
}

/// Which of the question's first words are so, as bits.
fn words_that(query: &Query, is: impl Fn(&Asked) -> bool) -> u32 {
    let positive = query.wanted();
    let bits = positive.take(32).enumerate().map(|(number, word)| u32::from(is(word)) << number);
    bits.fold(0, |all, bit| all | bit)
}

/// Looks for the question's words in paths.
pub(super) struct PathWords<'a>(Vec<Option<Finder<'a>>>);

impl<'a> PathWords<'a> {
    pub(super) fn new(query: &'a Query) -> Self {
        let positive = query.wanted().take(32);
        let finder = |word: &'a Asked| (word.text.len() >= 2).then(|| Finder::new(&word.text));
        PathWords(positive.map(finder).collect())
    }

    /// Which of the words a path has, as bits: where a word of it begins so, and short ones
    /// where they end as well.
    pub(super) fn in_path(&self, path: &[u8]) -> u32 {
        let has = |finder: &Finder<'_>| {
            let length = finder.needle().len();
            finder.find_iter(path).any(|at| {
                let before = at.checked_sub(1).map(|at| path[at]);
                let after = path.get(at + length);
                before.is_none_or(|byte| !byte.is_ascii_alphanumeric())
                    && (length > 3 || after.is_none_or(|byte| !byte.is_ascii_alphabetic()))
            })
        };
        let bits = self.0.iter().enumerate();
        bits.fold(0, |all, (number, finder)| {
            all | u32::from(finder.as_ref().is_some_and(has)) << number
        })
    }
}
