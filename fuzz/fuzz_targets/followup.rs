//! Follow-up lines, and the entries that they mean in lists of some lengths.
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

use std::ffi::OsString;

use kgrep_engine::plain;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(line) = std::str::from_utf8(data) else { return };
    list::ends_with_grep(line);
    if let Ok(steps) = list::parse(line) {
        assert!(!steps.is_empty());
        for step in steps {
            for len in [0, 1, 28, u64::MAX] {
                if let Ok(meant) = step.selectors.resolve(len) {
                    assert!(meant.iter().take(100).all(|index| index < len));
                }
            }
        }
    }
    let mut words = line.split(' ');
    let first = words.next().unwrap_or_default();
    let rest: Vec<OsString> = words.map(OsString::from).collect();
    let _ = list::parse_args(first, &rest);
});
