//! Which functions of a tree a distribution's patches touch. Only files that a trace leads to are
//! looked at.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;

use crate::diff::context::{Thing, around, of_each_change};
use crate::diff::locate::Lines;
use crate::diff::model::{DiffSet, FileChange, Hunk, Origin, Patch};
use crate::diff::strip;

/// The functions of a file, each with its patches (places in [`DiffSet::patches`]), in order.
type Functions = HashMap<Vec<u8>, Vec<usize>>;

/// A set of patches, asked by function.
pub struct Touched {
    set: DiffSet,
    /// The tree that they belong to.
    tree: PathBuf,
    /// The places in [`DiffSet::files`] of what changes a file.
    files: HashMap<Vec<u8>, Vec<usize>>,
    known: RefCell<HashMap<Vec<u8>, Rc<Functions>>>,
}

impl Touched {
    /// By these patches, whose functions are looked up in the folder `tree`.
    pub fn of(set: DiffSet, tree: PathBuf) -> Touched {
        let mut files: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for (at, file) in set.files.iter().enumerate() {
            let mut names: Vec<&Vec<u8>> = file.old.iter().chain(&file.new).collect();
            names.dedup();
            names.into_iter().for_each(|name| files.entry(name.clone()).or_default().push(at));
        }
        Touched { set, tree, files, known: RefCell::default() }
    }

    /// The patches that touch a function of the file at `path`.
    pub fn patches(&self, path: &[u8], function: &[u8]) -> Vec<&Patch> {
        let functions = self.functions(path);
        let patches = functions.get(function).map(Vec::as_slice).unwrap_or_default();
        patches.iter().filter_map(|at| self.set.patches.get(*at)).collect()
    }

    fn functions(&self, path: &[u8]) -> Rc<Functions> {
        let Some(files) = self.files.get(path) else { return Rc::default() };
        if let Some(known) = self.known.borrow().get(path) {
            return Rc::clone(known);
        }
        let text = strip::inside(&self.tree, path).and_then(|path| crate::code::read(&path).ok());
        let lines = text.as_deref().map(Lines::of);
        let mut functions = Functions::new();
        for file in files.iter().filter_map(|at| self.set.files.get(*at)) {
            for hunk in &file.hunks {
                for side in [Origin::Removed, Origin::Added] {
                    add(&mut functions, file, hunk, side, lines.as_ref());
                }
            }
        }
        let functions = Rc::new(functions);
        self.known.borrow_mut().insert(path.to_vec(), Rc::clone(&functions));
        functions
    }
}

/// Adds the functions that lines of one side of a hunk are in: a hunk may change several.
fn add(
    functions: &mut Functions,
    file: &FileChange,
    hunk: &Hunk,
    side: Origin,
    tree: Option<&Lines<'_>>,
) {
    let around = around(hunk, side, tree);
    for found in of_each_change(file, hunk, side, &around) {
        if !matches!(found.thing, Thing::Function | Thing::Label) {
            continue;
        }
        let patches = functions.entry(found.name).or_default();
        if !patches.contains(&file.patch) {
            patches.push(file.patch);
        }
    }
}
