//! Finds the formats that a line may have been printed by: each line of a format is kept under
//! its rarest word, so that it is looked at only when a line has that word.

use std::collections::HashMap;

use super::pattern::{is_word, past_conversion, words};
use super::seen::past_mark;

/// Bytes at a text's beginning that find what no word does.
const START: usize = 3;
/// Signs at a text's beginning, behind a level, that find what has no letters at all: ` <%s>`.
const SIGNS: usize = 2;
/// Bytes at a text's beginning that find it for a line that was cut.
const CUT_START: usize = 8;
/// Buckets of words, as a power of two.
const BITS: u32 = 17;

/// One printed line of a format: formats may have several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FormatLine {
    /// Which format.
    pub(super) format: u32,
    /// Where the line is in its text.
    pub(super) start: u16,
    /// Its end.
    pub(super) end: u16,
    /// Whether the format ends the line there: else more may follow.
    pub(super) ends: bool,
    /// Its longest literal text, without blanks at the end: where in it that begins.
    literal: u16,
    /// And its length.
    literal_len: u8,
    /// The words that a line must have whole, as bits.
    mask: u64,
}

/// The lines of formats by their rarest words.
#[derive(Default)]
pub(super) struct ByWord {
    /// For each bucket where its lines end.
    ends: Vec<u32>,
    lines: Vec<(u32, FormatLine)>,
    /// Lines without a word that stands alone, by the text that they begin with.
    wordless: HashMap<[u8; START], Vec<FormatLine>>,
    /// Lines without a letter, by the signs that they begin with.
    signs: HashMap<[u8; SIGNS], Vec<FormatLine>>,
    /// Lines by the text that they begin with.
    starts: HashMap<[u8; CUT_START], Vec<FormatLine>>,
}

/// Lines by the buckets of their words' hashes, and for each bucket where its lines end.
fn by_bucket(keyed: Vec<(u32, FormatLine)>) -> (Vec<u32>, Vec<(u32, FormatLine)>) {
    let mut ends = vec![0u32; (1 << BITS) + 1];
    for (hash, _) in &keyed {
        ends[bucket(*hash) + 1] += 1;
    }
    for at in 1..ends.len() {
        ends[at] += ends[at - 1];
    }
    let none = FormatLine::default();
    let mut sorted = vec![(0, none); keyed.len()];
    let mut next = ends.clone();
    for entry in keyed {
        let at = &mut next[bucket(entry.0)];
        sorted[*at as usize] = entry;
        *at += 1;
    }
    ends.remove(0);
    (ends, sorted)
}

impl FormatLine {
    /// Where it is in its text.
    pub(super) fn range(&self) -> std::ops::Range<usize> {
        self.start.into()..self.end.into()
    }

    /// Its longest literal text, which a line must have: what is of no use is seen by that at
    /// little cost. `text` is the format's.
    pub(super) fn literal<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let start = usize::from(self.start) + usize::from(self.literal);
        text.get(start..start + usize::from(self.literal_len)).unwrap_or_default()
    }
}

impl ByWord {
    /// Those of these formats' texts.
    pub(super) fn of<'t>(texts: impl Iterator<Item = &'t [u8]> + Clone) -> ByWord {
        let mut counts = vec![0u32; 1 << BITS];
        let mut starts: HashMap<[u8; CUT_START], Vec<FormatLine>> = HashMap::new();
        // Each line with the hashes and lengths of its words.
        let mut all: Vec<(FormatLine, std::ops::Range<usize>)> = Vec::new();
        let mut hashes: Vec<(u32, u32)> = Vec::new();
        for (number, text) in texts.clone().enumerate() {
            for line in lines(text, number as u32) {
                let inside = &text[line.range()];
                let start = hashes.len();
                hashes.extend(words(inside).map(|word| (hash(word), word.len() as u32)));
                let mask = hashes[start..].iter().fold(0, |mask, (hash, _)| mask | mask_of(*hash));
                hashes[start..].iter().for_each(|(hash, _)| counts[bucket(*hash)] += 1);
                let (literal, literal_len) = longest_literal(inside);
                let line = FormatLine { mask, literal, literal_len, ..line };
                if let Some((_, start)) = cut_start(inside) {
                    starts.entry(start).or_default().push(line);
                }
                all.push((line, start..hashes.len()));
            }
        }
        let mut keyed: Vec<(u32, FormatLine)> = Vec::with_capacity(all.len());
        let mut wordless: HashMap<[u8; START], Vec<FormatLine>> = HashMap::new();
        let mut signs: HashMap<[u8; SIGNS], Vec<FormatLine>> = HashMap::new();
        let rarity = |(hash, len): &(u32, u32)| (counts[bucket(*hash)], std::cmp::Reverse(*len));
        let mut texts = texts.enumerate().peekable();
        for (line, own) in all {
            if let Some((hash, _)) = hashes[own].iter().min_by_key(|word| rarity(word)) {
                keyed.push((*hash, line));
                continue;
            }
            while texts.next_if(|(number, _)| *number < line.format as usize).is_some() {}
            let Some((_, text)) = texts.peek() else { break };
            let inside = &text[line.range()];
            // `"%sCall Trace:"`: a level, which is not printed.
            let after = words(after_level(inside)).map(|word| (hash(word), word.len() as u32));
            if let Some((hash, _)) = after.min_by_key(rarity) {
                keyed.push((hash, line));
                continue;
            }
            let start = inside.first_chunk::<START>();
            let plain = |byte: &u8| *byte >= 8 && *byte != b'%';
            if let Some(start) = start.filter(|start| start.iter().all(plain)) {
                wordless.entry(*start).or_default().push(line);
            }
            if let Some(start) = signs_of(after_level(inside)) {
                signs.entry(start).or_default().push(line);
            }
        }
        let (ends, lines) = by_bucket(keyed);
        ByWord { ends, lines, wordless, signs, starts }
    }

    /// Calls `each` with the lines of formats that `text` may have been printed by.
    pub(super) fn candidates(&self, text: &[u8], mut each: impl FnMut(FormatLine)) {
        let mut hashes: Vec<u32> = Vec::new();
        for word in text.split(|byte| !is_word(*byte)).filter(|word| word.len() > 1) {
            let hash = hash(word);
            if !hashes.contains(&hash) {
                hashes.push(hash);
            }
        }
        let mask = hashes.iter().fold(0, |mask, hash| mask | mask_of(*hash));
        for hash in hashes {
            let bucket = bucket(hash);
            let Some(end) = self.ends.get(bucket) else { continue };
            let start = bucket.checked_sub(1).map_or(0, |before| self.ends[before]);
            let lines = self.lines.get(start as usize..*end as usize).unwrap_or_default();
            let may = |line: &FormatLine| line.mask & !mask == 0;
            let lines = lines.iter().filter(|(key, line)| *key == hash && may(line));
            lines.for_each(|(_, line)| each(*line));
        }
    }

    /// The lines of formats that begin as `text` does, which was perhaps cut.
    pub(super) fn beginning(&self, text: &[u8]) -> &[FormatLine] {
        let found = text.first_chunk::<CUT_START>().and_then(|start| self.starts.get(start));
        found.map_or(&[], Vec::as_slice)
    }

    /// The lines of formats that no word finds, if `text` begins as they do.
    pub(super) fn wordless(&self, text: &[u8]) -> &[FormatLine] {
        let found = text.first_chunk::<START>().and_then(|start| self.wordless.get(start));
        found.map_or(&[], Vec::as_slice)
    }

    /// The lines of formats without a letter that begin as `text` does.
    pub(super) fn signs(&self, text: &[u8]) -> &[FormatLine] {
        let found = signs_of(text).and_then(|start| self.signs.get(&start));
        found.map_or(&[], Vec::as_slice)
    }
}

/// The signs that a text begins with.
fn signs_of(text: &[u8]) -> Option<[u8; SIGNS]> {
    let start = text.first_chunk::<SIGNS>()?;
    let is_sign = |byte: &u8| byte.is_ascii_punctuation() && *byte != b'%';
    let is_blank = |byte: &u8| *byte == b' ';
    let all = start.iter().all(|byte| is_sign(byte) || is_blank(byte));
    (all && start.iter().any(is_sign)).then_some(*start)
}

/// Where the text begins that a cut line is found by: at the start, or behind the names that a
/// macro puts there; and what it is.
fn cut_start(line: &[u8]) -> Option<(usize, [u8; CUT_START])> {
    starts(line).find_map(|at| {
        let start = line.get(at..)?.first_chunk::<CUT_START>()?;
        let is_plain = start.iter().all(|byte| *byte >= 8 && *byte != b'%');
        is_plain.then_some((at, *start))
    })
}

/// The beginning, and what is behind names.
fn starts(line: &[u8]) -> impl Iterator<Item = usize> {
    let behind = memchr::memmem::find_iter(line, b": ").map(|at| at + 2);
    std::iter::once(0).chain(behind.take(MOST_STARTS))
}

/// The format from where a cut line is found on.
pub(super) fn from_start(format: &[u8]) -> Option<&[u8]> {
    cut_start(format).map(|(at, _)| &format[at..])
}

/// The places in a line at which a format's own text may begin, and a number for what is there:
/// its first byte, and those behind the names that a macro puts before a text.
pub(super) fn starts_in(line: &[u8]) -> impl Iterator<Item = (usize, u32)> {
    starts(line).filter_map(move |at| Some((at, hash(line.get(at..)?.first_chunk::<CUT_START>()?))))
}

/// The number of what a format begins with.
pub(super) fn start_of(format: &[u8]) -> Option<u32> {
    cut_start(format).map(|(_, start)| hash(&start))
}

/// Names before a text.
const MOST_STARTS: usize = 3;

/// A line without the conversion that it begins with.
fn after_level(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"%s").unwrap_or_default()
}

/// The lines that a format prints, but empty ones.
pub(super) fn lines(text: &[u8], format: u32) -> impl Iterator<Item = FormatLine> {
    let mut at = 0;
    text.split(|byte| *byte == b'\n').filter_map(move |line| {
        let (start, end) = (at, at + line.len());
        at = end + 1;
        (!line.is_empty()).then(|| FormatLine {
            format,
            start: start.min(usize::from(u16::MAX)) as u16,
            end: end.min(usize::from(u16::MAX)) as u16,
            ends: end < text.len(),
            ..FormatLine::default()
        })
    })
}

/// The longest text between conversions, without blanks at its end, which a line may have lost:
/// where it begins, and its length.
fn longest_literal(line: &[u8]) -> (u16, u8) {
    let mut longest = 0..0;
    let (mut at, mut start) = (0, 0);
    loop {
        let is_mark = line.get(at).is_none_or(|byte| *byte < 8 || *byte == b'%');
        if !is_mark {
            at += 1;
            continue;
        }
        let end = start + line[start..at].trim_ascii_end().len();
        if end - start > longest.len() {
            longest = start..end;
        }
        match line.get(at) {
            None => break,
            Some(b'%') if line.get(at + 1) == Some(&b'%') => at += 2,
            Some(b'%') => at = past_conversion(line, at),
            Some(_) => at = past_mark(line, at).min(line.len()),
        }
        start = at;
    }
    (longest.start.min(usize::from(u16::MAX)) as u16, longest.len().min(255) as u8)
}

fn bucket(hash: u32) -> usize {
    (hash >> (32 - BITS)) as usize
}

/// A word's bit among those of its line.
fn mask_of(hash: u32) -> u64 {
    1 << (hash & 63)
}

/// A word's hash.
pub(super) fn hash(word: &[u8]) -> u32 {
    let mut state = 0xcbf2_9ce4_8422_2325u64;
    for byte in word {
        state = (state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    (state.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}
