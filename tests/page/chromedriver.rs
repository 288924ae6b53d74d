//! The driver's process: started on a port of its own, ended with its browser when dropped.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// A running chromedriver.
pub struct ChromeDriver {
    process: Child,
    port: u16,
}

/// The program that a variable names, or else the one called `name`.
pub fn program(variable: &str, name: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| PathBuf::from(name), PathBuf::from)
}

impl ChromeDriver {
    /// Starts it and waits until it listens.
    ///
    /// Asked to choose its port, it chooses one for IPv6 and gives up if the same one is taken for IPv4, so more than
    /// one try may be needed.
    pub fn start() -> Result<Self> {
        const TRIES: usize = 10;
        let program = program("GROVE_CHROMEDRIVER", "chromedriver");
        let mut stated = String::new();
        for _ in 0..TRIES {
            let mut process = Command::new(&program)
                .arg("--port=0")
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .with_context(|| {
                    format!(
                        "cannot start {}: install it (`cargo xtask test` says how)",
                        program.display()
                    )
                })?;
            let mut lines = BufReader::new(process.stdout.take().context("no output to read")?).lines();
            // Owned from here on, so that every way out ends the process.
            let mut driver = Self { process, port: 0 };
            stated.clear();
            while let Some(line) = lines.next().transpose()? {
                // "ChromeDriver was started successfully on port 39041."
                let tail = line
                    .split_once("started successfully on port ")
                    .map(|(_, tail)| tail);
                if let Some(port) = tail.and_then(|tail| tail.trim_end_matches('.').parse().ok()) {
                    driver.port = port;
                    // Read on, or a full pipe would one day stop it.
                    std::thread::spawn(move || lines.for_each(drop));
                    return Ok(driver);
                }
                stated.push_str(&line);
                stated.push('\n');
            }
        }
        bail!(
            "{} ended before it listened, {TRIES} times:\n{stated}",
            program.display()
        );
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends a session, and so its browser. Blocking and by hand, for `Drop`: after a failed assertion there is no
    /// runtime to wait on, and a browser that outlives its driver would stay forever.
    pub fn end_session(&self, session: &str) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        write!(
            stream,
            "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )?;
        // The answer comes when the browser is gone. One byte of it is enough.
        stream.read_exact(&mut [0])
    }
}

impl Drop for ChromeDriver {
    fn drop(&mut self) {
        let _already_gone = self.process.kill();
        let _status = self.process.wait();
    }
}
