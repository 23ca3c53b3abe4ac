//! Which of the definitions of a name a file means: of `static` functions of one name in many
//! files, its own. A question that is asked from a place of the code is about these.

use std::collections::HashMap;

use kgrep_index::graph::{Arch, DefId, DefInfo, FileId, Graph};
use kgrep_index::outline::{Flags, Kind};
use serde_bytes::ByteBuf;

/// Leaves of the definitions of one name those that one of the files `from`, below the tree's root,
/// can mean, their own first, and gives back how many others there were. All stay where no file is
/// said, or none can mean any.
pub fn leave_seen(
    graph: &Graph<'_>,
    arch: Arch,
    from: &[ByteBuf],
    definitions: &mut Vec<DefInfo>,
) -> usize {
    let mut seen: Vec<DefInfo> = Vec::new();
    for file in from.iter().filter_map(|path| graph.file(path)) {
        let of_file = self::seen(graph, arch, file, definitions);
        let is_new = |d: &DefInfo| seen.iter().all(|known| known.id != d.id);
        let new: Vec<DefInfo> = of_file.into_iter().filter(is_new).collect();
        seen.extend(new);
    }
    if seen.iter().all(|d| d.kind == Kind::Declaration) {
        return 0;
    }
    let left_out = definitions.len().saturating_sub(seen.len());
    *definitions = seen;
    left_out
}

/// Those of the definitions of one name that a file can mean: its own, where the linker can't put
/// another one in its place.
fn seen(graph: &Graph<'_>, arch: Arch, file: FileId, all: &[DefInfo]) -> Vec<DefInfo> {
    let is_own = |d: &&DefInfo| d.file == file && d.kind != Kind::Declaration;
    let mut seen: Vec<DefInfo> = all.iter().filter(is_own).copied().collect();
    if seen.is_empty() || seen.iter().all(|d| d.flags.has(Flags::WEAK)) {
        let others = all.iter().filter(|d| !is_own(d) && sees(graph, arch, file, d));
        seen.extend(others.copied());
    }
    seen
}

/// Whether a file can mean a definition. A type that another source has for itself can't be meant.
pub fn sees(graph: &Graph<'_>, arch: Arch, file: FileId, definition: &DefInfo) -> bool {
    let is_type = matches!(
        definition.kind,
        Kind::Struct | Kind::Union | Kind::Enum | Kind::Enumerator | Kind::Typedef
    );
    let is_hidden = is_type && !graph.place(definition.file).is_header;
    definition.file == file || !is_hidden && graph.sees(file, definition, arch)
}

/// Tells which files mean by a name what another file does.
pub struct SameMeaning<'g, 'a> {
    graph: &'g Graph<'a>,
    arch: Arch,
    all: Vec<DefInfo>,
    meant: Vec<DefId>,
    /// Whether nothing but files that see it can mean it.
    is_private: bool,
    known: HashMap<Vec<u8>, bool>,
}

impl<'g, 'a> SameMeaning<'g, 'a> {
    /// What the files `from` mean by `name`; none where that is all there is of the name, or
    /// nothing that the graph knows.
    pub fn of(
        graph: &'g Graph<'a>,
        arch: Arch,
        from: &[ByteBuf],
        name: &str,
    ) -> Option<SameMeaning<'g, 'a>> {
        let mut all = graph.definitions_of(graph.find_name(name.as_bytes())?);
        all.retain(|d| d.kind != Kind::File);
        let mut meant = all.clone();
        if leave_seen(graph, arch, from, &mut meant) == 0 {
            return None;
        }
        let is_private = meant.iter().all(|d| {
            !graph.place(d.file).is_header
                && (d.flags.has(Flags::STATIC)
                    || !matches!(d.kind, Kind::Function | Kind::Variable | Kind::Asm))
        });
        let meant = meant.into_iter().map(|d| d.id).collect();
        Some(SameMeaning { graph, arch, all, meant, is_private, known: HashMap::new() })
    }

    /// Whether the file at `path` can mean it.
    pub fn is_in(&mut self, path: &[u8]) -> bool {
        if let Some(known) = self.known.get(path) {
            return *known;
        }
        let file = self.graph.file(path);
        let theirs = file.map(|file| seen(self.graph, self.arch, file, &self.all));
        // What is meant by a name that has no definition here, a macro or the linker knows.
        let is_in = match theirs.filter(|theirs| !theirs.is_empty()) {
            Some(theirs) => theirs.iter().any(|d| self.meant.contains(&d.id)),
            None => !self.is_private,
        };
        self.known.insert(path.to_vec(), is_in);
        is_in
    }

    /// How many definitions of the name are others.
    pub fn others(&self) -> usize {
        self.all.len() - self.meant.len()
    }
}
