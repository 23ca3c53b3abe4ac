//! Whether a definition that the graph knows stands in the text as it is called. What a macro makes
//! does not: of that the file alone says less than the graph.

use kgrep_index::lex::places_of_word;
use kgrep_index::outline::Kind;

/// The head of a definition is not longer.
const HEAD: usize = 4096;

/// Whether the text `head`, which begins with the first line of a definition of this kind, defines `name`
/// there by that name.
pub(super) fn is_written(kind: Kind, name: &[u8], head: &[u8]) -> bool {
    let head = head.get(..HEAD).unwrap_or(head);
    let line = &head[..memchr::memchr(b'\n', head).unwrap_or(head.len())];
    let begins = |text: &[u8], word: &[u8]| text.trim_ascii_start().starts_with(word);
    match kind {
        Kind::Function => is_called_so(&head[..ends(head)], name),
        Kind::Declaration => {
            let declared = &head[..ends(head)];
            is_called_so(declared, name) || is_variable(declared, name)
        }
        Kind::Struct | Kind::Union | Kind::Enum => {
            let tag: &[u8] = match kind {
                Kind::Struct => b"struct",
                Kind::Union => b"union",
                _ => b"enum",
            };
            let mut places = places_of_word(line, name);
            places.any(|at| line[..at].trim_ascii_end().ends_with(tag))
        }
        Kind::Macro => {
            let Some(rest) = line.trim_ascii_start().strip_prefix(b"#") else { return false };
            let Some(rest) = rest.trim_ascii_start().strip_prefix(b"define") else { return false };
            let defined = rest.trim_ascii_start().strip_prefix(name);
            defined.is_some_and(|rest| rest.starts_with(b"("))
        }
        Kind::Typedef => begins(line, b"typedef "),
        Kind::Variable => is_variable(line, name),
        _ => false,
    }
}

/// Where a head ends: before a body, or behind a declaration.
fn ends(head: &[u8]) -> usize {
    memchr::memchr2(b'{', b';', head).unwrap_or(head.len())
}

/// Whether a function's head has its name before its parameters.
fn is_called_so(head: &[u8], name: &[u8]) -> bool {
    let behind = |at: usize| head[at + name.len()..].trim_ascii_start().first() == Some(&b'(');
    places_of_word(head, name).any(behind)
}

/// Whether a variable's head has its name behind its type, in no brackets.
fn is_variable(head: &[u8], name: &[u8]) -> bool {
    let declares = |at: usize| {
        let (before, behind) = (&head[..at], head[at + name.len()..].trim_ascii_start());
        memchr::memchr2(b'(', b'=', before).is_none()
            && matches!(before.last(), Some(b' ' | b'\t' | b'*'))
            && matches!(behind.first(), None | Some(b'[' | b'=' | b';' | b','))
    };
    places_of_word(head, name).any(declares)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_text_is_written() {
        for (kind, text) in [
            (Kind::Function, "static int\nlamp(struct desk *dev)\n{\n\treturn on(dev);\n}\n"),
            (Kind::Declaration, "int lamp(struct desk *dev);\n"),
            (Kind::Declaration, "extern struct desk *lamp;\n"),
            (Kind::Struct, "struct lamp {\n\tstruct desk *dev;\n};\n"),
            (Kind::Macro, "# define lamp(dev) \\\n\ton(dev)\n"),
            (Kind::Typedef, "typedef int (*lamp)(struct desk *dev);\n"),
            (Kind::Variable, "static struct desk lamp[] = {\n\t{ .dev = 1 },\n};\n"),
            (Kind::Variable, "struct desk *lamp;\n"),
        ] {
            assert!(is_written(kind, b"lamp", text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_a_macro_makes_is_not() {
        for (kind, text) in [
            (Kind::Function, "LAMP_SHOW(lamp, dev);\n"),
            (Kind::Function, "SYSCALL_DEFINE1(lamp, int, dev)\n{\n\treturn dev;\n}\n"),
            (Kind::Function, "DESK(dev)\n{\n\treturn lamp(dev);\n}\n"),
            (Kind::Variable, "static DEFINE_DESK(lamp, dev);\n"),
            (Kind::Variable, "module_desk(dev);\n"),
            (Kind::Struct, "DECLARE_DESK(lamp, dev);\n"),
            (Kind::Macro, "#define lamps(dev) on(dev)\n"),
            (Kind::Tracepoint, "TRACE_EVENT(lamp, dev)\n"),
        ] {
            assert!(!is_written(kind, b"lamp", text.as_bytes()), "{text}");
        }
    }
}
