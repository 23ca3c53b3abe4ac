//! `kgrep log`: where the lines of a kernel log come from, as one list in the log's order.

mod inputs;
mod rows;

use anyhow::{Result, bail};
use kgrep_engine::Answer;
use kgrep_engine::compare::series_of;
use kgrep_engine::log::debug::Debug;
use kgrep_engine::log::{Follower, LogArch, Reading, Tools, Touched};

use self::inputs::Inputs;
use self::rows::Rows;
use super::answer::{print_covered, show};
use super::{Outcome, Session, freshen};
use crate::cli::{LogArgs, Only};
use crate::code::{self, Code};
use crate::diff::Sides;
use crate::list::List;
use crate::message::tell;

/// Prints and keeps the answer.
///
/// # Errors
/// When a log or the tree can't be read, or the output not be written.
pub(crate) fn run(args: &LogArgs, session: &Session) -> Result<Outcome> {
    let code = code::around(session)?;
    let inputs = Inputs::of(args)?;
    let arch = LogArch::of(&code, || inputs.machine())?;
    let touched = touched(args, &code)?;
    let debug = debug(args)?;
    let messages = args.only != Some(Only::Frames);
    let words = if messages { inputs.words()? } else { None };
    let reading = Reading { arch, debug: debug.as_ref(), messages, words: words.as_ref() };
    let found = freshen::ask(&code, session, |graph| {
        let touched = touched.as_ref();
        let found = reading
            .with(&code, graph, |tools| follow(&code, session, args, &inputs, touched, tools))?;
        debug.iter().flat_map(|debug| debug.problems()).for_each(tell);
        Ok(found)
    })?;
    let coverage = code.coverage();
    let Followed { list, complete, any_place, has_text } = found;
    let Some(list) = list else {
        tell(nothing_of(args.only, &inputs, has_text));
        return show(&code, session, None, &Answer { coverage, ..Answer::default() });
    };
    let outcome = print_covered(session, &list, &coverage, complete)?;
    // Lines of the log alone are nothing found.
    Ok(if any_place { outcome } else { Outcome::Nothing })
}

/// All that logs say.
struct Followed {
    /// None where nothing is to be said.
    list: Option<List>,
    /// Whether the list holds all of it.
    complete: bool,
    /// Whether the tree has a place for some of it.
    any_place: bool,
    /// Whether a line has text.
    has_text: bool,
}

/// Why there are no rows. Who pipes `dmesg` without being allowed to read the log gets no line.
fn nothing_of(only: Option<Only>, inputs: &Inputs, has_text: bool) -> String {
    let names: Vec<_> = inputs.all.iter().map(|i| String::from_utf8_lossy(&i.name)).collect();
    let names = names.join(", ");
    match only {
        Some(Only::Frames) if has_text => {
            format!("{names}: no stack frame and no place in the source")
        }
        Some(Only::Reports) if has_text => format!("{names}: no oops, warning, panic or the like"),
        _ => format!("{names}: nothing to read: no line has text"),
    }
}

/// The patches that functions of traces are looked up in, if there are any.
fn touched(args: &LogArgs, code: &Code) -> Result<Option<Touched>> {
    let base = crate::folders::current()?;
    if let Some(on) = &args.on
        && !base.join(on).is_dir()
    {
        bail!("--on {}: no such folder", on.display());
    }
    let on = args.on.clone().unwrap_or_else(|| code.tree().root().to_owned());
    let path = match (&args.patches, &args.on) {
        (Some(patches), _) => patches.clone(),
        (None, None) => return Ok(None),
        (None, Some(on)) => match series_of(&base.join(on)) {
            Some(series) => series,
            None => bail!(
                "--on {}: no debian/patches in it or beside it; name them with --patches",
                on.display()
            ),
        },
    };
    let tree = base.join(&on);
    let sides = Sides::Patches { path, on: Some(on), strip: None };
    let set = sides.load(&base, &|_| !code.cancel().is_set())?;
    for problem in &set.problems {
        let (path, what) = (problem.path.display(), &problem.what);
        tell(format!("{path}:{}: {what}", problem.line));
    }
    Ok(Some(Touched::of(set, tree)))
}

/// The kernel's debug information, if it is named.
fn debug(args: &LogArgs) -> Result<Option<Debug>> {
    if args.vmlinux.is_none() && args.modules.is_none() {
        return Ok(None);
    }
    Ok(Some(Debug::open(args.vmlinux.as_deref(), args.modules.as_deref())?))
}

/// Follows all logs.
fn follow(
    code: &Code,
    session: &Session,
    args: &LogArgs,
    inputs: &Inputs,
    touched: Option<&Touched>,
    tools: Tools<'_, '_>,
) -> Result<Followed> {
    let mut rows = Rows::new(code, session, args.only, touched)?;
    let mut has_text = false;
    for input in &inputs.all {
        rows.begin(&input.name, input.is_stdin());
        let mut follower = Follower::new(tools);
        input.each(|first, lines| {
            has_text = has_text || lines.iter().any(|line| !line.trim_ascii().is_empty());
            follower.lines(first, lines, &mut |piece| rows.piece(piece))?;
            session.cancel.check()?;
            Ok(!rows.full)
        })?;
        follower.end(&mut |piece| rows.piece(piece))?;
    }
    let (complete, any_place) = (!rows.full, rows.any_place);
    Ok(Followed { list: rows.finish()?, complete, any_place, has_text })
}
