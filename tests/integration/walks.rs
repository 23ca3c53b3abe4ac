//! Walks over the graph: chains, and trees of callers and callees, in small trees that a walk
//! can go wrong in.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::util::{Dir, eqnice};

/// The titles of chains.
fn chains(dir: &Dir, args: &[&str]) -> Vec<String> {
    let found = dir.kgrep(args).stdout();
    let titles = found.lines().filter(|line| line.contains('→'));
    titles.map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_chain_is_found_where_the_start_can_be_reached_again() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "void t(void) { }\nvoid h(void) { t(); }\nvoid g(void) { f(); h(); }\nvoid f(void) { g(); }\n",
    );
    assert_eq!(chains(&dir, &["chain", "f", "t"]), ["f → g → h → t"]);
    assert_eq!(chains(&dir, &["chain", "g", "t"]), ["g → h → t"]);
    // The start itself may have to be passed again for a name to pass.
    let found = chains(&dir, &["chain", "g", "t", "--through", "f"]);
    assert_eq!(found, ["g → f → g → h → t"]);
}

#[test]
fn a_long_chain_is_found_and_a_limit_is_said() {
    let dir = Dir::new();
    let long: usize = 20_000;
    let mut text = String::from("int f0(void) { return 0; }\n");
    for n in 0..long {
        let _ = writeln!(text, "int f{}(void) {{ return f{n}(); }}", n + 1);
    }
    dir.create("a.c", text);
    let begun = Instant::now();
    let found = dir.kgrep(&["chain", "f20000", "f0"]).run().expect_code(1);
    let told = "kgrep: no chain from f20000 to f0 in at most 64 hops; --max-depth NUM looks \
                further; --indirect also goes through tables of functions\n";
    eqnice!(told, found.stderr());
    let found = chains(&dir, &["chain", "--max-depth", "30000", "f20000", "f0"]);
    assert!(found.len() == 1 && found[0].matches('→').count() == long);
    let none = dir.kgrep(&["chain", "--max-depth", "30000", "f0", "f20000"]).run().expect_code(1);
    assert!(none.stderr().starts_with("kgrep: no chain from f0 to f20000; "), "{none}");
    // Far more than it takes, and far less than what it took.
    assert!(begun.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_chain_through_a_table_at_the_end_of_many_calls() {
    let dir = Dir::new();
    let mut text = String::from(
        "struct ops { int (*run)(int); };\nstatic int t(int a) { return a; }\n\
         static struct ops o = { .run = t };\nint g0(struct ops *p) { return p->run(1); }\n",
    );
    for n in 0..11 {
        let _ = writeln!(text, "int g{}(struct ops *p) {{ return g{n}(p); }}", n + 1);
    }
    dir.create("a.c", text);
    let found = chains(&dir, &["chain", "--indirect", "g11", "t"]);
    let names: Vec<String> = (0..12).rev().map(|n| format!("g{n}")).collect();
    assert_eq!(found, [format!("{} → t", names.join(" → "))]);
    let none = dir.kgrep(&["chain", "g11", "t"]).run().expect_code(1);
    assert!(none.stderr().contains("--indirect also goes through tables"), "{none}");
}

#[test]
fn all_within_the_depth_is_shown_where_it_is_nearest() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "void d(void) { e(); }\nvoid e(void) { f(); }\nvoid f(void) { }\nvoid c(void) { d(); }\n\
         void b(void) { c(); }\nvoid a(void) { b(); d(); }\n",
    );
    let expected = "\
Index File Line Callee        How      Defined Content
    0 a.c     6 a             function         void a(void) { b(); d(); }
    1 a.c     6   b           call     a.c:5   void a(void) { b(); d(); }
    2 a.c     5     c         call     a.c:4   void b(void) { c(); }
    3 a.c     4       d (below) call   a.c:1   void c(void) { d(); }
    4 a.c     6   d           call     a.c:1   void a(void) { b(); d(); }
    5 a.c     1     e         call     a.c:2   void d(void) { e(); }
    6 a.c     2       f       call     a.c:3   void e(void) { f(); }
";
    let words = |text: &str| {
        let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        text.lines().map(line).collect::<Vec<_>>().join("\n")
    };
    let found = dir.kgrep(&["callees", "a", "-d", "4"]).stdout();
    eqnice!(words(expected), words(&found));
    let found = dir.kgrep(&["callers", "f", "-d", "4"]).stdout();
    assert_eq!(found.matches(" b ").count(), 1, "b is three steps away from d: {found}");
    let traced = dir.kgrep(&["trace", "a", "--depth", "4"]).stdout();
    assert!(traced.contains("    f"), "f is three steps away: {traced}");
}
