//! What a visitor downloads: each file of `dist/`, raw and as a host would send it.

use std::collections::BTreeMap;
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
    /// Fail when a part has grown by more than 5 % beyond what `xtask/sizes.json` says.
    #[arg(long, conflicts_with = "record")]
    check: bool,
    /// Write what the parts take into `xtask/sizes.json`.
    #[arg(long)]
    record: bool,
}

/// What a visitor downloads together, by the beginnings of the files' names in `dist/`.
const PARTS: [(&str, &[&str]); 3] = [
    (
        "first view",
        &[
            "index.html",
            "www/grove.css",
            "www/boot.js",
            "www/icon.svg",
            "pkg/app",
            "pkg/engine-cpu",
        ],
    ),
    ("reading files", &["pkg/engine-files"]),
    ("WebGPU engine", &["pkg/engine-webgpu"]),
];

/// The quality at which parts are compared: quick, and within some percent of the best.
const COMPARED: i32 = 6;

/// A part may grow by so much before the check fails.
const GROWTH: f64 = 1.05;

/// Bytes of each part that is there, pressed.
fn parts(workspace: &Workspace) -> Result<BTreeMap<String, usize>> {
    let mut parts = BTreeMap::new();
    for (name, path) in dist::files(&workspace.dist())? {
        let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| name.starts_with(beginning));
        for (part, _) in PARTS.iter().filter(|(_, beginnings)| begins(beginnings)) {
            *parts.entry((*part).to_owned()).or_default() += brotli(&fs::read(&path)?, COMPARED)?;
        }
    }
    Ok(parts)
}

/// The parts that have grown too much, as lines.
fn grown(now: &BTreeMap<String, usize>, before: &BTreeMap<String, usize>) -> Vec<String> {
    now.iter()
        .filter_map(|(part, bytes)| {
            let allowed = (*before.get(part)? as f64 * GROWTH) as usize;
            (*bytes > allowed).then(|| format!("{part}: {bytes} bytes, {allowed} allowed"))
        })
        .collect()
}

/// Compares the parts of `dist/` with what they took when that was recorded.
pub fn check(workspace: &Workspace) -> Result<()> {
    let path = workspace.root.join(RECORD);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let before: BTreeMap<String, usize> = serde_json::from_str(&text)?;
    let now = parts(workspace)?;
    for (part, bytes) in &now {
        println!("  {part}: {bytes} bytes with brotli {COMPARED}");
    }
    let grown = grown(&now, &before);
    if !grown.is_empty() {
        bail!(
            "the page has grown by more than 5 %: {}. Find out by what; if it has to be, run `cargo xtask sizes --record`",
            grown.join("; ")
        );
    }
    Ok(())
}

/// Where the sizes are recorded, of the build that the tests make.
const RECORD: &str = "xtask/sizes.json";

/// Prints the table for the `dist/` that is there.
pub fn sizes(workspace: &Workspace, options: &Options) -> Result<()> {
    if options.check {
        return check(workspace);
    }
    if options.record {
        let text = serde_json::to_string_pretty(&parts(workspace)?)? + "\n";
        return Ok(fs::write(workspace.root.join(RECORD), text)?);
    }
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
    fn growth_beyond_five_percent_is_named() {
        let of = |bytes| BTreeMap::from([("first view".to_owned(), bytes)]);
        assert!(grown(&of(1_050), &of(1_000)).is_empty());
        assert_eq!(
            grown(&of(1_051), &of(1_000)),
            ["first view: 1051 bytes, 1050 allowed"]
        );
        // What was not built, or not recorded, cannot have grown.
        assert!(grown(&BTreeMap::new(), &of(1)).is_empty() && grown(&of(9), &BTreeMap::new()).is_empty());
    }

    #[test]
    fn both_methods_press_a_text_that_repeats() {
        let text = "galaxy grove ".repeat(1_000);
        assert!(gzip(text.as_bytes()).unwrap() < text.len() / 50);
        assert!(brotli(text.as_bytes(), 11).unwrap() < text.len() / 50);
    }
}
