//! Which kernel a log is of, and which one the tree is.

/// The numbers of a version, and what the log calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    /// `6.12.117` as three numbers.
    pub(super) numbers: [u32; 3],
    /// As it stands in the log, or in the Makefile put together.
    pub(super) text: String,
    /// The Makefile's line that differs first from another version's, for a tree's.
    lines: [u32; 3],
}

impl Version {
    /// The tree's, by its Makefile.
    pub(super) fn of_tree(makefile: &[u8]) -> Option<Version> {
        let (mut numbers, mut lines) = ([0; 3], [1; 3]);
        let mut found = false;
        for (number, line) in (1..).zip(makefile.split(|byte| *byte == b'\n')) {
            let line = String::from_utf8_lossy(line);
            let Some((name, value)) = line.split_once('=') else { continue };
            let names = ["VERSION", "PATCHLEVEL", "SUBLEVEL"];
            let Some(at) = names.iter().position(|known| *known == name.trim()) else { continue };
            let Ok(value) = value.trim().parse() else { continue };
            (numbers[at], lines[at], found) = (value, number, true);
            if at == 2 {
                break;
            }
        }
        let [major, minor, patch] = numbers;
        found.then(|| Version { numbers, text: format!("{major}.{minor}.{patch}"), lines })
    }

    /// The one that a line of a log names: its first, or the line with the processor of a report.
    pub(super) fn of_line(text: &[u8]) -> Option<Version> {
        let text = String::from_utf8_lossy(text);
        // A distribution's own number is more exact than the name of its ABI.
        let exact = text.split_once(" Debian ").map(|(_, rest)| rest);
        let named = match text.strip_prefix("Linux version ") {
            Some(rest) => Some(rest),
            None if text.starts_with("CPU: ") => {
                let rest = text.split_once("ainted")?.1;
                Some(&rest[rest.find(|c: char| c.is_ascii_digit())?..])
            }
            None => None,
        }?;
        let word = named.split_whitespace().next()?.to_owned();
        let numbers = exact.and_then(numbers_of).or_else(|| numbers_of(&word))?;
        Some(Version { numbers, text: word, lines: [1; 3] })
    }

    /// The line of the tree's Makefile that differs from the log's version; none where they agree.
    pub(super) fn differs(&self, log: &Version) -> Option<u32> {
        let at = (0..3).find(|at| self.numbers[*at] != log.numbers[*at])?;
        Some(self.lines[at])
    }
}

/// `6.12.117+deb12-amd64` as three numbers.
fn numbers_of(word: &str) -> Option<[u32; 3]> {
    let mut parts = word.split('.').map(|part| {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part[..end].parse().ok()
    });
    let (major, minor) = (parts.next()??, parts.next()??);
    Some([major, minor, parts.next().flatten().unwrap_or(0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_logs_and_trees_are_compared() {
        let tree = Version::of_tree(b"# x\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 117\nNAME = x");
        let tree = tree.unwrap();
        assert_eq!(tree.text, "6.12.117");
        let differs = |line: &[u8]| tree.differs(&Version::of_line(line).unwrap());
        assert_eq!(differs(b"Linux version 6.12.117+deb12-amd64 (x@y) #1 SMP"), None);
        assert_eq!(differs(b"Linux version 6.12.90 (x@y) #1 SMP"), Some(4));
        assert_eq!(differs(b"CPU: 0 UID: 0 PID: 1 Comm: init Not tainted 6.1.0 #1"), Some(3));
        assert_eq!(differs(b"CPU: 0 PID: 1 Comm: init Tainted: G   O   5.10 #1"), Some(2));
        let abi = b"CPU: 0 PID: 1 Comm: x Not tainted 6.12.0-9-amd64 #1  Debian 6.12.117-1";
        assert_eq!(differs(abi), None);
        assert!(Version::of_line(b"CPU: 1 PID: 2 at mm/x.c:3").is_none());
        assert!(Version::of_tree(b"all:\n").is_none());
    }
}
