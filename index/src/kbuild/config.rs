//! Reads a `.config`: the values of its symbols and the architecture it is for.

use std::{collections::HashMap, io::Read};

use super::{Knowledge, quotes};

/// The value of a symbol that is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Built in, or switched on.
    Yes,
    /// Built as a module.
    Module,
    /// A text, without its quotes.
    Text(Vec<u8>),
    /// A decimal number.
    Int(i64),
    /// A hexadecimal number, as it is written.
    Hex(u64),
}

/// The text that was given is no configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no kernel configuration: no line sets a CONFIG_ symbol")]
pub struct NotConfiguration;

/// A symbol that is set.
#[derive(Clone, Debug)]
struct Set {
    value: Value,
    /// A number, as it is written.
    number: Vec<u8>,
}

/// A configuration. Symbols are named without `CONFIG_`.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    set: HashMap<Vec<u8>, Set>,
    architecture: Option<String>,
    version: Option<[u8; 3]>,
    is_whole: bool,
}

/// A version as `6.12.117-rc1` has it; parts that are too large are cut, as the kernel's code does.
fn version(text: &[u8]) -> Option<[u8; 3]> {
    let mut parts = text.split(|b| *b == b'.').map(|part| {
        let end = part.iter().position(|b| !b.is_ascii_digit()).unwrap_or(part.len());
        let number = std::str::from_utf8(&part[..end]).ok()?.parse::<u32>().ok()?;
        Some(u8::try_from(number).unwrap_or(u8::MAX))
    });
    Some([parts.next()??, parts.next()??, parts.next().flatten().unwrap_or(0)])
}

/// The fewest lines "is not set" that make a file a whole configuration, whoever wrote it:
/// a defconfig leaves out all that is as Kconfig has it.
const WHOLE: usize = 100;

/// No configuration is larger; more is not unpacked.
const LARGEST: u64 = 64 << 20;

impl Configuration {
    /// Reads the bytes of a `.config`, plain or packed with gzip.
    pub fn read(bytes: &[u8], knowledge: &Knowledge) -> Result<Configuration, NotConfiguration> {
        if bytes.starts_with(b"\x1f\x8b") {
            let mut plain = Vec::new();
            let unpacked = flate2::read::MultiGzDecoder::new(bytes).take(LARGEST);
            { unpacked }.read_to_end(&mut plain).map_err(|_| NotConfiguration)?;
            return Configuration::read_plain(&plain, knowledge);
        }
        Configuration::read_plain(bytes, knowledge)
    }

    fn read_plain(bytes: &[u8], knowledge: &Knowledge) -> Result<Configuration, NotConfiguration> {
        let mut read = Configuration::default();
        let mut any = false;
        let mut title = None;
        let mut unset = 0usize;
        for line in bytes.split(|b| *b == b'\n') {
            let line = line.trim_ascii();
            if let Some(comment) = line.strip_prefix(b"#") {
                let comment = comment.trim_ascii();
                let is_unset = comment.starts_with(b"CONFIG_") && comment.ends_with(b" is not set");
                any |= is_unset;
                unset += usize::from(is_unset);
                read.is_whole |= comment.starts_with(b"Automatically generated");
                if title.is_none() && comment.ends_with(b"Kernel Configuration") {
                    title = comment.strip_prefix(b"Linux/").map(<[u8]>::to_vec);
                }
                continue;
            }
            let Some(rest) = line.strip_prefix(b"CONFIG_") else { continue };
            let Some(equals) = memchr::memchr(b'=', rest) else { continue };
            let (name, value) = (&rest[..equals], &rest[equals + 1..]);
            if name.is_empty() || !name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_') {
                continue;
            }
            any = true;
            read.set(name, value);
        }
        if !any {
            return Err(NotConfiguration);
        }
        read.is_whole |= title.is_some() || unset >= WHOLE;
        let mut words = title.as_deref().unwrap_or_default().split(|b| *b == b' ');
        let title = words.next().filter(|word| !word.is_empty());
        read.version = words.next().and_then(version);
        read.architecture = knowledge.architecture(title, |symbol| read.is_on(symbol.as_bytes()));
        Ok(read)
    }

    fn set(&mut self, name: &[u8], written: &[u8]) {
        if written == b"n" {
            self.set.remove(name);
            return;
        }
        let value = value(written);
        let number = match &value {
            Value::Int(_) | Value::Hex(_) => written.to_vec(),
            Value::Yes | Value::Module | Value::Text(_) => Vec::new(),
        };
        self.set.insert(name.to_vec(), Set { value, number });
    }

    /// The value of a symbol; `None` if it is not set.
    pub fn value(&self, symbol: &[u8]) -> Option<&Value> {
        self.set.get(symbol).map(|set| &set.value)
    }

    /// The value as a Makefile sees it, without quotes; empty if it is not set.
    pub fn text(&self, symbol: &[u8]) -> &[u8] {
        let Some(Set { value, number }) = self.set.get(symbol) else { return b"" };
        match value {
            Value::Yes => b"y",
            Value::Module => b"m",
            Value::Text(text) => text,
            Value::Int(_) | Value::Hex(_) => number,
        }
    }

    /// Whether a symbol is `y` or `m`.
    pub fn is_on(&self, symbol: &[u8]) -> bool {
        matches!(self.value(symbol), Some(Value::Yes | Value::Module))
    }

    /// Whether the file says of every symbol what it is, as make writes a `.config`: of a defconfig or a
    /// fragment, what it leaves out is as Kconfig has it.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The kernel's version, if the file tells.
    pub fn version(&self) -> Option<[u8; 3]> {
        self.version
    }

    /// The architecture by its folder's name under `arch/`, if the file tells.
    pub fn architecture(&self) -> Option<&str> {
        self.architecture.as_deref()
    }

    /// Names the architecture where the file doesn't tell, or tells another one.
    #[must_use]
    pub fn with_architecture(self, architecture: &str) -> Configuration {
        Configuration { architecture: Some(architecture.to_string()), ..self }
    }

    /// All symbols that are set, sorted by name.
    pub fn symbols(&self) -> Vec<(&[u8], &Value)> {
        let mut all: Vec<_> =
            self.set.iter().map(|(name, set)| (name.as_slice(), &set.value)).collect();
        all.sort_unstable_by_key(|(name, _)| *name);
        all
    }
}

fn value(written: &[u8]) -> Value {
    match written {
        b"y" => return Value::Yes,
        b"m" => return Value::Module,
        _ => {}
    }
    if let Some(quoted) = quotes::read(written) {
        return Value::Text(quoted.text);
    }
    let text = std::str::from_utf8(written).unwrap_or_default();
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))
        && let Ok(number) = u64::from_str_radix(digits, 16)
    {
        return Value::Hex(number);
    }
    text.parse().map_or_else(|_| Value::Text(written.to_vec()), Value::Int)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Configuration, NotConfiguration> {
        Configuration::read(text, &Knowledge::built_in())
    }

    const SMALL: &[u8] = b"#\n# Linux/x86 6.12.1 Kernel Configuration\n#\nCONFIG_64BIT=y\nCONFIG_E1000=m\n\
        # CONFIG_SMP is not set\nCONFIG_LOCALVERSION=\"-a \\\"b\\\"\"\nCONFIG_HZ=250\nCONFIG_BASE=0x10\nCONFIG_N=n\n";

    #[test]
    fn values_have_types() {
        let config = read(SMALL).unwrap();
        assert_eq!(config.value(b"64BIT"), Some(&Value::Yes));
        assert_eq!(config.value(b"E1000"), Some(&Value::Module));
        assert_eq!(config.value(b"SMP"), None);
        assert_eq!(config.value(b"N"), None);
        assert_eq!(config.value(b"LOCALVERSION"), Some(&Value::Text(b"-a \"b\"".to_vec())));
        assert_eq!(config.value(b"HZ"), Some(&Value::Int(250)));
        assert_eq!(config.value(b"BASE"), Some(&Value::Hex(16)));
        assert_eq!(config.text(b"BASE"), b"0x10");
        assert_eq!(config.architecture(), Some("x86"));
    }

    #[test]
    fn a_packed_configuration_is_the_same() {
        use std::io::Write;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(SMALL).unwrap();
        let packed = packer.finish().unwrap();
        assert_eq!(read(&packed).unwrap().symbols(), read(SMALL).unwrap().symbols());
        assert!(read(&packed[..packed.len() / 2]).is_err());
    }

    #[test]
    fn the_architecture_is_told_by_symbols_where_the_title_is_cut_off() {
        let architecture = |text: &[u8]| read(text).unwrap().architecture().map(str::to_string);
        assert_eq!(architecture(b"CONFIG_ARM64=y\n").as_deref(), Some("arm64"));
        assert_eq!(architecture(b"CONFIG_X86_64=y\nCONFIG_X86=y\n").as_deref(), Some("x86"));
        assert_eq!(architecture(b"CONFIG_SMP=y\n"), None);
    }

    #[test]
    fn a_defconfig_is_not_a_whole_configuration() {
        let is_whole = |text: &[u8]| read(text).unwrap().is_whole();
        assert!(is_whole(SMALL));
        assert!(is_whole(b"#\n# Automatically generated file; DO NOT EDIT.\n#\nCONFIG_SMP=y\n"));
        assert!(!is_whole(b"CONFIG_SMP=y\n# CONFIG_NUMA is not set\n"));
        let unset: String = (0..WHOLE).map(|at| format!("# CONFIG_A{at} is not set\n")).collect();
        assert!(is_whole(unset.as_bytes()));
    }

    #[test]
    fn other_text_is_no_configuration() {
        assert_eq!(read(b"").unwrap_err(), NotConfiguration);
        assert_eq!(read(b"int main(void) { return 0; }\n").unwrap_err(), NotConfiguration);
        assert_eq!(read(b"\x1f\x8bnot gzip").unwrap_err(), NotConfiguration);
        assert!(read(b"# CONFIG_SMP is not set\n").is_ok());
    }
}
