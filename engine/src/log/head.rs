//! What is said of a whole report: where it happened, whose code that is, what taints mean.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use super::built::Makefiles;
use super::follow::{Report, What};
use super::frame::FrameKind;
use super::report::{is_machinery, is_waiting};
use super::taint::{Taints, letters};
use super::version::Version;
use crate::diff::maintainers::Maintainers;

/// What a remark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The first frame that isn't the reporting machinery's.
    Where,
    /// The subsystem that the file belongs to.
    Subsystem,
    /// Whom to tell.
    Maintainer,
    /// A list to tell.
    MailingList,
    /// What a letter of `Tainted:` means.
    Taint,
    /// The Kconfig symbol and the module of the file.
    Built,
    /// The log is of another version than the tree.
    Version,
    /// The document that explains such a report.
    Document,
}

/// Something said of a report, with the place that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What it is about.
    pub about: About,
    /// What is said.
    pub text: String,
    /// The file, below the tree's root.
    pub path: Vec<u8>,
    /// The line, from 1.
    pub line: u32,
}

/// Makes heads, with what they need read once.
pub(super) struct Heads<'g> {
    read: &'g dyn Fn(&[u8]) -> Option<Vec<u8>>,
    maintainers: OnceCell<(Vec<u8>, Maintainers)>,
    taints: OnceCell<Taints>,
    makefiles: RefCell<Makefiles<'g>>,
    /// What was said of files: reports repeat themselves.
    known: RefCell<HashMap<Vec<u8>, Vec<Remark>>>,
    tree: OnceCell<Option<Version>>,
    log: RefCell<Option<Version>>,
}

const MAINTAINERS: &[u8] = b"MAINTAINERS";

impl<'g> Heads<'g> {
    /// Heads by a tree's files.
    pub(super) fn new(read: &'g dyn Fn(&[u8]) -> Option<Vec<u8>>) -> Heads<'g> {
        Heads {
            read,
            maintainers: OnceCell::new(),
            taints: OnceCell::new(),
            makefiles: RefCell::new(Makefiles::new(read)),
            known: RefCell::default(),
            tree: OnceCell::new(),
            log: RefCell::default(),
        }
    }

    /// Notes which kernel the log is of, if the line says so.
    pub(super) fn version(&self, text: &[u8]) {
        if (text.starts_with(b"Linux version ") || text.starts_with(b"CPU: "))
            && let Some(version) = Version::of_line(text)
        {
            self.log.replace(Some(version));
        }
    }

    /// Says that the log is of another version, and how much of the trace isn't in this tree.
    fn other_version(&self, report: &Report) -> Option<Remark> {
        let read = || Version::of_tree(&(self.read)(b"Makefile").unwrap_or_default());
        let tree = self.tree.get_or_init(read).as_ref()?;
        let log = self.log.borrow();
        let log = log.as_ref()?;
        let line = tree.differs(log)?;
        let frames = || report.entries.iter().filter(|entry| entry.what == What::Frame);
        let missing = frames().filter(|entry| entry.places.is_empty()).count();
        let all = frames().count();
        let mut text = format!("{} (this tree: {})", log.text, tree.text);
        if missing > 0 {
            text.push_str(&format!(", {missing} of {all} frames missing"));
        }
        Some(Remark { about: About::Version, text, path: b"Makefile".to_vec(), line })
    }

    /// The Kconfig symbol and the module of a file.
    fn built(&self, path: &[u8]) -> Option<Remark> {
        let built = self.makefiles.borrow_mut().built(path)?;
        let module = String::from_utf8_lossy(&built.module).into_owned();
        let text = match &built.symbol {
            Some(symbol) => format!("{}: {module}", String::from_utf8_lossy(symbol)),
            None => module,
        };
        Some(Remark { about: About::Built, text, path: built.path, line: built.line })
    }

    /// Notes what a report's line says of its head.
    pub(super) fn note(&self, text: &[u8], head: &mut Vec<Remark>) {
        if head.iter().any(|remark| remark.about == About::Taint) {
            return;
        }
        let letters = letters(text);
        if letters.is_empty() {
            return;
        }
        let taints = self.taints.get_or_init(|| Taints::read(self.read));
        head.extend(letters.iter().filter_map(|letter| taints.remark(*letter)));
    }

    /// Says where the report happened, and whose that is.
    pub(super) fn finish(&self, report: &mut Report) {
        let mut head = Vec::new();
        let frames = || {
            report.entries.iter().filter_map(|entry| {
                let is_sure = matches!(entry.kind, Some(FrameKind::Return | FrameKind::Pointer));
                let place = entry.places.first()?;
                let counts = entry.what == What::Frame && is_sure && !is_machinery(&place.function);
                counts.then_some(place)
            })
        };
        // Where something hangs, who waits is of interest, not how.
        let hangs = report.title.hangs;
        let waits = frames().find(|place| !hangs || !is_waiting(&place.function));
        if let Some(place) = waits.or_else(|| frames().next()) {
            head.push(Remark {
                about: About::Where,
                text: String::from_utf8_lossy(&place.function).into_owned(),
                path: place.path.clone(),
                line: place.line,
            });
            let mut known = self.known.borrow_mut();
            let said = known.entry(place.path.clone()).or_insert_with(|| {
                let mut said: Vec<Remark> = self.built(&place.path).into_iter().collect();
                self.whose(&place.path, &mut said);
                said
            });
            head.extend(said.iter().cloned());
        }
        head.append(&mut report.head);
        head.extend(self.other_version(report));
        let document = report.title.document;
        if !document.is_empty() && (self.read)(document.as_bytes()).is_some() {
            head.push(Remark {
                about: About::Document,
                text: document.to_owned(),
                path: document.as_bytes().to_vec(),
                line: 1,
            });
        }
        report.head = head;
    }

    /// The section of MAINTAINERS that is closest to a file, with people and lists.
    fn whose(&self, path: &[u8], head: &mut Vec<Remark>) {
        let (text, maintainers) = self.maintainers.get_or_init(|| {
            let text = (self.read)(MAINTAINERS).unwrap_or_default();
            let maintainers = Maintainers::parse(&text);
            (text, maintainers)
        });
        let entries = maintainers.entries(path);
        let Some(section) = entries.first().map(|entry| entry.section) else { return };
        let remark = |about, text: &[u8], line| Remark {
            about,
            text: String::from_utf8_lossy(text).into_owned(),
            path: MAINTAINERS.to_vec(),
            line,
        };
        head.push(remark(About::Subsystem, &section.title, section.first));
        let lines = text.split(|byte| *byte == b'\n');
        let first = section.first.saturating_sub(1) as usize;
        let fields = (section.first..=section.last).zip(lines.skip(first));
        for (number, line) in fields {
            let about = match line.get(..2) {
                Some(b"M:") => About::Maintainer,
                Some(b"L:") => About::MailingList,
                _ => continue,
            };
            head.push(remark(about, line[2..].trim_ascii(), number));
        }
    }
}
