//! What the tests of the index share: a random number generator whose seed is all there is
//! to say about a run, generated trees that look a little like a kernel, and a search with
//! and without the index.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::{
    collections::BTreeSet,
    fs,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use grep_matcher::Matcher;
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use ignore::WalkBuilder;
use kgrep_index::{Error, Flags, Index, Listing, Narrow, Plan, Query, Scope, Tree, store::Cache};

/// A small generator (xorshift64*): the same numbers for a seed, everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() >> 16) as usize % end
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const WORDS: [&str; 24] = [
    "kmalloc",
    "kfree",
    "static",
    "int",
    "struct",
    "pivot_root",
    "return",
    "init",
    "alloc_page",
    "inode",
    "dentry",
    "mutex_lock",
    "KERN_INFO",
    "MODULE_LICENSE",
    "void",
    "sizeof",
    "-EINVAL",
    "goto",
    "out_free",
    "Straße",
    "/*",
    "*/",
    "crashkernel=auto",
    "\u{212a}elvin",
];

/// A few lines of text.
pub(crate) fn text(random: &mut Random) -> Vec<u8> {
    let mut text = Vec::new();
    for _ in 0..random.below(8) {
        for _ in 0..random.below(6) {
            let word = *random.pick(&WORDS);
            let number = random.below(40);
            text.extend_from_slice(format!("{word}_{number} ").as_bytes());
        }
        text.push(b'\n');
    }
    match random.below(40) {
        0 => text.insert(0, 0),
        1 => text.extend_from_slice(b"\xff\xfe\xfd binary"),
        2 => {
            let utf16 = String::from_utf8_lossy(&text).into_owned();
            text = vec![0xff, 0xfe];
            text.extend(utf16.encode_utf16().flat_map(u16::to_le_bytes));
        }
        _ => {}
    }
    text
}

/// A folder or file name out of few, so that edits meet.
pub(crate) fn name(random: &mut Random) -> String {
    let stem = random.pick(&["fs", "mm", "net", "core", "main", "util", ".cfg", "a-b", "a"]);
    match random.below(3) {
        0 => format!("{stem}{}.o", random.below(6)),
        _ => format!("{stem}{}.c", random.below(30)),
    }
}

/// A tree of about `files` files below `root`.
pub(crate) fn grow(root: &Path, files: usize, random: &mut Random) {
    fs::create_dir_all(root).unwrap();
    let mut folders = vec![root.to_path_buf()];
    for _ in 0..files / 12 {
        let folder = random.pick(&folders).join(format!("d{}", random.below(50)));
        fs::create_dir_all(&folder).unwrap();
        folders.push(folder);
    }
    for _ in 0..files {
        fs::write(random.pick(&folders).join(name(random)), text(random)).unwrap();
    }
    fs::write(root.join(".ignore"), "*.o\nd3/\n").unwrap();
}

/// Every path below `root`, files and folders.
pub(crate) fn everything(root: &Path) -> Vec<PathBuf> {
    let walk = WalkBuilder::new(root).standard_filters(false).build();
    walk.filter_map(|entry| Some(entry.ok()?.into_path())).skip(1).collect()
}

/// What a search is asked.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) pattern: String,
    pub(crate) flags: Flags,
    pub(crate) hidden: bool,
    pub(crate) no_ignore: bool,
    pub(crate) follow: bool,
}

impl Ask {
    pub(crate) fn random(random: &mut Random) -> Ask {
        let word = (*random.pick(&WORDS)).to_owned();
        let number = random.below(40);
        let pattern = match random.below(6) {
            0 => format!("{}_{number}", regex_syntax::escape(&word)),
            1 => format!("{}.*_{number}\\b", regex_syntax::escape(&word)),
            2 => format!("({}|kfree)_{number} i", regex_syntax::escape(&word)),
            3 => format!("[km]\\w+_{number}"),
            4 => format!("^{}_1{number}?", regex_syntax::escape(&word)),
            _ => regex_syntax::escape(&word),
        };
        let case_insensitive = random.below(3) == 0;
        Ask {
            pattern,
            flags: Flags { case_insensitive, ..Flags::default() },
            hidden: random.below(4) == 0,
            no_ignore: random.below(6) == 0,
            follow: random.below(6) == 0,
        }
    }

    pub(crate) fn plain(pattern: &str) -> Ask {
        let flags = Flags::default();
        Ask { pattern: pattern.into(), flags, hidden: false, no_ignore: false, follow: false }
    }

    fn matcher(&self) -> RegexMatcher {
        let mut builder = RegexMatcherBuilder::new();
        builder.multi_line(true).case_insensitive(self.flags.case_insensitive);
        builder.build(&self.pattern).unwrap()
    }

    fn walk(&self, start: &Path) -> WalkBuilder {
        let mut walk = WalkBuilder::new(start);
        walk.hidden(!self.hidden).follow_links(self.follow).sort_by_file_name(|a, b| a.cmp(b));
        walk.add_custom_ignore_filename(".rgignore");
        if self.no_ignore {
            walk.ignore(false).git_ignore(false).git_exclude(false).git_global(false);
            walk.parents(false);
        }
        walk
    }
}

fn matching(ask: &Ask, walk: &WalkBuilder) -> Vec<PathBuf> {
    let matcher = ask.matcher();
    let mut found = Vec::new();
    for entry in walk.build().flatten() {
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            let mut text = fs::read(entry.path()).unwrap_or_default();
            // As the searcher does.
            if let Some(utf16) = text.strip_prefix(b"\xff\xfe") {
                let units: Vec<u16> = utf16
                    .chunks_exact(2)
                    .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
                    .collect();
                text = String::from_utf16_lossy(&units).into_bytes();
            }
            if matcher.is_match(&text).unwrap() {
                found.push(entry.into_path());
            }
        }
    }
    found
}

/// The files with a match, without an index.
pub(crate) fn scan(ask: &Ask, start: &Path) -> Vec<PathBuf> {
    matching(ask, &ask.walk(start))
}

/// What the index did for a search.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Used {
    Narrowed,
    /// Narrowed, and the files could be listed without a walk.
    Listed,
    Scanned,
    None,
}

/// The files with a match, with the index if there is one that helps.
pub(crate) fn search(
    cache: &Cache,
    tree: &Tree,
    ask: &Ask,
    start: &Path,
) -> Result<(Vec<PathBuf>, Used), Error> {
    let Some(index) = Index::open(cache, tree)? else {
        return Ok((scan(ask, start), Used::None));
    };
    let scope = start.strip_prefix(tree.root()).unwrap();
    let scope = Scope::below([scope.as_os_str().as_bytes()]);
    let query = Query::from_patterns(&[&ask.pattern], &ask.flags);
    let candidates = match index.plan(&query, &scope)? {
        Plan::Narrow(candidates) => candidates,
        Plan::Scan(_) => return Ok((scan(ask, start), Used::Scanned)),
    };
    let fresh = index.refresh(&scope)?;
    let listing = Listing { ignored: ask.no_ignore, links: ask.follow };
    let narrow = Narrow::new(&index, &candidates, &fresh, listing);
    let root = tree.root().to_path_buf();
    let listed = (!ask.no_ignore && !ask.follow)
        .then(|| narrow.list(start.strip_prefix(&root).unwrap().as_os_str().as_bytes(), ask.hidden))
        .flatten();
    let mut walk = ask.walk(start);
    walk.filter_entry(move |entry| {
        let path = entry.path().strip_prefix(&root).unwrap().as_os_str().as_bytes();
        match entry.file_type() {
            _ if entry.depth() == 0 => true,
            Some(kind) if kind.is_dir() => narrow.dir(path),
            _ => narrow.file(path),
        }
    });
    if let Some(listed) = listed {
        let files = walk.build().flatten().filter(|e| e.file_type().is_some_and(|k| k.is_file()));
        let walked: Vec<PathBuf> = files.map(|entry| entry.into_path()).collect();
        let listed: Vec<PathBuf> =
            listed.iter().map(|path| tree.root().join(std::ffi::OsStr::from_bytes(path))).collect();
        assert_eq!(listed, walked, "listed and walked, from {}, {ask:?}", start.display());
        return Ok((matching(ask, &walk), Used::Listed));
    }
    Ok((matching(ask, &walk), Used::Narrowed))
}

/// Fails unless the index gives what the scan gives.
pub(crate) fn assert_same(
    cache: &Cache,
    tree: &Tree,
    ask: &Ask,
    start: &Path,
    context: &str,
) -> Used {
    let plain = scan(ask, start);
    let (found, used) = search(cache, tree, ask, start).unwrap();
    let (plain, found): (BTreeSet<_>, BTreeSet<_>) =
        (plain.into_iter().collect(), found.into_iter().collect());
    let missed: Vec<_> = plain.difference(&found).collect();
    let extra: Vec<_> = found.difference(&plain).collect();
    assert!(
        missed.is_empty() && extra.is_empty(),
        "{context} {ask:?}: missed {missed:?}, extra {extra:?}"
    );
    used
}
