//! Asks a tree three questions and prints the answers as plain text: all that another face
//! needs, without anything of the program.
//!
//! ```text
//! cargo run -p kgrep-engine --example ask -- TREE NAME
//! ```

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use kgrep_engine::code::{ArchChoice, Code, Setup};
use kgrep_engine::request::{Define, References, Steps};
use kgrep_engine::search::FileRules;
use kgrep_engine::{Answer, Cancel, Cell, Label, Request, Workspace};
use kgrep_index::idiom::Idioms;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(tree), Some(name)) = (words.next(), words.next()) else {
        return Err("give a tree and a name".into());
    };
    let cache = std::env::temp_dir().join("kgrep-ask");
    let setup = Setup {
        arch: ArchChoice { name: "all".to_owned(), named: false },
        kconfig: None,
        workspace: Workspace::new(&cache, Idioms::built_in(), FileRules::default()),
        notes: Arc::new(|note| eprintln!("{note:?}")),
        progress: Arc::new(|_, _| ()),
        cancel: Cancel::default(),
    };
    let code = Code::of_tree(Path::new(&tree), setup)?;
    let asked = [
        Request::Define(Define { name: name.clone(), ..Define::default() }),
        Request::References(References { name: name.clone(), ..References::default() }),
        Request::Callers(Steps { name, depth: 2, ..Steps::default() }),
    ];
    for request in asked {
        println!("{request:?}");
        print(&code.answer(&request)?);
    }
    Ok(())
}

fn print(answer: &Answer) {
    for note in &answer.notes {
        println!("  {note:?}");
    }
    for row in &answer.rows {
        let cells: Vec<String> = row.cells.iter().map(text).collect();
        let path = String::from_utf8_lossy(&row.path);
        let depth = 2 * usize::from(row.depth);
        println!("  {path}:{}: {:depth$}{}", row.line, "", cells.join(", "));
    }
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) | Cell::Name(text) => text.clone(),
        Cell::Node { label: Label::Name(name), .. } => name.clone(),
        Cell::Kind(kind) => kind.to_string(),
        Cell::How(how) => how.to_string(),
        cell => format!("{cell:?}"),
    }
}
