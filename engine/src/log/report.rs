//! Reports in a log: where one begins and ends, and what it says happened.

use super::knowledge::{Begin, Machinery, knowledge};

/// What a report is, by its first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// What kind of report: `oops`, `warning`.
    pub kind: &'static str,
    /// The line that says what happened.
    pub text: String,
    /// The document of the tree that explains such reports; empty where none does.
    pub document: &'static str,
    /// Whether the instruction pointer is where memory was accessed that isn't there.
    pub accesses: bool,
    /// Whether something hangs, or waits for what never comes.
    pub hangs: bool,
}

/// The title of the report that `text` begins, if it begins one.
pub(super) fn begins(text: &[u8]) -> Option<Title> {
    let begin = knowledge().reports.iter().find(|begin| begin.fits(text))?;
    let text = String::from_utf8_lossy(text.trim_ascii()).into_owned();
    let Begin { kind, document, accesses, hangs, .. } = begin;
    Some(Title { kind, text, document, accesses: *accesses, hangs: *hangs })
}

impl Begin {
    fn fits(&self, text: &[u8]) -> bool {
        let text = text.trim_ascii_start();
        let has = |part: &String| memchr::memmem::find(text, part.as_bytes()).is_some();
        let like = |pattern: &String| is_like(&String::from_utf8_lossy(text), pattern);
        self.starts.iter().any(|start| text.starts_with(start.as_bytes()))
            || self.has.iter().any(has)
            || self.like.iter().any(like)
    }
}

/// How a line belongs to a report that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Belongs {
    /// It is the report's: a part that such reports have.
    Part,
    /// It ends it.
    Last,
    /// Nothing says.
    Unknown,
}

/// How `text` belongs to an open report.
pub(super) fn belongs(text: &[u8]) -> Belongs {
    let text = text.trim_ascii_start();
    let starts = |parts: &[String]| parts.iter().any(|part| text.starts_with(part.as_bytes()));
    if starts(&knowledge().parts.last) {
        Belongs::Last
    } else if starts(&knowledge().parts.starts) || text.starts_with(b"<") {
        Belongs::Part
    } else {
        Belongs::Unknown
    }
}

/// Whether a function reports what others did.
pub(super) fn is_machinery(name: &[u8]) -> bool {
    is_one_of(name, &knowledge().machinery)
}

/// Whether whatever waits or spins is in this function.
pub(super) fn is_waiting(name: &[u8]) -> bool {
    is_one_of(name, &knowledge().waiting)
}

fn is_one_of(name: &[u8], rules: &[Machinery]) -> bool {
    let name = String::from_utf8_lossy(name);
    rules.iter().any(|rule| is_like(&name, &rule.function))
}

/// Whether a name or a line is like a pattern in which `*` stands for any letters.
fn is_like(name: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        last = Some(part);
    }
    // The last part ends the name; a star behind it lets more follow.
    last.map_or(rest.is_empty(), |last| last.is_empty() || rest.is_empty() || name.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_begin_with_lines_that_are_known() {
        let kinds = [
            ("BUG: kernel NULL pointer dereference, address: 0000000000000018", "oops"),
            ("Unable to handle kernel NULL pointer dereference at virtual address 0018", "oops"),
            ("WARNING: CPU: 1 PID: 1 at drivers/lamp.c:7 lamp_on+0x5/0x20", "warning"),
            ("WARNING: drivers/lamp.c:7 at lamp_on+0x5/0x20, CPU#1: lampd/37", "warning"),
            (
                "WARNING: [!on] drivers/lamp.c:7 at lamp_on+0x5/0x20 [lamp], CPU#1: lampd/37",
                "warning",
            ),
            ("WARNING: at lamp_on+0x5/0x20, CPU#1: lampd/37", "warning"),
            ("kernel BUG at drivers/lamp.c:7!", "bug"),
            ("Kernel panic - not syncing: Attemted to kill init!", "panic"),
            ("BUG: KASAN: slab-use-after-free in lamp_on+0x5/0x20", "kasan"),
            ("UBSAN: shift-out-of-bounds in drivers/lamp.c:7:12", "ubsan"),
            ("WARNING: possible circular locking dependency detected", "lockdep"),
            ("rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:", "rcu-stall"),
            ("INFO: task lampd:37 blocked for more than 120 seconds.", "hung-task"),
            ("watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [lampd:37]", "lockup"),
            ("tail invoked oom-killer: gfp_mask=0x140dca(GFP_X), order=0", "oom"),
            ("list_del corruption. prev->next should be 1, but was 2", "list"),
        ];
        for (text, kind) in kinds {
            assert_eq!(begins(text.as_bytes()).map(|title| title.kind), Some(kind), "{text}");
        }
        assert_eq!(begins(b"lamp: ready"), None);
        assert_eq!(begins(b"WARNING: no oil at home"), None);
        assert_eq!(belongs(b"---[ end trace 0000000000000000 ]---"), Belongs::Last);
        assert_eq!(belongs(b"RAX: 0000"), Belongs::Part);
        assert!(is_machinery(b"dump_stack_lvl") && !is_machinery(b"vfs_write"));
        assert!(is_machinery(b"print_circular_bug") && !is_machinery(b"print_lamp"));
        assert!(is_waiting(b"__mutex_lock.constprop") || is_waiting(b"__mutex_lock_slowpath"));
        assert!(is_waiting(b"io_schedule") && !is_waiting(b"lamp_wait"));
        assert!(is_machinery(b"panic") && !is_machinery(b"panic_lamp"));
    }
}
