//! Vectors of another model, and a tree that is opened part by part.

use crate::browser::{Browser, Look};
use crate::journey::{drop_and_wait, fixture, open, save};
use crate::recipes::grove;
use anyhow::{Context as _, Result, ensure};
use grove_site::{Manner, Site};
use grove_test_support::npy;
use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(120);

/// A set of simulated galaxies, and vectors of three numbers: five clouds, one far from the next.
fn galaxies_with_vectors(folder: &Path, count: usize) -> Result<()> {
    let set = folder.join("galaxies.h5");
    let number = count.to_string();
    let words: [&OsStr; 6] = [
        "simulate".as_ref(),
        number.as_ref(),
        "-o".as_ref(),
        set.as_ref(),
        "--seed".as_ref(),
        "4".as_ref(),
    ];
    grove(&words)?;
    let made: Vec<_> = (0..count)
        .map(|index| galaxy_grove::cutout::simulate::galaxy(4, index))
        .collect();
    let ids: Vec<u8> = made.iter().flat_map(|galaxy| galaxy.id.to_le_bytes()).collect();
    let vectors = (0..count).flat_map(|at| {
        let noise = |turn: usize| ((at * 7919 + turn * 104_729) % 1000) as f64 / 1000.0;
        [10.0 * (at % 5) as f64 + noise(1), noise(2), noise(3)]
    });
    let vectors: Vec<u8> = vectors.flat_map(f64::to_le_bytes).collect();
    std::fs::write(
        folder.join("vectors.npy"),
        npy("<f8", &format!("({count}, 3)"), vectors),
    )?;
    std::fs::write(
        folder.join("vectors.ids.npy"),
        npy("<i8", &format!("({count},)"), ids),
    )?;
    Ok(())
}

async fn text(browser: &Browser, css: &str) -> Result<String> {
    let found = browser
        .eval(&format!(
            "return document.querySelector('{css}')?.textContent ?? '';"
        ))
        .await?;
    Ok(found.as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn galaxies_are_grouped_by_the_vectors_that_come_with_them() -> Result<()> {
    let folder = tempfile::tempdir()?;
    galaxies_with_vectors(folder.path(), 60)?;
    let (set, vectors, bundle) = (
        folder.path().join("galaxies.h5"),
        folder.path().join("vectors.npy"),
        folder.path().join("with.safetensors"),
    );
    let words: [&OsStr; 8] = [
        "convert".as_ref(),
        set.as_ref(),
        "--vectors".as_ref(),
        vectors.as_ref(),
        "--vectors-of".as_ref(),
        "clouds".as_ref(),
        "-o".as_ref(),
        bundle.as_ref(),
    ];
    grove(&words)?;
    let browser = open(Look::DESK, "cpu").await?;
    drop_and_wait(&browser, &[bundle]).await?;
    ensure!(text(&browser, "#by-vectors").await? == "Vectors");
    ensure!(
        browser
            .eval("return document.querySelector('#by-vectors').ariaPressed;")
            .await?
            == "true"
    );
    ensure!(
        browser
            .eval("return location.hash;")
            .await?
            .to_string()
            .contains("by=vectors")
    );
    // Five clouds are five groups of twelve.
    browser
        .eval("location.hash = location.hash.replace(/&groups=\\d+/, '') + '&groups=5'; return null;")
        .await?;
    browser
        .wait_until("document.querySelectorAll('.card').length >= 4", PATIENCE)
        .await?;
    let csv = save(&browser, "#save-csv", "grove-groups.csv").await?;
    let mut rows = csv.lines();
    let heads: Vec<&str> = rows.next().context("no table")?.split(',').collect();
    let group = heads
        .iter()
        .position(|head| *head == "group")
        .context("no groups")?;
    let groups: Vec<&str> = rows.filter_map(|row| row.split(',').nth(group)).collect();
    ensure!(groups.len() == 60, "{csv}");
    for (row, found) in groups.iter().enumerate() {
        ensure!(*found == groups[row % 5], "{csv}");
    }
    browser.screenshot("vectors").await?;
    // By shape, as well.
    browser.click("#by-shape").await?;
    browser
        .wait_until(
            "location.hash.includes('by=shape') && document.documentElement.dataset.stage === 'ready'",
            PATIENCE,
        )
        .await?;
    ensure!(browser.console_errors().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn vectors_without_pictures_make_a_tree_too() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let bundle = folder.path().join("alone.safetensors");
    let table = fixture("vectors/lists.parquet");
    let words: [&OsStr; 5] = [
        "convert".as_ref(),
        "--vectors".as_ref(),
        table.as_ref(),
        "-o".as_ref(),
        bundle.as_ref(),
    ];
    grove(&words)?;
    let browser = open(Look::DESK, "cpu").await?;
    drop_and_wait(&browser, &[bundle]).await?;
    ensure!(
        browser
            .eval("return document.querySelector('#by-vectors').ariaPressed;")
            .await?
            == "true"
    );
    browser.click(".card .thumb.medoid").await?;
    browser.wait_for(".galaxy", PATIENCE).await?;
    ensure!(
        text(&browser, ".galaxy")
            .await?
            .contains("No picture came with it")
    );
    browser.screenshot("vectors-alone").await?;
    browser.click("#close-galaxy").await?;
    browser.click("#by-shape").await?;
    browser
        .wait_until(
            "document.querySelector('.notice')?.textContent.includes('came as vectors')",
            PATIENCE,
        )
        .await?;
    Ok(())
}

/// The page with a file of levels beside it.
fn site_with_levels(folder: &Path) -> Result<()> {
    galaxies_with_vectors(folder, 300)?;
    let (set, vectors, levels) = (
        folder.join("galaxies.h5"),
        folder.join("vectors.npy"),
        folder.join("survey.levels"),
    );
    let words: [&OsStr; 10] = [
        "levels".as_ref(),
        set.as_ref(),
        "--vectors".as_ref(),
        vectors.as_ref(),
        "--first".as_ref(),
        "12".as_ref(),
        "--most".as_ref(),
        "20".as_ref(),
        "-o".as_ref(),
        levels.as_ref(),
    ];
    grove(&words)?;
    let (dist, site) = (grove_test_support::root().join("dist"), folder.join("site"));
    let words: [&OsStr; 6] = [
        "publish".as_ref(),
        levels.as_ref(),
        "-o".as_ref(),
        site.as_ref(),
        "--page".as_ref(),
        dist.as_ref(),
    ];
    grove(&words)
}

#[tokio::test]
async fn a_tree_of_levels_is_opened_part_by_part() -> Result<()> {
    let folder = tempfile::tempdir()?;
    site_with_levels(folder.path())?;
    let site = Site::start(folder.path().join("site"), 0, "/")?;
    let browser = Browser::start(Look::DESK).await?;
    browser.goto(&format!("{}?backend=cpu", site.address())).await?;
    let ready = "document.documentElement.dataset.stage === 'ready'";
    browser.wait_until(ready, PATIENCE).await?;
    let bar = text(&browser, ".level-bar").await?;
    ensure!(
        bar.contains("The top of the tree of 300 galaxies") && bar.contains("12 pictures"),
        "{bar}"
    );
    ensure!(text(&browser, "#set-menu b").await? == "300");
    // Groups count what their pictures stand for.
    let sizes = browser
        .eval("return [...document.querySelectorAll('.card .size')].map((size) => parseInt(size.textContent)).reduce((a, b) => a + b, 0);")
        .await?;
    ensure!(
        sizes == 300
            || browser
                .eval("return document.querySelectorAll('.card').length > 4;")
                .await?
                == true,
        "{sizes}"
    );
    let csv = save(&browser, "#save-csv", "grove-groups.csv").await?;
    ensure!(
        csv.lines()
            .next()
            .is_some_and(|head| head.contains("stands_for") && head.contains("part")),
        "{csv}"
    );
    browser.screenshot("levels-top").await?;

    browser.click(".card .thumb.medoid").await?;
    browser.wait_for("#open-part", PATIENCE).await?;
    browser.screenshot("levels-galaxy").await?;
    browser.click("#open-part").await?;
    browser
        .wait_until(
            &format!("location.hash.includes('part=') && document.querySelector('#level-up') && {ready}"),
            PATIENCE,
        )
        .await?;
    browser.screenshot("levels-part").await?;
    let inside = text(&browser, ".level-bar").await?;
    ensure!(
        inside.contains("A branch of the tree of 300 galaxies"),
        "{inside}"
    );
    browser.click("#level-up").await?;
    browser
        .wait_until(
            &format!("!document.querySelector('#level-up') && {ready}"),
            PATIENCE,
        )
        .await?;
    ensure!(text(&browser, "#set-menu b").await? == "300");
    ensure!(browser.console_errors().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_host_that_sends_whole_files_only_is_named_instead_of_loading_all() -> Result<()> {
    let folder = tempfile::tempdir()?;
    site_with_levels(folder.path())?;
    let manner = Manner {
        no_ranges: true,
        ..Manner::default()
    };
    let site = Site::in_the_manner(folder.path().join("site"), 0, "/", manner)?;
    let browser = Browser::start(Look::DESK).await?;
    browser.goto(&format!("{}?backend=cpu", site.address())).await?;
    browser
        .wait_until(
            "document.querySelector('.notice')?.textContent.includes('range requests')",
            PATIENCE,
        )
        .await?;
    browser.screenshot("levels-no-ranges").await.map(|_| ())
}
