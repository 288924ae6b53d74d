//! From decoded pictures to prepared galaxies.

use super::fields::{self, FieldView};
use super::{Answers, Galaxy, Limits, Picture, Preview, Reading, Refusal, id_from_name};
use crate::cutout::prepare::{self, Prepared};
use crate::cutout::{About, Frame, Recipe};

/// Galaxies, and sentences about the file that they came from.
pub(super) type Found = (Vec<Galaxy>, Vec<String>);

/// Prepares the pictures of a file. A picture of many galaxies gives each of them, and the picture with their boxes into
/// `field`.
pub(super) fn galaxies(
    name: &str,
    pictures: Vec<Picture>,
    mut remarks: Vec<String>,
    recipe: &Recipe,
    reading: &mut Reading,
    field: &mut Option<FieldView>,
) -> Result<Found, Refusal> {
    let several = pictures.len() > 1;
    let (mut galaxies, mut failures) = (Vec::new(), Vec::new());
    for picture in pictures {
        if !several && fields::wanted(&picture.frame, recipe, reading)? {
            let found = fields::galaxies(name, &picture, recipe, reading)?;
            galaxies.extend(found.galaxies);
            failures.extend(found.failures);
            remarks.push(found.remark);
            *field = found.view;
            continue;
        }
        match galaxy(name, picture, recipe, reading.limits, reading.answers, several) {
            Ok(galaxy) => galaxies.push(galaxy),
            Err(failure) => failures.push(failure),
        }
    }
    if galaxies.is_empty() {
        let reason = failures
            .into_iter()
            .next()
            .map_or_else(|| "there is no picture in it".to_owned(), |failure| failure.why);
        return Err(Refusal::new(
            reason,
            "look at it in a viewer; switch preparation off if it is a cutout already",
        ));
    }
    remarks.extend(
        failures
            .into_iter()
            .map(|Failure { label, why }| format!("{label} was left out: {why}")),
    );
    Ok((galaxies, remarks))
}

/// A picture that gave no galaxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its name.
    pub label: String,
    /// Why.
    pub why: String,
}

/// Prepares one picture, with what the user decided for it. `several`: it is one of several of its file.
pub(super) fn galaxy(
    name: &str,
    picture: Picture,
    recipe: &Recipe,
    limits: &Limits,
    answers: &Answers,
    several: bool,
) -> Result<Galaxy, Failure> {
    let label = picture
        .label
        .map_or_else(|| name.to_owned(), |label| format!("{name}[{label}]"));
    let prepared = match prepare::prepare_with(&picture.frame, recipe, &answers.of(&label)) {
        Ok(prepared) => prepared,
        Err(error) => {
            let why = error.to_string();
            return Err(Failure { label, why });
        }
    };
    // The file's own word comes first; one number in a name cannot stand for several galaxies.
    let id = picture
        .id
        .or_else(|| if several { None } else { id_from_name(name) });
    let mut made = made(label, prepared, recipe, &picture.frame, picture.about, limits);
    made.id = id;
    made.remarks.splice(0..0, picture.remarks);
    Ok(made)
}

/// A galaxy out of what preparation made of it.
pub(super) fn made(
    name: String,
    prepared: Prepared,
    recipe: &Recipe,
    frame: &Frame,
    mut about: About,
    limits: &Limits,
) -> Galaxy {
    if recipe.orient {
        // In a column, so that every table says it.
        let turned = prepared.orientation.as_ref().map(prepare::Orientation::sentence);
        let turned = turned.unwrap_or_else(|| "Not turned.".to_owned());
        about.columns.insert("orientation".to_owned(), turned);
    }
    let doubts = prepared
        .flags
        .iter()
        .map(|flag| flag.sentence(&prepared.measures));
    Galaxy {
        id: None,
        name,
        preview: (limits.preview > 0).then(|| before(frame, prepared.square, limits.preview)),
        square: prepared.square,
        sky: prepared.sky,
        sigma: prepared.sigma,
        about: about.cut(frame.height, prepared.square),
        remarks: prepared.remarks.iter().cloned().chain(doubts).collect(),
        measures: Some(prepared.measures),
        raw: prepared.raw,
        image: prepared.image,
    }
}

/// The picture before preparation, with the square that was cut.
fn before(frame: &Frame, square: Option<(f32, f32, f32)>, side: usize) -> Preview {
    let drawn = prepare::preview(frame, side);
    Preview {
        square: square.map(|square| placed(&drawn, square)),
        side: drawn.side,
        grey: drawn.grey,
        scale: drawn.scale as f32,
        corner: (drawn.left as f32, drawn.top as f32),
    }
}

/// A square of the frame in pixels of the preview: centre x, centre y, half side.
pub(super) fn placed(drawn: &prepare::Preview, square: (f32, f32, f32)) -> (f32, f32, f32) {
    let (left, top, side) = drawn.place(square);
    (
        (left + side / 2.0) as f32,
        (top + side / 2.0) as f32,
        (side / 2.0) as f32,
    )
}
