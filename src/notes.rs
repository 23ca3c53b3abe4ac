//! The engine's notes in words, told on standard error.

use std::sync::Arc;

use kgrep_engine::{Note, NoteSink};

use crate::message;

/// Tells every note at once.
pub(crate) fn sink() -> NoteSink {
    Arc::new(|note| tell(&note))
}

/// Tells a note.
pub(crate) fn tell(note: &Note) {
    message::tell(sentence(note));
}

/// A note in words.
fn sentence(note: &Note) -> String {
    match note {
        Note::SystemCall { asked, entry } => {
            format!("{asked} is a system call; the code calls it {entry}")
        }
        Note::TakenAsPlain { pattern, why } => crate::plain::note(pattern, *why),
        Note::SearchedWithoutIndex { reason } => {
            format!("{reason}; searching without it, `kgrep index` builds it again")
        }
        Note::ReadWithoutIndex { reason } => {
            format!("{reason}; reading the files without it, `kgrep index` builds it again")
        }
        Note::OtherIdioms => {
            "the index was made with other idioms; `kgrep index` makes it anew".to_owned()
        }
        Note::Unreadable { path, reason } => {
            format!("{}: {reason}", String::from_utf8_lossy(path))
        }
        Note::Explanation(text) => text.clone(),
        // A note that came later than these words still says what it is.
        note => format!("{note:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_says_what_happened_and_what_helps() {
        let told = sentence(&Note::ReadWithoutIndex { reason: "x/graph: damaged".to_owned() });
        assert_eq!(
            told,
            "x/graph: damaged; reading the files without it, `kgrep index` builds it again"
        );
        let asked = Note::SystemCall { asked: "openat".into(), entry: "sys_openat".into() };
        assert_eq!(sentence(&asked), "openat is a system call; the code calls it sys_openat");
    }
}
