//! `kgrep diff` on real patches: Fedora's kernel package of September 2020 where it is at
//! hand, and both sides of Debian's kernel in `KGREP_KERNEL_PAIR` (`scripts/kernel-tree
//! --pair` prepares them). What is not there is said to be skipped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn kgrep(folder: &Path, cache: &Path, args: &[&str]) -> Output {
    Command::new(crate::program())
        .args(args)
        .current_dir(folder)
        .env("KGREP_CACHE_DIR", cache)
        .env("XDG_CONFIG_HOME", cache)
        .stdin(Stdio::null())
        .output()
        .expect("kgrep runs")
}

/// Standard output of a run that must succeed.
fn stdout(folder: &Path, cache: &Path, args: &[&str]) -> String {
    let done = kgrep(folder, cache, args);
    let stderr = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(0), "{args:?}: {stderr}");
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// Fedora's patches, unpacked; `None` where they are not at hand.
fn fedora() -> Option<tempfile::TempDir> {
    let name = "shared/data/fedora-kernel-5.9-rc7-patches.tar.xz";
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(archive) = here.ancestors().map(|dir| dir.join(name)).find(|path| path.is_file())
    else {
        eprintln!("skipped: {name} is not here");
        return None;
    };
    let dir = tempfile::tempdir().expect("temporary folder");
    let status = Command::new("tar").arg("-xf").arg(archive).arg("-C").arg(dir.path()).status();
    assert!(status.expect("tar runs").success());
    Some(dir)
}

fn pair() -> Option<PathBuf> {
    let pair = std::env::var_os("KGREP_KERNEL_PAIR").map(PathBuf::from);
    if pair.is_none() {
        eprintln!("skipped: KGREP_KERNEL_PAIR names no pair of kernels");
    }
    pair
}

#[test]
#[ignore = "needs Fedora's patches"]
fn fedora_understands_crashkernel_auto() {
    let Some(fedora) = fedora() else { return };
    let cache = tempfile::tempdir().unwrap();
    let answer = stdout(fedora.path(), cache.path(), &["diff", ".", "crashkernel=auto"]);
    let lines: Vec<&str> = answer.lines().take(8).collect();
    assert!(lines[0].contains("is added by the patches"), "{answer}");
    let has = |title: &str, text: &str| {
        lines.iter().any(|line| line.trim_start().starts_with(title) && line.contains(text))
    };
    assert!(has("handled by", "__parse_crashkernel"), "{answer}");
    assert!(has("documented", "kdump") || has("documented", "crashkernel"), "{answer}");
    assert!(has("brought by", "kdump: add support for crashkernel=auto"), "{answer}");
    let hunk = stdout(fedora.path(), cache.path(), &["-s", "p 0", "--patch"]);
    assert!(hunk.starts_with("diff --git "), "{hunk}");
}

#[test]
#[ignore = "needs Fedora's patches"]
fn fedora_is_counted_as_grep_counts() {
    let Some(fedora) = fedora() else { return };
    let cache = tempfile::tempdir().unwrap();
    let json = stdout(fedora.path(), cache.path(), &["diff", ".", "--format", "json"]);
    let mut rows: Vec<serde_json::Value> =
        json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let summary = rows.pop().unwrap();
    assert_eq!(summary["type"], "summary");
    let found = Command::new("grep").args(["-rhcE", "^@@ -"]).arg(fedora.path()).output().unwrap();
    let counted: usize =
        String::from_utf8_lossy(&found.stdout).lines().map(|n| n.parse::<usize>().unwrap()).sum();
    assert_eq!(rows.len(), counted);
    let around = rows.iter().filter(|row| !row["data"]["hunk"]["enclosing"].is_null()).count();
    assert!(around * 100 >= rows.len() * 95, "{around} of {}", rows.len());
}

#[test]
#[ignore = "needs both sides of a kernel"]
fn the_patch_of_everything_gives_the_other_side() {
    let Some(pair) = pair() else { return };
    let cache = tempfile::tempdir().unwrap();
    let args = ["diff", "upstream", "distro", "--format", "patch"];
    let patch = kgrep(&pair, cache.path(), &args).stdout;
    let work = tempfile::tempdir().unwrap();
    fs::write(work.path().join("all.patch"), &patch).unwrap();
    let json = stdout(&pair, cache.path(), &["diff", "upstream", "distro", "--format", "json"]);
    let mut names: Vec<(Option<String>, Option<String>)> = Vec::new();
    for line in json.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let name = |side: &str| row["data"]["hunk"][side]["text"].as_str().map(str::to_owned);
        names.push((name("old_path"), name("new_path")));
    }
    names.dedup();
    let tree = work.path().join("tree");
    fs::create_dir(&tree).unwrap();
    for name in names.iter().filter_map(|(old, _)| old.as_ref()) {
        let to = tree.join(name);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(pair.join("upstream").join(name), to).unwrap();
    }
    let status = Command::new("patch")
        .args(["-p1", "-s", "-f", "--no-backup-if-mismatch", "-i", "../all.patch"])
        .current_dir(&tree)
        .status();
    assert!(status.unwrap().success());
    assert!(names.len() > 100, "{} files", names.len());
    for (old, new) in names {
        if let Some(new) = &new {
            let want = fs::read(pair.join("distro").join(new)).unwrap();
            assert!(want == fs::read(tree.join(new)).unwrap(), "{new}");
        }
        if let Some(old) = old.filter(|old| Some(old) != new.as_ref()) {
            assert!(!tree.join(&old).exists() || pair.join("distro").join(&old).exists(), "{old}");
        }
    }
}

/// Whether each patch of Debian's series, alone, applies to either side.
#[test]
#[ignore = "needs both sides of a kernel"]
fn the_verdicts_are_those_of_patch_and_git() {
    let Some(pair) = pair() else { return };
    let cache = tempfile::tempdir().unwrap();
    let series = fs::read_to_string(pair.join("debian/patches/series")).unwrap();
    let names = series.lines().map(|line| line.split('#').next().unwrap().trim());
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    assert!(names.len() > 100, "{} patches", names.len());
    let mut strict = 0;
    for (tree, name) in
        ["upstream", "distro"].iter().flat_map(|tree| names.iter().map(move |n| (*tree, *n)))
    {
        let patch = pair.join("debian/patches").join(name);
        let judged = |fuzz: &str| {
            let args = ["diff", patch.to_str().unwrap(), "--on", tree, "--applied", "--fuzz", fuzz];
            let json = kgrep(&pair, cache.path(), &[&args[..], &["--format", "json"]].concat());
            let json = String::from_utf8_lossy(&json.stdout).into_owned();
            assert!(!json.is_empty(), "{name}");
            json.lines().all(|line| {
                let row: serde_json::Value = serde_json::from_str(line).unwrap();
                row["data"]["verdict"].as_str().unwrap().starts_with("applies")
            })
        };
        let tool = |words: &[&str]| {
            let mut command = Command::new(words[0]);
            command.args(&words[1..]).arg(&patch).current_dir(pair.join(tree));
            // Without a repository, git looks at the files as they are.
            command.env("GIT_DIR", "/nonexistent").stdin(Stdio::null());
            command.output().unwrap().status.success()
        };
        let by_patch = tool(&["patch", "-p1", "--dry-run", "-N", "-s", "-i"]);
        assert_eq!(judged("2"), by_patch, "{name} on {tree}, by patch");
        // git lets hunks change their order, which patch refuses.
        let by_git = tool(&["git", "apply", "--check"]);
        let same = judged("0") == by_git;
        assert!(same || (by_git && !by_patch), "{name} on {tree}, by git");
        strict += usize::from(!same);
    }
    assert!(strict <= 1, "{strict} verdicts differ from git's");
}

#[test]
#[ignore = "needs both sides of a kernel"]
fn the_series_is_in_the_distributions_tree() {
    let Some(pair) = pair() else { return };
    let cache = tempfile::tempdir().unwrap();
    let args = ["diff", "debian/patches", "--on", "upstream", "--applied"];
    let judged = stdout(&pair, cache.path(), &args);
    let first = judged.lines().next().unwrap();
    assert!(first.ends_with(" 0 already in, 0 conflict"), "{first}");
    let brought = stdout(&pair, cache.path(), &["diff", "upstream", "distro", "lockdown"]);
    let named = |line: &str| line.contains("brought by") && line.contains("lockdown");
    assert!(brought.lines().take(10).any(named), "{brought}");
}
