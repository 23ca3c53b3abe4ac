//! From a search's arguments and the settings in force to the engine's request, with what
//! only the process knows: the current folder, standard input and standard output.

use std::io::IsTerminal;

use anyhow::Result;
use kgrep_engine::search::{FileRules, SearchRequest};
use rustix::fs::FileType;

use crate::cli::SearchArgs;
use crate::folders;
use crate::settings::Settings;

/// The request that `args` make with `settings` in force.
///
/// # Errors
/// When the current folder is gone.
pub(crate) fn search(args: &SearchArgs, settings: &Settings) -> Result<SearchRequest> {
    Ok(SearchRequest {
        rules: rules(settings),
        folder: folders::current()?,
        output_is_file: output_is_file(),
        ..pattern(args)
    })
}

/// Which files count.
pub(crate) fn rules(settings: &Settings) -> FileRules {
    FileRules {
        hidden: settings.hidden.value,
        ignore: settings.ignore.value,
        follow: settings.follow.value,
    }
}

/// What `args` ask for, without what the process knows: enough to make matchers, and the
/// globs of names that lie in no folder.
pub(crate) fn pattern(args: &SearchArgs) -> SearchRequest {
    SearchRequest {
        pattern: args.pattern.clone(),
        paths: args.paths.clone(),
        regexp: args.regexp.clone(),
        pattern_files: args.pattern_files.clone(),
        fixed_strings: args.fixed_strings,
        ignore_case: args.ignore_case,
        smart_case: args.smart_case,
        word_regexp: args.word_regexp,
        line_regexp: args.line_regexp,
        invert_match: args.invert_match,
        multiline: args.multiline,
        multiline_dotall: args.multiline_dotall,
        crlf: args.crlf,
        and: args.and.clone(),
        not: args.not.clone(),
        file_has: args.file_has.clone(),
        file_lacks: args.file_lacks.clone(),
        glob: args.glob.clone(),
        iglob: args.iglob.clone(),
        types: args.types.choices.clone(),
        no_ignore_vcs: args.no_ignore_vcs,
        no_ignore_parent: args.no_ignore_parent,
        max_depth: args.max_depth,
        text: args.text,
        threads: args.threads,
        no_index: args.no_index,
        explain: args.debug,
        ..SearchRequest::default()
    }
}

/// Whether standard input is something to search: a file, a pipe or a socket, as in
/// grep-cli's `is_readable_stdin`.
pub(crate) fn stdin_is_readable() -> bool {
    if std::io::stdin().is_terminal() {
        return false;
    }
    rustix::fs::fstat(rustix::stdio::stdin()).is_ok_and(|stat| {
        let kind = FileType::from_raw_mode(stat.st_mode);
        kind.is_file() || kind.is_fifo() || kind.is_socket()
    })
}

/// Whether standard output is a file, which may be one of those that are searched.
pub(crate) fn output_is_file() -> bool {
    let stat = rustix::fs::fstat(rustix::stdio::stdout());
    stat.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode).is_file())
}
