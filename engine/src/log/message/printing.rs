//! Reads `queries/printing.toml`: the calls at which every chain of macros that print ends.

use std::collections::HashMap;

use serde::Deserialize;

use super::pattern::literals;

/// What comes with the program.
const BUILT_IN: &str = include_str!("../../../queries/printing.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    elsewhere: Vec<String>,
    print: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    names: Vec<String>,
    format: u32,
    #[serde(default)]
    level: String,
    #[serde(default)]
    wrap: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    head: String,
    #[serde(default)]
    apart: bool,
    #[serde(default)]
    others: bool,
}

/// How a call prints. Its text is a template (see `texts`) in which parameter 1 stands for the
/// format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Printer {
    /// Which argument the format is, from 1.
    pub(super) argument: u32,
    /// The level, as the digit that is printed; 0: none is given.
    pub(super) level: u8,
    /// The text that is printed.
    pub(super) text: Vec<u8>,
    /// The same with those of its arguments that are texts themselves, by which lines are compared.
    pub(super) exact: Vec<u8>,
    /// What is printed before it and is no part of the call's text.
    pub(super) head: Vec<u8>,
    /// Letters of it that are no call's own.
    pub(super) usual: u32,
    /// Whether the driver that it names need not be the one that prints.
    pub(super) others: bool,
    /// Whether what the macros put before the call's own text counts as head, too.
    pub(super) apart: bool,
}

/// The calls that print.
pub(super) struct Printing {
    printers: HashMap<Vec<u8>, Vec<Printer>>,
    elsewhere: Vec<String>,
}

impl Printing {
    /// Those that come with the program.
    pub(super) fn built_in() -> Printing {
        // A test reads the file; without it nothing prints.
        let file: File = toml::from_str(BUILT_IN)
            .unwrap_or_else(|_| File { elsewhere: Vec::new(), print: Vec::new() });
        let mut printers: HashMap<Vec<u8>, Vec<Printer>> = HashMap::new();
        for entry in &file.print {
            for name in &entry.names {
                printers.entry(name.clone().into_bytes()).or_default().push(printer(entry));
            }
        }
        Printing { printers, elsewhere: file.elsewhere }
    }

    /// How a call of `name` prints. Of a name that is pasted together only the beginning is known:
    /// `pr_err_` of `pr_err_once`.
    pub(super) fn printers(&self, name: &[u8]) -> Option<&[Printer]> {
        let found = self.printers.get(name);
        found.or_else(|| self.printers.get(name.strip_suffix(b"_")?)).map(Vec::as_slice)
    }

    /// Whether what the file at `path` prints can reach the log.
    pub(super) fn reaches_the_log(&self, path: &[u8]) -> bool {
        !self.elsewhere.iter().any(|folder| path.starts_with(folder.as_bytes()))
    }
}

/// The letters and digits of what stands around a format, without its conversions.
fn letters(text: &str) -> u32 {
    literals(text.as_bytes()).iter().filter(|byte| byte.is_ascii_alphanumeric()).count() as u32
}

fn printer(entry: &Entry) -> Printer {
    let mut text = entry.before.clone().into_bytes();
    if entry.wrap.is_empty() {
        text.extend(super::texts::FORMAT);
    } else {
        text.push(6);
        text.extend(entry.wrap.as_bytes());
        text.push(2);
        text.extend(super::texts::FORMAT);
        text.push(7);
    }
    text.extend(entry.after.as_bytes());
    Printer {
        argument: entry.format,
        level: entry.level.bytes().next().unwrap_or(0),
        exact: text.clone(),
        text,
        head: entry.head.clone().into_bytes(),
        usual: letters(&entry.before) + letters(&entry.after),
        apart: entry.apart,
        others: entry.others,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_comes_with_the_program_is_read() {
        let file: Result<File, _> = toml::from_str(BUILT_IN);
        assert_eq!(file.err().map(|error| error.to_string()), None);
        let printing = Printing::built_in();
        let err = printing.printers(b"pr_err").unwrap();
        assert_eq!((err[0].argument, err[0].level), (1, b'3'));
        assert_eq!(printing.printers(b"pr_err_"), Some(err));
        assert!(!printing.reaches_the_log(b"tools/perf/a.c"));
    }
}
