//! What the page does when its workers fail: every failure ends in a tree, or in a sentence that says what is wrong.
//!
//! A worker is killed or hangs, its script is missing or never says a word, an answer fails, a message cannot be posted.
//! The deadlines that `src/page_model/pool/deadlines.rs` sets are shortened by the address (`?deadlines=`).

use crate::browser::{Browser, Look};
use crate::journey::{fixture, number, save};
use crate::opening::page_url;
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What every deadline is multiplied by.
const FACTOR: f64 = 0.1;
/// Seconds that a CPU worker has to say hello, before the factor.
const HELLO: f64 = 30.0;
/// Seconds that it has for a chunk of galaxies.
const MODEL: f64 = 60.0;
/// Seconds after every deadline.
const GRACE: f64 = 30.0;
/// CPU workers that may fail to start, one after another.
const MAX_FAILED_STARTS: f64 = 8.0;
/// For the ordinary work beside the waiting, on a busy machine.
const WORK: Duration = Duration::from_secs(60);

/// How long the page takes at most to find out, where `rounds` workers one after another are silent.
fn noticed_within(deadline: f64, rounds: f64) -> Duration {
    let scaled = |seconds: f64| (seconds * FACTOR).ceil();
    Duration::from_secs_f64(rounds * (scaled(deadline) + scaled(GRACE)))
}

/// Wraps the page's workers. `harm` says what goes wrong, and counts how often it did:
///
/// - `answers` answers to a request to encode come as `instead`: "failed", "garbled" or "unreadable";
/// - `posts` requests to encode get something that the browser cannot send;
/// - `script`, unless empty, is loaded in place of the worker's own.
const WRAPPER: &str = "
    harm.done = 0;
    harm.started = 0;
    window.Worker = class extends Worker {
        constructor(url, options) {
            super(harm.script || url, options);
            harm.started += 1;
            // Before the page's own listener, which is set later.
            this.addEventListener('message', event => {
                if (!event.isTrusted || !event.data.head.Encoded || !(harm.answers > 0)) return;
                harm.answers -= 1;
                harm.done += 1;
                event.stopImmediatePropagation();
                const say = (kind, head) =>
                    this.dispatchEvent(new MessageEvent(kind, { data: { head, buffers: [] } }));
                if (harm.instead === 'failed') say('message', { Failed: { reason: 'made to fail' } });
                if (harm.instead === 'garbled') say('message', { Nonsense: {} });
                if (harm.instead === 'unreadable') say('messageerror', null);
            });
        }
        postMessage(message, transfer) {
            if (message.head.Encode && harm.posts > 0) {
                harm.posts -= 1;
                harm.done += 1;
                message = { ...message, uncloneable: () => {} };
            }
            super.postMessage(message, transfer);
        }
    };";

/// A harm that is repeated forever.
const ALWAYS: u32 = 1_000_000;

/// Opens the page with workers of which `harm` is true. `what` is the fragment of its address.
async fn open(harm: Value, what: &str) -> Result<Browser> {
    let browser = Browser::start(Look::DESK).await?;
    harm_the_next_page(&browser, &harm).await?;
    goto(&browser, what).await?;
    Ok(browser)
}

async fn harm_the_next_page(browser: &Browser, harm: &Value) -> Result<()> {
    let source = format!("window.harm = {harm}; {WRAPPER}");
    browser
        .devtools(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": source }),
        )
        .await?;
    Ok(())
}

async fn goto(browser: &Browser, what: &str) -> Result<()> {
    let address = format!("{}?backend=cpu&deadlines={FACTOR}#{what}", page_url()?);
    browser.goto(&address).await
}

async fn stage(browser: &Browser, wanted: &str, within: Duration) -> Result<()> {
    let condition = format!("document.documentElement.dataset.stage === '{wanted}'");
    browser.wait_until(&condition, within).await
}

/// The tree is there within this time, with all galaxies, and the console has nothing to say.
async fn ends_with_a_tree(browser: &Browser, galaxies: usize, within: Duration) -> Result<()> {
    stage(browser, "ready", within).await?;
    assert_eq!(browser.text("#set-menu b").await?, galaxies.to_string());
    let table = save(browser, "#save-csv", "grove-groups.csv").await?;
    assert_eq!(table.lines().count(), galaxies + 1, "every galaxy is in a group");
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    Ok(())
}

/// The device is given up within this time, and the page says so.
async fn ends_without_a_device(browser: &Browser, within: Duration) -> Result<()> {
    let unusable = "document.documentElement.dataset.device === 'unusable'";
    browser.wait_until(unusable, within).await?;
    stage(browser, "idle", Duration::from_secs(1)).await?;
    let notice = browser.text(".notice.bad").await?;
    ensure!(
        notice.contains("The model cannot run in this browser") && notice.contains("Reload the page"),
        "{notice}"
    );
    Ok(())
}

/// A file that is dropped now is refused, and not waited for.
async fn a_dropped_file_is_refused(browser: &Browser) -> Result<()> {
    browser
        .choose_files("#picker", &[fixture("intake/gray16.png")])
        .await?;
    let refused = "[...document.querySelectorAll('.verdict')].some(row => \
        row.dataset.verdict === 'refused' && row.textContent.includes('gray16.png'))";
    browser.wait_until(refused, WORK).await?;
    stage(browser, "idle", Duration::from_secs(1)).await
}

/// Runs JavaScript in one of the page's workers, through its DevTools target, and does not wait for it.
async fn run_in_a_worker(browser: &Browser, expression: &str) -> Result<()> {
    let targets = browser.devtools("Target.getTargets", json!({})).await?;
    let targets = targets["targetInfos"].as_array().context("a list of targets")?;
    let worker = targets
        .iter()
        .find(|target| target["type"] == "worker")
        .context("no worker is running")?;
    let attached = browser
        .devtools(
            "Target.attachToTarget",
            json!({"targetId": worker["targetId"], "flatten": false}),
        )
        .await?;
    let message = json!({"id": 1, "method": "Runtime.evaluate", "params": {"expression": expression}});
    browser
        .devtools(
            "Target.sendMessageToTarget",
            json!({"sessionId": attached["sessionId"], "message": message.to_string()}),
        )
        .await?;
    Ok(())
}

/// A worker is lost in the middle of the encoding, without an error that anything could catch.
async fn a_worker_falls_silent(last_words: &str) -> Result<()> {
    const GALAXIES: usize = 1000;
    let browser = open(json!({}), &format!("set=simulated&seed=1&n={GALAXIES}")).await?;
    let at_work = "/codes: [1-9]/.test(document.querySelector('.progress').innerText)";
    browser.wait_until(at_work, WORK).await?;
    let before = number(&browser, "window.harm.started").await?;
    run_in_a_worker(&browser, last_words).await?;
    let silent = Instant::now();

    let noticed = noticed_within(MODEL, 1.0);
    // The worker answers what it was at, is given one more chunk, and says nothing any more.
    let chunk = Duration::from_secs(10);
    browser
        .wait_until(&format!("window.harm.started > {before}"), noticed + chunk)
        .await
        .context("the lost worker was not replaced")?;
    let replaced = silent.elapsed();
    ensure!(
        replaced + Duration::from_secs(1) > noticed,
        "it was replaced after {replaced:?} already: it was not silent"
    );
    ends_with_a_tree(&browser, GALAXIES, WORK).await
}

#[tokio::test]
async fn a_worker_that_is_killed_is_replaced_and_its_galaxies_come_back() -> Result<()> {
    // DevTools can close no dedicated worker from outside.
    a_worker_falls_silent("self.close()").await
}

#[tokio::test]
async fn a_worker_that_hangs_is_replaced_and_its_galaxies_come_back() -> Result<()> {
    a_worker_falls_silent("for (;;);").await
}

/// The browser says at once that the script does not come: no deadline has to pass.
async fn no_script(script: &str, expected: &str) -> Result<()> {
    let browser = open(json!({ "script": script }), "set=none").await?;
    ends_without_a_device(&browser, WORK).await?;
    a_dropped_file_is_refused(&browser).await?;
    let errors = browser.console_errors().await?;
    ensure!(
        errors.iter().all(|error| error.contains(expected)),
        "the script, and nothing else: {errors:#?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_worker_script_that_is_missing_is_reported() -> Result<()> {
    no_script("./pkg/missing.js", "pkg/missing.js").await
}

#[tokio::test]
async fn a_worker_script_that_is_blocked_is_reported() -> Result<()> {
    // DevTools' list of blocked addresses is not asked for the script of a worker; the page's security policy is.
    no_script("data:text/javascript,0", "Content Security Policy").await
}

#[tokio::test]
async fn a_worker_that_the_browser_refuses_to_start_is_reported() -> Result<()> {
    // The constructor throws, because the script is of another origin.
    no_script("http://another.invalid/worker.js", "another.invalid").await
}

#[tokio::test]
async fn a_worker_script_that_never_says_a_word_is_reported() -> Result<()> {
    // The engine's bindings by themselves do nothing.
    let begun = Instant::now();
    let browser = open(
        json!({"script": "./pkg/engine-cpu.js"}),
        "set=simulated&seed=1&n=60",
    )
    .await?;
    browser.wait_until("window.harm.started > 0", WORK).await?;
    // All that are to run at once are started in one turn.
    let workers = number(&browser, "window.harm.started").await?;
    let noticed = noticed_within(HELLO, (MAX_FAILED_STARTS / workers).ceil());
    ends_without_a_device(&browser, noticed + WORK).await?;
    println!("{workers} workers, reported after {:?}", begun.elapsed());
    a_dropped_file_is_refused(&browser).await?;
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    Ok(())
}

/// Something goes wrong once while galaxies are encoded.
async fn one_harm(harm: Value, within: Duration) -> Result<()> {
    const GALAXIES: usize = 100;
    let browser = open(harm, &format!("set=simulated&seed=1&n={GALAXIES}")).await?;
    ends_with_a_tree(&browser, GALAXIES, within).await?;
    assert_eq!(number(&browser, "window.harm.done").await?, 1.0);
    Ok(())
}

#[tokio::test]
async fn an_answer_that_fails_is_asked_for_again() -> Result<()> {
    one_harm(json!({"answers": 1, "instead": "failed"}), WORK).await
}

#[tokio::test]
async fn an_answer_that_cannot_be_understood_is_asked_for_again() -> Result<()> {
    one_harm(json!({"answers": 1, "instead": "garbled"}), WORK).await?;
    one_harm(json!({"answers": 1, "instead": "unreadable"}), WORK).await
}

#[tokio::test]
async fn an_answer_that_gets_lost_is_asked_for_again() -> Result<()> {
    let noticed = noticed_within(MODEL, 1.0);
    one_harm(json!({"answers": 1, "instead": "nothing"}), noticed + WORK).await
}

#[tokio::test]
async fn a_message_that_cannot_be_posted_is_posted_again() -> Result<()> {
    one_harm(json!({"posts": 1}), WORK).await
}

/// What goes wrong every time is reported, and what was read is kept: when it is over, the work goes on.
async fn every_time(harm: Value, reason: &str) -> Result<()> {
    const GALAXIES: usize = 100;
    let browser = open(harm, &format!("set=simulated&seed=1&n={GALAXIES}")).await?;
    browser.wait_for("#go-on", WORK).await?;
    stage(&browser, "idle", Duration::from_secs(1)).await?;
    let notice = browser.text(".notice.bad").await?;
    ensure!(
        notice.contains("given up after three tries") && notice.contains(reason),
        "{notice}"
    );
    assert_eq!(browser.text("#set-menu b").await?, GALAXIES.to_string());
    ensure!(number(&browser, "window.harm.done").await? >= 3.0);
    browser
        .eval("window.harm.answers = window.harm.posts = 0; return null;")
        .await?;
    browser.click("#go-on").await?;
    ends_with_a_tree(&browser, GALAXIES, WORK).await
}

#[tokio::test]
async fn answers_that_always_fail_are_given_up_and_the_work_can_go_on() -> Result<()> {
    every_time(json!({"answers": ALWAYS, "instead": "failed"}), "made to fail").await
}

#[tokio::test]
async fn messages_that_can_never_be_posted_are_given_up_and_the_work_can_go_on() -> Result<()> {
    every_time(json!({"posts": ALWAYS}), "could not be cloned").await
}
