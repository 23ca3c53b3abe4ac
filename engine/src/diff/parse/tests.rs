//! The parser's cases, one real-world oddity each.

use super::*;
use crate::diff::model::FileOp;

fn parsed(text: &str) -> DiffSet {
    let mut set = DiffSet::default();
    read(&mut set, text.as_bytes(), b"x.patch", Path::new("x.patch"));
    set
}

const MAIL: &str = "\
From 1234567890 Mon Sep 17 00:00:00 2001
From: A Developer <a@example.org>
Date: Tue, 1 Sep 2020 10:00:00 +0200
Subject: [PATCH 1/2] lamp: add support for
 dimming

The old text looked like this:
--- a/drivers/lamp.c
and nobody liked it.

Signed-off-by: A Developer <a@example.org>
---
 drivers/lamp.c | 3 ++-
 1 file changed, 2 insertions(+), 1 deletion(-)

diff --git a/drivers/lamp.c b/drivers/lamp.c
index 1111111..2222222 100644
--- a/drivers/lamp.c
+++ b/drivers/lamp.c
@@ -10,3 +10,4 @@ static int lamp_on(struct lamp *l)
 \tint err;

-\tl->on = 1;
+\tl->level = 100;
+\tl->dim = 0;
-- 
2.26.2

From 1234567891 Mon Sep 17 00:00:00 2001
From: A Developer <a@example.org>
Subject: [PATCH 2/2] lamp: rename

---
diff --git a/drivers/lamp.c b/drivers/light.c
similarity index 100%
rename from drivers/lamp.c
rename to drivers/light.c
-- 
2.26.2

";

#[test]
fn an_mbox_has_several_patches() {
    let set = parsed(MAIL);
    assert_eq!(set.problems, []);
    let subjects: Vec<_> = set.patches.iter().map(|p| p.subject.as_slice()).collect();
    assert_eq!(subjects, [&b"lamp: add support for dimming"[..], b"lamp: rename"]);
    assert_eq!(set.patches[1].position, Some((2, 2)));
    let [first, second] = set.files.as_slice() else { panic!("two files: {:?}", set.files) };
    assert_eq!(first.name(), b"drivers/lamp.c");
    assert_eq!((first.hunks.len(), first.hunks[0].line), (1, 20));
    assert_eq!(first.counts(), (2, 1));
    assert_eq!((second.op, second.patch), (FileOp::Rename, 1));
    assert_eq!(second.old.as_deref(), Some(&b"drivers/lamp.c"[..]));
    assert_eq!(set.entries().count(), 2);
}

#[test]
fn new_deleted_binary_and_mode() {
    let set = parsed(
        "diff --git a/new.sh b/new.sh\nnew file mode 100755\nindex 0000000..1234567\n\
         --- /dev/null\n+++ b/new.sh\n@@ -0,0 +1 @@\n+true\n\\ No newline at end of file\n\
         diff --git a/old.c b/old.c\ndeleted file mode 100644\nindex 1234567..0000000\n\
         --- a/old.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n\
         diff --git a/logo.png b/logo.png\nindex 1234567..7654321 100644\n\
         Binary files a/logo.png and b/logo.png differ\n\
         diff --git a/run b/run\nold mode 100644\nnew mode 100755\n",
    );
    let got: Vec<_> = set.files.iter().map(|f| (f.name(), f.op, f.binary, f.new_mode)).collect();
    assert_eq!(
        got,
        [
            (&b"new.sh"[..], FileOp::Create, false, Some(0o100_755)),
            (b"old.c", FileOp::Delete, false, None),
            (b"logo.png", FileOp::Modify, true, Some(0o100_644)),
            (b"run", FileOp::Modify, false, Some(0o100_755)),
        ]
    );
    assert_eq!(set.files[0].hunks[0].lines().next().unwrap().text, b"true");
}

#[test]
fn a_binary_payload_is_kept_and_not_read_as_text() {
    let set = parsed(
        "diff --git a/l.png b/l.png\nindex 1..2\nGIT binary patch\nliteral 3\nKcmZQz\n\n\
         literal 0\nHcmV?d00001\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
    );
    assert_eq!(set.files.len(), 2);
    assert!(set.files[0].payload.ends_with(b"HcmV?d00001\n\n"));
}

#[test]
fn plain_diffs_with_dates_and_index_lines() {
    let set = parsed(
        "Make it so.\n\nIndex: linux/fs/x.c\n==========================================\n\
         --- linux.orig/fs/x.c\t2020-01-01 00:00:00 +0000\n+++ linux/fs/x.c\t2020-01-02\n\
         @@ -1 +1 @@\n-a\n+b\nIndex: linux/fs/y.c\n===================\n\
         --- /dev/null\n+++ linux/fs/y.c\n@@ -0,0 +1 @@\n+n\n",
    );
    assert_eq!(set.patches[0].subject, b"Make it so.");
    assert_eq!(set.patches[0].message, b"Make it so.\n\n");
    let names: Vec<_> = set.files.iter().map(|f| (f.name(), f.op)).collect();
    assert_eq!(names, [(&b"fs/x.c"[..], FileOp::Modify), (b"fs/y.c", FileOp::Create)]);
}

#[test]
fn wrong_counts_are_reported_and_the_rest_is_read() {
    let set = parsed(
        "--- a/x\n+++ b/x\n@@ -1,7 +1,7 @@\n a\n-b\n+c\n@@ -20 +20 @@\n-d\n+e\n\
         --- a/y\n+++ b/y\n@@ -1 +1 @@\n-f\n+g\n",
    );
    let lines: Vec<_> = set.problems.iter().map(|p| p.line).collect();
    assert_eq!(lines, [3]);
    let hunks: Vec<_> = set.files.iter().map(|f| f.hunks.len()).collect();
    assert_eq!(hunks, [2, 1]);
}

#[test]
fn crlf_lines_stay_as_they_are() {
    let set = parsed("--- a/x\r\n+++ b/x\r\n@@ -1,2 +1,2 @@\r\n a\r\n-b\r\n+c\r\n");
    assert_eq!(set.files[0].name(), b"x");
    assert!(set.files[0].crlf);
    assert_eq!(set.files[0].hunks[0].body, b" a\r\n-b\r\n+c\r\n");
}

/// A line that begins with a backslash, but is no note, was once read for ever.
#[test]
fn a_backslash_that_is_no_note_ends_a_hunk() {
    let text = "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n+b\n\\foo\n";
    let set = parsed(text);
    assert_eq!(set.files[0].hunks[0].body, b" a\n+b\n");
    assert_eq!(set.problems.len(), 1);
}

#[test]
fn quoted_names_have_their_bytes() {
    let set = parsed(
        "diff --git \"a/d/\\303\\251.c\" \"b/d/\\303\\251.c\"\nold mode 100644\nnew mode 100755\n",
    );
    assert_eq!(set.files[0].name(), "d/\u{e9}.c".as_bytes());
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read(text in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        let mut set = DiffSet::default();
        read(&mut set, &text, b"", Path::new("x"));
    }

    /// Spliced pieces of real patches get further into the parser than noise does.
    #[test]
    fn any_splice_of_a_mail_is_read(cuts in proptest::collection::vec(0..MAIL.len(), 1..12)) {
        let mut text = Vec::new();
        for (n, pair) in cuts.windows(2).enumerate() {
            let (from, to) = (pair[0].min(pair[1]), pair[0].max(pair[1]));
            text.extend_from_slice(&MAIL.as_bytes()[from..to]);
            text.extend_from_slice([&b""[..], b"\\", b"\n\\ no", b"\n+"][n % 4]);
        }
        let mut set = DiffSet::default();
        read(&mut set, &text, b"", Path::new("x"));
        for entry in set.entries() {
            let lines = entry.hunk.map_or(0, |hunk| hunk.lines().count());
            let spans = entry.hunk.map_or(0, |h| h.old.count + h.new.count);
            proptest::prop_assert!(lines <= spans as usize);
        }
    }
}
