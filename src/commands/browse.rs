//! `kgrep browse [QUESTION]`, `-s browse` and `b` in the shell: who answers the questions that are
//! asked on the full screen, and keeps the list that is left.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{IsTerminal, stdin};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{PoisonError, RwLock};
use std::thread;

use anyhow::{Result, bail, ensure};
use kgrep_engine::Cancel;

use super::follow::{self, commanded, inherited, names_a_pattern};
use super::lister::Lister;
use super::screen::open_in_editor;
use super::show::Searched;
use super::{Outcome, Session, at, complete, search, session};
use crate::browse::{self, Ended, First, Host, News};
use crate::cli::{self, BrowseArgs, Cli, Commands, Root, Stop};
use crate::list::{FileEntry, Indices, LeftOut, List, Meta, Shelf, Terminal, View};
use crate::message::chain;
use crate::render::{Content, Facts, Look, Output, Totals, print_page, visible};
use crate::settings::Settings;

/// More words than these are no help.
const MOST_CANDIDATES: usize = 200;

/// The current folder: a question that is asked in another one has it alone, also where nobody
/// waits for its answer any more.
static FOLDER: RwLock<()> = RwLock::new(());

/// Shows what is asked, or the newest list.
///
/// # Errors
/// If the question is not valid or can't be answered, or there is no list or no screen.
pub(crate) fn run(args: &BrowseArgs, root: &Root, session: &Session) -> Result<Outcome> {
    let look = Look::new(&session.settings, Facts::of_stdout(), b"");
    if args.words.is_empty() {
        let view = View::new(follow::list_or_newest(root.list.list, session)?.list);
        if !browse::has_screen(&look) {
            return super::answer::print(session, view.list());
        }
        on_view(view, root, session)?;
        return Ok(Outcome::Found);
    }
    if printed_help(&args.words)? {
        return Ok(Outcome::Found);
    }
    let (cli, words) = parsed(&args.words, root)?;
    if !browse::has_screen(&look) {
        return super::run(&cli, &words);
    }
    let mut answers = Answers::new(root, session);
    let shown = args.words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>();
    crate::taken::set(true);
    let news = answers.ask(b"", args.words.clone());
    let ended = browse::run(look, First::Asked(shown.join(" "), news), &mut answers);
    crate::taken::set(false);
    crate::taken::messages().into_iter().for_each(crate::message::tell);
    match ended? {
        Ended::List(view) => kept(*view, session).map(|_| Outcome::Found),
        Ended::Nothing => Ok(Outcome::Nothing),
        Ended::Told(page) => {
            let mut out = Output::stdout();
            std::io::Write::write_all(&mut out, &page)?;
            out.finish()?;
            Ok(Outcome::Found)
        }
    }
}

/// Shows a list, and gives back what is left of it, or of the list that came in its place.
///
/// # Errors
/// When the list can't be read or kept, or the terminal not be used.
pub(super) fn on_view(view: View, root: &Root, session: &Session) -> Result<View> {
    at::laid_out_again(view.list().meta(), &session.cache)?;
    let look = Look::new(&session.settings, Facts::of_stdout(), b"");
    let again = view.again()?;
    match browse::run(look, First::List(Box::new(view)), &mut Answers::new(root, session))? {
        Ended::List(view) => kept(*view, session),
        Ended::Nothing | Ended::Told(_) => Ok(again),
    }
}

/// Keeps what is left, unless it is the newest list as it stands: `-s 3` then means the same row.
fn kept(view: View, session: &Session) -> Result<View> {
    let newest = session.shelf.latest(Terminal::current(), &mut LeftOut::default())?;
    let is_newest = newest.is_some_and(|newest| newest.list.is_same(view.list()));
    if view.len() == 0 || (is_newest && view.is_whole()) {
        return Ok(view);
    }
    let meta = Meta {
        created: jiff::Timestamp::now().as_second(),
        terminal: Terminal::current(),
        ..view.list().meta().clone()
    };
    let mut lister = Lister::new(session, meta, None);
    let mut last: Option<(u32, u32)> = None;
    view.for_each(&Indices::all(view.len()), |_, file, entry| {
        let number = match last {
            Some((old, number)) if old == entry.file => number,
            _ => lister.file(&FileEntry { path: file.path.clone(), stdin: file.stdin }),
        };
        last = Some((entry.file, number));
        lister.push(&file.path, &crate::list::Match { file: number, ..entry.clone() })?;
        Ok::<_, super::printer::PrintError>(true)
    })?;
    let list: Option<List> = lister.finish(b"", Totals::default())?;
    Ok(list.map_or(view, View::new))
}

/// The command line of a question, with the display flags of the one that it is asked in.
fn parsed(words: &[OsString], outer: &Root) -> Result<(Cli, Vec<OsString>)> {
    let args = with_program(words);
    let mut cli = cli::parse(&args).map_err(|wrong| anyhow::anyhow!("{wrong}"))?;
    cli.root.common = inherited(cli.root.common, &outer.common);
    let reads_keys = stdin().is_terminal();
    match &cli.command {
        Some(
            Commands::Browse(_)
            | Commands::Lsp(_)
            | Commands::Mcp(_)
            | Commands::Demo
            | Commands::Index(_),
        ) => {
            bail!("this command doesn't run here: leave with q first");
        }
        Some(Commands::Log(log)) if reads_keys && log.files.is_empty() => {
            bail!("log needs a file here: standard input is the keyboard");
        }
        None if follow::is_meant(&cli.root) || !names_a_pattern(&cli.root.search) => {
            bail!("type a pattern or a question, such as callers kfree; follow-ups are keys (?)");
        }
        _ => {}
    }
    ensure!(
        !reads_keys || !words.iter().any(|word| word == "-"),
        "`-` reads from a pipe, and here is none"
    );
    Ok((cli, args))
}

fn with_program(words: &[OsString]) -> Vec<OsString> {
    [OsString::from("kgrep")].into_iter().chain(words.iter().cloned()).collect()
}

/// Prints the page of help that a question asks for; false where it asks for none.
fn printed_help(words: &[OsString]) -> Result<bool> {
    let Err(Stop::Page(text)) = cli::parse(&with_program(words)) else { return Ok(false) };
    print_page(&text, Content::Styled)?;
    Ok(true)
}

/// Answers the questions, each in a thread of its own.
struct Answers<'s> {
    root: Root,
    cache: PathBuf,
    settings: &'s Settings,
    /// The current folder.
    here: Vec<u8>,
    /// Ends the question that is being answered.
    stop: Cancel,
}

impl<'s> Answers<'s> {
    fn new(root: &Root, session: &'s Session) -> Answers<'s> {
        let mut root = root.clone();
        root.list.show = None;
        Answers {
            root,
            cache: session.cache.clone(),
            settings: &session.settings,
            here: crate::folders::current()
                .map(|here| here.as_os_str().as_bytes().to_vec())
                .unwrap_or_default(),
            stop: Cancel::default(),
        }
    }
}

impl Host for Answers<'_> {
    fn ask(&mut self, folder: &[u8], words: Vec<OsString>) -> Receiver<News> {
        let (send, news) = channel();
        // Of a question nothing is awaited once another one is asked.
        self.stop.cancel();
        self.stop = Cancel::default();
        let (root, stop, folder) = (self.root.clone(), self.stop.clone(), folder.to_vec());
        let (cache, here) = (self.cache.clone(), self.here.clone());
        let own = send.clone();
        let asking = thread::Builder::new().name("asking".to_owned()).spawn(move || {
            let moves = !folder.is_empty() && folder != here;
            let _elsewhere = moves.then(|| FOLDER.write().unwrap_or_else(PoisonError::into_inner));
            let _here = (!moves).then(|| FOLDER.read().unwrap_or_else(PoisonError::into_inner));
            let answered = answer(&root, &cache, &folder, &words, &stop, &own);
            // Nobody listens once the screen is left.
            let _ = own.send(answered.unwrap_or_else(|error| News::Failed(chain(&error))));
        });
        if let Err(error) = asking {
            let _ = send.send(News::Failed(format!("can't start a thread: {error}")));
        }
        news
    }

    fn stop(&mut self) {
        self.stop.cancel();
    }

    fn complete(&mut self, folder: &[u8], words: &[String], start: &str) -> Vec<String> {
        let folder = Path::new(OsStr::from_bytes(folder));
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let mut all = candidates(here, words, start);
        all.truncate(MOST_CANDIDATES);
        all
    }

    fn edit(&mut self, path: &Path, line: u64) -> Result<()> {
        open_in_editor(self.settings, path, line)
    }
}

/// Answers one question.
fn answer(
    outer: &Root,
    cache: &Path,
    folder: &[u8],
    words: &[OsString],
    stop: &Cancel,
    news: &Sender<News>,
) -> Result<News> {
    if printed_help(words)? {
        return Ok(News::Told);
    }
    let (cli, args) = parsed(words, outer)?;
    let mut session = session(&cli.root, args.get(1..).unwrap_or_default())?;
    session.cancel = stop.clone();
    let (outcome, found) = if cli.command.is_some() {
        session.shelf = Shelf::new(cache);
        commanded(folder, words, outer, &session)?
    } else {
        let news = news.clone();
        let grew = move |list| news.send(News::Grew(Box::new(list))).is_ok();
        let watch = search::Watch::new(stop.clone(), Box::new(grew));
        let find = || search::watched(&cli.root.search, &session, &watch);
        let (outcome, list) = follow::in_folder(folder, find)??;
        (outcome, list.map_or(Searched::Nothing, |list| Searched::Found(Box::new(View::new(list)))))
    };
    Ok(match (found, outcome) {
        (Searched::Found(view), _) => News::Found(view),
        (Searched::Nothing, Outcome::Found) | (Searched::Told, _) => News::Told,
        (Searched::Nothing, _) => News::Nothing,
    })
}

/// What a word that begins with `start` may become: commands, flags, names of the tree's, paths.
fn candidates(folder: &Path, words: &[String], start: &str) -> Vec<String> {
    let command = words.iter().find(|word| !word.starts_with('-')).map(String::as_str);
    let is_command = |word: &str| cli::is_command(OsStr::new(word));
    let begins = |word: &String| word.starts_with(start);
    if start.starts_with('-') {
        let known = command.filter(|word| is_command(word));
        return cli::long_flags(known).into_iter().filter(begins).collect();
    }
    let mut all: Vec<String> = match command {
        None => cli::command_names().into_iter().filter(begins).collect(),
        Some(_) => Vec::new(),
    };
    if command.is_some_and(|word| !is_command(word)) {
        all.extend(paths(folder, start));
        return all;
    }
    let wanted_by = match words.last() {
        Some(flag) if flag.starts_with("--") => flag.clone(),
        _ => command.unwrap_or_default().to_owned(),
    };
    // Every name of a kernel begins with nothing.
    if !start.is_empty() {
        let names = complete::names_in(folder, start, &wanted_by).unwrap_or_default();
        all.extend(names.into_iter().filter_map(|name| String::from_utf8(name).ok()));
    }
    if all.is_empty() {
        all = paths(folder, start);
    }
    all
}

/// The files and folders whose path begins so.
fn paths(folder: &Path, start: &str) -> Vec<String> {
    let (above, name) = start.rsplit_once('/').map_or(("", start), |(above, name)| (above, name));
    let lead = start.strip_suffix(name).unwrap_or_default();
    let entries = fs::read_dir(folder.join(above)).into_iter().flatten().flatten();
    let mut all: Vec<String> = entries
        .filter_map(|entry| {
            let own = entry.file_name().into_string().ok()?;
            let is_folder = entry.file_type().ok()?.is_dir();
            let is_plain = visible(own.as_bytes()) == own.as_bytes();
            let wanted =
                is_plain && own.starts_with(name) && (!name.is_empty() || !own.starts_with('.'));
            wanted.then(|| format!("{lead}{own}{}", if is_folder { "/" } else { "" }))
        })
        .collect();
    all.sort_unstable();
    all
}
