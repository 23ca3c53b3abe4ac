//! Which files are searched: ripgrep's rules, by ripgrep's walker, in path order.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use ignore::overrides::{Override, OverrideBuilder};
use ignore::types::{Types, TypesBuilder};
use ignore::{DirEntry, WalkBuilder};
use rustix::fs::FileType;

use super::narrow::Filter;
use crate::cli::{SearchArgs, TypeChoice};
use crate::message::tell;
use crate::settings::Settings;

/// One thing to search.
#[derive(Debug)]
pub struct Haystack {
    /// Its path: to open it, and to show it.
    pub path: PathBuf,
    /// True when the user named this very file, so that it is searched even if binary.
    pub explicit: bool,
    /// True for standard input.
    pub stdin: bool,
}

/// Where a search looks.
#[derive(Debug, Clone)]
pub struct Scope {
    paths: Vec<PathBuf>,
    /// True when no path was given: paths are shown without `./`.
    implicit: bool,
}

impl Scope {
    /// The paths of the command line, or what stands in for them.
    pub fn new(words: Vec<OsString>, stdin_used: bool) -> Scope {
        if !words.is_empty() {
            return Scope {
                paths: words.into_iter().map(PathBuf::from).collect(),
                implicit: false,
            };
        }
        let path = if !stdin_used && stdin_is_readable() { "-" } else { "./" };
        Scope { paths: vec![path.into()], implicit: true }
    }

    /// The paths, as the walker calls them.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// True when only a few files are named, which ripgrep searches as slices of
    /// memory (its `HiArgs::mmap_choice`).
    pub fn is_few_files(&self) -> bool {
        self.paths.len() <= 10 && self.paths.iter().all(|path| path.is_file())
    }

    /// Walks all of it, in path order, and calls `each` until it returns false.
    /// What can't be read goes to `each` as an error.
    ///
    /// # Errors
    /// When a glob or a file type is wrong.
    pub fn walk(
        &self,
        args: &SearchArgs,
        settings: &Settings,
        filter: Option<&Filter>,
        mut each: impl FnMut(Result<Haystack, ignore::Error>) -> bool,
    ) -> Result<()> {
        let known = self.known(args, settings, filter)?;
        if args.debug && filter.is_some() {
            tell(if known.is_some() { "files: listed, without a walk" } else { "files: walked" });
        }
        if let Some(found) = known {
            for path in found {
                if !each(Ok(Haystack { path, explicit: false, stdin: false })) {
                    break;
                }
            }
            return Ok(());
        }
        for entry in self.builder(args, settings, filter)?.build() {
            let go_on = match entry {
                Err(error) => each(Err(error)),
                Ok(entry) => {
                    let warned = entry.error().cloned().is_none_or(|error| each(Err(error)));
                    warned && self.haystack(entry).is_none_or(|haystack| each(Ok(haystack)))
                }
            };
            if !go_on {
                break;
            }
        }
        Ok(())
    }

    /// What is wrong with the paths, without a search.
    ///
    /// # Errors
    /// When a glob or a file type is wrong.
    pub fn problems(&self, args: &SearchArgs, settings: &Settings) -> Result<Vec<String>> {
        self.builder(args, settings, None)?;
        let named = self.paths.iter().filter(|path| *path != Path::new("-"));
        let problem = |path: &PathBuf| {
            let error = path.metadata().err()?;
            Some(format!("{}: {error}", path.display()))
        };
        Ok(named.filter_map(problem).collect())
    }

    /// What the walk would find, where the index knows it without one.
    fn known(
        &self,
        args: &SearchArgs,
        settings: &Settings,
        filter: Option<&Filter>,
    ) -> Result<Option<Vec<PathBuf>>> {
        let chooses = |choice: &TypeChoice| matches!(choice, TypeChoice::Only(_));
        // A file of a type that was asked for is listed even when it is hidden.
        let shows_hidden = !settings.hidden.value && args.types.choices.iter().any(chooses);
        // The file that standard output goes to is not searched.
        let usual = args.max_depth.is_none() && !shows_hidden && !stdout_is_file();
        let Some(filter) = filter.filter(|_| usual) else { return Ok(None) };
        let mut found = Vec::new();
        for start in &self.paths {
            let Some(paths) = filter.list(start, settings.hidden.value) else { return Ok(None) };
            found.extend(paths);
        }
        if !args.types.choices.is_empty() {
            let types = types(args)?;
            found.retain(|path| !types.matched(path, false).is_ignore());
        }
        if self.implicit {
            found = found.into_iter().map(without_dot).collect();
        }
        Ok(Some(found))
    }

    /// ripgrep's walker with ripgrep's settings (its `HiArgs::walk_builder`).
    fn builder(
        &self,
        args: &SearchArgs,
        settings: &Settings,
        filter: Option<&Filter>,
    ) -> Result<WalkBuilder> {
        let Some((first, rest)) = self.paths.split_first() else { bail!("no path to search") };
        let mut builder = WalkBuilder::new(first);
        for path in rest {
            builder.add(path);
        }
        let cwd = std::env::current_dir().context("the current folder")?;
        let ignore = settings.ignore.value;
        let vcs = ignore && !args.no_ignore_vcs;
        builder
            .max_depth(args.max_depth)
            .follow_links(settings.follow.value)
            .skip_stdout(true)
            .overrides(overrides(args, &cwd)?)
            .types(types(args)?)
            .hidden(!settings.hidden.value)
            .parents(ignore && !args.no_ignore_parent)
            .ignore(ignore)
            .git_global(vcs)
            .git_ignore(vcs)
            .git_exclude(vcs)
            .current_dir(&cwd)
            // By name: what is compared lies in one folder, and whole paths compare faster
            // than names that must be cut from them first.
            .sort_by_file_path(|a, b| a.as_os_str().cmp(b.as_os_str()));
        if ignore {
            builder.add_custom_ignore_filename(".rgignore");
        }
        if let Some(filter) = filter.cloned() {
            builder.filter_entry(move |entry| filter.admits(entry));
        }
        Ok(builder)
    }

    fn haystack(&self, entry: DirEntry) -> Option<Haystack> {
        let stdin = entry.is_stdin();
        let kind = entry.file_type();
        let is_folder = kind.is_some_and(|kind| {
            kind.is_dir() || (entry.depth() == 0 && kind.is_symlink() && entry.path().is_dir())
        });
        let explicit = stdin || (entry.depth() == 0 && !is_folder);
        if !explicit && !kind.is_some_and(|kind| kind.is_file()) {
            return None;
        }
        let path = match entry.into_path() {
            _ if stdin => PathBuf::from("<stdin>"),
            path if self.implicit => without_dot(path),
            path => path,
        };
        Some(Haystack { path, explicit, stdin })
    }
}

/// The path without a leading `./`.
fn without_dot(path: PathBuf) -> PathBuf {
    let mut bytes = path.into_os_string().into_vec();
    if bytes.starts_with(b"./") {
        bytes.drain(..2);
    }
    OsString::from_vec(bytes).into()
}

/// Whether standard input is something to search: a file, a pipe or a socket, as in
/// grep-cli's `is_readable_stdin`.
pub fn stdin_is_readable() -> bool {
    if std::io::stdin().is_terminal() {
        return false;
    }
    rustix::fs::fstat(rustix::stdio::stdin()).is_ok_and(|stat| {
        let kind = FileType::from_raw_mode(stat.st_mode);
        kind.is_file() || kind.is_fifo() || kind.is_socket()
    })
}

/// Whether standard output is a file, which may be one of those that are searched.
fn stdout_is_file() -> bool {
    let stat = rustix::fs::fstat(rustix::stdio::stdout());
    stat.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode).is_file())
}

/// The globs of `-g` and `--iglob`.
pub fn overrides(args: &SearchArgs, cwd: &Path) -> Result<Override> {
    let mut builder = OverrideBuilder::new(cwd);
    for glob in &args.globs.globs {
        builder.add(glob).with_context(|| format!("-g {glob}"))?;
    }
    builder.case_insensitive(true)?;
    for glob in &args.iglob {
        builder.add(glob).with_context(|| format!("--iglob {glob}"))?;
    }
    builder.build().context("the globs")
}

/// What the walker says of a path, as `path: why`: its own words name the path twice.
pub(super) fn reason(error: &ignore::Error) -> String {
    match error {
        ignore::Error::WithDepth { err, .. } => reason(err),
        ignore::Error::WithPath { path, err } => match innermost(err) {
            // git takes a glob for a path.
            Some(cause) if is_missing_glob(path, err) => {
                let glob = path.display();
                format!("{glob}: {cause}; to search the files that it matches: -g '{glob}'")
            }
            Some(cause) => format!("{}: {cause}", path.display()),
            None => format!("{}: {}", path.display(), reason(err)),
        },
        error => innermost(error).unwrap_or_else(|| error.to_string()),
    }
}

/// Whether a path that is not there may be meant as a glob.
fn is_missing_glob(path: &Path, error: &ignore::Error) -> bool {
    let is_missing = error.io_error().is_some_and(|e| e.kind() == std::io::ErrorKind::NotFound);
    is_missing && path.as_os_str().as_encoded_bytes().iter().any(|byte| b"*?[".contains(byte))
}

/// What the system said, without what was wrapped around it.
fn innermost(error: &ignore::Error) -> Option<String> {
    let mut cause: &dyn std::error::Error = error.io_error()?.get_ref()?;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    Some(cause.to_string())
}

/// The types of `-t` and `-T`, among ripgrep's, in the order of the command line: of
/// two that a path has, the later one counts.
pub fn types(args: &SearchArgs) -> Result<Types> {
    let mut builder = all_types();
    for choice in &args.types.choices {
        match choice {
            TypeChoice::Only(name) => builder.select(name),
            TypeChoice::Not(name) => builder.negate(name),
        };
    }
    builder.build().map_err(|error| match error {
        ignore::Error::UnrecognizedFileType(name) => {
            anyhow::anyhow!("no file type is called {name}; --type-list shows them")
        }
        error => error.into(),
    })
}

/// Every file type with its globs, for `--type-list`.
pub fn all_types() -> TypesBuilder {
    let mut builder = TypesBuilder::new();
    builder.add_defaults();
    builder
}
