//! What `kgrep diff --format json` says it has looked at.

use serde_json::json;

use crate::diff::{diff, first_data, pair, without_summary};

#[test]
fn json_ends_with_what_was_compared() {
    let dir = pair();
    let coverage = |args: &[&str]| {
        let json = diff(&dir, &[args, &["--format", "json"]].concat()).run().stdout();
        first_data(&json[without_summary(&json).len()..])["coverage"].clone()
    };
    let folders = coverage(&["upstream", "distro"]);
    assert_eq!(folders["complete"], true, "{folders}");
    let (compared, differ) = (folders["compared"].as_u64(), folders["differ"].as_u64());
    assert!(differ > Some(0) && compared > differ, "{folders}");
    let patches = json!({ "patches": 2, "differ": 3, "complete": true });
    assert_eq!(coverage(&["patches"]), patches);
    assert_eq!(coverage(&["upstream", "distro", "--kind", "functions"]), folders);
    assert_eq!(coverage(&["patches", "--applied", "--on", "distro"]), patches);
    dir.config("max-list = 1\n");
    assert_eq!(coverage(&["patches"])["complete"], false);
    dir.config("");
    dir.create("patches/bad.patch", "--- a/x\n+++ b/x\n@@ -1,2 +1,9 @@\n a\n");
    dir.create("patches/series", "bad.patch\n");
    let bad = coverage(&["patches"]);
    assert_eq!(bad["complete"], false, "{bad}");
    assert!(bad["problems"][0].as_str().unwrap().contains("bad.patch"), "{bad}");
}
