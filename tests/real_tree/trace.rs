//! What `trace` and `list` must tell of a real kernel: sections and facts of names of all
//! kinds, and every name of a list against a plain search.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

use super::Real;

/// Name, kind, and what must be told: titles of sections and facts.
const FACTS: [(&str, &str, &[&str]); 49] = [
    ("kernel.shm_rmid_forced", "sysctl", &[".procname = \"shm_rmid_forced\",", "shm_rmid_forced"]),
    ("umount2", "syscall", &["SYSCALL_DEFINE2(umount,", "166, common, sys_umount"]),
    ("9p_client_res", "tracepoint", &["TRACE_EVENT(9p_client_res,", "trace_9p_client_res("]),
    ("hung_task_panic=", "boot-param", &["kernel.hung_task_panic", "hung_task_panic="]),
    (
        "vm.overcommit_memory",
        "sysctl",
        &[
            ".procname = \"overcommit_memory\",",
            ".proc_handler = overcommit_policy_handler,",
            "int overcommit_policy_handler(",
            "int sysctl_overcommit_memory",
            "This value contains a flag that enables memory overcommitment.",
        ],
    ),
    (
        "net.ipv4.tcp_syncookies",
        "sysctl",
        &[
            ".data = &init_net.ipv4.sysctl_tcp_syncookies,",
            "int proc_dou8vec_minmax(",
            "u8 sysctl_tcp_syncookies;",
            "tcp_syncookies - INTEGER",
        ],
    ),
    (
        "net.ipv4.conf.all.rp_filter",
        "sysctl",
        &["DEVINET_SYSCTL_RW_ENTRY(RP_FILTER, \"rp_filter\"),", "rp_filter - INTEGER"],
    ),
    (
        "/proc/sys/kernel/panic_on_oops",
        "sysctl",
        &[
            ".data = &panic_on_oops,",
            "int panic_on_oops",
            "Controls the kernel's behaviour when an oops or BUG is encountered.",
        ],
    ),
    (
        "memory.max",
        "cgroup-file",
        &[
            ".name = \"max\",",
            "static int memory_max_show(",
            "static ssize_t memory_max_write(",
            "Memory usage hard limit.",
        ],
    ),
    ("io.max", "cgroup-file", &[".seq_show = tg_print_limit,", "BPS and IOPS based IO limit."]),
    (
        "usbcore.quirks=",
        "boot-param",
        &["static int quirks_param_set(", "static struct kparam_string quirks_param_string"],
    ),
    (
        "create_module",
        "removed-syscall",
        &["System call tables: a number, and nothing that answers", "174 64 create_module"],
    ),
    (
        "dscc4.setup=",
        "documented-param",
        &["Documented; nothing here registers it by that name", "dscc4.setup= [NET]"],
    ),
    ("gfp_t", "typedef", &["typedef unsigned int __bitwise gfp_t;", "Users, by folder"]),
    (
        "pivot_root",
        "syscall",
        &[
            "SYSCALL_DEFINE2(pivot_root",
            "syscall_64.tbl",
            "const char __user *, put_old)",
            "arch/s390/kernel/syscalls/syscall.tbl",
            "pivot_root Semantics:",
            "may_mount [permission check]",
            "lock_mount [lock]",
            "EPERM: if (!may_mount())",
            "EBUSY: if (new_mnt == root_mnt || old_mnt == root_mnt)",
            "EINVAL: if (!mnt_has_parent(new_mnt))",
            "LSM_HOOK_INIT(sb_pivotroot, apparmor_sb_pivotroot)",
            "ramfs-rootfs-initramfs.rst",
            "tools/testing/selftests/",
            "obj-y",
            "Documentation",
            "__NR_pivot_root 41",
            "asmlinkage long sys_pivot_root",
            "Maintainers",
        ],
    ),
    (
        "fanotify_mark",
        "syscall",
        &[
            "fanotify_user.c",
            "CONFIG_FANOTIFY",
            "syscall_32.tbl",
            "do_fanotify_mark fs/notify/fanotify/fanotify_user.c:",
            "capable [permission check]",
            "EBADF in do_fanotify_mark: if (",
            "LSM_HOOK_INIT(path_notify, selinux_path_notify)",
            "if !defined(CONFIG_ARCH_SPLIT_ARG64)",
            "COND_SYSCALL(fanotify_mark)",
        ],
    ),
    (
        "kexec_load",
        "syscall",
        &["kernel/kexec.c", "compat", "COND_SYSCALL(kexec_load)", "CONFIG_KEXEC"],
    ),
    ("openat2", "syscall", &["fs/open.c", "copy_struct_from_user [user copy]", "EINVAL"]),
    ("reboot", "syscall", &["kernel/reboot.c", "ns_capable [permission check]", "EPERM"]),
    ("mount", "syscall", &["fs/namespace.c", "syscall_64.tbl"]),
    (
        "rdinit=",
        "boot-param",
        &[
            "__setup(\"rdinit=\", rdinit_setup)",
            "ramdisk_execute_command, set here",
            "ramdisk_execute_command, read in kernel_init_freeable",
            "Run specified binary instead of /init from the ramdisk",
            "init/Makefile",
        ],
    ),
    (
        "crashkernel",
        "boot-param",
        &[
            "early_param(\"crashkernel\", parse_crashkernel_dummy)",
            "crashkernel=range1:size1[,range2:size2,...][@offset]",
            "\"crashkernel=\"",
            "parse_crashkernel",
            "admin-guide/kdump/kdump.rst",
        ],
    ),
    ("panic", "boot-param", &["core_param(panic", "panic_timeout", "kernel-parameters.txt"]),
    ("quiet", "boot-param", &["quiet_kernel", "console_loglevel"]),
    ("CONFIG_KEXEC", "config", &["config KEXEC", "Makefile", "Who depends on it"]),
    ("EXT4_FS", "config", &["fs/ext4/Kconfig", "JBD2", "obj-$(CONFIG_EXT4_FS)"]),
    ("SMP", "config", &["arch/x86/Kconfig", "Code"]),
    ("populate_rootfs", "initcall", &["rootfs_initcall", "init/initramfs.c", "Built by"]),
    ("ext4_init_fs", "initcall", &["module_init", "fs/ext4/super.c", "Errors", "CONFIG_EXT4_FS"]),
    (
        "task_struct",
        "struct",
        &[
            "include/linux/sched.h",
            "Members",
            "thread_info: struct thread_info, if CONFIG_THREAD_INFO",
            "stack: void *",
            "alloc_task_struct_node",
            "kmem_cache_create_usercopy(\"task_struct\"",
        ],
    ),
    (
        "struct file_operations",
        "struct",
        &[
            "include/linux/fs.h",
            "open: int (*)",
            "copy_file_range: ssize_t (*)",
            "const struct file_operations ext4_file_operations = {",
        ],
    ),
    (
        "inode",
        "struct",
        &["i_mode: umode_t", "i_op: const struct inode_operations *", "Documentation"],
    ),
    ("ext4_file_operations", "ops", &["fs/ext4/file.c", ".open", "ext4_file_open"]),
    ("file_operations.open", "ops-field", &["ext4_file_open"]),
    (
        "sched_switch",
        "tracepoint",
        &["include/trace/events/sched.h", "trace_sched_switch(", "kernel/sched/core.c"],
    ),
    ("kfree", "export", &["EXPORT_SYMBOL(kfree)", "mm/slub.c"]),
    (
        "container_of",
        "macro",
        &["include/linux/container_of.h", "__mptr", "offsetof include/linux/", "@member:"],
    ),
    (
        "GFP_KERNEL",
        "macro",
        &["#define GFP_KERNEL", "__GFP_RECLAIM include/linux/gfp", "Users, by folder"],
    ),
    (
        "vfs_open",
        "function",
        &[
            "fs/open.c",
            "@path: path to open",
            "dentry_open",
            "do_dentry_open fs/open.c:",
            "vfs_open(const struct path *, struct file *);",
        ],
    ),
    ("start_kernel", "function", &["init/main.c", "setup_arch", "Calls"]),
    ("ext4_file_open", "function", &["file_operations.open", "Registered"]),
    ("arm,pl011", "dt-compatible", &["bindings/serial/pl011.yaml", "amba-pl011.c", "Boards"]),
    (
        "ti,am3359-adc",
        "dt-compatible",
        &["in ti_adc_dt_ids", "bindings/iio/adc/ti,am3359-adc.yaml", ".dtsi"],
    ),
    ("call_printk", "rust-function", &["rust/kernel/print.rs", "unsafe fn call_printk("]),
    (
        "fs/namespace.c linux/list.h",
        "include",
        &["The shortest way there", "#include <linux/", "include/linux/list.h"],
    ),
    ("fs/namespace.c", "file", &["fs/Makefile", "FILESYSTEMS (VFS", "SYSCALL_DEFINE2(pivot_root"]),
    (
        "kernel/sched",
        "folder",
        &[
            "kernel/sched/Makefile",
            "SYSCALL_DEFINE0(sched_yield)",
            "late_initcall(sched_clock_init_late)",
            "SCHEDULER",
        ],
    ),
    ("linux/slab.h", "include", &["Included by", "slab.h"]),
    ("ext4", "module", &["fs/ext4/Makefile", "config EXT4_FS"]),
];

/// Names that are of a kind all the same, where another kind is what is meant.
const LEFT_TO_OTHERS: [(&str, &str); 2] = [("kfree", "export"), ("ext4", "module")];

/// The tree with its index, for all tests here.
fn real() -> &'static Real {
    static REAL: OnceLock<Real> = OnceLock::new();
    REAL.get_or_init(Real::indexed)
}

#[test]
#[ignore = "needs a kernel tree"]
fn names_of_all_kinds() {
    let real = real();
    let mut wrong = Vec::new();
    for (name, kind, facts) in FACTS {
        let words = name.split(' ');
        let mut args = vec!["trace", "--no-header", "--arch", "x86", "--all", "--as", kind];
        args.extend(words.clone());
        let told = String::from_utf8_lossy(&real.run(&args).stdout).into_owned();
        // Columns are apart by as much as the widest needs.
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        let missing: Vec<_> = facts.iter().filter(|fact| !told.contains(**fact)).collect();
        if !missing.is_empty() {
            wrong.push(format!("{kind} {name}: {missing:?}"));
        }
        let mut args = vec!["trace", "--no-header", "--arch", "x86", "--format", "grep"];
        args.extend(words);
        let own = real.run(&args);
        let said = String::from_utf8_lossy(&own.stderr).into_owned();
        // A name of one kind is taken for that; one of several is said to be that, too.
        let is_known = own.status.code() == Some(0) && (said.is_empty() || said.contains(kind));
        if !is_known && !LEFT_TO_OTHERS.contains(&(name, kind)) {
            wrong.push(format!("{name} is no {kind} without --as: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every recipe that is for kernels is among the facts.
#[test]
#[ignore = "needs a kernel tree"]
fn the_facts_are_of_every_kind() {
    let list = real().kgrep(&["queries"]);
    let kinds: BTreeSet<&str> = list
        .lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split(' ').next())
        .filter(|kind| *kind != "applet")
        .collect();
    let told: BTreeSet<&str> = FACTS.iter().map(|(_, kind, _)| *kind).collect();
    assert_eq!(kinds, told);
}

#[test]
#[ignore = "needs a kernel tree"]
fn the_recipes_own_examples_work() {
    let report = real().kgrep(&["queries", "--check"]);
    assert!(
        report.lines().all(|line| line.starts_with("ok ") || line.starts_with('-')),
        "{report}"
    );
    assert!(report.lines().count() > 25, "{report}");
}

/// The files of a tree that `wanted` wants, by a plain walk.
fn files(folder: &Path, wanted: &dyn Fn(&str) -> bool, found: &mut Vec<String>, root: &Path) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let kind = entry.file_type().unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        if kind.is_dir() && !name.starts_with('.') {
            files(&path, wanted, found, root);
        } else if kind.is_file() && wanted(&name) {
            found.push(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
        }
    }
}

/// A line of a file: the path, the number from 1, and it with the lines that close its
/// brackets. Lines of macros' bodies that paste a name together are nobody's.
struct Line {
    place: String,
    text: String,
}

/// What begins a line that one of the tests is about.
const BEGINNINGS: [&str; 5] =
    ["__setup(", "early_param(", "core_param(", "module_init(", "__initcall("];

/// The lines that a boot parameter, a Kconfig entry or an initcall can begin on, from one
/// walk through the tree that reads every file.
fn lines() -> &'static [Line] {
    static LINES: OnceLock<Vec<Line>> = OnceLock::new();
    LINES.get_or_init(|| {
        let root = &real().tree;
        let mut paths = Vec::new();
        files(root, &|name| is_source(name) || name.contains("Kconfig"), &mut paths, root);
        paths.iter().flat_map(|path| lines_of(root, path)).collect()
    })
}

fn lines_of(root: &Path, path: &str) -> Vec<Line> {
    let text = fs::read(root.join(path)).unwrap();
    let text = String::from_utf8_lossy(&text);
    let is_config = path.contains("Kconfig");
    let is_wanted = |line: &str| {
        // What is indented and ends like a level is a call in a function.
        let is_outside = !line.starts_with([' ', '\t']);
        let line = line.trim_start();
        if is_config {
            return line.starts_with("config ") || line.starts_with("menuconfig ");
        }
        let word = line.split('(').next().unwrap();
        BEGINNINGS.iter().any(|word| line.starts_with(word))
            || is_outside
                && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
                && (word.ends_with("_initcall") || word.ends_with("_initcall_sync"))
                && line.len() > word.len()
    };
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| is_wanted(line)) {
        let mut whole = line.trim().to_owned();
        for more in lines.iter().skip(at + 1).take(20) {
            if whole.matches('(').count() <= whole.matches(')').count() {
                break;
            }
            whole += more.trim();
        }
        let in_macro = at > 0 && lines[at - 1].ends_with('\\');
        if !in_macro && !whole.contains("##") {
            found.push(Line { place: format!("{path}:{}", at + 1), text: whole });
        }
    }
    found
}

/// The lines that begin with one of `words`.
fn beginning(words: &[&str]) -> impl Iterator<Item = &'static Line> {
    lines().iter().filter(move |line| words.iter().any(|word| line.text.starts_with(word)))
}

/// What stands in a call's brackets, cut at the commas.
fn arguments(text: &str) -> Vec<String> {
    let inner = text.split_once('(').map_or("", |(_, rest)| rest);
    let inner = inner.split_once(')').map_or(inner, |(inner, _)| inner);
    inner.split(',').map(|part| part.trim().to_owned()).collect()
}

/// A list's rows by place, `path:line`, with these columns' values.
fn listed(what: &str, columns: &[&str]) -> BTreeMap<String, String> {
    let found = real().kgrep(&["list", "--format", "json", "--arch", "all", what]);
    let row = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let data = row.get("data").filter(|_| row["type"] == "match")?;
        let path = data["path"]["text"].as_str()?;
        let values = columns.iter().map(|column| data["columns"][column].as_str().unwrap_or("?"));
        let values: Vec<&str> = values.collect();
        Some((format!("{path}:{}", data["line_number"]), values.join(" ")))
    };
    found.lines().filter_map(row).collect()
}

/// What a scan has and a list has not, or has otherwise.
fn missing(scan: &[(String, String)], list: &BTreeMap<String, String>) -> Vec<String> {
    let is_missing = |(place, value): &&(String, String)| list.get(place) != Some(value);
    let told = |(place, value): &(String, String)| {
        format!("{place}: {value}, listed {:?}", list.get(place))
    };
    scan.iter().filter(is_missing).take(20).map(told).collect()
}

fn is_source(name: &str) -> bool {
    [".c", ".h", ".S"].iter().any(|end| name.ends_with(end))
}

#[test]
#[ignore = "needs a kernel tree"]
fn every_boot_parameter_is_listed_with_its_handler() {
    let words = ["__setup(", "early_param(", "core_param("];
    let mut scan = Vec::new();
    // The self-tests have macros of the same names, which register nothing with a kernel.
    let of_kernel = |line: &&Line| !line.place.starts_with("tools/");
    for line in beginning(&words).filter(of_kernel) {
        let arguments = arguments(&line.text);
        if arguments.len() >= 2 {
            let how = line.text.split('(').next().unwrap();
            let name = arguments[0].trim_matches('"');
            scan.push((
                line.place.clone(),
                format!("{how} {name} {}", arguments[1].trim_start_matches('&')),
            ));
        }
    }
    assert!(scan.len() > 700, "{}", scan.len());
    let list = listed("boot-params", &["how", "name", "handler"]);
    let missing = missing(&scan, &list);
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
#[ignore = "needs a kernel tree"]
fn every_kconfig_entry_is_listed() {
    let scan: Vec<(String, String)> = beginning(&["config ", "menuconfig "])
        // Help texts have lines that begin so, and go on.
        .filter(|line| line.text.split('#').next().unwrap().split_whitespace().count() == 2)
        .map(|line| {
            let words: Vec<&str> = line.text.split_whitespace().take(2).collect();
            (line.place.clone(), words.join(" "))
        })
        .filter(|(_, words)| words.bytes().all(|b| b.is_ascii_alphanumeric() || b"_ ".contains(&b)))
        .collect();
    assert!(scan.len() > 18_000, "{}", scan.len());
    let list = listed("configs", &["how", "name"]);
    let missing = missing(&scan, &list);
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert_eq!(list.len(), scan.len());
}

#[test]
#[ignore = "needs a kernel tree"]
fn every_initcall_is_listed_with_its_level() {
    let mut scan = Vec::new();
    for line in lines() {
        let how = line.text.split('(').next().unwrap();
        let is_level = how.ends_with("initcall") || how.ends_with("initcall_sync");
        if !is_level && how != "module_init" {
            continue;
        }
        let arguments = arguments(&line.text);
        let name = arguments.last().unwrap();
        scan.push((line.place.clone(), format!("{how} {name}")));
    }
    assert!(scan.len() > 4000, "{}", scan.len());
    let list = listed("initcalls", &["level", "name"]);
    let missing = missing(&scan, &list);
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
#[ignore = "needs a kernel tree"]
fn every_row_of_every_table_has_a_definition_or_a_reason() {
    let root = &real().tree;
    let mut paths = Vec::new();
    let is_table = |name: &str| name.starts_with("syscall") && name.ends_with(".tbl");
    for folder in ["arch", "scripts"] {
        files(&root.join(folder), &is_table, &mut paths, root);
    }
    let mut scan = BTreeSet::new();
    for path in paths {
        let text = fs::read_to_string(root.join(&path)).unwrap();
        for (at, line) in text.lines().enumerate() {
            if line.starts_with(|c: char| c.is_ascii_digit()) {
                scan.insert(format!("{path}:{}", at + 1));
            }
        }
    }
    assert!(scan.len() > 5000, "{}", scan.len());
    let list = listed("syscalls", &["name", "entry", "defined"]);
    let places: BTreeSet<String> = list.keys().cloned().collect();
    assert_eq!(places, scan);
    let is_open = |(_, row): &(&String, &String)| {
        row.contains("not found") || row.contains("declared only") || row.ends_with('?')
    };
    let open: Vec<_> = list.iter().filter(is_open).collect();
    assert!(open.is_empty(), "{} of {}: {open:#?}", open.len(), list.len());
}

/// What the issue asks for is a third of ripgrep's time, whole process; here with room for a
/// busy machine, to catch what makes it slow again.
#[test]
#[ignore = "needs a kernel tree"]
fn an_answer_is_there_sooner_than_a_search() {
    let real = real();
    let best = |run: &dyn Fn()| {
        let time = || {
            let begun = Instant::now();
            run();
            begun.elapsed()
        };
        (0..5).map(|_| time()).min().unwrap()
    };
    let trace = best(&|| drop(real.kgrep(&["trace", "pivot_root"])));
    let scan = best(&|| drop(real.kgrep(&["--no-index", "--format", "grep", "pivot_root"])));
    assert!(trace * 2 < scan, "trace {trace:?}, a scan {scan:?}");
}
