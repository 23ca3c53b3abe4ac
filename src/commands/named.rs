//! The names that a command is asked about: those of the command line and of `--names-from`, one
//! question for each.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context, Result, bail};
use kgrep_engine::Request;
use serde_bytes::ByteBuf;

use super::find::within;
use crate::cli::{NamesArgs, SeenArgs};
use crate::code::Code;

/// A file of names is not longer.
const LONGEST: u64 = 64 << 20;

/// All names, in their order. `struct file` is one, be it of two words.
///
/// # Errors
/// When the file can't be read, or has no name either.
pub(super) fn all(args: &NamesArgs) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    let mut words = args.names.iter().peekable();
    while let Some(word) = words.next() {
        let is_tag = matches!(word.as_str(), "struct" | "union" | "enum");
        match words.next_if(|_| is_tag) {
            Some(name) => names.push(format!("{word} {name}")),
            None => names.push(word.clone()),
        }
    }
    if let Some(path) = &args.names_from {
        let text = text(path).with_context(|| path.display().to_string())?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        names.extend(lines.map(str::to_owned));
        if names.is_empty() {
            bail!("{}: no name in it; give one per line", path.display());
        }
    }
    Ok(names.into_iter().map(with_dots).collect())
}

/// A field as code has it, `inode->i_size`, in the way that it is asked for.
fn with_dots(name: String) -> String {
    let of_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '>' | ' ');
    let is_path = name.contains("->") && name.chars().all(of_path);
    if is_path { name.replace("->", ".") } else { name }
}

fn text(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    let read = match path == Path::new("-") {
        true => io::stdin().lock().take(LONGEST).read_to_end(&mut bytes)?,
        false => File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?,
    };
    if read as u64 == LONGEST {
        bail!("more than {} MiB of names are not read", LONGEST >> 20);
    }
    String::from_utf8(bytes).context("names are UTF-8")
}

/// The files that the names are seen from, below the tree's root.
///
/// # Errors
/// If one is not in the tree.
pub(super) fn seen_from(args: &SeenArgs, code: &Code) -> Result<Vec<ByteBuf>> {
    Ok(within(&args.seen_from, code)?.into_iter().map(ByteBuf::from).collect())
}

/// One question for one name, or several of one look at the tree.
pub(super) fn question(names: Vec<String>, one: impl FnMut(String) -> Request) -> Request {
    let mut requests: Vec<Request> = names.into_iter().map(one).collect();
    match requests.len() {
        1 => requests.remove(0),
        _ => Request::Several(requests),
    }
}
