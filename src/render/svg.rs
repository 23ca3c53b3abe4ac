//! A call graph as a picture to look at: a cluster with its own colour for each folder, the
//! calling line behind each arrow, a link behind each name, on a light page or a dark one.
//!
//! Graphviz lays it out; here is what it is told, and what is added to its answer.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use super::dot::quoted;

/// A definition that is drawn.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Shown {
    /// Its name.
    pub(crate) name: String,
    /// Its file, relative to the tree; empty where that is not known.
    pub(crate) file: String,
    /// Its first line; 0 where that is not known.
    pub(crate) line: u32,
    /// It is a macro or a constant.
    pub(crate) is_macro: bool,
}

/// One definition uses another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Use {
    /// Who uses.
    pub(crate) from: Shown,
    /// Who is used.
    pub(crate) to: Shown,
    /// How, in words.
    pub(crate) how: String,
    /// Where, and the line itself.
    pub(crate) told: String,
}

/// The folders' colours, in a light page and in a dark one.
const COLORS: [(&str, &str); 6] = [
    ("#e3f0ff", "#12304f"),
    ("#e6f6e3", "#16371b"),
    ("#fff1d6", "#46330f"),
    ("#f6e6fb", "#3a1f47"),
    ("#ffe6e4", "#4b1d1f"),
    ("#e2f5f5", "#0f3b3d"),
];

/// What is drawn of `uses`: without macros unless they are wanted, and without what hangs
/// together with the first of them in no way any more.
pub(crate) fn drawn_uses(uses: Vec<Use>, with_macros: bool) -> Vec<Use> {
    let mut known: HashMap<String, HashSet<Shown>> = HashMap::new();
    for node in uses.iter().flat_map(|one| [&one.from, &one.to]) {
        if !node.file.is_empty() {
            known.entry(node.name.clone()).or_default().insert(node.clone());
        }
    }
    // Who is named without a file is who is known by that name, if it is one.
    let same = |node: Shown| match known.get(&node.name).map(|found| (found.len(), found)) {
        Some((1, found)) if node.file.is_empty() => found.iter().next().cloned().unwrap_or(node),
        _ => node,
    };
    let mut seen = HashSet::new();
    let uses: Vec<Use> = uses
        .into_iter()
        .filter(|one| with_macros || !(one.from.is_macro || one.to.is_macro))
        .map(|one| Use { from: same(one.from), to: same(one.to), ..one })
        .filter(|one| seen.insert((one.from.clone(), one.to.clone(), one.how.clone())))
        .collect();
    let mut reached: HashSet<&Shown> = uses.iter().take(1).map(|one| &one.from).collect();
    loop {
        let before = reached.len();
        for one in &uses {
            if reached.contains(&one.from) || reached.contains(&one.to) {
                reached.extend([&one.from, &one.to]);
            }
        }
        if reached.len() == before {
            break;
        }
    }
    let joined: Vec<bool> = uses.iter().map(|one| reached.contains(&one.from)).collect();
    uses.into_iter().zip(joined).filter(|(_, joined)| *joined).map(|(one, _)| one).collect()
}

/// How many definitions `uses` name.
pub(crate) fn nodes_of(uses: &[Use]) -> usize {
    uses.iter().flat_map(|one| [&one.from, &one.to]).collect::<HashSet<_>>().len()
}

/// The definitions of a picture by number, in the order in which they are named, and by folder.
struct Nodes<'u> {
    numbers: HashMap<&'u Shown, usize>,
    folders: Vec<(&'u str, Vec<&'u Shown>)>,
}

impl<'u> Nodes<'u> {
    fn of(uses: &'u [Use]) -> Nodes<'u> {
        let mut numbers: HashMap<&Shown, usize> = HashMap::new();
        let mut folders: Vec<(&str, Vec<&Shown>)> = Vec::new();
        for node in uses.iter().flat_map(|one| [&one.from, &one.to]) {
            let next = numbers.len();
            if *numbers.entry(node).or_insert(next) < next {
                continue;
            }
            let folder = node.file.rsplit_once('/').map_or("", |(folder, _)| folder);
            match folders.iter_mut().find(|(known, _)| *known == folder) {
                Some((_, nodes)) => nodes.push(node),
                None => folders.push((folder, vec![node])),
            }
        }
        Nodes { numbers, folders }
    }

    fn number(&self, node: &Shown) -> usize {
        self.numbers.get(node).copied().unwrap_or_default()
    }
}

/// The graph for `dot`; `link` makes the address of a file's line.
pub(crate) fn draw_picture(uses: &[Use], link: impl Fn(&str, u32) -> String) -> String {
    let nodes = Nodes::of(uses);
    let mut text = String::from(
        "digraph kgrep {\n\trankdir=LR; ordering=out; bgcolor=transparent; tooltip=\" \"; nodesep=0.15;\n\
         \tnode [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"monospace\", \
         fontsize=11, height=0.3];\n\tedge [color=\"#57606a\", fontname=\"monospace\", fontsize=9, \
         arrowsize=0.7];\n",
    );
    let mut color = COLORS.iter().enumerate().cycle();
    for (at, (folder, own)) in nodes.folders.iter().enumerate() {
        let is_cluster = own.iter().any(|node| !node.file.is_empty());
        if is_cluster && let Some((class, (light, _))) = color.next() {
            let label = if folder.is_empty() { "." } else { folder };
            let _ = writeln!(
                text,
                "\tsubgraph cluster_{at} {{\n\tlabel=\"{}\"; tooltip=\"{0}\"; class=\"k{class}\"; \
                 style=\"rounded,filled\"; color=\"{light}\"; fontname=\"monospace\"; fontsize=10;",
                quoted(label)
            );
        }
        for node in own {
            draw_node(&mut text, nodes.number(node), node, &link);
        }
        if is_cluster {
            text.push_str("\t}\n");
        }
    }
    for one in uses {
        let style = match one.how.as_str() {
            "call" => String::new(),
            how => format!(", style=dashed, label=\"{}\"", quoted(how)),
        };
        let told = quoted(&one.told);
        let _ = writeln!(
            text,
            "\tn{} -> n{} [tooltip=\"{told}\", labeltooltip=\"{told}\"{style}];",
            nodes.number(&one.from),
            nodes.number(&one.to)
        );
    }
    text.push_str("}\n");
    text
}

/// A definition's line: its name, and where it is, which leads there.
fn draw_node(text: &mut String, number: usize, node: &Shown, link: &impl Fn(&str, u32) -> String) {
    let place = match (node.file.rsplit('/').next(), node.line) {
        (Some(""), _) | (None, _) => String::new(),
        (Some(file), 0) => format!("\\n{}", quoted(file)),
        (Some(file), line) => format!("\\n{}:{line}", quoted(file)),
    };
    let more = match node.file.as_str() {
        "" => String::new(),
        file => format!(
            ", URL=\"{}\", tooltip=\"{}:{}\"",
            quoted(&link(file, node.line)),
            quoted(file),
            node.line
        ),
    };
    let _ = writeln!(text, "\tn{number} [label=\"{}{place}\"{more}];", quoted(&node.name));
}

/// What `dot` drew, with its colours for a dark page beside those for a light one.
pub(crate) fn with_dark_page(svg: &str) -> String {
    let mut style = String::from(
        "<style>\n.node text, .cluster text, .edge text { fill: #1f2328; }\n\
         .node path, .node polygon { stroke: #57606a; }\n\
         @media (prefers-color-scheme: dark) {\n\
         svg { background: #0d1117; }\n\
         .node text, .cluster text, .edge text { fill: #e6edf3; }\n\
         .node path, .node polygon { fill: #161b22; stroke: #8b949e; }\n\
         .edge path { stroke: #8b949e; }\n.edge polygon { fill: #8b949e; stroke: #8b949e; }\n",
    );
    for (class, (_, dark)) in COLORS.iter().enumerate() {
        let _ = writeln!(
            style,
            ".k{class} > path, .k{class} > g > a > path, .k{class} > polygon {{ fill: {dark}; stroke: {dark}; }}"
        );
    }
    style.push_str("}\n</style>\n");
    // Behind the first tag's end; a drawing of another shape stays as it is.
    match svg.find("<svg").and_then(|start| Some(start + svg[start..].find('>')? + 1)) {
        Some(at) => format!("{}\n{style}{}", &svg[..at], svg[at..].trim_start_matches('\n')),
        None => svg.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, file: &str, is_macro: bool) -> Shown {
        let line = if file.is_empty() { 0 } else { 7 };
        Shown { name: name.to_owned(), file: file.to_owned(), line, is_macro }
    }

    fn called(from: Shown, to: Shown) -> Use {
        let (how, told) = ("call".to_owned(), "fs/a.c:9  g(\"x\");".to_owned());
        Use { from, to, how, told }
    }

    #[test]
    fn macros_and_what_hung_on_them_are_left_out() {
        let (f, g) = (node("f", "fs/a.c", false), node("g", "mm/b.c", false));
        let (m, lost) = (node("M", "mm/b.c", true), node("lost", "mm/b.c", false));
        let uses = vec![
            called(f.clone(), node("g", "", false)),
            called(f.clone(), m.clone()),
            called(m.clone(), lost.clone()),
            called(lost.clone(), node("more", "mm/b.c", false)),
            called(g.clone(), node("h", "", false)),
        ];
        let drawn = drawn_uses(uses.clone(), false);
        let names: Vec<(&str, &str)> =
            drawn.iter().map(|one| (one.from.name.as_str(), one.to.name.as_str())).collect();
        // The one g that is known is the g that is called.
        assert_eq!(names, [("f", "g"), ("g", "h")]);
        assert_eq!(drawn[0].to, g);
        assert_eq!(nodes_of(&drawn), 3);
        assert_eq!(drawn_uses(uses, true).len(), 5);
    }

    #[test]
    fn folders_are_clusters_and_everything_is_quoted() {
        let uses = [called(node("f", "fs/a.c", false), node("g", "mm/b.c", false))];
        let text = draw_picture(&uses, |file, line| format!("https://x/{file}#L{line}"));
        assert!(text.contains("label=\"fs\"") && text.contains("label=\"mm\""), "{text}");
        assert!(text.contains("n0 [label=\"f\\na.c:7\", URL=\"https://x/fs/a.c#L7\""), "{text}");
        assert!(text.contains("n0 -> n1 [tooltip=\"fs/a.c:9  g(\\\"x\\\");\""), "{text}");
    }

    #[test]
    fn a_dark_page_has_its_own_colours() {
        let svg = with_dark_page("<?xml?>\n<svg width=\"1\"\n height=\"1\">\n<g/>\n</svg>\n");
        assert!(
            svg.contains("height=\"1\">\n<style>") && svg.contains("prefers-color-scheme: dark")
        );
        assert_eq!(with_dark_page("nothing"), "nothing");
    }
}
