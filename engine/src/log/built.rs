//! Which module a file is part of, and by which Kconfig symbol, as far as the Makefiles of its
//! folders say so in plain lines.

use std::collections::HashMap;

/// What a file is part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Built {
    /// The object that is made, which is the module's name where it is one.
    pub(super) module: Vec<u8>,
    /// The symbol that decides; none for what is always built, or where no line says.
    pub(super) symbol: Option<Vec<u8>>,
    /// The Makefile that says so, below the tree's root.
    pub(super) path: Vec<u8>,
    /// Its line, from 1.
    pub(super) line: u32,
}

/// What a file is part of, and the Kconfig symbol that decides, as names; `read` is given paths below
/// the tree's root.
pub(crate) fn made_by(
    path: &[u8],
    read: &dyn Fn(&[u8]) -> Option<Vec<u8>>,
) -> Option<(String, Option<String>)> {
    let built = Makefiles::new(read).built(path)?;
    let text = |name: Vec<u8>| String::from_utf8_lossy(&name).into_owned();
    Some((text(built.module), built.symbol.map(text)))
}

/// A line that lists objects.
struct Rule {
    line: u32,
    /// `lamp` of `lamp-y`, `obj` of `obj-$(CONFIG_LAMP)`.
    target: Vec<u8>,
    symbol: Option<Vec<u8>>,
    objects: Vec<Vec<u8>>,
}

/// A Makefile: its path and its lists.
type Makefile = (Vec<u8>, Vec<Rule>);

/// Folders above a file whose Makefile may name it.
const FOLDERS: usize = 4;
/// Objects made of objects beyond this are not followed.
const DEEPEST: usize = 4;

/// Makefiles that were read.
pub(super) struct Makefiles<'a> {
    read: &'a dyn Fn(&[u8]) -> Option<Vec<u8>>,
    known: HashMap<Vec<u8>, Makefile>,
}

impl<'a> Makefiles<'a> {
    /// Reads by `read`, which is given paths below the tree's root.
    pub(super) fn new(read: &'a dyn Fn(&[u8]) -> Option<Vec<u8>>) -> Makefiles<'a> {
        Makefiles { read, known: HashMap::new() }
    }

    /// What the file at `path` is part of.
    pub(super) fn built(&mut self, path: &[u8]) -> Option<Built> {
        let stem = path.strip_suffix(b".c").or_else(|| path.strip_suffix(b".S"))?;
        let mut folder = stem;
        for _ in 0..FOLDERS {
            folder = &folder[..memchr::memrchr(b'/', folder)?];
            let object = [&stem[folder.len() + 1..], b".o"].concat();
            let read = self.read;
            let makefile =
                self.known.entry(folder.to_vec()).or_insert_with(|| makefile(read, folder));
            if let Some(found) = owner(makefile, object) {
                return Some(found);
            }
        }
        None
    }
}

fn makefile(read: &dyn Fn(&[u8]) -> Option<Vec<u8>>, folder: &[u8]) -> Makefile {
    for name in [&b"/Kbuild"[..], b"/Makefile"] {
        let path = [folder, name].concat();
        if let Some(text) = read(&path) {
            return (path, rules(&text));
        }
    }
    (Vec::new(), Vec::new())
}

/// From an object to what is made of it, as long as that is part of something else.
fn owner((path, rules): &Makefile, mut object: Vec<u8>) -> Option<Built> {
    let mut found = None;
    for _ in 0..DEEPEST {
        let Some(rule) = rules.iter().find(|rule| rule.objects.contains(&object)) else { break };
        let is_last = matches!(rule.target.as_slice(), b"obj" | b"lib");
        if !is_last {
            object = [&rule.target, &b".o"[..]].concat();
        }
        let name = object.strip_suffix(b".o").unwrap_or(&object);
        let name = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
        found = Some(Built {
            module: name.iter().map(|byte| if *byte == b'-' { b'_' } else { *byte }).collect(),
            symbol: if is_last { rule.symbol.clone() } else { None },
            path: path.clone(),
            line: rule.line,
        });
        if is_last {
            break;
        }
    }
    found
}

/// The lines `NAME-y += OBJECTS`, `NAME-objs := OBJECTS`, `NAME-$(CONFIG_X) += OBJECTS`.
fn rules(text: &[u8]) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut lines = (1..).zip(text.split(|byte| *byte == b'\n'));
    while let Some((number, first)) = lines.next() {
        let mut whole = String::from_utf8_lossy(first).into_owned();
        while whole.ends_with('\\') {
            whole.pop();
            whole.push(' ');
            let Some((_, more)) = lines.next() else { break };
            whole.push_str(&String::from_utf8_lossy(more));
        }
        rules.extend(rule(number, whole.split('#').next().unwrap_or_default()));
    }
    rules
}

fn rule(line: u32, text: &str) -> Option<Rule> {
    let (name, objects) = text.split_once('=')?;
    let name = name.trim_end_matches(['+', ':', '?']).trim();
    let ends = ["-objs", "-y", "-m", "-$("];
    let (target, end) = ends
        .iter()
        .filter_map(|end| Some((name.find(end)?, *end)))
        .min()
        .map(|(at, end)| (&name[..at], &name[at + end.len()..]))?;
    if target.is_empty() || target.contains(char::is_whitespace) {
        return None;
    }
    let symbol = end.strip_suffix(')').filter(|symbol| symbol.starts_with("CONFIG_"));
    let objects = objects.split_whitespace().filter(|word| word.ends_with(".o"));
    let objects: Vec<Vec<u8>> = objects.map(|object| object.as_bytes().to_vec()).collect();
    let symbol = symbol.map(|symbol| symbol.as_bytes().to_vec());
    (!objects.is_empty()).then(|| Rule {
        line,
        target: target.as_bytes().to_vec(),
        symbol,
        objects,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_followed_to_its_module_and_symbol() {
        let text = b"obj-y += hall.o\n\
            obj-$(CONFIG_LAMP)\t+= lamp-drv.o # all of it\n\
            lamp-drv-y := core.o \\\n\tsub/bulb.o\n\
            lamp-drv-$(CONFIG_LAMP_DIM) += dim.o\n";
        let read = |path: &[u8]| (path == b"drivers/lamp/Makefile").then(|| text.to_vec());
        let mut makefiles = Makefiles::new(&read);
        let mut built = |path: &[u8]| {
            makefiles.built(path).map(|built| {
                let symbol = built.symbol.map(|symbol| String::from_utf8(symbol).unwrap());
                (String::from_utf8(built.module).unwrap(), symbol, built.line)
            })
        };
        let lamp = Some(("lamp_drv".to_owned(), Some("CONFIG_LAMP".to_owned()), 2));
        assert_eq!(built(b"drivers/lamp/core.c"), lamp);
        assert_eq!(built(b"drivers/lamp/dim.c"), lamp);
        assert_eq!(built(b"drivers/lamp/sub/bulb.c"), lamp);
        assert_eq!(built(b"drivers/lamp/hall.c"), Some(("hall".to_owned(), None, 1)));
        assert_eq!(built(b"drivers/lamp/other.c"), None);
        assert_eq!(built(b"x.c"), None);
    }
}
