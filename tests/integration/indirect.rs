//! Calls through pointers: fields of fields, locals, arrays, parameters that are handed on, and what
//! macros call through.

use crate::util::Dir;

/// The How of each hop of the shortest chain from `from` to `to`; empty if there is none.
pub(crate) fn hows(dir: &Dir, from: &str, to: &str) -> Vec<String> {
    let done = dir.kgrep(&["chain", "--indirect", from, to, "--format", "json"]).run();
    assert!(done.code() < 2, "{}", done.stderr());
    let how = |line: &str| {
        let how = line.split_once("\"how\":\"")?.1;
        Some(how.split('"').next().unwrap_or_default().to_owned())
    };
    let matches = done.stdout();
    matches.lines().filter(|line| line.contains("\"type\":\"match\"")).filter_map(how).collect()
}

#[track_caller]
fn assert_chains(source: &str, chains: &[(&str, &str, &[&str])]) {
    let dir = Dir::new();
    dir.create("a.c", source);
    for (from, to, expected) in chains {
        assert_eq!(hows(&dir, from, to), *expected, "{from} to {to}");
    }
}

#[test]
fn a_field_is_followed_through_fields_of_any_depth() {
    assert_chains(
        "struct shrinker { unsigned long (*scan)(struct shrinker *s); };\n\
         struct sb { struct shrinker *shrink; };\nstruct wrap { struct sb *sb; };\n\
         struct other { unsigned long (*scan)(int); };\n\
         static unsigned long my_scan(struct shrinker *s) { return 0; }\n\
         static unsigned long wrong_scan(int a) { return a; }\n\
         void setup(struct wrap *w) { w->sb->shrink->scan = my_scan; }\n\
         static struct other oo = { .scan = wrong_scan };\n\
         unsigned long one(struct shrinker *s) { return s->scan(s); }\n\
         unsigned long three(struct wrap *w) { return w->sb->shrink->scan(w->sb->shrink); }\n\
         unsigned long cast(void *p) { return ((struct shrinker *)p)->scan(p); }\n\
         unsigned long member(void *p) { return container_of(p, struct shrinker, list)->scan(p); }\n\
         unsigned long star(struct shrinker **p) { return (*p)->scan(*p); }\n",
        &[
            ("one", "my_scan", &["indirect, through shrinker.scan"]),
            ("three", "my_scan", &["indirect, through wrap.sb.shrink.scan"]),
            ("cast", "my_scan", &["indirect, through shrinker.scan"]),
            ("member", "my_scan", &["indirect, through shrinker.scan"]),
            ("star", "my_scan", &["indirect, through shrinker.scan"]),
            ("three", "wrong_scan", &[]),
            ("one", "wrong_scan", &[]),
        ],
    );
}

#[test]
fn a_local_pointer_calls_what_it_was_set_to() {
    assert_chains(
        "struct file;\nstruct fops { int (*open)(struct file *f); };\n\
         struct file { const struct fops *f_op; };\n\
         static int my_open(struct file *f) { return 0; }\n\
         static const struct fops my_fops = { .open = my_open };\n\
         int declared(struct file *f)\n{\n\tint (*open)(struct file *f) = f->f_op->open;\n\treturn open(f);\n}\n\
         int assigned(struct file *f)\n{\n\tint (*open)(struct file *f);\n\topen = f->f_op->open;\n\
         \tif (open)\n\t\treturn open(f);\n\treturn 0;\n}\n\
         int by_typeof(const struct fops *ops, struct file *f)\n{\n\
         \ttypeof(ops->open) fn = READ_ONCE(ops->open);\n\treturn (*fn)(f);\n}\n\
         int by_auto(struct file *f)\n{\n\t__auto_type open = f->f_op->open;\n\treturn open(f);\n}\n\
         int copied(struct file *f)\n{\n\topen_fn_t one = f->f_op->open, two;\n\ttwo = one;\n\treturn two(f);\n}\n\
         int never(struct file *f)\n{\n\tint (*open)(struct file *f) = NULL;\n\treturn open(f);\n}\n",
        &[
            ("declared", "my_open", &["indirect, through file.f_op.open"]),
            ("assigned", "my_open", &["indirect, through file.f_op.open"]),
            ("by_typeof", "my_open", &["indirect, through fops.open"]),
            ("by_auto", "my_open", &["indirect, through file.f_op.open"]),
            ("copied", "my_open", &["indirect, through file.f_op.open"]),
            ("never", "my_open", &[]),
        ],
    );
}

#[test]
fn arrays_and_variables_hold_functions() {
    assert_chains(
        "struct vcpu { int r; };\n\
         static int on_halt(struct vcpu *v) { return v->r; }\n\
         static int on_io(struct vcpu *v) { return v->r; }\n\
         static int on_tick(struct vcpu *v) { return v->r; }\n\
         typedef int (*handler_t)(struct vcpu *v);\n\
         static int (*const handlers[])(struct vcpu *v) = { [EXIT_HALT] = on_halt, [EXIT_IO] = on_io };\n\
         static handler_t more[] = { on_tick, [1] = on_io };\n\
         struct entry { handler_t fn; };\ntypedef struct entry entry_t;\n\
         static entry_t entries[] = { { on_tick }, { .fn = on_halt } };\n\
         int (*tick_hook)(struct vcpu *v);\n\
         void hook(void) { tick_hook = on_tick; }\n\
         int one(struct vcpu *v, int n) { return handlers[n](v); }\n\
         int two(struct vcpu *v, int n) { return more[n](v); }\n\
         int three(struct vcpu *v, int n) { return entries[n].fn(v); }\n\
         int four(struct vcpu *v, int n) { entry_t *e = &entries[n]; return e->fn(v); }\n\
         int five(struct vcpu *v, int n) { return (*handlers[n])(v); }\n\
         int six(struct vcpu *v) { return tick_hook(v); }\n",
        &[
            ("one", "on_halt", &["indirect, through handlers"]),
            ("one", "on_tick", &[]),
            ("two", "on_tick", &["indirect, through more"]),
            ("two", "on_halt", &[]),
            ("three", "on_halt", &["indirect, through entry.fn"]),
            ("three", "on_tick", &["indirect, through entry.fn"]),
            ("four", "on_halt", &["indirect, through entry.fn"]),
            ("five", "on_io", &["indirect, through handlers"]),
            ("six", "on_tick", &["indirect, through tick_hook"]),
        ],
    );
}

#[test]
fn a_static_array_is_its_files_own() {
    let dir = Dir::new();
    let source = |name: &str| {
        format!(
            "static int {name}_io(int a) {{ return a; }}\n\
             static int (*handlers[])(int) = {{ {name}_io }};\n\
             int {name}_run(int n) {{ return handlers[n](n); }}\n\
             static int each(int (*fn)(int)) {{ return fn(1); }}\n\
             int {name}_all(void) {{ return each({name}_io); }}\n"
        )
    };
    dir.create("vmx.c", source("vmx"));
    dir.create("svm.c", source("svm"));
    assert_eq!(hows(&dir, "vmx_run", "vmx_io"), ["indirect, through handlers"]);
    assert_eq!(hows(&dir, "vmx_run", "svm_io"), [] as [&str; 0]);
    assert_eq!(hows(&dir, "vmx_all", "svm_io"), [] as [&str; 0]);
}

#[test]
fn a_parameter_is_followed_to_where_it_is_called() {
    assert_chains(
        "struct action { int (*handler)(int); };\n\
         static struct action vec[4];\n\
         static int my_irq(int a) { return a; }\n\
         static int my_soft(int a) { return a; }\n\
         static int leaf(int a) { return a; }\n\
         void open_soft(int nr, int (*fn)(int)) { vec[nr].handler = fn; }\n\
         void inner(struct action *a, int (*handler)(int)) { a->handler = handler; }\n\
         void outer(struct action *a, int (*handler)(int)) { inner(a, handler); }\n\
         void init(struct action *a) { open_soft(1, my_soft); outer(a, my_irq); }\n\
         int run(struct action *a) { return a->handler(1); }\n\
         int run_one(void) { return vec[1].handler(1); }\n\
         static int level2(int n, int (*fn)(int)) { return fn(n); }\n\
         static int level1(int n, int (*fn)(int)) { return level2(n, fn); }\n\
         int top(int n) { return level1(n, leaf); }\n",
        &[
            ("run", "my_soft", &["indirect, through action.handler"]),
            ("run", "my_irq", &["indirect, through action.handler"]),
            ("run_one", "my_irq", &["indirect, through action.handler"]),
            ("level2", "leaf", &["indirect, through parameter 2 of level2()"]),
            ("top", "leaf", &["passed to level1()"]),
            ("run", "leaf", &[]),
        ],
    );
}

#[test]
fn values_go_to_the_member_that_they_stand_for() {
    assert_chains(
        "struct inner { int (*activate)(int); };\n\
         struct outer { struct inner ops; int (*run)(void); struct inner *p; };\n\
         struct third { int (*run)(void); };\n\
         static int nested(int a) { return a; }\n\
         static int dotted(int a) { return a; }\n\
         static int late(int a) { return a; }\n\
         static int numbered(void) { return 0; }\n\
         static int other(void) { return 0; }\n\
         static struct outer one = { .ops = { .activate = nested }, .run = numbered };\n\
         static struct outer two = { .ops.activate = dotted };\n\
         static struct outer arr[2] = { [1].run = numbered };\n\
         static struct third t = { .run = other };\n\
         void set(struct outer *x)\n{\n\
         \t*x = (struct outer){ .run = numbered, .ops = { .activate = late } };\n\
         \tx->p->activate = late;\n}\n\
         int go(struct outer *x) { return x->ops.activate(1) + x->run(); }\n\
         int go_third(struct third *x) { return x->run(); }\n",
        &[
            ("go", "nested", &["indirect, through outer.ops.activate"]),
            ("go", "dotted", &["indirect, through outer.ops.activate"]),
            ("go", "late", &["indirect, through outer.ops.activate"]),
            ("go", "numbered", &["indirect, through outer.run"]),
            ("go", "other", &[]),
            ("go_third", "other", &["indirect, through third.run"]),
            ("go_third", "numbered", &[]),
        ],
    );
}

#[test]
fn static_calls_and_security_hooks_are_called_through() {
    assert_chains(
        "int slow(int x) { return x; }\nint fast(int x) { return x; }\n\
         DEFINE_STATIC_CALL(path, slow);\n\
         void tune(void) { static_call_update(path, fast); }\n\
         int use(int x) { return static_call(path)(x); }\n\
         int both(int (*f)(int)) { return INDIRECT_CALL_2(f, fast, slow, 3); }\n\
         static int my_file_open(struct file *f) { return 0; }\n\
         static struct security_hook_list my_hooks[] = { LSM_HOOK_INIT(file_open, my_file_open) };\n\
         int security_file_open(struct file *f) { return call_int_hook(file_open, f); }\n",
        &[
            ("use", "slow", &["indirect, through static_call.path"]),
            ("use", "fast", &["indirect, through static_call.path"]),
            ("both", "fast", &["passed to INDIRECT_CALL_2()"]),
            (
                "security_file_open",
                "my_file_open",
                &["indirect, through security_hook_list.file_open"],
            ),
        ],
    );
}

#[test]
fn what_macros_put_into_the_linkers_tables_is_called_from_there() {
    assert_chains(
        "typedef int (*initcall_t)(void);\n\
         int do_one_initcall(initcall_t fn) { return fn(); }\n\
         static void do_initcalls(void) { do_one_initcall(entry); }\n\
         static int ext4_init_fs(void) { return 0; }\nmodule_init(ext4_init_fs);\n\
         static void ext4_exit_fs(void) { }\nmodule_exit(ext4_exit_fs);\n\
         struct sched_class { void (*put)(void); };\n\
         DEFINE_SCHED_CLASS(rt) = {\n\t.put = put_rt,\n};\nstatic void put_rt(void) { }\n\
         struct task { const struct sched_class *sched_class; };\n\
         void put(struct task *p) { p->sched_class->put(); }\n\
         __bpf_kfunc int my_kfunc(int a) { return a; }\n\
         BTF_KFUNCS_START(my_ids)\nBTF_ID_FLAGS(func, my_kfunc, KF_ACQUIRE)\nBTF_KFUNCS_END(my_ids)\n",
        &[
            (
                "do_initcalls",
                "ext4_init_fs",
                &["call", "indirect, through parameter 1 of do_one_initcall()"],
            ),
            ("do_initcalls", "ext4_exit_fs", &[]),
            ("put", "put_rt", &["indirect, through task.sched_class.put"]),
        ],
    );
}

#[test]
fn a_pointer_is_followed_through_macros_that_read_it_or_call_it() {
    assert_chains(
        "struct proto_ops { int (*bind)(int); int (*send)(int); };\n\
         struct socket { const struct proto_ops *ops; };\n\
         static int inet_bind(int a) { return a; }\nstatic int packet_send(int a) { return a; }\n\
         static int inet_send(int a) { return a; }\n\
         static const struct proto_ops one = { .bind = inet_bind, .send = packet_send };\n\
         struct other { int (*bind)(int); };\n\
         int sys_bind(struct socket *s) { return READ_ONCE(s->ops)->bind(1); }\n\
         int locked(struct socket *s) { return rcu_dereference_protected(s->ops, held(s))->bind(1); }\n\
         int sys_send(struct socket *s)\n{\n\
         \treturn INDIRECT_CALL_INET(READ_ONCE(s->ops)->send, inet6_send, inet_send, 1);\n}\n",
        &[
            ("sys_bind", "inet_bind", &["indirect, through socket.ops.bind"]),
            ("locked", "inet_bind", &["indirect, through socket.ops.bind"]),
            ("sys_send", "packet_send", &["indirect, through socket.ops.send"]),
            ("sys_send", "inet_send", &["passed to INDIRECT_CALL_INET()"]),
        ],
    );
}

#[test]
fn what_is_called_is_a_pointer_whatever_its_type_is_called() {
    assert_chains(
        "struct tree { visit_t visit; int count; };\n\
         static int leaf(int a) { return a; }\nstatic int node(int a) { return a; }\n\
         static struct tree oaks = { .visit = node };\n\
         int each(int n, visit_t visit) { return visit(n); }\n\
         int all(void) { return each(1, leaf); }\n\
         int set(struct tree *t)\n{\n\tvisit_t visit = t->visit;\n\treturn visit(1);\n}\n\
         int later(struct tree *t)\n{\n\tvisit_t visit;\n\n\tvisit = READ_ONCE(t->visit);\n\treturn visit(1);\n}\n\
         int other(struct tree *t)\n{\n\tvisit_t visit = find(t->visit);\n\treturn visit(1);\n}\n\
         struct drm_ioctl_desc { drm_ioctl_t *func; };\n\
         static int kernel(int nr, drm_ioctl_t *func) { return func(nr); }\n\
         int ioctl(const struct drm_ioctl_desc *d)\n{\n\tdrm_ioctl_t *func;\n\n\tfunc = d->func;\n\treturn kernel(1, func);\n}\n\
         static int create(int nr) { return nr; }\n\
         static const struct drm_ioctl_desc ioctls[] = { DRM_IOCTL_DEF_DRV(CREATE, create, 0) };\n",
        &[
            ("each", "leaf", &["indirect, through parameter 2 of each()"]),
            ("set", "node", &["indirect, through tree.visit"]),
            ("later", "node", &["indirect, through tree.visit"]),
            ("other", "node", &[]),
            ("set", "leaf", &[]),
            ("ioctl", "create", &["call", "indirect, through parameter 2 of kernel()"]),
        ],
    );
}

#[test]
fn a_field_is_copied_cast_or_known_by_its_path() {
    assert_chains(
        "struct proto { int (*hash)(int); int (*space)(int); };\n\
         struct sock_common { struct proto *skc_prot; };\n\
         struct sock { struct sock_common __sk_common; int (*write_space)(int); };\n\
         struct svc { int (*old)(int); };\nstruct wrap { int (*hash)(int); };\n\
         struct rel { struct { int (*hash)(int); } nested; };\n\
         static int raw_hash(int a) { return a; }\nstatic int def_space(int a) { return a; }\n\
         static int key_hash(int a) { return a; }\nstatic int rel_hash(int a) { return a; }\n\
         static struct proto raw = { .hash = raw_hash };\nstatic struct wrap key = { .hash = key_hash };\n\
         void init(struct sock *sk) { sk->write_space = def_space; }\n\
         void save(struct svc *s, struct sock *sk) { s->old = sk->write_space; }\n\
         void add(struct rel *r) { r->nested.hash = rel_hash; }\n\
         int bind(struct sock *sk) { return sk->sk_prot->hash(1); }\n\
         int restore(struct svc *s) { return s->old(1); }\n\
         int cast(const void *p) { return ((const struct wrap *)p)->hash(1); }\n\
         int by_path(struct rel *r) { return r->nested.hash(1); }\n",
        &[
            ("bind", "raw_hash", &["indirect, through sock.__sk_common.skc_prot.hash"]),
            ("bind", "key_hash", &[]),
            ("restore", "def_space", &["indirect, through svc.old"]),
            ("cast", "key_hash", &["indirect, through wrap.hash"]),
            ("by_path", "rel_hash", &["indirect, through rel.nested.hash"]),
            ("by_path", "raw_hash", &[]),
        ],
    );
}

#[test]
fn macros_of_headers_fill_the_members_that_idioms_tell() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "struct device_attribute { int (*show)(int); int (*store)(int); };\n\
         struct slab_attribute { int (*show)(int); int (*store)(int); };\n\
         struct dev_pm_ops { int (*suspend)(int); int (*resume_early)(int); };\n\
         struct kvm_x86_ops { int (*handle_exit)(int); };\n\
         static int size_show(int a) { return a; }\nDEVICE_ATTR_RO(size);\n\
         static int mode_set(int a) { return a; }\nstatic DEVICE_ATTR(mode, 0200, NULL, mode_set);\n\
         static int order_show(int a) { return a; }\n\
         static struct slab_attribute order_attr = __ATTR_RO(order);\n\
         static int lamp_off(int a) { return a; }\nstatic int lamp_on(int a) { return a; }\n\
         static const struct dev_pm_ops lamp_pm = {\n\tLATE_SYSTEM_SLEEP_PM_OPS(lamp_off, lamp_on)\n};\n\
         static int fan_off(int a) { return a; }\n\
         static SIMPLE_DEV_PM_OPS(fan_pm, fan_off, NULL);\n\
         static int vmx_exit(int a) { return a; }\n\
         static struct kvm_x86_ops vmx_ops = { .handle_exit = vmx_exit };\n\
         int dev_show(struct device_attribute *a) { return a->show(1); }\n\
         int dev_store(struct device_attribute *a) { return a->store(1); }\n\
         int slab_show(struct slab_attribute *a) { return a->show(1); }\n\
         int resume(const struct dev_pm_ops *pm) { return pm->resume_early(1); }\n\
         int suspend(const struct dev_pm_ops *pm) { return pm->suspend(1); }\n\
         int run(int a) { return kvm_x86_call(handle_exit)(a); }\n",
    );
    for (from, to, expected) in [
        ("dev_show", "size_show", &["indirect, through device_attribute.show"][..]),
        ("dev_store", "mode_set", &["indirect, through device_attribute.store"]),
        ("dev_show", "order_show", &[]),
        ("slab_show", "order_show", &["indirect, through slab_attribute.show"]),
        ("resume", "lamp_on", &["indirect, through dev_pm_ops.resume_early"]),
        ("suspend", "fan_off", &["indirect, through dev_pm_ops.suspend"]),
        ("suspend", "lamp_off", &[]),
        ("run", "vmx_exit", &["indirect, through kvm_x86_ops.handle_exit"]),
    ] {
        assert_eq!(hows(&dir, from, to), expected, "{from} to {to}");
    }
    // Once, with the field.
    let table = dir.kgrep(&["callers", "lamp_on"]).run().stdout();
    assert_eq!(table.matches("init of dev_pm_ops.resume_early").count(), 1, "{table}");
    assert!(!table.contains("registered by"), "{table}");
}

#[test]
fn kernel_functions_for_bpf_are_registered() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "__bpf_kfunc int my_kfunc(int a) { return a; }\n\
         BTF_KFUNCS_START(my_ids)\nBTF_ID_FLAGS(func, my_kfunc, KF_ACQUIRE)\nBTF_KFUNCS_END(my_ids)\n",
    );
    let found = dir.kgrep(&["--no-header", "callers", "my_kfunc"]).stdout();
    assert!(found.contains("registered by BTF_ID_FLAGS()"), "{found}");
}

#[test]
fn a_weak_function_is_called_by_what_replaces_it_too() {
    let dir = Dir::new();
    dir.create(
        "kernel/idle.c",
        "void __weak arch_idle(void) { }\nvoid idle_call(void) { arch_idle(); }\n",
    );
    dir.create(
        "arch/x86/kernel/process.c",
        "void default_idle(void) { }\nDEFINE_STATIC_CALL_NULL(x86_idle, default_idle);\n\
         void arch_idle(void) { static_call(x86_idle)(); }\n\
         void select(void) { static_call_update(x86_idle, default_idle); }\n",
    );
    let found = hows(&dir, "idle_call", "default_idle");
    assert_eq!(found, ["call, one of several", "indirect, through static_call.x86_idle"]);
}

#[test]
fn a_field_tells_what_it_is_filled_with() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "struct action { int (*handler)(int); int (*current_func)(int); };\n\
         static int my_irq(int a) { return a; }\n\
         void set(struct action *a, int (*handler)(int)) { a->handler = handler; }\n\
         void init(struct action *a) { set(a, my_irq); }\n\
         int run(struct action *a) { a->current_func = a->handler; return a->current_func(1); }\n\
         static struct action one = { .handler = my_irq };\n",
    );
    let told = |field: &str| {
        let rows = dir.kgrep(&["trace", field, "--format", "json"]).stdout();
        let note = |line: &str| {
            let note = line.split_once("\"note\":\"")?.1;
            Some(note.split('"').next().unwrap_or_default().to_owned())
        };
        let filled = rows.lines().filter(|line| line.contains(" in "));
        filled.filter_map(note).collect::<Vec<String>>()
    };
    assert_eq!(told("action.handler"), ["argument 2 of set() in set", "my_irq in one"]);
    assert_eq!(
        told("action.current_func"),
        ["what action.handler holds in run", "indirect, through action.current_func in run"]
    );
}

#[test]
fn a_block_after_a_cast_has_locals_of_its_own() {
    assert_chains(
        "struct ops { int (*walk)(int a); };\nstruct proto { const struct ops *ops; };\n\
         struct other { int (*walk)(int a); };\n\
         static int right(int a) { return a; }\nstatic int wrong(int a) { return a; }\n\
         static const struct ops lamp_ops = { .walk = right };\nstatic struct other o = { .walk = wrong };\n\
         int each(void *w)\n{\n\tstruct args *a = (struct args *)w;\n\tint n;\n\n\
         \tfor (n = 0; n < 3; n++) {\n\t\tstruct proto *tp = next(a);\n\n\t\ttp->ops->walk(1);\n\t}\n\
         \treturn 0;\n}\n\
         void fill(struct proto *p, struct ops *o) { *o = (const struct ops){ .walk = right }; }\n",
        &[
            ("each", "right", &["indirect, through proto.ops.walk"]),
            ("each", "wrong", &[]),
            ("fill", "right", &["put into ops.walk"]),
        ],
    );
}

#[test]
fn a_tracepoint_calls_its_probes() {
    let dir = Dir::new();
    dir.create(
        "include/trace/events/lamp.h",
        "TRACE_EVENT(lamp_on,\n\tTP_PROTO(int nr),\n\tTP_ARGS(nr),\n\tTP_STRUCT__entry(),\n\
         \tTP_fast_assign(),\n\tTP_printk(\"\")\n);\n",
    );
    dir.create(
        "kernel/probe.c",
        "#include <trace/events/lamp.h>\n\
         static void probe_on(void *data, int nr)\n{\n}\n\
         int attach(void)\n{\n\treturn register_trace_lamp_on(probe_on, NULL);\n}\n",
    );
    dir.create("kernel/lamp.c", "void lamp_on(int nr)\n{\n\ttrace_lamp_on(nr);\n}\n");
    let through = "indirect, through parameter 1 of register_trace_lamp_on()";
    assert_eq!(hows(&dir, "lamp_on", "probe_on").last().map(String::as_str), Some(through));
}

#[test]
fn an_entry_of_assembler_runs_on_into_a_label_inside() {
    let dir = Dir::new();
    dir.create(
        "arch/x86/entry/entry.S",
        "SYM_CODE_START(enter)\n\tpushq\t%rax\n\
         SYM_INNER_LABEL(enter_safe, SYM_L_GLOBAL)\n\tcall\tdo_enter\nSYM_CODE_END(enter)\n\
         SYM_CODE_START(leave)\n\tret\nSYM_CODE_END(leave)\n",
    );
    dir.create("arch/x86/entry/common.c", "void do_enter(void)\n{\n}\n");
    assert_eq!(hows(&dir, "enter", "do_enter"), ["call", "call"]);
    assert_eq!(hows(&dir, "leave", "do_enter"), [] as [&str; 0]);
}

#[test]
fn a_block_in_brackets_after_a_cast_is_no_value_of_it() {
    assert_chains(
        "void on(void)\n{\n}\nvoid run(struct lamp *x)\n{\n\tset((struct lamp *)x, ({ on(); 1; }));\n}\n",
        &[("run", "on", &["call"])],
    );
}

/// What starts the kernel, and initcalls of two levels.
fn started() -> Dir {
    let dir = Dir::new();
    for top in ["Kbuild", "Kconfig", "MAINTAINERS", "Makefile"] {
        dir.create(top, "");
    }
    dir.create(
        "init/main.c",
        "int do_one_initcall(initcall_t fn)\n{\n\treturn fn();\n}\n\
         static void do_initcall_level(int level)\n{\n\tdo_one_initcall(from(level));\n}\n\
         static void do_initcalls(void)\n{\n\tdo_initcall_level(1);\n}\n\
         static void do_pre_smp_initcalls(void)\n{\n\tdo_one_initcall(from(0));\n}\n\
         void start_kernel(void)\n{\n\tdo_pre_smp_initcalls();\n\tdo_initcalls();\n}\n",
    );
    dir.create(
        "fs/lamp.c",
        "static int lamp_init(void)\n{\n\treturn shared();\n}\nmodule_init(lamp_init);\n\
         static int bulb_init(void)\n{\n\treturn shared();\n}\nearly_initcall(bulb_init);\n",
    );
    dir
}

/// The functions of the first chain.
fn first_chain(dir: &Dir, from: &str, to: &str) -> String {
    let told = dir.kgrep(&["--no-header", "--arch", "x86", "chain", "--indirect", from, to]);
    told.run().stdout().lines().next().unwrap_or_default().to_owned()
}

#[test]
fn an_initcall_is_run_by_way_of_its_level() {
    let dir = started();
    let before = "start_kernel → do_initcalls → do_initcall_level → do_one_initcall";
    assert_eq!(first_chain(&dir, "start_kernel", "lamp_init"), format!("{before} → lamp_init"));
    let early = "start_kernel → do_pre_smp_initcalls → do_one_initcall → bulb_init";
    assert_eq!(first_chain(&dir, "start_kernel", "bulb_init"), early);
    assert_eq!(first_chain(&dir, "do_initcalls", "bulb_init"), "");
    let late = "do_initcalls → do_initcall_level → do_one_initcall → lamp_init";
    assert_eq!(first_chain(&dir, "do_initcalls", "lamp_init"), late);
}

#[test]
fn a_system_call_has_several_names_and_a_chain_ends_at_each() {
    let dir = started();
    dir.create(
        "arch/x86/entry/syscall_64.c",
        "long x64_sys_call(const struct pt_regs *regs, unsigned int nr)\n{\n\tswitch (nr) {\n\
         \t#include <asm/syscalls_64.h>\n\tdefault: return 0;\n\t}\n}\n\
         void do_syscall_64(struct pt_regs *regs, int nr)\n{\n\tx64_sys_call(regs, nr);\n}\n",
    );
    dir.create(
        "fs/open.c",
        "long do_open(int dfd)\n{\n\treturn dfd;\n}\n\
         SYSCALL_DEFINE1(openat, int, dfd)\n{\n\treturn do_open(dfd);\n}\n",
    );
    let chain = "do_syscall_64 → x64_sys_call → __x64_sys_openat";
    for to in ["sys_openat", "__x64_sys_openat", "__do_sys_openat", "__se_sys_openat", "openat"] {
        assert_eq!(first_chain(&dir, "do_syscall_64", to), chain, "{to}");
        let on = first_chain(&dir, to, "do_open");
        assert!(on.ends_with(" → do_open"), "{to}: {on}");
    }
    let same = dir.kgrep(&["chain", "sys_openat", "__se_sys_openat"]).run();
    same.expect_error(&["sys_openat"]);
}

#[test]
fn a_macro_that_hands_on_all_that_it_is_given_is_passed() {
    let dir = Dir::new();
    dir.create(
        "include/linux/pool.h",
        "typedef void *(pool_fn_t)(int a);\n\
         struct pool { int nr; pool_fn_t *alloc; };\n\
         #define hooks(call) ({ mark(); call; })\n\
         int pool_init_noprof(struct pool *pool, int nr, pool_fn_t *alloc_fn);\n\
         #define pool_init(...) \\\n\thooks(pool_init_noprof(__VA_ARGS__))\n\
         #define pool_init_slab(pool, nr) pool_init(pool, nr, slab_alloc)\n\
         #define pool_say(...) say(\"pool\", __VA_ARGS__)\n",
    );
    dir.create(
        "mm/pool.c",
        "#include <linux/pool.h>\n\
         int pool_init_noprof(struct pool *pool, int nr, pool_fn_t *alloc_fn)\n{\n\
         \tpool->alloc = alloc_fn;\n\treturn 0;\n}\n\
         void *pool_get(struct pool *pool)\n{\n\treturn pool->alloc(1);\n}\n\
         void *slab_alloc(int a) { return 0; }\n",
    );
    dir.create(
        "drivers/lamp.c",
        "#include <linux/pool.h>\nstatic void *lamp_alloc(int a) { return 0; }\n\
         static void *lamp_text(int a) { return 0; }\n\
         void lamp_init(struct pool *pool)\n{\n\tpool_init(pool, 2, lamp_alloc);\n\
         \tpool_say(lamp_text, 1, lamp_text);\n}\n",
    );
    let through = ["indirect, through pool.alloc"];
    assert_eq!(hows(&dir, "pool_get", "lamp_alloc"), through);
    assert_eq!(hows(&dir, "pool_get", "slab_alloc"), through);
    assert_eq!(hows(&dir, "pool_get", "lamp_text"), [] as [&str; 0]);
}
