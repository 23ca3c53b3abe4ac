//! Recipes and idioms, as a stranger's tree may bring them.
#![no_main]

use kgrep_engine::trace::{Recipes, is_recipe};
use kgrep_index::idiom::{Idioms, Template};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    is_recipe(text);
    let mut recipes = Recipes::default();
    recipes.add("a.toml", text);
    recipes.get("a");
    Idioms::default().add("a.toml", text);
    if let Ok(template) = Template::parse(text.lines().next().unwrap_or_default()) {
        template.argument_of(b"sys_open");
        template.fill(&[b"a", b"b"]);
    }
});
