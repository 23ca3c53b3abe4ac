//! `kgrep mcp`, asked by a small client: every tool, both lifecycles, what is refused and why.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout};

use serde_json::{Value, json};

use crate::revisions::repository;
use crate::util::{Dir, eqnice};

/// A client that has a server running.
pub(crate) struct Client {
    server: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    last: u64,
}

impl Client {
    /// Starts a server for a tree, without a handshake.
    pub(crate) fn start(dir: &Dir) -> Client {
        Client::start_in(dir, dir.tree(), &["mcp", "--tree", "."])
    }

    /// Starts a server in a folder.
    fn start_in(dir: &Dir, folder: &std::path::Path, args: &[&str]) -> Client {
        let (server, to, from) = dir.serve(folder, args);
        Client { server, to, from, last: 0 }
    }

    pub(crate) fn line(&mut self, line: &str) {
        let to = self.to.as_mut().expect("the input is open");
        writeln!(to, "{line}").expect("the server reads");
        to.flush().expect("the server reads");
    }

    /// A line that need be no text.
    fn bytes(&mut self, line: &[u8]) {
        let to = self.to.as_mut().expect("the input is open");
        to.write_all(&[line, b"\n"].concat()).expect("the server reads");
    }

    pub(crate) fn next(&mut self) -> Value {
        let mut line = String::new();
        self.from.read_line(&mut line).expect("the server answers");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// Sends a request; its number.
    pub(crate) fn send(&mut self, method: &str, params: &Value) -> u64 {
        self.last += 1;
        let id = self.last;
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.line(&request.to_string());
        id
    }

    /// What the server answers to a request.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.send(method, params);
        let answer = self.next();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    pub(crate) fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        let answer = self.ask("tools/call", &json!({ "name": tool, "arguments": arguments }));
        answer["result"].clone()
    }

    /// The text that a tool answers.
    #[track_caller]
    pub(crate) fn text(&mut self, tool: &str, arguments: &Value) -> String {
        let result = self.call(tool, arguments);
        assert_ne!(result["isError"], true, "{result}");
        assert!(result["structuredContent"]["answers"].is_array(), "{result}");
        result["content"][0]["text"].as_str().expect("text").to_owned()
    }

    /// What a tool says is wrong.
    #[track_caller]
    fn refusal(&mut self, tool: &str, arguments: &Value) -> String {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], true, "{result}");
        result["content"][0]["text"].as_str().expect("text").to_owned()
    }

    /// Ends the input; the server ends with all that is left of its answers.
    pub(crate) fn end(mut self) -> Vec<Value> {
        self.to = None;
        let lines = (&mut self.from).lines().map(|line| line.expect("UTF-8"));
        let rest = lines.map(|line| serde_json::from_str(&line).expect("JSON")).collect();
        assert!(self.server.wait().expect("it ends").success());
        rest
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.to = None;
        let _ = self.server.wait();
    }
}

#[test]
fn both_lifecycles_are_served() {
    let dir = Dir::kernel();
    let mut client = Client::start(&dir);
    let asked = json!({ "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" } });
    let result = &client.ask("initialize", &asked)["result"];
    assert_eq!(result["protocolVersion"], "2025-11-25");
    assert_eq!(result["serverInfo"]["name"], "kgrep");
    client.line(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    let tools = client.ask("tools/list", &json!({}))["result"]["tools"].clone();
    assert_eq!(tools.as_array().map(Vec::len), Some(17));
    assert!(client.ask("tools/list", &json!({}))["result"].get("resultType").is_none());
    assert_eq!(client.ask("ping", &json!({}))["result"], json!({}));

    // Without a handshake, each request says what it is of.
    let meta = |version: &str| {
        json!({ "_meta": { "io.modelcontextprotocol/protocolVersion": version,
            "io.modelcontextprotocol/clientCapabilities": {} } })
    };
    let found = client.ask("server/discover", &meta("2026-07-28"))["result"].clone();
    assert_eq!(found["supportedVersions"][0], "2026-07-28");
    assert_eq!(found["resultType"], "complete");
    let listed = client.ask("tools/list", &meta("2026-07-28"))["result"].clone();
    assert_eq!(listed["tools"], tools);
    assert!(listed["ttlMs"].is_u64() && listed["cacheScope"] == "public", "{listed}");
    let mut call = meta("2026-07-28");
    call["name"] = json!("exists");
    call["arguments"] = json!({ "names": ["kfree"] });
    assert_eq!(client.ask("tools/call", &call)["result"]["resultType"], "complete");
    let refused = client.ask("tools/list", &meta("2099-01-01"))["error"].clone();
    assert_eq!(refused["code"], -32022);
    assert_eq!(refused["data"]["supported"][0], "2026-07-28");
    let meta = json!({ "_meta": { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } });
    assert_eq!(client.ask("tools/list", &meta)["error"]["code"], -32602);
    assert!(client.end().is_empty());
}

#[test]
fn without_a_tree_the_clients_root_is_served() {
    let dir = Dir::kernel();
    dir.create("elsewhere/a.c", "int lamp;\n");
    std::fs::rename(dir.path("elsewhere"), dir.beside("elsewhere")).unwrap();
    let roots = json!({ "roots": [
        { "uri": "https://kernel.org/" },
        { "uri": format!("file://{}", dir.tree().display()) },
    ] });
    let mut client = Client::start_in(&dir, &dir.beside("elsewhere"), &["mcp"]);
    let asked = json!({ "protocolVersion": "2025-11-25", "capabilities": { "roots": {} },
        "clientInfo": { "name": "test", "version": "1" } });
    client.ask("initialize", &asked);
    client.line(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    let question = client.next();
    assert_eq!(question["method"], "roots/list", "{question}");
    // What is asked before the client has said which tree it means waits for that.
    let call = json!({ "name": "exists", "arguments": { "names": ["may_mount"] } });
    let waiting = client.send("tools/call", &call);
    client.line(&json!({ "jsonrpc": "2.0", "id": question["id"], "result": roots }).to_string());
    let answer = client.next();
    assert_eq!(answer["id"], waiting, "{answer}");
    let verdict = &answer["result"]["structuredContent"]["answers"][0]["verdict"];
    assert_eq!(verdict, "defined", "{answer}");
    // One that has none is served the folder around it.
    let mut client = Client::start_in(&dir, &dir.beside("elsewhere"), &["mcp"]);
    assert!(client.text("exists", &json!({ "names": ["may_mount"] })).contains("nothing"));
}

/// Every line of the tree was found, named its function and counted for a page of two rows.
#[test]
fn a_search_that_finds_very_much_ends_early_and_says_so() {
    let dir = Dir::new();
    dir.create("Kbuild", "");
    for name in ["a.c", "b.c", "c.c"] {
        dir.create(name, "lamp\n".repeat(60_000));
    }
    let mut client = Client::start(&dir);
    let answer = client.call("search", &json!({ "pattern": "lamp", "limit": 2 }));
    let page = &answer["structuredContent"];
    assert_eq!(page["answers"][0]["total"], 120_000, "{page}");
    assert_eq!(page["answers"][0]["at_least"], true, "{page}");
    assert_eq!(page["coverage"]["complete"], false, "{page}");
    let text = answer["content"][0]["text"].as_str().unwrap();
    let expected = "# `lamp`: at least 120000 rows (1 to 2)\n\
                    note: the search ended after 120,000 lines: there may be more\n\
                    a.c\n1 lamp: lamp\n2 lamp: lamp\nmore: cursor ";
    eqnice!(expected, text.trim_end_matches(|c: char| c.is_ascii_hexdigit() || "-\n".contains(c)));
    let few = client.text("search", &json!({ "pattern": "lamp", "paths": ["a.c"], "limit": 1 }));
    assert!(few.starts_with("# `lamp`: 60000 rows (1 to 1)\na.c\n"), "{few}");
}

#[test]
fn every_tool_answers_on_the_demos_tree() {
    let dir = Dir::kernel();
    dir.create("boot.config", "# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_X86_64=y\n");
    dir.create("old/a.c", "int lamp(void)\n{\n\treturn 1;\n}\n");
    dir.create("new/a.c", "int lamp(void)\n{\n\treturn 2;\n}\n");
    dir.kgrep(&["index"]).run().expect_ok();
    let mut client = Client::start(&dir);
    let mut text = |tool: &str, arguments: Value| client.text(tool, &arguments);
    eqnice!(
        "# `kfree\\(`: 4 rows (1 to 2)\ndrivers/block/ramdisk.c\n33 ramdisk_release: \
         kfree(file->private_data);\ninclude/linux/slab.h\n15 kfree: void kfree(const void \
         *object);\nmore: cursor ",
        without_digest(&text(
            "search",
            json!({ "pattern": "kfree\\(", "globs": ["!tools"], "limit": 2 })
        ))
    );
    eqnice!(
        "# definitions of may_mount: 1 row\nfs/namespace.c\n29-32 may_mount; static inline \
         function\nstatic inline bool may_mount(void)\n{\n\treturn \
         ns_capable(current->nsproxy->mnt_ns->user_ns, CAP_SYS_ADMIN);\n}\n",
        text("define", json!({ "names": "may_mount" }))
    );
    let defined = text("define", json!({ "names": ["sys_pivot_root"] }));
    assert!(defined.contains("\n/*\n * pivot_root: makes new_root the root"), "{defined}");
    assert!(defined.contains("\n\treturn error;\n}\n"), "{defined}");
    eqnice!(
        "# kfree: defined, exported, 4 rows\nmm/slab.c\n72 function: void kfree(const void \
         *object)\ntools/lib/string.c\n11 function: void kfree(void \
         *p)\ninclude/linux/slab.h\n15 declaration: void kfree(const void *object);\nmm/slab.c\n77 \
         exported: EXPORT_SYMBOL(kfree);\n# ksys_nothing: nothing: 0 of 57 files, checked now; not \
         declared, defined, exported or made by a macro that kgrep knows; as text: 0 lines, 0 \
         rows\n# mm/slab.c: a file, 1 row\nmm/slab.c\n1 file: // SPDX-License-Identifier: MIT OR \
         Apache-2.0\n",
        text("exists", json!({ "names": ["kfree", "ksys_nothing", "mm/slab.c"] }))
    );
    eqnice!("# uses of kfree: 3 rows (3 to 3)\nmm/slab.c\n77 exported: EXPORT_SYMBOL(kfree);\n", {
        let page = text("references", json!({ "names": ["kfree"], "limit": 2 }));
        let cursor = page.trim_end().rsplit(' ').next().unwrap();
        text("references", json!({ "names": ["kfree"], "limit": 2, "cursor": cursor }))
    });
    let callers = text("callers", json!({ "names": ["kfree"], "depth": 2 }));
    assert!(
        callers.contains("\ninit/initramfs.c\n 24 unpack_to_rootfs; call: kfree("),
        "{callers}"
    );
    assert!(callers.contains("\n  30 populate_rootfs; call: "), "{callers}");
    let called = text("callers", json!({ "names": ["kfree"], "arg": "1=private" }));
    assert!(called.contains(" 33 ramdisk_release; call; file->private_data: kfree("), "{called}");
    eqnice!(
        "# functions with kfree(, private_data: 1 row\nnote: `kfree(` has an open bracket: searched as plain \
         text\ndrivers/block/ramdisk.c\n33 ramdisk_release: kfree(file->private_data);\n",
        text(
            "functions_with",
            json!({ "with": ["kfree(", "private_data"], "paths": ["drivers/block"] })
        )
    );
    let callees = text("callees", json!({ "names": ["start_kernel"] }));
    assert!(callees.contains("\n 148 mm_init; call; mm/slab.c:79: mm_init();"), "{callees}");
    let chain = text("chain", json!({ "from": "populate_rootfs", "to": "kfree" }));
    assert!(chain.contains("## populate_rootfs → unpack_to_rootfs → kfree\n"), "{chain}");
    let trace = text("trace", json!({ "names": ["kfree"] }));
    assert!(trace.contains("## Definition\nmm/slab.c\n72 function: void kfree("), "{trace}");
    let found = text("find", json!({ "words": ["root", "mount"], "limit": 3 }));
    assert!(found.contains("(1 to 3)") && found.contains("more: cursor"), "{found}");
    let list = text("list", json!({ "what": "syscalls", "glob": "pivot*" }));
    assert!(list.contains("# syscalls: 1 row\narch/x86/entry/syscalls/syscall_64.tbl\n"), "{list}");
    eqnice!(
        "# old against new: 1 row\nnew/a.c\n3 lamp; +1 -1: +return 2;\n",
        text("diff", json!({ "old": "old", "new": "new" }))
    );
    let built = text("built", json!({ "names": ["mm/slab.c"], "kconfig": "boot.config" }));
    assert!(built.contains("## mm/slab.c: built in\n"), "{built}");
    let log = text("log", json!({ "text": "Call Trace:\n start_kernel+0x1/0x2\n" }));
    assert!(log.contains("\n147 2; start_kernel+0x1/0x2; start_kernel; "), "{log}");
    let kept = text("maintainers", json!({ "paths": ["mm/slab.c"] }));
    assert!(kept.contains("## mm/slab.c\nMAINTAINERS\n29: SLAB ALLOCATOR\n"), "{kept}");
    eqnice!(
        "# mm/slab.c, 84 lines: 2 rows\nmm/slab.c\n72: void kfree(const void *object)\n73: {\n",
        text("read", json!({ "path": "mm/slab.c", "first": 72, "last": 73 }))
    );
}

/// A page without what tells its cursor from others'.
fn without_digest(page: &str) -> String {
    let cursor = page.rfind("more: cursor ").map(|at| at + "more: cursor ".len());
    page[..cursor.unwrap_or(page.len())].to_owned()
}

#[test]
fn what_cannot_be_answered_says_what_helps() {
    let dir = Dir::kernel();
    std::fs::write(dir.beside("secret"), "secret\n").unwrap();
    std::os::unix::fs::symlink(dir.beside("secret"), dir.path("link")).unwrap();
    let mut client = Client::start(&dir);
    for (tool, arguments, said) in [
        ("callers", json!({ "name": "kfree" }), "unknown field `name`, expected one of `names`"),
        ("callers", json!({ "names": [] }), "give at least one"),
        ("callers", json!({ "names": ["kfree"], "depth": 0 }), "from 1"),
        ("callers", json!({ "names": ["kfree"], "kinds": ["x"] }), "use one of call, "),
        ("callers", json!({ "names": ["kfree"], "arch": "vax" }), "use one of arm64, x86, all"),
        ("callers", json!({ "names": ["kfree"], "limit": 0 }), "from 1 to 1000"),
        ("callers", json!({ "names": ["kfree"], "cursor": "9-9" }), "ask without it"),
        ("search", json!({ "pattern": "[z-a]" }), "`fixed` searches for plain text"),
        (
            "search",
            json!({ "pattern": "a", "types": ["lamp"] }),
            "such file type: lamp; `types` are",
        ),
        ("search", json!({ "pattern": "a", "globs": ["[z-a"] }), "`globs` "),
        ("search", json!({ "pattern": "a", "paths": [".."] }), "outside of the tree"),
        ("read", json!({ "path": "/etc/passwd" }), "outside of the tree"),
        ("read", json!({ "path": "link" }), "outside of the tree"),
        ("read", json!({ "path": "mm" }), "is no file"),
        ("read", json!({ "path": "mm/none.c" }), "relative to the tree's top"),
        ("touched", json!({ "patch": ".." }), "outside of the tree"),
        ("callers", json!({ "names": ["kfree"], "arg": "x" }), "no N=PATTERN"),
        ("diff", json!({ "old": "..", "new": "mm" }), "outside of the tree"),
        ("list", json!({ "what": "sys" }), "did you mean syscalls?"),
        ("built", json!({ "names": ["kfree"] }), "give kconfig"),
        ("built", json!({ "names": ["kfree"], "kconfig": "/proc/config.gz" }), "/proc/config.gz"),
        ("find", json!({ "words": ["x"] }), "`kgrep index` makes it"),
        ("log", json!({ "text": "x", "only": "y" }), "frames, messages or reports"),
        ("define", json!([]), "a JSON object"),
    ] {
        let refusal = client.refusal(tool, &arguments);
        assert!(refusal.starts_with("kgrep: ") && refusal.contains(said), "{said}: {refusal}");
        assert_eq!(refusal.lines().count(), 1, "{refusal}");
    }
    let error = client.ask("tools/call", &json!({ "name": "run" }))["error"].clone();
    assert_eq!(error["code"], -32602);
    assert!(error["message"].as_str().unwrap().contains("there are search, define, "), "{error}");
    assert_eq!(client.ask("resources/list", &json!({}))["error"]["code"], -32601);
    for (line, code) in [("nonsense", -32700), ("[]", -32600), ("{\"id\":true}", -32600)] {
        client.line(line);
        assert_eq!(client.next()["error"]["code"], code, "{line}");
    }
    // It still answers.
    assert!(client.text("exists", &json!({ "names": ["kfree"] })).contains("defined"));
}

#[test]
fn what_is_asked_before_the_end_is_answered_and_a_change_is_seen() {
    let dir = Dir::kernel();
    let mut client = Client::start(&dir);
    assert!(client.text("exists", &json!({ "names": ["lamp_on"] })).contains("nothing"));
    dir.create("lib/lamp.c", "int lamp_on(void)\n{\n\treturn 1;\n}\n");
    // A look at the tree is believed for a second.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert!(client.text("exists", &json!({ "names": ["lamp_on"] })).contains("lib/lamp.c\n1 "));
    let mut waiting: Vec<u64> = (0..8)
        .map(|_| {
            let arguments = json!({ "names": ["kfree"] });
            client.send("tools/call", &json!({ "name": "callers", "arguments": arguments }))
        })
        .collect();
    let answers = client.end();
    waiting.retain(|id| !answers.iter().any(|answer| answer["id"] == *id));
    assert!(waiting.is_empty(), "{waiting:?} of {answers:?}");
    // Nothing is kept as a list.
    dir.kgrep(&["-s", "p"]).run().expect_error(&["no list"]);
}

#[test]
fn a_revision_is_asked_in_place_of_the_files() {
    let dir = repository();
    let patch = "--- a/fs/namespace.c\n+++ b/fs/namespace.c\n@@ -29,4 +29,4 @@\n static inline bool \
                 may_mount(void)\n {\n-\treturn ns_capable(current->nsproxy->mnt_ns->user_ns, \
                 CAP_SYS_ADMIN);\n+\treturn true;\n }\n";
    dir.create("mount.patch", patch);
    dir.create("boot.config", "# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_X86_64=y\n");
    dir.kgrep(&["index"]).run().expect_ok();
    let mut client = Client::start(&dir);
    // What is checked out is v6.2, which has no fs/namespace.c and calls kfree otherwise.
    eqnice!(
        "# kfree_new at v6.1: nothing: 0 of 54 files, checked now; not declared, defined, exported \
         or made by a macro that kgrep knows; as text: 0 lines, 0 rows\n",
        client.text("exists", &json!({ "names": "kfree_new", "at": "v6.1" }))
    );
    assert!(client.text("exists", &json!({ "names": "kfree_new" })).contains(": defined"));
    let defined = client.call("define", &json!({ "names": "may_mount", "at": "v6.2~2" }));
    let text = defined["content"][0]["text"].as_str().unwrap();
    let expected = "# definitions of may_mount at v6.2~2: 1 row\nfs/namespace.c\n29-32 may_mount; ";
    assert!(text.starts_with(expected), "{text}");
    let coverage = &defined["structuredContent"]["coverage"];
    assert_eq!(coverage["revision"], "v6.2~2");
    assert_eq!(coverage["commit"].as_str().map(str::len), Some(40), "{coverage}");
    for (tool, arguments, line) in [
        ("read", json!({ "path": "fs/namespace.c", "first": 29, "last": 29 }), "29: static inline"),
        ("search", json!({ "pattern": "may_mount", "paths": ["fs"] }), "29 may_mount: static"),
        ("callers", json!({ "names": "may_mount" }), " 55 sys_pivot_root; call: "),
        ("references", json!({ "names": "may_mount" }), "55 sys_pivot_root; call: "),
        ("maintainers", json!({ "paths": ["fs/namespace.c"] }), "MAINTAINERS"),
        ("list", json!({ "what": "syscalls", "glob": "pivot*" }), "# syscalls at v6.1: 1 row"),
        // A patch and a configuration are files beside those that are checked out.
        ("touched", json!({ "patch": "mount.patch" }), "fs/namespace.c\n29 may_mount; function"),
        ("diff", json!({ "old": "mount.patch" }), "32 may_mount; +1 -1; mount: +\treturn true;"),
        ("built", json!({ "names": "mm/slab.c", "kconfig": "boot.config" }), "built in"),
    ] {
        let mut at = arguments;
        at["at"] = json!("v6.1");
        let text = client.text(tool, &at);
        assert!(text.contains(line) && text.contains(" at v6.1: "), "{tool}: {text}");
    }
    let gone = client.refusal("read", &json!({ "path": "fs/namespace.c" }));
    assert!(gone.contains("relative to the tree's top"), "{gone}");
    let find = json!({ "words": ["mount", "root"], "at": "v6.1" });
    let lacks = client.refusal("find", &find);
    assert!(
        lacks.contains("v6.1 has no index") && lacks.contains("`kgrep index --at v6.1`"),
        "{lacks}"
    );
    dir.kgrep(&["index", "--at", "v6.1"]).run().expect_ok();
    assert!(client.text("find", &find).contains("sys_pivot_root"));
    // A cursor is of one revision.
    let mut page = json!({ "names": "kfree", "limit": 1, "at": "v6.1" });
    let more = client.text("references", &page);
    page["cursor"] = json!(more.trim_end().rsplit(' ').next());
    assert!(client.text("references", &page).contains(" at v6.1: 3 rows (2 to 2)"));
    page["at"] = json!("v6.2");
    assert!(client.refusal("references", &page).contains("ask without it"));
    let unknown = client.refusal("exists", &json!({ "names": "x", "at": "v9" }));
    eqnice!("kgrep: at: v9: no such revision: no tag, branch or commit here is called so", unknown);
    let dir = Dir::kernel();
    let refused = Client::start(&dir).refusal("exists", &json!({ "names": "x", "at": "v6.1" }));
    eqnice!("kgrep: at: the tree is not in a git repository; ask without it", refused);
}

/// Numbers below so many, by chance, the same on every run.
fn dice() -> impl FnMut(usize) -> usize {
    let mut seed = 16_u64;
    move |sides| {
        // Knuth's generator: its upper bits are by chance enough.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % sides
    }
}

/// Some of all values that JSON has, by chance.
fn any_value(roll: &mut impl FnMut(usize) -> usize, depth: usize) -> Value {
    const WORDS: [&str; 12] = [
        "kfree",
        "",
        "*",
        "[",
        "mm/slab.c",
        "..",
        "/",
        "9-9",
        "\u{0}",
        "v6.1",
        "call",
        "x\u{301}\n",
    ];
    match roll(if depth > 2 { 5 } else { 8 }) {
        0 => Value::Null,
        1 => json!(roll(2) == 0),
        2 => json!([-1_i64, 0, 1, 7, i64::MAX][roll(5)]),
        3 => json!(1e300),
        4 | 5 => json!(WORDS[roll(WORDS.len())]),
        6 => (0..roll(4)).map(|_| any_value(roll, depth + 1)).collect(),
        _ => (0..roll(3))
            .map(|_| (WORDS[roll(WORDS.len())].to_owned(), any_value(roll, depth + 1)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

#[test]
fn whatever_a_tool_is_called_with_is_answered() {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_ok();
    let mut client = Client::start(&dir);
    let tools = client.ask("tools/list", &json!({}))["result"]["tools"].clone();
    let mut roll = dice();
    let (mut answered, mut refused) = (0, 0);
    for _ in 0..40 {
        for tool in tools.as_array().expect("tools") {
            let known = tool["inputSchema"]["properties"].as_object().expect("properties");
            let mut arguments = serde_json::Map::new();
            for (name, schema) in known {
                // What is required, and of the right type, more often than not.
                let is_required = tool["inputSchema"]["required"]
                    .as_array()
                    .is_some_and(|all| all.contains(&json!(name)));
                if !is_required && roll(4) > 0 {
                    continue;
                }
                let value = match (roll(4), schema["type"].as_str()) {
                    (0, _) => any_value(&mut roll, 0),
                    (_, Some("integer")) => json!(roll(4)),
                    (_, Some("boolean")) => json!(roll(2) == 0),
                    (_, Some("array")) => json!(vec![["kfree", "mm", "call"][roll(3)]]),
                    _ => json!(["kfree", "mm/slab.c", "x86"][roll(3)]),
                };
                arguments.insert(name.clone(), value);
            }
            let params = json!({ "name": tool["name"], "arguments": arguments });
            let answer = client.ask("tools/call", &params);
            let result = &answer["result"];
            assert!(result["content"][0]["text"].is_string(), "{params}: {answer}");
            match result["isError"] == true {
                true => refused += 1,
                false => answered += 1,
            }
        }
    }
    assert!(answered > 50 && refused > 50, "{answered} answered, {refused} refused");
    assert!(client.end().is_empty());
}

#[test]
fn whatever_line_comes_the_next_one_is_answered() {
    let dir = Dir::kernel();
    let mut client = Client::start(&dir);
    let mut roll = dice();
    let lines = [
        r#"{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"cursor":"x"}}"#,
        r#"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"read","arguments":{"path":"Kconfig"}}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#,
        r#"{"jsonrpc":"2.0","id":8,"method":"initialize","params":{"capabilities":{},"protocolVersion":"x"}}"#,
    ];
    for number in 0..400 {
        let mut line = lines[number % lines.len()].as_bytes().to_vec();
        for _ in 0..=roll(3) {
            let at = roll(line.len().max(1));
            match if line.is_empty() { 2 } else { roll(4) } {
                0 => drop(line.remove(at)),
                1 => line[at] = b"{}[]\",:0\\x\xff\t"[roll(12)],
                2 => line.insert(at, b"{}[]\",:0\\x\xff\t"[roll(12)]),
                _ => line.truncate(at.max(1)),
            }
        }
        client.bytes(&line);
        // What was no request of its own has no answer, or one without a number.
        let id = format!("after {number}");
        client.line(&json!({ "jsonrpc": "2.0", "id": id, "method": "ping" }).to_string());
        loop {
            let answer = client.next();
            assert_eq!(answer["jsonrpc"], "2.0", "{answer}");
            if answer["id"] == id.as_str() {
                assert_eq!(answer["result"], json!({}));
                break;
            }
        }
    }
    client.end();
}

#[cfg(target_os = "linux")]
#[test]
fn references_let_go_of_each_file_that_was_read() {
    const FILES: u64 = 96;
    let dir = Dir::new();
    let about = "a line that is about something else\n".repeat(29_000);
    let text = format!("void on(void)\n{{\n\tlamp_on();\n}}\n/*\n{about}*/\n");
    for number in 0..FILES {
        dir.create(&format!("drivers/lamp{number}.c"), &text);
    }
    let mut client = Client::start(&dir);
    let told = client.text("references", &json!({ "names": ["lamp_on"], "limit": 1 }));
    assert!(told.starts_with("# uses of lamp_on: 96 rows"), "{told}");
    let status = std::fs::read_to_string(format!("/proc/{}/status", client.server.id()));
    let status = status.expect("Linux tells");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells");
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    let all = FILES * text.len() as u64 / 1024;
    assert!(kilobytes < all * 3 / 4, "{kilobytes} kB at most, of {all} kB in files");
}
