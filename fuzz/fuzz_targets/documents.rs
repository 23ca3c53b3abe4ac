//! What the catalog lists of a file: code and its comments, documentation, Kconfig, and the files of lists.
#![no_main]
#![allow(dead_code, unused_imports, reason = "the index's own modules, of which this asks little")]

#[path = "../../index/src/catalog/read/mod.rs"]
mod read;

/// As the index has it, without what it is on disk.
mod document {
    use kgrep_index::outline;

    #[derive(Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Kind {
        Symbol(outline::Kind),
        Section,
        Config,
        Param,
        Maintainer,
        File,
    }

    #[derive(Clone)]
    pub(crate) struct Document {
        pub(crate) kind: Kind,
        pub(crate) name: String,
        pub(crate) head: String,
        pub(crate) text: String,
        pub(crate) line: u32,
        pub(crate) above: u32,
        pub(crate) below: u32,
    }

    impl Document {
        pub(crate) fn new(kind: Kind, name: &[u8], line: u32) -> Document {
            let name = String::from_utf8_lossy(&name[..name.len().min(1024)]).into_owned();
            Document { kind, name, head: String::new(), text: String::new(), line, above: 0, below: 0 }
        }
    }
}

use std::sync::LazyLock;

use kgrep_index::idiom::Idioms;
use kgrep_index::outline::{self, FileOutline};
use libfuzzer_sys::fuzz_target;

static IDIOMS: LazyLock<Idioms> = LazyLock::new(Idioms::built_in);

fuzz_target!(|data: &[u8]| {
    let Some((kind, text)) = data.split_first() else { return };
    let (path, has_outline): (&[u8], bool) = match kind {
        b'c' => (b"fs/a.c", true),
        b'h' => (b"include/linux/a.h", true),
        b'S' => (b"arch/x86/a.S", true),
        b'K' => (b"fs/Kconfig", true),
        b'r' => (b"rust/a.rs", true),
        b'd' => (b"Documentation/a.rst", false),
        b'M' => (b"MAINTAINERS", false),
        b'p' => (b"Documentation/admin-guide/kernel-parameters.txt", false),
        _ => (b"Documentation/a.txt", false),
    };
    assert!(read::wants(path));
    let outline = match has_outline {
        true => outline::outline(path, text, &IDIOMS),
        false => FileOutline::default(),
    };
    let lines = 1 + memchr::memchr_iter(b'\n', text).count() as u32;
    let found = read::documents(path, text, &outline);
    let mut size = 0;
    for document in &found {
        let (line, above) = (document.line, document.above);
        assert!((1..=lines).contains(&line) && above < line, "{line}, {above} above, of {lines}");
        size += document.name.len() + document.head.len() + document.text.len();
    }
    // What is no UTF-8 may take three bytes for one; the path itself is a name, too.
    assert!(size <= 64 * text.len() + 4096, "{size} bytes of {}", text.len());
});
