//! What all look-ups share: the tree's graph, its text, and the files read so far.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::Result;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use kgrep_index::graph::{Arch, DefId, DefInfo, Graph, Program};
use kgrep_index::outline::{Definition, FileOutline, Kind, Language, guards, outline};
use memchr::memmem;
use serde_bytes::ByteBuf;

use super::apart::{self, Apart, is_told_apart};
use super::mentions::{InFile, Line, Mentions};
use super::wanted::Wanted;
use crate::code::{Code, Ranking, leave_seen};
use crate::diff::context::c;
use crate::excerpt::{ByLine, Excerpt};
use crate::relocate::SourceFile;

/// A place that is part of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The file, below the root.
    pub path: Vec<u8>,
    /// The line, from 1.
    pub line: u32,
    /// The name in it that stands out.
    pub name: String,
    /// What is to be said of it.
    pub note: String,
    /// Where that is defined, for what is called.
    pub defined: String,
}

/// The most definitions of a file whose conditions are told without its outline.
const FEW: usize = 16;

/// How much is told.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many steps of calls are followed.
    pub depth: usize,
    /// Whether whole functions are shown.
    pub body: bool,
    /// Whether sections are shown to their last row.
    pub all: bool,
}

/// Looks things up in one tree.
pub struct Tracer<'a, 'g> {
    /// The tree.
    pub code: &'a Code,
    /// Its graph.
    pub graph: &'a Graph<'g>,
    /// How much is told.
    pub options: Options,
    mentions: Mentions<'a>,
    files: HashMap<Vec<u8>, Arc<SourceFile>>,
    outlines: HashMap<Vec<u8>, Rc<Outlined>>,
    /// What was read of definitions without their files.
    apart: HashMap<DefId, Apart>,
    /// How often the condition of a definition was asked for, by file.
    guarded: HashMap<Vec<u8>, usize>,
    /// The files from which it is asked, and how many definitions they don't mean.
    seen_from: (Vec<ByteBuf>, usize),
    /// The size of the files at hand.
    at_hand: usize,
}

/// The files at hand are given back when they are larger than this.
const AT_HAND: usize = 48 << 20;

/// A file's outline, and where each definition is in it.
pub struct Outlined {
    outline: FileOutline,
    by_line: HashMap<(u32, Kind), Vec<usize>>,
}

impl<'a, 'g> Tracer<'a, 'g> {
    /// A tracer in the tree of `code`.
    pub fn new(code: &'a Code, graph: &'a Graph<'g>, options: Options) -> Tracer<'a, 'g> {
        Tracer {
            code,
            graph,
            options,
            mentions: Mentions::new(code),
            files: HashMap::new(),
            outlines: HashMap::new(),
            apart: HashMap::new(),
            guarded: HashMap::new(),
            seen_from: (Vec::new(), 0),
            at_hand: 0,
        }
    }

    /// Says from which files of the tree it is asked: what these can mean is what is traced.
    pub fn see_from(&mut self, paths: Vec<ByteBuf>) {
        self.seen_from = (paths, 0);
    }

    /// How many definitions these files don't mean.
    pub fn left_out(&self) -> usize {
        self.seen_from.1
    }

    /// Leaves what the files can mean from which it is asked.
    pub(super) fn leave_seen(&mut self, definitions: &mut Vec<DefInfo>) {
        let others = leave_seen(self.graph, self.arch(), &self.seen_from.0, definitions);
        self.seen_from.1 += others;
    }

    /// The architecture that counts.
    pub fn arch(&self) -> Arch {
        self.code.arch
    }

    /// The lines that are wanted.
    ///
    /// # Errors
    /// If the tree can't be walked, or a pattern or glob is not valid.
    pub fn lines(&mut self, wanted: &Wanted) -> Result<Rc<Vec<InFile>>> {
        self.mentions.of(wanted)
    }

    /// Looks for lines that will be asked for, all at once.
    ///
    /// # Errors
    /// As for [`Tracer::lines`].
    pub fn look_for(&mut self, wanted: &[Wanted]) -> Result<()> {
        self.mentions.look_for(wanted)
    }

    /// How many files the tree has, and in path order those whose name is `wanted`.
    ///
    /// # Errors
    /// When the tree can't be walked.
    pub fn pick_files(
        &mut self,
        wanted: impl Fn(&[u8]) -> bool + Sync,
    ) -> Result<(usize, Vec<Vec<u8>>)> {
        self.mentions.pick(wanted)
    }

    /// The files that lines were looked for in, and that could not be read.
    pub fn unread(&self) -> &[Vec<u8>] {
        self.mentions.unread()
    }

    /// What `work` makes of each file that may have wanted lines, in path order.
    ///
    /// # Errors
    /// As for [`Tracer::lines`].
    pub fn in_files<R: Send>(
        &mut self,
        wanted: &Wanted,
        work: impl Fn(&[u8], Vec<u8>, Vec<Line>) -> R + Sync,
    ) -> Result<Vec<R>> {
        self.mentions.in_files(wanted, work)
    }

    /// The file at `path`; an empty one when it can't be read.
    pub fn file(&mut self, path: &[u8]) -> Arc<SourceFile> {
        if let Some(file) = self.files.get(path) {
            return file.clone();
        }
        let file = Arc::new(self.code.lines(path).unwrap_or_default());
        self.make_room(file.bytes().len());
        self.files.insert(path.to_vec(), file.clone());
        file
    }

    /// Reads what will be told of definitions that are told without their files.
    pub(super) fn expect(&mut self, definitions: &[DefInfo]) {
        let is_open = |d: &&DefInfo| {
            is_told_apart(self.graph, d)
                && !self.apart.contains_key(&d.id)
                && !self.files.contains_key(self.graph.path(d.file))
        };
        let open: Vec<DefInfo> = definitions.iter().filter(is_open).copied().collect();
        self.apart.extend(apart::read(self.code, self.graph, &open));
    }

    /// The lines of a definition, with the one above it, if not more of its file; none where it can't be read.
    pub(super) fn lines_of(&mut self, definition: &DefInfo) -> Excerpt {
        self.expect(std::slice::from_ref(definition));
        match self.apart.get(&definition.id) {
            Some(apart) => apart.lines.clone(),
            None => Excerpt::whole(self.file(&self.path(definition))),
        }
    }

    /// A line's text, without its end; empty for one that is not there.
    pub fn text(&mut self, path: &[u8], line: u32) -> String {
        let file = self.file(path);
        let text = file.line(u64::from(line)).unwrap_or_default();
        String::from_utf8_lossy(text).trim_end().to_owned()
    }

    /// Gives the files at hand back where there would be too many with another of `size`.
    fn make_room(&mut self, size: usize) {
        if self.at_hand + size > AT_HAND {
            self.files.clear();
            self.outlines.clear();
            self.at_hand = 0;
        }
        self.at_hand += size;
    }

    /// The outline of the file at `path`.
    pub fn outline(&mut self, path: &[u8]) -> Rc<Outlined> {
        if let Some(outline) = self.outlines.get(path) {
            return outline.clone();
        }
        let file = self.file(path);
        let outline = outline(path, file.bytes(), self.code.idioms());
        let mut by_line: HashMap<(u32, Kind), Vec<usize>> = HashMap::new();
        for (at, definition) in outline.definitions.iter().enumerate() {
            by_line.entry((definition.first, definition.kind)).or_default().push(at);
        }
        // About as large again as the file that it is of.
        self.make_room(file.bytes().len());
        let made = Rc::new(Outlined { outline, by_line });
        self.outlines.insert(path.to_vec(), made.clone());
        made
    }

    /// The function, table or structure that a line is in; none for what is only a line.
    pub fn within(&mut self, path: &[u8], line: u32) -> Option<String> {
        if Language::of(path) == Some(Language::C)
            && let Some(name) = c::define(self.text(path, line).trim_start().as_bytes())
        {
            return Some(String::from_utf8_lossy(name).into_owned());
        }
        let outlined = self.outline(path);
        let outline = &outlined.outline;
        let is_around = |d: &&Definition| {
            let is_part = matches!(
                d.kind,
                Kind::Member | Kind::Enumerator | Kind::Compatible | Kind::Declaration | Kind::File
            );
            d.first <= line && line <= d.last && !is_part
        };
        let inner =
            outline.definitions.iter().filter(is_around).min_by_key(|d| d.last - d.first)?;
        let name = String::from_utf8_lossy(outline.name(inner.name)).into_owned();
        Some(name.split('@').next().unwrap_or_default().to_owned())
    }

    /// What the outline says of a definition: its comment and guard.
    fn details(&mut self, definition: &DefInfo) -> Option<(Definition, String)> {
        let outlined = self.outline(&self.path(definition));
        let outline = &outlined.outline;
        let name = self.graph.name(definition.name);
        let here = outlined.by_line.get(&(definition.first, definition.kind))?;
        let here = here.iter().filter_map(|at| outline.definitions.get(*at));
        let found = here.into_iter().find(|known| outline.name(known.name) == name)?;
        let guard = if found.guard == kgrep_index::outline::NO_NAME {
            String::new()
        } else {
            String::from_utf8_lossy(outline.name(found.guard)).into_owned()
        };
        Some((*found, guard))
    }

    /// The condition of the `#if`s around a definition; empty where there are none. Its file is read
    /// as far as it, and not outlined: some headers have a hundred thousand definitions.
    pub fn guard(&mut self, definition: &DefInfo) -> String {
        self.expect(std::slice::from_ref(definition));
        if let Some(apart) = self.apart.get(&definition.id) {
            return apart.guard.clone();
        }
        let path = self.path(definition);
        let asked = self.guarded.entry(path.clone()).or_default();
        *asked += 1;
        let is_outlined = *asked > FEW || self.outlines.contains_key(&path);
        if is_outlined || !matches!(Language::of(&path), Some(Language::C | Language::Assembler)) {
            return self.details(definition).map(|(_, guard)| guard).unwrap_or_default();
        }
        let file = self.file(&path);
        let guard = guards(&path, file.bytes(), &[definition.first]).concat();
        String::from_utf8_lossy(&guard).into_owned()
    }

    /// The first line of the comment right above a definition, if it has one.
    pub fn comment(&mut self, definition: &DefInfo) -> Option<u32> {
        let lines = self.lines_of(definition);
        if let Some(first) = self.apart.get(&definition.id).and_then(|apart| apart.comment) {
            return (first > 0).then_some(first);
        }
        let above = lines.line(u64::from(definition.first.checked_sub(1)?))?;
        let may_end = [&b"*/"[..], b"//"].iter().any(|end| memmem::find(above, end).is_some());
        // Only where one is, what it is about is looked for.
        let (details, _) = may_end.then(|| self.details(definition))??;
        (details.doc > 0).then_some(details.doc)
    }

    /// A definition's file.
    pub fn path(&self, definition: &DefInfo) -> Vec<u8> {
        self.graph.path(definition.file).to_vec()
    }

    /// A definition's name, a member's without its structure.
    pub fn name(&self, definition: &DefInfo) -> String {
        let name = self.graph.name(definition.name);
        let end = memchr::memchr(b'@', &name).unwrap_or(name.len());
        String::from_utf8_lossy(&name[..end]).into_owned()
    }

    /// Where a definition is, in words: `fs/namespace.c:4167`.
    pub fn place(&self, definition: &DefInfo) -> String {
        format!(
            "{}:{}",
            String::from_utf8_lossy(self.graph.path(definition.file)),
            definition.first
        )
    }

    /// The definitions of these names, best first: no declarations where there is more, and
    /// no other program's where the kernel has some.
    pub fn definitions(&self, names: &[String], kinds: &[Kind]) -> Vec<DefInfo> {
        let mut found: Vec<DefInfo> = Vec::new();
        let mut seen = HashSet::new();
        for name in names.iter().filter_map(|name| self.graph.find_name(name.as_bytes())) {
            let mut own = self.graph.definitions_of(name);
            own.retain(|d| d.kind != Kind::File && (kinds.is_empty() || kinds.contains(&d.kind)));
            own.sort_by_cached_key(|d| Ranking::of(self.graph, d, self.arch()));
            found.extend(own.into_iter().filter(|definition| seen.insert(definition.id)));
        }
        if found.iter().any(|d| d.kind != Kind::Declaration) {
            found.retain(|d| d.kind != Kind::Declaration);
        }
        let is_kernel = |d: &DefInfo| self.graph.place(d.file).program == Program::Kernel;
        if found.iter().any(is_kernel) {
            found.retain(is_kernel);
        }
        found
    }

    /// Those of `definitions` that count for the architecture, or all where none does.
    pub fn for_arch(&self, definitions: &[DefInfo]) -> Vec<DefInfo> {
        let here = |d: &&DefInfo| self.arch().has(self.graph.place(d.file));
        let chosen: Vec<DefInfo> = definitions.iter().filter(here).copied().collect();
        if chosen.is_empty() { definitions.to_vec() } else { chosen }
    }
}

/// Globs of paths, in which `*` also stands for folders.
pub(crate) fn globs(texts: &[String]) -> Result<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for text in texts {
        set.add(GlobBuilder::new(text).literal_separator(false).build()?);
    }
    Ok(set.build()?)
}
