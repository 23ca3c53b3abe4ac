//! What a function's body or a structure declares, from text alone: names, and as far as it can be
//! told the type of each. The graph has no locals, and of members those that hold functions or
//! structures.

use kgrep_index::lex::{Token, TokenKind};

/// A declared name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declared {
    pub(crate) name: String,
    /// The name's token.
    pub(crate) token: Token,
    pub(crate) of: Option<TypeName>,
    /// Where its statement begins and ends: what is shown of it.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// It is a structure without a name, whose members are told beside it.
    pub(crate) nested: bool,
    depth: u32,
}

/// A type as far as it has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeName {
    /// Whether `struct`, `union` or `enum` stands before it.
    pub(crate) tagged: bool,
    pub(crate) name: String,
}

/// Words that begin no declaration.
const STATEMENTS: [&[u8]; 16] = [
    b"return",
    b"goto",
    b"case",
    b"default",
    b"if",
    b"else",
    b"while",
    b"for",
    b"do",
    b"switch",
    b"break",
    b"continue",
    b"sizeof",
    b"asm",
    b"typedef",
    b"extern",
];

/// Words of a type that are not its name.
const QUALIFIERS: [&[u8]; 13] = [
    b"const",
    b"volatile",
    b"static",
    b"register",
    b"struct",
    b"union",
    b"enum",
    b"restrict",
    b"inline",
    b"__user",
    b"__iomem",
    b"__rcu",
    b"__percpu",
];

/// What `tokens` declare that is in force at the offset `at`; all that is declared anywhere in them
/// without one. The first brace ends the head, whose brackets have parameters.
pub(crate) fn declared(tokens: &[Token], bytes: &[u8], at: Option<usize>) -> Vec<Declared> {
    let opens = tokens.iter().position(|token| token.is(b'{')).unwrap_or(tokens.len());
    let mut found = parameters(&tokens[..opens], bytes);
    let mut depth = 0_u32;
    let mut rest = &tokens[opens..];
    while let Some((first, more)) = rest.split_first() {
        if at.is_some_and(|at| first.start as usize > at) {
            break;
        }
        if first.is(b'{') {
            depth += 1;
            rest = more;
        } else if first.is(b'}') {
            depth = depth.saturating_sub(1);
            rest = more;
            if at.is_some() {
                found.retain(|known| known.depth <= depth);
            } else if depth > 0 {
                // `union { … } value;` in a structure.
                let (names, further) = statement(rest, bytes);
                found.extend(of_braces(names, bytes));
                rest = further;
            }
        } else if first.is(b';') || first.kind == TokenKind::Directive {
            rest = more;
        } else {
            let (statement, further) = statement(rest, bytes);
            for mut declared in declarators(statement, bytes) {
                declared.depth = depth.max(1);
                found.push(declared);
            }
            rest = further;
        }
    }
    found
}

/// Takes the first statement off: up to its `;`, or to the brace that it begins or ends a block with.
fn statement<'t>(tokens: &'t [Token], bytes: &[u8]) -> (&'t [Token], &'t [Token]) {
    // `for (int i = 0; …` declares in its brackets.
    let is_for = tokens.first().is_some_and(|token| token.text(bytes) == b"for");
    if is_for && tokens.get(1).is_some_and(|token| token.is(b'(')) {
        let inside = &tokens[2..];
        let end = inside.iter().position(|t| t.is(b';') || t.is(b'{') || t.is(b'}'));
        return inside.split_at(end.unwrap_or(inside.len()));
    }
    let (mut nested, mut braces, mut assigned) = (0_u32, 0_u32, false);
    for (at, token) in tokens.iter().enumerate() {
        match token.byte {
            _ if token.kind != TokenKind::Byte => {}
            b'(' | b'[' => nested += 1,
            b')' | b']' => nested = nested.saturating_sub(1),
            b'=' if nested == 0 => assigned = true,
            // Braces behind `=` are a value's.
            b'{' if assigned || braces > 0 => braces += 1,
            b'}' if braces > 0 => braces -= 1,
            b'{' | b'}' => return tokens.split_at(at),
            b':' if nested == 0 && braces == 0 && at == 1 => return tokens.split_at(at + 1),
            b';' if braces == 0 => return tokens.split_at(at),
            _ => {}
        }
    }
    (tokens, &[])
}

/// The names that a statement declares; none where it is no declaration.
fn declarators(statement: &[Token], bytes: &[u8]) -> Vec<Declared> {
    let mut found = Vec::new();
    let Some(first) = statement.first().filter(|token| token.kind == TokenKind::Ident) else {
        return found;
    };
    if STATEMENTS.contains(&first.text(bytes)) {
        return found;
    }
    let Some((words, at)) = specifiers(statement, bytes) else { return found };
    let of = type_name(&statement[..words], bytes);
    let (start, end) = (first.start, statement.last().map_or(first.end, |last| last.end));
    let mut at = at;
    loop {
        let Some(name) = statement.get(at).filter(|token| token.kind == TokenKind::Ident) else {
            return found;
        };
        let name_text = String::from_utf8_lossy(name.text(bytes)).into_owned();
        let (token, of) = (*name, of.clone());
        found.push(Declared { name: name_text, token, of, start, end, nested: false, depth: 0 });
        // What it is set to is passed over.
        let mut nested = 0_u32;
        let comma = statement[at..].iter().position(|token| {
            match token.byte {
                _ if token.kind != TokenKind::Byte => {}
                b'(' | b'[' | b'{' => nested += 1,
                b')' | b']' | b'}' => nested = nested.saturating_sub(1),
                b',' if nested == 0 => return true,
                _ => {}
            }
            false
        });
        let Some(comma) = comma else { return found };
        at += comma + 1;
        at += statement[at..].iter().take_while(|token| token.is(b'*')).count();
    }
}

/// The names behind the braces of a structure without a name.
fn of_braces(names: &[Token], bytes: &[u8]) -> Vec<Declared> {
    let mut found = Vec::new();
    for part in names.split(|token| token.is(b',')) {
        let stars = part.iter().take_while(|token| token.is(b'*')).count();
        if let Some(token) = part.get(stars).filter(|token| token.kind == TokenKind::Ident) {
            let name = String::from_utf8_lossy(token.text(bytes)).into_owned();
            let (start, end) = (part[0].start, token.end);
            let (token, of) = (*token, None);
            found.push(Declared { name, token, of, start, end, nested: true, depth: 0 });
        }
    }
    found
}

/// How many tokens of a statement are its type's words, and where the first name is.
fn specifiers(statement: &[Token], bytes: &[u8]) -> Option<(usize, usize)> {
    let is_ident = |token: &&Token| token.kind == TokenKind::Ident;
    let mut words = statement.iter().take_while(is_ident).count();
    let ends = |at: usize| {
        statement.get(at).is_none_or(|token| {
            token.kind == TokenKind::Byte && matches!(token.byte, b'=' | b',' | b';' | b'[' | b':')
                || token.kind == TokenKind::Ident
        })
    };
    let first = statement[..words].first().map(|token| token.text(bytes));
    if matches!(first, Some(b"typeof" | b"__typeof__")) && words == 1 {
        let close = statement.iter().position(|token| token.is(b')'))?;
        words = close + 1;
        let stars = statement[words..].iter().take_while(|token| token.is(b'*')).count();
        return Some((words, words + stars));
    }
    match statement.get(words) {
        Some(token) if token.is(b'*') => {
            let rest = &statement[words..];
            let qualified = |t: &&Token| t.is(b'*') || QUALIFIERS.contains(&t.text(bytes));
            let at = words + rest.iter().take_while(qualified).count();
            // `struct inode *(*alloc)(…)`
            let pointed = statement.get(at).is_some_and(|token| token.is(b'('))
                && statement.get(at + 1).is_some_and(|token| token.is(b'*'));
            if pointed {
                return Some((words, at + 2));
            }
            let called = statement.get(at + 1).is_some_and(|token| token.is(b'('));
            (words >= 1 && (ends(at + 1) || called)).then_some((words, at))
        }
        // `int (*open)(struct inode *)`
        Some(token) if token.is(b'(') && words >= 1 => {
            let star = statement.get(words + 1).is_some_and(|token| token.is(b'*'));
            star.then_some((words, words + 2))
        }
        _ => (words >= 2 && ends(words)).then(|| (words - 1, words - 1)),
    }
}

/// The name of the type that these words are.
pub(crate) fn type_name(words: &[Token], bytes: &[u8]) -> Option<TypeName> {
    let is_name =
        |token: &&Token| token.kind == TokenKind::Ident && !QUALIFIERS.contains(&token.text(bytes));
    let at = words.iter().rposition(|token| is_name(&token))?;
    let before = at.checked_sub(1).and_then(|at| words.get(at)).map(|token| token.text(bytes));
    let tagged = matches!(before, Some(b"struct" | b"union" | b"enum"));
    Some(TypeName { tagged, name: String::from_utf8_lossy(words[at].text(bytes)).into_owned() })
}

impl Declared {
    /// A name of which no more is known.
    pub(crate) fn alone(token: Token, bytes: &[u8]) -> Declared {
        let name = String::from_utf8_lossy(token.text(bytes)).into_owned();
        let (start, end) = (token.start, token.end);
        Declared { name, token, of: None, start, end, nested: false, depth: 0 }
    }
}

/// The parameter of a pointer to functions, in a function's head, that stands at an offset: `number` in
/// `int (*f)(int number)`. Nothing else can mean it.
pub(crate) fn of_pointer(tokens: &[Token], bytes: &[u8], at: usize) -> Option<Declared> {
    let head = tokens.split(|token| token.is(b'{')).next()?;
    let own = head.iter().position(|token| token.start as usize == at)?;
    let mut open = Vec::new();
    for (at, token) in head[..own].iter().enumerate() {
        if token.is(b'(') {
            open.push(at);
        } else if token.is(b')') {
            open.pop();
        }
    }
    let [_, .., inner] = open[..] else { return None };
    let is_pointers = inner.checked_sub(1).is_some_and(|before| head[before].is(b')'));
    let ends = head.get(own + 1).is_some_and(|next| [b',', b')', b'['].iter().any(|b| next.is(*b)));
    let comma = head[inner..own].iter().rposition(|token| token.is(b',')).unwrap_or(0);
    let of = type_name(&head[inner + comma + 1..own], bytes).filter(|_| is_pointers && ends)?;
    Some(Declared { of: Some(of), ..Declared::alone(head[own], bytes) })
}

/// The parameters in a function's head: those of the brackets that have most, as attributes have
/// brackets too.
fn parameters(head: &[Token], bytes: &[u8]) -> Vec<Declared> {
    let mut best = Vec::new();
    let (mut nested, mut opened) = (0_u32, 0);
    for (at, token) in head.iter().enumerate() {
        if token.is(b'(') {
            if nested == 0 {
                opened = at + 1;
            }
            nested += 1;
        } else if token.is(b')') && nested > 0 {
            nested -= 1;
            let found = if nested == 0 { bracketed(&head[opened..at], bytes) } else { Vec::new() };
            if found.len() > best.len() {
                best = found;
            }
        }
    }
    best
}

/// The parameters between two brackets: the last name of each, or of a macro that defines a
/// function one `type, name`.
pub(crate) fn bracketed(inside: &[Token], bytes: &[u8]) -> Vec<Declared> {
    let mut found: Vec<Declared> = Vec::new();
    let mut nested = 0_u32;
    let parts = inside.split(|token| {
        nested += u32::from(token.is(b'(') || token.is(b'['));
        let ends = nested == 0 && token.is(b',');
        nested = nested.saturating_sub(u32::from(token.is(b')') || token.is(b']')));
        ends
    });
    let mut of = None;
    for part in parts {
        let pointed = part.windows(3).find(|w| w[0].is(b'(') && w[1].is(b'*'));
        let named = part.iter().position(|token| token.is(b'[')).unwrap_or(part.len());
        let name = pointed.map(|w| w[2]).or_else(|| part[..named].last().copied());
        let Some(name) = name.filter(|token| token.kind == TokenKind::Ident) else {
            of = type_name(part, bytes);
            continue;
        };
        let own = part.iter().position(|token| token.start == name.start).unwrap_or(0);
        let Some(told) = type_name(&part[..own], bytes).or_else(|| of.take()) else {
            // One word is a type; behind one it is the name of what has it.
            of = type_name(part, bytes);
            continue;
        };
        let text = String::from_utf8_lossy(name.text(bytes)).into_owned();
        let (start, end) = (part[0].start, name.end);
        found.push(Declared {
            name: text,
            token: name,
            of: Some(told),
            start,
            end,
            nested: false,
            depth: 0,
        });
        of = None;
    }
    found
}

#[cfg(test)]
mod tests {
    use kgrep_index::lex::Lexer;

    use super::*;

    fn names(text: &str, at: Option<&str>) -> Vec<String> {
        let bytes = text.as_bytes();
        let tokens: Vec<Token> = Lexer::new(bytes).meaning().collect();
        let at = at.map(|word| text.find(word).unwrap());
        let told = declared(&tokens, bytes, at).into_iter().map(|declared| {
            let of = declared.of.map_or("?".to_owned(), |of| of.name);
            format!("{}:{of}", declared.name)
        });
        told.collect()
    }

    #[test]
    fn a_functions_names_are_found_with_their_types() {
        let text = "static int lamp_on(struct lamp *lamp, const char __user *name, int (*f)(int))\n\
            {\n\tstruct bulb *bulb = lamp->bulb, old;\n\tunsigned int i, watts[3];\n\
            \tfor (u32 n = 0; n < 3; n++) {\n\t\tstruct shade shade = { .a = 1 };\n\t\tinside();\n\t}\n\
            \treturn i * watts[0];\n}\n";
        let head = ["lamp:lamp", "name:char", "f:int"];
        let body = ["bulb:bulb", "old:bulb", "i:int", "watts:int"];
        let of = |more: &[&str]| -> Vec<String> {
            head.iter().chain(&body).chain(more).map(|name| (*name).to_owned()).collect()
        };
        assert_eq!(names(text, Some("inside")), of(&["n:u32", "shade:shade"]));
        assert_eq!(names(text, Some("watts[0]")), of(&["n:u32"]));
    }

    #[test]
    fn a_system_calls_head_has_types_and_names() {
        let text = "SYSCALL_DEFINE2(lamp, const char __user *, name, int, watts)\n{\n\tname;\n}\n";
        assert_eq!(names(text, Some("name;")), ["name:char", "watts:int"]);
    }

    #[test]
    fn a_structure_has_members() {
        let text = "struct lamp {\n\tint watts, volts;\n\tstruct {\n\t\tu8 red;\n\t} colour;\n\
            \tint (*open)(struct lamp *lamp);\n\tvoid *(*get)(int);\n\tstruct bulb *bulb;\n\tunsigned on:1;\n};\n";
        assert_eq!(
            names(text, None),
            [
                "watts:int",
                "volts:int",
                "red:u8",
                "colour:?",
                "open:int",
                "get:void",
                "bulb:bulb",
                "on:unsigned"
            ]
        );
    }

    #[test]
    fn what_declares_nothing_is_passed_over() {
        let text = "void f(void)\n{\n\tg(a, b);\n\tx = y * z;\n\treturn a;\nout:\n\tgoto out;\n}\n";
        assert_eq!(names(text, Some("goto")), Vec::<String>::new());
        assert_eq!(names("", None), Vec::<String>::new());
        assert_eq!(names(")", None), Vec::<String>::new());
    }
}
