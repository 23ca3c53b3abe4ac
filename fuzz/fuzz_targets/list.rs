//! Stored lists, by the first byte of the input: the whole file (0); payloads whose tables and checksums are
//! right (1); a list as kgrep writes it, with some bytes of its payloads changed and the checksums right
//! again (2). So what is behind the checksums is read, too.
#![no_main]
#![allow(dead_code, unused_imports, reason = "the program's own modules, of which this asks little")]

#[path = "../../src/interrupts.rs"]
mod interrupts;
/// The layout once more, for what only the list itself may see.
#[path = "../../src/list/layout.rs"]
mod layout;
#[path = "../../src/list/mod.rs"]
mod list;

/// What is seen while one waits: nothing, here.
mod waiting {
    pub(crate) fn end() {}
}

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use kgrep_engine::place::LoggedRemark;
use kgrep_engine::plain;
use layout::{MAGIC, Slot, Trailer};
use libfuzzer_sys::fuzz_target;
use list::{
    Column, ContextLine, FileEntry, List, ListError, Logged, LoggedAs, LoggedPlace, Match, Meta, Shelf, Span,
    Terminal,
};

/// Between two payloads of an input.
const BETWEEN: [u8; 2] = [0xff, 0xff];

/// What a list holds, without where it lies.
#[derive(Clone)]
struct Payloads {
    entries: Vec<Vec<u8>>,
    files: Vec<Vec<u8>>,
    meta: Vec<u8>,
}

impl Payloads {
    /// As a list's file, with right checksums.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let mut add = |payload: &Vec<u8>| {
            let slot = Slot::of(bytes.len() as u64, payload);
            bytes.extend_from_slice(payload);
            slot
        };
        let files: Vec<Slot> = self.files.iter().map(&mut add).collect();
        let entries: Vec<Slot> = self.entries.iter().map(&mut add).collect();
        let meta = add(&self.meta);
        let entry_slots = bytes.len() as u64;
        let file_slots = entry_slots + (entries.len() * Slot::SIZE) as u64;
        for slot in entries.iter().chain(&files) {
            bytes.extend_from_slice(&slot.to_bytes());
        }
        let (entries, files) = (entries.len() as u64, files.len() as u64);
        bytes.extend_from_slice(&Trailer { entries, entry_slots, files, file_slots, meta }.to_bytes());
        bytes
    }

    /// Those of a list's file.
    fn of(bytes: &[u8]) -> Payloads {
        let end = bytes.last_chunk::<{ Trailer::SIZE }>().expect("a list has a trailer");
        let trailer = Trailer::from_bytes(end).expect("it is right");
        let payload = |slot: Slot| {
            let start = slot.offset as usize;
            bytes[start..start + slot.len as usize].to_vec()
        };
        let table = |at: u64, count: u64| -> Vec<Vec<u8>> {
            let slots = bytes[at as usize..].chunks_exact(Slot::SIZE).take(count as usize);
            slots.map(|slot| payload(Slot::from_bytes(slot.try_into().expect("its size")))).collect()
        };
        Payloads {
            entries: table(trailer.entry_slots, trailer.entries),
            files: table(trailer.file_slots, trailer.files),
            meta: payload(trailer.meta),
        }
    }
}

/// A folder for files that are written and read at once.
fn base() -> PathBuf {
    if fs::exists("/dev/shm").unwrap_or(false) { "/dev/shm".into() } else { std::env::temp_dir() }
}

/// An entry with something in every field.
fn full(file: u32) -> Match<'static> {
    let line = |line| ContextLine { line, offset: 290, text: b"{\n", cut: 0 };
    let place = LoggedPlace {
        path: "mm/slub.c".to_owned(),
        line: 7,
        last: 8,
        function: "free_all".to_owned(),
        sure: "likely".to_owned(),
        how: "call".to_owned(),
        patches: vec!["a.patch".to_owned()],
    };
    let remark = LoggedRemark { about: "subsystem".to_owned(), text: "SLAB".to_owned() };
    let places = vec![place.clone(), place];
    let logged = Logged { line: 3, what: LoggedAs::Frame, places, remark: Some(remark) };
    Match {
        file,
        line: 7,
        offset: 300,
        text: b"\tkfree(a);\n",
        spans: vec![Span { start: 1, end: 6 }, Span { start: 7, end: 8 }],
        cells: vec!["free_all"],
        section: Some("section"),
        before: vec![line(5), line(6)],
        after: vec![line(8)],
        depth: 2,
        gap: true,
        logged: Some(Box::new(logged)),
        ..Match::default()
    }
}

/// A list as kgrep writes it.
static REAL: LazyLock<Payloads> = LazyLock::new(|| {
    let cache = tempfile::tempdir_in(base()).expect("a folder");
    let revision = list::AtRevision {
        name: "v6.1".to_owned(),
        commit: "0123456789abcdef0123456789abcdef01234567".to_owned(),
        repository: b"/tree/.git".to_vec(),
    };
    let meta = Meta {
        created: 1_600_000_000,
        folder: b"/tree".to_vec(),
        command: vec!["refs".to_owned(), "kfree".to_owned()],
        request: None,
        terminal: Terminal::current(),
        columns: vec![Column::new("Function", list::Role::Function)],
        files_only: false,
        revision: Some(revision),
    };
    let shelf = Shelf::new(cache.path());
    let mut writer = shelf.begin(meta, u64::MAX);
    for name in ["mm/slub.c", "-", "fs/\u{fc}.c"] {
        let file = writer.push_file(&FileEntry { path: name.as_bytes().to_vec(), stdin: name == "-" });
        writer.push(&Match { file, line: 9, text: b"kfree(b);\n", ..Match::default() });
        writer.push(&full(file));
    }
    let (_, number) = shelf.publish(writer.finish().expect("a list"));
    number.expect("it is published");
    let files = fs::read_dir(shelf.folder()).expect("its folder").flatten();
    let bytes = files.filter_map(|file| fs::read(file.path()).ok()).find(|bytes| bytes.starts_with(&MAGIC));
    Payloads::of(&bytes.expect("the list's file"))
});

/// A list of the payloads of an input: how many of them are entries, then those, the files, and the
/// description; an empty one stands for a right one.
fn given(data: &[u8]) -> Payloads {
    let Some((count, data)) = data.split_first() else { return REAL.clone() };
    let (mut payloads, mut from) = (Vec::new(), 0);
    for at in memchr::memmem::find_iter(data, &BETWEEN) {
        payloads.push(data[from..at].to_vec());
        from = at + BETWEEN.len();
    }
    let meta = if data[from..].is_empty() { REAL.meta.clone() } else { data[from..].to_vec() };
    let files = payloads.split_off(payloads.len().min(usize::from(*count)));
    Payloads { entries: payloads, files, meta }
}

/// The real list with the changes of an input: each is a payload, a place in it, what is done, and a byte.
fn changed(data: &[u8]) -> Payloads {
    let mut list = REAL.clone();
    for change in data.chunks_exact(4) {
        let mut all: Vec<&mut Vec<u8>> =
            list.entries.iter_mut().chain(&mut list.files).chain([&mut list.meta]).collect();
        let count = all.len();
        let payload = &mut all[usize::from(change[0]) % count];
        let at = usize::from(change[1]) % (payload.len() + 1);
        match change[2] {
            0 => payload.truncate(at),
            1 => payload.insert(at, change[3]),
            _ => payload[at..].iter_mut().take(1).for_each(|byte| *byte = change[3]),
        }
    }
    list
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, data)) = data.split_first() else { return };
    let bytes = match kind % 3 {
        0 => data.to_vec(),
        1 => given(data).to_bytes(),
        _ => changed(data).to_bytes(),
    };
    let file = tempfile::NamedTempFile::new_in(base()).expect("a file");
    fs::write(file.path(), bytes).expect("a file");
    let list = List::load(file.path());
    // What changes nothing is a list: so the target notices that it asks nothing any more.
    assert!(kind % 3 != 2 || data.len() >= 4 || list.as_ref().is_ok_and(|list| list.len() == 6));
    let Ok(list) = list else { return };
    let len = list.len().min(1000);
    for index in (0..len).chain([list.len(), u64::MAX]) {
        let _ = list.for_each([index], |_, _, _| Ok::<_, ListError>(true));
    }
    let read = list.for_each(0..len, |_, _, _| Ok::<_, ListError>(true));
    assert!(kind % 3 != 2 || data.len() >= 4 || read.is_ok());
});
