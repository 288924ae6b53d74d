//! The page opens.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::browser::{Browser, Look};

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
