//! Makes the index of a source tree that has none, once its editor is there; what needs it waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use kgrep_index::build::{self, Observer};
use kgrep_index::store::Cache;
use serde_json::json;

use super::Server;
use super::progress::Shown;
use super::state::Folder;
use crate::{code, room};

/// Numbers what the client is told of.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Makes the index of the folder's tree if it should have one.
pub(super) fn begin(folder: &Arc<Folder>, shows: bool, server: &Arc<Server>) {
    let wanted = folder.served.may_update() && folder.tree().looks_like_source();
    if !wanted || folder.is_indexed() || folder.is_indexing.swap(true, Ordering::AcqRel) {
        return;
    }
    let (folder, server) = (Arc::clone(folder), Arc::clone(server));
    thread::spawn(move || {
        let shown = shows.then(|| {
            let token = format!("kgrep/index/{}", NEXT.fetch_add(1, Ordering::Relaxed));
            let method = "window/workDoneProgress/create";
            server.out.request(&token, method, &json!({ "token": token }));
            let name = folder.tree().root().file_name().unwrap_or_default().display().to_string();
            Shown::new(server.out.clone(), json!(token), format!("Indexing {name}"))
        });
        let cache = Cache::new(folder.served.cache());
        let built =
            build::update_with(&cache, folder.tree(), &code::idioms(), None, &Watched(shown));
        if let Err(error) = built {
            // What there is to say without an index is read from the files.
            let root = folder.tree().root().display();
            server.log(&format!("kgrep: the index of {root} can't be built: {error}"));
        }
        folder.is_indexing.store(false, Ordering::Release);
        server.unpark();
    });
}

/// Hears how far the build is.
struct Watched(Option<Shown>);

impl Observer for Watched {
    fn start(&self, files: u64, _bytes: u64) {
        self.0.iter().for_each(|shown| shown.begin(files));
    }

    fn progress(&self, files: u64, _bytes: u64) {
        self.0.iter().for_each(|shown| shown.go_on(files));
    }

    fn writing(&self) {
        self.0.iter().for_each(|shown| shown.say("writing"));
    }

    fn freed(&self) {
        room::trim();
    }
}
