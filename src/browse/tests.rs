//! The state machine, driven without a terminal.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::layout::Rect;

use super::app::{App, Effect, Mode};
use super::draw::draw;
use super::keys::BINDINGS;
use super::paint::{Depth, Paint};
use crate::list::{View, testing};
use crate::render::{Background, Look};

/// A tree of three files, a list of places in it, and the screen on that.
struct Stand {
    folder: tempfile::TempDir,
    app: App,
}

impl Stand {
    fn new(color: bool) -> Stand {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.c", "b.c", "evil.c"] {
            let text: String = (1..=40)
                .map(|line| match line {
                    1 => format!("int f_{}(void)\n", &name[..1]),
                    20 => "\treturn kfree(\u{1b}[31m, \"日本語\");\n".to_owned(),
                    line => format!("\tkfree(x{line}); /* {} */\n", "long ".repeat(line)),
                })
                .collect();
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let mut stand = Stand { folder, app: app(color) };
        let view = stand.view();
        stand.app.push(view);
        stand.screen(100, 20);
        stand
    }

    fn view(&self) -> View {
        let entries: Vec<(&str, u64, String)> =
            [("a.c", 2..12), ("b.c", 3..23), ("evil.c", 18..22)]
                .into_iter()
                .flat_map(|(name, lines)| {
                    lines.map(move |line| (name, line, format!("\tkfree(x{line}); \u{1b}[5m\n")))
                })
                .chain([("-", 1, "piped\n".to_owned()), ("gone.c", 7, "gone\n".to_owned())])
                .collect();
        let entries: Vec<(&str, u64, &str)> =
            entries.iter().map(|(name, line, text)| (*name, *line, text.as_str())).collect();
        View::new(testing::list_in(self.folder.path().to_str().unwrap(), &entries))
    }

    /// Presses keys, by their names; what is to be done.
    fn press(&mut self, keys: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        for key in keys.split(' ') {
            effects.extend(self.app.event(Event::Key(named(key))));
            self.screen(100, 20);
            while self.app.work(Duration::MAX) {}
        }
        effects
    }

    fn screen(&mut self, width: u16, height: u16) -> String {
        let buffer = self.drawn(width, height);
        let row =
            |y: u16| (0..width).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<String>();
        (0..height).map(|y| row(y).trim_end().to_owned() + "\n").collect()
    }

    fn drawn(&mut self, width: u16, height: u16) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        draw(&mut self.app, &mut buffer);
        buffer
    }

    fn message(&self) -> &str {
        self.app.message.as_deref().unwrap_or_default()
    }

    fn rows(&mut self) -> u64 {
        self.app.page().unwrap().view.len()
    }

    fn cursor(&mut self) -> u64 {
        self.app.page().unwrap().cursor
    }
}

fn app(color: bool) -> App {
    let look = if color { Look::of_terminal() } else { Look { terminal: true, ..Look::of_pipe() } };
    let depth = if color { Depth::Many } else { Depth::None };
    App::new(look, Paint::new(depth, Background::Dark), None)
}

fn named(name: &str) -> KeyEvent {
    let (modifiers, bare) = match name.split_once('-') {
        Some(("C", bare)) => (KeyModifiers::CONTROL, bare),
        Some(("M", bare)) => (KeyModifiers::ALT, bare),
        _ => (KeyModifiers::NONE, name),
    };
    let code = match bare {
        "Space" => KeyCode::Char(' '),
        "Enter" => KeyCode::Enter,
        "Tab" => KeyCode::Tab,
        "Esc" => KeyCode::Esc,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "PageUp" => KeyCode::PageUp,
        "PageDown" => KeyCode::PageDown,
        "Backspace" => KeyCode::Backspace,
        "F1" => KeyCode::F(1),
        other => KeyCode::Char(other.chars().next().unwrap()),
    };
    KeyEvent::new(code, modifiers)
}

#[test]
fn rows_are_dropped_kept_and_brought_back() {
    let mut stand = Stand::new(true);
    let all = stand.rows();
    stand.press("j Space Space d");
    assert_eq!((stand.rows(), stand.cursor()), (all - 2, 1));
    assert_eq!(stand.message(), format!("{} of {all} left", all - 2));
    stand.press("u");
    assert_eq!(stand.rows(), all);
    stand.press("g Space Space G K");
    assert_eq!(stand.rows(), 2);
    stand.press("g Space Space d");
    assert_eq!((stand.rows(), stand.message()), (2, "nothing would be left of the list"));
    stand.press("Esc u");
    assert_eq!(stand.rows(), all);
    stand.press("u");
    assert_eq!(stand.message(), "nothing was changed");
}

#[test]
fn a_list_is_narrowed_while_one_types() {
    let mut stand = Stand::new(true);
    let all = stand.rows();
    stand.press("/ x 1");
    assert_eq!(stand.rows(), 14, "x10 to x19, in three files");
    stand.press("Backspace");
    assert_eq!(stand.rows(), all - 2);
    stand.press("1 [");
    assert!(stand.rows() < all, "an open bracket is plain text: {}", stand.message());
    stand.press("Esc");
    assert_eq!(stand.rows(), all);
    stand.press("/ x 1 Down Down Up");
    assert_eq!((stand.rows(), stand.cursor()), (14, 1), "the arrows move in what is left");
    stand.press("Enter");
    assert_eq!((stand.rows(), stand.cursor()), (14, 1));
    stand.press("u / P I P E");
    assert_eq!(stand.rows(), 0, "capital letters count");
    stand.press("Enter");
    assert_eq!((stand.rows(), stand.message()), (all, "no row matches \"PIPE\""));
    stand.press("/ p i p e Enter");
    assert_eq!(stand.rows(), 1);
    stand.press("u");
    assert_eq!(stand.rows(), all);
}

#[test]
fn the_cursor_moves_as_in_vim_and_less() {
    let mut stand = Stand::new(true);
    let last = stand.rows() - 1;
    for (keys, row) in [
        ("j", 1),
        ("Down", 2),
        ("k", 1),
        ("Up", 0),
        ("}", 10),
        ("j }", 30),
        ("{", 10),
        ("{", 0),
        ("G", last),
        ("g", 0),
        ("n n N", 1),
        ("End", last),
        ("Home", 0),
    ] {
        stand.press(keys);
        assert_eq!(stand.cursor(), row, "{keys}");
    }
    stand.press("C-d");
    let half = stand.cursor();
    assert!(half > 2, "{half}");
    stand.press("PageDown C-u C-f C-b PageUp C-u C-u C-u");
    assert_eq!(stand.cursor(), 0);
}

#[test]
fn the_name_under_the_cursor_is_asked_about() {
    let mut stand = Stand::new(true);
    let words = |effects: Vec<Effect>| match &effects[..] {
        [Effect::Ask(_, words)] => {
            words.iter().map(|word| word.to_str().unwrap().to_owned()).collect()
        }
        other => vec![format!("{other:?}")],
    };
    // A row that names nothing is about what its source has there.
    assert_eq!(words(stand.press("C")), ["callers", "--seen-from", "a.c", "--", "kfree"]);
    assert_eq!(words(stand.press("R")), ["[]"]);
    assert!(stand.message().starts_with("still busy with callers kfree"), "{}", stand.message());
    let view = stand.view();
    stand.app.found(view);
    assert_eq!(words(stand.press("Tab w D")), ["def", "--seen-from", "a.c", "--", "x2"]);
    stand.app.answered(None);
    stand.press("k k");
    assert_eq!(words(stand.press("b T")), ["trace", "--seen-from", "a.c", "--", "f_a"]);
    stand.app.answered(None);
    assert_eq!(words(stand.press("C-]")), ["def", "--seen-from", "a.c", "--", "f_a"]);
    stand.app.answered(None);
    stand.press("<");
    assert_eq!(stand.app.at, 0);
    stand.press("> M-Right");
    assert_eq!((stand.app.at, stand.message()), (1, "this is the last list"));
    stand.press("Backspace C-o");
    assert_eq!((stand.app.at, stand.message()), (0, "this is the first list"));
}

#[test]
fn a_question_is_typed_as_on_the_command_line() {
    let mut stand = Stand::new(true);
    stand.press(": 1 2 Enter");
    assert_eq!(stand.cursor(), 12);
    stand.press(": 9 9 Enter");
    assert_eq!(stand.message(), "there are 36 rows");
    let effects = stand.press(": g r e p Space ' a Space b ' Enter");
    let folder = stand.folder.path().to_str().unwrap().as_bytes().to_vec();
    assert_eq!(effects, [Effect::Ask(folder, vec!["grep".into(), "a b".into()])]);
    stand.app.answered(None);
    let effects = stand.press(": c a l l e r s Space k f Tab");
    assert!(matches!(&effects[..], [Effect::Complete(_, words, start)]
        if words == &["callers"] && start == "kf"));
    stand.app.completed(vec!["kfree".to_owned(), "kfree_rcu".to_owned()]);
    let screen = stand.screen(60, 20);
    assert!(screen.contains(":callers kfree\n") && screen.contains(" kfree_rcu"), "{screen}");
    stand.press("Esc : Up");
    assert!(stand.screen(60, 20).contains(":grep 'a b'"));
    assert_eq!(stand.press("Esc : q u i t Enter"), [Effect::Quit]);
}

#[test]
fn the_editor_gets_the_line_and_the_clipboard_the_place() {
    let mut stand = Stand::new(true);
    let path = stand.folder.path().join("a.c");
    assert_eq!(stand.press("j Enter"), [Effect::Edit(path.clone(), 3)]);
    assert_eq!(stand.press("Tab j e"), [Effect::Edit(path, 4)]);
    assert_eq!(stand.press("y"), [Effect::Copy("a.c:4".to_owned())]);
    assert_eq!(stand.press("C-z C-l q"), [Effect::Suspend, Effect::Redraw, Effect::Quit]);
    // The last but one came from standard input, the last is gone.
    assert_eq!(stand.press("Tab G k Enter"), []);
    assert!(stand.message().contains("standard input"), "{}", stand.message());
    stand.press("j");
    assert!(stand.screen(120, 20).contains("No such file"));
}

#[test]
fn the_source_is_searched() {
    let mut stand = Stand::new(true);
    stand.press("Tab / x 3 9");
    let line = |stand: &mut Stand| stand.app.page().unwrap().source.line();
    assert_eq!(line(&mut stand), 39);
    stand.press("Esc");
    assert_eq!(line(&mut stand), 2);
    stand.press("/ x 1 Enter n n");
    assert_eq!(line(&mut stand), 12);
    stand.press("N N N");
    assert_eq!(line(&mut stand), 19, "around the end");
}

#[test]
fn what_a_terminal_would_obey_is_shown() {
    let mut stand = Stand::new(true);
    stand.press("} }");
    let screen = stand.screen(160, 30);
    assert!(screen.contains("\\x1b[31m") && screen.contains("\\x1b[5m"), "{screen}");
    assert!(!screen.chars().any(|c| c.is_control() && c != '\n'), "{screen:?}");
    let mut asked = stand.view();
    asked.keep(&crate::list::Indices::all(1));
    stand.app.push(asked);
    stand.app.answered(Some("told \u{1b}[31m".to_owned()));
    assert!(stand.screen(160, 30).contains("told \\x1b[31m"));
}

#[test]
fn without_colours_there_are_none() {
    let mut stand = Stand::new(false);
    stand.press("Space");
    let buffer = stand.drawn(120, 30);
    for cell in &buffer.content {
        let colors = (cell.fg, cell.bg);
        assert_eq!(colors, (ratatui::style::Color::Reset, ratatui::style::Color::Reset));
    }
}

#[test]
fn a_screen_that_is_too_small_says_so() {
    let mut stand = Stand::new(true);
    let screen = stand.screen(39, 10);
    assert!(
        screen.starts_with("browse needs 40 columns and 10 lines;\nhere are 39 and 10\n"),
        "{screen}"
    );
    for (width, height) in [(0, 0), (1, 1), (3, 1), (40, 9), (1000, 5)] {
        stand.screen(width, height);
    }
    assert!(stand.screen(40, 10).contains("a.c"));
}

#[test]
fn the_mouse_puts_the_cursor_where_it_is() {
    let mut stand = Stand::new(true);
    let mouse = |stand: &mut Stand, kind, column, row| {
        stand.screen(120, 20);
        stand.app.event(Event::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers: KeyModifiers::NONE,
        }));
        stand.screen(120, 20)
    };
    let click = MouseEventKind::Down(MouseButton::Left);
    mouse(&mut stand, click, 10, 5);
    assert_eq!(stand.cursor(), 3);
    mouse(&mut stand, MouseEventKind::ScrollDown, 10, 5);
    assert_eq!(stand.cursor(), 6);
    let screen = mouse(&mut stand, click, 76, 3);
    let page = stand.app.page().unwrap();
    assert_eq!(page.source.name().unwrap(), "x4", "{screen}");
    mouse(&mut stand, MouseEventKind::ScrollDown, 100, 5);
    assert_eq!(stand.app.page().unwrap().source.line(), 6, "it comes along");
}

#[test]
fn the_help_has_every_key_and_any_other_key_leaves_it() {
    let mut stand = Stand::new(true);
    stand.press("?");
    let screen = stand.screen(100, 50);
    for (keys, _, does) in BINDINGS {
        assert!(screen.contains(does) && keys.iter().all(|key| screen.contains(key)), "{does}");
    }
    stand.press("j C-f G g x");
    assert!(matches!(stand.app.mode, Mode::Panes));
    stand.press("x");
    assert_eq!(stand.message(), "x has no meaning; ? shows all keys");
}

/// Numbers that are the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }
}

#[test]
fn no_keys_and_no_resizes_panic() {
    let mut stand = Stand::new(true);
    let mut dice = Dice(0x1234_5678_9abc_def1);
    let keys: Vec<&str> = BINDINGS.iter().flat_map(|(keys, ..)| keys.iter().copied()).collect();
    let (mut width, mut height) = (90, 24);
    for step in 0..10_000 {
        let event = match dice.roll(20) {
            0..12 => Event::Key(named(keys[dice.roll(keys.len())])),
            12..15 => Event::Key(named(["x", "1", "k", "(", "Esc", "Enter"][dice.roll(6)])),
            15 => Event::Paste("kfree\n\u{1b}é".to_owned()),
            16..18 => {
                let kinds = [
                    MouseEventKind::Down(MouseButton::Left),
                    MouseEventKind::ScrollDown,
                    MouseEventKind::ScrollUp,
                ];
                let (column, row) = (dice.roll(130) as u16, dice.roll(45) as u16);
                let (kind, modifiers) = (kinds[dice.roll(3)], KeyModifiers::NONE);
                Event::Mouse(MouseEvent { kind, column, row, modifiers })
            }
            _ => {
                (width, height) = (dice.roll(125) as u16, dice.roll(40) as u16);
                Event::Resize(width, height)
            }
        };
        match stand.app.event(event) {
            Some(Effect::Ask(..)) if dice.roll(2) == 0 => {
                let view = stand.view();
                stand.app.found(view);
            }
            Some(Effect::Ask(..)) => stand.app.answered(Some("nothing".to_owned())),
            Some(Effect::Complete(..)) => {
                stand.app.completed(vec!["ab".to_owned(), "ac".to_owned()])
            }
            _ => {}
        }
        stand.app.work(Duration::ZERO);
        // Most keys come faster than a screen is drawn.
        if step % 20 == 0 {
            stand.drawn(width, height);
        }
    }
}
