//! `kgrep trace`, `kgrep queries` and `kgrep list`, on the kernel-like tree and on a
//! BusyBox-like one.

use crate::util::{Dir, eqnice};

/// The answer without the table's header, as `path:line note`, with section titles.
fn trace(dir: &Dir, args: &[&str]) -> String {
    let mut all = vec!["trace", "--no-header", "--arch", "x86"];
    all.extend(args);
    dir.kgrep(&all).run().expect_code(0).stdout()
}

#[test]
fn a_system_call_is_told_in_sections() {
    let told = trace(&Dir::kernel(), &["pivot_root"]);
    insta::assert_snapshot!("pivot_root", told);
}

#[test]
fn a_boot_parameter_leads_to_handler_variable_and_documentation() {
    let told = trace(&Dir::kernel(), &["rdinit="]);
    insta::assert_snapshot!("rdinit", told);
}

#[test]
fn each_line_of_an_answer_can_be_followed_up() {
    let dir = Dir::kernel();
    trace(&dir, &["pivot_root"]);
    let line = dir.kgrep(&["--no-header", "-s", "p 0"]).stdout();
    assert!(line.contains("SYSCALL_DEFINE2(pivot_root"), "{line}");
    let context = dir.kgrep(&["-s", "c1 0"]).stdout();
    assert!(context.contains("SYSCALL_DEFINE2(pivot_root"), "{context}");
}

#[test]
fn sections_are_a_field_of_json() {
    let dir = Dir::kernel();
    let json = dir.kgrep(&["trace", "--format", "json", "pivot_root"]).run().stdout();
    let rows: Vec<&str> = json.lines().filter(|l| l.contains("\"type\":\"match\"")).collect();
    assert!(rows.len() > 10, "{json}");
    assert!(rows.iter().all(|row| row.contains("\"section\":\"")), "{json}");
    assert!(json.contains("\"section\":\"Errors\"") && json.contains("\"note\":\"EPERM"), "{json}");
}

/// What must be told of a name, by kind: words that must be in the answer.
const FACTS: [(&str, &[&str]); 17] = [
    ("kexec_load", &["no such name"]),
    ("CONFIG_KEXEC", &["Entry", "config KEXEC", "CRASH_DUMP depends on it", "select CRASH_CORE"]),
    ("EXT4_FS", &["Makefile lines", "ext4/"]),
    ("populate_rootfs", &["Level", "rootfs_initcall", "unpack_to_rootfs", "initramfs.c"]),
    ("struct mount", &["no such name"]),
    (
        "task_struct",
        &[
            "struct task_struct {",
            "pid: pid_t ",
            "files: struct files_struct *",
            "on_cpu: int, if CONFIG_SMP",
            "thread_fn: int (*)(void *)",
        ],
    ),
    ("toy_uart", &["Who allocates it", "in toy_uart_probe", "kzalloc(sizeof(*uart), GFP_KERNEL)"]),
    ("toy,uart-1.0", &["Driver", "in toy_uart_of_match"]),
    (
        "pivot_root",
        &["security_sb_pivotroot [permission check]", "EBUSY: if (new.mnt == root.mnt)"],
    ),
    ("file_operations.open", &["file_operations", "ext4_file_open"]),
    ("ext4_file_operations", &["Table", ".open"]),
    ("vfs_open", &["Definition", "Comment", "Export"]),
    ("kmem_cache_alloc", &["Export", "Callers", "mm/slab.c"]),
    ("SYSCALL_DEFINEx", &["Expands to", "asmlinkage long"]),
    ("fs/namespace.c", &["Built by", "namespace.o", "System calls"]),
    ("linux/slab.h", &["Included by", "fs/namespace.c"]),
    ("fs/namespace.c linux/slab.h", &["shortest way", "#include <linux/slab.h>"]),
];

#[test]
fn facts_of_every_kind() {
    let dir = Dir::kernel();
    let mut wrong = Vec::new();
    for (name, facts) in FACTS {
        let mut args = vec!["trace", "--arch", "x86", "--no-header"];
        args.extend(name.split(' ').filter(|_| name.contains('/')));
        if !name.contains('/') {
            args.push(name);
        }
        let done = dir.kgrep(&args).run();
        let told = done.stdout() + &done.stderr();
        wrong.extend(
            facts
                .iter()
                .filter(|fact| !told.contains(**fact))
                .map(|fact| format!("{name}: {fact:?} is missing in\n{told}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The row of `kgrep list syscalls` for a name.
fn syscall_row(dir: &Dir, name: &str) -> String {
    let table = dir.kgrep(&["list", "syscalls", "--arch", "x86", "--no-header", name]).stdout();
    table.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_system_call_without_a_definition_has_the_reason() {
    let dir = Dir::kernel();
    let row = syscall_row(&dir, "kexec_load");
    assert!(row.contains("none: sys_ni_syscall, kernel/sys_ni.c:"), "{row}");
    let row = syscall_row(&dir, "pivot_root");
    assert!(row.contains("155 common pivot_root sys_pivot_root fs/namespace.c:48"), "{row}");
}

#[test]
fn a_name_of_several_kinds_is_told_briefly() {
    let dir = Dir::kernel();
    dir.create("include/linux/pivot.h", "struct pivot_root {\n\tint a;\n};\n");
    let done = dir.kgrep(&["trace", "--no-header", "pivot_root"]).run().expect_code(0);
    let said = done.stderr();
    assert!(said.contains("pivot_root is several things (syscall, struct); --as KIND"), "{said}");
    let told = done.stdout();
    let titles: Vec<&str> =
        told.lines().filter(|line| line.contains(": ") && !line.contains("  ")).collect();
    assert_eq!(titles[0], "syscall: Definition", "{told}");
    assert!(titles.last().unwrap().starts_with("struct: "), "{told}");
    assert!(titles.iter().any(|title| title.starts_with("syscall: Calls (8 of ")), "{told}");
    let whole = trace(&dir, &["--as", "struct", "pivot_root"]);
    assert!(whole.contains("Members") && whole.contains("a: int"), "{whole}");
}

#[test]
fn depth_opens_what_is_called() {
    let dir = Dir::kernel();
    let flat = trace(&dir, &["pivot_root"]);
    assert!(!flat.contains("  ns_capable [permission check]"), "{flat}");
    let deep = trace(&dir, &["--depth", "2", "pivot_root"]);
    assert!(deep.contains("  ns_capable [permission check]"), "{deep}");
}

#[test]
fn many_lines_of_a_file_or_folder_are_one() {
    let dir = Dir::kernel();
    let text = "pivot_root\n".repeat(3);
    dir.create("Documentation/many.rst", &text);
    let told = trace(&dir, &["pivot_root"]);
    let rows: Vec<&str> = told.lines().filter(|line| line.contains("many.rst")).collect();
    assert!(rows.len() == 1 && rows[0].contains("and 2 more here"), "{told}");
    let all = trace(&dir, &["--all", "pivot_root"]);
    eqnice!(3, all.lines().filter(|line| line.contains("many.rst")).count());
    for at in 0..15 {
        dir.create(&format!("drivers/many/d{at}.c"), "#include <linux/slab.h>\n");
    }
    let told = trace(&dir, &["linux/slab.h"]);
    assert!(told.contains("15 in drivers/many"), "{told}");
}

#[test]
fn near_names_are_of_every_kind_and_without_noise() {
    let dir = Dir::kernel();
    for (name, near) in [
        ("CONFIG_KEXE", "CONFIG_KEXEC"),
        ("rdinti=", "rdinit="),
        ("fs/namespac.c", "fs/namespace.c"),
        ("pivot_rot", "pivot_root"),
    ] {
        let done = dir.kgrep(&["trace", name]).run().expect_code(1);
        assert_eq!(
            done.stderr(),
            format!(
                "kgrep: no such name: {name}; near: {near}; 0 of 54 files have it as text, checked now\n"
            )
        );
    }
}

#[test]
fn a_name_that_is_nothing_has_near_ones() {
    let done = Dir::kernel().kgrep(&["trace", "pivot_rot"]).run().expect_code(1);
    let said = done.stderr();
    assert!(said.contains("no such name: pivot_rot; near: pivot_root"), "{said}");
    assert!(said.matches(", ").count() <= 2, "three at most: {said}");
}

#[test]
fn a_kind_that_is_none_is_an_error_that_names_the_kinds() {
    let dir = Dir::kernel();
    dir.kgrep(&["trace", "--as", "thing", "x"]).run().expect_error(&["thing", "syscall", "config"]);
}

#[test]
fn body_prints_definition_and_static_helpers() {
    let told = trace(&Dir::kernel(), &["--body", "pivot_root"]);
    for line in
        ["return ns_capable(", "chroot_fs_refs(&root, &new);", "is_path_reachable(struct mount"]
    {
        assert!(told.contains(line), "{line}: {told}");
    }
}

#[test]
fn an_own_recipe_is_used_and_a_bad_one_named() {
    let dir = Dir::kernel();
    dir.create(
        "../config/kgrep/queries/lock.toml",
        "name = 'lock'\nsummary = 'a lock'\nexamples = ['namespace_sem']\n\
         [[found]]\npattern = 'DECLARE_RWSEM\\({name}\\)'\n\
         [[section]]\ntitle = 'Taken'\nbrief = true\nlook = 'text'\npattern = 'down_write\\(&{name}'\n",
    );
    dir.create("../config/kgrep/queries/zz.toml", "name = 'half'\nsummary = \n");
    let done = dir.kgrep(&["trace", "--as", "lock", "namespace_sem"]).run().expect_code(0);
    assert!(done.stdout().contains("down_write(&namespace_sem)"), "{done}");
    assert!(done.stderr().contains("zz.toml:2:"), "{done}");
}

#[test]
fn a_trees_own_recipe_is_used_only_when_trusted() {
    let dir = Dir::kernel();
    let recipe = "name = 'own'\nsummary = 's'\nexamples = ['x']\n[[found]]\npattern = '{name}'\n\
                  [[section]]\ntitle = 'Here'\nlook = 'text'\npattern = '{name}'\n";
    dir.create(".kgrep/queries/own.toml", recipe);
    dir.kgrep(&["trace", "--as", "own", "namespace_sem"]).run().expect_error(&["own"]);
    let told = trace(&dir, &["--trust-tree", "--as", "own", "namespace_sem"]);
    assert!(told.contains("Here"), "{told}");
    let tree = dir.tree().to_string_lossy().into_owned();
    dir.config(&format!("trusted-trees = ['{tree}']\n"));
    assert!(trace(&dir, &["--as", "own", "namespace_sem"]).contains("Here"));
}

#[test]
fn queries_lists_explains_and_checks() {
    let dir = Dir::kernel();
    let list = dir.kgrep(&["queries"]).stdout();
    for kind in ["syscall", "boot-param", "config", "dt-compatible", "applet"] {
        assert!(list.lines().any(|line| line.starts_with(kind)), "{kind}: {list}");
    }
    assert!(list.contains("kgrep trace pivot_root"), "{list}");
    let one = dir.kgrep(&["queries", "syscall"]).stdout();
    assert!(one.contains("System call tables") && one.contains("kgrep list syscalls"), "{one}");
    dir.kgrep(&["queries", "nothing"]).run().expect_error(&["nothing"]);
    let report = dir.kgrep(&["queries", "syscall", "--check", "."]).run().stdout();
    assert!(report.contains("ok   syscall: pivot_root:"), "{report}");
    assert!(report.contains("none syscall: fanotify_mark"), "{report}");
}

#[test]
fn a_parameter_that_is_only_documented_is_told_with_its_documentation() {
    let dir = Dir::new();
    dir.create(
        "Documentation/admin-guide/kernel-parameters.txt",
        "\tfan.speed=\t[HW] How fast.\n\t\t\tdriver of old fans\n\n\tlamp=\t[HW]\n",
    );
    dir.create(
        "drivers/lamp.c",
        "static int set(char *s) { return 0; }\n__setup(\"lamp=\", set);\n",
    );
    let told = |name: &str| dir.kgrep(&["--format", "grep", "trace", name]).run().stdout();
    let fan = told("fan.speed=");
    assert!(
        fan.contains("kernel-parameters.txt:1:") && fan.contains("driver of old fans"),
        "{fan}"
    );
    let fan = dir.kgrep(&["trace", "fan.speed="]).run().stdout();
    assert!(fan.contains("Documented; nothing here registers it by that name"), "{fan}");
    assert_eq!(told("driver"), "");
    let lamp = dir.kgrep(&["trace", "lamp="]).run().stdout();
    assert!(lamp.contains("__setup") && !lamp.contains("nothing here registers"), "{lamp}");
}

#[test]
fn lists_of_all_names_of_a_kind() {
    let dir = Dir::kernel();
    let list = |args: &[&str]| {
        let mut all = vec!["list", "--format", "grep", "--arch", "x86"];
        all.extend(args);
        dir.kgrep(&all).run().stdout()
    };
    eqnice!(4, list(&["syscalls"]).lines().count());
    eqnice!(1, list(&["syscalls", "pivot_*"]).lines().count());
    let table = dir.kgrep(&["list", "syscalls", "--arch", "x86"]).run().stdout();
    assert!(table.contains("fs/namespace.c:") && table.contains("155"), "{table}");
    assert!(list(&["boot-params"]).contains("rdinit"), "{}", list(&["boot-params"]));
    assert!(list(&["configs"]).contains("config KEXEC"));
    assert!(list(&["initcalls"]).contains("rootfs_initcall(populate_rootfs)"));
    assert!(list(&["exports", "kfree"]).contains("EXPORT_SYMBOL(kfree)"));
    assert!(list(&["ops"]).contains("ext4_file_operations"));
    dir.kgrep(&["list", "things"]).run().expect_error(&["things", "syscalls"]);
}

#[test]
fn an_applet_leads_to_its_main_function_and_usage() {
    let dir = Dir::busybox();
    let told = dir.kgrep(&["trace", "echo"]).run().expect_code(0).stdout();
    for fact in ["APPLET(echo", "int echo_main(", "Print ARGs", "lib-$(CONFIG_ECHO)", "print_words"]
    {
        assert!(told.contains(fact), "{fact}: {told}");
    }
    dir.kgrep(&["trace", "cat"]).run().expect_code(1);
    dir.create(
        "coreutils/test.c",
        "//applet:IF_TEST1(APPLET_NOFORK([, test, BB_DIR_USR_BIN, BB_SUID_DROP, test))\n\
         int test_main(int argc, char **argv)\n{\n\treturn argc;\n}\n",
    );
    let told = dir.kgrep(&["trace", "["]).run().expect_code(0).stdout();
    assert!(told.contains("int test_main("), "{told}");
}

/// As `scripts/get_maintainer.pl` names them, and in its order.
#[test]
fn a_file_has_every_section_of_maintainers() {
    let dir = Dir::kernel();
    let mut text = std::fs::read_to_string(dir.path("MAINTAINERS")).expect("MAINTAINERS");
    text.push_str(
        "\nCRASH FILES\nR:\tRob Read <rob@example.org>\nN:\tcrash\nX:\tkernel/crash_dump.c\n",
    );
    dir.create("MAINTAINERS", text);
    let answer = dir.kgrep(&["trace", "kernel/crash_core.c", "--no-header"]).stdout();
    let at = |text: &str| answer.find(text).unwrap_or_else(|| panic!("no {text}: {answer}"));
    let order = [
        "KEXEC AND CRASH DUMPS",
        "Carl Crash",
        "kernel/crash_core.c\n",
        "CRASH FILES",
        "Rob Read",
        "THE REST",
        "Everybody",
    ];
    assert!(order.windows(2).all(|pair| at(pair[0]) < at(pair[1])), "{answer}");
    assert!(!answer.contains("Documentation/admin-guide/kdump.rst\n"), "{answer}");
    assert!(!answer.contains("Buried alive"), "of the first section only: {answer}");
}

#[test]
fn a_modules_parameter_goes_by_the_modules_name() {
    let dir = Dir::new();
    let registers = "static int delay;\nmodule_param_named(glow, delay, int, 0644);\n";
    dir.create("drivers/lamp/bulb.c", registers);
    dir.create(
        "drivers/lamp/Makefile",
        "obj-m := lampcore.o\nlampcore-y := hub.o \\\n\t\tbulb.o\n",
    );
    dir.create("drivers/other/bulb.c", registers);
    dir.create(
        "drivers/other/tree.c",
        format!("#define MODULE_PARAM_PREFIX \"lamptree.\"\n{registers}"),
    );
    dir.create("drivers/fan-speed/parts.c", "static int max;\nfan_param(int, max, 2);\n");
    let told = |name: &str| dir.kgrep(&["--format", "grep", "trace", name]).run().stdout();
    let at = |path: &str, line: u32, text: &str| format!("{path}:{line}:{text}\n");
    let registered = "module_param_named(glow, delay, int, 0644);";
    for (name, path, line) in
        [("lampcore.glow=", "drivers/lamp/bulb.c", 2), ("lamptree.glow", "drivers/other/tree.c", 3)]
    {
        let told = told(name);
        assert!(told.starts_with(&at(path, line, registered)), "{told}");
        assert_eq!(told.matches(registered).count(), 1, "{told}");
        assert!(told.contains(&at(path, line - 1, "static int delay;")), "{told}");
    }
    let guessed = told("fan_speed.max");
    assert!(
        guessed.contains(&at("drivers/fan-speed/parts.c", 2, "fan_param(int, max, 2);")),
        "{guessed}"
    );
    assert_eq!(told("nothing.glow"), "");
    // A header that one file includes is a part of that; a macro may have a value behind the name.
    dir.create("drivers/other/stall.h", "lamp_param(int, stalls, -1, \"stalls\");\n");
    dir.create(
        "drivers/other/tree.c",
        "#define MODULE_PARAM_PREFIX \"lamptree.\"\n#include \"stall.h\"\n",
    );
    let stalls = told("lamptree.stalls=");
    assert!(stalls.starts_with("drivers/other/stall.h:1:lamp_param(int, stalls, -1"), "{stalls}");
    dir.create(
        "arch/arm64/kernel/override.c",
        "struct a b[] = {\n\t{ \"lamp64.nodim\", \"dim=0\" },\n};\n",
    );
    let alias = told("lamp64.nodim");
    assert!(alias.contains("override.c:2:\t{ \"lamp64.nodim\", \"dim=0\" },"), "{alias}");
}

#[test]
fn typedefs_and_tracepoints_with_their_system_are_known() {
    let dir = Dir::new();
    dir.create(
        "include/linux/lamp.h",
        "/* How bright. */\ntypedef unsigned int lamp_t;\nint dim(lamp_t how);\n",
    );
    dir.create(
        "include/trace/events/lamp.h",
        "TRACE_EVENT(lamp_dim,\n\tTP_PROTO(int n),\n\tTP_ARGS(n));\n",
    );
    let told = |name: &str| dir.kgrep(&["trace", "--no-header", name]).run().stdout();
    let typedef = told("lamp_t");
    assert!(typedef.contains("typedef unsigned int lamp_t;"), "{typedef}");
    assert!(
        typedef.contains("How bright.") && typedef.contains("int dim(lamp_t how);"),
        "{typedef}"
    );
    dir.create(
        "kernel/lamp.c",
        "/* Calls\n * trace_lamp_dim() below. */\nvoid f(int *p)\n{\n\t*p = 1;\n\ttrace_lamp_dim(*p);\n}\n",
    );
    let event = told("lamp:lamp_dim");
    assert!(event.contains("TRACE_EVENT(lamp_dim,"), "{event}");
    let fired = event.lines().skip_while(|line| *line != "Fired by").nth(1).unwrap_or_default();
    assert!(fired.contains("trace_lamp_dim(*p);"), "{event}");
}

#[test]
fn a_folder_has_its_makefile_options_entry_points_and_maintainers() {
    let dir = Dir::kernel();
    let titles = |told: &str| {
        let rows: Vec<String> =
            told.lines().map(|line| line.trim_matches(['─', ' ']).to_owned()).collect();
        rows
    };
    let told = trace(&dir, &["fs/ext4"]);
    let rows = titles(&told);
    for words in
        ["ext4/", "obj-$(CONFIG_EXT4_FS) += ext4.o", "EXT4_FS", "ext4_init_fs", "EXT4 FILE SYSTEM"]
    {
        assert!(rows.iter().any(|row| row.contains(words)), "{words}: {told}");
    }
    assert_eq!(told, trace(&dir, &["./fs/ext4/"]));
    assert!(trace(&dir, &["fs"]).contains("pivot_root"));
}

#[test]
fn another_architectures_stub_is_not_told_where_the_name_is_something_here() {
    let dir = Dir::new();
    dir.create("include/linux/printk.h", "#define printk(fmt, ...) _printk(fmt, ##__VA_ARGS__)\n");
    dir.create(
        "arch/um/include/user.h",
        "static inline int printk(const char *fmt) { return 0; }\n",
    );
    dir.create("arch/x86/a.c", "void f(void) { printk(\"x\"); }\n");
    let told = trace(&dir, &["printk"]);
    assert!(told.contains("#define printk(fmt") && !told.contains("arch/um"), "{told}");
    let there = dir.kgrep(&["--arch", "um", "trace", "printk"]).run().expect_code(0);
    assert!(there.stdout().contains("arch/um"), "{there}");
}

#[test]
fn a_system_call_that_is_gone_is_a_number_of_tables() {
    let dir = Dir::kernel();
    let table = "127\ti386\tcreate_module\n128\ti386\tcreate_module2\n\
                 149\ti386\t_sysctl\t\t\tsys_ni_syscall\n";
    dir.create("arch/x86/entry/syscalls/syscall_32.tbl", table);
    for (name, row) in [("create_module", "127, i386"), ("sys_create_module", "127, i386")] {
        let told = trace(&dir, &[name]);
        assert!(told.contains(row) && told.contains("a number, and nothing"), "{told}");
        assert!(!told.contains("create_module2"), "{told}");
    }
    let told = trace(&dir, &["_sysctl"]);
    assert!(told.contains("149, i386"), "{told}");
    let done = dir.kgrep(&["def", "create_module"]).run().expect_code(1);
    let said = done.stderr();
    assert!(said.contains("a system call that is gone: kgrep trace create_module"), "{said}");
}

#[test]
fn def_knows_events_by_their_system_and_says_what_else_a_name_is() {
    let dir = Dir::kernel();
    dir.create(
        "include/trace/events/lamp.h",
        "TRACE_EVENT(lamp_on,\n\tTP_PROTO(int nr),\n\tTP_ARGS(nr)\n);\n",
    );
    let table = dir.kgrep(&["def", "--no-header", "lamp:lamp_on"]).stdout();
    assert!(table.contains("trace_lamp_on") && table.contains("tracepoint"), "{table}");
    let said = dir.kgrep(&["def", "fs/"]).run().expect_code(1).stderr();
    assert!(said.contains("fs/; it is a folder: kgrep trace fs/"), "{said}");
}

#[test]
fn words_of_c_in_a_macro_are_nothing_that_the_tree_defines() {
    let dir = Dir::kernel();
    dir.create(
        "include/linux/lamp.h",
        "#define const\n#define if(cond) branch(cond)\n#define watt(x) (x)\n\
         #define lamp(x) do { const int w = watt(x); if (w) on(w); } while (0)\n",
    );
    let told = trace(&dir, &["lamp"]);
    assert!(told.contains("watt  include/linux/lamp.h:3"), "{told}");
    assert!(!told.contains("lamp.h:1") && !told.contains("lamp.h:2"), "{told}");
}

/// Once it was told where else to ask.
#[test]
fn a_field_that_no_table_fills_has_those_who_use_it() {
    let dir = Dir::kernel();
    let code = "struct lamp {\n\tint watts;\n};\n\nstruct lamp desk = {\n\t.watts = 40,\n};\n\n\
                int dim(struct lamp *lamp, void *p)\n{\n\tread(&lamp->watts);\n\tlamp->watts--;\n\
                \tunknown(p)->watts = 7;\n\tlamp->watts = 8;\n\treturn lamp->watts;\n}\n";
    dir.create("lib/lamp.c", code);
    let done = dir.kgrep(&["--no-header", "trace", "lamp.watts"]).run().expect_code(0);
    let expected = "\
Declared
0 lib/lamp.c  2 member of lamp      int watts;

Written
1 lib/lamp.c  6 initialised in desk .watts = 40,
2 lib/lamp.c 12 read-write in dim   lamp->watts--;
3 lib/lamp.c 14 in dim              lamp->watts = 8;
4 lib/lamp.c 13 in dim, unsure      unknown(p)->watts = 7;

Its address is taken
5 lib/lamp.c 11 in dim              read(&lamp->watts);

Read
6 lib/lamp.c 15 in dim              return lamp->watts;
";
    eqnice!(expected, done.stdout());
    eqnice!(
        "kgrep: 1 of 7 are marked unsure: the text doesn't tell whose field it is\n",
        done.stderr()
    );
    let done = dir.kgrep(&["trace", "lamp.hue"]).run().expect_code(1);
    assert!(done.stderr().contains("no such name: lamp.hue"), "{}", done.stderr());
}

/// A pointer to a structure is data, even if a function hands on what it is set to.
#[test]
fn fields_hold_functions_by_whatever_name_their_type_goes() {
    let dir = Dir::new();
    dir.create(
        "lamp.c",
        "struct lamp {\n\tturn_fn_t turn;\n\tstruct bulb *bulb;\n};\n\n\
         static int on(struct lamp *lamp)\n{\n\treturn 0;\n}\n\nstatic struct lamp desk = { .turn = on };\n\n\
         int set(struct lamp *lamp, struct lamp *other)\n{\n\tlamp->bulb = other->bulb;\n\
         \treturn lamp->turn(lamp);\n}\n",
    );
    let functions = "\
Declared
0 lamp.c  2 member                             turn_fn_t turn;

Functions that tables put there
1 lamp.c 11 on in desk                         static struct lamp desk = { .turn = on };

Called through it
2 lamp.c 16 indirect, through lamp.turn in set return lamp->turn(lamp);
";
    eqnice!(functions, dir.kgrep(&["--no-header", "trace", "lamp.turn"]).run().stdout());
    let data = "\
Declared
0 lamp.c  3 member of lamp struct bulb *bulb;

Written
1 lamp.c 15 in set         lamp->bulb = other->bulb;

Read
2 lamp.c 15 in set         lamp->bulb = other->bulb;
";
    eqnice!(data, dir.kgrep(&["--no-header", "trace", "lamp.bulb"]).run().stdout());
}

/// In a macro its parameter means what it is given, not the function that is called so.
#[test]
fn a_parameter_of_a_macro_is_no_use_of_the_name() {
    let dir = Dir::kernel();
    dir.create(
        "lib/lamp.c",
        "int lamp(void)\n{\n\treturn 1;\n}\n\n#define DEFINE_LAMP(lamp, level) \\\n\
         int lamp(void) { return level; } \\\nEXPORT_SYMBOL(lamp)\n",
    );
    let titles = |args: &[&str]| -> Vec<String> {
        let told = dir.kgrep(&[&["--no-header", "trace", "lamp"], args].concat()).run().stdout();
        told.split("\n\n").filter_map(|part| Some(part.lines().next()?.to_owned())).collect()
    };
    eqnice!(["Definition", "Built by", "Maintainers"], titles(&[])[..]);
    dir.kgrep(&["trace", "lamp", "--as", "export"]).run().expect_code(1);
    dir.create("lib/export.c", "EXPORT_SYMBOL(lamp);\n");
    eqnice!(["Export", "Definition", "Uses"], titles(&["--as", "export"])[..]);
}

/// What a symbol's uses are to most people is mostly in Makefiles.
#[test]
fn uses_of_a_symbol_say_where_the_others_are() {
    let dir = Dir::kernel();
    dir.create("lib/lamp.c", "#ifdef CONFIG_LAMP\nint lamp;\n#endif\n");
    dir.create("lib/Kconfig", "config LAMP\n\tbool \"Lamps\"\n\nconfig TORCH\n\tbool\n");
    let said =
        "kgrep: uses in the code; `kgrep trace CONFIG_LAMP` has those in Makefiles and Kconfig\n";
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index"]).run().expect_ok();
        }
        let done = dir.kgrep(&["--no-header", "refs", "CONFIG_LAMP"]).run().expect_code(0);
        eqnice!("0 lib/lamp.c 1  use #ifdef CONFIG_LAMP\n", done.stdout());
        eqnice!(said, done.stderr());
        let done = dir.kgrep(&["refs", "CONFIG_TORCH"]).run().expect_code(1);
        eqnice!(
            "kgrep: CONFIG_TORCH is a Kconfig symbol that no code uses; `kgrep trace CONFIG_TORCH` has its uses \
             in Makefiles and Kconfig\n",
            done.stderr()
        );
        let done = dir.kgrep(&["refs", "CONFIG_FIRE"]).run().expect_code(1).stderr();
        assert!(done.starts_with("kgrep: no such name: CONFIG_FIRE"), "{done}");
    }
}
