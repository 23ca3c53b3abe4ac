//! Fields of a union without a name that are one pointer to functions under several names.

use crate::indirect::hows;
use crate::util::{Dir, eqnice};

const OPS: &str = "struct lamp_ops {\n\tunion {\n\t\tint (*blink)(struct lamp *l, int n);\n\
                   \t\tint (*old_blink)(struct lamp *l, int n);\n\t\tvoid (*flash)(int n);\n\t};\n\
                   \tunion {\n\t\tint (*near)(int n);\n\t\tint (*far)(int n);\n\t} at;\n\
                   \tstruct {\n\t\tint (*on)(int n);\n\t\tint (*off)(int n);\n\t};\n};\n";

const LAMPS: &str = "#include \"ops.h\"\n\
    static int desk_blink(struct lamp *l, int n) { return 0; }\n\
    static int desk_near(int n) { return 0; }\n\
    static int desk_off(int n) { return 0; }\n\
    static const struct lamp_ops desk_ops = { .old_blink = desk_blink, .off = desk_off };\n\
    static int floor_blink(struct lamp *l, int n) { return 1; }\n\
    static const struct lamp_ops floor_ops = { .blink = floor_blink, .at = { .near = desk_near } };\n\
    int blink(struct lamp_ops *ops, struct lamp *l) { return ops->blink(l, 1); }\n\
    int old_blink(struct lamp *l) { return l->ops->old_blink(l, 1); }\n\
    void flash(struct lamp_ops *ops) { ops->flash(1); }\n\
    int far(struct lamp_ops *ops) { return ops->at.far(1); }\n\
    int on(struct lamp_ops *ops) { return ops->on(1); }\n\
    struct lamp { struct lamp_ops *ops; };\n";

#[test]
fn what_is_put_into_a_field_is_called_through_its_twins() {
    let dir = Dir::new();
    dir.create("ops.h", OPS);
    dir.create("lamps.c", LAMPS);
    let expected: [(&str, &str, &[&str]); 9] = [
        ("blink", "desk_blink", &["indirect, through lamp_ops.blink"]),
        ("blink", "floor_blink", &["indirect, through lamp_ops.blink"]),
        ("old_blink", "desk_blink", &["indirect, through lamp.ops.old_blink"]),
        ("old_blink", "floor_blink", &["indirect, through lamp.ops.old_blink"]),
        // Of another type, it is another function that is there.
        ("flash", "desk_blink", &[]),
        ("flash", "floor_blink", &[]),
        // What has a name, or is no union, isn't looked into.
        ("far", "desk_near", &[]),
        ("on", "desk_off", &[]),
        ("blink", "desk_off", &[]),
    ];
    let holds = |dir: &Dir| {
        for (from, to, how) in expected {
            assert_eq!(hows(dir, from, to), how, "{from} to {to}");
        }
    };
    holds(&dir);
    dir.kgrep(&["index", "."]).run().expect_ok();
    holds(&dir);
    // Where they are twins no more.
    dir.create("ops.h", OPS.replace("\tunion {\n\t\tint (*blink)", "\tstruct {\n\t\tint (*blink)"));
    assert_eq!(hows(&dir, "blink", "desk_blink"), [""; 0]);
    assert_eq!(hows(&dir, "blink", "floor_blink"), ["indirect, through lamp_ops.blink"]);
}

#[test]
fn callers_of_a_field_are_those_of_its_twins() {
    let dir = Dir::new();
    dir.create("ops.h", OPS);
    dir.create("lamps.c", LAMPS);
    for field in ["lamp_ops.blink", "lamp_ops.old_blink"] {
        let answer = dir.kgrep(&["callers", field, "--format", "grep"]).run().expect_ok();
        eqnice!(
            "lamps.c:8:int blink(struct lamp_ops *ops, struct lamp *l) { return ops->blink(l, 1); }\n\
             lamps.c:9:int old_blink(struct lamp *l) { return l->ops->old_blink(l, 1); }\n",
            answer.stdout()
        );
    }
}

#[test]
fn uses_of_a_field_and_its_trace_tell_of_its_twins() {
    let dir = Dir::new();
    dir.create("ops.h", OPS);
    dir.create("lamps.c", LAMPS);
    let uses = dir.kgrep(&["refs", "lamp_ops.old_blink", "--format", "grep"]).run();
    eqnice!(
        "lamps.c:5:static const struct lamp_ops desk_ops = { .old_blink = desk_blink, .off = desk_off };\n\
         lamps.c:9:int old_blink(struct lamp *l) { return l->ops->old_blink(l, 1); }\n\
         ops.h:4:\t\tint (*old_blink)(struct lamp *l, int n);\n",
        uses.stdout()
    );
    eqnice!(
        "kgrep: lamp_ops.old_blink goes by other names, too, which are in one union: \
         kgrep refs lamp_ops.blink\n",
        uses.stderr()
    );
    let trace = dir.kgrep(&["trace", "lamp_ops.old_blink", "--format", "grep"]).run().expect_ok();
    eqnice!(
        "ops.h:4:\t\tint (*old_blink)(struct lamp *l, int n);\n\
         lamps.c:5:static const struct lamp_ops desk_ops = { .old_blink = desk_blink, .off = desk_off };\n\
         lamps.c:7:static const struct lamp_ops floor_ops = { .blink = floor_blink, .at = { .near = desk_near } };\n\
         lamps.c:8:int blink(struct lamp_ops *ops, struct lamp *l) { return ops->blink(l, 1); }\n\
         lamps.c:9:int old_blink(struct lamp *l) { return l->ops->old_blink(l, 1); }\n",
        trace.stdout()
    );
}

#[test]
fn an_embedded_structure_lends_its_fields() {
    let dir = Dir::new();
    dir.create(
        "hall.h",
        "struct left {\n\tstruct bulb;\n};\nstruct right {\n\tstruct bulb;\n};\n\
         struct hall {\n\tstruct left;\n\tstruct right;\n};\n",
    );
    dir.create(
        "bulb.h",
        "struct bulb {\n\tint watts;\n\tint (*on)(void);\n};\n\nstruct cord {\n\tstruct bulb;\n};\n",
    );
    dir.create(
        "lamp.c",
        "#include \"bulb.h\"\nstruct lamp {\n\tunion {\n\t\tstruct cord;\n\t};\n\tint lit;\n};\n\n\
         int on_fn(void)\n{\n\treturn 1;\n}\n\nint user(struct lamp *lamp)\n{\n\tlamp->watts = 1;\n\
         \tlamp->on = on_fn;\n\tauto on = lamp->on;\n\treturn on();\n}\n",
    );
    let asked = |args: &[&str]| dir.kgrep(&["--format", "grep"]).args(args).run().stdout();
    for _ in 0..2 {
        assert_eq!(asked(&["def", "lamp.watts"]), "bulb.h:2:\tint watts;\n");
        assert_eq!(asked(&["def", "lamp.on"]), "bulb.h:3:\tint (*on)(void);\n");
        assert_eq!(asked(&["refs", "lamp.watts"]), "lamp.c:16:\tlamp->watts = 1;\n");
        assert_eq!(asked(&["callers", "lamp.on"]), "lamp.c:19:\treturn on();\n");
        dir.kgrep(&["def", "lamp.volts"]).run().expect_code(1);
        // Embedded twice on the way, it is told once.
        assert_eq!(asked(&["def", "hall.watts"]), "bulb.h:2:\tint watts;\n");
        dir.kgrep(&["index", "."]).run().expect_ok();
    }
}
