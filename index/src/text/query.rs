//! What the trigrams of a file must be for it to hold a match: trigrams joined by AND and OR.
//! Made from a pattern by `regex`, answered by `plan`.
//!
//! A query may only ever be too wide. So everything that is cut here to bound its size is
//! cut on the safe side: a condition of an AND is dropped, an OR becomes "any file".

use std::{collections::BTreeSet, fmt};

use super::{Trigram, trigram};

/// The most conditions in a query: answering more costs as much as reading the files.
const MAX_SIZE: usize = 4096;

/// What a file's trigrams must be for a pattern to match in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query(pub(crate) Node);

/// A condition on the trigrams of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// Nothing is required.
    Any,
    /// The pattern matches nowhere.
    Never,
    /// This trigram.
    Has(Trigram),
    /// All of at least two.
    And(Vec<Node>),
    /// One of at least two.
    Or(Vec<Node>),
}

impl Query {
    /// The query that every file answers: for what an index can't help with.
    pub fn any() -> Query {
        Query(Node::Any)
    }

    /// Whether a file with this text may match, as the index would answer.
    pub fn admits(&self, text: &[u8]) -> bool {
        let trigrams: BTreeSet<Trigram> = text.windows(3).filter_map(trigram).collect();
        self.0.is_met(&|wanted| trigrams.contains(&wanted))
    }

    /// Whether every file may match.
    pub fn is_any(&self) -> bool {
        self.0 == Node::Any
    }
}

impl Node {
    /// How many conditions it is made of.
    pub(crate) fn size(&self) -> usize {
        match self {
            Node::Any | Node::Never | Node::Has(_) => 1,
            Node::And(nodes) | Node::Or(nodes) => 1 + nodes.iter().map(Node::size).sum::<usize>(),
        }
    }

    /// Whether a text with the trigrams that `has` calls its own fulfils the condition.
    fn is_met(&self, has: &dyn Fn(Trigram) -> bool) -> bool {
        match self {
            Node::Any => true,
            Node::Never => false,
            Node::Has(trigram) => has(*trigram),
            Node::And(nodes) => nodes.iter().all(|node| node.is_met(has)),
            Node::Or(nodes) => nodes.iter().any(|node| node.is_met(has)),
        }
    }

    /// All of the conditions, or as many as fit.
    pub(crate) fn and(nodes: impl IntoIterator<Item = Node>) -> Node {
        let (mut all, mut size) = (Vec::new(), 1);
        for node in nodes {
            if node == Node::Never {
                return Node::Never;
            }
            let inner = match node {
                Node::And(inner) => inner,
                other => vec![other],
            };
            for node in inner {
                let more = node.size();
                if node != Node::Any && size + more <= MAX_SIZE && !all.contains(&node) {
                    size += more;
                    all.push(node);
                }
            }
        }
        match all.len() {
            0 => Node::Any,
            1 => all.swap_remove(0),
            _ => Node::And(all),
        }
    }

    /// One of the conditions. When they are too many, each keeps fewer of its own.
    pub(crate) fn or(nodes: impl IntoIterator<Item = Node>) -> Node {
        let mut any = Vec::new();
        for node in nodes {
            match node {
                Node::Any => return Node::Any,
                Node::Never => {}
                Node::Or(inner) => any.extend(inner),
                other => any.push(other),
            }
        }
        if 1 + any.iter().map(Node::size).sum::<usize>() > MAX_SIZE {
            let each = (MAX_SIZE - 1) / any.len();
            if each < 3 {
                return Node::Any;
            }
            any.iter_mut().for_each(|node| node.thin(each));
            if 1 + any.iter().map(Node::size).sum::<usize>() > MAX_SIZE {
                return Node::Any;
            }
        }
        match any.len() {
            0 => Node::Never,
            1 => any.swap_remove(0),
            _ => Node::Or(any),
        }
    }

    /// Drops conditions of an AND, evenly, until at most `size` are left, if that is possible.
    fn thin(&mut self, size: usize) {
        if let Node::And(nodes) = self {
            let keep = size.saturating_sub(1).max(2);
            let len = nodes.len();
            if len > keep {
                let kept = (0..keep).map(|i| nodes[i * (len - 1) / (keep - 1)].clone());
                *nodes = kept.collect();
            }
        }
    }

    /// That the text holds one of `strings`.
    pub(crate) fn contains(strings: &BTreeSet<Vec<u8>>) -> Node {
        Node::or(strings.iter().map(|string| {
            let all: BTreeSet<Trigram> = string.windows(3).filter_map(trigram).collect();
            Node::and(all.into_iter().map(Node::Has))
        }))
    }
}

/// As `--debug` shows it: `"kma" & "mal" & ("loc" | "LOC")`.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        show(&self.0, false, f)
    }
}

fn show(node: &Node, inner: bool, f: &mut fmt::Formatter) -> fmt::Result {
    let (nodes, sign) = match node {
        Node::Any => return f.write_str("anything"),
        Node::Never => return f.write_str("nothing"),
        Node::Has(t) => {
            let bytes = [(t >> 16) as u8, (t >> 8) as u8, *t as u8];
            return write!(f, "\"{}\"", bytes.escape_ascii());
        }
        Node::And(nodes) => (nodes, " & "),
        Node::Or(nodes) => (nodes, " | "),
    };
    if inner {
        f.write_str("(")?;
    }
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            f.write_str(sign)?;
        }
        show(node, true, f)?;
    }
    if inner {
        f.write_str(")")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_and_never_swallow() {
        let has = Node::Has(1);
        assert_eq!(Node::and([has.clone(), Node::Any]), has);
        assert_eq!(Node::and([has.clone(), Node::Never]), Node::Never);
        assert_eq!(Node::or([has.clone(), Node::Any]), Node::Any);
        assert_eq!(Node::or([has.clone(), Node::Never]), has);
        assert_eq!(Node::and([]), Node::Any);
        assert_eq!(Node::or([]), Node::Never);
    }

    #[test]
    fn many_strings_keep_some_trigrams_each() {
        let words = (0..900).map(|i| format!("some_longer_name_{i:04}").into_bytes()).collect();
        let node = Node::contains(&words);
        assert!(node.size() <= MAX_SIZE);
        assert!(matches!(node, Node::Or(all) if all.len() == 900));
        let words = (0..9000).map(|i| format!("name_{i:04}").into_bytes()).collect();
        assert_eq!(Node::contains(&words), Node::Any);
    }
}
