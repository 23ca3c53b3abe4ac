//! What is typed at the bottom of the screen, and what it does when it is done: a question is
//! asked, the list is narrowed, the source is searched.

use std::ffi::OsString;
use std::time::Duration;

use super::app::{App, Effect, Mode};
use super::narrow::Narrowing;
use super::prompt::{Prompt, Typed};
use crate::list::{Case, Test};
use crate::message::counted;

/// How many questions `:` remembers.
const MOST_HISTORY: usize = 200;

/// Most lists are narrowed within this time.
const STEP: Duration = Duration::from_millis(5);

impl App {
    /// What becomes of a key that was typed into the line.
    pub(super) fn typed(&mut self, typed: Typed) -> Option<Effect> {
        let mode = std::mem::replace(&mut self.mode, Mode::Panes);
        match (mode, typed) {
            (Mode::Ask(prompt), Typed::Done) => return self.ask_line(prompt.text()),
            (Mode::Ask(prompt), Typed::Complete) => {
                let folder = self.page().map(|page| page.folder().to_vec()).unwrap_or_default();
                let (words, start) = prompt.completed();
                self.mode = Mode::Ask(prompt);
                return Some(Effect::Complete(folder, words, start));
            }
            (Mode::Ask(_), Typed::Left) => {}
            (Mode::Narrow(prompt, mut narrowing), Typed::Done) => {
                // `work` ends it once all rows have been looked at.
                narrowing.accept();
                self.mode = Mode::Narrow(prompt, narrowing);
                self.narrow(STEP);
            }
            (mode @ Mode::Narrow(..), Typed::Left) => {
                self.mode = mode;
                self.end_mode();
            }
            (Mode::Narrow(prompt, narrowing), Typed::Changed) => {
                let narrowing = Narrowing::new(prompt.text(), narrowing.from());
                self.message = narrowing.problem().map(str::to_owned);
                self.mode = Mode::Narrow(prompt, Box::new(narrowing));
            }
            (Mode::Find(prompt, from), Typed::Changed) => {
                self.find(prompt.text(), from);
                self.mode = Mode::Find(prompt, from);
            }
            (Mode::Find(_, from), Typed::Left) => {
                if let Some(page) = self.page() {
                    page.source.go_to(from);
                }
            }
            (Mode::Find(..), Typed::Done) => {}
            (mode @ Mode::Narrow(..), Typed::Row(by)) => {
                self.mode = mode;
                self.page().into_iter().for_each(|page| page.go(by));
            }
            (mode, _) => self.mode = mode,
        }
        None
    }

    /// Looks for what is typed in the source, from the line where typing began.
    fn find(&mut self, text: &str, from: u64) {
        let Some(page) = self.pages.get_mut(self.at) else { return };
        page.source.go_to(from);
        self.message = None;
        match Test::new(text, Case::Smart) {
            _ if text.is_empty() => {}
            Ok(test) => {
                if !page.source.find(&test, true, true) {
                    self.message = Some(format!("no line of the file matches {text:?}"));
                }
                self.wanted = Some(test);
            }
            Err(error) => self.message = Some(error.to_string()),
        }
    }

    /// What was typed narrows the list for good: all rows have been looked at.
    pub(super) fn narrowed(&mut self, prompt: &Prompt, narrowing: &Narrowing) {
        let Some(page) = self.pages.get_mut(self.at) else { return };
        let is_nothing = page.view.len() == 0;
        let nothing = || format!("no row matches {:?}", prompt.text());
        let problem = narrowing.problem().map(str::to_owned);
        self.message = problem.or_else(|| is_nothing.then(nothing));
        // As a refine that finds nothing: the list stays as it is.
        if self.message.is_some() || prompt.text().is_empty() {
            page.view.undo();
            page.changed();
            page.go_to(narrowing.from());
        }
    }

    /// A line that was typed after `:`.
    fn ask_line(&mut self, line: &str) -> Option<Effect> {
        let line = line.trim();
        if line.is_empty() {
            return None;
        }
        // As in vim; `-e q` searches for it.
        if matches!(line, "q" | "q!" | "qa" | "quit" | "exit") {
            return Some(Effect::Quit);
        }
        self.history.retain(|old| old != line);
        self.history.push(line.to_owned());
        let excess = self.history.len().saturating_sub(MOST_HISTORY);
        self.history.drain(..excess);
        if let Ok(row) = line.parse() {
            let rows = self.page().map_or(0, |page| page.view.len());
            if row < rows {
                self.page()?.go_to(row);
            } else {
                self.message = Some(format!("there are {}", counted(rows, "row")));
            }
            return None;
        }
        match shlex::split(line) {
            Some(words) => self.ask(words.into_iter().map(OsString::from).collect()),
            None => {
                self.message = Some(format!("a quote is not closed in {line:?}"));
                None
            }
        }
    }
}
