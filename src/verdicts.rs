//! What a name comes to ([`Verdict`]), in words: one line that says what it is, or that it is
//! nothing and what that rests on.

use kgrep_engine::{Outside, Proof, Standing, Verdict};
use serde_json::{Value, json};

use crate::message::counted;

/// The line without the name.
pub(crate) fn sentence(verdict: &Verdict) -> String {
    let mut said = standing(verdict);
    if verdict.exported {
        said += ", exported";
    }
    if let Some(by) = &verdict.made_by {
        said += &format!(", made by {by}");
    }
    if !verdict.patches.is_empty() {
        let shown = verdict.patches.iter().take(3).map(String::as_str).collect::<Vec<_>>();
        let more = verdict.patches.len() - shown.len();
        said += &format!("; added by {}", shown.join(", "));
        if more > 0 {
            said += &format!(" and {}", counted(more as u64, "more patch"));
        }
    }
    if !verdict.near.is_empty() {
        said += &format!("; near: {}", verdict.near.join(", "));
    }
    said
}

fn standing(verdict: &Verdict) -> String {
    let places = |what: &str| match verdict.places {
        0 | 1 => what.to_owned(),
        places => format!("{what} in {places} places"),
    };
    match verdict.standing {
        Standing::Defined => places("defined"),
        Standing::Declared => places("declared, not defined"),
        Standing::Symbol => places("a Kconfig symbol"),
        Standing::Field => places("a field"),
        Standing::Parameter => "a parameter".to_owned(),
        Standing::File if verdict.places > 1 => format!("{} files", verdict.places),
        Standing::File => "a file".to_owned(),
        Standing::Elsewhere => elsewhere(verdict),
        Standing::Patch => format!("in a patch only: {}", searched(verdict)),
        Standing::Text => {
            let lines = counted(verdict.lines, "line");
            let said = format!("not defined or declared, in text only: {lines}");
            match verdict.lines > Verdict::MOST_TEXTS {
                true => format!("{said}, `{}` shows all", crate::typed::search_for(&verdict.name)),
                false => said,
            }
        }
        Standing::Nothing => format!(
            "nothing: {}; not declared, defined, exported or made by a macro that kgrep knows; as \
             text: 0 lines",
            searched(verdict)
        ),
        Standing::Unproven => {
            format!("not found, but not all files could be read: {}", searched(verdict))
        }
    }
}

/// The same in a cell of a table.
pub(crate) fn word(verdict: &Verdict) -> String {
    match verdict.standing {
        Standing::Field => places(verdict, "field"),
        Standing::File if verdict.places > 1 => format!("{} files", verdict.places),
        Standing::Elsewhere => format!("only {}", reasons(verdict)),
        Standing::Text => format!("text only ({})", counted(verdict.lines, "line")),
        Standing::Nothing => "-".to_owned(),
        Standing::Unproven => "not found, not all read".to_owned(),
        standing => places(verdict, standing.name()),
    }
}

fn places(verdict: &Verdict, what: &str) -> String {
    match verdict.places {
        0 | 1 => what.to_owned(),
        places => format!("{what} ({places} places)"),
    }
}

fn searched(verdict: &Verdict) -> String {
    format!("0 of {}, checked now", counted(verdict.files, "file"))
}

/// Why what there is doesn't count.
fn elsewhere(verdict: &Verdict) -> String {
    format!("not here, only {}", reasons(verdict))
}

fn reasons(verdict: &Verdict) -> String {
    let why = verdict.elsewhere.iter().map(|outside| match outside {
        Outside::Architecture(name) => format!("of {name}"),
        Outside::Program(folder) => format!("in {folder}/"),
        Outside::NotBuilt { line, needs } => {
            let mut said = "in what this configuration doesn't build".to_owned();
            if let Some(line) = line {
                said += &format!(" ({line}");
                if !needs.is_empty() {
                    said += &format!(": {}", needs.join(", "));
                }
                said.push(')');
            }
            said
        }
        Outside::Off => "in an #if that is off".to_owned(),
    });
    why.collect::<Vec<_>>().join(", ")
}

/// The verdict as data.
pub(crate) fn json(verdict: &Verdict) -> Value {
    let mut data = json!({
        "name": verdict.name,
        "verdict": verdict.standing.name(),
        "places": verdict.places,
        "exported": verdict.exported,
        "said": sentence(verdict),
    });
    let Some(parts) = data.as_object_mut() else { return data };
    if let Some(by) = &verdict.made_by {
        parts.insert("made_by".to_owned(), json!(by));
    }
    if verdict.files > 0 {
        parts.insert("files".to_owned(), json!(verdict.files));
        parts.insert("lines".to_owned(), json!(verdict.lines));
    }
    for (name, words) in [("near", &verdict.near), ("patches", &verdict.patches)] {
        if !words.is_empty() {
            parts.insert(name.to_owned(), json!(words));
        }
    }
    data
}

/// What it rests on that nothing is called so.
pub(crate) fn proof(asked: &str, proof: &Proof) -> String {
    match proof {
        Proof { lines: 0, unread: 0, files } => {
            format!("; 0 of {} have it as text, checked now", counted(*files, "file"))
        }
        Proof { lines: 0, unread, .. } => {
            format!("; {} could not be read and may have it", counted(*unread, "file"))
        }
        Proof { lines, .. } => format!(
            "; as text: {}, `{}` shows them",
            counted(*lines, "line"),
            crate::typed::search_for(asked)
        ),
    }
}
