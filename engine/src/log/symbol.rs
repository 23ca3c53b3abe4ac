//! Which definition a trace's symbol is: by its name, its module, and the architecture.

use kgrep_index::graph::{Arch, DefInfo, Graph, Program};
use kgrep_index::outline::Kind;

use super::knowledge::knowledge;
use super::module::Modules;
use crate::code::Ranking;

/// The definitions that `symbol`, in this module or built in, may be, the best first; all of
/// them fit alike but for their rank. The name that they have is the first of its spellings
/// that the tree defines.
pub(super) fn definitions(
    graph: &Graph<'_>,
    arch: Arch,
    modules: &Modules<'_>,
    symbol: &[u8],
    module: Option<&[u8]>,
) -> Vec<DefInfo> {
    let mut other = Vec::new();
    let names = knowledge().names_of(symbol);
    for (nth, name) in names.iter().enumerate() {
        let found = defined(graph, arch, name);
        let (mut code, mut rest): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|d| d.kind.is_callable());
        if code.is_empty() {
            // A macro that makes functions of this name.
            rest.retain(|d| matches!(d.kind, Kind::Variable | Kind::Macro | Kind::EventClass));
            other.append(&mut rest);
            continue;
        }
        // Of one body macros make several functions; what it calls, the system call's has.
        let is_there =
            |call: &DefInfo| code.iter().any(|d| (d.file, d.first) == (call.file, call.first));
        let calls = names[nth + 1..].iter().flat_map(|name| defined(graph, arch, name));
        let calls: Vec<DefInfo> =
            calls.filter(|d| d.kind == Kind::Syscall && is_there(d)).collect();
        if !calls.is_empty() {
            code = calls;
        }
        if code.len() > 1 {
            code.sort_by_cached_key(|d| Ranking::of(graph, d, arch));
            narrow(graph, modules, module, &mut code);
        }
        return code;
    }
    // No trace is in a macro, which is perhaps what became of a function: what it stands for is there.
    if other.iter().all(|d: &DefInfo| d.kind == Kind::Macro) && !other.is_empty() {
        let inner = defined(graph, arch, &[b"__", symbol].concat());
        let inner: Vec<DefInfo> = inner.into_iter().filter(|d| d.kind.is_callable()).collect();
        return if inner.is_empty() { other } else { inner };
    }
    other
}

/// What the kernel defines by this name.
fn defined(graph: &Graph<'_>, arch: Arch, name: &[u8]) -> Vec<DefInfo> {
    let mut found =
        graph.find_name(name).map(|name| graph.definitions_of(name)).unwrap_or_default();
    // A trace has functions of Rust under mangled names, but for those made for C.
    let for_c = name.starts_with(b"rust_");
    found.retain(|d| {
        let place = graph.place(d.file);
        let named = for_c || !graph.path(d.file).ends_with(b".rs");
        place.program == Program::Kernel && arch.has(place) && named
    });
    found
}

/// Leaves those of the module, where the Makefiles say which those are, and no stubs of
/// headers beside a real one.
fn narrow(
    graph: &Graph<'_>,
    modules: &Modules<'_>,
    module: Option<&[u8]>,
    code: &mut Vec<DefInfo>,
) {
    let keep = |code: &mut Vec<DefInfo>, wanted: &dyn Fn(&DefInfo) -> bool| {
        if code.iter().any(wanted) {
            code.retain(wanted);
        }
    };
    if let Some(module) = module {
        keep(code, &|d| modules.builds(module, graph.path(d.file)));
    } else {
        keep(code, &|d| modules.is_built_in(graph.path(d.file)));
    }
    // Programs that are built beside the kernel have functions of the same names.
    keep(code, &|d| !knowledge().is_apart(graph.path(d.file)));
    // Entry code has a file for each size of words; kernels of 32 bits are rare.
    keep(code, &|d| memchr::memmem::find(graph.path(d.file), b"_32.").is_none());
    keep(code, &|d| !graph.place(d.file).is_header);
    keep(code, &|d| !d.flags.has(kgrep_index::outline::Flags::WEAK));
}
