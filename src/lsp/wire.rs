//! Messages on standard input, as the Language Server Protocol has them: a header with the length
//! of each. What is no message is told and passed over; what a header claims is not believed.

use std::io::{self, BufRead, Read};

use serde_json::Value;

use crate::rpc::{Fault, Message, message};

/// A longer message is passed over: an editor's largest is a file that it opens.
const LONGEST: u64 = 256 << 20;

/// The most bytes of a header line.
const LONGEST_LINE: u64 = 4096;

/// The next message; none at the end of the input.
///
/// # Errors
/// When the input can't be read.
pub(super) fn next(from: &mut impl BufRead) -> io::Result<Option<Message>> {
    let mut length = None;
    let mut any = false;
    loop {
        let mut line = Vec::new();
        if from.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let text = line.trim_ascii();
        if text.is_empty() {
            match length {
                Some(length) => return body(from, length).map(Some),
                // Blank lines between messages mean nothing.
                None if !any => continue,
                None => return Ok(Some(wrong("no Content-Length before the message"))),
            }
        }
        any = true;
        let text = String::from_utf8_lossy(text).into_owned();
        if let Some((name, value)) = text.split_once(':')
            && name.trim().eq_ignore_ascii_case("Content-Length")
        {
            length = value.trim().parse::<u64>().ok();
        }
    }
}

fn body(from: &mut impl BufRead, length: u64) -> io::Result<Message> {
    if length > LONGEST {
        io::copy(&mut from.by_ref().take(length), &mut io::sink())?;
        return Ok(wrong(&format!("a message of more than {} MiB is not read", LONGEST >> 20)));
    }
    // Memory is taken for what is there, not for what was claimed.
    let mut bytes = Vec::new();
    from.by_ref().take(length).read_to_end(&mut bytes)?;
    Ok(message(&bytes))
}

fn wrong(what: &str) -> Message {
    Message::Wrong { id: Value::Null, fault: Fault::Request, what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &[u8]) -> Vec<Message> {
        let mut from = text;
        std::iter::from_fn(|| next(&mut from).unwrap()).collect()
    }

    #[test]
    fn messages_are_told_apart_by_their_length() {
        let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        let text = format!(
            "Content-Length: {0}\r\nContent-Type: x\r\n\r\n{ping}\r\ncontent-length:{0}\n\n{ping}",
            ping.len()
        );
        let found = all(text.as_bytes());
        assert!(matches!(&found[..], [Message::Request { .. }, Message::Request { .. }]));
    }

    #[test]
    fn what_is_no_message_is_told_and_passed_over() {
        let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        let text = format!(
            "Content-Length: 3\r\n\r\n{{]}}X: y\r\n\r\nContent-Length: {}\r\n\r\n{ping}",
            ping.len()
        );
        let found = all(text.as_bytes());
        assert!(matches!(&found[0], Message::Wrong { fault: Fault::Parse, .. }));
        assert!(matches!(&found[1], Message::Wrong { fault: Fault::Request, .. }));
        assert!(matches!(&found[2], Message::Request { .. }));
        // What is claimed and isn't there takes no memory.
        assert!(matches!(&all(b"Content-Length: 200000000\r\n\r\n{")[..], [Message::Wrong { .. }]));
        assert_eq!(all(b"Content-Length: 99999999999999999999\r\n\r\n{}").len(), 1);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            all(&bytes);
        }
    }
}
