//! `kgrep log`: frames, stamps and reports of hand-written logs, on a tree of two files.

use crate::util::{Dir, eqnice};

const LAMP: &str = "\
#include <linux/lamp.h>

static inline void lamp_mark(struct lamp *lamp)
{
\tlamp_note(lamp);
}

static int lamp_write(struct lamp *lamp, int level)
{
\tlamp_note(lamp);
\treturn level;
}

static const struct lamp_ops lamp_ops = {
\t.write = lamp_write,
};

int lamp_set(struct lamp *lamp, int level)
{
\tif (!level)
\t\treturn lamp_off(lamp);
\tlamp_mark(lamp);
\treturn lamp->ops->write(lamp, level);
}

int lamp_all(int level)
{
\treturn lamp_set(&first,
\t\t\tlevel);
}

long lamp_twice(long level)
{
\tlamp_all(1);
\tlevel = lamp_count(level);
\tlevel = lamp_count(level);
\tlevel = lamp_count(level);
\treturn lamp_all(2);
}
";

const NOTE: &str = "\
void lamp_note(struct lamp *lamp)
{
\tdump_stack();
}
";

const HEADER: &str = "\
struct lamp_ops {
\tint (*write)(struct lamp *lamp, int level);
};

struct lamp {
\tconst struct lamp_ops *ops;
};
";

const MAINTAINERS: &str = "\
LAMPS
M:\tLara Lamp <lara@example.org>
L:\tlamps@example.org
F:\tdrivers/lamp/
";

const OOPS: &str = "\
[    1.000001] lamp: ready
[    1.000002] BUG: kernel NULL pointer dereference, address: 0000000000000018
[    1.000003] CPU: 0 UID: 0 PID: 1 Comm: init Tainted: G           O       6.1.0 #1
[    1.000004] RIP: 0010:lamp_note+0x5/0x20
[    1.000005] RSP: 0018:ffff800000013c30 EFLAGS: 00000246
[    1.000006] Call Trace:
[    1.000007]  <TASK>
[    1.000008]  lamp_set+0x18/0x30
[    1.000009]  ? lamp_write+0x2/0x10
[    1.000010]  lamp_all+0x8/0x10 [lamp]
[    1.000011]  lamp_twice+0x38/0x40
[    1.000012]  no_such_thing+0x1/0x2
[    1.000013]  </TASK>
[    1.000014] ---[ end trace 0000000000000000 ]---
Killed
";

pub(crate) fn tree() -> Dir {
    let dir = Dir::new();
    dir.create("Makefile", "VERSION = 6\n");
    dir.create("Kconfig", "\n");
    dir.create("MAINTAINERS", MAINTAINERS);
    dir.create("drivers/lamp/lamp.c", LAMP);
    dir.create("drivers/lamp/note.c", NOTE);
    dir.create("include/linux/lamp.h", HEADER);
    dir
}

/// The matches of a log's answer, as JSON has them.
pub(crate) fn matches(dir: &Dir, args: &[&str], log: &str) -> Vec<serde_json::Value> {
    let all: Vec<&str> = ["log", "--format", "json"].iter().chain(args).copied().collect();
    let json = dir.kgrep(&all).input(log).stdout();
    let values = json.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    values.filter(|value| value["type"] == "match").collect()
}

/// One of them, as `log line: path:line` and these of its columns.
pub(crate) fn row(value: &serde_json::Value, columns: &[&str]) -> String {
    let data = &value["data"];
    let column = |name: &&str| data["columns"][*name].as_str().unwrap().to_owned();
    let columns: Vec<String> = columns.iter().map(column).collect();
    let place = data["path"]["text"].as_str().unwrap_or_default();
    let (line, columns) = (&data["line_number"], columns.join(", "));
    format!("{}: {place}:{line} {columns}", column(&"log"))
}

/// The rows of the log, as `log line: path:line how`.
fn rows(dir: &Dir, args: &[&str], log: &str) -> Vec<String> {
    matches(dir, args, log).iter().map(|value| row(value, &["how"])).collect()
}

#[test]
fn a_frame_is_at_the_call_of_the_frame_above_it() {
    let got = rows(&tree(), &["--only", "frames"], OOPS);
    let want = [
        "4: drivers/lamp/note.c:1 function",
        "8: drivers/lamp/lamp.c:22 through lamp_mark",
        "9: drivers/lamp/lamp.c:8 function, perhaps left over",
        "10: drivers/lamp/lamp.c:28 call",
        "11: drivers/lamp/lamp.c:38 call, one of several places",
        "11: drivers/lamp/lamp.c:34 call, one of several places",
        "12: <stdin>:12 nothing here",
    ];
    assert_eq!(got, want, "{got:#?}");
}

#[test]
fn a_call_through_a_table_is_found_by_its_field() {
    let log = " Call Trace:\n lamp_write+0x1/0x10\n lamp_set+0x28/0x30\n";
    let got = rows(&tree(), &["--only", "frames"], log);
    assert_eq!(got[1], "3: drivers/lamp/lamp.c:23 through the field write", "{got:#?}");
}

#[test]
fn what_is_made_of_an_event_is_the_event() {
    let dir = tree();
    dir.create(
        "include/trace/events/lamp.h",
        "DECLARE_EVENT_CLASS(lamp_template,\n\tTP_PROTO(int a),\n\tTP_ARGS(a));\n\n\
         TRACE_EVENT(lamp_lit,\n\tTP_PROTO(int a),\n\tTP_ARGS(a));\n",
    );
    let (event, class) = ("include/trace/events/lamp.h:5", "include/trace/events/lamp.h:1");
    let made = [
        ("__traceiter_lamp_lit", event),
        ("__probestub_lamp_lit", event),
        ("__do_trace_lamp_lit", event),
        ("do_perf_trace_lamp_lit", event),
        ("trace_event_raw_event_lamp_lit", event),
        ("perf_trace_lamp_template", class),
        ("do_perf_trace_lamp_template", class),
        ("do_trace_event_raw_event_lamp_template", class),
        ("trace_raw_output_lamp_template", class),
        ("__bpf_trace_lamp_template", class),
    ];
    let frames = made.iter().map(|(name, _)| format!(" {name}+0x1/0x10\n"));
    let log = format!(" Call Trace:\n{}", frames.collect::<String>());
    let got = rows(&dir, &["--only", "frames"], &log);
    for (at, (name, place)) in made.iter().enumerate() {
        assert!(got[at].starts_with(&format!("{}: {place} ", at + 2)), "{name}: {got:#?}");
    }
}

#[test]
fn a_stamp_is_the_place_that_it_names() {
    let log = "WARNING: CPU: 1 PID: 1 at /build/x/drivers/lamp/lamp.c:23 lamp_set+0x5/0x20\n\
        kernel BUG at drivers/lamp/note.c:3!\nkernel BUG at drivers/lamp/gone.c:3!\n";
    let got = rows(&tree(), &["--only", "frames"], log);
    assert_eq!(got[0], "1: drivers/lamp/lamp.c:23 as it says", "{got:#?}");
    assert!(got.contains(&"2: drivers/lamp/note.c:3 as it says".to_owned()), "{got:#?}");
    assert!(!got.iter().any(|row| row.starts_with("3:")), "{got:#?}");
}

#[test]
fn a_report_has_a_head() {
    let told = tree().kgrep(&["log", "--only", "reports", "--no-header"]).input(OOPS).stdout();
    assert!(told.contains("oops: BUG: kernel NULL pointer dereference"), "{told}");
    for words in ["lamp_note", "LAMPS", "Lara Lamp <lara@example.org>", "lamps@example.org"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains("lamp: ready") && !told.contains("Killed"), "{told}");
}

#[test]
fn all_lines_are_told_in_order_and_followed_up() {
    let dir = tree();
    dir.create("panic.txt", OOPS);
    let told = dir.kgrep(&["log", "panic.txt"]).stdout();
    assert!(told.find("lamp: ready") < told.find("no_such_thing"), "{told}");
    assert!(told.contains("Killed"), "{told}");
    let number = told.lines().find(|line| line.contains("lamp_all+0x8")).unwrap();
    let number = number.split_whitespace().next().unwrap();
    let line = dir.kgrep(&["--no-header", "-s", &format!("p {number}")]).stdout();
    assert!(line.contains("return lamp_set(&first,"), "{line}");
}

#[test]
fn prefixes_of_all_loggers_lead_to_the_same_place() {
    let dir = tree();
    let prefixes = [
        "",
        "[    1.5] ",
        "<4>[    1.000000] ",
        "[    1.000000][  T42] ",
        "Jan  2 03:04:05 host kernel: [    1.000000] ",
        "> [    1.000000] ",
        "4,12,1000000,-;",
        "kern  :warn  : [    1.000000] ",
        "2026-01-02T03:04:05+00:00 host kernel: ",
    ];
    for prefix in prefixes {
        let log = format!(
            "{prefix}Call Trace:\r\n{prefix} lamp_set+0x1/0x10\r\n{prefix} lamp_all+0x8/0x10\r\n"
        );
        let got = rows(&dir, &["--only", "frames"], &log);
        assert_eq!(got[1], "3: drivers/lamp/lamp.c:28 call", "{prefix:?}: {got:#?}");
    }
}

#[test]
fn odd_input_is_no_reason_to_stop() {
    let dir = tree();
    let said = |args: &[&str], log: &str| {
        dir.kgrep(&[&["log"], args].concat()).input(log).run().expect_code(1).stderr()
    };
    eqnice!("kgrep: <stdin>: nothing to read: no line has text\n", said(&[], ""));
    eqnice!(
        "kgrep: <stdin>: nothing to read: no line has text\n",
        said(&["--only", "frames"], "\n \n")
    );
    let line = "no light in the hall\n";
    eqnice!(
        "kgrep: <stdin>: no stack frame and no place in the source\n",
        said(&["--only", "frames"], line)
    );
    eqnice!(
        "kgrep: <stdin>: no oops, warning, panic or the like\n",
        said(&["--only", "reports"], line)
    );
    dir.kgrep(&["log"])
        .input([0u8, 255, 13, 27, 91, 10, 43, 48, 120].to_vec())
        .run()
        .expect_code(1);
    dir.kgrep(&["log", "missing.txt"]).run().expect_error(&["missing.txt"]);
}

/// Which instruction of a function failed, no text says; which lines can have, it does.
#[test]
fn an_instruction_pointer_has_the_lines_that_access_memory() {
    let log = "BUG: kernel NULL pointer dereference, address: 0000000000000018\n\
        RIP: 0010:lamp_set+0x28/0x30\n";
    let got = rows(&tree(), &["--only", "frames"], log);
    let want = ["2: drivers/lamp/lamp.c:18 function", "2: drivers/lamp/lamp.c:23 accesses memory"];
    assert_eq!(got, want, "{got:#?}");
    // It was not memory that failed.
    let got = rows(&tree(), &["--only", "frames"], &log.replace("BUG: kernel NULL", "Oops: no"));
    assert_eq!(got, want[..1], "{got:#?}");
}

/// A bug's or a warning's own line is where the instruction pointer was.
#[test]
fn an_instruction_pointer_is_where_the_report_says() {
    let log = "kernel BUG at drivers/lamp/lamp.c:22!\nRIP: 0010:lamp_set+0x28/0x30\n\
        RIP: 0010:lamp_all+0x28/0x30\n";
    let got = rows(&tree(), &["--only", "frames"], log);
    let want = [
        "1: drivers/lamp/lamp.c:22 as it says",
        "2: drivers/lamp/lamp.c:22 as it says",
        "2: drivers/lamp/lamp.c:18 function",
        "3: drivers/lamp/lamp.c:26 function",
    ];
    assert_eq!(got, want, "{got:#?}");
}

#[test]
fn a_head_says_what_the_file_is_built_as_and_that_versions_differ() {
    let dir = tree();
    dir.create(
        "drivers/lamp/Makefile",
        "obj-$(CONFIG_LAMPS) += lamps.o\nlamps-y := note.o lamp.o\n",
    );
    dir.create("Makefile", "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 7\n");
    let told = dir.kgrep(&["log", "--only", "reports", "--no-header"]).input(OOPS).stdout();
    assert!(told.contains("CONFIG_LAMPS: lamps"), "{told}");
    assert!(told.contains("6.1.0 (this tree: 6.1.7), 1 of 6 frames missing"), "{told}");
    dir.create("Makefile", "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 0\n");
    let told = dir.kgrep(&["log", "--only", "reports", "--no-header"]).input(OOPS).stdout();
    assert!(!told.contains("this tree"), "{told}");
}

/// What is said of a report has its own key: a line's places are those of the line.
#[test]
fn heads_are_no_lines_of_the_log() {
    let json = tree().kgrep(&["log", "--format", "json"]).input(OOPS).stdout();
    let values = json.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let data = values.filter(|value| value["type"] == "match").map(|value| value["data"].clone());
    let (heads, lines): (Vec<_>, Vec<_>) = data.partition(|data| data["log"].is_null());
    let reports = heads.iter().filter(|data| data["report"]["line"] == 2);
    assert!(reports.count() >= 4, "{json}");
    let subsystem = heads.iter().find(|data| data["report"]["about"] == "subsystem").unwrap();
    assert_eq!(subsystem["report"]["text"], "LAMPS");
    assert!(lines.iter().all(|data| data["report"].is_null()), "{json}");
    assert!(lines.iter().all(|data| data["log"]["what"] != "report"), "{json}");
}

/// Of many calls that fit alike a few are shown; data has more.
#[test]
fn of_many_calls_that_could_have_printed_a_line_three_are_shown() {
    let dir = tree();
    for room in 1..6 {
        let text =
            format!("void lamp_{room}(void)\n{{\n\tpr_err(\"no light in the hall\\n\");\n}}\n");
        dir.create(&format!("drivers/lamp/room{room}.c"), text);
    }
    let json = dir.kgrep(&["log", "--format", "json"]).input("no light in the hall\n").stdout();
    let values = json.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let rows: Vec<_> = values.filter(|value| value["type"] == "match").collect();
    assert_eq!(rows.len(), 3, "{json}");
    let places = rows[0]["data"]["log"]["places"].as_array().unwrap();
    assert_eq!(places.len(), 5, "{json}");
    assert!(places.iter().all(|place| place["sure"] == "several"), "{json}");
}

/// `lamp_dump()` ends in the call, and so leaves no frame; the pointer leads elsewhere.
#[test]
fn a_function_that_ends_in_the_call_stands_between_rather_than_a_pointer() {
    let dir = tree();
    let dumps = "void lamp_dump_lvl(int level)\n{\n\tlamp_note(level);\n}\n\n\
                 void lamp_dump(void)\n{\n\tlamp_dump_lvl(1);\n}\n";
    dir.create("lib/dump.c", dumps);
    let panics =
        "void lamp_panic(struct lamp *lamp)\n{\n\tlamp->ops->write(lamp, 1);\n\tlamp_dump();\n}\n";
    dir.create("drivers/lamp/panic.c", panics);
    let log = " Call Trace:\n lamp_dump_lvl+0x1/0x10\n lamp_panic+0x8/0x10\n";
    let got = rows(&dir, &["--only", "frames"], log);
    assert_eq!(got[1..], ["3: drivers/lamp/panic.c:4 through lamp_dump"]);
}

/// `do_syscall_64()` tries one table, then, on the same line, another.
#[test]
fn of_two_ways_on_one_line_the_first_comes_first() {
    let dir = tree();
    let source = "static bool try_new(void)\n{\n\treturn lamp_dim(1);\n}\n\n\
                  static bool try_aged(void)\n{\n\treturn lamp_dim(2);\n}\n\n\
                  void lamp_try(void)\n{\n\tif (!try_new() && !try_aged())\n\t\tlamp_fail();\n}\n";
    dir.create("drivers/lamp/try.c", source);
    dir.create("drivers/lamp/dim.c", "bool lamp_dim(int by)\n{\n\treturn by;\n}\n");
    let log = " Call Trace:\n lamp_dim+0x1/0x10\n lamp_try+0x8/0x10\n";
    let got = rows(&dir, &["--only", "frames"], log);
    assert_eq!(got[1..], ["3: drivers/lamp/try.c:13 through try_new"]);
}

/// More lines than are read at once: a trace goes on from one part to the next.
#[test]
fn a_long_log_is_one_log() {
    let mut log = "filler\n".repeat(4094);
    log.push_str(" Call Trace:\n lamp_set+0x1/0x10\n lamp_all+0x8/0x10\n");
    let got = rows(&tree(), &["--only", "frames"], &log);
    let want =
        ["4096: drivers/lamp/lamp.c:23 through a pointer", "4097: drivers/lamp/lamp.c:28 call"];
    assert_eq!(got, want);
}

/// A log is read with the `arch/` that wrote it, unless the user has named one.
#[test]
fn a_log_tells_its_architecture() {
    let dir = tree();
    for arch in ["x86", "arm64"] {
        let text = format!(
            "void lamp_{arch}(void)\n{{\n}}\n\nvoid lamp_enter(void)\n{{\n\tlamp_{arch}();\n}}\n"
        );
        dir.create(&format!("arch/{arch}/kernel/lamp.c"), text);
    }
    let log = "Call trace:\n lamp_arm64+0x1/0x10\n lamp_enter+0x8/0x10\n";
    let pstate = format!("pstate: 60400005 (nZCv daif)\n{log}");
    let got = rows(&dir, &["--only", "frames"], &pstate);
    assert_eq!(got[1], "4: arch/arm64/kernel/lamp.c:7 call", "{got:#?}");
    let got = rows(&dir, &["--only", "frames", "--arch", "x86"], &pstate);
    assert_eq!(got[1], "4: arch/x86/kernel/lamp.c:5 function", "{got:#?}");
}

/// As grep: 1 for nothing, though the log's own lines are listed.
#[test]
fn a_log_of_which_the_tree_has_nothing_is_nothing_found() {
    let dir = tree();
    let status = |log: &str| dir.kgrep(&["log"]).input(log).run().code();
    assert_eq!(status("Call Trace:\n no_such+0x1/0x10\n hello there\n"), 1);
    assert_eq!(status("nothing that anybody prints\n"), 1);
    assert_eq!(status("\n"), 1);
    assert_eq!(status("Call Trace:\n no_such+0x1/0x10\n lamp_all+0x8/0x10\n"), 0);
}
