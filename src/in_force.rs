//! From the four sources to what is in force.

use crate::cli::{CommonArgs, ListArgs, SearchArgs};
use crate::settings::{
    ConfigFile, Format, Highlight, Layout, Origin, Prompt, Setting, Settings, When,
};

/// How many matches a list holds unless told otherwise.
const MAX_LIST: u64 = 2_000_000;

/// One of syntect's own themes, readable on dark and light backgrounds.
const DEFAULT_THEME: &str = "base16-eighties.dark";

/// The lines of context that vgrep shows.
const CONTEXT: usize = 5;

/// The flags that settings can come from.
pub(crate) struct Flags<'a> {
    /// Every command's.
    pub(crate) common: &'a CommonArgs,
    /// A search's.
    pub(crate) search: &'a SearchArgs,
    /// A list's.
    pub(crate) list: &'a ListArgs,
}

/// Puts the sources together. `env` looks an environment variable up; an empty one
/// counts as not set, but for the pager's: there, empty means none.
pub(crate) fn resolve(
    flags: &Flags<'_>,
    env: impl Fn(&'static str) -> Option<String>,
    file: ConfigFile,
) -> Settings {
    let Flags { common, search, list } = flags;
    let set = |name: &'static str| env(name).map(|value| (name, value));
    let env = |name: &'static str| set(name).filter(|(_, value)| !value.is_empty());
    let text = |names: &[&'static str]| names.iter().find_map(|name| env(name));
    let pager_flag = common.no_less.then(String::new);
    let ignore_flag = switch(search.ignore, search.no_ignore);
    Settings {
        color: pick(("color", common.color), colors(env), file.color, When::Auto),
        hyperlink: pick(("hyperlink", common.hyperlink), None, file.hyperlink, When::Auto),
        highlight: pick(("highlight", common.highlight), None, file.highlight, Highlight::Auto),
        theme: pick(("theme", common.theme.clone()), None, file.theme, DEFAULT_THEME.into()),
        format: pick(("format", common.format()), None, file.format, Format::Table),
        layout: pick(("layout", common.layout), None, file.layout, Layout::Auto),
        prompt: pick(("", None), None, file.prompt, Prompt::Rows),
        pager: pick(
            ("no-less", pager_flag),
            set("KGREP_PAGER").or_else(|| set("PAGER")),
            file.pager,
            "less".into(),
        ),
        editor: pick(
            ("", None),
            text(&["KGREP_EDITOR", "VISUAL", "EDITOR"]),
            file.editor,
            String::new(),
        ),
        header: pick(("no-header", common.no_header.then_some(false)), None, file.header, true),
        context: pick(("", None), None, file.context, CONTEXT),
        max_list: pick(("max-list", list.max_list), None, file.max_list, MAX_LIST),
        hidden: pick(("hidden", switch(search.hidden, search.no_hidden)), None, file.hidden, false),
        ignore: pick(("no-ignore", ignore_flag), None, file.ignore, true),
        follow: pick(("follow", switch(search.follow, search.no_follow)), None, file.follow, false),
        auto_update: pick(
            ("", None),
            env("KGREP_AUTO_UPDATE").map(|(name, value)| (name, value != "0")),
            file.index.auto_update,
            true,
        ),
        trusted_trees: pick(("", None), None, file.trusted_trees, Vec::new()),
        kconfig: pick(
            ("kconfig", common.kconfig.clone()),
            env("KCONFIG_CONFIG"),
            file.kconfig,
            "none".into(),
        ),
        arch: pick(
            ("arch", common.arch.clone()),
            env("KGREP_ARCH"),
            file.arch,
            std::env::consts::ARCH.into(),
        ),
    }
}

/// Whether the environment wants colours.
fn colors(
    env: impl Fn(&'static str) -> Option<(&'static str, String)>,
) -> Option<(&'static str, When)> {
    let never = env("NO_COLOR").map(|(name, _)| (name, When::Never));
    never.or_else(|| {
        let forced = env("CLICOLOR_FORCE").filter(|(_, value)| value != "0");
        forced.map(|(name, _)| (name, When::Always))
    })
}

/// A pair of flags that switch something on or off.
fn switch(on: bool, off: bool) -> Option<bool> {
    (on || off).then_some(on)
}

fn pick<T>(
    flag: (&'static str, Option<T>),
    env: Option<(&'static str, T)>,
    file: Option<T>,
    default: T,
) -> Setting<T> {
    let (value, origin) = match (flag, env, file) {
        ((name, Some(value)), _, _) => (value, Origin::Flag(name)),
        (_, Some((name, value)), _) => (value, Origin::Environment(name)),
        (_, _, Some(value)) => (value, Origin::File),
        _ => (default, Origin::Default),
    };
    Setting { value, origin }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_beat_environment_and_environment_beats_the_file() {
        let file = || ConfigFile { color: Some(When::Always), ..ConfigFile::default() };
        let none = CommonArgs::default();
        let flag = CommonArgs { color: Some(When::Always), ..CommonArgs::default() };
        let (search, list) = (SearchArgs::default(), ListArgs::default());
        let color = |common: &CommonArgs, no_color: &str| {
            let flags = Flags { common, search: &search, list: &list };
            let env = |name: &'static str| (name == "NO_COLOR").then(|| no_color.to_owned());
            let Setting { value, origin } = resolve(&flags, env, file()).color;
            (value, origin)
        };
        assert_eq!(color(&none, ""), (When::Always, Origin::File));
        assert_eq!(color(&none, "1"), (When::Never, Origin::Environment("NO_COLOR")));
        assert_eq!(color(&flag, "1"), (When::Always, Origin::Flag("color")));
    }

    #[test]
    fn an_empty_pager_is_no_pager() {
        let (common, search, list) = Default::default();
        let flags = Flags { common: &common, search: &search, list: &list };
        let pager = |values: [Option<&str>; 2]| {
            let env = |name: &'static str| match name {
                "KGREP_PAGER" => values[0].map(str::to_owned),
                "PAGER" => values[1].map(str::to_owned),
                _ => None,
            };
            resolve(&flags, env, ConfigFile::default()).pager.value
        };
        assert_eq!(pager([None, None]), "less");
        assert_eq!(pager([Some(""), Some("more")]), "");
        assert_eq!(pager([None, Some("")]), "");
        assert_eq!(pager([None, Some("more")]), "more");
    }
}
