//! What the kernel can print: all formats of printing calls, or those that could have printed
//! a text.

use kgrep_index::graph::Graph;

use crate::answer::{Answer, Cell, Column, Role, Row};
use crate::code::{Code, read};
use crate::log::message::{LogWords, Message, Messages, Said};
use crate::log::{Candidate, LineContext, MessageSource};

/// The calls that could have printed `text`, best first.
pub(super) fn printed(code: &Code, graph: &Graph<'_>, text: &str) -> Answer {
    let words = LogWords::default();
    words.text(text.as_bytes());
    let read = |path: &[u8]| read(&code.path(path)).ok();
    let messages = Messages::of_log(&Said::by(graph), &read, Some(&words));
    let found = messages.printed(text.as_bytes(), &LineContext::default());
    let row = |found: Candidate| Row {
        path: found.path,
        line: found.line,
        cells: vec![
            Cell::Text(found.sure.name().to_owned()),
            Cell::Name(readable(&found.format)),
            Cell::Text(String::from_utf8_lossy(&found.function).into_owned()),
        ],
        ..Row::default()
    };
    Answer {
        columns: columns("Sure"),
        rows: found.into_iter().map(row).collect(),
        ..Answer::default()
    }
}

/// All messages that `wanted` wants, in path and line order; `level` names a level.
pub fn messages(
    code: &Code,
    graph: &Graph<'_>,
    wanted: impl Fn(&Message<'_>) -> bool,
    level: impl Fn(Option<u8>) -> &'static str,
) -> Answer {
    let messages = Messages::of(graph, &|path| read(&code.path(path)).ok());
    let row = |message: Message<'_>| Row {
        path: message.path.to_vec(),
        line: message.line,
        cells: vec![
            Cell::Text(level(message.level).to_owned()),
            Cell::Name(readable(&message.format())),
            Cell::Text(String::from_utf8_lossy(message.function).into_owned()),
        ],
        ..Row::default()
    };
    let rows = messages.all().filter(wanted).map(row).collect();
    Answer { columns: columns("Level"), rows, ..Answer::default() }
}

fn columns(first: &str) -> Vec<Column> {
    Column::all(&[(first, Role::Text), ("Message", Role::Name), ("Function", Role::Function)])
}

/// A format on one line: line ends as the source has them, but for the last.
fn readable(format: &[u8]) -> String {
    let text = String::from_utf8_lossy(format.strip_suffix(b"\n").unwrap_or(format)).into_owned();
    text.replace('\n', "\\n").replace('\t', "\\t")
}
