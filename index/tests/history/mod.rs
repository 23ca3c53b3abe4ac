//! Small trees of code, made by chance, and edits of them: what a person does to a tree between
//! two questions. Names are few, so that one is a function here, a macro there and a variable
//! elsewhere, and an edit in one file changes what another means.

#![allow(dead_code, reason = "each crate's tests use a part of it")]

use std::collections::BTreeMap;

/// Numbers by chance, the same for one seed on every machine.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Chance {
        Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % count.max(1) as u64) as usize
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len())]
    }
}

/// What names are made of: some are also words of prose.
pub(crate) const NAMES: [&str; 14] = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "queue_lock",
    "page_free",
    "cb",
    "ret",
    "dev",
    "MAY_WRITE",
    "CURRENT",
    "open_it",
    "run",
    "state",
];

const FOLDERS: [&str; 8] = [
    "fs",
    "kernel",
    "include/linux",
    "arch/x86",
    "arch/arm",
    "drivers/net",
    "tools/perf",
    "include/trace",
];

/// The text of each file, as its parts.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub(crate) struct Tree(pub(crate) BTreeMap<String, Vec<String>>);

impl Tree {
    /// A tree by chance.
    pub(crate) fn new(chance: &mut Chance) -> Tree {
        let mut tree = Tree::default();
        for _ in 0..6 + chance.below(8) {
            let path = new_path(chance);
            let parts = parts_of(&path, chance);
            tree.0.insert(path, parts);
        }
        tree
    }

    /// The files and their texts.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, String)> {
        self.0.iter().map(|(path, parts)| (path.as_str(), parts.concat()))
    }

    /// One edit by chance, in words.
    pub(crate) fn edit(&mut self, chance: &mut Chance) -> String {
        let path = match self.0.keys().nth(chance.below(self.0.len())) {
            Some(path) => path.clone(),
            None => return self.add(chance),
        };
        let name = chance.pick(&NAMES);
        match chance.below(10) {
            0 => self.add(chance),
            1 => {
                self.0.remove(&path);
                format!("delete {path}")
            }
            2 => {
                let to = new_path(chance);
                let parts = self.0.remove(&path).unwrap_or_default();
                self.0.insert(to.clone(), parts);
                format!("move {path} to {to}")
            }
            3 => {
                let other = chance.pick(&NAMES);
                let all = chance.one_in(2);
                for (_, parts) in self.0.iter_mut().filter(|(own, _)| all || **own == path) {
                    parts.iter_mut().for_each(|part| *part = part.replace(name, other));
                }
                format!("rename {name} to {other} in {path}, everywhere: {all}")
            }
            4 => {
                self.part(&path, chance, "\n".to_owned());
                format!("a blank line in {path}")
            }
            5 => {
                let value = chance.pick(&["1", "alpha", "beta(0)", "CURRENT", "dev->x"]);
                let define = format!("#define {name} {value}\n");
                self.part(&path, chance, define);
                format!("#define {name} {value} in {path}")
            }
            6 => {
                let parts = self.0.entry(path.clone()).or_default();
                if !parts.is_empty() {
                    parts.remove(chance.below(parts.len()));
                }
                format!("a part of {path} removed")
            }
            7 => {
                let from = chance.pick(&NAMES);
                let call = format!("int {from}_more(void)\n{{\n\treturn {name}(0);\n}}\n");
                self.part(&path, chance, call);
                format!("{from}_more calls {name} in {path}")
            }
            _ => {
                let part = part_of(&path, chance);
                self.part(&path, chance, part.clone());
                format!("in {path}: {part:?}")
            }
        }
    }

    fn add(&mut self, chance: &mut Chance) -> String {
        let path = new_path(chance);
        let parts = parts_of(&path, chance);
        self.0.insert(path.clone(), parts);
        format!("write {path}")
    }

    fn part(&mut self, path: &str, chance: &mut Chance, part: String) {
        let parts = self.0.entry(path.to_owned()).or_default();
        parts.insert(chance.below(parts.len() + 1), part);
    }
}

fn new_path(chance: &mut Chance) -> String {
    match chance.below(12) {
        0 => format!("{}/Kconfig", chance.pick(&["fs", "kernel", "arch/x86", "drivers/net"])),
        1 => format!("Documentation/{}.rst", chance.pick(&["alpha", "locks", "pages"])),
        2 => format!("arch/x86/{}.S", chance.pick(&["entry", "a"])),
        _ => {
            let folder = chance.pick(&FOLDERS);
            let header = folder.starts_with("include") || chance.one_in(4);
            let name = chance.pick(&["a", "b", "internal", "trace"]);
            format!("{folder}/{name}.{}", if header { "h" } else { "c" })
        }
    }
}

fn parts_of(path: &str, chance: &mut Chance) -> Vec<String> {
    (0..2 + chance.below(6)).map(|_| part_of(path, chance)).collect()
}

fn part_of(path: &str, chance: &mut Chance) -> String {
    let (one, other) = (chance.pick(&NAMES), chance.pick(&NAMES));
    if path.ends_with("Kconfig") {
        let third = chance.pick(&NAMES);
        return format!(
            "config {one}\n\tbool \"The {other}\"\n\tdepends on {other} && !{third}\n\n"
        );
    }
    if path.ends_with(".rst") {
        return format!(
            "The {one}\n{}\n\nHow {other} works with pages and locks.\n\n",
            "=".repeat(20)
        );
    }
    if path.ends_with(".S") {
        return format!("SYM_FUNC_START({one})\n\tcall {other}\n\tret\nSYM_FUNC_END({one})\n");
    }
    match chance.below(25) {
        22 => format!("#define {one}(x) int x##_show(void) {{ return {other}(x); }}\n"),
        23 => format!("#define {one}(x) {other}(x##_one)\n"),
        24 => format!("{one}({other});\n"),
        0 => format!("#define {one} {other}\n"),
        1 => format!("#define {one} {other}({})\n", chance.pick(&NAMES)),
        2 => format!("#define {one}(x) {other}(x)\n"),
        3 => format!("#define {one} {}\n", chance.pick(&["1", "dev->x", "(alpha + 1)", "&state"])),
        4 => format!("static const struct ops {one}_ops = {{\n\t.open = {other},\n}};\n"),
        5 => format!("module_init({one});\n"),
        6 => format!(
            "struct {} {{\n\tint (*open)(int);\n\tconst struct ops *{one};\n}};\n",
            chance.pick(&["ops", "dev", "alpha"])
        ),
        7 => {
            let path = chance.pick(&[
                "\"a.h\"",
                "\"internal.h\"",
                "<linux/a.h>",
                "\"b.c\"",
                "<trace/trace.h>",
                "\"net/b.h\"",
            ]);
            format!("#include {path}\n")
        }
        8 => format!("int {one}(int);\n"),
        9 => format!("TRACE_EVENT({one},\n\tTP_PROTO(int a),\n\tTP_ARGS(a));\n"),
        10 => {
            "#define CREATE_TRACE_POINTS\n#include <trace/trace.h>\n#include \"a.h\"\n".to_owned()
        }
        11 => format!("int {one} = {other};\n"),
        12 => format!("extern struct {} *{one};\n", chance.pick(&["ops", "dev", "alpha"])),
        13 => format!("struct {} *{one}(int);\n", chance.pick(&["ops", "dev", "alpha"])),
        14 => format!("typedef struct {} {one};\n", chance.pick(&["ops", "dev", "alpha"])),
        15 => format!("#define {one}(x) container_of(x, struct ops, {other})\n"),
        // `CURRENT(MAY_WRITE, _it)` makes names of what `MAY_WRITE` is for each file that includes it.
        16 => chance
            .pick(&[
                "#define CURRENT(a, b) a##b\n#define MAY_WRITE alpha\n",
                "#define open_it CURRENT(MAY_WRITE, _it)\n",
                "#define MAY_WRITE open\n#include \"a.h\"\n#undef MAY_WRITE\n",
                "int CURRENT(MAY_WRITE)(int a) { return open_it(a); }\n",
            ])
            .to_owned(),
        _ => function(one, chance),
    }
}

fn function(name: &str, chance: &mut Chance) -> String {
    let head = chance.pick(&["int", "static int", "static inline int", "int __weak"]);
    let mut text =
        format!("/* Frees the {name} of a queue. */\n{head} {name}(struct dev *d)\n{{\n");
    for _ in 0..chance.below(5) {
        let (one, other) = (chance.pick(&NAMES), chance.pick(&NAMES));
        text += &match chance.below(14) {
            0 | 1 => format!("\t{one}({other});\n"),
            2 => format!("\treg({one}, {other});\n"),
            3 => format!("\tret = {one};\n"),
            4 => format!("\t{one}->x = 1;\n"),
            5 => format!("\td->{one}->open(1);\n"),
            6 => format!("\tkthread_run({one}, 0, \"t\");\n"),
            7 => format!("\td->open = {one};\n"),
            10 => format!("\t{one}(d)->open({other});\n"),
            11 => format!("\t{one}.open(1);\n\t{one}->open = {other};\n"),
            12 => format!("\t{one} *it = {other}(d);\n\tit->open(1);\n"),
            13 => format!("\t{one}(d)->{other}->open(1);\n"),
            8 => format!("\tif (IS_ENABLED(CONFIG_{one}))\n\t\t{other}(1);\n"),
            _ => format!("\tfind()->open({one});\n"),
        };
    }
    text + "\treturn 0;\n}\n"
}

/// How many rounds: `KGREP_ROUNDS`, or `usual`.
pub(crate) fn rounds(usual: u64) -> u64 {
    std::env::var("KGREP_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(usual)
}
