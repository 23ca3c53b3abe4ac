//! Which name a row is about: what a question asked of the row asks about.

use super::{Column, Match, Role};

/// The name that an entry is about: that of its node, step or item, else what stands out in
/// its line, as far as it is a name.
pub(crate) fn of(columns: &[Column], entry: &Match<'_>) -> Option<String> {
    let is_own = |role: Role| matches!(role, Role::Node | Role::Step | Role::Name);
    let cells = columns.iter().zip(&entry.cells);
    let mut cells = cells.filter(|(column, _)| is_own(column.role));
    // A node may say behind its name that it is told elsewhere.
    let cell = cells.find_map(|(_, cell)| {
        identifier(cell.split(' ').next()?)
            .filter(|name| cell.len() == name.len() || cell[name.len()..].starts_with(" ("))
    });
    cell.or_else(|| {
        let mut matched = entry.spans.iter().filter_map(|span| {
            let text = entry.text.get(span.start as usize..span.end as usize)?;
            identifier(std::str::from_utf8(text).ok()?)
        });
        matched.next()
    })
    .or_else(|| {
        // A row without either is about its line, where that is a single word.
        identifier(std::str::from_utf8(entry.text).ok()?.trim())
            .filter(|name| entry.text.trim_ascii().len() == name.len())
    })
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
    use crate::list::Span;

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
    }
}
