//! Error codes that a function sets, and the conditions under which it does.

use std::collections::HashSet;

use super::calls::with_helpers;
use super::fields::without_comments;
use crate::relocate::SourceFile;
use crate::trace::case::Case;
use crate::trace::statement::{statement, statement_lines};
use crate::trace::tracer::{Row, Tracer};

/// Conditions that a code set beforehand is returned under, to this many lines on.
const AFTER: u64 = 60;

/// The most lines that are read of what a condition guards.
const GUARDED: u64 = 200;

/// How far above a code its condition is looked for.
const BEFORE: u64 = 80;

/// A row for each `-E…` that the subjects and their static helpers set; where the code is
/// set before it is needed, the conditions follow.
pub(super) fn errors(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut seen = HashSet::new();
    for definition in with_helpers(tracer, case) {
        let path = tracer.path(&definition);
        let owner = tracer.name(&definition);
        let is_helper = !case.subjects.iter().any(|subject| subject.id == definition.id);
        let file = tracer.file(&path);
        let body = Body::new(&file, definition.first.into(), definition.last.into());
        for (line, code, condition) in body.errors() {
            let mut note = code.clone();
            if is_helper {
                note += &format!(" in {owner}");
            }
            if let Some(condition) = condition {
                note += &format!(": {condition}");
            }
            // A condition stands once, however many lines it leads to.
            let place = if note.contains(':') { 0 } else { line };
            if seen.insert((path.clone(), place, note.clone())) {
                rows.push(Row { path: path.clone(), line, name: code, note, ..Row::default() });
            }
        }
    }
    rows
}

/// A function's lines.
struct Body<'f> {
    file: &'f SourceFile,
    first: u64,
    last: u64,
    /// Its lines from `first` on, without comments and blanks at their ends.
    lines: Vec<String>,
}

/// A line that sets or returns a code: its number, the code, and when.
type Error = (u32, String, Option<String>);

impl<'f> Body<'f> {
    fn new(file: &'f SourceFile, first: u64, last: u64) -> Self {
        let mut inside = false;
        let lines = (first..=last).map_while(|line| file.line(line)).map(|line| {
            let text = without_comments(&String::from_utf8_lossy(line), &mut inside);
            text.trim_end().to_owned()
        });
        Body { file, first, last, lines: lines.collect() }
    }

    fn errors(&self) -> Vec<Error> {
        let mut found = Vec::new();
        for line in self.first..=self.last {
            for code in codes(self.text(line)) {
                self.add(line, code, &mut found);
            }
        }
        found
    }

    fn add(&self, line: u64, code: String, found: &mut Vec<Error>) {
        let number = |line: u64| u32::try_from(line).unwrap_or(u32::MAX);
        let text = self.text(line);
        if let Some(condition) = condition_on(text) {
            found.push((number(line), code, Some(condition)));
        } else if self.leaves(line) {
            found.push((number(line), code, self.above(line)));
        } else {
            let after = self.after(line, text);
            if after.is_empty() {
                found.push((number(line), code.clone(), self.above(line)));
            }
            for (line, condition) in after {
                found.push((number(line), code.clone(), Some(condition)));
            }
        }
    }

    /// A line without its comment and blanks at its end.
    fn text(&self, line: u64) -> &str {
        let at = line.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.lines.get(at)).map_or("", String::as_str)
    }

    /// Lines that say nothing of conditions: empty ones, comments, the preprocessor's, labels.
    fn is_nothing(text: &str) -> bool {
        let text = text.trim_start();
        text.is_empty()
            || text.starts_with(['#', '*'])
            || text.ends_with(':') && !text.starts_with("case ") && !text.starts_with("default")
    }

    /// Whether the code on `line` is returned there or right below.
    fn leaves(&self, line: u64) -> bool {
        let text = self.text(line);
        if text.contains("return") {
            return true;
        }
        let below = (line + 1..=self.last).map(|below| self.text(below));
        below.into_iter().find(|below| !Self::is_nothing(below)).is_none_or(|below| {
            let word = below.trim_start();
            indent(below) < indent(text) || leaves(word)
        })
    }

    /// The condition that `line` is under: the nearest line above that is indented less.
    fn above(&self, line: u64) -> Option<String> {
        let mut width = indent(self.text(line));
        for above in (line.saturating_sub(BEFORE).max(self.first + 1)..line).rev() {
            let text = self.text(above);
            if Self::is_nothing(text) || indent(text) >= width {
                continue;
            }
            let begin = self.begin(above);
            let text = self.text(begin);
            let word = text.trim_start().trim_start_matches(['}', ' ']);
            if word.starts_with("else") && !word.starts_with("else if") {
                let other = self.other(begin, indent(text));
                return Some(
                    other.map_or_else(|| "else".to_owned(), |other| format!("else of {other}")),
                );
            }
            if ["if ", "if(", "else if", "case ", "default", "switch "]
                .iter()
                .any(|begins| word.starts_with(begins))
            {
                let condition = self.condition(begin);
                let is_case = word.starts_with("case ") || word.starts_with("default");
                let of = is_case.then(|| self.switch(begin, indent(text))).flatten();
                return Some(of.map_or(condition.clone(), |of| format!("{of} {condition}")));
            }
            width = indent(text);
            if width == 0 {
                return None;
            }
        }
        None
    }

    /// The line that a condition begins on which ends, or goes on, on `line`.
    fn begin(&self, line: u64) -> u64 {
        let mut depth = 0;
        for above in (line.saturating_sub(12).max(self.first)..=line).rev() {
            depth += brackets(self.text(above));
            if depth >= 0 {
                return above;
            }
        }
        line
    }

    /// The `if` that an `else` at `line` belongs to.
    fn other(&self, line: u64, width: usize) -> Option<String> {
        (line.saturating_sub(BEFORE).max(self.first)..line).rev().find_map(|above| {
            let text = self.text(above);
            let word = text.trim_start().trim_start_matches(['}', ' ']);
            let is_if = word.starts_with("if ") || word.starts_with("else if ");
            (is_if && indent(text) == width).then(|| self.condition(above))
        })
    }

    /// The `switch` that a `case` at `line` belongs to.
    fn switch(&self, line: u64, width: usize) -> Option<String> {
        (line.saturating_sub(BEFORE).max(self.first)..line).rev().find_map(|above| {
            let text = self.text(above);
            let is_switch = text.trim_start().starts_with("switch ") && indent(text) <= width;
            is_switch.then(|| self.condition(above))
        })
    }

    /// The whole condition that begins on `line`, without what it guards.
    fn condition(&self, line: u64) -> String {
        let text = self.text(line);
        if !text.contains('(') || text.ends_with(':') {
            return text.trim().to_owned();
        }
        let text = statement(self.file, line);
        let text = text.trim_start_matches(['}', ' ']);
        closed(text).trim_end_matches('{').trim_end().to_owned()
    }

    /// Whether what the condition on `line` guards leaves the function or the block, with what
    /// `variable` was set to before: a `return` of something else does not.
    fn guards_leaving(&self, line: u64, variable: &str) -> bool {
        let leaves = |text: &str| leaves_with(text, variable);
        let again = format!("{variable} = ");
        let whole = statement(self.file, line);
        let condition = closed(&whole).len();
        if leaves(whole[condition..].trim_start_matches(['{', ' '])) {
            return true;
        }
        let width = indent(self.text(line));
        let first = line + statement_lines(self.file, line);
        let guarded = (first..=self.last.min(first + GUARDED)).map(|line| self.text(line));
        let guarded = guarded.filter(|text| !Self::is_nothing(text));
        let inside = guarded.take_while(|text| indent(text) > width);
        inside.take_while(|text| !text.contains(&again)).any(|text| leaves(text.trim_start()))
    }

    /// The conditions below a line that sets a code, until the variable is set again.
    fn after(&self, line: u64, text: &str) -> Vec<(u64, String)> {
        let Some((variable, _)) = text.split_once('=') else { return Vec::new() };
        let variable = variable.trim().rsplit([' ', '*']).next().unwrap_or_default();
        if variable.is_empty() {
            return Vec::new();
        }
        let (again, width) = (format!("{variable} = "), indent(text));
        let mut found = Vec::new();
        for below in line + 1..=self.last.min(line + AFTER) {
            let text = self.text(below);
            if Self::is_nothing(text) {
                continue;
            }
            if text.contains(&again) || indent(text) < width {
                break;
            }
            let word = text.trim_start();
            if word.starts_with("if (") || word.starts_with("else if (") {
                let whole = self.condition(below);
                if whole.contains(&again) {
                    break;
                }
                if self.guards_leaving(below, variable) {
                    found.push((below, whole));
                }
            }
        }
        found
    }
}

/// Whether a statement leaves, and if it returns, then `variable`.
fn leaves_with(text: &str, variable: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match text.strip_prefix("return") {
        Some(value) => value.split(|c| !is_word(c)).any(|word| word == variable),
        None => leaves(text),
    }
}

fn leaves(text: &str) -> bool {
    ["goto ", "return", "break;", "continue;"].iter().any(|word| text.starts_with(word))
}

fn indent(text: &str) -> usize {
    let blanks = text.chars().take_while(|c| c.is_whitespace());
    blanks.map(|c| if c == '\t' { 8 } else { 1 }).sum()
}

/// Opening brackets minus closing ones.
fn brackets(text: &str) -> i32 {
    text.bytes().map(|byte| i32::from(byte == b'(') - i32::from(byte == b')')).sum()
}

/// A condition to its closing bracket.
fn closed(text: &str) -> &str {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate() {
        depth += i32::from(byte == b'(') - i32::from(byte == b')');
        if depth == 0 && byte == b')' {
            return &text[..=at];
        }
    }
    text
}

/// The condition on the line of the code itself: `if (x) return -EPERM;`, or what stands
/// before a `?`.
fn condition_on(text: &str) -> Option<String> {
    let text = text.trim_start();
    let word = text.trim_start_matches(['}', ' ']);
    if let Some(at) = word.find("if (")
        && (at == 0 || word.starts_with("else"))
        && word.find("-E").is_some_and(|code| closed(&word[at..]).len() + at <= code)
    {
        return Some(closed(&word[at..]).to_owned());
    }
    text.contains(" ? ").then(|| text.trim_end_matches(';').to_owned())
}

/// The codes on a line: `EPERM` of `return -EPERM;`, none that is compared with.
fn codes(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    if text.trim_start().starts_with('*') {
        return found;
    }
    for (at, _) in text.match_indices("-E") {
        let before = text[..at].trim_end();
        let code: String = text[at + 1..]
            .chars()
            .take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
            .collect();
        let is_value = before.is_empty()
            || before.ends_with([',', '(', ':', '?', '='])
                && !["==", "!=", "<=", ">="].iter().any(|sign| before.ends_with(sign))
            || before.ends_with("return");
        if code.len() > 2 && is_value && !found.contains(&code) {
            found.push(code);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_are_set() {
        assert_eq!(codes("\t\treturn -EPERM;"), ["EPERM"]);
        assert_eq!(codes("\terror = -EINVAL;"), ["EINVAL"]);
        assert_eq!(codes("\treturn ERR_PTR(-ENOMEM);"), ["ENOMEM"]);
        assert_eq!(codes("\treturn x ? -EPERM : -EACCES;"), ["EPERM", "EACCES"]);
        assert_eq!(codes("\tif (error == -EINTR)"), [""; 0]);
        assert_eq!(codes(" * returns -EINVAL"), [""; 0]);
        assert_eq!(codes("x = a -E;"), [""; 0]);
    }

    fn errors_in(body: &str) -> Vec<String> {
        let text = format!("int f(void)\n{{\n{body}}}\n");
        let file = SourceFile::from_bytes(text.into_bytes());
        let body = Body::new(&file, 1, file.line_count());
        let found = body.errors().into_iter();
        found
            .map(|(line, code, when)| format!("{line} {code} {}", when.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn the_condition_is_the_line_that_is_indented_less() {
        let body = "\tif (a &&\n\t    b)\n\t\treturn -EPERM;\n\tfoo();\n\tif (c) {\n\t\tbar();\n\
                    \t\terr = -EIO;\n\t\tgoto out; /* no */\n\t}\n\treturn -ENOSYS;\n";
        assert_eq!(errors_in(body), ["5 EPERM if (a && b)", "9 EIO if (c)", "12 ENOSYS "]);
    }

    #[test]
    fn a_code_set_beforehand_has_the_conditions_below() {
        let body = "\tif (q)\n\t\tgoto out; /* loop */\n\terr = -EINVAL;\n\tif (a ||\n\t\tb)\n\
                    \t\tgoto out;\n\tif (c)\n\t\tgoto out;\n\tif (f)\n\t\tg();\n\terr = 0;\n\tif (d)\n\t\tgoto out;\n";
        assert_eq!(errors_in(body), ["6 EINVAL if (a || b)", "9 EINVAL if (c)"]);
    }

    #[test]
    fn a_code_set_beforehand_is_not_returned_where_something_else_is() {
        let body = "\tint err = -EBADF;\n\tif (flags & ~1)\n\t\treturn -EINVAL;\n\tif (fd == 3)\n\t\treturn 7;\n\
                    \tif (fd < 0)\n\t\treturn err;\n\tif (fd > 9)\n\t\tgoto out;\n\terr = -ENOMEM;\n\
                    \tif (!alloc())\n\t\tgoto out;\n\treturn 0;\nout:\n\treturn err;\n";
        assert_eq!(
            errors_in(body),
            [
                "8 EBADF if (fd < 0)",
                "10 EBADF if (fd > 9)",
                "5 EINVAL if (flags & ~1)",
                "13 ENOMEM if (!alloc())",
            ]
        );
    }

    #[test]
    fn comments_and_strings_are_told_apart() {
        let body = "\tif (a) // see /* there\n\t\treturn -EPERM;\n\t/* if (b)\n\t   return -EIO; */\n\
                    \tif (c(\"//\")) return -EBUSY;\n\tif (d('\"', \"/*\"))\n\t\treturn -EAGAIN; // -E2BIG\n";
        assert_eq!(
            errors_in(body),
            ["4 EPERM if (a)", "7 EBUSY if (c(\"//\"))", "9 EAGAIN if (d('\"', \"/*\"))",]
        );
    }

    #[test]
    fn one_line_an_else_and_a_case() {
        let body = "\tif (x) return -EPERM;\n\tif (y)\n\t\tz();\n\telse\n\t\treturn -EIO;\n\
                    \tswitch (n) {\n\tcase 3:\n\t\treturn -EINVAL;\n\t}\n\treturn o ? 0 : -EBUSY;\n";
        assert_eq!(
            errors_in(body),
            [
                "3 EPERM if (x)",
                "7 EIO else of if (y)",
                "10 EINVAL switch (n) case 3:",
                "12 EBUSY return o ? 0 : -EBUSY"
            ]
        );
    }
}
