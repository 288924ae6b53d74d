//! A map of galaxies.

use super::grey::{Shade, png};
use super::{Anchor, Figure, INK, Mark, fitted};

/// A galaxy in its cell.
#[derive(Clone, Debug)]
pub struct MapPicture<'a> {
    /// From the left.
    pub column: usize,
    /// From the top.
    pub row: usize,
    /// `[64 * 64]`
    pub pixels: &'a [f32],
    /// The colour of its frame.
    pub colour: &'static str,
}

/// Pictures on a grid of `across` times `down` cells, each framed in a colour.
pub fn map_figure(title: &str, (across, down): (usize, usize), pictures: &[MapPicture<'_>]) -> Figure {
    const MARGIN: f64 = 24.0;
    const HEAD: f64 = 56.0;
    const CELL: f64 = 40.0;
    const FRAME: f64 = 2.0;
    let width = 2.0 * MARGIN + across as f64 * CELL;
    let mut figure = Figure::new(width, HEAD + down as f64 * CELL + MARGIN);
    let title = fitted(title, width - 2.0 * MARGIN, 20.0);
    figure.text((MARGIN, 36.0), Anchor::Start, 20.0, INK, title);
    for picture in pictures {
        let x = MARGIN + picture.column as f64 * CELL;
        let y = HEAD + picture.row as f64 * CELL;
        figure.marks.push(Mark::Rect {
            at: [x, y, CELL, CELL],
            colour: picture.colour,
        });
        figure.marks.push(Mark::Image {
            at: [x + FRAME, y + FRAME, CELL - 2.0 * FRAME, CELL - 2.0 * FRAME],
            png: png(picture.pixels, Shade::fit(picture.pixels)),
        });
    }
    figure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_stand_in_their_cells() {
        let pixels = vec![0.5; 64 * 64];
        let picture = |column, row| MapPicture {
            column,
            row,
            pixels: &pixels,
            colour: "#0072b2",
        };
        let figure = map_figure("Map", (3, 2), &[picture(0, 0), picture(2, 1)]);
        assert_eq!((figure.width, figure.height), (168.0, 160.0));
        let rects = figure.marks.iter().filter_map(|mark| match mark {
            Mark::Rect { at, .. } => Some(*at),
            _ => None,
        });
        assert!(rects.eq([[24.0, 56.0, 40.0, 40.0], [104.0, 96.0, 40.0, 40.0]]));
        assert!(figure.svg().contains("<image"));
    }
}
