//! Damage and death: flipped and cut bytes, builders that are killed, two at once, readers
//! during a publish. A search gives the right files or the index says that it is damaged;
//! it never gives wrong ones.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use common::*;
use kgrep_index::{
    Error, Index, Tree,
    build::{Extent, Outcome, Silent, check::check, rebuild, rebuild_with, update},
    idiom::Idioms,
    store::Cache,
};

struct Place {
    _dir: tempfile::TempDir,
    top: PathBuf,
    cache: Cache,
    tree: Tree,
}

/// A tree of about `files` files that are older than any index of it.
fn place(files: usize, seed: u64) -> Place {
    let dir = tempfile::tempdir().unwrap();
    let top = dir.path().canonicalize().unwrap();
    let root = top.join("tree");
    grow(&root, files, &mut Random(seed));
    std::thread::sleep(Duration::from_millis(30));
    let cache = Cache::new(&top.join("cache"));
    Place { tree: Tree::locate(&root).unwrap(), cache, top, _dir: dir }
}

/// The files of the index that hold data.
fn data(place: &Place) -> Vec<PathBuf> {
    let files = fs::read_dir(place.cache.home(&place.tree)).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.retain(|path| fs::metadata(path).unwrap().len() > 0);
    files.sort();
    files
}

#[test]
fn a_thousand_damages_are_never_believed() {
    let place = place(400, 7);
    update(&place.cache, &place.tree, &Silent).unwrap();
    fs::write(place.tree.root().join("late.c"), "kmalloc_1 kfree_2\n").unwrap();
    std::thread::sleep(Duration::from_millis(30));
    update(&place.cache, &place.tree, &Silent).unwrap();
    let files = data(&place);
    assert!(files.len() >= 2, "{files:?}");
    let asks: Vec<Ask> = ["kmalloc_1", "pivot_root_2", "MODULE_LICENSE_3\\d", "(?i)dentry_5"]
        .map(Ask::plain)
        .to_vec();
    let right: Vec<_> = asks.iter().map(|ask| scan(ask, place.tree.root())).collect();
    let mut random = Random(99);
    let mut noticed = 0;
    for round in 0..1000 {
        let path = random.pick(&files).clone();
        let whole = fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        let at = random.below(bytes.len());
        match random.below(5) {
            0 => bytes.truncate(at),
            1 => bytes.extend_from_slice(&whole[..at.min(20)]),
            2 => bytes[at..].iter_mut().take(40).for_each(|b| *b = 0),
            _ => bytes[at] ^= 1 << random.below(8),
        }
        if bytes == whole {
            continue;
        }
        replace(&path, &bytes);
        let mut bad = false;
        for (ask, right) in asks.iter().zip(&right) {
            match search(&place.cache, &place.tree, ask, place.tree.root()) {
                Ok((found, _)) => assert_eq!(&found, right, "round {round}, {ask:?}"),
                Err(Error::Corrupt { .. } | Error::Version { .. }) => bad = true,
                Err(other) => panic!("round {round}: {other}"),
            }
        }
        let full = Index::open(&place.cache, &place.tree).and_then(|i| check(&i.unwrap()));
        assert!(full.is_err(), "round {round}: a full check must notice any damage, {path:?} {at}");
        noticed += usize::from(bad);
        replace(&path, &whole);
    }
    assert!(noticed > 200, "searches met the damage {noticed} times only");
    let index = Index::open(&place.cache, &place.tree).unwrap().unwrap();
    assert!(check(&index).unwrap().files > 50);
}

/// As damage on a disk would come: under the same name, not in a file that is mapped.
fn replace(path: &Path, bytes: &[u8]) {
    let temporary = path.with_extension("damage");
    fs::write(&temporary, bytes).unwrap();
    fs::rename(&temporary, path).unwrap();
}

#[test]
fn a_damaged_index_is_built_again() {
    let place = place(100, 3);
    update(&place.cache, &place.tree, &Silent).unwrap();
    for which in 0..data(&place).len() {
        let path = data(&place)[which].clone();
        let bytes = fs::read(&path).unwrap();
        replace(&path, &bytes[..bytes.len() / 2]);
        assert!(Index::open(&place.cache, &place.tree).is_err());
        let Outcome::Published(report) = update(&place.cache, &place.tree, &Silent).unwrap() else {
            panic!("nothing was published");
        };
        assert!(report.whole && report.discarded.is_some(), "{report:?}");
        assert!(Index::open(&place.cache, &place.tree).unwrap().is_some());
    }
}

/// Run by the next test in a process of its own.
#[test]
#[ignore = "the victim of the next test"]
fn build_again_and_again() {
    let Some(top) = std::env::var_os("KGREP_TEST_TOP") else { return };
    let cache = Cache::new(&Path::new(&top).join("cache"));
    let tree = Tree::locate(&Path::new(&top).join("tree")).unwrap();
    loop {
        rebuild(&cache, &tree, &Silent).unwrap();
    }
}

#[test]
fn a_killed_build_leaves_the_old_index_or_the_new() {
    let place = place(600, 11);
    let mut random = Random(5);
    let ask = Ask::plain("inode_1\\d");
    for round in 0..100 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "build_again_and_again"])
            .env("KGREP_TEST_TOP", &place.top)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(random.below(60_000) as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        let context = format!("round {round}");
        assert_same(&place.cache, &place.tree, &ask, place.tree.root(), &context);
        if let Some(index) = Index::open(&place.cache, &place.tree).unwrap() {
            check(&index).unwrap();
        }
    }
    update(&place.cache, &place.tree, &Silent).unwrap();
    rebuild(&place.cache, &place.tree, &Silent).unwrap();
    let left = fs::read_dir(place.cache.home(&place.tree)).unwrap().count();
    assert_eq!(left, 5, "manifest, segment, graph, lock and last use: nothing else is left lying");
}

#[test]
fn readers_go_on_while_generations_are_published() {
    let place = place(200, 13);
    update(&place.cache, &place.tree, &Silent).unwrap();
    let ask = Ask::plain("alloc_page_3");
    let right = scan(&ask, place.tree.root());
    let old = Index::open(&place.cache, &place.tree).unwrap().unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for _ in 0..30 {
                rebuild(&place.cache, &place.tree, &Silent).unwrap();
            }
        });
        while !writer.is_finished() {
            let (found, _) = search(&place.cache, &place.tree, &ask, place.tree.root()).unwrap();
            assert_eq!(found, right);
        }
    });
    check(&old).unwrap();
}

#[test]
fn the_second_builder_waits_and_leaves_it() {
    let place = place(600, 17);
    let outcomes = std::thread::scope(|scope| {
        let run = || scope.spawn(|| update(&place.cache, &place.tree, &Silent).unwrap());
        let all: Vec<_> = (0..4).map(|_| run()).collect();
        all.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(outcomes.iter().any(|outcome| matches!(outcome, Outcome::Published(_))));
    assert!(outcomes.contains(&Outcome::Another), "{outcomes:?}");
    // A rebuild that was asked for is done, whatever was published meanwhile.
    std::thread::scope(|scope| {
        let run = || scope.spawn(|| rebuild(&place.cache, &place.tree, &Silent).unwrap());
        for thread in (0..3).map(|_| run()).collect::<Vec<_>>() {
            assert!(matches!(thread.join().unwrap(), Outcome::Published(_)));
        }
    });
}

#[test]
fn a_build_that_cannot_publish_leaves_the_old_index() {
    let place = place(100, 31);
    update(&place.cache, &place.tree, &Silent).unwrap();
    fs::write(place.tree.root().join("new.c"), "mutex_lock_7\n").unwrap();
    let home = place.cache.home(&place.tree);
    // Where the manifest is to be written something is in the way, as a full disk would be.
    fs::create_dir(home.join("index.tmp")).unwrap();
    let error = update(&place.cache, &place.tree, &Silent).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
    let ask = Ask::plain("mutex_lock_7");
    assert_same(&place.cache, &place.tree, &ask, place.tree.root(), "not published");
    check(&Index::open(&place.cache, &place.tree).unwrap().unwrap()).unwrap();
    fs::remove_dir(home.join("index.tmp")).unwrap();
    update(&place.cache, &place.tree, &Silent).unwrap();
}

#[test]
fn what_a_killed_writer_left_is_no_obstacle() {
    let place = place(50, 37);
    let home = place.cache.home(&place.tree);
    fs::create_dir_all(&home).unwrap();
    let left = ["index.tmp", "scratch.tmp", "text-12"].map(|name| home.join(name));
    left.iter().for_each(|path| fs::write(path, "half").unwrap());
    update(&place.cache, &place.tree, &Silent).unwrap();
    assert!(left.iter().all(|path| !path.exists()));
}

#[test]
fn where_no_scratch_file_can_be_made_the_index_is_the_same() {
    let place = place(60, 41);
    let build = || {
        let whole = Some(Extent::Code);
        rebuild_with(&place.cache, &place.tree, &Idioms::built_in(), whole, &Silent).unwrap();
        let files = data(&place).into_iter();
        let parts = files.filter(|path| path.is_file() && !path.ends_with("index"));
        parts.map(|path| fs::read(path).unwrap()).collect::<Vec<_>>()
    };
    let with_scratch = build();
    let home = place.cache.home(&place.tree);
    assert!(!home.join("scratch.tmp").exists());
    // Something is in its way that no writer removes.
    fs::create_dir(home.join("scratch.tmp")).unwrap();
    fs::write(home.join("scratch.tmp/file"), "").unwrap();
    let without = build();
    fs::remove_dir_all(home.join("scratch.tmp")).unwrap();
    assert_eq!(with_scratch.len(), 2, "the graph and the text");
    assert!(with_scratch == without);
}

#[test]
fn an_index_is_for_its_owner_alone() {
    let place = place(20, 19);
    update(&place.cache, &place.tree, &Silent).unwrap();
    let home = place.cache.home(&place.tree);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home), 0o700);
    for file in fs::read_dir(&home).unwrap() {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
}

#[test]
fn an_index_of_another_format_is_told_and_replaced() {
    let place = place(20, 23);
    update(&place.cache, &place.tree, &Silent).unwrap();
    let manifest = place.cache.home(&place.tree).join("index");
    let mut bytes = fs::read(&manifest).unwrap();
    bytes[16] += 1;
    replace(&manifest, &bytes);
    let error = Index::open(&place.cache, &place.tree).unwrap_err();
    assert!(matches!(error, Error::Version { .. }), "{error}");
    update(&place.cache, &place.tree, &Silent).unwrap();
    assert!(Index::open(&place.cache, &place.tree).unwrap().is_some());
}

#[test]
fn indexes_are_listed_removed_and_pruned() {
    let place = place(20, 29);
    update(&place.cache, &place.tree, &Silent).unwrap();
    let other = place.top.join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("a.c"), "int a;\n").unwrap();
    update(&place.cache, &Tree::locate(&other).unwrap(), &Silent).unwrap();
    let roots = || -> Vec<PathBuf> {
        place.cache.list().unwrap().into_iter().filter_map(|entry| entry.root).collect()
    };
    assert_eq!(roots(), [other.clone(), place.tree.root().to_path_buf()]);
    assert!(place.cache.list().unwrap().iter().all(|e| e.size.bytes > 0 && e.last_used.is_some()));
    fs::remove_dir_all(&other).unwrap();
    // A process that another test starts has the lock, too, until it runs its own program: what is locked
    // is passed over.
    let prune = || {
        let pruned = place.cache.prune().unwrap();
        let is_passed_over = pruned.removed.is_empty() && pruned.left.is_empty();
        if is_passed_over {
            std::thread::sleep(Duration::from_millis(20));
        }
        (!is_passed_over).then_some(pruned)
    };
    let pruned = (0..100).find_map(|_| prune()).expect("nobody has the lock for two seconds");
    assert_eq!((pruned.removed.len(), pruned.left.len()), (1, 0));
    assert_eq!(roots(), [place.tree.root().to_path_buf()]);
    assert!(place.cache.remove(&place.tree).unwrap());
    assert!(!place.cache.remove(&place.tree).unwrap());
    assert!(Index::open(&place.cache, &place.tree).unwrap().is_none());
}
