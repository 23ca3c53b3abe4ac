//! The levels that messages have: `KERN_…` of `include/linux/kern_levels.h`, and the names that
//! `dmesg` and `syslog` give them.

/// A level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// The character that the kernel prints for it.
    pub digit: u8,
    /// The macro that stands for it.
    pub defined: &'static str,
    /// What `dmesg` calls it.
    pub name: &'static str,
    /// What else it is called.
    pub alias: Option<&'static str>,
}

const fn level(digit: u8, defined: &'static str, name: &'static str) -> Level {
    Level { digit, defined, name, alias: None }
}

/// All levels, the worst first; the first eight are those of `syslog`, by number.
pub const LEVELS: [Level; 9] = [
    level(b'0', "KERN_EMERG", "emerg"),
    level(b'1', "KERN_ALERT", "alert"),
    level(b'2', "KERN_CRIT", "crit"),
    Level { alias: Some("error"), ..level(b'3', "KERN_ERR", "err") },
    Level { alias: Some("warning"), ..level(b'4', "KERN_WARNING", "warn") },
    level(b'5', "KERN_NOTICE", "notice"),
    level(b'6', "KERN_INFO", "info"),
    level(b'7', "KERN_DEBUG", "debug"),
    level(b'c', "KERN_CONT", "cont"),
];

impl Level {
    /// The level that a macro stands for.
    pub fn of_macro(name: &[u8]) -> Option<Level> {
        LEVELS.into_iter().find(|level| level.defined.as_bytes() == name)
    }

    /// The level with this name or digit.
    pub fn named(word: &str) -> Option<Level> {
        LEVELS.into_iter().find(|level| {
            level.name == word || level.alias == Some(word) || word.as_bytes() == [level.digit]
        })
    }

    /// The level that the kernel prints this character for.
    pub fn of_digit(digit: u8) -> Option<Level> {
        LEVELS.into_iter().find(|level| level.digit == digit)
    }
}
