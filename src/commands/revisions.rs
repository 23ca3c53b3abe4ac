//! `kgrep index --at REV…`, `--tags GLOB`: lays revisions out, indexes them, says what of them is
//! kept, and removes it.

use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::{Result, ensure};
use indicatif::HumanBytes;
use kgrep_engine::revision::{Kept, KeptRevision, Label, Repository, Size, bare};
use kgrep_index::Tree;
use kgrep_index::store::Cache;
use serde_json::json;

use super::at::{Place, laid_out, tags};
use super::{Outcome, Session, index};
use crate::cli::{CommonArgs, IndexArgs};
use crate::folders;
use crate::message::{counted, tell};
use crate::settings::Format;

/// The time after which `--prune` removes what nobody asked about.
const UNUSED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Does what the arguments ask for to each of the revisions.
///
/// # Errors
/// If there is no such revision, or something can't be read or written.
pub(super) fn run(args: &IndexArgs, common: &CommonArgs, session: &Session) -> Result<Outcome> {
    ensure!(!args.list && !args.prune, "--list and --prune are about all that is kept, not --at");
    ensure!(!args.background, "--at doesn't go with an update in the background");
    let kept = Kept::new(&session.cache);
    let cache = Cache::new(&session.cache);
    let here = folders::current()?;
    let here = args.tree.as_ref().map_or_else(|| here.clone(), |tree| here.join(tree));
    let repository = Place::of(&here, common, &kept)?.repository;
    let mut names = common.at.clone();
    for glob in &args.tags {
        names.extend(tags(&repository, glob)?);
    }
    let mut outcome = Outcome::Nothing;
    for name in names.iter().map(|name| bare(name)) {
        let revision = repository.revision(name)?;
        let root = kept.root(&revision.tree);
        let known = kept.holding(&root).filter(|known| known.root.is_dir());
        let done = match known {
            None if args.status || args.remove || args.check => {
                tell(format!("{name} is not laid out; `kgrep index --at {name}` does it"));
                Outcome::Nothing
            }
            Some(known) if args.remove => {
                removed(&known, &kept, &cache)?;
                tell(format!("removed what was kept of {name}"));
                Outcome::Found
            }
            _ => {
                let root = laid_out(&repository, &revision, &kept)?;
                let tree = Tree::locate(&root)?;
                let as_json = args.json || session.settings.format.value == Format::Json;
                match (args.status, args.check) {
                    (true, _) => index::status(&cache, &tree, name, as_json)?,
                    (_, true) => index::check(&cache, &tree)?,
                    _ => index::build(&cache, &tree, name, args)?,
                }
            }
        };
        if done != Outcome::Nothing {
            outcome = done;
        }
    }
    if args.remove {
        kept.remove_unused_blobs()?;
    }
    Ok(outcome)
}

/// Removes a revision's files and its index.
fn removed(known: &KeptRevision, kept: &Kept, cache: &Cache) -> Result<()> {
    if let Ok(tree) = Tree::locate(&known.root) {
        cache.remove(&tree)?;
    }
    kept.remove(known)?;
    Ok(())
}

/// Removes revisions whose repository is gone, or that nobody asked about for long, with their
/// indexes; how many.
///
/// # Errors
/// If the cache can't be read or written.
pub(super) fn prune(kept: &Kept, cache: &Cache) -> Result<u64> {
    let mut gone = 0;
    for known in kept.all()? {
        let unused = known.used.is_none_or(|used| {
            SystemTime::now().duration_since(used).is_ok_and(|age| age > UNUSED)
        });
        let why = match &known.label {
            Some(label) if !label.repository.exists() => "its repository is gone",
            None => "nobody knows of which repository it is",
            Some(_) if unused => "not asked about for 30 days",
            Some(_) => continue,
        };
        let called = known.label.as_ref().map_or_else(|| known.root.display().to_string(), called);
        removed(&known, kept, cache)?;
        tell(format!("removed what was kept of {called}: {why}"));
        gone += 1;
    }
    kept.remove_broken_sides();
    let bytes = kept.remove_unused_blobs()?;
    if bytes > 0 {
        tell(format!("removed what no revision has any more, {}", HumanBytes(bytes)));
    }
    Ok(gone)
}

/// `v6.1 of /src/linux`.
pub(super) fn called(label: &Label) -> String {
    let repository = match label.repository.parent() {
        Some(top) if label.repository.ends_with(".git") => top,
        _ => &label.repository,
    };
    format!("{} of {}", label.name, repository.display())
}

/// What is kept of the revisions of the repository that `tree` is in, a line each.
///
/// # Errors
/// If the cache can't be read.
pub(super) fn lines(tree: &Tree, session: &Session, as_json: bool) -> Result<String> {
    let Ok(repository) = Repository::around(tree.root()) else { return Ok(String::new()) };
    let mut page = String::new();
    let cache = Cache::new(&session.cache);
    for known in Kept::new(&session.cache).all()? {
        let Some(label) = &known.label else { continue };
        if label.repository != repository.path() {
            continue;
        }
        let Size { files, own, shared } = Kept::size(&known);
        let indexed = Tree::locate(&known.root).map(|tree| cache.size(&tree)).unwrap_or_default();
        if as_json {
            let value = json!({
                "revision": label.name,
                "commit": label.commit,
                "repository": label.repository.to_string_lossy(),
                "tree": known.root.to_string_lossy(),
                "files": files,
                "own_bytes": own,
                "shared_bytes": shared,
                "index_own_bytes": indexed.bytes - indexed.shared,
                "index_shared_bytes": indexed.shared,
            });
            page += &format!("{value}\n");
            continue;
        }
        let parts =
            |own, shared| format!("{} of its own, {} shared", HumanBytes(own), HumanBytes(shared));
        let name = index::path_text(Path::new(&label.name));
        let (files, sizes) = (counted(files, "file"), parts(own, shared));
        let index = match indexed.bytes {
            0 => "not indexed".to_owned(),
            bytes => format!("index {}", parts(bytes - indexed.shared, indexed.shared)),
        };
        page += &format!("{:11} {name}: {files}, {sizes}; {index}\n", "revision");
    }
    Ok(page)
}
