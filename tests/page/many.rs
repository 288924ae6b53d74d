//! Ten thousand pictures at once. Run by `cargo xtask bench`: it measures, and takes minutes.

use crate::browser::{Browser, Look};
use crate::journey::{number, open};
use anyhow::{Context as _, Result};
use std::path::Path;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(1800);
const PICTURES: usize = 10_000;

/// This many pictures of simulated galaxies: a few hundred of them, and copies with another faint pixel.
pub fn pictures(folder: &Path, count: usize) -> Result<()> {
    const GALAXIES: usize = 250;
    let made: Vec<Vec<u8>> = (0..GALAXIES.min(count))
        .map(|index| galaxy_grove::cutout::simulate::galaxy(5, index))
        .map(|galaxy| {
            galaxy
                .raw
                .iter()
                .map(|value| (value * 255.0).round() as u8)
                .collect()
        })
        .collect();
    for index in 0..count {
        let mut grey = made[index % GALAXIES].clone();
        let pixel = &mut grey[index / GALAXIES];
        *pixel = pixel.saturating_add(3);
        let picture = image::GrayImage::from_raw(64, 64, grey).context("64 by 64 pixels")?;
        picture.save(folder.join(format!("galaxy {index:05}.png")))?;
    }
    Ok(())
}

async fn stage(browser: &Browser, wanted: &str) -> Result<()> {
    let condition = format!("document.documentElement.dataset.stage === '{wanted}'");
    browser.wait_until(&condition, PATIENCE).await
}

#[tokio::test]
#[ignore = "a benchmark: `cargo xtask bench`"]
async fn bench_ten_thousand_pictures() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let many = folder.path().join("many");
    std::fs::create_dir(&many)?;
    pictures(&many, PICTURES)?;
    let browser = open(Look::DESK, "cpu").await?;
    browser
        .eval(
            "window.long = [];
             new PerformanceObserver(list => list.getEntries().forEach(of => window.long.push([
                 Math.round(of.duration), document.documentElement.dataset.stage])))
                 .observe({entryTypes: ['longtask']});",
        )
        .await?;
    // Once to cancel, once to the end.
    browser.drop_files("main", &[&many]).await?;
    browser
        .wait_until(
            "/Reading: [1-9][0-9]+ of 10000/.test(document.body.innerText)",
            PATIENCE,
        )
        .await?;
    browser
        .eval("document.querySelector('.progress button').click();")
        .await?;
    stage(&browser, "idle").await?;
    assert!(browser.text(".notice").await?.contains("Cancelled"));
    println!(
        "long tasks until cancelled: {}",
        browser.eval("return window.long;").await?
    );

    browser.eval("window.long = [];").await?;
    let begun = Instant::now();
    browser.drop_files("main", &[&many]).await?;
    stage(&browser, "reading").await?;
    browser
        .wait_until("document.documentElement.dataset.stage !== 'reading'", PATIENCE)
        .await?;
    println!("read after {:.1} s", begun.elapsed().as_secs_f64());
    println!(
        "long tasks while reading: {}",
        browser.eval("return window.long;").await?
    );
    stage(&browser, "ready").await?;
    println!("tree after {:.1} s", begun.elapsed().as_secs_f64());
    println!(
        "long tasks in all: {}",
        browser.eval("return window.long;").await?
    );
    assert_eq!(
        number(&browser, "document.querySelector('#set-menu b').textContent").await?,
        PICTURES as f64
    );
    let heap = number(&browser, "performance.memory.usedJSHeapSize / 1e6").await?;
    println!(
        "JavaScript heap {heap:.0} MB, peak of the renderer {:.0} MB",
        crate::growth::taken()?.page
    );
    browser.screenshot("many").await?;
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    Ok(())
}
