//! `--dot` and `--svg FILE`: an answer as a picture in place of the table.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use kgrep_engine::{Arrow, Node, Request};

use super::{Outcome, Session, answer};
use crate::cells;
use crate::cli::PictureArgs;
use crate::code::Code;
use crate::render::{self, Content, Output, draw_dot};

/// Asks the engine and shows the answer as a picture where one is asked for, or as a list.
///
/// # Errors
/// The engine's, and when the output can't be written, or `dot` isn't there or fails.
pub(super) fn run(
    code: &Code,
    session: &Session,
    request: &Request,
    args: &PictureArgs,
) -> Result<Outcome> {
    let answer = answer::ask(code, session, request)?;
    if answer.rows.is_empty() {
        return Ok(Outcome::Nothing);
    }
    match draw(args, &answer.arrows)? {
        Some(outcome) => Ok(outcome),
        None => answer::show(code, session, Some(request), &answer),
    }
}

/// Draws `arrows` where a picture is asked for; none where the table is.
fn draw(args: &PictureArgs, arrows: &[Arrow]) -> Result<Option<Outcome>> {
    if !args.dot && args.svg.is_none() {
        return Ok(None);
    }
    let arrows: Vec<render::Arrow> = arrows.iter().map(in_words).collect();
    let arrows = arrows.as_slice();
    if args.dot {
        let mut out = Output::stdout().holding(Content::Text);
        out.write_all(draw_dot(arrows).as_bytes())?;
        out.finish()?;
        return Ok(Some(Outcome::Found));
    }
    let Some(file) = &args.svg else { return Ok(None) };
    svg(file, &draw_dot(arrows))?;
    Ok(Some(Outcome::Found))
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

fn svg(file: &Path, graph: &str) -> Result<()> {
    let child = Command::new("dot")
        .args(["-Tsvg", "-o"])
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
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
    let written = child.stdin.take().map(|mut pipe| pipe.write_all(graph.as_bytes()));
    let done = child.wait_with_output().context("dot")?;
    if !done.status.success() {
        bail!("dot: {}", String::from_utf8_lossy(&done.stderr).trim());
    }
    written.transpose().context("dot")?;
    Ok(())
}
