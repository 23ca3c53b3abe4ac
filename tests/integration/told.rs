//! Calls through a pointer that the function sets to something named before it calls through it.

use crate::util::Dir;

const HEADER: &str = "struct buf;\nstruct buf_ops {\n\tint (*read)(struct buf *b);\n};\n\
     struct buf {\n\tconst struct buf_ops *ops;\n\tint (*done)(struct buf *b);\n\tint nr;\n};\n\
     extern const struct buf_ops leaf_ops, node_ops;\nvoid other(struct buf *b);\n\
     #define list_for_each_entry(p, head) for (p = (head); p; p = 0)\n";

/// A function for each way; the names behind `//` are what is called there, sorted.
const CALLS: &str = "#include <linux/buf.h>\n\
     static int own_read(struct buf *b) { return 0; }\n\
     static int done_one(struct buf *b) { return 0; }\n\
     static int done_two(struct buf *b) { return 0; }\n\
     static const struct buf_ops own_ops = { .read = own_read };\n\
     static struct buf one = { .done = done_one };\n\
     static struct buf two = { .done = done_one };\n\
     int straight(struct buf *b)\n{\n\tb->ops = &leaf_ops;\n\treturn b->ops->read(b);\n}\n\
     int in_case(struct buf *b)\n{\n\tswitch (b->nr) {\n\tcase 1:\n\t\tb->ops = &leaf_ops;\n\t\tb->ops->read(b);\n\t\treturn 1;\n\
     \tcase 2:\n\t\tb->ops = &node_ops;\n\t\tb->ops->read(b);\n\t\treturn 2;\n\t}\n\treturn 0;\n}\n\
     int branch(struct buf *b)\n{\n\tb->ops = &leaf_ops;\n\tif (b->nr)\n\t\tb->ops = &own_ops;\n\treturn b->ops->read(b);\n}\n\
     int inner(struct buf *b)\n{\n\tb->ops = &leaf_ops;\n\tif (b->nr) {\n\t\treturn (*b->ops->read)(b);\n\t}\n\treturn 0;\n}\n\
     int function(struct buf *b)\n{\n\tb->done = done_two;\n\tif (b->nr)\n\t\treturn b->done(b);\n\treturn 0;\n}\n\
     int local(int nr)\n{\n\tconst struct buf_ops *ops = &node_ops;\n\treturn ops->read(0);\n}\n\
     int chosen(int nr)\n{\n\tconst struct buf_ops *ops;\n\n\tops = nr == 1 ? &node_ops : &own_ops;\n\treturn ops->read(0);\n}\n\
     int switched(int nr)\n{\n\tconst struct buf_ops *ops = NULL;\n\n\tswitch (nr) {\n\tcase 1:\n\t\tops = &leaf_ops;\n\t\tbreak;\n\
     \tdefault:\n\t\tops = &own_ops;\n\t}\n\treturn ops->read(0);\n}\n\
     int variable(int nr)\n{\n\treturn one.done(&one);\n}\n\
     int written(int nr)\n{\n\ttwo.done = done_two;\n\treturn 0;\n}\n\
     int rewritten(int nr)\n{\n\treturn two.done(&two);\n}\n";

/// Where anything may be called.
const OPEN: &str = "#include <linux/buf.h>\n\
     int handed_on(struct buf *b)\n{\n\tb->ops = &leaf_ops;\n\tother(b);\n\treturn b->ops->read(b);\n}\n\
     int by_address(struct buf *b)\n{\n\tb->ops = &leaf_ops;\n\tother(&b);\n\treturn b->ops->read(b);\n}\n\
     int conditional(struct buf *b)\n{\n\tif (b->nr)\n\t\tb->ops = &leaf_ops;\n\treturn b->ops->read(b);\n}\n\
     int in_block(struct buf *b)\n{\n\tif (b->nr) {\n\t\tb->ops = &leaf_ops;\n\t}\n\treturn b->ops->read(b);\n}\n\
     int label(struct buf *b)\n{\n\tif (b->nr)\n\t\tgoto out;\n\tb->ops = &leaf_ops;\nout:\n\treturn b->ops->read(b);\n}\n\
     int other_case(struct buf *b)\n{\n\tswitch (b->nr) {\n\tcase 1:\n\t\tb->ops = &leaf_ops;\n\tcase 2:\n\t\treturn b->ops->read(b);\n\t}\n\treturn 0;\n}\n\
     int other_object(struct buf *b, struct buf *c)\n{\n\tb->ops = &leaf_ops;\n\tb = c;\n\treturn b->ops->read(b);\n}\n\
     int each(struct buf *b, struct buf *all)\n{\n\tb->ops = &leaf_ops;\n\tlist_for_each_entry(b, all)\n\t\tb->ops->read(b);\n\treturn 0;\n}\n\
     int loop(struct buf *b, const struct buf_ops *more)\n{\n\tb->ops = &leaf_ops;\n\twhile (b->nr) {\n\t\tb->ops->read(b);\n\t\tb->ops = more;\n\t}\n\treturn 0;\n}\n\
     int parameter(const struct buf_ops *ops, int nr)\n{\n\tif (nr)\n\t\tops = &leaf_ops;\n\treturn ops->read(0);\n}\n\
     int any(const struct buf_ops *more)\n{\n\tconst struct buf_ops *ops = more;\n\n\tif (!ops)\n\t\tops = &leaf_ops;\n\treturn ops->read(0);\n}\n\
     int value(struct buf *b, const struct buf_ops *more)\n{\n\tb->ops = &leaf_ops;\n\tif (b->nr)\n\t\tb->ops = more;\n\treturn b->ops->read(b);\n}\n\
     int whole(struct buf *b, struct buf *c)\n{\n\tb->ops = &leaf_ops;\n\t*b = *c;\n\treturn b->ops->read(b);\n}\n\
     int bare(const struct buf_ops *more, int nr)\n{\n\tconst struct buf_ops *ops;\n\n\tfor (ops = &leaf_ops; ops->read(0); ops = more)\n\t\tnr--;\n\treturn nr;\n}\n\
     int pointed_to(struct buf *b, const struct buf_ops **more)\n{\n\t*more = &leaf_ops;\n\treturn (*more)->read(b);\n}\n";

fn tree() -> Dir {
    let dir = Dir::new();
    dir.create("include/linux/buf.h", HEADER);
    dir.create("fs/calls.c", CALLS);
    dir.create("fs/open.c", OPEN);
    for name in ["leaf", "node", "third"] {
        let table = format!(
            "#include <linux/buf.h>\nstatic int {name}_read(struct buf *b) {{ return 0; }}\n\
             static int {name}_done(struct buf *b) {{ return 0; }}\n\
             void {name}_init(struct buf *b) {{ b->done = {name}_done; }}\n\
             const struct buf_ops {name}_ops = {{ .read = {name}_read }};\n"
        );
        dir.create(&format!("fs/{name}.c"), table);
    }
    // A variable that no function of its file sets anew.
    let plain = "#include <linux/buf.h>\nstatic int done_three(struct buf *b) { return 0; }\n\
                 static int done_four(struct buf *b) { return 0; }\n\
                 static struct buf three = { .done = done_three };\nstatic struct buf four = { .done = done_four };\n\
                 int plain(int nr)\n{\n\treturn three.done(&three) + nr;\n}\n";
    dir.create("fs/plain.c", plain);
    // One that is set to what another file hands to it.
    let open = "#include <linux/buf.h>\nstatic int done_five(struct buf *b) { return 0; }\n\
                static struct buf five = { .done = done_five };\n\
                void set_five(int (*f)(struct buf *b))\n{\n\tfive.done = f;\n}\n\
                int set_anew(int nr)\n{\n\treturn five.done(&five) + nr;\n}\n";
    dir.create("fs/set.c", open);
    let user =
        "int done_six(struct buf *b) { return 0; }\nvoid use(void) { set_five(done_six); }\n";
    dir.create("fs/user.c", user);
    // Another file's own table of that name.
    let other = "#include <linux/buf.h>\nstatic int alien_read(struct buf *b) { return 0; }\n\
                 static const struct buf_ops own_ops = { .read = alien_read };\n";
    dir.create("fs/alien.c", other);
    dir
}

/// What `from` calls through pointers.
fn called(dir: &Dir, from: &str) -> String {
    let args = ["--format", "json", "callees", "--kinds", "indirect", from];
    let rows = dir.kgrep(&args).run().expect_code(0).stdout();
    let callee = |line: &str| {
        let how = line.split_once("\"how\":\"")?.1.split('"').next()?;
        let callee = line.split_once("\"callee\":\"")?.1.split('"').next()?;
        how.starts_with("indirect, through ").then(|| callee.to_owned())
    };
    let mut found: Vec<String> = rows.lines().filter_map(callee).collect();
    found.sort();
    found.join(" ")
}

const ALL: &str = "alien_read leaf_read node_read own_read third_read";

#[test]
fn what_is_named_just_before_is_called() {
    let dir = tree();
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index", "."]).run().expect_ok();
        }
        for (from, expected) in [
            ("straight", "leaf_read"),
            ("in_case", "leaf_read node_read"),
            ("branch", "leaf_read own_read"),
            ("inner", "leaf_read"),
            ("function", "done_two"),
            ("local", "node_read"),
            ("chosen", "node_read own_read"),
            ("switched", "leaf_read own_read"),
            ("variable", "done_one done_two"),
            ("rewritten", "done_one done_two"),
            ("plain", "done_three"),
        ] {
            assert_eq!(called(&dir, from), expected, "{from}");
        }
    }
}

#[test]
fn what_may_be_set_again_is_open() {
    let dir = tree();
    for from in [
        "handed_on",
        "by_address",
        "conditional",
        "in_block",
        "label",
        "other_case",
        "other_object",
        "each",
        "loop",
        "parameter",
        "any",
        "value",
        "whole",
        "bare",
        "pointed_to",
    ] {
        assert_eq!(called(&dir, from), ALL, "{from}");
    }
}

#[test]
fn what_others_hand_to_a_file_may_be_in_its_variable() {
    let dir = tree();
    let found = called(&dir, "set_anew");
    assert!(found.contains("done_five") && found.contains("done_six"), "{found}");
}

#[test]
fn callers_and_chains_go_the_same_way() {
    let dir = tree();
    let callers = |name: &str| dir.kgrep(&["callers", "--all", name]).run().stdout();
    assert!(callers("leaf_read").contains("straight"), "{}", callers("leaf_read"));
    assert!(callers("leaf_read").contains("through buf.ops.read"));
    for name in ["node_read", "third_read", "alien_read"] {
        assert!(!callers(name).contains("straight"), "{name}: {}", callers(name));
    }
    assert!(
        callers("done_three").contains("return three.done(&three) + nr;"),
        "{}",
        callers("done_three")
    );
    let chain = |from: &str, to: &str| dir.kgrep(&["chain", "--indirect", from, to]).run().stdout();
    assert!(chain("straight", "leaf_read").contains('→'));
    assert!(!chain("straight", "node_read").contains('→'));
    assert!(chain("handed_on", "node_read").contains('→'));
}
