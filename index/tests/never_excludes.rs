//! For random patterns and random texts: when the matcher finds the pattern in a text, the
//! query must admit a file with that text. Texts are made from the pattern as well, so that
//! there is something to lose.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use grep_matcher::Matcher;
use grep_regex::RegexMatcherBuilder;
use kgrep_index::{Flags, Query};
use proptest::{prelude::*, strategy::ValueTree, string::bytes_regex, test_runner::TestRng};

/// Pieces of patterns: letters with unusual case folding among them.
fn pattern() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        6 => "[a-cKksSſıİ_ (=0-2]{1,5}".prop_map(|s| regex_syntax::escape(&s)),
        2 => "[a-c]{3,12}",
        1 => prop_oneof![
            Just("."), Just("\\w"), Just("[a-c]"), Just("[^a]"), Just("\\s"), Just("^"),
            Just("$"), Just("\\b"), Just("[kK]"), Just("ß"), Just("(?-u:\\xff)"), Just("\\d"),
            Just("(?i:ks)"), Just("\u{212a}"), Just("[[:upper:]]"), Just("\\n"), Just("(?s:.)"),
        ]
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            4 => proptest::collection::vec(inner.clone(), 2..4).prop_map(|v| v.concat()),
            2 => proptest::collection::vec(inner.clone(), 2..4)
                .prop_map(|v| format!("(?:{})", v.join("|"))),
            1 => inner.clone().prop_map(|p| format!("({p})")),
            1 => (inner.clone(), prop_oneof![
                Just("*"), Just("+"), Just("?"), Just("{2}"), Just("{1,3}"), Just("{3,}"),
                Just("{0,2}"), Just("+?"), Just("{9}"),
            ])
            .prop_map(|(p, r)| format!("(?:{p}){r}")),
            1 => inner.prop_map(|p| format!("(?i){p}")),
        ]
    })
}

/// Texts that `pattern` may match, and some that it won't.
fn texts(pattern: &str, seed: u64) -> Vec<Vec<u8>> {
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        ProptestConfig::default(),
        TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &[seed as u8; 32]),
    );
    let mut texts: Vec<Vec<u8>> =
        vec![b"abc ks".to_vec(), b"".to_vec(), "K\u{212a}ſs aab\nbc".as_bytes().to_vec()];
    let noise = "[a-cKks _\\n]{0,30}";
    // Anchors and boundaries can't be generated from; the rest of the pattern can.
    let plain: String = pattern.replace(['^', '$'], "").replace("\\b", "");
    for source in [plain.as_str(), noise, &format!("(?i){plain}")] {
        if let Ok(strategy) = bytes_regex(source) {
            for _ in 0..6 {
                if let Ok(tree) = strategy.new_tree(&mut runner) {
                    let mut text = b"x\n".to_vec();
                    text.extend(tree.current());
                    texts.push(text);
                }
            }
        }
    }
    texts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_matching_text_is_a_candidate(
        pattern in pattern(),
        second in proptest::option::weighted(0.2, pattern()),
        case_insensitive: bool,
        fixed_strings in proptest::bool::weighted(0.2),
        unicode in proptest::bool::weighted(0.8),
        word in proptest::bool::weighted(0.2),
        crlf in proptest::bool::weighted(0.1),
        dot_matches_new_line in proptest::bool::weighted(0.2),
        seed: u64,
    ) {
        let patterns: Vec<String> = [Some(pattern), second].into_iter().flatten().collect();
        let flags = Flags { fixed_strings, case_insensitive, dot_matches_new_line, crlf, unicode };
        let mut builder = RegexMatcherBuilder::new();
        builder
            .multi_line(true)
            .fixed_strings(fixed_strings)
            .case_insensitive(case_insensitive)
            .dot_matches_new_line(dot_matches_new_line)
            .unicode(unicode)
            .word(word);
        if crlf {
            builder.crlf(true).line_terminator(None);
        }
        let Ok(matcher) = builder.build_many(&patterns) else { return Ok(()) };

        let mut texts: Vec<Vec<u8>> = patterns.iter().flat_map(|p| texts(p, seed)).collect();
        texts.extend(patterns.iter().map(|p| p.clone().into_bytes()));
        let query = Query::from_patterns(&patterns, &flags);
        for (at, text) in texts.iter().enumerate() {
            if matcher.is_match(text).unwrap() {
                prop_assert!(query.admits(text), "{at}: {patterns:?} {flags:?} {query} {text:?}");
            }
        }
    }
}
