//! Where a structure is allocated: its size is handed to an allocator, it has a cache of its
//! own, or a pointer to it is set to what an allocator returns.

use std::collections::HashMap;

use crate::Result;
use ::regex::bytes::Regex;

use crate::recipes::pattern::regex;
use crate::relocate::SourceFile;
use crate::trace::case::Case;
use crate::trace::mentions::Line;
use crate::trace::tracer::{Row, Tracer};
use crate::trace::wanted::Wanted;

/// A function is not looked through further than this.
const LINES: u64 = 400;

/// A row for each line that allocates one.
///
/// # Errors
/// When the tree can't be walked.
pub(super) fn allocations(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for name in case.facts.get("name") {
        let tag = regex::escape(name);
        let declared = format!(r"^\s+(?:const )?struct {tag}\s*(?<names>\*[^;()]*);");
        let (direct, pointer) = (direct(&tag), regex(&declared)?);
        let wanted = Wanted {
            files: vec!["*.c".to_owned(), "*.h".to_owned()],
            ..Wanted::new(vec![name.clone()], format!("{direct}|{declared}"))
        };
        let direct = regex(&direct)?;
        let found = tracer.in_files(&wanted, |path, bytes, lines| {
            let file = SourceFile::from_bytes(bytes);
            let mut found: Vec<u32> = Vec::new();
            let mut setters = Setters::default();
            for Line { number, text } in lines {
                if direct.is_match(&text) {
                    found.push(number);
                } else if let Some(declared) = pointer.captures(&text) {
                    let names = String::from_utf8_lossy(&declared["names"]).into_owned();
                    for variable in pointers(&names) {
                        found.extend(setters.of(&file, u64::from(number), variable));
                    }
                }
            }
            (path.to_vec(), found)
        })?;
        for (path, lines) in found {
            let row = |line: u32| Row {
                path: path.clone(),
                line,
                name: name.clone(),
                note: String::new(),
                ..Row::default()
            };
            rows.extend(lines.into_iter().map(row));
        }
    }
    let mut seen = std::collections::HashSet::new();
    rows.retain(|row| seen.insert((row.path.clone(), row.line)));
    Ok(rows)
}

/// The names that a declaration declares as pointers, of what stands behind the type.
fn pointers(names: &str) -> impl Iterator<Item = &str> {
    let names = names.split(',').map(|name| name.split('=').next().unwrap_or_default());
    names.filter(|name| !name.contains("**")).map(|name| name.trim_matches([' ', '\t', '*']))
}

/// The regular expression of a line that allocates a structure by its tag.
fn direct(tag: &str) -> String {
    [
        format!(r"alloc\w*\s*\(.*\bsizeof\s*\(\s*struct {tag}\s*\)"),
        format!(r"\bKMEM_CACHE\w*\(\s*{tag}\b"),
        format!(r#"\bkmem_cache_create\w*\(\s*"{tag}""#),
        format!(r"\bstruct {tag}\s*\*\s*\w+\s*=.*alloc\w*\s*\("),
    ]
    .join("|")
}

/// Finds where variables of a file are set to what an allocator returns.
#[derive(Default)]
struct Setters {
    patterns: HashMap<String, Option<Regex>>,
}

impl Setters {
    /// The lines, in the function around `line`, that do it to this variable.
    fn of(&mut self, file: &SourceFile, line: u64, variable: &str) -> Vec<u32> {
        let mut found = Vec::new();
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if variable.is_empty() || !variable.chars().all(is_word) {
            return found;
        }
        for number in line + 1..line + LINES {
            let Some(text) = file.line(number) else { break };
            if text.starts_with(b"}") {
                break;
            }
            if memchr::memmem::find(text, b"alloc").is_some() && self.is_set(text, variable) {
                found.extend(u32::try_from(number));
            }
        }
        found
    }

    fn is_set(&mut self, text: &[u8], variable: &str) -> bool {
        let make = || {
            regex(&format!(r"(?:^|[^\w.>]){variable}\s*=\s*(?:\([^()]*\)\s*)?\w*alloc\w*\s*\("))
                .ok()
        };
        let pattern = self.patterns.entry(variable.to_owned()).or_insert_with(make);
        pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_followed_to_the_end_of_its_function() {
        let text = b"\tstruct a *p;\n\tq->p = kmalloc(1);\n\tp = kzalloc(sizeof(*p), 0);\n}\n\tp = kmalloc(2);\n";
        let file = SourceFile::from_bytes(text.to_vec());
        assert_eq!(Setters::default().of(&file, 1, "p"), [3]);
        assert!(Setters::default().of(&file, 1, "p[2").is_empty());
    }
}
