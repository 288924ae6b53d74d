//! What a visitor can say about files: which band, which sources of a field, another centre, leaving a galaxy out.

use crate::browser::{Browser, Look};
use crate::journey::{drop_and_wait, fixture, open, open_files, save};
use crate::many::pictures;
use anyhow::{Context as _, Result};
use galaxy_grove::cutout::simulate;
use std::path::{Path, PathBuf};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(240);

/// A simulated field as a grey picture.
fn field(folder: &Path) -> Result<PathBuf> {
    let (frame, _) = simulate::field(7, &simulate::FieldScene::default());
    let mut sorted = frame.pixels.clone();
    sorted.sort_by(f32::total_cmp);
    let (low, high) = (
        sorted[sorted.len() / 10],
        sorted[sorted.len() - sorted.len() / 500],
    );
    let grey = frame
        .pixels
        .iter()
        .map(|value| (((value - low) / (high - low)).clamp(0.0, 1.0) * 250.0).round() as u8)
        .collect();
    let picture =
        image::GrayImage::from_raw(frame.width as u32, frame.height as u32, grey).context("a picture")?;
    let path = folder.join("field.png");
    picture.save(&path)?;
    Ok(path)
}

async fn count(browser: &Browser) -> Result<usize> {
    Ok(browser.text("#set-menu b").await?.parse()?)
}

async fn ready_with(browser: &Browser, galaxies: usize) -> Result<()> {
    browser
        .wait_until(
            &format!(
                "document.documentElement.dataset.stage === 'ready' && document.querySelector('#set-menu b').textContent === '{galaxies}'"
            ),
            PATIENCE,
        )
        .await
}

#[tokio::test]
async fn a_field_shows_its_boxes_and_a_marked_one_is_left_out() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let browser = open(Look::DESK, "cpu").await?;
    drop_and_wait(&browser, &[field(folder.path())?]).await?;
    let found = count(&browser).await?;
    assert!(found > 10, "{found} galaxies in the field");
    assert!(browser.text(".notice").await?.contains("shows a field"));
    browser.click("#show-field").await?;
    // Boxes by keys: the first is marked, and unmarked again.
    browser.wait_for("canvas.field", PATIENCE).await?;
    browser
        .eval("document.querySelector('canvas.field').focus();")
        .await?;
    browser.press(thirtyfour::Key::Right).await?;
    browser.press(" ").await?;
    assert!(browser.text("#field-apply").await?.contains("the 1 "));
    browser.press(" ").await?;
    assert!(browser.text("#field-apply").await?.contains("the 0 "));
    browser.wait_for("canvas.field", PATIENCE).await?;
    browser.screenshot("field").await?;
    // Orange pixels belong to the boxes of cutouts; a little inside of one is a place to click.
    let places = browser
        .eval(
            "const canvas = document.querySelector('canvas.field');
             const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
             const places = [];
             for (let y = 40; y < canvas.height - 40; y += 5) for (let x = 40; x < canvas.width - 40; x += 5) {
                 const i = 4 * (y * canvas.width + x);
                 if (data[i] > 120 && data[i] - data[i + 2] > 60) places.push([x + 5, y + 5], [x - 5, y - 5]);
             }
             return places.slice(0, 40);",
        )
        .await?;
    let mut marked = false;
    for place in places.as_array().context("a list")? {
        browser
            .eval(&format!(
                "const canvas = document.querySelector('canvas.field'), at = canvas.getBoundingClientRect();
                 canvas.dispatchEvent(new MouseEvent('click', {{bubbles: true,
                     clientX: at.left + {x} * at.width / canvas.width, clientY: at.top + {y} * at.height / canvas.height}}));",
                x = place[0],
                y = place[1]
            ))
            .await?;
        tokio::time::sleep(Duration::from_millis(60)).await;
        marked = browser.text("#field-apply").await?.contains("the 1 ");
        if marked {
            break;
        }
    }
    assert!(marked, "no box could be marked");
    browser.click("#field-apply").await?;
    ready_with(&browser, found - 1).await?;
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_band_is_picked_and_a_galaxy_is_cut_differently() -> Result<()> {
    let browser = open(Look::DESK, "cpu").await?;
    let dropped = [
        "fits/grz.fits.gz",
        "intake/gray16.png",
        "intake/f32.fits",
        "formats/la8.png",
    ];
    drop_and_wait(&browser, &dropped.map(fixture)).await?;
    assert_eq!(count(&browser).await?, 4);

    open_files(&browser).await?;
    let words =
        "[...document.querySelectorAll('.verdict')].find(of => of.innerText.includes('grz')).innerText";
    assert!(
        browser
            .eval(&format!("return {words};"))
            .await?
            .to_string()
            .contains("plane 2")
    );
    browser
        .eval(
            "const select = document.querySelector('select[data-question=band]');
             select.value = [...select.options].map(of => of.value)[0];
             select.dispatchEvent(new Event('change', {bubbles: true}));",
        )
        .await?;
    browser
        .wait_until(&format!("{words}.includes('plane 1')"), PATIENCE)
        .await?;
    ready_with(&browser, 4).await?;
    browser.screenshot("choices-files").await?;
    browser.press(thirtyfour::Key::Escape).await?;

    // A wider square, then the galaxy is left out, then all is undone.
    browser.click(".card .thumb").await?;
    browser.wait_for("#adjust-wider", PATIENCE).await?;
    browser.click("#adjust-wider").await?;
    browser.wait_for("#adjust-undo", PATIENCE).await?;
    browser.screenshot("adjusted").await?;
    browser.click("#adjust-exclude").await?;
    ready_with(&browser, 3).await?;
    // By keys it comes back, and goes again.
    let tree = browser.wait_for("#tree", PATIENCE).await?;
    tree.send_keys(thirtyfour::Key::Control + "z").await?;
    ready_with(&browser, 4).await?;
    let tree = browser.wait_for("#tree", PATIENCE).await?;
    tree.send_keys(thirtyfour::Key::Control + "y").await?;
    ready_with(&browser, 3).await?;
    open_files(&browser).await?;
    browser.wait_for("button[data-undo]", PATIENCE).await?;
    browser.click("button[data-undo]").await?;
    ready_with(&browser, 4).await?;
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_picture_that_comes_twice_is_told_of_and_left_out_on_request() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (one, again) = (folder.path().join("one.png"), folder.path().join("again.png"));
    std::fs::copy(fixture("intake/gray8.png"), &one)?;
    std::fs::copy(fixture("intake/gray8.png"), &again)?;
    let browser = open(Look::DESK, "cpu").await?;
    let files_dropped = [
        one,
        again,
        fixture("intake/rgb.jpg"),
        fixture("intake/turned.jpg"),
    ];
    drop_and_wait(&browser, &files_dropped).await?;
    assert_eq!(count(&browser).await?, 4);
    let listed = browser.text(".notice").await?;
    assert!(
        listed.contains("1 duplicate: its image equals that of another galaxy"),
        "{listed}"
    );
    browser.screenshot("duplicates").await?;
    let table = save(&browser, "#save-csv", "grove-groups.csv").await?;
    let head = table.lines().next().unwrap_or_default();
    assert!(head.contains("grove_duplicate_of"), "{head}");
    browser.click("#leave-out-duplicates").await?;
    ready_with(&browser, 3).await?;
    let listed = browser.text(".notice").await?;
    assert!(
        listed.contains("1 duplicate removed: its image equals that of another galaxy"),
        "{listed}"
    );
    open_files(&browser).await?;
    let list = browser.text(".verdicts").await?;
    assert!(
        list.contains("Left out: again.png shows the same as one.png"),
        "{list}"
    );
    browser.screenshot("duplicates-files").await?;
    // The switch takes them in again.
    browser.click("#unique").await?;
    ready_with(&browser, 4).await?;
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    Ok(())
}

/// A folder of this many pictures.
fn folder_of(parent: &Path, name: &str, count: usize) -> Result<PathBuf> {
    let folder = parent.join(name);
    std::fs::create_dir(&folder)?;
    pictures(&folder, count)?;
    Ok(folder)
}

const READING: &str = "/Reading: [1-9][0-9]* of/.test(document.body.innerText)";

#[tokio::test]
async fn what_is_cancelled_and_dropped_again_is_here_once() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let many = folder_of(scratch.path(), "many", 240)?;
    let few = folder_of(scratch.path(), "few", 4)?;
    let browser = open(Look::DESK, "cpu").await?;
    browser.drop_files("main", &[&many]).await?;
    browser.wait_until(READING, PATIENCE).await?;
    browser
        .eval("document.querySelector('.progress button').click();")
        .await?;
    browser
        .wait_until("document.documentElement.dataset.stage === 'idle'", PATIENCE)
        .await?;
    assert_eq!(count(&browser).await?, 0);
    open_files(&browser).await?;
    assert!(browser.text(".sheet .seg").await?.contains("Refused 240"));
    browser.press(thirtyfour::Key::Escape).await?;
    drop_and_wait(&browser, &[few]).await?;
    assert_eq!(count(&browser).await?, 4);
    open_files(&browser).await?;
    // What was cancelled is forgotten, and not read again with the next files.
    assert!(browser.text(".sheet .seg").await?.contains("All 4"));
    browser.press(thirtyfour::Key::Escape).await?;

    // With a tree, a cancel leaves it as it was.
    browser.drop_files("main", &[&many]).await?;
    browser.wait_until(READING, PATIENCE).await?;
    browser
        .eval("document.querySelector('.progress button').click();")
        .await?;
    ready_with(&browser, 4).await?;
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn files_that_come_while_others_are_read_join_them() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let many = folder_of(scratch.path(), "many", 200)?;
    let browser = open(Look::DESK, "cpu").await?;
    browser.drop_files("main", &[&many]).await?;
    browser.wait_until(READING, PATIENCE).await?;
    browser.drop_files("main", &[fixture("intake/rgb.jpg")]).await?;
    browser
        .wait_until("/Reading: [0-9]+ of 201/.test(document.body.innerText)", PATIENCE)
        .await?;
    ready_with(&browser, 201).await?;
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    Ok(())
}
