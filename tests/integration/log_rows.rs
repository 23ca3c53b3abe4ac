//! Rows of `kgrep log`: to which report they belong, which architecture they are of, and how they
//! look in a pipe and on a terminal.

use crate::log::{matches, row, tree};
use crate::util::Dir;

/// A tree in which three architectures print the same line, and a driver.
fn archs() -> Dir {
    let dir = tree();
    for arch in ["x86", "arm64", "s390"] {
        let text = format!(
            "void lamp_{arch}(const char *level)\n{{\n\tprintk(\"%sLamp state: %s\\n\", level, name);\n\
             \tprintk(\"%s {{%s}}\\n\", level, name);\n}}\n"
        );
        dir.create(&format!("arch/{arch}/kernel/lamp.c"), text);
    }
    let only = "void lamp_only(void)\n{\n\tpr_info(\"the lamp of s390 is lit\\n\");\n}\n";
    dir.create("arch/s390/kernel/only.c", only);
    let user = "void lamp_user(const char *level)\n{\n\tprintk(\"%sLamp state: %s\\n\", level, name);\n}\n";
    dir.create("arch/x86/um/lamp.c", user);
    dir
}

/// Where a log's lines are printed, as `log line: path:line`.
fn printed(dir: &Dir, args: &[&str], log: &str) -> Vec<String> {
    let rows = matches(dir, &[&["--only", "messages"], args].concat(), log);
    rows.iter().map(|value| row(value, &[]).trim_end().to_owned()).collect()
}

#[test]
fn what_only_another_architecture_prints_is_no_candidate() {
    let dir = archs();
    let told = [
        ("RIP: 0010:lamp_note+0x5/0x20", "x86"),
        ("pc : lamp_note+0x5/0x20", "arm64"),
        ("Krnl PSW : 0704c00180000000 0000000000123456 (lamp_note+0x5/0x20)", "s390"),
    ];
    for (line, arch) in told {
        let log = format!("Lamp state: dim\n{line}\nthe lamp of s390 is lit\n {{TASK}}\n");
        let got = printed(&dir, &[], &log);
        let want = [
            format!("1: arch/{arch}/kernel/lamp.c:3"),
            // Nothing else could have printed it.
            "3: arch/s390/kernel/only.c:3".to_owned(),
            format!("4: arch/{arch}/kernel/lamp.c:4"),
        ];
        assert_eq!(got, want, "{line}");
    }
    // Without such a line all of them may have.
    let got = printed(&dir, &[], "Lamp state: dim\n");
    assert_eq!(got.len(), 3, "{got:#?}");
    let got = printed(&dir, &["--arch", "s390"], "Lamp state: dim\n");
    assert_eq!(got, ["1: arch/s390/kernel/lamp.c:3"]);
}
