//! Paths that a file names: what it includes, what Kconfig reads, what documents and MAINTAINERS
//! point to.

use std::path::{Component, Path, PathBuf};

use super::Part;
use super::open::{Open, Text};
use super::word::path_in;
use crate::Result;
use crate::code::Code;

/// A path in a file, and the file that it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it stands.
    pub part: Part,
    /// The file, below the tree's root.
    pub target: Vec<u8>,
}

/// Where documents are.
const DOCUMENTS: &str = "Documentation/";

impl Code {
    /// All paths in the file at `path` that mean a file.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn links_in(&self, path: &[u8]) -> Result<Vec<Link>> {
        let file = Open::new(self, path)?;
        let mut links = Vec::new();
        let lines = u32::try_from(file.source.line_count()).unwrap_or(u32::MAX);
        for line in 1..=lines {
            let text = file.line(line);
            let begins = file.start_of(line);
            let mut add = |start: usize, end: usize, target: Option<Vec<u8>>| {
                if let Some(target) = target {
                    let part = file.part(line, begins + start, begins + end);
                    links.push(Link { part, target });
                }
            };
            if let Some((start, end, local)) = path_in(file.text(), text) {
                let named = String::from_utf8_lossy(&text[start..end]).into_owned();
                add(start, end, file_meant(&file, &named, local));
                continue;
            }
            for (start, end) in documents(text) {
                let named = String::from_utf8_lossy(&text[start..end]).into_owned();
                add(start, end, there(self, &named));
            }
            if file.text() == Text::Prose {
                for (start, end) in roles(text) {
                    let named = String::from_utf8_lossy(&text[start..end]).into_owned();
                    add(start, end, document(self, path, &named));
                }
            }
        }
        Ok(links)
    }
}

/// The file that `named` means where it is included or named in `file`.
pub(super) fn file_meant(file: &Open<'_>, named: &str, local: bool) -> Option<Vec<u8>> {
    let code = file.code;
    let folder = folder(&file.path);
    match file.text() {
        Text::Kconfig => {
            let named = named.replace("$(SRCARCH)", code.arch_name());
            let named = named.replace("$SRCARCH", code.arch_name());
            let beside = local.then(|| there(code, &format!("{folder}{named}"))).flatten();
            return beside.or_else(|| there(code, &named));
        }
        Text::Maintainers | Text::Prose => return there(code, named),
        Text::Makefile => return there(code, &format!("{folder}{named}")),
        Text::Code | Text::Devicetree => {}
    }
    if local && let Some(found) = there(code, &format!("{folder}{named}")) {
        return Some(found);
    }
    // The architecture's own headers: of the file's, else of the one that counts.
    if named.starts_with("asm/") {
        let own = folder.strip_prefix("arch/").and_then(|rest| rest.split('/').next());
        let arch = own.unwrap_or(code.arch_name());
        let generic = named.replacen("asm/", "asm-generic/", 1);
        let tried = [
            format!("arch/{arch}/include/{named}"),
            format!("arch/{arch}/include/uapi/{named}"),
            format!("include/{generic}"),
        ];
        if let Some(found) = tried.iter().find_map(|path| there(code, path)) {
            return Some(found);
        }
    }
    let found = code.ask(|graph| {
        Ok::<_, crate::Error>(graph.included(&file.path, named.as_bytes()).map(<[u8]>::to_vec))
    });
    found.ok().flatten().or_else(|| there(code, &format!("include/{named}")))
}

/// The folder of a file with its slash; nothing at the root.
fn folder(path: &[u8]) -> String {
    let end = path.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
    String::from_utf8_lossy(&path[..end]).into_owned()
}

/// The path in its shortest form, where a file of the tree is there.
fn there(code: &Code, path: &str) -> Option<Vec<u8>> {
    let mut below = PathBuf::new();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => below.push(name),
            Component::ParentDir if below.pop() => {}
            Component::CurDir => {}
            _ => return None,
        }
    }
    let below = below.into_os_string().into_encoded_bytes();
    let full = code.path(&below);
    let open = code.workspace().buffers().get(&full).is_some();
    (!below.is_empty() && (open || full.is_file())).then_some(below)
}

/// Where a line names documents by their paths.
fn documents(text: &[u8]) -> Vec<(usize, usize)> {
    let is_path = |b: &u8| b.is_ascii_alphanumeric() || b"_-./+,".contains(b);
    let found = memchr::memmem::find_iter(text, DOCUMENTS.as_bytes()).map(|start| {
        let length = text[start..].iter().take_while(|b| is_path(b)).count();
        let named = &text[start..start + length];
        let end = named.iter().rposition(|b| !matches!(b, b'.' | b',')).map_or(0, |at| at + 1);
        (start, start + end)
    });
    found.collect()
}

/// Where a line has the path of ``:doc:`path` `` or ``:doc:`title <path>` ``.
fn roles(text: &[u8]) -> Vec<(usize, usize)> {
    let role = b":doc:`";
    let inside = memchr::memmem::find_iter(text, role).filter_map(|at| {
        let start = at + role.len();
        let end = start + memchr::memchr(b'`', &text[start..])?;
        let titled = memchr::memchr(b'<', &text[start..end]).map(|at| start + at + 1);
        Some((titled.unwrap_or(start), if titled.is_some() { end - 1 } else { end }))
    });
    inside.filter(|(start, end)| start < end).collect()
}

/// The document that a role's path means: from the documents' folder, or from the file's own.
fn document(code: &Code, from: &[u8], named: &str) -> Option<Vec<u8>> {
    let below = match named.strip_prefix('/') {
        Some(rest) => format!("{DOCUMENTS}{rest}.rst"),
        None => format!("{}{named}.rst", folder(from)),
    };
    there(code, &below)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, found: &[(usize, usize)]) -> Vec<String> {
        found.iter().map(|(start, end)| text[*start..*end].to_owned()).collect()
    }

    #[test]
    fn documents_are_named_in_comments_and_roles() {
        let text = "/* see Documentation/mm/slab.rst, and Documentation/admin-guide/. */";
        assert_eq!(
            texts(text, &documents(text.as_bytes())),
            ["Documentation/mm/slab.rst", "Documentation/admin-guide/"]
        );
        let text = "as :doc:`slab` and :doc:`the guide </mm/guide>` say, :doc:`";
        assert_eq!(texts(text, &roles(text.as_bytes())), ["slab", "/mm/guide"]);
    }
}
