//! Whether somebody still waits for an answer. The caller keeps a clone; long work looks at it
//! file by file, and ends with [`Error::Cancelled`] where nobody does.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::{Error, Result};

/// Ends work whose answer nobody waits for. Clones are one.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Nobody waits any more.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether nobody waits any more.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Goes on where somebody waits.
    ///
    /// # Errors
    /// [`Error::Cancelled`] if the answer is no longer wanted.
    pub fn check(&self) -> Result<()> {
        if self.is_set() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// The same for what reads a file.
    pub(crate) fn check_reading(&self) -> io::Result<()> {
        self.check().map_err(|error| io::Error::new(io::ErrorKind::Interrupted, error))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::thread::available_parallelism;

    use kgrep_index::idiom::Idioms;

    use super::*;
    use crate::code::{ArchChoice, Code, Setup};
    use crate::request::{Define, Exists, Functions, References, Request, Search, Steps, Trace};
    use crate::search::{FileRules, SearchRequest};
    use crate::{Progress, ProgressSink, Workspace};

    /// The code of a tree without an index.
    fn code(root: &Path, progress: ProgressSink, cancel: &Cancel) -> Code {
        let setup = Setup {
            arch: ArchChoice { name: "all".to_owned(), named: false },
            kconfig: None,
            workspace: Workspace::new(
                &root.join("cache"),
                Idioms::built_in(),
                FileRules::default(),
            ),
            notes: Arc::new(|note| panic!("{note:?}")),
            progress,
            cancel: cancel.clone(),
        };
        Code::of_tree(root, setup).unwrap()
    }

    fn lamps() -> tempfile::TempDir {
        let place = tempfile::tempdir().unwrap();
        for number in 0..300 {
            let text = format!("int lamp{number}(void)\n{{\n\treturn lamp0();\n}}\n");
            fs::write(place.path().join(format!("lamp{number}.c")), text).unwrap();
        }
        place
    }

    #[test]
    fn the_reading_of_a_tree_ends_within_a_file() {
        let (place, cancel) = (lamps(), Cancel::default());
        let read = Arc::new(AtomicUsize::new(0));
        let (seen, ends) = (Arc::clone(&read), cancel.clone());
        let progress: ProgressSink = Arc::new(move |_, step| {
            if step == Progress::Read {
                seen.fetch_add(1, Ordering::Relaxed);
                ends.cancel();
            }
        });
        let define = Define { name: "lamp7".to_owned(), ..Define::default() };
        let answer = code(place.path(), progress, &cancel).answer(&Request::Define(define));
        assert!(matches!(answer, Err(Error::Cancelled)), "{answer:?}");
        let threads = available_parallelism().map_or(1, usize::from);
        assert!((1..=threads).contains(&read.load(Ordering::Relaxed)), "{read:?}");
    }

    #[test]
    fn no_question_has_an_answer_that_was_cut_short() {
        let (place, cancel) = (lamps(), Cancel::default());
        let name = || "lamp0".to_owned();
        let search = SearchRequest { pattern: Some("lamp".into()), ..SearchRequest::default() };
        let asked = [
            Request::Search(Box::new(Search { search, number: 10, ..Search::default() })),
            Request::References(References { name: name(), ..References::default() }),
            Request::References(References {
                name: "lamp.watts".to_owned(),
                ..References::default()
            }),
            Request::Functions(Functions { with: vec![name()], ..Functions::default() }),
            Request::Exists(Exists { names: vec![name()], ..Exists::default() }),
            Request::Callers(Steps { name: name(), depth: 3, ..Steps::default() }),
            Request::Trace(Trace {
                name: name(),
                kind: None,
                depth: 1,
                body: false,
                all: false,
                seen_from: Vec::new(),
            }),
        ];
        let code = code(place.path(), Arc::new(|_, _| ()), &cancel);
        for request in &asked {
            let answer = code.answer(request);
            assert!(answer.is_ok(), "{request:?}: {answer:?}");
        }
        cancel.cancel();
        for request in &asked {
            let answer = code.answer(request);
            assert!(matches!(answer, Err(Error::Cancelled)), "{request:?}: {answer:?}");
        }
    }
}
