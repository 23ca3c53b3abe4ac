//! Flags whose order counts: `-t` with `-T`, and `-g` with grep's `--include` and
//! `--exclude`. clap hands each flag's values out by themselves; here they come together
//! again in the order of the command line.

use clap::{ArgMatches, Args, Command, FromArgMatches};
use kgrep_engine::search::TypeChoice;

/// `-t` and `-T`, in the order they were given.
#[derive(Debug, Clone, Default)]
pub(crate) struct FileTypes {
    /// The choices; of two that a file fits, the later one counts.
    pub(crate) choices: Vec<TypeChoice>,
}

/// The two flags as the parser knows them: without their common order.
#[derive(Debug, Args)]
struct TypeFlags {
    /// Only files of this type (see --type-list)
    #[arg(short = 't', long = "type", value_name = "TYPE", help_heading = "Files")]
    types: Vec<String>,

    /// No files of this type
    #[arg(short = 'T', long = "type-not", value_name = "TYPE", help_heading = "Files")]
    types_not: Vec<String>,
}

/// Where a flag's values stand on the command line.
fn places(matches: &ArgMatches, name: &str) -> Vec<usize> {
    matches.indices_of(name).into_iter().flatten().collect()
}

impl Args for FileTypes {
    fn augment_args(command: Command) -> Command {
        TypeFlags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        TypeFlags::augment_args_for_update(command)
    }
}

impl FromArgMatches for FileTypes {
    fn from_arg_matches(matches: &ArgMatches) -> Result<FileTypes, clap::Error> {
        FileTypes::from_arg_matches_mut(&mut matches.clone())
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<FileTypes, clap::Error> {
        let [types, types_not] = ["types", "types_not"].map(|name| places(matches, name));
        let flags = TypeFlags::from_arg_matches_mut(matches)?;
        let only = types.into_iter().zip(flags.types.into_iter().map(TypeChoice::Only));
        let not = types_not.into_iter().zip(flags.types_not.into_iter().map(TypeChoice::Not));
        let mut placed: Vec<(usize, TypeChoice)> = only.chain(not).collect();
        placed.sort_by_key(|(at, _)| *at);
        Ok(FileTypes { choices: placed.into_iter().map(|(_, choice)| choice).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = FileTypes::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The globs of `-g`, `--include`, `--exclude` and `--exclude-dir`, as `-g` takes them, in
/// the order they were given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Globs {
    /// The globs; of two that a path matches, the later one counts.
    pub(crate) globs: Vec<String>,
}

/// The flags as the parser knows them: without their common order.
#[derive(Debug, Args)]
struct GlobFlags {
    /// Only files whose path matches this glob; `!` before it: leave them out
    #[arg(short = 'g', long, value_name = "GLOB", allow_hyphen_values = true)]
    #[arg(help_heading = "Files")]
    glob: Vec<String>,

    /// As grep: only files whose name matches this glob.
    #[arg(long, value_name = "GLOB", allow_hyphen_values = true, hide = true)]
    include: Vec<String>,

    /// As grep: no files whose name matches this glob.
    #[arg(long, value_name = "GLOB", allow_hyphen_values = true, hide = true)]
    exclude: Vec<String>,

    /// As grep: no folders whose name matches this glob.
    #[arg(long, value_name = "GLOB", allow_hyphen_values = true, hide = true)]
    exclude_dir: Vec<String>,
}

impl Args for Globs {
    fn augment_args(command: Command) -> Command {
        GlobFlags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        GlobFlags::augment_args_for_update(command)
    }
}

impl FromArgMatches for Globs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Globs, clap::Error> {
        Globs::from_arg_matches_mut(&mut matches.clone())
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Globs, clap::Error> {
        let names = ["glob", "include", "exclude", "exclude_dir"];
        let [glob, include, exclude, exclude_dir] = names.map(|name| places(matches, name));
        let flags = GlobFlags::from_arg_matches_mut(matches)?;
        // A `!` that is grep's is a letter of the name.
        let plain = |glob: String| if glob.starts_with('!') { format!("\\{glob}") } else { glob };
        let not_dir = |glob: String| format!("!{}/", glob.trim_end_matches('/'));
        let not_file = |glob| format!("!{glob}");
        let mut placed: Vec<(usize, String)> = (glob.into_iter().zip(flags.glob))
            .chain(include.into_iter().zip(flags.include.into_iter().map(plain)))
            .chain(exclude.into_iter().zip(flags.exclude.into_iter().map(not_file)))
            .chain(exclude_dir.into_iter().zip(flags.exclude_dir.into_iter().map(not_dir)))
            .collect();
        placed.sort_by_key(|(at, _)| *at);
        Ok(Globs { globs: placed.into_iter().map(|(_, glob)| glob).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Globs::from_arg_matches(matches)?;
        Ok(())
    }
}
