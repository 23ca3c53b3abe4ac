//! `git:REV..REV`: a difference between two commits, through the `git` program.
//!
//! git knows renames, attributes and its own storage; what it prints is a patch like any
//! other. Nothing is written to the repository.

use super::model::DiffSet;
use super::parse;
use crate::Error;
use std::path::Path;
use std::process::{Command, Stdio};

/// The revisions of an argument `git:REV..REV` (or `git:REV...REV`, or `git:REV` against
/// the files as they are; of two, `git:` may be left out); `None` of any other argument.
pub fn revisions(argument: &str) -> Option<&str> {
    let range = argument.strip_prefix("git:").filter(|range| !range.is_empty());
    range.or_else(|| Some(argument).filter(|argument| is_range(argument)))
}

/// Whether an argument is `REV..REV`, and no path such as `../linux`.
fn is_range(argument: &str) -> bool {
    let is_revision = |text: &str| {
        !text.is_empty() && !text.starts_with(['/', '.']) && !text.ends_with(['/', '.'])
    };
    let (from, to) = argument.split_once("..").unwrap_or_default();
    is_revision(from) && is_revision(to.strip_prefix('.').unwrap_or(to))
}

/// Reads the difference that `git diff RANGE` shows in the repository around `folder`.
///
/// # Errors
///
/// If git can't be run, knows no such revision, or there is no difference.
pub fn load(folder: &Path, range: &str) -> Result<DiffSet, Error> {
    let failed = |reason: String| Error::Git { what: format!("diff {range}"), reason };
    // The user's configuration may ask for colours, other prefixes or another program.
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "core.quotePath=true", "diff", "--no-color", "--no-ext-diff"])
        .args(["--no-textconv", "--src-prefix=a/", "--dst-prefix=b/", "-M"])
        .args(["--end-of-options", range, "--"])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().next().unwrap_or("it failed and did not say why");
        return Err(failed(line.trim_start_matches("fatal: ").to_owned()));
    }
    let mut set = DiffSet::default();
    parse::read(&mut set, &output.stdout, range.as_bytes(), Path::new(""));
    for patch in &mut set.patches {
        patch.path = None;
    }
    if set.patches.is_empty() {
        return Err(failed("there is no difference".into()));
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn git(folder: &Path, arguments: &[&str]) {
        let identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
        let output =
            Command::new("git").arg("-C").arg(folder).args(identity).args(arguments).output();
        assert!(output.unwrap().status.success(), "{arguments:?}");
    }

    #[test]
    fn a_range_needs_no_mark() {
        assert_eq!(revisions("git:v6.1"), Some("v6.1"));
        assert_eq!(revisions("v6.1..v6.12"), Some("v6.1..v6.12"));
        assert_eq!(revisions("git:v6.1...HEAD"), Some("v6.1...HEAD"));
        assert_eq!(revisions("v6.1...HEAD"), Some("v6.1...HEAD"));
        for path in ["v6.1", "../linux", "a/../b", "..", "a..", "fix.patch", "git:"] {
            assert_eq!(revisions(path), None, "{path}");
        }
    }

    #[test]
    fn two_commits() {
        let dir = tempfile::tempdir().unwrap();
        git(dir.path(), &["init", "-q"]);
        for text in ["one\n", "two\n"] {
            fs::write(dir.path().join("x"), text).unwrap();
            git(dir.path(), &["add", "x"]);
            git(dir.path(), &["commit", "-q", "-m", text]);
        }
        let set = load(dir.path(), "HEAD~1..HEAD").unwrap();
        assert_eq!(set.files[0].name(), b"x");
        assert_eq!(set.files[0].counts(), (1, 1));
        assert!(load(dir.path(), "HEAD..HEAD").is_err());
        // A revision that looks like an option is none.
        let error = load(dir.path(), "--output=/tmp/x").unwrap_err().to_string();
        assert!(error.contains("--output"), "{error}");
    }

    #[test]
    fn arguments() {
        assert_eq!(revisions("git:v6.1..v6.2"), Some("v6.1..v6.2"));
        assert_eq!(revisions("git:"), None);
        assert_eq!(revisions("linux"), None);
    }
}
