//! Files as people have them: the page says of each what the command line says, and joins tables to the same galaxies.

use crate::browser::{Browser, Look};
use crate::journey::{fixture, open, open_files};
use anyhow::{Context as _, Result, ensure};
use galaxy_grove::cutout::Recipe;
use galaxy_grove::intake::{self, Answers, Limits, Verdict};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(120);

/// Nothing waits any more: neither a file nor a table.
const SETTLED: &str = "['ready', 'idle', 'few'].includes(document.documentElement.dataset.stage) && \
    document.querySelectorAll('.verdict').length > 0 && \
    ![...document.querySelectorAll('.verdict')].some(of => of.dataset.verdict === 'waiting' || \
    of.querySelector('.why').textContent.includes('it is joined to'))";

fn expected(folder: &Path) -> Result<Value> {
    Ok(serde_json::from_slice(&std::fs::read(
        folder.join("expected.json"),
    )?)?)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else if entry.file_name() != "expected.json" {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The words on each file of the list, by name.
async fn verdicts_shown(browser: &Browser) -> Result<BTreeMap<String, String>> {
    let rows = browser
        .eval(
            "return Object.fromEntries([...document.querySelectorAll('.verdict')].map(of => \
             [of.querySelector('.name').textContent, of.dataset.verdict + ' ' + of.querySelector('.why').title]));",
        )
        .await?;
    Ok(serde_json::from_value(rows)?)
}

async fn answer(browser: &Browser, key: &str, answer: &str) -> Result<()> {
    let script = format!(
        "const select = document.querySelector('.verdict select[data-question=\"{key}\"]'); \
         const option = [...select.options].find(of => of.value.startsWith('{answer}')); \
         select.value = option.value; select.dispatchEvent(new Event('change', {{ bubbles: true }})); return true;"
    );
    browser.eval(&script).await?;
    Ok(())
}

/// What is wrong with a set of files that were dropped together.
async fn wrong(browser: &Browser, name: &str, folder: &Path) -> Result<Vec<String>> {
    let scratch = tempfile::tempdir()?;
    let set = scratch.path().join(name);
    copy(folder, &set)?;
    let right = expected(folder)?;
    browser.drop_files("main", &[&set]).await?;
    open_files(browser).await?;
    browser
        .wait_until(SETTLED, PATIENCE)
        .await
        .with_context(|| name.to_owned())?;
    for (key, choice) in right["choose"].as_object().into_iter().flatten() {
        answer(browser, key, choice.as_str().unwrap_or_default()).await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        browser
            .wait_until(SETTLED, PATIENCE)
            .await
            .with_context(|| name.to_owned())?;
    }
    let listed = verdicts_shown(browser).await?;
    let mut wrong = Vec::new();
    for (file, words) in right["words"].as_object().into_iter().flatten() {
        let own = listed.get(&format!("{name}/{file}")).map_or("", String::as_str);
        for word in words.as_array().into_iter().flatten().filter_map(Value::as_str) {
            // The page begins sentences with capitals.
            if !own.to_lowercase().contains(&word.to_lowercase()) {
                wrong.push(format!("{name}: {file} does not say {word}: {own} of {listed:?}"));
            }
        }
    }
    let galaxies = right["galaxies"].as_object().map_or(0, serde_json::Map::len);
    let joined = right["galaxies"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, facts)| !facts.is_null())
        .count();
    let sentence = format!("{joined} of {galaxies} galaxies have a row");
    // A set of one file holds its labels itself.
    if joined > 0 && listed.len() > 1 && !listed.values().any(|words| words.contains(&sentence)) {
        wrong.push(format!("{name}: nothing says `{sentence}`: {listed:?}"));
    }
    browser
        .eval("document.querySelector('.sheet header button[aria-label^=\"Close\"], .sheet header .close')?.click(); return true;")
        .await?;
    Ok(wrong)
}

#[tokio::test]
async fn tables_are_joined_as_on_the_command_line() -> Result<()> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(fixture("tables"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    folders.sort();
    let mut failures = Vec::new();
    for folder in folders {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        // A page of its own: nothing of another set can help or hinder.
        let browser = open(Look::DESK, "cpu").await?;
        failures.extend(wrong(&browser, &name, &folder).await?);
        if name == "join-in-doubt" {
            browser.screenshot("situations-doubt").await?;
        }
        failures.extend(browser.console_errors().await?);
    }
    ensure!(failures.is_empty(), "\n{}", failures.join("\n"));
    Ok(())
}

#[tokio::test]
async fn the_page_says_of_every_file_what_the_command_line_says() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let all = scratch.path().join("all");
    let groups = [
        "situations",
        "unread",
        "figures",
        "cases/03-legacy-ivar",
        "cases/10-specobjid",
        "cases/11-string-objid",
        "cases/17-last-axis",
        "cases/21-matplotlib",
        "cases/36-lost-labels",
    ];
    for group in groups {
        copy(&fixture(group), &all.join(group))?;
    }
    let browser = open(Look::DESK, "cpu").await?;
    browser.drop_files("main", &[&all]).await?;
    browser
        .wait_until("document.documentElement.dataset.stage === 'ready'", PATIENCE)
        .await?;
    open_files(&browser).await?;
    browser.wait_until(SETTLED, PATIENCE).await?;
    browser.screenshot("situations-files").await?;
    browser
        .eval("[...document.querySelectorAll('.sheet header button')].find(of => of.textContent === 'Save list').click();")
        .await?;
    let list = browser.wait_for_download("grove-files.csv", PATIENCE).await?;
    let mut reader = csv::Reader::from_reader(std::fs::File::open(list)?);
    let mut failures = Vec::new();
    let mut seen = 0;
    for record in reader.records() {
        let record = record?;
        let (name, galaxies, words) = (&record[0], &record[2], record[3].to_lowercase());
        let Ok(bytes) = std::fs::read(scratch.path().join(name)) else {
            continue;
        };
        let is_other = [".zip", ".tar", ".csv"].iter().any(|end| name.ends_with(end));
        if is_other {
            continue;
        }
        seen += 1;
        let report = intake::read(
            name,
            &bytes,
            &Recipe::default(),
            &Limits::default(),
            &Answers::default(),
        );
        if *galaxies != report.galaxies().len().to_string() {
            failures.push(format!(
                "{name}: {galaxies} galaxies, not {}: {words}",
                report.galaxies().len()
            ));
        }
        let sentences = match &report.verdict() {
            Verdict::Accepted => vec![],
            Verdict::Remarked(remarks) => remarks.clone(),
            Verdict::Refused { reason, remedy } => vec![reason.clone(), remedy.clone()],
        };
        for sentence in sentences {
            let sentence = sentence.trim_end_matches('.').to_lowercase();
            if !words.contains(&sentence) {
                failures.push(format!("{name}: `{sentence}` is not in `{words}`"));
            }
        }
    }
    ensure!(seen > 90, "{seen} files");
    ensure!(failures.is_empty(), "\n{}", failures.join("\n"));
    Ok(())
}
