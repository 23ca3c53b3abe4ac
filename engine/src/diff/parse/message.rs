//! The part of a patch that people read: mail headers (folded, RFC 2047 encoded),
//! DEP-3 headers as Debian writes them, or just a text.
//!
//! Mails whose whole body is base64 or quoted-printable are not decoded; such a mail
//! has no hunks that could be read, and is reported by the caller.

use super::name::trim_line_end;
use crate::diff::model::{Patch, file_lines};
use base64::prelude::{BASE64_STANDARD, Engine as _};

/// Fills a patch's subject, author, date and numbers from its message.
pub(super) fn describe(patch: &mut Patch) {
    let lines = file_lines(&patch.message);
    let headers = headers(&lines);
    let find = |name: &str| {
        let found = headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| value.as_slice())
    };
    // `Description` is DEP-3's name for a subject; its further lines are the text.
    let description = || {
        let value = find("Description")?;
        value.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty())
    };
    // `sched: mend it` at the top of a bare text looks like a field, but is the subject.
    let known = ["Subject", "Description", "From", "Author", "Origin", "Forwarded", "Date"];
    let text = || {
        if known.iter().any(|name| find(name).is_some()) {
            return None;
        }
        let said = |line: &&[u8]| !line.is_empty() && !line.starts_with(b"From ");
        lines.iter().map(|line| line.trim_ascii()).find(said)
    };
    let subject = find("Subject").or_else(description).or_else(text).unwrap_or_default();
    let subject = decode_words(&unfold(subject));
    let (subject, position, version) = brackets(&subject);
    let author = find("From").or_else(|| find("Author")).unwrap_or_default();
    let author = decode_words(&unfold(author));
    let date = find("Date").map(unfold).unwrap_or_default();
    (patch.subject, patch.author, patch.date) = (subject, author, date);
    (patch.position, patch.version) = (position, version.unwrap_or(1));
}

/// The header fields at the top, folded lines joined by `\n`. Debian puts its own above
/// or below the mail's, sometimes after an empty line; a second block counts too.
fn headers(lines: &[&[u8]]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    let mut blocks = 0;
    let mut inside = false;
    for (at, line) in lines.iter().enumerate() {
        let line = trim_line_end(line);
        if at == 0 && line.starts_with(b"From ") {
            continue;
        }
        if let Some((key, value)) = field(line).filter(|_| blocks < 2) {
            found.push((key.to_vec(), value.to_vec()));
            inside = true;
        } else if inside && line.first().is_some_and(|&b| b == b' ' || b == b'\t') {
            if let Some((_, value)) = found.last_mut() {
                value.push(b'\n');
                value.extend_from_slice(line.trim_ascii());
            }
        } else if line.trim_ascii().is_empty() {
            blocks += usize::from(inside);
            inside = false;
        } else {
            break;
        }
    }
    found
}

/// `Name: value`, the name made of letters, digits and dashes.
fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|&b| b == b':')?;
    let (name, value) = (line.get(..colon)?, line.get(colon + 1..)?);
    let is_name = name.first().is_some_and(u8::is_ascii_alphabetic)
        && name.iter().all(|&b| b.is_ascii_alphanumeric() || b == b'-');
    let spaced = value.is_empty() || value.starts_with(b" ") || value.starts_with(b"\t");
    (is_name && spaced).then_some((name, value.trim_ascii()))
}

fn unfold(value: &[u8]) -> Vec<u8> {
    let parts: Vec<_> = value.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).collect();
    parts.join(&b' ').trim_ascii().to_vec()
}

/// Numbers out of a subject's brackets: `2/7` and `v3`.
type Numbers = (Option<(u32, u32)>, Option<u32>);

/// Takes `[PATCH v3 2/7]` off; other brackets, such as `[media]`, belong to the subject.
fn brackets(subject: &[u8]) -> (Vec<u8>, Option<(u32, u32)>, Option<u32>) {
    let mut rest = subject.trim_ascii();
    let mut numbers: Numbers = (None, None);
    while let Some(inner) = rest.strip_prefix(b"[") {
        let Some(end) = inner.iter().position(|&b| b == b']') else { break };
        let (tag, after) = inner.split_at(end);
        let upper = tag.to_ascii_uppercase();
        let says = |word: &[u8]| memchr::memmem::find(&upper, word).is_some();
        if !says(b"PATCH") && !says(b"RFC") {
            break;
        }
        for word in tag.split(|b| !b.is_ascii_alphanumeric() && *b != b'/') {
            let number = |text: &str| text.parse::<u32>().ok();
            let word = String::from_utf8_lossy(word);
            if let Some((n, of)) = word.split_once('/') {
                numbers.0 = number(n).zip(number(of)).or(numbers.0);
            } else if let Some(version) = word.strip_prefix(['v', 'V']) {
                numbers.1 = number(version).or(numbers.1);
            }
        }
        rest = after.get(1..).unwrap_or_default().trim_ascii_start();
    }
    (rest.to_vec(), numbers.0, numbers.1)
}

/// Decodes RFC 2047 words (`=?UTF-8?q?J=C3=B6rg?=`). UTF-8 and ASCII stay bytes, Latin-1
/// becomes UTF-8, words in another character set stay as they are.
fn decode_words(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut after_word = false;
    while let Some(at) = memchr::memmem::find(rest, b"=?") {
        let (before, from) = rest.split_at(at);
        let Some((decoded, after)) = decode_word(from) else {
            out.extend_from_slice(before);
            out.extend_from_slice(b"=?");
            rest = from.get(2..).unwrap_or_default();
            after_word = false;
            continue;
        };
        // Blanks between two encoded words belong to neither.
        if !(after_word && before.trim_ascii().is_empty()) {
            out.extend_from_slice(before);
        }
        out.extend_from_slice(&decoded);
        (rest, after_word) = (after, true);
    }
    out.extend_from_slice(rest);
    out
}

/// One encoded word at the start of `text`, decoded, and what follows it.
fn decode_word(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let inner = text.strip_prefix(b"=?")?;
    let mut parts = inner.splitn(3, |&b| b == b'?');
    let (charset, encoding, tail) = (parts.next()?, parts.next()?, parts.next()?);
    let end = memchr::memmem::find(tail, b"?=")?;
    let payload = tail.get(..end)?;
    let bytes = match encoding {
        b"q" | b"Q" => quoted_printable(payload),
        b"b" | b"B" => BASE64_STANDARD.decode(payload).ok()?,
        _ => return None,
    };
    let charset = String::from_utf8_lossy(charset).to_ascii_lowercase();
    let bytes = match charset.as_str() {
        "utf-8" | "us-ascii" => bytes,
        "iso-8859-1" | "iso-8859-15" | "windows-1252" => {
            bytes.iter().map(|&b| char::from(b)).collect::<String>().into_bytes()
        }
        _ => return None,
    };
    Some((bytes, tail.get(end + 2..)?))
}

fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let hex = |d: u8| char::from(d).to_digit(16).and_then(|d| u8::try_from(d).ok());
        match (byte, after) {
            (b'_', _) => out.push(b' '),
            (b'=', [high, low, tail @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                out.push(hex(*high).unwrap_or_default() << 4 | hex(*low).unwrap_or_default());
                rest = tail;
            }
            _ => out.push(byte),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(message: &str) -> Patch {
        let mut patch = Patch { message: message.into(), ..Patch::default() };
        describe(&mut patch);
        patch
    }

    #[test]
    fn a_folded_numbered_subject() {
        let patch = described(
            "From 0123 Mon Sep 17 00:00:00 2001\nFrom: =?UTF-8?q?J=C3=B6rg?= <j@x>\n\
             Subject: [PATCH v3 2/7] [media] tuner: wait until\n the chip is ready\n\nWhy.\n",
        );
        assert_eq!(patch.subject, b"[media] tuner: wait until the chip is ready");
        assert_eq!((patch.position, patch.version), (Some((2, 7)), 3));
        assert_eq!(patch.author, "J\u{f6}rg <j@x>".as_bytes());
    }

    #[test]
    fn dep3_and_bare_texts_have_subjects() {
        let dep3 = described("Description: Make it so\n Longer text.\nAuthor: A <a@b>\n");
        assert_eq!((&dep3.subject[..], &dep3.author[..]), (&b"Make it so"[..], &b"A <a@b>"[..]));
        assert_eq!(described("\nJust a text\nand more\n").subject, b"Just a text");
        assert_eq!(described("sched: mend it\n\nWhy.\n").subject, b"sched: mend it");
        assert_eq!(described("").subject, b"");
    }

    #[test]
    fn encoded_words_join_without_their_blank() {
        assert_eq!(
            decode_words(b"=?utf-8?b?w6k=?= =?utf-8?q?=C3=A9?= x"),
            "\u{e9}\u{e9} x".as_bytes()
        );
        assert_eq!(decode_words(b"=?broken"), b"=?broken");
    }
}
