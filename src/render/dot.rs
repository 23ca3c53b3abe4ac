//! A call graph in the language of Graphviz' `dot`.

use std::collections::HashMap;
use std::fmt::Write;

/// A definition as a node: its name and the file it is in, which may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Node {
    /// Its name.
    pub(crate) name: String,
    /// Its file, relative to the tree.
    pub(crate) file: String,
}

/// One definition uses another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Arrow {
    /// Who uses.
    pub(crate) from: Node,
    /// Who is used.
    pub(crate) to: Node,
    /// How, in words; a plain call has no label.
    pub(crate) how: String,
}

/// The graph of `arrows`, each once, in their order. A call is a full line, all else is
/// dashed and says what it is.
pub(crate) fn draw_dot(arrows: &[Arrow]) -> String {
    let mut text = String::from(
        "digraph kgrep {\n\trankdir=LR;\n\tnode [shape=box, fontname=\"monospace\"];\n",
    );
    let mut numbers: HashMap<&Node, usize> = HashMap::new();
    let mut drawn = std::collections::HashSet::new();
    for arrow in arrows.iter().filter(|arrow| drawn.insert(*arrow)) {
        let mut number = |node| {
            let next = numbers.len();
            *numbers.entry(node).or_insert_with(|| {
                let label = if node.file.is_empty() {
                    quoted(&node.name)
                } else {
                    format!("{}\\n{}", quoted(&node.name), quoted(&node.file))
                };
                let _ = writeln!(text, "\tn{next} [label=\"{label}\"];");
                next
            })
        };
        let (from, to) = (number(&arrow.from), number(&arrow.to));
        let style = if arrow.how == "call" {
            String::new()
        } else {
            format!(" [style=dashed, label=\"{}\"]", quoted(&arrow.how))
        };
        let _ = writeln!(text, "\tn{from} -> n{to}{style};");
    }
    text.push_str("}\n");
    text
}

/// `text` as it may stand between quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => quoted.push('?'),
            letter => quoted.push(letter),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str) -> Node {
        Node { name: name.to_owned(), file: "a.c".to_owned() }
    }

    #[test]
    fn nodes_and_arrows_come_once() {
        let call = Arrow { from: node("f"), to: node("g\""), how: "call".to_owned() };
        let passed = Arrow { how: "passed to run()".to_owned(), ..call.clone() };
        let expected = "\
digraph kgrep {
\trankdir=LR;
\tnode [shape=box, fontname=\"monospace\"];
\tn0 [label=\"f\\na.c\"];
\tn1 [label=\"g\\\"\\na.c\"];
\tn0 -> n1;
\tn0 -> n1 [style=dashed, label=\"passed to run()\"];
}
";
        assert_eq!(draw_dot(&[call.clone(), passed, call]), expected);
    }
}
