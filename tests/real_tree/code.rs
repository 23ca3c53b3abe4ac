//! What the real kernel's code says: the chain to the first program, callers compared with
//! cscope's, and edges that no compiler could make.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use super::Real;

/// The names of the chain in the best answer.
fn best_chain(table: &str) -> Vec<String> {
    let title = table.lines().find(|line| line.contains('→')).expect("a chain's title");
    title.split(" → ").map(str::to_owned).collect()
}

#[test]
#[ignore = "needs a kernel tree"]
fn the_chain_to_the_first_program_is_the_same_a_hundred_times() {
    let real = Real::indexed();
    let chain = || real.kgrep(&["--arch", "x86", "chain", "start_kernel", "run_init_process"]);
    let first = chain();
    let names = best_chain(&first);
    // Linux 6.1 had a hop of the architecture's in between.
    let plain = ["start_kernel", "rest_init", "kernel_init", "run_init_process"];
    let with_arch =
        ["start_kernel", "arch_call_rest_init", "rest_init", "kernel_init", "run_init_process"];
    assert!(names == plain || names == with_arch, "{first}");
    assert!(first.contains("passed to user_mode_thread()"), "{first}");
    for _ in 1..100 {
        assert_eq!(chain(), first);
    }
}

#[test]
#[ignore = "needs a kernel tree"]
fn what_is_not_connected_is_told_in_one_line() {
    let real = Real::indexed();
    let done = real.run(&["--arch", "x86", "chain", "strlen", "start_kernel"]);
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&done.stderr).lines().count(), 1);
}

/// Functions with callers in `kernel/` and `init/` that cscope, which reads these folders
/// in seconds, finds too.
const WELL_KNOWN: [&str; 20] = [
    "kthread_create_on_node",
    "wake_up_process",
    "do_exit",
    "kernel_clone",
    "copy_process",
    "schedule_timeout",
    "put_task_struct",
    "free_task",
    "panic",
    "rest_init",
    "run_init_process",
    "do_one_initcall",
    "set_task_rq",
    "send_signal_locked",
    "audit_log_end",
    "cgroup_attach_task",
    "commit_creds",
    "prepare_creds",
    "queue_work_on",
    "kthread_stop",
];

#[test]
#[ignore = "needs a kernel tree"]
fn callers_hold_what_cscope_finds() {
    let real = Real::indexed();
    let database = real.place.path().join("cscope.out");
    let built = Command::new("cscope")
        .args(["-b", "-k", "-R", "-s", "kernel", "-s", "init", "-f"])
        .arg(&database)
        .current_dir(&real.tree)
        .stdin(Stdio::null())
        .status();
    // Compared where cscope is installed.
    if !built.is_ok_and(|status| status.success()) {
        return;
    }
    let symbols = real.kgrep(&["--arch", "all", "export", "symbols"]);
    let symbols = by_file(&symbols);
    for name in WELL_KNOWN {
        let asked = Command::new("cscope")
            .args(["-d", "-L", "-3", name, "-f"])
            .arg(&database)
            .current_dir(&real.tree)
            .output()
            .unwrap();
        let json = real.kgrep(&["--arch", "all", "--format", "json", "callers", name]);
        let ours: BTreeSet<(String, String)> = json
            .lines()
            .filter_map(|line| {
                let value: serde_json::Value = serde_json::from_str(line).ok()?;
                let data = &value["data"];
                let caller = data["columns"]["caller"].as_str()?.to_owned();
                Some((data["path"]["text"].as_str()?.to_owned(), caller))
            })
            .collect();
        let theirs = String::from_utf8_lossy(&asked.stdout).into_owned();
        let missing: Vec<&str> = theirs
            .lines()
            .filter(|row| {
                let (file, caller, line, text) = columns(row);
                let named = |caller: &str| ours.contains(&(file.to_owned(), caller.to_owned()));
                // cscope calls a function by the macro that heads it, or by one of the words
                // around its name: what counts is that the line is in a caller that is named.
                let around = symbols.get(file).into_iter().flatten();
                let mut around = around.filter(|symbol| symbol.lines.contains(&line));
                !named(caller)
                    && !around.any(|symbol| named(symbol.name))
                    && !cscope_is_wrong(&real.tree, file, line, text, name)
            })
            .collect();
        assert!(missing.is_empty(), "callers of {name}: {missing:#?}");
    }
}

/// A row of cscope's: file, function, line, text.
fn columns(row: &str) -> (&str, &str, usize, &str) {
    let mut words = row.splitn(4, ' ');
    let mut next = || words.next().unwrap_or_default();
    (next(), next(), next().parse().unwrap_or(0), next())
}

/// Whether the row is no caller, by rule: another program's, which has functions of its own;
/// a call through a field of that name; a prototype; or in an `#if 0`.
fn cscope_is_wrong(tree: &Path, file: &str, line: usize, text: &str, name: &str) -> bool {
    let is_field = [".", "->"].iter().any(|step| text.contains(&format!("{step}{name}")));
    if program(file) != "kernel" || is_field {
        return true;
    }
    let bytes = std::fs::read(tree.join(file)).unwrap();
    let source = String::from_utf8_lossy(&bytes);
    let at = source.lines().nth(line - 1).unwrap_or_default();
    // In the kernel's style code is indented, and what begins in column 0 declares. Behind some
    // macros cscope loses count and names a line that does not hold the name.
    !at.starts_with([' ', '\t']) || !at.contains(name) || is_dead(&source, line)
}

/// Whether a line is in the arm of an `#if 0`.
fn is_dead(source: &str, line: usize) -> bool {
    let mut dead = Vec::new();
    for text in source.lines().take(line - 1) {
        let Some(directive) = text.trim_start().strip_prefix('#') else { continue };
        let mut words = directive.split_whitespace();
        match words.next().unwrap_or_default() {
            "if" => dead.push(words.next() == Some("0")),
            "ifdef" | "ifndef" => dead.push(false),
            "endif" => drop(dead.pop()),
            "else" | "elif" => {
                if let Some(last) = dead.last_mut() {
                    *last = false;
                }
            }
            _ => {}
        }
    }
    dead.contains(&true)
}

/// A row of `export symbols`.
struct Symbol<'a> {
    name: &'a str,
    kind: &'a str,
    file: &'a str,
    lines: std::ops::RangeInclusive<usize>,
    is_static: bool,
}

fn symbols(table: &str) -> impl Iterator<Item = Symbol<'_>> {
    table.lines().filter_map(|row| {
        let cells: Vec<&str> = row.split('\t').collect();
        let [name, kind, file, first, last, linkage] = cells[..] else { return None };
        let lines = first.parse().ok()?..=last.parse().ok()?;
        Some(Symbol { name, kind, file, lines, is_static: linkage == "static" })
    })
}

fn by_file(table: &str) -> HashMap<&str, Vec<Symbol<'_>>> {
    let mut files: HashMap<&str, Vec<Symbol<'_>>> = HashMap::new();
    for symbol in symbols(table) {
        files.entry(symbol.file).or_default().push(symbol);
    }
    files
}

/// The program that a file belongs to.
fn program(file: &str) -> &str {
    match file.split('/').next() {
        Some(first @ ("tools" | "samples" | "scripts" | "Documentation" | "usr")) => first,
        _ => "kernel",
    }
}

/// Whether a file outside of the kernel's own folders may be a module's, which links with the
/// kernel.
fn may_be_module(file: &str) -> bool {
    file.starts_with("samples/") || file.starts_with("tools/testing/")
}

/// The architecture that a file belongs to; empty for all.
fn arch(file: &str) -> &str {
    let file = file.strip_prefix("tools/").unwrap_or(file);
    let folder = file.strip_prefix("arch/").and_then(|rest| rest.split_once('/'));
    folder.map_or("", |(arch, _)| arch)
}

/// For each file the `.c` files that it includes, and those that these include.
fn included<'a>(tree: &Path, files: &HashSet<&'a str>) -> HashMap<String, HashSet<&'a str>> {
    let grep = Command::new("grep")
        .args(["-rEo", "--include=*.[chS]"])
        .args([r#"^[ \t]*#[ \t]*include[ \t]*["<][^">]*\.c[">]"#, "."])
        .current_dir(tree)
        .output()
        .unwrap();
    let rows = String::from_utf8_lossy(&grep.stdout).into_owned();
    let mut direct: HashMap<String, HashSet<&'a str>> = HashMap::new();
    for row in rows.lines() {
        let Some((file, include)) = row.split_once(':') else { continue };
        let target = include.split(['"', '<', '>']).nth(1).unwrap_or_default();
        let beside = plain(&Path::new(file).parent().unwrap_or(Path::new("")).join(target));
        let found = direct.entry(plain(Path::new(file))).or_default();
        match files.get(beside.as_str()) {
            Some(file) => drop(found.insert(file)),
            // Found by one of the compiler's folders.
            None => {
                let end = format!("/{}", plain(Path::new(target)));
                found.extend(files.iter().filter(|file| file.ends_with(&end)));
            }
        }
    }
    let mut reach = direct.clone();
    for found in reach.values_mut() {
        let mut open: Vec<&'a str> = found.iter().copied().collect();
        while let Some(next) = open.pop() {
            for &part in direct.get(next).into_iter().flatten() {
                if found.insert(part) {
                    open.push(part);
                }
            }
        }
    }
    reach
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> String {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::Normal(part) => plain.push(part),
            _ => {}
        }
    }
    plain.to_string_lossy().into_owned()
}

/// Every edge to a function has a function that a linker could mean: of the same program (or
/// the kernel, for a module) and architecture, and not another file's `static`. The rules are this test's own: paths and
/// `#include`s as `grep` finds them.
#[test]
#[ignore = "needs a kernel tree"]
fn no_edge_leads_where_no_linker_could() {
    let real = Real::indexed();
    let table = real.kgrep(&["--arch", "all", "export", "symbols"]);
    let mut functions: HashMap<&str, Vec<Symbol<'_>>> = HashMap::new();
    for symbol in symbols(&table) {
        if matches!(symbol.kind, "function" | "rust-function" | "syscall" | "asm" | "tracepoint") {
            functions.entry(symbol.name).or_default().push(symbol);
        }
    }
    let files: HashSet<&str> = symbols(&table).map(|symbol| symbol.file).collect();
    let included = included(&real.tree, &files);
    let parts: HashSet<&str> = included.values().flatten().copied().collect();
    let is_part = |file: &str| !file.ends_with(".c") || parts.contains(file);
    let edges = real.kgrep(&["--arch", "x86", "export", "edges"]);
    let (mut checked, mut wrong) = (0, Vec::new());
    for row in edges.lines() {
        let cells: Vec<&str> = row.split('\t').collect();
        let [file, _, callee, kind] = cells[..] else { panic!("{row}") };
        let Some(functions) = functions.get(callee).filter(|_| kind != "macro") else { continue };
        checked += 1;
        let may_mean = |function: &Symbol<'_>| {
            let includes = included.get(file).is_some_and(|parts| parts.contains(function.file));
            includes
                || (program(function.file) == program(file) || may_be_module(file))
                    && matches!(arch(function.file), "" | "x86")
                    && (!function.is_static
                        || function.file == file
                        || is_part(function.file)
                        || is_part(file))
        };
        if !functions.iter().any(may_mean) {
            wrong.push(row);
        }
    }
    assert!(checked > 1_000_000, "{checked} edges");
    wrong.truncate(50);
    assert!(wrong.is_empty(), "{wrong:#?}");
}
