//! What speaks for a format besides the text that it has of a line, and what against it: the driver
//! that the line names, whose words these are, and what of the line the format leaves open.

use std::collections::HashSet;

use bstr::ByteSlice;
use kgrep_index::graph::Graph;

use super::pattern::{Fit, find};

/// Letters and digits of its own that a format must have in common with a line to be believed whatever
/// it leaves open.
pub(super) const SURE_LETTERS: u32 = 10;
/// A format with fewer is no evidence at all.
pub(super) const LEAST_LETTERS: u32 = 3;
/// With as many a format may end in a text that has names and colons of its own.
const ENOUGH_LETTERS: u32 = 8;
/// What letters and signs make up together for a format that is mostly numbers.
const LEAST_SIGNS: u32 = 10;
/// A driver's own message with fewer letters is not looked for in another driver.
const FOREIGN_LETTERS: u32 = 20;
/// So many times as many bytes as its own a format that begins with anything may leave open.
const MOST_FREE: u32 = 5;
/// Letters that the names of a driver and of its files have in common at least.
const SHORTEST_KIN: usize = 3;
/// And as many that one may have in its midst.
const SHORTEST_PART: usize = 4;

/// The files that offer something to modules: what these print may be said for any driver.
pub(super) fn exporters<'g>(graph: &'g Graph<'_>) -> HashSet<&'g [u8]> {
    let mut names = Vec::new();
    graph.names_starting_with(crate::code::export_of("").as_bytes(), |name, _| names.push(name));
    let definitions = names.into_iter().flat_map(|name| graph.definitions_of(name));
    definitions.map(|definition| graph.path(definition.file)).collect()
}

/// What is known of a format that fits a line.
pub(super) struct Evidence {
    pub(super) fit: Fit,
    /// Letters that every message has which is printed so: `[drm] `, `XFS (%s): `.
    pub(super) usual: u32,
    /// Whether the text is the caller's, and this only what is put around it.
    pub(super) hands_on: bool,
    /// Whether the line names a driver which is not that of the format's file.
    pub(super) foreign: bool,
    /// Whether the line lacks the name of the device that is printed before the format.
    pub(super) headless: bool,
    /// Whether another call printed the line's beginning.
    pub(super) goes_on: bool,
}

impl Evidence {
    /// The letters that are the call's own.
    pub(super) fn own(&self) -> u32 {
        self.fit.letters.saturating_sub(self.usual)
    }

    /// Whether the format may be meant at all.
    pub(super) fn is_enough(&self) -> bool {
        let (fit, own) = (&self.fit, self.own());
        let says_something = fit.letters >= LEAST_LETTERS
            && (own >= LEAST_LETTERS || own + fit.signs >= LEAST_SIGNS);
        if !says_something || is_hardly_in(fit) || self.foreign && own < FOREIGN_LETTERS {
            return false;
        }
        // Few words: whatever stands beside them is to be of one piece, and in its place.
        let is_of_one = fit.labels == 0 || own >= ENOUGH_LETTERS && !fit.free_start;
        let is_whole = is_of_one && !self.headless && !(self.hands_on && fit.free > 0);
        own >= SURE_LETTERS || is_whole && !(self.goes_on && own * 2 + fit.signs < fit.free)
    }
}

/// Whether a format that begins with what may be anything has so little of the line that it is there by
/// chance: ` for ` of a sentence.
fn is_hardly_in(fit: &Fit) -> bool {
    // Several texts in their order say more than one as long.
    let weight = (fit.letters + fit.signs + fit.texts).saturating_sub(1 + fit.usual);
    fit.free_start && fit.free > weight * MOST_FREE
}

/// Whether the file at `path`, a folder around it, or both together are called as this driver is:
/// `mlx5_core` of `mlx5/core/main.c`.
pub(super) fn is_of_driver(path: &[u8], driver: &[u8]) -> bool {
    let is_joint = |byte: &u8| matches!(byte, b'-' | b'_' | b'/');
    let same = |(one, other): (&u8, &u8)| one == other || is_joint(one) && is_joint(other);
    let ends = |rest: &[u8]| matches!(rest.first(), None | Some(b'/' | b'.'));
    let is_it = |start: usize| {
        let part = path.get(start..start + driver.len());
        part.is_some_and(|part| part.iter().zip(driver).all(same))
            && ends(&path[start + driver.len()..])
    };
    let starts = memchr::memchr_iter(b'/', path).map(|at| at + 1);
    !driver.is_empty() && std::iter::once(0).chain(starts).any(is_it)
}

/// Whether the file at `path` may be a part of this driver: a word of the one's name begins as one of the
/// other's, or is in it. `mt7921e` of `mt76/mt7921/init.c`, `psmouse` of `input/mouse/synaptics.c`.
pub(super) fn is_kin(path: &[u8], driver: &[u8]) -> bool {
    let is_end = |byte: &u8| !byte.is_ascii_alphanumeric();
    let own = || driver.split(is_end).filter(|word| !word.is_empty());
    let kin = |word: &[u8]| {
        own().any(|own| {
            let same = own.iter().zip(word).take_while(|(one, other)| one == other).count();
            let has = |all: &[u8], part: &[u8]| {
                part.len() >= SHORTEST_PART && memchr::memmem::find(all, part).is_some()
            };
            same == own.len().max(word.len())
                || same >= SHORTEST_KIN
                || has(own, word)
                || has(word, own)
        })
    };
    path.split(is_end).filter(|word| !word.is_empty()).any(kin)
}

/// What may stand before a text: a network device that no other device carries, as a bridge, has its name
/// alone (`net/core/dev.c`, `__netdev_printk()`).
pub(super) fn heads(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    [Some(head), head.strip_prefix(b"%s %s ")].into_iter().flatten()
}

/// Whether what is printed before a text names a device.
pub(super) fn names_device(head: &[u8]) -> bool {
    head.starts_with(b"%s") && head.ends_with(b"%s: ")
}

/// How many bytes of `text` stand for what a device's message begins with: words in the place of the
/// conversions of `head`. None: it begins otherwise.
pub(super) fn device_len(head: &[u8], text: &[u8]) -> Option<u32> {
    let (mut left, mut len) = (text, 0);
    for literal in head.split_str("%s").skip(1) {
        let (word, after) = left.split_at(find(left, literal)?);
        // `eth0 (uninitialized)`
        let name = word.strip_suffix(b")").and_then(|word| Some(word.split_once_str(" (")?.0));
        let name = name.unwrap_or(word);
        if name.contains(&b' ') || name.ends_with(b":") || name.starts_with(b"(") {
            return None;
        }
        len += word.len() as u32;
        left = &after[literal.len()..];
    }
    Some(len)
}

/// The driver that a line names which begins as `head` does; none where it has no driver's name.
pub(super) fn driver_in<'t>(head: &[u8], text: &'t [u8]) -> Option<&'t [u8]> {
    let is_it = head.starts_with(b"%s %s") && names_device(head);
    is_it.then(|| device_len(head, text)).flatten()?;
    text.split(|byte| *byte == b' ').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drivers_files_have_a_part_of_its_name() {
        let kin = |path: &str, driver: &str| is_kin(path.as_bytes(), driver.as_bytes());
        assert!(kin("drivers/net/lamp/lamp78/init.c", "lamp7821e"));
        assert!(kin("drivers/input/mouse/sun.c", "psmouse"));
        assert!(kin("drivers/scsi/sd.c", "sd"));
        assert!(kin("drivers/lamp/liblamp.c", "lamp"));
        assert!(!kin("drivers/net/phy/moon10g.c", "sun89_8852be"));
        assert!(!kin("drivers/usb/serial/bell.c", "iwlamp"));
    }

    #[test]
    fn a_driver_is_named_before_its_device() {
        let driver = |head: &str, text: &'static str| driver_in(head.as_bytes(), text.as_bytes());
        assert_eq!(driver("%s %s: ", "lamp 0000:00:01.0: on"), Some(&b"lamp"[..]));
        assert_eq!(driver("%s %s %s%s: ", "lamp 0000:00:01.0 eth0: on"), Some(&b"lamp"[..]));
        assert_eq!(driver("%s %s: ", "a lamp of the hall: on"), None);
        assert_eq!(driver("%s%s: ", "eth0: on"), None);
    }
}
