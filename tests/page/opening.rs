//! The page opens.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::browser::{Browser, Look};
use crate::worker;

/// Where the page is served.
pub fn page_url() -> Result<String> {
    std::env::var("GROVE_PAGE_URL")
        .context("GROVE_PAGE_URL is not set: run `cargo xtask test`, which builds and serves the page first")
}

#[tokio::test]
async fn the_page_opens_below_any_path_without_an_error() -> Result<()> {
    let browser = Browser::start(Look::DESK).await?;
    browser.goto(&page_url()?).await?;
    assert!(browser.title().await?.contains("Galaxy Grove"));
    browser.screenshot("opening").await?;
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
#[ignore = "a benchmark: `cargo xtask bench`"]
async fn bench_opening() -> Result<()> {
    let browser = Browser::start(Look::DESK).await?;
    for visit in ["cold", "warm", "warm"] {
        browser.goto(&page_url()?).await?;
        browser
            .wait_until("document.readyState === 'complete'", Duration::from_secs(60))
            .await?;
        let times = browser
            .eval(
                "const [page] = performance.getEntriesByType('navigation');
                 const paint = performance.getEntriesByName('first-contentful-paint')[0];
                 return [page.loadEventEnd, paint ? paint.startTime : null];",
            )
            .await?;
        println!(
            "opening, {visit} cache: loaded {} ms, first paint {} ms",
            times[0], times[1]
        );
    }
    Ok(())
}

/// Milliseconds to the first groups of the demo, with a cold and with a warm cache; and galaxies a second.
#[tokio::test]
#[ignore = "a benchmark: `cargo xtask bench`"]
async fn bench_first_groups_and_encoder() -> Result<()> {
    let patience = Duration::from_secs(240);
    let browser = Browser::start(Look::DESK.with_webgpu()).await?;
    for visit in ["cold", "warm", "warm"] {
        browser.goto("about:blank").await?;
        browser.goto(&format!("{}?backend=cpu", page_url()?)).await?;
        browser
            .wait_until("document.documentElement.dataset.stage === 'ready'", patience)
            .await?;
        let first = browser
            .eval("return document.documentElement.dataset.firstGroups;")
            .await?;
        println!("first groups of the demo, processor, {visit} cache: {first} ms");
    }
    for (backend, galaxies) in [("cpu", 320), ("webgpu", 64)] {
        let rate = browser
            .eval_async(&format!(
                "{start}
                 const images = new Float32Array(32 * 4096).map((_, i) => (i % 97) / 97);
                 const encode = () => ask({{ Encode: {{ first: 0 }} }}, [images], 'Encoded');
                 await encode();
                 const begun = performance.now();
                 for (let done = 0; done < {galaxies}; done += 32) await encode();
                 const seconds = (performance.now() - begun) / 1000;
                 worker.terminate();
                 return {galaxies} / seconds;",
                start = worker::start(backend),
            ))
            .await?;
        println!("encoder, one {backend} worker: {rate} galaxies a second");
    }
    Ok(())
}
