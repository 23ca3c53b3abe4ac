//! What is told of the word under the mouse: its head, its comment, its `#if`, what builds it, how
//! often it is used, what documents tell of it.

use std::collections::HashSet;

use kgrep_index::graph::{DefInfo, Graph};
use kgrep_index::outline::{Kind, guards};

use super::define::definitions_of_word;
use super::open::Open;
use super::types::Member;
use super::word::{Role, Word};
use super::{Part, Spot};
use crate::Result;
use crate::answer::DefinitionKind;
use crate::code::{Code, documented, is_export};
use crate::log::made_by;

/// What is told of a word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hover {
    /// Where the word stands.
    pub part: Option<Part>,
    /// The definition's text, as far as it is a head.
    pub head: String,
    /// What it is in words; nothing for a local.
    pub words: String,
    /// Where that stands, below the tree's root, and its line.
    pub place: Option<(Vec<u8>, u32)>,
    /// What its comment tells, as Markdown.
    pub comment: String,
    /// Under which `#if` it stands.
    pub guard: String,
    /// What builds its file: the module or object, and the Kconfig symbol that decides.
    pub built: Option<(String, Option<String>)>,
    /// How many definitions use it, where it is called; of very many those that use its name.
    pub users: Option<usize>,
    /// How many other definitions there are.
    pub more: usize,
    /// Documents that have its name: paths below the tree's root, and lines.
    pub documents: Vec<(Vec<u8>, u32)>,
}

/// More users are not told apart by what they mean.
const MANY: usize = 200;

/// The most lines of a head; a longer one is cut.
const LONGEST: u32 = 40;

impl Code {
    /// What is there to tell of the word at `spot`.
    ///
    /// # Errors
    /// When the file or the tree can't be read.
    pub fn hover_at(&self, spot: &Spot) -> Result<Option<Hover>> {
        let file = Open::new(self, &spot.path)?;
        let Some(word) = file.word(spot.line, spot.column) else { return Ok(None) };
        if matches!(word.role, Role::File(..)) {
            return Ok(None);
        }
        if let Some(local) = file.local(&word).filter(|_| word.role == Role::Plain) {
            let text = &file.bytes()[local.start as usize..local.end as usize];
            let head = String::from_utf8_lossy(text).trim_end_matches(['{', ' ']).to_owned();
            let place = Some((file.path.clone(), local.token.line));
            return Ok(Some(Hover { part: Some(word.part), head, place, ..Hover::default() }));
        }
        self.ask(|graph| {
            if let Some(member) = file.member(graph, &word)? {
                return Ok(Some(of_member(&word, &member)));
            }
            let found = definitions_of_word(graph, &file, &word);
            // Not every word of a comment is a name.
            let Some(best) = found.first() else { return Ok(None) };
            if word.role == Role::Said && best.kind == Kind::Member {
                return Ok(None);
            }
            let others = found.iter().skip(1).filter(|d| d.kind != Kind::Declaration).count();
            Ok(Some(self.of_definition(graph, &word, best, others)?))
        })
    }

    fn of_definition(
        &self,
        graph: &Graph<'_>,
        word: &Word,
        best: &DefInfo,
        more: usize,
    ) -> Result<Hover> {
        let file = Open::new(self, graph.path(best.file))?;
        let (kind, flags) = (best.kind, best.flags);
        let guard = guards(&file.path, file.bytes(), &[best.first]).into_iter().next();
        let read = |path: &[u8]| self.bytes(path).ok();
        let is_used = kind.is_callable() || matches!(kind, Kind::Macro | Kind::Constant);
        let by_name = graph.users_of(best.name).len();
        let users = is_used.then(|| {
            // Of what is used everywhere it is enough to know that.
            if by_name > MANY {
                return by_name;
            }
            let users = graph.callers(best, self.arch, true);
            let users = users.iter().map(|caller| caller.definition);
            let users = users.filter(|user| !is_export(&graph.name(user.name)));
            users.map(|user| user.id).collect::<HashSet<_>>().len()
        });
        Ok(Hover {
            part: Some(word.part.clone()),
            head: head(&file, best.first, best.last, kind),
            words: DefinitionKind { kind, flags, member_of: None }.to_string(),
            place: Some((file.path.clone(), best.first)),
            documents: if has_kernel_doc(&file, best.first) {
                self.documents_on(&word.name)
            } else {
                Vec::new()
            },
            comment: comment(&file, best.first),
            guard: String::from_utf8_lossy(&guard.unwrap_or_default()).into_owned(),
            built: made_by(&file.path, &read),
            users,
            more,
        })
    }
}

fn of_member(word: &Word, member: &Member<'_>) -> Hover {
    let declared = &member.declared;
    let text = &member.file.bytes()[declared.start as usize..declared.end as usize];
    let head = String::from_utf8_lossy(text).into_owned();
    Hover {
        part: Some(word.part.clone()),
        head: format!("{head};"),
        words: format!("member of {}", member.structure),
        place: Some((member.file.path.clone(), declared.token.line)),
        comment: comment(&member.file, declared.token.line),
        ..Hover::default()
    }
}

/// The text of a definition up to its body; of a type, a constant or an entry all of it, up to a
/// length.
pub(super) fn head(file: &Open<'_>, first: u32, last: u32, kind: Kind) -> String {
    let is_body = kind.is_callable() || kind == Kind::Variable;
    let mut lines: Vec<String> = Vec::new();
    for line in first..=last.max(first) {
        if line - first >= LONGEST {
            lines.push("…".to_owned());
            break;
        }
        let text = String::from_utf8_lossy(file.line(line)).into_owned();
        let cut = if is_body { text.find('{') } else { None };
        lines.push(cut.map_or(text.as_str(), |at| &text[..at]).trim_end().to_owned());
        if cut.is_some() {
            break;
        }
    }
    lines.join("\n").trim_end_matches(['=', '\n', ' ']).to_owned()
}

/// The comment above a line as Markdown: of a kernel-doc comment the parts in their own form, of
/// another one its text.
pub(super) fn comment(file: &Open<'_>, first: u32) -> String {
    let begins = documented(&file.source, u64::from(first));
    let begins = u32::try_from(begins).unwrap_or(first);
    let lines: Vec<String> =
        (begins..first).map(|line| String::from_utf8_lossy(file.line(line)).into_owned()).collect();
    let is_kernel_doc = has_kernel_doc(file, first);
    let stripped = lines.iter().map(|line| stripped(line));
    if is_kernel_doc { as_markdown(stripped) } else { plain(stripped) }
}

/// Whether a kernel-doc comment stands above a line: what documents are about has one.
fn has_kernel_doc(file: &Open<'_>, first: u32) -> bool {
    let begins = documented(&file.source, u64::from(first));
    let begins = u32::try_from(begins).unwrap_or(first);
    begins < first && file.line(begins).trim_ascii() == b"/**"
}

/// A comment's line without what makes it one.
fn stripped(line: &str) -> &str {
    let line = line.trim_end().trim_end_matches("*/").trim_end();
    let text = line.trim_start();
    let rest = text.trim_start_matches("//").trim_start_matches("/**").trim_start_matches("/*");
    let rest = if rest.len() == text.len() { text.strip_prefix('*').unwrap_or(text) } else { rest };
    rest.strip_prefix(' ').unwrap_or(rest)
}

fn plain<'l>(lines: impl Iterator<Item = &'l str>) -> String {
    let lines: Vec<&str> = lines.collect();
    lines.join("\n").trim().to_owned()
}

/// The parts of a kernel-doc comment (`Documentation/doc-guide/kernel-doc.rst`): the summary,
/// `@parameter: text`, `Section: text`, and prose.
fn as_markdown<'l>(lines: impl Iterator<Item = &'l str>) -> String {
    let mut page = String::new();
    for line in lines {
        let text = line.trim();
        if let Some((name, told)) = text.strip_prefix('@').and_then(|text| text.split_once(':')) {
            page += &format!("\n- `{}`: {}", name.trim(), marked(told.trim()));
        } else if let Some((title, told)) = text.split_once(':').filter(|(t, _)| is_section(t)) {
            page += &format!("\n\n**{title}:** {}", marked(told.trim()));
        } else if text.is_empty() {
            page.push_str("\n\n");
        } else {
            if !page.ends_with('\n') && !page.is_empty() {
                page.push('\n');
            }
            page += &marked(text);
        }
    }
    while page.contains("\n\n\n") {
        page = page.replace("\n\n\n", "\n\n");
    }
    page.trim().to_owned()
}

/// Whether a line's beginning is the title of a section.
fn is_section(title: &str) -> bool {
    let words = title.split(' ').count();
    title.starts_with(|c: char| c.is_ascii_uppercase())
        && words <= 2
        && title.chars().all(|c| c.is_ascii_alphabetic() || c == ' ')
}

/// A line with what kernel-doc marks as names (`%CONST`, `&struct lamp`, `@name`, `lamp_on()`) in
/// Markdown's way.
fn marked(text: &str) -> String {
    let word = |word: &str| {
        let end =
            word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && c != ')' && c != '_');
        let (name, rest) = word.split_at(end.len());
        let name_of = |name: &str| !name.is_empty() && !name.contains('`');
        match name.strip_prefix(['%', '&', '@']) {
            // `&struct lamp` is two words.
            Some(tag @ ("struct" | "union" | "enum" | "typedef")) => format!("{tag}{rest}"),
            Some(bare) if name_of(bare) => format!("`{bare}`{rest}"),
            None if name.ends_with("()") && name.len() > 2 && !name.contains('`') => {
                format!("`{name}`{rest}")
            }
            _ => word.to_owned(),
        }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernel_doc_is_rendered() {
        let text = "/**\n * lamp_on - switch a lamp on\n * @lamp: the lamp, see &struct lamp.\n\
            \x20* @watts: how bright,\n *         at most %MOST_WATTS\n *\n * Calls bulb_on() first.\n\
            \x20*\n * Context: any.\n * Return: 0 or an error.\n */";
        let page = as_markdown(text.lines().map(stripped));
        let expected = "lamp_on - switch a lamp on\n- `lamp`: the lamp, see struct lamp.\n\
            - `watts`: how bright,\nat most `MOST_WATTS`\n\nCalls `bulb_on()` first.\n\n\
            **Context:** any.\n\n**Return:** 0 or an error.";
        assert_eq!(page, expected);
    }

    #[test]
    fn a_plain_comment_is_its_text() {
        assert_eq!(plain("/* Switches on. */".lines().map(stripped)), "Switches on.");
        assert_eq!(plain("// one\n// two".lines().map(stripped)), "one\ntwo");
    }
}
