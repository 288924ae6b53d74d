//! The browser's numbers against the reference's, and the page's against the command line's.

use crate::browser::{Browser, Look};
use crate::journey::{drop_and_wait, open, open_files, save};
use crate::opening::page_url;
use crate::worker;
use anyhow::{Context as _, Result, ensure};
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::export::read_features;
use grove_test_support::{golden_model, golden16, golden64, largest_difference, shared};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a worker computed.
#[derive(serde::Deserialize)]
struct Inspected {
    z: Vec<f32>,
    codes: Vec<u8>,
    painted: Vec<f32>,
}

/// Starts a worker of this page by hand, gives it a model and images, and asks for everything that it computes.
async fn inspect(backend: &str, model: &Path, images: &[f32]) -> Result<Inspected> {
    let browser = Browser::start(Look::DESK.with_webgpu()).await?;
    browser
        .goto(&format!("{}?backend=cpu#set=none", page_url()?))
        .await?;
    let folder = tempfile::tempdir()?;
    let pixels = folder.path().join("images.f32");
    std::fs::write(
        &pixels,
        images.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>(),
    )?;
    browser
        .eval(
            "for (const id of ['test-model', 'test-images']) {
                 const input = document.createElement('input');
                 input.type = 'file';
                 input.id = id;
                 document.body.append(input);
             }
             return null;",
        )
        .await?;
    browser.choose_files("#test-model", &[model]).await?;
    browser.choose_files("#test-images", &[&pixels]).await?;
    // Large answers are slow to pass through the driver: the run is started here and its parts fetched below.
    browser
        .eval(&format!(
            "window.inspected = null;
             (async () => {{
                 const bytes = async id => document.getElementById(id).files[0].arrayBuffer();
                 {start}
                 await ask('UseModel', [new Uint8Array(await bytes('test-model'))], 'ModelInUse');
                 const images = new Float32Array(await bytes('test-images'));
                 // As many at a time as the page sends.
                 const parts = [];
                 for (let first = 0; first < images.length; first += 32 * {PIXELS}) {{
                     parts.push((await ask('Inspect', [images.slice(first, first + 32 * {PIXELS})], 'Inspected')).buffers);
                 }}
                 const join = index => parts.flatMap(buffers => Array.from(buffers[index]));
                 window.inspected = {{ z: join(0), codes: join(1), painted: join(3) }};
             }})().catch(error => {{ window.inspected = {{ error: String(error) }}; }});
             return null;",
            start = worker::start(backend),
        ))
        .await?;
    browser
        .wait_until("window.inspected !== null", std::time::Duration::from_secs(300))
        .await?;
    let error = browser.eval("return window.inspected.error ?? null;").await?;
    ensure!(error.is_null(), "the worker failed: {error}");
    Ok(serde_json::from_value(
        browser.eval("return window.inspected;").await?,
    )?)
}

/// All 64 golden galaxies where the reference's files are at hand, the 16 committed ones elsewhere.
async fn golden(backend: &str) -> Result<()> {
    let golden = golden64().unwrap_or_else(golden16);
    let found = inspect(backend, &golden_model(), &golden.images).await?;
    let wrong = found
        .codes
        .iter()
        .zip(&golden.codes)
        .filter(|(a, b)| a != b)
        .count();
    assert_eq!((found.codes.len(), wrong), (golden.codes.len(), 0));
    let z_off = largest_difference(&found.z, &golden.z);
    let off = largest_difference(&found.painted, &golden.recon);
    println!(
        "{backend}: {} codes equal, z within {z_off:.1e}, reconstruction within {off:.1e}",
        golden.codes.len()
    );
    assert!(z_off <= 1e-4, "z differs by {z_off}");
    assert!(off <= 1e-4, "the reconstruction differs by {off}");
    Ok(())
}

#[tokio::test]
async fn golden_codes_on_the_processor() -> Result<()> {
    golden("cpu").await
}

#[tokio::test]
async fn golden_codes_on_webgpu() -> Result<()> {
    golden("webgpu").await
}

/// The codes in a table of groups that the page saved, by id.
fn codes_of(csv: &str) -> Result<Vec<(i64, Vec<u8>)>> {
    csv.lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let codes = fields[fields.len() - 64..]
                .iter()
                .map(|code| Ok(code.parse()?))
                .collect::<Result<_>>()?;
            Ok((fields[0].parse()?, codes))
        })
        .collect()
}

#[tokio::test]
async fn page_and_command_line_give_the_same_codes() -> Result<()> {
    let root = grove_test_support::root();
    let input = match shared("reference/golden/data_gzip.hdf5") {
        Some(path) => path,
        None => root.join("tests/fixtures/intake/chunked.hdf5"),
    };
    let scratch = tempfile::tempdir()?;
    let (bundle, features) = (
        scratch.path().join("galaxies.safetensors"),
        scratch.path().join("features.fits"),
    );
    let manifest = std::fs::read(root.join("www/model/manifest.json"))?;
    let manifest: serde_json::Value = serde_json::from_slice(&manifest)?;
    let model: PathBuf = root
        .join("www/model")
        .join(manifest["file"].as_str().context("the manifest names no file")?);
    let run = |arguments: &[&std::ffi::OsStr]| -> Result<()> {
        let run = Command::new(grove_test_support::grove_program())
            .args(arguments)
            .output()?;
        ensure!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        Ok(())
    };
    run(&[
        "convert".as_ref(),
        input.as_os_str(),
        "-o".as_ref(),
        bundle.as_os_str(),
    ])?;
    run(&[
        "extract".as_ref(),
        bundle.as_os_str(),
        "--model".as_ref(),
        model.as_os_str(),
        "-o".as_ref(),
        features.as_os_str(),
    ])?;
    let features = read_features(&std::fs::read(&features)?)?;

    let browser = open(Look::DESK, "cpu").await?;
    drop_and_wait(&browser, &[bundle]).await?;
    let page = codes_of(&save(&browser, "#save-csv", "grove-groups.csv").await?)?;
    assert_eq!(page.len(), features.ids.len());
    let mut wrong = 0;
    for ((id, codes), (expected_id, expected)) in page
        .iter()
        .zip(features.ids.iter().zip(features.codes.chunks(64)))
    {
        assert_eq!(id, expected_id);
        wrong += codes.iter().zip(expected).filter(|(a, b)| a != b).count();
    }
    assert_eq!(wrong, 0, "of {} codes", features.codes.len());
    println!(
        "{} galaxies, {} codes equal in page and command line",
        page.len(),
        features.codes.len()
    );
    Ok(())
}

#[tokio::test]
async fn every_real_sample_gets_a_verdict_on_the_page() -> Result<()> {
    let Some(folder) = shared("samples") else {
        return Ok(());
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.sort();
    let browser = open(Look::DESK, "cpu").await?;
    drop_and_wait(&browser, &files).await?;
    let text = {
        open_files(&browser).await?;
        browser.text(".sheet .seg").await?
    };
    // The table of files itself and the truncated download are refused; all else gives a galaxy.
    assert!(text.contains(&format!("All {}", files.len())), "{text}");
    assert!(text.contains("Refused 2"), "{text}");
    browser.screenshot("samples").await?;
    Ok(())
}
