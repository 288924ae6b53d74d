//! A stand-in for the services of the CDS, on this computer, and for the page's own server around it.
//!
//! The page may connect to its own server and to the CDS only. So the fake services live on the page's own server: this one
//! passes every other request on to the real one. What a request asks decides how it is answered:
//!
//! | asked for | answer |
//! |---|---|
//! | the name `xyzzy` | nothing found |
//! | any other name | 345.815 +19.3, after half a second |
//! | declination 1 | 429 with `Retry-After: 1`, once, then a picture |
//! | declination 2 | 500, always |
//! | declination 3 | a web page with status 200 |
//! | declination 4 | a FITS file of NaN |
//! | declination 5 | nothing for 30 seconds |
//! | any other | a FITS file of a simulated galaxy, after half a second |

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How long a usual answer takes: long enough that two requests overlap.
const WORK: Duration = Duration::from_millis(500);

/// One request to the fake services.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Path and query.
    pub path: String,
    /// All lines of the request, small letters.
    pub head: String,
    /// When it came.
    pub begun: Instant,
    /// When it was answered.
    pub ended: Option<Instant>,
}

impl Asked {
    /// The value of a parameter, percent-encoded as it came.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let (_, query) = self.path.split_once('?')?;
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    /// True for the name resolver.
    pub fn is_name(&self) -> bool {
        self.path.starts_with("/fake-sky/sesame/")
    }
}

/// The running server. It ends with the test program.
pub struct SkyServer {
    origin: String,
    page: String,
    log: Arc<Mutex<Vec<Asked>>>,
}

impl SkyServer {
    /// Starts it in front of the server at `page`, whose address ends with `/`.
    pub fn start(page: &str) -> Result<Self> {
        let behind = page
            .strip_prefix("http://")
            .context("the page is served by http")?;
        let (behind, path) = behind.split_once('/').context("the address ends with /")?;
        let behind = behind.to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let origin = format!("http://{}", listener.local_addr()?);
        let log = Arc::new(Mutex::new(Vec::new()));
        let server = Self {
            page: format!("{origin}/{path}"),
            origin,
            log: Arc::clone(&log),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (behind, log) = (behind.clone(), Arc::clone(&log));
                // A browser that went away before the answer is no concern of ours.
                std::thread::spawn(move || drop(answer(stream, &behind, &log)));
            }
        });
        Ok(server)
    }

    /// The address of the page with these services, and with nothing loaded.
    pub fn page(&self) -> String {
        let services = format!("{}/fake-sky", self.origin);
        format!(
            "{}?backend=cpu&sesame={services}/sesame&hips2fits={services}/hips2fits#set=none",
            self.page
        )
    }

    /// The requests to the fake services so far, in the order in which they came.
    pub fn asked(&self) -> Vec<Asked> {
        locked(&self.log).clone()
    }
}

/// A panic elsewhere does not make the list wrong.
fn locked(log: &Mutex<Vec<Asked>>) -> MutexGuard<'_, Vec<Asked>> {
    log.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn answer(mut stream: TcpStream, behind: &str, log: &Mutex<Vec<Asked>>) -> Result<()> {
    let mut head = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    while reader.read_line(&mut head)? > 2 {}
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    if !path.starts_with("/fake-sky/") {
        stream.write_all(&pass_on(&path, behind)?)?;
        return Ok(());
    }
    let (number, before) = {
        let mut log = locked(log);
        let before = log.iter().filter(|asked| asked.path == path).count();
        log.push(Asked {
            path: path.clone(),
            head: head.to_lowercase(),
            begun: Instant::now(),
            ended: None,
        });
        (log.len() - 1, before)
    };
    let (status, body) = if path.starts_with("/fake-sky/sesame/-oxp/SNV?") {
        sesame(&path)
    } else {
        hips2fits(&path, number, before)
    };
    if let Some(asked) = locked(log).get_mut(number) {
        asked.ended = Some(Instant::now());
    }
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)?;
    Ok(())
}

/// The answer of the page's own server, asked to close the connection as we do.
fn pass_on(path: &str, behind: &str) -> Result<Vec<u8>> {
    let mut server = TcpStream::connect(behind)?;
    write!(
        server,
        "GET {path} HTTP/1.1\r\nHost: {behind}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    let line = answer
        .windows(2)
        .position(|two| two == b"\r\n")
        .context("a status line")?;
    answer.splice(line..line, *b"\r\nConnection: close");
    Ok(answer)
}

fn sesame(path: &str) -> (&'static str, Vec<u8>) {
    std::thread::sleep(WORK);
    let name = path.split('?').nth(1).unwrap_or_default();
    let inside = if name == "xyzzy" {
        "<INFO> *** Nothing found *** </INFO>"
    } else {
        "<Resolver name=\"N=NED\"><INFO> *** Nothing found *** </INFO></Resolver>\
         <Resolver name=\"S=Simbad (via url)\"><otype>G</otype><jpos>23:03:15.6 +19:18:00</jpos>\
         <jradeg>345.815</jradeg><jdedeg>+19.3</jdedeg><oname>UGC 12158</oname></Resolver>"
    };
    let answer = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<Sesame>\n<Target option=\"SNV\"><name>{name}</name>{inside}</Target>\n</Sesame>\n\
         <!--- ====Done==== -->\n"
    );
    ("200 OK", answer.into_bytes())
}

fn hips2fits(path: &str, number: usize, before: usize) -> (&'static str, Vec<u8>) {
    let parameter = |name: &str| {
        let (_, query) = path.split_once('?')?;
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    };
    let declination: f64 = parameter("dec")
        .and_then(|dec| dec.parse().ok())
        .unwrap_or(f64::NAN);
    let side: usize = parameter("width")
        .and_then(|width| width.parse().ok())
        .unwrap_or(64);
    if parameter("format") != Some("fits") || parameter("projection") != Some("TAN") || declination.is_nan() {
        let words = br#"{"title": "Bad Request", "description": "a parameter is missing"}"#;
        return ("400 Bad Request", words.to_vec());
    }
    match declination {
        1.0 if before == 0 => ("429 Too Many Requests\r\nRetry-After: 1", Vec::new()),
        2.0 => (
            "500 Internal Server Error",
            b"<html><title>500 Internal Server Error</title></html>".to_vec(),
        ),
        3.0 => ("200 OK", b"<html><title>Maintenance</title></html>".to_vec()),
        4.0 => ("200 OK", fits(side, |_, _| f32::NAN)),
        5.0 => {
            std::thread::sleep(Duration::from_secs(30));
            ("200 OK", fits(side, |_, _| f32::NAN))
        }
        _ => {
            std::thread::sleep(WORK);
            let galaxy = galaxy_grove::cutout::simulate::galaxy(11, number);
            let light = |x: usize, y: usize| {
                let at = (y * 64 / side) * 64 + x * 64 / side;
                galaxy.raw.get(at).copied().unwrap_or_default() * 1000.0
            };
            ("200 OK", fits(side, light))
        }
    }
}

/// A FITS file as hips2fits makes it.
fn fits(side: usize, light: impl Fn(usize, usize) -> f32) -> Vec<u8> {
    let mut bytes = Vec::new();
    for card in [
        "SIMPLE  =                    T / conforms to FITS standard".to_owned(),
        "BITPIX  =                  -32 / array data type".to_owned(),
        "NAXIS   =                    2 / number of array dimensions".to_owned(),
        format!("NAXIS1  = {side:>20}"),
        format!("NAXIS2  = {side:>20}"),
        "CTYPE1  = 'RA---TAN'".to_owned(),
        "CTYPE2  = 'DEC--TAN'".to_owned(),
        "END".to_owned(),
    ] {
        bytes.extend(format!("{card:<80}").bytes());
    }
    bytes.resize(2880, b' ');
    for y in 0..side {
        for x in 0..side {
            bytes.extend(light(x, y).to_be_bytes());
        }
    }
    bytes.resize(bytes.len().next_multiple_of(2880), 0);
    bytes
}
