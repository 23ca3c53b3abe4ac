//! The configuration file, `kgrep/config.toml` below the XDG configuration folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::{Format, Highlight, Layout, Prompt, THEMES, When};

/// What the file may say; everything is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ConfigFile {
    pub(crate) color: Option<When>,
    pub(crate) hyperlink: Option<When>,
    pub(crate) highlight: Option<Highlight>,
    #[serde(default, deserialize_with = "known_theme")]
    pub(crate) theme: Option<String>,
    pub(crate) format: Option<Format>,
    pub(crate) layout: Option<Layout>,
    pub(crate) prompt: Option<Prompt>,
    pub(crate) pager: Option<String>,
    pub(crate) editor: Option<String>,
    pub(crate) header: Option<bool>,
    pub(crate) context: Option<usize>,
    pub(crate) max_list: Option<u64>,
    pub(crate) hidden: Option<bool>,
    pub(crate) ignore: Option<bool>,
    pub(crate) follow: Option<bool>,
    pub(crate) arch: Option<String>,
    pub(crate) kconfig: Option<String>,
    pub(crate) trusted_trees: Option<Vec<PathBuf>>,
    #[serde(default)]
    pub(crate) index: IndexTable,
}

/// A theme's name, if there is such a theme.
fn known_theme<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    let name = String::deserialize(value)?;
    if THEMES.contains(&name.as_str()) {
        return Ok(Some(name));
    }
    Err(D::Error::custom(format!("no such theme: {name:?}; use one of {}", THEMES.join(", "))))
}

/// The table `[index]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IndexTable {
    pub(crate) auto_update: Option<bool>,
}

/// Why the configuration can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ConfigError {
    /// It is there, but can't be read.
    #[error("{}: {error}; --no-config leaves it out", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A line of it is wrong.
    #[error("{}:{line}: {message}; --no-config leaves it out", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, with the key.
        message: String,
    },
}

/// Reads the configuration at `path`; a file that isn't there says nothing.
///
/// # Errors
/// When it is there and can't be read or understood.
pub(crate) fn load(path: &Path) -> Result<ConfigFile, ConfigError> {
    match fs::read_to_string(path) {
        Ok(text) => parse(path, &text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(ConfigFile::default()),
        Err(error) => Err(ConfigError::Unreadable { path: path.to_owned(), error }),
    }
}

fn parse(path: &Path, text: &str) -> Result<ConfigFile, ConfigError> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[line_start..].lines().next().unwrap_or_default().trim();
        let message = error.message().lines().collect::<Vec<_>>().join(" ");
        ConfigError::Wrong {
            path: path.to_owned(),
            line: text[..line_start].matches('\n').count() + 1,
            message: format!("`{line}`: {message}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        parse(Path::new("config.toml"), text).unwrap_err().to_string()
    }

    #[test]
    fn an_error_names_file_line_and_key() {
        let unknown = message("color = \"auto\"\ncolour = \"auto\"\n");
        assert!(
            unknown.starts_with("config.toml:2: `colour = \"auto\"`: unknown field"),
            "{unknown}"
        );
        let value = message("context = \"many\"\n");
        assert!(value.starts_with("config.toml:1: `context = \"many\"`: invalid type"), "{value}");
        assert!(message("color = 'purple'").contains("unknown variant `purple`"));
        let theme = message("\ntheme = 'nope'\n");
        assert!(
            theme.starts_with("config.toml:2: `theme = 'nope'`: no such theme: \"nope\""),
            "{theme}"
        );
        assert!(message("color = \n").starts_with("config.toml:1:"));
    }

    #[test]
    fn every_key_is_read() {
        let all = "color = 'always'\nhyperlink = 'never'\nhighlight = 'never'\ntheme = 'InspiredGitHub'\n\
                   format = 'grep'\npager = 'more'\neditor = 'ed'\nheader = false\ncontext = 2\n\
                   max-list = 9\nhidden = true\nignore = false\nfollow = true\narch = 'arm64'\n[index]\nauto_update = false\n";
        let file = parse(Path::new("config.toml"), all).unwrap();
        assert_eq!(file.max_list, Some(9));
        assert_eq!(file.arch.as_deref(), Some("arm64"));
        assert_eq!(file.index.auto_update, Some(false));
        assert_eq!(file.color, Some(When::Always));
    }
}
