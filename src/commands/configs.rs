//! `kgrep configs A B`: in which symbols, files and modules two configurations of a tree differ.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use kgrep_engine::configuration::Kernel;
use kgrep_engine::{Answer, Cell, Column, Row, Title};

use super::answer::show;
use super::{Outcome, Session};
use crate::cli::ConfigsArgs;
use crate::code::{self, Code};
use crate::list::Role;
use crate::message::{counted, tell};
use crate::notes;

/// Prints and keeps what differs.
///
/// # Errors
/// If one of them is not a configuration, or the list can't be kept.
pub(crate) fn run(args: &ConfigsArgs, session: &Session) -> Result<Outcome> {
    if matches!(session.settings.kconfig.origin, crate::settings::Origin::Flag(_)) {
        bail!("`kgrep configs` takes two configurations, without --kconfig");
    }
    let code = code::around(session)?;
    let read = |path: &Path| {
        let here = crate::folders::current()?;
        let named = code::named_arch(session);
        let kernel = Kernel::read(code.tree(), &here.join(path), named)
            .with_context(|| format!("{}", path.display()))?;
        kernel.note().iter().for_each(notes::tell);
        Ok::<_, anyhow::Error>(kernel)
    };
    let (old, new) = (read(&args.old)?, read(&args.new)?);
    let mut answer = Answer {
        columns: Column::all(&[("Old", Role::Text), ("New", Role::Text)]),
        ..Answer::default()
    };
    symbols(&code, &old, &new, &mut answer);
    files(session, &old, &new, &mut answer);
    show(&code, session, None, &answer)
}

/// The symbols whose values differ, where the Kconfig files have them.
fn symbols(code: &Code, old: &Kernel, new: &Kernel, answer: &mut Answer) {
    let names: std::collections::BTreeSet<&[u8]> =
        old.config.symbols().iter().chain(&new.config.symbols()).map(|(name, _)| *name).collect();
    let section = section(answer, "symbols");
    let mut nowhere = Vec::new();
    for name in names.into_iter().filter(|name| old.config.value(name) != new.config.value(name)) {
        let mut places = new.kconfig().definitions(name).chain(old.kconfig().definitions(name));
        let Some(place) = places.next() else {
            nowhere.push(String::from_utf8_lossy(name).into_owned());
            continue;
        };
        answer.rows.push(Row {
            path: place.file.clone(),
            line: place.line,
            name: name.to_vec(),
            cells: vec![value(old, name), value(new, name)],
            section,
            ..Row::default()
        });
    }
    if !nowhere.is_empty() {
        tell(format!(
            "{} of no Kconfig file in {}: {}",
            counted(nowhere.len() as u64, "symbol"),
            code.tree().root().display(),
            few(&nowhere)
        ));
    }
}

/// The first of some names, and how many others there are.
fn few(names: &[String]) -> String {
    const FEW: usize = 5;
    match names.len().saturating_sub(FEW) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names[..FEW].join(", ")),
    }
}

/// A symbol's value; `n` where it is not set, as a `.config` may have it.
fn value(kernel: &Kernel, name: &[u8]) -> Cell {
    let text = match kernel.config.value(name) {
        None => "n".to_owned(),
        Some(_) => String::from_utf8_lossy(kernel.config.text(name)).into_owned(),
    };
    Cell::Text(if text.is_empty() { "\"\"".to_owned() } else { text })
}

/// The modules that only one of them has, then all sources that are built otherwise.
fn files(session: &Session, old: &Kernel, new: &Kernel, answer: &mut Answer) {
    let [old, new] = [old, new].map(|kernel| {
        let built = kernel.configured(&session.cache, None).built();
        built.map(|(path, module)| (path, module.map(<[u8]>::to_vec))).collect::<BTreeMap<_, _>>()
    });
    let modules = [&old, &new].map(|built| {
        let of_modules = built.iter().filter_map(|(path, module)| Some((module.clone()?, *path)));
        // The first file of each stands for it.
        of_modules.rev().collect::<BTreeMap<_, _>>()
    });
    let section_of_modules = section(answer, "modules");
    let all: BTreeMap<&Vec<u8>, &[u8]> =
        modules.iter().flatten().map(|(module, path)| (module, *path)).collect();
    for (module, path) in all {
        let has = modules.each_ref().map(|modules| modules.contains_key(module));
        if has[0] != has[1] {
            let name = String::from_utf8_lossy(module);
            let cell = |has| Cell::Text(if has { name.clone().into_owned() } else { "-".into() });
            push(answer, path, has.map(cell), section_of_modules);
        }
    }
    let section_of_files = section(answer, "files");
    let all: BTreeMap<&[u8], ()> = old.keys().chain(new.keys()).map(|path| (*path, ())).collect();
    for path in all.into_keys() {
        let states = [&old, &new].map(|built| match built.get(path) {
            None => "not built".to_owned(),
            Some(None) => "built in".to_owned(),
            Some(Some(module)) => String::from_utf8_lossy(module).into_owned(),
        });
        if states[0] != states[1] {
            push(answer, path, states.map(Cell::Text), section_of_files);
        }
    }
}

fn push(answer: &mut Answer, path: &[u8], cells: [Cell; 2], section: Option<u32>) {
    let (path, cells) = (path.to_vec(), cells.to_vec());
    answer.rows.push(Row { path, line: 1, cells, section, ..Row::default() });
}

/// Begins a part of the answer.
fn section(answer: &mut Answer, title: &str) -> Option<u32> {
    answer.sections.push(Title::Text(title.to_owned()));
    u32::try_from(answer.sections.len() - 1).ok()
}
