//! The README's picture is a screen of this program: it is drawn from what kgrep sends to a
//! terminal, and must be current. `scripts/readme-picture` draws it again.

use std::fmt::Write as _;
use std::path::Path;

use crate::background::QUESTION;
use crate::pty::Terminal;
use crate::util::Dir;

/// The picture, below the repository's root.
const PICTURE: &str = "docs/screen.svg";

/// What it shows, and how many lines of that at most.
const SHOWN: [(&[&str], usize); 3] = [
    (&["kmem_cache_alloc("], 12),
    (&["callers", "kmem_cache_alloc", "-d", "2"], 14),
    (&["trace", "pivot_root"], 16),
];

const COLUMNS: u16 = 100;

/// A terminal with a dark background and 24-bit colours.
const ENV: [(&str, &str); 4] = [
    ("TERM", "xterm-256color"),
    ("COLORTERM", "truecolor"),
    ("KGREP_PAGER", ""),
    ("KGREP_ARCH", "x86"),
];

/// How a run of characters is drawn.
#[derive(Clone, Default, PartialEq)]
struct Ink {
    color: Option<String>,
    bold: bool,
    dim: bool,
}

/// What a terminal is sent for a command.
fn sent(dir: &Dir, args: &[&str]) -> String {
    let mut terminal = Terminal::sized(dir, args, &ENV, 50, COLUMNS);
    let asks = args[0] == "trace";
    if asks {
        terminal.wait_for(QUESTION);
        terminal.send("\x1b]11;rgb:1111/1414/1b1b\x1b\\\x1b[?62c");
    }
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{args:?} {screen}");
    crate::pty::settled(&screen).replace(QUESTION, "")
}

/// The lines of a screen, each as runs of one ink.
fn lines(sent: &str) -> Vec<Vec<(Ink, String)>> {
    let mut lines: Vec<Vec<(Ink, String)>> = vec![Vec::new()];
    let mut ink = Ink::default();
    let mut rest = sent;
    while let Some(c) = rest.chars().next() {
        let line = lines.last_mut().expect("there is one");
        if let Some(sequence) = rest.strip_prefix("\x1b[") {
            let end = sequence.find(|c: char| c.is_ascii_alphabetic()).expect("it ends");
            if sequence[end..].starts_with('m') {
                ink = styled(ink, &sequence[..end]);
            }
            rest = &sequence[end + 1..];
        } else if rest.starts_with("\x1b]8;") {
            rest = rest.split_once("\x1b\\").expect("a link ends").1;
        } else {
            match (c, line.last_mut()) {
                ('\n', _) => lines.push(Vec::new()),
                ('\r', _) => {}
                (c, Some((own, text))) if *own == ink => text.push(c),
                (c, _) => line.push((ink.clone(), c.to_string())),
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    lines
}

/// The ink after a sequence of SGR codes.
fn styled(ink: Ink, codes: &str) -> Ink {
    const COLORS: [&str; 8] =
        ["#5c6370", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d7dae0"];
    let numbers: Vec<usize> = codes.split(';').filter_map(|code| code.parse().ok()).collect();
    match numbers[..] {
        [] | [0] => Ink::default(),
        [1] => Ink { bold: true, ..ink },
        [2] => Ink { dim: true, ..ink },
        [color @ 30..=37] => Ink { color: Some(COLORS[color - 30].to_owned()), ..ink },
        [38, 5, number @ 16..=231] => {
            let part = |part: usize| if part == 0 { 0 } else { 55 + 40 * part };
            let (r, g, b) = ((number - 16) / 36, (number - 16) / 6 % 6, (number - 16) % 6);
            let color = format!("#{:02x}{:02x}{:02x}", part(r), part(g), part(b));
            Ink { color: Some(color), ..ink }
        }
        [38, 2, r, g, b] => Ink { color: Some(format!("#{r:02x}{g:02x}{b:02x}")), ..ink },
        // Underlined and italic text is drawn as other text.
        _ => ink,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The picture of all commands, one below the other.
fn picture() -> String {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_code(0);
    let mut rows: Vec<Vec<(Ink, String)>> = Vec::new();
    for (args, most) in SHOWN {
        let bold = |text: &str| (Ink { bold: true, ..Ink::default() }, text.to_owned());
        let typed = args.iter().map(|arg| match arg.contains('(') {
            true => format!("'{arg}'"),
            false => (*arg).to_owned(),
        });
        let typed = typed.collect::<Vec<_>>().join(" ");
        rows.push(vec![(Ink::default(), "$ ".to_owned()), bold(&format!("kgrep {typed}"))]);
        let mut shown = lines(&sent(&dir, args));
        // The prompt says already what was asked; notes are not of the screen that is meant.
        let begins = |line: &[(Ink, String)]| {
            line.first().is_some_and(|(_, text)| text.starts_with("kgrep"))
        };
        let first = shown.iter().position(|line| !begins(line)).unwrap_or(0);
        shown.drain(..first);
        while shown.last().is_some_and(Vec::is_empty) {
            shown.pop();
        }
        if shown.len() > most {
            shown.truncate(most);
            shown.push(vec![(Ink { dim: true, ..Ink::default() }, "…".to_owned())]);
        }
        rows.extend(shown);
        rows.push(Vec::new());
    }
    rows.pop();
    svg(&rows)
}

fn svg(rows: &[Vec<(Ink, String)>]) -> String {
    let (width, height) = (usize::from(COLUMNS) * 8 + 32, rows.len() * 18 + 32);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"13\">\n\
         <title>kgrep in a terminal: a search, a tree of callers, and all about a system call</title>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#11141b\"/>\n"
    );
    for (at, row) in rows.iter().enumerate() {
        let y = 32 + at * 18;
        let mut column = 0;
        for (ink, text) in row {
            let own = text.chars().count();
            if !text.trim().is_empty() {
                let color = ink.color.as_deref().unwrap_or("#d7dae0");
                let _ = writeln!(
                    svg,
                    "<text x=\"{}\" y=\"{y}\" textLength=\"{}\" fill=\"{color}\"{}{} \
                     xml:space=\"preserve\">{}</text>",
                    16 + column * 8,
                    own * 8,
                    if ink.bold { " font-weight=\"bold\"" } else { "" },
                    if ink.dim { " opacity=\"0.7\"" } else { "" },
                    escaped(text)
                );
            }
            column += own;
        }
    }
    svg + "</svg>\n"
}

#[test]
fn the_readmes_picture_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PICTURE);
    let drawn = picture();
    if std::env::var_os("KGREP_DRAW_PICTURE").is_some() {
        std::fs::write(&path, &drawn).expect("the picture is written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == drawn, "{PICTURE} is old: run `scripts/readme-picture`");
    let readme = include_str!("../../README.md");
    let first = readme.lines().find(|line| line.contains("![")).unwrap_or_default();
    assert!(first.contains(PICTURE), "the README's first picture is {first:?}");
}
