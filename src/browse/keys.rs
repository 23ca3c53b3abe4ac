//! Which key does what: one table for the keys and for the page that `?` shows.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Down,
    Up,
    HalfDown,
    HalfUp,
    PageDown,
    PageUp,
    First,
    Last,
    NextFile,
    PreviousFile,
    NextSection,
    PreviousSection,
    Left,
    Right,
    NextName,
    PreviousName,
    OtherPane,
    Edit,
    Copy,
    Mark,
    Drop,
    Keep,
    Undo,
    Find,
    NextMatch,
    PreviousMatch,
    Question(&'static str),
    Ask,
    Back,
    Forward,
    Help,
    Stop,
    Redraw,
    Suspend,
    Quit,
}

/// Some keys, what they do, and how that is explained. No words: the line belongs to the one
/// before it.
type Binding = (&'static [&'static str], Action, &'static str);

/// All keys, in the order of the help.
pub(super) const BINDINGS: [Binding; 35] = [
    (&["j", "Down", "C-n"], Action::Down, "next row, or line of the source"),
    (&["k", "Up", "C-p"], Action::Up, "the one before"),
    (&["C-d"], Action::HalfDown, "half a page down"),
    (&["C-u"], Action::HalfUp, "half a page up"),
    (&["C-f", "PageDown"], Action::PageDown, "a page down"),
    (&["C-b", "PageUp"], Action::PageUp, "a page up"),
    (&["g", "Home"], Action::First, "first row"),
    (&["G", "End"], Action::Last, "last row"),
    (&["}"], Action::NextFile, "next file"),
    (&["{"], Action::PreviousFile, "previous file"),
    (&["]"], Action::NextSection, "next section"),
    (&["["], Action::PreviousSection, "previous section"),
    (&["Tab"], Action::OtherPane, "to the other pane: list, source"),
    (&["h", "Left"], Action::Left, "in the source: a character to the left"),
    (&["l", "Right"], Action::Right, "in the source: a character to the right"),
    (&["w"], Action::NextName, "in the source: next name"),
    (&["b"], Action::PreviousName, "in the source: previous name"),
    (&["Enter", "e"], Action::Edit, "open the line in the editor, and come back"),
    (&["y"], Action::Copy, "copy path:line"),
    (&["/"], Action::Find, "narrow the list as you type; in the source, find"),
    (&["n"], Action::NextMatch, "next row; in the source, next match"),
    (&["N"], Action::PreviousMatch, "previous row; in the source, previous match"),
    (&["Space"], Action::Mark, "mark the row, or take the mark away"),
    (&["d"], Action::Drop, "drop the marked rows, or this one"),
    (&["K"], Action::Keep, "keep only the marked rows, or this one"),
    (&["u"], Action::Undo, "take the last change back"),
    (&["D", "C-]"], Action::Question("def"), "where the name is defined"),
    (&["C"], Action::Question("callers"), "who calls it"),
    (&["E"], Action::Question("callees"), "what it calls"),
    (&["R"], Action::Question("refs"), "all uses of it"),
    (&["T"], Action::Question("trace"), "all about it"),
    (&[":"], Action::Ask, "any question, as on the command line; :27 goes to row 27, :q leaves"),
    (&["<", "Backspace", "C-o", "M-Left"], Action::Back, "back to the list before"),
    (&[">", "M-Right"], Action::Forward, "forward again"),
    (&["?", "F1"], Action::Help, "this help"),
];

/// Keys that do what the help says in its last lines.
const OTHERS: [(&str, Action); 7] = [
    ("Esc", Action::Stop),
    ("C-c", Action::Stop),
    ("C-z", Action::Suspend),
    ("C-l", Action::Redraw),
    ("q", Action::Quit),
    ("Q", Action::Quit),
    ("S-Tab", Action::OtherPane),
];

/// What the help says of these, and of the mouse.
pub(super) const OTHERS_HELP: [(&str, &str); 5] = [
    ("Esc, C-c", "stop a search; take the marks away"),
    ("C-z", "suspend; `fg` comes back"),
    ("C-l", "draw the screen anew"),
    ("q", "leave; what is left of the list is kept for -s"),
    ("mouse", "click on a row or a name; the wheel scrolls"),
];

/// A key's name, as the table has it.
pub(super) fn name(key: KeyEvent) -> String {
    let code = match key.code {
        KeyCode::Char(' ') => "Space".to_owned(),
        // Ctrl and these are one byte, which has several names.
        KeyCode::Char('5') if key.modifiers.contains(KeyModifiers::CONTROL) => "]".to_owned(),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::Up => "Up".to_owned(),
        KeyCode::Down => "Down".to_owned(),
        KeyCode::Left => "Left".to_owned(),
        KeyCode::Right => "Right".to_owned(),
        KeyCode::Home => "Home".to_owned(),
        KeyCode::End => "End".to_owned(),
        KeyCode::PageUp => "PageUp".to_owned(),
        KeyCode::PageDown => "PageDown".to_owned(),
        KeyCode::Enter => "Enter".to_owned(),
        KeyCode::Tab => "Tab".to_owned(),
        KeyCode::BackTab => "S-Tab".to_owned(),
        KeyCode::Backspace => "Backspace".to_owned(),
        KeyCode::Delete => "Delete".to_owned(),
        KeyCode::Esc => "Esc".to_owned(),
        KeyCode::F(number) => format!("F{number}"),
        _ => String::new(),
    };
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        format!("C-{}", code.to_lowercase())
    } else if key.modifiers.contains(KeyModifiers::ALT) {
        format!("M-{code}")
    } else {
        code
    }
}

/// What a key asks for.
pub(super) fn action(key: KeyEvent) -> Option<Action> {
    let name = name(key);
    let bound = BINDINGS.iter().find(|(keys, ..)| keys.contains(&&*name));
    let other = || OTHERS.iter().find(|(key, _)| *key == name).map(|(_, action)| *action);
    bound.map(|(_, action, _)| *action).or_else(other)
}

/// The lines of the help: keys, and what they do.
pub(super) fn help() -> Vec<(String, &'static str)> {
    let others = OTHERS_HELP.iter().map(|(keys, does)| ((*keys).to_owned(), *does));
    BINDINGS.iter().map(|(keys, _, does)| (keys.join(", "), *does)).chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_bound_twice() {
        let others = OTHERS.iter().map(|(key, _)| *key);
        let mut all: Vec<&str> =
            BINDINGS.iter().flat_map(|(keys, ..)| keys.iter().copied()).chain(others).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn keys_have_names() {
        let key = |code, modifiers| name(KeyEvent::new(code, modifiers));
        assert_eq!(key(KeyCode::Char('d'), KeyModifiers::CONTROL), "C-d");
        assert_eq!(key(KeyCode::Char('G'), KeyModifiers::SHIFT), "G");
        assert_eq!(key(KeyCode::Left, KeyModifiers::ALT), "M-Left");
        assert_eq!(key(KeyCode::Char(' '), KeyModifiers::NONE), "Space");
        assert_eq!(
            action(KeyEvent::new(KeyCode::Char('5'), KeyModifiers::CONTROL)),
            Some(Action::Question("def"))
        );
    }
}
