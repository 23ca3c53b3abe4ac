//! `trace` of system calls whose tables give them to a function of another name.

use crate::util::{Dir, eqnice};

/// The places that are told of the name's definitions.
fn definitions(dir: &Dir, args: &[&str]) -> String {
    let all = [&["--format", "json", "trace"], args].concat();
    let (json, mut told) = (dir.kgrep(&all).run().stdout(), String::new());
    for line in json.lines() {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        let data = &message["data"];
        if message["type"] == "match" && data["section"] == "Definition" {
            let text = data["lines"]["text"].as_str().unwrap().trim_end();
            told += &format!("{}: {text}\n", data["path"]["text"].as_str().unwrap());
        }
    }
    told
}

/// Found with Linux 7.3: `umount2` was no system call, and `stat` an old one that most architectures lack.
#[test]
fn a_call_leads_to_the_function_that_the_table_gives_it_to() {
    let dir = Dir::new();
    dir.create("Kbuild", "obj-y += fs/\n");
    dir.create("arch/riscv/Kconfig", "config RISCV\n\tdef_bool y\n");
    dir.create(
        "arch/x86/entry/syscalls/syscall_64.tbl",
        "4\tcommon\tlook\t\tsys_newlook\n7\tcommon\tlamp2\t\tsys_lamp\n8\tcommon\tfork\t\tsys_fork\n",
    );
    dir.create(
        "arch/x86/entry/syscalls/syscall_32.tbl",
        "18\ti386\toldlook\t\tsys_look\n52\ti386\tlamp2\t\tsys_lamp\t\tcompat_sys_lamp32\n",
    );
    dir.create("arch/arm/tools/syscall.tbl", "106\tcommon\tlook\t\tsys_armlook\n");
    dir.create(
        "scripts/syscall.tbl",
        "79\tcommon\tlook\t\tsys_newlook\n403\t32\tclock_look64\t\tsys_clock_look\n",
    );
    dir.create(
        "fs/look.c",
        "SYSCALL_DEFINE1(look, int, fd)\n{\n\treturn 0;\n}\n\n\
         SYSCALL_DEFINE1(newlook, int, fd)\n{\n\treturn 1;\n}\n\n\
         SYSCALL_DEFINE1(lamp, int, fd)\n{\n\treturn 2;\n}\n\n\
         COMPAT_SYSCALL_DEFINE1(lamp32, int, fd)\n{\n\treturn 3;\n}\n\n\
         SYSCALL_DEFINE1(clock_look, int, fd)\n{\n\treturn 4;\n}\n\n\
         SYSCALL_DEFINE0(fork)\n{\n\treturn 5;\n}\n",
    );
    dir.create("arch/arm/kernel/look.c", "SYSCALL_DEFINE1(armlook, int, fd)\n{\n\treturn 6;\n}\n");
    let (look, newlook) = (
        "fs/look.c: SYSCALL_DEFINE1(look, int, fd)\n",
        "fs/look.c: SYSCALL_DEFINE1(newlook, int, fd)\n",
    );
    let lamp = "fs/look.c: SYSCALL_DEFINE1(lamp, int, fd)\n";
    let lamp32 = "fs/look.c: COMPAT_SYSCALL_DEFINE1(lamp32, int, fd)\n";
    let armlook = "arch/arm/kernel/look.c: SYSCALL_DEFINE1(armlook, int, fd)\n";
    let on = |arch: &str, name: &str| definitions(&dir, &[name, "--arch", arch]);
    eqnice!([newlook, look].concat(), on("x86", "look"));
    eqnice!([newlook, look].concat(), on("x86", "__NR_look"));
    eqnice!([lamp, lamp32].concat(), on("x86", "lamp2"));
    eqnice!([armlook, look].concat(), on("arm", "look"));
    eqnice!("fs/look.c: SYSCALL_DEFINE1(clock_look, int, fd)\n", on("riscv", "clock_look64"));
    eqnice!("fs/look.c: SYSCALL_DEFINE0(fork)\n", on("x86", "fork"));
    // A function that is asked for is no call of that name.
    eqnice!(look, on("x86", "sys_look"));
    eqnice!(lamp, on("x86", "__x64_sys_lamp"));
}
