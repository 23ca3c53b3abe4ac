//! Lines of a kernel log.
#![no_main]

use kgrep_engine::log::{cleaned, frame, machine, parts, stamp};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for line in data.split(|byte| *byte == b'\n') {
        cleaned(line);
        machine(line);
        for part in parts(line) {
            frame(part.text);
            if let Some(stamp) = stamp(part.text) {
                stamp.paths().count();
            }
        }
    }
});
