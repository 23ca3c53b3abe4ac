//! Whether an index is intact: every checksum, and a sample of the files read again.

use crate::{
    Error, Index, State, catalog::Catalog, store::table, text::trigrams::Trigrams,
    tree::raw::Folder,
};

/// How many files are read again.
const SAMPLE_FILES: usize = 200;
/// How many of a file's trigrams are looked up.
const SAMPLE_TRIGRAMS: usize = 64;

/// What was checked, and found right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Bytes of the index whose checksums were compared.
    pub bytes: u64,
    /// Files that were read and whose text is in the index as it should be.
    pub files: u64,
}

/// Checks the whole index. An error says what is damaged.
pub fn check(index: &Index) -> Result<Checked, Error> {
    let manifest = index.manifest().container();
    manifest.verify()?;
    let mut checked = Checked { bytes: manifest.len(), files: 0 };
    for segment in index.segments() {
        segment.container().verify()?;
        checked.bytes += segment.container().len();
    }
    for container in index.stored().containers() {
        container.verify()?;
        checked.bytes += container.len();
    }
    for container in index.catalog().map(Catalog::containers).into_iter().flatten() {
        container.verify()?;
        checked.bytes += container.len();
    }
    let view = index.table();
    let top = Folder::root(index.root())?;
    let step = view.files().div_ceil(SAMPLE_FILES).max(1);
    let mut trigrams = Trigrams::new();
    let mut next = 0;
    for at in 0..view.folders() {
        let folder = view.folder(at);
        while folder.file_range().contains(&next) {
            let file = view.file(&folder, next);
            next += step;
            // A file that changed since says nothing about the index.
            let text =
                (file.state == State::Text).then(|| read_unchanged(&top, &folder, &file)).flatten();
            let (Some(text), Some(segment)) = (text, index.segments().get(file.segment)) else {
                continue;
            };
            trigrams.feed(&text);
            let every = (trigrams.len() / SAMPLE_TRIGRAMS).max(1);
            let (mut number, mut sample) = (0, Vec::new());
            trigrams.finish(|trigram| {
                if number % every == 0 {
                    sample.push(trigram);
                }
                number += 1;
            });
            for trigram in sample {
                if !segment.documents_with(trigram)?.get(file.document as usize) {
                    return Err(segment.container().corrupt("a file's text is not in it"));
                }
            }
            checked.files += 1;
        }
    }
    Ok(checked)
}

fn read_unchanged(top: &Folder, folder: &table::Folder, file: &table::File) -> Option<Vec<u8>> {
    use std::io::Read;
    let open = top.open(folder.path()).ok()?;
    let mut text = Vec::new();
    let mut source = open.read_file(file.name).ok()?;
    let same = |source: &std::fs::File| {
        rustix::fs::fstat(source).is_ok_and(|stat| file.stamp.is_of(&stat))
    };
    if !same(&source) {
        return None;
    }
    source.read_to_end(&mut text).ok()?;
    same(&source).then_some(text)
}
