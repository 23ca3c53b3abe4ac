//! Names made from a macro's arguments: `{1}` is the first argument.

/// A name with holes, such as `__setup_{2}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Argument(usize),
}

impl Template {
    /// Reads `text`; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((number, next)) = after.split_once('}') else {
                return Err(format!("`{text}` has a `{{` that is not closed"));
            };
            let argument = number.parse().ok().filter(|n| (1..=20).contains(n));
            let Some(argument) = argument else {
                return Err(format!("`{{{number}}}` in `{text}` is not an argument's number"));
            };
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Argument(argument));
            rest = next;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        if parts.is_empty() {
            return Err("an empty name".to_owned());
        }
        Ok(Template { parts })
    }

    /// The first argument for which the template is `name`, where that is all that it leaves open.
    pub fn argument_of<'n>(&self, name: &'n [u8]) -> Option<&'n [u8]> {
        let (before, after) = match &self.parts[..] {
            [Part::Argument(1)] => ("", ""),
            [Part::Text(before), Part::Argument(1)] => (before.as_str(), ""),
            [Part::Argument(1), Part::Text(after)] => ("", after.as_str()),
            [Part::Text(before), Part::Argument(1), Part::Text(after)] => {
                (before.as_str(), after.as_str())
            }
            _ => return None,
        };
        let argument = name.strip_prefix(before.as_bytes())?.strip_suffix(after.as_bytes())?;
        (!argument.is_empty()).then_some(argument)
    }

    /// The name for these arguments; `None` when one is missing or is not a plain word.
    pub fn fill(&self, arguments: &[&[u8]]) -> Option<Vec<u8>> {
        let mut name = Vec::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => name.extend_from_slice(text.as_bytes()),
                Part::Argument(number) => {
                    let argument = arguments.get(number - 1)?;
                    let argument = argument.trim_ascii();
                    let argument = argument.strip_prefix(b"&").unwrap_or(argument);
                    let plain = |b: &u8| {
                        b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b',')
                    };
                    if argument.is_empty() || !argument.iter().all(plain) {
                        return None;
                    }
                    name.extend_from_slice(argument);
                }
            }
        }
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn a_template_takes_words_and_refuses_expressions() {
        let template = Template::parse("__setup_{2}").expect("a template");
        assert_eq!(template.fill(&[b"\"a=\"", b" &f "]).as_deref(), Some(&b"__setup_f"[..]));
        assert_eq!(template.fill(&[b"\"a=\"", b"f(x)"]), None);
        assert_eq!(template.fill(&[b"\"a=\""]), None);
        assert!(Template::parse("a{x}").is_err());
    }

    #[test]
    fn a_name_tells_the_argument_that_it_is_made_of() {
        let of = |template: &str, name: &'static str| {
            let template = Template::parse(template).unwrap();
            template.argument_of(name.as_bytes()).map(<[u8]>::to_vec)
        };
        assert_eq!(of("__probe_{1}", "__probe_dim"), Some(b"dim".to_vec()));
        assert_eq!(of("{1}_of_{1}", "dim_of_dim"), None);
        assert_eq!(of("to_{1}_of", "to_dim_of"), Some(b"dim".to_vec()));
        assert_eq!(of("__probe_{1}", "__probe_"), None);
        assert_eq!(of("__probe_{2}", "__probe_dim"), None);
        assert_eq!(of("probe", "probe"), None);
    }

    #[test]
    fn what_is_no_template_is_refused() {
        assert!(Template::parse("a{1").is_err());
    }
}
