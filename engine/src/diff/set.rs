//! Which patches belong together: a file, an mbox, a folder, a quilt series, an RPM spec.
//!
//! The order is the one they are applied in. A patch that a series names and nobody can
//! read is a problem to report, not the end.

use super::error::DiffError;
use super::model::{DiffSet, Problem};
use super::parse;
use bstr::ByteSlice;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Reads the patches that `path` stands for.
///
/// # Errors
///
/// If `path` can't be read, or holds no patch at all.
pub fn load(path: &Path) -> Result<DiffSet, DiffError> {
    let mut set = DiffSet::default();
    if path.is_dir() {
        match listing(path) {
            Some(Listing::Series(series)) => add_series(&mut set, &series)?,
            Some(Listing::Spec(spec)) => add_spec(&mut set, &spec)?,
            None => add_folder(&mut set, path)?,
        }
    } else if path.file_name() == Some(OsStr::new("series")) {
        add_series(&mut set, path)?;
    } else if path.extension() == Some(OsStr::new("spec")) {
        add_spec(&mut set, path)?;
    } else {
        let text = fs::read(path).map_err(DiffError::read(path))?;
        let name = path.file_name().unwrap_or_default().as_bytes();
        parse::read(&mut set, &text, name, path);
    }
    if set.patches.is_empty() && set.problems.is_empty() {
        return Err(DiffError::NoPatches { path: path.to_path_buf() });
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

fn add_series(set: &mut DiffSet, series: &Path) -> Result<(), DiffError> {
    let text = fs::read(series).map_err(DiffError::read(series))?;
    let folder = series.parent().unwrap_or(Path::new(""));
    for (n, line) in (1..).zip(text.lines()) {
        let line = line.split(|&b| b == b'#').next().unwrap_or_default().trim_ascii();
        let mut words = line.fields();
        let Some(name) = words.next() else { continue };
        if words.any(|word| word == b"-R") {
            let what = "this patch is applied in reverse (-R); it is read as it stands".into();
            set.problems.push(Problem { path: series.into(), line: n, what });
        }
        add_listed(set, series, n, folder, name);
    }
    Ok(())
}

/// Reads the `PatchN:` lines of an RPM spec, with the macros that the spec itself
/// defines. Conditions are not followed: what could be applied is what is interesting.
fn add_spec(set: &mut DiffSet, spec: &Path) -> Result<(), DiffError> {
    let text = fs::read(spec).map_err(DiffError::read(spec))?;
    let folder = spec.parent().unwrap_or(Path::new(""));
    let mut macros: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    for (n, line) in (1..).zip(text.lines()) {
        let mut words = line.fields();
        match words.next() {
            Some(b"%define" | b"%global") => {
                if let (Some(name), Some(value)) = (words.next(), words.next()) {
                    macros.insert(name.to_vec(), expand(value, &macros));
                }
            }
            Some(_) => {
                let Some((tag, value)) = line.split_once_str(":") else { continue };
                let number = tag.trim_ascii().strip_prefix(b"Patch");
                if number.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit)) {
                    let name = expand(value.trim_ascii(), &macros);
                    // A URL stands for the file of its last part, beside the spec.
                    let name = name.rsplit(|&b| b == b'/').next().unwrap_or_default();
                    add_listed(set, spec, n, folder, name);
                } else if tag.eq_ignore_ascii_case(b"Version") || tag == b"Name" {
                    let key = tag.to_ascii_lowercase();
                    macros.insert(key, expand(value.trim_ascii(), &macros));
                }
            }
            None => {}
        }
    }
    Ok(())
}

/// Replaces `%{name}` and `%{?name}` by what the spec has defined; others stay.
fn expand(value: &[u8], macros: &HashMap<Vec<u8>, Vec<u8>>) -> Vec<u8> {
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
    }
    out.extend_from_slice(rest);
    out
}

/// Every patch below a folder, in path order.
fn add_folder(set: &mut DiffSet, folder: &Path) -> Result<(), DiffError> {
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
        let text = fs::read(&path).map_err(DiffError::read(&path))?;
        parse::read(set, &text, name.as_os_str().as_bytes(), &path);
    }
    Ok(())
}

/// Adds the patch `name` that line `n` of `list` asks for.
fn add_listed(set: &mut DiffSet, list: &Path, n: u32, folder: &Path, name: &[u8]) {
    let path = folder.join(OsStr::from_bytes(name));
    let before = set.patches.len();
    match fs::read(&path) {
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
    fn what_is_no_patch_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("readme");
        fs::write(&file, "hello\n").unwrap();
        assert!(matches!(load(&file), Err(DiffError::NoPatches { .. })));
        assert!(matches!(load(&dir.path().join("none")), Err(DiffError::Read { .. })));
    }
}
