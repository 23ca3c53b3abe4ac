//! Which sections of MAINTAINERS are about a file: the one reading of that file.
//!
//! All is as in `scripts/get_maintainer.pl` (`read_maintainer_file`, `get_maintainers`,
//! `file_match_pattern`): an `F:` pattern must match from the start of the name; if it is a
//! folder, anything below; else with the same number of slashes. A section's last pattern
//! that matches says how closely it names the file, and the closest section comes first.

use super::model::file_lines;
use regex::bytes::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// The sections of a MAINTAINERS file.
#[derive(Debug, Default)]
pub struct Maintainers {
    sections: Vec<Section>,
}

/// One section: the line of its title, then its fields.
#[derive(Debug, Default)]
pub struct Section {
    /// The title, as it is written.
    pub title: Vec<u8>,
    /// The title's line, from 1.
    pub first: u32,
    /// The last field's line.
    pub last: u32,
    patterns: Vec<Pattern>,
    excluded: Vec<Files>,
}

/// The fields that say which files a section is about.
const PATTERNS: [&[u8]; 4] = [b"F:", b"X:", b"N:", b"K:"];

/// Those that say who is asked, and where.
const PEOPLE: [&[u8]; 3] = [b"M:", b"R:", b"L:"];

/// Whether a line of a section says who is asked, or where.
pub(crate) fn asks(line: &[u8]) -> bool {
    PEOPLE.iter().any(|field| line.starts_with(field))
}

/// An `F:` or `N:` line.
#[derive(Debug)]
struct Pattern {
    line: u32,
    what: What,
}

#[derive(Debug)]
enum What {
    /// `F:`, a glob.
    Files(Files),
    /// `N:`, a regular expression.
    Names(Names),
}

/// The glob of an `F:` or `X:` line.
#[derive(Debug)]
struct Files {
    glob: Vec<u8>,
    /// What the script hands to Perl, made when it is first needed: most never are.
    classes: OnceLock<Option<Regex>>,
}

/// The regular expression of an `N:` line.
#[derive(Debug)]
struct Names {
    pattern: Vec<u8>,
    /// Made when a file has what every match has.
    regex: OnceLock<Option<Regex>>,
}

impl Names {
    fn new(pattern: &[u8]) -> Names {
        Names { pattern: pattern.to_vec(), regex: OnceLock::new() }
    }

    fn is_match(&self, file: &[u8]) -> bool {
        let (needed, made) = (needed(&self.pattern), self.regex.get());
        if made.is_none() && memchr::memmem::find(file, needed).is_none() {
            return false;
        }
        let regex = self.regex.get_or_init(|| names(&self.pattern));
        regex.as_ref().is_some_and(|regex| regex.is_match(file))
    }
}

/// A text that is in all that an `N:` line's expression matches: its longest run of letters and
/// digits, where it is simple enough to tell.
fn needed(pattern: &[u8]) -> &[u8] {
    let brackets = [&b"[]"[..], b"[^]"];
    if pattern.iter().any(|b| b"|{(\\#".contains(b))
        || brackets.iter().any(|text| memchr::memmem::find(pattern, text).is_some())
        || pattern.windows(2).any(|two| two[0].is_ascii_whitespace() && b"?*".contains(&two[1]))
    {
        return b"";
    }
    let (mut longest, mut start, mut is_class) = (&b""[..], 0, false);
    for (at, byte) in pattern.iter().chain([&b' ']).enumerate() {
        if byte.is_ascii_alphanumeric() {
            continue;
        }
        // What is between brackets is one of many; what may be repeated may be missing.
        let end = if b"?*".contains(byte) { at.saturating_sub(1) } else { at };
        let run = pattern.get(start..end).filter(|run| !is_class && run.len() > longest.len());
        longest = run.unwrap_or(longest);
        start = at + 1;
        is_class = *byte == b'[' || is_class && *byte != b']';
    }
    longest
}

impl Files {
    fn new(glob: &[u8]) -> Files {
        Files { glob: glob.to_vec(), classes: OnceLock::new() }
    }
}

/// A section that is about a file, and the line of the pattern that says so.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'m> {
    /// The section.
    pub section: &'m Section,
    /// The line of the pattern, from 1.
    pub by: u32,
}

impl Maintainers {
    /// Reads MAINTAINERS. What isn't a section's field is passed over, as is an `N:`
    /// that is no regular expression.
    pub fn parse(text: &[u8]) -> Self {
        let mut sections: Vec<Section> = Vec::new();
        let mut title: Option<(u32, &[u8])> = None;
        for (number, line) in (1..).zip(file_lines(text)) {
            let line = line.trim_ascii_end();
            let is_field =
                line.first().is_some_and(u8::is_ascii_uppercase) && line.get(1) == Some(&b':');
            if !is_field {
                let said = line.trim_ascii_start();
                if !said.is_empty() && !said.starts_with(b"#") {
                    title = Some((number, line));
                }
                continue;
            }
            if let Some((first, title)) = title.take() {
                sections.push(Section { title: title.to_vec(), first, ..Section::default() });
            }
            let Some(section) = sections.last_mut() else { continue };
            section.last = number;
            let value = line.get(2..).unwrap_or_default().trim_ascii();
            let what = match line.first() {
                Some(b'X') => {
                    section.excluded.push(Files::new(value));
                    None
                }
                Some(b'F') => Some(What::Files(Files::new(value))),
                Some(b'N') => Some(What::Names(Names::new(value))),
                _ => None,
            };
            section.patterns.extend(what.map(|what| Pattern { line: number, what }));
        }
        Self { sections }
    }

    /// The sections that are about a file, the closest first, then in the order they are in;
    /// `THE REST`, which names everything, is last.
    pub fn entries(&self, file: &[u8]) -> Vec<Entry<'_>> {
        let about = self.sections.iter().filter_map(|section| {
            if section.excluded.iter().any(|pattern| matches(pattern, file)) {
                return None;
            }
            let mut patterns = section.patterns.iter().rev();
            let last = patterns.find(|pattern| match &pattern.what {
                What::Files(pattern) => matches(pattern, file),
                What::Names(pattern) => pattern.is_match(file),
            })?;
            let closeness = match &last.what {
                What::Files(pattern) => depth(&pattern.glob),
                What::Names(_) => 0,
            };
            Some((closeness, Entry { section, by: last.line }))
        });
        let mut about: Vec<_> = about.collect();
        about.sort_by_key(|(closeness, _)| std::cmp::Reverse(*closeness));
        about.into_iter().map(|(_, entry)| entry).collect()
    }

    /// The lines that tell who maintains a file: the closest section without its lists of files,
    /// then of each other one who is asked; of all of them the pattern that names the file.
    /// `text` gives a line of MAINTAINERS.
    pub fn lines_of(&self, file: &[u8], mut text: impl FnMut(u32) -> Vec<u8>) -> Vec<u32> {
        let mut lines = Vec::new();
        for (place, Entry { section, by }) in self.entries(file).into_iter().enumerate() {
            lines.extend((section.first..=section.last).filter(|line| {
                let text = text(*line);
                let is_pattern = PATTERNS.iter().any(|field| text.starts_with(field));
                let is_told = if place == 0 { !is_pattern } else { asks(&text) };
                *line == by || *line == section.first || is_told && !text.is_empty()
            }));
        }
        lines
    }

    /// The title of the section that names the file most closely; the first of several.
    pub fn subsystem(&self, file: &[u8]) -> Option<&[u8]> {
        self.entries(file).first().map(|entry| entry.section.title.as_slice())
    }
}

/// The expression of an `N:` line. Perl's `/x`: blanks in it don't count.
fn names(pattern: &[u8]) -> Option<Regex> {
    let pattern = std::str::from_utf8(pattern).ok()?;
    RegexBuilder::new(pattern).unicode(false).ignore_whitespace(true).build().ok()
}

/// How closely a pattern names a file: by its number of folders.
fn depth(pattern: &[u8]) -> i32 {
    if pattern.starts_with(b"*") {
        return -1;
    }
    let slashes = slashes(pattern) + usize::from(!pattern.ends_with(b"/"));
    i32::try_from(slashes).unwrap_or(i32::MAX)
}

fn slashes(text: &[u8]) -> usize {
    text.iter().filter(|&&b| b == b'/').count()
}

/// Whether an `F:` or `X:` pattern is meant for a file.
fn matches(files: &Files, file: &[u8]) -> bool {
    let pattern = &files.glob[..];
    // Most patterns of the thousands are told apart by their first folders.
    let special = |b: &u8| {
        matches!(
            b,
            b'*' | b'?'
                | b'['
                | b']'
                | b'+'
                | b'('
                | b')'
                | b'{'
                | b'}'
                | b'|'
                | b'^'
                | b'$'
                | b'\\'
        )
    };
    let mut bytes = file.iter();
    if pattern.iter().take_while(|b| !special(b)).any(|b| bytes.next() != Some(b)) {
        return false;
    }
    let starts = || {
        let glob = pattern.iter().all(|b| !special(b) || b"*?".contains(b));
        if glob {
            return starts_with(pattern, file);
        }
        let classes = files.classes.get_or_init(|| with_classes(pattern));
        classes.as_ref().is_some_and(|regex| regex.is_match(file))
    };
    if pattern.ends_with(b"/") {
        return starts();
    }
    // The script looks whether the pattern is a folder of the tree; here a file below it
    // says so.
    let folder = file.strip_prefix(pattern).is_some_and(|rest| rest.starts_with(b"/"));
    folder || (slashes(pattern) == slashes(file) && starts())
}

/// The expression of a pattern with `[ch]` and the like.
fn with_classes(pattern: &[u8]) -> Option<Regex> {
    let mut regex = String::from("^");
    for c in String::from_utf8_lossy(pattern).chars() {
        match c {
            '.' => regex.push_str("\\."),
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            other => regex.push(other),
        }
    }
    RegexBuilder::new(&regex).unicode(false).build().ok()
}

/// Whether a pattern with `*` (anything, slashes too) and `?` matches the start of `text`.
fn starts_with(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(wanted) = pattern.get(p) {
        match text.get(t) {
            _ if *wanted == b'*' => {
                star = Some((p, t));
                p += 1;
                continue;
            }
            Some(found) if wanted == found || *wanted == b'?' => {
                (p, t) = (p + 1, t + 1);
                continue;
            }
            _ => {}
        }
        // Let the last star take one byte more, and try again.
        match star {
            Some((at, taken)) if taken < text.len() => {
                star = Some((at, taken + 1));
                (p, t) = (at + 1, taken + 1);
            }
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"List of maintainers\n\nF: described here\n\nLAMP DRIVERS\nM:\tA <a@b>\n\
        F:\tDocumentation/lamp*\nF:\tdrivers/lamp/\nX:\tdrivers/lamp/other/\n\nLAMP DIMMING\n\
        F:\tdrivers/lamp/dim.c\nF:\tinclude/*/dim.h\n\nTEGRA\nN:\t[^a-z]tegra\n\n\
        NO SLASH\nF:\tfs/lamp\n\nTHE REST\nF:\t*\nF:\t*/\n";

    #[test]
    fn the_closest_section_wins() {
        let maintainers = Maintainers::parse(TEXT);
        let of = |file: &str| {
            String::from_utf8_lossy(maintainers.subsystem(file.as_bytes()).unwrap()).into_owned()
        };
        assert_eq!(of("drivers/lamp/core.c"), "LAMP DRIVERS");
        assert_eq!(of("drivers/lamp/sub/x.c"), "LAMP DRIVERS");
        assert_eq!(of("drivers/lamp/dim.c"), "LAMP DIMMING");
        assert_eq!(of("include/linux/dim.h"), "LAMP DIMMING");
        assert_eq!(of("drivers/lamp/other/x.c"), "THE REST");
        assert_eq!(of("Documentation/lamps.rst"), "LAMP DRIVERS");
        assert_eq!(of("Documentation/lamps/x.rst"), "THE REST");
        assert_eq!(of("drivers/soc/tegra/x.c"), "TEGRA");
        assert_eq!(of("fs/lamp/x.c"), "NO SLASH");
        assert_eq!(of("kernel/fork.c"), "THE REST");
    }

    #[test]
    fn what_an_expression_needs_is_in_all_that_it_matches() {
        let of = |pattern: &str| String::from_utf8_lossy(needed(pattern.as_bytes())).into_owned();
        assert_eq!(of("[^a-z]tegra"), "tegra");
        assert_eq!(of("lamp[0-9]dimmers"), "dimmers");
        assert_eq!(of("la mp"), "la");
        assert_eq!(of("^drivers.x+$"), "drivers");
        assert_eq!(of("bcm[9]?47622"), "47622");
        assert_eq!(of("bcm283*"), "bcm28");
        assert_eq!(of("abc?d"), "ab");
        for any in
            ["a|b", "a?", "a*", "ab ?", "ab{0}", "(?i)ab", r"\babc", "[]abc]x", "[^]abc]", "[abc]"]
        {
            assert_eq!(of(any), "", "{any}");
        }
    }

    #[test]
    fn every_section_is_named_in_the_scripts_order() {
        let text = b"WIDE\nF:\tdrivers/\n\nBOTH\nF:\tdrivers/lamp/dim.c\nF:\tdrivers/lamp/\n\n\
            CLASSES\nF:\tdrivers/lamp/di?.[ch]\n\nBY NAME\nN:\tdim\n\nTHE REST\nF:\t*\nF:\t*/\n";
        let maintainers = Maintainers::parse(text);
        let entries = maintainers.entries(b"drivers/lamp/dim.c");
        let got: Vec<_> = entries
            .iter()
            .map(|e| (String::from_utf8_lossy(&e.section.title).into_owned(), e.by))
            .collect();
        // The last pattern that matches counts, as in the script: BOTH's is the folder.
        let want = [("CLASSES", 9), ("BOTH", 6), ("WIDE", 2), ("BY NAME", 12), ("THE REST", 16)];
        assert_eq!(got, want.map(|(title, by)| (title.to_owned(), by)));
        let first = entries[1].section;
        assert_eq!((first.first, first.last), (4, 6));
    }
}
