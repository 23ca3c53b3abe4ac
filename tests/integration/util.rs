//! The harness: one temporary folder per test, and a way to run kgrep in it that neither
//! the user's environment nor another test can disturb.
//!
//! What needs a terminal is in `pty`.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::thread;

/// The hand-written kernel-like tree.
pub(crate) const KERNEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/trees/kernel");

/// The program under test.
pub(crate) const KGREP: &str = env!("CARGO_BIN_EXE_kgrep");

/// A temporary place: a tree to search, and folders for configuration, cache and
/// state beside it. Removed at the end of the test.
pub(crate) struct Dir {
    place: tempfile::TempDir,
    tree: PathBuf,
}

impl Dir {
    /// An empty tree.
    pub(crate) fn new() -> Dir {
        let place = tempfile::tempdir().expect("temporary folder");
        // Some systems' temporary folder is a symbolic link; lists keep real paths.
        let tree = place.path().canonicalize().expect("real path").join("tree");
        fs::create_dir(&tree).expect("tree");
        Dir { place, tree }
    }

    /// A copy of the kernel-like tree, that the test may change.
    pub(crate) fn kernel() -> Dir {
        let dir = Dir::new();
        copy(Path::new(KERNEL), &dir.tree);
        dir
    }

    /// A copy of the BusyBox-like tree.
    pub(crate) fn busybox() -> Dir {
        let dir = Dir::new();
        copy(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/trees/busybox")), &dir.tree);
        dir
    }

    /// The tree's folder, where commands run.
    pub(crate) fn tree(&self) -> &Path {
        &self.tree
    }

    /// A path in the tree.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.tree.join(name)
    }

    /// A path beside the tree, for what must not be searched.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.tree.parent().expect("the tree is in the temporary folder").join(name)
    }

    /// Starts a server in a folder: it, its input and its output.
    pub(crate) fn serve(
        &self,
        folder: &Path,
        args: &[&str],
    ) -> (Child, Option<ChildStdin>, BufReader<ChildStdout>) {
        let mut server = Command::new(KGREP)
            .args(args)
            .current_dir(folder)
            .env_clear()
            .envs(self.environment())
            .env("KGREP_ARCH", "x86")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("kgrep starts");
        let (to, from) = (server.stdin.take(), server.stdout.take().expect("a pipe"));
        (server, to, BufReader::new(from))
    }

    /// Writes a file of the tree, with its folders.
    pub(crate) fn create(&self, name: &str, contents: impl AsRef<[u8]>) {
        write(&self.path(name), contents.as_ref());
    }

    /// Writes the configuration file.
    pub(crate) fn config(&self, contents: &str) {
        write(&self.beside("config/kgrep/config.toml"), contents.as_bytes());
    }

    /// Writes an executable shell script beside the tree, and gives its path.
    pub(crate) fn script(&self, name: &str, body: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.beside(name);
        write(&path, format!("#!/bin/sh\n{body}").as_bytes());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("executable");
        path
    }

    /// kgrep, in the tree.
    pub(crate) fn kgrep(&self, args: &[&str]) -> TestCommand {
        let mut command = Command::new(KGREP);
        command.args(args).current_dir(&self.tree).env_clear();
        command.envs(self.environment());
        TestCommand { command, input: None }
    }

    /// A line of shell in the tree, with kgrep and its editor on the path.
    pub(crate) fn shell(&self, line: &str) -> TestCommand {
        let programs = self.beside("programs");
        fs::create_dir_all(&programs).expect("folder");
        let link = programs.join("kgrep");
        if !link.exists() {
            std::os::unix::fs::symlink(KGREP, &link).expect("link");
        }
        let mut path = programs.into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(&self.tree).env_clear();
        command.envs(self.environment()).env("PATH", path).env("KGREP_EDITOR", "true");
        TestCommand { command, input: None }
    }

    /// What kgrep's environment holds: nothing of the user's.
    pub(crate) fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        vec![
            ("PATH", PathBuf::from(path)),
            ("HOME", self.beside("home")),
            ("KGREP_CACHE_DIR", self.cache()),
            ("XDG_CONFIG_HOME", self.beside("config")),
            ("XDG_STATE_HOME", self.beside("state")),
            ("TMPDIR", self.place.path().to_path_buf()),
            ("LC_ALL", PathBuf::from("C.UTF-8")),
            ("TERM", PathBuf::from("xterm-256color")),
            // No test waits for an editor that nobody leaves.
            ("EDITOR", PathBuf::from("true")),
        ]
    }

    /// Where kgrep keeps its lists.
    pub(crate) fn cache(&self) -> PathBuf {
        self.beside("cache")
    }
}

fn write(path: &Path, contents: &[u8]) {
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folder");
    fs::write(path, contents).expect("file");
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("tree") {
        let entry = entry.expect("entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("file type").is_dir() {
            fs::create_dir(&target).expect("folder");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("copy");
        }
    }
}

/// One run of kgrep: standard input is empty unless [`TestCommand::input`] gives
/// some, and nothing is a terminal.
pub(crate) struct TestCommand {
    command: Command,
    input: Option<Vec<u8>>,
}

impl TestCommand {
    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> TestCommand {
        self.command.env(name, value);
        self
    }

    /// Adds an argument that need not be UTF-8.
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> TestCommand {
        self.command.arg(arg);
        self
    }

    /// Adds arguments.
    pub(crate) fn args(mut self, args: &[&str]) -> TestCommand {
        self.command.args(args);
        self
    }

    /// Runs in another folder.
    pub(crate) fn folder(mut self, path: &Path) -> TestCommand {
        self.command.current_dir(path);
        self
    }

    /// Gives standard input through a pipe.
    pub(crate) fn input(mut self, bytes: impl Into<Vec<u8>>) -> TestCommand {
        self.input = Some(bytes.into());
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(mut self) -> Done {
        let line = format!("{:?}", self.command);
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command.stdin(if self.input.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = self.command.spawn().expect("kgrep starts");
        let writer = self.input.take().zip(child.stdin.take()).map(|(bytes, mut pipe)| {
            // kgrep may end before it has read all; that is its right.
            thread::spawn(move || pipe.write_all(&bytes).ok())
        });
        let output = child.wait_with_output().expect("kgrep ends");
        if let Some(writer) = writer {
            writer.join().expect("writer");
        }
        Done { line, output }
    }

    /// Runs it, wants exit status 0 and nothing on standard error, and gives
    /// standard output.
    pub(crate) fn stdout(self) -> String {
        self.run().expect_ok().stdout()
    }
}

/// What one run left.
#[derive(Debug)]
pub(crate) struct Done {
    line: String,
    output: Output,
}

impl Done {
    /// The exit status; a signal fails the test.
    pub(crate) fn code(&self) -> i32 {
        self.output.status.code().unwrap_or_else(|| panic!("killed: {self}"))
    }

    /// Standard output as text.
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    /// Standard output's bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.output.stdout
    }

    /// Standard error as text.
    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// Wants exit status 0 and nothing on standard error.
    #[track_caller]
    pub(crate) fn expect_ok(self) -> Done {
        assert!(self.code() == 0 && self.output.stderr.is_empty(), "should succeed: {self}");
        self
    }

    /// Wants this exit status.
    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Done {
        assert_eq!(self.code(), code, "exit status of {self}");
        self
    }

    /// Wants exit status 2, and one line on standard error, with these words in it.
    #[track_caller]
    pub(crate) fn expect_error(self, words: &[&str]) -> Done {
        assert_eq!(self.code(), 2, "should fail: {self}");
        let error = self.stderr();
        assert_eq!(error.lines().count(), 1, "one line is enough: {self}");
        assert!(error.starts_with("kgrep: "), "should name the program: {self}");
        for word in words {
            assert!(error.contains(word), "should say {word:?}: {self}");
        }
        self
    }
}

impl std::fmt::Display for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}\nstatus: {}\n--- stdout\n{}--- stderr\n{}",
            self.line,
            self.output.status,
            self.stdout(),
            self.stderr()
        )
    }
}

/// Compares two texts, and shows a diff when they differ.
macro_rules! eqnice {
    ($expected:expr, $got:expr) => {
        similar_asserts::assert_eq!(expected: $expected, got: $got)
    };
}
pub(crate) use eqnice;

/// Whether `rg` is here to compare with. Where it is not, that is said past what the test runner keeps to
/// itself; where tests must not be passed over (`CI` is set) it is an error.
pub(crate) fn has_ripgrep() -> bool {
    let is_here =
        Command::new("rg").arg("--version").output().is_ok_and(|done| done.status.success());
    if !is_here {
        let missing = "there is no rg here (cargo install ripgrep --version '^15.2')";
        assert!(std::env::var_os("CI").is_none(), "{missing}");
        let _ = writeln!(std::io::stderr(), "NOT COMPARED with ripgrep: {missing}");
    }
    is_here
}
