//! Texts of a log among the arguments: some begin as flags do.

use std::ffi::OsString;

/// The arguments with those behind `--` that begin with dashes and can be no flag: `---[ end trace`.
pub(super) fn with_texts(args: &[OsString]) -> Vec<OsString> {
    let ends = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    let (before, behind) = args.split_at(ends);
    let (texts, before): (Vec<_>, Vec<_>) = before.iter().partition(|arg| is_text(arg));
    if texts.is_empty() {
        return args.to_vec();
    }
    let dashes = OsString::from("--");
    let all = before.into_iter().chain([&dashes]).chain(texts).chain(behind.iter().skip(1));
    all.cloned().collect()
}

/// Whether an argument has a third dash, or a character before its value that no flag has. What may be a flag that is
/// written wrong is left to the parser.
fn is_text(arg: &OsString) -> bool {
    let Some(rest) = arg.to_str().and_then(|arg| arg.strip_prefix("--")) else { return false };
    let flag = rest.split('=').next().unwrap_or(rest);
    let of_flag = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    flag.starts_with('-') || !flag.chars().all(of_flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(args: &str) -> String {
        let args: Vec<OsString> = args.split('|').map(OsString::from).collect();
        let args: Vec<String> =
            with_texts(&args).into_iter().filter_map(|arg| arg.into_string().ok()).collect();
        args.join("|")
    }

    #[test]
    fn texts_stand_behind_two_dashes() {
        assert_eq!(moved("trace|---[ end|--all"), "trace|--all|--|---[ end");
        assert_eq!(moved("trace|--[ cut here|--|x"), "trace|--|--[ cut here|x");
    }

    #[test]
    fn flags_stay_where_they_are() {
        for args in [
            "trace|--all|x",
            "trace|--Format|x",
            "trace|--as=a b|x",
            "trace|--|--[ x",
            "trace|-x y",
        ] {
            assert_eq!(moved(args), args);
        }
    }
}
