//! Golden rows of the table.

use super::*;
use crate::list::{Column, ContextLine, Role, Span, Terminal};

fn meta(columns: &[&str], files_only: bool) -> Meta {
    Meta {
        request: None,
        created: 0,
        folder: b"/src".to_vec(),
        command: Vec::new(),
        terminal: Terminal::current(),
        columns: columns.iter().map(|title| Column::new(title, Role::Text)).collect(),
        files_only,
        revision: None,
    }
}

fn entry(file: u32, line: u64, text: &[u8]) -> Match<'_> {
    Match { file, line, text, ..Match::default() }
}

/// Draws the table of these entries, numbered from 0.
fn drawn(look: &Look, meta: &Meta, entries: &[(&[u8], Match<'_>)]) -> String {
    let mut table = Table::new(look, meta);
    for (index, (path, entry)) in (0..).zip(entries) {
        table.note(index, path, entry);
    }
    let mut out = Vec::new();
    table.header(&mut out);
    for (index, (path, entry)) in (0..).zip(entries) {
        table.row(&mut out, Some(index), path, entry);
    }
    String::from_utf8(out).unwrap()
}

#[test]
fn columns_are_aligned() {
    let entries: [(&[u8], _); 2] = [
        (b"init/main.c", entry(0, 9, b"\tint a;\n")),
        (b"mm/slab.c", entry(1, 12345, b"int b;\r\n")),
    ];
    let expected = "\
Index File         Line Content
    0 init/main.c     9 int a;
    1 mm/slab.c   12345 int b;
";
    assert_eq!(drawn(&Look::of_pipe(), &meta(&[], false), &entries), expected);
}

#[test]
fn without_header_columns_are_as_narrow_as_can_be() {
    let look = Look { header: false, ..Look::of_pipe() };
    let entries: [(&[u8], _); 2] = [(b"a", entry(0, 9, b"x")), (b"b", entry(1, 10, b"\n"))];
    assert_eq!(drawn(&look, &meta(&[], false), &entries), "0 a  9 x\n1 b 10\n");
}

#[test]
fn wide_characters_count_two() {
    let entries: [(&[u8], _); 2] =
        [("日本.c".as_bytes(), entry(0, 1, b"x")), (b"abcdefg.c", entry(1, 2, b"y"))];
    let expected = "\
Index File      Line Content
    0 日本.c       1 x
    1 abcdefg.c    2 y
";
    assert_eq!(drawn(&Look::of_pipe(), &meta(&[], false), &entries), expected);
}

#[test]
fn escapes_are_visible_on_a_terminal_and_measured_so() {
    let look = Look { terminal: true, ..Look::of_pipe() };
    let entries: [(&[u8], _); 2] =
        [(b"a\x1b[2J", entry(0, 1, b"\x1b]0;t\x07")), (b"b", entry(1, 2, b"y"))];
    let expected = "\
Index File     Line Content
    0 a\\x1b[2J    1 \\x1b]0;t\\x07
    1 b           2 y
";
    assert_eq!(drawn(&look, &meta(&[], false), &entries), expected);
}

#[test]
fn colours_are_those_of_vgrep() {
    let look = Look { header: false, ..Look::of_terminal() };
    let found = Match { spans: vec![Span { start: 5, end: 6 }], ..entry(0, 3, b"\tint a;\n") };
    assert_eq!(
        drawn(&look, &meta(&[], false), &[(b"f.c", found)]),
        "\x1b[35m0\x1b[0m \x1b[34mf.c\x1b[0m \x1b[32m3\x1b[0m int \x1b[1m\x1b[31ma\x1b[0m;\n"
    );
}

#[test]
fn extra_columns_stand_before_the_content() {
    let cells = |cells: Vec<&'static str>, text| Match { cells, ..entry(0, 3, text) };
    let entries: [(&[u8], _); 2] =
        [(b"f.c", cells(vec!["main()", "7"], b"a")), (b"f.c", cells(vec!["", "12"], b"b"))];
    let expected = "\
Index File Line Function Uses Content
    0 f.c     3 main()      7 a
    1 f.c     3            12 b
";
    assert_eq!(drawn(&Look::of_pipe(), &meta(&["Function", "Uses"], false), &entries), expected);
}

/// One long path filled every row with blanks.
#[test]
fn in_a_pipe_one_long_cell_of_a_long_answer_stands_out() {
    let short = |line| (&b"a.c"[..], Match { cells: vec!["use"], ..entry(0, line, b"x") });
    let long = Match { cells: vec!["given to lamp()"], ..entry(1, 100, b"y") };
    let mut entries: Vec<(&[u8], _)> = (1..100).map(short).collect();
    entries.push((b"lighting/one.c", long));
    let meta = meta(&["How"], false);
    let found = drawn(&Look::of_pipe(), &meta, &entries);
    let rows: Vec<&str> = found.lines().collect();
    assert_eq!(rows[..2], ["Index File Line How Content", "    0 a.c     1 use x"]);
    assert_eq!(rows[100], "   99 lighting/one.c  100 given to lamp() y");
    let straight = "    0 a.c               1 use             x\n";
    let on_terminal = drawn(&Look { terminal: true, ..Look::of_pipe() }, &meta, &entries);
    assert!(on_terminal.contains(straight), "{on_terminal}");
    let few = drawn(&Look::of_pipe(), &meta, &entries[90..]);
    assert!(few.contains("    0 a.c              91 use             x\n"), "{few}");
}

#[test]
fn a_list_of_files_has_no_lines() {
    let file = |file, cell| Match { cells: vec![cell], ..entry(file, 0, b"") };
    let entries: [(&[u8], _); 2] = [(b"init/main.c", file(0, "3")), (b"a", file(1, "12"))];
    let expected = "\
Index File        Matches
    0 init/main.c       3
    1 a                12
";
    assert_eq!(drawn(&Look::of_pipe(), &meta(&["Matches"], true), &entries), expected);
    let plain = [(&b"a"[..], entry(0, 0, b""))];
    assert_eq!(drawn(&Look::of_pipe(), &meta(&[], true), &plain), "Index File\n    0 a\n");
}

#[test]
fn context_and_further_lines_have_no_number() {
    let context = |line, text| ContextLine { line, offset: 0, text, cut: 0 };
    let first = Match {
        before: vec![context(7, b"\n"), context(8, b"before\n")],
        after: vec![context(11, b"\tafter\n")],
        ..entry(0, 9, b"int a(\n\tint b)\n")
    };
    let second = Match { gap: true, ..entry(0, 100, b"c\n") };
    let expected = "\
Index File Line Content
              7
              8 before
    0 f.c     9 int a(
             10 \tint b)
             11 \tafter
--
    1 f.c   100 c
";
    let entries: [(&[u8], _); 2] = [(b"f.c", first), (b"f.c", second)];
    assert_eq!(drawn(&Look::of_pipe(), &meta(&[], false), &entries), expected);
}

#[test]
fn code_with_context_keeps_its_indentation_and_stands_back() {
    let context = |line, text| ContextLine { line, offset: 0, text, cut: 0 };
    let first = Match {
        before: vec![context(1, b"\tif (x)\n"), context(2, b"\t\n")],
        spans: vec![Span { start: 2, end: 3 }],
        ..entry(0, 3, b"\t\ty();\r\n")
    };
    let look = Look { header: false, ..Look::of_terminal() };
    // The blanks stand behind an empty word: a literal's continued line loses its own.
    let expected = "\x20     \x1b[32m1\x1b[0m \x1b[2m\tif (x)\x1b[0m
      \x1b[32m2\x1b[0m
\x1b[35m0\x1b[0m \x1b[34mf.c\x1b[0m \x1b[32m3\x1b[0m \t\t\x1b[1m\x1b[31my\x1b[0m();
\x1b[35m1\x1b[0m \x1b[34mf.c\x1b[0m \x1b[32m4\x1b[0m \tz();
";
    let second = entry(0, 4, b"\tz();\n");
    let out = drawn(&look, &meta(&[], false), &[(b"f.c", first), (b"f.c", second)]);
    assert_eq!(out, expected, "all rows of such a list keep it");
}

#[test]
fn sections_have_titles() {
    let section = |title, line| Match { section: Some(title), ..entry(0, line, b"x") };
    let entries: [(&[u8], _); 2] = [(b"f", section("Defined", 1)), (b"f", section("Called", 2))];
    let expected = "\
Index File Line Content

Defined
    0 f       1 x

Called
    1 f       2 x
";
    assert_eq!(drawn(&Look::of_pipe(), &meta(&[], false), &entries), expected);
}

#[test]
fn long_lines_are_cut_with_a_mark() {
    let text = vec![b'x'; 1_000_000];
    let out = drawn(&Look::of_pipe(), &meta(&[], false), &[(b"f", entry(0, 1, &text))]);
    assert!(out.ends_with("xxx [… 1.0 MB line]\n"));
    assert!(out.len() < 2100);
}

#[test]
fn rows_beyond_the_list_have_no_index() {
    let look = Look::of_pipe();
    let mut table = Table::new(&look, &meta(&[], false));
    let mut out = Vec::new();
    table.row(&mut out, None, b"some/path.c", &entry(0, 123_456, b"x"));
    assert_eq!(String::from_utf8(out).unwrap(), "      some/path.c 123456 x\n");
}

#[test]
fn editors_get_path_and_line() {
    let look = Look { ide_paths: true, ..Look::of_pipe() };
    let entries: [(&[u8], _); 2] = [(b"a.c", entry(0, 9, b"x")), (b"b.c", entry(1, 1000, b"y"))];
    let expected = "\
Index File     Line Content
    0 a.c:9       9 x
    1 b.c:1000 1000 y
";
    assert_eq!(drawn(&look, &meta(&[], false), &entries), expected);
}
