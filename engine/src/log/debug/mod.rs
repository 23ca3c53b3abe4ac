//! Exact lines, where debug information is at hand: what text can't know, a binary does.
//!
//! A frame's function is looked up by its name and size, so an address that was moved (KASLR)
//! does not matter; where a trace has addresses alone, `Kernel Offset` says how far. A file of
//! another build than the log's is not asked.

mod elf;
mod packed;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::frame::{Frame, FrameKind, build_id, kernel_offset};
use elf::Elf;

/// Why a file has no debug information to ask.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct DebugError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

/// Where an address is, by debug information.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exact {
    /// The file, as the compiler was given it.
    pub(super) path: Vec<u8>,
    /// The line, from 1.
    pub(super) line: u32,
    /// The function.
    pub(super) function: Vec<u8>,
}

/// The kernel and its modules, with debug information.
#[derive(Default)]
pub struct Debug {
    kernel: Option<Binary>,
    modules: HashMap<Vec<u8>, Binary>,
    /// The build ids that the log names for the kernel.
    ids: RefCell<HashSet<Vec<u8>>>,
    /// How far the kernel was moved.
    moved: Cell<u64>,
    problems: RefCell<Vec<String>>,
}

/// A file that is read once it is asked for.
struct Binary {
    path: PathBuf,
    elf: OnceCell<Option<Rc<Elf>>>,
    /// Whether it was told that it is another build's.
    is_told: Cell<bool>,
}

/// Folders below each other in a folder of modules.
const DEEPEST: usize = 16;

/// How names of modules' files end, the better ones last.
const ENDS: [&str; 8] = [
    ".ko.zst",
    ".ko.xz",
    ".ko.gz",
    ".ko.debug.zst",
    ".ko.debug.xz",
    ".ko.debug.gz",
    ".ko",
    ".ko.debug",
];

impl Debug {
    /// Of the kernel `vmlinux` and the modules below the folder `modules`.
    ///
    /// # Errors
    /// When the kernel has no debug information, or the folder can't be read.
    pub fn open(vmlinux: Option<&Path>, modules: Option<&Path>) -> Result<Debug, DebugError> {
        let mut debug = Debug::default();
        if let Some(path) = vmlinux {
            let elf = Elf::open(path)?;
            let kernel = Binary::at(path.to_owned());
            let _ = kernel.elf.set(Some(Rc::new(elf)));
            debug.kernel = Some(kernel);
        }
        if let Some(folder) = modules {
            let error =
                |why: std::io::Error| DebugError { path: folder.to_owned(), why: why.to_string() };
            fs::read_dir(folder).map_err(error)?;
            let mut found: HashMap<Vec<u8>, (usize, PathBuf)> = HashMap::new();
            gather(folder, DEEPEST, &mut found);
            if found.is_empty() {
                let why = "no module (*.ko, *.ko.debug, packed or not) is below it".to_owned();
                return Err(DebugError { path: folder.to_owned(), why });
            }
            let modules = found.into_iter().map(|(name, (_, path))| (name, Binary::at(path)));
            debug.modules = modules.collect();
        }
        Ok(debug)
    }

    /// Notes what a line of the log says of the kernel's build, and of where it lay.
    pub(super) fn note(&self, text: &[u8]) {
        if let Some(id) = build_id(text) {
            self.ids.borrow_mut().insert(id);
        }
        if let Some(moved) = kernel_offset(text) {
            self.moved.set(moved);
        }
    }

    /// Where a frame is, the function that has the frame first, then what was inlined there,
    /// from outside to inside; nothing where no file says.
    pub(super) fn frames(&self, frame: &Frame<'_>) -> Vec<Exact> {
        if frame.kind == FrameKind::Mention {
            return Vec::new();
        }
        let binary = match frame.module {
            None => self.kernel.as_ref(),
            Some(module) => self.modules.get(&underscored(module)),
        };
        let Some(binary) = binary else { return Vec::new() };
        let Some(elf) = binary.elf(&self.problems) else { return Vec::new() };
        if self.is_other(&elf, frame) {
            if !binary.is_told.replace(true) {
                let path = binary.path.display();
                let what = format!("{path}: not the log's build (its build id is another)");
                self.problems.borrow_mut().push(what);
            }
            return Vec::new();
        }
        // A return address is behind the call.
        let back = u64::from(frame.kind != FrameKind::Pointer);
        let address = match frame.address {
            Some(address) => Some(address.wrapping_sub(self.moved.get())),
            None => elf.address(frame.symbol, frame.offset, frame.size),
        };
        address.map(|address| elf.frames(address.wrapping_sub(back))).unwrap_or_default()
    }

    /// Whether the log was written by another build than this file's.
    fn is_other(&self, elf: &Elf, frame: &Frame<'_>) -> bool {
        let Some(own) = &elf.build_id else { return false };
        match (frame.module, frame.build_id) {
            (Some(_), Some(id)) => *own != id,
            (Some(_), None) => false,
            (None, _) => {
                let ids = self.ids.borrow();
                !ids.is_empty() && !ids.contains(own)
            }
        }
    }

    /// What was found wrong with files since this was asked last.
    pub fn problems(&self) -> Vec<String> {
        self.problems.take()
    }
}

impl Binary {
    fn at(path: PathBuf) -> Binary {
        Binary { path, elf: OnceCell::new(), is_told: Cell::new(false) }
    }

    fn elf(&self, problems: &RefCell<Vec<String>>) -> Option<Rc<Elf>> {
        let open = || match Elf::open(&self.path) {
            Ok(elf) => Some(Rc::new(elf)),
            Err(error) => {
                problems.borrow_mut().push(error.to_string());
                None
            }
        };
        self.elf.get_or_init(open).clone()
    }
}

/// Finds modules below `folder` by name.
fn gather(folder: &Path, depth: usize, found: &mut HashMap<Vec<u8>, (usize, PathBuf)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if depth > 0 {
                gather(&path, depth - 1, found);
            }
            continue;
        }
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let end = ENDS.iter().enumerate().rev().find_map(|(rank, end)| {
            name.strip_suffix(end).map(|name| (rank, underscored(name.as_bytes())))
        });
        let Some((rank, module)) = end else { continue };
        match found.get(&module) {
            Some((known, _)) if *known >= rank => {}
            _ => {
                found.insert(module, (rank, path));
            }
        }
    }
}

/// A module's name as traces have it.
fn underscored(name: &[u8]) -> Vec<u8> {
    name.iter().map(|byte| if *byte == b'-' { b'_' } else { *byte }).collect()
}
