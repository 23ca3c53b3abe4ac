//! What is on the screen and what each key does to it. It reads lists and files and touches no
//! terminal: what must be done outside is an [`Effect`], for `run`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ratatui::crossterm::event::{Event, KeyEvent, KeyEventKind};
use ratatui::layout::Rect;

use super::keys::{self, Action};
use super::narrow::Narrowing;
use super::page::{Page, Part};
use super::paint::Paint;
use super::prompt::Prompt;
use crate::list::asked::{self, AskedOf};
use crate::list::{List, ListError, Test, View};
use crate::render::{Highlighter, Look};

/// How far back one can go: each list is an open file.
const MOST_PAGES: usize = 100;

/// What is to be done outside of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    /// The program ends.
    Quit,
    /// The program is suspended.
    Suspend,
    /// The screen is drawn anew.
    Redraw,
    /// The file is opened in the editor.
    Edit(PathBuf, u64),
    /// The text goes into the clipboard.
    Copy(String),
    /// A question is asked in this folder.
    Ask(Vec<u8>, Vec<OsString>),
    /// The question that is being answered is no longer of interest.
    Stop,
    /// The last of these words is completed, in this folder.
    Complete(Vec<u8>, Vec<String>, String),
}

/// Which pane has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pane {
    List,
    Source,
}

/// What has the keys, before the panes.
pub(super) enum Mode {
    Panes,
    Narrow(Prompt, Box<Narrowing>),
    Find(Prompt, u64),
    Ask(Prompt),
    /// A page of text, and its first line on the screen.
    Text {
        title: String,
        lines: Vec<Vec<u8>>,
        top: usize,
    },
}

/// A question that is being answered.
pub(super) struct Asked {
    pub(super) what: String,
    pub(super) since: Instant,
    /// Whether its list is growing on the screen already.
    pub(super) grows: bool,
}

/// Where things stand on the screen, for the mouse and for pages.
#[derive(Debug, Clone, Default)]
pub(super) struct Areas {
    pub(super) list: Rect,
    pub(super) source: Rect,
    /// The row that each line of the list pane is of.
    pub(super) rows: Vec<Option<u64>>,
    /// Where the text of the source begins.
    pub(super) text: u16,
}

/// The whole state.
pub(super) struct App {
    pub(super) pages: Vec<Page>,
    /// Which of them is on the screen.
    pub(super) at: usize,
    pub(super) pane: Pane,
    pub(super) mode: Mode,
    pub(super) message: Option<String>,
    pub(super) asked: Option<Asked>,
    pub(super) areas: Areas,
    pub(super) look: Look,
    pub(super) paint: Paint,
    pub(super) highlighter: Option<Highlighter>,
    /// What was looked for in the source last.
    pub(super) wanted: Option<Test>,
    /// What was typed after `:`, oldest first.
    pub(super) history: Vec<String>,
}

impl App {
    pub(super) fn new(look: Look, paint: Paint, highlighter: Option<Highlighter>) -> App {
        App {
            pages: Vec::new(),
            at: 0,
            pane: Pane::List,
            mode: Mode::Panes,
            message: None,
            asked: None,
            areas: Areas::default(),
            look,
            paint,
            highlighter,
            wanted: None,
            history: Vec::new(),
        }
    }

    /// The list on the screen.
    pub(super) fn page(&mut self) -> Option<&mut Page> {
        self.pages.get_mut(self.at)
    }

    /// Puts a list on the stack, on top of the one on the screen.
    pub(super) fn push(&mut self, view: View) {
        self.end_mode();
        self.pages.truncate(self.at + 1);
        if self.pages.len() == MOST_PAGES {
            self.pages.remove(0);
        }
        self.pages.push(Page::new(view));
        self.at = self.pages.len() - 1;
        self.pane = Pane::List;
    }

    /// A question was asked.
    pub(super) fn asking(&mut self, what: String) {
        self.message = None;
        self.asked = Some(Asked { what, since: Instant::now(), grows: false });
    }

    /// What is there of a list that is still being found.
    pub(super) fn grew(&mut self, list: List) {
        let grows =
            self.asked.as_mut().is_some_and(|asked| std::mem::replace(&mut asked.grows, true));
        match self.page() {
            Some(page) if grows => page.grow(list),
            _ => self.push(View::new(list)),
        }
    }

    /// A question was answered by a list.
    pub(super) fn found(&mut self, view: View) {
        let grew = self.asked.take().is_some_and(|asked| asked.grows);
        match self.page().filter(|_| grew) {
            Some(page) => {
                let (cursor, marks) = (page.cursor, std::mem::take(&mut page.marks));
                page.view = view;
                page.changed();
                (page.cursor, page.marks) = (cursor, marks);
            }
            None => self.push(view),
        }
    }

    /// What the word that is being typed may become.
    pub(super) fn completed(&mut self, all: Vec<String>) {
        match &mut self.mode {
            Mode::Ask(_) if all.is_empty() => {
                self.message = Some("nothing begins so".to_owned());
            }
            Mode::Ask(prompt) => prompt.complete(all),
            _ => {}
        }
    }

    /// A question was answered, but not by a list.
    pub(super) fn answered(&mut self, message: Option<String>) {
        self.asked = None;
        self.message = message;
    }

    /// Shows a page of text.
    pub(super) fn show_text(&mut self, title: String, text: &[u8]) {
        self.end_mode();
        let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        self.mode = Mode::Text { title, lines, top: 0 };
    }

    /// Ends what is being typed, as if it were not wanted.
    pub(super) fn end_mode(&mut self) {
        let mode = std::mem::replace(&mut self.mode, Mode::Panes);
        if let (Mode::Narrow(_, narrowing), Some(page)) = (mode, self.page()) {
            page.view.undo();
            page.changed();
            page.go_to(narrowing.from());
        }
    }

    /// Takes an event; what is then to be done.
    pub(super) fn event(&mut self, event: Event) -> Option<Effect> {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                self.message = None;
                self.key(key).unwrap_or_else(|error| {
                    self.message = Some(error.to_string());
                    None
                })
            }
            Event::Mouse(event) => {
                self.mouse(event);
                None
            }
            Event::Paste(text) => {
                if let Mode::Ask(prompt) | Mode::Narrow(prompt, _) | Mode::Find(prompt, _) =
                    &mut self.mode
                {
                    prompt.insert(&text);
                }
                None
            }
            _ => None,
        }
    }

    fn key(&mut self, key: KeyEvent) -> Result<Option<Effect>, ListError> {
        if matches!(&self.mode, Mode::Narrow(_, narrowing) if narrowing.is_accepted()) {
            // The key is for the list that is left, or it is enough.
            if keys::action(key) == Some(Action::Stop) {
                self.end_mode();
                return Ok(None);
            }
            self.narrow(Duration::MAX);
        }
        match &mut self.mode {
            Mode::Panes => match keys::action(key) {
                Some(action) => self.act(action),
                None => {
                    self.message =
                        Some(format!("{} has no meaning; ? shows all keys", keys::name(key)));
                    Ok(None)
                }
            },
            Mode::Text { .. } => {
                self.text_key(key);
                Ok(None)
            }
            Mode::Narrow(prompt, _) | Mode::Find(prompt, _) | Mode::Ask(prompt) => {
                let typed = prompt.key(key);
                Ok(self.typed(typed))
            }
        }
    }

    /// Keys on a page of text.
    fn text_key(&mut self, key: KeyEvent) {
        let height = usize::from(self.areas.list.height.max(self.areas.source.height)).max(1);
        let Mode::Text { lines, top, .. } = &mut self.mode else { return };
        let most = lines.len().saturating_sub(height);
        *top = match keys::action(key) {
            Some(Action::Down) => *top + 1,
            Some(Action::Up) => top.saturating_sub(1),
            Some(Action::HalfDown) => *top + height / 2,
            Some(Action::HalfUp) => top.saturating_sub(height / 2),
            Some(Action::PageDown | Action::Mark) => *top + height,
            Some(Action::PageUp) => top.saturating_sub(height),
            Some(Action::First) => 0,
            Some(Action::Last) => most,
            _ => {
                self.mode = Mode::Panes;
                return;
            }
        }
        .min(most);
    }

    /// Goes on with narrowing; true where that changes the screen.
    pub(super) fn narrow(&mut self, budget: Duration) -> bool {
        let Some(page) = self.pages.get_mut(self.at) else { return false };
        let Mode::Narrow(_, narrowing) = &mut self.mode else { return false };
        let stepped = narrowing.step(&mut page.view, budget);
        if matches!(stepped, Ok(true)) {
            page.changed();
            page.go_to(narrowing.cursor());
        }
        if narrowing.is_over(&page.view)
            && let Mode::Narrow(prompt, narrowing) = std::mem::replace(&mut self.mode, Mode::Panes)
        {
            self.narrowed(&prompt, &narrowing);
            return true;
        }
        if let Err(error) = &stepped {
            self.message = Some(error.to_string());
        }
        stepped.unwrap_or(true)
    }

    /// What there is to do while no key comes: whether the screen is another then.
    pub(super) fn work(&mut self, budget: Duration) -> bool {
        let height = u64::from(self.areas.source.height);
        if matches!(self.mode, Mode::Narrow(..)) && self.narrow(budget) {
            return true;
        }
        let Some(page) = self.pages.get_mut(self.at) else { return false };
        let Some(highlighter) = &self.highlighter else { return false };
        page.source.highlight(highlighter, height, budget)
    }

    /// Asks a question, unless one is being answered.
    pub(super) fn ask(&mut self, words: Vec<OsString>) -> Option<Effect> {
        let folder = self.page().map(|page| page.folder().to_vec()).unwrap_or_default();
        self.ask_in(folder, words)
    }

    /// Asks a question in a folder.
    fn ask_in(&mut self, folder: Vec<u8>, words: Vec<OsString>) -> Option<Effect> {
        if let Some(asked) = &self.asked {
            self.message = Some(format!("still busy with {}; Esc stops that", asked.what));
            return None;
        }
        self.asking(asked::question_text(&words));
        Some(Effect::Ask(folder, words))
    }

    fn act(&mut self, action: Action) -> Result<Option<Effect>, ListError> {
        match action {
            Action::Quit => return Ok(Some(Effect::Quit)),
            Action::Suspend => return Ok(Some(Effect::Suspend)),
            Action::Redraw => return Ok(Some(Effect::Redraw)),
            Action::Stop => return Ok(self.stop()),
            Action::Help => self.show_help(),
            Action::Ask => self.mode = Mode::Ask(Prompt::new(self.history.clone())),
            Action::Back => self.turn(self.at.checked_sub(1), "this is the first list"),
            Action::Forward => self.turn(Some(self.at + 1), "this is the last list"),
            Action::Question(question) => return Ok(self.question(question)),
            Action::OtherPane => {
                self.pane = if self.pane == Pane::List { Pane::Source } else { Pane::List };
            }
            Action::Edit => return Ok(self.edit()),
            Action::Copy => return Ok(self.copy()),
            Action::Find => self.begin_find(),
            Action::Mark | Action::Drop | Action::Keep | Action::Undo => self.change(action),
            action if self.pane == Pane::Source => self.in_source(action),
            action => self.in_list(action)?,
        }
        Ok(None)
    }

    fn stop(&mut self) -> Option<Effect> {
        if let Some(asked) = &self.asked {
            self.message = Some(format!("stopped: {}", asked.what));
            if !asked.grows {
                self.asked = None;
            }
            return Some(Effect::Stop);
        }
        match self.page() {
            Some(page) if !page.marks.is_empty() => page.marks.clear(),
            _ => self.message = Some("q leaves; ? shows all keys".to_owned()),
        }
        None
    }

    fn show_help(&mut self) {
        let bold = if self.look.color { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        let lines = keys::help()
            .into_iter()
            .map(|(keys, does)| format!("  {}{keys:<26}{} {does}", bold.0, bold.1).into_bytes());
        let lines = lines.collect();
        self.mode = Mode::Text { title: "Keys".to_owned(), lines, top: 0 };
    }

    fn turn(&mut self, to: Option<usize>, end: &str) {
        if self.asked.as_ref().is_some_and(|asked| asked.grows) {
            self.message = Some("the list is still growing; Esc stops that".to_owned());
        } else if let Some(to) = to.filter(|to| *to < self.pages.len()) {
            self.at = to;
            self.pane = Pane::List;
        } else {
            self.message = Some(end.to_owned());
        }
    }

    /// A question about the name under the cursor of the pane that has the keys.
    fn question(&mut self, question: &str) -> Option<Effect> {
        let pane = self.pane;
        let page = self.page()?;
        let of_row = || page.name();
        let name = if pane == Pane::List { of_row() } else { None };
        let in_source = || {
            let path = page.source.path().map(|path| path.as_os_str().as_encoded_bytes().to_vec());
            Some((page.source.name()?, path.unwrap_or_default()))
        };
        let Some((name, path)) = name.or_else(in_source) else {
            self.message = Some("there is no name under the cursor".to_owned());
            return None;
        };
        let mut asked = AskedOf::default();
        asked.add(name, page.folder(), &path);
        let (folder, words) = asked.questions(question).next()?;
        self.ask_in(folder, words)
    }

    /// The line that is meant: the row's, or in the source the one under the cursor.
    fn line(&mut self) -> Option<u64> {
        let pane = self.pane;
        let source = &self.page()?.source;
        Some(if pane == Pane::List { source.row().0.start } else { source.line() })
    }

    fn edit(&mut self) -> Option<Effect> {
        let line = self.line()?;
        let place = self.page()?.source.path().map(|path| (path.to_owned(), line));
        if place.is_none() {
            self.message =
                Some("this came from standard input; there is no file to open".to_owned());
        }
        place.map(|(path, line)| Effect::Edit(path, line))
    }

    fn copy(&mut self) -> Option<Effect> {
        let line = self.line()?;
        let (path, _) = self.page()?.source.title();
        let place = format!("{}:{line}", String::from_utf8_lossy(path));
        self.message = Some(format!("copied {place}"));
        Some(Effect::Copy(place))
    }

    fn begin_find(&mut self) {
        let (pane, grows) = (self.pane, self.asked.as_ref().is_some_and(|asked| asked.grows));
        let Some(page) = self.page() else { return };
        if pane == Pane::Source {
            let line = page.source.line();
            self.mode = Mode::Find(Prompt::default(), line);
        } else if grows {
            self.message = Some("the list is still growing; Esc stops that".to_owned());
        } else {
            page.view.begin_change();
            let narrowing = Narrowing::new("", page.cursor);
            self.mode = Mode::Narrow(Prompt::default(), Box::new(narrowing));
        }
    }

    fn change(&mut self, action: Action) {
        let grows = self.asked.as_ref().is_some_and(|asked| asked.grows);
        let Some(page) = self.page() else { return };
        if action == Action::Mark {
            let row = page.cursor;
            if !page.marks.remove(&row) {
                page.marks.insert(row);
            }
            return page.go(1);
        }
        if grows {
            self.message = Some("the list is still growing; Esc stops that".to_owned());
            return;
        }
        let chosen = page.chosen();
        match action {
            Action::Drop if chosen.len() == page.view.len() => {
                self.message = Some("nothing would be left of the list".to_owned());
                return;
            }
            Action::Drop => {
                // The cursor stays on its row, or goes to the next one that is left.
                let above = chosen.iter().take_while(|row| *row < page.cursor).count();
                page.cursor -= above as u64;
                page.view.delete(&chosen);
            }
            Action::Keep => {
                page.cursor = chosen.iter().take_while(|row| *row < page.cursor).count() as u64;
                page.view.keep(&chosen);
            }
            _ => {
                if !page.view.undo() {
                    self.message = Some("nothing was changed".to_owned());
                    return;
                }
            }
        }
        page.changed();
        let left = format!("{} of {} left", page.view.len(), page.view.list().len());
        self.message = Some(left);
    }

    fn in_list(&mut self, action: Action) -> Result<(), ListError> {
        let height = i64::from(self.areas.list.height).max(2);
        let Some(page) = self.page() else { return Ok(()) };
        match action {
            Action::Down | Action::NextMatch => page.go(1),
            Action::Up | Action::PreviousMatch => page.go(-1),
            Action::HalfDown => page.go(height / 2),
            Action::HalfUp => page.go(-height / 2),
            Action::PageDown => page.go(height - 1),
            Action::PageUp => page.go(1 - height),
            Action::First => page.go_to(0),
            Action::Last => page.go_to(u64::MAX),
            Action::NextFile => page.go_to_part(Part::File, true)?,
            Action::PreviousFile => page.go_to_part(Part::File, false)?,
            Action::NextSection => page.go_to_part(Part::Section, true)?,
            Action::PreviousSection => page.go_to_part(Part::Section, false)?,
            _ => self.message = Some("that is for the source: Tab goes there".to_owned()),
        }
        Ok(())
    }

    fn in_source(&mut self, action: Action) {
        let height = i64::from(self.areas.source.height).max(2);
        let Some(page) = self.pages.get_mut(self.at) else { return };
        let source = &mut page.source;
        match action {
            Action::Down => source.go(1),
            Action::Up => source.go(-1),
            Action::HalfDown => source.go(height / 2),
            Action::HalfUp => source.go(-height / 2),
            Action::PageDown => source.go(height - 1),
            Action::PageUp => source.go(1 - height),
            Action::First => source.go_to(1),
            Action::Last => source.go_to(u64::MAX),
            Action::Left => source.shift(-1),
            Action::Right => source.shift(1),
            Action::NextName => source.go_to_name(true),
            Action::PreviousName => source.go_to_name(false),
            Action::NextMatch | Action::PreviousMatch => {
                let forward = action == Action::NextMatch;
                let found = self.wanted.as_ref().map(|test| source.find(test, forward, false));
                self.message = match found {
                    None => Some("nothing was looked for; / does".to_owned()),
                    Some(false) => Some("no other line matches".to_owned()),
                    Some(true) => None,
                };
            }
            _ => self.message = Some("that is for the list: Tab goes there".to_owned()),
        }
    }
}
