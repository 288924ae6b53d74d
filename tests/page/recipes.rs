//! The two grouping recipes in the page: the switch, links, and the same numbers as on the command line.

use crate::browser::{Browser, Look};
use crate::journey::{drop_and_wait, open, save};
use crate::opening::page_url;
use anyhow::{Context as _, Result, ensure};
use galaxy_grove::sorted::Sorted;
use std::ffi::OsStr;
use std::process::Command;
use std::time::Duration;

/// Galaxies in the comparison; `GROVE_GALAXIES` sets another number.
fn count() -> usize {
    std::env::var("GROVE_GALAXIES")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(60)
}

/// Runs `grove` as a user does.
pub fn grove(arguments: &[&OsStr]) -> Result<()> {
    let run = Command::new(grove_test_support::grove_program())
        .args(arguments)
        .output()?;
    ensure!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Ok(())
}

/// What an expression gives in the page, as text.
async fn value(browser: &Browser, expression: &str) -> Result<String> {
    let found = browser.eval(&format!("return {expression};")).await?;
    Ok(found.as_str().map_or_else(|| found.to_string(), str::to_owned))
}

async fn ready(browser: &Browser) -> Result<()> {
    browser
        .wait_until(
            "document.documentElement.dataset.stage === 'ready'",
            Duration::from_secs(300),
        )
        .await
}

/// The columns of a CSV file by name, for each galaxy in its order.
fn columns(text: &str, wanted: &[String]) -> Result<Vec<Vec<String>>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers()?.clone();
    let places: Vec<usize> = wanted
        .iter()
        .map(|name| {
            head.iter()
                .position(|column| column == name)
                .with_context(|| format!("no {name}: {head:?}"))
        })
        .collect::<Result<_>>()?;
    reader
        .records()
        .map(|row| {
            let row = row?;
            Ok(places
                .iter()
                .map(|place| row.get(*place).unwrap_or_default().to_owned())
                .collect())
        })
        .collect()
}

#[tokio::test]
async fn the_page_and_the_command_line_place_galaxies_alike_and_the_switch_goes_both_ways() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (bundle, out) = (folder.path().join("galaxies.h5"), folder.path().join("sorted"));
    let number = count().to_string();
    grove(&[
        "simulate".as_ref(),
        number.as_ref(),
        "-o".as_ref(),
        bundle.as_ref(),
        "--seed".as_ref(),
        "11".as_ref(),
    ])?;
    grove(&[
        "sort".as_ref(),
        bundle.as_ref(),
        "-o".as_ref(),
        out.as_ref(),
        "--examples".as_ref(),
        "0".as_ref(),
    ])?;
    let sorted = Sorted::from_bytes(&std::fs::read(out.join("grove.safetensors"))?)?;

    let browser = open(Look::DESK, "cpu").await?;
    drop_and_wait(&browser, &[bundle]).await?;
    ensure!(value(&browser, "document.querySelector('#by-reference').ariaPressed").await? == "true");
    let codes = save(&browser, "#save-csv", "grove-groups.csv").await?;
    browser.click("#by-shape").await?;
    browser
        .wait_until(
            "document.querySelector('#by-shape').ariaPressed === 'true'",
            Duration::from_secs(10),
        )
        .await?;
    ready(&browser).await?;
    browser.screenshot("recipes-shape").await?;
    ensure!(value(&browser, "location.hash").await?.contains("by=shape"));

    // Every number of every vector, to the last digit, and the groups.
    let names: Vec<String> = ["id", "group", "unlike"]
        .map(str::to_owned)
        .into_iter()
        .chain((0..16).map(|number| format!("shape_{number}")))
        .collect();
    let page = columns(&save(&browser, "#save-csv", "grove-groups.csv").await?, &names)?;
    ensure!(page.len() == sorted.ids.len());
    for (row, cells) in page.iter().enumerate() {
        ensure!(cells[0] == sorted.ids[row].to_string());
        ensure!(
            cells[1] == sorted.groups[0].1[row].to_string(),
            "group of row {row}: {cells:?}"
        );
        ensure!(
            cells[2] == format!("{:.4}", sorted.unlike[row]),
            "row {row}: {cells:?}"
        );
        for (cell, value) in cells[3..].iter().zip(&sorted.vectors[row * 16..]) {
            ensure!(
                cell.parse::<f64>()?.to_bits() == value.to_bits(),
                "row {row}: {cell} and {value}"
            );
        }
    }
    println!(
        "{} galaxies: vectors and groups equal in page and command line",
        page.len()
    );

    // Back again: what was computed before is still there.
    browser.click("#by-reference").await?;
    browser
        .wait_until(
            "document.querySelector('#by-reference').ariaPressed === 'true'",
            Duration::from_secs(10),
        )
        .await?;
    ready(&browser).await?;
    ensure!(save(&browser, "#save-csv", "grove-groups.csv").await? == codes);
    let errors = browser.console_errors().await?;
    ensure!(errors.is_empty(), "{errors:?}");
    Ok(())
}

#[tokio::test]
async fn what_sort_wrote_opens_and_links_keep_the_recipe() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("sorted");
    let bundle = folder.path().join("galaxies.h5");
    grove(&["simulate".as_ref(), "12".as_ref(), "-o".as_ref(), bundle.as_ref()])?;
    grove(&[
        "sort".as_ref(),
        bundle.as_ref(),
        "-o".as_ref(),
        out.as_ref(),
        "--examples".as_ref(),
        "0".as_ref(),
    ])?;
    let browser = open(Look::DESK, "cpu").await?;
    drop_and_wait(&browser, &[out.join("grove.safetensors")]).await?;
    ensure!(browser.text("#set-menu b").await? == "12");

    let address = format!("{}?backend=cpu#set=simulated&seed=3&n=30&by=shape", page_url()?);
    browser.goto("about:blank").await?;
    browser.goto(&address).await?;
    ready(&browser).await?;
    ensure!(value(&browser, "document.querySelector('#by-shape').ariaPressed").await? == "true");
    let address = format!("{}?backend=cpu#set=simulated&seed=3&n=30", page_url()?);
    browser.goto("about:blank").await?;
    browser.goto(&address).await?;
    ready(&browser).await?;
    ensure!(value(&browser, "document.querySelector('#by-reference').ariaPressed").await? == "true");
    Ok(())
}
