//! Figures and screenshots: pictures of galaxies on a page, with margins, axes and colour maps.
//!
//! [`panel`] finds the picture on the page, [`colours`] turns a colour map back into values. Both say what they did.

mod colours;
mod maps;
mod panel;

use image::{DynamicImage, RgbImage};

/// What was done to a figure.
pub struct Cleared {
    /// Left edge, top edge, width and height of the picture on the page, in pixels; none when it has no margin.
    pub part: Option<(u32, u32, u32, u32)>,
    /// Values from 0 to 1, when a colour map was undone.
    pub values: Option<Vec<f32>>,
    /// Sentences about it.
    pub remarks: Vec<String>,
}

/// Looks for page margins and colour maps in a picture of bytes. `is_exact`: its colours were stored without loss.
pub fn clear(image: &DynamicImage, is_exact: bool, has_palette: bool) -> Cleared {
    let mut cleared = Cleared {
        part: None,
        values: None,
        remarks: Vec::new(),
    };
    let Some(view) = view(image) else {
        return cleared;
    };
    let found = panel::find(&view, is_exact);
    let shown = match found {
        None => view,
        Some(panel) => {
            let (left, top, width, height) = panel.part;
            cleared.part = Some(panel.part);
            let others = match panel.panels {
                1 => String::new(),
                n => format!(", the largest of the {n} pictures on it"),
            };
            cleared.remarks.push(format!(
                "it is a page with a margin: the picture of {width} x {height} pixels on it was cut out{others}, without axes and titles"
            ));
            image::imageops::crop_imm(&view, left, top, width, height).to_image()
        }
    };
    match colours::undo(&shown, is_exact) {
        Some((name, values)) => {
            cleared.remarks.push(format!(
                "its colours are the map `{name}`: they were turned back into values"
            ));
            cleared.values = Some(values);
        }
        None if is_exact && !has_palette && colours::are_of_a_map(&shown) => cleared.remarks.push(
            "it has no more colours than a colour map has, but those of none that is known: its grey is that of the colours, which \
             may not follow the values; save it in grey"
                .to_owned(),
        ),
        None if cleared.part.is_some() && colours::is_coloured(&shown) => cleared.remarks.push(
            "it is in colours that were taken for natural ones: if they are a colour map, the cutout is wrong; save the figure in grey, \
             or as PNG"
                .to_owned(),
        ),
        None => {}
    }
    cleared
}

/// The picture in colours of a byte each, transparent parts laid on white as pages are. `None` for other pictures.
fn view(image: &DynamicImage) -> Option<RgbImage> {
    match image {
        DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) => Some(image.to_rgb8()),
        DynamicImage::ImageLumaA8(_) | DynamicImage::ImageRgba8(_) => {
            let colours = image.to_rgba8();
            let mut view = RgbImage::new(colours.width(), colours.height());
            for (to, from) in view.pixels_mut().zip(colours.pixels()) {
                let [r, g, b, alpha] = from.0;
                let on_white = |value: u8| {
                    let (value, alpha) = (u32::from(value), u32::from(alpha));
                    ((value * alpha + 255 * (255 - alpha)) / 255) as u8
                };
                to.0 = [on_white(r), on_white(g), on_white(b)];
            }
            Some(view)
        }
        _ => None,
    }
}
