//! The encoder beside other libraries, in turns: for `cargo xtask bench --peers`, which puts their page beside ours.

use crate::browser::{Browser, Look};
use crate::opening::page_url;
use crate::worker;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// Galaxies of one turn.
const GALAXIES: usize = 320;

#[tokio::test]
#[ignore = "a benchmark: `cargo xtask bench --peers`"]
async fn peers_take_turns() -> Result<()> {
    let rounds = std::env::var("GROVE_ROUNDS").map_or(Ok(3), |text| text.parse::<usize>())?;
    // Without galaxies, so that nothing else computes.
    let ours = format!("{}?backend=cpu#set=none", page_url()?);
    let theirs = format!("{}peers/index.html", page_url()?);
    let browser = Browser::start(Look::DESK).await?;
    let mut found = json!({});
    for _ in 0..rounds {
        browser.goto("about:blank").await?;
        browser.goto(&ours).await?;
        browser
            .wait_until(
                "document.querySelector('#device .dot.good')",
                std::time::Duration::from_secs(60),
            )
            .await?;
        let turn = browser
            .eval_async(&format!(
                "{start}
                 const images = new Float32Array(32 * 4096).map((_, i) => (i % 97) / 97);
                 const encode = () => ask({{ Encode: {{ first: 0 }} }}, [images], 'Encoded');
                 const codes = Array.from((await encode()).buffers[0]);
                 const begun = performance.now();
                 for (let done = 0; done < {GALAXIES}; done += 32) await encode();
                 const rate = {GALAXIES} / (performance.now() - begun) * 1000;
                 worker.terminate();
                 return {{ rate, codes }};",
                start = worker::start("cpu"),
            ))
            .await?;
        note(&mut found, "ours", &turn)?;
        browser.goto(&theirs).await?;
        let ready = "document.documentElement.dataset.ready === 'yes'";
        browser
            .wait_until(ready, std::time::Duration::from_secs(60))
            .await?;
        let all = [
            ("onnxruntime", "onnxruntime-web"),
            ("tfjs", "tfjs"),
            ("litert", "LiteRT.js"),
        ];
        let has_litert = std::env::var_os("GROVE_LITERT").is_some_and(|word| !word.is_empty());
        for (library, name) in all.into_iter().take(if has_litert { 3 } else { 2 }) {
            let turn = browser
                .eval_async(&format!("return await window.encode('{library}', {GALAXIES});"))
                .await?;
            note(&mut found, name, &turn)?;
        }
    }
    println!("PEERS {found}");
    Ok(())
}

/// Adds a turn's rate, and its codes.
fn note(found: &mut Value, name: &str, turn: &Value) -> Result<()> {
    let rate = turn["rate"]
        .as_f64()
        .with_context(|| format!("{name} gave {turn}"))?;
    let mut rates = found[name]["rates"].as_array().cloned().unwrap_or_default();
    rates.push(rate.into());
    found[name] = json!({ "rates": rates, "codes": turn["codes"] });
    Ok(())
}
