//! `kgrep find`: ranked search on the kernel-like tree, what a question can say, freshness,
//! damage, read-only caches, and near names.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::util::{Dir, eqnice};

/// The kernel-like tree with its catalog.
fn indexed() -> Dir {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_code(0);
    dir
}

/// Kind and name of each answer.
fn answers(dir: &Dir, words: &[&str]) -> Vec<String> {
    let args = [&["--arch", "x86", "--format", "json", "find"], words].concat();
    let done = dir.kgrep(&args).run();
    let text = done.stdout();
    let rows = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let columns =
        rows.filter(|row| row["type"] == "match").map(|row| row["data"]["columns"].clone());
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    columns.map(|row| format!("{} {}", word(&row["kind"]), word(&row["name"]))).collect()
}

#[test]
fn an_answer_is_place_kind_name_and_line() {
    let dir = indexed();
    let expected = "\
Index File      Line Kind     Name             Content
    0 mm/slab.c   39 function kmem_cache_alloc void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags)
";
    let table =
        dir.kgrep(&["find", "-n", "2", "--kind", "symbol", "name:kmem_cache*", "alloc"]).stdout();
    eqnice!(expected, table);
    let colours = dir.kgrep(&["--color", "always", "find", "-n1", "kmem_cache_alloc"]).stdout();
    assert!(colours.contains('\u{1b}'), "the words stand out: {colours}");
    // It is a list like any other.
    assert!(dir.kgrep(&["-s", "c2 0"]).stdout().contains("return slab_alloc(s, flags);"));
}

#[test]
fn each_kind_of_thing_is_found() {
    let dir = indexed();
    for (words, first) in [
        (&["kmem", "cache", "alloc"][..], "function kmem_cache_alloc"),
        (&["kmem_cache"], "struct kmem_cache"),
        (&["struct", "file"], "struct file"),
        (&["__NR_pivot_root"], "constant __NR_pivot_root"),
        (&["pivot", "root"], "syscall sys_pivot_root"),
        (&["crashkernel"], "param crashkernel="),
        (&["kexec"], "config CONFIG_KEXEC"),
        (&["CONFIG_KEXEC"], "config CONFIG_KEXEC"),
        (&["ext4", "maintainer"], "maintainer EXT4 FILE SYSTEM"),
        (&["reserving", "memory"], "doc Dumps after a crash > Reserving memory"),
        (&["slab", "allocator", "--kind", "doc"], "doc Slab allocator"),
        (&["objects", "of", "one", "size", "--kind", "file"], "file mm/slab.c"),
    ] {
        let found = answers(&dir, words);
        assert_eq!(found.first().map(String::as_str), Some(first), "{words:?}: {found:?}");
    }
}

#[test]
fn half_words_typos_and_endings_are_understood() {
    let dir = indexed();
    for (words, first) in [
        (&["kmem", "cach", "alloc"][..], "function kmem_cache_alloc"),
        (&["kmem", "cahce", "alloc"], "function kmem_cache_alloc"),
        (&["pivto_root"], "syscall sys_pivot_root"),
        (&["alloc", "cache", "kmem"], "function kmem_cache_alloc"),
        (&["crash", "kernel", "reservation", "--kind", "symbol"], "function reserve_crashkernel"),
    ] {
        let found = answers(&dir, words);
        assert_eq!(found.first().map(String::as_str), Some(first), "{words:?}: {found:?}");
    }
}

#[test]
fn a_question_can_say_what_must_be_and_what_must_not() {
    let dir = indexed();
    let kfree = answers(&dir, &["name:kfree"]);
    assert_eq!(kfree, ["function kfree"; 2]);
    assert_eq!(answers(&dir, &["name:kfree", "--in", "tools"]).len(), 1);
    assert!(answers(&dir, &["name:kfree", "-tools", "--in", "mm"]).len() == 1);
    let phrase = answers(&dir, &["\"root folder\""]);
    assert_eq!(phrase, ["function init_setup", "config CONFIG_BLK_DEV_INITRD"]);
    assert!(answers(&dir, &["root", "folder"]).len() > 2, "the words alone are in more");
    // The shell has taken the quotes.
    assert_eq!(answers(&dir, &["root folder", "program"]), phrase);
    let with = answers(&dir, &["cache", "+free"]);
    assert!(!with.is_empty() && with.len() < answers(&dir, &["cache"]).len());
    let without = answers(&dir, &["cache", "-alloc", "-n", "50"]);
    let is_alloc = |name: &String| name.split(['_', ' ']).any(|word| word == "alloc");
    assert!(!without.iter().any(is_alloc), "{without:?}");
    assert!(without.iter().any(|name| name.contains("kmem_cache_free")), "{without:?}");
    let configs = answers(&dir, &["crash", "--kind", "config,param"]);
    assert!(configs.iter().all(|name| name.starts_with("config") || name.starts_with("param")));
}

#[test]
fn a_question_may_be_one() {
    let dir = indexed();
    for words in ["how do I free the kmem cache", "what does kmem_cache_free", "kmem cache free"] {
        let found = answers(&dir, &words.split(' ').collect::<Vec<_>>());
        assert_eq!(found.first().map(String::as_str), Some("function kmem_cache_free"), "{words}");
    }
}

#[test]
fn a_system_call_has_the_name_that_programs_call_it_by() {
    let dir = indexed();
    for words in ["name:pivot_root", "name:sys_pivot_root", "pivot_root", "sys_pivot_root"] {
        let found = answers(&dir, &[words]);
        assert_eq!(found.first().map(String::as_str), Some("syscall sys_pivot_root"), "{words}");
    }
}

/// The line of a comment opened the comment, and a return type of its own was shown as the name.
#[test]
fn the_line_shown_has_the_name_or_says_something() {
    let dir = Dir::kernel();
    dir.create(
        "mm/apart.c",
        "/**\n * kettle - make tea\n *\n * It boils.\n */\n\nstatic const char *words = \"it boils the kettle for tea\";\n\n\
         static int __must_check\nkettle(void)\n{\n\treturn 0;\n}\n",
    );
    dir.create(
        "Documentation/mm/tea.rst",
        ".. SPDX-License-Identifier: GPL-2.0\n.. Copyright (C) 2020, teapots\n\nMaking tea\n==========\n\nBoil.\n",
    );
    dir.kgrep(&["index", "--code"]).run().expect_code(0);
    let found = dir.kgrep(&["find", "--kind", "symbol", "-n1", "kettle", "tea", "boil"]).stdout();
    assert!(found.contains(" 10 function kettle") && found.contains(" kettle(void)"), "{found}");
    for words in [&["tea", "--kind", "doc"][..], &["teapots"], &["Documentation/mm/tea.rst"]] {
        let found = dir.kgrep(&[&["find", "-n1"], words].concat()).run();
        assert!(!found.stdout().contains(".. "), "{words:?}: {}", found.stdout());
    }
}

#[test]
fn what_a_path_names_comes_first() {
    let dir = indexed();
    for (path, first) in [
        ("Documentation/admin-guide/kdump.rst", "doc Dumps after a crash"),
        ("mm/slab.c", "file mm/slab.c"),
        ("./mm/../mm/slab.c", "file mm/slab.c"),
        ("mm/Makefile", "file mm/Makefile"),
    ] {
        let found = answers(&dir, &[path]);
        assert_eq!(found.first().map(String::as_str), Some(first), "{path}: {found:?}");
        assert_eq!(found.iter().filter(|found| *found == first).count(), 1, "{path}: {found:?}");
    }
    let done = dir.kgrep(&["find", "mm/slab.c", "-n1"]).run();
    assert!(done.stderr().is_empty() && done.stdout().lines().count() == 2, "{}", done.stderr());
    assert!(!answers(&dir, &["mm/slab.c", "--in", "fs"]).contains(&"file mm/slab.c".to_owned()));
    assert!(
        !answers(&dir, &["mm/Makefile", "--kind", "symbol"]).iter().any(|a| a.starts_with("file"))
    );
}

#[test]
fn entries_of_one_name_are_ordered_as_def_does_and_as_they_are_listed() {
    let dir = Dir::kernel();
    let stub = "static inline int lamp_get(int dev)\n{\n\treturn -1;\n}\n";
    dir.create("include/linux/lamp.h", format!("/**\n * lamp_get - get the lamp\n */\n{stub}"));
    dir.create("drivers/char/lamp.c", "int lamp_get(int dev)\n{\n\treturn dev;\n}\n");
    dir.create("include/linux/shade.h", stub.replace("lamp", "shade"));
    dir.create("mm/shade.c", "int shade_get(int dev)\n{\n\treturn dev;\n}\n");
    let list = "Documentation/admin-guide/kernel-parameters.txt";
    let text = fs::read_to_string(dir.path(list)).expect("the list");
    let more = "\tcrashkernel=size[KMG],high\n\t\t\tcrash\n\n\thostname=";
    dir.create(list, text.replace("\thostname=", more));
    dir.kgrep(&["index"]).run().expect_code(0);
    let first = |words: &[&str]| {
        let table = dir.kgrep(&[&["find", "-n1"], words].concat()).stdout();
        table.lines().nth(1).unwrap_or_default().to_owned()
    };
    for words in [&["name:lamp*"][..], &["lamp_get"], &["get", "lamp"]] {
        assert!(first(words).contains("drivers/char/lamp.c"), "{words:?}: {}", first(words));
        let found = dir.kgrep(&["def", "lamp_get"]).stdout();
        assert!(found.lines().nth(1).is_some_and(|line| line.contains("drivers/char/lamp.c")));
    }
    assert!(first(&["name:shade*"]).contains("mm/shade.c"), "a stub is no definition");
    let plain = dir.kgrep(&["find", "crashkernel=", "-n1", "--format", "json"]).stdout();
    let line = text.lines().position(|line| line.starts_with("\tcrashkernel=")).expect("there");
    let near = (line + 1..line + 4).any(|line| plain.contains(&format!("\"line_number\":{line},")));
    assert!(near, "the plain one is from line {line}: {plain}");
}

/// NVMEM came before what has `nvme` in each of its lines.
#[test]
fn who_maintains_the_folder_called_so_comes_first() {
    let dir = Dir::kernel();
    dir.create(
        "MAINTAINERS",
        "List\n====\n\nLAMPS OF ONE SORT\nM:\tA\nF:\tdrivers/lamp/one.c\n\nLAMPSHADES\nM:\tB\nF:\tdrivers/lampshade/\n\n\
         LAMP\nM:\tC\nF:\tdrivers/lamp/two.c\n\nLIGHT (LAMP), CANDLES (CND), FIRE AND THE SUN SUBSYSTEM\nM:\tD\nF:\tdrivers/lamp/\nF:\tinclude/linux/lamp/\n",
    );
    dir.kgrep(&["index"]).run().expect_code(0);
    for words in [&["lamp", "--kind", "maintainer"][..], &["lamp", "maintainer"]] {
        let found = answers(&dir, words);
        let maintainers: Vec<&String> =
            found.iter().filter(|found| found.starts_with("maintainer")).collect();
        assert!(maintainers[0].starts_with("maintainer LIGHT (LAMP)"), "{words:?}: {found:?}");
        assert_ne!(maintainers[1], "maintainer LAMPSHADES", "{words:?}");
    }
}

#[test]
fn another_architecture_comes_last_when_one_is_named() {
    let dir = Dir::kernel();
    dir.create("arch/arm64/mm/flush.c", "void flush_lamp_cache(void)\n{\n}\n");
    dir.create("drivers/char/lamp.c", "void lamp_flush(void)\n{\n}\nvoid lamp_cache(void)\n{\n}\n");
    dir.kgrep(&["index"]).run().expect_code(0);
    let names = answers(&dir, &["flush", "lamp", "cache"]);
    let at = names.iter().position(|name| name == "function flush_lamp_cache");
    assert_eq!(at, Some(names.len() - 1), "x86 was named: {names:?}");
    let own = dir.kgrep(&["--arch", "arm64", "find", "-n1", "flush", "lamp", "cache"]).stdout();
    assert!(own.contains("arch/arm64/mm/flush.c"), "{own}");
}

#[test]
fn a_single_letter_is_a_flag_that_find_has_not() {
    let dir = indexed();
    for letter in ["-i", "-l", "-c", "-w"] {
        let done = dir.kgrep(&["find", "kmem", letter]).run();
        done.expect_error(&["no flag", letter, "to leave out the word"]);
    }
    assert!(!answers(&dir, &["cache", " -i"]).is_empty());
    let done = dir.kgrep(&["find", "kmem", "-n", "-1"]).run();
    done.expect_error(&["invalid value '-1'", "it must be a number"]);
}

#[test]
fn kinds_are_those_of_def_too() {
    let dir = indexed();
    let kinds = |kind: &str| answers(&dir, &["kmem", "cache", "--kind", kind]);
    assert!(kinds("struct").iter().all(|found| found.starts_with("struct ")));
    assert!(kinds("function,struct").len() > kinds("struct").len());
    let found = answers(&dir, &["__NR_pivot_root", "--kind", "function"]);
    assert!(!found.is_empty() && found.iter().all(|found| !found.starts_with("constant")));
    let found = answers(&dir, &["__NR_pivot_root", "--kind", "macro"]);
    assert_eq!(found.first().map(String::as_str), Some("constant __NR_pivot_root"), "{found:?}");
    dir.kgrep(&["find", "kmem", "--kind", "kettle"]).run().expect_error(&["kettle", "function"]);
}

#[test]
fn words_that_nothing_has_are_told() {
    let dir = indexed();
    let done = dir.kgrep(&["find", "xyzzyqq", "qqqplugh", "slab"]).run().expect_code(0);
    assert_eq!(done.stderr(), "kgrep: nothing found that has xyzzyqq, qqqplugh\n");
    // Mistyped, in a path only, or what a thing is.
    for words in [&["slba", "allocator"][..], &["slab", "admin"], &["slab", "function"]] {
        let done = dir.kgrep(&[&["find"], words].concat()).run().expect_code(0);
        assert!(done.stderr().is_empty(), "{words:?}: {}", done.stderr());
    }
    let done = dir.kgrep(&["find", "+xyzzyqq", "memory"]).run().expect_code(1);
    assert_eq!(
        done.stderr(),
        "kgrep: nothing found about +xyzzyqq memory: nothing has xyzzyqq\n",
        "no search finds it either"
    );
    // What is in the text alone is found as the hint says.
    dir.create("mm/odd.c", "int odd(void)\n{\n\treturn zzodd + zzpair; /* zzodd zzpair */\n}\n");
    for (words, hint) in [
        (&["name:zzodd", "-arm"][..], "`kgrep zzodd` searches the text"),
        (&["+zzodd", "zzpair"], "`kgrep 'zzodd zzpair'` searches the text"),
    ] {
        let done = dir.kgrep(&[&["find"], words].concat()).run().expect_code(1);
        assert!(done.stderr().contains(hint), "{words:?}: {}", done.stderr());
    }
    dir.kgrep(&["zzodd zzpair"]).run().expect_code(0);
}

#[test]
fn a_question_that_is_none_is_searched_as_words_with_a_note() {
    let dir = indexed();
    for (words, note) in [
        ("\"kmem cache", "a quote is not closed"),
        ("+ kmem", "+ and - want a word"),
        ("name: kmem", "name: wants a name"),
        ("kind:config kmem", "only name: can stand"),
        ("title:kmem", "only name: can stand"),
        ("km*em kmem", "a * can only stand at the end"),
    ] {
        let done = dir.kgrep(&["find", words]).run().expect_code(0);
        let stderr = done.stderr();
        assert!(stderr.contains(note) && stderr.contains("plain words"), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
    dir.kgrep(&["find", "?!"]).run().expect_error(&["no word to look for"]);
    dir.kgrep(&["find", "xyzzyplugh"]).run().expect_code(1);
}

#[test]
fn without_a_catalog_find_says_what_makes_one() {
    let dir = Dir::kernel();
    dir.kgrep(&["find", "slab"]).run().expect_error(&["has no index", "`kgrep index` makes"]);
    for without in ["--no-code", "--no-catalog"] {
        dir.kgrep(&["index", without]).run().expect_code(0);
        dir.kgrep(&["find", "slab"]).run().expect_error(&["no catalog", "kgrep index --code"]);
    }
    dir.kgrep(&["index", "--code"]).run().expect_code(0);
    dir.kgrep(&["find", "slab"]).run().expect_code(0);
    dir.kgrep(&["find", "slab", "--in", "/"]).run().expect_error(&["is not in"]);
    dir.kgrep(&["find", "slab", "--in", "nowhere"]).run().expect_error(&["no such file"]);
}

#[test]
fn changed_files_answer_as_they_are_before_and_after_an_update() {
    let dir = indexed();
    dir.create(
        "mm/new.c",
        "/**\n * teapot_boil - make hot water\n */\nint teapot_boil(void)\n{\n\treturn 0;\n}\n",
    );
    dir.create("Documentation/mm/tea.rst", "Tea\n===\n\nBoiling of teapots.\n");
    let slab = fs::read_to_string(dir.path("mm/slab.c")).expect("mm/slab.c");
    dir.create("mm/slab.c", slab.replace("kmem_cache_zalloc", "kmem_cache_fresh"));
    fs::remove_file(dir.path("Documentation/admin-guide/kdump.rst")).expect("removed");
    let look = |when: &str| {
        let found = answers(&dir, &["hot", "water"]);
        assert_eq!(found.first().map(String::as_str), Some("function teapot_boil"), "{when}");
        assert!(answers(&dir, &["boiling", "teapots"]).contains(&"doc Tea".to_owned()), "{when}");
        assert_eq!(answers(&dir, &["name:kmem_cache_fresh"]).len(), 1, "{when}");
        assert!(answers(&dir, &["name:kmem_cache_zalloc"]).is_empty(), "{when}");
        let crash = answers(&dir, &["crash", "-n", "50"]);
        assert!(!crash.is_empty() && crash.iter().all(|name| !name.contains("Dumps")), "{when}");
    };
    look("before the update");
    dir.kgrep(&["index"]).run().expect_code(0);
    look("after it");
    dir.kgrep(&["index", "--check"]).run().expect_code(0);
    dir.create("mm/new.c", "int kettle;\n");
    assert!(answers(&dir, &["name:teapot_boil"]).is_empty());
    assert_eq!(answers(&dir, &["name:kettle"]), ["variable kettle"]);
}

#[test]
fn a_cache_that_cannot_be_written_to_is_read() {
    let dir = indexed();
    let home = home(&dir);
    let before = names(&home);
    let set = |mode: u32| {
        fs::set_permissions(&home, fs::Permissions::from_mode(mode)).expect("permissions");
    };
    set(0o500);
    let found = answers(&dir, &["kmem_cache_alloc"]);
    set(0o700);
    assert_eq!(found.first().map(String::as_str), Some("function kmem_cache_alloc"));
    assert_eq!(names(&home), before, "a reader leaves nothing behind");
}

#[test]
fn a_damaged_catalog_is_told_and_built_again() {
    for at in 0..24 {
        let dir = indexed();
        let home = home(&dir);
        let catalog = names(&home).into_iter().find(|name| name.starts_with("catalog-"));
        let catalog = home.join(catalog.expect("a catalog"));
        let mut bytes = fs::read(&catalog).expect("the catalog");
        match at {
            0 => bytes.truncate(bytes.len() / 2),
            1 => bytes.clear(),
            at => {
                let place = bytes.len() * at / 24;
                let end = bytes.len().min(place + 8);
                bytes[place..end].iter_mut().for_each(|byte| *byte ^= 0x55);
            }
        }
        fs::remove_file(&catalog).expect("removed");
        fs::write(&catalog, bytes).expect("written");
        // A question that touches no damaged block is answered; else the file is named.
        let done = dir.kgrep(&["find", "crash", "kernel", "memory"]).run();
        let stderr = done.stderr();
        assert!(!stderr.contains("panicked"), "{at}: {stderr}");
        if done.code() != 0 {
            assert!(stderr.contains("damaged") && stderr.contains("kgrep index"), "{at}: {stderr}");
        }
        assert_eq!(dir.kgrep(&["index", "--check"]).run().code(), 2, "{at}");
        dir.kgrep(&["index"]).run().expect_code(0);
        dir.kgrep(&["index", "--check"]).run().expect_code(0);
        dir.kgrep(&["find", "crash"]).run().expect_code(0);
    }
}

#[test]
fn near_names_come_from_the_catalog_too() {
    let dir = indexed();
    for command in ["def", "refs", "callers", "callees", "trace"] {
        let done = dir.kgrep(&[command, "cache_alloc_kmem"]).run().expect_code(1);
        let stderr = done.stderr();
        assert!(
            stderr.contains("near: ") && stderr.contains("kmem_cache_alloc"),
            "{command}: {stderr}"
        );
    }
    let done = dir.kgrep(&["chain", "start_kernel", "cache_alloc_kmem"]).run();
    assert!(done.stderr().contains("kmem_cache_alloc"));
    let done = dir.kgrep(&["refs", "kmem_cache_aloc"]).run();
    assert!(done.stderr().contains("near: kmem_cache_alloc"));
    // Mistyped words in a name that begins otherwise.
    let done = dir.kgrep(&["def", "pivto_root"]).run();
    assert!(done.stderr().contains("near: pivot_root"), "{}", done.stderr());
    // What has one letter of it is not near.
    dir.create(
        "drivers/x.c",
        "int lamp(void)\n{\n\treturn 1;\n}\nint x(void)\n{\n\treturn 1;\n}\n",
    );
    let done = dir.kgrep(&["def", "nosuchlamp_x"]).run().expect_code(1);
    assert!(!done.stderr().contains("near: "), "{}", done.stderr());
}

/// The folder of the tree's index.
fn home(dir: &Dir) -> std::path::PathBuf {
    let index = dir.cache().join("index");
    let mut folders = fs::read_dir(index).expect("the cache").flatten().map(|entry| entry.path());
    folders.find(|path| path.is_dir()).expect("an index")
}

fn names(home: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(home).expect("the index").flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    names
}

#[test]
fn who_maintains_asks_for_maintainers() {
    let dir = indexed();
    for asked in ["who maintains ext4", "ext4 maintainer", "maintained ext4"] {
        let found = dir.kgrep(&["find", asked, "--no-header"]).stdout();
        let row = found.lines().next().unwrap_or_default();
        assert!(row.contains("EXT4 FILE SYSTEM"), "{asked}: {found}");
    }
}

#[test]
fn a_kind_is_asked_for_by_any_of_its_names() {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_ok();
    for (words, names) in [
        (&["find", "memory", "--kind"][..], ["param", "boot-param", "parameter"]),
        (&["list"], ["params", "boot-params", "param"]),
        (&["trace", "rdinit=", "--as"], ["param", "boot-param", "params"]),
        (&["def", "kmem_cache", "--kind"], ["struct", "structs", "structure"]),
        (&["queries"], ["param", "boot-param", "params"]),
    ] {
        let answer = |name| dir.kgrep(words).args(&[name]).run().expect_code(0).stdout();
        let [first, second, third] = names.map(answer);
        assert!(first == second && first == third, "{words:?}: {first}{second}{third}");
    }
    dir.kgrep(&["find", "memory", "--kind", "lamp"]).run().expect_error(&["lamp"]);
}

/// `-n` counted answers that are then shown as one: names that one line defines.
#[test]
fn as_many_rows_are_shown_as_are_asked_for() {
    let dir = Dir::kernel();
    let event = |name: &str| {
        format!(
            "TRACE_EVENT({name},\n\tTP_PROTO(int lamp),\n\tTP_ARGS(lamp),\n\t\
             TP_printk(\"lamp %d\", lamp)\n);\n"
        )
    };
    dir.create("include/trace/events/lamp.h", event("lamp_dim") + &event("lamp_dim_slowly"));
    dir.create(
        "fs/lamp.c",
        "/* Dims a lamp. */\nint lamp_dim_now(int lamp)\n{\n\treturn 0;\n}\n\
         typedef struct lamp_dim_t { int a; } lamp_dim_t;\n\
         enum lamp_dim_how { LAMP_DIM_FAST, LAMP_DIM_SLOW };\n",
    );
    dir.kgrep(&["index"]).run().expect_code(0);
    let rows = |number: usize| answers(&dir, &["-n", &number.to_string(), "lamp", "dim"]);
    let all = rows(100);
    insta::assert_snapshot!(all.join("\n"));
    for number in 1..=all.len() {
        assert_eq!(rows(number).len(), number, "{:?}", rows(number));
    }
}

/// What nothing says is a source tree is only indexed where it is named.
#[test]
fn a_plain_folder_is_told_how_it_is_indexed() {
    let dir = Dir::new();
    dir.create("lamp.c", "int lamp(void)\n{\n\treturn 0;\n}\n");
    dir.kgrep(&["find", "lamp"]).run().expect_error(&["`kgrep index .` makes it, once"]);
    dir.kgrep(&["index", "."]).run().expect_code(0);
    assert_eq!(dir.kgrep(&["find", "lamp"]).stdout().lines().count(), 2);
}

/// A list's glob was only taken as the list's own file spells its names.
#[test]
fn a_lists_glob_takes_both_spellings() {
    let dir = Dir::kernel();
    let names = |args: &[&str]| {
        let args = [&["--arch", "x86", "--format", "json", "list"], args].concat();
        let text = dir.kgrep(&args).run().expect_code(0).stdout();
        let rows =
            text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let names =
            rows.filter_map(|row| Some(row["data"]["columns"]["name"].as_str()?.to_owned()));
        names.collect::<Vec<_>>().join(" ")
    };
    for (what, globs, found) in [
        ("configs", ["EXT4*", "CONFIG_EXT4*"], "EXT4_FS EXT4_DEBUG"),
        ("configs", ["KEXEC", "CONFIG_KEXEC"], "KEXEC"),
        ("boot-params", ["rdinit=", "rdinit"], "rdinit="),
        ("boot-params", ["crashkernel", "crashkernel="], "crashkernel"),
        ("params", ["{init,bootconfig}", "{init,bootconfig}="], "init= bootconfig"),
    ] {
        for glob in globs {
            eqnice!(found, names(&[what, glob]));
        }
    }
}
