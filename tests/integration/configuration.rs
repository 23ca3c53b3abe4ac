//! What a configuration builds, on the kernel-like tree.

use crate::util::{Dir, eqnice};

/// The kernel-like tree with a configuration for x86.
fn with_config(values: &str) -> Dir {
    let dir = Dir::kernel();
    dir.create(
        ".config",
        format!("# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_X86_64=y\n{values}"),
    );
    dir
}

/// The rows of some files of `kgrep export files`.
fn exported(dir: &Dir, flags: &[&str], files: &[&str]) -> String {
    let all = dir.kgrep(flags).args(&["export", "files"]).stdout();
    let wanted = all.lines().filter(|row| files.iter().any(|f| row.starts_with(&format!("{f}\t"))));
    wanted.map(|row| format!("{row}\n")).collect()
}

const FILES: [&str; 4] =
    ["fs/ext4/inode.c", "fs/open.c", "init/initramfs.c", "kernel/crash_core.c"];

#[test]
fn each_source_has_its_state_and_module() {
    let dir = with_config("CONFIG_EXT4_FS=m\nCONFIG_BLK_DEV_INITRD=y\n");
    let expected = "\
fs/ext4/inode.c\tm\text4
fs/open.c\ty\t-
init/initramfs.c\ty\t-
kernel/crash_core.c\tno\t-
";
    eqnice!(expected, exported(&dir, &["--kconfig", ".config"], &FILES));
    // A folder is that of a built kernel.
    eqnice!(expected, exported(&dir, &["--kconfig", "."], &FILES));
    let all = dir.kgrep(&["--kconfig", ".config", "export", "files"]).stdout();
    assert!(all.contains("arch/arm64/kernel/entry.S\tno\t-\n"), "{all}");
}

#[test]
fn an_edit_counts_at_the_next_question() {
    let dir = with_config("");
    let state = || exported(&dir, &["--kconfig", ".config"], &["kernel/crash_core.c"]);
    eqnice!("kernel/crash_core.c\tno\t-\n", state());
    let edited = "# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_X86=y\nCONFIG_CRASH_CORE=y\n";
    dir.create(".config", edited);
    eqnice!("kernel/crash_core.c\ty\t-\n", state());
    dir.create("kernel/Makefile", "obj-m := crash_core.o\n");
    eqnice!("kernel/crash_core.c\tm\tcrash_core\n", state());
}

#[test]
fn the_environment_and_the_file_name_a_configuration_of_the_tree() {
    let dir = with_config("CONFIG_CRASH_CORE=y\n");
    let row = "kernel/crash_core.c\ty\t-";
    let command = dir.kgrep(&["export", "files"]).env("KCONFIG_CONFIG", ".config");
    assert!(command.stdout().contains(row));
    dir.config("kconfig = '.config'\n");
    assert!(dir.kgrep(&["export", "files"]).stdout().contains(row));
    let none = dir.kgrep(&["--kconfig", "none", "export", "files"]).run();
    none.expect_error(&["no configuration is named", "--kconfig"]);
}

#[test]
fn what_is_no_configuration_is_refused() {
    let dir = with_config("");
    let refused = |file: &str, words: &[&str]| {
        dir.kgrep(&["--kconfig", file, "export", "files"]).run().expect_error(words);
    };
    refused("fs/open.c", &["fs/open.c", "no kernel configuration"]);
    refused("nothing", &["nothing"]);
    dir.create("any", "# Automatically generated file; DO NOT EDIT.\nCONFIG_SMP=y\n");
    refused("any", &["any", "--arch"]);
    let named = dir.kgrep(&["--kconfig", "any", "--arch", "arm64", "export", "files"]).stdout();
    assert!(named.contains("fs/open.c\ty\t-\n"), "{named}");
}

#[test]
fn built_tells_the_lines_that_decide_and_what_a_symbol_needs() {
    let dir = with_config("CONFIG_EXT4_FS=m\n");
    let built = |file: &str| {
        dir.kgrep(&["--kconfig", ".config", "--format", "grep", "built", file])
            .run()
            .expect_ok()
            .stdout()
    };
    let on = built("fs/ext4/inode.c");
    assert!(on.contains("fs/Makefile:3:obj-$(CONFIG_EXT4_FS)"), "{on}");
    assert!(on.contains("fs/ext4/Makefile"), "{on}");
    let table = dir.kgrep(&["--kconfig", ".config", "built", "kernel/crash_core.c"]).stdout();
    for words in ["not built", "kernel/Makefile", "CONFIG_CRASH_CORE is not set", "kernel/Kconfig"]
    {
        assert!(table.contains(words), "{words}: {table}");
    }
    assert!(dir.kgrep(&["-s", "p", "1"]).stdout().contains("Makefile"));
}

/// It was taken for a whole configuration, without a word.
#[test]
fn a_defconfig_is_told_from_a_whole_configuration() {
    let dir = crate::configured::kernel("CONFIG_LAMP=y\n");
    dir.create("arch/x86/configs/lamp_defconfig", "CONFIG_LAMP=y\n# CONFIG_FAN is not set\n");
    dir.create(
        "whole.config",
        "#\n# Automatically generated file; DO NOT EDIT.\n#\nCONFIG_LAMP=y\n",
    );
    dir.create("lamp.fragment", "CONFIG_LAMP=y\n");
    let said = |file: &str, words: &[&str]| {
        let done =
            dir.kgrep(&["--kconfig", file, "--arch", "x86"]).args(words).run().expect_code(0);
        done.stderr()
    };
    let defconfig = "arch/x86/configs/lamp_defconfig";
    for words in [&["def", "lamp"][..], &["switch_on"], &["built", "drivers/lamp.c"]] {
        let said = said(defconfig, words);
        assert!(said.contains("lamp_defconfig: no whole .config: what it leaves out"), "{said}");
        assert!(said.contains("`make lamp_defconfig`"), "{said}");
    }
    let twice = said(defconfig, &["exists", "lamp", "--in", ".", "drivers"]);
    assert_eq!(twice.matches("no whole .config").count(), 1, "{twice}");
    assert!(said("lamp.fragment", &["def", "lamp"]).contains("alldefconfig`"));
    for words in [&["def", "lamp"][..], &["built", "drivers/lamp.c"]] {
        assert!(!said("whole.config", words).contains("whole"));
        assert!(!said(".config", words).contains("whole"));
    }
    // Where it lies tells the architecture.
    dir.kgrep(&["--kconfig", defconfig, "built", "drivers/lamp.c"]).run().expect_code(0);
}
