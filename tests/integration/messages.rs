//! `kgrep messages` and `kgrep trace 'text'`: what the kernel can print, before and after files
//! change.

use crate::util::Dir;

const LAMP: &str = "\
#define pr_fmt(fmt) KBUILD_MODNAME \": \" fmt

static void lamp_on(struct device *dev)
{
\tpr_err(\"no light in \"
\t       \"room %d\\n\", 3);
\tdev_warn(dev, \"dim at %#x\\n\", 16);
}
";

const CORE: &str = "\
#define room_printk(level, room, fmt, ...) \\
\tprintk(level \"room %s: \" fmt, (room)->name, ##__VA_ARGS__)

void room_say(struct room *room, const char *fmt, ...)
{
\tstruct va_format vaf;

\tvaf.fmt = fmt;
\tprintk(KERN_NOTICE \"%pV says so\\n\", &vaf);
}

void room_open(struct room *room)
{
\troom_printk(KERN_INFO, room, \"open\\n\");
\troom_say(room, \"the door at %d\", 7);
}
";

fn tree() -> Dir {
    let dir = Dir::new();
    dir.create("Makefile", "VERSION = 6\n");
    dir.create("Kconfig", "\n");
    dir.create("drivers/lamp/Makefile", "obj-$(CONFIG_LAMP) += bulbs.o\nbulbs-y := lamp.o\n");
    dir.create("drivers/lamp/lamp.c", LAMP);
    dir.create("kernel/room.c", CORE);
    dir
}

/// `#define dev_fmt pr_fmt` lost the text of each of the file's messages, and a file's own name was the module's.
#[test]
fn a_prefix_may_be_another_ones_name_and_the_files() {
    let dir = tree();
    let source = "#define pr_fmt(fmt) KBUILD_BASENAME \": \" fmt\n#define dev_fmt pr_fmt\n\
                  void dim(struct device *dev)\n{\n\tdev_err(dev, \"too dark\\n\");\n}\n";
    dir.create("drivers/lamp/Makefile", "obj-y += bulbs.o\nbulbs-y := lamp.o dim-lamp.o\n");
    dir.create("drivers/lamp/dim-lamp.c", source);
    assert_eq!(
        rows(&dir, &["messages", "too dark"]),
        ["drivers/lamp/dim-lamp.c:5 err dim_lamp: too dark"]
    );
}

/// The answer, as `path:line level message`.
fn rows(dir: &Dir, args: &[&str]) -> Vec<String> {
    let all: Vec<&str> = ["--format", "json"].iter().chain(args).copied().collect();
    let json = dir.kgrep(&all).stdout();
    let values = json.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let row = |value: serde_json::Value| {
        let data = &value["data"];
        let columns = &data["columns"];
        let first = columns["level"].as_str().or(columns["sure"].as_str()).unwrap().to_owned();
        format!(
            "{}:{} {first} {}",
            data["path"]["text"].as_str().unwrap(),
            data["line_number"],
            columns["message"].as_str().unwrap()
        )
    };
    values.filter(|value| value["type"] == "match").map(row).collect()
}

#[test]
fn all_messages_are_listed_with_what_macros_put_before_them() {
    let want = [
        "drivers/lamp/lamp.c:5 err bulbs: no light in room %d",
        "drivers/lamp/lamp.c:7 warn dim at %#x",
        "kernel/room.c:9 notice %pV says so",
        "kernel/room.c:14 info room %s: open",
        "kernel/room.c:15 notice the door at %d says so",
    ];
    let got = rows(&tree(), &["messages"]);
    assert_eq!(got, want, "{got:#?}");
}

#[test]
fn messages_are_chosen_by_words_level_and_folder() {
    let dir = tree();
    let lamp = ["drivers/lamp/lamp.c:5 err bulbs: no light in room %d"];
    assert_eq!(rows(&dir, &["messages", "LIGHT|no light"]), lamp);
    assert_eq!(rows(&dir, &["messages", "--level", "err"]), lamp);
    assert_eq!(rows(&dir, &["messages", "--in", "kernel"]).len(), 3);
    assert_eq!(rows(&dir, &["messages", "--in", "./drivers/lamp/lamp.c"]).len(), 2);
    dir.kgrep(&["messages", "--in", "nowhere"]).run().expect_error(&["nowhere"]);
    dir.kgrep(&["messages", "no such words"]).run().expect_code(1);
}

/// The folder is meant from where one is, as a search means it.
#[test]
fn a_folder_of_messages_is_seen_from_here() {
    let dir = tree();
    let json = dir
        .kgrep(&["--format", "json", "messages", "--in", "lamp"])
        .folder(&dir.path("drivers"))
        .stdout();
    assert_eq!(json.matches("\"type\":\"match\"").count(), 2, "{json}");
    dir.kgrep(&["messages", "--in", "kernel"])
        .folder(&dir.path("drivers"))
        .run()
        .expect_error(&["kernel"]);
}

#[test]
fn the_text_of_a_message_leads_to_its_call() {
    let dir = tree();
    assert_eq!(
        rows(&dir, &["trace", "bulbs: no light in room 12"]),
        ["drivers/lamp/lamp.c:5 certain bulbs: no light in room %d"]
    );
    let found = rows(&dir, &["trace", "room hall: open"]);
    assert!(found[0].starts_with("kernel/room.c:14 "), "{found:#?}");
    // A part of one, though another call prints whatever it is given.
    dir.create("kernel/any.c", "void any(const char *s)\n{\n\tpr_info(\"%s in room\\n\", s);\n}\n");
    assert_eq!(
        rows(&dir, &["trace", "light in room"])[..1],
        ["drivers/lamp/lamp.c:5 likely bulbs: no light in room %d"]
    );
    let parts = [
        "kernel/any.c:3 several %s in room",
        "drivers/lamp/lamp.c:5 several bulbs: no light in room %d",
    ];
    let mut got = rows(&dir, &["trace", "in room"]);
    got.sort_unstable_by(|one, other| other.cmp(one));
    assert_eq!(got, parts);
}

/// What a person has of a message is a line with its time, or what was worth writing down.
#[test]
fn a_pasted_line_and_the_end_of_a_message_lead_to_its_call() {
    let dir = tree();
    let sure = ["drivers/lamp/lamp.c:5 certain bulbs: no light in room %d"];
    for text in ["[    1.250000] bulbs: no light in room 12", "<3>bulbs: no light in room 12"] {
        assert_eq!(rows(&dir, &["trace", text]), sure, "{text}");
        assert_eq!(rows(&dir, &["messages", text]), sure, "{text}");
    }
    let source = "void fuse(void)\n{\n\
        \tpr_err(\"room %s: %s fuse of lamp %d blown at %#x\\n\", a, b, 1, 2);\n}\n";
    dir.create("kernel/fuse.c", source);
    for text in [
        "main fuse of lamp 7 blown at 0x1f",
        "fuse of lamp 7 blown at 0x1f",
        "of lamp 7 blown at 0x1f",
    ] {
        let want = ["kernel/fuse.c:3 likely room %s: %s fuse of lamp %d blown at %#x"];
        assert_eq!(rows(&dir, &["trace", text]), want, "{text}");
    }
    dir.kgrep(&["trace", "of lamp 7 blown at night"]).run().expect_code(1);
    // Cut at its end as well, and behind what a program wrote.
    let want = ["kernel/fuse.c:3 likely room %s: %s fuse of lamp %d blown at %#x"];
    assert_eq!(rows(&dir, &["trace", "fuse of lamp 7 blow"]), want);
    assert_eq!(rows(&dir, &["trace", "login: [    1.250000] bulbs: no light in room 12"]), sure);
    // A time alone is no message.
    for text in ["<3>", "> > ", "[    1.250000] "] {
        dir.kgrep(&["messages", text]).run().expect_code(1);
    }
    let limited = "void limit(void)\n{\n\tnet_warn_ratelimited(\"%s: table full, dropping packet\\n\", x);\n}\n";
    dir.create("net/limit.c", limited);
    let want = ["net/limit.c:3 certain %s: table full, dropping packet"];
    assert_eq!(rows(&dir, &["trace", "lamps: table full, dropping packet"]), want);
}

/// Messages are those of the files as they are: at once, and when the index was updated.
#[test]
fn changed_files_count_as_they_are() {
    let dir = tree();
    dir.kgrep(&["index"]).run().expect_code(0);
    let light = || rows(&dir, &["messages", "light|dark"]);
    assert_eq!(light(), ["drivers/lamp/lamp.c:5 err bulbs: no light in room %d"]);
    dir.create("drivers/lamp/lamp.c", LAMP.replace("no light in ", "it is dark in the "));
    let want = ["drivers/lamp/lamp.c:5 err bulbs: it is dark in the room %d"];
    assert_eq!(light(), want, "as the file is now");
    dir.create("drivers/lamp/Makefile", "obj-$(CONFIG_LAMP) += torch.o\ntorch-y := lamp.o\n");
    let want = [want[0].replace("bulbs", "torch")];
    assert_eq!(light(), want, "as the Makefile is now");
    dir.kgrep(&["index"]).run().expect_code(0);
    assert_eq!(light(), want, "after an update");
    // A wrapper in a file that changed decides for files that did not.
    dir.create("kernel/open.c", "void f(void)\n{\n\troom_say(room, \"light on %d\", 1);\n}\n");
    dir.kgrep(&["index"]).run().expect_code(0);
    let on = || rows(&dir, &["messages", "light on"]);
    assert_eq!(on(), ["kernel/open.c:3 notice light on %d says so"]);
    dir.create("kernel/room.c", CORE.replace("%pV says so", "%pV is told"));
    assert_eq!(on(), ["kernel/open.c:3 notice light on %d is told"]);
}

/// A table inside a body may end in column 0, where else only functions end.
#[test]
fn a_table_in_column_0_ends_no_function() {
    let dir = tree();
    let text = "void lamp_walk(void)\n{\n\tconst struct range ranges[] = {\n\t{0, 1},\n\t{0, 0}\n};\n\n\
        \tpr_info(\"walked all lamps\\n\");\n}\n";
    dir.create("drivers/lamp/walk.c", text);
    let got = rows(&dir, &["messages", "walked"]);
    assert_eq!(got, ["drivers/lamp/walk.c:8 info walked all lamps"]);
}

#[test]
fn a_message_is_found_by_what_its_caller_hands_on() {
    let dir = tree();
    let source = "static void end(struct task *task, const char *message)\n{\n\
        \tpr_err(\"%s: Killed process %d (%s) total-vm:%lukB, UID:%u\\n\", message, 1, \"x\", 2, 3);\n}\n\
        void lack(void)\n{\n\tend(current, \"Out of memory\");\n}\n";
    dir.create("mm/kill.c", source);
    for text in [
        "Out of memory: Killed process 123 (x) total-vm:1kB, UID:0",
        "Out of memory: Killed process 123 (x)",
        "Out of memory: Killed process",
    ] {
        let found = rows(&dir, &["messages", text]);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].starts_with("mm/kill.c:3 "), "{text}: {found:?}");
    }
}

/// A message may be one word, or begin as a flag does; of what nothing prints it is said that nothing does.
#[test]
fn any_text_that_is_no_name_is_looked_for_among_messages() {
    let dir = tree();
    let source = "void dump(void)\n{\n\tprintk(\"Lamp-Info:\\n\");\n\
        \tpr_warn(\"---[ end of light %016llx ]---\\n\", 0ULL);\n}\n";
    dir.create("kernel/dump.c", source);
    let word = ["kernel/dump.c:3 likely Lamp-Info:"];
    assert_eq!(rows(&dir, &["trace", "Lamp-Info:"]), word);
    let end = ["kernel/dump.c:4 certain ---[ end of light %016llx ]---"];
    for command in ["trace", "messages"] {
        assert_eq!(rows(&dir, &[command, "---[ end of light 0000000000000000 ]---"]), end);
    }
    let done = dir.kgrep(&["trace", "nothing of the kind"]).run().expect_code(1);
    let said = "no call prints this, and it is no name: nothing of the kind";
    assert_eq!(
        done.stderr(),
        format!("kgrep: {said}; 0 of 6 files have it as text, checked now\n")
    );
}
