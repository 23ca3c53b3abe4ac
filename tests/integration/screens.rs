//! What every kind of answer looks like on a terminal, at three widths: pictures to look
//! at in review, and the rules that hold for each of them. No row is wider than the
//! screen, and of each row the index and the source, or its match, are seen.

use std::path::Path;

use unicode_width::UnicodeWidthStr;

use crate::pty::{Terminal, settled};
use crate::util::Dir;

/// Answers whose rows are source: their source is seen at 80 columns.
const SOURCE: [(&str, &[&str]); 18] = [
    ("search", &["kmem_cache_alloc("]),
    ("search-in-function", &["-p", "crashkernel", "-tc"]),
    ("search-context", &["-C1", "kfree(", "mm", "fs"]),
    ("search-function", &["-W", "crash_kexec_post", "kernel/panic.c"]),
    ("def", &["def", "file"]),
    ("def-body", &["def", "--body", "may_mount"]),
    ("refs", &["refs", "kmem_cache_alloc"]),
    ("trace-syscall", &["trace", "pivot_root"]),
    ("trace-parameter", &["trace", "crashkernel="]),
    ("trace-struct", &["trace", "struct", "file_operations"]),
    ("trace-option", &["trace", "CONFIG_EXT4_FS"]),
    ("trace-function", &["trace", "kfree"]),
    ("find", &["find", "allocate", "an", "object"]),
    ("list-syscalls", &["list", "syscalls"]),
    ("list-params", &["list", "params"]),
    ("exists", &["exists", "kfree", "--in", "."]),
    ("count", &["-c", "kfree"]),
    ("files", &["-l", "kfree"]),
];

/// Answers whose rows are names, joined by steps: the calling line is seen at 110 columns.
const STEPS: [(&str, &[&str]); 5] = [
    ("exists-names", &["exists", "kfree", "ksys_nothing"]),
    ("callers", &["callers", "kmem_cache_alloc", "-d", "2"]),
    ("callees", &["callees", "start_kernel", "-d", "2"]),
    ("callees-one", &["callees", "path_pivot_root"]),
    ("chain", &["chain", "start_kernel", "run_init_process"]),
];

/// Follow-ups on the list of a search.
const FOLLOW_UPS: [(&str, &[&str]); 4] = [
    ("context", &["-s", "c2 0-2"]),
    ("tree", &["-s", "tree"]),
    ("by-file", &["-s", "files"]),
    ("print", &["-s", "p 1-3"]),
];

/// The tree with an index, in which all are asked.
fn tree() -> Dir {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_code(0);
    dir
}

/// What stands on a screen of this width, row by row, without what it is styled with.
pub(crate) fn screen(dir: &Dir, args: &[&str], width: u16) -> Vec<String> {
    let env = [("PAGER", ""), ("KGREP_PAGER", "")];
    let (_, bytes) = Terminal::sized(dir, args, &env, 50, width).finish();
    rows(&settled(&bytes))
}

/// The rows of what a terminal was sent.
fn rows(sent: &str) -> Vec<String> {
    let mut text = String::new();
    let mut rest = sent.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\x1b' if rest.next_if_eq(&'[').is_some() => {
                rest.by_ref().find(|c| c.is_ascii_alphabetic());
            }
            // A link ends with BEL or with ESC \.
            '\x1b' => {
                let end = rest.by_ref().find(|c| matches!(c, '\x07' | '\x1b'));
                if end == Some('\x1b') {
                    rest.next();
                }
            }
            '\r' => {}
            c => text.push(c),
        }
    }
    text.lines().map(str::to_owned).collect()
}

/// The picture of an answer: the screen at each width under a ruler.
fn picture(dir: &Dir, args: &[&str]) -> String {
    let mut picture = String::new();
    for width in [80, 110, 160] {
        picture += &format!("{:=^width$}\n", format!(" {width} "), width = usize::from(width));
        for row in screen(dir, args, width) {
            picture += &row.replace(&*dir.tree().to_string_lossy(), "TREE");
            picture.push('\n');
        }
    }
    picture
}

#[test]
fn answers_look_like_this() {
    let dir = tree();
    for (name, args) in SOURCE.iter().chain(&STEPS) {
        insta::assert_snapshot!(*name, picture(&dir, args));
    }
    // Arguments stand for the line that they are from.
    let args = ["callers", "kmalloc", "--args"];
    insta::assert_snapshot!("callers-args", picture(&dir, &args));
    dir.kgrep(&["kmem_cache_alloc\\("]).stdout();
    for (name, args) in FOLLOW_UPS {
        insta::assert_snapshot!(name, picture(&dir, args));
    }
}

#[test]
fn no_row_is_wider_than_the_screen() {
    let dir = tree();
    let wide = "\tstr = \"日本語のカーネル 한국어\"; kmem_cache_alloc(cache, \"日本語日本語日本語\", \u{1f427});\n";
    dir.create("mm/wide.c", format!("{}{wide}", wide.trim_start()));
    dir.create(&format!("drivers/{}/deep.c", ["folder"; 12].join("/")), wide);
    let follow_ups = FOLLOW_UPS.iter();
    for width in [40, 61, 80, 110] {
        dir.kgrep(&["kmem_cache_alloc\\("]).stdout();
        for (name, args) in follow_ups.clone().chain(&SOURCE).chain(&STEPS) {
            for row in screen(&dir, args, width) {
                let is_told = row.starts_with("kgrep: ");
                assert!(is_told || row.width() <= usize::from(width), "{name} at {width}: {row}");
            }
        }
    }
}

/// In how many of the rows with source is it on the screen, with the index before it?
#[track_caller]
fn seen(dir: &Dir, args: &[&str], width: u16) -> (usize, usize, String) {
    let told = dir.kgrep(&["--format", "json"]).args(args).run().stdout();
    let blanks = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let drawn = screen(dir, args, width);
    let screen: Vec<String> = drawn.iter().map(|row| blanks(row)).collect();
    let (mut good, mut all, mut bad) = (0, 0, String::new());
    for line in told.lines() {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        let data = &message["data"];
        let Some(index) = data["index"].as_u64() else { continue };
        let source = blanks(data["lines"]["text"].as_str().unwrap_or_default());
        if source.chars().count() < 4 {
            continue;
        }
        all += 1;
        let digits = index.to_string();
        // An index ends in the fourth column or, in a table, in the fifth.
        let is_row = |row: &String| {
            [4, 5].iter().any(|end| row.get(..*end).is_some_and(|head| head.trim_start() == digits))
        };
        let start = drawn.iter().position(is_row);
        let near = start
            .map_or(String::new(), |start| screen[start..(start + 3).min(screen.len())].join(" "));
        let characters: Vec<char> = source.chars().collect();
        let wanted = characters.len().min(24);
        let is_seen = characters
            .windows(wanted)
            .any(|piece| near.contains(&piece.iter().collect::<String>()));
        if is_seen {
            good += 1;
        } else {
            bad += &format!("{index}: {source}\n    {near}\n");
        }
    }
    (good, all, bad)
}

#[test]
fn what_one_came_for_is_on_the_screen() {
    let dir = tree();
    for (kinds, width, most) in [(&SOURCE[..], 80, 95), (&STEPS[..], 110, 80)] {
        let (mut good, mut all) = (0, 0);
        // Bodies are blocks of source, an entry each.
        for (name, args) in kinds.iter().filter(|(name, _)| *name != "def-body") {
            let (own, rows, bad) = seen(&dir, args, width);
            assert!(own * 100 >= rows * 80, "{name} at {width}: {own} of {rows}\n{bad}");
            good += own;
            all += rows;
        }
        assert!(good * 100 >= all * most && all > 10, "at {width}: {good} of {all}");
    }
}

#[test]
fn the_match_of_a_long_line_is_on_the_screen() {
    let dir = Dir::new();
    dir.create("a/long.c", format!("{} the_match {}\n", "word ".repeat(60), "rest ".repeat(60)));
    for width in [40, 80, 110] {
        for args in [&["the_match"][..], &["-p", "the_match"], &["-C1", "the_match"]] {
            let screen = screen(&dir, args, width);
            let row = screen.iter().skip(1).find(|row| row.contains("the_match"));
            assert!(row.is_some_and(|row| row.contains('…')), "{width} {args:?}: {screen:?}");
        }
    }
}

#[test]
fn nothing_found_says_how_much_was_searched() {
    let dir = Dir::kernel();
    let told = screen(&dir, &["no_such_word_anywhere"], 80).join("\n");
    assert!(told.contains("kgrep: nothing matches in 5"), "{told}");
    let piped = dir.kgrep(&["no_such_word_anywhere"]).run().expect_code(1);
    assert_eq!(piped.stderr(), "");
}

#[test]
fn a_dumb_terminal_has_no_pager() {
    let dir = Dir::kernel();
    let pager = dir.script("pager", "echo paged\n");
    let env = [("KGREP_PAGER", pager.to_str().unwrap()), ("TERM", "dumb")];
    let (code, screen) = Terminal::sized(&dir, &["pivot_root"], &env, 50, 80).finish();
    assert!(
        code == 0 && screen.contains("fs/namespace.c") && !screen.contains("paged"),
        "{screen}"
    );
}

#[test]
fn a_row_leads_to_what_it_names_and_titles_select() {
    let dir = Dir::kernel();
    dir.kgrep(&["trace", "pivot_root"]).stdout();
    let errors = dir.kgrep(&["--no-header", "-s", "k Errors"]).stdout();
    assert!(errors.lines().count() > 3 && errors.contains("EPERM"), "{errors}");
    assert!(!errors.contains("SYSCALL_DEFINE2"), "{errors}");
    dir.kgrep(&["-s", "k Nowhere"]).run().expect_error(&["no such section", "nowhere"]);
    dir.kgrep(&["callees", "start_kernel"]).stdout();
    let asked = dir.kgrep(&["-s", "def 1"]).run().expect_code(0).stdout();
    let name = dir.kgrep(&["--no-header", "-s", "p 0"]).stdout();
    assert!(!asked.is_empty() && !name.contains("start_kernel"), "{asked}{name}");
    // The columns that one sees are looked at, too.
    dir.kgrep(&["trace", "pivot_root"]).stdout();
    assert!(dir.kgrep(&["-s", "r EPERM:"]).stdout().contains("return -EPERM;"));
}

#[test]
fn in_a_pipe_nothing_depends_on_the_terminal() {
    let dir = tree();
    assert!(Path::new(dir.tree()).is_dir());
    for (name, args) in SOURCE.iter().chain(&STEPS) {
        let narrow = dir.kgrep(args).env("COLUMNS", "40").run().stdout();
        assert_eq!(narrow, dir.kgrep(args).env("COLUMNS", "200").run().stdout(), "{name}");
        let sections = dir.kgrep(&["--layout", "sections"]).args(args).run().stdout();
        assert_eq!(narrow, sections, "{name}");
    }
}

#[test]
fn a_layout_is_chosen_by_a_flag_or_by_the_configuration() {
    let dir = Dir::kernel();
    let asked = ["pivot_root", "fs"];
    let as_table = screen(&dir, &["--layout", "table", "pivot_root", "fs"], 80);
    assert!(as_table[0].starts_with("Index File") && as_table[1].contains("fs/"), "{as_table:?}");
    let grouped = screen(&dir, &["--layout", "grouped", "pivot_root", "fs"], 80);
    assert!(grouped[0].starts_with("kgrep ") && grouped[1] == "fs/namespace.c", "{grouped:?}");
    dir.config("layout = \"grouped\"\n");
    assert_eq!(screen(&dir, &asked, 80)[1..], grouped[1..]);
}

#[test]
fn the_arguments_of_a_call_are_all_seen() {
    let dir = Dir::new();
    let path = "drivers/infrastructure/controllers/a_long_name_of_a_source.c";
    let arguments =
        "sizeof(struct desk) + MANY_DRAWERS * sizeof(struct drawer), GFP_KERNEL | __GFP_ZERO";
    let source = format!(
        "void *a_desk_that_is_made_with_drawers(void)\n{{\n\treturn lamp_alloc({arguments});\n}}\n\
         void *lamp_alloc(unsigned long size, int flags)\n{{\n\treturn 0;\n}}\n"
    );
    dir.create(path, source);
    for width in [40, 80, 110] {
        let rows = screen(&dir, &["callers", "--args", "lamp_alloc"], width);
        let words: Vec<&str> = rows.iter().flat_map(|row| row.split_whitespace()).collect();
        assert!(words.join(" ").contains(arguments), "{width}: {rows:#?}");
    }
}
