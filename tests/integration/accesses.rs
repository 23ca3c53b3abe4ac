//! How code gets at variables and fields: `kgrep refs VARIABLE`, `kgrep refs STRUCT.FIELD`.

use crate::util::{Dir, eqnice};

/// The rows as `line how`, in order.
fn rows(dir: &Dir, args: &[&str]) -> String {
    let args = [&["--format", "json", "refs"][..], args].concat();
    let json = dir.kgrep(&args).run().stdout();
    let rows = json.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    rows.filter(|row| row["type"] == "match")
        .map(|row| {
            let data = &row["data"];
            let text = data["lines"]["text"].as_str().unwrap().trim();
            format!("{}: {}\n", data["columns"]["how"].as_str().unwrap(), text)
        })
        .collect()
}

#[test]
fn each_use_of_a_field_is_of_a_kind() {
    let dir = Dir::new();
    dir.create(
        "lamp.h",
        "struct bulb {\n\tint watts;\n};\n\nstruct lamp {\n\tint watts;\n\tstruct bulb *bulb;\n\tstruct \
         lamp *next;\n};\n",
    );
    let lines = [
        "if (lamp->watts == 1 && !lamp->bulb->watts)",
        "lamp->watts = other->watts;",
        "bulb.watts = 1;",
        "lamp->next->watts += 2;",
        "lamp->watts++;",
        "--lamp->watts;",
        "lamp->watts <<= 1;",
        "read(&lamp->watts);",
        "read(a & lamp->watts);",
        "WRITE_ONCE(lamp->watts, 3);",
        "(*lamp).watts = 4;",
        "((struct lamp *)p)->watts = 5;",
        "container_of(p, struct lamp, next)->watts = 6;",
        "(lamp->watts)++;",
        "read(sizeof(lamp->watts));",
        "unknown()->watts = 7;",
        "return lamp->watts;",
    ];
    let body: String = lines.iter().map(|line| format!("\t{line}\n")).collect();
    dir.create(
        "lamp.c",
        format!(
            "#include \"lamp.h\"\n\nint use(struct lamp *lamp, void *p, int a)\n{{\n\tstruct lamp \
             *other = p;\n\tstruct bulb bulb;\n\n{body}}}\n\nstruct lamp desk = {{\n\t.watts = \
             40,\n}};\n"
        ),
    );
    let expected = "\
read: if (lamp->watts == 1 && !lamp->bulb->watts)
write: lamp->watts = other->watts;
read: lamp->watts = other->watts;
read-write: lamp->next->watts += 2;
read-write: lamp->watts++;
read-write: --lamp->watts;
read-write: lamp->watts <<= 1;
address: read(&lamp->watts);
read: read(a & lamp->watts);
write: WRITE_ONCE(lamp->watts, 3);
write: (*lamp).watts = 4;
write: ((struct lamp *)p)->watts = 5;
write: container_of(p, struct lamp, next)->watts = 6;
read-write: (lamp->watts)++;
use: read(sizeof(lamp->watts));
read: return lamp->watts;
initialised: .watts = 40,
declared: int watts;
write, unsure: unknown()->watts = 7;
";
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index", "."]).run().expect_ok();
        }
        eqnice!(expected, rows(&dir, &["lamp.watts"]));
    }
    eqnice!(
        "read: if (lamp->watts == 1 && !lamp->bulb->watts)\nwrite: bulb.watts = 1;\ndeclared: int watts;\n\
         write, unsure: unknown()->watts = 7;\n",
        rows(&dir, &["bulb->watts"])
    );
    eqnice!(
        "address: read(&lamp->watts);\ninitialised: .watts = 40,\n",
        rows(&dir, &["lamp.watts", "--access", "address,initialised"])
    );
    let said = dir.kgrep(&["refs", "lamp.watts"]).run().stderr();
    assert!(
        said.contains("1 of 19 are marked unsure: the text doesn't tell whose field it is"),
        "{said}"
    );
    let none = dir.kgrep(&["refs", "lamp.volts"]).run().expect_code(1).stderr();
    assert!(none.contains("no such name: lamp.volts"), "{none}");
    dir.kgrep(&["refs", "lamp.watts", "--access", "x"]).run().expect_error(&["read, write"]);
}

#[test]
fn each_use_of_a_variable_is_of_a_kind() {
    let dir = Dir::new();
    dir.create(
        "lamp.c",
        "extern int lit;\nint lit = 1;\n\nint on(int *p)\n{\n\tlit = 1;\n\tlit |= 2;\n\tp = \
         &lit;\n\treturn lit;\n}\n\nint off(void)\n{\n\tint lit = 0;\n\n\treturn lit;\n}\n",
    );
    let all = rows(&dir, &["lit"]);
    for row in
        ["write: lit = 1;", "read-write: lit |= 2;", "address: p = &lit;", "read: return lit;"]
    {
        assert!(all.contains(&format!("{row}\n")), "{row}: {all}");
    }
    eqnice!(
        "declared: extern int lit;\ninitialised: int lit = 1;\n",
        rows(&dir, &["lit", "--access", "declared,initialised"])
    );
    eqnice!("write: lit = 1;\nread-write: lit |= 2;\n", rows(&dir, &["lit", "--access", "write"]));
    eqnice!("read-write: lit |= 2;\n", rows(&dir, &["lit", "--access", "read-write"]));
}

#[test]
fn what_every_file_points_to_is_known() {
    let dir = Dir::new();
    dir.create(
        "task.c",
        "struct mm {\n\tint users;\n};\n\nstruct task_struct {\n\tstruct mm *mm;\n};\n\nint \
         use(void)\n{\n\tcurrent->mm->users = 1;\n\treturn current->mm != 0;\n}\n",
    );
    eqnice!(
        "declared: struct mm *mm;\nread: current->mm->users = 1;\nread: return current->mm != 0;\n",
        rows(&dir, &["task_struct.mm"])
    );
    eqnice!("declared: int users;\nwrite: current->mm->users = 1;\n", rows(&dir, &["mm.users"]));
}

/// What a structure of one `.c` file has, other files were once taken to get at, too, if only unsurely.
#[test]
fn a_structure_of_one_file_is_used_there_alone() {
    let dir = Dir::new();
    let using = "int use(void)\n{\n\treturn unknown()->watts;\n}\n";
    dir.create(
        "one.c",
        format!("#include \"trace.h\"\nstruct lamp {{\n\tint watts;\n}};\n{using}"),
    );
    dir.create("other.c", using);
    dir.create("trace.h", "#define TRACE(x) ((x)->watts)\n");
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index", "."]).run().expect_ok();
        }
        let done = dir.kgrep(&["refs", "lamp.watts", "--no-header"]).run().expect_code(0).stdout();
        eqnice!(
            "0 one.c   3 lamp  declared     int watts;\n\
             1 one.c   7 use   read, unsure return unknown()->watts;\n\
             2 trace.h 1 TRACE read, unsure #define TRACE(x) ((x)->watts)\n",
            done
        );
    }
    // Where another file has all of it, that one may get at it.
    dir.create("third.c", format!("#include \"one.c\"\n{using}"));
    let done = dir.kgrep(&["refs", "lamp.watts", "--format", "grep"]).run().expect_code(0).stdout();
    assert!(done.contains("other.c:") && done.contains("third.c:"), "{done}");
}

/// The lock of a guarded statement was once taken for the type of a declaration.
#[test]
fn a_statement_below_a_guard_hides_no_use() {
    let dir = Dir::new();
    dir.create(
        "lamp.c",
        "struct lamp {\n\tint lock;\n};\n\nint use(struct lamp *lamp)\n{\n\tint err;\n\n\t\
         scoped_guard(mutex, &lamp->lock)\n\t\terr = 1;\n\tscoped_guard(mutex, &lamp->lock) err = 2;\n\t\
         scoped_guard(mutex, &lamp->lock) {\n\t\terr = 3;\n\t}\n\treturn err;\n}\n",
    );
    eqnice!(
        "declared: int lock;\naddress: scoped_guard(mutex, &lamp->lock)\n\
         address: scoped_guard(mutex, &lamp->lock) err = 2;\n\
         address: scoped_guard(mutex, &lamp->lock) {\n",
        rows(&dir, &["lamp.lock"])
    );
}

/// What a macro does with a field that it is told by name, only its body says.
#[test]
fn a_macro_that_makes_code_of_a_field_is_no_certain_use() {
    let dir = Dir::new();
    dir.create(
        "lamp.c",
        "struct lamp {\n\tstruct {\n\t\tint rb;\n\t\tint last;\n\t} node;\n};\n\n\
         TREE_DEFINE(struct lamp, node.rb, int, node.last, 0, static)\n\n\
         int use(struct lamp *lamp, void *p, int *user)\n{\n\tlamp = rb_entry(p, struct lamp, node.rb);\n\t\
         get_user(lamp->node.last, user);\n\treturn lamp->node.rb;\n}\n",
    );
    eqnice!(
        "declared: } node;\nuse, unsure: TREE_DEFINE(struct lamp, node.rb, int, node.last, 0, static)\n\
         use: lamp = rb_entry(p, struct lamp, node.rb);\nwrite: get_user(lamp->node.last, user);\n\
         read: return lamp->node.rb;\n",
        rows(&dir, &["lamp.node"])
    );
}

/// Whose a field is, once was told only where the text beside it says so.
#[test]
fn what_other_files_say_of_a_type_counts() {
    let dir = Dir::new();
    dir.create(
        "lamp.h",
        "struct bulb {\n\tint watts;\n};\n\nstruct lamp {\n\tint watts;\n\tstruct bulb *first, *second;\n\
         \tstruct {\n\t\tint watts;\n\t} inner;\n\tstruct list_head list;\n};\n\n\
         typedef struct lamp *LAMP;\ntypedef struct {\n\tint watts;\n} shade_t;\n\n\
         extern struct lamp desk, hall;\nstruct lamp *lamp_of(int room);\n\
         #define LAMP_IN(x) ((struct lamp *)(x))\n\
         #define LAMP_AT(x) container_of(x, struct lamp, list)\n",
    );
    let lines = [
        "l->watts = 1;",
        "lamp_of(2)->watts = 2;",
        "LAMP_IN(p)->watts = 3;",
        "LAMP_AT(p)->watts = 4;",
        "hall.watts = 5;",
        "rooms[1].watts = 6;",
        "unknown(p)->watts = 7;",
        "l->second->watts = 8;",
        "shade->watts = 9;",
        "l->inner.watts = 10;",
        "lamp_of(3)->second->watts = 11;",
        "list_for_each_entry(other, p, list)",
    ];
    let body: String = lines.iter().map(|line| format!("\t{line}\n")).collect();
    dir.create(
        "use.c",
        format!(
            "#include \"lamp.h\"\n\nint use(LAMP l, void *p, shade_t *shade)\n{{\n\tstruct lamp \
             *other;\n\n{body}\t\treturn 0;\n}}\n"
        ),
    );
    dir.create(
        "rooms.c",
        "#include \"lamp.h\"\n\nstruct lamp rooms[3];\nstruct lamp desk, hall;\n",
    );
    dir.create("tools/use.c", "int use(void)\n{\n\treturn other()->watts;\n}\n");
    let expected = "\
declared: int watts;
declared: int watts;
write: l->watts = 1;
write: lamp_of(2)->watts = 2;
write: LAMP_IN(p)->watts = 3;
write: LAMP_AT(p)->watts = 4;
write: hall.watts = 5;
write: rooms[1].watts = 6;
write: l->inner.watts = 10;
write, unsure: unknown(p)->watts = 7;
";
    eqnice!(expected, rows(&dir, &["lamp.watts"]));
    let bulbs = "\
declared: int watts;
write: l->second->watts = 8;
write: lamp_of(3)->second->watts = 11;
write, unsure: unknown(p)->watts = 7;
";
    eqnice!(bulbs, rows(&dir, &["bulb.watts"]));
    let lists = "\
declared: struct list_head list;
use: #define LAMP_AT(x) container_of(x, struct lamp, list)
read: list_for_each_entry(other, p, list)
";
    eqnice!(lists, rows(&dir, &["lamp.list"]));
}

/// Two drivers may each have a structure of one name: what neither means is left out, and what
/// one of them may mean is unsure.
#[test]
fn where_definitions_disagree_each_may_be_meant() {
    let dir = Dir::new();
    dir.create(
        "drivers/desk/desk.h",
        "struct lamp_host {\n\tstruct desk_hw *hw;\n};\n\nstruct desk_hw {\n\tint watts;\n};\n",
    );
    dir.create(
        "drivers/floor/floor.h",
        "struct lamp_host {\n\tstruct floor_hw *hw;\n\tint room;\n};\n\nstruct floor_hw {\n\tint watts;\n};\n",
    );
    dir.create("drivers/other.h", "struct other {\n\tint watts;\n};\n");
    dir.create(
        "drivers/desk/desk.c",
        "#include \"desk.h\"\n\nint use(struct lamp_host *host)\n{\n\treturn host->hw->watts;\n}\n",
    );
    eqnice!("declared: int watts;\n", rows(&dir, &["other.watts"]));
    eqnice!(
        "declared: int watts;\nread, unsure: return host->hw->watts;\n",
        rows(&dir, &["desk_hw.watts"])
    );
}

/// The types of variables, functions and macros that are called as their structures are, or that are
/// declared with these.
#[test]
fn what_headers_declare_is_known_however_they_do() {
    let dir = Dir::new();
    dir.create(
        "include/lamp.h",
        "struct bulb {\n\tint watts;\n};\n\nstruct lamp {\n\tint watts;\n\tstruct bulb *bulb;\n};\n\n\
         extern struct lamp lamp __read_mostly;\n\
         extern struct hall {\n\tint watts;\n} hall;\n\
         typedef struct _desk\n{\n\tint watts;\n} DESK, *PDESK;\n\
         static inline struct bulb *bulb(const struct lamp *l)\n{\n\treturn l->bulb;\n}\n\
         #define LAMP_AT(p) container_of_const(p, struct lamp, bulb)\n\
         #define LAMP_IN(p) \\\n\t_Generic(p, struct bulb *: container_of(p, struct lamp, bulb), \\\n\
         \t\t const struct bulb *: (const struct lamp *)container_of(p, const struct lamp, bulb))\n\
         #define BULB_OF(p) (LAMP_AT(p)->bulb)\n",
    );
    dir.create(
        "drivers/use.c",
        "#include <lamp.h>\n\nint use(DESK *one, PDESK other, void *p)\n{\n\tlamp.watts = 1;\n\thall.watts = 2;\n\
         \tone->watts = 3;\n\tother->watts = 4;\n\tbulb(p)->watts = 5;\n\tLAMP_AT(p)->watts = 6;\n\
         \tLAMP_IN(p)->watts = 7;\n\tBULB_OF(p)->watts = 8;\n\treturn 0;\n}\n",
    );
    // Of its file alone.
    dir.create("drivers/static.c", "static struct hall lamp;\n");
    let expected = [
        (
            "lamp.watts",
            "lamp.watts = 1;\nwrite: LAMP_AT(p)->watts = 6;\nwrite: LAMP_IN(p)->watts = 7;",
        ),
        ("hall.watts", "hall.watts = 2;"),
        ("_desk.watts", "one->watts = 3;\nwrite: other->watts = 4;"),
        ("bulb.watts", "bulb(p)->watts = 5;\nwrite: BULB_OF(p)->watts = 8;"),
    ];
    for (field, written) in expected {
        let found = rows(&dir, &[field, "--access", "write"]);
        eqnice!(format!("write: {written}\n"), found);
    }
}

/// Programs of `tools/` have structures that are called as the kernel's are, each its own.
#[test]
fn a_program_of_the_tools_sees_its_own_structures() {
    let dir = Dir::new();
    dir.create("include/linux/lamp.h", "struct lamp {\n\tint watts;\n};\n");
    dir.create("tools/testing/lamps/lamp.h", "struct lamp {\n\tint watts;\n};\n");
    dir.create("tools/testing/lamps/use.c", "int use(void)\n{\n\treturn one()->watts;\n}\n");
    dir.create("tools/testing/other/use.c", "int use(void)\n{\n\treturn two()->watts;\n}\n");
    let expected = "\
declared: int watts;
declared: int watts;
read, unsure: return one()->watts;
";
    eqnice!(expected, rows(&dir, &["lamp.watts"]));
    dir.create("tools/include/lamp.h", "struct lamp {\n\tint watts;\n};\n");
    let shared = "\
declared: int watts;
declared: int watts;
declared: int watts;
read, unsure: return one()->watts;
read, unsure: return two()->watts;
";
    eqnice!(shared, rows(&dir, &["lamp.watts"]));
}

/// Brackets around a pointer, and what is added to it, don't change what it points to. A macro's parameter is no
/// variable that is called so.
#[test]
fn brackets_around_a_pointer_are_looked_into() {
    let dir = Dir::new();
    dir.create(
        "include/lamp.h",
        "struct lamp {\n\tint watts;\n\tstruct lamp *next;\n};\n\nextern struct lamp hall;\n",
    );
    dir.create(
        "drivers/use.c",
        "#include <lamp.h>\n\n#define WATTS(hall) ((hall)->watts)\n#define MORE(hall) (hall->watts)\n\n\
         int use(struct lamp *one, int n)\n{\n\t(one)->watts = 1;\n\t(one + n)->watts = 2;\n\t(&one[n])->watts = 3;\n\
         \t(one->next)->watts = 4;\n\t(hall).watts = 5;\n\t(*one).watts = 6;\n\treturn n;\n}\n",
    );
    let expected = "\
read, unsure: #define WATTS(hall) ((hall)->watts)
read, unsure: #define MORE(hall) (hall->watts)
";
    let read = rows(&dir, &["lamp.watts", "--access", "read"]);
    eqnice!(expected, read);
    let written: String = [
        "(one)->watts = 1;",
        "(one + n)->watts = 2;",
        "(&one[n])->watts = 3;",
        "(one->next)->watts = 4;",
        "(hall).watts = 5;",
        "(*one).watts = 6;",
    ]
    .iter()
    .map(|line| format!("write: {line}\n"))
    .collect();
    eqnice!(written, rows(&dir, &["lamp.watts", "--access", "write"]));
}

/// A use of which the text doesn't tell whose it is was told as one of a structure without such a field.
#[test]
fn a_structure_without_the_field_has_no_uses_of_it() {
    let dir = Dir::new();
    dir.create("lamp.h", "struct lamp {\n\tint level;\n};\nstruct bulb {\n\tint watts;\n};\n");
    dir.create("lamp.c", "int f(void)\n{\n\treturn unknown()->watts;\n}\n");
    for question in ["refs", "callers", "def", "trace"] {
        for (name, said) in [
            ("lamp.watts", "no such field: lamp.watts; watts is a field of bulb\n"),
            ("lamp.volts", "no such name: lamp.volts"),
        ] {
            let done = dir.kgrep(&[question, name]).run().expect_code(1);
            eqnice!("", done.stdout());
            assert!(done.stderr().starts_with(&format!("kgrep: {said}")), "{}", done.stderr());
        }
    }
    eqnice!(
        "declared: int watts;\nread, unsure: return unknown()->watts;\n",
        rows(&dir, &["bulb.watts"])
    );
}
