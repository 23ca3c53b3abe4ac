//! Kconfig files: a configuration, the top file and one that it may source, with NUL bytes between them.
#![no_main]

#[path = "../tree.rs"]
mod tree;

use std::sync::LazyLock;

use kgrep_index::kbuild::kconfig::Kconfig;
use kgrep_index::kbuild::{Configuration, Knowledge};
use libfuzzer_sys::fuzz_target;
use tree::Memory;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::built_in);

fuzz_target!(|data: &[u8]| {
    let mut parts = data.split(|byte| *byte == 0);
    let mut part = || parts.next().unwrap_or_default();
    let Ok(config) = Configuration::read(part(), &KNOWLEDGE) else { return };
    let files = Memory::new(&[(b"Kconfig", part()), (b"fs/Kconfig", part()), (b"a", part())]);
    let read = Kconfig::read(&files, &config);
    for symbol in read.symbols().map(<[u8]>::to_vec).take(20).collect::<Vec<_>>() {
        for definition in read.definitions(&symbol) {
            definition.needs(&config);
            definition.obstacles(&config);
        }
        read.dependents(&symbol);
    }
});
