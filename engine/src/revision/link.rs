//! Links in the cache that bear the names by which users know what they lead to.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

/// A revision's or a folder's name as that of one file.
pub fn file_name(name: &str) -> String {
    name.chars().map(|c| if c == '/' || c.is_control() { '_' } else { c }).collect()
}

/// Makes `link` lead to `goal`, whatever it led to before: at once, so that nobody finds none.
///
/// # Errors
/// If the folder can't be written.
pub fn point(link: &Path, goal: &Path) -> io::Result<()> {
    if fs::read_link(link).is_ok_and(|known| known == goal) {
        return Ok(());
    }
    let temporary = link.with_file_name(format!(".{}.tmp", std::process::id()));
    let _ = fs::remove_file(&temporary);
    symlink(goal, &temporary)?;
    fs::rename(&temporary, link)
}
