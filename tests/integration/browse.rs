//! `kgrep browse` in a pseudo-terminal: keys go in, and what a terminal shows of the answer is
//! looked at.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::pty::Terminal;
use crate::util::{Dir, KGREP};

/// How long to wait for a screen before the test fails. Generous: machines are busy.
const PATIENCE: Duration = Duration::from_secs(20);

/// kgrep on a whole screen.
struct Screen {
    terminal: Terminal,
    parser: vt100::Parser,
    /// What came last was the end of a picture: it ends with the cursor.
    is_whole: bool,
}

impl Screen {
    /// Starts kgrep with these arguments; source is not highlighted, so that the terminal is not
    /// asked for its background.
    fn new(dir: &Dir, args: &[&str], (cols, rows): (u16, u16)) -> Screen {
        let args = [&["--highlight", "never"], args].concat();
        Screen::of(Terminal::sized(dir, &args, &[], rows, cols), (cols, rows))
    }

    fn of(terminal: Terminal, (cols, rows): (u16, u16)) -> Screen {
        Screen { terminal, parser: parser(rows, cols), is_whole: false }
    }

    fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Waits until the screen is as wanted.
    #[track_caller]
    fn until(&mut self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = self.text();
            // A picture may come in pieces.
            let is_whole = self.is_whole || !self.parser.screen().alternate_screen();
            if is_whole && wanted(&text) {
                return text;
            }
            let Some(bytes) = self.terminal.more(deadline) else {
                panic!("no {what} on the screen:\n{text}");
            };
            self.parser.process(&bytes);
            let ends: [&[u8]; 3] = [b"\x1b[?25l", b"\x1b[?25h", b"H"];
            self.is_whole = ends.iter().any(|end| bytes.ends_with(end));
        }
    }

    /// Waits until the screen has this text.
    #[track_caller]
    fn see(&mut self, text: &str) -> String {
        self.until(text, |screen| screen.contains(text))
    }

    /// Presses keys, and waits for what they do.
    #[track_caller]
    fn press(&mut self, keys: &str, text: &str) -> String {
        self.terminal.send(keys);
        self.until(&format!("{text:?} after {keys:?}"), |screen| screen.contains(text))
    }

    /// Asks with a key, and waits for the answer: while it is awaited, the last line says so.
    #[track_caller]
    fn ask(&mut self, keys: &str, crumb: &str) {
        self.terminal.send(keys);
        let is_there = |screen: &str| screen.contains(crumb) && screen.contains("q quit");
        self.until(&format!("answer {crumb:?} to {keys:?}"), is_there);
    }

    /// The line of the list pane with the cursor.
    #[track_caller]
    fn cursor(&mut self, row: u64) {
        let row = format!("{row} of ");
        self.until(&format!("cursor on row {row}"), |screen| {
            screen.lines().next().unwrap_or_default().contains(&row)
        });
    }

    fn leave(mut self) -> (u32, String) {
        self.terminal.send("q");
        self.terminal.finish()
    }
}

/// What a terminal of this size shows of what it is sent.
fn parser(rows: u16, cols: u16) -> vt100::Parser {
    let size = |size: u16| size.try_into().expect("a terminal has rows and columns");
    vt100::Parser::new(size(rows), size(cols), 0)
}

fn tree() -> Dir {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_code(0);
    dir
}

#[test]
fn whole_screens_look_like_this() {
    let dir = tree();
    for (name, args) in [
        ("browse-search", &["browse", "kmem_cache_alloc"][..]),
        ("browse-trace", &["browse", "trace", "pivot_root"]),
        ("browse-callers", &["browse", "callers", "-d", "2", "kmem_cache_alloc"]),
    ] {
        let mut pictures = String::new();
        for size in [(80, 24), (120, 40), (200, 60)] {
            let mut screen = Screen::new(&dir, args, size);
            screen.see("q quit");
            let text = screen.until("rows", |text| !text.contains("searching"));
            pictures += &format!(
                "{:=^width$}\n",
                format!(" {} × {} ", size.0, size.1),
                width = size.0 as usize
            );
            pictures +=
                &text.lines().map(|line| line.trim_end().to_owned() + "\n").collect::<String>();
            pictures.push('\n');
            assert_eq!(screen.leave().0, 0);
        }
        insta::assert_snapshot!(name, pictures);
    }
}

#[test]
fn every_key_does_what_the_help_says() {
    let dir = tree();
    let mut screen = Screen::new(&dir, &["browse", "kmem_cache_alloc"], (120, 40));
    screen.see("q quit");
    let screen = &mut screen;
    for (keys, row) in [
        ("j", 1),
        ("\x1b[B", 2),
        ("k", 1),
        ("\x1b[A", 0),
        ("n", 1),
        ("N", 0),
        ("\x0e", 1),
        ("\x10", 0),
    ] {
        screen.terminal.send(keys);
        screen.cursor(row);
    }
    let last = screen.text().lines().next().map(|line| line.trim_end().to_owned());
    let last = last.and_then(|line| line.rsplit(' ').nth(1).map(str::to_owned)).unwrap();
    let last: u64 = last.parse::<u64>().unwrap() - 1;
    for (keys, row) in
        [("G", last), ("g", 0), ("\x1b[F", last), ("\x1b[H", 0), ("\x06", last), ("\x02", 0)]
    {
        screen.terminal.send(keys);
        screen.cursor(row);
    }
    screen.press("\x04", "of ");
    screen.press("g?", "take the last change back");
    screen.press("x", "q quit");
    screen.press(" ", "1 marked");
    screen.press("\x03", "of ");
    screen.press("/", "/");
    screen.press("struct", "/struct");
    screen.press("\r", "(of ");
    screen.press("u", "left");
    screen.press("d", &format!("{last} of {} left", last + 1));
    screen.press("u", &format!("{} of {} left", last + 1, last + 1));
    screen.press(" K", "1 of ");
    screen.press("u}", "of ");
    screen.press("{]", "of ");
    screen.press("[y", "copied ");
    screen.press("\t", "of ");
    screen.press("hlwb", "of ");
    screen.press("\x1b[C\x1b[D\x15\x0c", "of ");
    screen.press("z", "z has no meaning");
    screen.ask("\tgD", "› def kmem_cache_alloc");
    screen.press("<", "q quit");
    screen.ask("C", "› callers kmem_cache_alloc");
    screen.ask("\x7fE", "› callees kmem_cache_alloc");
    screen.ask("\x0fR", "› refs kmem_cache_alloc");
    screen.ask("\x1b[1;3DT", "› trace kmem_cache_alloc");
    screen.press("<", "q quit");
    screen.press(">", "q quit");
    screen.ask(":callees -d 2 start_ker\t\r", "› callees -d 2 start_kernel");
    screen.press(":2\r", "2 of ");
    screen.ask(":kfree mm\r", "› kfree mm");
    screen.press(":callers no_such_name\r", "no such name: no_such_name");
    screen.press(":'\r", "a quote is not closed");
    screen.press(":mcp\r", "doesn't run here");
    screen.press(":built CONFIG_PCI --help\r", "Usage: kgrep built");
}

#[test]
fn the_list_that_is_left_is_kept_and_numbers_mean_the_same() {
    let dir = tree();
    let mut screen = Screen::new(&dir, &["browse", "kmem_cache_alloc"], (120, 40));
    screen.see("q quit");
    screen.press("jd", "left");
    let shown = screen.press("j", "2 of ");
    assert_eq!(screen.leave().0, 0);
    let row = dir.kgrep(&["--no-header", "-s", "p 2"]).stdout();
    let words: Vec<&str> = row.split_whitespace().collect();
    let line =
        shown.lines().find(|line| line.trim_start_matches('▌').trim_start().starts_with("2 "));
    assert!(line.is_some_and(|line| line.contains(words[2])), "{row}\n{shown}");
    // What was only looked at is no new list.
    let lists = dir.kgrep(&["lists"]).stdout().lines().count();
    let mut screen = Screen::new(&dir, &["-s", "browse"], (120, 40));
    screen.see("q quit");
    screen.leave();
    let mut screen = Screen::new(&dir, &["browse"], (80, 24));
    screen.see("q quit");
    screen.leave();
    assert_eq!(dir.kgrep(&["lists"]).stdout().lines().count(), lists);
}

#[test]
fn in_the_shell_b_browses_and_its_rows_are_the_shells() {
    let dir = tree();
    dir.kgrep(&["kmem_cache_alloc"]).stdout();
    let mut screen = Screen::new(&dir, &["--no-header", "--interactive"], (120, 40));
    screen.see("kgrep[");
    screen.press("b\r", "q quit");
    screen.press("  d", "left");
    screen.terminal.send("q");
    screen.see("kgrep[8]>");
    screen.press("p 0\r", "kmem_cache_alloc(");
    screen.terminal.send("u\r");
    screen.until("all rows again", |text| text.matches("kgrep[10]>").count() == 2);
    screen.terminal.send("q\r");
}

#[test]
fn the_editor_opens_the_line_and_comes_back_to_the_row() {
    let dir = tree();
    let script =
        dir.script("editor", "echo \"$@\" > ../opened; sed -i '1i // edited by a test' \"$1\"\n");
    let env = [("KGREP_EDITOR", script.to_str().unwrap())];
    let args = ["--highlight", "never", "browse", "kmem_cache", "mm"];
    let mut screen = Screen::of(Terminal::sized(&dir, &args, &env, 30, 120), (120, 30));
    screen.see("q quit");
    screen.press("j", "1 of ");
    screen.terminal.send("\r");
    screen.until("the file as it is now", |_| dir.beside("opened").exists());
    screen.press(":0\r", "0 of ");
    screen.press("\tg", "// edited by a test");
    let opened = fs::read_to_string(dir.beside("opened")).unwrap();
    assert!(opened.contains("/mm/") && opened.contains(" +"), "{opened}");
    let (_, sent) = screen.leave();
    assert!(!sent.contains("\x1b]52;"), "nothing was copied");
}

#[test]
fn what_is_copied_goes_to_the_terminals_clipboard() {
    let dir = tree();
    let mut screen = Screen::new(&dir, &["browse", "start_kernel"], (120, 40));
    screen.see("q quit");
    let copied = screen.press("y", "copied ");
    let place =
        copied.split("copied ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let (_, sent) = screen.leave();
    let coded = sent.split("\x1b]52;c;").nth(1).unwrap().split('\x07').next().unwrap().to_owned();
    assert_eq!(decoded(&coded), place);
}

/// Base 64.
fn decoded(text: &str) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = text.bytes().filter_map(|byte| LETTERS.find(char::from(byte)));
    let (mut bytes, mut held, mut count) = (Vec::new(), 0_u32, 0);
    for six in bits {
        (held, count) = (held << 6 | six as u32, count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push((held >> count) as u8);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// kgrep between two looks at how the terminal is set, and what was pressed or sent meanwhile.
fn left_as_found(dir: &Dir, during: impl FnOnce(&mut Screen, &str)) -> String {
    let pid = dir.beside("pid");
    let run = "stty -g; sh -c 'echo $$ > ../pid; exec \"$0\" --highlight never browse kfree' \"$0\"; stty -g; echo over";
    let terminal = Terminal::program(dir, "sh", &["-c", run, KGREP], &[], 24, 80);
    let mut screen = Screen::of(terminal, (80, 24));
    screen.see("q quit");
    during(&mut screen, fs::read_to_string(&pid).unwrap().trim());
    screen.see("over");
    let (_, sent) = screen.terminal.finish();
    let settings: Vec<&str> = sent.lines().filter(|line| line.matches(':').count() > 10).collect();
    let own: Vec<&str> =
        settings.iter().map(|line| line.rsplit('\x1b').next().unwrap_or(line)).collect();
    let bare =
        |line: &str| line.trim_start_matches(|c: char| !c.is_ascii_hexdigit()).trim().to_owned();
    assert_eq!(own.len(), 2, "{sent:?}");
    assert!(bare(own[1]).ends_with(&bare(own[0])), "{own:?}");
    // The other screen is left after it was entered, and the cursor is shown at the end.
    assert!(sent.rfind("\x1b[?1049l") > sent.rfind("\x1b[?1049h"), "{sent:?}");
    assert!(sent.rfind("\x1b[?25h") > sent.rfind("\x1b[?25l"), "{sent:?}");
    assert!(sent.rfind("\x1b[?1000l") > sent.rfind("\x1b[?1000h"), "{sent:?}");
    sent
}

#[test]
fn the_terminal_is_left_as_it_was_found() {
    let dir = tree();
    left_as_found(&dir, |screen, _| screen.terminal.send("q"));
    for signal in ["-TERM", "-HUP", "-INT"] {
        left_as_found(&dir, |_, pid| {
            Command::new("kill").args([signal, pid]).status().unwrap();
        });
    }
}

#[test]
fn a_suspended_screen_comes_back() {
    let dir = tree();
    let run = "\"$0\" --highlight never browse kfree; echo suspended; fg; echo over";
    let terminal = Terminal::program(&dir, "bash", &["-mc", run, KGREP], &[], 24, 80);
    let mut screen = Screen::of(terminal, (80, 24));
    screen.see("q quit");
    screen.press("j", "1 of ");
    // It is back before anybody could look at what stood there meanwhile.
    screen.terminal.send("\x1a");
    screen.terminal.wait_for("\x1b[?1049l");
    screen.terminal.wait_for("suspended");
    screen.terminal.wait_for("\x1b[?1049h");
    screen.terminal.wait_for("q quit");
    screen.terminal.send("jq");
    screen.terminal.wait_for("\x1b[?1049l");
    screen.terminal.wait_for("over");
}

/// What stops it may be no signal that it hears of, and another program may meanwhile have
/// changed it.
#[test]
fn a_screen_that_was_stopped_is_drawn_anew() {
    let dir = tree();
    left_as_found(&dir, |screen, pid| {
        for signal in ["-STOP", "-CONT"] {
            Command::new("kill").args([signal, pid]).status().unwrap();
        }
        screen.terminal.wait_for("\x1b[?1049h");
        screen.terminal.wait_for("q quit");
        screen.terminal.send("q");
    });
}

#[test]
fn a_resize_draws_the_screen_anew() {
    let dir = tree();
    let mut screen = Screen::new(&dir, &["browse", "kmem_cache_alloc"], (120, 40));
    screen.see("q quit");
    for (cols, rows, text) in [(30, 8, "browse needs 40"), (80, 24, "q quit"), (160, 50, "│")] {
        screen.terminal.resize(rows, cols);
        screen.parser = parser(rows, cols);
        screen.see(text);
    }
    assert_eq!(screen.leave().0, 0);
}

#[test]
fn a_long_search_shows_its_first_rows_and_can_be_stopped() {
    let dir = Dir::new();
    for file in 0..20 {
        dir.create(&format!("f{file:02}.c"), "int needle = 1;\n".repeat(5000));
    }
    let mut screen = Screen::new(&dir, &["browse", "needle"], (100, 30));
    screen.see("int needle = 1;");
    screen.press("\x03G", "f");
    let text = screen.until("an end", |text| !text.contains("searching"));
    assert!(text.contains("needle"), "{text}");
    let (code, _) = screen.leave();
    assert_eq!(code, 0);
    assert!(dir.kgrep(&["--no-header", "-s", "p 7"]).stdout().contains("f00.c"));
}

#[test]
fn a_first_question_without_an_answer_is_as_without_a_screen() {
    let dir = tree();
    for (args, code, told) in [
        (&["browse", "no_such_word_at_all"][..], 1, ""),
        (&["browse", "callers", "no_such_function"], 1, "no_such_function"),
        (&["browse", "-t", "nope", "x"], 2, "nope"),
        (&["browse", "mcp"], 2, "doesn't run here"),
        (&["browse", "-s", "p"], 2, "kgrep: "),
    ] {
        let (status, sent) = Terminal::sized(&dir, args, &[], 24, 80).finish();
        assert_eq!(status, code, "{args:?}: {sent:?}");
        assert!(sent.contains(told), "{args:?}: {sent:?}");
    }
}

#[test]
fn colours_are_those_of_the_terminal() {
    let dir = tree();
    let args = ["--theme", "base16-ocean.dark", "browse", "kmem_cache_alloc"];
    for (env, has, has_not) in [
        (&[("TERM", "linux")][..], "\x1b[3", &["38;5;", "38;2;", "48;5;"][..]),
        (&[("TERM", "xterm-256color"), ("COLORFGBG", "15;0")], "38;5;", &["38;2;"]),
        (&[("COLORTERM", "truecolor"), ("COLORFGBG", "0;15")], "38;2;", &["48;5;238"]),
        (&[("NO_COLOR", "1")], "\x1b[7m", &["38;5;", "38;2;", "48;5;", "\x1b[31", "\x1b[32"]),
    ] {
        let mut screen = Screen::of(Terminal::sized(&dir, &args, env, 30, 120), (120, 30));
        screen.see("q quit");
        // The source gets its colours in a moment.
        screen.press("j", "1 of ");
        screen.terminal.send("\t");
        if has.starts_with("38;") {
            let sent = format!("{}", screen.terminal);
            if !sent.contains(&has.escape_debug().to_string()) {
                screen.terminal.wait_for(has);
            }
        }
        let (_, sent) = screen.leave();
        assert!(sent.contains(has), "{env:?} has no {has:?}: {sent:?}");
        for other in has_not {
            assert!(!sent.contains(other), "{env:?} has {other:?}: {sent:?}");
        }
    }
}

#[test]
fn into_a_pipe_the_list_is_printed() {
    let dir = tree();
    let plain = dir.kgrep(&["callers", "kmem_cache_alloc"]).stdout();
    assert_eq!(dir.kgrep(&["browse", "callers", "kmem_cache_alloc"]).stdout(), plain);
    assert_eq!(dir.kgrep(&["browse"]).stdout(), plain);
    assert_eq!(dir.kgrep(&["-s", "b"]).stdout(), dir.kgrep(&["-s", "p"]).stdout());
    let searched = dir.kgrep(&["-i", "KFREE"]).stdout();
    assert_eq!(dir.kgrep(&["browse", "-i", "KFREE"]).stdout(), searched);
}

#[test]
fn questions_are_asked_in_the_lists_own_folder() {
    let dir = tree();
    dir.kgrep(&["kmem_cache_alloc"]).stdout();
    let run = "cd mm && exec \"$0\" --highlight never -s browse";
    let terminal = Terminal::program(&dir, "sh", &["-c", run, KGREP], &[], 30, 120);
    let mut screen = Screen::of(terminal, (120, 30));
    screen.see("q quit");
    screen.ask(":alloc_vfsmnt fs\r", "› alloc_vfsmnt fs");
    screen.see("  fs/");
    screen.ask("<C", "› callers kmem_cache_alloc");
    screen.see("drivers/block/ramdisk.c");
    assert_eq!(screen.leave().0, 0);
}

/// Two would read the same keys, each some of them.
#[test]
fn there_is_one_crossterm() {
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock");
    let lock = fs::read_to_string(lock).unwrap();
    assert_eq!(lock.matches("name = \"crossterm\"\n").count(), 1);
}
