//! ripgrep's JSON Lines: `begin`, `match`, `context`, `end` and `summary` messages,
//! with the entry's number as `index` in each match.
//!
//! The shapes are those of grep-printer's `jsont` and of ripgrep's summary. Two
//! figures of an `end` message, `elapsed` and `bytes_searched`, are not known a file
//! (files are searched by many threads, or the list is an old one) and are 0. A line
//! that a kept list holds only a part of appears as that part.
//!
//! What a list has besides, ripgrep's readers may skip: `columns` with the values of the
//! list's extra columns by their titles in lower case, `depth` in a tree, `section`, the title
//! that an entry begins, `log`, the log's line that it comes from with all its places, and
//! `revision`, the git revision that the line is of.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Serialize, Serializer};

use super::look::Look;
use super::sanitize::is_obeyed_or_hidden;
use crate::list::{ContextLine, Logged, LoggedAs, LoggedPlace, Match, Meta, Role, Span};

/// One line of output.
#[derive(Serialize)]
#[serde(tag = "type", content = "data", rename_all = "lowercase")]
enum Message<'a> {
    Begin {
        path: Data<'a>,
    },
    Match(Found<'a>),
    Context(Found<'a>),
    End {
        path: Data<'a>,
        binary_offset: Option<u64>,
        stats: Stats,
    },
    Summary {
        elapsed_total: Elapsed,
        stats: Stats,
        #[serde(flatten)]
        more: &'a serde_json::Map<String, serde_json::Value>,
    },
}

/// A matching line, or one beside it.
#[derive(Serialize)]
struct Found<'a> {
    path: Data<'a>,
    lines: Data<'a>,
    line_number: Option<u64>,
    absolute_offset: u64,
    submatches: Vec<SubMatch<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    depth: Option<u16>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    columns: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<LogLine<'a>>,
    /// What is said of a whole report of a log, which is none of its lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<OfReport<'a>>,
}

/// A line of a log.
#[derive(Serialize)]
struct LogLine<'a> {
    line: u64,
    what: LoggedAs,
    places: &'a [LoggedPlace],
}

/// What is said of a report that begins at a line.
#[derive(Serialize)]
struct OfReport<'a> {
    line: u64,
    about: &'a str,
    text: &'a str,
}

fn log_line(logged: &Logged) -> Option<LogLine<'_>> {
    let is_line = logged.what != LoggedAs::Report;
    is_line.then_some(LogLine { line: logged.line, what: logged.what, places: &logged.places })
}

fn of_report(logged: &Logged) -> Option<OfReport<'_>> {
    let remark = logged.remark.as_ref()?;
    Some(OfReport { line: logged.line, about: &remark.about, text: &remark.text })
}

#[derive(Serialize)]
struct SubMatch<'a> {
    #[serde(rename = "match")]
    text: Data<'a>,
    start: u32,
    end: u32,
}

#[derive(Clone, Copy, Default, Serialize)]
struct Stats {
    elapsed: Elapsed,
    searches: u64,
    searches_with_match: u64,
    bytes_searched: u64,
    bytes_printed: u64,
    matched_lines: u64,
    matches: u64,
}

#[derive(Clone, Copy, Default)]
struct Elapsed(Duration);

impl Serialize for Elapsed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut fields = serializer.serialize_struct("Elapsed", 3)?;
        fields.serialize_field("secs", &self.0.as_secs())?;
        fields.serialize_field("nanos", &self.0.subsec_nanos())?;
        fields.serialize_field("human", &format!("{:.6}s", self.0.as_secs_f64()))?;
        fields.end()
    }
}

/// Bytes: as text where they are UTF-8, else in base64.
pub(super) struct Data<'a>(pub(super) &'a [u8]);

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut fields = serializer.serialize_struct("Data", 1)?;
        match std::str::from_utf8(self.0) {
            Ok(text) => fields.serialize_field("text", text)?,
            Err(_) => fields.serialize_field("bytes", &BASE64_STANDARD.encode(self.0))?,
        }
        fields.end()
    }
}

/// What only the search knows for the summary; zeros for a list shown again.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Totals {
    /// How long the command took.
    pub(crate) elapsed: Duration,
    /// How many files were searched.
    pub(crate) searches: u64,
    /// How many bytes were searched.
    pub(crate) bytes_searched: u64,
}

/// Prints entries as JSON Lines.
#[derive(Default)]
pub(crate) struct Json {
    /// The file whose `begin` was printed last.
    path: Option<Vec<u8>>,
    /// Of that file.
    stats: Stats,
    /// Of all files that were ended.
    total: Stats,
    /// What a terminal would obey or hide is written as `\u` escapes.
    visible: bool,
    /// The extra columns' titles, in lower case.
    columns: Vec<String>,
    /// Whether one of them is a tree's.
    is_tree: bool,
    /// The revision that it is all about.
    revision: Option<String>,
    /// What the summary has besides.
    pub(crate) summary: serde_json::Map<String, serde_json::Value>,
}

impl Json {
    /// A printer of the list that `meta` describes; for a terminal, all that JSON itself
    /// doesn't escape is made visible.
    pub(crate) fn new(look: &Look, meta: &Meta) -> Json {
        let columns = meta.columns.iter().map(|column| column.title.to_lowercase()).collect();
        let is_tree = meta.columns.iter().any(|column| column.role == Role::Node);
        let revision = meta.revision.as_ref();
        let mut summary = serde_json::Map::new();
        if let Some(revision) = revision {
            summary.insert("revision".to_owned(), revision.name.clone().into());
            summary.insert("commit".to_owned(), revision.commit.clone().into());
        }
        let revision = revision.map(|revision| revision.name.clone());
        Json { visible: look.visible(), columns, is_tree, revision, summary, ..Json::default() }
    }

    /// Appends one entry, between its file's `begin` and `end`. An entry without a
    /// line is its file's `begin` and `end` alone.
    pub(crate) fn row(
        &mut self,
        out: &mut Vec<u8>,
        index: Option<u64>,
        path: &[u8],
        entry: &Match<'_>,
    ) {
        if self.path.as_deref() != Some(path) {
            self.end_file(out);
            let start = out.len();
            self.write(out, &Message::Begin { path: Data(path) });
            self.stats.bytes_printed = (out.len() - start) as u64;
            self.path = Some(path.to_vec());
        }
        if entry.line == 0 {
            return;
        }
        let start = out.len();
        for line in &entry.before {
            self.write(out, &Message::Context(self.beside(path, line)));
        }
        self.write(
            out,
            &Message::Match(Found {
                path: Data(path),
                lines: Data(entry.text),
                line_number: Some(entry.line),
                absolute_offset: entry.offset + entry.skipped,
                submatches: entry.spans.iter().map(|span| submatch(entry.text, *span)).collect(),
                index,
                revision: self.revision.as_deref(),
                section: entry.section,
                depth: self.is_tree.then_some(entry.depth),
                columns: self
                    .columns
                    .iter()
                    .zip(&entry.cells)
                    .map(|(title, cell)| (title.as_str(), *cell))
                    .collect(),
                log: entry.logged.as_deref().and_then(log_line),
                report: entry.logged.as_deref().and_then(of_report),
            }),
        );
        for line in &entry.after {
            self.write(out, &Message::Context(self.beside(path, line)));
        }
        self.stats.bytes_printed += (out.len() - start) as u64;
        self.stats.matched_lines += entry.last_line() - entry.line + 1;
        self.stats.matches += entry.spans.len() as u64;
    }

    /// Appends the last file's `end` and the summary.
    pub(crate) fn finish(mut self, out: &mut Vec<u8>, totals: Totals) {
        self.end_file(out);
        let elapsed = Elapsed(totals.elapsed);
        let searches = totals.searches.max(self.total.searches_with_match);
        let bytes_searched = totals.bytes_searched;
        let stats = Stats { elapsed, searches, bytes_searched, ..self.total };
        let more = &self.summary;
        self.write(out, &Message::Summary { elapsed_total: elapsed, stats, more });
    }

    /// A line beside a match.
    fn beside<'a>(&'a self, path: &'a [u8], line: &ContextLine<'a>) -> Found<'a> {
        Found {
            path: Data(path),
            lines: Data(line.text),
            line_number: Some(line.line),
            absolute_offset: line.offset,
            submatches: Vec::new(),
            index: None,
            revision: self.revision.as_deref(),
            section: None,
            depth: None,
            columns: BTreeMap::new(),
            log: None,
            report: None,
        }
    }

    fn write(&self, out: &mut Vec<u8>, message: &Message<'_>) {
        push_json(out, self.visible, message);
    }

    fn end_file(&mut self, out: &mut Vec<u8>) {
        let Some(path) = self.path.take() else { return };
        let stats = Stats { searches: 1, searches_with_match: 1, ..self.stats };
        self.write(out, &Message::End { path: Data(&path), binary_offset: None, stats });
        self.total.searches_with_match += 1;
        self.total.bytes_printed += stats.bytes_printed;
        self.total.matched_lines += stats.matched_lines;
        self.total.matches += stats.matches;
        self.stats = Stats::default();
    }
}

/// Appends `value` as one line; when `visible`, with nothing that a terminal would obey.
pub(super) fn push_json(out: &mut Vec<u8>, visible: bool, value: &impl Serialize) {
    let start = out.len();
    serde_json::to_writer(&mut *out, value).expect("plain data goes to memory without errors");
    if visible && let Some(escaped) = escaped(&out[start..]) {
        out.truncate(start);
        out.extend_from_slice(escaped.as_bytes());
    }
    out.push(b'\n');
}

/// JSON with `\u` escapes for what a terminal would obey or hide, which can only be in
/// its strings; none where there is nothing of that.
fn escaped(json: &[u8]) -> Option<String> {
    let json = std::str::from_utf8(json).ok()?;
    if !json.chars().any(is_obeyed_or_hidden) {
        return None;
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_obeyed_or_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                escaped += &format!("\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    Some(escaped)
}

fn submatch(text: &[u8], span: Span) -> SubMatch<'_> {
    let found = text.get(span.start as usize..span.end as usize).unwrap_or_default();
    SubMatch { text: Data(found), start: span.start, end: span.end }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(entries: &[(&[u8], Match<'_>)]) -> Vec<String> {
        let mut out = Vec::new();
        let mut json = Json::default();
        for (index, (path, entry)) in (0..).zip(entries) {
            json.row(&mut out, Some(index), path, entry);
        }
        json.finish(&mut out, Totals::default());
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    /// What `rg --json -C1 'x = foo' a.c` (ripgrep 15.2) prints, with `index` added
    /// and the figures that are not known zeroed.
    #[test]
    fn messages_are_those_of_ripgrep() {
        let entry = Match {
            line: 2,
            offset: 2,
            text: b"\tx = foo;\n",
            spans: vec![Span { start: 1, end: 8 }],
            before: vec![ContextLine { line: 1, offset: 0, text: b"{\n", cut: 0 }],
            after: vec![ContextLine { line: 3, offset: 12, text: b"}", cut: 0 }],
            ..Match::default()
        };
        assert_eq!(
            drawn(&[(b"a.c", entry)]),
            [
                r#"{"type":"begin","data":{"path":{"text":"a.c"}}}"#,
                r#"{"type":"context","data":{"path":{"text":"a.c"},"lines":{"text":"{\n"},"line_number":1,"absolute_offset":0,"submatches":[]}}"#,
                r#"{"type":"match","data":{"path":{"text":"a.c"},"lines":{"text":"\tx = foo;\n"},"line_number":2,"absolute_offset":2,"submatches":[{"match":{"text":"x = foo"},"start":1,"end":8}],"index":0}}"#,
                r#"{"type":"context","data":{"path":{"text":"a.c"},"lines":{"text":"}"},"line_number":3,"absolute_offset":12,"submatches":[]}}"#,
                r#"{"type":"end","data":{"path":{"text":"a.c"},"binary_offset":null,"stats":{"elapsed":{"secs":0,"nanos":0,"human":"0.000000s"},"searches":1,"searches_with_match":1,"bytes_searched":0,"bytes_printed":485,"matched_lines":1,"matches":1}}}"#,
                r#"{"type":"summary","data":{"elapsed_total":{"secs":0,"nanos":0,"human":"0.000000s"},"stats":{"elapsed":{"secs":0,"nanos":0,"human":"0.000000s"},"searches":1,"searches_with_match":1,"bytes_searched":0,"bytes_printed":485,"matched_lines":1,"matches":1}}}"#,
            ]
        );
    }

    #[test]
    fn what_is_not_utf8_is_base64() {
        let entry = Match { line: 1, text: b"caf\xe9\n", ..Match::default() };
        let lines = drawn(&[(b"\xff.c", entry)]);
        assert_eq!(lines[0], r#"{"type":"begin","data":{"path":{"bytes":"/y5j"}}}"#);
        assert!(lines[1].contains(r#""lines":{"bytes":"Y2Fm6Qo="}"#), "{}", lines[1]);
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped_there() {
        let text = "a\u{9b}31m\x7f\u{202e}\u{e0041} é".as_bytes();
        let drawn = |look: &Look| {
            let mut out = Vec::new();
            let mut json = Json { visible: look.visible(), ..Json::default() };
            json.row(&mut out, None, b"a.c", &Match { line: 1, text, ..Match::default() });
            json.finish(&mut out, Totals::default());
            String::from_utf8(out).unwrap()
        };
        let shown = drawn(&Look::of_terminal());
        assert!(shown.contains("a\\u009b31m\\u007f\\u202e\\udb40\\udc41 é"), "{shown}");
        assert!(!shown.chars().any(|c| c != '\n' && is_obeyed_or_hidden(c)), "{shown:?}");
        let line = shown.lines().nth(1).unwrap();
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(value["data"]["lines"]["text"].as_str().unwrap().as_bytes(), text);
        assert!(drawn(&Look::of_pipe()).contains('\u{9b}'));
    }

    #[test]
    fn files_begin_and_end() {
        let entry = || Match { line: 1, text: b"x\n", ..Match::default() };
        let lines = drawn(&[(b"a", entry()), (b"a", entry()), (b"b", entry())]);
        let kinds: Vec<_> = lines.iter().map(|line| line.split('"').nth(3).unwrap()).collect();
        assert_eq!(kinds, ["begin", "match", "match", "end", "begin", "match", "end", "summary"]);
    }
}
