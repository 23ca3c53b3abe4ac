//! A page of an answer: the rows that a client asked for, as text laid out for a reader of tokens
//! (each path once, no padding) and as JSON.

use std::ops::Range;

use serde_json::{Map, Value, json};

/// Which rows of all parts of an answer are shown.
pub(super) struct Window {
    skip: usize,
    left: usize,
}

impl Window {
    /// So many rows, after so many.
    pub(super) fn new(skip: usize, rows: usize) -> Window {
        Window { skip, left: rows }
    }

    /// The rows that are shown of the next part, which has `total`.
    pub(super) fn of(&mut self, total: usize) -> Range<usize> {
        let start = self.skip.min(total);
        self.skip -= start;
        let some = self.left.min(total - start);
        self.left -= some;
        start..start + some
    }

    /// How many rows of the next part need be known.
    pub(super) fn reach(&self) -> usize {
        self.skip.saturating_add(self.left)
    }
}

/// A row.
#[derive(Default)]
pub(super) struct Line {
    pub(super) path: String,
    pub(super) line: u64,
    /// The last line, where it is of several.
    pub(super) last: Option<u64>,
    pub(super) depth: u16,
    /// The title of its part of the answer.
    pub(super) section: Option<String>,
    /// The values of the columns.
    pub(super) cells: Vec<String>,
    /// The source.
    pub(super) text: String,
}

/// What was answered to one of the things asked.
#[derive(Default)]
pub(super) struct Part {
    /// What was asked.
    pub(super) asked: String,
    /// What it comes to, where that is a word.
    pub(super) verdict: Option<String>,
    /// The same, as data.
    pub(super) data: Option<Value>,
    pub(super) total: u64,
    /// Whether there may be more than the total.
    pub(super) at_least: bool,
    /// The number of the first row shown.
    pub(super) start: usize,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Line>,
    pub(super) notes: Vec<String>,
}

/// An answer, as much of it as is shown.
#[derive(Default)]
pub(super) struct Page {
    pub(super) parts: Vec<Part>,
    /// Where it goes on.
    pub(super) next: Option<String>,
    /// What it rests on.
    pub(super) coverage: Map<String, Value>,
}

impl Page {
    /// The page as text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            part.write(&mut text);
        }
        if let Some(next) = &self.next {
            text += &format!("more: cursor {next}\n");
        }
        text
    }

    /// Adds what one of its answers rests on: of several, the page is complete where all are.
    pub(super) fn cover(&mut self, mut known: Map<String, Value>) {
        let no = Value::Bool(false);
        if self.coverage.get("complete") == Some(&no) {
            known.insert("complete".to_owned(), no);
        }
        self.coverage.extend(known);
    }

    /// The page as JSON.
    pub(super) fn json(&self) -> Value {
        let answers: Vec<Value> = self.parts.iter().map(Part::json).collect();
        let mut page = json!({ "answers": answers, "coverage": self.coverage });
        if let (Some(next), Some(parts)) = (&self.next, page.as_object_mut()) {
            parts.insert("next".to_owned(), json!(next));
        }
        page
    }
}

impl Part {
    fn write(&self, text: &mut String) {
        *text += &format!("# {}: ", self.asked);
        if let Some(verdict) = &self.verdict {
            *text += &format!("{verdict}, ");
        }
        if self.at_least {
            *text += "at least ";
        }
        *text += &match self.total {
            1 => "1 row".to_owned(),
            total => format!("{total} rows"),
        };
        if !self.rows.is_empty() && (self.rows.len() as u64) < self.total {
            *text += &format!(" ({} to {})", self.start + 1, self.start + self.rows.len());
        }
        text.push('\n');
        for note in &self.notes {
            *text += &format!("note: {note}\n");
        }
        let (mut section, mut path) = (None, "");
        for row in &self.rows {
            // The rest of a chain has no title of its own.
            if let Some(title) = row.section.as_deref().filter(|title| section != Some(*title)) {
                *text += &format!("## {title}\n");
                (section, path) = (Some(title), "");
            }
            if !row.path.is_empty() && row.path != path {
                *text += &format!("{}\n", row.path);
                path = &row.path;
            }
            row.write(text);
        }
    }

    fn json(&self) -> Value {
        let rows: Vec<Value> = self.rows.iter().map(|row| row.json(&self.columns)).collect();
        let mut part = json!({ "asked": self.asked, "total": self.total, "rows": rows });
        let Some(parts) = part.as_object_mut() else { return part };
        if self.at_least {
            parts.insert("at_least".to_owned(), json!(true));
        }
        if let Some(verdict) = &self.verdict {
            parts.insert("verdict".to_owned(), json!(verdict));
        }
        if let Some(Value::Object(data)) = &self.data {
            parts.extend(data.clone());
        }
        if !self.notes.is_empty() {
            parts.insert("notes".to_owned(), json!(self.notes));
        }
        part
    }
}

impl Line {
    fn write(&self, text: &mut String) {
        for _ in 0..self.depth {
            text.push(' ');
        }
        let place = match self.last {
            Some(last) => format!("{}-{last}", self.line),
            // What the tree has no place for.
            None if self.path.is_empty() => String::new(),
            None => self.line.to_string(),
        };
        *text += &place;
        let cells: Vec<&str> =
            self.cells.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
        if !cells.is_empty() {
            let gap = if place.is_empty() { "" } else { " " };
            *text += &format!("{gap}{}", cells.join("; "));
        }
        match self.last {
            Some(_) => *text += &format!("\n{}\n", self.text),
            None if self.text.is_empty() => text.push('\n'),
            None => *text += &format!(": {}\n", self.text),
        }
    }

    fn json(&self, columns: &[String]) -> Value {
        let mut row = Map::new();
        if !self.path.is_empty() {
            row.insert("path".to_owned(), json!(self.path));
            row.insert("line".to_owned(), json!(self.line));
        }
        if let Some(last) = self.last {
            row.insert("last".to_owned(), json!(last));
        }
        if self.depth > 0 {
            row.insert("depth".to_owned(), json!(self.depth));
        }
        if let Some(section) = &self.section {
            row.insert("section".to_owned(), json!(section));
        }
        let cells = columns.iter().zip(&self.cells).filter(|(_, cell)| !cell.is_empty());
        let cells: Map<String, Value> =
            cells.map(|(title, cell)| (title.to_lowercase(), json!(cell))).collect();
        if !cells.is_empty() {
            row.insert("cells".to_owned(), Value::Object(cells));
        }
        row.insert("text".to_owned(), json!(self.text));
        Value::Object(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_goes_over_several_parts() {
        let mut window = Window::new(3, 4);
        assert_eq!(window.reach(), 7);
        assert_eq!([window.of(2), window.of(3), window.of(9)], [2..2, 1..3, 0..2]);
        assert_eq!(window.of(5), 0..0);
    }

    #[test]
    fn a_path_stands_once_above_its_rows() {
        let row = |path: &str, line| Line {
            path: path.to_owned(),
            line,
            cells: vec!["call".to_owned()],
            text: "f();".to_owned(),
            ..Line::default()
        };
        let part = Part {
            asked: "callers of f".to_owned(),
            total: 9,
            start: 2,
            columns: vec!["How".to_owned()],
            rows: vec![row("a.c", 1), row("a.c", 5), Line { depth: 1, ..row("b.c", 2) }],
            ..Part::default()
        };
        let page = Page { parts: vec![part], next: Some("5-a".to_owned()), ..Page::default() };
        let expected = "# callers of f: 9 rows (3 to 5)\na.c\n1 call: f();\n5 call: f();\nb.c\n 2 \
                        call: f();\nmore: cursor 5-a\n";
        assert_eq!(page.text(), expected);
        assert_eq!(page.json()["answers"][0]["rows"][2]["cells"]["how"], "call");
    }
}
