//! Makes the text of a template: macros that stand for texts are looked up where the call
//! stands, first in its file, then in what that includes, then nearby.

use std::collections::HashMap;

use kgrep_index::outline::formats::{Formats, Part, Template, TextMacro};
use kgrep_index::paths::{beside, split};
use rayon::prelude::*;

/// Stands for the format in a printer's text: parameter 1.
pub(super) const FORMAT: [u8; 2] = [3, 33];
/// In a text: something that is known only when it runs.
pub(super) const UNKNOWN: u8 = 5;
/// In a text: the module's name. The file's name, which it mostly is, follows to [`END`].
pub(super) const MODULE: u8 = 1;
/// Ends what a mark began.
pub(super) const END: u8 = 2;

/// Macros inside macros beyond this are left unknown.
const DEEPEST: usize = 8;
/// A text that macros make longer than this is cut.
const LONGEST: usize = 8192;

/// Whose text is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// A call's: it is whole.
    Call,
    /// A function's that prints: its format stays open.
    Function,
    /// A macro's: also what the file where it is used says.
    Macro,
}

/// A file and what it says of printing.
pub(super) struct FileTexts<'a> {
    pub(super) path: &'a [u8],
    pub(super) formats: Formats<'a>,
}

/// Where a text stands.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) file: u32,
    pub(super) line: u32,
    pub(super) function: &'a [u8],
}

/// All macros for texts.
pub(super) struct Texts<'f, 'a> {
    files: &'f [FileTexts<'a>],
    /// Macros of headers by name: the file, and the macro's number there.
    shared: HashMap<&'a [u8], Vec<(u32, u32)>>,
    /// Variables that are texts and that other files can name, by name.
    variables: HashMap<&'a [u8], Vec<(u32, u32)>>,
    /// The headers that each file includes with quotes.
    included: Vec<Vec<u32>>,
    /// For headers: the first file that includes them and says how its messages begin.
    includers: HashMap<u32, u32>,
}

impl<'f, 'a> Texts<'f, 'a> {
    pub(super) fn new(files: &'f [FileTexts<'a>]) -> Texts<'f, 'a> {
        let mut shared: HashMap<&[u8], Vec<(u32, u32)>> = HashMap::new();
        let mut variables: HashMap<&[u8], Vec<(u32, u32)>> = HashMap::new();
        for (number, file) in files.iter().enumerate() {
            let is_header = file.path.ends_with(b".h");
            for (at, text) in file.formats.macros.iter().enumerate() {
                let known = match is_header {
                    true => &mut shared,
                    false if text.shared => &mut variables,
                    false => continue,
                };
                known.entry(text.name).or_default().push((number as u32, at as u32));
            }
        }
        let included: Vec<Vec<u32>> =
            files.par_iter().map(|file| included_by(file, files)).collect();
        let includers = includers(files, &included);
        Texts { files, shared, variables, included, includers }
    }

    /// The text of `template` at `site`, which is that of a call, or of what prints.
    pub(super) fn expand(&self, template: &[u8], site: Site<'_>, of: Of) -> Vec<u8> {
        if template.iter().all(|byte| *byte >= 8) {
            return template.to_vec();
        }
        let mut out = Vec::new();
        let expansion = Expansion { texts: self, site, of };
        let mut parts = Template(template).parts();
        while expansion.run(&mut parts, None, 0, &mut out) {}
        out.truncate(LONGEST);
        out
    }

    /// The macro `name` as it is at `site`.
    fn find(&self, name: &[u8], site: Site<'_>) -> Option<TextMacro<'a>> {
        let file = self.files.get(site.file as usize)?;
        let own = file.formats.macros.iter().filter(|known| known.name == name);
        let mut first = None;
        let mut last = None;
        for known in own {
            first = first.or(Some(*known));
            if known.line <= site.line {
                last = Some(*known);
            }
        }
        last.or(first).or_else(|| self.find_shared(name, site.file)).or_else(|| {
            // A header prints as the file does that includes it.
            let includer = self.includers.get(&site.file)?;
            let file = self.files.get(*includer as usize)?;
            let own = name.ends_with(b"_fmt");
            file.formats.macros.iter().find(|known| own && known.name == name).copied()
        })
    }

    fn find_shared(&self, name: &[u8], file: u32) -> Option<TextMacro<'a>> {
        for header in self.included.get(file as usize)? {
            let macros = &self.files[*header as usize].formats.macros;
            if let Some(found) = macros.iter().find(|known| known.name == name) {
                return Some(*found);
            }
        }
        // What a file says of its own messages counts only where it is included.
        if name.ends_with(b"_fmt") {
            return None;
        }
        let Some(all) = self.shared.get(name) else { return self.find_beside(name, file) };
        let here = self.files.get(file as usize)?.path;
        let near = |header: u32| shared_folders(here, self.files[header as usize].path);
        let best =
            all.iter().max_by_key(|(header, _)| (near(*header), std::cmp::Reverse(*header)))?;
        let header = &self.files[best.0 as usize];
        if near(best.0) == 0 && !header.path.starts_with(b"include/") {
            return None;
        }
        header.formats.macros.get(best.1 as usize).copied()
    }

    /// The variable of another file in the same folder.
    fn find_beside(&self, name: &[u8], file: u32) -> Option<TextMacro<'a>> {
        let folder = |file: u32| split(self.files[file as usize].path).0;
        let mut beside =
            self.variables.get(name)?.iter().filter(|(f, _)| folder(*f) == folder(file));
        let (found, None) = (beside.next()?, beside.next()) else { return None };
        self.files[found.0 as usize].formats.macros.get(found.1 as usize).copied()
    }

    /// How near the definition in `other` is to `file`: included by it, or in its folders.
    pub(super) fn nearness(&self, file: u32, other: u32) -> (bool, usize) {
        let included = self.included.get(file as usize).is_some_and(|all| all.contains(&other));
        let path = |file: u32| self.files.get(file as usize).map_or(&b""[..], |file| file.path);
        (included, shared_folders(path(file), path(other)))
    }
}

/// For headers the first file that includes them, also through others, and says how its
/// messages begin.
fn includers(files: &[FileTexts<'_>], included: &[Vec<u32>]) -> HashMap<u32, u32> {
    let mut includers = HashMap::new();
    for (number, direct) in included.iter().enumerate() {
        let macros = &files[number].formats.macros;
        if !macros.iter().any(|text| text.name.ends_with(b"_fmt")) {
            continue;
        }
        let mut open: Vec<(u32, usize)> = direct.iter().map(|header| (*header, 1)).collect();
        while let Some((header, depth)) = open.pop() {
            let is_new = !includers.contains_key(&header);
            includers.entry(header).or_insert(number as u32);
            if is_new && depth < DEEPEST {
                open.extend(included[header as usize].iter().map(|next| (*next, depth + 1)));
            }
        }
    }
    includers
}

/// The files that `file` includes with quotes, as far as they are beside it.
fn included_by(file: &FileTexts<'_>, files: &[FileTexts<'_>]) -> Vec<u32> {
    let find = |include: &&[u8]| {
        let path = beside(file.path, include);
        files.binary_search_by(|known| known.path.cmp(&path)).ok().map(|at| at as u32)
    };
    file.formats.includes.iter().filter_map(find).collect()
}

/// How many folders two paths have in common.
pub(super) fn shared_folders(one: &[u8], other: &[u8]) -> usize {
    let same = one.iter().zip(other).take_while(|(a, b)| a == b);
    same.filter(|(byte, _)| **byte == b'/').count()
}

/// The name that the module of a file mostly has: the file's.
pub(super) fn module_of(path: &[u8]) -> Vec<u8> {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let stem = name.split(|byte| *byte == b'.').next().unwrap_or(name);
    stem.iter().map(|byte| if *byte == b'-' { b'_' } else { *byte }).collect()
}

struct Expansion<'t, 'f, 'a, 's> {
    texts: &'t Texts<'f, 'a>,
    site: Site<'s>,
    of: Of,
}

impl Expansion<'_, '_, '_, '_> {
    /// Appends the parts up to the end or to what closes the macro around them; `argument` is
    /// what parameter 1 stands for. Whether there may be more.
    fn run<'p>(
        &self,
        parts: &mut dyn Iterator<Item = Part<'p>>,
        argument: Option<&[u8]>,
        depth: usize,
        out: &mut Vec<u8>,
    ) -> bool {
        while let Some(part) = parts.next() {
            if out.len() > LONGEST {
                return false;
            }
            match part {
                Part::Literal(text) => out.extend(text),
                Part::Name(name) => self.name(name, depth, out),
                Part::Param(1) if argument.is_some() => out.extend(argument.unwrap_or_default()),
                Part::Param(1) if self.of != Of::Call => out.extend(FORMAT),
                Part::Quoted(number) if self.of != Of::Call => {
                    out.extend([4, 32 + number.min(200) as u8])
                }
                Part::Param(_) | Part::Quoted(_) | Part::Unknown => out.push(UNKNOWN),
                Part::Open(name) => {
                    let mut inner = Vec::new();
                    if depth < DEEPEST {
                        self.run(parts, argument, depth + 1, &mut inner);
                    }
                    self.open(name, &inner, depth, out);
                }
                Part::Close => return true,
            }
        }
        false
    }

    /// The macro `name` around the text `inner`.
    fn open(&self, name: &[u8], inner: &[u8], depth: usize, out: &mut Vec<u8>) {
        if self.of == Of::Macro && name.ends_with(b"_fmt") {
            out.push(6);
            out.extend(name);
            out.push(2);
            out.extend(inner);
            out.push(7);
            return;
        }
        match self.texts.find(name, self.site) {
            Some(text) if depth < DEEPEST => {
                let mut parts = text.text.parts();
                match (parts.next(), parts.next()) {
                    // `#define dev_fmt pr_fmt`
                    (Some(Part::Name(other)), None) => self.open(other, inner, depth + 1, out),
                    _ => _ = self.run(&mut text.text.parts(), Some(inner), depth + 1, out),
                }
            }
            _ => out.extend(inner),
        }
    }

    /// The name of the file that is compiled: a header is a part of what includes it.
    fn file_name(&self) -> Vec<u8> {
        let file = self.texts.includers.get(&self.site.file).unwrap_or(&self.site.file);
        let path = self.texts.files.get(*file as usize).map_or(&b""[..], |file| file.path);
        module_of(path)
    }

    fn name(&self, name: &[u8], depth: usize, out: &mut Vec<u8>) {
        if name.starts_with(b"KERN_") || name == b"__VA_ARGS__" {
            return;
        }
        let caller = matches!(name, b"__func__" | b"__FUNCTION__" | b"KBUILD_MODNAME");
        if self.of == Of::Macro && caller {
            out.push(1);
            out.extend(name);
            out.push(2);
            return;
        }
        match name {
            // A macro's is that of whatever uses it.
            b"__func__" | b"__FUNCTION__" if self.site.function.is_empty() => out.push(UNKNOWN),
            b"__func__" | b"__FUNCTION__" => out.extend(self.site.function),
            b"KBUILD_MODNAME" => {
                out.push(MODULE);
                out.extend(self.file_name());
                out.push(END);
            }
            // The file's own name, whatever the module is called that it is a part of.
            b"KBUILD_BASENAME" => out.extend(self.file_name()),
            _ => match self.texts.find(name, self.site) {
                Some(text) if depth < DEEPEST => {
                    self.run(&mut text.text.parts(), None, depth + 1, out);
                }
                _ => out.push(UNKNOWN),
            },
        }
    }
}

/// `text` with the source of the first argument in place of its quotation.
pub(super) fn quote(text: &[u8], source: &[u8]) -> Vec<u8> {
    match memchr::memmem::find(text, &[4, 33]) {
        Some(at) => [&text[..at], source, &text[at + 2..]].concat(),
        None => text.to_vec(),
    }
}

/// `text` with `format` in place of parameter 1.
pub(super) fn fill(text: &[u8], format: &[u8]) -> Vec<u8> {
    match memchr::memmem::find(text, &FORMAT) {
        Some(at) => [&text[..at], format, &text[at + FORMAT.len()..]].concat(),
        None => text.to_vec(),
    }
}
