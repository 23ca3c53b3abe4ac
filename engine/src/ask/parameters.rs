//! Parameters of the kernel's command line among names: the lines that register them, and those that
//! document them.

use crate::Result;
use crate::answer::{Cell, Row, Standing};
use crate::recipes::Recipe;
use crate::trace::{InFile, Tracer, cases, look_ahead};

/// The recipes that tell of a parameter: of one that is registered, and of one that is documented.
const RECIPES: [&str; 2] = ["boot-param", "documented-param"];

/// The fewest letters of a module's parameter, without the module's name, that is looked for.
const SHORTEST: usize = 3;

/// The parameter that a word with a `=` is, as recipes name it: `crashkernel=` of `crashkernel=auto`. A
/// Kconfig symbol is none.
pub(super) fn named(word: &str) -> Option<String> {
    let (name, _) = word.split_once('=')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let is_parameter = !name.is_empty() && name.bytes().all(is_name);
    (is_parameter && !name.starts_with("CONFIG_")).then(|| format!("{name}="))
}

/// Whether a name may be a parameter of which the text has these lines. A module's is in no text by its
/// whole name; of shorter ones nearly every file would be read.
pub(super) fn may_be(name: &str, found: &[InFile]) -> bool {
    let is_of_module = || {
        name.rsplit_once('.').is_some_and(|(_, own)| own.trim_end_matches('=').len() >= SHORTEST)
    };
    let has = |file: &InFile| file.lines.iter().any(|line| has_parameter(&line.text, name));
    name.ends_with('=') || is_of_module() || found.iter().any(has)
}

/// Whether a line has a name as a parameter has it: at the start of a text, or as an argument.
fn has_parameter(line: &[u8], name: &str) -> bool {
    memchr::memmem::find_iter(line, name.as_bytes())
        .any(|at| at > 0 && matches!(line[at - 1], b'"' | b'(' | b'.' | b'\t' | b' '))
}

/// Looks for the lines of parameters that will be asked for, all at once.
///
/// # Errors
/// When the tree can't be read.
pub(super) fn ahead(tracer: &mut Tracer<'_, '_>, names: &[String]) -> Result<()> {
    let recipes = recipes(tracer);
    let names: Vec<String> = names.iter().map(|name| with_sign(name)).collect();
    look_ahead(tracer, &recipes, &names)
}

/// The lines that register or document the parameter `name`, those that register it first.
///
/// # Errors
/// When the tree can't be read.
pub(super) fn rows(tracer: &mut Tracer<'_, '_>, name: &str) -> Result<Vec<Row>> {
    let recipes = recipes(tracer).into_iter();
    let cases = cases(tracer, recipes, &with_sign(name), true)?;
    let mut rows: Vec<Row> = Vec::new();
    for found in cases.into_iter().flat_map(|case| case.found) {
        if rows.iter().any(|known| known.path == found.path && known.line == found.line) {
            continue;
        }
        rows.push(Row {
            path: found.path,
            line: found.line,
            name: name.trim_end_matches('=').as_bytes().to_vec(),
            cells: vec![Cell::Is(Standing::Parameter)],
            ..Row::default()
        });
    }
    Ok(rows)
}

fn with_sign(name: &str) -> String {
    format!("{}=", name.trim_end_matches('='))
}

fn recipes<'a>(tracer: &Tracer<'a, '_>) -> Vec<&'a Recipe> {
    let code = tracer.code;
    RECIPES.iter().filter_map(|name| code.recipes().get(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_an_equals_sign_is_a_parameter() {
        let parameter = |word| named(word).unwrap_or_default();
        assert_eq!(parameter("quiet="), "quiet=");
        assert_eq!(parameter("crashkernel=auto"), "crashkernel=");
        assert_eq!(parameter("usbcore.autosuspend=-1"), "usbcore.autosuspend=");
        for word in ["quiet", "=x", "a b=", "CONFIG_SMP=y", ""] {
            assert_eq!(named(word), None, "{word}");
        }
    }
}
