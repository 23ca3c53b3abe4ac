//! The engine's notes in words, told on standard error.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use kgrep_engine::{ChainEnd, Note, NoteSink, Proof};

use crate::message::{self, counted};
use crate::typed;
use crate::verdicts;

/// Tells every note at once.
pub(crate) fn sink() -> NoteSink {
    Arc::new(|note| tell(&note))
}

/// Tells a note; of the configuration in force, which all trees and questions have in common, once.
pub(crate) fn tell(note: &Note) {
    static TOLD: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
    if let Note::PartOfConfiguration { path } = note {
        let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
        if told.contains(path) {
            return;
        }
        told.push(path.clone());
    }
    message::tell(sentence(note));
}

/// A note in words.
pub(crate) fn sentence(note: &Note) -> String {
    match note {
        Note::SystemCall { asked, entry } => {
            format!("{asked} is a system call; the code calls it {entry}")
        }
        Note::FieldOf { asked, field } => format!("{asked} is {field}"),
        Note::TwinFields { field, others } => twins(field, others),
        Note::TakenAsPlain { pattern, why } => crate::plain::note(pattern, *why),
        Note::ThereAsPlainText(patterns) => format!(
            "nothing matches `{}` as a regular expression, but the plain text is there: try -F",
            patterns.join("`, `")
        ),
        Note::SearchedWithoutIndex { reason } => {
            format!("{reason}; searching without it, `kgrep index` builds it again")
        }
        Note::ReadWithoutIndex { reason } => {
            format!("{reason}; reading the files without it, `kgrep index` builds it again")
        }
        Note::OtherIdioms => {
            "the index was made with other idioms, or too much of the tree changed since; reading all \
             files, `kgrep index` brings it up to date"
                .to_owned()
        }
        Note::Unreadable { path, reason } => {
            format!("{}: {reason}", String::from_utf8_lossy(path))
        }
        Note::OthersIndex { user } => format!(
            "the index belongs to user {user}: it is used as it is, and not updated"
        ),
        Note::AlsoFolder(name) => format!("{name}/ is a folder, too: kgrep trace {name}/"),
        Note::CountedTo(number) => {
            format!("the search ended after {}: there may be more", counted(*number, "line"))
        }
        Note::Explanation(text) | Note::Problem(text) | Note::BadRecipe(text) => text.clone(),
        note => about_names(note),
    }
}

/// What is said of a field that goes by several names.
fn twins(field: &str, others: &[String]) -> String {
    let refs: Vec<String> = others.iter().map(|other| format!("kgrep refs {other}")).collect();
    format!("{field} goes by other names, too, which are in one union: {}", refs.join(", "))
}

/// The most structures that are named.
const STRUCTURES: usize = 3;

fn no_such_field(asked: &str, of: &[String]) -> String {
    let field = asked.rsplit_once('.').map_or(asked, |(_, field)| field);
    let mut named = of.iter().take(STRUCTURES).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = of.len().saturating_sub(STRUCTURES);
    if more > 0 {
        named += &format!(" and {more} more: kgrep def {field}");
    }
    format!("no such field: {asked}; {field} is a field of {named}")
}

/// What is said where a name is not what was asked for.
fn about_names(note: &Note) -> String {
    match note {
        Note::NoSuchName { asked, near, proof } => {
            let proof = proof.as_ref().map(|proof| verdicts::proof(asked, proof));
            format!("no such name: {asked}{}{}", nearby(near), proof.unwrap_or_default())
        }
        Note::NoSuchField { asked, of } => no_such_field(asked, of),
        Note::BootParameter { asked, parameter, used: false } => format!(
            "the code has no such name: {asked}; it is a boot parameter: kgrep trace {parameter}"
        ),
        Note::BootParameter { asked, parameter, used: true } => format!(
            "{asked} is not defined in the code; it is a boot parameter: kgrep trace {parameter}"
        ),
        Note::TracedOnly { asked, kind } => format!(
            "the code has no such name: {asked}; it is {}: kgrep trace {asked}",
            traced(kind)
        ),
        Note::OtherKinds { asked, kinds } => {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
            format!("{asked} is of another kind here: {}", kinds.join(", "))
        }
        Note::NoNameLike(asked) => format!("no name matches {asked}"),
        Note::NotDefined(asked) => format!(
            "{asked} is used here, but not defined: a local name, or one that a macro pastes \
             together (`kgrep refs {asked}`)"
        ),
        Note::NothingToTell { name, kind } => format!(
            "`kgrep trace` finds nothing about {name}{}; `kgrep def {name}` does",
            after(" as ", kind)
        ),
        Note::NothingCalled { name, kind, is_text, near, proof } => {
            nothing_called((name, *is_text), kind, near, proof.as_ref())
        }
        Note::SeveralThings { name, kinds } => {
            format!("{name} is several things ({}); --as KIND shows one in full", kinds.join(", "))
        }
        Note::NoItems { what, glob } => format!("no {what} here{}", after(" like ", glob)),
        Note::PlainWords(wrong) => format!("{wrong}; searching for the plain words"),
        Note::NothingHas(words) => format!("nothing found that has {}", words.join(", ")),
        Note::NothingAbout { asked, missing, narrowed, text } => {
            let mut said = format!("nothing found about {asked}");
            if !missing.is_empty() {
                said += &format!(": nothing has {}", missing.join(", "));
            }
            match text {
                _ if *narrowed => said + "; there may be more without --kind and --in",
                Some(text) => format!("{said}; `{}` searches the text", typed::search_for(text)),
                None => said,
            }
        }
        Note::NotBuilt { .. }
        | Note::MaybeBuilt { .. }
        | Note::FilesNotBuilt { .. }
        | Note::PartOfConfiguration { .. }
        | Note::OnlyNotBuilt { .. }
        | Note::OnlyBuilt => about_built(note),
        note => about_uses(note),
    }
}

/// What is said of a name, or of a message, that nothing has.
fn nothing_called(
    (name, is_text): (&str, bool),
    kind: &Option<String>,
    near: &[String],
    proof: Option<&Proof>,
) -> String {
    let proof = proof.map(|proof| verdicts::proof(name, proof)).unwrap_or_default();
    let what = match is_text {
        true => "no call prints this, and it is no name",
        false => "no such name",
    };
    format!("{what}: {name}{}{}{proof}", after(", as ", kind), nearby(near))
}

/// Which other question has what this one doesn't tell.
fn other_question(note: &Note) -> String {
    match note {
        Note::Field(asked) => format!(
            "{asked} is a field: kgrep def {asked} shows where, kgrep refs {asked} who reads and writes it"
        ),
        Note::SymbolInCode { name, used: true } => {
            format!("uses in the code; `kgrep trace {name}` has those in Makefiles and Kconfig")
        }
        Note::SymbolInCode { name, used: false } => format!(
            "{name} is a Kconfig symbol that no code uses; `kgrep trace {name}` has its uses in Makefiles \
             and Kconfig"
        ),
        Note::InOtherArchitectures => {
            "uses in files of other architectures are left out; --arch all lists them, too".into()
        }
        // A note that came later than these words still says what it is.
        note => format!("{note:?}"),
    }
}

/// What a name is that only a recipe of this kind knows.
fn traced(kind: &str) -> &'static str {
    match kind {
        "removed-syscall" => "a system call that is gone",
        "folder" => "a folder",
        _ => "a file",
    }
}

/// The command by which make writes a whole configuration of a defconfig or a fragment.
fn made_whole(path: &Path) -> String {
    let folder = path.parent().and_then(Path::file_name);
    match path.file_name().and_then(OsStr::to_str) {
        Some(name) if folder == Some(OsStr::new("configs")) && name.ends_with("defconfig") => {
            format!("`make {name}`")
        }
        _ => format!("`make KCONFIG_ALLCONFIG={} alldefconfig`", path.display()),
    }
}

/// What is said of what a configuration leaves out.
fn about_built(note: &Note) -> String {
    match note {
        Note::NotBuilt { hidden, total, arms } => {
            let much = match total {
                1 => "the only result is".to_owned(),
                _ if hidden == total => format!("all {total} are"),
                _ => format!("{hidden} of {total} are"),
            };
            let of = if *arms { "files and #if arms" } else { "files" };
            format!(
                "{much} in {of} that this configuration doesn't build; --kconfig none shows them"
            )
        }
        Note::FilesNotBuilt { hidden, total } => format!(
            "{hidden} of {} that differ are not built by this configuration; --kconfig none shows \
             them",
            counted(*total, "file")
        ),
        Note::PartOfConfiguration { path } => format!(
            "{}: no whole .config: what it leaves out counts as not set, though Kconfig may turn it on; {} \
             makes a whole one of it",
            path.display(),
            made_whole(path)
        ),
        Note::MaybeBuilt { number, files } => {
            let shown = files.iter().take(3).map(|path| String::from_utf8_lossy(path).into_owned());
            let shown: Vec<String> = shown.collect();
            let more = files.len() - shown.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!(
                "{number} in files that may be built or not (only a shell or a compiler could tell): \
                 {}{more}",
                shown.join(", ")
            )
        }
        Note::OnlyNotBuilt { name, path } => format!(
            "{name} is in {}, which this configuration doesn't build; `kgrep built` says why, \
             --kconfig none asks about all files",
            String::from_utf8_lossy(path)
        ),
        Note::OnlyBuilt => {
            "only what this configuration builds was looked at; --kconfig none looks at all".into()
        }
        note => format!("{note:?}"),
    }
}

/// What is said where a use is not what was asked for.
fn about_uses(note: &Note) -> String {
    match note {
        Note::NoSuchUse(name) => {
            format!("no such use of {name}; --arch all searches all architectures")
        }
        Note::Unused(name) => format!("{name} is defined, but nothing uses it by name"),
        Note::OtherArchitecture { name, path } => format!(
            "{name} belongs to another architecture ({}); --arch all searches all of them",
            String::from_utf8_lossy(path)
        ),
        Note::NotCallable { name, kind } => format!(
            "{name} is a {}, not a function; `kgrep refs {name}` lists its uses",
            kind.name()
        ),
        Note::NoSteps { name, kinds } => {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
            format!("{name} has no steps of the kinds asked for: {}", kinds.join(", "))
        }
        Note::OthersLeftOut { name, others } => format!(
            "{} of {name} left out, which this file can't mean: `kgrep def {name}` lists all",
            counted(*others, "definition")
        ),
        Note::NoCallers(name) => format!(
            "nothing is known to call {name}, pass it on or name it in a table; `kgrep refs {name}` \
             lists its uses, --arch all searches all architectures"
        ),
        Note::NoSuchCall(name) => {
            format!("no call of {name} has such arguments; `kgrep callers --args {name}` lists all")
        }
        Note::WithoutArguments(number) => format!(
            "{} in a table, passed on or made by a macro: without arguments here",
            counted(*number, "more use")
        ),
        Note::UnsureStructures { unsure, total } => format!(
            "{unsure} of {total} are marked unsure: the text doesn't tell whose field it is"
        ),
        Note::TouchesNothing => "the patch touches no function, type, macro or variable".to_owned(),
        Note::NoSuchFunction => "no function has all of these".to_owned(),
        Note::NoCallees(name) => format!("{name} calls nothing"),
        Note::OnlyExported(name) => {
            format!("nothing here calls {name}; it is exported, so that modules can")
        }
        Note::MorePossible(number) => {
            format!("{number} more possible: --all shows them")
        }
        Note::ShorterChains(number) => format!(
            "{}, through calls that are only possible: --all",
            counted(*number, "shorter chain")
        ),
        Note::BehindField(field) => format!(
            "`kgrep trace {field}` lists what may be behind such a field, --kinds indirect what is \
             likely"
        ),
        note @ Note::NoChain { .. } => unconnected(note),
        note => other_question(note),
    }
}

/// What is called nearly so, if there is any.
fn nearby(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!("; near: {}", near.join(", ")) }
}

/// `what` after `words`, if it is there.
fn after(words: &str, what: &Option<String>) -> String {
    what.as_ref().map_or_else(String::new, |what| format!("{words}{what}"))
}

/// Why there is no chain, and what may help.
fn unconnected(note: &Note) -> String {
    let Note::NoChain { from, to, through, avoid, max_depth, indirect, end } = note else {
        return String::new();
    };
    let found = if matches!(end, ChainEnd::Work(_)) { "found no chain" } else { "no chain" };
    let mut text = format!("{found} from {} to {}", from, to);
    if !through.is_empty() {
        text += &format!(" through {}", through.join(", "));
    }
    if !avoid.is_empty() {
        text += &format!(" without {}", avoid.join(", "));
    }
    match end {
        ChainEnd::Complete => {}
        ChainEnd::Depth => {
            text += &format!(
                " in at most {}; --max-depth NUM looks further",
                counted(*max_depth as u64, "hop")
            );
        }
        ChainEnd::Work(steps) => {
            text += &format!(
                "; gave up after {}: --through and --avoid make the question smaller",
                counted(*steps as u64, "step")
            );
        }
    }
    if !indirect {
        text += "; --indirect also goes through tables of functions";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_says_what_happened_and_what_helps() {
        let told = sentence(&Note::ReadWithoutIndex { reason: "x/graph: damaged".to_owned() });
        assert_eq!(
            told,
            "x/graph: damaged; reading the files without it, `kgrep index` builds it again"
        );
        let asked = Note::SystemCall { asked: "openat".into(), entry: "sys_openat".into() };
        assert_eq!(sentence(&asked), "openat is a system call; the code calls it sys_openat");
    }
}
