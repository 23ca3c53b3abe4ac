//! The whole graph as rows of names, for anyone to check against a compiler.

use std::collections::{HashMap, HashSet};

use crate::outline::{Flags, Kind, UseKind};

use super::ask::LinkKind;
use super::base::{DefInfo, Edge, Graph};
use super::ids::{DefId, NameRef};
use super::resolve::{Arch, Meaning};

/// One row: in `file`, `caller` uses `callee`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeRow<'g> {
    /// The file's path, relative to the tree.
    pub file: &'g [u8],
    /// The definition that uses it.
    pub user: DefInfo,
    /// Its name.
    pub caller: Vec<u8>,
    /// The name used.
    pub callee: Vec<u8>,
    /// The definition that it means, where it can mean but one.
    pub meant: Option<DefInfo>,
    /// How: call, macro, ref or init; `macro` as [`Graph::export_edges`] says.
    pub kind: LinkKind,
    /// On which line, of which file: a table's `file` is that of the unit that it is in.
    pub line: u32,
    /// The file that the line is in.
    pub written: &'g [u8],
    /// The first and the last line of the definition there.
    pub lines: (u32, u32),
    /// Whether the compiler puts the callee's text in the place of the call: it is a macro, a
    /// function marked `inline`, or a short one of the same file.
    pub expands: bool,
}

/// Lines, head and braces too, of a function that a compiler puts into those of its file that
/// call it, `inline` or not: it has two or three statements.
const SHORT: u32 = 8;

/// Lines of one that it treats alike if it calls few: the others are conditions and comments.
const LONGER: u32 = 20;

/// The most calls that count as few.
const FEW: usize = 4;

impl Graph<'_> {
    /// Calls `each` with every edge of files that count for `arch`, in a fixed order. Of names
    /// with several definitions those that `counts` refuses tell what a use means only where no
    /// other does.
    ///
    /// Here, and only here, `macro` means "expanded in place: a function-like macro or an
    /// inline function": a call of a function marked `inline`, or of one of at most `SHORT`
    /// lines in the same file (`LONGER` where it calls few), has two rows, one of kind `call`
    /// and one of kind `macro`, because a compiler's own graph, with which the export is to be
    /// compared, shows the calls inside of such a function as its caller's. A name that headers
    /// have both as a macro and as an inline function, of which the configuration chooses, has the
    /// row that holds for both.
    pub fn export_edges(
        &self,
        arch: Arch,
        counts: impl Fn(&DefInfo) -> bool,
        mut each: impl FnMut(EdgeRow),
    ) {
        let mut known: HashMap<NameRef, Known> = HashMap::new();
        let mut inline = Inline { graph: self, calls_few: HashMap::new() };
        let is_wanted = |d: &DefInfo| arch.has(self.place(d.file)) && !d.flags.has(Flags::ALIAS);
        for source in self.sources().filter(is_wanted) {
            let caller = self.name(source.name);
            for edge in self.edges_of(&source) {
                let known = known
                    .entry(edge.name)
                    .or_insert_with(|| Known::of(self.definitions_of(edge.name), &counts));
                if let Some(used) = self.used(&source, &edge, known, arch, &mut inline) {
                    self.rows_of((&source, &caller), &edge, &used, &mut each);
                }
            }
        }
    }

    /// What an edge is in the export; `None` for nothing.
    #[inline]
    fn used(
        &self,
        source: &DefInfo,
        edge: &Edge,
        known: &Known,
        arch: Arch,
        inline: &mut Inline<'_, '_>,
    ) -> Option<Used> {
        let Known { all, counting } = known;
        let mut definitions = &counting[..];
        let mut meaning = self.choose(definitions, source.file, arch);
        if meaning.functions.is_empty() && meaning.macros.is_empty() {
            definitions = all;
            meaning = self.choose(definitions, source.file, arch);
        }
        let kind = kind_of(source, edge.kind, edge.runs, &meaning, definitions).or_else(|| {
            let declared = !meaning.is_elsewhere && edge.kind == UseKind::Call;
            let left_out = matches!(arch, Arch::Built(_)) || !counting.is_empty();
            let linked = |d: &DefInfo| is_global(d) && self.sees(source.file, d, arch.whole());
            // A header says so to all; where it is defined, the file doesn't see.
            (left_out && declared && all.iter().any(linked)).then_some(LinkKind::Call)
        })?;
        let is_open = is_macro_or_inline(&meaning);
        Some(Used {
            kind: if kind == LinkKind::Call && is_open { LinkKind::Macro } else { kind },
            meant: only_one(&meaning),
            inline: meaning.functions.iter().any(|d| inline.is(d, source)),
        })
    }

    /// Calls `each` with the rows of an edge.
    #[inline]
    fn rows_of(
        &self,
        (source, caller): (&DefInfo, &[u8]),
        edge: &Edge,
        used: &Used,
        each: &mut impl FnMut(EdgeRow),
    ) {
        let Used { kind, meant, inline } = *used;
        let file = self.path(source.file);
        let expands = kind == LinkKind::Macro || kind == LinkKind::Call && inline;
        let row = EdgeRow {
            file,
            written: file,
            lines: source.lines(),
            user: *source,
            caller: caller.to_vec(),
            callee: self.name(edge.name),
            meant,
            kind,
            line: edge.line,
            expands,
        };
        if kind == LinkKind::Init {
            // The tables of a `.c` that another includes are that unit's.
            for unit in self.includers_of(source.file) {
                each(EdgeRow { file: self.path(unit), ..row.clone() });
            }
        }
        each(row.clone());
        if expands && kind == LinkKind::Call {
            each(EdgeRow { kind: LinkKind::Macro, ..row });
        }
    }
}

/// All definitions of a name, and those that count where that are others.
struct Known {
    all: Vec<DefInfo>,
    counting: Vec<DefInfo>,
}

impl Known {
    fn of(all: Vec<DefInfo>, counts: &impl Fn(&DefInfo) -> bool) -> Known {
        let counting: Vec<DefInfo> = all.iter().copied().filter(counts).collect();
        let counting = if counting.len() < all.len() { counting } else { Vec::new() };
        Known { all, counting }
    }
}

/// What an edge is in the export.
struct Used {
    kind: LinkKind,
    /// The definition that it means, where it can mean but one.
    meant: Option<DefInfo>,
    /// Whether a compiler puts a function's text in the place of its call.
    inline: bool,
}

/// Tells which functions' bodies a compiler puts in the place of their calls.
struct Inline<'g, 'a> {
    graph: &'g Graph<'a>,
    /// Whether they call few, of those that were looked at.
    calls_few: HashMap<DefId, bool>,
}

impl Inline<'_, '_> {
    /// Whether it does so with the function where `source` calls it.
    fn is(&mut self, function: &DefInfo, source: &DefInfo) -> bool {
        if function.flags.has(Flags::INLINE) {
            return true;
        }
        // Of a weak one another may be linked.
        let may_be = function.kind == Kind::Function && !function.flags.has(Flags::WEAK);
        let lines = function.last.saturating_sub(function.first);
        may_be
            && function.file == source.file
            && (lines < SHORT || lines < LONGER && self.calls_few(function))
    }

    fn calls_few(&mut self, function: &DefInfo) -> bool {
        let graph = self.graph;
        *self.calls_few.entry(function.id).or_insert_with(|| {
            let edges = graph.edges_of(function);
            let calls = edges.iter().filter(|edge| edge.kind == UseKind::Call);
            calls.map(|edge| edge.name).collect::<HashSet<_>>().len() <= FEW
        })
    }
}

/// The definition that a name means, if there is but one.
fn only_one(meaning: &Meaning) -> Option<DefInfo> {
    match (&meaning.functions[..], &meaning.macros[..]) {
        ([one], []) | ([], [one]) => Some(*one),
        _ => None,
    }
}

/// Whether it is expanded in any case, of which only one arm is a call.
fn is_macro_or_inline(meaning: &Meaning) -> bool {
    meaning.macros.iter().any(|d| d.kind == Kind::Macro)
        && meaning.functions.iter().all(|d| d.flags.has(Flags::INLINE))
}

fn is_global(definition: &DefInfo) -> bool {
    definition.kind.is_callable() && !definition.flags.has(Flags::STATIC)
}

/// What kind of link a use is, given what the name can mean; `None` for none.
pub(super) fn kind_of(
    source: &DefInfo,
    used: UseKind,
    runs: bool,
    meaning: &Meaning,
    definitions: &[DefInfo],
) -> Option<LinkKind> {
    let function = !meaning.functions.is_empty();
    let is_macro = !meaning.macros.is_empty();
    match used {
        UseKind::Indirect | UseKind::Pass => None,
        UseKind::Call if function => Some(LinkKind::Call),
        UseKind::Call if is_macro => Some(LinkKind::Macro),
        // Not defined in the text: made by a macro, or by the build.
        UseKind::Call => {
            let something_else =
                definitions.iter().any(|d| !matches!(d.kind, Kind::Declaration | Kind::Member));
            (!meaning.is_elsewhere && !something_else).then_some(LinkKind::Call)
        }
        UseKind::Init if function || runs => Some(LinkKind::Init),
        UseKind::Ref if function && source.kind != Kind::Kconfig => Some(LinkKind::Ref),
        _ if is_macro => Some(LinkKind::Macro),
        _ => None,
    }
}
