//! MAINTAINERS, then the files that are asked about, with NUL bytes between them.
#![no_main]

use kgrep_engine::diff::maintainers::Maintainers;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.split(|byte| *byte == 0);
    let text = parts.next().unwrap_or_default();
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let maintainers = Maintainers::parse(text);
    for file in parts.take(8).chain([&b"drivers/lamp/core.c"[..]]) {
        let entries = maintainers.entries(file);
        for entry in &entries {
            let section = entry.section;
            assert!(section.first < entry.by && entry.by <= section.last);
        }
        assert_eq!(maintainers.subsystem(file).is_some(), !entries.is_empty());
        let line = |number: u32| lines.get(number as usize - 1).copied().unwrap_or_default().to_vec();
        for told in maintainers.lines_of(file, line) {
            assert!((1..=lines.len()).contains(&(told as usize)), "{told}");
        }
    }
});
