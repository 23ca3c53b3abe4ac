//! A folder of patches as a series or a spec lists them: the list, then a NUL byte, then a patch.
#![no_main]

use std::fs;

use kgrep_engine::diff::set::{holds_patches, load};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let at = memchr::memchr(0, data).unwrap_or(data.len());
    let (list, patch) = (&data[..at], data.get(at + 1..).unwrap_or_default());
    let base = if fs::exists("/dev/shm").unwrap_or(false) { "/dev/shm".into() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(base).expect("a folder");
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).expect("a file");
    write("a.patch", patch);
    write("b.patch", b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n");
    let is_spec = memchr::memmem::find(list, b"Patch").is_some();
    write(if is_spec { "kernel.spec" } else { "series" }, list);
    holds_patches(folder.path());
    let _ = load(folder.path());
});
