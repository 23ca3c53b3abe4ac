//! Prints what a configuration builds, a source a line: file, state, module. For measuring
//! the evaluator alone against a kernel that was really built; users have `kgrep export files`.

use std::{io::Write, path::PathBuf, process::ExitCode, time::Instant};

use kgrep_index::kbuild::{Configuration, Disk, Included, Knowledge, State, built, with_includes};

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [tree, config] = &arguments[..] else {
        eprintln!("usage: built TREE CONFIG");
        return ExitCode::from(2);
    };
    let knowledge = Knowledge::built_in();
    let bytes = match std::fs::read(config) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("built: {}: {error}", config.display());
            return ExitCode::from(2);
        }
    };
    let config = match Configuration::read(&bytes, &knowledge) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("built: {error}");
            return ExitCode::from(2);
        }
    };
    let start = Instant::now();
    let files = Disk::new(tree.clone());
    let built = built(&files, &config, &knowledge);
    eprintln!("Makefiles: {:?}, {} read", start.elapsed(), built.read().len());
    let built = with_includes(built, Included::Sources, &files, &config, &knowledge);
    eprintln!("with includes: {:?}", start.elapsed());
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut sources: Vec<&[u8]> = built.sources().collect();
    sources.sort_unstable();
    for source in sources {
        let (state, module): (&str, &[u8]) = match built.state(source) {
            State::BuiltIn => ("y", b"-"),
            State::Module(ref name) => ("m", &name.clone()),
            State::Unknown => ("unknown", b"-"),
            State::No | State::Program(_) => ("no", b"-"),
        };
        let line = [source, b"\t", state.as_bytes(), b"\t", module, b"\n"].concat();
        if out.write_all(&line).is_err() {
            return ExitCode::SUCCESS;
        }
    }
    ExitCode::SUCCESS
}
