//! From patterns to a query: what any match of a regular expression must contain.
//!
//! After Russ Cox, "Regular Expression Matching with a Trigram Index", on the HIR that
//! `grep-regex` would compile. For each sub-expression it is known either which strings it
//! matches, all of them, or with which strings a match begins and ends, and what is required
//! besides. Anchors and word boundaries match the empty string here, so that `-w`, `-x`,
//! `^` and `$` need no treatment: they only make fewer strings match.

use std::collections::BTreeSet;

use regex_syntax::{
    ast, escape,
    hir::{Class, Hir, HirKind, Repetition, translate::TranslatorBuilder},
};

use super::query::{Node, Query};

/// The flags that change which strings a pattern matches, as the matcher gets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags {
    /// Patterns are plain text (`-F`).
    pub fixed_strings: bool,
    /// Case is ignored (`-i`, or `-S` once decided).
    pub case_insensitive: bool,
    /// `.` matches a newline.
    pub dot_matches_new_line: bool,
    /// `^` and `$` know `\r\n`.
    pub crlf: bool,
    /// Classes and case are Unicode's; ripgrep's default.
    pub unicode: bool,
}

impl Default for Flags {
    fn default() -> Flags {
        Flags {
            fixed_strings: false,
            case_insensitive: false,
            dot_matches_new_line: false,
            crlf: false,
            unicode: true,
        }
    }
}

impl Query {
    /// What a file must contain for one of `patterns` to match in it. Word and line modes,
    /// and whether matches may span lines, make no difference. Patterns that don't parse,
    /// which the matcher will report, require nothing.
    pub fn from_patterns<P: AsRef<str>>(patterns: &[P], flags: &Flags) -> Query {
        // As in grep-regex 0.1.14, `config.rs`, `ConfiguredHIR::new`.
        let hir = if flags.fixed_strings && !flags.case_insensitive {
            Some(Hir::alternation(
                patterns.iter().map(|p| Hir::literal(p.as_ref().as_bytes())).collect(),
            ))
        } else {
            parse(patterns, flags)
        };
        Query(hir.map_or(Node::Any, |hir| Strings::of(&hir).into_node()))
    }
}

fn parse<P: AsRef<str>>(patterns: &[P], flags: &Flags) -> Option<Hir> {
    let group = |p: &P| {
        let p = p.as_ref();
        if flags.fixed_strings { format!("(?:{})", escape(p)) } else { format!("(?:{p})") }
    };
    let pattern = patterns.iter().map(group).collect::<Vec<_>>().join("|");
    let ast = ast::parse::ParserBuilder::new().build().parse(&pattern).ok()?;
    TranslatorBuilder::new()
        .utf8(false)
        .multi_line(true)
        .case_insensitive(flags.case_insensitive)
        .dot_matches_new_line(flags.dot_matches_new_line)
        .crlf(flags.crlf)
        .unicode(flags.unicode)
        .build()
        .translate(&pattern, &ast)
        .ok()
}

/// A set of strings.
type Set = BTreeSet<Vec<u8>>;

/// The most strings in a set: enough for three letters in every case (`sks` has 27 forms).
const MAX_STRINGS: usize = 32;
/// The most bytes in a set.
const MAX_BYTES: usize = 4096;
/// How often a repeated expression is written out.
const MAX_COPIES: u32 = 8;

/// What is known of the strings that an expression matches.
#[derive(Clone, Debug)]
enum Strings {
    /// All of them.
    Exactly(Set),
    /// Each begins with one of `prefixes`, ends with one of `suffixes`, and fulfils `node`.
    Between { prefixes: Set, suffixes: Set, node: Node },
}

/// The set of the empty string: nothing is known.
fn unknown() -> Set {
    Set::from([Vec::new()])
}

fn fits(set: &Set) -> bool {
    set.len() <= MAX_STRINGS && set.iter().map(Vec::len).sum::<usize>() <= MAX_BYTES
}

/// All strings of `a` with all strings of `b` after them, unless that is too many.
fn product(a: &Set, b: &Set) -> Option<Set> {
    let bytes = |set: &Set| set.iter().map(Vec::len).sum::<usize>();
    if a.len() * b.len() > MAX_STRINGS || bytes(a) * b.len() + bytes(b) * a.len() > MAX_BYTES {
        return None;
    }
    let pairs = a.iter().flat_map(|head| b.iter().map(move |tail| [&head[..], tail].concat()));
    Some(pairs.collect())
}

/// The last two bytes of each: with what follows they make every trigram across the border.
fn last_two(set: &Set) -> Set {
    let ends: Set = set.iter().map(|s| s[s.len().saturating_sub(2)..].to_vec()).collect();
    if fits(&ends) { ends } else { unknown() }
}

/// The first two bytes of each.
fn first_two(set: &Set) -> Set {
    let starts: Set = set.iter().map(|s| s[..s.len().min(2)].to_vec()).collect();
    if fits(&starts) { starts } else { unknown() }
}

impl Strings {
    /// What is known of the strings that `hir` matches.
    // Recursion is bounded by the parser's limit on nesting.
    fn of(hir: &Hir) -> Strings {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Strings::Exactly(unknown()),
            HirKind::Literal(literal) => Strings::bounded(Set::from([literal.0.to_vec()])),
            HirKind::Class(class) => Strings::of_class(class),
            HirKind::Repetition(repetition) => Strings::of_repetition(repetition),
            HirKind::Capture(capture) => Strings::of(&capture.sub),
            HirKind::Concat(parts) => {
                parts.iter().map(Strings::of).reduce(Strings::then).unwrap_or(Strings::any())
            }
            HirKind::Alternation(arms) => Strings::one_of(arms.iter().map(Strings::of).collect()),
        }
    }

    fn any() -> Strings {
        Strings::Between { prefixes: unknown(), suffixes: unknown(), node: Node::Any }
    }

    /// Exactly these, or if they are too many, what they have in common.
    fn bounded(set: Set) -> Strings {
        let strings = Strings::Exactly(set);
        match &strings {
            Strings::Exactly(set) if !fits(set) => strings.loosened(),
            _ => strings,
        }
    }

    fn of_class(class: &Class) -> Strings {
        let mut set = Set::new();
        match class {
            Class::Unicode(class) => {
                if class.ranges().iter().map(|range| range.len()).sum::<usize>() > MAX_STRINGS {
                    return Strings::any();
                }
                for c in class.ranges().iter().flat_map(|range| range.start()..=range.end()) {
                    set.insert(c.to_string().into_bytes());
                }
            }
            Class::Bytes(class) => {
                if class.ranges().iter().map(|range| range.len()).sum::<usize>() > MAX_STRINGS {
                    return Strings::any();
                }
                for b in class.ranges().iter().flat_map(|range| range.start()..=range.end()) {
                    set.insert(vec![b]);
                }
            }
        }
        Strings::Exactly(set)
    }

    fn of_repetition(repetition: &Repetition) -> Strings {
        let (min, max) = (repetition.min, repetition.max);
        if min == 0 {
            if max != Some(1) {
                return Strings::any();
            }
            return match Strings::of(&repetition.sub) {
                Strings::Exactly(mut set) => {
                    set.insert(Vec::new());
                    if fits(&set) { Strings::Exactly(set) } else { Strings::any() }
                }
                Strings::Between { .. } => Strings::any(),
            };
        }
        let once = Strings::of(&repetition.sub);
        // Of what isn't known exactly, a second copy gives the border between two; a third
        // would say the same again.
        let useful = if matches!(once, Strings::Exactly(_)) { MAX_COPIES } else { 2 };
        let copies = min.min(useful);
        let mut all = once.clone();
        for _ in 1..copies {
            all = all.then(once.clone());
        }
        // More may follow: the whole still begins with the copies, and it ends with them.
        if max == Some(copies) { all } else { all.loosened() }
    }

    /// The same, but for strings with something more in their middle.
    fn loosened(self) -> Strings {
        match self {
            Strings::Exactly(set) => Strings::Between {
                prefixes: if fits(&set) { set.clone() } else { first_two(&set) },
                suffixes: if fits(&set) { set.clone() } else { last_two(&set) },
                node: Node::contains(&set),
            },
            between => between,
        }
    }

    /// What is known when `next` follows.
    fn then(self, next: Strings) -> Strings {
        match (self, next) {
            (Strings::Exactly(a), Strings::Exactly(b)) => match product(&a, &b) {
                Some(set) => Strings::Exactly(set),
                // An expression that never matches makes the whole never match.
                None => Strings::Exactly(a).loosened().then_between(Strings::Exactly(b)),
            },
            (Strings::Exactly(a), Strings::Between { prefixes, suffixes, node }) => {
                let node = Node::and([node, Node::contains(&a)]);
                let prefixes = match product(&a, &prefixes) {
                    Some(set) => set,
                    None => {
                        let border = product(&last_two(&a), &first_two(&prefixes));
                        let border = border.map_or(Node::Any, |set| Node::contains(&set));
                        let node = Node::and([node, Node::contains(&prefixes), border]);
                        return Strings::Between { prefixes: a, suffixes, node };
                    }
                };
                Strings::Between { prefixes, suffixes, node }
            }
            (between, next) => between.then_between(next),
        }
    }

    /// As [`Strings::then`], for a first part that isn't known exactly.
    fn then_between(self, next: Strings) -> Strings {
        let (prefixes, ends, node) = match self.loosened() {
            Strings::Between { prefixes, suffixes, node } => (prefixes, suffixes, node),
            // `loosened` returns no other.
            exactly => return exactly,
        };
        // The border needs only two bytes of what is before it.
        let join =
            |starts: &Set| product(&ends, starts).or_else(|| product(&last_two(&ends), starts));
        match next {
            Strings::Exactly(b) => match join(&b) {
                Some(suffixes) => {
                    let node = Node::and([node, Node::contains(&ends)]);
                    Strings::Between { prefixes, suffixes, node }
                }
                None => {
                    let border = product(&last_two(&ends), &first_two(&b));
                    let border = border.map_or(Node::Any, |set| Node::contains(&set));
                    let node = Node::and([node, Node::contains(&ends), Node::contains(&b), border]);
                    Strings::Between { prefixes, suffixes: b, node }
                }
            },
            Strings::Between { prefixes: starts, suffixes, node: more } => {
                let border = join(&starts).map_or(Node::Any, |set| Node::contains(&set));
                let node =
                    Node::and([node, more, Node::contains(&ends), Node::contains(&starts), border]);
                Strings::Between { prefixes, suffixes, node }
            }
        }
    }

    /// What is known when any of `arms` may match.
    fn one_of(arms: Vec<Strings>) -> Strings {
        let all_exact: Option<Vec<&Set>> = arms
            .iter()
            .map(|arm| match arm {
                Strings::Exactly(set) => Some(set),
                Strings::Between { .. } => None,
            })
            .collect();
        if let Some(sets) = all_exact {
            return Strings::bounded(sets.into_iter().flatten().cloned().collect());
        }
        let (mut prefixes, mut suffixes, mut nodes) = (Set::new(), Set::new(), Vec::new());
        for arm in arms {
            if let Strings::Between { prefixes: p, suffixes: s, node } = arm.loosened() {
                nodes.push(Node::and([node, Node::contains(&p), Node::contains(&s)]));
                prefixes.extend(p);
                suffixes.extend(s);
            }
        }
        Strings::Between {
            prefixes: if fits(&prefixes) { prefixes } else { first_two(&prefixes) },
            suffixes: if fits(&suffixes) { suffixes } else { last_two(&suffixes) },
            node: Node::or(nodes),
        }
    }

    /// The condition for a text that holds such a string.
    fn into_node(self) -> Node {
        match self {
            Strings::Exactly(set) => Node::contains(&set),
            Strings::Between { prefixes, suffixes, node } => {
                Node::and([node, Node::contains(&prefixes), Node::contains(&suffixes)])
            }
        }
    }
}
