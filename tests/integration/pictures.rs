//! Call graphs as pictures: what Graphviz is told, what is written, and what is said of it.

use crate::util::Dir;

#[test]
fn a_drawing_needs_dot_and_says_so() {
    let dir = Dir::kernel();
    let svg = dir.beside("chain.svg");
    let chain = || dir.kgrep(&["chain", "start_kernel", "run_init_process", "--svg"]).arg(&svg);
    chain().env("PATH", dir.beside("nothing")).run().expect_error(&["graphviz", "--dot"]);
    // A dot of our own: it writes what it is given to the file it is told.
    let dot = dir.script("bin/dot", "test \"$1\" = -Tsvg && echo '<svg>' && cat\n");
    let path = format!("{}:/usr/bin:/bin", dot.parent().expect("folder").display());
    let done = chain().env("PATH", &path).run().expect_code(0);
    let said =
        format!("kgrep: {}: 4 definitions, 3 arrows; `kgrep` shows the rows\n", svg.display());
    assert_eq!((done.stderr(), done.stdout()), (said, String::new()));
    let drawn = std::fs::read_to_string(&svg).expect("drawn");
    for part in [
        "prefers-color-scheme: dark",
        "label=\"init\"",
        "n0 [label=\"start_kernel\\nmain.c:141\"",
        "tooltip=\"init/main.c:152  rest_init();\"",
        "[tooltip=\"init/main.c:135  pid = user_mode_thread(kernel_init, NULL, CLONE_FS);\"",
    ] {
        assert!(drawn.contains(part), "no {part} in {drawn}");
    }
    assert!(drawn.contains(&format!("URL=\"file://{}\"", dir.path("init/main.c").display())));
    // The list is kept.
    assert!(dir.kgrep(&["-s", "p 0"]).stdout().contains("rest_init();"));
    chain()
        .args(&["--link-base", "https://example.org/src/"])
        .env("PATH", &path)
        .run()
        .expect_code(0);
    let drawn = std::fs::read_to_string(&svg).expect("drawn");
    assert!(drawn.contains("URL=\"https://example.org/src/init/main.c#L141\""), "{drawn}");
    dir.script("bin/dot", "echo no such layout >&2; exit 1\n");
    chain().env("PATH", &path).run().expect_error(&["dot", "no such layout"]);
}
