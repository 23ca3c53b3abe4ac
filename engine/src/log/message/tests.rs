//! Messages of small trees: what is known of each call, and which call a line came from.

use kgrep_index::graph::{Arch, Builder, Graph};
use kgrep_index::idiom::Idioms;
use kgrep_index::outline::outline;

use super::*;
use crate::log::Sure;

/// The messages of these files.
fn messages(files: &[(&str, &str)]) -> Messages {
    let (idioms, builder) = (Idioms::built_in(), Builder::new());
    for (path, text) in files {
        builder.add(path.as_bytes(), &outline(path.as_bytes(), text.as_bytes(), &idioms));
    }
    let sections = builder.finish(&idioms);
    Messages::of(&Graph::from_sections(&sections).unwrap(), &|_| None)
}

/// Each message as `function level format`.
fn summaries(messages: &Messages) -> Vec<String> {
    let all = messages.all().map(|message| {
        let level = message.level.map_or('-', char::from);
        let format = [format_text(message.head), message.format()].concat();
        let function = String::from_utf8_lossy(message.function);
        format!("{function} {level} {}", String::from_utf8_lossy(&format).trim_end())
    });
    all.collect()
}

/// The first call that could have printed `text`.
fn first(messages: &Messages, text: &str) -> Option<(String, u32, Sure)> {
    let found = messages.printed(text.as_bytes(), &LineContext::default());
    found.first().map(|found| {
        (String::from_utf8_lossy(&found.function).into_owned(), found.line, found.sure)
    })
}

const LAMP: &str = "#define pr_fmt(fmt) KBUILD_MODNAME \": \" fmt
#define NAME \"the lamp\"
static void lamp_on(struct device *dev)
{
\tpr_err(\"no light in \"
\t       NAME \" (%d)\\n\", 3);
\tdev_warn(dev, \"dim at %#x\\n\", 16);
\tpanic(\"darkness in room %u\", 7);
}
";

#[test]
fn split_texts_macros_and_prefixes_are_put_together() {
    let lamp = messages(&[("drivers/lamp/lamp-core.c", LAMP)]);
    assert_eq!(
        summaries(&lamp),
        [
            "lamp_on 3 lamp_core: no light in the lamp (%d)",
            "lamp_on 4 %s %s: dim at %#x",
            "lamp_on 0 Kernel panic - not syncing: darkness in room %u",
        ]
    );
    let place = |line, sure| Some(("lamp_on".to_owned(), line, sure));
    assert_eq!(first(&lamp, "lamp_core: no light in the lamp (-5)"), place(5, Sure::Certain));
    assert_eq!(
        first(&lamp, "Kernel panic - not syncing: darkness in room 12"),
        place(8, Sure::Certain)
    );
    assert_eq!(first(&lamp, "lamp 0000:00:01.0: dim at 0x1f").map(|found| found.1), Some(7));
    assert_eq!(first(&lamp, "something else in the log"), None);
}

/// What `%s` alone prints is the text that its argument stands for, in the file or beside it.
#[test]
fn a_text_may_be_a_variable() {
    let banner = "const char lamp_banner[] =\n\t\"Lamp version \" RELEASE \" (\" MAKER \")\\n\";\n";
    let main = "static char lamp_name[] __initdata = \"the lamp of the hall\";
void lamp_start(const char *lamp_banner_of)
{
\tpr_notice(\"%s\", lamp_banner);
\tpr_info(\"%s\\n\", lamp_name);
\tpr_info(\"%s\\n\", lamp_banner_of);
}
";
    let other = "void lamp_other(void)\n{\n\tpr_notice(\"%s\", lamp_banner);\n}\n";
    // Another file's static text is not this one's variable.
    let own = "static const char version[] = \"the lamp of the hall, revision 1\";\n#define lower \"dark\"\n";
    let local =
        "void lamp_say(void)\n{\n\tpr_info(\"%s\\n\", version);\n\tpr_info(\"%s\\n\", lower);\n}\n";
    let apart = messages(&[("drivers/lamp/own.c", own), ("drivers/lamp/say.c", local)]);
    assert_eq!(summaries(&apart), ["lamp_say 6 %s", "lamp_say 6 %s"]);
    let lamp = messages(&[
        ("drivers/lamp/banner.c", banner),
        ("drivers/lamp/main.c", main),
        ("drivers/other/other.c", other),
    ]);
    assert_eq!(
        summaries(&lamp),
        [
            "lamp_start 5 Lamp version %s (%s)",
            "lamp_start 6 the lamp of the hall",
            "lamp_start 6 %s",
            "lamp_other 5 %s",
        ]
    );
    let found = first(&lamp, "Lamp version 6.12 (me@here)").map(|found| (found.0, found.1));
    assert_eq!(found, Some(("lamp_start".to_owned(), 4)));
}

/// A file system's own functions print most of its messages.
#[test]
fn wrappers_are_followed_through_macros_and_functions() {
    let header = "#define LAMP_PREFIX \"%sLAMP-fs (%s): \"
void _lamp_msg(struct super_block *sb, const char *level, const char *fmt, ...);
#define lamp_msg(sb, level, fmt, args...) do { _lamp_msg(sb, level, fmt, ##args); } while (0)
#define lamp_err(sb, fmt, ...) lamp_msg(sb, KERN_ERR, \"error: \" fmt, ##__VA_ARGS__)
";
    let misc = "#include \"lamp.h\"
void _lamp_msg(struct super_block *sb, const char *level, const char *fmt, ...)
{
\tstruct va_format vaf;
\tvaf.fmt = fmt;
\t_printk(LAMP_PREFIX \"%pV\\n\", level, sb->s_id, &vaf);
}
";
    let inode = "#include \"lamp.h\"
static int lamp_fill(struct super_block *sb)
{
\tlamp_msg(sb, KERN_WARNING, \"bulb %s not found\", name);
\tlamp_err(sb, \"no socket for %d\", 3);
}
";
    let lamp = messages(&[
        ("fs/lamp/lamp.h", header),
        ("fs/lamp/misc.c", misc),
        ("fs/lamp/inode.c", inode),
    ]);
    let all = summaries(&lamp);
    assert!(all.contains(&"lamp_fill 4 %sLAMP-fs (%s): bulb %s not found".to_owned()), "{all:?}");
    assert!(all.contains(&"lamp_fill 3 %sLAMP-fs (%s): error: no socket for %d".to_owned()));
    let found = first(&lamp, "LAMP-fs (sda1): bulb halogen not found");
    assert_eq!(found.map(|found| (found.0, found.1)), Some(("lamp_fill".to_owned(), 4)));
}

#[test]
fn each_file_has_its_own_macro_of_a_name() {
    let own = |name: &str| {
        format!(
            "#define DBG(fmt, ...) printk(KERN_INFO \"{name}: \" fmt, ##__VA_ARGS__)
void {name}(void)
{{
\tDBG(\"started as %d\\n\", 1);
}}
"
        )
    };
    let (one, two) = (own("one"), own("two"));
    let both = messages(&[("a/one.c", &one), ("b/two.c", &two)]);
    assert_eq!(summaries(&both), ["one 6 one: started as %d", "two 6 two: started as %d"]);
    assert_eq!(first(&both, "two: started as 4").map(|found| found.0), Some("two".to_owned()));
}

/// A header prints as the file does that includes it, be it through another header.
#[test]
fn a_header_prints_as_what_includes_it() {
    let source = "#define pr_fmt(fmt) KBUILD_MODNAME \": \" fmt\n#include \"one.h\"\n";
    let one = "#include \"two.h\"\n#define ONE \"a b\"\n";
    let two = "static int find(void)\n{\n\tpr_info(\"port %d\\n\", 1);\n}\n";
    let lamp =
        messages(&[("d/lamp.c", source), ("d/one.h", one), ("d/two.h", two), ("e/two.h", two)]);
    assert_eq!(summaries(&lamp), ["find 6 lamp: port %d", "find 6 port %d"]);
}

/// What a line has where numbers are to be, tells formats with nearly the same words apart.
#[test]
fn numbers_are_evidence() {
    let source = "void one(void)\n{\n\tprintk(\"port: %s goes at %s\\n\", a, b);\n}
void two(void)\n{\n\tprintk(\"port: %s at %#lx irq %d\\n\", a, b, c);\n}\n";
    let lamp = messages(&[("d/port.c", source)]);
    let found = first(&lamp, "port: this goes at 0x60 irq 1").map(|found| found.0);
    assert_eq!(found, Some("two".to_owned()));
}

/// A program's name and number are no kernel's: whatever else fits is not certain.
#[test]
fn what_a_program_wrote_is_not_claimed_for_certain() {
    let text = "static void lamp_on(void)\n{\n\tpr_err(\"%s: Failed to start %s\\n\", a, b);\n\
        \tpr_err(\"%s[%d]: lamp broken at %lx\\n\", comm, pid, ip);\n}\n";
    let lamp = messages(&[("drivers/lamp/lamp.c", text)]);
    let sure = |text: &str| first(&lamp, text).map(|(_, line, sure)| (line, sure));
    assert_eq!(sure("lamp: Failed to start it"), Some((3, Sure::Certain)));
    assert_ne!(sure("systemd[1]: Failed to start it").map(|(_, sure)| sure), Some(Sure::Certain));
    assert_eq!(sure("lampd[42]: lamp broken at 7f00"), Some((4, Sure::Certain)));
}

/// A context that has no log prints with or without a prefix, which one function knows.
#[test]
fn a_prefix_that_may_be_empty_is_weaker_than_the_format_that_has_it() {
    let context = "void logfc(struct fc_log *log, const char *prefix, char level, const char *fmt, ...)\n\
        {\n\tstruct va_format vaf = {.fmt = fmt};\n\n\
        \tprintk(KERN_ERR \"%s%s%pV\\n\", prefix ? prefix : \"\", prefix ? \": \" : \"\", &vaf);\n}\n\
        int parse(struct fs_context *fc)\n{\n\
        \treturn invalf(fc, \"%s: Unknown parameter '%s'\", fc->name, key);\n}\n";
    let header = "#define __logfc(fc, l, fmt, ...) logfc((fc)->log.log, NULL, l, fmt, ## __VA_ARGS__)\n\
        #define __plog(p, l, fmt, ...) logfc((p)->log, (p)->prefix, l, fmt, ## __VA_ARGS__)\n\
        #define errorf(fc, fmt, ...) __logfc(fc, 'e', fmt, ## __VA_ARGS__)\n\
        #define invalf(fc, fmt, ...) (errorf(fc, fmt, ## __VA_ARGS__), -EINVAL)\n\
        #define error_plog(p, fmt, ...) __plog(p, 'e', fmt, ## __VA_ARGS__)\n\
        #define inval_plog(p, fmt, ...) (error_plog(p, fmt, ## __VA_ARGS__), -EINVAL)\n";
    let disk = "int disk_parse(struct p_log *log)\n{\n\
        \treturn inval_plog(log, \"Unknown parameter '%s'\", key);\n}\n";
    let files = [
        ("drivers/block/disk.c", disk),
        ("fs/fs_context.c", context),
        ("include/linux/fs_context.h", header),
    ];
    let found = first(&messages(&files), "lampfs: Unknown parameter 'foo'");
    assert_eq!(found.map(|(function, ..)| function).as_deref(), Some("parse"));
}

/// A header has a stand-in for configurations that don't print: the function that prints counts.
#[test]
fn the_arm_of_a_condition_that_prints_is_the_wrapper() {
    let header = "void lamp_dbg(const struct lamp *lamp, const char *fmt, ...);\n\
        static inline void _lamp_dbg(const struct lamp *lamp, const char *fmt, ...)\n{\n}\n\
        #define lamp_dbg(lamp, fmt, ...) \\\n\tdo { if (0) _lamp_dbg(lamp, fmt, ##__VA_ARGS__); } while (0)\n";
    let debug = "void lamp_dbg(const struct lamp *lamp, const char *fmt, ...)\n{\n\tva_list args;\n\n\
        \tva_start(args, fmt);\n\tvprintk(fmt, args);\n\tva_end(args);\n}\n";
    let lamp = "#include \"debug.h\"\nvoid lamp_on(struct lamp *lamp)\n{\n\
        \tlamp_dbg(lamp, \"no light in room %d\\n\", 7);\n}\n";
    let files = [
        ("drivers/lamp/debug.c", debug),
        ("drivers/lamp/debug.h", header),
        ("drivers/lamp/lamp.c", lamp),
    ];
    let found = first(&messages(&files), "no light in room 7");
    assert_eq!(found, Some(("lamp_on".to_owned(), 4, Sure::Certain)));
}

/// A terminal, a pager or a photograph cuts lines; what is left may be enough.
#[test]
fn a_line_that_was_cut_is_likely_the_call_that_begins_so() {
    let lamp = messages(&[("drivers/lamp/lamp-core.c", LAMP)]);
    let likely = Some(("lamp_on".to_owned(), 8, Sure::Likely));
    assert_eq!(first(&lamp, "Kernel panic - not syncing: darkness in ro"), likely);
    let light = Some(("lamp_on".to_owned(), 5, Sure::Likely));
    assert_eq!(first(&lamp, "lamp_core: no light in the la"), light);
    assert_eq!(first(&lamp, "lamp_core: no light in the la>"), light);
    assert_eq!(first(&lamp, "lamp_core: no li"), None);
    let words = LogWords::default();
    words.text(b"Kernel panic - not syncing: darkness in ro");
    assert!(words.may_have(kgrep_index::outline::formats::Template(b"darkness in room %u")));
}

/// What another message begins with hides no line that was cut, nor does the caller's text.
#[test]
fn a_line_that_was_cut_is_not_the_call_that_says_less_of_it() {
    let header = "void dark(const char *fmt, ...);\n";
    let source = "void lamp_off(struct lamp *lamp)\n{\n\tpanic(\"Out of light\");\n\
        \tpr_err(\"%s: Broken bulb %d (%s) of room:%d, level:%d\\n\", message, 1, name, 2, 3);\n\
        \tdark(\"the room %s has no window\", lamp->room);\n}\n";
    let dark = "void dark(const char *fmt, ...)\n{\n\tchar text[80];\n\tva_list args;\n\n\
        \tva_start(args, fmt);\n\tvsnprintf(text, sizeof(text), fmt, args);\n\tva_end(args);\n\
        \tpr_emerg(\"Darkness - no light: %s\\n\", text);\n}\n";
    let files = [("include/dark.h", header), ("kernel/dark.c", dark), ("lamp/off.c", source)];
    let lamp = messages(&files);
    let place = |function: &str, line, sure| Some((function.to_owned(), line, sure));
    let cut = first(&lamp, "Out of light: Broken bulb 7 (x)");
    assert_eq!(cut, place("lamp_off", 4, Sure::Likely));
    let whole = first(&lamp, "Darkness - no light: the room 7 has no window");
    assert_eq!(whole, place("lamp_off", 5, Sure::Certain));
    let cut = first(&lamp, "Darkness - no light: the room 7 has no wi");
    assert_eq!(cut, place("lamp_off", 5, Sure::Likely));
    assert_eq!(first(&lamp, "Darkness - no light: yes"), place("dark", 9, Sure::Likely));
}

/// A macro makes the function, so that only its declaration says what it does.
#[test]
fn what_is_declared_to_take_a_format_prints() {
    let header = "__printf(2, 3) __cold void lamp_warn(const struct lamp *lamp, const char *fmt, ...);\n\
        extern __printf(1, 2) int lamp_name(const char *fmt, ...);\n\
        void lamp_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));\n";
    let make = "#include \"lamp.h\"\n#define LAMP_LOG(func, level) \\\n\
        void func(const struct lamp *lamp, const char *fmt, ...) \\\n{ \\\n\tlamp_out(level); \\\n}\n\
        LAMP_LOG(lamp_warn, KERN_WARNING);\n";
    let lamp = "#include \"lamp.h\"\nvoid lamp_on(struct lamp *lamp)\n{\n\
        \tlamp_warn(lamp, \"no light in room %d\\n\", 7);\n\tlamp_name(\"lamp of room %d\", 7);\n\
        \tlamp_say(\"darkness in %s\\n\", lamp->name);\n}\n";
    let files = [
        ("drivers/lamp/lamp.c", lamp),
        ("drivers/lamp/lamp.h", header),
        ("drivers/lamp/make.c", make),
    ];
    let lamp = messages(&files);
    let printed = ["lamp_on 4 %sno light in room %d", "lamp_on - %sdarkness in %s"];
    assert_eq!(summaries(&lamp), printed);
    let place = |line| Some(("lamp_on".to_owned(), line, Sure::Certain));
    assert_eq!(first(&lamp, "no light in room 3"), place(4));
    assert_eq!(first(&lamp, "lamp 0000:01: no light in room 3"), place(4));
}

/// What is written to a buffer first is printed all the same, with what stands around it.
#[test]
fn a_format_goes_through_a_buffer() {
    let source = "static void lamp_err(struct lamp *lamp, const char *fmt, ...)\n{\n\
        \tchar text[80];\n\tva_list args;\n\n\tva_start(args, fmt);\n\
        \tvsnprintf(text, sizeof(text), fmt, args);\n\tva_end(args);\n\
        \tpr_err(\"lamp %d: %s!\\n\", lamp->number, text);\n}\n\
        static int lamp_make(struct lamp *lamp, const char *fmt, ...)\n{\n\
        \tchar name[80];\n\n\tvsnprintf(name, sizeof(name), fmt, args);\n\
        \tpr_info(\"made lamp %s\\n\", name);\n\treturn 0;\n}\n\
        static __printf(2, 4) void lamp_part(struct lamp *lamp, const char *fmt, int part, ...)\n{\n\
        \tvprintk(fmt, args);\n}\n\
        void lamp_on(struct lamp *lamp)\n{\n\tlamp_err(lamp, \"no light in room %d\", 7);\n\
        \tlamp_make(lamp, \"the lamp of room %d\", 7);\n\
        \tlamp_part(lamp, \"bulb of lamp %d is broken\\n\", 1, 7);\n}\n";
    let lamp = messages(&[("drivers/lamp/lamp.c", source)]);
    let printed = [
        "lamp_err 3 lamp %d: %s!",
        "lamp_make 6 made lamp %s",
        "lamp_on 3 lamp %d: no light in room %d!",
        "lamp_on - bulb of lamp %d is broken",
    ];
    assert_eq!(summaries(&lamp), printed);
    let found = first(&lamp, "lamp 3: no light in room 7!");
    assert_eq!(found.map(|(function, line, _)| (function, line)), Some(("lamp_on".to_owned(), 25)));
}

/// What any driver may say of itself, and what a caller hands on, is not claimed for certain.
#[test]
fn a_few_words_behind_any_name_are_not_certain() {
    let source = "#define pr_fmt(fmt) KBUILD_MODNAME \": \" fmt\nvoid lamp_on(void)\n{\n\
        \tprintk(\"%s: driver loaded\\n\", name);\n\tprintk(\"lamp speaks up: %s\\n\", text);\n\
        \tpr_info(\"all the bulbs are in their sockets\\n\");\n}\n";
    let lamp = messages(&[("drivers/lamp/lamp.c", source)]);
    let sure = |text: &str| first(&lamp, text).map(|found| (found.1, found.2));
    assert_eq!(sure("mydev: driver loaded"), Some((4, Sure::Likely)));
    assert_eq!(sure("lamp speaks up: something that it was told to"), Some((5, Sure::Likely)));
    assert_eq!(sure("lamp speaks up: yes"), Some((5, Sure::Certain)));
    assert_eq!(sure("bell: all the bulbs are in their sockets"), Some((6, Sure::Likely)));
    assert_eq!(sure("lamp: all the bulbs are in their sockets"), Some((6, Sure::Certain)));
}

/// A width that a macro gives is no text of the line.
#[test]
fn a_width_that_a_macro_gives_is_a_width() {
    let own = "#define LEN 2\nvoid show(const char *lvl)\n{\n\
        \tprintk(\"%sCode: %\" __stringify(LEN) \"ph <%02x> %\" __stringify(LEN) \"ph\\n\", lvl, a, b, c);\n}\n";
    let other = "void dump(const char *lvl)\n{\n\tprintk(\"%sCode: %s\\n\", lvl, str);\n}\n";
    let both = messages(&[("arch/arm/kernel/traps.c", other), ("arch/x86/kernel/dump.c", own)]);
    let found = first(&both, "Code: 0f 0b <48> 8b 05");
    assert_eq!(found.map(|found| found.0), Some("show".to_owned()));
}

/// Of calls that fit alike, the one of the architecture that counts is meant.
#[test]
fn another_architectures_call_comes_last() {
    let text = "void dump(const char *lvl)\n{\n\tprintk(\"%sCode words: %s\\n\", lvl, str);\n}\n";
    let both = messages(&[("arch/arm/kernel/traps.c", text), ("arch/arm64/kernel/traps.c", text)]);
    for arch in ["arm64", "arm"] {
        let context = LineContext { arch: Some(Arch::named(arch)), ..LineContext::default() };
        let found = both.printed(b"Code words: 12 (34)", &context);
        assert_eq!(found[0].path, format!("arch/{arch}/kernel/traps.c").into_bytes());
        assert_ne!(found[0].sure, Sure::Several);
        assert_eq!(found.len(), 2);
    }
}

#[test]
fn what_has_only_a_word_of_a_sentence_is_no_answer() {
    let files = [
        (
            "kernel/a.c",
            "void a(int nr)\n{\n\tpr_err(\"task %s blocked for more than %d seconds\\n\", x, nr);\n}\n",
        ),
        ("net/b.c", "void b(void)\n{\n\tpr_err(\"%s for %s\\n\", x, y);\n}\n"),
    ];
    let messages = messages(&files);
    let places = |text: &str| {
        let found = messages.printed(text.as_bytes(), &LineContext::default());
        found.iter().map(|found| (found.line, found.sure)).collect::<Vec<_>>()
    };
    assert_eq!(places("task lamp blocked for more than 120 seconds"), [(3, Sure::Certain)]);
    assert_eq!(places("a line that no kernel prints, made for the test"), []);
    assert_eq!(places("lamp for desk"), [(3, Sure::Likely)]);
}

/// The driver whose name a line begins with is evidence, by its file's name or a folder's.
#[test]
fn of_calls_with_the_same_text_the_driver_counts_that_the_line_names() {
    let text =
        "void up(struct device *dev)\n{\n\tdev_info(dev, \"the light is at %d\\n\", 7);\n}\n";
    let files = ["drivers/bulb/bulb.c", "drivers/lamp/main.c", "drivers/sun/core/up.c"];
    let all = messages(&files.map(|path| (path, text)));
    let found = |line: &str| {
        let found = all.printed(line.as_bytes(), &LineContext::default());
        let row = |one: &Candidate| (String::from_utf8_lossy(&one.path).into_owned(), one.sure);
        found.iter().map(row).collect::<Vec<_>>()
    };
    let certain = |path: &str| vec![(path.to_owned(), Sure::Certain)];
    assert_eq!(found("lamp 0000:00:01.0: the light is at 3"), certain(files[1]));
    assert_eq!(found("bulb 0000:00:01.0: the light is at 3"), certain(files[0]));
    assert_eq!(found("sun_core sun0: the light is at 3"), certain(files[2]));
    assert_eq!(found("star 0000:00:01.0: the light is at 3"), []);
}

/// What code that is for all says may be said for any driver, what another driver says may not.
#[test]
fn of_a_driver_that_has_no_such_message_only_shared_code_is_meant() {
    let text = |name: &str| {
        format!(
            "void up(struct device *dev)\n{{\n\tdev_info(dev, \"the light is on at %d\\n\", 7);\n}}\n{name}"
        )
    };
    let (core, other) = (text("EXPORT_SYMBOL(up);\n"), text(""));
    let all = messages(&[("drivers/lamp/core/up.c", &core), ("drivers/sun/sun.c", &other)]);
    let found = |line: &str| {
        let found = all.printed(line.as_bytes(), &LineContext::default());
        let row = |one: &Candidate| (String::from_utf8_lossy(&one.path).into_owned(), one.sure);
        found.iter().map(row).collect::<Vec<_>>()
    };
    let certain = |path: &str| vec![(path.to_owned(), Sure::Certain)];
    assert_eq!(found("star 0000:00:01.0: the light is on at 3"), certain("drivers/lamp/core/up.c"));
    assert_eq!(found("sun 0000:00:01.0: the light is on at 3"), certain("drivers/sun/sun.c"));
}

/// `__func__` and texts that are arguments are known; the format is shown as it is written.
#[test]
fn arguments_that_are_texts_are_compared() {
    let text = "#define lamp_dbg(fmt, a...) pr_info(\"%s: \" fmt, __func__, ##a)
void lamp_set(int on)
{
\tpr_info(\"%s the light, %s\\n\", on ? \"turned on\" : \"turned off\", __func__);
\tpr_err(\"%s timed out\\n\", __func__);
\tlamp_dbg(\"no bulb in %d\\n\", 7);
}
";
    let lamp = messages(&[("drivers/lamp/lamp.c", text)]);
    let shown =
        ["lamp_set 6 %s the light, %s", "lamp_set 3 %s timed out", "lamp_set 6 %s: no bulb in %d"];
    assert_eq!(summaries(&lamp), shown);
    let line = |text: &str| first(&lamp, text).map(|found| (found.1, found.2));
    assert_eq!(line("turned off the light, lamp_set"), Some((4, Sure::Certain)));
    assert_eq!(line("turned on the light, lamp_set"), Some((4, Sure::Certain)));
    assert_eq!(line("turned up the light, lamp_set"), None);
    assert_eq!(line("lamp_set timed out"), Some((5, Sure::Certain)));
    assert_eq!(line("LAMP WATCHDOG: hall0 (lamp): queue 0 timed out"), None);
    assert_eq!(line("lamp_set: no bulb in 3"), Some((6, Sure::Certain)));
    assert_eq!(line("bell_set: no bulb in 3"), None);
}

/// A text in few words is none of a line that has more than they say.
#[test]
fn few_words_claim_no_line_that_says_more() {
    let text = "#define LONG \"the lamp of the hall is lit although nobody is there\\n\"
void lamp_on(void)\n{\n\tpr_info(\"LAMP: %s\\n\", name);\n\tpr_cont(\"lit\");
\tpr_warn_once(LONG);\n\tpr_warn(\"----------\\n\");\n}\n";
    let lamp = messages(&[("drivers/lamp/lamp.c", text)]);
    let line = |text: &str| first(&lamp, text).map(|found| (found.1, found.2));
    assert_eq!(line("LAMP: Sun Model 7"), Some((4, Sure::Likely)));
    assert_eq!(line("LAMP: 0 ROOM: 7 Color: blue Not broken 6.1.0"), None);
    assert_eq!(line("a bell is neither lit nor dark"), None);
    let long = "the lamp of the hall is lit although nobody is there";
    assert_eq!(line(long), Some((6, Sure::Certain)));
    assert_eq!(line(&format!("moon: {long}")), Some((6, Sure::Likely)));
    assert_eq!(line("----------"), Some((7, Sure::Likely)));
    assert_eq!(line("---------"), None);
}

/// Numbers with as many digits as the format says need nothing between them.
#[test]
fn numbers_stand_beside_each_other() {
    let text = "void lamp(void)\n{\n\tpr_info(\"lamp at 0x%8.8X%8.8X %06X\\n\", a, b, c);\n}\n";
    let lamp = messages(&[("drivers/lamp/lamp.c", text)]);
    let found = first(&lamp, "lamp at 0x00000000AABBCCDD 0001B8").map(|found| found.1);
    assert_eq!(found, Some(3));
    assert_eq!(first(&lamp, "lamp at 0x0000AABB 0001B8"), None);
}

/// Behind a device's name little text is enough, in front of which a sentence is none.
#[test]
fn a_format_that_begins_with_what_may_be_anything_is_found_behind_a_device() {
    let text = "void keep(struct device *dev)\n{\n\tdev_info(dev, \"%s %pR: kept\\n\", name, res);\n\
        \tdev_info(dev, \"%s: %s LMP v%x.%02x %s [%s] on %s\\n\", a, b, c, d, e, f, g);\n\
        \tdev_info(dev, \"%s failed\\n\", name);\n}\n";
    let lamp = messages(&[("drivers/lamp/lamp.c", text)]);
    let line = |text: &str| first(&lamp, text).map(|found| (found.1, found.2));
    let likely = |line| Some((line, Sure::Likely));
    assert_eq!(line("lamp 0000:00:1f.3: BAR 0 [mem 0x60011040-0x600110ff 64bit]: kept"), likely(3));
    let long = "lamp 0003:046D.0001: light,raw0: SUN LMP v1.11 Lamp [A Lamp Of My Own] on sun-0000:00:14.0-1/light0";
    assert_eq!(line(long), likely(4));
    assert_eq!(line("lamp 0000:00:1f.3: it failed"), likely(5));
    assert_eq!(line("lamp-mapper: table: 253:0: linear: it failed"), None);
}

/// A bridge's or a tunnel's messages begin with its name alone.
#[test]
fn a_network_device_may_have_no_driver() {
    let text = "void up(struct net_device *dev)\n{\n\tnetdev_info(dev, \"entered the dark mode\\n\");\n}\n";
    let lamp = messages(&[("net/core/lamp.c", text)]);
    let place = Some(("up".to_owned(), 3, Sure::Certain));
    assert_eq!(first(&lamp, "eth0: entered the dark mode"), place);
    assert_eq!(first(&lamp, "lampnet 0000:01:00.0 eth0: entered the dark mode"), place);
    assert_eq!(
        first(&lamp, "lampnet 0000:01:00.0 eth0 (uninitialized): entered the dark mode"),
        place
    );
}

/// A macro hands a format on in brackets, and pastes the name of what prints together.
#[test]
fn formats_in_brackets_and_names_pasted_together_are_followed() {
    let header = "#define LAMP_ERROR(lamp, fmt, a...) __lamp_error((lamp), __func__, 0, (fmt), ## a)\n\
        #define lamp_say(how, fmt, a...) do { pr_err_ ## how(\"LAMP: \" fmt, ## a); } while (0)\n\
        #define lamp_log(level, fmt, a...) do { pr_##level(\"LAMP: \" fmt, ## a); } while (0)\n";
    let error = "void __lamp_error(struct lamp *lamp, const char *function, int line, const char *fmt, ...)\n\
        {\n\tstruct va_format vaf = {.fmt = fmt};\n\n\
        \tprintk(KERN_CRIT \"LAMP error: %s:%d: %pV\\n\", function, line, &vaf);\n}\n";
    let lamp = "#include \"lamp.h\"\nvoid lamp_on(struct lamp *lamp)\n{\n\
        \tLAMP_ERROR(lamp, \"no light in %d\", 7);\n\tlamp_say(once, \"dim at %d\\n\", 7);\n\
        \tlamp_log(warn, \"dark at %d\\n\", 7);\n}\n";
    let files = [("fs/lamp/error.c", error), ("fs/lamp/lamp.h", header), ("fs/lamp/on.c", lamp)];
    let all = summaries(&messages(&files));
    let printed = [
        "lamp_on 2 LAMP error: %s:%d: no light in %d",
        "lamp_on 3 LAMP: dim at %d",
        "lamp_on - LAMP: dark at %d",
    ];
    assert_eq!(all[all.len() - 3..], printed);
}

/// All that a macro is given may be one parameter, the format among it.
#[test]
fn a_format_may_be_among_a_macros_variable_arguments() {
    let source = "#define lamp_warn(lamp, a...) dev_warn((lamp)->dev, ##a)\n\
        void lamp_on(struct lamp *lamp)\n{\n\tlamp_warn(lamp, \"no light in room %d\\n\", 7);\n}\n";
    let lamp = messages(&[("drivers/lamp/lamp.c", source)]);
    assert_eq!(summaries(&lamp), ["lamp_on 4 %s %s: no light in room %d"]);
}

/// What another architecture prints is not certain to come from there where the log's own is known.
#[test]
fn of_a_log_whose_architecture_is_known_no_other_is_certain() {
    let text = "void dump(void)\n{\n\tpr_alert(\"the lamp is unable to go on\\n\");\n}\n";
    let both = messages(&[("arch/sh/mm/lamp.c", text)]);
    for (arch_is_told, sure) in [(false, Sure::Certain), (true, Sure::Likely)] {
        let arch = Some(Arch::named("x86"));
        let context = LineContext { arch, arch_is_told, ..LineContext::default() };
        assert_eq!(both.printed(b"the lamp is unable to go on", &context)[0].sure, sure);
    }
}

/// Found with Linux 7.3, whose graphics drivers were said to print the assertions of a file system:
/// their own macro of the name prints nothing.
#[test]
fn a_private_header_s_macro_is_not_meant_by_files_elsewhere() {
    let header =
        "#define ASSERT(X) do { if (!(X)) printk(KERN_ERR \"PEAR: no seed\\n\"); } while (0)\n";
    let eaten = "static void pear_eat(int x)\n{\n\tASSERT(x);\n}\n";
    let cooked = "static void pear_cook(int x)\n{\n\tASSERT(x);\n}\n";
    let plum = "#define DEBUGP printk\n\nstatic void plum_eat(int x)\n{\n\tASSERT(x);\n\
        \tDEBUGP(\"%d stones\", x);\n}\n";
    let fig = "#define DEBUGP(fmt, ...) printk(\"FIG: \" fmt, ##__VA_ARGS__)\n";
    let date = "#define DEBUGP(fmt, ...) printk(fmt, ##__VA_ARGS__)\n";
    let messages = messages(&[
        ("fs/pear/internal.h", header),
        ("fs/pear/eat.c", eaten),
        ("fs/pear/kitchen/cook.c", cooked),
        ("fs/plum/eat.c", plum),
        ("drivers/fig/fig.h", fig),
        ("drivers/date/date.h", date),
    ]);
    let all = summaries(&messages);
    assert_eq!(
        all,
        [
            "pear_eat 3 PEAR: no seed",
            "ASSERT 3 PEAR: no seed",
            "pear_cook 3 PEAR: no seed",
            "plum_eat - %d stones",
        ]
    );
}

/// Found with Linux 7.3, whose btrfs gives the level before the format.
#[test]
fn the_level_may_stand_before_the_format() {
    let code = "void f(struct btrfs_fs_info *info)\n{\n\t_btrfs_printk(info, 3, \"no room: %d\\n\", 1);\n}\n";
    let all = summaries(&messages(&[("fs/btrfs/room.c", code)]));
    assert_eq!(all, ["f - BTRFS %s (device %s): no room: %d"]);
}
