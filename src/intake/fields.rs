//! Pictures of many galaxies: whether one is taken as such, and its galaxies.

use super::picture::Picture;
use super::preparing::{Failure, made, placed};
use crate::cutout::field;
use crate::cutout::field::{Field, FieldOptions, Source, SourceFlags};
use crate::cutout::{About, Frame, Recipe, prepare};
use crate::intake::report::field_view::{FieldBox, FieldView};
use crate::intake::report::galaxy::Galaxy;
use crate::intake::report::key::QuestionKey;
use crate::intake::report::question::Reading;
use crate::refusal::Refusal;

/// Pixels along a side of the picture with the boxes.
const SIDE: usize = 900;

/// The thresholds to choose from, in sigma of the sky.
const THRESHOLDS: [f32; 5] = [1.5, 3.0, 5.0, 10.0, 20.0];

/// What a field gave.
pub(super) struct Finding {
    pub galaxies: Vec<Galaxy>,
    pub failures: Vec<Failure>,
    pub remark: String,
    pub view: Option<FieldView>,
}

/// Asks whether a picture is to be taken as a field. It is not asked of pictures that do not look like one, unless the
/// user gave an answer all the same.
pub(super) fn wanted(frame: &Frame, recipe: &Recipe, reading: &mut Reading) -> Result<bool, Refusal> {
    let asked = reading.answers.get(&QuestionKey::Field).is_some();
    if !recipe.prepare || !(asked || field::is_field(frame)) {
        return Ok(false);
    }
    let options = vec![
        "every galaxy in it".to_owned(),
        "the one in the middle".to_owned(),
    ];
    let text = "It looks like a field of many galaxies. What should be done with it?";
    Ok(reading.choose(QuestionKey::Field, text, options, 0)? == 0)
}

/// Finds the galaxies of a field, and prepares each.
pub(super) fn galaxies(
    name: &str,
    picture: &Picture,
    recipe: &Recipe,
    reading: &mut Reading,
) -> Result<Finding, Refusal> {
    let thresholds = THRESHOLDS.map(|sigma| format!("{sigma} sigma")).to_vec();
    let threshold = reading.choose(
        QuestionKey::Threshold,
        "How bright must a source be to count?",
        thresholds,
        0,
    )?;
    let choice = vec![
        "likely galaxies only".to_owned(),
        "stars, small and cut-off ones too".to_owned(),
    ];
    let all = reading.choose(QuestionKey::Sources, "Which sources are wanted?", choice, 0)? == 1;
    let options = FieldOptions {
        threshold: THRESHOLDS.get(threshold).copied().unwrap_or(1.5),
        most: reading.limits.galaxies,
        ..FieldOptions::default()
    };
    let nothing = |error: prepare::PrepareError| {
        Refusal::new(
            error.to_string(),
            "give another picture, or answer `field` with `the one in the middle`",
        )
    };
    let field = field::find(&picture.frame, &options).map_err(nothing)?;
    let draw = |side: usize| (reading.limits.preview > 0).then(|| prepare::preview(&picture.frame, side));
    // The whole field is drawn twice, not once for each of its galaxies.
    let (drawn, small) = (draw(SIDE), draw(reading.limits.preview));
    // The file's name and place are those of the field. A galaxy's own place comes from the coordinates of its pixels.
    let about = About {
        object: None,
        ra: None,
        dec: None,
        ..picture.about.clone()
    };
    let (mut galaxies, mut failures, mut boxes) = (Vec::new(), Vec::new(), Vec::new());
    for (at, source) in field.sources.iter().enumerate() {
        let label = format!("{name}[{}]", at + 1);
        let change = reading.answers.of(&label);
        let is_taken = (all || source.flags.is_promising()) && !change.exclude;
        if let Some(drawn) = &drawn {
            boxes.push(FieldBox {
                name: label.clone(),
                square: placed(drawn, (source.x, source.y, source.half_side)),
                is_taken,
                words: words(source, change.exclude),
            });
        }
        if !is_taken {
            continue;
        }
        match cut(&picture.frame, &field, source, recipe, &change) {
            Ok(prepared) => galaxies.push(made(
                label,
                prepared,
                recipe,
                &picture.frame,
                about.clone(),
                small.as_ref(),
            )),
            Err(error) => failures.push(Failure {
                label,
                why: error.to_string(),
            }),
        }
    }
    if galaxies.is_empty() && failures.is_empty() {
        return Err(Refusal::new(
            format!(
                "none of the {} sources in the field looks like a galaxy",
                field.sources.len()
            ),
            "take stars, small and cut-off ones too, or the one galaxy in the middle",
        ));
    }
    Ok(Finding {
        remark: remark(&field, galaxies.len()),
        view: drawn.map(|drawn| FieldView {
            side: drawn.side,
            grey: drawn.grey.to_vec(),
            boxes,
        }),
        galaxies,
        failures,
    })
}

/// A galaxy whose square the user moved is cut as a picture of its own; all others with their neighbours masked.
fn cut(
    frame: &Frame,
    field: &Field,
    source: &Source,
    recipe: &Recipe,
    change: &prepare::Override,
) -> Result<prepare::Prepared, prepare::PrepareError> {
    if *change == prepare::Override::default() {
        return field::cut(frame, field, source, recipe);
    }
    let change = prepare::Override {
        centre: change.centre.or(Some((source.x, source.y))),
        half_side: change.half_side.or(Some(source.half_side)),
        ..*change
    };
    prepare::prepare_with(frame, recipe, &change)
}

/// Why a source is not taken, or how bright it is.
pub(super) fn words(source: &Source, excluded: bool) -> String {
    let SourceFlags {
        edge,
        star_like,
        small,
        saturated,
        blended,
    } = source.flags;
    let reasons: Vec<&str> = [
        (excluded, "left out by you"),
        (star_like, "like a star"),
        (edge, "cut off by the edge"),
        (small, "too small to have a shape"),
        (saturated, "overexposed"),
        (blended, "touches another source"),
    ]
    .into_iter()
    .filter_map(|(applies, reason)| applies.then_some(reason))
    .collect();
    let noise = format!("signal to noise {:.0}", source.signal_to_noise);
    if reasons.is_empty() {
        noise
    } else {
        format!("{}; {noise}", reasons.join(", "))
    }
}

fn remark(field: &Field, taken: usize) -> String {
    let count =
        |flag: fn(&SourceFlags) -> bool| field.sources.iter().filter(|source| flag(&source.flags)).count();
    let mut text = format!(
        "a field of {} sources, {taken} of which became cutouts ({} are like stars, {} are cut off by the edge, {} are too \
         small to have a shape)",
        field.sources.len(),
        count(|flags| flags.star_like),
        count(|flags| flags.edge),
        count(|flags| flags.small),
    );
    for remark in &field.remarks {
        text.push_str("; ");
        text.push_str(remark.trim_end_matches('.'));
    }
    text
}
