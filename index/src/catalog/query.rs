//! A question as it is typed: words, `"a phrase"`, `+must`, `-mustnot`, `half*`, `name:prefix*`.

use super::{
    document::Kind,
    weights::is_kind_word,
    words::{Words, is_stop_word, other_forms, runs, stem},
};

/// More words than this are not asked for, nor more phrases: a question, not an essay.
const MAX_WORDS: usize = 16;
/// Words that make a question of what is asked for. Names may have them, prose has them
/// everywhere.
const QUESTION_WORDS: [&str; 12] =
    ["do", "does", "how", "i", "my", "what", "when", "where", "who", "why", "you", "your"];

/// What other engines have before a colon: a question has `name:` only.
const NO_FIELDS: [&str; 18] = [
    "arch", "body", "class", "content", "dir", "doc", "ext", "file", "filename", "folder", "head",
    "in", "kind", "lang", "path", "text", "title", "type",
];

/// What a clause says of the documents that are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// They are better with it.
    Should,
    /// They have it.
    Must,
    /// They don't.
    MustNot,
}

/// A word to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// In lower case.
    pub(super) text: String,
    /// Its stem, as prose has it.
    pub(super) stem: String,
    /// Its short forms in names, or its long one.
    pub(super) forms: Vec<&'static str>,
    /// What it consists of, where it is cut at case or digits.
    pub(super) pieces: Vec<String>,
    pub(super) need: Need,
    /// Whether only its beginning was given, and that was said.
    pub(super) half: bool,
    /// Whether it was typed alone, not as a part of a name.
    pub(super) alone: bool,
}

impl Asked {
    pub(super) fn new(run: &str, need: Need, half: bool) -> Asked {
        let text = run.to_ascii_lowercase();
        let pieces = Words::of_name(run).iter().skip(1).map(|(word, _)| word.to_owned()).collect();
        let forms = other_forms(&text).collect();
        Asked { stem: stem(&text), forms, text, pieces, need, half, alone: true }
    }

    /// Whether it only says of what kind the thing is.
    pub(super) fn says_kind(&self, kind: Kind) -> bool {
        self.alone && is_kind_word(&self.text, kind)
    }

    /// Whether prose is not asked for it.
    pub(super) fn is_stop_word(&self) -> bool {
        is_stop_word(&self.text) || (self.alone && QUESTION_WORDS.contains(&self.text.as_str()))
    }
}

/// Words that stand one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    /// Each word as names have it, as prose has it, and its place in the phrase.
    pub(super) words: Vec<(String, String, usize)>,
    pub(super) need: Need,
}

/// What a name must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamePattern {
    /// In lower case.
    pub(super) text: String,
    /// Whether it may go on.
    pub(super) prefix: bool,
    /// Whether it must not be so.
    pub(super) not: bool,
}

impl NamePattern {
    pub(super) fn allows(&self, name: &str, kind: Kind) -> bool {
        let fits = |name: &str| {
            if name.is_ascii() {
                let (name, text) = (name.as_bytes(), self.text.as_bytes());
                let same = |name: &[u8]| name.eq_ignore_ascii_case(text);
                return same(name) || (self.prefix && name.get(..text.len()).is_some_and(same));
            }
            let name = name.to_lowercase();
            if self.prefix { name.starts_with(&self.text) } else { name == self.text }
        };
        (fits(kind.bare_name(name)) || fits(name)) != self.not
    }
}

/// A question, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub(super) words: Vec<Asked>,
    pub(super) phrases: Vec<Phrase>,
    pub(super) names: Vec<NamePattern>,
    /// The words as they were typed, identifiers whole, in lower case.
    pub(super) terms: Vec<String>,
}

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

impl Query {
    /// Understands `text`. What is wrong with it, when it was taken for plain words instead.
    pub fn parse(text: &str) -> (Query, Option<&'static str>) {
        match Query::strict(text) {
            Ok(query) => (query, None),
            Err(wrong) => (Query::plain(text), Some(wrong)),
        }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.phrases.is_empty() && self.names.is_empty()
    }

    /// The words but those that must not be.
    pub(super) fn wanted(&self) -> impl Iterator<Item = &Asked> {
        self.words.iter().filter(|word| word.need != Need::MustNot)
    }

    /// Asks for all there is.
    pub fn all() -> Query {
        let name = NamePattern { text: String::new(), prefix: true, not: false };
        Query { names: vec![name], ..Query::default() }
    }

    /// Whether each of the words that say something, but for those of `kind`'s, is a whole word
    /// of `text`.
    pub fn is_whole_in(&self, text: &str, kind: Kind) -> bool {
        let own: Vec<String> =
            runs(text).map(|(start, end)| text[start..end].to_ascii_lowercase()).collect();
        let mut asked = self.wanted().filter(|word| !word.is_stop_word() && !word.says_kind(kind));
        let has = |word: &Asked| own.contains(&word.text);
        asked.next().is_some_and(|first| has(first) && asked.all(has))
    }

    /// All words of `text`, whatever stands between them.
    fn plain(text: &str) -> Query {
        let mut query = Query::default();
        for term in text.split(|c: char| c.is_whitespace() || c == '^') {
            query.term(term, Need::Should, false);
        }
        query
    }

    fn strict(text: &str) -> Result<Query, &'static str> {
        let mut query = Query::default();
        // Others write a word's weight behind it so.
        let text = text.replace('^', " ");
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let need = match first {
                '+' => Need::Must,
                '-' => Need::MustNot,
                _ => Need::Should,
            };
            let clause = if need == Need::Should { rest } else { &rest[1..] };
            if let Some(quoted) = clause.strip_prefix('"') {
                let Some(end) = quoted.find('"') else { return Err("a quote is not closed") };
                query.phrase(&quoted[..end], need)?;
                rest = quoted[end + 1..].trim_start();
                continue;
            }
            let end = clause.find(char::is_whitespace).unwrap_or(clause.len());
            query.clause(&clause[..end], need)?;
            rest = clause[end..].trim_start();
        }
        let positive = query.words.iter().any(|word| word.need != Need::MustNot)
            || query.phrases.iter().any(|phrase| phrase.need != Need::MustNot)
            || query.names.iter().any(|name| !name.not);
        if !positive && !query.is_empty() {
            return Err("there is nothing to look for, only what must not be");
        }
        Ok(query)
    }

    fn clause(&mut self, term: &str, need: Need) -> Result<(), &'static str> {
        if let Some(name) = term.strip_prefix("name:") {
            let text = name.strip_suffix('*').unwrap_or(name);
            if runs(text).next().is_none() {
                return Err("name: wants a name or the beginning of one, such as name:kmem_*");
            }
            if text.contains('*') {
                return Err("a * can only stand at the end");
            }
            let prefix = text.len() < name.len();
            let text = text.to_lowercase();
            self.names.push(NamePattern { text, prefix, not: need == Need::MustNot });
            return Ok(());
        }
        if term.split_once(':').is_some_and(|(field, _)| NO_FIELDS.contains(&field)) {
            return Err("only name: can stand before a colon (--kind and --in choose the rest)");
        }
        if need != Need::Should && runs(term).next().is_none() {
            return Err("+ and - want a word right behind them");
        }
        let bare = term.strip_suffix('*').unwrap_or(term);
        if bare.contains('*') && runs(bare).next().is_some() {
            return Err("a * can only stand at the end");
        }
        self.term(bare, need, bare.len() < term.len());
        Ok(())
    }

    fn term(&mut self, term: &str, need: Need, half: bool) {
        // People write the prefix where the catalog has none.
        let term = term.strip_prefix("CONFIG_").unwrap_or(term);
        let all: Vec<&str> = runs(term).map(|(start, end)| &term[start..end]).collect();
        let trimmed = term.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
        if need != Need::MustNot && !trimmed.is_empty() {
            self.terms.push(trimmed.to_lowercase());
        }
        for (at, run) in all.iter().enumerate() {
            let known = self.words.iter().any(|word| word.text.eq_ignore_ascii_case(run));
            if self.words.len() < MAX_WORDS && !known {
                let half = half && at + 1 == all.len();
                self.words.push(Asked { alone: all.len() == 1, ..Asked::new(run, need, half) });
            }
        }
    }

    fn phrase(&mut self, text: &str, need: Need) -> Result<(), &'static str> {
        let words: Vec<(String, String, usize)> = runs(text)
            .enumerate()
            .map(|(at, (start, end))| {
                let word = text[start..end].to_ascii_lowercase();
                let stem = if is_stop_word(&word) { String::new() } else { stem(&word) };
                (word, stem, at)
            })
            .collect();
        match words.len() {
            0 => return Err("there is nothing between the quotes"),
            1 => self.term(text, if need == Need::Should { Need::Must } else { need }, false),
            // What is quoted is wanted so.
            _ => {
                let need = if need == Need::Should { Need::Must } else { need };
                if need == Need::Must {
                    for (word, ..) in &words {
                        self.term(word, Need::Should, false);
                    }
                }
                if self.phrases.len() < MAX_WORDS {
                    self.phrases.push(Phrase { words, need });
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outline;

    fn words(text: &str) -> Vec<(String, Need)> {
        Query::parse(text).0.words.into_iter().map(|word| (word.text, word.need)).collect()
    }

    fn word(text: &str, need: Need) -> (String, Need) {
        (text.to_owned(), need)
    }

    #[test]
    fn words_and_what_is_wanted_of_them() {
        assert_eq!(
            words("kmem_cache +alloc -arm"),
            [
                word("kmem", Need::Should),
                word("cache", Need::Should),
                word("alloc", Need::Must),
                word("arm", Need::MustNot)
            ]
        );
        assert_eq!(words("CONFIG_KEXEC"), [word("kexec", Need::Should)]);
        assert!(Query::parse("alloc*").0.words[0].half);
        assert_eq!(Query::parse("ext4_readdir()").0.terms, ["ext4_readdir"]);
        assert_eq!(Query::parse("kfree^3").0.terms, ["kfree", "3"], "no other engine's weight");
    }

    #[test]
    fn a_phrase_is_wanted_as_it_stands() {
        let (query, wrong) = Query::parse("\"end of file\" -\"page fault\"");
        assert_eq!(wrong, None);
        assert_eq!(query.phrases[0].need, Need::Must);
        assert_eq!(query.phrases[0].words[1], ("of".into(), String::new(), 1));
        assert_eq!(query.phrases[1].need, Need::MustNot);
        assert!(query.words.iter().all(|word| word.text != "page"));
    }

    #[test]
    fn a_name_begins_so() {
        let allows =
            |text: &str, name: &str, kind: Kind| Query::parse(text).0.names[0].allows(name, kind);
        let function = Kind::Symbol(outline::Kind::Function);
        assert!(allows("name:kmem_*", "kmem_cache", function));
        assert!(!allows("name:kmem_*", "xkmem_cache", function));
        assert!(allows("name:kexec", "CONFIG_KEXEC", Kind::Config));
        assert!(allows("name:CONFIG_KEXEC", "CONFIG_KEXEC", Kind::Config));
        assert!(!allows("name:kexec", "CONFIG_KEXEC_CORE", Kind::Config));
        let syscall = Kind::Symbol(outline::Kind::Syscall);
        assert!(allows("name:pivot_root", "sys_pivot_root", syscall));
        assert!(allows("name:sys_pivot*", "sys_pivot_root", syscall));
        assert!(!allows("name:pivot_root", "sys_pivot_root", function));
        assert!(allows("name:grö*", "GRÖẞE", function) && !allows("name:kmem*", "km", function));
    }

    #[test]
    fn a_whole_word_is_neither_half_nor_more() {
        let query = Query::parse("nvme maintainer").0;
        assert!(query.is_whole_in("drivers/nvme/host/", Kind::Maintainer));
        assert!(!query.is_whole_in("drivers/nvmem/", Kind::Maintainer));
        assert!(!query.is_whole_in("drivers/nvme/host/", Kind::Section));
        assert!(!Query::parse("maintainer").0.is_whole_in("maintainer", Kind::Maintainer));
    }

    #[test]
    fn what_is_wrong_is_searched_as_words() {
        for text in ["\"open quote", "+", "-x", "name: foo", "name:*", "a*b", "\"\" x", "kind:x"] {
            let (query, wrong) = Query::parse(text);
            assert!(wrong.is_some(), "{text}");
            assert!(query.phrases.is_empty() && query.names.is_empty(), "{text}");
        }
        assert_eq!(
            words("\"open quote"),
            [word("open", Need::Should), word("quote", Need::Should)]
        );
        assert!(Query::parse("?!").0.is_empty());
        for text in ["foo::bar", "https://x", "mm: fix", "fsl,mmc:x"] {
            assert_eq!(Query::parse(text).1, None, "{text}");
        }
    }

    #[test]
    fn a_question_is_about_what_it_asks_for() {
        let stops = |text: &str| {
            let words = Query::parse(text).0.words;
            words.into_iter().filter(Asked::is_stop_word).map(|word| word.text).collect::<Vec<_>>()
        };
        assert_eq!(stops("how does the oom killer work"), ["how", "does", "the"]);
        assert_eq!(stops("do_fork"), [""; 0], "a part of a name is meant");
    }
}
