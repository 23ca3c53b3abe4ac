//! A review of two patches by a program that has nothing but the tools of `kgrep mcp`: what the patches
//! touch, what they call that isn't there, which callers they forget, which lock they drop, whom to ask.

use serde_json::{Value, json};

use crate::mcp::Client;
use crate::util::{Dir, eqnice};

/// Drops a lock, and calls what nothing defines.
const FREE: &str = "\
From: Noah New <noah@example.org>
Subject: [PATCH] slab: check what is freed

--- a/mm/slab.c
+++ b/mm/slab.c
@@ -52,11 +52,8 @@ EXPORT_SYMBOL_GPL(kmem_cache_zalloc);
 
 void kmem_cache_free(struct kmem_cache *s, void *object)
 {
-\tunsigned long irq;
-
-\tspin_lock_irqsave(&s->lock, irq);
+\tslab_check_object(s, object);
 \t*(void **)object = s->free_list;
 \ts->free_list = object;
-\tspin_unlock_irqrestore(&s->lock, irq);
 }
 EXPORT_SYMBOL(kmem_cache_free);
 
";

/// Gives a function another parameter, and forgets its callers.
const SIZED: &str = "\
From: Noah New <noah@example.org>
Subject: [PATCH] slab: tell kfree() the size

--- a/mm/slab.c
+++ b/mm/slab.c
@@ -69,7 +69,7 @@ void *__kmalloc(size_t size, gfp_t flags)
 }
 EXPORT_SYMBOL(__kmalloc);
 
-void kfree(const void *object)
+void kfree(const void *object, size_t size)
 {
 \tif (object)
 \t\tkmem_cache_free(virt_to_cache(object), (void *)object);
";

/// Asks, and says what there is to say.
struct Reviewer {
    client: Client,
    said: String,
}

impl Reviewer {
    fn rows(&mut self, tool: &str, arguments: &Value) -> Vec<Value> {
        let answers = self.client.call(tool, arguments)["structuredContent"]["answers"].clone();
        let answers = answers.as_array().expect("answers").iter();
        answers.flat_map(|answer| answer["rows"].as_array().expect("rows").clone()).collect()
    }

    fn say(&mut self, what: &str) {
        self.said += what;
        self.said.push('\n');
    }

    fn review(&mut self, patch: &str) {
        for touched in self.rows("touched", &json!({ "patch": patch })) {
            let cell = |name: &str| touched["cells"][name].as_str().unwrap_or_default().to_owned();
            let (name, callers, of) = (cell("name"), cell("callers"), cell("of"));
            if touched["section"] == "Maintainers" {
                continue;
            }
            self.say(&format!("{name}: {callers} callers, {of}"));
            if !cell("is").is_empty() {
                self.check_callers(&name, parameters(&cell("is")));
            }
        }
        let read = json!({ "path": patch, "first": 1, "last": 100 });
        let lines = self.rows("read", &read);
        let lines: Vec<&str> = lines.iter().filter_map(|row| row["text"].as_str()).collect();
        for added in lines.iter().filter(|line| line.starts_with("+\t")) {
            self.check_called(added);
        }
        for removed in lines.iter().filter(|line| line.starts_with("-\tspin_lock")) {
            self.check_lock(removed);
        }
        for row in self.rows("maintainers", &json!({ "paths": ["mm/slab.c"] })) {
            let text = row["text"].as_str().expect("text");
            if let Some(who) = text.strip_prefix("M:\t").filter(|who| !who.contains("Everybody")) {
                self.say(&format!("to {who}"));
            }
        }
    }

    /// Calls that have not as many arguments as the function will have parameters.
    fn check_callers(&mut self, name: &str, wanted: usize) {
        for row in self.rows("callers", &json!({ "names": [name], "args": true })) {
            let Some(arguments) = row["cells"]["arguments"].as_str() else { continue };
            let number = arguments.split(", ").count();
            if number != wanted {
                let (path, line) = (row["path"].as_str().expect("a path"), &row["line"]);
                self.say(&format!("{path}:{line} gives {name} {number} of {wanted} arguments"));
            }
        }
    }

    /// Whether what a line calls is there.
    fn check_called(&mut self, line: &str) {
        let called = line[1..].trim().split('(').next().unwrap_or_default();
        let asked = self.client.call("exists", &json!({ "names": [called] }));
        let answer = &asked["structuredContent"]["answers"][0];
        let rows = answer["rows"].as_array().expect("rows");
        let only_here =
            rows.iter().all(|row| row["path"].as_str().is_some_and(|p| p.starts_with("patches/")));
        let (verdict, files) = (&answer["verdict"], &answer["files"]);
        if matches!(verdict.as_str(), Some("nothing" | "text")) && only_here {
            self.say(&format!("{called} is not in any of {files} files but the patch"));
        }
    }

    /// Who else takes a lock that is dropped here.
    fn check_lock(&mut self, line: &str) {
        let lock = line[1..].trim().split(',').next().unwrap_or_default();
        let mut holders: Vec<String> = Vec::new();
        for row in self.rows("functions_with", &json!({ "with": [lock] })) {
            let function = row["cells"]["function"].as_str().expect("a function").to_owned();
            let writes = json!({ "names": ["kmem_cache.free_list"] });
            let uses = self.rows("references", &writes);
            let is_writer = |used: &Value| {
                used["cells"]["function"] == function.as_str() && used["cells"]["how"] == "write"
            };
            if uses.iter().any(is_writer) {
                holders.push(function);
            }
        }
        self.say(&format!("free_list is written under {lock}) by {}", holders.join(", ")));
    }
}

/// How many parameters a head has.
fn parameters(head: &str) -> usize {
    head.split('(').nth(1).unwrap_or_default().split(',').count()
}

#[test]
fn two_patches_are_reviewed_with_the_tools_alone() {
    let dir = Dir::kernel();
    dir.create("patches/free.patch", FREE);
    dir.create("patches/sized.patch", SIZED);
    let mut reviewer = Reviewer { client: Client::start(&dir), said: String::new() };
    reviewer.review("patches/free.patch");
    reviewer.review("patches/sized.patch");
    eqnice!(
        "\
kmem_cache_free: 4 callers, SLAB ALLOCATOR
slab_check_object is not in any of 56 files but the patch
free_list is written under spin_lock_irqsave(&s->lock) by slab_alloc, kmem_cache_free
to Sal Lab <sal@example.org>
kfree: 2 callers, SLAB ALLOCATOR
drivers/block/ramdisk.c:33 gives kfree 1 of 2 arguments
init/initramfs.c:24 gives kfree 1 of 2 arguments
to Sal Lab <sal@example.org>
",
        reviewer.said
    );
    assert!(reviewer.client.end().is_empty());
}
