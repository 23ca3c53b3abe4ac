//! The loop: keys go to the state, its wishes are done, the screen is drawn when there is
//! nothing else to do.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use anyhow::{Result, bail};
use ratatui::crossterm::event::{self, Event};

use super::app::{App, Effect};
use super::draw::draw;
use super::terminal::Screen;
use crate::list::{List, View};
use crate::taken;

/// How long a step of other work may keep a key waiting.
const STEP: Duration = Duration::from_millis(6);

/// How often it is looked whether a question was answered.
const ASKING: Duration = Duration::from_millis(10);

/// And, where nothing is going on, whether there is still a terminal.
const IDLE: Duration = Duration::from_millis(250);

/// How long a search that was stopped may take to end.
const LAST: Duration = Duration::from_millis(500);

/// What comes of a question.
pub(crate) enum News {
    /// A list that is still being found, as far as it has got.
    Grew(Box<List>),
    /// The whole list.
    Found(Box<View>),
    /// Nothing was found.
    Nothing,
    /// No list, but something that was printed.
    Told,
    /// Why it was not answered.
    Failed(String),
}

/// Who answers questions and knows the editor.
pub(crate) trait Host {
    /// Begins to answer a question in a folder.
    fn ask(&mut self, folder: &[u8], words: Vec<OsString>) -> Receiver<News>;

    /// What is being found is no longer of interest.
    fn stop(&mut self);

    /// What the word that begins with `start`, behind `words`, may become.
    fn complete(&mut self, folder: &[u8], words: &[String], start: &str) -> Vec<String>;

    /// Opens a file in the editor.
    ///
    /// # Errors
    /// If there is no editor, or it fails.
    fn edit(&mut self, path: &Path, line: u64) -> Result<()>;
}

/// What the screen begins with.
pub(crate) enum First {
    /// A list that is there.
    List(Box<View>),
    /// A question that is being answered.
    Asked(String, Receiver<News>),
}

/// How it ended.
pub(crate) enum Ended {
    /// The list that was on the screen last.
    List(Box<View>),
    /// There never was one: the first question found none.
    Nothing,
    /// The first question was answered by text.
    Told(Vec<u8>),
}

/// A running screen.
struct Running<'h> {
    app: App,
    screen: Screen,
    host: &'h mut dyn Host,
    news: Option<Receiver<News>>,
    /// Effects that a later key must not overtake.
    wishes: VecDeque<Effect>,
    is_first: bool,
    ended: Option<Ended>,
}

/// Shows the screen until it is left.
///
/// # Errors
/// When the terminal can't be used, or the first question can't be answered.
pub(super) fn run(mut app: App, first: First, host: &mut dyn Host) -> Result<Ended> {
    let news = match first {
        First::List(view) => {
            app.push(*view);
            None
        }
        First::Asked(what, news) => {
            app.asking(what);
            Some(news)
        }
    };
    let screen = Screen::enter(app.look.color, app.paint.has_few_colors())?;
    let is_first = news.is_some();
    let wishes = VecDeque::new();
    let mut running = Running { app, screen, host, news, wishes, is_first, ended: None };
    running.until_left()?;
    let Running { mut app, ended, .. } = running;
    app.end_mode();
    if let Some(ended) = ended {
        return Ok(ended);
    }
    let at = app.at;
    let view = app.pages.into_iter().nth(at).map(|page| page.view);
    Ok(view.map_or(Ended::Nothing, |view| Ended::List(Box::new(view))))
}

impl Running<'_> {
    fn until_left(&mut self) -> Result<()> {
        let mut is_new = true;
        loop {
            is_new |= self.hear()?;
            if self.ended.is_some() {
                return Ok(());
            }
            is_new |= self.screen.mind_signals()?;
            if is_new {
                self.draw()?;
            }
            // Keys first; then what can wait, in short steps.
            let works = !event::poll(Duration::ZERO)? && self.app.work(STEP);
            let patience = match self.news {
                _ if works => Duration::ZERO,
                Some(_) => ASKING,
                None => IDLE,
            };
            is_new = works || self.app.asked.as_ref().is_some_and(|asked| !asked.grows);
            if !event::poll(patience)? {
                Screen::is_there()?;
                continue;
            }
            while event::poll(Duration::ZERO)? {
                is_new = true;
                if self.event(event::read()?)? {
                    return Ok(());
                }
            }
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        let app = &mut self.app;
        self.screen.cells.draw(|frame| {
            let cursor = draw(app, frame.buffer_mut());
            if let Some(cursor) = cursor {
                frame.set_cursor_position(cursor);
            }
        })?;
        Ok(())
    }

    /// Takes an event; true: the screen is left.
    fn event(&mut self, event: Event) -> Result<bool> {
        let wish = self.app.event(event);
        self.wishes.extend(wish);
        while let Some(wish) = self.wishes.pop_front() {
            if self.fulfil(wish)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Of a list that is still growing, what was found is kept: it is there in a moment.
    fn take_rest(&mut self) {
        let grows = self.app.asked.as_ref().is_some_and(|asked| asked.grows);
        while let Some(news) = self.news.as_ref().filter(|_| grows) {
            match news.recv_timeout(LAST) {
                Ok(News::Found(view)) => return self.app.found(*view),
                Ok(News::Grew(list)) => self.app.grew(*list),
                _ => return,
            }
        }
    }

    fn fulfil(&mut self, wish: Effect) -> Result<bool> {
        match wish {
            Effect::Quit => {
                self.host.stop();
                self.take_rest();
                return Ok(true);
            }
            Effect::Suspend => self.screen.suspend()?,
            Effect::Redraw => self.screen.redraw()?,
            Effect::Edit(path, line) => {
                let host = &mut self.host;
                let edited = self.screen.lend(|| host.edit(&path, line))?;
                self.app.message = edited.err().map(|error| crate::message::chain(&error));
                if let Some(page) = self.app.page() {
                    page.source.read_again();
                }
            }
            Effect::Copy(text) => self.screen.copy(&text)?,
            Effect::Ask(folder, words) => self.news = Some(self.host.ask(&folder, words)),
            Effect::Stop => {
                self.host.stop();
                // What is growing ends with a list; of anything else nothing is awaited.
                if self.app.asked.is_none() {
                    self.news = None;
                    if self.app.pages.is_empty() {
                        return Ok(true);
                    }
                }
            }
            Effect::Complete(folder, words, start) => {
                let all = self.host.complete(&folder, &words, &start);
                self.app.completed(all);
            }
        }
        Ok(false)
    }

    /// Hears what came of the question and what is told meanwhile; true where there was anything.
    fn hear(&mut self) -> Result<bool> {
        let mut heard = false;
        while let Some(news) = &self.news {
            let news = match news.try_recv() {
                Ok(news) => news,
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => bail!("the question ended without an answer"),
            };
            heard = true;
            self.take(news)?;
        }
        // Before there is a list, what is told belongs below the screen that never was.
        if self.app.pages.is_empty() {
            return Ok(heard);
        }
        for line in taken::messages() {
            self.app.message = Some(line);
            heard = true;
        }
        Ok(heard)
    }

    fn take(&mut self, news: News) -> Result<()> {
        if let News::Grew(list) = news {
            self.app.grew(*list);
            return Ok(());
        }
        self.news = None;
        let is_first = self.is_first && self.app.pages.is_empty();
        let printed = taken::printed();
        let asked = self.app.asked.as_ref().map(|asked| asked.what.clone()).unwrap_or_default();
        match news {
            News::Grew(_) => {}
            News::Found(view) => self.app.found(*view),
            News::Failed(error) if is_first => bail!(error),
            News::Nothing if is_first => self.ended = Some(Ended::Nothing),
            News::Told if is_first => self.ended = Some(Ended::Told(printed)),
            News::Failed(error) => self.app.answered(Some(error)),
            News::Nothing => {
                // Why, has often been told.
                let told = self.app.message.take();
                self.app.answered(told.or(Some(format!("{asked}: nothing was found"))));
            }
            News::Told => {
                self.app.answered(None);
                if !printed.is_empty() {
                    self.app.show_text(asked, &printed);
                }
            }
        }
        Ok(())
    }
}
