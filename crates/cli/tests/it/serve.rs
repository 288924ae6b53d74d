//! `grove serve`, asked as a browser asks.

use grove_test_support::{bundle_of, failed, grove, grove_program, text};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A server that ends with the test.
struct Served {
    child: Child,
    port: u16,
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(grove_program())
            .arg("serve")
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .map(Result::unwrap)
            .find_map(|line| Some(line.split_once("http://127.0.0.1:")?.1.to_owned()))
            .expect("it says where the page is");
        let port = address.split('/').next().unwrap().parse().unwrap();
        Self { child, port }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn page(folder: &Path) {
    std::fs::create_dir_all(folder.join("www/model")).unwrap();
    let start =
        "<html lang=\"en\" data-build=\"7\"><title>Galaxy Grove</title><!--card--><!--/card--></html>";
    std::fs::write(folder.join("index.html"), start).unwrap();
    let model = grove_test_support::root().join("www/model/shape.safetensors");
    std::fs::copy(model, folder.join("www/model/shape.safetensors")).unwrap();
}

#[test]
fn the_page_is_served_alone_and_with_sorted_galaxies() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (dist, sorted) = (path("dist"), path("sorted"));
    page(&dist);
    let alone = Served::start(&[text(&dist), "--port", "0"]);
    assert!(alone.get("/").starts_with("HTTP/1.1 200"));
    assert!(alone.get("/../secret").starts_with("HTTP/1.1 404"));

    let input = bundle_of(folder.path(), 12);
    let run = grove(&[
        "sort",
        text(&input),
        "-o",
        text(&sorted),
        "-k",
        "2",
        "--examples",
        "0",
    ]);
    assert!(run.status.success());
    failed(&grove(&["serve", text(&sorted)]), &["no page", "--page dist/"]);
    failed(
        &grove(&["serve", text(&dist), "--page", text(&dist)]),
        &["no folder of sorted galaxies", "grove sort"],
    );
    failed(&grove(&["serve", text(folder.path())]), &["index.html"]);
    let both = Served::start(&[text(&sorted), "--page", text(&dist), "--port", "0"]);
    assert!(both.get("/").contains("data-set=\"data/grove.safetensors\""));
    assert!(both.get("/data/grove.safetensors").starts_with("HTTP/1.1 200"));
}
