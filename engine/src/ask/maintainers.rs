//! Who maintains files, by the tree's MAINTAINERS.

use std::os::unix::ffi::OsStrExt;

use super::Sources;
use crate::answer::{Answer, Column, Row, Title};
use crate::code::Code;
use crate::diff::maintainers::Maintainers;
use crate::relocate::SourceFile;
use crate::request;
use crate::{Error, Result};

const FILE: &[u8] = b"MAINTAINERS";

/// The lines that tell it, a section for each file.
///
/// # Errors
/// When a file is not in the tree, or the tree has no such list.
pub(super) fn answer(code: &Code, asked: &request::Maintainers) -> Result<Answer> {
    let mut sources = Sources::default();
    let path = code.path(FILE);
    if !path.is_file() {
        let source = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(Error::Read { path, source });
    }
    let text = sources.get(code, FILE);
    let maintainers = Maintainers::parse(text.bytes());
    let mut answer = Answer { columns: Column::all(&[]), ..Answer::default() };
    for file in &asked.files {
        let there = code.path(file);
        // What names a folder's files names the folder with its slash.
        let mut below = file.to_vec();
        if there.is_dir() && !below.ends_with(b"/") {
            below.push(b'/');
        }
        if !there.exists() {
            let name = String::from_utf8_lossy(there.as_os_str().as_bytes()).into_owned();
            return Err(Error::NotHere(name));
        }
        let section = u32::try_from(answer.sections.len()).ok();
        answer.sections.push(Title::Text(String::from_utf8_lossy(file).into_owned()));
        let lines = maintainers.lines_of(&below, |line| self::text(text, line)).into_iter();
        let row = |line| Row { path: FILE.to_vec(), line, section, ..Row::default() };
        answer.rows.extend(lines.map(row));
    }
    Ok(answer)
}

/// A line of MAINTAINERS without its line break; empty if there is no such line.
pub(super) fn text(list: &SourceFile, line: u32) -> Vec<u8> {
    list.line(u64::from(line)).unwrap_or_default().trim_ascii_end().to_vec()
}
