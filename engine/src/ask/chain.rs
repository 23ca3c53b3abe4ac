//! The shortest ways from one function to another, step by step.

use std::collections::{HashMap, HashSet};

use kgrep_index::graph::{
    Basis, Chain as Found, ChainOptions, Chains, DefId, DefInfo, Graph, Hop, LinkKind, NameRef,
    Possible, SearchEnd,
};

use super::names::{entry_name, not_callable, unknown};
use super::steps::is_macro;
use crate::answer::{
    Answer, Arrow, Cell, Column, Defined, How, Label, Node, Role, Row, Sureness, Title,
};
use crate::code::{Code, named, one_name};
use crate::note::{ChainEnd, Note};
use crate::request::Chain;
use crate::{Error, Result};

/// A row for each step of the chains found, a section for each chain.
///
/// # Errors
/// If one of the ends is not one name, or the tree can't be read.
pub(super) fn answer(code: &Code, graph: &Graph<'_>, chain: &Chain) -> Result<Answer> {
    let mut notes = Vec::new();
    let note = |mut notes: Vec<Note>, note| {
        notes.push(note);
        Ok(Answer { notes, ..Answer::default() })
    };
    let mut names = Vec::new();
    for name in [&chain.from, &chain.to].into_iter().chain(&chain.through).chain(&chain.avoid) {
        let name = entry_name(graph, one_name(name)?, &mut notes);
        match named(graph, &name) {
            Some(name) => names.push(name),
            None => {
                let unknown = unknown(code, graph, &name)?;
                return note(notes, unknown);
            }
        }
    }
    for (asked, name) in [&chain.from, &chain.to].into_iter().zip(&names) {
        if let Some(other) = graph.definitions_of(*name).first()
            && graph.starts(*name, code.arch).is_empty()
        {
            return note(notes, not_callable(asked, other, graph, code));
        }
    }
    if graph.same_by_name(names[0]).contains(&names[1]) {
        return Err(Error::SameEnds(chain.from.clone()));
    }
    let mut options = options(chain, code, &names[2..]);
    let chains = possible(graph, code, (names[0], names[1]), &mut options, chain.number);
    if chains.found.is_empty() {
        notes.push(no_chain(chain, chains.end));
        notes.extend(code.kernel().map(|_| Note::OnlyBuilt));
        return Ok(Answer { notes, ..Answer::default() });
    }
    if code.kernel().is_none() && options.possible == Possible::Last {
        let shorter = shorter(graph, code, (names[0], names[1]), &options, &chains.found);
        notes.extend((shorter > 0).then_some(Note::ShorterChains(shorter)));
    }
    let hops = chains.found.iter().flatten();
    Ok(Answer {
        columns: Column::all(&[
            ("From", Role::Origin),
            ("To", Role::Step),
            ("How", Role::How),
            ("Defined", Role::Start),
        ]),
        rows: rows(graph, &chains.found),
        sections: chains.found.iter().map(|chain| title(graph, chain)).collect(),
        arrows: hops.map(|hop| arrow(graph, hop)).collect(),
        notes,
        ..Answer::default()
    })
}

/// How many shorter chains there are than those found, with hops that are only possible.
fn shorter(
    graph: &Graph<'_>,
    code: &Code,
    (from, to): (NameRef, NameRef),
    options: &ChainOptions,
    found: &[Found],
) -> u64 {
    let is_sure = |chain: &Found| chain.iter().all(|hop| hop.basis < Basis::Possible);
    let Some(hops) = found.first().filter(|chain| is_sure(chain)).map(Vec::len) else { return 0 };
    if hops < 2 || !options.kinds.contains(&LinkKind::Indirect) {
        return 0;
    }
    let possible = Possible::Alike;
    let options =
        ChainOptions { possible, count: usize::MAX, max_depth: hops - 1, ..options.clone() };
    let found = graph.chains(from, to, &options).found;
    found.iter().filter(|chain| wrong_ways(graph, code, chain).next().is_none()).count() as u64
}

/// Searches that leave out what the ones before took and can't be, at most.
const ROUNDS: usize = 100;

/// The shortest chains that can be: whose every step the configuration in force has, if there is one,
/// and which come to what an initcall's level runs by way of that level.
fn possible(
    graph: &Graph<'_>,
    code: &Code,
    ends: (NameRef, NameRef),
    options: &mut ChainOptions,
    number: usize,
) -> Chains {
    let without = options.without.clone();
    let (mut chains, went_wrong) = leaving_out(graph, code, ends, options, 0);
    if chains.found.is_empty() && went_wrong && !code.cancel().is_set() {
        // Another function of that level may lead there.
        options.without = without;
        chains = leaving_out(graph, code, ends, options, 1).0;
    }
    chains.found.truncate(number);
    chains
}

/// The same, where of two hops that don't belong together the one of this number is left out, and whether
/// there were such.
fn leaving_out(
    graph: &Graph<'_>,
    code: &Code,
    (from, to): (NameRef, NameRef),
    options: &mut ChainOptions,
    which: usize,
) -> (Chains, bool) {
    let mut known: HashMap<(DefId, DefId), Option<u32>> = HashMap::new();
    let mut line = |hop: &Hop| {
        *known.entry((hop.from.id, hop.to.id)).or_insert_with(|| {
            let slot = hop.link.via.filter(|_| hop.link.kind == LinkKind::Indirect);
            let used = graph.name(slot.unwrap_or(hop.to.name));
            let line = code.line_with(graph, &hop.from, hop.link.line, &used)?;
            code.compiles(graph.path(hop.to.file), hop.to.first).then_some(line)
        })
    };
    let mut went_wrong = false;
    let mut chains = graph.chains(from, to, options);
    for _ in 0..ROUNDS {
        let before = options.without.len();
        let hops = chains.found.iter_mut().flatten().filter(|_| code.kernel().is_some());
        for hop in hops {
            match line(hop) {
                Some(line) => hop.link.line = line,
                None => drop(options.without.insert((hop.from.id, hop.to.id))),
            }
        }
        let is_off = |hop: &Hop| options.without.contains(&(hop.from.id, hop.to.id));
        chains.found.retain(|hops| !hops.iter().any(is_off));
        chains.found.retain(|hops| {
            let wrong: Vec<&Hop> =
                wrong_ways(graph, code, hops).filter_map(|pair| pair.get(which)).collect();
            went_wrong |= !wrong.is_empty();
            options.without.extend(wrong.iter().map(|hop| (hop.from.id, hop.to.id)));
            wrong.is_empty()
        });
        let is_over = code.cancel().is_set() || options.without.len() == before;
        if !chains.found.is_empty() || is_over {
            break;
        }
        chains = graph.chains(from, to, options);
    }
    (chains, went_wrong)
}

/// The pairs of hops of a chain that don't belong together: a function that leads through the second's
/// pointer only to what some macros register, and what others do.
fn wrong_ways<'c>(
    graph: &'c Graph<'_>,
    code: &'c Code,
    chain: &'c [Hop],
) -> impl Iterator<Item = &'c [Hop]> {
    chain.windows(2).filter(move |pair| {
        let (before, hop) = (&pair[0], &pair[1]);
        let macros = code.idioms().leads_only(&graph.name(before.from.name));
        let macros = macros.filter(|_| hop.link.kind == LinkKind::Indirect);
        macros.is_some_and(|macros| !is_led_to(graph, &hop.to, macros))
    })
}

/// Whether a function is registered by one of these macros, and by none that has a `!` before it.
fn is_led_to(graph: &Graph<'_>, function: &DefInfo, macros: &[Vec<u8>]) -> bool {
    let barred: Vec<&[u8]> = macros.iter().filter_map(|name| name.strip_prefix(b"!")).collect();
    let only: Vec<&[u8]> =
        macros.iter().map(Vec::as_slice).filter(|name| !name.starts_with(b"!")).collect();
    let is_barred = !barred.is_empty() && is_registered(graph, function, &barred);
    !is_barred && (only.is_empty() || is_registered(graph, function, &only))
}

/// Whether one of these macros registers a function, in its file.
fn is_registered(graph: &Graph<'_>, function: &DefInfo, macros: &[&[u8]]) -> bool {
    let users = graph.users_of(function.name).into_iter().filter_map(|id| graph.definition(id));
    { users }.filter(|user| user.file == function.file).any(|user| {
        let edges = graph.edges_of(&user);
        let of_function = edges.iter().filter(|edge| edge.name == function.name);
        let lines: Vec<u32> = of_function.map(|edge| edge.line).collect();
        let is_one = |name| macros.iter().any(|known| *graph.name(name) == **known);
        edges.iter().any(|edge| lines.contains(&edge.line) && is_one(edge.name))
    })
}

fn no_chain(chain: &Chain, end: SearchEnd) -> Note {
    let end = match end {
        SearchEnd::Complete => ChainEnd::Complete,
        SearchEnd::Depth => ChainEnd::Depth,
        SearchEnd::Work(steps) => ChainEnd::Work(steps),
    };
    let Chain { from, to, through, avoid, max_depth, indirect, .. } = chain.clone();
    Note::NoChain { from, to, through, avoid, max_depth, indirect, end }
}

/// `others` are the names to pass, then those to avoid.
fn options(chain: &Chain, code: &Code, others: &[NameRef]) -> ChainOptions {
    let (through, avoid) = others.split_at(chain.through.len());
    let mut kinds = vec![LinkKind::Call, LinkKind::Macro, LinkKind::Ref];
    if chain.indirect {
        kinds.push(LinkKind::Indirect);
    }
    ChainOptions {
        arch: code.arch,
        // Chains through arms that are off are left out of those that are found.
        count: if code.kernel().is_some() { usize::MAX } else { chain.number },
        max_depth: chain.max_depth,
        kinds,
        through: through.to_vec(),
        avoid: avoid.to_vec(),
        without: HashSet::new(),
        possible: if chain.all { Possible::Alike } else { Possible::Last },
    }
}

fn text(graph: &Graph<'_>, name: NameRef) -> String {
    String::from_utf8_lossy(&graph.name(name)).into_owned()
}

/// The functions of a chain.
fn title(graph: &Graph<'_>, chain: &Found) -> Title {
    let first = chain.first().map(|hop| hop.from.name);
    let names = first.into_iter().chain(chain.iter().map(|hop| hop.to.name));
    Title::Chain(names.map(|name| text(graph, name)).collect())
}

fn rows(graph: &Graph<'_>, chains: &[Found]) -> Vec<Row> {
    let numbered = (0..).zip(chains);
    let hops = numbered.flat_map(|(number, chain)| chain.iter().map(move |hop| (number, hop)));
    let row = |(number, hop): (u32, &Hop)| {
        let how = How::of(graph, &hop.link);
        let unsure = hop.is_uncertain && hop.link.kind != LinkKind::Indirect;
        let name = |name| Cell::Name(text(graph, name));
        let start =
            Defined { path: graph.path(hop.from.file).to_vec(), line: hop.from.first, more: 0 };
        Row {
            path: graph.path(hop.from.file).to_vec(),
            line: hop.link.line,
            name: graph.name(hop.to.name),
            cells: vec![
                name(hop.from.name),
                name(hop.to.name),
                Cell::How(how),
                Cell::Defined(Some(start)),
            ],
            section: Some(number),
            sure: if unsure { Sureness::OneOfSeveral } else { hop.basis.into() },
            ..Row::default()
        }
    };
    hops.map(row).collect()
}

fn arrow(graph: &Graph<'_>, hop: &Hop) -> Arrow {
    let node = |definition: &DefInfo| Node {
        label: Label::Name(text(graph, definition.name)),
        path: graph.path(definition.file).to_vec(),
        line: definition.first,
        is_macro: is_macro(definition),
    };
    let how = How::of(graph, &hop.link);
    let (from, to, line) = (node(&hop.from), node(&hop.to), hop.link.line);
    Arrow { from, to, how, sure: hop.basis.into(), line }
}
