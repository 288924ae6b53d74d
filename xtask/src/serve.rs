//! A look at `dist/`: built, and served by [`grove_site`].

use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use clap::Args;
use grove_site::Site;

use crate::build;
use crate::later::Later;
use crate::product::Backend;
use crate::workspace::Workspace;

/// How to serve.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct Options {
    #[command(flatten)]
    build: build::Options,
    /// The port to listen on; if it is taken, any free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Open the page in the browser.
    #[arg(long)]
    open: bool,
    /// Serve dist/ as it is.
    #[arg(long)]
    no_build: bool,
}

/// Builds and serves until interrupted.
///
/// With both engines asked for, it serves as soon as the page and the CPU's engine are built; the one for WebGPU
/// follows in the background.
pub fn serve(workspace: &Workspace, options: &Options) -> Result<()> {
    let in_two_steps = options.build.backend == Backend::All && !options.no_build;
    if options.no_build {
        if !workspace.dist().join("index.html").is_file() {
            anyhow::bail!("there is no dist/ yet: run `cargo xtask serve` without --no-build");
        }
    } else if in_two_steps {
        let first = build::Options {
            backend: Backend::Cpu,
            ..options.build.clone()
        };
        build::build(workspace, &first)?;
    } else {
        build::build(workspace, &options.build)?;
    }
    let site = Site::start(workspace.dist(), options.port, "/")?;
    if site.port != options.port {
        println!("  port {} is taken, so this is another", options.port);
    }
    println!("\nGalaxy Grove: {}  (Ctrl-C to stop)", site.address());
    if options.open {
        open(&site.address());
    }
    if in_two_steps {
        let later = Later::start(workspace, &options.build);
        ctrlc::set_handler(move || {
            later.end();
            // What a shell says of a program that was interrupted.
            std::process::exit(130);
        })
        .context("the program cannot react to Ctrl-C")?;
    }
    site.wait();
    Ok(())
}

/// Opens the address in the browser. It is a convenience: if it fails, the address is on the screen.
fn open(address: &str) {
    let (program, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    let started = Command::new(program)
        .args(arguments)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if started.is_err() {
        println!("  no browser could be opened (`{program}` did not start): open the address yourself");
    }
}
