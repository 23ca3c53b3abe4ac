//! How an output looks: decided once per command, from the settings and from what
//! standard output is.
//!
//! Renderers ask [`Look`] and never the environment. Conventions for colour are
//! those of `anstream` (`NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE`, `TERM=dumb`).

use std::io::{self, IsTerminal};

use anstyle::{AnsiColor, Style};

use super::background;
use super::contrast::Background;
use crate::settings::{Highlight, Layout, Origin, Settings, When};

/// Columns of an output whose width is not known.
const DEFAULT_WIDTH: usize = 80;

/// What is known of standard output and the terminal behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Standard output is a terminal.
    pub(crate) terminal: bool,
    /// Colours are wanted there, by anstream's conventions.
    pub(crate) color: bool,
    /// It shows 24-bit colours (`COLORTERM`).
    pub(crate) true_color: bool,
    /// It has the sixteen colours with names, and no others.
    pub(crate) few_colors: bool,
    /// It is known to support OSC 8 links.
    pub(crate) hyperlinks: bool,
    /// It belongs to an editor that makes `path:line` clickable.
    pub(crate) ide: bool,
    /// Its width in columns, where known.
    pub(crate) width: Option<usize>,
}

impl Facts {
    /// Asks standard output and the environment.
    pub(crate) fn of_stdout() -> Facts {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        let color = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        let true_color = matches!(variable("COLORTERM").as_str(), "truecolor" | "24bit");
        Facts {
            terminal,
            color,
            true_color,
            few_colors: !true_color && has_few_colors(&variable("TERM")),
            hyperlinks: terminal && supports_hyperlinks::supports_hyperlinks(),
            ide: variable("TERM_PROGRAM") == "vscode"
                || variable("TERMINAL_EMULATOR").contains("JetBrains"),
            width: rustix::termios::tcgetwinsize(&stdout)
                .ok()
                .map(|size| usize::from(size.ws_col))
                .filter(|columns| *columns > 0),
        }
    }
}

/// Whether terminals of this name (`TERM`) have sixteen colours at most.
fn has_few_colors(term: &str) -> bool {
    let few = ["linux", "ansi", "cygwin", "vt", "xterm-color", "rxvt", "cons25"];
    let is_few = few.iter().any(|name| term.starts_with(name)) || term.contains("16color");
    is_few && !term.contains("256")
}

/// One style, rendered once: what goes before and after a painted text.
/// Both are empty where there are no colours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ink {
    /// The sequence that switches the style on.
    pub(crate) on: String,
    /// The sequence that switches it off.
    pub(crate) off: String,
}

impl Ink {
    fn new(style: Style) -> Ink {
        Ink { on: style.render().to_string(), off: style.render_reset().to_string() }
    }

    /// Appends what `draw` draws, in this style.
    pub(crate) fn around(&self, out: &mut Vec<u8>, draw: impl FnOnce(&mut Vec<u8>)) {
        out.extend_from_slice(self.on.as_bytes());
        draw(out);
        out.extend_from_slice(self.off.as_bytes());
    }

    /// Appends `text` in this style.
    pub(crate) fn paint(&self, out: &mut Vec<u8>, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        out.extend_from_slice(self.on.as_bytes());
        out.extend_from_slice(text);
        out.extend_from_slice(self.off.as_bytes());
    }
}

/// vgrep's colours, and ripgrep's for its format: the terminal's own, or where its background is
/// known, shades of them that can be read on it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Palette {
    /// The Index column, and line numbers beside source.
    pub(crate) index: Ink,
    /// The File column.
    pub(crate) file: Ink,
    /// The Line column.
    pub(crate) line: Ink,
    /// Extra columns.
    pub(crate) extra: Ink,
    /// A table's header line.
    pub(crate) header: Ink,
    /// Titles of a list's sections.
    pub(crate) section: Ink,
    /// A name that a row is about.
    pub(crate) name: Ink,
    /// Text as the terminal has it.
    pub(crate) plain: Ink,
    /// What matched.
    pub(crate) matched: Ink,
    /// Marks that kgrep puts in, such as that of a cut line, and lines around a match.
    pub(crate) mark: Ink,
    /// An added line's mark.
    pub(crate) added: Ink,
    /// A removed line's mark.
    pub(crate) removed: Ink,
    /// The path in `path:line:text`.
    pub(crate) grep_path: Ink,
}

impl Palette {
    fn on(background: Background) -> Palette {
        let style = |color: AnsiColor| background.shade(color).on_default();
        let color = |color: AnsiColor| Ink::new(style(color));
        Palette {
            index: color(AnsiColor::Magenta),
            file: color(AnsiColor::Blue),
            line: color(AnsiColor::Green),
            extra: color(AnsiColor::Yellow),
            header: Ink::new(Style::new().bold().underline()),
            section: Ink::new(Style::new().bold()),
            name: Ink::new(Style::new().bold()),
            plain: Ink::default(),
            matched: Ink::new(style(AnsiColor::Red).bold()),
            mark: Ink::new(Style::new().dimmed()),
            added: color(AnsiColor::Green),
            removed: color(AnsiColor::Red),
            grep_path: color(AnsiColor::Magenta),
        }
    }
}

/// What source is highlighted with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Theme {
    /// Its name.
    pub(crate) name: String,
    /// The user chose it; else a light background has another.
    pub(crate) is_chosen: bool,
}

/// The decisions about one output.
#[derive(Debug, Clone, Default)]
pub(crate) struct Look {
    /// Escape sequences for colour are written.
    pub(crate) color: bool,
    /// The output ends on a terminal, perhaps through a pager.
    pub(crate) terminal: bool,
    /// Source is highlighted in 24-bit colours rather than in 256.
    pub(crate) true_color: bool,
    /// The terminal has the sixteen colours with names, and no others.
    pub(crate) few_colors: bool,
    /// What colours must be readable on.
    pub(crate) background: Background,
    /// Paths are OSC 8 links.
    pub(crate) hyperlinks: bool,
    /// Tables have a header line.
    pub(crate) header: bool,
    /// How rows are arranged.
    pub(crate) layout: Layout,
    /// The File column says `path:line`, which editors' terminals make clickable.
    pub(crate) ide_paths: bool,
    /// Columns of the terminal.
    pub(crate) width: usize,
    /// The absolute folder that relative paths start from.
    pub(crate) folder: Vec<u8>,
    /// The theme that source is highlighted with; none: it is not highlighted.
    pub(crate) theme: Option<Theme>,
    /// The styles, all empty without colour.
    pub(crate) palette: Palette,
}

impl Look {
    /// Decides from the settings and from `facts`; `folder` is the absolute folder
    /// that the list's relative paths start from. To be made before anything is drawn and a pager
    /// is started: the terminal may be asked for its background.
    pub(crate) fn new(settings: &Settings, facts: Facts, folder: &[u8]) -> Look {
        let color = decide(settings.color.value, facts.color);
        let highlight = color && settings.highlight.value == Highlight::Auto;
        let background = if color { background::of_terminal() } else { Background::Unknown };
        // In a pipe nothing depends on the terminal, and sixteen colours have no shades.
        let has_shades = facts.terminal && !facts.few_colors;
        let shaded = if has_shades { background } else { Background::Unknown };
        Look {
            color,
            terminal: facts.terminal,
            true_color: facts.true_color,
            few_colors: facts.few_colors,
            background,
            hyperlinks: decide(settings.hyperlink.value, facts.hyperlinks),
            header: settings.header.value,
            layout: if facts.terminal { settings.layout.value } else { Layout::Table },
            ide_paths: facts.ide,
            width: facts.width.unwrap_or(DEFAULT_WIDTH),
            folder: folder.to_vec(),
            theme: highlight.then(|| Theme {
                name: settings.theme.value.clone(),
                is_chosen: settings.theme.origin != Origin::Default,
            }),
            palette: if color { Palette::on(shaded) } else { Palette::default() },
        }
    }

    /// True when control characters from files are made visible: what goes to a
    /// terminal, now or (colours asked for in a pipe) presumably later.
    pub(crate) fn visible(&self) -> bool {
        self.terminal || self.color || self.hyperlinks
    }

    /// The look of a terminal with colours, for tests of the renderers.
    #[cfg(test)]
    pub(crate) fn of_terminal() -> Look {
        Look {
            color: true,
            terminal: true,
            header: true,
            layout: Layout::Table,
            width: DEFAULT_WIDTH,
            palette: Palette::on(Background::Unknown),
            ..Look::default()
        }
    }

    /// The look of a pipe, for tests of the renderers.
    #[cfg(test)]
    pub(crate) fn of_pipe() -> Look {
        Look { header: true, width: DEFAULT_WIDTH, ..Look::default() }
    }
}

fn decide(when: When, auto: bool) -> bool {
    match when {
        When::Auto => auto,
        When::Always => true,
        When::Never => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Format, Setting};

    fn default<T>(value: T) -> Setting<T> {
        Setting { value, origin: Origin::Default }
    }

    fn settings() -> Settings {
        Settings {
            color: default(When::Auto),
            hyperlink: default(When::Auto),
            highlight: default(Highlight::Auto),
            theme: default("base16-ocean.dark".to_owned()),
            format: default(Format::Table),
            pager: default(String::new()),
            editor: default(String::new()),
            header: default(true),
            layout: default(Layout::Auto),
            prompt: default(crate::settings::Prompt::Rows),
            context: default(5),
            max_list: default(10),
            hidden: default(false),
            ignore: default(true),
            follow: default(false),
            auto_update: default(true),
            arch: default(String::new()),
            kconfig: default(String::new()),
            trusted_trees: default(Vec::new()),
        }
    }

    const PIPE: Facts = Facts {
        terminal: false,
        color: false,
        true_color: false,
        few_colors: false,
        hyperlinks: false,
        ide: false,
        width: None,
    };

    #[test]
    fn a_pipe_is_plain() {
        let look = Look::new(&settings(), PIPE, b"/src");
        assert!(!look.color && !look.visible() && !look.hyperlinks);
        assert_eq!((look.theme, look.palette.file), (None, Ink::default()));
        assert_eq!(look.width, 80);
    }

    #[test]
    fn color_always_reaches_a_pipe_and_makes_controls_visible() {
        let mut settings = settings();
        settings.color.value = When::Always;
        let look = Look::new(&settings, PIPE, b"/src");
        assert!(look.color && look.visible() && look.theme.is_some());
        assert_eq!(look.palette.file.on, "\x1b[34m");
    }

    #[test]
    fn color_never_beats_the_terminal() {
        let mut settings = settings();
        settings.color.value = When::Never;
        let terminal = Facts { terminal: true, color: true, hyperlinks: true, ..PIPE };
        let look = Look::new(&settings, terminal, b"/src");
        assert!(!look.color && look.visible() && look.hyperlinks);
        assert_eq!(look.theme, None);
    }
}
