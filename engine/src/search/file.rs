//! Searches one file.
//!
//! Most files of a search have no match, so a file is read whole into a buffer that
//! is used again and the matcher runs over it once; only a file that may match goes
//! through the searcher line by line. The searcher's own rules hold wherever they
//! could show: a file with a NUL byte or a byte order mark, and one too large for
//! the buffer, is read by the searcher as ripgrep reads it.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::AtomicBool;

use grep_matcher::{LineTerminator, Matcher};
use grep_searcher::{BinaryDetection, Searcher, SearcherBuilder};
use kgrep_index::PageBuffer;

use super::hits::FileHits;
use super::pattern::{Query, is_line_oriented};
use super::sink::{HitSink, Want};
use super::walk::Haystack;
use crate::decode::{decoded, has_byte_order_mark};
use crate::place::FileEntry;
use crate::revision::ObjectReader;

/// A file up to this size is read whole before it is searched.
const WHOLE: usize = 8 << 20;

/// A file that is searched as one slice, because it was named, is at most this long;
/// a longer one is read piece by piece.
const LARGEST_SLICE: u64 = 64 << 20;

/// Only a smaller file is held in memory, where something needs all of its text.
const LARGEST_TEXT: u64 = 512 << 20;

/// A longer line is no text that anybody reads: the file it is in is left out, and that is
/// said. The searcher's buffer grows to the longest line, and twice that while it grows.
const LONGEST_LINE: usize = 256 << 20;

/// Hits are handed on when they take this many bytes.
const PART: usize = 1 << 20;

/// How a file is searched.
#[derive(Debug)]
pub struct SearchOptions {
    /// What is wanted of each file.
    pub want: Want,
    /// `-v`.
    pub invert: bool,
    /// `-U`.
    pub multiline: bool,
    /// `--crlf`.
    pub crlf: bool,
    /// `-m`, in matching lines a file.
    pub max_count: Option<u64>,
    /// `-B`, in lines.
    pub before: usize,
    /// `-A`, in lines.
    pub after: usize,
    /// `-a`: NUL bytes mean nothing.
    pub text: bool,
    /// `--binary`: search on behind a NUL byte.
    pub binary: bool,
    /// `-p`: name the function around each match.
    pub function_names: bool,
    /// `-W`: show the whole function around each match.
    pub whole_functions: bool,
    /// Whether what matches within a line is found out. A list that is full needs
    /// that no longer, when nothing is coloured.
    pub spans: AtomicBool,
    /// True when a few files are named, which are then searched as slices of memory.
    pub slices: bool,
}

impl SearchOptions {
    /// Options that only tell whether a file has a match.
    pub fn whether() -> SearchOptions {
        SearchOptions {
            want: Want::Whether,
            invert: false,
            multiline: false,
            crlf: false,
            max_count: None,
            before: 0,
            after: 0,
            text: false,
            binary: false,
            function_names: false,
            whole_functions: false,
            spans: AtomicBool::new(false),
            slices: false,
        }
    }

    /// True when lines around the matches are shown.
    pub fn has_context(&self) -> bool {
        self.before > 0 || self.after > 0 || self.whole_functions
    }
}

/// Searches files one after the other, in one thread.
pub(crate) struct FileSearcher<'a> {
    query: &'a Query,
    options: &'a SearchOptions,
    searcher: Searcher,
    /// The file's bytes are the first `filled` of these.
    buffer: PageBuffer,
    filled: usize,
    /// True when something needs the whole file at once.
    whole_text: bool,
    /// Reads files that are objects of a repository.
    objects: Option<ObjectReader<'a>>,
}

impl<'a> FileSearcher<'a> {
    /// A searcher for `query`, of files or of objects.
    pub(crate) fn new(
        query: &'a Query,
        options: &'a SearchOptions,
        objects: Option<ObjectReader<'a>>,
    ) -> FileSearcher<'a> {
        let searcher = SearcherBuilder::new()
            .line_terminator(terminator(options))
            .invert_match(options.invert)
            .line_number(true)
            .multi_line(options.multiline)
            .max_matches(options.max_count)
            .before_context(options.before)
            .after_context(options.after)
            .heap_limit((!options.multiline).then_some(LONGEST_LINE))
            .build();
        let whole_text = options.function_names
            || options.whole_functions
            || !query.file_has.is_empty()
            || !query.file_lacks.is_empty();
        FileSearcher {
            query,
            options,
            searcher,
            buffer: PageBuffer::new(WHOLE),
            filled: 0,
            whole_text,
            objects,
        }
    }

    /// Searches `haystack`, calls `send` with each part of its hits until it returns
    /// false, and returns how many bytes were searched.
    ///
    /// # Errors
    /// When the file can't be read.
    pub(crate) fn search(
        &mut self,
        haystack: &Haystack,
        send: impl FnMut(FileHits) -> bool,
    ) -> io::Result<u64> {
        let detection = if self.options.text {
            BinaryDetection::none()
        } else if haystack.explicit || self.options.binary {
            BinaryDetection::convert(0)
        } else {
            BinaryDetection::quit(0)
        };
        self.searcher.set_binary_detection(detection);
        let input = self.open(haystack)?;
        if !self.file_is_wanted(&input)? {
            return Ok(self.filled as u64);
        }
        let query = self.query;
        match query.lines.unconditional() {
            Some(pattern) => self.search_lines(pattern, haystack, input, send),
            None => self.search_lines(&query.lines, haystack, input, send),
        }
        .map_err(named_limit)
    }

    /// Reads a file, as far as it fits.
    fn open(&mut self, haystack: &Haystack) -> io::Result<Input> {
        self.filled = 0;
        // What a large file took is given back.
        if self.buffer.len() > WHOLE {
            self.buffer = PageBuffer::new(WHOLE);
        }
        if haystack.stdin {
            if self.whole_text {
                return self.fill_whole(&mut io::stdin().lock());
            }
            return Ok(Input::Stdin);
        }
        let sliced = self.options.slices && haystack.explicit;
        if let Some(id) = haystack.object {
            let Some(mut objects) = self.objects.take() else {
                return Err(io::ErrorKind::NotFound.into());
            };
            let text = objects.read(id).map_err(|error| io::Error::other(error.to_string()));
            let input = text.and_then(|mut text| {
                let size = text.len() as u64;
                let whole = self.read(&mut text, size, sliced)?;
                Ok(whole.unwrap_or_else(|| Input::Rest(text.to_vec())))
            });
            self.objects = Some(objects);
            return input;
        }
        let mut file = File::open(&haystack.path)?;
        let asked = if self.whole_text || sliced { Some(file.metadata()?) } else { None };
        let size = asked.filter(std::fs::Metadata::is_file).map_or(0, |meta| meta.len());
        Ok(self.read(&mut file, size, sliced)?.unwrap_or(Input::Start(file)))
    }

    /// Reads a file of this size, if that is known, as far as it fits; none: there is more of it.
    fn read(
        &mut self,
        reader: &mut impl Read,
        size: u64,
        sliced: bool,
    ) -> io::Result<Option<Input>> {
        if self.whole_text && size >= LARGEST_TEXT {
            return Err(too_large());
        }
        let sliced = sliced && (1..=LARGEST_SLICE).contains(&size);
        if sliced || self.whole_text {
            // One byte more, so that the end is seen without growing again.
            let size = usize::try_from(size).unwrap_or(0) + 1;
            if size > self.buffer.len() {
                self.buffer.resize(size, 0);
            }
        }
        if self.whole_text {
            let whole = self.fill_whole(reader)?;
            return Ok(Some(if sliced { Input::Slice } else { whole }));
        }
        Ok(match (self.fill(reader)?, sliced) {
            (true, true) => Some(Input::Slice),
            (true, false) => Some(Input::Whole),
            (false, _) => None,
        })
    }

    /// Reads all of a file, and decodes it as the searcher would: lines and functions
    /// must be counted in the same text.
    fn fill_whole(&mut self, reader: &mut impl Read) -> io::Result<Input> {
        let largest = usize::try_from(LARGEST_TEXT).unwrap_or(usize::MAX);
        while !self.fill(reader)? {
            if self.filled >= largest {
                return Err(too_large());
            }
            self.buffer.resize((self.buffer.len() * 2).min(largest), self.filled);
        }
        if has_byte_order_mark(self.buffer.filled(self.filled)) {
            let text = decoded(self.buffer.filled(self.filled).to_vec());
            if text.len() > self.buffer.len() {
                self.buffer = PageBuffer::new(text.len());
            }
            self.buffer.rest(0)[..text.len()].copy_from_slice(&text);
            self.filled = text.len();
        }
        Ok(Input::Whole)
    }

    /// Reads into the buffer until the end, or until it is full; true at the end.
    fn fill(&mut self, reader: &mut impl Read) -> io::Result<bool> {
        self.filled = self.buffer.fill(self.filled, reader)?;
        Ok(self.filled < self.buffer.len())
    }

    /// Whether `--file-has` and `--file-lacks` let the file through. The buffer then
    /// holds the whole file.
    fn file_is_wanted(&mut self, input: &Input) -> io::Result<bool> {
        if !matches!(input, Input::Whole | Input::Slice) {
            return Ok(true);
        }
        let query = self.query;
        let conditions = query.file_has.iter().map(|matcher| (matcher, true));
        for (matcher, wanted) in conditions.chain(query.file_lacks.iter().map(|m| (m, false))) {
            let mut sink = HitSink::new(matcher, Want::Whether, FileHits::default(), |_| true);
            let mut plain = SearcherBuilder::new()
                .line_terminator(terminator(self.options))
                .binary_detection(BinaryDetection::none())
                .multi_line(self.options.multiline)
                .build();
            plain.search_reader(matcher, self.buffer.filled(self.filled), &mut sink)?;
            if (sink.hits.count > 0) != wanted {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn search_lines<M: Matcher>(
        &mut self,
        matcher: &M,
        haystack: &Haystack,
        input: Input,
        mut send: impl FnMut(FileHits) -> bool,
    ) -> io::Result<u64> {
        let text = self.buffer.filled(self.filled);
        let plain = matches!(input, Input::Whole) && !has_byte_order_mark(text);
        let wanted = self.options.want != Want::Without;
        if plain && wanted && self.cannot_match(matcher, text) {
            return Ok(text.len() as u64);
        }
        let path = haystack.path.as_os_str().as_bytes().to_owned();
        let file = FileEntry { path, stdin: haystack.stdin };
        let mut sink = HitSink::new(matcher, self.options.want, FileHits::of(file), &mut send);
        let in_functions = self.options.function_names || self.options.whole_functions;
        if !in_functions {
            sink.part = PART;
        }
        sink.spans_wanted = Some(&self.options.spans);
        match input {
            Input::Slice => self.searcher.search_slice(matcher, text, &mut sink)?,
            // Without a NUL or a byte order mark, reading and slicing find the same.
            Input::Whole if plain && memchr::memchr(0, text).is_none() => {
                self.searcher.search_slice(matcher, text, &mut sink)?;
            }
            Input::Whole => self.searcher.search_reader(matcher, text, &mut sink)?,
            Input::Start(file) => {
                self.searcher.search_reader(matcher, text.chain(file), &mut sink)?;
            }
            Input::Rest(rest) => {
                self.searcher.search_reader(matcher, text.chain(&rest[..]), &mut sink)?;
            }
            Input::Stdin => {
                self.searcher.search_reader(matcher, io::stdin().lock(), &mut sink)?;
            }
        }
        let (mut hits, stopped) = (sink.hits, sink.stopped);
        let searched = hits.searched;
        if (hits.count > 0) == wanted && !stopped {
            if in_functions {
                hits.add_functions(text, self.options.function_names, self.options.whole_functions);
            }
            send(hits);
        }
        Ok(searched)
    }

    /// True when one run over the whole text shows that no line matches.
    fn cannot_match<M: Matcher>(&self, matcher: &M, text: &[u8]) -> bool {
        !self.options.invert
            && !self.options.crlf
            && is_line_oriented(matcher)
            && matches!(matcher.find_candidate_line(text), Ok(None))
    }
}

/// What ends a line: the matchers and the searchers must agree.
fn terminator(options: &SearchOptions) -> LineTerminator {
    if options.crlf { LineTerminator::crlf() } else { LineTerminator::byte(b'\n') }
}

/// How much of a file is in the buffer.
enum Input {
    /// All of it.
    Whole,
    /// All of it, and it is searched as a slice whatever it holds.
    Slice,
    /// Its start; the rest is still to be read.
    Start(File),
    /// Its start, and the rest is here.
    Rest(Vec<u8>),
    /// Nothing: standard input is read as it comes.
    Stdin,
}

/// The searcher's error about its bound of memory, in the user's words.
fn named_limit(error: io::Error) -> io::Error {
    if error.to_string().contains("allocation limit") {
        return io::Error::new(
            io::ErrorKind::FileTooLarge,
            "has a line longer than 256 MiB; not searched behind it",
        );
    }
    error
}

fn too_large() -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        "larger than 512 MiB: too large for -p, -W, --file-has and --file-lacks",
    )
}
