//! A small local server for a folder of files: the page, and data beside it.
//!
//! It sends nothing that a plain static host would not send: what works here works there. `Cache-Control: no-cache`
//! makes the browser ask each time, and an `ETag` lets it keep what did not change (and with it the machine
//! code that it compiled from the wasm). Parts of large files are sent on request (`Range`).
//!
//! ```
//! let folder = std::env::temp_dir();
//! let site = grove_site::Site::start(folder, 0, "/")?;
//! assert!(site.address().starts_with("http://127.0.0.1:"));
//! # Ok::<(), grove_site::SiteError>(())
//! ```

mod range;

use range::{Asked, asked};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::UNIX_EPOCH;
use tiny_http::{Header, Method, Request, Response, Server, StatusCode};

/// Why a folder cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// No port.
    #[error("no port of 127.0.0.1 can be listened on: {0}")]
    Port(#[from] std::io::Error),
    /// The server did not start.
    #[error("the local server could not be started: {0}")]
    Server(String),
}

/// What a host does in its own way.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// Headers that it adds to every answer; a `Cache-Control` takes the place of ours.
    pub headers: Vec<(String, String)>,
    /// It knows no type for WebAssembly, and sends it as bytes.
    pub wasm_as_bytes: bool,
    /// It sends whole files only, whatever is asked for.
    pub no_ranges: bool,
}

/// Threads that answer; a page asks for a handful of files at a time.
const THREADS: usize = 4;

/// A running server. It stops when dropped.
pub struct Site {
    server: Arc<Server>,
    threads: Vec<JoinHandle<()>>,
    base: String,
    /// The port it listens on.
    pub port: u16,
}

impl Site {
    /// Serves `folder` under the path `base` (it begins and ends with `/`) on 127.0.0.1. If `port` is taken or 0,
    /// the system chooses one.
    ///
    /// # Errors
    /// [`SiteError`] when no port is free.
    pub fn start(folder: PathBuf, port: u16, base: &str) -> Result<Self, SiteError> {
        Self::in_the_manner(folder, port, base, Manner::default())
    }

    /// The same in the manner of some host.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn in_the_manner(folder: PathBuf, port: u16, base: &str, manner: Manner) -> Result<Self, SiteError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .or_else(|_taken| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let port = listener.local_addr()?.port();
        let server =
            Server::from_listener(listener, None).map_err(|error| SiteError::Server(error.to_string()))?;
        let server = Arc::new(server);
        let threads = (0..THREADS)
            .map(|_| {
                let (server, folder, base) = (Arc::clone(&server), folder.clone(), base.to_owned());
                let manner = manner.clone();
                std::thread::spawn(move || {
                    // The error is the end: `unblock` makes `recv` fail.
                    while let Ok(request) = server.recv() {
                        // A visitor who went away before the answer is no concern of ours.
                        let _gone = respond(request, &folder, &base, &manner);
                    }
                })
            })
            .collect();
        Ok(Self {
            server,
            threads,
            base: base.to_owned(),
            port,
        })
    }

    /// Where the page is.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.base)
    }

    /// Serves until the program is interrupted.
    pub fn wait(mut self) {
        for thread in self.threads.drain(..) {
            let _panicked = thread.join();
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        for _ in &self.threads {
            self.server.unblock();
        }
        for thread in self.threads.drain(..) {
            let _panicked = thread.join();
        }
    }
}

fn respond(request: Request, folder: &Path, base: &str, manner: &Manner) -> std::io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(text(405, "only GET and HEAD are answered here"));
    }
    let Some(path) = locate(folder, base, request.url()) else {
        return request.respond(text(404, "there is no such file"));
    };
    let Ok(mut file) = File::open(&path) else {
        return request.respond(text(404, "there is no such file"));
    };
    let tag = tag(&file)?;
    let known = request
        .headers()
        .iter()
        .any(|h| h.field.equiv("If-None-Match") && h.value.as_str() == tag);
    if known {
        let mut response = Response::empty(304);
        add(&mut response, "Cache-Control", "no-cache");
        add(&mut response, "ETag", &tag);
        return request.respond(response);
    }
    let length = file.metadata()?.len();
    let mut headers = request.headers().iter().filter(|_| !manner.no_ranges);
    let range = headers.find(|h| h.field.equiv("Range"));
    let (status, part) = match asked(range.map(|h| h.value.as_str()), length) {
        Asked::All => (200, 0..length),
        Asked::Part(part) => (206, part),
        Asked::Nothing => {
            let mut response = text(416, "the file is shorter");
            add(&mut response, "Content-Range", &format!("bytes */{length}"));
            return request.respond(response);
        }
    };
    file.seek(SeekFrom::Start(part.start))?;
    let size = part.end - part.start;
    let body = file.take(size);
    // Always with a length, never in chunks: pages show how far a download is.
    let size = usize::try_from(size).ok();
    let mut response =
        Response::new(StatusCode(status), Vec::new(), body, size, None).with_chunked_threshold(usize::MAX);
    if status == 206 {
        let range = format!("bytes {}-{}/{length}", part.start, part.end - 1);
        add(&mut response, "Content-Range", &range);
    }
    let kind = match content_type(&path) {
        "application/wasm" if manner.wasm_as_bytes => "application/octet-stream",
        kind => kind,
    };
    add(&mut response, "Content-Type", kind);
    add(&mut response, "Accept-Ranges", "bytes");
    add(&mut response, "ETag", &tag);
    if !manner
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("Cache-Control"))
    {
        add(&mut response, "Cache-Control", "no-cache");
    }
    for (name, value) in &manner.headers {
        add(&mut response, name, value);
    }
    request.respond(response)
}

fn text(status: u16, message: &str) -> Response<std::io::Cursor<Vec<u8>>> {
    Response::from_string(message).with_status_code(status)
}

fn add<R: std::io::Read>(response: &mut Response<R>, name: &str, value: &str) {
    if let Ok(header) = Header::from_bytes(name, value) {
        response.add_header(header);
    }
}

/// What changes when the file does: its length and the time of its last change.
fn tag(file: &File) -> std::io::Result<String> {
    let metadata = file.metadata()?;
    let changed = metadata
        .modified()?
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Ok(format!("\"{:x}-{:x}\"", metadata.len(), changed.as_nanos()))
}

/// The file that an address means, or `None` if it means nothing inside `folder`.
fn locate(folder: &Path, base: &str, url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?;
    let decoded = percent_decode(path.strip_prefix(base)?)?;
    // Backslashes and colons would be separators and drives on Windows.
    if decoded.contains(['\\', ':', '\0']) {
        return None;
    }
    let relative = Path::new(&decoded);
    if !relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return None;
    }
    let mut found = folder.join(relative);
    if decoded.is_empty() || decoded.ends_with('/') {
        found.push("index.html");
    }
    found.is_file().then_some(found)
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let value = digit(rest.next()?)? * 16 + digit(rest.next()?)?;
            bytes.push(u8::try_from(value).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn content_type(path: &Path) -> &'static str {
    match path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
    {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        // Bundles and weights (.safetensors), FITS: bytes.
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "test code stops at the first surprise")]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::net::TcpStream;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("dist")).unwrap();
        std::fs::create_dir(folder.path().join("dist/pkg")).unwrap();
        std::fs::write(folder.path().join("secret.txt"), "outside").unwrap();
        std::fs::write(folder.path().join("dist/index.html"), "<title>Grove</title>").unwrap();
        std::fs::write(folder.path().join("dist/pkg/app_bg.wasm"), vec![7; 100_000]).unwrap();
        std::fs::write(folder.path().join("dist/pkg/my file.js"), "export {};").unwrap();
        folder
    }

    /// One request as a browser would send it, and the whole answer: head and body.
    fn ask(site: &Site, method: &str, path: &str, header: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, site.port)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: x\r\n{header}Connection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        (
            String::from_utf8(answer[..end].to_vec()).unwrap(),
            answer[end + 4..].to_vec(),
        )
    }

    #[test]
    fn files_come_with_their_type_and_length() {
        let folder = folder();
        let site = Site::start(folder.path().join("dist"), 0, "/").unwrap();
        let (head, body) = ask(&site, "GET", "/", "");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(head.contains("Content-Type: text/html; charset=utf-8"), "{head}");
        assert!(head.contains("Cache-Control: no-cache"), "{head}");
        assert_eq!(body, b"<title>Grove</title>");

        let (head, body) = ask(&site, "GET", "/pkg/app_bg.wasm?v=123", "");
        assert!(head.contains("Content-Type: application/wasm"), "{head}");
        assert!(head.contains("Content-Length: 100000"), "{head}");
        assert_eq!(body.len(), 100_000);

        let (head, _) = ask(&site, "GET", "/pkg/my%20file.js", "");
        assert!(head.contains("Content-Type: text/javascript"), "{head}");
    }

    #[test]
    fn parts_of_a_file_are_sent() {
        let folder = folder();
        std::fs::write(folder.path().join("dist/a.bin"), [1, 2, 3, 4, 5]).unwrap();
        let site = Site::start(folder.path().join("dist"), 0, "/").unwrap();
        let part = |range: &str| ask(&site, "GET", "/a.bin", &format!("Range: {range}\r\n"));
        let (head, body) = part("bytes=1-3");
        assert!(head.starts_with("HTTP/1.1 206"), "{head}");
        assert!(head.contains("Content-Range: bytes 1-3/5"), "{head}");
        assert!(head.contains("Content-Length: 3"), "{head}");
        assert_eq!(body, [2, 3, 4]);
        assert_eq!(part("bytes=-2").1, [4, 5]);
        let (head, _) = part("bytes=7-9");
        assert!(head.starts_with("HTTP/1.1 416"), "{head}");
        assert!(head.contains("Content-Range: bytes */5"), "{head}");
    }

    #[test]
    fn hosts_have_their_manners() {
        let folder = folder();
        let manner = Manner {
            headers: vec![("X-Frame-Options".to_owned(), "deny".to_owned())],
            wasm_as_bytes: true,
            ..Manner::default()
        };
        let site = Site::in_the_manner(folder.path().join("dist"), 0, "/a/", manner).unwrap();
        let (head, _) = ask(&site, "GET", "/a/pkg/app_bg.wasm", "");
        assert!(head.contains("X-Frame-Options: deny"), "{head}");
        assert!(head.contains("Content-Type: application/octet-stream"), "{head}");
    }

    #[test]
    fn head_sends_no_body() {
        let folder = folder();
        let site = Site::start(folder.path().join("dist"), 0, "/").unwrap();
        let (head, body) = ask(&site, "HEAD", "/pkg/app_bg.wasm", "");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(body.is_empty());
    }

    #[test]
    fn an_unchanged_file_is_not_sent_again() {
        let folder = folder();
        let site = Site::start(folder.path().join("dist"), 0, "/").unwrap();
        let (head, _) = ask(&site, "GET", "/index.html", "");
        let tag = head.lines().find_map(|line| line.strip_prefix("ETag: ")).unwrap();
        let (head, body) = ask(&site, "GET", "/index.html", &format!("If-None-Match: {tag}\r\n"));
        assert!(head.starts_with("HTTP/1.1 304"), "{head}");
        assert!(body.is_empty());
    }

    #[test]
    fn nothing_outside_the_folder_is_sent() {
        let folder = folder();
        let site = Site::start(folder.path().join("dist"), 0, "/").unwrap();
        for path in [
            "/../secret.txt",
            "/pkg/../../secret.txt",
            "/%2e%2e/secret.txt",
            "/..%2fsecret.txt",
            "/..%5csecret.txt",
            "//etc/passwd",
            "/%2fetc/passwd",
            "/C:%5csecret.txt",
            "/pkg",
            "/pkg/",
            "/%zz",
            "/%",
            "/%00",
            "/missing",
        ] {
            let (head, body) = ask(&site, "GET", path, "");
            assert!(head.starts_with("HTTP/1.1 404"), "{path}: {head}");
            assert!(!body.windows(7).any(|seven| seven == b"outside"), "{path}");
        }
    }

    #[test]
    fn other_methods_are_refused() {
        let folder = folder();
        let site = Site::start(folder.path().join("dist"), 0, "/").unwrap();
        let (head, _) = ask(&site, "DELETE", "/index.html", "");
        assert!(head.starts_with("HTTP/1.1 405"), "{head}");
    }

    #[test]
    fn a_page_can_lie_below_a_path() {
        let folder = folder();
        let site = Site::start(folder.path().join("dist"), 0, "/some/grove/").unwrap();
        assert!(site.address().ends_with("/some/grove/"));
        assert!(
            ask(&site, "GET", "/some/grove/", "")
                .0
                .starts_with("HTTP/1.1 200")
        );
        assert!(ask(&site, "GET", "/index.html", "").0.starts_with("HTTP/1.1 404"));
    }

    #[test]
    fn a_taken_port_is_left_alone() {
        let folder = folder();
        let first = Site::start(folder.path().join("dist"), 0, "/").unwrap();
        let second = Site::start(folder.path().join("dist"), first.port, "/").unwrap();
        assert_ne!(first.port, second.port);
        assert!(ask(&second, "GET", "/", "").0.starts_with("HTTP/1.1 200"));
    }
}
