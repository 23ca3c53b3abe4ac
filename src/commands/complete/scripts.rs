//! The shells' completion scripts: clap's, with what clap does not know of kgrep. The first
//! word is a command or a pattern, names of the code are asked for in the index, and hidden
//! commands stay hidden.

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::{Arg, Command, ValueHint};
use clap_complete::Shell;
use kgrep_engine::request::{DEFINITION_KINDS, REFERENCE_KINDS};
use kgrep_index::graph::LinkKind;
use kgrep_index::outline::AccessKind;

use crate::cli;
use crate::list::NAMES;
use crate::search::all_types;
use crate::trace::Recipes;

/// What the zsh completion calls where a symbol is wanted, or the first word.
const ZSH: &str = include_str!("symbols.zsh");

/// Where the first word is taken apart in zsh.
const ZSH_FIRST: &str = include_str!("first.zsh");

/// The commands whose words are names of the code.
const SYMBOL_COMMANDS: [&str; 7] =
    ["def", "refs", "callers", "callees", "chain", "trace", "exists"];

/// clap knows no such hint: this one, which nothing else here has, stands for it in its
/// scripts, and is replaced there.
const STAND_IN: ValueHint = ValueHint::Username;

/// As [`STAND_IN`], for an architecture; in fish, where clap makes a command of what stands in
/// brackets, for a theme such as `Solarized (dark)`, too.
const ARCH_STAND_IN: ValueHint = ValueHint::Hostname;

/// How clap's script for fish reads the line; it fails where a flag waits for its value, so that
/// such values would never be completed.
const FISH_PARSED: &str = "\
    argparse -s (__fish_kgrep_global_optspecs) -- $cmd 2>/dev/null
    or return
";

/// The same, and again without that flag.
const FISH_PARSED_OR_OPEN: &str = "\
    argparse -s (__fish_kgrep_global_optspecs) -- $cmd 2>/dev/null
    or begin
        set -e cmd[-1]
        argparse -s (__fish_kgrep_global_optspecs) -- $cmd 2>/dev/null
    end
    or return
";

/// The script for a shell.
pub(in crate::commands) fn of(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut parser(shell), "kgrep", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    match shell {
        Shell::Bash => {
            let own = include_str!("symbols.bash")
                .replace("COMMANDS", &cli::command_names().join("|"))
                .replace("SYMBOLS", &SYMBOL_COMMANDS.join("|"));
            without_hidden_flags(&script) + &own
        }
        Shell::Zsh => with_first_word(
            &script.replace("_users", "_kgrep_symbols").replace("_hosts", "_kgrep_archs"),
        )
        .replace("\nif [ \"$funcstack[1]\"", &format!("\n{ZSH}\nif [ \"$funcstack[1]\"")),
        _ => {
            let symbols = "kgrep __complete -- (commandline -ct) 2>/dev/null";
            let script = script.replace("__fish_complete_users", symbols).replace(
                "__fish_print_hostnames",
                "kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null",
            );
            let script = script.replace(FISH_PARSED, FISH_PARSED_OR_OPEN);
            // clap has no words of fish's for what stands alone.
            let (kinds, lists) = recipe_words();
            script
                + &include_str!("symbols.fish")
                    .replace("LISTS", &lists.join(" "))
                    .replace("KINDS", &kinds.join(" "))
        }
    }
}

/// The parser as completions want it. They know the words that the parser itself need not:
/// any type may be defined one day, and behind `-s` selectors may follow.
fn parser(shell: Shell) -> Command {
    let kinds = all_types().definitions();
    let types = words(kinds.iter().map(|kind| kind.name().to_owned()));
    let (traced, listed) = recipe_words();
    let (traced, listed) = (words(traced.into_iter()), words(listed.into_iter()));
    let uses = words(REFERENCE_KINDS.iter().map(|kind| (*kind).to_owned()));
    let accesses = words(AccessKind::ALL.iter().map(|(_, kind)| (*kind).to_owned()));
    let steps = words(LinkKind::ALL.iter().map(|(_, kind)| (*kind).to_owned()));
    let defined = words(DEFINITION_KINDS.iter().map(|kind| (*kind).to_owned()));
    let commands = words(cli::command_names().into_iter());
    let values = |command: &str, arg: &str| match (command, arg) {
        ("def", "kind") => Some(defined.clone()),
        ("refs", "kinds") => Some(uses.clone()),
        ("refs", "access") => Some(accesses.clone()),
        ("callers" | "callees", "kinds") => Some(steps.clone()),
        ("list", "what") => Some(listed.clone()),
        ("trace" | "queries", "kind") => Some(traced.clone()),
        ("help", "command") => Some(commands.clone()),
        _ => None,
    };
    let with_values = |command: Command| {
        let name = command.get_name().to_owned();
        command.mut_args(|arg| match values(&name, arg.get_id().as_str()) {
            Some(words) => arg.value_parser(words),
            None if SYMBOL_COMMANDS.contains(&&*name) && is_symbol(&arg) => {
                arg.value_hint(STAND_IN)
            }
            None => arg,
        })
    };
    without_hidden(&cli::command())
        .mut_subcommands(with_values)
        .mut_arg("arch", |arg| arg.value_hint(ARCH_STAND_IN))
        .mut_arg("theme", |arg| match shell {
            Shell::Fish => {
                arg.value_parser(NonEmptyStringValueParser::new()).value_hint(ARCH_STAND_IN)
            }
            _ => arg,
        })
        .mut_arg("types", |arg| arg.value_parser(types.clone()))
        .mut_arg("types_not", |arg| arg.value_parser(types.clone()))
        .mut_arg("show", |arg| {
            arg.value_parser(PossibleValuesParser::new(NAMES.into_iter().chain(["undo", "browse"])))
        })
}

/// The kinds that recipes are for, and what they list.
fn recipe_words() -> (Vec<String>, Vec<String>) {
    let recipes = Recipes::built_in().all;
    let lists = recipes.iter().filter_map(|recipe| recipe.list.as_ref());
    let lists = lists.map(|list| list.name.clone()).collect();
    (recipes.into_iter().map(|recipe| recipe.name).collect(), lists)
}

/// clap wants words that last as long as the program, which ends after this.
fn words(words: impl Iterator<Item = String>) -> PossibleValuesParser {
    PossibleValuesParser::new(words.map(|word| &*word.leak()).collect::<Vec<&'static str>>())
}

/// The parser without the commands that are nobody's to type: clap's scripts offer them.
fn without_hidden(all: &Command) -> Command {
    let shown = all.get_subcommands().filter(|command| !command.is_hide_set());
    Command::new("kgrep")
        .version("1")
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .args(all.get_arguments())
        .subcommands(shown)
}

/// The bash script without the search's hidden flags, which clap offers: they do nothing that
/// isn't done without them.
fn without_hidden_flags(script: &str) -> String {
    let all = cli::command();
    let hidden: Vec<String> = all
        .get_arguments()
        .filter(|arg| arg.is_hide_set())
        .flat_map(|arg| {
            let longs = arg.get_long_and_visible_aliases().unwrap_or_default();
            let shorts = arg.get_short_and_visible_aliases().unwrap_or_default();
            let longs = longs.into_iter().map(|long| format!("--{long}"));
            longs.chain(shorts.into_iter().map(|short| format!("-{short}"))).collect::<Vec<_>>()
        })
        .collect();
    // The root's words are the first; those of commands have nothing of a search.
    let Some((before, rest)) = script.split_once("opts=\"-") else { return script.to_owned() };
    let Some((words, after)) = rest.split_once('"') else { return script.to_owned() };
    let words = format!("-{words}");
    let shown: Vec<&str> =
        words.split(' ').filter(|word| !hidden.iter().any(|hidden| hidden == word)).collect();
    format!("{before}opts=\"{}\"{after}", shown.join(" "))
}

/// Whether an argument of these commands is a name of the code.
fn is_symbol(arg: &Arg) -> bool {
    arg.is_positional() || matches!(arg.get_long(), Some("through" | "avoid"))
}

/// The zsh script with the first word a command where it is one. clap puts the pattern and
/// the paths before the command, which then is the third word.
fn with_first_word(script: &str) -> String {
    let parts = script
        .split_once("    _arguments \"${_arguments_options[@]}\" : \\\n")
        .and_then(|(head, rest)| Some((head, rest.split_once("'::pattern ")?)))
        .and_then(|(head, (options, rest))| Some((head, options, rest.split_once("&& ret=0\n")?)))
        .and_then(|(head, options, (_, rest))| {
            let (commands, rest) = rest.split_once("        esac\n")?;
            Some((head, options, commands.replace("$line[3]", "$line[1]"), rest))
        });
    // The scripts that are checked in, and the tests that run them, notice where clap's change.
    let Some((head, options, commands, rest)) = parts else { return script.to_owned() };
    let (first, pattern) = ZSH_FIRST.split_once("# ...\n").unwrap_or((ZSH_FIRST, ""));
    let first = first.replace("OPTIONS\n", options);
    format!("{head}{first}{commands}{pattern}        esac\n{rest}")
}
