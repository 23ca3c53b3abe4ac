//! One difference with something of every kind in it.

use super::*;
use crate::diff::parse;
use std::path::Path;

fn of(kind: Kind, patch: &str) -> Vec<(How, String)> {
    let mut set = DiffSet::default();
    parse::read(&mut set, patch.as_bytes(), b"", Path::new("x"));
    let show = |c: Change| {
        let name = String::from_utf8_lossy(&c.name).into_owned();
        let part = String::from_utf8_lossy(&c.part).into_owned();
        (c.how, if part.is_empty() { name } else { format!("{name}:{part}") })
    };
    changes(&set, kind, &|_| None).into_iter().map(show).collect()
}

pub(super) fn diff(file: &str, section: &str, body: &str) -> String {
    let count = |marks: [char; 2]| body.lines().filter(|l| l.starts_with(marks)).count();
    let (old, new) = (count([' ', '-']), count([' ', '+']));
    format!("--- a/{file}\n+++ b/{file}\n@@ -10,{old} +10,{new} @@ {section}\n{body}")
}

fn is(kind: Kind, patch: &str, want: &[(How, &str)]) {
    let want: Vec<_> = want.iter().map(|(how, name)| (*how, (*name).to_owned())).collect();
    assert_eq!(of(kind, patch), want);
}

/// A function's new inline twin in a header was once taken for what became of it.
#[test]
fn what_stays_in_its_file_changed_there() {
    let header = diff("include/lamp.h", "", "+static inline int lamp_on(int a)\n+{\n+}\n");
    let code = diff("kernel/lamp.c", "", "-static int lamp_on(int a)\n+int lamp_on(int a)\n {\n");
    let both = format!("{header}{code}");
    let mut set = DiffSet::default();
    parse::read(&mut set, both.as_bytes(), b"", Path::new("x"));
    let changes = changes(&set, Kind::Functions, &|_| None);
    let file = |m: &Option<Mention>| m.as_ref().map(|mention| mention.file);
    let got: Vec<_> = changes.iter().map(|c| (c.how, file(&c.before), file(&c.after))).collect();
    assert_eq!(got, [(How::Changed, Some(1), Some(1)), (How::Added, None, Some(0))]);
}

#[test]
fn params() {
    let code = diff(
        "drivers/lamp-x.c",
        "",
        "+early_param(\"lamp\", lamp_setup);\n-module_param(level, int, 0644);\n+module_param(level, uint, 0644);\n",
    );
    is(Kind::Params, &code, &[(How::Changed, "lamp_x.level"), (How::Added, "lamp")]);
    // A wrapper registers one, too; a macro's parameter is the name of none.
    let wrapped = diff(
        "mm/hugetlb.c",
        "",
        "+hugetlb_early_param(\"pages\", pages_setup);\n+early_param(#param, ignore_##param);\n",
    );
    is(Kind::Params, &wrapped, &[(How::Added, "pages")]);
    let text = diff(
        "Documentation/admin-guide/kernel-parameters.txt",
        "",
        " \tlamp=\t\t[HW]\n \t\t\ttext\n+\t\t\tlamp=auto is new\n \n+\tlampless\t[HW]\n",
    );
    is(Kind::Params, &text, &[(How::Changed, "lamp"), (How::Added, "lampless")]);
}

#[test]
fn configs() {
    let patch = diff(
        "drivers/lamp/Kconfig",
        "config LAMP",
        " \tbool \"Lamp\"\n-\tdefault n\n+\tdefault y\n+\tselect LED\n \thelp\n+\t  default of help.\n \n+config LAMP_DIM\n+\tbool \"Dim\"\n",
    );
    is(
        Kind::Configs,
        &patch,
        &[
            (How::Changed, "LAMP:default"),
            (How::Added, "LAMP:select LED"),
            (How::Added, "LAMP_DIM"),
        ],
    );
}

#[test]
fn syscalls_and_exports() {
    let patch = diff(
        "kernel/lamp.c",
        "",
        "+SYSCALL_DEFINE1(lamp, int, fd)\n-EXPORT_SYMBOL(lamp_on);\n+EXPORT_SYMBOL_GPL(lamp_on);\n+EXPORT_SYMBOL(lamp_new);\n",
    );
    is(Kind::Syscalls, &patch, &[(How::Added, "lamp")]);
    is(Kind::Exports, &patch, &[(How::Changed, "lamp_on"), (How::Added, "lamp_new")]);
    let table = diff(
        "arch/x86/entry/syscalls/syscall_64.tbl",
        "",
        " 1\tcommon\twrite\tsys_write\n+9\tcommon\tlamp\tsys_lamp\n",
    );
    is(Kind::Syscalls, &table, &[(How::Added, "lamp")]);
}

#[test]
fn structs_and_their_fields() {
    let patch = diff(
        "include/linux/lamp.h",
        "struct lamp {",
        " \tint on;\n-\tint level;\n+\tunsigned int level;\n+\tint (*dim)(struct lamp *l);\n };\n+struct bulb {\n+\tint watt;\n+};\n",
    );
    is(
        Kind::Structs,
        &patch,
        &[(How::Changed, "lamp:level"), (How::Added, "lamp:dim"), (How::Added, "bulb")],
    );
}

#[test]
fn functions_new_gone_changed_and_moved() {
    let patch = diff(
        "a.c",
        "",
        "-int lamp_on(struct lamp *l)\n+int lamp_on(struct lamp *l,\n+\t    int level)\n {\n \treturn 0;\n }\n\
         -static void lamp_off(void)\n-{\n-}\n+static inline void lamp_new(void)\n+{\n+}\n-void lamp_far(void)\n-{\n-}\n",
    ) + &diff(
        "b.c",
        "",
        "+void lamp_far(void)\n+{\n+}\n+extern void declared(void);\n",
    );
    is(
        Kind::Functions,
        &patch,
        &[
            (How::Changed, "lamp_on"),
            (How::Removed, "lamp_off"),
            (How::Moved, "lamp_far"),
            (How::Added, "lamp_new"),
        ],
    );
    // A change in the body is none in the signature.
    let body =
        diff("a.c", "", " int lamp_on(struct lamp *l)\n {\n-\treturn 0;\n+\treturn f(1);\n }\n");
    is(Kind::Functions, &body, &[]);
}

/// They were once called by their attributes, or not at all.
#[test]
fn functions_behind_attributes_made_by_macros_and_of_assembler() {
    let attributes = diff(
        "mm/lamp.c",
        "",
        "+static __always_inline __alloc_size(1) void *lamp_get(size_t size)\n+{\n+}\n\
         +static __lamp_attribute(1) struct lamp *\n+lamp_find(int a,\n+\t  int b)\n+{\n+}\n",
    );
    is(Kind::Functions, &attributes, &[(How::Added, "lamp_get"), (How::Added, "lamp_find")]);
    let made = diff(
        "include/linux/lamp-flags.h",
        "",
        " #define TESTLAMPFLAG(name) \\\n static inline int Lamp##name(struct lamp *l) { return 0; }\n\
         +TESTLAMPFLAG(Lit)\n-TESTLAMPFLAG(Dim)\n+EXPORT_SYMBOL(lamp_on);\n",
    );
    is(Kind::Functions, &made, &[(How::Removed, "LampDim"), (How::Added, "LampLit")]);
    let assembler = diff(
        "arch/x86/lib/lamp.S",
        "",
        "+SYM_FUNC_START(lamp_copy)\n+\tret\n+SYM_FUNC_END(lamp_copy)\n-SYM_CODE_START_LOCAL(lamp_old)\n\
         +SYM_DATA_START(lamp_table)\n",
    );
    is(Kind::Functions, &assembler, &[(How::Removed, "lamp_old"), (How::Added, "lamp_copy")]);
}

/// Each hunk was looked at with the others' lines as they were.
#[test]
fn a_macro_of_one_hunk_makes_functions_in_another() {
    let filler: String = (0..20).map(|n| format!("int a{n};\n")).collect();
    let define = "#define LAMP(name) \\\n\tint Lamp##name(struct lamp *l) { return 0; }\n";
    let old = format!("int top;\n{filler}int mid;\nint end;\n");
    let new = format!("int top;\n{define}{filler}int mid;\nLAMP(Lit)\nint end;\n");
    let patch = "--- a/lamp.c\n+++ b/lamp.c\n@@ -1,2 +1,4 @@\n int top;\n+#define LAMP(name) \\\n\
        +\tint Lamp##name(struct lamp *l) { return 0; }\n int a0;\n@@ -22,2 +24,3 @@\n int mid;\n+LAMP(Lit)\n int end;\n";
    let mut set = DiffSet::default();
    parse::read(&mut set, patch.as_bytes(), b"", Path::new("x"));
    for text in [&old, &new] {
        let changes = changes(&set, Kind::Functions, &|_| Some(text.clone().into_bytes()));
        let got: Vec<_> = changes.iter().map(|c| (c.how, c.name.clone())).collect();
        assert_eq!(got, [(How::Added, b"LampLit".to_vec())]);
    }
}

/// Both were called `lamp`, so that the one hid the other.
#[test]
fn functions_of_system_calls_have_the_names_that_the_macros_write() {
    let patch = diff(
        "kernel/lamp.c",
        "",
        "+SYSCALL_DEFINE2(lamp, int, a,\n+\t\tint, b)\n+{\n+\treturn a;\n+}\n\
         +COMPAT_SYSCALL_DEFINE1(lamp, int, a)\n+{\n+\treturn a;\n+}\n",
    );
    is(Kind::Functions, &patch, &[(How::Added, "sys_lamp"), (How::Added, "compat_sys_lamp")]);
}

#[test]
fn ids_and_docs() {
    let patch = diff(
        "a.c",
        "static const struct pci_device_id lamp_ids[] = {",
        "-\t{ PCI_DEVICE(1, 2) },\n+\t{ PCI_DEVICE(1, 3) },\n+\t{ 0x1234, 0x5678, },\n \t{ }\n",
    );
    is(
        Kind::Ids,
        &patch,
        &[
            (How::Removed, "{ PCI_DEVICE(1, 2) }"),
            (How::Added, "{ PCI_DEVICE(1, 3) }"),
            (How::Added, "{ 0x1234, 0x5678, }"),
        ],
    );
    let doc = diff("Documentation/lamp.rst", "", " Lamps\n =====\n \n+New text.\n");
    is(Kind::Docs, &doc, &[(How::Changed, "Documentation/lamp.rst:Lamps")]);
}
