//! Takes the documents of all files, from many threads, and makes the catalog's file: for each
//! writer one tantivy segment, and one table of all documents.
//!
//! A segment is made in memory and put into the file as sections, so that it has the same
//! checksums, publication and life as every other part of the index.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rayon::prelude::*;
use tantivy::{
    Directory, Index, IndexSettings, SingleSegmentIndexWriter, TantivyDocument,
    directory::{OwnedBytes, RamDirectory},
    schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{TextAnalyzer, TokenizerManager},
};

use super::{
    document::{Document, Kind},
    stored::{self, EXTENSIONS, META},
    table::{self, BLOCK, TableWriter},
    weights::Place,
    words::Cutter,
};
use crate::{
    Error,
    bytes::{put_bytes, put_u32, u32_at},
    graph::guard,
    store::container::{self, Section},
};

/// The fields, in the order of their numbers and of their weights.
pub(crate) const NAME: Field = Field::from_field_id(0);
/// See [`NAME`].
pub(crate) const HEAD: Field = Field::from_field_id(1);
/// See [`NAME`].
pub(crate) const TEXT: Field = Field::from_field_id(2);

/// More segments than this make questions slower than their writing is faster.
const MAX_PARTS: usize = 8;
/// From this tantivy takes the size of the table of words that it begins with, in bytes.
const MEMORY: usize = 64 << 20;

/// What is wrong with a part, in tantivy's words.
type Failure = String;

fn failure(error: tantivy::TantivyError) -> Failure {
    error.to_string()
}

/// The shape of a document in tantivy: three texts, none of them stored.
pub(super) fn schema() -> Schema {
    let mut schema = Schema::builder();
    for (name, tokenizer) in [("name", "names"), ("head", "prose"), ("text", "prose")] {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        schema.add_text_field(name, TextOptions::default().set_indexing_options(indexing));
    }
    schema.build()
}

/// One segment that grows.
pub(super) struct Part {
    directory: RamDirectory,
    writer: SingleSegmentIndexWriter,
    pub(super) table: TableWriter,
}

impl Part {
    pub(super) fn new() -> Result<Part, Failure> {
        let directory = RamDirectory::create();
        let tokenizers = TokenizerManager::new();
        tokenizers.register("names", TextAnalyzer::from(Cutter::names()));
        tokenizers.register("prose", TextAnalyzer::from(Cutter::prose()));
        let settings =
            IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
        let builder = Index::builder().schema(schema()).tokenizers(tokenizers).settings(settings);
        let writer =
            builder.single_segment_index_writer(directory.clone(), MEMORY).map_err(failure)?;
        Ok(Part { directory, writer, table: TableWriter::default() })
    }

    pub(super) fn add(&mut self, file: u32, document: &Document) -> Result<(), Failure> {
        let mut texts = TantivyDocument::default();
        let name = document.kind.bare_name(&document.name);
        texts.add_text(NAME, name);
        // What the macro puts before the name is no word of it, but `sys_pivot_root` is asked for.
        if let (Kind::Symbol(_), Some(before)) =
            (document.kind, document.name.strip_suffix(name).filter(|before| !before.is_empty()))
        {
            texts.add_text(HEAD, before);
        }
        for (field, text) in [(HEAD, &document.head), (TEXT, &document.text)] {
            if !text.is_empty() {
                texts.add_text(field, text);
            }
        }
        self.writer.add_document(texts).map_err(failure)?;
        self.table.add(file, document);
        Ok(())
    }

    /// The segment, written into memory, and the table.
    pub(super) fn finish(self) -> Result<(Finished, Index), Failure> {
        let index = self.writer.finalize().map_err(failure)?;
        let segments = index.searchable_segment_metas().map_err(failure)?;
        let names = segments.first().map(|segment| segment.id().uuid_string()).unwrap_or_default();
        let read = |path: &Path| {
            let file = self.directory.open_read(path).map_err(|error| error.to_string())?;
            file.read_bytes().map_err(|error| error.to_string())
        };
        let meta = self.directory.atomic_read(Path::new("meta.json"));
        let meta = OwnedBytes::new(meta.map_err(|error| error.to_string())?);
        let mut files = vec![(META, meta)];
        for (extension, section) in EXTENSIONS {
            let path = format!("{names}.{extension}");
            if self.directory.exists(Path::new(&path)).map_err(|error| error.to_string())? {
                let mut bytes = read(Path::new(&path))?;
                if extension == "store" {
                    bytes = only_footer(&bytes);
                }
                files.push((section, bytes));
            }
        }
        Ok((Finished { files, table: self.table }, index))
    }
}

/// The end of a file of tantivy's, by which it knows its own: a text, the text's length and a
/// mark, four bytes each. Of the store nothing else is ever read, as it stores nothing.
fn only_footer(bytes: &[u8]) -> OwnedBytes {
    let length = bytes.len().checked_sub(8).map(|at| u32_at(bytes, at) as usize + 8);
    let start = length.and_then(|length| bytes.len().checked_sub(length)).unwrap_or(0);
    OwnedBytes::new(bytes[start..].to_vec())
}

/// A part that is written: its files by their sections' names, and its table.
pub(super) struct Finished {
    files: Vec<(&'static str, OwnedBytes)>,
    pub(super) table: TableWriter,
}

/// A place for one of a builder's parts.
#[derive(Default)]
enum Slot {
    #[default]
    Empty,
    Growing(Box<Part>),
    Finished(Finished),
}

impl Slot {
    /// The part that grows here; a new one where there is none.
    fn growing(&mut self) -> Result<&mut Part, Failure> {
        if matches!(self, Slot::Empty) {
            *self = Slot::Growing(Box::new(Part::new()?));
        }
        match self {
            Slot::Growing(part) => Ok(part),
            _ => Err("a finished catalog takes no more documents".to_owned()),
        }
    }

    fn finished(self) -> Option<Finished> {
        match self {
            Slot::Finished(part) => Some(part),
            _ => None,
        }
    }

    /// Finishes the part that grows here.
    fn finish(&mut self) -> Result<(), Failure> {
        *self = match std::mem::take(self) {
            Slot::Growing(part) => Slot::Finished(part.finish()?.0),
            other => other,
        };
        Ok(())
    }
}

/// Collects documents. Shared by the threads that read files.
#[derive(Default)]
pub(crate) struct Builder {
    parts: Vec<Mutex<Slot>>,
    files: Mutex<Vec<Vec<u8>>>,
    failed: Mutex<Option<Failure>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Builder {
    /// An empty builder, for the threads there are.
    pub(crate) fn new() -> Builder {
        let count = rayon::current_num_threads().clamp(1, MAX_PARTS);
        Builder { parts: (0..count).map(|_| Mutex::default()).collect(), ..Builder::default() }
    }

    /// Adds the documents of the file at `path`. Any order, any thread.
    pub(crate) fn add(&self, path: &[u8], documents: &[Document]) {
        if documents.is_empty() {
            return;
        }
        let file = {
            let mut files = lock(&self.files);
            files.push(path.to_vec());
            files.len() as u32 - 1
        };
        let thread = rayon::current_thread_index().unwrap_or(0);
        let mut slot = lock(&self.parts[thread % self.parts.len()]);
        let mut add = || {
            let part = slot.growing()?;
            documents.iter().try_for_each(|document| part.add(file, document))
        };
        if let Err(error) = add() {
            lock(&self.failed).get_or_insert(error);
        }
    }

    /// Finishes all parts, on all cores: a finished one takes a fraction of the memory. No more
    /// documents may be added.
    pub(crate) fn close(&self) {
        self.parts.par_iter().for_each(|slot| {
            if let Err(error) = lock(slot).finish() {
                lock(&self.failed).get_or_insert(error);
            }
        });
    }

    /// Writes the catalog's file and returns its header's checksum; of one over another, which is
    /// of these files in its place.
    pub(crate) fn write(
        self,
        path: &Path,
        replaced: Option<&BTreeSet<Vec<u8>>>,
    ) -> Result<u32, Error> {
        let failed = |what: Failure| Error::io(path, std::io::Error::other(what));
        self.close();
        if let Some(error) = lock(&self.failed).take() {
            return Err(failed(error));
        }
        let parts = self.parts.into_iter();
        let parts = parts.map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner));
        let mut parts: Vec<Finished> = parts.filter_map(Slot::finished).collect();
        let files = self.files.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (paths, numbers) = sorted(files);
        let documents: Vec<usize> = parts.iter().map(|part| part.table.len()).collect();
        let tables = parts.iter_mut().map(|part| std::mem::take(&mut part.table)).collect();
        let tables = table::sections(tables, &numbers);
        let mut sections: Vec<(container::Name, &[u8])> = vec![(stored::FILES, &paths)];
        let mut section = Vec::new();
        if let Some(replaced) = replaced {
            replaced.iter().for_each(|path| put_bytes(&mut section, path));
            sections.push((stored::REPLACED, &section));
        }
        for (name, bytes) in stored::TABLE.iter().zip(&tables) {
            sections.push((*name, bytes));
        }
        let mut counts = Vec::new();
        for (number, (part, documents)) in parts.iter().zip(documents).enumerate() {
            put_u32(&mut counts, documents as u32);
            for (name, bytes) in &part.files {
                sections.push((stored::section(number, name), bytes));
            }
        }
        sections.push((stored::PARTS, &counts));
        let mut sums = Vec::new();
        for (_, bytes) in &sections {
            guard::sums(bytes).for_each(|sum| put_u32(&mut sums, sum));
        }
        sections.push((stored::SUMS, &sums));
        let sections: Vec<Section> = sections
            .into_iter()
            .map(|(name, bytes)| Section { name, pieces: vec![bytes] })
            .collect();
        container::write(path, stored::KIND, &sections)
    }
}

/// The section of the files: sorted by path, each with its place; and for each file as it was
/// numbered its number there.
fn sorted(files: Vec<Vec<u8>>) -> (Vec<u8>, Vec<u32>) {
    let mut order: Vec<u32> = (0..files.len() as u32).collect();
    order.sort_unstable_by(|one, other| files[*one as usize].cmp(&files[*other as usize]));
    let mut section = Vec::new();
    let mut numbers = vec![0; files.len()];
    for (number, at) in order.into_iter().enumerate() {
        let path = &files[at as usize];
        numbers[at as usize] = number as u32;
        section.push(Place::of(path) as u8);
        put_bytes(&mut section, path);
    }
    (section, numbers)
}

/// Where a part's documents begin, when parts before it have so many.
pub(super) fn begins(before: usize) -> usize {
    before.next_multiple_of(BLOCK)
}
