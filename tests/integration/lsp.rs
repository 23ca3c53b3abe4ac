//! `kgrep lsp` on the kernel-like tree: every request that it answers, in all kinds of files.

use serde_json::{Value, json};

use crate::lsp_client::{Client, range};
use crate::util::{Dir, eqnice};

fn indexed() -> Dir {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_ok();
    dir
}

const DEFINITION: &str = "textDocument/definition";

#[test]
fn names_lead_to_their_definitions() {
    let dir = indexed();
    let mut client = Client::start(&dir);
    let mut found = |path: &str, text: &str| {
        let found = client.at(DEFINITION, path, text);
        client.places(&found).join(" ")
    };
    // A function of the same file, of another one, a macro, a type, an included file.
    assert_eq!(found("fs/namespace.c", "if (!may_m|ount())"), "fs/namespace.c:29:20-28");
    assert_eq!(found("fs/ext4/inode.c", "= kmem_cache_a|lloc(ext4"), "mm/slab.c:39:7-22");
    assert_eq!(found("fs/ext4/inode.c", "kmem_cache_alloc|(ext4_i"), "mm/slab.c:39:7-22");
    assert_eq!(found("fs/ext4/file.c", "struct ext4_inode_in|fo *ei"), "fs/ext4/ext4.h:7:8-22");
    assert_eq!(found("fs/ext4/inode.c", "<linux/sl|ab.h>"), "include/linux/slab.h:1:1-0");
    assert_eq!(found("fs/ext4/inode.c", "\"ext4|.h\""), "fs/ext4/ext4.h:1:1-0");
    // Locals, parameters, members.
    assert_eq!(found("fs/namespace.c", "attach_mnt(new_|mnt, &root"), "fs/namespace.c:52:16-22");
    assert_eq!(
        found("fs/namespace.c", "user_path_at(AT_FDCWD, put_|old"),
        "fs/namespace.c:49:24-30"
    );
    assert_eq!(found("fs/ext4/file.c", "ei->i_fl|ags"), "fs/ext4/ext4.h:8:16-22");
    assert_eq!(
        found("drivers/char/toy_uart.c", "writel(TOY_UART_PENDING, uart->ba|se"),
        "drivers/char/toy_uart.c:6:16-19"
    );
    // No name, and a name of nothing.
    assert_eq!(found("fs/namespace.c", "Mounts, a|nd"), "");
    assert_eq!(found("fs/namespace.c", "return -|EPERM"), "");
}

/// A member that a macro makes once led nowhere, a pointer's parameter to the function's.
#[test]
fn odd_declarations_are_found() {
    let dir = Dir::new();
    dir.create(
        "lamp.h",
        "#define FOR_EACH_FLAG(func) \\\n\tfunc(is_lit); \\\n\tfunc(is_dim)\n\nstruct flags {\n\tint \
         watts;\n#define FLAG(name) unsigned name:1\n\tFOR_EACH_FLAG(FLAG);\n};\n",
    );
    dir.create(
        "lamp.c",
        "#include \"lamp.h\"\n\nint each(struct lamp *lamp, int (*f)(struct lamp *lamp, int n), int \
         n)\n{\n\treturn f(lamp, n);\n}\n\nstatic struct flags desk = {\n\t.is_dim = 1,\n};\n\nint \
         lit(struct flags *flags)\n{\n\treturn flags->is_lit;\n}\n",
    );
    dir.kgrep(&["index", "."]).run().expect_ok();
    let mut client = Client::start(&dir);
    let mut found = |text: &str| {
        let found = client.at(DEFINITION, "lamp.c", text);
        client.places(&found).join(" ")
    };
    assert_eq!(found("(*f)(struct lamp *la|mp"), "lamp.c:3:51-54");
    assert_eq!(found("return f(la|mp, n)"), "lamp.c:3:23-26");
    assert_eq!(found(".is_d|im = 1"), "lamp.h:3:7-12");
    assert_eq!(found("flags->is_l|it"), "lamp.h:2:7-12");
}

#[test]
fn kconfig_makefiles_assembler_and_devicetrees_take_part() {
    let dir = indexed();
    dir.create(
        "arch/arm64/boot/dts/toy.dts",
        "/ {\n\tuart@0 {\n\t\tcompatible = \"toy,uart-1.0\";\n\t};\n};\n",
    );
    let mut client = Client::start(&dir);
    let mut found = |path: &str, text: &str| {
        let found = client.at(DEFINITION, path, text);
        client.places(&found).join(" ")
    };
    assert_eq!(found("fs/Makefile", "CONFIG_EXT|4_FS"), "fs/ext4/Kconfig:2:8-14");
    assert_eq!(found("fs/ext4/Makefile", "fil|e.o"), "fs/ext4/file.c:1:1-0");
    assert_eq!(found("fs/Makefile", "ext4|/"), "fs/ext4/Makefile:1:1-0");
    assert_eq!(found("Kconfig", "init/Kcon|fig"), "init/Kconfig:1:1-0");
    assert_eq!(
        found("arch/x86/entry/entry_64.S", "call\tdo_sysc|all_64"),
        "arch/x86/entry/common.c:4:24-36"
    );
    assert_eq!(
        found("arch/arm64/boot/dts/toy.dts", "toy,ua|rt"),
        "drivers/char/toy_uart.c:31:19-30"
    );
    assert_eq!(found("MAINTAINERS", "F:\tmm/sl|ab.c"), "mm/slab.c:1:1-0");
}

#[test]
fn declarations_types_and_what_implements_are_other_places() {
    let dir = indexed();
    let mut client = Client::start(&dir);
    let mut found = |method, path, text| client.found(method, path, text);
    assert_eq!(
        found("declaration", "fs/ext4/inode.c", "= kmem_cache_a|lloc(ext4"),
        "include/linux/slab.h:12:7-22"
    );
    assert_eq!(
        found("typeDefinition", "fs/ext4/file.c", "inode, struct file *fi|lp)"),
        "include/linux/fs.h:10:8-11"
    );
    assert_eq!(found("typeDefinition", "fs/ext4/file.c", "e|i->i_flags"), "fs/ext4/ext4.h:7:8-22");
    // The functions that tables put into a field.
    assert_eq!(
        found("implementation", "fs/ext4/inode.c", ".alloc_i|node"),
        "fs/ext4/inode.c:10:15-30"
    );
    assert_eq!(
        found("implementation", "include/linux/fs.h", "(*op|en)"),
        "drivers/block/ramdisk.c:25:12-23 fs/ext4/file.c:17:12-25"
    );
    assert_eq!(
        found("implementation", "include/linux/syscalls.h", "sys_pivot_r|oot"),
        "fs/namespace.c:48:17-26"
    );
}

/// A tree with a tracepoint and a probe of it.
pub(crate) fn lamp_event() -> Dir {
    let dir = Dir::new();
    dir.create(
        "include/trace/events/lamp.h",
        "TRACE_EVENT(lamp_dim,\n\tTP_PROTO(int watts),\n\tTP_ARGS(watts));\n",
    );
    dir.create(
        "kernel/probe.c",
        "#include <trace/events/lamp.h>\n\nstatic void probe_lamp(void *data, int watts)\n{\n}\n\n\
         int probe_init(void)\n{\n\treturn register_trace_lamp_dim(probe_lamp, NULL);\n}\n",
    );
    dir
}

/// What fires and what is called through a pointer leads to who listens and to what is put there.
#[test]
fn a_tracepoint_leads_to_its_probes_and_a_pointer_to_what_is_put_there() {
    let dir = lamp_event();
    dir.create(
        "drivers/lamp.c",
        "#include <trace/events/lamp.h>\n\nstruct lamp_ops {\n\tint (*dim)(int watts);\n};\n\n\
         static int desk_dim(int watts)\n{\n\treturn watts;\n}\n\nstatic const struct lamp_ops desk = \
         {\n\t.dim = desk_dim,\n};\n\nint lamp_set(const struct lamp_ops *ops, int \
         watts)\n{\n\ttrace_lamp_dim(watts);\n\treturn ops->dim(watts);\n}\n",
    );
    dir.create("Kbuild", "obj-y += lamp.o\n");
    dir.kgrep(&["index", "."]).run().expect_ok();
    let mut client = Client::start(&dir);
    let mut found = |method, path, text| client.found(method, path, text);
    assert_eq!(
        found("definition", "drivers/lamp.c", "trace_la|mp_dim(watts)"),
        "include/trace/events/lamp.h:1:13-20"
    );
    assert_eq!(
        found("implementation", "drivers/lamp.c", "trace_la|mp_dim(watts)"),
        "kernel/probe.c:3:13-22"
    );
    assert_eq!(
        found("implementation", "include/trace/events/lamp.h", "TRACE_EVENT(lamp|_dim"),
        "kernel/probe.c:3:13-22"
    );
    assert_eq!(
        found("implementation", "drivers/lamp.c", "ops->d|im(watts)"),
        "drivers/lamp.c:7:12-19"
    );
    assert_eq!(
        found("typeDefinition", "drivers/lamp.c", "return o|ps->dim"),
        "drivers/lamp.c:3:8-15"
    );
}

/// What there is to read about a name is a link in its hover, and so is a path in a document.
#[test]
fn documents_are_linked_both_ways() {
    let dir = Dir::kernel();
    dir.create(
        "lib/lamp.c",
        "/**\n * lamp_bright - how bright it is\n *\n * Return: watts.\n */\nint \
         lamp_bright(void)\n{\n\treturn 60;\n}\n",
    );
    dir.create(
        "Documentation/lamps.rst",
        "=====\nLamps\n=====\n\nAsk ``lamp_bright()``; see :doc:`mm/slab` and\n:doc:`the mounts \
         </filesystems/mounts>`.\nAlso Documentation/admin-guide/kdump.rst.\n",
    );
    dir.kgrep(&["index"]).run().expect_ok();
    let mut client = Client::start(&dir);
    let found = client.at("textDocument/hover", "lib/lamp.c", "int lamp_b|right");
    let root = client.uri("");
    let text = found["contents"]["value"].as_str().unwrap().replace(&root, "TREE");
    let expected = "```c\nint lamp_bright(void)\n```\n\nlamp_bright - how bright it is\n\n**Return:** \
                    watts.\n\n---\n\nfunction · not used by name  \nSee \
                    [Documentation/lamps.rst:5](TREE/Documentation/lamps.rst#L5)\n";
    eqnice!(expected, text);
    let params = json!({ "textDocument": { "uri": client.uri("Documentation/lamps.rst") } });
    let found = client.ask("textDocument/documentLink", &params)["result"].clone();
    let links: Vec<String> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|link| {
            let target = link["target"].as_str().unwrap().replace(&root, "");
            format!("{} {target}", range(&link["range"]))
        })
        .collect();
    let expected = [
        "5:34-40 /Documentation/mm/slab.rst",
        "6:19-37 /Documentation/filesystems/mounts.rst",
        "7:6-40 /Documentation/admin-guide/kdump.rst",
    ];
    assert_eq!(links, expected);
}

#[test]
fn uses_are_those_of_what_is_meant() {
    let dir = indexed();
    dir.create("lib/other.c", "static int may_mount(void)\n{\n\treturn 1;\n}\nint other(void)\n{\n\treturn may_mount();\n}\n");
    let mut client = Client::start(&dir);
    let found = client.at("textDocument/references", "fs/namespace.c", "if (!may_m|ount())");
    assert_eq!(client.places(&found), ["fs/namespace.c:29:20-28", "fs/namespace.c:55:7-15"]);
    let found = client.at("textDocument/references", "fs/ext4/inode.c", "kmem_cache_f|ree(");
    let places = client.places(&found);
    assert!(places.contains(&"fs/namespace.c:23:3-17".to_owned()), "{places:?}");
    // Of a local those in its function.
    let found = client.at("textDocument/references", "fs/ext4/inode.c", "*e|i;");
    assert_eq!(client.places(&found).len(), 6, "{found}");
    let found = client.at("textDocument/documentHighlight", "fs/ext4/inode.c", "*e|i;");
    let kinds: Vec<String> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|found| format!("{} {}", range(&found["range"]), found["kind"]))
        .collect();
    let expected = ["12:26-27 3", "14:2-3 3", "15:7-8 2", "17:2-3 2", "18:2-3 2", "19:10-11 2"];
    assert_eq!(kinds, expected);
}

#[test]
fn a_hover_tells_what_is_known() {
    let dir = indexed();
    let mut client = Client::start(&dir);
    let found = client.at("textDocument/hover", "fs/ext4/inode.c", "= kmem_cache_a|lloc(ext4");
    let root = client.uri("");
    let text = found["contents"]["value"].as_str().unwrap().replace(&root, "TREE");
    let expected = "\
```c
void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags)
```

kmem_cache_alloc - take one object out of a cache
- `s`: the cache
- `flags`: what the allocator may do to find memory

**Return:** the object, or `NULL` when there is no memory.

---

[mm/slab.c:39](TREE/mm/slab.c#L39)  
function · built into `slab` · used by 6 functions and tables
";
    eqnice!(expected, text);
    let found = client.at("textDocument/hover", "fs/ext4/file.c", "ei->i_fl|ags");
    let text = found["contents"]["value"].as_str().unwrap().replace(&root, "TREE");
    let expected = "\
```c
unsigned int\t\ti_flags;
```

[fs/ext4/ext4.h:8](TREE/fs/ext4/ext4.h#L8)  
member of ext4_inode_info
";
    eqnice!(expected, text);
    assert_eq!(client.at("textDocument/hover", "fs/namespace.c", "Mounts, a|nd"), Value::Null);
    let help =
        client.at("textDocument/signatureHelp", "fs/namespace.c", "kstrdup(name, GFP|_KERNEL");
    assert_eq!(help["signatures"][0]["label"], "char *kstrdup(const char *s, gfp_t gfp)");
    assert_eq!(help["activeParameter"], 1);
}

#[test]
fn a_file_is_listed_folded_and_linked() {
    let dir = indexed();
    let mut client = Client::start(&dir);
    let document =
        |client: &Client<'_>, path: &str| json!({ "textDocument": { "uri": client.uri(path) } });
    let params = document(&client, "fs/ext4/ext4.h");
    let found = client.ask("textDocument/documentSymbol", &params)["result"].clone();
    let tree: Vec<String> = found.as_array().unwrap().iter().map(outline).collect();
    let expected = [
        "ext4_inode_info:23 {i_flags:8 i_disksize:8 vfs_inode:8}",
        "EXT4_I:12",
        "ext4_debug:12",
        "ext4_debug:12",
        "ext4_alloc_inode:11",
        "ext4_file_operations:11",
    ];
    eqnice!(expected.join("\n"), tree.join("\n"));
    let params = document(&client, "fs/ext4/inode.c");
    let found = client.ask("textDocument/foldingRange", &params)["result"].clone();
    let folds: Vec<String> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|fold| format!("{}-{} {}", fold["startLine"], fold["endLine"], fold["kind"]))
        .collect();
    let expected = [
        "1-2 \"imports\"",
        "6-8 \"comment\"",
        "10-18 null",
        "22-23 null",
        "26-28 null",
        "32-35 null",
        "39-40 null",
    ];
    assert_eq!(folds, expected);
    let mut links = |path: &str| {
        let params = document(&client, path);
        let found = client.ask("textDocument/documentLink", &params)["result"].clone();
        let root = client.uri("");
        let found = found.as_array().unwrap().iter();
        let target = |link: &Value| link["target"].as_str().unwrap().replace(&root, "");
        found.map(|link| format!("{} {}", range(&link["range"]), target(link))).collect::<Vec<_>>()
    };
    assert_eq!(
        links("fs/ext4/inode.c"),
        ["2:11-22 /include/linux/slab.h", "3:11-16 /fs/ext4/ext4.h"]
    );
    assert_eq!(links("Kconfig").len(), 4);
    assert_eq!(links("MAINTAINERS").len(), 7);
}

fn outline(symbol: &Value) -> String {
    let name = symbol["name"].as_str().unwrap();
    let inside = symbol["children"].as_array().unwrap();
    let inside: Vec<String> = inside.iter().map(outline).collect();
    let inside =
        if inside.is_empty() { String::new() } else { format!(" {{{}}}", inside.join(" ")) };
    format!("{name}:{}{inside}", symbol["kind"])
}

#[test]
fn names_of_the_tree_are_found_by_letters_and_words() {
    let dir = indexed();
    let mut client = Client::start(&dir);
    let mut names = |query: &str| {
        let found = client.ask("workspace/symbol", &json!({ "query": query }))["result"].clone();
        let found = found.as_array().unwrap().iter();
        found.map(|found| found["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("kmem_cache_alloc")[0], "kmem_cache_alloc");
    assert!(names("pivot").contains(&"sys_pivot_root".to_owned()), "{:?}", names("pivot"));
    assert!(names("ext4 alloc inode").contains(&"ext4_alloc_inode".to_owned()));
    // Misspelled, and begun.
    assert_eq!(names("kmem_cahce_alloc")[0], "kmem_cache_alloc");
    assert!(names("kmem_cache_a").contains(&"kmem_cache_alloc".to_owned()));
    assert_eq!(names("no_such_thing_here"), Vec::<String>::new());
    assert_eq!(names(""), Vec::<String>::new());
}

#[test]
fn calls_are_followed_both_ways_by_every_kind_of_edge() {
    let dir = indexed();
    let mut client = Client::start(&dir);
    let mut steps = |path: &str, text: &str, way: &str, end: &str| {
        let items = client.at("textDocument/prepareCallHierarchy", path, text);
        let params = json!({ "item": items[0] });
        let found = client.ask(&format!("callHierarchy/{way}Calls"), &params)["result"].clone();
        let told = found.as_array().unwrap().iter().map(|call| {
            let ranges: Vec<String> =
                call["fromRanges"].as_array().unwrap().iter().map(range).collect();
            let (name, detail) = (&call[end]["name"], &call[end]["detail"]);
            format!(
                "{} ({}) {}",
                name.as_str().unwrap(),
                detail.as_str().unwrap(),
                ranges.join(" ")
            )
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(
        steps("fs/namespace.c", "void __init mnt_i|nit", "incoming", "from"),
        ["vfs_caches_init (call · fs/namespace.c) 102:2-9"]
    );
    assert_eq!(
        steps("fs/ext4/inode.c", "inode *ext4_alloc_i|node", "incoming", "from"),
        ["ext4_sops (init of super_operations.alloc_inode · fs/ext4/inode.c) 28:17-32"]
    );
    assert_eq!(
        steps("fs/namespace.c", "void __init mnt_i|nit", "outgoing", "to"),
        [
            "kmem_cache_create (call · include/linux/slab.h) 95:14-30",
            "panic (call · kernel/panic.c) 97:3-7"
        ]
    );
}

#[test]
fn what_is_written_is_completed_from_near_to_far() {
    let dir = indexed();
    let mut client = Client::start(&dir);
    let mut labels = |path: &str, text: &str| {
        let found = client.at("textDocument/completion", path, text);
        let found = found["items"].as_array().map_or(&[][..], Vec::as_slice);
        found.iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        labels("fs/ext4/inode.c", "= kmem_|cache_alloc(ext4"),
        [
            "kmem_cache_free",
            "kmem_cache_alloc",
            "kmem_cache_create",
            "kmem_cache_destroy",
            "kmem_cache",
            "kmem_cache_zalloc"
        ]
    );
    assert_eq!(labels("fs/ext4/file.c", "ei->i_|flags"), ["i_flags", "i_disksize"]);
    assert_eq!(labels("fs/Makefile", "CONFIG_EXT|4_FS"), ["CONFIG_EXT4_FS", "CONFIG_EXT4_DEBUG"]);
    assert_eq!(labels("fs/namespace.c", "Mounts, an|d"), Vec::<String>::new());
}

/// What an include of an include declares is in scope too: before what the rest of the tree has,
/// whatever the names' lengths.
#[test]
fn names_of_includes_of_includes_come_before_the_trees() {
    let dir = Dir::kernel();
    dir.create("include/linux/lamp.h", "#include <linux/bulb.h>\nint lamp_is_lit_at_all(void);\n");
    dir.create("include/linux/bulb.h", "#include <linux/lamp.h>\n#define lamp_is_hot 1\n");
    dir.create("include/linux/moon.h", "int lamp_is(void);\n");
    dir.create("lib/moon.c", "int lamp_is(void)\n{\n\treturn 0;\n}\n");
    dir.create(
        "lib/lamp.c",
        "#include <linux/lamp.h>\n\nint lamp_is_wanted_by_somebody(void)\n{\n\treturn lamp_i;\n}\n",
    );
    dir.kgrep(&["index"]).run().expect_ok();
    let expect = |names: &[&str]| {
        let mut client = Client::start(&dir);
        let found = client.at("textDocument/completion", "lib/lamp.c", "return lamp_i|;");
        let items = found["items"].as_array().map_or(&[][..], Vec::as_slice);
        let labels: Vec<_> = items.iter().map(|item| item["label"].as_str().unwrap()).collect();
        assert_eq!(labels, names);
    };
    expect(&["lamp_is_wanted_by_somebody", "lamp_is_lit_at_all", "lamp_is_hot", "lamp_is"]);
    // Also of a header that changed, before the index has it and after.
    dir.create("include/linux/lamp.h", "#include <linux/bulb.h>\nint lamp_is_lit_now(void);\n");
    let changed = ["lamp_is_wanted_by_somebody", "lamp_is_lit_now", "lamp_is_hot", "lamp_is"];
    expect(&changed);
    dir.kgrep(&["index"]).run().expect_ok();
    expect(&changed);
}
