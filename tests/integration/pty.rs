//! kgrep in a real pseudo-terminal: keys go in, the screen's bytes come out.

use std::io::{Read, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use crate::util::{Dir, KGREP};

/// How long to wait for a text before the test fails. Generous: machines are busy.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program that runs in a terminal of its own.
pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    screen: Receiver<Vec<u8>>,
    seen: Vec<u8>,
    /// Where the next `wait_for` looks from.
    from: usize,
    // Dropped last: closing the terminal hangs the program up.
    master: Box<dyn portable_pty::MasterPty + Send>,
}

impl Terminal {
    /// Starts kgrep in the tree, in a terminal of 24 lines and 80 columns.
    pub(crate) fn kgrep(dir: &Dir, args: &[&str], env: &[(&str, &str)]) -> Terminal {
        Terminal::sized(dir, args, env, 24, 80)
    }

    /// The same, in a terminal of this size.
    pub(crate) fn sized(
        dir: &Dir,
        args: &[&str],
        env: &[(&str, &str)],
        rows: u16,
        cols: u16,
    ) -> Terminal {
        Terminal::program(dir, KGREP, args, env, rows, cols)
    }

    /// Another program in the same place and environment.
    pub(crate) fn program(
        dir: &Dir,
        program: &str,
        args: &[&str],
        env: &[(&str, &str)],
        rows: u16,
        cols: u16,
    ) -> Terminal {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(program);
        command.env_clear();
        command.args(args);
        command.cwd(dir.tree());
        for (name, value) in dir.environment() {
            command.env(name, value);
        }
        for (name, value) in env {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("kgrep starts");
        drop(pair.slave);
        let mut output = pair.master.try_clone_reader().expect("reader");
        let keys = pair.master.take_writer().expect("writer");
        let (sender, screen) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            // Reading fails with EIO once the program is gone.
            while let Ok(read @ 1..) = output.read(&mut buffer) {
                if sender.send(buffer[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        Terminal { child, keys, screen, seen: Vec::new(), from: 0, master: pair.master }
    }

    /// Presses keys; `\r` is Enter, `\x03` Ctrl-C, `\x04` Ctrl-D.
    pub(crate) fn send(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
        self.keys.flush().expect("the terminal takes keys");
    }

    /// Waits until `text` appears after what was waited for before, and gives what
    /// came up to its end.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = find(&self.seen[self.from..], text.as_bytes()) {
                let end = self.from + at + text.len();
                let found = String::from_utf8_lossy(&self.seen[self.from..end]).into_owned();
                self.from = end;
                return found;
            }
            match self.screen.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.seen.extend(bytes),
                Err(why) => panic!("{why} while waiting for {text:?}; the screen had:\n{self}"),
            }
        }
    }

    /// The bytes that the screen gets next; none where it gets none until `deadline`.
    pub(crate) fn more(&mut self, deadline: Instant) -> Option<Vec<u8>> {
        let left = deadline.saturating_duration_since(Instant::now());
        let bytes = self.screen.recv_timeout(left).ok()?;
        self.seen.extend(&bytes);
        Some(bytes)
    }

    /// Makes the terminal larger or smaller.
    pub(crate) fn resize(&mut self, rows: u16, cols: u16) {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).expect("a terminal has a size");
    }

    /// Waits for the end, and gives the exit status with all that the screen got.
    #[track_caller]
    pub(crate) fn finish(mut self) -> (u32, String) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.screen.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.seen.extend(bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    panic!("does not end; the screen had:\n{self}")
                }
            }
        }
        let status = self.child.wait().expect("status");
        (status.exit_code(), String::from_utf8_lossy(&self.seen).into_owned())
    }
}

impl std::fmt::Display for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", String::from_utf8_lossy(&self.seen).escape_debug())
    }
}

impl Drop for Terminal {
    /// A failed test leaves no program behind.
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What is left of what a terminal was sent, without lines that were taken away again: on a
/// slow machine there is a spinner before the answer.
pub(crate) fn settled(sent: &str) -> String {
    let mut parts = sent.split("\r\x1b[K");
    let mut left = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        left.truncate(left.rfind('\n').map_or(0, |end| end + 1));
        left.push_str(part);
    }
    left
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
