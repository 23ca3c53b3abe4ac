//! The `#if`s around the place that is read: their text, for definitions' guards, and the
//! depths to go back to, for arms that open the same brace twice.

use crate::kbuild::{is_for_assembler, never_holds};

use super::Depth;

struct Condition {
    /// What is true in this arm.
    text: Vec<u8>,
    /// What was true in the arms before, negated.
    others: Vec<u8>,
    /// Where the first arm began.
    before: Depth,
    /// Where the first arm ended, once it did.
    after: Option<Depth>,
    /// Whether another arm was before this one that kernels may have.
    is_other: bool,
    /// Whether this arm's tokens would only repeat an unfinished head.
    dead: bool,
    /// Whether this arm's tokens are assembler, which is no code of C.
    assembler: bool,
    /// Whether it is the header's own guard against being included twice.
    is_include_guard: bool,
}

impl Condition {
    /// Goes on to the `#elif text`, or the `#else`.
    fn next_arm(&mut self, text: Option<&[u8]>) {
        if self.others.len() < OTHERS {
            if !self.others.is_empty() {
                self.others.extend_from_slice(b" && ");
            }
            self.others.extend_from_slice(&negated(&self.text));
        }
        self.text = match text {
            Some(text) => [&self.others, &b" && "[..], &bracketed(text)].concat(),
            None => self.others.clone(),
        };
    }
}

/// The conditions in force, outermost first.
#[derive(Default)]
pub(super) struct Conditions {
    stack: Vec<Condition>,
    dead: usize,
    assembler: usize,
    /// Changes whenever the conditions do.
    version: u32,
}

/// Conditions nested deeper than this are counted but not kept in text.
const DEEPEST: usize = 64;

/// The most bytes of text that are kept of the arms before one: nobody reads more.
const OTHERS: usize = 500;

/// The most bytes of all conditions together.
const ALL: usize = 1000;

/// Stands for what is left out of a condition: with it, whether it holds is not known.
pub(super) const CUT: &[u8] = b"...";

impl Conditions {
    /// How many are open.
    pub(super) fn len(&self) -> usize {
        self.stack.len()
    }

    /// Whether the tokens of this arm are to be left out.
    pub(super) fn arm_is_dead(&self) -> bool {
        self.dead + self.assembler > 0
    }

    /// Whether what is read is in an `#else`, or an `#elif`.
    pub(super) fn is_other_arm(&self) -> bool {
        self.stack.iter().any(|condition| condition.is_other)
    }

    /// A number that changes whenever the conditions do.
    pub(super) fn version(&self) -> u32 {
        self.version
    }

    /// `#if text` at `depth`.
    pub(super) fn open(&mut self, text: Vec<u8>, depth: Depth) {
        self.version += 1;
        let text = if self.stack.len() < DEEPEST { text } else { Vec::new() };
        let assembler = is_for_assembler(&text);
        self.assembler += usize::from(assembler);
        self.stack.push(Condition {
            text,
            others: Vec::new(),
            before: depth,
            after: None,
            is_other: false,
            dead: false,
            assembler,
            is_include_guard: false,
        });
    }

    /// The last condition opened guards the header: it is not worth telling.
    pub(super) fn mark_include_guard(&mut self) {
        self.version += 1;
        if let Some(last) = self.stack.last_mut() {
            last.is_include_guard = true;
        }
    }

    /// Whether the last condition opened is `!defined(name)`.
    pub(super) fn last_is_absence_of(&self, name: &[u8]) -> bool {
        let wanted = [b"!defined(", name, b")"].concat();
        self.stack.last().is_some_and(|c| c.text == wanted)
    }

    /// `#else` or `#elif text` at `depth`; returns the depth to go on from.
    /// `unfinished`: an item begun in the arm before is not finished.
    pub(super) fn turn(&mut self, text: Option<&[u8]>, depth: Depth, unfinished: bool) -> Depth {
        self.version += 1;
        let is_kept = self.stack.len() <= DEEPEST;
        let Some(last) = self.stack.last_mut() else {
            return depth;
        };
        last.is_other |= !never_holds(&last.text);
        if is_kept {
            last.next_arm(text);
            self.assembler -= usize::from(last.assembler);
            last.assembler = is_for_assembler(&last.text);
            self.assembler += usize::from(last.assembler);
        }
        let resume = if last.dead { last.after.unwrap_or(depth) } else { last.before };
        last.after.get_or_insert(depth);
        if unfinished && !last.dead {
            last.dead = true;
            self.dead += 1;
            return depth;
        }
        resume
    }

    /// `#endif` at `depth`; returns the depth to go on from.
    pub(super) fn close(&mut self, depth: Depth) -> Depth {
        self.version += 1;
        let Some(last) = self.stack.pop() else {
            return depth;
        };
        self.dead -= usize::from(last.dead);
        self.assembler -= usize::from(last.assembler);
        last.after.unwrap_or(depth)
    }

    /// The conditions as one, joined by ` && `; empty when there is none.
    pub(super) fn text(&self) -> Vec<u8> {
        let mut joined = Vec::new();
        let kept = self.stack.iter().take(DEEPEST);
        for condition in kept.filter(|c| !c.is_include_guard && !c.text.is_empty()) {
            if !joined.is_empty() {
                joined.extend_from_slice(b" && ");
            }
            let text = bracketed(&condition.text);
            if joined.len() + text.len() > ALL {
                joined.extend_from_slice(CUT);
                break;
            }
            joined.extend_from_slice(&text);
        }
        joined
    }
}

/// A condition that holds an `||` is bracketed to stand between `&&`s.
fn bracketed(text: &[u8]) -> Vec<u8> {
    let alternative = memchr::memmem::find(text, b"||").is_some();
    if alternative { [b"(", text, b")"].concat() } else { text.to_vec() }
}

fn negated(text: &[u8]) -> Vec<u8> {
    let simple = |rest: &[u8]| {
        rest.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'(' | b')'))
    };
    match text.strip_prefix(b"!") {
        Some(rest) if simple(rest) => rest.to_vec(),
        _ if simple(text) => [b"!", text].concat(),
        _ => [b"!(", text, b")"].concat(),
    }
}
