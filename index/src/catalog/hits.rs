//! Which documents have a word, and how well: dictionary and postings of all segments, by the
//! rules of `weights`.

use std::collections::{HashMap, HashSet};

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use tantivy::{
    DocSet, InvertedIndexReader, SegmentReader, TERMINATED,
    postings::{Postings, TermInfo},
    query::{EnableScoring, PhraseQuery, Query as _},
    schema::{Field, IndexRecordOption, Schema, Term},
};

use super::{
    query::{Asked, Phrase},
    weights::{
        EXACT, FEW, FIELDS, JOINED, OTHER_FORM, PREFIX, PREFIX_LETTERS, PREFIX_WORDS, STEM, TYPO,
        TYPO_LETTERS, density, text_density,
    },
    words::{LONGEST, stem},
    write::{HEAD, NAME, TEXT},
};

/// A hit of 1.
pub(super) const WHOLE: f32 = 65_535.0;

/// For each document how well it has a word; 0: it doesn't.
pub(super) struct Hits {
    pub(super) of: Vec<u16>,
    /// How many have it.
    pub(super) count: usize,
}

impl Hits {
    pub(super) fn none(documents: usize) -> Hits {
        Hits { of: vec![0; documents], count: 0 }
    }

    /// Adds what another field says: of two parts each takes its share of what is left.
    fn add(&mut self, document: usize, part: f32) {
        let Some(hit) = self.of.get_mut(document) else { return };
        self.count += usize::from(*hit == 0);
        let before = f32::from(*hit) / WHOLE;
        let now = before + part - before * part;
        *hit = (now * WHOLE).clamp(1.0, WHOLE) as u16;
    }

    /// Takes over what others have better, at this share.
    pub(super) fn join(&mut self, other: &Hits, share: f32) {
        for (hit, other) in self.of.iter_mut().zip(&other.of).filter(|(_, other)| **other > 0) {
            self.count += usize::from(*hit == 0);
            *hit = (*hit).max((f32::from(*other) * share).max(1.0) as u16);
        }
    }
}

/// The words of the dictionaries that stood for those of the question, for highlighting.
#[derive(Clone, Debug, Default)]
pub(super) struct Met {
    /// As names have them.
    pub(super) names: HashSet<String>,
    /// Stems.
    pub(super) stems: HashSet<String>,
    /// For each word of the question that seems mistyped, what names have instead.
    pub(super) typos: HashMap<String, HashSet<String>>,
}

impl Met {
    /// Whether `own` of a name is what `asked` was to be.
    pub(super) fn is_typo(&self, asked: &str, own: &str) -> bool {
        self.typos.get(asked).is_some_and(|meant| meant.contains(own))
    }
}

/// A word of a dictionary that stands for one of the question.
struct Meant {
    key: String,
    postings: TermInfo,
    quality: f32,
}

/// The segments that are asked, each with the number of its first document.
pub(super) struct Segments<'a> {
    pub(super) all: Vec<(usize, &'a SegmentReader)>,
    /// How many words the question has.
    pub(super) asked: usize,
    pub(super) documents: usize,
}

impl Segments<'_> {
    /// Who has `word`. Where hardly anybody has, it is taken for a typo too, unless it must
    /// be exact.
    pub(super) fn hits(&self, word: &Asked, met: &mut Met, exact: bool) -> tantivy::Result<Hits> {
        let mut hits = Hits::none(self.documents);
        for (first, segment) in &self.all {
            for field in [NAME, HEAD, TEXT] {
                let inverted = segment.inverted_index(field)?;
                let meant = match field {
                    NAME => in_names(&inverted, word, exact)?,
                    _ if word.is_stop_word() => Vec::new(),
                    _ => in_prose(&inverted, word, exact)?,
                };
                self.take(*first, segment, (field, &inverted), &meant, &mut hits, met)?;
            }
        }
        if hits.count < FEW && !exact {
            self.typos(word, &mut hits, met)?;
        }
        Ok(hits)
    }

    /// Who has one of `words`, written as it is.
    pub(super) fn joined(&self, joined: &str, met: &mut Met) -> tantivy::Result<Hits> {
        let mut hits = Hits::none(self.documents);
        for (first, segment) in &self.all {
            for field in [NAME, HEAD, TEXT] {
                let inverted = segment.inverted_index(field)?;
                let key = if field == NAME { joined.to_owned() } else { stem(joined) };
                let found = inverted.terms().get(key.as_bytes())?;
                let meant: Vec<Meant> = found
                    .map(|postings| Meant { key, postings, quality: JOINED })
                    .into_iter()
                    .collect();
                self.take(*first, segment, (field, &inverted), &meant, &mut hits, met)?;
            }
        }
        Ok(hits)
    }

    fn typos(&self, word: &Asked, hits: &mut Hits, met: &mut Met) -> tantivy::Result<()> {
        let distance = typos_in(&word.text);
        if distance == 0 {
            return Ok(());
        }
        let builder = LevenshteinAutomatonBuilder::new(distance, true);
        let automatons = [&word.text, &word.stem].map(|text| Typo(builder.build_dfa(text)));
        for (first, segment) in &self.all {
            for field in [NAME, HEAD, TEXT] {
                let inverted = segment.inverted_index(field)?;
                let automaton = &automatons[usize::from(field != NAME)];
                let mut meant = Vec::new();
                let mut stream = inverted.terms().search(automaton).into_stream()?;
                while stream.advance() {
                    let Distance::Exact(far @ 1..) = automaton.0.eval(stream.key()) else {
                        continue;
                    };
                    let Ok(key) = std::str::from_utf8(stream.key()) else { continue };
                    let quality = TYPO.get(usize::from(far) - 1).copied().unwrap_or(0.0);
                    // The first letter is seldom wrong, and two wrong ones are another word.
                    if key.as_bytes().first() == word.text.as_bytes().first() {
                        meant.push(Meant {
                            key: key.into(),
                            postings: stream.value().clone(),
                            quality,
                        });
                    }
                }
                self.take(*first, segment, (field, &inverted), &meant, hits, met)?;
                if field == NAME && !meant.is_empty() {
                    let meant = meant.into_iter().map(|meant| meant.key);
                    met.typos.entry(word.text.clone()).or_default().extend(meant);
                }
            }
        }
        Ok(())
    }

    /// Adds the postings of what is meant.
    fn take(
        &self,
        first: usize,
        segment: &SegmentReader,
        (field, inverted): (Field, &InvertedIndexReader),
        meant: &[Meant],
        hits: &mut Hits,
        met: &mut Met,
    ) -> tantivy::Result<()> {
        if meant.is_empty() {
            return Ok(());
        }
        let lengths = segment.get_fieldnorms_reader(field)?;
        let number = field.field_id() as usize;
        for meant in meant {
            if field == NAME { &mut met.names } else { &mut met.stems }.insert(meant.key.clone());
            let weight = FIELDS[number] * meant.quality;
            let option = IndexRecordOption::WithFreqs;
            let mut postings = inverted.read_postings_from_terminfo(&meant.postings, option)?;
            let mut document = postings.doc();
            while document != TERMINATED {
                let length = lengths.fieldnorm(document);
                let density = match field {
                    TEXT => text_density(length, postings.term_freq()),
                    _ => density(number, length, self.asked),
                };
                hits.add(first + document as usize, weight * density);
                document = postings.advance();
            }
        }
        Ok(())
    }

    /// Who has the phrase, in any field.
    pub(super) fn phrase(&self, phrase: &Phrase, schema: &Schema) -> tantivy::Result<Hits> {
        let mut hits = Hits::none(self.documents);
        for field in [NAME, HEAD, TEXT] {
            let terms: Vec<(usize, Term)> = phrase
                .words
                .iter()
                .map(|(word, stem, at)| (*at, if field == NAME { word } else { stem }))
                .filter(|(_, word)| !word.is_empty())
                .map(|(at, word)| (at, Term::from_field_text(field, word)))
                .collect();
            if terms.len() < 2 {
                // Stop words but for one: that one must do.
                if let Some((_, term)) = terms.first() {
                    self.plain(field, term, &mut hits)?;
                }
                continue;
            }
            let query = PhraseQuery::new_with_offset(terms);
            let weight = query.weight(EnableScoring::disabled_from_schema(schema))?;
            for (first, segment) in &self.all {
                let mut scorer = weight.scorer(segment, 1.0)?;
                let mut document = scorer.doc();
                while document != TERMINATED {
                    hits.add(first + document as usize, FIELDS[field.field_id() as usize]);
                    document = scorer.advance();
                }
            }
        }
        Ok(hits)
    }

    /// Which names have these two words one after the other.
    pub(super) fn adjacent(&self, one: &str, other: &str, met: &mut Met) -> tantivy::Result<Hits> {
        let mut hits = Hits::none(0);
        for (first, segment) in &self.all {
            let inverted = segment.inverted_index(NAME)?;
            let terms = inverted.terms();
            let (Some(left), Some(right)) = (terms.get(one)?, terms.get(other)?) else { continue };
            let option = IndexRecordOption::WithFreqsAndPositions;
            let mut left = inverted.read_postings_from_terminfo(&left, option)?;
            let mut right = inverted.read_postings_from_terminfo(&right, option)?;
            let lengths = segment.get_fieldnorms_reader(NAME)?;
            let (mut before, mut after) = (Vec::new(), Vec::new());
            let mut document = left.doc();
            while document != TERMINATED {
                let there = if right.doc() < document { right.seek(document) } else { right.doc() };
                if there == document {
                    left.positions(&mut before);
                    right.positions(&mut after);
                    if before.iter().any(|at| after.contains(&(at + 1))) {
                        if hits.of.is_empty() {
                            hits.of.resize(self.documents, 0);
                            met.names.extend([one.to_owned(), other.to_owned()]);
                        }
                        let length = lengths.fieldnorm(document).saturating_sub(1);
                        let density = density(0, length, self.asked);
                        hits.add(first + document as usize, FIELDS[0] * density);
                    }
                    document = left.advance();
                } else if there == TERMINATED {
                    break;
                } else {
                    document = left.seek(there);
                }
            }
        }
        Ok(hits)
    }

    fn plain(&self, field: Field, term: &Term, hits: &mut Hits) -> tantivy::Result<()> {
        for (first, segment) in &self.all {
            let inverted = segment.inverted_index(field)?;
            let Some(mut postings) = inverted.read_postings(term, IndexRecordOption::Basic)? else {
                continue;
            };
            let mut document = postings.doc();
            while document != TERMINATED {
                hits.add(first + document as usize, FIELDS[field.field_id() as usize]);
                document = postings.advance();
            }
        }
        Ok(())
    }
}

/// The words of names that `word` stands for: itself, others of its stem, those it begins.
fn in_names(
    inverted: &InvertedIndexReader,
    word: &Asked,
    exact: bool,
) -> tantivy::Result<Vec<Meant>> {
    let mut meant = Vec::new();
    if let Some(postings) = inverted.terms().get(word.text.as_bytes())? {
        meant.push(Meant { key: word.text.clone(), postings, quality: EXACT });
    }
    if exact {
        return Ok(meant);
    }
    for form in &word.forms {
        if let Some(postings) = inverted.terms().get(form)? {
            meant.push(Meant { key: (*form).to_owned(), postings, quality: OTHER_FORM });
        }
    }
    if word.text.len() < PREFIX_LETTERS {
        return Ok(meant);
    }
    let common = word.text.bytes().zip(word.stem.bytes()).take_while(|(a, b)| a == b).count();
    let start = &word.text[..common.max(PREFIX_LETTERS).min(word.text.len())];
    let mut others = Vec::new();
    let mut stream = inverted.terms().range().ge(start).into_stream()?;
    while stream.advance() && stream.key().starts_with(start.as_bytes()) {
        let Ok(key) = std::str::from_utf8(stream.key()) else { continue };
        if meant.iter().any(|known: &Meant| known.key == key) {
            continue;
        }
        let quality = if stem(key) == word.stem {
            STEM
        } else if key.starts_with(&word.text) {
            PREFIX * word.text.len() as f32 / key.len() as f32
        } else {
            continue;
        };
        others.push(Meant { key: key.to_owned(), postings: stream.value().clone(), quality });
    }
    shortest(&mut others);
    meant.append(&mut others);
    Ok(meant)
}

/// The stems of prose that `word` stands for; where it is hardly there, those it begins.
fn in_prose(
    inverted: &InvertedIndexReader,
    word: &Asked,
    exact: bool,
) -> tantivy::Result<Vec<Meant>> {
    let mut meant = Vec::new();
    let found = inverted.terms().get(word.stem.as_bytes())?;
    let few = found.as_ref().is_none_or(|found| (found.doc_freq as usize) < FEW);
    if let Some(postings) = found {
        meant.push(Meant { key: word.stem.clone(), postings, quality: EXACT });
    }
    if exact || !(few || word.half) || word.text.len() < PREFIX_LETTERS {
        return Ok(meant);
    }
    let mut others = Vec::new();
    let mut stream = inverted.terms().range().ge(&word.text).into_stream()?;
    while stream.advance() && stream.key().starts_with(word.text.as_bytes()) {
        let Ok(key) = std::str::from_utf8(stream.key()) else { continue };
        if key != word.stem {
            let quality = PREFIX * word.text.len() as f32 / key.len() as f32;
            others.push(Meant { key: key.to_owned(), postings: stream.value().clone(), quality });
        }
    }
    shortest(&mut others);
    meant.append(&mut others);
    Ok(meant)
}

/// How many typos a word may have: none in a number, and none in what is longer than any word, for
/// which the automaton would be as large as the memory.
fn typos_in(word: &str) -> u8 {
    if word.len() > LONGEST || word.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    let letters = word.chars().count();
    TYPO_LETTERS.iter().filter(|least| letters >= **least).count() as u8
}

/// Keeps the shortest words: those that a half word most likely stands for.
fn shortest(words: &mut Vec<Meant>) {
    words.sort_by(|one, other| {
        other.quality.total_cmp(&one.quality).then_with(|| one.key.cmp(&other.key))
    });
    words.truncate(PREFIX_WORDS);
}

/// An automaton that takes a word with typos.
struct Typo(DFA);

impl tantivy_fst::Automaton for &Typo {
    type State = u32;

    fn start(&self) -> u32 {
        self.0.initial_state()
    }

    fn is_match(&self, state: &u32) -> bool {
        matches!(self.0.distance(*state), Distance::Exact(_))
    }

    fn can_match(&self, state: &u32) -> bool {
        *state != SINK_STATE
    }

    fn accept(&self, state: &u32, byte: u8) -> u32 {
        self.0.transition(*state, byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_may_have_typos_and_monsters_none() {
        let typos = |word: &str| typos_in(word);
        assert_eq!((typos("irq"), typos("page"), typos("fanotify")), (0, 1, 2));
        assert_eq!((typos("20241121"), typos(&"a".repeat(LONGEST))), (0, 2));
        assert_eq!(typos(&"a".repeat(100_000)), 0);
    }
}
