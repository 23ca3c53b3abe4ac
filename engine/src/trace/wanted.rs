//! What a look-up in the tree's text wants, and which lines of one file that is.
//!
//! Patterns are written for single lines, or for statements put together on one. A file is
//! not cut into lines for them: texts that each match needs are looked for in all of it, and only
//! around these are lines read.

use std::cell::OnceCell;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use crate::Result;
use aho_corasick::packed::Searcher;
use globset::GlobSet;
use grep_matcher::{LineMatchKind, Matcher};
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use kgrep_index::graph::{Arch, Place};
use memchr::memmem::Finder;

use super::macro_parameter::is_macro_parameter;
use super::mentions::Line;
use super::statement::{LINES, Reach};
use super::tracer::globs;
use crate::code::word_in;
use crate::recipes::pattern::{Lazy, needed_texts};
use crate::relocate::SourceFile;

/// What lines are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Plain texts, one of which is in every such line; none: any line.
    pub find: Vec<String>,
    /// The regular expression that it matches.
    pub pattern: String,
    /// One that it must not match.
    pub but: Option<String>,
    /// Globs of files; none: all.
    pub files: Vec<String>,
    /// Globs of files that are left out.
    pub not_files: Vec<String>,
    /// Which architectures' files count.
    pub arch: Arch,
    /// How much the pattern is matched against of what begins on the line.
    pub reach: Reach,
    /// Whether lines of macros are left out in which a text to find is the name of a parameter.
    pub no_parameters: bool,
    /// How many lines of each file are kept.
    pub most: usize,
}

impl Wanted {
    /// Lines with `find` that match `pattern`, in any file.
    pub fn new(find: Vec<String>, pattern: String) -> Wanted {
        Wanted {
            find,
            pattern,
            but: None,
            files: Vec::new(),
            not_files: Vec::new(),
            arch: Arch::All,
            reach: Reach::Line,
            no_parameters: false,
            most: usize::MAX,
        }
    }

    /// Whether the pattern finds in a file's text as it is, over its lines' ends, all that it
    /// finds in its statements: their lines are joined by blanks.
    pub fn pattern_is_raw(&self) -> bool {
        if self.reach == Reach::Line {
            return true;
        }
        let blanks = self.pattern.replace(r"\s*", "");
        let dots = blanks.replace(r"\.", "");
        !blanks.contains(' ') && !blanks.contains(r"\s") && !dots.contains('.')
    }

    /// The text, if the pattern wants no more than it as a whole word.
    fn word(&self) -> Option<&[u8]> {
        let [find] = &self.find[..] else { return None };
        let is_word =
            !find.is_empty() && find.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let bare = self.pattern.strip_prefix(r"\b")?.strip_suffix(r"\b")?;
        // As a recipe's template is filled.
        let bare = bare.strip_prefix("(?:").and_then(|bare| bare.strip_suffix(')')).unwrap_or(bare);
        (is_word && self.reach == Reach::Line && bare == find).then_some(find.as_bytes())
    }

    /// Makes what is needed to look for it.
    ///
    /// # Errors
    /// If a pattern or glob is not valid.
    pub fn ready(&self) -> Result<Ready> {
        let short = self.find.iter().any(|find| find.len() < SHORT);
        let word = self.word();
        let lines = (short && self.reach == Reach::Line && word.is_none()).then(|| {
            RegexMatcherBuilder::new()
                .unicode(false)
                .multi_line(true)
                .line_terminator(Some(b'\n'))
                .build(&self.pattern)
        });
        Ok(Ready {
            finders: self.find.iter().map(|find| Finder::new(find).into_owned()).collect(),
            pattern: Lazy::new(&self.pattern)?,
            word: word.map(<[u8]>::to_vec),
            // One that can't do without a line's end goes line by line.
            lines: lines.and_then(Result::ok),
            needed: (self.reach != Reach::Line).then(|| Needed::new(&self.pattern, &self.find)),
            but: self.but.as_deref().map(Lazy::new).transpose()?,
            any: self.files.is_empty(),
            files: globs(&self.files)?,
            not_files: globs(&self.not_files)?,
            arch: self.arch,
            reach: self.reach,
            no_parameters: self.no_parameters,
            most: self.most,
        })
    }
}

/// The fewest bytes of a text that it helps to look for: a shorter one is in too many lines.
const SHORT: usize = 3;

/// [`Wanted`], made ready.
pub struct Ready {
    finders: Vec<Finder<'static>>,
    pattern: Lazy,
    /// The word that is all of the pattern: found in a pass that has no machine to start anew
    /// for each of a short name's many places.
    word: Option<Vec<u8>>,
    /// The pattern over a whole file, line by line.
    lines: Option<RegexMatcher>,
    /// The texts that matching statements need, besides one to find.
    needed: Option<Needed>,
    but: Option<Lazy>,
    any: bool,
    files: GlobSet,
    not_files: GlobSet,
    arch: Arch,
    reach: Reach,
    no_parameters: bool,
    most: usize,
}

impl Ready {
    /// Whether lines of this file are wanted.
    pub fn wants(&self, path: &[u8]) -> bool {
        let text = String::from_utf8_lossy(path);
        (self.any || self.files.is_match(&*text))
            && !self.not_files.is_match(&*text)
            && self.arch.has(Place::of(path))
    }

    /// The first wanted lines of a file, and how many there are.
    pub fn lines(&self, bytes: &[u8]) -> (Vec<Line>, usize) {
        // Where each text is next: looked for again only once that is passed, or a text that is
        // nowhere would be looked for to the end behind every line of another.
        let mut next: Vec<Option<usize>> = self.finders.iter().map(|f| f.find(bytes)).collect();
        if !next.is_empty() && next.iter().all(Option::is_none) {
            return (Vec::new(), 0);
        }
        let mut kept =
            Kept { bytes, most: self.most, lines: Vec::new(), count: 0, at: 0, number: 1 };
        if self.reach != Reach::Line {
            self.statements(bytes, &mut next, &mut kept);
            return (kept.lines, kept.count);
        }
        let mut at = 0;
        while let Some(hit) = self.next(bytes, at, &mut next) {
            let (start, end) = line_around(bytes, hit);
            let line = &bytes[start..end];
            if self.matches(line) && self.is_wanted(bytes, start, end) {
                kept.push(start, end);
            }
            at = end + 1;
        }
        (kept.lines, kept.count)
    }

    /// A place in the next line, from `at`, that may match; `found` is where each text is next.
    fn next(&self, bytes: &[u8], at: usize, found: &mut [Option<usize>]) -> Option<usize> {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        if let Some(word) = &self.word {
            return word_in(rest, word).map(|found| at + found.start as usize);
        }
        if let Some(lines) = &self.lines
            && let Ok(found) = lines.find_candidate_line(rest)
        {
            let (LineMatchKind::Confirmed(hit) | LineMatchKind::Candidate(hit)) = found?;
            // The end of the last line is no place in it.
            return Some(at + hit.min(rest.len() - 1));
        }
        if self.finders.is_empty() {
            return Some(at);
        }
        for (finder, next) in self.finders.iter().zip(found.iter_mut()) {
            if next.is_some_and(|hit| hit < at) {
                *next = finder.find(rest).map(|hit| at + hit);
            }
        }
        found.iter().flatten().min().copied()
    }

    /// Whether the pattern matches a line that [`Ready::next`] found.
    fn matches(&self, line: &[u8]) -> bool {
        self.word.is_some() || self.holds(line) && self.pattern.is_match(line)
    }

    fn holds(&self, line: &[u8]) -> bool {
        self.finders.is_empty() || self.finders.iter().any(|finder| finder.find(line).is_some())
    }

    /// Whether nothing says that a line that matches, `bytes[start..end]`, is not wanted.
    fn is_wanted(&self, bytes: &[u8], start: usize, end: usize) -> bool {
        let is_parameter = |text: &Finder| is_macro_parameter(bytes, start, end, text.needle());
        let is_refused = self.but.as_ref().is_some_and(|but| but.is_match(&bytes[start..end]));
        let is_other = self.no_parameters && self.finders.iter().any(is_parameter);
        !is_refused && !is_other
    }

    /// The lines on which a statement begins that matches.
    fn statements(&self, bytes: &[u8], found: &mut [Option<usize>], kept: &mut Kept<'_>) {
        let mut windows = self.windows(bytes).peekable();
        let file = OnceCell::new();
        let (mut at, mut counted, mut number) = (0, 0, 1);
        while let Some(hit) = self.next(bytes, at, found) {
            let (start, end) = line_around(bytes, hit);
            number += memchr::memchr_iter(b'\n', &bytes[counted..start]).count() as u64;
            (at, counted) = (end + 1, start);
            while windows.next_if(|window| *window.end() < number).is_some() {}
            let Some(window) = windows.peek() else { break };
            let line = &bytes[start..end];
            if !window.contains(&number) || !self.holds(line) || !self.is_wanted(bytes, start, end)
            {
                continue;
            }
            // Most files have no line to be looked at.
            let file = file.get_or_init(|| SourceFile::from_bytes(bytes.to_vec()));
            let whole = self.reach.text(file, number);
            if whole.is_some_and(|whole| self.pattern.is_match(whole.as_bytes())) {
                kept.push(start, end);
            }
        }
    }

    /// The lines that a matching statement can begin on, in order.
    fn windows(&self, bytes: &[u8]) -> impl Iterator<Item = RangeInclusive<u64>> {
        let needed = self.needed.as_ref().and_then(Needed::get);
        let all = needed.is_none().then_some(1..=u64::MAX);
        let (mut at, mut number) = (0, 1);
        let window = move |hit: aho_corasick::Match| {
            number += memchr::memchr_iter(b'\n', &bytes[at..hit.start()]).count() as u64;
            at = hit.start();
            number.saturating_sub(LINES - 1)..=number
        };
        all.into_iter()
            .chain(needed.into_iter().flat_map(move |needed| needed.find_iter(bytes)).map(window))
    }
}

/// Texts of which each match of a pattern has one, found out for the first file that is looked through: most
/// patterns have none.
struct Needed {
    pattern: String,
    sought: Vec<String>,
    made: OnceLock<Option<Searcher>>,
}

impl Needed {
    /// Of `pattern`, but for the texts `sought`.
    fn new(pattern: &str, sought: &[String]) -> Needed {
        Needed { pattern: pattern.to_owned(), sought: sought.to_vec(), made: OnceLock::new() }
    }

    /// What finds one of the texts, if the pattern needs any.
    fn get(&self) -> Option<&Searcher> {
        let make = || Searcher::new(needed_texts(&self.pattern, &self.sought)?);
        self.made.get_or_init(make).as_ref()
    }
}

/// The line around a place, without its end.
fn line_around(bytes: &[u8], at: usize) -> (usize, usize) {
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |newline| newline + 1);
    let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
    (start, end)
}

/// Of a longer line the beginning is kept.
const LONGEST: usize = 4096;

/// Lines as they are found, counted and the first kept.
struct Kept<'b> {
    bytes: &'b [u8],
    most: usize,
    lines: Vec<Line>,
    count: usize,
    /// The start of the last line that was numbered, and its number.
    at: usize,
    number: u32,
}

impl Kept<'_> {
    fn push(&mut self, start: usize, end: usize) {
        self.count += 1;
        if self.lines.len() < self.most {
            let newlines = memchr::memchr_iter(b'\n', &self.bytes[self.at..start]).count();
            self.number += u32::try_from(newlines).unwrap_or(u32::MAX);
            self.at = start;
            let text = self.bytes[start..end.min(start + LONGEST)].to_vec();
            self.lines.push(Line { number: self.number, text });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::recipes::Recipes;
    use crate::recipes::recipe::{Look, Recipe};
    use crate::recipes::template::Facts;
    use crate::trace::look::text::{reach, wanted};

    fn found(wanted: &Wanted, text: &str) -> Vec<u32> {
        let (lines, count) = wanted.ready().unwrap().lines(text.as_bytes());
        assert_eq!(lines.len(), count);
        lines.iter().map(|line| line.number).collect()
    }

    #[test]
    fn lines_are_numbered_and_found_once() {
        for find in ["ab", "abab"] {
            let text = format!("{find} {find}\nno\nx {find}");
            let wanted = Wanted::new(vec![find.into()], find.into());
            assert_eq!(found(&wanted, &text), [1, 3]);
            let first = Wanted { most: 1, ..wanted };
            assert_eq!(first.ready().unwrap().lines(text.as_bytes()).1, 2);
        }
    }

    #[test]
    fn a_short_name_is_found_where_a_long_one_is() {
        // Blanks of a pattern don't reach over a line's end.
        let lines = "{n}(\n {n} (x);\nint {n}\n(y);\nz {n}\t(a){n}(b)\n{n}";
        let mut answers = Vec::new();
        for name in ["i", "a_long_name"] {
            let text = lines.replace("{n}", name);
            let of = |pattern: &str| {
                found(&Wanted::new(vec![name.into()], pattern.replace("{n}", name)), &text)
            };
            answers.push([
                of(r"\b{n}\s*\("),
                of(r"^{n}\b"),
                of(r"{n}$"),
                of(r"^(?:int )?\s*{n}\b[^;]*;"),
            ]);
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], [vec![1, 2, 5], vec![1, 6], vec![3, 6], vec![2]]);
    }

    #[test]
    fn a_word_alone_is_found_where_its_pattern_is() {
        let text = "n\nno n_ _n n9\n(n)\n\u{e9}n n\u{e9}\n#define n\nnn n nn\nxn\nn";
        let of = |pattern: &str| {
            let but = Some(r"^#define".to_owned());
            found(&Wanted { but, ..Wanted::new(vec!["n".into()], pattern.into()) }, text)
        };
        assert_eq!(of(r"\b(?:n)\b"), of(r"\b[n]\b"));
        assert_eq!(of(r"\bn\b"), [1, 3, 4, 6, 8]);
    }

    #[test]
    fn statements_are_found_by_their_first_line() {
        let text = "x\n__setup(\"i\",\n\tset_i);\n#define D \\\n  __setup(\"i\", \\\n  set_j)\ni\n";
        let pattern = r#"\b__setup\(\s*"i"\s*,\s*\w+\)"#.to_owned();
        let wanted = Wanted { reach: Reach::Statement, ..Wanted::new(vec!["i".into()], pattern) };
        assert!(wanted.pattern_is_raw());
        assert_eq!(found(&wanted, text), [2, 4, 5]);
        let spaced = Wanted { pattern: r#"__setup\("i", \w+\)"#.into(), ..wanted };
        assert!(!spaced.pattern_is_raw());
        assert_eq!(found(&spaced, text), [2, 4, 5]);
    }

    #[test]
    fn a_statement_is_found_by_a_text_on_any_of_its_lines() {
        let pattern = r"\blamp\s*,\s*(?:turn_on|switch)\b".to_owned();
        let wanted =
            Wanted { reach: Reach::Statement, ..Wanted::new(vec!["lamp".into()], pattern) };
        let below = |lines: u64| "\n".repeat(lines as usize);
        for (text, lines) in [
            (format!("f(lamp,{}turn_on);\n", below(LINES - 1)), vec![1]),
            (format!("f(lamp,{}turn_on);\n", below(LINES)), vec![]),
            ("f(lamp, \\\n  switch);\ng(lamp,\n switch) turn_on\n".to_owned(), vec![1, 3]),
            (
                format!("turn_on{}f(lamp,\n\tturn_on);", below(2 * LINES)),
                vec![2 * LINES as u32 + 1],
            ),
            ("f(lamp, turn)\n".to_owned(), vec![]),
        ] {
            assert_eq!(found(&wanted, &text), lines, "{text}");
        }
    }

    /// The statements that the built-in recipes look for, with `lamp` for whatever they ask about, by the texts
    /// that are needed and without these.
    static READY: LazyLock<Vec<(String, Ready, Ready)>> = LazyLock::new(|| {
        let mut facts = Facts::default();
        for key in ["name", "param", "handler", "entry", "hook", "class"] {
            facts.add(key, "lamp");
        }
        facts.add("module", "desk");
        let of = |recipe: &Recipe| {
            let looks = recipe.sections.iter().filter_map(|section| match &section.look {
                Look::Text(text) => Some(&**text),
                _ => None,
            });
            let all = recipe.found.iter().chain(looks).filter(|text| reach(text) != Reach::Line);
            all.flat_map(|text| wanted(text, &facts, Arch::All, usize::MAX)).collect::<Vec<_>>()
        };
        let recipes = Recipes::built_in();
        let made = recipes.all.iter().flat_map(of).map(|wanted| {
            let ready = || wanted.ready().unwrap();
            (wanted.pattern.clone(), ready(), Ready { needed: None, ..ready() })
        });
        made.collect()
    });

    /// Some statements like those, and pieces of them.
    fn code() -> impl Strategy<Value = String> {
        let any = |texts: &'static [&'static str]| proptest::sample::select(texts);
        let head = any(&[
            "__setup",
            "early_param",
            "core_param",
            "module_param",
            "MODULE_PARM",
            "module_init",
            "late_initcall",
            "EXPORT_SYMBOL",
            "lamp",
        ]);
        let name = any(&["lamp", "\"lamp\"", "\"lamp=\"", "\"desk.lamp\"", "lamp_on", "desk"]);
        let rest = any(&["", ", desk", ",\n\tdesk, int", ", \\\n  lamp", ",lamp"]);
        let gap = || any(&["", "", " ", "\n\t", " \\\n", "\n"]);
        let statement = (gap(), head, gap(), gap(), name, rest, gap()).prop_map(
            |(a, head, b, c, name, rest, d)| format!("{a}{head}{b}({c}{name}{d}{rest});\n"),
        );
        let piece = any(&["lamp", "(", ")", ",", "\n", "module_init(", "x = lamp;\n"]);
        let part = prop_oneof![3 => statement, 1 => piece.prop_map(str::to_owned)];
        proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn the_texts_that_are_needed_leave_no_statement_out(text in code()) {
            for (pattern, ready, all) in READY.iter() {
                let lines = |ready: &Ready| ready.lines(text.as_bytes());
                prop_assert_eq!(lines(ready), lines(all), "{}", pattern);
            }
        }
    }
}
