//! What both services share: their addresses, how words are put into an address, and what a status means.

use super::plan::Failure;
use crate::refusal::Refusal;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The servers that the page may connect to, as its content security policy names them.
pub const SERVICES: [&str; 3] = [
    "https://cds.unistra.fr",
    "https://alasky.cds.unistra.fr",
    "https://alaskybis.cds.unistra.fr",
];

/// Letters that stand for themselves in a query (RFC 3986: the unreserved ones).
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A word as a part of a query. A space becomes `%20`, never `+`.
pub(super) fn encoded(word: &str) -> String {
    utf8_percent_encode(word, QUERY).to_string()
}

/// Where the two services are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The name resolver.
    pub sesame: String,
    /// The cutter of pictures, and its twin on another machine for second tries.
    pub hips2fits: [String; 2],
}

impl Default for Address {
    fn default() -> Self {
        Self {
            sesame: format!("{}/cgi-bin/nph-sesame", SERVICES[0]),
            hips2fits: [SERVICES[1], SERVICES[2]].map(|host| format!("{host}/hips-image-services/hips2fits")),
        }
    }
}

impl Address {
    /// The real addresses, or for each service a stand-in on this computer, for tests. Anything else is passed over: a
    /// link must not be able to send positions elsewhere.
    pub fn or_local(sesame: Option<&str>, hips2fits: Option<&str>) -> Self {
        let real = Self::default();
        Self {
            sesame: sesame.and_then(local_address).unwrap_or(real.sesame),
            hips2fits: hips2fits
                .and_then(local_address)
                .map_or(real.hips2fits, |address| [address.clone(), address]),
        }
    }
}

/// The address without a `/` at its end, when it is one of this computer: `http://127.0.0.1:PORT/...` or `localhost`.
pub fn local_address(text: &str) -> Option<String> {
    let rest = text.strip_prefix("http://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (name, port) = host.split_once(':').unwrap_or((host, "80"));
    let is_local = matches!(name, "127.0.0.1" | "localhost") && port.parse::<u16>().is_ok();
    let is_plain = path
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '/' | '-' | '_' | '.'));
    (is_local && is_plain).then(|| text.trim_end_matches('/').to_owned())
}

/// Why `service` did not answer with what it was asked for. `body` holds its words.
///
/// Tried again are 408, 425, 429 and everything from 500: they may pass by themselves.
pub fn explain_status(service: &str, status: u16, body: &[u8]) -> Failure {
    let stated = words(body);
    let stated = if stated.is_empty() {
        String::new()
    } else {
        format!(": {stated}")
    };
    let (reason, remedy, retry) = match status {
        400 => (
            "did not accept the request",
            "check the position and the size of this line",
            false,
        ),
        401 | 403 => (
            "refused the request",
            "wait an hour: it may have had too many requests from your network",
            false,
        ),
        404 | 410 => (
            "does not have what was requested",
            "choose another survey, or write the position instead of the name",
            false,
        ),
        408 | 425 | 429 => (
            "allows fewer requests",
            "wait some minutes and fetch this one again",
            true,
        ),
        500.. => (
            "failed on its side",
            "wait some minutes and fetch this one again, or choose another survey",
            true,
        ),
        _ => (
            "gave an unexpected answer",
            "fetch this one again later, or choose another survey",
            false,
        ),
    };
    Failure {
        refusal: Refusal::new(format!("{service} {reason} (HTTP {status}{stated})"), remedy),
        retry,
    }
}

/// The words of an error page, on one line: hips2fits answers with JSON, others with HTML or text.
fn words(body: &[u8]) -> String {
    /// Enough for a sentence.
    const MAX_COUNT: usize = 160;
    let text = String::from_utf8_lossy(body.get(..body.len().min(4096)).unwrap_or_default());
    let json: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let listed = json.as_ref().and_then(|json| {
        ["description", "detail", "message", "title"]
            .iter()
            .find_map(|key| json.get(key)?.as_str().map(str::to_owned))
    });
    let listed = listed.unwrap_or_else(|| {
        if !text.contains('<') {
            return text.into_owned();
        }
        // A web page: its title will do.
        let lower = text.to_ascii_lowercase();
        let title = lower.find("<title>").and_then(|start| {
            let start = start + "<title>".len();
            let end = start + lower.get(start..)?.find('<')?;
            text.get(start..end)
        });
        title.unwrap_or_default().to_owned()
    });
    let line: Vec<&str> = listed.split_whitespace().collect();
    line.join(" ")
        .chars()
        .filter(|letter| !letter.is_control())
        .take(MAX_COUNT)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_may_speak_to_these_servers_and_no_others() {
        let page = include_str!("../../index.html");
        let policy = page
            .split("connect-src ")
            .nth(1)
            .unwrap()
            .split(';')
            .next()
            .unwrap();
        let allowed: Vec<&str> = policy.split(' ').collect();
        assert_eq!(allowed[0], "'self'");
        assert_eq!(allowed[1..], SERVICES);
        let address = Address::default();
        for one in [&address.sesame, &address.hips2fits[0], &address.hips2fits[1]] {
            assert!(
                SERVICES.iter().any(|host| one.starts_with(&format!("{host}/"))),
                "{one}"
            );
        }
    }

    #[test]
    fn only_this_computer_can_stand_in() {
        for good in [
            "http://127.0.0.1:8080/fake/sesame",
            "http://localhost/x/",
            "http://127.0.0.1:1",
        ] {
            assert_eq!(local_address(good), Some(good.trim_end_matches('/').to_owned()));
        }
        for bad in [
            "https://127.0.0.1/",
            "http://127.0.0.1.example.org/",
            "http://127.0.0.1@example.org/",
            "http://127.0.0.1:80@example.org/",
            "http://example.org/127.0.0.1",
            "http://127.0.0.1:99999/",
            "http://localhost:/x",
            "http://localhost/?x=",
            "//localhost/",
            "",
        ] {
            assert_eq!(local_address(bad), None, "{bad}");
        }
        assert_eq!(
            Address::or_local(Some("http://evil.example/"), None),
            Address::default()
        );
        let local = Address::or_local(None, Some("http://localhost:5/cut/"));
        assert_eq!(
            local.hips2fits,
            ["http://localhost:5/cut", "http://localhost:5/cut"]
        );
        assert_eq!(local.sesame, "https://cds.unistra.fr/cgi-bin/nph-sesame");
    }

    #[test]
    fn a_status_is_explained_and_only_passing_troubles_are_tried_again() {
        for (status, retry) in [
            (400, false),
            (403, false),
            (404, false),
            (418, false),
            (429, true),
            (500, true),
            (503, true),
        ] {
            let failure = explain_status("hips2fits", status, b"");
            assert_eq!(failure.retry, retry, "{status}");
            assert!(
                failure.refusal.reason.contains(&status.to_string()),
                "{}",
                failure.refusal
            );
            assert!(
                failure.refusal.reason.starts_with("hips2fits "),
                "{}",
                failure.refusal
            );
        }
    }

    #[test]
    fn the_services_own_words_are_passed_on() {
        for (body, words) in [
            (
                &br#"{"title": "Bad Request", "description": "fov is\nmissing"}"#[..],
                "HTTP 400: fov is missing)",
            ),
            (
                b"<html><head><TITLE>502 Bad\nGateway</TITLE></head>",
                "HTTP 400: 502 Bad Gateway)",
            ),
            (b"plain words", "HTTP 400: plain words)"),
            (b"<p>no title", "HTTP 400)"),
            (b"\xff\xfe\x00", "HTTP 400"),
            ("İ<title>x".as_bytes(), "HTTP 400)"),
        ] {
            let failure = explain_status("hips2fits", 400, body);
            assert!(failure.refusal.reason.contains(words), "{}", failure.refusal);
        }
        let long = explain_status("hips2fits", 500, &vec![b'x'; 100_000]);
        assert!(long.refusal.reason.len() < 300);
    }
}
