//! What the user sees of a list: all of it, or what delete, keep and refine have left,
//! numbered from 0 without gaps.
//!
//! The stored list never changes; a view is a list and the set of its indices that are
//! still seen. A *position* is a number that the user sees, an *index* is one of the
//! stored list.

use grep_matcher::Matcher;
use grep_regex::{RegexMatcher, RegexMatcherBuilder};

use super::indices::Indices;
use super::selector::{SelectorError, Selectors};
use super::{FileEntry, List, ListError, Match};
use crate::plain::{self, Plain};
use kgrep_engine::relocate::without_terminator;

/// Why a list could not be refined.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum RefineError {
    /// The regular expression is none, and isn't taken as plain text either.
    #[error("{0}")]
    Regex(String),
    /// No entry matches; the view is as it was. With it, why the text was looked for as it
    /// stands.
    #[error("no entry matches {0:?}; the list stays as it is")]
    NothingLeft(String, Option<Plain>),
    /// The list could not be read.
    #[error(transparent)]
    List(#[from] ListError),
}

/// How a refine went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refined {
    /// Why the text was looked for as it stands, where it is no regular expression.
    pub(crate) plain: Option<Plain>,
    /// How many of the entries that were left out are lines that the list holds only
    /// a part of: the rest might have matched.
    pub(crate) in_doubt: u64,
}

/// How many lists `undo` can go back to: each is an open file.
const MOST_BEFORE: usize = 20;

/// A list as the user sees it.
pub(crate) struct View {
    list: List,
    seen: Indices,
    /// What was seen before each change.
    past: Vec<Indices>,
    /// What was there before another list came in its place.
    before: Option<Box<View>>,
}

impl View {
    /// All of `list`.
    pub(crate) fn new(list: List) -> View {
        let seen = Indices::all(list.len());
        View { list, seen, past: Vec::new(), before: None }
    }

    /// Puts `next` in its place; `undo` brings this one back.
    pub(crate) fn replace(&mut self, next: View) {
        let old = std::mem::replace(self, next);
        self.before = Some(Box::new(old));
        let mut last = &mut *self;
        for _ in 0..MOST_BEFORE {
            let Some(before) = &mut last.before else { return };
            last = before;
        }
        last.before = None;
    }

    /// Takes the last change back; false where there was none.
    pub(crate) fn undo(&mut self) -> bool {
        if let Some(seen) = self.past.pop() {
            self.seen = seen;
        } else if let Some(before) = self.before.take() {
            *self = *before;
        } else {
            return false;
        }
        true
    }

    fn change(&mut self, seen: Indices) {
        self.past.push(std::mem::replace(&mut self.seen, seen));
    }

    /// The list behind it.
    pub(crate) fn list(&self) -> &List {
        &self.list
    }

    /// How many entries are seen.
    pub(crate) fn len(&self) -> u64 {
        self.seen.len()
    }

    /// The positions that `selectors` mean here.
    ///
    /// # Errors
    /// When one is out of range.
    pub(crate) fn resolve(&self, selectors: &Selectors) -> Result<Indices, SelectorError> {
        let Selectors::Titled(title) = selectors else { return selectors.resolve(self.len()) };
        let mut found = Indices::default();
        let mut position = 0;
        let read = self.list.for_each(self.seen.iter(), |_, _, entry| {
            let own = entry.section.unwrap_or_default().to_lowercase();
            if !own.is_empty() && own.starts_with(title) {
                found.push(position..position + 1);
            }
            position += 1;
            Ok::<_, ListError>(true)
        });
        read.map_err(|error| SelectorError::Unreadable(error.to_string()))?;
        if found.is_empty() {
            return Err(SelectorError::NoSection(title.clone()));
        }
        Ok(found)
    }

    /// Calls `each` with the entries at `positions`, in order, until it returns false.
    /// The first argument is the position; positions past the end are left out.
    ///
    /// # Errors
    /// The first entry that can't be read, or `each`'s own error.
    pub(crate) fn for_each<E: From<ListError>>(
        &self,
        positions: &Indices,
        mut each: impl FnMut(u64, &FileEntry, &Match<'_>) -> Result<bool, E>,
    ) -> Result<(), E> {
        let mut numbers = positions.iter();
        self.list.for_each(self.seen.pick(positions).iter(), |_, file, entry| {
            numbers.next().map_or(Ok(false), |position| each(position, file, entry))
        })
    }

    /// Takes the entries at `positions` out of the view.
    pub(crate) fn delete(&mut self, positions: &Indices) {
        self.change(self.seen.without(positions));
    }

    /// Takes all entries out of the view but those at `positions`.
    pub(crate) fn keep(&mut self, positions: &Indices) {
        self.change(self.seen.pick(positions));
    }

    /// Keeps the entries whose text matches `regex`: the matched line as the list holds
    /// it, without its terminator (vgrep's `Content`), or the value of a column; for an entry
    /// that is a whole file, its path. Case counts, as in vgrep.
    ///
    /// Like a search, `kmalloc(` is taken as plain text, because it is no valid regular
    /// expression.
    ///
    /// # Errors
    /// When nothing would be left, or the list can't be read; then the view stays.
    pub(crate) fn refine(&mut self, regex: &str) -> Result<Refined, RefineError> {
        let test = Test::new(regex, Case::Counts)?;
        let mut in_doubt = 0;
        let mut left = Indices::default();
        self.list.for_each(self.seen.iter(), |index, file, entry| {
            if test.keeps(file, entry) {
                left.push(index..index + 1);
            } else if entry.line > 0 && entry.cut > 0 {
                in_doubt += 1;
            }
            Ok::<_, ListError>(true)
        })?;
        if left.is_empty() {
            return Err(RefineError::NothingLeft(regex.to_owned(), test.plain));
        }
        self.change(left);
        Ok(Refined { plain: test.plain, in_doubt })
    }

    /// Begins a change that is made step by step: at first all is still seen. `undo` ends it.
    pub(crate) fn begin_change(&mut self) {
        let seen = self.seen.clone();
        self.change(seen);
    }

    /// Of what was seen before the change that was begun, keeps what stands at `positions`.
    pub(crate) fn set_change(&mut self, positions: &Indices) {
        if let Some(before) = self.past.last() {
            self.seen = before.pick(positions);
        }
    }

    /// How much was seen before the change that was begun.
    pub(crate) fn len_before(&self) -> u64 {
        self.past.last().map_or(0, Indices::len)
    }

    /// Of the entries at `positions` before the change that was begun, the positions of those
    /// that `test` keeps.
    ///
    /// # Errors
    /// The first entry that can't be read.
    pub(crate) fn kept_before(
        &self,
        positions: std::ops::Range<u64>,
        test: &Test,
    ) -> Result<Indices, ListError> {
        let mut kept = Indices::default();
        let Some(before) = self.past.last() else { return Ok(kept) };
        let mut position = positions.start;
        self.list.for_each(
            before.pick(&Indices::union(vec![positions])).iter(),
            |_, file, entry| {
                if test.keeps(file, entry) {
                    kept.push(position..position + 1);
                }
                position += 1;
                Ok::<_, ListError>(true)
            },
        )?;
        Ok(kept)
    }

    /// The same list with more entries behind it, all of them seen.
    pub(crate) fn grow(&mut self, list: List) {
        self.seen = Indices::all(list.len());
        self.list = list;
    }

    /// The same rows of the same list, without what was before.
    ///
    /// # Errors
    /// When the list can't be opened once more.
    pub(crate) fn again(&self) -> std::io::Result<View> {
        Ok(View {
            list: self.list.again()?,
            seen: self.seen.clone(),
            past: Vec::new(),
            before: None,
        })
    }

    /// Whether all of the list is seen.
    pub(crate) fn is_whole(&self) -> bool {
        self.seen.len() == self.list.len()
    }
}

/// Whether the case of letters counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// It does.
    Counts,
    /// It does where there is a capital letter.
    Smart,
}

/// Which entries a refine keeps.
pub(crate) struct Test {
    matcher: RegexMatcher,
    /// Why the text is looked for as it stands, where it is no regular expression.
    plain: Option<Plain>,
}

impl Test {
    /// Entries whose text matches `regex`.
    ///
    /// # Errors
    /// If it is not a valid regular expression, and isn't taken as plain text either.
    pub(crate) fn new(regex: &str, case: Case) -> Result<Test, RefineError> {
        let plain = plain::taken_as_plain(regex);
        let mut builder = RegexMatcherBuilder::new();
        builder.multi_line(true).fixed_strings(plain.is_some()).case_smart(case == Case::Smart);
        let matcher = builder.build(regex).map_err(|error| {
            let told = plain::mistake(regex);
            RefineError::Regex(
                told.unwrap_or_else(|| error.to_string().lines().collect::<Vec<_>>().join(" ")),
            )
        })?;
        Ok(Test { matcher, plain })
    }

    /// Whether the entry's line matches, one of its columns, or, of a whole file, its path.
    fn keeps(&self, file: &FileEntry, entry: &Match<'_>) -> bool {
        let text = if entry.line == 0 { &file.path } else { without_terminator(entry.text) };
        self.matches(text) || entry.cells.iter().any(|cell| self.matches(cell.as_bytes()))
    }

    /// Whether `text` matches.
    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        self.matcher.is_match(text).unwrap_or(false)
    }

    /// Where `text` matches first, from byte `at` on.
    pub(crate) fn find(&self, text: &[u8], at: usize) -> Option<std::ops::Range<usize>> {
        let found = self.matcher.find_at(text, at).ok().flatten()?;
        Some(found.start()..found.end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::testing;

    /// Five entries in two files, and what is seen of them: position, path, text.
    fn view() -> View {
        View::new(testing::list(&[
            ("mm/slab.c", 10, "kmem_cache_alloc(s, flags);\n"),
            ("mm/slab.c", 20, "kfree(x);\r\n"),
            ("mm/slab.c", 30, "return kmem_cache_alloc(s, 0);\n"),
            ("mm/slub.c", 5, "kfree(y);"),
            ("mm/slub.c", 0, ""),
        ]))
    }

    fn seen(view: &View) -> Vec<(u64, String, u64)> {
        let mut seen = Vec::new();
        view.for_each(&Indices::all(view.len()), |position, file, entry| {
            seen.push((position, String::from_utf8_lossy(&file.path).into_owned(), entry.line));
            Ok::<_, ListError>(true)
        })
        .unwrap();
        seen
    }

    fn lines(view: &View) -> Vec<u64> {
        seen(view).into_iter().map(|(_, _, line)| line).collect()
    }

    fn positions(view: &View, selectors: &str) -> Indices {
        view.resolve(&Selectors::parse(selectors).unwrap()).unwrap()
    }

    #[test]
    fn what_is_left_is_numbered_from_zero() {
        let mut view = view();
        view.delete(&positions(&view, "0,2"));
        let path = |name: &str| name.to_owned();
        assert_eq!(
            seen(&view),
            [(0, path("mm/slab.c"), 20), (1, path("mm/slub.c"), 5), (2, path("mm/slub.c"), 0)]
        );
        view.keep(&positions(&view, "1-2"));
        assert_eq!(lines(&view), [5, 0]);
        let error = view.resolve(&Selectors::parse("2").unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "index 2 out of range (0, 1)");
    }

    #[test]
    fn entries_keep_the_number_they_are_shown_with() {
        let mut view = view();
        view.delete(&positions(&view, "0"));
        let mut shown = Vec::new();
        view.for_each(&positions(&view, "1,3"), |position, _, entry| {
            shown.push((position, entry.line));
            Ok::<_, ListError>(true)
        })
        .unwrap();
        assert_eq!(shown, [(1, 30), (3, 0)]);
    }

    #[test]
    fn refine_looks_at_the_text_and_for_whole_files_at_the_path() {
        let mut all = view();
        let refined = all.refine("^kfree.*;$").unwrap();
        assert_eq!(refined, Refined { plain: None, in_doubt: 0 });
        assert_eq!(lines(&all), [20, 5], "a carriage return is no part of the text");
        let mut all = view();
        all.refine("slub").unwrap();
        assert_eq!(lines(&all), [0], "paths of matched lines are not searched");
    }

    #[test]
    fn refine_takes_an_open_bracket_as_plain_text() {
        let mut view = view();
        assert_eq!(view.refine("alloc(s, 0").unwrap().plain, Some(Plain::Open));
        assert_eq!(lines(&view), [30]);
        let error = view.refine("[z-a]").unwrap_err().to_string();
        assert!(error.starts_with("`[z-a]`: ") && error.contains("range"), "{error}");
    }

    #[test]
    fn of_a_cut_line_the_rest_might_have_matched() {
        let long = "x".repeat(10_000);
        let mut view = View::new(testing::list(&[("a.c", 1, &long), ("a.c", 2, "needle")]));
        assert_eq!(view.refine("needle").unwrap().in_doubt, 1);
    }

    #[test]
    fn a_refine_that_finds_nothing_leaves_the_list() {
        let mut view = view();
        let error = view.refine("nowhere").unwrap_err();
        assert_eq!(error.to_string(), "no entry matches \"nowhere\"; the list stays as it is");
        assert_eq!(view.len(), 5);
    }
}
