//! A figure as a PNG picture.

use super::Figure;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb::Database};
use std::sync::{Arc, OnceLock};

/// Why a figure cannot be made a picture.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FigureError {
    /// It would be too large, or empty.
    #[error("a picture of {width} x {height} pixels cannot be made: choose SVG, or a smaller figure")]
    Size {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// The drawing could not be read or written.
    #[error("the figure cannot be drawn: {0}")]
    Drawing(String),
}

/// Most pixels on a side: beyond it no viewer shows the picture.
const MAX_SIZE: f32 = 32_000.0;

impl Figure {
    /// The figure as PNG, `scale` pixels for each of its own. The typeface comes with the program, so the picture is the
    /// same on every machine.
    ///
    /// # Errors
    /// [`FigureError::Size`] for pictures too large to make.
    pub fn png(&self, scale: f32) -> Result<Vec<u8>, FigureError> {
        let options = Options {
            fontdb: fonts(),
            font_family: FAMILY.to_owned(),
            ..Options::default()
        };
        let tree =
            Tree::from_str(&self.svg(), &options).map_err(|error| FigureError::Drawing(error.to_string()))?;
        let (wide, high) = (self.width as f32 * scale, self.height as f32 * scale);
        let too_large = FigureError::Size {
            width: wide as u32,
            height: high as u32,
        };
        if wide > MAX_SIZE || high > MAX_SIZE {
            return Err(too_large);
        }
        let mut pixels = Pixmap::new(wide.round() as u32, high.round() as u32).ok_or(too_large)?;
        resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
        pixels
            .encode_png()
            .map_err(|error| FigureError::Drawing(error.to_string()))
    }
}

/// The family name of the typeface that comes with the program.
const FAMILY: &str = "Ubuntu";

fn fonts() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    Arc::clone(FONTS.get_or_init(|| {
        let mut fonts = Database::new();
        fonts.load_font_data(epaint_default_fonts::UBUNTU_LIGHT.to_vec());
        // Whatever family is asked for, there is but one.
        for set in [Database::set_sans_serif_family, Database::set_serif_family] {
            set(&mut fonts, FAMILY);
        }
        Arc::new(fonts)
    }))
}

#[cfg(test)]
mod tests {
    use super::super::{Anchor, INK, Panel, group_sheet};
    use super::*;

    fn dark(figure: &Figure, scale: f32) -> (u32, u32, usize) {
        let png = figure.png(scale).unwrap();
        let picture = image::load_from_memory(&png).unwrap().to_luma8();
        let dark = picture.pixels().filter(|pixel| pixel.0[0] < 128).count();
        (picture.width(), picture.height(), dark)
    }

    #[test]
    fn letters_are_drawn_without_any_font_on_the_machine() {
        let mut figure = Figure::new(120.0, 40.0);
        assert_eq!(dark(&figure, 2.0), (240, 80, 0));
        figure.text((10.0, 25.0), Anchor::Start, 16.0, INK, "Grove 123 …");
        let (_, _, letters) = dark(&figure, 2.0);
        assert!(letters > 300, "{letters}");
    }

    #[test]
    fn galaxies_are_drawn() {
        let pixels: Vec<f32> = (0..4096).map(|at| if at % 64 < 32 { 1.0 } else { 0.0 }).collect();
        let panel = Panel {
            label: String::new(),
            pixels: &pixels,
        };
        // Half of one picture of 192 x 192 is black.
        let (_, _, black) = dark(&group_sheet("", &[panel]), 1.0);
        assert!((16_000..21_000).contains(&black), "{black}");
    }

    #[test]
    fn a_picture_too_large_is_refused() {
        let error = Figure::new(1e6, 10.0).png(1.0).unwrap_err();
        assert!(error.to_string().contains("SVG"), "{error}");
    }
}
