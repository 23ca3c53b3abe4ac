//! What a build has to read: the files that changed, and those of segments that are not
//! worth keeping. Everything else is taken over from the old index.

use std::collections::HashSet;

use super::Place;
use crate::{
    Index, State,
    paths::join,
    stamp::Start,
    store::{
        manifest::Part,
        table::{File, View},
    },
    tree::{
        listing::{ListedFile, ListedFolder},
        rules::is_rule,
    },
};

/// More segments than this cost every search more than reading their files again costs once.
const MAX_PARTS: usize = 8;

/// A file to be read: the numbers of its folder in the listing and of the file in its folder.
pub(super) type Job = (usize, usize);

/// What is to be read and what is kept.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// In the order of the listing.
    pub(super) files: Vec<Job>,
    /// Those whose text the old index has, and that are read for their code and documents only, each
    /// with its number among all that are listed.
    again: Vec<(Job, usize)>,
    /// The files that are not what the old index read.
    pub(super) differing: Vec<Job>,
    /// These, and those of whose code something else may hold because of others.
    pub(super) changed: Vec<Job>,
    /// Bytes of the files that are read.
    pub(super) bytes: u64,
    /// For each listed file its place, unless it is to be read.
    pub(super) places: Vec<Option<Place>>,
    /// The old index's segments that stay; places count in them.
    pub(super) kept_parts: Vec<Part>,
    /// Whether every file is as it was, and none is gone.
    same_files: bool,
}

impl Work {
    /// Compares the listing with the old index. `same` says for each file whether it is what the index
    /// knows, where stamps don't, of an index that begins as another; what lies over graph and catalog
    /// of the files in `again` is made anew, whatever is known.
    pub(super) fn new(
        old: Option<&Index>,
        listed: &[ListedFolder],
        start: Start,
        (same, again): (Option<&[bool]>, &HashSet<Vec<u8>>),
    ) -> Work {
        let Compared { places, live, same_files } = Compared::of(old, listed, start, same);
        let old_parts = old.map_or(&[][..], |old| old.manifest().parts());
        let fresh = places.iter().filter(|place| place.is_none()).count();
        let kept = worth_keeping(old_parts, &live, fresh, same.is_some());
        // Old number of a part to its new one.
        let mut numbers = vec![None; old_parts.len()];
        let mut kept_parts = Vec::new();
        for (old, _) in kept.iter().enumerate().filter(|(_, kept)| **kept) {
            numbers[old] = Some(kept_parts.len() as u16);
            kept_parts.push(old_parts[old]);
        }
        let mut work = Work { places, kept_parts, same_files, ..Work::default() };
        work.sort_out(listed, &numbers, again);
        work
    }

    /// Counts places in the parts that are kept, by the new number of each old part. A file
    /// without a place, or with one in a part that is not kept, is to be read; those in `again` for
    /// their code and documents only.
    fn sort_out(
        &mut self,
        listed: &[ListedFolder],
        numbers: &[Option<u16>],
        again: &HashSet<Vec<u8>>,
    ) {
        let mut at = 0;
        for (folder_number, folder) in listed.iter().enumerate() {
            for (file_number, file) in folder.files.iter().enumerate() {
                let (job, number) = ((folder_number, file_number), at);
                at += 1;
                let place = &mut self.places[number];
                let is_known = place.is_some_and(|place| is_of_text(place.state));
                let is_again = is_known
                    && !again.is_empty()
                    && again.contains(&join(&folder.path, file.name.to_bytes()));
                if place.is_none() {
                    self.differing.push(job);
                }
                if place.is_none() || is_again {
                    self.changed.push(job);
                }
                if let Some(Place { state: State::Text, part, .. }) = place {
                    match numbers.get(usize::from(*part)).copied().flatten() {
                        Some(number) => *part = number,
                        None => *place = None,
                    }
                }
                match place {
                    None => self.files.push(job),
                    Some(_) if is_again => self.again.push((job, number)),
                    Some(_) => continue,
                }
                self.bytes += file.stamp.size;
            }
        }
    }

    /// The files that are read for their code and documents only.
    pub(super) fn again(&self) -> Vec<Job> {
        self.again.iter().map(|(job, _)| *job).collect()
    }

    /// Takes what these files were found to be, in their order.
    pub(super) fn read_again(&mut self, states: &[State]) {
        for ((_, number), &state) in self.again.iter().zip(states) {
            if !is_of_text(state) {
                self.places[*number] = Some(Place { state, part: 0, document: 0 });
            }
        }
    }

    /// How many files are read.
    pub(super) fn reads(&self) -> u64 {
        (self.files.len() + self.again.len()) as u64
    }

    /// Whether a new generation would be the old one.
    pub(super) fn changes_nothing(
        &self,
        old: &Index,
        listed: &[ListedFolder],
        rules: &[u8],
    ) -> bool {
        let view = old.table();
        self.same_files
            && self.files.is_empty()
            && self.kept_parts == old.manifest().parts()
            && old.manifest().rules() == rules
            && view.folders() == listed.len()
            && listed.iter().enumerate().all(|(at, now)| {
                let then = view.folder(at);
                then.path().to_bytes() == now.path
                    && then.flags == now.flags
                    && then.stamp == now.stamp
            })
    }
}

/// The listed files beside those of the old index.
struct Compared {
    /// For each listed file its place in the old index's parts, where it needn't be read.
    places: Vec<Option<Place>>,
    /// For each of these parts, how many of its documents are still files.
    live: Vec<usize>,
    /// Whether every file is as it was, and none is gone.
    same_files: bool,
}

impl Compared {
    fn of(
        old: Option<&Index>,
        listed: &[ListedFolder],
        start: Start,
        same: Option<&[bool]>,
    ) -> Compared {
        let view = old.map(Index::table);
        let parts = old.map_or(0, |old| old.manifest().parts().len());
        let mut compared = Compared { places: Vec::new(), live: vec![0; parts], same_files: true };
        for folder in listed {
            let then =
                view.and_then(|view| Some((view, view.folder(view.find_folder(&folder.path)?))));
            for file in &folder.files {
                let known = then.as_ref().and_then(|(view, then)| {
                    Some(view.file(then, view.find_file(then, file.name.to_bytes())?))
                });
                let is_same = |known: &File| match same {
                    Some(same) => same.get(compared.places.len()) == Some(&true),
                    None => known.stamp == file.stamp,
                };
                let unchanged = known.as_ref().filter(|known| is_same(known));
                compared.add(file, known.as_ref(), place_of(file, unchanged, start));
            }
        }
        compared.same_files &= view.map_or(0, |view: View| view.files()) == compared.places.len();
        compared
    }

    /// Adds a file as the old index knows it, with its place.
    #[inline]
    fn add(&mut self, file: &ListedFile, known: Option<&File>, place: Option<Place>) {
        self.same_files &= known.is_some_and(|known| {
            known.stamp == file.stamp
                && known.hidden == file.hidden
                && place.is_some_and(|p| p.state == known.state)
        });
        if let Some(Place { state: State::Text, part, .. }) = place
            && let Some(count) = self.live.get_mut(usize::from(part))
        {
            *count += 1;
        }
        self.places.push(place);
    }
}

/// A file's place without reading it, if that is possible. `known` is what the index has of one
/// that is as it was.
fn place_of(file: &ListedFile, known: Option<&File>, start: Start) -> Option<Place> {
    // A rule file that is ignored itself must not change unseen between verdict and stamp.
    let is_new_rule = is_rule(file.name.to_bytes()) && file.stamp.is_racy(start);
    if file.ignored && !is_new_rule {
        return Some(Place { state: State::Ignored, part: 0, document: 0 });
    }
    if file.stamp.is_racy(start) {
        return Some(Place { state: State::Racy, part: 0, document: 0 });
    }
    let known = known?;
    is_of_text(known.state).then_some(Place {
        state: known.state,
        part: u16::try_from(known.segment).ok()?,
        document: known.document,
    })
}

/// Whether a file of this state was read, and is as it was then.
fn is_of_text(state: State) -> bool {
    matches!(state, State::Text | State::Utf16 | State::Dense)
}

/// For each segment whether it is kept, when `live` of its documents are still files and
/// `fresh` files are to be read anyway. What is `shared` with another index takes no room here: it
/// goes only where there are many.
fn worth_keeping(parts: &[Part], live: &[usize], fresh: usize, shared: bool) -> Vec<bool> {
    let mut kept: Vec<bool> = parts
        .iter()
        .zip(live)
        .map(|(part, &live)| live > 0 && live * 2 >= part.documents as usize)
        .collect();
    let mut reread = fresh;
    for at in 0..parts.len() {
        reread += if kept[at] { 0 } else { live[at] };
    }
    // The newest first: sizes then grow towards the oldest, like powers of two or faster, so
    // that there are few and a file is read again a few times only.
    if reread > 0 {
        for at in (0..parts.len()).rev() {
            let many = kept.iter().filter(|kept| **kept).count() >= MAX_PARTS;
            if kept[at] && ((live[at] <= 2 * reread && !shared) || many) {
                kept[at] = false;
                reread += live[at];
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(documents: &[u32]) -> Vec<Part> {
        let part = |&documents| Part { number: 1, checksum: 0, documents, bytes: 0 };
        documents.iter().map(part).collect()
    }

    #[test]
    fn a_small_change_leaves_the_large_segment() {
        assert_eq!(worth_keeping(&parts(&[80_000]), &[79_900], 100, false), [true]);
        assert_eq!(
            worth_keeping(&parts(&[80_000, 150]), &[79_900, 140], 100, false),
            [true, false]
        );
        assert_eq!(worth_keeping(&parts(&[80_000, 900]), &[79_900, 900], 100, false), [true, true]);
    }

    #[test]
    fn what_is_shared_stays() {
        let kept = |shared| worth_keeping(&parts(&[80_000, 150]), &[79_900, 140], 100, shared);
        assert_eq!((kept(false), kept(true)), (vec![true, false], vec![true, true]));
        assert_eq!(worth_keeping(&parts(&[9; 8]), &[9; 8], 1, true)[6..], [true, false]);
        assert_eq!(worth_keeping(&parts(&[80_000, 150]), &[79_900, 70], 100, true), [true, false]);
    }

    #[test]
    fn what_is_half_gone_is_read_again() {
        assert_eq!(worth_keeping(&parts(&[80_000]), &[30_000], 50_000, false), [false]);
        assert_eq!(worth_keeping(&parts(&[80_000, 50]), &[80_000, 0], 0, false), [true, false]);
    }

    #[test]
    fn segments_stay_few() {
        let mut sizes = vec![1_000_000u32];
        for _ in 0..1000 {
            let live: Vec<usize> = sizes.iter().map(|&size| size as usize).collect();
            let kept = worth_keeping(&parts(&sizes), &live, 10, false);
            let mut next: Vec<u32> =
                sizes.iter().zip(&kept).filter(|(_, k)| **k).map(|(s, _)| *s).collect();
            let reread: u32 = sizes.iter().zip(&kept).filter(|(_, k)| !**k).map(|(s, _)| *s).sum();
            next.push(reread + 10);
            sizes = next;
            assert!(sizes.len() <= MAX_PARTS + 1, "{sizes:?}");
        }
    }
}
