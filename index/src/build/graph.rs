//! The graph's part of a build: outlines the files while they are in memory for the text,
//! and writes the whole graph or, on an update, the outlines of what changed.

use std::sync::{Arc, Mutex, PoisonError};

use super::{
    Observer,
    plan::{Job, Work},
};
use crate::{
    Error, Index, State,
    graph::{
        Batch, Builder, Changed,
        kept::{Callable, Kept},
        stored::{self, Outlines, Over},
    },
    idiom::Idioms,
    outline::{self, FileOutline, Language},
    paths::join,
    scratch::Scratch,
    store::{
        Home,
        manifest::{GraphPart, NO_CODE},
    },
    tree::listing::ListedFolder,
};

/// When more files than this changed since the graph was built, it is built anew: laying them
/// over it costs every question a tenth of a millisecond each.
pub(super) const MAX_CHANGED: usize = 1000;

/// The same of a tree that never changes, and over whose graph the files are laid once.
pub(super) const MAX_DIFFERING: usize = 20_000;

/// What a build makes of the graph.
pub(super) enum Plan {
    /// All files are read; the code's are outlined, when that is wanted.
    Whole { builder: Builder, code: bool },
    /// The graph stays; these files are no longer what it says of them.
    Changed {
        old: Index,
        base: GraphPart,
        before: Outlines,
        changed: Mutex<Outlines>,
        /// Of a tree that never changes: others begin as it, and of outlines that were read once stays
        /// what these need.
        keeping: Option<Keeping>,
    },
}

/// What is kept of outlines.
pub(super) struct Keeping {
    callable: Callable,
    /// As it is while the build needs it.
    made: Mutex<Vec<Changed>>,
}

/// The most files of outlines that are read one after the other; more are put together.
const MOST_OVER: usize = 8;

/// How many files may lie over a graph.
pub(super) fn most(settled: bool) -> usize {
    if settled { MAX_DIFFERING } else { MAX_CHANGED }
}

impl Plan {
    /// A plan for building everything.
    pub(super) fn whole(code: bool, scratch: &Arc<Scratch>) -> Plan {
        Plan::Whole { builder: Builder::within(scratch), code }
    }

    /// A plan for updating `old`'s graph; `None` when the graph is better built anew.
    pub(super) fn update(
        old: &Index,
        (idioms, code): (&Idioms, bool),
        listed: &[ListedFolder],
        work: &Work,
        settled: bool,
    ) -> Result<Option<Plan>, Error> {
        let base = old.manifest().graph().clone();
        let wanted = if code { idioms.fingerprint() } else { NO_CODE };
        if base.idioms != wanted {
            return Ok(None);
        }
        let mut changed = Outlines::new();
        if !code {
            let changed = Mutex::new(changed);
            let (old, before, keeping) = (old.clone(), Outlines::new(), None);
            return Ok(Some(Plan::Changed { old, base, before, changed, keeping }));
        }
        for &job in &work.changed {
            let path = path_of(listed, job);
            if Language::of(&path).is_some() {
                changed.insert(path, None);
            }
        }
        for path in gone(old, listed, &|path| Language::of(path).is_some()) {
            changed.insert(path, None);
        }
        let before = old.stored().outlines()?;
        let count =
            before.len() + changed.keys().filter(|path| !before.contains_key(*path)).count();
        if count > most(settled) {
            return Ok(None);
        }
        let keeping = settled.then(|| Keeping::over(old)).transpose()?;
        let (old, changed) = (old.clone(), Mutex::new(changed));
        Ok(Some(Plan::Changed { old, base, before, changed, keeping }))
    }

    /// Takes the text of a file that is being read anyway. Its outline, where one was made.
    pub(super) fn file(
        &self,
        batch: &mut Batch,
        path: &[u8],
        text: &[u8],
        idioms: &Idioms,
    ) -> Option<FileOutline> {
        Language::of(path)?;
        match self {
            Plan::Whole { code: false, .. } => None,
            Plan::Whole { code: true, .. } => {
                let outline = outline::outline(path, text, idioms);
                batch.add(path, &outline);
                Some(outline)
            }
            Plan::Changed { changed, keeping, .. } => {
                let lock = || changed.lock().unwrap_or_else(PoisonError::into_inner);
                if !lock().contains_key(path) {
                    return None;
                }
                let outline = outline::outline(path, text, idioms);
                let packed = match keeping {
                    Some(keeping) => keeping.keep(path, &outline),
                    None => stored::pack(&outline),
                };
                lock().insert(path.to_vec(), Some(packed));
                Some(outline)
            }
        }
    }

    /// Takes what `file` collected.
    pub(super) fn take(&self, batch: Batch) {
        if let Plan::Whole { builder, .. } = self {
            builder.take(batch);
        }
    }

    /// Writes what is new under the number `number` or the one after, and returns what the
    /// manifest says of it; `None` when the graph is better built anew, for much follows from
    /// what changed.
    pub(super) fn write(
        self,
        home: &Home,
        number: u64,
        idioms: &Idioms,
        observer: &dyn Observer,
    ) -> Result<Option<GraphPart>, Error> {
        match self {
            Plan::Whole { builder, code } => {
                let sections = builder.try_finish(idioms, &|| observer.freed());
                let sections = sections.map_err(|error| Error::io(&home.scratch_path(), error))?;
                let checksum = stored::write_graph(&home.graph(number), &sections)?;
                let idioms = if code { idioms.fingerprint() } else { NO_CODE };
                Ok(Some(GraphPart { number, checksum, outlines: Vec::new(), idioms }))
            }
            Plan::Changed { old, mut base, before, changed, keeping } => {
                let changed = changed.into_inner().unwrap_or_else(PoisonError::into_inner);
                if changed.is_empty() {
                    return Ok(Some(base));
                }
                let over = match keeping {
                    Some(keeping) => {
                        keeping.lay(&old, (before, changed), idioms, &mut base.outlines)?
                    }
                    None => {
                        base.outlines.clear();
                        lay_all(&old, (before, changed), idioms)?
                    }
                };
                let Some(over) = over else { return Ok(None) };
                let checksum = over.write(&home.outlines(number))?;
                base.outlines.push((number, checksum));
                Ok(Some(base))
            }
        }
    }
}

impl Keeping {
    fn over(old: &Index) -> Result<Keeping, Error> {
        Ok(Keeping { callable: old.stored().graph()?.callable(), made: Mutex::default() })
    }

    /// What is kept of an outline, packed.
    fn keep(&self, path: &[u8], outline: &FileOutline) -> Vec<u8> {
        let kept = Kept::of(outline, &self.callable);
        let packed = stored::pack_kept(&kept);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.push((path.to_vec(), Some(kept)));
        packed
    }

    /// Lays what was `changed` before and what is now over the graph: what of it goes into a file beside
    /// the `others`, or in the place of these where they are many. Files that are read again because of
    /// it are read again where something lies over this, and are not told.
    fn lay(
        self,
        old: &Index,
        (mut before, changed): (Outlines, Outlines),
        idioms: &Idioms,
        others: &mut Vec<(u64, u32)>,
    ) -> Result<Option<Over>, Error> {
        let mut all = before.clone();
        all.retain(|path, _| !changed.contains_key(path));
        let mut all = old.stored().decode(&all)?;
        let gone = changed.iter().filter(|(_, outline)| outline.is_none());
        all.extend(gone.map(|(path, _)| (path.clone(), None)));
        all.extend(self.made.into_inner().unwrap_or_else(PoisonError::into_inner));
        let mut graph = old.stored().graph()?;
        let read = |path: &[u8]| old.outline_of(path, idioms).ok();
        let mut verdicts = old.stored().verdicts()?;
        if graph.lay_over(all, idioms, (MAX_DIFFERING, Some(&mut verdicts)), &read).is_err() {
            return Ok(None);
        }
        let mut outlines = changed;
        if others.len() >= MOST_OVER {
            others.clear();
            before.extend(outlines);
            outlines = before;
        }
        Ok(Some(Over { outlines, laid: graph.laid(), verdicts: verdicts.encode() }))
    }
}

/// Lays what was `changed` before and what is now over the graph, and what follows from it: outlines of
/// what did not change, and of which something else holds now that the others did, are told too.
fn lay_all(
    old: &Index,
    (mut all, changed): (Outlines, Outlines),
    idioms: &Idioms,
) -> Result<Option<Over>, Error> {
    all.extend(changed);
    let mut graph = old.stored().graph()?;
    let read = |path: &[u8]| old.outline_of(path, idioms).ok();
    let changed = old.stored().decode(&all)?;
    let Ok(again) = graph.lay_over(changed, idioms, (MAX_CHANGED, None), &read) else {
        return Ok(None);
    };
    all.extend(again.into_iter().map(|(path, now)| (path, now.as_ref().map(stored::pack))));
    Ok(Some(Over { outlines: all, laid: graph.laid(), verdicts: Vec::new() }))
}

pub(super) fn path_of(listed: &[ListedFolder], (folder, file): Job) -> Vec<u8> {
    join(&listed[folder].path, listed[folder].files[file].name.to_bytes())
}

/// The files of the old index that are `wanted` and no longer listed.
pub(super) fn gone(
    old: &Index,
    listed: &[ListedFolder],
    wanted: &dyn Fn(&[u8]) -> bool,
) -> Vec<Vec<u8>> {
    let view = old.table();
    let mut gone = Vec::new();
    for at in 0..view.folders() {
        let folder = view.folder(at);
        let path = folder.path().to_bytes();
        let now = listed.binary_search_by(|now| now.path.as_slice().cmp(path)).ok();
        for number in folder.file_range() {
            let file = view.file(&folder, number);
            let name = file.name.to_bytes();
            let is_listed = now.is_some_and(|now| {
                let files = &listed[now].files;
                let found = files.binary_search_by(|file| file.name.to_bytes().cmp(name));
                found.is_ok_and(|at| !files[at].ignored)
            });
            if file.state != State::Ignored && !is_listed {
                let path = join(path, name);
                if wanted(&path) {
                    gone.push(path);
                }
            }
        }
    }
    gone
}
