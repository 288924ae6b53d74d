//! From one decoded picture to a prepared galaxy.

use super::picture::Picture;
use super::structure;
use crate::cutout::prepare;
use crate::cutout::prepare::{ORIENTATION, Prepared};
use crate::cutout::{About, Frame, Recipe};
use crate::intake::report::galaxy::{Galaxy, Preview};
use crate::intake::report::identity::{Identities, Identity};
use crate::intake::report::ids::{digits_of_id, id_from_name};
use crate::intake::report::question::Answers;
use crate::limits::Limits;

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
    let drawn = (limits.preview > 0).then(|| prepare::preview(&picture.frame, limits.preview));
    let mut made = made(
        label,
        prepared,
        recipe,
        &picture.frame,
        picture.about,
        drawn.as_ref(),
    );
    made.id = id;
    if id.is_none() && !several {
        // Digits that are no 64-bit integer are kept as they are.
        let mut identities = Identities::default();
        if let Some(digits) = digits_of_id(name) {
            identities.take(Identity::Text(digits), &mut made.id, &mut made.about);
        }
        made.remarks.extend(identities.remarks("name"));
    }
    made.remarks.splice(0..0, picture.remarks);
    Ok(made)
}

/// A galaxy out of what preparation made of it in a picture, which is `drawn` small.
pub(super) fn made(
    name: String,
    prepared: Prepared,
    recipe: &Recipe,
    frame: &Frame,
    mut about: About,
    drawn: Option<&prepare::FramePreview>,
) -> Galaxy {
    if recipe.orient {
        // In a column, so that every table says it.
        let turned = prepared.orientation.as_ref().map(prepare::Orientation::sentence);
        let turned = turned.unwrap_or_else(|| "Not turned.".to_owned());
        about.columns.insert(ORIENTATION.to_owned(), turned);
    }
    structure::of_picture(&mut about, frame, &prepared, recipe);
    let doubts = prepared
        .flags
        .iter()
        .map(|flag| flag.sentence(&prepared.measures));
    Galaxy {
        id: None,
        name,
        preview: drawn.map(|drawn| before(drawn, prepared.square)),
        square: prepared.square,
        sky: prepared.sky,
        sigma: prepared.sigma,
        about: about.cut(frame.height, prepared.square, prepared.orientation.as_ref()),
        is_numbered: false,
        remarks: prepared.remarks.iter().cloned().chain(doubts).collect(),
        measures: Some(prepared.measures),
        raw: prepared.raw,
        image: prepared.image,
    }
}

/// The picture before preparation, with the square that was cut.
fn before(drawn: &prepare::FramePreview, square: Option<(f32, f32, f32)>) -> Preview {
    Preview {
        square: square.map(|square| placed(drawn, square)),
        side: drawn.side,
        grey: drawn.grey.clone(),
        scale: drawn.scale as f32,
        corner: (drawn.left as f32, drawn.top as f32),
    }
}

/// A square of the frame in pixels of the preview: centre x, centre y, half side.
pub(super) fn placed(drawn: &prepare::FramePreview, square: (f32, f32, f32)) -> (f32, f32, f32) {
    let (left, top, side) = drawn.place(square);
    (
        (left + side / 2.0) as f32,
        (top + side / 2.0) as f32,
        (side / 2.0) as f32,
    )
}
