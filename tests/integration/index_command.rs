//! `kgrep index` as its user sees it: what it says, in words and in JSON.

use std::fs;

use crate::util::Dir;

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text.lines().next().unwrap_or_default())
        .unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn status_and_list_are_json_by_either_flag_with_iso_times() {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_ok();
    for flags in [&["--json"][..], &["--format", "json"]] {
        let with = |what: &'static str| [&["index", what][..], flags].concat();
        let status = json(&dir.kgrep(&with("--status")).stdout());
        let built = status["built"].as_str().unwrap_or_default();
        assert!(built.ends_with('Z') && built.contains('T'), "{status}");
        let list = json(&dir.kgrep(&with("--list")).stdout());
        assert!(list["last_used"].as_str().is_some_and(|time| time.ends_with('Z')), "{list}");
        assert_eq!((&list["gone"], &list["unfinished"]), (&false.into(), &false.into()));
    }
    dir.kgrep(&["index"]).run().expect_ok();
}

#[test]
fn one_of_something_is_not_many() {
    let dir = Dir::kernel();
    // Files as new as the index would count as written during the build.
    std::thread::sleep(std::time::Duration::from_millis(200));
    dir.kgrep(&["index"]).run().expect_ok();
    dir.create("fs/new.c", "int x;\n");
    fs::remove_file(dir.path("fs/namespace.c")).unwrap();
    let status = dir.kgrep(&["index", "--status"]).stdout();
    assert!(status.contains(" in 1 segment,"), "{status}");
    assert!(status.contains("0 new folders") && !status.contains("1 files"), "{status}");
}

#[test]
fn remove_says_what_is_gone() {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_ok();
    let done = dir.kgrep(&["index", "--remove"]).run().expect_code(0);
    assert!(done.stderr().contains(dir.tree().to_str().unwrap()), "{done}");
    assert!(done.stderr().contains("KiB"), "{done}");
    dir.kgrep(&["index", "--remove"]).run().expect_code(1);
}

#[test]
fn a_build_that_was_killed_is_unfinished_and_not_gone() {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_ok();
    let home = fs::read_dir(dir.cache().join("index")).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(home.join("index")).unwrap();
    let list = dir.kgrep(&["index", "--list"]).stdout();
    assert!(list.contains("unfinished") && !list.contains("gone"), "{list}");
    let done = dir.kgrep(&["index", "--prune"]).run().expect_code(0);
    assert!(done.stderr().contains("removed the index"), "{done}");
}

#[test]
fn what_the_system_says_is_said_once() {
    let dir = Dir::kernel();
    dir.create("file", "in the way\n");
    let blocked = dir.path("file/cache");
    for done in [
        dir.kgrep(&["index", "no_such_folder"]).run().expect_error(&["no_such_folder"]),
        dir.kgrep(&["index"]).env("KGREP_CACHE_DIR", &blocked).run().expect_error(&["cache"]),
        dir.kgrep(&["pivot_root"]).env("KGREP_CACHE_DIR", &blocked).run().expect_code(0),
    ] {
        let error = done.stderr();
        assert!(!error.contains("os error"), "{done}");
        let reason = if error.contains("Not a directory") { "Not a dir" } else { "No such file" };
        assert_eq!(error.matches(reason).count(), 1, "{done}");
    }
}

#[test]
fn a_current_folder_that_is_gone_is_said_to_be() {
    let dir = Dir::new();
    let script = dir.script(
        "gone",
        &format!(
            "mkdir gone && cd gone && rmdir ../gone\nfor args in pivot_root index; do {} $args; \
             done\n",
            crate::util::KGREP
        ),
    );
    let done = std::process::Command::new(script).current_dir(dir.tree()).output().unwrap();
    let error = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(error.matches("the current folder is gone").count(), 2, "{error}");
}

#[test]
fn what_an_index_knows_is_the_users_choice_and_stays() {
    let dir = Dir::kernel();
    let knows = |flags: &[&str]| {
        dir.kgrep(&["index"]).args(flags).run().expect_ok();
        let status = dir.kgrep(&["index", "--status", "--json"]).stdout();
        let status: serde_json::Value = serde_json::from_str(&status).expect("JSON");
        (status["code"].as_bool().unwrap(), status["catalog_bytes"].as_u64().unwrap() > 0)
    };
    assert_eq!(knows(&["--no-code"]), (false, false));
    dir.create("fs/new.c", "int new(void)\n{\n\treturn 0;\n}\n");
    assert_eq!(knows(&[]), (false, false), "an update");
    assert_eq!(knows(&["--rebuild"]), (false, false));
    assert_eq!(knows(&["--no-catalog"]), (true, false));
    dir.create("fs/new.c", "int newer(void)\n{\n\treturn 0;\n}\n");
    assert_eq!(knows(&[]), (true, false), "an update");
    assert_eq!(knows(&["--code"]), (true, true));
    assert_eq!(knows(&["--rebuild"]), (true, true));
    dir.kgrep(&["index", "--remove"]).run().expect_code(0);
    assert_eq!(knows(&[]), (true, true), "a new one knows everything");
    assert_eq!(knows(&["--no-code"]), (false, false));
    let both = dir.kgrep(&["index", "--no-code", "--code"]).run().expect_code(2);
    assert!(both.stderr().contains("cannot be used with"), "{both}");
}

/// It once said that nothing changed, while questions about code read all files.
#[test]
fn the_status_says_when_the_code_is_of_other_idioms() {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_ok();
    let said =
        "            of other idioms: questions about code don't use it, `kgrep index` renews it\n";
    let is_told = || {
        let status = dir.kgrep(&["index", "--status"]).stdout();
        let usable = json(&dir.kgrep(&["index", "--status", "--json"]).stdout());
        (status.contains(said), usable["code_usable"].as_bool().unwrap())
    };
    assert_eq!(is_told(), (false, true));
    let queries = dir.beside("config/kgrep/queries");
    fs::create_dir_all(&queries).unwrap();
    let idiom =
        "[[register]]\nmacros = [\"ENLIST\"]\ntable = \"__enlisted_{1}\"\nfunctions = [\"{1}\"]\n";
    fs::write(queries.join("mine.toml"), idiom).unwrap();
    assert_eq!(is_told(), (true, false));
    dir.kgrep(&["index"]).run().expect_ok();
    assert_eq!(is_told(), (false, true));
    dir.kgrep(&["index", "--no-code"]).run().expect_ok();
    assert_eq!(is_told(), (false, false));
}
