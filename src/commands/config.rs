//! `kgrep config`: what is in force, and where each value comes from.

use std::fmt::Display;
use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;

use super::{Outcome, Session};
use crate::folders;
use crate::render::{Content, print_page};
use crate::settings::Setting;

/// Prints the settings as lines of a configuration file, each with its origin.
///
/// # Errors
/// When standard output can't be written.
pub(crate) fn run(session: &Session) -> Result<Outcome> {
    let settings = &session.settings;
    let mut rows = vec![
        word("color", &settings.color),
        word("hyperlink", &settings.hyperlink),
        word("highlight", &settings.highlight),
        quoted("theme", &settings.theme),
        word("format", &settings.format),
        word("layout", &settings.layout),
        word("prompt", &settings.prompt),
        quoted("pager", &settings.pager),
        quoted("editor", &settings.editor),
        plain("header", &settings.header),
        plain("context", &settings.context),
        plain("max-list", &settings.max_list),
        plain("hidden", &settings.hidden),
        plain("ignore", &settings.ignore),
        plain("follow", &settings.follow),
        quoted("arch", &settings.arch),
        quoted("kconfig", &settings.kconfig),
        paths("trusted-trees", &settings.trusted_trees),
        plain("index.auto_update", &settings.auto_update),
    ];
    if let Some(path) = folders::config_file() {
        let state = if path.exists() { "" } else { " (there is none)" };
        rows.insert(0, (format!("# {}{state}", path.display()), String::new()));
    }
    let width = rows.iter().skip(1).map(|(line, _)| line.len()).max().unwrap_or(0);
    let mut page = String::new();
    for (line, origin) in rows {
        let row = if origin.is_empty() { line } else { format!("{line:width$}  # {origin}") };
        page.push_str(&row);
        page.push('\n');
    }
    print_page(&page, Content::Text)?;
    Ok(Outcome::Found)
}

fn word<T: ValueEnum>(key: &str, setting: &Setting<T>) -> (String, String) {
    let name = setting.value.to_possible_value().map(|value| value.get_name().to_owned());
    (format!("{key} = \"{}\"", name.unwrap_or_default()), setting.origin.to_string())
}

fn quoted(key: &str, setting: &Setting<String>) -> (String, String) {
    let value = toml::Value::String(setting.value.clone());
    (format!("{key} = {value}"), setting.origin.to_string())
}

fn paths(key: &str, setting: &Setting<Vec<PathBuf>>) -> (String, String) {
    let paths = setting.value.iter().map(|path| path.to_string_lossy().into_owned().into());
    let value = toml::Value::Array(paths.collect());
    (format!("{key} = {value}"), setting.origin.to_string())
}

fn plain<T: Display>(key: &str, setting: &Setting<T>) -> (String, String) {
    (format!("{key} = {}", setting.value), setting.origin.to_string())
}
