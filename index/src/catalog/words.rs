//! What a word is: how names and prose are cut into the words that are indexed and asked for.
//!
//! A name is cut at `_`, where the case changes and where digits begin; prose likewise, and
//! there words are lightly stemmed, so that "reservation" finds "reserves". Question and index
//! go through the same code, or nothing would match.

use super::knowledge::short_forms;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Longer runs of letters are no words: hashes, base64, art.
pub(crate) const LONGEST: usize = 40;
/// Shorter pieces of a word that is cut at case or digits are not worth an entry.
const SHORTEST_PIECE: usize = 3;
/// Prose words that are in every text.
const STOP_WORDS: [&str; 34] = [
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "for", "from", "has", "have", "if",
    "in", "is", "it", "its", "not", "of", "on", "or", "such", "that", "the", "their", "then",
    "there", "this", "to", "was", "which", "will", "with",
];

/// Whether a word says so little that prose is not asked for it.
pub(crate) fn is_stop_word(word: &str) -> bool {
    word.len() <= LONGEST_STOP_WORD && STOP_WORDS.binary_search(&word).is_ok()
}

/// The letters of the longest stop word.
const LONGEST_STOP_WORD: usize = 5;

/// The forms of a word that names have for it: the short ones of a long one, and the long one
/// of a short one.
pub(crate) fn other_forms(word: &str) -> impl Iterator<Item = &'static str> {
    let stem = stem(word);
    let word = word.to_owned();
    short_forms().filter_map(move |(short, long)| {
        if self::stem(long) == stem {
            Some(short)
        } else if short == word {
            Some(long)
        } else {
            None
        }
    })
}

/// Whether a byte belongs to a word. All of UTF-8's longer characters do, so that a cut is
/// never inside of one.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// A run of letters and digits in a text: where it begins and ends.
pub(crate) fn runs(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() && !is_word(bytes[at]) {
            at += 1;
        }
        let start = at;
        while at < bytes.len() && is_word(bytes[at]) {
            at += 1;
        }
        (start < at).then_some((start, at))
    })
}

/// Calls `each` with the pieces of a run that is cut at case and digits; with none for a run
/// of one piece.
fn pieces(run: &str, mut each: impl FnMut(&str)) {
    #[derive(PartialEq, Clone, Copy)]
    enum Class {
        Lower,
        Upper,
        Digit,
    }
    let class = |byte: u8| match byte {
        b'0'..=b'9' => Class::Digit,
        b'A'..=b'Z' => Class::Upper,
        _ => Class::Lower,
    };
    let bytes = run.as_bytes();
    let mut start = 0;
    for at in 1..=bytes.len() {
        let cut = at == bytes.len() || {
            let (before, now) = (class(bytes[at - 1]), class(bytes[at]));
            // In XMLParser the second word begins before the last capital.
            let next = bytes.get(at + 1).map(|byte| class(*byte));
            match (before, now) {
                (Class::Lower, Class::Upper) => true,
                (Class::Upper, Class::Upper) => next == Some(Class::Lower),
                (Class::Upper, Class::Lower) => false,
                (before, now) => before != now,
            }
        };
        if cut {
            let whole = start == 0 && at == bytes.len();
            if !whole && at - start >= SHORTEST_PIECE && class(bytes[start]) != Class::Digit {
                each(&run[start..at]);
            }
            start = at;
        }
    }
}

/// The words of a text, one after the other in one buffer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    text: String,
    /// Where each ends in `text`, and the number of the run it is of.
    ends: Vec<(u32, u32)>,
}

impl Words {
    /// The words of a name.
    pub(crate) fn of_name(text: &str) -> Words {
        let mut words = Words::default();
        words.fill(text, false);
        words
    }

    /// The words of a text, stemmed.
    #[cfg(test)]
    pub(crate) fn of_prose(text: &str) -> Words {
        let mut words = Words::default();
        words.fill(text, true);
        words
    }

    fn fill(&mut self, text: &str, prose: bool) {
        self.text.clear();
        self.ends.clear();
        for (number, (start, end)) in runs(text).enumerate() {
            let run = &text[start..end];
            if run.len() > LONGEST || (prose && is_noise(run)) {
                continue;
            }
            let from = self.text.len();
            self.push(run, number as u32, prose);
            let simple = run.bytes().all(|byte| byte.is_ascii_lowercase());
            if !simple && self.text.len() > from {
                pieces(run, |piece| self.push(piece, number as u32, prose));
            }
        }
    }

    fn push(&mut self, word: &str, run: u32, prose: bool) {
        let start = self.text.len();
        self.text.push_str(word);
        self.text[start..].make_ascii_lowercase();
        if prose {
            if is_stop_word(&self.text[start..]) {
                self.text.truncate(start);
                return;
            }
            stem_at(&mut self.text, start);
        }
        self.ends.push((self.text.len() as u32, run));
    }

    /// How many words there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The words, each with the number of the run it is of.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        (0..self.len()).map(|at| (self.get(at), self.ends[at].1))
    }

    fn get(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before].0 as usize);
        &self.text[start..self.ends[at].0 as usize]
    }
}

/// Numbers that nobody asks for: addresses, dumps.
fn is_noise(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    digits > 4 && digits * 2 > run.len() || run.len() > 4 && run.starts_with("0x")
}

/// The stem of a lower-case word.
pub(crate) fn stem(word: &str) -> String {
    let mut text = word.to_owned();
    stem_at(&mut text, 0);
    text
}

/// Cuts the word that begins at `start` of `text` to its stem: plural, -ing, -ed, -ation and
/// its kin, the last -e. Only what the words of one root have in common counts, not whether
/// the stem is a word.
fn stem_at(text: &mut String, start: usize) {
    let len = text.len() - start;
    if len < 4 || !text.is_char_boundary(start) || !text[start..].is_ascii() {
        return;
    }
    plural(text, start);
    if !matches!(text.as_bytes().last(), Some(b'd' | b'e' | b'g' | b'n' | b'r')) {
        return;
    }
    let cut = |text: &mut String, ending: &str, least: usize| {
        let fits = text[start..].strip_suffix(ending).is_some_and(|rest| {
            rest.len() >= least && rest.bytes().any(|byte| b"aeiouy".contains(&byte))
        });
        if fits {
            text.truncate(text.len() - ending.len());
        }
        fits
    };
    for ending in ["ation", "ating", "ated", "ator", "ate"] {
        if cut(text, ending, 4) {
            return;
        }
    }
    if text[start..].ends_with("tion") && cut(text, "ion", 5) {
        return;
    }
    if (!text[start..].ends_with("eed") && cut(text, "ed", 3)) || cut(text, "ing", 3) {
        let bytes = &text.as_bytes()[start..];
        if let [.., one, other] = bytes
            && one == other
            && b"bdgmnprt".contains(one)
        {
            text.pop();
            return;
        }
    }
    // A handler handles; shorter words such as `timer` are things of their own.
    if !cut(text, "er", 5) {
        cut(text, "e", 3);
    }
}

fn plural(text: &mut String, start: usize) {
    let word = &text[start..];
    if !word.ends_with('s') {
        return;
    }
    if word.ends_with("sses") || word.ends_with("xes") || word.ends_with("ches") {
        text.truncate(text.len() - 2);
    } else if word.ends_with("ies") && word.len() > 4 {
        text.truncate(text.len() - 3);
        text.push('y');
    } else if !["ss", "us", "is"].iter().any(|end| word.ends_with(end)) {
        text.pop();
    }
}

/// Cuts names for tantivy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cutter {
    prose: bool,
    words: Words,
}

impl Cutter {
    /// For names.
    pub(crate) fn names() -> Cutter {
        Cutter::default()
    }

    /// For prose.
    pub(crate) fn prose() -> Cutter {
        Cutter { prose: true, ..Cutter::default() }
    }
}

impl Tokenizer for Cutter {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        self.words.fill(text, self.prose);
        Stream { words: &self.words, next: 0, token: Token::default() }
    }
}

/// The words of one text, as tantivy takes them.
pub(crate) struct Stream<'a> {
    words: &'a Words,
    next: usize,
    token: Token,
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        if self.next == self.words.len() {
            return false;
        }
        self.token.text.clear();
        self.token.text.push_str(self.words.get(self.next));
        self.token.position = self.words.ends[self.next].1 as usize;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Vec<String> {
        Words::of_name(text).iter().map(|(word, _)| word.to_owned()).collect()
    }

    fn prose(text: &str) -> Vec<String> {
        Words::of_prose(text).iter().map(|(word, _)| word.to_owned()).collect()
    }

    #[test]
    fn names_are_cut_at_underscores_case_and_digits() {
        assert_eq!(name("kmem_cache_alloc"), ["kmem", "cache", "alloc"]);
        assert_eq!(name("SetPageUptodate"), ["setpageuptodate", "set", "page", "uptodate"]);
        assert_eq!(name("GFP_KERNEL"), ["gfp", "kernel"]);
        assert_eq!(name("ext4_inode"), ["ext4", "ext", "inode"]);
        assert_eq!(name("x86_64"), ["x86", "64"]);
        assert_eq!(name("XMLParser"), ["xmlparser", "xml", "parser"]);
        assert_eq!(name("__"), Vec::<String>::new());
    }

    #[test]
    fn prose_is_stemmed_and_has_no_stop_words() {
        assert_eq!(prose("The reservation of memory"), ["reserv", "memory"]);
        for (one, other) in [
            ("reserve", "reservation"),
            ("allocate", "allocator"),
            ("allocation", "allocated"),
            ("mapping", "maps"),
            ("schedule", "scheduling"),
            ("deletion", "deleted"),
            ("handlers", "handle"),
            ("memories", "memory"),
        ] {
            assert_eq!(stem(one), stem(other), "{one}, {other}");
        }
        for word in ["string", "timer", "station", "bus", "ring", "speed", "class"] {
            assert_eq!(stem(word), word);
        }
    }

    #[test]
    fn names_have_short_forms() {
        assert_eq!(other_forms("commands").collect::<Vec<_>>(), ["cmd"]);
        assert_eq!(other_forms("irq").collect::<Vec<_>>(), ["interrupt"]);
        assert_eq!(other_forms("page").count(), 0);
    }

    #[test]
    fn a_word_keeps_its_place_although_others_are_left_out() {
        let words = Words::of_prose("end of the file");
        assert_eq!(words.iter().collect::<Vec<_>>(), [("end", 0), ("fil", 3)]);
    }

    #[test]
    fn stop_words_are_sorted_and_any_text_is_cut() {
        assert!(STOP_WORDS.is_sorted());
        assert!(STOP_WORDS.iter().all(|word| word.len() <= LONGEST_STOP_WORD));
        for text in ["é_ÄÖ", "日本語 text", "\u{1F600}s", "aé1B", ""] {
            name(text);
            prose(text);
        }
    }
}
