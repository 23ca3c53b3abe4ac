//! Kconfig's expressions: read from text, and evaluated over a configuration. What a macro
//! such as `$(cc-option,…)` would say is unknown.

use super::super::brackets::closing;
use super::super::quotes::{self, Quoted};
use super::super::{Configuration, Value};
use serde::{Deserialize, Serialize};

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expression {
    /// A symbol's value.
    Symbol(Vec<u8>),
    /// `y`, `m`, `n`, a number or a text.
    Constant(Vec<u8>),
    /// What a macro says.
    Macro(Vec<u8>),
    /// `!a`.
    Not(Box<Expression>),
    /// `a && b`.
    And(Box<Expression>, Box<Expression>),
    /// `a || b`.
    Or(Box<Expression>, Box<Expression>),
    /// `a = b`, and the other comparisons.
    Compare(String, Box<Expression>, Box<Expression>),
}

/// Kconfig's values: no, module, yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tristate {
    /// `n`
    No,
    /// `m`
    Module,
    /// `y`
    Yes,
}

/// Expressions in each other, at most.
const DEEPEST: u32 = 64;
/// Parts of an expression, at most, also of those in brackets: they are written without these.
const MOST_PARTS: u32 = 256;
/// Longest first.
const COMPARISONS: [&str; 6] = ["!=", "<=", ">=", "=", "<", ">"];

impl Expression {
    /// Reads an expression; `None` if the text is none.
    pub fn parse(text: &[u8]) -> Option<Expression> {
        let mut reader = Reader { rest: text, depth: 0, parts: 0 };
        let expression = reader.or()?;
        reader.rest.trim_ascii().is_empty().then_some(expression)
    }

    /// The value over a configuration; `None` if it is unknown.
    pub fn value(&self, config: &Configuration) -> Option<Tristate> {
        use Tristate::{No, Yes};
        match self {
            Expression::Symbol(name) => Some(symbol_value(config, name)),
            Expression::Constant(text) => Some(match &text[..] {
                b"y" => Yes,
                b"m" => Tristate::Module,
                _ => No,
            }),
            Expression::Macro(_) => None,
            Expression::Not(inner) => inner.value(config).map(|value| match value {
                No => Yes,
                Tristate::Module => Tristate::Module,
                Yes => No,
            }),
            Expression::And(a, b) => match (a.value(config), b.value(config)) {
                (Some(No), _) | (_, Some(No)) => Some(No),
                (a, b) => Some(a?.min(b?)),
            },
            Expression::Or(a, b) => match (a.value(config), b.value(config)) {
                (Some(Yes), _) | (_, Some(Yes)) => Some(Yes),
                (a, b) => Some(a?.max(b?)),
            },
            Expression::Compare(operator, a, b) => {
                compared(operator, a.text_value(config)?, b.text_value(config)?)
                    .map(|holds| if holds { Yes } else { No })
            }
        }
    }

    /// What a comparison compares; an unset symbol is `n` and the empty text.
    fn text_value<'a>(&'a self, config: &'a Configuration) -> Option<&'a [u8]> {
        match self {
            Expression::Symbol(name) => Some(config.text(name)),
            Expression::Constant(text) => Some(if text == b"n" { b"" } else { text }),
            _ => None,
        }
    }

    /// The symbols in it, each once, in the order they stand.
    pub fn symbols(&self) -> Vec<&[u8]> {
        let mut symbols = Vec::new();
        self.add_symbols(&mut symbols);
        symbols
    }

    fn add_symbols<'a>(&'a self, symbols: &mut Vec<&'a [u8]>) {
        match self {
            Expression::Symbol(name) => {
                if !symbols.contains(&&name[..]) {
                    symbols.push(name);
                }
            }
            Expression::Constant(_) | Expression::Macro(_) => {}
            Expression::Not(inner) => inner.add_symbols(symbols),
            Expression::And(a, b) | Expression::Or(a, b) | Expression::Compare(_, a, b) => {
                a.add_symbols(symbols);
                b.add_symbols(symbols);
            }
        }
    }

    /// The parts that must all hold: `a` and `b` of `a && b`.
    pub fn conjuncts(&self) -> Vec<&Expression> {
        match self {
            Expression::And(a, b) => [a.conjuncts(), b.conjuncts()].concat(),
            _ => vec![self],
        }
    }

    /// The expression as text.
    pub fn text(&self) -> Vec<u8> {
        let bracketed = |inner: &Expression| match inner {
            Expression::And(..) | Expression::Or(..) | Expression::Compare(..) => {
                [b"(", &inner.text()[..], b")"].concat()
            }
            _ => inner.text(),
        };
        match self {
            Expression::Symbol(name) | Expression::Macro(name) => name.clone(),
            Expression::Constant(text) if matches!(&text[..], b"y" | b"m" | b"n") => text.clone(),
            Expression::Constant(text) => quotes::write(text),
            Expression::Not(inner) => [&b"!"[..], &bracketed(inner)].concat(),
            Expression::And(a, b) => {
                let part = |e: &Expression| match e {
                    Expression::Or(..) => bracketed(e),
                    _ => e.text(),
                };
                [&part(a)[..], b" && ", &part(b)].concat()
            }
            Expression::Or(a, b) => [&a.text()[..], b" || ", &b.text()].concat(),
            Expression::Compare(op, a, b) => {
                [&a.text()[..], b" ", op.as_bytes(), b" ", &b.text()].concat()
            }
        }
    }
}

/// A symbol as `y`, `m` or `n`; one that is a text or a number is `n`.
pub fn symbol_value(config: &Configuration, name: &[u8]) -> Tristate {
    match config.value(name) {
        Some(Value::Yes) => Tristate::Yes,
        Some(Value::Module) => Tristate::Module,
        _ => Tristate::No,
    }
}

fn compared(operator: &str, a: &[u8], b: &[u8]) -> Option<bool> {
    let number = |text: &[u8]| {
        let text = std::str::from_utf8(text).ok()?;
        match text.strip_prefix("0x") {
            Some(hex) => i64::from_str_radix(hex, 16).ok(),
            None => text.parse::<i64>().ok(),
        }
    };
    let ordering = match (number(a), number(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a.cmp(b),
    };
    Some(match operator {
        "=" => ordering.is_eq(),
        "!=" => ordering.is_ne(),
        "<" => ordering.is_lt(),
        "<=" => ordering.is_le(),
        ">" => ordering.is_gt(),
        _ => ordering.is_ge(),
    })
}

struct Reader<'a> {
    rest: &'a [u8],
    depth: u32,
    parts: u32,
}

impl Reader<'_> {
    fn takes(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_ascii_start();
        match self.rest.strip_prefix(token.as_bytes()) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn or(&mut self) -> Option<Expression> {
        let mut left = self.and()?;
        while self.takes("||") {
            let right = self.and()?;
            left = Expression::Or(Box::new(left), Box::new(right));
        }
        Some(left)
    }

    fn and(&mut self) -> Option<Expression> {
        let mut left = self.unary()?;
        while self.takes("&&") {
            let right = self.unary()?;
            left = Expression::And(Box::new(left), Box::new(right));
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        self.rest = self.rest.trim_ascii_start();
        let is_not = self.rest.starts_with(b"!") && !self.rest.starts_with(b"!=");
        let expression = if is_not {
            self.rest = &self.rest[1..];
            Expression::Not(Box::new(self.unary()?))
        } else if self.takes("(") {
            let inner = self.or()?;
            if !self.takes(")") {
                return None;
            }
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Some(expression)
    }

    fn comparison(&mut self) -> Option<Expression> {
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return None;
        }
        let left = self.atom()?;
        let Some(operator) = COMPARISONS.into_iter().find(|op| self.takes(op)) else {
            return Some(left);
        };
        let right = self.atom()?;
        Some(Expression::Compare(operator.to_owned(), Box::new(left), Box::new(right)))
    }

    fn atom(&mut self) -> Option<Expression> {
        self.rest = self.rest.trim_ascii_start();
        if let Some(Quoted { text, length, is_closed }) = quotes::read(self.rest) {
            let (written, rest) = self.rest.split_at(length);
            self.rest = rest;
            let is_macro = memchr::memmem::find(&text, b"$(").is_some();
            return is_closed.then_some(match is_macro {
                true => Expression::Macro(written.to_vec()),
                false => Expression::Constant(text),
            });
        }
        let (end, is_macro) = word_end(self.rest)?;
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        if is_macro {
            return Some(Expression::Macro(name.to_vec()));
        }
        let is_number = name[0].is_ascii_digit()
            && name.iter().all(|b| b.is_ascii_hexdigit() || matches!(b, b'x' | b'X'))
            && (name.iter().all(u8::is_ascii_digit) || name.starts_with(b"0x"));
        let is_constant = matches!(name, b"y" | b"m" | b"n") || is_number || name[0] == b'-';
        Some(if is_constant {
            Expression::Constant(name.to_vec())
        } else {
            Expression::Symbol(name.to_vec())
        })
    }
}

/// Where the word that `text` begins with ends, and whether a macro's call is in it; none where there is
/// no word, or a call has no end. A `$` that no `(` follows is a letter like others
/// (scripts/kconfig/preprocess.c).
fn word_end(text: &[u8]) -> Option<(usize, bool)> {
    let (mut at, mut is_macro) = (0, false);
    while let Some(byte) = text.get(at) {
        match byte {
            b'$' if text.get(at + 1) == Some(&b'(') => {
                at += 2 + closing(&text[at + 1..])?;
                is_macro = true;
            }
            b'_' | b'-' | b'.' | b'/' | b'$' => at += 1,
            byte if byte.is_ascii_alphanumeric() => at += 1,
            _ => break,
        }
    }
    (at > 0).then_some((at, is_macro))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kbuild::Knowledge;

    fn value(text: &str) -> Option<Tristate> {
        let config = b"CONFIG_A=y\nCONFIG_M=m\nCONFIG_HZ=250\nCONFIG_S=\"text\"\n";
        let config = Configuration::read(config, &Knowledge::built_in()).unwrap();
        Expression::parse(text.as_bytes()).unwrap().value(&config)
    }

    #[test]
    fn values_are_kconfigs() {
        use Tristate::{Module, No, Yes};
        for (text, expected) in [
            ("A", Some(Yes)),
            ("M", Some(Module)),
            ("B", Some(No)),
            ("!M", Some(Module)),
            ("A && M", Some(Module)),
            ("M || A", Some(Yes)),
            ("!(A && B)", Some(Yes)),
            ("M=m", Some(Yes)),
            ("B = n", Some(Yes)),
            ("HZ >= 100", Some(Yes)),
            ("S = \"text\"", Some(Yes)),
            ("S!=\"text\"", Some(No)),
            ("m", Some(Module)),
            ("$(cc-option,-mfoo)", None),
            ("$(success,a (b) c) && B", Some(No)),
            ("A || $(x)", Some(Yes)),
            ("A || pre-$(x (y))-post", Some(Yes)),
            ("A || $E", Some(Yes)),
            ("$E=$E", Some(Yes)),
            ("!!!I1=$E", Some(No)),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_expression_is_refused() {
        for text in ["", "A &&", "(A", "A B", "&& A", "\"open"] {
            assert_eq!(Expression::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Expression::parse(&b"(".repeat(100_000)), None);
        assert_eq!(Expression::parse(&b"!".repeat(100_000)), None);
        // What is read can be written, where no brackets stand, and read again.
        for group in ["A", "(A && B)", "(A || B && !C)"] {
            let read =
                |count: usize| Expression::parse([group].repeat(count).join(" && ").as_bytes());
            let most = (1..=300).rev().find_map(read).unwrap();
            assert!(read(300).is_none());
            assert_eq!(
                Expression::parse(&most.text()).map(|again| again.text()),
                Some(most.text())
            );
        }
    }

    #[test]
    fn an_expression_is_told_as_it_was_written() {
        let text = |text: &str| Expression::parse(text.as_bytes()).unwrap().text();
        assert_eq!(text("A&&(B||!C)"), b"A && (B || !C)");
        assert_eq!(text("HZ>=100 && S=\"x\""), b"HZ >= \"100\" && S = \"x\"");
        assert_eq!(text(r#"S='a "b"' && "$(x) y""#), br#"S = "a \"b\"" && "$(x) y""#);
        for written in [r#"!'a "b'"#, r#"S = "a\\""#, r#""$(x)" && A"#] {
            let expression = Expression::parse(written.as_bytes()).unwrap();
            assert_eq!(Expression::parse(&expression.text()).as_ref(), Some(&expression));
        }
    }
}
