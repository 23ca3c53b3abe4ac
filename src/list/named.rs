//! Which name a row is about: what a question asked of the row asks about.

use kgrep_index::outline::is_reserved;

use super::{Column, Match, Role, Span};

/// The name that an entry is about: that of its node, step or item, else what stands out in
/// its line, as far as it is a name; else the function that its line is in.
pub(crate) fn of(columns: &[Column], entry: &Match<'_>) -> Option<String> {
    let of_role = |wanted: Role| {
        let cells = columns.iter().zip(&entry.cells);
        cells.filter(move |(column, _)| column.role == wanted).map(|(_, cell)| *cell)
    };
    let around = of_role(Role::Function).find_map(whole_name);
    // Where the function is told beside it, what comes first is a message, not a name.
    let items: Vec<&str> = match around {
        None => of_role(Role::Name).collect(),
        Some(_) => Vec::new(),
    };
    let matched: Vec<String> = entry.spans.iter().filter_map(|span| spanned(entry, span)).collect();
    // Of several columns of an item the one that stands out in its line has its name.
    let item = items.iter().copied().filter_map(whole_name);
    let item = item.clone().find(|name| matched.contains(name)).or_else(|| { item }.next());
    let node = [Role::Node, Role::Step].into_iter().flat_map(of_role).find_map(whole_name);
    node.or(item).or_else(|| matched.into_iter().next()).or_else(|| alone(entry)).or(around)
}

/// What a cell names, which may say behind it that it is told elsewhere.
fn whole_name(cell: &str) -> Option<String> {
    let name = identifier(cell.split(' ').next()?)?;
    let rest = cell.strip_prefix(&*name)?;
    (rest.is_empty() || rest.starts_with(" (")).then_some(name)
}

/// The first name in a part of an entry's text, whole: of `ext4_file_`, the name that begins so. C's own words are
/// no names.
fn spanned(entry: &Match<'_>, span: &Span) -> Option<String> {
    let (start, end) = (span.start as usize, span.end as usize);
    entry.text.get(start..end)?;
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let before = entry.text[..start].iter().rev().take_while(|b| is_word(b)).count();
    let behind = entry.text[end..].iter().take_while(|b| is_word(b)).count();
    let starts = entry.text.get(start).is_some_and(is_word);
    let ends = end > start && is_word(&entry.text[end - 1]);
    let start = if starts { start - before } else { start };
    let end = if ends { end + behind } else { end };
    let words = entry.text[start..end].split(|b| !is_word(b));
    let mut names = words.filter(|word| word.first().is_some_and(|b| !b.is_ascii_digit()));
    let name = names.find(|word| !is_reserved(word))?;
    Some(String::from_utf8_lossy(name).into_owned())
}

/// The name that is all of an entry's line.
fn alone(entry: &Match<'_>) -> Option<String> {
    let text = std::str::from_utf8(entry.text).ok()?.trim();
    identifier(text).filter(|name| *name == text)
}

/// The first identifier of `text`.
fn identifier(text: &str) -> Option<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let start = text.find(|c: char| c.is_ascii_alphabetic() || c == '_')?;
    let name: String = text[start..].chars().take_while(|c| is_part(*c)).collect();
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(role: Role, cell: &str, text: &str, spans: &[(u32, u32)]) -> Option<String> {
        let spans = spans.iter().map(|(start, end)| Span { start: *start, end: *end }).collect();
        let entry = Match { text: text.as_bytes(), cells: vec![cell], spans, ..Match::default() };
        of(&[Column::new("", role)], &entry)
    }

    #[test]
    fn a_tree_names_its_node_and_a_search_what_it_found() {
        assert_eq!(name(Role::Node, "vfs_read (above)", "x();", &[]).unwrap(), "vfs_read");
        assert_eq!(
            name(Role::Name, "A section > Another", "kfree(x)", &[(0, 6)]).unwrap(),
            "kfree"
        );
        assert_eq!(name(Role::Text, "call", "  p = kmalloc(1);", &[(6, 14)]).unwrap(), "kmalloc");
        assert_eq!(name(Role::Text, "", "a + b", &[]), None);
        assert_eq!(name(Role::Function, "lamp_on", "a + b", &[]).unwrap(), "lamp_on");
    }

    #[test]
    fn a_part_of_a_name_means_all_of_it_and_a_word_of_c_none() {
        let text = "static int ext4_file_open(struct inode *i)";
        assert_eq!(name(Role::Text, "", text, &[(11, 21)]).unwrap(), "ext4_file_open");
        assert_eq!(name(Role::Text, "", text, &[(16, 26)]).unwrap(), "ext4_file_open");
        assert_eq!(name(Role::Text, "", text, &[(10, 21)]).unwrap(), "ext4_file_open");
        assert_eq!(name(Role::Text, "", text, &[(0, 6)]), None);
        assert_eq!(name(Role::Text, "", "return -ENOMEM;", &[(0, 14)]).unwrap(), "ENOMEM");
    }

    #[test]
    fn of_several_columns_the_one_that_stands_out_has_the_name() {
        let columns =
            ["Number", "ABI", "Name", "Entry"].map(|title| Column::new(title, Role::Name));
        let entry = Match {
            text: b"257\tcommon\topenat\tsys_openat",
            cells: vec!["257", "common", "openat", "sys_openat"],
            spans: vec![Span { start: 11, end: 17 }],
            ..Match::default()
        };
        assert_eq!(of(&columns, &entry).unwrap(), "openat");
    }

    #[test]
    fn of_a_message_its_function_has_the_name() {
        let columns = [("Text", Role::Name), ("Function", Role::Function)]
            .map(|(t, role)| Column::new(t, role));
        let entry = Match {
            text: b"\tpr_err(\"dark\\n\");",
            cells: vec!["dark", "lamp_on"],
            ..Match::default()
        };
        assert_eq!(of(&columns, &entry).unwrap(), "lamp_on");
    }
}
