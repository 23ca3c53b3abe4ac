//! Source in a terminal's colours, by syntect, loaded when it is first used.
//!
//! Highlighting needs to know what came before: a line may lie in a comment. Parsing
//! every file from its start would cost seconds for a list of many blocks, so a
//! block is parsed from at most [`LEAD_LINES`] lines before it, which is longer than
//! nearly all comments, and never for files over [`MAX_HIGHLIGHTED`] bytes. A wrong
//! colour is the worst that can come of it.

use std::ops::Range;
use std::sync::OnceLock;

use anstyle::{Ansi256Color, Color, RgbColor, Style};
use syntect::easy::HighlightLines;
use syntect::highlighting::{FontStyle, Theme, ThemeSet};
use syntect::parsing::{SyntaxReference, SyntaxSet};

use super::contrast::Background;
use super::look::{Look, Theme as Wanted};

/// Files larger than this many bytes are shown plain.
pub(crate) const MAX_HIGHLIGHTED: u64 = 2_000_000;

/// How many lines before a block are parsed.
const LEAD_LINES: usize = 100;

/// The theme on a light background, where none is chosen.
const LIGHT_THEME: &str = "InspiredGitHub";

/// Lines longer than this many bytes are shown plain: parsing takes long and helps
/// nobody.
const MAX_LINE: usize = 1000;

/// The theme's name is not one that syntect has.
#[derive(Debug, thiserror::Error)]
#[error("no such theme: {name:?}; use one of {}", known.join(", "))]
pub(crate) struct UnknownTheme {
    name: String,
    known: Vec<String>,
}

/// Colours source by one theme.
pub(crate) struct Highlighter {
    theme: &'static Theme,
    true_color: bool,
    background: Background,
}

/// Where lines that come one by one have got to.
#[derive(Default)]
pub(crate) struct Running {
    /// The file and the line that was drawn last.
    place: Option<(Vec<u8>, u64)>,
    state: Option<HighlightLines<'static>>,
}

impl Clone for Running {
    /// A copy begins anew: it goes on elsewhere.
    fn clone(&self) -> Running {
        Running::default()
    }
}

/// Consecutive parts of one line and how each is drawn.
pub(crate) type Styled = Vec<(Style, Range<usize>)>;

impl Highlighter {
    /// A highlighter of this theme, in 24-bit colours or in 256.
    ///
    /// # Errors
    /// When there is no such theme; the error names those there are.
    pub(crate) fn new(theme: &str, true_color: bool) -> Result<Highlighter, UnknownTheme> {
        let themes = &themes().themes;
        let background = Background::Unknown;
        let found = themes.get(theme).map(|theme| Highlighter { theme, true_color, background });
        found.ok_or_else(|| UnknownTheme {
            name: theme.to_owned(),
            known: themes.keys().cloned().collect(),
        })
    }

    /// The highlighter of `look`, if it has one.
    ///
    /// # Errors
    /// When there is no such theme.
    pub(crate) fn of(look: &Look) -> Result<Option<Highlighter>, UnknownTheme> {
        let Some(theme) = &look.theme else { return Ok(None) };
        let background = look.background;
        let own = Highlighter::new(name_on(background, theme), look.true_color)?;
        Ok(Some(Highlighter { background, ..own }))
    }

    /// How to draw the next line that is drawn; where it does not follow the one before it in
    /// its file, nothing is known of what is above it but what it looks like itself.
    pub(crate) fn next(&self, at: &mut Running, path: &[u8], line: u64, text: &[u8]) -> Styled {
        let follows =
            at.place.as_ref().is_some_and(|(file, last)| file == path && last + 1 == line);
        if !follows {
            at.state = syntax_of(path, text).map(|syntax| HighlightLines::new(syntax, self.theme));
            let begun = text.trim_ascii();
            let in_comment = begun == b"*" || begun.starts_with(b"* ") || begun.starts_with(b"*/");
            if let Some(state) = at.state.as_mut().filter(|_| in_comment) {
                self.line(state, b"/*");
            }
        }
        at.place = Some((path.to_vec(), line));
        at.state.as_mut().map_or_else(Styled::new, |state| self.line(state, text))
    }

    /// How to draw `lines` of the file at `path`; `lead` is the text before them. None
    /// for a language that is not known.
    pub(crate) fn lines(
        &self,
        path: &[u8],
        lead: &[u8],
        lines: &[(u64, &[u8])],
    ) -> Option<Vec<Styled>> {
        let syntax = syntax_of(path, if lead.is_empty() { lines.first()?.1 } else { lead })?;
        let mut state = HighlightLines::new(syntax, self.theme);
        for line in last_lines(lead) {
            // What a line of the lead looks like is not asked; its state is kept.
            self.line(&mut state, line);
        }
        Some(lines.iter().map(|(_, line)| self.line(&mut state, line)).collect())
    }

    fn line(&self, state: &mut HighlightLines<'_>, line: &[u8]) -> Styled {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        if line.len() > MAX_LINE {
            return Vec::new();
        }
        // The grammars want UTF-8; a line that is not is shown plain.
        let Ok(text) = std::str::from_utf8(line) else { return Vec::new() };
        let parts = state.highlight_line(&format!("{text}\n"), syntaxes()).map(|parts| {
            let mut at = 0;
            let mut styled = Styled::new();
            for (style, part) in parts {
                let end = (at + part.len()).min(text.len());
                styled.push((self.style(style), at..end));
                at = end;
            }
            styled
        });
        // A grammar's own mistake costs the colours only.
        parts.unwrap_or_default()
    }

    fn style(&self, style: syntect::highlighting::Style) -> Style {
        let rgb = RgbColor(style.foreground.r, style.foreground.g, style.foreground.b);
        let color = if self.true_color {
            Color::Rgb(self.background.readable(rgb))
        } else {
            Color::Ansi256(Ansi256Color(self.background.readable_of_256(rgb)))
        };
        // Ordinary text has the terminal's own colour, which can be read on its background
        // whether that is dark or light.
        let ordinary = self.theme.settings.foreground == Some(style.foreground);
        let drawn = Style::new().fg_color((!ordinary).then_some(color));
        if style.font_style.contains(FontStyle::ITALIC) { drawn.italic() } else { drawn }
    }
}

/// The theme that was asked for; where none was, one for the terminal's background.
fn name_on(background: Background, theme: &Wanted) -> &str {
    match theme.is_chosen {
        false if background == Background::Light => LIGHT_THEME,
        _ => &theme.name,
    }
}

fn syntaxes() -> &'static SyntaxSet {
    static SYNTAXES: OnceLock<SyntaxSet> = OnceLock::new();
    SYNTAXES.get_or_init(SyntaxSet::load_defaults_newlines)
}

fn themes() -> &'static ThemeSet {
    static THEMES: OnceLock<ThemeSet> = OnceLock::new();
    THEMES.get_or_init(ThemeSet::load_defaults)
}

/// The language of a file, by its name, else by its first line.
fn syntax_of(path: &[u8], text: &[u8]) -> Option<&'static SyntaxReference> {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let name = std::str::from_utf8(name).ok()?;
    let extension = name.rsplit('.').next().unwrap_or(name);
    // Headers of a C project are C, whatever syntect takes them for; devicetree
    // sources and preprocessed assembly are closest to C, too.
    let extension = match extension {
        "h" | "dts" | "dtsi" | "dtso" | "S" | "lds" => "c",
        other => other,
    };
    let syntaxes = syntaxes();
    let first = memchr::memchr(b'\n', text).map_or(text, |end| &text[..end]);
    syntaxes
        .find_syntax_by_extension(name)
        .or_else(|| syntaxes.find_syntax_by_extension(extension))
        .or_else(|| syntaxes.find_syntax_by_first_line(std::str::from_utf8(first).ok()?))
}

/// The last [`LEAD_LINES`] lines of `text`, first to last.
fn last_lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let body = text.strip_suffix(b"\n").unwrap_or(text);
    let start = memchr::memrchr_iter(b'\n', body).nth(LEAD_LINES - 1).map_or(0, |at| at + 1);
    super::line::lines(&text[start..]).map(|(_, line)| line).filter(move |_| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::THEMES;

    fn highlighter() -> Highlighter {
        Highlighter::new("base16-ocean.dark", true).unwrap()
    }

    /// The colour of the first byte of `line`.
    fn color(lead: &[u8], line: &[u8]) -> Option<Color> {
        let lines = highlighter().lines(b"init/a.h", lead, &[(1, line)]).unwrap();
        lines[0].first().and_then(|(style, _)| style.get_fg_color())
    }

    #[test]
    fn the_lead_tells_that_a_line_is_a_comment() {
        let plain = color(b"int a;\n", b"return 0;\n");
        let comment = color(b"/* a\n", b"return 0;\n");
        assert!(plain.is_some() && comment.is_some());
        assert_ne!(plain, comment);
    }

    #[test]
    fn the_theme_follows_the_background_unless_it_is_chosen() {
        let theme = |is_chosen| Wanted { name: "base16-mocha.dark".to_owned(), is_chosen };
        assert_eq!(name_on(Background::Light, &theme(false)), LIGHT_THEME);
        assert_eq!(name_on(Background::Dark, &theme(false)), "base16-mocha.dark");
        assert_eq!(name_on(Background::Light, &theme(true)), "base16-mocha.dark");
    }

    #[test]
    fn an_unknown_theme_lists_the_known_ones() {
        let error = Highlighter::new("nope", true).err().unwrap().to_string();
        assert!(error.starts_with("no such theme: \"nope\"; use one of "), "{error}");
        assert!(error.contains("base16-ocean.dark"), "{error}");
    }

    #[test]
    fn other_bytes_and_languages_are_plain() {
        assert!(highlighter().lines(b"a.unknown", b"", &[(1, b"x\n")]).is_none());
        assert!(color(b"", b"caf\xe9\n").is_none());
    }

    #[test]
    fn the_lead_is_bounded() {
        let text = "x\n".repeat(1000);
        assert_eq!(last_lines(text.as_bytes()).count(), LEAD_LINES);
        assert_eq!(last_lines(b"a\nb\n").collect::<Vec<_>>(), [b"a", b"b"]);
        assert_eq!(last_lines(b"").count(), 0);
    }

    #[test]
    fn the_themes_names_are_syntects() {
        assert!(themes().themes.keys().eq(THEMES.iter()), "{:?}", themes().themes.keys());
    }
}
