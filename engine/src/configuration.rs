//! The kernel that a `.config` describes: the configuration, and what it builds of a tree.
//!
//! Which file is meant is the face's to say; nothing of the tree is executed.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use kgrep_index::configured::{Around, Configured, Presence, Symbol};
use kgrep_index::kbuild::kconfig::{Kconfig, Need, Tristate};
use kgrep_index::kbuild::{
    Built, Compiled, Configuration, Disk, Explanation, Files, Knowledge, Value, built, explain,
    explain_all, with_includes,
};
use kgrep_index::{Fresh, Index, Tree};
use rayon::prelude::*;

use crate::{Error, Note, Result};

/// Fewer files are not worth the hand-over to other processors.
const MANY: usize = 8;

/// The configuration that a user means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KconfigChoice {
    /// A `.config`, one packed with gzip, or a built kernel's folder; from the tree's root.
    pub path: PathBuf,
    /// Whether the user has named it for this very question: otherwise a tree without kernel code
    /// has none.
    pub named: bool,
    /// Whether a tree in which it is missing has none.
    pub if_there: bool,
}

/// A tree under one configuration.
pub struct Kernel {
    /// The values of its symbols.
    pub config: Configuration,
    /// Where they were read.
    path: PathBuf,
    tree: Tree,
    /// The configuration's text, as it was read.
    bytes: Vec<u8>,
    knowledge: Knowledge,
    files: Disk,
    configured: OnceLock<Configured>,
    built: OnceLock<Built>,
    kconfig: OnceLock<Kconfig>,
    /// What of a file is compiled, of those that were asked about.
    compiled: Mutex<HashMap<Vec<u8>, Arc<Compiled>>>,
    /// The path and the text of the file that was read last.
    text: Mutex<(Vec<u8>, Vec<u8>)>,
}

/// What is told of a part of what a symbol depends on.
pub struct Needed {
    /// `yes`, `no` or `unknown`: whether it holds.
    pub holds: &'static str,
    /// Its first symbol, without `CONFIG_`; empty where it has none.
    pub symbol: Vec<u8>,
    /// The values of all its symbols.
    pub values: Vec<String>,
}

/// The architecture whose folder of configurations `path` is in: `arch/x86/configs/x86_64_defconfig`.
fn of_configs(path: &Path) -> Option<&str> {
    let folder = path.parent().filter(|folder| folder.ends_with("configs"))?.parent()?;
    let is_of_arch = folder.parent().is_some_and(|above| above.ends_with("arch"));
    folder.file_name().and_then(OsStr::to_str).filter(|_| is_of_arch)
}

impl Kernel {
    /// The kernel that `choice` means in `tree`, if it is for this tree at all.
    ///
    /// # Errors
    /// As [`Kernel::read`].
    pub fn chosen(
        tree: &Tree,
        choice: &KconfigChoice,
        arch: Option<&str>,
    ) -> Result<Option<Kernel>> {
        let root = tree.root();
        let path = root.join(&choice.path);
        let makes = ["Kconfig", "Kbuild", "Makefile"].iter().any(|name| root.join(name).is_file());
        if !choice.named && !makes || choice.if_there && !path.exists() {
            return Ok(None);
        }
        Kernel::read(tree, &path, arch).map(Some)
    }

    /// The kernel that `choice` means in the tree around `path`, if that is there.
    ///
    /// # Errors
    /// As [`Kernel::read`].
    pub fn around(
        path: &Path,
        choice: &KconfigChoice,
        arch: Option<&str>,
    ) -> Result<Option<Kernel>> {
        let Ok(path) = path.canonicalize() else { return Ok(None) };
        let folder = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(&path) };
        Kernel::chosen(&Tree::locate(folder)?, choice, arch)
    }

    /// The kernel that the configuration at `path` describes: a `.config`, one packed with gzip,
    /// or a folder that a kernel was built in. `arch` outranks what the file says.
    ///
    /// # Errors
    /// If the file can't be read, is not a configuration, or doesn't tell the architecture.
    pub fn read(tree: &Tree, path: &Path, arch: Option<&str>) -> Result<Kernel> {
        let path: PathBuf = if path.is_dir() { path.join(".config") } else { path.to_owned() };
        let read = |source| Error::Read { path: path.clone(), source };
        let bytes = std::fs::read(&path).map_err(read)?;
        let knowledge = Knowledge::built_in();
        let config = Configuration::read(&bytes, &knowledge)
            .map_err(|_| Error::NotConfiguration { path: path.clone() })?;
        let is_told = config.architecture().is_some();
        let config = match arch.or_else(|| of_configs(&path).filter(|_| !is_told)) {
            Some(arch) => config.with_architecture(arch),
            None if !is_told => return Err(Error::NoArchitecture { path }),
            None => config,
        };
        let files = Disk::new(tree.root().to_owned());
        let (configured, built, kconfig) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        let (tree, compiled, text) = (tree.clone(), Mutex::default(), Mutex::default());
        Ok(Kernel {
            config,
            path,
            tree,
            bytes,
            knowledge,
            files,
            configured,
            built,
            kconfig,
            compiled,
            text,
        })
    }

    /// What is to be said of its configuration.
    pub fn note(&self) -> Option<Note> {
        let is_part = !self.config.is_whole();
        is_part.then(|| Note::PartOfConfiguration { path: self.path.clone() })
    }

    /// The tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The files that the configuration has, headers too: as the cache folder `cache` has them
    /// from before, or evaluated now. What `index` saw change need not be looked for.
    pub fn configured(&self, cache: &Path, index: Option<(&Index, &Fresh)>) -> &Configured {
        self.configured.get_or_init(|| {
            let around = Around { tree: &self.tree, cache, index };
            let (found, built) =
                Configured::of(&around, &self.config, &self.bytes, &self.knowledge);
            if let Some(built) = built {
                // What asks for it next need not evaluate it again.
                let _ = self.built.set(built);
            }
            found
        })
    }

    /// What the tree says of a Kconfig symbol, without `CONFIG_`, as it was kept or evaluated now;
    /// `None` if no Kconfig file has it.
    pub fn symbol(
        &self,
        cache: &Path,
        index: Option<(&Index, &Fresh)>,
        name: &[u8],
    ) -> Option<Symbol> {
        let configured = self.configured(cache, index);
        let around = Around { tree: &self.tree, cache, index };
        let built = || self.built(cache, index);
        configured.symbol(&around, (&self.config, &self.bytes), built, name)
    }

    /// Which lines of the file at `path` are compiled, and which uses on them; of its other files
    /// than C's all are.
    pub fn compiled(&self, configured: &Configured, path: &[u8]) -> Option<Arc<Compiled>> {
        if ![&b".c"[..], b".h", b".S"].iter().any(|suffix| path.ends_with(suffix)) {
            return None;
        }
        let known = || self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(path) {
            return Some(Arc::clone(found));
        }
        let bytes = self.files.read(path).unwrap_or_default();
        let module = configured.is_of_module(path);
        let defines = configured.defines().of(path);
        let found = Compiled::of(path, &bytes, &self.config, &self.knowledge, module, &defines);
        let found = Arc::new(found);
        known().insert(path.to_vec(), Arc::clone(&found));
        Some(found)
    }

    /// Finds out for many files at once, on all processors, what [`Kernel::compiled`] is asked next.
    pub fn expect_compiled<'p>(
        &self,
        configured: &Configured,
        paths: impl Iterator<Item = &'p [u8]>,
    ) {
        let mut paths: Vec<&[u8]> = paths.collect();
        paths.sort_unstable();
        paths.dedup();
        if paths.len() < MANY {
            return;
        }
        paths.par_iter().for_each(|path| {
            if configured.presence(path) != Presence::Out {
                self.compiled(configured, path);
            }
        });
    }

    /// Whether a name is one that only another architecture's code has for a system call.
    pub fn is_of_other_architecture(&self, name: &[u8]) -> bool {
        self.knowledge.is_entry_of_other(name, self.config.architecture().unwrap_or_default())
    }

    /// The line on which a definition uses `name`, if the configuration has such a use: `line`, or
    /// another one of `lines`, over which the definition extends in the file at `path`.
    pub fn line_with(
        &self,
        configured: &Configured,
        path: &[u8],
        lines: (u32, u32),
        line: u32,
        name: &[u8],
    ) -> Option<u32> {
        // Of `field@structure` the field stands in the text.
        let name = name.split(|b| *b == b'@').next().unwrap_or(name);
        let Some(compiled) = self.compiled(configured, path) else { return Some(line) };
        if compiled.uses(line, name) {
            return Some(line);
        }
        let mut last = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        if last.0 != path {
            *last = (path.to_vec(), self.files.read(path).unwrap_or_default());
        }
        compiled.line_with(&last.1, lines, name)
    }

    /// What the configuration builds, files that others include too; as [`Kernel::configured`].
    pub fn built(&self, cache: &Path, index: Option<(&Index, &Fresh)>) -> &Built {
        let configured = self.configured(cache, index);
        self.built.get_or_init(|| {
            let make = || {
                let (files, config, knowledge) = (&self.files, &self.config, &self.knowledge);
                with_includes(built(files, config, knowledge), files, config, knowledge)
            };
            let around = Around { tree: &self.tree, cache, index };
            configured.lines(&around, (&self.config, &self.bytes), make)
        })
    }

    /// `CONFIG_X=y`, or that it is not set.
    pub fn value_text(&self, symbol: &[u8]) -> String {
        let name = String::from_utf8_lossy(symbol);
        match self.config.value(symbol) {
            None => format!("CONFIG_{name} is not set"),
            Some(Value::Text(text)) => {
                format!("CONFIG_{name}=\"{}\"", String::from_utf8_lossy(text))
            }
            Some(_) => {
                let written = self.config.text(symbol);
                format!("CONFIG_{name}={}", String::from_utf8_lossy(written))
            }
        }
    }

    /// A part of what a symbol depends on, for an answer.
    pub fn needed(&self, need: &Need<'_>) -> Needed {
        let holds = match need.value {
            Some(Tristate::No) => "no",
            Some(_) => "yes",
            None => "unknown",
        };
        let symbols = need.expression.symbols();
        Needed {
            holds,
            symbol: symbols.first().map(|symbol| symbol.to_vec()).unwrap_or_default(),
            values: symbols.iter().map(|symbol| self.value_text(symbol)).collect(),
        }
    }

    /// The symbols of the tree's Kconfig files.
    pub fn kconfig(&self) -> &Kconfig {
        self.kconfig.get_or_init(|| Kconfig::read(&self.files, &self.config))
    }

    /// Why a file, by its path below the tree's root, is built or not: `built` says what is.
    pub fn explain(&self, built: &Built, path: &[u8]) -> Explanation {
        explain(built, &self.files, &self.config, &self.knowledge, path)
    }

    /// The same of many files, in their order; what they have in common is read once.
    pub fn explain_all(
        &self,
        built: &Built,
        paths: &mut dyn Iterator<Item = &[u8]>,
        found: &mut dyn FnMut(Explanation),
    ) {
        explain_all(built, &self.files, &self.config, &self.knowledge, paths, found);
    }
}
