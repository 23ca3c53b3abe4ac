//! Calls through pointers in an answer: what is only possible is left out and counted, and a call that
//! may lead to many functions is one row.

use std::collections::BTreeMap;

use kgrep_index::graph::{Basis, Callee, Graph, LinkKind, NameRef, leave_possible};

/// How calls through pointers are shown.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    /// Whether with all functions that they may lead to.
    pub(super) whole: bool,
    /// Whether with those that are only possible.
    pub(super) all: bool,
}

/// Callees, with a row for each call through a pointer that may lead to many functions.
pub(super) struct Joined {
    pub(super) callees: Vec<Callee>,
    /// How many functions were left out as only possible.
    pub(super) left_out: usize,
    /// The slot of a row that stands for several functions.
    pub(super) field: Option<NameRef>,
}

/// Joins the callees that one call through a pointer may lead to.
pub(super) fn joined(graph: &Graph<'_>, found: Vec<Callee>, shown: Shown) -> Joined {
    let mut joined = Joined { callees: Vec::new(), left_out: 0, field: None };
    let mut calls: BTreeMap<(u32, Option<NameRef>), Vec<Callee>> = BTreeMap::new();
    for callee in found {
        match callee.link.kind {
            LinkKind::Indirect if callee.candidates == 0 => {
                calls.entry((callee.link.line, callee.link.via)).or_default().push(callee);
            }
            _ => joined.callees.push(callee),
        }
    }
    for ((_, via), mut behind) in calls {
        let number = behind.len();
        let is_one = number == 1;
        if shown.whole && !shown.all {
            joined.left_out += leave_possible(&mut behind, |callee| callee.basis);
        }
        let only_possible = behind.iter().all(|callee| callee.basis == Basis::Possible);
        if is_one || shown.whole && (shown.all || !only_possible) {
            joined.callees.append(&mut behind);
        } else if let (Some(first), Some(via)) = (behind.first(), via) {
            let name = graph.slot_by_structure(via);
            joined.field.get_or_insert(name);
            let (link, basis) = (first.link, first.basis);
            let definitions = Vec::new();
            joined.callees.push(Callee { name, definitions, link, candidates: number, basis });
        }
    }
    joined.callees.sort_by_cached_key(|callee| (callee.link.line, graph.name(callee.name)));
    joined
}
