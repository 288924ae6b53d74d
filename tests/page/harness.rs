//! The harness itself: that it delivers what it promises, tried on a small page of our own.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;
use thirtyfour::Key;

use crate::browser::{Browser, Look};
use crate::probe;

const SOON: Duration = Duration::from_secs(20);

async fn open(look: Look) -> Result<(Browser, String)> {
    let url = probe::serve()?;
    let browser = Browser::start(look).await?;
    browser.goto(&url).await?;
    browser.wait_until("window.failInWorker", SOON).await?;
    Ok((browser, url))
}

#[tokio::test]
async fn dropped_files_and_folders_arrive() -> Result<()> {
    let (browser, _) = open(Look::DESK).await?;
    let home = tempfile::tempdir()?;
    std::fs::create_dir(home.path().join("folder"))?;
    let paths = [home.path().join("one.txt"), home.path().join("folder")];
    std::fs::write(&paths[0], "spiral")?;
    std::fs::write(paths[1].join("two.txt"), "elliptical")?;

    browser.drop_files("#target", &paths).await?;
    browser
        .wait_until("document.getElementById('seen').textContent", SOON)
        .await?;
    assert_eq!(
        browser.text("#seen").await?,
        "one.txt 6 spiral|two.txt 10 elliptical"
    );
    // However often the browser repeats `dragover`, each kind must come, in order.
    let log = browser
        .eval("return [...new Set(window.log.filter(([kind]) => kind.startsWith('dr')).map(String))];")
        .await?;
    let expected = json!(["dragenter,true,Files", "dragover,true,Files", "drop,true,Files"]);
    assert_eq!(log, expected, "the events are trusted and carry files");
    Ok(())
}

#[tokio::test]
async fn files_can_be_chosen_in_a_hidden_input() -> Result<()> {
    let (browser, _) = open(Look::DESK).await?;
    let home = tempfile::tempdir()?;
    let paths = [home.path().join("a.txt"), home.path().join("b.txt")];
    for path in &paths {
        std::fs::write(path, "bar")?;
    }
    browser.choose_files("#input", &paths).await?;
    browser
        .wait_until("document.getElementById('seen').textContent", SOON)
        .await?;
    assert_eq!(browser.text("#seen").await?, "a.txt 3 bar|b.txt 3 bar");
    Ok(())
}

#[tokio::test]
async fn a_missing_file_is_named() -> Result<()> {
    let (browser, _) = open(Look::DESK).await?;
    let error = browser
        .drop_files("#target", &["no/such/file.png"])
        .await
        .expect_err("there is no such file");
    assert!(error.to_string().contains("no/such/file.png"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_download_is_caught() -> Result<()> {
    let (browser, _) = open(Look::DESK).await?;
    browser.click("#save").await?;
    let path = browser.wait_for_download("saved.csv", SOON).await?;
    assert_eq!(std::fs::read_to_string(path)?, "id,group\n1,2\n");
    Ok(())
}

#[tokio::test]
async fn errors_in_the_console_are_seen_once() -> Result<()> {
    let (browser, url) = open(Look::DESK).await?;
    assert_eq!(
        browser.console_errors().await?,
        Vec::<String>::new(),
        "a quiet page has none"
    );
    browser
        .eval("console.warn('only a warning'); console.error('said aloud');")
        .await?;
    browser
        .eval("setTimeout(() => { throw new Error('thrown away'); });")
        .await?;
    browser
        .eval_async(&format!("await fetch('{url}missing').catch(() => {{}});"))
        .await?;
    browser.wait_until("true", SOON).await?;
    let errors = browser.console_errors().await?;
    for part in [
        "said aloud",
        "thrown away",
        "violates the following Content Security Policy",
    ] {
        assert_eq!(
            errors.iter().filter(|error| error.contains(part)).count(),
            1,
            "{part}: {errors:?}"
        );
    }
    assert!(
        !errors.iter().any(|error| error.contains("only a warning")),
        "{errors:?}"
    );
    assert_eq!(
        browser.console_errors().await?,
        Vec::<String>::new(),
        "they are reported only once"
    );
    Ok(())
}

#[tokio::test]
async fn a_worker_that_cannot_start_says_so() -> Result<()> {
    let (browser, _) = open(Look::DESK).await?;
    let message = browser.eval_async("return await window.failInWorker();").await?;
    assert!(
        message
            .as_str()
            .is_some_and(|message| message.contains("no such wasm")),
        "{message}"
    );
    // On a busy machine a worker's words take their time to the console.
    let end = Instant::now() + SOON;
    let mut errors = browser.console_errors().await?;
    while errors.is_empty() && Instant::now() < end {
        errors = browser.console_errors().await?;
    }
    assert!(
        errors.iter().any(|error| error.contains("no such wasm")),
        "{errors:?}"
    );
    Ok(())
}

#[tokio::test]
async fn mouse_and_keys_arrive() -> Result<()> {
    let (browser, _) = open(Look::DESK).await?;
    browser.drag("#target", (0.1, 0.5), (0.9, 0.5)).await?;
    browser.press(Key::Up).await?;
    browser.click_at("#target", (0.5, 0.5)).await?;
    browser.hover("#target", (0.25, 0.5)).await?;
    let log = browser.eval("return window.log;").await?;
    let log = log.as_array().cloned().unwrap_or_default();
    assert!(log.contains(&json!(["pointerdown", 30, 1])), "{log:?}");
    assert!(log.contains(&json!(["pointermove", 150, 1])), "{log:?}");
    assert!(log.contains(&json!(["pointerup", 270, 0])), "{log:?}");
    assert!(log.contains(&json!(["key", "ArrowUp"])), "{log:?}");
    assert!(log.contains(&json!(["click", 150, 0])), "{log:?}");
    assert_eq!(log.last(), Some(&json!(["pointermove", 75, 0])), "{log:?}");
    Ok(())
}

#[tokio::test]
async fn the_view_has_the_size_asked_for() -> Result<()> {
    let (browser, _) = open(Look::PHONE).await?;
    browser
        .goto("data:text/html,<meta name=viewport content='width=device-width'>")
        .await?;
    let size = browser
        .eval("return [innerWidth, innerHeight, matchMedia('(pointer: coarse)').matches];")
        .await?;
    assert_eq!(size, json!([390, 844, true]));
    let picture = browser.screenshot("harness-phone").await?;
    // Width and height are at bytes 16 to 23 of a PNG.
    let bytes = std::fs::read(picture)?;
    assert_eq!(&bytes[16..24], [0, 0, 1, 134, 0, 0, 3, 76]);
    Ok(())
}

#[tokio::test]
async fn webgpu_is_there_exactly_when_asked_for() -> Result<()> {
    for (look, expected) in [(Look::DESK, false), (Look::DESK.with_webgpu(), true)] {
        let (browser, _) = open(look).await?;
        let adapter = browser
            .eval_async("return Boolean(navigator.gpu && await navigator.gpu.requestAdapter());")
            .await?;
        assert_eq!(adapter, json!(expected), "{look:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_wait_in_vain_ends_and_tells_the_scene() -> Result<()> {
    let (browser, url) = open(Look::DESK).await?;
    let start = Instant::now();
    let error = browser
        .wait_for("#nowhere", Duration::from_millis(200))
        .await
        .expect_err("no such element");
    assert!(start.elapsed() < SOON);
    let error = error.to_string();
    assert!(error.contains("#nowhere") && error.contains(&url), "{error}");
    browser.wait_for("#target", SOON).await?;
    Ok(())
}
