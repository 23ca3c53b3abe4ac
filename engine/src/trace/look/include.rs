//! The shortest way from one file to another by `#include`, Kconfig's `source` and a
//! linker script's `INCLUDE`.

use std::collections::{HashMap, VecDeque};

use kgrep_index::graph::Place;

use crate::trace::case::Case;
use crate::trace::tracer::{Row, Tracer};

/// More files than this are not read for one question.
const FILES: usize = 20_000;

/// A row for each include on the way.
pub(super) fn path(tracer: &mut Tracer<'_, '_>, case: &Case<'_>, from: &str, to: &str) -> Vec<Row> {
    let (Some(from), Some(to)) = (case.facts.fill(from).pop(), case.facts.fill(to).pop()) else {
        return Vec::new();
    };
    let from = find(tracer, "", &from, true).unwrap_or(from);
    let arch = arch_of(tracer);
    let mut came: HashMap<String, (String, u32)> = HashMap::new();
    let mut open = VecDeque::from([from.clone()]);
    while let Some(file) = open.pop_front() {
        if is_meant(&file, &to) && file != from {
            return way(&came, &from, file);
        }
        if came.len() > FILES {
            break;
        }
        for (line, written, local) in includes(tracer, &file) {
            let place = find(tracer, &file, &written, local)
                .or_else(|| find_in_arch(tracer, &arch, &written));
            if let Some(next) = place
                && next != from
                && !came.contains_key(&next)
            {
                came.insert(next.clone(), (file.clone(), line));
                open.push_back(next);
            }
        }
    }
    Vec::new()
}

fn is_meant(file: &str, wanted: &str) -> bool {
    file == wanted || file.strip_suffix(wanted).is_some_and(|folder| folder.ends_with('/'))
}

fn way(came: &HashMap<String, (String, u32)>, from: &str, to: String) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut at = to;
    while at != from {
        let Some((file, line)) = came.get(&at) else { break };
        let name = at.rsplit('/').next().unwrap_or(&at).to_owned();
        rows.push(Row {
            path: file.clone().into_bytes(),
            line: *line,
            name,
            note: at.clone(),
            ..Row::default()
        });
        at = file.clone();
    }
    rows.reverse();
    rows
}

/// The lines of a file that include another: line, path as written, whether in quotes.
fn includes(tracer: &mut Tracer<'_, '_>, path: &str) -> Vec<(u32, String, bool)> {
    let file = tracer.file(path.as_bytes());
    let mut found = Vec::new();
    for number in 1..=file.line_count() {
        let Some(text) = file.line(number) else { break };
        let text = String::from_utf8_lossy(text);
        let text = text.trim_start();
        let rest = text
            .strip_prefix('#')
            .and_then(|rest| rest.trim_start().strip_prefix("include"))
            .or_else(|| text.strip_prefix("source "))
            .or_else(|| text.strip_prefix("INCLUDE "));
        let Some(rest) = rest.map(str::trim_start) else { continue };
        let (open, close) = if rest.starts_with('<') { ('<', '>') } else { ('"', '"') };
        let written =
            rest.trim_start_matches(open).split([close, '\n', ' ']).next().unwrap_or_default();
        found.push((u32::try_from(number).unwrap_or(u32::MAX), written.to_owned(), open == '"'));
    }
    found
}

/// The file that is meant by `written` in `file`.
fn find(tracer: &Tracer<'_, '_>, file: &str, written: &str, local: bool) -> Option<String> {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut tried = Vec::new();
    if local {
        tried.push(if folder.is_empty() {
            written.to_owned()
        } else {
            format!("{folder}/{written}")
        });
        tried.push(written.to_owned());
    }
    tried.extend(["include", "include/uapi"].map(|top| format!("{top}/{written}")));
    tried.into_iter().find(|path| tracer.code.path(path.as_bytes()).is_file())
}

fn find_in_arch(tracer: &Tracer<'_, '_>, arch: &str, written: &str) -> Option<String> {
    let tried = [
        format!("arch/{arch}/include/{written}"),
        format!("arch/{arch}/include/uapi/{written}"),
        written.replace("asm/", "include/asm-generic/"),
    ];
    tried.into_iter().find(|path| tracer.code.path(path.as_bytes()).is_file())
}

/// The folder in `arch/` that counts; the first of the tree's where all do.
fn arch_of(tracer: &Tracer<'_, '_>) -> String {
    let folders = std::fs::read_dir(tracer.code.path(b"arch")).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    let counts = |name: &&String| {
        tracer.arch().has(Place::of(format!("arch/{name}/kernel/setup.c").as_bytes()))
    };
    names.iter().find(counts).cloned().unwrap_or_default()
}
