# Short names for the commands that a contributor runs often. `just` lists them.

_default:
    @just --list

# Builds the program and runs it on the sample archive.
sample:
    cargo run --release -- backfill --config config/sample.toml

# Runs every test.
test:
    cargo test

# Formats the code, then runs the linter.
lint:
    cargo fmt --all
    cargo clippy --all-targets --all-features -- -D warnings

# Writes the generated parts of the documents anew, then checks them.
docs:
    UPDATE_DOCS=1 cargo test --test it documents:: -- --test-threads=1 || true
    cargo test --test it documents::

# Shows the book at a local address. Needs mdBook.
book:
    mdbook serve docs

# Checks licences, banned crates and sources. Needs cargo-deny.
deny:
    cargo deny check licenses bans sources

# Runs everything that must pass before a change is merged.
ci:
    .ci/run
