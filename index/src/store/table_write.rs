//! The file table, written: the bytes of its sections, as `table` reads them.

use super::{
    container::Section,
    table::{FILES, FOLDERS, NAMES, State, View},
};
use crate::{
    bytes::{put_u32, put_u64},
    stamp::Stamp,
};

/// The three sections, growing. Folders come sorted by path, each with its files after it,
/// sorted by name.
#[derive(Debug, Default)]
pub(crate) struct TableWriter {
    folders: Vec<u8>,
    files: Vec<u8>,
    names: Vec<u8>,
    file_count: u32,
    names_base: usize,
}

impl TableWriter {
    /// Adds a folder that will have `files` files.
    pub(crate) fn folder(
        &mut self,
        path: &[u8],
        parent: u32,
        files: u32,
        flags: u32,
        stamp: &Stamp,
    ) {
        put_u64(&mut self.folders, self.names.len() as u64);
        self.names.extend_from_slice(path);
        self.names.push(0);
        self.names_base = self.names.len();
        put_u64(&mut self.folders, self.names_base as u64);
        put_u32(&mut self.folders, parent);
        put_u32(&mut self.folders, self.file_count);
        self.file_count += files;
        put_u32(&mut self.folders, self.file_count);
        put_u32(&mut self.folders, flags);
        stamp.put(&mut self.folders);
    }

    /// Adds a file to the last folder.
    pub(crate) fn file(
        &mut self,
        name: &[u8],
        state: State,
        segment: u16,
        document: u32,
        hidden: bool,
        stamp: &Stamp,
    ) {
        // One folder's names past 4 GB: such a folder would not fit any file system.
        let offset = u32::try_from(self.names.len() - self.names_base).unwrap_or(u32::MAX);
        put_u32(&mut self.files, offset);
        put_u32(&mut self.files, u32::from(segment) << 16 | u32::from(hidden) << 8 | state as u32);
        put_u32(&mut self.files, document);
        put_u32(&mut self.files, 0);
        stamp.put(&mut self.files);
        self.names.extend_from_slice(name);
        self.names.push(0);
    }

    /// The sections, to be written.
    pub(crate) fn sections(&self) -> [Section<'_>; 3] {
        [
            Section { name: FOLDERS, pieces: vec![&self.folders] },
            Section { name: FILES, pieces: vec![&self.files] },
            Section { name: NAMES, pieces: vec![&self.names] },
        ]
    }

    /// The table, to look into before it is written.
    pub(crate) fn view(&self) -> View<'_> {
        View { folders: &self.folders, files: &self.files, names: &self.names }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::table::{Folder, OPAQUE},
        *,
    };

    fn last_of<'a>(view: &View<'a>) -> Folder<'a> {
        view.folder(view.folders() - 1)
    }

    #[test]
    fn what_was_written_is_found_again() {
        let stamp = |size| Stamp { size, mtime: 2, ctime: 3, inode: 4 };
        let mut writer = TableWriter::default();
        writer.folder(b"", 0, 2, 0, &stamp(0));
        writer.file(b"Kconfig", State::Text, 0, 7, false, &stamp(1));
        writer.file(b"Makefile", State::Utf16, 2, 8, true, &stamp(2));
        writer.folder(b"fs", 0, 0, OPAQUE, &stamp(0));
        writer.folder(b"fs-x", 0, 1, 0, &stamp(0));
        writer.file(b"inode.c", State::Text, 1, 9, false, &stamp(3));
        let view = writer.view();
        assert_eq!((view.folders(), view.files()), (3, 3));
        let root = view.folder(0);
        let makefile = view.file(&root, view.find_file(&root, b"Makefile").unwrap());
        assert_eq!((makefile.state, makefile.segment, makefile.document), (State::Utf16, 2, 8));
        assert_eq!(makefile.stamp, stamp(2));
        assert!(makefile.hidden && !view.file(&last_of(&view), 2).hidden);
        assert!(view.find_file(&root, b"inode.c").is_none());
        let last = view.folder(view.find_folder(b"fs-x").unwrap());
        assert_eq!(view.find_file(&last, b"inode.c"), Some(2));
        assert!(view.folder(view.find_folder(b"fs").unwrap()).has(OPAQUE));
        assert!(view.find_folder(b"f").is_none());
    }
}
