//! The variables that a function sets, and who else uses them.

use std::collections::HashSet;
use std::rc::Rc;

use crate::Result;
use kgrep_index::graph::{Arch, DefInfo};
use kgrep_index::outline::{Flags, Kind};

use crate::recipes::pattern::regex;
use crate::trace::case::Case;
use crate::trace::mentions::InFile;
use crate::trace::tracer::{Row, Tracer};
use crate::trace::wanted::Wanted;

/// Users shown of one variable.
const USERS: usize = 8;

/// A row where each variable is set, one where it is defined, and one for each line
/// elsewhere that reads or sets it, with the function it is in: the core's before drivers', and none of
/// other architectures unless all are asked for. And how many such lines are left out.
///
/// # Errors
/// When the tree can't be walked.
pub(super) fn sets(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Result<(Vec<Row>, usize)> {
    let mut left_out = 0;
    let mut rows = Vec::new();
    let mut known = HashSet::new();
    for function in tracer.for_arch(&case.subjects) {
        for (line, variable) in variables(tracer, &function) {
            let name = tracer.name(&variable);
            let row = |path: Vec<u8>, line, what: &str| Row {
                path,
                line,
                name: name.clone(),
                note: format!("{name}, {what}"),
                ..Row::default()
            };
            rows.push(row(tracer.path(&function), line, "set here"));
            if known.insert(variable.id) {
                rows.push(row(tracer.path(&variable), variable.first, "defined"));
                let (used, more) = users(tracer, &function, &variable, &name)?;
                left_out += more;
                for (path, line, what) in used {
                    rows.push(row(path, line, &what));
                }
            }
        }
    }
    Ok((rows, left_out))
}

/// A line that uses a variable, and how.
type User = (Vec<u8>, u32, String);

/// The lines outside of `setter` that use the variable, and how many more there are.
fn users(
    tracer: &mut Tracer<'_, '_>,
    setter: &DefInfo,
    variable: &DefInfo,
    name: &str,
) -> Result<(Vec<User>, usize)> {
    let path = tracer.path(variable);
    let word = format!(r"\b{}\b", regex::escape(name));
    let all = tracer.options.all;
    let wanted = if all { usize::MAX } else { USERS };
    let own = u32::saturating_sub(setter.last, setter.first) as usize + 2;
    let wanted_lines = Wanted {
        but: Some(r"^\s*\*".to_owned()),
        files: vec!["*.c".to_owned(), "*.S".to_owned()],
        arch: if all { Arch::All } else { tracer.arch() },
        most: wanted.saturating_add(own),
        ..Wanted::new(vec![name.to_owned()], word)
    };
    let found = if variable.flags.has(Flags::STATIC) {
        let ready = wanted_lines.ready()?;
        let lines = match ready.wants(&path) {
            true => ready.lines(tracer.file(&path).bytes()).0,
            false => Vec::new(),
        };
        Rc::new(vec![InFile { count: lines.len(), lines, path: path.as_slice().into() }])
    } else {
        tracer.lines(&wanted_lines)?
    };
    let setters = tracer.graph.path(setter.file).to_vec();
    let is_user = |(file, number): &(&[u8], u32)| {
        let is_setter = *file == setters && (setter.first..=setter.last).contains(number);
        let is_definition = *file == path && *number == variable.first;
        !is_setter && !is_definition
    };
    let lines = found.iter().flat_map(|file| file.lines.iter().map(|l| (&file.path[..], l.number)));
    let used = lines.filter(is_user).map(|(path, number)| (path.to_vec(), number));
    let mut used: Vec<(Vec<u8>, u32)> = used.collect();
    used.sort_by_key(|(path, _)| tracer.code.distance(path));
    let kept: usize = found.iter().map(|file| file.lines.len()).sum();
    let total: usize = found.iter().map(|file| file.count).sum();
    let left_out = used.len().saturating_sub(wanted) + total.saturating_sub(kept);
    used.truncate(wanted);
    let mut found = Vec::new();
    for (path, line) in used {
        let text = tracer.text(&path, line);
        let verb = match set_on(&text).iter().any(|set| set == name) {
            _ if text.contains(&format!("&{name}")) => "address taken",
            true => "set",
            false => "read",
        };
        let place =
            tracer.within(&path, line).map_or_else(String::new, |name| format!(" in {name}"));
        found.push((path, line, format!("{verb}{place}")));
    }
    Ok((found, left_out))
}

/// The variables outside of functions that stand on the left of an assignment in a
/// function, or are handed on by address, each with the first such line.
fn variables(tracer: &mut Tracer<'_, '_>, function: &DefInfo) -> Vec<(u32, DefInfo)> {
    let path = tracer.path(function);
    let mut names: Vec<(u32, String)> = Vec::new();
    let mut seen = HashSet::new();
    for line in function.first..=function.last {
        let text = tracer.text(&path, line);
        for name in set_on(&text) {
            if seen.insert(name.clone()) {
                names.push((line, name));
            }
        }
    }
    let mut found = Vec::new();
    for (line, name) in names {
        let defined = tracer.definitions(std::slice::from_ref(&name), &[Kind::Variable]);
        let own = defined.iter().find(|d| d.file == function.file);
        let global = || defined.iter().find(|d| !d.flags.has(Flags::STATIC));
        let chosen = own.or_else(global).copied();
        if let Some(chosen) = chosen
            && !is_local(tracer, function, &name)
        {
            found.push((line, chosen));
        }
    }
    found
}

/// Whether a function declares the name itself, as a parameter or a variable of its own: it
/// stands behind a type's name.
fn is_local(tracer: &mut Tracer<'_, '_>, function: &DefInfo, name: &str) -> bool {
    let pattern = format!(
        r"[A-Za-z_]\w*[\s*]+(?:\w+(?:\s*=[^;]*)?,\s*\**)*{}\s*(?:[;,)=\[]|$)",
        regex::escape(name)
    );
    let Ok(pattern) = regex(&pattern) else { return true };
    let path = tracer.path(function);
    (function.first..=function.last).any(|line| {
        let text = tracer.text(&path, line);
        !text.trim_start().starts_with("return") && pattern.is_match(text.as_bytes())
    })
}

fn set_on(text: &str) -> Vec<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut names = Vec::new();
    for (at, _) in text.match_indices('=') {
        let after = text[at + 1..].chars().next();
        let before = text[..at].trim_end_matches(['|', '&', '+', '-']).trim_end();
        if after == Some('=') || before.ends_with(['=', '!', '<', '>']) {
            continue;
        }
        let before = before.split('[').next().unwrap_or(before);
        let start = before.rfind(|c| !is_word(c)).map_or(0, |at| at + 1);
        if !before[..start].ends_with(['.', '>']) {
            names.push(before[start..].to_owned());
        }
    }
    for (at, _) in text.match_indices('&') {
        let name: String = text[at + 1..].chars().take_while(|c| is_word(*c)).collect();
        names.push(name);
    }
    names.retain(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'));
    names
}

#[cfg(test)]
mod tests {
    use super::set_on;

    #[test]
    fn what_a_line_sets() {
        assert_eq!(set_on("\tramdisk_execute_command = str;"), ["ramdisk_execute_command"]);
        assert_eq!(set_on("\tget_option(&str, &panic_timeout);"), ["str", "panic_timeout"]);
        assert_eq!(set_on("\tfor (i = 1; i < 3; i++) argv[i] = NULL;"), ["i", "argv"]);
        assert_eq!(set_on("if (a == b || c != d || e <= f) p->x = 1;"), [""; 0]);
    }
}
