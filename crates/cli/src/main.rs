//! The command line.

use std::process::ExitCode;

/// A training step takes and gives back hundreds of megabytes; the system's allocator returns them to the kernel each
/// time, which costs a quarter of the step.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match grove_cli::run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
