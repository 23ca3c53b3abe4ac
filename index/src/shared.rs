//! A graph together with the bytes that it reads: it may be kept, cloned at no cost and asked
//! from any thread. An answer that a damaged part of the index went into is never handed out.

use std::sync::Arc;

use crate::graph::{Damaged, Graph, Overlaid, Sections};
use crate::idiom::Idioms;
use crate::outline::FileOutline;
use crate::{Error, Index};

/// Where a graph's bytes are.
enum Source {
    /// Mapped from an index.
    Index(Index),
    /// In memory, made of all files.
    Sections(Arc<Sections>),
}

self_cell::self_cell! {
    struct Cell {
        owner: Source,

        #[covariant]
        dependent: Graph,
    }
}

/// A graph that owns what it reads.
#[derive(Clone)]
pub struct SharedGraph(Arc<Cell>);

impl SharedGraph {
    /// The graph in these sections.
    ///
    /// # Errors
    /// When they don't hold together.
    pub fn from_sections(sections: Arc<Sections>) -> Result<SharedGraph, Damaged> {
        let cell = Cell::try_new(Source::Sections(sections), |source| match source {
            Source::Sections(sections) => Graph::from_sections(sections),
            Source::Index(_) => Err(Damaged("graph")),
        })?;
        Ok(SharedGraph(Arc::new(cell)))
    }

    /// The same with these outlines in the place of what the sections say of their files; `None`
    /// when more than `most` files follow from them. `outline` reads a file that did not change.
    ///
    /// # Errors
    /// As [`SharedGraph::from_sections`].
    pub fn laid_over(
        sections: Arc<Sections>,
        changed: Vec<Overlaid>,
        idioms: &Idioms,
        most: usize,
        outline: &(dyn Fn(&[u8]) -> Option<FileOutline> + Sync),
    ) -> Result<Option<SharedGraph>, Damaged> {
        let cell = Cell::try_new(Source::Sections(sections), |source| match source {
            Source::Sections(sections) => {
                let mut graph = Graph::from_sections(sections).map_err(Some)?;
                graph.overlay(changed, idioms, most, outline).map_err(|_| None)?;
                Ok(graph)
            }
            Source::Index(_) => Err(None),
        });
        match cell {
            Ok(cell) => Ok(Some(SharedGraph(Arc::new(cell)))),
            Err(None) => Ok(None),
            Err(Some(damaged)) => Err(damaged),
        }
    }

    /// The graph that `open` makes of an index.
    pub(crate) fn of_index(
        index: Index,
        open: impl for<'i> FnOnce(&'i Index) -> Result<Option<Graph<'i>>, Error>,
    ) -> Result<Option<SharedGraph>, Error> {
        // `None`: there is no graph for this question, and no error either.
        let cell = Cell::try_new(Source::Index(index), |source| match source {
            Source::Index(index) => open(index).map_err(Some)?.ok_or(None),
            Source::Sections(_) => Err(None),
        });
        match cell {
            Ok(cell) => Ok(Some(SharedGraph(Arc::new(cell)))),
            Err(None) => Ok(None),
            Err(Some(error)) => Err(error),
        }
    }

    /// What `question` finds in the graph.
    ///
    /// # Errors
    /// When a part of the index that was read is damaged: then the answer is incomplete, and
    /// the index is to be built again.
    pub fn ask<R>(&self, question: impl FnOnce(&Graph<'_>) -> R) -> Result<R, Error> {
        let answer = self.0.with_dependent(|_, graph| question(graph));
        match self.0.borrow_owner() {
            Source::Index(index) => index.graph_soundness().map(|()| answer),
            Source::Sections(_) => Ok(answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Builder;
    use crate::idiom::Idioms;
    use crate::outline::outline;

    fn small() -> SharedGraph {
        let idioms = Idioms::built_in();
        let builder = Builder::new();
        let text = b"int lamp_on(void)\n{\n\treturn 1;\n}\n";
        builder.add(b"drivers/lamp.c", &outline(b"drivers/lamp.c", text, &idioms));
        SharedGraph::from_sections(Arc::new(builder.finish(&idioms))).expect("whole sections")
    }

    #[test]
    fn a_shared_graph_is_asked_from_any_thread() {
        fn any_thread<T: Send + Sync + Clone + 'static>(_: &T) {}
        let graph = small();
        any_thread(&graph);
        let other = graph.clone();
        let asked = std::thread::spawn(move || {
            other.ask(|graph| graph.find_name(b"lamp_on").is_some()).expect("sound")
        });
        assert!(asked.join().expect("no panic"));
        assert!(!graph.ask(|graph| graph.find_name(b"lamp_off").is_some()).expect("sound"));
    }

    #[test]
    fn sections_that_do_not_hold_together_are_an_error() {
        let cut = Sections { names: vec![1, 2, 3], ..Sections::default() };
        assert!(SharedGraph::from_sections(Arc::new(cut)).is_err());
    }
}
