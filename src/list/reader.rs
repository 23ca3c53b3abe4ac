//! Reads a list: any one entry by three small reads, or all of them in a row.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use super::layout::{ListError, MAGIC, Meta, Slot, Trailer};
use super::{FileEntry, Match};

/// Where a list's bytes are.
pub(super) enum Source {
    File(File),
    Memory(Vec<u8>),
}

impl Source {
    fn len(&self) -> io::Result<u64> {
        match self {
            Source::File(file) => Ok(file.metadata()?.len()),
            Source::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        match self {
            Source::File(file) => file.read_exact_at(buffer, offset),
            Source::Memory(bytes) => usize::try_from(offset)
                .ok()
                .and_then(|start| bytes.get(start..start.checked_add(buffer.len())?))
                .map(|part| buffer.copy_from_slice(part))
                .ok_or_else(|| io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// A complete list, open for reading.
pub(crate) struct List {
    source: Source,
    trailer: Trailer,
    meta: Meta,
    /// Where entries and files are, of a list that is still being written: its tables are not
    /// on disk yet.
    so_far: Option<SoFar>,
}

/// The tables of a list that is still being written.
#[derive(Clone)]
pub(super) struct SoFar {
    pub(super) entries: Vec<Slot>,
    pub(super) files: Vec<Slot>,
    /// How many bytes of payloads there are.
    pub(super) len: u64,
}

/// Slots are read this many at a time when entries are read in a row.
const SLOTS_AT_ONCE: usize = 4096;

impl List {
    /// Opens the list at `path`.
    ///
    /// # Errors
    /// When it can't be read, is damaged, or belongs to another version.
    pub(crate) fn load(path: &Path) -> Result<List, ListError> {
        List::open(Source::File(File::open(path)?))
    }

    pub(super) fn open(source: Source) -> Result<List, ListError> {
        let len = source.len()?;
        let mut magic = [0; MAGIC.len()];
        let trailer_at = len
            .checked_sub(Trailer::SIZE as u64)
            .filter(|at| *at >= MAGIC.len() as u64)
            .ok_or(ListError::Damaged("it is too short"))?;
        source.read_at(&mut magic, 0)?;
        if magic[..MAGIC.len() - 1] != MAGIC[..MAGIC.len() - 1] {
            return Err(ListError::Damaged("it is no list"));
        }
        if magic != MAGIC {
            return Err(ListError::Version);
        }
        let mut bytes = [0; Trailer::SIZE];
        source.read_at(&mut bytes, trailer_at)?;
        let trailer = Trailer::from_bytes(&bytes)?;
        let fits = |at: u64, count: u64| {
            count
                .checked_mul(Slot::SIZE as u64)
                .and_then(|size| at.checked_add(size))
                .is_some_and(|end| end <= trailer_at)
        };
        if !fits(trailer.entry_slots, trailer.entries) || !fits(trailer.file_slots, trailer.files) {
            return Err(ListError::Damaged("a table is cut"));
        }
        let mut buffer = Vec::new();
        read_payload(&source, trailer.meta, &mut buffer)?;
        let meta = postcard::from_bytes(&buffer)
            .map_err(|_| ListError::Damaged("its description is unreadable"))?;
        Ok(List { source, trailer, meta, so_far: None })
    }

    /// What there is of a list that is still being written.
    pub(super) fn so_far(source: Source, so_far: SoFar, meta: Meta) -> List {
        let trailer = Trailer {
            entries: so_far.entries.len() as u64,
            entry_slots: so_far.len,
            files: so_far.files.len() as u64,
            file_slots: so_far.len,
            meta: Slot::of(0, b""),
        };
        List { source, trailer, meta, so_far: Some(so_far) }
    }

    /// The same list, open once more.
    ///
    /// # Errors
    /// When it can't be opened.
    pub(super) fn again(&self) -> io::Result<List> {
        let source = match &self.source {
            Source::File(file) => Source::File(file.try_clone()?),
            Source::Memory(bytes) => Source::Memory(bytes.clone()),
        };
        let so_far = self.so_far.clone();
        Ok(List { source, trailer: self.trailer, meta: self.meta.clone(), so_far })
    }

    /// Whether both are the same file.
    pub(crate) fn is_same(&self, other: &List) -> bool {
        let id = |list: &List| match &list.source {
            Source::File(file) => file.metadata().ok().map(|meta| (meta.dev(), meta.ino())),
            Source::Memory(_) => None,
        };
        id(self).is_some_and(|own| id(other) == Some(own))
    }

    /// What is known of the list besides its entries.
    pub(crate) fn meta(&self) -> &Meta {
        &self.meta
    }

    /// How many entries it has.
    pub(crate) fn len(&self) -> u64 {
        self.trailer.entries
    }

    /// The file whose record `slot` leads to.
    fn file_at(&self, slot: Slot) -> Result<FileEntry, ListError> {
        let mut buffer = Vec::new();
        read_payload(&self.source, slot, &mut buffer)?;
        file_in(&buffer, slot)
    }

    /// Calls `each` with every entry of `indices` and its file, in that order, until
    /// it returns false.
    ///
    /// # Errors
    /// The first entry that can't be read, or `each`'s own error.
    pub(crate) fn for_each<E: From<ListError>>(
        &self,
        indices: impl IntoIterator<Item = u64>,
        mut each: impl FnMut(u64, &FileEntry, &Match<'_>) -> Result<bool, E>,
    ) -> Result<(), E> {
        let mut cursor = Cursor::new(self);
        for index in indices {
            let (file, entry) = cursor.read(index)?;
            if !each(index, file, &entry)? {
                break;
            }
        }
        Ok(())
    }

    /// The valid indices, as `0-41`.
    fn range(&self) -> String {
        format!("0-{}", self.trailer.entries.saturating_sub(1))
    }
}

/// Reads entries mostly in order: slots and payloads come in large pieces.
struct Cursor<'a> {
    list: &'a List,
    slots: Vec<u8>,
    first_slot: u64,
    window: Vec<u8>,
    window_at: u64,
    payload: Vec<u8>,
    file: Option<(u32, FileEntry)>,
    /// Where files' records are, from number `first_file` on.
    file_slots: Vec<u8>,
    first_file: u64,
}

/// Slots of files are read this many at a time: many entries are in one.
const FILES_AT_ONCE: u64 = 512;

/// Payloads are read this many bytes at a time.
const WINDOW: u64 = 1 << 18;

impl<'a> Cursor<'a> {
    fn new(list: &'a List) -> Cursor<'a> {
        Cursor {
            list,
            slots: Vec::new(),
            first_slot: 0,
            window: Vec::new(),
            window_at: 0,
            payload: Vec::new(),
            file: None,
            file_slots: Vec::new(),
            first_file: 0,
        }
    }

    fn read(&mut self, index: u64) -> Result<(&FileEntry, Match<'_>), ListError> {
        let list = self.list;
        if index >= list.trailer.entries {
            return Err(ListError::OutOfRange { index, range: list.range() });
        }
        let slot = self.slot(index)?;
        let inside = slot.offset.checked_sub(self.window_at).filter(|at| {
            at.checked_add(u64::from(slot.len)).is_some_and(|end| end <= self.window.len() as u64)
        });
        let payload = match inside {
            Some(at) => {
                let at = usize::try_from(at).expect("inside the window");
                &self.window[at..at + slot.len as usize]
            }
            None if u64::from(slot.len) <= WINDOW => {
                let size = WINDOW.min(list.trailer.entry_slots.saturating_sub(slot.offset));
                if u64::from(slot.len) > size {
                    return Err(ListError::Damaged("an entry points outside"));
                }
                self.window.resize(usize::try_from(size).expect("at most WINDOW"), 0);
                self.window_at = slot.offset;
                list.source.read_at(&mut self.window, slot.offset)?;
                &self.window[..slot.len as usize]
            }
            None => {
                read_payload(&list.source, slot, &mut self.payload)?;
                &self.payload
            }
        };
        if crc32fast::hash(payload) != slot.crc {
            return Err(ListError::Damaged("an entry has a wrong checksum"));
        }
        let entry: Match<'_> = postcard::from_bytes(payload)
            .map_err(|_| ListError::Damaged("an entry is unreadable"))?;
        if self.file.as_ref().is_none_or(|(number, _)| *number != entry.file) {
            let files = (&mut self.file_slots, &mut self.first_file);
            let slot = file_slot(list, files, entry.file)?;
            // It was written before the first entry that is in it.
            let at =
                slot.offset.checked_sub(self.window_at).and_then(|at| usize::try_from(at).ok());
            let held = at.and_then(|at| self.window.get(at..at.checked_add(slot.len as usize)?));
            let file = match held {
                Some(bytes) => file_in(bytes, slot)?,
                None => list.file_at(slot)?,
            };
            self.file = Some((entry.file, file));
        }
        let (_, file) = self.file.as_ref().expect("just set");
        Ok((file, entry))
    }

    fn slot(&mut self, index: u64) -> Result<Slot, ListError> {
        let list = self.list;
        if let Some(so_far) = &list.so_far {
            let at = usize::try_from(index).unwrap_or(usize::MAX);
            return so_far.entries.get(at).copied().ok_or(ListError::Damaged("a table is cut"));
        }
        let held = (self.slots.len() / Slot::SIZE) as u64;
        if index < self.first_slot || index >= self.first_slot + held {
            let left = list.trailer.entries - index;
            let count = left.min(SLOTS_AT_ONCE as u64);
            self.slots.resize(usize::try_from(count).expect("small") * Slot::SIZE, 0);
            self.first_slot = index;
            let at = list.trailer.entry_slots + index * Slot::SIZE as u64;
            list.source.read_at(&mut self.slots, at)?;
        }
        let at = usize::try_from(index - self.first_slot).expect("held") * Slot::SIZE;
        let bytes = self.slots[at..].first_chunk().expect("whole slots are held");
        Ok(Slot::from_bytes(*bytes))
    }
}

/// Where the record of a file is, by what is `held` of the table, from a number on.
fn file_slot(
    list: &List,
    (slots, first): (&mut Vec<u8>, &mut u64),
    file: u32,
) -> Result<Slot, ListError> {
    let file = u64::from(file);
    if file >= list.trailer.files {
        return Err(ListError::Damaged("an entry names no file"));
    }
    if let Some(so_far) = &list.so_far {
        let at = usize::try_from(file).unwrap_or(usize::MAX);
        return so_far.files.get(at).copied().ok_or(ListError::Damaged("a table is cut"));
    }
    let count = (slots.len() / Slot::SIZE) as u64;
    if file < *first || file >= *first + count {
        // Who reads on in another file asks for more; one alone is asked for once.
        let most = if slots.is_empty() { 1 } else { FILES_AT_ONCE };
        let count = most.min(list.trailer.files - file);
        slots.resize(usize::try_from(count).expect("few") * Slot::SIZE, 0);
        *first = file;
        list.source.read_at(slots, list.trailer.file_slots + file * Slot::SIZE as u64)?;
    }
    let at = usize::try_from(file - *first).expect("held") * Slot::SIZE;
    let bytes = slots.get(at..).and_then(|slots| slots.first_chunk());
    bytes.map(|bytes| Slot::from_bytes(*bytes)).ok_or(ListError::Damaged("a table is cut"))
}

/// The file that a record, which `slot` leads to, is of.
fn file_in(bytes: &[u8], slot: Slot) -> Result<FileEntry, ListError> {
    if crc32fast::hash(bytes) != slot.crc {
        return Err(ListError::Damaged("an entry has a wrong checksum"));
    }
    postcard::from_bytes(bytes).map_err(|_| ListError::Damaged("a file name is unreadable"))
}

fn read_payload(source: &Source, slot: Slot, buffer: &mut Vec<u8>) -> Result<(), ListError> {
    // A length is believed only as far as the file is long.
    if slot
        .offset
        .checked_add(u64::from(slot.len))
        .is_none_or(|end| source.len().is_ok_and(|len| end > len))
    {
        return Err(ListError::Damaged("an entry points outside"));
    }
    buffer.resize(slot.len as usize, 0);
    source.read_at(buffer, slot.offset)?;
    if crc32fast::hash(buffer) != slot.crc {
        return Err(ListError::Damaged("an entry has a wrong checksum"));
    }
    Ok(())
}
