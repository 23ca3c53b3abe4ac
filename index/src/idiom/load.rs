//! Reads idiom files, says what is wrong with a bad one, and finds the idiom of a macro.

use std::collections::{HashMap, HashSet};
use std::{hash::BuildHasherDefault, path::Path};

use serde::Deserialize;

use super::{Define, Entry, Hidden, Instantiate, Register, Run, Slot, Template};
use crate::kbuild;
use crate::kind::Kind;
use crate::name_hash::NameHasher;

/// The idioms that come with the program.
const BUILT_IN: &str = include_str!("../../queries/idioms.toml");

/// An idiom file, or one entry of it, that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct Problem {
    /// The file as the caller named it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    attributes: Vec<String>,
    #[serde(default)]
    define: Vec<toml::Spanned<toml::Table>>,
    #[serde(default)]
    register: Vec<toml::Spanned<toml::Table>>,
    #[serde(default)]
    run: Vec<toml::Spanned<toml::Table>>,
    #[serde(default)]
    hidden: Vec<toml::Spanned<toml::Table>>,
    #[serde(default)]
    instantiate: Vec<toml::Spanned<toml::Table>>,
    #[serde(default)]
    slot: Vec<toml::Spanned<toml::Table>>,
    #[serde(default)]
    entry: Vec<toml::Spanned<toml::Table>>,
    #[serde(default)]
    callbacks: Vec<String>,
    #[serde(default)]
    function_types: Vec<String>,
    #[serde(default)]
    plain_types: Vec<String>,
    #[serde(default)]
    tables: Vec<String>,
    #[serde(default)]
    member_macros: HashMap<String, String>,
    #[serde(default)]
    pastes: Vec<String>,
    #[serde(default)]
    counts: Vec<String>,
    #[serde(default)]
    reads: Vec<String>,
    #[serde(default)]
    calling_include: Vec<toml::Spanned<toml::Table>>,
    #[serde(default)]
    leads_only: Vec<toml::Spanned<toml::Table>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DefineEntry {
    macros: Vec<String>,
    kind: String,
    names: Vec<String>,
    #[serde(default)]
    bodies: Vec<usize>,
    #[serde(default)]
    functions: Vec<String>,
    #[serde(default)]
    init: Vec<String>,
    #[serde(default)]
    fills: Vec<[String; 2]>,
    #[serde(default)]
    calls: Vec<String>,
    holds: Option<String>,
    #[serde(default)]
    params: usize,
    #[serde(default, rename = "static")]
    is_static: bool,
    #[serde(default)]
    runs_on: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegisterEntry {
    macros: Vec<String>,
    table: String,
    functions: Vec<String>,
    #[serde(default)]
    fills: Vec<[String; 2]>,
    #[serde(default)]
    defines: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MembersEntry {
    macros: Vec<String>,
    members: Vec<[String; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RunEntry {
    functions: Vec<String>,
    args: Vec<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HiddenEntry {
    macros: Vec<String>,
    calls: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallingIncludeEntry {
    paths: Vec<String>,
    slot: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SlotEntry {
    macros: Vec<String>,
    slot: String,
    #[serde(default)]
    value: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeadsOnlyEntry {
    functions: Vec<String>,
    macros: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InstantiateEntry {
    when: String,
    kind: String,
    strip: String,
    table: String,
    functions: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
}

/// Patterns to idioms: exact names first, then patterns with a `*`, longest first.
#[derive(Clone, Debug)]
struct Names<T> {
    exact: HashMap<Vec<u8>, T, BuildHasherDefault<NameHasher>>,
    globs: Vec<(Vec<u8>, Vec<u8>, T)>,
    /// The bytes that names of a glob begin with, or end with where it begins with its star: few
    /// names need a look at each glob.
    begins: Bytes,
    ends: Bytes,
}

/// A set of bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Bytes([u64; 4]);

impl Bytes {
    fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    fn has(&self, byte: Option<&u8>) -> bool {
        byte.is_some_and(|byte| self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1)
    }
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        let (exact, globs) = (HashMap::default(), Vec::new());
        Names { exact, globs, begins: Bytes::default(), ends: Bytes::default() }
    }
}

impl<T: Clone> Names<T> {
    fn insert(&mut self, pattern: &str, value: &T) {
        if let Some((before, after)) = pattern.split_once('*') {
            match (before.bytes().next(), after.bytes().next_back()) {
                (Some(first), _) => self.begins.insert(first),
                (None, Some(last)) => self.ends.insert(last),
                (None, None) => (0..=u8::MAX).for_each(|any| self.ends.insert(any)),
            }
            self.globs.push((before.into(), after.into(), value.clone()));
            self.globs
                .sort_by_key(|(before, after, _)| std::cmp::Reverse(before.len() + after.len()));
        } else {
            self.exact.insert(pattern.into(), value.clone());
        }
    }

    fn get(&self, name: &[u8]) -> Option<&T> {
        let fits = |before: &[u8], after: &[u8]| {
            name.len() >= before.len() + after.len()
                && name.starts_with(before)
                && name.ends_with(after)
        };
        self.exact.get(name).or_else(|| {
            if !self.begins.has(name.first()) && !self.ends.has(name.last()) {
                return None;
            }
            let found = self.globs.iter().find(|(before, after, _)| fits(before, after));
            found.map(|(_, _, value)| value)
        })
    }
}

/// All idioms in force. Later files add to earlier ones, and win for the same macro.
#[derive(Clone, Debug, Default)]
pub struct Idioms {
    defines: Names<Define>,
    registers: Names<Register>,
    runs: Names<Run>,
    hidden: Names<Hidden>,
    slots: Names<Slot>,
    entries: Names<Entry>,
    calling_includes: Names<Vec<u8>>,
    leads_only: Names<Vec<Vec<u8>>>,
    callbacks: Vec<Vec<u8>>,
    function_types: HashSet<Vec<u8>, BuildHasherDefault<NameHasher>>,
    plain_types: HashSet<Vec<u8>, BuildHasherDefault<NameHasher>>,
    /// What tables are handed to: functions, with the parameter, and fields of structures.
    table_takers: HashMap<Vec<u8>, Vec<u32>, BuildHasherDefault<NameHasher>>,
    table_fields: HashSet<Vec<u8>, BuildHasherDefault<NameHasher>>,
    member_macros: HashMap<Vec<u8>, Vec<u8>, BuildHasherDefault<NameHasher>>,
    pub(super) pastes: HashSet<Vec<u8>, BuildHasherDefault<NameHasher>>,
    pub(super) counts: HashSet<Vec<u8>, BuildHasherDefault<NameHasher>>,
    pub(super) reads: HashSet<Vec<u8>, BuildHasherDefault<NameHasher>>,
    attributes: Names<()>,
    instantiates: Vec<Instantiate>,
    fingerprint: u32,
}

impl Idioms {
    /// The idioms that come with the program. That they are sound is tested.
    pub fn built_in() -> Self {
        let mut idioms = Idioms::default();
        idioms.add("idioms.toml", BUILT_IN);
        idioms
    }

    /// The built-in idioms and those of the user's files `idioms*.toml` in `folder`, which
    /// need not exist, in the order of their names; and what is wrong with them.
    pub fn with_folder(folder: &Path) -> (Self, Vec<Problem>) {
        let mut idioms = Self::built_in();
        let mut problems = Vec::new();
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("idioms") && name.ends_with(".toml")
        });
        paths.sort();
        for path in paths {
            let file = path.to_string_lossy();
            match std::fs::read_to_string(&path) {
                Ok(text) => problems.extend(idioms.add(&file, &text)),
                Err(error) => problems.push(Problem {
                    file: file.into_owned(),
                    line: 1,
                    reason: error.to_string(),
                }),
            }
        }
        (idioms, problems)
    }

    /// Adds what tables are handed to (`cdev_init(2)`) or put in (`ops@cdev`).
    fn add_tables(&mut self, places: &[String]) {
        for place in places {
            let (name, rest) = place.split_at(place.find(['(', '@']).unwrap_or(place.len()));
            let number = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
            match number.map(str::parse) {
                Some(Ok(number)) => self.table_takers.entry(name.into()).or_default().push(number),
                _ => _ = self.table_fields.insert(place.as_bytes().to_vec()),
            }
        }
    }

    /// Adds the idioms of a file's `text`. What is wrong is returned, the rest is in force.
    pub fn add(&mut self, file: &str, text: &str) -> Vec<Problem> {
        let problem = |at: usize, reason: String| {
            let before = text.as_bytes().get(..at).unwrap_or_default();
            let line = 1 + memchr::memchr_iter(b'\n', before).count();
            Problem { file: file.to_owned(), line, reason }
        };
        let parsed: File = match toml::from_str(text) {
            Ok(parsed) => parsed,
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                return vec![problem(at, error.message().to_owned())];
            }
        };
        let mut hasher = crc32fast::Hasher::new_with_initial(self.fingerprint);
        hasher.update(text.as_bytes());
        self.fingerprint = hasher.finalize();
        for word in &parsed.attributes {
            self.attributes.insert(word, &());
        }
        self.callbacks.extend(parsed.callbacks.iter().map(|word| word.as_bytes().to_vec()));
        self.function_types.extend(parsed.function_types.into_iter().map(String::into_bytes));
        self.plain_types.extend(parsed.plain_types.into_iter().map(String::into_bytes));
        self.add_tables(&parsed.tables);
        let member_macros = parsed.member_macros.into_iter();
        self.member_macros.extend(member_macros.map(|(name, path)| (name.into(), path.into())));
        self.pastes.extend(parsed.pastes.iter().map(|word| word.as_bytes().to_vec()));
        self.counts.extend(parsed.counts.iter().map(|word| word.as_bytes().to_vec()));
        self.reads.extend(parsed.reads.iter().map(|word| word.as_bytes().to_vec()));
        let mut problems = Vec::new();
        let mut each =
            |entries: Vec<toml::Spanned<toml::Table>>,
             take: &mut dyn FnMut(toml::Table) -> Result<(), String>| {
                for entry in entries {
                    let at = entry.span().start;
                    if let Err(reason) = take(entry.into_inner()) {
                        problems.push(problem(at, reason));
                    }
                }
            };
        each(parsed.define, &mut |table| self.add_define(read(table)?));
        each(parsed.register, &mut |table| self.add_register(&read(table)?));
        each(parsed.run, &mut |table| self.add_run(read(table)?));
        each(parsed.hidden, &mut |table| self.add_hidden(&read(table)?));
        each(parsed.calling_include, &mut |table| {
            let CallingIncludeEntry { paths, slot } = read(table)?;
            paths.iter().for_each(|path| self.calling_includes.insert(path, &slot.clone().into()));
            Ok(())
        });
        each(parsed.leads_only, &mut |table| {
            let LeadsOnlyEntry { functions, macros } = read(table)?;
            let macros: Vec<Vec<u8>> = macros.into_iter().map(String::into_bytes).collect();
            functions.iter().for_each(|function| self.leads_only.insert(function, &macros));
            Ok(())
        });
        each(parsed.slot, &mut |table| self.add_slot(&read(table)?));
        each(parsed.entry, &mut |table| self.add_entry(&read(table)?));
        each(parsed.instantiate, &mut |table| self.add_instantiate(read(table)?));
        problems
    }

    /// A number that changes with the idioms, with what is known of conditions, and with what this
    /// version makes of them: a graph made with another is to be built anew.
    pub fn fingerprint(&self) -> u32 {
        self.fingerprint ^ kbuild::fingerprint() ^ crate::versions::OUTLINE
    }

    fn add_define(&mut self, entry: DefineEntry) -> Result<(), String> {
        let idiom = Define {
            kind: kind(&entry.kind)?,
            names: templates(&entry.names)?,
            bodies: entry.bodies,
            functions: templates(&entry.functions)?,
            init: templates(&entry.init)?,
            fills: pairs(&entry.fills)?,
            calls: templates(&entry.calls)?,
            holds: entry.holds,
            params: entry.params,
            is_static: entry.is_static,
            runs_on: entry.runs_on,
        };
        if idiom.names.is_empty() {
            return Err("`names` is empty".to_owned());
        }
        entry.macros.iter().for_each(|name| self.defines.insert(name, &idiom));
        Ok(())
    }

    fn add_register(&mut self, entry: &RegisterEntry) -> Result<(), String> {
        let functions = templates(&entry.functions)?;
        let table = Template::parse(&entry.table)?;
        let fills = pairs(&entry.fills)?;
        let idiom = Register { table, functions, fills, defines: entry.defines };
        entry.macros.iter().for_each(|name| self.registers.insert(name, &idiom));
        Ok(())
    }

    fn add_run(&mut self, entry: RunEntry) -> Result<(), String> {
        if entry.args.is_empty() || entry.args.contains(&0) {
            return Err("`args` must hold numbers of arguments, from 1".to_owned());
        }
        let idiom = Run { args: entry.args };
        entry.functions.iter().for_each(|name| self.runs.insert(name, &idiom));
        Ok(())
    }

    fn add_hidden(&mut self, entry: &HiddenEntry) -> Result<(), String> {
        let idiom = Hidden { calls: templates(&entry.calls)? };
        entry.macros.iter().for_each(|name| self.hidden.insert(name, &idiom));
        Ok(())
    }

    fn add_slot(&mut self, entry: &SlotEntry) -> Result<(), String> {
        let idiom = Slot { slot: Template::parse(&entry.slot)?, value: entry.value };
        entry.macros.iter().for_each(|name| self.slots.insert(name, &idiom));
        Ok(())
    }

    fn add_entry(&mut self, entry: &MembersEntry) -> Result<(), String> {
        let member = |[name, member]: &[String; 2]| Ok((Template::parse(name)?, member.clone()));
        let members = entry.members.iter().map(member).collect::<Result<_, String>>()?;
        let idiom = Entry { members };
        entry.macros.iter().for_each(|name| self.entries.insert(name, &idiom));
        Ok(())
    }

    fn add_instantiate(&mut self, entry: InstantiateEntry) -> Result<(), String> {
        self.instantiates.push(Instantiate {
            when: entry.when,
            kind: kind(&entry.kind)?,
            strip: entry.strip,
            table: Template::parse(&entry.table)?,
            functions: templates(&entry.functions)?,
            names: templates(&entry.names)?,
        });
        Ok(())
    }

    /// The idiom of a macro that defines what it names.
    pub fn define(&self, name: &[u8]) -> Option<&Define> {
        self.defines.get(name)
    }

    /// The idiom of a macro that registers functions.
    pub fn register(&self, name: &[u8]) -> Option<&Register> {
        self.registers.get(name)
    }

    /// The idiom of a function that runs the functions it is handed.
    pub fn run(&self, name: &[u8]) -> Option<&Run> {
        self.runs.get(name)
    }

    /// The idiom of a macro that calls functions it does not name.
    pub fn hidden(&self, name: &[u8]) -> Option<&Hidden> {
        self.hidden.get(name)
    }

    /// The idiom of a macro that fills a slot, or calls through one.
    pub fn slot(&self, name: &[u8]) -> Option<&Slot> {
        self.slots.get(name)
    }

    /// The macros that alone register what a function leads to through a call of what it is handed, and
    /// with a `!` before them those that register none of it; none: it leads to whatever is there.
    pub fn leads_only(&self, function: &[u8]) -> Option<&[Vec<u8>]> {
        self.leads_only.get(function).map(Vec::as_slice)
    }

    /// The slot that a function calls through by including this path in its body.
    pub fn called_by_including(&self, path: &[u8]) -> Option<&[u8]> {
        self.calling_includes.get(path).map(Vec::as_slice)
    }

    /// The idiom of a macro that writes an entry of a table.
    pub fn entry(&self, name: &[u8]) -> Option<&Entry> {
        self.entries.get(name)
    }

    /// The path of members that a macro stands for: `__sk_common.skc_prot` for `sk_prot`.
    pub fn member_path(&self, name: &[u8]) -> Option<&[u8]> {
        self.member_macros.get(name).map(Vec::as_slice)
    }

    /// Whether a type or a parameter is called as pointers to functions are.
    pub fn is_callback(&self, name: &[u8]) -> bool {
        let is_one = |part: &[u8]| {
            self.callbacks.iter().any(|word| match word.strip_prefix(b"*") {
                Some(end) => part.ends_with(end),
                None => part == &word[..],
            })
        };
        name.split(|byte| *byte == b'_').any(is_one) || self.is_function_type(name)
    }

    /// Whether a type is listed as one of functions, or of pointers to them.
    pub fn is_function_type(&self, name: &[u8]) -> bool {
        self.function_types.contains(name)
    }

    /// Whether a type's name stands for a number or the like: there are no functions behind it.
    pub fn is_plain_type(&self, name: &[u8]) -> bool {
        self.plain_types.contains(name)
    }

    /// Which of a function's parameters tables are handed to.
    pub fn takes_tables(&self, function: &[u8]) -> &[u32] {
        self.table_takers.get(function).map_or(&[], Vec::as_slice)
    }

    /// Whether the slot of a member may be one that tables are put in of which it is to be known who has it. Of a
    /// path of members only other files tell.
    pub fn is_for_tables(&self, slot: &[u8]) -> bool {
        let Some(at) = memchr::memchr(b'@', slot) else { return false };
        let is_path = slot[at..].iter().any(|byte| matches!(byte, b'.' | b'=' | b'~' | b'('));
        let is_field = |place: &Vec<u8>| place.get(..=at) == Some(&slot[..=at]);
        match is_path {
            true => self.table_fields.iter().any(is_field),
            false => self.table_fields.contains(slot),
        }
    }

    /// Whether the word is an attribute, so that `word(…)` is not a function's head.
    pub fn is_attribute(&self, name: &[u8]) -> bool {
        self.attributes.get(name).is_some()
    }

    /// What including files make of definitions elsewhere.
    pub fn instantiates(&self) -> &[Instantiate] {
        &self.instantiates
    }
}

fn read<T: serde::de::DeserializeOwned>(table: toml::Table) -> Result<T, String> {
    T::deserialize(table).map_err(|error| error.message().to_owned())
}

/// Pairs of templates: names, and the slots that they fill.
fn pairs(texts: &[[String; 2]]) -> Result<Vec<(Template, Template)>, String> {
    let pair = |[name, slot]: &[String; 2]| Ok((Template::parse(name)?, Template::parse(slot)?));
    texts.iter().map(pair).collect()
}

fn templates(texts: &[String]) -> Result<Vec<Template>, String> {
    texts.iter().map(|text| Template::parse(text)).collect()
}

fn kind(name: &str) -> Result<Kind, String> {
    Kind::from_name(name).ok_or_else(|| format!("`{name}` is not a kind of definition"))
}

#[cfg(test)]
mod tests {
    use super::{BUILT_IN, Idioms};

    #[test]
    fn the_built_in_idioms_are_sound() {
        assert_eq!(Idioms::default().add("idioms.toml", BUILT_IN), []);
    }

    #[test]
    fn a_bad_entry_names_file_line_and_reason_and_the_rest_works() {
        let text = "[[run]]\nfunctions = [\"go\"]\nargs = [1]\n\n[[run]]\nfunctions = [\"stop\"]\nargs = [0]\n\n\
                    [[define]]\nmacros = [\"D\"]\nkind = \"thing\"\nnames = [\"{1}\"]\n";
        let mut idioms = Idioms::default();
        let problems: Vec<String> =
            idioms.add("mine.toml", text).iter().map(ToString::to_string).collect();
        assert_eq!(
            problems,
            [
                "mine.toml:9: `thing` is not a kind of definition",
                "mine.toml:5: `args` must hold numbers of arguments, from 1"
            ]
        );
        assert!(idioms.run(b"go").is_some());
        assert!(idioms.run(b"stop").is_none());
    }

    #[test]
    fn a_file_that_is_not_toml_is_one_problem() {
        let problems = Idioms::default().add("x.toml", "a = 1\n[[run\n");
        assert_eq!((problems.len(), problems[0].line), (1, 2));
    }

    #[test]
    fn a_pattern_matches_where_no_exact_name_does() {
        let mut idioms = Idioms::default();
        let text = "[[run]]\nfunctions = [\"smp_call_*\"]\nargs = [1]\n[[run]]\nfunctions = [\"smp_call_on_cpu\"]\nargs = [2]\n";
        assert_eq!(idioms.add("x", text), []);
        assert_eq!(idioms.run(b"smp_call_function").map(|r| r.args.clone()), Some(vec![1]));
        assert_eq!(idioms.run(b"smp_call_on_cpu").map(|r| r.args.clone()), Some(vec![2]));
    }
}
