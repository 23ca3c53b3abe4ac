//! Outlines of any bytes: lines are the file's, what is stored is read back, and what is asked of one
//! name is answered.
#![no_main]

use std::sync::LazyLock;

use kgrep_index::idiom::Idioms;
use kgrep_index::outline::{FileOutline, guards, mentions, outline};
use libfuzzer_sys::fuzz_target;

static IDIOMS: LazyLock<Idioms> = LazyLock::new(Idioms::built_in);

fuzz_target!(|data: &[u8]| {
    let Some((kind, text)) = data.split_first() else { return };
    let path: &[u8] = match kind {
        b'h' => b"include/linux/a.h",
        b'S' => b"arch/x86/a.S",
        b'K' => b"fs/Kconfig",
        b'r' => b"rust/a.rs",
        _ => b"fs/a.c",
    };
    let lines = 1 + memchr::memchr_iter(b'\n', text).count() as u32;
    let found = outline(path, text, &IDIOMS);
    for definition in &found.definitions {
        let (first, last) = (definition.first, definition.last);
        assert!(1 <= first && first <= last && last <= lines, "{first}-{last} of {lines}");
    }
    for used in &found.uses {
        assert!((1..=lines).contains(&used.line), "{} of {lines}", used.line);
    }
    let names: Vec<Vec<u8>> =
        found.definitions.iter().take(3).map(|d| found.name(d.name).to_vec()).collect();
    let heads: Vec<u32> = found.definitions.iter().map(|d| d.first).collect();
    assert_eq!(guards(path, text, &heads).len(), heads.len());
    for name in names {
        mentions(path, text, &IDIOMS, &name);
    }
    assert_eq!(FileOutline::decode(&found.encode()), Ok(found));
});
