//! The words of C and of the kernel's declarations that are not names of anything.

/// What a reserved word does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// `return`, `if`, `sizeof`: part of a statement.
    Control,
    /// `int`, `void`.
    Type,
    /// `static`, `const`: may stand before a type.
    Qualifier,
    /// `struct`, `union`, `enum`: the next word is a tag.
    Tag,
    /// Not reserved.
    Name,
}

/// Whether a word is in capitals, as macros' names are.
pub(super) fn is_shouted(word: &[u8]) -> bool {
    word.iter().all(|b| !b.is_ascii_lowercase())
}

/// What the word `text` is.
#[inline]
pub(super) fn word(text: &[u8]) -> Word {
    let first = text.first().copied().unwrap_or(0);
    if text.len() > 13 || text.len() < 2 || !(first.is_ascii_lowercase() || first == b'_') {
        return Word::Name;
    }
    match text.len() {
        2 if matches!(text, b"if" | b"do") => Word::Control,
        3 => match text {
            b"for" | b"asm" => Word::Control,
            b"int" => Word::Type,
            _ => Word::Name,
        },
        4 => match text {
            b"else" | b"case" | b"goto" => Word::Control,
            b"char" | b"void" | b"long" | b"bool" => Word::Type,
            b"enum" => Word::Tag,
            b"auto" => Word::Qualifier,
            _ => Word::Name,
        },
        5 => match text {
            b"while" | b"break" => Word::Control,
            b"short" | b"float" | b"_Bool" => Word::Type,
            b"const" => Word::Qualifier,
            b"union" => Word::Tag,
            _ => Word::Name,
        },
        6 => match text {
            b"return" | b"switch" | b"sizeof" | b"typeof" => Word::Control,
            b"signed" | b"double" => Word::Type,
            b"static" | b"extern" | b"inline" => Word::Qualifier,
            b"struct" => Word::Tag,
            _ => Word::Name,
        },
        7 => match text {
            b"default" | b"__asm__" | b"alignof" => Word::Control,
            b"__const" => Word::Qualifier,
            _ => Word::Name,
        },
        8 => match text {
            b"continue" | b"_Alignof" | b"_Generic" | b"__typeof" => Word::Control,
            b"unsigned" => Word::Type,
            b"volatile" | b"register" | b"restrict" | b"__inline" => Word::Qualifier,
            _ => Word::Name,
        },
        9 if text == b"__label__" => Word::Control,
        10 => match text {
            b"__typeof__" => Word::Control,
            b"__inline__" => Word::Qualifier,
            b"__signed__" => Word::Type,
            _ => Word::Name,
        },
        11 if matches!(text, b"__alignof__") => Word::Control,
        12 if matches!(text, b"__volatile__") => Word::Qualifier,
        13 if matches!(text, b"__attribute__" | b"__extension__") => Word::Qualifier,
        _ => Word::Name,
    }
}

/// Whether C has reserved the word, so that it names nothing.
pub fn is_reserved(text: &[u8]) -> bool {
    word(text) != Word::Name
}

/// Whether a line that begins with this word in column 0 begins a new item.
pub(super) fn begins_item(text: &[u8]) -> bool {
    matches!(word(text), Word::Type | Word::Tag | Word::Qualifier)
        || matches!(
            text,
            b"typedef" | b"asmlinkage" | b"module_init" | b"module_exit" | b"size_t" | b"ssize_t"
        )
        || text.starts_with(b"EXPORT_SYMBOL")
        || text.starts_with(b"MODULE_")
        || text.starts_with(b"SYSCALL_DEFINE")
}
