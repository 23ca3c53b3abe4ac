//! Answers a question: has what `hits` found added up (`candidates`), and looks closely at the
//! best.

use std::{
    cmp::Ordering,
    collections::{BTreeSet, HashMap},
};

use super::{
    candidates::{PathWords, Scored, Source, best_first, candidates},
    document::Kind,
    hits::{Hits, Met, Segments},
    naming::name_of,
    query::{Asked, Need, Query, Wanted},
    table::{self, Entry},
    weights::{self, AGAIN, CANDIDATES, EXACT, FEW, Name, SPLIT, SPLIT_LETTERS},
    words::{LONGEST, is_stop_word, runs, stem},
    write,
};
use crate::bits::Bits;

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

/// The words that answers were found by, to be shown.
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
