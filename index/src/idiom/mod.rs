//! What the kernel's macros mean, read from `queries/idioms.toml` and the user's files.
//!
//! An idiom says that a macro defines something, registers a function, runs a function it
//! is handed, or calls something its text does not show. This module reads and matches
//! idioms; `outline` and `graph` act on them. Adding one needs no Rust.

mod load;
mod template;

pub use load::{Idioms, Problem};
pub use template::Template;

use crate::kind::Kind;

/// A macro that defines what it names: `SYSCALL_DEFINE2(pivot_root, …)`.
#[derive(Clone, Debug)]
pub struct Define {
    /// What the defined names are.
    pub kind: Kind,
    /// The names defined; the first owns the body that follows or the arguments.
    pub names: Vec<Template>,
    /// For each name the argument that is its body, from 1; 0 for none. What is beyond the
    /// end has none.
    pub bodies: Vec<usize>,
    /// Functions that the macro writes besides, whose text is of no interest.
    pub functions: Vec<Template>,
    /// Functions that the definition puts into a table by itself.
    pub init: Vec<Template>,
    /// Names that fill slots because of it, each with its slot.
    pub fills: Vec<(Template, Template)>,
    /// What the first name calls, where the macro's text in the tree doesn't tell; a slot (`x(1)@*`): it
    /// calls through that.
    pub calls: Vec<Template>,
    /// The structure that the variable is whose values follow: `DEFINE_SCHED_CLASS(rt) = {…}`.
    pub holds: Option<String>,
    /// Which argument holds the first parameter of the function, from 1; 0 for none.
    pub params: usize,
    /// Whether the macro is only the head of a declaration whose initializer follows (`= {…}`).
    pub is_static: bool,
    /// Whether the code before it runs on into it.
    pub runs_on: bool,
}

/// A macro that registers functions: `module_init(ext4_init_fs)`.
#[derive(Clone, Debug)]
pub struct Register {
    /// The name of the table or list entry it makes.
    pub table: Template,
    /// The functions registered, from the arguments.
    pub functions: Vec<Template>,
    /// Functions that fill slots because of it, each with its slot.
    pub fills: Vec<(Template, Template)>,
    /// Whether it also defines functions, which its own text in the tree tells.
    pub defines: bool,
}

/// A function or macro that runs a function it is handed: `kthread_run(f, …)`.
#[derive(Clone, Debug)]
pub struct Run {
    /// Which arguments are run, from 1.
    pub args: Vec<usize>,
}

/// A macro used in a body that calls what its text does not name: `guard(mutex)(&x)`.
#[derive(Clone, Debug)]
pub struct Hidden {
    /// The functions called.
    pub calls: Vec<Template>,
}

/// A macro that fills a slot, a place that functions are called through, or calls through it:
/// `static_call_update(tick, f)`, `static_call(tick)(x)`.
#[derive(Clone, Debug)]
pub struct Slot {
    /// The slot, from the first argument.
    pub slot: Template,
    /// Which argument fills it, from 1; 0: the macro calls through it.
    pub value: u32,
}

/// A macro that writes an entry of a table, or some of its members: `__ATTR(name, 0644, show, store)`.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Functions, each with the member that holds it.
    pub members: Vec<(Template, String)>,
}

/// Definitions that become tables in each file that includes them after defining a macro.
#[derive(Clone, Debug)]
pub struct Instantiate {
    /// The macro to be defined first: `CREATE_TRACE_POINTS`.
    pub when: String,
    /// The kind of definition that is instantiated.
    pub kind: Kind,
    /// The start of the definition's name that is not the argument `{1}` of the templates.
    pub strip: String,
    /// The table's name, from the definition's.
    pub table: Template,
    /// The functions in the table, from the definition's name.
    pub functions: Vec<Template>,
    /// What else is made then, from the definition's name.
    pub names: Vec<Template>,
}

impl Instantiate {
    /// The name of the definition of which `made` is made, if it can be.
    pub fn origins<'i>(&'i self, made: &'i [u8]) -> impl Iterator<Item = Vec<u8>> + 'i {
        let templates = self.functions.iter().chain(&self.names).chain([&self.table]);
        let arguments = templates.filter_map(|template| template.argument_of(made));
        arguments.map(|argument| [self.strip.as_bytes(), argument].concat())
    }
}

impl Idioms {
    /// Whether a macro gives back the pointer that it is given.
    pub fn reads(&self, name: &[u8]) -> bool {
        self.reads.contains(name)
    }

    /// Whether a macro stands for how many arguments it is given.
    pub fn counts(&self, name: &[u8]) -> bool {
        self.counts.contains(name)
    }

    /// Whether a macro pastes what it is given to one name.
    pub fn pastes(&self, name: &[u8]) -> bool {
        self.pastes.contains(name)
    }
}
