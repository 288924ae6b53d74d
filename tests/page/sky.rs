//! Pictures of the sky: nothing leaves before the button, what comes is sorted, what does not come is explained.

use crate::browser::{Browser, Look};
use crate::opening::page_url;
use crate::sky_server::SkyServer;
use anyhow::{Context as _, Result};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// These machines are busy.
const PATIENCE: Duration = Duration::from_secs(240);
/// Time in which a page that sends without being asked would have sent.
const LULL: Duration = Duration::from_secs(1);
/// The page starts requests so far apart, or farther.
const BETWEEN: Duration = Duration::from_millis(300);
/// Requests in a row that are looked at together.
const STARTS: usize = 6;
/// The longest that a busy machine holds one up.
const HELD_UP: Duration = Duration::from_millis(600);

async fn open(server: &SkyServer) -> Result<Browser> {
    let browser = Browser::start(Look::DESK).await?;
    browser.goto(&server.page()).await?;
    browser
        .wait_until("document.documentElement.dataset.device === 'cpu'", PATIENCE)
        .await
        .context("the device did not get ready")?;
    Ok(browser)
}

/// Opens the sheet and types into it.
async fn type_into_sheet(browser: &Browser, button: &str, text: &str) -> Result<()> {
    browser.click(button).await?;
    let field = browser.wait_for("#sky-text", PATIENCE).await?;
    field.clear().await?;
    field.send_keys(text).await?;
    Ok(())
}

/// The refused rows of the list of files, each as one text.
async fn refused(browser: &Browser, count: usize) -> Result<Vec<String>> {
    browser
        .wait_for(".sheet .seg button:nth-child(3)", PATIENCE)
        .await?;
    browser.click(".sheet .seg button:nth-child(3)").await?;
    browser
        .wait_until(
            &format!("document.querySelectorAll('.verdict').length === {count}"),
            PATIENCE,
        )
        .await?;
    let rows = browser
        .eval("return [...document.querySelectorAll('.verdict')].map(row => row.dataset.verdict + ' ' + row.textContent);")
        .await?;
    Ok(serde_json::from_value(rows)?)
}

#[track_caller]
fn has(rows: &[String], name: &str, words: &str) {
    assert!(
        rows.iter()
            .any(|row| row.starts_with("refused") && row.contains(name) && row.contains(words)),
        "no row of {name} says `{words}`: {rows:#?}"
    );
}

const LINES: &str = "M 51\nUGC 12158\nxyzzy\n10.0 20.0 2' Plain\n10.0 1.0 Busy\n10.0 2.0 Broken\n10.0 3.0 Website\n\
    10.0 4.0 Empty\n10.0 -80.0 South\n202.47";

#[tokio::test]
async fn the_sky_is_asked_only_when_the_visitor_says_so() -> Result<()> {
    let server = SkyServer::start(&page_url()?)?;
    let browser = open(&server).await?;

    // Typing, ticking and choosing send nothing.
    type_into_sheet(&browser, "#sky", LINES).await?;
    browser
        .wait_until(
            "document.querySelector('#sky-lines').textContent.includes('9 of 10 lines understood')",
            PATIENCE,
        )
        .await?;
    let problems = browser.text("#sky-lines").await?;
    assert!(
        problems.contains("Line 10") && problems.contains("no declination follows"),
        "{problems}"
    );
    browser
        .wait_for("#sky-filter", PATIENCE)
        .await?
        .send_keys("m 104")
        .await?;
    browser
        .wait_until("document.querySelectorAll('.ticks label').length === 1", PATIENCE)
        .await?;
    browser.click("#sky-all").await?;
    browser
        .wait_until(
            "document.querySelector('#sky-fetch').textContent === 'Fetch 10 galaxies'",
            PATIENCE,
        )
        .await?;
    let promise = browser.text("#sky-consent").await?;
    for words in [
        "Nothing has been sent yet",
        "2 names",
        "10 galaxies",
        "CDS/P/SDSS9/r",
        "No image",
    ] {
        assert!(promise.contains(words), "`{words}` is not in: {promise}");
    }
    browser.screenshot("sky-sheet").await?;
    tokio::time::sleep(LULL).await;
    assert!(server.asked().is_empty(), "{:?}", server.asked());

    // The button is the consent.
    browser.click("#sky-fetch").await?;
    browser.wait_for("#sky-progress", PATIENCE).await?;
    browser
        .wait_until("document.documentElement.dataset.stage === 'ready'", PATIENCE)
        .await?;
    assert_eq!(browser.text("#set-menu b").await?, "5");
    let groups = browser
        .eval("return document.querySelectorAll('.card').length;")
        .await?;
    assert!(groups.as_u64() > Some(1), "{groups} groups");
    assert!(
        browser
            .text(".notice")
            .await?
            .contains("6 of 11 files could not be used")
    );
    browser.click(".notice button").await?;
    let rows = refused(&browser, 6).await?;
    has(&rows, "line 10: 202.47", "no declination follows");
    has(&rows, "South (SDSS9 r).fits", "declination -80.0");
    has(&rows, "xyzzy (SDSS9 r).fits", "Neither Simbad nor NED nor VizieR");
    has(
        &rows,
        "Broken (SDSS9 r).fits",
        "HTTP 500: 500 Internal Server Error), 4 times",
    );
    has(&rows, "Website (SDSS9 r).fits", "a web page instead of a picture");
    has(&rows, "Empty (SDSS9 r).fits", "no picture of this place");
    browser.screenshot("sky-files").await?;
    browser.press(thirtyfour::Key::Escape).await?;

    // What was sent is what was promised, at the pace that was promised.
    let asked = server.asked();
    let names: BTreeSet<&str> = asked
        .iter()
        .filter(|asked| asked.is_name())
        .filter_map(|asked| asked.path.split('?').nth(1))
        .collect();
    assert_eq!(
        names,
        BTreeSet::from(["UGC%2012158", "xyzzy"]),
        "M 51 is in the list"
    );
    let tries = |declination: &str| {
        asked
            .iter()
            .filter(|asked| asked.parameter("dec") == Some(declination))
            .count()
    };
    assert_eq!(tries("-80.0000000"), 0, "it is known to be outside");
    assert_eq!(tries("1.0000000"), 2, "429 passes by");
    assert_eq!(tries("2.0000000"), 4, "500 does not");
    assert_eq!((tries("3.0000000"), tries("4.0000000")), (1, 1));
    for one in &asked {
        assert!(one.head.starts_with("get /fake-sky/"), "{one:?}");
        for header in ["\r\nreferer:", "\r\ncookie:"] {
            assert!(!one.head.contains(header), "{one:?}");
        }
    }
    // Times are of arrival: one request that is held up comes nearer to the next one, but not a row of them.
    for some in asked.windows(STARTS + 1) {
        let (first, last) = (&some[0], &some[STARTS]);
        let between = last.begun - first.begun;
        assert!(
            between + HELD_UP >= BETWEEN * STARTS as u32,
            "{between:?} from {} to {}",
            first.path,
            last.path
        );
    }
    for one in &asked {
        let at_once = asked
            .iter()
            .filter(|other| other.begun <= one.begun && other.ended.is_none_or(|ended| ended > one.begun))
            .count();
        assert!(at_once <= 2, "{at_once} at once when {} came", one.path);
    }

    // What is known already is not asked for again.
    type_into_sheet(&browser, "#sky", "M 51\nUGC 12158").await?;
    browser.click("#sky-none").await?;
    browser.click("#sky-fetch").await?;
    browser
        .wait_until(
            "document.querySelector('#set-menu b').textContent === '7'",
            PATIENCE,
        )
        .await?;
    assert_eq!(server.asked().len(), asked.len());

    // The browser notes each status that is an error; nothing else may go wrong.
    let errors = browser.console_errors().await?;
    assert!(
        errors
            .iter()
            .all(|error| error.contains("Failed to load resource")),
        "{errors:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_fetch_can_be_cancelled_and_what_came_is_kept() -> Result<()> {
    let server = SkyServer::start(&page_url()?)?;
    let browser = open(&server).await?;
    let lines = "10.0 20.0 First\n11.0 20.0 Second\n10.0 5.0 Slow\n11.0 5.0 Slower\n12.0 20.0 Never";
    type_into_sheet(&browser, "#sky-link", lines).await?;
    browser.click("#sky-fetch").await?;
    // The sheet can be closed meanwhile.
    browser.press(thirtyfour::Key::Escape).await?;
    browser
        .wait_until(
            "!document.querySelector('.sheet') && document.querySelector('#sky-progress').textContent.includes('2 of 5')",
            PATIENCE,
        )
        .await?;
    let end = Instant::now() + PATIENCE;
    while server.asked().len() < 4 {
        assert!(Instant::now() < end, "{:?}", server.asked());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    browser.click("#sky-cancel").await?;
    browser
        .wait_until(
            "document.documentElement.dataset.stage === 'ready' && !document.querySelector('#sky-progress')",
            PATIENCE,
        )
        .await?;
    assert_eq!(browser.text("#set-menu b").await?, "2");
    browser.click(".notice button").await?;
    let rows = refused(&browser, 3).await?;
    for name in [
        "Slow (SDSS9 r).fits",
        "Slower (SDSS9 r).fits",
        "Never (SDSS9 r).fits",
    ] {
        has(&rows, name, "Cancelled before it was fetched");
    }
    tokio::time::sleep(LULL).await;
    assert_eq!(server.asked().len(), 4, "nothing is sent after cancelling");
    Ok(())
}

#[tokio::test]
async fn no_other_server_can_be_reached_from_the_page() -> Result<()> {
    let server = SkyServer::start(&page_url()?)?;
    let browser = open(&server).await?;
    // Another address of this very computer is another server to the policy.
    let outcome = browser
        .eval_async(
            "return await fetch('http://127.0.0.2:8765/').then(() => 'sent', error => String(error));",
        )
        .await?;
    assert!(
        outcome.as_str().is_some_and(|words| words.contains("TypeError")),
        "{outcome}"
    );
    let errors = browser.console_errors().await?;
    assert!(
        errors
            .iter()
            .any(|error| error.contains("Content Security Policy") && error.contains("connect-src")),
        "{errors:?}"
    );
    Ok(())
}
