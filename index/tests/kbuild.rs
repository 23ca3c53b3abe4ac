//! What a configuration builds, on small trees written by hand, and that no tree at all makes
//! the readers panic or run for long.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use kgrep_index::kbuild::{
    Built, Configuration, Explanation, Files, Knowledge, State, Truth, built, explain,
    kconfig::{Kconfig, Relation, Tristate},
    with_includes,
};
use proptest::prelude::*;

/// A tree in memory.
#[derive(Default)]
struct Tree {
    files: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Tree {
    /// A tree of `path` and text; a path without a text is an empty source.
    fn new(files: &[(&str, &str)], sources: &str) -> Tree {
        let mut tree = Tree::default();
        for (path, text) in files {
            tree.files.insert(path.as_bytes().to_vec(), text.as_bytes().to_vec());
        }
        for source in sources.split_whitespace() {
            tree.files.entry(source.as_bytes().to_vec()).or_default();
        }
        tree
    }
}

impl Files for Tree {
    fn read(&self, path: &[u8]) -> Option<Vec<u8>> {
        self.files.get(path).cloned()
    }

    fn names(&self, folder: &[u8]) -> Vec<Vec<u8>> {
        let prefix = if folder.is_empty() { Vec::new() } else { [folder, b"/"].concat() };
        let mut names: Vec<Vec<u8>> = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(&prefix[..]))
            .map(|rest| match rest.iter().position(|b| *b == b'/') {
                Some(slash) => rest[..=slash].to_vec(),
                None => rest.to_vec(),
            })
            .collect();
        names.dedup();
        names
    }
}

fn configuration(text: &str) -> Configuration {
    let text = format!("# Linux/x86 6.12.1 Kernel Configuration\nCONFIG_X86=y\n{text}");
    Configuration::read(text.as_bytes(), &Knowledge::built_in()).expect("it sets a symbol")
}

fn evaluate(tree: &Tree, config: &str) -> Built {
    let (config, knowledge) = (configuration(config), Knowledge::built_in());
    let built = built(tree, &config, &knowledge);
    with_includes(built, tree, &config, &knowledge)
}

/// Each source with its state: `y`, a module's name, `?`, or a program's folder in brackets.
fn states(tree: &Tree, config: &str) -> String {
    let built = evaluate(tree, config);
    let state = |path: &[u8]| match built.state(path) {
        State::No => "n".to_string(),
        State::Program(folder) => format!("[{}]", String::from_utf8_lossy(&folder)),
        State::Unknown => "?".to_string(),
        State::Module(name) => String::from_utf8_lossy(&name).into_owned(),
        State::BuiltIn => "y".to_string(),
    };
    let is_source = |path: &&Vec<u8>| {
        [&b".c"[..], b".S", b".rs", b".h", b".dts"].iter().any(|suffix| path.ends_with(suffix))
    };
    let each = |path: &Vec<u8>| format!("{}={}", String::from_utf8_lossy(path), state(path));
    tree.files.keys().filter(is_source).map(each).collect::<Vec<_>>().join(" ")
}

fn in_kbuild(kbuild: &str, sources: &str, config: &str) -> String {
    states(&Tree::new(&[("Kbuild", kbuild)], sources), config)
}

#[test]
fn lists_say_what_is_built_in_and_what_is_a_module() {
    let kbuild = "obj-y := a.o \\\n  b.o # c.o\nobj-m += d.o\nobj-$(CONFIG_E) += e.o\nobj-$(CONFIG_F) += f.o\nlib-y += g.o\nobj-m += a.o\n";
    let expected = "a.c=y b.S=y c.c=n d.c=d e.c=e f.c=n g.c=y";
    assert_eq!(in_kbuild(kbuild, "a.c b.S c.c d.c e.c f.c g.c", "CONFIG_E=m\n"), expected);
}

#[test]
fn composite_objects_are_their_parts() {
    let kbuild = "obj-$(CONFIG_D) += driver.o\ndriver-y := main.o\ndriver-$(CONFIG_PM) += pm.o\ndriver-$(CONFIG_NO) += no.o\n\
        driver-objs += old.o\ndriver-m += only.o\nobj-y += empty.o\nempty-$(CONFIG_NO) += x.o\n";
    let sources = "main.c pm.c no.c old.c only.c driver.c x.c empty.c";
    let expected =
        "driver.c=n empty.c=n main.c=driver no.c=n old.c=driver only.c=driver pm.c=driver x.c=n";
    assert_eq!(in_kbuild(kbuild, sources, "CONFIG_D=m\nCONFIG_PM=y\n"), expected);
    let expected = "driver.c=n empty.c=n main.c=y no.c=n old.c=y only.c=n pm.c=y x.c=n";
    assert_eq!(in_kbuild(kbuild, sources, "CONFIG_D=y\nCONFIG_PM=y\n"), expected);
}

#[test]
fn conditionals_choose_arms() {
    let kbuild = "ifeq ($(CONFIG_A),y)\n obj-y += a.o\n ifdef CONFIG_B\n  obj-y += b.o\n else ifndef CONFIG_C\n  obj-y += c.o\n else\n  obj-y += d.o\n endif\nelse\n obj-y += e.o\nendif\n\
        ifneq \"$(CONFIG_S)\" 'text'\nobj-y += f.o\nendif\nifneq ($(CONFIG_A)$(CONFIG_B),)\nobj-y += g.o\nendif\n";
    let sources = "a.c b.c c.c d.c e.c f.c g.c";
    let expected = "a.c=y b.c=n c.c=y d.c=n e.c=n f.c=n g.c=y";
    assert_eq!(in_kbuild(kbuild, sources, "CONFIG_A=y\nCONFIG_S=\"text\"\n"), expected);
    assert_eq!(in_kbuild(kbuild, sources, ""), "a.c=n b.c=n c.c=n d.c=n e.c=y f.c=y g.c=n");
}

#[test]
fn functions_and_variables_are_makes() {
    let kbuild = "names := one two three\nrec = $(late)\nlate := four\nobj-y += $(addsuffix .o,$(filter-out two,$(names)))\n\
        obj-y += $(rec:%=%.o) $(patsubst %.x,%.o,five.x) $(if $(CONFIG_NO),no.o,six.o) $(subst 8,7,seven8.o)\n\
        obj-$(or $(CONFIG_NO),$(CONFIG_A)) += $(foreach n,8 9,n$(n).o)\nmaybe ?= ten.o\nmaybe ?= no.o\nobj-y += $(maybe)\n\
        twice = $(1)-$(1)\nobj-y += $(call twice,x).o $(firstword eleven.o no.o) $(word 2,no.o twelve.o)\n\
        obj-$(and $(CONFIG_A),$(CONFIG_NO)) += no.o\nobj-$(subst m,y,$(CONFIG_M)) += m.o\ndefine lines\nl.o\nendef\nobj-y += $(lines)\n\
        obj-y += $(notdir $(wildcard $(src)/w*.z:.z=.o)) $(patsubst %.c,%.o,$(notdir $(wildcard $(src)/wild*.c)))\n";
    let sources = "one.c two.c three.c four.c five.c six.c seven7.c n8.c n9.c ten.c x-x.c eleven.c twelve.c no.c m.c l.c wild1.c";
    let states = in_kbuild(kbuild, sources, "CONFIG_A=y\nCONFIG_M=m\n");
    let off: Vec<&str> = states.split(' ').filter(|state| !state.ends_with("=y")).collect();
    assert_eq!(off, ["no.c=n", "two.c=n"], "{states}");
}

#[test]
fn what_a_shell_or_a_compiler_says_is_unknown() {
    let kbuild = "cc-option-yn = $(shell $(1))\nobj-$(call cc-option-yn,-mfoo) += a.o\nobj-$(shell echo y) += b.o\nifeq ($(shell uname),Linux)\nobj-y += c.o\nelse\nobj-y += d.o\nendif\n\
        obj-y += $(if $(shell true),e.o,f.o) g.o\nobj-$(shell test 5 -ge 3 && echo y) += h.o\n";
    let expected = "a.c=? b.c=? c.c=? d.c=? e.c=? f.c=? g.c=y h.c=y";
    assert_eq!(in_kbuild(kbuild, "a.c b.c c.c d.c e.c f.c g.c h.c", ""), expected);
}

#[test]
fn the_top_makefile_and_the_architectures_lead_to_folders() {
    let tree = Tree::new(
        &[
            (
                "Makefile",
                "ifeq ($(ARCH),x86_64)\nSRCARCH := x86\nelse\nSRCARCH := $(ARCH)\nendif\nexport SRCARCH BITS\nlibs-y := lib/\n\
                include arch/$(SRCARCH)/Makefile\nexport ARCH_LIB := $(libs-y)\nbuild := -f scripts/Makefile.build obj\nbuild-dir := .\n\
                $(build-dir): prepare\n\t$(Q)$(MAKE) $(build)=$@ need-builtin=1\nscripts:\n\t$(Q)$(MAKE) $(build)=$@\n",
            ),
            (
                "arch/x86/Makefile",
                "BITS := 64\nlibs-y += arch/x86/lib/\nboot := arch/x86/boot\nbzImage: vmlinux\n\t$(Q)$(MAKE) $(build)=$(boot) $@\n",
            ),
            ("arch/x86/Kbuild", "obj-y += kernel/ entry/\n"),
            (
                "arch/x86/kernel/Makefile",
                "obj-y += head_$(BITS).o\nextra-y += start.o vmlinux.lds\n",
            ),
            ("arch/x86/entry/Makefile", "obj-y += vdso/\n"),
            (
                "arch/x86/entry/vdso/Makefile",
                "vobjs-y := vtime.o\nvobjs := $(foreach F,$(vobjs-y),$(obj)/$F)\nobj-y += vma.o\ntargets += $(vobjs-y) compat.o\n$(obj)/compat.o: $(src)/vtime32.c\n",
            ),
            ("arch/x86/lib/Makefile", "lib-y := copy.o\n"),
            (
                "arch/x86/boot/Makefile",
                "targets += setup.o\nhostprogs := mkimage\n$(obj)/compressed/vmlinux: FORCE\n\t$(Q)$(MAKE) $(build)=$(obj)/compressed $@\n",
            ),
            ("arch/x86/boot/compressed/Makefile", "vmlinux-objs-y := misc.o\ntargets := misc.o\n"),
            ("arch/arm/Makefile", "libs-y += arch/arm/lib/\n"),
            (
                "Kbuild",
                "obj-y += arch/$(SRCARCH)/ $(ARCH_LIB) drivers/\nobj-$(CONFIG_NET) += net/\n",
            ),
            ("lib/Makefile", "lib-y := sort.o\nobj-$(CONFIG_L) += l.o\n"),
            ("drivers/Makefile", "obj-$(CONFIG_M) += usb/\nsubdir-y += stub\n"),
            ("drivers/usb/Makefile", "obj-y += never.o\nobj-m += always.o\n"),
            ("drivers/stub/Makefile", "lib-y += stub.o\n"),
            ("net/Makefile", "obj-y += sock.o\n"),
            ("scripts/Makefile", "hostprogs-always-y += tool\ntool-objs := t1.o t2.o\n"),
        ],
        "arch/x86/kernel/head_64.S arch/x86/kernel/start.c arch/x86/kernel/vmlinux.lds.S arch/x86/entry/vdso/vtime.c arch/x86/entry/vdso/vtime32.c \
         arch/x86/entry/vdso/vma.c arch/x86/lib/copy.S arch/x86/boot/setup.c arch/x86/boot/mkimage.c arch/x86/boot/compressed/misc.c arch/arm/lib/a.c \
         lib/sort.c lib/l.c drivers/usb/never.c drivers/usb/always.c drivers/stub/stub.c net/sock.c scripts/t1.c scripts/t2.c",
    );
    let expected = "arch/arm/lib/a.c=n arch/x86/boot/compressed/misc.c=[arch/x86/boot/compressed] arch/x86/boot/mkimage.c=[arch/x86/boot] \
        arch/x86/boot/setup.c=[arch/x86/boot] arch/x86/entry/vdso/vma.c=y arch/x86/entry/vdso/vtime.c=y arch/x86/entry/vdso/vtime32.c=y \
        arch/x86/kernel/head_64.S=y arch/x86/kernel/start.c=y arch/x86/kernel/vmlinux.lds.S=[arch/x86/kernel] arch/x86/lib/copy.S=y \
        drivers/stub/stub.c=[drivers/stub] drivers/usb/always.c=always drivers/usb/never.c=n lib/l.c=l lib/sort.c=y net/sock.c=n \
        scripts/t1.c=[scripts] scripts/t2.c=[scripts]";
    assert_eq!(states(&tree, "CONFIG_M=m\nCONFIG_L=m\n"), expected);
}

#[test]
fn rules_say_what_an_object_is_made_of() {
    let kbuild = "obj-y := a.pi.o lib-sort.o b.o\n$(obj)/%.pi.o: $(obj)/%.o FORCE\n\t$(call cmd)\n$(obj)/lib-%.o: $(srctree)/lib/%.c FORCE\n\
        $(obj)/b.o: $(src)/generated.h\nvdsos := c-32.o\nobj-y += $(vdsos)\n$(vdsos): %-32.o: %.S FORCE\n";
    let expected = "a.c=y b.c=y c.S=y lib/sort.c=y";
    assert_eq!(in_kbuild(kbuild, "a.c b.c c.S lib/sort.c", ""), expected);
}

#[test]
fn device_trees_and_rust_are_sources() {
    let kbuild = "dtb-$(CONFIG_BOARD) += board.dtb no.dtb\nboard-dtbs := base.dtb\nobj-$(CONFIG_R) += r.o\nobj-y += d.dtb.o\n";
    let tree = Tree::new(
        &[("Kbuild", kbuild), ("r.rs", "mod inner;\n// mod other;\npub mod deep;\n")],
        "board.dts base.dts no.dts d.dts r/inner.rs r/deep/mod.rs other.rs",
    );
    let expected =
        "base.dts=y board.dts=n d.dts=y no.dts=y other.rs=n r.rs=r r/deep/mod.rs=r r/inner.rs=r";
    assert_eq!(states(&tree, "CONFIG_BOARD=y\nCONFIG_R=m\n"), expected);
}

#[test]
fn included_files_are_built_where_their_arm_holds() {
    let tree = Tree::new(
        &[
            ("Kbuild", "obj-$(CONFIG_D) += d.o\nccflags-y += -I$(src)/own\n"),
            (
                "d.c",
                "#include <linux/shared.h>\n#include <local.h>\n#ifdef CONFIG_PM\n#include \"pm.c\"\n#else\n#include \"no.c\"\n#endif\n#ifdef DEBUG\n#include \"debug.c\"\n#endif\n",
            ),
            ("include/linux/shared.h", "#ifndef _S\n#define _S\n#include <asm/arch.h>\n#endif\n"),
            ("arch/x86/include/asm/arch.h", "#include \"deep.h\"\n"),
            ("arch/arm/include/asm/arch.h", ""),
        ],
        "pm.c no.c debug.c own/local.h arch/x86/include/asm/deep.h other.h",
    );
    let expected = "arch/arm/include/asm/arch.h=n arch/x86/include/asm/arch.h=d arch/x86/include/asm/deep.h=d d.c=d debug.c=? \
        include/linux/shared.h=d no.c=n other.h=n own/local.h=d pm.c=d";
    assert_eq!(states(&tree, "CONFIG_D=m\nCONFIG_PM=y\n"), expected);
    let built = evaluate(&tree, "CONFIG_D=m\nCONFIG_PM=y\n");
    let object = built.objects(b"pm.c").next().unwrap();
    assert_eq!(object.included_by, Some((b"d.c".to_vec(), 4)));
}

/// A step as `file:line`, with `!` where it does not hold and `?` where that is unknown.
fn way(tree: &Tree, config: &str, path: &str) -> String {
    let built = evaluate(tree, config);
    let (config, knowledge) = (configuration(config), Knowledge::built_in());
    let Explanation { steps, .. } = explain(&built, tree, &config, &knowledge, path.as_bytes());
    let mark = |holds| match holds {
        Truth::True => "",
        Truth::Unknown => "?",
        Truth::False => "!",
    };
    let step = |s: &kgrep_index::kbuild::Step| {
        format!("{}{}:{}", mark(s.holds), String::from_utf8_lossy(&s.file), s.line)
    };
    steps.iter().map(step).collect::<Vec<_>>().join(" ")
}

#[test]
fn each_condition_from_the_top_down_has_its_line() {
    let tree = Tree::new(
        &[
            ("Kbuild", "obj-y += drivers/\n"),
            ("drivers/Makefile", "ifdef CONFIG_BUS\n\nobj-$(CONFIG_USB) += usb/\nendif\n"),
            (
                "drivers/usb/Makefile",
                "obj-$(CONFIG_HUB) += hub.o\nhub-y := core.o\nhub-$(CONFIG_PM) += pm.o\nifdef CONFIG_DEBUG\nhub-y += debug.o\nendif\n",
            ),
        ],
        "drivers/usb/core.c drivers/usb/pm.c drivers/usb/debug.c drivers/usb/other.c",
    );
    let top = "Kbuild:1 drivers/Makefile:1 drivers/Makefile:3";
    let on = "CONFIG_BUS=y\nCONFIG_USB=y\nCONFIG_HUB=m\n";
    let way = |config: &str, path: &str| way(&tree, config, path);
    assert_eq!(
        way(on, "drivers/usb/core.c"),
        format!("{top} drivers/usb/Makefile:1 drivers/usb/Makefile:2")
    );
    assert_eq!(
        way(on, "drivers/usb/pm.c"),
        format!("{top} drivers/usb/Makefile:1 !drivers/usb/Makefile:3")
    );
    assert_eq!(
        way(on, "drivers/usb/debug.c"),
        format!("{top} drivers/usb/Makefile:1 !drivers/usb/Makefile:4 drivers/usb/Makefile:5")
    );
    assert_eq!(
        way("CONFIG_USB=y\nCONFIG_HUB=m\n", "drivers/usb/core.c"),
        "Kbuild:1 !drivers/Makefile:1 drivers/Makefile:3 drivers/usb/Makefile:1 drivers/usb/Makefile:2"
    );
    assert_eq!(way(on, "drivers/usb/other.c"), top);
}

const KCONFIG: &[(&str, &str)] = &[
    (
        "Kconfig",
        "mainmenu \"test\"\nsource \"arch/$(SRCARCH)/Kconfig\"\nsource \"drivers/Kconfig\"\nsource \"Kconfig\"\n",
    ),
    ("arch/x86/Kconfig", "config X86\n\tdef_bool y\n\tselect HAS_BUS if 64BIT\n"),
    (
        "drivers/Kconfig",
        "menu \"Buses\"\n\tdepends on HAS_BUS\n\tvisible if EXPERT\n\nif BUS || \\\n   TEST\nconfig HUB\n\ttristate \"A hub\" if EXPERT\n\
        \tdepends on PM && !BROKEN\n\tdepends on $(cc-option,-mhub)\n\tdefault m if BUS=y\n\timply HUB_LEDS\n\thelp\n\t  if you have one,\n\n\t  config NOT_HERE\nendif\nendmenu\n\
        choice\n\tprompt \"Size\"\nconfig BIG\n\tbool \"big\"\nconfig SMALL\n\tbool \"small\"\nendchoice\n",
    ),
];

#[test]
fn kconfig_says_what_keeps_a_symbol_off() {
    let tree = Tree::new(KCONFIG, "");
    let config = configuration("CONFIG_BUS=m\nCONFIG_HAS_BUS=y\n");
    let kconfig = Kconfig::read(&tree, &config);
    let hub = kconfig.definitions(b"HUB").next().unwrap();
    assert_eq!((hub.line, &hub.menus[..]), (7, &[b"Buses".to_vec()][..]));
    assert_eq!(hub.prompt.as_ref().unwrap().0, b"A hub");
    let needs: Vec<(String, Option<Tristate>, u32)> = hub
        .needs(&config)
        .iter()
        .map(|n| (String::from_utf8(n.expression.text()).unwrap(), n.value, n.condition.line))
        .collect();
    let expected = [
        ("HAS_BUS", Some(Tristate::Yes), 2),
        ("BUS || TEST", Some(Tristate::Module), 5),
        ("PM", Some(Tristate::No), 9),
        ("!BROKEN", Some(Tristate::Yes), 9),
        ("$(cc-option,-mhub)", None, 10),
    ];
    let expected: Vec<_> = expected.iter().map(|(t, v, l)| (t.to_string(), *v, *l)).collect();
    assert_eq!(needs, expected);
    assert_eq!(hub.obstacles(&config).len(), 1);
    assert_eq!(hub.visible.len(), 1);
    assert!(kconfig.definitions(b"NOT_HERE").next().is_none());
    assert!(kconfig.definitions(b"BIG").next().unwrap().in_choice);
}

#[test]
fn kconfig_says_who_needs_a_symbol() {
    let tree = Tree::new(KCONFIG, "");
    let kconfig = Kconfig::read(&tree, &configuration(""));
    let users = |symbol: &str| {
        let all = kconfig.dependents(symbol.as_bytes());
        all.iter().map(|d| (d.relation, d.by.name.clone(), d.line)).collect::<Vec<_>>()
    };
    assert_eq!(
        users("HAS_BUS"),
        [(Relation::Select, b"X86".to_vec(), 3), (Relation::DependsOn, b"HUB".to_vec(), 2)]
    );
    assert_eq!(users("HUB_LEDS"), [(Relation::Imply, b"HUB".to_vec(), 12)]);
}

/// Time that no tree of a few lines may take, on a machine that does other things as well.
const SOON: Duration = Duration::from_secs(30);

fn all(makefile: &[u8], kconfig: &[u8], source: &[u8]) {
    let start = Instant::now();
    let mut tree = Tree::new(&[("a/Makefile", "obj-y += ../ x.o\n")], "a/x.c");
    tree.files.insert(b"Makefile".to_vec(), makefile.to_vec());
    tree.files.insert(b"Kbuild".to_vec(), makefile.to_vec());
    tree.files.insert(b"Kconfig".to_vec(), kconfig.to_vec());
    tree.files.insert(b"x.c".to_vec(), source.to_vec());
    let built = evaluate(&tree, "CONFIG_A=y\nCONFIG_M=m\n");
    let (config, knowledge) = (configuration(""), Knowledge::built_in());
    for path in [&b"x.c"[..], b"a/x.c", b"none"] {
        explain(&built, &tree, &config, &knowledge, path);
    }
    let kconfig = Kconfig::read(&tree, &config);
    for symbol in kconfig.symbols() {
        kconfig.dependents(symbol);
        kconfig.definitions(symbol).for_each(|d| drop(d.needs(&config)));
    }
    let text = String::from_utf8_lossy(&makefile[..makefile.len().min(60)]).into_owned();
    assert!(start.elapsed() < SOON, "{text:?} took {:?}", start.elapsed());
}

#[test]
fn trees_that_would_never_end_end() {
    let doubling: String =
        (0..64).map(|n| format!("v{} = $(v{n})$(v{n})\n", n + 1)).collect::<String>()
            + "v0 = x\nobj-y += $(v64)\n";
    let nested = format!("obj-y += {}x{}\n", "$(if y,".repeat(5000), ")".repeat(5000));
    for makefile in [
        &doubling[..],
        &doubling.replace(" = ", " := "),
        &nested,
        "include Makefile\ninclude Kbuild\n",
        "a = $(b)\nb = $(a)\nobj-y += $(a)\nobj-$(a) += x.o\n",
        "f = $(call f,$(1)x)\nobj-y += $(call f)\n",
        "e = $(eval $(e))\nobj-y += $(e)\n",
        "define e\n$(eval $(e)$(e))\n$(e)\nendef\n$(eval $(e))\n",
        "obj-y += a/ ./ ../ b/../\n",
        "l := 1 2 3 4 5 6 7 8 9\nobj-y += $(foreach a,$(l),$(foreach b,$(l),$(foreach c,$(l),$(foreach d,$(l),$(foreach e,$(l),$(foreach f,$(l),$(foreach g,$(l),$(foreach h,$(l),x))))))))\n",
        "obj-y += x.o\nx-y += x.o y.o\ny-y := x.o\n%.o: %.o\nx.o: x.o\n",
        &"ifdef A\n".repeat(10_000),
    ] {
        all(
            makefile.as_bytes(),
            &[b"source \"Kconfig\"\n", makefile.as_bytes()].concat(),
            b"#include \"x.c\"\n",
        );
    }
    let nested = [b"#if A\n".repeat(5000), b"#include \"x.c\"\n".to_vec()].concat();
    all(b"obj-y += x.o\n", &b"if A\n".repeat(5000), &nested);
}

/// Text that looks like Makefiles, Kconfig and C directives, in pieces.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "obj-y",
            " += ",
            " := ",
            " = ",
            "x.o ",
            "a/ ",
            "$(",
            ")",
            "${",
            "}",
            "$",
            "if ",
            "foreach ",
            "call ",
            "eval ",
            "filter ",
            ",",
            "ifdef ",
            "ifeq ",
            "(",
            "else",
            "endif",
            "\n",
            "\n\t",
            "\\\n",
            "#",
            "CONFIG_A",
            "define ",
            "endef",
            "include ",
            ":",
            "%",
            "x-objs",
            "config A",
            "depends on ",
            "&&",
            "||",
            "!",
            "\"",
            "help\n  ",
            "menu ",
            "endmenu",
            "source ",
            "choice",
            "#if ",
            "#include \"x.c\"",
            "#define ",
            "defined",
            "1",
            "$(build)=",
            "targets ",
            "-m",
            "word ",
            "\x01",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_panic(makefile in pieces(), kconfig in pieces(), source in pieces()) {
        all(&makefile, &kconfig, &source);
        let _ = Configuration::read(&makefile, &Knowledge::built_in());
    }
}
