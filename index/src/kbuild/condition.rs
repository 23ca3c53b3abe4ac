//! An `#if` condition over a configuration, in three values. Numbers are the preprocessor's;
//! what no configuration tells (another header's macro, the compiler) is unknown.
//!
//! The text is a condition as the outline keeps it, or as it stands in a file.

use super::brackets::closing;
use super::{Configuration, Knowledge, Truth, Value};

/// What is known where a condition stands.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The configuration.
    pub config: &'a Configuration,
    /// The macros that ask about it.
    pub knowledge: &'a Knowledge,
    /// Whether the file is compiled for a module; unknown for a header.
    pub module: Truth,
    /// Whether the file is assembly.
    pub assembly: Truth,
    /// The kernel's version, where it is known.
    pub version: Option<[u8; 3]>,
    /// What the file itself, or its Makefile, defines.
    pub defined: &'a dyn Fn(&[u8]) -> Macro,
}

/// What is known of a macro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Macro {
    /// It is not defined.
    Undefined,
    /// It is defined, as this text.
    Defined(Vec<u8>),
    /// Nothing is known of it.
    Unknown,
}

/// What is known of `name` where a Makefile has `defines`.
pub(super) fn defined(defines: &[(&[u8], &[u8])], name: &[u8]) -> Macro {
    let found = defines.iter().find(|(defined, _)| *defined == name);
    found.map_or(Macro::Unknown, |(_, value)| Macro::Defined(value.to_vec()))
}

/// Whether the condition holds.
pub fn evaluate(text: &[u8], context: &Context) -> Truth {
    Reader { rest: text, context, depth: 0 }.whole().map_or(Truth::Unknown, truth)
}

/// A number; `None` if it is unknown.
type Number = Option<i64>;

/// Brackets and macros in each other, at most.
const DEEPEST: u32 = 64;

/// A macro's text is never deeper than this many below that: each macro in it takes two.
const MACROS: u32 = 8;

fn truth(number: Number) -> Truth {
    number.map_or(Truth::Unknown, |number| Truth::from(number != 0))
}

fn number(truth: Truth) -> Number {
    match truth {
        Truth::False => Some(0),
        Truth::Unknown => None,
        Truth::True => Some(1),
    }
}

struct Reader<'a, 'b> {
    rest: &'a [u8],
    context: &'b Context<'b>,
    depth: u32,
}

/// Operators of two sides from the weakest; longer ones before those they begin with.
const LEVELS: [&[&[u8]]; 10] = [
    &[b"||"],
    &[b"&&"],
    &[b"|"],
    &[b"^"],
    &[b"&"],
    &[b"==", b"!="],
    &[b"<=", b">=", b"<", b">"],
    &[b"<<", b">>"],
    &[b"+", b"-"],
    &[b"*", b"/", b"%"],
];

/// A number in outer `Option`s: `None` if the text can't be read.
impl<'a> Reader<'a, '_> {
    fn whole(&mut self) -> Option<Number> {
        let value = self.choice()?;
        self.blank();
        self.rest.is_empty().then_some(value)
    }

    /// Leaves out white space and comments.
    fn blank(&mut self) {
        loop {
            self.rest = self.rest.trim_ascii_start();
            if let Some(line) = self.rest.strip_prefix(b"\\\n") {
                self.rest = line;
            } else if self.rest.starts_with(b"/*") {
                let end = memchr::memmem::find(self.rest, b"*/");
                self.rest = end.map_or(&[], |end| &self.rest[end + 2..]);
            } else if self.rest.starts_with(b"//") {
                self.rest = &[];
            } else {
                return;
            }
        }
    }

    fn takes(&mut self, token: &[u8]) -> bool {
        self.blank();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn choice(&mut self) -> Option<Number> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let condition = self.level(0)?;
        let value = if self.takes(b"?") {
            let then = self.choice()?;
            if !self.takes(b":") {
                return None;
            }
            let or_else = self.choice()?;
            match truth(condition) {
                Truth::True => then,
                Truth::False => or_else,
                Truth::Unknown => then.filter(|_| then == or_else),
            }
        } else {
            condition
        };
        self.depth -= 1;
        Some(value)
    }

    fn level(&mut self, level: usize) -> Option<Number> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.level(level + 1)?;
        while let Some(operator) = self.operator(operators) {
            let right = self.level(level + 1)?;
            left = combined(operator, left, right);
        }
        Some(left)
    }

    fn operator(&mut self, operators: &[&'static [u8]]) -> Option<&'static [u8]> {
        self.blank();
        let found = *operators.iter().find(|operator| self.rest.starts_with(operator))?;
        // `&` is not the beginning of `&&`, nor `<` that of `<<`.
        let next = self.rest.get(found.len());
        if found.len() == 1 && matches!(found, b"|" | b"&" | b"<" | b">") && next == found.first() {
            return None;
        }
        self.rest = &self.rest[found.len()..];
        Some(found)
    }

    fn unary(&mut self) -> Option<Number> {
        self.blank();
        let (first, rest) = self.rest.split_first()?;
        let operators = matches!(first, b'!' | b'-' | b'~' | b'+');
        if !operators {
            return self.primary();
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        self.rest = rest;
        let value = self.unary()?;
        self.depth -= 1;
        Some(match first {
            b'!' => number(!truth(value)),
            b'-' => value.map(i64::wrapping_neg),
            b'~' => value.map(|value| !value),
            _ => value,
        })
    }

    fn primary(&mut self) -> Option<Number> {
        let first = *self.rest.first()?;
        if first == b'(' {
            self.rest = &self.rest[1..];
            let value = self.choice()?;
            return self.takes(b")").then_some(value);
        }
        if first.is_ascii_digit() {
            return Some(self.literal());
        }
        if first == b'\'' {
            let end = memchr::memchr(b'\'', &self.rest[1..])? + 1;
            let value = if end == 2 { Some(i64::from(self.rest[1])) } else { None };
            self.rest = &self.rest[end + 1..];
            return Some(value);
        }
        let name = self.name()?;
        Some(self.named(name))
    }

    fn literal(&mut self) -> Number {
        let end = self.rest.iter().position(|b| !b.is_ascii_alphanumeric());
        let (digits, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        let digits = std::str::from_utf8(digits).ok()?.to_ascii_lowercase();
        if let Some(hex) = digits.strip_prefix("0x") {
            let hex = hex.trim_end_matches(['u', 'l']);
            return u64::from_str_radix(hex, 16).ok().map(|value| value as i64);
        }
        let digits = digits.trim_end_matches(['u', 'l']);
        if digits.starts_with('0') {
            return i64::from_str_radix(digits, 8).ok();
        }
        digits.parse().ok()
    }

    fn name(&mut self) -> Option<&'a [u8]> {
        self.blank();
        let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        let end = self.rest.iter().position(|b| !is_name(b)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!name.is_empty()).then_some(name)
    }

    /// The text between brackets that follow, if some do.
    fn brackets(&mut self) -> Option<&'a [u8]> {
        self.blank();
        if self.rest.first() != Some(&b'(') {
            return None;
        }
        let Some(end) = closing(self.rest) else {
            self.rest = &[];
            return None;
        };
        let inner = &self.rest[1..end];
        self.rest = &self.rest[end + 1..];
        Some(inner)
    }

    fn named(&mut self, name: &[u8]) -> Number {
        if name == b"defined" {
            let asked = match self.brackets() {
                Some(inner) => inner.trim_ascii(),
                None => self.name().unwrap_or_default(),
            };
            return number(self.is_defined(asked));
        }
        let macros = &self.context.knowledge.condition;
        let is_one = |list: &[String]| list.iter().any(|m| m.as_bytes() == name);
        if is_one(&macros.bits) {
            return Some(if self.context.config.is_on(b"64BIT") { 64 } else { 32 });
        }
        let config = self.context.config;
        let value = |symbol: &[u8]| config.value(symbol.strip_prefix(b"CONFIG_")?);
        let asks = |inner: &[u8], yes: bool, module: Truth| {
            let symbol = inner.trim_ascii();
            if !symbol.starts_with(b"CONFIG_") {
                return None;
            }
            number(match value(symbol) {
                Some(Value::Yes) => Truth::from(yes),
                Some(Value::Module) => module,
                _ => Truth::False,
            })
        };
        let Some(inner) = self.brackets() else { return self.plain(name) };
        if is_one(&macros.enabled) {
            asks(inner, true, Truth::True)
        } else if is_one(&macros.builtin) {
            asks(inner, true, Truth::False)
        } else if is_one(&macros.module) {
            asks(inner, false, Truth::True)
        } else if is_one(&macros.reachable) {
            asks(inner, true, self.context.module)
        } else if is_one(&macros.defined) {
            number(self.is_defined(inner.trim_ascii()))
        } else if name == b"KERNEL_VERSION" {
            version_code(inner)
        } else {
            None
        }
    }

    fn is_defined(&self, name: &[u8]) -> Truth {
        if let Some(symbol) = name.strip_prefix(b"CONFIG_") {
            return match self.context.config.value(symbol) {
                Some(Value::Module) => Truth::False,
                Some(_) => Truth::True,
                None => Truth::from(self.is_module_of(symbol)),
            };
        }
        if name == b"MODULE" {
            return self.context.module;
        }
        let macros = &self.context.knowledge.condition;
        let is_one = |list: &[String]| list.iter().any(|m| m.as_bytes() == name);
        if is_one(&macros.assembly) {
            return self.context.assembly;
        }
        match (self.context.defined)(name) {
            Macro::Defined(_) => return Truth::True,
            Macro::Undefined => return Truth::False,
            Macro::Unknown => {}
        }
        let compiler = std::str::from_utf8(name).ok().and_then(|name| macros.compiler.get(name));
        if let Some(symbol) = compiler {
            return Truth::from(self.context.config.is_on(symbol.as_bytes()));
        }
        if is_one(&macros.always) {
            Truth::True
        } else if is_one(&macros.never) {
            Truth::False
        } else {
            Truth::Unknown
        }
    }

    /// Whether this is `X_MODULE` of a symbol that is `m`.
    fn is_module_of(&self, symbol: &[u8]) -> bool {
        let of = symbol.strip_suffix(b"_MODULE");
        of.is_some_and(|of| self.context.config.value(of) == Some(&Value::Module))
    }

    /// The value of a name without brackets.
    fn plain(&mut self, name: &[u8]) -> Number {
        if let Some(symbol) = name.strip_prefix(b"CONFIG_") {
            return match self.context.config.value(symbol) {
                Some(Value::Yes) => Some(1),
                Some(Value::Int(number)) => Some(*number),
                Some(Value::Hex(number)) => Some(*number as i64),
                Some(Value::Text(_)) => None,
                Some(Value::Module) => Some(0),
                None => Some(i64::from(self.is_module_of(symbol))),
            };
        }
        if name == b"LINUX_VERSION_CODE" {
            return self.context.version.map(code);
        }
        if let Macro::Defined(text) = (self.context.defined)(name) {
            let depth = (self.depth + 1).max(DEEPEST - MACROS);
            return Reader { rest: &text, context: self.context, depth }.whole().flatten();
        }
        match self.is_defined(name) {
            Truth::False => Some(0),
            Truth::True => Some(1),
            Truth::Unknown => None,
        }
    }
}

fn code(version: [u8; 3]) -> i64 {
    let [major, minor, patch] = version.map(i64::from);
    (major << 16) + (minor << 8) + patch
}

fn version_code(arguments: &[u8]) -> Number {
    let mut numbers = arguments
        .split(|b| *b == b',')
        .map(|text| std::str::from_utf8(text.trim_ascii()).ok()?.parse::<i64>().ok());
    let (major, minor, patch) = (numbers.next()??, numbers.next()??, numbers.next()??);
    major.checked_mul(1 << 16)?.checked_add(minor.checked_mul(1 << 8)?)?.checked_add(patch.min(255))
}

fn combined(operator: &[u8], left: Number, right: Number) -> Number {
    match operator {
        b"&&" => return number(truth(left).and(truth(right))),
        b"||" => return number(truth(left).or(truth(right))),
        _ => {}
    }
    let (left, right) = (left?, right?);
    let shift = u32::try_from(right).unwrap_or(64);
    Some(match operator {
        b"|" => left | right,
        b"^" => left ^ right,
        b"&" => left & right,
        b"==" => i64::from(left == right),
        b"!=" => i64::from(left != right),
        b"<=" => i64::from(left <= right),
        b">=" => i64::from(left >= right),
        b"<" => i64::from(left < right),
        b">" => i64::from(left > right),
        b"<<" => left.checked_shl(shift).unwrap_or(0),
        b">>" => left.checked_shr(shift).unwrap_or(0),
        b"+" => left.wrapping_add(right),
        b"-" => left.wrapping_sub(right),
        b"*" => left.wrapping_mul(right),
        b"/" => return left.checked_div(right),
        _ => return left.checked_rem(right),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds_in(text: &str, module: Truth) -> Truth {
        let knowledge = Knowledge::built_in();
        let config = b"CONFIG_64BIT=y\nCONFIG_A=y\nCONFIG_M=m\nCONFIG_HZ=250\nCONFIG_S=\"s\"\nCONFIG_X86_64=y\n";
        let config = Configuration::read(config, &knowledge).unwrap();
        let defined = |name: &[u8]| match name {
            b"LEVEL" => Macro::Defined(b"3".to_vec()),
            b"SELF" => Macro::Defined(b"SELF + 1".to_vec()),
            b"GONE" => Macro::Undefined,
            b"EMPTY" => Macro::Defined(Vec::new()),
            [b'N', digit @ b'1'..=b'9'] => Macro::Defined(vec![b'N', digit - 1]),
            b"N0" => Macro::Defined(b"1".to_vec()),
            _ => Macro::Unknown,
        };
        let context = Context {
            config: &config,
            knowledge: &knowledge,
            module,
            assembly: Truth::False,
            version: Some([6, 12, 5]),
            defined: &defined,
        };
        evaluate(text.as_bytes(), &context)
    }

    fn check(text: &str, expected: Truth) {
        assert_eq!(holds_in(text, Truth::Unknown), expected, "{text}");
    }

    #[test]
    fn symbols_are_on_off_or_modules() {
        for text in [
            "defined(CONFIG_A)",
            "CONFIG_A",
            "!defined CONFIG_M",
            "defined(CONFIG_M_MODULE)",
            "!CONFIG_B",
            "IS_ENABLED(CONFIG_M)",
            "IS_MODULE(CONFIG_M)",
            "IS_BUILTIN(CONFIG_A)",
            "!IS_BUILTIN(CONFIG_M)",
            "IS_REACHABLE(CONFIG_A)",
            "CONFIG_HZ == 250",
            "CONFIG_HZ * 2 > 499",
            "defined(CONFIG_S)",
            "BITS_PER_LONG == 64",
            "!defined(__ASSEMBLY__)",
            "defined(__x86_64__) && !defined(__i386__)",
            "LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)",
            "LEVEL >= 3",
            "!defined(GONE)",
            "1 ? 1 : 0",
            "(CONFIG_A && /* and */ !CONFIG_B) || FOO",
            "0x10 == 16 && 010 == 8 && 1UL << 4 == 16",
            "'a' == 97",
        ] {
            check(text, Truth::True);
        }
    }

    #[test]
    fn operators_mean_what_the_preprocessor_makes_of_them() {
        for text in [
            "(6 | 3) == 7 && (6 ^ 3) == 5 && (6 & 3) == 2",
            "1 != 2 && 4 != 2 && !(1 != 1) && !(1 == 2)",
            "2 <= 2 && !(3 <= 2) && 1 < 2 && !(2 < 2)",
            "2 >= 2 && !(1 >= 2) && 3 > 2 && !(2 > 2)",
            "(8 >> 2) == 2 && (1 << 64) == 0 && (1 << -1) == 0",
            "7 - 2 == 5 && 7 % 4 == 3 && 7 / 2 == 3 && 10 - 3 - 2 == 5",
            "~0 == -1 && +3 == 3 && !0 && !!5 && -2 + 2 == 0",
            // What binds more tightly.
            "2 + 3 * 4 == 14 && 1 << 1 + 1 == 4 && (4 > 1 << 1) == 1",
            "!(1 | 0 && 0) && !(2 & 3 == 2) && (1 ^ 1 | 1) && (1 | 1 ^ 1)",
            "1 || 0 && 0",
            "(1 == 2 < 3) == 1",
            "0 ? 0 : 1",
            "FOO ? 2 : 2",
            "1 && 2 && !(1 && 0) && (0 || 2) && !(0 || 0)",
            "1 /* one */ + \\\n 1 == 2 // two",
            "0xFFu == 255 && 0X10ull == 16 && 00 == 0 && 7L == 7",
            "LINUX_VERSION_CODE == 396293",
            "KERNEL_VERSION(1, 2, 3) == 66051 && KERNEL_VERSION(4, 9, 300) == 264703",
        ] {
            check(text, Truth::True);
        }
        for text in [
            "FOO ? 1 : 2",
            "1 ? 2",
            "1 2",
            "(1",
            "'ab' == 1",
            "1 % 0",
            "08",
            "KERNEL_VERSION(1, 2)",
        ] {
            check(text, Truth::Unknown);
        }
    }

    #[test]
    fn what_is_not_set_is_off() {
        for text in [
            "!IS_ENABLED(CONFIG_B) && !IS_MODULE(CONFIG_B) && !IS_BUILTIN(CONFIG_B)",
            "!IS_MODULE(CONFIG_A) && !CONFIG_A_MODULE && CONFIG_M_MODULE && !CONFIG_M",
            "!defined(CONFIG_B) && defined CONFIG_HZ && !defined(CONFIG_A_MODULE)",
            "LEVEL == 3 && defined LEVEL",
        ] {
            check(text, Truth::True);
        }
        for text in
            ["IS_ENABLED(A)", "MODULE", "EMPTY", "defined(MODULE)", "IS_REACHABLE(CONFIG_M)"]
        {
            check(text, Truth::Unknown);
        }
    }

    #[test]
    fn what_stands_beside_each_other_is_not_deep() {
        check(&format!("{}1", "(1) && !0 && (1 ? 1 : 0) && ".repeat(200)), Truth::True);
        check(&format!("{}1{}", "(".repeat(60), ")".repeat(60)), Truth::True);
    }

    #[test]
    fn what_nobody_tells_is_unknown_unless_it_does_not_matter() {
        for text in [
            "FOO",
            "defined(FOO)",
            "FOO > 3",
            "CONFIG_S == 1",
            "SELF",
            "__has_attribute(x)",
            "1 +",
            "",
            "1 / 0",
        ] {
            check(text, Truth::Unknown);
        }
        check("FOO && CONFIG_B", Truth::False);
        check("FOO(1, 2) || CONFIG_A", Truth::True);
    }

    #[test]
    fn a_module_reaches_modules() {
        assert_eq!(holds_in("IS_REACHABLE(CONFIG_M)", Truth::True), Truth::True);
        assert_eq!(holds_in("IS_REACHABLE(CONFIG_M)", Truth::False), Truth::False);
        assert_eq!(
            holds_in("IS_REACHABLE(CONFIG_M) && defined(MODULE)", Truth::Unknown),
            Truth::Unknown
        );
    }

    #[test]
    fn a_makefiles_macros_go_by_their_names() {
        let defines: [(&[u8], &[u8]); 2] = [(b"A", b"1"), (b"B", b"2")];
        assert_eq!(defined(&defines, b"B"), Macro::Defined(b"2".to_vec()));
        assert_eq!(defined(&defines, b"C"), Macro::Unknown);
    }

    #[test]
    fn what_is_too_deep_is_unknown() {
        check(&format!("{}1{}", "(".repeat(63), ")".repeat(63)), Truth::True);
        check(&format!("{}1{}", "(".repeat(64), ")".repeat(64)), Truth::Unknown);
        check(&format!("{}0", "!".repeat(63)), Truth::True);
        check(&format!("{}1", "!".repeat(64)), Truth::Unknown);
        // Macros in each other.
        check("N3", Truth::True);
        check("N4", Truth::Unknown);
    }

    #[test]
    fn deep_nesting_ends() {
        check(&"(".repeat(100_000), Truth::Unknown);
        check(&"!".repeat(100_000), Truth::Unknown);
        check(&format!("{}1{}", "(".repeat(5000), ")".repeat(5000)), Truth::Unknown);
    }
}
