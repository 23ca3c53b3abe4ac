//! Which documents have a word, and how well: dictionary and postings of all segments, by the
//! rules of `weights`.

use std::collections::{BTreeMap, HashMap, HashSet};

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use tantivy::{
    DocSet, SegmentReader, TERMINATED,
    postings::Postings,
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
use crate::bits::Bits;

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

/// A word of the dictionaries that stands for one of the question, and how well.
struct Meant {
    key: String,
    quality: f32,
}

/// Segments that are asked, each with the number of its first document. Which words stand for
/// one of the question, and how rare it is, all segments say together, without the documents of
/// files that changed: so the answers do not depend on how the documents came into segments.
pub(super) struct Segments<'a> {
    pub(super) all: Vec<(usize, &'a SegmentReader)>,
    /// How many words the question has.
    pub(super) asked: usize,
    /// How many numbers of documents there are.
    pub(super) documents: usize,
    /// The documents of files that are no longer what these say.
    pub(super) stale: Bits,
    /// How many documents there are, without those.
    pub(super) live: usize,
}

impl Segments<'_> {
    /// Who has `word`. Where hardly anybody has, it is taken for a typo too, unless it must
    /// be exact.
    pub(super) fn hits(&self, word: &Asked, met: &mut Met, exact: bool) -> tantivy::Result<Hits> {
        let mut hits = Hits::none(self.documents);
        for field in [NAME, HEAD, TEXT] {
            let meant = match field {
                NAME => self.in_names(word, exact)?,
                _ if word.is_stop_word() => Vec::new(),
                _ => self.in_prose(field, word, exact)?,
            };
            self.take(field, &meant, &mut hits, met)?;
        }
        if hits.count < FEW && !exact {
            self.typos(word, &mut hits, met)?;
        }
        Ok(hits)
    }

    /// Who has one of `words`, written as it is.
    pub(super) fn joined(&self, joined: &str, met: &mut Met) -> tantivy::Result<Hits> {
        let mut hits = Hits::none(self.documents);
        for field in [NAME, HEAD, TEXT] {
            let key = if field == NAME { joined.to_owned() } else { stem(joined) };
            self.take(field, &[Meant { key, quality: JOINED }], &mut hits, met)?;
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
        for field in [NAME, HEAD, TEXT] {
            let automaton = &automatons[usize::from(field != NAME)];
            let mut found = BTreeMap::new();
            for (_, segment) in &self.all {
                let inverted = segment.inverted_index(field)?;
                let mut stream = inverted.terms().search(automaton).into_stream()?;
                while stream.advance() {
                    let Distance::Exact(far @ 1..) = automaton.0.eval(stream.key()) else {
                        continue;
                    };
                    let Ok(key) = std::str::from_utf8(stream.key()) else { continue };
                    let quality = TYPO.get(usize::from(far) - 1).copied().unwrap_or(0.0);
                    // The first letter is seldom wrong, and two wrong ones are another word.
                    if key.as_bytes().first() == word.text.as_bytes().first() {
                        found.insert(key.to_owned(), quality);
                    }
                }
            }
            let meant: Vec<Meant> =
                found.into_iter().map(|(key, quality)| Meant { key, quality }).collect();
            let had = self.take(field, &meant, hits, met)?;
            let mut had = meant.into_iter().zip(had).filter(|(_, had)| *had).peekable();
            if field == NAME && had.peek().is_some() {
                let had = had.map(|(meant, _)| meant.key);
                met.typos.entry(word.text.clone()).or_default().extend(had);
            }
        }
        Ok(())
    }

    /// Adds the postings of what is meant. For each whether any document has it.
    fn take(
        &self,
        field: Field,
        meant: &[Meant],
        hits: &mut Hits,
        met: &mut Met,
    ) -> tantivy::Result<Vec<bool>> {
        let mut had = vec![false; meant.len()];
        let number = field.field_id() as usize;
        for (first, segment) in &self.all {
            let inverted = segment.inverted_index(field)?;
            let lengths = segment.get_fieldnorms_reader(field)?;
            for (meant, had) in meant.iter().zip(&mut had) {
                let Some(found) = inverted.terms().get(&meant.key)? else { continue };
                let weight = FIELDS[number] * meant.quality;
                let option = IndexRecordOption::WithFreqs;
                let mut postings = inverted.read_postings_from_terminfo(&found, option)?;
                let mut document = postings.doc();
                while document != TERMINATED {
                    let length = lengths.fieldnorm(document);
                    let density = match field {
                        TEXT => text_density(length, postings.term_freq()),
                        _ => density(number, length, self.asked),
                    };
                    *had |= self.add(hits, first + document as usize, weight * density);
                    document = postings.advance();
                }
            }
        }
        let words = if field == NAME { &mut met.names } else { &mut met.stems };
        words.extend(meant.iter().zip(&had).filter(|(_, had)| **had).map(|(m, _)| m.key.clone()));
        Ok(had)
    }

    /// Adds to the hits of a document, unless it is of a file that changed.
    fn add(&self, hits: &mut Hits, document: usize, part: f32) -> bool {
        let counts = !self.stale.get(document);
        if counts {
            hits.add(document, part);
        }
        counts
    }

    /// In how many documents a key is, counted up to `enough`.
    fn frequency(&self, field: Field, key: &str, enough: usize) -> tantivy::Result<usize> {
        let mut count = 0;
        for (first, segment) in &self.all {
            let inverted = segment.inverted_index(field)?;
            let Some(found) = inverted.terms().get(key)? else { continue };
            if self.stale.is_empty() {
                count += found.doc_freq as usize;
                continue;
            }
            let mut postings =
                inverted.read_postings_from_terminfo(&found, IndexRecordOption::Basic)?;
            let mut document = postings.doc();
            while document != TERMINATED && count < enough {
                count += usize::from(!self.stale.get(first + document as usize));
                document = postings.advance();
            }
        }
        Ok(count)
    }

    /// The words of names that `word` stands for: itself, others of its stem, those it begins.
    fn in_names(&self, word: &Asked, exact: bool) -> tantivy::Result<Vec<Meant>> {
        let mut meant = vec![Meant { key: word.text.clone(), quality: EXACT }];
        if exact {
            return Ok(meant);
        }
        let forms = word.forms.iter().filter(|form| **form != word.text);
        meant.extend(forms.map(|form| Meant { key: (*form).to_owned(), quality: OTHER_FORM }));
        if word.text.len() < PREFIX_LETTERS {
            return Ok(meant);
        }
        let common = word.text.bytes().zip(word.stem.bytes()).take_while(|(a, b)| a == b).count();
        let start = &word.text[..common.max(PREFIX_LETTERS).min(word.text.len())];
        let others = self.begun(NAME, start, |key| {
            if meant.iter().any(|known| known.key == key) {
                None
            } else if stem(key) == word.stem {
                Some(STEM)
            } else {
                let share = word.text.len() as f32 / key.len() as f32;
                key.starts_with(&word.text).then_some(PREFIX * share)
            }
        })?;
        meant.extend(others);
        Ok(meant)
    }

    /// The stems of prose that `word` stands for; where it is hardly there, those it begins.
    fn in_prose(&self, field: Field, word: &Asked, exact: bool) -> tantivy::Result<Vec<Meant>> {
        let mut meant = vec![Meant { key: word.stem.clone(), quality: EXACT }];
        if exact || word.text.len() < PREFIX_LETTERS {
            return Ok(meant);
        }
        if word.half || self.frequency(field, &word.stem, FEW)? < FEW {
            let share = |key: &str| word.text.len() as f32 / key.len() as f32;
            let others = self
                .begun(field, &word.text, |key| (key != word.stem).then(|| PREFIX * share(key)))?;
            meant.extend(others);
        }
        Ok(meant)
    }

    /// The best of the words that begin with `start`, by what `quality` says of them: the
    /// shortest are those that a half word most likely stands for.
    fn begun(
        &self,
        field: Field,
        start: &str,
        quality: impl Fn(&str) -> Option<f32>,
    ) -> tantivy::Result<Vec<Meant>> {
        let mut found: BTreeMap<String, f32> = BTreeMap::new();
        for (_, segment) in &self.all {
            let inverted = segment.inverted_index(field)?;
            let mut stream = inverted.terms().range().ge(start).into_stream()?;
            while stream.advance() && stream.key().starts_with(start.as_bytes()) {
                let Ok(key) = std::str::from_utf8(stream.key()) else { continue };
                if let Some(quality) = quality(key) {
                    found.insert(key.to_owned(), quality);
                }
            }
        }
        let mut found: Vec<Meant> =
            found.into_iter().map(|(key, quality)| Meant { key, quality }).collect();
        found.sort_by(|one, other| {
            other.quality.total_cmp(&one.quality).then_with(|| one.key.cmp(&other.key))
        });
        let mut best = Vec::new();
        for meant in found {
            if best.len() == PREFIX_WORDS {
                break;
            }
            if self.stale.is_empty() || self.frequency(field, &meant.key, 1)? > 0 {
                best.push(meant);
            }
        }
        Ok(best)
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
                    let part = FIELDS[field.field_id() as usize];
                    self.add(&mut hits, first + document as usize, part);
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
                if there == document && self.stale.get(first + document as usize) {
                    document = left.advance();
                } else if there == document {
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
                self.add(hits, first + document as usize, FIELDS[field.field_id() as usize]);
                document = postings.advance();
            }
        }
        Ok(())
    }
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
