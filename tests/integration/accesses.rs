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
write, unsure: unknown()->watts = 7;
read: return lamp->watts;
initialised: .watts = 40,
declared: int watts;
";
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index", "."]).run().expect_ok();
        }
        eqnice!(expected, rows(&dir, &["lamp.watts"]));
    }
    eqnice!(
        "read: if (lamp->watts == 1 && !lamp->bulb->watts)\nwrite: bulb.watts = 1;\nwrite, unsure: \
         unknown()->watts = 7;\ndeclared: int watts;\n",
        rows(&dir, &["bulb->watts"])
    );
    eqnice!(
        "address: read(&lamp->watts);\ninitialised: .watts = 40,\n",
        rows(&dir, &["lamp.watts", "--access", "address,initialised"])
    );
    let said = dir.kgrep(&["refs", "lamp.watts"]).run().stderr();
    assert!(said.contains("of 1 of 19 the text doesn't tell whose field it is"), "{said}");
    let none = dir.kgrep(&["refs", "lamp.volts"]).run().expect_code(1).stderr();
    assert!(none.contains("nothing here is called lamp.volts"), "{none}");
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
