//! Which files a loadable module is made of, as far as its Makefile says so in plain lines.

use std::cell::RefCell;
use std::collections::HashMap;

/// Reads a file of the tree, by its path below the root.
pub(super) type Read<'a> = &'a dyn Fn(&[u8]) -> Option<Vec<u8>>;

/// The Makefiles that were asked for.
pub(super) struct Modules<'a> {
    read: Read<'a>,
    /// For each folder: what is made (`lamp`), and of which objects (`core.o`, `sub/x.o`).
    known: RefCell<HashMap<Vec<u8>, Vec<Composite>>>,
}

/// An object, and those that it is made of.
type Composite = (Vec<u8>, Vec<Vec<u8>>);

/// What `obj-y` and `lib-y` are kept as.
const ALWAYS: &[u8] = b"obj-y";

/// Folders above a file whose Makefile may name it.
const FOLDERS: usize = 4;

impl<'a> Modules<'a> {
    /// Reads Makefiles by `read`.
    pub(super) fn new(read: Read<'a>) -> Modules<'a> {
        Modules { read, known: RefCell::default() }
    }

    /// Whether `module` (as a trace names it, with underscores) has the file at `path`.
    pub(super) fn builds(&self, module: &[u8], path: &[u8]) -> bool {
        let Some(stem) = path.strip_suffix(b".c").or_else(|| path.strip_suffix(b".S")) else {
            return false;
        };
        let mut folder = stem;
        for _ in 0..FOLDERS {
            let Some(slash) = memchr::memrchr(b'/', folder) else { return false };
            folder = &folder[..slash];
            let object = [&stem[slash + 1..], b".o"].concat();
            if self.makes(module, folder, &object) {
                return true;
            }
        }
        false
    }

    /// Whether the file at `path` is always a part of the kernel itself: `obj-y += fork.o`.
    pub(super) fn is_built_in(&self, path: &[u8]) -> bool {
        let Some(slash) = memchr::memrchr(b'/', path) else { return false };
        let (folder, file) = (&path[..slash], &path[slash + 1..]);
        let Some(stem) = file.strip_suffix(b".c").or_else(|| file.strip_suffix(b".S")) else {
            return false;
        };
        let object = [stem, b".o"].concat();
        let mut known = self.known.borrow_mut();
        let made = known.entry(folder.to_vec()).or_insert_with(|| self.makefile(folder));
        made.iter().any(|(name, objects)| name == ALWAYS && objects.contains(&object))
    }

    /// Whether the Makefile of `folder` makes `module` of `object`.
    fn makes(&self, module: &[u8], folder: &[u8], object: &[u8]) -> bool {
        let mut known = self.known.borrow_mut();
        let made = known.entry(folder.to_vec()).or_insert_with(|| self.makefile(folder));
        let same = |name: &[u8]| {
            name.len() == module.len()
                && name.iter().zip(module).all(|(a, b)| a == b || *a == b'-' && *b == b'_')
        };
        let parts = |name: &[u8]| -> Vec<Vec<u8>> {
            let lists = made.iter().filter(|(made, _)| same(made) || made == name);
            lists.flat_map(|(_, objects)| objects.iter().cloned()).collect()
        };
        let objects = parts(module);
        if objects.is_empty() {
            // Of one file: `obj-m += lamp.o`.
            return object.strip_suffix(b".o").is_some_and(same);
        }
        // `lamp-y := $(lamp-core-y)` is a list of lists; one level is enough.
        objects.iter().any(|part| part.as_slice() == object)
    }

    fn makefile(&self, folder: &[u8]) -> Vec<(Vec<u8>, Vec<Vec<u8>>)> {
        let text = [&b"/Kbuild"[..], b"/Makefile"]
            .iter()
            .find_map(|name| (self.read)(&[folder, name].concat()));
        parse(&text.unwrap_or_default())
    }
}

/// The lines `NAME-y += OBJECTS`, `NAME-objs := OBJECTS`, `NAME-$(CONFIG_X) += OBJECTS`.
fn parse(text: &[u8]) -> Vec<(Vec<u8>, Vec<Vec<u8>>)> {
    let joined = String::from_utf8_lossy(text).replace("\\\n", " ");
    let mut made = Vec::new();
    for line in joined.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let Some((name, objects)) = line.split_once('=') else { continue };
        let whole = name.trim_end_matches(['+', ':', '?']).trim();
        let name = whole;
        let Some((name, _)) = ["-objs", "-y", "-m", "-$("]
            .iter()
            .filter_map(|end| name.split_once(end))
            .min_by_key(|(name, _)| name.len())
        else {
            continue;
        };
        let objects = objects.split_whitespace().filter(|word| word.ends_with(".o"));
        if matches!(whole, "obj-y" | "lib-y") {
            let objects = objects.map(|object| object.as_bytes().to_vec()).collect();
            made.push((ALWAYS.to_vec(), objects));
        } else if !matches!(name, "obj" | "lib") && !name.contains(char::is_whitespace) {
            let objects = objects.map(|object| object.as_bytes().to_vec()).collect();
            made.push((name.as_bytes().to_vec(), objects));
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makefiles_say_what_a_module_is_made_of() {
        let read = |path: &[u8]| {
            match path {
            b"drivers/lamp/Makefile" => Some(
                b"obj-y := bulb.o\nobj-$(CONFIG_LAMP) += lamp-core.o dim.o\nlamp-core-y := main.o \\\n\tsub/led.o # x\n\
                  lamp-core-$(CONFIG_PM) += power.o\n"
                    .to_vec(),
            ),
            _ => None,
        }
        };
        let modules = Modules::new(&read);
        for path in ["main.c", "sub/led.c", "power.c"] {
            let path = format!("drivers/lamp/{path}");
            assert!(modules.builds(b"lamp_core", path.as_bytes()), "{path}");
            assert!(!modules.builds(b"dim", path.as_bytes()), "{path}");
        }
        assert!(modules.is_built_in(b"drivers/lamp/bulb.c"));
        assert!(!modules.is_built_in(b"drivers/lamp/dim.c"));
        assert!(modules.builds(b"dim", b"drivers/lamp/dim.c"));
        assert!(!modules.builds(b"lamp_core", b"drivers/lamp/dim.c"));
        assert!(!modules.builds(b"lamp_core", b"fs/main.c"));
    }
}
