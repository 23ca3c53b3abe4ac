//! The documents of two files that are lists: the boot parameters and the maintainers.

use super::super::document::{Document, Kind};
use super::{add, lines};

/// Where the kernel's boot parameters are listed.
const PARAMETERS: &[u8] = b"Documentation/admin-guide/kernel-parameters.txt";
/// Who maintains what.
const MAINTAINERS: &[u8] = b"MAINTAINERS";

/// Whether the file is one of the lists.
pub(super) fn wants(path: &[u8]) -> bool {
    path == PARAMETERS || path == MAINTAINERS
}

/// Reads a list.
pub(super) fn read(path: &[u8], bytes: &[u8]) -> Vec<Document> {
    if path == PARAMETERS { parameters(bytes) } else { maintainers(bytes) }
}

/// An entry begins one tab in: `name=` or `name`, then what it takes; the lines below it are
/// further in.
fn parameters(bytes: &[u8]) -> Vec<Document> {
    let mut found: Vec<Document> = Vec::new();
    for (number, line) in lines(bytes) {
        let begins = line.first() == Some(&b'\t')
            && line.get(1).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        if begins {
            let end = line[1..].iter().position(|byte| matches!(byte, b'=' | b' ' | b'\t' | b'['));
            let end = end.map_or(line.len(), |end| end + 1);
            let end = if line.get(end) == Some(&b'=') { end + 1 } else { end };
            let name = &line[1..end];
            let mut document = Document::new(Kind::Param, name, number);
            add(&mut document.text, &line[end..]);
            found.push(document);
        } else if line.first().is_some_and(|byte| !byte.is_ascii_whitespace()) {
            // The list's own introduction, or the end of it.
        } else if let Some(document) = found.last_mut() {
            add(&mut document.text, line);
            if !line.trim_ascii().is_empty() {
                document.below = number - document.line;
            }
        }
    }
    found
}

/// An entry is a title, then lines of a letter, a colon and what it says.
fn maintainers(bytes: &[u8]) -> Vec<Document> {
    let mut found: Vec<Document> = Vec::new();
    let mut title: Option<(u32, &[u8])> = None;
    for (number, line) in lines(bytes) {
        let tagged = matches!(line, [tag, b':', ..] if tag.is_ascii_uppercase());
        if !tagged {
            title = line
                .first()
                .is_some_and(|byte| !byte.is_ascii_whitespace())
                .then_some((number, line));
            continue;
        }
        if let Some((number, name)) = title.take() {
            found.push(Document::new(Kind::Maintainer, name.trim_ascii(), number));
        }
        if let Some(document) = found.last_mut() {
            // Who, and which files; the state and trees of others say nothing of the matter.
            if matches!(line[0], b'M' | b'R' | b'L' | b'F' | b'K') {
                add(&mut document.text, &line[2..]);
            }
            document.below = number - document.line;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_its_name_and_the_lines_further_in() {
        let text = b"intro\n\n\tcrashkernel=size[KMG][@offset]\n\t\t\t[KNL] Reserves memory\n\n\t\t\tfor the crash kernel.\n\n\tquiet\t\t[KNL] Says less\n\tacpi_osi=\t[HW]\n";
        let found = parameters(text);
        let names: Vec<&str> = found.iter().map(|document| document.name.as_str()).collect();
        assert_eq!(names, ["crashkernel=", "quiet", "acpi_osi="]);
        assert_eq!((found[0].line, found[0].below), (3, 3));
        assert!(found[0].text.ends_with("for the crash kernel."));
        assert_eq!(found[1].text, "[KNL] Says less");
    }

    #[test]
    fn a_maintainers_entry_has_a_title() {
        let text = b"Maintainers List\n---\n\nEXT4 FILE SYSTEM\nM:\tA <a@b>\nS:\tMaintained\nF:\tfs/ext4/\n\nTHE REST\nM:\tB\n";
        let found = maintainers(text);
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].name.as_str(), found[0].line, found[0].below),
            ("EXT4 FILE SYSTEM", 4, 3)
        );
        assert_eq!(found[0].text, "A <a@b>\nfs/ext4/");
    }
}
