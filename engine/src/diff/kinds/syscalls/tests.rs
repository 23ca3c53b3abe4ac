//! System calls: differences of tables, headers and definitions, and what they come to.

use std::path::Path;

use super::super::tests::diff;
use super::super::*;
use crate::diff::parse;

fn table(arch: &str, body: &str) -> String {
    diff(&format!("arch/{arch}/kernel/syscalls/syscall.tbl"), "", body)
}

/// What happened to which call, and on which architectures.
fn is(patch: &str, want: &[(How, &str, &str)]) {
    let mut set = DiffSet::default();
    parse::read(&mut set, patch.as_bytes(), b"", Path::new("x"));
    let show = |change: Change| {
        let was = if change.was.is_empty() { &b""[..] } else { b" was " };
        let name = [&change.name[..], was, &change.was].concat();
        (change.how, String::from_utf8_lossy(&name).into_owned(), change.at.join(" "))
    };
    let got: Vec<_> = changes(&set, Kind::Syscalls, &|_| None).into_iter().map(show).collect();
    let want: Vec<_> =
        want.iter().map(|(how, name, at)| (*how, (*name).to_owned(), (*at).to_owned())).collect();
    assert_eq!(got, want);
}

/// Each table had a row for each call, and a generic one that moved made all calls new.
#[test]
fn a_system_call_has_one_row_with_its_architectures() {
    let new = "+450\tcommon\tlamp\tsys_lamp\n";
    let known = " 1\tcommon\twrite\tsys_write\n";
    let all = [
        table("alpha", &format!("{known}{new}")),
        table("x86", &format!("{known}{new}")),
        diff(
            "include/uapi/asm-generic/unistd.h",
            "",
            " #define __NR_write 64\n+#define __NR_lamp 450\n",
        ),
        diff("kernel/lamp.c", "", "+SYSCALL_DEFINE1(lamp, int, fd)\n"),
        diff("tools/perf/arch/x86/entry/syscalls/syscall_64.tbl", "", new),
    ];
    is(&all.concat(), &[(How::Added, "lamp", "alpha generic x86")]);
    // Columns that are wider, and a table that takes over from a header.
    let wider = "-1\tcommon\twrite\tsys_write\n+1\tcommon\twrite\t\tsys_write\n";
    let moved = [
        table("alpha", wider),
        diff(
            "include/uapi/asm-generic/unistd.h",
            "",
            " #define __NR_write 64\n-#define __NR_sync 81\n",
        ),
        diff(
            "scripts/syscall.tbl",
            "",
            "+64\tcommon\twrite\tsys_write\n+81\tcommon\tsync\tsys_sync\n",
        ),
    ];
    is(&moved.concat(), &[]);
    // An architecture that goes takes its table with it.
    let gone = [
        table("ia64", "-1\tcommon\twrite\tsys_write\n-2\tcommon\tgetunwind\tsys_getunwind\n"),
        table("x86", &format!("{known}-7\tcommon\told\tsys_old\n")),
    ];
    is(&gone.concat(), &[(How::Removed, "getunwind", "ia64"), (How::Removed, "old", "x86")]);
    let other =
        table("x86", &format!("{known}-7\tcommon\told\tsys_old\n+7\tcommon\told\tsys_ni\n"));
    let number =
        table("sh", &format!("{known}-7\tcommon\told\tsys_old\n+8\tcommon\told\tsys_old\n"));
    is(&format!("{number}{other}"), &[(How::Changed, "old", "sh x86")]);
    let further = table("sh", &format!("{known}+7\tcommon\told\tsys_old\n"));
    let there = table("x86", " 7\tcommon\told\tsys_old\n+9\tcommon\tbulb\tsys_bulb\n");
    is(&format!("{further}{there}"), &[(How::Changed, "old", "sh"), (How::Added, "bulb", "x86")]);
}

/// A number of a table that is no call's was told as one that is gone.
#[test]
fn a_number_without_a_call_is_no_system_call() {
    let table = "-12\tcommon\tni_syscall\tsys_ni_syscall\n+13\tcommon\tlamp\tsys_lamp\n";
    let patch = diff("arch/x86/entry/syscalls/syscall_64.tbl", "", table);
    is(&patch, &[(How::Added, "lamp", "x86")]);
}

/// Texts of the sides of the first change.
fn sides(patch: &str) -> (Option<String>, Option<String>) {
    let mut set = DiffSet::default();
    parse::read(&mut set, patch.as_bytes(), b"", Path::new("x"));
    let change = changes(&set, Kind::Syscalls, &|_| None).swap_remove(0);
    let text = |side: &Option<Mention>| {
        side.as_ref().map(|mention| String::from_utf8_lossy(&mention.text).into_owned())
    };
    (text(&change.before), text(&change.after))
}

/// The tables that have `lamp` on both sides.
fn known() -> String {
    let row = " 7\tcommon\tlamp\tsys_lamp\n+450\tcommon\tbulb\tsys_bulb\n";
    [table("x86", row), table("hexagon", row)].concat()
}

/// The one that x86 lost was taken for the one that hexagon got.
#[test]
fn definitions_of_two_architectures_are_not_of_each_other() {
    let moved = [
        diff(
            "arch/hexagon/kernel/signal.c",
            "",
            "-int sys_lamp(void)\n+SYSCALL_DEFINE0(lamp)\n {\n",
        ),
        diff("arch/x86/ia32/signal.c", "", "-COMPAT_SYSCALL_DEFINE0(lamp)\n {\n"),
        diff("arch/x86/kernel/signal_32.c", "", "+SYSCALL32_DEFINE0(lamp)\n {\n"),
        diff("arch/x86/um/signal.c", "", "+SYSCALL_DEFINE0(lamp)\n {\n"),
        known(),
    ];
    is(&moved.concat(), &[(How::Moved, "lamp", "x86"), (How::Added, "bulb", "hexagon x86")]);
    let gone = [diff("arch/s390/kernel/lamp.c", "", "-SYSCALL_DEFINE1(lamp, int, fd)\n"), known()];
    is(&gone.concat(), &[(How::Added, "bulb", "hexagon x86")]);
}

/// Lines below the first were not looked at.
#[test]
fn another_parameter_is_another_signature_on_whichever_line_it_stands() {
    let patch = [
        diff(
            "fs/lamp.c",
            "",
            " SYSCALL_DEFINE2(lamp, int, fd,\n-\t\tint __user *, level)\n+\t\tvoid __user *, level)\n {\n",
        ),
        known(),
    ];
    is(&patch.concat(), &[(How::Changed, "lamp", ""), (How::Added, "bulb", "hexagon x86")]);
    let text =
        |parameter: &str| Some(format!("SYSCALL_DEFINE2(lamp, int, fd, {parameter}, level)"));
    assert_eq!(sides(&patch.concat()), (text("int __user *"), text("void __user *")));
    let wrapped = diff(
        "arch/riscv/lamp.c",
        "",
        "-SYSCALL_DEFINE2(lamp, int, fd, int, level)\n+SYSCALL_DEFINE2(lamp,\n+\t\tint, fd, int, level)\n {\n",
    );
    is(&wrapped, &[]);
    let in_body =
        diff("fs/lamp.c", "", " SYSCALL_DEFINE0(lamp)\n {\n-\tf(a,\n+\tg(a,\n \t  b);\n }\n");
    is(&in_body, &[]);
}

/// `__NR_USED_SUBPAGE` of a header and an alias beside a signal handler were new calls.
#[test]
fn numbers_count_in_headers_of_system_calls_alone() {
    let others = [
        diff("include/linux/lamp.h", "", "+#define __NR_USED_LAMPS 3\n"),
        diff("arch/x86/kernel/signal_32.c", "", "+#define __NR_ia32_lamp __NR_lamp\n"),
    ];
    is(&others.concat(), &[]);
    let header = diff("arch/arm64/include/asm/unistd32.h", "", "+#define __NR_lamp 3\n");
    is(&header, &[(How::Added, "lamp", "arm64")]);
}

/// It was told as a change of each table.
#[test]
fn a_call_whose_numbers_have_no_entry_point_is_gone() {
    let gone = [
        table("arm", "-7\tcommon\tlamp\tsys_lamp\n+7\tcommon\tlamp\tsys_ni_syscall\n"),
        table("s390", "-7\tcommon\tlamp\tsys_lamp\tsys_lamp\n+7\tcommon\tlamp\t-\t-\n"),
        table("x86", "-7\ti386\tlamp\tsys_lamp\n+7\ti386\tlamp\n"),
        diff(
            "include/uapi/asm-generic/unistd.h",
            "",
            " #define __NR_lamp 7\n-__SYSCALL(__NR_lamp, sys_lamp)\n+__SYSCALL(__NR_lamp, sys_ni_syscall)\n",
        ),
    ];
    is(&gone.concat(), &[(How::Removed, "lamp", "arm generic s390 x86")]);
    let never = table("arm64", "+7\tcommon\tlamp\tsys_ni_syscall\n");
    is(&never, &[]);
}

#[test]
fn what_a_row_has_for_other_tools_is_no_change() {
    let flag = "-7\ti386\tlamp\tsys_lamp\n+7\ti386\tlamp\tsys_lamp\t-\tnoreturn\n";
    is(&table("x86", flag), &[]);
    let entry = "-7\ti386\tlamp\tsys_lamp\n+7\ti386\tlamp\tsys_lamp\tcompat_sys_lamp\n";
    is(&table("x86", entry), &[(How::Changed, "lamp", "x86")]);
}

/// They were told to be new in the table that all share.
#[test]
fn a_row_of_the_shared_table_can_be_one_architectures() {
    let patch = [
        diff(
            "arch/openrisc/include/uapi/asm/unistd.h",
            "",
            "-#define __NR_lamp (__NR_arch_specific_syscall + 0)\n",
        ),
        diff("arch/csky/include/uapi/asm/unistd.h", "", "+#define __NR_both 9\n"),
        diff("include/uapi/asm-generic/unistd.h", "", " #define __NR_both 9\n-#define __NR_x 10\n"),
        diff(
            "scripts/syscall.tbl",
            "",
            "+9\tcommon\tboth\tsys_both\n+10\tcommon\tx\tsys_x\n+244\tor1k\tlamp\tsys_lamp\n\
             +244\tcsky\tbulb\tsys_bulb\n",
        ),
    ];
    is(&patch.concat(), &[(How::Added, "bulb", "csky")]);
}

#[test]
fn a_call_with_another_ones_number_is_that_one_renamed() {
    let rows = "-7\tcommon\tlamp\tsys_lamp\n+7\tcommon\tbulb\tsys_bulb\n";
    let both = [table("x86", rows), table("arm", rows)];
    is(&both.concat(), &[(How::Renamed, "bulb was lamp", "arm x86")]);
    let other = "-7\tcommon\tlamp\tsys_lamp\n+8\tcommon\tbulb\tsys_bulb\n";
    is(&table("x86", other), &[(How::Removed, "lamp", "x86"), (How::Added, "bulb", "x86")]);
}
