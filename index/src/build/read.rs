//! Reading files and making segments of them, on all cores, within a bound of memory.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    sync::{Mutex, PoisonError},
};

use rayon::prelude::*;
use rustix::{fs::fstat, io::Errno};

use super::{Observer, Place, catalog, graph, plan::Job};
use crate::{
    Error, PageBuffer, State,
    graph::Batch,
    idiom::Idioms,
    outline::LARGEST,
    paths::join,
    scratch::Scratch,
    store::{Home, manifest::Part},
    text::{
        packed::{CHUNK_FILES, Chunk, ChunkWriter},
        segment_write::{self, Inverted},
        trigrams::Trigrams,
    },
    tree::{
        listing::{ListedFile, ListedFolder},
        raw::{Folder, Kind},
    },
};

/// Bytes of files in a chunk; one file may have more.
const CHUNK_BYTES: u64 = 4 << 20;
/// Chunks that are read between two looks at the memory in use.
const WAVE: usize = 256;
/// The number of trigrams of files that a segment is made of: packed, they take a third as many bytes
/// as three for each, and encoded as many again.
const SEGMENT_PAIRS: usize = 150 << 20;
/// The piece by which others are read.
const PIECE: usize = 4 << 20;
/// With more distinct trigrams than this a file matches almost any query. The richest file
/// of Linux 6.12 has fewer than a third.
const DENSE: usize = 1 << 17;

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// The place of each job's file, in the order of the jobs, counted in `parts`.
    pub(super) files: Vec<Place>,
    /// The segments that were written, and then the pending one.
    pub(super) parts: Vec<Part>,
}

/// What was read of a segment's files: it can be made, and written.
#[derive(Debug)]
pub(super) struct Unmade {
    number: u64,
    documents: u32,
    chunks: Vec<Chunk>,
}

/// A segment that can be written, while others make something else.
#[derive(Debug)]
pub(super) struct Pending {
    number: u64,
    documents: u32,
    inverted: Inverted,
}

impl Unmade {
    /// Makes the segment, on all cores, of what `scratch` keeps.
    pub(super) fn make(self, home: &Home, scratch: &Scratch) -> Result<Pending, Error> {
        let Unmade { number, documents, chunks } = self;
        let inverted = segment_write::invert(chunks, scratch);
        let inverted = inverted.map_err(|error| Error::io(&home.scratch_path(), error))?;
        Ok(Pending { number, documents, inverted })
    }
}

impl Pending {
    /// Writes the segment.
    pub(super) fn write(self, home: &Home) -> Result<Part, Error> {
        let Pending { number, documents, inverted } = self;
        let (checksum, bytes) = segment_write::write(&home.part(number), &inverted)?;
        Ok(Part { number, checksum, documents, bytes })
    }
}

/// The reading of one build.
pub(super) struct Reading<'a> {
    home: &'a Home,
    scratch: &'a Scratch,
    top: &'a Folder,
    listed: &'a [ListedFolder],
    observer: &'a dyn Observer,
    graph: (&'a graph::Plan, &'a Idioms),
    catalog: &'a catalog::Plan,
    next_part: u64,
    /// Those that no thread uses.
    readers: Mutex<Vec<Reader>>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(
        (home, scratch): (&'a Home, &'a Scratch),
        top: &'a Folder,
        listed: &'a [ListedFolder],
        observer: &'a dyn Observer,
        graph: (&'a graph::Plan, &'a Idioms),
        catalog: &'a catalog::Plan,
        next_part: u64,
    ) -> Reading<'a> {
        let readers = Mutex::default();
        Reading { home, scratch, top, listed, observer, graph, catalog, next_part, readers }
    }

    /// The number for the next part.
    pub(super) fn next_part(&self) -> u64 {
        self.next_part
    }

    /// Reads the files and writes their segments, all but the last.
    pub(super) fn read(&mut self, jobs: &[Job]) -> Result<(Done, Option<Unmade>), Error> {
        let mut done = Done::default();
        let (mut chunks, mut pairs, mut documents) = (Vec::new(), 0, 0);
        let all = self.chunks(jobs);
        for wave in all.chunks(WAVE) {
            let read: Vec<(Chunk, Vec<State>)> = wave
                .par_iter()
                .with_max_len(1)
                .map(|jobs| self.with_reader(|reader| self.read_chunk(reader, jobs)))
                .collect();
            for (chunk, states) in read {
                let part = done.parts.len() as u16;
                for state in states {
                    done.files.push(Place { state, part, document: documents });
                    documents += 1;
                }
                pairs += chunk.pairs();
                chunks.push(chunk);
            }
            if pairs > SEGMENT_PAIRS {
                let segment = self.unmade(std::mem::take(&mut chunks), documents);
                done.parts.push(segment.make(self.home, self.scratch)?.write(self.home)?);
                (pairs, documents) = (0, 0);
            }
        }
        let last = (documents > 0).then(|| self.unmade(chunks, documents));
        Ok((done, last))
    }

    /// Reads files whose text is known, for what the graph and the catalog have of them: what each is.
    pub(super) fn read_again(&self, jobs: &[Job]) -> Vec<State> {
        let chunks = self.chunks(jobs);
        let read = chunks.par_iter().with_max_len(1).map(|jobs| {
            let mut states = Vec::with_capacity(jobs.len());
            self.with_reader(|reader| {
                self.each(reader, jobs, false, &mut |_, state| states.push(state));
            });
            states
        });
        read.collect::<Vec<_>>().concat()
    }

    fn unmade(&mut self, chunks: Vec<Chunk>, documents: u32) -> Unmade {
        let number = self.next_part;
        self.next_part += 1;
        Unmade { number, documents, chunks }
    }

    /// The jobs in portions that are worth a task.
    fn chunks<'j>(&self, jobs: &'j [Job]) -> Vec<&'j [Job]> {
        let (mut chunks, mut start, mut bytes) = (Vec::new(), 0, 0);
        for (at, job) in jobs.iter().enumerate() {
            let size = self.file(*job).stamp.size;
            if at > start && (at - start == CHUNK_FILES || bytes + size > CHUNK_BYTES) {
                chunks.push(&jobs[start..at]);
                (start, bytes) = (at, 0);
            }
            bytes += size;
        }
        if start < jobs.len() {
            chunks.push(&jobs[start..]);
        }
        chunks
    }

    fn file(&self, (folder, file): Job) -> &'a ListedFile {
        &self.listed[folder].files[file]
    }

    /// What `work` makes with a reader that no other thread uses.
    fn with_reader<T>(&self, work: impl FnOnce(&mut Reader) -> T) -> T {
        let readers = || self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = readers().pop();
        let mut reader = reader.unwrap_or_else(Reader::new);
        let made = work(&mut reader);
        reader.leave_room();
        readers().push(reader);
        made
    }

    fn read_chunk(&self, reader: &mut Reader, jobs: &[Job]) -> (Chunk, Vec<State>) {
        let mut chunk = std::mem::take(&mut reader.chunk);
        let mut states = Vec::with_capacity(jobs.len());
        self.each(reader, jobs, true, &mut |trigrams, state| {
            if state == State::Text {
                chunk.add(trigrams);
            } else {
                trigrams.finish(|_| {});
                chunk.skip();
            }
            states.push(state);
        });
        let read = (chunk.finish(self.scratch), states);
        reader.chunk = chunk;
        read
    }

    /// Reads files, hands them to the graph and the catalog, and tells what each was found to be, with
    /// its trigrams if its text is wanted.
    fn each(
        &self,
        reader: &mut Reader,
        jobs: &[Job],
        wants_text: bool,
        tell: &mut dyn FnMut(&mut Trigrams, State),
    ) {
        let mut batch = Batch::default();
        let mut bytes = 0;
        let mut open: Option<(usize, Result<Folder, Errno>)> = None;
        for &job in jobs {
            if open.as_ref().is_none_or(|(number, _)| *number != job.0) {
                let path = std::ffi::CString::new(self.listed[job.0].path.as_slice());
                let folder = path.map_err(|_| Errno::INVAL).and_then(|path| self.top.open(&path));
                open = Some((job.0, folder));
            }
            let file = self.file(job);
            let state = match &open {
                Some((_, Ok(folder))) => reader.read(folder, file, wants_text, &mut |text| {
                    let path = join(&self.listed[job.0].path, file.name.to_bytes());
                    let outline = self.graph.0.file(&mut batch, &path, text, self.graph.1);
                    self.catalog.file(&path, text, outline);
                }),
                _ => State::Racy,
            };
            tell(&mut reader.trigrams, state);
            bytes += file.stamp.size;
        }
        self.graph.0.take(batch);
        self.observer.progress(jobs.len() as u64, bytes);
    }
}

/// One thread's memory for reading files.
struct Reader {
    trigrams: Trigrams,
    chunk: ChunkWriter,
    buffer: PageBuffer,
}

impl Reader {
    fn new() -> Reader {
        let (trigrams, chunk) = (Trigrams::new(), ChunkWriter::default());
        Reader { trigrams, chunk, buffer: PageBuffer::new(0) }
    }

    /// Gives back what only the largest files needed.
    fn leave_room(&mut self) {
        if self.buffer.len() > PIECE {
            self.buffer = PageBuffer::new(0);
        }
    }

    /// Reads a file, and collects its trigrams if its text is wanted. What changed since it was listed,
    /// or while it is read, is [`State::Racy`].
    fn read(
        &mut self,
        folder: &Folder,
        listed: &ListedFile,
        wants_text: bool,
        show: &mut dyn FnMut(&[u8]),
    ) -> State {
        let mut file = match folder.read_file(&listed.name) {
            Ok(file) => file,
            Err(Errno::NOENT | Errno::LOOP) => return State::Racy,
            Err(_) => return State::Unreadable,
        };
        let unchanged = |file: &File| {
            fstat(file).is_ok_and(|stat| Kind::of(&stat) == Kind::File && listed.stamp.is_of(&stat))
        };
        if !unchanged(&file) {
            return State::Racy;
        }
        let state = match self.read_text(&mut file, listed.stamp.size, wants_text, show) {
            Ok(state) => state,
            Err(_) => State::Unreadable,
        };
        if unchanged(&file) { state } else { State::Racy }
    }

    /// Makes the buffer at least so many bytes long.
    fn make_room(&mut self, len: usize) {
        if self.buffer.len() < len {
            self.buffer = PageBuffer::new(len.next_power_of_two());
        }
    }

    fn read_text(
        &mut self,
        file: &mut File,
        size: u64,
        wants_text: bool,
        show: &mut dyn FnMut(&[u8]),
    ) -> std::io::Result<State> {
        if size <= LARGEST {
            // One byte more shows a file that grew.
            self.make_room(size as usize + 1);
            let filled = self.buffer.fill(0, file)?;
            if filled as u64 != size {
                return Ok(State::Racy);
            }
            let text = self.buffer.filled(filled);
            if is_utf16(text) {
                return Ok(State::Utf16);
            }
            show(text);
            if wants_text {
                self.trigrams.feed(text);
            }
        } else if wants_text {
            self.make_room(PIECE);
            let (mut first, mut rest) = (true, size);
            loop {
                let len = match file.read(self.buffer.rest(0)) {
                    Ok(0) if rest > 0 => return Ok(State::Racy),
                    Ok(0) => break,
                    Ok(len) if len as u64 > rest => return Ok(State::Racy),
                    Ok(len) => len,
                    Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                    Err(e) => return Err(e),
                };
                let piece = self.buffer.filled(len);
                if first && is_utf16(piece) {
                    return Ok(State::Utf16);
                }
                first = false;
                rest -= len as u64;
                self.trigrams.feed(piece);
                if self.trigrams.len() > DENSE {
                    break;
                }
            }
        }
        Ok(if self.trigrams.len() > DENSE { State::Dense } else { State::Text })
    }
}

/// Whether the searcher will take a text that begins so for UTF-16, and search it as UTF-8.
fn is_utf16(text: &[u8]) -> bool {
    text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff")
}
