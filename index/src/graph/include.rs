//! Which file an `#include` means, without knowing the compiler's folders: beside the file,
//! in the tree's own include folders, else the nearest file whose path ends so.

use std::collections::HashMap;

use rayon::prelude::*;

use super::builder::FileRecord;

/// For each file, the numbers of the files it includes with the lines it does so on.
pub(super) type Includes = Vec<Vec<(u32, u32)>>;

/// Resolves the includes of all files, which must be sorted by path.
pub(super) fn resolve_all(files: &[FileRecord]) -> Includes {
    let mut by_name: HashMap<&[u8], Vec<u32>> = HashMap::new();
    for (number, file) in files.iter().enumerate() {
        by_name.entry(base_name(&file.path)).or_default().push(number as u32);
    }
    files
        .par_iter()
        .map(|file| {
            let found = |path: &[u8]| nearest(&file.path, path, files, &by_name);
            file.includes.iter().filter_map(|i| Some((found(&i.path)?, i.line))).collect()
        })
        .collect()
}

fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|b| *b == b'/').next().unwrap_or(path)
}

/// How many files of the same name are looked at for one include.
const CANDIDATES: usize = 256;

/// The file that `from` means by `wanted`.
fn nearest(
    from: &[u8],
    wanted: &[u8],
    files: &[FileRecord],
    by_name: &HashMap<&[u8], Vec<u32>>,
) -> Option<u32> {
    let wanted = plain(wanted);
    let candidates = by_name.get(base_name(&wanted))?;
    let folder = &from[..from.len() - base_name(from).len()];
    let ends = |path: &[u8]| {
        path.strip_suffix(&wanted[..])
            .is_some_and(|before| before.is_empty() || before.ends_with(b"/"))
    };
    let rank = |path: &[u8]| {
        let before = &path[..path.len() - wanted.len()];
        let beside = before == folder;
        let public = matches!(before, b"include/" | b"include/uapi/");
        let shared = before.iter().zip(folder).take_while(|(a, b)| a == b).count();
        (beside, public, shared, std::cmp::Reverse(before.len()))
    };
    let fitting = candidates.iter().take(CANDIDATES).filter(|n| ends(&files[**n as usize].path));
    fitting.max_by_key(|n| rank(&files[**n as usize].path)).copied()
}

/// A path without `.` and `..` at its start: the end is what counts.
pub(super) fn plain(path: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in path.split(|b| *b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                kept.pop();
            }
            _ => kept.push(part),
        }
    }
    kept.join(&b'/')
}
