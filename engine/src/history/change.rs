//! What changed about a name from one side to the next.

use std::fmt;

use super::State;
use crate::code::split_arguments;

/// What changed about a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It was not there before.
    New,
    /// It is not there any more.
    Gone,
    /// It was another kind of thing.
    Was(String),
    /// It was in another file.
    Moved(String),
    /// It stands under another condition; before under none, if there is no text.
    Guard(String),
    /// It is offered to modules, by this macro.
    Exported(String),
    /// It is no longer offered to modules.
    NotExported,
    /// It can only be seen in its own file now.
    Static,
    /// It can be seen outside its file now.
    NotStatic,
    /// A parameter is another one now.
    Parameter {
        /// What it was.
        was: String,
        /// What it is.
        is: String,
    },
    /// A parameter that was not there.
    NewParameter(String),
    /// A parameter that was there.
    WithoutParameter(String),
    /// Something else about the head, which was this one.
    Head(String),
    /// The text behind the head.
    Body,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::New => f.write_str("new"),
            Change::Gone => f.write_str("gone"),
            Change::Was(kind) => write!(f, "was {kind}"),
            Change::Moved(from) => write!(f, "moved from {from}"),
            Change::Guard(was) if was.is_empty() => f.write_str("under a condition now"),
            Change::Guard(was) => write!(f, "was under #if {was}"),
            Change::Exported(by) if by.is_empty() => f.write_str("exported"),
            Change::Exported(by) => write!(f, "exported ({by})"),
            Change::NotExported => f.write_str("no longer exported"),
            Change::Static => f.write_str("became static"),
            Change::NotStatic => f.write_str("no longer static"),
            Change::Parameter { was, is } => write!(f, "{was} is now {is}"),
            Change::NewParameter(one) => write!(f, "new parameter {one}"),
            Change::WithoutParameter(one) => write!(f, "without parameter {one}"),
            Change::Head(was) => write!(f, "was `{was}`"),
            Change::Body => f.write_str("other body"),
        }
    }
}

/// What changed from one state to the next; `body` says that another body counts.
pub(super) fn between(old: &State, new: &State, body: bool) -> Vec<Change> {
    let mut all = Vec::new();
    match (old.is_there(), new.is_there()) {
        (false, true) => return vec![Change::New],
        (true, false) => return vec![Change::Gone],
        (false, false) if old.standing == new.standing => return all,
        (false, false) => return vec![Change::Was(old.kind.clone())],
        (true, true) => {}
    }
    if old.path != new.path {
        all.push(Change::Moved(String::from_utf8_lossy(&old.path).into_owned()));
    }
    if old.kind != new.kind {
        all.push(Change::Was(old.kind.clone()));
    }
    if old.guard != new.guard {
        all.push(Change::Guard(old.guard.clone()));
    }
    if old.exported != new.exported {
        all.push(new.exported.clone().map_or(Change::NotExported, Change::Exported));
    }
    if old.head != new.head && old.kind == new.kind {
        all.extend(of_heads(&old.head, &new.head));
    }
    if body && old.body != new.body && old.head == new.head {
        all.push(Change::Body);
    }
    all
}

/// What changed between two heads.
fn of_heads(old: &str, new: &str) -> Vec<Change> {
    let mut all = Vec::new();
    let is_static = |head: &str| head.split_whitespace().any(|word| word == "static");
    match (is_static(old), is_static(new)) {
        (false, true) => all.push(Change::Static),
        (true, false) => all.push(Change::NotStatic),
        _ => {}
    }
    let (before, after) = (parameters(old), parameters(new));
    let added = after.iter().filter(|one| !before.contains(one)).cloned();
    let gone = before.iter().filter(|one| !after.contains(one)).cloned();
    if before.len() == after.len() {
        all.extend(gone.zip(added).map(|(was, is)| Change::Parameter { was, is }));
    } else {
        all.extend(added.map(Change::NewParameter));
        all.extend(gone.map(Change::WithoutParameter));
    }
    if all.is_empty() {
        all.push(Change::Head(old.to_owned()));
    }
    all
}

/// The parameters of a head: what stands between its first brackets.
fn parameters(head: &str) -> Vec<String> {
    let inside = head.find('(').map(|open| &head.as_bytes()[open + 1..]);
    let mut all = inside.and_then(split_arguments).unwrap_or_default();
    all.retain(|one| !one.is_empty() && one != "void");
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_tell_what_changed() {
        let told = |old: &str, new: &str| {
            let all: Vec<String> = of_heads(old, new).iter().map(Change::to_string).collect();
            all.join("; ")
        };
        assert_eq!(told("int a(int x)", "static int a(int x)"), "became static");
        assert_eq!(told("int a(void)", "int a(int x)"), "new parameter int x");
        assert_eq!(told("int a(int x, int y)", "int a(int y)"), "without parameter int x");
        assert_eq!(told("int a(int x)", "int a(int y)"), "int x is now int y");
        assert_eq!(told("int a(int x)", "long a(int x)"), "was `int a(int x)`");
        assert_eq!(parameters("int a(void (*f)(int, int), int b)").len(), 2);
    }
}
