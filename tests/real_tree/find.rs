//! `kgrep find` on the real tree: questions from many parts of the kernel, each with answers
//! of which one must be among the first three.
//!
//! The questions are those of people who have an idea and no name. Who changes the formula
//! adds questions; none goes because it fails.

use std::fmt::Write as _;

use super::Real;

/// The share of questions that must be answered among the first three.
const LEAST: f64 = 0.9;
/// How many answers count.
const FIRST: usize = 3;

/// A question, and its answers: a name, or a part of a path when there is a `/` in it.
const QUESTIONS: [(&str, &[&str]); 66] = [
    ("switch root initramfs", &["ramfs-rootfs-initramfs.rst/", "early_userspace_support.rst/"]),
    ("crash kernel memory reservation", &["arm64/kdump.rst/", "kdump/kdump.rst/", "crashkernel="]),
    ("kmem cach alloc", &["kmem_cache_alloc", "kmem_cache_alloc_noprof"]),
    ("fanotfy", &["sys_fanotify_init", "sys_fanotify_mark", "CONFIG_FANOTIFY"]),
    ("kmem_cache_alloc", &["kmem_cache_alloc", "kmem_cache_alloc_noprof"]),
    // The scheduler and locks.
    ("pick next task", &["pick_next_task", "__pick_next_task"]),
    ("schedule timeout", &["schedule_timeout"]),
    ("mutex lock interruptible", &["mutex_lock_interruptible"]),
    ("spinlock", &["spinlock", "spin_lock", "spinlock_t"]),
    ("rcu grace period wait", &["synchronize_rcu"]),
    ("task_struct", &["task_struct"]),
    ("wake up process", &["wake_up_process"]),
    ("completely fair scheduler", &["sched-design-CFS.rst/", "sched-eevdf.rst/"]),
    ("lock dependency validator", &["lockdep-design.rst/", "CONFIG_PROVE_LOCKING"]),
    ("workqueue", &["workqueue.rst/", "workqueue_struct", "WORKQUEUE"]),
    // Memory.
    ("out of memory killer", &["out_of_memory", "oom_kill_process", "mm/oom_kill.c/"]),
    ("page fault handler", &["handle_mm_fault", "handle_page_fault", "do_user_addr_fault"]),
    ("memory hotplug", &["CONFIG_MEMORY_HOTPLUG", "memory-hotplug.rst/"]),
    (
        "transparent hugepage",
        &["CONFIG_TRANSPARENT_HUGEPAGE", "transhuge.rst/", "transparent_hugepage="],
    ),
    ("GFP_KERNEL", &["GFP_KERNEL"]),
    ("copy from user", &["copy_from_user", "_copy_from_user"]),
    (
        "page cache readahead",
        &["page_cache_sync_readahead", "page_cache_async_readahead", "page_cache_ra_unbounded"],
    ),
    (
        "vmalloc area",
        &[
            "__vmalloc_area_node",
            "vm_struct",
            "get_vm_area",
            "vmap_area",
            "find_vm_area",
            "__get_vm_area_node",
        ],
    ),
    ("slab merge boot parameter", &["slab_merge", "slab_nomerge", "slub_merge"]),
    // File systems.
    ("ext4 readdir", &["ext4_readdir"]),
    ("struct file", &["file"]),
    ("mount namespace pivot root", &["sys_pivot_root"]),
    ("inode allocation", &["alloc_inode", "new_inode", "alloc_inode_sb"]),
    ("overlayfs copy up", &["overlayfs.rst/", "fs/overlayfs/copy_up.c/"]),
    ("btrfs scrub", &["fs/btrfs/scrub.c/", "btrfs_scrub_dev"]),
    ("super block operations", &["super_operations", "vfs.rst/"]),
    ("file_operations", &["file_operations"]),
    ("fsync file", &["vfs_fsync", "sys_fsync", "generic_file_fsync", "vfs_fsync_range"]),
    // Networks.
    ("socket buffer", &["sk_buff", "skbuff.rst/", "kapi.rst/"]),
    (
        "tcp congestion control",
        &["tcp_congestion_ops", "tcp_register_congestion_control", "tcp_set_congestion_control"],
    ),
    ("alloc skb", &["alloc_skb", "__alloc_skb"]),
    (
        "netfilter conntrack",
        &[
            "CONFIG_NF_CONNTRACK",
            "nf_conntrack",
            "nf_conntrack-sysctl.rst/",
            "CONFIG_NETFILTER_NETLINK",
        ],
    ),
    ("register network device", &["register_netdev", "register_netdevice"]),
    ("routing table lookup", &["fib_table_lookup", "fib_lookup", "net/ipv4/fib_trie.c/"]),
    ("wireless regulatory", &["regulatory.rst/", "regulatory_hint", "net/wireless/reg.c/"]),
    // Boot, parameters, configuration.
    ("rdinit", &["rdinit="]),
    ("kernel panic timeout", &["panic=", "CONFIG_PANIC_TIMEOUT"]),
    ("quiet", &["quiet"]),
    ("isolate cpus", &["isolcpus=", "CONFIG_CPU_ISOLATION"]),
    ("kexec load", &["sys_kexec_load", "do_kexec_load", "sys_kexec_file_load"]),
    ("initial ram disk", &["CONFIG_BLK_DEV_INITRD", "initrd.rst/"]),
    ("config ext4", &["CONFIG_EXT4_FS"]),
    (
        "kernel address space layout randomization",
        &["CONFIG_RANDOMIZE_BASE", "nokaslr", "self-protection.rst/"],
    ),
    ("magic sysrq", &["sysrq.rst/", "CONFIG_MAGIC_SYSRQ"]),
    // Drivers and devices.
    ("device tree overlay", &["overlay-notes.rst/", "CONFIG_OF_OVERLAY"]),
    ("usb hub reset", &["hub_port_reset", "usb_reset_device", "usb_hub_reset"]),
    ("pci enable device", &["pci_enable_device"]),
    ("e1000 probe", &["e1000_probe"]),
    ("request_irq", &["request_irq"]),
    ("dma mapping error", &["dma_mapping_error"]),
    ("i2c transfer", &["i2c_transfer", "__i2c_transfer"]),
    (
        "nvme submit command",
        &["nvme_submit_sync_cmd", "__nvme_submit_sync_cmd", "nvme_submit_user_cmd"],
    ),
    // Security, tracing, maintenance.
    ("seccomp filter", &["seccomp_filter.rst/", "CONFIG_SECCOMP_FILTER", "seccomp_filter"]),
    ("function tracer", &["CONFIG_FUNCTION_TRACER", "ftrace.rst/"]),
    ("maintainer ext4", &["EXT4 FILE SYSTEM"]),
    // As people ask, and by what programs call.
    ("how does epoll wait", &["sys_epoll_wait"]),
    ("eventfd", &["sys_eventfd"]),
    ("futex wait", &["sys_futex_wait", "futex_wait"]),
    ("timer interrupt handler", &["timer_interrupt"]),
    ("create kernel thread", &["kernel_thread", "kthread_create", "kthread_create_on_node"]),
    ("load kernel module", &["load_module", "sys_init_module", "sys_finit_module"]),
];

#[test]
#[ignore = "needs a kernel tree"]
fn nine_of_ten_questions_are_answered_among_the_first_three() {
    let real = Real::indexed();
    let mut missed = String::new();
    let mut answered = 0;
    for (question, answers) in QUESTIONS {
        let mut args = vec!["find", "--arch", "x86_64", "--format", "json", "-n", "3"];
        args.extend(question.split(' '));
        let found = found(&real.kgrep(&args));
        let right = |(path, name): &(String, String)| {
            answers.iter().any(|answer| match answer.strip_suffix('/') {
                Some(part) => path.ends_with(part),
                None => name == answer,
            })
        };
        if found.iter().take(FIRST).any(right) {
            answered += 1;
        } else {
            let _ = writeln!(missed, "{question}: {found:?}");
        }
    }
    let share = f64::from(answered) / QUESTIONS.len() as f64;
    assert!(share >= LEAST, "{answered} of {}; missed:\n{missed}", QUESTIONS.len());
    eprintln!("{answered} of {} answered; missed:\n{missed}", QUESTIONS.len());
}

/// Path and name of each answer.
fn found(json: &str) -> Vec<(String, String)> {
    let rows = json.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let rows = rows.filter(|row| row["type"] == "match");
    rows.map(|row| {
        let path = row["data"]["path"]["text"].as_str().unwrap_or_default();
        let name = row["data"]["columns"]["name"].as_str().unwrap_or_default();
        (path.to_owned(), name.to_owned())
    })
    .collect()
}
