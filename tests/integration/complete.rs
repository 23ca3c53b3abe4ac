//! Tab completion of symbol names: what `kgrep __complete` prints, and what real shells make
//! of it.

use std::fs;
use std::process::Command;

use crate::util::Dir;

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/completions");

fn indexed() -> Dir {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_code(0);
    dir
}

fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|done| done.status.success())
}

#[test]
fn names_that_begin_so_are_printed() {
    let dir = indexed();
    let names = dir.kgrep(&["__complete", "--", "kmem_cache_"]).stdout();
    let expected = ["kmem_cache_alloc", "kmem_cache_free", "kmem_cache_zalloc"];
    for name in expected {
        assert!(names.lines().any(|line| line == name), "{names}");
    }
    assert!(names.lines().all(|line| line.starts_with("kmem_cache_")), "{names}");
    assert!(names.lines().collect::<Vec<_>>().is_sorted(), "{names}");
    // One letter is the beginning of too much; no index, no names, no message.
    for args in [["__complete", "k"], ["__complete", "nothing_is_called_so"]] {
        let done = dir.kgrep(&args).run().expect_code(1);
        assert!(done.bytes().is_empty() && done.stderr().is_empty());
    }
    let done = Dir::kernel().kgrep(&["__complete", "kmem"]).run();
    assert!(done.bytes().is_empty() && done.stderr().is_empty());
}

/// What a stranger's tree calls a thing must not become a command on the user's line.
#[test]
fn a_name_that_a_shell_would_run_is_no_completion() {
    let dir = Dir::kernel();
    dir.create(
        "drivers/char/evil.c",
        "static const struct of_device_id ids[] = {\n\
         \t{ .compatible = \"zz;touch x\" },\n\t{ .compatible = \"zz$(id)\" },\n\
         \t{ .compatible = \"zz*\" },\n\t{ .compatible = \"zz,lamp-2.0\" },\n\t{}\n};\n",
    );
    dir.kgrep(&["index", "--code"]).run().expect_code(0);
    assert_eq!(dir.kgrep(&["__complete", "--", "zz"]).stdout(), "zz,lamp-2.0\n");
}

#[test]
fn bash_completes_symbols_where_a_command_wants_one() {
    let dir = indexed();
    let complete = |words: &str| {
        let line = format!(
            "source {SCRIPTS}/kgrep.bash; COMP_WORDS=(kgrep {words}); \
             COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); \
             _kgrep_with_symbols kgrep \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; \
             printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        dir.shell(&format!("bash --norc -c '{}'", line.replace('\'', "'\\''"))).stdout()
    };
    for words in [
        "def kmem_cache_z",
        "refs kmem_cache_z",
        "callers -d 2 kmem_cache_z",
        "callees kmem_cache_z",
        "chain start_kernel kmem_cache_z",
        "trace kmem_cache_z",
        "chain a b --avoid kmem_cache_z",
    ] {
        assert_eq!(complete(words).trim(), "kmem_cache_zalloc", "{words}");
    }
    assert!(complete("def --bo").contains("--body"));
    assert!(complete("de").contains("def"));
    assert!(!complete("index kmem_cache_z").contains("kmem_cache_zalloc"));
}

#[test]
fn zsh_completes_symbols() {
    if !has("zsh") {
        return;
    }
    let dir = indexed();
    // compadd is asked what it was given: the real one works inside of a widget only.
    let script = format!(
        "autoload -Uz compinit; compinit -u -D 2>/dev/null; source {SCRIPTS}/_kgrep; \
         compadd() {{ print -l -- \"$@\" }}; PREFIX=kmem_cache_z; _kgrep_symbols"
    );
    let found = dir.shell(&format!("zsh -f -c '{script}'")).stdout();
    assert!(found.lines().any(|line| line == "kmem_cache_zalloc"), "{found}");
    let text = fs::read_to_string(format!("{SCRIPTS}/_kgrep")).expect("_kgrep");
    assert!(text.matches(":_kgrep_symbols'").count() >= 6, "each command asks for symbols");
    assert!(!text.contains(":_users'"));
}

#[test]
fn fish_completes_symbols() {
    if !has("fish") {
        return;
    }
    let dir = indexed();
    for command in ["def", "refs", "callers", "callees", "chain start_kernel", "trace"] {
        let line =
            format!("source {SCRIPTS}/kgrep.fish; complete -C \"kgrep {command} kmem_cache_z\"");
        let found = dir.shell(&format!("fish --no-config -c '{line}'")).stdout();
        assert!(found.contains("kmem_cache_zalloc"), "{command}: {found}");
    }
}
