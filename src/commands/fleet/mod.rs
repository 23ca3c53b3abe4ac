//! `kgrep export WHAT --format parquet --out DIR`: a table for each of many trees, for the engines that
//! ask hundreds of kernels at once. Any number of machines may do it for one list of trees and one
//! folder: each table is made by the process that locks it first ([`part`]), or by whom `--jobs` says.

mod part;
mod trees;

use std::path::Path;

use anyhow::{Context, Result, ensure};
use kgrep_engine::Error;
use kgrep_engine::fleet::{self, Known};
use kgrep_engine::request::Export as Wanted;

use self::part::{Claim, Part};
use self::trees::{Place, Tree};
use super::at::{RevisionSource, tags};
use super::{Outcome, Session, export, freshen};
use crate::cli::{CommonArgs, ExportArgs};
use crate::message::{chain, tell};
use crate::render::{Content, print_page};
use crate::settings::Format;
use crate::{code, folders};

/// Writes the tables, and prints a line for each that is there afterwards.
///
/// # Errors
/// If a tree does not exist, or the folder can't be written.
pub(super) fn run(args: &ExportArgs, common: &CommonArgs, session: &Session) -> Result<Outcome> {
    ensure!(
        session.settings.format.value == Format::Parquet,
        "--out is for --format parquet; other formats are printed"
    );
    let named = args.out.as_deref().context("--out is missing")?;
    let mut source = RevisionSource::new(&session.cache, common)?;
    let all = trees::all(args, common, |glob| tags(source.repository()?, glob))?;
    let out = folders::current()?.join(named);
    std::fs::create_dir_all(&out).with_context(|| {
        format!("--out {}: this can't be a folder to write to", named.display())
    })?;
    let wanted = export::wanted(args.what);
    let (mut problems, mut held) = (false, false);
    for (at, tree) in all.iter().enumerate() {
        if args.jobs.is_some_and(|share| at % share.of != share.which) {
            continue;
        }
        match written(tree, session, &mut source, wanted, &out) {
            Ok(Some((rows, state))) => {
                let path = named.join(part::below(&tree.name));
                let row = format!("{}\t{}\t{rows}\t{state}\n", tree.name, path.display());
                print_page(&row, Content::Text)?;
            }
            Ok(None) => held = true,
            Err(error) => {
                tell(format!("{}: {}", tree.name, chain(&error)));
                problems = true;
            }
        }
    }
    Ok(match (problems, held) {
        (true, _) => Outcome::Problems,
        (_, true) => Outcome::Nothing,
        _ => Outcome::Found,
    })
}

/// The rows of a tree's table, and whether it was written now; nothing if another writes it.
fn written(
    tree: &Tree,
    session: &Session,
    source: &mut RevisionSource<'_>,
    wanted: Wanted,
    out: &Path,
) -> Result<Option<(u64, &'static str)>> {
    let part = Part::new(out, &tree.name);
    let lock = match part.claim()? {
        Claim::There(known) => {
            checked(&known, wanted, &part)?;
            return Ok(Some((known.rows, "already there")));
        }
        Claim::Held(holder) => {
            tell(format!("{}: left to {holder}", tree.name));
            return Ok(None);
        }
        Claim::Mine(lock) => lock,
    };
    let (root, commit) = match &tree.place {
        Place::Folder(folder) => (folder.clone(), None),
        Place::Revision(name) => {
            let (revision, root) = source.laid_out(name)?;
            (root, Some(revision.commit))
        }
    };
    let code = code::of_folder(&root, session)?;
    let mut about = vec![("kgrep.rev", tree.name.as_str()), ("kgrep.arch", code.arch_name())];
    about.extend(commit.as_deref().map(|commit| ("kgrep.commit", commit)));
    let rows = lock.publish(|file| {
        code.export_table(wanted, file, &about).map_err(|error| match error {
            Error::Table(why) => anyhow::anyhow!("{}: {why}", part.path().display()),
            other => other.into(),
        })
    })?;
    freshen::after_question(&code, session);
    Ok(Some((rows, "written")))
}

/// Refuses what is there and something else than what is asked for: to leave it would be a lie.
fn checked(known: &Known, wanted: Wanted, part: &Part) -> Result<()> {
    let (path, name) = (part.path().display(), fleet::name(wanted));
    ensure!(
        known.table == name,
        "{path} is a table of {}, not of {name}; each kind of table has a folder of its own",
        if known.table.is_empty() { "another program" } else { &known.table }
    );
    ensure!(
        known.is_current,
        "{path} has other columns, of another version of kgrep; remove it to have it written again"
    );
    Ok(())
}
