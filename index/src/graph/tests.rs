//! Graphs of small trees written here: what a name may mean, paths, changed files, damage.

use std::collections::HashSet;

use super::{Arch, Builder, ChainOptions, Graph, LinkKind, Possible, SearchEnd, Sections};
use crate::idiom::Idioms;
use crate::outline::outline;

/// The sections of the graph of these files.
pub(super) fn sections(files: &[(&str, &str)]) -> Sections {
    let idioms = Idioms::built_in();
    let builder = Builder::new();
    for (path, text) in files {
        builder.add(path.as_bytes(), &outline(path.as_bytes(), text.as_bytes(), &idioms));
    }
    builder.finish(&idioms)
}

fn open(sections: &Sections) -> Graph<'_> {
    Graph::from_sections(sections).expect("sections just written")
}

fn rows(graph: &Graph, arch: Arch) -> Vec<String> {
    let mut rows = Vec::new();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    graph.export_edges(
        arch,
        |_| true,
        |row| {
            rows.push(format!(
                "{} {} {} {}",
                text(row.file),
                text(&row.caller),
                text(&row.callee),
                row.kind.name()
            ));
        },
    );
    rows.sort();
    rows
}

fn callers(graph: &Graph, name: &str, indirect: bool) -> Vec<String> {
    let name = graph.find_name(name.as_bytes()).expect("a name of the tree");
    let mut found = Vec::new();
    for definition in graph.definitions_of(name) {
        for caller in graph.callers(&definition, Arch::named("x86"), indirect) {
            let user = String::from_utf8(graph.name(caller.definition.name)).expect("text");
            found.push(format!("{user} {}", caller.link.kind.name()));
        }
    }
    found
}

const BOOT: &[(&str, &str)] = &[
    ("arch/arm/setup.c", "void setup_arch(void) { arm_only(); }\nvoid arm_only(void) { }\n"),
    ("arch/x86/setup.c", "void setup_arch(void) { helper(); }\nstatic void helper(void) { }\n"),
    (
        "include/linux/h.h",
        "#define run_it(f) start_thread(f, 0)\nstatic inline void tiny(void) { }\n",
    ),
    (
        "init/main.c",
        "static void boot_thread(void *x) { run_init(); }\nvoid start(void) { setup_arch(); rest(); helper(); arm_only(); tiny(); }\n\
         void rest(void) { kthread_run(boot_thread, NULL, \"b\"); run_it(boot_thread); }\n",
    ),
    ("kernel/init.c", "void run_init(void) { made_by_paste(); }\n"),
    ("tools/t.c", "void run_init(void) { }\nvoid tool(void) { rest(); }\n"),
];

#[test]
fn names_mean_only_what_their_file_can_see() {
    let sections = sections(BOOT);
    assert_eq!(
        rows(&open(&sections), Arch::named("x86")),
        [
            "arch/x86/setup.c setup_arch helper call",
            "arch/x86/setup.c setup_arch helper macro",
            "include/linux/h.h run_it start_thread call",
            "init/main.c boot_thread run_init call",
            "init/main.c rest boot_thread ref",
            "init/main.c rest boot_thread ref",
            "init/main.c rest kthread_run call",
            "init/main.c rest run_it macro",
            "init/main.c start rest call",
            "init/main.c start rest macro",
            "init/main.c start setup_arch call",
            "init/main.c start tiny call",
            "init/main.c start tiny macro",
            "kernel/init.c run_init made_by_paste call",
        ]
    );
}

fn chain(graph: &Graph, from: &str, to: &str, avoid: &[&str]) -> Vec<String> {
    chain_through(graph, from, &[], to, avoid)
}

fn chain_through(
    graph: &Graph,
    from: &str,
    through: &[&str],
    to: &str,
    avoid: &[&str],
) -> Vec<String> {
    let name = |name: &str| graph.find_name(name.as_bytes()).expect("a name of the tree");
    let options = ChainOptions {
        arch: Arch::named("x86"),
        count: 5,
        max_depth: 10,
        kinds: vec![LinkKind::Call, LinkKind::Macro, LinkKind::Ref],
        through: through.iter().map(|n| name(n)).collect(),
        avoid: avoid.iter().map(|n| name(n)).collect(),
        without: HashSet::new(),
        possible: Possible::Last,
    };
    let shown = |name| String::from_utf8(graph.name(name)).expect("text");
    let chains = graph.chains(name(from), name(to), &options);
    let chains = chains.found.iter();
    chains.map(|c| c.iter().map(|h| shown(h.to.name)).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn a_chain_goes_through_a_function_that_is_handed_on() {
    let sections = sections(BOOT);
    let graph = open(&sections);
    assert_eq!(chain(&graph, "start", "run_init", &[]), ["rest boot_thread run_init"]);
    assert_eq!(chain(&graph, "start", "run_init", &["rest"]), [""; 0]);
    assert_eq!(chain(&graph, "run_init", "start", &[]), [""; 0]);
}

#[test]
fn a_search_that_gives_up_within_a_level_claims_nothing() {
    // The way back looks short: `goal` is handed on, which this question does not follow. Then
    // what is looked at first of the next level costs much and adds nothing.
    let mut text = "void from(void) { run(goal); a(); ".to_owned();
    (0..30).for_each(|n| text += &format!("dead{n}(); "));
    text += "}\nvoid a(void) { b(); }\nvoid b(void) { c(); }\nvoid c(void) { zz(); }\n\
             void zz(void) { goal(); }\nvoid aaa(void) { goal(); }\nvoid goal(void) { }\n";
    (0..30).for_each(|n| text += &format!("void dead{n}(void) {{ }}\n"));
    let mut others = String::new();
    // Sixteen of these cost as much as one that a chain can come to.
    (0..16 * 300).for_each(|n| others += &format!("void u{n}(void) {{ aaa(); }}\n"));
    let sections = sections(&[("arch/arm/u.c", &others), ("fs/a.c", &text)]);
    let graph = open(&sections);
    let name = |name: &str| graph.find_name(name.as_bytes()).expect("a name of the tree");
    let options = ChainOptions {
        arch: Arch::named("x86"),
        count: 5,
        max_depth: 10,
        kinds: vec![LinkKind::Call],
        through: Vec::new(),
        avoid: Vec::new(),
        without: HashSet::new(),
        possible: Possible::Last,
    };
    let mut ends = [0, 0];
    for work in (0..500).chain([100_000]) {
        let chains = graph.chains_within(name("from"), name("goal"), &options, work);
        match chains.end {
            SearchEnd::Work(_) => ends[0] += 1,
            SearchEnd::Complete => {
                let hops: Vec<usize> = chains.found.iter().map(Vec::len).collect();
                assert_eq!(hops, [5], "after {work} steps");
                ends[1] += 1;
            }
            SearchEnd::Depth => panic!("after {work} steps it was no question of depth"),
        }
    }
    assert_eq!(ends[1], 1, "{ends:?}");
}

#[test]
fn a_chain_through_a_name_may_pass_any_function_of_that_name() {
    // The nearer `middle` leads nowhere.
    let sections = sections(&[
        (
            "fs/a.c",
            "static void middle(void) { dead_end(); }\n\
             void from(void) { middle(); far(); }\nvoid dead_end(void) { }\n",
        ),
        (
            "fs/b.c",
            "static void middle(void) { goal(); }\nvoid far(void) { middle(); }\n\
             void goal(void) { from(); }\n",
        ),
    ]);
    let graph = open(&sections);
    let through = |names| chain_through(&graph, "from", names, "goal", &[]);
    assert_eq!(through(&[]), ["far middle goal"]);
    assert_eq!(through(&["middle"]), ["far middle goal"]);
    assert_eq!(through(&["far", "middle"]), ["far middle goal"]);
    assert!(through(&["goal", "dead_end", "middle"]).is_empty(), "dead_end calls nobody");
    // On the way round once more, what was passed stays passed.
    assert_eq!(through(&["goal", "from"]), ["far middle goal from far middle goal"]);
}

#[test]
fn each_of_many_definitions_of_a_name_has_its_own_callers() {
    let files: Vec<(String, String)> = (0..1000)
        .map(|at| {
            let text = format!(
                "#define note(x) here_{at}(x)\n#include \"p{at}.h\"\n\
                 static void step(void) {{ note(1); }}\nvoid run_{at}(void) {{ step(); }}\n"
            );
            (format!("drivers/d{at}.c"), text)
        })
        .chain((0..1000).map(|at| {
            let text = format!("static inline void low_{at}(void) {{ step(); }}\n");
            (format!("drivers/p{at}.h"), text)
        }))
        .collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let sections = sections(&files);
    let graph = open(&sections);
    let begun = std::time::Instant::now();
    for (name, each) in [(&b"step"[..], 2), (b"note", 1)] {
        let definitions = graph.definitions_of(graph.find_name(name).expect("a name"));
        assert_eq!(definitions.len(), 1000);
        for definition in &definitions {
            let callers = graph.callers(definition, Arch::All, false);
            assert_eq!(callers.len(), each, "{}", String::from_utf8_lossy(name));
        }
    }
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn a_changed_file_counts_for_all_others_at_once() {
    let sections = sections(BOOT);
    let mut graph = open(&sections);
    let text =
        "void run_init(void) { }\nvoid extra(void) { rest(); }\nvoid start_thread(void) { }\n";
    let idioms = Idioms::built_in();
    let changed = vec![
        (
            b"kernel/init.c".to_vec(),
            Some(outline(b"kernel/init.c", text.as_bytes(), &Idioms::built_in())),
        ),
        (b"arch/x86/setup.c".to_vec(), None),
    ];
    let again = graph.overlay(changed, &idioms, 10, &|_| None).expect("few files");
    assert!(again.is_empty(), "nothing follows");
    assert_eq!(callers(&graph, "rest", false), ["start call", "extra call"]);
    assert_eq!(callers(&graph, "run_init", false), ["boot_thread call"]);
    assert_eq!(callers(&graph, "start_thread", false), ["run_it call"]);
    assert_eq!(callers(&graph, "setup_arch", false), [""; 0]);
    graph.overlay(Vec::new(), &idioms, 10, &|_| None).expect("few files");
    assert_eq!(callers(&graph, "setup_arch", false), ["start call"]);
}

#[test]
fn a_call_through_a_field_reaches_what_tables_put_there() {
    let sections = sections(&[
        (
            "include/ops.h",
            "struct ops { int (*open)(int); };\nstruct dev { const struct ops *ops; };\nstruct other { int (*open)(int); };\n",
        ),
        (
            "a.c",
            "static int my_open(int x) { return x; }\nstatic const struct ops my_ops = { .open = my_open };\n",
        ),
        (
            "b.c",
            "static int far_open(int x) { return x; }\nstatic struct other far = { .open = far_open };\n",
        ),
        (
            "c.c",
            "int go(struct dev *d) { return d->ops->open(1); }\nint lost(void) { return find()->open(2); }\n",
        ),
    ]);
    let graph = open(&sections);
    assert_eq!(callers(&graph, "my_open", true), ["my_ops init", "go indirect"]);
    assert_eq!(callers(&graph, "far_open", true), ["far init"]);
    let lost = graph.definitions_of(graph.find_name(b"lost").expect("a name"))[0];
    let callees = graph.callees(&lost, Arch::All, true);
    assert_eq!(
        callees.iter().map(|c| c.candidates).max(),
        Some(2),
        "of unknown struct: {callees:?}"
    );
}

#[test]
fn damaged_sections_are_refused_or_answer_without_panic() {
    let whole = sections(BOOT);
    for part in 0..6 {
        let length = whole.named()[part].1.len();
        // A table of many offsets is damaged here and there, all else at each byte.
        for at in (0..length).step_by(length.div_ceil(2000).max(1)) {
            let mut hurt = whole.clone();
            let bytes = [
                &mut hurt.names,
                &mut hurt.definitions,
                &mut hurt.edges,
                &mut hurt.users,
                &mut hurt.files,
                &mut hurt.undecided,
            ];
            let section = bytes.into_iter().nth(part).expect("one of six");
            section[at] ^= 0x55;
            let opened = Graph::from_sections(&hurt);
            if let Ok(mut graph) = opened {
                rows(&graph, Arch::All);
                graph.find_name(b"rest").map(|name| graph.users_of(name));
                let changed = vec![(b"init/main.c".to_vec(), None)];
                if graph.overlay(changed, &Idioms::built_in(), 10, &|_| None).is_ok() {
                    rows(&graph, Arch::All);
                }
            }
        }
    }
}
