//! Which hunks are wanted: PATTERN with its flags, `--in`, and the globs.

use std::borrow::Cow;
use std::path::Path;

use bstr::ByteSlice;
use grep_matcher::Matcher;

use super::built::BuiltSides;
use crate::diff::filter::{self, Hit, Within};
use crate::diff::model::{DiffSet, Entry, FileChange, Patch};
use crate::place::Span;
use crate::request::Differ;
use crate::search::{LineMatcher, Patterns, SearchRequest, overrides, types};
use crate::{Note, NoteSink, Result};

/// A pattern, and where it is looked for.
pub struct Pick {
    matcher: LineMatcher,
    within: Within,
    /// Hunks without a match are wanted.
    invert: bool,
    /// What was asked for, as it is shown.
    pub text: String,
}

impl Pick {
    /// The pattern of a comparison, if it has one.
    ///
    /// # Errors
    /// When it can't be used.
    pub fn new(differ: &Differ, notes: &NoteSink) -> Result<Option<Pick>> {
        if !differ.has_pattern() {
            return Ok(None);
        }
        let search = &differ.search;
        let (patterns, _) = Patterns::collect(search)?;
        patterns.notes.iter().for_each(|note| notes(note.clone()));
        let text = search.pattern.as_ref().map_or_else(
            || patterns.texts.join("`, `"),
            |word| word.to_string_lossy().into_owned(),
        );
        let matcher =
            patterns.compile(&SearchRequest { invert_match: false, ..search.clone() })?.lines;
        Ok(Some(Pick { matcher, within: differ.within, invert: search.invert_match, text }))
    }

    /// The lines of an entry that match.
    pub fn hits<'a>(&self, entry: &Entry<'a>) -> Vec<Hit<'a>> {
        // The matcher's error type says that it has none.
        filter::hits(entry, self.within, |line| self.matcher.is_match(line).unwrap_or(false))
    }

    /// True of an entry that is asked for.
    pub fn wants(&self, entry: &Entry<'_>) -> bool {
        self.hits(entry).is_empty() == self.invert
    }

    /// A file with those of its hunks that are asked for; `None` if there is none.
    pub fn narrowed<'a>(
        &self,
        patch: Option<&Patch>,
        file: Cow<'a, FileChange>,
    ) -> Option<Cow<'a, FileChange>> {
        let wanted: Vec<bool> = file.entries(patch).map(|entry| self.wants(&entry)).collect();
        if !wanted.contains(&true) {
            return None;
        }
        if !wanted.contains(&false) {
            return Some(file);
        }
        let mut file = file.into_owned();
        let mut wanted = wanted.into_iter();
        file.hunks.retain(|_| wanted.next().unwrap_or(false));
        Some(Cow::Owned(file))
    }

    /// What matches in a line.
    pub fn spans(&self, line: &[u8]) -> Vec<Span> {
        let mut spans = Vec::new();
        if self.invert {
            return spans;
        }
        let line = line.trim_end_with(|end| matches!(end, '\n' | '\r'));
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let done = self.matcher.find_iter(line, |found| {
            spans.push(Span { start: place(found.start()), end: place(found.end()) });
            true
        });
        done.map_or_else(|_| Vec::new(), |()| spans)
    }
}

/// Which files' names are wanted, by `-g`, `-t` and `-T`, and by what is built.
pub struct Names {
    globs: ignore::overrides::Override,
    types: ignore::types::Types,
    built: BuiltSides,
}

impl Names {
    /// Reads the globs and types.
    ///
    /// # Errors
    /// When one can't be used.
    pub fn new(differ: &Differ, built: BuiltSides) -> Result<Names> {
        let search = &differ.search;
        // Names in a difference are relative to the top of a tree, whichever.
        Ok(Names { globs: overrides(search, Path::new(""))?, types: types(search)?, built })
    }

    /// True of a file whose name is asked for, and that is built.
    pub fn wants(&self, file: &FileChange) -> bool {
        self.matches(file) && self.built.has(file)
    }

    fn matches(&self, file: &FileChange) -> bool {
        let name = file.name().to_path_lossy();
        !self.globs.matched(&name, false).is_ignore()
            && !self.types.matched(&name, false).is_ignore()
    }

    /// Leaves in `set` the files that are asked for, and says what a configuration left out.
    pub fn narrow(&self, set: &mut DiffSet) -> Option<Note> {
        set.files.retain(|file| self.matches(file));
        self.built.narrow(set)
    }
}
