//! The parts together, on the hand-written trees and patches in `tests/trees/`, and on
//! Fedora's patches where they are at hand.

use super::apply::{self, Verdict};
use super::context::{self, Thing};
use super::kinds::{self, How, Kind};
use super::locate::Lines;
use super::model::{DiffSet, FileChange};
use super::{folder, maintainers::Maintainers, set};
use bstr::ByteSlice;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn trees() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/trees")
}

fn pair() -> DiffSet {
    let pair = trees().join("pair");
    folder::compare(&pair.join("upstream"), &pair.join("distro"))
}

/// A file's text on the distribution's side, or else upstream.
fn read(file: &FileChange) -> Option<Vec<u8>> {
    let pair = trees().join("pair");
    let read = |side: &str| fs::read(pair.join(side).join(file.name().to_path().ok()?)).ok();
    read("distro").or_else(|| read("upstream"))
}

#[test]
fn who_understands_crashkernel_auto() {
    let set = pair();
    let mut places = Vec::new();
    for entry in set.entries() {
        let Some(hunk) = entry.hunk else { continue };
        let brings = |line: super::model::Line<'_>| {
            line.origin == super::model::Origin::Added && line.text.contains_str("crashkernel=auto")
        };
        if hunk.lines().any(brings) {
            let text = read(entry.file).unwrap();
            let lines = Lines::of(&text);
            let around = context::of_hunk(entry.file, hunk, Some(&lines)).unwrap();
            places.push((around.thing, around.name.to_str_lossy().into_owned()));
        }
    }
    let own = |thing, name: &str| (thing, name.to_owned());
    assert_eq!(
        places,
        [
            own(Thing::Section, "Reserving memory"),
            own(Thing::Parameter, "crashkernel"),
            own(Thing::File, "Kconfig.crash"),
            own(Thing::Function, "parse_reservation"),
        ]
    );
}

#[test]
fn the_pair_in_kernel_terms() {
    let set = pair();
    let of = |kind| {
        let show = |c: kinds::Change| {
            let part =
                if c.part.is_empty() { String::new() } else { format!(":{}", c.part.as_bstr()) };
            (c.how, format!("{}{part}", c.name.as_bstr()))
        };
        kinds::changes(&set, kind, &read).into_iter().map(show).collect::<Vec<_>>()
    };
    let own = |how, name: &str| (how, name.to_owned());
    assert_eq!(of(Kind::Params), [own(How::Changed, "crashkernel")]);
    assert_eq!(
        of(Kind::Configs),
        [own(How::Changed, "LAMP:default"), own(How::Added, "CRASH_AUTO")]
    );
    assert_eq!(
        of(Kind::Exports),
        [own(How::Changed, "lamp_switch"), own(How::Added, "lamp_level")]
    );
    assert_eq!(of(Kind::Structs), [own(How::Added, "lamp:hours")]);
    assert_eq!(
        of(Kind::Functions),
        [own(How::Removed, "lamp_flicker"), own(How::Changed, "lamp_level")]
    );
    assert_eq!(of(Kind::Ids), [own(How::Added, "{ PCI_DEVICE(0x1d0f, 0x00ff) }")]);
    assert_eq!(of(Kind::Syscalls), []);
}

#[test]
fn the_series_applies_upstream_and_is_in_the_distribution() {
    let set = set::load(&trees().join("patches")).unwrap();
    let subjects: Vec<_> = set.patches.iter().map(|p| p.subject.as_bstr().to_string()).collect();
    assert_eq!(
        subjects,
        [
            "lamp: count the hours and let others ask for the level",
            "crash: understand crashkernel=auto"
        ]
    );
    assert_eq!(set.patches[0].author, "J\u{f6}rg Lampe <lamp@example.org>".as_bytes());
    let problems: Vec<_> = set.problems.iter().map(|p| p.line).collect();
    assert_eq!(problems, [4], "{:?}", set.problems);
    let pair = trees().join("pair");
    let upstream = apply::check(&set, &pair.join("upstream"), apply::PATCH_FUZZ);
    assert!(upstream.iter().all(|v| matches!(v, Verdict::Applies { fuzz: 0, .. })), "{upstream:?}");
    let distro = apply::check(&set, &pair.join("distro"), apply::PATCH_FUZZ);
    let [hours, rename, auto] = distro.as_slice() else { panic!("{distro:?}") };
    assert!(matches!(hours, Verdict::AlreadyIn { line: 6 }), "{hours:?}");
    assert!(matches!(rename, Verdict::AlreadyIn { .. }), "{rename:?}");
    // The distribution understands it in other words: `patch` would put it in again.
    assert!(matches!(auto, Verdict::Applies { fuzz: 2, .. }), "{auto:?}");
}

#[test]
fn subsystems_of_the_pair() {
    let text = fs::read(trees().join("pair/upstream/MAINTAINERS")).unwrap();
    let maintainers = Maintainers::parse(&text);
    assert_eq!(maintainers.subsystem(b"drivers/lamp/core.c").unwrap(), b"LAMP DRIVERS");
    assert_eq!(maintainers.subsystem(b"drivers/Makefile").unwrap(), b"THE REST");
}

/// Fedora's patches of September 2020, unpacked; `None` where they are not at hand.
fn fedora() -> Option<tempfile::TempDir> {
    let name = "shared/data/fedora-kernel-5.9-rc7-patches.tar.xz";
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let archive = here.ancestors().map(|folder| folder.join(name)).find(|path| path.is_file());
    let Some(archive) = archive else {
        eprintln!("skipped: {name} is not here");
        return None;
    };
    let dir = tempfile::tempdir().unwrap();
    let status = Command::new("tar").arg("-xf").arg(archive).arg("-C").arg(dir.path()).status();
    assert!(status.unwrap().success());
    Some(dir)
}

#[test]
fn fedora_patches_are_read_whole() {
    let Some(dir) = fedora() else { return };
    let set = set::load(dir.path()).unwrap();
    assert_eq!(set.problems, []);
    let (mut files, mut hunks) = (0, 0);
    for patch in &set.patches {
        let text = fs::read(patch.path.as_ref().unwrap()).unwrap();
        files += text.lines().filter(|line| line.starts_with(b"+++ ")).count();
        hunks += text.lines().filter(|line| line.starts_with(b"@@ -")).count();
    }
    assert_eq!((set.files.len(), set.entries().count()), (files, hunks));
    let auto = set.patches.iter().find(|p| p.name.contains_str("crashkernel-auto")).unwrap();
    assert_eq!(auto.subject, b"kdump: add support for crashkernel=auto");
    let mapped = set.entries().filter(|entry| {
        entry.hunk.is_some_and(|hunk| context::of_hunk(entry.file, hunk, None).is_some())
    });
    assert!(mapped.count() * 100 >= hunks * 95);
}
