//! Which build of the program made a file: version, commit, and whether the sources were modified.

/// Version, commit and state, such as `0.2.0 (commit 2d80dc9a1b2c, modified)`. `tools/build_version.rs` sets it.
pub const FULL: &str = env!("GROVE_VERSION");

/// What a file says of the program that made it: `grove convert 0.2.0 (commit 2d80dc9a1b2c)`.
pub fn made_by(program: &str) -> String {
    format!("{program} {FULL}")
}
