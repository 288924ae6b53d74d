//! Running other programs: shown before they start, named when they fail.

use std::ffi::{OsStr, OsString};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The cargo that runs us, so that every step uses the same toolchain.
pub fn cargo_program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Shows a command, runs it with its output on the terminal, and fails by name if it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let line = show(command);
    println!("  $ {line}");
    let status = command
        .status()
        .with_context(|| format!("could not start `{line}`"))?;
    if !status.success() {
        bail!("this command failed ({status}); run it by itself to see more:\n  {line}");
    }
    Ok(())
}

/// Runs a command unseen and returns what it wrote to its standard output.
pub fn output(command: &mut Command) -> Result<Vec<u8>> {
    let line = show(command);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .with_context(|| format!("could not start `{line}`"))?;
    if !output.status.success() {
        bail!(
            "`{line}` failed ({}): {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(output.stdout)
}

/// A command as one would type it. Settings that every command has (the target directory) are left out.
pub fn show(command: &Command) -> String {
    let mut words: Vec<String> = command
        .get_envs()
        .filter(|(name, _)| *name != "CARGO_TARGET_DIR")
        .filter_map(|(name, value)| Some(format!("{}={}", name.to_string_lossy(), quoted(value?))))
        .collect();
    // The full path of cargo says nothing that `cargo` does not.
    let program = command.get_program();
    words.push(if program == cargo_program().as_os_str() {
        "cargo".into()
    } else {
        quoted(program)
    });
    words.extend(command.get_args().map(quoted));
    words.join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || "-_=./:,@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = Command::new("some-tool");
        command
            .env("CARGO_TARGET_DIR", "/x")
            .env("MODE", "a b")
            .env_remove("GONE")
            .args(["--all", "it's", "path/to.rs"]);
        assert_eq!(show(&command), r"MODE='a b' some-tool --all 'it'\''s' path/to.rs");
    }

    #[test]
    fn a_failing_command_is_named() {
        let error = run(Command::new("cargo")
            .arg("no-such-subcommand")
            .stderr(Stdio::null()))
        .expect_err("cargo has no such subcommand");
        assert!(error.to_string().contains("cargo no-such-subcommand"), "{error}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = output(&mut Command::new("no-such-program-here")).expect_err("there is no such program");
        assert!(error.to_string().contains("no-such-program-here"), "{error}");
    }
}
