//! Conditions: of `#if` lines (`c…`), and expressions of Kconfig (`k…`), which read as they are written.
#![no_main]

use std::sync::LazyLock;

use kgrep_index::kbuild::condition::{Context, Macro, evaluate};
use kgrep_index::kbuild::kconfig::Expression;
use kgrep_index::kbuild::{Configuration, Knowledge, Truth};
use libfuzzer_sys::fuzz_target;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::built_in);
static CONFIG: LazyLock<Configuration> = LazyLock::new(|| {
    let text = b"# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_X86=y\nCONFIG_A=m\nCONFIG_N=7\n";
    Configuration::read(text, &KNOWLEDGE).expect("it is one")
});

fuzz_target!(|data: &[u8]| {
    let Some((kind, text)) = data.split_first() else { return };
    if *kind == b'k' {
        let Some(expression) = Expression::parse(text) else { return };
        let value = expression.value(&CONFIG);
        // Brackets are written where none need be, and what is very deep already is too deep with them.
        if text.iter().filter(|byte| matches!(byte, b'!' | b'(')).count() > 30 {
            return;
        }
        let written = expression.text();
        let again = Expression::parse(&written).expect("what it writes is an expression");
        assert_eq!(again.value(&CONFIG), value, "{}", String::from_utf8_lossy(&written));
        assert_eq!(again.symbols(), expression.symbols());
        expression.conjuncts();
        return;
    }
    let context = Context {
        config: &CONFIG,
        knowledge: &KNOWLEDGE,
        module: Truth::Unknown,
        assembly: Truth::False,
        version: Some([6, 1, 0]),
        defined: &|name| match name {
            b"A" => Macro::Defined(b"(B + 1)".to_vec()),
            b"B" => Macro::Defined(b"A".to_vec()),
            _ => Macro::Unknown,
        },
    };
    evaluate(text, &context);
});
