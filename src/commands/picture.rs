//! `--dot` and `--svg FILE`: an answer as a picture in place of the table.

use std::io::{self, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use kgrep_engine::{Arrow, Node, Request, Sources};

use super::{Outcome, Session, answer};
use crate::cells;
use crate::cli::PictureArgs;
use crate::code::Code;
use crate::message::{counted, tell};
use crate::render::{
    self, Content, Output, Shown, Use, draw_dot, draw_picture, drawn_uses, nodes_of, with_dark_page,
};

/// Asks the engine and shows the answer as a picture where one is asked for, or as a list of at most
/// `number` rows.
///
/// # Errors
/// The engine's, and when the output can't be written, or `dot` isn't there or fails.
pub(super) fn run(
    code: &Code,
    session: &Session,
    request: &Request,
    args: &PictureArgs,
    number: Option<usize>,
) -> Result<Outcome> {
    if args.macros && args.svg.is_none() && !lists_macros(request) {
        bail!("--macros draws macros, too: it goes with --svg, or with `kgrep callees`");
    }
    if !args.dot && args.svg.is_none() {
        return answer::run_few(code, session, request, number);
    }
    let answer = answer::ask(code, session, request)?;
    if answer.rows.is_empty() {
        return answer::show(code, session, Some(request), &answer);
    }
    if args.dot {
        let arrows: Vec<render::Arrow> = answer.arrows.iter().map(in_words).collect();
        let mut out = Output::stdout().holding(Content::Text);
        out.write_all(draw_dot(&arrows).as_bytes())?;
        out.finish()?;
        return Ok(Outcome::Found);
    }
    let Some(file) = &args.svg else { return Ok(Outcome::Found) };
    let uses = drawn_uses(uses(code, &answer.arrows), args.macros);
    if uses.is_empty() {
        bail!("nothing is left to be drawn without macros; --macros draws them, too");
    }
    let root = code.tree().root().to_owned();
    let base = args.link_base.as_deref().map(|base| base.trim_end_matches('/'));
    let link = |path: &str, line: u32| match base {
        Some(base) => format!("{base}/{path}#L{line}"),
        None => format!("file://{}", root.join(path).display()),
    };
    let drawn = with_dark_page(&svg(&draw_picture(&uses, link))?);
    std::fs::write(file, drawn).with_context(|| format!("can't write {}", file.display()))?;
    answer::keep(code, session, Some(request), &answer)?;
    let (nodes, arrows) = (nodes_of(&uses) as u64, uses.len() as u64);
    tell(format!(
        "{}: {}, {}; `kgrep` shows the rows",
        file.display(),
        counted(nodes, "definition"),
        counted(arrows, "arrow")
    ));
    Ok(Outcome::Found)
}

/// Whether the answer's rows may have macros, too.
fn lists_macros(request: &Request) -> bool {
    match request {
        Request::Callees(_) => true,
        Request::Several(requests) => requests.iter().all(lists_macros),
        _ => false,
    }
}

/// The arrows with what a picture shows of them.
fn uses(code: &Code, arrows: &[Arrow]) -> Vec<Use> {
    let mut sources = Sources::default();
    let shown = |node: &Node| Shown {
        name: cells::label(&node.label),
        file: String::from_utf8_lossy(&node.path).into_owned(),
        line: node.line,
        is_macro: node.is_macro,
    };
    let mut drawn = |arrow: &Arrow| {
        let line = u64::from(arrow.line);
        let text = sources.get(code, &arrow.from.path).line(line).unwrap_or_default();
        let text = String::from_utf8_lossy(text.trim_ascii()).into_owned();
        let place = String::from_utf8_lossy(&arrow.from.path).into_owned();
        Use {
            from: shown(&arrow.from),
            to: shown(&arrow.to),
            how: cells::use_made(&arrow.how, arrow.sure),
            told: if line == 0 { place } else { format!("{place}:{line}  {text}") },
        }
    };
    arrows.iter().map(&mut drawn).collect()
}

/// An arrow as it is drawn.
fn in_words(arrow: &Arrow) -> render::Arrow {
    let node = |node: &Node| render::Node {
        name: cells::label(&node.label),
        file: String::from_utf8_lossy(&node.path).into_owned(),
    };
    let (from, to) = (node(&arrow.from), node(&arrow.to));
    render::Arrow { from, to, how: cells::use_made(&arrow.how, arrow.sure) }
}

/// Has Graphviz draw a graph.
fn svg(graph: &str) -> Result<String> {
    let child = Command::new("dot")
        .arg("-Tsvg")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match child {
        Err(error) if error.kind() == io::ErrorKind::NotFound => bail!(
            "--svg needs Graphviz' dot, which isn't installed (the package is called graphviz); \
             --dot prints the graph without it"
        ),
        child => child.context("dot")?,
    };
    // A dot that ends early says why on standard error.
    let pipe = child.stdin.take();
    let graph = graph.as_bytes().to_vec();
    // It may answer before it has read all.
    let writer = std::thread::spawn(move || pipe.map(|mut pipe| pipe.write_all(&graph)));
    let done = child.wait_with_output().context("dot")?;
    let written = writer.join().ok().flatten();
    if !done.status.success() {
        bail!("dot: {}", String::from_utf8_lossy(&done.stderr).trim());
    }
    written.transpose().context("dot")?;
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}
