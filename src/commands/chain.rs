//! `kgrep chain FROM TO`: the shortest ways from one function to another, hop by hop.

use anyhow::Result;
use kgrep_index::graph::{Chain, ChainOptions, Graph, Hop, LinkKind, NameRef};

use super::answer::{Place, show, unknown};
use super::steps::not_callable;
use super::{Outcome, Session, freshen, picture};
use crate::cli::ChainArgs;
use crate::code::{self, Code, how, meant, named, one_name};
use crate::list::Role;
use crate::message::{counted, tell};
use crate::render::{Arrow, Node};

const COLUMNS: [(&str, Role); 3] = [("From", Role::Origin), ("To", Role::Step), ("How", Role::How)];

/// Prints and keeps the chains found, a line a hop.
///
/// # Errors
/// When the tree can't be read or the output not be written.
pub(crate) fn run(args: &ChainArgs, session: &Session) -> Result<Outcome> {
    let code = code::around(session)?;
    let found = freshen::ask(&code, session, |graph| {
        let mut names = Vec::new();
        for name in [&args.from, &args.to].into_iter().chain(&args.through).chain(&args.avoid) {
            let name = meant(graph, one_name(name)?);
            match named(graph, &name) {
                Some(name) => names.push(name),
                None => return Ok(Err(unknown(&code, graph, &name))),
            }
        }
        for (asked, name) in [&args.from, &args.to].into_iter().zip(&names) {
            if let Some(other) = graph.definitions_of(*name).first()
                && graph.starts(*name, code.arch).is_empty()
            {
                tell(not_callable(asked, other, graph, &code));
                return Ok(Err(Outcome::Nothing));
            }
        }
        if names[0] == names[1] {
            tell(format!("{} is both ends: give two functions", args.from));
            return Ok(Err(Outcome::Nothing));
        }
        let chains = graph.chains(names[0], names[1], &options(args, &code, &names[2..]));
        if chains.is_empty() {
            tell(unconnected(args));
            return Ok(Err(Outcome::Nothing));
        }
        let places = places(graph, &chains);
        let hops = chains.iter().flatten();
        Ok(Ok((places, hops.map(|hop| arrow(graph, hop)).collect::<Vec<_>>())))
    })?;
    let (places, arrows) = match found {
        Ok(found) => found,
        Err(outcome) => return Ok(outcome),
    };
    match picture::draw(&args.picture, &arrows)? {
        Some(outcome) => Ok(outcome),
        None => show(&code, session, &COLUMNS, &places),
    }
}

/// `others` are the names to pass, then those to avoid.
fn options(args: &ChainArgs, code: &Code, others: &[NameRef]) -> ChainOptions {
    let (through, avoid) = others.split_at(args.through.len());
    let mut kinds = vec![LinkKind::Call, LinkKind::Macro, LinkKind::Ref];
    if args.indirect {
        kinds.push(LinkKind::Indirect);
    }
    ChainOptions {
        arch: code.arch,
        count: args.number,
        max_depth: args.max_depth,
        kinds,
        through: through.to_vec(),
        avoid: avoid.to_vec(),
    }
}

fn unconnected(args: &ChainArgs) -> String {
    let mut text = format!("no chain from {} to {}", args.from, args.to);
    if !args.through.is_empty() {
        text += &format!(" through {}", args.through.join(", "));
    }
    if !args.avoid.is_empty() {
        text += &format!(" without {}", args.avoid.join(", "));
    }
    if args.max_depth != ChainArgs::DEPTH {
        text += &format!(" in at most {}", counted(args.max_depth as u64, "hop"));
    }
    if !args.indirect {
        text += "; --indirect also goes through tables of functions";
    }
    text
}

/// One place a hop; the first of each chain has the whole chain as its title.
fn places(graph: &Graph<'_>, chains: &[Chain]) -> Vec<Place> {
    let name = |name| String::from_utf8_lossy(&graph.name(name)).into_owned();
    let mut places = Vec::new();
    for chain in chains {
        let mut title = chain.first().map(|hop| name(hop.from.name)).unwrap_or_default();
        for hop in chain {
            title += " → ";
            title += &name(hop.to.name);
        }
        let mut section = Some(title);
        for hop in chain {
            places.push(Place {
                path: graph.path(hop.from.file).to_vec(),
                line: hop.link.line,
                name: graph.name(hop.to.name),
                cells: vec![name(hop.from.name), name(hop.to.name), in_words(graph, hop)],
                section: section.take(),
                ..Place::default()
            });
        }
    }
    places
}

fn in_words(graph: &Graph<'_>, hop: &Hop) -> String {
    let how = how(graph, &hop.link);
    if hop.is_uncertain && hop.link.kind != LinkKind::Indirect {
        format!("{how}, one of several")
    } else {
        how
    }
}

fn arrow(graph: &Graph<'_>, hop: &Hop) -> Arrow {
    let node = |definition: &kgrep_index::graph::DefInfo| Node {
        name: String::from_utf8_lossy(&graph.name(definition.name)).into_owned(),
        file: String::from_utf8_lossy(graph.path(definition.file)).into_owned(),
    };
    Arrow { from: node(&hop.from), to: node(&hop.to), how: how(graph, &hop.link) }
}
