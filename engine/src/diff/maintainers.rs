//! Which subsystem a file belongs to, as MAINTAINERS has it.
//!
//! `F:`, `X:` and `N:` are read as `scripts/get_maintainer.pl` reads them
//! (`get_maintainers`, `file_match_pattern`): an `F:` pattern must match from the start of
//! the name; if it is a folder, anything below; else with the same number of slashes.

use super::model::file_lines;
use grep_matcher::Matcher;
use grep_regex::{RegexMatcher, RegexMatcherBuilder};

/// The sections of a MAINTAINERS file.
#[derive(Debug, Default)]
pub struct Maintainers {
    sections: Vec<Section>,
}

#[derive(Debug, Default)]
struct Section {
    title: Vec<u8>,
    files: Vec<Vec<u8>>,
    excluded: Vec<Vec<u8>>,
    names: Vec<RegexMatcher>,
}

impl Maintainers {
    /// Reads MAINTAINERS. What isn't a section's field is passed over, as is an `N:`
    /// that is no regular expression.
    pub fn parse(text: &[u8]) -> Self {
        let mut sections: Vec<Section> = Vec::new();
        for line in file_lines(text) {
            let line = line.trim_ascii_end();
            let value = |field: &[u8]| line.strip_prefix(field).map(|v| v.trim_ascii().to_vec());
            let is_field = line.get(1) == Some(&b':');
            if let Some(section) = sections.last_mut().filter(|_| is_field) {
                section.files.extend(value(b"F:"));
                section.excluded.extend(value(b"X:"));
                let pattern = value(b"N:").and_then(|v| String::from_utf8(v).ok());
                // Perl's /x: blanks in the pattern don't count.
                let mut regex = RegexMatcherBuilder::new();
                regex.ignore_whitespace(true);
                section.names.extend(pattern.and_then(|pattern| regex.build(&pattern).ok()));
            } else if line.first().is_some_and(u8::is_ascii_alphanumeric) && !is_field {
                sections.push(Section { title: line.to_vec(), ..Section::default() });
            }
        }
        // The introduction has text at the first column too, but no files.
        sections.retain(|section| !section.files.is_empty() || !section.names.is_empty());
        Self { sections }
    }

    /// The title of the section that names the file most closely; the first of several.
    /// `THE REST`, which names everything, only where nothing else does.
    pub fn subsystem(&self, file: &[u8]) -> Option<&[u8]> {
        let mut best: Option<(i32, &[u8])> = None;
        for section in &self.sections {
            if section.excluded.iter().any(|pattern| matches(pattern, file)) {
                continue;
            }
            let files = section.files.iter().filter(|pattern| matches(pattern, file));
            let names = section.names.iter().filter(|n| n.is_match(file).unwrap_or(false));
            let closeness = files.map(|p| depth(p)).chain(names.map(|_| 0)).max();
            if let Some(closeness) = closeness
                && best.is_none_or(|(before, _)| closeness > before)
            {
                best = Some((closeness, &section.title));
            }
        }
        best.map(|(_, title)| title)
    }
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
fn matches(pattern: &[u8], file: &[u8]) -> bool {
    if pattern.ends_with(b"/") {
        return starts_with(pattern, file);
    }
    // The script looks whether the pattern is a folder of the tree; here a file below it
    // says so.
    let folder = file.strip_prefix(pattern).is_some_and(|rest| rest.starts_with(b"/"));
    folder || (slashes(pattern) == slashes(file) && starts_with(pattern, file))
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
}
