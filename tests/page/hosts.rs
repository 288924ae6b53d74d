//! The page on hosts of several kinds, each imitated by its paths and headers, and without a network.

use crate::browser::{Browser, Look};
use anyhow::{Result, ensure};
use grove_site::{Manner, Site};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(120);

/// The built page as some host serves it.
fn host(base: &str, headers: &[(&str, &str)], wasm_as_bytes: bool) -> Result<Site> {
    let dist = grove_test_support::root().join("dist");
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let manner = Manner {
        headers: headers.collect(),
        wasm_as_bytes,
        ..Manner::default()
    };
    Ok(Site::in_the_manner(dist, 0, base, manner)?)
}

async fn opens(browser: &Browser, address: &str) -> Result<()> {
    browser.goto(address).await?;
    browser
        .wait_until("document.documentElement.dataset.stage === 'ready'", PATIENCE)
        .await
}

const SOME: &str = "?backend=cpu#set=simulated&seed=3&n=40";

/// A project's path, answers that may be kept for ten minutes.
#[tokio::test]
async fn as_github_pages_serves_it() -> Result<()> {
    let headers = [
        ("Access-Control-Allow-Origin", "*"),
        ("Cache-Control", "max-age=600"),
    ];
    let site = host("/galaxy-grove/", &headers, false)?;
    let browser = Browser::start(Look::DESK).await?;
    opens(&browser, &format!("{}{SOME}", site.address())).await?;
    ensure!(browser.console_errors().await?.is_empty());
    Ok(())
}

/// A web server that knows no WebAssembly, and forbids the browser to guess.
#[tokio::test]
async fn as_an_institutes_old_server_serves_it() -> Result<()> {
    let headers = [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "SAMEORIGIN"),
    ];
    let site = host("/~astro/pages/grove/", &headers, true)?;
    let browser = Browser::start(Look::DESK).await?;
    opens(&browser, &format!("{}{SOME}", site.address())).await
}

/// In a frame of a page on another host, as Hugging Face shows static Spaces.
#[tokio::test]
async fn as_a_space_in_a_frame_shows_it() -> Result<()> {
    let site = host("/", &[("Access-Control-Allow-Origin", "*")], false)?;
    let outer = tempfile::tempdir()?;
    let frame = format!(
        "<!doctype html><title>outer</title><script>addEventListener('message', (e) => document.title = e.data)</script>\
         <iframe src=\"{}{SOME}\" width=1200 height=700></iframe>",
        site.address()
    );
    std::fs::write(outer.path().join("index.html"), frame)?;
    // `localhost` and `127.0.0.1` are different hosts to the browser.
    let outer = Site::start(outer.path().to_owned(), 0, "/")?;
    let browser = Browser::start(Look::DESK).await?;
    browser.goto(&format!("http://localhost:{}/", outer.port)).await?;
    let driver = browser.driver()?;
    driver.enter_frame(0).await?;
    browser
        .wait_until("document.documentElement.dataset.stage === 'ready'", PATIENCE)
        .await?;
    ensure!(browser.eval("return window.top !== window;").await? == true);
    Ok(())
}

/// The second visit needs no network: neither the page, nor the models, nor reading files.
#[tokio::test]
async fn the_second_visit_needs_no_network() -> Result<()> {
    let site = host("/some/where/", &[], false)?;
    let address = format!("{}{SOME}", site.address());
    let browser = Browser::start(Look::DESK).await?;
    opens(&browser, &address).await?;
    browser
        .eval_async("await navigator.serviceWorker.ready; return true;")
        .await?;
    drop(site);
    browser.goto("about:blank").await?;
    opens(&browser, &address).await?;
    // Other galaxies, by the other recipe, whose model was not used before.
    browser
        .eval("location.hash = '#set=simulated&seed=4&n=30&by=reference'; location.reload(); return null;")
        .await?;
    browser
        .wait_until(
            "document.documentElement.dataset.stage === 'ready' && document.querySelector('#set-menu b')?.textContent === '30'",
            PATIENCE,
        )
        .await?;
    browser.screenshot("offline").await?;
    Ok(())
}
