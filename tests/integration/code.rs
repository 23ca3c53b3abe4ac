//! What the code says: definitions, uses, callers, callees, chains and the export, on the
//! kernel-like tree, without an index and with one.

use crate::util::{Dir, eqnice};

/// The rows of a command's table without its header, on the kernel-like tree.
fn rows(dir: &Dir, args: &[&str]) -> String {
    dir.kgrep(&["--no-header", "--arch", "x86"]).args(args).stdout()
}

#[test]
fn the_best_definition_comes_first() {
    let dir = Dir::kernel();
    let expected = "\
Index File                 Line Name  Kind        Content
    0 mm/slab.c              72 kfree function    void kfree(const void *object)
    1 tools/lib/string.c     11 kfree function    void kfree(void *p)
    2 include/linux/slab.h   15 kfree declaration void kfree(const void *object);
";
    eqnice!(expected, dir.kgrep(&["def", "kfree"]).stdout());
}

#[test]
fn the_architecture_that_is_meant_comes_first() {
    let dir = Dir::kernel();
    let first = |args: &[&str]| {
        let table = dir.kgrep(&["--no-header", "--format", "grep"]).args(args).stdout();
        table.lines().next().unwrap_or_default().to_owned()
    };
    let def = ["def", "setup_arch"];
    assert!(first(&["--arch", "arm64", def[0], def[1]]).starts_with("arch/arm64/"));
    assert!(first(&["--arch", "x86", def[0], def[1]]).starts_with("arch/x86/"));
    assert!(first(&["def", "--arch=aarch64", def[1]]).starts_with("arch/arm64/"));
    let table = dir.kgrep(&["--format", "grep", "def", "setup_arch"]).env("KGREP_ARCH", "arm64");
    assert!(table.stdout().starts_with("arch/arm64/"));
    dir.kgrep(&["--arch", "vax", "def", "setup_arch"]).run().expect_error(&[
        "vax",
        "--arch",
        "arm64, x86, all",
    ]);
}

#[test]
fn a_macro_of_one_file_comes_after_what_all_can_use() {
    let dir = Dir::new();
    dir.create("a/test.c", "#define release(x) fake_release(x)\n");
    dir.create("b/pool.c", "void release(void *p)\n{\n}\n");
    dir.create("c/pool.h", "#define pool_release(p) release(p)\n");
    let table = rows(&dir, &["def", "release"]);
    let files: Vec<&str> = table.lines().filter_map(|row| row.split_whitespace().nth(1)).collect();
    assert_eq!(files, ["b/pool.c", "a/test.c"], "{table}");
}

#[test]
fn definitions_by_glob_and_by_kind() {
    let dir = Dir::kernel();
    let expected = "\
0 fs/ext4/inode.c 10 ext4_alloc_inode        function        struct inode *ext4_alloc_inode(struct super_block *sb)
1 fs/ext4/inode.c 22 ext4_free_in_core_inode static function static void ext4_free_in_core_inode(struct inode *inode)
2 fs/ext4/ext4.h  21 ext4_alloc_inode        declaration     struct inode *ext4_alloc_inode(struct super_block *sb);
";
    eqnice!(expected, rows(&dir, &["def", "ext4_*_inode"]));
    let structs = rows(&dir, &["def", "--kind", "struct", "file*"]);
    assert_eq!(structs.lines().count(), 2, "{structs}");
    assert!(structs.contains("struct file {") && structs.contains("struct file_operations {"));
    dir.kgrep(&["def", "--kind", "thing", "x"]).run().expect_error(&["thing", "typedef"]);
    let other = dir.kgrep(&["def", "--kind", "struct", "kfree"]).run().expect_code(1);
    assert!(other.stderr().contains("function"), "{other}");
}

#[test]
fn system_calls_members_and_configuration_symbols_are_definitions() {
    let dir = Dir::kernel();
    assert!(rows(&dir, &["def", "sys_pivot_root"]).contains("SYSCALL_DEFINE2(pivot_root,"));
    assert!(rows(&dir, &["def", "read_iter"]).contains("member of file_operations"));
    assert!(rows(&dir, &["def", "CONFIG_KEXEC"]).contains("kernel/Kconfig"));
    assert!(rows(&dir, &["def", "EXT4_I"]).contains("macro"));
}

#[test]
fn the_body_is_the_whole_definition_with_line_numbers() {
    let dir = Dir::kernel();
    let body = dir.kgrep(&["def", "--body", "init_setup"]).stdout();
    let lines: Vec<&str> = body.lines().skip(1).collect();
    let expected = [
        "22 static int __init init_setup(char *str)",
        "23 {",
        "24 \texecute_command = str;",
        "25 \treturn 1;",
        "26 }",
    ];
    assert!(body.starts_with("--- 0 init/main.c ---"), "{body}");
    assert_eq!(lines, expected);
    let grep = dir.kgrep(&["--format", "grep", "def", "--body", "init_setup"]).stdout();
    assert_eq!(grep.lines().count(), 5, "{grep}");
    assert!(grep.ends_with("init/main.c:26:}\n"), "{grep}");
}

#[test]
fn every_use_has_a_kind_and_a_function() {
    let dir = Dir::kernel();
    let expected = "\
0 drivers/block/ramdisk.c 19 ramdisk_get_page           call                            page = kmem_cache_alloc(page_cachep, GFP_NOIO);
1 fs/ext4/inode.c         14 ext4_alloc_inode           call                            ei = kmem_cache_alloc(ext4_inode_cachep, GFP_NOFS);
2 fs/namespace.c          17 alloc_vfsmnt               call                            struct mount *mnt = kmem_cache_alloc(mnt_cache, GFP_KERNEL);
3 kernel/fork.c           17 dup_task_struct            call                            tsk = kmem_cache_alloc(task_struct_cachep, GFP_KERNEL);
4 kernel/fork.c           28 copy_files                 call                            tsk->files = kmem_cache_alloc(files_cachep, GFP_KERNEL);
5 mm/slab.c               43 exported EXPORT_SYMBOL(kmem_cache_alloc);
6 mm/slab.c               47 kmem_cache_zalloc          call                            void *object = kmem_cache_alloc(s, flags);
";
    let squeezed = |table: &str| {
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n";
        table.lines().map(words).collect::<String>()
    };
    eqnice!(squeezed(expected), squeezed(&rows(&dir, &["refs", "kmem_cache_alloc"])));
    let calls = rows(&dir, &["refs", "--kinds", "call", "kmem_cache_alloc"]);
    assert_eq!(calls.lines().count(), 6, "{calls}");
    let types = rows(&dir, &["refs", "file_operations"]);
    assert!(types.contains("ramdisk_fops") && types.contains("ext4_file_operations"), "{types}");
    dir.kgrep(&["refs", "--kinds", "thing", "x"]).run().expect_error(&["thing", "indirect"]);
}

#[test]
fn comments_strings_and_other_architectures_are_no_uses() {
    let dir = Dir::new();
    dir.create("a.c", "/* f(1) */\nvoid g(void)\n{\n\tputs(\"f\"); // f\n\tf(2);\n}\n");
    dir.create("arch/arm64/b.c", "void h(void)\n{\n\tf(3);\n}\n");
    dir.create("arch/x86/c.c", "int f(int a)\n{\n\treturn a;\n}\n");
    let found = |arch| dir.kgrep(&["--format", "grep", "--arch", arch, "refs", "f"]).run();
    let one = found("x86").expect_code(0);
    eqnice!("a.c:5:\tf(2);\n", one.stdout());
    let said = "uses in files of other architectures are left out; --arch all lists them, too";
    eqnice!(format!("kgrep: {said}\n"), one.stderr());
    eqnice!("a.c:5:\tf(2);\narch/arm64/b.c:3:\tf(3);\n", found("all").expect_ok().stdout());
    // Nothing is left out where those are of another kind, or no uses.
    dir.create("arch/arm64/b.c", "void *h(void)\n{\n\treturn &f; /* f(3) */\n}\n");
    dir.kgrep(&["--arch", "x86", "refs", "--kinds", "call", "f"]).run().expect_ok();
}

#[test]
fn callers_are_a_tree() {
    let dir = Dir::kernel();
    let expected = "\
Index File                    Line Caller                   How                                  Content
    0 mm/slab.c                 39 kmem_cache_alloc         function                             void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags)
    1 drivers/block/ramdisk.c   19   ramdisk_get_page       call                                 page = kmem_cache_alloc(page_cachep, GFP_NOIO);
    2 fs/ext4/inode.c           14   ext4_alloc_inode       call                                 ei = kmem_cache_alloc(ext4_inode_cachep, GFP_NOFS);
    3 fs/ext4/inode.c           28     ext4_sops            init of super_operations.alloc_inode .alloc_inode	= ext4_alloc_inode,
    4 fs/namespace.c            17   alloc_vfsmnt           call                                 struct mount *mnt = kmem_cache_alloc(mnt_cache, GFP_KERNEL);
    5 kernel/fork.c             17   dup_task_struct        call                                 tsk = kmem_cache_alloc(task_struct_cachep, GFP_KERNEL);
    6 kernel/fork.c             34     copy_process         call                                 struct task_struct *p = dup_task_struct(current);
    7 kernel/fork.c             51       kernel_clone       call                                 struct task_struct *p = copy_process(args);
    8 kernel/fork.c             28   copy_files             call                                 tsk->files = kmem_cache_alloc(files_cachep, GFP_KERNEL);
    9 kernel/fork.c             39     copy_process (above) call                                 retval = copy_files(args->flags, p);
   10 mm/slab.c                 47   kmem_cache_zalloc      call                                 void *object = kmem_cache_alloc(s, flags);
   11 mm/slab.c                 51     (modules)            exported                             EXPORT_SYMBOL_GPL(kmem_cache_zalloc);
";
    eqnice!(expected, dir.kgrep(&["callers", "kmem_cache_alloc", "-d", "3"]).stdout());
    // A follow-up is that of any list.
    let around = dir.kgrep(&["-s", "c0", "5"]).stdout();
    assert!(around.contains("17 \ttsk = kmem_cache_alloc("), "{around}");
    let folders = dir.kgrep(&["-s", "tree"]).stdout();
    assert!(folders.contains("5 kernel"), "{folders}");
}

#[test]
fn a_function_without_callers_lists_who_registers_or_names_it() {
    let dir = Dir::kernel();
    let found = rows(&dir, &["callers", "ext4_init_fs"]);
    assert!(found.contains("registered by module_init()"), "{found}");
    assert_eq!(found.lines().count(), 2, "said once: {found}");
    let found = rows(&dir, &["callers", "rdinit_setup"]);
    assert!(found.contains("registered by __setup()"), "{found}");
    let found = rows(&dir, &["callers", "ext4_file_open"]);
    assert!(found.contains("ext4_file_operations init of file_operations.open"), "{found}");
    assert!(found.contains("indirect, through file.f_op.open"), "{found}");
    // Who calls through the table has callers of the usual kinds.
    let deeper = rows(&dir, &["callers", "ext4_file_open", "-d", "2"]);
    assert!(deeper.contains("    vfs_open           call"), "{deeper}");
    let found = rows(&dir, &["callers", "kernel_init"]);
    assert!(found.contains("passed to user_mode_thread()"), "{found}");
    // An export's entry in a table calls nothing.
    dir.create("lib/lone.c", "void lone(void)\n{\n}\nEXPORT_SYMBOL_GPL(lone);\n");
    let done = dir.kgrep(&["--no-header", "callers", "lone"]).run().expect_code(0);
    eqnice!(
        "0 lib/lone.c 1 lone        function void lone(void)\n\
         1 lib/lone.c 4   (modules) exported EXPORT_SYMBOL_GPL(lone);\n",
        done.stdout()
    );
    eqnice!("kgrep: nothing here calls lone; it is exported, so that modules can\n", done.stderr());
    let nobody = dir.kgrep(&["callers", "start_kernel"]).run().expect_code(1);
    assert!(nobody.stderr().contains("nothing is known to call start_kernel"), "{nobody}");
    assert_eq!(nobody.stderr().lines().count(), 1);
}

#[test]
fn callees_say_where_each_is_defined() {
    let dir = Dir::kernel();
    let expected = "\
0 init/main.c 130 rest_init                   function                                          noinline void __ref rest_init(void)
1 init/main.c 135   kernel_init               passed to user_mode_thread() init/main.c:108      pid = user_mode_thread(kernel_init, NULL, CLONE_FS);
2 init/main.c 135   user_mode_thread          call                         kernel/fork.c:71     pid = user_mode_thread(kernel_init, NULL, CLONE_FS);
3 init/main.c 136   kernel_thread             call                         kernel/fork.c:59     pid = kernel_thread(kthreadd, NULL, CLONE_FS | CLONE_FILES);
4 init/main.c 137   schedule_preempt_disabled call                         kernel/sched/core.c:23 schedule_preempt_disabled();
5 init/main.c 138   cpu_startup_entry         call                                              cpu_startup_entry(CPUHP_ONLINE);
";
    let squeezed = |table: &str| {
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n";
        table.lines().map(words).collect::<String>()
    };
    eqnice!(squeezed(expected), squeezed(&rows(&dir, &["callees", "rest_init"])));
    let found = dir.kgrep(&["--arch", "arm64", "callees", "start_kernel"]).stdout();
    assert!(found.contains("arch/arm64/") && !found.contains("arch/x86/"), "{found}");
}

#[test]
fn kinds_of_steps_can_be_chosen() {
    let dir = Dir::kernel();
    let found = rows(&dir, &["callees", "do_dentry_open", "--kinds", "indirect"]);
    assert!(found.contains("ext4_file_open"), "{found}");
    let none = dir.kgrep(&["callers", "kfree", "--kinds", "init,indirect"]).run();
    assert!(none.code() <= 1 && !none.stdout().contains(" call "), "{none}");
    dir.kgrep(&["callers", "kfree", "--kinds", "x"]).run().expect_error(&["`x`", "macro"]);
}

#[test]
fn the_chain_to_the_first_program() {
    let dir = Dir::kernel();
    let expected = "\
Index File        Line From         To               How                          Content

start_kernel → rest_init → kernel_init → run_init_process
    0 init/main.c  152 start_kernel rest_init        call                         rest_init();
    1 init/main.c  135 rest_init    kernel_init      passed to user_mode_thread() pid = user_mode_thread(kernel_init, NULL, CLONE_FS);
    2 init/main.c  114 kernel_init  run_init_process call                         if (!run_init_process(ramdisk_execute_command))
";
    let chain = || dir.kgrep(&["chain", "start_kernel", "run_init_process"]).stdout();
    eqnice!(expected, chain());
    eqnice!(expected, chain());
}

#[test]
fn where_no_chain_can_be_it_is_said_why() {
    let dir = Dir::kernel();
    for (args, words) in [
        (&["file_operations", "kfree"][..], "file_operations is a struct, not a function"),
        (&["kfree", "file_operations"], "file_operations is a struct, not a function"),
        (&["start_kernel", "run_init_process", "--max-depth", "1"], "in at most 1 hop;"),
        (&["run_init_process", "start_kernel"], "--indirect also goes"),
    ] {
        let done = dir.kgrep(&[&["chain"], args].concat()).run().expect_code(1);
        assert!(done.stderr().contains(words), "{done}");
    }
    dir.kgrep(&["chain", "kfree", "kfree"]).run().expect_error(&["both ends are kfree"]);
}

#[test]
fn chains_through_around_and_along_tables() {
    let dir = Dir::kernel();
    let titles = |args: &[&str]| {
        let table = dir.kgrep(&["chain"]).args(args).stdout();
        let titles = table.lines().filter(|line| line.contains('→')).map(str::to_owned);
        titles.collect::<Vec<_>>()
    };
    let both = [
        "start_kernel → rest_init → user_mode_thread → kernel_clone",
        "start_kernel → rest_init → kernel_thread → kernel_clone",
    ];
    let ends = ["start_kernel", "kernel_clone"];
    assert_eq!(titles(&ends), both);
    assert_eq!(titles(&[ends[0], ends[1], "-n", "1"]), both[..1]);
    assert_eq!(titles(&[ends[0], ends[1], "--through", "kernel_thread"]), both[1..]);
    assert_eq!(titles(&[ends[0], ends[1], "--avoid", "kernel_thread"]), both[..1]);
    let around = ["chain", "vfs_open", "ext4_file_open"];
    let none = dir.kgrep(&around).run().expect_code(1);
    assert_eq!(none.stderr().lines().count(), 1, "{none}");
    assert!(none.stderr().contains("--indirect") && none.stdout().is_empty(), "{none}");
    assert_eq!(
        titles(&["vfs_open", "ext4_file_open", "--indirect"]),
        ["vfs_open → do_dentry_open → ext4_file_open"]
    );
    let short = dir.kgrep(&["chain", ends[0], ends[1], "--max-depth", "2"]).run();
    assert_eq!(short.code(), 1, "{short}");
}

#[test]
fn pictures_and_json() {
    let dir = Dir::kernel();
    let dot = dir.kgrep(&["chain", "start_kernel", "run_init_process", "--dot"]).stdout();
    assert!(dot.starts_with("digraph kgrep {\n") && dot.ends_with("}\n"), "{dot}");
    assert!(dot.contains("n1 -> n2 [style=dashed, label=\"passed to user_mode_thread()\"]"));
    for args in [&["callers", "kfree"][..], &["callees", "rest_init"], &["refs", "kfree"]] {
        let dot = dir.kgrep(args).arg("--dot").stdout();
        assert!(dot.contains(" -> "), "{args:?}: {dot}");
    }
    let json = dir.kgrep(&["--format", "json", "callers", "kernel_init", "-d", "2"]).stdout();
    assert!(
        json.contains(r#""depth":2,"columns":{"caller":"start_kernel","how":"call"}"#),
        "{json}"
    );
    let json = dir.kgrep(&["--format", "json", "def", "kfree"]).stdout();
    assert!(json.contains(r#""columns":{"kind":"function","name":"kfree"}"#), "{json}");
}

#[test]
fn the_export_is_tab_separated() {
    let dir = Dir::kernel();
    let edges = dir.kgrep(&["--arch", "x86", "export", "edges"]).stdout();
    assert!(edges.lines().all(|row| row.split('\t').count() == 4), "{edges}");
    for row in [
        "init/main.c\tstart_kernel\trest_init\tcall",
        "init/main.c\trest_init\tkernel_init\tref",
        "fs/ext4/file.c\text4_file_operations\text4_file_open\tinit",
        "fs/ext4/file.c\text4_file_open\tEXT4_I\tmacro",
    ] {
        assert_eq!(edges.lines().filter(|line| *line == row).count(), 1, "{row}");
    }
    assert!(!edges.contains("arch/arm64/"));
    let symbols = dir.kgrep(&["--arch", "all", "export", "symbols"]).stdout();
    assert!(symbols.contains("start_kernel\tfunction\tinit/main.c\t141\t153\tglobal\n"));
    assert!(symbols.contains("kernel_init\tfunction\tinit/main.c\t108\t128\tstatic\n"));
    assert!(symbols.contains("arch/arm64/"));
    dir.kgrep(&["--json", "export", "edges"]).run().expect_error(&["tab-separated", "parquet"]);
}

#[test]
fn a_name_that_is_nothing_is_answered_with_names_near_it() {
    let dir = Dir::kernel();
    for args in [
        &["def", "kmem_cache_aloc"][..],
        &["callers", "kmem_cache_aloc"],
        &["callees", "kmem_cache_aloc"],
        &["chain", "start_kernel", "kmem_cache_aloc"],
        &["refs", "kmem_cache_aloc"],
    ] {
        let none = dir.kgrep(args).run().expect_code(1);
        assert!(none.stderr().contains("kmem_cache_alloc"), "{none}");
        assert!(none.stderr().lines().count() == 1 && none.stdout().is_empty(), "{none}");
    }
    let variable = dir.kgrep(&["callers", "boot_command_line"]).run().expect_code(1);
    assert!(variable.stderr().contains("a variable, not a function; `kgrep refs"), "{variable}");
}

#[test]
fn a_users_idiom_needs_no_rust_and_a_bad_one_is_told() {
    let dir = Dir::new();
    dir.create("a.c", "int job(void)\n{\n\treturn 0;\n}\n\nENLIST(job);\n");
    let before = dir.kgrep(&["--no-header", "callers", "job"]).stdout();
    assert!(before.contains("(file)"), "{before}");
    let queries = dir.beside("config/kgrep/queries");
    std::fs::create_dir_all(&queries).expect("folder");
    let good =
        "[[register]]\nmacros = [\"ENLIST\"]\ntable = \"__enlisted_{1}\"\nfunctions = [\"{1}\"]\n";
    std::fs::write(queries.join("mine.toml"), good).expect("idiom");
    let found = dir.kgrep(&["callers", "job"]).stdout();
    assert!(found.contains("__enlisted_job registered by ENLIST()"), "{found}");
    std::fs::write(queries.join("bad.toml"), "\n[[run]]\nfunctions = [\"f\"]\nargs = [0]\n")
        .expect("idiom");
    let done = dir.kgrep(&["callers", "job"]).run().expect_code(0);
    assert_eq!(done.stderr().lines().count(), 1, "{done}");
    assert!(done.stderr().contains("bad.toml:2: "), "{done}");
    assert!(done.stdout().contains("registered by ENLIST()"), "{done}");
}

#[test]
fn an_edit_counts_at_once() {
    let dir = Dir::kernel();
    let callers = || dir.kgrep(&["--format", "grep", "callers", "kstrdup"]).run().stdout();
    let before = callers();
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index"]).run().expect_code(0);
        }
        let name = if indexed { "second" } else { "first" };
        let text = format!("void {name}(void)\n{{\n\tkstrdup(0, 0);\n}}\n");
        dir.create("lib/new.c", text.replace("kstrdup", "kfree"));
        assert_eq!(callers(), before, "a file that doesn't call it");
        dir.create("lib/new.c", &text);
        let after = callers();
        assert!(after.contains("lib/new.c:3:\tkstrdup(0, 0);"), "{after}");
        std::fs::remove_file(dir.path("lib/new.c")).expect("removed");
        assert_eq!(callers(), before, "a file that is gone");
    }
}

#[test]
fn an_index_changes_no_answer() {
    let dir = Dir::kernel();
    let questions: [&[&str]; 8] = [
        &["def", "kfree"],
        &["def", "ext4_*"],
        &["refs", "kmem_cache_alloc"],
        &["callers", "kmem_cache_alloc", "-d", "3"],
        &["callees", "start_kernel", "-d", "3"],
        &["chain", "start_kernel", "kernel_clone"],
        &["export", "edges"],
        &["export", "symbols"],
    ];
    let answers = || questions.map(|question| dir.kgrep(question).stdout());
    let without = answers();
    dir.kgrep(&["index"]).run().expect_code(0);
    for (without, with) in without.iter().zip(&answers()) {
        eqnice!(without, with);
    }
}

#[test]
fn paths_are_those_of_the_folder_one_is_in() {
    let dir = Dir::kernel();
    // Without a mark of its own a folder is the tree; this makes the copy one.
    dir.create("Kbuild", "");
    let found =
        dir.kgrep(&["--format", "grep", "def", "file_operations"]).folder(&dir.path("fs/ext4"));
    eqnice!("../../include/linux/fs.h:17:struct file_operations {\n", found.stdout());
    let shown = dir.kgrep(&["-s", "c0", "0"]).folder(&dir.path("mm")).stdout();
    assert!(shown.contains("17 struct file_operations {"), "{shown}");
}

#[test]
fn a_name_that_an_edit_took_away_is_gone() {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_code(0);
    crate::index::settle();
    for file in dir
        .kgrep(&["--format", "grep", "--no-header", "-l", "-w", "kmem_cache_zalloc"])
        .stdout()
        .lines()
    {
        let text = std::fs::read_to_string(dir.path(file)).unwrap();
        dir.create(file, text.replace("kmem_cache_zalloc", "kmem_cache_renamed"));
    }
    dir.kgrep(&["-l", "-w", "kmem_cache_zalloc"]).run().expect_code(1);
    for args in [
        &["def", "kmem_cache_zalloc"][..],
        &["refs", "kmem_cache_zalloc"],
        &["callers", "kmem_cache_zalloc"],
        &["callees", "kmem_cache_zalloc"],
        &["chain", "start_kernel", "kmem_cache_zalloc"],
    ] {
        let done = dir.kgrep(args).run().expect_code(1);
        assert!(done.stderr().contains("no such name: kmem_cache_zalloc"), "{done}");
    }
    let done = dir.kgrep(&["def", "kmem_cache_zal*"]).run().expect_code(1);
    assert!(done.stderr().contains("no name matches"), "{done}");
    assert!(rows(&dir, &["def", "kmem_cache_renamed"]).contains("mm/slab.c"));
}

#[test]
fn a_system_call_goes_by_its_own_name_too() {
    let dir = Dir::kernel();
    for args in [
        &["def", "pivot_root"][..],
        &["def", "--kind", "syscall", "pivot_root"],
        &["refs", "pivot_root"],
        &["callees", "pivot_root"],
        &["chain", "pivot_root", "may_mount"],
    ] {
        let done = dir.kgrep(&["--no-header"]).args(args).run().expect_code(0);
        assert!(
            done.stderr().contains("pivot_root is a system call; the code calls it sys_"),
            "{done}"
        );
        let entry: Vec<String> =
            args.iter().map(|arg| arg.replace("pivot_root", "sys_pivot_root")).collect();
        let entry: Vec<&str> = entry.iter().map(String::as_str).collect();
        let of_entry = dir.kgrep(&["--no-header"]).args(&entry).run();
        eqnice!(of_entry.stdout(), done.stdout());
    }
    // A tool's function of that name comes after it.
    dir.create("tools/include/sys.h", "static int pivot_root(void)\n{\n\treturn 0;\n}\n");
    let found = dir.kgrep(&["--no-header", "def", "pivot_root"]).run().stdout();
    assert!(found.starts_with("0 fs/namespace.c") && found.contains("tools/include"), "{found}");
    assert!(dir.kgrep(&["refs", "pivot_root"]).run().stderr().contains("is a system call"));
    // What else is called so is meant first.
    dir.create("lib/other.c", "void pivot_root(void)\n{\n}\n");
    for args in [["def", "pivot_root"], ["refs", "pivot_root"], ["callers", "pivot_root"]] {
        assert!(!dir.kgrep(&args).run().stderr().contains("is a system call"), "{args:?}");
    }
}

#[test]
fn a_call_or_a_structure_is_a_name() {
    let dir = Dir::kernel();
    for command in ["def", "refs", "callers"] {
        for name in ["kfree()", "kfree(", "kfree(p)", " kfree"] {
            eqnice!(rows(&dir, &[command, "kfree"]), rows(&dir, &[command, name]));
        }
    }
    eqnice!(rows(&dir, &["def", "--kind", "struct", "file"]), rows(&dir, &["def", "struct file"]));
    eqnice!(rows(&dir, &["refs", "file"]), rows(&dir, &["refs", "struct file"]));
    for command in ["refs", "callers", "callees"] {
        let done = dir.kgrep(&[command, "kmem_*"]).run().expect_code(2);
        assert!(done.stderr().contains("kgrep def 'kmem_*'"), "{done}");
    }
    dir.kgrep(&["def", "*"]).run().expect_error(&["every name", "kgrep export symbols"]);
    for command in ["def", "refs", "callers", "trace"] {
        dir.kgrep(&[command, ""]).run().expect_error(&["a name is missing"]);
    }
}

#[test]
fn near_names_know_how_users_write() {
    let dir = Dir::kernel();
    for (command, name, near) in [
        ("def", "KFREE", "near: kfree"),
        ("def", "pivot_rot", "near: pivot_root"),
        ("callers", "pivot_rot", "near: pivot_root"),
        ("def", "CONFIG_KEXE", "near: CONFIG_KEXEC"),
    ] {
        let done = dir.kgrep(&[command, name]).run().expect_code(1);
        assert!(done.stderr().trim_end().contains(near), "{done}");
    }
    let done = dir.kgrep(&["list", "syscall"]).run().expect_code(2);
    assert!(done.stderr().contains("did you mean syscalls"), "{done}");
    let wrong: [(&[&str], &str); 2] = [
        (&["list", "lamps"], "kgrep: unknown list `lamps`; use one of syscalls, "),
        (
            &["--arch", "lamp", "def", "kfree"],
            "kgrep: no such architecture: lamp (--arch); use one of ",
        ),
    ];
    for (question, said) in wrong {
        let done = dir.kgrep(question).run().expect_code(2);
        assert!(done.stderr().starts_with(said), "{done}");
    }
}

#[test]
fn nothing_is_no_number_of_steps_or_answers() {
    let dir = Dir::kernel();
    for args in [
        &["callers", "-d", "0", "kfree"][..],
        &["callees", "-d", "0", "kfree"],
        &["chain", "--max-depth", "0", "start_kernel", "kfree"],
        &["chain", "-n", "0", "start_kernel", "kfree"],
        &["trace", "-d", "0", "kfree"],
        &["find", "-n", "0", "slab"],
    ] {
        let done = dir.kgrep(args).run().expect_code(2);
        assert!(done.stderr().contains("0 is not in 1.."), "{done}");
        assert_eq!(done.stderr().lines().count(), 1, "{done}");
    }
}

/// A tree in which names have definitions of several reaches.
fn reaches() -> Dir {
    let dir = Dir::new();
    dir.create("Kbuild", "");
    dir.create("include/linux/minmax.h", "#define min(x, y) ((x) < (y) ? (x) : (y))\n");
    dir.create("include/linux/clock.h", "extern unsigned long volatile ticks;\n");
    dir.create(
        "include/linux/raid/user.h",
        "#ifndef __KERNEL__\n# define ticks raid_ticks()\n#endif\n",
    );
    // Before the other one by its path, and in no kernel.
    dir.create(
        "include/linux/generic.h",
        "#if !defined(__KERNEL__) && !defined(note)\n#define note(text) puts(text)\n#endif\n",
    );
    dir.create("include/linux/note.h", "#define note(text) put_text(text)\n");
    dir.create("include/linux/types.h", "struct list { struct list *next; };\n");
    dir.create(
        "include/linux/sec.h",
        "#ifdef CONFIG_SEC\nint sec_check(int a);\n#else\n\
         static inline int sec_check(int a) { return 0; }\n#endif\n",
    );
    dir.create("arch/x86/boot/string.c", "int copy(int a) { return a; }\n");
    dir.create("arch/x86/lib/string.c", "int copy(int a) { return a; }\n");
    dir.create("block/tool.c", "struct list { int a; };\nenum sub { input, min };\n");
    dir.create("drivers/dev.h", "#define min(x, y) 1\n");
    dir.create("drivers/own.c", "static int list;\nstatic int min;\n");
    dir.create("security/sec.c", "#include <linux/sec.h>\nint sec_check(int a) { return a; }\n");
    dir
}

#[test]
fn the_definition_that_most_can_use_is_first() {
    let dir = reaches();
    for (name, first) in [
        ("min", "include/linux/minmax.h"),
        ("ticks", "include/linux/clock.h"),
        ("note", "include/linux/note.h"),
        ("list", "include/linux/types.h"),
        ("sec_check", "security/sec.c"),
        ("copy", "arch/x86/lib/string.c"),
    ] {
        let found = dir.kgrep(&["def", name, "--no-header", "--arch", "x86"]).stdout();
        let row = found.lines().next().unwrap_or_default();
        assert!(row.contains(first), "{name}: {found}");
    }
    let traced = dir.kgrep(&["trace", "min", "--no-header"]).stdout();
    let of = |path: &str| traced.find(path).unwrap_or(usize::MAX);
    assert!(of("include/linux/minmax.h") < of("block/tool.c"), "{traced}");
    // The header's stub is behind the body wherever it is declared.
    let body = dir.kgrep(&["def", "sec_check", "--body"]).stdout();
    assert!(body.find("return a") < body.find("return 0"), "{body}");
}
