//! What the page finds out after the tree is shown: words, steadiness, the map; the same as on the command line.

use crate::browser::Look;
use crate::journey::{drop_and_wait, open, open_files, save};
use crate::recipes::grove;
use anyhow::{Context as _, Result, ensure};
use galaxy_grove::grouping::{Thresholds, TreeOrder, Verdict};
use galaxy_grove::sorted::Sorted;
use galaxy_grove::splits::Sides;
use galaxy_grove::structure::{MEASURES, NUMBERS, PREFIX, digits};
use grove_test_support::fits_image;
use std::time::Duration;

const SHORT: Duration = Duration::from_secs(10);
const LONG: Duration = Duration::from_secs(180);

/// A column of a CSV file by its name.
fn column(text: &str, name: &str) -> Result<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let place = reader.headers()?.iter().position(|column| column == name);
    let place = place.with_context(|| format!("no column {name}"))?;
    reader
        .records()
        .map(|row| Ok(row?.get(place).unwrap_or_default().to_owned()))
        .collect()
}

#[tokio::test]
async fn words_steadiness_and_the_map_are_those_of_the_command_line() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    let (galaxies, out, map) = (path("galaxies.h5"), path("sorted"), path("map.csv"));
    grove(&[
        "simulate".as_ref(),
        "80".as_ref(),
        "-o".as_ref(),
        galaxies.as_ref(),
        "--seed".as_ref(),
        "12".as_ref(),
    ])?;
    grove(&[
        "sort".as_ref(),
        galaxies.as_ref(),
        "-o".as_ref(),
        out.as_ref(),
        "--examples".as_ref(),
        "0".as_ref(),
    ])?;
    grove(&["map".as_ref(), out.as_ref(), "-o".as_ref(), map.as_ref()])?;
    let sorted = Sorted::from_bytes(&std::fs::read(out.join("grove.safetensors"))?)?;

    let browser = open(Look::DESK, "cpu").await?;
    drop_and_wait(&browser, &[galaxies]).await?;
    browser.click("#by-shape").await?;
    browser
        .wait_until(
            "document.querySelector('#by-shape').ariaPressed === 'true'",
            SHORT,
        )
        .await?;
    browser
        .wait_until("document.querySelector('.card .steady')", LONG)
        .await?;
    ensure!(!browser.text(".card .words").await?.is_empty());
    // How good the cuts are, as `grove quality` says.
    browser.wait_for(".rating", LONG).await?;
    let rating = browser.text(".rating").await?;
    let order = TreeOrder::new(&sorted.tree);
    let quality = sorted
        .compared()
        .quality(&sorted.tree, &order, &(2..=31).collect::<Vec<_>>());
    let best = quality.cuts.iter().filter_map(|cut| cut.silhouette);
    let best = best.fold(f64::NEG_INFINITY, f64::max);
    let best = format!("{best:.2}").replacen("0.", ".", 1);
    ensure!(rating.contains(&best), "{rating}: not {best}");
    browser.screenshot("study-groups").await?;

    // Orientation decides the number of groups, as `grove orient` does.
    let shown = "return document.querySelector('#groups').value;";
    let before = browser.eval(shown).await?;
    browser.click("#by-orientation").await?;
    let sides = Sides::new(&sorted.structure);
    let thresholds = Thresholds::default();
    let cut = sides.splits(&sorted.tree, &order, &thresholds).cut();
    browser
        .wait_until(
            &format!(
                "document.querySelector('#groups').value === '{}' && document.body.textContent.includes('Splits made: {} of type')",
                cut.groups.len(),
                cut.count(Verdict::Type)
            ),
            SHORT,
        )
        .await?;
    browser
        .wait_for("#tree", SHORT)
        .await?
        .send_keys(thirtyfour::Key::Control + "z")
        .await?;
    browser
        .wait_until("!document.querySelector('#clear-edits')", SHORT)
        .await?;
    ensure!(browser.eval(shown).await? == before);

    // The principal components first, then UMAP.
    browser.click("#show-map").await?;
    browser
        .wait_until(
            "document.querySelector('.map-note').textContent.includes('(UMAP)')",
            LONG,
        )
        .await?;
    browser.screenshot("study-map").await?;
    ensure!(
        browser
            .eval("return location.hash")
            .await?
            .as_str()
            .is_some_and(|hash| hash.contains("view=map"))
    );
    // Some galaxy is where the most of them are.
    let picked = browser
        .eval(
            "const c = document.querySelector('#map'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
             let best = [0, 0, 0];
             for (let y = 8; y < c.height; y += 8) for (let x = 8; x < c.width; x += 8) {
               const at = 4 * (y * c.width + x); if (d[at] > best[0]) best = [d[at], x, y];
             }
             return [best[1] / c.width, best[2] / c.height];",
        )
        .await?;
    let at = |axis: usize| {
        picked
            .get(axis)
            .and_then(serde_json::Value::as_f64)
            .unwrap_or_default()
    };
    browser.click_at("#map", (at(0), at(1))).await?;
    browser.wait_for(".galaxy", SHORT).await?;
    browser
        .wait_until(
            "document.querySelector('.galaxy dl').textContent.includes('concentration')",
            SHORT,
        )
        .await?;
    browser.screenshot("study-galaxy").await?;
    browser.click("#close-galaxy").await?;

    let saved = save(&browser, "#save-csv", "grove-groups.csv").await?;
    for (place, name) in NUMBERS.iter().enumerate().take(MEASURES) {
        let expected = sorted.measure(place).into_iter();
        let expected: Vec<String> = expected
            .map(|value| {
                if value.is_finite() {
                    digits(value)
                } else {
                    String::new()
                }
            })
            .collect();
        if expected.iter().any(|value| !value.is_empty()) {
            ensure!(column(&saved, &format!("{PREFIX}{name}"))? == expected, "{name}");
        }
    }
    let flags = column(&saved, &format!("{PREFIX}flags"))?;
    ensure!(flags.iter().all(|flags| flags.contains("stretched")), "{flags:?}");
    let command_line = std::fs::read_to_string(map)?;
    for (ours, theirs) in [("map_x", "x"), ("map_y", "y")] {
        ensure!(column(&saved, ours)? == column(&command_line, theirs)?, "{ours}");
    }
    let shares = column(&saved, "stays_with_group")?;
    ensure!(
        shares
            .iter()
            .all(|share| share.parse().is_ok_and(|share: f64| (0.0..=1.0).contains(&share)))
    );
    ensure!(
        column(&saved, "described_as")?
            .iter()
            .all(|words| !words.is_empty())
    );

    // Keys: all of the map, nearer, and back to the tree.
    browser.click("#show-tree").await?;
    browser
        .wait_until("!document.querySelector('#map')", SHORT)
        .await?;
    ensure!(browser.console_errors().await?.is_empty());
    Ok(())
}

/// A tilted galaxy on a sky with noise.
fn frame(number: usize) -> Vec<u8> {
    let side = 90 + 10 * number;
    let middle = side as f64 / 2.0;
    let pixels = (0..side * side).map(|at| {
        let (x, y) = ((at % side) as f64 - middle, (at / side) as f64 - middle);
        let tilt = 1.0 + number as f64 / 2.0;
        let noise = ((at * 7919) % 997) as f64 / 997.0 - 0.5;
        (40.0 * (-(x * x + tilt * y * y).sqrt() / (3.0 + number as f64)).exp() + noise + 100.0) as f32
    });
    fits_image(side, &pixels.collect::<Vec<_>>())
}

/// The switch gives the numbers that `grove structure` gives, in the saved table and in the panel, and off again the cutouts' own.
#[tokio::test]
async fn structure_on_the_files_own_pixels_is_that_of_the_command_line() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let frames: Vec<std::path::PathBuf> = (0..4)
        .map(|number| folder.path().join(format!("galaxy_{number}.fits")))
        .collect();
    for (number, path) in frames.iter().enumerate() {
        std::fs::write(path, frame(number))?;
    }
    let table = folder.path().join("structure.csv");
    let mut arguments = vec!["structure".as_ref(), "-o".as_ref(), table.as_os_str()];
    arguments.extend(frames.iter().map(|path| path.as_os_str()));
    grove(&arguments)?;
    let command_line = std::fs::read_to_string(&table)?;

    let browser = open(Look::DESK, "cpu").await?;
    drop_and_wait(&browser, &frames).await?;
    open_files(&browser).await?;
    browser.click("#own-structure").await?;
    browser
        .wait_until(
            "location.hash.includes('structure=own') && document.documentElement.dataset.stage === 'ready'",
            LONG,
        )
        .await?;
    browser.screenshot("study-own-pixels").await?;
    browser.click("#close-files").await?;
    let saved = save(&browser, "#save-csv", "grove-groups.csv").await?;
    let mut compared = 0;
    for name in NUMBERS.into_iter().take(MEASURES).chain(["flags"]) {
        let name = format!("{PREFIX}{name}");
        let theirs = column(&command_line, &name)?;
        if theirs.iter().any(|value| !value.is_empty()) {
            ensure!(column(&saved, &name)? == theirs, "{name}");
            compared += 1;
        }
    }
    ensure!(compared > 10, "{compared} columns");
    ensure!(
        !column(&saved, &format!("{PREFIX}flags"))?
            .concat()
            .contains("stretched")
    );
    ensure!(browser.console_errors().await?.is_empty());
    Ok(())
}
