//! Which files are searched: ripgrep's rules, by ripgrep's walker, in path order.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use ignore::overrides::{Override, OverrideBuilder};
use ignore::types::{Types, TypesBuilder};
use ignore::{DirEntry, WalkBuilder};

use super::narrow::Filter;
use super::request::{SearchRequest, TypeChoice};
use crate::{Error, Note, NoteSink, Result};

/// One thing to search.
#[derive(Debug)]
pub struct Haystack {
    /// Its path: to open it, and to show it.
    pub path: PathBuf,
    /// True when the user named this very file, so that it is searched even if binary.
    pub explicit: bool,
    /// True for standard input.
    pub stdin: bool,
    /// The object of a repository that has its content; none: the file has it.
    pub object: Option<ObjectId>,
}

/// Where a search looks.
#[derive(Debug, Clone)]
pub struct Scope {
    paths: Vec<PathBuf>,
    /// True when no path was given: paths are shown without `./`.
    implicit: bool,
}

impl Scope {
    /// These paths; without any, standard input where it may be read, else the folder that
    /// relative paths start from.
    pub fn new(words: Vec<OsString>, reads_stdin: bool) -> Scope {
        if !words.is_empty() {
            return Scope {
                paths: words.into_iter().map(PathBuf::from).collect(),
                implicit: false,
            };
        }
        let path = if reads_stdin { "-" } else { "./" };
        Scope { paths: vec![path.into()], implicit: true }
    }

    /// The paths, as the walker calls them.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Whether no path was given.
    pub fn is_implicit(&self) -> bool {
        self.implicit
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
        args: &SearchRequest,
        filter: Option<&Filter>,
        notes: &NoteSink,
        mut each: impl FnMut(Result<Haystack, ignore::Error>) -> bool,
    ) -> Result<()> {
        let known = self.known(args, filter)?;
        if args.explain && filter.is_some() {
            let how = if known.is_some() { "listed, without a walk" } else { "walked" };
            notes(Note::Explanation(format!("files: {how}")));
        }
        if let Some(found) = known {
            for path in found {
                if !each(Ok(Haystack { path, explicit: false, stdin: false, object: None })) {
                    break;
                }
            }
            return Ok(());
        }
        for entry in self.builder(args, filter)?.build() {
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
    pub fn problems(&self, args: &SearchRequest) -> Result<Vec<String>> {
        self.builder(args, None)?;
        let named = self.paths.iter().filter(|path| *path != Path::new("-"));
        let problem = |path: &PathBuf| {
            let error = path.metadata().err()?;
            Some(format!("{}: {error}", path.display()))
        };
        Ok(named.filter_map(problem).collect())
    }

    /// What the walk would find, where the index knows it without one.
    ///
    /// # Errors
    /// If there is no such file type.
    pub(crate) fn known(
        &self,
        args: &SearchRequest,
        filter: Option<&Filter>,
    ) -> Result<Option<Vec<PathBuf>>> {
        let chooses = |choice: &TypeChoice| matches!(choice, TypeChoice::Only(_));
        // A file of a type that was asked for is listed even when it is hidden.
        let shows_hidden = !args.rules.hidden && args.types.iter().any(chooses);
        // The file that standard output goes to is not searched.
        let usual = args.max_depth.is_none() && !shows_hidden && !args.output_is_file;
        let Some(filter) = filter.filter(|_| usual) else { return Ok(None) };
        let mut found = Vec::new();
        for start in &self.paths {
            let Some(paths) = filter.list(start, args.rules.hidden) else { return Ok(None) };
            found.extend(paths);
        }
        if !args.types.is_empty() {
            let types = types(args)?;
            found.retain(|path| !types.matched(path, false).is_ignore());
        }
        if self.implicit {
            found = found.into_iter().map(without_dot).collect();
        }
        Ok(Some(found))
    }

    /// ripgrep's walker with ripgrep's settings (its `HiArgs::walk_builder`).
    fn builder(&self, args: &SearchRequest, filter: Option<&Filter>) -> Result<WalkBuilder> {
        let Some((first, rest)) = self.paths.split_first() else { return Err(Error::NoPath) };
        let mut builder = WalkBuilder::new(first);
        for path in rest {
            builder.add(path);
        }
        let ignore = args.rules.ignore;
        let vcs = ignore && !args.no_ignore_vcs;
        builder
            .max_depth(args.max_depth)
            .follow_links(args.rules.follow)
            .skip_stdout(true)
            .overrides(overrides(args, &args.folder)?)
            .types(types(args)?)
            .hidden(!args.rules.hidden)
            .parents(ignore && !args.no_ignore_parent)
            .ignore(ignore)
            .git_global(vcs)
            .git_ignore(vcs)
            .git_exclude(vcs)
            .current_dir(&args.folder)
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
        Some(Haystack { path, explicit, stdin, object: None })
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

/// The globs of `-g` and `--iglob`.
pub fn overrides(args: &SearchRequest, cwd: &Path) -> Result<Override> {
    let wrong = |flag, glob: &str| {
        let glob = glob.to_owned();
        move |source| Error::FileGlob { flag, glob, source }
    };
    let mut builder = OverrideBuilder::new(cwd);
    for glob in &args.glob {
        builder.add(glob).map_err(wrong("-g", glob))?;
    }
    builder.case_insensitive(true)?;
    for glob in &args.iglob {
        builder.add(glob).map_err(wrong("--iglob", glob))?;
    }
    builder.build().map_err(Error::FileGlobs)
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
pub fn types(args: &SearchRequest) -> Result<Types> {
    let mut builder = all_types();
    for choice in &args.types {
        match choice {
            TypeChoice::Only(name) => builder.select(name),
            TypeChoice::Not(name) => builder.negate(name),
        };
    }
    builder.build().map_err(|error| match error {
        ignore::Error::UnrecognizedFileType(name) => Error::UnknownFileType(name),
        error => error.into(),
    })
}

/// Every file type with its globs, for `--type-list`.
pub fn all_types() -> TypesBuilder {
    let mut builder = TypesBuilder::new();
    builder.add_defaults();
    builder
}
