//! Verdicts, held against what `patch` and `git apply` do.

use super::*;
use crate::diff::{lines, parse, write};
use proptest::prelude::*;
use std::process::{Command, Stdio};

fn set_of(text: &[u8]) -> DiffSet {
    let mut set = DiffSet::default();
    parse::read(&mut set, text, b"x.patch", Path::new("x.patch"));
    set
}

fn text(range: std::ops::Range<u32>) -> String {
    range.map(|n| format!("line {n}\n")).collect()
}

/// A patch to `x` between two texts.
fn patch(old: &str, new: &str) -> Vec<u8> {
    let hunks = lines::hunks(old.as_bytes(), new.as_bytes());
    let name = Some(b"x".to_vec());
    let file = FileChange { old: name.clone(), new: name, hunks, ..FileChange::default() };
    let set = DiffSet { files: vec![file], ..DiffSet::default() };
    let mut out = Vec::new();
    write::write(&mut out, &set.entries().collect::<Vec<_>>()).unwrap();
    out
}

/// What a patch means for a tree whose file `x` has this text.
fn verdicts(patch: &[u8], x: &str) -> Vec<Verdict> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("x"), x).unwrap();
    check(&set_of(patch), dir.path(), PATCH_FUZZ)
}

#[test]
fn moved_fuzzy_already_in_and_conflicting() {
    let (old, new) = (text(0..40), text(0..40).replace("line 20\n", "LINE 20\n"));
    let patch = patch(&old, &new);
    assert_eq!(verdicts(&patch, &old), [Verdict::Applies { line: 18, offset: 0, fuzz: 0 }]);
    let moved = format!("{}{old}", text(90..95));
    assert_eq!(verdicts(&patch, &moved), [Verdict::Applies { line: 23, offset: 5, fuzz: 0 }]);
    let fuzzy = old.replace("line 17\n", "other\n");
    assert_eq!(verdicts(&patch, &fuzzy), [Verdict::Applies { line: 18, offset: 0, fuzz: 1 }]);
    assert_eq!(verdicts(&patch, &new), [Verdict::AlreadyIn { line: 18 }]);
    let conflicting = old.replace("line 20\n", "another 20\n");
    let Verdict::Conflicts { line, why } = &verdicts(&patch, &conflicting)[0] else { panic!() };
    assert_eq!((*line, why.as_str()), (21, "`another 20` where `line 20` is expected"));
}

#[test]
fn a_series_is_played_through() {
    let (a, b) = (text(0..9), text(0..9).replace("line 4", "LINE 4"));
    let c = b.replace("LINE 4", "Line four");
    let series = [patch(&a, &b), patch(&b, &c)].concat();
    let got = verdicts(&series, &a);
    assert!(got.iter().all(|v| matches!(v, Verdict::Applies { fuzz: 0, .. })), "{got:?}");
}

#[test]
fn whole_files() {
    let create = b"--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+new\n";
    assert_eq!(verdicts(create, "new\n"), [Verdict::AlreadyIn { line: 0 }]);
    assert!(matches!(verdicts(create, "old\n")[0], Verdict::Conflicts { .. }));
    let delete = b"--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n";
    assert!(matches!(verdicts(delete, "old\n")[0], Verdict::Applies { .. }));
    assert!(matches!(verdicts(delete, "old\nmore\n")[0], Verdict::Conflicts { .. }));
    let missing = b"--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n";
    assert!(matches!(verdicts(missing, "")[0], Verdict::Conflicts { .. }));
    let outside = b"--- a/../../etc/passwd\n+++ b/../../etc/passwd\n@@ -1 +1 @@\n-a\n+b\n";
    assert!(matches!(verdicts(outside, "")[0], Verdict::Conflicts { .. }));
}

#[test]
fn what_is_gone_or_renamed_is_in_already() {
    let deleted = b"--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n";
    assert_eq!(verdicts(deleted, ""), [Verdict::AlreadyIn { line: 0 }]);
    let renamed = b"diff --git a/w b/x\nsimilarity index 90%\nrename from w\nrename to x\n";
    let hunk = b"--- a/w\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n";
    let edited = [&renamed[..], hunk].concat();
    assert_eq!(verdicts(renamed, "any\n"), [Verdict::AlreadyIn { line: 0 }]);
    assert_eq!(verdicts(&edited, "a\nc\n"), [Verdict::AlreadyIn { line: 0 }]);
    let no_file = Verdict::conflict("the tree has no such file");
    assert_eq!(verdicts(&edited, "a\nb\n"), std::slice::from_ref(&no_file));
    // What a patch has renamed is gone for those after it.
    let moved = b"diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n";
    let series = [&moved[..], &patch("a\n", "b\n")].concat();
    assert_eq!(verdicts(&series, "a\n"), [Verdict::WHOLE, no_file]);
}

/// A hunk's surroundings, ten lines from `at` on, of which the fifth is `middle`.
fn around(at: u32, middle: &str) -> String {
    text(at..at + 10).replace(&format!("line {}\n", at + 4), middle)
}

#[test]
fn a_files_first_hunk_alone_is_tried_in_reverse_before_more_fuzz() {
    let one = |middle: &str| around(10, middle);
    let first = patch(&one("old\n"), &one("new\n"));
    // With fuzz the old side would do; the new one stands further down as it is.
    let blurred = one("old\n").replace("line 11\n", "other\n");
    assert_eq!(verdicts(&first, &blurred), [Verdict::Applies { line: 2, offset: 0, fuzz: 1 }]);
    let both = [blurred, one("new\n")].concat();
    assert_eq!(verdicts(&first, &both), [Verdict::AlreadyIn { line: 12 }]);
    let changed = one("new\n").replace("line 11\n", "other\n");
    assert_eq!(verdicts(&first, &changed), [Verdict::AlreadyIn { line: 2 }]);

    let two = |first: &str, second: &str| [around(40, first), around(60, second)].concat();
    let second = patch(&two("old\n", "was\n"), &two("new\n", "is\n"));
    let applies = |line, fuzz| Verdict::Applies { line, offset: 0, fuzz };
    let blurred = two("old\n", "was\n").replace("line 61\n", "other\n");
    let both = [blurred, around(60, "is\n")].concat();
    assert_eq!(verdicts(&second, &both), [applies(2, 0), applies(12, 1)]);
    let partly = two("old\n", "is\n");
    assert_eq!(verdicts(&second, &partly), [applies(2, 0), Verdict::AlreadyIn { line: 12 }]);
}

#[test]
fn a_hunk_that_leaves_nothing_is_never_in_already() {
    let emptied = b"--- a/x\n+++ b/x\n@@ -1 +0,0 @@\n-old\n";
    assert!(matches!(verdicts(emptied, "other\n")[..], [Verdict::Conflicts { line: 1, .. }]));
    assert_eq!(verdicts(emptied, "old\n"), [Verdict::Applies { line: 1, offset: 0, fuzz: 0 }]);
}

#[test]
fn a_patch_through_crlf_applies_as_patch_strips_it() {
    let patch = b"--- a/x\r\n+++ b/x\r\n@@ -1,2 +1,2 @@\r\n a\r\n-b\r\n+c\r\n";
    assert_eq!(verdicts(patch, "a\nb\n"), [Verdict::Applies { line: 1, offset: 0, fuzz: 0 }]);
}

/// Whether `patch --dry-run` takes a patch to a file `x`.
fn patch_says(patch: &[u8], x: &str, fuzz: u32) -> bool {
    use std::io::Write;
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("x"), x).unwrap();
    let mut child = Command::new("patch")
        .args(["-p1", "--dry-run", "-N", &format!("-F{fuzz}")])
        .current_dir(dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(patch).unwrap();
    child.wait().unwrap().success()
}

/// A short text of few different lines, so that places are often ambiguous.
fn some_text() -> impl Strategy<Value = String> {
    let line = prop_oneof![Just("a\n"), Just("b\n"), Just("c\n"), Just("}\n"), Just("\n")];
    (proptest::collection::vec(line, 0..30), any::<bool>()).prop_map(|(lines, open)| {
        let text = lines.concat();
        if open { text.trim_end_matches('\n').to_owned() } else { text }
    })
}

proptest! {
    /// A random edit of a random text, diffed and applied, gives the edit.
    #[test]
    fn diffed_and_applied_gives_the_edit(old in some_text(), new in some_text()) {
        let set = set_of(&patch(&old, &new));
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("x"), &old).unwrap();
        let mut session =
            Session { tree: dir.path(), changed: HashMap::new(), max_fuzz: 0 };
        for file in &set.files {
            for verdict in session.file(file) {
                let applies = matches!(verdict, Verdict::Applies { offset: 0, fuzz: 0, .. });
                prop_assert!(applies, "{verdict:?}");
            }
        }
        let result = session.read(b"x").unwrap_or_default();
        prop_assert_eq!(result, new.into_bytes());
    }

    /// Against another text, the verdict is that of `patch`.
    #[test]
    fn verdicts_are_those_of_patch(
        old in some_text(), new in some_text(), other in some_text(), like in any::<bool>(), fuzz in 0..3_u32,
    ) {
        prop_assume!(old != new && !old.is_empty() && !new.is_empty());
        let other = if like { format!("b\n{old}") } else { other };
        prop_assume!(!other.is_empty());
        let patch = patch(&old, &new);
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("x"), &other).unwrap();
        let got = check(&set_of(&patch), dir.path(), fuzz);
        let applies = got.iter().all(|v| matches!(v, Verdict::Applies { .. }));
        prop_assert_eq!(applies, patch_says(&patch, &other, fuzz), "{:?}\n{}", got, String::from_utf8_lossy(&patch));
    }
}
