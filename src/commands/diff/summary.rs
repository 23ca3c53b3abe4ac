//! What goes above the list of two folders' whole difference: how much differs, which
//! parameters, options and system calls are new or gone, and where most of it is.
//!
//! It is gathered while the rows are made: the trees are gone through once.

use kgrep_engine::compare::{Placer, maintainers};

use super::Asked;
use super::sides::Sides;
use crate::diff::group::Groups;
use crate::diff::kinds::{self, How, Joined, Kind, Mentioned};
use crate::diff::locate::Lines;
use crate::diff::maintainers::Maintainers;
use crate::diff::model::{DiffSet, FileChange, FileOp};
use crate::message::counted;
use crate::render::{Look, display_width, visible};

/// The kinds of things that are named.
const KINDS: [(Kind, &str); 3] =
    [(Kind::Params, "parameters"), (Kind::Configs, "options"), (Kind::Syscalls, "system calls")];

/// The most subsystems that are named.
const MOST: usize = 3;

/// Finds out what a file has for the summary.
pub(super) struct Gatherer {
    maintainers: Option<Maintainers>,
}

/// What one file has for it.
pub(super) struct Gathered {
    mentioned: Vec<Vec<Mentioned>>,
    subsystem: Vec<u8>,
    name: Vec<u8>,
    op: FileOp,
    hunks: u64,
    counts: (u32, u32),
}

/// What was gathered so far.
#[derive(Default)]
pub(super) struct Summary {
    files: u64,
    new: u64,
    gone: u64,
    hunks: u64,
    added: u64,
    removed: u64,
    joined: [Joined; 3],
    groups: Groups,
}

impl Gatherer {
    /// One for two folders; other sides have no summary.
    pub(super) fn new(asked: &Asked<'_>) -> Option<Gatherer> {
        let is_pair = matches!(asked.sides, Sides::Folders { .. });
        is_pair.then(|| Gatherer { maintainers: maintainers(asked.sides, asked.base) })
    }

    /// What the file at place `at` of its set has.
    pub(super) fn of(&self, placer: &Placer<'_>, at: usize, file: &FileChange) -> Gathered {
        let reads = KINDS.iter().any(|(kind, _)| kinds::reads(*kind, file.name()));
        let text = reads.then(|| placer.read(file)).flatten();
        let lines = text.as_ref().map(|(_, text)| Lines::of(text));
        let subsystem = self.maintainers.as_ref().and_then(|all| all.subsystem(file.name()));
        Gathered {
            mentioned: kinds::mentioned(&KINDS.map(|(kind, _)| kind), at, file, lines.as_ref()),
            subsystem: subsystem.unwrap_or_default().to_vec(),
            name: file.name().to_vec(),
            op: file.op,
            hunks: file.hunks.len() as u64,
            counts: file.counts(),
        }
    }
}

impl Summary {
    /// Takes what a file has; files come in their order.
    pub(super) fn add(&mut self, file: Gathered) {
        self.files += 1;
        self.new += u64::from(file.op == FileOp::Create);
        self.gone += u64::from(file.op == FileOp::Delete);
        self.hunks += file.hunks;
        self.added += u64::from(file.counts.0);
        self.removed += u64::from(file.counts.1);
        for (joined, found) in self.joined.iter_mut().zip(file.mentioned) {
            found.into_iter().for_each(|mentioned| joined.add(mentioned));
        }
        if !file.subsystem.is_empty() {
            self.groups.add(file.subsystem, &file.name, file.counts);
        }
    }

    /// The summary, for above the list.
    pub(super) fn text(self, asked: &Asked<'_>, set: &DiffSet, look: &Look) -> Vec<u8> {
        let Sides::Folders { old, new } = asked.sides else { return Vec::new() };
        if self.files == 0 {
            return Vec::new();
        }
        let verb = if self.files == 1 { "differs" } else { "differ" };
        let mut first = format!(
            "{} → {}: {} {verb}",
            old.display(),
            new.display(),
            counted(self.files, "file")
        );
        for (count, what) in [(self.new, "new"), (self.gone, "gone")] {
            if count > 0 {
                first += &format!(", {count} {what}");
            }
        }
        first += &format!("; +{} -{} in {}", self.added, self.removed, counted(self.hunks, "hunk"));
        let mut out = Vec::new();
        look.palette.section.paint(&mut out, &visible(first.as_bytes()));
        out.push(b'\n');
        for ((kind, title), joined) in KINDS.into_iter().zip(self.joined) {
            let changes = joined.settle(kind, set);
            let of = |how: How| {
                let whole = changes.iter().filter(move |change| change.how == how);
                let whole = whole.filter(|change| change.part.is_empty());
                whole.map(|change| String::from_utf8_lossy(&change.name).into_owned())
            };
            for (how, word) in [(How::Added, "new"), (How::Removed, "gone")] {
                line(&mut out, look, title, word, of(how).collect());
            }
        }
        let mut groups = self.groups.into_vec();
        groups.sort_by(|a, b| b.files.cmp(&a.files).then_with(|| a.name.cmp(&b.name)));
        let most = groups.iter().take(MOST).map(|group| {
            format!(
                "{} ({})",
                String::from_utf8_lossy(&group.name),
                counted(group.files.into(), "file")
            )
        });
        let most = most.collect::<Vec<_>>().join(", ");
        if !most.is_empty() {
            out.extend_from_slice(&visible(format!("  {:<13} {most}", "mostly in").as_bytes()));
            out.push(b'\n');
        }
        out.push(b'\n');
        out
    }
}

/// Appends a line with as many of `names` as fit.
fn line(out: &mut Vec<u8>, look: &Look, title: &str, word: &str, names: Vec<String>) {
    if names.is_empty() {
        return;
    }
    let mut text = format!("  {title:<13} {} {word}: ", names.len());
    let room = if look.terminal { look.width } else { 100 };
    let all = names.len();
    for (at, name) in names.iter().enumerate() {
        let gap = if at == 0 { "" } else { ", " };
        let rest =
            if at + 1 == all { String::new() } else { format!(", and {} more", all - at - 1) };
        let width = display_width(text.as_bytes()) + display_width(name.as_bytes());
        if at > 0 && width + gap.len() + rest.len() > room {
            text += &format!(", and {} more", all - at);
            break;
        }
        text += &format!("{gap}{name}");
    }
    out.extend_from_slice(&visible(text.as_bytes()));
    out.push(b'\n');
}
