//! The terminal while a full screen has it, which is always left as it was found: at the end, for
//! an editor, when the program is suspended, when a signal ends it, and when it panics.

use std::io::{self, Write};
use std::panic;
use std::sync::Arc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use ratatui::crossterm::style::force_color_output;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{execute, queue};
use ratatui::layout::Rect;
use signal_hook::consts::{SIGCONT, SIGTSTP};
use signal_hook::{flag, low_level};

use super::output::Pictures;
use crate::interrupts::{self, Restored};
use crate::taken;

/// Whether the screen is taken: what a panic must give back.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// What leaves the screen, as bytes for a signal's handler: pasted text in brackets and the mouse
/// off, the other screen back, the cursor shown.
const LEAVE: &[u8] =
    b"\x1b[?2004l\x1b[?1006l\x1b[?1015l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?1049l\x1b[?25h";

/// The terminal as a screen of cells.
pub(super) struct Screen {
    pub(super) cells: Terminal<CrosstermBackend<Pictures>>,
    suspended: Arc<AtomicBool>,
    continued: Arc<AtomicBool>,
    /// Dropped last: then signals do what they did before.
    _restored: Restored,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When it can't be used.
    pub(super) fn enter(colors: bool, few_colors: bool) -> io::Result<Screen> {
        // Whether there are colours is decided by the settings.
        force_color_output(colors);
        give_back_when_panicking();
        let restored = interrupts::restore_screen_when_killed(LEAVE);
        let (suspended, continued) = (Arc::default(), Arc::default());
        flag::register(SIGTSTP, Arc::clone(&suspended))?;
        flag::register(SIGCONT, Arc::clone(&continued))?;
        take()?;
        let cells = Terminal::new(CrosstermBackend::new(Pictures::new(few_colors)));
        let cells = cells.inspect_err(|_| give_back())?;
        Ok(Screen { cells, suspended, continued, _restored: restored })
    }

    /// Gives the terminal to `other`, and takes it back.
    ///
    /// # Errors
    /// When it can't be taken back.
    pub(super) fn lend<T>(&mut self, other: impl FnOnce() -> T) -> io::Result<T> {
        give_back();
        let done = other();
        self.take_again()?;
        Ok(done)
    }

    /// Stops until somebody continues the program.
    ///
    /// # Errors
    /// When the terminal can't be taken back.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        self.lend(|| low_level::emulate_default_handler(SIGTSTP))??;
        self.continued.store(false, Ordering::SeqCst);
        Ok(())
    }

    /// Does what signals that came meanwhile ask for; true where the screen was taken anew.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn mind_signals(&mut self) -> io::Result<bool> {
        if self.suspended.swap(false, Ordering::SeqCst) {
            self.suspend()?;
            return Ok(true);
        }
        if self.continued.swap(false, Ordering::SeqCst) {
            // Another program had the terminal meanwhile, and may have changed it.
            disable_raw_mode()?;
            self.take_again()?;
            return Ok(true);
        }
        Ok(false)
    }

    /// That the terminal is still there: one that has hung up may send no more signals.
    ///
    /// # Errors
    /// When it isn't.
    pub(super) fn is_there() -> io::Result<()> {
        rustix::termios::tcgetattr(rustix::stdio::stdout()).map(drop).map_err(io::Error::from)
    }

    /// Clears the screen, so that all of it is drawn anew. (`Terminal::clear` would ask the terminal
    /// where its cursor is, and wait for the answer among the keys.)
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn redraw(&mut self) -> io::Result<()> {
        let size = self.cells.size()?;
        self.cells.resize(Rect { x: 0, y: 0, width: size.width, height: size.height })
    }

    /// Puts text into the terminal's clipboard (`OSC 52`).
    ///
    /// # Errors
    /// When it can't be written.
    pub(super) fn copy(&mut self, text: &str) -> io::Result<()> {
        let text = base64::engine::general_purpose::STANDARD.encode(text);
        let out = self.cells.backend_mut();
        write!(out, "\x1b]52;c;{text}\x07")?;
        Write::flush(out)
    }

    fn take_again(&mut self) -> io::Result<()> {
        take()?;
        self.redraw()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // What is still to be written belongs to the screen that goes.
        let _ = Write::flush(self.cells.backend_mut());
        give_back();
    }
}

fn take() -> io::Result<()> {
    taken::set(true);
    ENTERED.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    let mut out = io::stdout();
    queue!(out, EnterAlternateScreen, EnableMouseCapture, EnableBracketedPaste, Hide)?;
    out.flush()
}

/// Gives the terminal back as it was. One that has hung up has nobody to complain.
fn give_back() {
    if ENTERED.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        let _ =
            execute!(out, DisableBracketedPaste, DisableMouseCapture, LeaveAlternateScreen, Show);
        let _ = disable_raw_mode();
        taken::set(false);
    }
}

/// A panic's message must be seen, on a terminal that can be used.
fn give_back_when_panicking() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            give_back();
            before(info);
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_gives_the_terminal_back_before_it_says_anything() {
        give_back_when_panicking();
        ENTERED.store(true, Ordering::SeqCst);
        taken::set(true);
        let panicked = panic::catch_unwind(|| panic!("in the middle of a screen"));
        assert!(panicked.is_err());
        assert!(!ENTERED.load(Ordering::SeqCst) && !taken::is_set());
    }

    #[test]
    fn what_a_signal_writes_leaves_all_that_was_entered() {
        let mut entered = Vec::new();
        queue!(entered, EnterAlternateScreen, EnableMouseCapture, EnableBracketedPaste, Hide)
            .unwrap();
        let entered = String::from_utf8(entered).unwrap();
        let left = String::from_utf8(LEAVE.to_vec()).unwrap();
        for mode in entered.split("\x1b[?").skip(1) {
            let off = match mode.strip_suffix('h') {
                Some(number) => format!("\x1b[?{number}l"),
                None => "\x1b[?25h".to_owned(),
            };
            assert!(left.contains(&off), "{off:?} is not in {left:?}");
        }
    }
}
