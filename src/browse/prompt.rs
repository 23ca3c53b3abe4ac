//! The line that is typed at the bottom of the screen: a question, or what to narrow to.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// More than this many letters are no question.
const MOST: usize = 4096;

/// A line being typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Prompt {
    text: String,
    /// The cursor, in bytes.
    at: usize,
    /// What was typed before, oldest first, and which of these is shown.
    history: Vec<String>,
    shown: Option<usize>,
    /// What the word at the cursor may become.
    pub(super) candidates: Vec<String>,
}

/// What became of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Typed {
    /// The line is another.
    Changed,
    /// The line is as it was.
    Moved,
    /// The line is done.
    Done,
    /// It is not wanted any more.
    Left,
    /// The word at the cursor is to be completed.
    Complete,
    /// Where nothing was typed before, the arrows are for the list above.
    Row(i64),
}

impl Prompt {
    pub(super) fn new(history: Vec<String>) -> Prompt {
        Prompt { history, ..Prompt::default() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What stands before the cursor.
    pub(super) fn before(&self) -> &str {
        &self.text[..self.at]
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: KeyEvent) -> Typed {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let code = match key.code {
            KeyCode::Char(c) if control => match c.to_ascii_lowercase() {
                'a' => KeyCode::Home,
                'e' => KeyCode::End,
                'b' => KeyCode::Left,
                'f' => KeyCode::Right,
                'h' => KeyCode::Backspace,
                'p' => KeyCode::Up,
                'n' => KeyCode::Down,
                'c' | 'g' => KeyCode::Esc,
                'j' | 'm' => KeyCode::Enter,
                'u' => return self.cut(0),
                'w' => return self.cut(self.word()),
                _ => return Typed::Moved,
            },
            code => code,
        };
        self.candidates.clear();
        match code {
            KeyCode::Enter => return Typed::Done,
            KeyCode::Esc => return Typed::Left,
            KeyCode::Tab => return Typed::Complete,
            KeyCode::Backspace if self.text.is_empty() => return Typed::Left,
            KeyCode::Backspace => return self.cut(self.previous()),
            KeyCode::Delete => {
                let end = self.next();
                self.text.replace_range(self.at..end, "");
                return Typed::Changed;
            }
            KeyCode::Char(c) => return self.insert(&c.to_string()),
            KeyCode::Left => self.at = self.previous(),
            KeyCode::Right => self.at = self.next(),
            KeyCode::Home => self.at = 0,
            KeyCode::End => self.at = self.text.len(),
            KeyCode::Up => return self.recall(true),
            KeyCode::Down => return self.recall(false),
            _ => {}
        }
        Typed::Moved
    }

    /// Types `text`, as from a clipboard: its lines become one.
    pub(super) fn insert(&mut self, text: &str) -> Typed {
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        if self.text.len() + text.len() > MOST {
            return Typed::Moved;
        }
        self.text.insert_str(self.at, &text);
        self.at += text.len();
        Typed::Changed
    }

    /// Where the word before the cursor begins, which is completed.
    pub(super) fn word(&self) -> usize {
        let before = self.before();
        let bare = before.trim_end_matches(' ');
        let end = if bare.len() < before.len() && !bare.is_empty() { bare } else { before };
        end.rfind(' ').map_or(0, |at| at + 1)
    }

    /// The words before the one that is completed, and that.
    pub(super) fn completed(&self) -> (Vec<String>, String) {
        let before = self.before();
        let start = before.rfind(' ').map_or(0, |at| at + 1);
        let words = before[..start].split_whitespace().map(str::to_owned).collect();
        (words, before[start..].to_owned())
    }

    /// Completes the word as far as all of `candidates` go, and shows them where there are
    /// several.
    pub(super) fn complete(&mut self, candidates: Vec<String>) {
        let (_, start) = self.completed();
        let Some(first) = candidates.first() else { return };
        let mut common = first.as_str();
        for candidate in &candidates {
            let end = common
                .char_indices()
                .zip(candidate.chars())
                .take_while(|((_, a), b)| a == b)
                .last()
                .map_or(0, |((at, a), _)| at + a.len_utf8());
            common = &common[..end];
        }
        let rest = common.strip_prefix(&start).unwrap_or_default().to_owned();
        self.insert(&rest);
        if candidates.len() == 1 {
            self.insert(" ");
            self.candidates.clear();
        } else {
            self.candidates = candidates;
        }
    }

    fn cut(&mut self, from: usize) -> Typed {
        self.candidates.clear();
        self.text.replace_range(from..self.at, "");
        self.at = from;
        Typed::Changed
    }

    fn previous(&self) -> usize {
        self.before().char_indices().next_back().map_or(0, |(at, _)| at)
    }

    fn next(&self) -> usize {
        self.text[self.at..].chars().next().map_or(self.at, |c| self.at + c.len_utf8())
    }

    fn recall(&mut self, older: bool) -> Typed {
        if self.history.is_empty() {
            return Typed::Row(if older { -1 } else { 1 });
        }
        let next = match (self.shown, older) {
            (None, true) => self.history.len().checked_sub(1),
            (Some(shown), true) => Some(shown.saturating_sub(1)),
            (Some(shown), false) => Some(shown + 1).filter(|next| *next < self.history.len()),
            (None, false) => None,
        };
        self.shown = next;
        self.text = next.and_then(|next| self.history.get(next)).cloned().unwrap_or_default();
        self.at = self.text.len();
        Typed::Changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &str) -> Prompt {
        let mut prompt = Prompt::new(vec!["callers kfree".to_owned(), "def kfree".to_owned()]);
        for c in keys.chars() {
            let (code, modifiers) = match c {
                '←' => (KeyCode::Left, KeyModifiers::NONE),
                '↑' => (KeyCode::Up, KeyModifiers::NONE),
                '↓' => (KeyCode::Down, KeyModifiers::NONE),
                '⌫' => (KeyCode::Backspace, KeyModifiers::NONE),
                '^' => (KeyCode::Char('w'), KeyModifiers::CONTROL),
                c => (KeyCode::Char(c), KeyModifiers::NONE),
            };
            prompt.key(KeyEvent::new(code, modifiers));
        }
        prompt
    }

    #[test]
    fn a_line_is_edited() {
        for (keys, text) in [
            ("abc←←x", "axbc"),
            ("é⌫⌫", ""),
            ("callers kfree^", "callers "),
            ("callers kfree ^", "callers "),
            ("^", ""),
            ("↑", "def kfree"),
            ("↑↑↑", "callers kfree"),
            ("↑↑↓", "def kfree"),
            ("↑↓", ""),
        ] {
            assert_eq!(typed(keys).text(), text, "{keys}");
        }
    }

    #[test]
    fn a_word_is_completed_as_far_as_it_is_certain() {
        let mut prompt = typed("callers kf");
        prompt.complete(vec!["kfree".to_owned(), "kfree_rcu".to_owned()]);
        assert_eq!((prompt.text(), prompt.candidates.len()), ("callers kfree", 2));
        prompt.complete(vec!["kfree_rcu".to_owned()]);
        assert_eq!((prompt.text(), prompt.candidates.len()), ("callers kfree_rcu ", 0));
        prompt.complete(Vec::new());
        assert_eq!(prompt.text(), "callers kfree_rcu ");
    }
}
