//! Files as people have them: what they hold, and what is said of them. `tests/fixtures/make_situations.py` made them and
//! says what is right.

use galaxy_grove::cutout::Recipe;
use galaxy_grove::intake::{self, Answers, Content, Limits, Picture, Reading};
use grove_test_support::fixture;
use serde_json::Value;

fn pictures(folder: &str, name: &str, answers: &Answers) -> Vec<Picture> {
    let limits = Limits::default();
    let mut reading = Reading::new(&limits, answers);
    let bytes = fixture(&format!("{folder}/{name}"));
    match intake::decode(name, &bytes, &mut reading) {
        Ok(Content::Pictures { pictures, .. }) => pictures,
        Ok(_) => panic!("{name} was taken for a set"),
        Err(refusal) => panic!("{name}: {refusal}"),
    }
}

/// What is wrong with a file, in words.
fn wrong(folder: &str, name: &str, right: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut answers = Answers::default();
    for (key, answer) in right["choose"].as_object().into_iter().flatten() {
        answers.set(key.as_str(), answer.as_str().unwrap());
    }
    let bytes = fixture(&format!("{folder}/{name}"));
    let report = intake::read(name, &bytes, &Recipe::default(), &Limits::default(), &answers);
    let verdict = report.verdict().to_string();
    for word in right["words"].as_array().unwrap() {
        if !verdict.contains(word.as_str().unwrap()) {
            wrong.push(format!("it does not say {word}: {verdict}"));
        }
    }
    if right["refused"] == true {
        if !report.verdict().is_refused() {
            wrong.push(format!("it is not refused: {verdict}"));
        }
        return wrong;
    }
    if report.verdict().is_refused() {
        wrong.push(verdict);
        return wrong;
    }
    let pictures = pictures(folder, name, &answers);
    if pictures.len() as u64 != right["count"] {
        wrong.push(format!("{} galaxies, not {}", pictures.len(), right["count"]));
        return wrong;
    }
    for (at, picture) in pictures.iter().enumerate() {
        let frame = &picture.frame;
        let known = frame.pixels.iter().filter(|value| value.is_finite());
        let sum: f64 = known.map(|value| f64::from(*value)).sum();
        let wanted = right["sums"][at].as_f64().unwrap();
        if (sum - wanted).abs() > 1e-4 * wanted.abs().max(1.0) {
            wrong.push(format!("galaxy {at}: the sum is {sum}, not {wanted}"));
        }
        let lost = frame.pixels.iter().filter(|value| !value.is_finite()).count();
        if lost as u64 != right["lost"][at] {
            wrong.push(format!(
                "galaxy {at}: {lost} pixels without a value, not {}",
                right["lost"][at]
            ));
        }
        let pixel = frame.pixels[5 * frame.width + 9];
        match right["pixels"][at].as_f64() {
            Some(value) if (f64::from(pixel) - value).abs() <= 1e-5 * value.abs().max(1.0) => {}
            None if pixel.is_nan() => {}
            value => wrong.push(format!("galaxy {at}: a pixel is {pixel}, not {value:?}")),
        }
        if let Some(id) = right["ids"][at].as_i64()
            && picture.id != Some(id)
        {
            wrong.push(format!("galaxy {at}: the id is {:?}, not {id}", picture.id));
        }
        for (column, value) in right["columns"][at].as_object().into_iter().flatten() {
            if picture.about.columns.get(column).map(String::as_str) != value.as_str() {
                wrong.push(format!(
                    "galaxy {at}: `{column}` is not {value}: {:?}",
                    picture.about.columns
                ));
            }
        }
        let middle = (frame.width as f64 + 1.0) / 2.0;
        let about = &picture.about;
        let place = about
            .wcs
            .as_ref()
            .and_then(|wcs| wcs.sky(middle, middle))
            .or(about.ra.zip(about.dec));
        match &right["sky"][at] {
            Value::Array(sky) => {
                let (ra, dec) = place.unwrap_or((f64::NAN, f64::NAN));
                let apart = (ra - sky[0].as_f64().unwrap())
                    .abs()
                    .max((dec - sky[1].as_f64().unwrap()).abs());
                if apart.is_nan() || apart > 1e-8 {
                    wrong.push(format!("galaxy {at}: its place is {place:?}, not {sky:?}"));
                }
            }
            Value::Null if right["sky"].is_array() && place.is_some() => {
                wrong.push(format!("galaxy {at}: it has a place: {place:?}"));
            }
            _ => {}
        }
    }
    wrong
}

#[track_caller]
fn check(folder: &str) {
    let expected: Value = serde_json::from_slice(&fixture(&format!("{folder}/expected.json"))).unwrap();
    let mut failures = Vec::new();
    for (name, right) in expected.as_object().unwrap() {
        let all = wrong(folder, name, right);
        failures.extend(all.into_iter().map(|what| format!("{name}: {what}")));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn files_as_people_have_them() {
    check("situations");
}

#[test]
fn inverse_variances_are_no_galaxies() {
    check("cases/03-legacy-ivar");
}

#[test]
fn galaxies_on_the_last_axis() {
    check("cases/17-last-axis");
}

#[test]
fn labels_are_kept_or_named() {
    check("cases/36-lost-labels");
}

#[test]
fn tables_and_pictures_of_public_files_are_decoded() {
    // How they are joined is tested beside the command line; here: no picture of them is refused.
    for name in ["spec-11117381420133974016.png", "spec-14783464213117718528.png"] {
        assert_eq!(pictures("cases/10-specobjid", name, &Answers::default()).len(), 1);
    }
}

/// The correlation of two cutouts.
fn alike(a: &[f32], b: &[f32]) -> f64 {
    galaxy_grove::cutout::correlation(a, b)
}

#[test]
fn galaxies_on_pages_are_cut_out_and_never_turned_into_negatives() {
    let read = |name: &str| {
        let bytes = fixture(&format!("cases/21-matplotlib/{name}"));
        intake::read(
            name,
            &bytes,
            &Recipe::default(),
            &Limits::default(),
            &Answers::default(),
        )
    };
    let right = read("full.png");
    let right = &right.galaxies()[0].raw;
    for (name, words) in [
        ("axes.png", "page with a margin"),
        ("bare.png", "page with a margin"),
        ("viridis.png", "the map `viridis`"),
        ("axes_inverted.png", "page with a margin"),
    ] {
        let report = read(name);
        let verdict = report.verdict().to_string();
        assert!(verdict.contains(words), "{name}: {verdict}");
        let likeness = alike(&report.galaxies()[0].raw, right);
        assert!(likeness > 0.8, "{name}: {likeness}");
    }
    // The picture alone gives nothing to say.
    assert_eq!(read("full.png").verdict().to_string(), "accepted");
}

#[test]
fn figures_show_the_galaxy_and_say_so() {
    let read = |name: &str| {
        let bytes = fixture(&format!("figures/{name}"));
        intake::read(
            name,
            &bytes,
            &Recipe::default(),
            &Limits::default(),
            &Answers::default(),
        )
    };
    let expected: Value = serde_json::from_slice(&fixture("figures/expected.json")).unwrap();
    let right = read("plain.png");
    let right = &right.galaxies()[0].raw;
    let mut failures = Vec::new();
    for (name, words) in expected.as_object().unwrap() {
        let report = read(name);
        let verdict = report.verdict().to_string();
        for word in words.as_array().unwrap() {
            if !verdict.contains(word.as_str().unwrap()) {
                failures.push(format!("{name} does not say {word}: {verdict}"));
            }
        }
        let likeness = report
            .galaxies()
            .first()
            .map_or(0.0, |galaxy| alike(&galaxy.raw, right));
        if likeness < 0.7 && !verdict.contains("the cutout is wrong") {
            failures.push(format!(
                "{name}: the correlation with the plain galaxy is {likeness:.2}"
            ));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
