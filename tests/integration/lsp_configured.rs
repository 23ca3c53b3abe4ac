//! `kgrep lsp --kconfig FILE`: what a configuration doesn't build is left out of an editor's answers too.

use serde_json::json;

use crate::configured::kernel;
use crate::lsp_client::Client;
use crate::util::eqnice;

#[test]
fn an_editors_answers_are_of_what_is_built() {
    let dir = kernel("CONFIG_FAN=y\n");
    dir.kgrep(&["index"]).run().expect_ok();
    let config = dir.path(".config");
    let mut client = Client::new(&dir, &["--kconfig", config.to_str().unwrap()]);
    client.begin(&json!({ "general": { "positionEncodings": ["utf-8"] } }));
    let mut said = String::new();
    for built in ["fan", "fan and lamp"] {
        said += &format!("built: {built}\n");
        let found = client.at("textDocument/references", "drivers/core.c", "int switch_|on(int");
        said += &format!("references: {}\n", client.places(&found).join(" "));
        let found = client.at("textDocument/definition", "drivers/fan.c", "+ la|mp();");
        said += &format!("definition: {}\n", client.places(&found).join(" "));
        let symbols = client.ask("workspace/symbol", &json!({ "query": "lamp" }));
        let symbols = symbols["result"].as_array().unwrap();
        let names: Vec<&str> = symbols.iter().filter_map(|s| s["name"].as_str()).collect();
        said += &format!("symbols: {}\n", names.join(" "));
        let item =
            client.at("textDocument/prepareCallHierarchy", "drivers/core.c", "int switch_|on(int");
        let calls = client.ask("callHierarchy/incomingCalls", &json!({ "item": item[0] }));
        let calls = calls["result"].as_array().unwrap();
        let names: Vec<&str> = calls.iter().filter_map(|c| c["from"]["name"].as_str()).collect();
        said += &format!("callers: {}\n", names.join(" "));
        // The file that says it is read anew.
        dir.create(".config", "CONFIG_X86_64=y\nCONFIG_FAN=y\nCONFIG_LAMP=y\n");
        client.notify(
            "workspace/didChangeWatchedFiles",
            &json!({ "changes": [
            { "uri": client.uri(".config"), "type": 2 } ] }),
        );
    }
    eqnice!(
        "\
built: fan
references: arch/x86/setup.c:3:9-17 drivers/core.c:1:5-13 drivers/fan.c:4:9-17 drivers/maybe.c:3:9-17
definition: drivers/lamp.c:2:5-8
symbols: LAMP
callers: setup fan maybe
built: fan and lamp
references: arch/x86/setup.c:3:9-17 drivers/core.c:1:5-13 drivers/fan.c:4:9-17 drivers/lamp.c:4:9-17 drivers/maybe.c:3:9-17
definition: drivers/lamp.c:2:5-8
symbols: lamp LAMP LAMP_NUMBER
callers: setup fan lamp maybe
",
        said
    );
}
