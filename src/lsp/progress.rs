//! How far long work is, as a client shows it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::rpc::Out;

/// The number of files after which progress is reported again.
const EVERY: u64 = 1000;

/// Work that is told of.
pub(super) struct Shown {
    out: Out,
    token: Value,
    title: String,
    begun: AtomicBool,
    done: AtomicU64,
    all: AtomicU64,
}

impl Shown {
    /// Work of this title, under a token that the client knows. Nothing is told yet.
    pub(super) fn new(out: Out, token: Value, title: String) -> Shown {
        let (begun, done, all) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
        Shown { out, token, title, begun, done, all }
    }

    /// It begins, if it hasn't: with so many files, 0 where that isn't known.
    pub(super) fn begin(&self, all: u64) {
        self.all.store(all, Ordering::Relaxed);
        if !self.begun.swap(true, Ordering::Relaxed) {
            let mut value = json!({ "kind": "begin", "title": self.title, "cancellable": false });
            if all > 0 {
                value["percentage"] = json!(0);
            }
            self.tell(&value);
        }
    }

    /// So many more files are done.
    pub(super) fn go_on(&self, more: u64) {
        let before = self.done.fetch_add(more, Ordering::Relaxed);
        let (done, all) = (before + more, self.all.load(Ordering::Relaxed));
        if before / EVERY != done / EVERY && self.begun.load(Ordering::Relaxed) {
            let mut value = json!({ "kind": "report", "message": format!("{done} files") });
            if let Some(percent) = (done * 100).checked_div(all) {
                value["percentage"] = json!(percent.min(100));
            }
            self.tell(&value);
        }
    }

    /// Something else is done now.
    pub(super) fn say(&self, what: &str) {
        if self.begun.load(Ordering::Relaxed) {
            self.tell(&json!({ "kind": "report", "message": what }));
        }
    }

    fn tell(&self, value: &Value) {
        self.out.notify("$/progress", &json!({ "token": self.token, "value": value }));
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if self.begun.load(Ordering::Relaxed) {
            self.tell(&json!({ "kind": "end" }));
        }
    }
}
