//! From a stream of galaxies to all that is known of each.

use crate::inputs::stream::{Stream, Tally};
use crate::work::encoding::encode_with;
use crate::work::models::Model;
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::structure::measures_of_cutout;

/// Above this a galaxy is called unusual. Of 1,621 galaxies like those that the model was trained on, 4 % are.
pub const UNUSUAL: f64 = 0.99;

/// All galaxies, encoded; each list has one entry, or a fixed number of values, for each.
#[derive(Debug, Default)]
pub struct Galaxies {
    pub ids: Vec<i64>,
    pub names: Vec<String>,
    pub images: Vec<f32>,
    pub codes: Vec<u8>,
    pub vectors: Vec<f64>,
    pub unlike: Vec<f64>,
    pub histograms: Vec<f32>,
    pub structure: Vec<f64>,
}

/// What encoding some galaxies gives.
#[derive(Debug, Default)]
struct Part {
    codes: Vec<u8>,
    vectors: Vec<f64>,
    unlike: Vec<f64>,
    histograms: Vec<f32>,
    structure: Vec<f64>,
}

/// Encodes and measures a stream on all cores.
///
/// # Errors
/// What reading or the network said; also when the user stops it.
pub fn all(model: &Model, stream: Stream) -> anyhow::Result<(Galaxies, Tally)> {
    let work = |images: &[f32]| -> anyhow::Result<Part> {
        let mut part = Part {
            structure: images
                .chunks_exact(PIXELS)
                .flat_map(|image| measures_of_cutout(image).0)
                .collect(),
            ..Part::default()
        };
        match model {
            Model::Reference(extractor) => {
                part.codes = extractor.codes(images)?;
            }
            Model::Shape(extractor, _) => {
                let space = extractor.space();
                for (galaxy, placed) in pollster::block_on(extractor.place(images))? {
                    part.codes.extend(galaxy.codes);
                    part.histograms
                        .extend(galaxy.histogram.iter().map(|share| *share as f32));
                    part.unlike.push(space.unusual(&placed.unlike));
                    part.vectors.extend(placed.vector);
                }
            }
        }
        Ok(part)
    };
    let mut all = Galaxies::default();
    let tally = encode_with(&work, model.together(), stream, &mut |batch, parts| {
        all.ids.extend(batch.ids);
        all.names.extend(batch.names);
        all.images.extend(batch.images);
        for part in parts {
            all.codes.extend(part.codes);
            all.vectors.extend(part.vectors);
            all.unlike.extend(part.unlike);
            all.histograms.extend(part.histograms);
            all.structure.extend(part.structure);
        }
        Ok(())
    })?;
    if let Model::Reference(model) = model
        && let Some(account) = model.account()
    {
        eprintln!("{account}");
    }
    Ok((all, tally))
}
