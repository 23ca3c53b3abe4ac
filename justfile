# What is done to this project again and again: `just` lists it. The public CI (.github/workflows) and
# .ci/run call these recipes, so that what passes here passes there.
#
# None needs root, and none installs anything.

set shell := ["bash", "-euo", "pipefail", "-c"]

# The profile that lints and tests are compiled with; .ci/run has one of its own.
profile := env('KGREP_PROFILE', 'dev')

# A recipe that needs a program says what to do where it is not there.
needs := 'needs() { command -v "$1" >/dev/null || { echo "$1 is missing: $2" >&2; exit 1; }; }; needs'

# The oldest Rust that builds kgrep, and the one whose programs' instructions are kept: `just --evaluate NAME`.
minimum := `sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml`
compiler := `sed -n 's/^# Rust //p' benches/instructions.txt`

[private]
default:
    @just --list --unsorted

# All that must pass before a change lands, besides what needs a real kernel tree
check: format lint test doc

# The formatting
format:
    cargo fmt --all --check

# Clippy, with warnings as errors
lint:
    cargo clippy --workspace --all-targets --locked --profile {{ profile }} -- -D warnings

# The tests; words are handed on: just test --test integration log::
test *words:
    cargo test --workspace --locked --profile {{ profile }} {{ words }}

# The documentation of the code, with warnings as errors
doc:
    RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked

# Compiled with the oldest Rust that Cargo.toml promises
oldest:
    cargo "+{{ minimum }}" test --workspace --locked

# Licences, advisories, duplicates and sources of what is used
deny:
    @{{ needs }} cargo-deny 'cargo install cargo-deny --locked'
    cargo deny check

# What would be published
package:
    cargo package --workspace --locked

# The program that a newcomer's first command builds
release:
    cargo build --release --locked

# The program of packages and benchmarks
dist:
    cargo build --profile dist --locked

# A static program for a machine with nothing on it, tried in a folder that holds nothing else; also for
# aarch64-unknown-linux-musl
musl target="x86_64-unknown-linux-musl":
    scripts/static-program {{ target }}

# A program that is fast enough for a real tree, from what the tests have compiled; prints its path
quick:
    @scripts/quick-program {{ profile }}

# Twice the input is at most two and a half times the work, by counted instructions
growth program:
    @{{ needs }} valgrind 'apt-get install valgrind'
    KGREP_PROGRAM={{ program }} cargo test --workspace --locked --profile {{ profile }} --test integration growth:: -- --ignored

# The tests on a real kernel tree; further words go to the tests
real program tree *words:
    KGREP_PROGRAM={{ program }} KGREP_KERNEL_TREE={{ tree }} cargo test --workspace --locked --profile {{ profile }} --test real_tree -- --include-ignored {{ words }}

# Instructions of ten commands, against those kept: just release instructions target/release/kgrep
instructions program *words:
    @{{ needs }} valgrind 'apt-get install valgrind'
    benches/instructions {{ program }} {{ words }}

# One fuzzing target for so many seconds: just fuzz outline 600; without a target, all of them
fuzz target="all" seconds="60":
    fuzz/run {{ target }} {{ seconds }}

# The documentation as a site, in target/book
book:
    @{{ needs }} mdbook 'cargo install mdbook --locked'
    mdbook build

# The files of the public CI
workflows:
    scripts/workflows

# Man pages and completions, written anew
completions:
    completions/update
