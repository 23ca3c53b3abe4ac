//! Which patches belong together: a file, an mbox, a folder, a quilt series, an RPM spec.
//!
//! The order is the one they are applied in. A patch that a series names and nobody can
//! read is a problem to report, not the end. Lists come from strangers: of what they name,
//! only regular files are read that lie in the folder the user named.

use super::model::{DiffSet, Problem};
use super::parse;
use super::strip::restrip;
use crate::Error;
use bstr::ByteSlice;
use kgrep_index::read_at_most;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::Metadata;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{fs, io};

/// Larger patch files are not read: ten times what Linux changes from one version to the next.
const LARGEST_PATCH: u64 = 1 << 30;

/// Reads the patches that `path` stands for.
///
/// # Errors
///
/// If `path` can't be read, or holds no patch at all.
pub fn load(path: &Path) -> Result<DiffSet, Error> {
    let mut set = DiffSet::default();
    if path.is_dir() {
        let bound = Bound::of(path)?;
        match listing(path) {
            Some(Listing::Series(series)) => {
                let text = bound.read(&series).map_err(|why| why.of(&series))?;
                add_series(&mut set, &series, &text, &bound);
            }
            Some(Listing::Spec(spec)) => {
                let text = bound.read(&spec).map_err(|why| why.of(&spec))?;
                add_spec(&mut set, &spec, &text, &bound);
            }
            None => add_folder(&mut set, path, &bound),
        }
    } else {
        // What the user names is read whatever it is: `<(git show)` is a pipe.
        let text = read_at_most(path, LARGEST_PATCH).map_err(Error::read(path))?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let bound = || Bound::of(folder.unwrap_or(Path::new(".")));
        if path.file_name() == Some(OsStr::new("series")) {
            add_series(&mut set, path, &text, &bound()?);
        } else if path.extension() == Some(OsStr::new("spec")) {
            add_spec(&mut set, path, &text, &bound()?);
        } else {
            let name = path.file_name().unwrap_or_default().as_bytes();
            parse::read(&mut set, &text, name, path);
        }
    }
    if set.patches.is_empty() && set.problems.is_empty() {
        return Err(Error::NoPatches { path: path.to_path_buf() });
    }
    Ok(set)
}

/// Whether a folder holds patches rather than a source tree.
pub fn holds_patches(folder: &Path) -> bool {
    // A kernel tree has both of these at its top, a folder of patches neither.
    if folder.join("Kbuild").exists() && folder.join("MAINTAINERS").exists() {
        return false;
    }
    listing(folder).is_some()
        || fs::read_dir(folder).is_ok_and(|entries| {
            entries.flatten().any(|entry| is_patch_name(Path::new(&entry.file_name())))
        })
}

/// The folder that the user named, with links resolved: nothing outside of it is read.
struct Bound {
    folder: PathBuf,
    /// Folders of patches, with links resolved, by how they were named: hundreds of patches are in few.
    known: Mutex<HashMap<PathBuf, PathBuf>>,
}

/// Why a file that a list names is not read.
enum Unread {
    /// The system has a reason.
    Error(std::io::Error),
    /// It isn't in the folder, or it is a link that leads out.
    Outside,
    /// A folder, a device, a pipe.
    NotRegular,
}

impl Unread {
    /// The error of the file `path`, without which there is nothing to read.
    fn of(self, path: &Path) -> Error {
        let source = match self {
            Unread::Error(error) => error,
            other => std::io::Error::other(other.to_string()),
        };
        Error::Read { path: path.into(), source }
    }
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unread::Error(error) => error.fmt(f),
            Unread::Outside => f.write_str(
                "lies outside of the folder and is not read; to read it, name it on the command line",
            ),
            Unread::NotRegular => f.write_str("not a regular file, not read"),
        }
    }
}

impl Bound {
    fn of(folder: &Path) -> Result<Bound, Error> {
        let folder = folder.canonicalize().map_err(Error::read(folder))?;
        Ok(Bound { folder, known: Mutex::default() })
    }

    /// Where a file really is, and what.
    fn real(&self, path: &Path) -> io::Result<(PathBuf, Metadata)> {
        let followed = |path: &Path| {
            let real = path.canonicalize()?;
            let what = fs::metadata(&real)?;
            Ok((real, what))
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let (Some(folder), Some(name)) = (folder, path.file_name()) else {
            return followed(path);
        };
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known().get(folder).cloned();
        let folder = match found {
            Some(real) => real,
            None => {
                let real = folder.canonicalize()?;
                known().insert(folder.to_owned(), real.clone());
                real
            }
        };
        let real = folder.join(name);
        // A link leads elsewhere.
        let what = fs::symlink_metadata(&real)?;
        if what.is_symlink() { followed(&real) } else { Ok((real, what)) }
    }

    /// What is in a file that a list or a folder names.
    fn read(&self, path: &Path) -> Result<Vec<u8>, Unread> {
        // What it is, is asked before it is opened: opening a pipe waits for its writer.
        let (real, what) = self.real(path).map_err(Unread::Error)?;
        if !real.starts_with(&self.folder) {
            return Err(Unread::Outside);
        }
        if !what.is_file() {
            return Err(Unread::NotRegular);
        }
        read_at_most(&real, LARGEST_PATCH).map_err(Unread::Error)
    }
}

/// A file that lists patches.
enum Listing {
    Series(PathBuf),
    Spec(PathBuf),
}

/// Looks for a series (also that of an unpacked `debian/`) or a spec in a folder.
fn listing(folder: &Path) -> Option<Listing> {
    let places = ["series", "patches/series", "debian/patches/series"];
    if let Some(series) = places.iter().map(|place| folder.join(place)).find(|s| s.is_file()) {
        return Some(Listing::Series(series));
    }
    let mut specs: Vec<_> = fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension() == Some(OsStr::new("spec")))
        .collect();
    specs.sort();
    let kernel = specs.iter().position(|path| path.file_stem() == Some(OsStr::new("kernel")));
    let spec = kernel.map(|at| specs.swap_remove(at)).or_else(|| specs.into_iter().next())?;
    Some(Listing::Spec(spec))
}

fn is_patch_name(path: &Path) -> bool {
    let extension = path.extension().map(OsStr::as_bytes);
    matches!(extension, Some(b"patch" | b"diff" | b"mbox" | b"mbx" | b"eml"))
}

fn add_series(set: &mut DiffSet, series: &Path, text: &[u8], bound: &Bound) {
    let folder = series.parent().unwrap_or(Path::new(""));
    for (n, line) in (1..).zip(text.lines()) {
        let line = line.split(|&b| b == b'#').next().unwrap_or_default().trim_ascii();
        let mut words = line.fields();
        let Some(name) = words.next() else { continue };
        let (mut reversed, mut level) = (false, None);
        for word in words {
            reversed |= word == b"-R";
            let digits = word.strip_prefix(b"-p").and_then(|digits| digits.to_str().ok());
            level = digits.and_then(|digits| digits.parse::<usize>().ok()).or(level);
        }
        if reversed {
            let what = "this patch is applied in reverse (-R); it is read as it stands".into();
            set.problems.push(Problem { path: series.into(), line: n, what });
        }
        let before = set.files.len();
        add_listed(set, (series, n), folder, name, bound);
        if let Some(level) = level {
            for file in set.files.iter_mut().skip(before) {
                restrip(file, level);
            }
        }
    }
}

/// Reads the `PatchN:` lines of an RPM spec, with the macros that the spec itself
/// defines. Conditions are not followed: what could be applied is what is interesting.
fn add_spec(set: &mut DiffSet, spec: &Path, text: &[u8], bound: &Bound) {
    let folder = spec.parent().unwrap_or(Path::new(""));
    let mut macros: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    let expanded = |set: &mut DiffSet, n, value: &[u8], macros: &_| {
        let expanded = expand(value, macros);
        if expanded.is_none() {
            let what = format!("expands to more than {LONGEST_EXPANSION} bytes, left out");
            set.problems.push(Problem { path: spec.into(), line: n, what });
        }
        expanded
    };
    for (n, line) in (1..).zip(text.lines()) {
        let mut words = line.fields();
        match words.next() {
            Some(b"%define" | b"%global") => {
                if let (Some(name), Some(value)) = (words.next(), words.next())
                    && let Some(value) = expanded(set, n, value, &macros)
                {
                    macros.insert(name.to_vec(), value);
                }
            }
            Some(_) => {
                let Some((tag, value)) = line.split_once_str(":") else { continue };
                let number = tag.trim_ascii().strip_prefix(b"Patch");
                if number.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit)) {
                    let Some(name) = expanded(set, n, value.trim_ascii(), &macros) else {
                        continue;
                    };
                    // A URL stands for the file of its last part, beside the spec.
                    let name = name.rsplit(|&b| b == b'/').next().unwrap_or_default();
                    add_listed(set, (spec, n), folder, name, bound);
                } else if (tag.eq_ignore_ascii_case(b"Version") || tag == b"Name")
                    && let Some(value) = expanded(set, n, value.trim_ascii(), &macros)
                {
                    macros.insert(tag.to_ascii_lowercase(), value);
                }
            }
            None => {}
        }
    }
}

/// Longer than any file's name. Macros of macros of macros double with every line.
const LONGEST_EXPANSION: usize = 4096;

/// Replaces `%{name}` and `%{?name}` by what the spec has defined; others stay. None where that
/// gets too long.
fn expand(value: &[u8], macros: &HashMap<Vec<u8>, Vec<u8>>) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = value;
    while let Some(at) = rest.find(b"%{") {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        let Some(end) = from.find_byte(b'}') else { break };
        let (call, after) = from.split_at(end + 1);
        let name = call.get(2..end).unwrap_or_default();
        let optional = name.strip_prefix(b"?");
        match macros.get(optional.unwrap_or(name)) {
            Some(text) => out.extend_from_slice(text),
            None if optional.is_some() => {}
            None => out.extend_from_slice(call),
        }
        rest = after;
        if out.len() > LONGEST_EXPANSION {
            return None;
        }
    }
    out.extend_from_slice(rest);
    (out.len() <= LONGEST_EXPANSION).then_some(out)
}

/// Every patch below a folder, in path order.
fn add_folder(set: &mut DiffSet, folder: &Path, bound: &Bound) {
    // Hidden folders are a version control system's.
    let walk = ignore::WalkBuilder::new(folder).standard_filters(false).hidden(true).build();
    let mut paths = Vec::new();
    for entry in walk {
        match entry {
            Ok(entry) if entry.depth() == 0 => {}
            Ok(entry) => paths.push(entry.into_path()),
            Err(error) => {
                let problem = Problem { path: folder.into(), line: 0, what: error.to_string() };
                set.problems.push(problem);
            }
        }
    }
    paths.retain(|path| is_patch_name(path) && path.is_file());
    paths.sort();
    for path in paths {
        let name = path.strip_prefix(folder).unwrap_or(&path);
        match bound.read(&path) {
            Ok(text) => parse::read(set, &text, name.as_os_str().as_bytes(), &path),
            Err(why) => set.problems.push(Problem { path, line: 0, what: why.to_string() }),
        }
    }
}

/// Adds the patch `name` that a line of a list asks for.
fn add_listed(
    set: &mut DiffSet,
    (list, n): (&Path, u32),
    folder: &Path,
    name: &[u8],
    bound: &Bound,
) {
    let path = folder.join(OsStr::from_bytes(name));
    let before = set.patches.len();
    match bound.read(&path) {
        Ok(text) => parse::read(set, &text, name, &path),
        Err(error) => {
            let what = format!("{}: {error}", name.as_bstr());
            set.problems.push(Problem { path: list.into(), line: n, what });
            return;
        }
    }
    if set.patches.len() == before {
        set.problems.push(Problem { path, line: 0, what: "no change in this patch".into() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIFF: &str = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n";

    fn names(set: &DiffSet) -> Vec<&str> {
        set.patches.iter().map(|p| p.name.to_str().unwrap()).collect()
    }

    #[test]
    fn a_series_gives_order_and_reports_what_is_missing() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("fixes")).unwrap();
        fs::write(dir.path().join("a.patch"), DIFF).unwrap();
        fs::write(dir.path().join("fixes/b.patch"), DIFF).unwrap();
        fs::write(dir.path().join("unused.patch"), DIFF).unwrap();
        let series = "# first the fixes\nfixes/b.patch -p1\n\na.patch # then this\ngone.patch\n";
        fs::write(dir.path().join("series"), series).unwrap();
        let set = load(dir.path()).unwrap();
        assert_eq!(names(&set), ["fixes/b.patch", "a.patch"]);
        let problems: Vec<_> = set.problems.iter().map(|p| p.line).collect();
        assert_eq!(problems, [5]);
        fs::remove_file(dir.path().join("series")).unwrap();
        let folder = load(dir.path()).unwrap();
        assert_eq!(names(&folder), ["a.patch", "fixes/b.patch", "unused.patch"]);
    }

    #[test]
    fn a_spec_expands_its_own_macros() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("patch-5.9-redhat.patch"), DIFF).unwrap();
        fs::write(dir.path().join("z.patch"), DIFF).unwrap();
        let spec = "Name: kernel\n%define ver 5.9\n%if 1\n\
                    Patch2: https://example.org/z.patch\n\
                    Patch1: patch-%{ver}%{?none}-redhat.patch\n%endif\nPatchlist: no\n";
        fs::write(dir.path().join("kernel.spec"), spec).unwrap();
        assert!(holds_patches(dir.path()));
        let set = load(dir.path()).unwrap();
        assert_eq!(names(&set), ["z.patch", "patch-5.9-redhat.patch"]);
        assert_eq!(set.problems, []);
    }

    #[test]
    fn a_macro_that_doubles_with_every_line_is_cut_short() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.patch"), DIFF).unwrap();
        let mut spec = "%define m0 0123456789\n".to_owned();
        (0..40).for_each(|n| spec += &format!("%define m{} %{{m{n}}}%{{m{n}}}\n", n + 1));
        spec += "Patch1: %{m40}\nPatch2: a.patch\n";
        fs::write(dir.path().join("kernel.spec"), spec).unwrap();
        let set = load(dir.path()).unwrap();
        assert_eq!(names(&set), ["a.patch"]);
        assert_eq!(set.problems[0].what, "expands to more than 4096 bytes, left out");
        assert_eq!(set.problems[0].line, 10);
    }

    #[test]
    fn what_is_no_patch_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("readme");
        fs::write(&file, "hello\n").unwrap();
        assert!(matches!(load(&file), Err(Error::NoPatches { .. })));
        assert!(matches!(load(&dir.path().join("none")), Err(Error::Read { .. })));
    }
}
