//! Signals that end a program: what Ctrl-C and its like do while a list is being
//! written, while the pager or the editor has the terminal, or while the shell waits at its
//! prompt with the terminal in raw mode.
//!
//! Handlers are set when they are first needed, and never for a signal that kgrep was
//! started without (`nohup`). They only wake a thread, which takes the temporary file
//! away, gives the terminal back as it was, and lets the signal do what it does by default; so it does not matter what
//! the rest of the program is waiting for.

use std::fs;
use std::io::{self, Read};
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::{flag, low_level};

/// The list that is being written; one is written at a time.
static TEMPORARY: Mutex<Option<PathBuf>> = Mutex::new(None);

/// What else is being written, and who writes it: removed as a list is.
static LEFTOVERS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// How the terminal was before the shell's line editor or a full screen changed it, and what
/// switches off what these switch on.
static TERMINAL: Mutex<Option<(Termios, &[u8])>> = Mutex::new(None);

/// Switches off what a line editor switches on: pasted text in brackets.
const EDITOR_OFF: &[u8] = b"\x1b[?2004l\r\n";

/// How many programs have the terminal.
static LEFT: AtomicUsize = AtomicUsize::new(0);

/// While it lives, Ctrl-C and Ctrl-\ are another program's: kgrep must not die and
/// leave the terminal to two programs.
#[derive(Debug)]
pub(crate) struct Left(());

impl Left {
    /// Leaves the keys to a program that is about to be started.
    pub(crate) fn to_another_program() -> Left {
        crate::waiting::end();
        handle();
        LEFT.fetch_add(1, Ordering::SeqCst);
        Left(())
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        // What was pressed until now was for the other program, also where the thread
        // has not come to look at it yet.
        for signal in handle().iter().filter(|signal| signal.is_key()) {
            signal.seen.store(false, Ordering::SeqCst);
        }
        LEFT.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Has `path` removed when a signal ends kgrep. It is for a list that is being
/// written; a published one has another name.
pub(crate) fn remove_when_killed(path: PathBuf) {
    handle();
    *TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner) = Some(path);
}

/// While it lives, a signal that ends kgrep removes these files.
pub(crate) struct Removed(Vec<PathBuf>);

/// Has files removed when a signal ends kgrep while what this gives lives.
pub(crate) fn remove_meanwhile(paths: Vec<PathBuf>) -> Removed {
    handle();
    LEFTOVERS.lock().unwrap_or_else(PoisonError::into_inner).extend(paths.iter().cloned());
    Removed(paths)
}

impl Drop for Removed {
    fn drop(&mut self) {
        let mut all = LEFTOVERS.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|path| !self.0.contains(path));
    }
}

/// Has the terminal on standard input put back to what it is now when a signal ends kgrep.
/// It is for the shell's line editor, which takes the terminal's keys one by one.
pub(crate) fn restore_terminal_when_killed() {
    remember_terminal(EDITOR_OFF);
}

/// While it lives, a signal that ends kgrep leaves a full screen. Then it is as it was before.
pub(crate) struct Restored(Option<(Termios, &'static [u8])>);

/// Has the terminal put back, after `leave` is written to it, when a signal ends kgrep.
pub(crate) fn restore_screen_when_killed(leave: &'static [u8]) -> Restored {
    let before = TERMINAL.lock().unwrap_or_else(PoisonError::into_inner).clone();
    remember_terminal(leave);
    Restored(before)
}

impl Drop for Restored {
    fn drop(&mut self) {
        *TERMINAL.lock().unwrap_or_else(PoisonError::into_inner) = self.0.take();
    }
}

fn remember_terminal(leave: &'static [u8]) {
    handle();
    let now = tcgetattr(terminal()).ok().map(|now| (now, leave));
    *TERMINAL.lock().unwrap_or_else(PoisonError::into_inner) = now;
}

/// The terminal: standard input, or where that is something else, standard output.
fn terminal() -> BorrowedFd<'static> {
    let stdin = rustix::stdio::stdin();
    if rustix::termios::isatty(stdin) { stdin } else { rustix::stdio::stdout() }
}

/// Does what changes the terminal and puts it back; a signal in between puts it back, too.
pub(crate) fn with_terminal_changed<T>(change: impl FnOnce() -> T) -> T {
    let slot = || TERMINAL.lock().unwrap_or_else(PoisonError::into_inner);
    let before = slot().clone();
    restore_terminal_when_killed();
    let done = change();
    *slot() = before;
    done
}

/// Puts the terminal back, if it was changed. One that has hung up has nobody to complain.
fn restore_terminal() {
    let before = TERMINAL.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some((before, leave)) = before else { return };
    let terminal = terminal();
    if tcgetattr(terminal).is_ok_and(|now| now.local_modes != before.local_modes) {
        let _ = rustix::io::write(terminal, leave);
    }
    let _ = tcsetattr(terminal, OptionalActions::Now, &before);
}

struct Signal {
    number: i32,
    seen: Arc<AtomicBool>,
}

impl Signal {
    /// True for signals that a key sends to every program on the terminal.
    fn is_key(&self) -> bool {
        matches!(self.number, SIGINT | SIGQUIT)
    }
}

/// The signals that are handled. Where that can't be set up, they do what they do by
/// default: a file may be left, which is not worth an error.
fn handle() -> &'static [Signal] {
    static SIGNALS: OnceLock<Vec<Signal>> = OnceLock::new();
    SIGNALS.get_or_init(|| {
        let ignored = ignored();
        let signals: Vec<Signal> = [SIGINT, SIGQUIT, SIGTERM, SIGHUP]
            .into_iter()
            .filter(|number| ignored & (1 << (number - 1)) == 0)
            .map(|number| Signal { number, seen: Arc::default() })
            .collect();
        let Ok(wake) = listen() else { return Vec::new() };
        for signal in &signals {
            let Ok(wake) = wake.try_clone() else { continue };
            let _ = flag::register(signal.number, Arc::clone(&signal.seen))
                .and_then(|_| low_level::pipe::register(signal.number, wake));
        }
        signals
    })
}

/// Starts the thread; what is written to the stream wakes it.
fn listen() -> io::Result<UnixStream> {
    let (mut woken, wake) = UnixStream::pair()?;
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let mut byte = [0];
        while woken.read_exact(&mut byte).is_ok() {
            for signal in handle() {
                let left = signal.is_key() && LEFT.load(Ordering::SeqCst) > 0;
                if signal.seen.swap(false, Ordering::SeqCst) && !left {
                    end(signal.number);
                }
            }
        }
    })?;
    Ok(wake)
}

fn end(signal: i32) {
    let temporary = TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(path) = temporary {
        // It may just have been published: then nothing has this name.
        let _ = fs::remove_file(path);
    }
    for path in LEFTOVERS.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        let _ = fs::remove_file(path);
    }
    restore_terminal();
    // These signals' default is to end the program, so this doesn't return.
    let _ = low_level::emulate_default_handler(signal);
}

/// The signals that were ignored from the start, as the kernel's bit mask.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
