//! The kernel that a `.config` describes: the configuration, and what it builds of a tree.
//!
//! Which file is meant is the face's to say; nothing of the tree is executed.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use kgrep_index::Tree;
use kgrep_index::kbuild::kconfig::Kconfig;
use kgrep_index::kbuild::{
    Built, Configuration, Disk, Explanation, Included, Knowledge, built, explain, with_includes,
};

use crate::{Error, Result};

/// A tree under one configuration.
pub struct Kernel {
    /// The values of its symbols.
    pub config: Configuration,
    knowledge: Knowledge,
    files: Disk,
    built: OnceLock<Built>,
    kconfig: OnceLock<Kconfig>,
}

impl Kernel {
    /// The kernel that the configuration at `path` describes: a `.config`, one packed with gzip,
    /// or a folder that a kernel was built in. `arch` outranks what the file says.
    ///
    /// # Errors
    /// If the file can't be read, is no configuration, or doesn't tell the architecture.
    pub fn read(tree: &Tree, path: &Path, arch: Option<&str>) -> Result<Kernel> {
        let path: PathBuf = if path.is_dir() { path.join(".config") } else { path.to_owned() };
        let read = |source| Error::Read { path: path.clone(), source };
        let bytes = std::fs::read(&path).map_err(read)?;
        let knowledge = Knowledge::built_in();
        let config = Configuration::read(&bytes, &knowledge)
            .map_err(|_| Error::NotConfiguration { path: path.clone() })?;
        let config = match arch {
            Some(arch) => config.with_architecture(arch),
            None if config.architecture().is_none() => {
                return Err(Error::NoArchitecture { path });
            }
            None => config,
        };
        let files = Disk::new(tree.root().to_owned());
        let (built, kconfig) = (OnceLock::new(), OnceLock::new());
        Ok(Kernel { config, knowledge, files, built, kconfig })
    }

    /// What the configuration builds, sources that others include too.
    pub fn built(&self) -> &Built {
        self.built.get_or_init(|| {
            let built = built(&self.files, &self.config, &self.knowledge);
            let (files, config, knowledge) = (&self.files, &self.config, &self.knowledge);
            with_includes(built, Included::Sources, files, config, knowledge)
        })
    }

    /// The symbols of the tree's Kconfig files.
    pub fn kconfig(&self) -> &Kconfig {
        self.kconfig.get_or_init(|| Kconfig::read(&self.files, &self.config))
    }

    /// Why a file, by its path below the tree's root, is built or not.
    pub fn explain(&self, path: &[u8]) -> Explanation {
        explain(self.built(), &self.files, &self.config, &self.knowledge, path)
    }
}
