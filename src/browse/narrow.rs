//! Narrowing a list while its pattern is typed: rows are looked at in steps, so that the next
//! key never waits for a long list.

use std::time::{Duration, Instant};

use crate::list::{Case, Indices, ListError, Test, View};

/// How many rows are looked at before the clock is.
const STEP: u64 = 2000;

/// A pattern, and how far it has got.
pub(super) struct Narrowing {
    /// None: everything is kept.
    test: Option<Test>,
    problem: Option<String>,
    /// How many rows were looked at, and which of them are kept.
    seen: u64,
    kept: Indices,
    begun: bool,
    accepted: bool,
    /// The row under the cursor when typing began.
    from: u64,
}

impl Narrowing {
    /// Narrows to what matches `pattern`, in the language of `refine`; the cursor was on the row
    /// `from`.
    pub(super) fn new(pattern: &str, from: u64) -> Narrowing {
        let test = (!pattern.is_empty()).then(|| Test::new(pattern, Case::Smart));
        let (test, problem) = match test {
            None => (None, None),
            Some(Ok(test)) => (Some(test), None),
            // What is typed is often no pattern yet.
            Some(Err(error)) => (None, Some(error.to_string())),
        };
        Narrowing {
            test,
            problem,
            seen: 0,
            kept: Indices::default(),
            begun: false,
            accepted: false,
            from,
        }
    }

    /// The pattern is typed; what it leaves is the list.
    pub(super) fn accept(&mut self) {
        self.accepted = true;
    }

    /// Whether it is typed.
    pub(super) fn is_accepted(&self) -> bool {
        self.accepted
    }

    /// Whether it is typed, and all rows have been looked at.
    pub(super) fn is_over(&self, view: &View) -> bool {
        self.accepted && self.begun && self.progress(view).is_none()
    }

    /// The row under the cursor when typing began.
    pub(super) fn from(&self) -> u64 {
        self.from
    }

    /// The row for the cursor now: the same one, or the next that is kept.
    pub(super) fn cursor(&self) -> u64 {
        match &self.test {
            None => self.from,
            Some(_) => self.kept.count_below(self.from),
        }
    }

    /// Why the pattern is not valid.
    pub(super) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// How many rows were looked at, while there are more.
    pub(super) fn progress(&self, view: &View) -> Option<u64> {
        (self.test.is_some() && self.seen < view.len_before()).then_some(self.seen)
    }

    /// Looks at rows for so long; true where `view`, which has begun a change, is another then.
    ///
    /// # Errors
    /// When the list can't be read.
    pub(super) fn step(&mut self, view: &mut View, budget: Duration) -> Result<bool, ListError> {
        let all = view.len_before();
        let Some(test) = &self.test else {
            let is_new = !std::mem::replace(&mut self.begun, true);
            if is_new {
                view.set_change(&Indices::all(all));
            }
            return Ok(is_new);
        };
        if self.begun && self.seen >= all {
            return Ok(false);
        }
        self.begun = true;
        let started = Instant::now();
        while self.seen < all {
            let end = (self.seen + STEP).min(all);
            for row in view.kept_before(self.seen..end, test)?.ranges() {
                self.kept.push(row);
            }
            self.seen = end;
            if started.elapsed() >= budget {
                break;
            }
        }
        view.set_change(&self.kept);
        Ok(true)
    }
}
