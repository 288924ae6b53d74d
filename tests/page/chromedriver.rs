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
    /// Starts it and waits until it says which port it chose.
    pub fn start() -> Result<Self> {
        let program = program("GROVE_CHROMEDRIVER", "chromedriver");
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
        let mut seen = String::new();
        let port = loop {
            let Some(line) = lines.next().transpose()? else {
                bail!("{} ended before it listened:\n{seen}", program.display());
            };
            // "ChromeDriver was started successfully on port 39041."
            let tail = line
                .split_once("started successfully on port ")
                .map(|(_, tail)| tail);
            if let Some(port) = tail.and_then(|tail| tail.trim_end_matches('.').parse().ok()) {
                break port;
            }
            seen.push_str(&line);
            seen.push('\n');
        };
        // Read on, or a full pipe would one day stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { process, port })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends a session, and so its browser. Blocking and by hand, for `Drop`: after a failed assertion there is no
    /// runtime to wait on, and a browser that outlives its driver would stay for ever.
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
