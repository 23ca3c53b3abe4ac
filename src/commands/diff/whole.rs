//! Hunks themselves instead of rows: in colours and numbered on a terminal, else as a
//! patch that `patch -p1` takes.

use std::io::Write;

use anyhow::Result;

use crate::diff::model::{Entry, Hunk, Patch};
use crate::diff::write;
use crate::message::tell;
use crate::render::{Content, Highlighter, HunkBlock, Look, Output, draw_hunk};
use crate::settings::{Format, Settings};

/// Prints hunks, file by file.
pub(super) struct Drawer<'l> {
    look: &'l Look,
    out: Output,
    highlighter: Option<Highlighter>,
    as_patch: bool,
    /// Names of binary files whose change no patch can hold.
    unwritten: Vec<Vec<u8>>,
}

impl<'l> Drawer<'l> {
    /// A printer of hunks.
    ///
    /// # Errors
    /// When there is no such theme.
    pub(super) fn new(settings: &Settings, look: &'l Look) -> Result<Drawer<'l>> {
        let as_patch = settings.format.value == Format::Patch || !look.color;
        let highlighter = if as_patch { None } else { Highlighter::of(look)? };
        let out =
            if look.terminal { Output::paged(&settings.pager.value) } else { Output::stdout() };
        let out = if as_patch { out.holding(Content::Text) } else { out };
        Ok(Drawer { look, out, highlighter, as_patch, unwritten: Vec::new() })
    }

    /// Prints the chosen hunks of one file, each with its number.
    ///
    /// # Errors
    /// When the output can't be written.
    pub(super) fn file(&mut self, entries: &[(u64, Entry<'_>)]) -> Result<()> {
        if self.as_patch {
            let entries: Vec<_> = entries.iter().map(|(_, entry)| *entry).collect();
            self.unwritten.extend(write::write(&mut self.out, &entries)?);
            return Ok(());
        }
        let mut buffer = Vec::new();
        for (index, entry) in entries {
            let range = entry.hunk.map(write::range_line).unwrap_or_default();
            let title = entry.patch.map(title).unwrap_or_default();
            let block = HunkBlock {
                index: *index,
                name: entry.file.name(),
                title: &title,
                range: &String::from_utf8_lossy(&range),
                body: entry.hunk.map(|hunk: &Hunk| hunk.body.as_slice()).unwrap_or_default(),
            };
            draw_hunk(&mut buffer, self.look, self.highlighter.as_ref(), &block);
        }
        Ok(self.out.write_all(&buffer)?)
    }

    /// Ends the output.
    ///
    /// # Errors
    /// When it can't be written.
    pub(super) fn finish(self) -> Result<()> {
        self.out.finish()?;
        tell_unwritten(&self.unwritten);
        Ok(())
    }
}

/// Says which files' changes are missing in a patch.
pub(super) fn tell_unwritten(names: &[Vec<u8>]) {
    for name in names {
        let name = String::from_utf8_lossy(name);
        tell(format!("{name}: a binary change can't be written as a patch; it is named only"));
    }
}

fn title(patch: &Patch) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match (text(&patch.name), text(&patch.subject)) {
        (name, subject) if subject.is_empty() => name,
        (name, subject) => format!("{name}: {subject}"),
    }
}
