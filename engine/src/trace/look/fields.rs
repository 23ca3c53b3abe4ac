//! The members of a structure, with their types.

use crate::trace::case::Case;
use crate::trace::tracer::{Row, Tracer};

/// A row for each line that declares members: `name: type`, and when it is there.
pub(super) fn fields(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for definition in tracer.for_arch(&case.subjects) {
        let path = tracer.path(&definition);
        let mut guards = Guards::default();
        let (mut declared, mut begun, mut comment) = (String::new(), 0, false);
        for line in definition.first + 1..definition.last {
            let text = tracer.text(&path, line);
            let text = without_comments(&text, &mut comment);
            let text = text.trim();
            // A macro alone on its line begins or ends a part of the structure.
            if text.starts_with('#') {
                guards.read(text);
            }
            if text.is_empty() || text.starts_with('#') || declared.is_empty() && is_word(text) {
                continue;
            }
            if declared.is_empty() {
                begun = line;
            } else {
                declared.push(' ');
            }
            declared.push_str(text);
            if text.ends_with('{') || text.starts_with('}') {
                declared.clear();
            } else if text.ends_with(';') {
                let (name, kind) = member(&declared);
                let mut note = format!("{name}: {kind}");
                if let Some(guard) = guards.text() {
                    note += &format!(", if {guard}");
                }
                rows.push(Row { path: path.clone(), line: begun, name, note, ..Row::default() });
                declared.clear();
            }
        }
    }
    rows
}

/// Follows the preprocessor's conditions, line by line.
#[derive(Default)]
struct Guards(Vec<String>);

impl Guards {
    fn read(&mut self, directive: &str) {
        let text = directive.trim_start_matches('#').trim();
        let (word, condition) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let condition = condition.trim();
        match word {
            "ifdef" | "if" => self.0.push(condition.to_owned()),
            "ifndef" => self.0.push(format!("!{condition}")),
            "elif" => {
                self.0.pop();
                self.0.push(condition.to_owned());
            }
            "else" => {
                let other = self.0.pop().unwrap_or_default();
                self.0.push(match other.strip_prefix('!') {
                    Some(name) if is_word(name) => name.to_owned(),
                    _ if is_word(&other) => format!("!{other}"),
                    _ => format!("!({other})"),
                });
            }
            "endif" => {
                self.0.pop();
            }
            _ => {}
        }
    }

    fn text(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join(" && "))
    }
}

/// A line without its comments; `inside` says whether one goes on.
fn without_comments(text: &str, inside: &mut bool) -> String {
    let mut kept = String::new();
    let mut rest = text;
    loop {
        if *inside {
            let Some(end) = rest.find("*/") else { return kept };
            *inside = false;
            rest = &rest[end + 2..];
        }
        let Some(begin) = rest.find("/*") else {
            kept.push_str(rest.split("//").next().unwrap_or(rest));
            return kept;
        };
        kept.push_str(&rest[..begin]);
        rest = &rest[begin + 2..];
        *inside = true;
    }
}

fn is_word(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The names that a declaration of members has, and their type.
fn member(text: &str) -> (String, String) {
    let text = text.trim_end_matches(';').split_whitespace().collect::<Vec<_>>().join(" ");
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if let Some(at) = text.find("(*") {
        let name: String =
            text[at + 2..].trim_start().chars().take_while(|c| is_word(*c)).collect();
        let kind = text.replacen(&name, "", 1);
        return (name, kind);
    }
    // An attribute stands behind the name.
    let is_attribute =
        |word: &str| word.starts_with("__") && (word.ends_with(')') || word.contains("aligned"));
    let mut end = text.as_str();
    while let Some((before, word)) = end.rsplit_once(' ')
        && before.contains(' ')
        && is_attribute(word)
    {
        end = before;
    }
    let declared = end.split(['=', ':', '(']).next().unwrap_or_default().trim_end();
    let mut names = Vec::new();
    let mut kind = String::new();
    for part in declared.split(',') {
        let part = part.trim();
        let name_part = part.split('[').next().unwrap_or(part).trim_end();
        let start = name_part.rfind(|c| !is_word(c)).map_or(0, |at| at + 1);
        names.push(name_part[start..].to_owned());
        if kind.is_empty() {
            kind = format!("{}{}", part[..start].trim_end(), &part[name_part.len()..]);
        }
    }
    let bits = text.split_once(':').map_or("", |(_, bits)| bits.trim());
    let bits: String = bits.chars().take_while(|c| is_word(*c)).collect();
    if !bits.is_empty() {
        kind += &format!(":{bits}");
    }
    (names.join(", "), kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_members_name_and_type() {
        let of = |text: &str| {
            let (name, kind) = member(text);
            format!("{name}|{kind}")
        };
        assert_eq!(of("unsigned long\tflags;"), "flags|unsigned long");
        assert_eq!(of("struct list_head *next, *prev;"), "next, prev|struct list_head *");
        assert_eq!(of("char name[16];"), "name|char[16]");
        assert_eq!(of("unsigned a:1;"), "a|unsigned:1");
        assert_eq!(of("struct x __rcu *p;"), "p|struct x __rcu *");
        assert_eq!(of("int flags __aligned(8);"), "flags|int");
        assert_eq!(
            of("int (*open)(struct inode *, struct file *);"),
            "open|int (*)(struct inode *, struct file *)"
        );
    }

    #[test]
    fn conditions_of_members() {
        let mut guards = Guards::default();
        let mut after = |line: &str| {
            guards.read(line);
            guards.text().unwrap_or_default()
        };
        assert_eq!(after("#ifdef CONFIG_SMP"), "CONFIG_SMP");
        assert_eq!(after("# if defined(A) || B"), "CONFIG_SMP && defined(A) || B");
        assert_eq!(after("#else"), "CONFIG_SMP && !(defined(A) || B)");
        assert_eq!(after("#endif"), "CONFIG_SMP");
        assert_eq!(after("#else /* CONFIG_SMP */"), "!CONFIG_SMP");
        assert_eq!(after("#endif"), "");
        assert_eq!(after("#endif"), "");
    }

    #[test]
    fn comments_are_no_part_of_a_line() {
        let mut inside = false;
        assert_eq!(without_comments("int a; /* one", &mut inside), "int a; ");
        assert_eq!(without_comments("two */ int b; // c", &mut inside), " int b; ");
        assert!(!inside);
    }
}
