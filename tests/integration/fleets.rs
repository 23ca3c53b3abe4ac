//! `kgrep export … --format parquet --out DIR`: a table for each of many trees, read back with
//! Parquet's own reader and its own zstd.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use parquet::basic::Compression;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::printer::print_schema;

use crate::revisions::{commit, git};
use crate::util::{Dir, TestCommand, eqnice};

const LAMP: &str = "#include \"lamp.h\"\n\nstatic int lamp_check(int bulb)\n{\n\treturn bulb > 0;\n}\n\n\
                    int lamp_on(int bulb)\n{\n\tprintk(KERN_ERR \"lamp: on\\n\");\n\treturn \
                    lamp_check(bulb);\n}\n";

/// Two tags: in `v2` a line more, and `lamp_check()` with another body.
fn lamps() -> Dir {
    let dir = Dir::new();
    git(dir.tree(), &["init", "-q", "-b", "main"]);
    kernel(&dir, "", LAMP);
    commit(&dir, "v1");
    let changed = LAMP.replace("bulb > 0", "bulb >= 0");
    kernel(&dir, "", &format!("/* A lamp. */\n{changed}"));
    commit(&dir, "v2");
    dir
}

/// A kernel in a folder of the tree.
fn kernel(dir: &Dir, folder: &str, lamp: &str) {
    for (name, text) in [
        ("Kbuild", ""),
        ("Kconfig", ""),
        ("MAINTAINERS", ""),
        ("Makefile", ""),
        ("kernel/lamp.c", lamp),
        ("kernel/lamp.h", "int lamp_on(int bulb);\n"),
    ] {
        dir.create(&format!("{folder}{name}"), text);
    }
}

fn export(dir: &Dir, what: &str, more: &[&str]) -> TestCommand {
    let args = [&["export", what, "--format", "parquet", "--out"], more].concat();
    dir.kgrep(&args).env("KGREP_ARCH", "x86")
}

/// A table's rows, each value as it is printed.
fn rows(path: &Path) -> Vec<Vec<(String, String)>> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(|row| {
        let row = row.unwrap();
        let cell = |(name, value): (&String, &Field)| {
            let text = match value {
                Field::Str(text) => text.clone(),
                other => other.to_string(),
            };
            (name.clone(), text)
        };
        row.get_column_iter().map(cell).collect()
    });
    rows.collect()
}

/// A table without the hashes, a line for each row.
fn without_ids(path: &Path) -> String {
    let is_shown = |name: &str| !name.ends_with("id") && name != "content";
    let line = |row: Vec<(String, String)>| {
        let cells = row.into_iter().filter(|(name, _)| is_shown(name)).map(|(_, value)| value);
        cells.collect::<Vec<_>>().join(" ") + "\n"
    };
    rows(path).into_iter().map(line).collect()
}

/// A column of a table, by another one.
fn by(path: &Path, key: &str, wanted: &str) -> BTreeMap<String, String> {
    let get = |row: &[(String, String)], name: &str| {
        row.iter().find(|(column, _)| column == name).unwrap().1.clone()
    };
    rows(path).iter().map(|row| (get(row, key), get(row, wanted))).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn each_revision_has_a_table_of_what_is_defined() {
    let dir = lamps();
    let tags = ["fleet/symbols", "--tags", "v*"];
    let lines = "v1\tfleet/symbols/rev=v1/part-0.parquet\t3\twritten\n\
                 v2\tfleet/symbols/rev=v2/part-0.parquet\t3\twritten\n";
    eqnice!(lines, export(&dir, "symbols", &tags).stdout());
    let (v1, v2) = (
        dir.path("fleet/symbols/rev=v1/part-0.parquet"),
        dir.path("fleet/symbols/rev=v2/part-0.parquet"),
    );
    eqnice!(
        "lamp_check function kernel/lamp.c 3 6 static\n\
         lamp_on function kernel/lamp.c 8 12 global\n\
         lamp_on declaration kernel/lamp.h 1 1 global\n",
        without_ids(&v1)
    );
    eqnice!(
        "lamp_check function kernel/lamp.c 4 7 static\n\
         lamp_on function kernel/lamp.c 9 13 global\n\
         lamp_on declaration kernel/lamp.h 1 1 global\n",
        without_ids(&v2)
    );
    // What didn't change has its ids wherever it is; what changed has others.
    for column in ["id", "content"] {
        let (old, new) = (by(&v1, "name", column), by(&v2, "name", column));
        assert_ne!(old["lamp_check"], new["lamp_check"], "{column}");
        let (old, new) = (by(&v1, "first", column), by(&v2, "first", column));
        assert_eq!(old["8"], new["9"], "{column}");
    }
    // One is the hash that any engine makes of the same text: XXH64.
    eqnice!("-1331125546229927996", by(&v1, "path", "content")["kernel/lamp.h"].clone());
    // Nothing else is beside it, others may read it, and what is there stays.
    assert_eq!(names(v1.parent().unwrap()), ["part-0.parquet"]);
    assert_eq!(fs::metadata(&v1).unwrap().permissions().mode() & 0o444, 0o444);
    let again = lines.replace("written", "already there");
    eqnice!(again, export(&dir, "symbols", &tags).stdout());
}

#[test]
fn a_table_says_what_it_is() {
    let dir = lamps();
    export(&dir, "edges", &["fleet", "--at", "v1"]).run().expect_ok();
    let path = dir.path("fleet/rev=v1/part-0.parquet");
    let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    let about = reader.metadata();
    let mut schema = Vec::new();
    print_schema(&mut schema, about.file_metadata().schema());
    eqnice!(
        "message kgrep {\n  REQUIRED BYTE_ARRAY caller (STRING);\n  REQUIRED BYTE_ARRAY callee \
         (STRING);\n  REQUIRED BYTE_ARRAY kind (STRING);\n  REQUIRED BYTE_ARRAY path (STRING);\n  \
         REQUIRED BYTE_ARRAY source (STRING);\n  REQUIRED INT32 line;\n  REQUIRED INT64 caller_id;\n  \
         OPTIONAL INT64 callee_id;\n}\n",
        String::from_utf8(schema).unwrap()
    );
    let notes = about.file_metadata().key_value_metadata().unwrap();
    let notes: Vec<String> =
        notes.iter().map(|n| format!("{}={}", n.key, n.value.clone().unwrap())).collect();
    let commit = git(dir.tree(), &["rev-parse", "v1"]);
    let wanted = format!(
        "kgrep.table=edges kgrep.schema=1 kgrep.rev=v1 kgrep.arch=x86 kgrep.commit={commit}"
    );
    eqnice!(wanted, notes.join(" "));
    for column in about.row_group(0).columns() {
        assert!(matches!(column.compression(), Compression::ZSTD(_)), "{column:?}");
    }
}

#[test]
fn edges_lead_to_symbols() {
    let dir = lamps();
    for what in ["edges", "symbols"] {
        export(&dir, what, &[what, "git:v1"]).run().expect_ok();
    }
    let edges = dir.path("edges/rev=v1/part-0.parquet");
    eqnice!(
        "lamp_on lamp_check call kernel/lamp.c kernel/lamp.c 11\n\
         lamp_on lamp_check macro kernel/lamp.c kernel/lamp.c 11\n\
         lamp_on printk call kernel/lamp.c kernel/lamp.c 10\n",
        without_ids(&edges)
    );
    let symbols = dir.path("symbols/rev=v1/part-0.parquet");
    let by_line = by(&symbols, "first", "id");
    let callees = by(&edges, "callee", "callee_id");
    assert_eq!(by(&edges, "callee", "caller_id")["printk"], by_line["8"]);
    assert_eq!(callees["lamp_check"], by_line["3"]);
    assert_eq!(callees["printk"], "null");
}

#[test]
fn a_use_outside_of_any_definition_is_its_files() {
    let dir = Dir::new();
    kernel(&dir, "linux/", "DECLARE_PER_CPU(int, lamps);\n");
    for what in ["edges", "files", "symbols"] {
        export(&dir, what, &[what, "linux"]).run().expect_ok();
    }
    let edges = dir.path("edges/rev=linux/part-0.parquet");
    eqnice!("(file) DECLARE_PER_CPU call kernel/lamp.c kernel/lamp.c 1\n", without_ids(&edges));
    let files = by(&dir.path("files/rev=linux/part-0.parquet"), "path", "id");
    assert_eq!(by(&edges, "path", "caller_id"), files);
}

/// Rows of a table that can't be told from each other are one, as in what `export` prints.
#[test]
fn a_table_has_the_rows_that_are_printed() {
    let dir = Dir::kernel();
    for (what, columns) in [
        ("symbols", &["name", "kind", "path", "first", "last", "scope"][..]),
        ("edges", &["path", "caller", "callee", "kind"]),
        ("formats", &["path", "first", "last", "function", "level", "format"]),
    ] {
        export(&dir, what, &[what, "v=."]).run().expect_ok();
        let printed = dir.kgrep(&["export", what]).env("KGREP_ARCH", "x86").stdout();
        let line = |row: Vec<(String, String)>| {
            let value =
                |column: &&str| row.iter().find(|(name, _)| name == column).unwrap().1.clone();
            columns.iter().map(value).collect::<Vec<_>>().join("\t")
        };
        let table = rows(&dir.path(&format!("{what}/rev=v/part-0.parquet")));
        let mut table: Vec<String> = table.into_iter().map(line).collect();
        // Uses on several lines are several rows there.
        table.dedup();
        let printed: Vec<&str> = printed.lines().collect();
        assert!(!printed.is_empty());
        eqnice!(printed.join("\n"), table.join("\n"));
    }
}

#[test]
fn formats_and_files_are_tables_too() {
    let dir = lamps();
    export(&dir, "formats", &["formats", "--at", "v2"]).run().expect_ok();
    let formats = dir.path("formats/rev=v2/part-0.parquet");
    eqnice!("kernel/lamp.c 11 11 lamp_on err lamp: on\n", without_ids(&formats));
    let tsv = dir.kgrep(&["export", "formats", "--at", "v2"]).env("KGREP_ARCH", "x86").stdout();
    eqnice!("kernel/lamp.c\t11\t11\tlamp_on\terr\tlamp: on\n", tsv);
    dir.create("config", "# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_X86=y\n");
    dir.create("kernel/Makefile", "obj-y += lamp.o\n");
    dir.create("Kbuild", "obj-y += kernel/\n");
    dir.create("kernel/other.c", "");
    let folder = dir.tree().file_name().unwrap().to_str().unwrap();
    export(&dir, "files", &["with", "--kconfig", "config"]).run().expect_ok();
    let files = dir.path(&format!("with/rev={folder}/part-0.parquet"));
    eqnice!("kernel/lamp.c y null\nkernel/other.c no null\n", without_ids(&files));
    export(&dir, "files", &["without"]).run().expect_ok();
    let files = dir.path(&format!("without/rev={folder}/part-0.parquet"));
    eqnice!("kernel/lamp.c null null\nkernel/other.c null null\n", without_ids(&files));
    // XXH64 of nothing.
    eqnice!("-1205034819632174695", by(&files, "path", "content")["kernel/other.c"].clone());
}

#[test]
fn a_fleet_has_trees_of_all_kinds_each_with_a_name() {
    let dir = lamps();
    kernel(&dir, "acme/linux/", LAMP);
    kernel(&dir, "other/linux/", LAMP);
    dir.create("trees", "# the fleet\n\nacme/linux\n  other-6.1=other/linux\nv0=git:v1\n");
    let done = export(&dir, "symbols", &["fleet", "--trees-from", "trees", "--at", "main"]).run();
    eqnice!(
        "linux\tfleet/rev=linux/part-0.parquet\t3\twritten\n\
         other-6.1\tfleet/rev=other-6.1/part-0.parquet\t3\twritten\n\
         v0\tfleet/rev=v0/part-0.parquet\t3\twritten\n\
         main\tfleet/rev=main/part-0.parquet\t3\twritten\n",
        done.expect_ok().stdout()
    );
    git(dir.tree(), &["branch", "a/b", "v1"]);
    eqnice!(
        "a/b\tfleet/rev=a%2Fb/part-0.parquet\t3\twritten\n",
        export(&dir, "symbols", &["fleet", "--at", "a/b"]).stdout()
    );
    let clash = export(&dir, "symbols", &["fleet", "acme/linux", "other/linux"]).run();
    clash.expect_error(&["two trees are called linux", "NAME=TREE"]);
    export(&dir, "symbols", &["fleet", "nowhere"])
        .run()
        .expect_error(&["nowhere: neither a folder nor git:REV"]);
    dir.create("none", "# nothing\n");
    export(&dir, "symbols", &["fleet", "--trees-from", "none"])
        .run()
        .expect_error(&["there is no tree in the list"]);
}

#[test]
fn a_tree_that_is_none_keeps_no_other_from_its_table() {
    let dir = lamps();
    let done = export(&dir, "symbols", &["fleet", "--at", "v1", "--at", "v77", "--at", "v2"]).run();
    let done = done.expect_code(2);
    assert!(done.stderr().starts_with("kgrep: v77: v77: no such revision"), "{}", done.stderr());
    assert_eq!(done.stderr().lines().count(), 1, "{}", done.stderr());
    assert_eq!(done.stdout().lines().count(), 2, "{}", done.stdout());
    assert_eq!(names(&dir.path("fleet")), ["rev=v1", "rev=v2"]);
}

#[test]
fn machines_share_a_list_by_number() {
    let dir = lamps();
    let list = ["--at", "v1", "--at", "v2", "--at", "main", "--jobs"];
    let share = |jobs: &str| {
        let done = export(&dir, "symbols", &[&["fleet"], &list[..], &[jobs]].concat()).run();
        let done = done.expect_ok().stdout();
        let name = |line: &str| line.split('\t').next().unwrap().to_owned();
        done.lines().map(name).collect::<Vec<_>>()
    };
    assert_eq!(share("1/2"), ["v1", "main"]);
    assert_eq!(share("2/2"), ["v2"]);
    for wrong in ["3/2", "0/2", "2", "a/b", "1/0"] {
        let args = [&["fleet"], &list[..], &[wrong]].concat();
        export(&dir, "symbols", &args).run().expect_error(&["--jobs", "K/N"]);
    }
}

/// Puts a lock where the table of `v1` belongs; its path.
fn lock(dir: &Dir, text: &str) -> std::path::PathBuf {
    dir.create("fleet/rev=v1/.part-0.lock", text);
    dir.path("fleet/rev=v1/.part-0.lock")
}

#[test]
fn a_lock_that_is_held_is_left_to_its_holder() {
    let dir = lamps();
    let lock = lock(&dir, "kgrep\nmachine elsewhere\nprocess 7\n");
    let args = ["fleet", "--at", "v1", "--at", "v2"];
    let done = export(&dir, "symbols", &args).run().expect_code(1);
    eqnice!("kgrep: v1: left to process 7 on elsewhere\n", done.stderr());
    eqnice!("v2\tfleet/rev=v2/part-0.parquet\t3\twritten\n", done.stdout());
    assert_eq!(names(&dir.path("fleet/rev=v1")), [".part-0.lock"]);
    fs::remove_file(lock).unwrap();
    export(&dir, "symbols", &args).run().expect_ok();
    assert_eq!(names(&dir.path("fleet/rev=v1")), ["part-0.parquet"]);
}

#[test]
fn a_lock_that_was_left_behind_is_told() {
    let dir = lamps();
    let mut child = Command::new("true").spawn().unwrap();
    let gone = child.id();
    child.wait().unwrap();
    let machine = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let machine = machine.trim();
    let path = lock(&dir, &format!("kgrep\nmachine {machine}\nprocess {gone}\n"));
    let args = ["fleet", "--at", "v1"];
    let told = |path: &Path, why: &str| {
        format!("kgrep: v1: {} {why}; remove that file to have the table written\n", path.display())
    };
    let done = export(&dir, "symbols", &args).run().expect_code(2);
    let why = format!("was left behind by process {gone} on {machine}, which is gone");
    eqnice!(told(&path, &why), done.stderr());
    // One that is so old that no table takes so long.
    lock(&dir, "kgrep\nmachine elsewhere\nprocess 7\n");
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(13 * 60 * 60);
    File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
    let done = export(&dir, "symbols", &args).run().expect_code(2);
    let why = "is held by process 7 on elsewhere for 13 hours; if that has ended,";
    eqnice!(told(&path, why).replace(",;", ","), done.stderr());
    lock(&dir, "");
    File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
    let done = export(&dir, "symbols", &args).run().expect_code(2);
    eqnice!(told(&path, "doesn't say who holds it"), done.stderr());
    assert_eq!(names(&dir.path("fleet/rev=v1")), [".part-0.lock"]);
}

#[test]
fn a_table_that_was_not_finished_is_never_seen() {
    let dir = lamps();
    // What one that was killed left.
    dir.create("fleet/rev=v1/.part-0.x1.tmp", "PAR1");
    export(&dir, "symbols", &["fleet", "--at", "v1"]).run().expect_ok();
    assert_eq!(names(&dir.path("fleet/rev=v1")), ["part-0.parquet"]);
    // What is no table is not taken for one, nor overwritten.
    dir.create("fleet/rev=v2/part-0.parquet", "PAR1");
    let done = export(&dir, "symbols", &["fleet", "--at", "v2"]).run().expect_code(2);
    assert!(
        done.stderr().contains("rev=v2/part-0.parquet: no table; remove it"),
        "{}",
        done.stderr()
    );
    assert_eq!(done.stderr().lines().count(), 1, "{}", done.stderr());
}

#[test]
fn a_folder_that_is_none_is_told_in_a_line() {
    let dir = lamps();
    let bad = |out: &str, words: &[&str]| {
        let done = export(&dir, "symbols", &[out, "--at", "v1"]).run();
        assert_eq!(done.stderr().lines().count(), 1, "{}", done.stderr());
        done.expect_error(words);
    };
    bad("Kbuild", &["--out Kbuild: this can't be a folder to write to", "File exists"]);
    bad("Kbuild/fleet", &["--out Kbuild/fleet", "Not a directory"]);
    // A folder of another table.
    export(&dir, "edges", &["edges", "--at", "v1"]).run().expect_ok();
    let done = export(&dir, "symbols", &["edges", "--at", "v1"]).run().expect_code(2);
    let told = done.stderr();
    assert!(told.contains("is a table of edges, not of symbols; each kind of table has"), "{told}");
}

#[test]
fn tables_and_rows_are_not_mixed_up() {
    let dir = lamps();
    let kgrep = |args: &[&str]| dir.kgrep(args).env("KGREP_ARCH", "x86").run();
    kgrep(&["export", "symbols", "--format", "parquet"]).expect_error(&["--out DIR"]);
    kgrep(&["export", "symbols", "--out", "fleet"]).expect_error(&["--format parquet"]);
    kgrep(&["export", "symbols", "git:v1"]).expect_error(&["--out"]);
    kgrep(&["def", "lamp_on", "--format", "parquet"]).expect_error(&["kgrep export"]);
    kgrep(&["--format", "parquet", "lamp"]).expect_error(&["kgrep export"]);
}
