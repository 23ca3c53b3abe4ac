//! Conditions that hold in no kernel, as only programs of the user's or other readers of the source see what they guard;
//! and those of assembler.

use std::sync::LazyLock;

use super::Knowledge;
use super::brackets::at_top;

/// Outlines are made by many threads, which ask it of each file.
static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::built_in);

/// Whether the condition holds in no source of any kernel, whatever its configuration: one of what it joins
/// with `&&` asks for a macro that none defines, or for the absence of one that all do.
pub(crate) fn never_holds(text: &[u8]) -> bool {
    let macros = &KNOWLEDGE.condition;
    needs_one(text, &macros.never, &macros.always)
}

/// Whether the condition holds in assembler files only.
pub(crate) fn is_for_assembler(text: &[u8]) -> bool {
    needs_one(text, &KNOWLEDGE.condition.assembly, &[])
}

/// Whether one of what a condition joins with `&&` asks that one of `defined` is, or one of `absent` isn't.
fn needs_one(text: &[u8], defined: &[String], absent: &[String]) -> bool {
    conjuncts(text).into_iter().any(|part| {
        let (asked, names) = match part.strip_prefix(b"!") {
            Some(asked) => (asked, absent),
            None => (part, defined),
        };
        let name = asked.trim_ascii_start().strip_prefix(b"defined").map(<[u8]>::trim_ascii);
        let within = name.and_then(|name| name.strip_prefix(b"(")?.strip_suffix(b")"));
        let name = within.map(<[u8]>::trim_ascii).or(name);
        name.is_some_and(|name| names.iter().any(|one| one.as_bytes() == name))
    })
}

/// What a condition joins with `&&`; nothing where an operator that binds less joins it.
fn conjuncts(text: &[u8]) -> Vec<&[u8]> {
    let (mut parts, mut from) = (Vec::new(), 0);
    for (at, byte) in at_top(text) {
        if byte == b'?' || text[at..].starts_with(b"||") {
            return Vec::new();
        }
        if at >= from && text[at..].starts_with(b"&&") {
            parts.push(text[from..at].trim_ascii());
            from = at + 2;
        }
    }
    parts.push(text[from..].trim_ascii());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_hold_in_no_kernel() {
        for text in [
            "!defined(__KERNEL__)",
            "!defined __KERNEL__",
            "! defined ( __KERNEL__ )",
            "defined(CONFIG_A) && !defined(__KERNEL__)",
            "(defined(A) || defined(B)) && !defined(__KERNEL__) && !defined(C)",
            "defined(__cplusplus)",
        ] {
            assert!(never_holds(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "defined(__KERNEL__)",
            "!defined(__cplusplus)",
            "!defined(__KERNEL__) || defined(A)",
            "defined(A) || defined(B) && !defined(__KERNEL__) && defined(C)",
            "!(defined(A) && !defined(__KERNEL__) && defined(B))",
            "defined(A) ? defined(B) && !defined(__KERNEL__) && 1 : 1",
            "!defined(__KERNEL__) == 0",
            "!defined(",
            "))&&",
            "defined(A) &&& defined(B) &&&&&",
        ] {
            assert!(!never_holds(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn conditions_of_assembler_are_known() {
        for text in [
            "defined(__ASSEMBLY__)",
            "defined __ASSEMBLER__",
            "defined(CONFIG_A) && defined(__ASSEMBLER__)",
        ] {
            assert!(is_for_assembler(text.as_bytes()), "{text}");
        }
        for text in
            ["", "!defined(__ASSEMBLY__)", "defined(__ASSEMBLY__) || defined(A)", "defined(A)"]
        {
            assert!(!is_for_assembler(text.as_bytes()), "{text}");
        }
    }
}
