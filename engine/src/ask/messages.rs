//! What the kernel can print: all formats of printing calls, or those that could have printed
//! a text.

use kgrep_index::graph::{Graph, Place};
use kgrep_index::outline::formats::Level;
use regex::bytes::{Regex, RegexBuilder};

use crate::answer::{Answer, Cell, Column, Role, Row};
use crate::code::Code;
use crate::log::message::{LogWords, Message, Messages, Said};
use crate::log::{Candidate, Line, LineContext, MessageSource, Sure, cleaned, parts};
use crate::{Result, request};

/// The calls that could have printed `text`, best first: a line of a log, or a part of one.
pub(super) fn printed(code: &Code, graph: &Graph<'_>, text: &str) -> Answer {
    let line = cleaned(text.as_bytes());
    // What a program wrote before it on the same line is not meant.
    let parts = parts(&line).into_iter().rev();
    let parts = parts.filter(|part| !part.text.trim_ascii().is_empty());
    let mut found = parts.map(|part| candidates(code, graph, part));
    let found = found.find(|found| !found.is_empty()).unwrap_or_default();
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

/// The calls that could have printed a line, or more of which it is a part, best first.
fn candidates(code: &Code, graph: &Graph<'_>, line: Line<'_>) -> Vec<Candidate> {
    let text = line.text;
    let words = LogWords::default();
    words.text(text);
    let read = |path: &[u8]| code.bytes(path).ok();
    let said = Said::by(graph);
    let messages = Messages::of_log(&said, &read, Some(&words));
    let arch = Some(code.arch);
    let context = LineContext { arch, level: line.level, ..LineContext::default() };
    let mut found = messages.printed(text, &context);
    let has_it = |format: &[u8]| memchr::memmem::find(format, text).is_some();
    if !found.first().is_some_and(|best| has_it(&best.format)) {
        // What is asked for may be a part of a message, which says more than a `%s` that it fits.
        let all = Messages::of_log(&said, &read, None);
        let own = holding(&all, has_it);
        found.retain(|other| !own.iter().any(|one| is_at(one, other)));
        found.splice(0..0, own);
        if found.first().is_none_or(|best| best.sure != Sure::Certain) {
            let known = found.len();
            for other in all.from_a_word(text, &context) {
                if !found[..known].iter().any(|one| is_at(one, &other)) {
                    found.push(other);
                }
            }
            // What the architecture has that counts, though a name stands before it.
            found.sort_by_key(|one| !arch.is_some_and(|arch| arch.has(Place::of(&one.path))));
            if known > 0 && found.len() > known {
                found.iter_mut().for_each(|one| one.sure = one.sure.max(Sure::Likely));
            }
        }
    }
    found
}

fn is_at(one: &Candidate, other: &Candidate) -> bool {
    (&one.path, one.line) == (&other.path, other.line)
}

/// The calls whose formats are so, in path and line order.
fn holding(messages: &Messages, is_so: impl Fn(&[u8]) -> bool) -> Vec<Candidate> {
    let of = |message: Message<'_>| Candidate {
        path: message.path.to_vec(),
        line: message.line,
        last: message.last,
        function: message.function.to_vec(),
        sure: Sure::Likely,
        format: message.format(),
    };
    let mut found: Vec<Candidate> =
        messages.all().filter(|message| is_so(&message.format())).map(of).collect();
    if found.len() > 1 {
        found.iter_mut().for_each(|one| one.sure = Sure::Several);
    }
    found
}

/// The messages that are asked for, in path and line order.
///
/// # Errors
/// When the tree can't be read, or the pattern can't be used as it stands either.
pub(super) fn answer(code: &Code, asked: &request::Messages) -> Result<Answer> {
    let pattern = asked.pattern.as_deref().map(pattern).transpose()?;
    let is_within = |path: &[u8]| {
        let Some(within) = &asked.within else { return true };
        let rest = path.strip_prefix(within.as_slice());
        rest.is_some_and(|rest| within.is_empty() || rest.is_empty() || rest[0] == b'/')
    };
    let wanted = |message: &Message<'_>| {
        let level = asked.level.is_none_or(|level| message.level == Some(level));
        let fits = || pattern.as_ref().is_none_or(|pattern| pattern.is_match(&message.format()));
        level && is_within(message.path) && fits()
    };
    let row = |message: Message<'_>| Row {
        path: message.path.to_vec(),
        line: message.line,
        cells: vec![
            Cell::Text(message.level.and_then(Level::of_digit).map_or("", |l| l.name).to_owned()),
            Cell::Name(readable(&message.format())),
            Cell::Text(String::from_utf8_lossy(message.function).into_owned()),
        ],
        ..Row::default()
    };
    code.ask(|graph| {
        let messages = Messages::of(graph, &|path| code.bytes(path).ok());
        let rows: Vec<Row> = messages.all().filter(wanted).map(row).collect();
        let text = asked.pattern.as_deref().filter(|_| rows.is_empty() && asked.level.is_none());
        if let Some(text) = text {
            // A message as it was printed, part of which is handed to its format.
            let mut printed = printed(code, graph, text);
            printed.rows.retain(|row| is_within(&row.path));
            return Ok(printed);
        }
        Ok(Answer { columns: columns("Level"), rows, ..Answer::default() })
    })
}

/// The expression that formats are to match: what is none is meant as it stands.
fn pattern(text: &str) -> Result<Regex, regex::Error> {
    let insensitive = !text.chars().any(char::is_uppercase);
    let build =
        |text: &str| RegexBuilder::new(text).case_insensitive(insensitive).unicode(false).build();
    build(text).or_else(|_| build(&regex::escape(text)))
}

fn columns(first: &str) -> Vec<Column> {
    Column::all(&[(first, Role::Text), ("Message", Role::Name), ("Function", Role::Function)])
}

/// A format on one line: line ends as the source has them, but for the last.
pub(super) fn readable(format: &[u8]) -> String {
    let text = String::from_utf8_lossy(format.strip_suffix(b"\n").unwrap_or(format)).into_owned();
    text.replace('\n', "\\n").replace('\t', "\\t")
}
