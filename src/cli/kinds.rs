//! A kind on the command line: every word that means one of those there are.

use std::ffi::OsStr;

use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use clap::{Arg, Command, Error, ValueEnum};
use kgrep_engine::kinds;

/// Reads a value of `T`, under any name that the table of kinds has for it.
#[derive(Clone)]
pub(super) struct KindParser<T: ValueEnum + Clone + Send + Sync + 'static>(EnumValueParser<T>);

impl<T: ValueEnum + Clone + Send + Sync + 'static> KindParser<T> {
    pub(super) fn new() -> KindParser<T> {
        KindParser(EnumValueParser::new())
    }
}

impl<T: ValueEnum + Clone + Send + Sync + 'static> TypedValueParser for KindParser<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        match value.to_str().and_then(kind) {
            Some(kind) => Ok(kind),
            None => self.0.parse_ref(command, arg, value),
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        self.0.possible_values()
    }
}

/// The kind that a word means.
pub(crate) fn kind<T: ValueEnum>(word: &str) -> Option<T> {
    let values = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let names: Vec<String> = values.map(|value| value.get_name().to_owned()).collect();
    let meant = kinds::synonym(word, names.iter().map(String::as_str))?;
    T::from_str(meant, false).ok()
}
