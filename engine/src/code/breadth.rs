//! Trees of steps from definition to definition, grown breadth first: each definition is
//! followed where it is nearest to the root, so that nothing within the depth is left out.
//! The order of rows is that of the tree all the same. What a step is, callers know.

use std::collections::{HashMap, HashSet, VecDeque};

use kgrep_index::graph::{DefId, DefInfo};

use crate::answer::Elsewhere;

/// A step from a definition, and the definitions behind it that may be followed.
pub struct Step<S> {
    /// What it is.
    pub what: S,
    /// Where it leads; nothing where it is not followed.
    pub leads: Vec<DefInfo>,
}

/// A tree of steps.
pub struct Tree<S> {
    steps: HashMap<DefId, (DefInfo, Vec<Step<S>>)>,
    /// The step under which each definition is followed: whose, and which.
    owner: HashMap<DefId, (DefId, usize)>,
    /// The definitions whose steps were shown.
    shown: HashSet<DefId>,
}

impl<S> Tree<S> {
    /// The tree below `roots`; `steps` says what each definition leads to, at which depth,
    /// from 1.
    pub fn grow(
        roots: &[DefInfo],
        mut steps: impl FnMut(&DefInfo, usize) -> Vec<Step<S>>,
    ) -> Tree<S> {
        let (mut followed, mut owner) = (HashMap::new(), HashMap::new());
        let mut seen: HashSet<DefId> = roots.iter().map(|root| root.id).collect();
        let mut open: VecDeque<(DefInfo, usize)> = roots.iter().map(|root| (*root, 1)).collect();
        while let Some((from, depth)) = open.pop_front() {
            let found = steps(&from, depth);
            for (at, step) in found.iter().enumerate() {
                for to in &step.leads {
                    if seen.insert(to.id) {
                        owner.insert(to.id, (from.id, at));
                        open.push_back((*to, depth + 1));
                    }
                }
            }
            followed.insert(from.id, (from, found));
        }
        Tree { steps: followed, owner, shown: HashSet::new() }
    }

    /// Hands each step below `root` to `each`, in the tree's order: its depth, the definition
    /// it starts from, and where what it leads to is followed if that is not here.
    pub fn walk(
        &mut self,
        root: DefId,
        mut each: impl FnMut(usize, &DefInfo, &Step<S>, Option<Elsewhere>),
    ) {
        let mut open = vec![(root, 0, 1)];
        while let Some((id, at, depth)) = open.pop() {
            self.shown.insert(id);
            let Some((from, steps)) = self.steps.get(&id) else { continue };
            let Some(step) = steps.get(at) else { continue };
            open.push((id, at + 1, depth));
            let is_here = |to: &&DefInfo| self.owner.get(&to.id) == Some(&(id, at));
            let mut elsewhere = step.leads.iter().filter(|to| !is_here(to)).peekable();
            let elsewhere = elsewhere.peek().is_some().then(|| {
                match elsewhere.any(|to| self.shown.contains(&to.id)) {
                    true => Elsewhere::Above,
                    false => Elsewhere::Below,
                }
            });
            each(depth, from, step, elsewhere);
            let below = step.leads.iter().rev().filter(is_here);
            open.extend(below.map(|to| (to.id, 0, depth + 1)));
        }
    }
}
