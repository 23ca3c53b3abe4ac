//! What a file holds, nested: for a tree beside the text.

use kgrep_index::outline::{Definition, Kind};

use super::Part;
use super::define::bare;
use super::open::Open;
use crate::Result;
use crate::answer::DefinitionKind;
use crate::code::Code;
use crate::code::declared::{Declared, declared};

/// Something that a file defines, with what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// What it is in words.
    pub words: String,
    /// Where its name stands.
    pub part: Part,
    /// First and last line.
    pub extent: (u32, u32),
    /// What is in it.
    pub inside: Vec<Symbol>,
}

impl Code {
    /// What the file at `path` defines, in its order.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn symbols_in(&self, path: &[u8]) -> Result<Vec<Symbol>> {
        let file = Open::new(self, path)?;
        let outline = file.outline();
        let mut own: Vec<&Definition> = outline.definitions.iter().collect();
        // Of members the outline has those that hold functions or structures.
        own.retain(|d| {
            !matches!(d.kind, Kind::File | Kind::Member) && !outline.name(d.name).is_empty()
        });
        own.sort_by_key(|d| (d.first, std::cmp::Reverse(d.last)));
        let mut top: Vec<Symbol> = Vec::new();
        for definition in own {
            let (kind, flags) = (definition.kind, definition.flags);
            let name = bare(outline.name(definition.name), kind);
            let part = file.named(name.as_bytes(), definition.first, definition.last);
            let words = DefinitionKind { kind, flags, member_of: None }.to_string();
            let extent = (definition.first, definition.last.max(definition.first));
            let mut inside = Vec::new();
            if matches!(kind, Kind::Struct | Kind::Union) {
                inside = members(&file, extent);
            }
            put(&mut top, Symbol { name, kind, words, part, extent, inside });
        }
        Ok(top)
    }
}

/// The members of the structure on these lines.
fn members(file: &Open<'_>, extent: (u32, u32)) -> Vec<Symbol> {
    let found = declared(file.between(extent.0, extent.1), file.bytes(), None).into_iter();
    let member = |member: Declared| {
        let line = member.token.line;
        let part = file.part(line, member.token.start as usize, member.token.end as usize);
        let words = member.of.map_or(String::new(), |of| of.name);
        let kind = Kind::Member;
        Symbol { name: member.name, kind, words, part, extent: (line, line), inside: Vec::new() }
    };
    found.map(member).collect()
}

/// Puts a symbol into the one that holds it. One place may have several names: the first is told.
fn put(among: &mut Vec<Symbol>, symbol: Symbol) {
    match among.last_mut() {
        Some(last) if last.extent == symbol.extent && last.part == symbol.part => {}
        Some(last) if holds(last, &symbol) => put(&mut last.inside, symbol),
        _ => among.push(symbol),
    }
}

fn holds(outer: &Symbol, inner: &Symbol) -> bool {
    let is_part = matches!(inner.kind, Kind::Member | Kind::Enumerator);
    let (first, last) = outer.extent;
    let within = first <= inner.extent.0 && inner.extent.1 <= last;
    within && (is_part || first < inner.extent.0 && inner.extent.1 < last)
}
