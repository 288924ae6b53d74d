//! The name resolver Sesame of the CDS: it asks Simbad, NED and VizieR where a galaxy is.
//!
//! `GET .../nph-sesame/-oxp/SNV?NAME` answers with XML (`x`) sent as plain text (`p`), from Simbad (`S`), NED (`N`) and
//! VizieR (`V`), the first that knows the name. See <https://cds.unistra.fr/cgi-bin/Sesame>.

use super::request::encoded;
use super::target::Position;
use crate::refusal::Refusal;
use roxmltree::{Document, Node, ParsingOptions};

/// The longest answer, in bytes; a real one has some thousand.
pub const MAX_BYTES: usize = 1_000_000;
/// The most elements of an answer.
const MAX_NODES: u32 = 50_000;

/// What Sesame says about a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// Where it is.
    pub position: Position,
    /// The resolver's own name for it.
    pub name: Option<String>,
    /// The kind of object in Simbad's or NED's words: `G`, `AGN`, `*`.
    pub kind: Option<String>,
}

impl Resolved {
    /// A sentence when the object is certainly no galaxy.
    pub fn doubt(&self) -> Option<String> {
        let kind = self.kind.as_deref()?;
        // Simbad's codes of what has one star or several, or is a part of the Milky Way.
        let star = kind.contains('*')
            || matches!(
                kind,
                "Star" | "PN" | "HII" | "SNR" | "OpC" | "GlC" | "Cl*" | "DNe" | "RNe"
            );
        star.then(|| format!("the name resolver calls it `{kind}`, which is no galaxy"))
    }
}

/// The address that asks for a name. `base` is the service's, without a `/` at its end.
pub fn request(base: &str, name: &str) -> String {
    format!("{base}/-oxp/SNV?{}", encoded(name.trim()))
}

/// Understands the answer about `name`.
///
/// # Errors
/// A [`Refusal`] when nobody knows the name, or when the answer is none of Sesame's.
pub fn parse(name: &str, answer: &str) -> Result<Resolved, Refusal> {
    let foreign = |why: String| {
        Refusal::new(
            format!("the name resolver's answer about `{name}` cannot be understood ({why})"),
            "fetch this one again later, or write its position instead of its name",
        )
    };
    if answer.len() > MAX_BYTES {
        return Err(foreign(format!("it is {} bytes long", answer.len())));
    }
    let options = ParsingOptions {
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(answer.trim_start(), options)
        .map_err(|error| foreign(error.to_string()))?;
    let root = document.root_element();
    if root.tag_name().name() != "Sesame" {
        return Err(foreign(format!(
            "it is `{}` instead of `Sesame`",
            root.tag_name().name()
        )));
    }
    // Several resolvers may answer; the first with a position counts.
    for resolver in root
        .descendants()
        .filter(|node| node.tag_name().name() == "Resolver")
    {
        if let Some(position) = place(resolver) {
            return Ok(Resolved {
                position,
                name: text(resolver, "oname")
                    .map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")),
                kind: text(resolver, "otype"),
            });
        }
    }
    let complaints: Vec<&str> = root
        .descendants()
        .filter(|node| matches!(node.tag_name().name(), "INFO" | "ERROR"))
        .filter_map(|node| node.text())
        .map(|text| text.trim_matches(|letter: char| letter == '*' || letter.is_whitespace()))
        .filter(|text| !text.is_empty() && !text.to_lowercase().contains("nothing found"))
        .take(3)
        .collect();
    let aside = if complaints.is_empty() {
        String::new()
    } else {
        let listed: String = complaints.join("; ").chars().take(200).collect();
        format!(" ({listed})")
    };
    Err(Refusal::new(
        format!("neither Simbad nor NED nor VizieR knows `{name}`{aside}"),
        "check the spelling, or write its position instead, such as 202.47 47.195",
    ))
}

/// The position of one resolver's answer: degrees, else sixtieths.
fn place(resolver: Node<'_, '_>) -> Option<Position> {
    let number = |tag: &str| text(resolver, tag).and_then(|text| crate::surveys::numbers::number(&text));
    if let (Some(ra), Some(dec)) = (number("jradeg"), number("jdedeg")) {
        return Position::new(ra, dec).ok();
    }
    let sixtieths = text(resolver, "jpos")?;
    let (ra, dec) = sixtieths.split_once(char::is_whitespace)?;
    let (ra, dec) = (
        crate::surveys::numbers::parts(ra)?,
        crate::surveys::numbers::parts(dec.trim())?,
    );
    Position::new(ra.degrees(true).ok()?, dec.degrees(false).ok()?).ok()
}

/// The text of the first child of this name, if it says something.
fn text(node: Node<'_, '_>, tag: &str) -> Option<String> {
    let child = node.children().find(|child| child.tag_name().name() == tag)?;
    let words = child.text()?.trim();
    (!words.is_empty()).then(|| words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// In the form that the service gives, with its comments and its trailing line.
    const M51: &str = r#"<?xml version="1.0" encoding="UTF-8" ?>
<Sesame xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://vizier.cds.unistra.fr/xml/sesame_4x.xsd">
<Target option="SNV">
  <name>M 51</name>
  <!-- Q6532 #1 -->
  <Resolver name="S=Simbad (via url)"><!-- delay: 17ms -->
     <otype>AGN</otype>
     <jpos>13:29:52.698 +47:11:42.93</jpos>
     <jradeg>202.469575</jradeg>
     <jdedeg>+47.195258</jdedeg>
     <refPos>2006AJ....131.1163S</refPos>
     <MType>SABb</MType>
     <oname>M  51</oname>
  </Resolver>
</Target>
</Sesame>
<!--- ====Done (2026-Jan-01,00:00:00z)==== -->
"#;

    #[test]
    fn a_name_is_asked_for_letter_by_letter() {
        let base = "https://cds.unistra.fr/cgi-bin/nph-sesame";
        assert_eq!(request(base, " M 51 "), format!("{base}/-oxp/SNV?M%2051"));
        assert_eq!(
            request(base, "[VV2006] J1+2&x=#é"),
            format!("{base}/-oxp/SNV?%5BVV2006%5D%20J1%2B2%26x%3D%23%C3%A9")
        );
    }

    #[test]
    fn an_answer_gives_position_name_and_kind() {
        let found = parse("M 51", M51).unwrap();
        assert_eq!(
            found.position,
            Position {
                ra: 202.469575,
                dec: 47.195258
            }
        );
        assert_eq!(found.name.as_deref(), Some("M 51"));
        assert_eq!(found.kind.as_deref(), Some("AGN"));
        assert_eq!(found.doubt(), None);
        let star = parse("Vega", &M51.replace("AGN", "dS*")).unwrap();
        assert!(star.doubt().unwrap().contains("dS*"));
    }

    #[test]
    fn of_several_resolvers_the_first_with_a_position_counts() {
        let answer = "<Sesame><Target><name>x</name>
            <Resolver name='S=Simbad'><INFO>*** Nothing found ***</INFO></Resolver>
            <Resolver name='V=bad'><jradeg>999</jradeg><jdedeg>0</jdedeg></Resolver>
            <Resolver name='V=half'><jradeg>10</jradeg></Resolver>
            <Resolver name='N=NED'><jpos>13:29:52.698 +47:11:42.93</jpos></Resolver>
            <Resolver name='V=VizieR'><jradeg>1</jradeg><jdedeg>2</jdedeg></Resolver></Target></Sesame>";
        let found = parse("x", answer).unwrap();
        assert!((found.position.ra - 202.469575).abs() < 1e-9, "{found:?}");
        assert!((found.position.dec - 47.195258).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn an_unknown_name_is_refused_by_its_name() {
        for answer in [
            "<Sesame><Target option='SNV'><name>xyzzy</name><INFO> *** Nothing found *** </INFO></Target></Sesame>",
            "<Sesame><Target><Resolver name='S=Simbad'><INFO>*** nothing found ***</INFO></Resolver></Target></Sesame>",
            "<Sesame><Target/></Sesame>",
        ] {
            let refusal = parse("xyzzy", answer).unwrap_err();
            assert_eq!(refusal.reason, "neither Simbad nor NED nor VizieR knows `xyzzy`");
        }
        let busy =
            "<Sesame><Target><Resolver name='N=NED'><ERROR>NED is down</ERROR></Resolver></Target></Sesame>";
        assert!(
            parse("xyzzy", busy)
                .unwrap_err()
                .reason
                .ends_with("(NED is down)")
        );
    }

    #[test]
    fn what_is_not_sesames_is_refused() {
        let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>]><Sesame>&a;</Sesame>";
        for answer in [
            "",
            "<html><body>Bad gateway</body></html>",
            "not xml",
            "<Sesame>",
            bomb,
        ] {
            let refusal = parse("M 51", answer).unwrap_err();
            assert!(
                refusal.reason.contains("cannot be understood"),
                "{answer}: {refusal}"
            );
        }
        let long = format!("<Sesame>{}</Sesame>", " ".repeat(MAX_BYTES));
        assert!(parse("M 51", &long).unwrap_err().reason.contains("bytes long"));
    }

    proptest! {
        #[test]
        fn a_damaged_answer_never_panics(at in 0..900_usize, with in "\\PC{0,8}", cut in 0..900_usize) {
            let mut answer: Vec<char> = M51.chars().collect();
            let at = at.min(answer.len());
            answer.splice(at..at, with.chars());
            answer.truncate(answer.len().saturating_sub(cut));
            let answer: String = answer.into_iter().collect();
            if let Ok(found) = parse("M 51", &answer) {
                prop_assert!((-90.0..=90.0).contains(&found.position.dec));
            }
        }
    }
}
