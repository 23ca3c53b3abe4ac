//! Tab completion of symbol names: what `kgrep __complete` prints, and what real shells make
//! of it.

use std::fs;
use std::process::Command;

use crate::pty::Terminal;
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

#[test]
fn of_many_names_only_the_wanted_ones_are_offered() {
    let dir = Dir::new();
    let many = (0..450).map(|n| format!("config LAMP_{n}\n\tbool\n"));
    dir.create("Kconfig", many.collect::<String>());
    dir.create("a.c", "#define LAMP 1\n#define LAXER_MASK 2\n#define LA_X 3\nint lamp;\n");
    dir.kgrep(&["index"]).run().expect_code(0);
    let names = |start: &str| dir.kgrep(&["__complete", "--", start, "trace"]).run().stdout();
    assert_eq!(names("CONFIG_LA"), "CONFIG_LAMP_\n");
    assert_eq!(
        names("CONFIG_LAMP_44"),
        (0..11).fold(String::new(), |all, n| match n {
            0 => "CONFIG_LAMP_44\n".to_owned(),
            n => all + &format!("CONFIG_LAMP_44{}\n", n - 1),
        })
    );
    assert_eq!(names("CONFIG_"), "", "a symbol has at least a letter");
}

/// What bash offers for the last of the words behind `kgrep`.
fn bash(dir: &Dir, words: &str) -> String {
    let line = format!(
        "source {SCRIPTS}/kgrep.bash; COMP_WORDS=(kgrep {words}); \
         COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); \
         _kgrep_with_symbols kgrep \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; \
         printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    dir.shell(&format!("bash --norc -c '{}'", line.replace('\'', "'\\''"))).stdout()
}

/// What fish offers for the last of the words behind `kgrep`.
fn fish(dir: &Dir, words: &str) -> String {
    let line = format!("source {SCRIPTS}/kgrep.fish; complete -C \"kgrep {words}\"");
    dir.shell(&format!("fish --no-config -c '{line}'")).stdout()
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
    let complete = |words: &str| bash(&dir, words);
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
fn bash_offers_commands_first_and_flags_behind_a_dash() {
    let dir = indexed();
    let complete = |words: &str| bash(&dir, words);
    let first = complete("\"\"");
    assert!(first.lines().any(|word| word == "callers") && !first.contains('-'), "{first}");
    assert!(first.lines().any(|word| word == "help"), "{first}");
    let flags = complete("-");
    assert!(flags.lines().any(|word| word == "--smart-case"), "{flags}");
    assert!(flags.lines().all(|word| word.starts_with('-')), "{flags}");
    // Nothing to offer but files: the flags stay away, and commands stand first only.
    for words in ["trace \"\"", "def \"\"", "chain a \"\"", "kfree \"\"", "diff \"\""] {
        assert_eq!(complete(words).trim(), "", "{words}");
    }
    assert!(complete("help cal").contains("callers"));
    assert!(complete("trace --bo").contains("--body"));
}

#[test]
fn trace_completes_all_that_it_knows() {
    let dir = indexed();
    for (start, name) in [
        ("rdin", "rdinit="),
        ("CONFIG_EXT4_D", "CONFIG_EXT4_DEBUG"),
        ("file_operations.ll", "file_operations.llseek"),
        ("kmem_cache_z", "kmem_cache_zalloc"),
    ] {
        let words = format!("trace {start}");
        let has_it = |names: &str| names.lines().any(|line| line == name);
        assert!(has_it(&dir.kgrep(&["__complete", "--", start, "trace"]).stdout()), "{start}");
        if has("bash") {
            assert!(has_it(&bash(&dir, &words)), "bash, {start}: {}", bash(&dir, &words));
        }
        if has("fish") {
            let found = fish(&dir, &words);
            assert!(found.lines().any(|l| l.split('\t').next() == Some(name)), "fish: {found}");
        }
    }
    // Elsewhere, only what the code defines.
    assert_eq!(dir.kgrep(&["__complete", "--", "file_operations.ll", "def"]).run().code(), 1);
}

#[test]
fn architectures_and_themes_are_completed() {
    let dir = indexed();
    for (words, value) in [
        ("def --arch ar", "arm64"),
        ("--arch x", "x86"),
        ("list syscalls --arch al", "all"),
        ("--theme base16-oc", "base16-ocean.dark"),
        ("def --theme base16-oc", "base16-ocean.dark"),
    ] {
        if has("bash") {
            let found = bash(&dir, words);
            assert!(found.lines().any(|line| line == value), "bash, {words}: {found}");
        }
        if has("fish") {
            let found = fish(&dir, words);
            assert!(found.lines().any(|l| l.split('\t').next() == Some(value)), "fish: {found}");
        }
    }
    if has("fish") {
        let values = |words: &str| fish(&dir, words).replace('\t', " ");
        assert!(values("def --theme Sol").contains("(dark)"));
        assert!(values("def --arch=ar").starts_with("--arch=arm64"));
        assert!(values("--color al").starts_with("always"), "a flag of kgrep itself");
    }
    if has("bash") {
        assert_eq!(bash(&dir, "--theme Sol").lines().next(), Some("Solarized\\ \\(dark\\)"));
        assert_eq!(bash(&dir, "def --arch = ar").trim(), "arm64", "as bash takes --arch=ar apart");
    }
}

/// A key in a real bash: what stands in the line then.
#[test]
fn a_tab_in_bash_leaves_the_line_alone_or_completes_it() {
    if !has("bash") {
        return;
    }
    let dir = indexed();
    dir.shell("kgrep --version").run().expect_code(0);
    let path = format!("{}:{}", dir.beside("programs").display(), env!("PATH"));
    for (line, completed) in [
        ("kgrep trace ", "kgrep trace "),
        ("kgrep trace kmem_cache_z", "kgrep trace kmem_cache_zalloc "),
        ("kgrep trace rdinit=", "kgrep trace rdinit="),
        ("kgrep trace rdini", "kgrep trace rdinit"),
        ("kgrep calle", "kgrep calle"),
        ("kgrep --theme Solarized", "kgrep --theme Solarized\\ \\("),
    ] {
        let args = ["--norc", "--noprofile", "-i"];
        let mut shell = Terminal::program(&dir, "bash", &args, &[("PATH", &path)], 50, 200);
        shell.send(&format!(
            "source {SCRIPTS}/kgrep.bash; PS1=; bind 'set bell-style none'; \
             bind -x '\"\\C-t\": printf \"<%s>\\n\" \"$READLINE_LINE\"'; echo re''ady\r"
        ));
        shell.wait_for("ready\r\n");
        shell.send(&format!("{line}\t\x14"));
        shell.wait_for(&format!("<{completed}>"));
    }
}

/// What a zsh makes of `line` when Tab is pressed: all that the screen got, and the line then.
fn zsh(dir: &Dir, line: &str) -> (String, String) {
    // The link to kgrep is on the path from here on.
    dir.shell("kgrep --version").run().expect_code(0);
    let path = format!("{}:{}", dir.beside("programs").display(), env!("PATH"));
    let mut shell = Terminal::program(dir, "zsh", &["-f", "-i"], &[("PATH", &path)], 50, 200);
    // Ctrl-T tells the line as it is.
    shell.send(&format!(
        "fpath=({SCRIPTS} $fpath); autoload -Uz compinit; compinit -u -D; PS1=; \
         tell() {{ print -r -- \"<$BUFFER>\" }}; zle -N tell; bindkey '^T' tell; \
         unsetopt beep; print re''ady\r"
    ));
    shell.wait_for("ready\r\n");
    shell.send(&format!("{line}\t\x14"));
    let list = shell.wait_for("<kgrep ");
    let line = shell.wait_for(">\r\n");
    (list, format!("kgrep {}", line.trim_end().trim_end_matches('>')))
}

#[test]
fn zsh_completes_what_a_command_takes() {
    if !has("zsh") {
        return;
    }
    let dir = indexed();
    for (line, completed) in [
        ("kgrep def kmem_cache_z", "kgrep def kmem_cache_zalloc "),
        ("kgrep refs kmem_cache_z", "kgrep refs kmem_cache_zalloc "),
        ("kgrep callers -d 2 kmem_cache_z", "kgrep callers -d 2 kmem_cache_zalloc "),
        ("kgrep --no-config def kmem_cache_z", "kgrep --no-config def kmem_cache_zalloc "),
        ("kgrep chain start_kernel kmem_cache_z", "kgrep chain start_kernel kmem_cache_zalloc "),
        ("kgrep find --ki", "kgrep find --kind="),
        ("kgrep index --st", "kgrep index --status "),
        ("kgrep find --kind main", "kgrep find --kind maintainer "),
        ("kgrep list sysc", "kgrep list syscalls "),
        ("kgrep trace file_operations.ll", "kgrep trace file_operations.llseek "),
        ("kgrep trace CONFIG_EXT4_D", "kgrep trace CONFIG_EXT4_DEBUG "),
        ("kgrep def --arch arm", "kgrep def --arch arm64 "),
        ("kgrep help quer", "kgrep help queries "),
        ("kgrep trace --as sysca", "kgrep trace --as syscall "),
        // A pattern, and what a search takes behind it.
        ("kgrep kfree --smart", "kgrep kfree --smart-case "),
        ("kgrep kfree mm/sla", "kgrep kfree mm/slab.c "),
        ("kgrep -e kfree mm/sla", "kgrep -e kfree mm/slab.c "),
        ("kgrep --smart", "kgrep --smart-case "),
        ("kgrep expo", "kgrep export "),
    ] {
        let (list, line) = zsh(&dir, line);
        assert_eq!(line.trim_end(), completed.trim_end(), "{list}");
    }
}

#[test]
fn zsh_lists_what_a_command_takes() {
    if !has("zsh") {
        return;
    }
    let dir = indexed();
    for (line, some, none) in [
        ("kgrep find --kind ", "maintainer", "callers"),
        ("kgrep refs --kinds ", "indirect", "callers"),
        ("kgrep def --kind ", "typedef", "callers"),
        ("kgrep list ", "boot-params", "callers"),
        ("kgrep def kmem_cache_", "kmem_cache_free", "callers"),
        ("kgrep ", "callers", "__complete"),
        ("kgrep def ", "<kgrep", "callers"),
    ] {
        let (list, _) = zsh(&dir, line);
        let list = list.split_once(line).map_or("", |(_, list)| list);
        assert!(list.contains(some) && !list.contains(none), "{line}: {list}");
    }
}

#[test]
fn hidden_commands_are_in_no_shells_completions() {
    for script in ["_kgrep", "kgrep.bash", "kgrep.fish"] {
        let text = fs::read_to_string(format!("{SCRIPTS}/{script}")).expect("a script");
        assert!(!text.contains("__generate"), "{script}");
        // What is called for the names is no word to complete.
        let called = text.matches("__complete").count();
        assert_eq!(called, text.matches("kgrep __complete -- ").count(), "{script}");
    }
}

#[test]
fn bash_and_fish_complete_the_values_that_a_command_takes() {
    let dir = indexed();
    for (words, some) in [
        ("refs --kinds ind", "indirect"),
        ("def --kind typ", "typedef"),
        ("callers --kinds ind", "indirect"),
        ("list sysc", "syscalls"),
        ("find --kind main", "maintainer"),
        ("list --format vim", "vimgrep"),
    ] {
        if has("bash") {
            let found = bash(&dir, words);
            assert!(found.lines().any(|line| line == some), "bash, {words}: {found}");
        }
        if has("fish") {
            let found = fish(&dir, words);
            let first = found.lines().filter_map(|line| line.split('\t').next());
            assert!(first.clone().any(|word| word == some), "fish, {words}: {found}");
            assert_eq!(first.count(), 1, "fish, {words}: {found}");
        }
    }
    if has("fish") {
        for words in ["list ", "list --format ", "refs --kinds "] {
            assert!(!fish(&dir, words).contains("mm/"), "no files: {words}");
        }
    }
}

#[test]
fn fish_completes_symbols() {
    if !has("fish") {
        return;
    }
    let dir = indexed();
    for command in ["def", "refs", "callers", "callees", "chain start_kernel", "trace"] {
        let found = fish(&dir, &format!("{command} kmem_cache_z"));
        assert!(found.contains("kmem_cache_zalloc"), "{command}: {found}");
    }
}
