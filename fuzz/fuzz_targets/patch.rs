//! Patches: whatever is read is written so that it is read the same; behind a NUL byte is the text that
//! the hunks are looked for in.
#![no_main]

use std::path::Path;

use kgrep_engine::diff::locate::{Lines, place};
use kgrep_engine::diff::model::{DiffSet, Entry, FileChange};
use kgrep_engine::diff::{parse, write};
use libfuzzer_sys::fuzz_target;

fn read(text: &[u8]) -> DiffSet {
    let mut set = DiffSet::default();
    parse::read(&mut set, text, b"a.patch", Path::new("a.patch"));
    set
}

fuzz_target!(|data: &[u8]| {
    let at = memchr::memchr(0, data).unwrap_or(data.len());
    let (patch, text) = (&data[..at], data.get(at + 1..).unwrap_or_default());
    let set = read(patch);
    let entries: Vec<Entry<'_>> = set.files.iter().flat_map(|file| file.entries(None)).collect();
    let lines = Lines::of(text);
    for file in &set.files {
        for hunk in &file.hunks {
            place(&lines, hunk);
            hunk.counts();
            hunk.context();
        }
    }
    // Of a hunk that ends early it can't be said whether `--- a` and `+++ b` are its lines or the next file's.
    if !set.problems.is_empty() {
        return;
    }
    let mut written = Vec::new();
    if write::write(&mut written, &entries).is_ok_and(|left_out| left_out.is_empty()) {
        let again = read(&written);
        let counts = |set: &DiffSet| -> Vec<(u32, u32)> {
            // A rename by a broken header has nothing that could be written.
            set.files.iter().map(FileChange::counts).filter(|counts| *counts != (0, 0)).collect()
        };
        assert_eq!(counts(&again), counts(&set), "{}", String::from_utf8_lossy(&written));
    }
});
