//! A tree that a server answers about, with the settings in force: what the faces for programs have
//! in common.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use kgrep_engine::configuration::KconfigChoice;
use kgrep_engine::{Buffers, Cancel, NoteSink, ProgressSink, Workspace};
use kgrep_index::Tree;

use crate::code::{self, ArchChoice, Code, Setup};
use crate::freshen;
use crate::session::Session;
use crate::settings::Origin;

/// How long a look at the tree is believed, so that a burst of questions pays for it once.
const TRUST: Duration = Duration::from_secs(1);

/// The same of a tree that does not change.
const FOR_GOOD: Duration = Duration::from_secs(60 * 60);

/// What all questions about a tree share.
pub(crate) struct Served {
    tree: Tree,
    workspace: Workspace,
    arch: ArchChoice,
    kconfig: Option<KconfigChoice>,
    /// Whether an index that has fallen behind is updated.
    auto_update: bool,
}

/// What one question is about, where that is not what the settings say.
#[derive(Default)]
pub(crate) struct About<'a> {
    /// The architecture.
    pub(crate) arch: Option<&'a str>,
    /// The configuration.
    pub(crate) kconfig: Option<Option<KconfigChoice>>,
    /// What an editor has open.
    pub(crate) buffers: Buffers,
    /// Tells whether the answer is still waited for.
    pub(crate) cancel: Cancel,
}

impl Served {
    /// The tree around `folder`, with the settings in force.
    ///
    /// # Errors
    /// When it is not there.
    pub(crate) fn new(session: &Session, folder: &Path) -> Result<Served> {
        let folder = folder.canonicalize().with_context(|| folder.display().to_string())?;
        let tree = Tree::locate(&folder)?;
        let arch = &session.settings.arch;
        Ok(Served {
            tree,
            workspace: code::workspace(session, false).trusting(TRUST),
            arch: ArchChoice { name: arch.value.clone(), named: arch.origin != Origin::Default },
            kconfig: code::kconfig(session)?,
            auto_update: session.settings.auto_update.value,
        })
    }

    /// Another tree with the same settings: one whose files never change, such as a revision's.
    ///
    /// # Errors
    /// When it is not there.
    pub(crate) fn elsewhere(&self, folder: &Path) -> kgrep_engine::Result<Served> {
        // As on the command line, the configuration is a file beside what is checked out.
        let kconfig = self
            .kconfig
            .clone()
            .map(|choice| KconfigChoice { path: self.tree.root().join(&choice.path), ..choice });
        Ok(Served {
            tree: Tree::locate(folder)?,
            workspace: self.workspace.clone().trusting(FOR_GOOD),
            arch: self.arch.clone(),
            kconfig,
            auto_update: self.auto_update,
        })
    }

    /// The tree.
    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The code that a question is about.
    ///
    /// # Errors
    /// If this tree lacks the architecture, or the configuration is not valid.
    pub(crate) fn code(
        &self,
        about: About<'_>,
        notes: NoteSink,
        progress: ProgressSink,
    ) -> kgrep_engine::Result<Code> {
        let arch = match about.arch {
            Some(name) => ArchChoice { name: name.to_owned(), named: true },
            None => self.arch.clone(),
        };
        let kconfig = about.kconfig.unwrap_or_else(|| self.kconfig.clone());
        let workspace = self.workspace.with_buffers(about.buffers);
        let cancel = about.cancel;
        let setup = Setup { arch, kconfig, workspace, notes, progress, cancel };
        Code::of_tree(self.tree.root(), setup)
    }

    /// The configuration in force.
    pub(crate) fn kconfig(&self) -> Option<KconfigChoice> {
        self.kconfig.clone()
    }

    /// Whether an index may be made or updated without being asked for.
    pub(crate) fn may_update(&self) -> bool {
        self.auto_update
    }

    /// Leaves to the index what an answer showed to be needed.
    pub(crate) fn freshen(&self, changes: Option<u64>) {
        if let Some(changes) = changes.filter(|_| self.auto_update) {
            freshen::update_after(&self.tree, changes, self.cache());
        }
    }

    /// Makes the snapshot with these files open that the next question will need. What goes wrong,
    /// that question says.
    pub(crate) fn prepare(&self, buffers: Buffers) {
        let _ = self.workspace.with_buffers(buffers).indexed(&self.tree);
    }

    /// Gives the memory of what was read of the index back.
    pub(crate) fn release(&self) {
        self.workspace.release();
    }

    /// Something is known to have changed on the disk: what was seen is believed no longer.
    pub(crate) fn doubt(&self) {
        self.workspace.doubt();
    }

    /// The folder of the indexes.
    pub(crate) fn cache(&self) -> &Path {
        self.workspace.cache()
    }
}
