//! Rows of `kgrep log`: to which report they belong, which architecture they are of, and how they
//! look in a pipe and on a terminal.

use crate::log::{matches, row, tree};
use crate::screens::screen;
use crate::util::{Dir, eqnice};

/// What of an answer's rows each line of the log begins, without places: `section | line | text`.
fn sections(dir: &Dir, log: &str) -> Vec<String> {
    let rows = matches(dir, &[], log);
    let lines = rows.iter().filter(|value| !value["data"]["log"].is_null()).map(|value| {
        let section = value["data"]["section"].as_str().unwrap_or_default();
        let columns = &value["data"]["columns"];
        let cell = |name: &str| columns[name].as_str().unwrap_or_default();
        format!("{section} | {} | {}", cell("log"), cell("text"))
    });
    lines.collect()
}

/// Nothing said where such a report ended: all that followed, up to its twelfth line, was its own.
#[test]
fn what_follows_a_report_of_one_line_is_no_part_of_it() {
    let log = "\
[    1.000001] BUG: Bad rss-counter state of a lamp
[    1.000002] lamp: ready
[    1.000003] host kernel: lamp: dim
[    2.000001] BUG: kernel NULL pointer dereference, address: 0000000000000018
[    2.000002] lamp 3 is dark
[    2.000003] CPU: 0 UID: 0 PID: 1 Comm: init Not tainted 6.1.0 #1
[    2.000004]  lamp_set+0x18/0x30
[    2.000005] lamp: off
";
    let got = sections(&tree(), log);
    let bad = "bad-page: BUG: Bad rss-counter state of a lamp (line 1)";
    let oops = "oops: BUG: kernel NULL pointer dereference, address: 0000000000000018 (line 4)";
    let want = [
        format!("{bad} | 1 | BUG: Bad rss-counter state of a lamp"),
        "Messages | 2 | lamp: ready".to_owned(),
        "Messages | 3 | lamp: dim".to_owned(),
        format!("{oops} | 4 | BUG: kernel NULL pointer dereference, address: 0000000000000018"),
        format!("{oops} | 5 | lamp 3 is dark"),
        format!("{oops} | 6 | CPU: 0 UID: 0 PID: 1 Comm: init Not tainted 6.1.0 #1"),
        format!("{oops} | 7 | lamp_set+0x18/0x30"),
        "Messages | 8 | lamp: off".to_owned(),
    ];
    assert_eq!(got, want, "{got:#?}");
}

/// A report without a trace took in the next one.
#[test]
fn a_report_without_a_trace_ends_where_the_next_begins() {
    let log = "\
[    1.000001] WARNING: CPU: 0 PID: 1 at drivers/none.c:7 none
[    1.000002] ---[ end trace 0000000000000000 ]---
[    2.000001] BUG: kernel NULL pointer dereference, address: 0000000000000018
[    2.000002]  lamp_set+0x18/0x30
[    3.000001] INFO: task lampd:7 blocked for more than 120 seconds.
[    3.000002] INFO: task belld:8 blocked for more than 120 seconds.
";
    let got = sections(&tree(), log);
    let titles = [
        "warning: WARNING: CPU: 0 PID: 1 at drivers/none.c:7 none (line 1)",
        "oops: BUG: kernel NULL pointer dereference, address: 0000000000000018 (line 3)",
        "hung-task: INFO: task lampd:7 blocked for more than 120 seconds. (line 5)",
        "hung-task: INFO: task belld:8 blocked for more than 120 seconds. (line 6)",
    ];
    let want = [
        format!("{} | 1 | WARNING: CPU: 0 PID: 1 at drivers/none.c:7 none", titles[0]),
        format!("{} | 2 | ---[ end trace 0000000000000000 ]---", titles[0]),
        format!(
            "{} | 3 | BUG: kernel NULL pointer dereference, address: 0000000000000018",
            titles[1]
        ),
        format!("{} | 4 | lamp_set+0x18/0x30", titles[1]),
        format!("{} | 5 | INFO: task lampd:7 blocked for more than 120 seconds.", titles[2]),
        format!("{} | 6 | INFO: task belld:8 blocked for more than 120 seconds.", titles[3]),
    ];
    assert_eq!(got, want, "{got:#?}");
}

/// Where something hangs, who waits is of interest; a message may name who prints it.
#[test]
fn what_hangs_is_where_it_waits_and_a_printer_may_be_named() {
    let dir = tree();
    let text = "void mutex_lock(struct mutex *lock)\n{\n\tschedule();\n}\n\
        void bell_ring(struct bell *bell)\n{\n\tmutex_lock(&bell->lock);\n}\n";
    dir.create("drivers/bell/bell.c", text);
    let log = "\
[    1.000001] INFO: task lampd:7 blocked for more than 120 seconds.
[    1.000002] Call Trace:
[    1.000003]  mutex_lock+0x3/0x10
[    1.000004]  bell_ring+0x8/0x10
[    1.000005]  </TASK>
[    2.000001] [drm:bell_ring [bell]] *ERROR* it is silent
[    2.000002] ACPI Error: No bell in [HALL] (20250101/bellinit-2)
";
    dir.create("drivers/acpi/acpica/bellinit.c", "/* The\n   bell. */\n");
    let rows = matches(&dir, &[], log);
    let row = |value: &serde_json::Value| {
        let (data, columns) = (&value["data"], &value["data"]["columns"]);
        let cell = |name: &str| columns[name].as_str().unwrap_or_default().to_owned();
        let path = data["path"]["text"].as_str().unwrap_or_default();
        format!("{path}:{} | {} | {}", data["line_number"], cell("text"), cell("how"))
    };
    let got: Vec<String> = rows.iter().map(row).filter(|row| row.starts_with("drivers/")).collect();
    let want = [
        "drivers/bell/bell.c:7 | where: bell_ring | ",
        "drivers/bell/bell.c:3 | mutex_lock+0x3/0x10 | through a pointer",
        "drivers/bell/bell.c:7 | bell_ring+0x8/0x10 | call",
        "drivers/bell/bell.c:5 | [drm:bell_ring [bell]] *ERROR* it is silent | function",
        "drivers/acpi/acpica/bellinit.c:2 | ACPI Error: No bell in [HALL] (20250101/bellinit-2) | as it says",
    ];
    assert_eq!(got, want, "{got:#?}");
}

/// Programs write while a report is being printed; their lines came before it.
#[test]
fn lines_stay_in_the_logs_order() {
    let log = "\
[    1.000001] BUG: Bad rss-counter state of a lamp
[    1.000002] lamp: ready
Jan  2 03:04:05 host systemd[1]: Started a lamp.
[    1.000003] lamp: dim
Jan  2 03:04:05 host systemd[1]: Started another.
";
    let dir = tree();
    dir.create("drivers/lamp/dim.c", "void dim(void)\n{\n\tpr_info(\"lamp: dim\\n\");\n}\n");
    let got: Vec<String> = sections(&dir, log)
        .iter()
        .map(|row| row.split(" | ").nth(1).unwrap_or_default().to_owned())
        .collect();
    assert_eq!(got, ["1", "2", "3", "4", "5"]);
}

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

const LOG: &str = "\
[    1.000002] BUG: kernel NULL pointer dereference, address: 0000000000000018
[    1.000004] RIP: 0010:lamp_set+0x28/0x30
[    1.000006] Call Trace:
[    1.000008]  lamp_write+0x18/0x30
[    1.000008]  lamp_set+0x18/0x30
[    1.000010]  lamp_all+0x8/0x10 [lamp]
[    1.000014] ---[ end trace 0000000000000000 ]---
Killed
";

/// In a pipe a row is a line.
#[test]
fn each_row_says_which_line_it_is_about() {
    let told = tree().kgrep(&["log", "--only", "frames"]).input(LOG).stdout();
    let want = "\
Index File                Line Log Text                         Function   How                     Content

oops: BUG: kernel NULL pointer dereference, address: 0000000000000018 (line 1)
    0 drivers/lamp/lamp.c   18   2 RIP: 0010:lamp_set+0x28/0x30 lamp_set   function                int lamp_set(struct lamp *lamp, int level)
    1 drivers/lamp/lamp.c   23   2 (the same line)              lamp_set   accesses memory         return lamp->ops->write(lamp, level);
    2 drivers/lamp/lamp.c    8   4 lamp_write+0x18/0x30         lamp_write function                static int lamp_write(struct lamp *lamp, int level)
    3 drivers/lamp/lamp.c   23   5 lamp_set+0x18/0x30           lamp_set   through the field write return lamp->ops->write(lamp, level);
    4 drivers/lamp/lamp.c   28   6 lamp_all+0x8/0x10 [lamp]     lamp_all   call                    return lamp_set(&first,
";
    eqnice!(want, told);
}

/// Text, place and source have columns of their own, and nothing is cut that has room below.
#[test]
fn rows_line_up_on_a_terminal() {
    let dir = tree();
    dir.create("oops.txt", LOG);
    for width in [80, 110, 160] {
        let rows = screen(&dir, &["log", "oops.txt"], width);
        insta::assert_snapshot!(format!("log-{width}"), rows.join("\n"));
    }
}

/// Another processor prints in the midst of a trace: that is no reason to end the report.
#[test]
fn another_callers_line_stands_apart() {
    let log = "\
[    1.000002][   T42] BUG: kernel NULL pointer dereference, address: 0000000000000018
[    1.000006][   T42] Call Trace:
[    1.000007][    C1] lamp: flickers
[    1.000008][   T42]  lamp_write+0x18/0x30
[    1.000009][    C1] lamp: flickers again
[    1.000010][   T42]  lamp_set+0x18/0x30
[    1.000011][   T42] lamp: off
";
    let lines = |log: &str| -> Vec<String> {
        let rows = sections(&tree(), log);
        let word = |row: &String| row.split([':', ' ']).next().unwrap_or_default().to_owned();
        let line = |row: &String| row.split(" | ").nth(1).unwrap_or_default().to_owned();
        rows.iter().map(|row| format!("{} {}", word(row), line(row))).collect()
    };
    let want = ["oops 1", "oops 2", "oops 4", "oops 6", "Messages 3", "Messages 5", "Messages 7"];
    assert_eq!(lines(log), want);
    // Where nothing says whose they are, they stay where they are.
    let plain = log.replace("[   T42]", "").replace("[    C1]", "");
    let want = ["oops 1", "oops 2", "oops 3", "oops 4", "oops 5", "oops 6", "Messages 7"];
    assert_eq!(lines(&plain), want);
}
