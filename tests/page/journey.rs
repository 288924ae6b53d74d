//! What a visitor does: drops galaxies, waits for groups, moves the cut, opens a galaxy, takes the results away.

use crate::browser::{Browser, Look};
use crate::opening::page_url;
use anyhow::{Context as _, Result, ensure};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The software adapter is slow and these machines are busy.
const PATIENCE: Duration = Duration::from_secs(240);

fn fixtures(names: &[&str]) -> Vec<PathBuf> {
    let folder = grove_test_support::root().join("tests/fixtures/intake");
    names.iter().map(|name| folder.join(name)).collect()
}

/// Files of many formats.
const GOOD: [&str; 5] = [
    "gray16.png",
    "gray.jpg",
    "f32.fits.gz",
    "multi.fits",
    "chunked.hdf5",
];

/// Pictures of simulated galaxies, as a visitor might have them.
fn pictures(folder: &Path, count: usize) -> Result<Vec<PathBuf>> {
    (0..count)
        .map(|index| {
            let made = galaxy_grove::cutout::simulate::galaxy(5, index);
            let grey = made
                .raw
                .iter()
                .map(|value| (value * 255.0).round() as u8)
                .collect();
            let picture = image::GrayImage::from_raw(64, 64, grey).context("64 by 64 pixels")?;
            let path = folder.join(format!("{} {index}.png", made.kind.label()));
            picture.save(&path)?;
            Ok(path)
        })
        .collect()
}

/// Files that must be refused.
const BROKEN: [&str; 2] = ["truncated.fits", "text.png"];

/// Opens an empty page and waits until the device has passed its test.
pub async fn open(look: Look, backend: &str) -> Result<Browser> {
    let browser = Browser::start(look).await?;
    browser
        .goto(&format!("{}?backend={backend}#set=none", page_url()?))
        .await?;
    let ready = format!("document.documentElement.dataset.device === '{backend}'");
    browser
        .wait_until(&ready, PATIENCE)
        .await
        .context("the device did not get ready")?;
    Ok(browser)
}

/// Drops files on the page and waits for the tree.
pub async fn drop_and_wait(browser: &Browser, files: &[PathBuf]) -> Result<()> {
    browser.drop_files("main", files).await?;
    browser
        .wait_until("document.documentElement.dataset.stage === 'ready'", PATIENCE)
        .await
}

/// A committed file.
pub fn fixture(name: &str) -> PathBuf {
    grove_test_support::root().join("tests/fixtures").join(name)
}

/// Opens the list of files.
pub async fn open_files(browser: &Browser) -> Result<()> {
    browser.click("#set-menu").await?;
    browser.wait_for("#files", PATIENCE).await?;
    browser.click("#files").await?;
    browser.wait_for(".verdicts", PATIENCE).await?;
    Ok(())
}

pub async fn number(browser: &Browser, js: &str) -> Result<f64> {
    browser
        .eval(&format!("return Number({js});"))
        .await?
        .as_f64()
        .with_context(|| format!("{js} is no number"))
}

async fn groups(browser: &Browser) -> Result<usize> {
    Ok(number(browser, "document.querySelector('#groups').value").await? as usize)
}

/// Where the line of the cut is on the canvas, as a fraction of its height, for a height of the tree.
async fn fraction_of(browser: &Browser, height: f64) -> Result<f64> {
    let canvas = number(
        browser,
        "document.querySelector('#tree').getBoundingClientRect().height",
    )
    .await?;
    let top = number(
        browser,
        "document.querySelector('#tree').getAttribute('aria-valuemax')",
    )
    .await?;
    // The tree is drawn from 12 pixels below the top, where the height is 1.05 times the top merge's, to 88 above the
    // bottom.
    Ok((canvas - 88.0 - height / (top * 1.05) * (canvas - 100.0)) / canvas)
}

async fn journey(backend: &str) -> Result<()> {
    let browser = open(Look::DESK.with_webgpu(), backend).await?;
    let folder = tempfile::tempdir()?;
    let mut files = pictures(folder.path(), 16)?;
    files.extend(fixtures(&GOOD));
    files.extend(fixtures(&BROKEN));
    drop_and_wait(&browser, &files).await?;

    // Every file has a verdict.
    assert!(
        browser
            .text(".notice")
            .await?
            .contains("2 of 23 files could not be used")
    );
    browser.click(".notice button").await?;
    browser.wait_for(".verdict", PATIENCE).await?;
    browser.screenshot(&format!("journey-{backend}-files")).await?;
    let counts = browser.text(".sheet .seg").await?;
    assert!(
        counts.contains("All 23") && counts.contains("Refused 2"),
        "{counts}"
    );
    // The list is windowed: look at the refused ones only.
    browser.click(".sheet .seg button:nth-child(3)").await?;
    browser
        .wait_until("document.querySelectorAll('.verdict').length === 2", PATIENCE)
        .await?;
    let verdicts = browser
        .eval("return [...document.querySelectorAll('.verdict')].map(row => row.dataset.verdict + ' ' + row.textContent);")
        .await?;
    let verdicts: Vec<String> = serde_json::from_value(verdicts)?;
    let refused: Vec<&String> = verdicts.iter().filter(|row| row.starts_with("refused")).collect();
    assert_eq!(refused.len(), 2, "{verdicts:#?}");
    assert!(
        refused
            .iter()
            .any(|row| row.contains("truncated.fits") && row.contains("missing")),
        "{refused:#?}"
    );
    assert!(
        refused
            .iter()
            .any(|row| row.contains("text.png") && row.contains("text")),
        "{refused:#?}"
    );
    browser.press(thirtyfour::Key::Escape).await?;

    // The groups are there, and their sizes add up.
    let galaxies = number(&browser, "document.querySelector('#set-menu b').textContent").await? as usize;
    assert_eq!(galaxies, 24);
    let before = groups(&browser).await?;
    assert_eq!(before, 9);
    browser.screenshot(&format!("journey-{backend}-groups")).await?;

    // Drag the line towards the top: fewer groups, and as many cards as the number says.
    let here = number(
        &browser,
        "document.querySelector('#tree').getAttribute('aria-valuenow')",
    )
    .await?;
    let top = number(
        &browser,
        "document.querySelector('#tree').getAttribute('aria-valuemax')",
    )
    .await?;
    let (from, to) = (
        fraction_of(&browser, here).await?,
        fraction_of(&browser, top * 0.97).await?,
    );
    browser.drag("#tree", (0.3, from), (0.3, to)).await?;
    let after = groups(&browser).await?;
    assert!(
        after < before && after >= 2,
        "{before} groups became {after} by dragging"
    );
    browser
        .wait_until(
            &format!("document.querySelectorAll('.card').length === {after}"),
            PATIENCE,
        )
        .await?;
    let sizes = browser
        .eval("return [...document.querySelectorAll('.card .size')].map(size => parseInt(size.textContent));")
        .await?;
    let sizes: Vec<usize> = serde_json::from_value(sizes)?;
    assert_eq!(sizes.iter().sum::<usize>(), galaxies);

    // Keys move it by one merge; undo takes both steps back.
    browser
        .eval("document.querySelector('#tree').focus(); return null;")
        .await?;
    browser.press(thirtyfour::Key::Down).await?;
    assert_eq!(groups(&browser).await?, after + 1);
    for _ in 0..2 {
        // The driver's key chains let the Control key go too soon; an element's do not.
        browser
            .wait_for("#tree", PATIENCE)
            .await?
            .send_keys(thirtyfour::Key::Control + "z")
            .await?;
    }
    assert_eq!(groups(&browser).await?, before);

    // Open a galaxy: its codes, and the reconstruction from them.
    browser.click(".card .thumb.medoid").await?;
    browser.wait_for(".galaxy", PATIENCE).await?;
    assert_eq!(
        number(
            &browser,
            "document.querySelectorAll('.galaxy .codes span').length"
        )
        .await?,
        64.0
    );
    let painted = "(() => {
        const canvas = document.querySelectorAll('.galaxy canvas')[2];
        if (!canvas || canvas.width !== 64) return false;
        const data = canvas.getContext('2d').getImageData(0, 0, 64, 64).data;
        const greys = new Set(data.filter((_, index) => index % 4 === 0));
        return greys.size > 8;
    })()";
    browser
        .wait_until(painted, PATIENCE)
        .await
        .context("the reconstruction was not painted")?;
    browser.screenshot(&format!("journey-{backend}-galaxy")).await?;
    browser.press(thirtyfour::Key::Escape).await?;
    browser
        .wait_until("!document.querySelector('.galaxy')", PATIENCE)
        .await?;

    // Take the results away.
    let csv = save(&browser, "#save-csv", "grove-groups.csv").await?;
    let lines: Vec<&str> = csv.lines().collect();
    // The same galaxy is among them in several formats.
    assert!(
        lines[0].starts_with("id,file,group,grove_duplicate_of,") && lines[0].contains(",f0,f1,"),
        "{}",
        lines[0]
    );
    assert_eq!(lines.len(), galaxies + 1);
    let numbers: std::collections::BTreeSet<&str> = lines[1..]
        .iter()
        .filter_map(|line| line.split(',').nth(2))
        .collect();
    assert_eq!(numbers.len(), before);
    let newick = save(&browser, "#save-newick", "grove-tree.nwk").await?;
    assert!(newick.trim_end().ends_with(';'));
    assert_eq!(
        newick.matches(',').count(),
        galaxies - 1,
        "a binary tree of {galaxies} leaves"
    );
    let methods = save(&browser, "#save-methods", "grove-methods.txt").await?;
    assert!(methods.contains("SHA-256"), "{methods}");
    save_bytes(&browser, "#save-png", "grove-tree.png").await?;

    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    Ok(())
}

/// Clicks an item of the save menu and returns the file's text.
pub async fn save(browser: &Browser, item: &str, name: &str) -> Result<String> {
    Ok(String::from_utf8(save_bytes(browser, item, name).await?)?)
}

async fn save_bytes(browser: &Browser, item: &str, name: &str) -> Result<Vec<u8>> {
    // What is found out after the tree is shown is in the files, too.
    let rest = "document.documentElement.dataset.study === 'rest'";
    browser.wait_until(rest, PATIENCE).await?;
    browser.click("#save").await?;
    browser.wait_for(item, PATIENCE).await?;
    browser.click(item).await?;
    let path = browser.wait_for_download(name, PATIENCE).await?;
    let bytes = std::fs::read(&path)?;
    ensure!(!bytes.is_empty(), "{name} is empty");
    // The next download of this name must not be taken for this one.
    std::fs::remove_file(path)?;
    Ok(bytes)
}

#[tokio::test]
async fn the_whole_journey_on_webgpu() -> Result<()> {
    journey("webgpu").await
}

#[tokio::test]
async fn the_whole_journey_on_the_processor() -> Result<()> {
    journey("cpu").await
}

#[tokio::test]
async fn without_an_adapter_the_processor_takes_over_and_the_page_says_so() -> Result<()> {
    let browser = Browser::start(Look::DESK).await?;
    browser
        .goto(&format!("{}?backend=webgpu#set=none", page_url()?))
        .await?;
    browser
        .wait_until("document.documentElement.dataset.device === 'cpu'", PATIENCE)
        .await?;
    let notice = browser.text(".notice").await?;
    assert!(
        notice.contains("processor") && notice.contains("WebGPU"),
        "{notice}"
    );
    drop_and_wait(&browser, &fixtures(&GOOD)).await?;
    assert!(groups(&browser).await? > 1);
    Ok(())
}

/// The graphics processor is imitated by the processor here, and so much slower: it must lose, and nobody waits for it.
#[tokio::test]
async fn a_trial_chooses_the_faster_device_while_the_processor_works() -> Result<()> {
    let browser = Browser::start(Look {
        webgpu: true,
        ..Look::DESK
    })
    .await?;
    browser
        .goto(&format!(
            "{}?backend=trial#set=simulated&seed=3&n=120",
            page_url()?
        ))
        .await?;
    browser
        .wait_until("document.documentElement.dataset.stage === 'ready'", PATIENCE)
        .await?;
    assert_eq!(
        browser
            .eval("return document.documentElement.dataset.device;")
            .await?,
        "cpu"
    );
    browser
        .wait_until(
            "document.querySelector('#device').title.includes('Chosen by a trial')",
            Duration::from_secs(600),
        )
        .await?;
    let title = browser
        .eval("return document.querySelector('#device').title;")
        .await?;
    assert!(title.as_str().unwrap_or_default().starts_with("CPU"), "{title}");
    Ok(())
}

#[tokio::test]
async fn the_demo_opens_by_itself_and_work_can_be_cancelled() -> Result<()> {
    let browser = Browser::start(Look::DESK).await?;
    browser.goto(&page_url()?).await?;
    browser
        .wait_until("document.documentElement.dataset.stage === 'ready'", PATIENCE)
        .await?;
    assert_eq!(browser.text("#set-menu b").await?, "500");
    browser.screenshot("demo").await?;

    browser.click("#set-menu").await?;
    browser.wait_for("#demo-hubble", PATIENCE).await?;
    browser.click("#demo-hubble").await?;
    browser
        .wait_until("location.hash.includes('hubble')", PATIENCE)
        .await?;
    browser
        .wait_until("document.documentElement.dataset.stage === 'ready'", PATIENCE)
        .await?;
    assert_eq!(browser.text("#set-menu b").await?, "248");
    browser.screenshot("hubble-deep-field").await?;

    // A link opens the same cut again.
    browser
        .goto(&format!("{}#set=simulated&seed=7&n=2000", page_url()?))
        .await?;
    browser.eval("location.reload(); return null;").await?;
    browser.wait_for(".progress button", PATIENCE).await?;
    browser.click(".progress button").await?;
    browser
        .wait_until("document.documentElement.dataset.stage === 'idle'", PATIENCE)
        .await?;
    assert!(browser.text(".notice").await?.contains("Cancelled"));

    browser
        .goto(&format!("{}#set=simulated&seed=3&n=40&groups=5", page_url()?))
        .await?;
    browser.eval("location.reload(); return null;").await?;
    browser
        .wait_until("document.documentElement.dataset.stage === 'ready'", PATIENCE)
        .await?;
    assert_eq!(groups(&browser).await?, 5);
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn the_page_fits_a_telephone() -> Result<()> {
    let browser = Browser::start(Look::PHONE).await?;
    browser
        .goto(&format!("{}#set=simulated&n=60", page_url()?))
        .await?;
    browser
        .wait_until("document.documentElement.dataset.stage === 'ready'", PATIENCE)
        .await?;
    browser.screenshot("phone").await?;
    let over = number(
        &browser,
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
    )
    .await?;
    assert!(over <= 0.0, "the page is {over} pixels wider than the screen");
    browser
        .eval("document.querySelector('.card .thumb.medoid').click(); return null;")
        .await?;
    browser.wait_for(".galaxy", PATIENCE).await?;
    browser.screenshot("phone-galaxy").await?;
    Ok(())
}

#[tokio::test]
async fn a_tree_that_would_not_fit_is_refused_with_numbers_and_a_way_out() -> Result<()> {
    let browser = Browser::start(Look::DESK).await?;
    // A device of 2 MB: a quarter of it is for the tree.
    let tiny = "Object.defineProperty(Navigator.prototype, 'deviceMemory', { get: () => 0.002 });";
    let script = serde_json::json!({ "source": tiny });
    browser
        .devtools("Page.addScriptToEvaluateOnNewDocument", script)
        .await?;
    browser
        .goto(&format!("{}#set=simulated&n=500", page_url()?))
        .await?;
    browser.wait_for(".notice.bad", PATIENCE).await?;
    let words = browser.text(".notice").await?;
    // Single precision: 500 * 499 / 2 * 4 bytes and 600 a galaxy.
    assert!(
        words.contains("500 galaxies needs 0.8 MB") && words.contains("372 galaxies"),
        "{words}"
    );
    browser.click(".notice button").await?;
    browser
        .wait_until("document.documentElement.dataset.stage === 'ready'", PATIENCE)
        .await?;
    assert_eq!(browser.text("#set-menu b").await?, "372");
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    Ok(())
}
