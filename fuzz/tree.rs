//! A tree in memory, for what reads Makefiles and Kconfig.

use kgrep_index::kbuild::Files;

/// Files by their paths.
pub struct Memory<'a>(Vec<(&'a [u8], &'a [u8])>);

impl<'a> Memory<'a> {
    /// A tree of these files.
    pub fn new(files: &[(&'a [u8], &'a [u8])]) -> Memory<'a> {
        Memory(files.to_vec())
    }
}

impl Files for Memory<'_> {
    fn read(&self, path: &[u8]) -> Option<Vec<u8>> {
        self.0.iter().find(|(own, _)| *own == path).map(|(_, text)| text.to_vec())
    }

    fn names(&self, folder: &[u8]) -> Vec<Vec<u8>> {
        let prefix = if folder.is_empty() { Vec::new() } else { [folder, b"/"].concat() };
        let below = self.0.iter().filter_map(|(path, _)| path.strip_prefix(&prefix[..]));
        let mut names: Vec<Vec<u8>> = below
            .map(|rest| match rest.iter().position(|byte| *byte == b'/') {
                Some(slash) => rest[..=slash].to_vec(),
                None => rest.to_vec(),
            })
            .collect();
        names.sort();
        names.dedup();
        names
    }
}
