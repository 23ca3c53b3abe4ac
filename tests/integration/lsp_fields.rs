//! What an editor is told of fields: behind macros, casts and brackets, and beside locals of their name.

use crate::lsp::lamp_event;
use crate::lsp_client::Client;
use crate::util::Dir;

const LAMP: &str = "struct lamp_ops {\n\tint (*dim)(int watts);\n\tint watts;\n};\n\n\
    struct other_ops {\n\tint (*dim)(int watts);\n};\n\n\
    struct room {\n\tconst struct lamp_ops *ops;\n};\n\n\
    #define ROOM(p) container_of(p, struct room, ops)\n\n\
    static int desk_dim(int watts)\n{\n\treturn watts;\n}\n\n\
    static int other_dim(int watts)\n{\n\treturn 0;\n}\n\n\
    static const struct lamp_ops desk = { .dim = desk_dim };\n\
    static const struct other_ops others = { .dim = other_dim };\n\n\
    int set(struct room *room, void *p)\n{\n\tint (*dim)(int watts) = room->ops->dim;\n\n\
    \tREAD_ONCE(room->ops)->dim(1);\n\t((struct lamp_ops *)p)->dim(2);\n\t(*room).ops->dim(3);\n\
    \tROOM(p)->ops->dim(4);\n\tcontainer_of(p, struct room, ops)->ops->dim(5);\n\t(room)->ops->dim(6);\n\
    \treturn dim(7);\n}\n\n\
    int dim(struct other_ops *ops)\n{\n\treturn ops->dim(8);\n}\n";

fn lamps() -> Dir {
    let dir = Dir::new();
    dir.create("drivers/lamp.c", LAMP);
    dir.create("Kbuild", "obj-y += lamp.o\n");
    dir.kgrep(&["index", "."]).run().expect_ok();
    dir
}

#[test]
fn a_field_is_that_of_its_structure_whatever_stands_before_it() {
    let dir = lamps();
    let mut client = Client::start(&dir);
    for at in [
        "= room->ops->d|im;",
        "READ_ONCE(room->ops)->d|im(1)",
        "((struct lamp_ops *)p)->d|im(2)",
        "(*room).ops->d|im(3)",
        "ROOM(p)->ops->d|im(4)",
        "container_of(p, struct room, ops)->ops->d|im(5)",
        "(room)->ops->d|im(6)",
    ] {
        assert_eq!(
            client.found("definition", "drivers/lamp.c", at),
            "drivers/lamp.c:2:8-10",
            "{at}"
        );
        let behind = client.found("implementation", "drivers/lamp.c", at);
        assert_eq!(behind, "drivers/lamp.c:16:12-19", "{at}");
    }
    assert_eq!(
        client.found("implementation", "drivers/lamp.c", "return ops->d|im(8)"),
        "drivers/lamp.c:21:12-20"
    );
}

#[test]
fn references_of_a_field_are_those_of_its_structure() {
    let dir = lamps();
    let mut client = Client::start(&dir);
    let uses = "drivers/lamp.c:2:8-10 drivers/lamp.c:26:40-42 drivers/lamp.c:31:37-39 drivers/lamp.c:33:24-26 \
                drivers/lamp.c:34:26-28 drivers/lamp.c:35:15-17 drivers/lamp.c:36:16-18 drivers/lamp.c:37:42-44 \
                drivers/lamp.c:38:15-17";
    for at in ["int (*d|im)(int watts);\n\tint watts", "READ_ONCE(room->ops)->d|im(1)"] {
        assert_eq!(client.found("references", "drivers/lamp.c", at), uses, "{at}");
    }
}

/// Where a tracepoint is made, a variable of its name in another program is nothing to it.
#[test]
fn a_tracepoint_is_meant_where_it_is_made() {
    let dir = lamp_event();
    dir.create("tools/perf/lamp.c", "int lamp_dim(void)\n{\n\treturn 1;\n}\n");
    dir.create("Kbuild", "obj-y += lamp.o\n");
    dir.kgrep(&["index", "."]).run().expect_ok();
    let mut client = Client::start(&dir);
    assert_eq!(
        client.found("implementation", "include/trace/events/lamp.h", "TRACE_EVENT(lamp|_dim"),
        "kernel/probe.c:3:13-22"
    );
}
