//! Makefiles: a configuration, the top one and a folder's, with NUL bytes between them.
#![no_main]

#[path = "../tree.rs"]
mod tree;

use std::sync::LazyLock;

use kgrep_index::kbuild::{Configuration, Knowledge, built, explain, with_includes};
use libfuzzer_sys::fuzz_target;
use tree::Memory;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::built_in);

fuzz_target!(|data: &[u8]| {
    let mut parts = data.split(|byte| *byte == 0);
    let mut part = || parts.next().unwrap_or_default();
    let Ok(config) = Configuration::read(part(), &KNOWLEDGE) else { return };
    let files = Memory::new(&[
        (b"Makefile", part()),
        (b"fs/Makefile", part()),
        (b"fs/ext4/Makefile", part()),
        (b"fs/open.c", b"#include \"a.h\"\n"),
        (b"fs/a.h", b"#include \"a.h\"\n"),
        (b"fs/ext4/inode.c", b"#include <linux/fs.h>\n"),
        (b"kernel/fork.c", b""),
        (b"init/main.S", b""),
    ]);
    let found = with_includes(built(&files, &config, &KNOWLEDGE), &files, &config, &KNOWLEDGE);
    for path in [&b"fs/open.c"[..], b"fs/a.h", b"fs/ext4/inode.c"] {
        found.state(path);
        explain(&found, &files, &config, &KNOWLEDGE, path);
    }
});
