//! Selectors: how the user names entries (`3`, `1,2,6`, `1-8`, `8-1`, `all`), and what
//! they mean for a list of a given length.
//!
//! The grammar is vgrep's: elements between commas, blanks allowed around numbers and
//! dashes, empty elements ignored; a range may be given from either end. Beyond vgrep,
//! blanks alone separate too (`1 2 3`), and a range may be open: `3-` goes to the end,
//! `-3` comes from the start. The result is sorted and holds every index once.

use super::indices::Indices;

/// Why selectors could not be understood, or not be met.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum SelectorError {
    /// An element, or one end of a range, is not a number.
    #[error("non-numeric selector {0:?}")]
    NotANumber(String),
    /// A range has more than two ends.
    #[error("invalid range format {0:?}")]
    BadRange(String),
    /// The first selected index that the list does not have.
    #[error("index {index} out of range (0, {last})")]
    OutOfRange {
        /// What was asked for.
        index: u64,
        /// The highest index there is.
        last: u64,
    },
    /// No section has such a title.
    #[error("no such section in this list: {0:?}")]
    NoSection(String),
    /// The list can't be read.
    #[error("{0}")]
    Unreadable(String),
    /// An index was asked for, and the list has none.
    #[error("index {0} out of range (the list is empty)")]
    Empty(u64),
}

/// What was selected, before the list's length is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Selectors {
    /// Nothing was said; most commands then take everything.
    #[default]
    Unsaid,
    /// `all`.
    All,
    /// Indices by number.
    These {
        /// Those that were named.
        indices: Indices,
        /// Where the widest range that is open to the end begins.
        from: Option<u64>,
    },
    /// The entries of the sections whose titles begin like this, whatever the case.
    Titled(String),
}

impl Selectors {
    /// The entries of a section.
    pub(crate) fn titled(title: &str) -> Selectors {
        let title = title.trim().trim_matches(['"', '\'']);
        Selectors::Titled(title.to_lowercase())
    }

    /// Parses `input`; blank input is [`Selectors::Unsaid`].
    ///
    /// # Errors
    /// [`SelectorError::NotANumber`] and [`SelectorError::BadRange`].
    pub(crate) fn parse(input: &str) -> Result<Selectors, SelectorError> {
        let mut ranges = Vec::new();
        let mut from: Option<u64> = None;
        let mut all = false;
        for element in elements(input) {
            if element == "all" {
                all = true;
                continue;
            }
            let mut ends = element.split('-');
            let (first, second) = (ends.next().unwrap_or_default(), ends.next());
            if ends.next().is_some() {
                return Err(SelectorError::BadRange(element));
            }
            match (first, second) {
                ("", Some(last)) => ranges.push(0..number(last)? + 1),
                (first, Some("")) => {
                    let first = number(first)?;
                    from = Some(from.map_or(first, |from| from.min(first)));
                }
                (first, second) => {
                    let first = number(first)?;
                    let second = second.map_or(Ok(first), number)?;
                    ranges.push(first.min(second)..first.max(second) + 1);
                }
            }
        }
        Ok(match (all, ranges.is_empty() && from.is_none()) {
            (true, _) => Selectors::All,
            (false, true) => Selectors::Unsaid,
            (false, false) => Selectors::These { indices: Indices::union(ranges), from },
        })
    }

    /// The positions meant in a list of `len` entries.
    ///
    /// # Errors
    /// [`SelectorError::OutOfRange`], naming the first index that is missing.
    pub(crate) fn resolve(&self, len: u64) -> Result<Indices, SelectorError> {
        let Selectors::These { indices, from } = self else { return Ok(Indices::all(len)) };
        let open = from.filter(|from| *from >= len);
        match (indices.first_from(len).into_iter().chain(open).min(), len.checked_sub(1)) {
            (None, _) => {
                let mut indices = indices.clone();
                if let Some(from) = from {
                    indices = indices.with(*from..len);
                }
                Ok(indices)
            }
            (Some(index), Some(last)) => Err(SelectorError::OutOfRange { index, last }),
            (Some(index), None) => Err(SelectorError::Empty(index)),
        }
    }
}

/// The elements of `input`: what stands between commas or blanks. A dash takes the
/// numbers beside it, also over blanks.
fn elements(input: &str) -> Vec<String> {
    let mut elements = Vec::new();
    for part in input.split(',') {
        let mut joined = false;
        let mut element = String::new();
        for word in part.split_whitespace() {
            if !element.is_empty() && !joined && !word.starts_with('-') {
                elements.push(std::mem::take(&mut element));
            }
            element.push_str(word);
            joined = word.ends_with('-');
        }
        if !element.is_empty() {
            elements.push(element);
        }
    }
    elements
}

/// A number of the user's, less than the highest there is. One that no list could
/// reach counts as that, so that it is reported as out of range.
fn number(text: &str) -> Result<u64, SelectorError> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SelectorError::NotANumber(text.to_owned()));
    }
    Ok(text.parse().unwrap_or(u64::MAX).min(u64::MAX - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn resolved(input: &str, len: u64) -> Result<Vec<u64>, String> {
        Selectors::parse(input)
            .and_then(|selectors| selectors.resolve(len))
            .map(|indices| indices.iter().collect())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn selectors_are_sorted_and_each_index_comes_once() {
        for (input, expected) in [
            ("3", &[3][..]),
            ("6,1,2,1", &[1, 2, 6]),
            ("1-4", &[1, 2, 3, 4]),
            ("4-1", &[1, 2, 3, 4]),
            ("1, 2 -4", &[1, 2, 3, 4]),
            ("0 - 2 , 5", &[0, 1, 2, 5]),
            ("1,,3,", &[1, 3]),
            ("1 2 3", &[1, 2, 3]),
            ("1 3 -4 6", &[1, 3, 4, 6]),
            ("5-", &[5, 6]),
            ("-2", &[0, 1, 2]),
            ("1, 5 -", &[1, 5, 6]),
            ("6-,4-", &[4, 5, 6]),
            ("2-3,all", &[0, 1, 2, 3, 4, 5, 6]),
            (" all ", &[0, 1, 2, 3, 4, 5, 6]),
            ("", &[0, 1, 2, 3, 4, 5, 6]),
        ] {
            assert_eq!(resolved(input, 7).as_deref(), Ok(expected), "{input:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_vgreps_words() {
        for (input, expected) in [
            ("99", "index 99 out of range (0, 41)"),
            ("0-999", "index 42 out of range (0, 41)"),
            ("1-2-3", "invalid range format \"1-2-3\""),
            ("42-", "index 42 out of range (0, 41)"),
            ("-42", "index 42 out of range (0, 41)"),
            ("x", "non-numeric selector \"x\""),
            ("-", "non-numeric selector \"\""),
        ] {
            assert_eq!(resolved(input, 42), Err(expected.to_owned()), "{input:?}");
        }
        assert_eq!(resolved("0", 0), Err("index 0 out of range (the list is empty)".to_owned()));
        assert_eq!(resolved("all", 0), Ok(vec![]));
    }

    #[test]
    fn a_number_beyond_all_lists_is_out_of_range() {
        let error = resolved("0-99999999999999999999999", 42).unwrap_err();
        assert_eq!(error, "index 42 out of range (0, 41)");
        for input in ["99999999999999999999999", "18446744073709551615", "18446744073709551615-"] {
            assert!(resolved(input, 42).is_err(), "{input}");
        }
    }

    proptest! {
        #[test]
        fn any_input_is_answered(input in "\\PC*", len in 0u64..100) {
            let _ = resolved(&input, len);
        }

        #[test]
        fn selector_like_input_is_answered(input in "[0-9, \\-al]{0,30}", len in 0u64..100) {
            if let Ok(indices) = resolved(&input, len) {
                prop_assert!(indices.iter().all(|index| *index < len));
                prop_assert!(indices.is_sorted_by(|a, b| a < b));
            }
        }

        #[test]
        fn what_is_written_is_what_is_meant(
            ranges in prop::collection::vec((0u64..50, 0u64..50), 1..10),
        ) {
            let input: Vec<String> = ranges.iter().map(|(a, b)| format!("{a} -{b}")).collect();
            let expected: Vec<u64> = (0..50)
                .filter(|index| {
                    ranges.iter().any(|(a, b)| (*a.min(b)..=*a.max(b)).contains(index))
                })
                .collect();
            prop_assert_eq!(resolved(&input.join(","), 50), Ok(expected));
        }
    }
}
