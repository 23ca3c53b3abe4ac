//! `kgrep lists`: which lists are kept, newest first; one of them again; or away with
//! them.

use std::io::{self, Write};

use anyhow::Context as _;
use indicatif::HumanBytes;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::json;

use super::{Outcome, Session, follow};
use crate::cli::{ListArgs, ListsArgs, Root};
use crate::list::{LeftOut, Meta, Shelf, Terminal};
use crate::message::{counted, tell};
use crate::render::{Content, Facts, Output, display_width, visible};
use crate::settings::Format;

/// One kept list.
struct Row {
    number: u64,
    matches: u64,
    /// Bytes on disk.
    size: u64,
    meta: Meta,
    /// True for the one that a follow-up without `--list` means.
    meant: bool,
}

/// The fewest columns that a command is shown with, however narrow the terminal.
const LEAST_COMMAND: usize = 20;

/// Prints a line for each kept list, or a JSON object with `--format json`; or the
/// rows of one list; or removes lists. The list that follow-ups mean without `--list`
/// is marked with `*`.
///
/// # Errors
/// When there is no such list, or nothing can be written.
pub(crate) fn run(args: &ListsArgs, session: &Session) -> anyhow::Result<Outcome> {
    if let Some(which) = &args.remove {
        return remove(&session.shelf, which);
    }
    if let Some(number) = args.number {
        let number = i64::try_from(number).context("no list has so large a number")?;
        let list = ListArgs { list: Some(number), ..ListArgs::default() };
        return follow::run(&Root { list, ..Root::default() }, session);
    }
    let settings = &session.settings;
    let mut left_out = LeftOut::default();
    let rows = rows(&session.shelf, Terminal::current(), &mut left_out)?;
    let told = left_out.line();
    if let Some(line) = &told {
        tell(line);
    }
    let problems = told.is_some();
    if rows.is_empty() && !problems {
        tell("there is no list yet: search for something first");
    }
    let facts = Facts::of_stdout();
    let mut out = match facts.terminal && !rows.is_empty() {
        true => Output::paged(&settings.pager.value),
        false => Output::stdout(),
    };
    if args.json || settings.format.value == Format::Json {
        out = out.holding(Content::Json);
        for row in &rows {
            writeln!(out, "{}", as_object(row))?;
        }
    } else {
        let width = facts.width.filter(|_| facts.terminal);
        out.write_all(table(&rows, &Zoned::now(), settings.header.value, width).as_bytes())?;
    }
    out.finish()?;
    Ok(match (problems, rows.is_empty()) {
        (true, _) => Outcome::Problems,
        (false, true) => Outcome::Nothing,
        (false, false) => Outcome::Found,
    })
}

/// Removes the list of this number, or all.
fn remove(shelf: &Shelf, which: &str) -> anyhow::Result<Outcome> {
    let numbers = match which {
        "all" => shelf.numbers().unwrap_or_default(),
        number => vec![number.parse().with_context(|| {
            format!("--remove takes a list's number or `all`, and {number:?} is neither")
        })?],
    };
    let (mut removed, mut bytes) = (0_u64, 0);
    for number in numbers {
        let size = shelf.size(number).unwrap_or(0);
        match shelf.remove(number) {
            Ok(()) => (removed, bytes) = (removed + 1, bytes + size),
            // With `all`, another kgrep may have been faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound && which == "all" => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                anyhow::bail!("no list {number}; `kgrep lists` shows which there are")
            }
            Err(error) => return Err(error).with_context(|| format!("list {number}")),
        }
    }
    tell(format!("removed {}, {}", counted(removed, "list"), HumanBytes(bytes)));
    Ok(if removed == 0 { Outcome::Nothing } else { Outcome::Found })
}

/// The lists on `shelf`, newest first; the one that is meant in `terminal` is marked.
fn rows(shelf: &Shelf, terminal: Terminal, left_out: &mut LeftOut) -> io::Result<Vec<Row>> {
    let mut rows: Vec<Row> = shelf
        .all(left_out)?
        .map(|shelved| Row {
            number: shelved.number,
            matches: shelved.list.len(),
            // Another kgrep may have dropped it just now.
            size: shelf.size(shelved.number).unwrap_or(0),
            meta: shelved.list.meta().clone(),
            meant: false,
        })
        .collect();
    let of_terminal = rows.iter().position(|row| row.meta.terminal == terminal);
    if let Some(row) = rows.get_mut(of_terminal.unwrap_or(0)) {
        row.meant = true;
    }
    Ok(rows)
}

/// The rows as a table; with a `width`, commands are cut so that each row fits it.
fn table(rows: &[Row], now: &Zoned, header: bool, width: Option<usize>) -> String {
    let mut cells: Vec<[String; 6]> = Vec::new();
    if header && !rows.is_empty() {
        let titles = ["List", "When", "Matches", "Size", "Folder", "Command"];
        cells.push(titles.map(str::to_owned));
    }
    cells.extend(rows.iter().map(|row| {
        [
            format!("{}{}", if row.meant { "*" } else { "" }, row.number),
            when(row.meta.created, now),
            row.matches.to_string(),
            HumanBytes(row.size).to_string(),
            visible_text(&folder(&row.meta)),
            visible_text(command_line(&row.meta).as_bytes()),
        ]
    }));
    let widest = |column: usize| {
        cells.iter().map(|row| display_width(row[column].as_bytes())).max().unwrap_or(0)
    };
    let widths: [usize; 5] = std::array::from_fn(widest);
    let [list_width, when_width, matches_width, size_width, folder_width] = widths;
    let used = widths.iter().sum::<usize>() + widths.len();
    let room = width.map(|width| width.saturating_sub(used).max(LEAST_COMMAND));
    let mut drawn = String::new();
    for [list, when, matches, size, folder, command] in &cells {
        let folder_pad = folder_width - display_width(folder.as_bytes());
        let command = room.map_or(command.clone(), |room| cut(command, room));
        drawn += &format!(
            "{list:>list_width$} {when:<when_width$} {matches:>matches_width$} \
             {size:>size_width$} {folder}{:folder_pad$} {command}\n",
            ""
        );
    }
    drawn
}

/// `text`, or its beginning and `…` where it takes more than `room` columns.
fn cut(text: &str, room: usize) -> String {
    if display_width(text.as_bytes()) <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += display_width(c.encode_utf8(&mut [0; 4]).as_bytes());
        if used > room {
            break;
        }
        short.push(c);
    }
    short + "…"
}

/// The command line as it could be typed again.
pub(super) fn command_line(meta: &Meta) -> String {
    let words = meta.command.iter().map(String::as_str);
    let line = shlex::try_join(words.clone());
    line.unwrap_or_else(|_| words.collect::<Vec<_>>().join(" "))
}

/// The folder that a list was made in; of a revision, its repository.
fn folder(meta: &Meta) -> Vec<u8> {
    match &meta.revision {
        Some(revision) => [&revision.repository[..], b" at ", revision.name.as_bytes()].concat(),
        None => meta.folder.clone(),
    }
}

fn visible_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&visible(bytes)).into_owned()
}

/// A time in seconds since 1970, as short as it can be told from `now`.
fn when(created: i64, now: &Zoned) -> String {
    let Ok(created) = Timestamp::from_second(created) else { return "?".to_owned() };
    let created = created.to_zoned(now.time_zone().clone());
    let format = if created.date() == now.date() {
        "%H:%M"
    } else if created.year() == now.year() {
        "%b %e %H:%M"
    } else {
        "%Y-%m-%d"
    };
    created.strftime(format).to_string()
}

fn as_object(row: &Row) -> serde_json::Value {
    let created = Timestamp::from_second(row.meta.created).ok();
    json!({
        "list": row.number,
        "created": created.map(|created| created.to_zoned(TimeZone::UTC).timestamp().to_string()),
        "folder": String::from_utf8_lossy(&row.meta.folder),
        "revision": row.meta.revision.as_ref().map(|revision| &revision.name),
        "command": row.meta.command,
        "matches": row.matches,
        "bytes": row.size,
        "default": row.meant,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::testing;

    fn now() -> Zoned {
        "2026-11-21T12:00:00[UTC]".parse().unwrap()
    }

    fn row(number: u64, created: &str, matches: u64, command: &[&str], meant: bool) -> Row {
        let created = created.parse::<Timestamp>().unwrap().as_second();
        let meta = Meta { created, ..testing::meta("/src/linux", command) };
        Row { number, matches, size: 2048, meta, meant }
    }

    #[test]
    fn times_are_as_short_as_they_can_be() {
        let told = |time: &str| when(time.parse::<Timestamp>().unwrap().as_second(), &now());
        assert_eq!(told("2026-11-21T09:05:07Z"), "09:05");
        assert_eq!(told("2026-03-02T09:05:07Z"), "Mar  2 09:05");
        assert_eq!(told("2025-12-31T09:05:07Z"), "2025-12-31");
        assert_eq!(when(i64::MAX, &now()), "?");
    }

    #[test]
    fn one_line_a_list_and_a_star_at_the_one_that_is_meant() {
        let rows = [
            row(12, "2026-11-21T09:05:00Z", 3, &["-w", "a b"], false),
            row(9, "2025-11-21T09:05:00Z", 1234, &["kfree\x1b[31m"], true),
        ];
        let expected = "\
List When       Matches     Size Folder     Command
  12 09:05            3 2.00 KiB /src/linux -w 'a b'
  *9 2025-11-21    1234 2.00 KiB /src/linux 'kfree\\x1b[31m'
";
        assert_eq!(table(&rows, &now(), true, None), expected);
        assert_eq!(table(&rows, &now(), false, None).lines().count(), 2);
        assert_eq!(table(&[], &now(), true, None), "");
    }

    #[test]
    fn a_long_command_is_cut_to_the_terminals_width() {
        let words = "a_long_word ".repeat(20);
        let rows = [row(12, "2026-11-21T09:05:00Z", 3, &["-e", &words], false)];
        let drawn = table(&rows, &now(), true, Some(80));
        assert!(drawn.lines().all(|line| display_width(line.as_bytes()) <= 80), "{drawn}");
        assert!(drawn.trim_end().ends_with('…'), "{drawn}");
    }

    #[test]
    fn the_newest_list_of_the_terminal_is_meant() {
        let cache = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(cache.path());
        for word in ["first", "second"] {
            let writer = shelf.begin(testing::meta("/tree", &[word]), 10);
            shelf.publish(writer.finish().unwrap()).1.unwrap();
        }
        let rows = rows(&shelf, Terminal::current(), &mut LeftOut::default()).unwrap();
        let objects: Vec<serde_json::Value> = rows.iter().map(as_object).collect();
        assert_eq!(objects[0]["command"], json!(["second"]));
        assert_eq!((&objects[0]["default"], &objects[1]["default"]), (&json!(true), &json!(false)));
        assert_eq!(objects[0]["created"], json!("1970-01-01T00:00:00Z"));
    }
}
