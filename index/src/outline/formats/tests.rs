//! Tests of what is gathered of printing.

use super::*;
use crate::idiom::Idioms;
use crate::outline::outline;

fn calls(text: &str) -> Vec<(String, u32, u32, u32)> {
    let outline = outline(b"a.c", text.as_bytes(), &Idioms::built_in());
    let formats = Formats::read(&outline.formats).expect("as it was written");
    let call = |call: &PrintCall<'_>| {
        let callee = formats.callees[call.callee as usize];
        (String::from_utf8_lossy(callee).into_owned(), call.line, call.last, call.argument)
    };
    formats.calls.iter().map(call).collect()
}

#[test]
fn a_call_has_its_lines_and_the_argument_that_is_a_text() {
    let text = "void f(void)\n{\n\tfoo(a,\n\t    \"lamp %d\\n\",\n\t    b);\n\tDEBUG((1, \"on: %s\", c));\n}\n";
    assert_eq!(calls(text), [("foo".to_owned(), 3, 5, 2), ("DEBUG".to_owned(), 6, 6, 2)]);
}

/// Of a `%s` alone its argument's name is kept, which may be that of a text; of a parameter nothing is known.
#[test]
fn a_text_may_be_a_variable() {
    let text = "const char banner[] = \"lamp \" VERSION \"\\n\";\nstatic int count[] = { 1 };\n\
        void f(const char *name)\n{\n\tfoo(\"%s\", banner);\n\tfoo(\"%s\", name);\n\tfoo(\"%s\", a->b);\n}\n";
    let outline = outline(b"a.c", text.as_bytes(), &Idioms::built_in());
    let formats = Formats::read(&outline.formats).expect("as it was written");
    let parts: Vec<Vec<Part<'_>>> =
        formats.calls.iter().map(|call| call.text.parts().collect()).collect();
    let plain = vec![Part::Literal(b"%s")];
    assert_eq!(parts, [vec![Part::Name(b"banner")], plain.clone(), plain]);
    let macros: Vec<(&[u8], Vec<Part<'_>>)> =
        formats.macros.iter().map(|text| (text.name, text.text.parts().collect())).collect();
    let want = vec![Part::Literal(b"lamp "), Part::Name(b"VERSION"), Part::Literal(b"\n")];
    assert_eq!(macros, [(&b"banner"[..], want)]);
}

#[test]
fn a_text_that_a_condition_decides_is_not_known() {
    let text = "void f(void)\n{\n\tfoo(\"lamp %d\"\n#ifdef DIM\n\t\t\", dim %d\"\n#endif\n\t\t\", on\\n\", b);\n}\n";
    let outline = outline(b"a.c", text.as_bytes(), &Idioms::built_in());
    let formats = Formats::read(&outline.formats).expect("as it was written");
    let parts: Vec<Part<'_>> = formats.calls[0].text.parts().collect();
    let want = [Part::Literal(b"lamp %d"), Part::Unknown, Part::Literal(b", on\n")];
    assert_eq!(parts, want);
}

#[test]
fn a_format_in_brackets_is_handed_on() {
    let text = "#define say(fmt, a...) \\\n\tlamp_say(__func__, 0, (fmt), ## a)\n";
    let call = |argument| ("lamp_say".to_owned(), 2, 2, argument);
    // A format may be among the rest, too.
    assert_eq!(calls(text), [call(3), call(4)]);
}

#[test]
fn a_callee_that_is_pasted_together_is_called_by_its_beginning() {
    let text = "#define say(how, fmt, a...) pr_err_ ## how(\"lamp: \" fmt, ## a)\n\
        #define tell(fmt, a...) pr_ ## err(fmt, ## a)\n";
    let call = |name: &str, line, argument| (name.to_owned(), line, line, argument);
    let want = [call("pr_err_", 1, 1), call("pr_err_", 1, 2), call("err", 2, 1), call("err", 2, 2)];
    assert_eq!(calls(text), want);
}

#[test]
fn declarations_tell_which_argument_is_a_format() {
    let text = "extern __printf(2, 3) __cold void say(struct lamp *l, const char *fmt, ...);\n\
        char *name(const char *fmt, ...) __attribute__((__format__(__printf__, 1, 2)));\n\
        void plain(const char *fmt, ...);\nvoid none(int a) __printf(1, 0);\n";
    let outline = outline(b"a.h", text.as_bytes(), &Idioms::built_in());
    let formats = Formats::read(&outline.formats).expect("as it was written");
    let marked: Vec<(&[u8], u32, bool)> =
        formats.marked.iter().map(|one| (one.name, one.format, one.gives_nothing)).collect();
    assert_eq!(marked, [(&b"say"[..], 2, true), (b"name", 1, false)]);
}

#[test]
fn what_is_written_to_a_buffer_that_is_printed_is_handed_on() {
    let through = |kind: &str, write: &str, print: &str| {
        let text =
            format!("{kind} f(int a, const char *fmt, ...)\n{{\n\t{write};\n\t{print};\n}}\n");
        let outline = outline(b"a.c", text.as_bytes(), &Idioms::built_in());
        let formats = Formats::read(&outline.formats).expect("as it was written");
        let param = |call: &PrintCall<'_>| call.line == 4 && call.text.param() == Some(2);
        formats.calls.iter().any(param)
    };
    let write = "vscnprintf(text + 1, sizeof(text), fmt, args)";
    let print = "printk(\"%d 100%% %s\\n\", a, text)";
    assert!(through("void", write, print));
    assert!(through("void", "text = kvasprintf(GFP_KERNEL, fmt, args)", print));
    assert!(!through("int", write, print));
    assert!(!through("void", write, "printk(\"%d %d\\n\", a, text)"));
    assert!(!through("void", write, "printk(\"%*d %s\\n\", a, b, text)"));
    assert!(!through("void", write, "printk(\"%s %d\\n\", other, a)"));
}

#[test]
fn damaged_bytes_are_no_formats() {
    let text = "#define P \"a b\"\nvoid f(void)\n{\n\tfoo(\"lamp %d\\n\", b);\n}\n";
    let outline = outline(b"a.c", text.as_bytes(), &Idioms::built_in());
    assert!(Formats::read(&outline.formats).is_some());
    for end in 1..outline.formats.len() {
        assert_eq!(Formats::read(&outline.formats[..end]), None, "{end}");
    }
}
