//! What a visitor downloads: each file of `dist/`, raw and as a host would send it.

use std::fs;
use std::io::Write;

use anyhow::{Context, Result, bail};
use clap::Args;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::dist;
use crate::workspace::Workspace;

/// How hard to press.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct Options {
    /// Brotli's quality, 0 to 11; hosts that compress ahead of time use 11, which takes a minute for the largest file.
    #[arg(long, default_value_t = 11, value_parser = clap::value_parser!(i32).range(0..=11))]
    quality: i32,
}

/// Prints the table for the `dist/` that is there.
pub fn sizes(workspace: &Workspace, options: &Options) -> Result<()> {
    let files = dist::files(&workspace.dist())?;
    if files.is_empty() {
        bail!("there is no dist/ yet: run `cargo xtask build` first");
    }
    println!(
        "{:>12} {:>12} {:>12}  file (bytes; gzip 9, brotli {})",
        "raw", "gzip", "brotli", options.quality
    );
    let mut total = [0; 3];
    for (name, path) in files {
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let row = [bytes.len(), gzip(&bytes)?, brotli(&bytes, options.quality)?];
        println!("{:>12} {:>12} {:>12}  {name}", row[0], row[1], row[2]);
        for (sum, size) in total.iter_mut().zip(row) {
            *sum += size;
        }
    }
    println!("{:>12} {:>12} {:>12}  together", total[0], total[1], total[2]);
    Ok(())
}

fn gzip(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

fn brotli(mut bytes: &[u8], quality: i32) -> Result<usize> {
    let mut pressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut bytes, &mut pressed, &parameters)?;
    Ok(pressed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_methods_press_a_text_that_repeats() {
        let text = "galaxy grove ".repeat(1_000);
        assert!(gzip(text.as_bytes()).unwrap() < text.len() / 50);
        assert!(brotli(text.as_bytes(), 11).unwrap() < text.len() / 50);
    }
}
