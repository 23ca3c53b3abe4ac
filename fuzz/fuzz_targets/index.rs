//! The files of an index of a small tree, changed in some places: as they are (`r…`), which checksums must
//! notice, or with the checksums made right (`f…`), as somebody may do who hands an index to others. The
//! answer may be wrong then; it is an answer or an error, in time and without a panic.
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use kgrep_index::build::{Silent, rebuild_with};
use kgrep_index::catalog::{Query, Wanted};
use kgrep_index::graph::{Arch, Graph};
use kgrep_index::idiom::Idioms;
use kgrep_index::store::Cache;
use kgrep_index::{Error, Flags, Index, Query as Text, Scope, Tree};
use libfuzzer_sys::fuzz_target;

static IDIOMS: LazyLock<Idioms> = LazyLock::new(Idioms::built_in);

/// The tree, its index, and the index's files as they were built.
struct Place {
    _folder: tempfile::TempDir,
    cache: Cache,
    tree: Tree,
    files: Vec<(PathBuf, Vec<u8>)>,
}

static PLACE: LazyLock<Place> = LazyLock::new(|| {
    let shared = PathBuf::from("/dev/shm");
    let base = if shared.exists() { shared } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(base).expect("a folder");
    let top = folder.path().canonicalize().expect("the folder");
    let trees = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/trees/kernel");
    let copied = std::process::Command::new("cp").arg("-r").arg(trees).arg(top.join("tree")).status();
    assert!(copied.is_ok_and(|status| status.success()), "cp copies a tree");
    // A file that is younger than its index is read again.
    std::thread::sleep(std::time::Duration::from_millis(50));
    let cache = Cache::new(&top.join("cache"));
    let tree = Tree::locate(&top.join("tree")).expect("a tree");
    rebuild_with(&cache, &tree, &IDIOMS, None, &Silent).expect("an index");
    let files = fs::read_dir(cache.home(&tree)).expect("the index");
    let mut files: Vec<PathBuf> = files.flatten().map(|file| file.path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).expect("a file");
        (path, bytes)
    };
    let files: Vec<_> = files.into_iter().map(read).filter(|(_, bytes)| bytes.len() > 32).collect();
    assert!(files.len() >= 3, "{}", files.len());
    Place { _folder: folder, cache, tree, files }
});

const HEADER: usize = 32;

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?)).ok()
}

/// Makes the checksums of a file's sections and of its header right; the header's before and after.
fn make_right(bytes: &mut [u8]) -> Option<(u32, u32)> {
    let count = u32_at(bytes, 20)? as usize;
    let old = u32_at(bytes, 24)?;
    for at in (0..count.min(1024)).map(|number| HEADER + number * HEADER) {
        let (start, len) = (u64_at(bytes, at + 8)?, u64_at(bytes, at + 16)?);
        let sum = crc32fast::hash(bytes.get(start..start.checked_add(len)?)?);
        bytes.get_mut(at + 24..at + 28)?.copy_from_slice(&sum.to_le_bytes());
    }
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&bytes[..24]);
    hasher.update(bytes.get(HEADER..HEADER + count.min(1024) * HEADER)?);
    hasher.update(&(bytes.len() as u64).to_le_bytes());
    let new = hasher.finalize();
    bytes[24..28].copy_from_slice(&new.to_le_bytes());
    Some((old, new))
}

/// The files with the changes that `data` asks for: each is a file, a place in it, and a byte.
fn changed(data: &[u8]) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = PLACE.files.clone();
    for change in data.chunks_exact(6) {
        let count = files.len();
        let (_, bytes) = &mut files[usize::from(change[0]) % count];
        let place = u32::from_le_bytes([change[1], change[2], change[3], 0]) as usize;
        let at = place % bytes.len();
        match change[4] {
            0 => bytes.truncate(at.max(HEADER)),
            1 => bytes[at..].iter_mut().take(8).for_each(|byte| *byte = change[5]),
            _ => bytes[at] = change[5],
        }
    }
    files
}

/// Makes all checksums right: those of the parts, which the manifest repeats, then its own.
fn made_right(files: &mut [(PathBuf, Vec<u8>)]) -> Option<()> {
    let is_manifest = |bytes: &[u8]| bytes.get(8..16) == Some(b"index\0\0\0");
    let mut sums = Vec::new();
    for (_, bytes) in files.iter_mut().filter(|(_, bytes)| !is_manifest(bytes)) {
        sums.push(make_right(bytes)?);
    }
    let (_, manifest) = files.iter_mut().find(|(_, bytes)| is_manifest(bytes))?;
    for (old, new) in sums {
        let at = memchr::memmem::find(manifest, &old.to_le_bytes())?;
        manifest[at..at + 4].copy_from_slice(&new.to_le_bytes());
    }
    make_right(manifest).map(|_| ())
}

fn ask_graph(graph: &Graph<'_>) {
    for name in ["kfree", "vfs_open", "pivot_root", "ext4_file_operations"] {
        let Some(name) = graph.find_name(name.as_bytes()) else { continue };
        for definition in graph.definitions_of(name) {
            graph.path(definition.file);
            graph.callers(&definition, Arch::All, true);
            graph.callees(&definition, Arch::named("x86"), true);
        }
        graph.users_of(name);
    }
    let mut names = Vec::new();
    graph.names_starting_with(b"ext4", |name, _| names.push(name));
    names.truncate(20);
    names.into_iter().for_each(|name| drop(graph.name(name)));
}

fn ask() -> Result<(), Error> {
    let Some(index) = Index::open(&PLACE.cache, &PLACE.tree)? else { return Ok(()) };
    let fresh = index.refresh(&Scope::whole())?;
    for pattern in ["pivot_root", "ext4_[a-z]+", "k"] {
        index.plan(&Text::from_patterns(&[pattern], &Flags::default()), &Scope::whole())?;
    }
    index.ask_now(&fresh, &IDIOMS, |graph| graph.into_iter().for_each(ask_graph))?;
    let (query, _) = Query::parse("crash kernel memry \"root file\"");
    let wanted = Wanted { number: 10, arch: Some("x86".to_owned()), ..Wanted::default() };
    index.find(&fresh, &IDIOMS, &query, &wanted, &|_| 1)?;
    Ok(())
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, data)) = data.split_first() else { return };
    let mut files = changed(data);
    if *kind == b'f' && made_right(&mut files).is_none() {
        return;
    }
    for (path, bytes) in &files {
        let temporary = path.with_extension("new");
        fs::write(&temporary, bytes).expect("a file");
        fs::rename(&temporary, path).expect("a file");
    }
    let _ = ask();
});
