//! Calls through fields of which the text around them, or the function that they are in, tells whose tables they
//! are of.

use crate::util::{Dir, eqnice};

/// A core that calls lamps' functions, and lamps.
fn files() -> Dir {
    let dir = Dir::new();
    dir.create(
        "include/linux/lamp.h",
        "struct lamp;\nstruct lamp_ops {\n\tint (*on)(struct lamp *l);\n\tint (*off)(struct lamp *l);\n\
         \tint (*dim)(struct lamp *l, int by);\n\tint (*old_dim)(struct lamp *l, int by);\n};\n\
         struct lamp {\n\tconst struct lamp_ops *ops;\n\tint watts;\n};\n\
         int lamp_plain_dim(struct lamp *l, int by);\n",
    );
    for (name, fields) in [
        ("desk", &["on", "off"][..]),
        ("wall", &["on"]),
        ("ceiling", &["on", "dim"]),
        ("street", &["on", "off", "dim"]),
    ] {
        dir.create(&format!("drivers/{name}/{name}.c"), table(name, fields, ""));
    }
    dir
}

/// A file with a table that has these fields, and `more`.
fn table(name: &str, fields: &[&str], more: &str) -> String {
    let mut text = "#include <linux/lamp.h>\n".to_owned();
    for field in fields {
        text += &format!("static int {name}_{field}(struct lamp *l) {{ return 0; }}\n");
    }
    let fields = fields.iter().map(|field| format!("\t.{field} = {name}_{field},\n"));
    let fields: String = fields.collect();
    text + &format!("static const struct lamp_ops {name}_ops = {{\n{fields}{more}}};\n")
}

/// What `core` calls through pointers, but for what is only possible.
fn called(dir: &Dir, core: &str) -> String {
    let callees = ["callees", "--kinds", "indirect", core];
    let rows = dir.kgrep(&["--format", "json"]).args(&callees).run().expect_code(0).stdout();
    let callee = |line: &str| {
        let callee = line.split_once("\"callee\":\"")?.1.split('"').next()?;
        let how = line.split_once("\"how\":\"")?.1.split('"').next()?;
        (how.starts_with("indirect") && !how.ends_with("possible")).then(|| callee.to_owned())
    };
    let mut found: Vec<String> = rows.lines().filter_map(callee).collect();
    found.sort();
    found.join(" ")
}

/// What a function of the core calls whose body is `body`.
fn called_in(body: &str) -> String {
    let dir = files();
    let text = format!("#include <linux/lamp.h>\nint lamp_core(struct lamp *l)\n{{\n{body}}}\n");
    dir.create("kernel/lamp.c", text);
    called(&dir, "lamp_core")
}

const ALL: &str = "ceiling_on desk_on street_on wall_on";

#[test]
fn a_field_that_is_asked_for_before_the_call_is_one_of_the_table() {
    for body in [
        "\tif (!l->ops->off)\n\t\treturn 1;\n\treturn l->ops->on(l);\n",
        "\tif (!l || !l->ops->off) {\n\t\tl->watts = 0;\n\t\tgoto out;\n\t}\n\tl->ops->on(l);\nout:\n\treturn 1;\n",
        "\tif (l->watts && l->ops->off)\n\t\treturn l->ops->on(l);\n\treturn 1;\n",
        "\tif (l->ops->off != NULL) {\n\t\tfor (;;) {\n\t\t\tl->ops->on(l);\n\t\t}\n\t}\n\treturn 1;\n",
        "\tif (likely(l->ops->off) && l->ops->on(l))\n\t\treturn 1;\n\treturn 0;\n",
        "\treturn l->ops->off ? l->ops->on(l) : 0;\n",
        "\tif (!l->ops->off)\n\t\tl->watts = 1;\n\telse\n\t\tl->ops->on(l);\n\treturn 0;\n",
        "\tstruct lamp_ops *ops = lamp_ops(l);\n\n\tif (ops->off && ops->on(l))\n\t\treturn 1;\n\treturn 0;\n",
        "\twhile (l->ops->off) {\n\t\tif (l->watts)\n\t\t\tl->ops->on(l);\n\t}\n\treturn 0;\n",
        "\tswitch (l->watts) {\n\tcase 1:\n\t\tif (!l->ops->off)\n\t\t\tbreak;\n\t\tl->ops->on(l);\n\t}\n\treturn 0;\n",
    ] {
        eqnice!("desk_on street_on", called_in(body));
    }
}

#[test]
fn a_field_that_is_not_there_before_the_call_is_none_of_the_table() {
    for body in [
        "\tif (l->ops->off)\n\t\treturn l->ops->off(l) + 1;\n\treturn l->ops->on(l);\n",
        "\tif (l->ops->off) {\n\t\tl->watts = 1;\n\t} else {\n\t\tl->ops->on(l);\n\t}\n\treturn 0;\n",
        "\tif (l->watts && !l->ops->off)\n\t\tl->ops->on(l);\n\treturn 0;\n",
        "\treturn !(l->watts || l->ops->off) ? l->ops->on(l) : 0;\n",
    ] {
        let found = called_in(body);
        let on =
            found.split(' ').filter(|name| name.ends_with("_on")).collect::<Vec<_>>().join(" ");
        eqnice!("ceiling_on wall_on", on);
    }
}

#[test]
fn what_does_not_lead_to_the_call_tells_nothing_of_the_table() {
    for body in [
        "\tif (!l->ops->off)\n\t\tl->watts = 1;\n\treturn l->ops->on(l);\n",
        "\tif (l->watts || l->ops->off)\n\t\treturn l->ops->on(l);\n\treturn 0;\n",
        "\tif (l->watts && !l->ops->off)\n\t\treturn 0;\n\treturn l->ops->on(l);\n",
        "\tif (!l->ops->off)\n\t\treturn 0;\n\tl = next(l);\n\treturn l->ops->on(l);\n",
        "\tif (!l->ops->off)\n\t\treturn 0;\n\tlist_for_each_entry(l, &lamps, list)\n\t\tl->ops->on(l);\n\treturn 0;\n",
        "\tif (!l->ops->off)\n\t\tgoto on;\n\tl->watts = 1;\non:\n\treturn l->ops->on(l);\n",
        "\tswitch (l->watts) {\n\tcase 1:\n\t\tif (!l->ops->off)\n\t\t\tbreak;\n\t\tl->watts = 2;\n\t\tbreak;\n\
         \tcase 2:\n\t\tl->ops->on(l);\n\t}\n\treturn 0;\n",
        "\tif (l->watts)\n\t\tif (!l->ops->off)\n\t\t\treturn 0;\n\treturn l->ops->on(l);\n",
        "\tstruct lamp *m = other(l);\n\n\tif (!m->ops->off)\n\t\treturn 0;\n\treturn l->ops->on(l);\n",
        "\tif (!l->watts)\n\t\treturn 0;\n\treturn l->ops->on(l);\n",
        "\tif (l->ops->off && l->ops->on(l))\n\t\treturn 0;\n\treturn l->ops->on(l);\n",
    ] {
        eqnice!(ALL, called_in(body));
    }
}

#[test]
fn tables_that_may_have_a_field_all_the_same_are_called() {
    let dir = files();
    dir.create(
        "kernel/lamp.c",
        "#include <linux/lamp.h>\nint lamp_core(struct lamp *l)\n{\n\tif (!l->ops->off)\n\t\treturn 1;\n\
         \treturn l->ops->on(l);\n}\n",
    );
    dir.create("include/linux/lamps.h", 
        "static inline int lamp_off(struct lamp *l) { return 0; }\n#define LAMP_FIELDS .off = lamp_off\n",
    );
    let by_macro = table("garden", &["on"], "\tLAMP_FIELDS,\n");
    dir.create("drivers/garden/garden.c", format!("#include <linux/lamps.h>\n{by_macro}"));
    let by_code = table("pocket", &["on"], "").replace("static const", "static");
    let by_code =
        format!("{by_code}void pocket_init(void)\n{{\n\tpocket_ops.off = pocket_on;\n}}\n");
    dir.create("drivers/pocket/pocket.c", by_code);
    dir.create(
        "drivers/code/code.c",
        "#include <linux/lamp.h>\nstatic int code_on(struct lamp *l) { return 0; }\n\
         void code_init(struct lamp_ops *ops)\n{\n\tops->on = code_on;\n}\n",
    );
    eqnice!("code_on desk_on garden_on pocket_on street_on", called(&dir, "lamp_core"));
}

/// What `lamp_plain_dim()` calls, which `tables` have, with this body.
fn called_by_a_field(tables: &[(&str, &str)], body: &str, more: &str) -> String {
    let dir = files();
    dir.create(
        "kernel/lamp.c",
        format!(
            "#include <linux/lamp.h>\n\
             int lamp_dim(struct lamp *l, int by)\n{{\n\treturn l->ops->old_dim(l, by);\n}}\n\
             int lamp_plain_dim(struct lamp *l, int by)\n{{\n{body}}}\n{more}"
        ),
    );
    for (name, field) in tables {
        let more = format!("\t.{field} = lamp_plain_dim,\n");
        dir.create(&format!("drivers/{name}/{name}.c"), table(name, &["on", "dim"], &more));
    }
    called(&dir, "lamp_plain_dim")
}

#[test]
fn a_function_that_is_a_field_calls_other_fields_of_the_tables_that_have_it() {
    let two = [("cellar", "old_dim"), ("attic", "old_dim")];
    let body = "\tif (!l->ops->dim)\n\t\treturn 0;\n\treturn l->ops->dim(l, by);\n";
    eqnice!("attic_dim cellar_dim", called_by_a_field(&two, body, ""));
    let all = "attic_dim ceiling_dim cellar_dim street_dim";
    // Another lamp's table, another table of this one, or one that calls it by its name.
    let other = "\tl = other(l);\n\treturn l->ops->dim(l, by);\n";
    eqnice!(all, called_by_a_field(&two, other, ""));
    let other = "\tl->ops = other_ops(l);\n\treturn l->ops->dim(l, by);\n";
    eqnice!(all, called_by_a_field(&two, other, ""));
    let other = "\tstruct lamp *m = other(l);\n\n\treturn m->ops->dim(m, by);\n";
    eqnice!(all, called_by_a_field(&two, other, ""));
    let other = "int lamp_any(struct lamp *l) { return lamp_plain_dim(l, 1); }\n";
    eqnice!(all, called_by_a_field(&two, body, other));
    // One that is stacked on others calls theirs by the same field.
    let same = [("cellar", "dim"), ("attic", "old_dim")];
    eqnice!(
        "attic_dim ceiling_dim cellar_dim lamp_plain_dim street_dim",
        called_by_a_field(&same, body, "")
    );
}

#[test]
fn callers_and_chains_leave_out_what_is_of_other_tables() {
    let dir = files();
    dir.create(
        "kernel/lamp.c",
        "#include <linux/lamp.h>\nint lamp_core(struct lamp *l)\n{\n\tif (!l->ops->off)\n\t\treturn 1;\n\
         \treturn l->ops->on(l);\n}\nint lamp_any(struct lamp *l)\n{\n\treturn l->ops->on(l);\n}\n\
         int lamp_long(struct lamp *l)\n{\n\treturn lamp_any(l);\n}\n\
         int lamp_start(struct lamp *l)\n{\n\tif (l)\n\t\treturn lamp_core(l);\n\treturn lamp_long(l);\n}\n",
    );
    let callers = |name: &str| {
        let done = dir.kgrep(&["--no-header", "callers", "--kinds", "indirect", name]).run();
        let rows = done.expect_code(0).stdout();
        ["lamp_core", "lamp_any"]
            .into_iter()
            .filter(|name| rows.contains(name))
            .collect::<Vec<_>>()
            .join(" ")
    };
    eqnice!("lamp_any", callers("wall_on"));
    eqnice!("lamp_core lamp_any", callers("desk_on"));
    let chain = |to: &str| {
        let done = dir.kgrep(&["chain", "--indirect", "lamp_start", to]).run().expect_code(0);
        done.stdout().lines().find(|line| line.contains('→')).unwrap_or_default().to_owned()
            + &done.stderr()
    };
    eqnice!("lamp_start → lamp_core → street_on", chain("street_on"));
    eqnice!(
        "lamp_start → lamp_long → lamp_any → wall_onkgrep: 1 shorter chain, through calls that are only possible: --all
",
        chain("wall_on")
    );
}

#[test]
fn what_was_handed_to_a_function_is_called_by_the_file_that_calls_it() {
    let dir = Dir::new();
    dir.create(
        "include/linux/fs.h",
        "struct file;\nstruct file_operations {\n\tint (*open)(struct file *f);\n\tint (*poll)(struct file *f);\n};\n\
         struct file {\n\tconst struct file_operations *f_op;\n};\n#define replace_fops(f, fops) ((f)->f_op = (fops))\n\
         struct miscdevice {\n\tconst char *name;\n\tconst struct file_operations *fops;\n};\n\
         void debugfs_create_file(const char *name, int mode, void *parent, void *data, const struct file_operations *fops);\n",
    );
    dir.create(
        "fs/debugfs/file.c",
        "#include <linux/fs.h>\nint full_proxy_poll(struct file *f)\n{\n\tconst struct file_operations *real = real_fops(f);\n\n\
         \treturn real->poll(f);\n}\n",
    );
    dir.create(
        "drivers/char/misc.c",
        "#include <linux/fs.h>\nint misc_open(struct file *f)\n{\n\treplace_fops(f, other(f));\n\
         \tif (f->f_op->open)\n\t\treturn f->f_op->open(f);\n\treturn 0;\n}\n",
    );
    let lamp = |name: &str, more: &str| {
        let text = format!(
            "#include <linux/fs.h>\nstatic int {name}_open(struct file *f) {{ return 0; }}\n\
             static int {name}_poll(struct file *f) {{ return 0; }}\n\
             static const struct file_operations {name}_fops = {{ .open = {name}_open, .poll = {name}_poll }};\n{more}"
        );
        dir.create(&format!("drivers/{name}/{name}.c"), text);
    };
    lamp(
        "named",
        "void named_init(void)\n{\n\tdebugfs_create_file(\"a\", 0444, 0, 0, &named_fops);\n}\n",
    );
    lamp(
        "listed",
        "void listed_init(struct entry *e)\n{\n\tdebugfs_create_file(e->name, 0444, f(0, 1), 0, e->fops);\n}\n",
    );
    lamp(
        "pasted",
        "#define ADD(x) debugfs_create_file(#x, 0444, 0, 0, &x##_fops)\nvoid pasted_init(void)\n{\n\tADD(pasted);\n}\n",
    );
    lamp("wrapped", "void wrapped_init(void)\n{\n\twrapper(&wrapped_fops);\n}\n");
    dir.create(
        "lib/wrapper.c",
        "#include <linux/fs.h>\nvoid wrapper(const struct file_operations *fops)\n{\n\
         \tdebugfs_create_file(\"w\", 0444, 0, 0, fops);\n}\n",
    );
    lamp(
        "radio",
        "static struct miscdevice misc_lamp = {\n\t.name = \"lamp\",\n\t.fops = &radio_fops,\n};\n",
    );
    lamp("late", "void late_init(struct miscdevice *m)\n{\n\tm->fops = &late_fops;\n}\n");
    lamp("other", "void other_init(void)\n{\n\tproc_create(\"b\", &other_fops);\n}\n");
    eqnice!("listed_poll named_poll pasted_poll wrapped_poll", called(&dir, "full_proxy_poll"));
    eqnice!("late_open radio_open", called(&dir, "misc_open"));
}

#[test]
fn a_chain_of_notifiers_calls_those_that_were_registered_for_it() {
    let dir = Dir::new();
    dir.create(
        "include/linux/notifier.h",
        "struct notifier_block {\n\tint (*notifier_call)(struct notifier_block *nb, int action);\n};\n\
         int register_netdevice_notifier(struct notifier_block *nb);\nint register_reboot_notifier(struct notifier_block *nb);\n",
    );
    dir.create(
        "net/core/dev.c",
        "#include <linux/notifier.h>\nint register_netdevice_notifier(struct notifier_block *nb)\n{\n\
         \treturn nb->notifier_call(nb, 1);\n}\n",
    );
    dir.create(
        "net/core/near.c",
        "#include <linux/notifier.h>\nstatic int near_event(struct notifier_block *nb, int action) { return 0; }\n\
         static struct notifier_block near_nb = { .notifier_call = near_event };\n\
         void near_init(void)\n{\n\tregister_reboot_notifier(&near_nb);\n}\n",
    );
    dir.create(
        "drivers/net/far.c",
        "#include <linux/notifier.h>\nstatic int far_event(struct notifier_block *nb, int action) { return 0; }\n\
         static struct notifier_block far_nb = { .notifier_call = far_event };\n\
         void far_init(void)\n{\n\tregister_netdevice_notifier(&far_nb);\n}\n",
    );
    dir.create(
        "drivers/net/set.c",
        "#include <linux/notifier.h>\nstruct set {\n\tstruct notifier_block nb;\n};\n\
         static int set_event(struct notifier_block *nb, int action) { return 0; }\n\
         void set_init(struct set *s)\n{\n\ts->nb.notifier_call = set_event;\n\
         \tregister_netdevice_notifier(&s->nb);\n}\n",
    );
    eqnice!("far_event set_event", called(&dir, "register_netdevice_notifier"));
}

#[test]
fn a_table_inside_of_a_structure_is_none_inside_of_another() {
    let dir = Dir::new();
    dir.create(
        "include/linux/gro.h",
        "struct callbacks {\n\tint (*receive)(int a);\n};\n\
         struct packet_offload {\n\tint type;\n\tstruct callbacks callbacks;\n};\n\
         struct net_offload {\n\tstruct callbacks callbacks;\n};\n\
         struct pointing {\n\tconst struct callbacks *callbacks;\n};\n",
    );
    dir.create(
        "net/core/gro.c",
        "#include <linux/gro.h>\nint packet_receive(struct packet_offload *p) { return p->callbacks.receive(1); }\n\
         int net_receive(struct net_offload *p) { return p->callbacks.receive(1); }\n\
         int any_receive(struct pointing *p) { return p->callbacks->receive(1); }\n",
    );
    dir.create(
        "net/ipv4/offload.c",
        "#include <linux/gro.h>\nstatic int ip_receive(int a) { return a; }\nstatic int tcp_receive(int a) { return a; }\n\
         static int plain_receive(int a) { return a; }\nstatic int set_receive(int a) { return a; }\n\
         static struct packet_offload ip = { .type = 1, .callbacks = { .receive = ip_receive } };\n\
         static const struct net_offload tcp = { .callbacks = { .receive = tcp_receive } };\n\
         static const struct callbacks plain = { .receive = plain_receive };\n\
         void init(struct net_offload *n)\n{\n\tn->callbacks.receive = set_receive;\n}\n",
    );
    eqnice!("ip_receive plain_receive", called(&dir, "packet_receive"));
    eqnice!("plain_receive set_receive tcp_receive", called(&dir, "net_receive"));
    eqnice!("ip_receive plain_receive set_receive tcp_receive", called(&dir, "any_receive"));
}
