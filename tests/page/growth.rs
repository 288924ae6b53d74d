//! How time and memory of the page grow with the number of galaxies. Run by `cargo xtask bench`: it measures, and takes minutes.

use anyhow::{Context as _, Result};
use std::time::{Duration, Instant};

use crate::browser::{Browser, Look};
use crate::opening::page_url;

const PATIENCE: Duration = Duration::from_secs(1800);
const SIZES: [usize; 5] = [1_000, 2_000, 5_000, 10_000, 20_000];

/// What Chromium's processes have taken.
#[derive(Debug, Clone, Copy, Default)]
pub struct Taken {
    /// The most memory that one process that shows pages (with its workers) ever had, in MB.
    pub page: f64,
    /// The same of the largest other process: the browser, or the one that draws.
    pub other: f64,
    /// Seconds of the processor, all processes together.
    pub seconds: f64,
}

/// Reads the tables of the processes. Linux only.
///
/// # Errors
/// When there are none.
pub fn taken() -> Result<Taken> {
    let mut taken = Taken::default();
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let read = |name: &str| std::fs::read_to_string(entry.path().join(name)).unwrap_or_default();
        let command = read("cmdline");
        if !command.contains("chrom") || command.contains("chromedriver") {
            continue;
        }
        let status = read("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<f64>().ok());
        let megabytes = kilobytes.unwrap_or_default() / 1000.0;
        let most = if command.contains("--type=renderer") {
            &mut taken.page
        } else {
            &mut taken.other
        };
        *most = most.max(megabytes);
        // After the name in brackets: state, and from the twelfth field on ticks of 10 ms in the program and in the kernel.
        let stat = read("stat");
        let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let ticks = fields.split_whitespace().skip(11).take(2);
        taken.seconds += ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0;
    }
    Ok(taken)
}

/// Lines of `galaxies,seconds,processor_seconds,MB` for [`SIZES`], or those in GROVE_SIZES; GROVE_RECIPE chooses the recipe.
#[tokio::test]
#[ignore = "a benchmark: `cargo xtask bench`"]
async fn bench_growth() -> Result<()> {
    let sizes: Vec<usize> = match std::env::var("GROVE_SIZES") {
        Ok(text) => text
            .split(',')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .context("GROVE_SIZES are numbers with commas")?,
        Err(_) => SIZES.to_vec(),
    };
    let recipe = std::env::var("GROVE_RECIPE").unwrap_or_else(|_| "shape".to_owned());
    for size in sizes {
        let browser = Browser::start(Look::DESK).await?;
        let begun = Instant::now();
        browser
            .goto(&format!(
                "{}?backend=cpu#set=simulated&seed=1&n={size}&by={recipe}",
                page_url()?
            ))
            .await?;
        browser
            .wait_until("document.documentElement.dataset.stage === 'ready'", PATIENCE)
            .await?;
        let (seconds, ready) = (begun.elapsed().as_secs_f64(), taken()?);
        println!(
            "growth: {size},{seconds:.2},{:.2},{:.0}",
            ready.seconds, ready.page
        );
        // Structure, steadiness and the map follow while the page rests.
        tokio::time::sleep(Duration::from_secs(5)).await;
        let (heap, later) = (
            browser
                .eval("return performance.memory.usedJSHeapSize / 1e6;")
                .await?,
            taken()?,
        );
        println!(
            "  5 s later: page {:.0} MB, another process {:.0} MB, JavaScript {heap} MB",
            later.page, later.other
        );
        if size == 1_000 {
            browser.screenshot("growth").await?;
        }
        assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    }
    Ok(())
}
