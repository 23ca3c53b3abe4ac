//! Where structures and unions declare a field of one name, from text alone: the graph has those fields that
//! functions are called through.

use kgrep_index::lex::{Lexer, Token, TokenKind};
use kgrep_index::outline::is_reserved;

/// A field that a structure declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// The structure or union that has it, the nearest one around with a name.
    pub(crate) structure: String,
    /// What it is declared to be, or to point to.
    pub(crate) of: Type,
    /// The line that its name stands on, from 1.
    pub(crate) line: u32,
    /// The first line of its declaration.
    pub(crate) first: u32,
    /// And the last.
    pub(crate) last: u32,
}

/// The type that a field is declared with, as far as that has fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    /// A structure, a union or a type of this name.
    Named(String),
    /// Braces without a name, whose fields count to the structure around them.
    Unnamed,
    /// Nothing with fields: C's own types, a pointer to a function.
    Plain,
}

/// The most tokens that a declaration is looked through for its beginning and its end. Tables of data have hundreds
/// of thousands without a semicolon.
const LONGEST: usize = 1024;

/// The most structures around a field.
const DEEPEST: usize = 32;

/// The most words before a brace.
const MOST_WORDS: usize = 16;

/// The fields called `name` that a file of C declares, in the order of their lines.
pub(crate) fn members_of(bytes: &[u8], name: &[u8]) -> Vec<Member> {
    let tokens: Vec<Token> = Lexer::new(bytes).meaning().collect();
    let text = Text { braces: Braces::of(&tokens), tokens: &tokens, bytes };
    let is_it = |at: &usize| tokens[*at].kind == TokenKind::Ident && text.word(*at) == name;
    (0..tokens.len()).filter(is_it).filter_map(|at| text.member(at)).collect()
}

/// The structures whose fields are also those of the structure called `of`, as it has them without a name of
/// their own: `struct bulb;`, which `-fms-extensions` allows since 6.19.
pub(crate) fn embedded_in(bytes: &[u8], of: &str) -> Vec<String> {
    let tokens: Vec<Token> = Lexer::new(bytes).meaning().collect();
    let text = Text { braces: Braces::of(&tokens), tokens: &tokens, bytes };
    let mut found: Vec<String> = (1..tokens.len().saturating_sub(2))
        .filter(|at| matches!(text.word(*at), b"struct" | b"union") && text.is_name(at + 1))
        .filter(|at| text.is(Some(at + 2), b';') && text.ends_statement(at - 1))
        .filter(|at| text.structure(at - 1).as_deref() == Some(of))
        .map(|at| String::from_utf8_lossy(text.word(at + 1)).into_owned())
        .collect();
    found.dedup();
    found
}

/// Which braces belong together.
struct Braces {
    /// For each token the open brace around it, as its place and one; 0 without one.
    around: Vec<u32>,
    /// For each brace the one that it belongs with; 0 for all else.
    partner: Vec<u32>,
}

impl Braces {
    fn of(tokens: &[Token]) -> Braces {
        let mut braces = Braces { around: Vec::new(), partner: vec![0; tokens.len()] };
        let mut open: Vec<usize> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            if token.is(b'}')
                && let Some(opened) = open.pop()
            {
                braces.partner[opened] = at as u32;
                braces.partner[at] = opened as u32;
            }
            braces.around.push(open.last().map_or(0, |open| *open as u32 + 1));
            if token.is(b'{') {
                open.push(at);
            }
        }
        braces
    }

    /// The open brace around the token at `at`.
    fn around(&self, at: usize) -> Option<usize> {
        self.around[at].checked_sub(1).map(|open| open as usize)
    }
}

/// A file's tokens.
struct Text<'t> {
    tokens: &'t [Token],
    braces: Braces,
    bytes: &'t [u8],
}

impl<'t> Text<'t> {
    fn word(&self, at: usize) -> &'t [u8] {
        self.tokens[at].text(self.bytes)
    }

    fn is(&self, at: Option<usize>, byte: u8) -> bool {
        at.and_then(|at| self.tokens.get(at)).is_some_and(|token| token.is(byte))
    }

    fn is_name(&self, at: usize) -> bool {
        self.tokens[at].kind == TokenKind::Ident && !is_reserved(self.word(at))
    }

    /// Whether a statement may begin behind this token.
    fn ends_statement(&self, at: usize) -> bool {
        b"{;}".iter().any(|byte| self.is(Some(at), *byte))
            || self.tokens[at].kind == TokenKind::Directive
    }

    /// The field that the name at `at` is, if it is one.
    fn member(&self, at: usize) -> Option<Member> {
        let before = at.checked_sub(1)?;
        if !self.is_name(at) || !self.may_end(at + 1) || !self.may_precede(before) {
            return None;
        }
        let start = self.statement(at)?;
        let structure = self.structure(start)?;
        let below = at..self.tokens.len().min(at + LONGEST);
        let end = below.into_iter().find(|at| self.is(Some(*at), b';')).unwrap_or(at);
        let first = self.tokens.get(start + 1).map_or(self.tokens[at].line, |token| token.line);
        let (line, last) = (self.tokens[at].line, self.tokens[end].line);
        let of = self.type_of(start, at);
        Some(Member { structure, of, line, first: first.min(line), last: last.max(line) })
    }

    /// The type that is declared between the token `start` and the field's name at `at`. One that is written there
    /// in braces has its name before these.
    fn type_of(&self, start: usize, at: usize) -> Type {
        let braces = self.is(Some(start), b'}');
        let words = match braces {
            true => self.head(self.braces.partner[start] as usize),
            false => (start + 1..at)
                .filter(|at| self.tokens[*at].kind != TokenKind::Directive)
                .take_while(|at| self.tokens[*at].kind == TokenKind::Ident)
                .map(|at| self.word(at))
                .collect(),
        };
        let is_tag = |word: &&[u8]| matches!(*word, b"struct" | b"union" | b"enum");
        let tag = words.iter().position(is_tag);
        let behind = &words[tag.map_or(0, |tag| tag + 1)..];
        let named = match tag {
            // Marks may stand before a name in braces, and names may begin as marks do: `struct __call_single_node`.
            Some(_) if !braces => behind.first(),
            _ => behind.iter().find(|word| !is_mark(word)),
        };
        match named {
            Some(name) => Type::Named(String::from_utf8_lossy(name).into_owned()),
            None if braces => Type::Unnamed,
            None => Type::Plain,
        }
    }

    /// Whether a declarator's name may end before this token: what follows, or an attribute.
    fn may_end(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at) else { return false };
        let ends = |byte: &u8| token.is(*byte);
        b";,[:)".iter().any(ends)
            || token.kind == TokenKind::Ident && self.word(at).starts_with(b"__")
    }

    /// Whether a declarator's name may stand behind this token.
    fn may_precede(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        match token.kind {
            // The tag of a structure is no field.
            TokenKind::Ident => {
                !matches!(self.word(at), b"struct" | b"union" | b"enum" | b"return")
            }
            _ => b"*,)(}".iter().any(|byte| token.is(*byte)),
        }
    }

    /// The token before the declaration that the name at `at` may be of; none where the name stands otherwise.
    fn statement(&self, at: usize) -> Option<usize> {
        let mut closed = 0_u32;
        for before in (at.saturating_sub(LONGEST)..at).rev() {
            let token = &self.tokens[before];
            match token.byte {
                _ if token.kind != TokenKind::Byte => {}
                b')' | b']' => closed += 1,
                b'(' | b'[' if closed > 0 => closed -= 1,
                b'(' if self.declares_inside(before, at) => {}
                b'(' | b'[' => return None,
                b'=' if closed == 0 => return None,
                // A list of an enumeration's constants, or nothing before the name.
                b'{' if closed == 0 => {
                    return (before + 1 < at && !self.is_enumeration(before)).then_some(before);
                }
                b'}' if closed == 0 => return Some(before),
                b';' if closed == 0 => return (before + 1 < at).then_some(before),
                _ => {}
            }
        }
        None
    }

    /// Whether names are declared behind this open parenthesis: `int (*open)(…)`, or what a macro declares,
    /// `DECLARE_BITMAP(bits, 8)`.
    fn declares_inside(&self, open: usize, name: usize) -> bool {
        if self.is(Some(open + 1), b'*') {
            return name == open + 2 || self.is(name.checked_sub(1), b'*');
        }
        let Some(before) =
            open.checked_sub(1).filter(|at| self.tokens[*at].kind == TokenKind::Ident)
        else {
            return false;
        };
        let word = self.word(before);
        memchr::memmem::find(word, b"struct_group").is_some()
            || word.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
    }

    /// Whether a brace opens a list of constants: `enum lamp {`.
    fn is_enumeration(&self, brace: usize) -> bool {
        self.head(brace).contains(&&b"enum"[..])
    }

    /// The words before a brace, without what attributes have in parentheses.
    fn head(&self, brace: usize) -> Vec<&'t [u8]> {
        let first = brace.saturating_sub(MOST_WORDS);
        let (mut words, mut at) = (Vec::new(), brace);
        while at > first {
            at -= 1;
            match self.tokens[at].kind {
                TokenKind::Ident => words.push(self.word(at)),
                _ => match self.attribute(at, first) {
                    Some(attribute) => at = attribute,
                    None => break,
                },
            }
        }
        words.reverse();
        words
    }

    /// Where the attribute begins that ends with the parenthesis at `close`: `__aligned(8)`.
    fn attribute(&self, close: usize, first: usize) -> Option<usize> {
        let mut closed = 0_u32;
        for at in (first..=close).rev() {
            closed += u32::from(self.is(Some(at), b')'));
            if self.is(Some(at), b'(') {
                closed = closed.checked_sub(1)?;
            }
            if closed == 0 {
                let name = at.checked_sub(1).filter(|name| *name >= first && at < close)?;
                return self.word(name).starts_with(b"__").then_some(name);
            }
        }
        None
    }

    /// The nearest structure with a name around what follows this token; none in a function.
    fn structure(&self, start: usize) -> Option<String> {
        let mut brace =
            if self.is(Some(start), b'{') { Some(start) } else { self.braces.around(start) };
        for _ in 0..DEEPEST {
            let open = brace?;
            let head = self.head(open);
            let tag = head.iter().rposition(|word| matches!(*word, b"struct" | b"union"))?;
            if let Some(name) = head[tag + 1..].iter().find(|word| !is_mark(word)) {
                return Some(String::from_utf8_lossy(name).into_owned());
            }
            let typed = self.name_behind(open).filter(|_| head.contains(&&b"typedef"[..]));
            if typed.is_some() {
                return typed;
            }
            brace = self.braces.around(open);
            // What stands by itself has a name, though that looks like a mark: `struct __call_single_node`.
            if brace.is_none() {
                return head[tag + 1..]
                    .last()
                    .map(|name| String::from_utf8_lossy(name).into_owned());
            }
        }
        None
    }

    /// The name behind the braces that open here: `typedef struct { … } lamp_t;`.
    fn name_behind(&self, open: usize) -> Option<String> {
        let close = Some(self.braces.partner[open] as usize).filter(|close| *close > open)?;
        let words = close + 1..self.tokens.len().min(close + 1 + MOST_WORDS);
        let words = words.take_while(|at| self.tokens[*at].kind == TokenKind::Ident);
        let is_plain = |at: &usize| !is_mark(self.word(*at));
        let name = words.clone().find(is_plain).or_else(|| words.last())?;
        Some(String::from_utf8_lossy(self.word(name)).into_owned())
    }
}

/// Whether a word of a declaration is C's own or an attribute, and names nothing.
fn is_mark(word: &[u8]) -> bool {
    word.starts_with(b"__") || is_reserved(word)
}

#[cfg(test)]
mod tests {
    use super::{Type, embedded_in, members_of};

    fn found(text: &str, name: &str) -> Vec<(String, u32)> {
        let found = members_of(text.as_bytes(), name.as_bytes()).into_iter();
        found.map(|member| (member.structure, member.line)).collect()
    }

    const LAMP: &str = "struct lamp {
	struct kset *kset; /* the otherwise, return; */
	int watts, volts;
	unsigned lit:1, dim:WIDTH;
	unsigned char
		*data;
	char name[SIZE];
	int producer ____aligned_here;
	int amps __aligned(8);
	void __printf(1, 2) (*say)(const char *fmt, ...);
	int (*blink)(struct lamp *lamp,
		     int amount, bool fast);
	DECLARE_BITMAP(bits, 8);
	struct_group(head,
		u8 first;
		u8 second;
	);
	enum { RED, GREEN } colour;
	union {
		int inner;
	} either;
	struct bulb {
		int bright;
	} bulb;
	void __iomem *const base;
} __packed;
";

    #[test]
    fn each_field_is_found_in_its_structure() {
        for (name, line) in [
            ("kset", 2),
            ("watts", 3),
            ("volts", 3),
            ("lit", 4),
            ("dim", 4),
            ("data", 6),
            ("name", 7),
            ("producer", 8),
            ("amps", 9),
            ("say", 10),
            ("blink", 11),
            ("bits", 13),
            ("second", 16),
            ("colour", 18),
            ("inner", 20),
            ("either", 21),
            ("bulb", 24),
            ("base", 25),
        ] {
            assert_eq!(found(LAMP, name), [("lamp".to_owned(), line)], "{name}");
        }
        assert_eq!(found(LAMP, "bright"), [("bulb".to_owned(), 23)]);
        let typed = "typedef struct {\n\tint hue;\n} lamp_t;\nstruct one { int line; };\n";
        assert_eq!(found(typed, "hue"), [("lamp_t".to_owned(), 2)]);
        assert_eq!(found(typed, "line"), [("one".to_owned(), 4)]);
        let marked = "struct __node {\n\tint link;\n\tstruct __packed {\n\t\tint part;\n\t};\n};\n\
            struct __attribute__((packed)) mast {\n\tint high;\n};\nunion __aligned(8) pole { int low; };\n\
            typedef struct __packed { int wide; } __road;\n";
        for (name, structure, line) in [
            ("link", "__node", 2),
            ("part", "__node", 4),
            ("high", "mast", 8),
            ("low", "pole", 10),
            ("wide", "__road", 11),
        ] {
            assert_eq!(found(marked, name), [(structure.to_owned(), line)], "{name}");
        }
    }

    #[test]
    fn what_stands_otherwise_is_no_field() {
        for name in [
            "otherwise",
            "return",
            "WIDTH",
            "SIZE",
            "fmt",
            "amount",
            "fast",
            "RED",
            "GREEN",
            "u8",
            "the",
        ] {
            assert_eq!(found(LAMP, name), [], "{name}");
        }
        let code = "int lamp(struct lamp *lamp, int by)\n{\n\tint volts, watts;\n\tf(volts);\n\treturn by;\n}\n\
            struct lamp table = { .on = f(watts), on };\nint volts;\n";
        for name in ["by", "volts", "watts", "on", "lamp"] {
            assert_eq!(found(code, name), [], "{name}");
        }
        for odd in ["}", "{ x;", "struct { int x;", "x", "(x)", "struct s { x; };", "};x;"] {
            assert_eq!(found(odd, "x"), [], "{odd}");
        }
    }

    #[test]
    fn a_structure_without_a_name_of_its_own_is_embedded() {
        let text = "struct bulb;\nstruct lamp {\n\tstruct bulb;\n\tunion {\n\t\tint lit;\n\t\tunion cord;\n\t};\n\
            \tstruct room *room;\n\tstruct own {\n\t\tstruct inner;\n\t} own;\n#ifdef CONFIG_X\n\tstruct last;\n#endif\n};\n\
            int f(void)\n{\n\tstruct local;\n\treturn 0;\n}\n";
        let found = |of| embedded_in(text.as_bytes(), of).join(" ");
        assert_eq!([found("lamp"), found("own"), found("bulb")], ["bulb cord last", "inner", ""]);
        assert_eq!(embedded_in(b"struct a", "a"), <[String; 0]>::default());
    }

    #[test]
    fn a_field_has_the_type_that_it_is_declared_with() {
        let of =
            |text: &str, name: &str| members_of(text.as_bytes(), name.as_bytes())[0].of.clone();
        let named = |name: &str| Type::Named(name.to_owned());
        for (name, want) in [
            ("kset", named("kset")),
            ("watts", Type::Plain),
            ("data", Type::Plain),
            ("blink", Type::Plain),
            ("bulb", named("bulb")),
            ("either", Type::Unnamed),
            ("base", Type::Plain),
        ] {
            assert_eq!(of(LAMP, name), want, "{name}");
        }
        let marked = "struct lamp {\n\tstruct __node wake;\n\tconst lamp_t *next;\n\tunsigned long __bits *map;\n\
            #ifdef CONFIG_LAMP\n\tstruct bulb bulb;\n#endif\n};\n";
        assert_eq!(of(marked, "wake"), named("__node"));
        assert_eq!(of(marked, "next"), named("lamp_t"));
        assert_eq!(of(marked, "map"), Type::Plain);
        assert_eq!(of(marked, "bulb"), named("bulb"));
    }

    #[test]
    fn a_declaration_has_its_lines() {
        let found = members_of(LAMP.as_bytes(), b"blink");
        assert_eq!((found[0].first, found[0].last), (11, 12));
        let found = members_of(LAMP.as_bytes(), b"data");
        assert_eq!((found[0].first, found[0].last), (5, 6));
    }

    /// Text that is made to be slow takes no longer than its length.
    #[test]
    fn long_tables_and_deep_braces_are_passed_over() {
        for odd in [
            format!("int t[] = {{ {} }};", "x, ".repeat(20_000)),
            format!("struct s {{ {} }};", "x, ".repeat(20_000)),
            "struct { int x; ".repeat(10_000),
            "} int x; ".repeat(10_000),
            format!("{} {{ int x; }}", "struct ".repeat(20_000)),
            format!("typedef struct {{ {} ", "int x; ".repeat(10_000)),
        ] {
            assert!(found(&odd, "x").len() <= 10_000);
        }
    }
}
