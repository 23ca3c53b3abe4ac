//! How sure calls through pointers are: which are claimed, which are counted, and in which order.

use serde_json::json;

use crate::mcp::Client;
use crate::util::{Dir, eqnice};

/// A tree in which many files have an `open`: a core file opens all, one driver its own, others what
/// they put in the place of it.
fn files() -> Dir {
    let dir = Dir::new();
    dir.create(
        "include/linux/fs.h",
        "struct file;\nstruct file_operations {\n\tint (*open)(struct file *f);\n};\n\
         struct file {\n\tconst struct file_operations *f_op;\n};\n\
         #define replace_fops(f, fops) ((f)->f_op = (fops))\n#define unlikely(x) (x)\n",
    );
    dir.create(
        "fs/open.c",
        "int do_dentry_open(struct file *f)\n{\n\tif (unlikely(!f))\n\t\treturn 1;\n\treturn f->f_op->open(f);\n}\n\
         int vfs_open(struct file *f) { return do_dentry_open(f); }\n\
         int sys_open(struct file *f)\n{\n\tif (f)\n\t\treturn ceph_init(f);\n\treturn vfs_open(f);\n}\n",
    );
    dir.create(
        "fs/char_dev.c",
        "int chrdev_open(struct file *f, const struct file_operations *new)\n{\n\
         \treplace_fops(f, new);\n\treturn f->f_op->open(f);\n}\n",
    );
    dir.create(
        "fs/ceph/file.c",
        "int ceph_init(struct file *f)\n{\n\treturn f->f_op->open(f);\n}\n",
    );
    dir.create(
        "drivers/gpu/drm/drm_drv.c",
        "int drm_stub_open(struct file *f, const struct file_operations *new)\n{\n\
         \treplace_fops(f, new);\n\treturn f->f_op->open(f);\n}\n",
    );
    let opens = |name: &str| {
        format!(
            "static int {name}_open(struct file *f) {{ return 0; }}\n\
             static const struct file_operations {name}_fops = {{ .open = {name}_open }};\n"
        )
    };
    dir.create("fs/lamp/file.c", opens("lamp"));
    dir.create("drivers/gpu/drm/lima/lima.c", opens("lima"));
    for number in 0..20 {
        dir.create(&format!("drivers/char/dev{number}.c"), opens(&format!("dev{number}")));
    }
    dir
}

fn rows_and_notes(dir: &Dir, args: &[&str]) -> (String, String) {
    let done = dir.kgrep(&["--no-header", "--format", "grep"]).args(args).run().expect_code(0);
    (done.stdout(), done.stderr())
}

/// The How of each row.
fn hows(dir: &Dir, args: &[&str]) -> Vec<String> {
    let rows = dir.kgrep(&["--format", "json"]).args(args).run().expect_code(0).stdout();
    let how = |line: &str| {
        let file = line.split_once("\"text\":\"")?.1.split('"').next()?.to_owned();
        let how = line.split_once("\"how\":\"")?.1.split('"').next()?.to_owned();
        Some(format!("{file} {how}"))
    };
    rows.lines().filter(|line| line.contains("\"type\":\"match\"")).filter_map(how).collect()
}

#[test]
fn the_file_that_opens_all_comes_first_and_what_is_only_possible_is_counted() {
    let dir = files();
    let (rows, notes) = rows_and_notes(&dir, &["callers", "lamp_open"]);
    eqnice!(
        "fs/lamp/file.c:1:static int lamp_open(struct file *f) { return 0; }\n\
         fs/lamp/file.c:2:static const struct file_operations lamp_fops = { .open = lamp_open };\n\
         fs/open.c:5:\treturn f->f_op->open(f);\n",
        rows
    );
    eqnice!("kgrep: 3 more possible: --all shows them\n", notes);
    assert_eq!(
        hows(&dir, &["callers", "--all", "lamp_open"]),
        [
            "fs/lamp/file.c static function",
            "fs/lamp/file.c init of file_operations.open",
            "fs/open.c indirect, through file.f_op.open",
            "drivers/gpu/drm/drm_drv.c indirect, through file.f_op.open, possible",
            "fs/ceph/file.c indirect, through file.f_op.open, possible",
            "fs/char_dev.c indirect, through file.f_op.open, possible",
        ]
    );
}

#[test]
fn an_agent_is_told_of_possible_calls_and_can_ask_for_them() {
    let dir = files();
    let mut client = Client::start(&dir);
    let likely = "# callers of lamp_open: 3 rows\nnote: 3 more possible: `all` shows them\n";
    let said = client.text("callers", &json!({ "names": ["lamp_open"] }));
    assert!(said.starts_with(likely), "{said}");
    let said = client.text("callers", &json!({ "names": ["lamp_open"], "all": true }));
    assert_eq!(said.matches(", possible: ").count(), 3, "{said}");
    let chain = |all: bool| json!({ "from": "sys_open", "to": "lamp_open", "all": all });
    let said = client.text("chain", &chain(false));
    assert!(said.contains("calls that are only possible: `all`\n"), "{said}");
    assert!(client.text("chain", &chain(true)).contains("ceph_init → lamp_open"));
    let said = client.text("trace", &json!({ "names": ["lamp_open"] }));
    assert!(said.contains("## Called through pointers (3 more possible; `all`)\n"), "{said}");
}

#[test]
fn what_the_core_puts_there_is_a_default_that_others_leave() {
    let dir = files();
    dir.create(
        "fs/libfs.c",
        "int simple_open(struct file *f) { return 0; }\n\
         static const struct file_operations simple_fops = { .open = simple_open };\n",
    );
    let found = hows(&dir, &["callees", "ceph_init", "--kinds", "indirect"]);
    let calls: Vec<&String> = found.iter().filter(|how| how.contains("indirect")).collect();
    assert_eq!(calls, ["fs/ceph/file.c indirect, through file.f_op.open, likely"]);
}

#[test]
fn who_puts_another_table_in_place_opens_what_is_below() {
    let dir = files();
    assert_eq!(
        hows(&dir, &["callers", "lima_open"])[2..],
        [
            "fs/open.c indirect, through file.f_op.open",
            "drivers/gpu/drm/drm_drv.c indirect, through file.f_op.open, likely",
        ]
    );
}

#[test]
fn a_chain_through_possible_calls_comes_after_longer_ones() {
    let dir = files();
    let titles = |args: &[&str]| {
        let done = dir.kgrep(&["chain", "--indirect"]).args(args).run().expect_code(0);
        let titles =
            done.stdout().lines().filter(|line| line.contains('→')).map(str::to_owned).collect();
        let titles: Vec<String> = titles;
        (titles, done.stderr())
    };
    let (found, notes) = titles(&["sys_open", "lamp_open"]);
    assert_eq!(found, ["sys_open → vfs_open → do_dentry_open → lamp_open"]);
    eqnice!("kgrep: 1 shorter chain, through calls that are only possible: --all\n", notes);
    let (found, notes) = titles(&["--all", "sys_open", "lamp_open"]);
    assert_eq!(
        (&found[..], &notes[..]),
        (&["sys_open → ceph_init → lamp_open".to_owned()][..], "")
    );
    // Where there is nothing else, it is told, and marked.
    let (found, _) = titles(&["ceph_init", "lamp_open"]);
    assert_eq!(found, ["ceph_init → lamp_open"]);
    assert_eq!(
        hows(&dir, &["chain", "--indirect", "ceph_init", "lamp_open"]),
        ["fs/ceph/file.c indirect, through file.f_op.open, possible"]
    );
}

#[test]
fn a_call_through_a_field_is_one_row_of_what_is_called() {
    let dir = files();
    let (rows, notes) = rows_and_notes(&dir, &["callees", "do_dentry_open"]);
    eqnice!(
        "fs/open.c:1:int do_dentry_open(struct file *f)\nfs/open.c:5:\treturn f->f_op->open(f);\n",
        rows
    );
    eqnice!(
        "kgrep: `kgrep trace file_operations.open` lists what may be behind such a field, --kinds \
         indirect what is likely\n",
        notes
    );
    let rows = dir.kgrep(&["--no-header", "callees", "do_dentry_open"]).run().stdout();
    assert!(
        rows.contains("file_operations.open indirect, through file.f_op.open, 22 candidates"),
        "{rows}"
    );
    let rows = dir.kgrep(&["--no-header", "callees", "--macros", "do_dentry_open"]).run().stdout();
    assert_eq!(rows.lines().count(), 3, "{rows}");
    let all = hows(&dir, &["callees", "--kinds", "indirect", "do_dentry_open"]);
    assert_eq!(all.len(), 23, "{all:?}");
    let done = dir.kgrep(&["callers", "--macros", "vfs_open"]).run();
    done.expect_error(&["--macros", "--svg", "callees"]);
}

#[test]
fn what_has_to_do_with_pointers_can_be_asked_for() {
    let dir = files();
    let (rows, _) = rows_and_notes(&dir, &["refs", "--as", "dispatch", "file_operations.open"]);
    eqnice!(
        "drivers/gpu/drm/drm_drv.c:4:\treturn f->f_op->open(f);\nfs/ceph/file.c:3:\treturn f->f_op->open(f);\n\
         fs/char_dev.c:4:\treturn f->f_op->open(f);\nfs/open.c:5:\treturn f->f_op->open(f);\n",
        rows
    );
    let tables = hows(&dir, &["refs", "--as", "table", "file_operations.open"]);
    assert_eq!(tables.len(), 22, "{tables:?}");
    assert_eq!(
        hows(&dir, &["refs", "--as", "dispatch,table", "lamp_open"])[..2],
        [
            "fs/lamp/file.c init of file_operations.open",
            "fs/open.c indirect, through file.f_op.open",
        ]
    );
    dir.create("a.c", "static int lit(void) { return 0; }\nvoid f(void) { enlist(lit); }\n");
    assert_eq!(hows(&dir, &["refs", "--as", "registration", "lit"]), ["a.c passed to enlist()"]);
    let none = dir.kgrep(&["refs", "--as", "table", "lit"]).run().expect_code(1);
    assert!(none.stderr().contains("no such use of lit"), "{none}");
    dir.kgrep(&["refs", "--as", "thing", "lit"]).run().expect_error(&["thing", "dispatch"]);
}

#[test]
fn trace_tells_who_calls_through_pointers() {
    let dir = files();
    let rows = dir.kgrep(&["trace", "lamp_open"]).stdout();
    assert!(rows.contains("Called through pointers (3 more possible; --all)"), "{rows}");
    assert!(rows.contains("indirect, through file.f_op.open in do_dentry_open"), "{rows}");
    let rows = dir.kgrep(&["trace", "file_operations.open"]).stdout();
    assert!(rows.contains("Called through it"), "{rows}");
    assert!(rows.contains("indirect, through file.f_op.open in ceph_init"), "{rows}");
}

#[test]
fn what_a_member_keeps_is_of_the_files_that_it_can_be_of() {
    let dir = Dir::new();
    dir.create(
        "include/net/sock.h",
        "struct proto {\n\tint (*close)(int a);\n};\nstruct sock {\n\tstruct proto *sk_prot;\n};\n\
         struct tls_context {\n\tstruct proto *sk_proto;\n};\n",
    );
    dir.create(
        "net/tls/tls_main.c",
        "#include <net/sock.h>\nint tls_close(struct tls_context *ctx)\n{\n\treturn ctx->sk_proto->close(1);\n}\n",
    );
    dir.create(
        "net/core/sock.c",
        "#include <net/sock.h>\nint sk_close(struct sock *sk)\n{\n\treturn sk->sk_prot->close(1);\n}\n",
    );
    for (file, name) in
        [("net/ipv4/tcp_ipv4.c", "tcp"), ("net/ipv4/udp.c", "udp"), ("net/sctp/socket.c", "sctp")]
    {
        let table = format!("struct proto {name}_prot = {{ .close = {name}_close }};\n");
        dir.create(file, format!("static int {name}_close(int a) {{ return a; }}\n{table}"));
    }
    let called = |from: &str, flags: &[&str]| {
        let args = [&["callees", "--kinds", "indirect", from][..], flags].concat();
        let rows = dir.kgrep(&["--format", "json"]).args(&args).run().expect_code(0).stdout();
        ["tcp_close", "udp_close", "sctp_close"].map(|name| rows.contains(name))
    };
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index", "."]).run().expect_ok();
        }
        assert_eq!(called("tls_close", &[]), [true, false, false]);
        assert_eq!(called("tls_close", &["--all"]), [true, true, true]);
        assert_eq!(called("sk_close", &[]), [true, true, true]);
    }
    let chain = dir.kgrep(&["chain", "--indirect", "tls_close", "tcp_close"]).run().stdout();
    assert!(chain.contains("tls_context.sk_proto.close") && !chain.contains("possible"), "{chain}");
    let callers = dir.kgrep(&["callers", "sctp_close"]).run();
    assert!(!callers.stdout().contains("tls_close"), "{}", callers.stdout());
    assert!(callers.stderr().contains("1 more possible"), "{}", callers.stderr());
}

#[test]
fn who_does_not_call_for_all_means_its_own() {
    let dir = Dir::new();
    dir.create(
        "include/linux/seq.h",
        "struct seq_operations {\n\tint (*start)(int a);\n\tint (*next)(int a);\n};\n\
         struct seq_file {\n\tstruct seq_operations *op;\n};\n\
         struct notifier_block {\n\tint (*notifier_call)(int a);\n};\n",
    );
    let all = "#include <linux/seq.h>\nint all_start(struct seq_file *seq)\n{\n\treturn seq->op->start(1);\n}\n";
    dir.create("fs/seq_file.c", all);
    dir.create(
        "kernel/user.c",
        "#include <linux/seq.h>\nstatic int user_start(int a) { return a; }\n\
         static int user_next(struct seq_file *seq)\n{\n\treturn seq->op->start(1);\n}\n\
         static struct seq_operations user_ops = { .start = user_start, .next = user_next };\n",
    );
    for name in ["one", "two", "three", "four", "five"] {
        let start = format!("static int {name}_start(int a) {{ return a; }}\n");
        let table =
            format!("static struct seq_operations {name}_ops = {{ .start = {name}_start }};\n");
        dir.create(&format!("kernel/{name}.c"), start + &table);
    }
    let called = |from: &str| {
        let args = ["--format", "json", "callees", "--kinds", "indirect", from];
        let rows = dir.kgrep(&args).run().expect_code(0).stdout();
        ["user_start", "one_start", "five_start"].map(|name| rows.contains(name))
    };
    assert_eq!(called("all_start"), [true, true, true]);
    assert_eq!(called("user_next"), [true, false, false]);
    // A chain may come to several callers of one field.
    dir.create("fs/top.c", "int top(int a)\n{\n\tuser_next(a);\n\tall_start(a);\n\treturn 0;\n}\n");
    let chain = dir.kgrep(&["chain", "--indirect", "all_start", "five_start"]).run().stdout();
    assert!(!chain.contains("possible"), "{chain}");
    let chain = dir.kgrep(&["chain", "--indirect", "user_next", "five_start"]).run().stdout();
    assert!(chain.contains("possible"), "{chain}");
}

#[test]
fn a_bus_calls_what_its_drivers_have() {
    let dir = Dir::new();
    dir.create(
        "include/linux/device.h",
        "struct dev_pm_ops {\n\tint (*suspend)(int a);\n};\n\
         struct device_driver {\n\tconst struct dev_pm_ops *pm;\n};\n\
         struct platform_driver {\n\tint (*probe)(int a);\n\tint (*shutdown)(int a);\n\tstruct device_driver driver;\n};\n\
         #define module_platform_driver_probe(drv, probe) static int drv##_init(void) { return 0; }\n\
         struct pci_driver {\n\tint (*probe)(int a);\n\tstruct device_driver driver;\n};\n",
    );
    let suspend = "#include <linux/device.h>\nint bus_suspend(struct device_driver *drv)\n{\n\treturn drv->pm->suspend(1);\n}\n";
    dir.create("drivers/base/platform.c", suspend);
    dir.create("drivers/base/power/main.c", suspend.replace("bus_suspend", "all_suspend"));
    // Drivers whose probe isn't in their table, or that have none.
    for (name, member, last) in [
        ("desk", "", "module_platform_driver_probe(desk_driver, desk_other);\n"),
        ("room", ".shutdown = room_other, ", ""),
        ("none", "", ""),
    ] {
        dir.create(
            &format!("drivers/{name}/{name}.c"),
            format!(
                "#include <linux/device.h>\nstatic int {name}_suspend(int a) {{ return a; }}\n\
                 static int {name}_other(int a) {{ return a; }}\n\
                 static const struct dev_pm_ops {name}_pm = {{ .suspend = {name}_suspend }};\n\
                 static struct platform_driver {name}_driver = {{ {member}.driver = {{ .pm = &{name}_pm }} }};\n{last}"
            ),
        );
    }
    for (name, bus) in [("lamp", "platform"), ("door", "pci")] {
        dir.create(
            &format!("drivers/{name}/{name}.c"),
            format!(
                "static int {name}_suspend(int a) {{ return a; }}\nstatic int {name}_probe(int a) {{ return a; }}\n\
                 static const struct dev_pm_ops {name}_pm = {{ .suspend = {name}_suspend }};\n\
                 static struct {bus}_driver {name}_driver = {{ .probe = {name}_probe, .driver = {{ .pm = &{name}_pm }} }};\n"
            ),
        );
    }
    let called = |from: &str| {
        let args = ["--format", "json", "callees", "--kinds", "indirect", from];
        let rows = dir.kgrep(&args).run().expect_code(0).stdout();
        let all = ["lamp_suspend", "door_suspend", "desk_suspend", "room_suspend", "none_suspend"];
        all.map(|name| rows.contains(name))
    };
    assert_eq!(called("bus_suspend"), [true, false, true, true, false]);
    assert_eq!(called("all_suspend"), [true; 5]);
}

#[test]
fn who_does_not_call_for_all_leaves_defaults() {
    let dir = Dir::new();
    dir.create(
        "include/net/sock.h",
        "struct sock {\n\tvoid (*sk_state_change)(struct sock *sk);\n};\n",
    );
    let call = |name: &str| {
        format!(
            "#include <net/sock.h>\nvoid {name}_release(struct sock *sk)\n{{\n\tsk->sk_state_change(sk);\n}}\n"
        )
    };
    let store = |name: &str| {
        format!(
            "#include <net/sock.h>\nstatic void {name}_change(struct sock *sk) {{ }}\n\
             void {name}_init(struct sock *sk)\n{{\n\tsk->sk_state_change = {name}_change;\n}}\n"
        )
    };
    dir.create("net/core/sock.c", store("def"));
    dir.create("net/bluetooth/hci.c", call("hci"));
    dir.create("net/bluetooth/rfcomm/core.c", store("rfcomm"));
    dir.create("net/ipv4/tcp.c", call("tcp"));
    for name in ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"] {
        dir.create(&format!("drivers/{name}/{name}.c"), store(name));
        dir.create(&format!("fs/{name}/{name}.c"), store(&format!("{name}fs")));
    }
    let called = |from: &str| {
        let args = ["--format", "json", "callees", "--kinds", "indirect", from];
        let rows = dir.kgrep(&args).run().expect_code(0).stdout();
        ["def_change", "rfcomm_change", "one_change"].map(|name| rows.contains(name))
    };
    assert_eq!(called("hci_release"), [true, true, false]);
    assert_eq!(called("tcp_release"), [true, true, true]);
}

/// Silence would say that there are none.
#[test]
fn callers_say_where_those_of_other_architectures_are_left_out() {
    let dir = Dir::new();
    dir.create(
        "lamp.c",
        "int lamp(int a)\n{\n\treturn a;\n}\nint use(void)\n{\n\treturn lamp(1);\n}\n",
    );
    dir.create(
        "torch.c",
        "static int torch(int a)\n{\n\treturn a;\n}\nint use(void)\n{\n\treturn torch(1);\n}\n",
    );
    dir.create("arch/arm64/b.c", "int h(void)\n{\n\treturn lamp(3) + torch(3);\n}\n");
    dir.create("arch/x86/Makefile", "\n");
    let said =
        "kgrep: uses in files of other architectures are left out; --arch all lists them, too\n";
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index", "."]).run().expect_ok();
        }
        let asked = |arch, name| dir.kgrep(&["--arch", arch, "callers", name]).run();
        eqnice!(said, asked("x86", "lamp").expect_code(0).stderr());
        eqnice!("", asked("all", "lamp").expect_ok().stderr());
        // Another file's `static` function is another one.
        eqnice!("", asked("x86", "torch").expect_ok().stderr());
    }
}
