//! Stored lists: any bytes (first byte even), or payloads and tables of a list whose checksums are right,
//! so that what is behind the checksums is read, too.
#![no_main]
#![allow(dead_code, unused_imports, reason = "the program's own modules, of which this asks little")]

#[path = "../../src/interrupts.rs"]
mod interrupts;
#[path = "../../src/list/mod.rs"]
mod list;

/// What is seen while one waits: nothing, here.
mod waiting {
    pub(crate) fn end() {}
}

use std::fs;

use kgrep_engine::plain;
use libfuzzer_sys::fuzz_target;
use list::{List, ListError};

/// A list of these payloads: the last is the description, some of the others are files.
fn sound(data: &[u8]) -> Vec<u8> {
    let mut bytes = b"kgrepls\x06".to_vec();
    let payloads: Vec<&[u8]> = data.split(|byte| *byte == 0xff).collect();
    let mut slots = Vec::new();
    for payload in &payloads {
        slots.push((bytes.len() as u64, payload.len() as u32, crc32fast::hash(payload)));
        bytes.extend_from_slice(payload);
    }
    let meta = slots.pop().expect("splitting gives one at least");
    let table = bytes.len() as u64;
    let entries = slots.len() as u64 / 2;
    let slot = |bytes: &mut Vec<u8>, (offset, len, crc): (u64, u32, u32)| {
        bytes.extend_from_slice(&offset.to_le_bytes());
        bytes.extend_from_slice(&len.to_le_bytes());
        bytes.extend_from_slice(&crc.to_le_bytes());
    };
    let files = slots.len() as u64 - entries;
    slots.into_iter().for_each(|each| slot(&mut bytes, each));
    let begin = bytes.len();
    for field in [entries, table, files, table + entries * 16] {
        bytes.extend_from_slice(&field.to_le_bytes());
    }
    slot(&mut bytes, meta);
    let crc = crc32fast::hash(&bytes[begin..]);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes.extend_from_slice(b"kgrepls\x06");
    bytes
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, data)) = data.split_first() else { return };
    let bytes = if kind % 2 == 0 { data.to_vec() } else { sound(data) };
    let base = if fs::exists("/dev/shm").unwrap_or(false) { "/dev/shm".into() } else { std::env::temp_dir() };
    let file = tempfile::NamedTempFile::new_in(base).expect("a file");
    fs::write(file.path(), bytes).expect("a file");
    let Ok(list) = List::load(file.path()) else { return };
    let len = list.len().min(1000);
    for index in (0..len).chain([list.len(), u64::MAX]) {
        let _ = list.for_each([index], |_, _, _| Ok::<_, ListError>(true));
    }
    let _ = list.for_each(0..len, |_, _, _| Ok::<_, ListError>(true));
    let _ = list.file(0);
});
