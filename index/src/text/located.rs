//! Where in the file table each document of the text is, for the files of a scope: with it a
//! query costs what it finds, not what the tree holds. One question may ask dozens.

use super::segment::Segment;
use crate::{
    bits::Bits,
    store::table::{State, View},
    tree::scope::Scope,
};

/// Stands for a document that no file of the scope has.
const NOWHERE: u32 = u32::MAX;

/// The files of a scope by their documents, and those that have none.
#[derive(Debug)]
pub(crate) struct Located {
    /// For each segment the number of the file that each document is the text of.
    documents: Vec<Vec<u32>>,
    /// The files that every search reads: their text is not in the index.
    pub(crate) unindexed: Bits,
    /// The files that the ignore rules leave out.
    pub(crate) ignored: Bits,
    /// How many files the rules let through.
    pub(crate) files: usize,
    /// Bytes of those.
    pub(crate) bytes: u64,
}

impl Located {
    /// Those of the files of `view` that are in `scope`.
    pub(crate) fn new(segments: &[Segment], view: View, scope: &Scope) -> Located {
        let documents = segments.iter().map(|segment| vec![NOWHERE; segment.documents()]);
        let mut located = Located {
            documents: documents.collect(),
            unindexed: Bits::empty(view.files()),
            ignored: Bits::empty(view.files()),
            files: 0,
            bytes: 0,
        };
        let whole = scope.is_whole();
        for at in 0..view.folders() {
            let folder = view.folder(at);
            if whole || scope.holds(folder.path().to_bytes()) {
                folder.file_range().for_each(|number| located.add(view, number));
            }
        }
        located
    }

    fn add(&mut self, view: View, number: usize) {
        let record = view.record(number);
        if record.state == State::Ignored {
            self.ignored.set(number);
            return;
        }
        self.files += 1;
        self.bytes = self.bytes.saturating_add(record.size);
        let is_text = record.state == State::Text;
        let documents = self.documents.get_mut(record.segment).filter(|_| is_text);
        match documents.map(|documents| documents.get_mut(record.document as usize)) {
            Some(Some(place)) if *place == NOWHERE => *place = number as u32,
            // A document that the segment doesn't have is found by no query.
            Some(None) => {}
            // What is another file's already is read to be safe.
            _ => {
                self.unindexed.set(number);
            }
        }
    }

    /// The files that have one of these documents of a segment.
    pub(crate) fn of<'a>(
        &'a self,
        segment: usize,
        documents: &'a Bits,
    ) -> impl Iterator<Item = usize> + 'a {
        let places = self.documents.get(segment).map_or(&[][..], Vec::as_slice);
        let found = documents.members(0..places.len()).filter_map(|at| places.get(at));
        found.filter(|place| **place != NOWHERE).map(|place| *place as usize)
    }
}
