//! What a line says by itself. Nothing of it depends on other lines, so many are read at once.

use std::borrow::Cow;

use rayon::prelude::*;

use super::frame::{Frame, FrameKind, frame};
use super::line::{Line, cleaned, parts};
use super::report::{Belongs, Title, begins, belongs};
use super::stamp::{Stamp, stamp};

/// A line of a log, or a part of one, read.
pub(super) struct Ready<'t> {
    /// The log's line, from 1.
    pub(super) number: u64,
    /// The line without what loggers put before it.
    pub(super) line: Line<'t>,
    /// The frame that it names.
    pub(super) frame: Option<Frame<'t>>,
    /// The place that it names.
    pub(super) stamp: Option<Stamp<'t>>,
    /// The report that it begins.
    pub(super) title: Option<Title>,
    /// How it belongs to a report that is open.
    pub(super) belongs: Belongs,
}

impl Ready<'_> {
    /// Whether it is a stack frame, rather than a message that may name one.
    pub(super) fn is_frame(&self) -> bool {
        self.frame.as_ref().is_some_and(|frame| frame.kind != FrameKind::Mention)
    }
}

/// Lines without colours and what else no message has.
pub(super) fn clean<'l>(lines: &'l [Vec<u8>]) -> Vec<Cow<'l, [u8]>> {
    lines.par_iter().map(|line| cleaned(line)).collect()
}

/// What these lines say, of which the first has the number `first`.
pub(super) fn ready<'t>(lines: &'t [Cow<'_, [u8]>], first: u64) -> Vec<Ready<'t>> {
    let numbered = lines.par_iter().enumerate();
    let read = numbered.flat_map_iter(|(at, line)| {
        let number = first + at as u64;
        parts(line).into_iter().map(move |part| of(number, part))
    });
    read.collect()
}

fn of(number: u64, line: Line<'_>) -> Ready<'_> {
    let text = line.text;
    let (frame, title) = (frame(text), begins(text));
    Ready { number, line, frame, stamp: stamp(text), title, belongs: belongs(text) }
}
