//! `trace` of what is set through files: sysctls, files of control groups, and parameters with functions of
//! their own.

use crate::util::{Dir, eqnice};

/// What is told, one line each: the file, the line and its text; a title before each section.
fn told(dir: &Dir, name: &str) -> String {
    let json = dir.kgrep(&["--format", "json", "trace", name]).run().stdout();
    let (mut told, mut above) = (String::new(), None);
    for line in json.lines() {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        if message["type"] != "match" {
            continue;
        }
        let data = &message["data"];
        let section = data["section"].as_str().unwrap().to_owned();
        if above.as_ref() != Some(&section) {
            told += &format!("[{section}]\n");
        }
        above = Some(section);
        let text = data["lines"]["text"].as_str().unwrap().trim_end();
        told +=
            &format!("{}:{}:{text}\n", data["path"]["text"].as_str().unwrap(), data["line_number"]);
    }
    told
}

/// A tree with two tables that have an entry of one name.
fn lamps() -> Dir {
    let dir = Dir::new();
    dir.create("Kbuild", "obj-y += kernel/\n");
    dir.create(
        "kernel/lamp.c",
        "int sysctl_level = 3;\n\n\
         static int level_handler(const struct ctl_table *table, int write)\n{\n\treturn 0;\n}\n\n\
         static struct ctl_table lamp_table[] = {\n\t{\n\t\t.procname\t= \"level\",\n\
         \t\t.data\t\t= &sysctl_level,\n\t\t.proc_handler\t= level_handler,\n\t},\n\
         \t{\n\t\t.procname\t= \"level_max\",\n\t\t.data\t\t= NULL,\n\t},\n};\n\n\
         static struct ctl_table bulb_table[] = {\n\
         \t{ .procname = \"level\", .data = &bulbs.level, .proc_handler = proc_dointvec },\n};\n\n\
         static int __init lamp_init(void)\n{\n\tregister_sysctl_init(\"lamp\", lamp_table);\n\
         \tregister_sysctl(\"lamp/bulb\", bulb_table);\n\treturn 0;\n}\n",
    );
    dir.create(
        "net/ipv4/devinet.c",
        "static struct lamp_sysctl_table {\n\tint a;\n} lamp_sysctl = {\n\
         \tDEVINET_SYSCTL_ENTRY(DIM, \"dim\"),\n};\n\
         static int f(const char *dev)\n{\n\tsnprintf(path, sizeof(path), \"net/ipv4/conf/%s\", dev);\n\
         \treturn register_net_sysctl(net, path, t) ? 0 : 1;\n}\n",
    );
    dir.create(
        "Documentation/admin-guide/sysctl/lamp.rst",
        "Lamps\n=====\n\nlevel\n-----\n\nHow bright it is.\n\n3 by default.\n\nlevel_max\n---------\n\nMore.\n",
    );
    dir
}

#[test]
fn a_sysctl_leads_to_entry_handler_variable_and_document() {
    let dir = lamps();
    let whole = "[Entry of its table]\n\
         kernel/lamp.c:10:\t\t.procname\t= \"level\",\n\
         kernel/lamp.c:11:\t\t.data\t\t= &sysctl_level,\n\
         kernel/lamp.c:12:\t\t.proc_handler\t= level_handler,\n\
         kernel/lamp.c:13:\t},\n\
         [Handler]\n\
         kernel/lamp.c:3:static int level_handler(const struct ctl_table *table, int write)\n\
         kernel/lamp.c:4:{\n\
         kernel/lamp.c:5:\treturn 0;\n\
         kernel/lamp.c:6:}\n\
         [Variable]\n\
         kernel/lamp.c:1:int sysctl_level = 3;\n\
         [Documentation, in full]\n\
         Documentation/admin-guide/sysctl/lamp.rst:4:level\n\
         Documentation/admin-guide/sysctl/lamp.rst:5:-----\n\
         Documentation/admin-guide/sysctl/lamp.rst:7:How bright it is.\n\
         Documentation/admin-guide/sysctl/lamp.rst:9:3 by default.\n\
         [Built by]\n\
         Kbuild:1:obj-y += kernel/\n";
    for name in ["lamp.level", "lamp/level", "/proc/sys/lamp/level", "sysctl.lamp.level="] {
        eqnice!(whole, told(&dir, name));
    }
}

/// The folder decides, as far as the text says what is registered there.
#[test]
fn a_sysctls_folder_says_which_table_is_meant() {
    let dir = lamps();
    let bulb = "[Entry of its table]\n\
         kernel/lamp.c:21:\t{ .procname = \"level\", .data = &bulbs.level, .proc_handler = proc_dointvec },\n";
    assert!(told(&dir, "lamp.bulb.level").starts_with(bulb), "{}", told(&dir, "lamp.bulb.level"));
    let device = "[Entry of its table]\n\
         net/ipv4/devinet.c:4:\tDEVINET_SYSCTL_ENTRY(DIM, \"dim\"),\n";
    for name in ["net.ipv4.conf.all.dim", "net/ipv4/conf/eth0.1/dim"] {
        eqnice!(device, told(&dir, name));
    }
    // A table that is registered as one folder is none of another; a copy of it has its folder's name.
    dir.create(
        "net/lamp.c",
        "#define LAMP_PATH \"net/lamp\"\n\nstatic struct ctl_table dim_table[] = {\n\t{ .procname = \"dim\" },\n};\n\n\
         static struct ctl_table far_table[] = {\n\t{ .procname = \"dim\" },\n};\n\n\
         static int f(void)\n{\n\ttable = kmemdup(dim_table);\n\tregister_net_sysctl(net, LAMP_PATH, table);\n\
         \tregister_net_sysctl(net, \"net\", far_table);\n}\n",
    );
    for (name, line) in [("net.lamp.dim", 4), ("net.dim", 8)] {
        let entry =
            format!("[Entry of its table]\nnet/lamp.c:{line}:\t{{ .procname = \"dim\" }},\n");
        eqnice!(entry, told(&dir, name));
    }
    // A name that leads to a field, too.
    dir.create(
        "include/lamp.h",
        "struct lamp_net {\n\tint dim;\n};\n\nstruct net {\n\tstruct lamp_net lamp;\n};\n",
    );
    assert!(told(&dir, "net.lamp.dim").starts_with("[Entry of its table]\nnet/lamp.c:4:"));
    for name in ["fan.level", "lamp.level_min", "net.ipv6.conf.all.dim"] {
        dir.kgrep(&["trace", name]).run().expect_code(1);
    }
}

#[test]
fn a_file_of_a_control_group_leads_to_the_controllers_entry() {
    let dir = Dir::new();
    let table = |name: &str, entry: &str| {
        format!(
            "static struct cftype {name}[] = {{\n\t{{\n{entry}\t}},\n\t{{ }}\t/* the end */\n}};\n\n"
        )
    };
    let own =
        "\t\t.name = \"max\",\n\t\t.write = lamp_max_write,\n\t\t.seq_show = lamp_max_show,\n";
    dir.create(
        "mm/lamp.c",
        "static int lamp_max_show(struct seq_file *m)\n{\n\treturn 0;\n}\n\n\
         static int lamp_max_write(char *buf)\n{\n\treturn 1;\n}\n\n"
            .to_owned()
            + &table("lamp_files", own)
            + &table("other_files", "\t\t.name = \"max\",\n")
            + "struct cgroup_subsys lamp_cgrp_subsys = {\n\t.dfl_cftypes = lamp_files,\n};\n",
    );
    dir.create(
        "mm/bulb.c",
        table("bulb_files", "\t\t.name = \"max\",\n")
            + "struct cgroup_subsys bulb_cgrp_subsys = {\n\t.dfl_cftypes = bulb_files,\n};\n",
    );
    dir.create(
        "block/lamp.c",
        table("policy_files", "\t\t.name = \"max\",\n")
            + "static struct blkcg_policy lamp_policy = {\n\t.dfl_cftypes = policy_files,\n};\n",
    );
    dir.create("kernel/cgroup/cgroup.c", table("base_files", "\t\t.name = \"lamp.stat\",\n"));
    dir.create(
        "Documentation/admin-guide/cgroup-v2.rst",
        "Lamps\n-----\n\n  lamp.max\n\tA file of one value.\n\n\tThe default is \"max\".\n\n  lamp.min\n\tNo.\n",
    );
    let whole = "[Entry of its table]\n\
         mm/lamp.c:13:\t\t.name = \"max\",\n\
         mm/lamp.c:14:\t\t.write = lamp_max_write,\n\
         mm/lamp.c:15:\t\t.seq_show = lamp_max_show,\n\
         mm/lamp.c:16:\t},\n\
         [Handlers]\n\
         mm/lamp.c:6:static int lamp_max_write(char *buf)\n\
         mm/lamp.c:7:{\n\
         mm/lamp.c:8:\treturn 1;\n\
         mm/lamp.c:9:}\n\
         mm/lamp.c:1:static int lamp_max_show(struct seq_file *m)\n\
         mm/lamp.c:2:{\n\
         mm/lamp.c:3:\treturn 0;\n\
         mm/lamp.c:4:}\n\
         [Documentation, in full]\n\
         Documentation/admin-guide/cgroup-v2.rst:4:  lamp.max\n\
         Documentation/admin-guide/cgroup-v2.rst:5:\tA file of one value.\n\
         Documentation/admin-guide/cgroup-v2.rst:7:\tThe default is \"max\".\n";
    for name in ["lamp.max", "/sys/fs/cgroup/system.slice/lamp.max"] {
        eqnice!(whole, told(&dir, name));
    }
    let entry = |name: &str| told(&dir, name).lines().nth(1).unwrap_or_default().to_owned();
    eqnice!("mm/bulb.c:3:\t\t.name = \"max\",", entry("bulb.max"));
    eqnice!("block/lamp.c:3:\t\t.name = \"max\",", entry("io.max"));
    eqnice!("kernel/cgroup/cgroup.c:3:\t\t.name = \"lamp.stat\",", entry("lamp.stat"));
    // A table that another file registers.
    dir.create(
        "mm/lamp-v1.c",
        format!(
            "{}void f(void)\n{{\n\tg(lamp_cgrp_subsys);\n}}\n",
            table("v1_files", "\t\t.name = \"limit\",\n").replace("static ", "\n")
        ),
    );
    eqnice!("mm/lamp-v1.c:4:\t\t.name = \"limit\",", entry("lamp.limit"));
    for name in ["fan.max", "bulb.limit"] {
        dir.kgrep(&["trace", name]).run().expect_code(1);
    }
}

/// The structure of its functions was taken for the variable, and the function was not told.
#[test]
fn a_parameter_with_functions_of_its_own_leads_to_the_one_that_sets_it() {
    let dir = Dir::new();
    let with = |device: &str| {
        format!(
            "static int bulb_set(const char *value)\n{{\n\treturn {device};\n}}\n\n\
             static const struct kernel_param_ops bulb_ops = {{\n\t.set = bulb_set,\n\
             \t.get = bulb_get,\n}};\n\nstatic int bulb_state;\n\n\
             device_param_cb(bulb, &bulb_ops, &bulb_state, 0644);\n"
        )
    };
    dir.create("drivers/lamp/bulb.c", with("1"));
    dir.create("drivers/lamp/Makefile", "obj-m := lampcore.o\nlampcore-y := bulb.o\n");
    dir.create("drivers/other/bulb.c", with("2"));
    dir.create("drivers/other/Makefile", "obj-m := othercore.o\nothercore-y := bulb.o\n");
    let whole = "[Registration]\n\
         drivers/lamp/bulb.c:13:device_param_cb(bulb, &bulb_ops, &bulb_state, 0644);\n\
         [Handler]\n\
         drivers/lamp/bulb.c:1:static int bulb_set(const char *value)\n\
         drivers/lamp/bulb.c:2:{\n\
         drivers/lamp/bulb.c:3:\treturn 1;\n\
         drivers/lamp/bulb.c:4:}\n\
         [Variable]\n\
         drivers/lamp/bulb.c:11:static int bulb_state;\n\
         [Built by]\n\
         drivers/lamp/Makefile:2:lampcore-y := bulb.o\n\
         drivers/lamp/Makefile:1:obj-m := lampcore.o\n";
    eqnice!(whole, told(&dir, "lampcore.bulb="));
}

/// Namespaces register copies, through a field of theirs; kernels before 6.6 had tables in tables, paths that are
/// tables, and tables that another file registers.
#[test]
fn a_sysctl_of_a_namespace_or_of_an_older_kernel_is_found() {
    let dir = Dir::new();
    let table = |name: &str, entry: &str| {
        format!("struct ctl_table {name}[] = {{\n\t{entry},\n\t{{ }}\n}};\n\n")
    };
    let own = |name: &str, entry: &str| format!("static {}", table(name, entry));
    dir.create(
        "kernel/bulb.c",
        own("bulb_sysctls", "{ .procname = \"watt\" }")
            + "static int f(void)\n{\n\ttbl = kmemdup(bulb_sysctls, 64, GFP_KERNEL);\n\
               \tns->sysctls = __register_sysctl_table(&ns->bulb_set, \"lamp\", tbl, 2);\n}\n",
    );
    dir.create(
        "kernel/wick.c",
        own("wick_table", "{ .procname = \"long\" }")
            + &own("folder_table", "{ .procname = \"wick\", .mode = 0555, .child = wick_table }")
            + &own("root_table", "{ .procname = \"lamp\", .mode = 0555, .child = folder_table }"),
    );
    dir.create(
        "kernel/oil.c",
        own("oil_table", "{ .procname = \"fill\" }")
            + "static struct ctl_path oil_path[] = { { .procname = \"lamp\", }, { } };\n\n\
               static int f(void)\n{\n\treturn register_sysctl_paths(oil_path, oil_table) ? 0 : 1;\n}\n",
    );
    dir.create("kernel/flame.c", table("flame_table", "{ .procname = \"hot\" }"));
    for (name, file, leaf) in [
        ("lamp.watt", "bulb", "watt"),
        ("lamp.wick.long", "wick", "long"),
        ("lamp.fill", "oil", "fill"),
        ("lamp.flame.hot", "flame", "hot"),
    ] {
        let entry =
            format!("[Entry of its table]\nkernel/{file}.c:2:\t{{ .procname = \"{leaf}\" }},\n");
        eqnice!(entry, told(&dir, name));
    }
    for name in ["fan.watt", "fan.wick.long", "lamp.wax.long", "fan.fill", "lamp.smoke.hot"] {
        dir.kgrep(&["trace", name]).run().expect_code(1);
    }
}

/// Found with Linux 7.3: what wraps `early_param()`, `__core_param_cb()`, and what sets a sysctl were said to
/// be documented and no more.
#[test]
fn a_parameter_is_found_by_whatever_registers_it() {
    let dir = Dir::new();
    dir.create(
        "mm/lamp.c",
        "static int __init oil_setup(char *s)\n{\n\treturn 0;\n}\n\
         lamp_early_param(\"oil\", oil_setup);\n\n\
         static int wick_set(const char *value)\n{\n\treturn 1;\n}\n\n\
         static const struct kernel_param_ops wick_ops __initconst = {\n\t.set = wick_set,\n};\n\
         __core_param_cb(wick, &wick_ops, NULL, 0);\n",
    );
    dir.create(
        "fs/proc/proc_sysctl.c",
        "static const struct sysctl_alias sysctl_aliases[] = {\n\t{\"flame\", \"kernel.flame\" },\n\t{ }\n};\n",
    );
    let oil = "[Registration]\n\
         mm/lamp.c:5:lamp_early_param(\"oil\", oil_setup);\n\
         [Handler]\n\
         mm/lamp.c:1:static int __init oil_setup(char *s)\n\
         mm/lamp.c:2:{\n\
         mm/lamp.c:3:\treturn 0;\n\
         mm/lamp.c:4:}\n";
    eqnice!(oil, told(&dir, "oil="));
    let wick = "[Registration]\n\
         mm/lamp.c:15:__core_param_cb(wick, &wick_ops, NULL, 0);\n\
         [Handler]\n\
         mm/lamp.c:7:static int wick_set(const char *value)\n\
         mm/lamp.c:8:{\n\
         mm/lamp.c:9:\treturn 1;\n\
         mm/lamp.c:10:}\n";
    eqnice!(wick, told(&dir, "wick="));
    let flame = "[Sysctl that it sets]\n\
         fs/proc/proc_sysctl.c:2:\t{\"flame\", \"kernel.flame\" },\n";
    eqnice!(flame, told(&dir, "flame="));
    let listed = dir.kgrep(&["list", "--format", "grep", "boot-params"]).stdout();
    for name in ["mm/lamp.c:5:", "mm/lamp.c:15:"] {
        assert!(listed.contains(name), "{listed}");
    }
}
