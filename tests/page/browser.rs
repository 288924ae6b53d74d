//! A headless Chromium under a test's control.
//!
//! Ordinary commands go through WebDriver; what WebDriver cannot do (real drops of files, the size of the view,
//! the folder for downloads) goes through the DevTools protocol, over the same connection.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::prelude::*;
use thirtyfour::{DesiredCapabilities, LoggingPrefsLogLevel};

use crate::chromedriver::{ChromeDriver, program};

/// How often a condition is looked at again.
const BEAT: Duration = Duration::from_millis(50);

/// What kind of device the browser pretends to be.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Width of the view in CSS pixels.
    pub width: u32,
    /// Height of the view in CSS pixels.
    pub height: u32,
    /// A touch screen and a mobile viewport.
    pub mobile: bool,
    /// Offer WebGPU, on the software adapter; without it the page finds no adapter.
    pub webgpu: bool,
}

impl Look {
    /// A desktop screen, no WebGPU.
    pub const DESK: Self = Self {
        width: 1440,
        height: 900,
        mobile: false,
        webgpu: false,
    };
    /// A telephone held upright, no WebGPU.
    pub const PHONE: Self = Self {
        width: 390,
        height: 844,
        mobile: true,
        webgpu: false,
    };

    /// The same with WebGPU.
    pub const fn with_webgpu(self) -> Self {
        Self { webgpu: true, ..self }
    }
}

/// A browser with one tab. Dropping it ends it.
pub struct Browser {
    /// The session; `None` only while dropping.
    driver: Option<WebDriver>,
    process: ChromeDriver,
    /// Profile and downloads; removed after the browser has ended.
    home: TempDir,
}

impl Browser {
    /// Starts a browser with a new profile.
    pub async fn start(look: Look) -> Result<Self> {
        let home = tempfile::tempdir()?;
        let process = ChromeDriver::start()?;
        let mut wishes = DesiredCapabilities::chrome();
        if std::env::var_os("GROVE_CHROMIUM").is_some() {
            wishes.set_binary(&program("GROVE_CHROMIUM", "chromium").to_string_lossy())?;
        }
        wishes.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        let profile = format!("--user-data-dir={}", home.path().join("profile").display());
        let window = format!("--window-size={},{}", look.width, look.height);
        // Nothing here may connect to the network but the page itself: a test machine may have none.
        for argument in [
            "--headless",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            &profile,
            &window,
        ] {
            wishes.add_arg(argument)?;
        }
        if look.webgpu {
            wishes.add_arg("--enable-unsafe-webgpu")?;
        }
        // A proxy in the environment must not come between us and 127.0.0.1.
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(300))
            .build()?;
        let driver = WebDriver::builder(process.url(), wishes)
            .client(client)
            .connect()
            .await
            .context("chromedriver could not start Chromium; are both of the same version?")?;
        let browser = Self {
            driver: Some(driver),
            process,
            home,
        };
        let driver = browser.driver()?;
        driver.set_script_timeout(Duration::from_secs(240)).await?;
        driver.set_page_load_timeout(Duration::from_secs(60)).await?;
        browser.view(look.width, look.height, look.mobile).await?;
        std::fs::create_dir_all(browser.downloads())?;
        let folder = browser.downloads().display().to_string();
        browser
            .devtools(
                "Browser.setDownloadBehavior",
                json!({"behavior": "allow", "downloadPath": folder}),
            )
            .await?;
        Ok(browser)
    }

    /// The session itself, for what has no helper here.
    pub fn driver(&self) -> Result<&WebDriver> {
        self.driver.as_ref().context("the browser has ended")
    }

    /// A command of the DevTools protocol and its answer.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        self.driver()?
            .cdp()
            .send_raw(command, parameters)
            .await
            .with_context(|| format!("DevTools: {command}"))
    }

    /// Gives the view a size in CSS pixels, without the frame that a window would have.
    pub async fn view(&self, width: u32, height: u32, mobile: bool) -> Result<()> {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await?;
        self.devtools("Emulation.setTouchEmulationEnabled", json!({"enabled": mobile}))
            .await?;
        Ok(())
    }

    /// Opens an address and waits until it is loaded.
    pub async fn goto(&self, url: &str) -> Result<()> {
        self.driver()?
            .goto(url)
            .await
            .with_context(|| format!("cannot open {url}"))
    }

    /// The document's title.
    pub async fn title(&self) -> Result<String> {
        Ok(self.driver()?.title().await?)
    }

    /// Waits for an element that is displayed.
    pub async fn wait_for(&self, css: &str, timeout: Duration) -> Result<WebElement> {
        let end = Instant::now() + timeout;
        loop {
            for element in self.driver()?.find_all(By::Css(css)).await? {
                // An element that was replaced meanwhile is not displayed.
                if element.is_displayed().await.unwrap_or(false) {
                    return Ok(element);
                }
            }
            if Instant::now() > end {
                bail!(
                    "no `{css}` was displayed within {timeout:?}{}",
                    self.scene().await
                );
            }
            tokio::time::sleep(BEAT).await;
        }
    }

    /// Waits until a JavaScript expression is true. One that throws is not true yet.
    pub async fn wait_until(&self, condition: &str, timeout: Duration) -> Result<()> {
        let end = Instant::now() + timeout;
        let script =
            format!("try {{ return Boolean({condition}); }} catch (error) {{ return String(error); }}");
        loop {
            let answer = self.eval(&script).await?;
            if answer == Value::Bool(true) {
                return Ok(());
            }
            if Instant::now() > end {
                bail!(
                    "`{condition}` was still {answer} after {timeout:?}{}",
                    self.scene().await
                );
            }
            tokio::time::sleep(BEAT).await;
        }
    }

    /// The text of the first element that matches, as displayed.
    pub async fn text(&self, css: &str) -> Result<String> {
        Ok(self.element(css).await?.text().await?)
    }

    /// Clicks the first element that matches, as a user does: it must be visible and uncovered.
    pub async fn click(&self, css: &str) -> Result<()> {
        self.element(css)
            .await?
            .click()
            .await
            .with_context(|| format!("cannot click `{css}`"))
    }

    /// Types into the element that has the focus; for special keys see [`Key`].
    pub async fn press(&self, keys: impl Into<TypingData>) -> Result<()> {
        Ok(self
            .driver()?
            .action_chain()
            .send_keys(keys.into())
            .perform()
            .await?)
    }

    /// Presses the mouse in an element, moves it in steps and lets go. Points are fractions of the element's box:
    /// (0, 0) is its top left corner, (1, 1) its bottom right one.
    pub async fn drag(&self, css: &str, from: (f64, f64), to: (f64, f64)) -> Result<()> {
        const STEPS: u32 = 10;
        let start = self.point(css, from).await?;
        let end = self.point(css, to).await?;
        self.mouse("mouseMoved", start, 0).await?;
        self.mouse("mousePressed", start, 1).await?;
        for step in 1..=STEPS {
            let part = f64::from(step) / f64::from(STEPS);
            let at = (
                start.0 + (end.0 - start.0) * part,
                start.1 + (end.1 - start.1) * part,
            );
            self.mouse("mouseMoved", at, 1).await?;
        }
        self.mouse("mouseReleased", end, 1).await
    }

    /// Moves the mouse to a point of an element, in fractions of its box.
    pub async fn hover(&self, css: &str, at: (f64, f64)) -> Result<()> {
        let at = self.point(css, at).await?;
        self.mouse("mouseMoved", at, 0).await
    }

    /// Clicks a point of an element, in fractions of its box.
    pub async fn click_at(&self, css: &str, at: (f64, f64)) -> Result<()> {
        let at = self.point(css, at).await?;
        self.mouse("mouseMoved", at, 0).await?;
        self.mouse("mousePressed", at, 1).await?;
        self.mouse("mouseReleased", at, 1).await
    }

    /// Runs the body of a function in the page and returns what it `return`s.
    pub async fn eval(&self, body: &str) -> Result<Value> {
        let answer = self.driver()?.execute(body, Vec::<Value>::new()).await;
        Ok(answer
            .with_context(|| format!("in the page: {body}"))?
            .json()
            .clone())
    }

    /// The same for the body of an `async` function.
    pub async fn eval_async(&self, body: &str) -> Result<Value> {
        self.eval(&format!("return (async () => {{ {body} }})();")).await
    }

    /// Saves what is in view as `NAME.png` (see the crate's notes for the folder) and returns its path.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let folder = std::env::var_os("GROVE_SCREENSHOTS").map_or_else(
            || Path::new(env!("CARGO_TARGET_TMPDIR")).join("page"),
            PathBuf::from,
        );
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(name).with_extension("png");
        self.driver()?.screenshot(&path).await?;
        println!("screenshot: {}", path.display());
        Ok(path)
    }

    /// Drops files or folders on an element, as from the system's file manager: the page gets trusted drag events
    /// with real `File` objects.
    pub async fn drop_files(&self, css: &str, paths: &[impl AsRef<Path>]) -> Result<()> {
        let files = absolute(paths)?;
        let (x, y) = self.point(css, (0.5, 0.5)).await?;
        for kind in ["dragEnter", "dragOver", "drop"] {
            let data = json!({"items": [], "files": files, "dragOperationsMask": 1});
            self.devtools(
                "Input.dispatchDragEvent",
                json!({"type": kind, "x": x, "y": y, "data": data}),
            )
            .await?;
        }
        Ok(())
    }

    /// Chooses files in an `<input type="file">`, displayed or not.
    pub async fn choose_files(&self, css: &str, paths: &[impl AsRef<Path>]) -> Result<()> {
        let files = absolute(paths)?;
        Ok(self.element(css).await?.send_keys(files.join("\n")).await?)
    }

    /// Errors in the console since the last call: uncaught exceptions, failed requests, `console.error`.
    ///
    /// What a worker says comes late, so this waits a moment first; "no error" would otherwise mean little.
    pub async fn console_errors(&self) -> Result<Vec<String>> {
        const SETTLE: Duration = Duration::from_millis(300);
        tokio::time::sleep(SETTLE).await;
        let entries = self.driver()?.browser_log().await?;
        Ok(entries
            .into_iter()
            .filter(|entry| entry.level == "SEVERE")
            .map(|entry| entry.message)
            .collect())
    }

    /// Waits for a finished download of this name and returns its path. The folder is this browser's own.
    pub async fn wait_for_download(&self, name: &str, timeout: Duration) -> Result<PathBuf> {
        let path = self.downloads().join(name);
        let end = Instant::now() + timeout;
        // While it loads, a download has another name (`.crdownload`).
        while !path.is_file() {
            if Instant::now() > end {
                let there: Vec<_> = std::fs::read_dir(self.downloads())?
                    .filter_map(|entry| Some(entry.ok()?.file_name()))
                    .collect();
                bail!(
                    "no download {name} within {timeout:?}; there are {there:?}{}",
                    self.scene().await
                );
            }
            tokio::time::sleep(BEAT).await;
        }
        Ok(path)
    }

    fn downloads(&self) -> PathBuf {
        self.home.path().join("downloads")
    }

    async fn element(&self, css: &str) -> Result<WebElement> {
        self.driver()?
            .find(By::Css(css))
            .await
            .with_context(|| format!("there is no `{css}`"))
    }

    /// A point of an element in the view's coordinates; the element is scrolled into view first.
    async fn point(&self, css: &str, part: (f64, f64)) -> Result<(f64, f64)> {
        let element = self.element(css).await?.to_json()?;
        let script =
            "arguments[0].scrollIntoView({block: 'nearest', inline: 'nearest', behavior: 'instant'});
            const box = arguments[0].getBoundingClientRect();
            return [box.left, box.top, box.width, box.height];";
        let corners: [f64; 4] = self.driver()?.execute(script, vec![element]).await?.convert()?;
        let [left, top, width, height] = corners;
        ensure!(width > 0.0 && height > 0.0, "`{css}` has no area on the screen");
        Ok((left + width * part.0, top + height * part.1))
    }

    async fn mouse(&self, kind: &str, (x, y): (f64, f64), buttons: u8) -> Result<()> {
        let button = if buttons == 0 { "none" } else { "left" };
        let clicks = u8::from(kind != "mouseMoved");
        let held = if kind == "mouseReleased" { 0 } else { buttons };
        let event =
            json!({"type": kind, "x": x, "y": y, "button": button, "buttons": held, "clickCount": clicks});
        self.devtools("Input.dispatchMouseEvent", event).await?;
        Ok(())
    }

    /// What a failed wait adds to its message: where the browser was and what the console said.
    async fn scene(&self) -> String {
        let url = match self.driver() {
            Ok(driver) => driver
                .current_url()
                .await
                .map(|url| url.to_string())
                .unwrap_or_default(),
            Err(_ended) => String::new(),
        };
        let errors = self.console_errors().await.unwrap_or_default();
        let picture = self
            .screenshot("failed")
            .await
            .map(|path| path.display().to_string())
            .unwrap_or_default();
        format!("\n  at {url}\n  picture: {picture}\n  console: {errors:?}")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            let session = driver.session_id().to_string();
            let _ours_to_end = driver.leak();
            let _already_gone = self.process.end_session(&session);
        }
    }
}

fn absolute(paths: &[impl AsRef<Path>]) -> Result<Vec<String>> {
    paths
        .iter()
        .map(|path| {
            let path = path.as_ref();
            let full = std::fs::canonicalize(path).with_context(|| format!("no file {}", path.display()))?;
            Ok(full.to_string_lossy().into_owned())
        })
        .collect()
}
