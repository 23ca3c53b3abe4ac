//! Lines of the tree that hold a text: the index says in which files, which are read now.
//!
//! All text look-ups of an answer share the lines that hold the name asked for, so that
//! each file is read once.

use std::collections::HashMap;
use std::rc::Rc;

use crate::Result;
use kgrep_index::{Flags, Listing, Narrow, Plan, Query, Scope};
use memchr::memmem::Finder;

use crate::code::{Code, in_parallel, read};

/// A line that holds a text.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its file, below the root.
    pub path: Rc<[u8]>,
    /// Its number, from 1.
    pub number: u32,
    /// It, without its end.
    pub text: Vec<u8>,
}

/// Finds lines, and keeps them for the next look-up of the same text.
pub(crate) struct Mentions<'a> {
    code: &'a Code,
    files: Option<Vec<Vec<u8>>>,
    known: HashMap<String, Rc<Vec<Line>>>,
}

impl<'a> Mentions<'a> {
    /// For the tree of `code`; with the index that the question is asked of.
    pub(crate) fn new(code: &'a Code) -> Mentions<'a> {
        Mentions { code, files: None, known: HashMap::new() }
    }

    /// The lines that hold `text`, in path and line order.
    ///
    /// # Errors
    /// When the tree can't be walked.
    pub(crate) fn of(&mut self, text: &str) -> Result<Rc<Vec<Line>>> {
        self.look_for(&[text.to_owned()])?;
        Ok(self.known.get(text).cloned().unwrap_or_default())
    }

    /// Looks for several texts at once, those that are not known yet.
    ///
    /// # Errors
    /// As for [`Mentions::of`].
    pub(crate) fn look_for(&mut self, texts: &[String]) -> Result<()> {
        let mut new: Vec<String> = texts
            .iter()
            .filter(|t| !t.is_empty() && !self.known.contains_key(*t))
            .cloned()
            .collect();
        new.sort_unstable();
        new.dedup();
        if new.is_empty() {
            return Ok(());
        }
        let paths = self.candidates(&new)?;
        let finders: Vec<Finder<'_>> = new.iter().map(Finder::new).collect();
        let found = in_parallel(&paths, |path| {
            // What can't be read any more says nothing.
            read(&self.code.path(path)).map_or_else(|_| Vec::new(), |bytes| lines(&bytes, &finders))
        });
        let mut all: Vec<Vec<Line>> = vec![Vec::new(); new.len()];
        for (path, lines) in paths.iter().zip(found).filter(|(_, lines)| !lines.is_empty()) {
            let path: Rc<[u8]> = path.as_slice().into();
            for (which, number, text) in lines {
                all[which].push(Line { path: path.clone(), number, text });
            }
        }
        self.known.extend(new.into_iter().zip(all.into_iter().map(Rc::new)));
        Ok(())
    }

    /// The files that can hold one of `texts`, in path order.
    fn candidates(&mut self, texts: &[String]) -> Result<Vec<Vec<u8>>> {
        if let Some((index, fresh)) = self.code.asked() {
            let flags = Flags {
                fixed_strings: true,
                case_insensitive: false,
                dot_matches_new_line: false,
                crlf: false,
                unicode: true,
            };
            let query = Query::from_patterns(texts, &flags);
            if let Ok(Plan::Narrow(candidates)) = index.plan(&query, &Scope::whole()) {
                let listing = Listing { ignored: false, links: false };
                let narrow = Narrow::new(index, &candidates, fresh, listing);
                if let Some(paths) = narrow.list(b"", false) {
                    return Ok(paths);
                }
            }
        }
        if let Some(files) = &self.files {
            return Ok(files.clone());
        }
        let files = self.code.all_files(|_| true)?;
        self.files = Some(files.clone());
        Ok(files)
    }
}

/// The lines of `bytes` that hold what a finder looks for; none of binary files.
fn lines(bytes: &[u8], finders: &[Finder<'_>]) -> Vec<(usize, u32, Vec<u8>)> {
    let mut found = Vec::new();
    for (which, finder) in finders.iter().enumerate() {
        let (mut at, mut counted, mut number) = (0, 0, 1);
        while let Some(hit) = finder.find(&bytes[at..]).map(|hit| at + hit) {
            let start = memchr::memrchr(b'\n', &bytes[..hit]).map_or(0, |newline| newline + 1);
            let end = memchr::memchr(b'\n', &bytes[hit..]).map_or(bytes.len(), |end| hit + end);
            let newlines = memchr::memchr_iter(b'\n', &bytes[counted..start]).count();
            number += u32::try_from(newlines).unwrap_or(u32::MAX);
            counted = start;
            found.push((which, number, bytes[start..end].to_vec()));
            at = (end + 1).min(bytes.len());
        }
    }
    if !found.is_empty() && memchr::memchr(0, bytes).is_some() {
        return Vec::new();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_found_once() {
        let finders = [Finder::new("ab"), Finder::new("x")];
        let found = lines(b"ab ab\nno\nx ab", &finders);
        let found: Vec<_> = found.iter().map(|(w, n, _)| (*w, *n)).collect();
        assert_eq!(found, [(0, 1), (0, 3), (1, 3)]);
        assert!(lines(b"ab\0", &finders).is_empty());
    }
}
