//! Answers a question: adds up what `hits` found by the formula of `weights`, and looks
//! closely at the best.

use std::{
    cmp::Ordering,
    collections::{BTreeSet, HashMap},
};

use memchr::memmem::Finder;
use rayon::prelude::*;
use tantivy::SegmentReader;

use super::{
    document::Kind,
    hits::{Hits, Met, Segments, WHOLE},
    naming::name_of,
    query::{Asked, Need, Query},
    table::{self, BLOCK, Entry, Table},
    weights::{
        self, AGAIN, CANDIDATES, EXACT, FEW, KIND_WORD, Name, OTHER_ARCH, OWN_ARCH, PATH,
        PATH_COVERAGE, Place, SPLIT, SPLIT_LETTERS, UNWANTED_ARCH,
    },
    words::{LONGEST, is_stop_word, runs, stem},
    write,
};
use crate::{bits::Bits, paths::is_below};

/// What answers are wanted besides what the question says.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only these classes of kinds (see [`Kind::class`]); all when empty.
    pub classes: Vec<String>,
    /// Only files below one of these folders, or these files: relative to the tree, without a
    /// slash at the end; all when empty.
    pub within: Vec<Vec<u8>>,
    /// The architecture that is meant, as its folder is called.
    pub arch: Option<String>,
    /// Whether that was said for this question, so that others come last.
    pub arch_is_named: bool,
    /// At most so many answers.
    pub number: usize,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The file, relative to the tree.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// The symbol, the path of headings, the parameter, the title.
    pub name: String,
    /// The line it is at, from 1.
    pub line: u32,
    /// First and last line of what belongs to it.
    pub extent: (u32, u32),
    /// Whether its name has all words of the question, or is one of them.
    pub named: bool,
    /// Whether the question asks for nothing but a name that this one has.
    pub by_name: bool,
    /// How good it is.
    pub score: f32,
}

/// The words that answers were found by, for whoever shows them.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    met: Met,
    /// Words of the question that nothing has, nor anything like them.
    pub missing: Vec<String>,
}

impl Marks {
    /// Where in `line` the words are: byte ranges in order.
    pub fn in_line(&self, line: &str) -> Vec<(usize, usize)> {
        let is_met = |run: &str| {
            let lower = run.to_ascii_lowercase();
            self.met.names.contains(&lower)
                || (!is_stop_word(&lower) && self.met.stems.contains(&stem(&lower)))
        };
        runs(line).filter(|(start, end)| is_met(&line[*start..*end])).collect()
    }

    /// How many different words of the question `line` has.
    pub fn count(&self, line: &str) -> usize {
        let found: BTreeSet<String> = self
            .in_line(line)
            .into_iter()
            .map(|(start, end)| stem(&line[start..end].to_ascii_lowercase()))
            .collect();
        found.len()
    }
}

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
    fn path(&self, document: usize) -> &'a [u8] {
        self.files.get(self.table.record(document).0 as usize).map_or(&[], |(_, path)| path)
    }
}

/// The question's words with what was found, and their weight.
struct Scored {
    hits: Hits,
    idf: f32,
    need: Need,
    /// Whether a document that lacks it is worse for it.
    counts: bool,
}

/// Asks all `sources`. `uses` says how many use the symbol of a name.
pub(super) fn ask(
    sources: &[Source],
    query: &Query,
    wanted: &Wanted,
    uses: &dyn Fn(&[u8]) -> usize,
) -> Result<(Vec<Found>, Marks), tantivy::TantivyError> {
    let mut firsts = Vec::new();
    let mut documents = 0;
    for source in sources {
        firsts.push(documents);
        documents = write::begins(documents + source.table.len());
    }
    let readers = sources.iter().zip(&firsts).flat_map(|(source, base)| {
        source.segments.iter().map(move |(first, reader)| (base + first, reader))
    });
    let (stale, live) = count(sources, &firsts, documents);
    let all = readers.collect();
    let segments = Segments { all, asked: query.words.len(), documents, stale, live };
    let mut met = Met::default();
    let scored = score_words(&segments, query, &mut met)?;
    let mut best: Vec<(f32, usize)> = Vec::new();
    for (source, first) in sources.iter().zip(&firsts) {
        best.extend(candidates(source, *first, query, wanted, &scored));
    }
    let source_of = |document| firsts.iter().rposition(|first| *first <= document).unwrap_or(0);
    let path = |document: usize| {
        let at = source_of(document);
        sources[at].path(document - firsts[at])
    };
    best.sort_unstable_by(|one, other| best_first(*one, *other, path));
    best.truncate(CANDIDATES);
    let found = best.into_iter().filter_map(|(score, document)| {
        let at = source_of(document);
        look_closely(&sources[at], document - firsts[at], score, (query, &met), uses)
    });
    let mut found: Vec<Found> = found.collect();
    found.sort_by(order);
    let mut seen: HashMap<(String, &'static str), i32> = HashMap::new();
    let mut texts: HashMap<Vec<u8>, i32> = HashMap::new();
    for answer in &mut found {
        let times = seen.entry((answer.name.clone(), answer.kind.class())).or_default();
        answer.score *= AGAIN[0].powi(*times);
        *times += 1;
        if answer.kind == Kind::Section {
            let times = texts.entry(answer.path.clone()).or_default();
            answer.score *= AGAIN[1].powi(*times);
            *times += 1;
        }
    }
    found.sort_by(order);
    found.truncate(wanted.number);
    let missing = missing(sources, query, &scored);
    Ok((found, Marks { met, missing }))
}

/// Which documents are of files that changed, and how many are of others.
fn count(sources: &[Source], firsts: &[usize], documents: usize) -> (Bits, usize) {
    let any = sources.iter().any(|source| source.stale.contains(&true));
    let mut stale = Bits::empty(if any { documents } else { 0 });
    let mut live = 0;
    for (source, first) in sources.iter().zip(firsts) {
        for document in 0..source.table.len() {
            let (file, kind) = source.table.record(document);
            if source.stale.get(file as usize) == Some(&true) {
                stale.set(first + document);
            } else if table::kind(kind).is_some() {
                live += 1;
            }
        }
    }
    (stale, live)
}

/// The best score first; of equals the one that comes first in the tree, whatever number its
/// document has.
fn best_first<'p>(
    one: (f32, usize),
    other: (f32, usize),
    path: impl Fn(usize) -> &'p [u8],
) -> Ordering {
    let by_path = || path(one.1).cmp(path(other.1));
    other.0.total_cmp(&one.0).then_with(by_path).then(one.1.cmp(&other.1))
}

/// The words that are in no document and in no path, and say something.
fn missing(sources: &[Source], query: &Query, scored: &[Scored]) -> Vec<String> {
    let says_kind = |word: &Asked| {
        (0..Kind::NUMBERS as u8).filter_map(table::kind).any(|kind| word.says_kind(kind))
    };
    let unmet: Vec<(usize, &Asked)> = query
        .wanted()
        .enumerate()
        .filter(|(at, word)| {
            scored.get(*at).is_none_or(|scored| scored.hits.count == 0)
                && !word.is_stop_word()
                && !says_kind(word)
        })
        .collect();
    if unmet.is_empty() {
        return Vec::new();
    }
    let paths = PathWords::new(query);
    let all = sources.iter().flat_map(|source| {
        let live = |at: &usize| source.stale.get(*at) != Some(&true);
        (0..source.files.len()).filter(live).map(|at| source.files[at].1)
    });
    let in_paths = all.fold(0, |bits, path| bits | paths.in_path(path));
    let missing = unmet.into_iter().filter(|(at, _)| *at >= 32 || in_paths >> at & 1 == 0);
    missing.map(|(_, word)| word.text.clone()).collect()
}

/// The best first; of equals the one that comes first in the tree.
fn order(one: &Found, other: &Found) -> Ordering {
    // Sums in another order differ in the last digits.
    let round = |score: f32| (score * 1e4).round() as i64;
    round(other.score)
        .cmp(&round(one.score))
        .then_with(|| one.path.cmp(&other.path))
        .then_with(|| (one.line, &one.name).cmp(&(other.line, &other.name)))
}

fn score_words(
    segments: &Segments,
    query: &Query,
    met: &mut Met,
) -> Result<Vec<Scored>, tantivy::TantivyError> {
    let all = segments.live;
    let mut scored: Vec<Scored> = Vec::new();
    let mut add = |hits: Hits, need: Need, counts: bool| {
        let idf = weights::idf(all, hits.count);
        scored.push(Scored { hits, idf, need, counts });
    };
    let positive: Vec<&Asked> = query.wanted().collect();
    let mut found = Vec::new();
    for word in &positive {
        let mut hits = segments.hits(word, met, false)?;
        // What is written in one here may be in pieces there.
        if hits.count < FEW && !word.pieces.is_empty() {
            for piece in &word.pieces {
                let piece = Asked::new(piece, word.need, false);
                hits.join(&segments.hits(&piece, met, false)?, EXACT / word.pieces.len() as f32);
            }
        }
        found.push(hits);
    }
    // Two words of the question may be one word of the code.
    for at in 1..positive.len() {
        let joined = format!("{}{}", positive[at - 1].text, positive[at].text);
        let hits = segments.joined(&joined, met)?;
        if hits.count > 0 {
            found[at - 1].join(&hits, EXACT);
            found[at].join(&hits, EXACT);
        }
    }
    // One word of the question may be two of a name.
    for (word, hits) in positive.iter().zip(&mut found) {
        let [both, each] = SPLIT_LETTERS;
        let splits = word.text.is_ascii() && (both..=LONGEST).contains(&word.text.len());
        if splits && word.need != Need::Must {
            for at in each..=word.text.len() - each {
                let (one, other) = word.text.split_at(at);
                hits.join(&segments.adjacent(one, other, met)?, SPLIT);
            }
        }
    }
    for (word, hits) in positive.iter().zip(found) {
        add(hits, word.need, !word.is_stop_word());
    }
    for word in query.words.iter().filter(|word| word.need == Need::MustNot) {
        add(segments.hits(word, &mut Met::default(), true)?, Need::MustNot, false);
    }
    let schema = write::schema();
    for phrase in &query.phrases {
        let need = phrase.need;
        add(segments.phrase(phrase, &schema)?, need, need != Need::MustNot);
    }
    Ok(scored)
}

/// The documents of `source` that are among the best, with their scores.
fn candidates(
    source: &Source,
    first: usize,
    query: &Query,
    wanted: &Wanted,
    scored: &[Scored],
) -> Vec<(f32, usize)> {
    let total: f32 = positive(scored).map(|word| word.idf).sum();
    let paths = PathWords::new(query);
    let files: Vec<(bool, u32, f32)> = source
        .files
        .iter()
        .enumerate()
        .map(|(number, (_, path))| {
            let allowed = !source.stale.get(number).copied().unwrap_or(false)
                && (wanted.within.is_empty()
                    || wanted.within.iter().any(|within| is_below(path, within)));
            let factor = arch_factor(path, wanted);
            (allowed, if allowed { paths.in_path(path) } else { 0 }, factor)
        })
        .collect();
    let kinds: Vec<Option<(f32, u32)>> = (0..Kind::NUMBERS as u8)
        .map(|number| {
            let kind = table::kind(number)?;
            let allowed = wanted.classes.is_empty()
                || wanted.classes.iter().any(|class| class == kind.class() || class == kind.name());
            let is_word = |word: &Asked| word.alone && weights::is_kind_word(&word.text, kind);
            allowed.then(|| (weights::kind(kind), words_that(query, is_word)))
        })
        .collect();
    let by_name_only = positive(scored).next().is_none();
    let score = |document: usize| -> Option<f32> {
        let hit = |word: &Scored| word.hits.of.get(first + document).copied().unwrap_or(0);
        // Most documents end here.
        if !by_name_only && positive(scored).all(|word| hit(word) == 0) {
            return None;
        }
        let is_refused = |word: &Scored| match word.need {
            Need::Should => false,
            Need::Must => hit(word) == 0,
            Need::MustNot => hit(word) > 0,
        };
        if scored.iter().any(is_refused) {
            return None;
        }
        let (mut sum, mut covered) = (0.0, 0.0);
        let (file, kind) = source.table.record(document);
        let (kind, in_kind) = (*kinds.get(usize::from(kind))?)?;
        let (allowed, in_path, arch) = files.get(file as usize).copied()?;
        if !allowed {
            return None;
        }
        let place = Place::weight(source.files[file as usize].0) * arch;
        if by_name_only {
            return Some(kind * place);
        }
        for (number, word) in positive(scored).enumerate() {
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
        let coverage = covered / total;
        Some(sum / total * coverage * coverage * kind * place)
    };
    let mut best: Vec<(f32, usize)> = (0..source.table.len().div_ceil(BLOCK))
        .into_par_iter()
        .with_min_len((1 << 14) / BLOCK)
        .fold(Vec::new, |mut best, block| {
            let documents = block * BLOCK..source.table.len().min((block + 1) * BLOCK);
            let known = best.len();
            best.extend(documents.filter_map(|document| Some((score(document)?, document))));
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
struct PathWords<'a>(Vec<Option<Finder<'a>>>);

impl<'a> PathWords<'a> {
    fn new(query: &'a Query) -> Self {
        let positive = query.wanted().take(32);
        let finder = |word: &'a Asked| (word.text.len() >= 2).then(|| Finder::new(&word.text));
        PathWords(positive.map(finder).collect())
    }

    /// Which of the words a path has, as bits: where a word of it begins so, and short ones
    /// where they end as well.
    fn in_path(&self, path: &[u8]) -> u32 {
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

/// A candidate with all that its name, its place and its use say.
fn look_closely(
    source: &Source,
    document: usize,
    score: f32,
    (query, met): (&Query, &Met),
    uses: &dyn Fn(&[u8]) -> usize,
) -> Option<Found> {
    let (file, kind) = source.table.record(document);
    let kind = table::kind(kind)?;
    let (_, path) = *source.files.get(file as usize)?;
    let Entry { name, line, above, below } = source.table.entry(document)?;
    let used = match kind {
        Kind::Symbol(_) => uses(&name),
        _ => 0,
    };
    let name = String::from_utf8_lossy(&name).into_owned();
    let name_is = name_of(&name, kind, query, met);
    let score = score * weights::name_factor(name_is) * weights::use_factor(used);
    let named = !matches!(name_is, Name::Part | Name::Other);
    let no_words = query.wanted().next().is_none();
    let by_name = (named && name_is != Name::Word) || (no_words && query.phrases.is_empty());
    let extent = (line.saturating_sub(above).max(1), line.saturating_add(below));
    Some(Found { path: path.to_vec(), kind, name, line, extent, named, by_name, score })
}
