//! Whether there is such a name, and what it is: what the graph, the text and the list of files
//! have of each, so that "nothing" is a proof.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use kgrep_index::graph::{DefInfo, FileId, Graph, Place, Program};
use kgrep_index::kbuild::{Truth, symbols_in};
use kgrep_index::outline::{Flags, Kind, Language};
use kgrep_index::paths::split;

use super::text::{tracer, word};
use super::{Sources, define, fields, parameters, rust_items};
use crate::answer::{
    Answer, Cell, Column, DefinitionKind, How, Outside, Role, Row, Standing, Title, Verdict,
};
use crate::code::{
    Code, export_of, filled_up, in_parallel, maker, name_line, named, near, one_name, word_in,
};
use crate::compare::problem_text;
use crate::diff::model::Origin;
use crate::diff::set;
use crate::excerpt::Excerpt;
use crate::request::Exists;
use crate::trace::{InFile, Tracer, Wanted};
use crate::{Error, Note, Result};

/// The most names without a definition for which similar spellings are looked for.
const NEAR: usize = 20;

/// What each name comes to, a part for each.
///
/// # Errors
/// If a name is not valid, or the patches or the tree can't be read.
pub(super) fn answer(code: &Code, exists: &Exists) -> Result<Answer> {
    let mut answer = code.ask(|graph| {
        let mut asker = Asker::new(code, graph);
        asker.ask(&exists.names)?;
        Ok::<_, Error>(asker.answer)
    })?;
    if let Some(path) = &exists.patches {
        in_patches(&mut answer, path, code.tree().root())?;
    }
    if !answer.rows.is_empty() {
        answer.columns = Column::all(&[("What", Role::Text)]);
    }
    Ok(answer)
}

struct Asker<'a, 'g> {
    code: &'a Code,
    graph: &'a Graph<'g>,
    tracer: Tracer<'a, 'g>,
    sources: Sources,
    answer: Answer,
    /// The files of other programs that the kernel is built of, too, once that was asked.
    lent: Option<HashSet<FileId>>,
}

/// A name, and what the graph has of it.
struct Name {
    plain: String,
    verdict: Verdict,
    found: Vec<DefInfo>,
    rows: Vec<Row>,
}

impl Name {
    /// Adds the first lines that have it, but for those that are there.
    fn add_texts(&mut self, found: &[InFile]) {
        let known: HashSet<(Vec<u8>, u32)> =
            self.rows.iter().map(|row| (row.path.clone(), row.line)).collect();
        let lines = found.iter().flat_map(|file| file.lines.iter().map(move |line| (file, line)));
        let lines =
            lines.filter(|(file, line)| !known.contains(&(file.path.to_vec(), line.number)));
        let name = self.plain.as_bytes();
        self.rows.extend(lines.take(Verdict::MOST_TEXTS as usize).map(|(file, line)| Row {
            path: file.path.to_vec(),
            line: line.number,
            name: name.to_vec(),
            cells: vec![Cell::Is(Standing::Text)],
            ..Row::default()
        }));
    }
}

impl<'a, 'g> Asker<'a, 'g> {
    fn new(code: &'a Code, graph: &'a Graph<'g>) -> Self {
        let tracer = tracer(code, graph);
        let (sources, answer) = (Sources::default(), Answer::default());
        Asker { code, graph, tracer, sources, answer, lent: None }
    }

    fn ask(&mut self, names: &[String]) -> Result<()> {
        let mut all = Vec::with_capacity(names.len());
        for found in in_parallel(names, |name| known(self.code, self.graph, name)) {
            let (name, note) = found?;
            self.answer.notes.extend(note);
            all.push(name);
        }
        let found = all.iter().flat_map(|name| &name.found);
        let places = found.map(|d| (self.graph.path(d.file), d.first, d.last));
        self.code.read_ahead(&Sources::parts(places));
        for name in &mut all {
            self.place(name);
        }
        let open: Vec<usize> = (0..all.len()).filter(|at| is_open(&all[*at])).collect();
        if !open.is_empty() {
            self.files(&mut all, &open)?;
            self.text(&mut all, &open)?;
        }
        for name in all {
            let section = u32::try_from(self.answer.sections.len()).ok();
            let rows = name.rows.into_iter().map(|row| Row { section, ..row });
            self.answer.rows.extend(rows);
            self.answer.sections.push(Title::Verdict(name.verdict));
        }
        Ok(())
    }

    /// The lines of a definition.
    fn lines_of(&mut self, path: &[u8], definition: &DefInfo) -> &Excerpt {
        let lines = u64::from(definition.first)..=u64::from(definition.last);
        self.sources.part(self.code, path, &lines)
    }

    /// Where it stands, and what it comes to, as far as the graph tells.
    fn place(&mut self, name: &mut Name) {
        let Name { plain, verdict, found, rows } = name;
        let counts: Vec<bool> = found.iter().map(|d| self.outside(d, false).is_none()).collect();
        let mut here: Vec<&DefInfo> =
            found.iter().zip(&counts).filter(|(_, counts)| **counts).map(|(d, _)| d).collect();
        verdict.places = here.len();
        let is_any = |kinds: &[Kind]| here.iter().all(|d| kinds.contains(&d.kind));
        verdict.standing = match () {
            () if here.is_empty() => Standing::Nothing,
            () if is_any(&[Kind::Declaration]) => Standing::Declared,
            () if is_any(&[Kind::Kconfig]) => Standing::Symbol,
            () if is_any(&[Kind::Member]) => Standing::Field,
            () => Standing::Defined,
        };
        if !here.is_empty() && verdict.standing != Standing::Declared {
            here.retain(|d| d.kind != Kind::Declaration);
            verdict.places = here.len();
        }
        let best = here.first().map(|best| **best);
        verdict.made_by = best.and_then(|best| self.maker(&best));
        rows.extend(found.iter().map(|d| self.row(d)));
        if let Some(export) = self.export(plain) {
            verdict.exported = true;
            rows.push(export);
            if verdict.standing == Standing::Nothing && found.is_empty() {
                verdict.standing = Standing::Declared;
            }
        }
    }

    /// Why a definition doesn't count; `told` says that the reason is, too.
    fn outside(&self, definition: &DefInfo, told: bool) -> Option<Outside> {
        self.outside_at(definition.file, definition.first, told)
    }

    /// The same of what is on a line of a file.
    fn outside_at(&self, file: FileId, line: u32, told: bool) -> Option<Outside> {
        let (place, path) = (self.graph.place(file), self.graph.path(file));
        if place.program != Program::Kernel {
            let folder = path.split(|byte| *byte == b'/').next().unwrap_or_default();
            return Some(Outside::Program(String::from_utf8_lossy(folder).into_owned()));
        }
        let arch = self.code.arch;
        if !arch.has(place) {
            if arch.leaves_out(place) {
                let (line, needs) = if told { self.kept_out(path) } else { Default::default() };
                return Some(Outside::NotBuilt { line, needs });
            }
            let folder = Place::architecture(path).unwrap_or_default();
            return Some(Outside::Architecture(String::from_utf8_lossy(folder).into_owned()));
        }
        let is_off = self.code.kernel().is_some() && !self.code.compiles(path, line);
        is_off.then_some(Outside::Off)
    }

    /// The line that keeps a file out of what is built, and what it needs.
    fn kept_out(&self, path: &[u8]) -> (Option<String>, Vec<String>) {
        let Some(kernel) = self.code.kernel() else { return Default::default() };
        let steps = self.code.explain(path).map(|found| found.steps).unwrap_or_default();
        let Some(step) = steps.iter().find(|step| step.holds == Truth::False) else {
            return Default::default();
        };
        let bytes = self.code.bytes(&step.file).unwrap_or_default();
        let source = crate::relocate::SourceFile::from_bytes(bytes);
        let text = source.line(u64::from(step.line)).unwrap_or_default();
        let needs = symbols_in(text).iter().map(|symbol| kernel.value_text(symbol)).collect();
        (Some(format!("{}:{}", String::from_utf8_lossy(&step.file), step.line)), needs)
    }

    /// The macro that makes a definition.
    fn maker(&mut self, definition: &DefInfo) -> Option<String> {
        if matches!(definition.kind, Kind::Macro | Kind::Constant | Kind::Kconfig) {
            return None;
        }
        let (path, name) = (self.tracer.path(definition), self.tracer.name(definition));
        Language::of(&path)?;
        let file = self.lines_of(&path, definition);
        let found = maker(file, definition.first, definition.last, name.as_bytes())?;
        let is_macro = |name| self.graph.definitions_of(name).iter().any(|d| d.kind == Kind::Macro);
        let known = named(self.graph, &found).is_some_and(is_macro);
        // What the name of another definition is cannot make it.
        (known && found != name).then_some(found)
    }

    fn row(&mut self, definition: &DefInfo) -> Row {
        let (path, name) = (self.tracer.path(definition), self.graph.name(definition.name));
        let (name, structure) = match memchr::memchr(b'@', &name) {
            Some(at) => (name[..at].to_vec(), Some(name[at + 1..].to_vec())),
            None => (name, None),
        };
        let file = self.lines_of(&path, definition);
        let line = name_line(file, &name, definition.first, definition.last);
        let kind = DefinitionKind {
            kind: definition.kind,
            flags: definition.flags,
            member_of: structure.map(|name| String::from_utf8_lossy(&name).into_owned()),
        };
        let extent = Some((definition.first, definition.last));
        Row { path, line, extent, name, cells: vec![Cell::Kind(kind)], ..Row::default() }
    }

    /// The line that offers a name to modules.
    fn export(&self, name: &str) -> Option<Row> {
        let export = named(self.graph, &export_of(name))?;
        let found = self.graph.definitions_of(export);
        let counts = |d: &&DefInfo| self.code.arch.has(self.graph.place(d.file));
        let best = found.iter().find(counts)?;
        Some(Row {
            path: self.graph.path(best.file).to_vec(),
            line: best.first,
            name: name.as_bytes().to_vec(),
            cells: vec![Cell::How(How::Exported)],
            ..Row::default()
        })
    }

    /// Which of the open names are files: by their whole path, or by its last part.
    fn files(&mut self, all: &mut [Name], open: &[usize]) -> Result<()> {
        let mut wanted: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        // Nearly all files of a tree end otherwise: their names need not be looked up.
        let mut ends = [false; 256];
        for &at in open {
            let name = split(all[at].plain.as_bytes()).1;
            ends[usize::from(name.last().copied().unwrap_or_default())] = true;
            wanted.entry(name.to_vec()).or_default().push(at);
        }
        let is_wanted = |name: &[u8]| {
            name.last().is_some_and(|end| ends[usize::from(*end)]) && wanted.contains_key(name)
        };
        let (count, paths) = self.tracer.pick_files(is_wanted)?;
        for path in paths {
            let base = split(&path).1;
            for &at in wanted.get(base).into_iter().flatten() {
                let Name { plain, rows, verdict, .. } = &mut all[at];
                if plain.as_bytes() != base && plain.as_bytes() != path {
                    continue;
                }
                let cells = vec![Cell::Is(Standing::File)];
                rows.push(Row { path: path.clone(), line: 1, cells, ..Row::default() });
                verdict.standing = Standing::File;
                verdict.places += 1;
            }
        }
        self.answer.coverage.files = Some(count as u64);
        Ok(())
    }

    /// What the text has of the names that are open.
    fn text(&mut self, all: &mut [Name], open: &[usize]) -> Result<()> {
        let open: Vec<usize> = open.iter().copied().filter(|at| is_open(&all[*at])).collect();
        let wanted: Vec<Wanted> = open.iter().map(|at| word(&all[*at].plain)).collect();
        self.tracer.look_for(&wanted)?;
        let mut found = Vec::with_capacity(open.len());
        for wanted in &wanted {
            found.push(self.tracer.lines(wanted)?);
        }
        let texts = open.iter().map(|at| all[*at].plain.as_str()).zip(&found);
        let parameters = texts.filter(|(name, found)| parameters::may_be(name, found));
        let parameters: Vec<String> = parameters.map(|(name, _)| name.to_owned()).collect();
        parameters::ahead(&mut self.tracer, &parameters)?;
        let files = self.answer.coverage.files.unwrap_or(0);
        let mut nothing = Vec::new();
        for (at, found) in open.into_iter().zip(found) {
            let name = &mut all[at];
            name.verdict.files = files;
            name.verdict.lines = found.iter().map(|file| file.count as u64).sum();
            self.judge(name, &found)?;
            if name.verdict.standing == Standing::Nothing {
                nothing.push(at);
            }
        }
        let is_whole = self.tell_unread();
        for &at in &nothing {
            let Name { plain, verdict, .. } = &mut all[at];
            if !is_whole {
                verdict.standing = Standing::Unproven;
            }
            if nothing.len() <= NEAR {
                verdict.near = filled_up(self.code, near(self.graph, plain), plain);
            }
        }
        Ok(())
    }

    /// Notes each file that could not be read, once. Returns whether all could be.
    fn tell_unread(&mut self) -> bool {
        let known = self.code.unread();
        let new = self.tracer.unread().iter().filter(|path| !known.contains(path));
        let new: Vec<Note> = new
            .map(|path| Note::Unreadable { path: path.clone(), reason: "can't be read".to_owned() })
            .collect();
        let is_whole = known.is_empty() && new.is_empty();
        self.answer.notes.extend(new);
        is_whole
    }

    /// What a name is of which the graph has no definition that counts.
    fn judge(&mut self, name: &mut Name, found: &[InFile]) -> Result<()> {
        let mut defined = rust_items::defined(&mut self.tracer, &name.plain)?;
        defined.extend(labels(&name.plain, found));
        let (defined, mut elsewhere) = self.counting(defined);
        let fields = match name.plain.contains('.') {
            true => fields::of_structure(&mut self.tracer, &name.plain)?,
            false => fields::in_files(self.code, &name.plain, found),
        };
        let (fields, others) = self.counting(fields);
        elsewhere.extend(others);
        let mut registered = Vec::new();
        if parameters::may_be(&name.plain, found) {
            let rows = parameters::rows(&mut self.tracer, &name.plain)?;
            let (rows, others) = self.counting(rows);
            registered = rows;
            elsewhere.extend(others);
        }
        let parts = [
            (defined, Standing::Defined),
            (fields, Standing::Field),
            (registered, Standing::Parameter),
        ];
        if let Some((rows, standing)) = parts.into_iter().find(|(rows, _)| !rows.is_empty()) {
            name.verdict.standing = standing;
            name.verdict.places = rows.len();
            name.rows.splice(..0, rows);
            return Ok(());
        }
        if !name.found.is_empty() || !elsewhere.is_empty() {
            name.verdict.standing = Standing::Elsewhere;
            let mut why: Vec<Outside> = Vec::new();
            let defined = name.found.iter().map(|definition| (definition.file, definition.first));
            for (file, line) in defined.chain(elsewhere) {
                let outside = self.outside_at(file, line, why.is_empty());
                why.extend(outside.filter(|outside| !why.iter().any(|known| known.is_as(outside))));
            }
            if self.links(name, &why) {
                // Its own line says where.
                name.verdict.standing = Standing::Defined;
                name.verdict.places = name.found.len();
                return Ok(());
            }
            name.verdict.elsewhere = why;
        } else if name.verdict.lines > 0 {
            name.verdict.standing = Standing::Text;
        }
        name.add_texts(found);
        Ok(())
    }

    /// Whether the kernel has a definition that is in another program's folder: it uses the name, and
    /// nothing else defines that; or one of its files is made of that file.
    fn links(&mut self, name: &Name, why: &[Outside]) -> bool {
        let is_program = |outside: &Outside| matches!(outside, Outside::Program(_));
        let is_kernels = |user: &DefInfo| self.graph.place(user.file).program == Program::Kernel;
        let is_used = |name| {
            let users = self.graph.users_of(name).into_iter();
            users.filter_map(|id| self.graph.definition(id)).any(|user| is_kernels(&user))
        };
        why.iter().all(is_program)
            && (named(self.graph, &name.plain).is_some_and(is_used)
                || name.found.iter().any(|definition| self.is_lent(definition.file)))
    }

    /// Whether a file of another program is a part of the kernel, too, by an include of its path:
    /// `kernel/bpf/relo_core.c` is that of `tools/lib/bpf/`.
    fn is_lent(&mut self, file: FileId) -> bool {
        let graph = self.graph;
        if self.lent.is_none() {
            let mut lent = HashSet::new();
            for (from, to) in graph.includes_across(Program::Kernel) {
                let text = self.sources.get(self.code, graph.path(from)).bytes();
                if memchr::memmem::find(text, graph.path(to)).is_some() {
                    lent.insert(to);
                    lent.extend(graph.private_includes(to).iter());
                }
            }
            self.lent = Some(lent);
        }
        self.lent.as_ref().is_some_and(|lent| lent.contains(&file))
    }

    /// Those of the rows that count, and where the others are.
    fn counting(&self, rows: Vec<Row>) -> (Vec<Row>, Vec<(FileId, u32)>) {
        let (mut counting, mut elsewhere) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in rows {
            match self.graph.file(&row.path) {
                Some(file) if self.outside_at(file, row.line, false).is_some() => {
                    elsewhere.push((file, row.line));
                }
                _ => counting.push(row),
            }
        }
        (counting, elsewhere)
    }
}

/// What the graph says of a name, and what is to be noted of that.
fn known(code: &Code, graph: &Graph<'_>, asked: &str) -> Result<(Name, Option<Note>)> {
    let plain = one_name(asked)?;
    let verdict = Verdict { name: asked.trim().to_owned(), ..Verdict::default() };
    if let Some(plain) = parameters::named(plain) {
        let (found, rows) = Default::default();
        return Ok((Name { plain, verdict, found, rows }, None));
    }
    // `CONFIG_SMP=y`, as a configuration has it.
    let plain = plain.split_once('=').map_or(plain, |(symbol, _)| symbol).to_owned();
    let define::Found { definitions: found, note } = define::found(code, graph, &plain, &[])?;
    Ok((Name { plain, verdict, found, rows: Vec::new() }, note))
}

/// Whether the text may have more to say of a name.
fn is_open(name: &Name) -> bool {
    name.verdict.standing == Standing::Nothing
}

/// The lines on which assembler defines this name, where it is no symbol of the graph: labels of a
/// file's own, and macros.
fn labels(name: &str, found: &[InFile]) -> Vec<Row> {
    let is_assembler = |file: &&InFile| Language::of(&file.path) == Some(Language::Assembler);
    let mut rows = Vec::new();
    for file in found.iter().filter(is_assembler) {
        for line in &file.lines {
            let Some(kind) = in_assembler(&line.text, name) else { continue };
            let flags = if kind == Kind::Asm { Flags::STATIC } else { Flags::default() };
            let kind = DefinitionKind { kind, flags, member_of: None };
            rows.push(row_of_text(name, &file.path, line.number, kind));
        }
    }
    rows
}

/// A row of what the text alone defines.
fn row_of_text(name: &str, path: &[u8], line: u32, kind: DefinitionKind) -> Row {
    let (path, name) = (path.to_vec(), name.as_bytes().to_vec());
    Row { path, line, name, cells: vec![Cell::Kind(kind)], ..Row::default() }
}

/// What a line of assembler defines under this name: `again:` a label, `.macro PUSH` a macro.
fn in_assembler(line: &[u8], name: &str) -> Option<Kind> {
    let words = line.trim_ascii();
    let is_end = |rest: &[u8]| {
        rest.first().is_none_or(|byte| !(byte.is_ascii_alphanumeric() || b"_$.".contains(byte)))
    };
    if let Some(rest) = words.strip_prefix(b".macro") {
        let rest = rest.trim_ascii_start().strip_prefix(name.as_bytes())?;
        return is_end(rest).then_some(Kind::Macro);
    }
    let rest = words.strip_prefix(name.as_bytes())?.trim_ascii_start();
    (rest.first() == Some(&b':')).then_some(Kind::Asm)
}

/// Looks for what is nothing in the lines that patches add.
///
/// # Errors
/// When there are no patches at `path`.
fn in_patches(answer: &mut Answer, path: &Path, base: &Path) -> Result<()> {
    let set = set::load(path)?;
    let verdicts = answer.sections.iter_mut().filter_map(|title| match title {
        Title::Verdict(verdict) => Some(verdict),
        _ => None,
    });
    let mut open: Vec<&mut Verdict> = verdicts
        .filter(|v| matches!(v.standing, Standing::Nothing | Standing::Unproven | Standing::Text))
        .collect();
    for change in &set.files {
        let lines = change.hunks.iter().flat_map(|hunk| hunk.lines());
        let added: Vec<&[u8]> =
            lines.filter(|line| line.origin == Origin::Added).map(|line| line.text).collect();
        let Some(patch) = set.patches.get(change.patch) else { continue };
        let name = String::from_utf8_lossy(&patch.name).into_owned();
        for verdict in &mut open {
            let asked = verdict.name.as_bytes();
            if added.iter().any(|line| word_in(line, asked).is_some())
                && verdict.patches.last() != Some(&name)
            {
                verdict.patches.push(name.clone());
            }
        }
    }
    for verdict in open.into_iter().filter(|verdict| !verdict.patches.is_empty()) {
        if verdict.standing != Standing::Text {
            verdict.standing = Standing::Patch;
        }
    }
    let problems = set.problems.iter().map(|problem| Note::Problem(problem_text(problem, base)));
    answer.notes.extend(problems);
    Ok(())
}
