//! A kernel or module with debug information (`e…`), or one that is packed (`g…`, `x…`, `z…`).
#![no_main]
#![allow(dead_code, reason = "the engine's own modules, of which this asks little")]

#[path = "../../engine/src/log/debug/elf.rs"]
mod elf;
#[path = "../../engine/src/log/debug/packed.rs"]
mod packed;

use std::fs;
use std::path::PathBuf;

use elf::Elf;
use libfuzzer_sys::fuzz_target;
use packed::Packing;

/// As the engine has it.
pub struct DebugError {
    pub path: PathBuf,
    pub why: String,
}

/// As the engine has it.
struct Exact {
    path: Vec<u8>,
    line: u32,
    function: Vec<u8>,
}

/// What is packed is read so far: the engine's own bound is that of a kernel.
const MOST: u64 = 1 << 20;

fuzz_target!(|data: &[u8]| {
    let Some((kind, data)) = data.split_first() else { return };
    let packing = match kind {
        b'g' => Some(Packing::Gzip),
        b'x' => Some(Packing::Xz),
        b'z' => Some(Packing::Zstd),
        _ => None,
    };
    let unpacked = packing.map(|packing| packing.unpacked(data, MOST));
    let bytes = match &unpacked {
        Some(Ok(bytes)) => &bytes[..],
        Some(Err(_)) => return,
        None => data,
    };
    let base = if fs::exists("/dev/shm").unwrap_or(false) { "/dev/shm".into() } else { std::env::temp_dir() };
    let file = tempfile::NamedTempFile::new_in(base).expect("a file");
    fs::write(file.path(), bytes).expect("a file");
    let Ok(elf) = Elf::open(file.path()) else { return };
    for symbol in [&b"lamp_set"[..], b"lamp_note", b"a"] {
        for (offset, size) in [(0, 0), (5, 0x20), (u64::MAX, 1)] {
            if let Some(address) = elf.address(symbol, offset, size) {
                elf.frames(address);
            }
        }
    }
    for address in [0, 1, 0x1000, 0x1_0000_0000, 0x2_0000_0008, u64::MAX] {
        elf.frames(address);
    }
});
