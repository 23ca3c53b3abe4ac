//! How a question about the name in a row is asked: in the tree that the row's file is in, and as that
//! file means the name.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use kgrep_index::Tree;

/// Of a name in more files than this each definition is meant.
const MOST_FILES: usize = 32;

/// Where a row's file is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    /// The folder in which questions are asked.
    folder: PathBuf,
    /// The file from there, if a tree has it.
    file: Option<PathBuf>,
}

/// The names that a question is asked about, each once for each tree that has it.
#[derive(Debug, Default)]
pub(crate) struct AskedOf {
    names: Vec<Name>,
    /// The file of the row before.
    last: Option<(Vec<u8>, Place)>,
}

#[derive(Debug)]
struct Name {
    name: String,
    folder: PathBuf,
    /// The files that mean it; none: all definitions are meant.
    files: Option<Vec<PathBuf>>,
}

impl AskedOf {
    /// Takes a name that stands in the file at `path`, which is relative to the list's `folder`.
    pub(crate) fn add(&mut self, name: String, folder: &[u8], path: &[u8]) {
        if self.last.as_ref().is_none_or(|(last, _)| last != path) {
            self.last = Some((path.to_vec(), place(folder, path)));
        }
        let Some((_, Place { folder, file })) = &self.last else { return };
        let known =
            self.names.iter_mut().find(|known| known.name == name && known.folder == *folder);
        let Some(known) = known else {
            let files = file.clone().map(|file| vec![file]);
            self.names.push(Name { name, folder: folder.clone(), files });
            return;
        };
        match (&mut known.files, file) {
            (Some(files), Some(file)) if files.contains(file) => {}
            (Some(files), Some(file)) if files.len() < MOST_FILES => files.push(file.clone()),
            (files, _) => *files = None,
        }
    }

    /// For each name the folder in which `question` is asked, and the words of the question.
    pub(crate) fn questions(
        self,
        question: &str,
    ) -> impl Iterator<Item = (Vec<u8>, Vec<OsString>)> {
        let words: &[&str] = if question == "body" { &["def", "--body"] } else { &[question] };
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        self.names.into_iter().map(move |Name { name, folder, files }| {
            let mut words = words.clone();
            for file in files.into_iter().flatten() {
                words.extend(["--seen-from".into(), file.into_os_string()]);
            }
            words.extend(["--".into(), name.into()]);
            (folder.into_os_string().into_vec(), words)
        })
    }
}

/// Where questions about what stands in the file at `path` are asked: in the list's `folder`, unless the
/// file is in another tree.
fn place(folder: &[u8], path: &[u8]) -> Place {
    let (folder, path) = (Path::new(OsStr::from_bytes(folder)), Path::new(OsStr::from_bytes(path)));
    let nowhere = Place { folder: folder.to_owned(), file: None };
    let file = folder.join(path).canonicalize().ok().filter(|file| file.is_file());
    let (Some(file), Ok(here)) = (file, Tree::locate(folder)) else { return nowhere };
    let below = |root: &Path| {
        let below = file.strip_prefix(root).ok()?;
        Some(Place { folder: root.to_owned(), file: Some(below.to_owned()) })
    };
    // One above the file's folder has the marks of a tree.
    let own = Tree::locate(&file).ok().filter(|own| Some(own.root()) != file.parent());
    if let Some(own) = own.filter(|own| own.root() != here.root()) {
        return below(own.root()).unwrap_or(nowhere);
    }
    if file.starts_with(here.root()) {
        let real = folder.canonicalize().ok().filter(|_| path.is_absolute());
        let near = real.and_then(|folder| Some(file.strip_prefix(folder).ok()?.to_owned()));
        return Place { file: Some(near.unwrap_or_else(|| path.to_owned())), ..nowhere };
    }
    // A side of a comparison, by the name that it is told by.
    let side = path.components().next().and_then(|side| folder.join(side).canonicalize().ok());
    side.and_then(|side| below(&side)).unwrap_or(nowhere)
}

/// A question's words as they are told: without those that only say from where it is asked.
pub(crate) fn question_text<W: AsRef<OsStr>>(words: &[W]) -> String {
    let mut told: Vec<String> = Vec::new();
    let mut words = words.iter().map(AsRef::as_ref);
    while let Some(word) = words.next() {
        match word.as_bytes() {
            b"--seen-from" => drop(words.next()),
            // It is there for names with a dash.
            b"--" => {}
            _ => told.push(word.to_string_lossy().into_owned()),
        }
    }
    told.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_asked_about_once_in_each_tree() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        for file in ["a.c", "b.c", "inner/.git/HEAD", "inner/fs/c.c"] {
            let file = root.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        let folder = root.as_os_str().as_bytes();
        let mut asked = AskedOf::default();
        for (name, path) in [
            ("lamp", "a.c"),
            ("lamp", "b.c"),
            ("lamp", "a.c"),
            ("bell", "gone.c"),
            ("lamp", "inner/fs/c.c"),
        ] {
            asked.add(name.to_owned(), folder, path.as_bytes());
        }
        let questions: Vec<(Vec<u8>, String)> = asked
            .questions("callers")
            .map(|(folder, words)| (folder, words.join(OsStr::new(" ")).into_string().unwrap()))
            .collect();
        let inner = root.join("inner").into_os_string().into_vec();
        let expected = [
            (folder.to_vec(), "callers --seen-from a.c --seen-from b.c -- lamp".to_owned()),
            (folder.to_vec(), "callers -- bell".to_owned()),
            (inner, "callers --seen-from fs/c.c -- lamp".to_owned()),
        ];
        assert_eq!(questions, expected);
        assert_eq!(question_text(&["def", "--seen-from", "a.c", "--", "lamp"]), "def lamp");
    }
}
