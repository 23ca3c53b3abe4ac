//! Which architecture a log is of: each prints registers and system calls in its own way.

use kgrep_index::graph::Arch;

use super::knowledge::{Machine, knowledge};
use super::line::{Writer, cleaned, parts};
use crate::code::Code;

/// The architecture that a log is read with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogArch {
    /// The one that counts.
    pub arch: Arch,
    /// Whether the user or the log tells it: no other can have printed the log then.
    pub is_told: bool,
}

impl LogArch {
    /// The one that the user has named, else the log's own as [`machine`] tells it, else that of the tree. The log
    /// is read for it only where none is named.
    ///
    /// # Errors
    /// If the log can't be read.
    pub fn of<E>(
        code: &Code,
        machine: impl FnOnce() -> Result<Option<&'static str>, E>,
    ) -> Result<LogArch, E> {
        if code.arch_is_named {
            return Ok(LogArch { arch: code.arch, is_told: true });
        }
        let told = machine()?.filter(|name| code.tree().root().join("arch").join(name).is_dir());
        let arch = told.map_or(code.arch, Arch::named);
        Ok(LogArch { arch, is_told: told.is_some() })
    }
}

/// The architecture's folder below `arch/`, if a line of the log tells it. What programs write tells nothing.
pub fn machine(line: &[u8]) -> Option<&'static str> {
    let line = cleaned(line);
    let parts = parts(&line).into_iter().filter(|part| part.writer != Writer::Program);
    { parts }.find_map(|part| {
        let text = part.text.trim_ascii_start();
        let starts = |start: &String| text.starts_with(start.as_bytes());
        let has = |part: &String| memchr::memmem::find(text, part.as_bytes()).is_some();
        let is_version = text.starts_with(b"Linux version ");
        let is_it = |machine: &&Machine| {
            machine.starts.iter().any(starts)
                || machine.has.iter().any(has)
                || is_version && machine.compiler.iter().any(has)
        };
        knowledge().machines.iter().find(is_it).map(|machine| machine.arch.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_and_system_calls_tell_the_architecture() {
        let lines = [
            ("[    1.000000] RIP: 0010:lamp_on+0x5/0x20", "x86"),
            ("[    1.000000]  __x64_sys_read+0x1c/0x30", "x86"),
            ("EIP: lamp_on+0x5/0x20", "x86"),
            ("pstate: 60400005 (nZCv daif +PAN -UAO -TCO -DIT -SSBS BTYPE=--)", "arm64"),
            (" __arm64_sys_read+0x1c/0x30", "arm64"),
            ("pc : lamp_on+0x5/0x20", "arm64"),
            ("lr : lamp_on+0x5/0x20", "arm64"),
            ("pc : [<c0101234>]    lr : [<c0105678>]    psr: 60000013", "arm"),
            ("PC is at lamp_on+0x5/0x20", "arm"),
            ("Linux version 6.12.0 (me@here) (aarch64-linux-gnu-gcc-12 12.2.0) #1", "arm64"),
            ("Linux version 6.12.0 (me@here) (x86_64-linux-gnu-gcc-12 12.2.0) #1", "x86"),
            ("epc : lamp_on+0x5/0x20", "riscv"),
            ("NIP [c0000000008d1f74] lamp_on+0x54/0x90", "powerpc"),
            ("Krnl PSW : 0704c00180000000 0000000000123456 (lamp_on+0x5/0x20)", "s390"),
        ];
        for (line, arch) in lines {
            assert_eq!(machine(line.as_bytes()), Some(arch), "{line}");
        }
        assert_eq!(machine(b"[    1.000000] lamp: ready"), None);
        assert_eq!(machine(b" lamp_on+0x5/0x20"), None);
        // What a program builds or prints is another matter.
        for line in [
            "Jan  2 03:04:05 host gcc[1]: Linux version (aarch64-linux-gnu-gcc)",
            "Jan  2 03:04:05 host lampd[1]: pc : lamp_on+0x5/0x20",
            "[    1.000000] lamp: made by (aarch64-linux-gnu-gcc-12)",
        ] {
            assert_eq!(machine(line.as_bytes()), None, "{line}");
        }
    }
}
