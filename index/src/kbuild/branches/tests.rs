//! What is dropped of small functions.

use super::{dropped, lines_with};
use crate::kbuild::condition::{Context, Macro};
use crate::kbuild::{Configuration, Knowledge, Truth, preprocess};

/// The uses that are dropped in a text: names that begin with `c`, each with its line.
fn gone(text: &str) -> String {
    let knowledge = Knowledge::built_in();
    let config = Configuration::read(b"CONFIG_ON=y\nCONFIG_M=m\n", &knowledge).unwrap();
    let context = Context {
        config: &config,
        knowledge: &knowledge,
        module: Truth::False,
        assembly: Truth::False,
        version: None,
        defined: &|_| Macro::Unknown,
    };
    let arms = preprocess::arms(text.as_bytes(), &context);
    let dropped = dropped(text.as_bytes(), &arms, &context);
    let mut found = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let names = text.split(|c: char| !c.is_ascii_alphanumeric());
        for name in names.filter(|name| name.starts_with('c')) {
            if dropped.has(line, name.as_bytes()) {
                found.push(format!("{line}{name}"));
            }
        }
    }
    found.dedup();
    found.join(" ")
}

#[test]
fn a_branch_that_is_off_is_dropped() {
    let text = "void f(void)\n{\n\tif (IS_ENABLED(CONFIG_OFF)) {\n\t\tca();\n\t\tcb();\n\t} else {\n\t\tcc();\n\t}\n\
                \tif (IS_ENABLED(CONFIG_ON))\n\t\tcd();\n\telse if (x)\n\t\tce();\n\telse\n\t\tcf();\n\tcg();\n}\n";
    assert_eq!(gone(text), "4ca 5cb 12ce 14cf");
    assert_eq!(gone("f() {\n while (IS_BUILTIN(CONFIG_M) && cx()) {\n  ca();\n }\n}\n"), "2cx 3ca");
    assert_eq!(gone("f() {\n if (x && !IS_ENABLED(CONFIG_M)) {\n  ca();\n } cb();\n}\n"), "3ca");
    assert_eq!(gone("f() {\n if (x)\n  ca();\n if (y) { cb(); } else cc();\n}\n"), "");
}

#[test]
fn what_a_condition_never_comes_to_is_dropped() {
    assert_eq!(gone("f() {\n return IS_ENABLED(CONFIG_OFF) && ca() || cb();\n}\n"), "2ca");
    assert_eq!(gone("f() {\n x = IS_ENABLED(CONFIG_ON) || ca();\n}\n"), "2ca");
    assert_eq!(gone("f() {\n x = IS_ENABLED(CONFIG_ON) ? ca(1) :\n  cb(2);\n}\n"), "3cb");
    assert_eq!(gone("f() {\n cw(!(IS_ENABLED(CONFIG_ON)) && ca(), cb());\n}\n"), "2ca");
    assert_eq!(
        gone("f() {\n if (ca() && IS_ENABLED(CONFIG_OFF) && cb())\n  cc();\n}\n"),
        "2cb 3cc"
    );
    // A name that is also elsewhere on the line is not told apart.
    assert_eq!(gone("f() {\n x = IS_ENABLED(CONFIG_OFF) ? ca(1) : ca(2);\n}\n"), "");
}

#[test]
fn what_follows_a_way_out_is_dropped_up_to_a_label() {
    let text = "f() {\n\tif (!IS_ENABLED(CONFIG_OFF))\n\t\treturn 0;\n\tca();\nout:\n\tcb();\n}\nint g() { cc(); }\n";
    assert_eq!(gone(text), "4ca");
    let block = "f() {\n if (x) {\n  if (IS_ENABLED(CONFIG_ON)) {\n   ca();\n   goto out;\n  }\n  cb();\n }\n cc();\n}\n";
    assert_eq!(gone(block), "7cb");
    // The statement of another one: it may not be come to at all.
    assert_eq!(gone("f() {\n if (x)\n  if (IS_ENABLED(CONFIG_ON))\n   return;\n ca();\n}\n"), "");
    assert_eq!(
        gone(
            "f() {\n switch (x) {\n case 1:\n  if (IS_ENABLED(CONFIG_ON))\n   break;\n  ca();\n case 2:\n  cb();\n }\n}\n"
        ),
        "6ca"
    );
    assert_eq!(gone("f() {\n if (IS_ENABLED(CONFIG_OFF)) {\nagain:\n  ca();\n }\n}\n"), "");
}

#[test]
fn arms_comments_and_damage_are_no_matter() {
    let arms = "f() {\n#ifdef CONFIG_OFF\n if (x) {\n#else\n if (IS_ENABLED(CONFIG_OFF)) {\n#endif\n  ca();\n }\n cb();\n}\n";
    assert_eq!(gone(arms), "7ca");
    assert_eq!(
        gone("// IS_ENABLED(CONFIG_OFF) && ca()\nchar *s = \"IS_ENABLED(CONFIG_OFF) && cb()\";\n"),
        ""
    );
    for text in [
        "if (IS_ENABLED(CONFIG_OFF)",
        "IS_ENABLED(CONFIG_OFF) && (",
        "}}} if (IS_ENABLED(X)) }",
        "IS_ENABLED(",
        "a ? IS_ENABLED(CONFIG_ON) ?",
    ] {
        gone(text);
    }
    assert_eq!(lines_with(b"ca(); /* cb */\nxcb(); cb\n()", 7, b"cb"), [8]);
}

#[test]
fn each_function_is_looked_at_alone() {
    let text = "struct a {\n int b;\n};\nint e(void)\n{\n return 1;\n}\n\n#define G 1\nvoid f(void)\n{\n\
        \tif (IS_ENABLED(CONFIG_OFF))\n\t\tca();\n\tcb();\n}\nint g;\nvoid h(void)\n{\n\tif (x)\n\t\tcc();\n}\n\
        void i(void)\n{\n\tif (IS_ENABLED(CONFIG_ON))\n\t\treturn;\n\tcd();\n}\nint k = IS_ENABLED(CONFIG_OFF) && ce;\n";
    assert_eq!(gone(text), "13ca 26cd 28ce");
}
