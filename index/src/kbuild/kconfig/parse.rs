//! Reads Kconfig files from the top one down: entries with the conditions of all that is
//! around them. Help texts are left out, macros are unknown.

use super::{Attribute, Condition, Definition, Expression, Kind, Relation};
use crate::kbuild::Files;
use crate::kbuild::files::{below, normal, split};
use crate::kbuild::lines::Lines;
use crate::kbuild::quotes;

/// Files that are read at most, each counted as often as it is read.
const FILES: usize = 20_000;
/// Files in each other.
const DEEPEST: usize = 40;

pub(super) struct Parser<'a> {
    pub(super) files: &'a dyn Files,
    /// `SRCARCH` and the like.
    pub(super) variables: Vec<(&'static str, String)>,
    pub(super) definitions: Vec<Definition>,
    pub(super) read: Vec<Vec<u8>>,
    /// Files that are being read, against circles.
    open: Vec<Vec<u8>>,
    around: Vec<Around>,
}

/// A menu, a choice or an `if` that is open.
struct Around {
    keyword: &'static [u8],
    title: Vec<u8>,
    conditions: Vec<Condition>,
    visible: Vec<Condition>,
}

/// What the attributes that follow belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Nothing,
    Symbol,
    Around,
}

impl<'a> Parser<'a> {
    pub(super) fn new(files: &'a dyn Files, variables: Vec<(&'static str, String)>) -> Parser<'a> {
        let (definitions, read, open, around) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Parser { files, variables, definitions, read, open, around }
    }

    pub(super) fn file(&mut self, path: &[u8]) {
        let is_open = self.open.iter().any(|open| open == path);
        if is_open || self.open.len() >= DEEPEST || self.read.len() >= FILES {
            return;
        }
        let Some(bytes) = self.files.read(path) else { return };
        self.read.push(path.to_vec());
        self.open.push(path.to_vec());
        let depth = self.around.len();
        let mut owner = Owner::Nothing;
        let mut lines = Lines::new(&bytes);
        while let Some((line, text)) = next(&mut lines) {
            let (keyword, rest) = word(&text);
            if matches!(keyword, b"help" | b"---help---") && rest.is_empty() {
                leave_out_help(&mut lines);
            } else {
                owner = self.line(owner, line, keyword, rest);
            }
        }
        self.around.truncate(depth);
        self.open.pop();
    }

    fn line(&mut self, owner: Owner, line: u32, keyword: &[u8], rest: &[u8]) -> Owner {
        match keyword {
            b"config" | b"menuconfig" => {
                self.symbol(line, rest);
                Owner::Symbol
            }
            b"menu" => self.open_around(b"menu", quoted(rest)),
            b"choice" => self.open_around(b"choice", Vec::new()),
            b"if" => {
                self.open_around(b"if", Vec::new());
                let condition = self.condition(line, rest);
                if let (Some(around), Some(condition)) = (self.around.last_mut(), condition) {
                    around.conditions.push(condition);
                }
                Owner::Nothing
            }
            b"endmenu" | b"endchoice" | b"endif" => {
                if self.around.last().is_some_and(|around| around.keyword == &keyword[3..]) {
                    self.around.pop();
                }
                Owner::Nothing
            }
            b"source" | b"rsource" | b"osource" | b"orsource" => {
                let name = self.expanded(&quoted(rest));
                let is_relative = keyword.starts_with(b"r") || keyword.starts_with(b"or");
                let folder = self.open.last().map(|open| split(open).0.to_vec());
                let path = match folder {
                    Some(folder) if is_relative => below(&folder, &name),
                    _ => normal(&name),
                };
                self.file(&path);
                Owner::Nothing
            }
            b"comment" | b"mainmenu" => Owner::Nothing,
            _ => {
                match owner {
                    Owner::Symbol => self.attribute(line, keyword, rest),
                    Owner::Around => self.around_attribute(line, keyword, rest),
                    Owner::Nothing => {}
                }
                owner
            }
        }
    }

    fn open_around(&mut self, keyword: &'static [u8], title: Vec<u8>) -> Owner {
        if self.around.len() < 1000 {
            let (conditions, visible) = (Vec::new(), Vec::new());
            self.around.push(Around { keyword, title, conditions, visible });
        }
        Owner::Around
    }

    fn symbol(&mut self, line: u32, rest: &[u8]) {
        let name = word(rest).0.to_vec();
        let conditions = self.around.iter().flat_map(|around| around.conditions.clone()).collect();
        let visible = self.around.iter().flat_map(|around| around.visible.clone()).collect();
        let menus = self.around.iter().filter(|around| !around.title.is_empty());
        self.definitions.push(Definition {
            name,
            file: self.open.last().cloned().unwrap_or_default(),
            line,
            kind: Kind::Unknown,
            prompt: None,
            depends: conditions,
            visible,
            relations: Vec::new(),
            in_choice: self.around.iter().any(|around| around.keyword == b"choice"),
            menus: menus.map(|around| around.title.clone()).collect(),
        });
    }

    fn attribute(&mut self, line: u32, keyword: &[u8], rest: &[u8]) {
        let (text, condition) = split_if(rest);
        let condition = condition.and_then(|text| self.condition(line, text));
        let depends = if keyword == b"depends" { self.depends(line, rest) } else { None };
        let value = Expression::parse(text);
        let Some(symbol) = self.definitions.last_mut() else { return };
        let kind = match keyword {
            b"bool" | b"boolean" | b"def_bool" => Kind::Bool,
            b"tristate" | b"def_tristate" => Kind::Tristate,
            b"int" => Kind::Int,
            b"hex" => Kind::Hex,
            b"string" => Kind::Text,
            _ => symbol.kind,
        };
        symbol.kind = kind;
        let relation = match keyword {
            b"depends" => {
                symbol.depends.extend(depends);
                return;
            }
            b"select" => Relation::Select,
            b"imply" => Relation::Imply,
            b"default" | b"def_bool" | b"def_tristate" => Relation::Default,
            b"bool" | b"boolean" | b"tristate" | b"int" | b"hex" | b"string" | b"prompt" => {
                if text.first().is_some_and(|b| matches!(b, b'"' | b'\'')) {
                    symbol.prompt = Some((quoted(text), condition));
                }
                return;
            }
            _ => return,
        };
        if let Some(value) = value {
            symbol.relations.push(Attribute { relation, value, condition, line });
        }
    }

    fn around_attribute(&mut self, line: u32, keyword: &[u8], rest: &[u8]) {
        match keyword {
            b"depends" => {
                let condition = self.depends(line, rest);
                if let Some(around) = self.around.last_mut() {
                    around.conditions.extend(condition);
                }
            }
            b"visible" => {
                let condition = self.condition(line, word(rest).1);
                if let Some(around) = self.around.last_mut() {
                    around.visible.extend(condition);
                }
            }
            b"prompt" | b"bool" | b"tristate" => {
                if let Some(around) = self.around.last_mut() {
                    around.title = quoted(rest);
                }
            }
            _ => {}
        }
    }

    fn depends(&self, line: u32, rest: &[u8]) -> Option<Condition> {
        let (on, text) = word(rest);
        if on == b"on" { self.condition(line, text) } else { None }
    }

    fn condition(&self, line: u32, text: &[u8]) -> Option<Condition> {
        let expression =
            Expression::parse(text).unwrap_or_else(|| Expression::Macro(text.to_vec()));
        let file = self.open.last().cloned().unwrap_or_default();
        Some(Condition { expression, file, line })
    }

    /// A path with `$(SRCARCH)` or `$SRCARCH` replaced.
    fn expanded(&self, text: &[u8]) -> Vec<u8> {
        let mut text = String::from_utf8_lossy(text).into_owned();
        for (name, value) in &self.variables {
            text = text.replace(&format!("$({name})"), value).replace(&format!("${name}"), value);
        }
        text.into_bytes()
    }
}

/// The next line that says something, with those that continue it, without comments; and its
/// number.
fn next(lines: &mut Lines<'_>) -> Option<(u32, Vec<u8>)> {
    loop {
        let mut text = lines.next()?.trim_ascii().to_vec();
        let number = lines.number;
        while text.last() == Some(&b'\\') {
            text.pop();
            let Some(more) = lines.next() else { break };
            text.push(b' ');
            text.extend_from_slice(more.trim_ascii());
        }
        text.truncate(comment_start(&text));
        text.truncate(text.trim_ascii_end().len());
        if !text.is_empty() {
            return Some((number, text));
        }
    }
}

/// Leaves out lines as long as they are indented like the first one, or empty.
fn leave_out_help(lines: &mut Lines<'_>) {
    let mut least = None;
    loop {
        let before = lines.here();
        let Some(line) = lines.next() else { return };
        if line.trim_ascii().is_empty() {
            continue;
        }
        let indent = indentation(line);
        let least = *least.get_or_insert(indent);
        if indent < least || indent == 0 {
            *lines = before;
            return;
        }
    }
}

fn indentation(line: &[u8]) -> usize {
    let mut columns = 0;
    for byte in line {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns = (columns & !7) + 8,
            _ => break,
        }
    }
    columns
}

/// Where a `#` outside of quotes begins a comment.
fn comment_start(text: &[u8]) -> usize {
    let start = quotes::outside(text).find(|(_, byte)| *byte == b'#');
    start.map_or(text.len(), |(at, _)| at)
}

/// The first word and what follows it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_start();
    let end = text.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'('));
    let end = end.unwrap_or(text.len());
    (&text[..end], text[end..].trim_ascii())
}

/// The text in quotes, or the first word.
fn quoted(text: &[u8]) -> Vec<u8> {
    let text = text.trim_ascii();
    quotes::read(text).map_or_else(|| word(text).0.to_vec(), |quoted| quoted.text)
}

/// A value and the condition after its ` if `.
fn split_if(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    let is_if = |at: usize| {
        let before = at > 0 && matches!(text[at - 1], b' ' | b'\t' | b'"' | b'\'' | b')');
        let after = text.get(at + 2).is_some_and(|b| matches!(b, b' ' | b'\t' | b'(' | b'!'));
        text[at..].starts_with(b"if") && before && after
    };
    match quotes::outside(text).find(|(at, byte)| *byte == b'i' && is_if(*at)) {
        Some((at, _)) => (text[..at].trim_ascii(), Some(text[at + 2..].trim_ascii())),
        None => (text.trim_ascii(), None),
    }
}
