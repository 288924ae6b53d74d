//! Sheets of galaxies.

use super::grey::{Shade, png};
use super::{Anchor, FAINT, Figure, INK, Mark, fitted};

/// A galaxy with its label.
#[derive(Clone, Debug)]
pub struct Panel<'a> {
    /// What is below it: its own id.
    pub label: String,
    /// `[64 * 64]`
    pub pixels: &'a [f32],
}

const MARGIN: f64 = 24.0;
const HEAD: f64 = 56.0;
const GAP: f64 = 14.0;

/// Examples of a group: five in a row, each scaled to its own brightness, dark where bright.
pub fn group_sheet(title: &str, panels: &[Panel<'_>]) -> Figure {
    const ACROSS: usize = 5;
    const SIZE: f64 = 192.0;
    const LABEL: f64 = 20.0;
    let rows = panels.len().div_ceil(ACROSS).max(1) as f64;
    let width = 2.0 * MARGIN + ACROSS as f64 * SIZE + (ACROSS - 1) as f64 * GAP;
    let height = HEAD + rows * (SIZE + LABEL + GAP) + MARGIN / 2.0;
    let mut figure = Figure::new(width, height);
    figure.text(
        (MARGIN, 36.0),
        Anchor::Start,
        20.0,
        INK,
        fitted(title, width - 2.0 * MARGIN, 20.0),
    );
    for (at, panel) in panels.iter().enumerate() {
        let x = MARGIN + (at % ACROSS) as f64 * (SIZE + GAP);
        let y = HEAD + (at / ACROSS) as f64 * (SIZE + LABEL + GAP);
        framed(
            &mut figure,
            [x, y, SIZE, SIZE],
            png(panel.pixels, Shade::fit(panel.pixels)),
        );
        let label = fitted(&panel.label, SIZE, 12.0);
        figure.text(
            (x + SIZE / 2.0, y + SIZE + 15.0),
            Anchor::Middle,
            12.0,
            INK,
            label,
        );
    }
    figure
}

/// A galaxy and what the network makes of it.
#[derive(Clone, Debug)]
pub struct Reconstruction<'a> {
    /// Its id.
    pub label: String,
    /// `[64 * 64]`
    pub original: &'a [f32],
    /// `[64 * 64]`
    pub reconstruction: &'a [f32],
}

/// Originals, reconstructions and residuals (original minus reconstruction), a galaxy a row of three. Original and
/// reconstruction share their scale; a residual is scaled to itself, middle grey is 0, and its root mean square stands
/// beside it. Many galaxies fill several columns.
pub fn reconstructions(title: &str, rows: &[Reconstruction<'_>]) -> Figure {
    const SIZE: f64 = 112.0;
    const LABEL: f64 = 18.0;
    const BLOCK: f64 = 3.0 * SIZE + 2.0 * 6.0;
    // Blocks of three pictures are three times as wide as high: this keeps the page near square.
    let across = ((rows.len() as f64 / 3.0).sqrt().ceil() as usize).clamp(1, 8);
    let down = rows.len().div_ceil(across).max(1);
    let width = 2.0 * MARGIN + across as f64 * BLOCK + (across - 1) as f64 * 2.0 * GAP;
    let height = HEAD + 20.0 + down as f64 * (SIZE + LABEL + GAP) + MARGIN / 2.0;
    let mut figure = Figure::new(width, height);
    figure.text(
        (MARGIN, 36.0),
        Anchor::Start,
        20.0,
        INK,
        fitted(title, width - 2.0 * MARGIN, 20.0),
    );
    for column in 0..across.min(rows.len()) {
        let x = MARGIN + column as f64 * (BLOCK + 2.0 * GAP);
        for (at, head) in ["original", "reconstruction", "residual"].into_iter().enumerate() {
            let middle = x + at as f64 * (SIZE + 6.0) + SIZE / 2.0;
            figure.text((middle, HEAD + 10.0), Anchor::Middle, 13.0, FAINT, head);
        }
    }
    for (at, row) in rows.iter().enumerate() {
        let x = MARGIN + (at % across) as f64 * (BLOCK + 2.0 * GAP);
        let y = HEAD + 20.0 + (at / across) as f64 * (SIZE + LABEL + GAP);
        let residual: Vec<f32> = row
            .original
            .iter()
            .zip(row.reconstruction)
            .map(|(a, b)| a - b)
            .collect();
        let shade = Shade::fit(row.original);
        let pictures = [
            png(row.original, shade),
            png(row.reconstruction, shade),
            png(&residual, Shade::around_zero(&residual)),
        ];
        for (place, picture) in pictures.into_iter().enumerate() {
            framed(
                &mut figure,
                [x + place as f64 * (SIZE + 6.0), y, SIZE, SIZE],
                picture,
            );
        }
        let label = fitted(&row.label, 2.0 * SIZE, 12.0);
        figure.text((x, y + SIZE + 14.0), Anchor::Start, 12.0, INK, label);
        let rms =
            (residual.iter().map(|&r| f64::from(r * r)).sum::<f64>() / residual.len().max(1) as f64).sqrt();
        figure.text(
            (x + BLOCK, y + SIZE + 14.0),
            Anchor::End,
            12.0,
            FAINT,
            format!("rms {rms:.4}"),
        );
    }
    figure
}

fn framed(figure: &mut Figure, at: [f64; 4], png: Vec<u8>) {
    let [x, y, w, h] = at;
    figure.marks.push(Mark::Image { at, png });
    figure.line(
        vec![(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)],
        FAINT,
        0.75,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::PIXELS;

    fn images(figure: &Figure) -> usize {
        figure
            .marks
            .iter()
            .filter(|mark| matches!(mark, Mark::Image { .. }))
            .count()
    }

    fn inside(figure: &Figure) -> bool {
        figure.marks.iter().all(|mark| match mark {
            Mark::Image { at: [x, y, w, h], .. } => {
                *x >= 0.0 && *y >= 0.0 && x + w <= figure.width && y + h <= figure.height
            }
            Mark::Text { at: (x, y), .. } => {
                (0.0..=figure.width).contains(x) && (0.0..=figure.height).contains(y)
            }
            _ => true,
        })
    }

    #[test]
    fn any_number_of_galaxies_fits_the_page() {
        let pixels = vec![0.5; PIXELS];
        for count in [0, 1, 4, 5, 6, 25, 64, 200] {
            let panels: Vec<_> = (0..count)
                .map(|id| Panel {
                    label: format!("58772295223050{id}"),
                    pixels: &pixels,
                })
                .collect();
            let sheet = group_sheet("Group 1", &panels);
            assert_eq!(images(&sheet), count);
            assert!(inside(&sheet));
            let rows: Vec<_> = (0..count)
                .map(|id| Reconstruction {
                    label: id.to_string(),
                    original: &pixels,
                    reconstruction: &pixels,
                })
                .collect();
            let figure = reconstructions("Reconstructions", &rows);
            assert_eq!(images(&figure), 3 * count);
            assert!(inside(&figure));
            let shape = figure.width / figure.height;
            assert!(count == 0 || (0.3..4.0).contains(&shape), "{count}: {shape}");
        }
    }
}
