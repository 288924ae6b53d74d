//! No click throws a visitor's galaxies away, and nothing of them stays painted when another set replaces them.

use crate::browser::{Browser, Look};
use crate::journey::{drop_and_wait, fixture, open, save};
use anyhow::{Result, ensure};
use serde_json::json;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

/// A page with files of the visitor's.
async fn with_files() -> Result<Browser> {
    let browser = open(Look::DESK, "cpu").await?;
    let names = ["gray16.png", "gray.jpg", "f32.fits.gz", "chunked.hdf5"];
    let files = names.map(|name| fixture("intake").join(name));
    drop_and_wait(&browser, &files).await?;
    Ok(browser)
}

async fn count(browser: &Browser) -> Result<String> {
    browser.text("#set-menu b").await
}

async fn choose(browser: &Browser, entry: &str) -> Result<()> {
    browser.click("#set-menu").await?;
    browser.wait_for(entry, PATIENCE).await?;
    browser.click(entry).await
}

async fn shows(browser: &Browser, galaxies: &str) -> Result<()> {
    let there = format!(
        "document.documentElement.dataset.stage === 'ready' && \
         document.querySelector('#set-menu b').textContent === '{galaxies}'"
    );
    browser.wait_until(&there, PATIENCE).await
}

/// What the browser would ask before it closes the page.
async fn asks_before_leaving(browser: &Browser) -> Result<bool> {
    let asked = browser
        .eval(
            "const event = new Event('beforeunload', { cancelable: true }); window.dispatchEvent(event); \
             return event.defaultPrevented;",
        )
        .await?;
    Ok(asked == json!(true))
}

/// Pixels of the tree's canvas that are painted.
const PAINTED: &str = "const canvas = document.querySelector('#tree'); \
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data; \
    return pixels.reduce((sum, value, index) => sum + (index % 4 === 3 && value > 0 ? 1 : 0), 0);";

#[tokio::test]
async fn files_come_back_from_a_demo_and_from_an_empty_page() -> Result<()> {
    let browser = with_files().await?;
    let galaxies = count(&browser).await?;
    ensure!(browser.eval(PAINTED).await? != json!(0), "the tree is painted");
    choose(&browser, "#demo-hubble").await?;
    shows(&browser, "248").await?;
    browser.screenshot("kept-demo").await?;
    browser.click("#bring-back").await?;
    shows(&browser, &galaxies).await?;

    choose(&browser, "#clear").await?;
    browser
        .wait_until("document.documentElement.dataset.stage === 'idle'", PATIENCE)
        .await?;
    assert_eq!(count(&browser).await?, "0");
    assert_eq!(
        browser.eval(PAINTED).await?,
        json!(0),
        "the old tree stays painted"
    );
    assert_eq!(
        browser
            .eval("return document.querySelectorAll('.group').length;")
            .await?,
        json!(0)
    );
    browser.screenshot("kept-clear").await?;
    browser
        .eval(
            "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true })); \
             return null;",
        )
        .await?;
    shows(&browser, &galaxies).await?;
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn an_address_waits_for_a_click_while_files_are_shown() -> Result<()> {
    let browser = with_files().await?;
    let galaxies = count(&browser).await?;
    browser
        .eval("location.hash = '#set=simulated&seed=2&n=40&groups=4'; return null;")
        .await?;
    browser.wait_for("#open-link", PATIENCE).await?;
    shows(&browser, &galaxies).await?;
    browser.click("#open-link").await?;
    shows(&browser, "40").await?;
    browser.click("#bring-back").await?;
    shows(&browser, &galaxies).await?;
    // The offer of the address is over.
    assert_eq!(
        browser
            .eval("return document.querySelectorAll('#open-link').length;")
            .await?,
        json!(0)
    );
    Ok(())
}

#[tokio::test]
async fn a_set_that_cannot_be_fetched_leaves_what_was_shown() -> Result<()> {
    let browser = with_files().await?;
    let galaxies = count(&browser).await?;
    browser
        .eval(
            "const post = Worker.prototype.postMessage; \
             Worker.prototype.postMessage = function(message, transfer) { \
                 if (message.head.Fetch) message.head.Fetch.url = '../www/demo/nowhere.safetensors'; \
                 post.call(this, message, transfer); \
             }; return null;",
        )
        .await?;
    choose(&browser, "#demo-hubble").await?;
    browser.wait_for(".notice.bad", PATIENCE).await?;
    shows(&browser, &galaxies).await?;
    let notice = browser.text(".notice.bad").await?;
    ensure!(
        notice.contains("could not be opened") && notice.contains("The previous set is shown again."),
        "{notice}"
    );
    Ok(())
}

#[tokio::test]
async fn leaving_asks_until_the_groups_are_saved() -> Result<()> {
    let browser = open(Look::DESK, "cpu").await?;
    ensure!(
        !asks_before_leaving(&browser).await?,
        "an empty page is left without a question"
    );
    let names = ["gray16.png", "gray.jpg", "f32.fits.gz"];
    drop_and_wait(&browser, &names.map(|name| fixture("intake").join(name))).await?;
    ensure!(asks_before_leaving(&browser).await?, "the groups are not saved");
    save(&browser, "#save-csv", "grove-groups.csv").await?;
    ensure!(!asks_before_leaving(&browser).await?, "they are saved");
    Ok(())
}
