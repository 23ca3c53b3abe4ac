//! `kgrep log`: where the lines of a kernel log come from, as one list in the log's order.

mod inputs;
mod rows;

use std::cell::{OnceCell, RefCell};
use std::thread::ScopedJoinHandle;

use anyhow::{Result, bail};
use kgrep_engine::compare::series_of;
use kgrep_engine::log::debug::Debug;
use kgrep_engine::log::message::{Messages, Said};
use kgrep_engine::log::{
    Candidate, Follower, LineContext, MessageSource, NoMessages, Tools, Touched,
};
use kgrep_index::graph::{Arch, Graph};

use self::inputs::Inputs;
use self::rows::Rows;
use super::answer::print;
use super::{Outcome, Session, freshen};
use crate::cli::{LogArgs, Only};
use crate::code::{self, Code};
use crate::diff::Sides;
use crate::list::List;
use crate::message::tell;
use crate::settings::Origin;

/// Prints and keeps the answer.
///
/// # Errors
/// When a log or the tree can't be read, or the output not be written.
pub(crate) fn run(args: &LogArgs, session: &Session) -> Result<Outcome> {
    let code = code::around(session)?;
    let inputs = Inputs::of(args)?;
    let arch = arch(&inputs, &code, session)?;
    let touched = touched(args, &code)?;
    let debug = debug(args)?;
    let words = if args.only == Some(Only::Frames) { None } else { inputs.words()? };
    let list = freshen::ask(&code, session, |graph| {
        let read = |path: &[u8]| code::read(&code.path(path)).ok();
        let with = With { code: &code, arch, touched: touched.as_ref(), debug: debug.as_ref() };
        if args.only == Some(Only::Frames) {
            return with.follow(session, args, &inputs, graph, &NoMessages);
        }
        // While messages are made ready on another thread, frames are looked up on this one.
        let said = Said::by(graph);
        std::thread::scope(|scope| {
            let making = scope.spawn(|| Messages::of_log(&said, &read, words.as_ref()));
            with.follow(session, args, &inputs, graph, &Soon::of(making))
        })
    })?;
    let Some(list) = list else { return Ok(Outcome::Nothing) };
    print(session, &list)
}

/// Messages that are being made.
struct Soon<'s> {
    making: RefCell<Option<ScopedJoinHandle<'s, Messages>>>,
    made: OnceCell<Messages>,
}

impl<'s> Soon<'s> {
    fn of(making: ScopedJoinHandle<'s, Messages>) -> Soon<'s> {
        Soon { making: RefCell::new(Some(making)), made: OnceCell::new() }
    }

    fn messages(&self) -> &Messages {
        self.made.get_or_init(|| {
            let making = self.making.borrow_mut().take().expect("they are made once");
            // What went wrong there goes wrong here.
            making.join().unwrap_or_else(|why| std::panic::resume_unwind(why))
        })
    }
}

impl MessageSource for Soon<'_> {
    fn printed(&self, text: &[u8], context: &LineContext<'_>) -> Vec<Candidate> {
        self.messages().printed(text, context)
    }

    fn expect(&self, texts: &[&[u8]]) {
        self.messages().expect(texts);
    }
}

/// The architecture that counts: the log's own, where the user has named none.
fn arch(inputs: &Inputs, code: &Code, session: &Session) -> Result<Arch> {
    if session.settings.arch.origin != Origin::Default || code.kernel().is_some() {
        return Ok(code.arch);
    }
    let told = inputs.machine()?;
    let told = told.filter(|name| code.tree().root().join("arch").join(name).is_dir());
    Ok(told.map_or(code.arch, Arch::named))
}

/// The patches that functions of traces are looked up in, if there are any.
fn touched(args: &LogArgs, code: &Code) -> Result<Option<Touched>> {
    let base = crate::folders::current()?;
    if let Some(on) = &args.on
        && !base.join(on).is_dir()
    {
        bail!("--on {}: there is no such folder", on.display());
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
    let set = sides.load(&base, &|_| ())?;
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

/// What a log is read with.
struct With<'w> {
    code: &'w Code,
    arch: Arch,
    touched: Option<&'w Touched>,
    debug: Option<&'w Debug>,
}

impl With<'_> {
    /// Follows all logs; none where nothing is to be said.
    fn follow(
        &self,
        session: &Session,
        args: &LogArgs,
        inputs: &Inputs,
        graph: &Graph<'_>,
        messages: &dyn MessageSource,
    ) -> Result<Option<List>> {
        let (code, debug) = (self.code, self.debug);
        let read = |path: &[u8]| code::read(&code.path(path)).ok();
        let mut rows = Rows::new(code, session, args.only, self.touched)?;
        for input in &inputs.all {
            rows.begin(&input.name, input.is_stdin());
            let tools = Tools { graph, arch: self.arch, read: &read, messages, debug };
            let mut follower = Follower::new(tools);
            input.each(|first, lines| {
                follower.lines(first, lines, &mut |piece| rows.piece(piece))?;
                Ok(!rows.full)
            })?;
            follower.end(&mut |piece| rows.piece(piece))?;
        }
        debug.iter().flat_map(|debug| debug.problems()).for_each(tell);
        rows.finish()
    }
}
