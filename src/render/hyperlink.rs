//! Paths as links that a terminal opens: OSC 8 with ripgrep's default form,
//! `file://host/abs/path`, and `#line` where there is one.
//!
//! Whether links are written is `Look`'s decision.

use std::sync::OnceLock;

use super::look::Look;
use crate::percent::push_encoded;

/// Appends what `text` draws, as a link to `line` (0: none) of `path` when `look`
/// wants links.
pub(crate) fn linked(
    out: &mut Vec<u8>,
    look: &Look,
    path: &[u8],
    line: u64,
    text: impl FnOnce(&mut Vec<u8>),
) {
    if !look.hyperlinks {
        text(out);
        return;
    }
    out.extend_from_slice(b"\x1b]8;;file://");
    out.extend_from_slice(host().as_bytes());
    if !path.starts_with(b"/") {
        push_encoded(out, &look.folder);
        out.push(b'/');
    }
    push_encoded(out, path.strip_prefix(b"./").unwrap_or(path));
    if line > 0 {
        out.push(b'#');
        out.extend_from_slice(itoa::Buffer::new().format(line).as_bytes());
    }
    out.extend_from_slice(b"\x1b\\");
    text(out);
    out.extend_from_slice(b"\x1b]8;;\x1b\\");
}

/// This machine's name: a terminal may show output of another one, whose files it
/// must not open here.
fn host() -> &'static str {
    static HOST: OnceLock<String> = OnceLock::new();
    HOST.get_or_init(|| {
        let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        name.chars().filter(|c| safe(*c)).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_absolute_and_encoded() {
        let look = Look { hyperlinks: true, folder: b"/src/my tree".to_vec(), ..Look::default() };
        let mut out = Vec::new();
        linked(&mut out, &look, b"./a#\x1b.c", 7, |out| out.extend_from_slice(b"a"));
        let expected =
            format!("\x1b]8;;file://{}/src/my%20tree/a%23%1B.c#7\x1b\\a\x1b]8;;\x1b\\", host());
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }

    #[test]
    fn without_links_only_the_text() {
        let mut out = Vec::new();
        linked(&mut out, &Look::default(), b"a.c", 7, |out| out.extend_from_slice(b"a.c"));
        assert_eq!(out, b"a.c");
    }
}
