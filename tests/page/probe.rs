//! A small site of our own, to try the harness on: pages with known behaviour, in memory.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use anyhow::Result;

/// A page that writes down what is dropped on it or chosen, offers a download, and fails on demand.
pub const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'">
<title>Probe</title>
<link rel="stylesheet" href="probe.css">
<script type="module" src="probe.js"></script>
</head>
<body>
<div id="target">drop here</div>
<input id="input" type="file" multiple hidden>
<a id="save" download="saved.csv">save</a>
<output id="seen"></output>
</body>
</html>"#;

/// The style of [`PAGE`]: what is dropped on lies far down, so that it must be scrolled to.
pub const STYLE: &str = "#target { width: 300px; height: 200px; margin-top: 2000px; }";

/// The script of [`PAGE`].
pub const SCRIPT: &str = r#"
const target = document.getElementById('target');
const seen = document.getElementById('seen');
window.log = [];
for (const kind of ['dragenter', 'dragover', 'drop']) {
  target.addEventListener(kind, (event) => {
    event.preventDefault();
    window.log.push([kind, event.isTrusted, Array.from(event.dataTransfer.types).join()]);
  });
}
async function notify(files) {
  const lines = [];
  for (const file of files) lines.push(`${file.name} ${file.size} ${await file.text()}`);
  seen.textContent = lines.sort().join('|');
}
async function walk(entry) {
  if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
  const inside = await new Promise((done, fail) => entry.createReader().readEntries(done, fail));
  return (await Promise.all(inside.map(walk))).flat();
}
target.addEventListener('drop', async (event) => {
  const entries = Array.from(event.dataTransfer.items, (item) => item.webkitGetAsEntry());
  notify((await Promise.all(entries.map(walk))).flat());
});
const input = document.getElementById('input');
input.addEventListener('change', () => notify(input.files));
for (const kind of ['pointerdown', 'pointermove', 'pointerup', 'click']) {
  target.addEventListener(kind, (event) => window.log.push([kind, Math.round(event.offsetX), event.buttons]));
}
document.addEventListener('keydown', (event) => window.log.push(['key', event.key]));
const save = document.getElementById('save');
save.href = URL.createObjectURL(new Blob(['id,group\n1,2\n']));
window.failInWorker = () => new Promise((done) => {
  const worker = new Worker('worker.js', { type: 'module' });
  worker.onerror = (event) => done(event.message);
});
"#;

/// A worker whose start fails the way a wasm that cannot be loaded fails; the last line is that of the scripts that
/// `cargo xtask build` writes.
pub const WORKER: &str = r#"
const init = async () => { throw new Error('no such wasm'); };
init().catch((error) => setTimeout(() => { throw error; }));
"#;

/// Serves the probe on a free port of 127.0.0.1 until the test program ends, and returns its address.
pub fn serve() -> Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = format!("http://{}/", listener.local_addr()?);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A browser that went away before the answer is no concern of ours.
            let _gone = answer(stream);
        }
    });
    Ok(address)
}

fn answer(mut stream: TcpStream) -> Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let (status, kind, body) = match request.split(' ').nth(1) {
        Some("/") => ("200 OK", "text/html", PAGE),
        Some("/probe.css") => ("200 OK", "text/css", STYLE),
        Some("/probe.js") => ("200 OK", "text/javascript", SCRIPT),
        Some("/worker.js") => ("200 OK", "text/javascript", WORKER),
        Some("/favicon.ico") => ("204 No Content", "text/plain", ""),
        _ => ("404 Not Found", "text/plain", "no such page"),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    Ok(())
}
