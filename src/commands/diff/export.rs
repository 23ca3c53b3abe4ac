//! The difference for other programs: as a patch, as statistics, as JSON Lines.

use std::io::Write;

use anyhow::Result;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use kgrep_engine::compare::{Pass, Row};
use serde_json::{Value, json};

use super::whole::tell_unwritten;
use super::{Asked, found};
use crate::commands::Outcome;
use crate::diff::kinds::{Change, Mention};
use crate::diff::model::{Entry, FileChange, FileOp, Hunk, Origin, Patch};
use crate::diff::{stat, write};
use crate::render::{Content, Output};

/// `--format patch`: exactly the hunks that are left, for `patch -p1` or `git apply`.
///
/// # Errors
/// When the output can't be written.
pub(super) fn patch(pass: &Pass<'_>) -> Result<Outcome> {
    let mut out = Output::stdout().holding(Content::Text);
    let mut unwritten = Vec::new();
    let mut any = false;
    pass.each::<_, anyhow::Error>(
        |_, file| {
            let mut text = Vec::new();
            let entries: Vec<_> = file.entries(None).collect();
            write::write(&mut text, &entries).map(|names| (text, names))
        },
        |written| {
            let (text, names) = written?;
            unwritten.extend(names);
            any = true;
            out.write_all(&text)?;
            Ok(true)
        },
    )?;
    out.finish()?;
    tell_unwritten(&unwritten);
    Ok(found(any))
}

/// `--stat`.
///
/// # Errors
/// When the output can't be written.
pub(super) fn stat(asked: &Asked<'_>, pass: &Pass<'_>) -> Result<Outcome> {
    let mut rows = Vec::new();
    pass.each::<_, anyhow::Error>(
        |_, file| stat::Row::new(&file),
        |row| {
            rows.push(row);
            Ok(true)
        },
    )?;
    let look = asked.look();
    let mut out = if look.terminal {
        Output::paged(&asked.session.settings.pager.value)
    } else {
        Output::stdout()
    };
    if !rows.is_empty() {
        stat::write(&mut out, &rows, look.width)?;
    }
    out.finish()?;
    Ok(found(!rows.is_empty()))
}

/// `--format json`: ripgrep's `match` messages, each with everything that is known of
/// its hunk under `hunk`.
pub(super) struct Json {
    out: Output,
}

impl Default for Json {
    fn default() -> Json {
        Json { out: Output::stdout().holding(Content::Json) }
    }
}

impl Json {
    /// Prints one row.
    ///
    /// # Errors
    /// When the output can't be written.
    pub(super) fn row(&mut self, index: Option<u64>, entry: &Entry<'_>, row: &Row) -> Result<()> {
        let submatches: Vec<Value> = row
            .spans
            .iter()
            .map(|span| {
                let text = row.text.get(span.start as usize..span.end as usize);
                json!({ "match": data(text.unwrap_or_default()),
                        "start": span.start, "end": span.end })
            })
            .collect();
        let patch = row.patch.as_deref().or(entry.patch).filter(|patch| !patch.name.is_empty());
        let message = json!({ "type": "match", "data": {
            "path": data(&row.path),
            "lines": data(&row.text),
            "line_number": (row.line > 0).then_some(row.line),
            "absolute_offset": row.offset,
            "submatches": submatches,
            "index": index,
            "hunk": of_hunk(entry.file, entry.hunk, row),
            "patch": patch.map(of_patch),
            "verdict": row.verdict,
        }});
        serde_json::to_writer(&mut self.out, &message).map_err(std::io::Error::from)?;
        Ok(self.out.write_all(b"\n")?)
    }

    /// Prints one change in kernel terms.
    ///
    /// # Errors
    /// When the output can't be written.
    pub(super) fn change(
        &mut self,
        index: Option<u64>,
        kind: &str,
        change: &Change,
        row: &Row,
    ) -> Result<()> {
        let said = |mention: &Option<Mention>| mention.as_ref().map(|said| data(&said.text));
        let message = json!({ "type": "change", "data": {
            "kind": kind,
            "how": format!("{:?}", change.how).to_lowercase(),
            "name": data(&change.name),
            "part": (!change.part.is_empty()).then(|| data(&change.part)),
            "was": (!change.was.is_empty()).then(|| data(&change.was)),
            "before": said(&change.before),
            "after": said(&change.after),
            "architectures": (!change.at.is_empty()).then_some(&change.at),
            "path": data(&row.path),
            "line_number": (row.line > 0).then_some(row.line),
            "index": index,
            "patch": row.patch.as_deref().filter(|patch| !patch.name.is_empty()).map(of_patch),
        }});
        serde_json::to_writer(&mut self.out, &message).map_err(std::io::Error::from)?;
        Ok(self.out.write_all(b"\n")?)
    }

    /// Ends the output with what it covers.
    ///
    /// # Errors
    /// When it can't be written.
    pub(super) fn summary(mut self, coverage: &Value) -> Result<()> {
        let message = json!({ "type": "summary", "data": { "coverage": coverage } });
        serde_json::to_writer(&mut self.out, &message).map_err(std::io::Error::from)?;
        self.out.write_all(b"\n")?;
        self.finish()
    }

    /// Ends the output.
    ///
    /// # Errors
    /// When it can't be written.
    pub(super) fn finish(self) -> Result<()> {
        Ok(self.out.finish()?)
    }
}

fn of_hunk(file: &FileChange, hunk: Option<&Hunk>, row: &Row) -> Value {
    let mode = |mode: Option<u32>| mode.map(|mode| format!("{mode:o}"));
    let name = |name: &Option<Vec<u8>>| name.as_deref().map(data);
    let op = match file.op {
        FileOp::Modify => "modify",
        FileOp::Create => "create",
        FileOp::Delete => "delete",
        FileOp::Rename => "rename",
        FileOp::Copy => "copy",
    };
    let side = match row.side {
        Some(Origin::Added) => Some("added"),
        Some(Origin::Removed) => Some("removed"),
        Some(Origin::Context) => Some("context"),
        None => None,
    };
    let around = row.around.as_ref().map(|around| {
        json!({ "kind": format!("{:?}", around.thing).to_lowercase(),
                "name": data(&around.name),
                "line_number": (around.line > 0).then_some(around.line) })
    });
    let (added, removed) = hunk.map(Hunk::counts).unwrap_or_default();
    json!({
        "old_path": name(&file.old),
        "new_path": name(&file.new),
        "operation": op,
        "old_mode": mode(file.old_mode),
        "new_mode": mode(file.new_mode),
        "binary": file.binary,
        "old_start": hunk.map(|hunk| hunk.old.start),
        "old_lines": hunk.map(|hunk| hunk.old.count),
        "new_start": hunk.map(|hunk| hunk.new.start),
        "new_lines": hunk.map(|hunk| hunk.new.count),
        "section": hunk.map(|hunk| data(&hunk.section)),
        "added": added,
        "removed": removed,
        "side": side,
        "in_tree": !row.foreign,
        "guessed": row.guessed,
        "enclosing": around,
        "body": hunk.map(|hunk| data(&hunk.body)),
    })
}

fn of_patch(patch: &Patch) -> Value {
    json!({
        "name": data(&patch.name),
        "path": patch.path.as_ref().map(|path| path.to_string_lossy()),
        "subject": data(&patch.subject),
        "author": data(&patch.author),
        "date": data(&patch.date),
        "position": patch.position.map(|(n, of)| format!("{n}/{of}")),
        "version": patch.version,
    })
}

/// Bytes as ripgrep has them: as text where they are UTF-8, else in base64.
pub(super) fn data(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => json!({ "text": text }),
        Err(_) => json!({ "bytes": BASE64_STANDARD.encode(bytes) }),
    }
}
