//! `--dot` and `--svg FILE`: an answer as a picture in place of the table.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::Outcome;
use crate::cli::PictureArgs;
use crate::render::{Arrow, Content, Output, draw_dot};

/// Draws `arrows` where a picture is asked for; none where the table is.
///
/// # Errors
/// When the output can't be written, or `dot` isn't there or fails.
pub(super) fn draw(args: &PictureArgs, arrows: &[Arrow]) -> Result<Option<Outcome>> {
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
