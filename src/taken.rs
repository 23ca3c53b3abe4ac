//! Whether a full screen (`kgrep browse`) has the terminal. While it does, nothing else may write
//! there: what would be told is gathered for its last line, what would be printed for a page
//! of its own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// A page longer than this many bytes is cut: it is for reading.
const MOST_PRINTED: usize = 1 << 20;

static TAKEN: AtomicBool = AtomicBool::new(false);

static GATHERED: Mutex<Gathered> =
    Mutex::new(Gathered { messages: Vec::new(), printed: Vec::new() });

/// What others wanted to write.
#[derive(Default)]
struct Gathered {
    messages: Vec<String>,
    printed: Vec<u8>,
}

fn gathered() -> std::sync::MutexGuard<'static, Gathered> {
    GATHERED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on a full screen has the terminal, or no longer.
pub(crate) fn set(taken: bool) {
    TAKEN.store(taken, Ordering::SeqCst);
}

/// Whether one has.
pub(crate) fn is_set() -> bool {
    TAKEN.load(Ordering::SeqCst)
}

/// Gathers a line for the user.
pub(crate) fn tell(line: String) {
    gathered().messages.push(line);
}

/// Gathers output.
pub(crate) fn print(bytes: &[u8]) {
    let printed = &mut gathered().printed;
    let room = MOST_PRINTED.saturating_sub(printed.len());
    printed.extend_from_slice(&bytes[..bytes.len().min(room)]);
}

/// The lines for the user since the last call.
pub(crate) fn messages() -> Vec<String> {
    std::mem::take(&mut gathered().messages)
}

/// The output since the last call.
pub(crate) fn printed() -> Vec<u8> {
    std::mem::take(&mut gathered().printed)
}
