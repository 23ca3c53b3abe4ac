//! The planner: answers a query from the postings and decides whether that helps. Lists are
//! short (none is longer than a bit for each file), so it answers first, and then knows
//! instead of guessing how many files are left to read.

use std::{collections::HashMap, rc::Rc, sync::Arc};

use super::{
    Trigram,
    located::Located,
    query::{Node, Query},
    segment::Segment,
};
use crate::{Error, bits::Bits, store::table::View, tree::scope::Scope};

/// What a search should do.
#[derive(Clone, Debug)]
pub enum Plan {
    /// Read every file: the index can't help enough to pay for its use.
    Scan(Estimate),
    /// Read only these files, and those that changed.
    Narrow(Candidates),
}

/// How many files a query leaves, in the scope of a search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Files that the query does not exclude, those that every search reads included.
    pub candidates: usize,
    /// All files that the ignore rules let through.
    pub files: usize,
    /// Bytes of the candidates.
    pub candidate_bytes: u64,
    /// Bytes of all of them.
    pub bytes: u64,
}

impl Estimate {
    /// Whether reading the candidates alone, after asking after every file's changes, is
    /// quicker than reading everything. Asking costs about a tenth of reading.
    fn pays(&self) -> bool {
        self.files > 0
            && self.candidates * 10 <= self.files * 6
            && u128::from(self.candidate_bytes) * 10 <= u128::from(self.bytes) * 7
    }
}

/// The files that can match, as the index knows them.
#[derive(Clone, Debug)]
pub struct Candidates {
    pub(crate) files: Bits,
    pub(crate) scope: Scope,
    pub(crate) located: Arc<Located>,
    /// How many they are, and how many bytes.
    pub estimate: Estimate,
}

/// Answers `query` for the files in `scope`, which are those of `located`.
pub(crate) fn plan(
    query: &Query,
    segments: &[Segment],
    view: View,
    scope: &Scope,
    located: Arc<Located>,
) -> Result<Plan, Error> {
    let mut files = located.unindexed.clone();
    for (at, segment) in segments.iter().enumerate() {
        let found = Answer { segment, lists: HashMap::new() }.of(&query.0)?;
        located.of(at, &found).for_each(|number| _ = files.set(number));
    }
    let mut estimate =
        Estimate { files: located.files, bytes: located.bytes, ..Estimate::default() };
    for number in files.members(0..view.files()) {
        estimate.candidates += 1;
        estimate.candidate_bytes =
            estimate.candidate_bytes.saturating_add(view.record(number).size);
    }
    Ok(if estimate.pays() {
        Plan::Narrow(Candidates { files, scope: scope.clone(), located, estimate })
    } else {
        Plan::Scan(estimate)
    })
}

/// A segment with the lists that were read of it so far.
struct Answer<'a> {
    segment: &'a Segment,
    lists: HashMap<Trigram, Rc<Bits>>,
}

impl Answer<'_> {
    /// The documents that fulfil `node`.
    fn of(&mut self, node: &Node) -> Result<Bits, Error> {
        let len = self.segment.documents();
        Ok(match node {
            Node::Any => Bits::full(len),
            Node::Never => Bits::empty(len),
            Node::Has(trigram) => self.list(*trigram)?.as_ref().clone(),
            Node::And(nodes) => {
                // The rarest first: often nothing is left before the long lists are read.
                let mut ordered = Vec::with_capacity(nodes.len());
                for node in nodes {
                    ordered.push((self.at_most(node)?, node));
                }
                ordered.sort_by_key(|(count, _)| *count);
                let mut all = Bits::full(len);
                for (_, node) in ordered {
                    match node {
                        Node::Has(trigram) => all.and(self.list(*trigram)?.as_ref()),
                        other => all.and(&self.of(other)?),
                    }
                    if all.is_empty() {
                        break;
                    }
                }
                all
            }
            Node::Or(nodes) => {
                let mut any = Bits::empty(len);
                for node in nodes {
                    match node {
                        Node::Has(trigram) => any.or(self.list(*trigram)?.as_ref()),
                        other => any.or(&self.of(other)?),
                    }
                }
                any
            }
        })
    }

    /// An upper bound for how many documents fulfil `node`, from the lists' lengths.
    fn at_most(&self, node: &Node) -> Result<usize, Error> {
        let len = self.segment.documents();
        Ok(match node {
            Node::Any => len,
            Node::Never => 0,
            Node::Has(trigram) => self.segment.count(*trigram)?,
            Node::And(nodes) => {
                let mut least = len;
                for node in nodes {
                    least = least.min(self.at_most(node)?);
                }
                least
            }
            Node::Or(nodes) => {
                let mut sum = 0;
                for node in nodes {
                    sum += self.at_most(node)?;
                }
                sum.min(len)
            }
        })
    }

    fn list(&mut self, trigram: Trigram) -> Result<Rc<Bits>, Error> {
        if let Some(list) = self.lists.get(&trigram) {
            return Ok(Rc::clone(list));
        }
        let list = Rc::new(self.segment.documents_with(trigram)?);
        self.lists.insert(trigram, Rc::clone(&list));
        Ok(list)
    }
}
