//! Sets that stand beside the page on its host.

use crate::browser::{Browser, Look};
use crate::opening::page_url;
use anyhow::{Result, ensure};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(120);

async fn visit(address: &str) -> Result<Browser> {
    let browser = Browser::start(Look::DESK).await?;
    browser
        .goto(&format!("{}?backend=cpu{address}", page_url()?))
        .await?;
    Ok(browser)
}

async fn ready_with_248(browser: &Browser) -> Result<()> {
    browser
        .wait_until(
            "document.documentElement.dataset.stage === 'ready' && document.querySelector('#set-menu b').textContent === '248'",
            PATIENCE,
        )
        .await
}

/// By `?data=`, and then by the link of the view alone.
#[tokio::test]
async fn a_set_of_the_host_opens_by_its_address_and_by_its_link() -> Result<()> {
    let browser = visit("&data=www/demo/hubble-deep-field.safetensors").await?;
    ready_with_248(&browser).await?;
    ensure!(browser.text("#set-menu").await?.contains("the set of this page"));
    browser
        .wait_until("location.hash.includes('set=hosted&data=www/demo/')", PATIENCE)
        .await?;
    browser.screenshot("hosted").await?;
    let link = browser.eval("return location.hash;").await?;
    let link = link.as_str().unwrap_or_default().to_owned();
    browser.goto("about:blank").await?;
    browser
        .goto(&format!("{}?backend=cpu{link}", page_url()?))
        .await?;
    ready_with_248(&browser).await?;
    ensure!(browser.console_errors().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn other_hosts_and_missing_files_are_named() -> Result<()> {
    let browser = visit("&data=https://example.org/galaxies.h5").await?;
    let says = |words: &str| format!("document.body.textContent.includes('{words}')");
    browser
        .wait_until(&says("which is not beside this page"), PATIENCE)
        .await?;
    // The page opens all the same.
    browser
        .wait_until("document.documentElement.dataset.stage === 'ready'", PATIENCE)
        .await?;
    browser.goto("about:blank").await?;
    browser
        .goto(&format!("{}?backend=cpu&data=data/none.safetensors", page_url()?))
        .await?;
    browser
        .wait_until(&says("The set of this page could not be opened"), PATIENCE)
        .await?;
    Ok(())
}
