//! Messages on standard input, as MCP has them: each is a line.

use std::io::{self, BufRead, Read};

use serde_json::Value;

use crate::rpc::{Fault, Message, message};

/// A longer message is refused: a pasted log is shorter.
const LONGEST: u64 = 16 << 20;

/// The next message; none at the end of the input.
///
/// # Errors
/// When the input can't be read.
pub(super) fn next(from: &mut impl BufRead) -> io::Result<Option<Message>> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if from.by_ref().take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.len() as u64 == LONGEST && line.last() != Some(&b'\n') {
            io::copy(&mut Rest(from), &mut io::sink())?;
            let what = format!("a message of more than {} MiB is not read", LONGEST >> 20);
            return Ok(Some(Message::Wrong { id: Value::Null, fault: Fault::Request, what }));
        }
        if !line.trim_ascii().is_empty() {
            return Ok(Some(message(&line)));
        }
    }
}

/// What is left of a line.
struct Rest<'r, R>(&'r mut R);

impl<R: BufRead> Read for Rest<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let there = self.0.fill_buf()?;
        let end = memchr::memchr(b'\n', there);
        let some = end.unwrap_or(there.len()).min(into.len());
        into[..some].copy_from_slice(&there[..some]);
        // The line's end is the end: it goes with the last part, which is empty.
        let at_end = some == 0 && end == Some(0);
        self.0.consume(some + usize::from(at_end));
        Ok(some)
    }
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
    fn requests_and_notifications_are_told_apart() {
        let found = all(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n\n\
            {\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n\
            {\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}\n");
        assert!(
            matches!(&found[0], Message::Request { id, method, .. } if *id == 1 && method == "ping")
        );
        assert!(matches!(&found[1], Message::Notification { .. }));
        assert!(matches!(&found[2], Message::Answer { id, .. } if *id == 7));
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn what_is_no_message_is_answered() {
        for (line, expected) in [
            ("{", Fault::Parse),
            ("[]", Fault::Request),
            ("{\"id\":1,\"method\":\"ping\"}", Fault::Request),
            ("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}", Fault::Request),
            ("{\"jsonrpc\":\"2.0\",\"id\":1}", Fault::Request),
        ] {
            let found = all(line.as_bytes());
            assert!(
                matches!(&found[..], [Message::Wrong { fault, .. }] if *fault == expected),
                "{line}"
            );
        }
    }

    #[test]
    fn a_message_that_is_too_long_is_skipped() {
        let mut text = vec![b'x'; usize::try_from(LONGEST).unwrap() + 5];
        text.extend_from_slice(b"\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n");
        let found = all(&text);
        assert!(matches!(&found[..], [Message::Wrong { .. }, Message::Request { .. }]));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            all(&bytes);
        }
    }
}
