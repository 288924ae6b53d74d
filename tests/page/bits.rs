//! The same file gives the same cutouts in the page and natively: to the last bit.

use crate::browser::{Browser, Look};
use crate::opening::page_url;
use crate::worker;
use anyhow::{Context as _, Result, ensure};
use galaxy_grove::cutout::Recipe;
use galaxy_grove::intake::{self, Answers, Limits};
use galaxy_grove::page_model::collection::grey;
use grove_test_support::shared;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a file gave: the number of its cutouts, and a digest of the pixels of all.
type GivenFile = (usize, String);

/// The cutouts of a file, and of the files in it, as the library reads them here.
fn natively(path: &Path, recipe: &Recipe) -> Result<GivenFile> {
    let name = path.file_name().context("a name")?.to_string_lossy().into_owned();
    let bytes = std::fs::read(path)?;
    let (mut count, mut digest) = (0, Sha256::new());
    let mut read = |name: &str, content: Result<&[u8], intake::Refusal>| {
        if let Ok(bytes) = content {
            let report = intake::read(name, bytes, recipe, &Limits::default(), &Answers::default());
            for galaxy in report.into_galaxies() {
                count += 1;
                // What is only shown travels as the bytes that are shown.
                let shown: Vec<u8> = galaxy.raw.iter().map(|value| grey(*value)).collect();
                digest.update(shown);
                for value in &galaxy.image {
                    digest.update(value.to_le_bytes());
                }
            }
        }
        ControlFlow::Continue(())
    };
    // What cannot be walked gives nothing here, and has to give nothing there.
    drop(intake::each_file(&name, &bytes, &Limits::default(), &mut read));
    let digest = digest.finalize();
    Ok((count, digest.iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// The same of many files, as a worker of the page reads them.
async fn in_the_page(
    browser: &Browser,
    files: &[PathBuf],
    recipe: &Recipe,
) -> Result<BTreeMap<String, GivenFile>> {
    browser.choose_files("#test-files", files).await?;
    browser
        .eval(&format!(
            "window.digests = null;
             (async () => {{
                 {start}
                 const pixels = 4096, recipe = {recipe};
                 const one = file => new Promise((resolve, reject) => {{
                     const parts = [];
                     let count = 0;
                     worker.onerror = event => reject(event.message);
                     worker.onmessage = ({{ data }}) => {{
                         if (data.head.Crashed) reject(JSON.stringify(data.head));
                         if (!data.head.Cutouts) return;
                         const [raw, image] = data.buffers;
                         for (let at = 0; at < image.length; at += pixels) {{
                             parts.push(raw.slice(at, at + pixels), image.slice(at, at + pixels));
                             count += 1;
                         }}
                         const {{ more, member }} = data.head.Cutouts;
                         if (!more && member === undefined) resolve([count, parts]);
                     }};
                     const answers = {{ choices: {{}}, changes: {{}} }};
                     worker.postMessage({{ head: {{ Read: {{ file: 1, name: file.name, recipe, answers }} }}, buffers: [], file }});
                 }});
                 const found = {{}};
                 for (const file of document.getElementById('test-files').files) {{
                     const [count, parts] = await one(file);
                     const all = await new Blob(parts).arrayBuffer();
                     const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', all));
                     found[file.name] = [count, [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('')];
                 }}
                 window.digests = found;
             }})().catch(error => {{ window.digests = {{ error: String(error) }}; }});
             return null;",
            start = worker::start("cpu"),
            recipe = serde_json::to_string(recipe)?,
        ))
        .await?;
    browser
        .wait_until("window.digests !== null", Duration::from_secs(300))
        .await?;
    let found = browser.eval("return window.digests;").await?;
    ensure!(
        found.get("error").is_none(),
        "the worker failed: {}",
        found["error"]
    );
    Ok(serde_json::from_value(found)?)
}

/// Committed files of every format; names are kept apart by their folders' order, as no two are equal.
fn fixtures() -> Result<Vec<PathBuf>> {
    let mut files = BTreeMap::new();
    for folder in ["intake", "formats", "fits", "arrays"] {
        let folder = grove_test_support::root().join("tests/fixtures").join(folder);
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().context("a name")?.to_string_lossy().into_owned();
            // Not a user's file: what the tests compare with.
            if !name.ends_with(".f32.gz") && !name.ends_with(".u8") {
                files.insert(name, path);
            }
        }
    }
    Ok(files.into_values().collect())
}

#[tokio::test]
async fn cutouts_are_equal_to_the_last_bit() -> Result<()> {
    let mut files = fixtures()?;
    if let Some(folder) = shared("samples") {
        for entry in std::fs::read_dir(folder)? {
            files.push(entry?.path());
        }
    }
    let browser = Browser::start(Look::DESK).await?;
    browser
        .goto(&format!("{}?backend=cpu#set=none", page_url()?))
        .await?;
    browser
        .eval(
            "const input = document.createElement('input');
             Object.assign(input, { type: 'file', id: 'test-files', multiple: true });
             document.body.append(input);
             return null;",
        )
        .await?;
    let recipe = Recipe {
        orient: true,
        ..Recipe::default()
    };
    // Orientation is the last step: the recipe with it goes through everything that the plain one does.
    for recipe in [Recipe::default(), recipe] {
        let page = in_the_page(&browser, &files, &recipe).await?;
        let (mut galaxies, mut giving, mut wrong) = (0, 0, Vec::new());
        for path in &files {
            let name = path.file_name().context("a name")?.to_string_lossy().into_owned();
            let native = natively(path, &recipe)?;
            galaxies += native.0;
            giving += usize::from(native.0 > 0);
            match page.get(&name) {
                Some(found) if *found == native => {}
                found => wrong.push(format!("{name}: {native:?} here, {found:?} in the page")),
            }
        }
        println!(
            "{} files, {giving} of them with galaxies: {galaxies} cutouts in all, {} files differ",
            files.len(),
            wrong.len()
        );
        assert!(giving > 80, "{giving} files gave galaxies");
        assert_eq!(wrong, Vec::<String>::new());
    }
    Ok(())
}
