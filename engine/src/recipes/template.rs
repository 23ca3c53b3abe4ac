//! Templates of recipes: `{name}` stands for what is known of the name asked for.

use std::collections::BTreeMap;

/// What is known of the name asked for: several values where several were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts(BTreeMap<String, Vec<String>>);

impl Facts {
    /// Adds a value, once.
    pub fn add(&mut self, key: &str, value: &str) {
        let values = self.0.entry(key.to_owned()).or_default();
        if !value.is_empty() && !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
    }

    /// Sets the one value of `key`, in the place of those it has; nothing is no value.
    pub(crate) fn set(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.0.insert(key.to_owned(), vec![value.to_owned()]);
        }
    }

    /// The values of `key`.
    pub fn get(&self, key: &str) -> &[String] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }

    /// What `template` stands for: once for each combination of values; nothing where one
    /// of its keys has none.
    pub fn fill(&self, template: &str) -> Vec<String> {
        let mut made = vec![String::new()];
        for part in parts(template) {
            match part {
                Part::Text(text) => made.iter_mut().for_each(|made| made.push_str(text)),
                Part::Key(key) => {
                    let values = self.get(key);
                    made = made
                        .iter()
                        .flat_map(|made| values.iter().map(move |value| format!("{made}{value}")))
                        .collect();
                }
            }
        }
        made
    }

    /// The regular expression that `template` stands for: values are plain text in it, and
    /// several are alternatives. None where one of its keys has no value.
    pub fn fill_regex(&self, template: &str) -> Option<String> {
        let mut made = String::new();
        for part in parts(template) {
            match part {
                Part::Text(text) => made.push_str(text),
                Part::Key(key) => {
                    let values: Vec<String> =
                        self.get(key).iter().map(|value| regex::escape(value)).collect();
                    if values.is_empty() {
                        return None;
                    }
                    made.push_str(&format!("(?:{})", values.join("|")));
                }
            }
        }
        Some(made)
    }
}

/// The keys that `template` uses.
pub(crate) fn keys(template: &str) -> impl Iterator<Item = &str> {
    parts(template).into_iter().filter_map(|part| match part {
        Part::Key(key) => Some(key),
        Part::Text(_) => None,
    })
}

enum Part<'t> {
    Text(&'t str),
    Key(&'t str),
}

/// Cuts a template at its `{key}`s. A regular expression's `{3}` or `\p{Lu}` is text.
fn parts(template: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut begun, mut at) = (0, 0);
    while let Some(open) = template[at..].find('{').map(|found| at + found) {
        let rest = &template[open + 1..];
        let length = rest.find('}').unwrap_or(0);
        let key = &rest[..length];
        at = open + 1;
        let is_key = !key.is_empty()
            && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            && !template[..open].ends_with("\\p");
        if is_key {
            parts.push(Part::Text(&template[begun..open]));
            parts.push(Part::Key(key));
            at = open + length + 2;
            begun = at;
        }
    }
    parts.push(Part::Text(&template[begun..]));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_with_every_value() {
        let mut facts = Facts::default();
        facts.add("name", "a.b");
        facts.add("handler", "one");
        facts.add("handler", "two");
        facts.add("handler", "one");
        assert_eq!(facts.fill("{handler}_{name}x"), ["one_a.bx", "two_a.bx"]);
        assert_eq!(facts.fill("{missing}"), [""; 0]);
        assert_eq!(
            facts.fill_regex("^{name}{2}({handler})").as_deref(),
            Some("^(?:a\\.b){2}((?:one|two))")
        );
        assert_eq!(facts.fill_regex("{missing}"), None);
        assert_eq!(keys("{a}{2}{b_c}\\p{lu}").collect::<Vec<_>>(), ["a", "b_c"]);
    }
}
