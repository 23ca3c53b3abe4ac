//! The commands as the whole help lists them: by what one wants to do.

use super::command;

/// What one wants to do, and the commands for it.
pub(crate) const COMMAND_GROUPS: [(&str, &[&str]); 6] = [
    ("Find things", &["find", "def", "refs", "list"]),
    ("Follow the code", &["callers", "callees", "functions", "chain", "trace", "built"]),
    ("Read logs", &["log", "messages"]),
    ("Compare kernels", &["diff", "touched", "exists", "history", "configs"]),
    ("Go on from what was found", &["browse", "lists"]),
    (
        "Set up, and take it elsewhere",
        &["demo", "help", "version", "index", "config", "queries", "export", "lsp", "mcp"],
    ),
];

/// Columns before what a command does.
const WIDTH: usize = 10;

/// How the help of kgrep itself is laid out: the commands before the flags of a search.
pub(super) fn template() -> String {
    format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{}{{all-args}}{{after-help}}",
        page()
    )
}

/// The groups, each command with what it does.
fn page() -> String {
    let parser = command();
    let mut page = String::new();
    for (title, names) in COMMAND_GROUPS {
        page += &format!("{title}:\n");
        for name in names {
            let known = parser.get_subcommands().find(|command| command.get_name() == *name);
            let about = known.and_then(|command| command.get_about());
            let about = about.map(ToString::to_string).unwrap_or_default();
            page += &format!("  {name:WIDTH$}{about}\n");
        }
        page.push('\n');
    }
    page + "`kgrep COMMAND --help` tells more of each. Without a command, kgrep searches:\n\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_one_group() {
        let parser = command();
        for command in parser.get_subcommands().filter(|command| !command.is_hide_set()) {
            let name = command.get_name();
            let groups = COMMAND_GROUPS.iter().filter(|(_, names)| names.contains(&name)).count();
            assert_eq!(groups, 1, "{name}");
        }
        assert!(page().lines().all(|line| line.len() <= 90), "{}", page());
        // Braces would be the template's.
        assert!(!page().contains('{'));
    }
}
