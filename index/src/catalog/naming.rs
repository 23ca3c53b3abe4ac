//! What a candidate's name is to the question: the whole of it, all of its words in some order,
//! or a part.

use super::{
    document::Kind,
    hits::Met,
    query::{Asked, Query},
    weights::{self, Name, PREFIX_LETTERS},
    words::{runs, stem},
};

/// What a name is to the question, at its best: the whole of it or what it says besides its kind,
/// to all words or to those that say something.
pub(super) fn name_of(name: &str, kind: Kind, query: &Query, met: &Met) -> Name {
    let asked: Vec<&Asked> = query.wanted().filter(|word| !word.says_kind(kind)).collect();
    // Of a section only its own heading is its name.
    let bare = match kind {
        Kind::Section => name.rsplit(" > ").next().unwrap_or_default(),
        _ => kind.bare_name(name),
    };
    let counting: Vec<&Asked> = asked.iter().copied().filter(|word| !word.is_stop_word()).collect();
    let mut best = Name::Other;
    for name in [bare, name].into_iter().take(if kind == Kind::Section { 1 } else { 2 }) {
        let name = name.to_lowercase();
        for asked in [&asked, &counting] {
            let is = compare(&name, asked, &query.terms, met);
            // Headings are of common words: "Boot parameters", "Overview".
            let counts = kind != Kind::Section || is != Name::Part;
            if counts && weights::name_factor(is) > weights::name_factor(best) {
                best = is;
            }
        }
    }
    best
}

/// What a name in lower case is to the words that are asked for.
fn compare(name: &str, asked: &[&Asked], terms: &[String], met: &Met) -> Name {
    if asked.is_empty() {
        return Name::Other;
    }
    let own: Vec<&str> = runs(name).map(|(start, end)| &name[start..end]).collect();
    let texts: Vec<&str> = asked.iter().map(|word| word.text.as_str()).collect();
    let is_whole = |word: &Asked, own: &str| {
        own == word.text
            || stem(own) == word.stem
            || word.forms.contains(&own)
            || met.is_typo(&word.text, own)
    };
    let is = |word: &Asked, own: &str| {
        (word.text.len() >= PREFIX_LETTERS && own.starts_with(&word.text)) || is_whole(word, own)
    };
    // NVMEM is not nvme: of the words at least one is there as it was asked for.
    let has_one = || asked.iter().any(|word| own.iter().any(|own| is_whole(word, own)));
    let has_all = || has_one() && asked.iter().all(|word| own.iter().any(|own| is(word, own)));
    let run = |own: &[&str]| {
        own.len() == asked.len() && asked.iter().zip(own).all(|(word, own)| is(word, own))
    };
    if own == texts || own.concat() == texts.concat() {
        Name::Question
    } else if run(&own) {
        Name::Nearly
    } else if terms.iter().any(|term| term == name) {
        Name::Word
    } else if own.len() == asked.len() && has_all() {
        Name::Mixed
    } else if asked.len() > 1 && own.windows(asked.len()).any(run) {
        Name::InOrder
    } else if has_all() {
        Name::All
    } else if own.len() > 1 && own.iter().all(|own| asked.iter().any(|word| is_whole(word, own))) {
        Name::Part
    } else {
        Name::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outline;

    #[test]
    fn what_a_name_is_to_a_question() {
        let is = |question: &str, kind: Kind, name: &str| {
            name_of(name, kind, &Query::parse(question).0, &Met::default())
        };
        let function = Kind::Symbol(outline::Kind::Function);
        let syscall = Kind::Symbol(outline::Kind::Syscall);
        for (question, kind, name, expected) in [
            ("free page", function, "__free_page", Name::Question),
            ("freepage", function, "free_page", Name::Question),
            ("how do i free a page", function, "free_page", Name::Question),
            ("pivot root", syscall, "sys_pivot_root", Name::Question),
            ("sys_pivot_root", syscall, "sys_pivot_root", Name::Question),
            ("quiet", Kind::Param, "quiet=", Name::Question),
            ("config kexec core", Kind::Config, "CONFIG_KEXEC_CORE", Name::Question),
            ("struct file", Kind::Symbol(outline::Kind::Struct), "file", Name::Question),
            ("the details", Kind::Section, "Mounts > Details", Name::Question),
            ("kmem cach allocation", function, "kmem_cache_alloc", Name::Nearly),
            ("page free", function, "free_page", Name::Mixed),
            ("who calls kmem_cache_alloc", function, "kmem_cache_alloc", Name::Word),
            ("cache alloc", function, "kmem_cache_alloc_node", Name::InOrder),
            ("alloc cache", function, "kmem_cache_alloc_node", Name::All),
            ("nvme", Kind::Maintainer, "NVME HARDWARE MONITORING", Name::All),
            ("nvme", Kind::Maintainer, "NVMEM FRAMEWORK", Name::Other),
            ("kmall", function, "kmalloc", Name::Nearly),
            ("load kernel module", function, "load_module", Name::Part),
            ("usb hub reset", function, "RESET_USB2HUB", Name::Other),
            ("load kernel module", function, "load", Name::Word),
            ("boot parameter crash", Kind::Section, "X > Boot parameters", Name::Other),
            ("load kernel module", function, "load_elf", Name::Other),
        ] {
            assert_eq!(is(question, kind, name), expected, "{question}: {name}");
        }
    }

    #[test]
    fn a_mistyped_word_is_the_one_that_is_meant() {
        let query = Query::parse("fanotfy mark").0;
        let mut met = Met::default();
        let syscall = Kind::Symbol(outline::Kind::Syscall);
        let is = |met: &Met| name_of("sys_fanotify_mark", syscall, &query, met);
        assert_eq!(is(&met), Name::Other);
        met.typos.entry("fanotfy".into()).or_default().insert("fanotify".into());
        assert_eq!(is(&met), Name::Nearly);
    }
}
