//! Where a structure is allocated: its size is handed to an allocator, it has a cache of its
//! own, or a pointer to it is set to what an allocator returns.

use crate::Result;

use crate::relocate::SourceFile;
use crate::trace::case::Case;
use crate::trace::pattern::regex;
use crate::trace::tracer::{Row, Tracer};

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
        let direct = regex(&direct(&tag))?;
        let pointer = regex(&format!(r"^\s+(?:const )?struct {tag}\s*(?<names>\*[^;()]*);"))?;
        for line in tracer.lines(name)?.iter() {
            if !line.path.ends_with(b".c") && !line.path.ends_with(b".h") {
                continue;
            }
            let row = |line: u32, path: &[u8]| Row {
                path: path.to_vec(),
                line,
                name: name.clone(),
                note: String::new(),
                ..Row::default()
            };
            if direct.is_match(&line.text) {
                rows.push(row(line.number, &line.path));
                continue;
            }
            let Some(found) = pointer.captures(&line.text) else { continue };
            let names = String::from_utf8_lossy(&found["names"]).into_owned();
            let file = tracer.file(&line.path);
            for variable in names.split(',') {
                let variable = variable.split('=').next().unwrap_or_default();
                if variable.contains("**") {
                    continue;
                }
                let variable = variable.trim_matches([' ', '\t', '*']);
                for number in set_by_allocator(&file, u64::from(line.number), variable)? {
                    rows.push(row(number, &line.path));
                }
            }
        }
    }
    let mut seen = std::collections::HashSet::new();
    rows.retain(|row| seen.insert((row.path.clone(), row.line)));
    Ok(rows)
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

/// The lines, in the function around `line`, that set a variable to what an allocator
/// returns.
fn set_by_allocator(file: &SourceFile, line: u64, variable: &str) -> Result<Vec<u32>> {
    let mut found = Vec::new();
    if variable.is_empty() || variable.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        return Ok(found);
    }
    let pattern =
        regex(&format!(r"(?:^|[^\w.>]){variable}\s*=\s*(?:\([^()]*\)\s*)?\w*alloc\w*\s*\("))?;
    for number in line + 1..line + LINES {
        let Some(text) = file.line(number) else { break };
        if text.starts_with(b"}") {
            break;
        }
        if memchr::memmem::find(text, b"alloc").is_some() && pattern.is_match(text) {
            found.extend(u32::try_from(number));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_followed_to_the_end_of_its_function() {
        let text = b"\tstruct a *p;\n\tq->p = kmalloc(1);\n\tp = kzalloc(sizeof(*p), 0);\n}\n\tp = kmalloc(2);\n";
        let file = SourceFile::from_bytes(text.to_vec());
        assert_eq!(set_by_allocator(&file, 1, "p").unwrap(), [3]);
        assert!(set_by_allocator(&file, 1, "p[2").unwrap().is_empty());
    }
}
